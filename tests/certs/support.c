/* See support.h. */
#include "tests/certs/support.h"

#include <errno.h>

#include "emu-applibs/base/base.h"

struct pki_cert *make(const struct pki_spec *spec)
{
	struct pki_cert *cert = NULL;
	char error[PKI_ERROR_MAX] = "";

	if (pki_make(spec, &cert, error) != 0)
		fail_msg("%s", error);
	return cert;
}

struct pki_spec spec_of(const char *name, enum pki_use use, const struct pki_cert *issuer)
{
	return (struct pki_spec){.name = name, .use = use, .issuer = issuer, .now_s = NOW,
	                         .not_before_s = NOW - YEAR, .not_after_s = NOW + YEAR};
}

void refused(const struct pki_spec *spec, const char *because)
{
	struct pki_cert *cert = NULL;
	char error[PKI_ERROR_MAX] = "";

	assert_int_equal(pki_make(spec, &cert, error), -EINVAL);
	assert_null(cert);
	if (!strstr(error, because))
		fail_msg("\"%s\" does not say \"%s\"", error, because);
}

X509 *parse(const char *pem)
{
	BIO *in = BIO_new_mem_buf(pem, -1);
	X509 *x509 = PEM_read_bio_X509(in, NULL, NULL, NULL);

	BIO_free(in);
	assert_non_null(x509);
	return x509;
}

EVP_PKEY *parse_key(const char *pem, const char *password)
{
	BIO *in = BIO_new_mem_buf(pem, -1);
	EVP_PKEY *key = PEM_read_bio_PrivateKey(in, NULL, NULL, (void *)(password ? password : ""));

	BIO_free(in);
	ERR_clear_error();
	return key;
}

int verify(const struct pki_cert *root, const char *chain_pem, int purpose, int64_t at_s, const char *crl_pem)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *context = X509_STORE_CTX_new();
	STACK_OF(X509) *above = sk_X509_new_null();
	X509 *anchor = parse(pki_cert_pem(root)), *leaf, *next;
	BIO *in = BIO_new_mem_buf(chain_pem, -1);
	int result;

	X509_STORE_add_cert(store, anchor);
	leaf = PEM_read_bio_X509(in, NULL, NULL, NULL);
	while ((next = PEM_read_bio_X509(in, NULL, NULL, NULL)))
		sk_X509_push(above, next);
	if (crl_pem) {
		BIO *list_in = BIO_new_mem_buf(crl_pem, -1);
		X509_CRL *list = PEM_read_bio_X509_CRL(list_in, NULL, NULL, NULL);

		assert_non_null(list);
		X509_STORE_add_crl(store, list);
		X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK);
		X509_CRL_free(list);
		BIO_free(list_in);
	}
	X509_STORE_CTX_init(context, store, leaf, above);
	X509_VERIFY_PARAM_set_time(X509_STORE_CTX_get0_param(context), (time_t)at_s);
	X509_VERIFY_PARAM_set_purpose(X509_STORE_CTX_get0_param(context), purpose);
	(void) X509_verify_cert(context);
	result = X509_STORE_CTX_get_error(context);

	X509_STORE_CTX_free(context);
	X509_STORE_free(store);
	sk_X509_pop_free(above, X509_free);
	X509_free(leaf);
	X509_free(anchor);
	BIO_free(in);
	ERR_clear_error();
	return result;
}
