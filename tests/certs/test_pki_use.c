/* What is made of certificates (certs/pki.h): keys as PEM, revocation lists, loading, names. */
#include "tests/certs/support.h"

#include <errno.h>

#include "emu-applibs/base/base.h"

/* ---- Keys ---------------------------------------------------------------------------------------------------------- */

static void key_of_each_form_opens_with_its_password_only(void **state)
{
	static const struct {
		enum pki_key_type type;
		enum pki_key_format format;
		const char *password, *starts;
	} rows[] = {
		{PKI_KEY_P256, PKI_PKCS8, NULL, "-----BEGIN PRIVATE KEY-----"},
		{PKI_KEY_P256, PKI_PKCS8, "word", "-----BEGIN ENCRYPTED PRIVATE KEY-----"},
		{PKI_KEY_P256, PKI_TRADITIONAL, NULL, "-----BEGIN EC PRIVATE KEY-----"},
		{PKI_KEY_P256, PKI_TRADITIONAL, "word", "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,"},
		{PKI_KEY_RSA2048, PKI_TRADITIONAL, NULL, "-----BEGIN RSA PRIVATE KEY-----"},
		{PKI_KEY_RSA2048, PKI_PKCS8, "word", "-----BEGIN ENCRYPTED PRIVATE KEY-----"},
	};

	(void) state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct pki_spec spec = spec_of("ca1", PKI_ROOT, NULL);
		struct pki_cert *cert;
		EVP_PKEY *key;
		X509 *x509;
		char *pem;

		spec.key = rows[i].type;
		cert = make(&spec);
		assert_int_equal(pki_key_pem(cert, rows[i].format, rows[i].password, &pem), 0);
		assert_memory_equal(pem, rows[i].starts, strlen(rows[i].starts));
		key = parse_key(pem, rows[i].password);
		x509 = parse(pki_cert_pem(cert));
		assert_int_equal(X509_check_private_key(x509, key), 1);
		if (rows[i].password)
			assert_null(parse_key(pem, "another"));
		X509_free(x509);
		EVP_PKEY_free(key);
		free(pem);
		pki_free(cert);
	}
}

static void key_with_an_empty_password_is_refused(void **state)
{
	struct pki_spec spec = spec_of("ca1", PKI_ROOT, NULL);
	struct pki_cert *cert = make(&spec);
	char *pem = NULL;

	(void) state;
	assert_int_equal(pki_key_pem(cert, PKI_PKCS8, "", &pem), -EINVAL);
	assert_null(pem);
	pki_free(cert);
}

/* ---- Revocation lists ---------------------------------------------------------------------------------------------- */

static void crl_revokes_what_it_names_and_nothing_else(void **state)
{
	struct pki_spec spec = spec_of("ca1", PKI_ROOT, NULL);
	struct pki_cert *root = make(&spec), *good, *bad, *strange_root, *strange;
	char error[PKI_ERROR_MAX], *list = NULL;

	(void) state;
	spec = spec_of("dev1", PKI_CLIENT, root);
	good = make(&spec);
	spec.name = "dev2";
	bad = make(&spec);
	spec = spec_of("ca2", PKI_ROOT, NULL);
	strange_root = make(&spec);
	spec = spec_of("dev3", PKI_CLIENT, strange_root);
	strange = make(&spec);

	assert_int_equal(pki_crl_pem(root, (const struct pki_cert *[]){bad, bad}, 2, NOW - DAY, NOW + DAY, &list, error), 0);
	assert_int_equal(verify(root, pki_cert_pem(good), X509_PURPOSE_SSL_CLIENT, NOW, list), X509_V_OK);
	assert_int_equal(verify(root, pki_cert_pem(bad), X509_PURPOSE_SSL_CLIENT, NOW, list), X509_V_ERR_CERT_REVOKED);
	assert_int_equal(verify(root, pki_cert_pem(good), X509_PURPOSE_SSL_CLIENT, NOW + 2 * DAY, list),
	                 X509_V_ERR_CRL_HAS_EXPIRED);
	assert_int_equal(verify(root, pki_cert_pem(good), X509_PURPOSE_SSL_CLIENT, NOW - 2 * DAY, list),
	                 X509_V_ERR_CRL_NOT_YET_VALID);
	free(list);
	list = NULL;

	assert_int_equal(pki_crl_pem(root, NULL, 0, NOW - DAY, NOW + DAY, &list, error), 0);
	assert_int_equal(verify(root, pki_cert_pem(bad), X509_PURPOSE_SSL_CLIENT, NOW, list), X509_V_OK);
	free(list);
	list = NULL;

	assert_int_equal(pki_crl_pem(root, (const struct pki_cert *[]){strange}, 1, NOW, NOW + DAY, &list, error), -EINVAL);
	assert_non_null(strstr(error, "cannot revoke dev3"));
	assert_int_equal(pki_crl_pem(good, NULL, 0, NOW, NOW + DAY, &list, error), -EINVAL);
	assert_non_null(strstr(error, "cannot sign"));
	assert_int_equal(pki_crl_pem(root, NULL, 0, NOW, NOW, &list, error), -EINVAL);
	assert_null(list);
	pki_free(strange);
	pki_free(strange_root);
	pki_free(bad);
	pki_free(good);
	pki_free(root);
}

