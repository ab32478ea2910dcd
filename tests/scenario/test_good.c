/* What a sound scenario file becomes: the files that ship, every key, every default, and conditions in words. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "emu-applibs/wire/wire.h"
#include "sim/scenario/scenario.h"
#include "tests/scenario/files.h"

#define DAY_S INT64_C(86400)
#define DAY_NS (86400 * NS_PER_S)
#define START_S INT64_C(1767225600) /* 2026-01-01T00:00:00Z */

static struct scenario *load(const char *path)
{
	struct scenario *scenario = NULL;
	struct az_error error;

	if (scenario_load(path, &scenario, &error) < 0)
		fail_msg("%s", error.text);
	return scenario;
}

/* ---- The files that ship ------------------------------------------------------------------------------------------------- */

static const char *const shipped[] = {
	"root-ca-update", "root-ca-rollback-by-operator", "client-cert-update", "client-cert-not-yet-valid", "both-at-once",
	"radius-leaf-expired", "radius-down-at-cutover", "device-offline-at-cutover", "ca-down-past-expiry", "warehouse",
	"boot-1970", "power-cut-mid-rotation",
};

static bool says_how_it_ends(const struct scenario *s)
{
	for (size_t i = 0; i < s->expect_count; i++)
		if (s->expects[i].kind == SCN_EXPECT_END && s->expects[i].that.connected)
			return true;
	return false;
}

static void every_shipped_scenario_loads_and_says_how_it_ends(void **state)
{
	char path[128];

	(void) state;
	for (size_t i = 0; i < ARRAY_LEN(shipped); i++) {
		struct scenario *s;

		(void) snprintf(path, sizeof(path), "scenarios/%s.yaml", shipped[i]);
		s = load(path);
		assert_string_equal(s->name, shipped[i]);
		if (!says_how_it_ends(s))
			fail_msg("%s has no `end` with `connected`", path);
		scenario_free(s);
	}
}

/* Every file of it, whatever its name; the number of files. */
static size_t load_folder(const char *folder, bool (*sound)(const struct scenario *s))
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	char path[512];
	size_t count = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		size_t n = strlen(entry->d_name);
		struct scenario *s;

		if (n < 5 || strcmp(entry->d_name + n - 5, ".yaml") != 0)
			continue;
		(void) snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		s = load(path);
		if (sound && !sound(s))
			fail_msg("%s does not say where it happened, or how it ends", path);
		scenario_free(s);
		count++;
	}
	(void) closedir(dir);
	return count;
}

static void every_file_of_the_folder_loads(void **state)
{
	(void) state;
	assert_true(load_folder("scenarios", NULL) >= ARRAY_LEN(shipped));
}

static bool names_its_sources(const struct scenario *s)
{
	return s->sources && s->sources[0] && says_how_it_ends(s);
}

static void every_file_of_the_catalogue_names_its_sources(void **state)
{
	(void) state;
	assert_true(load_folder("scenarios/catalogue", names_its_sources) >= 30);
}

/* The first scenario that a reader copies. */
static void the_example_of_the_readme_loads(void **state)
{
	static const char fence[] = "```yaml\nscenario: my-first";
	FILE *f = fopen("scenarios/README.md", "re");
	char *text = calloc(1, 65536);
	const char *begin, *end;

	*state = NULL;
	assert_non_null(f);
	assert_non_null(text);
	assert_true(fread(text, 1, 65535, f) < 65535);
	(void) fclose(f);
	begin = strstr(text, fence);
	assert_non_null(begin);
	begin += strlen("```yaml\n");
	end = strstr(begin, "```");
	assert_non_null(end);
	*state = load(files_write("my-first.yaml", begin, (size_t)(end - begin)));
	free(text);
}

/* ---- Every key ----------------------------------------------------------------------------------------------------------- */

