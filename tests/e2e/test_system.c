/* The device around the application: it shuts down when it is told to, updates itself, keeps its clock, and has pins. */
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

#define CAPABILITIES                                                                                                                    \
	"\"MutableStorage\": {\"SizeKB\": 8}, \"PowerControls\": [\"ForceReboot\", \"ForcePowerDown\"], \"SystemTime\": true, "            \
	"\"SystemEventNotifications\": true, \"SoftwareUpdateDeferral\": true, \"Gpio\": [8, 12]"

/* device: keys of the device, each with its line; events and expectations likewise. */
static void write_scenario(const struct e2e *e, const char *device, const char *events, const char *expect)
{
	e2e_write(e, "s.yaml",
	          "scenario: s\nabout: a test\nstart: 2026-01-01\nlength: 1d\npki:\n"
	          "  - {name: ca1, use: root, valid: [-5y, +10y]}\n"
	          "  - {name: radius1, use: server, issuer: ca1, valid: [-1y, +2y]}\n"
	          "  - {name: dev1, use: client, issuer: ca1, cn: device-0001, valid: [-60d, +1y]}\n"
	          "network: {ssid: CorpNet, server: radius1, client_roots: [ca1]}\n"
	          "device:\n  certificates: [{id: RootCA1, cert: ca1}, {id: ClientCert1, cert: dev1}]\n"
	          "  networks: [{name: Network1, root: RootCA1, client: ClientCert1, identity: device-0001}]\n%s%s%s%s%s", device,
	          *events ? "events:\n" : "", events, *expect ? "expect:\n" : "", expect);
}

/* Plays it; then the timeline, which the caller frees. */
static char *play(const struct e2e *e, const char *mode, int status, const char *said)
{
	struct e2e_result r;

	e2e_make_package_with(e, "system", mode, CAPABILITIES);
	r = e2e_run(e, "run", "--net=model", "--out=o", "--app=system", "s.yaml", NULL);
	e2e_expect(&r, status, said ? said : "1 of 1 runs passed", NULL);
	e2e_clear(&r);
	return e2e_read(e, "o/s.model.timeline");
}

static size_t count_of(const char *text, const char *word)
{
	size_t count = 0;

	for (const char *at = text; (at = strstr(at, word)); at += strlen(word))
		count++;
	return count;
}

/* ---- Power --------------------------------------------------------------------------------------------------------------- */

static void a_reboot_asks_the_application_first(void **state)
{
	struct e2e *e = *state;
	char *text;

	write_scenario(e, "", "", "  - {end: {log: \"system: start 2\", connected: Network1}}\n");
	text = play(e, "reboot", 0, NULL);
	E2E_IN_ORDER(text, "system: start 1", "PowerManagement_ForceSystemReboot -> 0", "system: PowerManagement_ForceSystemReboot -> ok",
	         "SIGTERM", "system: SIGTERM", "ended with status 0", "device: reboot", "device: power on", "system: start 2", "connected Network1");
	assert_int_equal(count_of(text, "device: power on"), 2);
	free(text);
}

static void an_application_that_ignores_it_is_killed_after_two_seconds(void **state)
{
	struct e2e *e = *state;
	char *text;

	write_scenario(e, "", "", "  - {end: {log: \"system: start 3\"}}\n"); /* fails: so the hint is shown */
	text = play(e, "deaf", 1, "did not end within 2 s of SIGTERM");
	E2E_IN_ORDER(text, "00:01:02 call", "00:01:02 app    SIGTERM", "00:01:04 app    killed: it did not end at SIGTERM", "device: reboot",
	         "system: start 2");
	free(text);
	/* One without a handler ends of it, which is no fault here. */
	write_scenario(e, "", "", "  - {end: {log: \"system: start 2\"}}\n");
	text = play(e, "plain", 0, NULL);
	E2E_IN_ORDER(text, "app    SIGTERM", "signal 15", "device: reboot", "system: start 2");
	free(text);
}

static void a_device_wakes_from_power_down_when_it_was_told(void **state)
{
	struct e2e *e = *state;
	char *text;

	write_scenario(e, "", "", "  - {never: {offline: yes}, longer_than: 1m}\n"); /* it is off, not offline */
	text = play(e, "down", 0, NULL);
	E2E_IN_ORDER(text, "00:01:02 app    SIGTERM", "00:01:02 world  device: power-down", "01:01:02 world  device: power on", "system: start 2");
	free(text);
	/* Power from outside ends it. */
	write_scenario(e, "", "  - {at: +30m, device: {power: on}}\n", "  - {by: +31m, that: {log: \"system: start 2\"}}\n");
	text = play(e, "down", 0, NULL);
	E2E_IN_ORDER(text, "device: power-down", "00:30:00 world  device: power on", "system: start 2");
	assert_int_equal(count_of(text, "device: power on"), 2);
	free(text);
}

