/* azsim dev: buttons, updates, and an application that shuts its device down, by commands and in both modes of time. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/dev/support.h"

#define CAPABILITIES                                                                                                                    \
	"\"MutableStorage\": {\"SizeKB\": 8}, \"PowerControls\": [\"ForceReboot\", \"ForcePowerDown\"], "                                  \
	"\"SystemEventNotifications\": true, \"SoftwareUpdateDeferral\": true, \"Gpio\": [8, 12]"

/* The application `system` in this mode. */
static struct e2e_started start(const struct e2e *e, const char *mode, bool virtual_time)
{
	e2e_make_package_with(e, "system", mode, CAPABILITIES);
	return dev_start(e, "system", "--start=2026-01-01", virtual_time ? "--time=virtual" : "--time=real", NULL);
}

static void buttons_are_pressed_and_let_go(void **state)
{
	struct e2e *e = *state;
	struct e2e_started dev = start(e, "button", true);
	struct e2e_result r;

	dev_expect(e, 0, NULL, "ctl", "advance", "10s", NULL);
	dev_expect(e, 0, "GPIO 12 is driven low", "ctl", "press", "12", NULL);
	dev_expect(e, 0, NULL, "ctl", "run-until", "{gpio: {pin: 8, value: 0}}", "--within=1s", NULL);
	dev_expect(e, 0, NULL, "ctl", "run-until", "{gpio: {pin: 8, value: 1}}", "--within=2s", NULL);
	dev_expect(e, 0, NULL, "ctl", "run-until", "+20s", NULL);
	dev_expect(e, 0, "GPIO 12 is driven low", "ctl", "press", "12", "10s", NULL);
	dev_expect(e, 0, NULL, "ctl", "run-until", "+40s", NULL);
	dev_expect(e, 0, "GPIO 12 is driven low", "ctl", "gpio", "12", "low", NULL);
	dev_expect(e, 0, NULL, "ctl", "run-until", "+50s", NULL);
	dev_expect(e, 0, "GPIO 12 is driven high", "ctl", "event", "{device: {gpio: {pin: 12, value: 1}}}", NULL);
	dev_expect(e, 0, NULL, "ctl", "advance", "1s", NULL);
	dev_expect(e, 2, "a pin's number, from 0 to 80", "ctl", "press", "81", NULL);
	dev_expect(e, 2, "a pin's number, from 0 to 80", "ctl", "press", "button-a", NULL);
	dev_expect(e, 2, "how long, as 1s or 10s", "ctl", "press", "12", "long", NULL);
	dev_expect(e, 2, "how long, as 1s or 10s", "ctl", "press", "12", "-5s", NULL);
	dev_expect(e, 2, "high or low", "ctl", "gpio", "12", "up", NULL);
	r = dev_stop(e, &dev);
	e2e_expect(&r, 0, "+0d 00:00:10 world  GPIO 12 is driven low", "+0d 00:00:11 world  GPIO 12 is driven high",
	           "+0d 00:00:20 world  GPIO 12 is driven low", "+0d 00:00:30 world  GPIO 12 is driven high", "+0d 00:00:30 app    GPIO 8 high",
	           "+0d 00:00:40 app    GPIO 8 low", "+0d 00:00:50 app    GPIO 8 high", NULL);
	assert_int_equal(dev_count(r.out, "app    GPIO 8 low"), 3);
	assert_int_equal(dev_count(r.out, "world  GPIO 12 is driven"), 6);
	e2e_clear(&r);
	/* And while a person waits for it. */
	dev = start(e, "button", false);
	assert_true(e2e_says(&dev, "system: GPIO_OpenAsOutput -> ok", 60));
	dev_expect(e, 0, NULL, "ctl", "press", "12", NULL);
	assert_true(e2e_says(&dev, "app    GPIO 8 low", 60));
	assert_true(e2e_says(&dev, "app    GPIO 8 high", 60));
	dev_end(e, &dev);
}

static void updates_come_when_they_are_told_to(void **state)
{
	struct e2e *e = *state;
	struct e2e_started dev = start(e, "hear", true);
	struct e2e_result r;

	dev_expect(e, 0, NULL, "ctl", "advance", "10s", NULL);
	dev_expect(e, 0, NULL, "ctl", "update", "app", NULL);
	dev_expect(e, 0, NULL, "ctl", "run-until", "{log: \"system: start 2\"}", "--within=1h", NULL);
	dev_expect(e, 0, NULL, "ctl", "update", "os", NULL);
	dev_expect(e, 0, NULL, "ctl", "run-until", "{log: \"system: start 3\"}", "--within=1h", NULL);
	dev_expect(e, 0, NULL, "ctl", "advance", "10s", NULL);
	dev_expect(e, 0, NULL, "ctl", "update", "none", NULL);
	dev_expect(e, 0, NULL, "ctl", "advance", "10m", NULL);
	dev_expect(e, 2, "update has no \"later\"", "ctl", "update", "later", NULL);
	r = dev_stop(e, &dev);
	assert_int_equal(dev_count(r.out, "world  device: power on"), 2); /* only the OS's update takes a restart */
	assert_int_equal(dev_count(r.out, "system: start"), 3);
	e2e_clear(&r);
	/* One that the application puts off by half an hour. */
	dev = start(e, "defer", true);
	dev_expect(e, 0, NULL, "ctl", "advance", "10s", NULL);
	dev_expect(e, 0, NULL, "ctl", "event", "{device: {update: {kind: app, download: 1m, max_deferral: 24h}}}", NULL);
	dev_expect(e, 1, NULL, "ctl", "run-until", "{log: \"system: start 2\"}", "--within=25m", NULL);
	dev_expect(e, 0, NULL, "ctl", "run-until", "{log: \"system: start 2\"}", "--within=10m", NULL);
	r = dev_stop(e, &dev);
	e2e_expect(&r, 0, "system: SysEvent_DeferEvent -> ok", NULL);
	e2e_clear(&r);
}

static void an_application_shuts_its_device_down(void **state)
{
	struct e2e *e = *state;
	struct e2e_started dev = start(e, "down", true);
	struct e2e_result r;

	dev_expect(e, 0, NULL, "ctl", "run-until", "+30m", NULL);
	dev_expect(e, 0, "device   off", "ctl", "status", NULL);
	dev_expect(e, 0, NULL, "ctl", "run-until", "{log: \"system: start 2\"}", "--within=1h", NULL);
	dev_expect(e, 0, "device   on", "ctl", "status", NULL);
	dev_end(e, &dev);
	/* A reboot, while real time is made to go faster. */
	dev = start(e, "reboot", false);
	dev_expect(e, 0, "60 times real time", "ctl", "speed", "60", NULL);
	assert_true(e2e_says(&dev, "system: start 2", 60));
	r = dev_stop(e, &dev);
	e2e_expect(&r, 0, "system: SIGTERM", "device: reboot", NULL);
	e2e_clear(&r);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, e2e_set_up, e2e_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(buttons_are_pressed_and_let_go), TEST(updates_come_when_they_are_told_to), TEST(an_application_shuts_its_device_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
