/* Cases of <applibs/sysevent.h>, <applibs/powermanagement.h>, <applibs/application.h> and <applibs/applications.h>. */
#include <errno.h>
#include <unistd.h>

#include <applibs/application.h>
#include <applibs/applications.h>
#include <applibs/eventloop.h>
#include <applibs/powermanagement.h>
#include <applibs/storage.h>
#include <applibs/sysevent.h>

#include "cases.h"
#include "network.h"
#include "support.h"

#define UNKNOWN_BIT 0x80u
#define EVENT_WAIT_MS 30000

/* ---- Events ----------------------------------------------------------------------------------------------------------- */

static void nothing(SysEvent_Events event, SysEvent_Status state, const SysEvent_Info *info, void *context)
{
	(void) event;
	(void) state;
	(void) info;
	(void) context;
}

/* With a loop, or without. */
static void judge_register(struct test *t, bool with_loop, SysEvent_Events events, SysEvent_EventsCallback *callback, int other,
                           const char *reading)
{
	EventLoop *el = EventLoop_Create();

	if (!el)
		test_not_ok(t, "no loop can be had: %s", errno_name(errno));
	else
		GIVES_OR(SysEvent_RegisterForEventNotifications(with_loop ? el : NULL, events, callback, NULL) ? 0 : -1, other, reading);
	EventLoop_Close(el);
}

CASE(SysEvent_RegisterForEventNotifications, EACCES, no_capability)
{
	judge_register(t, true, SysEvent_Events_Mask, nothing, EPERM, "missing-capability=EPERM");
}

CASE(SysEvent_RegisterForEventNotifications, EFAULT, loop_null)
{
	judge_register(t, false, SysEvent_Events_Mask, nothing, NOTHING_ELSE, "");
}

CASE(SysEvent_RegisterForEventNotifications, EFAULT, callback_null)
{
	judge_register(t, true, SysEvent_Events_Mask, NULL, NOTHING_ELSE, "");
}

CASE(SysEvent_RegisterForEventNotifications, EINVAL, events_unknown)
{
	judge_register(t, true, SysEvent_Events_Mask | UNKNOWN_BIT, nothing, NOTHING_ELSE, "");
}

CASE(SysEvent_UnregisterForEventNotifications, EFAULT, registration_null)
{
	GIVES(SysEvent_UnregisterForEventNotifications(NULL));
}

CASE(SysEvent_DeferEvent, EACCES, no_capability)
{
	GIVES_EACCES(SysEvent_DeferEvent(SysEvent_Events_UpdateReadyForInstall, 60));
}

CASE(SysEvent_DeferEvent, EINVAL, not_deferrable)
{
	GIVES(SysEvent_DeferEvent(SysEvent_Events_NoUpdateAvailable, 60));
}

CASE(SysEvent_ResumeEvent, EACCES, no_capability)
{
	GIVES_EACCES(SysEvent_ResumeEvent(SysEvent_Events_UpdateReadyForInstall));
}

CASE(SysEvent_ResumeEvent, EINVAL, not_resumable)
{
	GIVES(SysEvent_ResumeEvent(SysEvent_Events_NoUpdateAvailable));
}

CASE(SysEvent_Info_GetUpdateData, EFAULT, info_null)
{
	SysEvent_Info_UpdateData data;

	GIVES(SysEvent_Info_GetUpdateData(NULL, &data));
}

/* An event comes from the device's service: connected, there is one every day. The scenario here sends one when it reads the remark. */
static void judge_in_callback(struct test *t, SysEvent_EventsCallback *callback)
{
	EventRegistration *registration = NULL;
	EventLoop *el;
	int id;

	if (!connect_one(t, &id))
		return;
	el = EventLoop_Create();
	if (el)
		registration = SysEvent_RegisterForEventNotifications(el, SysEvent_Events_Mask, callback, t);
	if (!registration) {
		test_not_ok(t, "system events cannot be registered for: %s", errno_name(errno));
	} else {
		tap_remark("waiting for a system event: %s", t->name);
		(void) EventLoop_Run(el, EVENT_WAIT_MS, true);
		if (t->verdict == VERDICT_NONE)
			test_skip(t, "no system event came");
		(void) SysEvent_UnregisterForEventNotifications(registration);
	}
	EventLoop_Close(el);
	forget_networks();
}

