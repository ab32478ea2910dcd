/* See names.h. */
#include "sim/scenario/names.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "emu-applibs/base/base.h"

#define NAME_LOOKED_AT 48 /* longer names are not compared */

/* Edits (insert, delete, replace, swap of neighbours; letter case costs nothing) that make b of a. */
static unsigned distance(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);
	unsigned rows[3][NAME_LOOKED_AT + 1];
	unsigned *before = rows[0], *last = rows[1], *row = rows[2];

	if (n > NAME_LOOKED_AT || m > NAME_LOOKED_AT)
		return NAME_LOOKED_AT;
	for (size_t j = 0; j <= m; j++) {
		last[j] = (unsigned)j;
		before[j] = 0;
	}
	for (size_t i = 1; i <= n; i++) {
		unsigned *oldest = before;

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= m; j++) {
			int x = tolower((unsigned char)a[i - 1]), y = tolower((unsigned char)b[j - 1]);
			unsigned best = last[j - 1] + (x != y);

			if (last[j] + 1 < best)
				best = last[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			if (i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) &&
			    y == tolower((unsigned char)a[i - 2]) && before[j - 2] + 1 < best)
				best = before[j - 2] + 1;
			row[j] = best;
		}
		before = last;
		last = row;
		row = oldest;
	}
	return last[m];
}

void names_hint(const char *given, const char *const *known, size_t count, char buffer[NAMES_HINT_MAX])
{
	unsigned limit = strlen(given) < 4 ? 1 : (unsigned)strlen(given) / 3;
	const char *nearest = NULL;
	unsigned least = limit + 1;
	size_t n;

	for (size_t i = 0; i < count; i++) {
		unsigned d = distance(given, known[i]);

		if (d < least) {
			least = d;
			nearest = known[i];
		}
	}
	if (nearest) {
		(void) snprintf(buffer, NAMES_HINT_MAX, "did you mean `%s`?", nearest);
		return;
	}
	if (count == 0) {
		(void) snprintf(buffer, NAMES_HINT_MAX, "none is known here");
		return;
	}
	n = (size_t)snprintf(buffer, NAMES_HINT_MAX, "known here: ");
	for (size_t i = 0; i < count; i++) {
		if (n + strlen(known[i]) + sizeof(", ...") > NAMES_HINT_MAX / 2) {
			(void) snprintf(buffer + n, NAMES_HINT_MAX - n, "%s...", i ? ", " : "");
			return;
		}
		n += (size_t)snprintf(buffer + n, NAMES_HINT_MAX - n, "%s%s", i ? ", " : "", known[i]);
	}
}
