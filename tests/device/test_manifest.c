/* Manifests: what is granted, and that what is wrong is refused and named. */
#include "tests/device/fixture.h"

#define GUID "\"25025d2c-66da-4448-bae1-ac26fcdd3627\""
#define HEAD "\"SchemaVersion\": 1, \"Name\": \"n\", \"ComponentId\": " GUID ", \"EntryPoint\": \"/bin/app\""
#define CAPABILITIES(list) "{" HEAD ", \"Capabilities\": {" list "}}"

static int set(struct world *w, const char *json, char error[DEVICE_ERROR_MAX])
{
	error[0] = '\0';
	return device_set_manifest(w->dev, json, strlen(json), error);
}

static void granted_is_what_is_listed(void **state)
{
	struct world *w = *state;
	char error[DEVICE_ERROR_MAX];

	assert_int_equal(set(w, "{" HEAD ", \"CmdArgs\": [\"--a\", \"b c\"], \"ApplicationType\": \"Debug\", \"MallocVersion\": 2,"
	                        "\"Capabilities\": {\"SystemTime\": true, \"WifiConfig\": false,"
	                        "\"MutableStorage\": {\"SizeKB\": 64}, \"AllowedConnections\": [\"ca.corp.example\", \"10.0.0.1\"],"
	                        "\"PowerControls\": [\"ForceReboot\"], \"Gpio\": [\"$LED\", 8],"
	                        "\"DeviceAuthentication\": " GUID "}}", error), 0);
	assert_true(device_manifest_has(w->dev, "SystemTime"));
	assert_false(device_manifest_has(w->dev, "systemtime"));
	assert_false(device_manifest_has(w->dev, "WifiConfig"));
	assert_false(device_manifest_has(w->dev, "CertStore"));
	assert_true(device_manifest_has(w->dev, "DeviceAuthentication"));
	assert_int_equal(device_manifest_mutable_kb(w->dev), 64);
	assert_string_equal(device_manifest_unresolved(w->dev), "$LED");
	assert_true(device_manifest_allows_host(w->dev, "CA.corp.example"));
	assert_true(device_manifest_allows_host(w->dev, "10.0.0.1"));
	assert_false(device_manifest_allows_host(w->dev, "corp.example"));
	assert_false(device_manifest_allows_host(w->dev, "x.ca.corp.example"));
	assert_string_equal(device_manifest_cmd_args(w->dev)[0], "--a");
	assert_string_equal(device_manifest_cmd_args(w->dev)[1], "b c");
	assert_null(device_manifest_cmd_args(w->dev)[2]);
}

static void the_least_manifest_grants_nothing(void **state)
{
	struct world *w = *state;
	char error[DEVICE_ERROR_MAX];

	assert_int_equal(set(w, CAPABILITIES(""), error), 0);
	assert_false(device_manifest_has(w->dev, "CertStore"));
	assert_int_equal(device_manifest_mutable_kb(w->dev), 0);
	assert_null(device_manifest_unresolved(w->dev));
	assert_false(device_manifest_allows_host(w->dev, ""));
	assert_null(device_manifest_cmd_args(w->dev)[0]);
	/* Asked for with nothing in it. */
	assert_int_equal(set(w, CAPABILITIES("\"MutableStorage\": {\"SizeKB\": 0}"), error), 0);
	assert_false(device_manifest_has(w->dev, "MutableStorage"));
}

