/* Each oracle finds what it is there for, and says what and when; and an application that does nothing wrong is left alone. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness.h"

/* Connected to the end, whatever else is asked: the device's certificate holds, so nothing has to be renewed. */
static void write_scenario(const struct e2e *e, const char *more)
{
	e2e_write(e, "s.yaml",
	          "scenario: s\nabout: a test\nstart: 2026-01-01\nlength: 3d\npki:\n"
	          "  - {name: ca1, use: root, valid: [-5y, +10y]}\n"
	          "  - {name: radius1, use: server, issuer: ca1, valid: [-1y, +2y]}\n"
	          "  - {name: dev1, use: client, issuer: ca1, cn: device-0001, valid: [-60d, +1y]}\n"
	          "network: {ssid: CorpNet, reauth: 24h, server: radius1, client_roots: [ca1]}\n"
	          "device:\n  certificates: [{id: RootCA1, cert: ca1}, {id: ClientCert1, cert: dev1}]\n"
	          "  networks: [{name: Network1, root: RootCA1, client: ClientCert1, identity: device-0001}]\n%s", more);
}

static struct e2e_result commit(const struct e2e *e, const char *name)
{
	e2e_make_package_with(e, "sinner", name, E2E_FULL_CAPABILITIES ", \"AllowedConnections\": [\"ca.corp.example\"], "
	                      "\"DeviceAuthentication\": \"00000000-0000-0000-0000-000000000000\"");
	return e2e_run(e, "run", "--net=model", "--out=o", "--app=sinner", "s.yaml", NULL);
}

/* The sin is found by this oracle, in these words, and by no other. */
static void found(const struct e2e *e, const char *name, const char *oracle, const char *said)
{
	static const char *const oracles[] = {"oracle last-credential", "oracle stranded", "oracle leftovers", "oracle bounded", "oracle secrets"};
	struct e2e_result r = commit(e, name);

	e2e_expect(&r, 1, oracle, said, "repeat:", NULL);
	for (size_t i = 0; i < sizeof(oracles) / sizeof(oracles[0]); i++)
		if (strcmp(oracles[i], oracle) != 0 && strstr(r.out, oracles[i]))
			fail_msg("%s: also %s:\n%s", name, oracles[i], r.out);
	e2e_clear(&r);
}

static void nothing_wrong_is_left_alone(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;

	write_scenario(e, "");
	r = commit(e, "none");
	e2e_expect(&r, 0, NULL);
	e2e_clear(&r);
}

static void last_credential_sees_what_is_lost(void **state)
{
	struct e2e *e = *state;

	/* What is missing at the end is a leftover, too: here the one oracle is looked at. */
	write_scenario(e, "oracles_off: [leftovers, stranded]\n");
	found(e, "delete-client", "oracle last-credential", "client certificate that last connected the device is gone");
	found(e, "delete-root", "oracle last-credential", "root CA that last connected the device is gone");
	found(e, "forget", "oracle last-credential", "if the power went now, no enabled network in flash");
	found(e, "disable", "oracle last-credential", "if the power went now, no enabled network in flash");
}

static void stranded_sees_a_device_that_stays_away(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;

	write_scenario(e, "oracles_off: [leftovers]\n");
	found(e, "disable-unsaved", "oracle stranded", "offline since +0d 01:00:02");
	/* Within the bound it is left in peace, and so it is while nothing would let it in. */
	write_scenario(e, "oracles_off: [leftovers]\nlimits: {recover_within: 3d}\n");
	r = commit(e, "disable-unsaved");
	e2e_expect(&r, 0, NULL);
	e2e_clear(&r);
	write_scenario(e, "oracles_off: [leftovers]\nevents: [{at: +30m, radius: {up: no}}]\n");
	r = commit(e, "disable-unsaved");
	e2e_expect(&r, 0, NULL);
	e2e_clear(&r);
}

static void leftovers_sees_what_stays(void **state)
{
	struct e2e *e = *state;

	write_scenario(e, "");
	found(e, "leave-network", "oracle leftovers", "network Spare is left over");
	found(e, "leave-certificate", "oracle leftovers", "certificate Spare is left over");
	/* Under this identity nobody lets it in: another oracle's business. */
	write_scenario(e, "oracles_off: [stranded]\n");
	found(e, "leave-unsaved", "oracle leftovers", "unsaved change of the Wi-Fi configuration");
}

static void bounded_counts_writes_and_requests(void **state)
{
	struct e2e *e = *state;

	write_scenario(e, "");
	found(e, "write", "oracle bounded", "41 flash writes within one virtual day");
	found(e, "request", "oracle bounded", "101 issuer requests within one virtual day");
}

/* Neither line says that it is a key's. */
static void secrets_knows_a_key_by_one_of_its_lines(void **state)
{
	struct e2e *e = *state;

	write_scenario(e, "");
	found(e, "log-device-key", "oracle secrets", "part of a private key stands in the application's output");
	found(e, "log-issued-key", "oracle secrets", "part of a private key stands in the application's log");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, e2e_set_up, e2e_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(nothing_wrong_is_left_alone), TEST(last_credential_sees_what_is_lost), TEST(stranded_sees_a_device_that_stays_away),
		TEST(leftovers_sees_what_stays), TEST(bounded_counts_writes_and_requests), TEST(secrets_knows_a_key_by_one_of_its_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
