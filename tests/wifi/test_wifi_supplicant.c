/* Which network the device joins and when: attempts, failures, waits, loss, re-authentication, diagnostics.
 * Expected times: wpa_supplicant 2.10 against hostapd, as said in supplicant.c; its series of waits is in its source,
 * wpas_auth_failed(). Codes: WifiConfig_NetworkDiagnostics of wificonfig.h. */
#include "tests/wifi/fixture.h"

#define MS(event_or_attempt) ((event_or_attempt)->at_ns / NS_PER_MS)

/* Until attempt number `count` begins, to a tenth of a second; it must within a day. */
static void advance_to_attempt(struct world *w, size_t count)
{
	uint64_t latest_ns = w->now_ns + 86400 * NS_PER_S;

	while (w->attempt_count < count) {
		assert_true(w->now_ns < latest_ns);
		advance_ms(w, 100);
	}
}

static void connects_after_boot_and_stays(void **state)
{
	struct world *w = *state;
	uint64_t boot_ms = w->now_ns / NS_PER_MS;
	struct diagnostics_reply diagnostics;
	int id = factory_network(w, "Network1", '1', '1', true);

	reboot(w);
	advance_ms(w, 1000);
	assert_string_equal(connected(w), "");
	advance_ms(w, 1000);
	assert_string_equal(connected(w), "Network1");
	assert_int_equal(MS(last_event(w, DEVICE_EVENT_CONNECTED)) - boot_ms, 900 + 300);
	assert_int_equal(call_plain(w, WIRE_WIFI_CONNECTED_ID), id);
	assert_int_equal(diagnose(w, id, &diagnostics), -ENODEV); /* never failed */
	advance_s(w, 30 * 86400);
	assert_string_equal(connected(w), "Network1");
	assert_int_equal(w->attempt_count, 1);
}

static void disabled_network_is_never_tried(void **state)
{
	struct world *w = *state;
	int id = factory_network(w, "Network1", '1', '1', false);

	advance_s(w, 3600);
	assert_int_equal(w->attempt_count, 0);
	assert_int_equal(set_byte(w, id, ENABLE, 1), 0);
	advance_s(w, 1);
	assert_string_equal(connected(w), "Network1");
	assert_int_equal(set_byte(w, id, ENABLE, 0), 0);
	assert_string_equal(connected(w), "");
	advance_s(w, 3600);
	assert_int_equal(w->attempt_count, 1);
}

/* Each wait of the series: its base, and the random part below ten times the count from the second failure on. */
static void rejected_network_is_set_aside_for_growing_times(void **state)
{
	static const unsigned base_s[] = { 10, 20, 30, 60, 60, 90, 90, 90, 90, 90, 120, 120 };
	struct world *w = *state;
	struct device_network_info info;
	struct diagnostics_reply diagnostics;
	bool varied = false;
	int id = factory_network(w, "Network1", '2', '1', true);

	for (size_t i = 0; i < ARRAY_LEN(base_s); i++) {
		uint64_t before_ns = w->now_ns;
		const struct event *event;

		advance_to_attempt(w, i + 1);
		advance_ms(w, 400);
		event = last_event(w, DEVICE_EVENT_TEMP_DISABLED);
		assert_non_null(event);
		assert_true(event->at_ns > before_ns);
		assert_string_equal(event->network, "Network1");
		assert_in_range(event->number, base_s[i], i == 0 ? base_s[i] : base_s[i] + (i + 1) * 10 - 1);
		varied |= event->number != base_s[i];
		assert_true(has_network(w, "Network1", &info));
		assert_true(info.enabled && info.temp_disabled);
		/* The application sees it as not enabled, in the diagnostics alone. */
		assert_int_equal(diagnose(w, id, &diagnostics), 0);
		assert_false(diagnostics.enabled);
		/* In whole seconds, from that of the failure. */
		advance_ns(w, (event->at_ns / NS_PER_S + (uint64_t)event->number) * NS_PER_S - NS_PER_MS - w->now_ns);
		assert_int_equal(w->attempt_count, i + 1);
		advance_ms(w, 2);
		assert_int_equal(w->attempt_count, i + 2);
	}
	assert_true(varied);
	/* The server gets a certificate from the root that the device knows: the series starts again afterwards. */
	w->server_root = '2';
	advance_s(w, 600);
	assert_string_equal(connected(w), "Network1");
	assert_int_equal(diagnose(w, id, &diagnostics), 0);
	assert_true(diagnostics.enabled && diagnostics.connected);
	w->server_root = '1';
	device_link(w->dev, DEVICE_LINK_DEAUTH);
	advance_s(w, 1);
	assert_int_equal(last_event(w, DEVICE_EVENT_TEMP_DISABLED)->number, 10);
}

