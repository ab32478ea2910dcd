/* What the files of the model network share: EAP-TLS between a device and RADIUS in one process, by OpenSSL, in memory.
 *
 * model.c keeps the state of the network and answers questions; model/material.c turns PEM into TLS contexts; model/tls.c
 * runs one exchange; model/verdict.c says what it means. No sockets, no files, no clock but the two given.
 */
#ifndef SIM_NET_MODEL_MODEL_H
#define SIM_NET_MODEL_MODEL_H

#include <stdbool.h>

#include <openssl/ssl.h>

#include "sim/net/net.h"

/* ---- model/material.c: one party's certificates as a TLS context ---------------------------------------------------- */

struct model_material {
	SSL_CTX *context;
	/* Every second at which something in it becomes or ceases to be valid, in no order. A verdict stays what it is while
	 * no clock crosses one of them. */
	int64_t *boundaries;
	size_t boundary_count;
};

/* 0 and *ret, or -EINVAL / -EIO / -ENOMEM with one line in reason that names what cannot be used. */
int model_server_material(const struct net_state *state, struct model_material *ret, char reason[AUTH_REASON_MAX]);
int model_device_material(const struct auth_request *request, struct model_material *ret, char reason[AUTH_REASON_MAX]);
void model_material_clear(struct model_material *material);

/* ---- model/tls.c: one exchange --------------------------------------------------------------------------------------- */

struct model_party_view {
	int verify_error;                     /* X509_V_OK, or why this party refused the other's certificate */
	int depth;                            /* of the refused certificate; -1 */
	char subject[AUTH_SUBJECT_MAX];       /* of the refused certificate */
	char other_cn[AUTH_SUBJECT_MAX];      /* first CN of the other's leaf, set when it is not the identity */
	const char *alert_read, *alert_written; /* OpenSSL's words for a fatal alert; NULL; static */
	bool not_on_file;                     /* RADIUS: its file of client certificates lacks the device's */
	const char *tls_error;                /* OpenSSL's reason when the handshake failed; NULL; static */
};

struct model_exchange {
	/* in */
	SSL_CTX *device_context, *server_context;
	const char *identity;
	const char *const *known_identities;
	const char *const *only_clients; /* as in struct net_state */
	bool cn_must_match;
	int64_t device_wall_s, radius_wall_s;
	size_t device_fragment_max, server_fragment_max; /* largest EAP packet each sends */
	/* out */
	bool tls_started;
	bool success; /* the device saw EAP-Success and believes it */
	int tls_version; /* TLS1_2_VERSION, TLS1_3_VERSION, 0 before one is agreed */
	unsigned packets, fragments;
	struct model_party_view device, radius;
};

/* 0 once either party has given its verdict; -EPROTO, -EIO, -ENOMEM when the exchange itself broke down, with a line. */
int model_exchange_run(struct model_exchange *exchange, char reason[AUTH_REASON_MAX]);

/* Whether RADIUS goes on to EAP-TLS with this identity (length bytes, no NUL needed); known_identities NULL: with any. */
bool model_identity_may_start(const char *const *known_identities, const void *identity, size_t length);

/* The callbacks that model/material.c puts into the contexts. */
int model_verify_server(int ok, X509_STORE_CTX *context);
int model_verify_device(int ok, X509_STORE_CTX *context);
void model_watch_alerts(const SSL *ssl, int where, int value);

/* ---- model/verdict.c -------------------------------------------------------------------------------------------------- */

void model_verdict(const struct model_exchange *exchange, struct auth_verdict *ret_verdict);
/* A verdict that was reached without TLS. */
void model_verdict_plain(enum auth_outcome outcome, const char *device_reason, const char *radius_reason,
                         struct auth_verdict *ret_verdict);
/* RADIUS refused the identity. */
void model_verdict_identity(const char *identity, struct auth_verdict *ret_verdict);

/* ---- model.c, for tests and benchmarks --------------------------------------------------------------------------------- */

/* Whether a question that was answered before, with no boundary crossed since, is answered from memory (the default). */
void model_set_memory(struct net *net, bool on);
/* How many handshakes were really made. */
unsigned long model_handshakes(const struct net *net);

#endif
