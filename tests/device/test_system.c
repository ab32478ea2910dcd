/* Power, the clock that runs on, software updates, pins, and what is not simulated: good paths and each errno. */
#include "tests/device/fixture.h"

/* Values of sysevent.h. */
enum { READY = 1, STARTED = 2, NONE_AVAILABLE = 4 };
enum { PENDING = 1, FINAL = 2, DEFERRED = 3, COMPLETE = 4 };
#define NS_PER_MIN (60 * NS_PER_S)

/* ---- Power ----------------------------------------------------------------------------------------------------------- */

static int transition(struct world *w, uint32_t state, bool timed, uint32_t seconds)
{
	wire_put_u32(&w->in, state);
	wire_put_u8(&w->in, timed);
	wire_put_u32(&w->in, seconds);
	return call(w, WIRE_POWER_TRANSITION);
}

static int profile(struct world *w, uint32_t value)
{
	wire_put_u32(&w->in, value);
	return call(w, WIRE_POWER_PROFILE);
}

static void reboot_and_power_down_are_the_hosts_to_do(void **state)
{
	struct world *w = *state;

	assert_int_equal(transition(w, 0, false, 0), 0);
	assert_int_equal(w->shut_downs, 1);
	assert_int_equal(w->shut_down, DEVICE_REBOOT);
	assert_int_equal(transition(w, 1, true, 3600), 0);
	assert_string_equal(device_last_summary(w->dev), "seconds=3600");
	assert_int_equal(w->shut_downs, 2);
	assert_int_equal(w->shut_down, DEVICE_POWER_DOWN);
	assert_int_equal(w->shut_down_s, 3600);
	assert_true(device_is_on(w->dev)); /* "indicates that it was initiated" */
	for (uint32_t value = 0; value <= 2; value++)
		assert_int_equal(profile(w, value), 0);
}

static void power_errors(void **state)
{
	struct world *w = *state;

	assert_int_equal(transition(w, 2, true, 60), -EINVAL);
	assert_int_equal(transition(w, 1, true, 0), -EINVAL);
	assert_int_equal(transition(w, 1, false, 0), -EINVAL);
	assert_int_equal(profile(w, 3), -EINVAL);
	w = world_anew(state, NULL, "\"PowerControls\": [\"ForceReboot\"]");
	assert_int_equal(transition(w, 1, true, 60), -EACCES);
	assert_int_equal(profile(w, 0), -EACCES);
	assert_int_equal(transition(w, 0, false, 0), 0);
	w = world_anew(state, NULL, "\"PowerControls\": [\"ForcePowerDown\", \"SetPowerProfile\"]");
	assert_int_equal(transition(w, 0, false, 0), -EACCES);
	assert_int_equal(transition(w, 1, true, 60), 0);
	assert_int_equal(w->shut_downs, 1);
}

static void the_clock_that_runs_on(void **state)
{
	struct world *w = *state;

	assert_int_equal(call(w, WIRE_RTC_WRITE), 0);
	assert_int_equal(w->rtc_writes, 1);
	w->rtc = -EBUSY;
	assert_int_equal(call(w, WIRE_RTC_WRITE), -EBUSY);
	w->rtc = -ENOENT;
	assert_int_equal(call(w, WIRE_RTC_WRITE), -ENOENT);
	w = world_anew(state, NULL, "\"TimeSyncConfig\": true");
	assert_int_equal(call(w, WIRE_RTC_WRITE), -EACCES);
	assert_int_equal(w->rtc_writes, 0);
}

/* ---- Software updates ------------------------------------------------------------------------------------------------ */

static int listen_to(struct world *w, uint32_t events)
{
	wire_put_u32(&w->in, events);
	return call(w, WIRE_SYSEVENT_REGISTER);
}

static int defer(struct world *w, uint32_t event, uint32_t minutes)
{
	wire_put_u32(&w->in, event);
	wire_put_u32(&w->in, minutes);
	return call(w, WIRE_SYSEVENT_DEFER);
}

