/* See questions.h. */
#define _GNU_SOURCE
#include "tests/net_wired/questions.h"

#include <stdio.h>
#include <time.h>

#include "emu-applibs/base/base.h"

#define Y2000 946684800LL
#define Y2035 2051222400LL
#define Y2049 2493072000LL
#define Y2060 2840140800LL

static struct pki {
	struct material *young_root, *cross, *server_young, *server_weak;
	struct material *root, *other_root, *old_root, *long_root, *intermediate;
	struct material *server, *server_expired, *server_future, *server_old_root, *server_eku, *server_bad, *server_deep,
	        *server_long;
	struct material *client, *client_expired, *client_future, *client_other, *client_eku, *client_bad, *client_deep,
	        *client_long, *client_wrong_key, *client_big, *client_odd;
	char *crl_good, *crl_revoked, *crl_expired, *crl_future;
} pki;

/* Not the double quote and the backslash: FreeRADIUS escapes them before it compares, and then finds a difference. */
#define ODD_CN "o'dd %{User-Name} } name"

static char *make_crl(const struct material *revoked, int64_t from_s, int64_t to_s)
{
	const struct pki_cert *list[] = {revoked != NULL ? revoked->cert : NULL};
	char error[PKI_ERROR_MAX] = "", *pem;

	if (pki_crl_pem(pki.root->cert, list, revoked != NULL, NOW + from_s, NOW + to_s, &pem, error) < 0)
		fail_msg("CRL: %s", error);
	return pem;
}

static struct material *client(const struct material *issuer, int64_t from_s, int64_t to_s, enum pki_fault fault)
{
	return material_make(PKI_CLIENT, "device-0001", issuer, from_s, to_s, fault);
}

static struct material *server(const char *name, const struct material *issuer, int64_t from_s, int64_t to_s,
                               enum pki_fault fault)
{
	return material_make(PKI_SERVER, name, issuer, from_s, to_s, fault);
}

static int make_all(void **state)
{
	const int64_t from = -YEAR, to = 3 * YEAR;
	struct pki *p = &pki;

	(void) state;
	p->root = material_make(PKI_ROOT, "ca1", NULL, from, to, PKI_FAULT_NONE);
	p->other_root = material_make(PKI_ROOT, "ca2", NULL, from, to, PKI_FAULT_NONE);
	p->old_root = material_make(PKI_ROOT, "ca-old", NULL, from, -DAY, PKI_FAULT_NONE);
	p->long_root = material_make(PKI_ROOT, "ca-long", NULL, Y2000 - YEAR - NOW, Y2060 - NOW, PKI_FAULT_NONE);
	p->intermediate = material_make(PKI_INTERMEDIATE, "ca1-sub", p->root, from, to, PKI_FAULT_NONE);
	p->young_root = material_make(PKI_ROOT, "young", NULL, from, to, PKI_FAULT_NONE);
	p->cross = material_cross("young", p->old_root, p->young_root, from, -DAY);
	p->server_young = server("radius-young", p->young_root, from, to, PKI_FAULT_NONE);
	p->server_weak = server("radius-weak", p->root, from, to, PKI_FAULT_WEAK_SIGNATURE);
	p->server = server("radius", p->root, from, to, PKI_FAULT_NONE);
	p->server_expired = server("radius-expired", p->root, from, -1, PKI_FAULT_NONE);
	p->server_future = server("radius-future", p->root, 1, to, PKI_FAULT_NONE);
	p->server_old_root = server("radius-old-root", p->old_root, from, to, PKI_FAULT_NONE);
	p->server_eku = server("radius-eku", p->root, from, to, PKI_FAULT_WRONG_EKU);
	p->server_bad = server("radius-bad", p->root, from, to, PKI_FAULT_BAD_SIGNATURE);
	p->server_deep = server("radius-deep", p->intermediate, from, to, PKI_FAULT_NONE);
	p->server_long = server("radius-long", p->long_root, Y2000 - YEAR - NOW, Y2060 - NOW, PKI_FAULT_NONE);
	p->client = client(p->root, from, to, PKI_FAULT_NONE);
	p->client_expired = client(p->root, from, -1, PKI_FAULT_NONE);
	p->client_future = client(p->root, 1, to, PKI_FAULT_NONE);
	p->client_other = client(p->other_root, from, to, PKI_FAULT_NONE);
	p->client_eku = client(p->root, from, to, PKI_FAULT_WRONG_EKU);
	p->client_bad = client(p->root, from, to, PKI_FAULT_BAD_SIGNATURE);
	p->client_deep = client(p->intermediate, from, to, PKI_FAULT_NONE);
	p->client_long = client(p->long_root, Y2000 - YEAR - NOW, Y2060 - NOW, PKI_FAULT_NONE);
	p->client_wrong_key = client(p->root, from, to, PKI_FAULT_WRONG_KEY);
	p->client_big = client(p->root, from, to, PKI_FAULT_OVERSIZE);
	p->client_odd = material_make(PKI_CLIENT, ODD_CN, p->root, from, to, PKI_FAULT_NONE);
	p->crl_good = make_crl(NULL, -DAY, DAY);
	p->crl_revoked = make_crl(p->client, -DAY, DAY);
	p->crl_expired = make_crl(NULL, -2 * DAY, -DAY);
	p->crl_future = make_crl(NULL, DAY, 2 * DAY);
	return 0;
}

