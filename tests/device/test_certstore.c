/* The certificate store as an application meets it: limits, formats, errnos [certstore.h], space, order, the readings. */
#include "tests/device/fixture.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>

#define EMPTY_SPACE 24514 /* what a device with an empty store reports over REST */

static const char *root_pem(unsigned n)
{
	return pki_cert_pem(root(n));
}

/* ---- Installing ------------------------------------------------------------------------------------------------------ */

static void empty_store_has_the_space_that_a_device_reports(void **state)
{
	struct world *w = *state;

	assert_int_equal(space(w), EMPTY_SPACE);
	assert_int_equal(count(w), 0);
	wire_put_u64(&w->in, 0);
	assert_int_equal(call(w, WIRE_CERTSTORE_ID_AT), -ERANGE);
}

static void installed_certificates_are_listed_and_described(void **state)
{
	struct world *w = *state;
	struct device_certificate_info info;
	char name[301];

	assert_int_equal(install_root(w, "RootCA1", root_pem(0)), 0);
	assert_string_equal(last_text(w, DEVICE_EVENT_STORE), "install RootCA1");
	assert_int_equal(install_client(w, "Client.1-a_B", pki_cert_pem(client(0)), key_of(0, PKI_PKCS8, NULL), NULL), 0);
	assert_string_equal(identifiers(w), "RootCA1 Client.1-a_B ");

	wire_put_str(&w->in, "Client.1-a_B");
	wire_put_u32(&w->in, 1);
	assert_int_equal(call(w, WIRE_CERTSTORE_INFO), 0);
	assert_int_equal(wire_get_i64(&w->out), WALL_2026 - 365 * DAY_S);
	wire_put_str(&w->in, "Client.1-a_B");
	wire_put_u32(&w->in, 2);
	assert_int_equal(call(w, WIRE_CERTSTORE_INFO), 0);
	assert_int_equal(wire_get_i64(&w->out), WALL_2026 + 20 * 365 * DAY_S);
	for (uint32_t field = 3; field <= 4; field++) {
		wire_put_str(&w->in, "Client.1-a_B");
		wire_put_u32(&w->in, field);
		assert_int_equal(call(w, WIRE_CERTSTORE_INFO), 0);
		assert_true(wire_get_str(&w->out, name, sizeof(name)) && wire_reader_done(&w->out));
		assert_string_equal(name, field == 3 ? "/CN=client0" : "/CN=root0");
	}
	for (uint32_t field = 0; field <= 5; field += 5) {
		wire_put_str(&w->in, "RootCA1");
		wire_put_u32(&w->in, field);
		assert_int_equal(call(w, WIRE_CERTSTORE_INFO), -EINVAL);
	}
	wire_put_str(&w->in, "RootCA2");
	wire_put_u32(&w->in, 1);
	assert_int_equal(call(w, WIRE_CERTSTORE_INFO), -ENOENT);

	assert_true(certificate_of(w, "RootCA1", &info));
	assert_false(info.has_key);
	assert_null(device_get_key_pem(w->dev, "RootCA1"));
	assert_true(certificate_of(w, "Client.1-a_B", &info));
	assert_true(info.has_key);
	assert_string_equal(info.cert_pem, pki_cert_pem(client(0)));
	assert_string_equal(device_get_key_pem(w->dev, "Client.1-a_B"), key_of(0, PKI_PKCS8, NULL));
}

static void identifiers_out_of_rule_are_refused(void **state)
{
	static const struct {
		const char *id;
		int r;
	} cases[] = {
		{ "", -EINVAL }, { "a", 0 }, { "0123456789ABCDEF", 0 }, { "0123456789ABCDEFG", -ERANGE }, { "a b", -EINVAL },
		{ "a/b", -EINVAL }, { "..", 0 }, { "\xc3\xa4", -EINVAL }, { "a\n", -EINVAL }, { "a:b", -EINVAL },
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(install_root(w, cases[i].id, root_pem(0)), cases[i].r);
		assert_null(strpbrk(device_last_summary(w->dev), "\n"));
		if (cases[i].r == 0) {
			assert_int_equal(move_id(w, cases[i].id, "Kept"), 0);
			assert_int_equal(move_id(w, "Kept", cases[i].id), 0);
			assert_int_equal(delete_id(w, cases[i].id), 0);
		} else {
			assert_int_equal(move_id(w, cases[i].id, "Kept"), cases[i].r);
			assert_int_equal(move_id(w, "Kept", cases[i].id), cases[i].r);
			assert_int_equal(delete_id(w, cases[i].id), -ENOENT); /* no other errno is named for it */
		}
	}
	assert_int_equal(count(w), 0);
}

