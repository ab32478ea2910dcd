/* What a fuzz target gives, to libFuzzer (`make fuzz`) and to the replay of the corpora (`make check`).
 *
 * A target is one file with these three. It must bear any bytes, do the same for the same bytes, and leave nothing behind. What it
 * finds out of order it tells by FUZZ_CHECK, which ends the program as a fault would.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Also the name of its folder under tests/fuzz/corpus. */
extern const char fuzz_name[];
/* Once, before all else. 0. */
int LLVMFuzzerInitialize(int *argc, char ***argv);
/* One input. 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_CHECK(holds)                                                                       \
	do {                                                                                    \
		if (!(holds)) {                                                                 \
			(void) fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #holds); \
			abort();                                                                \
		}                                                                               \
	} while (0)

#endif
