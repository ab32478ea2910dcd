/* Each choice of each reading of the certificate store, the manifest, mutable storage and device authentication makes the difference
 * it is named for (store-charge: test_certstore.c; Wi-Fi: tests/wifi). And flash that is full or broken. */
#include "tests/device/fixture.h"

#define ROOT_PEM pki_cert_pem(root(0))

static void missing_capability(void **state)
{
	assert_int_equal(count(world_anew(state, "missing-capability=EACCES", "\"WifiConfig\": true")), -EACCES);
	assert_int_equal(count(world_anew(state, "missing-capability=EPERM", "\"WifiConfig\": true")), -EPERM);
	assert_int_equal(call(*state, WIRE_STORAGE_OPEN), -EPERM);
	assert_int_equal(count(world_anew(state, "missing-capability=EPERM", NULL)), 0);
}

static void capability_spelling(void **state)
{
	static const char other[] = "{\"SchemaVersion\": 1, \"Name\": \"x\", \"ComponentId\": \"25025d2c-66da-4448-bae1-ac26fcdd3627\", "
				    "\"EntryPoint\": \"/bin/app\", \"Capabilities\": {\"EnterpriseWiFiConfig\": true%s}}";
	char text[512], error[DEVICE_ERROR_MAX];
	struct world *w = world_anew(state, "capability-spelling=strict", NULL);

	(void) snprintf(text, sizeof(text), other, "");
	assert_int_equal(device_set_manifest(w->dev, text, strlen(text), error), -EINVAL);
	assert_non_null(strstr(error, "write \"EnterpriseWifiConfig\""));
	w = world_anew(state, "capability-spelling=both", "\"CertStore\": true");
	assert_int_equal(device_set_manifest(w->dev, text, strlen(text), error), 0);
	assert_true(device_manifest_has(w->dev, "EnterpriseWifiConfig"));
	/* Both spellings in one manifest are one capability; other errors stay errors. */
	(void) snprintf(text, sizeof(text), other, ", \"EnterpriseWifiConfig\": true");
	assert_int_equal(device_set_manifest(w->dev, text, strlen(text), error), 0);
	(void) snprintf(text, sizeof(text), other, ", \"CertStorage\": true");
	assert_int_equal(device_set_manifest(w->dev, text, strlen(text), error), -EINVAL);
	assert_non_null(strstr(error, "CertStorage"));
}

static void enterprise_implies_wifi(void **state)
{
	static const char only[] = "\"EnterpriseWifiConfig\": true";

	assert_int_equal(call(world_anew(state, "enterprise-implies-wifi=no", only), WIRE_WIFI_STORED_COUNT), -EACCES);
	assert_int_equal(call(world_anew(state, "enterprise-implies-wifi=yes", only), WIRE_WIFI_STORED_COUNT), 0);
	assert_int_equal(count(*state), -EACCES);
}

static void id_too_long(void **state)
{
	static const struct {
		const char *reading;
		int error;
	} cases[] = { { "id-too-long=ERANGE", -ERANGE }, { "id-too-long=EINVAL", -EINVAL } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct world *w = world_anew(state, cases[i].reading, NULL);

		assert_int_equal(install_root(w, "12345678901234567", ROOT_PEM), cases[i].error);
		assert_int_equal(install_client(w, "12345678901234567", pki_cert_pem(client(0)), key_of(0, PKI_PKCS8, NULL), NULL),
		                 cases[i].error);
		assert_int_equal(install_root(w, "1234567890123456", ROOT_PEM), 0);
		assert_int_equal(move_id(w, "1234567890123456", "12345678901234567"), cases[i].error);
		assert_int_equal(move_id(w, "12345678901234567", "A"), cases[i].error);
		/* No errno but ENOENT is named for these. */
		assert_int_equal(delete_id(w, "12345678901234567"), -ENOENT);
	}
}

