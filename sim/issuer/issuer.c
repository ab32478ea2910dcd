/* See issuer.h. */
#define _GNU_SOURCE
#include "sim/issuer/issuer.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <sys/socket.h>

#include "sim/issuer/internal.h"

#define CONTENT_PEM "application/x-pem-file"
#define CONTENT_TEXT "text/plain"

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

static bool load_tls(SSL_CTX *tls, const struct issuer_setup *setup)
{
	char *key_pem = NULL;
	X509 *cert = parse_certificate(pki_cert_pem(setup->tls)), *ca = parse_certificate(pki_cert_pem(setup->device_ca));
	EVP_PKEY *key = NULL;
	bool ok = false;

	if (pki_key_pem(setup->tls, PKI_PKCS8, NULL, &key_pem) == 0) {
		BIO *bio = BIO_new_mem_buf(key_pem, -1);

		key = bio ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;
		BIO_free(bio);
	}
	if (cert && ca && key)
		ok = SSL_CTX_use_certificate(tls, cert) == 1 && SSL_CTX_use_PrivateKey(tls, key) == 1 &&
		     X509_STORE_add_cert(SSL_CTX_get_cert_store(tls), ca) == 1 && SSL_CTX_add_client_CA(tls, ca) == 1;
	if (key_pem)
		OPENSSL_clear_free(key_pem, strlen(key_pem) + 1);
	EVP_PKEY_free(key);
	X509_free(cert);
	X509_free(ca);
	return ok;
}

int issuer_new(const struct issuer_host *host, const struct issuer_setup *setup, struct issuer **ret,
               struct az_error *ret_error)
{
	struct issuer *issuer = calloc(1, sizeof(*issuer));

