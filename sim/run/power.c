/* The device's power and the application's life: boot, start, end, restart, power loss. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>

#include "sim/run/internal.h"
#include "sim/torture/oom.h"

#define RESTART_FIRST_S 1u
#define RESTART_MAX_S 3600u
#define RESTART_FORGIVEN_NS (86400ULL * NS_PER_S) /* an application that lived so long starts anew without delay */

static void start_due(void *ctx, uint64_t arg)
{
	struct run *run = ctx;

	run->start_timer = 0;
	/* arg is the boot it belongs to: a later power loss made it void. */
	if (arg == run->boot_base_ns && device_is_on(run->device) && run->process.pid == 0 && !run->stop)
		run_app_start(run);
}

static void start_after(struct run *run, uint64_t delay_ns)
{
	run->start_timer = queue_add(run->queue, run->clock.now_ns + delay_ns, start_due, run, run->boot_base_ns);
}

void run_app_start(struct run *run)
{
	struct az_error error;

	run->app_idle = false;
	run->app_gone = false;
	run->spins = run->calls_in_a_row = 0;
	channel_expect(run->channel, 0);
	channel_ahead(run->channel)->mutable_fd = -1;
	run_update_page(run);
	run->launch.args = device_manifest_cmd_args(run->device);
	if (app_start(&run->launch, &run->process, &error) < 0) {
		run_error(run, &error);
		return;
	}
	channel_expect(run->channel, run->process.pid);
	if (channel_watch(run->channel, run->process.pidfd, APP_ENDED) < 0 || channel_watch(run->channel, run->process.output, APP_WROTE) < 0) {
		az_error_set(&error, AZ_ENVIRONMENT, "cannot watch the application: too many open files?");
		run_error(run, &error);
		return;
	}
	run->app_started_ns = run->clock.now_ns;
	run->result->app_starts++;
	run_note(run, TL_APP, true, NULL, "started");
}

static void app_is_gone(struct run *run)
{
	channel_expect(run->channel, 0);
	server_drop(issuer_server(run->issuer), false);
	device_app_gone(run->device);
	web_drop(run->web);
	relay_drop(run);
	run->app_idle = false;
	run_drop_held(run);
	run->app_gone = true;
	run->app_has_mail = false;
}

/* No-op when it does not run. */
static void end_app(struct run *run)
{
	if (run->process.pid == 0)
		return;
	run_drain_output(run);
	run_watch_mutable_file(run);
	oom_look(run, NULL);
	app_kill(&run->process);
	app_is_gone(run);
}

static void power_on_due(void *ctx, uint64_t arg)
{
	(void) arg;
	run_power_on(ctx);
}

/* Unless it is on by then. Returns the timer. */
static uint64_t power_on_after(struct run *run, uint64_t delay_ns)
{
	return queue_add(run->queue, run->clock.now_ns + delay_ns, power_on_due, run, 0);
}

/* ---- Shut down ----------------------------------------------------------------------------------------------------------- */

static void forget_shut_down(struct run *run)
{
	queue_cancel(run->queue, run->shut_down.timer);
	memset(&run->shut_down, 0, sizeof(run->shut_down));
}

/* The application has ended. */
static void finish_shut_down(struct run *run)
{
	enum device_shut_down what = run->shut_down.what;
	unsigned seconds = run->shut_down.seconds;

	forget_shut_down(run);
	switch (what) {
	case DEVICE_REBOOT:
		run_power_cycle(run, "reboot");
		break;
	case DEVICE_POWER_DOWN:
		run_power_off(run, "power-down");
		run->wake_timer = power_on_after(run, seconds * NS_PER_S);
		break;
	case DEVICE_RESTART_APP:
		start_after(run, RESTART_FIRST_S * NS_PER_S);
		break;
	}
}

/* Its time is up; or there was none to wait for. */
static void shut_down_due(void *ctx, uint64_t arg)
{
	struct run *run = ctx;

	(void) arg;
	run->shut_down.timer = 0;
	if (run->process.pid > 0) {
		run_hint(run, "the application did not end within 2 s of SIGTERM; its device killed it");
		end_app(run);
		run_note(run, TL_APP, true, NULL, "killed: it did not end at SIGTERM");
	}
	finish_shut_down(run);
}

