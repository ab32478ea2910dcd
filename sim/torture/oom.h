/* Memory runs out: one allocation of the application answers NULL.
 *
 * Allocations (malloc, calloc, realloc and what of the C library rests on them: of the program and of its libcurl) are counted from 1,
 * through all of a run, restarts of the application included. A run repeats, so number 217 is the same every time; it is another one
 * with another libcurl (--http). What can fail is listed by a run in which nothing does, and played by faults_play.h: the same
 * allocation after the same call in the same state of flash and world once (FAULTS_EVERY), or all of them (FAULTS_ALL).
 *
 * What is expected: the application goes on and comes to where the scenario wants it, as after a fault. Or it ends by itself and its
 * device starts it again: also an answer, said in the timeline and counted. A program that crashes fails the run.
 *
 * Leaves to others: to count, and to answer NULL (emu-applibs/oom, in the application's process).
 */
#ifndef SIM_TORTURE_OOM_H
#define SIM_TORTURE_OOM_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/torture/faults.h"
#include "sim/util/error.h"

/* "every", "every:N", "all", "all:N", or the number of an allocation. 0 or -EINVAL. */
int oom_parse(const char *text, struct faults_plan *ret);

/* State within a run; opaque to others. NULL while there is no plan of allocations that fail. */
struct oom;
/* Makes the page in the run's folder; run->launch names it from then on. 0, or a negative errno and *ret_error. */
int oom_set_up(struct run *run, struct az_error *ret_error);
void oom_free(struct oom *oom); /* NULL is fine */

/* The application has come to its next message, or to its end (message NULL): what did it allocate meanwhile? message: the name of the
 * call, of static storage. */
void oom_look(struct run *run, const char *message);
/* It ended by itself, with this wait status: may it, because it got no memory? Then that is noted. */
bool oom_may_end(struct run *run, int status);
/* Has an allocation of this run failed? */
bool oom_happened(const struct run *run);
/* As faults_settle_ns(). */
uint64_t oom_settle_ns(const struct run *run);

#endif
