/* What needs no daemons: messages between azsim and the helper, templates, and the reading of events and logs.
 */
#define _GNU_SOURCE
#include "tests/net_wired/support.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>

#include "emu-applibs/base/base.h"
#include "sim/net/testnet/testnet.h"
#include "sim/net/testnetd/conf.h"
#include "sim/net/testnetd/scan.h"
#include "sim/net/testnetd/verdict.h"
#include "sim/net/wired/wired.h"

static uint8_t buffer[TESTNET_MAX_PAYLOAD];

/* ---- Messages ------------------------------------------------------------------------------------------------------------------ */

static void states_travel(void **state)
{
	static const char *const known[] = {"a", "b\x01\xff", NULL};
	static const char *const serials[] = {"4012", NULL};
	struct net_state in = {.ssid = "CorpNet", .server_chain_pem = "chain", .server_key_pem = "key", .client_roots_pem = "roots",
	                       .crl_pem = "crl", .known_identities = known, .only_clients = serials, .fragment_size = 200, .cn_must_match = true, .tls = NET_TLS_1_3,
	                       .radius_up = true, .radius_secret_wrong = true, NET_ONE_BSS};
	static const struct net_ap others[] = {{.ssid = "Lab", .security = AUTH_SECURITY_PSK, .psk = "secret key", .hidden = true, .air = {.up = true, .signal_dbm = -70}},
	                                       {.ssid = "Guests", .security = AUTH_SECURITY_OPEN, .air = {.in_range = true, .signal_dbm = NET_SIGNAL_MIN, .loss_percent = 100}}};
	struct net_state out;
	struct wire_writer w;

	in.hidden = in.pmksa_caching = true;
	in.bss[1] = (struct net_air){.in_range = true, .signal_dbm = NET_SIGNAL_MAX};
	in.bss_count = 2;
	in.others = others;
	in.other_count = ARRAY_LEN(others);
	struct wire_reader r;

	(void) state;
	wire_writer_init(&w, buffer, sizeof(buffer));
	testnet_put_state(&w, &in);
	assert_false(w.failed);
	wire_reader_init(&r, buffer, w.length);
	assert_int_equal(testnet_get_state(&r, &out), 0);
	assert_string_equal(out.ssid, "CorpNet");
	assert_string_equal(out.server_chain_pem, "chain");
	assert_string_equal(out.server_key_pem, "key");
	assert_string_equal(out.client_roots_pem, "roots");
	assert_string_equal(out.crl_pem, "crl");
	assert_string_equal(out.known_identities[1], known[1]);
	assert_null(out.known_identities[2]);
	assert_string_equal(out.only_clients[0], "4012");
	assert_null(out.only_clients[1]);
	assert_int_equal(out.fragment_size, 200);
	assert_true(out.cn_must_match && out.radius_up && out.radius_secret_wrong && out.bss[0].up && out.tls == NET_TLS_1_3);
	assert_true(out.hidden && out.pmksa_caching && out.other_count == 2 && out.others[0].hidden && out.others[0].air.up && !out.others[1].air.up);
	assert_true(out.bss_count == 2 && out.bss[0].in_range && out.bss[0].signal_dbm == NET_SIGNAL_DEFAULT && !out.bss[1].up &&
	            out.bss[1].in_range && out.bss[1].signal_dbm == NET_SIGNAL_MAX);
	assert_true(!out.others[0].air.in_range && out.others[0].air.signal_dbm == -70 && out.others[1].air.in_range && out.others[1].air.signal_dbm == NET_SIGNAL_MIN);
	assert_true(out.bss[0].loss_percent == 0 && out.others[1].air.loss_percent == 100);
	assert_string_equal(out.others[0].psk, "secret key");
	assert_string_equal(out.others[1].ssid, "Guests");
	assert_true(out.others[0].security == AUTH_SECURITY_PSK && out.others[1].security == AUTH_SECURITY_OPEN && out.others[1].psk == NULL);
	testnet_state_clear(&out);
	/* Cut anywhere, or with a byte too many, it is refused and nothing is kept. */
	for (size_t length = 0; length < w.length; length++) {
		wire_reader_init(&r, buffer, length);
		assert_int_equal(testnet_get_state(&r, &out), -EBADMSG);
	}
	wire_reader_init(&r, buffer, w.length + 1);
	assert_int_equal(testnet_get_state(&r, &out), -EBADMSG);
}