static int free_all(void **state)
{
	(void) state;
	free(pki.crl_good);
	free(pki.crl_revoked);
	free(pki.crl_expired);
	free(pki.crl_future);
	material_free();
	return 0;
}

/* ---- Questions ---------------------------------------------------------------------------------------------------------------- */

struct question {
	struct net_state state;
	struct auth_request request;
	int64_t device_s, radius_s;
};

struct expected {
	enum auth_outcome outcome;
	enum auth_cause cause;
	int depth;
	const char *subject;
};

static struct question good(void)
{
	return (struct question){good_state(pki.server, pki.root), good_request(pki.client, pki.root), NOW, NOW};
}

static void ask(struct opened *opened, const struct question *q, struct auth_verdict *ret_verdict)
{
	struct az_error error;

	must(opened->ops->apply(opened->net, &q->state, &error), &error, opened->ops->name);
	must(opened->ops->set_clocks(opened->net, q->device_s, q->radius_s, &error), &error, opened->ops->name);
	must(opened->ops->authenticate(opened->net, &q->request, ret_verdict, &error), &error, opened->ops->name);
}

static const struct net_ops *tested;
static bool (*tested_absent)(void);
static struct opened real, model;
static unsigned differences;

static void compare(const char *network, const char *about, const struct auth_verdict *v, const struct expected *e)
{
	if (v->outcome == e->outcome && v->cause == e->cause && v->depth == e->depth && strcmp(v->subject, e->subject) == 0)
		return;
	differences++;
	print_error("%s, on %s:\n  expected %s, %s, depth %d, '%s'\n  got      %s, %s, depth %d, '%s'\n  device: %s\n  RADIUS: %s\n",
	            about, network, auth_outcome_name(e->outcome), auth_cause_name(e->cause), e->depth, e->subject,
	            auth_outcome_name(v->outcome), auth_cause_name(v->cause), v->depth, v->subject, v->device_reason,
	            v->radius_reason);
}

static void check(const char *about, const struct question *q, struct expected e)
{
	struct auth_verdict v;

	ask(&real, q, &v);
	compare(tested->name, about, &v, &e);
	ask(&model, q, &v);
	compare("model", about, &v, &e);
}

#define NO_ONE -1, ""
#define OK ((struct expected){AUTH_OK, AUTH_CAUSE_NONE, NO_ONE})
#define SERVER_REJECTED(cause, depth, subject) ((struct expected){AUTH_SERVER_REJECTED, cause, depth, subject})
#define CLIENT_REJECTED(cause) ((struct expected){AUTH_CLIENT_REJECTED, cause, NO_ONE})
#define PLAIN(outcome) ((struct expected){outcome, AUTH_CAUSE_NONE, NO_ONE})

