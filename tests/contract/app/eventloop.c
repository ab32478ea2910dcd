/* Cases of <applibs/eventloop.h>. Descriptors are timers, as in Microsoft's samples: one that never fires, one that fires soon. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <applibs/eventloop.h>

#include "cases.h"

#define UNKNOWN_BIT 0x80u
#define RUN_MS 5000

/* A loop and a timer that fires after so many nanoseconds (0: never). False: they cannot be had. */
struct loop {
	EventLoop *el;
	int fd;
};

static void loop_close(struct loop *loop)
{
	EventLoop_Close(loop->el);
	if (loop->fd >= 0)
		(void) close(loop->fd);
}

static bool loop_open(struct test *t, long after_ns, struct loop *ret)
{
	const struct itimerspec due = { .it_value = { .tv_nsec = after_ns } };

	ret->el = EventLoop_Create();
	ret->fd = timerfd_create(CLOCK_MONOTONIC, 0);
	if (ret->el && ret->fd >= 0 && timerfd_settime(ret->fd, 0, &due, NULL) == 0)
		return true;
	test_not_ok(t, "no loop or timer can be had: %s", errno_name(errno));
	if (ret->el)
		EventLoop_Close(ret->el);
	if (ret->fd >= 0)
		(void) close(ret->fd);
	return false;
}

static void nothing(EventLoop *el, int fd, EventLoop_IoEvents events, void *context)
{
	(void) el;
	(void) fd;
	(void) events;
	(void) context;
}

/* ---- Run -------------------------------------------------------------------------------------------------------------- */

CASE(EventLoop_Run, EFAULT, loop_null)
{
	GIVES(EventLoop_Run(NULL, 0, true));
}

static void run_again(EventLoop *el, int fd, EventLoop_IoEvents events, void *context)
{
	struct test *t = context;

	(void) fd;
	(void) events;
	GIVES(EventLoop_Run(el, 0, true));
}

CASE(EventLoop_Run, EBUSY, reentered)
{
	struct loop loop;

	if (!loop_open(t, 1, &loop))
		return;
	if (!EventLoop_RegisterIo(loop.el, loop.fd, EventLoop_Input, run_again, t))
		test_not_ok(t, "no descriptor can be registered: %s", errno_name(errno));
	if (EventLoop_Run(loop.el, RUN_MS, true) != EventLoop_Run_Finished)
		test_not_ok(t, "no event came");
	loop_close(&loop);
}

static void on_alarm(int number)
{
	(void) number;
}

CASE(EventLoop_Run, EINTR, signal)
{
	struct sigaction action, before;
	struct loop loop;

	if (!loop_open(t, 0, &loop))
		return;
	memset(&action, 0, sizeof(action));
	action.sa_handler = on_alarm; /* no SA_RESTART */
	(void) sigaction(SIGALRM, &action, &before);
	(void) alarm(1);
	GIVES(EventLoop_Run(loop.el, RUN_MS, false));
	(void) sigaction(SIGALRM, &before, NULL);
	loop_close(&loop);
}

/* ---- The others ------------------------------------------------------------------------------------------------------- */

CASE(EventLoop_Stop, EFAULT, loop_null)
{
	GIVES(EventLoop_Stop(NULL));
}

CASE(EventLoop_GetWaitDescriptor, EFAULT, loop_null)
{
	GIVES(EventLoop_GetWaitDescriptor(NULL));
}

/* Registers with what is handed in, or with what is good. */
static void judge_register(struct test *t, bool with_loop, EventLoop_IoEvents events, EventLoopIoCallback *callback)
{
	struct loop loop;

	if (!loop_open(t, 0, &loop))
		return;
	GIVES_NULL(EventLoop_RegisterIo(with_loop ? loop.el : NULL, loop.fd, events, callback, NULL));
	loop_close(&loop);
}

CASE(EventLoop_RegisterIo, EFAULT, loop_null)
{
	judge_register(t, false, EventLoop_Input, nothing);
}

CASE(EventLoop_RegisterIo, EFAULT, callback_null)
{
	judge_register(t, true, EventLoop_Input, NULL);
}

CASE(EventLoop_RegisterIo, EINVAL, events_unknown)
{
	judge_register(t, true, EventLoop_Input | UNKNOWN_BIT, nothing);
}

CASE(EventLoop_RegisterIo, EBADF, closed)
{
	struct loop loop;

	if (!loop_open(t, 0, &loop))
		return;
	(void) close(loop.fd);
	GIVES_NULL(EventLoop_RegisterIo(loop.el, loop.fd, EventLoop_Input, nothing, NULL));
	loop.fd = -1;
	loop_close(&loop);
}

CASE(EventLoop_RegisterIo, EEXIST, registered)
{
	struct loop loop;

	if (!loop_open(t, 0, &loop))
		return;
	if (!EventLoop_RegisterIo(loop.el, loop.fd, EventLoop_Input, nothing, NULL))
		test_not_ok(t, "no descriptor can be registered: %s", errno_name(errno));
	GIVES_NULL(EventLoop_RegisterIo(loop.el, loop.fd, EventLoop_Input, nothing, NULL));
	loop_close(&loop);
}

/* Changes, or ends, a registration that is good. */
static void judge_registration(struct test *t, int (*call)(EventLoop *el, EventRegistration *reg))
{
	EventRegistration *registration;
	struct loop loop;

	if (!loop_open(t, 0, &loop))
		return;
	registration = EventLoop_RegisterIo(loop.el, loop.fd, EventLoop_Input, nothing, NULL);
	if (!registration)
		test_not_ok(t, "no descriptor can be registered: %s", errno_name(errno));
	else
		GIVES(call(loop.el, registration));
	loop_close(&loop);
}

static int modify_no_loop(EventLoop *el, EventRegistration *reg)
{
	(void) el;
	return EventLoop_ModifyIoEvents(NULL, reg, EventLoop_Output);
}

static int modify_no_registration(EventLoop *el, EventRegistration *reg)
{
	(void) reg;
	return EventLoop_ModifyIoEvents(el, NULL, EventLoop_Output);
}

static int modify_unknown_events(EventLoop *el, EventRegistration *reg)
{
	return EventLoop_ModifyIoEvents(el, reg, EventLoop_Output | UNKNOWN_BIT);
}

static int unregister_no_loop(EventLoop *el, EventRegistration *reg)
{
	(void) el;
	return EventLoop_UnregisterIo(NULL, reg);
}

CASE(EventLoop_ModifyIoEvents, EFAULT, loop_null)
{
	judge_registration(t, modify_no_loop);
}

CASE(EventLoop_ModifyIoEvents, EFAULT, registration_null)
{
	judge_registration(t, modify_no_registration);
}

CASE(EventLoop_ModifyIoEvents, EINVAL, events_unknown)
{
	judge_registration(t, modify_unknown_events);
}

CASE(EventLoop_UnregisterIo, EFAULT, loop_null)
{
	judge_registration(t, unregister_no_loop);
}
