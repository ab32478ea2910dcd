/* What the files of the PKI maker share: the certificate itself, owning locals for OpenSSL, errors in one line.
 *
 * Not for other rooms: they use pki.h.
 */
#ifndef CERTS_PKI_INTERNAL_H
#define CERTS_PKI_INTERNAL_H

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "certs/pki.h"
#include "emu-applibs/base/base.h"

struct pki_cert {
	char *name;
	enum pki_use use;
	X509 *x509;
	EVP_PKEY *key;    /* as handed out, so with the fault wrong-key not the certificate's; NULL: none was loaded */
	char *cert_pem;
	char *issuers_pem; /* intermediates above this certificate, "" when none */
	char *subject;
	int64_t not_before_s, not_after_s;
	uint64_t serial;
};

#define PKI_DEFINE_CLEANUP(name, type, function)                                                                         \
	static inline void name##_p(type **p)                                                                            \
	{                                                                                                                \
		function(*p);                                                                                            \
	}

PKI_DEFINE_CLEANUP(pki_bio_free, BIO, BIO_free_all)
PKI_DEFINE_CLEANUP(pki_x509_free, X509, X509_free)
PKI_DEFINE_CLEANUP(pki_crl_free, X509_CRL, X509_CRL_free)
PKI_DEFINE_CLEANUP(pki_pkey_free, EVP_PKEY, EVP_PKEY_free)
PKI_DEFINE_CLEANUP(pki_time_free, ASN1_TIME, ASN1_TIME_free)
PKI_DEFINE_CLEANUP(pki_integer_free, ASN1_INTEGER, ASN1_INTEGER_free)
PKI_DEFINE_CLEANUP(pki_cert_free, struct pki_cert, pki_free)

#define cleanup_bio __attribute__((cleanup(pki_bio_free_p)))
#define cleanup_x509 __attribute__((cleanup(pki_x509_free_p)))
#define cleanup_crl __attribute__((cleanup(pki_crl_free_p)))
#define cleanup_pkey __attribute__((cleanup(pki_pkey_free_p)))
#define cleanup_time __attribute__((cleanup(pki_time_free_p)))
#define cleanup_integer __attribute__((cleanup(pki_integer_free_p)))
#define cleanup_pki __attribute__((cleanup(pki_cert_free_p)))

/* Writes "NAME: text" to error (NULL is fine), cut to size, and returns r. pki_fail_ssl adds what OpenSSL's error queue
 * says last. Both leave that queue empty. */
int pki_fail(char *error, int r, const char *name, const char *format, ...) ATTR_PRINTF(4, 5);
int pki_fail_ssl(char *error, const char *name, const char *what);

/* From begin to end every random number of OpenSSL is a function of the text. 0, or -1 when OpenSSL refuses; end is due then too. */
int pki_seed_begin(const char *text);
void pki_seed_end(void);

/* A new key. 0 or -EIO. */
int pki_key_generate(enum pki_key_type type, EVP_PKEY **ret_key);
bool pki_key_is_rsa(const EVP_PKEY *key);
/* Whether the key in hand is the one in the certificate. */
bool pki_key_matches(const struct pki_cert *cert);

/* Sign again while a P-256 signature has not the commonest length; weak: with SHA-1. 0 or -EIO. */
int pki_sign_cert(X509 *x509, EVP_PKEY *key, bool weak);
int pki_sign_crl(X509_CRL *crl, EVP_PKEY *key);

/* 0 when `issuer` may sign certificates and lists, else -EINVAL and why. */
int pki_issuer_check(const struct pki_cert *issuer, char *error);

/* Fills in what can be read from cert->x509: PEM, subject, dates, serial. 0, -EINVAL (dates), -EIO, -ENOMEM. */
int pki_read_fields(struct pki_cert *cert, char *error);

/* Reads the finished certificate back from its PEM and compares it with what was asked. 0, or -EIO and what differs. */
int pki_verify_made(const struct pki_cert *cert, const struct pki_spec *spec, int64_t not_before_s, int64_t not_after_s,
                    char *error);

/* A date in a certificate, and back. NULL outside 1950..9999; -EINVAL for a date that cannot be read. */
ASN1_TIME *pki_time_new(int64_t s);
int pki_time_get(const ASN1_TIME *time, int64_t *ret_s);

/* The bytes of a memory BIO as a NUL-terminated string the caller frees; NULL on ENOMEM. */
char *pki_bio_text(BIO *bio);

/* As pki_load, for an encrypted key as well. */
int pki_load_encrypted(const char *name, const char *cert_pem, const char *key_pem, const char *password,
                       struct pki_cert **ret_cert, char error[PKI_ERROR_MAX]);

/* What the certificate is for, from its extensions. */
enum pki_use pki_use_of(X509 *x509);

#endif
