/* timerfd: an eventfd that libvtime writes the expirations to, so that read, poll and epoll need nothing special.
 *
 * A descriptor made by dup() of one of these is a plain eventfd: it reads the same expirations, but cannot be set.
 * Leaves to others: when (timers.c).
 */
#define _GNU_SOURCE
#include "emu-applibs/vtime/vtime.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/eventfd.h>

struct timerfd {
	struct vt_timer timer; /* first, so that a timer is its timerfd */
	struct timerfd *next;
	int fd;
	enum vt_deadline_kind kind;
	bool cancel_on_set;
	bool cancelled;
	bool told; /* an expiration was written since it was last read through libvtime */
};

static struct timerfd *timerfds;

static struct timerfd *timerfd_find(int fd)
{
	struct timerfd *t = timerfds;

	while (t && t->fd != fd)
		t = t->next;
	return t;
}

bool vt_is_timerfd(int fd)
{
	return timerfd_find(fd) != NULL;
}

static void timerfd_add(struct timerfd *t, uint64_t count)
{
	t->told = true;
	(void) vt_real.write(t->fd, &count, sizeof(count));
}

static void timerfd_drain(struct timerfd *t)
{
	struct pollfd p = { .fd = t->fd, .events = POLLIN };
	uint64_t count;

	if (t->told && vt_real.poll(&p, 1, 0) == 1)
		(void) vt_real.read(t->fd, &count, sizeof(count));
	t->told = false;
}

static void timerfd_expired(struct vt_timer *timer, uint64_t count)
{
	timerfd_add((struct timerfd *) timer, count);
}

void vt_timerfd_was_read(int fd)
{
	struct timerfd *t = timerfds ? timerfd_find(fd) : NULL;

	if (t)
		t->told = false;
}

void vt_timerfd_wall_step(void)
{
	for (struct timerfd *t = timerfds; t; t = t->next)
		if (t->timer.armed && t->cancel_on_set && !t->cancelled) {
			t->cancelled = true;
			timerfd_add(t, 1); /* wakes its readers */
		}
}

bool vt_timerfd_cancelled(int fd)
{
	struct timerfd *t = timerfds ? timerfd_find(fd) : NULL;

	if (!t || !t->cancelled)
		return false;
	t->cancelled = false;
	timerfd_drain(t);
	return true;
}

void vt_timerfd_closed(int fd)
{
	struct timerfd **p = &timerfds, *t;

	while (*p && (*p)->fd != fd)
		p = &(*p)->next;
	t = *p;
	if (!t)
		return;
	*p = t->next;
	vt_timer_disarm(&t->timer);
	free(t);
}

int timerfd_create(clockid_t clock, int flags)
{
	struct timerfd *t;

	if (!vt_on())
		return vt_real.timerfd_create(clock, flags);
	if ((clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC && clock != CLOCK_BOOTTIME &&
	     clock != CLOCK_REALTIME_ALARM && clock != CLOCK_BOOTTIME_ALARM) ||
	    (flags & ~(TFD_NONBLOCK | TFD_CLOEXEC))) {
		errno = EINVAL;
		return -1;
	}
	t = calloc(1, sizeof(*t));
	if (!t)
		return -1;
	t->kind = vt_clock_kind(clock);
	t->timer.expired = timerfd_expired;
	t->fd = eventfd(0, ((flags & TFD_NONBLOCK) ? EFD_NONBLOCK : 0) | ((flags & TFD_CLOEXEC) ? EFD_CLOEXEC : 0));
	if (t->fd < 0) {
		free(t);
		return -1;
	}
	t->next = timerfds;
	timerfds = t;
	return t->fd;
}

static void timerfd_read_setting(const struct timerfd *t, struct itimerspec *ret)
{
	ret->it_interval = vt_timespec(t->timer.interval_ns);
	ret->it_value = vt_timespec(vt_timer_left(&t->timer));
}

/* The entry of fd; NULL with errno as the kernel has it for something else. */
static struct timerfd *timerfd_need(int fd)
{
	struct timerfd *t = timerfd_find(fd);

	if (!t && fcntl(fd, F_GETFD) >= 0)
		errno = EINVAL; /* else EBADF */
	return t;
}

int timerfd_settime(int fd, int flags, const struct itimerspec *wanted, struct itimerspec *old)
{
	struct timerfd *t;
	struct vt_deadline deadline;

	if (!vt_on())
		return vt_real.timerfd_settime(fd, flags, wanted, old);
	t = timerfd_need(fd);
	if (!t)
		return -1;
	if ((flags & ~(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET)) || !vt_timespec_ok(&wanted->it_value) ||
	    !vt_timespec_ok(&wanted->it_interval) || wanted->it_value.tv_sec < 0 || wanted->it_interval.tv_sec < 0) {
		errno = EINVAL;
		return -1;
	}
	if (old)
		timerfd_read_setting(t, old);
	vt_timer_disarm(&t->timer);
	timerfd_drain(t);
	t->cancelled = false;
	t->timer.interval_ns = vt_ns(&wanted->it_interval);
	t->cancel_on_set = t->kind == VT_WALL && (flags & TFD_TIMER_ABSTIME) && (flags & TFD_TIMER_CANCEL_ON_SET);
	if (!wanted->it_value.tv_sec && !wanted->it_value.tv_nsec)
		return 0;
	deadline = vt_after_timespec(&wanted->it_value);
	if (flags & TFD_TIMER_ABSTIME)
		deadline = (struct vt_deadline) { .kind = t->kind, .ns = vt_ns(&wanted->it_value) };
	vt_timer_arm(&t->timer, deadline, vt_ns(&wanted->it_interval));
	if (vt_timers_next() <= vt_now()) {
		vt_note_mask();
		vt_timers_fire();
	}
	return 0;
}

int timerfd_gettime(int fd, struct itimerspec *setting)
{
	struct timerfd *t;

	if (!vt_on())
		return vt_real.timerfd_gettime(fd, setting);
	t = timerfd_need(fd);
	if (!t)
		return -1;
	timerfd_read_setting(t, setting);
	return 0;
}
