/* See world.h. */
#include "tests/net_model/world.h"

#include <stdio.h>

#include "emu-applibs/base/base.h"

struct world world;

static const struct {
	const char *name, *cn;
	enum pki_use use;
	enum world_cert issuer;
	int from_day, to_day;
	enum pki_key_type key;
	enum pki_fault fault;
} recipes[WORLD_CERT_COUNT] = {
	[ROOT1] = {"ca1", NULL, PKI_ROOT, NO_CERT, -1800, 1800, PKI_KEY_P256, PKI_FAULT_NONE},
	[ROOT2] = {"ca2", NULL, PKI_ROOT, NO_CERT, -1800, 1800, PKI_KEY_P256, PKI_FAULT_NONE},
	[ROOT_SHORT] = {"ca-short", NULL, PKI_ROOT, NO_CERT, -1800, 100, PKI_KEY_P256, PKI_FAULT_NONE},
	[MIDDLE] = {"sub1", NULL, PKI_INTERMEDIATE, ROOT1, -400, 300, PKI_KEY_P256, PKI_FAULT_NONE},
	[SERVER] = {"radius1", NULL, PKI_SERVER, ROOT1, -30, 365, PKI_KEY_P256, PKI_FAULT_NONE},
	[SERVER_SHORT_ROOT] = {"radius-s", NULL, PKI_SERVER, ROOT_SHORT, -30, 365, PKI_KEY_P256, PKI_FAULT_NONE},
	[SERVER_DEEP] = {"radius-d", NULL, PKI_SERVER, MIDDLE, -30, 365, PKI_KEY_P256, PKI_FAULT_NONE},
	[SERVER_EKU] = {"radius-e", NULL, PKI_SERVER, ROOT1, -30, 365, PKI_KEY_P256, PKI_FAULT_WRONG_EKU},
	[SERVER_BAD] = {"radius-b", NULL, PKI_SERVER, ROOT1, -30, 365, PKI_KEY_P256, PKI_FAULT_BAD_SIGNATURE},
	[SERVER_RSA] = {"radius-r", NULL, PKI_SERVER, ROOT1, -30, 365, PKI_KEY_RSA2048, PKI_FAULT_NONE},
	[SERVER_TORN] = {"radius-t", NULL, PKI_SERVER, ROOT1, -30, 365, PKI_KEY_P256, PKI_FAULT_WRONG_KEY},
	[CLIENT] = {"client", IDENTITY, PKI_CLIENT, ROOT1, -20, 200, PKI_KEY_P256, PKI_FAULT_NONE},
	[CLIENT_LONG] = {"client-l", IDENTITY, PKI_CLIENT, ROOT1, -20, 1500, PKI_KEY_P256, PKI_FAULT_NONE},
	[CLIENT_STRANGE] = {"client-s", IDENTITY, PKI_CLIENT, ROOT2, -20, 200, PKI_KEY_P256, PKI_FAULT_NONE},
	[CLIENT_DEEP] = {"client-d", IDENTITY, PKI_CLIENT, MIDDLE, -20, 200, PKI_KEY_P256, PKI_FAULT_NONE},
	[CLIENT_EKU] = {"client-e", IDENTITY, PKI_CLIENT, ROOT1, -20, 200, PKI_KEY_P256, PKI_FAULT_WRONG_EKU},
	[CLIENT_BAD] = {"client-b", IDENTITY, PKI_CLIENT, ROOT1, -20, 200, PKI_KEY_P256, PKI_FAULT_BAD_SIGNATURE},
	[CLIENT_RSA] = {"client-r", IDENTITY, PKI_CLIENT, ROOT1, -20, 200, PKI_KEY_RSA2048, PKI_FAULT_NONE},
	[CLIENT_BIG] = {"client-o", IDENTITY, PKI_CLIENT, ROOT1, -20, 200, PKI_KEY_P256, PKI_FAULT_OVERSIZE},
	[CLIENT_TORN] = {"client-t", IDENTITY, PKI_CLIENT, ROOT1, -20, 200, PKI_KEY_P256, PKI_FAULT_WRONG_KEY},
};

