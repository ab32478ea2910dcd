/* The guest and signals: from the simulator, from its own timers, from itself. See guest.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "tests/vtime/guest.h"

static volatile sig_atomic_t seen[NSIG];

static void on_signal(int sig)
{
	seen[sig]++;
}

static void handle(int sig, int flags)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = flags };

	CHECK(sigaction(sig, &action, NULL) == 0);
}

static void *sigwaiter(void *arg)
{
	int sig = 0;

	CHECK(sigwait(arg, &sig) == 0);
	return (void *) (intptr_t) sig;
}

static void *bystander(void *arg)
{
	CHECK(sleep(5000) == 0); /* the signal is the main thread's */
	return arg;
}

static uint32_t word = 1;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static bool met;

static void *futex_waiter(void *arg)
{
	(void) arg;
	return (void *) (intptr_t) syscall(SYS_FUTEX, &word, FUTEX_WAIT_PRIVATE, 1, NULL, NULL, 0);
}

static void *condition_waiter(void *arg)
{
	CHECK(pthread_mutex_lock(&mutex) == 0);
	while (!met)
		CHECK(pthread_cond_wait(&condition, &mutex) == 0);
	CHECK(pthread_mutex_unlock(&mutex) == 0);
	return arg;
}

/* A thread that a signal has made ready, and that has not run yet, still gets the wake that it waits for. */
static void wake_after_signal(void)
{
	pthread_t thread;
	void *result;

	CHECK(pthread_create(&thread, NULL, futex_waiter, NULL) == 0);
	CHECK(sleep(1) == 0);
	CHECK(pthread_kill(thread, SIGUSR2) == 0);
	CHECK(syscall(SYS_FUTEX, &word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0) == 1);
	CHECK(pthread_join(thread, &result) == 0 && result == NULL);
	CHECK(pthread_create(&thread, NULL, condition_waiter, NULL) == 0);
	CHECK(sleep(1) == 0);
	CHECK(pthread_kill(thread, SIGUSR2) == 0);
	CHECK(sleep(1) == 0); /* its handler has run, and it waits again */
	CHECK(pthread_mutex_lock(&mutex) == 0);
	met = true;
	CHECK(pthread_mutex_unlock(&mutex) == 0);
	CHECK(pthread_kill(thread, SIGUSR2) == 0);
	CHECK(pthread_cond_signal(&condition) == 0);
	CHECK(pthread_join(thread, NULL) == 0);
	CHECK(seen[SIGUSR2] == 4);
}

/* The simulator sends SIGTERM at 600 s, again at 2000 s and SIGUSR2 at 3000 s. */
void guest_signals(void)
{
	struct timespec span = { .tv_sec = 10000 }, left = { 0 };
	pthread_t thread, other;
	sigset_t usr1, none;
	void *result;
	int64_t t;
	sem_t s;

	handle(SIGTERM, 0);
	CHECK(pthread_create(&other, NULL, bystander, NULL) == 0);
	CHECK(nanosleep(&span, &left) == -1 && errno == EINTR);
	CHECK(seen[SIGTERM] == 1);
	CHECK(guest_mono() == 600 * NS_PER_S);
	CHECK(left.tv_sec == 9500 && left.tv_nsec == 0);
	/* With SA_RESTART poll() ends all the same, and a semaphore's wait goes on. */
	handle(SIGTERM, SA_RESTART);
	CHECK(poll(NULL, 0, -1) == -1 && errno == EINTR);
	CHECK(guest_mono() == 2000 * NS_PER_S && seen[SIGTERM] == 2);
	handle(SIGUSR2, SA_RESTART);
	CHECK(sem_init(&s, 0, 0) == 0);
	t = guest_mono();
	CHECK(sem_timedwait(&s, &(struct timespec){ .tv_sec = guest_wall() / NS_PER_S + 2500 }) == -1 && errno == ETIMEDOUT);
	guest_passed("sem_timedwait with a restarting handler", t, 2500);
	CHECK(seen[SIGUSR2] == 1);
	CHECK(pthread_join(other, NULL) == 0);
	wake_after_signal();

	/* A thread in sigwait takes what the process sends itself. */
	(void) sigemptyset(&none);
	(void) sigemptyset(&usr1);
	(void) sigaddset(&usr1, SIGUSR1);
	CHECK(pthread_sigmask(SIG_BLOCK, &usr1, NULL) == 0);
	CHECK(pthread_create(&thread, NULL, sigwaiter, &usr1) == 0);
	CHECK(sleep(1) == 0);
	t = guest_mono();
	CHECK(kill(getpid(), SIGUSR1) == 0);
	CHECK(pthread_join(thread, &result) == 0 && (intptr_t) result == SIGUSR1);
	CHECK(pthread_create(&thread, NULL, sigwaiter, &usr1) == 0);
	CHECK(sleep(1) == 0);
	CHECK(pthread_kill(thread, SIGUSR1) == 0);
	CHECK(pthread_join(thread, &result) == 0 && (intptr_t) result == SIGUSR1);
	guest_passed("signals of its own", t, 1);
	/* A pending signal that only the wait's own mask lets through. */
	handle(SIGUSR1, 0);
	CHECK(raise(SIGUSR1) == 0 && seen[SIGUSR1] == 0);
	CHECK(ppoll(NULL, 0, NULL, &none) == -1 && errno == EINTR);
	CHECK(seen[SIGUSR1] == 1);
}

