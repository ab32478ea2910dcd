/* See pace.h. */
#include "sim/dev/pace.h"

#include <stdio.h>

#include "emu-applibs/base/base.h"

#define DAY_MS (86400 * 1000)

void pace_init(struct pace *pace, bool fast, bool paused, int64_t real_ns, uint64_t at_ns)
{
	*pace = (struct pace){.fast = fast, .paused = paused, .speed = 1, .goal_ns = TIME_NEVER};
	pace_anchor(pace, real_ns, at_ns);
}

void pace_anchor(struct pace *pace, int64_t real_ns, uint64_t at_ns)
{
	pace->anchor_real_ns = real_ns;
	pace->anchor_ns = at_ns;
}

uint64_t pace_present(const struct pace *pace, int64_t real_ns, uint64_t at_ns)
{
	double passed;
	uint64_t present;

	if (pace->paused || pace->fast || pace->goal_ns != TIME_NEVER || real_ns <= pace->anchor_real_ns)
		return at_ns;
	passed = (double)(real_ns - pace->anchor_real_ns) * pace->speed;
	if (passed >= (double)(INT64_MAX / 2))
		passed = (double)(INT64_MAX / 2);
	present = pace->anchor_ns + (uint64_t)passed;
	return present > at_ns ? present : at_ns;
}

uint64_t pace_limit(const struct pace *pace, int64_t real_ns, uint64_t at_ns)
{
	if (pace->goal_ns != TIME_NEVER)
		return pace->goal_ns > at_ns ? pace->goal_ns : at_ns;
	if (pace->fast && !pace->paused)
		return TIME_NEVER;
	return pace_present(pace, real_ns, at_ns);
}

int pace_wait_ms(const struct pace *pace, int64_t real_ns, uint64_t at_ns, uint64_t next_ns)
{
	uint64_t limit = pace_limit(pace, real_ns, at_ns);
	double ms;

	if (next_ns != TIME_NEVER && next_ns <= limit)
		return 0;
	if (pace->paused || pace->fast || next_ns == TIME_NEVER)
		return -1;
	ms = (double)(next_ns - limit) / pace->speed / 1e6;
	return ms >= DAY_MS ? DAY_MS : (int)ms + 1;
}

void pace_describe(const struct pace *pace, char buffer[64])
{
	if (pace->paused)
		(void) snprintf(buffer, 64, "paused");
	else if (pace->fast)
		(void) snprintf(buffer, 64, "as fast as it can");
	else if (pace->speed == 1)
		(void) snprintf(buffer, 64, "real time");
	else
		(void) snprintf(buffer, 64, "%g times real time", pace->speed);
}
