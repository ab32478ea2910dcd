/* Making certificates (certs/pki.h), held against OpenSSL's own chain verification at chosen times. */
#include "tests/certs/support.h"

#include <errno.h>

#include "emu-applibs/base/base.h"

/* ---- Chains -------------------------------------------------------------------------------------------------------- */

static void chain_of_each_use_verifies_for_its_purpose_and_no_other(void **state)
{
	struct pki_spec spec = spec_of("ca1", PKI_ROOT, NULL);
	struct pki_cert *root = make(&spec), *middle, *server, *client, *device;
	char *chain;

	(void) state;
	spec = spec_of("sub1", PKI_INTERMEDIATE, root);
	middle = make(&spec);
	spec = spec_of("radius1", PKI_SERVER, middle);
	spec.dns_name = "radius.example.net";
	server = make(&spec);
	spec = spec_of("dev1", PKI_CLIENT, root);
	spec.cn = "device-0001";
	client = make(&spec);
	spec = spec_of("auth1", PKI_DEVICE_AUTH, root);
	device = make(&spec);

	chain = pki_chain_pem(server);
	assert_int_equal(verify(root, chain, X509_PURPOSE_SSL_SERVER, NOW, NULL), X509_V_OK);
	assert_int_equal(verify(root, chain, X509_PURPOSE_SSL_CLIENT, NOW, NULL), X509_V_ERR_INVALID_PURPOSE);
	assert_int_equal(verify(root, pki_cert_pem(server), X509_PURPOSE_SSL_SERVER, NOW, NULL),
	                 X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
	free(chain);
	assert_int_equal(verify(root, pki_cert_pem(client), X509_PURPOSE_SSL_CLIENT, NOW, NULL), X509_V_OK);
	assert_int_equal(verify(root, pki_cert_pem(client), X509_PURPOSE_SSL_SERVER, NOW, NULL), X509_V_ERR_INVALID_PURPOSE);
	assert_int_equal(verify(root, pki_cert_pem(device), X509_PURPOSE_SSL_CLIENT, NOW, NULL), X509_V_OK);
	assert_string_equal(pki_subject(client), "/CN=device-0001");
	assert_string_equal(pki_subject(device), "/CN=auth1");

	X509 *x509 = parse(pki_cert_pem(server));
	assert_int_equal(X509_check_host(x509, "radius.example.net", 0, 0, NULL), 1);
	assert_int_equal(X509_check_host(x509, "other.example.net", 0, 0, NULL), 0);
	X509_free(x509);

	chain = pki_chain_pem(client);
	assert_string_equal(chain, pki_cert_pem(client));
	free(chain);
	pki_free(device);
	pki_free(client);
	pki_free(server);
	pki_free(middle);
	pki_free(root);
}

static void dates_decide_to_the_second_when_a_certificate_is_valid(void **state)
{
	struct pki_spec spec = spec_of("ca1", PKI_ROOT, NULL);
	struct pki_cert *root, *leaf;

	(void) state;
	spec.not_after_s = NOW + 40 * YEAR;
	root = make(&spec);
	spec = spec_of("dev1", PKI_CLIENT, root);
	spec.not_after_s = INT64_C(2524608000) + 100; /* 2050-01-01T00:01:40Z */
	leaf = make(&spec);
	assert_int_equal(verify(root, pki_cert_pem(leaf), X509_PURPOSE_SSL_CLIENT, spec.not_before_s - 1, NULL),
	                 X509_V_ERR_CERT_NOT_YET_VALID);
	assert_int_equal(verify(root, pki_cert_pem(leaf), X509_PURPOSE_SSL_CLIENT, spec.not_before_s, NULL), X509_V_OK);
	assert_int_equal(verify(root, pki_cert_pem(leaf), X509_PURPOSE_SSL_CLIENT, spec.not_after_s - 1, NULL), X509_V_OK);
	assert_int_equal(verify(root, pki_cert_pem(leaf), X509_PURPOSE_SSL_CLIENT, spec.not_after_s + 1, NULL),
	                 X509_V_ERR_CERT_HAS_EXPIRED);
	assert_true(pki_not_before(leaf) == spec.not_before_s);
	assert_true(pki_not_after(leaf) == spec.not_after_s);

	/* RFC 5280 4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050 on. */
	X509 *x509 = parse(pki_cert_pem(leaf));
	assert_int_equal(ASN1_STRING_type(X509_get0_notBefore(x509)), V_ASN1_UTCTIME);
	assert_int_equal(ASN1_STRING_type(X509_get0_notAfter(x509)), V_ASN1_GENERALIZEDTIME);
	X509_free(x509);
	pki_free(leaf);
	pki_free(root);
}

static void dates_at_the_edges_of_what_a_certificate_can_say(void **state)
{
	struct pki_spec spec = spec_of("ca1", PKI_ROOT, NULL);
	struct pki_cert *root;

	(void) state;
	spec.not_before_s = INT64_C(-631152000);  /* 1950-01-01 */
	spec.not_after_s = INT64_C(253402300799); /* 9999-12-31T23:59:59Z */
	root = make(&spec);
	assert_true(pki_not_before(root) == spec.not_before_s);
	assert_true(pki_not_after(root) == spec.not_after_s);
	pki_free(root);

	spec.not_before_s--;
	refused(&spec, "1950 to 9999");
	spec.not_before_s++;
	spec.not_after_s++;
	refused(&spec, "1950 to 9999");
	spec = spec_of("ca1", PKI_ROOT, NULL);
	spec.not_after_s = spec.not_before_s;
	refused(&spec, "before it ends");
}

/* ---- Faults -------------------------------------------------------------------------------------------------------- */

static void fault_shows_as_the_error_of_its_name(void **state)
{
	static const struct {
		enum pki_fault fault;
		int error;
	} rows[] = {
		{PKI_FAULT_NONE, X509_V_OK},
		{PKI_FAULT_EXPIRED, X509_V_ERR_CERT_HAS_EXPIRED},
		{PKI_FAULT_NOT_YET_VALID, X509_V_ERR_CERT_NOT_YET_VALID},
		{PKI_FAULT_WRONG_EKU, X509_V_ERR_INVALID_PURPOSE},
		{PKI_FAULT_WRONG_KEY, X509_V_OK},
		{PKI_FAULT_BAD_SIGNATURE, X509_V_ERR_CERT_SIGNATURE_FAILURE},
		{PKI_FAULT_OVERSIZE, X509_V_OK},
		{PKI_FAULT_WEAK_SIGNATURE, X509_V_OK}, /* it verifies; how strong it has to be is for TLS to say */
	};
	struct pki_spec spec = spec_of("ca1", PKI_ROOT, NULL);
	struct pki_cert *root = make(&spec);

	(void) state;
	for (int use = PKI_SERVER; use <= PKI_DEVICE_AUTH; use++) {
		for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
			struct pki_cert *leaf;
			EVP_PKEY *key;
			X509 *x509;
			char *pem;

			spec = spec_of("leaf", (enum pki_use)use, root);
			spec.fault = rows[i].fault;
			leaf = make(&spec);
			assert_int_equal(verify(root, pki_cert_pem(leaf),
			                        use == PKI_SERVER ? X509_PURPOSE_SSL_SERVER : X509_PURPOSE_SSL_CLIENT, NOW, NULL),
			                 rows[i].error);
			x509 = parse(pki_cert_pem(leaf));
			assert_int_equal(pki_key_pem(leaf, PKI_PKCS8, NULL, &pem), 0);
			key = parse_key(pem, NULL);
			assert_int_equal(X509_check_private_key(x509, key), rows[i].fault != PKI_FAULT_WRONG_KEY);
			assert_int_equal(strlen(pki_cert_pem(leaf)) > 8192, rows[i].fault == PKI_FAULT_OVERSIZE);
			assert_int_equal(X509_get_signature_nid(x509),
			                 rows[i].fault == PKI_FAULT_WEAK_SIGNATURE ? NID_ecdsa_with_SHA1 : NID_ecdsa_with_SHA256);
			ERR_clear_error();
			free(pem);
			EVP_PKEY_free(key);
			X509_free(x509);
			pki_free(leaf);
		}
	}
	pki_free(root);
}

