/* Requests: malformed messages of every kind, networking, network time, the mutable file, the log, device authentication. */
#include "tests/device/fixture.h"

#define UP 1
#define ONLINE 15 /* up, connected, address, internet */

/* ---- Malformed ------------------------------------------------------------------------------------------------------- */

static const uint16_t ops[] = {
#define X(op, number, name) WIRE_##op,
	WIRE_OPS(X)
#undef X
};

/* Well-formed fields; false: a Wi-Fi op, which has tests of its own. */
static bool put_fields(uint16_t op, struct wire_writer *in)
{
	switch (op) {
	case WIRE_HELLO:
		wire_put_u32(in, WIRE_VERSION);
		wire_put_u32(in, 1);
		return true;
	case WIRE_CERTSTORE_INSTALL_CLIENT:
		wire_put_str(in, "C");
		wire_put_str(in, "certificate");
		wire_put_str(in, "key");
		wire_put_u8(in, 1);
		wire_put_str(in, "password");
		return true;
	case WIRE_CERTSTORE_INSTALL_ROOT:
		wire_put_str(in, "R");
		wire_put_str(in, "certificate");
		return true;
	case WIRE_CERTSTORE_DELETE:
		wire_put_str(in, "R");
		return true;
	case WIRE_CERTSTORE_MOVE:
		wire_put_str(in, "R");
		wire_put_str(in, "S");
		return true;
	case WIRE_CERTSTORE_INFO:
		wire_put_str(in, "R");
		wire_put_u32(in, 1);
		return true;
	case WIRE_CERTSTORE_ID_AT:
	case WIRE_NET_IF_LIST:
		wire_put_u64(in, 7);
		return true;
	case WIRE_NET_IF_STATUS:
	case WIRE_LOG:
		wire_put_str(in, "wlan0");
		return true;
	case WIRE_NET_IF_SET_STATE:
		wire_put_str(in, "eth0");
		wire_put_u8(in, 1);
		return true;
	case WIRE_TIMESYNC_SET:
		wire_put_u8(in, 1);
		return true;
	case WIRE_CERTSTORE_COUNT:
	case WIRE_CERTSTORE_SPACE:
	case WIRE_NET_READY:
	case WIRE_NET_IF_COUNT:
	case WIRE_TIMESYNC_GET:
	case WIRE_STORAGE_OPEN:
	case WIRE_STORAGE_DELETE:
	case WIRE_DEVICE_AUTH_READY:
	case WIRE_DEVICE_AUTH:
	case WIRE_NTP_DEFAULT:
	case WIRE_NTP_LAST_SYNC:
	case WIRE_PROXY_GET:
	case WIRE_PROXY_STATUS:
	case WIRE_APPLICATIONS_OS_VERSION:
	case WIRE_RTC_WRITE:
	case WIRE_SYSEVENT_UNREGISTER:
		return true;
	case WIRE_NET_IF_GET_OPT:
	case WIRE_NET_IF_SET_OPT:
		wire_put_str(in, "eth0");
		wire_put_u8(in, 1);
		if (op == WIRE_NET_IF_SET_OPT)
			wire_put_bytes(in, "\2\0\0\0\0\1", 6);
		return true;
	case WIRE_NET_IP_RENEW:
	case WIRE_NET_IP_RELEASE:
	case WIRE_SNTP_SERVER_START:
		wire_put_str(in, "wlan0");
		return true;
	case WIRE_NTP_CUSTOM:
		wire_put_str(in, "a..b");
		wire_put_u8(in, 1);
		wire_put_str(in, "b");
		wire_put_u32(in, 1);
		return true;
	case WIRE_NET_IP_APPLY:
	case WIRE_DHCP_SERVER_START:
		wire_put_str(in, "eth0");
		if (op == WIRE_NET_IP_APPLY)
			wire_put_u8(in, 1);
		wire_put_u32(in, 0x0a000002);
		if (op == WIRE_DHCP_SERVER_START)
			wire_put_u8(in, 10);
		wire_put_u32(in, 0xffffff00);
		wire_put_u32(in, 0x0a000001);
		if (op == WIRE_NET_IP_APPLY)
			wire_put_u8(in, 1);
		else
			wire_put_u32(in, 24);
		wire_put_u8(in, 1);
		wire_put_u32(in, 0x0a000001);
		return true;
	case WIRE_PROXY_APPLY:
		wire_put_u32(in, 2);
		wire_put_u8(in, 0);
		wire_put_u8(in, 0);
		wire_put_str(in, "");
		wire_put_u32(in, 3128);
		wire_put_str(in, "");
		wire_put_str(in, "");
		wire_put_str(in, "");
		return true;
	case WIRE_POWER_TRANSITION:
		wire_put_u32(in, 2);
		wire_put_u8(in, 1);
		wire_put_u32(in, 60);
		return true;
	case WIRE_SYSEVENT_DEFER:
		wire_put_u32(in, 1);
		wire_put_u32(in, 1);
		return true;
	case WIRE_NTP_AUTOMATIC:
	case WIRE_POWER_PROFILE:
		wire_put_u32(in, 7);
		return true;
	case WIRE_APPLICATIONS_MEMORY:
	case WIRE_SYSEVENT_REGISTER:
	case WIRE_SYSEVENT_RESUME:
		wire_put_u32(in, 1);
		return true;
	case WIRE_APPLICATION_CONNECT:
		wire_put_str(in, "01234567-89ab-cdef-0123-456789abcdef");
		return true;
	case WIRE_GPIO_OPEN_OUTPUT:
		wire_put_i32(in, 8);
		wire_put_u8(in, 0);
		wire_put_u8(in, 0);
		wire_put_u8(in, 1);
		return true;
	case WIRE_GPIO_OPEN_INPUT:
	case WIRE_GPIO_SET:
		wire_put_i32(in, 8);
		wire_put_u8(in, 0);
		return true;
	case WIRE_GPIO_GET:
	case WIRE_I2C_OPEN:
	case WIRE_SPI_OPEN:
	case WIRE_UART_OPEN:
	case WIRE_ADC_OPEN:
	case WIRE_PWM_OPEN:
		wire_put_i32(in, 2);
		return true;
	default:
		return false;
	}
}

