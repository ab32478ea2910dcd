/* The baton: which thread runs, who is next, and IDLE when nobody can.
 *
 * Order: ready threads first come first served; then threads with a ready descriptor, in the order of their creation;
 * then due deadlines, by (deadline, order of waiting). A parked thread has all signals blocked and sleeps on a futex of
 * its own. Leaves to others: why somebody waits (readiness.c, locks.c, io.c, ...).
 */
#define _GNU_SOURCE
#include "emu-applibs/vtime/vtime.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>

#define SCHED_SPIN_LIMIT 1024u
#define SCHED_BUSY_LIMIT 65536u
#define SCHED_BUSY_YIELD 1024u

static struct {
	struct vt_thread *threads;
	struct vt_thread *ready_first, *ready_last;
	uint64_t next_seq;
	unsigned spin; /* since the last IDLE */
	unsigned busy;
	bool over; /* the process ends: main has returned, and its own exit handlers are through */
	struct pollfd *fds; /* room for the union of all waits */
	nfds_t fds_room;
} sched;

/* Not allocated: libvtime may start at a clock reading of the allocator itself, which sanitizers' do. */
static struct vt_thread sched_first;

static void sched_block_signals(sigset_t *ret_before)
{
	sigset_t all;

	(void) sigfillset(&all);
	(void) vt_real.pthread_sigmask(SIG_SETMASK, &all, ret_before);
}

static void sched_add(struct vt_thread *t)
{
	struct vt_thread **end = &sched.threads;

	while (*end)
		end = &(*end)->next;
	*end = t;
}

struct vt_thread *vt_threads(void)
{
	return sched.threads;
}

struct vt_thread *vt_thread_new(void)
{
	struct vt_thread *t = calloc(1, sizeof(*t));

	if (t)
		sched_add(t);
	return t;
}

void vt_thread_free(struct vt_thread *t)
{
	struct vt_thread **p = &sched.threads;

	while (*p && *p != t)
		p = &(*p)->next;
	if (*p)
		*p = t->next;
	if (t != &sched_first)
		free(t);
}

struct vt_thread *vt_thread_find(pthread_t handle)
{
	struct vt_thread *t = sched.threads;

	while (t && !pthread_equal(t->handle, handle))
		t = t->next;
	return t;
}

void vt_thread_ready(struct vt_thread *t)
{
	t->state = VT_IS_READY;
	t->next_ready = NULL;
	if (sched.ready_last)
		sched.ready_last->next_ready = t;
	else
		sched.ready_first = t;
	sched.ready_last = t;
}

void vt_thread_unready(struct vt_thread *t)
{
	struct vt_thread **p = &sched.ready_first, *last = NULL;

	for (; *p && *p != t; p = &(*p)->next_ready)
		last = *p;
	if (!*p)
		return;
	*p = t->next_ready;
	if (sched.ready_last == t)
		sched.ready_last = last;
}

static void sched_wake(struct vt_thread *t, enum vt_result result)
{
	t->result = result;
	vt_thread_ready(t);
}

/* Also a thread that a signal made ready, while it has not run: it would miss the wake that it waits for. */
static bool sched_wakeable(const struct vt_thread *t)
{
	return t->wait && (t->state == VT_WAITS || (t->state == VT_IS_READY && t->result == VT_INTERRUPTED));
}

unsigned vt_wake_bits(const void *object, unsigned n, uint32_t bits)
{
	unsigned woken = 0;

	while (woken < n) {
		struct vt_thread *first = NULL;

		for (struct vt_thread *t = sched.threads; t; t = t->next)
			if (sched_wakeable(t) && t->wait->object == object && (!t->wait->bits || (t->wait->bits & bits)) &&
			    (!first || t->wait->seq < first->wait->seq))
				first = t;
		if (!first)
			break;
		if (first->state == VT_WAITS)
			vt_thread_ready(first);
		first->result = VT_WOKEN;
		woken++;
	}
	return woken;
}

unsigned vt_wake(const void *object, unsigned n)
{
	return vt_wake_bits(object, n, UINT32_MAX);
}

