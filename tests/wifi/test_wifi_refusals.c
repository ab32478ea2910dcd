/* What WifiConfig refuses: missing capabilities, not ready, interface down, malformed messages.
 * Expected errnos: wificonfig.h of the SDK; capabilities: its page "Azure Sphere application manifest". */
#include "tests/wifi/fixture.h"

static void wifi_config_capability_is_asked_for(void **state)
{
	static const uint16_t plain[] = { WIRE_WIFI_ADD, WIRE_WIFI_CONNECTED_ID, WIRE_WIFI_FORGET_ALL, WIRE_WIFI_STORED_COUNT,
	                                  WIRE_WIFI_CURRENT, WIRE_WIFI_SCAN };
	struct world *w = world_anew(state, NULL, "\"EnterpriseWifiConfig\": true, \"CertStore\": true");
	int id = factory_network(w, "Network1", '1', '1', false);

	for (size_t i = 0; i < ARRAY_LEN(plain); i++)
		assert_int_equal(call_plain(w, plain[i]), -EACCES);
	assert_int_equal(duplicate(w, id, "Network2"), -EACCES);
	assert_int_equal(call_name(w, WIRE_WIFI_ID_BY_NAME, "Network1"), -EACCES);
	assert_int_equal(call_id(w, WIRE_WIFI_FORGET_ID, id), -EACCES);
	assert_int_equal(call_capacity(w, WIRE_WIFI_STORED_LIST, 1), -EACCES);
	assert_int_equal(call_capacity(w, WIRE_WIFI_SCANNED_LIST, 1), -EACCES);
	assert_int_equal(store(w, "Guest", 5, NULL, 0), -EACCES);
	assert_int_equal(forget_stored(w, SSID, EAP_TLS), -EACCES);
	assert_int_equal(persist(w), -EACCES);
	assert_int_equal(reload(w), -EACCES);
	assert_int_equal(get_option(w, id, DIAGNOSTICS), -EACCES);
	assert_int_equal(set_text(w, id, NAME, "x"), -EACCES);
	assert_int_equal(set_byte(w, id, ENABLE, 1), -EACCES);
	assert_int_equal(device_get_network_count(w->dev), 1);
	/* The three enterprise settings ask for the other capability. */
	assert_int_equal(set_text(w, id, ROOT, "Root2"), 0);
	assert_string_equal(text_of(w, id, ROOT), "Root2");
}

static void enterprise_capability_is_asked_for(void **state)
{
	static const uint32_t enterprise[] = { IDENTITY, CLIENT, ROOT };
	struct world *w = world_anew(state, NULL, "\"WifiConfig\": true");
	int id = factory_network(w, "Network1", '1', '1', false);

	for (size_t i = 0; i < ARRAY_LEN(enterprise); i++) {
		assert_int_equal(set_text(w, id, enterprise[i], "x"), -EACCES);
		assert_int_equal(get_option(w, id, enterprise[i]), -EACCES);
	}
	assert_int_equal(set_byte(w, id, SECURITY, EAP_TLS), -EACCES);
	assert_int_equal(set_byte(w, id, SECURITY, OPEN), 0);
	/* Duplicating copies what it may not read. */
	assert_int_equal(duplicate(w, id, "Network2"), 1);
	assert_int_equal(reload(w), 0);
}

static void not_ready_is_eagain(void **state)
{
	struct world *w = *state;

	device_power_off(w->dev);
	device_power_on(w->dev, 2 * NS_PER_S);
	assert_int_equal(call_plain(w, WIRE_WIFI_STORED_COUNT), -EAGAIN);
	assert_int_equal(reload(w), -EAGAIN);
	advance_s(w, 3);
	assert_int_equal(call_plain(w, WIRE_WIFI_STORED_COUNT), 0);
}

static void interface_down_is_enetdown(void **state)
{
	struct world *w = world_anew(state, NULL, EVERY_CAPABILITY ", \"NetworkConfig\": true");
	int id = factory_network(w, "Network1", '1', '1', true);
	uint8_t buffer[32];
	struct wire_writer in;
	struct diagnostics_reply diagnostics;

	advance_s(w, 5);
	wire_writer_init(&in, buffer, sizeof(buffer));
	wire_put_str(&in, "wlan0");
	wire_put_u8(&in, 0);
	assert_int_equal(call(w, WIRE_NET_IF_SET_STATE, buffer, in.length), 0);
	assert_string_equal(connected(w), "");
	assert_int_equal(last_event(w, DEVICE_EVENT_DISCONNECTED)->at_ns, w->now_ns);
	assert_int_equal(call_plain(w, WIRE_WIFI_ADD), -ENETDOWN);
	assert_int_equal(set_text(w, id, NAME, "x"), -ENETDOWN);
	assert_int_equal(get_option(w, id, NAME), -ENETDOWN);
	assert_int_equal(reload(w), -ENETDOWN);
	/* Not named for these [wificonfig.h]. */
	assert_int_equal(call_capacity(w, WIRE_WIFI_STORED_LIST, 4), 1);
	assert_int_equal(diagnose(w, id, &diagnostics), -ENODEV);
	advance_s(w, 600);
	assert_string_equal(connected(w), "");
	buffer[in.length - 1] = 1;
	assert_int_equal(call(w, WIRE_NET_IF_SET_STATE, buffer, in.length), 0);
	advance_s(w, 5);
	assert_string_equal(connected(w), "Network1");
}

