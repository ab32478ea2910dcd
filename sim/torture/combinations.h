/* Every combination of readings that can matter to a scenario.
 *
 * A run is a function of scenario, seed and the answers that the device got when it asked a reading. So its answers, in the order
 * of the first question, are a path through a tree: each question is a node, each choice a branch. combinations_branch() takes the
 * path of a run that is over and adds, for each question on it, the paths that answer just this one otherwise and all before it
 * the same. Each leaf of the tree is played once: what two leaves have in common was asked in both, so none is played twice, and a
 * combination that no run asked about cannot differ from one that was played.
 *
 * A run in whose branches the power goes (cuts.h) has such a tree for each branch too, of what only the time after the cut asks.
 *
 * Leaves to others: playing them (cli/job.c, cuts.c), in which order and how many at a time (cli/jobs.c).
 */
#ifndef SIM_TORTURE_COMBINATIONS_H
#define SIM_TORTURE_COMBINATIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "emu-applibs/device/readings.h"

#define COMBINATIONS_MAX 10000 /* of one scenario */

/* The first answers of a run; whatever is asked later is answered by the default. */
struct combination {
	struct reading_answer answers[READING_COUNT];
	size_t count;
};

struct combinations {
	struct combination *list; /* grows at its end */
	size_t count;
};

/* Starts with the one that answers nothing. */
void combinations_init(struct combinations *combinations);
void combinations_clear(struct combinations *combinations);
/* `played` is over, and `asked` is what it asked, in the order of the first question. pinned: READING_COUNT flags, readings that
 * shall not vary. 0; -E2BIG: there would be more than COMBINATIONS_MAX, none is added; -EPROTO: its first questions are not those
 * that it was made from. */
int combinations_branch(struct combinations *combinations, struct combination played, const struct reading_answer *asked,
                        size_t asked_count, const bool *pinned);

/* The answers that are not the default, as "NAME=CHOICE NAME=CHOICE"; "" when there are none. The caller frees. */
char *combination_text(const struct combination *combination);
/* The same as options of `azsim run`, each after a space: " --reading=NAME=CHOICE". The caller frees. */
char *combination_options(const struct combination *combination);
/* One character for each reading of the table: the choice that was in force, '-' when it was not asked. */
void combination_code(const struct reading_answer *asked, size_t asked_count, char ret[READING_COUNT + 1]);

#endif