void run_shut_down(struct run *run, enum device_shut_down what, unsigned seconds)
{
	bool runs = run->process.pid > 0;

	if (run->shut_down.on)
		return; /* it goes on with what was begun */
	run->shut_down.on = true;
	run->shut_down.what = what;
	run->shut_down.seconds = seconds;
	run->shut_down.term_due = runs;
	run->shut_down.timer = queue_add(run->queue, run->clock.now_ns + (runs ? TERM_TO_KILL_NS : 0), shut_down_due, run, 0);
}

/* ---- The application ends ------------------------------------------------------------------------------------------------ */

void run_app_kill(struct run *run, const char *why)
{
	if (run->process.pid == 0)
		return;
	end_app(run);
	run_note(run, TL_APP, true, NULL, "killed: %s", why);
	if (run->shut_down.on)
		finish_shut_down(run);
	else if (device_is_on(run->device))
		start_after(run, RESTART_FIRST_S * NS_PER_S);
}

void run_app_ended(struct run *run, int status)
{
	char how[128];

	oom_look(run, NULL);
	app_describe_end(status, how, sizeof(how));
	app_is_gone(run);
	run_note(run, TL_APP, true, NULL, "%s", how);
	if (run->shut_down.on) {
		finish_shut_down(run);
		return;
	}
	if (run->clock.now_ns - run->app_started_ns > RESTART_FORGIVEN_NS)
		run->restart_backoff_s = 0;
	if (!oom_may_end(run, status) && run->restart_backoff_s == 0 && oracle_on(run, "ends")) {
		run_fail(run, "the application %s; its device would start it again", how);
		run_hint_last_lines(run);
	}
	run->restart_backoff_s = run->restart_backoff_s ? run->restart_backoff_s * 2 : RESTART_FIRST_S;
	if (run->restart_backoff_s > RESTART_MAX_S)
		run->restart_backoff_s = RESTART_MAX_S;
	start_after(run, run->restart_backoff_s * NS_PER_S);
	if (run->options->live)
		run_note(run, TL_APP, true, NULL, "the OS starts it again in %u s", run->restart_backoff_s);
}

int run_app_restart(struct run *run)
{
	if (!device_is_on(run->device))
		return -EAGAIN;
	if (run->process.pid > 0) {
		end_app(run);
		run_note(run, TL_APP, true, NULL, "stopped, to be started anew");
	}
	if (run->shut_down.on) {
		finish_shut_down(run);
		return 0;
	}
	run->restart_backoff_s = 0;
	queue_cancel(run->queue, run->start_timer);
	start_after(run, 0);
	return 0;
}

/* ---- The device ---------------------------------------------------------------------------------------------------------- */

/* The clock that ran on, or where a device without one begins. */
static void set_clock_at_boot(struct run *run)
{
	const struct scenario *s = run->scenario;

	if (!s->rtc) {
		clock_set(&run->clock, CLOCK_DEVICE, s->boot_clock_s * (int64_t)NS_PER_S);
		run_note(run, TL_CLOCK, true, NULL, "no battery: the device's clock starts at its default");
	} else if (run->rtc_lag_ns != 0) {
		clock_step(&run->clock, CLOCK_DEVICE, run->rtc_lag_ns);
		run_note(run, TL_CLOCK, true, NULL, "the device's clock is its RTC's, which was not told of the system time");
	}
	run->rtc_lag_ns = 0;
}

void run_power_on(struct run *run)
{
	const struct scenario *s = run->scenario;

	if (device_is_on(run->device))
		return;
	queue_cancel(run->queue, run->wake_timer);
	run->wake_timer = 0;
	run->boot_base_ns = run->clock.now_ns;
	set_clock_at_boot(run);
	run_note(run, TL_WORLD, true, NULL, "device: power on");
	device_power_on(run->device, s->boot_ready_ns + cuts_not_ready_ns(run));
	oracle_offline(run, true);
	run->restart_backoff_s = 0;
	start_after(run, BOOT_TO_APP_NS);
	run->state_changed = true;
}

void run_power_cycle(struct run *run, const char *why)
{
	run_power_off(run, why);
	(void) power_on_after(run, cuts_outage_ns(run, CUT_TO_BOOT_NS));
}

void run_power_off(struct run *run, const char *why)
{
	/* A device that lost its power within a write is off already; its application is not told by that. */
	if (!device_is_on(run->device) && run->process.pid == 0 && !run->in_request)
		return;
	forget_shut_down(run);
	end_app(run);
	run_note(run, TL_WORLD, true, NULL, "device: %s", why);
	device_power_off(run->device);
	queue_cancel(run->queue, run->reauth_timer);
	run->reauth_timer = 0;
	oracle_offline(run, false);
	run->state_changed = true;
}
