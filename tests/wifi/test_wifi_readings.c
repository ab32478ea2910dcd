/* Each choice of each reading that concerns Wi-Fi makes the difference it is named for. Where nothing is documented the expected
 * behaviour is the reading's own sentence (readings.c). max-networks is in test_wifi_config.c. */
#include "tests/wifi/fixture.h"

/* ---- reload-unsaved -------------------------------------------------------------------------------------------------- */

/* A network of the flash with an unsaved change, a new unsaved one, and an unsaved forgetting. */
static void change_without_saving(struct world *w)
{
	(void) factory_network(w, "Kept", '1', '1', true);
	(void) factory_network(w, "Forgotten", '1', '1', false);
	assert_int_equal(set_text(w, 0, IDENTITY, "unsaved"), 0);
	assert_int_equal(call_id(w, WIRE_WIFI_FORGET_ID, 1), 0);
	assert_int_equal(duplicate(w, 0, "Added"), 1);
	assert_int_equal(reload(w), 0);
}

static void reload_drops_what_is_not_saved(void **state)
{
	struct world *w = world_anew(state, "reload-unsaved=dropped", NULL);
	struct device_network_info info;

	change_without_saving(w);
	assert_int_equal(device_get_network_count(w->dev), 2);
	assert_false(has_network(w, "Added", &info));
	assert_true(has_network(w, "Forgotten", &info));
	assert_true(has_network(w, "Kept", &info));
	assert_string_equal(info.identity, "client1");
	advance_s(w, 5);
	assert_string_equal(connected(w), "Kept");
}

static void reload_keeps_what_is_not_saved(void **state)
{
	struct world *w = world_anew(state, "reload-unsaved=kept", NULL);
	struct device_network_info info;

	change_without_saving(w);
	assert_int_equal(device_get_network_count(w->dev), 2);
	assert_true(has_network(w, "Added", &info));
	assert_false(has_network(w, "Forgotten", &info));
	assert_true(has_network(w, "Kept", &info));
	assert_string_equal(info.identity, "unsaved");
	/* It saves nothing, either. */
	reboot(w);
	assert_true(has_network(w, "Forgotten", &info));
	assert_true(has_network(w, "Kept", &info));
	assert_string_equal(info.identity, "client1");
}

static void reload_reconnects_whatever_it_does_to_the_unsaved(void **state)
{
	static const char *const choices[] = { "reload-unsaved=dropped", "reload-unsaved=kept" };

	for (size_t i = 0; i < ARRAY_LEN(choices); i++) {
		struct world *w = world_anew(state, choices[i], NULL);

		(void) factory_network(w, "Network1", '1', '1', true);
		advance_s(w, 5);
		assert_int_equal(reload(w), 0);
		assert_string_equal(connected(w), "");
		assert_int_equal(last_event(w, DEVICE_EVENT_DISCONNECTED)->at_ns, w->now_ns);
		advance_s(w, 2);
		assert_string_equal(connected(w), "Network1");
		assert_int_equal(w->attempt_count, 2);
	}
}

/* ---- set-effect ------------------------------------------------------------------------------------------------------ */

/* Connected with client 1; then the network is to use client 2. Returns its id. */
static int set_other_client(struct world *w)
{
	int id = factory_network(w, "Network1", '1', '1', true);

	advance_s(w, 5);
	assert_string_equal(connected(w), "Network1");
	assert_int_equal(set_text(w, id, CLIENT, "Client2"), 0);
	return id;
}

static char last_client(struct world *w)
{
	return w->attempts[w->attempt_count - 1].client;
}

static void set_reconnects(void **state)
{
	struct world *w = world_anew(state, "set-effect=reconnects", NULL);
	int id = set_other_client(w);

	assert_string_equal(connected(w), "");
	advance_s(w, 1);
	assert_string_equal(connected(w), "Network1");
	assert_int_equal(w->attempt_count, 2);
	assert_int_equal(last_client(w), '2');
	/* The same value again, a name, targeted scan, another network: no reason to reconnect. */
	assert_int_equal(set_text(w, id, CLIENT, "Client2"), 0);
	assert_int_equal(set_text(w, id, NAME, "Renamed"), 0);
	assert_int_equal(set_byte(w, id, TARGETED, 1), 0);
	assert_int_equal(set_text(w, duplicate(w, id, "Network2"), ROOT, "Root2"), 0);
	advance_s(w, 60);
	assert_string_equal(connected(w), "Renamed");
	assert_int_equal(w->attempt_count, 2);
}

