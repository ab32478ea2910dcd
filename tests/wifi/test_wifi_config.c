/* WifiConfig as an application sees it: networks, attributes, copies in RAM and flash, lists.
 * Expected errnos: wificonfig.h of the SDK. */
#include "tests/wifi/fixture.h"

/* An EAP-TLS network as the Wi-Fi sample makes it: each setting by its own call. */
static int add_eap_tls(struct world *w, const char *name)
{
	int id = add_network(w);

	assert_true(id >= 0);
	assert_int_equal(set_byte(w, id, SECURITY, EAP_TLS), 0);
	assert_int_equal(set_text(w, id, SSID_, SSID), 0);
	assert_int_equal(set_text(w, id, NAME, name), 0);
	assert_int_equal(set_text(w, id, ROOT, "Root1"), 0);
	assert_int_equal(set_text(w, id, CLIENT, "Client1"), 0);
	assert_int_equal(set_text(w, id, IDENTITY, "client1"), 0);
	return id;
}

static uint8_t byte_of(struct world *w, int id, uint32_t attribute)
{
	uint8_t value;

	assert_int_equal(get_option(w, id, attribute), 0);
	value = wire_get_u8(&w->out);
	assert_true(wire_reader_done(&w->out));
	return value;
}

/* ---- Networks ------------------------------------------------------------------------------------------------------ */

static void new_network_is_blank_and_disabled(void **state)
{
	struct world *w = *state;
	int id = add_network(w);
	size_t length = 1;

	assert_int_equal(id, 0);
	assert_int_equal(byte_of(w, id, ENABLE), 0);
	assert_int_equal(byte_of(w, id, SECURITY), 0);
	assert_int_equal(byte_of(w, id, TARGETED), 0);
	assert_string_equal(text_of(w, id, NAME), "");
	assert_string_equal(text_of(w, id, ROOT), "");
	assert_int_equal(get_option(w, id, SSID_), 0);
	(void) wire_get_bytes(&w->out, &length);
	assert_int_equal(length, 0);
	assert_int_equal(add_network(w), 1);
	assert_int_equal(call_plain(w, WIRE_WIFI_STORED_COUNT), 2);
}

static void lowest_free_id_is_used_again(void **state)
{
	struct world *w = *state;

	assert_int_equal(add_network(w), 0);
	assert_int_equal(add_network(w), 1);
	assert_int_equal(add_network(w), 2);
	assert_int_equal(call_id(w, WIRE_WIFI_FORGET_ID, 1), 0);
	assert_int_equal(call_id(w, WIRE_WIFI_FORGET_ID, 1), -ENODEV);
	assert_int_equal(add_network(w), 1);
	assert_int_equal(add_network(w), 3);
}

static void fill(struct world *w, int limit)
{
	for (int i = 0; i < limit; i++)
		assert_int_equal(add_network(w), i);
	assert_int_equal(add_network(w), -ENOMEM);
	assert_int_equal(duplicate(w, 0, "Copy"), -ENOMEM);
	assert_int_equal(call_plain(w, WIRE_WIFI_STORED_COUNT), limit);
	assert_int_equal(call_id(w, WIRE_WIFI_FORGET_ID, limit - 1), 0);
	assert_int_equal(duplicate(w, 0, "Copy"), limit - 1);
}

static void number_of_networks_is_limited_by_the_reading(void **state)
{
	fill(*state, 10);
	fill(world_anew(state, "max-networks=37", NULL), 37);
}