static void messages_of_another_length_are_ebadmsg(void **state)
{
	struct world *w = *state;
	uint8_t fields[128] = { 0 };
	struct wire_writer in;
	size_t covered = 0;

	w->writes_left = 0; /* nothing may come as far as to write */
	for (size_t i = 0; i < ARRAY_LEN(ops); i++) {
		wire_writer_init(&in, fields, sizeof(fields));
		if (!put_fields(ops[i], &in))
			continue;
		covered++;
		if (ops[i] != WIRE_STORAGE_OPEN)
			assert_int_not_equal(call_bytes(w, ops[i], fields, in.length), -EBADMSG);
		for (size_t length = 0; length <= in.length + 5; length++)
			if (length != in.length)
				assert_int_equal(call_bytes(w, ops[i], fields, length), -EBADMSG);
		memset(fields, 0, sizeof(fields));
	}
	/* HTTP is the simulator's, not the device's: test_http.c. */
	assert_int_equal(covered, ARRAY_LEN(ops) - (WIRE_WIFI_STORE_WPA2 - WIRE_WIFI_ADD + 1) - (WIRE_HTTP_REQUEST - WIRE_HTTP_CONNECT + 1));
	assert_true(device_is_on(w->dev));
}

static void lengths_that_lead_out_of_the_message_are_ebadmsg(void **state)
{
	static const uint32_t lengths[] = { 1, 8, 0x7fffffff, 0x80000000, 0xfffffffb, 0xffffffff };
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
		static const uint16_t texts[] = { WIRE_CERTSTORE_DELETE, WIRE_CERTSTORE_INSTALL_ROOT, WIRE_CERTSTORE_INSTALL_CLIENT,
		                                  WIRE_CERTSTORE_MOVE, WIRE_CERTSTORE_INFO, WIRE_NET_IF_STATUS, WIRE_LOG };

		for (size_t t = 0; t < ARRAY_LEN(texts); t++) {
			wire_put_u32(&w->in, lengths[i]);
			assert_int_equal(call(w, texts[t]), -EBADMSG);
		}
		wire_put_str(&w->in, "R");
		wire_put_u32(&w->in, lengths[i]);
		assert_int_equal(call(w, WIRE_CERTSTORE_INSTALL_ROOT), -EBADMSG);
	}
}

