/* <applibs/eventloop.h> on epoll, an eventfd for the stop, and the monotonic clock.
 *
 * The device is not asked: as on a device the loop lives in the process. Virtual time comes by libvtime.so, which stands in for
 * epoll_wait and clock_gettime. One event is fetched at a time, so a callback may unregister and free whatever it likes: no event
 * of a registration that is gone can be waiting in an array. (epoll puts a ready descriptor that was reported at the end of its list, so
 * none starves another.)
 */
#define _GNU_SOURCE
#include <applibs/eventloop.h>

#include <errno.h>
#include <limits.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>

#include "emu-applibs/base/base.h"
#include "emu-applibs/client/eventloop.h"
#include "emu-applibs/client/transport.h"

_Static_assert((int)EventLoop_Input == (int)EPOLLIN && (int)EventLoop_Output == (int)EPOLLOUT &&
		       (int)EventLoop_Error == (int)EPOLLERR,
	       "the loop's bits are epoll's");

#define EVENTS_ALLOWED (uint32_t)(EventLoop_Input | EventLoop_Output | EventLoop_Error)

struct EventRegistration {
	EventRegistration *next, *prev;
	int fd;
	EventLoop_IoEvents events;
	EventLoopIoCallback *callback;
	void *context;
	void (*orphaned)(void);
};

struct EventLoop {
	int epoll_fd;
	int stop_fd;
	bool stopped; /* stop_fd may have something to read; a signal handler may set it */
	bool running;
	EventRegistration *registrations;
};

EventLoop *EventLoop_Create(void)
{
	struct epoll_event stop = { .events = EPOLLIN, .data.ptr = NULL };
	EventLoop *el = calloc(1, sizeof(*el));
	int error;

	if (!el)
		return NULL;
	el->stop_fd = -1;
	el->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (el->epoll_fd >= 0)
		el->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (el->stop_fd >= 0 && epoll_ctl(el->epoll_fd, EPOLL_CTL_ADD, el->stop_fd, &stop) == 0)
		return el;
	error = errno;
	EventLoop_Close(el);
	errno = error;
	return NULL;
}

void EventLoop_Close(EventLoop *el)
{
	if (!el)
		return;
	while (el->registrations) {
		EventRegistration *r = el->registrations;

		el->registrations = r->next;
		if (r->orphaned)
			r->orphaned();
		free(r);
	}
	if (el->stop_fd >= 0)
		(void) close(el->stop_fd);
	if (el->epoll_fd >= 0)
		(void) close(el->epoll_fd);
	free(el);
}

/* ---- Run ----------------------------------------------------------------------------------------------------------------- */

static int64_t now_ns(void)
{
	struct timespec t;

	(void) clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * (int64_t)NS_PER_S + t.tv_nsec;
}

/* Milliseconds until `end_ns`, rounded up: a wait must not end before its time and then spin. */
static int wait_ms(int64_t end_ns)
{
	int64_t left = end_ns - now_ns();

	return left <= 0 ? 0 : (int)((left + (int64_t)NS_PER_MS - 1) / (int64_t)NS_PER_MS);
}

enum step { STEP_FAILED, STEP_STOPPED, STEP_TIMEOUT, STEP_EVENT };

/* Waits for one event and runs its callback. */
static enum step step(EventLoop *el, int timeout_ms)
{
	struct epoll_event event;
	const EventRegistration *r;
	EventLoop_IoEvents events;
	uint64_t stops;
	int n = epoll_wait(el->epoll_fd, &event, 1, timeout_ms);

	if (n < 0)
		return STEP_FAILED;
	if (n == 0)
		return STEP_TIMEOUT;
	r = event.data.ptr;
	if (!r) {
		__atomic_store_n(&el->stopped, false, __ATOMIC_RELEASE);
		(void) !read(el->stop_fd, &stops, sizeof(stops));
		return STEP_STOPPED;
	}
	events = event.events & EVENTS_ALLOWED;
	if (event.events & EPOLLHUP)
		events |= EventLoop_Error | (r->events & EventLoop_Input);
	r->callback(el, r->fd, events, r->context);
	return STEP_EVENT;
}

