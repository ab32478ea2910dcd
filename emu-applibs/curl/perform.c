/* One transfer: name and route, TLS as far as it is modelled, the request, the answer. See shim.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "emu-applibs/base/base.h"
#include "emu-applibs/client/transport.h"
#include "emu-applibs/curl/shim.h"

#define PEM_FILE_MAX (12u * 1024) /* bytes of CURLOPT_CAINFO and CURLOPT_SSLCERT: both travel with the request */
#define WRITE_MAX 4096u          /* bytes at a time to the application */

/* What a transfer holds; released at its end, whatever became of it. */
struct transfer {
	struct shim_easy *easy;
	struct shim_url url;
	struct shim_tls tls;
	char *roots;         /* PEM of CURLOPT_CAINFO, or NULL */
	int fd;              /* an answer that comes later; -1 */
	uint8_t *whole;      /* an answer that is here already */
	size_t whole_length, whole_taken;
	int64_t begin_ns, deadline_ns; /* INT64_MAX: no limit */
};

static unsigned under_way; /* transfers; one thread at a time runs, but each may wait in the middle of one */

static int64_t now_ns(void)
{
	struct timespec ts = {0};

	(void) clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * (int64_t)NS_PER_S + ts.tv_nsec;
}

static void say(const struct transfer *t, const char *text)
{
	if (t->easy->error_buffer)
		(void) snprintf(t->easy->error_buffer, CURL_ERROR_SIZE, "%s", text);
}

/* ---- Name and route ------------------------------------------------------------------------------------------------------ */

static CURLcode connect_to(struct transfer *t)
{
	struct call c;
	int r, error = 0;

	call_begin(&c, WIRE_HTTP_CONNECT);
	wire_put_str(&c.out, t->url.host);
	wire_put_u32(&c.out, t->url.port);
	r = call_send(&c);
	if (r >= 0)
		error = wire_get_i32(&c.in);
	r = call_end(&c, r);
	switch (r) {
	case WIRE_HTTP_CONNECTED:
		return CURLE_OK;
	case WIRE_HTTP_NO_NAME:
		say(t, "Could not resolve host");
		return CURLE_COULDNT_RESOLVE_HOST;
	default:
		t->easy->os_error = r < 0 ? errno : wire_to_errno(error);
		say(t, "Could not connect");
		return CURLE_COULDNT_CONNECT;
	}
}

/* ---- TLS ----------------------------------------------------------------------------------------------------------------- */

/* The text of a file of certificates, malloc'ed; NULL when it cannot be read or holds none. */
static char *read_pem(const char *path)
{
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *text = fd >= 0 ? malloc(PEM_FILE_MAX + 1) : NULL;
	size_t length = 0;
	ssize_t n;

	if (!text)
		return NULL;
	while (length < PEM_FILE_MAX && (n = read(fd, text + length, PEM_FILE_MAX - length)) > 0)
		length += (size_t)n;
	text[length] = '\0';
	if (length < PEM_FILE_MAX && strstr(text, "-----BEGIN CERTIFICATE-----"))
		return text;
	free(text);
	return NULL;
}

static CURLcode read_roots(struct transfer *t)
{
	if (t->easy->ca_file)
		t->roots = read_pem(t->easy->ca_file);
	if (t->roots || !t->easy->verify_peer)
		return CURLE_OK;
	say(t, "error setting certificate verify locations");
	return CURLE_SSL_CACERT_BADFILE;
}

/* In libcurl's order: the roots are read only when the handshake begins, behind the application's callback. */
static CURLcode prepare_tls(struct transfer *t)
{
	CURLcode code = CURLE_OK;

	t->tls = (struct shim_tls){.magic = SHIM_TLS_MAGIC, .size = sizeof(t->tls), .only = under_way == 1};
	if (t->easy->cert_file) {
		t->tls.chain = read_pem(t->easy->cert_file);
		if (!t->tls.chain)
			return CURLE_SSL_CERTPROBLEM;
	}
	if (t->easy->on_tls)
		code = t->easy->on_tls(t->easy, &t->tls, t->easy->tls_data);
	return code == CURLE_OK ? read_roots(t) : code;
}

/* ---- The request --------------------------------------------------------------------------------------------------------- */

