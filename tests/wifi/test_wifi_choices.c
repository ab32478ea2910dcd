/* Readings of the Wi-Fi calls: each choice gives the result it is named for. Those of the supplicant's policy are in
 * test_wifi_readings.c. */
#include "tests/wifi/fixture.h"

struct choice {
	const char *reading;
	int result;
};

static void forget_unknown_id(void **state)
{
	static const struct choice cases[] = { { "forget-unknown-id=ENODEV", -ENODEV }, { "forget-unknown-id=ENOENT", -ENOENT } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct world *w = world_anew(state, cases[i].reading, NULL);

		assert_int_equal(call_id(w, WIRE_WIFI_FORGET_ID, 7), cases[i].result);
		assert_int_equal(call_id(w, WIRE_WIFI_FORGET_ID, -1), -EINVAL);
		assert_int_equal(call_id(w, WIRE_WIFI_FORGET_ID, add_network(w)), 0);
		/* For the others ENODEV is not in doubt. */
		assert_int_equal(set_byte(w, 7, ENABLE, 1), -ENODEV);
	}
}

static void ssid_length_0(void **state)
{
	struct world *w = world_anew(state, "ssid-length-0=ERANGE", NULL);
	int id = factory_network(w, "Network1", '1', '1', true);

	assert_int_equal(set_bytes(w, id, SSID_, "", 0), -ERANGE);
	w = world_anew(state, "ssid-length-0=cleared", NULL);
	id = factory_network(w, "Network1", '1', '1', true);
	advance_s(w, 5);
	assert_string_equal(connected(w), "Network1");
	assert_int_equal(set_bytes(w, id, SSID_, "", 0), 0);
	/* A network without SSID is never joined, and cannot be saved. */
	advance_s(w, 60);
	assert_string_equal(connected(w), "");
	assert_int_equal(persist(w), -EINVAL);
	assert_int_equal(set_bytes(w, id, SSID_, "123456789012345678901234567890123", 33), -ERANGE);
}

static void identity_too_long(void **state)
{
	static const struct choice cases[] = { { "identity-too-long=ERANGE", -ERANGE }, { "identity-too-long=EINVAL", -EINVAL } };
	char identity[256];

	memset(identity, 'i', sizeof(identity));
	identity[255] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct world *w = world_anew(state, cases[i].reading, NULL);
		int id = add_network(w);

		assert_int_equal(set_text(w, id, IDENTITY, identity), cases[i].result);
		assert_int_equal(set_text(w, id, IDENTITY, identity + 1), 0);
		assert_int_equal(set_text(w, id, NAME, "12345678901234567"), -ERANGE);
	}
}

static void empty_text(void **state)
{
	static const uint32_t attributes[] = { CLIENT, ROOT, NAME };
	static const struct choice cases[] = { { "empty-text=cleared", 0 }, { "empty-text=ERANGE", -ERANGE } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		for (size_t a = 0; a < ARRAY_LEN(attributes); a++) {
			struct world *w = world_anew(state, cases[i].reading, NULL);
			int id = factory_network(w, "Network1", '1', '1', false);

			assert_int_equal(set_text(w, id, attributes[a], ""), cases[i].result);
			assert_int_equal(text_of(w, id, attributes[a])[0] == '\0', cases[i].result == 0);
			assert_int_equal(set_text(w, id, IDENTITY, ""), 0);
		}
	}
}

static void psk_too_short(void **state)
{
	static const struct choice cases[] = { { "psk-too-short=ERANGE", -ERANGE }, { "psk-too-short=EINVAL", -EINVAL } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct world *w = world_anew(state, cases[i].reading, NULL);
		int id = add_network(w);

		assert_int_equal(set_bytes(w, id, PSK, "1234567", 7), cases[i].result);
		assert_int_equal(set_bytes(w, id, PSK, "", 0), cases[i].result);
		assert_int_equal(set_bytes(w, id, PSK, "12345678", 8), 0);
		assert_int_equal(call_id(w, WIRE_WIFI_FORGET_ID, id), 0);
		assert_int_equal(store(w, "Guest", 5, "1234567", 7), cases[i].result);
	}
}

static void not_connected(void **state)
{
	static const struct choice cases[] = { { "not-connected=ENODATA", -ENODATA }, { "not-connected=ENOTCONN", -ENOTCONN } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct world *w = world_anew(state, cases[i].reading, NULL);

		assert_int_equal(call_plain(w, WIRE_WIFI_CURRENT), cases[i].result);
		assert_int_equal(call_plain(w, WIRE_WIFI_CONNECTED_ID), -ENOTCONN);
	}
}

/* A network with an SSID. */
static int add_whole(struct world *w)
{
	int id = add_network(w);

	return id < 0 ? id : set_bytes(w, id, SSID_, SSID, strlen(SSID));
}