static void every_setting_is_kept_and_given_back(void **state)
{
	struct world *w = *state;
	int id = add_eap_tls(w, "Network1");
	const uint8_t *ssid;
	size_t length;

	assert_int_equal(set_byte(w, id, TARGETED, 1), 0);
	assert_int_equal(set_byte(w, id, ENABLE, 1), 0);
	assert_string_equal(text_of(w, id, NAME), "Network1");
	assert_string_equal(text_of(w, id, ROOT), "Root1");
	assert_string_equal(text_of(w, id, CLIENT), "Client1");
	assert_string_equal(text_of(w, id, IDENTITY), "client1");
	assert_int_equal(byte_of(w, id, SECURITY), EAP_TLS);
	assert_int_equal(byte_of(w, id, TARGETED), 1);
	assert_int_equal(byte_of(w, id, ENABLE), 1);
	assert_int_equal(get_option(w, id, SSID_), 0);
	ssid = wire_get_bytes(&w->out, &length);
	assert_int_equal(length, strlen(SSID));
	assert_memory_equal(ssid, SSID, length);
	/* Shorter than before: nothing of the old value stays. Empty: cleared. */
	assert_int_equal(set_text(w, id, ROOT, "R"), 0);
	assert_string_equal(text_of(w, id, ROOT), "R");
	assert_int_equal(set_text(w, id, ROOT, ""), 0);
	assert_string_equal(text_of(w, id, ROOT), "");
	/* A key cannot be read. */
	assert_int_equal(set_text(w, id, PSK, "a passphrase"), 0);
	assert_int_equal(get_option(w, id, PSK), -EINVAL);
	assert_null(strstr(device_last_summary(w->dev), "passphrase"));
}

static void values_out_of_range_are_refused(void **state)
{
	static const struct {
		uint32_t attribute;
		size_t longest, shortest;
		int below, above;
	} cases[] = {
		{ SSID_, 32, 1, -ERANGE, -ERANGE },
		{ PSK, 64, 8, -ERANGE, -ERANGE },
		{ IDENTITY, 254, 0, 0, -ERANGE },
		{ CLIENT, 16, 0, 0, -ERANGE },
		{ ROOT, 16, 0, 0, -ERANGE },
		{ NAME, 16, 0, 0, -ERANGE },
		{ SECURITY, 1, 1, -EINVAL, -EINVAL },
		{ ENABLE, 1, 1, -EINVAL, -EINVAL },
		{ TARGETED, 1, 1, -EINVAL, -EINVAL },
	};
	struct world *w = *state;
	uint8_t value[300];
	int id = add_network(w);

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		memset(value, cases[i].longest == 1 ? 1 : 'a', sizeof(value));
		assert_int_equal(set_bytes(w, id, cases[i].attribute, value, cases[i].longest), 0);
		assert_int_equal(set_bytes(w, id, cases[i].attribute, value, cases[i].longest + 1), cases[i].above);
		if (cases[i].shortest > 0)
			assert_int_equal(set_bytes(w, id, cases[i].attribute, value, cases[i].shortest - 1), cases[i].below);
	}
	assert_int_equal(set_byte(w, id, SECURITY, 0), -EINVAL);
	assert_int_equal(set_byte(w, id, SECURITY, 4), -EINVAL);
	assert_int_equal(set_byte(w, id, ENABLE, 2), -EINVAL);
	assert_int_equal(set_text(w, id, PSK, "tab\tinside"), -EINVAL);
	memset(value, 'g', sizeof(value)); /* 64 characters are a key in hex */
	assert_int_equal(set_bytes(w, id, PSK, value, 64), -EINVAL);
	/* What was refused has changed nothing. */
	assert_int_equal(byte_of(w, id, SECURITY), 1);
	assert_int_equal(strlen(text_of(w, id, IDENTITY)), 254);
}

static void attributes_and_networks_that_do_not_exist(void **state)
{
	struct world *w = *state;
	int id = add_network(w);

	assert_int_equal(set_text(w, -1, NAME, "x"), -EINVAL);
	assert_int_equal(set_text(w, id + 1, NAME, "x"), -ENODEV);
	assert_int_equal(get_option(w, -1, NAME), -EINVAL);
	assert_int_equal(get_option(w, id + 1, NAME), -ENODEV);
	for (uint32_t attribute = 0; attribute < 40; attribute++) {
		bool known = attribute <= 8 || attribute == 11 || attribute == 12 || attribute == 22 || attribute == 23;

		if (!known) {
			assert_int_equal(set_byte(w, id, attribute, 1), -EINVAL);
			assert_int_equal(get_option(w, id, attribute), -EINVAL);
		}
	}
	assert_int_equal(set_byte(w, id, DIAGNOSTICS, 1), -EINVAL);
	assert_int_equal(get_option(w, id, SAVE), -EINVAL);
	/* Save and reload are for no network in particular. */
	assert_int_equal(set_bytes(w, id, SAVE, NULL, 0), -EINVAL);
	assert_int_equal(set_bytes(w, -1, RELOAD, "x", 1), -EINVAL);
}