static void values_that_no_client_sends_are_ebadmsg(void **state)
{
	struct world *w = *state;
	char text[WIRE_MAX_LOG + 2];

	/* A NUL inside text. */
	wire_put_bytes(&w->in, "R\0x", 3);
	assert_int_equal(call(w, WIRE_CERTSTORE_DELETE), -EBADMSG);
	/* Longer than one character too many. */
	wire_put_str(&w->in, "123456789012345678");
	assert_int_equal(call(w, WIRE_CERTSTORE_DELETE), -EBADMSG);
	/* Booleans that are none; a password that is not there and yet is. */
	for (uint8_t flag = 0; flag <= 2; flag += 2) {
		wire_put_str(&w->in, "C");
		wire_put_str(&w->in, "certificate");
		wire_put_str(&w->in, "key");
		wire_put_u8(&w->in, flag);
		wire_put_str(&w->in, "password");
		assert_int_equal(call(w, WIRE_CERTSTORE_INSTALL_CLIENT), -EBADMSG);
	}
	wire_put_u8(&w->in, 2);
	assert_int_equal(call(w, WIRE_TIMESYNC_SET), -EBADMSG);
	wire_put_str(&w->in, "wlan0");
	wire_put_u8(&w->in, 255);
	assert_int_equal(call(w, WIRE_NET_IF_SET_STATE), -EBADMSG);
	memset(text, 'x', sizeof(text));
	text[WIRE_MAX_LOG + 1] = '\0';
	wire_put_str(&w->in, text);
	assert_int_equal(call(w, WIRE_LOG), -EBADMSG);
	/* Ops that do not exist. */
	for (unsigned op = 0; op <= UINT16_MAX; op++)
		if (!wire_op_name((uint16_t)op))
			assert_int_equal(call_bytes(w, (uint16_t)op, "", 0), -EBADMSG);
}

/* Random bytes, and good messages with random bytes in them, from a fixed seed. */
static void random_messages_break_nothing(void **state)
{
	struct world *w = *state;
	uint64_t x = 88172645463325252u;
	uint8_t fields[96];
	struct wire_writer in;

	for (unsigned round = 0; round < 20000; round++) {
		uint16_t op = ops[round % ARRAY_LEN(ops)];
		size_t length = sizeof(fields);

		for (size_t i = 0; i < sizeof(fields); i++) {
			x ^= x << 13;
			x ^= x >> 7;
			x ^= x << 17;
			fields[i] = (uint8_t)x;
		}
		wire_writer_init(&in, fields, sizeof(fields));
		if (round % 3 == 0 && put_fields(op, &in)) {
			length = in.length;
			if (length > 0)
				fields[x % length] ^= (uint8_t)(x >> 32);
		} else if (round % 3 == 1) {
			length = x % 24;
			memset(fields + length / 2, 0, length - length / 2);
		}
		(void) call_bytes(w, op, fields, length);
		w->event_count = 0;
		assert_true(strlen(device_last_summary(w->dev)) < 1024);
	}
	assert_true(device_is_on(w->dev));
	assert_int_equal(space(w), 24514); /* no certificate came of it */
}

