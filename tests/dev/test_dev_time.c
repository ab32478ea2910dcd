/* azsim dev: time that stands, goes with real time, is let pass, and is stopped. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "tests/dev/support.h"

static json_int_t now_ns(const struct e2e *e)
{
	json_t *clock = dev_json(e, "ctl", "clock", NULL);
	json_int_t ns = json_integer_value(json_object_get(clock, "t_ns"));

	json_decref(clock);
	return ns;
}

static void virtual_time_stands_until_it_is_let_pass(void **state)
{
	struct e2e *e = *state;
	struct e2e_started dev = dev_start(e, "ticker", "--time=virtual", "--start=2026-01-01", NULL);
	struct e2e_result r;

	dev_expect(e, 0, "2026-01-01T00:00:00Z (+0d 00:00:00), paused", "ctl", "status", NULL);
	dev_pause_ms(300);
	assert_int_equal(now_ns(e), 0);
	dev_expect(e, 0, "2026-01-01T00:01:02Z (+0d 00:01:02)", "ctl", "advance", "62s", NULL);
	dev_expect(e, 0, "2026-01-01T01:00:00Z (+0d 01:00:00)", "ctl", "run-until", "2026-01-01T01:00Z", NULL);
	dev_expect(e, 0, "(+0d 01:30:00)", "ctl", "run-until", "+1h30m", NULL);
	dev_pause_ms(100);
	assert_int_equal(now_ns(e), 5400LL * 1000000000);
	dev_expect(e, 2, "is over already", "ctl", "run-until", "+1h", NULL);
	dev_expect(e, 2, "a duration from 1s to 100y", "ctl", "advance", "-5s", NULL);
	dev_expect(e, 2, "a duration from 1s to 100y", "ctl", "advance", "soon", NULL);
	r = dev_stop(e, &dev);
	/* A tick a second from the application's start at +2 s on, each of them exact. */
	e2e_expect(&r, 0, "ticker: begins", "ticker: tick 60 after 60000 ms, wall 1767225662, network 0",
	           "ticker: tick 5398 after 5398000 ms", NULL);
	assert_int_equal(dev_count(r.out, "ticker: tick"), 5398);
	e2e_clear(&r);
}

static void time_is_let_pass_until_a_condition_holds(void **state)
{
	struct e2e *e = *state;
	struct e2e_started dev = dev_start(e, "ticker", "--time=virtual", "--start=2026-01-01", NULL);

	dev_expect(e, 0, "(+0d 00:00:01)", "ctl", "run-until", "{connected: any}", NULL);
	dev_expect(e, 0, "it holds already", "ctl", "run-until", "{connected: Network1}", NULL);
	dev_expect(e, 0, "(+0d 00:00:12)", "ctl", "run-until", "{log: tick 10 after}", NULL);
	dev_expect(e, 1, "the condition has not come to hold; it is 2026-01-01T01:00:12Z", "ctl", "run-until", "{connected: Network2}",
	           "--within=1h", NULL);
	dev_expect(e, 2, "condition:1:2: unknown key `conected`; did you mean `connected`?", "ctl", "run-until", "{conected: any}", NULL);
	dev_expect(e, 2, "--within x", "ctl", "run-until", "{offline: yes}", "--within=x", NULL);
	dev_end(e, &dev);
}

static void real_time_is_the_real_date_and_goes_as_it_does(void **state)
{
	struct e2e *e = *state;
	double begin = dev_now_s();
	struct e2e_started dev = dev_start(e, "ticker", NULL);
	struct e2e_result r;
	const char *wall;

	assert_true(e2e_says(&dev, "ticker: tick 3 after", 60));
	assert_true(dev_now_s() - begin > 2.9);
	dev_expect(e, 0, "real time", "ctl", "status", NULL);
	r = dev_stop(e, &dev);
	/* No later than the machine lets it: it may be a busy one. */
	wall = strstr(r.out, "ticker: tick 2 after");
	assert_non_null(wall);
	assert_true(atoll(strstr(wall, "wall ") + 5) <= time(NULL) && atoll(strstr(wall, "wall ") + 5) >= time(NULL) - 60);
	e2e_clear(&r);
}

