/* Every fault that a run listed, one run after the other (faults.h). */
#ifndef SIM_TORTURE_FAULTS_PLAY_H
#define SIM_TORTURE_FAULTS_PLAY_H

#include <signal.h>

#include "sim/run/run.h"

#define FAULTS_TOLD_MAX 20 /* of the faults at which it went wrong, those whose failures are told in full */

struct faults_counts {
	unsigned long calls;  /* or allocations of the application, in the run that listed them */
	unsigned long ways;   /* to fail: a call, an errno, once or for a while; or an allocation */
	unsigned long played; /* of them: all, or plan->sample */
	unsigned long failed;
	unsigned long ended;  /* passed, and the application ended by itself, for want of memory, and was started again */
};

/* Plays the scenario with this fault; *ret_result is cleared by the caller. */
typedef void faults_run(void *ctx, const struct fault *fault, struct run_result *ret_result);

/* result: of the run that listed them, which has passed; it gets the failures of the others, and its verdict becomes RUN_FAILED or
 * what kept one of them from being played. Stops when *interrupted is set. */
void faults_play(const struct faults_plan *plan, uint64_t seed, faults_run *run, void *ctx, const volatile sig_atomic_t *interrupted,
                 struct run_result *result, struct faults_counts *ret_counts);

#endif
