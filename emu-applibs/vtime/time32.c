/* The names for 32-bit times, which programs of Azure Sphere API sets before 12 (musl 1.1) ask for on ARM.
 *
 * Each turns its times into 64-bit ones and calls the shim that has the work. A time that 32 bits cannot hold is EOVERFLOW,
 * as in musl. Empty where times have one size only. Leaves to others: everything but the conversion.
 */
#define _GNU_SOURCE
#include "emu-applibs/vtime/vtime.h"

#if !defined(__GLIBC__) && UINTPTR_MAX == UINT32_MAX

#include <errno.h>

struct time32_spec {
	int32_t sec, nsec;
};
struct time32_val {
	int32_t sec, usec;
};
struct time32_ispec {
	struct time32_spec interval, value;
};
struct time32_ival {
	struct time32_val interval, value;
};

/* ---- Conversions ---- */

static struct timespec time32_wide(const struct time32_spec *ts)
{
	return (struct timespec) { .tv_sec = ts->sec, .tv_nsec = ts->nsec };
}

static struct timeval time32_wide_val(const struct time32_val *tv)
{
	return (struct timeval) { .tv_sec = tv->sec, .tv_usec = tv->usec };
}

/* 0; or -1 and EOVERFLOW. */
static int time32_narrow(const struct timespec *from, struct time32_spec *to)
{
	if (from->tv_sec < INT32_MIN || from->tv_sec > INT32_MAX) {
		errno = EOVERFLOW;
		return -1;
	}
	*to = (struct time32_spec) { .sec = (int32_t) from->tv_sec, .nsec = (int32_t) from->tv_nsec };
	return 0;
}

static struct time32_spec time32_clamp(const struct timespec *from)
{
	struct time32_spec ts = { .sec = INT32_MAX, .nsec = 999999999 };

	if (from->tv_sec <= INT32_MAX)
		ts = (struct time32_spec) { .sec = (int32_t) from->tv_sec, .nsec = (int32_t) from->tv_nsec };
	return ts;
}

static struct time32_val time32_clamp_val(const struct timeval *from)
{
	struct time32_val tv = { .sec = INT32_MAX, .usec = 999999 };

	if (from->tv_sec <= INT32_MAX)
		tv = (struct time32_val) { .sec = (int32_t) from->tv_sec, .usec = (int32_t) from->tv_usec };
	return tv;
}

static struct itimerspec time32_wide_ispec(const struct time32_ispec *from)
{
	return (struct itimerspec) { .it_interval = time32_wide(&from->interval), .it_value = time32_wide(&from->value) };
}

static struct time32_ispec time32_clamp_ispec(const struct itimerspec *from)
{
	return (struct time32_ispec) { .interval = time32_clamp(&from->it_interval), .value = time32_clamp(&from->it_value) };
}

/* ---- Clocks ---- */

int32_t vt32_time(int32_t *t) __asm__("time");
int32_t vt32_time(int32_t *t)
{
	time_t now = time(NULL);

	if (now < INT32_MIN || now > INT32_MAX) {
		errno = EOVERFLOW;
		return -1;
	}
	if (t)
		*t = (int32_t) now;
	return (int32_t) now;
}

int vt32_clock_gettime(clockid_t clock, struct time32_spec *ts) __asm__("clock_gettime");
int vt32_clock_gettime(clockid_t clock, struct time32_spec *ts)
{
	struct timespec now;

	return clock_gettime(clock, &now) < 0 ? -1 : time32_narrow(&now, ts);
}

int vt32_clock_getres(clockid_t clock, struct time32_spec *ts) __asm__("clock_getres");
int vt32_clock_getres(clockid_t clock, struct time32_spec *ts)
{
	struct timespec res;

	if (clock_getres(clock, &res) < 0)
		return -1;
	return ts ? time32_narrow(&res, ts) : 0;
}

int vt32_clock_settime(clockid_t clock, const struct time32_spec *ts) __asm__("clock_settime");
int vt32_clock_settime(clockid_t clock, const struct time32_spec *ts)
{
	struct timespec wanted = time32_wide(ts);

	return clock_settime(clock, &wanted);
}

int vt32_gettimeofday(struct time32_val *tv, void *tz) __asm__("gettimeofday");
int vt32_gettimeofday(struct time32_val *tv, void *tz)
{
	struct timespec now;
	struct time32_spec ts;

	(void) tz;
	if (!tv)
		return 0;
	if (clock_gettime(CLOCK_REALTIME, &now) < 0 || time32_narrow(&now, &ts) < 0)
		return -1;
	*tv = (struct time32_val) { .sec = ts.sec, .usec = (int32_t) (ts.nsec / VT_NS_PER_US) };
	return 0;
}

