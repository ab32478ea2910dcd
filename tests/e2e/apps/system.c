/* One task a mode (argv[1]): shuts the device down, hears of updates, sets clocks, reads and drives pins, counts its memory. Which start it
 * is, it keeps in mutable storage. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <applibs/applications.h>
#include <applibs/eventloop.h>
#include <applibs/gpio.h>
#include <applibs/log.h>
#include <applibs/powermanagement.h>
#include <applibs/rtc.h>
#include <applibs/storage.h>
#include <applibs/sysevent.h>

#define BUTTON 12
#define LED 8
#define ACT_AFTER_S 60
#define DOWN_S 3600
#define FIRST_MINUTES 30u
#define POLL_NS 100000000L
#define BLOCK (256 * 1024)

static volatile sig_atomic_t terminated;

static void on_signal(int number)
{
	(void) number;
	terminated = 1;
}

static void tell(const char *call, int result)
{
	(void) Log_Debug("system: %s -> %s\n", call, result < 0 ? strerrorname_np(errno) : "ok");
}

/* 1 at the first start. */
static unsigned start_number(void)
{
	int fd = Storage_OpenMutableFile();
	unsigned char count = 0;

	if (fd < 0)
		return 0;
	(void) pread(fd, &count, 1, 0);
	count++;
	(void) pwrite(fd, &count, 1, 0);
	(void) close(fd);
	return count;
}

static void stay(void)
{
	while (!terminated)
		(void) pause();
	(void) Log_Debug("system: SIGTERM\n");
	exit(0);
}

/* ---- Power --------------------------------------------------------------------------------------------------------------- */

static void reboot_once(unsigned start)
{
	if (start > 1)
		return;
	(void) sleep(ACT_AFTER_S);
	tell("PowerManagement_ForceSystemReboot", PowerManagement_ForceSystemReboot());
}

static void go_down_once(unsigned start)
{
	if (start > 1)
		return;
	(void) sleep(ACT_AFTER_S);
	tell("PowerManagement_ForceSystemPowerDown", PowerManagement_ForceSystemPowerDown(DOWN_S));
}

static void ignore_the_end(unsigned start)
{
	(void) signal(SIGTERM, SIG_IGN);
	reboot_once(start);
}

/* As applications do that have no handler. */
static void die_of_it(unsigned start)
{
	(void) signal(SIGTERM, SIG_DFL);
	reboot_once(start);
}

/* ---- Updates ------------------------------------------------------------------------------------------------------------- */

static EventLoop *loop;
static bool defers, resumes;

static void on_event(SysEvent_Events event, SysEvent_Status status, const SysEvent_Info *info, void *context)
{
	SysEvent_Info_UpdateData data;

	(void) context;
	if (SysEvent_Info_GetUpdateData(info, &data) < 0)
		(void) Log_Debug("system: event %u status %u: %s\n", event, status, strerrorname_np(errno));
	else
		(void) Log_Debug("system: event %u status %u type %u max %u\n", event, status, data.update_type,
		                 data.max_deferral_time_in_minutes);
	if (status == SysEvent_Status_Pending && defers) {
		tell("SysEvent_DeferEvent", SysEvent_DeferEvent(event, FIRST_MINUTES));
		defers = false;
	} else if (status == SysEvent_Status_Deferred && resumes) {
		(void) sleep(ACT_AFTER_S);
		tell("SysEvent_ResumeEvent", SysEvent_ResumeEvent(event));
	}
}

static void hear_of_updates(unsigned start)
{
	EventRegistration *registration;

	(void) start;
	loop = EventLoop_Create();
	registration = SysEvent_RegisterForEventNotifications(loop, SysEvent_Events_Mask, on_event, NULL);
	tell("SysEvent_RegisterForEventNotifications", registration ? 0 : -1);
	while (!terminated)
		if (EventLoop_Run(loop, -1, false) == EventLoop_Run_Failed && errno != EINTR)
			break;
	if (registration)
		tell("SysEvent_UnregisterForEventNotifications", SysEvent_UnregisterForEventNotifications(registration));
	EventLoop_Close(loop);
}

static void put_off_updates(unsigned start)
{
	defers = true;
	hear_of_updates(start);
}

static void take_it_back(unsigned start)
{
	defers = resumes = true;
	hear_of_updates(start);
}

/* ---- Clocks -------------------------------------------------------------------------------------------------------------- */

static void tell_time(void)
{
	struct timespec ts;
	struct tm tm;
	char text[32];

	(void) clock_gettime(CLOCK_REALTIME, &ts);
	(void) gmtime_r(&ts.tv_sec, &tm);
	(void) strftime(text, sizeof(text), "%Y-%m-%dT%H", &tm);
	(void) Log_Debug("system: it is %s\n", text);
}

static void set_clock(bool rtc)
{
	struct timespec ts;

	(void) clock_gettime(CLOCK_REALTIME, &ts);
	ts.tv_sec += (time_t)100 * 86400;
	tell("clock_settime", clock_settime(CLOCK_REALTIME, &ts));
	if (rtc)
		tell("clock_systohc", clock_systohc());
}

static void set_system_time(unsigned start)
{
	tell_time();
	if (start == 1)
		set_clock(false);
	tell_time();
}

static void set_both_times(unsigned start)
{
	tell_time();
	if (start == 1)
		set_clock(true);
	tell_time();
}

/* ---- Pins ---------------------------------------------------------------------------------------------------------------- */

/* The LED is on while the button is down, which draws its pin low. */
static void follow_button(unsigned start)
{
	const struct timespec poll = { .tv_nsec = POLL_NS };
	int button = GPIO_OpenAsInput(BUTTON), led;
	GPIO_Value_Type now, before = GPIO_Value_High;

	(void) start;
	tell("GPIO_OpenAsInput", button);
	led = GPIO_OpenAsOutput(LED, GPIO_OutputMode_PushPull, GPIO_Value_High);
	tell("GPIO_OpenAsOutput", led);
	while (!terminated && GPIO_GetValue(button, &now) == 0) {
		if (now != before)
			(void) GPIO_SetValue(led, now);
		before = now;
		(void) nanosleep(&poll, NULL);
	}
}

/* ---- Memory -------------------------------------------------------------------------------------------------------------- */

static void tell_memory(const char *when)
{
	(void) Log_Debug("system: %s total %zu user %zu peak %zu\n", when, Applications_GetTotalMemoryUsageInKB(),
	                 Applications_GetUserModeMemoryUsageInKB(), Applications_GetPeakUserModeMemoryUsageInKB());
}

static void count_memory(unsigned start)
{
	char *volatile block; /* else the compiler sees that nobody needs it */

	(void) start;
	tell_memory("before:");
	block = malloc(BLOCK);
	if (block)
		memset(block, 1, BLOCK);
	tell_memory("with:");
	free(block);
	tell_memory("after:");
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(unsigned start);
	} modes[] = {
		{"reboot", reboot_once}, {"down", go_down_once}, {"deaf", ignore_the_end}, {"plain", die_of_it}, {"hear", hear_of_updates},
		{"defer", put_off_updates}, {"resume", take_it_back}, {"system-time", set_system_time}, {"rtc", set_both_times},
		{"button", follow_button}, {"memory", count_memory},
	};
	const struct sigaction action = { .sa_handler = on_signal };
	unsigned start = start_number();

	(void) sigaction(SIGTERM, &action, NULL);
	(void) Log_Debug("system: start %u\n", start);
	for (size_t i = 0; argc > 1 && i < sizeof(modes) / sizeof(modes[0]); i++)
		if (strcmp(argv[1], modes[i].name) == 0)
			modes[i].run(start);
	stay();
}