static char *list_of(const struct pki_cert *const *revoked, size_t count)
{
	char error[PKI_ERROR_MAX] = "", *pem = NULL;

	if (pki_crl_pem(world.certs[ROOT1], revoked, count, NOW - 10 * DAY, NOW + 50 * DAY, &pem, error) < 0)
		fail_msg("%s", error);
	return pem;
}

int world_make(void **state)
{
	(void) state;
	for (enum world_cert c = ROOT1; c < WORLD_CERT_COUNT; c++) {
		const struct pki_spec spec = {
			.name = recipes[c].name, .cn = recipes[c].cn, .use = recipes[c].use, .key = recipes[c].key,
			.not_before_s = NOW + recipes[c].from_day * DAY, .not_after_s = NOW + recipes[c].to_day * DAY, .now_s = NOW,
			.issuer = world.certs[recipes[c].issuer], .fault = recipes[c].fault,
		};
		char error[PKI_ERROR_MAX] = "";

		if (pki_make(&spec, &world.certs[c], error) < 0)
			fail_msg("%s", error);
		world.chains[c] = pki_chain_pem(world.certs[c]);
		assert_non_null(world.chains[c]);
		assert_int_equal(pki_key_pem(world.certs[c], PKI_PKCS8, NULL, &world.keys[c]), 0);
	}
	world.crl_clean = list_of(NULL, 0);
	world.crl_of_client = list_of((const struct pki_cert *[]){world.certs[CLIENT]}, 1);
	return 0;
}

int world_free(void **state)
{
	(void) state;
	for (enum world_cert c = ROOT1; c < WORLD_CERT_COUNT; c++) {
		pki_free(world.certs[c]);
		free(world.chains[c]);
		free(world.keys[c]);
	}
	free(world.crl_clean);
	free(world.crl_of_client);
	return 0;
}

struct net_state world_state(enum world_cert server)
{
	return (struct net_state){
		.ssid = SSID, .server_chain_pem = world.chains[server], .server_key_pem = world.keys[server],
		.client_roots_pem = pki_cert_pem(world.certs[ROOT1]), .cn_must_match = true, .radius_up = true, NET_ONE_BSS,
	};
}

struct auth_request world_request(enum world_cert client, enum world_cert root)
{
	return (struct auth_request){
		.ssid = (const uint8_t *)SSID, .ssid_length = strlen(SSID), .identity = IDENTITY,
		.root_ca_pem = root == NO_CERT ? NULL : pki_cert_pem(world.certs[root]),
		.client_cert_pem = world.chains[client], .client_key_pem = world.keys[client],
	};
}

struct net *world_open(void)
{
	struct az_error error;
	struct net *net;

	assert_int_equal(net_model_ops.probe(&error), AZ_OK);
	if (net_model_ops.open("/nonexistent", &net, &error) < 0)
		fail_msg("%s", error.text);
	return net;
}

void world_apply(struct net *net, const struct net_state *state)
{
	struct az_error error;

	if (net_model_ops.apply(net, state, &error) < 0)
		fail_msg("%s", error.text);
}

void world_clocks(struct net *net, int64_t device_s, int64_t radius_s)
{
	struct az_error error;

	if (net_model_ops.set_clocks(net, device_s, radius_s, &error) < 0)
		fail_msg("%s", error.text);
}

struct auth_verdict world_ask(struct net *net, const struct auth_request *request)
{
	struct auth_verdict verdict;
	struct az_error error;

	/* What the call does not write must show. */
	memset(&verdict, 0x5a, sizeof(verdict));
	if (net_model_ops.authenticate(net, request, &verdict, &error) < 0)
		fail_msg("%s", error.text);
	return verdict;
}