static void duplicate_copies_all_but_name_and_enabled(void **state)
{
	struct world *w = *state;
	int id = add_eap_tls(w, "Network1"), copy;

	assert_int_equal(set_byte(w, id, TARGETED, 1), 0);
	assert_int_equal(set_byte(w, id, ENABLE, 1), 0);
	copy = duplicate(w, id, "Network2");
	assert_int_equal(copy, 1);
	assert_string_equal(text_of(w, copy, NAME), "Network2");
	assert_string_equal(text_of(w, copy, ROOT), "Root1");
	assert_string_equal(text_of(w, copy, CLIENT), "Client1");
	assert_string_equal(text_of(w, copy, IDENTITY), "client1");
	assert_int_equal(byte_of(w, copy, SECURITY), EAP_TLS);
	assert_int_equal(byte_of(w, copy, TARGETED), 1);
	assert_int_equal(byte_of(w, copy, ENABLE), 0);
	/* Independent from then on. */
	assert_int_equal(set_text(w, id, ROOT, "Root2"), 0);
	assert_string_equal(text_of(w, copy, ROOT), "Root1");
	assert_int_equal(set_text(w, copy, CLIENT, "Client2"), 0);
	assert_string_equal(text_of(w, id, CLIENT), "Client1");

	assert_int_equal(duplicate(w, id, "Network2"), -EEXIST);
	assert_int_equal(duplicate(w, id, ""), -ERANGE);
	assert_int_equal(duplicate(w, id, "seventeen letters"), -ERANGE);
	assert_int_equal(duplicate(w, -1, "Network3"), -EINVAL);
	assert_int_equal(duplicate(w, 7, "Network3"), -ENODEV);
	assert_int_equal(duplicate(w, id, "sixteen  letters"), 2);
}

static void networks_are_found_by_name(void **state)
{
	struct world *w = *state;
	int first = add_network(w), second = add_network(w);

	assert_int_equal(set_text(w, second, NAME, "Network1"), 0);
	assert_int_equal(call_name(w, WIRE_WIFI_ID_BY_NAME, "Network1"), second);
	assert_int_equal(call_name(w, WIRE_WIFI_ID_BY_NAME, "network1"), -ENODEV);
	assert_int_equal(call_name(w, WIRE_WIFI_ID_BY_NAME, ""), -ENODEV);
	assert_int_equal(call_name(w, WIRE_WIFI_ID_BY_NAME, "seventeen letters"), -ERANGE);
	/* SetConfigName does not refuse a name in use; the lookup then is undefined, here the lower id. */
	assert_int_equal(set_text(w, first, NAME, "Network1"), 0);
	assert_int_equal(call_name(w, WIRE_WIFI_ID_BY_NAME, "Network1"), first);
}

/* ---- Copies ---------------------------------------------------------------------------------------------------------- */

static void unsaved_networks_are_gone_after_a_reboot(void **state)
{
	struct world *w = *state;
	struct device_network_info info;
	int id;

	(void) add_eap_tls(w, "Saved");
	assert_int_equal(persist(w), 0);
	assert_int_equal(device_get_persisted_network_count(w->dev), 1);
	id = add_eap_tls(w, "Unsaved");
	assert_int_equal(set_text(w, 0, ROOT, "Root2"), 0);
	assert_int_equal(device_get_persisted_network_count(w->dev), 1);
	assert_true(device_get_persisted_network(w->dev, 0, &info));
	assert_string_equal(info.root_id, "Root1");
	reboot(w);
	assert_int_equal(call_plain(w, WIRE_WIFI_STORED_COUNT), 1);
	assert_string_equal(text_of(w, 0, NAME), "Saved");
	assert_string_equal(text_of(w, 0, ROOT), "Root1");
	assert_int_equal(get_option(w, id, NAME), -ENODEV);
}

