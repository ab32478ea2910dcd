/* On the radio network wpa_supplicant chooses: which of the device's networks it tries, what it sets aside and for how long, what it
 * says of what is in reach. One guest for all of it: each test begins with a life of its own, of which nothing is remembered.
 */
#include "tests/radio/support.h"

#include <stdio.h>

#include "emu-applibs/base/base.h"
#include "sim/net/radio/radio.h"

static struct material *root, *other_root, *server, *other_server, *client;
static struct opened opened;
static uint64_t lives;

static int open_all(void **state)
{
	(void) state;
	root = material_make(PKI_ROOT, "ca1", NULL, -YEAR, YEAR, PKI_FAULT_NONE);
	other_root = material_make(PKI_ROOT, "ca2", NULL, -YEAR, YEAR, PKI_FAULT_NONE);
	server = material_make(PKI_SERVER, "radius", root, -YEAR, YEAR, PKI_FAULT_NONE);
	other_server = material_make(PKI_SERVER, "radius2", other_root, -YEAR, YEAR, PKI_FAULT_NONE);
	client = material_make(PKI_CLIENT, "device-0001", root, -YEAR, YEAR, PKI_FAULT_NONE);
	if (!radio_absent())
		opened_good(&opened, &net_radio_ops, server, root);
	return 0;
}

static int close_all(void **state)
{
	(void) state;
	if (!radio_absent())
		opened_close(&opened);
	material_free();
	return 0;
}

struct device_networks {
	struct join_network list[4];
	struct join_request join;
};

static struct join_network *add(struct device_networks *n, uint64_t serial, const struct material *trusted)
{
	struct join_network *network = &n->list[n->join.count++];

	*network = (struct join_network){.serial = serial, .handed = 1, .enabled = true, .root_id = "Root", .client_id = "Client",
	                                 .request = good_request(client, trusted)};
	return network;
}

static void begin(struct device_networks *n)
{
	*n = (struct device_networks){.join = {.life = ++lives, .networks = n->list}};
}

static void join_at(struct device_networks *n, uint64_t now_ms, const char *about, struct join_result *ret)
{
	struct az_error error;

	n->join.now_ns = now_ms * NS_PER_MS;
	must(net_radio_ops.join(opened.net, &n->join, ret, &error), &error, about);
}

static void joins_at(struct device_networks *n, uint64_t now_ms, const char *about, uint64_t serial, enum auth_outcome outcome, unsigned aside_s)
{
	struct join_result r;

	join_at(n, now_ms, about, &r);
	if (r.kind != JOIN_TRIED || r.serial != serial || r.verdict.outcome != outcome || r.aside_s != aside_s || r.cached)
		fail_msg("%s: kind %d, network %d, %s, set aside for %u s%s (%s; %s)", about, (int) r.kind, (int) r.serial,
		         auth_outcome_name(r.verdict.outcome), r.aside_s, r.cached ? ", by a cached key" : "", r.verdict.device_reason,
		         r.verdict.radius_reason);
}

static void joins(struct device_networks *n, uint64_t passed_s, const char *about, uint64_t serial, enum auth_outcome outcome, unsigned aside_s)
{
	joins_at(n, n->join.now_ns / NS_PER_MS + passed_s * 1000, about, serial, outcome, aside_s);
}

static void apply(const struct net_state *wanted, const char *about)
{
	struct az_error error;

	must(net_radio_ops.apply(opened.net, wanted, &error), &error, about);
}

static void serve_from(const struct material *with)
{
	const struct net_state wanted = good_state(with, root);

	apply(&wanted, "another server certificate");
}

/* ---- Two networks of one name ----------------------------------------------------------------------------------------------------- */

static void goes_on_to_the_one_that_fits(void **state)
{
	struct device_networks n;

	BEGIN();
	begin(&n);
	add(&n, 7, other_root);
	add(&n, 8, root);
	joins(&n, 0, "first in the list", 7, AUTH_SERVER_REJECTED, 10);
	joins(&n, 1, "second", 8, AUTH_OK, 0);
	/* Lost, and sought again: the first one is still set aside. */
	joins(&n, 5, "set aside", 8, AUTH_OK, 0);
	n.join.random = 33; /* below twenty */
	joins(&n, 5, "free again", 7, AUTH_SERVER_REJECTED, 20 + 33 % 20);
	joins(&n, 1, "the second again", 8, AUTH_OK, 0);
	/* Handed over anew: nothing is held against it. */
	n.list[0].handed++;
	joins(&n, 1, "anew", 7, AUTH_SERVER_REJECTED, 10);
}

