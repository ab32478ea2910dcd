/* azsim device: the commands and options of `az sphere device certificate` and `az sphere device wifi`, for the device of azsim dev.
 *
 * Names of commands and options are those of the Azure CLI's reference; the options of the older `azsphere` are taken, too. Columns of
 * tables are those that were seen where they were seen (wifi list); else they are ours.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <openssl/crypto.h>
#include <stdio.h>

#include "sim/cli/cli.h"
#include "sim/cli/options.h"
#include "sim/cli/table.h"
#include "sim/dev/client.h"
#include "sim/dev/proto.h"

#define FILE_MAX 20000 /* more than the store takes; then the device says so */

enum form { FORM_NOTHING, FORM_LINES, FORM_ROWS, FORM_IDS };

struct device_command {
	const char *group, *name, *about;
	const char *options; /* letters of those it takes */
	enum form form;      /* of its answer */
	const char *empty;   /* said instead of a table without rows */
	const struct table_column *columns;
};

static const struct table_column id_columns[] = {{"id", "Identifier"}, {0}};
static const struct table_column certificate_columns[] = {
	{"id", "Identifier"}, {"notBefore", "Not before"}, {"notAfter", "Not after"}, {"subjectName", "Subject name"}, {"issuerName", "Issuer name"},
	{0}};
static const struct table_column quota_columns[] = {{"availableSpace", "Available space (bytes)"}, {0}};
static const struct table_column list_columns[] = {
	{"id", "ID"}, {"ssid", "SSID"}, {"configState", "Configuration state"}, {"connectionState", "Connection state"},
	{"securityState", "Security state"}, {"targetedScan", "Targeted scan"}, {0}};
static const struct table_column network_columns[] = {
	{"id", "ID"}, {"ssid", "SSID"}, {"configName", "Configuration name"}, {"configState", "Configuration state"},
	{"connectionState", "Connection state"}, {"securityState", "Security state"}, {"targetedScan", "Targeted scan"},
	{"clientIdentity", "Client identity"}, {"clientCertStoreIdentifier", "Client certificate"}, {"rootCaCertStoreIdentifier", "Root CA certificate"},
	{0}};
static const struct table_column scan_columns[] = {
	{"ssid", "SSID"}, {"securityState", "Security state"}, {"bssid", "BSSID"}, {"signal_level", "Signal level"}, {"freq", "Frequency"}, {0}};
static const struct table_column status_columns[] = {
	{"id", "ID"}, {"ssid", "SSID"}, {"configState", "Configuration state"}, {"connectionState", "Connection state"},
	{"securityState", "Security state"}, {"freq", "Frequency"}, {"mode", "Mode"}, {"key_mgmt", "Key management"}, {"wpa_state", "WPA state"},
	{0}};
static const struct table_column diagnostics_columns[] = {
	{"timestamp", "Timestamp"}, {"networkId", "Network ID"}, {"ssid", "SSID"}, {"error", "Last error"}, {"configState", "Configuration state"},
	{"connectionState", "Connection state"}, {"certError", "Certificate error"}, {"certDepth", "Certificate depth"},
	{"certSubject", "Certificate subject"}, {0}};

/* Letters: c t p k w certificates; s S a r n T j networks; i id. */
static const struct device_command commands[] = {
	{"certificate", "add", "add or replace a certificate in the store", "ctpkw", FORM_NOTHING, NULL, NULL},
	{"certificate", "delete", "delete a certificate", "c", FORM_NOTHING, NULL, NULL},
	{"certificate", "list", "list the identifiers in the store", "", FORM_IDS, "no certificates", id_columns},
	{"certificate", "show", "show a certificate", "c", FORM_LINES, NULL, certificate_columns},
	{"certificate", "show-quota", "show the free space of the store", "", FORM_LINES, NULL, quota_columns},
	{"wifi", "add", "add a network, enable it, and save", "sParjnT", FORM_LINES, NULL, network_columns},
	{"wifi", "disable", "disable a network", "i", FORM_NOTHING, NULL, NULL},
	{"wifi", "enable", "enable a network", "i", FORM_NOTHING, NULL, NULL},
	{"wifi", "forget", "remove a network", "i", FORM_NOTHING, NULL, NULL},
	{"wifi", "list", "list the networks", "", FORM_ROWS, "no networks", list_columns},
	{"wifi", "reload-config", "have the changed certificates of EAP-TLS networks used", "", FORM_NOTHING, NULL, NULL},
	{"wifi", "scan", "list the networks in range", "", FORM_ROWS, "no networks in range", scan_columns},
	{"wifi", "show", "show a network", "i", FORM_LINES, NULL, network_columns},
	{"wifi", "show-status", "show the state of the interface", "", FORM_LINES, NULL, status_columns},
	{"wifi", "show-diagnostics", "show the last failure of one network, or of all", "i", FORM_ROWS, "no failures were logged",
	 diagnostics_columns},
};