/* A group of cases: both networks stay open for all of them. */
static int open_both(void **state)
{
	(void) state;
	differences = 0;
	if (tested_absent())
		return 0;
	opened_open(&real, tested);
	opened_open(&model, &net_model_ops);
	return 0;
}

static int close_both(void **state)
{
	(void) state;
	if (tested_absent())
		return 0;
	opened_close(&real);
	opened_close(&model);
	return 0;
}

#define BEGIN()                \
	(void) state;          \
	if (tested_absent())    \
	skip()

static void server_certificates(void **state)
{
	BEGIN();
	for (enum net_tls tls = NET_TLS_1_2; tls <= NET_TLS_1_3; tls++) {
		struct question q = good();
		const struct {
			const char *about;
			const struct material *server;
			struct expected expected;
		} cases[] = {
		        {"good", pki.server, OK},
		        {"server expired", pki.server_expired, SERVER_REJECTED(AUTH_CAUSE_EXPIRED, 0, "/CN=radius-expired")},
		        {"server not yet valid", pki.server_future,
		         SERVER_REJECTED(AUTH_CAUSE_NOT_YET_VALID, 0, "/CN=radius-future")},
		        {"server wrong EKU", pki.server_eku, SERVER_REJECTED(AUTH_CAUSE_WRONG_PURPOSE, 0, "/CN=radius-eku")},
		        {"server bad signature", pki.server_bad, SERVER_REJECTED(AUTH_CAUSE_BAD_SIGNATURE, 0, "/CN=radius-bad")},
		        {"server signed with SHA-1", pki.server_weak, SERVER_REJECTED(AUTH_CAUSE_OTHER, 0, "/CN=radius-weak")},
		        {"server with an intermediate", pki.server_deep, OK},
		};

		q.state.tls = tls;
		for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
			q.state.server_chain_pem = cases[i].server->chain;
			q.state.server_key_pem = cases[i].server->key;
			check(cases[i].about, &q, cases[i].expected);
		}
		q = good();
		q.state.tls = tls;
		q.request.root_ca_pem = pki_cert_pem(pki.other_root->cert);
		check("unknown CA", &q, SERVER_REJECTED(AUTH_CAUSE_UNKNOWN_CA, 0, "/CN=radius"));
		q.request.root_ca_pem = NULL;
		check("no root: server not looked at", &q, OK);
		q.request.root_ca_pem = pki_cert_pem(pki.old_root->cert);
		q.state.server_chain_pem = pki.server_old_root->chain;
		q.state.server_key_pem = pki.server_old_root->key;
		check("server's root expired", &q, SERVER_REJECTED(AUTH_CAUSE_EXPIRED, 1, "/CN=ca-old"));
	}
	assert_int_equal(differences, 0);
}

/* What is sent after the server's own certificate. */
static void chains(void **state)
{
	char *with_cross, *wrong;
	struct question q;

	BEGIN();
	q = good();
	assert_true(asprintf(&with_cross, "%s%s", pki.server_young->chain, pki_cert_pem(pki.cross->cert)) > 0);
	assert_true(asprintf(&wrong, "%s%s", pki_cert_pem(pki.server_deep->cert), pki_cert_pem(pki.cross->cert)) > 0);
	for (enum net_tls tls = NET_TLS_1_2; tls <= NET_TLS_1_3; tls++) {
		q.state.tls = tls;
		q.state.server_chain_pem = with_cross;
		q.state.server_key_pem = pki.server_young->key;
		q.request.root_ca_pem = pki_cert_pem(pki.young_root->cert);
		check("the root itself, an expired cross-signature beside it", &q, OK);
		q.request.root_ca_pem = pki_cert_pem(pki.old_root->cert);
		check("by the expired cross-signature alone", &q, SERVER_REJECTED(AUTH_CAUSE_EXPIRED, 2, "/CN=ca-old"));
		q.request.root_ca_pem = pki_cert_pem(pki.root->cert);
		q.state.server_key_pem = pki.server_deep->key;
		q.state.server_chain_pem = pki_cert_pem(pki.server_deep->cert);
		check("no intermediate", &q, SERVER_REJECTED(AUTH_CAUSE_UNKNOWN_CA, 0, "/CN=radius-deep"));
		q.state.server_chain_pem = wrong;
		check("the wrong intermediate", &q, SERVER_REJECTED(AUTH_CAUSE_UNKNOWN_CA, 0, "/CN=radius-deep"));
	}
	free(with_cross);
	free(wrong);
	assert_int_equal(differences, 0);
}

