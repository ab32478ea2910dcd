/* Readings files: what a device was found to do, one NAME=CHOICE a line, "#" begins a comment.
 *
 * They are written from the TAP output of the contract application (tests/contract), which says "# reading: NAME=CHOICE" for each
 * reading that it could settle, and read by `azsim run --readings-file` and by `readings_file` of a scenario's device.
 */
#ifndef SIM_SCENARIO_READINGS_FILE_H
#define SIM_SCENARIO_READINGS_FILE_H

#include <stdio.h>

#include "emu-applibs/device/readings.h"
#include "sim/util/error.h"

/* What a file says: an index into the choices of each reading of the table, or READINGS_FILE_UNSAID. */
#define READINGS_FILE_UNSAID (-1)
struct readings_file {
	int choice[READING_COUNT];
};

/* Both give 0, or negative errno and *ret_error (AZ_USAGE) with file, line and what is wrong: a reading or choice that there is not, a
 * reading that is said twice with different choices. */
int readings_file_load(const char *path, struct readings_file *ret, struct az_error *ret_error);
/* Adds to *inout what this TAP output says; other lines, and what stands before "# reading:" in a line, are passed over. path: "-" is
 * standard input. Start with readings_file_clear(). */
int readings_file_add_tap(const char *path, struct readings_file *inout, struct az_error *ret_error);
void readings_file_clear(struct readings_file *file);
/* In the order of the table; what is not said is a comment. 0 or negative errno. */
int readings_file_write(const struct readings_file *file, FILE *out);

/* What to say after "no such reading" or "no such choice": see names_hint(). */
#define READINGS_HINT_MAX 512
void readings_hint(const char *name, const char *choice, char hint[READINGS_HINT_MAX]);

#endif
