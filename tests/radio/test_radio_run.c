/* azsim run --net=radio, as a user calls it: its verdict, what it says when something is missing, and Ctrl-C.
 */
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

#include "tests/e2e/harness.h"
#include "tests/e2e/http_story.h"

#define EMULATOR "qemu-system-x86"
#define START_LIMIT_MS 20000
#define INTERRUPT_LIMIT_S 10.0

/* Three days, in which RADIUS is away for an hour. */
static void write_scenario(const struct e2e *e, const char *name)
{
	e2e_write(e, name,
	          "scenario: %.*s\n"
	          "about: RADIUS is down for an hour.\n"
	          "start: 2026-01-01\n"
	          "length: 3d\n"
	          "pki: [{name: ca1, use: root, valid: [-5y, +5y]}, {name: radius1, use: server, issuer: ca1, valid: [-1y, +1y]},\n"
	          "      {name: dev1, use: client, issuer: ca1, cn: device-0001, valid: [-30d, +2y]}]\n"
	          "network: {ssid: CorpNet, server: radius1, client_roots: [ca1]}\n"
	          "device: {certificates: [{id: RootCA1, cert: ca1}, {id: ClientCert1, cert: dev1}],\n"
	          "         networks: [{name: Network1, root: RootCA1, client: ClientCert1, identity: device-0001}]}\n"
	          "events: [{at: +23h30m, radius: {up: no}}, {at: +24h30m, radius: {up: yes}}]\n"
	          "expect: [{after: +24h30m, within: 15m, that: {connected: Network1}}, {end: {connected: Network1}}]\n",
	          (int) (strchr(name, '.') - name), name);
}

/* What the first run found: status 3 and no scenario played is a machine that lacks something, which azsim has said. */
static bool absent;

static void the_device_sees_what_it_sees_on_the_model(void **state)
{
	const struct e2e *e = *state;
	struct e2e_result r;

	write_scenario(e, "outage.yaml");
	r = e2e_run(e, "run", "--net=model,radio", "--out=out", "outage.yaml", NULL);
	absent = r.status == 3 && strstr(r.err, "azsim run: network radio: ") != NULL;
	if (absent) {
		print_message("SKIP: NOT TESTED, the radio network: %s\n", r.err);
		e2e_clear(&r);
		skip();
	}
	e2e_expect(&r, 0, "pass  outage on model", "pass  outage on radio", "2 of 2 runs passed", NULL);
	e2e_clear(&r);
	assert_true(e2e_exists(e, "out/outage.radio.timeline"));
}

/* Every way in which a request goes right or wrong: azsim compares what the application sees with the model. */
static void https_crosses_the_air(void **state)
{
	const struct e2e *e = *state;
	struct e2e_result r;
	char *text;

	if (absent)
		skip();
	e2e_make_package(e, "http", HTTP_STORY_CAPABILITIES);
	e2e_write_small(e, "4d", "+38d", NULL, "events:\n" HTTP_STORY_EVENTS "oracles_off: [stranded]  # its clock is far off\n", HTTP_STORY_EXPECT);
	r = e2e_run(e, "run", "--net=model,radio", "--app=http", "--out=out", "s.yaml", NULL);
	e2e_expect(&r, 0, "pass  s on model", "pass  s on radio", NULL);
	e2e_clear(&r);
	text = e2e_read(e, "out/s.radio.timeline");
	E2E_IN_ORDER(text, "http: offline -> curl=6 ", "http: root -> curl=0 ", "http: slow, away meanwhile -> curl=0 ",
	             "http: own address -> 0, status 0xf, then 0xf", "http: static address -> curl=0 ", "http: clock -> curl=60 ");
	free(text);
}

static void a_missing_kernel_is_said(void **state)
{
	const struct e2e *e = *state;
	struct e2e_result r;

	write_scenario(e, "outage.yaml");
	assert_int_equal(setenv("AZSIM_RADIO", "/nonexistent", 1), 0);
	r = e2e_run(e, "run", "--net=model,radio", "outage.yaml", NULL);
	assert_int_equal(unsetenv("AZSIM_RADIO"), 0);
	e2e_expect(&r, 3, "azsim run: network radio: ", NULL);
	e2e_clear(&r);
}

static void wait_for_emulator(const struct e2e *e)
{
	for (int waited = 0; e2e_processes(e, EMULATOR, NULL, 0) == 0; waited += 20) {
		if (waited > START_LIMIT_MS)
			fail_msg("no " EMULATOR " within %d ms", START_LIMIT_MS);
		(void) nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
	}
}

static void interrupt(const struct e2e *e, long after_ms)
{
	struct e2e_started started = e2e_start(e, "run", "--net=radio", "outage.yaml", NULL);
	struct timespec begin, end;
	struct e2e_result r;

	wait_for_emulator(e);
	(void) nanosleep(&(struct timespec){.tv_sec = after_ms / 1000, .tv_nsec = after_ms % 1000 * 1000000}, NULL);
	(void) clock_gettime(CLOCK_MONOTONIC, &begin);
	assert_int_equal(kill(started.pid, SIGINT), 0);
	r = e2e_wait(e, &started);
	(void) clock_gettime(CLOCK_MONOTONIC, &end);
	e2e_expect(&r, 130, NULL);
	/* It went wrong in no way that there is anything to say about, or to keep of. */
	assert_null(strstr(r.out, "ERROR"));
	assert_null(strstr(r.out, "logs:"));
	assert_false(e2e_exists(e, "azsim-out"));
	e2e_clear(&r);
	assert_true((double) (end.tv_sec - begin.tv_sec) < INTERRUPT_LIMIT_S);
	assert_int_equal(e2e_processes(e, EMULATOR, NULL, 0), 0);
}

/* While the guest boots, and while daemons are asked; what is left running or lying about fails in the teardown. */
static void ctrl_c_ends_it_at_once(void **state)
{
	const struct e2e *e = *state;
	char place[128];

	if (absent)
		skip();
	write_scenario(e, "outage.yaml");
	interrupt(e, 2000);
	(void) snprintf(place, sizeof(place), "%s/state", e->dir);
	assert_int_equal(setenv("AZSIM_RADIO_STATE", place, 1), 0);
	interrupt(e, 500);
	assert_int_equal(unsetenv("AZSIM_RADIO_STATE"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(the_device_sees_what_it_sees_on_the_model, e2e_set_up, e2e_tear_down),
	        cmocka_unit_test_setup_teardown(https_crosses_the_air, e2e_set_up, e2e_tear_down),
	        cmocka_unit_test_setup_teardown(a_missing_kernel_is_said, e2e_set_up, e2e_tear_down),
	        cmocka_unit_test_setup_teardown(ctrl_c_ends_it_at_once, e2e_set_up, e2e_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
