/* What azsim does when applications and daemons misbehave, and when somebody stops it: a clear word, the right exit status,
 * nothing left behind (the harness looks after every test). */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
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

#include "harness.h"

#define FULL_CAPABILITIES E2E_FULL_CAPABILITIES
#define NO_EXPECTATIONS ""

static void pause_ms(long ms)
{
	const struct timespec ts = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

	(void) nanosleep(&ts, NULL);
}

static void an_application_that_crashes_is_named_with_its_last_words(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;

	e2e_make_package(e, "crash", FULL_CAPABILITIES);
	e2e_write_scenario(e, "s", "", NO_EXPECTATIONS);
	r = e2e_run(e, "run", "--net=model", "--app=crash", "s.yaml", NULL);
	e2e_expect(&r, 1, "signal 6", "Aborted", "crash: now", "+1d 00:00:0", "repeat:", NULL);
	e2e_clear(&r);
}

static void an_application_that_hangs_is_found_out(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;

	e2e_make_package(e, "hang", FULL_CAPABILITIES);
	e2e_write_scenario(e, "s", "", NO_EXPECTATIONS);
	r = e2e_run(e, "run", "--net=model", "--app=hang", "--app-wait=2", "s.yaml", NULL);
	e2e_expect(&r, 1, "does not return to its loop", "2 s of real time", "hang: from here on nothing comes", NULL);
	e2e_clear(&r);
}

static void an_application_that_spins_on_the_clock_goes_on_but_not_for_ever(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;

	e2e_make_package(e, "spin", FULL_CAPABILITIES);
	e2e_write_scenario(e, "s", "", "  - {by: +2m, that: {log: a minute is over}}\n");
	r = e2e_run(e, "run", "--net=model", "--app=spin", "s.yaml", NULL);
	e2e_expect(&r, 1, "spin", "clock", NULL);
	assert_null(strstr(r.out, "by +2m")); /* that one was met */
	e2e_clear(&r);
}

static void an_application_that_waits_by_calling_gets_there(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;

	e2e_make_package(e, "caller", FULL_CAPABILITIES);
	e2e_write_scenario(e, "s", "", "  - {by: +4s, that: {log: \"caller: the network is ready\"}}\n");
	r = e2e_run(e, "run", "--net=model", "--app=caller", "s.yaml", NULL);
	e2e_expect(&r, 0, "pass  s on model", NULL);
	e2e_clear(&r);
}

/* Four calls a second would be fourteen million entries in these forty days. */
static void an_application_that_runs_away_is_stopped(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;
	struct stat st;
	char path[4300];

	e2e_make_package(e, "chatter", FULL_CAPABILITIES);
	e2e_write_scenario(e, "s", "", NO_EXPECTATIONS);
	r = e2e_run(e, "run", "--net=model", "--app=chatter", "s.yaml", NULL);
	e2e_expect(&r, 1, "oracle bounded: 5001 API calls", "runs away", "stopped here", "chatter: started", NULL);
	e2e_clear(&r);
	(void) snprintf(path, sizeof(path), "%s/azsim-out/s.model.json", e->dir);
	assert_int_equal(stat(path, &st), 0);
	assert_true(st.st_size < 40 * 1024 * 1024);
}

static void a_missing_capability_is_refused_and_named(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;

	e2e_make_package(e, "probe", "\"WifiConfig\": true");
	e2e_write_scenario(e, "s", "", "  - {by: +2m, that: {log: \"CertStore_GetCertificateCount -> Permission denied\"}}\n"
	                               "  - {by: +2m, that: {log: \"WifiConfig_GetStoredNetworkCount -> ok\"}}\n"
	                               "  - {by: +2m, that: {stored: RootCA2}}\n");
	r = e2e_run(e, "run", "--net=model", "--app=probe", "s.yaml", NULL);
	e2e_expect(&r, 1, "stored RootCA2", "CertStore_GetCertificateCount gave EACCES", "app_manifest.json does not grant the capability CertStore",
	           NULL);
	assert_null(strstr(r.out, "Permission denied\" not")); /* the other two were met */
	e2e_clear(&r);
	/* Said of a run that passes, too, and whatever number the device gives. */
	e2e_write_scenario(e, "s", "", NO_EXPECTATIONS);
	r = e2e_run(e, "run", "--net=model", "--app=probe", "--reading=missing-capability=EPERM", "s.yaml", NULL);
	e2e_expect(&r, 0, "s on model passed, but", "gave EPERM", "does not grant the capability CertStore", NULL);
	e2e_clear(&r);
}

