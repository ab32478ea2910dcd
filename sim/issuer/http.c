/* See http.h. */
#define _GNU_SOURCE
#include "sim/issuer/http.h"

#include <http_parser.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>

#include "emu-applibs/base/base.h"

struct http_connection {
	uint64_t id;
	int fd;
	SSL *ssl;
	http_parser parser;
	http_handler *handler;
	void *ctx;
	struct http_request request;
	char *out; /* answer being sent */
	size_t out_length, out_sent;
	bool close_after; /* when everything is sent */
	bool finished;
};

static struct http_connection *of(http_parser *p)
{
	return p->data;
}

static int on_begin(http_parser *p)
{
	struct http_connection *c = of(p);

	memset(&c->request, 0, sizeof(c->request));
	return 0;
}

static int on_url(http_parser *p, const char *at, size_t length)
{
	struct http_request *r = &of(p)->request;
	size_t used = strlen(r->path);

	if (used + length >= sizeof(r->path)) {
		r->too_large = true;
		return 0;
	}
	memcpy(r->path + used, at, length);
	r->path[used + length] = '\0';
	return 0;
}

static int on_body(http_parser *p, const char *at, size_t length)
{
	struct http_request *r = &of(p)->request;

	if (length > HTTP_BODY_MAX - r->body_length) {
		r->too_large = true;
		return 0;
	}
	memcpy(r->body + r->body_length, at, length);
	r->body_length += length;
	return 0;
}

static int on_complete(http_parser *p)
{
	struct http_connection *c = of(p);
	struct http_request *r = &c->request;
	X509 *peer = SSL_get0_peer_certificate(c->ssl);

	r->method = http_method_str((enum http_method)p->method);
	/* Without a certificate OpenSSL's verify result is 0 as well: look at the certificate first. */
	r->has_client_certificate = peer != NULL;
	r->verify_result = SSL_get_verify_result(c->ssl);
	c->close_after = !http_should_keep_alive(p);
	http_parser_pause(p, 1); /* one request at a time: its answer may come later */
	c->handler(c->ctx, c->id, r);
	return 0;
}

static const http_parser_settings settings = {
	.on_message_begin = on_begin,
	.on_url = on_url,
	.on_body = on_body,
	.on_message_complete = on_complete,
};

struct http_connection *http_connection_new(SSL_CTX *tls, int fd, int64_t wall_s, uint64_t id, http_handler *handler,
                                            void *ctx)
{
	struct http_connection *c = calloc(1, sizeof(*c));

	if (!c) {
		(void) close(fd);
		return NULL;
	}
	c->fd = fd;
	c->id = id;
	c->handler = handler;
	c->ctx = ctx;
	http_parser_init(&c->parser, HTTP_REQUEST);
	c->parser.data = c;
	c->ssl = SSL_new(tls);
	if (!c->ssl || SSL_set_fd(c->ssl, fd) != 1) {
		http_connection_free(c);
		ERR_clear_error();
		return NULL;
	}
	X509_VERIFY_PARAM_set_time(SSL_get0_param(c->ssl), (time_t)wall_s);
	SSL_set_accept_state(c->ssl);
	return c;
}

void http_connection_free(struct http_connection *c)
{
	if (!c)
		return;
	SSL_free(c->ssl);
	(void) close(c->fd);
	if (c->out)
		OPENSSL_clear_free(c->out, c->out_length);
	OPENSSL_cleanse(c->request.body, sizeof(c->request.body));
	free(c);
}

uint64_t http_connection_id(const struct http_connection *c)
{
	return c->id;
}

bool http_connection_finished(const struct http_connection *c)
{
	return c->finished;
}

/* True when bytes left. */
static bool flush(struct http_connection *c)
{
	bool moved = false;

	while (c->out && c->out_sent < c->out_length) {
		size_t n = 0;

		ERR_clear_error();
		if (SSL_write_ex(c->ssl, c->out + c->out_sent, c->out_length - c->out_sent, &n) != 1) {
			int e = SSL_get_error(c->ssl, 0);

			if (e != SSL_ERROR_WANT_READ && e != SSL_ERROR_WANT_WRITE)
				c->finished = moved = true;
			return moved;
		}
		c->out_sent += n;
		moved = true;
	}
	if (c->out) {
		OPENSSL_clear_free(c->out, c->out_length);
		c->out = NULL;
		if (c->close_after) {
			(void) SSL_shutdown(c->ssl);
			c->finished = true;
		} else {
			http_parser_pause(&c->parser, 0);
		}
	}
	return moved;
}

bool http_connection_pump(struct http_connection *c)
{
	bool moved = flush(c);

	while (!c->finished && HTTP_PARSER_ERRNO(&c->parser) != HPE_PAUSED) {
		char buffer[4096];
		size_t n = 0;
		uint64_t raw_before = BIO_number_read(SSL_get_rbio(c->ssl)), written_before = BIO_number_written(SSL_get_wbio(c->ssl));

		ERR_clear_error();
		if (SSL_read_ex(c->ssl, buffer, sizeof(buffer), &n) == 1) {
			size_t parsed = http_parser_execute(&c->parser, &settings, buffer, n);

			OPENSSL_cleanse(buffer, sizeof(buffer));
			moved = true;
			if (HTTP_PARSER_ERRNO(&c->parser) == HPE_PAUSED)
				break;
			if (parsed != n) { /* not HTTP, or more than one request at once: not a client of ours */
				c->finished = true;
				break;
			}
			continue;
		}
		/* A handshake step moves bytes without yielding any. */
		if (BIO_number_read(SSL_get_rbio(c->ssl)) != raw_before || BIO_number_written(SSL_get_wbio(c->ssl)) != written_before)
			moved = true;
		switch (SSL_get_error(c->ssl, 0)) {
		case SSL_ERROR_WANT_READ:
		case SSL_ERROR_WANT_WRITE:
			return flush(c) || moved;
		default: /* closed by the peer, or no TLS */
			c->finished = true;
			moved = true;
		}
	}
	return flush(c) || moved;
}

static const char *reason(int status)
{
	switch (status) {
	case 200: return "OK";
	case 400: return "Bad Request";
	case 403: return "Forbidden";
	case 404: return "Not Found";
	case 405: return "Method Not Allowed";
	case 413: return "Content Too Large";
	default: return "Internal Server Error";
	}
}

void http_respond(struct http_connection *c, int status, const char *content_type, const char *body, size_t length)
{
	char head[256];
	int n = snprintf(head, sizeof(head),
	                 "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\nCache-Control: no-store\r\n%s\r\n",
	                 status, reason(status), content_type, length, c->close_after ? "Connection: close\r\n" : "");

	if (c->out)
		OPENSSL_clear_free(c->out, c->out_length);
	c->out_length = (size_t)n + length;
	c->out_sent = 0;
	c->out = OPENSSL_malloc(c->out_length);
	if (!c->out) {
		c->finished = true;
		return;
	}
	memcpy(c->out, head, (size_t)n);
	memcpy(c->out + n, body, length);
}
