/* --oom: an allocation of the application fails, at every one of a run or at one of them. */
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

/* Eight days with the application that wants memory on the first three, and takes a failure in this way. */
static void write_greedy(const struct e2e *e, const char *way)
{
	e2e_make_package_with(e, "greedy", way, E2E_FULL_CAPABILITIES);
	e2e_write_small(e, "8d", "+2y", "greedy", "", "  - {end: {connected: Network1, log: all reports are made}}\n");
}

struct tried {
	unsigned long allocations, ways, played, failed, ended;
};

static struct tried tried_in(const struct e2e_result *r)
{
	const char *at = strstr(r->out, "model: ");
	struct tried t;

	assert_non_null(at);
	assert_int_equal(sscanf(at, "model: %lu allocations, %lu of them can fail and differ, %lu of them played, %lu failed; in %lu the", &t.allocations,
	                        &t.ways, &t.played, &t.failed, &t.ended), 5);
	return t;
}

/* azsim run OPTION s.yaml: its status, and what was tried. */
static struct tried try_all(const struct e2e *e, const char *option, int status, const char *word)
{
	struct e2e_result r = e2e_run(e, "run", option, "s.yaml", NULL);
	struct tried t;

	e2e_expect(&r, status, word, NULL);
	t = tried_in(&r);
	e2e_clear(&r);
	return t;
}

static void who_tries_again_passes(void **state)
{
	struct e2e *e = *state;
	struct tried t;

	write_greedy(e, "tries-again");
	t = try_all(e, "--oom=every", 0, "1 of 1 runs passed");
	assert_int_equal(t.allocations, 3);
	/* The three are made at the same place in the same state. What came before is what differs: the first comes before all else. */
	assert_int_equal(t.ways, 2);
	assert_int_equal(t.played, t.ways);
	assert_int_equal(t.failed + t.ended, 0);
	t = try_all(e, "--oom=all", 0, "1 of 1 runs passed");
	assert_int_equal(t.played, 3);
	assert_int_equal(t.failed + t.ended, 0);
}

static void who_crashes_is_caught_named_and_repeated(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;
	char *timeline;

	write_greedy(e, "crashes");
	r = e2e_run(e, "run", "--oom=all", "s.yaml", NULL);
	e2e_expect(&r, 1, "allocation 1: ", "allocation 2: ", "allocation 3: ", "was ended by signal ", "repeat with --oom=2", NULL);
	assert_int_equal(tried_in(&r).failed, 3);
	e2e_clear(&r);
	r = e2e_run(e, "run", "--net=model", "--out=o", "--oom=2", "s.yaml", NULL);
	e2e_expect(&r, 1, "was ended by signal ", "--http=shim", "--oom=2", "allocation 2 failed: malloc of 64 bytes in app+0x", NULL);
	e2e_clear(&r);
	timeline = e2e_read(e, "o/s.model.timeline");
	assert_non_null(strstr(timeline, "allocation 2 failed by --oom: malloc of 64 bytes in app+0x"));
	free(timeline);
	/* There is none of that number. */
	r = e2e_run(e, "run", "--net=model", "--oom=4", "s.yaml", NULL);
	e2e_expect(&r, 0, NULL);
	e2e_clear(&r);
}

static void who_ends_is_started_again(void **state)
{
	struct e2e *e = *state;
	struct tried t;

	write_greedy(e, "ends");
	t = try_all(e, "--oom=all", 0, "1 of 1 runs passed");
	assert_int_equal(t.played, 3);
	assert_int_equal(t.ended, 3);
}

static void who_gives_up_fails_the_scenario(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;

	write_greedy(e, "gives-up");
	r = e2e_run(e, "run", "--oom=every", "s.yaml", NULL);
	e2e_expect(&r, 1, "all reports are made", "repeat with --oom=1", NULL);
	e2e_clear(&r);
	r = e2e_run(e, "run", "--net=model", "s.yaml", NULL);
	e2e_expect(&r, 0, NULL);
	e2e_clear(&r);
}

/* The page is shared with the application: what it writes there is looked at, and it cannot be taken away. */
static void who_lies_ends_the_run(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;

	write_greedy(e, "lies");
	r = e2e_run(e, "run", "--oom=every", "s.yaml", NULL);
	e2e_expect(&r, 1, "wrote into the memory in which its allocations are counted", NULL);
	e2e_clear(&r);
}

/* A certificate that is due at once: the renewal lies in the first of four days. */
static void write_renewal(const struct e2e *e)
{
	e2e_write_small(e, "4d", "+3d", NULL, "", E2E_ALL_DONE);
}

static void the_rotation_survives_each_allocation(void **state)
{
	struct e2e *e = *state;
	struct tried t;

	write_renewal(e);
	t = try_all(e, "--oom=every", 0, "1 of 1 runs passed");
	assert_true(t.allocations > 30);
	assert_in_range(t.ways, 10, t.allocations - 1);
	assert_int_equal(t.played, t.ways);
	/* At its start there is nothing that it could do without memory. */
	assert_in_range(t.ended, 1, 8);
}

/* TLS allocates by the thousand. */
static void with_the_real_libcurl(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;
	struct tried t;

	write_renewal(e);
	r = e2e_run(e, "run", "--http=real", "--oom=every:4", "s.yaml", NULL);
	e2e_expect(&r, 0, "1 of 1 runs passed", NULL);
	t = tried_in(&r);
	assert_true(t.allocations > 1000);
	assert_int_equal(t.played, 4);
	e2e_clear(&r);
}

static void what_is_no_allocation_is_refused(void **state)
{
	static const char *const bad[] = {"--oom=", "--oom=0", "--oom=12x", "--oom=-3", "--oom=every:", "--oom=every:0", "--oom=every:x", "--oom=3:ENOMEM",
		"--oom=sometimes"};
	struct e2e *e = *state;
	struct e2e_result r;

	e2e_write_scenario(e, "s", "", "");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		r = e2e_run(e, "run", bad[i], "s.yaml", NULL);
		e2e_expect(&r, 2, "--oom=", NULL);
		e2e_clear(&r);
	}
	r = e2e_run(e, "run", "--oom=every", "--net=wired", "s.yaml", NULL);
	e2e_expect(&r, 2, "--oom=every", "model network", NULL);
	e2e_clear(&r);
	r = e2e_run(e, "run", "--oom=every", "--fail=every", "s.yaml", NULL);
	e2e_expect(&r, 2, "one at a time", NULL);
	e2e_clear(&r);
	r = e2e_run(e, "run", "--oom=every", "--cut=every", "s.yaml", NULL);
	e2e_expect(&r, 2, "one at a time", NULL);
	e2e_clear(&r);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, e2e_set_up, e2e_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(who_tries_again_passes),
		TEST(who_crashes_is_caught_named_and_repeated),
		TEST(who_ends_is_started_again),
		TEST(who_gives_up_fails_the_scenario),
		TEST(who_lies_ends_the_run),
		TEST(the_rotation_survives_each_allocation),
		TEST(with_the_real_libcurl),
		TEST(what_is_no_allocation_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