struct option_rule {
	char letter;           /* in struct device_command */
	char short_letter;     /* on the command line; 0: none */
	const char *name, *legacy;
	const char *key;       /* in the request */
	enum { VALUE_TEXT, VALUE_SECRET, VALUE_FILE, VALUE_SECRET_FILE, VALUE_FLAG } kind;
	const char *about;
};

static const struct option_rule rules[] = {
	{'c', 'c', "certificate", "certid", "certificate", VALUE_TEXT, "ID: the certificate's identifier, 1 to 16 characters"},
	{'t', 't', "cert-type", "certtype", "cert-type", VALUE_TEXT, "client or rootca"},
	{'p', 'p', "public-key-file", "publickeyfilepath", "public-key", VALUE_FILE, "FILE: the certificate, PEM"},
	{'k', 0, "private-key-file", "privatekeyfilepath", "private-key", VALUE_SECRET_FILE, "FILE: the private key of a client certificate, PEM"},
	{'w', 'w', "private-key-password", "privatekeypassword", "private-key-password", VALUE_SECRET, "TEXT: when the private key is encrypted"},
	{'s', 's', "ssid", NULL, "ssid", VALUE_TEXT, "TEXT: the network's name"},
	{'P', 'p', "psk", NULL, "psk", VALUE_SECRET, "TEXT: the key of a WPA2 network; without it and without certificates: an open one"},
	{'a', 0, "client-cert-id", NULL, "client-cert-id", VALUE_TEXT, "ID of the client certificate: an EAP-TLS network"},
	{'r', 0, "root-ca-cert-id", NULL, "root-ca-cert-id", VALUE_TEXT, "ID of the root CA that the RADIUS server must stand under"},
	{'j', 0, "client-id", "client-identity", "client-id", VALUE_TEXT, "TEXT: the EAP identity"},
	{'n', 0, "config-name", NULL, "config-name", VALUE_TEXT, "TEXT: name of the configuration, 1 to 16 characters"},
	{'T', 0, "targeted-scan", NULL, "targeted-scan", VALUE_FLAG, "[true|false]: look for an SSID that is not advertised"},
	{'i', 'i', "id", "network", "id", VALUE_TEXT, "N: the network's id"},
};

enum { OPT_SOCKET = 256, OPT_RULE /* + index of the rule */ };

static int bad(const char *format, const char *what)
{
	return cli_bad("device", format, what);
}

/* ---- Help ---------------------------------------------------------------------------------------------------------------- */

static void help(FILE *out)
{
	(void) fputs("usage: azsim device certificate|wifi COMMAND [OPTIONS]\n\n"
	             "Looks at and sets up the device of a running `azsim dev`, as `az sphere device` does with a real one.\n\n", out);
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		char name[64];

		(void) snprintf(name, sizeof(name), "%s %s", commands[i].group, commands[i].name);
		(void) fprintf(out, "  %-24s %s\n", name, commands[i].about);
	}
	(void) fputs("\n  azsim device GROUP COMMAND --help   options of a command\n"
	             "  -o, --output table|json             json: as the device's REST interface answers (table)\n"
	             "  --socket=PATH, -d, --device PATH    which azsim dev, when there is more than one\n\n"
	             "exit status: 0 done, 1 the device refuses, 2 bad usage, 3 no azsim dev answers\n", out);
}

