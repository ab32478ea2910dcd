/* See fault_errnos.h. */
#define _GNU_SOURCE
#include "sim/torture/fault_errnos.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "emu-applibs/base/base.h"
#include "emu-applibs/errnos.h"

static const struct row {
	const char *function;
	int error;
} rows[] = {
#define X(manifest, function, error, condition, words, source) {#function, error},
	CONTRACT_ERRNOS(X)
#undef X
};

size_t fault_errnos(const char *function, int ret[FAULT_ERRNOS_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		bool known = rows[i].error == EFAULT || strcmp(rows[i].function, function) != 0;

		for (size_t j = 0; j < n && !known; j++)
			known = ret[j] == rows[i].error;
		if (!known && n < FAULT_ERRNOS_MAX)
			ret[n++] = rows[i].error;
	}
	return n;
}

int fault_errno_by_name(const char *name)
{
	for (int e = 1; e < 256; e++) {
		const char *known = strerrorname_np(e);

		if (known && strcmp(known, name) == 0)
			return e;
	}
	return 0;
}
