/* What is sent and what comes back, value by value: pointers, limits, structures, lists. */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <sys/mman.h>
#include <sysexits.h>

#include <applibs/application.h>
#include <applibs/certstore.h>
#include <applibs/log.h>
#include <applibs/networking.h>
#include <applibs/wificonfig.h>

#include "emu-applibs/base/base.h"
#include "tests/client/fake_server.h"

static struct server server;

/* ---- Pointers ------------------------------------------------------------------------------------------------------------ */

static int null_pointers(void *arg)
{
	uint8_t ssid[1] = { 'x' };

	(void) arg;
	CHECK_ERRNO(CertStore_InstallClientCertificate(NULL, "c", 1, "k", 1, NULL), EFAULT);
	CHECK_ERRNO(CertStore_InstallClientCertificate("i", NULL, 1, "k", 1, NULL), EFAULT);
	CHECK_ERRNO(CertStore_InstallClientCertificate("i", "c", 1, NULL, 1, NULL), EFAULT);
	CHECK_ERRNO(CertStore_InstallRootCACertificate(NULL, "c", 1), EFAULT);
	CHECK_ERRNO(CertStore_InstallRootCACertificate("i", NULL, 1), EFAULT);
	CHECK_ERRNO(CertStore_DeleteCertificate(NULL), EFAULT);
	CHECK_ERRNO(CertStore_GetCertificateIdentifierAt(0, NULL), EFAULT);
	CHECK_ERRNO(CertStore_MoveCertificate(NULL, "b"), EFAULT);
	CHECK_ERRNO(CertStore_MoveCertificate("a", NULL), EFAULT);
	CHECK_ERRNO(CertStore_GetCertificateSubjectName("i", NULL), EFAULT);
	CHECK_ERRNO(CertStore_GetCertificateNotAfter(NULL, &(struct tm){ 0 }), EFAULT);
	CHECK_ERRNO(WifiConfig_AddDuplicateNetwork(0, NULL), EFAULT);
	CHECK_ERRNO(WifiConfig_GetNetworkIdByConfigName(NULL), EFAULT);
	CHECK_ERRNO(WifiConfig_ForgetNetwork(NULL), EFAULT);
	CHECK_ERRNO(WifiConfig_GetStoredNetworks(NULL, 1), EFAULT);
	CHECK_ERRNO(WifiConfig_GetCurrentNetwork(NULL), EFAULT);
	CHECK_ERRNO(WifiConfig_GetScannedNetworks(NULL, 1), EFAULT);
	CHECK_ERRNO(WifiConfig_SetSSID(0, NULL, 1), EFAULT);
	CHECK_ERRNO(WifiConfig_SetPSK(0, NULL, 8), EFAULT);
	CHECK_ERRNO(WifiConfig_SetConfigName(0, NULL), EFAULT);
	CHECK_ERRNO(WifiConfig_SetClientIdentity(0, NULL), EFAULT);
	CHECK_ERRNO(WifiConfig_SetClientCertStoreIdentifier(0, NULL), EFAULT);
	CHECK_ERRNO(WifiConfig_SetRootCACertStoreIdentifier(0, NULL), EFAULT);
	/* Before the id is looked at, as the inline wrappers of the SDK do. */
	CHECK_ERRNO(WifiConfig_GetClientIdentity(-5, NULL), EFAULT);
	CHECK_ERRNO(WifiConfig_GetClientCertStoreIdentifier(-5, NULL), EFAULT);
	CHECK_ERRNO(WifiConfig_GetRootCACertStoreIdentifier(-5, NULL), EFAULT);
	CHECK_ERRNO(WifiConfig_GetNetworkDiagnostics(-5, NULL), EFAULT);
	CHECK_ERRNO(z__WifiConfig_GetNetworkOpt(0, z__WifiConfig_Attribute_SSID, NULL, 1), EFAULT);
	CHECK_ERRNO(WifiConfig_StoreOpenNetwork(NULL, 1), EFAULT);
	CHECK_ERRNO(WifiConfig_StoreWpa2Network(NULL, 1, "password", 8), EFAULT);
	CHECK_ERRNO(WifiConfig_StoreWpa2Network(ssid, 1, NULL, 8), EFAULT);
	CHECK_ERRNO(Networking_IsNetworkingReady(NULL), EFAULT);
	CHECK_ERRNO(Networking_GetInterfaces(NULL, 1), EFAULT);
	CHECK_ERRNO(Networking_GetInterfaceConnectionStatus(NULL, &(uint32_t){ 0 }), EFAULT);
	CHECK_ERRNO(Networking_GetInterfaceConnectionStatus("wlan0", NULL), EFAULT);
	CHECK_ERRNO(Networking_SetInterfaceState(NULL, true), EFAULT);
	CHECK_ERRNO(Networking_TimeSync_GetEnabled(NULL), EFAULT);
	CHECK_ERRNO(Application_IsDeviceAuthReady(NULL), EFAULT);
	CHECK_ERRNO(Application_Connect(NULL), EFAULT);
	CHECK_ERRNO(Log_Debug(NULL), EFAULT);
	return 0;
}