static void set_waits_for_the_next_connect(void **state)
{
	struct world *w = world_anew(state, "set-effect=next-connect", NULL);

	(void) set_other_client(w);
	advance_s(w, 60);
	assert_string_equal(connected(w), "Network1");
	/* A re-authentication is of the connection there is. */
	device_link(w->dev, DEVICE_LINK_REAUTH);
	advance_s(w, 1);
	assert_int_equal(w->attempt_count, 2);
	assert_int_equal(last_client(w), '1');
	device_link(w->dev, DEVICE_LINK_DEAUTH);
	advance_s(w, 1);
	assert_string_equal(connected(w), "Network1");
	assert_int_equal(last_client(w), '2');
}

static void set_waits_for_a_reload(void **state)
{
	struct world *w = world_anew(state, "set-effect=reload", NULL);

	(void) set_other_client(w);
	device_link(w->dev, DEVICE_LINK_DEAUTH);
	advance_s(w, 1);
	assert_string_equal(connected(w), "Network1");
	assert_int_equal(w->attempt_count, 2);
	assert_int_equal(last_client(w), '1');
	/* The application reads what it has set. */
	assert_string_equal(text_of(w, 0, CLIENT), "Client2");
	assert_int_equal(persist(w), 0);
	advance_s(w, 60);
	assert_int_equal(w->attempt_count, 2);
	assert_int_equal(reload(w), 0);
	advance_s(w, 1);
	assert_string_equal(connected(w), "Network1");
	assert_int_equal(last_client(w), '2');
}

/* The page's recipe makes a network and enables it without a reload: that works under every choice. */
static void new_network_is_used_with_its_settings_under_every_choice(void **state)
{
	static const char *const choices[] = { "set-effect=reconnects", "set-effect=next-connect", "set-effect=reload" };

	for (size_t i = 0; i < ARRAY_LEN(choices); i++) {
		struct world *w = world_anew(state, choices[i], NULL);
		int id = factory_network(w, "Network1", '1', '1', true), copy;

		advance_s(w, 5);
		copy = duplicate(w, id, "Network2");
		assert_int_equal(set_text(w, copy, ROOT, "Root2"), 0);
		assert_int_equal(set_byte(w, copy, ENABLE, 1), 0);
		advance_s(w, 60);
		assert_string_equal(connected(w), "Network1");
		w->server_root = '2';
		device_link(w->dev, DEVICE_LINK_DEAUTH);
		advance_s(w, 2);
		assert_string_equal(connected(w), "Network2");
		assert_string_equal(roots_tried(w, 1), "12");
		/* A saved setting is in force after a reboot, whatever was tried before. */
		assert_int_equal(set_text(w, id, ROOT, "Root2"), 0);
		assert_int_equal(persist(w), 0);
		reboot(w);
		advance_s(w, 2);
		assert_string_equal(connected(w), "Network1");
	}
}

/* ---- cert-seen ------------------------------------------------------------------------------------------------------- */

/* Connected with Client1; then there is another certificate under that id. */
static void replace_client(struct world *w)
{
	(void) factory_network(w, "Network1", '1', '1', true);
	advance_s(w, 5);
	install_client(w, "Client1", '2');
	assert_string_equal(connected(w), "Network1");
}

static void certificates_are_seen_after_a_reload(void **state)
{
	struct world *w = world_anew(state, "cert-seen=reload", NULL);

	replace_client(w);
	device_link(w->dev, DEVICE_LINK_REAUTH);
	advance_s(w, 1);
	assert_int_equal(w->attempt_count, 2);
	assert_int_equal(last_client(w), '1');
	device_link(w->dev, DEVICE_LINK_DEAUTH);
	advance_s(w, 1);
	assert_int_equal(last_client(w), '1');
	/* Deleted from the store, and still in the supplicant's hands. */
	assert_int_equal(device_op_delete_certificate(w->dev, "Root1"), 0);
	device_link(w->dev, DEVICE_LINK_DEAUTH);
	advance_s(w, 1);
	assert_string_equal(connected(w), "Network1");
	install_root(w, "Root1", '1');
	assert_int_equal(reload(w), 0);
	advance_s(w, 1);
	assert_string_equal(connected(w), "Network1");
	assert_int_equal(last_client(w), '2');
	/* A boot reads them, too. */
	install_client(w, "Client1", '1');
	reboot(w);
	advance_s(w, 2);
	assert_string_equal(connected(w), "Network1");
	assert_int_equal(last_client(w), '1');
}

