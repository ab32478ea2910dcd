/* See cuts.h: what a point is, what happens at it, and what is told of it. Which are tried: states.c. */
#define _GNU_SOURCE
#include "sim/torture/cuts.h"

#include <errno.h>
#include <stdio.h>

#include "emu-applibs/base/chance.h"
#include "sim/torture/branch.h"
#include "sim/torture/combinations.h"
#include "sim/torture/states.h"

#define SETTLE_NS (15 * 60 * NS_PER_S) /* boot, and every network tried once with its pauses */
#define OUTAGE_MAX_S 120u
#define NOT_READY_MAX_S 60u
#define SECOND_CUT_WITHIN 160u /* points after the boot: about what a rotation and its clean-up take */

struct cuts {
	struct cuts_plan plan;
	unsigned long point;
	unsigned long stop_at;  /* the next cut in this very run; 0: none */
	bool in_flash_write;    /* the power went there */
	bool happened;          /* a cut, in this run */
	uint64_t outage_ns;     /* the last cut lasts so long, */
	uint64_t not_ready_ns;  /* and after the boot it takes that much more until the networking APIs answer */
	bool excused;           /* in a span in which the scenario's device needs its power */
	uint64_t settle_ns;     /* then the device is up again; 0: there was no cut */
	char where[160];        /* of the last cut, for people */
	struct states *states;
	struct branch branch;   /* this process is one */
};

int cuts_parse(const char *text, struct cuts_plan *ret)
{
	struct cuts_plan plan = {.mode = CUTS_AT};
	int end = -1;

	if (strcmp(text, "every") == 0)
		plan.mode = CUTS_EVERY;
	else if (strcmp(text, "all") == 0)
		plan.mode = CUTS_ALL;
	else if (strcmp(text, "twice") == 0)
		plan.mode = CUTS_TWICE;
	else if (text[0] < '0' || text[0] > '9' || strlen(text) > 20)
		return -EINVAL;
	else if (sscanf(text, "%9lu%n", &plan.at, &end) != 1 || plan.at == 0 ||
	         (text[end] != '\0' && (sscanf(text + end, "+%9lu%n", &plan.then, &end) != 1 || plan.then == 0 ||
	                                strchr(text, '+')[end] != '\0')))
		return -EINVAL;
	*ret = plan;
	return 0;
}

bool cuts_branch(const struct cuts_plan *plan)
{
	return plan->mode == CUTS_EVERY || plan->mode == CUTS_ALL || plan->mode == CUTS_TWICE;
}

struct cuts *cuts_new(struct run *run, const struct cuts_plan *plan)
{
	struct cuts *cuts;

	(void) run;
	if (plan->mode == CUTS_NONE)
		return NULL;
	cuts = calloc(1, sizeof(*cuts));
	if (!cuts)
		abort();
	cuts->plan = *plan;
	cuts->stop_at = plan->mode == CUTS_AT ? plan->at : 0;
	cuts->states = states_new();
	branch_init(&cuts->branch);
	return cuts;
}

void cuts_free(struct cuts *cuts)
{
	if (!cuts)
		return;
	states_free(cuts->states);
	free(cuts);
}

/* Is this point worth a branch? Where nobody forks the answer is not used. */
static bool worth_it(const struct run *run, bool (*asked)(struct states *states, const struct run *run))
{
	const struct cuts *cuts = run->cuts;

	return cuts->plan.mode == CUTS_ALL || cuts->plan.mode == CUTS_AT || cuts->branch.is_branch || asked(cuts->states, run);
}

/* ---- Cuts ---------------------------------------------------------------------------------------------------------------- */

static void add_failures(struct run *run, const char *point, const struct combination *answers, const struct branch_result *result)
{
	cleanup_free char *options = combination_options(answers);

	for (size_t i = 0; i < result->failure_count; i++)
		run_fail(run, "power cut at point %s, %s: %s\n      repeat with --cut=%s%s", point, run->cuts->where, result->failures[i], point,
		         options);
}

