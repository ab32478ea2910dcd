/* TAP (version 13) through Log_Debug, one line a call: what a device's debug console shows. */
#include "contract.h"

#include <stdarg.h>
#include <stdio.h>

#include <applibs/log.h>

static unsigned count;

void tap_begin(const char *manifest)
{
	count = 0;
	(void) Log_Debug("TAP version 13\n");
	(void) Log_Debug("# contract of applibs, manifest %s\n", manifest);
}

void tap_remark(const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	(void) vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	(void) Log_Debug("# %s\n", text);
}

void tap_result(const struct test *t)
{
	count++;
	switch (t->verdict) {
	case VERDICT_OK:
		(void) Log_Debug("ok %u - %s\n", count, t->name);
		return;
	case VERDICT_SKIP:
		(void) Log_Debug("ok %u - %s # SKIP %s\n", count, t->name, t->why);
		return;
	case VERDICT_NOT_OK:
		(void) Log_Debug("not ok %u - %s\n", count, t->name);
		tap_remark("%s", t->why);
		return;
	case VERDICT_NONE:
		break;
	}
	(void) Log_Debug("not ok %u - %s\n", count, t->name);
	tap_remark("the test came to no verdict");
}

void tap_end(void)
{
	(void) Log_Debug("1..%u\n", count);
	(void) Log_Debug("# done\n");
}
