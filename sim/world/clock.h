/* The virtual clock: one monotonic time, and a wall clock per party, which may be wrong and may be stepped.
 *
 * Time is nanoseconds since the start of the run; nothing here looks at the host's clock. Who advances it: run/.
 */
#ifndef SIM_WORLD_CLOCK_H
#define SIM_WORLD_CLOCK_H

#include <stdint.h>

enum clock_party { CLOCK_DEVICE, CLOCK_RADIUS, CLOCK_ISSUER };
#define CLOCK_PARTY_COUNT 3

struct clock {
	uint64_t now_ns; /* since the start of the run */
	int64_t start_s; /* true time at the start, since 1970 */
	int64_t offset_ns[CLOCK_PARTY_COUNT]; /* party's wall clock - true time */
	uint64_t steps[CLOCK_PARTY_COUNT];    /* how often it was stepped */
};

void clock_init(struct clock *clock, int64_t start_s);
/* Seconds since 1970, true time, at this moment of the run (ns since its start), rounded down. */
int64_t clock_true_s_at(const struct clock *clock, uint64_t at_ns);
/* True time, ns since 1970. */
int64_t clock_true_ns(const struct clock *clock);
/* The party's wall clock, ns since 1970. */
int64_t clock_wall_ns(const struct clock *clock, enum clock_party party);
int64_t clock_wall_s(const struct clock *clock, enum clock_party party); /* rounded down */
/* Step the party's wall clock by so much, or to a time (ns since 1970). */
void clock_step(struct clock *clock, enum clock_party party, int64_t delta_ns);
void clock_set(struct clock *clock, enum clock_party party, int64_t wall_ns);
/* Move to `to_ns`, which must not lie in the past. */
void clock_advance(struct clock *clock, uint64_t to_ns);

#endif