static int resume(struct world *w, uint32_t event)
{
	wire_put_u32(&w->in, event);
	return call(w, WIRE_SYSEVENT_RESUME);
}

static void assert_last_event(struct world *w, size_t count, uint32_t event, uint32_t status, uint32_t type, uint32_t minutes)
{
	const struct wire_sysevent *last = &w->sysevents[count - 1];

	assert_int_equal(w->sysevent_count, count);
	assert_int_equal(last->event, event);
	assert_int_equal(last->status, status);
	assert_int_equal(last->update_type, type);
	assert_int_equal(last->max_deferral_min, minutes);
}

static void update(struct world *w, enum device_update_kind kind, uint64_t deferral_min)
{
	const struct device_update u = { .kind = kind, .download_ns = NS_PER_MIN, .max_deferral_ns = deferral_min * NS_PER_MIN };

	device_update(w->dev, &u);
}

static void an_update_goes_from_started_to_installed(void **state)
{
	struct world *w = *state;

	connect_network(w);
	assert_int_equal(listen_to(w, 7), 0);
	assert_true(w->reply_fd >= 0);
	update(w, DEVICE_UPDATE_OS, 1440);
	assert_last_event(w, 1, STARTED, COMPLETE, 2, 0);
	advance_s(w, 59);
	assert_int_equal(w->sysevent_count, 1);
	advance_s(w, 1);
	assert_last_event(w, 2, READY, PENDING, 2, 1440);
	advance_s(w, 9);
	assert_int_equal(w->shut_downs, 0);
	advance_s(w, 1);
	assert_int_equal(w->shut_downs, 1);
	assert_int_equal(w->shut_down, DEVICE_REBOOT);
	assert_int_equal(w->sysevent_count, 2);
	/* It is installed once. */
	reboot(w);
	advance_s(w, 3600);
	assert_int_equal(w->shut_downs, 1);
}

static void an_update_is_deferred_until_no_deferral_is_left(void **state)
{
	struct world *w = *state;

	connect_network(w);
	assert_int_equal(listen_to(w, READY), 0);
	update(w, DEVICE_UPDATE_APP, 30);
	assert_int_equal(w->sysevent_count, 0); /* "started" was not asked for */
	advance_s(w, 60);
	assert_last_event(w, 1, READY, PENDING, 1, 30);
	assert_int_equal(defer(w, READY, 20), 0);
	assert_last_event(w, 2, READY, DEFERRED, 1, 0);
	advance_s(w, 20 * 60);
	assert_last_event(w, 3, READY, PENDING, 1, 10);
	/* More than is left is cut. */
	assert_int_equal(defer(w, READY, 60), 0);
	advance_s(w, 10 * 60 - 1);
	assert_int_equal(w->sysevent_count, 4);
	advance_s(w, 1);
	assert_last_event(w, 5, READY, FINAL, 1, 0);
	assert_int_equal(defer(w, READY, 1), -EINVAL);
	advance_s(w, 10);
	assert_int_equal(w->shut_downs, 1);
	assert_int_equal(w->shut_down, DEVICE_RESTART_APP);
}

static void a_deferral_can_be_taken_back(void **state)
{
	struct world *w = *state;

	connect_network(w);
	assert_int_equal(listen_to(w, 7), 0);
	update(w, DEVICE_UPDATE_OS, 1440);
	advance_s(w, 60);
	assert_int_equal(defer(w, READY, 600), 0);
	advance_s(w, 3600);
	assert_int_equal(resume(w, READY), 0);
	assert_last_event(w, 4, READY, FINAL, 2, 0);
	advance_s(w, 10);
	assert_int_equal(w->shut_downs, 1);
}

static void an_update_of_another_application_is_told_when_it_is_done(void **state)
{
	struct world *w = *state;

	connect_network(w);
	assert_int_equal(listen_to(w, 7), 0);
	update(w, DEVICE_UPDATE_OTHER_APP, 10);
	advance_s(w, 70);
	assert_last_event(w, 3, READY, COMPLETE, 1, 0);
	assert_int_equal(w->shut_downs, 0);
}

