/* See options.h. */
#define _GNU_SOURCE
#include "sim/cli/options.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>

#include "emu-applibs/device/readings.h"
#include "sim/scenario/readings_file.h"
#include "sim/cli/jobs.h"
#include "sim/util/error.h"

int cli_bad(const char *command, const char *format, const char *what)
{
	(void) fprintf(stderr, "azsim %s: ", command);
	(void) fprintf(stderr, format, what);
	(void) fprintf(stderr, "; try: azsim %s --help\n", command);
	return AZ_USAGE;
}

int cli_number(const char *text, unsigned long long min, unsigned long long max, unsigned long long *ret)
{
	char *end;

	errno = 0;
	*ret = strtoull(text, &end, 10);
	return errno || end == text || *end || text[0] == '-' || *ret < min || *ret > max ? -EINVAL : 0;
}

static int take_number(const char *command, const char *text, unsigned max, const char *wrong, unsigned *ret)
{
	unsigned long long n;

	if (cli_number(text, 1, max, &n) < 0)
		return cli_bad(command, wrong, text);
	*ret = (unsigned)n;
	return 0;
}

int cli_take_wait(const char *command, const char *text, unsigned *ret_s)
{
	return take_number(command, text, 86400, "--app-wait=%s: seconds, 1 to 86400", ret_s);
}

int cli_take_jobs(const char *command, const char *text, unsigned *ret)
{
	return take_number(command, text, JOBS_MAX, "--jobs=%s: a number from 1 to 64", ret);
}

int cli_add_reading(const char *command, char *pair, struct cli_readings *readings)
{
	char *value = strchr(pair, '=');
	struct readings scratch;
	int r;

	if (!value)
		return cli_bad(command, "--reading=%s: write NAME=VALUE", pair);
	if (readings->count == CLI_READINGS_MAX)
		return cli_bad(command, "%s", "too many --reading");
	*value++ = '\0';
	readings_defaults(&scratch);
	r = readings_set(&scratch, pair, value);
	if (r == -ENOENT)
		return cli_bad(command, "--reading: no reading \"%s\"; `azsim readings` lists them", pair);
	if (r < 0)
		return cli_bad(command, "--reading: \"%s\" is not one of its choices; `azsim readings` lists them", value);
	readings->list[readings->count++] = (struct scn_reading){.name = pair, .choice = value};
	return 0;
}

int cli_add_readings_file(const char *command, const char *path, struct cli_readings *readings)
{
	struct readings_file said;
	struct az_error error;
	size_t count = 0;

	if (readings->file)
		return cli_bad(command, "--readings-file=%s: it is given twice; keep one", path);
	if (readings_file_load(path, &said, &error) < 0)
		return cli_bad(command, "--readings-file: %s", error.text);
	for (size_t i = 0; i < READING_COUNT; i++)
		count += said.choice[i] != READINGS_FILE_UNSAID;
	if (readings->count + count > CLI_READINGS_MAX)
		return cli_bad(command, "%s", "too many --reading");
	memmove(&readings->list[count], readings->list, readings->count * sizeof(readings->list[0]));
	readings->count += count;
	readings->file = path;
	for (size_t i = 0; i < READING_COUNT; i++) {
		const struct reading_info *info = &readings_table()[i];
		struct scn_reading *reading = &readings->list[readings->file_count];

		if (said.choice[i] == READINGS_FILE_UNSAID)
			continue;
		reading->name = (char *)(uintptr_t)info->name; /* nobody writes to either */
		reading->choice = (char *)(uintptr_t)info->choices[said.choice[i]].name;
		readings->file_count++;
	}
	return 0;
}

int cli_split(const char *command, const char *option, const char *text, struct cli_words *words)
{
	char *save = NULL;

	free(words->copy);
	*words = (struct cli_words){.copy = strdup(text)};
	if (!words->copy)
		abort();
	for (char *word = strtok_r(words->copy, " \t", &save); word; word = strtok_r(NULL, " \t", &save)) {
		if (words->count == CLI_WORDS_MAX)
			return cli_bad(command, "%s: too many words", option);
		words->list[words->count++] = word;
	}
	return 0;
}

unsigned cli_processors(void)
{
	cpu_set_t set;
	int n = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;

	return n < 1 ? 1 : n > JOBS_MAX ? JOBS_MAX : (unsigned)n;
}
