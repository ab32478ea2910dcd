/* Networking beyond the state of wlan0: Ethernet, addresses, time servers, the proxy, servers of a private network. Each function's good
 * path and each errno of its page; what is kept in flash and what a reboot takes.
 */
#include "tests/device/fixture.h"

#define UP 1
#define CONNECTED 2
#define ONLINE 15 /* up, connected, address, internet */
#define DEFAULT_NTP "prod.time.sphere.azure.net"

static int named(struct world *w, uint16_t op, const char *name)
{
	wire_put_str(&w->in, name);
	return call(w, op);
}

static int set_state(struct world *w, const char *name, bool enabled)
{
	wire_put_str(&w->in, name);
	wire_put_u8(&w->in, enabled);
	return call(w, WIRE_NET_IF_SET_STATE);
}

/* "wlan0:ENABLED:IPTYPE:MEDIUM ..." */
static const char *interfaces(struct world *w, uint64_t capacity)
{
	static char all[128];
	int rows;

	all[0] = '\0';
	wire_put_u64(&w->in, capacity);
	rows = call(w, WIRE_NET_IF_LIST);
	for (int i = 0; i < rows; i++) {
		uint8_t enabled = wire_get_u8(&w->out);
		char name[16];

		assert_true(wire_get_str(&w->out, name, sizeof(name)));
		(void) snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s%s:%u", i ? " " : "", name, enabled);
		(void) snprintf(all + strlen(all), sizeof(all) - strlen(all), ":%u", wire_get_u8(&w->out));
		(void) snprintf(all + strlen(all), sizeof(all) - strlen(all), ":%u", wire_get_u8(&w->out));
	}
	assert_true(rows < 0 || wire_reader_done(&w->out));
	return all;
}

static void with_ethernet(struct world *w)
{
	device_power_off(w->dev);
	device_set_ethernet(w->dev, true);
	device_power_on(w->dev, 0);
}

/* ---- Interfaces ------------------------------------------------------------------------------------------------------ */

static void ethernet_is_absent_unless_the_device_has_it(void **state)
{
	struct world *w = *state;

	assert_int_equal(call(w, WIRE_NET_IF_COUNT), 1);
	assert_string_equal(interfaces(w, 8), "wlan0:1:1:1");
	assert_int_equal(named(w, WIRE_NET_IF_STATUS, "eth0"), -ENOENT);
	assert_int_equal(set_state(w, "eth0", true), -ENOENT);
	with_ethernet(w);
	assert_int_equal(call(w, WIRE_NET_IF_COUNT), 2);
	assert_string_equal(interfaces(w, 8), "wlan0:1:1:1 eth0:0:1:2");
	assert_string_equal(interfaces(w, 1), "wlan0:1:1:1");
	assert_int_equal(named(w, WIRE_NET_IF_STATUS, "eth0"), 0);
	assert_int_equal(set_state(w, "eth0", true), 0);
	assert_int_equal(named(w, WIRE_NET_IF_STATUS, "eth0"), UP); /* there is no cable */
	reboot(w);
	assert_string_equal(interfaces(w, 8), "wlan0:1:1:1 eth0:1:1:2");
	assert_int_equal(set_state(w, "eth0", false), 0);
	assert_int_equal(named(w, WIRE_NET_IF_STATUS, "eth0"), 0);
}

static void an_interface_that_is_not_for_applications_is_eperm(void **state)
{
	struct world *w = *state;

	assert_int_equal(set_state(w, "lo", false), -EPERM);
	assert_int_equal(named(w, WIRE_NET_IF_STATUS, "lo"), -EPERM);
	assert_int_equal(named(w, WIRE_NET_IP_RENEW, "lo"), -EPERM);
	assert_int_equal(named(w, WIRE_SNTP_SERVER_START, "lo"), -EPERM);
}

static int get_address(struct world *w, const char *name, uint8_t attribute)
{
	wire_put_str(&w->in, name);
	wire_put_u8(&w->in, attribute);
	return call(w, WIRE_NET_IF_GET_OPT);
}

static int set_address(struct world *w, const char *name, uint8_t attribute, const char *address, size_t length)
{
	wire_put_str(&w->in, name);
	wire_put_u8(&w->in, attribute);
	wire_put_bytes(&w->in, address, length);
	return call(w, WIRE_NET_IF_SET_OPT);
}

