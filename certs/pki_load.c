/* Certificates of the PKI maker once they exist: reading foreign ones, answering questions, giving them back.
 *
 * Leaves making and checking against a specification to pki_make.c and pki_verify.c.
 */
#define _GNU_SOURCE
#include "certs/pki_internal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "certs/dates.h"

int pki_fail(char *error, int r, const char *name, const char *format, ...)
{
	int used;
	va_list args;

	ERR_clear_error();
	if (!error)
		return r;
	used = snprintf(error, PKI_ERROR_MAX, "%s: ", name ? name : "certificate");
	if (used < 0 || used >= PKI_ERROR_MAX)
		return r;
	va_start(args, format);
	(void) vsnprintf(error + used, PKI_ERROR_MAX - (size_t)used, format, args);
	va_end(args);
	return r;
}

int pki_fail_ssl(char *error, const char *name, const char *what)
{
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());

	return pki_fail(error, -EIO, name, "%s: OpenSSL: %s", what, reason ? reason : "no reason given");
}

ASN1_TIME *pki_time_new(int64_t s)
{
	/* UTCTime up to 2049, GeneralizedTime from 2050 on, as RFC 5280 4.1.2.5 wants it. */
	return s < DATES_MIN_S || s > DATES_MAX_S ? NULL : ASN1_TIME_set(NULL, (time_t)s);
}

int pki_time_get(const ASN1_TIME *time, int64_t *ret_s)
{
	cleanup_time ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
	int days, seconds;

	if (!epoch || !time || ASN1_TIME_diff(&days, &seconds, epoch, time) != 1)
		return -EINVAL;
	*ret_s = (int64_t)days * 86400 + seconds;
	return 0;
}

char *pki_bio_text(BIO *bio)
{
	char *bytes;
	long length = BIO_get_mem_data(bio, &bytes);

	return length < 0 ? NULL : strndup(length ? bytes : "", (size_t)length);
}

enum pki_use pki_use_of(X509 *x509)
{
	uint32_t eku;

	if (X509_check_ca(x509) > 0)
		return X509_get_extension_flags(x509) & EXFLAG_SI ? PKI_ROOT : PKI_INTERMEDIATE;
	eku = X509_get_extended_key_usage(x509); /* UINT32_MAX when there is none: then anything, so a server too */
	return eku & XKU_SSL_SERVER ? PKI_SERVER : PKI_CLIENT;
}

int pki_read_fields(struct pki_cert *cert, char *error)
{
	cleanup_bio BIO *bio = BIO_new(BIO_s_mem());
	char *line;

	if (!bio || PEM_write_bio_X509(bio, cert->x509) != 1)
		return pki_fail_ssl(error, cert->name, "writing the certificate as PEM");
	cert->cert_pem = pki_bio_text(bio);
	line = X509_NAME_oneline(X509_get_subject_name(cert->x509), NULL, 0);
	cert->subject = line ? strdup(line) : NULL;
	OPENSSL_free(line);
	if (!cert->cert_pem || !cert->subject)
		return pki_fail(error, -ENOMEM, cert->name, "out of memory");
	if (pki_time_get(X509_get0_notBefore(cert->x509), &cert->not_before_s) < 0 ||
	    pki_time_get(X509_get0_notAfter(cert->x509), &cert->not_after_s) < 0)
		return pki_fail(error, -EINVAL, cert->name, "a validity date cannot be read");
	if (ASN1_INTEGER_get_uint64(&cert->serial, X509_get0_serialNumber(cert->x509)) != 1) {
		cert->serial = 0;
		ERR_clear_error();
	}
	return 0;
}

/* ---- Loading ------------------------------------------------------------------------------------------------------- */

/* OpenSSL's own callback would ask the terminal. `data` is the password or NULL. */
static int give_password(char *buffer, int size, int writing, void *data)
{
	size_t length = data ? strlen(data) : 0;

	(void) writing;
	if (length == 0 || size < 0 || length > (size_t)size)
		return -1;
	memcpy(buffer, data, length);
	return (int)length;
}