static void requests_and_verdicts_travel(void **state)
{
	struct auth_request in = {.ssid = (const uint8_t *) "a\0b", .ssid_length = 3, .security = AUTH_SECURITY_PSK, .targeted_scan = true,
	                          .bssid = (const uint8_t *) "\002\0\0\0\006", .psk = "secret key", .identity = "me", .client_cert_pem = "cert",
	                          .client_key_pem = "key"};
	struct auth_verdict told = {.outcome = AUTH_SERVER_REJECTED, .cause = AUTH_CAUSE_CRL, .depth = 2, .subject = "/CN=x", .bssid = {2, 0, 0, 0, 7, 0},
	                            .device_reason = "d", .radius_reason = "r"};
	struct auth_verdict heard;
	struct auth_request out;
	struct wire_writer w;
	struct wire_reader r;

	(void) state;
	wire_writer_init(&w, buffer, sizeof(buffer));
	testnet_put_request(&w, &in);
	wire_reader_init(&r, buffer, w.length);
	assert_int_equal(testnet_get_request(&r, &out), 0);
	assert_int_equal(out.ssid_length, 3);
	assert_memory_equal(out.ssid, "a\0b", 3);
	assert_true(out.security == AUTH_SECURITY_PSK && out.targeted_scan);
	assert_memory_equal(out.bssid, in.bssid, AUTH_BSSID_LENGTH);
	assert_string_equal(out.psk, "secret key");
	assert_string_equal(out.identity, "me");
	assert_null(out.root_ca_pem);
	assert_string_equal(out.client_cert_pem, "cert");
	assert_string_equal(out.client_key_pem, "key");
	testnet_request_clear(&out);
	for (size_t length = 0; length < w.length; length++) {
		wire_reader_init(&r, buffer, length);
		assert_int_equal(testnet_get_request(&r, &out), -EBADMSG);
	}
	wire_writer_init(&w, buffer, sizeof(buffer));
	testnet_put_verdict(&w, &told);
	wire_reader_init(&r, buffer, w.length);
	assert_int_equal(testnet_get_verdict(&r, &heard), 0);
	assert_int_equal(heard.cause, AUTH_CAUSE_CRL);
	assert_int_equal(heard.depth, 2);
	assert_string_equal(heard.subject, "/CN=x");
	assert_memory_equal(heard.bssid, told.bssid, AUTH_BSSID_LENGTH);
	buffer[1] = 200; /* no such cause */
	wire_reader_init(&r, buffer, w.length);
	assert_int_equal(testnet_get_verdict(&r, &heard), -EBADMSG);
}

static void packets_are_checked(void **state)
{
	static struct testnet_message out, in;
	int fds[2];

	(void) state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
	out.header.op = TESTNET_STATUS;
	assert_int_equal(testnet_send(fds[0], &out, TESTNET_MAX_PAYLOAD), 0); /* the largest fits a socket */
	assert_int_equal(testnet_receive(fds[1], &in, 1000), 0);
	assert_int_equal(in.header.length, TESTNET_MAX_PAYLOAD);
	assert_int_equal(testnet_send(fds[0], &out, TESTNET_MAX_PAYLOAD + 1), -EMSGSIZE);
	assert_int_equal(testnet_receive(fds[1], &in, 1), -ETIMEDOUT);
	out.header.length = 4; /* says four, brings none */
	assert_int_equal(send(fds[0], &out, sizeof(out.header), 0), sizeof(out.header));
	assert_int_equal(testnet_receive(fds[1], &in, 1000), -EBADMSG);
	assert_int_equal(send(fds[0], &out, 3, 0), 3);
	assert_int_equal(testnet_receive(fds[1], &in, 1000), -EBADMSG);
	(void) close(fds[0]);
	assert_int_equal(testnet_receive(fds[1], &in, 1000), -EPIPE);
	(void) close(fds[1]);
}

