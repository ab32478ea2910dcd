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

static const int at_connect[] = {FAULT_HTTP_NONAME, ECONNREFUSED, ETIMEDOUT};
static const int at_request[] = {FAULT_HTTP_UNTRUSTED, FAULT_HTTP_500, FAULT_HTTP_503, FAULT_HTTP_LOST, FAULT_HTTP_CUT, FAULT_HTTP_STALL};

static const struct {
	int error;
	const char *name;
} http_names[] = {
	{FAULT_HTTP_NONAME, "NONAME"}, {FAULT_HTTP_UNTRUSTED, "UNTRUSTED"}, {FAULT_HTTP_500, "HTTP500"}, {FAULT_HTTP_503, "HTTP503"},
	{FAULT_HTTP_LOST, "LOST"},     {FAULT_HTTP_CUT, "CUT"},             {FAULT_HTTP_STALL, "STALL"},
};

static const int *of_http(enum fault_place place, size_t *ret_count)
{
	*ret_count = place == FAULT_AT_CONNECT ? ARRAY_LEN(at_connect) : ARRAY_LEN(at_request);
	return place == FAULT_AT_CONNECT ? at_connect : at_request;
}

size_t fault_errnos(enum fault_place place, const char *function, int ret[FAULT_ERRNOS_MAX])
{
	size_t n = 0;

	if (place != FAULT_AT_CALL) {
		const int *list = of_http(place, &n);

		memcpy(ret, list, n * sizeof(*ret));
		return n;
	}
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		bool known = rows[i].error == EFAULT || strcmp(rows[i].function, function) != 0;

		for (size_t j = 0; j < n && !known; j++)
			known = ret[j] == rows[i].error;
		if (!known && n < FAULT_ERRNOS_MAX)
			ret[n++] = rows[i].error;
	}
	return n;
}

bool fault_fits(enum fault_place place, int error)
{
	size_t n = 0;
	const int *list;

	if (place == FAULT_AT_CALL)
		return error < FAULT_HTTP_NONAME;
	list = of_http(place, &n);
	while (n > 0)
		if (list[--n] == error)
			return true;
	return false;
}

const char *fault_errno_name(int error)
{
	for (size_t i = 0; i < ARRAY_LEN(http_names); i++)
		if (http_names[i].error == error)
			return http_names[i].name;
	return strerrorname_np(error);
}

int fault_errno_by_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(http_names); i++)
		if (strcmp(http_names[i].name, name) == 0)
			return http_names[i].error;
	for (int e = 1; e < 256; e++) {
		const char *known = strerrorname_np(e);

		if (known && strcmp(known, name) == 0)
			return e;
	}
	return 0;
}
