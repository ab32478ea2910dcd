/* An application's own URLs: web hosts of the scenario answer them, as far as the manifest and the network let the application. */
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

#define CAPABILITIES \
	"\"AllowedConnections\": [\"web.corp.example\", \"192.0.2.7\", \"192.0.2.8\", \"device.corp.example\", \"unknown.corp.example\", " \
	"\"silent.corp.example\"]"

/* The application asks at +1m, +1h, +2h and so on, a little more each time. */
static void write_scenario(const struct e2e *e)
{
	e2e_write(e, "s.yaml",
	          "scenario: s\nabout: a test\nstart: 2026-01-01\nlength: 5h\npki:\n"
	          "  - {name: ca1, use: root, valid: [-5y, +10y]}\n"
	          "  - {name: radius1, use: server, issuer: ca1, valid: [-1y, +2y]}\n"
	          "  - {name: dev1, use: client, issuer: ca1, cn: device-0001, valid: [-60d, +1y]}\n"
	          "  - {name: web1, use: server, issuer: ca1, dns: silent.corp.example, valid: [-1y, +2y]}\n"
	          "network: {ssid: CorpNet, server: radius1, client_roots: [ca1]}\n"
	          "web:\n"
	          "  - {host: web.corp.example, trust: [certs/web.pem], paths: [{path: /page, type: text/html, body: 'it is ${time:%%T}'}]}\n"
	          "  - {host: 192.0.2.7, http: 5000, trust: [certs/web.pem], paths: [{path: /, body: number}]}\n"
	          "  - {host: device.corp.example, device_auth: yes, paths: [{path: /, body: device}]}\n"
	          "  - {host: forbidden.example, paths: [{path: /, body: forbidden}]}\n"
	          "  - {host: 192.0.2.9, paths: [{path: /, body: forbidden}]}\n"
	          "  - {host: silent.corp.example, cert: web1, trust: [certs/web.pem], state: silent, paths: [{path: /, body: spoken}]}\n"
	          "device:\n  certificates: [{id: RootCA1, cert: ca1}, {id: ClientCert1, cert: dev1}]\n"
	          "  networks: [{name: Network1, root: RootCA1, client: ClientCert1, identity: device-0001}]\n"
	          "events:\n"
	          "  - {at: +30m, web: {host: web.corp.example, state: down}}\n"
	          "  - {at: +1h30m, web: {host: web.corp.example, state: up, delay: 5s}}\n"
	          "  - {at: +1h30m, web: {host: silent.corp.example, state: up}}\n"
	          "  - {at: +2h30m, ap: {up: no}}\n"
	          "  - {at: +3h30m, ap: {up: yes}}\n"
	          "expect:\n  - {by: +5h, that: {log: \"round 4: silent\"}}\n");
}

static char *run(const struct e2e *e, const char *net, const char *option, const char *out)
{
	char words[2][64];
	struct e2e_result r;

	(void) snprintf(words[0], sizeof(words[0]), "--net=%s", net);
	(void) snprintf(words[1], sizeof(words[1]), "--out=%s", out);
	r = e2e_run(e, "run", words[0], "--app=web", words[1], "s.yaml", option, NULL);
	e2e_expect(&r, 0, NULL);
	e2e_clear(&r);
	(void) snprintf(words[1], sizeof(words[1]), "%s/s.%s.timeline", out, net);
	return e2e_read(e, words[1]);
}

static void expect_word(const char *log, const char *word)
{
	if (!strstr(log, word))
		fail_msg("not in the log: %s", word);
}

/* Milliseconds away from the stamps: a libcurl that looks at the clock very often spends one now and then. */
static void drop_milliseconds(char *log)
{
	char *to = log;

	for (const char *line = log; *line;) {
		size_t n = strcspn(line, "\n"), rest = n > 24 ? n - 24 : 0;

		memmove(to, line + n - rest, rest);
		to += rest;
		line += n;
		if (*line)
			*to++ = *line++;
	}
	*to = '\0';
}

