/* What the model network answers, case by case, in TLS 1.2 and 1.3. The expected words are those that hostapd, FreeRADIUS
 * and wpa_supplicant were seen to use.
 */
#include "tests/net_model/world.h"

#include <errno.h>
#include <stdio.h>

#include "emu-applibs/base/base.h"

/* ---- What a case changes in a network where all is well --------------------------------------------------------------- */

typedef void change(struct net_state *state, struct auth_request *request);

static const char *const others[] = {"device-0002", NULL}, *const everyone[] = {"device-0002", IDENTITY, NULL},
                  *const nobody[] = {NULL};

static void known(struct net_state *state, struct auth_request *request)
{
	(void) request;
	state->known_identities = everyone;
}

static void unknown(struct net_state *state, struct auth_request *request)
{
	(void) request;
	state->known_identities = others;
}

static void none_known(struct net_state *state, struct auth_request *request)
{
	(void) request;
	state->known_identities = nobody;
}

static void other_identity(struct net_state *state, struct auth_request *request)
{
	(void) state;
	request->identity = "device-0002";
}

static void other_identity_allowed(struct net_state *state, struct auth_request *request)
{
	other_identity(state, request);
	state->cn_must_match = false;
}

static void no_identity(struct net_state *state, struct auth_request *request)
{
	request->identity = "";
	state->cn_must_match = false;
}

static void clean_list(struct net_state *state, struct auth_request *request)
{
	(void) request;
	state->crl_pem = world.crl_clean;
}

static void revoked(struct net_state *state, struct auth_request *request)
{
	(void) request;
	state->crl_pem = world.crl_of_client;
}

static void radius_down(struct net_state *state, struct auth_request *request)
{
	(void) request;
	state->radius_up = false;
	state->server_key_pem = "not read by a server that is down";
}

static void secret_wrong(struct net_state *state, struct auth_request *request)
{
	(void) request;
	state->radius_secret_wrong = true;
}

static void ap_down(struct net_state *state, struct auth_request *request)
{
	(void) request;
	state->bss[0].up = false;
}

static const struct net_ap other_aps[] = {
	{.ssid = "Guests", .security = AUTH_SECURITY_OPEN, .air = NET_AIR_WELL},
	{.ssid = "Lab", .security = AUTH_SECURITY_PSK, .psk = "correct horse battery", .hidden = true, .air = NET_AIR_WELL},
	{.ssid = "Gone", .security = AUTH_SECURITY_OPEN},
};

static void at_other(struct net_state *state, struct auth_request *request, const char *ssid, enum auth_security security)
{
	state->others = other_aps;
	state->other_count = ARRAY_LEN(other_aps);
	request->ssid = (const uint8_t *)ssid;
	request->ssid_length = strlen(ssid);
	request->security = security;
	request->client_cert_pem = request->client_key_pem = NULL;
}

static void other_open(struct net_state *state, struct auth_request *request)
{
	at_other(state, request, "Guests", AUTH_SECURITY_OPEN);
	state->bss[0].up = false; /* it is none of its business */
}

static void other_security(struct net_state *state, struct auth_request *request)
{
	at_other(state, request, "Guests", AUTH_SECURITY_PSK);
	request->psk = "correct horse battery";
}

static void other_gone(struct net_state *state, struct auth_request *request)
{
	at_other(state, request, "Gone", AUTH_SECURITY_OPEN);
}

static void other_unseen(struct net_state *state, struct auth_request *request)
{
	at_other(state, request, "Lab", AUTH_SECURITY_PSK);
	request->psk = "correct horse battery";
}

static void other_hidden(struct net_state *state, struct auth_request *request)
{
	other_unseen(state, request);
	request->targeted_scan = true;
}

static void other_key(struct net_state *state, struct auth_request *request)
{
	other_hidden(state, request);
	request->psk = "correct horse stable";
}

static void hidden_unseen(struct net_state *state, struct auth_request *request)
{
	(void) request;
	state->hidden = true;
}

static void hidden_asked_for(struct net_state *state, struct auth_request *request)
{
	state->hidden = true;
	request->targeted_scan = true;
}

static void ssid_shorter(struct net_state *state, struct auth_request *request)
{
	(void) state;
	request->ssid_length--;
}

static void ssid_other(struct net_state *state, struct auth_request *request)
{
	(void) request;
	state->ssid = "corpnet";
}

static void no_cert_radius_down(struct net_state *state, struct auth_request *request)
{
	radius_down(state, request);
	request->client_cert_pem = NULL;
}

