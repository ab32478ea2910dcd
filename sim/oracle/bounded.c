/* Oracle bounded: API calls, flash writes and issuer requests per virtual day stay below the scenario's limits. */
#include "sim/run/internal.h"

static void exceeded(struct run *run, const char *what, unsigned count)
{
	if (run->day.reported || !oracle_on(run, "bounded"))
		return;
	run->day.reported = true;
	run_note(run, TL_ORACLE, false, NULL, "bounded: %u %s in one day", count, what);
	run_fail(run, "oracle bounded: %u %s within one virtual day: more than the scenario's limit", count, what);
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
	if (++today(run)->calls > run->scenario->calls_per_day)
		exceeded(run, "API calls", run->day.calls);
}

void oracle_count_write(struct run *run)
{
	if (!run->operator_acts && ++today(run)->writes > run->scenario->writes_per_day)
		exceeded(run, "flash writes", run->day.writes);
}

void oracle_count_request(struct run *run)
{
	if (++today(run)->requests > run->scenario->requests_per_day)
		exceeded(run, "issuer requests", run->day.requests);
}
