/* azpki root, intermediate, server, client, device-auth: a certificate and its key. azpki crl: a revocation list. */
#include "certs/azpki.h"

#include <stdio.h>
#include <sys/stat.h>

#include "certs/dates.h"
#include "certs/pki_internal.h"

#define MAKE_OPTIONS                                                                                                          \
	(OPTION_FROM | OPTION_UNTIL | OPTION_NOW | OPTION_KEY_TYPE | OPTION_CN | OPTION_SERIAL | OPTION_FAULT | OPTION_KEY_FORMAT | \
	 OPTION_KEY_PASSWORD_FILE | OPTION_OUT | OPTION_FORCE)
#define ISSUED_OPTIONS (MAKE_OPTIONS | OPTION_ISSUER | OPTION_ISSUER_PASSWORD_FILE)
#define CRL_OPTIONS \
	(OPTION_FROM | OPTION_UNTIL | OPTION_NOW | OPTION_REVOKE | OPTION_ISSUER_PASSWORD_FILE | OPTION_OUT | OPTION_FORCE)

static const struct {
	unsigned options;
	const char *until; /* default */
} uses[] = {
	[PKI_ROOT] = {MAKE_OPTIONS, "+10y"},
	[PKI_INTERMEDIATE] = {ISSUED_OPTIONS, "+5y"},
	[PKI_SERVER] = {ISSUED_OPTIONS | OPTION_DNS, "+1y"},
	[PKI_CLIENT] = {ISSUED_OPTIONS, "+1y"},
	[PKI_DEVICE_AUTH] = {ISSUED_OPTIONS, "+1y"},
};

static int help_make(enum pki_use use)
{
	const char *name = pki_use_name(use);

	(void) printf("usage: azpki %s NAME%s [OPTIONS]\n\nMakes a %s certificate: NAME.pem%s and NAME.key.\n\n", name,
	              use == PKI_ROOT ? "" : " --issuer=NAME", name, use == PKI_ROOT ? "" : " (with its intermediates)");
	if (use != PKI_ROOT)
		(void) fputs("  --issuer=NAME                who signs: NAME.pem and NAME.key in the folder of --out, or a path\n"
		             "  --issuer-password-file=FILE  its key is encrypted; the password is the first line of FILE\n", stdout);
	if (use == PKI_SERVER)
		(void) fputs("  --dns=NAME                   subjectAltName; an IPv4 address will do\n", stdout);
	(void) printf("  --cn=TEXT                    common name (NAME)\n"
	              "  --from=INSTANT               first second of validity (--now)\n"
	              "  --until=INSTANT              last (%s)\n"
	              "  --now=INSTANT                what relative instants and faults count from (the real time)\n"
	              "  --key-type=TYPE              p256 (default), rsa2048, rsa3072, rsa4096\n"
	              "  --key-format=FORMAT          pkcs8 (default), traditional\n"
	              "  --key-password-file=FILE     encrypt the key (AES-256); the password is the first line of FILE\n"
	              "  --serial=NUMBER              (derived from NAME)\n"
	              "  --fault=FAULT                expired, not-yet-valid,%s wrong-key, bad-signature, oversize,\n"
	              "                               weak-signature\n"
	              "  --out=DIR                    folder, made when it is missing (.)\n"
	              "  --force                      overwrite files\n\n"
	              "INSTANT: 2026-06-01, 2026-06-01T12:00Z, +90d, -5y, +1d2h (y = 365 d, w, d, h, m, s)\n",
	              uses[use].until, use == PKI_ROOT || use == PKI_INTERMEDIATE ? "" : " wrong-eku,");
	return AZPKI_OK;
}

