/* syscall(): the numbers that would read a real clock or really wait; all others go straight through.
 *
 * libapplibs.so.0 speaks to the simulator with raw sendto, recvfrom, sendmsg and recvmsg: these never give up the baton.
 * Leaves to others: what each of them means (clocks.c, sleeps.c, readiness.c, sched.c).
 */
#define _GNU_SOURCE
#include "emu-applibs/vtime/vtime.h"

#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>

static long syscall_result(int error)
{
	if (error == 0)
		return 0;
	errno = error;
	return -1;
}

static long syscall_futex_wait(const uint32_t *word, int op, uint32_t value, const struct timespec *timeout,
			       uint32_t bits)
{
	struct vt_wait w = { .object = word, .interruptible = true, .bits = bits };
	bool absolute = (op & FUTEX_CMD_MASK) == FUTEX_WAIT_BITSET;

	if (__atomic_load_n(word, __ATOMIC_SEQ_CST) != value)
		return syscall_result(EAGAIN);
	if (timeout) {
		if (!vt_timespec_ok(timeout) || timeout->tv_sec < 0)
			return syscall_result(EINVAL);
		w.deadline = absolute ? vt_at((op & FUTEX_CLOCK_REALTIME) ? CLOCK_REALTIME : CLOCK_MONOTONIC, timeout) :
					vt_after_timespec(timeout);
	}
	switch (vt_wait(&w)) {
	case VT_EXPIRED:
		return syscall_result(ETIMEDOUT);
	case VT_INTERRUPTED:
		return syscall_result(EINTR);
	default:
		return 0;
	}
}

static long syscall_futex(long a1, long op, long a3, long a4, long a5, long a6)
{
	const void *word = (const void *) a1;
	unsigned n = a3 < 0 || (unsigned long) a3 > UINT32_MAX ? UINT32_MAX : (unsigned) a3;

	switch (op & FUTEX_CMD_MASK) {
	case FUTEX_WAIT:
		return syscall_futex_wait(word, (int) op, (uint32_t) a3, (const struct timespec *) a4, 0);
	case FUTEX_WAIT_BITSET:
		return syscall_futex_wait(word, (int) op, (uint32_t) a3, (const struct timespec *) a4, (uint32_t) a6);
	case FUTEX_WAKE:
		return vt_wake(word, n);
	case FUTEX_WAKE_BITSET:
		return vt_wake_bits(word, n, (uint32_t) a6);
	case FUTEX_CMP_REQUEUE:
		if (__atomic_load_n((const uint32_t *) word, __ATOMIC_SEQ_CST) != (uint32_t) a6)
			return syscall_result(EAGAIN);
		return vt_wake(word, UINT32_MAX); /* more wakes than asked are allowed: who waits looks again */
	case FUTEX_REQUEUE:
		return vt_wake(word, UINT32_MAX);
	default:
		return vt_real.syscall(SYS_futex, a1, op, a3, a4, a5, a6);
	}
}

/* The kernel's set of signals is the first part of libc's. */
static const sigset_t *syscall_mask(sigset_t *mask, const void *kernel)
{
	(void) sigemptyset(mask);
	memcpy(mask, kernel, _NSIG / 8);
	return mask;
}

long syscall(long number, ...)
{
	sigset_t mask;
	long a[6];
	va_list list;

	va_start(list, number);
	for (size_t i = 0; i < sizeof(a) / sizeof(a[0]); i++)
		a[i] = va_arg(list, long);
	va_end(list);
	if (!vt_on())
		return vt_real.syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	switch (number) {
	case SYS_CLOCK_GETTIME:
		return clock_gettime((clockid_t) a[0], (struct timespec *) a[1]);
	case SYS_CLOCK_SETTIME:
		return clock_settime((clockid_t) a[0], (const struct timespec *) a[1]);
	case SYS_CLOCK_NANOSLEEP:
		return syscall_result(clock_nanosleep((clockid_t) a[0], (int) a[1], (const struct timespec *) a[2],
						      (struct timespec *) a[3]));
	case SYS_FUTEX:
		return syscall_futex(a[0], a[1], a[2], a[3], a[4], a[5]);
	case SYS_PPOLL:
		return ppoll((struct pollfd *) a[0], (nfds_t) a[1], (const struct timespec *) a[2],
			     a[3] ? syscall_mask(&mask, (const void *) a[3]) : NULL);
#if UINTPTR_MAX > UINT32_MAX
	case SYS_gettimeofday:
		return gettimeofday((struct timeval *) a[0], (void *) a[1]);
	case SYS_time:
		return time((time_t *) a[0]);
	case SYS_nanosleep:
		return nanosleep((const struct timespec *) a[0], (struct timespec *) a[1]);
	case SYS_select:
		return select((int) a[0], (fd_set *) a[1], (fd_set *) a[2], (fd_set *) a[3], (struct timeval *) a[4]);
#endif
	case SYS_poll:
		return poll((struct pollfd *) a[0], (nfds_t) a[1], (int) a[2]);
	case SYS_epoll_wait:
		return epoll_wait((int) a[0], (struct epoll_event *) a[1], (int) a[2], (int) a[3]);
	case SYS_sched_yield:
		return sched_yield();
	case SYS_close:
		return close((int) a[0]);
	case SYS_epoll_pwait:
		return epoll_pwait((int) a[0], (struct epoll_event *) a[1], (int) a[2], (int) a[3],
				   a[4] ? syscall_mask(&mask, (const void *) a[4]) : NULL);
	case SYS_getrandom:
		return getrandom((void *) a[0], (size_t) a[1], (unsigned) a[2]);
	case SYS_fork:
	case SYS_vfork:
		return fork();
	case SYS_execve:
		return execve((const char *) a[0], (char *const *) a[1], (char *const *) a[2]);
	default:
		return vt_real.syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	}
}
