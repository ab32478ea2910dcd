/* Keys of the PKI maker: making them, writing them as PEM, signing with them.
 *
 * Lengths must not differ between two runs of one specification, for they show in logs (space left in a certificate
 * store). A DER integer is a byte longer when its top bit is set, so P-256 signatures and RSA keys are made again until
 * they have the commonest length.
 */
#include "certs/pki_internal.h"

#include <errno.h>
#include <stdio.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#define TRIES_MAX 200 /* about half of all tries fit, so never reached in practice */

/* SEQUENCE of two INTEGERs of up to 32 bytes: 70 bytes when neither has its top bit set, 72 when both have. Half of all
 * signatures have 71. */
#define P256_SIGNATURE_LENGTH 71

/* Bytes of the PKCS#1 form. Of the three CRT values each has its top bit set in about 4 of 10 keys, so the commonest case
 * is one of three. */
static const struct {
	int bits;
	int pkcs1_length;
} rsa_sizes[] = {
	[PKI_KEY_RSA2048] = {2048, 1191},
	[PKI_KEY_RSA3072] = {3072, 1767},
	[PKI_KEY_RSA4096] = {4096, 2348},
};

int pki_key_generate(enum pki_key_type type, EVP_PKEY **ret_key)
{
	if (type == PKI_KEY_P256) {
		EVP_PKEY *key = EVP_EC_gen("P-256");

		if (!key)
			return -EIO;
		*ret_key = key;
		return 0;
	}
	if ((size_t)type >= ARRAY_LEN(rsa_sizes))
		return -EIO;
	for (int i = 0; i < TRIES_MAX; i++) {
		cleanup_pkey EVP_PKEY *key = EVP_RSA_gen((size_t)rsa_sizes[type].bits);

		if (!key)
			return -EIO;
		if (i2d_PrivateKey(key, NULL) == rsa_sizes[type].pkcs1_length) {
			*ret_key = steal_ptr(&key);
			return 0;
		}
	}
	return -EIO;
}

bool pki_key_is_rsa(const EVP_PKEY *key)
{
	return EVP_PKEY_is_a(key, "RSA");
}

bool pki_key_matches(const struct pki_cert *cert)
{
	bool matches = cert->key && X509_check_private_key(cert->x509, cert->key) == 1;

	ERR_clear_error();
	return matches;
}

/* ---- Signing ------------------------------------------------------------------------------------------------------- */

static bool is_p256(const EVP_PKEY *key)
{
	return EVP_PKEY_is_a(key, "EC") && EVP_PKEY_get_bits(key) == 256;
}

/* Ed25519 and its like bring their own digest. */
static const EVP_MD *digest_for(const EVP_PKEY *key)
{
	return pki_key_is_rsa(key) || EVP_PKEY_is_a(key, "EC") ? EVP_sha256() : NULL;
}

int pki_sign_cert(X509 *x509, EVP_PKEY *key, bool weak)
{
	const EVP_MD *digest = weak ? EVP_sha1() : digest_for(key);

	for (int i = 0; i < TRIES_MAX; i++) {
		const ASN1_BIT_STRING *signature;

		if (X509_sign(x509, key, digest) <= 0)
			return -EIO;
		X509_get0_signature(&signature, NULL, x509);
		if (!is_p256(key) || ASN1_STRING_length(signature) == P256_SIGNATURE_LENGTH)
			return 0;
	}
	return -EIO;
}

int pki_sign_crl(X509_CRL *crl, EVP_PKEY *key)
{
	for (int i = 0; i < TRIES_MAX; i++) {
		const ASN1_BIT_STRING *signature;

		if (X509_CRL_sign(crl, key, digest_for(key)) <= 0)
			return -EIO;
		X509_CRL_get0_signature(crl, &signature, NULL);
		if (!is_p256(key) || ASN1_STRING_length(signature) == P256_SIGNATURE_LENGTH)
			return 0;
	}
	return -EIO;
}

/* ---- Writing ------------------------------------------------------------------------------------------------------- */

/* The text of a BIO whose bytes are wiped when it is freed. */
static char *secret_bio_text(BIO *bio)
{
	char *bytes;
	long length = BIO_get_mem_data(bio, &bytes);
	char *text = length > 0 ? malloc((size_t)length + 1) : NULL;

	if (text) {
		memcpy(text, bytes, (size_t)length);
		text[length] = '\0';
	}
	return text;
}

int pki_key_pem(const struct pki_cert *cert, enum pki_key_format format, const char *password, char **ret_pem)
{
	const EVP_CIPHER *cipher = password ? EVP_aes_256_cbc() : NULL;
	size_t password_length = password ? strlen(password) : 0;
	cleanup_bio BIO *bio = NULL;
	char *pem;
	int ok;

	/* OpenSSL asks the terminal for a password when it is given an empty one. */
	if (!cert->key || (password && (password_length == 0 || password_length > PEM_BUFSIZE)))
		return -EINVAL;
	bio = BIO_new(BIO_s_secmem());
	if (!bio)
		return -ENOMEM;

	if (format == PKI_TRADITIONAL)
		ok = PEM_write_bio_PrivateKey_traditional(bio, cert->key, cipher, (const unsigned char *)password,
		                                          (int)password_length, NULL, NULL);
	else
		ok = PEM_write_bio_PKCS8PrivateKey(bio, cert->key, cipher, password, (int)password_length, NULL, NULL);
	if (ok != 1) {
		ERR_clear_error();
		return -EIO;
	}
	pem = secret_bio_text(bio);
	if (!pem)
		return -ENOMEM;
	*ret_pem = pem;
	return 0;
}
