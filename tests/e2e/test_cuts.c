/* --cut: the power goes at every point of a run, at one of them, at two; and what an application that cannot take it looks like. */
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

/* Two days with the application that has a fatal moment. */
static void write_window_with(const struct e2e *e, const char *more)
{
	char top[256];

	e2e_make_package(e, "window", E2E_FULL_CAPABILITIES);
	(void) snprintf(top, sizeof(top), "oracles_off: [last-credential, stranded, leftovers]\n%s\n", more);
	e2e_write_small(e, "36h", "+2y", "window", top, E2E_ALL_DONE);
}

static void write_window(const struct e2e *e)
{
	write_window_with(e, "");
}

/* A certificate that is due at once: the whole renewal lies in the first of four days. */
static void write_renewal(const struct e2e *e)
{
	e2e_write_small(e, "4d", "+3d", NULL, "", E2E_ALL_DONE);
}

static void the_rotation_survives_a_cut_at_every_point(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;
	unsigned long points = 0, played = 0;
	const char *line;

	write_renewal(e);
	r = e2e_run(e, "run", "--cut=every", "s.yaml", NULL);
	e2e_expect(&r, 0, "1 of 1 runs passed", NULL);
	line = strstr(r.out, "the power can go at ");
	assert_non_null(line);
	assert_int_equal(sscanf(line, "the power can go at %lu points, %lu of them played", &points, &played), 2);
	assert_true(points > 200);
	assert_in_range(played, 30, points - 1);
	e2e_clear(&r);
}

static void a_second_cut_after_the_first(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;
	char *timeline;

	e2e_write_scenario(e, "s", "", E2E_ALL_DONE);
	r = e2e_run(e, "run", "--net=model", "--cut=40+25", "--out=o", "s.yaml", NULL);
	e2e_expect(&r, 0, NULL);
	e2e_clear(&r);
	timeline = e2e_read(e, "o/s.model.timeline");
	assert_non_null(strstr(timeline, "power cut at point 40: "));
	assert_non_null(strstr(timeline, "power cut at point 25: "));
	free(timeline);
}

/* How long the power is gone and the device not ready is chosen by seed and point, and repeats. */
static void outage_and_boot_vary_with_the_seed(void **state)
{
	static const char *const seeds[] = {"--seed=1", "--seed=2", "--seed=3", "--seed=1"};
	struct e2e *e = *state;
	char on[4][32];
	int different = 0;

	e2e_write_scenario(e, "s", "", E2E_ALL_DONE);
	for (size_t i = 0; i < 4; i++) {
		struct e2e_result r = e2e_run(e, "run", "--net=model", "--cut=40", seeds[i], "--out=o", "s.yaml", NULL);
		char *timeline;
		const char *cut, *boot;

		e2e_expect(&r, 0, NULL);
		e2e_clear(&r);
		timeline = e2e_read(e, "o/s.model.timeline");
		assert_non_null(cut = strstr(timeline, "power cut at point 40: "));
		assert_non_null(boot = strstr(cut, "device: power on"));
		while (boot > timeline && boot[-1] != '\n')
			boot--;
		(void) snprintf(on[i], sizeof(on[i]), "%.24s", boot);
		free(timeline);
	}
	for (size_t i = 1; i < 3; i++)
		different += strcmp(on[i], on[0]) != 0;
	assert_true(different > 0);
	assert_string_equal(on[3], on[0]);
}

/* A boot of the scenario's own, days after the cut, is as quick as the scenario says. */
static void other_boots_are_the_scenarios_own(void **state)
{
	struct e2e *e = *state;
	char seed[24];

	e2e_write_scenario(e, "s", "  - {at: +9d, device: {power: off}}\n  - {at: +10d, device: {power: on}}\n",
	                   "  - {after: +10d, within: 10s, that: {connected: any}}\n");
	for (int i = 1; i <= 6; i++) {
		struct e2e_result r;

		(void) snprintf(seed, sizeof(seed), "--seed=%d", i);
		r = e2e_run(e, "run", "--net=model", "--http=shim", "--cut=40", seed, "s.yaml", NULL);
		e2e_expect(&r, 0, NULL);
		e2e_clear(&r);
	}
}

static void a_fatal_moment_is_found_named_and_repeated(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;
	unsigned long point = 0;
	const char *line;
	char option[48];

	write_window(e);
	r = e2e_run(e, "run", "--net=model", "s.yaml", NULL);
	e2e_expect(&r, 0, NULL);
	e2e_clear(&r);
	r = e2e_run(e, "run", "--cut=every", "s.yaml", NULL);
	e2e_expect(&r, 1, "after CertStore_MoveCertificate", "expected \"at the end: connected Network1", "repeat with --cut=", NULL);
	line = strstr(r.out, "repeat with --cut=");
	assert_int_equal(sscanf(line, "repeat with --cut=%lu", &point), 1);
	e2e_clear(&r);
	(void) snprintf(option, sizeof(option), "--cut=%lu", point);
	r = e2e_run(e, "run", "--net=model", option, "s.yaml", NULL);
	e2e_expect(&r, 1, "expected \"at the end: connected Network1", option, NULL);
	e2e_clear(&r);
	/* The point before is harmless: it is a moment, not the application as such. */
	r = e2e_run(e, "run", "--net=model", "--cut=1", "s.yaml", NULL);
	e2e_expect(&r, 0, NULL);
	e2e_clear(&r);
}