static void what_is_wrong_is_named_and_the_old_one_stays(void **state)
{
	static const struct {
		const char *json, *says;
	} cases[] = {
		{ "", "line 1" },
		{ "{", "line 1" },
		{ "[]", "object" },
		{ "{" HEAD "}", "Capabilities" },
		{ "{" HEAD ", \"Capabilities\": []}", "Capabilities" },
		{ "{" HEAD ", \"Capabilities\": {}, \"Capabilities\": {}}", "duplicate" },
		{ "{\"Name\": \"n\", \"ComponentId\": " GUID ", \"EntryPoint\": \"/bin/app\", \"Capabilities\": {}}", "SchemaVersion" },
		{ "{\"SchemaVersion\": 2, \"Name\": \"n\", \"ComponentId\": " GUID ", \"EntryPoint\": \"/bin/app\", \"Capabilities\": {}}",
		  "SchemaVersion" },
		{ "{\"SchemaVersion\": 1, \"Name\": \"\", \"ComponentId\": " GUID ", \"EntryPoint\": \"/bin/app\", \"Capabilities\": {}}",
		  "Name" },
		{ "{\"SchemaVersion\": 1, \"Name\": \"n\", \"ComponentId\": \"1234\", \"EntryPoint\": \"/bin/app\", \"Capabilities\": {}}",
		  "ComponentId" },
		{ "{\"SchemaVersion\": 1, \"Name\": \"n\", \"ComponentId\": " GUID ", \"EntryPoint\": \"/bin/x\", \"Capabilities\": {}}",
		  "EntryPoint" },
		{ "{" HEAD ", \"Capabilities\": {}, \"ApplicationType\": \"debug\"}", "ApplicationType" },
		{ "{" HEAD ", \"Capabilities\": {}, \"CmdArgs\": [1]}", "CmdArgs" },
		{ "{" HEAD ", \"Capabilities\": {}, \"CmdArgs\": \"a\"}", "CmdArgs" },
		{ "{" HEAD ", \"Capabilities\": {}, \"Extra\": 1}", "\"Extra\"" },
		{ "{" HEAD ", \"Capabilities\": {}, \"\\u001b[2J\\u007f\": 1}", "\"?[2J?\"" },
		{ "{" HEAD ", \"Capabilities\": {}, \"cmdargs\": []}", "write \"CmdArgs\"" },
		{ CAPABILITIES("\"CertStores\": true"), "\"CertStores\"" },
		{ CAPABILITIES("\"EnterpriseWiFiConfig\": true"), "write \"EnterpriseWifiConfig\"" },
		{ CAPABILITIES("\"CertStore\": 1"), "CertStore must be true or false" },
		{ CAPABILITIES("\"CertStore\": \"true\""), "CertStore must be true or false" },
		{ CAPABILITIES("\"AllowedConnections\": \"ca.corp.example\""), "AllowedConnections must be a list of strings" },
		{ CAPABILITIES("\"AllowedConnections\": [null]"), "AllowedConnections must be a list of strings" },
		{ CAPABILITIES("\"MutableStorage\": 8"), "SizeKB" },
		{ CAPABILITIES("\"MutableStorage\": {\"SizeKB\": 65}"), "SizeKB is 65" },
		{ CAPABILITIES("\"MutableStorage\": {\"SizeKB\": -1}"), "SizeKB is -1" },
		{ CAPABILITIES("\"MutableStorage\": {\"SizeKB\": 8, \"x\": 1}"), "SizeKB" },
		{ CAPABILITIES("\"MutableStorage\": {\"SizeKB\": \"8\"}"), "SizeKB" },
		{ CAPABILITIES("\"DeviceAuthentication\": true"), "DeviceAuthentication" },
		{ CAPABILITIES("\"DeviceAuthentication\": \"25025d2c-66da-4448-bae1-ac26fcdd362g\""), "DeviceAuthentication" },
		{ CAPABILITIES("\"Gpio\": 8"), "Gpio must be a list" },
		{ CAPABILITIES("\"Gpio\": [-1]"), "Gpio must be a list of numbers and names" },
		{ CAPABILITIES("\"Uart\": [true]"), "Uart must be a list of numbers and names" },
		{ CAPABILITIES("\"PowerControls\": []"), "PowerControls must be a list of strings that is not empty" },
		{ CAPABILITIES("\"PowerControls\": [1]"), "PowerControls must be a list of strings" },
		{ CAPABILITIES("\"CertStore\": true, \"CertStore\": true"), "duplicate" },
	};
	struct world *w = *state;
	char error[DEVICE_ERROR_MAX];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(set(w, cases[i].json, error), -EINVAL);
		if (!strstr(error, cases[i].says))
			fail_msg("%s\nsays: %s\nand not: %s", cases[i].json, error, cases[i].says);
		assert_true(device_manifest_has(w->dev, "CertStore"));
	}
}