static void no_key(struct net_state *state, struct auth_request *request)
{
	(void) state;
	request->client_key_pem = NULL;
}

static void cert_unreadable(struct net_state *state, struct auth_request *request)
{
	(void) state;
	request->client_cert_pem = "rubbish";
}

static void root_unreadable(struct net_state *state, struct auth_request *request)
{
	(void) state;
	request->root_ca_pem = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
}

static void cert_unreadable_radius_down(struct net_state *state, struct auth_request *request)
{
	cert_unreadable(state, request);
	radius_down(state, request);
}

static void cert_unreadable_unknown(struct net_state *state, struct auth_request *request)
{
	cert_unreadable(state, request);
	unknown(state, request);
}

static void two_roots(struct net_state *state, struct auth_request *request)
{
	static char both[16384];

	(void) request;
	(void) snprintf(both, sizeof(both), "%s%s", pki_cert_pem(world.certs[ROOT2]), pki_cert_pem(world.certs[ROOT1]));
	state->client_roots_pem = both;
}

static void intermediate_as_client_root(struct net_state *state, struct auth_request *request)
{
	(void) request;
	state->client_roots_pem = pki_cert_pem(world.certs[MIDDLE]);
}

/* ---- The cases -------------------------------------------------------------------------------------------------------- */

#define OK AUTH_OK, AUTH_CAUSE_NONE, -1, ""
#define SERVER_REFUSED(cause, depth, subject) AUTH_SERVER_REJECTED, AUTH_CAUSE_##cause, depth, subject
#define CLIENT_REFUSED(cause) AUTH_CLIENT_REJECTED, AUTH_CAUSE_##cause, -1, ""
#define PLAIN(outcome) AUTH_##outcome, AUTH_CAUSE_NONE, -1, ""
#define SILENT "EAP-Failure, with no reason given"
#define NO_METHOD "Failed to initialize EAP method"

