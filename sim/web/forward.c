/* Requests that come without TLS and HTTP, from the libcurl in emu-applibs/curl: what TLS would have decided is decided here,
 * with the same library on the same certificates, at the same times of the same clocks.
 *
 * A chain that was good is not built again while its text is the same and its time is right, nor one that azsim itself issued; anything
 * else is always judged anew.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <sys/socket.h>

#include "emu-applibs/base/base.h"
#include "emu-applibs/wire/wire.h"
#include "sim/web/internal.h"

#define AT_ONCE_MAX (24u * 1024) /* bytes of an answer that go with the reply; a message holds 32 KiB */
#define PEM_CERTIFICATES_MAX 16

/* ---- Certificates -------------------------------------------------------------------------------------------------------- */

static STACK_OF(X509) *read_chain(const char *pem)
{
	STACK_OF(X509) *chain = sk_X509_new_null();
	BIO *bio = BIO_new_mem_buf(pem, -1);
	X509 *x;

	while (chain && bio && sk_X509_num(chain) < PEM_CERTIFICATES_MAX && (x = PEM_read_bio_X509(bio, NULL, NULL, NULL)))
		if (sk_X509_push(chain, x) <= 0)
			X509_free(x);
	BIO_free(bio);
	ERR_clear_error();
	return chain;
}

static int64_t seconds_of(const ASN1_TIME *t)
{
	struct tm tm;

	return ASN1_TIME_to_tm(t, &tm) == 1 ? (int64_t)timegm(&tm) : 0;
}

static void forget(struct trust *trust)
{
	free(trust->text);
	free(trust->against);
	*trust = (struct trust){0};
}

static bool is_trusted(const struct trust *trust, const char *text, const char *against, int64_t wall_s)
{
	return trust->text && wall_s >= trust->from_s && wall_s <= trust->until_s && strcmp(trust->text, text) == 0 &&
	       strcmp(trust->against, against) == 0;
}

/* The chain that was built holds for as long as each of its certificates. */
static void remember(struct trust *trust, const char *text, const char *against, const STACK_OF(X509) *built)
{
	forget(trust);
	trust->text = strdup(text);
	trust->against = strdup(against);
	trust->from_s = INT64_MIN;
	trust->until_s = INT64_MAX;
	for (int i = 0; i < sk_X509_num(built); i++) {
		int64_t from = seconds_of(X509_get0_notBefore(sk_X509_value(built, i)));
		int64_t until = seconds_of(X509_get0_notAfter(sk_X509_value(built, i)));

		trust->from_s = from > trust->from_s ? from : trust->from_s;
		trust->until_s = until < trust->until_s ? until : trust->until_s;
	}
	if (!trust->text || !trust->against)
		forget(trust);
}

/* A certificate of the device's own that `signer` issued: good without a look while its time and its issuer's are right, if this server
 * judges by that issuer. */
static bool is_vouched_for(const struct server *server, const struct server_request *request, int64_t wall_s)
{
	const struct pki_cert *ca = server->setup.client_ca;

	return request->own.signer == ca && wall_s >= request->own.from_s && wall_s <= request->own.until_s && wall_s >= pki_not_before(ca) &&
	       wall_s <= pki_not_after(ca);
}

struct judgement {
	const char *purpose; /* "ssl_server", "ssl_client" */
	const char *host;    /* NULL: any name */
	int64_t wall_s;
	unsigned long flags;
	int (*callback)(int ok, X509_STORE_CTX *store); /* NULL: stop at the first fault */
};

/* X509_V_OK, or what is wrong with the chain. */
static int judge(STACK_OF(X509) *chain, STACK_OF(X509) *roots, const struct judgement *how, STACK_OF(X509) **ret_built)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	int error = X509_V_ERR_OUT_OF_MEM;

	for (int i = 0; store && i < sk_X509_num(roots); i++)
		(void) X509_STORE_add_cert(store, sk_X509_value(roots, i));
	if (store && ctx && X509_STORE_CTX_init(ctx, store, sk_X509_value(chain, 0), chain) == 1) {
		X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);

		(void) X509_STORE_CTX_set_default(ctx, how->purpose);
		X509_VERIFY_PARAM_set_time(param, (time_t)how->wall_s);
		(void) X509_VERIFY_PARAM_set_flags(param, how->flags);
		if (how->host)
			(void) X509_VERIFY_PARAM_set1_host(param, how->host, 0);
		if (how->callback)
			X509_STORE_CTX_set_verify_cb(ctx, how->callback);
		(void) X509_verify_cert(ctx);
		error = X509_STORE_CTX_get_error(ctx);
		*ret_built = X509_STORE_CTX_get1_chain(ctx);
	}
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	ERR_clear_error();
	return error;
}

