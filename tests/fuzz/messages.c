/* See messages.h. */
#include "tests/fuzz/messages.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "emu-applibs/base/base.h"
#include "emu-applibs/wire/wire.h"

#define LINE_MAX_BYTES 16384

static const uint16_t ops[] = {
#define X(op, number, name) number,
	WIRE_OPS(X)
#undef X
};

static const char *const wire_kinds[] = {
#define X(op, number, name) name,
	WIRE_OPS(X)
#undef X
	[ARRAY_LEN(ops) + ACTION_ADVANCE] = "advance",
	[ARRAY_LEN(ops) + ACTION_REBOOT] = "reboot",
	[ARRAY_LEN(ops) + ACTION_LINK] = "link",
	[ARRAY_LEN(ops) + ACTION_FLASH] = "flash",
	[ARRAY_LEN(ops) + ACTION_WRITES] = "writes",
	[ARRAY_LEN(ops) + ACTION_TIME_SERVER] = "time-server",
	[ARRAY_LEN(ops) + ACTION_UPDATE] = "update",
	[ARRAY_LEN(ops) + ACTION_READING] = "reading",
	[ARRAY_LEN(ops) + ACTION_NETWORK] = "network",
	[ARRAY_LEN(ops) + ACTION_APP_GONE] = "app-gone",
	[ARRAY_LEN(ops) + ACTION_COUNT] = NULL,
};

static const char *const channel_kinds[] = {
	[CHANNEL_CONNECT] = "connect", [CHANNEL_CLOSE] = "close", [CHANNEL_RAW] = "raw", [CHANNEL_GREET] = "greet",
	[CHANNEL_GREET_CLOCK] = "greet-clock", [CHANNEL_ASK] = "ask", [CHANNEL_ASK_CLOCK] = "ask-clock",
	[CHANNEL_DESCRIPTOR] = "descriptor", [CHANNEL_ACTION_COUNT] = NULL,
};

bool message_next(const uint8_t **data, size_t *size, struct message_item *ret)
{
	if (*size < 3)
		return false;
	ret->kind = (*data)[0];
	ret->length = (size_t)(*data)[1] | (size_t)(*data)[2] << 8;
	ret->bytes = *data + 3;
	*data += 3;
	*size -= 3;
	if (ret->length > *size)
		ret->length = *size;
	*data += ret->length;
	*size -= ret->length;
	return true;
}

const char *const *message_kinds(const char *target)
{
	return strcmp(target, "wire") == 0 ? wire_kinds : strcmp(target, "channel") == 0 ? channel_kinds : NULL;
}

size_t message_request_count(void)
{
	return ARRAY_LEN(ops);
}

uint16_t message_op(size_t kind)
{
	return ops[kind];
}

/* ---- Text ---------------------------------------------------------------------------------------------------------------- */

struct item {
	uint8_t bytes[UINT16_MAX];
	struct wire_writer w;
};

static void put_number(struct wire_writer *w, uint64_t value, size_t bytes)
{
	while (bytes-- > 0) {
		wire_put_u8(w, (uint8_t)value);
		value >>= 8;
	}
}

static bool put_file(struct wire_writer *w, const char *folder, const char *name)
{
	static char text[32768];
	char path[4096];
	size_t n;
	FILE *f;

	(void) snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "re");
	if (!f)
		return false;
	n = fread(text, 1, sizeof(text), f);
	(void) fclose(f);
	wire_put_bytes(w, text, n);
	return true;
}

static bool put_hex(struct wire_writer *w, const char *hex)
{
	for (; hex[0]; hex += 2) {
		const char digits[3] = {hex[0], hex[1], '\0'};

		if (!isxdigit((unsigned char)hex[0]) || !isxdigit((unsigned char)hex[1]))
			return false;
		wire_put_u8(w, (uint8_t)strtoul(digits, NULL, 16));
	}
	return true;
}

/* One word that is not a text in quotes. */
static bool put_field(struct wire_writer *w, const char *folder, const char *field)
{
	static const struct {
		const char *prefix;
		size_t bytes;
	} numbers[] = {{"u8:", 1}, {"u16:", 2}, {"u32:", 4}, {"i32:", 4}, {"u64:", 8}};

	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		if (strncmp(field, numbers[i].prefix, strlen(numbers[i].prefix)) == 0) {
			char *end;
			const char *number = field + strlen(numbers[i].prefix);
			uint64_t value = number[0] == '-' ? (uint64_t)strtoll(number, &end, 0) : strtoull(number, &end, 0);

			put_number(w, value, numbers[i].bytes);
			return *end == '\0' && *number != '\0';
		}
	if (strncmp(field, "x:", 2) == 0)
		return put_hex(w, field + 2);
	return strncmp(field, "file:", 5) == 0 && put_file(w, folder, field + 5);
}

/* Fields from `at` on. */
static bool put_fields(struct wire_writer *w, const char *folder, char *at)
{
	for (;;) {
		char *end;
		bool good;

		at += strspn(at, " \t\n");
		if (*at == '\0')
			return !w->failed;
		if (*at == '"') {
			end = strchr(++at, '"');
			if (!end)
				return false;
			wire_put_bytes(w, at, (size_t)(end - at));
			at = end + 1;
			continue;
		}
		end = at + strcspn(at, " \t\n");
		if (*end)
			*end++ = '\0';
		good = put_field(w, folder, at);
		if (!good)
			return false;
		at = end;
	}
}

bool message_compile(const char *const *kinds, const char *folder, FILE *text, FILE *out)
{
	static char line[LINE_MAX_BYTES];
	static struct item item;

	for (unsigned number = 1; fgets(line, sizeof(line), text); number++) {
		size_t name = strcspn(line, " \t\n"), kind = 0;
		uint8_t head[3];

		if (line[0] == '#' || name == 0)
			continue;
		while (kinds[kind] && (strncmp(kinds[kind], line, name) != 0 || kinds[kind][name] != '\0'))
			kind++;
		wire_writer_init(&item.w, item.bytes, sizeof(item.bytes));
		if (!kinds[kind] || !put_fields(&item.w, folder, line + name)) {
			(void) fprintf(stderr, "line %u: no such kind, or a field that is wrong: %.*s\n", number, (int)name, line);
			return false;
		}
		head[0] = (uint8_t)kind;
		head[1] = (uint8_t)item.w.length;
		head[2] = (uint8_t)(item.w.length >> 8);
		if (fwrite(head, 1, sizeof(head), out) != sizeof(head) || fwrite(item.bytes, 1, item.w.length, out) != item.w.length)
			return false;
	}
	return true;
}

void message_show(const char *const *kinds, const uint8_t *data, size_t size, FILE *out)
{
	struct message_item item;
	size_t count = 0;

	while (kinds[count])
		count++;
	while (message_next(&data, &size, &item)) {
		(void) fprintf(out, "%s", kinds[item.kind % count]);
		if (item.length > 0)
			(void) fprintf(out, " x:");
		for (size_t i = 0; i < item.length; i++)
			(void) fprintf(out, "%02x", item.bytes[i]);
		(void) fprintf(out, "\n");
	}
}
