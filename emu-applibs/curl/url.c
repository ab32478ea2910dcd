/* URLs, as far as a client of the issuer needs them. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "emu-applibs/curl/shim.h"

#define HTTPS_PORT 443u
#define HTTP_PORT 80u

CURLcode shim_url_parse(const char *url, struct shim_url *ret)
{
	const char *host = strstr(url, "://"), *path, *colon;
	size_t scheme = host ? (size_t)(host - url) : 0, n;

	memset(ret, 0, sizeof(*ret));
	if (!host)
		return CURLE_URL_MALFORMAT;
	if (scheme == 5 && strncasecmp(url, "https", 5) == 0) {
		ret->tls = true;
		ret->port = HTTPS_PORT;
	} else if (scheme == 4 && strncasecmp(url, "http", 4) == 0) {
		ret->port = HTTP_PORT;
	} else {
		return CURLE_UNSUPPORTED_PROTOCOL;
	}
	host += 3;
	n = strcspn(host, "/?#");
	path = host + n;
	if (memchr(host, '@', n) || n == 0 || host[0] == '[')
		return CURLE_URL_MALFORMAT; /* no users and no IPv6 here */
	colon = memchr(host, ':', n);
	if (colon) {
		char *end;
		long port = strtol(colon + 1, &end, 10);

		if (end != path || end == colon + 1 || port < 1 || port > 65535)
			return CURLE_URL_MALFORMAT;
		ret->port = (unsigned)port;
		n = (size_t)(colon - host);
	}
	if (n == 0 || n >= sizeof(ret->host) || memchr(host, ' ', n))
		return CURLE_URL_MALFORMAT;
	memcpy(ret->host, host, n);
	n = strcspn(path, "#");
	if (n + 2 > sizeof(ret->path))
		return CURLE_URL_MALFORMAT;
	ret->path[0] = '/';
	memcpy(ret->path + (*path == '/' ? 0 : 1), path, n);
	return CURLE_OK;
}
