/* See server.h. */
#define _GNU_SOURCE
#include "sim/web/server.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <sys/socket.h>

#include "emu-applibs/base/base.h"
#include "sim/web/internal.h"

/* Every certificate is let through the handshake, so that HTTP can say 403 and why; http.c keeps the verify result. */
static int accept_all(int ok, X509_STORE_CTX *store)
{
	(void) ok;
	(void) store;
	return 1;
}

static X509 *parse_certificate(const char *pem)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	X509 *x = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;

	BIO_free(bio);
	return x;
}

/* The certificate, then what stands between it and its root. */
static bool load_chain(SSL_CTX *tls, const char *chain)
{
	BIO *bio = BIO_new_mem_buf(chain, -1);
	X509 *x = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
	bool ok = x && SSL_CTX_use_certificate(tls, x) == 1;

	X509_free(x);
	while (ok && (x = PEM_read_bio_X509(bio, NULL, NULL, NULL))) {
		ok = SSL_CTX_add1_chain_cert(tls, x) == 1;
		X509_free(x);
	}
	ERR_clear_error(); /* of the end of the text */
	BIO_free(bio);
	return ok;
}

static bool load_key(SSL_CTX *tls, const struct pki_cert *cert)
{
	char *pem = NULL;
	EVP_PKEY *key = NULL;
	bool ok;

	if (pki_key_pem(cert, PKI_PKCS8, NULL, &pem) == 0) {
		BIO *bio = BIO_new_mem_buf(pem, -1);

		key = bio ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;
		BIO_free(bio);
		OPENSSL_clear_free(pem, strlen(pem) + 1);
	}
	ok = key && SSL_CTX_use_PrivateKey(tls, key) == 1;
	EVP_PKEY_free(key);
	return ok;
}

static bool load_client_ca(SSL_CTX *tls, const struct pki_cert *client_ca)
{
	X509 *ca = parse_certificate(pki_cert_pem(client_ca));
	bool ok = ca && X509_STORE_add_cert(SSL_CTX_get_cert_store(tls), ca) == 1 && SSL_CTX_add_client_CA(tls, ca) == 1;

	X509_free(ca);
	SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, accept_all);
	return ok;
}

static int make_tls(struct server *server)
{
	SSL_CTX *tls = SSL_CTX_new(TLS_server_method());

	SSL_CTX_free(server->tls); /* connections hold on to theirs */
	server->tls = tls;
	free(server->chain_pem);
	server->chain_pem = pki_chain_pem(server->setup.tls);
	if (!tls || !server->chain_pem)
		return -ENOMEM;
	SSL_CTX_set_options(tls, SSL_OP_NO_TICKET);
	SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_num_tickets(tls, 0);
	SSL_CTX_set_mode(tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	if (!load_chain(tls, server->chain_pem) || !load_key(tls, server->setup.tls) ||
	    (server->setup.client_ca && !load_client_ca(tls, server->setup.client_ca))) {
		ERR_clear_error();
		return -EIO;
	}
	return 0;
}

int server_new(const struct server_host *host, const struct server_setup *setup, struct server **ret)
{
	struct server *server = calloc(1, sizeof(*server));
	int r;

	if (!server)
		return -ENOMEM;
	server->host = *host;
	server->setup = *setup;
	r = setup->tls ? make_tls(server) : 0;
	if (r < 0) {
		server_free(server);
		return r;
	}
	*ret = server;
	return 0;
}

int server_set_client_ca(struct server *server, const struct pki_cert *client_ca)
{
	server->setup.client_ca = client_ca;
	return make_tls(server);
}

void server_free(struct server *server)
{
	if (!server)
		return;
	server_drop(server, false);
	forward_forget(server);
	SSL_CTX_free(server->tls);
	free(server->chain_pem);
	free(server);
}

/* ---- Answers ------------------------------------------------------------------------------------------------------------- */

void server_decide(struct server *server, const struct http_request *request, struct server_answer *ret)
{
	memset(ret, 0, sizeof(*ret));
	server->host.decide(server->host.ctx, request, ret);
}

void server_answer_clear(struct server_answer *a)
{
	if (a->body) {
		OPENSSL_cleanse(a->body, a->length);
		free(a->body);
	}
	memset(a, 0, sizeof(*a));
}

static void drop_pending(struct pending *p)
{
	server_answer_clear(&p->answer);
	p->used = false;
}

static void on_request(void *ctx, uint64_t id, const struct http_request *request)
{
	struct server *server = ctx;
	struct server_answer a;

	server_decide(server, request, &a);
	for (size_t i = 0; i < MAX_CONNECTIONS; i++) {
		struct http_connection *c = server->connections[i];

		if (!c || http_connection_id(c) != id)
			continue;
		if (a.due_ns > 0) {
			server->pending[i] = (struct pending){.used = true, .answer = a};
			return;
		}
		http_respond(c, &a);
	}
	server_answer_clear(&a);
}

/* ---- Connections --------------------------------------------------------------------------------------------------------- */

int server_connect(struct server *server, int *ret_fd)
{
	int pair[2];
	size_t slot = 0;

	while (slot < MAX_CONNECTIONS && server->connections[slot])
		slot++;
	if (slot == MAX_CONNECTIONS)
		return -ECONNREFUSED;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	if (fcntl(pair[0], F_SETFL, O_NONBLOCK) < 0) {
		(void) close(pair[0]);
		(void) close(pair[1]);
		return -EIO;
	}
	server->connections[slot] = http_connection_new(server->tls, pair[0], server->host.wall_s(server->host.ctx),
	                                                ++server->last_connection, on_request, server);
	if (!server->connections[slot]) {
		(void) close(pair[1]);
		return -ENOMEM;
	}
	*ret_fd = pair[1];
	return 0;
}

bool server_pump(struct server *server)
{
	bool moved = forward_pump(server) || server->dropped;

	server->dropped = false;
	for (size_t i = 0; i < MAX_CONNECTIONS; i++) {
		struct http_connection *c = server->connections[i];
		struct pending *p = &server->pending[i];

		if (!c)
			continue;
		if (p->used && p->answer.due_ns <= server->host.mono_ns(server->host.ctx)) {
			http_respond(c, &p->answer);
			drop_pending(p);
			moved = true;
		}
		moved |= http_connection_pump(c);
		if (http_connection_finished(c)) {
			http_connection_free(c);
			server->connections[i] = NULL;
			drop_pending(p);
			moved = true;
		}
	}
	return moved;
}

uint64_t server_next_deadline(const struct server *server)
{
	uint64_t next = forward_next_deadline(server);

	for (size_t i = 0; i < MAX_CONNECTIONS; i++)
		if (server->pending[i].used && server->pending[i].answer.due_ns < next)
			next = server->pending[i].answer.due_ns;
	return next;
}

void server_drop(struct server *server, bool told)
{
	for (size_t i = 0; i < MAX_CONNECTIONS; i++) {
		http_connection_free(server->connections[i]);
		server->connections[i] = NULL;
		drop_pending(&server->pending[i]);
	}
	forward_drop_all(server);
	server->dropped |= told;
}
