/* See template.h. */
#define _GNU_SOURCE
#include "sim/web/template.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <time.h>

#include "emu-applibs/base/base.h"

#define PLACE_MAX 128 /* bytes between ${ and }, with NUL */

enum kind { KIND_CERT, KIND_KEY, KIND_TIME, KIND_NONE };

struct place {
	enum kind kind;
	char value[PLACE_MAX]; /* behind the colon */
	const char *end;       /* behind the brace; NULL: there is none */
};

/* `at` is behind "${"; `end` is the end of the text. */
static struct place read_place(const char *at, const char *end)
{
	static const char *const kinds[] = {[KIND_CERT] = "cert:", [KIND_KEY] = "key:", [KIND_TIME] = "time:"};
	const char *brace = memchr(at, '}', (size_t)(end - at));
	struct place p = {.kind = KIND_NONE, .end = brace ? brace + 1 : NULL};

	for (size_t i = 0; brace && i < ARRAY_LEN(kinds); i++) {
		size_t n = strlen(kinds[i]);

		if ((size_t)(brace - at) > n && strncmp(at, kinds[i], n) == 0 && (size_t)(brace - at) - n < PLACE_MAX) {
			p.kind = (enum kind)i;
			memcpy(p.value, at + n, (size_t)(brace - at) - n);
		}
	}
	return p;
}

static const char *next_place(const char *text, const char *end)
{
	return memmem(text, (size_t)(end - text), "${", 2);
}

const char *template_check(const char *text, size_t length, const char *const *names)
{
	const char *end = text + length, *at = text;

	while ((at = next_place(at, end))) {
		struct place p = read_place(at + 2, end);
		const char *const *name = names;

		if (p.kind == KIND_NONE)
			return "`${` begins ${cert:NAME}, ${key:NAME} or ${time:FORMAT}";
		while (p.kind != KIND_TIME && *name && strcmp(*name, p.value) != 0)
			name++;
		if (p.kind != KIND_TIME && !*name)
			return "${cert:NAME} and ${key:NAME} name a certificate of `pki`";
		at = p.end;
	}
	return NULL;
}

static void put_json(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '\n')
			(void) fputs("\\n", out);
		else if (*text == '"' || *text == '\\')
			(void) fprintf(out, "\\%c", *text);
		else
			(void) fputc(*text, out);
	}
}

/* Seconds are counted from UTC, so that %s is right whatever this machine's time zone is. */
static char *format_time(const char *format, int64_t now_s)
{
	char text[256];
	time_t t = (time_t)now_s;
	struct tm tm;

	if (strcmp(format, "%s") == 0)
		(void) snprintf(text, sizeof(text), "%lld", (long long)now_s);
	else if (!gmtime_r(&t, &tm) || strftime(text, sizeof(text), format, &tm) == 0)
		text[0] = '\0';
	return strdup(text);
}

static int put_place(FILE *out, const struct place *p, bool json, const struct template_source *source)
{
	char *value = p->kind == KIND_TIME ? format_time(p->value, source->now_s) : source->pem(source->ctx, p->value, p->kind == KIND_KEY);

	if (!value)
		return -EINVAL;
	if (json)
		put_json(out, value);
	else
		(void) fputs(value, out);
	OPENSSL_cleanse(value, strlen(value));
	free(value);
	return 0;
}

int template_fill(const char *text, size_t length, bool json, const struct template_source *source, char **ret, size_t *ret_length)
{
	const char *end = text + length, *at = text, *next;
	char *made = NULL;
	size_t made_length = 0;
	FILE *out = open_memstream(&made, &made_length);
	int r = 0;

	if (!out)
		return -ENOMEM;
	while (r == 0 && (next = next_place(at, end))) {
		struct place p = read_place(next + 2, end);

		(void) fwrite(at, 1, (size_t)(next - at), out);
		at = p.end ? p.end : end;
		r = p.kind == KIND_NONE ? -EINVAL : put_place(out, &p, json, source);
	}
	(void) fwrite(at, 1, (size_t)(end - at), out);
	if (fclose(out) != 0 && r == 0)
		r = -ENOMEM;
	if (r < 0) {
		if (made)
			OPENSSL_cleanse(made, made_length);
		free(made);
		return r;
	}
	*ret = made;
	*ret_length = made_length;
	return 0;
}
