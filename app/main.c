/* The program around the rotation: arguments, event loop, one timer, SIGTERM.
 *
 * All decisions are in rotation/; here a step is made when its time has come, and the timer set to what the step answers.
 * The OS restarts a program that ends, so a start that fails ends with a message and a status of its own.
 */
#include "app/app.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <applibs/eventloop.h>
#include <applibs/log.h>

#include "app/device_ops.h"
#include "app/options.h"
#include "app/rotation/rotation.h"
#include "app/source_https.h"

enum exit_status { EXIT_OK, EXIT_ARGUMENTS, EXIT_SOURCE, EXIT_EVENTS, EXIT_TIMER };

static struct {
	struct rotation rotation; /* 17 KiB: not for the stack */
	struct rot_source source_table;
	struct source_https *source;
	EventLoop *loop;
	EventRegistration *timer_registration, *term_registration;
	int timer_fd, term_fd;
	enum exit_status status;
	bool stop;
} app; /* all zero at first, or it would take room in flash as well */

static void on_sigterm(int signal_number)
{
	const uint64_t one = 1;
	int saved = errno;

	(void) signal_number;
	/* Only what POSIX allows in a handler; the event loop does the rest. */
	if (write(app.term_fd, &one, sizeof(one)) < 0)
		_Exit(EXIT_EVENTS);
	errno = saved;
}

static void stop(enum exit_status status)
{
	app.status = status;
	app.stop = true;
	(void) EventLoop_Stop(app.loop);
}

static void arm(int64_t wait_s)
{
	struct itimerspec in = { .it_value.tv_sec = (time_t)wait_s };

	if (timerfd_settime(app.timer_fd, 0, &in, NULL) < 0) {
		(void) Log_Debug("app: timer cannot be set errno=%d\n", errno);
		stop(EXIT_TIMER);
	}
}

static void on_timer(EventLoop *loop, int fd, EventLoop_IoEvents events, void *context)
{
	uint64_t expirations;

	(void) loop;
	(void) events;
	(void) context;
	if (read(fd, &expirations, sizeof(expirations)) < 0) {
		if (errno == EAGAIN || errno == EINTR)
			return;
		(void) Log_Debug("app: timer cannot be read errno=%d\n", errno);
		stop(EXIT_TIMER);
		return;
	}
	arm(rot_step(&app.rotation, ROT_EVENT_TICK));
}

static void on_term(EventLoop *loop, int fd, EventLoop_IoEvents events, void *context)
{
	(void) loop;
	(void) fd;
	(void) events;
	(void) context;
	stop(EXIT_OK);
}

void app_notify_new_root(void)
{
	arm(rotation_notify_new_root(&app.rotation));
}

static int set_sigterm(void (*handler)(int))
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = handler;
	return sigaction(SIGTERM, &action, NULL) < 0 ? -errno : 0;
}

static int start_events(void)
{
	app.timer_fd = app.term_fd = -1;
	app.loop = EventLoop_Create();
	app.timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	app.term_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (!app.loop || app.timer_fd < 0 || app.term_fd < 0)
		return -errno;
	app.timer_registration = EventLoop_RegisterIo(app.loop, app.timer_fd, EventLoop_Input, on_timer, NULL);
	app.term_registration = EventLoop_RegisterIo(app.loop, app.term_fd, EventLoop_Input, on_term, NULL);
	if (!app.timer_registration || !app.term_registration)
		return -errno;
	return set_sigterm(on_sigterm);
}

static void run(void)
{
	arm(rot_step(&app.rotation, ROT_EVENT_START));
	while (!app.stop) {
		if (EventLoop_Run(app.loop, -1, true) == EventLoop_Run_Failed && errno != EINTR) {
			(void) Log_Debug("app: event loop failed errno=%d\n", errno);
			stop(EXIT_EVENTS);
		}
	}
}

static void clean_up(void)
{
	/* From here on SIGTERM has nothing to say to anyone. */
	(void) set_sigterm(SIG_IGN);
	if (app.loop) {
		(void) EventLoop_UnregisterIo(app.loop, app.timer_registration);
		(void) EventLoop_UnregisterIo(app.loop, app.term_registration);
		EventLoop_Close(app.loop);
	}
	if (app.timer_fd >= 0)
		(void) close(app.timer_fd);
	if (app.term_fd >= 0)
		(void) close(app.term_fd);
	source_https_free(app.source);
}

int main(int argc, char *argv[])
{
	char problem[OPTIONS_PROBLEM_MAX];
	struct rot_config config;
	struct options options;
	int e;

	if (options_parse(argc, argv, &options, problem) < 0) {
		(void) Log_Debug("app: %s\n", problem);
		return EXIT_ARGUMENTS;
	}
	e = source_https_new(options.issuer, &app.source);
	if (e < 0) {
		(void) Log_Debug("app: source cannot be set up errno=%d\n", -e);
		return EXIT_SOURCE;
	}
	e = start_events();
	if (e < 0) {
		(void) Log_Debug("app: event loop cannot be set up errno=%d\n", -e);
		clean_up();
		return EXIT_EVENTS;
	}
	(void) Log_Debug("app: started issuer=%s\n", options.issuer);
	config = (struct rot_config){
		.identity = options.identity,
		.poll_s = options.poll_s,
		.renew_before_s = options.renew_before_s,
		.root_grace_s = options.root_grace_s,
	};
	app.source_table = source_https_table(app.source);
	rot_init(&app.rotation, &device_ops, &app.source_table, &config);
	run();
	(void) Log_Debug("app: ends status=%d\n", (int)app.status);
	clean_up();
	return (int)app.status;
}