static void real_time_jumps_where_it_is_let_and_goes_on_from_there(void **state)
{
	struct e2e *e = *state;
	struct e2e_started dev = dev_start(e, "ticker", "--start=2026-01-01", NULL);
	json_int_t before, after;

	dev_expect(e, 0, "(+0d 00:", "ctl", "advance", "30m", NULL);
	before = now_ns(e);
	assert_true(before >= 1800LL * 1000000000 && before < 1860LL * 1000000000);
	assert_true(e2e_says(&dev, "ticker: tick 1790 after 1790", 60));
	dev_expect(e, 0, "3600 times real time", "ctl", "speed", "3600", NULL);
	before = now_ns(e);
	dev_pause_ms(200);
	after = now_ns(e);
	assert_true(after - before >= 720LL * 1000000000);
	dev_expect(e, 0, "paused", "ctl", "pause", NULL);
	before = now_ns(e);
	dev_pause_ms(100);
	assert_int_equal(now_ns(e), before);
	dev_expect(e, 0, "3600 times real time", "ctl", "resume", NULL);
	dev_end(e, &dev);
}

static void an_advance_is_stopped_by_pause_and_by_its_own_end(void **state)
{
	struct e2e *e = *state;
	struct e2e_started dev = dev_start(e, "ticker", "--time=virtual", "--start=2026-01-01", NULL), ctl;
	struct e2e_result r;
	json_int_t stopped;

	ctl = e2e_start(e, "ctl", "advance", "50y", NULL);
	assert_true(e2e_says(&dev, "ticker: tick 1000 after", 60));
	dev_expect(e, 0, "being advanced", "ctl", "status", NULL);
	dev_expect(e, 1, "an advance is under way already", "ctl", "advance", "1h", NULL);
	dev_expect(e, 0, "time: paused", "ctl", "pause", NULL);
	r = e2e_wait(e, &ctl);
	e2e_expect(&r, 1, "stopped by pause at 2026-", NULL);
	e2e_clear(&r);
	stopped = now_ns(e);
	dev_pause_ms(100);
	assert_int_equal(now_ns(e), stopped);
	/* Ctrl-C on the command itself. */
	ctl = e2e_start(e, "ctl", "run-until", "{connected: Network7}", "--within=50y", NULL);
	for (int i = 0; i < 500 && now_ns(e) == stopped; i++)
		dev_pause_ms(10);
	assert_int_equal(kill(ctl.pid, SIGINT), 0);
	r = e2e_wait(e, &ctl);
	assert_int_equal(r.status, 128 + SIGINT);
	e2e_clear(&r);
	for (int i = 0; i < 500; i++) {
		json_t *status = dev_json(e, "ctl", "status", NULL);
		bool advancing = json_is_true(json_object_get(json_object_get(status, "time"), "advancing"));

		json_decref(status);
		if (!advancing)
			break;
		dev_pause_ms(10);
	}
	stopped = now_ns(e);
	dev_pause_ms(100);
	assert_int_equal(now_ns(e), stopped);
	dev_expect(e, 0, NULL, "ctl", "advance", "1h", NULL); /* and another one may begin */
	dev_end(e, &dev);
}

static void the_same_commands_give_the_same_timeline(void **state)
{
	struct e2e *e = *state;
	char *first = NULL;

	for (int i = 0; i < 2; i++) {
		struct e2e_started dev = dev_start(e, "ticker", "--time=virtual", "--start=2026-01-01", "--out=out", NULL);

		dev_expect(e, 0, NULL, "ctl", "advance", "1h", NULL);
		dev_expect(e, 0, NULL, "ctl", "radius", "down", NULL);
		dev_expect(e, 0, NULL, "ctl", "advance", "2h", NULL);
		dev_end(e, &dev);
		if (!first) {
			first = e2e_read(e, "out/dev.model.timeline");
		} else {
			char *second = e2e_read(e, "out/dev.model.timeline");

			assert_string_equal(first, second);
			free(second);
		}
	}
	assert_non_null(strstr(first, "RADIUS: down"));
	free(first);
}

