/* C11's names for threads, mutexes and conditions: in glibc the same objects as POSIX's, under other error numbers.
 *
 * Leaves to others: everything they do (threads.c, locks.c, conds.c).
 */
#define _GNU_SOURCE
#include "emu-applibs/vtime/vtime.h"

#include <errno.h>

static int c11_status(int error)
{
	switch (error) {
	case 0:
		return thrd_success;
	case ETIMEDOUT:
		return thrd_timedout;
	case ENOMEM:
	case EAGAIN:
		return thrd_nomem;
	case EBUSY:
		return thrd_busy;
	default:
		return thrd_error;
	}
}

/* ---- Threads ---- */

struct c11_start {
	thrd_start_t function;
	void *arg;
};

static void *c11_trampoline(void *arg)
{
	struct c11_start start = *(struct c11_start *) arg;

	free(arg);
	return (void *) (intptr_t) start.function(start.arg);
}

int thrd_create(thrd_t *thread, thrd_start_t function, void *arg)
{
	struct c11_start *start;
	int r;

	if (!vt_on())
		return vt_real.thrd_create(thread, function, arg);
	start = malloc(sizeof(*start));
	if (!start)
		return thrd_nomem;
	*start = (struct c11_start) { .function = function, .arg = arg };
	r = pthread_create(thread, NULL, c11_trampoline, start);
	if (r != 0)
		free(start);
	return c11_status(r);
}

int thrd_join(thrd_t thread, int *ret)
{
	void *result;
	int r;

	if (!vt_on())
		return vt_real.thrd_join(thread, ret);
	r = pthread_join(thread, &result);
	if (r == 0 && ret)
		*ret = (int) (intptr_t) result;
	return c11_status(r);
}

int thrd_detach(thrd_t thread)
{
	if (!vt_on())
		return vt_real.thrd_detach(thread);
	return c11_status(pthread_detach(thread));
}

/* ---- Mutexes and conditions ---- */

int mtx_lock(mtx_t *m)
{
	if (!vt_on())
		return vt_real.mtx_lock(m);
	return c11_status(pthread_mutex_lock((pthread_mutex_t *) m));
}

int mtx_timedlock(mtx_t *restrict m, const struct timespec *restrict end)
{
	if (!vt_on())
		return vt_real.mtx_timedlock(m, end);
	return c11_status(pthread_mutex_timedlock((pthread_mutex_t *) m, end));
}

int mtx_trylock(mtx_t *m)
{
	if (!vt_on())
		return vt_real.mtx_trylock(m);
	return c11_status(pthread_mutex_trylock((pthread_mutex_t *) m));
}

int mtx_unlock(mtx_t *m)
{
	if (!vt_on())
		return vt_real.mtx_unlock(m);
	return c11_status(pthread_mutex_unlock((pthread_mutex_t *) m));
}

int cnd_init(cnd_t *c)
{
	if (!vt_on())
		return vt_real.cnd_init(c);
	return c11_status(pthread_cond_init((pthread_cond_t *) c, NULL));
}

void cnd_destroy(cnd_t *c)
{
	if (!vt_on())
		vt_real.cnd_destroy(c);
	else
		(void) pthread_cond_destroy((pthread_cond_t *) c);
}

int cnd_wait(cnd_t *c, mtx_t *m)
{
	if (!vt_on())
		return vt_real.cnd_wait(c, m);
	return c11_status(pthread_cond_wait((pthread_cond_t *) c, (pthread_mutex_t *) m));
}

int cnd_timedwait(cnd_t *restrict c, mtx_t *restrict m, const struct timespec *restrict end)
{
	if (!vt_on())
		return vt_real.cnd_timedwait(c, m, end);
	return c11_status(pthread_cond_timedwait((pthread_cond_t *) c, (pthread_mutex_t *) m, end));
}

int cnd_signal(cnd_t *c)
{
	if (!vt_on())
		return vt_real.cnd_signal(c);
	return c11_status(pthread_cond_signal((pthread_cond_t *) c));
}

int cnd_broadcast(cnd_t *c)
{
	if (!vt_on())
		return vt_real.cnd_broadcast(c);
	return c11_status(pthread_cond_broadcast((pthread_cond_t *) c));
}

void call_once(once_flag *flag, void (*run)(void))
{
	if (!vt_on())
		vt_real.call_once(flag, run);
	else
		(void) pthread_once((pthread_once_t *) flag, run);
}
