/* The easy interface: handles, options, results. See shim.h. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "emu-applibs/curl/shim.h"

/* curl.h turns these into macros that check types; here are the functions themselves. */
#undef curl_easy_setopt
#undef curl_easy_getinfo

/* ---- Handles ------------------------------------------------------------------------------------------------------------- */

void shim_reset_result(struct shim_easy *easy)
{
	easy->status = easy->os_error = 0;
	easy->length = -1;
	easy->received = 0;
	easy->content_type[0] = '\0';
	easy->seconds = 0;
}

static void set_defaults(struct shim_easy *easy)
{
	*easy = (struct shim_easy){.post_size = -1, .verify_peer = 1, .verify_host = 2};
	shim_reset_result(easy);
}

static void clear(struct shim_easy *easy)
{
	free(easy->url);
	free(easy->ca_file);
	free(easy->cert_file);
	free(easy->user_agent);
	free(easy->custom_method);
	free(easy->copied_fields);
	set_defaults(easy);
}

CURLcode curl_global_init(long flags)
{
	(void) flags;
	return CURLE_OK;
}

void curl_global_cleanup(void)
{
}

CURL *curl_easy_init(void)
{
	struct shim_easy *easy = malloc(sizeof(*easy));

	if (easy)
		set_defaults(easy);
	return easy;
}

void curl_easy_reset(CURL *curl)
{
	if (curl)
		clear(curl);
}

void curl_easy_cleanup(CURL *curl)
{
	if (!curl)
		return;
	clear(curl);
	free(curl);
}

CURLcode curl_easy_perform(CURL *curl)
{
	return curl ? shim_perform(curl) : CURLE_BAD_FUNCTION_ARGUMENT;
}

/* ---- Options ------------------------------------------------------------------------------------------------------------- */

static CURLcode copy(char **to, const char *text)
{
	char *fresh = text ? strdup(text) : NULL;

	if (text && !fresh)
		return CURLE_OUT_OF_MEMORY;
	free(*to);
	*to = fresh;
	return CURLE_OK;
}

static CURLcode refuse(CURLoption option, const char *why)
{
	(void) fprintf(stderr, "azsim: libcurl: option %d: %s\n", (int)option, why);
	return CURLE_UNKNOWN_OPTION;
}

static CURLcode set_number(struct shim_easy *easy, CURLoption option, int64_t value)
{
	switch ((int)option) {
	case CURLOPT_SSL_VERIFYPEER: easy->verify_peer = value != 0; return CURLE_OK;
	case CURLOPT_SSL_VERIFYHOST: easy->verify_host = value != 0; return CURLE_OK;
	case CURLOPT_TIMEOUT: easy->timeout_ms = value * 1000; return value < 0 ? CURLE_BAD_FUNCTION_ARGUMENT : CURLE_OK;
	case CURLOPT_TIMEOUT_MS: easy->timeout_ms = value; return value < 0 ? CURLE_BAD_FUNCTION_ARGUMENT : CURLE_OK;
	case CURLOPT_MAXFILESIZE:
	case CURLOPT_MAXFILESIZE_LARGE: easy->file_max = value; return value < 0 ? CURLE_BAD_FUNCTION_ARGUMENT : CURLE_OK;
	case CURLOPT_POST: easy->post = value != 0; return CURLE_OK;
	case CURLOPT_HTTPGET:
		if (value)
			easy->post = easy->no_body = false;
		return CURLE_OK;
	case CURLOPT_NOBODY: easy->no_body = value != 0; return CURLE_OK;
	case CURLOPT_POSTFIELDSIZE:
	case CURLOPT_POSTFIELDSIZE_LARGE: easy->post_size = value; return CURLE_OK;
	case CURLOPT_FAILONERROR: easy->fail_on_error = value != 0; return CURLE_OK;
	/* What the simulated issuer never gives occasion for, and what has no effect that can be seen. */
	case CURLOPT_FOLLOWLOCATION:
	case CURLOPT_MAXREDIRS:
	case CURLOPT_CONNECTTIMEOUT:
	case CURLOPT_CONNECTTIMEOUT_MS:
	case CURLOPT_NOSIGNAL:
	case CURLOPT_NOPROGRESS:
	case CURLOPT_VERBOSE:
	case CURLOPT_BUFFERSIZE:
	case CURLOPT_SSL_SESSIONID_CACHE:
	case CURLOPT_SSLVERSION:
	case CURLOPT_HTTP_VERSION:
	case CURLOPT_FRESH_CONNECT:
	case CURLOPT_FORBID_REUSE:
	case CURLOPT_TCP_NODELAY:
	case CURLOPT_TCP_KEEPALIVE:
	case CURLOPT_DNS_CACHE_TIMEOUT:
	case CURLOPT_IPRESOLVE:
	case CURLOPT_LOW_SPEED_LIMIT:
	case CURLOPT_LOW_SPEED_TIME:
		return CURLE_OK;
	default:
		return value == 0 ? CURLE_OK : refuse(option, "a number that the simulator's libcurl does not know");
	}
}

