/* C headers from hardware definitions; see hwdef.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdio.h>

#include "sim/sdk/hwdef_internal.h"

static void write_comment(FILE *out, const char *text)
{
	(void) fputs("/* ", out);
	for (; *text; text++)
		if (*text == '*' && text[1] == '/')
			(void) fputs("* ", out);
		else
			(void) fputc((unsigned char)*text < ' ' ? ' ' : *text, out);
	(void) fputs(" */\n", out);
}

/* The name of the header that an import gives: its file's, whatever folder that is in. */
static void write_include(FILE *out, const char *import)
{
	const char *slash = strrchr(import, '/'), *base = slash ? slash + 1 : import, *dot = strrchr(base, '.');

	(void) fprintf(out, "#include \"%.*s.h\"\n", dot && dot != base ? (int)(dot - base) : (int)strlen(base), base);
}

static void write_peripheral(FILE *out, const json_t *p)
{
	const char *comment = json_string_value(json_object_get(p, "Comment"));
	const json_t *mapping = json_object_get(p, "Mapping"), *value = mapping ? mapping : json_object_get(p, "MainCoreHeaderValue");

	if (comment && *comment)
		write_comment(out, comment);
	(void) fprintf(out, "#define %s ", json_string_value(json_object_get(p, "Name")));
	if (json_is_integer(value))
		(void) fprintf(out, "(%lld)\n", (long long)json_integer_value(value));
	else
		(void) fprintf(out, "%s\n", json_string_value(value));
}

static void write_header(FILE *out, const struct hwdef_file *file)
{
	const json_t *lines = json_object_get(json_object_get(file->json, "Description"), "MainCoreHeaderFileTopContent");
	const json_t *imports = json_object_get(file->json, "Imports"), *all = json_object_get(file->json, "Peripherals");

	for (size_t i = 0; i < json_array_size(lines); i++)
		(void) fprintf(out, "%s\n", json_string_value(json_array_get(lines, i)));
	(void) fprintf(out, "/* Made from %s.json: change that. */\n#pragma once\n", file->stem);
	for (size_t i = 0; i < json_array_size(imports); i++)
		write_include(out, json_string_value(json_object_get(json_array_get(imports, i), "Path")));
	for (size_t i = 0; i < json_array_size(all); i++)
		write_peripheral(out, json_array_get(all, i));
}

int hwdef_write_headers(const struct hwdef *def, const char *folder, struct az_error *ret_error)
{
	for (size_t i = 0; i < def->count; i++) {
		cleanup_free char *text = NULL;
		char path[PATH_MAX];
		size_t length = 0;
		FILE *out = open_memstream(&text, &length);
		int r;

		if (out)
			write_header(out, &def->files[i]);
		if (!out || fclose(out) != 0) {
			az_error_set(ret_error, AZ_ENVIRONMENT, "%s: out of memory", folder);
			return -ENOMEM;
		}
		if (snprintf(path, sizeof(path), "%s/%s.h", folder, def->files[i].stem) >= (int)sizeof(path)) {
			az_error_set(ret_error, AZ_USAGE, "%s: %s", folder, strerror(ENAMETOOLONG));
			return -ENAMETOOLONG;
		}
		r = sdk_write_file(path, text, length, ret_error);
		if (r < 0)
			return r;
	}
	return 0;
}