static void assert_address(struct world *w, const char *name, const char *expected)
{
	size_t length;
	const uint8_t *bytes;

	assert_int_equal(get_address(w, name, 1), 0);
	bytes = wire_get_bytes(&w->out, &length);
	assert_int_equal(length, 6);
	assert_memory_equal(bytes, expected, 6);
}

static void the_hardware_address_of_ethernet_can_be_set(void **state)
{
	struct world *w = *state;

	with_ethernet(w);
	assert_address(w, "wlan0", "\2\0\0\0\0\x10");
	assert_address(w, "eth0", "\2\0\0\0\0\x20");
	assert_int_equal(set_address(w, "eth0", 1, "\x02\x11\x22\x33\x44\x55", 6), 0);
	assert_address(w, "eth0", "\x02\x11\x22\x33\x44\x55");
	reboot(w);
	assert_address(w, "eth0", "\x02\x11\x22\x33\x44\x55");
	/* The same again is no write. */
	w->event_count = 0;
	assert_int_equal(set_address(w, "eth0", 1, "\x02\x11\x22\x33\x44\x55", 6), 0);
	assert_int_equal(count_events(w, DEVICE_EVENT_FLASH), 0);
	/* Only what a factory reset erases is gone after it. */
	device_power_off(w->dev);
	device_factory_reset(w->dev);
	device_power_on(w->dev, 0);
	assert_address(w, "eth0", "\2\0\0\0\0\x20");
}

static void hardware_address_errors(void **state)
{
	struct world *w = *state;

	assert_int_equal(set_address(w, "eth0", 1, "\2\0\0\0\0\1", 6), -ENOENT);
	assert_int_equal(get_address(w, "eth0", 1), -ENOENT);
	with_ethernet(w);
	assert_int_equal(set_address(w, "wlan0", 1, "\2\0\0\0\0\1", 6), -EPERM);
	assert_int_equal(set_address(w, "lo", 1, "\2\0\0\0\0\1", 6), -EPERM);
	assert_int_equal(get_address(w, "lo", 1), -EPERM);
	assert_int_equal(set_address(w, "eth0", 1, "\2\0\0\0\0\1\2", 7), -ERANGE);
	assert_int_equal(set_address(w, "eth0", 1, "\0\0\0\0\0\0", 6), -EINVAL);
	assert_int_equal(set_address(w, "eth0", 1, "\3\0\0\0\0\1", 6), -EINVAL);
	assert_int_equal(set_address(w, "eth0", 1, "\2\0\0\0\0", 5), -EINVAL);
	assert_int_equal(set_address(w, "eth0", 0, "\2\0\0\0\0\1", 6), -EINVAL);
	assert_int_equal(get_address(w, "eth0", 2), -EINVAL);
	device_power_off(w->dev);
	device_power_on(w->dev, NS_PER_S);
	assert_int_equal(get_address(w, "eth0", 1), -EAGAIN);
	assert_int_equal(set_address(w, "eth0", 1, "\2\0\0\0\0\1", 6), -EAGAIN);
	w = world_anew(state, NULL, "\"NetworkConfig\": true");
	assert_int_equal(set_address(w, "wlan0", 1, "\2\0\0\0\0\1", 6), -EACCES);
	assert_int_equal(get_address(w, "wlan0", 1), 0);
}

/* ---- Addresses ------------------------------------------------------------------------------------------------------- */

static int apply(struct world *w, const char *name, bool is_static, uint8_t dns)
{
	wire_put_str(&w->in, name);
	wire_put_u8(&w->in, is_static);
	wire_put_u32(&w->in, 0x0a000002);
	wire_put_u32(&w->in, 0xffffff00);
	wire_put_u32(&w->in, 0x0a000001);
	wire_put_u8(&w->in, dns > 0);
	wire_put_u8(&w->in, dns);
	for (uint8_t i = 0; i < dns && i < 4; i++)
		wire_put_u32(&w->in, 0x0a000035u + i);
	return call(w, WIRE_NET_IP_APPLY);
}

static void a_static_address_stays_over_reboots(void **state)
{
	struct world *w = *state;

	assert_int_equal(apply(w, "wlan0", true, 1), 0);
	assert_string_equal(device_last_summary(w->dev), "name=wlan0 address=10.0.0.2 dns=1");
	assert_string_equal(interfaces(w, 1), "wlan0:1:0:1");
	reboot(w);
	assert_string_equal(interfaces(w, 1), "wlan0:1:0:1");
	w->event_count = 0;
	assert_int_equal(apply(w, "wlan0", true, 1), 0); /* the same */
	assert_int_equal(count_events(w, DEVICE_EVENT_FLASH), 0);
	assert_int_equal(apply(w, "wlan0", false, 0), 0);
	assert_int_equal(count_events(w, DEVICE_EVENT_FLASH), 1);
	assert_string_equal(interfaces(w, 1), "wlan0:1:1:1");
}