	if (!issuer)
		goto nomem;
	issuer->host = *host;
	issuer->setup = *setup;
	issuer->identity = strdup(setup->identity ? setup->identity : "");
	issuer->state = SCN_ISSUER_UP;
	issuer->client_life_s = 365 * 86400ULL;
	issuer->client_start_s = -3600;
	issuer->delay_ns = 30 * NS_PER_S;
	issuer->tls = SSL_CTX_new(TLS_server_method());
	if (!issuer->tls || !issuer->identity)
		goto nomem;
	SSL_CTX_set_options(issuer->tls, SSL_OP_NO_TICKET);
	SSL_CTX_set_session_cache_mode(issuer->tls, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_num_tickets(issuer->tls, 0);
	SSL_CTX_set_verify(issuer->tls, SSL_VERIFY_PEER, accept_all);
	SSL_CTX_set_mode(issuer->tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	if (!load_tls(issuer->tls, setup)) {
		ERR_clear_error();
		issuer_free(issuer);
		az_error_set(ret_error, AZ_ENVIRONMENT, "issuer: OpenSSL does not take the issuer's own certificate");
		return -EIO;
	}
	*ret = issuer;
	return 0;
nomem:
	issuer_free(issuer);
	az_error_set(ret_error, AZ_ENVIRONMENT, "issuer: out of memory");
	return -ENOMEM;
}

static void drop_pending(struct pending *p)
{
	if (p->body)
		OPENSSL_clear_free(p->body, p->length + 1);
	memset(p, 0, sizeof(*p));
}

void issuer_drop_connections(struct issuer *issuer)
{
	for (size_t i = 0; i < MAX_CONNECTIONS; i++) {
		http_connection_free(issuer->connections[i]);
		issuer->connections[i] = NULL;
		drop_pending(&issuer->pending[i]);
	}
	forward_drop_all(issuer);
}

void issuer_free(struct issuer *issuer)
{
	if (!issuer)
		return;
	issuer_drop_connections(issuer);
	for (size_t i = 0; i < issuer->issued_count; i++)
		pki_free(issuer->issued[i]);
	free(issuer->issued);
	forward_forget(issuer);
	SSL_CTX_free(issuer->tls);
	free(issuer->identity);
	free(issuer->wrong);
	free(issuer);
}

void issuer_change(struct issuer *issuer, const struct scn_issuer *change, const struct pki_cert *root,
                   const struct pki_cert *client_ca)
{
	if (root)
		issuer->root = root;
	if (client_ca)
		issuer->client_ca = client_ca;
	if (change->client_life_s)
		issuer->client_life_s = change->client_life_s;
	if (change->has_client_start)
		issuer->client_start_s = change->client_start_s;
	if (change->state != SCN_ISSUER_LEAVE)
		issuer->state = change->state;
	if (change->delay_ns)
		issuer->delay_ns = change->delay_ns;
	if (change->wrong) {
		free(issuer->wrong);
		issuer->wrong = strdup(change->wrong);
	}
	if (change->state == SCN_ISSUER_DOWN) {
		issuer_drop_connections(issuer);
		issuer->dropped = true;
	}
}

/* ---- What is answered ---------------------------------------------------------------------------------------------------- */

static void answer_text(struct answer *a, int status, const char *text)
{
	a->status = status;
	a->content_type = CONTENT_TEXT;
	free(a->body);
	a->body = strdup(text);
}

static char *join(const char *a, const char *b)
{
	char *s = NULL;

	return asprintf(&s, "%s%s", a, b) < 0 ? NULL : s;
}

static int make_client(struct issuer *issuer, const char *cn, struct pki_cert **ret, char error[PKI_ERROR_MAX])
{
	int64_t now = issuer->host.wall_s(issuer->host.ctx);
	char name[32];
	struct pki_spec spec = {
		.name = name,
		.cn = cn,
		.use = PKI_CLIENT,
		.key = issuer->setup.key,
		.not_before_s = now + issuer->client_start_s,
		.not_after_s = now + issuer->client_start_s + (int64_t)issuer->client_life_s,
		.now_s = now,
		.issuer = issuer->client_ca,
		.seed = issuer->setup.seed,
	};
	struct pki_cert **grown = realloc(issuer->issued, (issuer->issued_count + 1) * sizeof(*grown));
	int r;

	if (!grown)
		return -ENOMEM;
	issuer->issued = grown;
	(void) snprintf(name, sizeof(name), "issued-%zu", issuer->issued_count + 1);
	r = pki_make(&spec, ret, error);
	if (r == 0)
		issuer->issued[issuer->issued_count++] = *ret;
	return r;
}

/* The answer that a healthy issuer gives. */
static void answer_right(struct issuer *issuer, const struct http_request *request, struct answer *a)
{
	if (strcmp(request->path, "/v1/root-ca") == 0) {
		if (strcmp(request->method, "GET") != 0) {
			answer_text(a, 405, "use GET\n");
			return;
		}
		if (!issuer->root) {
			answer_text(a, 404, "no root CA is set\n");
			return;
		}
		a->status = 200;
		a->content_type = CONTENT_PEM;
		a->body = strdup(pki_cert_pem(issuer->root));
		(void) snprintf(a->note, sizeof(a->note), " subject=%.100s", pki_subject(issuer->root));
	} else if (strcmp(request->path, "/v1/client-certificate") == 0) {
		struct pki_cert *cert = NULL;
		char error[PKI_ERROR_MAX], *key_pem = NULL;

		if (strcmp(request->method, "POST") != 0) {
			answer_text(a, 405, "use POST\n");
			return;
		}
		if (request->body_length > 0 && strcmp(request->body, issuer->identity) != 0) {
			answer_text(a, 403, "this device is not enrolled with that identity\n");
			return;
		}
		if (!issuer->client_ca || make_client(issuer, issuer->identity, &cert, error) < 0 ||
		    pki_key_pem(cert, PKI_PKCS8, NULL, &key_pem) < 0) {
			answer_text(a, 500, "cannot make a certificate\n");
			return;
		}
		a->status = 200;
		a->content_type = CONTENT_PEM;
		a->body = join(pki_cert_pem(cert), key_pem);
		OPENSSL_clear_free(key_pem, strlen(key_pem) + 1);
		(void) snprintf(a->note, sizeof(a->note), " issued-%zu subject=%.80s", issuer->issued_count, pki_subject(cert));
	} else {
		answer_text(a, 404, "no such path\n");
	}
}

/* Make a right answer wrong in the named way. */
static void spoil(struct issuer *issuer, struct answer *a)
{
	const char *how = issuer->wrong ? issuer->wrong : "html";

	if (strcmp(how, "html") == 0) {
		answer_text(a, 200, "<html><body>Please log in to the guest network.</body></html>\n");
		a->content_type = "text/html";
	} else if (strcmp(how, "empty") == 0) {
		answer_text(a, 200, "");
		a->content_type = CONTENT_PEM;
	} else if (strcmp(how, "truncated") == 0) {
		if (a->body)
			a->body[strlen(a->body) / 3] = '\0';
	} else if (strcmp(how, "garbage") == 0) {
		answer_text(a, 200, "-----BEGIN CERTIFICATE-----\nAAAAAAAAAAAAAAAA\n-----END CERTIFICATE-----\n");
		a->content_type = CONTENT_PEM;
	} else if (strcmp(how, "key-mismatch") == 0 && issuer->issued_count > 0) {
		char *key_pem = NULL;

		if (a->body && pki_key_pem(issuer->setup.tls, PKI_PKCS8, NULL, &key_pem) == 0) {
			char *both = join(pki_cert_pem(issuer->issued[issuer->issued_count - 1]), key_pem);

			OPENSSL_clear_free(a->body, strlen(a->body) + 1);
			a->body = both;
			OPENSSL_clear_free(key_pem, strlen(key_pem) + 1);
		}
	} else if (strcmp(how, "huge") == 0) {
		size_t size = 4 << 20;

		free(a->body);
		a->body = malloc(size + 1);
		if (a->body) {
			memset(a->body, 'A', size);
			a->body[size] = '\0';
		}
	}
	(void) snprintf(a->note, sizeof(a->note), " wrong=%s", how);
}

static void decide(struct issuer *issuer, const struct http_request *request, struct answer *a)
{
	if (request->too_large) {
		answer_text(a, 413, "request too large\n");
	} else if (!request->has_client_certificate) {
		answer_text(a, 403, "a device-authentication certificate is needed\n");
		(void) snprintf(a->note, sizeof(a->note), " no client certificate");
	} else if (request->verify_result != X509_V_OK) {
		answer_text(a, 403, "the device-authentication certificate is not accepted\n");
		(void) snprintf(a->note, sizeof(a->note), " client certificate: %s",
		                X509_verify_cert_error_string(request->verify_result));
	} else if (issuer->state == SCN_ISSUER_REFUSE) {
		answer_text(a, 403, "refused\n");
	} else if (issuer->state == SCN_ISSUER_ERROR) {
		answer_text(a, 500, "out of order\n");
	} else {
		answer_right(issuer, request, a);
		if (issuer->state == SCN_ISSUER_WRONG && a->status == 200)
			spoil(issuer, a);
	}
}

/* ---- Connections --------------------------------------------------------------------------------------------------------- */

void issuer_decide(struct issuer *issuer, const struct http_request *request, struct answer *ret)
{
	char text[HTTP_PATH_MAX + 256];

	*ret = (struct answer){.status = 500, .content_type = CONTENT_TEXT};
	issuer->requests++;
	decide(issuer, request, ret);
	if (!ret->body)
		ret->body = strdup("");
	if (!ret->body)
		abort();
	ret->length = strlen(ret->body);
	(void) snprintf(text, sizeof(text), "%s %s -> %d%s%s", request->method, request->path, ret->status, ret->note,
	                issuer->state == SCN_ISSUER_SLOW ? " (delayed)" : "");
	issuer->host.event(issuer->host.ctx, text);
	if (issuer->state == SCN_ISSUER_SLOW)
		ret->due_ns = issuer->host.mono_ns(issuer->host.ctx) + issuer->delay_ns;
}

void issuer_answer_clear(struct answer *a)
{
	OPENSSL_cleanse(a->body, a->length);
	free(a->body);
	a->body = NULL;
}

static void on_request(void *ctx, uint64_t id, const struct http_request *request)
{
	struct issuer *issuer = ctx;
	struct answer a;

	issuer_decide(issuer, request, &a);
	for (size_t i = 0; i < MAX_CONNECTIONS; i++) {
		struct http_connection *c = issuer->connections[i];

		if (!c || http_connection_id(c) != id)
			continue;
		if (a.due_ns > 0) {
			issuer->pending[i] = (struct pending){
				.due_ns = a.due_ns, .status = a.status, .content_type = a.content_type,
				.body = OPENSSL_malloc(a.length + 1), .length = a.length,
			};
			if (issuer->pending[i].body)
				memcpy(issuer->pending[i].body, a.body, a.length + 1);
		} else {
			http_respond(c, a.status, a.content_type, a.body, a.length);
		}
	}
	issuer_answer_clear(&a);
}

bool issuer_is_up(const struct issuer *issuer)
{
	return issuer->state != SCN_ISSUER_DOWN;
}

int issuer_connect(struct issuer *issuer, int *ret_fd)
{
	int pair[2];
	size_t slot = 0;

	if (!issuer_is_up(issuer))
		return -ECONNREFUSED;
	while (slot < MAX_CONNECTIONS && issuer->connections[slot])
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
	issuer->connections[slot] = http_connection_new(issuer->tls, pair[0], issuer->host.wall_s(issuer->host.ctx),
	                                                ++issuer->last_connection, on_request, issuer);
	if (!issuer->connections[slot]) {
		(void) close(pair[1]);
		return -ENOMEM;
	}
	*ret_fd = pair[1];
	return 0;
}

bool issuer_pump(struct issuer *issuer)
{
	bool moved = forward_pump(issuer) || issuer->dropped;

	issuer->dropped = false;
	for (size_t i = 0; i < MAX_CONNECTIONS; i++) {
		struct http_connection *c = issuer->connections[i];
		struct pending *p = &issuer->pending[i];

		if (!c)
			continue;
		if (p->body && p->due_ns <= issuer->host.mono_ns(issuer->host.ctx)) {
			http_respond(c, p->status, p->content_type, p->body, p->length);
			drop_pending(p);
			moved = true;
		}
		moved |= http_connection_pump(c);
		if (http_connection_finished(c)) {
			http_connection_free(c);
			issuer->connections[i] = NULL;
			drop_pending(p);
			moved = true;
		}
	}
	return moved;
}

uint64_t issuer_next_deadline(const struct issuer *issuer)
{
	uint64_t next = forward_next_deadline(issuer);

	for (size_t i = 0; i < MAX_CONNECTIONS; i++)
		if (issuer->pending[i].body && issuer->pending[i].due_ns < next)
			next = issuer->pending[i].due_ns;
	return next;
}

unsigned issuer_request_count(const struct issuer *issuer)
{
	return issuer->requests;
}

size_t issuer_issued_count(const struct issuer *issuer)
{
	return issuer->issued_count;
}

const struct pki_cert *issuer_issued(const struct issuer *issuer, size_t index)
{
	return index < issuer->issued_count ? issuer->issued[index] : NULL;
}
