/* The guest's ways to let 27 hours pass, and its ways to set the clock. See guest.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#include "tests/vtime/guest.h"

static struct timespec at(clockid_t clock, int64_t seconds)
{
	struct timespec ts;

	CHECK(clock_gettime(clock, &ts) == 0);
	ts.tv_sec += seconds;
	return ts;
}

void guest_waits(void)
{
	struct timespec span = { .tv_sec = HOURS_27 }, end;
	struct timeval tv = { .tv_sec = HOURS_27 };
	struct epoll_event event;
	int pair[2], epoll = epoll_create1(0);
	sigset_t usr1;
	fd_set set;
	char byte;
	int64_t t;

	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	CHECK(epoll >= 0);
	event = (struct epoll_event) { .events = EPOLLIN };
	CHECK(epoll_ctl(epoll, EPOLL_CTL_ADD, pair[0], &event) == 0);
	(void) sigemptyset(&usr1);
	(void) sigaddset(&usr1, SIGUSR1);
	CHECK(pthread_sigmask(SIG_BLOCK, &usr1, NULL) == 0);

	/* Once without a check in between, so that the first reading of all is the one before. */
	t = guest_mono();
	CHECK(t == 100 * NS_PER_S);
	CHECK(nanosleep(&span, NULL) == 0);
	guest_passed("nanosleep", t, HOURS_27);
	t = guest_mono();
	CHECK(clock_nanosleep(CLOCK_MONOTONIC, 0, &span, NULL) == 0);
	guest_passed("clock_nanosleep", t, HOURS_27);
	t = guest_mono();
	end = at(CLOCK_MONOTONIC, HOURS_27);
	CHECK(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, NULL) == 0);
	guest_passed("clock_nanosleep to a monotonic time", t, HOURS_27);
	t = guest_mono();
	end = at(CLOCK_REALTIME, HOURS_27);
	CHECK(clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &end, NULL) == 0);
	guest_passed("clock_nanosleep to a date", t, HOURS_27);
	t = guest_mono();
	CHECK(sleep(HOURS_27) == 0);
	guest_passed("sleep", t, HOURS_27);
	t = guest_mono();
	for (int i = 0; i < 27; i++)
		CHECK(usleep(3600000000u) == 0);
	guest_passed("usleep", t, HOURS_27);
	t = guest_mono();
	CHECK(thrd_sleep(&span, NULL) == 0);
	guest_passed("thrd_sleep", t, HOURS_27);
	t = guest_mono();
	CHECK(syscall(SYS_CLOCK_NANOSLEEP, CLOCK_BOOTTIME, 0, &span, NULL) == 0);
	guest_passed("syscall clock_nanosleep", t, HOURS_27);
	t = guest_mono();
	CHECK(poll(&(struct pollfd){ .fd = pair[0], .events = POLLIN }, 1, HOURS_27 * 1000) == 0);
	guest_passed("poll", t, HOURS_27);
	t = guest_mono();
	CHECK(ppoll(NULL, 0, &span, NULL) == 0);
	guest_passed("ppoll", t, HOURS_27);
	t = guest_mono();
	FD_ZERO(&set);
	FD_SET(pair[0], &set);
	CHECK(select(pair[0] + 1, &set, NULL, NULL, &tv) == 0);
	CHECK(!FD_ISSET(pair[0], &set) && tv.tv_sec == 0 && tv.tv_usec == 0);
	guest_passed("select", t, HOURS_27);
	t = guest_mono();
	CHECK(pselect(0, NULL, NULL, NULL, &span, NULL) == 0);
	guest_passed("pselect", t, HOURS_27);
	t = guest_mono();
	CHECK(epoll_wait(epoll, &event, 1, HOURS_27 * 1000) == 0);
	guest_passed("epoll_wait", t, HOURS_27);
	t = guest_mono();
	CHECK(epoll_pwait2(epoll, &event, 1, &span, NULL) == 0);
	guest_passed("epoll_pwait2", t, HOURS_27);
	t = guest_mono();
	tv = (struct timeval) { .tv_sec = HOURS_27 };
	CHECK(setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)) == 0);
	CHECK(recv(pair[0], &byte, 1, 0) == -1 && errno == EAGAIN);
	guest_passed("recv with SO_RCVTIMEO", t, HOURS_27);
	t = guest_mono();
	CHECK(sigtimedwait(&usr1, NULL, &span) == -1 && errno == EAGAIN);
	guest_passed("sigtimedwait", t, HOURS_27);
	(void) printf("16 ways\n");
}