int vt32_settimeofday(const struct time32_val *tv, const void *tz) __asm__("settimeofday");
int vt32_settimeofday(const struct time32_val *tv, const void *tz)
{
	struct timeval wanted;

	(void) tz;
	if (!tv)
		return 0;
	wanted = time32_wide_val(tv);
	return settimeofday(&wanted, NULL);
}

int vt32_timespec_get(struct time32_spec *ts, int base) __asm__("timespec_get");
int vt32_timespec_get(struct time32_spec *ts, int base)
{
	struct timespec now;

	return timespec_get(&now, base) == base && time32_narrow(&now, ts) == 0 ? base : 0;
}

/* ---- Sleeping ---- */

int vt32_clock_nanosleep(clockid_t clock, int flags, const struct time32_spec *request, struct time32_spec *remain)
	__asm__("clock_nanosleep");
int vt32_clock_nanosleep(clockid_t clock, int flags, const struct time32_spec *request, struct time32_spec *remain)
{
	struct timespec wanted = time32_wide(request), left;
	int r = clock_nanosleep(clock, flags, &wanted, &left);

	if (r == EINTR && remain && !(flags & TIMER_ABSTIME))
		*remain = time32_clamp(&left);
	return r;
}

int vt32_nanosleep(const struct time32_spec *request, struct time32_spec *remain) __asm__("nanosleep");
int vt32_nanosleep(const struct time32_spec *request, struct time32_spec *remain)
{
	struct timespec wanted = time32_wide(request), left;
	int r = nanosleep(&wanted, &left);

	if (r < 0 && errno == EINTR && remain)
		*remain = time32_clamp(&left);
	return r;
}

int vt32_thrd_sleep(const struct time32_spec *request, struct time32_spec *remain) __asm__("thrd_sleep");
int vt32_thrd_sleep(const struct time32_spec *request, struct time32_spec *remain)
{
	struct timespec wanted = time32_wide(request), left;
	int r = thrd_sleep(&wanted, &left);

	if (r == -1 && remain)
		*remain = time32_clamp(&left);
	return r;
}

/* ---- Readiness ---- */

int vt32_select(int nfds, fd_set *in, fd_set *out, fd_set *except, struct time32_val *timeout) __asm__("select");
int vt32_select(int nfds, fd_set *in, fd_set *out, fd_set *except, struct time32_val *timeout)
{
	struct timeval wide;
	int r;

	if (!timeout)
		return select(nfds, in, out, except, NULL);
	wide = time32_wide_val(timeout);
	r = select(nfds, in, out, except, &wide);
	*timeout = time32_clamp_val(&wide);
	return r;
}

int vt32_pselect(int nfds, fd_set *in, fd_set *out, fd_set *except, const struct time32_spec *timeout, const sigset_t *mask)
	__asm__("pselect");
int vt32_pselect(int nfds, fd_set *in, fd_set *out, fd_set *except, const struct time32_spec *timeout, const sigset_t *mask)
{
	struct timespec wide;

	if (timeout)
		wide = time32_wide(timeout);
	return pselect(nfds, in, out, except, timeout ? &wide : NULL, mask);
}

int vt32_ppoll(struct pollfd *fds, nfds_t nfds, const struct time32_spec *timeout, const sigset_t *mask) __asm__("ppoll");
int vt32_ppoll(struct pollfd *fds, nfds_t nfds, const struct time32_spec *timeout, const sigset_t *mask)
{
	struct timespec wide;

	if (timeout)
		wide = time32_wide(timeout);
	return ppoll(fds, nfds, timeout ? &wide : NULL, mask);
}

int vt32_sigtimedwait(const sigset_t *set, siginfo_t *info, const struct time32_spec *timeout) __asm__("sigtimedwait");
int vt32_sigtimedwait(const sigset_t *set, siginfo_t *info, const struct time32_spec *timeout)
{
	struct timespec wide;

	if (timeout)
		wide = time32_wide(timeout);
	return sigtimedwait(set, info, timeout ? &wide : NULL);
}

/* ---- Timers ---- */

int vt32_timerfd_settime(int fd, int flags, const struct time32_ispec *wanted, struct time32_ispec *old)
	__asm__("timerfd_settime");
int vt32_timerfd_settime(int fd, int flags, const struct time32_ispec *wanted, struct time32_ispec *old)
{
	struct itimerspec wide = time32_wide_ispec(wanted), before;
	int r = timerfd_settime(fd, flags, &wide, &before);

	if (r == 0 && old)
		*old = time32_clamp_ispec(&before);
	return r;
}

