/* Applications for the MT3620 in azsim: the same history as native ones, no process left whatever happens to them, their memory. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/e2e/harness.h"

#define HTTP_CAPABILITIES \
	"\"AllowedConnections\": [\"ca.corp.example\", \"other.corp.example\"], \"MutableStorage\": {\"SizeKB\": 8}, " \
	"\"DeviceAuthentication\": \"00000000-0000-0000-0000-000000000000\""

/* The test application NAME as a program for the MT3620: arm-NAME in the test's folder. */
static void make_arm_package(const struct e2e *e, const char *name, const char *capabilities)
{
	char package[64], path[4300], target[4300];

	(void) snprintf(package, sizeof(package), "arm-%s", name);
	e2e_make_package(e, package, capabilities);
	(void) snprintf(path, sizeof(path), "%s/%s/bin/app", e->dir, package);
	(void) snprintf(target, sizeof(target), "%s/mt3620/apps/%s/bin/app", e->build, name);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink(target, path), 0);
}

/* The timeline without its first line, which names the program. */
static char *history(const struct e2e *e, const char *app, const char *out)
{
	char option[64], folder[64], *text, *rest;
	struct e2e_result r;

	(void) snprintf(option, sizeof(option), "--app=%s", app);
	(void) snprintf(folder, sizeof(folder), "--out=%s", out);
	r = e2e_run(e, "run", "--net=model", option, folder, "s.yaml", NULL);
	if (r.status > 1)
		e2e_expect(&r, 0, NULL);
	e2e_clear(&r);
	(void) snprintf(folder, sizeof(folder), "%s/s.model.timeline", out);
	text = e2e_read(e, folder);
	assert_true(strncmp(text, "# application: ", 15) == 0);
	rest = strdup(strchr(text, '\n'));
	free(text);
	return rest;
}

static void same_history(const struct e2e *e, const char *name, const char *capabilities, const char *word)
{
	char arm_name[64], *native, *arm;

	(void) snprintf(arm_name, sizeof(arm_name), "arm-%s", name);
	e2e_make_package(e, name, capabilities);
	make_arm_package(e, name, capabilities);
	native = history(e, name, "native");
	arm = history(e, arm_name, "arm");
	if (!strstr(native, word))
		fail_msg("not in the history: %s", word);
	assert_string_equal(native, arm);
	free(native);
	free(arm);
}

static void eleven_ways_to_wait_take_as_long(void **state)
{
	e2e_write_scenario(*state, "s", "", "");
	same_history(*state, "waits", E2E_FULL_CAPABILITIES, "waits: ");
}

static void each_answer_of_the_issuer_is_the_same(void **state)
{
	e2e_write_scenario(*state, "s",
	                   "  - {at: +0s, ap: {up: no}}\n  - {at: +30m, ap: {up: yes}}\n  - {at: +1d, issuer: {state: slow, delay: 45s}}\n"
	                   "  - {at: +1d2h, issuer: {state: slow, delay: 2h}}\n  - {at: +1d4h, issuer: {state: down}}\n"
	                   "  - {at: +2d, issuer: {state: wrong, wrong: huge}}\n  - {at: +3d, issuer: {state: up}}\n", "");
	same_history(*state, "http", HTTP_CAPABILITIES, "http: huge -> curl=0 ");
}

static void a_missing_capability_is_the_same(void **state)
{
	e2e_write_scenario(*state, "s", "", "");
	same_history(*state, "probe", "\"CertStore\": true", "probe: WifiConfig_SetNetworkEnabled -> ");
}

static void an_application_that_spins_is_the_same(void **state)
{
	e2e_write_scenario(*state, "s", "", "  - {by: +2m, that: {log: a minute is over}}\n");
	same_history(*state, "spin", E2E_FULL_CAPABILITIES, "spin");
}

/* ---- Its end; after each the harness looks for processes that are left ---------------------------------------------------- */

static void one_that_crashes_is_named_with_its_last_words(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;

	make_arm_package(e, "crash", E2E_FULL_CAPABILITIES);
	e2e_write_scenario(e, "s", "", "");
	r = e2e_run(e, "run", "--net=model", "--app=arm-crash", "s.yaml", NULL);
	e2e_expect(&r, 1, "signal 6", "crash: now", "+1d 00:00:0", NULL);
	e2e_clear(&r);
}

static void one_that_hangs_is_found_out(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;

	make_arm_package(e, "hang", E2E_FULL_CAPABILITIES);
	e2e_write_scenario(e, "s", "", "");
	r = e2e_run(e, "run", "--net=model", "--app=arm-hang", "--app-wait=2", "s.yaml", NULL);
	e2e_expect(&r, 1, "does not return to its loop", "2 s of real time", NULL);
	e2e_clear(&r);
}

static void kills_and_power_cuts_leave_nothing(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;

	make_arm_package(e, "waits", E2E_FULL_CAPABILITIES);
	e2e_write_scenario(e, "s", "  - {at: +1d, device: {kill_app: yes}}\n  - {at: +2d, device: {power: cut}}\n  - {at: +3d, device: {power: off}}\n"
	                   "  - {at: +3d1h, device: {power: on}}\n", "");
	r = e2e_run(e, "run", "--net=model", "--app=arm-waits", "--out=out", "s.yaml", NULL);
	e2e_expect(&r, 0, NULL);
	e2e_clear(&r);
}

