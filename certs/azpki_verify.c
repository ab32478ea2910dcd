/* azpki verify: does this certificate hold at that time, below these roots, for that purpose, with this key? As the device
 * and RADIUS judge it: by OpenSSL.
 */
#include "certs/azpki.h"

#include <errno.h>
#include <stdio.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "certs/dates.h"
#include "certs/pki_internal.h"

#define VERIFY_OPTIONS (OPTION_ROOT | OPTION_CRL | OPTION_FOR | OPTION_KEY_FILE | OPTION_KEY_PASSWORD_FILE | OPTION_NOW)

static int help(void)
{
	(void) fputs("usage: azpki verify FILE --root=FILE... [OPTIONS]\n\n"
	             "Verifies the first certificate of FILE at one instant; what follows it there are its intermediates.\n\n"
	             "  --root=FILE               trusted certificates; may be repeated\n"
	             "  --crl=FILE                revocation lists; the certificate must be on none, and its issuer must have one\n"
	             "  --for=PURPOSE             server, client: what it must be good for (anything)\n"
	             "  --key-file=FILE           its private key: must belong to it\n"
	             "  --key-password-file=FILE  the key is encrypted; the password is the first line of FILE\n"
	             "  --now=INSTANT             when (the real time)\n\n"
	             "exit status: 0 it holds, 1 it does not, 2 usage or unreadable files, 3 this machine's fault\n", stdout);
	return AZPKI_OK;
}

struct chain {
	X509_STORE *store;
	STACK_OF(X509) *certs; /* the first one is to be verified */
};

static int read_certs(const char *path, STACK_OF(X509) *ret_certs)
{
	cleanup_bio BIO *in = NULL;
	char *text;
	int count = 0, status = azpki_read(path, &text);

	if (status != AZPKI_OK)
		return status;
	in = BIO_new_mem_buf(text, -1);
	for (X509 *x509; in && (x509 = PEM_read_bio_X509(in, NULL, NULL, (void *)"")); count++) {
		if (sk_X509_push(ret_certs, x509) <= 0) {
			X509_free(x509);
			status = azpki_say(AZPKI_ENVIRONMENT, "out of memory");
			break;
		}
	}
	ERR_clear_error();
	azpki_wipe(text);
	return status == AZPKI_OK && count == 0 ? azpki_say(AZPKI_USAGE, "%s: no PEM certificate in it", path) : status;
}

static int add_roots(X509_STORE *store, const char *path)
{
	STACK_OF(X509) *certs = sk_X509_new_null();
	int status = certs ? read_certs(path, certs) : azpki_say(AZPKI_ENVIRONMENT, "out of memory");

	for (int i = 0; status == AZPKI_OK && i < sk_X509_num(certs); i++)
		if (X509_STORE_add_cert(store, sk_X509_value(certs, i)) != 1)
			status = azpki_say(AZPKI_ENVIRONMENT, "%s: OpenSSL does not take it", path);
	sk_X509_pop_free(certs, X509_free);
	return status;
}

static int add_lists(X509_STORE *store, const char *path)
{
	cleanup_bio BIO *in = NULL;
	char *text;
	int count = 0, status = azpki_read(path, &text);

	if (status != AZPKI_OK)
		return status;
	in = BIO_new_mem_buf(text, -1);
	for (;;) {
		cleanup_crl X509_CRL *crl = in ? PEM_read_bio_X509_CRL(in, NULL, NULL, (void *)"") : NULL;

		if (!crl || X509_STORE_add_crl(store, crl) != 1)
			break;
		count++;
	}
	ERR_clear_error();
	azpki_wipe(text);
	if (count == 0)
		return azpki_say(AZPKI_USAGE, "%s: no PEM revocation list in it", path);
	(void) X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK);
	return AZPKI_OK;
}

static int read_all(struct chain *chain, const struct azpki_options *options)
{
	int status = read_certs(options->arguments[0], chain->certs);

	for (const char **root = options->roots; status == AZPKI_OK && *root; root++)
		status = add_roots(chain->store, *root);
	return status == AZPKI_OK && options->crl ? add_lists(chain->store, options->crl) : status;
}

/* ---- Judging --------------------------------------------------------------------------------------------------------- */

static void say_path(const char *file, X509_STORE_CTX *context, int64_t now_s)
{
	STACK_OF(X509) *path = X509_STORE_CTX_get0_chain(context);
	char now[DATES_TEXT_MAX];

	dates_format(now_s, now);
	(void) printf("%s: good at %s:", file, now);
	for (int i = 0; i < sk_X509_num(path); i++) {
		char *line = X509_NAME_oneline(X509_get_subject_name(sk_X509_value(path, i)), NULL, 0);

		(void) printf("%s%s", i ? " < " : " ", line ? line : "?");
		OPENSSL_free(line);
	}
	(void) putchar('\n');
}