static void enabling_or_reloading_ends_the_setting_aside(void **state)
{
	struct world *w = *state;
	int id = factory_network(w, "Network1", '2', '1', true);

	advance_s(w, 2);
	assert_int_equal(w->attempt_count, 1);
	assert_int_equal(set_byte(w, id, ENABLE, 1), 0);
	advance_s(w, 1);
	assert_int_equal(w->attempt_count, 2);
	assert_int_equal(last_event(w, DEVICE_EVENT_TEMP_DISABLED)->number, 10);
	assert_int_equal(reload(w), 0);
	advance_s(w, 1);
	assert_int_equal(w->attempt_count, 3);
	assert_int_equal(last_event(w, DEVICE_EVENT_TEMP_DISABLED)->number, 10);
}

static void second_network_takes_over_and_first_is_tried_again_after_a_loss(void **state)
{
	struct world *w = *state;

	(void) factory_network(w, "Network1", '1', '1', true);
	(void) factory_network(w, "Network2", '2', '1', true);
	advance_s(w, 5);
	assert_string_equal(connected(w), "Network1");
	w->server_root = '2';
	device_link(w->dev, DEVICE_LINK_DEAUTH);
	assert_string_equal(connected(w), "");
	advance_ms(w, 300 + 200 + 299);
	assert_string_equal(connected(w), "");
	advance_ms(w, 1);
	assert_string_equal(connected(w), "Network2");
	assert_string_equal(roots_tried(w, 1), "12");
	/* It does not go back by itself. */
	advance_s(w, 86400);
	assert_string_equal(connected(w), "Network2");
	/* At the next loss it starts again at the top. */
	w->server_root = '1';
	device_link(w->dev, DEVICE_LINK_DEAUTH);
	advance_s(w, 1);
	assert_string_equal(connected(w), "Network1");
	assert_string_equal(roots_tried(w, 1), "121");
}

static void no_answer_takes_a_minute_and_missing_credentials_ten_seconds(void **state)
{
	struct world *w = *state;
	struct diagnostics_reply diagnostics;
	int id = factory_network(w, "Network1", '1', '1', true);
	uint64_t from_ns;

	w->everybody = AUTH_NO_ANSWER;
	advance_s(w, 2);
	assert_int_equal(w->attempt_count, 1);
	from_ns = w->attempts[0].at_ns;
	assert_int_equal(diagnose(w, id, &diagnostics), -ENODEV);
	advance_s(w, 65);
	assert_int_equal(last_event(w, DEVICE_EVENT_AUTH)->at_ns - from_ns, 60 * NS_PER_S);
	assert_int_equal(diagnose(w, id, &diagnostics), 0);
	assert_int_equal(diagnostics.error, 1);

	w->everybody = AUTH_OK;
	assert_int_equal(set_text(w, id, CLIENT, "Missing"), 0);
	assert_int_equal(persist(w), 0);
	assert_int_equal(reload(w), 0);
	from_ns = w->now_ns;
	advance_s(w, 12);
	assert_int_equal(last_event(w, DEVICE_EVENT_AUTH)->outcome, AUTH_NO_CREDENTIALS);
	assert_int_equal(last_event(w, DEVICE_EVENT_AUTH)->at_ns - from_ns, 10 * NS_PER_S);
	assert_int_equal(w->attempt_count, 1); /* nothing went over the air */
	assert_int_equal(diagnose(w, id, &diagnostics), 0);
	assert_int_equal(diagnostics.error, 5);
	assert_int_equal(diagnostics.cert_error, 100);
}

