/* See text.h. */
#include "sim/util/text.h"

#include <stdbool.h>
#include <stddef.h>

/* Length of the valid sequence at p, or 0. Surrogates and overlong forms are not valid. */
static size_t sequence(const unsigned char *p)
{
	size_t n = p[0] < 0x80 ? 1 : p[0] >= 0xc2 && p[0] < 0xe0 ? 2 : p[0] >= 0xe0 && p[0] < 0xf0 ? 3 : p[0] >= 0xf0 && p[0] < 0xf5 ? 4 : 0;

	for (size_t i = 1; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] >= 0xa0) || (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] >= 0x90))
		return 0;
	return n;
}

static void sanitize(char *text, bool lines)
{
	bool valid = true;
	const char *odd = text;

	while ((*odd >= 0x20 && *odd < 0x7f) || (lines && *odd == '\n'))
		odd++;
	if (*odd == '\0')
		return;
	for (const unsigned char *p = (const unsigned char *)text; valid && *p;) {
		size_t n = sequence(p);

		valid = n > 0;
		p += n;
	}
	for (unsigned char *p = (unsigned char *)text; *p; p++) {
		if ((*p < 0x20 && !(lines && *p == '\n')) || *p == 0x7f)
			*p = ' ';
		else if (*p >= 0x80 && !valid)
			*p = '?';
	}
}

void text_sanitize(char *text)
{
	sanitize(text, false);
}

void text_sanitize_lines(char *text)
{
	sanitize(text, true);
}
