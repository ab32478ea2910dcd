/* Certificate revocation lists of the PKI maker. */
#include "certs/pki_internal.h"

#include <errno.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "certs/dates.h"

static bool is_listed(X509_CRL *crl, const struct pki_cert *cert)
{
	X509_REVOKED *entry;

	return X509_CRL_get0_by_serial(crl, &entry, X509_get_serialNumber(cert->x509)) == 1;
}

static int add_revoked(X509_CRL *crl, const struct pki_cert *cert, const ASN1_TIME *since)
{
	X509_REVOKED *entry = X509_REVOKED_new();

	if (!entry || X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(cert->x509)) != 1 ||
	    X509_REVOKED_set_revocationDate(entry, (ASN1_TIME *)since) != 1 || X509_CRL_add0_revoked(crl, entry) != 1) {
		X509_REVOKED_free(entry);
		return -EIO;
	}
	return 0;
}

/* The number of a list must grow with each list of an issuer (RFC 5280 5.2.3): its own date does. */
static int add_crl_extensions(X509_CRL *crl, X509 *issuer, int64_t this_update_s)
{
	cleanup_integer ASN1_INTEGER *number = ASN1_INTEGER_new();
	X509_EXTENSION *authority;
	X509V3_CTX context;
	int ok;

	X509V3_set_ctx_nodb(&context);
	X509V3_set_ctx(&context, issuer, NULL, NULL, crl, 0);
	authority = X509V3_EXT_conf_nid(NULL, &context, NID_authority_key_identifier, "keyid:always");
	ok = number && authority && ASN1_INTEGER_set_uint64(number, (uint64_t)(this_update_s - DATES_MIN_S)) == 1 &&
	     X509_CRL_add_ext(crl, authority, -1) == 1 &&
	     X509_CRL_add1_ext_i2d(crl, NID_crl_number, number, 0, X509V3_ADD_DEFAULT) == 1;
	X509_EXTENSION_free(authority);
	return ok ? 0 : -EIO;
}

static bool was_issued_by(const struct pki_cert *cert, const struct pki_cert *issuer)
{
	bool issued = X509_check_issued(issuer->x509, cert->x509) == X509_V_OK;

	ERR_clear_error();
	return issued;
}

static int fill(X509_CRL *crl, const struct pki_cert *issuer, const struct pki_cert *const *revoked, size_t revoked_count,
                int64_t this_update_s, int64_t next_update_s)
{
	cleanup_time ASN1_TIME *this_update = pki_time_new(this_update_s);
	cleanup_time ASN1_TIME *next_update = pki_time_new(next_update_s);

	if (!this_update || !next_update || X509_CRL_set_version(crl, X509_CRL_VERSION_2) != 1 ||
	    X509_CRL_set_issuer_name(crl, X509_get_subject_name(issuer->x509)) != 1 ||
	    X509_CRL_set1_lastUpdate(crl, this_update) != 1 || X509_CRL_set1_nextUpdate(crl, next_update) != 1)
		return -EIO;
	for (size_t i = 0; i < revoked_count; i++)
		if (!is_listed(crl, revoked[i]) && add_revoked(crl, revoked[i], this_update) < 0)
			return -EIO;
	if (add_crl_extensions(crl, issuer->x509, this_update_s) < 0 || X509_CRL_sort(crl) != 1)
		return -EIO;
	return pki_sign_crl(crl, issuer->key);
}

int pki_crl_pem(const struct pki_cert *issuer, const struct pki_cert *const *revoked, size_t revoked_count,
                int64_t this_update_s, int64_t next_update_s, char **ret_pem, char error[PKI_ERROR_MAX])
{
	cleanup_crl X509_CRL *crl = NULL;
	cleanup_bio BIO *out = NULL;
	char *pem;
	int r;

	r = pki_issuer_check(issuer, error);
	if (r < 0)
		return r;
	if (this_update_s >= next_update_s)
		return pki_fail(error, -EINVAL, issuer->name, "its revocation list must begin before it ends");
	if (this_update_s < DATES_MIN_S || next_update_s > DATES_MAX_S)
		return pki_fail(error, -EINVAL, issuer->name, "the dates of its revocation list must lie within the years 1950 to 9999");
	for (size_t i = 0; i < revoked_count; i++)
		if (!was_issued_by(revoked[i], issuer))
			return pki_fail(error, -EINVAL, issuer->name, "it cannot revoke %s, which it did not issue", revoked[i]->name);

	crl = X509_CRL_new();
	out = BIO_new(BIO_s_mem());
	if (!crl || !out)
		return pki_fail(error, -ENOMEM, issuer->name, "out of memory");
	if (fill(crl, issuer, revoked, revoked_count, this_update_s, next_update_s) < 0)
		return pki_fail_ssl(error, issuer->name, "making a revocation list");
	if (X509_CRL_verify(crl, X509_get0_pubkey(issuer->x509)) != 1)
		return pki_fail_ssl(error, issuer->name, "checking its revocation list");
	if (PEM_write_bio_X509_CRL(out, crl) != 1)
		return pki_fail_ssl(error, issuer->name, "writing its revocation list as PEM");
	pem = pki_bio_text(out);
	if (!pem)
		return pki_fail(error, -ENOMEM, issuer->name, "out of memory");
	*ret_pem = pem;
	return 0;
}