/* RADIUS's file of client certificates, looked at when TLS is done. */
static void clients_on_file(void **state)
{
	char serial[20], other[20];
	const char *const both[] = {other, serial, NULL}, *const one[] = {other, NULL}, *const none[] = {NULL};
	struct question q;

	BEGIN();
	q = good();
	(void) snprintf(serial, sizeof(serial), "%016llx", (unsigned long long)pki_serial(pki.client->cert));
	(void) snprintf(other, sizeof(other), "%016llx", (unsigned long long)pki_serial(pki.client_odd->cert));
	for (enum net_tls tls = NET_TLS_1_2; tls <= NET_TLS_1_3; tls++) {
		q.state.tls = tls;
		q.state.only_clients = both;
		check("on file", &q, OK);
		q.state.only_clients = one;
		check("not on file", &q, CLIENT_REJECTED(AUTH_CAUSE_OTHER));
		q.state.only_clients = none;
		check("nothing on file", &q, CLIENT_REJECTED(AUTH_CAUSE_OTHER));
		q.state.only_clients = NULL;
		check("no file", &q, OK);
	}
	assert_int_equal(differences, 0);
}

static void fragments(void **state)
{
	static const unsigned sizes[] = {NET_FRAGMENT_MIN, 333, NET_FRAGMENT_MAX};
	struct question q;

	BEGIN();
	q = good();
	q.request.client_cert_pem = pki.client_big->chain;
	q.request.client_key_pem = pki.client_big->key;
	q.state.server_chain_pem = pki.server_deep->chain;
	q.state.server_key_pem = pki.server_deep->key;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		q.state.fragment_size = sizes[i];
		check("fragments", &q, OK);
	}
	assert_int_equal(differences, 0);
}

static void client_certificates(void **state)
{
	BEGIN();
	for (enum net_tls tls = NET_TLS_1_2; tls <= NET_TLS_1_3; tls++) {
		struct question q = good();
		const struct {
			const char *about;
			const struct material *client;
			struct expected expected;
		} cases[] = {
		        {"client expired", pki.client_expired, CLIENT_REJECTED(AUTH_CAUSE_EXPIRED)},
		        {"client not yet valid", pki.client_future, CLIENT_REJECTED(AUTH_CAUSE_NOT_YET_VALID)},
		        {"client of an unknown CA", pki.client_other, CLIENT_REJECTED(AUTH_CAUSE_UNKNOWN_CA)},
		        {"client wrong EKU", pki.client_eku, CLIENT_REJECTED(AUTH_CAUSE_WRONG_PURPOSE)},
		        {"client bad signature", pki.client_bad, CLIENT_REJECTED(AUTH_CAUSE_BAD_SIGNATURE)},
		        {"client with an intermediate", pki.client_deep, OK},
		        {"client in many fragments", pki.client_big, OK},
		        {"client key of another", pki.client_wrong_key, PLAIN(AUTH_NO_CREDENTIALS)},
		        {"good after all that", pki.client, OK},
		};

		q.state.tls = tls;
		for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
			q.request.client_cert_pem = cases[i].client->chain;
			q.request.client_key_pem = cases[i].client->key;
			check(cases[i].about, &q, cases[i].expected);
		}
	}
	assert_int_equal(differences, 0);
}

