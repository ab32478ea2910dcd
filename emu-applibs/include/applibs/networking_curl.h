/* The device's proxy for a libcurl handle. Include <curl/curl.h> before or let this file do it.
 *
 * Inline on top of <applibs/networking.h>; needs what Networking_Proxy_Get needs. Link with curl. Source: networking_curl.h of the
 * Azure Sphere SDK; Microsoft Learn, Networking_Curl_SetDefaultProxy.
 */
#ifndef APPLIBS_NETWORKING_CURL_H
#define APPLIBS_NETWORKING_CURL_H

#include <errno.h>
#include <stdbool.h>

#include <curl/curl.h>

#include <applibs/networking.h>

#ifdef __cplusplus
extern "C" {
#endif

/* libcurl's name for it; -1 for a type that is none. */
static inline int Networking_Curl_ProxyTypeToCurlProxyType(Networking_ProxyType proxyType)
{
	return proxyType == Networking_ProxyType_HTTP ? (int)CURLPROXY_HTTP : -1;
}

/* Ours: all of it, or CURLE code. */
static inline CURLcode z__Networking_Curl_SetProxy(CURL *curlHandle, const Networking_ProxyConfig *proxyConfig)
{
	bool basic = Networking_Proxy_GetAuthType(proxyConfig) == Networking_ProxyAuthType_Basic;
	uint16_t port = 0;
	CURLcode r;

	(void)Networking_Proxy_GetProxyPort(proxyConfig, &port);
	r = curl_easy_setopt(curlHandle, CURLOPT_PROXYTYPE,
			     (long)Networking_Curl_ProxyTypeToCurlProxyType(Networking_Proxy_GetProxyType(proxyConfig)));
	if (r == CURLE_OK)
		r = curl_easy_setopt(curlHandle, CURLOPT_PROXY, Networking_Proxy_GetProxyAddress(proxyConfig));
	if (r == CURLE_OK)
		r = curl_easy_setopt(curlHandle, CURLOPT_PROXYPORT, (long)port);
	if (r == CURLE_OK)
		r = curl_easy_setopt(curlHandle, CURLOPT_NOPROXY, Networking_Proxy_GetNoProxyAddresses(proxyConfig));
	if (!basic)
		return r == CURLE_OK ? curl_easy_setopt(curlHandle, CURLOPT_PROXYAUTH, (long)CURLAUTH_NONE) : r;
	if (r == CURLE_OK)
		r = curl_easy_setopt(curlHandle, CURLOPT_PROXYAUTH, (long)CURLAUTH_BASIC);
	if (r == CURLE_OK)
		r = curl_easy_setopt(curlHandle, CURLOPT_PROXYUSERNAME, Networking_Proxy_GetProxyUsername(proxyConfig));
	if (r == CURLE_OK)
		r = curl_easy_setopt(curlHandle, CURLOPT_PROXYPASSWORD, Networking_Proxy_GetProxyPassword(proxyConfig));
	return r;
}

/* The handle goes by the device's proxy, or by none when none is configured or it is switched off. 0; or -1 and errno:
 *   EFAULT  curlHandle is NULL
 *   EACCES  the manifest lacks NetworkConfig and ReadNetworkProxyConfig
 *   ENOMEM  out of memory */
static inline int Networking_Curl_SetDefaultProxy(CURL *curlHandle)
{
	Networking_ProxyConfig *proxyConfig;
	Networking_ProxyOptions options = 0;
	CURLcode set = CURLE_OK;
	int error = 0;

	if (curlHandle == NULL) {
		errno = EFAULT;
		return -1;
	}
	proxyConfig = Networking_Proxy_Create();
	if (proxyConfig == NULL)
		return -1;
	if (Networking_Proxy_Get(proxyConfig) != 0)
		error = errno;
	else
		(void)Networking_Proxy_GetProxyOptions(proxyConfig, &options);
	if ((options & Networking_ProxyOptions_Enabled) != 0)
		set = z__Networking_Curl_SetProxy(curlHandle, proxyConfig);
	else if (error == 0 || error == ENOENT)
		set = curl_easy_setopt(curlHandle, CURLOPT_PROXY, NULL);
	if (error == ENOENT)
		error = 0;
	if (set != CURLE_OK)
		error = set == CURLE_OUT_OF_MEMORY ? ENOMEM : EINVAL;
	Networking_Proxy_Destroy(proxyConfig);
	if (error == 0)
		return 0;
	errno = error;
	return -1;
}

#ifdef __cplusplus
}
#endif

#endif
