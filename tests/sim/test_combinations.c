/* The walk through the tree of readings, against devices that are a table of questions: every leaf once, nothing missed. */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "sim/report/outcome.h"
#include "sim/torture/combinations.h"

#define QUESTIONS 6 /* at most, on one path */

/* A device that asks, after each answer, something else: a function of the answers so far and a seed. */
struct thing {
	uint64_t seed;
	unsigned readings; /* it asks among the first of the table */
};

static uint64_t mix(uint64_t z)
{
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* Plays it under `chosen`; returns what it was. */
static struct outcome play(const struct thing *thing, const unsigned *chosen)
{
	struct outcome o = {.asked = calloc(READING_COUNT, sizeof(*o.asked))};
	uint64_t state = thing->seed;

	assert_non_null(o.asked);
	for (unsigned n = 0; n < QUESTIONS; n++) {
		unsigned id = (unsigned)(mix(state + n) % thing->readings);
		bool again = false;

		for (size_t i = 0; i < o.asked_count; i++)
			again |= o.asked[i].id == id;
		if (again)
			continue;
		o.asked[o.asked_count++] = (struct reading_answer){.id = id, .choice = chosen[id]};
		state = mix(state ^ (id * 100 + chosen[id] + 1));
	}
	return o;
}

static void fill(unsigned *chosen, const struct combination *combination, const bool *pinned)
{
	for (size_t i = 0; i < READING_COUNT; i++)
		chosen[i] = pinned[i] ? 1 : readings_table()[i].default_choice;
	for (size_t i = 0; i < combination->count; i++)
		chosen[combination->answers[i].id] = combination->answers[i].choice;
}

/* All codes that the walk gives, sorted. */
static size_t walk(const struct thing *thing, const bool *pinned, char (**ret_codes)[READING_COUNT + 1])
{
	struct combinations c;
	char(*codes)[READING_COUNT + 1] = calloc(COMBINATIONS_MAX, sizeof(*codes));
	size_t n;

	combinations_init(&c);
	for (n = 0; n < c.count; n++) {
		unsigned chosen[READING_COUNT];
		struct outcome o;

		fill(chosen, &c.list[n], pinned);
		o = play(thing, chosen);
		assert_int_equal(combinations_branch(&c, c.list[n], o.asked, o.asked_count, pinned), 0);
		combination_code(o.asked, o.asked_count, codes[n]);
		outcome_clear(&o);
	}
	combinations_clear(&c);
	qsort(codes, n, sizeof(*codes), (int (*)(const void *, const void *))(void *)strcmp);
	*ret_codes = codes;
	return n;
}

/* The same by trying every combination of all readings. */
static size_t try_all(const struct thing *thing, const bool *pinned, char (**ret_codes)[READING_COUNT + 1])
{
	char(*codes)[READING_COUNT + 1] = calloc(COMBINATIONS_MAX, sizeof(*codes));
	unsigned chosen[READING_COUNT];
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < READING_COUNT; i++)
		chosen[i] = pinned[i] ? 1 : i < thing->readings ? 0 : readings_table()[i].default_choice;
	for (;;) {
		struct outcome o = play(thing, chosen);
		size_t i = 0;

		assert_true(n < COMBINATIONS_MAX);
		combination_code(o.asked, o.asked_count, codes[n++]);
		outcome_clear(&o);
		while (i < thing->readings && (pinned[i] || ++chosen[i] == readings_table()[i].choice_count)) {
			if (!pinned[i])
				chosen[i] = 0;
			i++;
		}
		if (i == thing->readings)
			break;
	}
	qsort(codes, n, sizeof(*codes), (int (*)(const void *, const void *))(void *)strcmp);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || strcmp(codes[kept - 1], codes[i]) != 0)
			memmove(codes[kept++], codes[i], sizeof(*codes));
	*ret_codes = codes;
	return kept;
}