static void joins_travel(void **state)
{
	static const struct join_network networks[] = {
	        {.serial = 7, .handed = 3, .enabled = true, .held = true, .root_id = "Root", .client_id = "", .root_missing = true,
	         .request = {.ssid = (const uint8_t *) "A\0B", .ssid_length = 3, .identity = "me", .client_cert_pem = "c", .client_key_pem = "k"}},
	        {.serial = UINT64_MAX, .preferred = true, .root_id = "", .client_id = "C",
	         .request = {.ssid = (const uint8_t *) "Lab", .ssid_length = 3, .security = AUTH_SECURITY_PSK, .psk = "secret key", .identity = ""}},
	};
	struct join_request in = {.life = 5, .now_ns = 1500000000, .random = INT32_MAX, .again = 7, .keys_ended = 5, .networks = networks, .count = 2}, out;
	struct wire_writer w;
	struct wire_reader r;

	(void) state;
	wire_writer_init(&w, buffer, sizeof(buffer));
	testnet_put_join(&w, &in);
	wire_reader_init(&r, buffer, w.length);
	assert_int_equal(testnet_get_join(&r, &out), 0);
	assert_true(out.life == 5 && out.now_ns == 1500000000 && out.random == INT32_MAX && out.again == 7 && out.keys_ended == 5 && out.count == 2);
	assert_true(out.networks[0].enabled && out.networks[0].held && out.networks[0].root_missing && !out.networks[0].preferred);
	assert_true(out.networks[0].serial == 7 && out.networks[0].handed == 3 && out.networks[1].serial == UINT64_MAX);
	assert_string_equal(out.networks[0].root_id, "Root");
	assert_memory_equal(out.networks[0].request.ssid, "A\0B", 3);
	assert_null(out.networks[0].request.root_ca_pem);
	assert_string_equal(out.networks[1].request.psk, "secret key");
	testnet_join_clear(&out);
	/* Not a byte may be missing, or too many. */
	for (size_t length = 0; length < w.length; length++) {
		wire_reader_init(&r, buffer, length);
		assert_int_equal(testnet_get_join(&r, &out), -EBADMSG);
	}
	wire_reader_init(&r, buffer, w.length + 1);
	assert_int_equal(testnet_get_join(&r, &out), -EBADMSG);
	in.random = UINT32_MAX;
	wire_writer_init(&w, buffer, sizeof(buffer));
	testnet_put_join(&w, &in);
	wire_reader_init(&r, buffer, w.length);
	assert_int_equal(testnet_get_join(&r, &out), -EBADMSG);
}

static void what_came_of_it_travels(void **state)
{
	static const struct join_row rows[] = {{.ssid = "Lab", .ssid_length = 3, .security = AUTH_SECURITY_PSK, .bssid = {2, 0, 0, 0, 5, 0},
	                                        .frequency_mhz = 2412, .rssi_dbm = -71}};
	struct join_result in = {.kind = JOIN_SET_ASIDE, .serial = 9, .aside_s = 4000, .fates = {JOIN_FATE_SET_ASIDE, JOIN_FATE_WRONG_SECURITY}}, out;
	struct join_row got[1];
	struct wire_writer w;
	struct wire_reader r;

	(void) state;
	in.verdict.depth = -1;
	wire_writer_init(&w, buffer, sizeof(buffer));
	testnet_put_joined(&w, &in, 2);
	wire_reader_init(&r, buffer, w.length);
	assert_int_equal(testnet_get_joined(&r, 2, &out), 0);
	assert_true(out.kind == JOIN_SET_ASIDE && out.serial == 9 && out.aside_s == 4000 && !out.cached);
	assert_true(out.fates[0] == JOIN_FATE_SET_ASIDE && out.fates[1] == JOIN_FATE_WRONG_SECURITY);
	wire_reader_init(&r, buffer, w.length);
	assert_int_equal(testnet_get_joined(&r, 3, &out), -EBADMSG); /* of another number of networks */
	buffer[0] = 7;
	wire_reader_init(&r, buffer, w.length);
	assert_int_equal(testnet_get_joined(&r, 2, &out), -EBADMSG);

	wire_writer_init(&w, buffer, sizeof(buffer));
	testnet_put_rows(&w, rows, 1);
	wire_reader_init(&r, buffer, w.length);
	assert_int_equal(testnet_get_rows(&r, got, 1), 1);
	assert_memory_equal(got[0].bssid, rows[0].bssid, 6);
	assert_true(got[0].ssid_length == 3 && got[0].security == AUTH_SECURITY_PSK && got[0].frequency_mhz == 2412 && got[0].rssi_dbm == -71);
	wire_reader_init(&r, buffer, w.length);
	assert_int_equal(testnet_get_rows(&r, got, 0), -EBADMSG);
}

