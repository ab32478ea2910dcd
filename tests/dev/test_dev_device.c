/* azsim device: commands, options, answers and errors of `az sphere device certificate` and `az sphere device wifi`. Keys of JSON answers
 * are those of the device's REST interface as Microsoft's manufacturing tools document them. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/dev/support.h"

static struct e2e_started start(const struct e2e *e)
{
	struct e2e_started dev = dev_start(e, "ticker", "--time=virtual", "--start=2026-01-01", NULL);

	dev_expect(e, 0, NULL, "ctl", "run-until", "{connected: any}", NULL);
	dev_expect(e, 0, NULL, "ctl", "pki", "export", "dev1", NULL);
	dev_expect(e, 0, NULL, "ctl", "pki", "export", "ca2", NULL);
	return dev;
}

static void expect_text(const json_t *object, const char *key, const char *text)
{
	assert_non_null(json_string_value(json_object_get(object, key)));
	assert_string_equal(json_string_value(json_object_get(object, key)), text);
}

static void expect_keys(const json_t *object, size_t count, ...)
{
	va_list args;
	const char *key;

	va_start(args, count);
	while ((key = va_arg(args, const char *)))
		if (!json_object_get(object, key))
			fail_msg("no key %s", key);
	va_end(args);
	assert_int_equal(json_object_size(object), count);
}

static void certificates_are_added_shown_and_deleted(void **state)
{
	struct e2e *e = *state;
	struct e2e_started dev = start(e);
	json_t *json = dev_json(e, "device", "certificate", "list", NULL);
	json_int_t space;

	expect_keys(json, 1, "identifiers", NULL);
	assert_int_equal(json_array_size(json_object_get(json, "identifiers")), 2);
	json_decref(json);
	json = dev_json(e, "device", "certificate", "show-quota", NULL);
	expect_keys(json, 1, "availableSpace", NULL);
	space = json_integer_value(json_object_get(json, "availableSpace"));
	json_decref(json);
	json = dev_json(e, "device", "certificate", "add", "--certificate", "RootCA2", "--cert-type", "rootca", "--public-key-file", "ca2.pem", NULL);
	expect_keys(json, 0, NULL);
	json_decref(json);
	json = dev_json(e, "device", "certificate", "show-quota", NULL);
	assert_true(json_integer_value(json_object_get(json, "availableSpace")) < space);
	json_decref(json);
	json = dev_json(e, "device", "certificate", "show", "-c", "RootCA2", NULL);
	expect_keys(json, 5, "id", "notBefore", "notAfter", "subjectName", "issuerName", NULL);
	expect_text(json, "subjectName", "/CN=ca2");
	expect_text(json, "notBefore", "2025-12-02T00:00:00");
	json_decref(json);
	dev_expect(e, 0, "Subject name  /CN=ca2", "device", "certificate", "show", "-c", "RootCA2", NULL);
	/* The older spelling of the options. */
	dev_expect(e, 0, NULL, "device", "certificate", "add", "--certid", "Mine", "--certtype", "client", "--publickeyfilepath", "dev1.pem",
	           "--privatekeyfilepath", "dev1.key", NULL);
	dev_expect(e, 0, "Identifier\n-----------\nRootCA1\nClientCert1\nRootCA2\nMine\n", "device", "certificate", "list", NULL);
	dev_expect(e, 0, NULL, "device", "certificate", "delete", "--certificate", "Mine", NULL);
	dev_expect(e, 1, "no certificate with the identifier \"Mine\" exists on the device", "device", "certificate", "delete", "-c", "Mine", NULL);
	dev_expect(e, 1, "no certificate with the identifier \"Mine\" exists on the device", "device", "certificate", "show", "-c", "Mine", NULL);
	dev_end(e, &dev);
}

