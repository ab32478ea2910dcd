/* The certificate with which the device authenticates itself to services on the internet.
 *
 * Link with tlsutils. Needs DeviceAuthentication in app_manifest.json. Source: Microsoft Learn, DeviceAuth_GetCertificatePath.
 */
#ifndef TLSUTILS_DEVICEAUTH_H
#define TLSUTILS_DEVICEAUTH_H

#ifdef __cplusplus
extern "C" {
#endif

/* Path of the certificate, PEM with its chain, as a C string that stays the library's; never NULL. The path is good for this
 * process only; the certificate is renewed every day, so call again before each use. Whether there is one at all says
 * Application_IsDeviceAuthReady, <applibs/application.h>: without one the path leads to an empty file.
 * Ours: the private key is in the file too (a device keeps it in hardware), so that CURLOPT_SSLCERT alone is enough. It is a
 * file in memory that ends with the process. */
const char *DeviceAuth_GetCertificatePath(void);

#ifdef __cplusplus
}
#endif

#endif