static CURLcode set_pointer(struct shim_easy *easy, CURLoption option, void *value)
{
	switch ((int)option) {
	case CURLOPT_URL: return copy(&easy->url, value);
	case CURLOPT_CAINFO: return copy(&easy->ca_file, value);
	case CURLOPT_SSLCERT: return copy(&easy->cert_file, value);
	case CURLOPT_SSLKEY: return CURLE_OK; /* stays with the device */
	case CURLOPT_USERAGENT: return copy(&easy->user_agent, value);
	case CURLOPT_CUSTOMREQUEST: return copy(&easy->custom_method, value);
	case CURLOPT_HTTPHEADER: easy->headers = value; return CURLE_OK;
	case CURLOPT_POSTFIELDS:
		easy->post_fields = value;
		easy->post |= value != NULL;
		return CURLE_OK;
	case CURLOPT_COPYPOSTFIELDS: {
		size_t n = !value ? 0 : easy->post_size >= 0 ? (size_t)easy->post_size : strlen(value);
		char *fresh = value ? malloc(n + 1) : NULL;

		if (value && !fresh)
			return CURLE_OUT_OF_MEMORY;
		if (fresh) {
			memcpy(fresh, value, n);
			fresh[n] = '\0';
		}
		free(easy->copied_fields);
		easy->post_fields = easy->copied_fields = fresh;
		easy->post |= value != NULL;
		return CURLE_OK;
	}
	case CURLOPT_WRITEDATA: easy->body_data = value; return CURLE_OK;
	case CURLOPT_HEADERDATA: easy->header_data = value; return CURLE_OK;
	case CURLOPT_SSL_CTX_DATA: easy->tls_data = value; return CURLE_OK;
	case CURLOPT_PRIVATE: easy->private_data = value; return CURLE_OK;
	case CURLOPT_ERRORBUFFER: easy->error_buffer = value; return CURLE_OK;
	case CURLOPT_ACCEPT_ENCODING: return CURLE_OK; /* the issuer compresses nothing */
	default:
		return !value ? CURLE_OK : refuse(option, "a pointer that the simulator's libcurl does not know");
	}
}

static CURLcode set_function(struct shim_easy *easy, CURLoption option, void (*value)(void))
{
	switch ((int)option) {
	case CURLOPT_WRITEFUNCTION: easy->on_body = (curl_write_callback)(void *)value; return CURLE_OK;
	case CURLOPT_HEADERFUNCTION: easy->on_header = (curl_write_callback)(void *)value; return CURLE_OK;
	case CURLOPT_SSL_CTX_FUNCTION: easy->on_tls = (curl_ssl_ctx_callback)(void *)value; return CURLE_OK;
	default:
		return !value ? CURLE_OK : refuse(option, "a function that the simulator's libcurl does not know");
	}
}

CURLcode curl_easy_setopt(CURL *curl, CURLoption option, ...)
{
	CURLcode code;
	va_list args;

	if (!curl)
		return CURLE_BAD_FUNCTION_ARGUMENT;
	va_start(args, option);
	if (option < CURLOPTTYPE_OBJECTPOINT)
		code = set_number(curl, option, va_arg(args, long));
	else if (option < CURLOPTTYPE_FUNCTIONPOINT)
		code = set_pointer(curl, option, va_arg(args, void *));
	else if (option < CURLOPTTYPE_OFF_T)
		code = set_function(curl, option, va_arg(args, void (*)(void)));
	else if (option < CURLOPTTYPE_BLOB)
		code = set_number(curl, option, va_arg(args, curl_off_t));
	else
		code = refuse(option, "blobs are unknown to the simulator's libcurl");
	va_end(args);
	return code;
}

/* ---- Results ------------------------------------------------------------------------------------------------------------- */

static bool info_number(const struct shim_easy *easy, CURLINFO info, int64_t *ret)
{
	switch ((int)info) {
	case CURLINFO_RESPONSE_CODE: *ret = easy->status; return true;
	case CURLINFO_OS_ERRNO: *ret = easy->os_error; return true;
	case CURLINFO_SSL_VERIFYRESULT:
	case CURLINFO_REDIRECT_COUNT:
	case CURLINFO_HTTP_CONNECTCODE: *ret = 0; return true;
	case CURLINFO_SIZE_DOWNLOAD_T: *ret = easy->received; return true;
	case CURLINFO_CONTENT_LENGTH_DOWNLOAD_T: *ret = easy->length; return true;
	case CURLINFO_TOTAL_TIME_T: *ret = (int64_t)(easy->seconds * 1e6); return true;
	default: return false;
	}
}