static void missing_root_and_root_as_client_are_missing_credentials(void **state)
{
	struct world *w = *state;
	struct diagnostics_reply diagnostics;
	int id = factory_network(w, "Network1", '1', '1', true);

	assert_int_equal(set_text(w, id, ROOT, "Missing"), 0);
	advance_s(w, 20);
	assert_int_equal(diagnose(w, id, &diagnostics), 0);
	assert_int_equal(diagnostics.cert_error, 100);
	assert_int_equal(set_text(w, id, ROOT, "Root1"), 0);
	assert_int_equal(set_text(w, id, CLIENT, "Root1"), 0); /* has no key */
	assert_int_equal(w->attempt_count, 0);
	advance_s(w, 200);
	assert_int_equal(w->attempt_count, 0);
	assert_string_equal(connected(w), "");
}

static void scans_until_the_access_point_is_there(void **state)
{
	struct world *w = *state;
	struct diagnostics_reply diagnostics;
	int id;

	w->ap_up = false;
	id = factory_network(w, "Network1", '1', '1', true);
	advance_s(w, 62);
	assert_int_equal(w->attempt_count, 0);
	assert_int_equal(diagnose(w, id, &diagnostics), 0);
	assert_int_equal(diagnostics.error, 2);
	assert_int_equal(diagnostics.cert_error, 0);
	assert_true(diagnostics.enabled);
	/* The last scan is less than five seconds ago. */
	assert_in_range(WALL_2026 + (int64_t)(w->now_ns / NS_PER_S) - diagnostics.wall_s, 0, 5);
	w->ap_up = true;
	advance_ms(w, 5400);
	assert_string_equal(connected(w), "Network1");
	w->ap_up = false;
	device_link(w->dev, DEVICE_LINK_LOST);
	assert_string_equal(connected(w), "");
	assert_string_equal(last_event(w, DEVICE_EVENT_DISCONNECTED)->network, "Network1");
	advance_s(w, 100);
	w->ap_up = true;
	device_link(w->dev, DEVICE_LINK_VISIBLE);
	advance_ms(w, 5400);
	assert_string_equal(connected(w), "Network1");
}

static void wrong_security_type_is_not_joined(void **state)
{
	struct world *w = *state;
	struct diagnostics_reply diagnostics;
	int id = factory_network(w, "Network1", '1', '1', true);

	assert_int_equal(set_byte(w, id, SECURITY, OPEN), 0);
	advance_s(w, 60);
	assert_int_equal(w->attempt_count, 0);
	assert_int_equal(diagnose(w, id, &diagnostics), 0);
	assert_int_equal(diagnostics.error, 6);
}

/* After a day of nothing but failures: one attempt an hour, so that years pass quickly; any sign of change ends that. */
static void long_outage_is_tried_once_an_hour_or_less(void **state)
{
	struct world *w = *state;
	size_t in_a_day, later;

	(void) factory_network(w, "Network1", '2', '1', true);
	advance_s(w, 86400);
	in_a_day = w->attempt_count;
	assert_in_range(in_a_day, 100, 900);
	advance_s(w, 2 * 86400);
	later = w->attempt_count - in_a_day;
	assert_in_range(later, 2 * 24 - 1, 2 * 24 + 2);
	/* wpa_supplicant's own wait grows without end, and becomes longer than that. */
	advance_s(w, 60 * 86400);
	assert_in_range(w->attempt_count - in_a_day - later, 30 * 24, 58 * 24);
	/* What was wrong is put right, and nobody says so: when that is over. */
	w->server_root = '2';
	advance_s(w, 301 + 10 * (uint64_t) w->attempt_count);
	assert_string_equal(connected(w), "Network1");
	/* The next outage begins with the usual waits again. */
	w->server_root = '1';
	device_link(w->dev, DEVICE_LINK_DEAUTH);
	advance_s(w, 1);
	assert_int_equal(last_event(w, DEVICE_EVENT_TEMP_DISABLED)->number, 10);
}

