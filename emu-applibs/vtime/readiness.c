/* Waiting for descriptors: poll, select, epoll and their relatives.
 *
 * Each looks with no timeout first; what is not ready becomes a wait on the baton's queue. An epoll descriptor is itself
 * readable when it has something to report, so it waits like any other. Leaves to others: the look at everybody's
 * descriptors at once (sched.c).
 */
#define _GNU_SOURCE
#include "emu-applibs/vtime/vtime.h"

#include <errno.h>
#include <string.h>

/* Runs look(context), which says how many are ready, until it has some, until the deadline, or until a signal. */
static int readiness_loop(int (*look)(void *), void *context, struct vt_wait *w, bool wait)
{
	int n = look(context);

	if (n != 0) {
		vt_charge_busy(1);
		return n;
	}
	if (!wait) {
		vt_charge(VT_CHARGE_LOOK);
		vt_yield();
		return look(context);
	}
	vt_testcancel();
	w->interruptible = true;
	for (;;) {
		enum vt_result r = vt_wait(w);

		vt_testcancel();
		if (r == VT_INTERRUPTED) {
			errno = EINTR;
			return -1;
		}
		n = look(context);
		if (n != 0 || vt_due(&w->deadline))
			return n;
		vt_charge(VT_CHARGE_TRY); /* another thread took it, or the two looks disagree: never for ever */
	}
}

/* ---- poll ---- */

struct readiness_poll {
	struct pollfd *fds;
	nfds_t nfds;
};

static int readiness_look_poll(void *context)
{
	struct readiness_poll *p = context;

	return vt_real.poll(p->fds, p->nfds, 0);
}

static int readiness_poll(struct pollfd *fds, nfds_t nfds, struct vt_deadline deadline, const sigset_t *mask, bool wait)
{
	struct readiness_poll p = { .fds = fds, .nfds = nfds };
	struct vt_wait w = { .fds = fds, .nfds = nfds, .deadline = deadline, .mask = mask };

	return readiness_loop(readiness_look_poll, &p, &w, wait);
}

int poll(struct pollfd *fds, nfds_t nfds, int timeout_ms)
{
	if (!vt_on())
		return vt_real.poll(fds, nfds, timeout_ms);
	return readiness_poll(fds, nfds, vt_after_ms(timeout_ms), NULL, timeout_ms != 0);
}

int ppoll(struct pollfd *fds, nfds_t nfds, const struct timespec *timeout, const sigset_t *mask)
{
	if (!vt_on())
		return vt_real.ppoll(fds, nfds, timeout, mask);
	if (timeout && (!vt_timespec_ok(timeout) || timeout->tv_sec < 0)) {
		errno = EINVAL;
		return -1;
	}
	return readiness_poll(fds, nfds, vt_after_timespec(timeout), mask,
			      !timeout || timeout->tv_sec || timeout->tv_nsec);
}

int __poll_chk(struct pollfd *fds, nfds_t nfds, int timeout_ms, size_t size)
{
	if (size / sizeof(*fds) < nfds)
		abort();
	return poll(fds, nfds, timeout_ms);
}

int __ppoll_chk(struct pollfd *fds, nfds_t nfds, const struct timespec *timeout, const sigset_t *mask, size_t size)
{
	if (size / sizeof(*fds) < nfds)
		abort();
	return ppoll(fds, nfds, timeout, mask);
}

/* ---- select ---- */

struct readiness_select {
	int nfds;
	fd_set *sets[3];
	fd_set asked[3];
};

/* Only nfds bits belong to the caller; larger sets than fd_set are cut there, as glibc's own macros do. */
static void readiness_copy(fd_set *to, const fd_set *from, int nfds)
{
	size_t bytes = ((size_t) nfds + 8 * sizeof(long) - 1) / (8 * sizeof(long)) * sizeof(long);

	memcpy(to, from, bytes < sizeof(*to) ? bytes : sizeof(*to));
}

static int readiness_look_select(void *context)
{
	struct readiness_select *s = context;
	struct timeval none = { 0 };

	for (int i = 0; i < 3; i++)
		if (s->sets[i])
			readiness_copy(s->sets[i], &s->asked[i], s->nfds);
	return vt_real.select(s->nfds, s->sets[0], s->sets[1], s->sets[2], &none);
}

