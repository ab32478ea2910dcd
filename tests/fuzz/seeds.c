/* Messages of a fuzz target between the text of the tree and the bytes of an input; see messages.h.
 * usage: seeds compile TARGET FOLDER TEXT INPUT    FOLDER: of the files that the text names
 *        seeds show TARGET INPUT                   as text, for a new file of the corpus
 */
#include <string.h>

#include "tests/fuzz/messages.h"

static int fail(const char *what)
{
	(void) fprintf(stderr, "seeds: %s\n", what);
	return 2;
}

int main(int argc, char **argv)
{
	static uint8_t input[1 << 20];
	const char *const *kinds = argc > 2 ? message_kinds(argv[2]) : NULL;
	FILE *in, *out;
	bool good;

	if (!kinds || !((strcmp(argv[1], "compile") == 0 && argc == 6) || (strcmp(argv[1], "show") == 0 && argc == 4)))
		return fail("usage: seeds compile TARGET FOLDER TEXT INPUT | seeds show TARGET INPUT");
	in = fopen(argv[argc == 6 ? 4 : 3], "re");
	if (!in)
		return fail(argv[argc == 6 ? 4 : 3]);
	if (argc == 4) {
		message_show(kinds, input, fread(input, 1, sizeof(input), in), stdout);
		(void) fclose(in);
		return 0;
	}
	out = fopen(argv[5], "we");
	good = out && message_compile(kinds, argv[3], in, out);
	if (out && fclose(out) != 0)
		good = false;
	(void) fclose(in);
	return good ? 0 : fail(argv[4]);
}