static const char every_key[] =
	"scenario: all\n"
	"about: Every key once.\n"
	"sources: [an incident, a page]\n"
	"start: 2026-01-01\n"
	"length: 90d\n"
	"pki:\n"
	"  - {name: leaf, use: server, issuer: middle, key: rsa2048, dns: radius.corp.example, valid: [-1d, +1d], fault: wrong-eku}\n"
	"  - {name: middle, use: intermediate, issuer: root, valid: [-1d, 2027-01-01T12:00Z]}\n"
	"  - {name: root, use: root, cn: The Root, valid: [-5y, +5y]}\n"
	"  - {name: dev, use: client, issuer: root, valid: [-1d, +1d]}\n"
	"  - {name: cross, use: intermediate, issuer: root, key_of: middle, cn: middle, valid: [-1d, +1d], fault: weak-signature}\n"
	"network:\n"
	"  ssid: CorpNet\n"
	"  reauth: 12h\n"
	"  server: leaf\n"
	"  client_roots: [root, middle]\n"
	"  up: no\n"
	"  secret_wrong: yes\n"
	"  cn_must_match: no\n"
	"  identities: [device-0001, device-0002]\n"
	"  tls: 1.3\n"
	"  chain: [cross]\n"
	"  only_clients: [dev, issued-2]\n"
	"  fragment_size: 500\n"
	"  crl: {revoked: [dev], from: -1d, until: +7d}\n"
	"  clock_step: -1h\n"
	"  access_points: [{name: hall, up: no, in_range: no, signal: -70}]\n"
	"issuer: {host: ca.example, root: root, client_ca: middle, client_life: 10d, client_start: +1h, state: slow, delay: 5s, clock_step: +2h, tenant_ca: root}\n"
	"device:\n"
	"  powered: no\n"
	"  rtc: no\n"
	"  ntp: no\n"
	"  ethernet: yes\n"
	"  ntp_servers: [time.corp.example, 10.0.0.7]\n"
	"  dhcp_ntp: 10.0.0.7\n"
	"  ntp_error: -1024w\n"
	"  device_auth: no\n"
	"  tenant_ca: root\n"
	"  boot_clock: 1970-01-01\n"
	"  clock_error: -1m\n"
	"  boot_ready: 10s\n"
	"  certificates: [{id: R, cert: root}, {id: C, cert: dev}]\n"
	"  networks: [{name: N, root: R, client: C, identity: me, enabled: no}]\n"
	"  readings: [reload-unsaved=kept]\n"
	"  flash: full\n"
	"events:\n"
	"  - {at: 2026-01-11, radius: {server: leaf, up: yes}, ap: {up: no, deauth: yes, reauth: yes}}\n"
	"  - {on_call: WifiConfig_ReloadConfig, nth: 3, from: +2d, phase: after, plus: 1m, device: {power: cut, kill_app: yes, ntp: yes, clock_step: -1y, flash: broken, damage: R}}\n"
	"  - {on_call: CertStore_MoveCertificate, device: {factory_reset: yes, clock_set: 2030-01-01, ntp_servers: [], rtc_busy: yes}}\n"
	"  - {when: {connected: N, gpio: {pin: 80, value: 1}}, plus: 1h, issuer: {state: wrong, wrong: truncated}}\n"
	"  - {at: +1d, operator: {install_root: R, cert: root}}\n"
	"  - {at: +1d, operator: {install_client: C, cert: dev}}\n"
	"  - {at: +1d, operator: {delete: C}}\n"
	"  - {at: +1d, operator: {enable: N}}\n"
	"  - {at: +1d, operator: {disable: N}}\n"
	"  - {at: +1d, operator: {forget: N}}\n"
	"  - {at: +1d, operator: {reload: yes}}\n"
	"  - {at: +1d, device: {gpio: {pin: 12, value: 0}, update: {kind: os, download: 5m, max_deferral: 0s}}}\n"
	"  - {at: +1d, device: {update: {kind: none}}}\n"
	"  - {at: +1d, device: {ntp_error: +1w, device_auth: yes, tenant_ca: root}}\n"
	"  - {at: +1d, radius: {crl: {state: absent}, chain: []}}\n"
	"  - {at: +1d, radius: {crl: {state: unchecked}}}\n"
	"  - {at: +1d, ap: {name: hall, in_range: yes, signal: -60}}\n"
	"expect:\n"
	"  - {at: +1d, that: {connected: any, client: issued-12, root: root}}\n"
	"  - {by: +2d, that: {stored: R, not_stored: C, log: hello world}}\n"
	"  - {after: +3d, within: 6h, that: {networks: [], certificates: [R, C]}}\n"
	"  - {never: {offline: yes}, longer_than: 1h, from: +1d, until: +2d}\n"
	"  - {always: {holds: [{id: R, cert: root}, {id: C, cert: issued-1}]}, until: +2d}\n"
	"  - {at: +1d, that: {client: issued-any, access_point: hall}}\n"
	"  - {at: +1d, that: {gpio: {pin: 8, value: 0}}}\n"
	"  - {end: {diagnostics: {network: N, error: 5, cert_error: 101, cert_depth: 0}}}\n"
	"limits: {recover_within: 3d, calls_per_day: 11, writes_per_day: 12, requests_per_day: 13}\n"
	"needs_power: [{from: +1d, until: +2d}, {from: +3d, until: 2026-01-06}]\n"
	"oracles_off: [stranded, leftovers]\n"
	"only_on: [model, wired]\n";

