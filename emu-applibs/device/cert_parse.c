/* See cert_parse.h.
 *
 * PEM is taken apart block by block instead of by OpenSSL's readers that search for whatever fits, so that it is known whether a
 * key was encrypted, and what stands in front of it.
 */
#include "emu-applibs/device/cert_parse.h"

#include <errno.h>
#include <stdbool.h>
#include <time.h>

#include <openssl/asn1t.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include "emu-applibs/base/base.h"

/* A hostile key could ask for hours of key derivation. Tools take between 2,048 and a million rounds. */
#define KDF_ROUNDS_MAX 2000000

/* One PEM block in DER. */
struct block {
	char *name, *header;
	unsigned char *der;
	long length;
};

static void block_wipe(struct block *block)
{
	OPENSSL_free(block->name);
	OPENSSL_free(block->header);
	OPENSSL_clear_free(block->der, block->der ? (size_t)block->length : 0);
	*block = (struct block) { .name = NULL };
}

/* The first block whose name is not `skip` (NULL: the first). False: there is none. */
static bool block_read(const uint8_t *pem, size_t length, const char *skip, struct block *ret)
{
	BIO *bio = BIO_new_mem_buf(pem, (int)length);
	bool found;

	*ret = (struct block) { .name = NULL };
	if (!bio)
		abort();
	for (;;) {
		found = PEM_read_bio(bio, &ret->name, &ret->header, &ret->der, &ret->length) == 1;
		if (!found || !skip || strcmp(ret->name, skip) != 0)
			break;
		block_wipe(ret);
	}
	BIO_free(bio);
	if (!found)
		*ret = (struct block) { .name = NULL };
	return found;
}

/* Base64 without the lines around it, as one block that has no name. False: it is something else. */
static bool block_read_bare(const uint8_t *text, size_t length, struct block *ret)
{
	EVP_ENCODE_CTX *decoder = EVP_ENCODE_CTX_new();
	unsigned char *der = OPENSSL_malloc(length + 1);
	int body = 0, rest = 0;
	bool ok;

	if (!decoder || !der)
		abort();
	EVP_DecodeInit(decoder);
	ok = EVP_DecodeUpdate(decoder, der, &body, text, (int)length) >= 0 && EVP_DecodeFinal(decoder, der + body, &rest) == 1 &&
	     body + rest > 0;
	EVP_ENCODE_CTX_free(decoder);
	if (!ok) {
		OPENSSL_clear_free(der, length + 1);
		return false;
	}
	*ret = (struct block) { .name = OPENSSL_strdup(""), .header = OPENSSL_strdup(""), .der = der, .length = body + rest };
	if (!ret->name || !ret->header)
		abort();
	return true;
}

/* As block_read; bare base64 too, where the rules allow it. */
static bool block_read_any(const uint8_t *pem, size_t length, const char *skip, const struct cert_rules *rules, struct block *ret)
{
	if (block_read(pem, length, skip, ret))
		return true;
	if (!block_read_bare(pem, length, ret))
		return false;
	if (rules->takes(rules->ctx, CERT_FORM_BARE))
		return true;
	block_wipe(ret);
	return false;
}

/* What was written to a memory BIO, as a C string of our own; frees the BIO, which wipes its memory. */
static char *take_text(BIO *bio)
{
	char *data = NULL, *text;
	long length = BIO_get_mem_data(bio, &data);

	text = malloc((size_t)length + 1);
	if (!text)
		abort();
	memcpy(text, data, (size_t)length);
	text[length] = '\0';
	BIO_free(bio);
	return text;
}

static BIO *memory(void)
{
	BIO *bio = BIO_new(BIO_s_mem());

	if (!bio)
		abort();
	return bio;
}

/* ---- Certificate ----------------------------------------------------------------------------------------------------- */

static bool seconds_of(const ASN1_TIME *time, int64_t *ret_s)
{
	struct tm tm;

	if (!time || ASN1_TIME_to_tm(time, &tm) != 1)
		return false;
	*ret_s = (int64_t)timegm(&tm);
	return true;
}