static void a_greeting_of_another_version_is_eproto(void **state)
{
	struct world *w = *state;

	wire_put_u32(&w->in, WIRE_VERSION + 1);
	wire_put_u32(&w->in, 1);
	assert_int_equal(call(w, WIRE_HELLO), -EPROTO);
}

static void a_reply_without_room_is_emsgsize(void **state)
{
	struct world *w = *state;
	struct wire_reader in;
	struct wire_writer out;
	uint8_t request[8] = { 0 }, reply[8];
	int fd = -1;

	assert_int_equal(device_op_install_root(w->dev, "LongIdentifier", pki_cert_pem(root(0))), 0);
	wire_reader_init(&in, request, sizeof(request));
	wire_writer_init(&out, reply, sizeof(reply));
	assert_int_equal(device_request(w->dev, WIRE_CERTSTORE_ID_AT, &in, &out, &fd), -EMSGSIZE);
}

/* ---- Interface ------------------------------------------------------------------------------------------------------- */

static int status(struct world *w, const char *name)
{
	wire_put_str(&w->in, name);
	return call(w, WIRE_NET_IF_STATUS);
}

static int set_state(struct world *w, const char *name, bool enabled)
{
	wire_put_str(&w->in, name);
	wire_put_u8(&w->in, enabled);
	return call(w, WIRE_NET_IF_SET_STATE);
}

static void there_is_one_interface(void **state)
{
	struct world *w = *state;
	char name[17];

	assert_int_equal(call(w, WIRE_NET_IF_COUNT), 1);
	wire_put_u64(&w->in, 0);
	assert_int_equal(call(w, WIRE_NET_IF_LIST), -ERANGE);
	wire_put_u64(&w->in, UINT64_MAX);
	assert_int_equal(call(w, WIRE_NET_IF_LIST), 1);
	assert_int_equal(wire_get_u8(&w->out), 1);
	assert_true(wire_get_str(&w->out, name, sizeof(name)));
	assert_string_equal(name, "wlan0");
	assert_int_equal(wire_get_u8(&w->out), 1); /* DHCP client */
	assert_int_equal(wire_get_u8(&w->out), 1); /* Wi-Fi */
	assert_true(wire_reader_done(&w->out));
	assert_int_equal(status(w, "eth0"), -ENOENT);
	assert_int_equal(status(w, ""), -ENOENT);
	assert_int_equal(status(w, "wlan00"), -ENOENT);
	assert_int_equal(set_state(w, "eth0", false), -ENOENT);
}

static void status_follows_the_connection(void **state)
{
	struct world *w = *state;

	assert_int_equal(status(w, "wlan0"), UP);
	connect_network(w);
	assert_int_equal(status(w, "wlan0"), ONLINE);
	assert_int_equal(set_state(w, "wlan0", false), 0);
	assert_int_equal(status(w, "wlan0"), 0);
	assert_int_equal(set_state(w, "wlan0", true), 0);
	assert_int_equal(status(w, "wlan0"), UP);
	advance_s(w, 5);
	assert_int_equal(status(w, "wlan0"), ONLINE);
	device_link(w->dev, DEVICE_LINK_DEAUTH);
	assert_int_equal(status(w, "wlan0"), UP);
}

static void setting_needs_its_capability_and_reading_none(void **state)
{
	struct world *w = world_anew(state, NULL, "\"CertStore\": true");

	assert_int_equal(set_state(w, "wlan0", false), -EACCES);
	wire_put_u8(&w->in, 0);
	assert_int_equal(call(w, WIRE_TIMESYNC_SET), -EACCES);
	assert_int_equal(call(w, WIRE_STORAGE_OPEN), -EACCES);
	assert_int_equal(call(w, WIRE_STORAGE_DELETE), -EACCES);
	assert_int_equal(call(w, WIRE_DEVICE_AUTH), -EACCES);
	assert_int_equal(call(w, WIRE_DEVICE_AUTH_READY), 0);
	assert_int_equal(call(w, WIRE_TIMESYNC_GET), 1);
	assert_int_equal(call(w, WIRE_NET_READY), 0);
	assert_int_equal(status(w, "wlan0"), UP);
}

