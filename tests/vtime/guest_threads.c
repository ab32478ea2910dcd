/* The guest's threads: their order, their locks, their ends. See guest.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <string.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#include "tests/vtime/guest.h"

#define WORKERS 3
#define ROUNDS 1000

static int64_t begin;

static void say(const char *what, long number)
{
	(void) printf("+%lld %s %ld\n", (long long) ((guest_mono() - begin) / NS_PER_S), what, number);
}

static void *sleeper(void *arg)
{
	long seconds = (long) (intptr_t) arg;

	CHECK(sleep((unsigned) seconds) == 0);
	say("woke after", seconds);
	return (void *) (intptr_t) (seconds * 2);
}

static void sleep_in_order(void)
{
	static const long seconds[] = { 30, 10, 20, 10 };
	pthread_t threads[4];
	void *result;

	for (int i = 0; i < 4; i++)
		CHECK(pthread_create(&threads[i], NULL, sleeper, (void *) (intptr_t) seconds[i]) == 0);
	for (int i = 0; i < 4; i++) {
		CHECK(pthread_join(threads[i], &result) == 0);
		CHECK((intptr_t) result == seconds[i] * 2);
		say("joined", i);
	}
}

/* ---- Contention ---- */

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turned = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t barrier;
static sem_t handed;
static long counter, whose;

static void *worker(void *arg)
{
	long me = (long) (intptr_t) arg;
	int r;

	for (int i = 0; i < ROUNDS; i++) {
		CHECK(pthread_mutex_lock(&mutex) == 0);
		while (whose != me)
			CHECK(pthread_cond_wait(&turned, &mutex) == 0);
		whose = (whose + 1) % WORKERS;
		counter++;
		if (i % 100 == 0)
			CHECK(usleep(100000) == 0); /* with the lock held */
		CHECK(pthread_cond_broadcast(&turned) == 0);
		CHECK(pthread_mutex_unlock(&mutex) == 0);
		CHECK(sem_post(&handed) == 0);
	}
	r = pthread_barrier_wait(&barrier);
	CHECK(r == 0 || r == PTHREAD_BARRIER_SERIAL_THREAD);
	return (void *) (intptr_t) (r != 0);
}

static void take_turns(void)
{
	int64_t t = guest_mono();
	pthread_t threads[WORKERS];
	long serial = 0;
	void *result;

	CHECK(sem_init(&handed, 0, 0) == 0);
	CHECK(pthread_barrier_init(&barrier, NULL, WORKERS) == 0);
	for (long i = 0; i < WORKERS; i++)
		CHECK(pthread_create(&threads[i], NULL, worker, (void *) (intptr_t) i) == 0);
	for (int i = 0; i < WORKERS * ROUNDS; i++)
		CHECK(sem_wait(&handed) == 0);
	for (int i = 0; i < WORKERS; i++) {
		CHECK(pthread_join(threads[i], &result) == 0);
		serial += (intptr_t) result;
	}
	CHECK(serial == 1);
	CHECK(counter == WORKERS * ROUNDS);
	CHECK(guest_mono() - t == WORKERS * (ROUNDS / 100) * NS_PER_S / 10);
	say("turns", counter);
}

static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;

static void *reader(void *arg)
{
	CHECK(pthread_rwlock_rdlock(&rwlock) == 0);
	CHECK(sleep(5) == 0);
	say("read", (long) (intptr_t) arg);
	CHECK(pthread_rwlock_unlock(&rwlock) == 0);
	return NULL;
}

static void readers_and_writer(void)
{
	pthread_t threads[2];

	for (long i = 0; i < 2; i++)
		CHECK(pthread_create(&threads[i], NULL, reader, (void *) (intptr_t) i) == 0);
	CHECK(sleep(1) == 0);
	CHECK(pthread_rwlock_wrlock(&rwlock) == 0);
	say("wrote", 0);
	CHECK(pthread_rwlock_unlock(&rwlock) == 0);
	for (int i = 0; i < 2; i++)
		CHECK(pthread_join(threads[i], NULL) == 0);
}

/* ---- Once, ends ---- */

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;

static void run_once(void)
{
	CHECK(sleep(3) == 0);
	say("once", 0);
}

static void at_end(void *arg)
{
	CHECK(sleep(2) == 0);
	say("destructor of", (long) (intptr_t) arg);
}

static void *once_user(void *arg)
{
	CHECK(pthread_once(&once, run_once) == 0);
	CHECK(pthread_setspecific(key, arg) == 0);
	say("after once", (long) (intptr_t) arg);
	pthread_exit(arg);
}