/* A number below n, by the seed of the run and the point: another one for each `what`. */
static unsigned long chance(const struct run *run, uint64_t what, unsigned long n)
{
	return (unsigned long)(chance_at(run->options->seed + what * 0x10001, run->cuts->point) % n);
}

/* The power goes in this process, at this point: `mutable_length` bytes of `mutable_file` are what the flash has of the
 * application's file (NULL: as it is). */
static void lose_power(struct run *run, const uint8_t *mutable_file, size_t mutable_length)
{
	struct cuts *cuts = run->cuts;

	if (mutable_file)
		branch_set_mutable(run, mutable_file, mutable_length);
	run_note(run, TL_WORLD, true, NULL, "power cut at point %lu: %s", cuts->point, cuts->where);
	/* Every second device is ready as soon as it has booted. */
	cuts->outage_ns = (1 + chance(run, 1, OUTAGE_MAX_S)) * NS_PER_S;
	cuts->not_ready_ns = chance(run, 2, 2) ? chance(run, 3, NOT_READY_MAX_S + 1) * NS_PER_S : 0;
	cuts->point = 0;
	cuts->happened = true;
	for (size_t i = 0; i < run->scenario->needs_power_count; i++)
		if (run->clock.now_ns >= run->scenario->needs_power[i].from_ns && run->clock.now_ns <= run->scenario->needs_power[i].until_ns)
			cuts->excused = true;
	if (cuts->excused)
		run_note(run, TL_WORLD, false, NULL, "the device needed its power now: its expectations are not asked any more");
	cuts->settle_ns = run->clock.now_ns + cuts->outage_ns + cuts->not_ready_ns + SETTLE_NS;
	(void) queue_add(run->queue, cuts->settle_ns, run_look_again, run, 0);
}

/* The branches at this point: one, and one more for each other answer to what only a branch asks. True in a branch. */
static bool play(struct run *run, unsigned long then)
{
	struct cuts *cuts = run->cuts;
	struct combinations todo;
	struct branch_result result;
	bool failed = false;
	char name[48];
	int r;

	if (then)
		(void) snprintf(name, sizeof(name), "%lu+%lu", cuts->point, then);
	else
		(void) snprintf(name, sizeof(name), "%lu", cuts->point);
	combinations_init(&todo);
	for (size_t i = 0; i < todo.count && !*run->options->interrupted; i++) {
		const struct combination answers = todo.list[i];

		r = 0;
		if (branch_fork(run, &cuts->branch, &answers, &result)) {
			combinations_clear(&todo);
			return true;
		}
		if (run->options->settled_readings && result.failure_count == 0)
			r = combinations_branch(&todo, answers, result.asked, result.asked_count, run->options->settled_readings);
		if (r < 0)
			run_fail(run, "power cut at point %s, %s: %s", name, cuts->where, r == -E2BIG ? "too many combinations of readings after it" :
			         "it does not repeat: under the same readings the device asked for others than before");
		run->result->cuts.again += i > 0;
		failed |= result.failure_count > 0 || r < 0;
		add_failures(run, name, &answers, &result);
		branch_result_clear(&result);
	}
	run->result->cuts.played++;
	run->result->cuts.failed += failed;
	combinations_clear(&todo);
	return false;
}

/* One point. Returns true in the process in which the power goes. */
static bool point(struct run *run, bool same_as_before, const uint8_t *mutable_file, size_t mutable_length)
{
	struct cuts *cuts = run->cuts;
	unsigned long then;

	cuts->point++;
	if (cuts->stop_at) {
		if (cuts->point != cuts->stop_at)
			return false;
		cuts->stop_at = cuts->plan.then;
		cuts->plan.then = 0;
		lose_power(run, mutable_file, mutable_length);
		return true;
	}
	if (cuts->branch.is_branch || cuts->plan.mode == CUTS_AT)
		return false;
	run->result->cuts.points++;
	if (same_as_before || *run->options->interrupted || run->stop)
		return false;
	then = cuts->plan.mode == CUTS_TWICE ? 1 + chance(run, 0, SECOND_CUT_WITHIN) : 0;
	if (!play(run, then))
		return false;
	cuts->stop_at = then;
	lose_power(run, mutable_file, mutable_length);
	return true;
}