CURLcode curl_easy_getinfo(CURL *curl, CURLINFO info, ...)
{
	struct shim_easy *easy = curl;
	CURLcode code = CURLE_OK;
	int64_t number = 0;
	void *where;
	va_list args;

	va_start(args, info);
	where = va_arg(args, void *);
	va_end(args);
	if (!easy || !where)
		return CURLE_BAD_FUNCTION_ARGUMENT;
	switch ((int)info & CURLINFO_TYPEMASK) {
	case CURLINFO_LONG:
		if (!info_number(easy, info, &number))
			return CURLE_UNKNOWN_OPTION;
		*(long *)where = (long)number;
		break;
	case CURLINFO_OFF_T:
		if (!info_number(easy, info, &number))
			return CURLE_UNKNOWN_OPTION;
		*(curl_off_t *)where = number;
		break;
	case CURLINFO_DOUBLE:
		if (info != CURLINFO_TOTAL_TIME)
			return CURLE_UNKNOWN_OPTION;
		*(double *)where = easy->seconds;
		break;
	case CURLINFO_STRING:
		if (info == CURLINFO_CONTENT_TYPE)
			*(char **)where = easy->content_type[0] ? easy->content_type : NULL;
		else if (info == CURLINFO_EFFECTIVE_URL)
			*(char **)where = easy->url;
		else if (info == CURLINFO_PRIVATE)
			*(void **)where = easy->private_data;
		else
			code = CURLE_UNKNOWN_OPTION;
		break;
	default:
		code = CURLE_UNKNOWN_OPTION;
	}
	return code;
}

/* The library's own words, since applications write them into their logs. */
const char *curl_easy_strerror(CURLcode code)
{
	static const struct {
		CURLcode code;
		const char *text;
	} texts[] = {
		{CURLE_OK, "No error"},
		{CURLE_UNSUPPORTED_PROTOCOL, "Unsupported protocol"},
		{CURLE_FAILED_INIT, "Failed initialization"},
		{CURLE_URL_MALFORMAT, "URL using bad/illegal format or missing URL"},
		{CURLE_COULDNT_RESOLVE_HOST, "Couldn't resolve host name"},
		{CURLE_COULDNT_CONNECT, "Couldn't connect to server"},
		{CURLE_PARTIAL_FILE, "Transferred a partial file"},
		{CURLE_HTTP_RETURNED_ERROR, "HTTP response code said error"},
		{CURLE_WRITE_ERROR, "Failed writing received data to disk/application"},
		{CURLE_OUT_OF_MEMORY, "Out of memory"},
		{CURLE_OPERATION_TIMEDOUT, "Timeout was reached"},
		{CURLE_SSL_CONNECT_ERROR, "SSL connect error"},
		{CURLE_ABORTED_BY_CALLBACK, "Operation was aborted by an application callback"},
		{CURLE_BAD_FUNCTION_ARGUMENT, "A libcurl function was given a bad argument"},
		{CURLE_UNKNOWN_OPTION, "An unknown option was passed in to libcurl"},
		{CURLE_GOT_NOTHING, "Server returned nothing (no headers, no data)"},
		{CURLE_SEND_ERROR, "Failed sending data to the peer"},
		{CURLE_RECV_ERROR, "Failure when receiving data from the peer"},
		{CURLE_SSL_CERTPROBLEM, "Problem with the local SSL certificate"},
		{CURLE_PEER_FAILED_VERIFICATION, "SSL peer certificate or SSH remote key was not OK"},
		{CURLE_FILESIZE_EXCEEDED, "Maximum file size exceeded"},
		{CURLE_SSL_CACERT_BADFILE, "Problem with the SSL CA cert (path? access rights?)"},
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i].code == code)
			return texts[i].text;
	return "Unknown error";
}

char *curl_version(void)
{
	static char text[] = "libcurl/" LIBCURL_VERSION " azsim";

	return text;
}

void curl_free(void *p)
{
	free(p);
}

/* ---- Lists of headers ---------------------------------------------------------------------------------------------------- */

struct curl_slist *curl_slist_append(struct curl_slist *list, const char *text)
{
	struct curl_slist *node = malloc(sizeof(*node)), *last = list;

	if (!node)
		return NULL;
	*node = (struct curl_slist){.data = strdup(text)};
	if (!node->data) {
		free(node);
		return NULL;
	}
	while (last && last->next)
		last = last->next;
	if (!last)
		return node;
	last->next = node;
	return list;
}

void curl_slist_free_all(struct curl_slist *list)
{
	while (list) {
		struct curl_slist *next = list->next;

		free(list->data);
		free(list);
		list = next;
	}
}