static void a_power_cut_forgets_a_reboot_that_has_begun(void **state)
{
	struct e2e *e = *state;
	char *text;

	write_scenario(e, "", "  - {on_call: PowerManagement_ForceSystemReboot, phase: after, plus: 1s, device: {power: cut}}\n",
	               "  - {end: {log: \"system: start 2\"}}\n");
	text = play(e, "deaf", 0, NULL);
	E2E_IN_ORDER(text, "app    SIGTERM", "device: power cut", "device: power on", "system: start 2");
	assert_null(strstr(text, "device: reboot"));
	assert_int_equal(count_of(text, "device: power on"), 2);
	free(text);
}

/* ---- Updates ------------------------------------------------------------------------------------------------------------- */

static void an_update_is_told_put_off_and_installed(void **state)
{
	struct e2e *e = *state;
	char *text;

	write_scenario(e, "", "  - {at: +1h, device: {update: {kind: os, download: 5m, max_deferral: 40m}}}\n", "");
	text = play(e, "defer", 0, NULL);
	E2E_IN_ORDER(text, "system: SysEvent_RegisterForEventNotifications -> ok", "01:00:00 world  device: update of the OS: started",
	         "system: event 2 status 4: EINVAL", "01:05:00 world  device: update of the OS: ready", "system: event 1 status 1 type 2 max 40",
	         "SysEvent_DeferEvent event=0x1 minutes=30 -> 0", "system: event 1 status 3 type 2 max 0",
	         "01:35:00 world  device: update of the OS: ready", "system: event 1 status 1 type 2 max 10",
	         "01:35:10 world  device: update of the OS: installed", "01:35:10 app    SIGTERM", "SysEvent_UnregisterForEventNotifications -> ok",
	         "device: reboot", "system: start 2");
	free(text);
}

static void a_deferral_that_is_taken_back_is_the_last_warning(void **state)
{
	struct e2e *e = *state;
	char *text;

	write_scenario(e, "", "  - {at: +1h, device: {update: {kind: app}}}\n", "");
	text = play(e, "resume", 0, NULL);
	E2E_IN_ORDER(text, "01:01:00 world  device: update of the application: ready", "system: event 1 status 1 type 1 max 1440",
	         "system: event 1 status 3 type 1", "01:02:00 call   SysEvent_ResumeEvent event=0x1 -> 0", "system: event 1 status 2 type 1 max 0",
	         "01:02:10 world  device: update of the application: installed", "01:02:10 app    SIGTERM", "system: start 2");
	assert_int_equal(count_of(text, "device: power on"), 1); /* the application alone is started again */
	free(text);
}

static void updates_that_change_nothing_for_the_application(void **state)
{
	struct e2e *e = *state;
	char *text;

	/* A device that is offline hears of it when it is back. */
	write_scenario(e, "",
	               "  - {at: +1h, device: {update: {kind: none}}}\n  - {at: +2h, ap: {up: no}}\n"
	               "  - {at: +3h, device: {update: {kind: other-app, download: 1m}}}\n  - {at: +4h, ap: {up: yes}}\n",
	               "");
	text = play(e, "hear", 0, NULL);
	E2E_IN_ORDER(text, "01:00:00 world  device: no update: none available", "system: event 4 status 4: EINVAL", "connected Network1",
	         "update of another application: started", "system: event 2 status 4", "system: event 1 status 1 type 1",
	         "update of another application: installed", "system: event 1 status 4 type 1");
	assert_null(strstr(text, "SIGTERM"));
	free(text);
}

/* ---- Clocks -------------------------------------------------------------------------------------------------------------- */