void vt_thread_cancel(struct vt_thread *t)
{
	if (t->state == VT_WAITS)
		sched_wake(t, VT_CANCELLED);
}

void vt_note_mask(void)
{
	if (vt_self)
		(void) vt_real.pthread_sigmask(SIG_SETMASK, NULL, &vt_self->mask);
}

void vt_thread_signalled(struct vt_thread *t, int sig)
{
	if (t->state == VT_WAITS &&
	    (sigismember(&t->mask, sig) == 0 || (t->wait->sigwait && sigismember(t->wait->sigwait, sig) == 1)))
		sched_wake(t, VT_INTERRUPTED);
}

void vt_signal_wake(int sig)
{
	for (struct vt_thread *t = sched.threads; t; t = t->next) {
		const struct vt_wait *w = t->wait;

		if (t->state == VT_ENDED)
			continue;
		if (t->state != VT_WAITS) {
			/* It meets the signal as soon as it runs with its own mask. */
			if (sigismember(&t->mask, sig) == 0)
				return;
			continue;
		}
		if (sigismember(&t->mask, sig) == 0 || (w->sigwait && sigismember(w->sigwait, sig) == 1)) {
			sched_wake(t, VT_INTERRUPTED);
			return;
		}
	}
}

static bool sched_is_ready(const struct vt_wait *w, short events, short revents)
{
	if (!w->as_select)
		return revents != 0;
	return ((events & POLLIN) && (revents & (POLLIN | POLLHUP | POLLERR))) ||
	       ((events & POLLOUT) && (revents & (POLLOUT | POLLERR))) || (revents & (POLLPRI | POLLNVAL));
}

/* The first thread in order of creation, one of whose descriptors is ready. */
static struct vt_thread *sched_ready_descriptor(void)
{
	nfds_t total = 0, at = 0;
	int ready;

	for (struct vt_thread *t = sched.threads; t; t = t->next)
		if (t->state == VT_WAITS)
			total += t->wait->nfds;
	if (total == 0)
		return NULL;
	if (total > sched.fds_room) {
		struct pollfd *grown = realloc(sched.fds, total * sizeof(*grown));

		if (!grown)
			vt_fatal("no memory to look at descriptors", 0);
		sched.fds = grown;
		sched.fds_room = total;
	}
	for (struct vt_thread *t = sched.threads; t; t = t->next)
		if (t->state == VT_WAITS && t->wait->nfds) {
			memcpy(sched.fds + at, t->wait->fds, t->wait->nfds * sizeof(*sched.fds));
			at += t->wait->nfds;
		}
	ready = vt_real.poll(sched.fds, total, 0);
	if (ready < 0)
		vt_fatal("cannot look at the application's descriptors", errno);
	if (ready == 0)
		return NULL;
	at = 0;
	for (struct vt_thread *t = sched.threads; t; t = t->next) {
		if (t->state != VT_WAITS)
			continue;
		for (nfds_t i = 0; i < t->wait->nfds; i++)
			if (sched_is_ready(t->wait, sched.fds[at + i].events, sched.fds[at + i].revents))
				return t;
		at += t->wait->nfds;
	}
	return NULL;
}

/* The thread whose wait ends next by its deadline, and that deadline; NULL and VT_NO_DEADLINE for none. */
static struct vt_thread *sched_first_deadline(uint64_t *ret_deadline)
{
	struct vt_thread *first = NULL;
	uint64_t earliest = VT_NO_DEADLINE;

	for (struct vt_thread *t = sched.threads; t; t = t->next) {
		uint64_t d;

		if (t->state != VT_WAITS)
			continue;
		d = vt_deadline_mono(&t->wait->deadline);
		if (d < earliest || (d == earliest && first && t->wait->seq < first->wait->seq)) {
			earliest = d;
			first = t;
		}
	}
	*ret_deadline = earliest;
	return first;
}

/* Takes the next thread that can run at this moment out of its queue, or NULL. */
static struct vt_thread *sched_pick(void)
{
	struct vt_thread *t = sched.ready_first;
	uint64_t deadline;

