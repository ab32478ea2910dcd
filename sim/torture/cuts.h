/* Power cuts at the points of a run: before and after each API call, at each write to flash, within each write of the mutable file.
 *
 * Points are counted from 1 in the order in which the run comes to them; a run repeats, so point 217 is the same moment every time.
 * To try many points, the run is played once, and at each point worth it azsim forks: the child's power goes, it boots, and plays
 * on to the scenario's end with an application process of its own, while the parent waits and then goes on as if nothing had been.
 * So a point costs what is left of the scenario, not all of it.
 *
 * Points that differ in nothing that could matter are tried now and then (CUTS_EVERY; which: states.h); or all (CUTS_ALL), which
 * proves that nothing was lost by that.
 *
 * Leaves to others: what happens at a cut (run/power.c), and whether the device is well afterwards (oracle/, run/expect.c).
 */
#ifndef SIM_TORTURE_CUTS_H
#define SIM_TORTURE_CUTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct run;
struct run_result;

enum cuts_mode {
	CUTS_NONE,
	CUTS_AT,    /* at point `at`, in the run itself; then, if `then` is not 0, at the `then`-th point after the boot */
	CUTS_EVERY, /* branches at every point, points of the same state told apart by time only now and then */
	CUTS_ALL,   /* branches at every point without exception */
	CUTS_TWICE, /* as CUTS_EVERY, and in each branch a second cut at a point that the seed chooses */
};

struct cuts_plan {
	enum cuts_mode mode;
	unsigned long at, then;
};

/* A point, as --cut takes it: "217", or "217+35" with a second cut. Reads "every", "all", "twice" too. 0 or -EINVAL. */
int cuts_parse(const char *text, struct cuts_plan *ret);
/* Do these make branches? They need a network that lives in azsim's memory. */
bool cuts_branch(const struct cuts_plan *plan);

/* What came of the branches, in struct run_result. */
struct cuts_counts {
	unsigned long points; /* that the run came to */
	unsigned long played; /* of them, as branches */
	unsigned long again;  /* branches more, at the same points, under readings that nothing but the time after the cut asks */
	unsigned long failed;
};

/* State within a run; opaque to others. NULL while there is no plan. */
struct cuts;
struct cuts *cuts_new(struct run *run, const struct cuts_plan *plan);
void cuts_free(struct cuts *cuts); /* NULL is fine */

/* The application makes this call (after: it has been carried out, and is not answered yet). True: the power is gone, and the
 * application with it. */
bool cuts_at_call(struct run *run, const char *name, bool after);
/* Flash is about to be written. False: the power goes before it is. */
bool cuts_at_flash(struct run *run, const char *area);
/* The application has written to its mutable file since the last look: nothing, or a part of it, may be there. */
bool cuts_at_mutable(struct run *run);
/* The power went in cuts_at_flash(): what the run has to do about it once the device has returned. True: it went. */
bool cuts_power_went(struct run *run);
/* Has the power gone at a point of this run? */
bool cuts_happened(const struct run *run);
/* Is there no point left at which anything could happen in this process, which may be a branch? True without a plan. */
bool cuts_are_over(const struct run *run);
/* How long it is gone: the seed and the point choose; usual_ns for any other cut. */
uint64_t cuts_outage_ns(const struct run *run, uint64_t usual_ns);
/* How much longer than the scenario says its device answers EAGAIN after the boot: chosen likewise; 0 for any other boot. */
uint64_t cuts_not_ready_ns(const struct run *run);
/* Has it gone at a time at which the scenario says that no device can help it (needs_power)? */
bool cuts_excused(const struct run *run);
/* Until when the device is still getting up after the last one, and a scenario's expectations wait; 0: there was none. */
uint64_t cuts_settle_ns(const struct run *run);
/* A branch that is over tells its parent and ends this process; others return at once. */
void cuts_end_branch(struct run *run);

#endif