static int load_every_key(void **state)
{
	*state = load(files_write("all.yaml", every_key, sizeof(every_key) - 1));
	return 0;
}

static int drop(void **state)
{
	scenario_free(*state);
	return 0;
}

static void certificates_come_after_their_issuers(void **state)
{
	const struct scenario *s = *state;
	const struct scn_cert *root = scenario_cert(s, "root"), *middle = scenario_cert(s, "middle"), *leaf = scenario_cert(s, "leaf");

	assert_int_equal(s->cert_count, 5);
	assert_string_equal(s->sources[0], "an incident");
	assert_string_equal(s->sources[1], "a page");
	assert_null(s->sources[2]);
	assert_string_equal(scenario_cert(s, "cross")->key_of, "middle");
	assert_int_equal(scenario_cert(s, "cross")->fault, PKI_FAULT_WEAK_SIGNATURE);
	assert_true(middle < scenario_cert(s, "cross"));
	assert_true(root < middle && middle < leaf);
	assert_null(root->issuer);
	assert_string_equal(root->cn, "The Root");
	assert_int_equal(root->not_before_s, START_S - 5 * 365 * DAY_S);
	assert_string_equal(middle->issuer, "root");
	assert_null(middle->cn);
	assert_int_equal(middle->not_after_s, START_S + 365 * DAY_S + DAY_S / 2);
	assert_int_equal(leaf->key, PKI_KEY_RSA2048);
	assert_int_equal(leaf->fault, PKI_FAULT_WRONG_EKU);
	assert_string_equal(leaf->dns, "radius.corp.example");
	assert_int_equal(leaf->pos.line, 7);
	assert_int_equal(leaf->pos.column, 5);
	assert_null(scenario_cert(s, "none"));
}

static void network_and_issuer_have_all_they_were_given(void **state)
{
	const struct scenario *s = *state;

	assert_string_equal(s->ssid, "CorpNet");
	assert_int_equal(s->reauth_ns, DAY_NS / 2);
	assert_int_equal(s->bss_count, 1);
	assert_string_equal(s->bss[0].name, "hall");
	assert_true(!s->bss[0].air.up && !s->bss[0].air.in_range && s->bss[0].air.signal_dbm == -70);
	assert_string_equal(s->radius.server, "leaf");
	assert_string_equal(s->radius.client_roots[1], "middle");
	assert_null(s->radius.client_roots[2]);
	assert_int_equal(s->radius.up, SCN_NO);
	assert_int_equal(s->radius.secret_wrong, SCN_YES);
	assert_int_equal(s->radius.cn_must_match, SCN_NO);
	assert_string_equal(s->radius.identities[1], "device-0002");
	assert_int_equal(s->radius.tls, 13);
	assert_string_equal(s->radius.chain[0], "cross");
	assert_string_equal(s->radius.only_clients[1], "issued-2");
	assert_int_equal(s->radius.fragment_size, 500);
	assert_int_equal(s->radius.crl_state, SCN_CRL_PRESENT);
	assert_string_equal(s->issuer.tenant_ca, "root");
	assert_true(s->radius.has_crl);
	assert_string_equal(s->radius.crl_revoked[0], "dev");
	assert_int_equal(s->radius.crl_until_s, START_S + 7 * DAY_S);
	assert_true(s->radius.has_clock_step);
	assert_int_equal(s->radius.clock_step_s, -3600);
	assert_string_equal(s->issuer_host, "ca.example");
	assert_string_equal(s->issuer.root, "root");
	assert_string_equal(s->issuer.client_ca, "middle");
	assert_int_equal(s->issuer.client_life_s, 10 * DAY_S);
	assert_int_equal(s->issuer.client_start_s, 3600);
	assert_int_equal(s->issuer.state, SCN_ISSUER_SLOW);
	assert_int_equal(s->issuer.delay_ns, 5 * NS_PER_S);
	assert_int_equal(s->issuer.clock_step_s, 7200);
}

