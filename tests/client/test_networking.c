/* <applibs/networking.h> beyond interfaces: configurations in the application's memory, what of them is sent, what comes back. */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <sysexits.h>

#include <applibs/networking.h>
#include <applibs/networking_curl.h>

#include "emu-applibs/base/base.h"
#include "tests/client/fake_server.h"

static struct server server;

static struct in_addr ip(const char *text)
{
	struct in_addr address;

	if (inet_pton(AF_INET, text, &address) != 1)
		abort();
	return address;
}

static struct wire_reader request(void)
{
	struct wire_reader r;

	wire_reader_init(&r, server.last.payload, server.last.length);
	return r;
}

/* ---- Pointers ------------------------------------------------------------------------------------------------------------ */

static int null_pointers(void *arg)
{
	Networking_IpConfig config;
	Networking_DhcpServerConfig dhcp;
	Networking_SntpServerConfig sntp;
	Networking_ProxyConfig *proxy = Networking_Proxy_Create();
	Networking_Interface_HardwareAddress hardware;
	struct in_addr server_address = ip("10.0.0.1");
	uint8_t bytes[6] = { 2 };
	char server_name[16];

	(void) arg;
	CHECK(proxy);
	Networking_IpConfig_Init(&config);
	Networking_SntpServerConfig_Init(&sntp);
	Networking_DhcpServerConfig_Init(&dhcp);
	CHECK_ERRNO(Networking_IpConfig_EnableCustomDns(NULL, &server_address, 1), EFAULT);
	CHECK_ERRNO(Networking_IpConfig_EnableCustomDns(&config, NULL, 1), EFAULT);
	CHECK_ERRNO(Networking_IpConfig_Apply(NULL, &config), EFAULT);
	CHECK_ERRNO(Networking_IpConfig_Apply("wlan0", NULL), EFAULT);
	CHECK_ERRNO(Networking_IpConfig_RenewIp(NULL), EFAULT);
	CHECK_ERRNO(Networking_IpConfig_ReleaseIp(NULL), EFAULT);
	CHECK_ERRNO(Networking_TimeSync_EnableCustomNtp(NULL, "b", 0), EFAULT);
	CHECK_ERRNO(Networking_TimeSync_GetLastNtpSyncInfo(server_name, NULL, NULL, NULL), EFAULT);
	CHECK_ERRNO(Networking_SntpServer_Start(NULL, &sntp), EFAULT);
	CHECK_ERRNO(Networking_SntpServer_Start("eth0", NULL), EFAULT);
	CHECK_ERRNO(Networking_DhcpServer_Start(NULL, &dhcp), EFAULT);
	CHECK_ERRNO(Networking_DhcpServer_Start("eth0", NULL), EFAULT);
	CHECK_ERRNO(Networking_DhcpServerConfig_SetLease(NULL, server_address, 1, server_address, server_address, 1), EFAULT);
	CHECK_ERRNO(Networking_DhcpServerConfig_SetNtpServerAddresses(NULL, &server_address, 1), EFAULT);
	CHECK_ERRNO(Networking_DhcpServerConfig_SetNtpServerAddresses(&dhcp, NULL, 1), EFAULT);
	CHECK_ERRNO(Networking_SetHardwareAddress(NULL, bytes, 6), EFAULT);
	CHECK_ERRNO(Networking_SetHardwareAddress("eth0", NULL, 6), EFAULT);
	CHECK_ERRNO(Networking_GetHardwareAddress(NULL, &hardware), EFAULT);
	CHECK_ERRNO(Networking_GetHardwareAddress("eth0", NULL), EFAULT);
	CHECK_ERRNO(z__Networking_GetInterfaceOpt("eth0", 1, NULL, 6), EFAULT);
	CHECK_ERRNO(Networking_Proxy_Apply(NULL), EFAULT);
	CHECK_ERRNO(Networking_Proxy_Get(NULL), EFAULT);
	CHECK_ERRNO(Networking_Proxy_GetProxyStatus(NULL), EFAULT);
	CHECK_ERRNO(Networking_Proxy_SetProxyOptions(NULL, 0), EFAULT);
	CHECK_ERRNO(Networking_Proxy_SetProxyAddress(NULL, "a", 1), EFAULT);
	CHECK_ERRNO(Networking_Proxy_SetProxyAddress(proxy, NULL, 1), EFAULT);
	CHECK_ERRNO(Networking_Proxy_SetAnonymousAuthentication(NULL), EFAULT);
	CHECK_ERRNO(Networking_Proxy_SetBasicAuthentication(NULL, "u", "p"), EFAULT);
	CHECK_ERRNO(Networking_Proxy_SetBasicAuthentication(proxy, NULL, "p"), EFAULT);
	CHECK_ERRNO(Networking_Proxy_SetBasicAuthentication(proxy, "u", NULL), EFAULT);
	CHECK_ERRNO(Networking_Proxy_SetProxyNoProxyAddresses(NULL, "a"), EFAULT);
	CHECK_ERRNO(Networking_Proxy_SetProxyNoProxyAddresses(proxy, NULL), EFAULT);
	CHECK_ERRNO(Networking_Proxy_GetProxyOptions(NULL, &(Networking_ProxyOptions){ 0 }), EFAULT);
	CHECK_ERRNO(Networking_Proxy_GetProxyOptions(proxy, NULL), EFAULT);
	CHECK_ERRNO(Networking_Proxy_GetProxyPort(NULL, &(uint16_t){ 0 }), EFAULT);
	CHECK_ERRNO(Networking_Proxy_GetProxyPort(proxy, NULL), EFAULT);
	CHECK_ERRNO(Networking_Proxy_GetProxyType(NULL), EFAULT);
	CHECK_ERRNO(Networking_Proxy_GetAuthType(NULL), EFAULT);
	errno = 0;
	CHECK(!Networking_Proxy_GetProxyAddress(NULL) && errno == EFAULT);
	errno = 0;
	CHECK(!Networking_Proxy_GetProxyUsername(NULL) && errno == EFAULT);
	errno = 0;
	CHECK(!Networking_Proxy_GetProxyPassword(NULL) && errno == EFAULT);
	errno = 0;
	CHECK(!Networking_Proxy_GetNoProxyAddresses(NULL) && errno == EFAULT);
	CHECK_ERRNO(Networking_Curl_SetDefaultProxy(NULL), EFAULT);
	Networking_Proxy_Destroy(proxy);
	/* No function of these can say that something is wrong. */
	Networking_IpConfig_Init(NULL);
	Networking_IpConfig_EnableDynamicIp(NULL);
	Networking_IpConfig_EnableStaticIp(NULL, server_address, server_address, server_address);
	Networking_IpConfig_EnableAutomaticDns(NULL);
	Networking_IpConfig_Destroy(NULL);
	Networking_SntpServerConfig_Init(NULL);
	Networking_SntpServerConfig_Destroy(NULL);
	Networking_DhcpServerConfig_Init(NULL);
	Networking_DhcpServerConfig_Destroy(NULL);
	Networking_Proxy_Destroy(NULL);
	return 0;
}