static void id_characters(void **state)
{
	struct world *w = world_anew(state, "id-characters=EINVAL", NULL);

	assert_int_equal(install_root(w, "a b", ROOT_PEM), -EINVAL);
	assert_int_equal(install_root(w, "a/b", ROOT_PEM), -EINVAL);
	w = world_anew(state, "id-characters=accepted", NULL);
	assert_int_equal(install_root(w, "a b", ROOT_PEM), 0);
	assert_int_equal(move_id(w, "a b", "a/b"), 0);
	assert_int_equal(install_root(w, "", ROOT_PEM), -EINVAL);
	assert_int_equal(install_root(w, "a\tb", ROOT_PEM), -EINVAL);
	assert_string_equal(identifiers(w), "a/b ");
}

static void id_period(void **state)
{
	assert_int_equal(install_root(world_anew(state, "id-period=accepted", NULL), "a.b", ROOT_PEM), 0);
	assert_int_equal(install_root(world_anew(state, "id-period=refused", NULL), "a.b", ROOT_PEM), -EINVAL);
	assert_int_equal(install_root(*state, "a-b_c", ROOT_PEM), 0);
}

static void plain_key_password(void **state)
{
	static const enum pki_key_format formats[] = { PKI_PKCS8, PKI_TRADITIONAL };

	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		const char *cert = pki_cert_pem(client(2));
		struct world *w = world_anew(state, "plain-key-password=EINVAL", NULL);

		assert_int_equal(install_client(w, "C", cert, key_of(2, formats[i], NULL), "password"), -EINVAL);
		w = world_anew(state, "plain-key-password=ignored", NULL);
		assert_int_equal(install_client(w, "C", cert, key_of(2, formats[i], NULL), "password"), 0);
		/* An encrypted key's password counts all the same. */
		assert_int_equal(install_client(w, "C", cert, key_of(2, formats[i], "right"), "wrong"), -EINVAL);
		assert_int_equal(install_client(w, "C", cert, key_of(2, formats[i], "right"), "right"), 0);
		assert_int_equal(install_client(w, "C", cert, key_of(2, formats[i], "right"), NULL), -EINVAL);
	}
}

/* The text between the lines BEGIN and END. Static storage. */
static const char *between_tags(const char *pem)
{
	static char text[8192];
	const char *begin = strchr(pem, '\n') + 1, *end = strstr(begin, "-----END");

	(void) snprintf(text, sizeof(text), "%.*s", (int)(end - begin), begin);
	return text;
}

static void pem_tags(void **state)
{
	struct world *w = world_anew(state, "pem-tags=required", NULL);
	struct device_certificate_info info;
	char key[8192];

	assert_int_equal(install_root(w, "R", between_tags(ROOT_PEM)), -EINVAL);
	w = world_anew(state, "pem-tags=optional", NULL);
	assert_int_equal(install_root(w, "R", between_tags(ROOT_PEM)), 0);
	assert_true(certificate_of(w, "R", &info));
	assert_string_equal(info.cert_pem, ROOT_PEM);
	for (unsigned n = 0; n < 3; n += 2) {
		for (size_t i = 0; i < 2; i++) {
			(void) snprintf(key, sizeof(key), "%s", between_tags(key_of(n, i ? PKI_TRADITIONAL : PKI_PKCS8, NULL)));
			assert_int_equal(install_client(w, "C", between_tags(pki_cert_pem(client(n))), key, NULL), 0);
			assert_int_equal(install_client(w, "C", pki_cert_pem(client(n)), key, "password"), -EINVAL);
			assert_int_equal(install_client(w, "C", pki_cert_pem(client(1)), key, NULL), -EINVAL);
		}
	}
	assert_int_equal(install_root(w, "R", ROOT_PEM), 0);
	/* Base64 of something else, and no base64. */
	assert_int_equal(install_root(w, "R", "aGVsbG8sIHdvcmxk"), -EINVAL);
	assert_int_equal(install_root(w, "R", "####"), -EINVAL);
	assert_int_equal(install_root(w, "R", "A"), -EINVAL);
	assert_int_equal(install_client(w, "C", pki_cert_pem(client(0)), "aGVsbG8sIHdvcmxk", NULL), -EINVAL);
}