static void device_and_limits_have_all_they_were_given(void **state)
{
	const struct scenario *s = *state;

	assert_int_equal(s->start_s, START_S);
	assert_int_equal(s->length_ns, 90 * DAY_NS);
	assert_false(s->powered || s->rtc || s->ntp);
	assert_int_equal(s->boot_clock_s, 0);
	assert_int_equal(s->clock_error_s, -60);
	assert_int_equal(s->boot_ready_ns, 10 * NS_PER_S);
	assert_int_equal(s->dev_cert_count, 2);
	assert_string_equal(s->dev_certs[1].id, "C");
	assert_string_equal(s->dev_nets[0].identity, "me");
	assert_false(s->dev_nets[0].enabled);
	assert_string_equal(s->readings[0].name, "reload-unsaved");
	assert_string_equal(s->readings[0].choice, "kept");
	assert_int_equal(s->flash, SCN_FLASH_FULL);
	assert_true(s->ethernet);
	assert_string_equal(s->ntp_servers[0], "time.corp.example");
	assert_string_equal(s->ntp_servers[1], "10.0.0.7");
	assert_null(s->ntp_servers[2]);
	assert_string_equal(s->dhcp_ntp, "10.0.0.7");
	assert_int_equal(s->ntp_error_s, -1024 * 7 * DAY_S);
	assert_false(s->device_auth);
	assert_string_equal(s->tenant_ca, "root");
	assert_int_equal(s->events[1].device->flash, SCN_FLASH_BROKEN);
	assert_int_equal(s->events[2].device->flash, SCN_FLASH_LEAVE);
	assert_string_equal(s->events[1].device->damage, "R");
	assert_null(s->events[2].device->damage);
	assert_int_equal(s->recover_within_ns, 3 * DAY_NS);
	assert_int_equal(s->calls_per_day, 11);
	assert_int_equal(s->writes_per_day, 12);
	assert_int_equal(s->requests_per_day, 13);
	assert_string_equal(s->oracles_off[1], "leftovers");
	assert_string_equal(s->networks[1], "wired");
	assert_int_equal(s->needs_power_count, 2);
	assert_int_equal(s->needs_power[0].until_ns, 2 * DAY_NS);
	assert_int_equal(s->needs_power[1].from_ns, 3 * DAY_NS);
	assert_int_equal(s->needs_power[1].until_ns, 5 * DAY_NS);
}

