/* Events and conditions said while a run goes on: what a file may say they may say, and mistakes are named with their place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "emu-applibs/wire/wire.h"
#include "sim/scenario/scenario.h"
#include "tests/scenario/files.h"

static struct scenario *base;

static int load(void **state)
{
	struct az_error error;

	(void) state;
	return scenario_load(files_base_with(0, NULL), &base, &error);
}

static int unload(void **state)
{
	(void) state;
	scenario_free(base);
	base = NULL;
	return 0;
}

typedef int parse_function(const struct scenario *scenario, const char *what, const char *text, size_t length, struct scenario **ret,
                           struct az_error *ret_error);

static struct scenario *parse_well(parse_function *parse, const char *text)
{
	struct scenario *said = NULL;
	struct az_error error;

	if (parse(base, "event", text, strlen(text), &said, &error) < 0)
		fail_msg("\"%s\": %s", text, error.text);
	return said;
}

static void expect_refusal(parse_function *parse, const char *text, const char *word)
{
	struct scenario *said = (struct scenario *)1;
	struct az_error error = {.status = AZ_OK};

	assert_true(parse(base, "event", text, strlen(text), &said, &error) < 0);
	assert_int_equal(error.status, AZ_USAGE);
	assert_ptr_equal(said, (struct scenario *)1);
	if (!strstr(error.text, word))
		fail_msg("expected \"%s\" in \"%s\"", word, error.text);
}

static void an_event_without_a_trigger_is_for_now(void **state)
{
	struct scenario *said = parse_well(scenario_parse_event, "{radius: {up: no, server: radius1}, ap: {deauth: yes}}");

	(void) state;
	assert_int_equal(said->event_count, 1);
	assert_int_equal(said->events[0].trigger, SCN_NOW);
	assert_int_equal(said->events[0].radius->up, SCN_NO);
	assert_string_equal(said->events[0].radius->server, "radius1");
	assert_true(said->events[0].ap->deauth);
	assert_ptr_equal(said->certs, base->certs);
	scenario_free(said);
	said = parse_well(scenario_parse_event, "device: {power: cut}\nplus: 5m\n");
	assert_int_equal(said->events[0].trigger, SCN_NOW);
	assert_true(said->events[0].plus_ns == 300 * NS_PER_S);
	scenario_free(said);
}

static void an_event_may_have_any_trigger_of_a_file(void **state)
{
	struct scenario *said = parse_well(scenario_parse_event, "{at: +10y, radius: {up: no}}");

	(void) state;
	assert_int_equal(said->events[0].trigger, SCN_AT);
	assert_true(said->events[0].at_ns == 10ULL * 365 * 86400 * NS_PER_S); /* long after the end of the file's run */
	scenario_free(said);
	said = parse_well(scenario_parse_event, "{when: {connected: any}, plus: 1h, issuer: {root: ca2}}");
	assert_int_equal(said->events[0].trigger, SCN_WHEN);
	assert_string_equal(said->events[0].when.connected, "any");
	assert_string_equal(said->events[0].issuer->root, "ca2");
	scenario_free(said);
	said = parse_well(scenario_parse_event, "{on_call: WifiConfig_ReloadConfig, nth: 2, phase: after, device: {kill_app: yes}}");
	assert_int_equal(said->events[0].trigger, SCN_ON_CALL);
	assert_int_equal(said->events[0].call, WIRE_WIFI_SET_OPT);
	assert_int_equal(said->events[0].nth, 2);
	scenario_free(said);
}

static void a_condition_stands_alone(void **state)
{
	struct scenario *said = parse_well(scenario_parse_condition, "{connected: Network2, stored: RootCA2}");

	(void) state;
	assert_string_equal(said->events[0].when.connected, "Network2");
	assert_string_equal(said->events[0].when.stored, "RootCA2");
	scenario_free(said);
}

static void mistakes_are_named_with_their_place(void **state)
{
	(void) state;
	expect_refusal(scenario_parse_event, "{radius: {server: radius7}}", "event:1:19: `pki` has no certificate `radius7`");
	expect_refusal(scenario_parse_event, "{radio: {up: no}}", "event:1:2: unknown key `radio`");
	expect_refusal(scenario_parse_event, "radius:\n  up: maybe\n", "event:2:7: `maybe` is no value for `up`");
	expect_refusal(scenario_parse_event, "{at: -1d, radius: {up: no}}", "before the start of the run");
	expect_refusal(scenario_parse_event, "{nth: 2, radius: {up: no}}", "`nth` goes with `on_call`");
	expect_refusal(scenario_parse_event, "{at: +1d}", "event:1:1: an event needs an action");
	expect_refusal(scenario_parse_event, "{radius: {up: no}", "not valid YAML");
	expect_refusal(scenario_parse_event, "radius down", "must be a mapping");
	expect_refusal(scenario_parse_event, "[]", "must be a mapping");
	expect_refusal(scenario_parse_event, "", "event: empty");
	expect_refusal(scenario_parse_event, " \n", "event: empty");
	expect_refusal(scenario_parse_event, "{a: &x 1}", "no anchors");
	expect_refusal(scenario_parse_condition, "{conected: any}", "did you mean `connected`?");
	expect_refusal(scenario_parse_condition, "{}", "says nothing");
}

static void a_scenario_may_come_as_text(void **state)
{
	static const char text[] = "scenario: dev\nabout: text\nstart: 2026-01-01\nlength: 1d\npki: [{name: ca1, use: root, valid: [-1y, +1y]},"
		" {name: radius1, use: server, issuer: ca1, valid: [-1y, +1y]}]\nnetwork: {ssid: A, server: radius1, client_roots: [ca1]}\n"
		"device: {}\n";
	struct scenario *loaded = NULL;
	struct az_error error;

	(void) state;
	assert_int_equal(scenario_load_text("dev", text, sizeof(text) - 1, &loaded, &error), 0);
	assert_string_equal(loaded->name, "dev");
	scenario_free(loaded);
	assert_true(scenario_load_text("other", text, sizeof(text) - 1, &loaded, &error) < 0);
	assert_non_null(strstr(error.text, "other:1:11: `dev` is not the name of the file"));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, load, unload)
	const struct CMUnitTest tests[] = {
		TEST(an_event_without_a_trigger_is_for_now), TEST(an_event_may_have_any_trigger_of_a_file), TEST(a_condition_stands_alone),
		TEST(mistakes_are_named_with_their_place), cmocka_unit_test(a_scenario_may_come_as_text),
	};

	return cmocka_run_group_tests(tests, files_setup, files_teardown);
}