static void null_pointers_give_efault_and_no_request(void **state)
{
	(void) state;
	server = (struct server){ 0 };
	assert_served(&server, null_pointers, NULL);
	assert_int_equal(server.requests, 0);
}

static int never_initialised(void *arg)
{
	Networking_IpConfig config = { { 0 } };
	Networking_SntpServerConfig sntp = { { 0 } };
	Networking_DhcpServerConfig dhcp = { { 0 } };

	(void) arg;
	CHECK_ERRNO(Networking_IpConfig_Apply("wlan0", &config), EINVAL);
	CHECK_ERRNO(Networking_SntpServer_Start("eth0", &sntp), EINVAL);
	CHECK_ERRNO(Networking_DhcpServer_Start("eth0", &dhcp), EINVAL);
	Networking_IpConfig_Init(&config);
	Networking_IpConfig_Destroy(&config);
	CHECK_ERRNO(Networking_IpConfig_Apply("wlan0", &config), EINVAL);
	return 0;
}

static void a_configuration_that_is_none_gives_einval(void **state)
{
	(void) state;
	server = (struct server){ 0 };
	assert_served(&server, never_initialised, NULL);
	assert_int_equal(server.requests, 0);
}

/* ---- Addresses ----------------------------------------------------------------------------------------------------------- */