static void leaving_points_of_one_state_out_loses_nothing(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;

	write_window(e);
	r = e2e_run(e, "run", "--cut=all", "s.yaml", NULL);
	e2e_expect(&r, 1, "after CertStore_MoveCertificate", "before CertStore_MoveCertificate", NULL);
	assert_null(strstr(r.out, "the branch ended without a word"));
	e2e_clear(&r);
}

/* A reading that nothing asks but the time after a cut: each of its choices is played, at the points after which it is asked. */
static void what_only_the_time_after_a_cut_asks_is_varied_too(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;
	unsigned long point = 0;
	const char *line;
	char option[48];

	e2e_make_package_with(e, "window", "mend", E2E_FULL_CAPABILITIES);
	e2e_write_small(e, "36h", "+2y", "window", "oracles_off: [last-credential, stranded, leftovers]\n", E2E_ALL_DONE);
	r = e2e_run(e, "run", "--cut=every", "s.yaml", NULL);
	e2e_expect(&r, 0, NULL);
	e2e_clear(&r);
	r = e2e_run(e, "run", "--readings=all", "s.yaml", NULL);
	e2e_expect(&r, 0, NULL);
	e2e_clear(&r);
	r = e2e_run(e, "run", "--cut=every", "--readings=all", "s.yaml", NULL);
	e2e_expect(&r, 1, "after CertStore_MoveCertificate", " --reading=forget-unknown-id=ENOENT", NULL);
	line = strstr(r.out, "repeat with --cut=");
	assert_non_null(line);
	assert_int_equal(sscanf(line, "repeat with --cut=%lu", &point), 1);
	e2e_clear(&r);
	(void) snprintf(option, sizeof(option), "--cut=%lu", point);
	r = e2e_run(e, "run", "--net=model", option, "--reading=forget-unknown-id=ENOENT", "s.yaml", NULL);
	e2e_expect(&r, 1, "expected \"at the end: connected Network1", NULL);
	e2e_clear(&r);
	r = e2e_run(e, "run", "--net=model", option, "s.yaml", NULL);
	e2e_expect(&r, 0, NULL);
	e2e_clear(&r);
	/* Where the user has fixed it, nothing is varied. */
	r = e2e_run(e, "run", "--cut=every", "--readings=all", "--reading=forget-unknown-id=ENODEV", "s.yaml", NULL);
	e2e_expect(&r, 0, NULL);
	e2e_clear(&r);
}

static void a_device_that_needs_its_power_is_not_asked(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;

	write_window_with(e, "needs_power: [{from: +0s, until: +36h}]");
	r = e2e_run(e, "run", "--cut=every", "s.yaml", NULL);
	e2e_expect(&r, 0, NULL);
	e2e_clear(&r);
	/* The same under every reading: what was played in each combination is added up. */
	r = e2e_run(e, "run", "--cut=every", "--readings=all", "s.yaml", NULL);
	e2e_expect(&r, 0, " of readings, 0 failed; ", " cuts or faults played (", NULL);
	e2e_clear(&r);
	/* Only then: the fatal moment is in the first day. */
	write_window_with(e, "needs_power: [{from: +30h, until: +36h}]");
	r = e2e_run(e, "run", "--cut=every", "s.yaml", NULL);
	e2e_expect(&r, 1, "after CertStore_MoveCertificate", NULL);
	e2e_clear(&r);
}

static void what_is_no_point_is_refused(void **state)
{
	static const char *const bad[] = {"--cut=", "--cut=0", "--cut=12x", "--cut=-3", "--cut=5+", "--cut=5+0", "--cut=5+2+3", "--cut=sometimes"};
	struct e2e *e = *state;
	struct e2e_result r;

	e2e_write_scenario(e, "s", "", "");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		r = e2e_run(e, "run", bad[i], "s.yaml", NULL);
		e2e_expect(&r, 2, "--cut=", NULL);
		e2e_clear(&r);
	}
	r = e2e_run(e, "run", "--cut=every", "--net=wired", "s.yaml", NULL);
	e2e_expect(&r, 2, "model network", NULL);
	e2e_clear(&r);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, e2e_set_up, e2e_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(the_rotation_survives_a_cut_at_every_point),
		TEST(a_second_cut_after_the_first),
		TEST(outage_and_boot_vary_with_the_seed), TEST(other_boots_are_the_scenarios_own),
		TEST(a_fatal_moment_is_found_named_and_repeated),
		TEST(leaving_points_of_one_state_out_loses_nothing),
		TEST(what_only_the_time_after_a_cut_asks_is_varied_too),
		TEST(a_device_that_needs_its_power_is_not_asked),
		TEST(what_is_no_point_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