static void a_static_address_has_no_name_server_of_its_own(void **state)
{
	struct world *w = *state;

	connect_network(w);
	assert_true(device_has_address(w->dev) && device_resolves_names(w->dev));
	assert_int_equal(apply(w, "wlan0", true, 0), 0);
	assert_int_equal(named(w, WIRE_NET_IF_STATUS, "wlan0"), ONLINE);
	assert_true(device_has_address(w->dev));
	assert_false(device_resolves_names(w->dev));
	assert_int_equal(apply(w, "wlan0", true, 3), 0);
	assert_true(device_resolves_names(w->dev));
}

/* What an application sees by getifaddrs. */
static void interfaces_show_the_addresses_that_they_have(void **state)
{
	static const uint8_t hardware[6] = {2, 0, 0, 0, 0, 0x10};
	struct world *w = *state;
	struct device_interface it;

	with_ethernet(w);
	assert_int_equal(device_get_interface_count(w->dev), 2);
	assert_false(device_get_interface(w->dev, 2, &it));
	assert_true(device_get_interface(w->dev, 0, &it));
	assert_string_equal(it.name, "wlan0");
	assert_memory_equal(it.hardware, hardware, sizeof(hardware));
	assert_true(it.up && !it.running && !it.dhcp && it.address == 0);
	connect_network(w);
	assert_true(device_get_interface(w->dev, 0, &it));
	assert_true(it.up && it.running && it.dhcp && it.address == 0);
	assert_int_equal(named(w, WIRE_NET_IP_RELEASE, "wlan0"), 0);
	assert_true(device_get_interface(w->dev, 0, &it));
	assert_true(it.running && !it.dhcp);
	assert_int_equal(apply(w, "wlan0", true, 0), 0);
	assert_true(device_get_interface(w->dev, 0, &it));
	assert_true(!it.dhcp && it.address != 0 && it.mask != 0);
	assert_true(device_get_interface(w->dev, 1, &it));
	assert_string_equal(it.name, "eth0");
	assert_true(!it.running && it.address == 0);
}

static void a_released_address_is_gone_until_it_is_renewed(void **state)
{
	struct world *w = *state;

	connect_network(w);
	advance_s(w, 10);
	assert_int_equal(call(w, WIRE_NET_READY), 1);
	assert_int_equal(named(w, WIRE_NET_IP_RELEASE, "wlan0"), 0);
	assert_int_equal(named(w, WIRE_NET_IF_STATUS, "wlan0"), UP | CONNECTED);
	assert_int_equal(call(w, WIRE_NET_READY), 0);
	assert_false(device_has_address(w->dev));
	assert_true(device_get_connected(w->dev) >= 0); /* Wi-Fi does not mind */
	assert_int_equal(named(w, WIRE_NET_IP_RENEW, "wlan0"), 0);
	assert_int_equal(named(w, WIRE_NET_IF_STATUS, "wlan0"), ONLINE);
	assert_int_equal(call(w, WIRE_NET_READY), 1);
	assert_int_equal(named(w, WIRE_NET_IP_RENEW, "wlan0"), 0); /* no harm */
	/* A new configuration begins anew, a reboot does, a connection does not. */
	assert_int_equal(named(w, WIRE_NET_IP_RELEASE, "wlan0"), 0);
	assert_int_equal(apply(w, "wlan0", false, 0), 0);
	assert_true(device_has_address(w->dev));
	assert_int_equal(named(w, WIRE_NET_IP_RELEASE, "wlan0"), 0);
	device_link(w->dev, DEVICE_LINK_DEAUTH);
	w->time_asked = 0;
	advance_s(w, 3600);
	assert_int_equal(named(w, WIRE_NET_IF_STATUS, "wlan0"), UP | CONNECTED);
	assert_int_equal(w->time_asked, 0);
	reboot(w);
	advance_s(w, 3600);
	assert_int_equal(named(w, WIRE_NET_IF_STATUS, "wlan0"), ONLINE);
}