static const struct row {
	const char *name;
	enum world_cert server, client, root;
	int device_day, radius_day; /* from NOW */
	change *change;
	enum auth_outcome outcome;
	enum auth_cause cause;
	int depth;
	const char *subject;
	const char *device_says, *radius_says; /* parts of the two reasons */
} rows[] = {
	{"all is well", SERVER, CLIENT, ROOT1, 0, 0, NULL, OK, "completed successfully", "Login OK: [" IDENTITY "]"},
	{"RSA on both sides", SERVER_RSA, CLIENT_RSA, ROOT1, 0, 0, NULL, OK, "", "Login OK"},
	{"intermediates on both sides", SERVER_DEEP, CLIENT_DEEP, ROOT1, 0, 0, NULL, OK, "", "Login OK"},
	{"many fragments", SERVER, CLIENT_BIG, ROOT1, 0, 0, NULL, OK, "", "Login OK"},
	{"the client's root beside another", SERVER, CLIENT, ROOT1, 0, 0, two_roots, OK, "", "Login OK"},

	{"server expired", SERVER, CLIENT, ROOT1, 366, 0, NULL, SERVER_REFUSED(EXPIRED, 0, "/CN=radius1"),
	 "certificate has expired (local TLS alert: certificate expired)", "Alert read:fatal:certificate expired"},
	{"server not yet valid", SERVER, CLIENT, ROOT1, -31, 0, NULL, SERVER_REFUSED(NOT_YET_VALID, 0, "/CN=radius1"),
	 "certificate is not yet valid (local TLS alert: bad certificate)", "Alert read:fatal:bad certificate"},
	{"server's root expired", SERVER_SHORT_ROOT, CLIENT, ROOT_SHORT, 101, 0, NULL, SERVER_REFUSED(EXPIRED, 1, "/CN=ca-short"),
	 "certificate expired", "certificate expired"},
	{"server's intermediate expired", SERVER_DEEP, CLIENT, ROOT1, 301, 0, NULL, SERVER_REFUSED(EXPIRED, 1, "/CN=sub1"),
	 "certificate expired", "certificate expired"},
	{"device's clock at 2000", SERVER, CLIENT, ROOT1, -9497, 0, NULL, SERVER_REFUSED(NOT_YET_VALID, 1, "/CN=ca1"),
	 "not yet valid", "bad certificate"},
	{"server of an unknown CA", SERVER, CLIENT, ROOT2, 0, 0, NULL, SERVER_REFUSED(UNKNOWN_CA, 0, "/CN=radius1"),
	 "unable to get local issuer certificate (local TLS alert: unknown CA)", "Alert read:fatal:unknown CA"},
	{"an intermediate is no root to the device", SERVER_DEEP, CLIENT, MIDDLE, 0, 0, NULL, SERVER_REFUSED(UNKNOWN_CA, 1, "/CN=sub1"),
	 "unable to get issuer certificate", "Alert read:fatal:unknown CA"},
	{"but it is one to RADIUS", SERVER, CLIENT_DEEP, ROOT1, 0, 0, intermediate_as_client_root, OK, "", "Login OK"},
	{"no root: server not looked at", SERVER, CLIENT, NO_CERT, 366, 0, NULL, OK, "", "Login OK"},
	{"server without server EKU", SERVER_EKU, CLIENT, ROOT1, 0, 0, NULL, SERVER_REFUSED(WRONG_PURPOSE, 0, "/CN=radius-e"),
	 "certificate purpose (local TLS alert: unsupported certificate)", "Alert read:fatal:unsupported certificate"},
	{"server's signature bad", SERVER_BAD, CLIENT, ROOT1, 0, 0, NULL, SERVER_REFUSED(BAD_SIGNATURE, 0, "/CN=radius-b"),
	 "certificate signature failure", "Alert read:fatal:"},

	{"client expired", SERVER, CLIENT, ROOT1, 0, 201, NULL, CLIENT_REFUSED(EXPIRED), SILENT,
	 "says error 10 : certificate has expired; (TLS) Alert write:fatal:certificate expired"},
	{"client not yet valid", SERVER, CLIENT, ROOT1, 0, -21, NULL, CLIENT_REFUSED(NOT_YET_VALID), SILENT,
	 "says error 9 : certificate is not yet valid; (TLS) Alert write:fatal:bad certificate"},
	{"only RADIUS's clock counts for the client", SERVER, CLIENT, ROOT1, 201, 0, NULL, OK, "", "Login OK"},
	{"only the device's clock counts for the server", SERVER, CLIENT_LONG, ROOT1, 0, 366, NULL, OK, "", "Login OK"},
	{"both expired: the device looks first", SERVER, CLIENT, ROOT1, 366, 366, NULL, SERVER_REFUSED(EXPIRED, 0, "/CN=radius1"),
	 "certificate expired", "Alert read"},
	{"client of an unknown CA", SERVER, CLIENT_STRANGE, ROOT1, 0, 0, NULL, CLIENT_REFUSED(UNKNOWN_CA), SILENT,
	 "says error 20 : unable to get local issuer certificate; (TLS) Alert write:fatal:unknown CA"},
	{"client without client EKU", SERVER, CLIENT_EKU, ROOT1, 0, 0, NULL, CLIENT_REFUSED(WRONG_PURPOSE), SILENT,
	 "certificate purpose"},
	{"client's signature bad", SERVER, CLIENT_BAD, ROOT1, 0, 0, NULL, CLIENT_REFUSED(BAD_SIGNATURE), SILENT, "says error 7 "},

	{"client not on the list", SERVER, CLIENT, ROOT1, 0, 0, clean_list, OK, "", "Login OK"},
	{"client revoked", SERVER, CLIENT, ROOT1, 0, 0, revoked, CLIENT_REFUSED(REVOKED), SILENT,
	 "says error 23 : certificate revoked; (TLS) Alert write:fatal:certificate revoked"},
	{"another of the same root revoked", SERVER, CLIENT_LONG, ROOT1, 0, 0, revoked, OK, "", "Login OK"},
	{"list expired", SERVER, CLIENT, ROOT1, 0, 51, clean_list, CLIENT_REFUSED(CRL), SILENT, "CRL has expired"},
	{"list not yet valid", SERVER, CLIENT, ROOT1, 0, -11, clean_list, CLIENT_REFUSED(CRL), SILENT, "CRL is not yet valid"},
	{"no list of the client's CA", SERVER, CLIENT_DEEP, ROOT1, 0, 0, clean_list, CLIENT_REFUSED(CRL), SILENT,
	 "unable to get certificate CRL"},

	{"identity known", SERVER, CLIENT, ROOT1, 0, 0, known, OK, "", "Login OK"},
	{"identity unknown", SERVER, CLIENT, ROOT1, 0, 0, unknown, PLAIN(IDENTITY_REJECTED), "before TLS",
	 "Login incorrect: [" IDENTITY "]"},
	{"no identity known", SERVER, CLIENT, ROOT1, 0, 0, none_known, PLAIN(IDENTITY_REJECTED), "before TLS", "Login incorrect"},
	{"identity empty", SERVER, CLIENT, ROOT1, 0, 0, no_identity, PLAIN(IDENTITY_REJECTED), "no answer", "Login incorrect"},
	{"identity is not the CN", SERVER, CLIENT, ROOT1, 0, 0, other_identity, CLIENT_REFUSED(IDENTITY), SILENT,
	 "Certificate CN (" IDENTITY ") does not match specified value (device-0002)!; (TLS) Alert write:fatal:internal error"},
	{"identity is not the CN, which is allowed", SERVER, CLIENT, ROOT1, 0, 0, other_identity_allowed, OK, "",
	 "Login OK: [device-0002]"},

	{"RADIUS down", SERVER, CLIENT, ROOT1, 0, 0, radius_down, PLAIN(NO_ANSWER), "no answer", ""},
	{"RADIUS's secret wrong", SERVER, CLIENT, ROOT1, 0, 0, secret_wrong, PLAIN(NO_ANSWER), "no answer", "shared secret"},
	{"open access point", SERVER, CLIENT, ROOT1, 0, 0, other_open, PLAIN(OK), "associated", ""},
	{"security type mismatch", SERVER, CLIENT, ROOT1, 0, 0, other_security, PLAIN(NO_NETWORK), "SSID", ""},
	{"other access point down", SERVER, CLIENT, ROOT1, 0, 0, other_gone, PLAIN(NO_NETWORK), "SSID", ""},
	{"hidden, not asked for", SERVER, CLIENT, ROOT1, 0, 0, other_unseen, PLAIN(NO_NETWORK), "SSID", ""},
	{"hidden, shared key", SERVER, CLIENT, ROOT1, 0, 0, other_hidden, PLAIN(OK), "associated", ""},
	{"wrong shared key", SERVER, CLIENT, ROOT1, 0, 0, other_key, PLAIN(WRONG_KEY), "pre-shared key", ""},
	{"RADIUS's hidden, not asked for", SERVER, CLIENT, ROOT1, 0, 0, hidden_unseen, PLAIN(NO_NETWORK), "SSID", ""},
	{"RADIUS's hidden, asked for", SERVER, CLIENT, ROOT1, 0, 0, hidden_asked_for, OK, "successfully", "Login OK"},
	{"access point down", SERVER, CLIENT, ROOT1, 0, 0, ap_down, PLAIN(NO_NETWORK), "SSID", ""},
	{"SSID shorter", SERVER, CLIENT, ROOT1, 0, 0, ssid_shorter, PLAIN(NO_NETWORK), "SSID", ""},
	{"SSID in other letters", SERVER, CLIENT, ROOT1, 0, 0, ssid_other, PLAIN(NO_NETWORK), "SSID", ""},
	{"no client certificate", SERVER, NO_CERT, ROOT1, 0, 0, NULL, PLAIN(NO_CREDENTIALS), "is not there", ""},
	{"no client certificate, RADIUS down", SERVER, CLIENT, ROOT1, 0, 0, no_cert_radius_down, PLAIN(NO_CREDENTIALS),
	 "is not there", ""},
	{"no key", SERVER, CLIENT, ROOT1, 0, 0, no_key, PLAIN(NO_CREDENTIALS), "is not there", ""},
	{"key of another certificate", SERVER, CLIENT_TORN, ROOT1, 0, 0, NULL, PLAIN(NO_CREDENTIALS), NO_METHOD, ""},
	{"client certificate unreadable", SERVER, CLIENT, ROOT1, 0, 0, cert_unreadable, PLAIN(NO_CREDENTIALS), NO_METHOD, ""},
	{"root unreadable", SERVER, CLIENT, ROOT1, 0, 0, root_unreadable, PLAIN(NO_CREDENTIALS), NO_METHOD, ""},
	{"unreadable, RADIUS down: it is not come to that", SERVER, CLIENT, ROOT1, 0, 0, cert_unreadable_radius_down,
	 PLAIN(NO_ANSWER), "no answer", ""},
	{"unreadable, identity unknown: it is not come to that", SERVER, CLIENT, ROOT1, 0, 0, cert_unreadable_unknown,
	 PLAIN(IDENTITY_REJECTED), "before TLS", "Login incorrect"},
};