static const char *method_of(const struct shim_easy *easy)
{
	return easy->custom_method ? easy->custom_method : easy->no_body ? "HEAD" : easy->post ? "POST" : "GET";
}

static CURLcode send_request(struct transfer *t)
{
	struct shim_easy *easy = t->easy;
	size_t body = 0, inside;
	const uint8_t *answer;
	struct call c;
	int r;

	if (easy->post && easy->post_fields)
		body = easy->post_size >= 0 ? (size_t)easy->post_size : strlen(easy->post_fields);
	call_begin(&c, WIRE_HTTP_REQUEST);
	wire_put_u8(&c.out, t->url.tls);
	wire_put_str(&c.out, t->url.host);
	wire_put_u32(&c.out, t->url.port);
	wire_put_str(&c.out, method_of(easy));
	wire_put_str(&c.out, t->url.path);
	wire_put_u64(&c.out, body);
	wire_put_bytes(&c.out, body ? easy->post_fields : NULL, body < WIRE_HTTP_BODY_MAX ? body : WIRE_HTTP_BODY_MAX);
	wire_put_str(&c.out, t->tls.chain ? t->tls.chain : "");
	wire_put_str(&c.out, easy->verify_peer && t->roots ? t->roots : "");
	wire_put_u8(&c.out, easy->verify_peer != 0);
	wire_put_u8(&c.out, easy->verify_host != 0);
	r = call_send(&c);
	if (r >= 0) {
		answer = wire_get_bytes(&c.in, &inside);
		t->fd = steal_fd(&c.fd);
		if (inside > 0) {
			t->whole = malloc(inside);
			if (t->whole)
				memcpy(t->whole, answer, inside);
			t->whole_length = inside;
		}
	}
	if (call_end(&c, r) < 0) {
		easy->os_error = errno;
		return CURLE_SEND_ERROR;
	}
	return t->whole_length > 0 && !t->whole ? CURLE_OUT_OF_MEMORY : CURLE_OK;
}

/* ---- The answer ---------------------------------------------------------------------------------------------------------- */

/* Up to n bytes of the answer; 0 at its end. -ETIMEDOUT, or another negative errno. */
static ssize_t take(struct transfer *t, void *buffer, size_t n)
{
	ssize_t r;

	if (t->fd < 0) {
		n = n < t->whole_length - t->whole_taken ? n : t->whole_length - t->whole_taken;
		memcpy(buffer, t->whole + t->whole_taken, n);
		t->whole_taken += n;
		return (ssize_t)n;
	}
	for (;;) {
		struct pollfd p = {.fd = t->fd, .events = POLLIN};
		int64_t left_ms = -1;

		if (t->deadline_ns != INT64_MAX) {
			left_ms = (t->deadline_ns - now_ns() + (int64_t)NS_PER_MS - 1) / (int64_t)NS_PER_MS;
			left_ms = left_ms < 0 ? 0 : left_ms > INT32_MAX ? INT32_MAX : left_ms;
		}
		r = poll(&p, 1, (int)left_ms);
		if (r == 0 && now_ns() >= t->deadline_ns)
			return -ETIMEDOUT;
		if (r > 0)
			break;
		if (r < 0 && errno != EINTR)
			return -errno;
	}
	r = recv(t->fd, buffer, n, 0);
	return r < 0 ? -errno : r;
}

/* Exactly n bytes; `cut`: what it means when the answer ends before. */
static CURLcode take_all(struct transfer *t, void *buffer, size_t n, CURLcode cut)
{
	for (size_t done = 0; done < n;) {
		ssize_t r = take(t, (uint8_t *)buffer + done, n - done);

		if (r == -ETIMEDOUT)
			return CURLE_OPERATION_TIMEDOUT;
		if (r <= 0)
			return r < 0 ? CURLE_RECV_ERROR : cut;
		done += (size_t)r;
	}
	return CURLE_OK;
}

