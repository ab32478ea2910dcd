/* The functions that libvtime stands in front of, as the next library in the search order has them.
 *
 * One list; a shim reaches what it replaces by vt_real.NAME. Inside libvtime a plain call by name would reach our own
 * shim again, so nothing here calls a name of this list directly. Leaves to others: deciding when the real one is right.
 */
#ifndef VTIME_REAL_H
#define VTIME_REAL_H

#include <ifaddrs.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <sys/times.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#include "emu-applibs/vtime/musl.h"

#define REAL_FUNCTIONS(X)                                                                                              \
	/* clocks and sleeps */                                                                                        \
	X(clock_gettime) X(clock_getres) X(clock_settime) X(time) X(gettimeofday) X(settimeofday)                      \
	X(timespec_get) X(times) X(sysinfo) X(adjtime) X(adjtimex) X(ntp_adjtime) X(clock_adjtime) X(nanosleep)        \
	X(clock_nanosleep) X(sleep) X(usleep) X(thrd_sleep) X(sched_yield) X(thrd_yield)                               \
	/* readiness and timers */                                                                                     \
	X(poll) X(ppoll) X(select) X(pselect) X(epoll_wait) X(epoll_pwait) X(epoll_pwait2) X(epoll_ctl)                \
	X(timerfd_create) X(timerfd_settime) X(timerfd_gettime) X(alarm) X(ualarm) X(setitimer) X(getitimer)           \
	X(timer_create) X(timer_settime) X(timer_gettime) X(timer_getoverrun) X(timer_delete)                          \
	/* signals */                                                                                                  \
	X(pause) X(sigsuspend) X(sigtimedwait) X(sigwaitinfo) X(sigwait) X(pthread_kill) X(pthread_sigmask)            \
	X(kill) X(sigqueue)                                                                                            \
	/* locks */                                                                                                    \
	X(pthread_mutex_lock) X(pthread_mutex_trylock) X(pthread_mutex_timedlock) X(pthread_mutex_clocklock)           \
	X(pthread_mutex_unlock) X(pthread_cond_init) X(pthread_cond_destroy) X(pthread_cond_wait)                      \
	X(pthread_cond_timedwait) X(pthread_cond_clockwait) X(pthread_cond_signal) X(pthread_cond_broadcast)           \
	X(pthread_rwlock_rdlock) X(pthread_rwlock_wrlock) X(pthread_rwlock_tryrdlock)                                  \
	X(pthread_rwlock_trywrlock) X(pthread_rwlock_timedrdlock) X(pthread_rwlock_timedwrlock)                        \
	X(pthread_rwlock_clockrdlock) X(pthread_rwlock_clockwrlock) X(pthread_rwlock_unlock)                           \
	X(pthread_barrier_init) X(pthread_barrier_wait) X(pthread_barrier_destroy) X(pthread_spin_lock)                \
	X(pthread_spin_trylock) X(pthread_spin_unlock) X(pthread_once) X(sem_wait) X(sem_trywait)                      \
	X(sem_timedwait) X(sem_clockwait) X(sem_post) X(mtx_lock) X(mtx_timedlock) X(mtx_trylock) X(mtx_unlock)        \
	X(cnd_init) X(cnd_destroy) X(cnd_wait) X(cnd_timedwait) X(cnd_signal) X(cnd_broadcast) X(call_once)            \
	/* threads */                                                                                                  \
	X(pthread_create) X(pthread_join) X(pthread_timedjoin_np) X(pthread_clockjoin_np) X(pthread_tryjoin_np)        \
	X(pthread_detach) X(pthread_cancel) X(thrd_create) X(thrd_join) X(thrd_detach)                                 \
	/* descriptors */                                                                                              \
	X(close) X(dup) X(dup2) X(dup3) X(close_range) X(closefrom) X(read) X(readv) X(recv) X(recvfrom)               \
	X(recvmsg) X(write) X(writev) X(send) X(sendto) X(sendmsg) X(accept) X(accept4) X(connect)                     \
	X(getpeername) X(getsockname) X(setsockopt) X(getsockopt)                                                      \
	/* names, and the rest */                                                                                      \
	X(getaddrinfo) X(getnameinfo) X(gethostbyname) X(gethostbyname2) X(gethostbyname_r) X(gethostbyname2_r)        \
	X(gethostname) X(uname) X(getifaddrs) X(freeifaddrs) X(bind)                                                    \
	X(syscall) X(fork) X(_Fork) X(posix_spawn) X(posix_spawnp) X(system) X(popen) X(daemon) X(execve)              \
	X(execv) X(execvp) X(execvpe) X(fexecve) X(getrandom) X(getentropy) X(arc4random) X(arc4random_buf)            \
	X(arc4random_uniform)

struct real_table {
#define X(name) __typeof__(name) *name;
	REAL_FUNCTIONS(X)
#undef X
};

#pragma GCC visibility push(hidden)
extern struct real_table vt_real;
/* Fills vt_real; a second call does nothing. */
void vt_real_init(void);
#pragma GCC visibility pop

#endif
