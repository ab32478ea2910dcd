/* Not thread-safe stays not thread-safe, but nothing is corrupted: threads, children, calls too early, and an application that lies on
 * the wire. azsim says what happened, in a time that can be waited for, and nothing is left behind (the harness looks). */
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

/* What the liar is told; which status azsim ends with, and what it says. NULL: the application is let live, and logs so. */
struct lie {
	const char *name;
	int status;
	const char *said;
};

static void without_oracles(const struct e2e *e)
{
	char *text = e2e_read(e, "s.yaml");

	e2e_write(e, "s.yaml", "%soracles_off: [bounded, last-credential, stranded, leftovers]\n", text);
	free(text);
}

static void tell(const struct e2e *e, const struct lie *lie)
{
	struct e2e_result r;
	char expect[128] = "";

	e2e_make_package_with(e, "liar", lie->name, E2E_FULL_CAPABILITIES);
	if (lie->status == 0)
		(void) snprintf(expect, sizeof(expect), "  - {by: +2m, that: {log: \"%s\"}}\n", lie->said);
	e2e_write_scenario(e, "s", "", expect);
	without_oracles(e);
	r = e2e_run(e, "run", "--net=model", "--app=liar", "--app-wait=3", "s.yaml", NULL);
	if (r.status != lie->status)
		fprintf(stderr, "the lie was %s\n", lie->name);
	if (lie->status == 0)
		e2e_expect(&r, 0, NULL);
	else
		e2e_expect(&r, lie->status, lie->said, "repeat:", NULL);
	assert_null(strstr(r.out, "a defect of azsim"));
	assert_true(r.real_s < 120); /* seconds on an idle machine */
	e2e_clear(&r);
}

static void a_client_that_lies_loses_its_run(void **state)
{
	static const struct lie lies[] = {
		{"too-long", 1, "broke the protocol of its libraries: API message 13 of 17 bytes"},
		{"too-short", 1, "broke the protocol of its libraries: API message 13 of 17 bytes"},
		{"oversized", 1, "broke the protocol of its libraries: API message 13"},
		{"half", 1, "broke the protocol of its libraries: message of 8 bytes that is none of ours"},
		{"wrong-magic", 1, "broke the protocol of its libraries: message of 64 bytes that is none of ours"},
		{"no-greeting", 1, "broke the protocol of its libraries: API message 13"},
		{"two-greetings", 1, "broke the protocol of its libraries: API message 1 "},
		{"clock-without-greeting", 1, "broke the protocol of its libraries: clock message 2 before its greeting"},
	};

	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++)
		tell(*state, &lies[i]);
}

static void what_can_be_answered_is_answered(void **state)
{
	static const struct lie lies[] = {
		{"unknown-requests", 0, "liar: every unknown request was answered"},
		{"nonsense", 0, "liar: nonsense was answered"},
		{"descriptors", 0, "liar: it kept none of the descriptors"},
		{"many-connections", 0, "liar: most connections were closed"},
	};

	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++)
		tell(*state, &lies[i]);
}

static void nothing_goes_on_for_ever(void **state)
{
	static const struct lie lies[] = {
		{"connections-without-end", 1, "does not return to its loop"},
		{"output-without-end", 1, "does not return to its loop"},
		{"requests-without-end", 1, "makes calls without end and never waits"},
		{"requests-without-reading", 1, "does not read the answers"},
		{"logs-without-end", 1, "the timeline has more than 128 MiB of text"},
		{"short-waits-without-end", 1, "waits, but never for long"},
		{"stopped", 1, "state T"},
	};

	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++)
		tell(*state, &lies[i]);
}

static void a_second_process_gets_nothing_and_the_first_goes_on(void **state)
{
	static const struct {
		const char *name, *said, *too;
	} children[] = {
		{"child-that-sleeps", "not available on the device: fork", "a second process has no clock"},
		{"child-that-calls", "a second process of the application wanted to connect", "liar: the child ended with status 69"},
		{"child-of-one-that-called", "a forked child shares no device with its parent", "liar: the child's call gives ENOSYS"},
	};
	struct e2e *e = *state;
	struct e2e_result r;
	char *timeline;

	for (size_t i = 0; i < sizeof(children) / sizeof(children[0]); i++) {
		e2e_make_package_with(e, "liar", children[i].name, E2E_FULL_CAPABILITIES);
		e2e_write_scenario(e, "s", "", "  - {by: +2m, that: {log: \"liar: the parent goes on, and is answered\"}}\n");
		r = e2e_run(e, "run", "--net=model", "--app=liar", "--out=o", "s.yaml", NULL);
		e2e_expect(&r, 0, NULL);
		e2e_clear(&r);
		timeline = e2e_read(e, "o/s.model.timeline");
		if (!strstr(timeline, children[i].said) || !strstr(timeline, children[i].too))
			fail_msg("%s: no \"%s\" or \"%s\" in\n%s", children[i].name, children[i].said, children[i].too, timeline);
		free(timeline);
	}
}

static void threads_that_call_at_once_get_their_own_answers(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;

	e2e_make_package(e, "threads", E2E_FULL_CAPABILITIES);
	e2e_write_scenario(e, "s", "", "  - {by: +1h, that: {log: \"threads: 0 wrong answers\"}}\n");
	without_oracles(e);
	r = e2e_run(e, "run", "--net=model", "--reading=max-networks=37", "--app=threads", "s.yaml", NULL);
	e2e_expect(&r, 0, NULL);
	e2e_clear(&r);
}

static void calls_before_the_os_is_ready_give_eagain_for_as_long_as_the_scenario_says(void **state)
{
	static const struct {
		const char *boot_ready, *said;
	} boots[] = {
		/* The application starts two seconds after the device. */
		{"", "early: 0 tries, 0 s, then 1 networks"},
		{"  boot_ready: 47s\n", "early: 45 tries, 45 s, then 1 networks"},
	};
	struct e2e *e = *state;

	e2e_make_package(e, "early", E2E_FULL_CAPABILITIES);
	for (size_t i = 0; i < 2; i++) {
		struct e2e_result r;
		char expect[128], *text, *networks;

		(void) snprintf(expect, sizeof(expect), "  - {by: +2m, that: {log: \"%s\"}}\n", boots[i].said);
		e2e_write_scenario(e, "s", "", expect);
		text = e2e_read(e, "s.yaml");
		networks = strstr(text, "  networks:");
		assert_non_null(networks);
		e2e_write(e, "s.yaml", "%.*s%s%s", (int)(networks - text), text, boots[i].boot_ready, networks);
		free(text);
		r = e2e_run(e, "run", "--net=model", "--app=early", "s.yaml", NULL);
		e2e_expect(&r, 0, NULL);
		e2e_clear(&r);
	}
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, e2e_set_up, e2e_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_client_that_lies_loses_its_run), TEST(what_can_be_answered_is_answered), TEST(nothing_goes_on_for_ever),
		TEST(a_second_process_gets_nothing_and_the_first_goes_on), TEST(threads_that_call_at_once_get_their_own_answers),
		TEST(calls_before_the_os_is_ready_give_eagain_for_as_long_as_the_scenario_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