/* Without a handler SIGTERM, at 600 s, ends it. */
void guest_default_signal(void)
{
	(void) sleep(10000);
	(void) printf("still here\n");
}

static void posix_timer(void)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 77 };
	struct itimerspec hourly = { { .tv_sec = 3600 }, { .tv_sec = 3600 } }, setting;
	siginfo_t info;
	sigset_t usr1;
	timer_t timer;
	int64_t t = guest_mono();

	(void) sigemptyset(&usr1);
	(void) sigaddset(&usr1, SIGUSR1);
	CHECK(pthread_sigmask(SIG_BLOCK, &usr1, NULL) == 0);
	CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
	CHECK(timer_settime(timer, 0, &hourly, NULL) == 0);
	for (int i = 0; i < 27; i++) {
		CHECK(sigwaitinfo(&usr1, &info) == SIGUSR1);
		CHECK(info.si_value.sival_int == 77 && info.si_code == SI_TIMER);
	}
	guest_passed("timer_create", t, HOURS_27);
	CHECK(timer_gettime(timer, &setting) == 0 && setting.it_value.tv_sec == 3600);
	CHECK(timer_delete(timer) == 0);
	CHECK(sleep(7200) == 0);
	CHECK(sigtimedwait(&usr1, NULL, &(struct timespec){ 0 }) == -1 && errno == EAGAIN);
	event.sigev_notify = SIGEV_THREAD;
	CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == -1 && errno == ENOTSUP);
}

void guest_alarms(void)
{
	struct itimerval every = { { .tv_sec = 600 }, { .tv_sec = 600 } }, left;
	int64_t t = guest_mono();
	struct signalfd_siginfo info;
	sigset_t alarms;
	int fd;

	handle(SIGALRM, SA_RESTART);
	CHECK(alarm(HOURS_27) == 0);
	CHECK(pause() == -1 && errno == EINTR && seen[SIGALRM] == 1);
	guest_passed("alarm", t, HOURS_27);
	CHECK(alarm(100) == 0);
	CHECK(alarm(0) == 100);
	t = guest_mono();
	CHECK(setitimer(ITIMER_REAL, &every, NULL) == 0);
	for (int i = 0; i < 6; i++)
		CHECK(sleep(10000) == 10000 - 600);
	guest_passed("setitimer", t, 3600);
	CHECK(getitimer(ITIMER_REAL, &left) == 0 && left.it_value.tv_sec == 600);

	/* Blocked, and read from a descriptor. */
	(void) sigemptyset(&alarms);
	(void) sigaddset(&alarms, SIGALRM);
	CHECK(sigprocmask(SIG_BLOCK, &alarms, NULL) == 0);
	fd = signalfd(-1, &alarms, SFD_CLOEXEC);
	CHECK(fd >= 0);
	CHECK(read(fd, &info, sizeof(info)) == sizeof(info) && info.ssi_signo == SIGALRM);
	guest_passed("signalfd", t, 4200);
	CHECK(setitimer(ITIMER_REAL, &(struct itimerval){ 0 }, NULL) == 0);
	posix_timer();
}