static void command_help(const struct device_command *command)
{
	(void) printf("usage: azsim device %s %s%s\n\n%c%s.\n\n", command->group, command->name, command->options[0] ? " OPTIONS" : "",
	              command->about[0] - 'a' + 'A', command->about + 1);
	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		char name[64];

		if (!strchr(command->options, rules[i].letter))
			continue;
		if (rules[i].short_letter)
			(void) snprintf(name, sizeof(name), "-%c, --%s", rules[i].short_letter, rules[i].name);
		else
			(void) snprintf(name, sizeof(name), "    --%s", rules[i].name);
		(void) printf("  %-28s %s\n", name, rules[i].about);
	}
	(void) fputs("  -o, --output                 table or json\n"
	             "  -d, --device, --socket       PATH of the azsim dev, when there is more than one\n", stdout);
}

/* ---- Options ------------------------------------------------------------------------------------------------------------- */

struct invocation {
	const struct device_command *command;
	const char *socket;
	bool json;
	json_t *options;
};

/* A PEM file as a text; the caller wipes and frees it. NULL: it is said why. */
static char *read_pem(const char *path)
{
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char *text = malloc(FILE_MAX + 1);
	ssize_t n = -1, length = 0;
	const char *why = NULL;

	if (!text)
		abort();
	while (fd >= 0 && length < FILE_MAX && (n = read(fd, text + length, (size_t)(FILE_MAX - length))) > 0)
		length += n;
	text[length] = '\0';
	if (fd < 0 || n < 0)
		why = strerror(errno);
	else if (length == FILE_MAX)
		why = "too large for a certificate or a key";
	else if (strlen(text) != (size_t)length || !strstr(text, "-----BEGIN "))
		why = "no PEM file: it has no -----BEGIN line";
	if (!why)
		return text;
	(void) fprintf(stderr, "azsim device: %s: %s\n", path, why);
	OPENSSL_clear_free(text, FILE_MAX + 1);
	return NULL;
}

static int set_text(struct invocation *v, const struct option_rule *rule, const char *text)
{
	json_t *json = json_string(text);

	if (!json)
		return bad("--%s is not UTF-8", rule->name);
	(void) json_object_set_new(v->options, rule->key, json);
	return AZ_OK;
}

static int use_rule(struct invocation *v, const struct option_rule *rule, char *value, char **argv)
{
	char *text;
	int status;

	switch (rule->kind) {
	case VALUE_TEXT:
		return set_text(v, rule, value);
	case VALUE_SECRET:
		status = set_text(v, rule, value);
		explicit_bzero(value, strlen(value)); /* others can see the command line */
		return status;
	case VALUE_FILE:
	case VALUE_SECRET_FILE:
		text = read_pem(value);
		if (!text)
			return AZ_USAGE;
		status = set_text(v, rule, text);
		OPENSSL_clear_free(text, FILE_MAX + 1);
		return status;
	case VALUE_FLAG:
		/* "--targeted-scan true" is written, too. */
		if (!value && argv[optind] && (strcmp(argv[optind], "true") == 0 || strcmp(argv[optind], "false") == 0))
			value = argv[optind++];
		if (value && strcmp(value, "true") != 0 && strcmp(value, "false") != 0)
			return bad("--targeted-scan=%s: true or false", value);
		(void) json_object_set_new(v->options, rule->key, json_boolean(!value || strcmp(value, "true") == 0));
		return AZ_OK;
	}
	return AZ_USAGE;
}

static int take_output(struct invocation *v, const char *text)
{
	v->json = strcmp(text, "json") == 0;
	return v->json || strcmp(text, "table") == 0 ? AZ_OK : bad("--output %s: table or json", text);
}

static void add_option(struct option *options, size_t *count, const char *name, size_t rule)
{
	options[(*count)++] = (struct option){name, rules[rule].kind == VALUE_FLAG ? optional_argument : required_argument, NULL,
		OPT_RULE + (int)rule};
}

