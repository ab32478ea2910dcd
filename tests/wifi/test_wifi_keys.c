/* The keys that a device keeps of its authentications (PMKSA cache), with access points that keep theirs. */
#include "emu-applibs/device/pmksa.h"
#include "tests/wifi/fixture.h"

static struct world *with_keys(void **state, const char *reading)
{
	struct world *w = world_anew(state, reading, NULL);

	w->caches_keys = true;
	return w;
}

static bool came_by_key(struct world *w)
{
	return strcmp(last_event(w, DEVICE_EVENT_CONNECTED)->text, "by a cached key") == 0;
}

static void link_and_wait(struct world *w, enum device_link_event event)
{
	device_link(w->dev, event);
	advance_s(w, 6);
}

static void comes_back_by_its_key(void **state)
{
	struct world *w = with_keys(state, NULL);
	size_t attempts, verdicts;

	(void) factory_network(w, "Network1", '1', '1', true);
	advance_s(w, 5);
	assert_false(came_by_key(w));
	attempts = w->attempt_count;
	verdicts = count_events(w, DEVICE_EVENT_AUTH);
	w->everybody = AUTH_NO_ANSWER; /* nobody has to be asked */
	link_and_wait(w, DEVICE_LINK_DEAUTH);
	assert_string_equal(connected(w), "Network1");
	assert_true(came_by_key(w));
	assert_int_equal(w->attempt_count, attempts);
	assert_int_equal(count_events(w, DEVICE_EVENT_AUTH), verdicts);
	/* An access point that has forgotten asks as ever. */
	w->everybody = AUTH_OK;
	w->caches_keys = false;
	link_and_wait(w, DEVICE_LINK_DEAUTH);
	assert_false(came_by_key(w));
	assert_int_equal(w->attempt_count, attempts + 1);
	/* So does a device that has lost its power. */
	w->caches_keys = true;
	link_and_wait(w, DEVICE_LINK_REAUTH);
	reboot(w);
	advance_s(w, 5);
	assert_false(came_by_key(w));
}

static void a_reload_keeps_or_flushes(void **state)
{
	static const char *const readings[] = { "reload-sessions=flushed", "reload-sessions=kept" };

	for (size_t i = 0; i < ARRAY_LEN(readings); i++) {
		struct world *w = with_keys(state, readings[i]);

		(void) factory_network(w, "Network1", '1', '1', true);
		advance_s(w, 5);
		w->clients = "2"; /* RADIUS would refuse it by now */
		assert_int_equal(reload(w), 0);
		advance_s(w, 2);
		assert_string_equal(connected(w), i == 0 ? "" : "Network1");
	}
}

static void another_network_comes_by_it(void **state)
{
	struct world *w = with_keys(state, "reload-sessions=kept");
	int first = factory_network(w, "Network1", '1', '1', true), second;

	advance_s(w, 5);
	second = duplicate(w, first, "Network2");
	assert_int_equal(set_text(w, second, ROOT, "Root2"), 0); /* which is not the server's */
	assert_int_equal(set_byte(w, second, ENABLE, 1), 0);
	assert_int_equal(set_byte(w, first, ENABLE, 0), 0);
	advance_s(w, 2);
	assert_string_equal(connected(w), "Network2");
	assert_true(came_by_key(w));
	/* At the next authentication it is found out, and the key still is there for the one that made it. */
	assert_int_equal(set_byte(w, first, ENABLE, 1), 0);
	link_and_wait(w, DEVICE_LINK_REAUTH);
	assert_string_equal(connected(w), "Network1");
	assert_true(came_by_key(w));
}

static void a_setting_of_its_maker_ends_it(void **state)
{
	struct world *w = with_keys(state, "set-effect=reconnects");
	int id = factory_network(w, "Network1", '1', '1', true), other;

	advance_s(w, 5);
	other = duplicate(w, id, "Network2");
	assert_int_equal(set_text(w, other, CLIENT, "Client2"), 0);
	link_and_wait(w, DEVICE_LINK_DEAUTH);
	assert_true(came_by_key(w));
	assert_int_equal(set_text(w, id, CLIENT, "Client2"), 0);
	advance_s(w, 2);
	assert_string_equal(connected(w), "Network1");
	assert_false(came_by_key(w));
	/* So does its end. */
	assert_int_equal(set_byte(w, other, ENABLE, 1), 0);
	assert_int_equal(call_id(w, WIRE_WIFI_FORGET_ID, id), 0);
	advance_s(w, 2);
	assert_string_equal(connected(w), "Network2");
	assert_false(came_by_key(w));
}