/* A hung-up peer is no readiness to write for select(): it must wait, not spin. */
static void select_beside_hangup(void)
{
	struct timeval tv = { .tv_sec = 5 };
	int64_t t = guest_mono();
	int ends[2];
	fd_set set;

	CHECK(pipe(ends) == 0);
	CHECK(close(ends[1]) == 0);
	FD_ZERO(&set);
	FD_SET(ends[0], &set);
	CHECK(select(ends[0] + 1, NULL, NULL, &set, &tv) == 0);
	guest_passed("select for exceptions of a hung-up pipe", t, 5);
	CHECK(close(ends[0]) == 0);
}

void guest_timers(void)
{
	struct itimerspec once = { .it_value.tv_sec = HOURS_27 }, hourly = { { .tv_sec = 3600 }, { .tv_sec = 3600 } }, left;
	struct itimerspec dated = { .it_value = at(CLOCK_REALTIME, HOURS_27) };
	struct itimerspec ancient = { .it_value.tv_sec = 1, .it_interval.tv_sec = 1 };
	struct timespec day = { .tv_sec = 86400 };
	struct epoll_event event = { .events = EPOLLIN, .data.u32 = 5 };
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC), wall = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK);
	int epoll = epoll_create1(0);
	uint64_t count;
	int64_t t = guest_mono();

	CHECK(fd >= 0 && wall >= 0 && epoll >= 0);
	CHECK(timerfd_settime(fd, 0, &once, NULL) == 0);
	CHECK(read(fd, &count, sizeof(count)) == sizeof(count) && count == 1);
	guest_passed("timerfd, once", t, HOURS_27);
	t = guest_mono();
	CHECK(timerfd_settime(fd, 0, &hourly, NULL) == 0);
	for (int i = 0; i < 27; i++)
		CHECK(read(fd, &count, sizeof(count)) == sizeof(count) && count == 1);
	guest_passed("timerfd, every hour", t, HOURS_27);
	CHECK(nanosleep(&day, NULL) == 0);
	CHECK(timerfd_gettime(fd, &left) == 0 && left.it_value.tv_sec == 3600 && left.it_interval.tv_sec == 3600);
	CHECK(read(fd, &count, sizeof(count)) == sizeof(count) && count == 24);
	guest_passed("timerfd, 24 expirations in one", t, HOURS_27 + 86400);

	t = guest_mono();
	dated.it_value = at(CLOCK_REALTIME, HOURS_27);
	CHECK(timerfd_settime(fd, 0, &(struct itimerspec){ 0 }, &left) == 0 && left.it_value.tv_sec == 3600);
	CHECK(timerfd_settime(wall, TFD_TIMER_ABSTIME, &dated, NULL) == 0);
	CHECK(read(wall, &count, sizeof(count)) == -1 && errno == EAGAIN);
	CHECK(epoll_ctl(epoll, EPOLL_CTL_ADD, wall, &event) == 0);
	CHECK(epoll_wait(epoll, &event, 1, -1) == 1 && event.data.u32 == 5);
	CHECK(read(wall, &count, sizeof(count)) == sizeof(count) && count == 1);
	guest_passed("timerfd by date, in epoll", t, HOURS_27);

	t = guest_mono();
	CHECK(timerfd_settime(wall, TFD_TIMER_ABSTIME, &ancient, NULL) == 0);
	CHECK(read(wall, &count, sizeof(count)) == sizeof(count));
	CHECK((int64_t) count == guest_wall() / NS_PER_S);
	CHECK(timerfd_settime(wall, TFD_TIMER_ABSTIME, &ancient, NULL) == 0);
	CHECK(timerfd_settime(wall, 0, &hourly, NULL) == 0);
	CHECK(read(wall, &count, sizeof(count)) == -1 && errno == EAGAIN); /* set anew: the old expirations are gone */
	CHECK(timerfd_settime(-1, 0, &once, NULL) == -1 && errno == EBADF);
	CHECK(timerfd_settime(epoll, 0, &once, NULL) == -1 && errno == EINVAL);
	guest_passed("timerfd since 1970", t, 0);
	CHECK(close(fd) == 0 && close(wall) == 0 && close(epoll) == 0);
	select_beside_hangup();
	(void) printf("6 timers\n");
}

