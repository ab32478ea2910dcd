/* <applibs/sysevent.h>: the device gives a descriptor on which the events come, and the application's loop watches it. */
#define _GNU_SOURCE
#include <applibs/sysevent.h>

#include <errno.h>
#include <sys/syscall.h>

#include "emu-applibs/base/base.h"
#include "emu-applibs/client/eventloop.h"
#include "emu-applibs/client/transport.h"

struct SysEvent_Info {
	SysEvent_Events event;
	SysEvent_Info_UpdateData update;
};

/* The one registration; reg NULL: there is none. */
static struct {
	EventLoop *el;
	EventRegistration *reg;
	int fd;
	SysEvent_EventsCallback *callback;
	void *context;
} active;

/* The registration is forgotten, here and by the device. */
static void forget(void)
{
	active.reg = NULL;
	(void) close(active.fd);
	(void) call_ask(WIRE_SYSEVENT_UNREGISTER);
}

static void take_event(EventLoop *el, int fd, EventLoop_IoEvents events, void *context)
{
	struct wire_sysevent message;
	SysEvent_Info info;
	long n = syscall(SYS_read, fd, &message, sizeof(message));

	(void) events;
	(void) context;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n != (long)sizeof(message)) {
		/* The other end is gone: it would be reported for ever. */
		(void) EventLoop_UnregisterIo(el, active.reg);
		forget();
		return;
	}
	info = (SysEvent_Info){ .event = message.event,
		                .update = { .max_deferral_time_in_minutes = message.max_deferral_min, .update_type = message.update_type } };
	active.callback(message.event, message.status, &info, active.context);
}

EventRegistration *SysEvent_RegisterForEventNotifications(EventLoop *el, SysEvent_Events eventBitmask,
							  SysEvent_EventsCallback *callback, void *context)
{
	struct call c;
	int r, fd;

	if (!el || !callback) {
		errno = EFAULT;
		return NULL;
	}
	if (active.reg) {
		errno = EBUSY;
		return NULL;
	}
	call_begin(&c, WIRE_SYSEVENT_REGISTER);
	wire_put_u32(&c.out, eventBitmask);
	r = call_send(&c);
	fd = steal_fd(&c.fd);
	if (call_end(&c, r) < 0)
		return NULL;
	active.reg = EventLoop_RegisterIo(el, fd, EventLoop_Input, take_event, NULL);
	active.el = el;
	active.fd = fd;
	active.callback = callback;
	active.context = context;
	if (!active.reg) {
		int error = errno;

		forget();
		errno = error;
		return NULL;
	}
	eventloop_on_close(active.reg, forget);
	return active.reg;
}

int SysEvent_UnregisterForEventNotifications(EventRegistration *reg)
{
	if (!reg)
		return call_fail(EFAULT);
	if (reg != active.reg)
		return call_fail(EINVAL);
	(void) EventLoop_UnregisterIo(active.el, reg);
	forget();
	return 0;
}

int SysEvent_Info_GetUpdateData(const SysEvent_Info *info, SysEvent_Info_UpdateData *update_info)
{
	if (!info || !update_info)
		return call_fail(EFAULT);
	if (info->event != SysEvent_Events_UpdateReadyForInstall)
		return call_fail(EINVAL);
	*update_info = info->update;
	return 0;
}

int SysEvent_DeferEvent(SysEvent_Events event, uint32_t requested_defer_time_in_minutes)
{
	struct call c;

	call_begin(&c, WIRE_SYSEVENT_DEFER);
	wire_put_u32(&c.out, event);
	wire_put_u32(&c.out, requested_defer_time_in_minutes);
	return call_end(&c, call_send(&c)) < 0 ? -1 : 0;
}

int SysEvent_ResumeEvent(SysEvent_Events event)
{
	struct call c;

	call_begin(&c, WIRE_SYSEVENT_RESUME);
	wire_put_u32(&c.out, event);
	return call_end(&c, call_send(&c)) < 0 ? -1 : 0;
}
