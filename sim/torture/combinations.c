/* See combinations.h. */
#define _GNU_SOURCE
#include "sim/torture/combinations.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add(struct combinations *c, const struct combination *combination)
{
	struct combination *grown = realloc(c->list, (c->count + 1) * sizeof(*grown));

	if (!grown)
		abort();
	c->list = grown;
	grown[c->count++] = *combination;
}

void combinations_init(struct combinations *c)
{
	const struct combination none = {.count = 0};

	*c = (struct combinations){.count = 0};
	add(c, &none);
}

void combinations_clear(struct combinations *c)
{
	free(c->list);
	*c = (struct combinations){.count = 0};
}

/* Did it ask, and get answered, what it was made from? */
static bool starts_with(const struct reading_answer *asked, size_t asked_count, const struct combination *combination, const bool *pinned)
{
	size_t at = 0;

	for (size_t i = 0; i < asked_count && at < combination->count; i++) {
		if (pinned[asked[i].id])
			continue;
		if (asked[i].id != combination->answers[at].id || asked[i].choice != combination->answers[at].choice)
			return false;
		at++;
	}
	return at == combination->count;
}

int combinations_branch(struct combinations *c, struct combination played, const struct reading_answer *asked,
                        size_t asked_count, const bool *pinned)
{
	struct combination path = {.count = 0};
	const size_t before = c->count;

	if (!starts_with(asked, asked_count, &played, pinned))
		return -EPROTO;
	for (size_t i = 0; i < asked_count; i++) {
		const struct reading_answer *answer = &asked[i];

		if (pinned[answer->id])
			continue;
		path.answers[path.count++] = *answer;
		/* The other answers to what it was made from belong to others. */
		for (unsigned choice = 0; path.count > played.count && choice < readings_table()[answer->id].choice_count; choice++) {
			struct combination other = path;

			if (choice == answer->choice)
				continue;
			if (c->count == COMBINATIONS_MAX) {
				c->count = before;
				return -E2BIG;
			}
			other.answers[other.count - 1].choice = choice;
			add(c, &other);
		}
	}
	return 0;
}

/* What is not the default, each as before_first (or before_next) and NAME=CHOICE. */
static char *text_of(const struct combination *combination, const char *before_first, const char *before_next)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		abort();
	for (size_t i = 0; i < combination->count; i++) {
		const struct reading_info *info = &readings_table()[combination->answers[i].id];

		if (combination->answers[i].choice != info->default_choice)
			(void) fprintf(f, "%s%s=%s", ftell(f) > 0 ? before_next : before_first, info->name,
			               info->choices[combination->answers[i].choice].name);
	}
	if (fclose(f) != 0)
		abort();
	return text;
}

char *combination_text(const struct combination *combination)
{
	return text_of(combination, "", " ");
}

char *combination_options(const struct combination *combination)
{
	return text_of(combination, " --reading=", " --reading=");
}

void combination_code(const struct reading_answer *asked, size_t asked_count, char ret[READING_COUNT + 1])
{
	memset(ret, '-', READING_COUNT);
	ret[READING_COUNT] = '\0';
	for (size_t i = 0; i < asked_count; i++)
		ret[asked[i].id] = (char)('0' + asked[i].choice);
}
