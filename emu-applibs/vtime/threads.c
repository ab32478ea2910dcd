/* Threads: starting them under the baton, their end, joining and cancelling.
 *
 * A new thread is parked before its first instruction of the application. Its end is seen by a destructor of
 * thread-specific data that puts itself back until the last round, so that the application's own destructors still run
 * under the baton. Leaves to others: C11's names (c11.c).
 */
#define _GNU_SOURCE
#include "emu-applibs/vtime/vtime.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>

static pthread_key_t threads_key;
/* gcc's sanitizers wait, in pthread_create, until the new thread has said hello; it must run first then. */
static bool threads_child_first(void)
{
	static int known = -1;

	if (known < 0)
		known = dlsym(RTLD_DEFAULT, "__asan_init") || dlsym(RTLD_DEFAULT, "__tsan_init");
	return known;
}

static void threads_destructor(void *arg)
{
	struct vt_thread *self = arg;

	if (++self->key_rounds < PTHREAD_DESTRUCTOR_ITERATIONS && pthread_setspecific(threads_key, self) == 0)
		return;
	vt_thread_end();
}

void vt_threads_init(void)
{
	if (pthread_key_create(&threads_key, threads_destructor) != 0 ||
	    pthread_setspecific(threads_key, vt_self) != 0)
		vt_fatal("no thread-specific data left", 0);
}

static void *threads_trampoline(void *arg)
{
	struct vt_thread *self = arg;

	vt_await(self);
	vt_self = self;
	vt_memory_thread(self);
	(void) pthread_setspecific(threads_key, self);
	(void) vt_real.pthread_sigmask(SIG_SETMASK, &self->mask, NULL);
	return self->start(self->arg);
}

int pthread_create(pthread_t *handle, const pthread_attr_t *attr, void *(*start)(void *), void *arg)
{
	struct vt_thread *t;
	int kind = PTHREAD_CREATE_JOINABLE, r;
	sigset_t all, before;

	if (!vt_on())
		return vt_real.pthread_create(handle, attr, start, arg);
	t = vt_thread_new();
	if (!t)
		return EAGAIN;
	if (attr)
		(void) pthread_attr_getdetachstate(attr, &kind);
	t->start = start;
	t->arg = arg;
	t->detached = kind == PTHREAD_CREATE_DETACHED;
	(void) sigfillset(&all);
	(void) vt_real.pthread_sigmask(SIG_SETMASK, &all, &before);
	t->mask = before;
	vt_thread_ready(t); /* before the thread is there: if a sanitizer stands in between, see below */
	r = vt_real.pthread_create(handle, attr, threads_trampoline, t);
	if (r == 0)
		t->handle = *handle;
	else
		vt_thread_unready(t);
	(void) vt_real.pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (r != 0)
		vt_thread_free(t);
	else if (threads_child_first())
		vt_yield();
	return r;
}

/* Waits for the end of `handle`, with `deadline` or NULL for none: 0, or ETIMEDOUT. */
static int threads_join(pthread_t handle, void **ret, const struct vt_deadline *deadline)
{
	struct vt_thread *t = vt_thread_find(handle);
	struct vt_wait w = { .object = t };
	int r;

	if (t == vt_self)
		return EDEADLK;
	if (t && t->detached)
		return EINVAL;
	if (deadline)
		w.deadline = *deadline;
	vt_testcancel();
	while (t && t->state != VT_ENDED) {
		enum vt_result how = vt_wait(&w);

		vt_testcancel();
		if (how == VT_EXPIRED && t->state != VT_ENDED)
			return ETIMEDOUT;
	}
	r = vt_real.pthread_join(handle, ret);
	if (r == 0 && t)
		vt_thread_free(t);
	return r;
}

int pthread_join(pthread_t handle, void **ret)
{
	if (!vt_on())
		return vt_real.pthread_join(handle, ret);
	return threads_join(handle, ret, NULL);
}

int pthread_clockjoin_np(pthread_t handle, void **ret, clockid_t clock, const struct timespec *end)
{
	struct vt_deadline deadline;

	if (!vt_on())
		return vt_real.pthread_clockjoin_np(handle, ret, clock, end);
	if (!end)
		return threads_join(handle, ret, NULL);
	if (!vt_timespec_ok(end) || vt_clock_kind(clock) == VT_NEVER)
		return EINVAL;
	deadline = vt_at(clock, end);
	return threads_join(handle, ret, &deadline);
}

int pthread_timedjoin_np(pthread_t handle, void **ret, const struct timespec *end)
{
	if (!vt_on())
		return vt_real.pthread_timedjoin_np(handle, ret, end);
	return pthread_clockjoin_np(handle, ret, CLOCK_REALTIME, end);
}

int pthread_tryjoin_np(pthread_t handle, void **ret)
{
	struct vt_thread *t;

	if (!vt_on())
		return vt_real.pthread_tryjoin_np(handle, ret);
	t = vt_thread_find(handle);
	if (t && t->state != VT_ENDED) {
		vt_charge(VT_CHARGE_LOOK);
		vt_yield();
		return EBUSY;
	}
	return threads_join(handle, ret, NULL);
}

int pthread_detach(pthread_t handle)
{
	struct vt_thread *t;
	int r;

	if (!vt_on())
		return vt_real.pthread_detach(handle);
	t = vt_thread_find(handle);
	r = vt_real.pthread_detach(handle);
	if (r == 0 && t) {
		t->detached = true;
		if (t->state == VT_ENDED)
			vt_thread_free(t);
	}
	return r;
}

/* ---- Cancelling ---- */

int pthread_cancel(pthread_t handle)
{
	struct vt_thread *t;
	int r;

	if (!vt_on())
		return vt_real.pthread_cancel(handle);
	t = vt_thread_find(handle);
	r = vt_real.pthread_cancel(handle);
	if (r == 0 && t)
		vt_thread_cancel(t);
	return r;
}

void vt_testcancel(void)
{
	pthread_testcancel();
}