static int bad_servers(void *arg)
{
	struct in_addr servers[4] = { ip("10.0.0.1"), ip("10.0.0.2"), ip("10.0.0.3"), ip("10.0.0.4") };
	struct in_addr broadcast = ip("255.255.255.255");
	Networking_IpConfig config;
	Networking_DhcpServerConfig dhcp;

	(void) arg;
	Networking_IpConfig_Init(&config);
	Networking_DhcpServerConfig_Init(&dhcp);
	CHECK_ERRNO(Networking_IpConfig_EnableCustomDns(&config, servers, 4), EINVAL);
	CHECK_ERRNO(Networking_IpConfig_EnableCustomDns(&config, servers, 0), EINVAL);
	CHECK_ERRNO(Networking_DhcpServerConfig_SetNtpServerAddresses(&dhcp, servers, 4), EINVAL);
	CHECK_ERRNO(Networking_DhcpServerConfig_SetNtpServerAddresses(&dhcp, servers, 0), EINVAL);
	CHECK_ERRNO(Networking_DhcpServerConfig_SetNtpServerAddresses(&dhcp, &broadcast, 1), EINVAL);
	servers[2] = ip("0.0.0.0");
	CHECK_ERRNO(Networking_IpConfig_EnableCustomDns(&config, servers, 3), EINVAL);
	CHECK_ERRNO(Networking_DhcpServerConfig_SetNtpServerAddresses(&dhcp, servers, 3), EINVAL);
	CHECK(Networking_IpConfig_EnableCustomDns(&config, servers, 2) == 0);
	CHECK(Networking_DhcpServerConfig_SetNtpServerAddresses(&dhcp, servers, 2) == 0);
	return 0;
}

static void more_than_three_servers_or_one_that_is_none_give_einval(void **state)
{
	(void) state;
	server = (struct server){ 0 };
	assert_served(&server, bad_servers, NULL);
}

static int bad_leases(void *arg)
{
	struct in_addr first = ip("10.0.0.10"), mask = ip("255.255.255.0"), gateway = ip("10.0.0.1");
	Networking_DhcpServerConfig config;

	(void) arg;
	Networking_DhcpServerConfig_Init(&config);
	CHECK_ERRNO(Networking_DhcpServerConfig_SetLease(&config, ip("0.0.0.0"), 10, mask, gateway, 24), EINVAL);
	CHECK_ERRNO(Networking_DhcpServerConfig_SetLease(&config, first, 0, mask, gateway, 24), EINVAL);
	CHECK_ERRNO(Networking_DhcpServerConfig_SetLease(&config, first, 10, mask, gateway, 0), EINVAL);
	CHECK_ERRNO(Networking_DhcpServerConfig_SetLease(&config, first, 10, ip("255.0.255.0"), gateway, 24), EINVAL);
	CHECK_ERRNO(Networking_DhcpServerConfig_SetLease(&config, first, 10, ip("0.0.0.0"), gateway, 24), EINVAL);
	CHECK_ERRNO(Networking_DhcpServerConfig_SetLease(&config, first, 10, ip("255.255.255.255"), gateway, 24), EINVAL);
	CHECK_ERRNO(Networking_DhcpServerConfig_SetLease(&config, first, 10, mask, ip("10.0.1.1"), 24), EINVAL);
	CHECK_ERRNO(Networking_DhcpServerConfig_SetLease(&config, ip("10.0.0.250"), 10, mask, gateway, 24), EINVAL);
	CHECK_ERRNO(Networking_DhcpServerConfig_SetLease(&config, ip("255.255.255.250"), 10, mask, ip("255.255.255.1"), 24), EINVAL);
	CHECK(Networking_DhcpServerConfig_SetLease(&config, first, 10, mask, ip("0.0.0.0"), 24) == 0);
	CHECK(Networking_DhcpServerConfig_SetLease(&config, ip("10.0.0.246"), 10, mask, gateway, 24) == 0);
	return 0;
}