static void events_have_all_they_were_given(void **state)
{
	const struct scenario *s = *state;
	const struct scn_event *e = s->events;

	assert_int_equal(s->event_count, 17);
	assert_int_equal(e[0].ap->bss, -1);
	assert_true(e[0].ap->in_range == SCN_UNSET && !e[0].ap->has_signal);
	assert_int_equal(e[16].ap->bss, 0);
	assert_true(e[16].ap->up == SCN_UNSET && e[16].ap->in_range == SCN_YES && e[16].ap->has_signal && e[16].ap->signal_dbm == -60);
	assert_true(e[13].device->has_ntp_error && e[13].device->ntp_error_s == 7 * DAY_S && e[13].device->device_auth == SCN_YES);
	assert_string_equal(e[13].device->tenant_ca, "root");
	assert_int_equal(e[14].radius->crl_state, SCN_CRL_ABSENT);
	assert_null(e[14].radius->chain[0]);
	assert_int_equal(e[15].radius->crl_state, SCN_CRL_UNCHECKED);
	assert_int_equal(e[0].trigger, SCN_AT);
	assert_int_equal(e[0].at_ns, 10 * DAY_NS);
	assert_int_equal(e[0].radius->up, SCN_YES);
	assert_int_equal(e[0].radius->tls, 0);
	assert_true(e[0].ap->up == SCN_NO && e[0].ap->deauth && e[0].ap->reauth);
	assert_null(e[0].device);

	assert_int_equal(e[1].trigger, SCN_ON_CALL);
	assert_int_equal(e[1].call, WIRE_WIFI_SET_OPT);
	assert_int_equal(e[1].attribute, 4);
	assert_int_equal(e[1].nth, 3);
	assert_int_equal(e[1].from_ns, 2 * DAY_NS);
	assert_true(e[1].after);
	assert_int_equal(e[1].plus_ns, 60 * NS_PER_S);
	assert_int_equal(e[1].device->power, SCN_POWER_CUT);
	assert_true(e[1].device->kill_app);
	assert_int_equal(e[1].device->clock_step_s, -365 * DAY_S);

	assert_int_equal(e[2].call, WIRE_CERTSTORE_MOVE);
	assert_int_equal(e[2].attribute, -1);
	assert_int_equal(e[2].nth, 1);
	assert_false(e[2].after);
	assert_true(e[2].device->factory_reset && e[2].device->has_clock_set);
	assert_int_equal(e[2].device->clock_set_s, INT64_C(1893456000)); /* 2030-01-01T00:00:00Z */
	assert_non_null(e[2].device->ntp_servers); /* none answers, other than: as before */
	assert_null(e[2].device->ntp_servers[0]);
	assert_int_equal(e[2].device->rtc_busy, SCN_YES);
	assert_null(e[1].device->ntp_servers);
	assert_int_equal(e[1].device->rtc_busy, SCN_UNSET);

	assert_int_equal(e[3].trigger, SCN_WHEN);
	assert_string_equal(e[3].when.connected, "N");
	assert_int_equal(e[3].when.gpio->pin, 80);
	assert_int_equal(e[3].when.gpio->value, 1);
	assert_int_equal(e[3].plus_ns, 3600 * NS_PER_S);
	assert_int_equal(e[3].issuer->state, SCN_ISSUER_WRONG);
	assert_string_equal(e[3].issuer->wrong, "truncated");
	assert_null(e[3].issuer->root);

	for (unsigned i = 0; i < 7; i++)
		assert_int_equal(e[4 + i].operator->kind, SCN_OP_INSTALL_ROOT + i);
	assert_string_equal(e[5].operator->cert, "dev");
	assert_string_equal(e[6].operator->id, "C");
	assert_string_equal(e[9].operator->network, "N");

	assert_int_equal(e[11].device->gpio->pin, 12);
	assert_int_equal(e[11].device->gpio->value, 0);
	assert_int_equal(e[11].device->update->kind, DEVICE_UPDATE_OS);
	assert_int_equal(e[11].device->update->download_ns, 300 * NS_PER_S);
	assert_int_equal(e[11].device->update->max_deferral_ns, 0);
	assert_int_equal(e[12].device->update->kind, DEVICE_UPDATE_NONE);
	assert_null(e[12].device->gpio);
}