/* ---- Loading ------------------------------------------------------------------------------------------------------- */

static void loaded_issuer_signs_as_the_made_one(void **state)
{
	struct pki_spec spec = spec_of("ca1", PKI_ROOT, NULL);
	struct pki_cert *root = make(&spec), *middle, *loaded = NULL, *leaf;
	char error[PKI_ERROR_MAX], *key, *chain;

	(void) state;
	spec = spec_of("sub1", PKI_INTERMEDIATE, root);
	middle = make(&spec);
	assert_int_equal(pki_key_pem(middle, PKI_PKCS8, NULL, &key), 0);
	assert_int_equal(pki_load("sub1", pki_cert_pem(middle), key, &loaded, error), 0);
	assert_string_equal(pki_cert_pem(loaded), pki_cert_pem(middle));
	assert_string_equal(pki_subject(loaded), "/CN=sub1");
	assert_true(pki_not_after(loaded) == pki_not_after(middle));
	assert_true(pki_serial(loaded) == pki_serial(middle));
	spec = spec_of("dev1", PKI_CLIENT, loaded);
	leaf = make(&spec);
	chain = pki_chain_pem(leaf);
	assert_int_equal(verify(root, chain, X509_PURPOSE_SSL_CLIENT, NOW, NULL), X509_V_OK);
	free(chain);
	free(key);
	pki_free(leaf);
	pki_free(loaded);
	pki_free(middle);
	pki_free(root);
}

static void loading_what_is_no_certificate_or_key_gives_einval(void **state)
{
	struct pki_spec spec = spec_of("ca1", PKI_ROOT, NULL);
	struct pki_cert *root = make(&spec), *loaded = NULL;
	char error[PKI_ERROR_MAX], *locked;

	(void) state;
	assert_int_equal(pki_key_pem(root, PKI_PKCS8, "word", &locked), 0);
	assert_int_equal(pki_load("x", "", NULL, &loaded, error), -EINVAL);
	assert_int_equal(pki_load("x", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", NULL, &loaded, error),
	                 -EINVAL);
	assert_int_equal(pki_load("x", locked, NULL, &loaded, error), -EINVAL);
	assert_int_equal(pki_load("x", NULL, NULL, &loaded, error), -EINVAL);
	assert_int_equal(pki_load("x", pki_cert_pem(root), "no key", &loaded, error), -EINVAL);
	/* An encrypted key is refused, not asked for at the terminal. */
	assert_int_equal(pki_load("x", pki_cert_pem(root), locked, &loaded, error), -EINVAL);
	assert_null(loaded);
	/* Without its key it loads, but signs nothing. */
	assert_int_equal(pki_load("x", pki_cert_pem(root), NULL, &loaded, error), 0);
	spec = spec_of("dev1", PKI_CLIENT, loaded);
	refused(&spec, "private key is not there");
	free(locked);
	pki_free(loaded);
	pki_free(root);
}

static void names_read_both_ways_and_unknown_ones_give_enoent(void **state)
{
	(void) state;
	for (int i = 0; i <= PKI_FAULT_WEAK_SIGNATURE; i++)
		assert_int_equal(pki_fault_by_name(pki_fault_name((enum pki_fault)i)), i);
	for (int i = 0; i <= PKI_DEVICE_AUTH; i++)
		assert_int_equal(pki_use_by_name(pki_use_name((enum pki_use)i)), i);
	for (int i = 0; i <= PKI_KEY_RSA4096; i++)
		assert_int_equal(pki_key_type_by_name(pki_key_type_name((enum pki_key_type)i)), i);
	assert_int_equal(pki_fault_by_name("wrong-key"), PKI_FAULT_WRONG_KEY);
	assert_int_equal(pki_use_by_name("device-auth"), PKI_DEVICE_AUTH);
	assert_int_equal(pki_key_type_by_name("rsa3072"), PKI_KEY_RSA3072);
	assert_int_equal(pki_fault_by_name("Expired"), -ENOENT);
	assert_int_equal(pki_use_by_name(""), -ENOENT);
	assert_int_equal(pki_key_type_by_name(NULL), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(key_of_each_form_opens_with_its_password_only),
		cmocka_unit_test(key_with_an_empty_password_is_refused),
		cmocka_unit_test(crl_revokes_what_it_names_and_nothing_else),
		cmocka_unit_test(loaded_issuer_signs_as_the_made_one),
		cmocka_unit_test(loading_what_is_no_certificate_or_key_gives_einval),
		cmocka_unit_test(names_read_both_ways_and_unknown_ones_give_enoent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
