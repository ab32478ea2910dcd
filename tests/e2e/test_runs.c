/* What azsim is for: runs repeat, power may go at any moment, unproven certificates are caught, steps can be followed. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness.h"

/* The base scenario's certificate ends two days before the run does: who is connected then has renewed it. */
#define RENEWED "  - {end: {connected: Network1, networks: [Network1], certificates: [RootCA1, ClientCert1]}}\n"

static void same_scenario_and_seed_give_the_same_log_byte_for_byte(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;
	char *first, *second, *other, *path = e2e_source(e, "scenarios/both-at-once.yaml");

	r = e2e_run(e, "run", "--net=model", "--seed=5", "--out=a", path, NULL);
	e2e_expect(&r, 0, NULL);
	e2e_clear(&r);
	r = e2e_run(e, "run", "--net=model", "--seed=5", "--out=b", path, NULL);
	e2e_expect(&r, 0, NULL);
	e2e_clear(&r);
	r = e2e_run(e, "run", "--net=model", "--seed=6", "--out=c", path, NULL);
	e2e_expect(&r, 0, NULL);
	e2e_clear(&r);
	first = e2e_read(e, "a/both-at-once.model.timeline");
	second = e2e_read(e, "b/both-at-once.model.timeline");
	other = e2e_read(e, "c/both-at-once.model.timeline");
	assert_true(strlen(first) > 1000);
	assert_string_equal(first, second);
	assert_string_not_equal(first, other); /* the seed does decide something */
	free(first);
	free(second);
	free(other);
	first = e2e_read(e, "a/both-at-once.model.json");
	second = e2e_read(e, "b/both-at-once.model.json");
	assert_string_equal(first, second);
	free(first);
	free(second);
	free(path);
}

static unsigned count_of(const char *text, const char *word)
{
	unsigned n = 0;

	for (const char *found = strstr(text, word); found; found = strstr(found + 1, word))
		n++;
	return n;
}

/* A new root announced and in service later, and a client certificate that ends before the run does. Which of the certificates
 * that were handed out is in service at the end is left open: one may be lost on the way. */
static void write_both_rotations(const struct e2e *e, const char *name)
{
	char file[64];

	(void) snprintf(file, sizeof(file), "%s.yaml", name);
	e2e_write(e, file,
	          "scenario: %s\nabout: both rotations\nstart: 2026-01-01\nlength: 45d\npki:\n"
	          "  - {name: ca1, use: root, valid: [-5y, +30d]}\n  - {name: ca2, use: root, valid: [-1d, +10y]}\n"
	          "  - {name: clients, use: root, valid: [-5y, +10y]}\n"
	          "  - {name: radius1, use: server, issuer: ca1, valid: [-1y, +30d]}\n"
	          "  - {name: radius2, use: server, issuer: ca2, valid: [-1d, +3y]}\n"
	          "  - {name: dev1, use: client, issuer: clients, cn: device-0001, valid: [-60d, +40d]}\n"
	          "network: {ssid: CorpNet, reauth: 6h, server: radius1, client_roots: [clients]}\n"
	          "device:\n  certificates: [{id: RootCA1, cert: ca1}, {id: ClientCert1, cert: dev1}]\n"
	          "  networks: [{name: Network1, root: RootCA1, client: ClientCert1, identity: device-0001}]\n"
	          "events:\n  - {at: +3d, issuer: {root: ca2}}\n  - {at: +29d, radius: {server: radius2}}\n"
	          "expect:\n  - {by: +5d, that: {connected: Network1, stored: RootCA2}}\n"
	          "  - {never: {offline: yes}, longer_than: 2m}\n"
	          "  - {end: {connected: Network1, root: ca2, networks: [Network1], certificates: [RootCA1, ClientCert1], "
	          "holds: [{id: RootCA1, cert: ca2}]}}\n", name);
}