static void address_errors(void **state)
{
	struct world *w = *state;

	assert_int_equal(apply(w, "eth0", true, 0), -ENOENT);
	assert_int_equal(apply(w, "lo", true, 0), -EPERM);
	assert_int_equal(apply(w, "wlan0", true, 4), -EBADMSG);
	assert_int_equal(named(w, WIRE_NET_IP_RELEASE, "eth0"), -ENOENT);
	assert_int_equal(named(w, WIRE_NET_IP_RENEW, "eth0"), -ENOENT);
	assert_int_equal(apply(w, "wlan0", true, 0), 0);
	assert_int_equal(named(w, WIRE_NET_IP_RELEASE, "wlan0"), -EPERM); /* it is static */
	assert_int_equal(named(w, WIRE_NET_IP_RENEW, "wlan0"), -EPERM);
	device_set_flash(w->dev, DEVICE_FLASH_FULL);
	assert_int_equal(apply(w, "wlan0", true, 2), -EFBIG);
	device_set_flash(w->dev, DEVICE_FLASH_GOOD);
	assert_int_equal(apply(w, "wlan0", true, 2), 0);
	device_power_off(w->dev);
	device_power_on(w->dev, NS_PER_S);
	assert_int_equal(apply(w, "wlan0", true, 0), -EAGAIN);
	assert_int_equal(named(w, WIRE_NET_IP_RELEASE, "wlan0"), -EAGAIN);
	w = world_anew(state, NULL, "\"WifiConfig\": true");
	assert_int_equal(apply(w, "wlan0", true, 0), -EACCES);
	assert_int_equal(apply(w, "nowhere", true, 0), -EACCES);
	assert_int_equal(named(w, WIRE_NET_IP_RELEASE, "wlan0"), -EACCES);
	assert_int_equal(named(w, WIRE_NET_IP_RENEW, "wlan0"), -EACCES);
}

/* ---- Time servers ---------------------------------------------------------------------------------------------------- */

static int custom_ntp(struct world *w, const char *primary, const char *secondary, uint32_t option)
{
	wire_put_str(&w->in, primary);
	wire_put_u8(&w->in, secondary != NULL);
	wire_put_str(&w->in, secondary ? secondary : "");
	wire_put_u32(&w->in, option);
	return call(w, WIRE_NTP_CUSTOM);
}

static int automatic_ntp(struct world *w, uint32_t option)
{
	wire_put_u32(&w->in, option);
	return call(w, WIRE_NTP_AUTOMATIC);
}

/* The server of the last sync; "" when there was none. */
static const char *last_server(struct world *w, int64_t *ret_before, int64_t *ret_after)
{
	static char server[256];
	int64_t before, after;

	if (call(w, WIRE_NTP_LAST_SYNC) < 0)
		return "";
	assert_true(wire_get_str(&w->out, server, sizeof(server)));
	before = wire_get_i64(&w->out);
	after = wire_get_i64(&w->out);
	assert_true(wire_reader_done(&w->out));
	if (ret_before)
		*ret_before = before;
	if (ret_after)
		*ret_after = after;
	return server;
}

static void the_last_sync_says_who_and_by_how_much(void **state)
{
	struct world *w = *state;
	int64_t before, after;

	assert_int_equal(call(w, WIRE_NTP_LAST_SYNC), -ENOENT);
	connect_network(w);
	w->time_error_s = 500;
	advance_s(w, 10);
	assert_string_equal(last_server(w, &before, &after), DEFAULT_NTP);
	assert_int_equal(after - before, 500);
	assert_string_equal(last_text(w, DEVICE_EVENT_TIME_SYNC), DEFAULT_NTP);
	reboot(w);
	assert_int_equal(call(w, WIRE_NTP_LAST_SYNC), -ENOENT);
}

