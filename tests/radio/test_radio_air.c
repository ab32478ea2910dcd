/* What goes over the air of the radio network: verdicts, levels, and the device's TCP. Certificates, identities and clocks in every way are in
 * test_radio_questions.
 */
#define _GNU_SOURCE
#include "tests/radio/support.h"

#include <errno.h>
#include <stdio.h>

#include "emu-applibs/base/base.h"

static struct material *root, *other_root, *server, *client, *client_expired;

static int make_all(void **state)
{
	(void) state;
	root = material_make(PKI_ROOT, "ca1", NULL, -YEAR, YEAR, PKI_FAULT_NONE);
	other_root = material_make(PKI_ROOT, "ca2", NULL, -YEAR, YEAR, PKI_FAULT_NONE);
	server = material_make(PKI_SERVER, "radius", root, -YEAR, YEAR, PKI_FAULT_NONE);
	client = material_make(PKI_CLIENT, "device-0001", root, -YEAR, YEAR, PKI_FAULT_NONE);
	client_expired = material_make(PKI_CLIENT, "device-0001", root, -YEAR, -1, PKI_FAULT_NONE);
	return 0;
}

static int free_all(void **state)
{
	(void) state;
	material_free();
	return 0;
}

/* ---- Verdicts -------------------------------------------------------------------------------------------------------------- */

static void expect(struct opened *opened, const char *about, const struct auth_request *request, enum auth_outcome outcome,
                   enum auth_cause cause)
{
	struct auth_verdict v;
	struct az_error error;

	must(net_radio_ops.authenticate(opened->net, request, &v, &error), &error, about);
	if (v.outcome != outcome || v.cause != cause)
		fail_msg("%s: %s, %s; device: %s; RADIUS: %s", about, auth_outcome_name(v.outcome), auth_cause_name(v.cause), v.device_reason,
		         v.radius_reason);
}

static void verdicts_come_over_the_air(void **state)
{
	struct net_state wanted = good_state(server, root);
	struct auth_request request;
	struct az_error error;
	struct opened opened;

	BEGIN();
	opened_good(&opened, &net_radio_ops, server, root);
	request = good_request(client, root);
	expect(&opened, "good", &request, AUTH_OK, AUTH_CAUSE_NONE);
	request.root_ca_pem = pki_cert_pem(other_root->cert);
	expect(&opened, "unknown CA", &request, AUTH_SERVER_REJECTED, AUTH_CAUSE_UNKNOWN_CA);
	request = good_request(client_expired, root);
	expect(&opened, "client expired", &request, AUTH_CLIENT_REJECTED, AUTH_CAUSE_EXPIRED);
	request = good_request(client, root);
	request.ssid_length--;
	expect(&opened, "another SSID", &request, AUTH_NO_NETWORK, AUTH_CAUSE_NONE);
	wanted.bss[0].up = false;
	must(net_radio_ops.apply(opened.net, &wanted, &error), &error, "access point off");
	request = good_request(client, root);
	expect(&opened, "access point off", &request, AUTH_NO_NETWORK, AUTH_CAUSE_NONE);
	wanted.bss[0].up = true;
	must(net_radio_ops.apply(opened.net, &wanted, &error), &error, "access point on");
	expect(&opened, "good again", &request, AUTH_OK, AUTH_CAUSE_NONE);

	/* The words of the daemons: an association, keys agreed; at the time of the scenario. */
	net_radio_ops.close(opened.net);
	opened.net = NULL;
	assert_no_child();
	cleanup_free char *supplicant = file_text(opened.dir, "wpa_supplicant.log"), *ap = file_text(opened.dir, "hostapd.log");

	assert_non_null(strstr(supplicant, "17672256")); /* 2026-01-01 */
	assert_non_null(strstr(supplicant, "(SSID='CorpNet' freq=2412 MHz)"));
	assert_non_null(strstr(supplicant, "[PTK=CCMP GTK=CCMP]"));
	assert_non_null(strstr(ap, "EAPOL-4WAY-HS-COMPLETED"));
	opened_close(&opened);
}

static void joins(struct opened *opened, const char *about, const struct net_state *wanted, const struct auth_request *request, int bss)
{
	uint8_t bssid[AUTH_BSSID_LENGTH] = {0};
	struct auth_verdict v;
	struct az_error error;

	must(net_radio_ops.apply(opened->net, wanted, &error), &error, about);
	must(net_radio_ops.authenticate(opened->net, request, &v, &error), &error, about);
	if (bss >= 0)
		net_bss_address((size_t) bss, bssid);
	if (v.outcome != (bss >= 0 ? AUTH_OK : AUTH_NO_NETWORK) || memcmp(v.bssid, bssid, sizeof(bssid)) != 0)
		fail_msg("%s: %s at %02x:%02x, device: %s", about, auth_outcome_name(v.outcome), v.bssid[0], v.bssid[4], v.device_reason);
	/* The model says the same. */
	assert_int_equal(net_choose_bss(wanted), request->bssid == NULL ? bss : net_choose_bss(wanted));
}

