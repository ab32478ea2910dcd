/* Web hosts of a scenario: every key, every default, and what is wrong with them told with its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "sim/scenario/scenario.h"
#include "tests/scenario/files.h"

static const char head[] =
	"scenario: webs\nabout: a test\nstart: 2026-01-01\nlength: 9d\npki:\n"
	"  - {name: ca1, use: root, valid: [-5y, +5y]}\n"
	"  - {name: radius1, use: server, issuer: ca1, valid: [-1y, +1y]}\n"
	"network: {ssid: CorpNet, server: radius1, client_roots: [ca1]}\n"
	"device: {powered: yes}\n";

static int load(const char *text, struct scenario **ret, struct az_error *error)
{
	static char all[8192];
	int n = snprintf(all, sizeof(all), "%s%s", head, text);

	return scenario_load(files_write("webs.yaml", all, (size_t)n), ret, error);
}

static struct scenario *load_good(const char *text)
{
	struct scenario *scenario = NULL;
	struct az_error error;

	if (load(text, &scenario, &error) < 0)
		fail_msg("%s", error.text);
	return scenario;
}

static void every_key_arrives(void **state)
{
	struct scenario *s;
	const struct scn_web *w;

	(void) state;
	(void) files_write("page.html", "<p>hello</p>\n", 13);
	s = load_good("web:\n"
	              "  - host: Example.com\n"
	              "    http: 0\n"
	              "    https: 8443\n"
	              "    cert: radius1\n"
	              "    trust: [certs/a.pem, b.pem]\n"
	              "    client_ca: ca1\n"
	              "    state: silent\n"
	              "    delay: 2s\n"
	              "    paths:\n"
	              "      - {path: '/a?b=1', method: POST, status: 201, type: application/json, body: '{\"c\": \"${cert:ca1}\"}', delay: 3s}\n"
	              "      - {path: /b, status: 302, location: 'https://192.0.2.1/c'}\n"
	              "      - {path: /p, type: text/html, file: page.html}\n"
	              "  - {host: 192.0.2.1, device_auth: yes}\n"
	              "events:\n"
	              "  - {at: +1d, web: {host: Example.com, state: up, delay: 0s}}\n"
	              "  - {at: +2d, web: {host: 192.0.2.1, state: down}}\n");
	assert_int_equal(s->web_count, 2);
	w = &s->webs[0];
	assert_string_equal(w->host, "Example.com");
	assert_int_equal(w->http, 0);
	assert_int_equal(w->https, 8443);
	assert_string_equal(w->cert, "radius1");
	assert_string_equal(w->trust[0], "certs/a.pem");
	assert_string_equal(w->trust[1], "b.pem");
	assert_null(w->trust[2]);
	assert_string_equal(w->client_ca, "ca1");
	assert_false(w->device_auth);
	assert_int_equal(w->state, SCN_WEB_SILENT);
	assert_int_equal(w->delay_ns, 2 * NS_PER_S);
	assert_int_equal(w->path_count, 3);
	assert_string_equal(w->paths[0].path, "/a?b=1");
	assert_string_equal(w->paths[0].method, "POST");
	assert_int_equal(w->paths[0].status, 201);
	assert_string_equal(w->paths[0].type, "application/json");
	assert_string_equal(w->paths[0].body, "{\"c\": \"${cert:ca1}\"}");
	assert_int_equal(w->paths[0].delay_ns, 3 * NS_PER_S);
	assert_null(w->paths[0].location);
	assert_int_equal(w->paths[1].status, 302);
	assert_string_equal(w->paths[1].location, "https://192.0.2.1/c");
	assert_string_equal(w->paths[2].body, "<p>hello</p>\n");
	assert_int_equal(w->paths[2].body_length, 13);

	assert_int_equal(s->events[0].web->state, SCN_WEB_UP);
	assert_true(s->events[0].web->has_delay);
	assert_int_equal(s->events[0].web->delay_ns, 0);
	assert_string_equal(s->events[1].web->host, "192.0.2.1");
	assert_int_equal(s->events[1].web->state, SCN_WEB_DOWN);
	assert_false(s->events[1].web->has_delay);
	scenario_free(s);
}

static void a_host_alone_has_the_usual_ports_and_a_certificate_of_its_own(void **state)
{
	struct scenario *s = load_good("web: [{host: 192.0.2.1, paths: [{path: /}]}]\n");

	(void) state;
	assert_int_equal(s->webs[0].http, 80);
	assert_int_equal(s->webs[0].https, 443);
	assert_null(s->webs[0].cert);
	assert_null(s->webs[0].trust);
	assert_null(s->webs[0].client_ca);
	assert_int_equal(s->webs[0].state, SCN_WEB_UP);
	assert_int_equal(s->webs[0].delay_ns, 0);
	assert_int_equal(s->webs[0].paths[0].status, 200);
	assert_string_equal(s->webs[0].paths[0].type, "text/plain");
	assert_int_equal(s->webs[0].paths[0].body_length, 0);
	assert_null(s->webs[0].paths[0].method);
	scenario_free(s);
	s = load_good("");
	assert_int_equal(s->web_count, 0);
	scenario_free(s);
}

/* ^ stands before the place that the message names. */
static void what_is_wrong_is_named_with_its_place(void **state)
{
	static const struct {
		const char *text, *said;
	} wrong[] = {
		{"web: [{host: ^'a b'}]", "`a b` is no host name or IPv4 address"},
		{"web: [{host: ^300.1.1.1}]", "`300.1.1.1` is no host name"},
		{"web: [{host: a.example}, {host: ^A.example}]", "`A.example` is there twice"},
		{"web: [{host: ^ca.corp.example}]", "is the issuer's host"},
		{"web: [{host: a.example, ^colour: red}]", "unknown key `colour`"},
		{"web: [^{paths: []}]", "`host` is missing"},
		{"web: [{host: a.example, https: ^70000}]", "`70000` is no port"},
		{"web: [^{host: a.example, https: 0, http: 0}]", "serves nothing"},
		{"web: [^{host: a.example, https: 80}]", "are one port"},
		{"web: [{host: a.example, cert: ^ca1}]", "must be of use server"},
		{"web: [{host: a.example, cert: ^radius}]", "did you mean `radius1`?"},
		{"web: [{host: a.example, client_ca: ca1, device_auth: ^yes}]", "keep one"},
		{"web: [{host: a.example, state: ^slow}]", "`slow` is no value for `state`"},
		{"web: [{host: a.example, delay: ^3}]", "`3` is no duration"},
		{"web: [{host: a.example, trust: [^/etc/x]}]", "no file of an image package"},
		{"web: [{host: a.example, trust: [^a/../x]}]", "no file of an image package"},
		{"web: [{host: a.example, paths: [{path: ^a}]}]", "`a` is no path of a URL"},
		{"web: [{host: a.example, paths: [{path: /, status: ^600}]}]", "`600` is no HTTP status"},
		{"web: [{host: a.example, paths: [{path: /, method: ^get}]}]", "there is no HTTP method `get`; did you mean `GET`?"},
		{"web: [{host: a.example, paths: [{path: /, location: ^/b}]}]", "goes with a status from 300"},
		{"web: [{host: a.example, paths: [{path: /, status: 301, location: ^\"/b\\r\\nx\"}]}]", "control character"},
		{"web: [{host: a.example, paths: [{path: /, body: x, file: ^y}]}]", "keep one"},
		{"web: [{host: a.example, paths: [{path: /, file: ^none.html}]}]", "No such file"},
		{"web: [{host: a.example, paths: [{path: /, file: ^.}]}]", "cannot be read"},
		{"web: [{host: a.example, paths: [{path: /, body: ^'${cert:ca3}'}]}]", "name a certificate of `pki`"},
		{"web: [{host: a.example, paths: [{path: /, body: ^'x ${date}'}]}]", "begins ${cert:NAME}"},
		{"web: [{host: a.example}]\nevents: [{at: +1d, web: {host: ^b.example, state: up}}]", "there is no web host `b.example`"},
		{"web: [{host: a.example}]\nevents: [{at: +1d, web: ^{host: a.example}}]", "`web` changes nothing"},
		{"events: [{at: +1d, web: {host: ^b.example, state: up}}]", "none is known here"},
	};

	(void) state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		char text[512], place[32];
		const char *caret = strchr(wrong[i].text, '^');
		unsigned line = 10, column = 1;
		struct scenario *s = NULL;
		struct az_error error = {.text = ""};

		for (const char *p = wrong[i].text; p < caret; p++) {
			column = *p == '\n' ? 1 : column + 1;
			line += *p == '\n';
		}
		(void) snprintf(text, sizeof(text), "%.*s%s\n", (int)(caret - wrong[i].text), wrong[i].text, caret + 1);
		(void) snprintf(place, sizeof(place), "webs.yaml:%u:%u: ", line, column);
		if (load(text, &s, &error) == 0)
			fail_msg("taken: %s", text);
		if (!strstr(error.text, place) || !strstr(error.text, wrong[i].said))
			fail_msg("%s\nit said \"%s\",\nnot \"%s%s\"", text, error.text, place, wrong[i].said);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_arrives),
		cmocka_unit_test(a_host_alone_has_the_usual_ports_and_a_certificate_of_its_own),
		cmocka_unit_test(what_is_wrong_is_named_with_its_place),
	};

	return cmocka_run_group_tests_name("webs", tests, files_setup, files_teardown);
}
