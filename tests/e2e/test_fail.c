/* --fail: calls answer what they document, once or for a while; and what an application that cannot take it looks like. */
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

/* The application moves its root away and back once a day, and does not look whether the way back worked. */
static void write_window(const struct e2e *e)
{
	e2e_make_package(e, "window", E2E_FULL_CAPABILITIES);
	e2e_write_small(e, "3d", "+2y", "window", "oracles_off: [last-credential, stranded, leftovers]\n", E2E_ALL_DONE);
}

static void the_rotation_comes_through(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;
	unsigned long calls = 0, ways = 0, played = 0, failed = 99;
	const char *line;

	e2e_write_small(e, "8d", "+7d", NULL, "", E2E_ALL_DONE);
	r = e2e_run(e, "run", "--fail=every:40", "s.yaml", NULL);
	e2e_expect(&r, 0, "1 of 1 runs passed", NULL);
	line = strstr(r.out, " on model: ");
	assert_non_null(line);
	assert_int_equal(sscanf(line, " on model: %lu calls can fail in %lu ways, %lu of them played, %lu failed", &calls, &ways, &played, &failed), 4);
	assert_true(calls > 100 && ways > 200);
	assert_int_equal(played, 40);
	assert_int_equal(failed, 0);
	e2e_clear(&r);
}

static void a_fault_that_is_not_looked_at_is_found_named_and_repeated(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;
	const char *line;
	char option[64], point[40];

	write_window(e);
	r = e2e_run(e, "run", "--fail=every", "s.yaml", NULL);
	e2e_expect(&r, 1, "expected \"at the end: connected Network1", "repeat with --fail=", NULL);
	line = strstr(r.out, "repeat with --fail=");
	assert_int_equal(sscanf(line, "repeat with --fail=%39s", point), 1);
	e2e_clear(&r);
	(void) snprintf(option, sizeof(option), "--fail=%s", point);
	r = e2e_run(e, "run", "--net=model", option, "--out=o", "s.yaml", NULL);
	e2e_expect(&r, 1, "expected \"at the end: connected Network1", option, NULL);
	e2e_clear(&r);
}

/* Call 1 is the first move, call 2 the move back: the one costs nothing, the other everything. */
static void one_call_fails_or_all_of_a_while(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;
	char *timeline;
	int count = 0;

	write_window(e);
	r = e2e_run(e, "run", "--net=model", "--fail=1:EAGAIN", "--out=o", "s.yaml", NULL);
	e2e_expect(&r, 0, NULL);
	e2e_clear(&r);
	timeline = e2e_read(e, "o/s.model.timeline");
	assert_non_null(strstr(timeline, "CertStore_MoveCertificate -> EAGAIN   | made to fail by --fail"));
	for (const char *at = timeline; (at = strstr(at, "made to fail")); at++)
		count++;
	assert_int_equal(count, 1);
	free(timeline);
	/* Two days' moves fail and have no effect; then it goes on. */
	r = e2e_run(e, "run", "--net=model", "--fail=1:EAGAIN:30h", "--out=o", "s.yaml", NULL);
	e2e_expect(&r, 0, NULL);
	e2e_clear(&r);
	timeline = e2e_read(e, "o/s.model.timeline");
	count = 0;
	for (const char *at = timeline; (at = strstr(at, "made to fail")); at++)
		count++;
	assert_int_equal(count, 2);
	free(timeline);
	r = e2e_run(e, "run", "--net=model", "--fail=2:ENOENT", "s.yaml", NULL);
	e2e_expect(&r, 1, "expected \"at the end: connected Network1", NULL);
	e2e_clear(&r);
}

/* The calls before the first request are the application's business: found by asking for what they cannot get. */
static unsigned number_of(const struct e2e *e, const char *what, const char *error)
{
	for (unsigned n = 10; n < 40; n++) {
		char option[40], word[80];
		struct e2e_result r;
		bool is;

		(void) snprintf(option, sizeof(option), "--fail=%u:%s", n, error);
		(void) snprintf(word, sizeof(word), "call %u is %s, which cannot get %s", n, what, error);
		r = e2e_run(e, "run", "--net=model", option, "--out=o", "s.yaml", NULL);
		is = strstr(r.out, word) != NULL;
		e2e_clear(&r);
		if (is)
			return n;
	}
	fail_msg("no call %s", what);
	return 0;
}

