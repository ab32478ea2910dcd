/* azsim ctl: one command for a running azsim dev, and its answer for people or as JSON. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <sys/stat.h>

#include "sim/cli/cli.h"
#include "sim/cli/options.h"
#include "sim/cli/table.h"
#include "sim/dev/client.h"
#include "sim/dev/dev.h"

struct command {
	const char *name;
	const char *argv[PROTO_ARGUMENTS_MAX];
	size_t argc;
	const char *socket;
	const char *out; /* of pki export */
	bool json;
	json_t *options;
};

static int bad(const char *format, const char *what)
{
	return cli_bad("ctl", format, what);
}

static void help(FILE *out)
{
	(void) fputs("usage: azsim ctl [--socket=PATH] [-o text|json] COMMAND [ARGUMENTS]\n\n"
	             "Steers a running `azsim dev`. It is found by itself when there is just one; else --socket says which.\n\n", out);
	for (const struct dev_command *c = dev_commands; c->name; c++)
		if (c->about)
			(void) fprintf(out, "  %s%s%s\n      %s\n", c->name, c->arguments[0] ? " " : "", c->arguments, c->about);
	(void) fputs("\nOptions of commands:\n"
	             "  run-until CONDITION --within=DURATION   give up after so much time (30d)\n"
	             "  log, timeline [-n N] [-f]               the last N entries (20), and what comes (--lines=N, --follow)\n"
	             "  timeline --kind=KIND[,KIND]             only call, auth, link, store, wifi, flash, clock, log, app, issuer, world\n"
	             "  pki export NAME --out=DIR               folder for NAME.pem (with its intermediates) and NAME.key (the current one)\n"
	             "Ctrl-C on advance or run-until stops time there.\n\n"
	             "exit status: 0 done, 1 refused or not reached, 2 bad usage, 3 no azsim dev answers\n", out);
}

/* ---- The command line ---------------------------------------------------------------------------------------------------- */

struct option_rule {
	const char *name, *short_name;
	bool flag;
	const char *commands; /* that take it, between blanks; NULL: all, and it is ctl's own */
};

static const struct option_rule rules[] = {
	{"socket", NULL, false, NULL}, {"output", "-o", false, NULL}, {"out", NULL, false, " pki "}, {"within", NULL, false, " run-until "},
	{"lines", "-n", false, " log timeline "}, {"follow", "-f", true, " log timeline "}, {"kind", NULL, false, " timeline "},
};

static bool belongs(const struct option_rule *rule, const char *command)
{
	char word[64];

	(void) snprintf(word, sizeof(word), " %s ", command ? command : "");
	return !rule->commands || (command && strstr(rule->commands, word));
}

static int use_option(struct command *c, const struct option_rule *rule, const char *value)
{
	if (strcmp(rule->name, "socket") == 0)
		c->socket = value;
	else if (strcmp(rule->name, "out") == 0)
		c->out = value;
	else if (strcmp(rule->name, "output") == 0) {
		c->json = strcmp(value, "json") == 0;
		if (!c->json && strcmp(value, "text") != 0)
			return bad("--output=%s: text or json", value);
	} else {
		(void) json_object_set_new(c->options, rule->name, value ? json_string(value) : json_true());
	}
	return AZ_OK;
}

/* 0: argv[*i] is no option of ours; 1: it was; negative: it is wrong, and that is said. Steps have a sign, and stay arguments. */
static int take_option(struct command *c, int argc, char **argv, int *i)
{
	const char *word = argv[*i];

	for (size_t r = 0; r < ARRAY_LEN(rules); r++) {
		size_t n = strlen(rules[r].name);
		const char *value = NULL;
		bool is_long = strncmp(word, "--", 2) == 0 && strncmp(word + 2, rules[r].name, n) == 0 && (word[2 + n] == '\0' || word[2 + n] == '=');

		if (!is_long && !(rules[r].short_name && strcmp(word, rules[r].short_name) == 0))
			continue;
		if (!belongs(&rules[r], c->name))
			break;
		if (is_long && word[2 + n] == '=')
			value = word + 3 + n;
		else if (!rules[r].flag && *i + 1 < argc)
			value = argv[++*i];
		if (rules[r].flag != (value == NULL))
			return -bad(rules[r].flag ? "%s takes no value" : "%s: a value is missing", word);
		return use_option(c, &rules[r], value) == AZ_OK ? 1 : -AZ_USAGE;
	}
	if (strncmp(word, "--", 2) == 0)
		return -bad("unknown option %s", word);
	return 0;
}

static int take_words(struct command *c, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		int r;

		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			help(stdout);
			return -1;
		}
		r = take_option(c, argc, argv, &i);
		if (r < 0)
			return AZ_USAGE;
		if (r > 0)
			continue;
		if (!c->name)
			c->name = argv[i];
		else if (c->argc == PROTO_ARGUMENTS_MAX)
			return bad("%s", "too many arguments");
		else
			c->argv[c->argc++] = argv[i];
	}
	if (!c->name) {
		help(stderr);
		return AZ_USAGE;
	}
	if (strcmp(c->name, "log") == 0 && c->argc == 1 && strcmp(c->argv[0], "tail") == 0) {
		(void) json_object_set_new(c->options, "follow", json_true());
		c->argc = 0;
	}
	if (strcmp(c->name, "pki") == 0 && c->argc == 0 && c->out)
		return bad("%s", "--out goes with pki export NAME");
	return AZ_OK;
}