/* A young root and the same root signed across by an old one: one key, one name, and either verifies the leaf. */
static void a_cross_signed_root_stands_in_for_the_root(void **state)
{
	struct pki_spec spec = spec_of("old", PKI_ROOT, NULL);
	struct pki_cert *old = make(&spec), *young, *cross, *leaf;
	char *key, *same;

	(void) state;
	spec = spec_of("young", PKI_ROOT, NULL);
	young = make(&spec);
	spec = spec_of("cross", PKI_INTERMEDIATE, old);
	spec.cn = "young";
	spec.key_of = young;
	cross = make(&spec);
	assert_string_equal(pki_subject(cross), pki_subject(young));
	assert_int_equal(pki_key_pem(young, PKI_PKCS8, NULL, &key), 0);
	assert_int_equal(pki_key_pem(cross, PKI_PKCS8, NULL, &same), 0);
	assert_string_equal(key, same);
	spec = spec_of("leaf", PKI_SERVER, young);
	leaf = make(&spec);
	assert_int_equal(verify(young, pki_cert_pem(leaf), X509_PURPOSE_SSL_SERVER, NOW, NULL), X509_V_OK);
	assert_int_equal(verify(old, pki_cert_pem(cross), X509_PURPOSE_ANY, NOW, NULL), X509_V_OK);
	free(key);
	free(same);
	pki_free(leaf);
	pki_free(cross);
	pki_free(young);
	pki_free(old);
}

