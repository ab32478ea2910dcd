/* The certificate issuer that the application talks to: HTTPS with client authentication by the device's own certificate.
 *
 *   GET  /v1/root-ca             -> the root CA that RADIUS uses or will use (one PEM certificate)
 *   POST /v1/client-certificate  -> a new client certificate, then its private key (two PEM blocks); the body is the EAP
 *                                   identity, or empty for the one that this device is enrolled with
 *
 * Content type application/x-pem-file; 403 without a valid device certificate; states up, down, slow, refusing, failing,
 * wrong content. Connections, TLS and HTTP are its server's (web/server.h); this decides what is answered.
 */
#ifndef SIM_ISSUER_ISSUER_H
#define SIM_ISSUER_ISSUER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "certs/pki.h"
#include "sim/scenario/scenario.h"
#include "sim/util/error.h"
#include "sim/web/server.h"

struct issuer;

struct issuer_host {
	void *ctx;
	uint64_t (*mono_ns)(void *ctx); /* virtual, for delays */
	int64_t (*wall_s)(void *ctx);   /* the issuer's wall clock */
	/* One request was answered: text for the timeline, without secrets. */
	void (*event)(void *ctx, const char *text);
	/* A private key is about to be handed out (PEM): no log may hold it. NULL: nobody wants to know. */
	void (*secret)(void *ctx, const char *key_pem);
};

struct issuer_setup {
	const struct pki_cert *tls;       /* server certificate for its host name; borrowed for the issuer's life */
	const struct pki_cert *device_ca; /* signs device-authentication certificates; borrowed */
	const char *identity;             /* EAP identity the device is enrolled with; copied */
	enum pki_key_type key;            /* of the client certificates it makes */
	uint64_t seed;                    /* of them too; see pki.h */
};

int issuer_new(const struct issuer_host *host, const struct issuer_setup *setup, struct issuer **ret,
               struct az_error *ret_error);
void issuer_free(struct issuer *issuer); /* NULL is fine; closes all connections */

/* What it answers from now on, and whose device-authentication certificates it accepts. root, client_ca, tenant_ca NULL: leave as
 * they are; borrowed. `change` fields as in scenario.h. */
void issuer_change(struct issuer *issuer, const struct scn_issuer *change, const struct pki_cert *root,
                   const struct pki_cert *client_ca, const struct pki_cert *tenant_ca);

/* Does it answer at once, and as it should? */
bool issuer_is_well(const struct issuer *issuer);
/* False: connections to it are refused. */
bool issuer_is_up(const struct issuer *issuer);
/* The server behind it, for connections, turns and deadlines; the issuer's. */
struct server *issuer_server(struct issuer *issuer);

/* "up", "down", "slow", ...: as scenarios call it. */
const char *issuer_state_name(const struct issuer *issuer);
/* Client certificates handed out, in order. */
size_t issuer_issued_count(const struct issuer *issuer);
const struct pki_cert *issuer_issued(const struct issuer *issuer, size_t index);

#endif
