/* Options that more than one command takes: numbers, readings, a command line in one word. */
#ifndef SIM_CLI_OPTIONS_H
#define SIM_CLI_OPTIONS_H

#include <stddef.h>

#include "sim/scenario/scenario.h"

#define CLI_READINGS_MAX 128
#define CLI_WORDS_MAX 31

struct cli_readings {
	struct scn_reading list[CLI_READINGS_MAX]; /* of a file, then of --reading: the later one counts */
	size_t count;
	const char *file; /* of --readings-file, or NULL */
	size_t file_count; /* at the beginning of the list */
};

struct cli_words {
	char *copy; /* the caller frees it; the words lie in it */
	char *list[CLI_WORDS_MAX + 1]; /* NULL-terminated */
	size_t count;
};

/* "azsim COMMAND: <format with what>; try: azsim COMMAND --help" on stderr. Returns AZ_USAGE. */
int cli_bad(const char *command, const char *format, const char *what);
/* The whole text as a number from min to max. 0, or -EINVAL. */
int cli_number(const char *text, unsigned long long min, unsigned long long max, unsigned long long *ret);
/* --app-wait: real seconds, 1 to 86400; --jobs: 1 to JOBS_MAX. 0, or AZ_USAGE, and the reason is said. */
int cli_take_wait(const char *command, const char *text, unsigned *ret_s);
int cli_take_jobs(const char *command, const char *text, unsigned *ret);
/* NAME=VALUE; cuts `pair` in two, which must outlive the list. 0, or AZ_USAGE, and the reason is said. */
int cli_add_reading(const char *command, char *pair, struct cli_readings *readings);
/* What a readings file says, before what --reading says, whichever is given first. path must outlive the list. 0, or AZ_USAGE, and the
 * reason is said. */
int cli_add_readings_file(const char *command, const char *path, struct cli_readings *readings);
/* Words between blanks. 0, or AZ_USAGE, and the reason is said. */
int cli_split(const char *command, const char *option, const char *text, struct cli_words *words);

/* How many azsim may use, 1..JOBS_MAX: the default of --jobs. */
unsigned cli_processors(void);

#endif
