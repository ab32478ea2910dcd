/* Making a certificate from its specification: names, dates, extensions, faults, signature.
 *
 * Leaves keys and signing to pki_key.c, the check of the result to pki_verify.c.
 */
#include "certs/pki_internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>

#include <openssl/err.h>
#include <openssl/sha.h>

#include "certs/dates.h"

#define DAY_S INT64_C(86400)

/* Filler that takes a PEM of any key type past 8192 bytes: 64 characters of PEM carry 48 bytes. */
#define OVERSIZE_FILLER 6200
#define CN_MAX 64 /* ub-common-name of X.520 */
#define DNS_MAX 253

static bool is_ca(enum pki_use use)
{
	return use == PKI_ROOT || use == PKI_INTERMEDIATE;
}

/* ---- Checking the specification ------------------------------------------------------------------------------------ */

int pki_issuer_check(const struct pki_cert *issuer, char *error)
{
	if (X509_check_ca(issuer->x509) <= 0)
		return pki_fail(error, -EINVAL, issuer->name, "it cannot sign: not a root or intermediate certificate");
	if (!issuer->key)
		return pki_fail(error, -EINVAL, issuer->name, "it cannot sign: its private key is not there");
	if (!pki_key_matches(issuer))
		return pki_fail(error, -EINVAL, issuer->name, "it cannot sign: the private key does not belong to the certificate");
	return 0;
}

static bool dns_name_fits(const char *name)
{
	size_t length = strlen(name);

	return length >= 1 && length <= DNS_MAX &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.*_") == length;
}

static int check_spec(const struct pki_spec *spec, char *error)
{
	const char *cn;

	if (!spec->name || !*spec->name)
		return pki_fail(error, -EINVAL, NULL, "a certificate needs a name");
	cn = spec->cn ? spec->cn : spec->name;
	if (!*cn || strlen(cn) > CN_MAX)
		return pki_fail(error, -EINVAL, spec->name, "the CN must have 1 to %d bytes, not %zu", CN_MAX, strlen(cn));
	if ((unsigned)spec->use > PKI_DEVICE_AUTH)
		return pki_fail(error, -EINVAL, spec->name, "no such use of a certificate: %d", (int)spec->use);
	if ((unsigned)spec->key > PKI_KEY_RSA4096)
		return pki_fail(error, -EINVAL, spec->name, "no such key type: %d", (int)spec->key);
	if ((unsigned)spec->fault > PKI_FAULT_WEAK_SIGNATURE)
		return pki_fail(error, -EINVAL, spec->name, "no such fault: %d", (int)spec->fault);
	if (spec->use == PKI_ROOT && spec->issuer)
		return pki_fail(error, -EINVAL, spec->name, "a root signs itself: it takes no issuer");
	if (spec->use != PKI_ROOT && !spec->issuer)
		return pki_fail(error, -EINVAL, spec->name, "a certificate for %s needs an issuer", pki_use_name(spec->use));
	if (spec->dns_name && spec->use != PKI_SERVER)
		return pki_fail(error, -EINVAL, spec->name, "only a server certificate takes a DNS name");
	if (spec->dns_name && !dns_name_fits(spec->dns_name))
		return pki_fail(error, -EINVAL, spec->name, "this is no DNS name: %.80s", spec->dns_name);
	if (spec->fault == PKI_FAULT_WRONG_EKU && is_ca(spec->use))
		return pki_fail(error, -EINVAL, spec->name, "the fault wrong-eku is for server and client certificates only");
	if (spec->key_of && !spec->key_of->key)
		return pki_fail(error, -EINVAL, spec->name, "it cannot have the key of %s, which is not there", spec->key_of->name);
	return spec->issuer ? pki_issuer_check(spec->issuer, error) : 0;
}

/* The dates with the two date faults applied: the named edge moves; the other one follows, at the length that was asked
 * for, only where nothing would be left between them. */
