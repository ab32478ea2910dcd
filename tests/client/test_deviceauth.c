/* The device-authentication certificate: into a TLS context, and as a file. Certificates are made here, at run time. */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <signal.h>
#include <sys/resource.h>
#include <sysexits.h>

#include <tlsutils/deviceauth.h>
#include <tlsutils/deviceauth_curl.h>

#include "emu-applibs/base/base.h"
#include "tests/client/fake_server.h"

static char certificates[2][4096], keys[2][4096]; /* PEM */
static struct server server;

static void take_pem(BIO *bio, char *text, size_t size)
{
	int n = BIO_read(bio, text, (int)size - 1);

	assert_true(n > 0);
	text[n] = '\0';
	BIO_free(bio);
}

static void make_pair(const char *name, char *certificate, char *key_text)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = X509_new();
	X509_NAME *subject = X509_get_subject_name(x);
	BIO *bio;

	(void) X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0);
	(void) X509_set_issuer_name(x, subject);
	(void) ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
	(void) X509_gmtime_adj(X509_getm_notBefore(x), 0);
	(void) X509_gmtime_adj(X509_getm_notAfter(x), 86400);
	(void) X509_set_pubkey(x, key);
	assert_true(X509_sign(x, key, EVP_sha256()) > 0);
	bio = BIO_new(BIO_s_mem());
	assert_int_equal(PEM_write_bio_X509(bio, x), 1);
	take_pem(bio, certificate, 4096);
	bio = BIO_new(BIO_s_mem());
	assert_int_equal(PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL), 1);
	take_pem(bio, key_text, 4096);
	X509_free(x);
	EVP_PKEY_free(key);
}

static int make_pairs(void **state)
{
	(void) state;
	make_pair("device-0001", certificates[0], keys[0]);
	make_pair("device CA", certificates[1], keys[1]);
	return 0;
}

/* ---- Replies ------------------------------------------------------------------------------------------------------------- */

static int32_t chain_and_key(struct server *s, struct wire_writer *out, int *ret_fd)
{
	char chain[8192];

	(void) s;
	(void) ret_fd;
	(void) snprintf(chain, sizeof(chain), "%s%s", certificates[0], certificates[1]);
	wire_put_str(out, chain);
	wire_put_str(out, keys[0]);
	return 0;
}

static int32_t key_of_another(struct server *s, struct wire_writer *out, int *ret_fd)
{
	(void) s;
	(void) ret_fd;
	wire_put_str(out, certificates[0]);
	wire_put_str(out, keys[1]);
	return 0;
}

static int32_t rubbish(struct server *s, struct wire_writer *out, int *ret_fd)
{
	(void) s;
	(void) ret_fd;
	wire_put_str(out, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
	wire_put_str(out, keys[0]);
	return 0;
}

static int32_t fails_with(struct server *s, struct wire_writer *out, int *ret_fd)
{
	(void) out;
	(void) ret_fd;
	return -wire_from_errno(*(int *)s->arg);
}

/* ---- TLS context --------------------------------------------------------------------------------------------------------- */

static int use_in_context(void *arg)
{
	int expected = *(int *)arg;
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	STACK_OF(X509) *chain = NULL;
	char name[64] = "";

	CHECK(ctx);
	CHECK((int)DeviceAuth_SslCtxFunc(ctx) == expected);
	CHECK(ERR_peek_error() == 0);
	CHECK(DeviceAuth_CurlSslFunc(NULL, ctx, NULL) == (expected == 0 ? CURLE_OK : CURLE_SSL_CERTPROBLEM));
	if (expected == DeviceAuthSslResult_Success) {
		CHECK(SSL_CTX_check_private_key(ctx) == 1);
		(void) X509_NAME_get_text_by_NID(X509_get_subject_name(SSL_CTX_get0_certificate(ctx)), NID_commonName, name, sizeof(name));
		CHECK(strcmp(name, "device-0001") == 0);
		/* Once, though it was put in twice. */
		CHECK(SSL_CTX_get0_chain_certs(ctx, &chain) == 1 && sk_X509_num(chain) == 1);
	}
	SSL_CTX_free(ctx);
	return 0;
}

static void a_context_gets_certificate_chain_and_key(void **state)
{
	int expected = DeviceAuthSslResult_Success;

	(void) state;
	server = (struct server){ .answer = chain_and_key };
	assert_served(&server, use_in_context, &expected);
	assert_int_equal(server.last.op, WIRE_DEVICE_AUTH);
}

static void each_failure_has_its_result(void **state)
{
	int no_capability = EACCES, not_ready = EAGAIN;
	const struct {
		int32_t (*answer)(struct server *s, struct wire_writer *out, int *ret_fd);
		int *arg;
		int expected;
	} cases[] = {
		{ fails_with, &no_capability, DeviceAuthSslResult_GetTenantIdError },
		{ fails_with, &not_ready, DeviceAuthSslResult_GetTenantCertificateError },
		{ rubbish, NULL, DeviceAuthSslResult_GetTenantCertificateError },
		{ key_of_another, NULL, DeviceAuthSslResult_EnableHwSignError },
	};

	(void) state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		server = (struct server){ .answer = cases[i].answer, .arg = cases[i].arg };
		assert_served(&server, use_in_context, (void *)&cases[i].expected);
	}
	assert_int_equal(DeviceAuth_SslCtxFunc(NULL), DeviceAuthSslResult_GetTenantCertificateError);
}