static void networking_is_not_ready_at_once_after_boot(void **state)
{
	struct world *w = *state;

	device_power_off(w->dev);
	device_power_on(w->dev, 2 * NS_PER_S);
	assert_int_equal(call(w, WIRE_NET_IF_COUNT), -EAGAIN);
	assert_int_equal(status(w, "wlan0"), -EAGAIN);
	assert_int_equal(call(w, WIRE_NET_READY), 0); /* EAGAIN is not named for it */
	advance_s(w, 2);
	assert_int_equal(call(w, WIRE_NET_IF_COUNT), 1);
}

/* ---- Network time ---------------------------------------------------------------------------------------------------- */

static int set_time_sync(struct world *w, bool enabled)
{
	wire_put_u8(&w->in, enabled);
	return call(w, WIRE_TIMESYNC_SET);
}

static void the_clock_is_set_after_a_connection_and_daily(void **state)
{
	struct world *w = *state;

	advance_s(w, 3600);
	assert_int_equal(w->time_asked, 0); /* nobody to ask */
	connect_network(w);
	assert_int_equal(call(w, WIRE_NET_READY), 0);
	advance_s(w, 1);
	assert_int_equal(w->time_asked, 0);
	advance_s(w, 1);
	assert_int_equal(w->time_asked, 1);
	assert_int_equal(count_events(w, DEVICE_EVENT_TIME_SYNC), 1);
	assert_int_equal(call(w, WIRE_NET_READY), 1);
	advance_s(w, 10 * DAY_S);
	assert_int_equal(w->time_asked, 11);
	device_link(w->dev, DEVICE_LINK_DEAUTH);
	assert_int_equal(call(w, WIRE_NET_READY), 0);
	reboot(w);
	assert_int_equal(call(w, WIRE_NET_READY), 0);
}

static void a_time_server_out_of_reach_is_asked_ever_less_often(void **state)
{
	struct world *w = *state;

	w->time_server = false;
	connect_network(w);
	advance_s(w, 2 + 60 + 120);
	assert_int_equal(w->time_asked, 3);
	assert_int_equal(call(w, WIRE_NET_READY), 0);
	advance_s(w, 10 * DAY_S);
	assert_true(w->time_asked > 240 && w->time_asked < 250); /* once an hour */
	w->time_server = true;
	advance_s(w, 3600);
	assert_int_equal(call(w, WIRE_NET_READY), 1);
}

static void time_sync_can_be_switched_off(void **state)
{
	struct world *w = *state;

	connect_network(w);
	assert_int_equal(set_time_sync(w, false), 0);
	assert_int_equal(call(w, WIRE_TIMESYNC_GET), 0);
	advance_s(w, 3 * DAY_S);
	reboot(w);
	assert_int_equal(call(w, WIRE_TIMESYNC_GET), 0);
	advance_s(w, 3 * DAY_S);
	assert_int_equal(device_get_connected(w->dev), 0);
	assert_int_equal(w->time_asked, 0);
	assert_int_equal(set_time_sync(w, true), 0);
	advance_s(w, 2);
	assert_int_equal(w->time_asked, 1);
}

/* ---- Mutable file and log -------------------------------------------------------------------------------------------- */

static void the_mutable_file_is_made_once_and_kept(void **state)
{
	struct world *w = *state;
	char text[8] = "";

	assert_int_equal(call(w, WIRE_STORAGE_DELETE), -ENOENT);
	assert_int_equal(call(w, WIRE_STORAGE_OPEN), 0);
	assert_true(w->reply_fd >= 0);
	assert_int_equal(w->file_kb, 8);
	assert_int_equal(pwrite(w->reply_fd, "journal", 7, 0), 7);
	w->event_count = 0;
	assert_int_equal(call(w, WIRE_STORAGE_OPEN), 0);
	assert_int_equal(count_events(w, DEVICE_EVENT_FLASH), 0); /* it was there */
	assert_int_equal(pread(w->reply_fd, text, 7, 0), 7);
	assert_string_equal(text, "journal");
	assert_int_equal(call(w, WIRE_STORAGE_DELETE), 0);
	assert_int_equal(w->reply_fd, -1);
}