static void null_pointers_give_efault_and_no_request(void **state)
{
	(void) state;
	server = (struct server){ 0 };
	assert_served(&server, null_pointers, NULL);
	assert_int_equal(server.hellos + server.requests, 0);
}

/* ---- Structures of another version, or none ------------------------------------------------------------------------------ */

static int wrong_structures(void *arg)
{
	struct z__WifiConfig_StoredNetwork_v1 stored = { .z__magicAndVersion = 0xb22e0002u, .ssidLength = 1 };
	struct z__WifiConfig_ConnectedNetwork_v1 connected;
	struct z__Networking_NetworkInterface_v1 interface;
	struct tm tm;

	(void) arg;
	CHECK_ERRNO(z__WifiConfig_ForgetNetwork((void *)&stored), EINVAL);
	stored.z__magicAndVersion = 0x09ef0001u;
	CHECK_ERRNO(WifiConfig_ForgetNetwork(&stored), EINVAL);
	stored.z__magicAndVersion = 0xb22e0001u;
	stored.ssidLength = 33;
	CHECK_ERRNO(WifiConfig_ForgetNetwork(&stored), EINVAL);
	CHECK_ERRNO(z__WifiConfig_GetStoredNetworks((void *)&stored, 1, 2), EINVAL);
	CHECK_ERRNO(z__WifiConfig_GetCurrentNetwork((void *)&connected, 0), EINVAL);
	CHECK_ERRNO(z__WifiConfig_GetScannedNetworks((void *)&connected, 1, 3), EINVAL);
	CHECK_ERRNO(z__Networking_GetInterfaces((void *)&interface, 1, 2), EINVAL);
	CHECK_ERRNO(z__CertStore_GetCertificateInfo("i", (enum z__CertInfoField)5, &tm, sizeof(tm)), EINVAL);
	return 0;
}

static void unknown_versions_give_einval(void **state)
{
	(void) state;
	server = (struct server){ 0 };
	assert_served(&server, wrong_structures, NULL);
	assert_int_equal(server.requests, 0);
}

/* ---- Too long ------------------------------------------------------------------------------------------------------------ */

/* `length` bytes whose neighbour behind is no memory: who reads on, dies. */
static char *at_the_edge(const char *bytes, size_t length)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *p = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED || mprotect(p + page, page, PROT_NONE) < 0)
		abort();
	return memcpy(p + page - length, bytes, length);
}

struct long_case {
	const char *what;
	long (*call)(void);
	size_t skip;     /* bytes of the payload before the field */
	size_t expected; /* length of the field on the wire */
};

#define LONG(name, expression)                                                                                       \
	static long name(void)                                                                                       \
	{                                                                                                            \
		return (expression);                                                                                 \
	}
/* 17 characters and no NUL, then no memory: exactly what may be looked at. */
#define EDGE17 at_the_edge("aaaaaaaaaaaaaaaaa", 17)

static const char *edge_identity(void)
{
	static char text[255];

	memset(text, 'i', sizeof(text));
	return at_the_edge(text, sizeof(text));
}

