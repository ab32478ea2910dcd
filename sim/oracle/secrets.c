/* Oracle secrets: no private key, nor a part of one, stands in the application's log or output or in a daemon's log.
 *
 * A key can be written in many ways (PKCS#8, PKCS#1, SEC1, hex, cut into lines anywhere), so what is looked for is the secret
 * number itself: twelve bytes of it in hex, and in base64 in each of the three ways in which three bytes can fall into four letters.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <limits.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <sys/stat.h>

#include "sim/run/internal.h"

#define WINDOW 12 /* bytes: no chance of meeting them elsewhere; two side by side, as a line may end within one */
#define SECRET_MIN (2 + 2 * WINDOW)

static void add(struct run *run, const char *text)
{
	char **grown = realloc(run->secrets, (run->secret_count + 1) * sizeof(*grown));

	if (!grown || !text)
		abort();
	run->secrets = grown;
	grown[run->secret_count++] = strdup(text);
}

static void add_number(struct run *run, const uint8_t *bytes)
{
	char text[2 * WINDOW + 1];

	for (size_t i = 0; i < WINDOW; i++)
		(void) snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	add(run, text);
	for (size_t window = 0; window < 2; window++)
		for (size_t shift = 0; shift < 3; shift++) {
			(void) EVP_EncodeBlock((unsigned char *)text, bytes + window * WINDOW + shift, WINDOW);
			add(run, text);
		}
	OPENSSL_cleanse(text, sizeof(text));
}

void oracle_add_secret(struct run *run, const char *key_pem)
{
	uint8_t bytes[1024];
	BIO *bio = BIO_new_mem_buf(key_pem, -1);
	EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;
	BIGNUM *number = NULL;
	int length = 0;

	if (key) /* of an RSA key one of the primes */
		(void) EVP_PKEY_get_bn_param(key, EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA ? OSSL_PKEY_PARAM_RSA_FACTOR1 : OSSL_PKEY_PARAM_PRIV_KEY,
		                             &number);
	if (number && BN_num_bytes(number) <= (int)sizeof(bytes))
		length = EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA ? BN_bn2bin(number, bytes)
		                                                   : BN_bn2binpad(number, bytes, (EVP_PKEY_get_bits(key) + 7) / 8);
	if (length >= SECRET_MIN)
		add_number(run, bytes);
	OPENSSL_cleanse(bytes, sizeof(bytes));
	BN_clear_free(number);
	EVP_PKEY_free(key);
	BIO_free(bio);
	ERR_clear_error();
}

static const char *secret_in(const struct run *run, const char *line)
{
	if (strstr(line, "PRIVATE KEY-----"))
		return "a private key";
	for (size_t i = 0; i < run->secret_count; i++)
		if (strstr(line, run->secrets[i]))
			return "part of a private key";
	return NULL;
}

void oracle_scan_line(struct run *run, const char *where, const char *line)
{
	const char *what = run->secret_reported || !oracle_on(run, "secrets") ? NULL : secret_in(run, line);

	if (!what)
		return;
	run->secret_reported = true;
	run_note(run, TL_ORACLE, false, NULL, "secrets: %s in %s", what, where);
	run_fail(run, "oracle secrets: %s stands in %s", what, where);
}

static void scan_file(struct run *run, const char *path, const char *name)
{
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t capacity = 0;

	if (!f)
		return;
	while (getline(&line, &capacity, f) >= 0)
		oracle_scan_line(run, name, line);
	free(line);
	(void) fclose(f);
}

void oracle_scan_logs(struct run *run)
{
	char dir_path[PATH_MAX];
	DIR *dir;
	struct dirent *entry;

	(void) snprintf(dir_path, sizeof(dir_path), "%s/net", run->run_dir);
	dir = opendir(dir_path);
	while (dir && (entry = readdir(dir))) {
		char path[PATH_MAX + 256];
		struct stat st;

		(void) snprintf(path, sizeof(path), "%s/%s", dir_path, entry->d_name);
		if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
			scan_file(run, path, entry->d_name);
	}
	if (dir)
		(void) closedir(dir);
}