static void a_log_line_reaches_the_timeline(void **state)
{
	struct world *w = *state;

	wire_put_str(&w->in, "polling: 100% %s %n");
	assert_int_equal(call(w, WIRE_LOG), 0);
	assert_string_equal(last_text(w, DEVICE_EVENT_LOG), "polling: 100% %s %n");
}

/* ---- Device authentication ------------------------------------------------------------------------------------------- */

static void device_authentication_needs_the_internet_once(void **state)
{
	struct world *w = *state;
	char cert[32], key[32];

	assert_int_equal(call(w, WIRE_DEVICE_AUTH_READY), 0);
	assert_int_equal(call(w, WIRE_DEVICE_AUTH), -EAGAIN);
	connect_network(w);
	assert_int_equal(call(w, WIRE_DEVICE_AUTH_READY), 1);
	assert_int_equal(w->issued, 0); /* when it is wanted */
	assert_int_equal(call(w, WIRE_DEVICE_AUTH), 0);
	assert_true(wire_get_str(&w->out, cert, sizeof(cert)) && wire_get_str(&w->out, key, sizeof(key)));
	assert_true(wire_reader_done(&w->out));
	assert_string_equal(cert, "certificate");
	assert_string_equal(key, "key");
	assert_int_equal(w->issued_life_s, DAY_S);
	assert_string_equal(device_last_summary(w->dev), "");
	/* Kept for half its life, then renewed. */
	advance_s(w, DAY_S / 2 - 60);
	assert_int_equal(call(w, WIRE_DEVICE_AUTH), 0);
	assert_int_equal(w->issued, 1);
	advance_s(w, 120);
	assert_int_equal(call(w, WIRE_DEVICE_AUTH), 0);
	assert_int_equal(w->issued, 2);
	reboot(w);
	assert_int_equal(call(w, WIRE_DEVICE_AUTH), -EAGAIN);
}

/* Who only hands it on is not told what it is: it is made for whoever wants to see it, and is the one of that time. */
static void a_reference_to_device_authentication_is_made_when_it_is_wanted(void **state)
{
	struct world *w = *state;
	struct device_auth_dates dates;
	uint64_t until_ns, at_ns;
	char *pem;

	assert_false(device_auth_reference(w->dev, &dates, &until_ns));
	assert_null(device_auth_reference_pem(w->dev));
	wire_put_u8(&w->in, 1);
	assert_int_equal(call(w, WIRE_DEVICE_AUTH), -EAGAIN);
	connect_network(w);
	wire_put_u8(&w->in, 2);
	assert_int_equal(call(w, WIRE_DEVICE_AUTH), -EBADMSG);
	at_ns = w->now_ns;
	wire_put_u8(&w->in, 1);
	assert_int_equal(call(w, WIRE_DEVICE_AUTH), 0);
	assert_true(wire_reader_done(&w->out));
	assert_true(device_auth_reference(w->dev, &dates, &until_ns));
	assert_int_equal(until_ns, at_ns + DAY_S * NS_PER_S);
	advance_s(w, 2 * DAY_S); /* renewed by then, but for others */
	assert_int_equal(call(w, WIRE_DEVICE_AUTH_READY), 1);
	assert_false(w->readings_asked.seen[READING_DEVICE_AUTH_LIFE]); /* either answer comes to the same */
	assert_int_equal(w->issued, 0);
	pem = device_auth_reference_pem(w->dev);
	assert_string_equal(pem, "certificate");
	free(pem);
	assert_int_equal(w->issued_ns, at_ns);
	assert_int_equal(w->issued_life_s, DAY_S);
	assert_true(w->readings_asked.seen[READING_DEVICE_AUTH_LIFE]);
}

