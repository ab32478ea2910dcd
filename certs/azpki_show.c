/* azpki show: what is in a PEM file, in words. Secrets are named, never printed. */
#include "certs/azpki.h"

#include <ctype.h>
#include <stdio.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "certs/dates.h"
#include "certs/pki_internal.h"

static int help(void)
{
	(void) fputs("usage: azpki show FILE... [--now=INSTANT]\n\n"
	             "Says what the certificates, revocation lists and keys in PEM files are, and whether they are valid at --now\n"
	             "(the real time). Keys are named, not shown, and not decrypted.\n\n"
	             "exit status: 0; 2 when a file cannot be read or holds no PEM\n", stdout);
	return AZPKI_OK;
}

static void show_name(const char *label, const X509_NAME *name)
{
	char *line = X509_NAME_oneline(name, NULL, 0); /* escapes what is not printable */

	(void) printf("  %-8s %s\n", label, line ? line : "(unreadable)");
	OPENSSL_free(line);
}

static void show_serial(const ASN1_INTEGER *serial)
{
	(void) fputs("  serial   0x", stdout);
	for (int i = 0; i < ASN1_STRING_length(serial); i++)
		(void) printf("%02x", ASN1_STRING_get0_data(serial)[i]);
	(void) putchar('\n');
}

static void show_validity(const ASN1_TIME *from, const ASN1_TIME *until, int64_t now_s)
{
	char from_text[DATES_TEXT_MAX], until_text[DATES_TEXT_MAX], distance[DATES_TEXT_MAX];
	int64_t from_s, until_s;

	if (pki_time_get(from, &from_s) < 0 || pki_time_get(until, &until_s) < 0) {
		(void) puts("  dates    (unreadable)");
		return;
	}
	dates_format(from_s, from_text);
	dates_format(until_s, until_text);
	dates_format_duration(now_s < from_s ? from_s - now_s : now_s <= until_s ? until_s - now_s : now_s - until_s, distance);
	(void) printf("  from     %s\n  until    %s\n", from_text, until_text);
	if (now_s < from_s)
		(void) printf("  state    not yet valid: begins in %s\n", distance);
	else if (now_s <= until_s)
		(void) printf("  state    valid: ends in %s\n", distance);
	else
		(void) printf("  state    expired %s ago\n", distance);
}

static void show_key(const EVP_PKEY *key)
{
	char group[64] = "";

	(void) EVP_PKEY_get_group_name(key, group, sizeof(group), NULL);
	(void) printf("%s%s%s, %d bits\n", EVP_PKEY_get0_type_name(key) ? EVP_PKEY_get0_type_name(key) : "unknown type",
	              group[0] ? " " : "", group, EVP_PKEY_get_bits(key));
}

static void show_dns_names(X509 *x509)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(x509, NID_subject_alt_name, NULL, NULL);

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);

		if (name->type == GEN_IPADD && ASN1_STRING_length(name->d.iPAddress) == 4) {
			const unsigned char *a = ASN1_STRING_get0_data(name->d.iPAddress);

			(void) printf("  address  %u.%u.%u.%u\n", a[0], a[1], a[2], a[3]);
		}
		if (name->type != GEN_DNS)
			continue;
		(void) fputs("  dns      ", stdout);
		for (int j = 0; j < ASN1_STRING_length(name->d.dNSName); j++) {
			unsigned char c = ASN1_STRING_get0_data(name->d.dNSName)[j];

			(void) putchar(isascii(c) && isprint(c) ? c : '?');
		}
		(void) putchar('\n');
	}
	GENERAL_NAMES_free(names);
}

/* Client and device authentication are one use to a certificate. */
static const char *use_of(X509 *x509)
{
	if (X509_check_ca(x509) <= 0 && X509_get_extended_key_usage(x509) == UINT32_MAX)
		return "any (no extended key usage)";
	return pki_use_name(pki_use_of(x509));
}

static bool show_cert(const unsigned char *der, long length, int64_t now_s)
{
	cleanup_x509 X509 *x509 = d2i_X509(NULL, &der, length);

	if (!x509)
		return false;
	(void) puts("certificate");
	show_name("subject", X509_get_subject_name(x509));
	show_name("issuer", X509_get_issuer_name(x509));
	show_serial(X509_get0_serialNumber(x509));
	show_validity(X509_get0_notBefore(x509), X509_get0_notAfter(x509), now_s);
	(void) printf("  use      %s\n", use_of(x509));
	show_dns_names(x509);
	(void) fputs("  key      ", stdout);
	if (X509_get0_pubkey(x509))
		show_key(X509_get0_pubkey(x509));
	else
		(void) puts("(unreadable)");
	return true;
}

