/* libtlsutils.so.0 for the libcurl of this folder: the certificate chain for its TLS context, without OpenSSL.
 *
 * The private key stays with the simulated device, as it stays in hardware on a real one.
 */
#define _GNU_SOURCE
#include <tlsutils/deviceauth.h>
#include <tlsutils/deviceauth_curl.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "emu-applibs/base/base.h"
#include "emu-applibs/client/transport.h"
#include "emu-applibs/curl/shim.h"

/* The chain as malloc'ed PEM; NULL and errno: the device's, or ENOMEM. */
static char *fetch_chain(void)
{
	struct call c;
	char *chain = NULL;
	int r;

	call_begin(&c, WIRE_DEVICE_AUTH);
	r = call_send(&c);
	if (r >= 0) {
		size_t length, key;
		const uint8_t *pem = wire_get_bytes(&c.in, &length);

		(void) wire_get_bytes(&c.in, &key);
		chain = memchr(pem, '\0', length) ? NULL : strndup((const char *)pem, length);
	}
	r = call_end(&c, r);
	if (r >= 0 && !chain)
		errno = ENOMEM;
	return chain;
}

/* The certificate itself need not come here, nor be made, only to be handed to the simulator again. As fetch_chain(). */
static char *fetch_reference(void)
{
	char *reference;
	struct call c;
	int r;

	call_begin(&c, WIRE_DEVICE_AUTH);
	wire_put_u8(&c.out, 1);
	r = call_end(&c, call_send(&c));
	reference = r >= 0 ? strdup(WIRE_HTTP_DEVICE_AUTH) : NULL;
	if (r >= 0 && !reference)
		errno = ENOMEM;
	return reference;
}

DeviceAuthSslResult DeviceAuth_SslCtxFunc(void *sslCtx)
{
	struct shim_tls *tls = sslCtx;
	char *chain;

	if (!tls)
		return DeviceAuthSslResult_GetTenantCertificateError;
	if (tls->magic != SHIM_TLS_MAGIC || tls->size != sizeof(*tls)) {
		(void) fprintf(stderr, "azsim: libtlsutils: DeviceAuth_SslCtxFunc takes the context that libcurl hands to "
		               "CURLOPT_SSL_CTX_FUNCTION, and no other\n");
		return DeviceAuthSslResult_GetTenantCertificateError;
	}
	chain = tls->only ? fetch_reference() : fetch_chain();
	if (!chain)
		return errno == EACCES ? DeviceAuthSslResult_GetTenantIdError : DeviceAuthSslResult_GetTenantCertificateError;
	free(tls->chain);
	tls->chain = chain;
	return DeviceAuthSslResult_Success;
}

/* The simulator limits the size of files to what the manifest grants for the mutable one; this file is the OS's. */
static void fill_file(int fd, const char *chain)
{
	ssize_t length = (ssize_t)strlen(chain);
	struct rlimit before, wide;

	if (ftruncate(fd, 0) < 0 || getrlimit(RLIMIT_FSIZE, &before) < 0)
		return;
	wide = before;
	wide.rlim_cur = wide.rlim_max;
	(void) setrlimit(RLIMIT_FSIZE, &wide);
	if (pwrite(fd, chain, (size_t)length, 0) != length)
		(void) !ftruncate(fd, 0);
	(void) setrlimit(RLIMIT_FSIZE, &before);
}

/* Only the chain: a file with the key would be for a TLS library that is not here. Empty when there is no certificate. */
const char *DeviceAuth_GetCertificatePath(void)
{
	static char path[64];
	static int fd = -1;
	char *chain = fetch_chain();

	if (fd < 0) {
		fd = memfd_create("device-auth", MFD_CLOEXEC);
		(void) snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	if (fd >= 0)
		fill_file(fd, chain ? chain : "");
	free(chain);
	return path;
}