static bool as_expected(const struct row *row, const struct auth_verdict *v)
{
	return v->outcome == row->outcome && v->cause == row->cause && v->depth == row->depth &&
	       strcmp(v->subject, row->subject) == 0 && strstr(v->device_reason, row->device_says) &&
	       strstr(v->radius_reason, row->radius_says) && (*row->radius_says || !*v->radius_reason);
}

static unsigned play_all(enum net_tls tls)
{
	struct net *net = world_open();
	unsigned wrong = 0;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct row *row = &rows[i];
		struct net_state state = world_state(row->server);
		struct auth_request request = world_request(row->client, row->root);
		struct auth_verdict v;

		state.tls = tls;
		if (row->change)
			row->change(&state, &request);
		world_apply(net, &state);
		world_clocks(net, NOW + row->device_day * DAY, NOW + row->radius_day * DAY);
		v = world_ask(net, &request);
		if (as_expected(row, &v))
			continue;
		wrong++;
		print_error("%s: %s, %s, depth %d, '%s'\n  device: %s\n  RADIUS: %s\n", row->name, auth_outcome_name(v.outcome),
		            auth_cause_name(v.cause), v.depth, v.subject, v.device_reason, v.radius_reason);
	}
	net_model_ops.close(net);
	return wrong;
}

