/* The model's memory: an answer from memory is the answer that a handshake would give, at every second.
 */
#include "tests/net_model/world.h"

#include <stdio.h>

#include "emu-applibs/base/base.h"

static void assert_same(const struct auth_verdict *a, const struct auth_verdict *b)
{
	assert_int_equal(a->outcome, b->outcome);
	assert_int_equal(a->cause, b->cause);
	assert_int_equal(a->depth, b->depth);
	assert_string_equal(a->subject, b->subject);
	assert_string_equal(a->device_reason, b->device_reason);
	assert_string_equal(a->radius_reason, b->radius_reason);
}

static void two_years_of_daily_questions_cost_a_handshake_a_boundary(void **unused)
{
	struct net *net = world_open();
	const struct net_state state = world_state(SERVER);
	const struct auth_request request = world_request(CLIENT, ROOT1);
	int last_good = -1;

	(void) unused;
	world_apply(net, &state);
	for (int day = 0; day < 730; day++) {
		world_clocks(net, NOW + day * DAY + 7, NOW + day * DAY + 7);
		if (world_ask(net, &request).outcome == AUTH_OK)
			last_good = day;
	}
	assert_int_equal(last_good, 199);
	/* Before and after the ends of client and server. */
	assert_int_equal(model_handshakes(net), 3);
	model_set_memory(net, false);
	(void) world_ask(net, &request);
	(void) world_ask(net, &request);
	assert_int_equal(model_handshakes(net), 5);
	net_model_ops.close(net);
}

/* Every boundary of the certificates that SERVER_DEEP, CLIENT, ROOT1 and the list bring, and the seconds beside it. */
static void memory_and_handshake_agree_around_every_boundary(void **unused)
{
	static const int days[] = {-1800, -400, -30, -20, -10, 0, 50, 200, 300, 365, 1800};
	struct net *with = world_open(), *without = world_open();
	struct net_state state = world_state(SERVER_DEEP);
	const struct auth_request request = world_request(CLIENT, ROOT1);
	size_t count = 3 * ARRAY_LEN(days), questions = 0;

	(void) unused;
	model_set_memory(without, false);
	for (int round = 0; round < 2; round++) { /* a list out of date hides the dates of the client */
		state.crl_pem = round == 0 ? NULL : world.crl_clean;
		world_apply(with, &state);
		world_apply(without, &state);
		for (size_t i = 0; i < count; i++) {
			int64_t at = NOW + days[i / 3] * DAY + (int)(i % 3) - 1, back = NOW + days[(count - 1 - i) / 3] * DAY + 1 - (int)(i % 3);
			const int64_t clocks[][2] = {{at, at}, {at, NOW}, {NOW, at}, {back, NOW}, {NOW, back}};

			for (size_t j = 0; j < ARRAY_LEN(clocks); j++, questions++) {
				struct auth_verdict a, b;

				world_clocks(with, clocks[j][0], clocks[j][1]);
				world_clocks(without, clocks[j][0], clocks[j][1]);
				a = world_ask(with, &request);
				b = world_ask(without, &request);
				assert_same(&a, &b);
			}
		}
	}
	assert_int_equal(model_handshakes(without), questions);
	assert_in_range(model_handshakes(with), ARRAY_LEN(days), questions - 1);
	net_model_ops.close(with);
	net_model_ops.close(without);
}

static void new_state_is_not_answered_from_memory_of_the_old(void **unused)
{
	static const char *const others[] = {"device-0002", NULL};
	struct net *net = world_open();
	struct net_state state = world_state(SERVER);
	const struct auth_request request = world_request(CLIENT, ROOT1);

	(void) unused;
	world_apply(net, &state);
	world_clocks(net, NOW, NOW);
	assert_int_equal(world_ask(net, &request).outcome, AUTH_OK);
	state.client_roots_pem = pki_cert_pem(world.certs[ROOT2]);
	world_apply(net, &state);
	assert_int_equal(world_ask(net, &request).cause, AUTH_CAUSE_UNKNOWN_CA);
	state = world_state(SERVER_SHORT_ROOT);
	world_apply(net, &state);
	assert_int_equal(world_ask(net, &request).outcome, AUTH_SERVER_REJECTED);
	state = world_state(SERVER);
	state.known_identities = others;
	world_apply(net, &state);
	assert_int_equal(world_ask(net, &request).outcome, AUTH_IDENTITY_REJECTED);
	state.known_identities = NULL;
	state.crl_pem = world.crl_of_client;
	world_apply(net, &state);
	assert_int_equal(world_ask(net, &request).cause, AUTH_CAUSE_REVOKED);
	state.crl_pem = NULL;
	state.radius_up = false;
	world_apply(net, &state);
	assert_int_equal(world_ask(net, &request).outcome, AUTH_NO_ANSWER);
	state.radius_up = true;
	world_apply(net, &state);
	assert_int_equal(world_ask(net, &request).outcome, AUTH_OK);
	net_model_ops.close(net);
}

/* More sets of credentials than are kept; identity, root, certificate and key each make another question. */
static void questions_are_told_apart_by_every_part(void **unused)
{
	struct net *net = world_open();
	struct net_state state = world_state(SERVER);

	(void) unused;
	world_apply(net, &state);
	world_clocks(net, NOW, NOW);
	for (int round = 0; round < 2; round++) {
		for (enum world_cert client = CLIENT; client <= CLIENT_TORN; client++) {
			for (int root = 0; root < 3; root++) {
				static const enum world_cert roots[] = {ROOT1, ROOT2, NO_CERT};
				struct auth_request request = world_request(client, roots[root]);
				enum auth_outcome outcome = client == CLIENT_TORN ? AUTH_NO_CREDENTIALS
				                            : roots[root] == ROOT2 ? AUTH_SERVER_REJECTED
				                            : client == CLIENT_STRANGE || client == CLIENT_EKU || client == CLIENT_BAD
				                                ? AUTH_CLIENT_REJECTED
				                                : AUTH_OK;

				assert_int_equal(world_ask(net, &request).outcome, outcome);
				request.identity = "device-0002";
				assert_int_equal(world_ask(net, &request).outcome, outcome == AUTH_OK ? AUTH_CLIENT_REJECTED : outcome);
				request.identity = IDENTITY;
				request.client_key_pem = world.keys[ROOT2];
				assert_int_equal(world_ask(net, &request).outcome, AUTH_NO_CREDENTIALS);
			}
		}
	}
	net_model_ops.close(net);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_years_of_daily_questions_cost_a_handshake_a_boundary),
		cmocka_unit_test(memory_and_handshake_agree_around_every_boundary),
		cmocka_unit_test(new_state_is_not_answered_from_memory_of_the_old),
		cmocka_unit_test(questions_are_told_apart_by_every_part),
	};

	return cmocka_run_group_tests(tests, world_make, world_free);
}
