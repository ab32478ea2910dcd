/* The certificate issuer: what it answers in each of its states, to whom, and that it never blocks. */
#define _GNU_SOURCE
#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sim/issuer/issuer.h"
#include "tests/sim/client.h"

#define NOW 1767225600 /* 2026-01-01 */
#define DAY 86400

struct world {
	uint64_t mono_ns;
	char last_event[512];
	struct pki_cert *root, *tls, *device_ca, *device, *stranger_ca, *stranger, *new_root;
	struct issuer *issuer;
	char reply[8 << 20];
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
	(void) snprintf(((struct world *)ctx)->last_event, 512, "%s", text);
}

static struct pki_cert *make(const char *name, enum pki_use use, const struct pki_cert *issuer)
{
	struct pki_spec spec = {.name = name, .use = use, .issuer = issuer, .not_before_s = NOW - DAY, .not_after_s = NOW + 365 * DAY, .now_s = NOW,
	                        .dns_name = use == PKI_SERVER ? "ca.corp.example" : NULL};
	struct pki_cert *cert = NULL;
	char error[PKI_ERROR_MAX] = "";

	if (pki_make(&spec, &cert, error) < 0)
		fail_msg("%s: %s", name, error);
	return cert;
}

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct issuer_host host = {.ctx = w, .mono_ns = mono, .wall_s = wall, .event = event};
	struct issuer_setup setup;
	struct scn_issuer start = {.client_life_s = 90 * DAY};
	struct az_error error;

	w->root = make("issuer-root", PKI_ROOT, NULL);
	w->tls = make("issuer-tls", PKI_SERVER, w->root);
	w->device_ca = make("device-ca", PKI_ROOT, NULL);
	w->device = make("device", PKI_DEVICE_AUTH, w->device_ca);
	w->stranger_ca = make("stranger-ca", PKI_ROOT, NULL);
	w->stranger = make("stranger", PKI_DEVICE_AUTH, w->stranger_ca);
	w->new_root = make("new-root", PKI_ROOT, NULL);
	setup = (struct issuer_setup){.tls = w->tls, .device_ca = w->device_ca, .identity = "device-0001", .key = PKI_KEY_P256};
	if (issuer_new(&host, &setup, &w->issuer, &error) < 0)
		return -1;
	issuer_change(w->issuer, &start, w->new_root, w->new_root, NULL);
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	issuer_free(w->issuer);
	pki_free(w->root);
	pki_free(w->tls);
	pki_free(w->device_ca);
	pki_free(w->device);
	pki_free(w->stranger_ca);
	pki_free(w->stranger);
	pki_free(w->new_root);
	free(w);
	return 0;
}

static int ask(struct world *w, const struct pki_cert *who, const char *request)
{
	const struct test_client client = {.server = issuer_server(w->issuer), .tls = true, .cert = who};

	return test_client_ask(&client, request, w->reply, sizeof(w->reply));
}

#define GET_ROOT "GET /v1/root-ca HTTP/1.1\r\nHost: ca.corp.example\r\nConnection: close\r\n\r\n"
#define POST_CLIENT "POST /v1/client-certificate HTTP/1.1\r\nHost: ca.corp.example\r\nConnection: close\r\nContent-Length: 11\r\n\r\ndevice-0001"

static const char *body_of(const struct world *w)
{
	const char *end = strstr(w->reply, "\r\n\r\n");

	assert_non_null(end);
	return end + 4;
}

/* ---- Tests --------------------------------------------------------------------------------------------------------------- */

static void it_hands_out_the_root(void **state)
{
	struct world *w = *state;

	assert_int_equal(ask(w, w->device, GET_ROOT), 200);
	assert_string_equal(body_of(w), pki_cert_pem(w->new_root));
	assert_non_null(strstr(w->reply, "application/x-pem-file"));
	assert_non_null(strstr(w->last_event, "GET /v1/root-ca -> 200"));
}

static void it_makes_a_certificate_whose_key_fits_and_whose_dates_are_its_own_clock_s(void **state)
{
	struct world *w = *state;
	struct pki_cert *loaded = NULL;
	char error[PKI_ERROR_MAX];
	const char *key;

	w->mono_ns = 10 * DAY * NS_PER_S;
	assert_int_equal(ask(w, w->device, POST_CLIENT), 200);
	key = strstr(body_of(w), "-----BEGIN PRIVATE KEY");
	assert_non_null(key);
	assert_int_equal(pki_load("x", body_of(w), key, &loaded, error), 0);
	assert_int_equal(pki_not_before(loaded), NOW + 10 * DAY - 3600);
	assert_int_equal(pki_not_after(loaded), NOW + 100 * DAY - 3600);
	assert_non_null(strstr(pki_subject(loaded), "device-0001"));
	assert_int_equal(issuer_issued_count(w->issuer), 1);
	assert_string_equal(pki_cert_pem(issuer_issued(w->issuer, 0)), pki_cert_pem(loaded));
	assert_null(strstr(w->last_event, "PRIVATE"));
	pki_free(loaded);
}

static void only_devices_are_served(void **state)
{
	struct world *w = *state;

	assert_int_equal(ask(w, NULL, GET_ROOT), 403);
	assert_int_equal(ask(w, w->stranger, GET_ROOT), 403);
	w->mono_ns = 366 * DAY * NS_PER_S; /* by the issuer's clock the device's certificate has ended */
	assert_int_equal(ask(w, w->device, GET_ROOT), 403);
	assert_non_null(strstr(w->last_event, "expired"));
}

