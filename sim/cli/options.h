/* Options that more than one command takes: numbers, readings, a command line in one word. */
#ifndef SIM_CLI_OPTIONS_H
#define SIM_CLI_OPTIONS_H

#include <stddef.h>

#include "sim/scenario/scenario.h"

#define CLI_READINGS_MAX 64
#define CLI_WORDS_MAX 31

struct cli_readings {
	struct scn_reading list[CLI_READINGS_MAX];
	size_t count;
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
/* NAME=VALUE; cuts `pair` in two, which must outlive the list. 0, or AZ_USAGE, and the reason is said. */
int cli_add_reading(const char *command, char *pair, struct cli_readings *readings);
/* Words between blanks. 0, or AZ_USAGE, and the reason is said. */
int cli_split(const char *command, const char *option, const char *text, struct cli_words *words);

#endif
