/* A branch of a run: this process forked, so that one of the two can lose its power while the other goes on.
 *
 * The child has the whole world as it stands, by copy; what it must not share with its parent it gives up or makes anew: the
 * application's process (the parent's goes on), its socket and clock page, its mutable file, open connections.
 */
#ifndef SIM_TORTURE_BRANCH_H
#define SIM_TORTURE_BRANCH_H

#include "sim/run/internal.h"
#include "sim/torture/combinations.h"

struct branch {
	bool is_branch;
	int fd;               /* of a branch: where it tells what came of it */
	unsigned long count;  /* made so far: names their sockets */
	size_t asked_before;  /* of a branch: readings that were asked before it began */
};

struct branch_result {
	char **failures;
	size_t failure_count;
	struct reading_answer asked[READING_COUNT]; /* that the branch asked first, in their order */
	size_t asked_count;
};

void branch_init(struct branch *branch);
/* True in the branch, whose device gives these answers to readings that were not asked yet. False in the parent, when the branch is
 * over: *ret says how it went. */
bool branch_fork(struct run *run, struct branch *branch, const struct combination *answers, struct branch_result *ret);
void branch_result_clear(struct branch_result *result);
/* The application's file in flash becomes these bytes; length 0: an empty file, or none where there was none. */
void branch_set_mutable(struct run *run, const uint8_t *bytes, size_t length);
/* Tells the parent and ends this process. */
_Noreturn void branch_end(struct run *run, struct branch *branch);

#endif
