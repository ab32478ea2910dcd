/* Web hosts: who is at which address, what each answers, with TLS and without, and how each state shows. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "emu-applibs/base/base.h"
#include "sim/web/template.h"
#include "sim/web/web.h"
#include "tests/sim/client.h"

#define NOW 1767225600 /* 2026-01-01 */
#define DAY 86400
#define GET(path) "GET " path " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

struct world {
	uint64_t mono_ns;
	char events[2048]; /* one a line */
	struct pki_cert *root, *middle, *first, *second, *device, *stranger_root, *stranger;
	struct web *web;
	char reply[16384];
};

static uint64_t mono(void *ctx)
{
	return ((struct world *)ctx)->mono_ns;
}

static int64_t wall(void *ctx)
{
	return NOW + (int64_t)(((struct world *)ctx)->mono_ns / NS_PER_S);
}

static void event(void *ctx, const char *text)
{
	struct world *w = ctx;
	size_t n = strlen(w->events);

	(void) snprintf(w->events + n, sizeof(w->events) - n, "%s\n", text);
}

static char *pem(void *ctx, const char *name, bool key)
{
	struct world *w = ctx;
	char *text = NULL;

	if (strcmp(name, "root") != 0)
		return NULL;
	if (!key)
		return pki_chain_pem(w->root);
	return pki_key_pem(w->root, PKI_PKCS8, NULL, &text) == 0 ? text : NULL;
}

static struct pki_cert *make(const char *name, enum pki_use use, const struct pki_cert *issuer)
{
	struct pki_spec spec = {.name = name, .use = use, .issuer = issuer, .not_before_s = NOW - DAY, .not_after_s = NOW + 365 * DAY, .now_s = NOW,
	                        .dns_name = use == PKI_SERVER ? name : NULL};
	struct pki_cert *cert = NULL;
	char error[PKI_ERROR_MAX] = "";

	if (pki_make(&spec, &cert, error) < 0)
		fail_msg("%s: %s", name, error);
	return cert;
}

static struct scn_web_path first_paths[] = {
	{.path = "/a", .status = 200, .type = "text/html", .body = "<p>any</p>", .body_length = 10},
	{.path = "/a?b=1", .status = 201, .type = "text/plain", .body = "one", .body_length = 3},
	{.path = "/form", .method = "POST", .status = 202, .type = "text/plain", .body = "posted", .body_length = 6},
	{.path = "/form", .method = "PUT", .status = 203, .type = "text/plain", .body = "put", .body_length = 3},
	{.path = "/moved", .status = 301, .type = "text/plain", .location = "http://second.example/", .body = ""},
	{.path = "/nothing", .status = 204, .type = "text/plain", .body = "unseen", .body_length = 6},
	{.path = "/later", .status = 200, .type = "text/plain", .body = "late", .body_length = 4, .delay_ns = 3 * NS_PER_S},
	{.path = "/time", .status = 200, .type = "text/plain", .body = "it is ${time:%F %T}, ${time:%s}", .body_length = 31},
	{.path = "/json", .status = 200, .type = "application/json", .body = "{\"c\": \"${cert:root}\"}", .body_length = 21},
};
static struct scn_web_path second_paths[] = {
	{.path = "/", .status = 200, .type = "text/plain", .body = "with certificate", .body_length = 16},
};
static struct scn_web specs[] = {
	{.host = "first.example", .http = 80, .https = 443, .state = SCN_WEB_UP, .paths = first_paths, .path_count = ARRAY_LEN(first_paths)},
	{.host = "192.0.2.7", .http = 5000, .https = 8443, .state = SCN_WEB_UP, .delay_ns = NS_PER_S, .paths = second_paths, .path_count = 1},
	{.host = "silent.example", .http = 80, .https = 0, .state = SCN_WEB_SILENT, .paths = second_paths, .path_count = 1},
};

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	const struct web_env env = {.ctx = w, .mono_ns = mono, .wall_s = wall, .event = event, .pem = pem};
	struct az_error error;

	w->mono_ns = 100 * NS_PER_S;
	w->root = make("web-root", PKI_ROOT, NULL);
	w->middle = make("web-middle", PKI_INTERMEDIATE, w->root);
	w->first = make("first.example", PKI_SERVER, w->middle);
	w->second = make("192.0.2.7", PKI_SERVER, w->root);
	w->device = make("device", PKI_CLIENT, w->root);
	w->stranger_root = make("stranger-root", PKI_ROOT, NULL);
	w->stranger = make("stranger", PKI_CLIENT, w->stranger_root);
	const struct web_site sites[] = {{&specs[0], w->first, NULL}, {&specs[1], w->second, w->root}, {&specs[2], NULL, NULL}};
	if (web_new(&env, sites, 3, &w->web, &error) < 0)
		return -1;
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;
	struct pki_cert *all[] = {w->root, w->middle, w->first, w->second, w->device, w->stranger_root, w->stranger};

	web_free(w->web);
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		pki_free(all[i]);
	free(w);
	return 0;
}