static void a_lease_whose_values_do_not_go_together_gives_einval(void **state)
{
	(void) state;
	server = (struct server){ 0 };
	assert_served(&server, bad_leases, NULL);
}

static int apply_static(void *arg)
{
	struct in_addr dns[2] = { ip("10.0.0.53"), ip("10.0.1.53") };
	Networking_IpConfig config;

	(void) arg;
	Networking_IpConfig_Init(&config);
	Networking_IpConfig_EnableStaticIp(&config, ip("10.0.0.2"), ip("255.255.255.0"), ip("10.0.0.1"));
	CHECK(Networking_IpConfig_EnableCustomDns(&config, dns, 2) == 0);
	CHECK(Networking_IpConfig_Apply("wlan0", &config) == 0);
	return 0;
}

static int apply_back_to_dynamic(void *arg)
{
	struct in_addr dns = ip("10.0.0.53");
	Networking_IpConfig config;

	(void) arg;
	Networking_IpConfig_Init(&config);
	Networking_IpConfig_EnableStaticIp(&config, ip("10.0.0.2"), ip("255.255.255.0"), ip("10.0.0.1"));
	CHECK(Networking_IpConfig_EnableCustomDns(&config, &dns, 1) == 0);
	Networking_IpConfig_EnableDynamicIp(&config);
	Networking_IpConfig_EnableAutomaticDns(&config);
	CHECK(Networking_IpConfig_Apply("eth0", &config) == 0);
	return 0;
}

static void a_configuration_is_sent_whole(void **state)
{
	struct wire_reader r;
	char name[16];

	(void) state;
	server = (struct server){ 0 };
	assert_served(&server, apply_static, NULL);
	r = request();
	assert_true(wire_get_str(&r, name, sizeof(name)));
	assert_string_equal(name, "wlan0");
	assert_int_equal(wire_get_u8(&r), 1);
	assert_int_equal(wire_get_u32(&r), 0x0a000002);
	assert_int_equal(wire_get_u32(&r), 0xffffff00);
	assert_int_equal(wire_get_u32(&r), 0x0a000001);
	assert_int_equal(wire_get_u8(&r), 1);
	assert_int_equal(wire_get_u8(&r), 2);
	assert_int_equal(wire_get_u32(&r), 0x0a000035);
	assert_int_equal(wire_get_u32(&r), 0x0a000135);
	assert_true(wire_reader_done(&r));

	server = (struct server){ 0 };
	assert_served(&server, apply_back_to_dynamic, NULL);
	r = request();
	assert_true(wire_get_str(&r, name, sizeof(name)));
	assert_int_equal(wire_get_u8(&r), 0);
	(void) wire_get_u32(&r);
	(void) wire_get_u32(&r);
	(void) wire_get_u32(&r);
	assert_int_equal(wire_get_u8(&r), 0);
	assert_int_equal(wire_get_u8(&r), 0);
	assert_true(wire_reader_done(&r));
}

static int start_dhcp(void *arg)
{
	struct in_addr ntp = ip("10.0.0.3");
	Networking_DhcpServerConfig config;

	(void) arg;
	Networking_DhcpServerConfig_Init(&config);
	CHECK(Networking_DhcpServerConfig_SetLease(&config, ip("10.0.0.10"), 200, ip("255.255.255.0"), ip("10.0.0.1"), 48) == 0);
	CHECK(Networking_DhcpServerConfig_SetNtpServerAddresses(&config, &ntp, 1) == 0);
	CHECK(Networking_DhcpServer_Start("eth0", &config) == 0);
	return 0;
}

static void a_lease_is_sent_whole(void **state)
{
	struct wire_reader r;
	char name[16];

	(void) state;
	server = (struct server){ 0 };
	assert_served(&server, start_dhcp, NULL);
	r = request();
	assert_true(wire_get_str(&r, name, sizeof(name)));
	assert_int_equal(wire_get_u32(&r), 0x0a00000a);
	assert_int_equal(wire_get_u8(&r), 200);
	assert_int_equal(wire_get_u32(&r), 0xffffff00);
	assert_int_equal(wire_get_u32(&r), 0x0a000001);
	assert_int_equal(wire_get_u32(&r), 48);
	assert_int_equal(wire_get_u8(&r), 1);
	assert_int_equal(wire_get_u32(&r), 0x0a000003);
	assert_true(wire_reader_done(&r));
}