/* What the application finds when it judges the server's certificate. */
static enum wire_http_outcome judge_server(struct server *server, const struct server_request *request)
{
	struct judgement how = {.purpose = "ssl_server", .host = request->verify_host ? request->host : NULL,
		.wall_s = request->device_wall_s, .flags = X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN};
	cleanup_free char *against = NULL;
	const char *certificate = server->chain_pem;
	enum wire_http_outcome outcome = WIRE_HTTP_UNTRUSTED;
	STACK_OF(X509) *chain, *roots, *built = NULL;

	if (!request->verify_peer) {
		chain = read_chain(certificate);
		if (!how.host || (sk_X509_num(chain) > 0 && X509_check_host(sk_X509_value(chain, 0), how.host, 0, 0, NULL) == 1))
			outcome = WIRE_HTTP_ANSWERED;
		sk_X509_pop_free(chain, X509_free);
		return outcome;
	}
	if (asprintf(&against, "%s\n%s", how.host ? how.host : "", request->roots) < 0)
		abort();
	if (!server->no_memory && is_trusted(&server->server_trust, certificate, against, how.wall_s))
		return WIRE_HTTP_ANSWERED;
	chain = read_chain(certificate);
	roots = read_chain(request->roots);
	if (sk_X509_num(roots) < 1) {
		outcome = WIRE_HTTP_BAD_ROOTS;
	} else if (judge(chain, roots, &how, &built) == X509_V_OK) {
		outcome = WIRE_HTTP_ANSWERED;
		remember(&server->server_trust, certificate, against, built);
	}
	sk_X509_pop_free(built, X509_free);
	sk_X509_pop_free(chain, X509_free);
	sk_X509_pop_free(roots, X509_free);
	return outcome;
}

/* As the handshake of http.c: every chain is let through, and the last thing that was wrong with it is kept. */
static int accept_all(int ok, X509_STORE_CTX *store)
{
	(void) ok;
	(void) store;
	return 1;
}

static void judge_client(struct server *server, const struct server_request *request, struct http_request *ret)
{
	struct judgement how = {.purpose = "ssl_client", .wall_s = server->host.wall_s(server->host.ctx), .callback = accept_all};
	const char *ca = server->setup.client_ca ? pki_cert_pem(server->setup.client_ca) : "";
	const char *presented = request->client_chain;
	cleanup_free char *own = NULL;
	STACK_OF(X509) *chain, *roots, *built = NULL;

	if (!request->tls || !server->setup.client_ca)
		return;
	if (request->own.signer) {
		if (!server->no_memory && is_vouched_for(server, request, how.wall_s)) {
			ret->has_client_certificate = true;
			return;
		}
		presented = own = request->own.make_chain(request->own.ctx);
	}
	if (!presented || !presented[0])
		return;
	if (!server->no_memory && is_trusted(&server->client_trust, presented, ca, how.wall_s)) {
		ret->has_client_certificate = true;
		return;
	}
	chain = read_chain(presented);
	roots = read_chain(ca);
	if (sk_X509_num(chain) > 0) {
		ret->has_client_certificate = true;
		ret->verify_result = judge(chain, roots, &how, &built);
		if (ret->verify_result == X509_V_OK)
			remember(&server->client_trust, presented, ca, built);
	}
	sk_X509_pop_free(built, X509_free);
	sk_X509_pop_free(chain, X509_free);
	sk_X509_pop_free(roots, X509_free);
}

/* ---- Answers ------------------------------------------------------------------------------------------------------------- */

static int encode(enum wire_http_outcome outcome, const struct server_answer *a, char **ret_bytes, size_t *ret_length)
{
	struct wire_http_head head = {.magic = WIRE_HTTP_MAGIC, .outcome = outcome};
	size_t length = a ? a->length : 0;

	if (a) {
		head.status = (uint32_t)a->status;
		head.body_length = length;
		(void) snprintf(head.content_type, sizeof(head.content_type), "%s", a->content_type);
	}
	*ret_bytes = malloc(sizeof(head) + length);
	if (!*ret_bytes)
		return -ENOMEM;
	memcpy(*ret_bytes, &head, sizeof(head));
	if (length > 0)
		memcpy(*ret_bytes + sizeof(head), a->body, length);
	*ret_length = sizeof(head) + length;
	return 0;
}

int server_encode(enum wire_http_outcome outcome, int status, char **ret_bytes, size_t *ret_length)
{
	const struct server_answer a = {.status = status, .content_type = "text/plain"};

	return encode(outcome, outcome == WIRE_HTTP_ANSWERED ? &a : NULL, ret_bytes, ret_length);
}