LONG(long_root_id, CertStore_InstallRootCACertificate(EDGE17, "c", 1))
LONG(long_delete, CertStore_DeleteCertificate(EDGE17))
LONG(long_info, CertStore_GetCertificateNotAfter(EDGE17, &(struct tm){ 0 }))
LONG(long_blob, CertStore_InstallRootCACertificate("", at_the_edge("c", 1), SIZE_MAX))
LONG(long_blob_by_one, CertStore_InstallRootCACertificate("", at_the_edge("c", 1), 8193))
LONG(long_name, WifiConfig_GetNetworkIdByConfigName(EDGE17))
LONG(long_duplicate, WifiConfig_AddDuplicateNetwork(1, EDGE17))
LONG(long_set_name, WifiConfig_SetConfigName(1, EDGE17))
LONG(long_client, WifiConfig_SetClientCertStoreIdentifier(1, EDGE17))
LONG(long_root, WifiConfig_SetRootCACertStoreIdentifier(1, EDGE17))
LONG(long_identity, WifiConfig_SetClientIdentity(1, edge_identity()))
LONG(long_ssid, WifiConfig_SetSSID(1, (uint8_t *)at_the_edge("s", 1), 33))
LONG(long_psk, WifiConfig_SetPSK(1, at_the_edge("p", 1), SIZE_MAX))
LONG(empty_ssid, WifiConfig_SetSSID(1, (uint8_t *)at_the_edge("", 0), 0))
LONG(empty_psk, WifiConfig_SetPSK(1, at_the_edge("", 0), 0))
LONG(given_length, z__WifiConfig_SetNetworkOpt(1, z__WifiConfig_Attribute_Config_Name, at_the_edge("abc", 3), 3))
LONG(wide_bool, z__WifiConfig_SetNetworkOpt(1, z__WifiConfig_Attribute_Enable, at_the_edge("\1", 1), 4))
LONG(long_open, WifiConfig_StoreOpenNetwork((uint8_t *)at_the_edge("s", 1), 40))
LONG(long_interface, Networking_SetInterfaceState(at_the_edge("aaaaaaaaaaaaaaaa", 16), true))

static const struct long_case long_cases[] = {
	{ "root CA id", long_root_id, 0, 17 },
	{ "id to delete", long_delete, 0, 17 },
	{ "id of info", long_info, 0, 17 },
	{ "blob", long_blob, 4, 8193 },
	{ "blob, one too many", long_blob_by_one, 4, 8193 },
	{ "name", long_name, 0, 17 },
	{ "name of duplicate", long_duplicate, 4, 17 },
	{ "name to set", long_set_name, 8, 17 },
	{ "client id", long_client, 8, 17 },
	{ "root id", long_root, 8, 17 },
	{ "identity", long_identity, 8, 255 },
	{ "SSID", long_ssid, 8, 33 },
	{ "key", long_psk, 8, 65 },
	{ "empty SSID", empty_ssid, 8, 0 },
	{ "empty key", empty_psk, 8, 0 },
	{ "name with a length and no NUL", given_length, 8, 3 },
	{ "bool of four bytes", wide_bool, 8, 2 },
	{ "SSID to store", long_open, 0, 33 },
	{ "interface", long_interface, 0, 16 },
};

static int32_t refuse(struct server *s, struct wire_writer *out, int *ret_fd)
{
	(void) s;
	(void) out;
	(void) ret_fd;
	return -wire_from_errno(ERANGE);
}

static int long_call(void *arg)
{
	const struct long_case *c = arg;

	CHECK_ERRNO(c->call(), ERANGE);
	return 0;
}

static void too_long_is_sent_as_one_too_many_and_never_read_beyond(void **state)
{
	(void) state;
	for (size_t i = 0; i < ARRAY_LEN(long_cases); i++) {
		const struct long_case *c = &long_cases[i];
		struct wire_reader r;
		size_t length;

		server = (struct server){ .answer = refuse };
		if (serve(&server, long_call, (void *)c) != 0)
			fail_msg("%s: %s", c->what, server.output);
		assert_int_equal(server.requests, 1);
		wire_reader_init(&r, server.last.payload + c->skip, server.last.length - c->skip);
		(void) wire_get_bytes(&r, &length);
		assert_false(r.failed);
		if (length != c->expected)
			fail_msg("%s: %zu bytes sent instead of %zu", c->what, length, c->expected);
	}
}

/* ---- Requests, field by field -------------------------------------------------------------------------------------------- */

static int install_client(void *arg)
{
	CHECK(CertStore_InstallClientCertificate("ClientCert1", "certificate", 11, "key", 3, arg) == 0);
	return 0;
}

