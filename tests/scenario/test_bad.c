/* What people and machines put into scenario files by mistake or on purpose: the message names the place to the column, says
 * what is wrong and what would do.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "sim/scenario/scenario.h"
#include "tests/scenario/files.h"

#define WORDS_MAX 3
#define TEXT_MAX 512

struct bad {
	unsigned line;                /* of the sound scenario in files.c, replaced by... */
	const char *text;             /* ... this; ^ stands before the place that the message names */
	const char *words[WORDS_MAX]; /* that the message holds */
};

static const struct bad cases[] = {
	/* Keys. */
	{2, "^abuot: A device.", {"unknown key `abuot`", "did you mean `about`?"}},
	{6, "  - {name: ca1, use: root, ^vallid: [-5y, +5y]}", {"unknown key `vallid`", "did you mean `valid`?"}},
	{10, "network: {ssid: CorpNet, server: radius1, client_roots: [ca1], ^colour: blue}", {"unknown key `colour`", "known here: ssid"}},
	{19, "  - {at: +30d, issuer: {^rooot: ca2}}", {"unknown key `rooot`", "did you mean `root`?"}},
	{2, "^About: A device.", {"unknown key `About`", "did you mean `about`?"}},
	{2, "about: A\n^about: B", {"`about` is here a second time", "line 2"}},
	{6, "  - ^{name: ca1, use: root}", {"`valid` is missing"}},
	{2, "about:^", {"`about` has no value"}},
	{2, "? ^[a, b]\n: c", {"a key must be a plain word"}},
	/* Types. */
	{10, "network: ^CorpNet", {"`network` is a single value", "must be a mapping"}},
	{3, "start: ^[2026-01-01]", {"`start` is a list", "must be a single value"}},
	{6, "  - {name: ca1, use: root, valid: ^-5y}", {"`valid` is a single value", "must be a list"}},
	{6, "  - {name: ca1, use: root, valid: ^[-5y]}", {"`valid` has 1 item", "must have 2"}},
	{22, "limits: {calls_per_day: ^many}", {"`many` is no value for `calls_per_day`", "whole number"}},
	{22, "limits: {calls_per_day: ^-1}", {"`-1` is no value for `calls_per_day`", "whole number"}},
	{6, "  - {name: ca1, use: ^rooot, valid: [-5y, +5y]}", {"`rooot` is no value for `use`", "did you mean `root`?"}},
	{10, "network: {ssid: CorpNet, server: radius1, client_roots: [ca1], up: ^maybe}", {"`maybe` is no value for `up`", "known here: yes, no"}},
	{10, "network: {ssid: CorpNet, server: radius1, client_roots: [ca1], tls: ^1.1}", {"`1.1` is no value for `tls`", "1.2"}},
	{5, "pki: ^[]\nx_pki:", {"`pki` has 0 items", "at least 1"}},
	/* Times. */
	{3, "start: ^2026-02-30", {"`2026-02-30` is no instant", "existing day"}},
	{3, "start: ^+3d", {"`start` is a day or an instant"}},
	{3, "start: ^1969-12-31", {"before 1970"}},
	{4, "length: ^90", {"`90` is no duration", "unit"}},
	{4, "length: ^101y", {"too long", "100y"}},
	{4, "length: ^0s", {"too short"}},
	{6, "  - {name: ca1, use: root, valid: [+5y, ^-5y]}", {"ends (2021-01-02T00:00:00Z) before it begins"}},
	{19, "  - {at: ^+91d, issuer: {root: ca2}}", {"after the end of the run", "+90d", "raise `length`"}},
	{19, "  - {at: ^-1d, issuer: {root: ca2}}", {"before the start of the run"}},
	{19, "  - {at: ^30d, issuer: {root: ca2}}", {"`30d` is no instant", "+90d"}},
	{21, "  - {after: +80d, within: ^20d, that: {connected: any}}", {"after the end of the run", "shorten `within`"}},
	{21, "  - {never: {offline: yes}, from: +10d, until: ^+5d}", {"`until` is not after `from`"}},
	{21, "  - {never: {offline: yes}, longer_than: ^90d}", {"can never fail"}},
	/* Names. */
	{1, "scenario: ^bass", {"not the name of the file", "`scenario: base`"}},
	{7, "  - {name: ^ca1, use: root, valid: [-1d, +10y]}", {"two certificates are named `ca1`"}},
	{8, "  - {name: radius1, use: server, issuer: ^ca3, valid: [-1y, +1y]}", {"no certificate `ca3`", "did you mean `ca1`?"}},
	{8, "  - ^{name: radius1, use: server, valid: [-1y, +1y]}", {"`radius1` needs `issuer`"}},
	{7, "  - {name: ca2, use: intermediate, issuer: ^ca3, valid: [-1d, +10y]}\n  - {name: ca3, use: intermediate, issuer: ca2, valid: [-1d, +10y]}", {"issuers of `ca2` lead back to themselves"}},
	{6, "  - {name: ^issued-1, use: root, valid: [-5y, +5y]}", {"issued-"}},
	{10, "network: {ssid: CorpNet, server: ^dev1, client_roots: [ca1]}", {"`dev1` is of use client", "must be of use server"}},
	{10, "network: {ssid: CorpNet, server: radius1, client_roots: [ca1, ^ca1]}", {"`ca1` is in this list twice"}},
	{10, "network: ^{ssid: CorpNet, client_roots: [ca1]}", {"`server` is missing"}},
	{10, "network: {ssid: ^A network name that is too long 12, server: radius1, client_roots: [ca1]}", {"longer than 32 bytes"}},
	{10, "network: {ssid: CorpNet, server: radius1, client_roots: [ca1], others: [^{ssid: Lab}]}", {"`security`", "`open` or `psk`"}},
	{10, "network: {ssid: CorpNet, server: radius1, client_roots: [ca1], others: [^{ssid: Lab, security: psk}]}", {"`psk` is missing"}},
	{10, "network: {ssid: CorpNet, server: radius1, client_roots: [ca1], others: [{ssid: Lab, security: psk, psk: ^short}]}", {"5 characters", "8 to 63"}},
	{10, "network: {ssid: CorpNet, server: radius1, client_roots: [ca1], others: [{ssid: Lab, security: open, psk: ^a long one}]}", {"add it"}},
	{10, "network: {ssid: CorpNet, server: radius1, client_roots: [ca1], hidden: yes}\nonly_on: [model, ^wired]", {"take `wired` out"}},
	{10, "network: {ssid: CorpNet, server: radius1, client_roots: [ca1], access_points: [{name: ^a b}]}", {"`name` is 1 to 32 of"}},
	{10, "network: {ssid: CorpNet, server: radius1, client_roots: [ca1], access_points: [{name: a}, {name: ^a}]}", {"two access points", "rename one"}},
	{10, "network: {ssid: CorpNet, server: radius1, client_roots: [ca1], access_points: [{name: a, signal: ^-81}]}", {"-80 to -20"}},
	{10, "network: {ssid: CorpNet, server: radius1, client_roots: [ca1], access_points: [{name: a}, {name: b}]}\nonly_on: [model, ^wired]", {"take `wired` out"}},
	{10, "network: {ssid: CorpNet, server: radius1, client_roots: [ca1], access_points: [{name: a, loss: ^101%}]}", {"0% to 100%", "30%"}},
	{10, "network: {ssid: CorpNet, server: radius1, client_roots: [ca1], access_points: [{name: a, loss: ^0.3}]}", {"a whole number and `%`"}},
	{10, "network: {ssid: CorpNet, server: radius1, client_roots: [ca1], access_points: [{name: a, loss: 5%}]}\nonly_on: [radio, ^model]", {"on `radio` alone", "take `model` out"}},
	{19, "  - {at: +30d, ap: {name: ^hall, up: no}}", {"no access point with the name `hall`"}},
	{19, "  - {at: +30d, ap: {signal: ^-19}}", {"-80 to -20"}},
	{19, "  - {at: +30d, ap: {loss: ^-1%}}", {"0% to 100%"}},
	{17, "    - ^{name: Network1, security: open, client: ClientCert1}", {"certificates and identity are for networks of EAP-TLS"}},
	{19, "  - {at: +30d, ap: {ssid: ^Lab, up: no}}", {"no access point with the SSID `Lab`"}},
	{15, "    - {id: ^RootCA1, cert: dev1}", {"two certificates have the id `RootCA1`"}},
	{15, "    - {id: ^Client Cert 1, cert: dev1}", {"`Client Cert 1` is no certificate id"}},
	{17, "    - {name: Network1, root: ^ClientCert1, client: ClientCert1}", {"`ClientCert1` holds a client certificate", "root certificate is needed"}},
	{17, "    - {name: Network1, root: ^RootCA2, client: ClientCert1}", {"no id `RootCA2`", "did you mean `RootCA1`?"}},
	{17, "    - {name: Network1, root: RootCA1}\n    - {name: ^Network1, root: RootCA1}", {"two networks are named `Network1`"}},
	{16, "  readings: [^reload-unsavd=kept]\n  networks:", {"no reading `reload-unsavd`", "did you mean `reload-unsaved`?"}},
	{16, "  readings: [^reload-unsaved=lost]\n  networks:", {"`reload-unsaved` has no choice `lost`"}},
	{19, "  - {at: +30d, device: {damage: ^a b}}", {"`a b` is no certificate id"}},
	{16, "  readings_file: ^no-such-file\n  networks:", {"no-such-file", "No such file"}},
	{16, "  flash: ^worn\n  networks:", {"`worn` is no value for `flash`", "good, full, broken"}},
	{16, "  ntp_servers: [time.corp.example, ^time.corp.example]\n  networks:", {"`time.corp.example` is in this list twice"}},
	{16, "  ntp_servers: [^time corp]\n  networks:", {"`time corp` is no host name and no IPv4 address"}},
	{16, "  dhcp_ntp: ^.a\n  networks:", {"`.a` is no host name and no IPv4 address"}},
	{16, "  ethernet: ^maybe\n  networks:", {"`maybe` is no value for `ethernet`", "yes, no"}},
	{16, "  app: ^no-such-app\n  networks:", {"`no-such-app` is no image package", "app_manifest.json"}},
	{22, "needs_power: [{from: +10d, until: ^+5d}]", {"`until` is not after `from`"}},
	{22, "needs_power: [{from: +10d, until: ^+91d}]", {"after the end of the run"}},
	{22, "oracles_off: [^starnded]", {"no oracle `starnded`", "did you mean `stranded`?"}},
	{22, "only_on: [^wire]", {"no kind of network `wire`", "did you mean `wired`?"}},
	/* What sets an event off, and what it does. */
	{19, "  - ^{issuer: {root: ca2}}", {"needs `at`, `on_call` or `when`"}},
	{19, "  - {at: +1d, on_call: ^WifiConfig_ReloadConfig, issuer: {root: ca2}}", {"one of `at`, `on_call` and `when`"}},
	{19, "  - {on_call: ^WifiConfig_ReloadConfg, issuer: {root: ca2}}", {"no API function `WifiConfig_ReloadConfg`", "did you mean `WifiConfig_ReloadConfig`?"}},
	{19, "  - {on_call: WifiConfig_ReloadConfig, nth: ^0, issuer: {root: ca2}}", {"counts from 1"}},
	{19, "  - {at: +1d, nth: ^2, issuer: {root: ca2}}", {"`nth` goes with `on_call`"}},
	{19, "  - ^{at: +1d}", {"needs an action"}},
	{19, "  - {at: +1d, radius: ^{}}", {"`radius` is empty"}},
	{19, "  - {at: +1d, operator: {delete: RootCA1, forget: ^Network1}}", {"`forget` beside `delete`"}},
	{19, "  - {at: +1d, operator: ^{install_root: RootCA1}}", {"`cert` is missing beside `install_root`"}},
	{19, "  - {at: +1d, issuer: {delay: ^5s}}", {"`delay` goes with `state: slow`"}},
	{19, "  - {at: +1d, device: {clock_step: +1d, clock_set: ^2027-01-01}}", {"keep one"}},
	{19, "  - {at: +1d, radius: {crl: {revoked: [radius1, ^ca2], from: -1d, until: +90d}}}", {"`ca2` was not issued by `ca1`"}},
	{19, "  - {at: +1d, device: {gpio: {pin: ^81, value: 1}}}", {"no pin 81", "0 to 80"}},
	{19, "  - {at: +1d, device: {gpio: {pin: 8, value: ^2}}}", {"`value` is 0 (low) or 1 (high)"}},
	{19, "  - {at: +1d, device: {gpio: ^{pin: 8}}}", {"a pin needs `pin` and `value`"}},
	{19, "  - {at: +1d, device: {gpio: {pin: ^-1, value: 0}}}", {"`-1` is no value for `pin`"}},
	{19, "  - {when: {gpio: ^{value: 0}}, device: {power: cut}}", {"a pin needs `pin` and `value`"}},
	{19, "  - {at: +1d, device: {update: {kind: ^apps}}}", {"`apps` is no value for `kind`", "did you mean `app`?"}},
	{19, "  - {at: +1d, device: {update: ^{download: 1m}}}", {"`kind` is missing"}},
	{19, "  - {at: +1d, device: {update: {kind: none, download: ^1m}}}", {"nothing to download with `kind: none`"}},
	{19, "  - {at: +1d, device: {update: {kind: none, max_deferral: ^1h}}}", {"nothing to download with `kind: none`"}},
	{19, "  - {at: +1d, device: {update: {kind: app, download: ^0s}}}", {"too short"}},
	{19, "  - {at: +1d, device: {update: {kind: app, max_deferral: ^soon}}}", {"`soon` is no duration"}},
	{19, "  - {at: +1d, device: {rtc_busy: ^perhaps}}", {"`perhaps` is no value for `rtc_busy`"}},
	{19, "  - {at: +1d, device: {ntp_servers: [^a_b]}}", {"`a_b` is no host name and no IPv4 address"}},
	/* Keys, chains, lists, files of clients. */
	{9, "  - {name: dev1, use: client, issuer: ca1, key_of: ^dev2, valid: [-1y, +1y]}", {"no certificate `dev2`"}},
	{9, "  - {name: dev1, use: client, issuer: ca1, key_of: ^dev1, valid: [-1y, +1y]}", {"`dev1` has no key of its own"}},
	{9, "  - {name: dev1, use: client, issuer: ca1, key_of: ca1, key: ^rsa2048, valid: [-1y, +1y]}", {"`key` beside `key_of`"}},
	{7, "  - {name: ca2, use: intermediate, issuer: ca3, key_of: ^ca3x, valid: [-1d, +1y]}\n  - {name: ca3, use: root, valid: [-1d, +10y]}", {"no certificate `ca3x`"}},
	{7, "  - {name: ca2, use: intermediate, issuer: ca1, key_of: ^ca3, valid: [-1d, +1y]}\n  - {name: ca3, use: intermediate, issuer: ca2, valid: [-1d, +10y]}", {"`ca3` is signed, in the end, by the one that has its key"}},
	{19, "  - {at: +1d, radius: {chain: [^ca3]}}", {"no certificate `ca3`"}},
	{19, "  - {at: +1d, radius: {only_clients: [^radius1]}}", {"`radius1` is of use server"}},
	{19, "  - {at: +1d, radius: {only_clients: [^issued-any]}}", {"no issued certificate"}},
	{19, "  - {at: +1d, radius: {fragment_size: ^100}}", {"128 to 1400 bytes"}},
	{19, "  - {at: +1d, radius: {crl: {state: ^gone}}}", {"`gone` is no value for `state`", "absent, unchecked"}},
	{19, "  - {at: +1d, radius: {crl: ^{from: -1d}}}", {"`until` is missing in `crl`"}},
	{19, "  - {at: +1d, radius: {crl: {state: absent, until: ^+1d}}}", {"`until` beside `state`"}},
	{19, "  - {at: +1d, radius: {crl: {state: unchecked, revoked: ^[]}}}", {"`revoked` beside `state`"}},
	{19, "  - {at: +1d, issuer: {tenant_ca: ^dev1}}", {"`dev1` is of use client", "must be of use root"}},
	{19, "  - {at: +1d, device: {ntp_error: ^later}}", {"`later` is no"}},
	{2, "about: A.\nsources: [one, ^one]", {"`one` is in this list twice"}},
	/* Expectations. */
	{21, "  - ^{that: {connected: Network1}}", {"an expectation needs `at`, `by`"}},
	{21, "  - {at: +1d, by: ^+2d, that: {connected: any}}", {"`by` beside `at`", "split it in two"}},
	{21, "  - ^{at: +1d}", {"`that` is missing beside `at`"}},
	{21, "  - {at: +1d, that: ^{}}", {"says nothing"}},
	{21, "  - {at: +1d, that: {connected: any, offline: ^yes}}", {"cannot be `connected` and `offline`"}},
	{21, "  - {at: +1d, that: {client: ^dev2}}", {"no certificate `dev2`", "did you mean `dev1`?"}},
	{21, "  - {at: +1d, that: {client: ^issued-0}}", {"`issued-0` is no issued certificate"}},
	{21, "  - {at: +1d, that: {diagnostics: {network: Network1, cert_error: ^7}}}", {"no such certificate error", "101 root"}},
	{21, "  - {at: +1d, that: {gpio: {pin: ^100, value: 1}}}", {"no pin 100"}},
	/* YAML that scenarios do without, and YAML that is none. */
	{2, "about: ^&a A device.", {"no anchors"}},
	{2, "about: ^*a", {"no aliases"}},
	{2, "about: ^!!str A device.", {"no tags"}},
	{22, "^---\nscenario: base", {"a second document"}},
	{10, "network: [[[[[[[[[[[[^[[1]]]]]]]]]]]]]]", {"nested too deep"}},
	{2, "about: ^\"a\\0b\"", {"control character"}},
	{2, "about: a^\x01" "b", {"not a text file", "0x01"}},
	{2, "about: a^\xff" "b", {"not a text file", "0xff"}},
};