static void ids_may_change_at_reboot(void **state)
{
	struct world *w = *state;

	(void) add_eap_tls(w, "First");
	(void) add_eap_tls(w, "Second");
	assert_int_equal(call_id(w, WIRE_WIFI_FORGET_ID, 0), 0);
	assert_int_equal(persist(w), 0);
	assert_int_equal(call_name(w, WIRE_WIFI_ID_BY_NAME, "Second"), 1);
	reboot(w);
	assert_int_equal(call_name(w, WIRE_WIFI_ID_BY_NAME, "Second"), 0);
}

static void network_without_ssid_cannot_be_saved(void **state)
{
	struct world *w = *state;

	(void) add_eap_tls(w, "Network1");
	(void) add_network(w);
	assert_int_equal(persist(w), -EINVAL);
	assert_int_equal(device_get_persisted_network_count(w->dev), 0);
	assert_int_equal(set_text(w, 1, SSID_, "x"), 0);
	assert_int_equal(persist(w), 0);
	assert_int_equal(device_get_persisted_network_count(w->dev), 2);
}

static void power_cut_in_persist_keeps_the_old_configuration(void **state)
{
	struct world *w = *state;

	(void) add_eap_tls(w, "Network1");
	assert_int_equal(persist(w), 0);
	assert_int_equal(set_text(w, 0, ROOT, "Root2"), 0);
	(void) add_eap_tls(w, "Network2");
	w->writes_left = 0;
	assert_true(persist(w) < 0);
	w->writes_left = -1;
	reboot(w);
	assert_int_equal(call_plain(w, WIRE_WIFI_STORED_COUNT), 1);
	assert_string_equal(text_of(w, 0, ROOT), "Root1");
}

static void forget_all_is_immediate_and_permanent(void **state)
{
	struct world *w = *state;

	(void) factory_network(w, "Network1", '1', '1', true);
	(void) add_eap_tls(w, "Network2");
	advance_s(w, 5);
	assert_string_equal(connected(w), "Network1");
	w->writes_left = 0;
	assert_true(call_plain(w, WIRE_WIFI_FORGET_ALL) < 0);
	w->writes_left = -1;
	reboot(w);
	assert_int_equal(call_plain(w, WIRE_WIFI_STORED_COUNT), 1);
	advance_s(w, 5);
	assert_int_equal(call_plain(w, WIRE_WIFI_FORGET_ALL), 0);
	assert_int_equal(call_plain(w, WIRE_WIFI_CONNECTED_ID), -ENOTCONN);
	assert_int_equal(last_event(w, DEVICE_EVENT_DISCONNECTED)->at_ns, w->now_ns);
	assert_int_equal(device_get_network_count(w->dev), 0);
	reboot(w);
	assert_int_equal(device_get_network_count(w->dev), 0);
	advance_s(w, 60);
	assert_string_equal(connected(w), "");
}

static void forgetting_by_id_is_lost_unless_saved(void **state)
{
	struct world *w = *state;
	int id = factory_network(w, "Network1", '1', '1', true);

	advance_s(w, 5);
	assert_int_equal(call_plain(w, WIRE_WIFI_CONNECTED_ID), id);
	assert_int_equal(call_id(w, WIRE_WIFI_FORGET_ID, -1), -EINVAL);
	assert_int_equal(call_id(w, WIRE_WIFI_FORGET_ID, id), 0);
	assert_int_equal(call_plain(w, WIRE_WIFI_CONNECTED_ID), -ENOTCONN);
	reboot(w);
	advance_s(w, 5);
	assert_string_equal(connected(w), "Network1");
	assert_int_equal(call_id(w, WIRE_WIFI_FORGET_ID, id), 0);
	assert_int_equal(persist(w), 0);
	reboot(w);
	assert_int_equal(device_get_network_count(w->dev), 0);
}