static void a_password_is_sent_or_said_to_be_missing(void **state)
{
	static const char *const passwords[] = { "secret", "", NULL };

	(void) state;
	for (size_t i = 0; i < ARRAY_LEN(passwords); i++) {
		char id[17], cert[32], key[32], password[32];
		struct wire_reader r;
		uint8_t has;

		server = (struct server){ 0 };
		assert_served(&server, install_client, (void *)passwords[i]);
		wire_reader_init(&r, server.last.payload, server.last.length);
		assert_true(wire_get_str(&r, id, sizeof(id)) && wire_get_str(&r, cert, sizeof(cert)) && wire_get_str(&r, key, sizeof(key)));
		has = wire_get_u8(&r);
		assert_true(wire_get_str(&r, password, sizeof(password)) && wire_reader_done(&r));
		assert_string_equal(id, "ClientCert1");
		assert_string_equal(cert, "certificate");
		assert_string_equal(key, "key");
		assert_int_equal(has, passwords[i] != NULL);
		assert_string_equal(password, passwords[i] ? passwords[i] : "");
	}
}

static int reload(void *arg)
{
	(void) arg;
	CHECK(WifiConfig_ReloadConfig() == 0);
	return 0;
}

static void reload_is_attribute_4_of_network_minus_1_without_value(void **state)
{
	static const uint8_t expected[] = { 0xff, 0xff, 0xff, 0xff, 4, 0, 0, 0, 0, 0, 0, 0 };

	(void) state;
	server = (struct server){ 0 };
	assert_served(&server, reload, NULL);
	assert_int_equal(server.last.op, WIRE_WIFI_SET_OPT);
	assert_int_equal(server.last.length, sizeof(expected));
	assert_memory_equal(server.last.payload, expected, sizeof(expected));
}

/* ---- Replies, field by field --------------------------------------------------------------------------------------------- */

/* A date that 32 bits do not hold. */
#define FAR_SECONDS 5000000000ll /* 2128-06-11 08:53:20 */

static int32_t answer_values(struct server *s, struct wire_writer *out, int *ret_fd)
{
	static char name[CERTSTORE_SUBJECTNAME_MAX_LENGTH + 1];
	struct wire_reader r;
	uint32_t attribute;

	(void) ret_fd;
	wire_reader_init(&r, s->last.payload, s->last.length);
	switch (s->last.op) {
	case WIRE_CERTSTORE_INFO:
		memset(name, 'n', sizeof(name) - 1);
		(void) wire_get_bytes(&r, &(size_t){ 0 });
		if (wire_get_u32(&r) >= 3)
			wire_put_str(out, name);
		else
			wire_put_i64(out, FAR_SECONDS);
		return 0;
	case WIRE_WIFI_STORED_LIST:
		wire_put_bytes(out, "0123456789abcdef0123456789abcdef", 32);
		wire_put_u8(out, 1);
		wire_put_u8(out, 0);
		wire_put_u8(out, 3);
		return 1;
	case WIRE_WIFI_CURRENT:
		wire_put_bytes(out, "Lab", 3);
		wire_put_bytes(out, "\1\2\3\4\5\6", 6);
		wire_put_u8(out, 3);
		wire_put_u32(out, 5180);
		wire_put_i32(out, -1000);
		return 0;
	case WIRE_NET_IF_LIST:
		wire_put_u8(out, 1);
		wire_put_str(out, "fifteen_letters");
		wire_put_u8(out, 1);
		wire_put_u8(out, 1);
		return 1;
	case WIRE_WIFI_GET_OPT:
		(void) wire_get_i32(&r);
		attribute = wire_get_u32(&r);
		if (attribute == 0) {
			wire_put_bytes(out, "Lab", 3);
		} else if (attribute == 2) {
			wire_put_u8(out, 1);
		} else if (attribute >= 22) {
			wire_put_u8(out, 0);
			wire_put_u8(out, 1);
			wire_put_i32(out, 5);
			wire_put_i64(out, FAR_SECONDS);
			wire_put_i32(out, 101);
			wire_put_i32(out, -1);
			wire_put_str(out, "/CN=radius");
		} else {
			wire_put_str(out, "sixteen_letters_");
		}
		return 0;
	}
	return -1;
}

