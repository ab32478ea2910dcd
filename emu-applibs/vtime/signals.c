/* Signals: those the simulator sends, alarm clocks and POSIX timers, and the calls that wait for one.
 *
 * A signal is always sent to the process for real; the thread that should take it is then made ready and meets it with
 * its own mask. Leaves to others: the mask of a parked thread (sched.c).
 */
#define _GNU_SOURCE
#include "emu-applibs/vtime/vtime.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>

void vt_signal_post(int sig)
{
	(void) vt_real.kill(getpid(), sig);
	vt_signal_wake(sig);
}

/* One of the application's own threads may be parked and wait for it. */
static int signals_sent(int r, pid_t pid, int sig)
{
	if (r == 0 && sig != 0 && (pid == getpid() || pid == 0 || pid == -1)) {
		vt_note_mask();
		vt_signal_wake(sig);
	}
	return r;
}

int kill(pid_t pid, int sig)
{
	return vt_on() ? signals_sent(vt_real.kill(pid, sig), pid, sig) : vt_real.kill(pid, sig);
}

int sigqueue(pid_t pid, int sig, const union sigval value)
{
	return vt_on() ? signals_sent(vt_real.sigqueue(pid, sig, value), pid, sig) : vt_real.sigqueue(pid, sig, value);
}

int pthread_kill(pthread_t handle, int sig)
{
	struct vt_thread *t;
	int r;

	if (!vt_on())
		return vt_real.pthread_kill(handle, sig);
	r = vt_real.pthread_kill(handle, sig);
	t = vt_thread_find(handle);
	if (r == 0 && sig != 0 && t)
		vt_thread_signalled(t, sig);
	return r;
}

/* ---- alarm, setitimer ---- */

static void signals_alarm(struct vt_timer *timer, uint64_t count)
{
	(void) timer;
	(void) count;
	vt_signal_post(SIGALRM);
}

static struct vt_timer signals_itimer = { .expired = signals_alarm };

static struct timeval signals_timeval(int64_t ns)
{
	/* Rounded up, so that a running timer never reads 0. */
	int64_t us = ns / VT_NS_PER_US + (ns % VT_NS_PER_US != 0);

	return (struct timeval) { .tv_sec = us / 1000000, .tv_usec = us % 1000000 };
}

static int64_t signals_timeval_ns(const struct timeval *tv)
{
	struct timespec ts = { .tv_sec = tv->tv_sec, .tv_nsec = tv->tv_usec * VT_NS_PER_US };

	return vt_ns(&ts);
}

int getitimer(__itimer_which_t which, struct itimerval *value)
{
	if (!vt_on() || which != ITIMER_REAL)
		return vt_real.getitimer(which, value);
	value->it_interval = signals_timeval(signals_itimer.interval_ns);
	value->it_value = signals_timeval(vt_timer_left(&signals_itimer));
	return 0;
}

int setitimer(__itimer_which_t which, const struct itimerval *restrict wanted, struct itimerval *restrict old)
{
	int64_t ns;

	if (!vt_on() || which != ITIMER_REAL)
		return vt_real.setitimer(which, wanted, old);
	if (wanted && (wanted->it_value.tv_sec < 0 || wanted->it_interval.tv_sec < 0 || wanted->it_value.tv_usec < 0 ||
		       wanted->it_value.tv_usec > 999999 || wanted->it_interval.tv_usec < 0 ||
		       wanted->it_interval.tv_usec > 999999)) {
		errno = EINVAL;
		return -1;
	}
	if (old)
		(void) getitimer(which, old);
	vt_timer_disarm(&signals_itimer);
	signals_itimer.interval_ns = 0;
	ns = wanted ? signals_timeval_ns(&wanted->it_value) : 0;
	if (ns > 0)
		vt_timer_arm(&signals_itimer, vt_after(ns), signals_timeval_ns(&wanted->it_interval));
	return 0;
}