/* ---- Older calls, lists ---------------------------------------------------------------------------------------------- */

static void older_calls_store_and_forget_at_once(void **state)
{
	struct world *w = *state;
	char ssid[33];

	memset(ssid, 's', sizeof(ssid));
	assert_true(store(w, "Guest", 5, NULL, 0) >= 0);
	assert_int_equal(store(w, "Guest", 5, NULL, 0), -EEXIST);
	assert_true(store(w, "Guest", 5, "a passphrase", 12) >= 0);
	assert_int_equal(store(w, "Guest", 5, "another passphrase", 18), -EEXIST);
	assert_int_equal(store(w, "Other", 5, "short", 5), -ERANGE);
	assert_int_equal(store(w, ssid, 33, NULL, 0), -ERANGE);
	assert_int_equal(store(w, ssid, 0, NULL, 0), -ERANGE);
	reboot(w);
	assert_int_equal(call_plain(w, WIRE_WIFI_STORED_COUNT), 2);
	assert_int_equal(byte_of(w, 1, ENABLE), 1);
	assert_int_equal(byte_of(w, 1, SECURITY), WPA2);
	assert_int_equal(forget_stored(w, "Guest", EAP_TLS), -ENOENT);
	assert_int_equal(forget_stored(w, "Guest", 9), -EINVAL);
	assert_int_equal(forget_stored(w, "Guest", OPEN), 0);
	reboot(w);
	assert_int_equal(call_plain(w, WIRE_WIFI_STORED_COUNT), 1);
	assert_int_equal(byte_of(w, 0, SECURITY), WPA2);
	/* They save, so they too ask for an SSID everywhere, and change nothing when one is missing. */
	(void) add_network(w);
	assert_int_equal(forget_stored(w, "Guest", WPA2), -EINVAL);
	assert_int_equal(store(w, "Third", 5, NULL, 0), -EINVAL);
	assert_int_equal(call_plain(w, WIRE_WIFI_STORED_COUNT), 2);
}

static void list_of_stored_networks(void **state)
{
	struct world *w = *state;
	const uint8_t *ssid;
	size_t length;

	assert_int_equal(call_capacity(w, WIRE_WIFI_STORED_LIST, 0), -ERANGE);
	assert_int_equal(call_capacity(w, WIRE_WIFI_STORED_LIST, 5), 0);
	(void) factory_network(w, "Network1", '2', '1', true);
	(void) factory_network(w, "Network2", '1', '1', true);
	advance_s(w, 5);
	assert_int_equal(call_capacity(w, WIRE_WIFI_STORED_LIST, UINT64_MAX), 2);
	for (int row = 0; row < 2; row++) {
		ssid = wire_get_bytes(&w->out, &length);
		assert_int_equal(length, strlen(SSID));
		assert_memory_equal(ssid, SSID, length);
		assert_int_equal(wire_get_u8(&w->out), 1);        /* enabled by the configuration */
		assert_int_equal(wire_get_u8(&w->out), row == 1); /* connected */
		assert_int_equal(wire_get_u8(&w->out), EAP_TLS);
	}
	assert_true(wire_reader_done(&w->out));
	assert_int_equal(call_capacity(w, WIRE_WIFI_STORED_LIST, 1), 1);
}

static void check_row_of(struct world *w, uint8_t radio, int rssi_dbm)
{
	size_t length;
	const uint8_t *ssid = wire_get_bytes(&w->out, &length), *bssid;

	assert_int_equal(length, strlen(SSID));
	assert_memory_equal(ssid, SSID, length);
	bssid = wire_get_bytes(&w->out, &length);
	assert_int_equal(length, 6);
	assert_int_equal(bssid[4], radio);
	assert_int_equal(wire_get_u8(&w->out), EAP_TLS);
	assert_int_equal(wire_get_u32(&w->out), 2412);
	assert_int_equal(wire_get_i32(&w->out), rssi_dbm);
	assert_true(wire_reader_done(&w->out));
}

static void check_radio_row(struct world *w)
{
	check_row_of(w, 0, -30);
}