static void no_update_is_news_too(void **state)
{
	struct world *w = *state;

	connect_network(w);
	assert_int_equal(listen_to(w, 7), 0);
	update(w, DEVICE_UPDATE_NONE, 0);
	assert_last_event(w, 1, NONE_AVAILABLE, COMPLETE, 0, 0);
	advance_s(w, 3600);
	assert_int_equal(w->sysevent_count, 1);
}

static void an_update_waits_for_the_internet(void **state)
{
	struct world *w = *state;

	assert_int_equal(listen_to(w, 7), 0);
	update(w, DEVICE_UPDATE_OS, 1440);
	advance_s(w, 3600);
	assert_int_equal(w->sysevent_count, 0);
	connect_network(w); /* reboots */
	assert_int_equal(listen_to(w, 7), 0);
	advance_s(w, 10);
	assert_last_event(w, 1, STARTED, COMPLETE, 2, 0);
	/* Power goes while it waits for its turn: it is offered anew. */
	advance_s(w, 60);
	assert_int_equal(defer(w, READY, 600), 0);
	reboot(w);
	assert_int_equal(w->event_fd, -1);
	w->sysevent_count = 0;
	assert_int_equal(listen_to(w, 7), 0);
	advance_s(w, 60);
	assert_last_event(w, 1, STARTED, COMPLETE, 2, 0);
	advance_s(w, 60);
	assert_last_event(w, 2, READY, PENDING, 2, 1440);
}

static void who_is_not_registered_is_not_asked(void **state)
{
	struct world *w = *state;

	connect_network(w);
	update(w, DEVICE_UPDATE_APP, 1440);
	advance_s(w, 60);
	assert_int_equal(w->shut_downs, 1);
	assert_int_equal(w->sysevent_count, 0);
	/* The same when the application has ended, or has unregistered, or wants no deferral in any case. */
	assert_int_equal(listen_to(w, 7), 0);
	device_app_gone(w->dev);
	assert_int_equal(w->event_fd, -1);
	update(w, DEVICE_UPDATE_OS, 1440);
	advance_s(w, 60);
	assert_int_equal(w->shut_downs, 2);
	assert_int_equal(listen_to(w, 7), 0);
	assert_int_equal(call(w, WIRE_SYSEVENT_UNREGISTER), 0);
	assert_int_equal(w->event_fd, -1);
	update(w, DEVICE_UPDATE_OS, 0);
	advance_s(w, 60);
	assert_int_equal(w->shut_downs, 3);
}

static void without_any_deferral_left_an_update_is_final_at_once(void **state)
{
	struct world *w = *state;

	connect_network(w);
	assert_int_equal(listen_to(w, READY), 0);
	update(w, DEVICE_UPDATE_OS, 0);
	advance_s(w, 60);
	assert_last_event(w, 1, READY, FINAL, 2, 0);
	advance_s(w, 10);
	assert_int_equal(w->shut_downs, 1);
}

static void sysevent_errors(void **state)
{
	struct world *w = *state;

	assert_int_equal(listen_to(w, 0), -EINVAL);
	assert_int_equal(listen_to(w, 8), -EINVAL);
	assert_int_equal(listen_to(w, READY), 0);
	assert_int_equal(listen_to(w, READY), -EBUSY);
	assert_int_equal(defer(w, READY, 10), -EINVAL); /* nothing is pending */
	assert_int_equal(resume(w, READY), -EINVAL);
	connect_network(w);
	assert_int_equal(listen_to(w, 7), 0);
	update(w, DEVICE_UPDATE_OS, 1440);
	assert_int_equal(defer(w, READY, 10), -EINVAL); /* not yet */
	advance_s(w, 60);
	assert_int_equal(defer(w, READY | STARTED, 10), -EINVAL);
	assert_int_equal(defer(w, STARTED, 10), -EINVAL);
	assert_int_equal(defer(w, READY, 0), -EINVAL);
	assert_int_equal(resume(w, READY), -EINVAL);
	assert_int_equal(defer(w, READY, 10), 0);
	assert_int_equal(resume(w, 0), -EINVAL);
	w = world_anew(state, NULL, "\"SystemEventNotifications\": true");
	assert_int_equal(listen_to(w, 7), 0);
	assert_int_equal(defer(w, READY, 10), -EACCES);
	assert_int_equal(resume(w, READY), -EACCES);
	w = world_anew(state, NULL, "\"SoftwareUpdateDeferral\": true");
	assert_int_equal(listen_to(w, 7), -EACCES);
	assert_int_equal(defer(w, READY, 10), -EACCES);
}