/* ---- Time ---------------------------------------------------------------------------------------------------------------- */

static int32_t answer_last_sync(struct server *s, struct wire_writer *out, int *ret_fd)
{
	(void) s;
	(void) ret_fd;
	wire_put_str(out, "ntp.example");
	wire_put_i64(out, 946684800);  /* 2000-01-01 */
	wire_put_i64(out, 5000000000); /* 2128-06-11 08:53:20 */
	return 0;
}

static int last_sync(void *arg)
{
	char name[12] = "";
	size_t length = sizeof(name);
	struct tm before, after;

	(void) arg;
	CHECK(Networking_TimeSync_GetLastNtpSyncInfo(name, &length, &before, &after) == 0);
	CHECK(strcmp(name, "ntp.example") == 0 && length == 12);
	CHECK(before.tm_year == 100 && before.tm_mon == 0 && before.tm_mday == 1 && before.tm_hour == 0);
	CHECK(after.tm_year == 228 && after.tm_mon == 5 && after.tm_mday == 11 && after.tm_hour == 8 && after.tm_sec == 20);
	/* One byte short: the length says what is needed, nothing else is touched. */
	memset(name, 'x', sizeof(name));
	length = 11;
	CHECK_ERRNO(Networking_TimeSync_GetLastNtpSyncInfo(name, &length, NULL, NULL), ENOBUFS);
	CHECK(length == 12 && name[0] == 'x');
	/* Every output may be missing; a length without a buffer asks for it, as Microsoft's Rust binding does. */
	length = 0;
	CHECK(Networking_TimeSync_GetLastNtpSyncInfo(NULL, &length, NULL, NULL) == 0 && length == 12);
	CHECK(Networking_TimeSync_GetLastNtpSyncInfo(NULL, NULL, NULL, NULL) == 0);
	return 0;
}

static void the_last_sync_comes_whole_or_says_how_long_it_is(void **state)
{
	(void) state;
	server = (struct server){ .answer = answer_last_sync };
	assert_served(&server, last_sync, NULL);
}

static int custom_ntp(void *arg)
{
	char text[300];

	(void) arg;
	memset(text, 'a', sizeof(text));
	CHECK(Networking_TimeSync_EnableCustomNtp(text, NULL, 1) == 0); /* no NUL where a name could end */
	return 0;
}

static void a_name_that_does_not_end_is_sent_as_one_too_long(void **state)
{
	struct wire_reader r;
	size_t length;

	(void) state;
	server = (struct server){ 0 };
	assert_served(&server, custom_ntp, NULL);
	r = request();
	(void) wire_get_bytes(&r, &length);
	assert_int_equal(length, 256);
	assert_int_equal(wire_get_u8(&r), 0);
	(void) wire_get_bytes(&r, &length);
	assert_int_equal(length, 0);
	assert_int_equal(wire_get_u32(&r), 1);
	assert_true(wire_reader_done(&r));
}

/* ---- Hardware address ---------------------------------------------------------------------------------------------------- */

static int32_t answer_hardware(struct server *s, struct wire_writer *out, int *ret_fd)
{
	(void) ret_fd;
	wire_put_bytes(out, "\2\0\0\0\0\x20\xff", s->arg ? 7 : 6);
	return 0;
}

static int get_hardware(void *arg)
{
	Networking_Interface_HardwareAddress address;
	uint8_t bytes[8];

	(void) arg;
	CHECK(Networking_GetHardwareAddress("eth0", &address) == 0 && memcmp(address.address, "\2\0\0\0\0\x20", 6) == 0);
	CHECK(z__Networking_GetInterfaceOpt("eth0", 1, NULL, 0) == 6);
	CHECK(z__Networking_GetInterfaceOpt("eth0", 1, bytes, sizeof(bytes)) == 6);
	CHECK_ERRNO(z__Networking_GetInterfaceOpt("eth0", 1, bytes, 5), ERANGE);
	return 0;
}