/* ---- Templates ----------------------------------------------------------------------------------------------------------------- */

static void templates_are_filled(void **state)
{
	static char hostile[] = "\" } reject { %{exec:x}\n";
	const struct conf_var vars[] = {{"A", "one"}, {"LONG_NAME", "@A@"}};
	char *identities[] = {hostile};
	cleanup_free char *text = NULL, *check = NULL, *none = NULL;

	(void) state;
	assert_int_equal(conf_expand("x@A@ @LONG_NAME@ a@b.c @", vars, ARRAY_LEN(vars), &text), 0);
	assert_string_equal(text, "xone @A@ a@b.c @"); /* a value is not looked at again */
	assert_int_equal(conf_expand("@MISSING@", vars, ARRAY_LEN(vars), &none), -EINVAL);
	assert_int_equal(conf_known_identities(identities, 1, &check), 0);
	assert_non_null(strstr(check, "case \"22207d2072656a656374207b20257b657865633a787d0a\""));
	assert_null(strstr(check, "exec"));
}

/* ---- Events and logs ----------------------------------------------------------------------------------------------------------- */

static void events_are_read(void **state)
{
	struct attempt a;

	(void) state;
	attempt_reset(&a);
	attempt_event(&a, "CTRL-EVENT-EAP-METHOD EAP vendor 0 method 13 (TLS) selected");
	/* A certificate may call itself anything, also what an event looks like. */
	attempt_event(&a, "CTRL-EVENT-EAP-TLS-CERT-ERROR reason=4 depth=2 subject='/CN=it's' err='x' depth=7' err='certificate has expired'");
	attempt_event(&a, "CTRL-EVENT-EAP-STATUS status='local TLS alert' parameter='certificate expired'");
	assert_false(attempt_ended(&a));
	attempt_event(&a, "CTRL-EVENT-EAP-FAILURE EAP authentication failed");
	assert_true(attempt_ended(&a));
	assert_int_equal(a.cert_depth, 2);
	assert_string_equal(a.cert_subject, "/CN=it's' err='x' depth=7");

	struct auth_verdict v;

	verdict_of_attempt(&a, "x : ERROR: (5) eap_tls: ERROR: (TLS) Alert read:fatal:certificate expired\nx : Auth: (5) Login incorrect\n",
	                   "me", &v);
	assert_int_equal(v.outcome, AUTH_SERVER_REJECTED);
	assert_int_equal(v.depth, 2);
	assert_string_equal(v.radius_reason, "(TLS) Alert read:fatal:certificate expired");
}

static void setting_aside_is_read(void **state)
{
	struct attempt a;

	(void) state;
	attempt_reset(&a);
	assert_int_equal(a.id, -1);
	/* A network's name may be any words. */
	attempt_event(&a, "CTRL-EVENT-SSID-TEMP-DISABLED id=3 ssid=\"x duration=9 reason=WRONG_KEY\" auth_failures=2 duration=27 reason=AUTH_FAILED");
	assert_true(a.aside && !a.wrong_key);
	assert_int_equal(a.id, 3);
	assert_int_equal(a.aside_s, 27);
	attempt_event(&a, "CTRL-EVENT-SSID-TEMP-DISABLED id=3 ssid=\"x\" auth_failures=3 duration=31 reason=WRONG_KEY");
	assert_true(a.wrong_key);
	assert_int_equal(a.aside_s, 31);
	attempt_event(&a, "CTRL-EVENT-CONNECTED - Connection to 02:00:00:00:00:00 completed [id=12 id_str=]");
	assert_true(a.connected);
	assert_int_equal(a.id, 12);
}