static void custom_servers_are_asked_in_their_order(void **state)
{
	struct world *w = *state;

	connect_network(w);
	assert_int_equal(custom_ntp(w, "ntp1.example", "10.0.0.5", 1), 0);
	assert_string_equal(device_last_summary(w->dev), "primary=ntp1.example secondary=10.0.0.5 option=1");
	advance_s(w, 10);
	assert_string_equal(last_server(w, NULL, NULL), "ntp1.example");
	w->only_server = "10.0.0.5";
	advance_s(w, DAY_S);
	assert_string_equal(last_server(w, NULL, NULL), "10.0.0.5");
	w->only_server = DEFAULT_NTP;
	advance_s(w, DAY_S);
	assert_string_equal(last_server(w, NULL, NULL), DEFAULT_NTP);
	/* Without the fallback it is not asked. */
	w->only_server = "10.0.0.5";
	assert_int_equal(custom_ntp(w, "ntp1.example", NULL, 0), 0);
	w->time_asked = 0;
	advance_s(w, 30);
	assert_int_equal(w->time_asked, 1);
	assert_string_equal(w->asked, "ntp1.example");
	/* Settings stay; back to the default goes. */
	reboot(w);
	w->only_server = NULL;
	advance_s(w, 60);
	assert_string_equal(last_server(w, NULL, NULL), "ntp1.example");
	assert_int_equal(call(w, WIRE_NTP_DEFAULT), 0);
	advance_s(w, 10);
	assert_string_equal(last_server(w, NULL, NULL), DEFAULT_NTP);
}

static void automatic_servers_are_those_of_dhcp(void **state)
{
	struct world *w = *state;

	connect_network(w);
	w->dhcp_ntp = "ntp.corp.example";
	assert_int_equal(automatic_ntp(w, 0), 0);
	advance_s(w, 10);
	assert_string_equal(last_server(w, NULL, NULL), "ntp.corp.example");
	/* DHCP names none: nobody is asked, or the fallback. */
	w->dhcp_ntp = NULL;
	w->time_asked = 0;
	advance_s(w, DAY_S + 10);
	assert_int_equal(w->time_asked, 0);
	assert_int_equal(automatic_ntp(w, 1), 0);
	advance_s(w, 10);
	assert_string_equal(last_server(w, NULL, NULL), DEFAULT_NTP);
}

static void a_name_cannot_be_asked_without_a_name_server(void **state)
{
	struct world *w = *state;

	assert_int_equal(apply(w, "wlan0", true, 0), 0);
	connect_network(w);
	advance_s(w, 3600);
	assert_int_equal(w->time_asked, 0);
	assert_int_equal(call(w, WIRE_NET_READY), 0);
	assert_int_equal(custom_ntp(w, "10.0.0.5", NULL, 0), 0);
	advance_s(w, 10);
	assert_string_equal(last_server(w, NULL, NULL), "10.0.0.5");
	assert_int_equal(call(w, WIRE_NET_READY), 1);
}

