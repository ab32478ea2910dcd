/* See error.h. */
#include "sim/util/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sim/util/text.h"

void az_error_set(struct az_error *error, enum az_status status, const char *format, ...)
{
	va_list args;

	error->status = status;
	va_start(args, format);
	(void) vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);
	text_sanitize_lines(error->text);
}

void az_error_prefix(struct az_error *error, const char *format, ...)
{
	char old[AZ_ERROR_MAX];
	va_list args;
	size_t n;

	memcpy(old, error->text, sizeof(old));
	va_start(args, format);
	(void) vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);
	n = strlen(error->text);
	(void) snprintf(error->text + n, sizeof(error->text) - n, ": %s", old);
	text_sanitize_lines(error->text);
}

void az_error_append(struct az_error *error, const char *format, ...)
{
	size_t n = strlen(error->text);
	va_list args;

	if (n + 2 >= sizeof(error->text))
		return;
	error->text[n++] = '\n';
	va_start(args, format);
	(void) vsnprintf(error->text + n, sizeof(error->text) - n, format, args);
	va_end(args);
	text_sanitize_lines(error->text);
}