static void scans_are_read(void **state)
{
	static const char text[] = "bssid / frequency / signal level / flags / ssid\n"
	                           "02:00:00:00:01:00\t2412\t-30\t[WPA2-EAP-CCMP][ESS]\tCorp\\x00 \\\"Net\\\\\n"
	                           "02:00:00:00:02:00\t2412\t-71\t[WPA2-PSK-CCMP][ESS]\t\\x00\\x00\n"
	                           "02:00:00:00:03:00\t2412\t-80\t[WEP][ESS]\tOld\n"
	                           "02:00:00:00:04:00\t2412\t-80\t[ESS]\tname of more than thirty-two bytes..\n"
	                           "no address       \t2412\t-80\t[ESS]\tNone\n"
	                           "02:00:00:00:05:00\t2412\t-90\t[ESS]\tGuests";
	struct join_row rows[8];
	char value[8];

	(void) state;
	assert_int_equal(scan_rows(text, rows, ARRAY_LEN(rows)), 3);
	assert_int_equal(rows[0].ssid_length, 11);
	assert_memory_equal(rows[0].ssid, "Corp\0 \"Net\\", 11);
	assert_true(rows[0].security == AUTH_SECURITY_EAP_TLS && rows[0].rssi_dbm == -30 && rows[0].frequency_mhz == 2412 && rows[0].bssid[4] == 1);
	assert_true(rows[1].security == AUTH_SECURITY_PSK && rows[1].ssid_length == 0); /* hidden */
	assert_true(rows[2].security == AUTH_SECURITY_OPEN && rows[2].bssid[4] == 5);
	assert_int_equal(scan_rows(text, rows, 1), 1);
	assert_true(scan_value("a=1\nstate=UP\nxstate=DOWN", "state", value, sizeof(value)));
	assert_string_equal(value, "UP");
	assert_false(scan_value("a=1\nstate=LONGER-THAN", "state", value, sizeof(value)));
	assert_false(scan_value("xstate=UP", "state", value, sizeof(value)));
}

static void the_log_of_radius_has_a_date(void **state)
{
	int64_t at_s = 0;

	(void) state;
	assert_true(radius_log_date("Fri May  8 23:59:59 2026 : ERROR: (5) eap_tls: x\n"
	                            "Sat May  9 00:00:01 2026 : Auth: (5) Login OK: [me] (from client access_point)\n", &at_s));
	assert_int_equal(at_s, 1778284801);
	assert_true(radius_log_date("Fri Jan  1 00:00:00 2100 : Auth: (5) Login incorrect (x): [me]\n", &at_s));
	assert_int_equal(at_s, INT64_C(4102444800));
	assert_false(radius_log_date("Sat May  9 00:00:01 2026 : Info: Ready\n", &at_s));
	assert_false(radius_log_date("Auth: (5) Login OK: [me]\n", &at_s));
	assert_false(radius_log_date("Sat May  9 00:00:01 2026 Login OK\n", &at_s));
}

static void refusals_are_explained(void **state)
{
	struct az_error error;

	(void) state;
	wired_explain(NS_STEP_VETH, -EOPNOTSUPP, &error);
	assert_int_equal(error.status, AZ_ENVIRONMENT);
	assert_non_null(strstr(error.text, "sudo modprobe veth"));
	wired_explain(NS_STEP_UNSHARE, -EPERM, &error);
	assert_non_null(strstr(error.text, "Operation not permitted\n"));
	assert_non_null(strstr(error.text, "model network"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(states_travel),        cmocka_unit_test(requests_and_verdicts_travel),
	        cmocka_unit_test(packets_are_checked),  cmocka_unit_test(templates_are_filled),
	        cmocka_unit_test(events_are_read),      cmocka_unit_test(refusals_are_explained),
	        cmocka_unit_test(joins_travel),         cmocka_unit_test(what_came_of_it_travels),
	        cmocka_unit_test(setting_aside_is_read), cmocka_unit_test(scans_are_read),
	        cmocka_unit_test(the_log_of_radius_has_a_date),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