static void an_image_package_that_is_none_is_said_so(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;
	char app[4300];

	e2e_write_scenario(e, "s", "", NO_EXPECTATIONS);
	r = e2e_run(e, "run", "--net=model", "--app=nowhere", "s.yaml", NULL);
	e2e_expect(&r, 2, "nowhere", "No such file", NULL);
	e2e_clear(&r);
	/* What `make` leaves beside its image package is found with it. */
	(void) snprintf(app, sizeof(app), "--app=%s/app/rotation-app", e->build);
	r = e2e_run(e, "run", "--net=model", app, "s.yaml", NULL);
	e2e_expect(&r, 0, NULL);
	e2e_clear(&r);
	e2e_make_package(e, "crash", FULL_CAPABILITIES);
	e2e_write(e, "crash/app_manifest.json", "{\"Name\": ");
	r = e2e_run(e, "run", "--net=model", "--app=crash", "s.yaml", NULL);
	e2e_expect(&r, 2, "app_manifest.json", NULL);
	e2e_clear(&r);
	e2e_write(e, "crash/app_manifest.json", "{\"SchemaVersion\": 1, \"Name\": \"x\", \"ComponentId\": \"4a9f2b8e-7a61-4e1f-9d3c-2b1c5d6e7f80\", \"EntryPoint\": \"/bin/app\", "
	          "\"CmdArgs\": [], \"Capabilities\": {\"CertStore\": \"yes\"}, \"ApplicationType\": \"Default\"}");
	r = e2e_run(e, "run", "--net=model", "--app=crash", "s.yaml", NULL);
	e2e_expect(&r, 2, "app_manifest.json", "CertStore", NULL);
	e2e_clear(&r);
}

static void a_wrong_expectation_names_line_time_and_the_command_that_repeats_it(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;

	e2e_write_scenario(e, "s", "", "  - {by: +1h, that: {connected: Network1}}\n  - {at: +2d, that: {connected: Network2, stored: RootCA2}}\n");
	r = e2e_run(e, "run", "--net=model", "--seed=7", "--junit=j.xml", "--tap", "s.yaml", NULL);
	e2e_expect(&r, 1, "s.yaml:19:", "+2d 00:00:00", "2026-01-03", "expected", "connected Network2, stored RootCA2", "seen", "Network1(connected",
	           "run --net=model --seed=7 s.yaml", "not ok 1 - s on model", NULL);
	e2e_clear(&r);
	assert_true(e2e_exists(e, "j.xml"));
	/* Evidence of a failed run is kept without being asked for. */
	assert_true(e2e_exists(e, "azsim-out/s.model.json"));
	assert_true(e2e_exists(e, "azsim-out/s.model.timeline"));
}

static void make_it_long(const struct e2e *e)
{
	char *text = e2e_read(e, "s.yaml"), *length = strstr(text, "length: 40d");

	assert_non_null(length);
	memcpy(length, "length: 10y", 11);
	e2e_write(e, "s.yaml", "%s", text);
	free(text);
}

static void a_stop_in_the_middle(void **state, int signal_number, bool whole_group)
{
	struct e2e *e = *state;
	struct e2e_started s;
	struct e2e_result r;
	pid_t pids[4];

	/* Ten years of it: nobody waits for the end. */
	e2e_write_scenario(e, "s", "", NO_EXPECTATIONS);
	make_it_long(e);
	s = e2e_start(e, "run", "s.yaml", NULL);
	for (int i = 0; i < 500 && e2e_processes(e, "app", pids, 4) == 0; i++)
		pause_ms(10);
	assert_true(e2e_processes(e, "app", pids, 4) > 0);
	assert_int_equal(kill(whole_group ? -s.pid : s.pid, signal_number), 0);
	r = e2e_wait(e, &s);
	e2e_expect(&r, 130, "interrupted", NULL);
	assert_true(r.real_s < 20);
	e2e_clear(&r);
}

