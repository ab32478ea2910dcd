/* An event loop over descriptors. Timers are descriptors too (timerfd).
 *
 * One thread owns a loop; only EventLoop_Stop may be called from another. No capability needed. Under the simulator a loop that
 * waits does so in virtual time. Source: eventloop.h of the Azure Sphere SDK and its pages on Microsoft Learn.
 */
#ifndef APPLIBS_EVENTLOOP_H
#define APPLIBS_EVENTLOOP_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct EventLoop EventLoop;
typedef struct EventRegistration EventRegistration;

typedef int EventLoop_Run_Result;
enum {
	EventLoop_Run_Failed = -1,       /* errno says why */
	EventLoop_Run_FinishedEmpty = 0, /* no event was processed */
	EventLoop_Run_Finished = 1,      /* one or more events were processed */
};

/* Bits as in EPOLLIN, EPOLLOUT, EPOLLERR. */
typedef uint32_t EventLoop_IoEvents;
enum {
	EventLoop_None = 0x00,
	EventLoop_Input = 0x01,
	EventLoop_Output = 0x04,
	EventLoop_Error = 0x08, /* reported whether asked for or not */
};

/* events: what is ready. context: as registered. It may unregister any descriptor, its own too, and stop the loop.
 * Ours: a hang-up comes as EventLoop_Error, with EventLoop_Input when that was asked for, so that a read sees the end. */
typedef void EventLoopIoCallback(EventLoop *el, int fd, EventLoop_IoEvents events, void *context);

/* A new loop, to be closed with EventLoop_Close; NULL and errno (ENOMEM, EMFILE...) when there is none to be had. */
EventLoop *EventLoop_Create(void);

/* Frees the loop and its registrations, not their descriptors. Ours: NULL is fine. Not from a callback of this loop. */
void EventLoop_Close(EventLoop *el);

/* Waits for events and runs their callbacks.
 * duration_in_milliseconds: 0 one event if one is ready; > 0 for that long; < 0 until stopped. process_one_event: return after the
 * first event (nothing to say for duration 0). Blocks, on the monotonic clock.
 * Returns EventLoop_Run_Finished or _FinishedEmpty; or EventLoop_Run_Failed and errno: EFAULT NULL, EBUSY called from a callback of
 * this loop, EINTR a signal handler ran. */
EventLoop_Run_Result EventLoop_Run(EventLoop *el, int duration_in_milliseconds, bool process_one_event);

/* Ends the present run: from a callback, before any further event; from another thread, soon. Ours: while the loop does not run, it
 * ends the next run, so that a stop is never lost to a race. 0; or -1 and errno: EFAULT NULL. */
int EventLoop_Stop(EventLoop *el);

/* A descriptor that is readable while the loop has something to do; the loop's own, do not close it. Or -1: EFAULT NULL. */
int EventLoop_GetWaitDescriptor(EventLoop *el);

/* Watches fd for the events. The descriptor stays the caller's and must stay open until it is unregistered. Returns the
 * registration, which the loop owns; or NULL and errno: EFAULT el or callback NULL, EINVAL unknown bits, EBADF, EEXIST fd is
 * registered with this loop already. Ours: EPERM for a regular file. */
EventRegistration *EventLoop_RegisterIo(EventLoop *el, int fd, EventLoop_IoEvents eventBitmask, EventLoopIoCallback *callback,
					void *context);

/* 0; or -1 and errno: EFAULT NULL, EINVAL unknown bits. */
int EventLoop_ModifyIoEvents(EventLoop *el, EventRegistration *reg, EventLoop_IoEvents eventBitmask);

/* Ends a registration and frees it; NULL reg: nothing. 0; or -1 and errno: EFAULT el is NULL and reg is not. */
int EventLoop_UnregisterIo(EventLoop *el, EventRegistration *reg);

#ifdef __cplusplus
}
#endif

#endif
