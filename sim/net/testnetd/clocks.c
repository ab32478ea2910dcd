/* See testnetd/clocks.h. */
#define _GNU_SOURCE
#include "sim/net/testnetd/clocks.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <time.h>

#include "emu-applibs/base/base.h"
#include "sim/net/testnetd/conf.h"
#include "sim/net/testnetd/devclock.h"
#include "sim/net/testnetd/status.h"

#define CLOCK_LIMIT_MS 5000u
#define CLOCK_TRIES 3
#define CLOCK_TOLERANCE_S 1
/* Of the monotonic clock when a run begins: not 0, which some take for "never". */
#define CLOCKS_BEGIN_S UINT64_C(1000)
#define HOLD_AFTER_MS 500u /* a clock that ran on less than this still shows the second it was set to */

int64_t clocks_radius_now_ns(const struct daemons *d)
{
	if (!d->has_clocks)
		return TIME_UNKNOWN;
	return d->radius_wall_s * (int64_t) NS_PER_S + (int64_t) (real_now_ns() - d->clocks_at_ns);
}

/* On air an authentication takes long enough for a validity to begin or end in the midst of it: the clocks stand still there. A date
 * without a sign is such a clock to libfaketime. */
static int write_still_clock(const struct daemons *d, const char *name, int64_t wall_s)
{
	char path[DAEMONS_PATH_MAX], text[64];
	time_t t = (time_t) wall_s;
	struct tm tm;
	size_t n = gmtime_r(&t, &tm) != NULL ? strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S\n", &tm) : 0;

	return n > 0 ? conf_write(daemons_work_path(d, name, path), text, n) : -ERANGE;
}

/* libfaketime reads the file at every look at the clock: one signed offset in seconds. */
int clocks_write(const struct daemons *d, const char *name, int64_t wall_s)
{
	char path[DAEMONS_PATH_MAX], text[64];
	struct timespec now;
	int64_t offset_ns;

	if (d->medium->radio)
		return write_still_clock(d, name, wall_s);

	(void) clock_gettime(CLOCK_REALTIME, &now);
	offset_ns = (wall_s - now.tv_sec) * (int64_t) NS_PER_S - now.tv_nsec;
	int n = snprintf(text, sizeof(text), "%c%lld.%09lld\n", offset_ns < 0 ? '-' : '+',
	                 (long long) llabs(offset_ns / (int64_t) NS_PER_S), (long long) llabs(offset_ns % (int64_t) NS_PER_S));

	return conf_write(daemons_work_path(d, name, path), text, (size_t) n);
}

/* RADIUS's own word on the time. 0, -EAGAIN: no answer in time or none that can be believed. */
static int ask_radius_clock(struct daemons *d, uint64_t until_ns, int64_t *ret_wall_s)
{
	struct status_question question;
	int r;

	while (status_take(d->status_fd, d->status_secret, &(struct status_question){0}, ret_wall_s) != -EAGAIN)
		; /* late answers to earlier questions */
	r = status_ask(d->status_fd, d->status_secret, &question);
	while (r == 0 && d->radius.state == PROC_RUNNING && real_now_ns() < until_ns) {
		(void) daemons_wait(d, d->status_fd, until_ns);
		r = status_take(d->status_fd, d->status_secret, &question, ret_wall_s);
		if (r == 0)
			return 0;
		if (r == -EAGAIN)
			r = 0;
	}
	return -EAGAIN;
}

/* The stamp of a line that wpa_supplicant writes when told to: "1767225600.000123: NOTE: clock 7". */
static int ask_device_clock(struct daemons *d, uint64_t until_ns, int64_t *ret_wall_s)
{
	char reply[64], wanted[32];

	proc_mark(&d->supplicant);
	(void) snprintf(wanted, sizeof(wanted), "NOTE: clock %u\n", ++d->note_count);
	if (ctl_request(&d->supplicant_ctl, reply, sizeof(reply), "NOTE clock %u", d->note_count) < 0)
		return -EAGAIN;
	for (;;) {
		const char *note = strstr(d->supplicant.capture, wanted), *line = note;

		while (line > d->supplicant.capture && line[-1] != '\n')
			line--;
		if (note != NULL) {
			long long wall_s;

			if (sscanf(line, "%lld.", &wall_s) != 1)
				return -EBADMSG;
			*ret_wall_s = wall_s;
			return 0;
		}
		if (real_now_ns() >= until_ns || d->supplicant.state != PROC_RUNNING)
			return -EAGAIN;
		(void) daemons_wait(d, -1, until_ns);
	}
}

