/* An HTTP client for tests of servers: on a socket that does not block, turn by turn with the server, with TLS or without. */
#ifndef TESTS_SIM_CLIENT_H
#define TESTS_SIM_CLIENT_H

#include "sim/web/server.h"

struct test_client {
	struct server *server;
	bool tls;
	const struct pki_cert *cert; /* presented with its key; NULL: none */
	void (*tick)(void *ctx);     /* called each turn; NULL: nothing */
	void *ctx;
};

/* One request; the whole reply, cut to fit and NUL-terminated. Returns the HTTP status, 0 when the connection ended without one, -1
 * when nothing came although the server had nothing more to do. */
int test_client_ask(const struct test_client *client, const char *request, char *reply, size_t size);

#endif
