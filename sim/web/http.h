/* One connection of a server: TLS by OpenSSL on a descriptor, or none, and requests by http-parser. Never blocks. */
#ifndef SIM_WEB_HTTP_H
#define SIM_WEB_HTTP_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdint.h>

#define HTTP_PATH_MAX 1024  /* with NUL */
#define HTTP_BODY_MAX 65536 /* bytes of a request's body */
#define HTTP_LOCATION_MAX 1024

struct http_request {
	const char *method; /* "GET", ...; static */
	char path[HTTP_PATH_MAX];
	char body[HTTP_BODY_MAX + 1];
	size_t body_length;
	bool too_large;     /* path or body did not fit */
	bool has_client_certificate;
	long verify_result; /* X509_V_OK or what was wrong with the client's certificate */
};

/* A complete request arrived. The answer is given by http_respond(), now or later. */
typedef void http_handler(void *ctx, uint64_t connection_id, const struct http_request *request);

struct http_connection;
struct server_answer;

/* Takes fd (non-blocking stream) in every case. NULL on ENOMEM. tls NULL: HTTP without TLS. wall_s: the time at which certificates
 * are judged. */
struct http_connection *http_connection_new(SSL_CTX *tls, int fd, int64_t wall_s, uint64_t id, http_handler *handler,
                                            void *ctx);
void http_connection_free(struct http_connection *c); /* NULL is fine */
uint64_t http_connection_id(const struct http_connection *c);
/* Read, parse, write what is possible. Returns true when anything moved. */
bool http_connection_pump(struct http_connection *c);
bool http_connection_finished(const struct http_connection *c);
/* Queue the answer to the request under way; it is copied and wiped after it was sent. Its due_ns is the caller's business. */
void http_respond(struct http_connection *c, const struct server_answer *answer);

#endif