static void control_c_stops_everything(void **state)
{
	a_stop_in_the_middle(state, SIGINT, true);
}

static void a_kill_of_azsim_alone_stops_everything(void **state)
{
	a_stop_in_the_middle(state, SIGTERM, false);
}

static void daemons_that_are_missing_are_named(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;
	const char *before = getenv("AZSIM_DAEMONS");
	char *kept = before ? strdup(before) : NULL;

	e2e_write_scenario(e, "s", "", NO_EXPECTATIONS);
	(void) setenv("AZSIM_DAEMONS", e->tmp, 1);
	r = e2e_run(e, "run", "--net=wired", "s.yaml", NULL);
	e2e_expect(&r, 3, "wired", "freeradius", NULL);
	e2e_clear(&r);
	/* Unasked, the model alone goes on, loudly. */
	r = e2e_run(e, "run", "s.yaml", NULL);
	e2e_expect(&r, 0, "WARNING", "freeradius", "s on model", NULL);
	e2e_clear(&r);
	(void) unsetenv("AZSIM_DAEMONS");
	if (kept)
		(void) setenv("AZSIM_DAEMONS", kept, 1);
	free(kept);
}

static void link_in(const struct e2e *e, const char *name, const char *target)
{
	char path[4300];

	(void) snprintf(path, sizeof(path), "%s/%s", e->dir, name);
	assert_int_equal(symlink(target, path), 0);
}

/* Daemons whose clock cannot be set: the library that should do it is another one. No verdict of theirs may be believed. */
static void a_clock_that_does_not_follow_is_found_out(void **state)
{
	static const char *const folders[] = {"d", "d/usr", "d/usr/lib", "d/usr/share", "d/usr/lib/x86_64-linux-gnu",
	                                      "d/usr/lib/x86_64-linux-gnu/faketime"};
	static const char *const links[] = {"sbin", "usr/sbin", "usr/lib/freeradius", "usr/share/freeradius"};
	static const char other[] = "/lib/x86_64-linux-gnu/libdl.so.2";
	struct e2e *e = *state;
	struct e2e_result r;
	const char *before = getenv("AZSIM_DAEMONS");
	char *kept = before ? strdup(before) : NULL, *daemons = NULL, path[4400];

	if (!e2e_has_wired(e) || access(other, R_OK) != 0)
		skip();
	assert_true(asprintf(&daemons, "%s%s", kept ? kept : e->build, kept ? "" : "/daemons") > 0);
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		(void) snprintf(path, sizeof(path), "%s/%s", e->dir, folders[i]);
		assert_int_equal(mkdir(path, 0700), 0);
	}
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		char name[64];

		(void) snprintf(path, sizeof(path), "%s/%s", daemons, links[i]);
		(void) snprintf(name, sizeof(name), "d/%s", links[i]);
		link_in(e, name, path);
	}
	link_in(e, "d/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1", other);
	(void) snprintf(path, sizeof(path), "%s/d", e->dir);
	(void) setenv("AZSIM_DAEMONS", path, 1);
	e2e_write_scenario(e, "s", "", NO_EXPECTATIONS);
	r = e2e_run(e, "run", "--net=wired", "s.yaml", NULL);
	(void) unsetenv("AZSIM_DAEMONS");
	if (kept)
		(void) setenv("AZSIM_DAEMONS", kept, 1);
	free(kept);
	free(daemons);
	e2e_expect(&r, 3, "the clock of wpa_supplicant stands at", "instead of 1767225600", NULL);
	e2e_clear(&r);
}