/* Virtual time passes by 100 ms a turn: what is delayed comes within the three idle turns only if its time has come. */
static void tick(void *ctx)
{
	((struct world *)ctx)->mono_ns += 100 * NS_PER_MS;
}

static int ask_as(struct world *w, const char *host, unsigned port, const struct pki_cert *who, const char *request)
{
	struct test_client client = {.cert = who, .tick = tick, .ctx = w, .tls = port == 443 || port == 8443};
	uint32_t address;

	assert_int_equal(web_resolve(w->web, host, &address), 0);
	assert_int_equal(web_find(w->web, address, port, &client.server), 0);
	return test_client_ask(&client, request, w->reply, sizeof(w->reply));
}

static int ask(struct world *w, const char *host, unsigned port, const char *request)
{
	return ask_as(w, host, port, NULL, request);
}

static void expect_reply(const struct world *w, const char *text)
{
	if (!strstr(w->reply, text))
		fail_msg("not in the reply: %s\n%s", text, w->reply);
}

static void names_and_addresses_lead_to_hosts(void **state)
{
	struct world *w = *state;
	struct server *server;
	uint32_t first, second, address;

	assert_int_equal(web_resolve(w->web, "FIRST.example", &first), 0);
	assert_int_equal(first, 0xc6120101);
	assert_string_equal(web_name(w->web, first), "first.example");
	assert_int_equal(web_resolve(w->web, "192.0.2.7", &second), 0);
	assert_int_equal(second, 0xc0000207);
	assert_int_equal(web_resolve(w->web, "other.example", &address), -ENOENT);
	assert_null(web_name(w->web, 0x01020304));
	assert_int_equal(web_find(w->web, 0x01020304, 443, &server), -EHOSTUNREACH);
	assert_int_equal(web_find(w->web, first, 8443, &server), -ECONNREFUSED);
	assert_int_equal(web_find(w->web, first, 0, &server), -ECONNREFUSED);
	assert_int_equal(web_find(w->web, second, 443, &server), -ECONNREFUSED);
	assert_int_equal(web_find(w->web, second, 5000, &server), 0);
	assert_int_equal(web_resolve(w->web, "silent.example", &address), 0);
	assert_int_equal(web_find(w->web, address, 443, &server), -ECONNREFUSED);
}