/* Each lock is held by the caller itself, so only time can end the wait. */
static void timed_mutexes(void)
{
	pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
	pthread_rwlock_t rw = PTHREAD_RWLOCK_INITIALIZER;
	struct timespec end;
	mtx_t c11;
	int64_t t = guest_mono();

	CHECK(pthread_mutex_lock(&m) == 0);
	end = at(CLOCK_REALTIME, HOURS_27);
	CHECK(pthread_mutex_timedlock(&m, &end) == ETIMEDOUT);
	guest_passed("pthread_mutex_timedlock", t, HOURS_27);
	t = guest_mono();
	end = at(CLOCK_MONOTONIC, HOURS_27);
	CHECK(pthread_mutex_clocklock(&m, CLOCK_MONOTONIC, &end) == ETIMEDOUT);
	guest_passed("pthread_mutex_clocklock", t, HOURS_27);
	CHECK(pthread_mutex_unlock(&m) == 0);
	t = guest_mono();
	CHECK(pthread_rwlock_rdlock(&rw) == 0);
	end = at(CLOCK_REALTIME, HOURS_27);
	CHECK(pthread_rwlock_timedrdlock(&rw, &end) == 0);
	CHECK(pthread_rwlock_timedwrlock(&rw, &end) == ETIMEDOUT);
	guest_passed("pthread_rwlock_timedwrlock", t, HOURS_27);
	t = guest_mono();
	CHECK(mtx_init(&c11, mtx_timed) == thrd_success && mtx_lock(&c11) == thrd_success);
	end = at(CLOCK_REALTIME, HOURS_27);
	CHECK(mtx_timedlock(&c11, &end) == thrd_timedout);
	guest_passed("mtx_timedlock", t, HOURS_27);
	CHECK(mtx_unlock(&c11) == thrd_success);
}

static void timed_conditions(void)
{
	pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
	pthread_cond_t c = PTHREAD_COND_INITIALIZER, by_mono;
	pthread_condattr_t attr;
	struct timespec end;
	mtx_t c11_mutex;
	cnd_t c11;
	int64_t t = guest_mono();

	CHECK(pthread_mutex_lock(&m) == 0);
	end = at(CLOCK_REALTIME, HOURS_27);
	CHECK(pthread_cond_timedwait(&c, &m, &end) == ETIMEDOUT);
	guest_passed("pthread_cond_timedwait", t, HOURS_27);
	t = guest_mono();
	CHECK(pthread_condattr_init(&attr) == 0 && pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0);
	CHECK(pthread_cond_init(&by_mono, &attr) == 0);
	end = at(CLOCK_MONOTONIC, HOURS_27);
	CHECK(pthread_cond_timedwait(&by_mono, &m, &end) == ETIMEDOUT);
	guest_passed("pthread_cond_timedwait by the monotonic clock", t, HOURS_27);
	t = guest_mono();
	end = at(CLOCK_MONOTONIC, HOURS_27);
	CHECK(pthread_cond_clockwait(&c, &m, CLOCK_MONOTONIC, &end) == ETIMEDOUT);
	guest_passed("pthread_cond_clockwait", t, HOURS_27);
	CHECK(pthread_mutex_trylock(&m) == EBUSY);
	CHECK(pthread_mutex_unlock(&m) == 0);
	t = guest_mono();
	CHECK(mtx_init(&c11_mutex, mtx_plain) == thrd_success && mtx_lock(&c11_mutex) == thrd_success);
	CHECK(cnd_init(&c11) == thrd_success);
	end = at(CLOCK_REALTIME, HOURS_27);
	CHECK(cnd_timedwait(&c11, &c11_mutex, &end) == thrd_timedout);
	guest_passed("cnd_timedwait", t, HOURS_27);
	cnd_destroy(&c11);
}