static void sign_of_change_ends_the_long_wait(void **state)
{
	struct world *w = *state;

	(void) factory_network(w, "Network1", '2', '1', true);
	advance_s(w, 2 * 86400);
	advance_to_attempt(w, w->attempt_count + 1);
	advance_s(w, 1);
	assert_int_equal(last_event(w, DEVICE_EVENT_TEMP_DISABLED)->number, 3600);
	w->server_root = '2';
	/* wpa_supplicant's own wait, 300 s and the random part, stays in force. */
	assert_in_range(w->attempt_count, 100, 300);
	advance_s(w, 301 + 10 * (uint64_t) w->attempt_count);
	assert_string_equal(connected(w), "");
	device_link(w->dev, DEVICE_LINK_VISIBLE);
	advance_s(w, 1);
	assert_string_equal(connected(w), "Network1");

	/* The same while the access point is away: an hourly scan, then one within five seconds. */
	w->ap_up = false;
	device_link(w->dev, DEVICE_LINK_LOST);
	advance_s(w, 10 * 86400 + 1800);
	w->ap_up = true;
	advance_s(w, 60);
	assert_string_equal(connected(w), "");
	device_link(w->dev, DEVICE_LINK_VISIBLE);
	advance_ms(w, 5400);
	assert_string_equal(connected(w), "Network1");
}

static void reauthentication_that_succeeds_keeps_the_connection(void **state)
{
	struct world *w = *state;

	(void) factory_network(w, "Network1", '1', '1', true);
	advance_s(w, 5);
	device_link(w->dev, DEVICE_LINK_REAUTH);
	assert_string_equal(connected(w), "Network1");
	device_link(w->dev, DEVICE_LINK_REAUTH); /* one is under way */
	advance_s(w, 1);
	assert_string_equal(connected(w), "Network1");
	assert_int_equal(w->attempt_count, 2);
	assert_int_equal(count_events(w, DEVICE_EVENT_AUTH), 2);
	assert_int_equal(count_events(w, DEVICE_EVENT_CONNECTED), 1);
	assert_int_equal(count_events(w, DEVICE_EVENT_DISCONNECTED), 0);
}

static void reauthentication_that_fails_disconnects(void **state)
{
	struct world *w = *state;
	struct diagnostics_reply diagnostics;
	int id = factory_network(w, "Network1", '1', '1', true);

	(void) factory_network(w, "Network2", '2', '1', true);
	advance_s(w, 5);
	w->server_root = '2';
	device_link(w->dev, DEVICE_LINK_REAUTH);
	advance_ms(w, 299);
	assert_string_equal(connected(w), "Network1");
	advance_ms(w, 1);
	assert_string_equal(connected(w), "");
	assert_int_equal(last_event(w, DEVICE_EVENT_DISCONNECTED)->at_ns, w->now_ns);
	advance_s(w, 1);
	assert_string_equal(connected(w), "Network2");
	assert_int_equal(diagnose(w, id, &diagnostics), 0);
	assert_int_equal(diagnostics.error, 5);
	assert_false(diagnostics.connected);
	assert_null(strstr(last_event(w, DEVICE_EVENT_DISCONNECTED)->text, "PRIVATE"));
}

