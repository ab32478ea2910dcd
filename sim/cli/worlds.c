/* See worlds.h. */
#define _GNU_SOURCE
#include "sim/cli/worlds.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <sys/stat.h>

#include "sim/cli/cli.h"
#include "sim/util/text.h"

#define SHRINK_PASSES 4
#define SHRINK_TRIES_MAX 600

void world_result_clear(struct world_result *result)
{
	free(result->failures);
	*result = (struct world_result){0};
}

/* ---- What went wrong ----------------------------------------------------------------------------------------------------- */

/* "at +3d 01:00:00 (...): oracle stranded: offline since ..." gives "oracle stranded". Of an expectation all stays but numbers: a
 * smaller world has other times, and other things at fault are other words. */
static void find_signature(const char *failure, char ret[WORLDS_SIGNATURE_MAX])
{
	const char *oracle = strstr(failure, "oracle "), *expected = strstr(failure, "expected \""), *p = failure;
	size_t n = 0;

	if (expected && (!oracle || expected < oracle)) {
		p = expected;
	} else if (oracle) {
		(void) snprintf(ret, WORLDS_SIGNATURE_MAX, "%.*s", (int)strcspn(oracle, ":\n"), oracle);
		return;
	} else if (strncmp(p, "at +", 4) == 0 && strstr(p, "): ")) {
		p = strstr(p, "): ") + 3;
	}
	for (; *p && *p != '\n' && n < WORLDS_SIGNATURE_MAX - 1; p++)
		if (!isdigit((unsigned char)*p))
			ret[n++] = *p;
	ret[n] = '\0';
}

static void take_outcome(const struct outcome *o, struct world_result *ret)
{
	size_t size;
	FILE *f;

	ret->status = o->status;
	ret->span_ns = o->span_ns;
	if (o->verdict == RUN_PASSED)
		return;
	f = open_memstream(&ret->failures, &size);
	if (!f)
		abort();
	for (size_t i = 0; o->failures[i]; i++) {
		(void) fprintf(f, "%s\n", o->failures[i]);
		if (i == 0)
			find_signature(o->failures[i], ret->signature);
	}
	if (fclose(f) != 0)
		abort();
}

/* ---- Playing --------------------------------------------------------------------------------------------------------------- */

/* A world that azsim does not take for a scenario: the fault is ours. */
static void cannot_load(const struct az_error *error, struct world_result *ret)
{
	ret->status = AZ_FAILED;
	(void) snprintf(ret->signature, sizeof(ret->signature), "a scenario that cannot be read");
	ret->failures = strdup(error->text);
}

void worlds_play(const struct worlds *worlds, const struct world *list, size_t count, size_t over_before, size_t over_all,
                 struct world_result *ret)
{
	struct scenario **scenarios = calloc(count, sizeof(struct scenario *));
	size_t *places = calloc(count, sizeof(*places)), loaded = 0;
	struct job_options job = *worlds->job;
	struct outcomes outcomes = {0};

	if (!scenarios || !places)
		abort();
	memset(ret, 0, count * sizeof(*ret));
	for (size_t i = 0; i < count; i++) {
		static const char file[] = "world.yaml";
		cleanup_free char *text = NULL;
		struct az_error error;

		text = world_write(&list[i], "world");
		if (scenario_load_text(file, text, strlen(text), &scenarios[loaded], &error) < 0)
			cannot_load(&error, &ret[i]);
		else
			places[loaded++] = i;
	}
	job.quiet = true;
	job.over_before = over_before;
	job.over_all = over_all;
	if (loaded > 0)
		jobs_run(scenarios, loaded, &job, worlds->messages, &outcomes);
	/* One network, so one outcome for each; fewer when it was interrupted. */
	for (size_t i = 0; i < loaded; i++) {
		if (i < outcomes.count)
			take_outcome(&outcomes.list[i], &ret[places[i]]);
		else
			ret[places[i]].status = AZ_INTERRUPTED;
		scenario_free(scenarios[i]);
	}
	outcomes_clear(&outcomes);
	free(scenarios);
	free(places);
}

/* ---- Shrinking ------------------------------------------------------------------------------------------------------------- */

/* The next simpler worlds from the n-th way on, as many as can be tried at a time. */
static size_t candidates(const struct world *world, size_t *n, struct world *list, size_t ways[], size_t max)
{
	size_t count = 0;
	int r = 0;

	while (count < max && (r = world_simpler(world, *n, &list[count])) >= 0) {
		if (r == 1)
			ways[count++] = *n;
		++*n;
	}
	return count;
}

unsigned worlds_shrink(const struct worlds *worlds, struct world *world, const char *signature)
{
	const size_t at_a_time = worlds->job->parallel;
	struct world *list = calloc(at_a_time, sizeof(*list));
	struct world_result *results = calloc(at_a_time, sizeof(*results));
	size_t *ways = calloc(at_a_time, sizeof(*ways));
	unsigned tries = 0;
	bool changed = true;

	if (!list || !results || !ways)
		abort();
	for (int pass = 0; pass < SHRINK_PASSES && changed && !cli_interrupted; pass++) {
		size_t n = 0, count;

		changed = false;
		while (tries < SHRINK_TRIES_MAX && !cli_interrupted && (count = candidates(world, &n, list, ways, at_a_time)) > 0) {
			bool taken = false;

			worlds_play(worlds, list, count, tries, SHRINK_TRIES_MAX, results);
			tries += (unsigned)count;
			for (size_t i = 0; i < count; i++) {
				if (!taken && strcmp(results[i].signature, signature) == 0) {
					taken = changed = true;
					*world = list[i];
					n = ways[i]; /* the same way may do once more */
				}
				world_result_clear(&results[i]);
			}
		}
	}
	free(list);
	free(results);
	free(ways);
	return tries;
}

int worlds_save(const struct worlds *worlds, const struct world *world, const char *name)
{
	cleanup_free char *path = NULL, *text = world_write(world, name);
	FILE *f;
	int r = 0;

	if (mkdir(worlds->out, 0755) < 0 && errno != EEXIST)
		return -errno;
	if (asprintf(&path, "%s/%s.yaml", worlds->out, name) < 0)
		abort();
	f = fopen(path, "we");
	if (!f)
		return -errno;
	if (fputs(text, f) < 0)
		r = -EIO;
	if (fclose(f) != 0 && r == 0)
		r = -errno;
	return r;
}
