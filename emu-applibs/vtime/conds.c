/* Conditions, barriers and pthread_once.
 *
 * A condition is only its address and its clock, barriers only two counts: both are kept in the application's object,
 * in a layout of our own, since libc's code never sees them while libvtime is at work. All zero is a condition by the
 * real-time clock, as the static initialiser has it. Leaves to others: the mutex beside it (locks.c).
 */
#define _GNU_SOURCE
#include "emu-applibs/vtime/vtime.h"

#include <errno.h>
#include <string.h>

struct conds_condition {
	uint32_t monotonic;
};
_Static_assert(sizeof(struct conds_condition) <= sizeof(pthread_cond_t), "fits the application's object");

struct conds_barrier {
	uint32_t count;
	uint32_t waiting;
	uint64_t round;
};
_Static_assert(sizeof(struct conds_barrier) <= sizeof(pthread_barrier_t), "fits the application's object");

/* ---- Conditions ---- */

int pthread_cond_init(pthread_cond_t *c, const pthread_condattr_t *attr)
{
	struct conds_condition *mine = (struct conds_condition *) c;
	clockid_t clock = CLOCK_REALTIME;

	if (!vt_on())
		return vt_real.pthread_cond_init(c, attr);
	if (attr)
		(void) pthread_condattr_getclock(attr, &clock);
	memset(c, 0, sizeof(*c));
	mine->monotonic = clock == CLOCK_MONOTONIC;
	return 0;
}

int pthread_cond_destroy(pthread_cond_t *c)
{
	if (!vt_on())
		return vt_real.pthread_cond_destroy(c);
	memset(c, 0, sizeof(*c));
	return 0;
}

struct conds_relock {
	pthread_mutex_t *mutex;
	int *error;
};

static void conds_relock(void *arg)
{
	const struct conds_relock *r = arg;

	*r->error = vt_mutex_lock(r->mutex, NULL);
}

static int conds_wait(pthread_cond_t *c, pthread_mutex_t *m, struct vt_deadline deadline)
{
	/* After a signal handler the wait ends early, as it may: what happened to the condition meanwhile cannot be told. */
	struct vt_wait w = { .object = c, .deadline = deadline, .interruptible = true };
	enum vt_result how;
	int relocked = 0;
	int r;

	vt_testcancel();
	r = vt_mutex_unlock(m);
	if (r != 0)
		return r;
	/* A thread that is cancelled here has the mutex again before its cleanup handlers run. */
	struct conds_relock relock = { .mutex = m, .error = &relocked };
	pthread_cleanup_push(conds_relock, &relock);
	how = vt_wait(&w);
	vt_testcancel();
	pthread_cleanup_pop(1);
	if (relocked != 0)
		return relocked;
	return how == VT_EXPIRED ? ETIMEDOUT : 0;
}

int pthread_cond_wait(pthread_cond_t *c, pthread_mutex_t *m)
{
	if (!vt_on())
		return vt_real.pthread_cond_wait(c, m);
	return conds_wait(c, m, (struct vt_deadline) { .kind = VT_NEVER });
}

int pthread_cond_clockwait(pthread_cond_t *c, pthread_mutex_t *m, clockid_t clock, const struct timespec *end)
{
	if (!vt_on())
		return vt_real.pthread_cond_clockwait(c, m, clock, end);
	if (!vt_timespec_ok(end) || (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC))
		return EINVAL;
	return conds_wait(c, m, vt_at(clock, end));
}

int pthread_cond_timedwait(pthread_cond_t *c, pthread_mutex_t *m, const struct timespec *end)
{
	const struct conds_condition *mine = (const struct conds_condition *) c;

	if (!vt_on())
		return vt_real.pthread_cond_timedwait(c, m, end);
	return pthread_cond_clockwait(c, m, mine->monotonic ? CLOCK_MONOTONIC : CLOCK_REALTIME, end);
}

int pthread_cond_signal(pthread_cond_t *c)
{
	if (!vt_on())
		return vt_real.pthread_cond_signal(c);
	(void) vt_wake(c, 1);
	return 0;
}

int pthread_cond_broadcast(pthread_cond_t *c)
{
	if (!vt_on())
		return vt_real.pthread_cond_broadcast(c);
	(void) vt_wake(c, UINT32_MAX);
	return 0;
}

/* ---- Barriers ---- */

int pthread_barrier_init(pthread_barrier_t *b, const pthread_barrierattr_t *attr, unsigned count)
{
	struct conds_barrier *mine = (struct conds_barrier *) b;

	if (!vt_on())
		return vt_real.pthread_barrier_init(b, attr, count);
	if (count == 0)
		return EINVAL;
	*mine = (struct conds_barrier) { .count = count };
	return 0;
}

int pthread_barrier_wait(pthread_barrier_t *b)
{
	struct conds_barrier *mine = (struct conds_barrier *) b;
	struct vt_wait w = { .object = b };
	uint64_t round;

	if (!vt_on())
		return vt_real.pthread_barrier_wait(b);
	if (++mine->waiting == mine->count) {
		mine->waiting = 0;
		mine->round++;
		(void) vt_wake(b, UINT32_MAX);
		return PTHREAD_BARRIER_SERIAL_THREAD;
	}
	for (round = mine->round; mine->round == round;)
		(void) vt_wait(&w);
	return 0;
}

int pthread_barrier_destroy(pthread_barrier_t *b)
{
	if (!vt_on())
		return vt_real.pthread_barrier_destroy(b);
	memset(b, 0, sizeof(*b));
	return 0;
}

/* ---- Once ---- */

struct conds_once {
	struct conds_once *next;
	const void *control;
};
static struct conds_once *conds_onces; /* being run, possibly by a parked thread */

static bool conds_once_runs(const void *control)
{
	for (struct conds_once *o = conds_onces; o; o = o->next)
		if (o->control == control)
			return true;
	return false;
}

static void conds_once_end(void *arg)
{
	struct conds_once **p = &conds_onces;

	while (*p && *p != arg)
		p = &(*p)->next;
	if (*p)
		*p = (*p)->next;
	(void) vt_wake(((struct conds_once *) arg)->control, UINT32_MAX);
}

int pthread_once(pthread_once_t *control, void (*run)(void))
{
	struct conds_once mine = { .control = control };
	int r;

	if (!vt_on())
		return vt_real.pthread_once(control, run);
	while (conds_once_runs(control)) {
		struct vt_wait w = { .object = control };

		(void) vt_wait(&w);
	}
	mine.next = conds_onces;
	conds_onces = &mine;
	pthread_cleanup_push(conds_once_end, &mine);
	r = vt_real.pthread_once(control, run);
	pthread_cleanup_pop(1);
	return r;
}