	if (t) {
		sched.ready_first = t->next_ready;
		if (!sched.ready_first)
			sched.ready_last = NULL;
		return t;
	}
	vt_timers_fire();
	if (sched.ready_first)
		return sched_pick();
	t = sched_ready_descriptor();
	if (t) {
		t->result = VT_READY;
		return t;
	}
	t = sched_first_deadline(&deadline);
	if (t && deadline <= vt_now()) {
		t->result = VT_EXPIRED;
		return t;
	}
	return NULL;
}

static uint64_t sched_next_deadline(void)
{
	uint64_t threads, timers = vt_timers_next();

	(void) sched_first_deadline(&threads);
	return threads < timers ? threads : timers;
}

static void sched_answer(const struct vt_message *m)
{
	switch (m->type) {
	case VT_AGAIN:
	case VT_TIME:
		break;
	case VT_SIGNAL:
		if (m->a < 1 || m->a >= NSIG)
			vt_fatal("the simulator named a signal that does not exist", 0);
		vt_signal_post((int) m->a);
		break;
	default:
		vt_fatal("the simulator's answer does not fit the request", 0);
	}
	vt_timers_fire();
}

static void sched_idle(void)
{
	struct vt_message m = { .type = VT_IDLE, .a = sched_next_deadline() };

	sched.spin = 0;
	sched.busy = 0;
	vt_memory_report(&m);
	vt_call_blocked(&m, NULL); /* whoever waits has blocked them */
	sched_answer(&m);
}

static bool sched_anybody(void)
{
	for (struct vt_thread *t = sched.threads; t; t = t->next)
		if (t->state != VT_ENDED)
			return true;
	return false;
}

/* The next to run, asking the simulator until there is one. NULL when no thread is left. */
static struct vt_thread *sched_choose(void)
{
	struct vt_thread *t;

	while (!(t = sched_pick())) {
		if (!sched_anybody())
			return NULL;
		sched_idle();
	}
	return t;
}