static int readiness_select(int nfds, fd_set *sets[3], struct vt_deadline deadline, const sigset_t *mask, bool wait)
{
	static const short events[3] = { POLLIN, POLLOUT, POLLPRI };
	struct readiness_select s = { .nfds = nfds, .sets = { sets[0], sets[1], sets[2] } };
	struct pollfd fds[FD_SETSIZE];
	struct vt_wait w = { .fds = fds, .deadline = deadline, .mask = mask, .as_select = true };

	if (nfds < 0 || nfds > FD_SETSIZE) {
		errno = EINVAL;
		return -1;
	}
	for (int i = 0; i < 3; i++) {
		FD_ZERO(&s.asked[i]);
		if (sets[i])
			readiness_copy(&s.asked[i], sets[i], nfds);
	}
	for (int fd = 0; fd < nfds; fd++) {
		short wanted = 0;

		for (int i = 0; i < 3; i++)
			if (FD_ISSET(fd, &s.asked[i]))
				wanted |= events[i];
		if (wanted)
			fds[w.nfds++] = (struct pollfd) { .fd = fd, .events = wanted };
	}
	return readiness_loop(readiness_look_select, &s, &w, wait);
}

int select(int nfds, fd_set *in, fd_set *out, fd_set *except, struct timeval *timeout)
{
	struct vt_deadline deadline = { .kind = VT_NEVER };
	fd_set *sets[3] = { in, out, except };
	bool wait = true;
	uint64_t end;
	int64_t left;
	int r;

	if (!vt_on())
		return vt_real.select(nfds, in, out, except, timeout);
	if (timeout) {
		struct timespec ts = { .tv_sec = timeout->tv_sec + timeout->tv_usec / 1000000,
				       .tv_nsec = timeout->tv_usec % 1000000 * VT_NS_PER_US };

		if (timeout->tv_sec < 0 || timeout->tv_usec < 0) {
			errno = EINVAL;
			return -1;
		}
		deadline = vt_after_timespec(&ts);
		wait = ts.tv_sec || ts.tv_nsec;
	}
	r = readiness_select(nfds, sets, deadline, NULL, wait);
	if (timeout) {
		end = vt_deadline_mono(&deadline);
		left = end > vt_now() ? (int64_t) (end - vt_now()) : 0;
		timeout->tv_sec = left / VT_NS_PER_S;
		timeout->tv_usec = left % VT_NS_PER_S / VT_NS_PER_US;
	}
	return r;
}

int pselect(int nfds, fd_set *in, fd_set *out, fd_set *except, const struct timespec *timeout, const sigset_t *mask)
{
	fd_set *sets[3] = { in, out, except };

	if (!vt_on())
		return vt_real.pselect(nfds, in, out, except, timeout, mask);
	if (timeout && (!vt_timespec_ok(timeout) || timeout->tv_sec < 0)) {
		errno = EINVAL;
		return -1;
	}
	return readiness_select(nfds, sets, vt_after_timespec(timeout), mask,
				!timeout || timeout->tv_sec || timeout->tv_nsec);
}

/* ---- epoll ---- */

struct readiness_epoll {
	int epfd;
	struct epoll_event *events;
	int max;
};

static int readiness_look_epoll(void *context)
{
	struct readiness_epoll *e = context;

	return vt_real.epoll_wait(e->epfd, e->events, e->max, 0);
}

static int readiness_epoll(struct readiness_epoll *e, struct vt_deadline deadline, const sigset_t *mask, bool wait)
{
	struct pollfd fd = { .fd = e->epfd, .events = POLLIN };
	struct vt_wait w = { .fds = &fd, .nfds = 1, .deadline = deadline, .mask = mask };

	return readiness_loop(readiness_look_epoll, e, &w, wait);
}

int epoll_wait(int epfd, struct epoll_event *events, int max, int timeout_ms)
{
	struct readiness_epoll e = { .epfd = epfd, .events = events, .max = max };

	if (!vt_on())
		return vt_real.epoll_wait(epfd, events, max, timeout_ms);
	return readiness_epoll(&e, vt_after_ms(timeout_ms), NULL, timeout_ms != 0);
}

int epoll_pwait(int epfd, struct epoll_event *events, int max, int timeout_ms, const sigset_t *mask)
{
	struct readiness_epoll e = { .epfd = epfd, .events = events, .max = max };

	if (!vt_on())
		return vt_real.epoll_pwait(epfd, events, max, timeout_ms, mask);
	return readiness_epoll(&e, vt_after_ms(timeout_ms), mask, timeout_ms != 0);
}

int epoll_pwait2(int epfd, struct epoll_event *events, int max, const struct timespec *timeout, const sigset_t *mask)
{
	struct readiness_epoll e = { .epfd = epfd, .events = events, .max = max };

	if (!vt_on())
		return vt_real.epoll_pwait2(epfd, events, max, timeout, mask);
	if (timeout && (!vt_timespec_ok(timeout) || timeout->tv_sec < 0)) {
		errno = EINVAL;
		return -1;
	}
	return readiness_epoll(&e, vt_after_timespec(timeout), mask, !timeout || timeout->tv_sec || timeout->tv_nsec);
}