static void a_hardware_address_has_six_bytes(void **state)
{
	bool too_long = true;

	(void) state;
	server = (struct server){ .answer = answer_hardware };
	assert_served(&server, get_hardware, NULL);
	server = (struct server){ .answer = answer_hardware, .arg = &too_long };
	assert_int_equal(serve(&server, get_hardware, NULL), EX_PROTOCOL);
}

/* ---- Proxy --------------------------------------------------------------------------------------------------------------- */

static int proxy_in_memory(void *arg)
{
	Networking_ProxyConfig *p = Networking_Proxy_Create();
	Networking_ProxyOptions options;
	uint16_t port = 1;
	char text[300];

	(void) arg;
	CHECK(p);
	CHECK(Networking_Proxy_GetProxyOptions(p, &options) == 0 && options == Networking_ProxyOptions_Enabled);
	CHECK(Networking_Proxy_GetProxyType(p) == Networking_ProxyType_HTTP);
	CHECK(Networking_Proxy_GetAuthType(p) == Networking_ProxyAuthType_Anonymous);
	CHECK(Networking_Proxy_GetProxyPort(p, &port) == 0 && port == 0);
	CHECK(Networking_Proxy_GetProxyAddress(p)[0] == '\0' && Networking_Proxy_GetNoProxyAddresses(p)[0] == '\0');
	CHECK(Networking_Proxy_GetProxyUsername(p)[0] == '\0' && Networking_Proxy_GetProxyPassword(p)[0] == '\0');

	CHECK(Networking_Proxy_SetProxyAddress(p, "proxy.example", 65535) == 0);
	CHECK(Networking_Proxy_GetProxyPort(p, &port) == 0 && port == 65535);
	CHECK(strcmp(Networking_Proxy_GetProxyAddress(p), "proxy.example") == 0);
	CHECK(Networking_Proxy_SetBasicAuthentication(p, "user", "password") == 0);
	CHECK(Networking_Proxy_GetAuthType(p) == Networking_ProxyAuthType_Basic);
	CHECK(strcmp(Networking_Proxy_GetProxyPassword(p), "password") == 0);
	CHECK(Networking_Proxy_SetBasicAuthentication(p, "u", "p") == 0);
	CHECK(strcmp(Networking_Proxy_GetProxyPassword(p) + 1, "") == 0 && Networking_Proxy_GetProxyPassword(p)[2] == '\0');
	CHECK(Networking_Proxy_SetAnonymousAuthentication(p) == 0);
	CHECK(Networking_Proxy_GetProxyUsername(p)[0] == '\0' && Networking_Proxy_GetProxyPassword(p)[0] == '\0');
	CHECK(Networking_Proxy_SetProxyOptions(p, Networking_ProxyOptions_None) == 0);
	CHECK_ERRNO(Networking_Proxy_SetProxyOptions(p, 4), EINVAL);

	memset(text, 'a', sizeof(text)); /* never ends within what fits */
	CHECK_ERRNO(Networking_Proxy_SetProxyAddress(p, text, 1), ERANGE);
	CHECK_ERRNO(Networking_Proxy_SetProxyNoProxyAddresses(p, text), ERANGE);
	CHECK_ERRNO(Networking_Proxy_SetBasicAuthentication(p, text, "p"), ERANGE);
	CHECK_ERRNO(Networking_Proxy_SetBasicAuthentication(p, "u", text), ERANGE);
	text[255] = '\0';
	CHECK(Networking_Proxy_SetProxyAddress(p, text, 1) == 0);
	CHECK(Networking_Proxy_SetProxyNoProxyAddresses(p, text) == 0);
	text[63] = '\0';
	CHECK(Networking_Proxy_SetBasicAuthentication(p, text, text) == 0);
	CHECK(strlen(Networking_Proxy_GetProxyUsername(p)) == 63);
	Networking_Proxy_Destroy(p);
	return 0;
}