/* `kill -9` of the application at six moments that the seed chooses, in a run with both rotations; the OS starts it again. */
static void the_device_comes_back_from_a_kill_at_any_moment(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;
	char *text, *again;

	write_both_rotations(e, "s");
	for (int seed = 1; seed <= 20; seed++) {
		char option[32];

		(void) snprintf(option, sizeof(option), "--seed=%d", seed);
		r = e2e_run(e, "run", "--net=model", "--kills=6", option, "--out=k", "s.yaml", NULL);
		e2e_expect(&r, 0, NULL);
		e2e_clear(&r);
		text = e2e_read(e, "k/s.model.timeline");
		assert_in_range(count_of(text, "killed: at random"), 3, 6); /* two on one message are one */
		if (seed == 20) {
			/* The moments are the seed's. */
			r = e2e_run(e, "run", "--net=model", "--kills=6", option, "--out=k", "s.yaml", NULL);
			e2e_expect(&r, 0, NULL);
			e2e_clear(&r);
			again = e2e_read(e, "k/s.model.timeline");
			assert_string_equal(text, again);
			free(again);
		}
		free(text);
	}
}

/* Every step of both rotations, at every one of its calls that changes something: the power goes before and after it. */
static void the_device_comes_back_from_a_power_cut_at_every_step(void **state)
{
	static const char *const steps[] = {
		"CertStore_InstallClientCertificate", "CertStore_MoveCertificate", "WifiConfig_AddDuplicateNetwork", "WifiConfig_PersistConfig",
		"WifiConfig_ReloadConfig", "WifiConfig_ForgetNetworkById", "WifiConfig_SetNetworkEnabled", "WifiConfig_SetClientCertStoreIdentifier",
	};
	struct e2e *e = *state;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		for (int nth = 1; nth <= 2; nth++) {
			struct e2e_result r;
			char events[300];

			(void) snprintf(events, sizeof(events), "  - {on_call: %s, nth: %d, phase: %s, device: {power: cut}}\n", steps[i], nth,
			                nth == 1 ? "before" : "after");
			e2e_write_scenario(e, "s", events, RENEWED);
			r = e2e_run(e, "run", "--net=model", "s.yaml", NULL);
			if (r.status != 0)
				fprintf(stderr, "power cut %s", events);
			e2e_expect(&r, 0, NULL);
			e2e_clear(&r);
		}
}

static void an_app_that_follows_the_page_literally_is_caught(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;
	char app[4300];

	(void) snprintf(app, sizeof(app), "--app=%s/tests/baseline/literal", e->build);
	/* The issuer signs with a CA that RADIUS does not know: the new certificate cannot work. */
	e2e_write_scenario(e, "s", "", "");
	{
		char *text = e2e_read(e, "s.yaml"), *at = strstr(text, "network: {ssid");

		assert_non_null(at);
		*at = '\0';
		e2e_write(e, "s.yaml", "%s  - {name: other, use: root, valid: [-1y, +10y]}\nn%s", text, at + 1);
		free(text);
		text = e2e_read(e, "s.yaml");
		at = strstr(text, "issuer: {client_life: 90d}");
		assert_non_null(at);
		*at = '\0';
		e2e_write(e, "s.yaml", "%sissuer: {client_life: 90d, client_ca: other}%s", text, at + strlen("issuer: {client_life: 90d}"));
		free(text);
	}
	r = e2e_run(e, "run", "--net=model", "--reading=reload-unsaved=dropped", app, "s.yaml", NULL);
	e2e_expect(&r, 1, "oracle last-credential", "ClientCert1", NULL);
	e2e_clear(&r);
	/* With settings that survive the reload, the page's check does look at the new certificate, and keeps the old one. */
	r = e2e_run(e, "run", "--net=model", "--reading=reload-unsaved=kept", app, "s.yaml", NULL);
	assert_null(strstr(r.out, "oracle last-credential"));
	e2e_clear(&r);
	/* Our own rotation keeps it under both. */
	r = e2e_run(e, "run", "--net=model", "--reading=reload-unsaved=dropped", "s.yaml", NULL);
	assert_null(strstr(r.out, "oracle last-credential"));
	e2e_clear(&r);
}