/* ---- Pins ------------------------------------------------------------------------------------------------------------ */

static int open_input(struct world *w, int32_t pin, uint8_t busy)
{
	wire_put_i32(&w->in, pin);
	wire_put_u8(&w->in, busy);
	return call(w, WIRE_GPIO_OPEN_INPUT);
}

static int open_output(struct world *w, int32_t pin, uint8_t busy, uint8_t mode, uint8_t value)
{
	wire_put_i32(&w->in, pin);
	wire_put_u8(&w->in, busy);
	wire_put_u8(&w->in, mode);
	wire_put_u8(&w->in, value);
	return call(w, WIRE_GPIO_OPEN_OUTPUT);
}

static int get(struct world *w, int32_t pin)
{
	wire_put_i32(&w->in, pin);
	return call(w, WIRE_GPIO_GET);
}

static int set(struct world *w, int32_t pin, uint8_t value)
{
	wire_put_i32(&w->in, pin);
	wire_put_u8(&w->in, value);
	return call(w, WIRE_GPIO_SET);
}

static void an_input_is_what_others_drive(void **state)
{
	struct world *w = *state;

	assert_int_equal(open_input(w, 12, 0), 0);
	assert_int_equal(get(w, 12), 1); /* nobody presses */
	assert_int_equal(device_op_gpio(w->dev, 12, false), 0);
	assert_int_equal(get(w, 12), 0);
	assert_int_equal(set(w, 12, 1), 0); /* has no effect on an input */
	assert_int_equal(get(w, 12), 0);
	assert_int_equal(count_events(w, DEVICE_EVENT_GPIO), 0);
	/* A finger stays where it is when the power goes. */
	reboot(w);
	assert_int_equal(get(w, 12), -EBADF);
	assert_int_equal(open_input(w, 12, 0), 0);
	assert_int_equal(get(w, 12), 0);
	assert_int_equal(device_op_gpio(w->dev, 12, true), 0);
	assert_int_equal(get(w, 12), 1);
}

static void an_output_is_on_the_timeline_when_it_changes(void **state)
{
	struct world *w = *state;
	bool output;

	assert_false(device_get_gpio(w->dev, 8, &output) == false); /* high, as nobody drives it */
	assert_false(output);
	assert_int_equal(open_output(w, 8, 0, 0, 1), 0);
	assert_string_equal(last_text(w, DEVICE_EVENT_GPIO), "8 high");
	assert_int_equal(set(w, 8, 1), 0);
	assert_int_equal(count_events(w, DEVICE_EVENT_GPIO), 1);
	assert_int_equal(set(w, 8, 0), 0);
	assert_string_equal(last_text(w, DEVICE_EVENT_GPIO), "8 low");
	assert_int_equal(get(w, 8), 0);
	assert_false(device_get_gpio(w->dev, 8, &output));
	assert_true(output);
	/* "The OS does not reset peripherals": it stays when the application ends, and goes with the power. */
	device_app_gone(w->dev);
	assert_false(device_get_gpio(w->dev, 8, NULL));
	reboot(w);
	assert_true(device_get_gpio(w->dev, 8, &output));
	assert_false(output);
	assert_false(device_get_gpio(w->dev, 81, &output));
}

