/* The loop of a run that goes on live: real time is waited for where the front says so, and the front is served meanwhile.
 *
 * The front may change the world only while the application waits for an answer, or has been silent for SILENT_MS: it may be stopped
 * by a debugger, or compute, and must still be told to go. What happens and in which order is otherwise as in run.c.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <time.h>

#include "sim/run/internal.h"

#define SILENT_MS 50
#define SERVE_EVERY_MS 10 /* while time passes as fast as it can */

static int64_t real_ms(void)
{
	struct timespec ts;

	(void) clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void serve(struct run *run)
{
	const struct run_live *live = run->options->live;

	run->served_ms = real_ms();
	live->serve(live->ctx);
}

static void serve_when_due(struct run *run)
{
	if (real_ms() - run->served_ms >= SERVE_EVERY_MS)
		serve(run);
}

static uint64_t limit_ns(const struct run *run)
{
	const struct run_live *live = run->options->live;

	return live->limit_ns(live->ctx);
}

/* Waits for any of the descriptors. A signal that has come, or comes, is not slept over. */
static int wait_for(struct run *run, struct pollfd *fds, size_t n, int ms)
{
	const struct timespec limit = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
	sigset_t stops, before;
	int r = 0;

	(void) sigemptyset(&stops);
	(void) sigaddset(&stops, SIGINT);
	(void) sigaddset(&stops, SIGTERM);
	(void) sigaddset(&stops, SIGHUP);
	(void) sigprocmask(SIG_BLOCK, &stops, &before);
	if (!*run->options->interrupted)
		r = ppoll(fds, n, ms < 0 ? NULL : &limit, &before);
	(void) sigprocmask(SIG_SETMASK, &before, NULL);
	return r;
}

/* Its end and its output; 0 when it does not run. */
static size_t process_poll_set(const struct run *run, struct pollfd fds[2])
{
	if (run->process.pid == 0)
		return 0;
	fds[0] = (struct pollfd){.fd = run->process.pidfd, .events = POLLIN};
	fds[1] = (struct pollfd){.fd = run->process.output, .events = POLLIN};
	return 2;
}

/* ---- The application runs ------------------------------------------------------------------------------------------------ */

/* It computes, hangs, or is being debugged. */
static void app_is_silent(struct run *run)
{
	const struct run_live *live = run->options->live;
	pid_t pid = channel_clock_pid(run->channel);
	char where[256];

	if (pid > 0 && app_is_stopped(pid)) {
		live->hold(live->ctx);
		run->heard_ms = real_ms();
	} else if (!run->hang_told && real_ms() - run->heard_ms > (int64_t)run->options->app_wait_s * 1000) {
		run->hang_told = true;
		app_describe_hang(&run->process, where, sizeof(where));
		run_note(run, TL_APP, true, NULL, "does not return to its loop: nothing from it for %u s; %s", run->options->app_wait_s, where);
	}
}

/* Time went on while it ran; not past what is to happen, though, which waits until the application does. */
static void catch_up(struct run *run)
{
	const struct run_live *live = run->options->live;
	uint64_t present = live->present_ns(live->ctx), next = run_next_moment(run);

	run_advance_clock(run, present < next ? present : next);
}

static void app_turn(struct run *run)
{
	static struct channel_message message;
	struct pollfd fds[CHANNEL_MAX + 3];
	enum channel_message_kind kind = channel_receive(run->channel, &message);
	int status;

	if (run->heard_ms == 0)
		run->heard_ms = real_ms();
	if (kind == CHANNEL_NONE) {
		size_t n = channel_poll_set(run->channel, fds);
		int r;

		n += process_poll_set(run, fds + n);
		r = wait_for(run, fds, n, SILENT_MS);
		run_drain_output(run);
		if (r == 0) {
			app_is_silent(run);
			serve(run);
		}
		if (r <= 0)
			return;
		kind = channel_receive(run->channel, &message);
	}
	if (kind == CHANNEL_NONE) {
		if (app_reap(&run->process, &status))
			run_app_ended(run, status);
		return;
	}
	run->heard_ms = real_ms();
	run->hang_told = false;
	serve_when_due(run);
	if (run->process.pid == 0)
		return; /* the front has ended it */
	catch_up(run);
	run_handle_message(run, &message, kind);
}

/* ---- It waits, or is not there ------------------------------------------------------------------------------------------- */

static void rest(struct run *run, uint64_t next_ns)
{
	const struct run_live *live = run->options->live;
	struct pollfd fds[2 + RUN_LIVE_FDS];
	size_t n = process_poll_set(run, fds);
	int ms = live->rest(live->ctx, next_ns), status;

	n += live->poll_set(live->ctx, fds + n);
	if (ms != 0)
		(void) wait_for(run, fds, n, ms);
	run_drain_output(run);
	if (run->process.pid > 0 && app_reap(&run->process, &status))
		run_app_ended(run, status);
	serve(run);
}

static void world_turn(struct run *run)
{
	uint64_t next, limit;

	run_look(run);
	next = run_next_moment(run);
	limit = limit_ns(run);
	if (next == TIME_NEVER || next > limit) {
		if (limit != TIME_NEVER)
			run_advance_clock(run, limit);
		rest(run, next);
		return;
	}
	run_advance_clock(run, next);
	run_happen(run);
	if (run->app_idle && run->idle_deadline_ns <= run->clock.now_ns && !run->stop)
		run_app_time_is_up(run);
	serve_when_due(run);
}

void run_live_loop(struct run *run)
{
	while (!run->stop) {
		if (*run->options->interrupted) {
			run->result->verdict = RUN_INTERRUPTED;
			return;
		}
		if (run->process.pid > 0 && !run->app_idle) {
			app_turn(run);
			continue;
		}
		run->heard_ms = 0;
		if (!run_wake_app(run))
			world_turn(run);
	}
}
