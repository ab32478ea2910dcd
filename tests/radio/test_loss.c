/* Frames get lost on the air of the radio network: as many as the access point says, and what comes of it. */
#define _GNU_SOURCE
#include "tests/radio/support.h"

#include <errno.h>
#include <stdio.h>

#include "emu-applibs/base/base.h"
#include "sim/net/testnetd/loss.h"

static struct material *root, *server, *client, *client_expired;

static int make_all(void **state)
{
	(void) state;
	root = material_make(PKI_ROOT, "ca1", NULL, -YEAR, YEAR, PKI_FAULT_NONE);
	server = material_make(PKI_SERVER, "radius", root, -YEAR, YEAR, PKI_FAULT_NONE);
	client = material_make(PKI_CLIENT, "device-0001", root, -YEAR, YEAR, PKI_FAULT_NONE);
	client_expired = material_make(PKI_CLIENT, "device-0001", root, -YEAR, -1, PKI_FAULT_NONE);
	return 0;
}

static int free_all(void **state)
{
	(void) state;
	material_free();
	return 0;
}

static void lose(struct opened *opened, struct net_state *wanted, unsigned percent)
{
	struct az_error error;

	wanted->bss[0].loss_percent = percent;
	must(net_radio_ops.apply(opened->net, wanted, &error), &error, "apply");
}

static enum auth_outcome ask(struct opened *opened, struct auth_verdict *v)
{
	struct auth_request request = good_request(client, root);
	struct az_error error;

	must(net_radio_ops.authenticate(opened->net, &request, v, &error), &error, "authenticate");
	return v->outcome;
}

static bool is_carried(const struct opened *opened)
{
	cleanup_free char *log = file_text(opened->dir, "medium.log");

	return strstr(log, LOSS_READY) != NULL;
}

/* All that the program said of attempts that are over, added up. */
static void count(const struct opened *opened, unsigned *ret_lost, unsigned *ret_carried)
{
	cleanup_free char *log = file_text(opened->dir, "medium.log");
	unsigned lost, carried;

	*ret_lost = *ret_carried = 0;
	for (const char *line = strstr(log, "lost "); line != NULL; line = strstr(line + 1, "lost ")) {
		assert_int_equal(sscanf(line, LOSS_COUNT, &lost, &carried), 2);
		*ret_lost += lost;
		*ret_carried += carried;
	}
}

#define FRAMES_MIN 150u /* beacons among them, which are as many as real time says */
#define ATTEMPTS_MAX 10

static void an_access_point_loses_a_share_of_the_frames(void **state)
{
	struct net_state wanted = good_state(server, root);
	unsigned lost[2], carried[2], joined = 0;
	struct auth_verdict v;
	struct opened opened;

	BEGIN();
	opened_good(&opened, &net_radio_ops, server, root);
	assert_int_equal(ask(&opened, &v), AUTH_OK);
	assert_false(is_carried(&opened));
	lose(&opened, &wanted, 20);
	assert_true(is_carried(&opened));
	carried[0] = 0;
	for (int i = 0; i < ATTEMPTS_MAX && (carried[0] < FRAMES_MIN || joined == 0); i++) {
		enum auth_outcome outcome = ask(&opened, &v);

		/* Nobody refuses anything. */
		if (outcome != AUTH_OK && outcome != AUTH_NO_ANSWER && outcome != AUTH_NO_NETWORK)
			fail_msg("%s: %s; %s", auth_outcome_name(outcome), v.device_reason, v.radius_reason);
		joined += outcome == AUTH_OK;
		count(&opened, &lost[0], &carried[0]); /* without this one, which goes on */
	}
	assert_in_range(joined, 1, ATTEMPTS_MAX); /* what gets lost is said again */
	lose(&opened, &wanted, 0);
	assert_int_equal(ask(&opened, &v), AUTH_OK);
	count(&opened, &lost[0], &carried[0]);
	assert_in_range(carried[0], FRAMES_MIN, 1000000);
	assert_in_range(100 * lost[0] / carried[0], 10, 31); /* of so few that a fifth may be that */
	/* Now nothing is lost. */
	assert_int_equal(ask(&opened, &v), AUTH_OK);
	assert_int_equal(ask(&opened, &v), AUTH_OK);
	count(&opened, &lost[1], &carried[1]);
	assert_in_range(carried[1], carried[0] + 40, 1000000);
	assert_int_equal(lost[1], lost[0]);
	opened_close(&opened);
	assert_no_child();
}

