/* See run.h. The loop: the application runs until it waits; then the world moves to the next moment at which anything happens. */
#define _GNU_SOURCE
#include "sim/run/run.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "certs/dates.h"
#include "sim/run/internal.h"
#include "sim/util/text.h"

#define END_AFTER_CLOSE_MS 200
#define FAILURES_MAX 20
#define HINTS_MAX 20
#define PROGRESS_EVERY 64 /* turns of the loop */
#define LIVE_ENTRIES_MAX 100000u /* of the timeline: a run that is watched may go on for weeks */
/* Some 200 MB; a device that does nothing special needs 15,000 entries a year. */
#define TIMELINE_MAX 1000000
#define TIMELINE_BYTES_MAX (128u << 20)

/* ---- Notes, failures ----------------------------------------------------------------------------------------------------- */

void run_note(struct run *run, enum tl_kind kind, bool history, const char *detail, const char *format, ...)
{
	va_list args;
	char *text;

	if (!ahead_may_note(run))
		return;
	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		abort();
	va_end(args);
	run_note_text(run, kind, history, detail, text);
}

void run_note_text(struct run *run, enum tl_kind kind, bool history, const char *detail, char *text)
{
	struct timeline *tl = &run->result->timeline;

	timeline_take(tl, run->clock.now_ns, kind, history, detail, text);
	if (run->options->live) {
		run->options->live->entry(run->options->live->ctx, tl, &tl->entries[tl->count - 1]);
		timeline_keep(tl, LIVE_ENTRIES_MAX);
	}
}

static void add_text(char ***list, size_t *count, size_t max, char *text)
{
	char **grown;

	for (size_t i = 0; i < *count; i++)
		if (strcmp((*list)[i], text) == 0) {
			free(text);
			return;
		}
	grown = *count < max ? realloc(*list, (*count + 1) * sizeof(*grown)) : NULL;
	if (!grown) {
		free(text);
		return;
	}
	*list = grown;
	grown[(*count)++] = text;
}

void run_fail(struct run *run, const char *format, ...)
{
	cleanup_free char *text = NULL;
	char *whole = NULL, date[32], since[32];
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		abort();
	va_end(args);
	dates_format(clock_true_s_at(&run->clock, run->clock.now_ns), date);
	timeline_format_since(run->clock.now_ns, since);
	if (asprintf(&whole, "at %s (%s): %s", since, date, text) < 0)
		abort();
	text_sanitize_lines(whole);
	add_text(&run->result->failures, &run->result->failure_count, FAILURES_MAX, whole);
	if (run->result->verdict == RUN_PASSED)
		run->result->verdict = RUN_FAILED;
}

void run_hint(struct run *run, const char *format, ...)
{
	char *text = NULL;
	va_list args;

	if (!ahead_may_note(run))
		return;
	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		abort();
	va_end(args);
	text_sanitize_lines(text);
	add_text(&run->result->hints, &run->result->hint_count, HINTS_MAX, text);
}

void run_hint_last_lines(struct run *run)
{
	for (size_t i = 0; i < ARRAY_LEN(run->last_lines); i++) {
		const char *line = run->last_lines[(run->last_line_next + i) % ARRAY_LEN(run->last_lines)];

		if (line)
			run_hint(run, "last lines of the application: %s", line);
	}
}

void run_network_failed(struct run *run, struct az_error *error)
{
	az_error_prefix(error, "network %s", run->net_ops->name);
	run_error(run, error);
}

void run_error(struct run *run, const struct az_error *error)
{
	if (run->result->verdict < RUN_ERROR) {
		run->result->verdict = error->status == AZ_INTERRUPTED ? RUN_INTERRUPTED : RUN_ERROR;
		run->result->error = *error;
	}
	run->stop = true;
}

/* ---- Time ---------------------------------------------------------------------------------------------------------------- */

uint64_t run_app_mono_ns(const struct run *run)
{
	return run->clock.now_ns - run->boot_base_ns + VT_MONOTONIC_START_NS;
}

void run_update_page(struct run *run)
{
	uint64_t mono = run_app_mono_ns(run);

	channel_set_page(run->channel, mono, clock_wall_ns(&run->clock, CLOCK_DEVICE) - (int64_t)mono, run->clock.steps[CLOCK_DEVICE]);
}

