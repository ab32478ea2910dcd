/* azsim fuzz-world: a good application passes, a weak one is caught and its world made small; the same seed, the same bytes. */
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

static void the_rotation_app_passes(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r = e2e_run(e, "fuzz-world", "--seeds=50", NULL);

	e2e_expect(&r, 0, "50 of 50 worlds passed", "virtual years", NULL);
	assert_null(strstr(r.out, "FAIL"));
	assert_false(e2e_exists(e, "azsim-out"));
	e2e_clear(&r);
}

/* kept/: worlds made small at which the application once failed, each by a fault of its own. */
static void what_was_found_once_stays_mended(void **state)
{
	struct e2e *e = *state;
	char *kept = e2e_source(e, "tests/fuzz_world/kept");
	struct e2e_result r = e2e_run(e, "run", "--net=model", "--http=shim", kept, NULL);

	e2e_expect(&r, 0, "pass", "clock-gone-back", "trials-too-close", NULL);
	e2e_clear(&r);
	free(kept);
}

static size_t count(const char *text, const char *word)
{
	size_t n = 0;

	for (; (text = strstr(text, word)); text += strlen(word))
		n++;
	return n;
}

static void a_weak_application_is_caught_and_its_world_made_small(void **state)
{
	struct e2e *e = *state;
	char app[4300], *small, *whole;
	struct e2e_result r;

	(void) snprintf(app, sizeof(app), "--app=%s/tests/bugs/leftover-network", e->build);
	r = e2e_run(e, "fuzz-world", "--seeds=2", "--seed=8", "--out=o", app, NULL);
	e2e_expect(&r, 1, "FAIL: world-8", "Network2", "made small in", "run --net=model --http=shim --app=", "o/world-8-min.yaml", "seeds 8 9",
	           "0 of 2 worlds passed", NULL);
	e2e_clear(&r);
	whole = e2e_read(e, "o/world-8.yaml");
	small = e2e_read(e, "o/world-8-min.yaml");
	assert_true(count(small, "- {at:") * 3 < count(whole, "- {at:"));
	assert_true(strlen(small) < 3000);
	free(small);
	free(whole);
	/* The small one is a scenario like any other, and fails in the same way. */
	r = e2e_run(e, "run", "--net=model", "--out=p", app, "o/world-8-min.yaml", NULL);
	e2e_expect(&r, 1, "FAIL", "Network2", "at the end", NULL);
	e2e_clear(&r);
	r = e2e_run(e, "run", "--net=model", "--out=p", "o/world-8-min.yaml", NULL);
	e2e_expect(&r, 0, "1 of 1 runs passed", NULL);
	e2e_clear(&r);
}

static void same_seed_same_bytes(void **state)
{
	static const char *const seeds[] = {"7", "8", "9"};
	struct e2e *e = *state;
	struct e2e_result r;

	r = e2e_run(e, "fuzz-world", "--seeds=3", "--seed=7", "--no-run", "--out=a", NULL);
	e2e_expect(&r, 0, NULL);
	e2e_clear(&r);
	r = e2e_run(e, "fuzz-world", "--seeds=3", "--seed=7", "-j1", "--out=b", NULL);
	e2e_expect(&r, 0, "3 of 3 worlds passed", NULL);
	e2e_clear(&r);
	r = e2e_run(e, "run", "--net=model", "--http=shim", "--out=a", "a", NULL);
	e2e_expect(&r, 0, "3 of 3 runs passed", NULL);
	e2e_clear(&r);
	r = e2e_run(e, "run", "--net=model", "--http=shim", "--out=b", "b", NULL);
	e2e_expect(&r, 0, "3 of 3 runs passed", NULL);
	e2e_clear(&r);
	for (size_t i = 0; i < sizeof(seeds) / sizeof(seeds[0]); i++) {
		static const char *const ends[] = {"yaml", "model.timeline"};

		for (size_t j = 0; j < 2; j++) {
			char path[64], *a, *b;

			(void) snprintf(path, sizeof(path), "a/world-%s.%s", seeds[i], ends[j]);
			a = e2e_read(e, path);
			(void) snprintf(path, sizeof(path), "b/world-%s.%s", seeds[i], ends[j]);
			b = e2e_read(e, path);
			assert_string_equal(a, b);
			free(a);
			free(b);
		}
	}
}

static void wrong_options_are_named(void **state)
{
	static const struct {
		const char *words[2];
		const char *said;
	} wrong[] = {
		{{"--seeds=0"}, "--seeds=0"},
		{{"--seeds=some"}, "--seeds=some"},
		{{"--seed=-1"}, "--seed=-1"},
		{{"--net=air"}, "no network \"air\""},
		{{"--http=fast"}, "--http=fast"},
		{{"--jobs=0"}, "--jobs=0"},
		{{"--reading=color=red"}, "no reading \"color\""},
		{{"--out=/dev/null/x"}, "--out"},
		{{"--no-run"}, "say with --out"},
		{{"s.yaml"}, "it takes no file"},
		{{"--no-such"}, "--no-such"},
	};
	struct e2e *e = *state;
	struct e2e_result r;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		r = e2e_run(e, "fuzz-world", wrong[i].words[0], wrong[i].words[1], NULL);
		e2e_expect(&r, 2, wrong[i].said, "azsim fuzz-world --help", NULL);
		e2e_clear(&r);
	}
	r = e2e_run(e, "fuzz-world", "--help", NULL);
	e2e_expect(&r, 0, "usage: azsim fuzz-world", "exit status", NULL);
	e2e_clear(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_rotation_app_passes, e2e_set_up, e2e_tear_down),
		cmocka_unit_test_setup_teardown(what_was_found_once_stays_mended, e2e_set_up, e2e_tear_down),
		cmocka_unit_test_setup_teardown(a_weak_application_is_caught_and_its_world_made_small, e2e_set_up, e2e_tear_down),
		cmocka_unit_test_setup_teardown(same_seed_same_bytes, e2e_set_up, e2e_tear_down),
		cmocka_unit_test_setup_teardown(wrong_options_are_named, e2e_set_up, e2e_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