static void sec1_key(void **state)
{
	const char *cert = pki_cert_pem(client(0));
	struct world *w = world_anew(state, "sec1-key=accepted", NULL);

	assert_int_equal(install_client(w, "C", cert, key_of(0, PKI_TRADITIONAL, NULL), NULL), 0);
	w = world_anew(state, "sec1-key=refused", NULL);
	assert_int_equal(install_client(w, "C", cert, key_of(0, PKI_TRADITIONAL, NULL), NULL), -EINVAL);
	assert_int_equal(install_client(w, "C", cert, key_of(0, PKI_PKCS8, NULL), NULL), 0);
	assert_int_equal(install_client(w, "C", pki_cert_pem(client(2)), key_of(2, PKI_TRADITIONAL, NULL), NULL), 0);
}

/* Fills the store to the last byte that it says it has, and asks for one more. */
static void fill(struct world *w, int size)
{
	char padded[8192];
	int left;

	assert_int_equal(space(w), size);
	for (unsigned i = 0; (left = space(w)) > 0; i++) {
		char id[8];
		/* What is left must not become less than a certificate takes. */
		int take = left > 12000 ? 5000 : left > 8000 ? left / 2 : left, text = take - 20;

		(void) snprintf(id, sizeof(id), "R%u", i);
		(void) snprintf(padded, sizeof(padded), "%s%*s", ROOT_PEM, text - (int)strlen(ROOT_PEM), "");
		assert_int_equal(strlen(padded), text);
		assert_int_equal(install_root(w, id, padded), 0);
	}
	assert_int_equal(left, 0);
	assert_int_equal(install_root(w, "more", ROOT_PEM), -ENOSPC);
}

static void store_size(void **state)
{
	fill(world_anew(state, "store-size=24514", NULL), 24514);
	fill(world_anew(state, "store-size=24576", NULL), 24576);
}

static void mutable_size_0(void **state)
{
	static const char none[] = "\"MutableStorage\": {\"SizeKB\": 0}";
	struct world *w = world_anew(state, "mutable-size-0=EACCES", none);

	assert_int_equal(call(w, WIRE_STORAGE_OPEN), -EACCES);
	assert_int_equal(call(w, WIRE_STORAGE_DELETE), -EACCES);
	w = world_anew(state, "mutable-size-0=empty-file", none);
	assert_int_equal(call(w, WIRE_STORAGE_DELETE), -ENOENT);
	assert_int_equal(call(w, WIRE_STORAGE_OPEN), 0);
	assert_true(w->reply_fd >= 0);
	assert_int_equal(w->file_kb, 0);
	assert_int_equal(call(w, WIRE_STORAGE_DELETE), 0);
	assert_int_equal(call(world_anew(state, "mutable-size-0=empty-file", "\"CertStore\": true"), WIRE_STORAGE_OPEN), -EACCES);
}

static void device_auth_life(void **state)
{
	static const struct {
		const char *reading;
		int64_t life_s;
	} cases[] = { { "device-auth-life=24h", 24 * 3600 }, { "device-auth-life=25h", 25 * 3600 } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct world *w = world_anew(state, cases[i].reading, NULL);

		connect_network(w);
		assert_int_equal(call(w, WIRE_DEVICE_AUTH), 0);
		assert_int_equal(w->issued_life_s, cases[i].life_s);
	}
}

/* ---- Flash ----------------------------------------------------------------------------------------------------------- */