/* As if it were out of range, but for what the kernel takes for the loss. */
static void one_that_loses_all_is_not_found(void **state)
{
	struct net_state wanted = good_state(server, root);
	struct auth_verdict v;
	struct opened opened;

	BEGIN();
	opened_good(&opened, &net_radio_ops, server, root);
	lose(&opened, &wanted, 100);
	assert_int_equal(ask(&opened, &v), AUTH_NO_NETWORK);
	/* The next best is taken. */
	wanted.bss_count = 2;
	wanted.bss[1] = (struct net_air){.up = true, .in_range = true, .signal_dbm = NET_SIGNAL_MIN};
	lose(&opened, &wanted, 100);
	assert_int_equal(ask(&opened, &v), AUTH_OK);
	assert_int_equal(v.bssid[4], net_bss_radio(1));
	/* Out of range counts while frames get lost elsewhere. */
	wanted.bss[1].in_range = false;
	lose(&opened, &wanted, 100);
	assert_int_equal(ask(&opened, &v), AUTH_NO_NETWORK);
	lose(&opened, &wanted, 0);
	assert_int_equal(ask(&opened, &v), AUTH_OK);
	assert_int_equal(v.bssid[4], net_bss_radio(0));
	opened_close(&opened);
}

/* What is refused is known for it: silence may come in its place, and nothing else. */
static void a_refusal_comes_through(void **state)
{
	struct net_state wanted = good_state(server, root);
	struct auth_request request;
	unsigned refused = 0;
	struct auth_verdict v;
	struct az_error error;
	struct opened opened;

	BEGIN();
	opened_good(&opened, &net_radio_ops, server, root);
	lose(&opened, &wanted, 20);
	request = good_request(client_expired, root);
	for (int i = 0; i < ATTEMPTS_MAX && refused < 2; i++) {
		must(net_radio_ops.authenticate(opened.net, &request, &v, &error), &error, "authenticate");
		if (v.outcome == AUTH_CLIENT_REJECTED)
			assert_int_equal(v.cause, AUTH_CAUSE_EXPIRED);
		else if (v.outcome != AUTH_NO_ANSWER && v.outcome != AUTH_NO_NETWORK)
			fail_msg("%s: %s; %s", auth_outcome_name(v.outcome), v.device_reason, v.radius_reason);
		refused += v.outcome == AUTH_CLIENT_REJECTED;
	}
	assert_int_equal(refused, 2);
	/* Silence beside lost frames is silence. */
	wanted.radius_up = false;
	lose(&opened, &wanted, 20);
	assert_true(ask(&opened, &v) == AUTH_NO_ANSWER || v.outcome == AUTH_NO_NETWORK);
	opened_close(&opened);
}

/* TCP repeats what was lost; when it cannot, the application's socket says so, and nobody says that the network has failed. */
static void tcp_lives_with_it(void **state)
{
	static uint8_t sent[NET_CARRY_MAX], came[NET_CARRY_MAX];
	static const struct net_address by_dhcp = {0};
	struct net_state wanted = good_state(server, root);
	struct auth_verdict v;
	struct az_error error;
	struct opened opened;
	int r;

	BEGIN();
	opened_good(&opened, &net_radio_ops, server, root);
	assert_int_equal(ask(&opened, &v), AUTH_OK);
	lose(&opened, &wanted, 10);
	must(net_radio_ops.tcp.connect(opened.net, 1, &by_dhcp, 0xc6120001u, 443, &error), &error, "connect");
	for (size_t i = 0; i < sizeof(sent); i++)
		sent[i] = (uint8_t) (i * 7 + i / 251);
	for (int i = 0; i < 2; i++) {
		memcpy(came, sent, sizeof(came));
		must(net_radio_ops.tcp.carry(opened.net, 1, i == 0, came, sizeof(came), &error), &error, "carry");
		assert_memory_equal(came, sent, sizeof(came));
	}
	lose(&opened, &wanted, 100);
	r = net_radio_ops.tcp.connect(opened.net, 2, &by_dhcp, 0xc6120001u, 443, &error);
	assert_true(r == -ETIMEDOUT || r == -ENETUNREACH);
	assert_string_equal(error.text, "");
	opened_close(&opened);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(an_access_point_loses_a_share_of_the_frames),
	        cmocka_unit_test(one_that_loses_all_is_not_found),
	        cmocka_unit_test(a_refusal_comes_through),
	        cmocka_unit_test(tcp_lives_with_it),
	};

	return cmocka_run_group_tests(tests, make_all, free_all);
}