/* A root CA's PEM with spaces behind it, `length` bytes. Static storage. */
static const char *padded(const char *pem, size_t length)
{
	static char text[8193 + 1];

	assert_true(strlen(pem) <= length && length < sizeof(text));
	memset(text, '\n', length);
	memcpy(text, pem, strlen(pem));
	text[length] = '\0';
	return text;
}

static void blobs_of_1_to_8192_bytes_are_taken(void **state)
{
	struct world *w = *state;
	char key[8193 + 1];

	assert_int_equal(install_root(w, "Root", ""), -ERANGE);
	assert_int_equal(install_root(w, "Root", padded(root_pem(0), 8193)), -ERANGE);
	assert_int_equal(install_root(w, "Root", padded(root_pem(0), 8192)), 0);
	(void) snprintf(key, sizeof(key), "%s", padded(key_of(0, PKI_PKCS8, NULL), 8193));
	assert_int_equal(install_client(w, "C", pki_cert_pem(client(0)), key, NULL), -ERANGE);
	key[8192] = '\0';
	assert_int_equal(install_client(w, "C", pki_cert_pem(client(0)), key, NULL), 0);
	assert_int_equal(install_client(w, "C", pki_cert_pem(client(0)), "", NULL), -ERANGE);
	assert_string_equal(identifiers(w), "Root C ");
}