static int certificate_values(void *arg)
{
	CertStore_SubjectName subject;
	struct tm tm;
	char small[4];

	(void) arg;
	CHECK(CertStore_GetCertificateSubjectName("i", &subject) == 0);
	CHECK(strlen(subject.name) == CERTSTORE_SUBJECTNAME_MAX_LENGTH);
	CHECK(CertStore_GetCertificateNotAfter("i", &tm) == 0);
	CHECK(tm.tm_year == 228 && tm.tm_mon == 5 && tm.tm_mday == 11 && tm.tm_hour == 8 && tm.tm_min == 53 && tm.tm_sec == 20);
	CHECK_ERRNO(z__CertStore_GetCertificateInfo("i", z__CertInfo_SubjectName, small, sizeof(small)), ERANGE);
	CHECK_ERRNO(z__CertStore_GetCertificateInfo("i", z__CertInfo_NotAfter, small, sizeof(small)), EINVAL);
	return 0;
}

static int structure_values(void *arg)
{
	WifiConfig_StoredNetwork stored[2];
	WifiConfig_ConnectedNetwork now;
	Networking_NetworkInterface interface;

	(void) arg;
	memset(stored, 0x55, sizeof(stored));
	CHECK(WifiConfig_GetStoredNetworks(stored, 2) == 1);
	CHECK(stored[0].z__magicAndVersion == 0xb22e0001u && stored[0].ssidLength == 32);
	CHECK(memcmp(stored[0].ssid, "0123456789abcdef0123456789abcdef", 32) == 0);
	CHECK(stored[0].isEnabled && !stored[0].isConnected && stored[0].security == WifiConfig_Security_Wpa2_EAP_TLS);
	CHECK(stored[1].ssidLength == 0x55); /* beyond the result: not touched */
	CHECK(WifiConfig_GetCurrentNetwork(&now) == 0);
	CHECK(now.z__magicAndVersion == 0x09ef0001u && now.ssidLength == 3 && memcmp(now.bssid, "\1\2\3\4\5\6", 6) == 0);
	CHECK(now.frequencyMHz == 5180 && now.signalRssi == -128); /* the nearest that 8 bits hold */
	CHECK(Networking_GetInterfaces(&interface, 1) == 1);
	CHECK(interface.z__magicAndVersion == 0xfa9a0001u && strcmp(interface.interfaceName, "fifteen_letters") == 0);
	CHECK(interface.isEnabled && interface.ipConfigurationType == 1 && interface.interfaceMediumType == 1);
	return 0;
}

static int attribute_values(void *arg)
{
	WifiConfig_NetworkDiagnostics d;
	WifiConfig_NetworkDiagnostics32 d32;
	CertStore_Identifier id;
	WifiConfig_ClientIdentity identity;
	uint8_t byte, ssid[32];

	(void) arg;
	CHECK(WifiConfig_GetNetworkDiagnostics(1, &d) == 0);
	CHECK(d.isEnabled == 0 && d.isConnected == 1 && d.error == 5 && d.certError == 101 && d.certDepth == -1);
	CHECK(d.timestamp == FAR_SECONDS && strcmp(d.certSubject.name, "/CN=radius") == 0);
	CHECK(z__WifiConfig_GetNetworkOpt(1, 22, &d32, sizeof(d32)) == (ssize_t)sizeof(d32));
	CHECK(d32.timestamp == INT32_MAX && d32.error == 5 && d32.certDepth == -1 && strcmp(d32.certSubject.name, "/CN=radius") == 0);
	CHECK_ERRNO(z__WifiConfig_GetNetworkOpt(1, 23, &d, sizeof(d) - 1), ERANGE);
	CHECK(z__WifiConfig_GetNetworkOpt(1, 23, NULL, 0) == (ssize_t)sizeof(d));
	memset(&id, 0x55, sizeof(id));
	CHECK(WifiConfig_GetClientCertStoreIdentifier(1, &id) == 0 && strcmp(id.identifier, "sixteen_letters_") == 0);
	CHECK(WifiConfig_GetClientIdentity(1, &identity) == 0 && strcmp(identity.identity, "sixteen_letters_") == 0);
	CHECK(z__WifiConfig_GetNetworkOpt(1, 8, NULL, 0) == 17); /* with its NUL */
	CHECK_ERRNO(z__WifiConfig_GetNetworkOpt(1, 8, &id, 16), ERANGE);
	CHECK(z__WifiConfig_GetNetworkOpt(1, 0, ssid, sizeof(ssid)) == 3 && memcmp(ssid, "Lab", 3) == 0);
	CHECK(z__WifiConfig_GetNetworkOpt(1, 2, &byte, 1) == 1 && byte == 1);
	return 0;
}