static void expect_refusal(const char *path, const char *place, const char *const *words, size_t count)
{
	struct scenario *scenario = (struct scenario *)1;
	struct az_error error = {.status = AZ_OK};
	char beginning[512];
	int r = scenario_load(path, &scenario, &error);

	(void) snprintf(beginning, sizeof(beginning), "%s%s%s: ", path, place[0] ? ":" : "", place);
	if (r >= 0 || error.status != AZ_USAGE || strncmp(error.text, beginning, strlen(beginning)) != 0) {
		if (r >= 0)
			scenario_free(scenario);
		fail_msg("expected \"%s...\", got %d \"%s\"", beginning, r, r < 0 ? error.text : "accepted");
	}
	assert_ptr_equal(scenario, (struct scenario *)1); /* written only on success */
	assert_null(strchr(error.text, '\n'));
	for (size_t i = 0; i < count && words[i]; i++)
		if (!strstr(error.text, words[i]))
			fail_msg("expected \"%s\" in \"%s\"", words[i], error.text);
}

/* The text of a case without its ^, and the place where that stood. */
static void take_mark(const struct bad *bad, char text[TEXT_MAX], char place[32])
{
	const char *mark = strchr(bad->text, '^'), *line = bad->text;
	unsigned lines = bad->line;

	assert_true(strlen(bad->text) < TEXT_MAX);
	assert_non_null(mark);
	for (const char *p = bad->text; p < mark; p++)
		if (*p == '\n') {
			lines++;
			line = p + 1;
		}
	(void) snprintf(text, TEXT_MAX, "%.*s%s", (int)(mark - bad->text), bad->text, mark + 1);
	(void) snprintf(place, 32, "%u:%u", lines, (unsigned)(mark - line) + 1);
}