/* AZ_OK, a status, or -1: help was given. */
static int take_options(struct invocation *v, int argc, char **argv)
{
	struct option options[2 * ARRAY_LEN(rules) + 5] = {0};
	char letters[2 * ARRAY_LEN(rules) + 16] = "ho:d:";
	size_t count = 0;
	int option, status = AZ_OK;

	options[count++] = (struct option){"help", no_argument, NULL, 'h'};
	options[count++] = (struct option){"output", required_argument, NULL, 'o'};
	options[count++] = (struct option){"device", required_argument, NULL, OPT_SOCKET};
	options[count++] = (struct option){"socket", required_argument, NULL, OPT_SOCKET};
	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		if (!strchr(v->command->options, rules[i].letter))
			continue;
		add_option(options, &count, rules[i].name, i);
		if (rules[i].legacy)
			add_option(options, &count, rules[i].legacy, i);
		if (rules[i].short_letter)
			(void) snprintf(letters + strlen(letters), sizeof(letters) - strlen(letters), "%c:", rules[i].short_letter);
	}
	while (status == AZ_OK && (option = getopt_long(argc, argv, letters, options, NULL)) != -1) {
		if (option == 'h') {
			command_help(v->command);
			return -1;
		}
		if (option == '?')
			return bad("%s: unknown option or missing value", v->command->name);
		if (option == 'o')
			status = take_output(v, optarg);
		else if (option == 'd' || option == OPT_SOCKET)
			v->socket = optarg;
		else if (option >= OPT_RULE)
			status = use_rule(v, &rules[option - OPT_RULE], optarg, argv);
		for (size_t i = 0; option < OPT_SOCKET && i < ARRAY_LEN(rules); i++)
			if (rules[i].short_letter == option && strchr(v->command->options, rules[i].letter))
				status = use_rule(v, &rules[i], optarg, argv);
	}
	if (status == AZ_OK && optind < argc)
		status = bad("\"%s\" is too much", argv[optind]);
	return status;
}

/* ---- Answers ------------------------------------------------------------------------------------------------------------- */

static void show_rows(const struct device_command *command, const json_t *rows)
{
	if (json_array_size(rows) > 0)
		table_rows(stdout, command->columns, rows);
	else
		(void) puts(command->empty);
}

static void show(const struct invocation *v, const json_t *result)
{
	const json_t *id;
	json_t *rows;
	size_t i;

	if (v->json) {
		(void) json_dumpf(result, stdout, JSON_INDENT(2));
		(void) fputc('\n', stdout);
		return;
	}
	switch (v->command->form) {
	case FORM_NOTHING:
		return;
	case FORM_LINES:
		table_lines(stdout, v->command->columns, result);
		return;
	case FORM_ROWS:
		show_rows(v->command, json_object_get(result, "values"));
		return;
	case FORM_IDS:
		rows = json_array();
		json_array_foreach(json_object_get(result, "identifiers"), i, id)
			(void) json_array_append_new(rows, json_pack("{s:O}", "id", id));
		show_rows(v->command, rows);
		json_decref(rows);
		return;
	}
}

static int ask(const struct invocation *v)
{
	struct client *client = NULL;
	struct az_error error;
	json_t *result = NULL;
	char name[64];
	int r = client_open(v->socket, &client, &error);

	(void) snprintf(name, sizeof(name), "device %s %s", v->command->group, v->command->name);
	if (r == 0)
		r = client_ask(client, json_pack("{s:i, s:s, s:O}", "id", 1, "command", name, "options", v->options), NULL, NULL, &result, &error);
	if (r == 0)
		show(v, result);
	else
		(void) fprintf(stderr, "azsim device: %s\n", error.text);
	json_decref(result);
	client_close(client);
	return r == 0 ? AZ_OK : (int)error.status;
}

static const struct device_command *find(const char *group, const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (strcmp(commands[i].group, group) == 0 && strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

int cmd_device(int argc, char **argv)
{
	struct invocation v = {.command = argc > 2 ? find(argv[1], argv[2]) : NULL};
	int status;

	if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    (argc > 2 && (strcmp(argv[2], "--help") == 0 || strcmp(argv[2], "-h") == 0))) {
		help(argc < 2 ? stderr : stdout);
		return argc < 2 ? AZ_USAGE : AZ_OK;
	}
	if (!v.command)
		return strcmp(argv[1], "certificate") != 0 && strcmp(argv[1], "wifi") != 0
		               ? bad("no group \"%s\"; there are certificate and wifi", argv[1])
		               : bad("no such command: \"%s\"", argc > 2 ? argv[2] : "");
	proto_init();
	v.options = json_object();
	status = take_options(&v, argc - 2, argv + 2);
	if (status == AZ_OK)
		status = ask(&v);
	json_decref(v.options);
	return status < 0 ? AZ_OK : status;
}
