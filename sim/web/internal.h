/* What the files of web/ share: the server itself, and the requests that come without TLS. */
#ifndef SIM_WEB_INTERNAL_H
#define SIM_WEB_INTERNAL_H

#include "sim/web/http.h"
#include "sim/web/server.h"

#define MAX_CONNECTIONS 16
#define MAX_FORWARDED 16

struct forwarded { /* an answer for the libcurl without TLS that did not go at once */
	int fd; /* -1: free */
	uint64_t due_ns;
	char *bytes; /* head and body; wiped when sent; NULL: free */
	size_t length, sent;
};

/* A chain that was found good, so that the same question costs nothing: the text, what it was checked for, and when it holds. */
struct trust {
	char *text, *against;
	int64_t from_s, until_s;
};

struct pending { /* an answer held back */
	bool used;
	struct server_answer answer;
};

struct server {
	struct server_host host;
	struct server_setup setup;
	SSL_CTX *tls; /* NULL: HTTP without TLS */
	char *chain_pem; /* its certificate and what stands below the root; NULL without TLS */
	struct http_connection *connections[MAX_CONNECTIONS];
	struct pending pending[MAX_CONNECTIONS];
	struct forwarded forwarded[MAX_FORWARDED];
	struct trust server_trust, client_trust;
	bool no_memory; /* judge every chain, trusted or not */
	uint64_t last_connection;
	bool dropped; /* connections ended since the last look: whoever waits for an answer has something to see */
};

/* Asks the owner. The caller clears *ret. */
void server_decide(struct server *server, const struct http_request *request, struct server_answer *ret);
void server_answer_clear(struct server_answer *a);

/* forward.c */
bool forward_pump(struct server *server);
uint64_t forward_next_deadline(const struct server *server);
void forward_drop_all(struct server *server);
void forward_forget(struct server *server);

#endif