static void every_step_of_the_page_is_visible_in_the_timeline(void **state)
{
	static const char *const steps[] = {"CertStore_InstallRootCACertificate", "WifiConfig_AddDuplicateNetwork",
	                                    "WifiConfig_SetRootCACertStoreIdentifier", "WifiConfig_SetNetworkEnabled", "GET /v1/root-ca",
	                                    "CertStore_MoveCertificate", "WifiConfig_ReloadConfig", "WifiConfig_ForgetNetworkById", NULL};
	struct e2e *e = *state;
	struct e2e_result r;
	char *path = e2e_source(e, "scenarios/root-ca-update.yaml"), *text;

	r = e2e_run(e, "run", "--net=model", "--out=o", path, NULL);
	e2e_expect(&r, 0, NULL);
	e2e_clear(&r);
	text = e2e_read(e, "o/root-ca-update.model.timeline");
	e2e_in_order(text, steps);
	free(text);
	free(path);
}

static void many_ways_to_wait_27_hours_are_all_exact(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;

	e2e_make_package(e, "waits", E2E_FULL_CAPABILITIES);
	/* The first sets the clock by the network once a day, which by this device's good clock is no step. */
	e2e_write_scenario(e, "s", "", "  - {by: +13d, that: {log: \"waits: 11 of 11 exact\"}}\n");
	r = e2e_run(e, "run", "--net=model", "--app=waits", "s.yaml", NULL);
	e2e_expect(&r, 0, NULL);
	assert_true(r.real_s < 10); /* twelve days; a second is what it takes on an idle machine */
	e2e_clear(&r);
}

static void daemon_logs_carry_the_virtual_dates(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;
	char *text;

	if (!e2e_has_wired(e))
		skip();
	/* An expectation that fails keeps the logs. */
	e2e_write_scenario(e, "s", "", "  - {at: +39d, that: {connected: Network9}}\n");
	r = e2e_run(e, "run", "--net=wired", "s.yaml", NULL);
	e2e_expect(&r, 1, NULL);
	e2e_clear(&r);
	text = e2e_read(e, "azsim-out/s.wired.logs/freeradius.log");
	assert_non_null(strstr(text, "Jan  1 "));
	assert_non_null(strstr(text, "Feb  8 "));
	assert_non_null(strstr(text, " 2026"));
	free(text);
}

static void libapplibs_is_clean_under_valgrind(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;
	char wrapper[512], *log;

#ifdef __SANITIZE_ADDRESS__
	skip(); /* valgrind and the address sanitizer exclude each other */
#endif
	if (access("/usr/bin/valgrind", X_OK) != 0) {
		fprintf(stderr, "SKIP: no valgrind\n");
		skip();
	}
	e2e_write_scenario(e, "s", "", RENEWED);
	/* The application is killed when the run is over, so what it still holds then is no leak; errors are told as they happen. */
	(void) snprintf(wrapper, sizeof(wrapper), "--wrapper=/usr/bin/valgrind --quiet --vgdb=no --leak-check=no --log-file=%s/vg.log", e->dir);
	r = e2e_run(e, "run", "--net=model", "--app-wait=120", wrapper, "s.yaml", NULL);
	e2e_expect(&r, 0, NULL);
	e2e_clear(&r);
	log = e2e_read(e, "vg.log");
	if (log[0])
		fail_msg("valgrind said:\n%s", log);
	free(log);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, e2e_set_up, e2e_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(same_scenario_and_seed_give_the_same_log_byte_for_byte), TEST(the_device_comes_back_from_a_kill_at_any_moment),
		TEST(the_device_comes_back_from_a_power_cut_at_every_step), TEST(an_app_that_follows_the_page_literally_is_caught),
		TEST(every_step_of_the_page_is_visible_in_the_timeline), TEST(many_ways_to_wait_27_hours_are_all_exact), TEST(daemon_logs_carry_the_virtual_dates),
		TEST(libapplibs_is_clean_under_valgrind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
