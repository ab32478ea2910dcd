/* libcurl.so.4 and libtlsutils.so.0 without TLS: the easy interface, each request handed to the simulator as a whole.
 *
 * For the ARM application, whose machine has no libcurl of its kind here, and wherever speed counts: no handshake, no sockets.
 * The simulator decides what TLS would have decided, at the same places: names and routes, the issuer's certificate against
 * CURLOPT_CAINFO at the device's time, the device's own certificate at the issuer's. `azsim run --http=real|shim` chooses for a
 * program of this machine's kind; both show the same history.
 *
 * Leaves to others: the messages (wire/wire.h), the answers (sim/run/forward.c, sim/issuer/forward.c). Not here: the multi
 * interface, other protocols than HTTPS and HTTP, redirects, proxies, uploads by a read callback; an option that would need
 * them is refused and said on standard error.
 */
#ifndef CURL_SHIM_H
#define CURL_SHIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <curl/curl.h>

/* What CURLOPT_SSL_CTX_FUNCTION gets as its TLS context: DeviceAuth_SslCtxFunc() of this libtlsutils puts the certificate chain
 * in, libcurl presents it and frees it. */
#define SHIM_TLS_MAGIC 0x7a71735au
struct shim_tls {
	uint32_t magic;
	uint32_t size;  /* of this struct */
	char *chain;    /* PEM or WIRE_HTTP_DEVICE_AUTH, malloc'ed; NULL: no client certificate */
	bool only;      /* of the transfers under way no other can have such a reference */
};

#pragma GCC visibility push(hidden)

struct shim_easy {
	/* Strings are copies, but for post_fields. */
	char *url, *ca_file, *cert_file, *user_agent, *custom_method, *copied_fields;
	const char *post_fields;
	curl_off_t post_size; /* -1: a C string */
	struct curl_slist *headers;
	bool post, no_body, fail_on_error;
	long verify_peer, verify_host;
	curl_ssl_ctx_callback on_tls;
	void *tls_data;
	int64_t timeout_ms;    /* 0: none */
	curl_off_t file_max;   /* 0: none */
	curl_write_callback on_body, on_header;
	void *body_data, *header_data, *private_data;
	char *error_buffer;

	/* Of the last transfer. */
	long status, os_error;
	curl_off_t length;   /* -1: unknown */
	curl_off_t received;
	char content_type[64]; /* "": none */
	double seconds;
};

/* One transfer; blocks in virtual time. */
CURLcode shim_perform(struct shim_easy *easy);
void shim_reset_result(struct shim_easy *easy);

/* https://HOST[:PORT][/PATH] in its parts. */
#define SHIM_HOST_MAX 256 /* with NUL, as a message of vtime_proto.h has it */
#define SHIM_PATH_MAX 512 /* with NUL; the issuer refuses far shorter ones */
struct shim_url {
	bool tls;
	char host[SHIM_HOST_MAX];
	unsigned port;
	char path[SHIM_PATH_MAX];
};
/* CURLE_OK, CURLE_UNSUPPORTED_PROTOCOL or CURLE_URL_MALFORMAT. */
CURLcode shim_url_parse(const char *url, struct shim_url *ret);

#pragma GCC visibility pop

#endif