/* The text that a failure shows says all that the file asked for, in a fixed order. */
static void expectations_read_as_they_were_written(void **state)
{
	static const struct {
		enum scn_expect_kind kind;
		uint64_t from_ns, until_ns, longer_than_ns;
		const char *text;
	} wanted[] = {
		{SCN_EXPECT_AT, DAY_NS, DAY_NS, 0, "at +1d: connected any, client issued-12, root root"},
		{SCN_EXPECT_WITHIN, 0, 2 * DAY_NS, 0, "by +2d: stored R, not stored C, log has \"hello world\""},
		{SCN_EXPECT_WITHIN, 3 * DAY_NS, 3 * DAY_NS + DAY_NS / 4, 0, "after +3d within 6h: networks [], certificates [R C]"},
		{SCN_EXPECT_NEVER, DAY_NS, 2 * DAY_NS, 3600 * NS_PER_S, "never for longer than 1h from +1d until +2d: offline"},
		{SCN_EXPECT_ALWAYS, 0, 2 * DAY_NS, 0, "always until +2d: R holds root, C holds issued-1"},
		{SCN_EXPECT_AT, DAY_NS, DAY_NS, 0, "at +1d: by access point hall, client issued-any"},
		{SCN_EXPECT_AT, DAY_NS, DAY_NS, 0, "at +1d: GPIO 8 low"},
		{SCN_EXPECT_END, 90 * DAY_NS, 90 * DAY_NS, 0, "at the end: diagnostics of N: error 5 certError 101 depth 0"},
	};
	const struct scenario *s = *state;

	assert_int_equal(s->expect_count, ARRAY_LEN(wanted));
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
		const struct scn_expect *e = &s->expects[i];

		assert_int_equal(e->kind, wanted[i].kind);
		assert_int_equal(e->from_ns, wanted[i].from_ns);
		assert_int_equal(e->until_ns, wanted[i].until_ns);
		assert_int_equal(e->longer_than_ns, wanted[i].longer_than_ns);
		assert_string_equal(e->text, wanted[i].text);
		assert_int_equal(e->pos.line, 65 + i);
		assert_int_equal(e->pos.column, 5);
	}
}

/* However small the buffer: the beginning of the same words, and always an end. */
static void a_condition_is_cut_to_fit(void **state)
{
	const struct scenario *s = *state;
	char whole[256], cut[256];

	for (size_t i = 0; i < s->expect_count; i++) {
		size_t length;

		scenario_describe_condition(&s->expects[i].that, whole, sizeof(whole));
		length = strlen(whole);
		assert_non_null(strstr(s->expects[i].text, whole));
		for (size_t capacity = 1; capacity <= length + 1; capacity++) {
			memset(cut, 'x', sizeof(cut));
			scenario_describe_condition(&s->expects[i].that, cut, capacity);
			assert_true(strlen(cut) < capacity);
			assert_int_equal(strncmp(whole, cut, strlen(cut)), 0);
			assert_int_equal(cut[capacity], 'x');
		}
		assert_string_equal(cut, whole);
	}
}

/* What scenario_describe_condition() says, said again in a file, is the same condition. */
static void a_condition_survives_being_written_and_read_again(void **state)
{
	static const struct {
		const char *yaml, *words;
	} same[] = {
		{"{connected: Network1}", "connected Network1"},
		{"{offline: yes, stored: RootCA1}", "offline, stored RootCA1"},
		{"{networks: [Network1, Network2], not_stored: x}", "not stored x, networks [Network1 Network2]"},
		{"{root: ca1, client: dev1}", "client dev1, root ca1"},
	};
	char line[256];

	(void) state;
	for (size_t i = 0; i < ARRAY_LEN(same); i++) {
		struct scenario *s;
		char words[256];

		(void) snprintf(line, sizeof(line), "  - {at: +1d, that: %s}", same[i].yaml);
		s = load(files_base_with(21, line));
		scenario_describe_condition(&s->expects[0].that, words, sizeof(words));
		assert_string_equal(words, same[i].words);
		scenario_free(s);
	}
}

/* ---- Defaults ------------------------------------------------------------------------------------------------------------ */

static void what_is_left_away_has_its_documented_default(void **state)
{
	struct scenario *s = load(files_base_with(22, "# no limits"));

	*state = s;
	assert_int_equal(s->reauth_ns, DAY_NS);
	assert_int_equal(s->radius.up, SCN_YES);
	assert_int_equal(s->radius.secret_wrong, SCN_NO);
	assert_int_equal(s->radius.cn_must_match, SCN_YES);
	assert_null(s->radius.identities);
	assert_int_equal(s->radius.tls, 12);
	assert_false(s->radius.has_crl || s->radius.has_clock_step);
	assert_string_equal(s->issuer_host, "ca.corp.example");
	assert_string_equal(s->issuer.root, "ca1");
	assert_string_equal(s->issuer.client_ca, "ca1");
	assert_int_equal(s->issuer.client_life_s, 365 * DAY_S);
	assert_int_equal(s->issuer.client_start_s, -3600);
	assert_int_equal(s->issuer.state, SCN_ISSUER_UP);
	assert_true(s->powered && s->rtc && s->ntp);
	assert_int_equal(s->boot_clock_s, INT64_C(946684800)); /* 2000-01-01T00:00:00Z */
	assert_int_equal(s->clock_error_s, 0);
	assert_int_equal(s->boot_ready_ns, 0);
	assert_null(s->app);
	assert_true(s->dev_nets[0].enabled);
	assert_int_equal(s->recover_within_ns, DAY_NS);
	assert_int_equal(s->calls_per_day, 5000);
	assert_int_equal(s->writes_per_day, 40);
	assert_int_equal(s->requests_per_day, 100);
	assert_null(s->oracles_off);
	assert_null(s->networks);
}