unsigned alarm(unsigned seconds)
{
	struct itimerval wanted = { .it_value.tv_sec = seconds }, old;

	if (!vt_on())
		return vt_real.alarm(seconds);
	(void) setitimer(ITIMER_REAL, &wanted, &old);
	/* Nearest second, but never 0 while the old alarm was still to come. */
	if (old.it_value.tv_sec == 0 && old.it_value.tv_usec > 0)
		return 1;
	return (unsigned) old.it_value.tv_sec + (old.it_value.tv_usec >= 500000);
}

useconds_t ualarm(useconds_t us, useconds_t interval)
{
	struct itimerval wanted = { .it_value = signals_timeval(us * VT_NS_PER_US),
				    .it_interval = signals_timeval(interval * VT_NS_PER_US) };
	struct itimerval old;

	if (!vt_on())
		return vt_real.ualarm(us, interval);
	(void) setitimer(ITIMER_REAL, &wanted, &old);
	return (useconds_t) (old.it_value.tv_sec * 1000000 + old.it_value.tv_usec);
}

/* ---- timer_create ---- */

struct signals_posix {
	struct vt_timer timer; /* first, so that a timer is its POSIX timer */
	struct signals_posix *next;
	enum vt_deadline_kind kind;
	struct sigevent event;
	uint64_t overrun;
};

static struct signals_posix *signals_posix;

static struct signals_posix **signals_find(timer_t id)
{
	struct signals_posix **p = &signals_posix;

	while (*p && (timer_t) *p != id)
		p = &(*p)->next;
	return p;
}

static void signals_posix_expired(struct vt_timer *timer, uint64_t count)
{
	struct signals_posix *p = (struct signals_posix *) timer;
	siginfo_t info = { .si_signo = p->event.sigev_signo, .si_code = SI_TIMER };
	sigset_t pending;

	p->overrun = count - 1;
	if (p->event.sigev_notify == SIGEV_NONE)
		return;
	if (sigpending(&pending) == 0 && sigismember(&pending, p->event.sigev_signo) == 1)
		p->overrun += count; /* not taken yet: this expiry joins it */
	info.si_value = p->event.sigev_value;
	info.si_overrun = (int) p->overrun;
	if (vt_real.syscall(SYS_rt_sigqueueinfo, getpid(), p->event.sigev_signo, &info) == 0)
		vt_signal_wake(p->event.sigev_signo);
}

int timer_create(clockid_t clock, struct sigevent *restrict event, timer_t *restrict ret_id)
{
	struct signals_posix *p;

	if (!vt_on() || vt_clock_kind(clock) == VT_NEVER)
		return vt_real.timer_create(clock, event, ret_id);
	if (event && event->sigev_notify != SIGEV_SIGNAL && event->sigev_notify != SIGEV_NONE) {
		vt_unsupported("timer_create with a thread to notify");
		errno = ENOTSUP;
		return -1;
	}
	p = calloc(1, sizeof(*p));
	if (!p)
		return -1;
	p->timer.expired = signals_posix_expired;
	p->kind = vt_clock_kind(clock);
	if (event)
		p->event = *event;
	else
		p->event = (struct sigevent) { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM,
					       .sigev_value.sival_ptr = p };
	p->next = signals_posix;
	signals_posix = p;
	*ret_id = p;
	return 0;
}

int timer_delete(timer_t id)
{
	struct signals_posix **p = vt_on() ? signals_find(id) : NULL, *mine;

	if (!p || !*p)
		return vt_real.timer_delete(id);
	mine = *p;
	*p = mine->next;
	vt_timer_disarm(&mine->timer);
	free(mine);
	return 0;
}

static void signals_read(const struct signals_posix *p, struct itimerspec *ret)
{
	ret->it_interval = vt_timespec(p->timer.interval_ns);
	ret->it_value = vt_timespec(vt_timer_left(&p->timer));
}

int timer_gettime(timer_t id, struct itimerspec *setting)
{
	struct signals_posix **p = vt_on() ? signals_find(id) : NULL;

	if (!p || !*p)
		return vt_real.timer_gettime(id, setting);
	signals_read(*p, setting);
	return 0;
}

