/* The two libcurls an application may run with, the real one and the one that hands its requests to azsim: the same history. */
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
#include "http_story.h"

static char *run(const struct e2e *e, const char *http, const char *out)
{
	char option[32], folder[64];
	struct e2e_result r;

	(void) snprintf(option, sizeof(option), "--http=%s", http);
	(void) snprintf(folder, sizeof(folder), "--out=%s", out);
	r = e2e_run(e, "run", "--net=model", "--app=http", option, folder, "s.yaml", NULL);
	e2e_expect(&r, 0, NULL);
	e2e_clear(&r);
	(void) snprintf(folder, sizeof(folder), "%s/s.model.json", out);
	return e2e_read(e, folder);
}

static void expect_word(const char *log, const char *word)
{
	if (!strstr(log, word))
		fail_msg("not in the log: %s", word);
}

static void both_give_the_same_history(void **state)
{
	struct e2e *e = *state;
	char *real, *shim;

	e2e_make_package(e, "http", HTTP_STORY_CAPABILITIES);
	e2e_write_scenario(e, "s", HTTP_STORY_EVENTS, HTTP_STORY_EXPECT "oracles_off: [stranded]  # its clock is far off\n");
	real = run(e, "real", "real");
	shim = run(e, "shim", "shim");
	/* What the code says is the real library's business; that each case was met is ours. */
	expect_word(real, "offline -> curl=6 ");
	expect_word(real, "root -> curl=0 (No error) status=200 type=application/x-pem-file");
	expect_word(real, "port -> curl=7 ");
	expect_word(real, "forbidden host -> curl=6 ");
	expect_word(real, "no auth -> curl=0 (No error) status=403");
	expect_word(real, "refused tls -> curl=42 ");
	expect_word(real, "wrong ca -> curl=60 ");
	expect_word(real, "no ca -> curl=77 ");
	expect_word(real, "other name -> curl=60 ");
	expect_word(real, "path, fail on error -> curl=22 ");
	expect_word(real, "post, large -> curl=0 (No error) status=413");
	expect_word(real, "body refused -> curl=23 ");
	expect_word(real, "body too long -> curl=63 ");
	expect_word(real, "slow -> curl=0 (No error) status=200");
	expect_word(real, "slow, 10 s -> curl=28 ");
	expect_word(real, "slow, then down -> curl=52 ");
	expect_word(real, "scheme -> curl=1 ");
	expect_word(real, "received=4194304");
	/* It was due at +2d8h, and came when the device was back. */
	expect_word(real, "slow, away meanwhile -> curl=0 (No error) status=200");
	expect_word(real, "static address -> curl=0 (No error) status=200");
	expect_word(real, "clock -> curl=60 ");
	assert_string_equal(real, shim);
	free(real);
	free(shim);
}

static void the_rotation_runs_the_same_under_both(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;
	char *real, *shim;

	e2e_write_scenario(e, "s", "  - {at: +20d, issuer: {state: slow, delay: 90s}}\n  - {at: +30d, issuer: {state: up}}\n",
	                   "  - {end: {connected: Network1, networks: [Network1], certificates: [RootCA1, ClientCert1]}}\n");
	r = e2e_run(e, "run", "--net=model", "--http=real", "--out=real", "s.yaml", NULL);
	e2e_expect(&r, 0, NULL);
	e2e_clear(&r);
	r = e2e_run(e, "run", "--net=model", "--http=shim", "--out=shim", "s.yaml", NULL);
	e2e_expect(&r, 0, NULL);
	e2e_clear(&r);
	real = e2e_read(e, "real/s.model.timeline");
	shim = e2e_read(e, "shim/s.model.timeline");
	expect_word(real, "curl=28 ");
	expect_word(real, "/v1/client-certificate -> 200");
	assert_string_equal(real, shim);
	free(real);
	free(shim);
}

static void a_third_libcurl_is_refused(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;

	e2e_write_scenario(e, "s", "", "");
	r = e2e_run(e, "run", "--http=fake", "s.yaml", NULL);
	e2e_expect(&r, 2, "--http=fake: real or shim", NULL);
	e2e_clear(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(both_give_the_same_history, e2e_set_up, e2e_tear_down),
		cmocka_unit_test_setup_teardown(the_rotation_runs_the_same_under_both, e2e_set_up, e2e_tear_down),
		cmocka_unit_test_setup_teardown(a_third_libcurl_is_refused, e2e_set_up, e2e_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