static void names_and_dates_arrive_whole(void **state)
{
	(void) state;
	server = (struct server){ .answer = answer_values };
	assert_served(&server, certificate_values, NULL);
}

static void structures_are_filled_as_the_abi_says(void **state)
{
	(void) state;
	server = (struct server){ .answer = answer_values };
	assert_served(&server, structure_values, NULL);
}

static void attributes_come_in_their_sizes(void **state)
{
	(void) state;
	server = (struct server){ .answer = answer_values };
	assert_served(&server, attribute_values, NULL);
}

/* ---- Values that no structure could hold ------------------------------------------------------------------------------- */

enum lie { LONG_SSID, SHORT_BSSID, MORE_ROWS_THAN_ASKED, LONG_INTERFACE, LONG_IDENTIFIER, LONG_NAME, LIES };

static int32_t lie(struct server *s, struct wire_writer *out, int *ret_fd)
{
	static const char letters[400] = { [0 ... 398] = 'x' };
	enum lie kind = *(enum lie *)s->arg;

	(void) ret_fd;
	if (kind == LONG_INTERFACE)
		wire_put_u8(out, 1);
	if (kind == LONG_IDENTIFIER || kind == LONG_NAME || kind == LONG_INTERFACE) {
		wire_put_str(out, letters + 399 - (kind == LONG_IDENTIFIER ? 17 : kind == LONG_NAME ? 301 : 16));
		if (kind == LONG_INTERFACE)
			wire_put_bytes(out, NULL, 0); /* 4 bytes, of which 2 are the types */
		return 1;
	}
	for (int row = 0; row < (kind == MORE_ROWS_THAN_ASKED ? 2 : 1); row++) {
		wire_put_bytes(out, letters, kind == LONG_SSID ? 33 : 3);
		wire_put_bytes(out, letters, kind == SHORT_BSSID ? 5 : 6);
		wire_put_u8(out, 3);
		wire_put_u32(out, 2412);
		wire_put_i32(out, -30);
	}
	return kind == MORE_ROWS_THAN_ASKED ? 2 : 1;
}

static int be_lied_to(void *arg)
{
	WifiConfig_ScannedNetwork *scanned = malloc(sizeof(*scanned)); /* exact blocks, for the sanitizer */
	Networking_NetworkInterface interface;
	CertStore_Identifier identifier;
	CertStore_SubjectName name;

	switch (*(enum lie *)arg) {
	case LONG_INTERFACE:
		return Networking_GetInterfaces(&interface, 1) >= -1 ? 1 : 2;
	case LONG_IDENTIFIER:
		return CertStore_GetCertificateIdentifierAt(0, &identifier) >= -1 ? 1 : 2;
	case LONG_NAME:
		return CertStore_GetCertificateSubjectName("i", &name) >= -1 ? 1 : 2;
	default:
		return WifiConfig_GetScannedNetworks(scanned, 1) >= -1 ? 1 : 2;
	}
}

static void a_value_that_fits_no_structure_is_a_broken_reply(void **state)
{
	(void) state;
	for (enum lie kind = 0; kind < LIES; kind++) {
		int status;

		server = (struct server){ .answer = lie, .arg = &kind };
		status = serve(&server, be_lied_to, &kind);
		if (status != EX_PROTOCOL)
			fail_msg("lie %d: status %d, said: %s", (int)kind, status, server.output);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(null_pointers_give_efault_and_no_request),
		cmocka_unit_test(unknown_versions_give_einval),
		cmocka_unit_test(too_long_is_sent_as_one_too_many_and_never_read_beyond),
		cmocka_unit_test(a_password_is_sent_or_said_to_be_missing),
		cmocka_unit_test(reload_is_attribute_4_of_network_minus_1_without_value),
		cmocka_unit_test(names_and_dates_arrive_whole),
		cmocka_unit_test(structures_are_filled_as_the_abi_says),
		cmocka_unit_test(attributes_come_in_their_sizes),
		cmocka_unit_test(a_value_that_fits_no_structure_is_a_broken_reply),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