static bool show_crl(const unsigned char *der, long length, int64_t now_s)
{
	cleanup_crl X509_CRL *crl = d2i_X509_CRL(NULL, &der, length);
	STACK_OF(X509_REVOKED) *revoked;

	if (!crl)
		return false;
	(void) puts("revocation list");
	show_name("issuer", X509_CRL_get_issuer(crl));
	show_validity(X509_CRL_get0_lastUpdate(crl), X509_CRL_get0_nextUpdate(crl), now_s);
	revoked = X509_CRL_get_REVOKED(crl);
	(void) printf("  revoked  %d\n", sk_X509_REVOKED_num(revoked) > 0 ? sk_X509_REVOKED_num(revoked) : 0);
	for (int i = 0; i < sk_X509_REVOKED_num(revoked); i++)
		show_serial(X509_REVOKED_get0_serialNumber(sk_X509_REVOKED_value(revoked, i)));
	return true;
}

static bool show_private_key(const char *type, const char *header, const unsigned char *der, long length)
{
	cleanup_pkey EVP_PKEY *key = NULL;
	bool traditional = strcmp(type, "PRIVATE KEY") != 0 && strncmp(type, "ENCRYPTED", 9) != 0;

	(void) printf("private key (%s)\n", traditional ? "traditional" : "PKCS#8");
	if (!strcmp(type, "ENCRYPTED PRIVATE KEY") || strstr(header, "ENCRYPTED")) {
		(void) puts("  key      encrypted");
		return true;
	}
	key = d2i_AutoPrivateKey(NULL, &der, length);
	if (!key)
		return false;
	(void) fputs("  key      ", stdout);
	show_key(key);
	return true;
}

static bool show_block(const char *type, const char *header, const unsigned char *der, long length, int64_t now_s)
{
	size_t n = strlen(type);

	if (strcmp(type, PEM_STRING_X509) == 0 || strcmp(type, PEM_STRING_X509_OLD) == 0)
		return show_cert(der, length, now_s);
	if (strcmp(type, PEM_STRING_X509_CRL) == 0)
		return show_crl(der, length, now_s);
	if (n >= 11 && strcmp(type + n - 11, "PRIVATE KEY") == 0)
		return show_private_key(type, header, der, length);
	(void) printf("%s\n", type);
	return true;
}

static int show_file(const char *path, int64_t now_s)
{
	cleanup_bio BIO *in = NULL;
	char *text = NULL, *type, *header;
	unsigned char *der;
	long length;
	int blocks = 0, status = azpki_read(path, &text);

	if (status != AZPKI_OK)
		return status;
	in = BIO_new_mem_buf(text, -1);
	while (in && status == AZPKI_OK && PEM_read_bio(in, &type, &header, &der, &length) == 1) {
		(void) printf("%s%s: ", blocks++ ? "\n" : "", path);
		if (!show_block(type, header, der, length, now_s)) {
			(void) putchar('\n');
			(void) fflush(stdout);
			status = azpki_say(AZPKI_USAGE, "%s: block %d, %s, cannot be decoded", path, blocks, type);
		}
		OPENSSL_free(type);
		OPENSSL_free(header);
		OPENSSL_clear_free(der, (size_t)length);
	}
	if (status == AZPKI_OK && blocks == 0)
		status = azpki_say(AZPKI_USAGE, "%s: no PEM in it (-----BEGIN ...)", path);
	ERR_clear_error();
	azpki_wipe(text);
	return status;
}

int azpki_cmd_show(int argc, char **argv)
{
	struct azpki_options options;
	int status = azpki_options_parse(argc, argv, OPTION_NOW, &options);

	if (status != AZPKI_OK)
		return status;
	if (options.help)
		status = help();
	else if (options.argument_count == 0)
		status = azpki_say(AZPKI_USAGE, "show: which FILE? try: azpki show --help");
	for (int i = 0; !options.help && i < options.argument_count && status == AZPKI_OK; i++) {
		if (i > 0)
			(void) putchar('\n');
		status = show_file(options.arguments[i], options.now_s);
	}
	azpki_options_clear(&options);
	return status;
}