/* What wpa_supplicant hears, and not what azsim thinks, decides. */
static void the_strongest_access_point_is_joined(void **state)
{
	struct net_state wanted = good_state(server, root);
	struct auth_request request;
	uint8_t bssid[AUTH_BSSID_LENGTH];
	struct opened opened;

	BEGIN();
	opened_good(&opened, &net_radio_ops, server, root);
	request = good_request(client, root);
	wanted.bss_count = 3;
	wanted.bss[0].signal_dbm = -75;
	wanted.bss[1] = (struct net_air){.up = true, .in_range = true, .signal_dbm = -70};
	wanted.bss[2] = (struct net_air){.up = true, .in_range = true, .signal_dbm = -80};
	joins(&opened, "the second is the strongest", &wanted, &request, 1);
	wanted.bss[2].signal_dbm = -40;
	joins(&opened, "the third is", &wanted, &request, 2);
	wanted.bss[1].signal_dbm = -39;
	joins(&opened, "the second is, by little, and all are heard well", &wanted, &request, 1);
	wanted.bss[0].signal_dbm = -30;
	joins(&opened, "the first is, by more", &wanted, &request, 0);
	wanted.bss[0].signal_dbm = -75;
	wanted.bss[1].signal_dbm = -70;
	net_bss_address(0, bssid);
	request.bssid = bssid;
	joins(&opened, "asked again by the first", &wanted, &request, 0);
	request.bssid = NULL;
	wanted.bss[2].in_range = false;
	joins(&opened, "out of range", &wanted, &request, 1);
	wanted.bss[1].up = false;
	joins(&opened, "off", &wanted, &request, 0);
	wanted.bss[0].in_range = false;
	joins(&opened, "nothing is heard", &wanted, &request, -1);
	wanted.bss[2].in_range = true;
	joins(&opened, "back in range", &wanted, &request, 2);
	opened_close(&opened);
}

/* ---- IP ------------------------------------------------------------------------------------------------------------------------ */

#define HOST_ADDRESS 0xc6120001u /* 198.18.0.1 */

static void fill_with(uint8_t *bytes, size_t length, unsigned salt)
{
	for (size_t i = 0; i < length; i++)
		bytes[i] = (uint8_t) (i * 7 + i / 251 + salt);
}

static void carry(struct opened *opened, uint32_t id, bool from_device, size_t length)
{
	static uint8_t sent[NET_CARRY_MAX], came[NET_CARRY_MAX];
	struct az_error error;

	fill_with(sent, length, id + from_device);
	memcpy(came, sent, length);
	must(net_radio_ops.tcp.carry(opened->net, id, from_device, came, length, &error), &error, "carry");
	assert_memory_equal(came, sent, length);
}

/* What a socket would say, and no failure of the network. */
static void assert_plain(int r, int wanted, const struct az_error *error)
{
	if (r != wanted || error->text[0] != '\0')
		fail_msg("%d instead of %d: %s", r, wanted, error->text);
}

static int connect_from(struct opened *opened, uint32_t id, const struct net_address *own, uint32_t to, struct az_error *error)
{
	return net_radio_ops.tcp.connect(opened->net, id, own, to, 443, error);
}

static const struct net_address by_dhcp = {0};