static int c11_thread(void *arg)
{
	return *(int *) arg + 1;
}

static void ends(void)
{
	pthread_attr_t detached;
	pthread_t threads[2], free_thread;
	int number = 41, result;
	thrd_t c11;

	CHECK(pthread_key_create(&key, at_end) == 0);
	for (long i = 0; i < 2; i++)
		CHECK(pthread_create(&threads[i], NULL, once_user, (void *) (intptr_t) (i + 1)) == 0);
	CHECK(pthread_create(&free_thread, NULL, sleeper, (void *) 4) == 0);
	CHECK(pthread_detach(free_thread) == 0);
	CHECK(pthread_attr_init(&detached) == 0);
	CHECK(pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED) == 0);
	CHECK(pthread_create(&free_thread, &detached, sleeper, (void *) 6) == 0);
	for (int i = 0; i < 2; i++)
		CHECK(pthread_join(threads[i], NULL) == 0);
	CHECK(sleep(10) == 0);
	CHECK(thrd_create(&c11, c11_thread, &number) == thrd_success);
	CHECK(thrd_join(c11, &result) == thrd_success && result == 42);
	CHECK(pthread_join(pthread_self(), NULL) == EDEADLK);
}

static void *endless(void *arg)
{
	for (;;)
		(void) sleep(1000);
	return arg;
}

static void timed_join(void)
{
	struct timespec end;
	pthread_t thread;
	int64_t t = guest_mono();

	CHECK(pthread_create(&thread, NULL, endless, NULL) == 0);
	CHECK(pthread_tryjoin_np(thread, NULL) == EBUSY);
	CHECK(clock_gettime(CLOCK_REALTIME, &end) == 0);
	end.tv_sec += HOURS_27;
	CHECK(pthread_timedjoin_np(thread, NULL, &end) == ETIMEDOUT);
	guest_passed("pthread_timedjoin_np", t, HOURS_27);
}

void guest_threads(void)
{
	begin = guest_mono();
	sleep_in_order();
	take_turns();
	readers_and_writer();
	ends();
	timed_join();
}

/* ---- Cancelling ---- */

static void cleanup(void *arg)
{
	say("cleanup", (long) (intptr_t) arg);
}

static void unlock(void *arg)
{
	CHECK(pthread_mutex_unlock(arg) == 0); /* EPERM if the wait had not taken it back */
}

static pthread_mutex_t checked;

static void *waits_for_ever(void *arg)
{
	pthread_cleanup_push(cleanup, arg);
	CHECK(pthread_mutex_lock(&checked) == 0);
	pthread_cleanup_push(unlock, &checked);
	for (;;)
		CHECK(pthread_cond_wait(&turned, &checked) == 0);
	pthread_cleanup_pop(1);
	pthread_cleanup_pop(1);
	return NULL;
}

static void *refuses(void *arg)
{
	CHECK(pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL) == 0);
	CHECK(sleep(20) == 0);
	say("slept on", (long) (intptr_t) arg);
	CHECK(pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL) == 0);
	(void) sleep(1000);
	say("never", 0);
	return NULL;
}

static void *reads_for_ever(void *arg)
{
	int ends[2];
	char byte;

	CHECK(pipe(ends) == 0);
	pthread_cleanup_push(cleanup, arg);
	CHECK(read(ends[0], &byte, 1) == 1);
	pthread_cleanup_pop(1);
	return NULL;
}

void guest_cancel(void)
{
	void *(*const bodies[])(void *) = { endless, waits_for_ever, refuses, reads_for_ever };
	pthread_mutexattr_t attr;
	pthread_t threads[4];
	void *result;

	begin = guest_mono();
	CHECK(pthread_mutexattr_init(&attr) == 0 && pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ERRORCHECK) == 0);
	CHECK(pthread_mutex_init(&checked, &attr) == 0);
	for (long i = 0; i < 4; i++)
		CHECK(pthread_create(&threads[i], NULL, bodies[i], (void *) (intptr_t) i) == 0);
	CHECK(sleep(10) == 0);
	for (int i = 0; i < 4; i++)
		CHECK(pthread_cancel(threads[i]) == 0);
	for (int i = 0; i < 4; i++) {
		CHECK(pthread_join(threads[i], &result) == 0);
		CHECK(result == PTHREAD_CANCELED);
		say("cancelled", i);
	}
	CHECK(pthread_mutex_trylock(&checked) == 0);
}