static void verdicts_in_tls_1_2(void **state)
{
	(void) state;
	assert_int_equal(play_all(NET_TLS_1_2), 0);
}

static void verdicts_in_tls_1_3(void **state)
{
	(void) state;
	assert_int_equal(play_all(NET_TLS_1_3), 0);
}

/* ---- States that cannot be ---------------------------------------------------------------------------------------------- */

static void refused_state(struct net *net, const struct net_state *state, const char *because)
{
	const struct auth_request request = world_request(CLIENT, ROOT1);
	struct auth_verdict verdict;
	struct az_error error = {.text = ""};

	assert_int_equal(net_model_ops.apply(net, state, &error), -EINVAL);
	assert_int_equal(error.status, AZ_USAGE);
	if (!strstr(error.text, because))
		fail_msg("\"%s\" does not say \"%s\"", error.text, because);
	assert_int_equal(net_model_ops.authenticate(net, &request, &verdict, &error), -EINVAL);
}

static void state_that_radius_cannot_start_with_is_an_error_that_says_why(void **unused)
{
	struct net *net = world_open();
	struct net_state state = world_state(SERVER_TORN);

	(void) unused;
	refused_state(net, &state, "key does not belong");
	state = world_state(SERVER);
	world_apply(net, &state);
	state.server_chain_pem = "rubbish";
	refused_state(net, &state, "RADIUS server's certificate cannot be read");
	state = world_state(SERVER);
	state.server_key_pem = "";
	refused_state(net, &state, "private key");
	state = world_state(SERVER);
	state.client_roots_pem = "";
	refused_state(net, &state, "roots for clients");
	state = world_state(SERVER);
	state.crl_pem = "rubbish";
	refused_state(net, &state, "revocation list");
	state = world_state(SERVER);
	world_apply(net, &state);
	net_model_ops.close(net);
	net_model_ops.close(NULL);
}

/* ---- Text from outside -------------------------------------------------------------------------------------------------- */

static void identity_of_any_bytes_stays_one_line(void **unused)
{
	struct net *net = world_open();
	struct net_state state = world_state(SERVER);
	struct auth_request request = world_request(CLIENT, ROOT1);
	char identity[1200];
	struct auth_verdict v;

	(void) unused;
	state.cn_must_match = false;
	world_apply(net, &state);
	world_clocks(net, NOW, NOW);
	request.identity = "a\nb\xff%n";
	v = world_ask(net, &request);
	assert_int_equal(v.outcome, AUTH_OK);
	assert_string_equal(v.radius_reason, "Login OK: [a b?%n]");
	/* One EAP packet of 1024 bytes carries 1019 of identity. */
	memset(identity, 'x', sizeof(identity));
	identity[1019] = '\0';
	request.identity = identity;
	assert_int_equal(world_ask(net, &request).outcome, AUTH_OK);
	identity[1019] = 'x';
	identity[1020] = '\0';
	assert_int_equal(world_ask(net, &request).outcome, AUTH_IDENTITY_REJECTED);
	net_model_ops.close(net);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts_in_tls_1_2),
		cmocka_unit_test(verdicts_in_tls_1_3),
		cmocka_unit_test(state_that_radius_cannot_start_with_is_an_error_that_says_why),
		cmocka_unit_test(identity_of_any_bytes_stays_one_line),
	};

	return cmocka_run_group_tests(tests, world_make, world_free);
}