static int resolve_dates(const struct pki_spec *spec, int64_t *ret_from_s, int64_t *ret_until_s, char *error)
{
	int64_t from = spec->not_before_s, until = spec->not_after_s;
	int64_t span;

	if (from >= until)
		return pki_fail(error, -EINVAL, spec->name, "it must become valid before it ends");
	if (from < DATES_MIN_S || until > DATES_MAX_S || spec->now_s < DATES_MIN_S || spec->now_s > DATES_MAX_S)
		return pki_fail(error, -EINVAL, spec->name, "its dates must lie within the years 1950 to 9999");
	span = until - from;
	if (spec->fault == PKI_FAULT_EXPIRED) {
		until = spec->now_s - DAY_S;
		if (from >= until)
			from = until - span;
	} else if (spec->fault == PKI_FAULT_NOT_YET_VALID) {
		from = spec->now_s + DAY_S;
		if (from >= until)
			until = from + span;
	}
	if (from < DATES_MIN_S || until > DATES_MAX_S)
		return pki_fail(error, -EINVAL, spec->name, "its dates, moved by the fault %s, must lie within the years 1950 to 9999",
		                pki_fault_name(spec->fault));
	*ret_from_s = from;
	*ret_until_s = until;
	return 0;
}

/* Eight bytes whatever the name: the first is 0x40..0x7f, so the DER integer has neither a sign byte nor a short form. */
static uint64_t serial_of_name(const char *name)
{
	unsigned char digest[SHA256_DIGEST_LENGTH];
	uint64_t serial = 0;

	(void) SHA256((const unsigned char *)name, strlen(name), digest);
	for (size_t i = 0; i < sizeof(serial); i++)
		serial = serial << 8 | digest[i];
	return (serial & UINT64_C(0x3fffffffffffffff)) | UINT64_C(0x4000000000000000);
}

/* ---- Extensions ---------------------------------------------------------------------------------------------------- */

static int add_text_extension(X509 *x509, X509 *issuer, int nid, const char *value)
{
	X509_EXTENSION *extension;
	X509V3_CTX context;
	int ok;

	X509V3_set_ctx_nodb(&context);
	X509V3_set_ctx(&context, issuer, x509, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	ok = extension && X509_add_ext(x509, extension, -1) == 1;
	X509_EXTENSION_free(extension);
	return ok ? 0 : -EIO;
}

/* Built by hand: in the text form of extensions a comma in the name would start another entry. An IPv4 address is a name of
 * another kind (RFC 5280, 4.2.1.6). */
static int add_dns_name(X509 *x509, const char *dns_name)
{
	GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();
	GENERAL_NAME *name = GENERAL_NAME_new();
	ASN1_STRING *text = ASN1_STRING_type_new(V_ASN1_IA5STRING);
	struct in_addr address;
	bool is_address = inet_pton(AF_INET, dns_name, &address) == 1;
	int r = -EIO;

	if (is_address) {
		ASN1_STRING_free(text);
		text = ASN1_OCTET_STRING_new();
	}
	if (!names || !name || !text ||
	    ASN1_STRING_set(text, is_address ? (const void *)&address : dns_name, is_address ? (int)sizeof(address) : -1) != 1)
		goto out;
	GENERAL_NAME_set0_value(name, is_address ? GEN_IPADD : GEN_DNS, text);
	text = NULL;
	if (sk_GENERAL_NAME_push(names, name) <= 0)
		goto out;
	name = NULL;
	if (X509_add1_ext_i2d(x509, NID_subject_alt_name, names, 0, X509V3_ADD_DEFAULT) == 1)
		r = 0;
out:
	ASN1_STRING_free(text);
	GENERAL_NAME_free(name);
	GENERAL_NAMES_free(names);
	return r;
}

static int add_filler(X509 *x509)
{
	ASN1_IA5STRING *text = ASN1_IA5STRING_new();
	cleanup_free char *filler = malloc(OVERSIZE_FILLER);
	int r = -EIO;

	if (text && filler) {
		memset(filler, 'x', OVERSIZE_FILLER);
		if (ASN1_STRING_set(text, filler, OVERSIZE_FILLER) == 1 &&
		    X509_add1_ext_i2d(x509, NID_netscape_comment, text, 0, X509V3_ADD_DEFAULT) == 1)
			r = 0;
	}
	ASN1_IA5STRING_free(text);
	return r;
}

static int add_extensions(X509 *x509, X509 *issuer, const struct pki_spec *spec)
{
	bool server = (spec->use == PKI_SERVER) != (spec->fault == PKI_FAULT_WRONG_EKU);
	const char *usage = is_ca(spec->use)                                              ? "critical,keyCertSign,cRLSign"
	                    : spec->use == PKI_SERVER && spec->key != PKI_KEY_P256 ? "critical,digitalSignature,keyEncipherment"
	                                                                                  : "critical,digitalSignature";

	if (add_text_extension(x509, issuer, NID_basic_constraints, is_ca(spec->use) ? "critical,CA:TRUE" : "CA:FALSE") < 0 ||
	    add_text_extension(x509, issuer, NID_key_usage, usage) < 0 ||
	    add_text_extension(x509, issuer, NID_subject_key_identifier, "hash") < 0 ||
	    add_text_extension(x509, issuer, NID_authority_key_identifier, "keyid:always") < 0)
		return -EIO;
	if (!is_ca(spec->use) && add_text_extension(x509, issuer, NID_ext_key_usage, server ? "serverAuth" : "clientAuth") < 0)
		return -EIO;
	if (spec->dns_name && add_dns_name(x509, spec->dns_name) < 0)
		return -EIO;
	return spec->fault == PKI_FAULT_OVERSIZE ? add_filler(x509) : 0;
}

/* ---- Making -------------------------------------------------------------------------------------------------------- */

static int set_fields(X509 *x509, const struct pki_spec *spec, int64_t from_s, int64_t until_s, EVP_PKEY *key)
{
	const char *cn = spec->cn ? spec->cn : spec->name;
	X509_NAME *subject = X509_get_subject_name(x509);
	cleanup_time ASN1_TIME *from = pki_time_new(from_s);
	cleanup_time ASN1_TIME *until = pki_time_new(until_s);
	uint64_t serial = spec->serial ? spec->serial : serial_of_name(spec->name);

	if (!from || !until || X509_set_version(x509, X509_VERSION_3) != 1 ||
	    ASN1_INTEGER_set_uint64(X509_get_serialNumber(x509), serial) != 1 ||
	    X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8, (const unsigned char *)cn, -1, -1, 0) != 1 ||
	    X509_set_issuer_name(x509, spec->issuer ? X509_get_subject_name(spec->issuer->x509) : subject) != 1 ||
	    X509_set1_notBefore(x509, from) != 1 || X509_set1_notAfter(x509, until) != 1 || X509_set_pubkey(x509, key) != 1)
		return -EIO;
	return add_extensions(x509, spec->issuer ? spec->issuer->x509 : x509, spec);
}