static void what_is_wrong_with_a_certificate_is_said(void **state)
{
	struct e2e *e = *state;
	struct e2e_started dev = start(e);

	dev_expect(e, 1, "the certificate is none", "device", "certificate", "add", "-c", "X", "-t", "rootca", "-p", "dev1.key", NULL);
	dev_expect(e, 1, "the private key does not belong to the certificate", "device", "certificate", "add", "-c", "X", "-t", "client", "-p", "ca2.pem",
	           "--private-key-file", "dev1.key", NULL);
	dev_expect(e, 1, "the private key is none", "device", "certificate", "add", "-c", "X", "-t", "client", "-p", "dev1.pem", "--private-key-file",
	           "dev1.pem", NULL);
	dev_expect(e, 1, "is not encrypted", "device", "certificate", "add", "-c", "X", "-t", "client", "-p", "dev1.pem", "--private-key-file", "dev1.key",
	           "-w", "x", NULL);
	dev_expect(e, 2, "--private-key-file is missing", "device", "certificate", "add", "-c", "X", "-t", "client", "-p", "dev1.pem", NULL);
	dev_expect(e, 2, "comes without a private key", "device", "certificate", "add", "-c", "X", "-t", "rootca", "-p", "ca2.pem", "--private-key-file",
	           "dev1.key", NULL);
	dev_expect(e, 2, "client or rootca", "device", "certificate", "add", "-c", "X", "-t", "server", "-p", "ca2.pem", NULL);
	dev_expect(e, 2, "an identifier has 1 to 16", "device", "certificate", "add", "-c", "a b", "-t", "rootca", "-p", "ca2.pem", NULL);
	dev_expect(e, 2, "an identifier has 1 to 16", "device", "certificate", "add", "-c", "Seventeen-letters", "-t", "rootca", "-p", "ca2.pem", NULL);
	dev_expect(e, 2, "--certificate is missing", "device", "certificate", "add", "-t", "rootca", "-p", "ca2.pem", NULL);
	dev_expect(e, 2, "none.pem: No such file", "device", "certificate", "add", "-c", "X", "-t", "rootca", "-p", "none.pem", NULL);
	e2e_write(e, "binary.der", "0%c-----BEGIN CERTIFICATE-----", '\0');
	dev_expect(e, 2, "no PEM file", "device", "certificate", "add", "-c", "X", "-t", "rootca", "-p", "binary.der", NULL);
	dev_expect(e, 2, "no PEM file", "device", "certificate", "add", "-c", "X", "-t", "rootca", "-p", "ticker/app_manifest.json", NULL);
	e2e_write(e, "long.pem", "-----BEGIN CERTIFICATE-----\n%09000d\n", 1);
	dev_expect(e, 1, "a device takes 1 to 8192", "device", "certificate", "add", "-c", "X", "-t", "rootca", "-p", "long.pem", NULL);
	for (int i = 0; i < 60; i++) {
		char id[16];
		struct e2e_result r;
		bool full;

		(void) snprintf(id, sizeof(id), "C%d", i);
		r = e2e_run(e, "device", "certificate", "add", "-c", id, "-t", "rootca", "-p", "ca2.pem", NULL);
		full = r.status == 1;
		e2e_expect(&r, full ? 1 : 0, full ? "the certificate store is full" : "", NULL);
		e2e_clear(&r);
		if (full) {
			dev_end(e, &dev);
			return;
		}
	}
	fail_msg("60 certificates of 600 bytes fit in 24 KiB");
}