static void each_path_has_its_answer_with_tls_and_without(void **state)
{
	struct world *w = *state;

	for (unsigned port = 80; port <= 443; port += 363) {
		assert_int_equal(ask(w, "first.example", port, GET("/a")), 200);
		expect_reply(w, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 10\r\n");
		expect_reply(w, "Connection: close\r\n\r\n<p>any</p>");
		assert_int_equal(ask(w, "first.example", port, GET("/a?b=2")), 200);
		assert_int_equal(ask(w, "first.example", port, GET("/a?b=1")), 201);
		assert_int_equal(ask(w, "first.example", port, GET("/ab")), 404);
		assert_int_equal(ask(w, "first.example", port, GET("/")), 404);
		assert_int_equal(ask(w, "first.example", port, GET("/form")), 405);
		assert_int_equal(ask(w, "first.example", port, "POST /form HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc"), 202);
		assert_int_equal(ask(w, "first.example", port, "PUT /form HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"), 203);
		expect_reply(w, "HTTP/1.1 203 Non-Authoritative Information\r\n");
		assert_int_equal(ask(w, "first.example", port, GET("/moved")), 301);
		expect_reply(w, "\r\nLocation: http://second.example/\r\n");
	}
	assert_non_null(strstr(w->events, "GET http://first.example/a?b=2 -> 200\n"));
	assert_non_null(strstr(w->events, "PUT https://first.example/form -> 203\n"));
}

static void answers_without_a_body_have_none(void **state)
{
	struct world *w = *state;

	assert_int_equal(ask(w, "first.example", 443, GET("/nothing")), 204);
	assert_null(strstr(w->reply, "unseen"));
	assert_null(strstr(w->reply, "Content-Length"));
	assert_int_equal(ask(w, "first.example", 80, "HEAD /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), 200);
	expect_reply(w, "Content-Length: 10\r\n");
	assert_null(strstr(w->reply, "<p>"));
}

static void delays_are_of_the_host_and_of_the_path(void **state)
{
	const struct scn_web_change slower = {.host = "first.example", .has_delay = true, .delay_ns = 2 * NS_PER_S};
	struct world *w = *state;
	uint64_t begin;

	assert_int_equal(web_next_deadline(w->web), TIME_NEVER);
	assert_int_equal(ask(w, "first.example", 80, GET("/later")), -1);
	w->mono_ns += 10 * NS_PER_S; /* nobody is there any more when it comes */
	(void) web_pump(w->web);
	web_change(w->web, &slower);
	begin = w->mono_ns;
	{ /* by hand, to wait in between */
		struct server *server;
		const char request[] = GET("/later");
		char buffer[512];
		uint32_t address;
		int fd;

		assert_int_equal(web_resolve(w->web, "first.example", &address), 0);
		assert_int_equal(web_find(w->web, address, 80, &server), 0);
		assert_int_equal(server_connect(server, &fd), 0);
		assert_int_equal(send(fd, request, sizeof(request) - 1, 0), sizeof(request) - 1);
		while (web_pump(w->web))
			;
		assert_int_equal(web_next_deadline(w->web), begin + 5 * NS_PER_S);
		w->mono_ns = begin + 5 * NS_PER_S - 1;
		assert_false(web_pump(w->web));
		w->mono_ns++;
		assert_true(web_pump(w->web));
		assert_int_equal(web_next_deadline(w->web), TIME_NEVER);
		assert_true(recv(fd, buffer, sizeof(buffer), MSG_DONTWAIT) > 0);
		(void) close(fd);
	}
	assert_non_null(strstr(w->events, "/later -> 200 (delayed)\n"));
}

static void a_client_certificate_is_asked_for_where_one_is_needed(void **state)
{
	const struct scn_web_change quick = {.host = "192.0.2.7", .has_delay = true, .delay_ns = 0};
	struct world *w = *state;

	web_change(w->web, &quick);
	assert_int_equal(ask(w, "192.0.2.7", 8443, GET("/")), 403);
	assert_non_null(strstr(w->events, "GET https://192.0.2.7/ -> 403 no client certificate\n"));
	assert_int_equal(ask_as(w, "192.0.2.7", 8443, w->stranger, GET("/")), 403);
	assert_non_null(strstr(w->events, "-> 403 unable to"));
	assert_int_equal(ask_as(w, "192.0.2.7", 8443, w->device, GET("/")), 200);
	expect_reply(w, "with certificate");
	assert_int_equal(ask(w, "192.0.2.7", 5000, GET("/")), 200); /* without TLS nobody can show one */
}

static void each_state_shows(void **state)
{
	const struct scn_web_change down = {.host = "first.example", .state = SCN_WEB_DOWN}, up = {.host = "first.example", .state = SCN_WEB_UP};
	const struct scn_web_change speaks = {.host = "silent.example", .state = SCN_WEB_UP};
	struct world *w = *state;
	struct server *server;
	uint32_t address;

	assert_int_equal(web_resolve(w->web, "first.example", &address), 0);
	web_change(w->web, &down);
	assert_int_equal(web_find(w->web, address, 443, &server), -ECONNREFUSED);
	web_change(w->web, &up);
	assert_int_equal(ask(w, "first.example", 443, GET("/a")), 200);
	assert_int_equal(ask(w, "silent.example", 80, GET("/")), -1);
	assert_non_null(strstr(w->events, "GET http://silent.example/ -> (silent)\n"));
	assert_int_equal(web_next_deadline(w->web), TIME_NEVER);
	web_change(w->web, &speaks);
	assert_int_equal(ask(w, "silent.example", 80, GET("/")), 200);
}

static void what_is_no_http_gets_no_answer(void **state)
{
	struct world *w = *state;
	static char large[80000];

	assert_true(ask(w, "first.example", 80, "\x16\x03\x01 no request\r\n\r\n") <= 0);
	(void) snprintf(large, sizeof(large), "GET /%0*d HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 2000, 0);
	assert_int_equal(ask(w, "first.example", 80, large), 413);
	(void) snprintf(large, sizeof(large), "POST /form HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 70000\r\n\r\n%0*d", 70000, 0);
	assert_int_equal(ask(w, "first.example", 443, large), 413);
	assert_int_equal(ask(w, "first.example", 80, GET("/a")), 200);
}

static void places_in_texts_are_filled_in_when_asked(void **state)
{
	struct world *w = *state;
	const char *const names[] = {"root", NULL};
	const struct template_source source = {.ctx = w, .now_s = NOW, .pem = pem};
	char *text = NULL;
	size_t length = 0;

	w->mono_ns = 60 * NS_PER_S;
	assert_int_equal(ask(w, "first.example", 443, GET("/time")), 200);
	expect_reply(w, "it is 2026-01-01 00:01:00, 1767225660");
	assert_int_equal(ask(w, "first.example", 443, GET("/json")), 200);
	expect_reply(w, "{\"c\": \"-----BEGIN CERTIFICATE-----\\n");
	expect_reply(w, "-----END CERTIFICATE-----\\n\"}");
	assert_int_equal(template_fill("a ${key:root}z", 14, false, &source, &text, &length), 0);
	assert_int_equal(length, strlen(text));
	assert_true(strncmp(text, "a -----BEGIN PRIVATE KEY-----\n", 30) == 0 && text[length - 1] == 'z');
	free(text);
	assert_null(template_check("$ {} ${time:%Y}${cert:root}", 27, names));
	assert_non_null(template_check("${cert:none}", 12, names));
	assert_non_null(template_check("${cert:root", 11, names));
	assert_non_null(template_check("${}", 3, names));
	assert_non_null(template_check("a ${", 4, names));
	assert_int_equal(template_fill("${cert:none}", 12, false, &source, &text, &length), -EINVAL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(names_and_addresses_lead_to_hosts),
		TEST(each_path_has_its_answer_with_tls_and_without),
		TEST(answers_without_a_body_have_none),
		TEST(delays_are_of_the_host_and_of_the_path),
		TEST(a_client_certificate_is_asked_for_where_one_is_needed),
		TEST(each_state_shows),
		TEST(what_is_no_http_gets_no_answer),
		TEST(places_in_texts_are_filled_in_when_asked),
	};

	return cmocka_run_group_tests_name("web", tests, NULL, NULL);
}