static void diagnostics_say_what_a_device_can_know(void **state)
{
	static const struct {
		enum auth_outcome outcome;
		int error, cert_error, cert_depth;
		const char *subject;
	} cases[] = {
		{ AUTH_SERVER_REJECTED, 5, 101, 1, "/CN=root1" },
		{ AUTH_CLIENT_REJECTED, 5, 102, -1, "" }, /* not a word of why */
		{ AUTH_IDENTITY_REJECTED, 5, 103, -1, "" },
		{ AUTH_NO_ANSWER, 1, 0, -1, "" },
		{ AUTH_NO_NETWORK, 2, 0, -1, "" },
		{ AUTH_NO_CREDENTIALS, 5, 100, -1, "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct world *w = world_anew(state, NULL, NULL);
		struct diagnostics_reply diagnostics;
		uint8_t flag;
		int id = factory_network(w, "Network1", '1', '1', true);

		w->everybody = cases[i].outcome;
		for (int i = 0; i < 1000 && !last_event(w, DEVICE_EVENT_AUTH); i++)
			advance_ms(w, 100);
		assert_non_null(last_event(w, DEVICE_EVENT_AUTH));
		assert_int_equal(last_event(w, DEVICE_EVENT_AUTH)->outcome, cases[i].outcome);
		assert_int_equal(diagnose(w, id, &diagnostics), 0);
		assert_int_equal(diagnostics.error, cases[i].error);
		assert_int_equal(diagnostics.cert_error, cases[i].cert_error);
		assert_int_equal(diagnostics.cert_depth, cases[i].cert_depth);
		assert_string_equal(diagnostics.subject, cases[i].subject);
		assert_int_equal(diagnostics.wall_s, WALL_2026 + (int64_t)(last_event(w, DEVICE_EVENT_AUTH)->at_ns / NS_PER_S));
		/* The older attribute carries the same. */
		assert_int_equal(get_option(w, id, DIAGNOSTICS32), 0);
		flag = wire_get_u8(&w->out);
		assert_int_equal(flag, diagnostics.enabled);
		(void) wire_get_u8(&w->out);
		assert_int_equal(wire_get_i32(&w->out), cases[i].error);
		/* RAM: a reboot forgets. */
		device_power_off(w->dev);
		w->ap_up = false;
		device_power_on(w->dev, 0);
		assert_int_equal(diagnose(w, 0, &diagnostics), -ENODEV);
	}
}

static void last_failure_stays_on_record_after_a_success(void **state)
{
	struct world *w = *state;
	struct diagnostics_reply diagnostics;
	int id = factory_network(w, "Network1", '1', '1', true);

	w->clients = "2";
	advance_s(w, 3);
	w->clients = "12";
	advance_s(w, 60);
	assert_string_equal(connected(w), "Network1");
	assert_int_equal(reload(w), 0);
	advance_s(w, 5);
	assert_int_equal(diagnose(w, id, &diagnostics), 0);
	assert_true(diagnostics.connected && diagnostics.enabled);
	assert_int_equal(diagnostics.cert_error, 102);
}

static void network_without_root_does_not_look_at_the_server(void **state)
{
	struct world *w = *state;

	(void) factory_network(w, "Network1", '-', '1', true);
	advance_s(w, 5);
	assert_string_equal(connected(w), "Network1");
	assert_null(device_get_connected_root_pem(w->dev));
	assert_non_null(device_get_connected_client_pem(w->dev));
}

static void what_comes_between_drops_the_attempt_with_its_verdict(void **state)
{
	struct world *w = *state;
	int id = factory_network(w, "Network1", '1', '1', true);

	/* Under way in each round: an attempt that would succeed. */
	for (int round = 0; round < 5; round++) {
		size_t attempts, results;

		w->ap_up = true;
		reboot(w);
		attempts = w->attempt_count;
		results = count_events(w, DEVICE_EVENT_AUTH);
		advance_to_attempt(w, attempts + 1);
		switch (round) {
		case 0:
			assert_int_equal(set_byte(w, id, ENABLE, 0), 0);
			break;
		case 1:
			assert_int_equal(call_id(w, WIRE_WIFI_FORGET_ID, id), 0);
			break;
		case 2:
			device_power_off(w->dev);
			break;
		case 3:
			w->ap_up = false;
			device_link(w->dev, DEVICE_LINK_LOST);
			break;
		default:
			w->everybody = AUTH_SERVER_REJECTED; /* the one after the reload */
			assert_int_equal(reload(w), 0);
			break;
		}
		advance_s(w, 20);
		assert_string_equal(connected(w), "");
		assert_int_equal(count_events(w, DEVICE_EVENT_CONNECTED), 0);
		if (round < 4)
			assert_int_equal(count_events(w, DEVICE_EVENT_AUTH), results);
	}
}

static void credentials_of_the_connection_are_the_copies_in_use(void **state)
{
	struct world *w = *state;
	char *before;

	(void) factory_network(w, "Network1", '1', '1', true);
	advance_s(w, 5);
	before = strdup(device_get_connected_client_pem(w->dev));
	assert_non_null(before);
	install_client(w, "Client1", '2');
	assert_string_equal(device_get_connected_client_pem(w->dev), before);
	free(before);
	device_link(w->dev, DEVICE_LINK_DEAUTH);
	assert_null(device_get_connected_client_pem(w->dev));
}

static void broken_network_backend_does_not_spin(void **state)
{
	struct world *w = *state;

	(void) factory_network(w, "Network1", '1', '1', true);
	w->broken = -EIO;
	advance_s(w, 60);
	assert_in_range(w->attempt_count, 1, 13);
	assert_string_equal(connected(w), "");
	w->broken = 0;
	advance_s(w, 6);
	assert_string_equal(connected(w), "Network1");
	w->broken = -EIO;
	device_link(w->dev, DEVICE_LINK_REAUTH);
	assert_string_equal(connected(w), "Network1");
}

static void same_seed_same_history(void **state)
{
	struct world *w = *state;
	struct event first[64];
	size_t count;

	for (int round = 0; round < 2; round++) {
		if (round > 0)
			w = world_anew(state, NULL, NULL);
		(void) factory_network(w, "Network1", '2', '1', true);
		advance_s(w, 2000);
		count = w->event_count;
		assert_in_range(count, 20, ARRAY_LEN(first));
		if (round == 0)
			memcpy(first, w->events, count * sizeof(first[0]));
		else
			assert_memory_equal(first, w->events, count * sizeof(first[0]));
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_world, free_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(connects_after_boot_and_stays),
		TEST(disabled_network_is_never_tried),
		TEST(rejected_network_is_set_aside_for_growing_times),
		TEST(enabling_or_reloading_ends_the_setting_aside),
		TEST(second_network_takes_over_and_first_is_tried_again_after_a_loss),
		TEST(no_answer_takes_a_minute_and_missing_credentials_ten_seconds),
		TEST(missing_root_and_root_as_client_are_missing_credentials),
		TEST(scans_until_the_access_point_is_there),
		TEST(wrong_security_type_is_not_joined),
		TEST(long_outage_is_tried_once_an_hour_or_less),
		TEST(sign_of_change_ends_the_long_wait),
		TEST(reauthentication_that_succeeds_keeps_the_connection),
		TEST(reauthentication_that_fails_disconnects),
		TEST(diagnostics_say_what_a_device_can_know),
		TEST(last_failure_stays_on_record_after_a_success),
		TEST(network_without_root_does_not_look_at_the_server),
		TEST(what_comes_between_drops_the_attempt_with_its_verdict),
		TEST(credentials_of_the_connection_are_the_copies_in_use),
		TEST(broken_network_backend_does_not_spin),
		TEST(same_seed_same_history),
	};

	return cmocka_run_group_tests_name("supplicant", tests, make_certificates, free_certificates);
}