static void time_server_errors(void **state)
{
	static const char *const no_names[] = { "", ".", "a..b", "-a", "a-", "a.-b.c", "a b", "10.0.0", "10.0.0.256", "1.2.3.4.5", "a_b",
	                                        "http://a", "1.2.3.4." };
	static const char *const names[] = { "a", "1a.b-c.example", "0.0.0.1", "255.255.255.255", "time.example" };
	struct world *w = *state;
	char text[258];

	for (size_t i = 0; i < ARRAY_LEN(no_names); i++) {
		assert_int_equal(custom_ntp(w, no_names[i], NULL, 0), -EINVAL);
		assert_int_equal(custom_ntp(w, "a", no_names[i], 0), -EINVAL);
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		assert_int_equal(custom_ntp(w, names[i], names[i], 1), 0);
	assert_int_equal(custom_ntp(w, "a", NULL, 2), -EINVAL);
	assert_int_equal(automatic_ntp(w, 2), -EINVAL);
	memset(text, 'a', sizeof(text));
	for (size_t i = 63; i < sizeof(text); i += 64)
		text[i] = '.';
	text[256] = '\0';
	assert_int_equal(custom_ntp(w, text, NULL, 0), -ERANGE);
	assert_int_equal(custom_ntp(w, "a", text, 0), -ERANGE);
	text[255] = '\0';
	assert_int_equal(custom_ntp(w, text, NULL, 0), 0);
	memset(text, 'a', 64); /* a label of 64 */
	assert_int_equal(custom_ntp(w, text, NULL, 0), -EINVAL);
	device_power_off(w->dev);
	device_power_on(w->dev, NS_PER_S);
	assert_int_equal(custom_ntp(w, "a", NULL, 0), -EAGAIN);
	assert_int_equal(automatic_ntp(w, 0), -EAGAIN);
	assert_int_equal(call(w, WIRE_NTP_DEFAULT), -EAGAIN);
	assert_int_equal(call(w, WIRE_TIMESYNC_GET), -EAGAIN);
	wire_put_u8(&w->in, 0);
	assert_int_equal(call(w, WIRE_TIMESYNC_SET), -EAGAIN);
	w = world_anew(state, NULL, "\"NetworkConfig\": true");
	assert_int_equal(custom_ntp(w, "a", NULL, 0), -EACCES);
	assert_int_equal(automatic_ntp(w, 0), -EACCES);
	assert_int_equal(call(w, WIRE_NTP_DEFAULT), -EACCES);
	assert_int_equal(call(w, WIRE_TIMESYNC_GET), 1);
}

/* ---- Servers of a private network ------------------------------------------------------------------------------------ */

static int start_dhcp(struct world *w, const char *name, uint32_t first, uint8_t count, uint32_t hours)
{
	wire_put_str(&w->in, name);
	wire_put_u32(&w->in, first);
	wire_put_u8(&w->in, count);
	wire_put_u32(&w->in, 0xffffff00);
	wire_put_u32(&w->in, 0x0a000001);
	wire_put_u32(&w->in, hours);
	wire_put_u8(&w->in, 1);
	wire_put_u32(&w->in, 0x0a000003);
	return call(w, WIRE_DHCP_SERVER_START);
}

static void servers_of_a_private_network(void **state)
{
	struct world *w = *state;

	with_ethernet(w);
	assert_int_equal(named(w, WIRE_SNTP_SERVER_START, "eth0"), 0);
	assert_int_equal(named(w, WIRE_SNTP_SERVER_START, "eth0"), 0); /* it runs already */
	assert_int_equal(start_dhcp(w, "eth0", 0x0a00000a, 10, 24), -EPERM); /* its address is not static */
	assert_int_equal(apply(w, "eth0", true, 0), 0);
	w->event_count = 0;
	assert_int_equal(start_dhcp(w, "eth0", 0x0a00000a, 10, 24), 0);
	assert_string_equal(device_last_summary(w->dev), "name=eth0 first=10.0.0.10 count=10 hours=24 ntp=1");
	assert_int_equal(count_events(w, DEVICE_EVENT_FLASH), 1);
	assert_int_equal(start_dhcp(w, "eth0", 0x0a00000a, 10, 24), 0); /* the same again */
	assert_int_equal(count_events(w, DEVICE_EVENT_FLASH), 1);
}

static void server_errors(void **state)
{
	struct world *w = *state;

	assert_int_equal(named(w, WIRE_SNTP_SERVER_START, "eth0"), -ENOENT);
	assert_int_equal(start_dhcp(w, "eth0", 0x0a00000a, 10, 24), -ENOENT);
	assert_int_equal(start_dhcp(w, "lo", 0x0a00000a, 10, 24), -EPERM);
	with_ethernet(w);
	assert_int_equal(apply(w, "eth0", true, 0), 0);
	assert_int_equal(start_dhcp(w, "eth0", 0x0a00000a, 0, 0), -EINVAL);  /* no lease was set */
	assert_int_equal(start_dhcp(w, "eth0", 0x0b00000a, 10, 24), -EINVAL); /* of another subnet */
	device_set_flash(w->dev, DEVICE_FLASH_FULL);
	assert_int_equal(start_dhcp(w, "eth0", 0x0a00000a, 10, 24), -EFBIG);
	device_power_off(w->dev);
	device_power_on(w->dev, NS_PER_S);
	assert_int_equal(named(w, WIRE_SNTP_SERVER_START, "eth0"), -EAGAIN);
	assert_int_equal(start_dhcp(w, "eth0", 0x0a00000a, 10, 24), -EAGAIN);
	w = world_anew(state, NULL, "\"NetworkConfig\": true");
	assert_int_equal(named(w, WIRE_SNTP_SERVER_START, "wlan0"), -EACCES);
	assert_int_equal(start_dhcp(w, "wlan0", 0x0a00000a, 10, 24), -EACCES);
}

/* ---- Proxy ----------------------------------------------------------------------------------------------------------- */

static int apply_proxy(struct world *w, uint32_t options, const char *address, uint32_t port, const char *password)
{
	wire_put_u32(&w->in, options);
	wire_put_u8(&w->in, 0);
	wire_put_u8(&w->in, password[0] != '\0');
	wire_put_str(&w->in, address);
	wire_put_u32(&w->in, port);
	wire_put_str(&w->in, "localhost");
	wire_put_str(&w->in, "user");
	wire_put_str(&w->in, password);
	return call(w, WIRE_PROXY_APPLY);
}

static void a_proxy_is_kept_and_handed_back(void **state)
{
	struct world *w = *state;
	char text[256];

	assert_int_equal(call(w, WIRE_PROXY_GET), -ENOENT);
	assert_int_equal(call(w, WIRE_PROXY_STATUS), 0);
	assert_int_equal(apply_proxy(w, 2, "proxy.example", 3128, "Secret-Word"), 0);
	assert_string_equal(device_last_summary(w->dev), "enabled address=proxy.example port=3128 authentication=basic");
	assert_int_equal(call(w, WIRE_PROXY_STATUS), 1);
	reboot(w);
	assert_int_equal(call(w, WIRE_PROXY_GET), 0);
	assert_int_equal(wire_get_u32(&w->out), 2);
	assert_int_equal(wire_get_u8(&w->out), 0);
	assert_int_equal(wire_get_u8(&w->out), 1);
	assert_true(wire_get_str(&w->out, text, sizeof(text)));
	assert_string_equal(text, "proxy.example");
	assert_int_equal(wire_get_u32(&w->out), 3128);
	assert_true(wire_get_str(&w->out, text, sizeof(text)) && wire_get_str(&w->out, text, sizeof(text)));
	assert_string_equal(text, "user");
	assert_true(wire_get_str(&w->out, text, sizeof(text)) && wire_reader_done(&w->out));
	assert_string_equal(text, "Secret-Word");
	connect_network(w);
	assert_int_equal(call(w, WIRE_PROXY_STATUS), 5);
	/* Switched off it is kept, and does not count. */
	assert_int_equal(apply_proxy(w, 1, "proxy.example", 3128, ""), 0);
	assert_int_equal(call(w, WIRE_PROXY_STATUS), 0);
	assert_int_equal(call(w, WIRE_PROXY_GET), 0);
	for (size_t i = 0; i < w->event_count; i++)
		assert_null(strstr(w->events[i].text, "Secret-Word"));
	device_power_off(w->dev);
	device_factory_reset(w->dev);
	device_power_on(w->dev, 0);
	assert_int_equal(call(w, WIRE_PROXY_GET), -ENOENT);
}

static void proxy_errors(void **state)
{
	struct world *w = *state;

	assert_int_equal(apply_proxy(w, 2, "", 3128, ""), -EINVAL);
	assert_int_equal(apply_proxy(w, 4, "a", 3128, ""), -EBADMSG);
	assert_int_equal(apply_proxy(w, 2, "a", 65536, ""), -EBADMSG);
	device_set_flash(w->dev, DEVICE_FLASH_FULL);
	assert_int_equal(apply_proxy(w, 2, "a", 3128, ""), -EFBIG);
	w = world_anew(state, NULL, "\"ReadNetworkProxyConfig\": true");
	assert_int_equal(apply_proxy(w, 2, "a", 3128, ""), -EACCES);
	assert_int_equal(call(w, WIRE_PROXY_GET), -ENOENT);
	assert_null(device_last_denied(w->dev)); /* one of two was enough */
	w = world_anew(state, NULL, "\"WifiConfig\": true");
	assert_int_equal(call(w, WIRE_PROXY_GET), -EACCES);
	assert_string_equal(device_last_denied(w->dev), "ReadNetworkProxyConfig");
	assert_int_equal(call(w, WIRE_PROXY_STATUS), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_world, free_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(ethernet_is_absent_unless_the_device_has_it),
		TEST(an_interface_that_is_not_for_applications_is_eperm),
		TEST(the_hardware_address_of_ethernet_can_be_set),
		TEST(hardware_address_errors),
		TEST(a_static_address_stays_over_reboots),
		TEST(a_static_address_has_no_name_server_of_its_own),
		TEST(interfaces_show_the_addresses_that_they_have),
		TEST(a_released_address_is_gone_until_it_is_renewed),
		TEST(address_errors),
		TEST(the_last_sync_says_who_and_by_how_much),
		TEST(custom_servers_are_asked_in_their_order),
		TEST(automatic_servers_are_those_of_dhcp),
		TEST(a_name_cannot_be_asked_without_a_name_server),
		TEST(time_server_errors),
		TEST(servers_of_a_private_network),
		TEST(server_errors),
		TEST(a_proxy_is_kept_and_handed_back),
		TEST(proxy_errors),
	};

	return cmocka_run_group_tests_name("networking", tests, make_certificates, free_certificates);
}
