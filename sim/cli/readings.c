/* azsim readings: the table of emu-applibs/device/readings.c for people, and for machines with --json. */
#include <getopt.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "emu-applibs/device/readings.h"
#include "sim/cli/cli.h"

static void print_text(void)
{
	for (size_t i = 0; i < READING_COUNT; i++) {
		const struct reading_info *r = &readings_table()[i];

		(void) printf("%s%s: %s\n", i ? "\n" : "", r->name, r->about);
		for (size_t c = 0; c < r->choice_count; c++)
			(void) printf("  %c %-16s %s\n", c == r->default_choice ? '*' : ' ', r->choices[c].name, r->choices[c].source);
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

int cmd_readings(int argc, char **argv)
{
	static const struct option options[] = {{"help", no_argument, NULL, 'h'}, {"json", no_argument, NULL, 'j'}, {0}};
	bool json = false;
	int c;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (c == 'j') {
			json = true;
			continue;
		}
		(void) fputs("usage: azsim readings [--json]\n\nEach point on which Microsoft's documents are silent or contradict each other, its\n"
		             "choices, the source of each, and the default.\n", c == 'h' ? stdout : stderr);
		return c == 'h' ? AZ_OK : AZ_USAGE;
	}
	if (optind < argc) {
		(void) fprintf(stderr, "azsim readings: it takes no arguments; " CLI_TRY_HELP("readings") "\n");
		return AZ_USAGE;
	}
	if (json)
		print_json();
	else
		print_text();
	return AZ_OK;
}