static void switching_the_interface_does_not_read_certificates(void **state)
{
	struct world *w = world_anew(state, "cert-seen=reload", EVERY_CAPABILITY ", \"NetworkConfig\": true");
	uint8_t buffer[32];
	struct wire_writer in;

	replace_client(w);
	for (uint8_t up = 0; up < 2; up++) {
		wire_writer_init(&in, buffer, sizeof(buffer));
		wire_put_str(&in, "wlan0");
		wire_put_u8(&in, up);
		assert_int_equal(call(w, WIRE_NET_IF_SET_STATE, buffer, in.length), 0);
	}
	advance_s(w, 2);
	assert_string_equal(connected(w), "Network1");
	assert_int_equal(last_client(w), '1');
}

static void certificates_are_seen_at_once(void **state)
{
	struct world *w = world_anew(state, "cert-seen=at-once", NULL);
	struct diagnostics_reply diagnostics;

	replace_client(w);
	device_link(w->dev, DEVICE_LINK_REAUTH);
	advance_s(w, 1);
	assert_string_equal(connected(w), "Network1");
	assert_int_equal(last_client(w), '2');
	install_client(w, "Client1", '1');
	device_link(w->dev, DEVICE_LINK_DEAUTH);
	advance_s(w, 1);
	assert_int_equal(last_client(w), '1');
	assert_int_equal(device_op_delete_certificate(w->dev, "Root1"), 0);
	assert_string_equal(connected(w), "Network1");
	device_link(w->dev, DEVICE_LINK_DEAUTH);
	advance_s(w, 11);
	assert_string_equal(connected(w), "");
	assert_int_equal(diagnose(w, 0, &diagnostics), 0);
	assert_int_equal(diagnostics.cert_error, 100);
}

/* ---- same-ssid-order ------------------------------------------------------------------------------------------------- */

/* Three good networks; the second is made to be the last one connected. Then the connection is lost. */
static const char *next_after_loss(void **state, const char *reading)
{
	struct world *w = world_anew(state, reading, NULL);
	int ids[3];

	ids[0] = factory_network(w, "Network0", '1', '1', false);
	ids[1] = factory_network(w, "Network1", '1', '1', true);
	ids[2] = factory_network(w, "Network2", '1', '1', false);
	advance_s(w, 5);
	assert_string_equal(connected(w), "Network1");
	assert_int_equal(set_byte(w, ids[0], ENABLE, 1), 0);
	assert_int_equal(set_byte(w, ids[2], ENABLE, 1), 0);
	advance_s(w, 60);
	assert_string_equal(connected(w), "Network1");
	device_link(w->dev, DEVICE_LINK_DEAUTH);
	advance_s(w, 1);
	return connected(w);
}

static void order_of_networks_with_one_ssid(void **state)
{
	assert_string_equal(next_after_loss(state, "same-ssid-order=lower-id"), "Network0");
	assert_string_equal(next_after_loss(state, "same-ssid-order=higher-id"), "Network2");
	assert_string_equal(next_after_loss(state, "same-ssid-order=last-connected"), "Network1");
}

static void every_network_gets_its_turn_under_every_order(void **state)
{
	static const struct {
		const char *reading, *tried;
	} cases[] = {
		{ "same-ssid-order=lower-id", "1-2" },
		{ "same-ssid-order=higher-id", "2-1" },
		{ "same-ssid-order=last-connected", "1-2" }, /* none yet: by id */
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct world *w = world_anew(state, cases[i].reading, NULL);

		w->everybody = AUTH_SERVER_REJECTED;
		(void) factory_network(w, "Network0", '1', '1', true);
		(void) factory_network(w, "Network1", '-', '1', true);
		(void) factory_network(w, "Network2", '2', '1', true);
		reboot(w);
		advance_s(w, 4);
		assert_string_equal(roots_tried(w, 0), cases[i].tried);
	}
}

/* ---- unknown-identity ------------------------------------------------------------------------------------------------ */

static void refused_identity(void **state)
{
	static const struct {
		const char *reading;
		int error, cert_error;
	} cases[] = { { "unknown-identity=103", 5, 103 }, { "unknown-identity=1", 1, 0 } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct world *w = world_anew(state, cases[i].reading, NULL);
		struct diagnostics_reply diagnostics;
		int id = factory_network(w, "Network1", '1', '1', true);

		w->everybody = AUTH_IDENTITY_REJECTED;
		advance_s(w, 3);
		assert_int_equal(diagnose(w, id, &diagnostics), 0);
		assert_int_equal(diagnostics.error, cases[i].error);
		assert_int_equal(diagnostics.cert_error, cases[i].cert_error);
	}
}