static void drop(struct forwarded *f)
{
	if (f->bytes) {
		OPENSSL_cleanse(f->bytes, f->length);
		free(f->bytes);
		(void) close(f->fd);
	}
	*f = (struct forwarded){.fd = -1};
}

/* An answer for later, or one that is too large for a message: a stream of its own. Takes bytes. */
static int hold(struct server *server, char *bytes, size_t length, uint64_t due_ns, int *ret_fd)
{
	size_t slot = 0;
	int pair[2];

	while (slot < MAX_FORWARDED && server->forwarded[slot].bytes)
		slot++;
	if (slot == MAX_FORWARDED || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
		OPENSSL_cleanse(bytes, length);
		free(bytes);
		return -EMFILE;
	}
	(void) fcntl(pair[0], F_SETFL, O_NONBLOCK);
	server->forwarded[slot] = (struct forwarded){.fd = pair[0], .due_ns = due_ns, .bytes = bytes, .length = length};
	*ret_fd = pair[1];
	return 0;
}

int server_forward(struct server *server, const struct server_request *request, char **ret_bytes, size_t *ret_length, int *ret_fd)
{
	static struct http_request http; /* 64 KiB: not for the stack, and only as much of it is touched as there is to say */
	enum wire_http_outcome outcome;
	struct server_answer a;
	int r;

	*ret_bytes = NULL;
	*ret_fd = -1;
	http.method = request->method;
	http.too_large = request->too_large;
	http.has_client_certificate = false;
	http.verify_result = X509_V_OK;
	http.body_length = 0;
	if (request->tls != (server->tls != NULL))
		outcome = WIRE_HTTP_LOST; /* the other end would not understand */
	else
		outcome = request->tls ? judge_server(server, request) : WIRE_HTTP_ANSWERED;
	if (outcome != WIRE_HTTP_ANSWERED)
		return encode(outcome, NULL, ret_bytes, ret_length);
	if (strlen(request->path) >= sizeof(http.path) || request->body_length > HTTP_BODY_MAX) {
		http.too_large = true;
	} else {
		if (request->body_length > 0)
			memcpy(http.body, request->body, request->body_length);
		http.body_length = request->body_length;
	}
	http.body[http.body_length] = '\0';
	(void) snprintf(http.path, sizeof(http.path), "%s", request->path);
	judge_client(server, request, &http);
	server_decide(server, &http, &a);
	OPENSSL_cleanse(http.body, http.body_length);
	r = a.lost ? encode(WIRE_HTTP_LOST, NULL, ret_bytes, ret_length) : encode(WIRE_HTTP_ANSWERED, &a, ret_bytes, ret_length);
	if (r == 0 && (a.due_ns > 0 || *ret_length > AT_ONCE_MAX)) {
		r = hold(server, *ret_bytes, *ret_length, a.due_ns, ret_fd);
		*ret_bytes = NULL;
		*ret_length = 0;
	}
	server_answer_clear(&a);
	return r;
}

/* True when anything moved. */
static bool pump(struct server *server, struct forwarded *f)
{
	bool moved = false;
	char byte;

	if (recv(f->fd, &byte, 1, MSG_DONTWAIT | MSG_PEEK) == 0) {
		drop(f); /* nobody waits for it any more */
		return true;
	}
	if (f->due_ns > server->host.mono_ns(server->host.ctx))
		return false;
	while (f->sent < f->length) {
		ssize_t n = send(f->fd, f->bytes + f->sent, f->length - f->sent, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0)
			break;
		f->sent += (size_t)n;
		moved = true;
	}
	if (f->sent == f->length || (errno != EAGAIN && errno != EINTR)) {
		drop(f);
		moved = true;
	}
	return moved;
}

bool forward_pump(struct server *server)
{
	bool moved = false;

	for (size_t i = 0; i < MAX_FORWARDED; i++)
		if (server->forwarded[i].bytes)
			moved |= pump(server, &server->forwarded[i]);
	return moved;
}

uint64_t forward_next_deadline(const struct server *server)
{
	uint64_t next = TIME_NEVER;

	/* One whose time has come waits for its reader, not for the clock. */
	for (size_t i = 0; i < MAX_FORWARDED; i++)
		if (server->forwarded[i].bytes && server->forwarded[i].due_ns > server->host.mono_ns(server->host.ctx) &&
		    server->forwarded[i].due_ns < next)
			next = server->forwarded[i].due_ns;
	return next;
}

void forward_drop_all(struct server *server)
{
	for (size_t i = 0; i < MAX_FORWARDED; i++)
		drop(&server->forwarded[i]);
}

void server_set_memory(struct server *server, bool on)
{
	server->no_memory = !on;
}

void forward_forget(struct server *server)
{
	forget(&server->server_trust);
	forget(&server->client_trust);
}