static bool describe(X509 *x509, struct certificate *ret)
{
	return X509_get0_pubkey(x509) && seconds_of(X509_get0_notBefore(x509), &ret->not_before_s) &&
	       seconds_of(X509_get0_notAfter(x509), &ret->not_after_s) &&
	       X509_NAME_oneline(X509_get_subject_name(x509), ret->subject, sizeof(ret->subject)) &&
	       X509_NAME_oneline(X509_get_issuer_name(x509), ret->issuer, sizeof(ret->issuer));
}

/* The whole block as one certificate, or NULL. */
static X509 *decode_certificate(const struct block *block)
{
	const unsigned char *at = block->der;
	X509 *x509;

	if ((block->name[0] != '\0' && strcmp(block->name, PEM_STRING_X509) != 0) || block->header[0] != '\0')
		return NULL;
	x509 = d2i_X509(NULL, &at, block->length);
	if (x509 && at != block->der + block->length) {
		X509_free(x509);
		return NULL;
	}
	return x509;
}

int certificate_parse(const uint8_t *pem, size_t length, const struct cert_rules *rules, struct certificate **ret)
{
	struct certificate *made = calloc(1, sizeof(*made));
	struct block block;
	X509 *x509 = NULL;
	bool ok;

	if (!made)
		abort();
	made->references = 1;
	if (block_read_any(pem, length, NULL, rules, &block))
		x509 = decode_certificate(&block);
	ok = x509 && describe(x509, made);
	if (ok) {
		BIO *bio = memory();

		if (PEM_write_bio(bio, PEM_STRING_X509, "", block.der, block.length) <= 0)
			abort();
		made->cert_pem = take_text(bio);
		made->blob_bytes = length;
		made->der_bytes = (size_t)block.length;
	}
	X509_free(x509);
	block_wipe(&block);
	ERR_clear_error();
	if (!ok) {
		certificate_unref(made);
		return -EINVAL;
	}
	*ret = made;
	return 0;
}

/* ---- Key ------------------------------------------------------------------------------------------------------------- */

static int give_password(char *buffer, int size, int writing, void *password)
{
	size_t length = strlen(password);

	(void) writing;
	if (length > (size_t)size)
		return -1;
	memcpy(buffer, password, length);
	return (int)length;
}

/* PKCS#1 and SEC1, plain or with the headers Proc-Type and DEK-Info. Decrypts in place. */
static EVP_PKEY *decode_traditional(struct block *block, int type, const char *password)
{
	EVP_CIPHER_INFO cipher;
	const unsigned char *at = block->der;
	EVP_PKEY *key;
	long length = block->length;

	if (!PEM_get_EVP_CIPHER_INFO(block->header, &cipher) || (cipher.cipher != NULL) != (password != NULL))
		return NULL;
	if (password && !PEM_do_header(&cipher, block->der, &length, give_password, (void *)password))
		return NULL;
	key = d2i_PrivateKey(type, NULL, &at, length);
	if (key && at != block->der + length) {
		EVP_PKEY_free(key);
		return NULL;
	}
	return key;
}

static bool rounds_are_sane(const ASN1_INTEGER *rounds)
{
	int64_t n;

	return ASN1_INTEGER_get_int64(&n, rounds) == 1 && n > 0 && n <= KDF_ROUNDS_MAX;
}

/* Does deriving the key of this encryption end in a time that one can wait? */
static bool derivation_is_sane(const X509_ALGOR *algorithm)
{
	const ASN1_OBJECT *object;
	const void *value;
	PBE2PARAM *pbes2 = NULL;
	PBEPARAM *pbe = NULL;
	PBKDF2PARAM *pbkdf2 = NULL;
	int type;
	bool ok = false;

	X509_ALGOR_get0(&object, &type, &value, algorithm);
	if (type != V_ASN1_SEQUENCE)
		return false;
	if (OBJ_obj2nid(object) != NID_pbes2) {
		pbe = ASN1_item_unpack(value, ASN1_ITEM_rptr(PBEPARAM));
		ok = pbe && rounds_are_sane(pbe->iter);
	} else {
		pbes2 = ASN1_item_unpack(value, ASN1_ITEM_rptr(PBE2PARAM));
		if (pbes2) {
			X509_ALGOR_get0(&object, &type, &value, pbes2->keyfunc);
			if (OBJ_obj2nid(object) == NID_id_pbkdf2 && type == V_ASN1_SEQUENCE)
				pbkdf2 = ASN1_item_unpack(value, ASN1_ITEM_rptr(PBKDF2PARAM));
			ok = pbkdf2 && rounds_are_sane(pbkdf2->iter);
		}
	}
	PBEPARAM_free(pbe);
	PBKDF2PARAM_free(pbkdf2);
	PBE2PARAM_free(pbes2);
	return ok;
}