static void an_output_that_lets_go_is_what_others_drive(void **state)
{
	struct world *w = *state;

	assert_int_equal(open_output(w, 8, 0, 1, 1), 0); /* open drain */
	assert_int_equal(get(w, 8), 1);
	assert_int_equal(device_op_gpio(w->dev, 8, false), 0);
	assert_int_equal(get(w, 8), 0);
	assert_int_equal(open_output(w, 0, 0, 2, 0), 0); /* open source */
	assert_int_equal(get(w, 0), 1);
	assert_int_equal(device_op_gpio(w->dev, 0, false), 0);
	assert_int_equal(get(w, 0), 0);
	assert_int_equal(set(w, 0, 1), 0);
	assert_int_equal(get(w, 0), 1);
}

static void gpio_errors(void **state)
{
	struct world *w = *state;

	assert_int_equal(open_input(w, 9, 0), -EACCES);
	assert_int_equal(open_input(w, -1, 0), -EACCES);
	assert_int_equal(open_output(w, 9, 1, 7, 7), -EACCES);
	assert_int_equal(open_input(w, 81, 1), -ENODEV); /* the manifest lists it, the chip has it not */
	assert_int_equal(open_output(w, 81, 0, 7, 7), -ENODEV);
	assert_int_equal(open_input(w, 8, 1), -EBUSY);
	assert_int_equal(open_output(w, 8, 1, 7, 7), -EBUSY);
	assert_int_equal(open_output(w, 8, 0, 3, 0), -EINVAL);
	assert_int_equal(open_output(w, 8, 0, 0, 2), -EINVAL);
	assert_int_equal(get(w, 8), -EBADF);
	assert_int_equal(get(w, -1), -EBADF);
	assert_int_equal(set(w, -1, 0), -EBADF);
	assert_int_equal(set(w, -1, 2), -EINVAL);
	assert_int_equal(device_op_gpio(w->dev, 81, true), -ENODEV);
	w = world_anew(state, NULL, "\"Gpio\": [\"$SAMPLE_LED\"]");
	assert_int_equal(open_input(w, 8, 0), -EACCES);
	assert_string_equal(device_manifest_unresolved(w->dev), "$SAMPLE_LED");
}

/* ---- Not simulated, and what is known of applications ---------------------------------------------------------------- */

static int open_peripheral(struct world *w, uint16_t op, int32_t id)
{
	wire_put_i32(&w->in, id);
	return call(w, op);
}

static void peripherals_are_refused_as_the_manifest_says(void **state)
{
	struct world *w = *state;

	/* Listed: ISU2, ISU1, ISU0, ADC-CONTROLLER-0, PWM-CONTROLLER-2 (fixture.h). */
	assert_int_equal(open_peripheral(w, WIRE_I2C_OPEN, 2), -ENODEV);
	assert_int_equal(open_peripheral(w, WIRE_I2C_OPEN, 1), -EACCES);
	assert_int_equal(open_peripheral(w, WIRE_SPI_OPEN, 1), -ENODEV);
	assert_int_equal(open_peripheral(w, WIRE_SPI_OPEN, 2), -EACCES);
	assert_int_equal(open_peripheral(w, WIRE_UART_OPEN, 4), -ENODEV);
	assert_int_equal(open_peripheral(w, WIRE_UART_OPEN, 0), -EACCES);
	assert_int_equal(open_peripheral(w, WIRE_ADC_OPEN, 0), -ENODEV);
	assert_int_equal(open_peripheral(w, WIRE_ADC_OPEN, -1), -EACCES);
	assert_int_equal(open_peripheral(w, WIRE_PWM_OPEN, 2), -ENODEV);
	assert_int_equal(open_peripheral(w, WIRE_PWM_OPEN, 0), -EACCES);
}

static int connect_to(struct world *w, const char *id)
{
	wire_put_str(&w->in, id);
	return call(w, WIRE_APPLICATION_CONNECT);
}

