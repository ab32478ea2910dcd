/* Every function of the library that asks the device, each with good arguments and a good reply. */
#ifndef TESTS_CLIENT_CALLS_H
#define TESTS_CLIENT_CALLS_H

#include <stddef.h>

#include "emu-applibs/wire/wire.h"

struct call_row {
	const char *name;
	uint16_t op;
	/* -1, or >= 0 */
	long (*call)(void);
	/* The fields of the reply; returns its result. NULL: no fields, result 0. */
	int32_t (*reply)(struct wire_writer *out);
};

extern const struct call_row call_rows[];
extern const size_t call_row_count;

/* Functions of what is not simulated: a device has but errors for them. */
extern const struct call_row refused_rows[];
extern const size_t refused_row_count;

#endif