static void what_is_no_certificate_is_refused(void **state)
{
	struct world *w = *state;
	char text[8193];
	char *body;

	assert_int_equal(install_root(w, "Root", "no PEM"), -EINVAL);
	assert_int_equal(install_root(w, "Root", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"), -EINVAL);
	assert_int_equal(install_root(w, "Root", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), -EINVAL);
	/* A key is no certificate, nor is one that comes behind a key. */
	assert_int_equal(install_root(w, "Root", key_of(0, PKI_PKCS8, NULL)), -EINVAL);
	(void) snprintf(text, sizeof(text), "%s%s", key_of(0, PKI_PKCS8, NULL), root_pem(0));
	assert_int_equal(install_root(w, "Root", text), -EINVAL);
	/* Every cut of a good one. */
	for (size_t length = 1; length < strlen(root_pem(0)) - 1; length += 7) {
		(void) snprintf(text, sizeof(text), "%.*s", (int)length, root_pem(0));
		assert_int_equal(install_root(w, "Root", text), -EINVAL);
	}
	/* One byte of its DER changed into a length that leads out of it. */
	(void) snprintf(text, sizeof(text), "%s", root_pem(0));
	body = strchr(text, '\n') + 1;
	memcpy(body, "MIL/", 4);
	assert_int_equal(install_root(w, "Root", text), -EINVAL);
	assert_int_equal(count(w), 0);
	assert_int_equal(count_events(w, DEVICE_EVENT_FLASH), 0);
}

static void text_around_one_certificate_is_left_out(void **state)
{
	struct world *w = *state;
	struct device_certificate_info info;
	char text[8193];

	(void) snprintf(text, sizeof(text), "subject=/CN=root0\n%s%s", root_pem(0), root_pem(1));
	assert_int_equal(install_root(w, "Root", text), 0);
	assert_true(certificate_of(w, "Root", &info));
	assert_string_equal(info.cert_pem, root_pem(0));
}

static void a_client_certificate_passes_as_root(void **state)
{
	struct world *w = *state;
	struct device_certificate_info info;

	assert_int_equal(install_root(w, "Odd", pki_cert_pem(client(0))), 0);
	assert_true(certificate_of(w, "Odd", &info));
	assert_false(info.has_key);
}

/* ---- Keys ------------------------------------------------------------------------------------------------------------ */

static void every_key_format_is_read(void **state)
{
	struct world *w = *state;
	char plain[4096];

	for (unsigned n = 0; n <= 2; n += 2) { /* P-256, RSA */
		(void) snprintf(plain, sizeof(plain), "%s", key_of(n, PKI_PKCS8, NULL));
		for (int encrypted = 0; encrypted <= 1; encrypted++) {
			const char *password = encrypted ? "a password" : NULL;

			for (int format = PKI_PKCS8; format <= PKI_TRADITIONAL; format++) {
				const char *key = key_of(n, format, password);

				assert_int_equal(strstr(key, "ENCRYPTED") != NULL, encrypted);
				assert_int_equal(install_client(w, "C", pki_cert_pem(client(n)), key, password), 0);
				assert_string_equal(device_get_key_pem(w->dev, "C"), plain);
				/* None, a wrong one, one that is not asked for. */
				assert_int_equal(install_client(w, "D", pki_cert_pem(client(n)), key, encrypted ? NULL : "a password"),
				                 -EINVAL);
				assert_int_equal(install_client(w, "D", pki_cert_pem(client(n)), key, "another"), -EINVAL);
				assert_int_equal(install_client(w, encrypted ? "D" : "C", pki_cert_pem(client(n)), key, ""), encrypted ? -EINVAL : 0);
			}
		}
	}
	assert_string_equal(identifiers(w), "C ");
}

static void passwords_of_up_to_256_characters_are_taken(void **state)
{
	struct world *w = *state;
	char password[258];

	memset(password, 'p', sizeof(password));
	password[256] = '\0';
	assert_int_equal(install_client(w, "C", pki_cert_pem(client(0)), key_of(0, PKI_PKCS8, password), password), 0);
	assert_int_equal(install_client(w, "D", pki_cert_pem(client(0)), key_of(0, PKI_TRADITIONAL, password), password), 0);
	password[256] = 'p';
	password[257] = '\0';
	assert_int_equal(install_client(w, "E", pki_cert_pem(client(0)), key_of(0, PKI_PKCS8, NULL), password), -ERANGE);
	assert_string_equal(identifiers(w), "C D ");
}

static void key_and_certificate_must_belong_together(void **state)
{
	struct world *w = *state;

	assert_int_equal(install_client(w, "C", pki_cert_pem(client(0)), key_of(1, PKI_PKCS8, NULL), NULL), -EINVAL);
	assert_int_equal(install_client(w, "C", pki_cert_pem(client(0)), key_of(2, PKI_PKCS8, NULL), NULL), -EINVAL);
	assert_int_equal(install_client(w, "C", pki_cert_pem(client(0)), pki_cert_pem(client(0)), NULL), -EINVAL);
	assert_int_equal(install_client(w, "C", pki_cert_pem(client(0)), "no PEM", NULL), -EINVAL);
	assert_int_equal(count(w), 0);
}

static void curve_parameters_before_the_key_are_skipped(void **state)
{
	struct world *w = *state;
	char text[4096];

	(void) snprintf(text, sizeof(text), "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n%s",
	                key_of(0, PKI_TRADITIONAL, NULL));
	assert_int_equal(install_client(w, "C", pki_cert_pem(client(0)), text, NULL), 0);
}

/* Client 0's key, encrypted with that many rounds of PBKDF2. Caller frees. */
static char *key_with_rounds(int rounds)
{
	BIO *in = BIO_new_mem_buf(key_of(0, PKI_PKCS8, NULL), -1), *out = BIO_new(BIO_s_mem());
	EVP_PKEY *key = PEM_read_bio_PrivateKey(in, NULL, NULL, NULL);
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
	unsigned char salt[8] = "saltsalt";
	X509_ALGOR *algorithm = PKCS5_pbe2_set_iv(EVP_aes_256_cbc(), rounds > 10000 ? 1 : rounds, salt, sizeof(salt), NULL, -1);
	X509_SIG *sealed = PKCS8_set0_pbe("password", 8, info, algorithm);
	char *data = NULL, *text;
	long length;

	assert_non_null(sealed);
	if (rounds > 10000) {
		/* Say more rounds than were made: what matters is that nobody starts on them. */
		X509_ALGOR *said = PKCS5_pbe2_set_iv(EVP_aes_256_cbc(), rounds, salt, sizeof(salt), NULL, -1);
		X509_ALGOR *inside;

		X509_SIG_getm(sealed, &inside, NULL);
		assert_int_equal(X509_ALGOR_copy(inside, said), 1);
		X509_ALGOR_free(said);
	}
	assert_int_equal(PEM_write_bio_PKCS8(out, sealed), 1);
	length = BIO_get_mem_data(out, &data);
	text = strndup(data, (size_t)length);
	X509_SIG_free(sealed);
	PKCS8_PRIV_KEY_INFO_free(info);
	EVP_PKEY_free(key);
	BIO_free(in);
	BIO_free(out);
	return text;
}

static void a_key_that_takes_hours_to_decrypt_is_refused(void **state)
{
	struct world *w = *state;
	char *sane = key_with_rounds(10000), *hostile = key_with_rounds(INT32_MAX);
	int good = install_client(w, "C", pki_cert_pem(client(0)), sane, "password");
	int bad = install_client(w, "D", pki_cert_pem(client(0)), hostile, "password"); /* half an hour, were it tried */

	free(sane);
	free(hostile);
	assert_int_equal(good, 0);
	assert_int_equal(bad, -EINVAL);
}

/* ---- Space ----------------------------------------------------------------------------------------------------------- */

static void space_drops_by_what_is_charged_and_comes_back(void **state)
{
	struct world *w = *state;
	const char *key = key_of(0, PKI_PKCS8, NULL);
	int before;

	assert_int_equal(install_root(w, "R", root_pem(0)), 0);
	assert_int_equal(space(w), EMPTY_SPACE - 20 - (int)strlen(root_pem(0)));
	assert_int_equal(install_client(w, "C", pki_cert_pem(client(0)), key, NULL), 0);
	before = space(w);
	assert_int_equal(before, EMPTY_SPACE - 20 - 24 - (int)(strlen(root_pem(0)) + strlen(pki_cert_pem(client(0))) + strlen(key)));
	/* Replacing by the same changes nothing, moving neither. */
	assert_int_equal(install_root(w, "R", root_pem(0)), 0);
	assert_int_equal(move_id(w, "R", "R2"), 0);
	assert_int_equal(space(w), before);
	assert_int_equal(delete_id(w, "R2"), 0);
	assert_int_equal(delete_id(w, "C"), 0);
	assert_int_equal(space(w), EMPTY_SPACE);
}

static void der_is_charged_by_the_other_reading(void **state)
{
	struct world *w = world_anew(state, "store-charge=der", NULL);
	int charged;

	assert_int_equal(install_root(w, "R", padded(root_pem(0), 8192)), 0);
	charged = EMPTY_SPACE - space(w) - 20;
	/* Base64 makes 4 of 3, and lines and armour come on top. */
	assert_true(charged > 200 && charged * 4 / 3 < (int)strlen(root_pem(0)));
}

static void a_full_store_gives_enospc_and_stays_as_it_is(void **state)
{
	struct world *w = *state;
	int left;

	assert_int_equal(install_root(w, "A", padded(root_pem(0), 8192)), 0);
	assert_int_equal(install_root(w, "B", padded(root_pem(0), 8192)), 0);
	left = space(w);
	assert_int_equal(left, EMPTY_SPACE - 2 * (8192 + 20));
	assert_true(left - 20 < 8192);
	/* One byte more than fits, then exactly what fits. */
	assert_int_equal(install_root(w, "C", padded(root_pem(0), (size_t)left - 20 + 1)), -ENOSPC);
	assert_string_equal(identifiers(w), "A B ");
	assert_int_equal(space(w), left);
	assert_int_equal(install_root(w, "C", padded(root_pem(0), (size_t)left - 20)), 0);
	assert_int_equal(space(w), 0);
	assert_int_equal(install_root(w, "D", root_pem(0)), -ENOSPC);
	/* A replacement needs only the difference. */
	assert_int_equal(install_root(w, "C", padded(root_pem(1), (size_t)left - 20)), 0);
	assert_int_equal(install_root(w, "C", padded(root_pem(1), (size_t)left - 19)), -ENOSPC);
	assert_int_equal(install_root(w, "A", root_pem(0)), 0);
	assert_int_equal(install_root(w, "D", root_pem(0)), 0);
	assert_string_equal(identifiers(w), "A B C D ");
}

/* ---- Replace, move, delete ------------------------------------------------------------------------------------------- */

static void an_install_replaces_either_kind(void **state)
{
	struct world *w = *state;
	struct device_certificate_info info;

	assert_int_equal(install_root(w, "X", root_pem(0)), 0);
	assert_int_equal(install_client(w, "X", pki_cert_pem(client(0)), key_of(0, PKI_PKCS8, NULL), NULL), 0);
	assert_true(certificate_of(w, "X", &info) && info.has_key);
	assert_int_equal(install_root(w, "X", root_pem(1)), 0);
	assert_true(certificate_of(w, "X", &info) && !info.has_key);
	assert_string_equal(info.subject, "/CN=root1");
	assert_int_equal(count(w), 1);
}

static void a_move_renames_and_replaces(void **state)
{
	struct world *w = *state;
	struct device_certificate_info info;

	assert_int_equal(install_root(w, "RootCA1", root_pem(0)), 0);
	assert_int_equal(install_root(w, "RootCA2", root_pem(1)), 0);
	assert_int_equal(move_id(w, "RootCA2", "RootCA1"), 0);
	assert_string_equal(last_text(w, DEVICE_EVENT_STORE), "move RootCA2 -> RootCA1");
	assert_string_equal(identifiers(w), "RootCA1 ");
	assert_true(certificate_of(w, "RootCA1", &info));
	assert_string_equal(info.subject, "/CN=root1");
	assert_int_equal(move_id(w, "RootCA1", "Fresh"), 0);
	assert_string_equal(identifiers(w), "Fresh ");
	assert_int_equal(move_id(w, "RootCA1", "Fresh"), -ENOENT);
	assert_int_equal(move_id(w, "Fresh", "Fresh"), 0);
	assert_string_equal(identifiers(w), "Fresh ");
}

static void a_move_needs_its_destination_by_the_other_reading(void **state)
{
	struct world *w = world_anew(state, "move-destination=required", NULL);

	assert_int_equal(install_root(w, "RootCA2", root_pem(1)), 0);
	assert_int_equal(move_id(w, "RootCA2", "RootCA1"), -ENOENT);
	assert_int_equal(install_root(w, "RootCA1", root_pem(0)), 0);
	assert_int_equal(move_id(w, "RootCA2", "RootCA1"), 0);
	assert_string_equal(identifiers(w), "RootCA1 ");
}

static void delete_removes_one(void **state)
{
	struct world *w = *state;

	assert_int_equal(delete_id(w, "A"), -ENOENT);
	assert_int_equal(install_root(w, "A", root_pem(0)), 0);
	assert_int_equal(install_root(w, "B", root_pem(0)), 0);
	assert_int_equal(install_root(w, "C", root_pem(0)), 0);
	assert_int_equal(delete_id(w, "B"), 0);
	assert_string_equal(last_text(w, DEVICE_EVENT_STORE), "delete B");
	assert_string_equal(identifiers(w), "A C ");
	wire_put_u64(&w->in, 2);
	assert_int_equal(call(w, WIRE_CERTSTORE_ID_AT), -ERANGE);
	wire_put_u64(&w->in, UINT64_MAX);
	assert_int_equal(call(w, WIRE_CERTSTORE_ID_AT), -ERANGE);
}

/* ---- Who and when ---------------------------------------------------------------------------------------------------- */

static void without_the_capability_everything_is_eacces(void **state)
{
	struct world *w = world_anew(state, NULL, "\"WifiConfig\": true, \"CertStore\": false");

	assert_int_equal(device_op_install_root(w->dev, "A", root_pem(0)), 0);
	assert_int_equal(install_root(w, "B", root_pem(0)), -EACCES);
	assert_int_equal(install_client(w, "B", pki_cert_pem(client(0)), key_of(0, PKI_PKCS8, NULL), NULL), -EACCES);
	assert_int_equal(delete_id(w, "A"), -EACCES);
	assert_int_equal(move_id(w, "A", "B"), -EACCES);
	assert_int_equal(count(w), -EACCES);
	assert_int_equal(space(w), -EACCES);
	wire_put_u64(&w->in, 0);
	assert_int_equal(call(w, WIRE_CERTSTORE_ID_AT), -EACCES);
	wire_put_str(&w->in, "A");
	wire_put_u32(&w->in, 1);
	assert_int_equal(call(w, WIRE_CERTSTORE_INFO), -EACCES);
	assert_int_equal(device_get_certificate_count(w->dev), 1);
}

static void the_store_is_not_ready_at_once_after_boot(void **state)
{
	struct world *w = *state;

	device_power_off(w->dev);
	assert_int_equal(count(w), -EAGAIN);
	assert_int_equal(device_op_install_root(w->dev, "A", root_pem(0)), -EAGAIN);
	device_power_on(w->dev, 3 * NS_PER_S);
	assert_int_equal(install_root(w, "A", root_pem(0)), -EAGAIN);
	assert_int_equal(device_op_install_root(w->dev, "A", root_pem(0)), -EAGAIN);
	advance_s(w, 2);
	assert_int_equal(space(w), -EAGAIN);
	advance_s(w, 1);
	assert_int_equal(install_root(w, "A", root_pem(0)), 0);
}

static void secrets_are_in_no_summary_or_event(void **state)
{
	struct world *w = *state;
	const char *key = key_of(0, PKI_PKCS8, "a password");
	const char *line = strchr(key, '\n') + 1;
	char secret[33];

	(void) snprintf(secret, sizeof(secret), "%.32s", line);
	assert_int_equal(install_client(w, "C", pki_cert_pem(client(0)), key, "a password"), 0);
	assert_non_null(strstr(device_last_summary(w->dev), "id=C bytes="));
	assert_null(strstr(device_last_summary(w->dev), secret));
	assert_null(strstr(device_last_summary(w->dev), "a password"));
	for (size_t i = 0; i < w->event_count; i++) {
		assert_null(strstr(w->events[i].text, secret));
		assert_null(strstr(w->events[i].text, "a password"));
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_world, free_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(empty_store_has_the_space_that_a_device_reports),
		TEST(installed_certificates_are_listed_and_described),
		TEST(identifiers_out_of_rule_are_refused),
		TEST(blobs_of_1_to_8192_bytes_are_taken),
		TEST(what_is_no_certificate_is_refused),
		TEST(text_around_one_certificate_is_left_out),
		TEST(a_client_certificate_passes_as_root),
		TEST(every_key_format_is_read),
		TEST(passwords_of_up_to_256_characters_are_taken),
		TEST(key_and_certificate_must_belong_together),
		TEST(curve_parameters_before_the_key_are_skipped),
		TEST(a_key_that_takes_hours_to_decrypt_is_refused),
		TEST(space_drops_by_what_is_charged_and_comes_back),
		TEST(der_is_charged_by_the_other_reading),
		TEST(a_full_store_gives_enospc_and_stays_as_it_is),
		TEST(an_install_replaces_either_kind),
		TEST(a_move_renames_and_replaces),
		TEST(a_move_needs_its_destination_by_the_other_reading),
		TEST(delete_removes_one),
		TEST(without_the_capability_everything_is_eacces),
		TEST(the_store_is_not_ready_at_once_after_boot),
		TEST(secrets_are_in_no_summary_or_event),
	};

	return cmocka_run_group_tests_name("certificate store", tests, make_certificates, free_certificates);
}
