/* See faults_play.h. */
#define _GNU_SOURCE
#include "sim/torture/faults_play.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "emu-applibs/base/chance.h"

static void add_failure(struct run_result *result, const char *format, ...)
{
	char **grown = realloc(result->failures, (result->failure_count + 1) * sizeof(*grown));
	va_list args;

	if (!grown)
		abort();
	result->failures = grown;
	va_start(args, format);
	if (vasprintf(&grown[result->failure_count], format, args) < 0)
		abort();
	va_end(args);
	result->failure_count++;
	result->verdict = RUN_FAILED;
}

/* A call fails once, and for a while; an allocation once. */
static unsigned long ways_each(const struct faults_plan *plan)
{
	return plan->kind == FAULT_CALL ? 2 : 1;
}

/* The way of this number. */
static struct fault way(const struct faults_plan *plan, const struct faults_found *found, unsigned long number)
{
	struct fault fault = found->list[number / ways_each(plan)];

	fault.for_ns = number % ways_each(plan) ? FAULTS_WHILE_NS : 0;
	return fault;
}

/* One of each of `count` stretches of equal length. */
static unsigned long chosen(unsigned long i, unsigned long count, unsigned long ways, uint64_t seed)
{
	const unsigned long from = (unsigned long)((__extension__(unsigned __int128) ways * i) / count);
	const unsigned long to = (unsigned long)((__extension__(unsigned __int128) ways * (i + 1)) / count);

	return from + (unsigned long)(chance_at(seed + 1, i) % (to - from));
}

static void tell(struct run_result *result, const struct fault *fault, const struct run_result *bad, unsigned long failed)
{
	const char *what = fault->kind == FAULT_CALL ? "fault" : "allocation", *option = fault->kind == FAULT_CALL ? "fail" : "oom";
	char name[FAULTS_TEXT_MAX];

	faults_format(fault, name);
	for (size_t i = 0; i < bad->failure_count && failed <= FAULTS_TOLD_MAX; i++)
		add_failure(result, "%s %s: %s\n      repeat with --%s=%s", what, name, bad->failures[i], option, name);
	if (bad->failure_count == 0)
		add_failure(result, "%s %s: it failed without a word\n      repeat with --%s=%s", what, name, option, name);
}

void faults_play(const struct faults_plan *plan, uint64_t seed, faults_run *run, void *ctx, const volatile sig_atomic_t *interrupted,
                 struct run_result *result, struct faults_counts *ret_counts)
{
	const struct faults_found *found = &result->faults;
	struct faults_counts counts = {.calls = found->calls, .ways = ways_each(plan) * found->count};
	const unsigned long wanted = plan->sample && plan->sample < counts.ways ? plan->sample : counts.ways;

	for (unsigned long i = 0; i < wanted && !*interrupted && result->verdict <= RUN_FAILED; i++) {
		const struct fault fault = way(plan, found, wanted < counts.ways ? chosen(i, wanted, counts.ways, seed) : i);
		struct run_result one;

		run(ctx, &fault, &one);
		counts.played += one.verdict <= RUN_FAILED;
		if (one.verdict == RUN_FAILED) {
			counts.failed++;
			tell(result, &fault, &one, counts.failed);
		} else if (one.verdict != RUN_PASSED) {
			result->verdict = one.verdict;
			result->error = one.error;
		} else if (one.faults.ended) {
			counts.ended++;
		}
		result->real_s += one.real_s;
		run_result_clear(&one);
	}
	if (counts.failed > FAULTS_TOLD_MAX)
		add_failure(result, "%lu faults more at which it goes wrong", counts.failed - FAULTS_TOLD_MAX);
	*ret_counts = counts;
}
