/* See clock.h. */
#include "sim/world/clock.h"

#include <assert.h>
#include <string.h>

#include "emu-applibs/base/base.h"

void clock_init(struct clock *clock, int64_t start_s)
{
	memset(clock, 0, sizeof(*clock));
	clock->start_s = start_s;
}

int64_t clock_true_s_at(const struct clock *clock, uint64_t at_ns)
{
	return clock->start_s + (int64_t)(at_ns / NS_PER_S);
}

int64_t clock_true_ns(const struct clock *clock)
{
	return clock->start_s * (int64_t)NS_PER_S + (int64_t)clock->now_ns;
}

int64_t clock_wall_ns(const struct clock *clock, enum clock_party party)
{
	return clock_true_ns(clock) + clock->offset_ns[party];
}

int64_t clock_wall_s(const struct clock *clock, enum clock_party party)
{
	int64_t ns = clock_wall_ns(clock, party);
	int64_t s = ns / (int64_t)NS_PER_S;

	return ns % (int64_t)NS_PER_S < 0 ? s - 1 : s;
}

void clock_step(struct clock *clock, enum clock_party party, int64_t delta_ns)
{
	if (delta_ns == 0)
		return;
	clock->offset_ns[party] += delta_ns;
	clock->steps[party]++;
}

void clock_set(struct clock *clock, enum clock_party party, int64_t wall_ns)
{
	clock_step(clock, party, wall_ns - clock_wall_ns(clock, party));
}

void clock_advance(struct clock *clock, uint64_t to_ns)
{
	assert(to_ns >= clock->now_ns);
	clock->now_ns = to_ns;
}