/* A stop that came from the callback must come before any event that is ready, whatever epoll's order. */
static bool stop_is_pending(EventLoop *el)
{
	uint64_t stops;

	if (!__atomic_exchange_n(&el->stopped, false, __ATOMIC_ACQ_REL))
		return false;
	return read(el->stop_fd, &stops, sizeof(stops)) == (ssize_t)sizeof(stops);
}

EventLoop_Run_Result EventLoop_Run(EventLoop *el, int duration_in_milliseconds, bool process_one_event)
{
	int64_t end_ns = duration_in_milliseconds > 0 ? now_ns() + duration_in_milliseconds * (int64_t)NS_PER_MS : 0;
	bool one = process_one_event || duration_in_milliseconds == 0;
	EventLoop_Run_Result result = EventLoop_Run_FinishedEmpty;
	enum step s;

	if (!el)
		return call_fail(EFAULT);
	if (el->running)
		return call_fail(EBUSY);
	el->running = true;
	while (!stop_is_pending(el)) {
		s = step(el, duration_in_milliseconds <= 0 ? duration_in_milliseconds : wait_ms(end_ns));
		if (s == STEP_FAILED)
			result = EventLoop_Run_Failed;
		else if (s == STEP_EVENT)
			result = EventLoop_Run_Finished;
		if (s != STEP_EVENT || one || (duration_in_milliseconds > 0 && now_ns() >= end_ns))
			break;
	}
	if (result == EventLoop_Run_Finished)
		(void) stop_is_pending(el); /* a stop from the last callback has had its effect */
	el->running = false;
	return result;
}

int EventLoop_Stop(EventLoop *el)
{
	uint64_t one = 1;

	if (!el)
		return call_fail(EFAULT);
	if (write(el->stop_fd, &one, sizeof(one)) != (ssize_t)sizeof(one) && errno != EAGAIN)
		return -1;
	__atomic_store_n(&el->stopped, true, __ATOMIC_RELEASE);
	return 0;
}

int EventLoop_GetWaitDescriptor(EventLoop *el)
{
	return el ? el->epoll_fd : call_fail(EFAULT);
}

/* ---- Registrations ------------------------------------------------------------------------------------------------------- */

EventRegistration *EventLoop_RegisterIo(EventLoop *el, int fd, EventLoop_IoEvents eventBitmask, EventLoopIoCallback *callback,
					void *context)
{
	struct epoll_event event = { .events = eventBitmask };
	EventRegistration *r;

	if (!el || !callback) {
		errno = EFAULT;
		return NULL;
	}
	if (eventBitmask & ~EVENTS_ALLOWED) {
		errno = EINVAL;
		return NULL;
	}
	r = calloc(1, sizeof(*r));
	if (!r)
		return NULL;
	*r = (EventRegistration){ .fd = fd, .events = eventBitmask, .callback = callback, .context = context };
	event.data.ptr = r;
	if (epoll_ctl(el->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0) {
		int error = errno;

		free(r);
		errno = error;
		return NULL;
	}
	r->next = el->registrations;
	if (r->next)
		r->next->prev = r;
	el->registrations = r;
	return r;
}

void eventloop_on_close(EventRegistration *reg, void (*orphaned)(void))
{
	reg->orphaned = orphaned;
}

int EventLoop_ModifyIoEvents(EventLoop *el, EventRegistration *reg, EventLoop_IoEvents eventBitmask)
{
	struct epoll_event event = { .events = eventBitmask, .data.ptr = reg };

	if (!el || !reg)
		return call_fail(EFAULT);
	if (eventBitmask & ~EVENTS_ALLOWED)
		return call_fail(EINVAL);
	if (epoll_ctl(el->epoll_fd, EPOLL_CTL_MOD, reg->fd, &event) < 0)
		return -1;
	reg->events = eventBitmask;
	return 0;
}

int EventLoop_UnregisterIo(EventLoop *el, EventRegistration *reg)
{
	if (!reg)
		return 0;
	if (!el)
		return call_fail(EFAULT);
	/* Fails when the application has closed the descriptor already, against the rules; the registration goes all the same. */
	(void) epoll_ctl(el->epoll_fd, EPOLL_CTL_DEL, reg->fd, NULL);
	if (reg->next)
		reg->next->prev = reg->prev;
	if (reg->prev)
		reg->prev->next = reg->next;
	else
		el->registrations = reg->next;
	free(reg);
	return 0;
}