static void networks_are_added_switched_and_forgotten(void **state)
{
	struct e2e *e = *state;
	struct e2e_started dev = start(e);
	json_t *json = dev_json(e, "device", "wifi", "list", NULL), *net;

	net = json_array_get(json_object_get(json, "values"), 0);
	expect_keys(net, 10, "ssid", "configState", "connectionState", "id", "securityState", "targetedScan", "configName", "clientCertStoreIdentifier",
	            "rootCaCertStoreIdentifier", "clientIdentity", NULL);
	expect_text(net, "connectionState", "connected");
	json_decref(json);
	/* Right after it was added, nothing is known of a connection. */
	json = dev_json(e, "device", "wifi", "add", "--ssid", "Home", "--psk", "a secret of mine", NULL);
	expect_text(json, "configState", "enabled");
	expect_text(json, "connectionState", "unknown");
	expect_text(json, "securityState", "psk");
	assert_int_equal(json_integer_value(json_object_get(json, "id")), 1);
	json_decref(json);
	json = dev_json(e, "device", "wifi", "add", "-s", "CorpNet", "--client-cert-id", "ClientCert1", "--root-ca-cert-id", "RootCA1", "--client-id",
	                "device-0001", "--config-name", "Second", "--targeted-scan", NULL);
	expect_text(json, "securityState", "eaptls");
	expect_text(json, "clientIdentity", "device-0001");
	assert_true(json_is_true(json_object_get(json, "targetedScan")));
	json_decref(json);
	dev_expect(e, 0, "ID  SSID     Configuration state  Connection state  Security state  Targeted scan", "device", "wifi", "list", NULL);
	dev_expect(e, 0, "2   CorpNet  enabled              unknown           eaptls          True", "device", "wifi", "list", NULL);
	/* The first one off: the device goes to the other one. */
	dev_expect(e, 0, NULL, "device", "wifi", "disable", "--id", "0", NULL);
	dev_expect(e, 0, NULL, "ctl", "run-until", "{connected: Second}", "--within=1m", NULL);
	dev_expect(e, 0, "Configuration state  disabled", "device", "wifi", "show", "--id", "0", NULL);
	dev_expect(e, 0, NULL, "device", "wifi", "enable", "-i", "0", NULL);
	dev_expect(e, 0, NULL, "device", "wifi", "forget", "-i", "2", NULL);
	dev_expect(e, 1, "no network with the id 2 exists", "device", "wifi", "show", "-i", "2", NULL);
	dev_expect(e, 0, NULL, "ctl", "run-until", "{connected: Network1}", "--within=1m", NULL);
	dev_expect(e, 0, NULL, "device", "wifi", "reload-config", NULL);
	dev_expect(e, 0, NULL, "ctl", "run-until", "{connected: Network1}", "--within=1m", NULL);
	/* What an operator does is kept over a power cut. */
	dev_expect(e, 0, NULL, "ctl", "power", "cut", NULL);
	dev_expect(e, 0, NULL, "ctl", "advance", "30s", NULL);
	dev_expect(e, 0, "Home", "device", "wifi", "show", "-i", "1", NULL);
	dev_end(e, &dev);
}

static void what_is_wrong_with_a_network_is_said(void **state)
{
	struct e2e *e = *state;
	struct e2e_started dev = start(e);

	dev_expect(e, 2, "--ssid is missing", "device", "wifi", "add", NULL);
	dev_expect(e, 2, "--ssid: 1 to 32 bytes", "device", "wifi", "add", "-s", "a network's name of more than 32 bytes", NULL);
	dev_expect(e, 2, "--psk: 8 to 63 characters", "device", "wifi", "add", "-s", "Home", "-p", "short", NULL);
	dev_expect(e, 2, "--client-cert-id is missing", "device", "wifi", "add", "-s", "CorpNet", "--root-ca-cert-id", "RootCA1", NULL);
	dev_expect(e, 2, "keep one kind", "device", "wifi", "add", "-s", "CorpNet", "--client-cert-id", "ClientCert1", "--psk", "12345678", NULL);
	dev_expect(e, 2, "--config-name: 1 to 16 bytes", "device", "wifi", "add", "-s", "Home", "--config-name", "Seventeen-letters", NULL);
	dev_expect(e, 2, "--id is missing", "device", "wifi", "enable", NULL);
	dev_expect(e, 2, "a network's id is a number", "device", "wifi", "enable", "-i", "Network1", NULL);
	dev_expect(e, 2, "--targeted-scan=maybe", "device", "wifi", "add", "-s", "Home", "--targeted-scan=maybe", NULL);
	dev_expect(e, 2, "table or json", "device", "wifi", "list", "-o", "yaml", NULL);
	dev_expect(e, 2, "\"x\" is too much", "device", "wifi", "list", "x", NULL);
	dev_expect(e, 2, "no such command", "device", "wifi", "dance", NULL);
	dev_expect(e, 2, "no group", "device", "radio", "list", NULL);
	dev_expect(e, 0, "usage: azsim device", "device", "--help", NULL);
	dev_expect(e, 0, "--root-ca-cert-id", "device", "wifi", "add", "--help", NULL);
	dev_end(e, &dev);
}

