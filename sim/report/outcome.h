/* What is told of one scenario on one network when it is over; and the reports that are made of all of them. */
#ifndef SIM_REPORT_OUTCOME_H
#define SIM_REPORT_OUTCOME_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "sim/run/run.h"

struct outcome {
	char *scenario, *file, *network;
	char *variant; /* one of many runs of the scenario: what is special about it, "" for nothing; NULL: it is the only run */
	enum run_verdict verdict;
	enum az_status status; /* of this run alone */
	uint64_t span_ns, offline_ns;
	unsigned long authentications, flash_writes, issuer_requests, api_calls;
	char *tried; /* with power cuts or faults: at how many points, and how many of them were played; NULL: without */
	unsigned long tried_runs; /* that many */
	double real_s;
	struct run_memory memory;
	struct reading_answer *asked; /* in the order of the first question */
	size_t asked_count;
	char **failures; /* NULL-terminated; an error of the environment is one too */
	char **hints;    /* NULL-terminated */
	char *repeat;    /* the command that repeats it */
	char *timeline;  /* file, or NULL: not kept */
	char *logs;      /* folder with the logs of its daemons, or NULL */
};

struct outcomes {
	struct outcome *list;
	size_t count;
};

void outcome_clear(struct outcome *outcome);
void outcomes_clear(struct outcomes *outcomes);
/* Takes what *outcome holds. Aborts on ENOMEM. */
void outcomes_add(struct outcomes *outcomes, struct outcome *outcome);
/* The worst of all: AZ_OK, AZ_FAILED, AZ_USAGE, AZ_ENVIRONMENT or AZ_INTERRUPTED. */
enum az_status outcomes_status(const struct outcomes *outcomes);

/* For the way from a job's process to azsim's. */
json_t *outcome_to_json(const struct outcome *outcome);
bool outcome_from_json(const json_t *json, struct outcome *ret);

/* Runs of one scenario on one network that differ in their variant, one after the other in the list. */
size_t outcomes_group(const struct outcomes *outcomes, size_t first); /* how many, from `first` on */
/* The worst verdict among them. */
enum run_verdict outcomes_group_verdict(const struct outcomes *outcomes, size_t first, size_t *ret_failed, double *ret_real_s);

/* Reports. Those that write a file return 0 or negative errno. */
void report_table(const struct outcomes *outcomes, FILE *out);
/* What went wrong, and notes on what did not. */
void report_failures(const struct outcomes *outcomes, FILE *out);
/* One line on the run whose ARM application took the most memory; nothing when none was measured. */
void report_memory(const struct outcomes *outcomes, FILE *out);
void report_tap(const struct outcomes *outcomes, FILE *out);
int report_junit(const struct outcomes *outcomes, const char *path);
/* The timeline of one run as JSON: {"scenario", "network", "seed", "events": [{"t_ns", "date", "kind", "text", ...}]}. */
int report_timeline_json(const struct run_result *result, const char *scenario, const char *network, uint64_t seed,
                         const char *path);

#endif