static void every_mistake_is_named_with_its_place(void **state)
{
	char text[TEXT_MAX], place[32];

	(void) state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		take_mark(&cases[i], text, place);
		expect_refusal(files_base_with(cases[i].line, text), place, cases[i].words, WORDS_MAX);
	}
}

/* What is missing has no place of its own: the mapping around it is named; or the place where reading could not go on. */
static void what_is_missing_is_named_with_what_lacks_it(void **state)
{
	static const char *const length[] = {"`length` is missing"}, *const brace[] = {"not valid YAML", "flow mapping", "line 10"};

	(void) state;
	expect_refusal(files_base_with(4, "# no length"), "1:1", length, 1);
	expect_refusal(files_base_with(10, "network: {ssid: CorpNet, server: radius1"), "11:7", brace, 3);
}

/* The partner of the table: without a mistake the same file is fine. */
static void the_file_without_mistakes_is_accepted(void **state)
{
	struct scenario *scenario = NULL;
	struct az_error error;

	(void) state;
	assert_int_equal(scenario_load(files_base_with(0, NULL), &scenario, &error), 0);
	assert_string_equal(scenario->name, "base");
	scenario_free(scenario);
}

static void what_is_no_file_of_text_is_refused(void **state)
{
	static const char *const missing[] = {"No such file"}, *const folder[] = {"not a file"}, *const empty[] = {"empty", "scenario: NAME"};
	static const char *const one_value[] = {"must be a mapping"}, *const not_text[] = {"not a text file"};
	static const unsigned char elf[] = {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0};

	(void) state;
	expect_refusal(files_path("none.yaml"), "", missing, 1);
	expect_refusal("/tmp", "", folder, 1);
	expect_refusal("/dev/null", "", folder, 1);
	expect_refusal(files_write("base.yaml", "", 0), "1:1", empty, 2);
	expect_refusal(files_write("base.yaml", "# nothing\n\n", 11), "3:1", empty, 2);
	expect_refusal(files_write("base.yaml", "hello\n", 6), "1:1", one_value, 1);
	expect_refusal(files_write("base.yaml", elf, sizeof(elf)), "1:1", not_text, 1);
}