static void full_flash_takes_nothing_more(void **state)
{
	struct world *w = world_anew(state, NULL, NULL);

	assert_int_equal(install_root(w, "R", ROOT_PEM), 0);
	device_set_flash(w->dev, DEVICE_FLASH_FULL);
	assert_int_equal(install_root(w, "S", ROOT_PEM), -ENOSPC);
	assert_int_equal(install_client(w, "C", pki_cert_pem(client(0)), key_of(0, PKI_PKCS8, NULL), NULL), -ENOSPC);
	/* What needs no more room goes on. */
	assert_int_equal(move_id(w, "R", "S"), 0);
	assert_int_equal(delete_id(w, "S"), 0);
	assert_int_equal(call(w, WIRE_STORAGE_OPEN), 0);
	assert_int_equal(call(w, WIRE_WIFI_FORGET_ALL), 0);
	device_set_flash(w->dev, DEVICE_FLASH_GOOD);
	assert_int_equal(install_root(w, "S", ROOT_PEM), 0);
}

static void broken_flash_takes_no_write_and_the_device_goes_on(void **state)
{
	struct world *w = world_anew(state, NULL, NULL);

	assert_int_equal(install_root(w, "R", ROOT_PEM), 0);
	device_set_flash(w->dev, DEVICE_FLASH_BROKEN);
	assert_int_equal(install_root(w, "S", ROOT_PEM), -EIO);
	assert_int_equal(move_id(w, "R", "S"), -EIO);
	assert_int_equal(delete_id(w, "R"), -EIO);
	assert_int_equal(call(w, WIRE_WIFI_FORGET_ALL), -EIO);
	assert_int_equal(call(w, WIRE_STORAGE_OPEN), -EIO);
	assert_int_equal(call(w, WIRE_STORAGE_DELETE), -EIO);
	assert_true(device_is_on(w->dev));
	assert_string_equal(identifiers(w), "R ");
	device_set_flash(w->dev, DEVICE_FLASH_GOOD);
	assert_int_equal(call(w, WIRE_STORAGE_OPEN), 0);
	assert_int_equal(delete_id(w, "R"), 0);
}

static void a_damaged_certificate_says_nothing_and_can_be_replaced(void **state)
{
	struct world *w = world_anew(state, NULL, NULL);
	struct device_certificate_info info;
	int before;

	assert_int_equal(install_client(w, "C", pki_cert_pem(client(0)), key_of(0, PKI_PKCS8, NULL), NULL), 0);
	before = space(w);
	assert_int_equal(device_damage_certificate(w->dev, "D"), -ENOENT);
	assert_int_equal(device_damage_certificate(w->dev, "C"), 0);
	for (uint32_t field = 1; field <= 4; field++) {
		wire_put_str(&w->in, "C");
		wire_put_u32(&w->in, field);
		assert_int_equal(call(w, WIRE_CERTSTORE_INFO), -EINVAL);
	}
	assert_int_equal(space(w), before);
	assert_true(certificate_of(w, "C", &info));
	assert_false(info.has_key);
	assert_int_equal(move_id(w, "C", "D"), 0);
	assert_int_equal(install_root(w, "D", ROOT_PEM), 0);
	wire_put_str(&w->in, "D");
	wire_put_u32(&w->in, 3);
	assert_int_equal(call(w, WIRE_CERTSTORE_INFO), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_world, free_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(missing_capability),
		TEST(capability_spelling),
		TEST(enterprise_implies_wifi),
		TEST(id_too_long),
		TEST(id_characters),
		TEST(id_period),
		TEST(plain_key_password),
		TEST(pem_tags),
		TEST(sec1_key),
		TEST(store_size),
		TEST(mutable_size_0),
		TEST(device_auth_life),
		TEST(full_flash_takes_nothing_more),
		TEST(broken_flash_takes_no_write_and_the_device_goes_on),
		TEST(a_damaged_certificate_says_nothing_and_can_be_replaced),
	};

	return cmocka_run_group_tests_name("readings of the device", tests, make_certificates, free_certificates);
}