static void sched_give(struct vt_thread *t)
{
	t->state = VT_RUNS;
	__atomic_store_n(&t->turn, 1, __ATOMIC_RELEASE);
	(void) vt_real.syscall(SYS_futex, &t->turn, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

void vt_await(struct vt_thread *t)
{
	while (!__atomic_load_n(&t->turn, __ATOMIC_ACQUIRE))
		(void) vt_real.syscall(SYS_futex, &t->turn, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
	__atomic_store_n(&t->turn, 0, __ATOMIC_RELAXED);
}

static void sched_switch(struct vt_thread *self, struct vt_thread *next)
{
	if (next == self) {
		self->state = VT_RUNS;
		return;
	}
	sched_give(next);
	vt_await(self);
}

/* Runs the handlers of signals that are pending and not blocked by the thread's own mask. True when one of them ends
 * the wait w; a signal without a handler that ends the process does so here. */
static bool sched_run_handlers(const struct vt_wait *w, const sigset_t *mask)
{
	sigset_t pending;
	bool ends = false, any = false;

	if (sigpending(&pending) < 0 || sigisemptyset(&pending))
		return false;
	for (int sig = 1; sig < NSIG; sig++) {
		struct sigaction action;

		if (sigismember(&pending, sig) != 1 || sigismember(mask, sig) == 1 || sigaction(sig, NULL, &action) < 0)
			continue;
		any = true;
		if (action.sa_handler != SIG_IGN && action.sa_handler != SIG_DFL)
			ends |= w->interruptible && !(w->restarts && (action.sa_flags & SA_RESTART));
	}
	if (any) {
		sigset_t all;

		(void) vt_real.pthread_sigmask(SIG_SETMASK, mask, NULL);
		sched_block_signals(&all);
	}
	return ends;
}

static bool sched_cancel_disabled(void)
{
	int state = PTHREAD_CANCEL_ENABLE;

	(void) pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	(void) pthread_setcancelstate(state, NULL);
	return state == PTHREAD_CANCEL_DISABLE;
}

/* True when one of `set` is pending. */
static bool sched_signal_pending(const sigset_t *set)
{
	sigset_t pending;

	if (sigpending(&pending) < 0)
		return false;
	for (int sig = 1; sig < NSIG; sig++)
		if (sigismember(&pending, sig) == 1 && sigismember(set, sig) == 1)
			return true;
	return false;
}

enum vt_result vt_wait(struct vt_wait *w)
{
	struct vt_thread *self = vt_self;
	enum vt_result result;
	sigset_t before, outer = self->mask;
	int saved = errno;

	sched_block_signals(&before);
	self->mask = w->mask ? *w->mask : before;
	if (!w->seq)
		w->seq = ++sched.next_seq;
	for (;;) {
		sigset_t mine = self->mask;
		bool ended = sched_run_handlers(w, &mine);

		self->mask = mine; /* a handler may have waited too */
		if (ended) {
			result = VT_INTERRUPTED;
			break;
		}
		if (w->sigwait && sched_signal_pending(w->sigwait)) {
			result = VT_INTERRUPTED;
			break;
		}
		self->wait = w;
		self->state = VT_WAITS;
		sched_switch(self, sched_choose());
		self->wait = NULL;
		result = self->result;
		if (result != VT_INTERRUPTED && !(result == VT_CANCELLED && sched_cancel_disabled()))
			break;
	}
	self->mask = outer;
	(void) vt_real.pthread_sigmask(SIG_SETMASK, &before, NULL);
	errno = saved;
	return result;
}

void vt_yield(void)
{
	struct vt_thread *self = vt_self, *next;
	sigset_t outer = self->mask;
	int saved = errno;

	sched_block_signals(&self->mask);
	next = sched_pick();
	if (next) {
		vt_thread_ready(self);
		sched_switch(self, next);
	}
	(void) vt_real.pthread_sigmask(SIG_SETMASK, &self->mask, NULL);
	self->mask = outer;
	errno = saved;
}

/* The application does not wait: let the others run, then let 1 ms pass. */
static void sched_spin(void)
{
	struct vt_message m = { .type = VT_SPIN, .a = sched.spin + sched.busy };
	struct vt_wait w = { 0 };

	sched.spin = 0;
	sched.busy = 0;
	vt_yield();
	vt_note_mask();
	w.deadline = vt_after(VT_NS_PER_MS);
	/* The answer moves the clock by all of it; when somebody waits for an earlier moment, IDLE says so instead. */
	if (sched_next_deadline() >= vt_deadline_mono(&w.deadline)) {
		vt_call(&m, NULL);
		sched_answer(&m);
	}
	(void) vt_wait(&w);
}

void vt_charge(unsigned n)
{
	if (sched.over)
		return;
	sched.spin += n;
	if (sched.spin >= SCHED_SPIN_LIMIT)
		sched_spin();
}

void vt_charge_busy(unsigned n)
{
	unsigned before = sched.busy;

	if (sched.over)
		return;
	sched.busy += n;
	if (sched.busy >= SCHED_BUSY_LIMIT)
		sched_spin();
	else if (sched.busy / SCHED_BUSY_YIELD != before / SCHED_BUSY_YIELD)
		vt_yield();
}

void vt_thread_end(void)
{
	struct vt_thread *self = vt_self, *next;
	sigset_t before;

	sched_block_signals(&before);
	self->state = VT_ENDED;
	vt_wake(self, UINT32_MAX);
	vt_self = NULL;
	next = sched_choose();
	if (self->detached)
		vt_thread_free(self);
	if (next)
		sched_give(next);
}

/* What is done after the application's own exit handlers is the C library's and the compiler's business (a leak check waits for its
 * helper for as long as it takes): it takes no virtual time. */
static void sched_end(void)
{
	sched.over = true;
}

void vt_sched_init(void)
{
	(void) atexit(sched_end); /* the first to be registered is the last to be called */
	sched_first.handle = pthread_self();
	sched_first.state = VT_RUNS;
	sched_add(&sched_first);
	vt_self = &sched_first;
}