static void put_fields(uint16_t op, struct wire_writer *in)
{
	switch (op) {
	case WIRE_WIFI_ADD_DUPLICATE:
		wire_put_i32(in, 0);
		wire_put_str(in, "Network2");
		return;
	case WIRE_WIFI_ID_BY_NAME:
		wire_put_str(in, "Network1");
		return;
	case WIRE_WIFI_FORGET_ID:
		wire_put_i32(in, 0);
		return;
	case WIRE_WIFI_FORGET_STORED:
		wire_put_bytes(in, SSID, strlen(SSID));
		wire_put_u8(in, EAP_TLS);
		return;
	case WIRE_WIFI_STORED_LIST:
	case WIRE_WIFI_SCANNED_LIST:
		wire_put_u64(in, 4);
		return;
	case WIRE_WIFI_SET_OPT:
		wire_put_i32(in, 0);
		wire_put_u32(in, NAME);
		wire_put_bytes(in, "Other", 5);
		return;
	case WIRE_WIFI_GET_OPT:
		wire_put_i32(in, 0);
		wire_put_u32(in, NAME);
		return;
	case WIRE_WIFI_STORE_OPEN:
		wire_put_bytes(in, "Guest", 5);
		return;
	case WIRE_WIFI_STORE_WPA2:
		wire_put_bytes(in, "Guest", 5);
		wire_put_bytes(in, "a passphrase", 12);
		return;
	default:
		return;
	}
}

static void malformed_messages_are_refused_and_change_nothing(void **state)
{
	struct world *w = *state;
	struct device_network_info info;
	struct wire_writer in;
	uint8_t fields[64];

	(void) factory_network(w, "Network1", '1', '1', true);
	for (uint16_t op = WIRE_WIFI_ADD; op <= WIRE_WIFI_STORE_WPA2; op++) {
		memset(fields, 0, sizeof(fields));
		wire_writer_init(&in, fields, sizeof(fields));
		put_fields(op, &in);
		for (size_t length = 0; length <= sizeof(fields); length++) {
			/* A copy of that very length, so that a sanitizer sees a read behind its end. */
			uint8_t *exact = malloc(length + (length == 0));

			assert_non_null(exact);
			memcpy(exact, fields, length);
			if (length != in.length)
				assert_int_equal(call(w, op, exact, length), -EBADMSG);
			free(exact);
		}
	}
	/* A length that points far behind the message. */
	wire_writer_init(&in, fields, sizeof(fields));
	wire_put_u32(&in, UINT32_MAX);
	assert_int_equal(call(w, WIRE_WIFI_ID_BY_NAME, fields, in.length), -EBADMSG);
	/* Text with a NUL inside. */
	assert_int_equal(set_bytes(w, 0, NAME, "a\0b", 3), -EBADMSG);
	assert_int_equal(device_get_network_count(w->dev), 1);
	assert_true(has_network(w, "Network1", &info));
	assert_true(info.enabled);
}

static void odd_bytes_do_not_reach_the_timeline(void **state)
{
	struct world *w = *state;

	assert_int_equal(add_network(w), 0);
	assert_int_equal(set_text(w, 0, NAME, "a\nb\x1b[2J"), 0);
	assert_null(strpbrk(device_last_summary(w->dev), "\n\x1b"));
	assert_int_equal(duplicate(w, 0, "x\ty"), 1);
	assert_null(strpbrk(device_last_summary(w->dev), "\n\t\x1b"));
	assert_null(strpbrk(last_event(w, DEVICE_EVENT_WIFI)->text, "\n\t\x1b"));
	assert_string_equal(text_of(w, 0, NAME), "a\nb\x1b[2J");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_world, free_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(wifi_config_capability_is_asked_for),
		TEST(enterprise_capability_is_asked_for),
		TEST(not_ready_is_eagain),
		TEST(interface_down_is_enetdown),
		TEST(malformed_messages_are_refused_and_change_nothing),
		TEST(odd_bytes_do_not_reach_the_timeline),
	};

	return cmocka_run_group_tests_name("wifi refusals", tests, make_certificates, free_certificates);
}