static void a_request_fails_in_each_way(void **state)
{
	static const struct {
		const char *name, *application;
		bool reaches; /* the issuer */
		unsigned after; /* the HTTP connect */
	} ways[] = {
		{"NONAME", "curl=6 ", false, 0},        {"ECONNREFUSED", "curl=7 ", false, 0},
		{"ETIMEDOUT", "curl=7 ", false, 0},     {"UNTRUSTED", "curl=60 ", false, 2},
		{"HTTP500", "status=500", false, 2},    {"HTTP503", "status=503", false, 2},
		{"LOST", "curl=56 ", true, 2},          {"CUT", "curl=18 ", true, 2},
		{"STALL", "curl=28 ", true, 2},
	};
	struct e2e *e = *state;
	struct e2e_result r;
	unsigned connect;

	e2e_write_small(e, "3d", "+2y", NULL, "", E2E_ALL_DONE);
	connect = number_of(e, "HTTP connect", "HTTP503");
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		char option[40], fault[80], served[] = "issuer GET /v1/root-ca -> 200";
		char *timeline, *at;

		(void) snprintf(option, sizeof(option), "--fail=%u:%s", connect + ways[i].after, ways[i].name);
		r = e2e_run(e, "run", "--net=model", option, "--out=o", "s.yaml", NULL);
		e2e_expect(&r, 0, NULL);
		e2e_clear(&r);
		timeline = e2e_read(e, "o/s.model.timeline");
		(void) snprintf(fault, sizeof(fault), "%s -> %s   | made to fail by --fail",
		                ways[i].after ? "GET /v1/root-ca" : "HTTP connect", ways[i].name);
		E2E_IN_ORDER(timeline, fault, "source: ", ways[i].application, "root: source failed", served);
		at = strstr(timeline, ways[i].application);
		*at = '\0';
		assert_int_equal(strstr(timeline, served) != NULL, ways[i].reaches);
		free(timeline);
	}
	r = e2e_run(e, "run", "--http=real", "--fail=every", "s.yaml", NULL);
	e2e_expect(&r, 2, "--http=real", NULL);
	e2e_clear(&r);
}

/* The settings' save (call 5) fails, so flash leads to a certificate that the application then deletes: on a device that keeps unsaved settings
 * over a reload all looks well, until the power goes. */
#define KEPT "--reading=reload-unsaved=kept", "--reading=same-ssid-order=higher-id"
static void flash_left_behind_by_a_fault_must_lead_to_what_has_worked(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;

	e2e_make_package(e, "saver", E2E_FULL_CAPABILITIES);
	e2e_write(e, "s.yaml",
	          "scenario: s\nabout: a test\nstart: 2026-01-01\nlength: 4d\npki:\n"
	          "  - {name: ca1, use: root, valid: [-5y, +10y]}\n"
	          "  - {name: radius1, use: server, issuer: ca1, valid: [-1y, +2y]}\n"
	          "  - {name: dev1, use: client, issuer: ca1, cn: device-0001, valid: [-60d, +2y]}\n"
	          "  - {name: dev2, use: client, issuer: ca1, cn: device-0001, valid: [-60d, +3y]}\n"
	          "network: {ssid: CorpNet, reauth: 24h, server: radius1, client_roots: [ca1]}\n"
	          "device:\n  app: saver\n  certificates:\n    - {id: RootCA1, cert: ca1}\n    - {id: ClientCert1, cert: dev1}\n"
	          "    - {id: ClientCert2, cert: dev2}\n"
	          "  networks:\n    - {name: Network1, root: RootCA1, client: ClientCert1, identity: device-0001}\n"
	          "oracles_off: [leftovers]\nexpect:\n  - {end: {connected: Network2}}\n");
	r = e2e_run(e, "run", "--net=model", KEPT, "s.yaml", NULL);
	e2e_expect(&r, 0, NULL);
	e2e_clear(&r);
	r = e2e_run(e, "run", "--net=model", KEPT, "--fail=5:ENETDOWN", "s.yaml", NULL);
	e2e_expect(&r, 1, "oracle last-credential: if the power went now, no enabled network in flash", NULL);
	e2e_clear(&r);
}

static void what_is_no_fault_is_refused(void **state)
{
	static const char *const bad[] = {"--fail=", "--fail=0:EAGAIN", "--fail=5", "--fail=5:", "--fail=5:ENOTHING", "--fail=5:EAGAIN:",
	                                  "--fail=5:EAGAIN:-1h", "--fail=every:0", "--fail=every:x", "--fail=everything", "--fail=-5:EAGAIN"};
	struct e2e *e = *state;
	struct e2e_result r;

	e2e_write_scenario(e, "s", "", "");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		r = e2e_run(e, "run", bad[i], "s.yaml", NULL);
		e2e_expect(&r, 2, "--fail=", NULL);
		e2e_clear(&r);
	}
	r = e2e_run(e, "run", "--fail=every", "--net=wired", "s.yaml", NULL);
	e2e_expect(&r, 2, "model network", NULL);
	e2e_clear(&r);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, e2e_set_up, e2e_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(the_rotation_comes_through),
		TEST(a_fault_that_is_not_looked_at_is_found_named_and_repeated),
		TEST(one_call_fails_or_all_of_a_while),
		TEST(a_request_fails_in_each_way),
		TEST(flash_left_behind_by_a_fault_must_lead_to_what_has_worked),
		TEST(what_is_no_fault_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