static void date_faults_move_the_dates_they_name(void **state)
{
	struct pki_spec spec = spec_of("ca1", PKI_ROOT, NULL);
	struct pki_cert *cert;

	(void) state;
	spec.fault = PKI_FAULT_EXPIRED;
	cert = make(&spec);
	assert_true(pki_not_after(cert) == NOW - DAY);
	assert_true(pki_not_before(cert) == NOW - YEAR);
	pki_free(cert);

	spec.not_before_s = NOW; /* would begin after it ends: keeps its length */
	cert = make(&spec);
	assert_true(pki_not_after(cert) == NOW - DAY);
	assert_true(pki_not_before(cert) == NOW - DAY - YEAR);
	pki_free(cert);

	spec.fault = PKI_FAULT_NOT_YET_VALID;
	cert = make(&spec);
	assert_true(pki_not_before(cert) == NOW + DAY);
	assert_true(pki_not_after(cert) == NOW + YEAR);
	pki_free(cert);
}

static void oversize_holds_for_the_smallest_certificate_and_only_with_the_fault(void **state)
{
	struct pki_spec spec = spec_of("r", PKI_ROOT, NULL);
	struct pki_cert *cert;

	(void) state;
	spec.fault = PKI_FAULT_OVERSIZE;
	cert = make(&spec);
	assert_in_range(strlen(pki_cert_pem(cert)), 8193, 12000);
	pki_free(cert);
	spec.fault = PKI_FAULT_NONE;
	spec.key = PKI_KEY_RSA2048;
	cert = make(&spec);
	assert_in_range(strlen(pki_cert_pem(cert)), 500, 8192);
	pki_free(cert);
}

/* ---- Specifications that cannot be met ----------------------------------------------------------------------------- */