static void a_broken_reply_ends_the_application(void **state)
{
	int expected = DeviceAuthSslResult_Success;

	(void) state;
	server = (struct server){ .answer = chain_and_key, .deviation = CUT };
	assert_int_equal(serve(&server, use_in_context, &expected), EX_PROTOCOL);
}

/* ---- File ---------------------------------------------------------------------------------------------------------------- */

static int load_file(void *arg)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	const char *path = DeviceAuth_GetCertificatePath();

	(void) arg;
	/* As libcurl does with CURLOPT_SSLCERT alone. */
	for (int i = 0; i < 2; i++) {
		CHECK(SSL_CTX_use_certificate_chain_file(ctx, path) == 1);
		CHECK(SSL_CTX_use_PrivateKey_file(ctx, path, SSL_FILETYPE_PEM) == 1);
		CHECK(SSL_CTX_check_private_key(ctx) == 1);
		CHECK(strcmp(DeviceAuth_GetCertificatePath(), path) == 0);
	}
	SSL_CTX_free(ctx);
	return 0;
}

static void the_path_leads_to_certificate_and_key(void **state)
{
	(void) state;
	server = (struct server){ .answer = chain_and_key };
	assert_served(&server, load_file, NULL);
}

static int empty_file(void *arg)
{
	char c;
	int fd = open(DeviceAuth_GetCertificatePath(), O_RDONLY);

	(void) arg;
	CHECK(fd >= 0 && read(fd, &c, 1) == 0);
	return 0;
}

static void without_a_certificate_the_file_is_empty(void **state)
{
	int not_ready = EAGAIN;

	(void) state;
	server = (struct server){ .answer = fails_with, .arg = &not_ready };
	assert_served(&server, empty_file, NULL);
}

/* Half a certificate would be worse than none. */
static int empty_file_for_want_of_room(void *arg)
{
	struct rlimit limit = { .rlim_cur = 100, .rlim_max = 100 };

	(void) signal(SIGXFSZ, SIG_IGN);
	CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
	return empty_file(arg);
}

static void a_file_without_room_stays_empty(void **state)
{
	(void) state;
	server = (struct server){ .answer = chain_and_key };
	assert_served(&server, empty_file_for_want_of_room, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_context_gets_certificate_chain_and_key),
		cmocka_unit_test(each_failure_has_its_result),
		cmocka_unit_test(a_broken_reply_ends_the_application),
		cmocka_unit_test(the_path_leads_to_certificate_and_key),
		cmocka_unit_test(without_a_certificate_the_file_is_empty),
		cmocka_unit_test(a_file_without_room_stays_empty),
	};

	return cmocka_run_group_tests(tests, make_pairs, NULL);
}