static EVP_PKEY *decode_pkcs8(const struct block *block)
{
	const unsigned char *at = block->der;
	PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, block->length);
	EVP_PKEY *key = NULL;

	if (info && at == block->der + block->length)
		key = EVP_PKCS82PKEY(info);
	PKCS8_PRIV_KEY_INFO_free(info);
	return key;
}

static EVP_PKEY *decode_encrypted_pkcs8(const struct block *block, const char *password)
{
	const unsigned char *at = block->der;
	X509_SIG *sealed = d2i_X509_SIG(NULL, &at, block->length);
	PKCS8_PRIV_KEY_INFO *info = NULL;
	const X509_ALGOR *algorithm;
	EVP_PKEY *key = NULL;

	if (sealed && at == block->der + block->length) {
		X509_SIG_get0(sealed, &algorithm, NULL);
		if (derivation_is_sane(algorithm))
			info = PKCS8_decrypt(sealed, password, (int)strlen(password));
	}
	if (info)
		key = EVP_PKCS82PKEY(info);
	PKCS8_PRIV_KEY_INFO_free(info);
	X509_SIG_free(sealed);
	return key;
}

/* A key without a name: whichever it is. */
static EVP_PKEY *decode_bare(const struct block *block, const struct cert_rules *rules)
{
	const unsigned char *at = block->der;
	EVP_PKEY *key = decode_pkcs8(block);

	if (!key) {
		key = d2i_PrivateKey(EVP_PKEY_RSA, NULL, &at, block->length);
		at = block->der;
	}
	if (!key) {
		key = d2i_PrivateKey(EVP_PKEY_EC, NULL, &at, block->length);
		if (key && !rules->takes(rules->ctx, CERT_FORM_SEC1)) {
			EVP_PKEY_free(key);
			key = NULL;
		}
	}
	return key;
}

static bool is_encrypted(const struct block *block)
{
	return block->header[0] != '\0' || strcmp(block->name, PEM_STRING_PKCS8) == 0;
}

static EVP_PKEY *decode_key(struct block *block, const char *password, const struct cert_rules *rules)
{
	if (password && !is_encrypted(block) && rules->takes(rules->ctx, CERT_FORM_PLAIN_KEY_PASSWORD))
		password = NULL;
	if (block->name[0] == '\0')
		return password ? NULL : decode_bare(block, rules);
	if (strcmp(block->name, PEM_STRING_RSA) == 0)
		return decode_traditional(block, EVP_PKEY_RSA, password);
	if (strcmp(block->name, PEM_STRING_ECPRIVATEKEY) == 0 && rules->takes(rules->ctx, CERT_FORM_SEC1))
		return decode_traditional(block, EVP_PKEY_EC, password);
	if (strcmp(block->name, PEM_STRING_PKCS8INF) == 0 && !password && block->header[0] == '\0')
		return decode_pkcs8(block);
	if (strcmp(block->name, PEM_STRING_PKCS8) == 0 && password && block->header[0] == '\0')
		return decode_encrypted_pkcs8(block, password);
	return NULL;
}

static bool belongs(const struct certificate *certificate, EVP_PKEY *key)
{
	struct block block;
	X509 *x509 = NULL;
	bool ok;

	if (block_read((const uint8_t *)certificate->cert_pem, strlen(certificate->cert_pem), NULL, &block))
		x509 = decode_certificate(&block);
	ok = x509 && X509_check_private_key(x509, key) == 1;
	X509_free(x509);
	block_wipe(&block);
	return ok;
}