static void hostile_text_is_refused(void **state)
{
	struct world *w = *state;
	char error[DEVICE_ERROR_MAX];
	char *deep = malloc(100001), *wide = malloc(100001);

	assert_non_null(deep);
	assert_non_null(wide);
	memset(deep, '[', 100000);
	deep[100000] = '\0';
	assert_int_equal(set(w, deep, error), -EINVAL);
	(void) snprintf(wide, 100001, "{\"%99000d\": 1}", 7);
	assert_int_equal(set(w, wide, error), -EINVAL);
	assert_true(strlen(error) < DEVICE_ERROR_MAX);
	free(deep);
	free(wide);
	/* The length counts, not a NUL. */
	assert_int_equal(device_set_manifest(w->dev, CAPABILITIES(""), 20, error), -EINVAL);
}

/* ---- Readings -------------------------------------------------------------------------------------------------------- */

static void every_reading_has_named_choices_with_a_source(void **state)
{
	struct readings readings;

	(void) state;
	readings_defaults(&readings);
	for (size_t i = 0; i < READING_COUNT; i++) {
		const struct reading_info *row = &readings_table()[i];

		assert_int_equal(row->id, i);
		assert_true(row->choice_count >= 2 && row->default_choice < row->choice_count);
		assert_int_equal(readings_ask(&readings, row->id), row->default_choice);
		for (size_t c = 0; c < row->choice_count; c++) {
			assert_true(strlen(row->choices[c].source) > 0);
			assert_int_equal(readings_set(&readings, row->name, row->choices[c].name), 0);
			assert_int_equal(readings_ask(&readings, row->id), c);
			assert_string_equal(readings_get(&readings, row->id), row->choices[c].name);
		}
		assert_int_equal(readings_set(&readings, row->name, "nonsense"), -EINVAL);
		assert_int_equal(readings_set(&readings, row->name, ""), -EINVAL);
		assert_int_equal(readings_ask(&readings, row->id), row->choice_count - 1);
	}
	assert_int_equal(readings_set(&readings, "nonsense", "10"), -ENOENT);
}

static void what_was_asked_is_known_in_the_order_of_the_first_question(void **state)
{
	struct readings_asked asked = { .count = 0 };
	struct readings readings;

	(void) state;
	readings_defaults(&readings);
	readings.asked = &asked;
	(void) readings_ask(&readings, READING_MAX_NETWORKS);
	(void) readings_ask(&readings, READING_CERT_SEEN);
	(void) readings_ask(&readings, READING_MAX_NETWORKS);
	(void) readings_get(&readings, READING_SET_EFFECT); /* no question */
	assert_int_equal(asked.count, 2);
	assert_int_equal(asked.ids[0], READING_MAX_NETWORKS);
	assert_int_equal(asked.ids[1], READING_CERT_SEEN);
	assert_false(asked.seen[READING_SET_EFFECT]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_world, free_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(granted_is_what_is_listed),
		TEST(the_least_manifest_grants_nothing),
		TEST(what_is_wrong_is_named_and_the_old_one_stays),
		TEST(hostile_text_is_refused),
		cmocka_unit_test(what_was_asked_is_known_in_the_order_of_the_first_question),
		cmocka_unit_test(every_reading_has_named_choices_with_a_source),
	};

	return cmocka_run_group_tests_name("manifest and readings", tests, NULL, NULL);
}
