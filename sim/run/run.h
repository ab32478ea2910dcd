/* One scenario on one network: from its file's content to a verdict with evidence. */
#ifndef SIM_RUN_RUN_H
#define SIM_RUN_RUN_H

#include <signal.h>

#include "sim/net/net.h"
#include "sim/report/timeline.h"
#include "sim/scenario/scenario.h"

struct run_options {
	uint64_t seed;
	const struct scn_reading *readings; /* override the scenario's */
	size_t reading_count;
	const char *app;             /* path as for --app; NULL: the scenario's, or the rotation app beside azsim */
	const char *const *wrapper;  /* words before the application (valgrind ...), NULL-terminated; NULL: none */
	const char *home;            /* folder of azsim itself: libraries, app/approot */
	const char *work_dir;        /* short private folder of this run, exists, empty; the caller removes it */
	unsigned app_wait_s;         /* real seconds that the application may compute without asking for anything */
	volatile sig_atomic_t *interrupted; /* becomes the signal's number */
	/* For a progress line; NULL: none. Called now and then with the virtual time. */
	void (*progress)(void *ctx, uint64_t now_ns);
	void *progress_ctx;
};

enum run_verdict {
	RUN_PASSED,
	RUN_FAILED,
	RUN_ERROR,       /* the run itself could not be done; error says why */
	RUN_INTERRUPTED,
};

struct run_result {
	enum run_verdict verdict;
	struct az_error error;   /* RUN_ERROR */
	char **failures;         /* one text each, may hold several lines */
	size_t failure_count;
	char **hints;            /* what may explain a failure, for the report */
	size_t hint_count;
	struct timeline timeline;
	uint64_t span_ns;        /* virtual time that passed */
	uint64_t offline_ns;     /* powered and not connected */
	unsigned long authentications, flash_writes, issuer_requests, api_calls, app_starts;
	double real_s;
};

/* Always fills *ret_result (to be cleared with run_result_clear). */
void run_scenario(const struct scenario *scenario, const struct net_ops *net, const struct run_options *options,
                  struct run_result *ret_result);
void run_result_clear(struct run_result *result);
const char *run_verdict_name(enum run_verdict verdict);

#endif
