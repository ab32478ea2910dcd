/* The finished certificate, read back from its PEM and held against what was asked for: a maker of test certificates whose
 * faults are not the ones named would make every test above it worthless.
 */
#include "certs/pki_internal.h"

#include <errno.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#define PEM_LIMIT 8192 /* the largest certificate that an Azure Sphere device takes */

static bool is_cn(X509 *x509, const char *cn)
{
	const X509_NAME *subject = X509_get_subject_name(x509);
	const ASN1_STRING *text;

	if (X509_NAME_entry_count(subject) != 1)
		return false;
	text = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, 0));
	return (size_t)ASN1_STRING_length(text) == strlen(cn) && memcmp(ASN1_STRING_get0_data(text), cn, strlen(cn)) == 0;
}

/* Basic constraints, key usage and extended key usage as the use and the fault demand. */
static bool has_use(X509 *x509, const struct pki_spec *spec)
{
	bool ca = spec->use == PKI_ROOT || spec->use == PKI_INTERMEDIATE;
	bool server = (spec->use == PKI_SERVER) != (spec->fault == PKI_FAULT_WRONG_EKU);
	uint32_t usage = X509_get_key_usage(x509), extended = X509_get_extended_key_usage(x509);

	if (ca)
		return X509_check_ca(x509) == 1 && usage == (KU_KEY_CERT_SIGN | KU_CRL_SIGN) && extended == UINT32_MAX;
	return X509_check_ca(x509) == 0 && (usage & KU_DIGITAL_SIGNATURE) &&
	       extended == (server ? (uint32_t)XKU_SSL_SERVER : (uint32_t)XKU_SSL_CLIENT);
}

static bool has_dns_name(X509 *x509, const char *dns_name)
{
	return !dns_name || X509_check_ip_asc(x509, dns_name, 0) == 1 ||
	       X509_check_host(x509, dns_name, 0, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, NULL) == 1;
}

static bool has_key_identifiers(X509 *x509, X509 *issuer)
{
	const ASN1_OCTET_STRING *authority = X509_get0_authority_key_id(x509);
	const ASN1_OCTET_STRING *issuers_own = X509_get0_subject_key_id(issuer);

	/* An issuer from elsewhere may lack the one that ours would name; then ours could not be signed at all. */
	return X509_get0_subject_key_id(x509) && authority && issuers_own && ASN1_OCTET_STRING_cmp(authority, issuers_own) == 0;
}

static bool is_signed_by(X509 *x509, X509 *issuer)
{
	EVP_PKEY *key = X509_get0_pubkey(issuer);
	bool good = key && X509_verify(x509, key) == 1;

	ERR_clear_error();
	return good;
}

/* OpenSSL reckons SHA-1 at 63 bits of security; what is signed otherwise here has 112 at least. */
static bool is_weak(X509 *x509)
{
	int digest, bits;

	return X509_get_signature_info(x509, &digest, NULL, &bits, NULL) == 1 && digest == NID_sha1;
}

int pki_verify_made(const struct pki_cert *cert, const struct pki_spec *spec, int64_t not_before_s, int64_t not_after_s,
                    char *error)
{
	cleanup_bio BIO *in = BIO_new_mem_buf(cert->cert_pem, -1);
	cleanup_x509 X509 *x509 = in ? PEM_read_bio_X509(in, NULL, NULL, NULL) : NULL;
	X509 *issuer = spec->issuer ? spec->issuer->x509 : x509;
	const char *what = NULL;
	int64_t from_s, until_s;

	if (!x509)
		return pki_fail_ssl(error, spec->name, "reading the certificate back");
	if (pki_time_get(X509_get0_notBefore(x509), &from_s) < 0 || pki_time_get(X509_get0_notAfter(x509), &until_s) < 0 ||
	    from_s != not_before_s || until_s != not_after_s)
		what = "dates";
	else if (!is_cn(x509, spec->cn ? spec->cn : spec->name))
		what = "subject";
	else if (!has_use(x509, spec))
		what = "use";
	else if (!has_dns_name(x509, spec->dns_name))
		what = "DNS name";
	else if (!has_key_identifiers(x509, issuer))
		what = "key identifiers";
	else if ((X509_check_private_key(x509, cert->key) == 1) == (spec->fault == PKI_FAULT_WRONG_KEY))
		what = "key";
	else if (is_signed_by(x509, issuer) == (spec->fault == PKI_FAULT_BAD_SIGNATURE))
		what = "signature";
	else if (is_weak(x509) != (spec->fault == PKI_FAULT_WEAK_SIGNATURE))
		what = "strength of signature";
	else if ((strlen(cert->cert_pem) > PEM_LIMIT) != (spec->fault == PKI_FAULT_OVERSIZE))
		what = "size";
	ERR_clear_error();
	return what ? pki_fail(error, -EIO, spec->name, "read back, its %s is not what was asked for", what) : 0;
}
