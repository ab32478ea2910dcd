/* See source_https.h. One easy handle a request: a device asks about once a day, and memory is dearer than a handshake. */
#include "app/source_https.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include <applibs/application.h>
#include <applibs/log.h>
#include <applibs/storage.h>
#include <tlsutils/deviceauth_curl.h>

#define PATH_ROOT "/v1/root-ca"
#define PATH_CLIENT "/v1/client-certificate"
#define URL_MAX 256u
#define RECEIVE_BUFFER 4096L /* libcurl's default of 16 KiB is much of this device's memory */

struct source_https {
	const char *issuer;
	char *ca_path; /* of the image package; malloc'ed */
};

struct reply {
	char *body;
	size_t capacity, length;
	bool too_long;
};

static size_t receive(char *data, size_t size, size_t count, void *ctx)
{
	struct reply *reply = ctx;
	size_t n = size * count;

	if (n > reply->capacity - reply->length) {
		reply->too_long = true;
		return 0;
	}
	memcpy(reply->body + reply->length, data, n);
	reply->length += n;
	return n;
}

static int errno_of(CURLcode code, long status, const struct reply *reply)
{
	if (reply->too_long || code == CURLE_FILESIZE_EXCEEDED)
		return -EMSGSIZE;
	switch (code) {
	case CURLE_OK:
		break;
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_CONNECT:
		return -EHOSTUNREACH;
	case CURLE_OPERATION_TIMEDOUT:
		return -ETIMEDOUT;
	case CURLE_OUT_OF_MEMORY:
		return -ENOMEM;
	default:
		return -EPROTO;
	}
	if (status == 200)
		return 0;
	return status == 401 || status == 403 ? -EACCES : -EPROTO;
}

static CURLcode set_up(CURL *curl, const struct source_https *source, const char *url, const char *post,
                       struct curl_slist *headers, struct reply *reply)
{
	CURLcode code = curl_easy_setopt(curl, CURLOPT_URL, url);

#define SET(option, value) code = code == CURLE_OK ? curl_easy_setopt(curl, option, value) : code
	SET(CURLOPT_CAINFO, source->ca_path);
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	SET(CURLOPT_SSL_CTX_FUNCTION, DeviceAuth_CurlSslFunc);
	SET(CURLOPT_SSL_SESSIONID_CACHE, 0L);
	SET(CURLOPT_CONNECTTIMEOUT, SOURCE_CONNECT_TIMEOUT_S);
	SET(CURLOPT_TIMEOUT, SOURCE_TIMEOUT_S);
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_MAXFILESIZE, (long)reply->capacity);
	SET(CURLOPT_BUFFERSIZE, RECEIVE_BUFFER);
	SET(CURLOPT_HTTPHEADER, headers);
	SET(CURLOPT_WRITEFUNCTION, receive);
	SET(CURLOPT_WRITEDATA, reply);
	if (post) {
		SET(CURLOPT_POST, 1L);
		SET(CURLOPT_POSTFIELDSIZE, (long)strlen(post));
		SET(CURLOPT_POSTFIELDS, post);
	}
#undef SET
	return code;
}

/* post: NULL for GET. */
static int request(struct source_https *source, const char *path, const char *post, char *body, size_t capacity,
                   size_t *ret_length)
{
	struct reply reply = { .body = body, .capacity = capacity };
	struct curl_slist *headers = NULL;
	char url[URL_MAX];
	bool ready = false;
	long status = 0;
	CURLcode code;
	CURL *curl;
	int e;

	if (Application_IsDeviceAuthReady(&ready) < 0 || !ready)
		return -EAGAIN;
	if (snprintf(url, sizeof(url), "%s%s", source->issuer, path) >= (int)sizeof(url))
		return -ENAMETOOLONG;
	curl = curl_easy_init();
	headers = curl_slist_append(NULL, "Content-Type: text/plain");
	if (!curl || !headers) {
		e = -ENOMEM;
		goto out;
	}
	code = set_up(curl, source, url, post, headers, &reply);
	if (code == CURLE_OK)
		code = curl_easy_perform(curl);
	if (code == CURLE_OK)
		code = curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	e = errno_of(code, status, &reply);
	if (e < 0)
		(void) Log_Debug("source: %s%s failed curl=%d (%s) status=%ld\n", source->issuer, path, (int)code,
		                 curl_easy_strerror(code), status);
	else
		*ret_length = reply.length;
out:
	curl_slist_free_all(headers);
	curl_easy_cleanup(curl);
	return e;
}

static int current_root(void *ctx, char *body, size_t capacity, size_t *ret_length)
{
	return request(ctx, PATH_ROOT, NULL, body, capacity, ret_length);
}

static int new_client(void *ctx, const char *identity, char *body, size_t capacity, size_t *ret_length)
{
	return request(ctx, PATH_CLIENT, identity, body, capacity, ret_length);
}

int source_https_new(const char *issuer, struct source_https **ret)
{
	struct source_https *source = calloc(1, sizeof(*source));

	if (!source)
		return -ENOMEM;
	source->issuer = issuer;
	source->ca_path = Storage_GetAbsolutePathInImagePackage(SOURCE_CA_FILE);
	if (!source->ca_path) {
		free(source);
		return -ENOMEM;
	}
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		free(source->ca_path);
		free(source);
		return -EIO;
	}
	*ret = source;
	return 0;
}

void source_https_free(struct source_https *source)
{
	if (!source)
		return;
	curl_global_cleanup();
	free(source->ca_path);
	free(source);
}

struct rot_source source_https_table(struct source_https *source)
{
	return (struct rot_source){ .ctx = source, .current_root = current_root, .new_client = new_client };
}
