/* How virtual time passes in a run that goes on live: with real time, faster, as fast as it can, or not at all.
 *
 * Pure functions of what they are given: no clock is read here. real_ns: any monotonic real time; at_ns: since the start of the run.
 */
#ifndef SIM_DEV_PACE_H
#define SIM_DEV_PACE_H

#include <stdbool.h>
#include <stdint.h>

#define PACE_SPEED_MIN 0.001
#define PACE_SPEED_MAX 1e6

struct pace {
	bool paused;
	bool fast;          /* as fast as it can; else `speed` counts */
	double speed;       /* virtual seconds in a real one */
	uint64_t goal_ns;   /* an advance: to here as fast as it can, whatever else is said; TIME_NEVER: none */
	int64_t anchor_real_ns; /* then it was anchor_ns */
	uint64_t anchor_ns;
};

/* Time stands at at_ns. */
void pace_init(struct pace *pace, bool fast, bool paused, int64_t real_ns, uint64_t at_ns);
/* From here on real time counts anew: after every change, and after time that shall not count. */
void pace_anchor(struct pace *pace, int64_t real_ns, uint64_t at_ns);
/* How far the world may go; TIME_NEVER: as far as it can. at_ns: where it is; never less than that. */
uint64_t pace_limit(const struct pace *pace, int64_t real_ns, uint64_t at_ns);
/* Where real time stands by now; at_ns where it does not count. */
uint64_t pace_present(const struct pace *pace, int64_t real_ns, uint64_t at_ns);
/* How long until the world may be at next_ns (TIME_NEVER: nothing comes), in ms of real time, rounded up, at most a day; -1: it
 * never may as things are. */
int pace_wait_ms(const struct pace *pace, int64_t real_ns, uint64_t at_ns, uint64_t next_ns);
/* "paused", "real time", "60 times real time", "as fast as it can". */
void pace_describe(const struct pace *pace, char buffer[64]);

#endif
