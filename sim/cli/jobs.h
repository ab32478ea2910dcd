/* Running many scenarios: each in a process of its own, several at a time, so that one that goes wrong takes nobody along.
 *
 * jobs.c is the side that starts and waits; job.c is what happens inside one such process.
 */
#ifndef SIM_CLI_JOBS_H
#define SIM_CLI_JOBS_H

#include "sim/report/outcome.h"
#include "sim/torture/combinations.h"

#define JOB_NETWORKS_MAX 8
#define JOBS_MAX 64 /* at a time */

/* What holds for every scenario of one `azsim run`. */
struct job_options {
	const struct net_ops *networks[JOB_NETWORKS_MAX + 1]; /* NULL-terminated, in the order in which they run */
	bool networks_named;   /* --net was given: repeat commands say so */
	const char *app;       /* as given, or NULL */
	uint64_t seed;
	const struct scn_reading *readings;
	size_t reading_count;
	const char *readings_file; /* whose readings are the first readings_file_count of them, or NULL */
	size_t readings_file_count;
	bool all_readings;     /* each scenario under every combination of those that are not fixed by `readings` or by itself */
	struct cuts_plan cuts;
	const char *cuts_text; /* as given, or NULL */
	struct faults_plan faults;
	const char *faults_text; /* likewise */
	bool capture;          /* --pcap */
	bool no_memory;        /* --no-memory */
	bool http_shim;        /* --http=shim */
	uint32_t ram_limit;    /* bytes; 0: none */
	const char *const *wrapper;
	const char *wrapper_text; /* as given, or NULL */
	const char *out;       /* folder for timelines and logs; NULL: JOB_DEFAULT_OUT, and only when something fails */
	unsigned app_wait_s;
	unsigned kills;        /* of the application, at random moments */
	unsigned parallel;     /* at a time, 1..JOBS_MAX */
	/* One of many calls of jobs_run(): no line for each run, nothing written of failed ones, and the progress line counts from
	 * `over_before` to `over_all`. */
	bool quiet;
	size_t over_before, over_all;
};

#define JOB_DEFAULT_OUT "azsim-out"

/* Readings that the options or the scenario fix. */
void job_pinned(const struct scenario *scenario, const struct job_options *options, bool ret[READING_COUNT]);

/* Is any of the networks of `options` one that the scenario is for? */
bool job_has_network(const struct scenario *scenario, const struct job_options *options);
/* The scenario on each of its networks, in this process, under the readings of `options` and of `combination`. Sends one JSON text
 * a line to fd: {"progress": "model", "now_ns": N} and {"outcome": {...}}. Never fails as a whole: what goes wrong is an outcome. */
void job_run(const struct scenario *scenario, const struct job_options *options, const struct combination *combination, int fd);

/* All scenarios; outcomes in the order of `scenarios`; with all_readings, those of one network together, in the order of the
 * readings' table, whatever the number of jobs. messages: progress and one line for each run, or for each scenario and network with
 * all_readings, that is over. */
void jobs_run(struct scenario *const *scenarios, size_t count, const struct job_options *options, FILE *messages,
              struct outcomes *ret_outcomes);

#endif
