/* What is wanted of the network, put together from the scenario's names; and bringing the network there. */
#define _GNU_SOURCE
#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>

#include "sim/run/internal.h"

static int replace(char **slot, char *value)
{
	if (!value)
		return -ENOMEM;
	free(*slot);
	*slot = value;
	return 0;
}

/* `all` longer by `more`; frees it and gives NULL without memory. */
static char *append(char *all, const char *more)
{
	char *longer = NULL;

	if (asprintf(&longer, "%s%s", all, more) < 0)
		longer = NULL;
	free(all);
	return longer;
}

static int set_server(struct run *run, const char *name)
{
	const struct pki_cert *cert = run_cert(run, name);
	char *key = NULL;
	int r = pki_key_pem(cert, PKI_PKCS8, NULL, &key);

	if (r < 0)
		return r;
	if (run->server_key_pem)
		OPENSSL_clear_free(run->server_key_pem, strlen(run->server_key_pem) + 1);
	run->server_key_pem = key;
	return replace(&run->server_chain_pem, pki_chain_pem(cert));
}

/* The present server certificate, and after it what the scenario says instead of its intermediates. */
static int set_chain(struct run *run, char *const *names)
{
	char *all = strdup(pki_cert_pem(run_cert(run, run->server_name)));

	for (; all && *names; names++)
		all = append(all, pki_cert_pem(run_cert(run, *names)));
	return replace(&run->server_chain_pem, all);
}

static void free_only_clients(struct run *run)
{
	for (char **serial = run->only_clients; serial && *serial; serial++)
		free(*serial);
	free(run->only_clients);
	run->only_clients = NULL;
}

/* What the issuer has not handed out yet cannot be on file. */
static int set_only_clients(struct run *run, char *const *names)
{
	size_t count = 0, n = 0;

	free_only_clients(run);
	while (names[count])
		count++;
	run->only_clients = calloc(count + 1, sizeof(char *));
	if (!run->only_clients)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		const struct pki_cert *cert = run_cert(run, names[i]);

		if (cert && asprintf(&run->only_clients[n++], "%016llx", (unsigned long long)pki_serial(cert)) < 0) {
			run->only_clients[n - 1] = NULL;
			return -ENOMEM;
		}
	}
	return 0;
}

static int set_client_roots(struct run *run, char *const *names)
{
	char *all = strdup("");

	for (; all && *names; names++)
		all = append(all, pki_cert_pem(run_cert(run, *names)));
	return replace(&run->client_roots_pem, all);
}

static int set_crl(struct run *run, const struct scn_radius *change, struct az_error *ret_error)
{
	const struct pki_cert *revoked[64];
	char error[PKI_ERROR_MAX], *pem = NULL;
	size_t n = 0;
	int r;

	if (change->crl_state == SCN_CRL_ABSENT)
		return replace(&run->crl_pem, strdup(""));
	if (change->crl_state == SCN_CRL_UNCHECKED) {
		free(run->crl_pem);
		run->crl_pem = NULL;
		return 0;
	}
	for (char **name = change->crl_revoked; name && *name && n < ARRAY_LEN(revoked); name++) {
		revoked[n] = run_cert(run, *name);
		if (revoked[n])
			n++;
	}
	r = pki_crl_pem(run_cert(run, run->client_root), revoked, n, change->crl_from_s, change->crl_until_s, &pem, error);
	if (r < 0) {
		az_error_set(ret_error, AZ_USAGE, "%s: certificate revocation list of %s: %s", run->scenario->file, run->client_root, error);
		return r;
	}
	return replace(&run->crl_pem, pem);
}

int run_radius_change(struct run *run, const struct scn_radius *change, struct az_error *ret_error)
{
	int r = 0;

	if (change->server) {
		r = set_server(run, change->server);
		run->server_name = change->server;
	}
	if (r == 0 && change->chain)
		r = set_chain(run, change->chain);
	if (r == 0 && change->only_clients)
		r = set_only_clients(run, change->only_clients);
	if (change->fragment_size)
		run->net_state.fragment_size = change->fragment_size;
	if (r == 0 && change->client_roots) {
		r = set_client_roots(run, change->client_roots);
		run->client_root = change->client_roots[0];
	}
	if (r == 0 && change->has_crl)
		r = set_crl(run, change, ret_error);
	if (change->up != SCN_UNSET)
		run->net_state.radius_up = change->up == SCN_YES;
	if (change->secret_wrong != SCN_UNSET)
		run->net_state.radius_secret_wrong = change->secret_wrong == SCN_YES;
	if (change->cn_must_match != SCN_UNSET)
		run->net_state.cn_must_match = change->cn_must_match == SCN_YES;
	if (change->identities)
		run->net_state.known_identities = (const char *const *)change->identities;
	if (change->tls)
		run->net_state.tls = change->tls == 13 ? NET_TLS_1_3 : NET_TLS_1_2;
	if (change->has_clock_step)
		clock_step(&run->clock, CLOCK_RADIUS, change->clock_step_s * (int64_t)NS_PER_S);
	run->net_state.ssid = run->scenario->ssid;
	run->net_state.server_chain_pem = run->server_chain_pem;
	run->net_state.server_key_pem = run->server_key_pem;
	run->net_state.client_roots_pem = run->client_roots_pem;
	run->net_state.crl_pem = run->crl_pem;
	run->net_state.only_clients = (const char *const *)run->only_clients;
	run->net_dirty = run->probe_dirty = true;
	if (r == -ENOMEM)
		az_error_set(ret_error, AZ_ENVIRONMENT, "out of memory");
	return r;
}

void run_net_free(struct run *run)
{
	free(run->server_chain_pem);
	if (run->server_key_pem)
		OPENSSL_clear_free(run->server_key_pem, strlen(run->server_key_pem) + 1);
	free(run->client_roots_pem);
	free(run->crl_pem);
	free_only_clients(run);
}

int run_net_sync(struct run *run, struct az_error *ret_error)
{
	int r = 0;

	if (run->net_dirty) {
		r = run->net_ops->apply(run->net, &run->net_state, ret_error);
		run->net_dirty = false;
	}
	if (r == 0)
		r = run->net_ops->set_clocks(run->net, clock_wall_s(&run->clock, CLOCK_DEVICE), clock_wall_s(&run->clock, CLOCK_RADIUS),
		                             ret_error);
	return r;
}
