/* How far the world may go, and how long it waits, from nothing but the two times. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "emu-applibs/base/base.h"
#include "sim/dev/pace.h"

#define S ((int64_t)NS_PER_S)

static void real_time_is_followed(void **state)
{
	struct pace p;

	(void) state;
	pace_init(&p, false, false, 100 * S, 7 * NS_PER_S);
	assert_true(pace_limit(&p, 100 * S, 7 * NS_PER_S) == 7 * NS_PER_S);
	assert_true(pace_limit(&p, 103 * S, 7 * NS_PER_S) == 10 * NS_PER_S);
	assert_true(pace_present(&p, 103 * S, 7 * NS_PER_S) == 10 * NS_PER_S);
	assert_int_equal(pace_wait_ms(&p, 103 * S, 10 * NS_PER_S, 12 * NS_PER_S), 2001);
	assert_int_equal(pace_wait_ms(&p, 103 * S, 10 * NS_PER_S, 10 * NS_PER_S), 0);
	assert_int_equal(pace_wait_ms(&p, 103 * S, 10 * NS_PER_S, TIME_NEVER), -1);
	assert_int_equal(pace_wait_ms(&p, 103 * S, 10 * NS_PER_S, UINT64_MAX / 2), 86400 * 1000);
	/* Never back: where the world is further already, it stays. */
	assert_true(pace_limit(&p, 99 * S, 8 * NS_PER_S) == 8 * NS_PER_S);
}

static void a_speed_counts_from_where_it_was_set(void **state)
{
	struct pace p;

	(void) state;
	pace_init(&p, false, false, 0, 0);
	pace_anchor(&p, 10 * S, 10 * NS_PER_S);
	p.speed = 60;
	assert_true(pace_limit(&p, 11 * S, 10 * NS_PER_S) == 70 * NS_PER_S);
	assert_int_equal(pace_wait_ms(&p, 11 * S, 70 * NS_PER_S, 130 * NS_PER_S), 1001);
	p.speed = 0.5;
	assert_true(pace_limit(&p, 12 * S, 10 * NS_PER_S) == 11 * NS_PER_S);
	p.speed = PACE_SPEED_MAX; /* a year of real time at a million: no overflow */
	assert_true(pace_limit(&p, 365 * 86400 * S, 10 * NS_PER_S) >= UINT64_MAX / 8);
	assert_true(pace_limit(&p, INT64_MAX, 10 * NS_PER_S) < TIME_NEVER);
}

static void paused_time_stands(void **state)
{
	struct pace p;

	(void) state;
	pace_init(&p, false, true, 0, 0);
	assert_true(pace_limit(&p, 50 * S, 3 * NS_PER_S) == 3 * NS_PER_S);
	assert_int_equal(pace_wait_ms(&p, 50 * S, 3 * NS_PER_S, 4 * NS_PER_S), -1);
	assert_int_equal(pace_wait_ms(&p, 50 * S, 3 * NS_PER_S, 3 * NS_PER_S), 0);
	pace_init(&p, true, true, 0, 0);
	assert_true(pace_limit(&p, 50 * S, 3 * NS_PER_S) == 3 * NS_PER_S);
}

static void as_fast_as_it_can_has_no_limit(void **state)
{
	struct pace p;

	(void) state;
	pace_init(&p, true, false, 0, 0);
	assert_true(pace_limit(&p, 0, 0) == TIME_NEVER);
	assert_true(pace_present(&p, 50 * S, 3 * NS_PER_S) == 3 * NS_PER_S); /* the application's calls take no time */
	assert_int_equal(pace_wait_ms(&p, 0, 0, NS_PER_S), 0);
	assert_int_equal(pace_wait_ms(&p, 0, 0, TIME_NEVER), -1);
}

static void an_advance_goes_to_its_goal_whatever_else_is_said(void **state)
{
	struct pace p;

	(void) state;
	for (int paused = 0; paused < 2; paused++)
		for (int fast = 0; fast < 2; fast++) {
			pace_init(&p, fast, paused, 0, 0);
			p.goal_ns = 30 * NS_PER_S;
			assert_true(pace_limit(&p, 1, NS_PER_S) == 30 * NS_PER_S);
			assert_true(pace_present(&p, 20 * S, NS_PER_S) == NS_PER_S);
		}
	assert_true(pace_limit(&p, 1, 31 * NS_PER_S) == 31 * NS_PER_S);
}

static void it_says_what_it_does(void **state)
{
	char text[64];
	struct pace p;

	(void) state;
	pace_init(&p, false, false, 0, 0);
	pace_describe(&p, text);
	assert_string_equal(text, "real time");
	p.speed = 60;
	pace_describe(&p, text);
	assert_string_equal(text, "60 times real time");
	p.fast = true;
	pace_describe(&p, text);
	assert_string_equal(text, "as fast as it can");
	p.paused = true;
	pace_describe(&p, text);
	assert_string_equal(text, "paused");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(real_time_is_followed), cmocka_unit_test(a_speed_counts_from_where_it_was_set),
		cmocka_unit_test(paused_time_stands), cmocka_unit_test(as_fast_as_it_can_has_no_limit),
		cmocka_unit_test(an_advance_goes_to_its_goal_whatever_else_is_said), cmocka_unit_test(it_says_what_it_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