static void no_other_application_answers(void **state)
{
	struct world *w = *state;

	assert_int_equal(connect_to(w, "01234567-89ab-cdef-0123-456789abcdef"), -ENODEV);
	assert_int_equal(connect_to(w, "01234567-89AB-CDEF-0123-456789ABCDEF"), -ENODEV);
	assert_int_equal(connect_to(w, "11234567-89ab-cdef-0123-456789abcdef"), -EACCES);
	assert_int_equal(connect_to(w, "01234567-89ab-cdef-0123-456789abcde"), -EINVAL);
	assert_int_equal(connect_to(w, "01234567-89ab-cdef-0123-456789abcdef0"), -EINVAL);
	assert_int_equal(connect_to(w, ""), -EINVAL);
}

static void the_os_says_which_it_is(void **state)
{
	struct world *w = *state;
	char version[16];

	assert_int_equal(call(w, WIRE_APPLICATIONS_OS_VERSION), 0);
	assert_true(wire_get_str(&w->out, version, sizeof(version)) && wire_reader_done(&w->out));
	assert_string_equal(version, "24.06");
	wire_put_u32(&w->in, 2);
	assert_int_equal(call(w, WIRE_APPLICATIONS_MEMORY), 0);
	device_power_off(w->dev);
	device_power_on(w->dev, NS_PER_S);
	wire_put_u32(&w->in, 0);
	assert_int_equal(call(w, WIRE_APPLICATIONS_MEMORY), -EAGAIN);
}

static int power_savings(struct world *w, int32_t id, const char *value, size_t length)
{
	wire_put_i32(&w->in, id);
	wire_put_u32(&w->in, 0x1000);
	wire_put_bytes(&w->in, value, length);
	return call(w, WIRE_WIFI_SET_OPT);
}

static void wifi_power_savings_are_taken(void **state)
{
	struct world *w = *state;

	assert_int_equal(power_savings(w, -1, "\1", 1), 0);
	assert_string_equal(device_last_summary(w->dev), "id=-1 value=1");
	assert_int_equal(power_savings(w, 0, "\1", 1), -EINVAL);
	assert_int_equal(power_savings(w, -1, "\2", 1), -EINVAL);
	assert_int_equal(power_savings(w, -1, "", 0), -EINVAL);
	wire_put_str(&w->in, "wlan0");
	wire_put_u8(&w->in, 0);
	assert_int_equal(call(w, WIRE_NET_IF_SET_STATE), 0);
	assert_int_equal(power_savings(w, -1, "\1", 1), -ENETDOWN);
	device_power_off(w->dev);
	device_power_on(w->dev, NS_PER_S);
	assert_int_equal(power_savings(w, -1, "\1", 1), -EAGAIN);
	w = world_anew(state, NULL, "\"NetworkConfig\": true");
	assert_int_equal(power_savings(w, -1, "\1", 1), -EACCES);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_world, free_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(reboot_and_power_down_are_the_hosts_to_do),
		TEST(power_errors),
		TEST(the_clock_that_runs_on),
		TEST(an_update_goes_from_started_to_installed),
		TEST(an_update_is_deferred_until_no_deferral_is_left),
		TEST(a_deferral_can_be_taken_back),
		TEST(an_update_of_another_application_is_told_when_it_is_done),
		TEST(no_update_is_news_too),
		TEST(an_update_waits_for_the_internet),
		TEST(who_is_not_registered_is_not_asked),
		TEST(without_any_deferral_left_an_update_is_final_at_once),
		TEST(sysevent_errors),
		TEST(an_input_is_what_others_drive),
		TEST(an_output_is_on_the_timeline_when_it_changes),
		TEST(an_output_that_lets_go_is_what_others_drive),
		TEST(gpio_errors),
		TEST(peripherals_are_refused_as_the_manifest_says),
		TEST(no_other_application_answers),
		TEST(the_os_says_which_it_is),
		TEST(wifi_power_savings_are_taken),
	};

	return cmocka_run_group_tests_name("system", tests, make_certificates, free_certificates);
}