static void each_distinct_run_is_played_once_and_none_is_missed(void **state)
{
	(void) state;
	for (uint64_t seed = 1; seed <= 200; seed++) {
		const struct thing thing = {.seed = seed, .readings = 1 + (unsigned)(seed % 8)};
		bool pinned[READING_COUNT] = {false};
		char(*walked)[READING_COUNT + 1], (*tried)[READING_COUNT + 1];
		size_t n, m;

		pinned[2] = seed % 3 == 0;
		n = walk(&thing, pinned, &walked);
		m = try_all(&thing, pinned, &tried);
		if (n != m)
			fail_msg("seed %llu: %zu walked, %zu there are", (unsigned long long)seed, n, m);
		for (size_t i = 0; i < n; i++)
			assert_string_equal(walked[i], tried[i]);
		free(walked);
		free(tried);
	}
}

static void a_run_that_asks_nothing_is_the_only_one(void **state)
{
	const bool pinned[READING_COUNT] = {false};
	struct outcome o = {.asked_count = 0};
	struct combinations c;

	(void) state;
	combinations_init(&c);
	assert_int_equal(c.count, 1);
	assert_int_equal(combinations_branch(&c, c.list[0], o.asked, o.asked_count, pinned), 0);
	assert_int_equal(c.count, 1);
	combinations_clear(&c);
}

static void a_run_that_does_not_repeat_is_found_out(void **state)
{
	const bool pinned[READING_COUNT] = {false};
	struct reading_answer asked[] = {{.id = READING_CERT_SEEN, .choice = 0}, {.id = READING_MAX_NETWORKS, .choice = 0}};
	struct outcome o = {.asked = asked, .asked_count = 2};
	struct combinations c;

	(void) state;
	combinations_init(&c);
	assert_int_equal(combinations_branch(&c, c.list[0], o.asked, o.asked_count, pinned), 0);
	assert_int_equal(c.count, 3);
	/* The second one was made by another answer about certificates. */
	assert_int_equal(combinations_branch(&c, c.list[1], o.asked, o.asked_count, pinned), -EPROTO);
	asked[0].choice = 1;
	assert_int_equal(combinations_branch(&c, c.list[1], o.asked, o.asked_count, pinned), 0);
	o.asked_count = 0;
	assert_int_equal(combinations_branch(&c, c.list[2], o.asked, o.asked_count, pinned), -EPROTO);
	combinations_clear(&c);
}

static void there_is_a_limit(void **state)
{
	const bool pinned[READING_COUNT] = {false};
	struct reading_answer asked[] = {{.id = READING_CERT_SEEN, .choice = 0}};
	struct outcome o = {.asked = asked, .asked_count = 1};
	struct combinations c;

	(void) state;
	combinations_init(&c);
	for (size_t i = 1; i < COMBINATIONS_MAX; i++) /* a device that forgets */
		assert_int_equal(combinations_branch(&c, c.list[0], o.asked, o.asked_count, pinned), 0);
	assert_int_equal(combinations_branch(&c, c.list[0], o.asked, o.asked_count, pinned), -E2BIG);
	assert_int_equal(c.count, COMBINATIONS_MAX);
	combinations_clear(&c);
}

static void what_is_special_is_named(void **state)
{
	struct combination c = {.answers = {{.id = READING_RELOAD_UNSAVED, .choice = RELOAD_UNSAVED_KEPT},
	                                    {.id = READING_CERT_SEEN, .choice = CERT_SEEN_RELOAD},
	                                    {.id = READING_SET_EFFECT, .choice = SET_EFFECT_RELOAD}},
	                        .count = 3};
	char *text = combination_text(&c);

	(void) state;
	assert_string_equal(text, "reload-unsaved=kept set-effect=reload"); /* cert-seen is at its default */
	free(text);
	c.count = 0;
	text = combination_text(&c);
	assert_string_equal(text, "");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_distinct_run_is_played_once_and_none_is_missed), cmocka_unit_test(a_run_that_asks_nothing_is_the_only_one),
		cmocka_unit_test(a_run_that_does_not_repeat_is_found_out), cmocka_unit_test(there_is_a_limit),
		cmocka_unit_test(what_is_special_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