static void the_interface_and_the_last_failure_are_shown(void **state)
{
	struct e2e *e = *state;
	struct e2e_started dev = start(e);
	json_t *json = dev_json(e, "device", "wifi", "show-status", NULL), *row;

	expect_text(json, "wpa_state", "COMPLETED");
	expect_text(json, "ssid", "CorpNet");
	expect_text(json, "mode", "station");
	json_decref(json);
	json = dev_json(e, "device", "wifi", "scan", NULL);
	row = json_array_get(json_object_get(json, "values"), 0);
	expect_keys(row, 5, "bssid", "freq", "signal_level", "ssid", "securityState", NULL);
	json_decref(json);
	dev_expect(e, 0, "no failures were logged", "device", "wifi", "show-diagnostics", NULL);
	dev_expect(e, 0, NULL, "ctl", "radius", "server", "radius2", NULL);
	dev_expect(e, 0, NULL, "ctl", "ap", "deauth", NULL);
	dev_expect(e, 0, NULL, "ctl", "advance", "5s", NULL);
	json = dev_json(e, "device", "wifi", "show-diagnostics", "-i", "0", NULL);
	row = json_array_get(json_object_get(json, "values"), 0);
	expect_text(row, "error", "AuthenticationFailed");
	expect_text(row, "certError", "InvalidRootCA");
	expect_text(row, "certSubject", "/CN=radius2"); /* who stands right under what the device does not have */
	assert_int_equal(json_integer_value(json_object_get(row, "certDepth")), 0);
	expect_text(row, "configState", "temp-disabled");
	assert_int_equal(strncmp(json_string_value(json_object_get(row, "timestamp")), "2026-01-01T00:00:", 17), 0);
	assert_non_null(strstr(json_string_value(json_object_get(row, "timestamp")), "+0000"));
	json_decref(json);
	dev_expect(e, 0, NULL, "ctl", "ap", "down", NULL);
	dev_expect(e, 0, "no networks in range", "device", "wifi", "scan", NULL);
	dev_end(e, &dev);
}

/* A key with a password, made by openssl's library in azpki: it must go in, and stand nowhere. */
static void secrets_stand_nowhere(void **state)
{
	static const char password[] = "correct-horse-battery", psk[] = "staple-of-my-network";
	struct e2e *e = *state;
	struct e2e_started dev = start(e);
	char command[9000], *key, *timeline;
	struct e2e_result r;

	(void) snprintf(command, sizeof(command), "cd '%s' && openssl pkcs8 -topk8 -in dev1.key -out locked.key -passout pass:%s 2>/dev/null", e->dir,
	                password);
	if (system(command) != 0) {
		dev_end(e, &dev);
		skip(); /* no openssl command here */
	}
	dev_expect(e, 1, "the password is wrong", "device", "certificate", "add", "-c", "Mine", "-t", "client", "-p", "dev1.pem", "--private-key-file",
	           "locked.key", "-w", "not this one", NULL);
	dev_expect(e, 1, "its password is missing", "device", "certificate", "add", "-c", "Mine", "-t", "client", "-p", "dev1.pem", "--private-key-file",
	           "locked.key", NULL);
	dev_expect(e, 0, NULL, "device", "certificate", "add", "-c", "Mine", "-t", "client", "-p", "dev1.pem", "--private-key-file", "locked.key",
	           "--private-key-password", password, NULL);
	dev_expect(e, 0, NULL, "device", "wifi", "add", "-s", "Home", "--psk", psk, NULL);
	r = e2e_run(e, "ctl", "-o", "json", "timeline", "-n", "1000", NULL);
	e2e_expect(&r, 0, "operator: adds client certificate Mine", "operator: adds network Home", NULL);
	timeline = strdup(r.out);
	e2e_clear(&r);
	r = e2e_run(e, "device", "wifi", "show", "-i", "1", "-o", "json", NULL);
	e2e_expect(&r, 0, "psk", NULL);
	assert_null(strstr(r.out, psk));
	e2e_clear(&r);
	r = dev_stop(e, &dev);
	key = e2e_read(e, "dev1.key");
	assert_null(strstr(r.out, password));
	assert_null(strstr(r.out, psk));
	assert_null(strstr(timeline, password));
	assert_null(strstr(timeline, psk));
	key[60] = '\0'; /* of the first line of its body */
	assert_null(strstr(r.out, key + 30));
	assert_null(strstr(timeline, key + 30));
	free(key);
	free(timeline);
	e2e_clear(&r);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, e2e_set_up, e2e_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(certificates_are_added_shown_and_deleted), TEST(what_is_wrong_with_a_certificate_is_said),
		TEST(networks_are_added_switched_and_forgotten), TEST(what_is_wrong_with_a_network_is_said),
		TEST(the_interface_and_the_last_failure_are_shown), TEST(secrets_stand_nowhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