static void the_device_may_prefer_another_order(void **state)
{
	struct device_networks n;

	BEGIN();
	begin(&n);
	add(&n, 8, root)->preferred = true;
	add(&n, 7, root)->preferred = true;
	joins(&n, 0, "preferred", 8, AUTH_OK, 0);
	n.list[0].serial = 7;
	n.list[1].serial = 8;
	joins(&n, 1, "now the other one", 7, AUTH_OK, 0);
	n.list[0].enabled = false;
	joins(&n, 1, "disabled", 8, AUTH_OK, 0);
}

/* wpa_supplicant counts whole seconds, of virtual time: from that in which an attempt ends. */
static void is_set_aside_for_whole_seconds(void **state)
{
	struct device_networks n;

	BEGIN();
	begin(&n);
	add(&n, 7, other_root);
	add(&n, 8, root);
	joins_at(&n, 900, "ends 0.3 s later, in the next second", 7, AUTH_SERVER_REJECTED, 10);
	joins_at(&n, 1400, "the other one", 8, AUTH_OK, 0);
	joins_at(&n, 10950, "a moment too early, although an attempt would end in the eleventh second", 8, AUTH_OK, 0);
	joins_at(&n, 11000, "on time", 7, AUTH_SERVER_REJECTED, 20);
	/* An attempt that was dropped may be followed by one that is earlier than its end. */
	joins_at(&n, 11100, "time that goes back", 8, AUTH_OK, 0);
	joins_at(&n, 30999, "still", 8, AUTH_OK, 0);
	joins_at(&n, 31000, "for twenty seconds", 7, AUTH_SERVER_REJECTED, 30);
}

static void one_that_is_held_is_not_tried(void **state)
{
	struct device_networks n;

	BEGIN();
	begin(&n);
	add(&n, 7, other_root);
	add(&n, 8, root);
	joins(&n, 0, "first", 7, AUTH_SERVER_REJECTED, 10);
	n.list[0].held = true;
	joins(&n, 15, "held", 8, AUTH_OK, 0);
	n.list[0].held = false;
	joins(&n, 15, "its failure is not forgotten", 7, AUTH_SERVER_REJECTED, 20);
}

/* ---- Waiting in vain -------------------------------------------------------------------------------------------------------------- */

/* A minute goes by in which nobody answers: of what was set aside before, too. */
static void silence_takes_a_minute_of_the_device(void **state)
{
	struct net_state wanted = good_state(server, root);
	struct device_networks n;

	BEGIN();
	wanted.radius_up = false;
	apply(&wanted, "RADIUS down");
	begin(&n);
	add(&n, 7, root);
	add(&n, 8, root);
	joins(&n, 0, "first", 7, AUTH_NO_ANSWER, 10);
	joins(&n, 61, "second", 8, AUTH_NO_ANSWER, 10);
	joins(&n, 61, "its ten seconds went by meanwhile", 7, AUTH_NO_ANSWER, 20);
	joins(&n, 61, "and those of the second", 8, AUTH_NO_ANSWER, 20);
	serve_from(server);
	joins(&n, 61, "there again", 7, AUTH_OK, 0);
}

static void what_is_missing_is_told(void **state)
{
	struct device_networks n;

	BEGIN();
	begin(&n);
	add(&n, 7, root);
	n.list[0].request.client_cert_pem = n.list[0].request.client_key_pem = NULL;
	joins(&n, 0, "no client certificate", 7, AUTH_NO_CREDENTIALS, 10);
	add(&n, 8, root);
	n.list[1].root_missing = true;
	n.list[1].request.root_ca_pem = NULL;
	joins(&n, 11, "no root certificate", 8, AUTH_NO_CREDENTIALS, 10);
	/* Ten seconds of waiting, and ten of being set aside. */
	n.list[0].request = good_request(client, root);
	joins(&n, 11, "it is there now", 7, AUTH_OK, 0);
}

/* ---- What is in reach ------------------------------------------------------------------------------------------------------------- */

static void seeks(struct device_networks *n, const char *about, enum join_kind kind, enum join_fate first, enum join_fate second)
{
	struct join_result r;

	join_at(n, n->join.now_ns / NS_PER_MS + 1000, about, &r);
	if (r.kind != kind || r.fates[0] != first || r.fates[1] != second)
		fail_msg("%s: kind %d, fates %d and %d", about, (int) r.kind, (int) r.fates[0], (int) r.fates[1]);
}