/* What a debugger does to the application's time: none passes. */
static void time_stands_while_the_application_is_stopped(void **state)
{
	struct e2e *e = *state;
	struct e2e_started dev = dev_start(e, "ticker", "--start=2026-01-01", NULL);
	struct e2e_result r;
	long long after;
	pid_t pid;
	json_t *status;

	assert_true(e2e_says(&dev, "ticker: tick 2 after", 60));
	status = dev_json(e, "ctl", "status", NULL);
	pid = (pid_t)json_integer_value(json_object_get(json_object_get(status, "app"), "pid"));
	json_decref(status);
	assert_true(pid > 1);
	assert_int_equal(kill(pid, SIGSTOP), 0);
	dev_pause_ms(4000);
	dev_expect(e, 0, "pid", "ctl", "status", NULL); /* azsim answers all the while */
	assert_int_equal(kill(pid, SIGCONT), 0);
	assert_true(e2e_says(&dev, "ticker: tick 4 after", 60));
	r = dev_stop(e, &dev);
	after = atoll(strstr(r.out, "tick 4 after ") + strlen("tick 4 after "));
	assert_true(after >= 4000 && after < 6500); /* 4 s of 8 s went by unseen */
	assert_null(strstr(r.out, "does not return to its loop"));
	e2e_clear(&r);
}

static void clocks_are_set_one_by_one(void **state)
{
	struct e2e *e = *state;
	struct e2e_started dev = dev_start(e, "ticker", "--time=virtual", "--start=2026-01-01", NULL);
	struct e2e_result r;

	dev_expect(e, 0, NULL, "ctl", "advance", "10s", NULL);
	dev_expect(e, 0, "device   2030-06-01T12:00:00Z  1612d 11h 59m 50s ahead", "ctl", "clock", "set", "device", "2030-06-01T12:00Z", NULL);
	dev_expect(e, 0, "radius   2025-12-31T18:00:10Z  6h behind", "ctl", "clock", "step", "radius", "-6h", NULL);
	dev_expect(e, 0, "issuer   2026-01-02T00:00:10Z  1d ahead", "ctl", "clock", "step", "issuer", "+1d", NULL);
	dev_expect(e, 0, "radius   2026-01-01T00:00:10Z  right", "ctl", "clock", "set", "radius", "+0s", NULL);
	dev_expect(e, 2, "no clock \"moon\"", "ctl", "clock", "set", "moon", "2030-01-01", NULL);
	dev_expect(e, 2, "before 1970", "ctl", "clock", "step", "device", "-99y", NULL);
	dev_expect(e, 2, "no date", "ctl", "clock", "set", "device", "yesterday", NULL);
	dev_expect(e, 2, "write: clock", "ctl", "clock", "set", "device", NULL);
	dev_expect(e, 0, NULL, "ctl", "advance", "3s", NULL);
	r = dev_stop(e, &dev);
	/* 2030-06-01T12:00:01Z, a second after it was set. */
	e2e_expect(&r, 0, "clock  device clock set to 2030-06-01T12:00:00Z", "wall 1906545601,", NULL);
	e2e_clear(&r);
}

static void wrong_options_are_named(void **state)
{
	struct e2e *e = *state;

	dev_expect(e, 2, "--time=slow: real or virtual", "dev", "--time=slow", NULL);
	dev_expect(e, 2, "no network \"air\"", "dev", "--net=air", NULL);
	dev_expect(e, 2, "--start=tomorrow", "dev", "--start=tomorrow", NULL);
	dev_expect(e, 2, "nowhere", "dev", "--app=nowhere", NULL);
	dev_expect(e, 2, "none.yaml", "dev", "--scenario=none.yaml", NULL);
	dev_expect(e, 2, "--scenario=FILE", "dev", "s.yaml", NULL);
	e2e_write_scenario(e, "s", "", "");
	dev_expect(e, 2, "has a start of its own", "dev", "--scenario=s.yaml", "--start=2026-01-01", NULL);
	dev_expect(e, 2, "--out=/dev/null/x", "dev", "--out=/dev/null/x", NULL);
	dev_expect(e, 0, "usage: azsim dev", "dev", "--help", NULL);
	dev_expect(e, 0, "name: Network1", "dev", "--print-scenario", NULL);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, e2e_set_up, e2e_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(virtual_time_stands_until_it_is_let_pass), TEST(time_is_let_pass_until_a_condition_holds),
		TEST(real_time_is_the_real_date_and_goes_as_it_does), TEST(real_time_jumps_where_it_is_let_and_goes_on_from_there),
		TEST(an_advance_is_stopped_by_pause_and_by_its_own_end), TEST(the_same_commands_give_the_same_timeline),
		TEST(time_stands_while_the_application_is_stopped), TEST(clocks_are_set_one_by_one), TEST(wrong_options_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