static int load_certs(struct pki_cert *cert, const char *cert_pem, char *error)
{
	cleanup_bio BIO *in = BIO_new_mem_buf(cert_pem, -1);
	cleanup_bio BIO *above = BIO_new(BIO_s_mem());

	if (!in || !above)
		return pki_fail(error, -ENOMEM, cert->name, "out of memory");
	cert->x509 = PEM_read_bio_X509(in, NULL, give_password, NULL);
	if (!cert->x509)
		return pki_fail(error, -EINVAL, cert->name, "no PEM certificate can be read");
	for (;;) {
		cleanup_x509 X509 *next = PEM_read_bio_X509(in, NULL, give_password, NULL);

		if (!next)
			break;
		if (!(X509_get_extension_flags(next) & EXFLAG_SI) && PEM_write_bio_X509(above, next) != 1)
			return pki_fail_ssl(error, cert->name, "copying the chain");
	}
	ERR_clear_error();
	cert->issuers_pem = pki_bio_text(above);
	return cert->issuers_pem ? 0 : pki_fail(error, -ENOMEM, cert->name, "out of memory");
}

int pki_load_encrypted(const char *name, const char *cert_pem, const char *key_pem, const char *password,
                       struct pki_cert **ret_cert, char error[PKI_ERROR_MAX])
{
	cleanup_pki struct pki_cert *cert = calloc(1, sizeof(*cert));
	int r;

	if (!cert || !(cert->name = strdup(name ? name : "certificate")))
		return pki_fail(error, -ENOMEM, name, "out of memory");
	if (!cert_pem)
		return pki_fail(error, -EINVAL, name, "no certificate given");
	r = load_certs(cert, cert_pem, error);
	if (r < 0)
		return r;
	r = pki_read_fields(cert, error);
	if (r < 0)
		return r;
	cert->use = pki_use_of(cert->x509);
	if (key_pem) {
		cleanup_bio BIO *in = BIO_new_mem_buf(key_pem, -1);

		cert->key = in ? PEM_read_bio_PrivateKey(in, NULL, give_password, (void *)password) : NULL;
		if (!cert->key)
			return pki_fail(error, -EINVAL, name, "the private key cannot be read: not PEM, or %s",
			                password ? "another password" : "encrypted");
	}
	*ret_cert = steal_ptr(&cert);
	return 0;
}

int pki_load(const char *name, const char *cert_pem, const char *key_pem, struct pki_cert **ret_cert,
             char error[PKI_ERROR_MAX])
{
	return pki_load_encrypted(name, cert_pem, key_pem, NULL, ret_cert, error);
}

void pki_free(struct pki_cert *cert)
{
	if (!cert)
		return;
	X509_free(cert->x509);
	EVP_PKEY_free(cert->key); /* OpenSSL wipes private values */
	free(cert->name);
	free(cert->cert_pem);
	free(cert->issuers_pem);
	free(cert->subject);
	free(cert);
}

/* ---- Questions ----------------------------------------------------------------------------------------------------- */

const char *pki_cert_pem(const struct pki_cert *cert)
{
	return cert->cert_pem;
}

char *pki_chain_pem(const struct pki_cert *cert)
{
	char *chain;

	if (asprintf(&chain, "%s%s", cert->cert_pem, cert->issuers_pem) < 0)
		return NULL;
	return chain;
}

const char *pki_subject(const struct pki_cert *cert)
{
	return cert->subject;
}

int64_t pki_not_before(const struct pki_cert *cert)
{
	return cert->not_before_s;
}

int64_t pki_not_after(const struct pki_cert *cert)
{
	return cert->not_after_s;
}

uint64_t pki_serial(const struct pki_cert *cert)
{
	return cert->serial;
}
