/* Events of the system: software updates. The application can put them off for a while.
 *
 * Needs SystemEventNotifications in app_manifest.json; to defer and resume SoftwareUpdateDeferral as well. In a simulation the scenario says
 * when there is an update. Source: sysevent.h of the Azure Sphere SDK and its pages on Microsoft Learn; "Defer device updates" there.
 */
#ifndef APPLIBS_SYSEVENT_H
#define APPLIBS_SYSEVENT_H

#include <stdint.h>

#include <applibs/applibs_internal_api_traits.h>
#include <applibs/eventloop.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bits. */
typedef uint32_t SysEvent_Events;
enum {
	SysEvent_Events_None = 0x00,
	SysEvent_Events_UpdateReadyForInstall = 0x01,
	SysEvent_Events_UpdateStarted = 0x02, /* the download has begun; UpdateReadyForInstall follows */
	SysEvent_Events_NoUpdateAvailable = 0x04,
	SysEvent_Events_Mask = SysEvent_Events_UpdateReadyForInstall | SysEvent_Events_UpdateStarted |
			       SysEvent_Events_NoUpdateAvailable,
};

typedef uint32_t SysEvent_Status;
enum {
	SysEvent_Status_Invalid = 0,
	SysEvent_Status_Pending = 1,  /* happens soon (10 seconds), can be deferred */
	SysEvent_Status_Final = 2,    /* happens soon (10 seconds), cannot be deferred */
	SysEvent_Status_Deferred = 3, /* was deferred */
	SysEvent_Status_Complete = 4, /* has happened; of updates only those of an application */
};

typedef uint32_t SysEvent_UpdateType;
enum {
	SysEvent_UpdateType_Invalid = 0,
	SysEvent_UpdateType_App = 1,    /* restarts the application */
	SysEvent_UpdateType_System = 2, /* restarts the device */
};

typedef struct SysEvent_Info_UpdateData {
	unsigned int max_deferral_time_in_minutes; /* counts with SysEvent_Status_Pending; otherwise 0 (ours) */
	SysEvent_UpdateType update_type;
} SysEvent_Info_UpdateData;

/* Opaque; lives until the callback returns. */
typedef struct SysEvent_Info SysEvent_Info;

/* event: one bit. */
typedef void SysEvent_EventsCallback(SysEvent_Events event, SysEvent_Status state, const SysEvent_Info *info, void *context);

/* In a callback: 0; or -1 and errno:
 *   EFAULT  NULL
 *   EINVAL  info is not of a SysEvent_Events_UpdateReadyForInstall */
int SysEvent_Info_GetUpdateData(const SysEvent_Info *info, SysEvent_Info_UpdateData *update_info);

/* From now on callback runs on this loop when one of the events changes its status. One registration at a time. Unregister it before the
 * loop is closed. NULL and errno:
 *   EACCES  the manifest lacks SystemEventNotifications
 *   EFAULT  el or callback is NULL
 *   EINVAL  unknown bits, or none (none: ours)
 *   EBUSY   there is a registration already (ours)
 *   ENOMEM  out of memory (ours) */
EventRegistration *SysEvent_RegisterForEventNotifications(EventLoop *el, SysEvent_Events eventBitmask,
							  SysEvent_EventsCallback *callback, void *context);

/* 0; or -1 and errno:
 *   EFAULT  NULL
 *   EINVAL  not a registration from here, or no longer one (ours) */
int SysEvent_UnregisterForEventNotifications(EventRegistration *reg);

/* Puts off an event that is pending; more minutes than are left are cut. SysEvent_Status_Deferred follows. 0; or -1 and errno:
 *   EACCES  the manifest lacks SoftwareUpdateDeferral or SystemEventNotifications
 *   EINVAL  not exactly one event, one that cannot be deferred, or none is pending (ours: the SDK says only that it fails) */
int SysEvent_DeferEvent(SysEvent_Events event, uint32_t requested_defer_time_in_minutes);

/* Takes a deferral back: the event is pending again (ours: it becomes final). 0; or -1 and errno:
 *   EACCES  the manifest lacks SoftwareUpdateDeferral or SystemEventNotifications
 *   EINVAL  not exactly one event, or none is deferred (ours: the SDK says only that it fails) */
int SysEvent_ResumeEvent(SysEvent_Events event);

#ifdef __cplusplus
}
#endif

#endif
