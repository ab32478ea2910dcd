/* azsim dev: what happens to the world and to the application, by commands and by a scenario; on both networks. */
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
#include <unistd.h>

#include <cmocka.h>

#include "tests/dev/support.h"

static struct e2e_started start_virtual(const struct e2e *e, const char *app)
{
	return dev_start(e, app, "--time=virtual", "--start=2026-01-01", NULL);
}

static void radius_and_access_point_go_and_come(void **state)
{
	struct e2e *e = *state;
	struct e2e_started dev = start_virtual(e, "ticker");
	struct e2e_result r;

	dev_expect(e, 0, NULL, "ctl", "run-until", "{connected: Network1}", NULL);
	dev_expect(e, 0, "AP: down\ndisconnected Network1: access point lost", "ctl", "ap", "down", NULL);
	dev_expect(e, 0, "access point down", "ctl", "status", NULL);
	dev_expect(e, 0, "AP: up", "ctl", "ap", "up", NULL);
	dev_expect(e, 0, NULL, "ctl", "run-until", "{connected: Network1}", "--within=1m", NULL);
	dev_expect(e, 0, "RADIUS: down", "ctl", "radius", "down", NULL);
	dev_expect(e, 0, "radius   down, certificate radius1", "ctl", "status", NULL);
	dev_expect(e, 0, "AP: deauthenticates the device", "ctl", "ap", "deauth", NULL);
	dev_expect(e, 1, NULL, "ctl", "run-until", "{connected: any}", "--within=10m", NULL);
	dev_expect(e, 0, "RADIUS: up", "ctl", "radius", "restart", NULL);
	dev_expect(e, 0, NULL, "ctl", "run-until", "{connected: any}", "--within=10m", NULL);
	/* Another root, which the device does not have. */
	dev_expect(e, 0, "RADIUS: certificate radius2", "ctl", "radius", "server", "radius2", NULL);
	dev_expect(e, 0, "AP: asks for authentication", "ctl", "ap", "reauth", NULL);
	dev_expect(e, 0, NULL, "ctl", "run-until", "{offline: yes, diagnostics: {network: Network1, cert_error: 101}}", NULL);
	dev_expect(e, 2, "did you mean `radius1`?", "ctl", "radius", "server", "radius9", NULL);
	dev_expect(e, 2, "is of use client", "ctl", "radius", "server", "dev1", NULL);
	dev_expect(e, 2, "needs a name", "ctl", "radius", "server", NULL);
	dev_expect(e, 2, "is no name", "ctl", "radius", "server", "}, ap: {up: no", NULL);
	dev_expect(e, 2, "radius has no \"sideways\"", "ctl", "radius", "sideways", NULL);
	dev_expect(e, 0, "client roots changed", "ctl", "radius", "roots", "ca1", "ca2", NULL);
	dev_expect(e, 0, "RADIUS: certificate radius1", "ctl", "radius", "server", "radius1", NULL);
	dev_expect(e, 0, NULL, "ctl", "run-until", "{connected: Network1}", "--within=1h", NULL);
	r = dev_stop(e, &dev);
	e2e_expect(&r, 0, "auth   Network1 server-rejected unknown-ca", NULL);
	e2e_clear(&r);
}

static void the_issuer_changes_its_mind(void **state)
{
	struct e2e *e = *state;
	struct e2e_started dev = start_virtual(e, "ticker");

	dev_expect(e, 0, "issuer: down", "ctl", "issuer", "down", NULL);
	dev_expect(e, 0, "issuer   down", "ctl", "status", NULL);
	dev_expect(e, 0, "issuer: slow", "ctl", "issuer", "slow", "5s", NULL);
	dev_expect(e, 0, "issuer: slow", "ctl", "issuer", "slow", NULL);
	dev_expect(e, 0, "issuer: refusing", "ctl", "issuer", "refuse", NULL);
	dev_expect(e, 0, "issuer: wrong content", "ctl", "issuer", "wrong", "key-mismatch", NULL);
	dev_expect(e, 2, "no wrong content `blue`", "ctl", "issuer", "wrong", "blue", NULL);
	dev_expect(e, 0, "issuer: root ca2", "ctl", "issuer", "root", "ca2", NULL);
	dev_expect(e, 0, "issuer: up", "ctl", "issuer", "up", NULL);
	dev_end(e, &dev);
}