static void bad_specification_is_refused_with_the_reason(void **state)
{
	struct pki_spec spec = spec_of("ca1", PKI_ROOT, NULL);
	struct pki_cert *root = make(&spec), *leaf, *torn;
	char long_cn[66];

	(void) state;
	memset(long_cn, 'n', sizeof(long_cn) - 1);
	long_cn[65] = '\0';
	spec.issuer = root;
	refused(&spec, "takes no issuer");
	spec = spec_of("dev1", PKI_CLIENT, NULL);
	refused(&spec, "needs an issuer");
	spec = spec_of("dev1", PKI_CLIENT, root);
	leaf = make(&spec);
	spec.cn = long_cn;
	refused(&spec, "1 to 64 bytes");
	long_cn[64] = '\0';
	pki_free(make(&spec));
	spec.cn = "";
	refused(&spec, "1 to 64 bytes");
	spec.cn = NULL;
	spec.dns_name = "a.example";
	refused(&spec, "only a server");
	spec = spec_of("radius1", PKI_SERVER, root);
	spec.dns_name = "a.example,DNS:b.example";
	refused(&spec, "no DNS name");
	spec = spec_of("", PKI_ROOT, NULL);
	refused(&spec, "needs a name");
	spec = spec_of("sub", PKI_INTERMEDIATE, root);
	spec.fault = PKI_FAULT_WRONG_EKU;
	refused(&spec, "wrong-eku");
	spec = spec_of("dev2", PKI_CLIENT, leaf);
	refused(&spec, "dev1: it cannot sign: not a root");
	spec = spec_of("ca2", PKI_ROOT, NULL);
	spec.fault = PKI_FAULT_WRONG_KEY;
	torn = make(&spec);
	spec = spec_of("dev2", PKI_CLIENT, torn);
	refused(&spec, "ca2: it cannot sign: the private key does not belong");
	pki_free(torn);
	pki_free(leaf);
	pki_free(root);
}

/* ---- Repeatable lengths -------------------------------------------------------------------------------------------- */

static void same_specification_gives_the_same_lengths_every_time(void **state)
{
	struct pki_spec root_spec = spec_of("ca1", PKI_ROOT, NULL);
	size_t cert_length = 0, key_length = 0, list_length = 0;

	(void) state;
	for (int i = 0; i < 40; i++) {
		struct pki_cert *root = make(&root_spec), *leaf;
		struct pki_spec spec = spec_of("dev1", PKI_CLIENT, root);
		char error[PKI_ERROR_MAX], *key, *list;

		leaf = make(&spec);
		assert_int_equal(pki_key_pem(leaf, i % 2 ? PKI_TRADITIONAL : PKI_PKCS8, "word", &key), 0);
		assert_int_equal(pki_crl_pem(root, (const struct pki_cert *[]){leaf}, 1, NOW, NOW + DAY, &list, error), 0);
		if (i == 0) {
			cert_length = strlen(pki_cert_pem(leaf));
			list_length = strlen(list);
		}
		if (i == 1)
			key_length = strlen(key);
		assert_int_equal(strlen(pki_cert_pem(leaf)), cert_length);
		assert_int_equal(strlen(list), list_length);
		if (i % 2)
			assert_int_equal(strlen(key), key_length);
		free(key);
		free(list);
		pki_free(leaf);
		pki_free(root);
	}
}

static void rsa_keys_of_one_size_have_one_length(void **state)
{
	struct pki_spec spec = spec_of("ca1", PKI_ROOT, NULL);
	size_t key_length = 0, cert_length = 0;

	(void) state;
	spec.key = PKI_KEY_RSA2048;
	for (int i = 0; i < 4; i++) {
		struct pki_cert *cert = make(&spec);
		char *pem;

		assert_int_equal(pki_key_pem(cert, PKI_TRADITIONAL, NULL, &pem), 0);
		if (i == 0) {
			key_length = strlen(pem);
			cert_length = strlen(pki_cert_pem(cert));
		}
		assert_int_equal(strlen(pem), key_length);
		assert_int_equal(strlen(pki_cert_pem(cert)), cert_length);
		free(pem);
		pki_free(cert);
	}
}