/* It becomes part of file names. */
static int check_name(const char *command, const struct azpki_options *options)
{
	const char *name = options->arguments[0];

	if (options->argument_count != 1)
		return azpki_say(AZPKI_USAGE, "%s: exactly one NAME is wanted, not %d; try: azpki %s --help", command,
		                 options->argument_count, command);
	if (!*name || *name == '.' || strlen(name) > 64 ||
	    strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") != strlen(name))
		return azpki_say(AZPKI_USAGE, "%s: \"%s\" cannot be the name of files; give 1 to 64 of A-Z a-z 0-9 . _ -, and --cn=TEXT for a "
		                 "common name in other characters", command, name);
	return AZPKI_OK;
}

static int read_dates(const struct azpki_options *options, const char *until, int64_t *ret_from_s, int64_t *ret_until_s)
{
	int status = azpki_instant("from", options->from_text, "+0d", options->now_s, ret_from_s);

	return status == AZPKI_OK ? azpki_instant("until", options->until_text, until, options->now_s, ret_until_s) : status;
}

static void say_written(const char *what, const char *paths, int64_t from_s, int64_t until_s, enum pki_fault fault)
{
	char from[DATES_TEXT_MAX], until[DATES_TEXT_MAX];

	dates_format(from_s, from);
	dates_format(until_s, until);
	(void) printf("wrote %s: %s, %s to %s%s%s\n", paths, what, from, until, fault ? ", fault " : "",
	              fault ? pki_fault_name(fault) : "");
}

static int write_cert(const struct pki_cert *cert, enum pki_use use, const struct azpki_options *options, const char *password)
{
	const char *name = options->arguments[0];
	cleanup_free char *cert_path = azpki_path(options->out, name, ".pem"), *key_path = azpki_path(options->out, name, ".key");
	cleanup_free char *chain = pki_chain_pem(cert);
	char *key = NULL, what[400], paths[8200];
	int status = AZPKI_ENVIRONMENT;

	if (!cert_path || !key_path || !chain)
		return azpki_say(AZPKI_ENVIRONMENT, "out of memory");
	if (pki_key_pem(cert, options->key_format, password, &key) < 0) {
		status = azpki_say(AZPKI_ENVIRONMENT, "%s: OpenSSL does not write the key", name);
	} else {
		const struct azpki_output outputs[] = {{key_path, key, true}, {cert_path, chain, false}};

		(void) mkdir(options->out, 0777); /* where it cannot be made, writing says why */
		status = azpki_write(outputs, ARRAY_LEN(outputs), options->force);
	}
	azpki_wipe(key);
	if (status != AZPKI_OK)
		return status;
	(void) snprintf(what, sizeof(what), "%s %s", pki_use_name(use), pki_subject(cert));
	(void) snprintf(paths, sizeof(paths), "%s and %s", cert_path, key_path);
	say_written(what, paths, pki_not_before(cert), pki_not_after(cert), options->fault);
	return AZPKI_OK;
}

static int make(enum pki_use use, const struct azpki_options *options)
{
	cleanup_pki struct pki_cert *issuer = NULL, *cert = NULL;
	char error[PKI_ERROR_MAX], *password = NULL;
	struct pki_spec spec = {
		.name = options->arguments[0], .cn = options->cn, .use = use, .key = options->key_type, .now_s = options->now_s,
		.dns_name = options->dns, .serial = options->serial, .fault = options->fault,
	};
	int r, status = read_dates(options, uses[use].until, &spec.not_before_s, &spec.not_after_s);

	if (status == AZPKI_OK && use != PKI_ROOT && !options->issuer)
		status = azpki_say(AZPKI_USAGE, "%s: --issuer=NAME is missing: who signs it? (azpki root NAME makes one)", spec.name);
	if (status == AZPKI_OK && options->issuer)
		status = azpki_load(options->out, options->issuer, true, options->issuer_password_file, &issuer);
	if (status != AZPKI_OK)
		return status;
	spec.issuer = issuer;
	r = pki_make(&spec, &cert, error);
	if (r < 0)
		return azpki_say(azpki_status_of(r), "%s", error);
	if (options->key_password_file)
		status = azpki_read_password(options->key_password_file, &password);
	if (status == AZPKI_OK)
		status = write_cert(cert, use, options, password);
	azpki_wipe(password);
	return status;
}

int azpki_cmd_make(int argc, char **argv)
{
	enum pki_use use = (enum pki_use)pki_use_by_name(argv[0]);
	struct azpki_options options;
	int status = azpki_options_parse(argc, argv, uses[use].options, &options);

	if (status != AZPKI_OK)
		return status;
	if (options.help)
		status = help_make(use);
	else
		status = check_name(argv[0], &options);
	if (status == AZPKI_OK && !options.help)
		status = make(use, &options);
	azpki_options_clear(&options);
	return status;
}

/* ---- Revocation lists ------------------------------------------------------------------------------------------------ */

static int help_crl(void)
{
	(void) fputs("usage: azpki crl ISSUER [--revoke=NAME]... [OPTIONS]\n\n"
	             "Makes a revocation list of ISSUER: ISSUER.crl.\n\n"
	             "  --revoke=NAME                a certificate of ISSUER that is revoked; may be repeated\n"
	             "  --issuer-password-file=FILE  ISSUER's key is encrypted; the password is the first line of FILE\n"
	             "  --from=INSTANT               thisUpdate (--now)\n"
	             "  --until=INSTANT              nextUpdate (+30d)\n"
	             "  --now=INSTANT                what relative instants count from (the real time)\n"
	             "  --out=DIR                    folder of all these files (.)\n"
	             "  --force                      overwrite the list that is there\n", stdout);
	return AZPKI_OK;
}

static int write_crl(const char *pem, const struct azpki_options *options, size_t count, int64_t from_s, int64_t until_s)
{
	cleanup_free char *path = azpki_path(options->out, options->arguments[0], ".crl");
	const struct azpki_output output = {path, pem, false};
	char what[64];
	int status = path ? azpki_write(&output, 1, options->force) : AZPKI_ENVIRONMENT;

	if (status != AZPKI_OK)
		return status;
	(void) snprintf(what, sizeof(what), "revocation list of %zu", count);
	say_written(what, path, from_s, until_s, PKI_FAULT_NONE);
	return AZPKI_OK;
}

static int make_crl(const struct azpki_options *options)
{
	cleanup_pki struct pki_cert *issuer = NULL;
	cleanup_free char *pem = NULL;
	struct pki_cert **revoked;
	char error[PKI_ERROR_MAX];
	int64_t from_s, until_s;
	size_t count = 0, loaded = 0;
	int r, status = read_dates(options, "+30d", &from_s, &until_s);

	if (status == AZPKI_OK)
		status = azpki_load(options->out, options->arguments[0], true, options->issuer_password_file, &issuer);
	if (status != AZPKI_OK)
		return status;
	while (options->revoke[count])
		count++;
	revoked = calloc(count + 1, sizeof(struct pki_cert *));
	if (!revoked)
		return azpki_say(AZPKI_ENVIRONMENT, "out of memory");
	while (status == AZPKI_OK && loaded < count) {
		status = azpki_load(options->out, options->revoke[loaded], false, NULL, &revoked[loaded]);
		loaded += status == AZPKI_OK;
	}
	if (status == AZPKI_OK) {
		r = pki_crl_pem(issuer, (const struct pki_cert *const *)revoked, count, from_s, until_s, &pem, error);
		status = r < 0 ? azpki_say(azpki_status_of(r), "%s", error) : write_crl(pem, options, count, from_s, until_s);
	}
	for (size_t i = 0; i < loaded; i++)
		pki_free(revoked[i]);
	free(revoked);
	return status;
}

int azpki_cmd_crl(int argc, char **argv)
{
	struct azpki_options options;
	int status = azpki_options_parse(argc, argv, CRL_OPTIONS, &options);

	if (status != AZPKI_OK)
		return status;
	if (options.help)
		status = help_crl();
	else
		status = check_name(argv[0], &options);
	if (status == AZPKI_OK && !options.help)
		status = make_crl(&options);
	azpki_options_clear(&options);
	return status;
}