static void reauth_never_is_zero(void **state)
{
	struct scenario *s = load(files_base_with(10, "network: {ssid: CorpNet, server: radius1, client_roots: [ca1], reauth: never}"));

	*state = s;
	assert_int_equal(s->reauth_ns, 0);
}

static void assert_on_radio_alone(const struct scenario *s)
{
	assert_string_equal(s->networks[0], "radio");
	assert_null(s->networks[1]);
}

/* From the start, or from an event on. */
static void what_loses_frames_is_for_radio(void **state)
{
	struct scenario *s = load(files_base_with(10, "network: {ssid: CorpNet, server: radius1, client_roots: [ca1], access_points: [{name: a, loss: 30%}, {name: b}], "
	                                              "others: [{ssid: Lab, security: open, loss: 100%}]}"));

	assert_on_radio_alone(s);
	assert_true(s->bss[0].air.loss_percent == 30 && s->bss[1].air.loss_percent == 0 && s->others[0].air.loss_percent == 100);
	scenario_free(s);
	s = load(files_base_with(19, "  - {at: +30d, ap: {loss: 7%}}"));
	*state = s;
	assert_on_radio_alone(s);
	assert_true(s->events[0].ap->has_loss && s->events[0].ap->loss_percent == 7 && s->bss[0].air.loss_percent == 0);
}

static void issued_names_have_numbers(void **state)
{
	(void) state;
	assert_int_equal(scenario_issued_number("issued-1"), 1);
	assert_int_equal(scenario_issued_number("issued-123456"), 123456);
	assert_int_equal(scenario_issued_number("issued-0"), 0);
	assert_int_equal(scenario_issued_number("issued-01"), 0);
	assert_int_equal(scenario_issued_number("issued-1x"), 0);
	assert_int_equal(scenario_issued_number("issued-1234567"), 0);
	assert_int_equal(scenario_issued_number("issued-"), 0);
	assert_int_equal(scenario_issued_number("ca1"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_shipped_scenario_loads_and_says_how_it_ends),
		cmocka_unit_test(every_file_of_the_folder_loads),
		cmocka_unit_test(every_file_of_the_catalogue_names_its_sources),
		cmocka_unit_test_teardown(the_example_of_the_readme_loads, drop),
		cmocka_unit_test_setup_teardown(certificates_come_after_their_issuers, load_every_key, drop),
		cmocka_unit_test_setup_teardown(network_and_issuer_have_all_they_were_given, load_every_key, drop),
		cmocka_unit_test_setup_teardown(device_and_limits_have_all_they_were_given, load_every_key, drop),
		cmocka_unit_test_setup_teardown(events_have_all_they_were_given, load_every_key, drop),
		cmocka_unit_test_setup_teardown(expectations_read_as_they_were_written, load_every_key, drop),
		cmocka_unit_test_setup_teardown(a_condition_is_cut_to_fit, load_every_key, drop),
		cmocka_unit_test(a_condition_survives_being_written_and_read_again),
		cmocka_unit_test_teardown(what_is_left_away_has_its_documented_default, drop),
		cmocka_unit_test_teardown(reauth_never_is_zero, drop),
		cmocka_unit_test_teardown(what_loses_frames_is_for_radio, drop),
		cmocka_unit_test(issued_names_have_numbers),
	};

	return cmocka_run_group_tests(tests, files_setup, files_teardown);
}