static void a_daemon_that_dies_is_named_with_its_last_lines(const char *name, const char *said, void **state)
{
	struct e2e *e = *state;
	struct e2e_started s;
	struct e2e_result r;
	pid_t pids[4];

	if (!e2e_has_wired(e))
		skip();
	e2e_write_scenario(e, "s", "", NO_EXPECTATIONS);
	make_it_long(e);
	s = e2e_start(e, "run", "--net=wired", "s.yaml", NULL);
	for (int i = 0; i < 1000 && (e2e_processes(e, name, pids, 4) == 0 || e2e_processes(e, "app", pids, 4) == 0); i++)
		pause_ms(10);
	assert_true(e2e_processes(e, name, pids, 4) > 0);
	assert_int_equal(kill(pids[0], SIGKILL), 0);
	r = e2e_wait(e, &s);
	e2e_expect(&r, 3, said, "signal 9", "timeline: azsim-out/s.wired.timeline", "logs: azsim-out/s.wired.logs", NULL);
	assert_true(e2e_exists(e, "azsim-out/s.wired.timeline"));
	assert_true(e2e_exists(e, "azsim-out/s.wired.logs"));
	e2e_clear(&r);
}

static void freeradius_dies(void **state)
{
	a_daemon_that_dies_is_named_with_its_last_lines("freeradius", "freeradius", state);
}

static void hostapd_dies(void **state)
{
	a_daemon_that_dies_is_named_with_its_last_lines("hostapd", "hostapd", state);
}

static void wpa_supplicant_dies(void **state)
{
	a_daemon_that_dies_is_named_with_its_last_lines("wpa_supplicant", "wpa_supplicant", state);
}

static void a_full_disk_is_said_so(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;

	if (access("/dev/full", W_OK) != 0)
		skip();
	e2e_write_scenario(e, "s", "", NO_EXPECTATIONS);
	r = e2e_run(e, "run", "--net=model", "--junit=/dev/full/j.xml", "s.yaml", NULL);
	e2e_expect(&r, 3, "--junit=/dev/full/j.xml", NULL);
	e2e_clear(&r);
	(void) setenv("TMPDIR", "/proc", 1); /* the harness sets its own in the child: this only shows that it does */
	r = e2e_run(e, "run", "--net=model", "s.yaml", NULL);
	e2e_expect(&r, 0, NULL);
	e2e_clear(&r);
	(void) unsetenv("TMPDIR");
}

static void two_at_once_do_not_disturb_each_other(void **state)
{
	struct e2e *e = *state;
	struct e2e_started a, b;
	struct e2e_result ra, rb;

	e2e_write_scenario(e, "s", "", "  - {by: +1h, that: {connected: Network1}}\n");
	a = e2e_start(e, "run", "s.yaml", NULL);
	pause_ms(20);
	b = e2e_start(e, "run", "s.yaml", NULL);
	ra = e2e_wait(e, &a);
	rb = e2e_wait(e, &b);
	assert_int_equal(ra.status, 0);
	assert_int_equal(rb.status, 0);
	e2e_clear(&ra);
	e2e_clear(&rb);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, e2e_set_up, e2e_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(an_application_that_crashes_is_named_with_its_last_words), TEST(an_application_that_hangs_is_found_out),
		TEST(an_application_that_spins_on_the_clock_goes_on_but_not_for_ever), TEST(an_application_that_waits_by_calling_gets_there),
		TEST(an_application_that_runs_away_is_stopped),
		TEST(a_missing_capability_is_refused_and_named),
		TEST(an_image_package_that_is_none_is_said_so),
		TEST(a_wrong_expectation_names_line_time_and_the_command_that_repeats_it), TEST(control_c_stops_everything),
		TEST(a_kill_of_azsim_alone_stops_everything), TEST(daemons_that_are_missing_are_named), TEST(a_clock_that_does_not_follow_is_found_out), TEST(freeradius_dies),
		TEST(hostapd_dies), TEST(wpa_supplicant_dies), TEST(a_full_disk_is_said_so), TEST(two_at_once_do_not_disturb_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