static void what_is_not_in_reach_is_told(void **state)
{
	static const struct net_ap others[] = {{.ssid = "Workshop", .security = AUTH_SECURITY_PSK, .psk = "correct horse battery", .air = NET_AIR_WELL}};
	struct net_state wanted = good_state(server, root);
	struct device_networks n;
	struct join_network *second;

	BEGIN();
	wanted.others = others;
	wanted.other_count = 1;
	wanted.bss[0].in_range = false;
	apply(&wanted, "out of range");
	begin(&n);
	add(&n, 7, root);
	second = add(&n, 8, root);
	second->request.ssid = (const uint8_t *) "Workshop";
	second->request.ssid_length = strlen("Workshop");
	seeks(&n, "out of range, and of another kind", JOIN_NOT_FOUND, JOIN_FATE_NOT_FOUND, JOIN_FATE_WRONG_SECURITY);
	second->request.security = AUTH_SECURITY_PSK;
	second->request.psk = "correct horse battery";
	joins(&n, 5, "of its kind", 8, AUTH_OK, 0);
	second->request.psk = "correct horse stable";
	joins(&n, 5, "with a wrong key", 8, AUTH_WRONG_KEY, 10);
	seeks(&n, "set aside", JOIN_SET_ASIDE, JOIN_FATE_NOT_FOUND, JOIN_FATE_SET_ASIDE);
	serve_from(server);
	joins(&n, 1, "back in range", 7, AUTH_OK, 0);
}

/* ---- Again ------------------------------------------------------------------------------------------------------------------------ */

static void authenticates_again_where_it_is(void **state)
{
	struct device_networks n;

	BEGIN();
	begin(&n);
	add(&n, 7, root);
	add(&n, 8, other_root);
	joins(&n, 0, "joined", 7, AUTH_OK, 0);
	n.join.again = 7;
	joins(&n, 86400, "a day later", 7, AUTH_OK, 0);
	joins(&n, 86400, "and another", 7, AUTH_OK, 0);
	serve_from(other_server);
	joins(&n, 86400, "by a server that it does not trust", 7, AUTH_SERVER_REJECTED, 10);
	n.join.again = 0;
	joins(&n, 1, "the other one trusts it", 8, AUTH_OK, 0);
	serve_from(server);
}

/* ---- Keys that are cached ---------------------------------------------------------------------------------------------------------- */

static struct net_state caching_state(const struct material *with)
{
	struct net_state wanted = good_state(with, root);

	wanted.pmksa_caching = true;
	return wanted;
}

static void cache_keys(const struct material *with)
{
	const struct net_state wanted = caching_state(with);

	apply(&wanted, "keys are cached");
}

/* Nobody looks at a certificate then. */
static void comes_back(struct device_networks *n, uint64_t passed_s, const char *about, uint64_t serial)
{
	struct join_result r;

	join_at(n, n->join.now_ns / NS_PER_MS + passed_s * 1000, about, &r);
	if (r.kind != JOIN_TRIED || r.serial != serial || r.verdict.outcome != AUTH_OK || !r.cached)
		fail_msg("%s: kind %d, network %d, %s%s (%s; %s)", about, (int) r.kind, (int) r.serial, auth_outcome_name(r.verdict.outcome),
		         r.cached ? ", by a cached key" : "", r.verdict.device_reason, r.verdict.radius_reason);
}

static void comes_back_by_the_key_of_its_last_authentication(void **state)
{
	struct net_state wanted = caching_state(server);
	struct device_networks n;

	BEGIN();
	apply(&wanted, "keys are cached");
	begin(&n);
	add(&n, 7, root);
	joins(&n, 0, "first", 7, AUTH_OK, 0);
	comes_back(&n, 5, "soon", 7);
	comes_back(&n, 400 * 86400, "the device says when it has run out", 7);
	n.join.again = 7;
	joins(&n, 30000, "again where it is", 7, AUTH_OK, 0);
	joins(&n, 30000, "and again", 7, AUTH_OK, 0);
	n.join.again = 0;
	comes_back(&n, 5, "by the new one", 7);
	n.join.keys_ended = 1;
	joins(&n, 5, "it has run out", 7, AUTH_OK, 0);
	n.join.keys_ended = 0;
	comes_back(&n, 5, "by its successor", 7);
	wanted.bss[0].up = false;
	apply(&wanted, "the access point goes");
	wanted.bss[0].up = true;
	apply(&wanted, "and comes back");
	joins(&n, 5, "it has forgotten", 7, AUTH_OK, 0);
	n.join.life = ++lives;
	joins(&n, 5, "the device has forgotten", 7, AUTH_OK, 0);
}