/* The tenant's CA is renewed, and the issuer is told: whom the old one vouches for is a stranger then. */
static void another_tenant_ca_makes_the_device_a_stranger(void **state)
{
	const struct scn_issuer nothing = {0};
	struct world *w = *state;

	assert_int_equal(ask(w, w->device, GET_ROOT), 200);
	issuer_change(w->issuer, &nothing, NULL, NULL, w->new_root);
	assert_int_equal(ask(w, w->device, GET_ROOT), 403);
	issuer_change(w->issuer, &nothing, NULL, NULL, w->device_ca);
	assert_int_equal(ask(w, w->device, GET_ROOT), 200);
}

static void nobody_gets_another_s_certificate(void **state)
{
	struct world *w = *state;

	assert_int_equal(ask(w, w->device, "POST /v1/client-certificate HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 5\r\n\r\nother"), 403);
	assert_int_equal(issuer_issued_count(w->issuer), 0);
}

static void wrong_requests_get_their_status(void **state)
{
	struct world *w = *state;
	char huge[6000];

	assert_int_equal(ask(w, w->device, "GET /v1/nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), 404);
	assert_int_equal(ask(w, w->device, "POST /v1/root-ca HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"), 405);
	assert_int_equal(ask(w, w->device, "GET /v1/client-certificate HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), 405);
	(void) snprintf(huge, sizeof(huge), "GET /%0*d HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 4000, 0);
	assert_int_equal(ask(w, w->device, huge), 413);
	/* Not HTTP at all: the connection ends, nothing else happens. */
	assert_true(ask(w, w->device, "\x01\x02\x03 nonsense\r\n\r\n") <= 0 || strncmp(w->reply, "HTTP/1.1 400", 12) == 0);
	assert_int_equal(ask(w, w->device, GET_ROOT), 200);
}

static void change(struct world *w, enum scn_issuer_state s, char *wrong, uint64_t delay_ns)
{
	const struct scn_issuer c = {.state = s, .wrong = wrong, .delay_ns = delay_ns};

	issuer_change(w->issuer, &c, NULL, NULL, NULL);
}

static void each_state_shows(void **state)
{
	struct world *w = *state;

	change(w, SCN_ISSUER_DOWN, NULL, 0);
	assert_false(issuer_is_up(w->issuer));
	change(w, SCN_ISSUER_REFUSE, NULL, 0);
	assert_int_equal(ask(w, w->device, GET_ROOT), 403);
	change(w, SCN_ISSUER_ERROR, NULL, 0);
	assert_int_equal(ask(w, w->device, GET_ROOT), 500);
	change(w, SCN_ISSUER_UP, NULL, 0);
	assert_int_equal(ask(w, w->device, GET_ROOT), 200);
	change(w, SCN_ISSUER_SLOW, NULL, 30 * NS_PER_S);
	assert_int_equal(ask(w, w->device, GET_ROOT), -1); /* nothing yet, and nobody waits in real time */
}

/* Does the key in this PEM text belong to the certificate in it? */
static bool key_belongs(const char *pem)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	X509 *x = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
	bool belongs = x && key && X509_check_private_key(x, key) == 1;

	ERR_clear_error();
	EVP_PKEY_free(key);
	X509_free(x);
	BIO_free(bio);
	return belongs;
}

static void wrong_content_is_wrong_in_the_way_that_was_asked_for(void **state)
{
	struct world *w = *state;
	struct pki_cert *loaded = NULL;
	char error[PKI_ERROR_MAX];

	change(w, SCN_ISSUER_WRONG, "html", 0);
	assert_int_equal(ask(w, w->device, GET_ROOT), 200);
	assert_non_null(strstr(body_of(w), "<html>"));
	change(w, SCN_ISSUER_WRONG, "empty", 0);
	assert_int_equal(ask(w, w->device, GET_ROOT), 200);
	assert_string_equal(body_of(w), "");
	change(w, SCN_ISSUER_WRONG, "truncated", 0);
	assert_int_equal(ask(w, w->device, GET_ROOT), 200);
	assert_true(strlen(body_of(w)) > 20 && strlen(body_of(w)) < strlen(pki_cert_pem(w->new_root)));
	change(w, SCN_ISSUER_WRONG, "garbage", 0);
	assert_int_equal(ask(w, w->device, GET_ROOT), 200);
	assert_true(pki_load("x", body_of(w), NULL, &loaded, error) < 0);
	change(w, SCN_ISSUER_WRONG, "key-mismatch", 0);
	assert_int_equal(ask(w, w->device, POST_CLIENT), 200);
	assert_non_null(strstr(body_of(w), "PRIVATE KEY"));
	assert_false(key_belongs(body_of(w)));
	change(w, SCN_ISSUER_UP, NULL, 0);
	assert_int_equal(ask(w, w->device, POST_CLIENT), 200);
	assert_true(key_belongs(body_of(w)));
	change(w, SCN_ISSUER_WRONG, "huge", 0);
	assert_int_equal(ask(w, w->device, GET_ROOT), 200);
	assert_true(strlen(body_of(w)) > 1 << 20);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(it_hands_out_the_root), TEST(it_makes_a_certificate_whose_key_fits_and_whose_dates_are_its_own_clock_s),
		TEST(only_devices_are_served), TEST(another_tenant_ca_makes_the_device_a_stranger), TEST(nobody_gets_another_s_certificate), TEST(wrong_requests_get_their_status),
		TEST(each_state_shows), TEST(wrong_content_is_wrong_in_the_way_that_was_asked_for),
	};

	(void) signal(SIGPIPE, SIG_IGN); /* as azsim does */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