/* Between 12 and 12.5 hours of age, and between 24 and 25 after the last connection, it does matter how long it lives. */
static void how_long_device_authentication_lasts_is_asked_where_it_matters(void **state)
{
	static const struct {
		uint64_t offline_s;
		bool asked, valid;
	} cases[] = { { DAY_S - 1, false, true }, { DAY_S + 1, true, false }, { DAY_S + 3601, false, false } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct world *w = world_anew(state, NULL, NULL);

		connect_network(w);
		assert_int_equal(set_state(w, "wlan0", false), 0);
		advance_s(w, cases[i].offline_s);
		assert_int_equal(call(w, WIRE_DEVICE_AUTH_READY), cases[i].valid);
		assert_int_equal(w->readings_asked.seen[READING_DEVICE_AUTH_LIFE], cases[i].asked);
	}
	for (size_t i = 0; i < 2; i++) {
		struct world *w = world_anew(state, NULL, NULL);

		connect_network(w);
		wire_put_u8(&w->in, 1);
		assert_int_equal(call(w, WIRE_DEVICE_AUTH), 0);
		advance_s(w, DAY_S / 2 + (i == 0 ? 900 : 1900));
		wire_put_u8(&w->in, 1);
		assert_int_equal(call(w, WIRE_DEVICE_AUTH), 0);
		assert_int_equal(w->readings_asked.seen[READING_DEVICE_AUTH_LIFE], i == 0);
	}
}

static void device_authentication_ends_a_day_after_the_internet(void **state)
{
	struct world *w = *state;

	connect_network(w);
	advance_s(w, 5 * DAY_S);
	assert_int_equal(set_state(w, "wlan0", false), 0);
	advance_s(w, DAY_S - 3600);
	assert_int_equal(call(w, WIRE_DEVICE_AUTH_READY), 1);
	assert_int_equal(call(w, WIRE_DEVICE_AUTH), 0);
	assert_int_equal(w->issued_life_s, 3600); /* what is left of the one that the OS had made */
	advance_s(w, 3599);
	assert_int_equal(call(w, WIRE_DEVICE_AUTH), 0);
	assert_int_equal(w->issued, 1);
	advance_s(w, 1);
	assert_int_equal(call(w, WIRE_DEVICE_AUTH_READY), 0);
	assert_int_equal(call(w, WIRE_DEVICE_AUTH), -EAGAIN);
	assert_int_equal(set_state(w, "wlan0", true), 0);
	advance_s(w, 5);
	assert_int_equal(call(w, WIRE_DEVICE_AUTH), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_world, free_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(messages_of_another_length_are_ebadmsg),
		TEST(lengths_that_lead_out_of_the_message_are_ebadmsg),
		TEST(values_that_no_client_sends_are_ebadmsg),
		TEST(random_messages_break_nothing),
		TEST(a_greeting_of_another_version_is_eproto),
		TEST(a_reply_without_room_is_emsgsize),
		TEST(there_is_one_interface),
		TEST(status_follows_the_connection),
		TEST(setting_needs_its_capability_and_reading_none),
		TEST(networking_is_not_ready_at_once_after_boot),
		TEST(the_clock_is_set_after_a_connection_and_daily),
		TEST(a_time_server_out_of_reach_is_asked_ever_less_often),
		TEST(time_sync_can_be_switched_off),
		TEST(the_mutable_file_is_made_once_and_kept),
		TEST(a_log_line_reaches_the_timeline),
		TEST(device_authentication_needs_the_internet_once),
		TEST(device_authentication_ends_a_day_after_the_internet),
		TEST(a_reference_to_device_authentication_is_made_when_it_is_wanted),
		TEST(how_long_device_authentication_lasts_is_asked_where_it_matters),
	};

	return cmocka_run_group_tests_name("requests", tests, make_certificates, free_certificates);
}