static void identities(void **state)
{
	static const char *const known[] = {"device-0001", ODD_CN, NULL};
	static const char *const nobody[] = {NULL};
	struct question q;

	BEGIN();
	q = good();
	q.state.known_identities = known;
	check("known identity", &q, OK);
	q.request.identity = "device-0002";
	check("unknown identity", &q, PLAIN(AUTH_IDENTITY_REJECTED));
	q.request.identity = ODD_CN;
	check("identity differs from CN", &q, CLIENT_REJECTED(AUTH_CAUSE_IDENTITY));
	q.request.client_cert_pem = pki.client_odd->chain;
	q.request.client_key_pem = pki.client_odd->key;
	check("identity of odd characters", &q, OK);
	q.state.known_identities = nobody;
	check("nobody is known", &q, PLAIN(AUTH_IDENTITY_REJECTED));
	q = good();
	q.request.identity = "device-0002";
	q.state.cn_must_match = false;
	check("any identity", &q, OK);
	q.request.identity = "";
	check("empty identity", &q, PLAIN(AUTH_IDENTITY_REJECTED));
	assert_int_equal(differences, 0);
}

static void revocation(void **state)
{
	struct question q;

	BEGIN();
	q = good();
	q.state.crl_pem = pki.crl_good;
	check("not revoked", &q, OK);
	q.state.crl_pem = pki.crl_revoked;
	check("revoked", &q, CLIENT_REJECTED(AUTH_CAUSE_REVOKED));
	q.state.crl_pem = pki.crl_expired;
	check("CRL expired", &q, CLIENT_REJECTED(AUTH_CAUSE_CRL));
	q.state.crl_pem = pki.crl_future;
	check("CRL not yet valid", &q, CLIENT_REJECTED(AUTH_CAUSE_CRL));
	q.state.crl_pem = "";
	check("CRL absent", &q, CLIENT_REJECTED(AUTH_CAUSE_CRL));
	q.state.crl_pem = NULL;
	check("no CRL any more", &q, OK);
	assert_int_equal(differences, 0);
}

static void faults(void **state)
{
	struct question q;

	BEGIN();
	q = good();
	q.state.radius_up = false;
	check("RADIUS down", &q, PLAIN(AUTH_NO_ANSWER));
	check("RADIUS still down", &q, PLAIN(AUTH_NO_ANSWER));
	q.request.client_cert_pem = NULL;
	check("no client certificate, RADIUS down", &q, PLAIN(AUTH_NO_CREDENTIALS));
	q = good();
	check("RADIUS up again", &q, OK);
	q.state.radius_secret_wrong = true;
	check("wrong secret", &q, PLAIN(AUTH_NO_ANSWER));
	q.state.radius_secret_wrong = false;
	check("right secret again", &q, OK);
	q.state.bss[0].up = false;
	check("access point down", &q, PLAIN(AUTH_NO_NETWORK));
	q.state.bss[0].up = true;
	check("access point up again", &q, OK);
	q.request.ssid_length--;
	check("another SSID", &q, PLAIN(AUTH_NO_NETWORK));
	q = good();
	q.request.client_cert_pem = NULL;
	check("no client certificate", &q, PLAIN(AUTH_NO_CREDENTIALS));
	q = good();
	q.request.client_key_pem = NULL;
	check("no key", &q, PLAIN(AUTH_NO_CREDENTIALS));
	q = good();
	q.request.client_cert_pem = "rubbish";
	check("client certificate is rubbish", &q, PLAIN(AUTH_NO_CREDENTIALS));
	q.request.client_cert_pem = pki.client->chain;
	q.request.root_ca_pem = "rubbish";
	check("root is rubbish", &q, PLAIN(AUTH_NO_CREDENTIALS));
	q = good();
	check("good after all that", &q, OK);
	assert_int_equal(differences, 0);
}

