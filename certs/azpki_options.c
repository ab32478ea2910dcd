/* Options of azpki: one table for all commands, each of which takes some of them. */
#define _GNU_SOURCE
#include "certs/azpki.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <time.h>

#include "certs/dates.h"

#define HELP 'h'
#define FIRST_VALUE 256 /* of getopt_long, above all letters */

/* In the order of the bits of enum azpki_option. */
static const char *const names[] = {
	"issuer", "from", "until", "now", "key-type", "cn", "dns", "serial", "fault", "key-format", "key-password-file",
	"issuer-password-file", "out", "force", "revoke", "root", "crl", "for", "key-file",
};
_Static_assert(1 << (ARRAY_LEN(names) - 1) == OPTION_KEY_FILE, "a name for every option");

static void make_table(unsigned allowed, struct option table[ARRAY_LEN(names) + 2])
{
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (allowed & 1u << i)
			table[n++] = (struct option){names[i], 1u << i == OPTION_FORCE ? no_argument : required_argument, NULL,
			                             FIRST_VALUE + (int)i};
	table[n++] = (struct option){"help", no_argument, NULL, HELP};
	table[n] = (struct option){0};
}

static int bad_value(const char *option, const char *value, const char *instead)
{
	return azpki_say(AZPKI_USAGE, "--%s=%s: %s", option, value, instead);
}

static int set_now(const char *text, int64_t *ret_s)
{
	int r = dates_parse_instant(text, (int64_t)time(NULL), ret_s);

	return r < 0 ? bad_value("now", text, "no instant; give 2026-06-01, 2026-06-01T12:00Z, or -30d from the real time") : AZPKI_OK;
}

static int set_serial(const char *text, uint64_t *ret_serial)
{
	char *end;

	errno = 0;
	*ret_serial = strtoull(text, &end, 0);
	if (errno || *end || end == text || *text == '-' || *ret_serial == 0)
		return bad_value("serial", text, "no serial number; give 1 to 18446744073709551615, or 0x... in hex");
	return AZPKI_OK;
}

static int set_option(struct azpki_options *o, enum azpki_option option, const char *value)
{
	int index;

	switch (option) {
	case OPTION_ISSUER:
		o->issuer = value;
		return AZPKI_OK;
	case OPTION_FROM:
		o->from_text = value;
		return AZPKI_OK;
	case OPTION_UNTIL:
		o->until_text = value;
		return AZPKI_OK;
	case OPTION_NOW:
		return set_now(value, &o->now_s);
	case OPTION_KEY_TYPE:
		index = pki_key_type_by_name(value);
		if (index < 0)
			return bad_value("key-type", value, "no such type; there are p256, rsa2048, rsa3072, rsa4096");
		o->key_type = (enum pki_key_type)index;
		return AZPKI_OK;
	case OPTION_CN:
		o->cn = value;
		return AZPKI_OK;
	case OPTION_DNS:
		o->dns = value;
		return AZPKI_OK;
	case OPTION_SERIAL:
		return set_serial(value, &o->serial);
	case OPTION_FAULT:
		index = pki_fault_by_name(value);
		if (index < 0)
			return bad_value("fault", value,
			                 "no such fault; there are expired, not-yet-valid, wrong-eku, wrong-key, bad-signature, oversize, weak-signature");
		o->fault = (enum pki_fault)index;
		return AZPKI_OK;
	case OPTION_KEY_FORMAT:
		if (strcmp(value, "pkcs8") != 0 && strcmp(value, "traditional") != 0)
			return bad_value("key-format", value, "no such format; there are pkcs8, traditional");
		o->key_format = *value == 'p' ? PKI_PKCS8 : PKI_TRADITIONAL;
		return AZPKI_OK;
	case OPTION_KEY_PASSWORD_FILE:
		o->key_password_file = value;
		return AZPKI_OK;
	case OPTION_ISSUER_PASSWORD_FILE:
		o->issuer_password_file = value;
		return AZPKI_OK;
	case OPTION_OUT:
		o->out = value;
		return AZPKI_OK;
	case OPTION_FORCE:
		o->force = true;
		return AZPKI_OK;
	case OPTION_REVOKE:
	case OPTION_ROOT: {
		const char **list = option == OPTION_REVOKE ? o->revoke : o->roots;

		while (*list)
			list++;
		*list = value;
		return AZPKI_OK;
	}
	case OPTION_CRL:
		o->crl = value;
		return AZPKI_OK;
	case OPTION_FOR:
		if (strcmp(value, "server") != 0 && strcmp(value, "client") != 0)
			return bad_value("for", value, "no such purpose; there are server, client");
		o->purpose = value;
		return AZPKI_OK;
	case OPTION_KEY_FILE:
		o->key_file = value;
		return AZPKI_OK;
	}
	return AZPKI_USAGE;
}

/* What getopt_long did not take: argv[optind - 1], unless it was one of several letters in a word. */
static int bad_option(int argc, char **argv, int result)
{
	const char *word = optind > 0 && optind <= argc ? argv[optind - 1] : "";

	if (result == ':')
		return azpki_say(AZPKI_USAGE, "%s: the option %s needs a value; try: azpki %s --help", argv[0], word, argv[0]);
	return azpki_say(AZPKI_USAGE, "%s: no such option here, or ambiguous, or it takes no value: %s; try: azpki %s --help", argv[0],
	                 word, argv[0]);
}

int azpki_options_parse(int argc, char **argv, unsigned allowed, struct azpki_options *ret_options)
{
	struct option table[ARRAY_LEN(names) + 2];
	struct azpki_options o = {.out = ".", .now_s = (int64_t)time(NULL)};
	int result, status = AZPKI_OK;

	/* No list can be longer than the command line. */
	o.revoke = calloc((size_t)argc + 1, sizeof(*o.revoke));
	o.roots = calloc((size_t)argc + 1, sizeof(*o.roots));
	if (!o.revoke || !o.roots)
		status = azpki_say(AZPKI_ENVIRONMENT, "out of memory");
	make_table(allowed, table);
	optind = 0;
	opterr = 0;
	while (status == AZPKI_OK && (result = getopt_long(argc, argv, ":h", table, NULL)) != -1) {
		if (result == HELP)
			o.help = true;
		else if (result >= FIRST_VALUE)
			status = set_option(&o, (enum azpki_option)(1u << (result - FIRST_VALUE)), optarg);
		else
			status = bad_option(argc, argv, result);
	}
	if (status != AZPKI_OK) {
		azpki_options_clear(&o);
		return status;
	}
	o.arguments = argv + optind;
	o.argument_count = argc - optind;
	*ret_options = o;
	return AZPKI_OK;
}

void azpki_options_clear(struct azpki_options *options)
{
	free(options->revoke);
	free(options->roots);
	options->revoke = options->roots = NULL;
}

int azpki_instant(const char *option, const char *text, const char *otherwise, int64_t now_s, int64_t *ret_s)
{
	const char *chosen = text ? text : otherwise;
	int r = dates_parse_instant(chosen, now_s, ret_s);

	if (r == -ERANGE)
		return bad_value(option, chosen, "outside the years 1950 to 9999");
	if (r < 0)
		return bad_value(option, chosen, "no instant; give 2026-06-01, 2026-06-01T12:00Z, or +90d (from --now)");
	return AZPKI_OK;
}