static void serials_are_of_one_width_and_differ_by_name(void **state)
{
	struct pki_spec spec = spec_of("ca1", PKI_ROOT, NULL);
	struct pki_cert *a = make(&spec), *same = make(&spec), *b, *given;

	(void) state;
	spec.name = "ca2";
	b = make(&spec);
	spec.serial = UINT64_MAX;
	given = make(&spec);
	assert_true(pki_serial(a) == pki_serial(same));
	assert_true(pki_serial(a) != pki_serial(b));
	assert_true(pki_serial(a) >> 62 == 1 && pki_serial(b) >> 62 == 1);
	assert_true(pki_serial(given) == UINT64_MAX);
	pki_free(a);
	pki_free(same);
	pki_free(b);
	pki_free(given);
}

static void reissued_has_other_dates_and_all_else_as_before(void **state)
{
	struct pki_spec spec = spec_of("ca1", PKI_ROOT, NULL);
	struct pki_cert *root = make(&spec), *other, *leaf, *again;
	char error[PKI_ERROR_MAX], *pem, *before;
	EVP_PKEY *key;
	X509 *x509;

	(void) state;
	spec.name = "ca2";
	other = make(&spec);
	spec = spec_of("dev1", PKI_CLIENT, root);
	spec.seed = 7;
	leaf = make(&spec);
	again = make(&spec);
	before = strdup(pki_cert_pem(leaf));
	assert_non_null(before);
	assert_int_equal(pki_reissue(leaf, root, NOW + DAY, NOW + 2 * DAY, 7, error), 0);
	assert_string_not_equal(before, pki_cert_pem(leaf));
	assert_true(pki_not_before(leaf) == NOW + DAY && pki_not_after(leaf) == NOW + 2 * DAY);
	assert_true(pki_serial(leaf) == pki_serial(again));
	assert_string_equal(pki_subject(leaf), pki_subject(again));
	assert_int_equal(verify(root, pki_cert_pem(leaf), X509_PURPOSE_SSL_CLIENT, NOW + DAY + 1, NULL), X509_V_OK);
	assert_int_equal(verify(root, pki_cert_pem(leaf), X509_PURPOSE_SSL_CLIENT, NOW + 2 * DAY + 1, NULL), X509_V_ERR_CERT_HAS_EXPIRED);
	assert_int_equal(pki_key_pem(leaf, PKI_PKCS8, NULL, &pem), 0);
	key = parse_key(pem, NULL);
	x509 = parse(pki_cert_pem(leaf));
	assert_int_equal(X509_check_private_key(x509, key), 1);
	/* A function of the seed, as the first one. */
	assert_int_equal(pki_reissue(again, root, NOW + DAY, NOW + 2 * DAY, 7, error), 0);
	assert_string_equal(pki_cert_pem(leaf), pki_cert_pem(again));
	assert_int_equal(pki_reissue(leaf, other, NOW, NOW + DAY, 7, error), -EINVAL);
	assert_int_equal(pki_reissue(leaf, root, NOW, NOW, 7, error), -EINVAL);
	X509_free(x509);
	EVP_PKEY_free(key);
	free(pem);
	free(before);
	pki_free(leaf);
	pki_free(again);
	pki_free(other);
	pki_free(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chain_of_each_use_verifies_for_its_purpose_and_no_other),
		cmocka_unit_test(dates_decide_to_the_second_when_a_certificate_is_valid),
		cmocka_unit_test(dates_at_the_edges_of_what_a_certificate_can_say),
		cmocka_unit_test(fault_shows_as_the_error_of_its_name),
		cmocka_unit_test(a_cross_signed_root_stands_in_for_the_root),
		cmocka_unit_test(date_faults_move_the_dates_they_name),
		cmocka_unit_test(oversize_holds_for_the_smallest_certificate_and_only_with_the_fault),
		cmocka_unit_test(bad_specification_is_refused_with_the_reason),
		cmocka_unit_test(same_specification_gives_the_same_lengths_every_time),
		cmocka_unit_test(rsa_keys_of_one_size_have_one_length),
		cmocka_unit_test(serials_are_of_one_width_and_differ_by_name),
		cmocka_unit_test(reissued_has_other_dates_and_all_else_as_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