static void it_authenticates_again_in_time(void **state)
{
	struct world *w = with_keys(state, NULL);
	size_t attempts;

	(void) factory_network(w, "Network1", '1', '1', true);
	advance_s(w, 5);
	attempts = w->attempt_count;
	advance_s(w, PMKSA_REAUTH_S - 10);
	assert_int_equal(w->attempt_count, attempts);
	advance_s(w, 20);
	assert_int_equal(w->attempt_count, attempts + 1);
	assert_string_equal(connected(w), "Network1");
	/* The new key has a time of its own. */
	advance_s(w, PMKSA_LIFE_S - PMKSA_REAUTH_S);
	assert_int_equal(w->attempt_count, attempts + 1);
	assert_int_equal(count_events(w, DEVICE_EVENT_DISCONNECTED), 0);
}

static void a_refusal_leaves_the_key_to_its_end(void **state)
{
	struct world *w = with_keys(state, NULL);

	(void) factory_network(w, "Network1", '1', '1', true);
	advance_s(w, 5);
	w->clients = "2";
	advance_s(w, PMKSA_REAUTH_S + 60);
	assert_int_equal(last_event(w, DEVICE_EVENT_AUTH)->outcome, AUTH_CLIENT_REJECTED);
	assert_string_equal(connected(w), "Network1");
	assert_true(came_by_key(w));
	advance_s(w, PMKSA_LIFE_S - PMKSA_REAUTH_S - 120);
	assert_string_equal(connected(w), "Network1");
	advance_s(w, 120);
	assert_string_equal(connected(w), "");
	assert_string_equal(last_event(w, DEVICE_EVENT_DISCONNECTED)->text, "its key has ended");
}

static void who_was_away_then_is_not_asked_later(void **state)
{
	struct world *w = with_keys(state, NULL);
	size_t attempts;

	(void) factory_network(w, "Network1", '1', '1', true);
	advance_s(w, 5);
	attempts = w->attempt_count;
	advance_s(w, PMKSA_REAUTH_S - 60);
	w->ap_up = false;
	device_link(w->dev, DEVICE_LINK_LOST);
	advance_s(w, 120);
	w->ap_up = true;
	link_and_wait(w, DEVICE_LINK_VISIBLE);
	assert_true(came_by_key(w));
	assert_int_equal(w->attempt_count, attempts);
	advance_s(w, PMKSA_LIFE_S - PMKSA_REAUTH_S - 240);
	assert_int_equal(w->attempt_count, attempts);
	advance_s(w, 300);
	assert_int_equal(w->attempt_count, attempts + 1);
	assert_string_equal(connected(w), "Network1");
}

static void each_access_point_has_its_own(void **state)
{
	struct world *w = with_keys(state, NULL);

	(void) factory_network(w, "Network1", '1', '1', true);
	advance_s(w, 5);
	w->second_rssi_dbm = -20;
	link_and_wait(w, DEVICE_LINK_DEAUTH);
	assert_false(came_by_key(w));
	link_and_wait(w, DEVICE_LINK_DEAUTH);
	assert_true(came_by_key(w));
	w->second_rssi_dbm = -60;
	link_and_wait(w, DEVICE_LINK_DEAUTH);
	assert_true(came_by_key(w));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_world, free_world)
		TEST(comes_back_by_its_key),
		TEST(a_reload_keeps_or_flushes),
		TEST(another_network_comes_by_it),
		TEST(a_setting_of_its_maker_ends_it),
		TEST(it_authenticates_again_in_time),
		TEST(a_refusal_leaves_the_key_to_its_end),
		TEST(who_was_away_then_is_not_asked_later),
		TEST(each_access_point_has_its_own),
#undef TEST
	};

	return cmocka_run_group_tests(tests, make_certificates, free_certificates);
}
