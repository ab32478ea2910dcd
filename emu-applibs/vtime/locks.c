/* Mutexes, read-write locks, spin locks, semaphores and barriers.
 *
 * The real object keeps the state: a lock is the real "try", and while that says busy, a wait on the baton's queue for
 * the object's address. So recursive, error-checking and robust mutexes are libc's own, and a debugger sees the owner.
 * Leaves to others: conditions and pthread_once (conds.c), C11's names (c11.c).
 */
#define _GNU_SOURCE
#include "emu-applibs/vtime/vtime.h"

#include <errno.h>
#include <sys/syscall.h>

/* Repeats attempt(object) while it is busy, until the deadline (NULL = none). 0 or an error number. */
static int locks_take(int (*attempt)(void *), void *object, const struct vt_deadline *deadline)
{
	struct vt_wait w = { .object = object };
	int r;

	vt_charge_busy(1);
	if (deadline)
		w.deadline = *deadline;
	while ((r = attempt(object)) == EBUSY) {
		if (w.seq && vt_due(&w.deadline))
			return ETIMEDOUT;
		(void) vt_wait(&w);
	}
	return r;
}

/* Checks an absolute time as the timed functions do, once the lock was found busy. */
static int locks_take_until(int (*attempt)(void *), void *object, clockid_t clock, const struct timespec *end)
{
	struct vt_deadline deadline;
	int r = attempt(object);

	if (r != EBUSY)
		return r;
	if (!vt_timespec_ok(end) || (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC))
		return EINVAL;
	deadline = vt_at(clock, end);
	return locks_take(attempt, object, &deadline);
}

/* ---- Mutexes ---- */

/* Of an error-checking one; musl's type comes first and the owner, below two flags, second. */
#ifdef __GLIBC__
#define MUTEX_KIND(m) ((m)->__data.__kind)
#define MUTEX_OWNER(m) ((m)->__data.__owner)
#else
#define MUTEX_KIND(m) ((m)->__u.__i[0])
#define MUTEX_OWNER(m) ((m)->__u.__i[1] & 0x3fffffff)
#endif

static int locks_try_mutex(void *object)
{
	pthread_mutex_t *m = object;
	int r = vt_real.pthread_mutex_trylock(m);

	/* Try says busy where lock would say that the caller has it already. */
	if (r == EBUSY && (MUTEX_KIND(m) & 3) == PTHREAD_MUTEX_ERRORCHECK && MUTEX_OWNER(m) == (int) vt_real.syscall(SYS_gettid))
		return EDEADLK;
	return r;
}

int vt_mutex_lock(pthread_mutex_t *m, const struct vt_deadline *deadline)
{
	return locks_take(locks_try_mutex, m, deadline);
}

int vt_mutex_unlock(pthread_mutex_t *m)
{
	int r = vt_real.pthread_mutex_unlock(m);

	if (r == 0)
		(void) vt_wake(m, 1);
	return r;
}

int pthread_mutex_lock(pthread_mutex_t *m)
{
	if (!vt_on())
		return vt_real.pthread_mutex_lock(m);
	return vt_mutex_lock(m, NULL);
}

int pthread_mutex_trylock(pthread_mutex_t *m)
{
	int r;

	if (!vt_on())
		return vt_real.pthread_mutex_trylock(m);
	r = vt_real.pthread_mutex_trylock(m);
	if (r == EBUSY)
		vt_charge(VT_CHARGE_TRY);
	return r;
}

int pthread_mutex_clocklock(pthread_mutex_t *m, clockid_t clock, const struct timespec *end)
{
	if (!vt_on())
		return vt_real.pthread_mutex_clocklock(m, clock, end);
	return locks_take_until(locks_try_mutex, m, clock, end);
}

int pthread_mutex_timedlock(pthread_mutex_t *m, const struct timespec *end)
{
	if (!vt_on())
		return vt_real.pthread_mutex_timedlock(m, end);
	return locks_take_until(locks_try_mutex, m, CLOCK_REALTIME, end);
}

int pthread_mutex_unlock(pthread_mutex_t *m)
{
	if (!vt_on())
		return vt_real.pthread_mutex_unlock(m);
	return vt_mutex_unlock(m);
}

/* ---- Read-write locks ---- */

static int locks_try_read(void *object)
{
	return vt_real.pthread_rwlock_tryrdlock(object);
}

static int locks_try_write(void *object)
{
	return vt_real.pthread_rwlock_trywrlock(object);
}

int pthread_rwlock_rdlock(pthread_rwlock_t *l)
{
	if (!vt_on())
		return vt_real.pthread_rwlock_rdlock(l);
	return locks_take(locks_try_read, l, NULL);
}