static void too_many_networks(void **state)
{
	struct world *w = world_anew(state, "too-many-networks=at-add", NULL);

	for (int i = 0; i < 10; i++)
		assert_int_equal(add_whole(w), 0);
	assert_int_equal(add_network(w), -ENOMEM);
	assert_int_equal(duplicate(w, 0, "Copy"), -ENOMEM);
	assert_int_equal(persist(w), 0);

	w = world_anew(state, "too-many-networks=at-persist", NULL);
	for (int i = 0; i < 11; i++)
		assert_int_equal(add_whole(w), 0);
	assert_true(duplicate(w, 0, "Copy") > 0);
	assert_int_equal(persist(w), -ENOSPC);
	assert_int_equal(store(w, "Guest", 5, NULL, 0), -ENOSPC);
	assert_int_equal(forget_stored(w, SSID, 0), -ENOSPC);
	assert_int_equal(device_get_network_count(w->dev), 12);
	assert_int_equal(device_get_persisted_network_count(w->dev), 0);
	assert_int_equal(call_id(w, WIRE_WIFI_FORGET_ID, 0), 0);
	assert_int_equal(call_id(w, WIRE_WIFI_FORGET_ID, 1), 0);
	assert_int_equal(persist(w), 0);
	assert_int_equal(store(w, "Guest", 5, NULL, 0), -ENOSPC);
	/* Memory ends somewhere. */
	for (int i = 0; i < 54; i++)
		assert_int_equal(add_whole(w), 0);
	assert_int_equal(add_network(w), -ENOMEM);
}

static void diagnostics_not_ready(void **state)
{
	static const struct choice cases[] = {
		{ "diagnostics-not-ready=EAGAIN", -EAGAIN }, { "diagnostics-not-ready=ENODEV", -ENODEV },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct world *w = world_anew(state, cases[i].reading, NULL);

		device_power_off(w->dev);
		device_power_on(w->dev, 2 * NS_PER_S);
		assert_int_equal(get_option(w, 0, DIAGNOSTICS), cases[i].result);
		assert_int_equal(get_option(w, 0, DIAGNOSTICS32), cases[i].result);
		assert_int_equal(get_option(w, 0, IDENTITY), -EAGAIN);
	}
}

static void diagnostics_none(void **state)
{
	struct world *w = world_anew(state, "diagnostics-none=ENODEV", NULL);
	struct diagnostics_reply diagnostics;

	assert_int_equal(get_option(w, factory_network(w, "Network1", '1', '1', true), DIAGNOSTICS), -ENODEV);
	w = world_anew(state, "diagnostics-none=empty", NULL);
	assert_int_equal(diagnose(w, factory_network(w, "Network1", '1', '1', true), &diagnostics), 0);
	assert_true(diagnostics.enabled);
	assert_int_equal(diagnostics.error, 0);
	assert_int_equal(diagnostics.cert_error, 0);
	assert_int_equal(diagnostics.cert_depth, -1);
	assert_string_equal(diagnostics.subject, "");
	assert_int_equal(get_option(w, 7, DIAGNOSTICS), -ENODEV);
}

static void persist_without_ssid(void **state)
{
	struct world *w = world_anew(state, "persist-without-ssid=EINVAL", NULL);

	(void) factory_network(w, "Network1", '1', '1', false);
	assert_int_equal(add_network(w), 1);
	assert_int_equal(persist(w), -EINVAL);
	assert_int_equal(store(w, "Guest", 5, NULL, 0), -EINVAL);
	w = world_anew(state, "persist-without-ssid=skipped", NULL);
	assert_int_equal(add_network(w), 0);
	(void) factory_network(w, "Network1", '1', '1', false);
	assert_int_equal(persist(w), 0);
	assert_int_equal(device_get_network_count(w->dev), 2);
	assert_int_equal(device_get_persisted_network_count(w->dev), 1);
	assert_int_equal(reload(w), 0);
	assert_int_equal(device_get_network_count(w->dev), 1);
	assert_string_equal(text_of(w, 1, NAME), "Network1");
}

static void store_wpa2_exists(void **state)
{
	static const struct choice cases[] = { { "store-wpa2-exists=ssid", -EEXIST }, { "store-wpa2-exists=ssid-and-key", 0 } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct world *w = world_anew(state, cases[i].reading, NULL);

		assert_int_equal(store(w, "Guest", 5, "password", 8), 0);
		assert_int_equal(store(w, "Guest", 5, "password", 8), -EEXIST);
		assert_int_equal(store(w, "Guest", 5, "passwords", 9), cases[i].result);
		assert_int_equal(store(w, "Guest", 5, NULL, 0), 0);
		assert_int_equal(store(w, "Guest", 5, NULL, 0), -EEXIST);
	}
}

static void duplicate_names(void **state)
{
	static const struct choice cases[] = { { "duplicate-names=lower-id", 1 }, { "duplicate-names=higher-id", 2 } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct world *w = world_anew(state, cases[i].reading, NULL);

		for (int id = 0; id < 4; id++) {
			assert_int_equal(add_network(w), id);
			assert_int_equal(set_text(w, id, NAME, id == 1 || id == 2 ? "Twice" : id ? "Last" : "First"), 0);
		}
		assert_int_equal(call_name(w, WIRE_WIFI_ID_BY_NAME, "Twice"), cases[i].result);
		assert_int_equal(call_name(w, WIRE_WIFI_ID_BY_NAME, "Last"), 3);
		assert_int_equal(call_name(w, WIRE_WIFI_ID_BY_NAME, "None"), -ENODEV);
	}
}