static uint64_t earliest(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

uint64_t run_next_moment(const struct run *run)
{
	uint64_t next = earliest(queue_next(run->queue), device_next_deadline(run->device));

	if (run_is_online(run)) {
		next = earliest(next, server_next_deadline(issuer_server(run->issuer)));
		next = earliest(next, web_next_deadline(run->web));
	}
	return run->app_idle ? earliest(next, run->idle_deadline_ns) : next;
}

void run_advance_clock(struct run *run, uint64_t to_ns)
{
	if (to_ns <= run->clock.now_ns)
		return;
	clock_advance(&run->clock, to_ns);
	run_update_page(run);
}

void run_look(struct run *run)
{
	if (run->state_changed && !run->stop)
		run_check_expectations(run);
}

void run_happen(struct run *run)
{
	(void) queue_run_due(run->queue, run->clock.now_ns);
	if (!run->stop && device_next_deadline(run->device) <= run->clock.now_ns)
		device_run(run->device);
	if (run->state_changed)
		run_check_expectations(run);
}

/* Move the world to the next moment at which anything happens, and let it happen. */
static void world_turn(struct run *run)
{
	run_look(run);
	run_advance_clock(run, earliest(run->scenario->length_ns, run_next_moment(run)));
	run_happen(run);
}

/* The world stands at the end of the run and nothing is due any more. */
static bool world_is_over(const struct run *run)
{
	return run->clock.now_ns >= run->scenario->length_ns && queue_next(run->queue) > run->clock.now_ns;
}

/* ---- The application ----------------------------------------------------------------------------------------------------- */

/* signal: of VT_SIGNAL; else 0. */
static void answer_idle(struct run *run, enum vt_type type, int signal)
{
	if (run_handle_held(run))
		return;
	run->app_idle = false;
	ahead_offer(run);
	if (!channel_answer_vt(run->channel, run->idle_connection, type, 0, (uint64_t)signal, -1)) {
		struct pollfd end = {.fd = run->process.pidfd, .events = POLLIN};
		int status;

		/* It was killed from outside while it waited; its connections go a moment before its end is seen. */
		(void) poll(&end, 1, END_AFTER_CLOSE_MS);
		if (app_reap(&run->process, &status))
			run_app_ended(run, status);
		else
			run_app_misbehaves(run, "the application waits for its clock and does not hear it: it closed its connection, or does not read");
	}
}

void run_app_time_is_up(struct run *run)
{
	answer_idle(run, VT_TIME, 0);
}

/* A step of the wall clock moves the moments that the application waits for by that clock: it has to look again. */
static bool wall_clock_was_stepped(struct run *run)
{
	if (run->idle_wall_steps == run->clock.steps[CLOCK_DEVICE])
		return false;
	run->idle_wall_steps = run->clock.steps[CLOCK_DEVICE];
	return true;
}

static bool app_has_mail(struct run *run)
{
	bool has = run->app_has_mail;

	run->app_has_mail = false;
	return has;
}

bool run_wake_app(struct run *run)
{
	if (!run->app_idle || run->held)
		return false;
	if (run->shut_down.term_due) {
		run->shut_down.term_due = false;
		run_note(run, TL_APP, true, NULL, "SIGTERM");
		answer_idle(run, VT_SIGNAL, SIGTERM);
		return true;
	}
	if (!run_serve(run) && !wall_clock_was_stepped(run) && !app_has_mail(run))
		return false;
	answer_idle(run, VT_AGAIN, 0);
	return true;
}

void run_app_misbehaves(struct run *run, const char *format, ...)
{
	cleanup_free char *text = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		abort();
	va_end(args);
	run_note(run, TL_APP, true, NULL, "%s", text);
	if (run->options->live) {
		run_app_kill(run, "the application misbehaves");
	} else {
		run_fail(run, "%s", text);
		run->stop = true;
	}
}

static double real_now_s(void)
{
	struct timespec ts;

	(void) clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void app_hangs(struct run *run)
{
	char where[256];

	app_describe_hang(&run->process, where, sizeof(where));
	if (!channel_has_clock(run->channel))
		run_fail(run, "the application never spoke to its clock within %u s of real time: %s; it must be a dynamically linked program",
		         run->options->app_wait_s, where);
	else
		run_fail(run, "the application does not return to its loop: nothing from it for %u s of real time; %s", run->options->app_wait_s,
		         where);
	run_hint_last_lines(run);
	run->stop = true;
}

/* Wait for what the application, which is running, says next. */
static void app_turn(struct run *run)
{
	static struct channel_message message;
	enum channel_message_kind kind = CHANNEL_NONE;
	int status, r = channel_wait(run->channel, (int)run->options->app_wait_s * 1000);

	if (r == 0) {
		app_hangs(run);
		return;
	}
	if (r < 0)
		return; /* a signal: the caller looks at it */
	/* What it took before what it wrote, that before what it said, and its last message before its end. */
	ahead_collect(run);
	if ((unsigned)r & APP_WROTE)
		run_drain_output(run);
	run->output_quiet = true;
	if ((unsigned)r & CHANNEL_HEARD)
		kind = channel_receive(run->channel, &message);
	if (kind == CHANNEL_REFUSED) {
		run_handle_message(run, &message, kind);
		kind = CHANNEL_NONE;
	}
	if (kind != CHANNEL_NONE) {
		run->silent_since_s = 0;
		run_handle_message(run, &message, kind);
	} else if (((unsigned)r & APP_ENDED) && app_reap(&run->process, &status)) {
		run->silent_since_s = 0;
		run_app_ended(run, status);
	} else {
		/* Output, greetings and connections are no messages: whoever makes only those is not waited for any longer. */
		if (run->silent_since_s == 0)
			run->silent_since_s = real_now_s();
		else if (real_now_s() - run->silent_since_s > run->options->app_wait_s)
			app_hangs(run);
	}
}

static void loop(struct run *run)
{
	unsigned turns = 0;

	while (!run->stop) {
		if (*run->options->interrupted) {
			run->result->verdict = RUN_INTERRUPTED;
			return;
		}
		if (run->result->timeline.count > TIMELINE_MAX) {
			run_fail(run, "the timeline has more than %u entries: the run is stopped here", TIMELINE_MAX);
			return;
		}
		if (run->result->timeline.bytes > TIMELINE_BYTES_MAX) {
			run_fail(run, "the timeline has more than %u MiB of text: the run is stopped here", TIMELINE_BYTES_MAX >> 20);
			run_hint_last_lines(run);
			return;
		}
		if (run->options->progress && turns++ % PROGRESS_EVERY == 0)
			run->options->progress(run->options->progress_ctx, run->clock.now_ns);
		if (run->process.pid > 0 && !run->app_idle) {
			app_turn(run);
		} else if (run_wake_app(run)) {
			continue;
		} else if (world_is_over(run)) {
			return;
		} else {
			world_turn(run);
			if (run->app_idle && run->idle_deadline_ns <= run->clock.now_ns && !run->stop && !world_is_over(run))
				run_app_time_is_up(run);
		}
	}
}

void run_scenario(const struct scenario *scenario, const struct net_ops *net, const struct run_options *options,
                  struct run_result *ret_result)
{
	struct run *run = calloc(1, sizeof(*run));
	double begin = real_now_s();
	int r;

	memset(ret_result, 0, sizeof(*ret_result));
	timeline_init(&ret_result->timeline, scenario->start_s);
	if (!run) {
		ret_result->verdict = RUN_ERROR;
		az_error_set(&ret_result->error, AZ_ENVIRONMENT, "out of memory");
		return;
	}
	run->scenario = scenario;
	run->options = options;
	run->net_ops = net;
	run->result = ret_result;
	run->cuts = cuts_new(run, &options->cuts);
	run->faults = faults_new(&options->faults);
	r = run_setup(run, &ret_result->error);
	if (r == 0 && options->live)
		r = options->live->begin(options->live->ctx, run, &ret_result->error);
	if (r < 0) {
		ret_result->verdict = *options->interrupted ? RUN_INTERRUPTED : RUN_ERROR;
	} else {
		run_schedule_events(run);
		run_schedule_expectations(run);
		if (scenario->flash)
			run_set_flash(run, scenario->flash);
		if (scenario->powered)
			run_power_on(run);
		if (options->live)
			run_live_loop(run);
		else
			loop(run);
		oracle_offline(run, false);
		run_drain_output(run);
		if (!options->live && ret_result->verdict != RUN_INTERRUPTED && ret_result->verdict != RUN_ERROR) {
			if (!run->stop)
				run_finish_expectations(run);
			oracle_finish(run);
		}
		cuts_end_branch(run);
	}
	ret_result->span_ns = run->clock.now_ns;
	if (options->live)
		options->live->end(options->live->ctx);
	run_teardown(run);
	free(run);
	ret_result->real_s = real_now_s() - begin;
}

void run_result_clear(struct run_result *result)
{
	for (size_t i = 0; i < result->failure_count; i++)
		free(result->failures[i]);
	free(result->failures);
	for (size_t i = 0; i < result->hint_count; i++)
		free(result->hints[i]);
	free(result->hints);
	free(result->application);
	free(result->faults.list);
	timeline_clear(&result->timeline);
	memset(result, 0, sizeof(*result));
}

const char *run_verdict_name(enum run_verdict verdict)
{
	switch (verdict) {
	case RUN_PASSED: return "pass";
	case RUN_FAILED: return "FAIL";
	case RUN_ERROR: return "ERROR";
	case RUN_INTERRUPTED: return "interrupted";
	}
	return "?";
}
