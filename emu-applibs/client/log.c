/* <applibs/log.h>: formatted here, as on a device, and sent as text. */
#include <applibs/log.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "emu-applibs/client/transport.h"

static int send_text(const char *text)
{
	struct call c;

	call_begin(&c, WIRE_LOG);
	call_put_text(&c, text, WIRE_MAX_LOG);
	return call_end(&c, call_send(&c)) < 0 ? -1 : 0;
}

int Log_DebugVarArgs(const char *fmt, va_list args)
{
	char text[WIRE_MAX_LOG + 1];
	int r;

	if (!fmt)
		return call_fail(EFAULT);
	if (vsnprintf(text, sizeof(text), fmt, args) < 0)
		return -1;
	r = send_text(text);
	explicit_bzero(text, strlen(text));
	return r;
}

int Log_Debug(const char *fmt, ...)
{
	va_list args;
	int r;

	va_start(args, fmt);
	r = Log_DebugVarArgs(fmt, args);
	va_end(args);
	return r;
}
