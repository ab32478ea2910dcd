/* Random worlds played in batches, and a failing one made small. */
#ifndef SIM_CLI_WORLDS_H
#define SIM_CLI_WORLDS_H

#include <stdio.h>

#include "sim/cli/jobs.h"
#include "sim/fuzz/world.h"

#define WORLDS_SIGNATURE_MAX 120

struct worlds {
	const struct job_options *job;
	FILE *messages;
	const char *out; /* folder for scenarios */
};

/* What came of one world. */
struct world_result {
	enum az_status status;
	uint64_t span_ns;
	char signature[WORLDS_SIGNATURE_MAX]; /* which oracle or expectation, "" when it passed */
	char *failures;                       /* all that went wrong, one a line; NULL: nothing */
};

void world_result_clear(struct world_result *result);
/* Plays `count` worlds; over_before of over_all were played before, for the progress line. */
void worlds_play(const struct worlds *worlds, const struct world *list, size_t count, size_t over_before, size_t over_all,
                 struct world_result *ret);
/* The world with the fewest and plainest things in it that still fails in the same way; *world becomes that. How many were tried. */
unsigned worlds_shrink(const struct worlds *worlds, struct world *world, const char *signature);
/* OUT/NAME.yaml. 0 or negative errno. */
int worlds_save(const struct worlds *worlds, const struct world *world, const char *name);

#endif
