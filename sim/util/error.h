/* An error on its way to a person: what was wrong, where, what to do. And the exit statuses of azsim.
 *
 * A function that takes `struct az_error *ret_error` fills it exactly when it fails; each level may put context in front.
 */
#ifndef SIM_UTIL_ERROR_H
#define SIM_UTIL_ERROR_H

#include "emu-applibs/base/base.h"

/* Exit statuses of azsim, and the `status` of an error. */
enum az_status {
	AZ_OK = 0,          /* every scenario passed */
	AZ_FAILED = 1,      /* a scenario failed */
	AZ_USAGE = 2,       /* bad usage or bad scenario */
	AZ_ENVIRONMENT = 3, /* this machine lacks something: a daemon, a right, space */
	AZ_INTERRUPTED = 130, /* Ctrl-C */
};

#define AZ_ERROR_MAX 2048

struct az_error {
	enum az_status status;
	char text[AZ_ERROR_MAX]; /* NUL-terminated, valid UTF-8, may hold several lines, no trailing newline, no other control character */
};

void az_error_set(struct az_error *error, enum az_status status, const char *format, ...) ATTR_PRINTF(3, 4);
/* "<formatted>: <what was there>" */
void az_error_prefix(struct az_error *error, const char *format, ...) ATTR_PRINTF(2, 3);
/* "<what was there>\n<formatted>": for the last log lines of a daemon, or what to do. */
void az_error_append(struct az_error *error, const char *format, ...) ATTR_PRINTF(2, 3);

#endif
