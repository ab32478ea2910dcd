/* --fail: calls answer what they document, once or for a while; and what an application that cannot take it looks like. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness.h"

/* The application moves its root away and back once a day, and does not look whether the way back worked. */
static void write_window(const struct e2e *e)
{
	e2e_make_package(e, "window", E2E_FULL_CAPABILITIES);
	e2e_write_small(e, "3d", "+2y", "window", "oracles_off: [last-credential, stranded, leftovers]\n", E2E_ALL_DONE);
}

static void the_rotation_comes_through(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;
	unsigned long calls = 0, ways = 0, played = 0, failed = 99;
	const char *line;

	e2e_write_small(e, "8d", "+7d", NULL, "", E2E_ALL_DONE);
	r = e2e_run(e, "run", "--fail=every:40", "s.yaml", NULL);
	e2e_expect(&r, 0, "1 of 1 runs passed", NULL);
	line = strstr(r.out, " on model: ");
	assert_non_null(line);
	assert_int_equal(sscanf(line, " on model: %lu calls can fail in %lu ways, %lu of them played, %lu failed", &calls, &ways, &played, &failed), 4);
	assert_true(calls > 100 && ways > 200);
	assert_int_equal(played, 40);
	assert_int_equal(failed, 0);
	e2e_clear(&r);
}

static void a_fault_that_is_not_looked_at_is_found_named_and_repeated(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;
	const char *line;
	char option[64], point[40];

	write_window(e);
	r = e2e_run(e, "run", "--fail=every", "s.yaml", NULL);
	e2e_expect(&r, 1, "expected \"at the end: connected Network1", "repeat with --fail=", NULL);
	line = strstr(r.out, "repeat with --fail=");
	assert_int_equal(sscanf(line, "repeat with --fail=%39s", point), 1);
	e2e_clear(&r);
	(void) snprintf(option, sizeof(option), "--fail=%s", point);
	r = e2e_run(e, "run", "--net=model", option, "--out=o", "s.yaml", NULL);
	e2e_expect(&r, 1, "expected \"at the end: connected Network1", option, NULL);
	e2e_clear(&r);
}

/* Call 1 is the first move, call 2 the move back: the one costs nothing, the other everything. */
static void one_call_fails_or_all_of_a_while(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;
	char *timeline;
	int count = 0;

	write_window(e);
	r = e2e_run(e, "run", "--net=model", "--fail=1:EAGAIN", "--out=o", "s.yaml", NULL);
	e2e_expect(&r, 0, NULL);
	e2e_clear(&r);
	timeline = e2e_read(e, "o/s.model.timeline");
	assert_non_null(strstr(timeline, "CertStore_MoveCertificate -> EAGAIN   | made to fail by --fail"));
	for (const char *at = timeline; (at = strstr(at, "made to fail")); at++)
		count++;
	assert_int_equal(count, 1);
	free(timeline);
	/* Two days' moves fail and have no effect; then it goes on. */
	r = e2e_run(e, "run", "--net=model", "--fail=1:EAGAIN:30h", "--out=o", "s.yaml", NULL);
	e2e_expect(&r, 0, NULL);
	e2e_clear(&r);
	timeline = e2e_read(e, "o/s.model.timeline");
	count = 0;
	for (const char *at = timeline; (at = strstr(at, "made to fail")); at++)
		count++;
	assert_int_equal(count, 2);
	free(timeline);
	r = e2e_run(e, "run", "--net=model", "--fail=2:ENOENT", "s.yaml", NULL);
	e2e_expect(&r, 1, "expected \"at the end: connected Network1", NULL);
	e2e_clear(&r);
}

static void what_is_no_fault_is_refused(void **state)
{
	static const char *const bad[] = {"--fail=", "--fail=0:EAGAIN", "--fail=5", "--fail=5:", "--fail=5:ENOTHING", "--fail=5:EAGAIN:",
	                                  "--fail=5:EAGAIN:-1h", "--fail=every:0", "--fail=every:x", "--fail=everything", "--fail=-5:EAGAIN"};
	struct e2e *e = *state;
	struct e2e_result r;

	e2e_write_scenario(e, "s", "", "");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		r = e2e_run(e, "run", bad[i], "s.yaml", NULL);
		e2e_expect(&r, 2, "--fail=", NULL);
		e2e_clear(&r);
	}
	r = e2e_run(e, "run", "--fail=every", "--net=wired", "s.yaml", NULL);
	e2e_expect(&r, 2, "model network", NULL);
	e2e_clear(&r);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, e2e_set_up, e2e_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(the_rotation_comes_through),
		TEST(a_fault_that_is_not_looked_at_is_found_named_and_repeated),
		TEST(one_call_fails_or_all_of_a_while),
		TEST(what_is_no_fault_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