/* A file of `length` bytes: `unit` again and again. */
static const char *write_repeated(const char *unit, size_t length)
{
	char *text = malloc(length);
	const char *path;

	assert_non_null(text);
	for (size_t i = 0; i < length; i++)
		text[i] = unit[i % strlen(unit)];
	path = files_write("base.yaml", text, length);
	free(text);
	return path;
}

static void what_is_made_to_exhaust_is_refused_early(void **state)
{
	static const char *const large[] = {"larger than 256 KiB"}, *const deep[] = {"nested too deep"}, *const many[] = {"more than 10000 items"};
	static const char *const keys[] = {"more than 64 keys"}, *const anchors[] = {"no anchors"}, *const text[] = {"longer than 4096 bytes"};
	static const char *const values[] = {"more than 50000 values"};
	static const char bomb[] = "a: &a [x,x,x]\nb: &b [*a,*a,*a]\nc: &c [*b,*b,*b]\n";
	char mapping[2048] = "";
	size_t n = 0;

	(void) state;
	expect_refusal(write_repeated("# comment\n", 256 * 1024 + 1), "", large, 1);
	expect_refusal(write_repeated("[", 200000), "1:14", deep, 1);
	expect_refusal(write_repeated("{a: ", 200000), "1:53", deep, 1);
	expect_refusal(write_repeated("- x\n", 200000), "10001:3", many, 1);
	/* Lists of 9 in one list: 10 values a line after the outer list, so the 50001st is the last of line 5000. */
	expect_refusal(write_repeated("- [1,2,3,4,5,6,7,8,9]\n", 250000), "5000:20", values, 1);
	expect_refusal(write_repeated("x", 5000), "1:1", text, 1);
	expect_refusal(files_write("base.yaml", bomb, sizeof(bomb) - 1), "1:4", anchors, 1);
	for (unsigned i = 0; i <= 64; i++)
		n += (size_t)snprintf(mapping + n, sizeof(mapping) - n, "key%u: 1\n", i);
	expect_refusal(files_write("base.yaml", mapping, n), "65:1", keys, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_file_without_mistakes_is_accepted),
		cmocka_unit_test(every_mistake_is_named_with_its_place),
		cmocka_unit_test(what_is_missing_is_named_with_what_lacks_it),
		cmocka_unit_test(what_is_no_file_of_text_is_refused),
		cmocka_unit_test(what_is_made_to_exhaust_is_refused_early),
	};

	return cmocka_run_group_tests(tests, files_setup, files_teardown);
}