static CURLcode give_headers(struct transfer *t, const struct wire_http_head *head)
{
	char lines[4][128];

	if (!t->easy->on_header && !t->easy->header_data)
		return CURLE_OK;
	(void) snprintf(lines[0], sizeof(lines[0]), "HTTP/1.1 %u\r\n", (unsigned)head->status);
	(void) snprintf(lines[1], sizeof(lines[1]), "Content-Type: %s\r\n", t->easy->content_type);
	(void) snprintf(lines[2], sizeof(lines[2]), "Content-Length: %llu\r\n", (unsigned long long)head->body_length);
	(void) snprintf(lines[3], sizeof(lines[3]), "\r\n");
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		size_t n = strlen(lines[i]);

		if (t->easy->on_header) {
			if (t->easy->on_header(lines[i], 1, n, t->easy->header_data) != n)
				return CURLE_WRITE_ERROR;
		} else if (fwrite(lines[i], 1, n, t->easy->header_data) != n) {
			return CURLE_WRITE_ERROR;
		}
	}
	return CURLE_OK;
}

static CURLcode give_body(struct transfer *t, uint64_t length)
{
	char buffer[WRITE_MAX];
	CURLcode code = CURLE_OK;

	while (code == CURLE_OK && length > 0) {
		size_t n = length < sizeof(buffer) ? (size_t)length : sizeof(buffer), taken;

		code = take_all(t, buffer, n, CURLE_PARTIAL_FILE);
		if (code != CURLE_OK)
			break;
		if (t->easy->on_body)
			taken = t->easy->on_body(buffer, 1, n, t->easy->body_data);
		else
			taken = fwrite(buffer, 1, n, t->easy->body_data ? t->easy->body_data : stdout);
		if (taken != n)
			code = CURLE_WRITE_ERROR;
		t->easy->received += (curl_off_t)n;
		length -= n;
	}
	explicit_bzero(buffer, sizeof(buffer));
	return code;
}

static CURLcode take_answer(struct transfer *t)
{
	struct shim_easy *easy = t->easy;
	struct wire_http_head head;
	CURLcode code = take_all(t, &head, sizeof(head), CURLE_GOT_NOTHING);

	if (code != CURLE_OK)
		return code;
	if (head.magic != WIRE_HTTP_MAGIC)
		return CURLE_RECV_ERROR;
	switch ((enum wire_http_outcome)head.outcome) {
	case WIRE_HTTP_ANSWERED:
		break;
	case WIRE_HTTP_UNTRUSTED:
		say(t, "SSL certificate problem");
		return CURLE_PEER_FAILED_VERIFICATION;
	case WIRE_HTTP_BAD_ROOTS:
		return CURLE_SSL_CACERT_BADFILE;
	default:
		return CURLE_RECV_ERROR;
	}
	easy->status = (long)head.status;
	easy->length = (curl_off_t)head.body_length;
	(void) snprintf(easy->content_type, sizeof(easy->content_type), "%.*s", (int)sizeof(head.content_type), head.content_type);
	if (easy->fail_on_error && head.status >= 400)
		return CURLE_HTTP_RETURNED_ERROR;
	code = give_headers(t, &head);
	if (code != CURLE_OK || easy->no_body)
		return code;
	if (easy->file_max > 0 && (curl_off_t)head.body_length > easy->file_max)
		return CURLE_FILESIZE_EXCEEDED;
	return give_body(t, head.body_length);
}

CURLcode shim_perform(struct shim_easy *easy)
{
	struct transfer t = {.easy = easy, .fd = -1, .begin_ns = now_ns(), .deadline_ns = INT64_MAX};
	CURLcode code;

	under_way++;
	shim_reset_result(easy);
	if (easy->error_buffer)
		easy->error_buffer[0] = '\0';
	if (easy->timeout_ms > 0)
		t.deadline_ns = t.begin_ns + easy->timeout_ms * (int64_t)NS_PER_MS;
	code = easy->url ? shim_url_parse(easy->url, &t.url) : CURLE_URL_MALFORMAT;
	if (code == CURLE_OK)
		code = connect_to(&t);
	if (code == CURLE_OK && t.url.tls)
		code = prepare_tls(&t);
	if (code == CURLE_OK)
		code = send_request(&t);
	if (code == CURLE_OK)
		code = take_answer(&t);
	easy->seconds = (double)(now_ns() - t.begin_ns) / 1e9;
	if (t.fd >= 0)
		(void) close(t.fd);
	if (t.whole)
		explicit_bzero(t.whole, t.whole_length);
	free(t.whole);
	free(t.roots);
	free(t.tls.chain);
	under_way--;
	return code;
}