static void events_say_all_that_a_scenario_may_say(void **state)
{
	struct e2e *e = *state;
	struct e2e_started dev = start_virtual(e, "ticker");
	struct e2e_result r;

	dev_expect(e, 0, "RADIUS: down", "ctl", "event", "{radius: {up: no}}", NULL);
	dev_expect(e, 0, "it will happen at its time", "ctl", "event", "{at: +1h, radius: {up: yes}}", NULL);
	dev_expect(e, 0, "it will happen at that call", "ctl", "event",
	           "{on_call: WifiConfig_GetConnectedNetworkId, nth: 5, phase: after, device: {kill_app: yes}}", NULL);
	dev_expect(e, 0, "it will happen when its condition first holds", "ctl", "event", "{when: {connected: any}, plus: 10m, ap: {deauth: yes}}",
	           NULL);
	dev_expect(e, 0, NULL, "ctl", "advance", "2h", NULL);
	dev_expect(e, 2, "+0d 01:00:00 is over already", "ctl", "event", "{at: +1h, radius: {up: yes}}", NULL);
	dev_expect(e, 2, "event:1:19: `pki` has no certificate `radius7`; did you mean `radius1`?", "ctl", "event", "{radius: {server: radius7}}",
	           NULL);
	dev_expect(e, 2, "event:2:7: `maybe` is no value for `up`", "ctl", "event", "radius:\n  up: maybe\n", NULL);
	dev_expect(e, 2, "event: empty", "ctl", "event", "", NULL);
	r = dev_stop(e, &dev);
	e2e_expect(&r, 0, "+0d 01:00:00 world  RADIUS: up", "+0d 00:00:07 app    killed: by the scenario", "AP: deauthenticates the device",
	           "disconnected Network1: ended by the access point", NULL);
	e2e_clear(&r);
}

static void power_goes_and_comes(void **state)
{
	struct e2e *e = *state;
	struct e2e_started dev = start_virtual(e, "ticker");
	struct e2e_result r;

	dev_expect(e, 0, NULL, "ctl", "advance", "1m", NULL);
	dev_expect(e, 0, "device: power off", "ctl", "power", "off", NULL);
	dev_expect(e, 0, "device   off", "ctl", "status", NULL);
	dev_expect(e, 0, "does not run", "ctl", "status", NULL);
	dev_expect(e, 1, "the device is off", "ctl", "reboot", NULL);
	dev_expect(e, 1, "the device is off", "ctl", "restart-app", NULL);
	dev_expect(e, 1, "does not run", "ctl", "kill-app", NULL);
	dev_expect(e, 1, "the device is off", "device", "wifi", "list", NULL);
	dev_expect(e, 0, NULL, "ctl", "advance", "1h", NULL);
	dev_expect(e, 0, "device: power on", "ctl", "power", "on", NULL);
	dev_expect(e, 0, "nothing had to be changed", "ctl", "power", "on", NULL);
	dev_expect(e, 0, NULL, "ctl", "run-until", "{connected: Network1}", "--within=1m", NULL);
	dev_expect(e, 0, NULL, "ctl", "advance", "10s", NULL);
	dev_expect(e, 0, "device: power cut", "ctl", "power", "cut", NULL);
	dev_expect(e, 0, NULL, "ctl", "advance", "10s", NULL);
	dev_expect(e, 0, "device: reboot", "ctl", "reboot", NULL);
	dev_expect(e, 0, NULL, "ctl", "advance", "10s", NULL);
	r = dev_stop(e, &dev);
	assert_int_equal(dev_count(r.out, "world  device: power on"), 4);
	assert_int_equal(dev_count(r.out, "ticker: begins"), 4);
	e2e_clear(&r);
}

static void a_crash_is_reported_and_the_application_comes_back(void **state)
{
	struct e2e *e = *state;
	struct e2e_started dev = start_virtual(e, "crasher");
	struct e2e_result r;

	dev_expect(e, 0, NULL, "ctl", "advance", "18s", NULL);
	dev_expect(e, 0, "started 3 times", "ctl", "status", NULL);
	r = dev_stop(e, &dev);
	e2e_expect(&r, 0, "app    was ended by signal 6 (Aborted)", "the OS starts it again in 1 s", "the OS starts it again in 2 s", NULL);
	assert_int_equal(dev_count(r.out, "crasher: started"), 3); /* at 2, 8 and 15 s */
	e2e_clear(&r);
}