static void clocks(void **state)
{
	struct question q;

	BEGIN();
	q = good();
	q.request = good_request(pki.client_long, pki.long_root);
	q.state = good_state(pki.server_long, pki.long_root);
	const struct {
		const char *about;
		int64_t device_s, radius_s;
		struct expected expected;
	} long_cases[] = {
	        {"1970", 0, 0, SERVER_REJECTED(AUTH_CAUSE_NOT_YET_VALID, 1, "/CN=ca-long")},
	        {"2000", Y2000, Y2000, OK},
	        {"2035", Y2035, Y2035, OK},
	        {"2049", Y2049, Y2049, OK},
	        {"the last second", Y2060 - 1, Y2060 - 1, OK},
	        {"a second later", Y2060, Y2060, SERVER_REJECTED(AUTH_CAUSE_EXPIRED, 1, "/CN=ca-long")},
	        {"RADIUS in 1970", Y2000, 0, CLIENT_REJECTED(AUTH_CAUSE_NOT_YET_VALID)},
	};

	for (size_t i = 0; i < ARRAY_LEN(long_cases); i++) {
		q.device_s = long_cases[i].device_s;
		q.radius_s = long_cases[i].radius_s;
		check(long_cases[i].about, &q, long_cases[i].expected);
	}
	q = good();
	q.device_s = Y2000;
	check("device without a clock", &q, SERVER_REJECTED(AUTH_CAUSE_NOT_YET_VALID, 1, "/CN=ca1"));
	q.device_s = NOW;
	q.radius_s = Y2035;
	check("RADIUS years ahead", &q, CLIENT_REJECTED(AUTH_CAUSE_EXPIRED));
	q.radius_s = NOW;
	check("both right again", &q, OK);
	assert_int_equal(differences, 0);
}

/* The clocks of the daemons run on in real time; between a setting and a question that must not show. */
static void clocks_stand_still(void **state)
{
	struct auth_verdict v;
	struct question q;
	struct az_error error;

	BEGIN();
	q = good();
	q.request = good_request(pki.client_long, pki.long_root);
	q.state = good_state(pki.server_long, pki.long_root);
	q.device_s = q.radius_s = Y2060 - 1;
	ask(&real, &q, &v);
	assert_int_equal(v.outcome, AUTH_OK);
	(void) nanosleep(&(struct timespec){.tv_sec = 1, .tv_nsec = 200000000}, NULL);
	must(tested->authenticate(real.net, &q.request, &v, &error), &error, tested->name);
	assert_int_equal(v.outcome, AUTH_OK);
}

static void unusable_server(void **state)
{
	struct question q;
	struct az_error error;

	BEGIN();
	q = good();
	q.state.server_key_pem = pki.client->key;
	assert_true(tested->apply(real.net, &q.state, &error) < 0);
	assert_non_null(strstr(error.text, "RADIUS does not start with these certificates"));
	assert_non_null(strstr(error.text, "freeradius ended by itself"));
	assert_null(strstr(error.text, "PRIVATE KEY"));
}

int questions_run(const struct net_ops *ops, bool (*absent)(void))
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(server_certificates, open_both, close_both),
	        cmocka_unit_test_setup_teardown(chains, open_both, close_both),
	        cmocka_unit_test_setup_teardown(client_certificates, open_both, close_both),
	        cmocka_unit_test_setup_teardown(clients_on_file, open_both, close_both),
	        cmocka_unit_test_setup_teardown(fragments, open_both, close_both),
	        cmocka_unit_test_setup_teardown(identities, open_both, close_both),
	        cmocka_unit_test_setup_teardown(revocation, open_both, close_both),
	        cmocka_unit_test_setup_teardown(faults, open_both, close_both),
	        cmocka_unit_test_setup_teardown(clocks, open_both, close_both),
	        cmocka_unit_test_setup_teardown(clocks_stand_still, open_both, close_both),
	        cmocka_unit_test_setup_teardown(unusable_server, open_both, close_both),
	};

	tested = ops;
	tested_absent = absent;
	return cmocka_run_group_tests(tests, make_all, free_all);
}
