/* See http.h. */
#define _GNU_SOURCE
#include "sim/web/http.h"

#include <errno.h>
#include <http_parser.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <sys/socket.h>

#include "emu-applibs/base/base.h"
#include "sim/web/server.h"

struct http_connection {
	uint64_t id;
	int fd;
	SSL *ssl; /* NULL: no TLS */
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
	X509 *peer = c->ssl ? SSL_get0_peer_certificate(c->ssl) : NULL;

	r->method = http_method_str((enum http_method)p->method);
	/* Without a certificate OpenSSL's verify result is 0 as well: look at the certificate first. */
	r->has_client_certificate = peer != NULL;
	r->verify_result = peer ? SSL_get_verify_result(c->ssl) : X509_V_OK;
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
	if (!tls)
		return c;
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

/* ---- Bytes, with TLS or without ------------------------------------------------------------------------------------------ */

enum io { IO_DONE, IO_WAIT, IO_LOST };

/* After a call of OpenSSL that did not succeed. */
static enum io ssl_outcome(const struct http_connection *c)
{
	int e = SSL_get_error(c->ssl, 0);

	return e == SSL_ERROR_WANT_READ || e == SSL_ERROR_WANT_WRITE ? IO_WAIT : IO_LOST;
}

static enum io io_write(struct http_connection *c, const char *bytes, size_t length, size_t *ret_n)
{
	ssize_t n;

	if (c->ssl) {
		ERR_clear_error();
		return SSL_write_ex(c->ssl, bytes, length, ret_n) == 1 ? IO_DONE : ssl_outcome(c);
	}
	n = send(c->fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? IO_WAIT : IO_LOST;
	*ret_n = (size_t)n;
	return IO_DONE;
}

/* *ret_moved: bytes went either way although none came of it, as in a step of the handshake. */
static enum io io_read(struct http_connection *c, char *buffer, size_t size, size_t *ret_n, bool *ret_moved)
{
	uint64_t read_before, written_before;
	ssize_t n;

	*ret_moved = false;
	if (c->ssl) {
		read_before = BIO_number_read(SSL_get_rbio(c->ssl));
		written_before = BIO_number_written(SSL_get_wbio(c->ssl));
		ERR_clear_error();
		if (SSL_read_ex(c->ssl, buffer, size, ret_n) == 1)
			return IO_DONE;
		*ret_moved = BIO_number_read(SSL_get_rbio(c->ssl)) != read_before || BIO_number_written(SSL_get_wbio(c->ssl)) != written_before;
		return ssl_outcome(c);
	}
	n = recv(c->fd, buffer, size, MSG_DONTWAIT);
	if (n <= 0)
		return n < 0 && (errno == EAGAIN || errno == EINTR) ? IO_WAIT : IO_LOST;
	*ret_n = (size_t)n;
	return IO_DONE;
}

/* ---- The connection ------------------------------------------------------------------------------------------------------ */

/* True when bytes left. */
static bool flush(struct http_connection *c)
{
	bool moved = false;

	while (c->out && c->out_sent < c->out_length) {
		size_t n = 0;

		switch (io_write(c, c->out + c->out_sent, c->out_length - c->out_sent, &n)) {
		case IO_WAIT:
			return moved;
		case IO_LOST:
			c->finished = true;
			return true;
		case IO_DONE:
			c->out_sent += n;
			moved = true;
		}
	}
	if (c->out) {
		OPENSSL_clear_free(c->out, c->out_length);
		c->out = NULL;
		if (c->close_after) {
			if (c->ssl)
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
		size_t n = 0, parsed;
		bool stepped;

		switch (io_read(c, buffer, sizeof(buffer), &n, &stepped)) {
		case IO_WAIT:
			return flush(c) || moved || stepped;
		case IO_LOST: /* closed by the peer, or no TLS */
			c->finished = true;
			return true;
		case IO_DONE:
			parsed = http_parser_execute(&c->parser, &settings, buffer, n);
			OPENSSL_cleanse(buffer, sizeof(buffer));
			moved = true;
			/* Not HTTP, or more than one request at once: not a client of ours. */
			if (HTTP_PARSER_ERRNO(&c->parser) != HPE_PAUSED && parsed != n)
				c->finished = true;
		}
	}
	return flush(c) || moved;
}

static const char *reason(int status)
{
	static const struct {
		int status;
		const char *text;
	} reasons[] = {
#define REASON(number, name, text) {number, #text},
		HTTP_STATUS_MAP(REASON)
#undef REASON
	};

	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		if (reasons[i].status == status)
			return reasons[i].text;
	return "Unknown";
}

void http_respond(struct http_connection *c, const struct server_answer *a)
{
	char head[HTTP_LOCATION_MAX + 512];
	/* Of HEAD, the head alone; of 1xx, 204 and 304, no body at all. */
	bool bodiless = a->status < 200 || a->status == 204 || a->status == 304, head_only = bodiless || c->parser.method == HTTP_HEAD;
	size_t length = head_only ? 0 : a->length, n;

	if (a->lost) {
		c->finished = true;
		return;
	}
	n = (size_t)snprintf(head, sizeof(head), "HTTP/1.1 %d %s\r\n", a->status, reason(a->status));
	if (!bodiless)
		n += (size_t)snprintf(head + n, sizeof(head) - n, "Content-Type: %.128s\r\nContent-Length: %zu\r\n", a->content_type, a->length);
	if (a->location)
		n += (size_t)snprintf(head + n, sizeof(head) - n, "Location: %.*s\r\n", HTTP_LOCATION_MAX, a->location);
	n += (size_t)snprintf(head + n, sizeof(head) - n, "Cache-Control: no-store\r\n%s\r\n", c->close_after ? "Connection: close\r\n" : "");
	if (c->out)
		OPENSSL_clear_free(c->out, c->out_length);
	c->out_length = n + length;
	c->out_sent = 0;
	c->out = OPENSSL_malloc(c->out_length);
	if (!c->out) {
		c->finished = true;
		return;
	}
	memcpy(c->out, head, n);
	if (length > 0)
		memcpy(c->out + n, a->body, length);
}