static void a_clock_that_was_not_written_back_is_lost_with_the_power(void **state)
{
	struct e2e *e = *state;
	char *text;

	write_scenario(e, "  ntp: no\n", "  - {at: +1h, device: {power: cut}}\n", "");
	text = play(e, "system-time", 0, NULL);
	E2E_IN_ORDER(text, "system: it is 2026-01-01T00", "system: clock_settime -> ok", "system: it is 2026-04-11T00", "device: power cut",
	         "the device's clock is its RTC's", "system: start 2", "system: it is 2026-01-01T01");
	free(text);
	text = play(e, "rtc", 0, NULL);
	E2E_IN_ORDER(text, "system: it is 2026-01-01T00", "system: clock_systohc -> ok", "system: it is 2026-04-11T00", "device: power cut",
	         "system: start 2", "system: it is 2026-04-11T01");
	free(text);
	/* One without a battery begins anew in any case. */
	write_scenario(e, "  ntp: no\n  rtc: no\n  boot_clock: 1970-01-01\n", "  - {at: +1h, device: {power: cut}}\n", "");
	text = play(e, "rtc", 0, NULL);
	E2E_IN_ORDER(text, "system: clock_systohc -> ", "device: power cut", "system: start 2", "system: it is 1970-01-01T00");
	free(text);
	write_scenario(e, "  ntp: no\n", "  - {at: +1s, device: {rtc_busy: yes}}\n", "  - {by: +1m, that: {log: \"clock_systohc -> EBUSY\"}}\n");
	text = play(e, "rtc", 0, NULL);
	free(text);
}

/* ---- Pins and memory ----------------------------------------------------------------------------------------------------- */

static void a_button_is_pressed_and_a_light_follows(void **state)
{
	struct e2e *e = *state;
	char *text;

	/* What a pin does can set events off. */
	write_scenario(e, "",
	               "  - {at: 2026-01-01T00:00:30Z, device: {gpio: {pin: 12, value: 1}}}\n  - {at: +1m, device: {gpio: {pin: 12, value: 0}}}\n"
	               "  - {when: {gpio: {pin: 8, value: 0}}, plus: 30s, device: {gpio: {pin: 12, value: 1}}}\n",
	               "  - {at: 2026-01-01T00:00:59Z, that: {gpio: {pin: 8, value: 1}}}\n"
	               "  - {at: 2026-01-01T00:01:10Z, that: {gpio: {pin: 8, value: 0}}}\n"
	               "  - {by: +2m, that: {gpio: {pin: 8, value: 1}}}\n");
	{
		/* Ten looks a second: a short day will do. */
		char *scenario = e2e_read(e, "s.yaml"), *at = strstr(scenario, "length: 1d");

		assert_non_null(at);
		memcpy(at, "length: 5m", strlen("length: 5m"));
		e2e_write(e, "s.yaml", "%s", scenario);
		free(scenario);
	}
	text = play(e, "button", 0, NULL);
	E2E_IN_ORDER(text, "system: GPIO_OpenAsInput -> ok", "system: GPIO_OpenAsOutput -> ok", "00:01:00 world  GPIO 12 is driven low",
	         "00:01:00 app    GPIO 8", "00:01:30 world  GPIO 12 is driven high", "00:01:30 app    GPIO 8");
	assert_int_equal(count_of(text, "GPIO_GetValue"), 0); /* looks are no news */
	free(text);
}

static void memory_is_counted_alike_in_every_run(void **state)
{
	struct e2e *e = *state;
	size_t total[3], user[3], peak[3];
	char *first, *second;
	const char *at;

	write_scenario(e, "", "", "");
	first = play(e, "memory", 0, NULL);
	second = play(e, "memory", 0, NULL);
	assert_string_equal(first, second);
	at = first;
	for (size_t i = 0; i < 3; i++) {
		at = strstr(at, " total ");
		assert_non_null(at);
		assert_int_equal(sscanf(at++, " total %zu user %zu peak %zu", &total[i], &user[i], &peak[i]), 3);
		assert_true(user[i] <= peak[i] && user[i] <= total[i]);
	}
#ifndef __SANITIZE_ADDRESS__ /* its allocator has no statistics that the library could read */
	assert_in_range(user[1] - user[0], 256, 300);
	assert_in_range(user[2], user[0], user[0] + 8);
#endif
	assert_true(peak[2] >= peak[1] && peak[1] >= user[1]);
	free(first);
	free(second);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, e2e_set_up, e2e_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_reboot_asks_the_application_first), TEST(an_application_that_ignores_it_is_killed_after_two_seconds),
		TEST(a_device_wakes_from_power_down_when_it_was_told), TEST(a_power_cut_forgets_a_reboot_that_has_begun),
		TEST(an_update_is_told_put_off_and_installed), TEST(a_deferral_that_is_taken_back_is_the_last_warning),
		TEST(updates_that_change_nothing_for_the_application), TEST(a_clock_that_was_not_written_back_is_lost_with_the_power),
		TEST(a_button_is_pressed_and_a_light_follows), TEST(memory_is_counted_alike_in_every_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
