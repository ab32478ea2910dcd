/* Clocks: reading them from the page, asking to set them, and deadlines on them.
 *
 * CPU clocks stay real. Leaves to others: waiting (sleeps.c and the rest).
 */
#define _GNU_SOURCE
#include "emu-applibs/vtime/vtime.h"

#include <errno.h>

#define CLOCKS_TICKS_PER_S 100

/* ---- Times and deadlines ---- */

int64_t vt_ns(const struct timespec *ts)
{
	int64_t ns;

	if (__builtin_mul_overflow((int64_t) ts->tv_sec, (int64_t) VT_NS_PER_S, &ns) ||
	    __builtin_add_overflow(ns, (int64_t) ts->tv_nsec, &ns))
		return ts->tv_sec < 0 ? INT64_MIN : INT64_MAX;
	return ns;
}

struct timespec vt_timespec(int64_t ns)
{
	struct timespec ts = { .tv_sec = ns / VT_NS_PER_S, .tv_nsec = ns % VT_NS_PER_S };

	if (ts.tv_nsec < 0) {
		ts.tv_sec--;
		ts.tv_nsec += VT_NS_PER_S;
	}
	return ts;
}

bool vt_timespec_ok(const struct timespec *ts)
{
	return ts->tv_nsec >= 0 && ts->tv_nsec < VT_NS_PER_S;
}

struct vt_deadline vt_after(int64_t ns)
{
	struct vt_deadline d = { .kind = VT_MONO, .ns = (int64_t) vt_now() };

	if (ns > 0 && __builtin_add_overflow(d.ns, ns, &d.ns))
		d.kind = VT_NEVER;
	return d;
}

struct vt_deadline vt_after_timespec(const struct timespec *ts)
{
	if (!ts)
		return (struct vt_deadline) { .kind = VT_NEVER };
	return vt_after(vt_ns(ts));
}

struct vt_deadline vt_after_ms(int ms)
{
	if (ms < 0)
		return (struct vt_deadline) { .kind = VT_NEVER };
	return vt_after(ms * VT_NS_PER_MS);
}

enum vt_deadline_kind vt_clock_kind(clockid_t clock)
{
	switch (clock) {
	case CLOCK_REALTIME:
	case CLOCK_REALTIME_COARSE:
	case CLOCK_REALTIME_ALARM:
	case CLOCK_TAI:
		return VT_WALL;
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_MONOTONIC_COARSE:
	case CLOCK_BOOTTIME:
	case CLOCK_BOOTTIME_ALARM:
		return VT_MONO;
	default:
		return VT_NEVER;
	}
}

struct vt_deadline vt_at(clockid_t clock, const struct timespec *ts)
{
	return (struct vt_deadline) { .kind = vt_clock_kind(clock), .ns = vt_ns(ts) };
}

uint64_t vt_deadline_mono(const struct vt_deadline *d)
{
	int64_t mono;

	switch (d->kind) {
	case VT_NEVER:
		return VT_NO_DEADLINE;
	case VT_MONO:
		return d->ns < 0 ? 0 : (uint64_t) d->ns;
	case VT_WALL:
		if (__builtin_sub_overflow(d->ns, vt_wall() - (int64_t) vt_now(), &mono))
			return d->ns < 0 ? 0 : VT_NO_DEADLINE;
		return mono < 0 ? 0 : (uint64_t) mono;
	}
	return VT_NO_DEADLINE;
}

bool vt_due(const struct vt_deadline *d)
{
	return vt_deadline_mono(d) <= vt_now();
}

/* ---- Reading ---- */

static void clocks_charge(void)
{
	if (vt_self)
		vt_charge(1);
}

/* Reads after the charge, so that a loop sees the time its own reading has cost. */
static int64_t clocks_wall(void)
{
	clocks_charge();
	return vt_wall();
}

int clock_gettime(clockid_t clock, struct timespec *ts)
{
	enum vt_deadline_kind kind = vt_clock_kind(clock);

	if (!vt_clock_on() || kind == VT_NEVER)
		return vt_real.clock_gettime(clock, ts);
	clocks_charge();
	*ts = vt_timespec(kind == VT_WALL ? vt_wall() : (int64_t) vt_now());
	return 0;
}

int clock_getres(clockid_t clock, struct timespec *res)
{
	if (!vt_clock_on() || vt_clock_kind(clock) == VT_NEVER)
		return vt_real.clock_getres(clock, res);
	if (res)
		*res = (struct timespec) { .tv_nsec = 1 };
	return 0;
}

