/* An HTTPS or HTTP server in the caller's loop: connections, TLS, answers now or later. Its owner decides what is answered.
 *
 * No thread, no clock of its own, never blocks. http.c is the TLS and HTTP of one connection; forward.c serves the libcurl that
 * goes without them.
 */
#ifndef SIM_WEB_SERVER_H
#define SIM_WEB_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "certs/pki.h"
#include "emu-applibs/wire/wire.h"
#include "sim/web/http.h"

struct server;

struct server_answer {
	int status;
	const char *content_type; /* lives as long as the server */
	const char *location;     /* header of that name, lives as long; NULL: none */
	char *body;               /* malloc'ed; the server wipes and frees it; NULL: empty */
	size_t length;
	uint64_t due_ns;          /* virtual time at which it goes; 0: at once */
	bool lost;                /* no answer: the connection ends */
};

struct server_host {
	void *ctx;
	uint64_t (*mono_ns)(void *ctx); /* virtual, for delays */
	int64_t (*wall_s)(void *ctx);   /* the server's wall clock */
	/* Fills *ret, which is zeroed. */
	void (*decide)(void *ctx, const struct http_request *request, struct server_answer *ret);
};

struct server_setup {
	const struct pki_cert *tls;       /* its certificate; borrowed; NULL: HTTP without TLS */
	const struct pki_cert *client_ca; /* asks for a client certificate and judges it by this CA; borrowed; NULL: does not ask */
};

/* 0; -ENOMEM; -EIO: OpenSSL does not take its certificate. */
int server_new(const struct server_host *host, const struct server_setup *setup, struct server **ret);
/* Judges clients by this CA from the next connection on; borrowed. 0, -ENOMEM, -EIO. */
int server_set_client_ca(struct server *server, const struct pki_cert *client_ca);
void server_free(struct server *server); /* NULL is fine; closes all connections */

/* A connection for the application: *ret_fd is its end (a stream socket, blocking; caller's). -ECONNREFUSED: too many. */
int server_connect(struct server *server, int *ret_fd);
/* Serve what can be served now. True when anything was done (the application may have something to read). */
bool server_pump(struct server *server);
/* When a delayed answer falls due, or TIME_NEVER. */
uint64_t server_next_deadline(const struct server *server);
/* All connections end. told: whoever waits for an answer finds out at the next pump. */
void server_drop(struct server *server, bool told);

/* A request of the libcurl without TLS (emu-applibs/curl), as TLS and HTTP would have brought it. */
struct server_request {
	bool tls;
	const char *host, *method, *path, *body;
	size_t body_length;      /* what there is of it */
	bool too_large;
	const char *client_chain; /* PEM the device presents; "": none; not looked at with own.signer */
	/* It presents one of its own, signed by `signer` (NULL: it does not), good between these times of the server's clock at the
	 * least; its chain as PEM, malloc'ed (NULL: there is none), comes from make_chain() if need be. */
	struct {
		const struct pki_cert *signer;
		int64_t from_s, until_s;
		char *(*make_chain)(void *ctx);
		void *ctx;
	} own;
	const char *roots;        /* PEM the application trusts; "": none */
	bool verify_peer, verify_host;
	int64_t device_wall_s;    /* the time at which the application judges certificates */
};
/* Is a chain that was found good before, or whose signer is known, judged all the same? By default not. */
void server_set_memory(struct server *server, bool on);
/* An answer as on the wire that no server gave; outcome WIRE_HTTP_ANSWERED: of this status, with no body. 0 or -ENOMEM. */
int server_encode(enum wire_http_outcome outcome, int status, char **ret_bytes, size_t *ret_length);
/* 0, and either the answer as on the wire (struct wire_http_head and body) in *ret_bytes, malloc'ed, to be wiped by the caller; or
 * *ret_bytes NULL and in *ret_fd the caller's end of the stream that it comes from later. -ENOMEM, -EMFILE. */
int server_forward(struct server *server, const struct server_request *request, char **ret_bytes, size_t *ret_length, int *ret_fd);

#endif