static void a_proxy_configuration_keeps_what_fits(void **state)
{
	(void) state;
	server = (struct server){ 0 };
	assert_served(&server, proxy_in_memory, NULL);
	assert_int_equal(server.requests, 0);
}

static int32_t answer_proxy(struct server *s, struct wire_writer *out, int *ret_fd)
{
	unsigned kind = *(unsigned *)s->arg;

	(void) ret_fd;
	if (kind == 1)
		return -wire_from_errno(ENOENT);
	if (kind == 2)
		return -wire_from_errno(EACCES);
	wire_put_u32(out, kind == 3 ? Networking_ProxyOptions_None : Networking_ProxyOptions_Enabled);
	wire_put_u8(out, 0);
	wire_put_u8(out, 1);
	wire_put_str(out, "proxy.example");
	wire_put_u32(out, kind == 4 ? 65536 : 3128);
	wire_put_str(out, "localhost,10.0.0.1");
	wire_put_str(out, "user");
	wire_put_str(out, "password");
	return 0;
}

static int get_proxy(void *arg)
{
	Networking_ProxyConfig *p = Networking_Proxy_Create();
	uint16_t port = 0;

	(void) arg;
	CHECK(p && Networking_Proxy_Get(p) == 0);
	CHECK(Networking_Proxy_GetProxyPort(p, &port) == 0 && port == 3128);
	CHECK(strcmp(Networking_Proxy_GetNoProxyAddresses(p), "localhost,10.0.0.1") == 0);
	CHECK(strcmp(Networking_Proxy_GetProxyUsername(p), "user") == 0);
	CHECK(strcmp(Networking_Proxy_GetProxyPassword(p), "password") == 0);
	Networking_Proxy_Destroy(p);
	return 0;
}

static void the_devices_proxy_comes_whole(void **state)
{
	unsigned kind = 0, no_port = 4;

	(void) state;
	server = (struct server){ .answer = answer_proxy, .arg = &kind };
	assert_served(&server, get_proxy, NULL);
	server = (struct server){ .answer = answer_proxy, .arg = &no_port };
	assert_int_equal(serve(&server, get_proxy, NULL), EX_PROTOCOL);
}

/* What libcurl was told can be seen by where it tries to connect to; it is enough that the calls fit each other. */
static int curl_proxy(void *arg)
{
	CURL *curl = curl_easy_init();
	unsigned kind = *(unsigned *)arg;

	CHECK(curl);
	if (kind == 2)
		CHECK_ERRNO(Networking_Curl_SetDefaultProxy(curl), EACCES);
	else
		CHECK(Networking_Curl_SetDefaultProxy(curl) == 0);
	curl_easy_cleanup(curl);
	CHECK(Networking_Curl_ProxyTypeToCurlProxyType(Networking_ProxyType_HTTP) == CURLPROXY_HTTP);
	CHECK(Networking_Curl_ProxyTypeToCurlProxyType(Networking_ProxyType_Invalid) == -1);
	return 0;
}

static void curl_takes_the_devices_proxy(void **state)
{
	(void) state;
	for (unsigned kind = 0; kind < 4; kind++) {
		server = (struct server){ .answer = answer_proxy, .arg = &kind };
		assert_served(&server, curl_proxy, &kind);
		assert_int_equal(server.requests, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(null_pointers_give_efault_and_no_request),
		cmocka_unit_test(a_configuration_that_is_none_gives_einval),
		cmocka_unit_test(more_than_three_servers_or_one_that_is_none_give_einval),
		cmocka_unit_test(a_lease_whose_values_do_not_go_together_gives_einval),
		cmocka_unit_test(a_configuration_is_sent_whole),
		cmocka_unit_test(a_lease_is_sent_whole),
		cmocka_unit_test(the_last_sync_comes_whole_or_says_how_long_it_is),
		cmocka_unit_test(a_name_that_does_not_end_is_sent_as_one_too_long),
		cmocka_unit_test(a_hardware_address_has_six_bytes),
		cmocka_unit_test(a_proxy_configuration_keeps_what_fits),
		cmocka_unit_test(the_devices_proxy_comes_whole),
		cmocka_unit_test(curl_takes_the_devices_proxy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