time_t time(time_t *t)
{
	time_t now;

	if (!vt_clock_on())
		return vt_real.time(t);
	now = vt_timespec(clocks_wall()).tv_sec;
	if (t)
		*t = now;
	return now;
}

int gettimeofday(struct timeval *restrict tv, void *restrict tz)
{
	struct timeval *where = tv;
	struct timespec now;

	if (!vt_clock_on())
		return vt_real.gettimeofday(tv, tz);
	now = vt_timespec(clocks_wall());
	/* The header says tv is never NULL; applications pass it all the same. */
	__asm__("" : "+r"(where));
	if (where)
		*where = (struct timeval) { .tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / VT_NS_PER_US };
	if (tz)
		*(struct timezone *) tz = (struct timezone) { 0 };
	return 0;
}

int timespec_get(struct timespec *ts, int base)
{
	if (!vt_clock_on() || base != TIME_UTC)
		return vt_real.timespec_get(ts, base);
	*ts = vt_timespec(clocks_wall());
	return base;
}

clock_t times(struct tms *buffer)
{
	bool on = vt_clock_on();
	clock_t ticks = vt_real.times(buffer);

	if (!on || ticks == (clock_t) -1)
		return ticks;
	clocks_charge();
	return (clock_t) (vt_now() / (VT_NS_PER_S / CLOCKS_TICKS_PER_S));
}

int sysinfo(struct sysinfo *info)
{
	int r;

	if (!vt_clock_on())
		return vt_real.sysinfo(info);
	r = vt_real.sysinfo(info);
	if (r == 0) {
		clocks_charge();
		info->uptime = (long) (vt_now() / VT_NS_PER_S);
	}
	return r;
}

/* ---- Setting ---- */

static int clocks_set(int64_t wall_ns)
{
	struct vt_message m = { .type = VT_SETTIME, .a = (uint64_t) wall_ns };

	vt_call(&m, NULL);
	if (m.type != VT_STATUS)
		vt_fatal("the simulator's answer does not fit the request", 0);
	vt_note_mask();
	vt_timers_fire();
	if (m.status == 0)
		return 0;
	errno = m.status;
	return -1;
}

int clock_settime(clockid_t clock, const struct timespec *ts)
{
	if (!vt_on())
		return vt_real.clock_settime(clock, ts);
	if (clock != CLOCK_REALTIME || !vt_timespec_ok(ts) || ts->tv_sec < 0) {
		errno = EINVAL;
		return -1;
	}
	return clocks_set(vt_ns(ts));
}

int settimeofday(const struct timeval *tv, const struct timezone *tz)
{
	const struct timeval *wanted = tv;
	struct timespec ts;

	if (!vt_on())
		return vt_real.settimeofday(tv, tz);
	__asm__("" : "+r"(wanted));
	if (!wanted)
		return 0;
	ts = (struct timespec) { .tv_sec = wanted->tv_sec, .tv_nsec = wanted->tv_usec * VT_NS_PER_US };
	if (!vt_timespec_ok(&ts) || ts.tv_sec < 0) {
		errno = EINVAL;
		return -1;
	}
	return clocks_set(vt_ns(&ts));
}

int adjtime(const struct timeval *delta, struct timeval *left)
{
	if (!vt_on())
		return vt_real.adjtime(delta, left);
	if (delta) {
		vt_unsupported("adjtime");
		errno = EPERM;
		return -1;
	}
	if (left)
		*left = (struct timeval) { 0 };
	return 0;
}

/* The kernel's discipline of the clock: neither shown, since it would show the host's time, nor changed. */
static int clocks_no_discipline(const char *what)
{
	vt_unsupported(what);
	errno = EPERM;
	return -1;
}

int adjtimex(struct timex *tx)
{
	return vt_on() ? clocks_no_discipline("adjtimex") : vt_real.adjtimex(tx);
}

int ntp_adjtime(struct timex *tx)
{
	return vt_on() ? clocks_no_discipline("ntp_adjtime") : vt_real.ntp_adjtime(tx);
}

int clock_adjtime(clockid_t clock, struct timex *tx)
{
	return vt_on() ? clocks_no_discipline("clock_adjtime") : vt_real.clock_adjtime(clock, tx);
}