static void a_new_binary_is_picked_up(void **state)
{
	struct e2e *e = *state;
	struct e2e_started dev = start_virtual(e, "ticker");
	char link[4300], target[4300];
	struct e2e_result r;

	dev_expect(e, 0, NULL, "ctl", "advance", "10s", NULL);
	(void) snprintf(link, sizeof(link), "%s/ticker/bin/app", e->dir);
	(void) snprintf(target, sizeof(target), "%s/tests/apps/crasher/bin/app", e->build);
	assert_int_equal(unlink(link), 0);
	dev_expect(e, 1, "ticker: no image package there", "ctl", "restart-app", NULL); /* in the middle of a build; the old one goes on */
	dev_expect(e, 0, NULL, "ctl", "advance", "2s", NULL);
	assert_int_equal(symlink(target, link), 0);
	dev_expect(e, 0, "stopped, to be started anew", "ctl", "restart-app", NULL);
	dev_expect(e, 0, NULL, "ctl", "run-until", "{log: \"crasher: started\"}", "--within=1s", NULL);
	/* The manifest is read again, too. */
	e2e_write(e, "ticker/app_manifest.json", "{\"SchemaVersion\": 1");
	dev_expect(e, 1, "app_manifest.json", "ctl", "restart-app", NULL);
	r = dev_stop(e, &dev);
	e2e_expect(&r, 0, "ticker: tick 10 after", NULL);
	e2e_clear(&r);
}

static void an_application_killed_from_outside_comes_back(void **state)
{
	struct e2e *e = *state;
	struct e2e_started dev = dev_start(e, "ticker", NULL);
	struct e2e_result r;
	json_t *status;

	assert_true(e2e_says(&dev, "ticker: tick 1 after", 60));
	status = dev_json(e, "ctl", "status", NULL);
	assert_int_equal(kill((pid_t)json_integer_value(json_object_get(json_object_get(status, "app"), "pid")), SIGKILL), 0);
	json_decref(status);
	assert_true(e2e_says(&dev, "was ended by signal 9 (Killed)", 60)); /* at once, though it was waiting */
	dev_expect(e, 0, "(+0d", "ctl", "advance", "10s", NULL);
	dev_expect(e, 0, "killed: by azsim ctl", "ctl", "kill-app", NULL);
	dev_expect(e, 0, "(+0d", "ctl", "advance", "10s", NULL);
	r = dev_stop(e, &dev);
	assert_int_equal(dev_count(r.out, "ticker: begins"), 3);
	e2e_clear(&r);
}

static void an_application_that_hangs_is_told_of_and_can_be_started_anew(void **state)
{
	struct e2e *e = *state;
	struct e2e_started dev = dev_start(e, "hang", "--time=virtual", "--app-wait=1", NULL), ctl;
	struct e2e_result r;

	ctl = e2e_start(e, "ctl", "advance", "2h", NULL);
	assert_true(e2e_says(&dev, "does not return to its loop: nothing from it for 1 s; it computes without end", 60));
	dev_expect(e, 0, "being advanced", "ctl", "status", NULL);
	dev_expect(e, 0, "killed: by azsim ctl", "ctl", "kill-app", NULL);
	r = e2e_wait(e, &ctl); /* the second one hangs an hour later, after the end */
	e2e_expect(&r, 0, "(+0d 02:00:00)", NULL);
	e2e_clear(&r);
	dev_end(e, &dev);
}

static void a_scenario_brings_its_world_and_its_events(void **state)
{
	struct e2e *e = *state;
	struct e2e_started dev;
	struct e2e_result r;

	e2e_write_scenario(e, "s", "  - {at: +1h, radius: {up: no}}\n  - {at: +2h, radius: {up: yes}}\n",
	                   "  - {at: +30m, that: {connected: Network1}}\n  - {at: +40m, that: {connected: Network9}}\n");
	dev = dev_start(e, "system", "--time=virtual", "--scenario=s.yaml", "--out=out", NULL);
	dev_expect(e, 0, "2026-01-01T03:00:00Z", "ctl", "advance", "3h", NULL);
	dev_expect(e, 0, "radius1", "ctl", "pki", NULL);
	dev_expect(e, 0, "(+60d 00:00:00)", "ctl", "run-until", "+60d", NULL); /* twenty days after its end */
	r = dev_stop(e, &dev);
	e2e_expect(&r, 0, "+0d 01:00:00 world  RADIUS: down", "+0d 02:00:00 world  RADIUS: up", "expect met line 21", "expect FAILED line 22", NULL);
	e2e_clear(&r);
	assert_true(e2e_exists(e, "out/s.model.timeline"));
}

