/* See readings_file.h. */
#define _GNU_SOURCE
#include "sim/scenario/readings_file.h"

#include <errno.h>

#include "sim/scenario/names.h"

#define LINE_MAX_LENGTH 8192 /* of TAP: a line of a timeline is no longer */

_Static_assert(READINGS_HINT_MAX == NAMES_HINT_MAX, "hints of one length");

void readings_hint(const char *name, const char *choice, char hint[READINGS_HINT_MAX])
{
	const struct reading_info *table = readings_table();
	const char *known[READING_COUNT + 16];
	size_t count = 0;

	for (size_t i = 0; i < READING_COUNT; i++) {
		if (strcmp(table[i].name, name) != 0)
			continue;
		for (size_t j = 0; j < table[i].choice_count && count < ARRAY_LEN(known); j++)
			known[count++] = table[i].choices[j].name;
		names_hint(choice, known, count, hint);
		return;
	}
	for (size_t i = 0; i < READING_COUNT; i++)
		known[count++] = table[i].name;
	names_hint(name, known, count, hint);
}

/* NAME=CHOICE; cuts it in two. */
static int take_pair(char *pair, struct readings_file *inout, const char *path, unsigned line, struct az_error *ret_error)
{
	const struct reading_info *table = readings_table();
	char hint[READINGS_HINT_MAX], *choice = strchr(pair, '=');

	if (!choice) {
		az_error_set(ret_error, AZ_USAGE, "%s:%u: `%.64s` is no reading; write NAME=CHOICE (`azsim readings` lists them)", path, line,
		             pair);
		return -EINVAL;
	}
	*choice++ = '\0';
	for (size_t i = 0; i < READING_COUNT; i++) {
		if (strcmp(table[i].name, pair) != 0)
			continue;
		for (size_t c = 0; c < table[i].choice_count; c++) {
			if (strcmp(table[i].choices[c].name, choice) != 0)
				continue;
			if (inout->choice[i] != READINGS_FILE_UNSAID && inout->choice[i] != (int)c) {
				az_error_set(ret_error, AZ_USAGE, "%s:%u: reading `%s` is `%s` here and `%s` before", path, line, pair, choice,
				             table[i].choices[inout->choice[i]].name);
				return -EINVAL;
			}
			inout->choice[i] = (int)c;
			return 0;
		}
		readings_hint(pair, choice, hint);
		az_error_set(ret_error, AZ_USAGE, "%s:%u: reading `%s` has no choice `%.64s`; %s", path, line, pair, choice, hint);
		return -EINVAL;
	}
	readings_hint(pair, choice, hint);
	az_error_set(ret_error, AZ_USAGE, "%s:%u: there is no reading `%.64s`; %s", path, line, pair, hint);
	return -EINVAL;
}

/* NULL: the line has no reading. Cuts what follows it. */
static char *find_pair(char *line, bool tap)
{
	static const char mark[] = "# reading: ";

	if (tap) {
		line = strstr(line, mark);
		if (!line)
			return NULL;
		line += sizeof(mark) - 1;
		line[strcspn(line, " \t\r\n")] = '\0';
		return line;
	}
	line[strcspn(line, "#\r\n")] = '\0';
	line += strspn(line, " \t");
	for (size_t n = strlen(line); n > 0 && (line[n - 1] == ' ' || line[n - 1] == '\t'); n--)
		line[n - 1] = '\0';
	return line[0] != '\0' ? line : NULL;
}

static int take_lines(FILE *f, const char *path, bool tap, struct readings_file *inout, struct az_error *ret_error)
{
	char line[LINE_MAX_LENGTH];
	int r = 0;

	for (unsigned n = 1; r == 0 && fgets(line, sizeof(line), f); n++) {
		char *pair = find_pair(line, tap);

		if (pair)
			r = take_pair(pair, inout, path, n, ret_error);
	}
	if (r == 0 && ferror(f)) {
		az_error_set(ret_error, AZ_USAGE, "%s: %s", path, strerror(errno));
		r = -EIO;
	}
	return r;
}

static int read_file(const char *path, bool tap, struct readings_file *inout, struct az_error *ret_error)
{
	bool standard_input = tap && strcmp(path, "-") == 0;
	FILE *f = standard_input ? stdin : fopen(path, "re");
	int r;

	if (!f) {
		r = -errno;
		az_error_set(ret_error, AZ_USAGE, "%s: %s", path, strerror(errno));
		return r;
	}
	r = take_lines(f, standard_input ? "standard input" : path, tap, inout, ret_error);
	if (!standard_input)
		(void) fclose(f);
	return r;
}

void readings_file_clear(struct readings_file *file)
{
	for (size_t i = 0; i < READING_COUNT; i++)
		file->choice[i] = READINGS_FILE_UNSAID;
}

int readings_file_load(const char *path, struct readings_file *ret, struct az_error *ret_error)
{
	readings_file_clear(ret);
	return read_file(path, false, ret, ret_error);
}

int readings_file_add_tap(const char *path, struct readings_file *inout, struct az_error *ret_error)
{
	return read_file(path, true, inout, ret_error);
}

int readings_file_write(const struct readings_file *file, FILE *out)
{
	size_t unsaid = 0;

	for (size_t i = 0; i < READING_COUNT; i++) {
		const struct reading_info *info = &readings_table()[i];

		if (file->choice[i] == READINGS_FILE_UNSAID)
			unsaid++;
		else
			(void) fprintf(out, "%s=%s\n", info->name, info->choices[file->choice[i]].name);
	}
	if (unsaid > 0)
		(void) fputs("# Not settled; the defaults hold:\n", out);
	for (size_t i = 0; i < READING_COUNT; i++) {
		const struct reading_info *info = &readings_table()[i];

		if (file->choice[i] == READINGS_FILE_UNSAID)
			(void) fprintf(out, "# %s=%s\n", info->name, info->choices[info->default_choice].name);
	}
	return fflush(out) != 0 || ferror(out) ? -EIO : 0;
}