static void control_c_stops_it(void **state)
{
	struct e2e *e = *state;
	struct e2e_started s;
	struct e2e_result r;
	pid_t pids[4];

	make_arm_package(e, "waits", E2E_FULL_CAPABILITIES);
	e2e_write_scenario(e, "s", "", "");
	make_arm_package(e, "hang", E2E_FULL_CAPABILITIES);
	s = e2e_start(e, "run", "--net=model", "--app=arm-hang", "--app-wait=600", "s.yaml", NULL);
	for (int i = 0; i < 1000 && e2e_processes(e, "qemu-arm", pids, 4) == 0; i++)
		(void) nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
	assert_true(e2e_processes(e, "qemu-arm", pids, 4) > 0);
	assert_int_equal(kill(-s.pid, SIGINT), 0);
	r = e2e_wait(e, &s);
	e2e_expect(&r, 130, "interrupted", NULL);
	e2e_clear(&r);
}

/* ---- Memory -------------------------------------------------------------------------------------------------------------- */

/* The numbers of "memory: WHAT now=N peak=N" in KiB. */
static void figures(const char *text, const char *what, unsigned *ret_now, unsigned *ret_peak)
{
	char key[64];
	const char *at;

	(void) snprintf(key, sizeof(key), "memory: %s now=", what);
	at = strstr(text, key);
	assert_non_null(at);
	assert_int_equal(sscanf(at + strlen(key), "%u peak=%u", ret_now, ret_peak), 2);
}

static void heap_data_and_stacks_are_measured(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;
	unsigned now, peak, start, before;
	char *text;

	make_arm_package(e, "memory", "");
	e2e_write_scenario(e, "s", "", "");
	text = e2e_read(e, "s.yaml");
	memcpy(strstr(text, "length: 40d"), "length:  2h", 11);
	e2e_write(e, "s.yaml", "%s", text);
	free(text);
	r = e2e_run(e, "run", "--net=model", "--app=arm-memory", "--ram-limit=256K", "--out=out", "s.yaml", NULL);
	/* 24 of data and bss at least; 100 of heap; 40 and 60 of stacks, each call a little below 1. */
	e2e_expect(&r, 0, "memory: at most 2", "KiB of the 256", "data and bss 2", "heap 10", "stack 9", NULL);
	e2e_clear(&r);
	text = e2e_read(e, "out/s.model.timeline");
	figures(text, "start", &start, &peak);
	assert_in_range(start, 24, 36);
	assert_int_equal(peak, start);
	figures(text, "heap", &now, &peak);
	assert_in_range(now, start + 100, start + 104);
	assert_int_equal(peak, now);
	figures(text, "freed", &now, &before);
	assert_in_range(now, start, start + 4);
	assert_int_equal(before, peak);
	figures(text, "stack", &now, &peak);
	assert_in_range(peak, before + 34, before + 42);
	before = peak;
	figures(text, "thread", &now, &peak);
	assert_in_range(peak, before + 56, before + 70);
	free(text);
}

static void one_that_takes_too_much_is_ended_and_started_again(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;
	char *text;

	make_arm_package(e, "memory", "");
	e2e_write_scenario(e, "s", "", "");
	r = e2e_run(e, "run", "--net=model", "--app=arm-memory", "--ram-limit=256K", "--out=out", "s.yaml", NULL);
	e2e_expect(&r, 1, "ended by signal 9 (Killed)", "memory: the application took ", "and may take 262144", NULL);
	e2e_clear(&r);
	text = e2e_read(e, "out/s.model.timeline");
	assert_non_null(strstr(text, "out of memory: "));
	/* Between 3 and 20 times 10 KiB, since 36 of data, 40 and 60 of stacks are in use. */
	assert_non_null(strstr(text, "memory: 3 more"));
	assert_null(strstr(text, "memory: 20 more"));
	/* Started again, it goes the same way. */
	assert_non_null(strstr(strstr(text, "out of memory: ") + 10, "out of memory: "));
	free(text);
}

static void a_limit_for_a_native_program_is_refused(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;

	e2e_write_scenario(e, "s", "", "");
	r = e2e_run(e, "run", "--net=model", "--ram-limit=256K", "s.yaml", NULL);
	e2e_expect(&r, 2, "--ram-limit", "is no program for the MT3620", NULL);
	e2e_clear(&r);
	r = e2e_run(e, "run", "--net=model", "--ram-limit=much", "s.yaml", NULL);
	e2e_expect(&r, 2, "--ram-limit=much", "256K", NULL);
	e2e_clear(&r);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, e2e_set_up, e2e_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(eleven_ways_to_wait_take_as_long),
		TEST(each_answer_of_the_issuer_is_the_same),
		TEST(a_missing_capability_is_the_same),
		TEST(an_application_that_spins_is_the_same),
		TEST(one_that_crashes_is_named_with_its_last_words),
		TEST(one_that_hangs_is_found_out),
		TEST(kills_and_power_cuts_leave_nothing),
		TEST(control_c_stops_it),
		TEST(heap_data_and_stacks_are_measured),
		TEST(one_that_takes_too_much_is_ended_and_started_again),
		TEST(a_limit_for_a_native_program_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
