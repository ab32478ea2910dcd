/* Sleeping, and giving way. Leaves to others: the queue (sched.c). */
#define _GNU_SOURCE
#include "emu-applibs/vtime/vtime.h"

#include <errno.h>
#include <sched.h>

/* Sleeps to the deadline: 0, or EINTR with the time left, in ns. */
static int sleeps_until(struct vt_deadline deadline, int64_t *ret_left)
{
	struct vt_wait w = { .deadline = deadline, .interruptible = true };
	uint64_t end;

	vt_testcancel();
	if (vt_wait(&w) != VT_INTERRUPTED) {
		vt_testcancel();
		return 0;
	}
	vt_testcancel();
	end = vt_deadline_mono(&deadline);
	*ret_left = end > vt_now() ? (int64_t) (end - vt_now()) : 0;
	return EINTR;
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *request, struct timespec *remain)
{
	struct vt_deadline deadline;
	int64_t left;
	int r;

	if (!vt_on() || vt_clock_kind(clock) == VT_NEVER)
		return vt_real.clock_nanosleep(clock, flags, request, remain);
	if (!vt_timespec_ok(request) || request->tv_sec < 0)
		return EINVAL;
	deadline = (flags & TIMER_ABSTIME) ? vt_at(clock, request) : vt_after_timespec(request);
	r = sleeps_until(deadline, &left);
	if (r == EINTR && remain && !(flags & TIMER_ABSTIME))
		*remain = vt_timespec(left);
	return r;
}

int nanosleep(const struct timespec *request, struct timespec *remain)
{
	int r;

	if (!vt_on())
		return vt_real.nanosleep(request, remain);
	r = clock_nanosleep(CLOCK_MONOTONIC, 0, request, remain);
	if (r == 0)
		return 0;
	errno = r;
	return -1;
}

unsigned sleep(unsigned seconds)
{
	int64_t left;

	if (!vt_on())
		return vt_real.sleep(seconds);
	if (sleeps_until(vt_after(seconds * VT_NS_PER_S), &left) == 0)
		return 0;
	return (unsigned) ((left + VT_NS_PER_S - 1) / VT_NS_PER_S);
}

int usleep(useconds_t us)
{
	int64_t left;

	if (!vt_on())
		return vt_real.usleep(us);
	if (sleeps_until(vt_after(us * VT_NS_PER_US), &left) == 0)
		return 0;
	errno = EINTR;
	return -1;
}

int thrd_sleep(const struct timespec *request, struct timespec *remain)
{
	int r;

	if (!vt_on())
		return vt_real.thrd_sleep(request, remain);
	r = clock_nanosleep(CLOCK_REALTIME, 0, request, remain);
	return r == 0 ? 0 : r == EINTR ? -1 : -2;
}

/* Charged little, since runtimes call it on their own account. */
int sched_yield(void)
{
	if (!vt_on())
		return vt_real.sched_yield();
	vt_charge_busy(VT_BUSY_YIELD);
	vt_yield();
	return 0;
}

void thrd_yield(void)
{
	(void) sched_yield();
}