/* ---- Answers ------------------------------------------------------------------------------------------------------------- */

static void show_entry(void *ctx, const json_t *part)
{
	const struct command *c = ctx;
	const json_t *entry = json_object_get(part, "entry");
	const char *date = json_string_value(json_object_get(entry, "date")), *kind = json_string_value(json_object_get(entry, "kind"));
	const char *text = json_string_value(json_object_get(entry, "text")), *detail = json_string_value(json_object_get(entry, "detail"));
	char since[32];

	if (!date || !kind || !text)
		return;
	timeline_format_since((uint64_t)json_integer_value(json_object_get(entry, "t_ns")), since);
	if (c->json) {
		(void) json_dumpf(entry, stdout, JSON_COMPACT);
		(void) fputc('\n', stdout);
	} else if (strcmp(c->name, "log") == 0) {
		(void) printf("%s %s\n", date, text);
	} else {
		(void) printf("%s %s %-6s %s%s%s\n", date, since, kind, text, detail ? "   | " : "", detail ? detail : "");
	}
	(void) fflush(stdout);
}

static int write_pem(const char *folder, const char *name, const char *end, const char *text, mode_t mode)
{
	cleanup_free char *path = NULL;
	cleanup_fd int fd = -1;
	size_t length = strlen(text);
	int r = 0;

	if (asprintf(&path, "%s/%s%s", folder, name, end) < 0)
		abort();
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
	if (fd < 0 || fchmod(fd, mode) < 0 || write(fd, text, length) != (ssize_t)length)
		r = errno ? -errno : -EIO;
	if (r < 0)
		(void) fprintf(stderr, "azsim ctl: %s: %s\n", path, strerror(-r));
	else
		(void) printf("%s\n", path);
	return r;
}

static int show_pki(const struct command *c, const json_t *result)
{
	static const struct table_column columns[] = {
		{"name", "Name"}, {"use", "Use"}, {"issuer", "Issuer"}, {"notBefore", "Not before"}, {"notAfter", "Not after"}, {"subject", "Subject"},
		{0}};
	const char *name = json_string_value(json_object_get(result, "name"));
	const char *chain = json_string_value(json_object_get(result, "chain")), *key = json_string_value(json_object_get(result, "key"));
	const char *folder = c->out ? c->out : ".";

	if (!name || !chain || !key) {
		table_rows(stdout, columns, json_object_get(result, "certificates"));
		return AZ_OK;
	}
	if (mkdir(folder, 0755) < 0 && errno != EEXIST) {
		(void) fprintf(stderr, "azsim ctl: %s: %s\n", folder, strerror(errno));
		return AZ_ENVIRONMENT;
	}
	return write_pem(folder, name, ".pem", chain, 0644) < 0 || write_pem(folder, name, ".key", key, 0600) < 0 ? AZ_ENVIRONMENT : AZ_OK;
}

static int show(const struct command *c, json_t *result)
{
	const char *text = json_string_value(json_object_get(result, "text"));

	if (strcmp(c->name, "pki") == 0 && !(c->json && c->argc == 0))
		return show_pki(c, result);
	if (c->json) {
		(void) json_object_del(result, "text");
		if (json_object_size(result) > 0) {
			(void) json_dumpf(result, stdout, JSON_INDENT(2));
			(void) fputc('\n', stdout);
		}
	} else if (text && text[0]) {
		(void) puts(text);
	}
	return AZ_OK;
}

static int ask(struct command *c)
{
	struct client *client = NULL;
	struct az_error error = {.status = AZ_OK};
	json_t *args = json_array(), *request, *result = NULL;
	int r = client_open(c->socket, &client, &error), status;

	for (size_t i = 0; i < c->argc; i++)
		if (json_array_append_new(args, json_string(c->argv[i])) < 0 && r == 0) {
			r = -EILSEQ;
			az_error_set(&error, AZ_USAGE, "argument %zu is not UTF-8", i + 1);
		}
	request = json_pack("{s:i, s:s*, s:o, s:O}", "id", 1, "command", c->name, "args", args, "options", c->options);
	if (r == 0 && !request) {
		r = -EILSEQ;
		az_error_set(&error, AZ_USAGE, "the command is not UTF-8");
	}
	if (r == 0)
		r = client_ask(client, request, show_entry, c, &result, &error);
	else
		json_decref(request);
	if (r == 0) {
		status = show(c, result);
	} else {
		(void) fprintf(stderr, "azsim ctl: %s\n", error.text);
		status = (int)error.status;
	}
	json_decref(result);
	client_close(client);
	return status;
}

int cmd_ctl(int argc, char **argv)
{
	struct command c = {.name = NULL};
	int status;

	proto_init();
	c.options = json_object();
	status = take_words(&c, argc, argv);
	if (status == AZ_OK)
		status = ask(&c);
	json_decref(c.options);
	return status < 0 ? AZ_OK : status;
}
