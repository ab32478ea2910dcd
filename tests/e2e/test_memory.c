/* What is answered from memory, and without it (--no-memory): the same history, at another price. */
#define _GNU_SOURCE
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "harness.h"

#define CAPABILITIES E2E_FULL_CAPABILITIES ", \"MutableStorage\": {\"SizeKB\": 8}"

/* On one processor whoever asks must wait, and the switches can be counted; on two the answer may be there first. */
static void on_one_processor(void)
{
	cpu_set_t set, one;

	assert_int_equal(sched_getaffinity(0, sizeof(set), &set), 0);
	CPU_ZERO(&one);
	for (int cpu = 0; CPU_COUNT(&one) == 0; cpu++)
		if (CPU_ISSET(cpu, &set))
			CPU_SET(cpu, &one);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
}

/* Returns the timeline; *ret_switches: how often processes had to wait for each other. */
static char *run(const struct e2e *e, const char *app, const char *memory, long *ret_switches)
{
	struct rusage before, after;
	struct e2e_result r;

	(void) getrusage(RUSAGE_CHILDREN, &before);
	r = e2e_run(e, "run", "--net=model", "--http=shim", "--out=out", app, "s.yaml", memory, NULL);
	(void) getrusage(RUSAGE_CHILDREN, &after);
	e2e_expect(&r, 0, "1 of 1 runs passed", NULL);
	e2e_clear(&r);
	*ret_switches = after.ru_nvcsw - before.ru_nvcsw;
	return e2e_read(e, "out/s.model.timeline");
}

static void expect_same(const struct e2e *e, const char *app, const char *const words[], long percent)
{
	long with, without;
	char *a, *b;

	on_one_processor();
	a = run(e, app, NULL, &with);
	b = run(e, app, "--no-memory", &without);
	assert_string_equal(a, b);
	for (size_t i = 0; words[i]; i++)
		if (!strstr(a, words[i]))
			fail_msg("not in the timeline: %s", words[i]);
	/* It was another way, or nothing here is tested: at most so many switches for a hundred. */
	print_message("%ld switches with memory, %ld without\n", with, without);
	if (with * 100 > without * percent)
		fail_msg("%ld switches with memory, %ld without", with, without);
	free(a);
	free(b);
}

static void an_application_that_writes_between_its_questions(void **state)
{
	static const char *const words[] = {"output: asker: day 1", "output: asker: still", "asker: log 7", "flash  storage: 1 bytes",
	                                    "CertStore_GetCertificateCount -> 2", "name=Nowhere -> ENODEV", NULL};

	e2e_make_package(*state, "asker", CAPABILITIES);
	e2e_write_scenario(*state, "s",
	                   "  - {at: +9d, operator: {install_root: Another, cert: ca1}}\n  - {at: +9d1h, operator: {delete: Another}}\n"
	                   "  - {at: +20d12h, device: {power: cut}}\n  - {at: +25d, ap: {up: no}}\n  - {at: +27d, ap: {up: yes}}\n",
	                   "");
	/* Its output is read as it comes, on a crowded machine in many pieces. */
	expect_same(*state, "--app=asker", words, 95);
}

static void the_rotation_app_through_a_renewal(void **state)
{
	static const char *const words[] = {"/v1/client-certificate -> 200", "connected Network1", NULL};
	const struct e2e *e = *state;
	char app[4300];

	(void) snprintf(app, sizeof(app), "--app=%s/app/approot", e->build);
	e2e_write_scenario(e, "s", "  - {at: +12d, radius: {up: no}}\n  - {at: +13d, radius: {up: yes}}\n", "");
	expect_same(e, app, words, 50);
}

/* A call that an event waits for is never answered before it is made. */
static void events_on_a_call_still_come(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;
	char *timeline;

	e2e_make_package(e, "asker", CAPABILITIES);
	e2e_write_scenario(e, "s", "  - {on_call: CertStore_GetCertificateCount, from: +5d, nth: 7, device: {kill_app: yes}}\n", "");
	r = e2e_run(e, "run", "--net=model", "--http=shim", "--app=asker", "--out=out", "s.yaml", NULL);
	e2e_expect(&r, 0, NULL);
	e2e_clear(&r);
	timeline = e2e_read(e, "out/s.model.timeline");
	assert_non_null(strstr(timeline, "by the scenario"));
	free(timeline);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_application_that_writes_between_its_questions, e2e_set_up, e2e_tear_down),
		cmocka_unit_test_setup_teardown(the_rotation_app_through_a_renewal, e2e_set_up, e2e_tear_down),
		cmocka_unit_test_setup_teardown(events_on_a_call_still_come, e2e_set_up, e2e_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