static void name_taken(void **state)
{
	static const struct choice cases[] = { { "name-taken=accepted", 0 }, { "name-taken=EEXIST", -EEXIST } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct world *w = world_anew(state, cases[i].reading, NULL);
		int a = add_network(w), b = add_network(w);

		assert_int_equal(set_text(w, a, NAME, "Name"), 0);
		assert_int_equal(set_text(w, a, NAME, "Name"), 0);
		assert_int_equal(set_text(w, b, NAME, "Name"), cases[i].result);
		assert_int_equal(set_text(w, b, NAME, "Other"), 0);
		assert_int_equal(duplicate(w, a, "Name"), -EEXIST);
	}
}

/* ---- reload-sessions ------------------------------------------------------------------------------------------------- */

/* Connected with client 1; then client 2 stands under that id, and a reload. The client that the device says it is connected with. */
static char client_after_reload(struct world *w, const char *client)
{
	const char *pem;

	(void) factory_network(w, "Network1", '1', '1', true);
	advance_s(w, 5);
	assert_string_equal(connected(w), "Network1");
	install_client(w, "Client1", client[0]);
	assert_int_equal(reload(w), 0);
	advance_s(w, 2);
	pem = device_get_connected_client_pem(w->dev);
	return pem ? w->attempts[w->attempt_count - 1].client : '-';
}

static void reload_flushes_sessions(void **state)
{
	struct world *w = world_anew(state, "reload-sessions=flushed", NULL);

	assert_int_equal(client_after_reload(w, "2"), '2');
	w = world_anew(state, "reload-sessions=flushed", NULL);
	w->clients = "1";
	assert_int_equal(client_after_reload(w, "2"), '-');
}

static void reload_keeps_sessions(void **state)
{
	struct world *w = world_anew(state, "reload-sessions=kept", NULL);

	/* A certificate that RADIUS would refuse goes unnoticed, for one authentication. */
	w->clients = "1";
	assert_int_equal(client_after_reload(w, "2"), '1');
	device_link(w->dev, DEVICE_LINK_REAUTH);
	advance_s(w, 1);
	assert_string_equal(connected(w), "");
}

static void session_that_radius_does_not_take_is_no_failure(void **state)
{
	struct world *w = world_anew(state, "reload-sessions=kept", NULL);
	int id;

	assert_int_equal(client_after_reload(w, "1"), '1');
	w->clients = "2";
	install_client(w, "Client1", '2');
	assert_int_equal(reload(w), 0);
	advance_s(w, 2);
	assert_string_equal(connected(w), "Network1");
	assert_int_equal(w->attempts[w->attempt_count - 1].client, '2');
	/* Another value of a setting, and there is no session to go on with. */
	w->clients = "12";
	id = call_name(w, WIRE_WIFI_ID_BY_NAME, "Network1");
	install_client(w, "Client3", '1');
	assert_int_equal(set_text(w, id, CLIENT, "Client3"), 0);
	assert_int_equal(persist(w), 0);
	advance_s(w, 2);
	install_client(w, "Client3", '2');
	assert_int_equal(set_text(w, id, IDENTITY, "other"), 0);
	assert_int_equal(persist(w), 0);
	assert_int_equal(reload(w), 0);
	advance_s(w, 2);
	assert_int_equal(w->attempts[w->attempt_count - 1].client, '2');
	/* Without a certificate there is no TLS to resume a session in. */
	assert_int_equal(device_op_delete_certificate(w->dev, "Client3"), 0);
	assert_int_equal(reload(w), 0);
	advance_s(w, 2);
	assert_string_equal(connected(w), "");
	install_client(w, "Client3", '2');
	assert_int_equal(reload(w), 0);
	advance_s(w, 2);
	assert_string_equal(connected(w), "Network1");
	/* Nor does it outlive the power. */
	install_client(w, "Client3", '1');
	assert_int_equal(reload(w), 0);
	reboot(w);
	advance_s(w, 2);
	assert_int_equal(w->attempts[w->attempt_count - 1].client, '1');
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_world, free_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(forget_unknown_id),
		TEST(ssid_length_0),
		TEST(identity_too_long),
		TEST(empty_text),
		TEST(psk_too_short),
		TEST(not_connected),
		TEST(too_many_networks),
		TEST(diagnostics_not_ready),
		TEST(diagnostics_none),
		TEST(persist_without_ssid),
		TEST(store_wpa2_exists),
		TEST(duplicate_names),
		TEST(name_taken),
		TEST(reload_flushes_sessions),
		TEST(reload_keeps_sessions),
		TEST(session_that_radius_does_not_take_is_no_failure),
	};

	return cmocka_run_group_tests_name("wifi choices", tests, make_certificates, free_certificates);
}