static void the_devices_connections_go_through_the_air(void **state)
{
	struct net_state wanted = good_state(server, root);
	struct auth_request request;
	uint8_t byte = 'x';
	struct az_error error;
	struct opened opened;

	BEGIN();
	opened_good(&opened, &net_radio_ops, server, root);
	request = good_request(client, root);
	assert_plain(connect_from(&opened, 1, &by_dhcp, HOST_ADDRESS, &error), -ENETUNREACH, &error);
	expect(&opened, "good", &request, AUTH_OK, AUTH_CAUSE_NONE);
	must(connect_from(&opened, 1, &by_dhcp, HOST_ADDRESS, &error), &error, "connect");
	must(connect_from(&opened, 2, &by_dhcp, HOST_ADDRESS, &error), &error, "a second connection to the same host");
	must(connect_from(&opened, 3, &by_dhcp, 0x0a000001u, &error), &error, "a host elsewhere");
	carry(&opened, 1, true, 5);
	carry(&opened, 1, false, NET_CARRY_MAX);
	carry(&opened, 2, true, NET_CARRY_MAX);
	carry(&opened, 3, false, 1);
	carry(&opened, 1, false, 0);
	carry(&opened, 1, true, 100); /* one direction is at its end, and not the other */
	carry(&opened, 1, true, 0);
	assert_plain(net_radio_ops.tcp.close(opened.net, 1, &error), 0, &error);
	assert_plain(net_radio_ops.tcp.carry(opened.net, 1, true, &byte, 1, &error), -ENOTCONN, &error);

	/* A new association is no new address, nor are years that go by. */
	must(net_radio_ops.set_clocks(opened.net, NOW + YEAR - DAY, NOW + YEAR - DAY, &error), &error, "a year later");
	expect(&opened, "once more", &request, AUTH_OK, AUTH_CAUSE_NONE);
	carry(&opened, 2, false, 1000);
	must(net_radio_ops.set_clocks(opened.net, NOW + 50 * YEAR, NOW, &error), &error, "a device that is wrong about the time");
	carry(&opened, 2, true, 1000);
	must(net_radio_ops.set_clocks(opened.net, NOW, NOW, &error), &error, "and back");

	/* Another access point of the same network. */
	wanted.bss_count = 2;
	wanted.bss[0].in_range = false;
	wanted.bss[1] = (struct net_air) NET_AIR_WELL;
	must(net_radio_ops.apply(opened.net, &wanted, &error), &error, "the first is out of range");
	expect(&opened, "at the second", &request, AUTH_OK, AUTH_CAUSE_NONE);
	carry(&opened, 2, true, 2000); /* it was made at the first */
	carry(&opened, 2, false, 2000);
	must(connect_from(&opened, 4, &by_dhcp, HOST_ADDRESS, &error), &error, "connect at the second");
	carry(&opened, 4, true, 3000);

	/* None is there. */
	wanted.bss[1].up = false;
	must(net_radio_ops.apply(opened.net, &wanted, &error), &error, "access points off");
	expect(&opened, "off", &request, AUTH_NO_NETWORK, AUTH_CAUSE_NONE);
	assert_plain(connect_from(&opened, 5, &by_dhcp, HOST_ADDRESS, &error), -ENETUNREACH, &error);
	assert_plain(net_radio_ops.tcp.carry(opened.net, 4, true, &byte, 1, &error), -ENETUNREACH, &error);

	/* One is back, and the connections with it. */
	wanted.bss[0].in_range = true;
	must(net_radio_ops.apply(opened.net, &wanted, &error), &error, "the first is back");
	expect(&opened, "back", &request, AUTH_OK, AUTH_CAUSE_NONE);
	carry(&opened, 4, false, 3000);
	cleanup_free char *dhcp = file_text(opened.dir, "dhcp.log");

	assert_non_null(strstr(dhcp, "lease of 198.18.255.254 obtained from 198.19.255.254"));
	opened_close(&opened);
	assert_no_child();
}

/* Of the network's own range, and of another, with a gateway in none of them. */
static void the_application_may_choose_the_address(void **state)
{
	const struct net_address elsewhere = {.address = 0x0a000011u, .mask = 0xffffff00u, .gateway = 0x0a000001u};
	const struct net_address far_gateway = {.address = 0xc0a80707u, .mask = 0xffffffffu, .gateway = 0xac100001u};
	const struct net_address no_gateway = {.address = 0xc6130101u, .mask = 0xfffe0000u};
	struct auth_request request;
	uint8_t byte = 'x';
	struct az_error error;
	struct opened opened;

	BEGIN();
	opened_good(&opened, &net_radio_ops, server, root);
	request = good_request(client, root);
	expect(&opened, "good", &request, AUTH_OK, AUTH_CAUSE_NONE);
	must(connect_from(&opened, 1, &elsewhere, HOST_ADDRESS, &error), &error, "an address of another network");
	carry(&opened, 1, true, 5000);
	carry(&opened, 1, false, 5000);
	must(connect_from(&opened, 2, &far_gateway, HOST_ADDRESS, &error), &error, "a gateway that is not on its link");
	carry(&opened, 2, false, 5000);
	must(connect_from(&opened, 3, &no_gateway, 0x0a000001u, &error), &error, "no gateway");
	carry(&opened, 3, true, 5000);
	assert_plain(net_radio_ops.tcp.carry(opened.net, 1, true, &byte, 1, &error), -ENOTCONN, &error); /* of the address before */
	cleanup_free char *before = file_text(opened.dir, "dhcp.log");

	assert_string_equal(before, ""); /* nobody asked for one */
	must(connect_from(&opened, 4, &by_dhcp, HOST_ADDRESS, &error), &error, "by DHCP again");
	carry(&opened, 4, true, 5000);
	cleanup_free char *after = file_text(opened.dir, "dhcp.log");

	assert_non_null(strstr(after, "lease of 198.18.255.254 obtained from 198.19.255.254"));
	opened_close(&opened);
	assert_no_child();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(verdicts_come_over_the_air),
	        cmocka_unit_test(the_strongest_access_point_is_joined),
	        cmocka_unit_test(the_devices_connections_go_through_the_air),
	        cmocka_unit_test(the_application_may_choose_the_address),
	};

	return cmocka_run_group_tests(tests, make_all, free_all);
}
