/* libtlsutils.so.0: the device-authentication certificate, for libcurl's TLS context or as a file.
 *
 * On a device the private key stays in hardware; here both come from the simulator. Its own connection to it, since libapplibs.so.0
 * exports nothing but its API.
 */
#define _GNU_SOURCE
#include <tlsutils/deviceauth.h>
#include <tlsutils/deviceauth_curl.h>

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "emu-applibs/base/base.h"
#include "emu-applibs/client/transport.h"

#define PEM_MAX 16384 /* of the chain, of the key */

struct material {
	char chain[PEM_MAX];
	char key[PEM_MAX];
};

static void wipe_material(struct material **m)
{
	if (*m)
		OPENSSL_cleanse(*m, sizeof(**m));
	free(*m);
}
#define cleanup_material __attribute__((cleanup(wipe_material)))

/* NULL and errno: the device's, or ENOMEM. The caller wipes and frees. */
static struct material *fetch(void)
{
	struct material *m = calloc(1, sizeof(*m));
	struct call c;
	int r;

	if (!m)
		return NULL;
	call_begin(&c, WIRE_DEVICE_AUTH);
	r = call_send(&c);
	if (r >= 0) {
		(void) wire_get_str(&c.in, m->chain, sizeof(m->chain));
		(void) wire_get_str(&c.in, m->key, sizeof(m->key));
	}
	if (call_end(&c, r) < 0) {
		int error = errno;

		free(m);
		errno = error;
		return NULL;
	}
	return m;
}

/* ---- As a TLS context's own ---------------------------------------------------------------------------------------------- */

static X509 *read_certificate(BIO *bio)
{
	return PEM_read_bio_X509(bio, NULL, NULL, NULL);
}

static bool use_chain(SSL_CTX *ctx, const char *pem)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	X509 *certificate = bio ? read_certificate(bio) : NULL;
	bool ok = certificate && SSL_CTX_use_certificate(ctx, certificate) == 1 && SSL_CTX_clear_chain_certs(ctx) == 1;

	X509_free(certificate);
	while (ok && (certificate = read_certificate(bio))) {
		ok = SSL_CTX_add1_chain_cert(ctx, certificate) == 1;
		X509_free(certificate);
	}
	BIO_free(bio);
	return ok;
}

static bool use_key(SSL_CTX *ctx, const char *pem)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	/* A passphrase, not NULL: no one shall be asked for one on a terminal. */
	EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, NULL, (void *)"") : NULL;
	bool ok = key && SSL_CTX_use_PrivateKey(ctx, key) == 1 && SSL_CTX_check_private_key(ctx) == 1;

	EVP_PKEY_free(key);
	BIO_free(bio);
	return ok;
}

DeviceAuthSslResult DeviceAuth_SslCtxFunc(void *sslCtx)
{
	DeviceAuthSslResult result = DeviceAuthSslResult_Success;
	cleanup_material struct material *m = NULL;

	if (!sslCtx)
		return DeviceAuthSslResult_GetTenantCertificateError;
	m = fetch();
	if (!m)
		return errno == EACCES ? DeviceAuthSslResult_GetTenantIdError : DeviceAuthSslResult_GetTenantCertificateError;
	if (!use_chain(sslCtx, m->chain))
		result = DeviceAuthSslResult_GetTenantCertificateError;
	else if (!use_key(sslCtx, m->key))
		result = DeviceAuthSslResult_EnableHwSignError;
	ERR_clear_error(); /* the end of a PEM file is an error in OpenSSL's queue, and libcurl reads that queue */
	return result;
}

/* ---- As a file ----------------------------------------------------------------------------------------------------------- */

static struct {
	pthread_mutex_t lock;
	int fd;
	char path[64];
} file = { .lock = PTHREAD_MUTEX_INITIALIZER, .fd = -1 };

/* The chain and, behind it, the key; nothing when there is no certificate or no room. The simulator limits the size of files to
 * what the manifest grants for the mutable one, which may be nothing; this file is the OS's. */
static void fill_file(const struct material *m)
{
	size_t chain = m ? strlen(m->chain) : 0, key = m ? strlen(m->key) : 0;
	struct rlimit before, wide;

	if (ftruncate(file.fd, 0) < 0 || !m)
		return;
	if (getrlimit(RLIMIT_FSIZE, &before) < 0)
		return;
	wide = before;
	wide.rlim_cur = wide.rlim_max;
	(void) setrlimit(RLIMIT_FSIZE, &wide);
	if (pwrite(file.fd, m->chain, chain, 0) != (ssize_t)chain || pwrite(file.fd, m->key, key, (off_t)chain) != (ssize_t)key)
		(void) !ftruncate(file.fd, 0);
	(void) setrlimit(RLIMIT_FSIZE, &before);
}

const char *DeviceAuth_GetCertificatePath(void)
{
	cleanup_material struct material *m = fetch();

	(void) pthread_mutex_lock(&file.lock);
	if (file.fd < 0) {
		file.fd = memfd_create("device-auth", MFD_CLOEXEC);
		(void) snprintf(file.path, sizeof(file.path), "/proc/self/fd/%d", file.fd);
	}
	if (file.fd >= 0)
		fill_file(m);
	(void) pthread_mutex_unlock(&file.lock);
	return file.path;
}
