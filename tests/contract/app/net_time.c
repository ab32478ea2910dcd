/* Cases of <applibs/networking.h>: network time; and of <applibs/rtc.h>. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <applibs/networking.h>
#include <applibs/rtc.h>

#include "cases.h"
#include "network.h"
#include "support.h"

#define NO_OPTION 99u
#define HOST_MAX 255

#define CAPABILITY(function, call) CASE(function, EACCES, no_capability) { GIVES_EACCES(call); }

CAPABILITY(Networking_TimeSync_SetEnabled, Networking_TimeSync_SetEnabled(true))
CAPABILITY(Networking_TimeSync_EnableDefaultNtp, Networking_TimeSync_EnableDefaultNtp())
CAPABILITY(Networking_TimeSync_EnableAutomaticNtp,
           Networking_TimeSync_EnableAutomaticNtp(Networking_NtpOption_FallbackServerEnabled))
CAPABILITY(Networking_TimeSync_EnableCustomNtp,
           Networking_TimeSync_EnableCustomNtp("time.example", NULL, Networking_NtpOption_FallbackServerEnabled))
CAPABILITY(clock_systohc, clock_systohc())

CASE(Networking_TimeSync_SetEnabled, EAGAIN, not_ready)
{
	GIVES(Networking_TimeSync_SetEnabled(true));
}

CASE(Networking_TimeSync_GetEnabled, EFAULT, output_null)
{
	GIVES(Networking_TimeSync_GetEnabled(NULL));
}

CASE(Networking_TimeSync_GetEnabled, EAGAIN, not_ready)
{
	bool enabled;

	GIVES(Networking_TimeSync_GetEnabled(&enabled));
}

CASE(Networking_TimeSync_EnableAutomaticNtp, EINVAL, option)
{
	GIVES(Networking_TimeSync_EnableAutomaticNtp(NO_OPTION));
}

/* A host name of one character too many: labels of 63 with dots between. Static storage. */
static const char *long_host(void)
{
	static char name[HOST_MAX + 2];

	memset(name, 'h', HOST_MAX + 1);
	for (size_t i = 63; i < HOST_MAX + 1; i += 64)
		name[i] = '.';
	name[HOST_MAX] = 'h';
	return name;
}

CASE(Networking_TimeSync_EnableCustomNtp, EFAULT, primary_null)
{
	GIVES(Networking_TimeSync_EnableCustomNtp(NULL, NULL, Networking_NtpOption_FallbackServerEnabled));
}

CASE(Networking_TimeSync_EnableCustomNtp, ERANGE, primary_too_long)
{
	GIVES(Networking_TimeSync_EnableCustomNtp(long_host(), NULL, Networking_NtpOption_FallbackServerEnabled));
}

CASE(Networking_TimeSync_EnableCustomNtp, ERANGE, secondary_too_long)
{
	GIVES(Networking_TimeSync_EnableCustomNtp("time.example", long_host(), Networking_NtpOption_FallbackServerEnabled));
}

CASE(Networking_TimeSync_EnableCustomNtp, EINVAL, no_host)
{
	GIVES(Networking_TimeSync_EnableCustomNtp("no host name", NULL, Networking_NtpOption_FallbackServerEnabled));
}

CASE(Networking_TimeSync_EnableCustomNtp, EINVAL, option)
{
	GIVES(Networking_TimeSync_EnableCustomNtp("time.example", NULL, NO_OPTION));
}

/* ---- The last time that was set --------------------------------------------------------------------------------------- */

static char server[HOST_MAX + 1];

static int last_sync(size_t capacity)
{
	size_t length = capacity;

	return Networking_TimeSync_GetLastNtpSyncInfo(server, &length, NULL, NULL);
}

CASE(Networking_TimeSync_GetLastNtpSyncInfo, EFAULT, length_null)
{
	GIVES(Networking_TimeSync_GetLastNtpSyncInfo(server, NULL, NULL, NULL));
}

CASE(Networking_TimeSync_GetLastNtpSyncInfo, ENOENT, not_synced)
{
	if (last_sync(sizeof(server)) == 0)
		test_skip(t, "the clock was set already");
	else
		test_judge(t, -1, errno, NOTHING_ELSE, "");
}

CASE(Networking_TimeSync_GetLastNtpSyncInfo, ENOBUFS, too_small)
{
	int id;

	if (last_sync(sizeof(server)) != 0 && connect_one(t, &id)) {
		for (unsigned i = 0; i < CONNECT_S && last_sync(sizeof(server)) != 0; i++)
			wait_s(1);
		if (last_sync(sizeof(server)) != 0)
			test_skip(t, "the clock is not set from the network");
	}
	GIVES(last_sync(1));
	forget_networks();
}

/* ---- The clock that runs on ------------------------------------------------------------------------------------------- */

/* Which of the two it gives, if one at all, depends on the board. */
static void judge_clock(struct test *t)
{
	if (clock_systohc() == 0)
		test_skip(t, "the clock can be written");
	else if (errno != t->error && (errno == ENOENT || errno == EBUSY))
		test_skip(t, "the clock cannot be written, but for another reason: %s", errno_name(errno));
	else
		test_judge(t, -1, errno, NOTHING_ELSE, "");
}

CASE(clock_systohc, EBUSY, busy)
{
	judge_clock(t);
}

CASE(clock_systohc, ENOENT, no_clock)
{
	judge_clock(t);
}
