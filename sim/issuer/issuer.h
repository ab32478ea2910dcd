/* The certificate issuer that the application talks to: HTTPS with client authentication by the device's own certificate.
 *
 *   GET  /v1/root-ca             -> the root CA that RADIUS uses or will use (one PEM certificate)
 *   POST /v1/client-certificate  -> a new client certificate, then its private key (two PEM blocks); the body is the EAP
 *                                   identity, or empty for the one that this device is enrolled with
 *
 * Content type application/x-pem-file; 403 without a valid device certificate; states up, down, slow, refusing, failing,
 * wrong content. Lives in the caller's loop: no thread, no clock of its own, never blocks. http.c is the TLS and HTTP of one
 * connection; this file's .c decides what is answered.
 */
#ifndef SIM_ISSUER_ISSUER_H
#define SIM_ISSUER_ISSUER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "certs/pki.h"
#include "sim/scenario/scenario.h"
#include "sim/util/error.h"

struct issuer;

struct issuer_host {
	void *ctx;
	uint64_t (*mono_ns)(void *ctx); /* virtual, for delays */
	int64_t (*wall_s)(void *ctx);   /* the issuer's wall clock */
	/* One request was answered: text for the timeline, without secrets. */
	void (*event)(void *ctx, const char *text);
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

/* What it answers from now on. root and client_ca NULL: leave as they are. `change` fields as in scenario.h. */
void issuer_change(struct issuer *issuer, const struct scn_issuer *change, const struct pki_cert *root,
                   const struct pki_cert *client_ca);

bool issuer_is_up(const struct issuer *issuer);
/* A connection for the application: *ret_fd is its end (a stream socket, blocking; caller's). -ECONNREFUSED when down. */
int issuer_connect(struct issuer *issuer, int *ret_fd);
/* A request of the libcurl without TLS (emu-applibs/curl), as TLS and HTTP would have brought it. */
struct issuer_request {
	bool tls;
	const char *host, *method, *path, *body;
	size_t body_length;      /* what there is of it */
	bool too_large;
	const char *client_chain; /* PEM the device presents; "": none */
	const char *roots;        /* PEM the application trusts; "": none */
	bool verify_peer, verify_host;
	int64_t device_wall_s;    /* the time at which the application judges certificates */
};
/* 0, and either the answer as on the wire (struct wire_http_head and body) in *ret_bytes, malloc'ed, to be wiped by the caller; or
 * *ret_bytes NULL and in *ret_fd the caller's end of the stream that it comes from later. -ECONNREFUSED when down, -ENOMEM, -EMFILE. */
int issuer_forward(struct issuer *issuer, const struct issuer_request *request, char **ret_bytes, size_t *ret_length, int *ret_fd);
/* Serve what can be served now. True when anything was done (the application may have something to read). */
bool issuer_pump(struct issuer *issuer);
/* When a delayed answer falls due, or TIME_NEVER. */
uint64_t issuer_next_deadline(const struct issuer *issuer);
/* The application's process is gone: its connections end. */
void issuer_drop_connections(struct issuer *issuer);

unsigned issuer_request_count(const struct issuer *issuer);
/* Client certificates handed out, in order. */
size_t issuer_issued_count(const struct issuer *issuer);
const struct pki_cert *issuer_issued(const struct issuer *issuer, size_t index);

#endif