void guest_locks(void)
{
	pthread_mutex_t checked;
	pthread_mutexattr_t attr;
	struct timespec end, span = { .tv_sec = HOURS_27 };
	uint32_t word = 3;
	int64_t t;
	sem_t s;

	timed_mutexes();
	timed_conditions();
	t = guest_mono();
	CHECK(sem_init(&s, 0, 0) == 0);
	end = at(CLOCK_REALTIME, HOURS_27);
	CHECK(sem_timedwait(&s, &end) == -1 && errno == ETIMEDOUT);
	guest_passed("sem_timedwait", t, HOURS_27);
	t = guest_mono();
	end = at(CLOCK_MONOTONIC, HOURS_27);
	CHECK(sem_clockwait(&s, CLOCK_MONOTONIC, &end) == -1 && errno == ETIMEDOUT);
	guest_passed("sem_clockwait", t, HOURS_27);
	t = guest_mono();
	CHECK(syscall(SYS_FUTEX, &word, FUTEX_WAIT_PRIVATE, 3, &span, NULL, 0) == -1 && errno == ETIMEDOUT);
	guest_passed("futex", t, HOURS_27);
	CHECK(syscall(SYS_FUTEX, &word, FUTEX_WAIT_PRIVATE, 4, &span, NULL, 0) == -1 && errno == EAGAIN);
	CHECK(pthread_mutexattr_init(&attr) == 0 && pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ERRORCHECK) == 0);
	CHECK(pthread_mutex_init(&checked, &attr) == 0);
	CHECK(pthread_mutex_lock(&checked) == 0 && pthread_mutex_lock(&checked) == EDEADLK);
	CHECK(pthread_mutex_unlock(&checked) == 0 && pthread_mutex_unlock(&checked) == EPERM);
	(void) printf("11 locks\n");
}

/* ---- Setting the clock ---- */

static int64_t settime_woken_at;

static void *settime_sleeper(void *arg)
{
	const struct timespec *end = arg;

	CHECK(clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, end, NULL) == 0);
	settime_woken_at = guest_mono();
	return NULL;
}

void guest_settime(void)
{
	struct itimerspec next_year = { .it_value = at(CLOCK_REALTIME, 365 * 86400) };
	struct timespec end = at(CLOCK_REALTIME, HOURS_27), early = at(CLOCK_REALTIME, HOURS_27 + 5);
	int64_t mono = guest_mono(), wall = guest_wall();
	int fd = timerfd_create(CLOCK_REALTIME, 0);
	struct timeval tv;
	pthread_t thread;
	uint64_t count;

	CHECK(timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &next_year, NULL) == 0);
	CHECK(pthread_create(&thread, NULL, settime_sleeper, &end) == 0);
	CHECK(sleep(10) == 0);
	CHECK(settime_woken_at == 0);
	/* Forward over the end of the other thread's wait: it wakes at once. */
	CHECK(clock_settime(CLOCK_REALTIME, &early) == 0);
	CHECK(guest_wall() == wall + (HOURS_27 + 5) * NS_PER_S);
	CHECK(guest_mono() == mono + 10 * NS_PER_S);
	CHECK(pthread_join(thread, NULL) == 0);
	CHECK(settime_woken_at == mono + 10 * NS_PER_S);
	CHECK(read(fd, &count, sizeof(count)) == -1 && errno == ECANCELED);
	/* Back to the beginning: nothing that is monotonic notices. */
	tv = (struct timeval) { .tv_sec = wall / NS_PER_S };
	CHECK(settimeofday(&tv, NULL) == 0);
	CHECK(guest_wall() == wall);
	CHECK(guest_mono() == mono + 10 * NS_PER_S);
	CHECK(sleep(1) == 0);
	CHECK(guest_mono() == mono + 11 * NS_PER_S);
	CHECK(clock_settime(CLOCK_MONOTONIC, &end) == -1 && errno == EINVAL);
}

void guest_settime_refused(void)
{
	struct timespec end = at(CLOCK_REALTIME, HOURS_27);
	int64_t wall = guest_wall();

	CHECK(clock_settime(CLOCK_REALTIME, &end) == -1 && errno == EPERM);
	CHECK(guest_wall() == wall);
}

/* The simulator steps the wall clock while the guest waits for a date. */
void guest_wall_step(void)
{
	struct timespec end = at(CLOCK_REALTIME, 1000);
	int64_t t = guest_mono();

	CHECK(clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &end, NULL) == 0);
	(void) printf("%lld\n", (long long) ((guest_mono() - t) / NS_PER_S));
	t = guest_mono();
	CHECK(sleep(1000) == 0);
	CHECK(guest_mono() - t == 1000 * NS_PER_S);
}