int pthread_rwlock_wrlock(pthread_rwlock_t *l)
{
	if (!vt_on())
		return vt_real.pthread_rwlock_wrlock(l);
	return locks_take(locks_try_write, l, NULL);
}

int pthread_rwlock_clockrdlock(pthread_rwlock_t *l, clockid_t clock, const struct timespec *end)
{
	if (!vt_on())
		return vt_real.pthread_rwlock_clockrdlock(l, clock, end);
	return locks_take_until(locks_try_read, l, clock, end);
}

int pthread_rwlock_clockwrlock(pthread_rwlock_t *l, clockid_t clock, const struct timespec *end)
{
	if (!vt_on())
		return vt_real.pthread_rwlock_clockwrlock(l, clock, end);
	return locks_take_until(locks_try_write, l, clock, end);
}

int pthread_rwlock_timedrdlock(pthread_rwlock_t *l, const struct timespec *end)
{
	if (!vt_on())
		return vt_real.pthread_rwlock_timedrdlock(l, end);
	return locks_take_until(locks_try_read, l, CLOCK_REALTIME, end);
}

int pthread_rwlock_timedwrlock(pthread_rwlock_t *l, const struct timespec *end)
{
	if (!vt_on())
		return vt_real.pthread_rwlock_timedwrlock(l, end);
	return locks_take_until(locks_try_write, l, CLOCK_REALTIME, end);
}

int pthread_rwlock_unlock(pthread_rwlock_t *l)
{
	int r;

	if (!vt_on())
		return vt_real.pthread_rwlock_unlock(l);
	r = vt_real.pthread_rwlock_unlock(l);
	if (r == 0)
		(void) vt_wake(l, UINT32_MAX);
	return r;
}

/* ---- Spin locks: their holder may be parked, so spinning would never end ---- */

static int locks_try_spin(void *object)
{
	return vt_real.pthread_spin_trylock(object);
}

int pthread_spin_lock(pthread_spinlock_t *l)
{
	if (!vt_on())
		return vt_real.pthread_spin_lock(l);
	return locks_take(locks_try_spin, (void *) l, NULL);
}

int pthread_spin_unlock(pthread_spinlock_t *l)
{
	int r;

	if (!vt_on())
		return vt_real.pthread_spin_unlock(l);
	r = vt_real.pthread_spin_unlock(l);
	if (r == 0)
		(void) vt_wake((const void *) l, 1);
	return r;
}

/* ---- Semaphores ---- */

static int locks_semaphore(sem_t *s, const struct vt_deadline *deadline, bool valid)
{
	struct vt_wait w = { .object = s, .interruptible = true, .restarts = true };

	vt_charge_busy(1);
	vt_testcancel();
	if (deadline)
		w.deadline = *deadline;
	while (vt_real.sem_trywait(s) < 0) {
		enum vt_result r;

		if (errno != EAGAIN)
			return -1;
		if (!valid) {
			errno = EINVAL;
			return -1;
		}
		if (w.seq && vt_due(&w.deadline)) {
			errno = ETIMEDOUT;
			return -1;
		}
		r = vt_wait(&w);
		vt_testcancel();
		if (r == VT_INTERRUPTED) {
			errno = EINTR;
			return -1;
		}
	}
	return 0;
}

int sem_wait(sem_t *s)
{
	if (!vt_on())
		return vt_real.sem_wait(s);
	return locks_semaphore(s, NULL, true);
}

int sem_clockwait(sem_t *s, clockid_t clock, const struct timespec *end)
{
	struct vt_deadline deadline;

	if (!vt_on())
		return vt_real.sem_clockwait(s, clock, end);
	deadline = vt_at(clock, end);
	return locks_semaphore(s, &deadline, vt_timespec_ok(end) && deadline.kind != VT_NEVER);
}

int sem_timedwait(sem_t *s, const struct timespec *end)
{
	if (!vt_on())
		return vt_real.sem_timedwait(s, end);
	return sem_clockwait(s, CLOCK_REALTIME, end);
}

int sem_trywait(sem_t *s)
{
	int r;

	if (!vt_on())
		return vt_real.sem_trywait(s);
	r = vt_real.sem_trywait(s);
	if (r < 0 && errno == EAGAIN)
		vt_charge(VT_CHARGE_TRY);
	return r;
}

int sem_post(sem_t *s)
{
	int r;

	if (!vt_on())
		return vt_real.sem_post(s);
	r = vt_real.sem_post(s);
	if (r == 0)
		(void) vt_wake(s, 1);
	return r;
}
