/* See timeline.h. */
#define _GNU_SOURCE
#include "sim/report/timeline.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "certs/dates.h"
#include "sim/util/text.h"

void timeline_init(struct timeline *tl, int64_t start_s)
{
	memset(tl, 0, sizeof(*tl));
	tl->start_s = start_s;
}

void timeline_clear(struct timeline *tl)
{
	for (size_t i = 0; i < tl->count; i++) {
		free(tl->entries[i].text);
		free(tl->entries[i].detail);
	}
	free(tl->entries);
	tl->entries = NULL;
	tl->count = tl->capacity = 0;
}

/* The newline that ends a log line has become a space. */
static void trim(char *text)
{
	size_t n = strlen(text);

	while (n > 0 && text[n - 1] == ' ')
		text[--n] = '\0';
}

void timeline_take(struct timeline *tl, uint64_t at_ns, enum tl_kind kind, bool history, const char *detail, char *text)
{
	struct tl_entry *entry;

	if (tl->count == tl->capacity) {
		tl->capacity = tl->capacity ? tl->capacity * 2 : 256;
		tl->entries = realloc(tl->entries, tl->capacity * sizeof(*tl->entries));
		if (!tl->entries)
			abort();
	}
	entry = &tl->entries[tl->count++];
	*entry = (struct tl_entry){.at_ns = at_ns, .kind = kind, .history = history};
	entry->text = text;
	text_sanitize(entry->text);
	trim(entry->text);
	tl->bytes += strlen(entry->text);
	if (detail && detail[0]) {
		entry->detail = strdup(detail);
		if (!entry->detail)
			abort();
		text_sanitize(entry->detail);
	}
}

void timeline_addv(struct timeline *tl, uint64_t at_ns, enum tl_kind kind, bool history, const char *detail, const char *format,
                   va_list args)
{
	char *text;

	if (vasprintf(&text, format, args) < 0)
		abort();
	timeline_take(tl, at_ns, kind, history, detail, text);
}

void timeline_keep(struct timeline *tl, size_t max)
{
	size_t drop = tl->count - max / 2;

	if (tl->count <= max)
		return;
	for (size_t i = 0; i < drop; i++) {
		free(tl->entries[i].text);
		free(tl->entries[i].detail);
	}
	memmove(tl->entries, tl->entries + drop, (tl->count - drop) * sizeof(*tl->entries));
	tl->count -= drop;
}

void timeline_add(struct timeline *tl, uint64_t at_ns, enum tl_kind kind, bool history, const char *detail, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	timeline_addv(tl, at_ns, kind, history, detail, format, args);
	va_end(args);
}

const char *timeline_kind_name(enum tl_kind kind)
{
	switch (kind) {
	case TL_CALL: return "call";
	case TL_AUTH: return "auth";
	case TL_LINK: return "link";
	case TL_STORE: return "store";
	case TL_WIFI: return "wifi";
	case TL_FLASH: return "flash";
	case TL_CLOCK: return "clock";
	case TL_LOG: return "log";
	case TL_APP: return "app";
	case TL_ISSUER: return "issuer";
	case TL_WEB: return "web";
	case TL_WORLD: return "world";
	case TL_EXPECT: return "expect";
	case TL_ORACLE: return "oracle";
	}
	return "?";
}

void timeline_format_since(uint64_t at_ns, char buffer[32])
{
	uint64_t s = at_ns / NS_PER_S;

	(void) snprintf(buffer, 32, "+%" PRIu64 "d %02u:%02u:%02u", s / 86400, (unsigned)(s / 3600 % 24),
	                (unsigned)(s / 60 % 60), (unsigned)(s % 60));
}

void timeline_format_date(const struct timeline *tl, const struct tl_entry *entry, char buffer[64])
{
	char date[DATES_TEXT_MAX];

	dates_format(tl->start_s + (int64_t)(entry->at_ns / NS_PER_S), date);
	date[strcspn(date, "Z")] = '\0';
	(void) snprintf(buffer, 64, "%s.%03uZ", date, (unsigned)(entry->at_ns / NS_PER_MS % 1000));
}

void timeline_format(const struct timeline *tl, const struct tl_entry *entry, char *buffer, size_t capacity)
{
	char date[64], since[32];

	timeline_format_date(tl, entry, date);
	timeline_format_since(entry->at_ns, since);
	(void) snprintf(buffer, capacity, "%s %s %-6s %s", date, since, timeline_kind_name(entry->kind), entry->text);
}

int timeline_write_text(const struct timeline *tl, const char *application, const char *path)
{
	FILE *f = fopen(path, "we");
	int r = 0;

	if (!f)
		return -errno;
	if (application && fprintf(f, "# application: %s\n", application) < 0)
		r = -EIO;
	for (size_t i = 0; i < tl->count && r == 0; i++) {
		char line[8192];

		timeline_format(tl, &tl->entries[i], line, sizeof(line));
		if (fprintf(f, "%s%s%s\n", line, tl->entries[i].detail ? "   | " : "",
		            tl->entries[i].detail ? tl->entries[i].detail : "") < 0)
			r = -EIO;
	}
	if (fclose(f) != 0 && r == 0)
		r = -errno;
	return r;
}

static const struct tl_entry *next_history(const struct timeline *tl, size_t *i)
{
	while (*i < tl->count)
		if (tl->entries[(*i)++].history)
			return &tl->entries[*i - 1];
	return NULL;
}

bool timeline_differ(const struct timeline *a, const struct timeline *b, char line_a[512], char line_b[512])
{
	size_t i = 0, j = 0;

	for (;;) {
		const struct tl_entry *ea = next_history(a, &i), *eb = next_history(b, &j);

		if (!ea && !eb)
			return false;
		if (ea && eb && ea->at_ns == eb->at_ns && ea->kind == eb->kind && strcmp(ea->text, eb->text) == 0)
			continue;
		(void) snprintf(line_a, 512, "(end)");
		(void) snprintf(line_b, 512, "(end)");
		if (ea)
			timeline_format(a, ea, line_a, 512);
		if (eb)
			timeline_format(b, eb, line_b, 512);
		return true;
	}
}