int timer_settime(timer_t id, int flags, const struct itimerspec *restrict wanted, struct itimerspec *restrict old)
{
	struct signals_posix **p = vt_on() ? signals_find(id) : NULL, *mine;
	struct vt_deadline deadline;

	if (!p || !*p)
		return vt_real.timer_settime(id, flags, wanted, old);
	mine = *p;
	if (!vt_timespec_ok(&wanted->it_value) || !vt_timespec_ok(&wanted->it_interval) ||
	    wanted->it_value.tv_sec < 0 || wanted->it_interval.tv_sec < 0) {
		errno = EINVAL;
		return -1;
	}
	if (old)
		signals_read(mine, old);
	vt_timer_disarm(&mine->timer);
	mine->timer.interval_ns = vt_ns(&wanted->it_interval);
	if (!wanted->it_value.tv_sec && !wanted->it_value.tv_nsec)
		return 0;
	deadline = vt_after_timespec(&wanted->it_value);
	if (flags & TIMER_ABSTIME)
		deadline = (struct vt_deadline) { .kind = mine->kind, .ns = vt_ns(&wanted->it_value) };
	vt_timer_arm(&mine->timer, deadline, vt_ns(&wanted->it_interval));
	vt_note_mask();
	vt_timers_fire();
	return 0;
}

int timer_getoverrun(timer_t id)
{
	struct signals_posix **p = vt_on() ? signals_find(id) : NULL;

	if (!p || !*p)
		return vt_real.timer_getoverrun(id);
	return (*p)->overrun > INT32_MAX ? INT32_MAX : (int) (*p)->overrun;
}

/* ---- Waiting for a signal ---- */

int sigsuspend(const sigset_t *mask)
{
	struct vt_wait w = { .mask = mask, .interruptible = true };

	if (!vt_on())
		return vt_real.sigsuspend(mask);
	do
		vt_testcancel();
	while (vt_wait(&w) != VT_INTERRUPTED);
	errno = EINTR;
	return -1;
}

int pause(void)
{
	struct vt_wait w = { .interruptible = true };

	if (!vt_on())
		return vt_real.pause();
	do
		vt_testcancel();
	while (vt_wait(&w) != VT_INTERRUPTED);
	errno = EINTR;
	return -1;
}

static int signals_take(const sigset_t *set, siginfo_t *info, struct vt_deadline deadline)
{
	struct vt_wait w = { .sigwait = set, .deadline = deadline, .interruptible = true };
	static const struct timespec none = { 0 };

	for (;;) {
		siginfo_t mine;
		int r = vt_real.sigtimedwait(set, &mine, &none);

		if (r > 0) {
			if (info)
				*info = mine;
			return r;
		}
		if (r < 0 && errno != EAGAIN)
			return -1;
		if (w.seq && vt_due(&deadline)) {
			errno = EAGAIN;
			return -1;
		}
		vt_testcancel();
		/* Woken by one of the set, or by a handler for another signal: the next look tells. */
		if (vt_wait(&w) == VT_INTERRUPTED) {
			r = vt_real.sigtimedwait(set, &mine, &none);
			if (r > 0) {
				if (info)
					*info = mine;
				return r;
			}
			errno = EINTR;
			return -1;
		}
	}
}

int sigtimedwait(const sigset_t *restrict set, siginfo_t *restrict info, const struct timespec *restrict timeout)
{
	if (!vt_on())
		return vt_real.sigtimedwait(set, info, timeout);
	if (timeout && (!vt_timespec_ok(timeout) || timeout->tv_sec < 0)) {
		errno = EINVAL;
		return -1;
	}
	return signals_take(set, info, vt_after_timespec(timeout));
}

int sigwaitinfo(const sigset_t *restrict set, siginfo_t *restrict info)
{
	if (!vt_on())
		return vt_real.sigwaitinfo(set, info);
	return signals_take(set, info, (struct vt_deadline) { .kind = VT_NEVER });
}

int sigwait(const sigset_t *restrict set, int *restrict ret_sig)
{
	int r;

	if (!vt_on())
		return vt_real.sigwait(set, ret_sig);
	do
		r = signals_take(set, NULL, (struct vt_deadline) { .kind = VT_NEVER });
	while (r < 0 && errno == EINTR);
	if (r < 0)
		return errno;
	*ret_sig = r;
	return 0;
}