static void on_event_without_output(SysEvent_Events event, SysEvent_Status state, const SysEvent_Info *info, void *context)
{
	struct test *t = context;

	(void) event;
	(void) state;
	GIVES(SysEvent_Info_GetUpdateData(info, NULL));
}

CASE(SysEvent_Info_GetUpdateData, EFAULT, output_null)
{
	judge_in_callback(t, on_event_without_output);
}

static void on_other_event(SysEvent_Events event, SysEvent_Status state, const SysEvent_Info *info, void *context)
{
	struct test *t = context;
	SysEvent_Info_UpdateData data;

	(void) state;
	if (event == SysEvent_Events_UpdateReadyForInstall)
		test_skip(t, "the event is an update that is ready");
	else
		GIVES(SysEvent_Info_GetUpdateData(info, &data));
}

CASE(SysEvent_Info_GetUpdateData, EINVAL, other_event)
{
	judge_in_callback(t, on_other_event);
}

/* ---- Power ------------------------------------------------------------------------------------------------------------ */

CASE(PowerManagement_ForceSystemReboot, EACCES, no_capability)
{
	GIVES_EACCES(PowerManagement_ForceSystemReboot());
}

CASE(PowerManagement_ForceSystemPowerDown, EACCES, no_capability)
{
	GIVES_EACCES(PowerManagement_ForceSystemPowerDown(60));
}

static bool went_down;

void note_power_down(void)
{
	char mark = 0;
	int fd = Storage_OpenMutableFile();

	if (fd < 0)
		return;
	went_down = read(fd, &mark, 1) == 1 && mark == 'd';
	(void) close(fd);
	(void) Storage_DeleteMutableFile();
}

/* A device that takes this for valid goes down, and starts the application again: a mark in the mutable file tells it. */
CASE(PowerManagement_ForceSystemPowerDown, EINVAL, residency)
{
	int fd;

	if (went_down) {
		test_not_ok(t, "expected EINVAL, and the device went down");
		return;
	}
	fd = Storage_OpenMutableFile();
	if (fd < 0 || write(fd, "d", 1) != 1) {
		test_skip(t, "no mark can be left in the mutable file: %s", errno_name(errno));
	} else {
		GIVES(PowerManagement_ForceSystemPowerDown(0));
		if (t->verdict == VERDICT_NOT_OK)
			wait_s(60);
	}
	if (fd >= 0)
		(void) close(fd);
	(void) Storage_DeleteMutableFile();
}

CASE(PowerManagement_SetSystemPowerProfile, EACCES, no_capability)
{
	GIVES_EACCES(PowerManagement_SetSystemPowerProfile(PowerManagement_HighPerformance));
}

CASE(PowerManagement_SetSystemPowerProfile, EINVAL, profile)
{
	GIVES(PowerManagement_SetSystemPowerProfile(99));
}

/* ---- Applications ----------------------------------------------------------------------------------------------------- */

CASE(Application_IsDeviceAuthReady, EFAULT, output_null)
{
	GIVES(Application_IsDeviceAuthReady(NULL));
}

CASE(Application_Connect, EINVAL, no_component)
{
	GIVES(Application_Connect("not a component"));
}

CASE(Application_Connect, EACCES, not_listed)
{
	GIVES_EACCES(Application_Connect("00000000-0000-0000-0000-000000000001"));
}

/* 0 on failure. */
#define MEMORY(function) CASE(function, EAGAIN, not_ready) { GIVES(function() == 0 ? -1 : 0); }

MEMORY(Applications_GetTotalMemoryUsageInKB)
MEMORY(Applications_GetUserModeMemoryUsageInKB)
MEMORY(Applications_GetPeakUserModeMemoryUsageInKB)

CASE(Applications_GetOsVersion, EFAULT, output_null)
{
	GIVES(Applications_GetOsVersion(NULL));
}