int certificate_add_key(struct certificate *certificate, const uint8_t *pem, size_t length, const char *password,
                        const struct cert_rules *rules)
{
	struct block block;
	EVP_PKEY *key = NULL;
	int der_length = -1, r = -EINVAL;

	/* openssl ecparam writes the curve in a block of its own before the key. */
	if (block_read_any(pem, length, PEM_STRING_ECPARAMETERS, rules, &block))
		key = decode_key(&block, password, rules);
	block_wipe(&block);
	if (key && (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA || EVP_PKEY_get_base_id(key) == EVP_PKEY_EC) &&
	    belongs(certificate, key))
		der_length = i2d_PrivateKey(key, NULL);
	if (der_length > 0) {
		BIO *bio = memory();

		if (PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1) {
			certificate->key_pem = take_text(bio);
			certificate->is_client = true;
			certificate->blob_bytes += length;
			certificate->der_bytes += (size_t)der_length;
			r = 0;
		} else {
			BIO_free(bio);
		}
	}
	EVP_PKEY_free(key);
	ERR_clear_error();
	return r;
}

/* ---- For people ------------------------------------------------------------------------------------------------------ */

static const char *explain_key(const struct certificate *certificate, struct block *block, const char *password,
                               const struct cert_rules *rules)
{
	bool encrypted = strcmp(block->name, PEM_STRING_PKCS8) == 0 || strstr(block->header, "ENCRYPTED");
	const char *why = NULL;
	EVP_PKEY *key;

	if (block->name[0] != '\0' && !strstr(block->name, "PRIVATE KEY"))
		return "the private key is none: its PEM block is of another type";
	if (encrypted && !password)
		return "the private key is encrypted: its password is missing";
	if (!encrypted && password && !rules->takes(rules->ctx, CERT_FORM_PLAIN_KEY_PASSWORD))
		return "a password was given, but the private key is not encrypted";
	key = decode_key(block, password, rules);
	if (!key && strcmp(block->name, PEM_STRING_ECPRIVATEKEY) == 0 && !rules->takes(rules->ctx, CERT_FORM_SEC1))
		why = "the private key is of a form that this device does not take (EC PRIVATE KEY)";
	else if (!key)
		why = encrypted ? "the password is wrong, or the private key is damaged" : "the private key is damaged";
	else if (EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA && EVP_PKEY_get_base_id(key) != EVP_PKEY_EC)
		why = "the private key is neither RSA nor EC";
	else if (!belongs(certificate, key))
		why = "the private key does not belong to the certificate";
	EVP_PKEY_free(key);
	return why;
}

const char *certificate_explain(const uint8_t *pem, size_t length, const uint8_t *key, size_t key_length, const char *password,
                                const struct cert_rules *rules)
{
	struct certificate *certificate;
	const char *why = NULL;
	struct block block;

	if (certificate_parse(pem, length, rules, &certificate) < 0)
		return "the certificate is none: one in PEM is needed (-----BEGIN CERTIFICATE-----)";
	if (key) {
		why = "the private key is none: one in PEM is needed (-----BEGIN PRIVATE KEY-----)";
		if (block_read_any(key, key_length, PEM_STRING_ECPARAMETERS, rules, &block))
			why = explain_key(certificate, &block, password, rules);
		block_wipe(&block);
	}
	certificate_unref(certificate);
	ERR_clear_error();
	return why;
}

/* ---- References ------------------------------------------------------------------------------------------------------ */

struct certificate *certificate_damaged(const struct certificate *certificate)
{
	struct certificate *made = calloc(1, sizeof(*made));

	if (!made)
		abort();
	*made = (struct certificate) {
		.references = 1,
		.is_client = certificate->is_client,
		.damaged = true,
		.cert_pem = strdup(""),
		.blob_bytes = certificate->blob_bytes,
		.der_bytes = certificate->der_bytes,
	};
	if (!made->cert_pem)
		abort();
	return made;
}

struct certificate *certificate_ref(struct certificate *certificate)
{
	certificate->references++;
	return certificate;
}

void certificate_unref(struct certificate *certificate)
{
	if (!certificate || --certificate->references > 0)
		return;
	if (certificate->key_pem)
		OPENSSL_cleanse(certificate->key_pem, strlen(certificate->key_pem));
	free(certificate->key_pem);
	free(certificate->cert_pem);
	free(certificate);
}