/* The signature is the last thing in a certificate, and its last bit is the last bit of a number (RSA) or of the second
 * of two (ECDSA): still well formed when it is turned over. */
static int spoil_signature(X509 **x509)
{
	unsigned char *der = NULL;
	int length = i2d_X509(*x509, &der);
	const unsigned char *p = der;
	X509 *spoilt;

	if (length <= 0)
		return -EIO;
	der[length - 1] ^= 1;
	spoilt = d2i_X509(NULL, &p, length);
	OPENSSL_free(der);
	if (!spoilt)
		return -EIO;
	X509_free(*x509);
	*x509 = spoilt;
	return 0;
}

static int set_issuers(struct pki_cert *cert, const struct pki_cert *issuer)
{
	bool above = issuer && issuer->use != PKI_ROOT;

	cert->issuers_pem = above ? pki_chain_pem(issuer) : strdup("");
	return cert->issuers_pem ? 0 : -ENOMEM;
}

static int take_key(const struct pki_spec *spec, EVP_PKEY **ret_key)
{
	if (!spec->key_of)
		return pki_key_generate(spec->key, ret_key);
	if (EVP_PKEY_up_ref(spec->key_of->key) != 1)
		return -EIO;
	*ret_key = spec->key_of->key;
	return 0;
}

static int make(const struct pki_spec *spec, struct pki_cert **ret_cert, char error[PKI_ERROR_MAX])
{
	cleanup_pki struct pki_cert *cert = NULL;
	cleanup_pkey EVP_PKEY *key = NULL;
	int64_t from_s = 0, until_s = 0;
	int r;

	r = check_spec(spec, error);
	if (r < 0)
		return r;
	r = resolve_dates(spec, &from_s, &until_s, error);
	if (r < 0)
		return r;

	cert = calloc(1, sizeof(*cert));
	if (!cert || !(cert->name = strdup(spec->name)) || !(cert->x509 = X509_new()) || set_issuers(cert, spec->issuer) < 0)
		return pki_fail(error, -ENOMEM, spec->name, "out of memory");
	cert->use = spec->use;
	if (take_key(spec, &key) < 0)
		return pki_fail_ssl(error, spec->name, "making a key");
	if (set_fields(cert->x509, spec, from_s, until_s, key) < 0)
		return pki_fail_ssl(error, spec->name, "filling in the certificate");
	if (pki_sign_cert(cert->x509, spec->issuer ? spec->issuer->key : key, spec->fault == PKI_FAULT_WEAK_SIGNATURE) < 0)
		return pki_fail_ssl(error, spec->name, "signing");
	if (spec->fault == PKI_FAULT_BAD_SIGNATURE && spoil_signature(&cert->x509) < 0)
		return pki_fail_ssl(error, spec->name, "spoiling the signature");
	if (spec->fault == PKI_FAULT_WRONG_KEY) {
		if (pki_key_generate(spec->key, &cert->key) < 0)
			return pki_fail_ssl(error, spec->name, "making a key");
	} else {
		cert->key = steal_ptr(&key);
	}
	r = pki_read_fields(cert, error);
	if (r < 0)
		return r;
	r = pki_verify_made(cert, spec, from_s, until_s, error);
	if (r < 0)
		return r;
	*ret_cert = steal_ptr(&cert);
	return 0;
}

