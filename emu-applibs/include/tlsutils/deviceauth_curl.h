/* Device authentication for libcurl: CURLOPT_SSL_CTX_FUNCTION, DeviceAuth_CurlSslFunc.
 *
 * Link with curl and tlsutils. Needs DeviceAuthentication in app_manifest.json. Source: deviceauth_curl.h of the Azure Sphere
 * SDK; Microsoft Learn, DeviceAuth_SslCtxFunc.
 */
#ifndef TLSUTILS_DEVICEAUTH_CURL_H
#define TLSUTILS_DEVICEAUTH_CURL_H

#include <curl/curl.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum DeviceAuthSslResult {
	DeviceAuthSslResult_Success = 0,
	DeviceAuthSslResult_GetTenantIdError = 1,          /* DeviceAuthentication missing in the manifest */
	DeviceAuthSslResult_GetTenantCertificateError = 2, /* no certificate (yet) */
	DeviceAuthSslResult_EnableHwSignError = 3,         /* the private key cannot be used */
} DeviceAuthSslResult;

/* Puts the device's certificate, chain and key into a TLS context; a handshake then answers a request for a client
 * certificate with them. sslCtx: on a device wolfSSL's context; ours: OpenSSL's SSL_CTX, the libcurl must be built on OpenSSL.
 * Ours: NULL gives DeviceAuthSslResult_GetTenantCertificateError. */
DeviceAuthSslResult DeviceAuth_SslCtxFunc(void *sslCtx);

/* The same in the shape that libcurl calls. */
static inline CURLcode DeviceAuth_CurlSslFunc(CURL *curl, void *sslctx, void *userCtx)
{
	(void) curl;
	(void) userCtx;
	return DeviceAuth_SslCtxFunc(sslctx) == DeviceAuthSslResult_Success ? CURLE_OK : CURLE_SSL_CERTPROBLEM;
}

#ifdef __cplusplus
}
#endif

#endif