/* ---- The recipe ------------------------------------------------------------------------------------------------------ */

/* "Certificate life cycle and renewal", client certificate, taken literally: set the id, reload, check. Under "dropped" the
 * check is made with the old certificate: what a careless application is caught by. */
static void literal_recipe_tests_the_old_certificate_when_unsaved_is_dropped(void **state)
{
	static const struct {
		const char *reading;
		char client;
	} cases[] = { { "reload-unsaved=dropped", '1' }, { "reload-unsaved=kept", '2' } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct world *w = world_anew(state, cases[i].reading, NULL);
		int id = factory_network(w, "Network1", '1', '1', true);

		advance_s(w, 5);
		assert_int_equal(set_text(w, id, CLIENT, "Client2"), 0);
		assert_int_equal(reload(w), 0);
		advance_s(w, 5);
		assert_string_equal(connected(w), "Network1");
		assert_int_equal(last_client(w), cases[i].client);
	}
}

/* ---- When they are asked --------------------------------------------------------------------------------------------- */

/* Each step asks what decides it, and nothing before it. */
static void a_reading_is_asked_only_where_it_decides(void **state)
{
	struct world *w = *state;
	const struct readings_asked *asked = &w->asked;
	int id = factory_network(w, "Network1", '1', '1', true);

	advance_s(w, 5);
	device_link(w->dev, DEVICE_LINK_REAUTH);
	advance_s(w, 1);
	assert_int_equal(reload(w), 0); /* everything is saved */
	advance_s(w, 5);
	assert_string_equal(connected(w), "Network1");
	install_client(w, "Client1", '2');
	assert_int_equal(asked->count, 0);
	assert_int_equal(set_byte(w, id, TARGETED, 1), 0); /* no reason to reconnect; but there was an attempt without it */
	assert_int_equal(asked->count, 1);
	assert_true(asked->seen[READING_SET_EFFECT]);
	device_link(w->dev, DEVICE_LINK_REAUTH);
	assert_int_equal(asked->count, 2);
	assert_true(asked->seen[READING_CERT_SEEN]);
	advance_s(w, 1);
	assert_int_equal(duplicate(w, id, "Network2"), 1);
	assert_int_equal(reload(w), 0);
	assert_int_equal(asked->count, 3);
	assert_true(asked->seen[READING_RELOAD_UNSAVED]);
	advance_s(w, 1); /* the certificate is not the one of the connection before */
	assert_int_equal(asked->count, 4);
	assert_true(asked->seen[READING_RELOAD_SESSIONS]);
	assert_int_equal(duplicate(w, 0, "Network2"), 1);
	assert_int_equal(set_byte(w, 1, ENABLE, 1), 0);
	device_link(w->dev, DEVICE_LINK_DEAUTH);
	advance_s(w, 1);
	assert_int_equal(asked->count, 5);
	assert_true(asked->seen[READING_SAME_SSID_ORDER]);
	for (int i = 2; i < 10; i++)
		assert_int_equal(add_network(w), i);
	assert_int_equal(asked->count, 5);
	assert_int_equal(add_network(w), -ENOMEM);
	assert_true(asked->seen[READING_MAX_NETWORKS] && asked->seen[READING_TOO_MANY_NETWORKS]);
	w->everybody = AUTH_IDENTITY_REJECTED;
	assert_false(asked->seen[READING_UNKNOWN_IDENTITY]);
	device_link(w->dev, DEVICE_LINK_DEAUTH);
	advance_s(w, 3);
	assert_true(asked->seen[READING_UNKNOWN_IDENTITY]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_world, free_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(reload_drops_what_is_not_saved),
		TEST(reload_keeps_what_is_not_saved),
		TEST(reload_reconnects_whatever_it_does_to_the_unsaved),
		TEST(set_reconnects),
		TEST(set_waits_for_the_next_connect),
		TEST(set_waits_for_a_reload),
		TEST(new_network_is_used_with_its_settings_under_every_choice),
		TEST(certificates_are_seen_after_a_reload),
		TEST(switching_the_interface_does_not_read_certificates),
		TEST(certificates_are_seen_at_once),
		TEST(order_of_networks_with_one_ssid),
		TEST(every_network_gets_its_turn_under_every_order),
		TEST(refused_identity),
		TEST(a_reading_is_asked_only_where_it_decides),
		TEST(literal_recipe_tests_the_old_certificate_when_unsaved_is_dropped),
	};

	return cmocka_run_group_tests_name("wifi readings", tests, make_certificates, free_certificates);
}