static void say_refusal(const char *file, X509_STORE_CTX *context, int64_t now_s)
{
	X509 *x509 = X509_STORE_CTX_get_current_cert(context);
	char *line = x509 ? X509_NAME_oneline(X509_get_subject_name(x509), NULL, 0) : NULL;
	char now[DATES_TEXT_MAX], from[DATES_TEXT_MAX] = "?", until[DATES_TEXT_MAX] = "?";
	int64_t from_s, until_s;

	dates_format(now_s, now);
	if (x509 && pki_time_get(X509_get0_notBefore(x509), &from_s) == 0)
		dates_format(from_s, from);
	if (x509 && pki_time_get(X509_get0_notAfter(x509), &until_s) == 0)
		dates_format(until_s, until);
	(void) printf("%s: refused at %s: %s: depth %d, %s, valid %s to %s\n", file, now,
	              X509_verify_cert_error_string(X509_STORE_CTX_get_error(context)), X509_STORE_CTX_get_error_depth(context),
	              line ? line : "(none)", from, until);
	OPENSSL_free(line);
}

static int judge(const struct chain *chain, const struct azpki_options *options)
{
	X509_STORE_CTX *context = X509_STORE_CTX_new();
	const char *file = options->arguments[0];
	int status = AZPKI_OK;

	if (!context || X509_STORE_CTX_init(context, chain->store, sk_X509_value(chain->certs, 0), chain->certs) != 1) {
		X509_STORE_CTX_free(context);
		return azpki_say(AZPKI_ENVIRONMENT, "out of memory");
	}
	X509_STORE_CTX_set_time(context, 0, (time_t)options->now_s);
	if (options->purpose)
		(void) X509_STORE_CTX_set_purpose(context, *options->purpose == 's' ? X509_PURPOSE_SSL_SERVER : X509_PURPOSE_SSL_CLIENT);
	if (X509_verify_cert(context) == 1) {
		say_path(file, context, options->now_s);
	} else {
		say_refusal(file, context, options->now_s);
		status = AZPKI_FAILED;
	}
	X509_STORE_CTX_free(context);
	ERR_clear_error();
	return status;
}

static int judge_key(const struct azpki_options *options)
{
	cleanup_pki struct pki_cert *cert = NULL;
	char *cert_pem = NULL, *key_pem = NULL, *password = NULL, error[PKI_ERROR_MAX];
	int r = 0, status = azpki_read(options->arguments[0], &cert_pem);

	if (status == AZPKI_OK)
		status = azpki_read(options->key_file, &key_pem);
	if (status == AZPKI_OK && options->key_password_file)
		status = azpki_read_password(options->key_password_file, &password);
	if (status == AZPKI_OK)
		r = pki_load_encrypted(options->key_file, cert_pem, key_pem, password, &cert, error);
	if (r < 0)
		status = azpki_say(azpki_status_of(r), "%s", error);
	if (status == AZPKI_OK && !pki_key_matches(cert)) {
		(void) printf("%s: refused: %s is not its private key\n", options->arguments[0], options->key_file);
		status = AZPKI_FAILED;
	}
	azpki_wipe(password);
	azpki_wipe(key_pem);
	free(cert_pem);
	return status;
}

static int verify(const struct azpki_options *options)
{
	struct chain chain = {X509_STORE_new(), sk_X509_new_null()};
	int status = chain.store && chain.certs ? read_all(&chain, options) : azpki_say(AZPKI_ENVIRONMENT, "out of memory");

	if (status == AZPKI_OK && options->key_file)
		status = judge_key(options);
	if (status == AZPKI_OK)
		status = judge(&chain, options);
	sk_X509_pop_free(chain.certs, X509_free);
	X509_STORE_free(chain.store);
	return status;
}

int azpki_cmd_verify(int argc, char **argv)
{
	struct azpki_options options;
	int status = azpki_options_parse(argc, argv, VERIFY_OPTIONS, &options);

	if (status != AZPKI_OK)
		return status;
	if (options.help)
		status = help();
	else if (options.argument_count != 1)
		status = azpki_say(AZPKI_USAGE, "verify: exactly one FILE is wanted, not %d; try: azpki verify --help", options.argument_count);
	else if (!options.roots[0])
		status = azpki_say(AZPKI_USAGE, "verify: --root=FILE is missing: below which root?");
	else if (options.key_password_file && !options.key_file)
		status = azpki_say(AZPKI_USAGE, "verify: --key-password-file is for --key-file=FILE, which is missing");
	else
		status = verify(&options);
	azpki_options_clear(&options);
	return status;
}