static bool stands_at(int r, int64_t seen_s, int64_t wanted_s)
{
	return r == 0 && seen_s >= wanted_s && seen_s <= wanted_s + CLOCK_TOLERANCE_S;
}

/* Sets one clock and has its daemon prove it. A machine that stood still in between gets more tries. */
static int set_clock(struct daemons *d, struct proc *proc, const char *file, int64_t wall_s,
                     int (*ask)(struct daemons *d, uint64_t until_ns, int64_t *ret_wall_s), struct az_error *ret_error)
{
	uint64_t until = daemons_in_ms(CLOCK_LIMIT_MS);
	int64_t seen_s = 0;
	int r = 0;

	for (int i = 0; i < CLOCK_TRIES; i++) {
		r = clocks_write(d, file, wall_s);
		if (r < 0) {
			az_error_set(ret_error, AZ_ENVIRONMENT, "the clock of %s cannot be set: %s", proc->name, strerror(-r));
			return r;
		}
		if (proc->state == PROC_STOPPED)
			return 0;
		r = ask(d, until, &seen_s);
		if (stands_at(r, seen_s, wall_s))
			return 0;
		if (daemons_check(d, ret_error) < 0)
			return -ECHILD;
	}
	if (daemons_check_after_failure(d, ret_error) < 0)
		return -ECHILD;
	if (r < 0)
		az_error_set(ret_error, AZ_ENVIRONMENT, "%s does not say what time it is: %s", proc->name, strerror(-r));
	else
		az_error_set(ret_error, AZ_ENVIRONMENT, "the clock of %s stands at %lld instead of %lld (seconds since 1970)",
		             proc->name, (long long) seen_s, (long long) wall_s);
	proc_append_last_lines(proc, ret_error);
	return -ETIME;
}

/* The guest's own clock is RADIUS's, for logs and for whoever has no other; a time before the guest's start the kernel refuses. The
 * clocks that certificates are judged by are libfaketime's. */
static void set_guest_clock(int64_t wall_s)
{
	struct timespec ts = {.tv_sec = (time_t) wall_s};

	(void) clock_settime(CLOCK_REALTIME, &ts);
}

int clocks_put(struct daemons *d, int64_t device_wall_s, int64_t radius_wall_s, struct az_error *ret_error)
{
	int r;

	capture_take(&d->capture, clocks_radius_now_ns(d)); /* what was sent before belongs there */
	d->device_wall_s = device_wall_s;
	d->radius_wall_s = radius_wall_s;
	d->clocks_at_ns = real_now_ns();
	if (d->medium->radio)
		set_guest_clock(radius_wall_s);
	r = set_clock(d, &d->supplicant, CLOCKS_DEVICE, device_wall_s, ask_device_clock, ret_error);
	return r < 0 ? r : set_clock(d, &d->radius, CLOCKS_RADIUS, radius_wall_s, ask_radius_clock, ret_error);
}

int clocks_map(struct daemons *d)
{
	char path[DAEMONS_PATH_MAX];
	cleanup_fd int fd = open(daemons_work_path(d, CLOCKS_MONOTONIC, path), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	void *map;

	if (fd < 0 || ftruncate(fd, sizeof(*d->devclock)) < 0)
		return -errno;
	map = mmap(NULL, sizeof(*d->devclock), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return -errno;
	d->devclock = map;
	clocks_stand(d, 0);
	return 0;
}

void clocks_stand(struct daemons *d, uint64_t second)
{
	struct devclock *clock = d->devclock;

	__atomic_store_n(&clock->turn, clock->turn + 1, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	__atomic_store_n(&clock->base_ns, (int64_t) ((second + CLOCKS_BEGIN_S) * NS_PER_S), __ATOMIC_RELAXED);
	__atomic_store_n(&clock->since_ns, (int64_t) real_now_ns(), __ATOMIC_RELAXED);
	__atomic_store_n(&clock->turn, clock->turn + 1, __ATOMIC_RELEASE);
}

void clocks_draw(struct daemons *d, uint32_t random)
{
	__atomic_store_n(&d->devclock->random, (int64_t) random, __ATOMIC_RELAXED);
}

int daemons_set_clocks(struct daemons *d, int64_t device_wall_s, int64_t radius_wall_s, struct az_error *ret_error)
{
	int r = clocks_put(d, device_wall_s, radius_wall_s, ret_error);

	d->has_clocks = true;
	return r;
}

int daemons_hold_clocks(struct daemons *d, struct az_error *ret_error)
{
	if (d->medium->radio || real_now_ns() - d->clocks_at_ns < HOLD_AFTER_MS * NS_PER_MS)
		return 0;
	return daemons_set_clocks(d, d->device_wall_s, d->radius_wall_s, ret_error);
}
