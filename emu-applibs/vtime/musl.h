/* What glibc declares and musl does not, so that libvtime's sources are the same for both.
 *
 * The functions exist in libvtime then, but nothing calls them: a program linked to musl cannot name them. With musl on
 * 32-bit ARM the headers give every function that deals in times its name for 64-bit times, in the shims' definitions as
 * in dlsym(); the names for 32-bit times are in time32.c.
 */
#ifndef VTIME_MUSL_H
#define VTIME_MUSL_H

#include <stdint.h>
#include <sys/syscall.h>

#if !defined(__GLIBC__) && defined(__linux__)

#include <pthread.h>
#include <semaphore.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timex.h>
#include <time.h>

typedef int __itimer_which_t;
typedef struct sockaddr *__restrict __SOCKADDR_ARG;
typedef const struct sockaddr *__CONST_SOCKADDR_ARG;
#define VT_SOCKADDR(argument) (argument)

int ntp_adjtime(struct timex *tx);
int epoll_pwait2(int epfd, struct epoll_event *events, int max, const struct timespec *timeout, const sigset_t *mask);
int pthread_mutex_clocklock(pthread_mutex_t *m, clockid_t clock, const struct timespec *end);
int pthread_cond_clockwait(pthread_cond_t *c, pthread_mutex_t *m, clockid_t clock, const struct timespec *end);
int pthread_rwlock_clockrdlock(pthread_rwlock_t *l, clockid_t clock, const struct timespec *end);
int pthread_rwlock_clockwrlock(pthread_rwlock_t *l, clockid_t clock, const struct timespec *end);
int pthread_clockjoin_np(pthread_t handle, void **ret, clockid_t clock, const struct timespec *end);
int sem_clockwait(sem_t *s, clockid_t clock, const struct timespec *end);
int close_range(unsigned first, unsigned last, int flags);
void closefrom(int first);
uint32_t arc4random(void);
void arc4random_buf(void *buffer, size_t n);
uint32_t arc4random_uniform(uint32_t bound);

#define NETDB_INTERNAL (-1)
#define CLOSE_RANGE_UNSHARE 2u
#define CLOSE_RANGE_CLOEXEC 4u

/* linux/futex.h is not among musl's headers. */
#define FUTEX_WAIT 0
#define FUTEX_WAKE 1
#define FUTEX_REQUEUE 3
#define FUTEX_CMP_REQUEUE 4
#define FUTEX_WAIT_BITSET 9
#define FUTEX_WAKE_BITSET 10
#define FUTEX_PRIVATE_FLAG 128
#define FUTEX_CLOCK_REALTIME 256
#define FUTEX_CMD_MASK (~(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME))
#define FUTEX_WAIT_PRIVATE (FUTEX_WAIT | FUTEX_PRIVATE_FLAG)
#define FUTEX_WAKE_PRIVATE (FUTEX_WAKE | FUTEX_PRIVATE_FLAG)

#else

#include <linux/futex.h>
#define VT_SOCKADDR(argument) ((argument).__sockaddr__)

#endif

/* System calls that take the times of our own struct timespec. On 32-bit machines those for 32-bit times, which the device's C
 * library offers no way to make, go straight through. */
#if UINTPTR_MAX > UINT32_MAX
#define SYS_CLOCK_GETTIME SYS_clock_gettime
#define SYS_CLOCK_SETTIME SYS_clock_settime
#define SYS_CLOCK_NANOSLEEP SYS_clock_nanosleep
#define SYS_FUTEX SYS_futex
#define SYS_PPOLL SYS_ppoll
#else
#define SYS_CLOCK_GETTIME SYS_clock_gettime64
#define SYS_CLOCK_SETTIME SYS_clock_settime64
#define SYS_CLOCK_NANOSLEEP SYS_clock_nanosleep_time64
#define SYS_FUTEX SYS_futex_time64
#define SYS_PPOLL SYS_ppoll_time64
#endif

#endif
