/* <applibs/networking.h> on the wire: which time servers are asked, and what the last one said. */
#include <applibs/networking.h>

#include <errno.h>
#include <string.h>

#include "emu-applibs/client/transport.h"

#define HOST_NAME_MAX_LENGTH 255 /* of a fully qualified domain name [RFC 1035] */

int Networking_TimeSync_EnableDefaultNtp(void)
{
	return call_ask(WIRE_NTP_DEFAULT) < 0 ? -1 : 0;
}

int Networking_TimeSync_EnableAutomaticNtp(Networking_NtpOption option)
{
	struct call c;

	call_begin(&c, WIRE_NTP_AUTOMATIC);
	wire_put_u32(&c.out, option);
	return call_end(&c, call_send(&c)) < 0 ? -1 : 0;
}

int Networking_TimeSync_EnableCustomNtp(const char *primaryNtpServer, const char *secondaryNtpServer,
					Networking_NtpOption option)
{
	struct call c;

	if (!primaryNtpServer)
		return call_fail(EFAULT);
	call_begin(&c, WIRE_NTP_CUSTOM);
	call_put_text(&c, primaryNtpServer, HOST_NAME_MAX_LENGTH);
	wire_put_u8(&c.out, secondaryNtpServer != NULL);
	call_put_text(&c, secondaryNtpServer ? secondaryNtpServer : "", HOST_NAME_MAX_LENGTH);
	wire_put_u32(&c.out, option);
	return call_end(&c, call_send(&c)) < 0 ? -1 : 0;
}

static void put_time(struct tm *out, int64_t seconds)
{
	time_t t = (time_t)seconds;

	if (out)
		(void) gmtime_r(&t, out);
}

int Networking_TimeSync_GetLastNtpSyncInfo(char *outNtpServer, size_t *inOutNtpServerLength, struct tm *outTimeBeforeSync,
					   struct tm *outNtpTime)
{
	char server[HOST_NAME_MAX_LENGTH + 1];
	int64_t before = 0, after = 0;
	struct call c;
	size_t needed;
	int r;

	if (outNtpServer && !inOutNtpServerLength)
		return call_fail(EFAULT);
	call_begin(&c, WIRE_NTP_LAST_SYNC);
	r = call_send(&c);
	if (r >= 0) {
		(void) wire_get_str(&c.in, server, sizeof(server));
		before = wire_get_i64(&c.in);
		after = wire_get_i64(&c.in);
	}
	if (call_end(&c, r) < 0)
		return -1;
	needed = strlen(server) + 1;
	if (outNtpServer && *inOutNtpServerLength < needed) {
		*inOutNtpServerLength = needed;
		return call_fail(ENOBUFS);
	}
	if (outNtpServer)
		memcpy(outNtpServer, server, needed);
	if (inOutNtpServerLength)
		*inOutNtpServerLength = needed;
	put_time(outTimeBeforeSync, before);
	put_time(outNtpTime, after);
	return 0;
}
