/* azsim readings: the table of emu-applibs/device/readings.c for people, and for machines with --json; and readings files from what the
 * contract application said on a device. */
#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "emu-applibs/device/readings.h"
#include "sim/cli/cli.h"
#include "sim/scenario/readings_file.h"

static void print_text(void)
{
	for (size_t i = 0; i < READING_COUNT; i++) {
		const struct reading_info *r = &readings_table()[i];

		(void) printf("%s%s: %s\n", i ? "\n" : "", r->name, r->about);
		for (size_t c = 0; c < r->choice_count; c++)
			(void) printf("  %c %-14s %s\n", c == r->default_choice ? '*' : ' ', r->choices[c].name, r->choices[c].source);
	}
	(void) puts("\n* is the default. Choose with --reading=NAME=CHOICE, or `readings` in a scenario.");
}

static void print_json(void)
{
	json_t *all = json_array();

	for (size_t i = 0; i < READING_COUNT; i++) {
		const struct reading_info *r = &readings_table()[i];
		json_t *choices = json_array();

		for (size_t c = 0; c < r->choice_count; c++)
			(void) json_array_append_new(choices, json_pack("{s:s, s:s}", "name", r->choices[c].name, "source", r->choices[c].source));
		(void) json_array_append_new(all, json_pack("{s:s, s:s, s:s, s:o}", "name", r->name, "about", r->about, "default",
		                                            r->choices[r->default_choice].name, "choices", choices));
	}
	(void) json_dumpf(all, stdout, JSON_INDENT(2));
	(void) putchar('\n');
	json_decref(all);
}

static const char help[] =
	"usage: azsim readings [--json]\n"
	"       azsim readings --from-tap=FILE [--from-tap=FILE...] >READINGS\n\n"
	"Each point on which Microsoft's documents are silent or contradict each other, its choices, the source of each, and the\n"
	"default.\n\n"
	"  --json            the same for machines\n"
	"  --from-tap=FILE   what the contract application (tests/contract) said on a device, as a readings file for\n"
	"                    `azsim run --readings-file`; \"-\" is standard input; repeatable, for its manifests\n"
	"  -h, --help\n";

static int complain(const struct az_error *error)
{
	(void) fprintf(stderr, "azsim readings: %s\n", error->text);
	return (int)error->status;
}

static bool says_nothing(const struct readings_file *said)
{
	for (size_t i = 0; i < READING_COUNT; i++)
		if (said->choice[i] != READINGS_FILE_UNSAID)
			return false;
	return true;
}

int cmd_readings(int argc, char **argv)
{
	static const struct option options[] = {
		{"help", no_argument, NULL, 'h'}, {"json", no_argument, NULL, 'j'}, {"from-tap", required_argument, NULL, 't'}, {0},
	};
	bool json = false, tap = false;
	struct readings_file said;
	struct az_error error;
	int c;

	readings_file_clear(&said);
	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (c) {
		case 'j':
			json = true;
			break;
		case 't':
			tap = true;
			if (readings_file_add_tap(optarg, &said, &error) < 0)
				return complain(&error);
			break;
		default:
			(void) fputs(help, c == 'h' ? stdout : stderr);
			return c == 'h' ? AZ_OK : AZ_USAGE;
		}
	}
	if (optind < argc) {
		(void) fprintf(stderr, "azsim readings: it takes no arguments; " CLI_TRY_HELP("readings") "\n");
		return AZ_USAGE;
	}
	if (json && tap) {
		(void) fprintf(stderr, "azsim readings: --json lists the table, --from-tap writes a file; give one of them\n");
		return AZ_USAGE;
	}
	if (tap && says_nothing(&said)) {
		(void) fprintf(stderr, "azsim readings: --from-tap: no line says \"# reading: NAME=CHOICE\"; is this what the contract application "
		               "logged?\n");
		return AZ_USAGE;
	}
	if (tap && readings_file_write(&said, stdout) < 0) {
		az_error_set(&error, AZ_ENVIRONMENT, "standard output: %s", strerror(errno));
		return complain(&error);
	}
	if (json)
		print_json();
	else if (!tap)
		print_text();
	return AZ_OK;
}
