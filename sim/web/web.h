/* Web hosts: what an application's own URLs get for an answer. Each has an address, serves HTTP and HTTPS, and answers as the
 * scenario says. Lives in the caller's loop, as server.h does.
 *
 * Addresses: a host that is called by one has it; the others get 198.18.1.1 and on, in the order of the scenario (198.18.0.0/15 is
 * for tests of networks, RFC 2544).
 */
#ifndef SIM_WEB_WEB_H
#define SIM_WEB_WEB_H

#include "sim/scenario/scenario.h"
#include "sim/util/error.h"
#include "sim/web/server.h"

struct web;

struct web_env {
	void *ctx;
	uint64_t (*mono_ns)(void *ctx); /* virtual, for delays */
	int64_t (*wall_s)(void *ctx);   /* true time: these hosts' clocks are right */
	/* One request came: text for the timeline, without secrets. */
	void (*event)(void *ctx, const char *text);
	/* PEM of a certificate of the scenario with its intermediates, or of its key; malloc'ed. */
	char *(*pem)(void *ctx, const char *name, bool key);
};

/* What a host presents and asks for; borrowed for its life. client_ca NULL: asks for no client certificate. */
struct web_site {
	const struct scn_web *spec;
	const struct pki_cert *cert, *client_ca;
};

int web_new(const struct web_env *env, const struct web_site *sites, size_t count, struct web **ret, struct az_error *ret_error);
void web_free(struct web *web); /* NULL is fine */

/* The host with this name or address as text. 0 and *ret_address (host byte order), or -ENOENT. */
int web_resolve(const struct web *web, const char *host, uint32_t *ret_address);
/* Its name, by address; NULL: nobody lives there. */
const char *web_name(const struct web *web, uint32_t address);
/* Who serves this address and port. 0; -EHOSTUNREACH nobody; -ECONNREFUSED another port, or the host is down. */
int web_find(struct web *web, uint32_t address, unsigned port, struct server **ret);
void web_change(struct web *web, const struct scn_web_change *change);

/* As server_pump, server_next_deadline, server_drop, of all. */
bool web_pump(struct web *web);
uint64_t web_next_deadline(const struct web *web);
void web_drop(struct web *web);

#endif