bool cuts_at_call(struct run *run, const char *name, bool after)
{
	if (!run->cuts)
		return false;
	(void) snprintf(run->cuts->where, sizeof(run->cuts->where), "%s %s", after ? "after" : "before", name);
	if (!point(run, !worth_it(run, states_worth_it), NULL, 0))
		return false;
	run_power_cycle(run, "power cut");
	return true;
}

bool cuts_at_flash(struct run *run, const char *area)
{
	if (!run->cuts || !run->in_request)
		return true;
	(void) snprintf(run->cuts->where, sizeof(run->cuts->where), "before %s is written", area);
	run->cuts->in_flash_write = point(run, !worth_it(run, states_worth_it), NULL, 0);
	return !run->cuts->in_flash_write;
}

bool cuts_power_went(struct run *run)
{
	if (!run->cuts || !run->cuts->in_flash_write)
		return false;
	run->cuts->in_flash_write = false;
	run_power_cycle(run, "power cut");
	return true;
}

bool cuts_at_mutable(struct run *run)
{
	uint8_t now[MUTABLE_FILE_MAX], torn[MUTABLE_FILE_MAX];
	size_t old = run->mutable_seen_length, length, same = 0;
	bool looking = run->cuts && (run->cuts->stop_at || !run->cuts->branch.is_branch), same_as_before;
	ssize_t n = looking && run->mutable_fd >= 0 ? pread(run->mutable_fd, now, sizeof(now), 0) : -1;

	if (n < 0 || ((size_t)n == old && (n == 0 || memcmp(now, run->mutable_seen, old) == 0)))
		return false;
	length = (size_t)n;
	same_as_before = !worth_it(run, states_write_worth_it);
	(void) snprintf(run->cuts->where, sizeof(run->cuts->where), "before the mutable file is written");
	if (point(run, same_as_before, run->mutable_seen ? run->mutable_seen : now, old))
		goto cut;
	/* What changed is there up to its middle; the rest is as it was, or was never written. */
	while (same < old && same < length && now[same] == run->mutable_seen[same])
		same++;
	memset(torn, 0xff, sizeof(torn));
	if (old > 0)
		memcpy(torn, run->mutable_seen, old);
	memcpy(torn, now, same + (length - same) / 2);
	(void) snprintf(run->cuts->where, sizeof(run->cuts->where), "while the mutable file is written");
	if (point(run, same_as_before, torn, length > old ? length : old))
		goto cut;
	return false;
cut:
	run_power_cycle(run, "power cut");
	return true;
}

bool cuts_happened(const struct run *run)
{
	return run->cuts && run->cuts->happened;
}

bool cuts_are_over(const struct run *run)
{
	const struct cuts *cuts = run->cuts;

	return !cuts || (cuts->stop_at == 0 && (cuts->branch.is_branch || cuts->plan.mode == CUTS_AT));
}

/* A boot long after the cut is the scenario's own. */
static bool is_settling(const struct run *run)
{
	return cuts_settle_ns(run) > run->clock.now_ns;
}

uint64_t cuts_outage_ns(const struct run *run, uint64_t usual_ns)
{
	return is_settling(run) ? run->cuts->outage_ns : usual_ns;
}

uint64_t cuts_not_ready_ns(const struct run *run)
{
	return is_settling(run) ? run->cuts->not_ready_ns : 0;
}

bool cuts_excused(const struct run *run)
{
	return run->cuts && run->cuts->excused;
}

uint64_t cuts_settle_ns(const struct run *run)
{
	return run->cuts ? run->cuts->settle_ns : 0;
}

void cuts_end_branch(struct run *run)
{
	if (run->cuts && run->cuts->branch.is_branch)
		branch_end(run, &run->cuts->branch);
}
