/* The command azpki: what its files share. The library behind it is pki.h; the command adds files, options and words.
 *
 * A certificate NAME lives in NAME.pem (it, then its intermediates) and NAME.key beside it; a revocation list in NAME.crl.
 */
#ifndef CERTS_AZPKI_H
#define CERTS_AZPKI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "certs/pki.h"
#include "emu-applibs/base/base.h"

enum azpki_status {
	AZPKI_OK = 0,
	AZPKI_FAILED = 1,      /* verify: it does not */
	AZPKI_USAGE = 2,       /* wrong options, or files that hold something else */
	AZPKI_ENVIRONMENT = 3, /* the file system refuses, memory, OpenSSL */
};

/* ---- azpki_options.c ------------------------------------------------------------------------------------------------- */

/* Bits of the options that a command takes; --help and --version go with all. */
enum azpki_option {
	OPTION_ISSUER = 1 << 0,
	OPTION_FROM = 1 << 1,
	OPTION_UNTIL = 1 << 2,
	OPTION_NOW = 1 << 3,
	OPTION_KEY_TYPE = 1 << 4,
	OPTION_CN = 1 << 5,
	OPTION_DNS = 1 << 6,
	OPTION_SERIAL = 1 << 7,
	OPTION_FAULT = 1 << 8,
	OPTION_KEY_FORMAT = 1 << 9,
	OPTION_KEY_PASSWORD_FILE = 1 << 10,
	OPTION_ISSUER_PASSWORD_FILE = 1 << 11,
	OPTION_OUT = 1 << 12,
	OPTION_FORCE = 1 << 13,
	OPTION_REVOKE = 1 << 14,
	OPTION_ROOT = 1 << 15,
	OPTION_CRL = 1 << 16,
	OPTION_FOR = 1 << 17,
	OPTION_KEY_FILE = 1 << 18,
};

/* Texts are those of argv. */
struct azpki_options {
	const char *issuer, *cn, *dns, *key_password_file, *issuer_password_file, *crl, *key_file;
	const char *out;                 /* "." */
	const char *from_text, *until_text; /* NULL: the command's own choice */
	int64_t now_s;                   /* of --now; else the real time */
	uint64_t serial;                 /* 0: not given */
	enum pki_key_type key_type;
	enum pki_key_format key_format;
	enum pki_fault fault;
	const char *purpose;             /* "server", "client" or NULL */
	bool force, help;
	const char **revoke, **roots;    /* NULL-terminated; freed by azpki_options_clear */
	char **arguments;                /* what is no option, NULL-terminated */
	int argument_count;
};

/* argv[0] is the command's name; allowed: bits of enum azpki_option. AZPKI_OK, or a status when it has said why. */
int azpki_options_parse(int argc, char **argv, unsigned allowed, struct azpki_options *ret_options);
void azpki_options_clear(struct azpki_options *options);
/* An instant of --from, --until: text, or when that is NULL what otherwise says. AZPKI_OK or a status, said. */
int azpki_instant(const char *option, const char *text, const char *otherwise, int64_t now_s, int64_t *ret_s);

/* ---- azpki_files.c ----------------------------------------------------------------------------------------------------- */

#define AZPKI_FILE_MAX (1024 * 1024)

/* One line to stderr: "azpki: ...". Returns status. */
int azpki_say(enum azpki_status status, const char *format, ...) ATTR_PRINTF(2, 3);
/* The status that goes with a negative errno of the library. */
enum azpki_status azpki_status_of(int r);
/* The whole file as text, NUL-terminated; wipe and free. AZPKI_OK or a status, said. */
int azpki_read(const char *path, char **ret_text);
/* First line of a file, without its end; wipe and free. Empty or over 1024 bytes is an error. */
int azpki_read_password(const char *path, char **ret_password);
void azpki_wipe(char *text); /* wipes and frees; NULL is fine */
/* "DIR/NAMESUFFIX"; free. NULL without memory, said. */
char *azpki_path(const char *dir, const char *name, const char *suffix);
/* The certificate of that name in dir, or where the name is a path, there; ".pem" may stand at its end. With its key when
 * with_key. AZPKI_OK and *ret_cert, or a status, said. */
int azpki_load(const char *dir, const char *name, bool with_key, const char *password_file, struct pki_cert **ret_cert);

struct azpki_output {
	const char *path, *text;
	bool secret; /* mode 0600 whatever the umask; others 0666 as the umask lets */
};

/* Writes all or, as far as the file system allows, none: each under another name first, synced, then renamed. Without force
 * nothing is overwritten. AZPKI_OK or a status, said. */
int azpki_write(const struct azpki_output *outputs, size_t count, bool force);

/* ---- Commands: argv[0] is the command's name. Each returns the exit status. ---------------------------------------------- */

int azpki_cmd_make(int argc, char **argv); /* root, intermediate, server, client, device-auth */
int azpki_cmd_crl(int argc, char **argv);
int azpki_cmd_show(int argc, char **argv);
int azpki_cmd_verify(int argc, char **argv);

#endif
