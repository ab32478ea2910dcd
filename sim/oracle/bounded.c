/* Oracle bounded: API calls, flash writes and issuer requests per virtual day stay below the scenario's limits.
 *
 * Far beyond them the run is stopped: an application that runs away would fill memory and disk with its own timeline.
 */
#include "sim/run/internal.h"

#define RUNAWAY_FACTOR 10 /* times the limit, and at least so many in a day */
#define RUNAWAY_MIN 50000

static void look_at(struct run *run, const char *what, unsigned count, uint64_t limit)
{
	if (count <= limit || !oracle_on(run, "bounded"))
		return;
	if (!run->day.reported) {
		run->day.reported = true;
		run_note(run, TL_ORACLE, false, NULL, "bounded: %u %s in one day", count, what);
		run_fail(run, "oracle bounded: %u %s within one virtual day: more than the scenario's limit", count, what);
	}
	/* A run that goes on live keeps no more than the last part of its timeline. */
	if (!run->options->live && count > RUNAWAY_MIN && count > limit * RUNAWAY_FACTOR) {
		run_fail(run, "the application runs away: %u %s within one virtual day; the run is stopped here", count, what);
		run_hint_last_lines(run);
		run->stop = true;
	}
}

static struct day_count *today(struct run *run)
{
	uint64_t day = run->clock.now_ns / (86400 * NS_PER_S);

	if (day != run->day.day)
		run->day = (struct day_count){.day = day};
	return &run->day;
}

void oracle_count_call(struct run *run)
{
	look_at(run, "API calls", ++today(run)->calls, run->scenario->calls_per_day);
}

void oracle_count_write(struct run *run)
{
	if (!run->operator_acts)
		look_at(run, "flash writes", ++today(run)->writes, run->scenario->writes_per_day);
}

void oracle_count_request(struct run *run)
{
	look_at(run, "issuer requests", ++today(run)->requests, run->scenario->requests_per_day);
}
