/* See issuer.h. */
#define _GNU_SOURCE
#include "sim/issuer/issuer.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>

#define CONTENT_PEM "application/x-pem-file"
#define CONTENT_TEXT "text/plain"
#define BODY_MAX 4096 /* bytes of a request's body */
#define NOTE_MAX 160

struct issuer {
	struct issuer_host host;
	struct issuer_setup setup;
	char *identity;
	struct server *server;
	const struct pki_cert *root, *client_ca;
	uint64_t client_life_s;
	int64_t client_start_s;
	enum scn_issuer_state state;
	uint64_t delay_ns;
	char *wrong;
	struct pki_cert **issued;
	size_t issued_count;
};

struct answer {
	int status;
	const char *content_type; /* static */
	char *body; /* malloc'ed C string */
	char note[NOTE_MAX]; /* for the timeline */
};

static uint64_t server_mono_ns(void *ctx)
{
	const struct issuer *issuer = ctx;

	return issuer->host.mono_ns(issuer->host.ctx);
}

static int64_t server_wall_s(void *ctx)
{
	const struct issuer *issuer = ctx;

	return issuer->host.wall_s(issuer->host.ctx);
}

static void on_request(void *ctx, const struct http_request *request, struct server_answer *ret);

int issuer_new(const struct issuer_host *host, const struct issuer_setup *setup, struct issuer **ret,
               struct az_error *ret_error)
{
	struct issuer *issuer = calloc(1, sizeof(*issuer));
	const struct server_host server_host = {.ctx = issuer, .mono_ns = server_mono_ns, .wall_s = server_wall_s, .decide = on_request};
	const struct server_setup server_setup = {.tls = setup->tls, .client_ca = setup->device_ca};
	int r = -ENOMEM;

	if (issuer) {
		issuer->host = *host;
		issuer->setup = *setup;
		issuer->identity = strdup(setup->identity ? setup->identity : "");
		issuer->state = SCN_ISSUER_UP;
		issuer->client_life_s = 365 * 86400ULL;
		issuer->client_start_s = -3600;
		issuer->delay_ns = 30 * NS_PER_S;
		r = issuer->identity ? server_new(&server_host, &server_setup, &issuer->server) : -ENOMEM;
	}
	if (r < 0) {
		issuer_free(issuer);
		az_error_set(ret_error, AZ_ENVIRONMENT, "issuer: %s",
		             r == -EIO ? "OpenSSL does not take the issuer's own certificate" : "out of memory");
		return r;
	}
	*ret = issuer;
	return 0;
}

void issuer_free(struct issuer *issuer)
{
	if (!issuer)
		return;
	server_free(issuer->server);
	for (size_t i = 0; i < issuer->issued_count; i++)
		pki_free(issuer->issued[i]);
	free(issuer->issued);
	free(issuer->identity);
	free(issuer->wrong);
	free(issuer);
}

void issuer_change(struct issuer *issuer, const struct scn_issuer *change, const struct pki_cert *root,
                   const struct pki_cert *client_ca, const struct pki_cert *tenant_ca)
{
	if (root)
		issuer->root = root;
	if (client_ca)
		issuer->client_ca = client_ca;
	if (tenant_ca && server_set_client_ca(issuer->server, tenant_ca) < 0)
		abort(); /* it was made by us, and the one before it was taken */
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
	if (change->state == SCN_ISSUER_DOWN)
		server_drop(issuer->server, true);
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
		if (issuer->host.secret)
			issuer->host.secret(issuer->host.ctx, key_pem);
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
	if (request->too_large || request->body_length > BODY_MAX) {
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

static void on_request(void *ctx, const struct http_request *request, struct server_answer *ret)
{
	struct issuer *issuer = ctx;
	struct answer a = {.status = 500, .content_type = CONTENT_TEXT};
	char text[HTTP_PATH_MAX + 256];

	decide(issuer, request, &a);
	if (!a.body)
		a.body = strdup("");
	if (!a.body)
		abort();
	(void) snprintf(text, sizeof(text), "%s %s -> %d%s%s", request->method, request->path, a.status, a.note,
	                issuer->state == SCN_ISSUER_SLOW ? " (delayed)" : "");
	issuer->host.event(issuer->host.ctx, text);
	*ret = (struct server_answer){.status = a.status, .content_type = a.content_type, .body = a.body, .length = strlen(a.body)};
	if (issuer->state == SCN_ISSUER_SLOW)
		ret->due_ns = issuer->host.mono_ns(issuer->host.ctx) + issuer->delay_ns;
}

/* ---- The server behind it ------------------------------------------------------------------------------------------------ */

bool issuer_is_up(const struct issuer *issuer)
{
	return issuer->state != SCN_ISSUER_DOWN;
}

bool issuer_is_well(const struct issuer *issuer)
{
	return issuer->state == SCN_ISSUER_UP;
}

struct server *issuer_server(struct issuer *issuer)
{
	return issuer->server;
}

const char *issuer_state_name(const struct issuer *issuer)
{
	static const char *const names[] = {
		[SCN_ISSUER_LEAVE] = "up", [SCN_ISSUER_UP] = "up", [SCN_ISSUER_DOWN] = "down", [SCN_ISSUER_SLOW] = "slow",
		[SCN_ISSUER_REFUSE] = "refuse", [SCN_ISSUER_ERROR] = "error", [SCN_ISSUER_WRONG] = "wrong"};

	return names[issuer->state];
}

size_t issuer_issued_count(const struct issuer *issuer)
{
	return issuer->issued_count;
}

const struct pki_cert *issuer_issued(const struct issuer *issuer, size_t index)
{
	return index < issuer->issued_count ? issuer->issued[index] : NULL;
}