/* Two access points of one name: a scan has one row, of the stronger; the connection stays with the one it was made with. */
static void the_strongest_access_point(void **state)
{
	struct world *w = *state;

	w->second_rssi_dbm = -60;
	(void) factory_network(w, "Network1", '1', '1', true);
	advance_s(w, 5);
	assert_int_equal(call_plain(w, WIRE_WIFI_CURRENT), 0);
	check_row_of(w, 0, -30);
	w->second_rssi_dbm = -25;
	assert_int_equal(call_plain(w, WIRE_WIFI_SCAN), 1);
	assert_int_equal(call_capacity(w, WIRE_WIFI_SCANNED_LIST, 4), 1);
	check_row_of(w, 7, -25);
	device_link(w->dev, DEVICE_LINK_REAUTH);
	advance_s(w, 5);
	assert_int_equal(call_plain(w, WIRE_WIFI_CURRENT), 0);
	check_row_of(w, 0, -30);
	w->ap_up = false;
	device_link(w->dev, DEVICE_LINK_LOST);
	advance_s(w, 5);
	assert_int_equal(call_plain(w, WIRE_WIFI_CURRENT), 0);
	check_row_of(w, 7, -25);
	w->second_rssi_dbm = 0; /* nobody has told the device yet */
	assert_int_equal(call_plain(w, WIRE_WIFI_CURRENT), 0);
	check_row_of(w, 7, -100);
}

static void current_network_and_scan(void **state)
{
	struct world *w = *state;

	assert_int_equal(call_plain(w, WIRE_WIFI_CURRENT), -ENODATA);
	assert_int_equal(call_plain(w, WIRE_WIFI_CONNECTED_ID), -ENOTCONN);
	assert_int_equal(call_capacity(w, WIRE_WIFI_SCANNED_LIST, 4), 0);
	assert_int_equal(call_plain(w, WIRE_WIFI_SCAN), 1); /* before any network is set up */
	(void) factory_network(w, "Network1", '1', '1', true);
	(void) factory_network(w, "Network2", '2', '1', false);
	advance_s(w, 5);
	assert_int_equal(call_plain(w, WIRE_WIFI_CURRENT), 0);
	check_radio_row(w);
	assert_int_equal(call_plain(w, WIRE_WIFI_SCAN), 1); /* one access point, however many networks name it */
	assert_int_equal(call_capacity(w, WIRE_WIFI_SCANNED_LIST, 4), 1);
	check_radio_row(w);
	assert_int_equal(call_capacity(w, WIRE_WIFI_SCANNED_LIST, 0), -ERANGE);
	w->ap_up = false;
	assert_int_equal(call_capacity(w, WIRE_WIFI_SCANNED_LIST, 4), 1); /* the last scan */
	assert_int_equal(call_plain(w, WIRE_WIFI_SCAN), 0);
	assert_int_equal(call_capacity(w, WIRE_WIFI_SCANNED_LIST, 4), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_world, free_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(new_network_is_blank_and_disabled),
		TEST(lowest_free_id_is_used_again),
		TEST(number_of_networks_is_limited_by_the_reading),
		TEST(every_setting_is_kept_and_given_back),
		TEST(values_out_of_range_are_refused),
		TEST(attributes_and_networks_that_do_not_exist),
		TEST(duplicate_copies_all_but_name_and_enabled),
		TEST(networks_are_found_by_name),
		TEST(unsaved_networks_are_gone_after_a_reboot),
		TEST(ids_may_change_at_reboot),
		TEST(network_without_ssid_cannot_be_saved),
		TEST(power_cut_in_persist_keeps_the_old_configuration),
		TEST(forget_all_is_immediate_and_permanent),
		TEST(forgetting_by_id_is_lost_unless_saved),
		TEST(older_calls_store_and_forget_at_once),
		TEST(list_of_stored_networks),
		TEST(current_network_and_scan),
		TEST(the_strongest_access_point),
	};

	return cmocka_run_group_tests_name("wifi configuration", tests, make_certificates, free_certificates);
}
