/* Timers that fire by themselves: what timerfd, alarm, setitimer and timer_create share.
 *
 * The clock moves only in answers of the simulator; whoever takes one calls vt_timers_fire. Leaves to others: what an
 * expiry does (timerfd.c, signals.c).
 */
#define _GNU_SOURCE
#include "emu-applibs/vtime/vtime.h"

static struct vt_timer *timers; /* armed, in the order of arming */
static bool timers_firing;

void vt_timer_disarm(struct vt_timer *timer)
{
	struct vt_timer **p = &timers;

	while (*p && *p != timer)
		p = &(*p)->next;
	if (*p)
		*p = timer->next;
	timer->armed = false;
	timer->next = NULL;
}

void vt_timer_arm(struct vt_timer *timer, struct vt_deadline deadline, int64_t interval_ns)
{
	struct vt_timer **end = &timers;

	vt_timer_disarm(timer);
	timer->deadline = deadline;
	timer->interval_ns = interval_ns;
	timer->armed = true;
	while (*end)
		end = &(*end)->next;
	*end = timer;
}

int64_t vt_timer_left(const struct vt_timer *timer)
{
	uint64_t end;

	if (!timer->armed)
		return 0;
	end = vt_deadline_mono(&timer->deadline);
	if (end > INT64_MAX)
		return INT64_MAX;
	return end > vt_now() ? (int64_t) (end - vt_now()) : 1;
}

static struct vt_timer *timers_first(void)
{
	struct vt_timer *first = NULL;

	for (struct vt_timer *t = timers; t; t = t->next)
		if (!first || vt_deadline_mono(&t->deadline) < vt_deadline_mono(&first->deadline))
			first = t;
	return first;
}

uint64_t vt_timers_next(void)
{
	struct vt_timer *first = timers_first();

	return first ? vt_deadline_mono(&first->deadline) : VT_NO_DEADLINE;
}

/* Moves a periodic timer past now, keeping its phase; returns how often it has expired. */
static uint64_t timers_advance(struct vt_timer *t)
{
	/* On the timer's own clock: its start may lie before the monotonic clock's. */
	int64_t now = t->deadline.kind == VT_WALL ? vt_wall() : (int64_t) vt_now();
	uint64_t count;

	if (t->interval_ns <= 0) {
		vt_timer_disarm(t);
		return 1;
	}
	count = 1 + (uint64_t) (now - t->deadline.ns) / (uint64_t) t->interval_ns;
	if (__builtin_add_overflow(t->deadline.ns, (int64_t) count * t->interval_ns, &t->deadline.ns))
		t->deadline.kind = VT_NEVER;
	return count;
}

void vt_timers_fire(void)
{
	struct vt_timer *t;

	if (!timers || timers_firing)
		return;
	timers_firing = true;
	while ((t = timers_first()) && vt_due(&t->deadline))
		t->expired(t, timers_advance(t));
	timers_firing = false;
}