int vt32_timerfd_gettime(int fd, struct time32_ispec *setting) __asm__("timerfd_gettime");
int vt32_timerfd_gettime(int fd, struct time32_ispec *setting)
{
	struct itimerspec wide;
	int r = timerfd_gettime(fd, &wide);

	if (r == 0)
		*setting = time32_clamp_ispec(&wide);
	return r;
}

int vt32_timer_settime(timer_t id, int flags, const struct time32_ispec *wanted, struct time32_ispec *old)
	__asm__("timer_settime");
int vt32_timer_settime(timer_t id, int flags, const struct time32_ispec *wanted, struct time32_ispec *old)
{
	struct itimerspec wide = time32_wide_ispec(wanted), before;
	int r = timer_settime(id, flags, &wide, old ? &before : NULL);

	if (r == 0 && old)
		*old = time32_clamp_ispec(&before);
	return r;
}

int vt32_timer_gettime(timer_t id, struct time32_ispec *setting) __asm__("timer_gettime");
int vt32_timer_gettime(timer_t id, struct time32_ispec *setting)
{
	struct itimerspec wide;
	int r = timer_gettime(id, &wide);

	if (r == 0)
		*setting = time32_clamp_ispec(&wide);
	return r;
}

int vt32_setitimer(int which, const struct time32_ival *wanted, struct time32_ival *old) __asm__("setitimer");
int vt32_setitimer(int which, const struct time32_ival *wanted, struct time32_ival *old)
{
	struct itimerval wide, before = { 0 };
	int r;

	if (wanted)
		wide = (struct itimerval) { .it_interval = time32_wide_val(&wanted->interval),
					    .it_value = time32_wide_val(&wanted->value) };
	r = setitimer(which, wanted ? &wide : NULL, &before);
	if (r == 0 && old)
		*old = (struct time32_ival) { .interval = time32_clamp_val(&before.it_interval),
					      .value = time32_clamp_val(&before.it_value) };
	return r;
}

int vt32_getitimer(int which, struct time32_ival *value) __asm__("getitimer");
int vt32_getitimer(int which, struct time32_ival *value)
{
	struct itimerval wide;
	int r = getitimer(which, &wide);

	if (r == 0)
		*value = (struct time32_ival) { .interval = time32_clamp_val(&wide.it_interval),
						.value = time32_clamp_val(&wide.it_value) };
	return r;
}

/* ---- Locks, threads ---- */

/* A function that takes an object and an absolute time. */
#define TIMED(name, type)                                                                                              \
	int vt32_##name(type *object, const struct time32_spec *end) __asm__(#name);                                   \
	int vt32_##name(type *object, const struct time32_spec *end)                                                   \
	{                                                                                                              \
		struct timespec wide = time32_wide(end);                                                               \
                                                                                                                       \
		return name(object, &wide);                                                                            \
	}
TIMED(pthread_mutex_timedlock, pthread_mutex_t)
TIMED(pthread_rwlock_timedrdlock, pthread_rwlock_t)
TIMED(pthread_rwlock_timedwrlock, pthread_rwlock_t)
TIMED(sem_timedwait, sem_t)
TIMED(mtx_timedlock, mtx_t)

int vt32_pthread_cond_timedwait(pthread_cond_t *c, pthread_mutex_t *m, const struct time32_spec *end)
	__asm__("pthread_cond_timedwait");
int vt32_pthread_cond_timedwait(pthread_cond_t *c, pthread_mutex_t *m, const struct time32_spec *end)
{
	struct timespec wide = time32_wide(end);

	return pthread_cond_timedwait(c, m, &wide);
}

int vt32_cnd_timedwait(cnd_t *c, mtx_t *m, const struct time32_spec *end) __asm__("cnd_timedwait");
int vt32_cnd_timedwait(cnd_t *c, mtx_t *m, const struct time32_spec *end)
{
	struct timespec wide = time32_wide(end);

	return cnd_timedwait(c, m, &wide);
}

int vt32_pthread_timedjoin_np(pthread_t handle, void **ret, const struct time32_spec *end) __asm__("pthread_timedjoin_np");
int vt32_pthread_timedjoin_np(pthread_t handle, void **ret, const struct time32_spec *end)
{
	struct timespec wide;

	if (end)
		wide = time32_wide(end);
	return pthread_timedjoin_np(handle, ret, end ? &wide : NULL);
}

#endif