/* From here to pki_seed_end() everything is a function of these. */
static int seed_begin(uint64_t seed, int64_t not_before_s, int64_t not_after_s, const char *name)
{
	char text[512];

	(void) snprintf(text, sizeof(text), "%llu %lld %lld %.400s", (unsigned long long)seed, (long long)not_before_s,
	                (long long)not_after_s, name);
	return pki_seed_begin(text);
}

int pki_make(const struct pki_spec *spec, struct pki_cert **ret_cert, char error[PKI_ERROR_MAX])
{
	int r;

	if (!spec->seed || !spec->name)
		return make(spec, ret_cert, error);
	r = seed_begin(spec->seed, spec->not_before_s, spec->not_after_s, spec->name) < 0 ? pki_fail_ssl(error, spec->name, "seeding")
	                                                                                  : make(spec, ret_cert, error);
	pki_seed_end();
	return r;
}

static int reissue(struct pki_cert *cert, const struct pki_cert *issuer, int64_t not_before_s, int64_t not_after_s, char *error)
{
	cleanup_time ASN1_TIME *from = pki_time_new(not_before_s);
	cleanup_time ASN1_TIME *until = pki_time_new(not_after_s);

	if (!from || !until || X509_set1_notBefore(cert->x509, from) != 1 || X509_set1_notAfter(cert->x509, until) != 1)
		return pki_fail_ssl(error, cert->name, "setting its dates");
	if (pki_sign_cert(cert->x509, issuer->key, false) < 0)
		return pki_fail_ssl(error, cert->name, "signing");
	free(cert->cert_pem);
	free(cert->subject);
	cert->cert_pem = cert->subject = NULL;
	return pki_read_fields(cert, error);
}

int pki_reissue(struct pki_cert *cert, const struct pki_cert *issuer, int64_t not_before_s, int64_t not_after_s, uint64_t seed,
                char error[PKI_ERROR_MAX])
{
	int r;

	if (not_before_s >= not_after_s || not_before_s < DATES_MIN_S || not_after_s > DATES_MAX_S)
		return pki_fail(error, -EINVAL, cert->name, "its dates must follow each other and lie within the years 1950 to 9999");
	if (X509_NAME_cmp(X509_get_issuer_name(cert->x509), X509_get_subject_name(issuer->x509)) != 0 || !issuer->key)
		return pki_fail(error, -EINVAL, cert->name, "only its own issuer, with its key, can issue it again");
	if (seed && seed_begin(seed, not_before_s, not_after_s, cert->name) < 0)
		r = pki_fail_ssl(error, cert->name, "seeding");
	else
		r = reissue(cert, issuer, not_before_s, not_after_s, error);
	if (seed)
		pki_seed_end();
	return r;
}