/* A key is looked for by the access point alone; it goes when a setting changes of the network that agreed it. */
static void a_key_lets_every_network_in(void **state)
{
	struct device_networks n;
	struct join_network *seven;

	BEGIN();
	cache_keys(server);
	begin(&n);
	seven = add(&n, 7, root);
	joins(&n, 0, "first", 7, AUTH_OK, 0);
	seven->enabled = false;
	add(&n, 8, other_root);
	comes_back(&n, 5, "one that trusts another root", 8);
	n.list[1].client_id = "Client2";
	comes_back(&n, 5, "with another certificate", 8);
	n.list[1].request.client_cert_pem = n.list[1].request.client_key_pem = NULL;
	comes_back(&n, 5, "with none", 8);
	n.list[1].root_missing = true;
	n.list[1].request.root_ca_pem = NULL;
	comes_back(&n, 5, "and no root", 8);
	n.list[1].root_missing = false;
	n.list[1].request = good_request(client, other_root);
	seven->enabled = true;
	seven->client_id = "Client2";
	joins(&n, 5, "a setting of the one that agreed it has changed", 7, AUTH_OK, 0);
	seven->handed++;
	comes_back(&n, 5, "handed over anew", 7);
	seven->serial = 9;
	n.join.count = 1;
	joins(&n, 5, "the one that agreed it is gone", 9, AUTH_OK, 0);
}

static void a_key_outlives_a_failure(void **state)
{
	struct net_state wanted = caching_state(other_server);
	struct device_networks n;

	BEGIN();
	cache_keys(server);
	begin(&n);
	add(&n, 7, root);
	add(&n, 8, other_root);
	joins(&n, 0, "first", 7, AUTH_OK, 0);
	comes_back(&n, 5, "by the key", 7);
	apply(&wanted, "another server");
	n.join.again = 7;
	joins(&n, 5, "again, by a server that it does not trust", 7, AUTH_SERVER_REJECTED, 10);
	n.join.again = 0;
	comes_back(&n, 1, "the other network has its key", 8);
	n.list[0].held = true;
	comes_back(&n, 20, "while the first is held", 8);
	n.list[0].held = false;
	comes_back(&n, 5, "and so has it itself", 7);
	wanted.radius_up = false;
	apply(&wanted, "RADIUS down");
	comes_back(&n, 5, "without RADIUS", 7);
	n.join.again = 7;
	joins(&n, 5, "again, without RADIUS", 7, AUTH_NO_ANSWER, 10);
	n.join.again = 0;
	comes_back(&n, 61, "the other network", 8);
	comes_back(&n, 20, "and itself", 7);
}

/* One of two access points. */
static void hear(struct net_state *wanted, size_t index)
{
	wanted->bss[index].in_range = true;
	wanted->bss[1 - index].in_range = false;
	apply(wanted, "the other access point");
}

static void each_access_point_has_a_key_of_its_own(void **state)
{
	struct net_state wanted = caching_state(server);
	struct device_networks n;

	BEGIN();
	wanted.bss[1] = wanted.bss[0];
	wanted.bss_count = 2;
	hear(&wanted, 0);
	begin(&n);
	add(&n, 7, root);
	joins(&n, 0, "the first", 7, AUTH_OK, 0);
	hear(&wanted, 1);
	joins(&n, 1000, "the second", 7, AUTH_OK, 0);
	comes_back(&n, 5, "its key", 7);
	hear(&wanted, 0);
	comes_back(&n, 5, "the key of the first", 7);
	n.join.keys_ended = 2;
	comes_back(&n, 5, "the second forgets", 7);
	n.join.keys_ended = 0;
	hear(&wanted, 1);
	joins(&n, 5, "it has forgotten", 7, AUTH_OK, 0);
	serve_from(server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(goes_on_to_the_one_that_fits),
	        cmocka_unit_test(the_device_may_prefer_another_order),
	        cmocka_unit_test(is_set_aside_for_whole_seconds),
	        cmocka_unit_test(one_that_is_held_is_not_tried),
	        cmocka_unit_test(silence_takes_a_minute_of_the_device),
	        cmocka_unit_test(what_is_missing_is_told),
	        cmocka_unit_test(what_is_not_in_reach_is_told),
	        cmocka_unit_test(authenticates_again_where_it_is),
	        cmocka_unit_test(comes_back_by_the_key_of_its_last_authentication),
	        cmocka_unit_test(a_key_lets_every_network_in),
	        cmocka_unit_test(a_key_outlives_a_failure),
	        cmocka_unit_test(each_access_point_has_a_key_of_its_own),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