static void certificates_are_listed_and_exported(void **state)
{
	struct e2e *e = *state;
	struct e2e_started dev = start_virtual(e, "ticker");
	struct stat st;
	char path[256], *key, *cert;
	struct e2e_result r;

	dev_expect(e, 0, "radius2  server  ca2", "ctl", "pki", NULL);
	dev_expect(e, 0, "out/dev1.key", "ctl", "pki", "export", "dev1", "--out=out", NULL);
	dev_expect(e, 1, "no certificate \"dev9\"", "ctl", "pki", "export", "dev9", NULL);
	(void) snprintf(path, sizeof(path), "%s/out/dev1.key", e->dir);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	key = e2e_read(e, "out/dev1.key");
	cert = e2e_read(e, "out/dev1.pem");
	assert_non_null(strstr(key, "BEGIN PRIVATE KEY"));
	assert_non_null(strstr(cert, "BEGIN CERTIFICATE"));
	r = dev_stop(e, &dev);
	assert_null(strstr(r.out, "PRIVATE KEY"));
	e2e_clear(&r);
	free(key);
	free(cert);
}

/* Both modes of time with the daemons; the same commands as on the model. */
static void the_wired_network_is_steered_too(void **state)
{
	struct e2e *e = *state;
	struct e2e_started dev;
	struct e2e_result r;
	pid_t pids[4];

	if (!e2e_has_wired(e))
		skip();
	dev = dev_start(e, "system", "--net=wired", "--out=out", NULL);
	assert_true(e2e_says(&dev, "system: start", 60));
	dev_expect(e, 0, "network  wired", "ctl", "status", NULL);
	dev_expect(e, 0, NULL, "ctl", "run-until", "{connected: Network1}", NULL);
	dev_expect(e, 0, "RADIUS: certificate radius2", "ctl", "radius", "server", "radius2", NULL);
	dev_expect(e, 0, NULL, "ctl", "ap", "reauth", NULL);
	dev_expect(e, 0, NULL, "ctl", "run-until", "{offline: yes, diagnostics: {network: Network1, cert_error: 101}}", "--within=1h", NULL);
	dev_expect(e, 0, "InvalidRootCA", "device", "wifi", "show-diagnostics", NULL);
	dev_expect(e, 0, "RADIUS: certificate radius1", "ctl", "radius", "server", "radius1", NULL);
	dev_expect(e, 0, "RADIUS: up", "ctl", "radius", "restart", NULL);
	dev_expect(e, 0, NULL, "ctl", "run-until", "{connected: Network1}", "--within=1h", NULL);
	dev_expect(e, 0, NULL, "ctl", "advance", "10d", NULL);
	assert_true(e2e_processes(e, "freeradius", pids, 4) == 1);
	r = dev_stop(e, &dev); /* Ctrl-C as the terminal sends it */
	e2e_clear(&r);
	assert_true(e2e_exists(e, "out/dev.wired.logs/freeradius.log"));
	dev = dev_start(e, "ticker", "--net=wired", "--time=virtual", NULL);
	dev_expect(e, 0, NULL, "ctl", "run-until", "{connected: Network1}", NULL);
	dev_expect(e, 0, "azsim dev ends", "ctl", "quit", NULL);
	r = e2e_wait(e, &dev);
	e2e_expect(&r, 0, "azsim dev: ended", NULL);
	e2e_clear(&r);
}

static void a_daemon_that_dies_ends_it_with_a_word(void **state)
{
	struct e2e *e = *state;
	struct e2e_started dev;
	struct e2e_result r;
	pid_t pids[4];

	if (!e2e_has_wired(e))
		skip();
	dev = dev_start(e, "ticker", "--net=wired", "--time=virtual", NULL);
	dev_expect(e, 0, NULL, "ctl", "run-until", "{connected: Network1}", NULL);
	assert_true(e2e_processes(e, "hostapd", pids, 4) == 1);
	assert_int_equal(kill(pids[0], SIGKILL), 0);
	dev_expect(e, 0, NULL, "ctl", "ap", "reauth", NULL);
	r = e2e_wait(e, &dev);
	e2e_expect(&r, 3, "azsim dev: network wired", "hostapd", NULL);
	e2e_clear(&r);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, e2e_set_up, e2e_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(radius_and_access_point_go_and_come), TEST(the_issuer_changes_its_mind), TEST(events_say_all_that_a_scenario_may_say),
		TEST(power_goes_and_comes), TEST(a_crash_is_reported_and_the_application_comes_back), TEST(a_new_binary_is_picked_up),
		TEST(an_application_killed_from_outside_comes_back), TEST(an_application_that_hangs_is_told_of_and_can_be_started_anew),
		TEST(a_scenario_brings_its_world_and_its_events), TEST(certificates_are_listed_and_exported), TEST(the_wired_network_is_steered_too),
		TEST(a_daemon_that_dies_ends_it_with_a_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
