/* Waits 27 hours in each of several ways, and after each looks at every clock: all must have moved by exactly that. */
#define _GNU_SOURCE
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <applibs/eventloop.h>
#include <applibs/log.h>

#define HOURS 27
#define WAIT_S (HOURS * 3600)
#define NS INT64_C(1000000000)

static const struct timespec span = {.tv_sec = WAIT_S};

static int64_t ns_of(const struct timespec *ts)
{
	return (int64_t)ts->tv_sec * NS + ts->tv_nsec;
}

static struct timespec from_now(clockid_t id)
{
	struct timespec ts;

	(void) clock_gettime(id, &ts);
	ts.tv_sec += WAIT_S;
	return ts;
}

static void by_nanosleep(void)
{
	(void) nanosleep(&span, NULL);
}

static void by_clock_nanosleep(void)
{
	const struct timespec until = from_now(CLOCK_REALTIME);

	(void) clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &until, NULL);
}

static void by_sleep(void)
{
	(void) sleep(WAIT_S);
}

static void by_usleep(void)
{
	for (int i = 0; i < HOURS; i++)
		(void) usleep(3600U * 1000000U);
}

static void by_poll(void)
{
	(void) poll(NULL, 0, WAIT_S * 1000);
}

static void by_select(void)
{
	struct timeval tv = {.tv_sec = WAIT_S};

	(void) select(0, NULL, NULL, NULL, &tv);
}

static void by_epoll(void)
{
	struct epoll_event event;
	int fd = epoll_create1(EPOLL_CLOEXEC);

	(void) epoll_wait(fd, &event, 1, WAIT_S * 1000);
	(void) close(fd);
}

static void by_periodic_timerfd(void)
{
	const struct itimerspec hourly = {.it_interval = {.tv_sec = 3600}, .it_value = {.tv_sec = 3600}};
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	uint64_t count, all = 0;

	(void) timerfd_settime(fd, 0, &hourly, NULL);
	while (all < HOURS && read(fd, &count, sizeof(count)) == (ssize_t)sizeof(count))
		all += count;
	(void) close(fd);
}

static void by_condition(void)
{
	pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
	pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
	const struct timespec until = from_now(CLOCK_REALTIME);

	(void) pthread_mutex_lock(&mutex);
	(void) pthread_cond_timedwait(&condition, &mutex, &until);
	(void) pthread_mutex_unlock(&mutex);
}

static void by_event_loop(void)
{
	EventLoop *loop = EventLoop_Create();

	(void) EventLoop_Run(loop, WAIT_S * 1000, false);
	EventLoop_Close(loop);
}

static void on_timer(EventLoop *loop, int fd, EventLoop_IoEvents events, void *context)
{
	uint64_t count;

	(void) events;
	(void) context;
	if (read(fd, &count, sizeof(count)) == (ssize_t)sizeof(count))
		(void) EventLoop_Stop(loop);
}

static void by_event_loop_timer(void)
{
	const struct itimerspec once = {.it_value = {.tv_sec = WAIT_S}};
	EventLoop *loop = EventLoop_Create();
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);

	(void) timerfd_settime(fd, 0, &once, NULL);
	(void) EventLoop_RegisterIo(loop, fd, EventLoop_Input, on_timer, NULL);
	(void) EventLoop_Run(loop, -1, false);
	EventLoop_Close(loop);
	(void) close(fd);
}

static const clockid_t clocks[] = {CLOCK_MONOTONIC, CLOCK_REALTIME, CLOCK_BOOTTIME, CLOCK_MONOTONIC_RAW, CLOCK_REALTIME_COARSE};
#define CLOCKS (sizeof(clocks) / sizeof(clocks[0]))

static bool exact(const char *how, void (*wait)(void))
{
	struct timespec before[CLOCKS], after[CLOCKS];
	struct timeval tv_before, tv_after;
	time_t t_before = time(NULL), t_after;
	bool ok = true;

	(void) gettimeofday(&tv_before, NULL);
	for (size_t i = 0; i < CLOCKS; i++)
		(void) clock_gettime(clocks[i], &before[i]);
	wait();
	for (size_t i = 0; i < CLOCKS; i++) {
		int64_t moved;

		(void) clock_gettime(clocks[i], &after[i]);
		moved = ns_of(&after[i]) - ns_of(&before[i]);
		if (moved != WAIT_S * NS) {
			(void) Log_Debug("waits: %s moved clock %d by %" PRId64 " ns\n", how, (int)clocks[i], moved);
			ok = false;
		}
	}
	t_after = time(NULL);
	(void) gettimeofday(&tv_after, NULL);
	if (t_after - t_before != WAIT_S || tv_after.tv_sec - tv_before.tv_sec != WAIT_S || tv_after.tv_usec != tv_before.tv_usec) {
		(void) Log_Debug("waits: %s moved time() or gettimeofday() by something else\n", how);
		ok = false;
	}
	return ok;
}

int main(void)
{
	static const struct {
		const char *how;
		void (*wait)(void);
	} ways[] = {
		{"nanosleep", by_nanosleep}, {"clock_nanosleep", by_clock_nanosleep}, {"sleep", by_sleep}, {"usleep", by_usleep},
		{"poll", by_poll}, {"select", by_select}, {"epoll_wait", by_epoll}, {"periodic timerfd", by_periodic_timerfd},
		{"pthread_cond_timedwait", by_condition}, {"EventLoop_Run", by_event_loop}, {"EventLoop timer", by_event_loop_timer},
	};
	size_t good = 0;

	(void) sleep(60); /* past the first synchronisation of the clock */
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		good += exact(ways[i].how, ways[i].wait);
	(void) Log_Debug("waits: %zu of %zu exact\n", good, sizeof(ways) / sizeof(ways[0]));
	for (;;)
		(void) pause();
}