static void urls_are_answered_as_manifest_and_network_allow(void **state)
{
	struct e2e *e = *state;
	char *log, *again;

	e2e_make_package(e, "web", CAPABILITIES);
	write_scenario(e);
	log = run(e, "model", "--http=real", "real");
	expect_word(log, "round 0: page -> curl=0 status=200 body=\"it is 00:01:02\"");
	expect_word(log, "round 0: plain -> curl=0 status=200 body=\"it is 00:01:02\"");
	expect_word(log, "round 0: none -> curl=0 status=404");
	expect_word(log, "round 0: port -> curl=7 ");
	expect_word(log, "round 0: number -> curl=0 status=200 body=\"number\"");
	expect_word(log, "round 0: number, tls -> curl=0 status=200 body=\"number\"");
	expect_word(log, "round 0: device -> curl=0 status=403");
	expect_word(log, "round 0: forbidden -> curl=6 ");
	expect_word(log, "round 0: forbidden number -> curl=7 ");
	expect_word(log, "round 0: unknown -> curl=6 ");
	expect_word(log, "round 0: unknown number -> curl=7 ");
	expect_word(log, "round 0: silent -> curl=28 status=0 body=\"\" took=60 s");
	expect_word(log, " web    GET https://web.corp.example/page?user=1 -> 200\n");
	expect_word(log, " web    GET https://silent.corp.example/ -> (silent)\n");
	/* The host is down; then it is back, and slow. */
	expect_word(log, "round 1: page -> curl=7 ");
	expect_word(log, "round 2: page -> curl=0 status=200 body=\"it is 02:03:02\" took=5 s");
	expect_word(log, "round 2: silent -> curl=0 status=200 body=\"spoken\"");
	/* Offline: no name, no route. */
	expect_word(log, "round 3: page -> curl=6 ");
	expect_word(log, "round 3: number -> curl=7 ");
	expect_word(log, "round 4: page -> curl=0 status=200");
	again = run(e, "model", "--http=shim", "shim");
	drop_milliseconds(log);
	drop_milliseconds(again);
	assert_string_equal(log, again);
	free(again);
	if (e2e_has_wired(e)) {
		again = run(e, "wired", "--http=real", "wired");
		expect_word(again, "round 4: silent -> curl=0 status=200 body=\"spoken\"");
		free(again);
	}
	free(log);
}

static void a_forbidden_host_is_what_the_reading_says(void **state)
{
	struct e2e *e = *state;
	char *log;

	e2e_make_package(e, "web", CAPABILITIES);
	write_scenario(e);
	log = run(e, "model", "--reading=forbidden-host=refused", "refused");
	expect_word(log, "round 0: forbidden -> curl=7 ");
	expect_word(log, "connection to forbidden.example port 443: ECONNREFUSED");
	expect_word(log, "connection to 192.0.2.9 port 80: ECONNREFUSED");
	free(log);
	log = run(e, "model", "--reading=forbidden-host=EACCES", "denied");
	expect_word(log, "round 0: forbidden -> curl=7 ");
	expect_word(log, "connection to 192.0.2.9 port 80: EACCES");
	expect_word(log, "round 0: page -> curl=0 ");
	free(log);
}

/* An application that ends by itself is a failure unless the scenario says that it may. */
static void an_application_may_end_where_the_scenario_allows_it(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;

	e2e_make_package(e, "crash", "");
	e2e_write_scenario(e, "s", "", "");
	r = e2e_run(e, "run", "--net=model", "--app=crash", "s.yaml", NULL);
	e2e_expect(&r, 1, "its device would start it again", NULL);
	e2e_clear(&r);
	e2e_write_scenario(e, "s", "", "  - {by: +40d, that: {connected: any}}\noracles_off: [ends, leftovers, stranded, bounded]\n");
	r = e2e_run(e, "run", "--net=model", "--app=crash", "s.yaml", NULL);
	e2e_expect(&r, 0, NULL);
	e2e_clear(&r);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, e2e_set_up, e2e_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(urls_are_answered_as_manifest_and_network_allow),
		TEST(a_forbidden_host_is_what_the_reading_says),
		TEST(an_application_may_end_where_the_scenario_allows_it),
	};

	return cmocka_run_group_tests_name("webs", tests, NULL, NULL);
}
