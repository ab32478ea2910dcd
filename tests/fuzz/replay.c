/* Every input of a target's corpus once, without libFuzzer: that of the tree, and the seeds that are made at build time.
 * usage: PROGRAM [FILE...]     in the project's folder; with files, these instead */
#define _GNU_SOURCE
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/fuzz/fuzz.h"

#define INPUT_MAX (1u << 20)

static char **files;

static void replay(const char *path)
{
	uint8_t *whole = malloc(INPUT_MAX), *exact;
	FILE *f = fopen(path, "re");
	size_t size;

	if (!whole || !f)
		fail_msg("%s cannot be read", path);
	size = fread(whole, 1, INPUT_MAX, f);
	(void) fclose(f);
	exact = malloc(size + (size == 0)); /* a sanitizer sees a read behind it */
	assert_non_null(exact);
	memcpy(exact, whole, size);
	free(whole);
	(void) fprintf(stderr, "input %s\n", path);
	assert_int_equal(LLVMFuzzerTestOneInput(exact, size), 0);
	free(exact);
}

static unsigned replay_folder(const char *folder)
{
	struct dirent **names;
	char path[4096];
	unsigned replayed = 0;
	int n = scandir(folder, &names, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		const char *dot = strrchr(names[i]->d_name, '.');

		/* .msgs: text that the seeds are made from. */
		if (names[i]->d_name[0] != '.' && !(dot && strcmp(dot, ".msgs") == 0)) {
			(void) snprintf(path, sizeof(path), "%s/%s", folder, names[i]->d_name);
			replay(path);
			replayed++;
		}
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	return replayed;
}

static void the_corpus_does_no_harm(void **state)
{
	char folder[4096], program[2048];
	ssize_t n = readlink("/proc/self/exe", program, sizeof(program) - 1);
	unsigned replayed = 0;

	(void) state;
	for (char **file = files; *file; file++)
		replay(*file);
	if (*files)
		return;
	assert_true(n > 0);
	program[n] = '\0';
	*strrchr(program, '/') = '\0';
	(void) snprintf(folder, sizeof(folder), "%s/../fuzz-seeds/%s", program, fuzz_name);
	replayed += replay_folder(folder);
	(void) snprintf(folder, sizeof(folder), "tests/fuzz/corpus/%s", fuzz_name);
	replayed += replay_folder(folder);
	if (replayed == 0)
		fail_msg("no inputs: neither in %s, seen from the current folder, nor seeds beside the program", folder);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(the_corpus_does_no_harm)};

	files = argv + 1;
	(void) LLVMFuzzerInitialize(&argc, &argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
