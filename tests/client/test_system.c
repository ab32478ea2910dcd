/* What lives in the process: pins and their descriptors, system events on a loop, memory, and peripherals that are not there. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <sys/socket.h>
#include <sysexits.h>

#include <applibs/adc.h>
#include <applibs/applications.h>
#include <applibs/gpio.h>
#include <applibs/i2c.h>
#include <applibs/powermanagement.h>
#include <applibs/pwm.h>
#include <applibs/spi.h>
#include <applibs/sysevent.h>
#include <applibs/uart.h>

#include "emu-applibs/base/base.h"
#include "tests/client/fake_server.h"

static struct server server;

/* ---- Pins ---------------------------------------------------------------------------------------------------------------- */

/* A device that knows one pin's value and believes what the library says of being busy. */
static int32_t answer_pins(struct server *s, struct wire_writer *out, int *ret_fd)
{
	uint8_t *value = s->arg;
	struct wire_reader r;
	uint8_t byte;

	(void) out;
	(void) ret_fd;
	wire_reader_init(&r, s->last.payload, s->last.length);
	if (wire_get_i32(&r) > 80)
		return -wire_from_errno(ENODEV);
	byte = wire_get_u8(&r);
	switch (s->last.op) {
	case WIRE_GPIO_OPEN_INPUT:
	case WIRE_GPIO_OPEN_OUTPUT:
		return byte ? -wire_from_errno(EBUSY) : 0;
	case WIRE_GPIO_SET:
		if (byte > 1)
			return -wire_from_errno(EINVAL);
		*value = byte;
		return 0;
	default:
		return *value;
	}
}

static int use_pins(void *arg)
{
	GPIO_Value_Type value = 7;
	int fd, copy, other;

	(void) arg;
	fd = GPIO_OpenAsOutput(8, GPIO_OutputMode_PushPull, GPIO_Value_Low);
	CHECK(fd >= 0 && (fcntl(fd, F_GETFD) & FD_CLOEXEC));
	CHECK_ERRNO(GPIO_OpenAsOutput(8, GPIO_OutputMode_PushPull, GPIO_Value_Low), EBUSY);
	CHECK_ERRNO(GPIO_OpenAsInput(8), EBUSY);
	CHECK(GPIO_SetValue(fd, GPIO_Value_High) == 0);
	CHECK(GPIO_GetValue(fd, &value) == 0 && value == GPIO_Value_High);
	CHECK_ERRNO(GPIO_SetValue(fd, 2), EINVAL);
	CHECK_ERRNO(GPIO_GetValue(fd, NULL), EFAULT);
	other = GPIO_OpenAsInput(12);
	CHECK(other >= 0 && other != fd);

	/* A copy is the same pin, and keeps it open. */
	copy = dup(fd);
	CHECK(close(fd) == 0 && GPIO_SetValue(copy, GPIO_Value_Low) == 0);
	CHECK_ERRNO(GPIO_OpenAsInput(8), EBUSY);
	CHECK(close(copy) == 0);
	fd = GPIO_OpenAsInput(8);
	CHECK(fd >= 0 && GPIO_GetValue(fd, &value) == 0 && value == GPIO_Value_Low);

	/* What is no pin, whatever its number was before. */
	CHECK(close(other) == 0);
	CHECK_ERRNO(GPIO_GetValue(other, &value), EBADF);
	CHECK(open("/dev/null", O_RDONLY | O_CLOEXEC) == other);
	CHECK_ERRNO(GPIO_GetValue(other, &value), EBADF);
	CHECK_ERRNO(GPIO_SetValue(other, GPIO_Value_Low), EBADF);
	CHECK_ERRNO(GPIO_GetValue(-1, &value), EBADF);
	CHECK_ERRNO(GPIO_SetValue(1000000, GPIO_Value_High), EBADF);
	CHECK_ERRNO(GPIO_OpenAsInput(81), ENODEV);
	CHECK_ERRNO(GPIO_OpenAsOutput(2000000000, 0, 0), ENODEV);
	return 0;
}

static void a_pin_is_its_descriptor_until_the_last_copy_is_closed(void **state)
{
	uint8_t value = 0;

	(void) state;
	server = (struct server){ .answer = answer_pins, .arg = &value };
	assert_served(&server, use_pins, NULL);
}

static int open_and_close(void *arg)
{
	int first = -1;

	(void) arg;
	for (int i = 0; i < 2000; i++) {
		int fd = GPIO_OpenAsInput(i % 81);

		CHECK(fd >= 0 && (i == 0 || fd == first));
		first = fd;
		CHECK(close(fd) == 0);
	}
	return 0;
}

static void descriptors_do_not_pile_up(void **state)
{
	uint8_t value = 0;

	(void) state;
	server = (struct server){ .answer = answer_pins, .arg = &value };
	assert_served(&server, open_and_close, NULL);
}

static int32_t answer_yes(struct server *s, struct wire_writer *out, int *ret_fd)
{
	(void) s;
	(void) out;
	(void) ret_fd;
	return 0;
}

static int open_no_pin(void *arg)
{
	(void) arg;
	return GPIO_OpenAsInput(81) >= -1 ? 1 : 2;
}

static void a_device_that_opens_what_is_no_pin_breaks_the_rules(void **state)
{
	(void) state;
	server = (struct server){ .answer = answer_yes };
	assert_int_equal(serve(&server, open_no_pin, NULL), EX_PROTOCOL);
}

/* ---- System events ------------------------------------------------------------------------------------------------------- */

static const struct wire_sysevent pending = { .event = 1, .status = 1, .update_type = 2, .max_deferral_min = 1440 };
static const struct wire_sysevent started = { .event = 2, .status = 4, .update_type = 2 };

/* The registration's descriptor has two events waiting, and then (arg set) its end. */
static int32_t answer_events(struct server *s, struct wire_writer *out, int *ret_fd)
{
	int ends[2];

	(void) out;
	if (s->last.op != WIRE_SYSEVENT_REGISTER)
		return 0;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, ends) < 0)
		return -wire_from_errno(EIO);
	if (send(ends[0], &started, sizeof(started), 0) < 0 || send(ends[0], &pending, sizeof(pending), 0) < 0)
		return -wire_from_errno(EIO);
	if (s->arg)
		(void) close(ends[0]);
	*ret_fd = ends[1];
	return 0;
}

struct seen {
	unsigned count;
	EventRegistration *reg; /* to be unregistered from the second callback */
	const SysEvent_Info *info;
	int problem;
};

static void seen_event(SysEvent_Events event, SysEvent_Status status, const SysEvent_Info *info, void *context)
{
	struct seen *seen = context;
	SysEvent_Info_UpdateData data;

	seen->count++;
	seen->info = info;
	if (event == SysEvent_Events_UpdateStarted) {
		/* It has no data of an update that is ready. */
		if (SysEvent_Info_GetUpdateData(info, &data) != -1 || errno != EINVAL)
			seen->problem = 1;
		return;
	}
	if (event != SysEvent_Events_UpdateReadyForInstall || status != SysEvent_Status_Pending)
		seen->problem = 2;
	if (SysEvent_Info_GetUpdateData(info, &data) != 0 || data.max_deferral_time_in_minutes != 1440 ||
	    data.update_type != SysEvent_UpdateType_System)
		seen->problem = 3;
	if (SysEvent_Info_GetUpdateData(info, NULL) != -1 || errno != EFAULT)
		seen->problem = 4;
	if (seen->reg && SysEvent_UnregisterForEventNotifications(seen->reg) != 0)
		seen->problem = 5;
}

static int take_events(void *arg)
{
	struct seen seen = { .count = 0 };
	EventLoop *loop = EventLoop_Create(), *other = EventLoop_Create();
	EventRegistration *reg;

	(void) arg;
	CHECK(loop && other);
	errno = 0;
	CHECK(!SysEvent_RegisterForEventNotifications(NULL, 1, seen_event, NULL) && errno == EFAULT);
	errno = 0;
	CHECK(!SysEvent_RegisterForEventNotifications(loop, 1, NULL, NULL) && errno == EFAULT);
	CHECK_ERRNO(SysEvent_UnregisterForEventNotifications(NULL), EFAULT);
	CHECK_ERRNO(SysEvent_Info_GetUpdateData(NULL, &(SysEvent_Info_UpdateData){ 0 }), EFAULT);
	reg = SysEvent_RegisterForEventNotifications(loop, SysEvent_Events_Mask, seen_event, &seen);
	CHECK(reg);
	errno = 0;
	CHECK(!SysEvent_RegisterForEventNotifications(other, 1, seen_event, NULL) && errno == EBUSY);
	CHECK_ERRNO(SysEvent_UnregisterForEventNotifications((EventRegistration *)&seen), EINVAL);
	CHECK(EventLoop_Run(loop, 0, true) == EventLoop_Run_Finished && seen.count == 1);
	seen.reg = reg;
	CHECK(EventLoop_Run(loop, 0, true) == EventLoop_Run_Finished && seen.count == 2 && seen.problem == 0);
	CHECK(EventLoop_Run(loop, 0, true) == EventLoop_Run_FinishedEmpty);
	CHECK_ERRNO(SysEvent_UnregisterForEventNotifications(reg), EINVAL); /* once only */
	/* Again, and this time the loop goes first. */
	CHECK(SysEvent_RegisterForEventNotifications(loop, 1, seen_event, &seen));
	EventLoop_Close(loop);
	reg = SysEvent_RegisterForEventNotifications(other, 1, seen_event, &seen);
	CHECK(reg && SysEvent_UnregisterForEventNotifications(reg) == 0);
	EventLoop_Close(other);
	return 0;
}

static void events_come_on_the_loop_of_the_registration(void **state)
{
	(void) state;
	server = (struct server){ .answer = answer_events };
	assert_served(&server, take_events, NULL);
	assert_int_equal(server.requests, 6); /* each registration, and each end of one */
	assert_int_equal(server.last.op, WIRE_SYSEVENT_UNREGISTER);
}

static int lose_the_device(void *arg)
{
	struct seen seen = { .count = 0 };
	EventLoop *loop = EventLoop_Create();
	EventRegistration *reg = SysEvent_RegisterForEventNotifications(loop, 7, seen_event, &seen);

	(void) arg;
	CHECK(reg);
	/* Two events, then the end, which must not be reported for ever. */
	for (int i = 0; i < 3; i++)
		CHECK(EventLoop_Run(loop, 0, true) == EventLoop_Run_Finished);
	CHECK(EventLoop_Run(loop, 0, true) == EventLoop_Run_FinishedEmpty);
	CHECK(seen.count == 2);
	CHECK_ERRNO(SysEvent_UnregisterForEventNotifications(reg), EINVAL);
	EventLoop_Close(loop);
	return 0;
}

static void an_end_of_the_events_ends_the_registration(void **state)
{
	bool ends = true;

	(void) state;
	server = (struct server){ .answer = answer_events, .arg = &ends };
	assert_served(&server, lose_the_device, NULL);
}

/* ---- Memory -------------------------------------------------------------------------------------------------------------- */

static int grow(void *arg)
{
	size_t user = Applications_GetUserModeMemoryUsageInKB(), total = Applications_GetTotalMemoryUsageInKB(), peak;
	size_t value = 0;
	char *block;

	(void) arg;
	CHECK(user > 0 && user == Applications_GetUserModeMemoryUsageInKB());
	CHECK(total > user && Applications_GetPeakUserModeMemoryUsageInKB() >= user);
	block = malloc(40 * 1024);
	CHECK(block);
	memset(block, 1, 40 * 1024);
	CHECK(Applications_GetUserModeMemoryUsageInKB() >= user + 40);
	CHECK(Applications_GetUserModeMemoryUsageInKB() < user + 60);
	free(block);
	block = malloc(1024 * 1024); /* has pages of its own */
	CHECK(block);
	memset(block, 1, 1024 * 1024);
	CHECK(Applications_GetUserModeMemoryUsageInKB() >= user + 1024);
	free(block);
	CHECK(Applications_GetUserModeMemoryUsageInKB() < user + 100);
	peak = Applications_GetPeakUserModeMemoryUsageInKB();
	CHECK(peak >= user + 1024);
	/* A heap that was large for a while is remembered though nobody asked then. */
	for (int i = 0; i < 2; i++) {
		void *blocks[64];

		for (size_t k = 0; k < ARRAY_LEN(blocks); k++)
			blocks[k] = malloc(60 * 1024);
		for (size_t k = 0; k < ARRAY_LEN(blocks); k++)
			free(blocks[k]);
	}
	CHECK(Applications_GetPeakUserModeMemoryUsageInKB() >= user + 3000);
	CHECK_ERRNO(z__Applications_GetMemoryInfo(0, NULL, sizeof(size_t)), EFAULT);
	CHECK_ERRNO(z__Applications_GetMemoryInfo(3, &value, sizeof(value)), EINVAL);
	CHECK_ERRNO(z__Applications_GetMemoryInfo(0, &value, 4), EINVAL);
	CHECK_ERRNO(Applications_GetOsVersion(NULL), EFAULT);
	return 0;
}

static void memory_is_that_of_the_process(void **state)
{
	(void) state;
#if defined(__SANITIZE_ADDRESS__)
	skip(); /* the sanitizer has a heap of its own, which the C library does not count */
#endif
	server = (struct server){ 0 };
	assert_served(&server, grow, NULL);
}

static int32_t answer_not_ready(struct server *s, struct wire_writer *out, int *ret_fd)
{
	(void) s;
	(void) out;
	(void) ret_fd;
	return -wire_from_errno(EAGAIN);
}

static int not_ready(void *arg)
{
	(void) arg;
	errno = 0;
	CHECK(Applications_GetTotalMemoryUsageInKB() == 0 && errno == EAGAIN);
	return 0;
}

static void memory_that_is_not_known_yet_is_0_with_eagain(void **state)
{
	(void) state;
	server = (struct server){ .answer = answer_not_ready };
	assert_served(&server, not_ready, NULL);
}

/* ---- Not simulated ------------------------------------------------------------------------------------------------------- */

static int no_peripherals(void *arg)
{
	uint8_t byte = 0;
	SPIMaster_Config spi;
	SPIMaster_Transfer transfers[2];
	UART_Config uart;
	PwmState pwm = { 0 };
	uint32_t sample;

	(void) arg;
	CHECK_ERRNO(I2CMaster_SetBusSpeed(3, I2C_BUS_SPEED_STANDARD), EBADF);
	CHECK_ERRNO(I2CMaster_SetTimeout(3, 1), EBADF);
	CHECK_ERRNO(I2CMaster_SetDefaultTargetAddress(3, 1), EBADF);
	CHECK_ERRNO(I2CMaster_Read(3, 1, &byte, 1), EBADF);
	CHECK_ERRNO(I2CMaster_Write(3, 1, &byte, 1), EBADF);
	CHECK_ERRNO(I2CMaster_WriteThenRead(3, 1, &byte, 1, &byte, 1), EBADF);
	CHECK_ERRNO(SPIMaster_InitConfig(NULL), EFAULT);
	CHECK_ERRNO(z__SPIMaster_InitConfig((z__SPIMaster_Config_Base *)&spi, 2), EINVAL);
	CHECK(SPIMaster_InitConfig(&spi) == 0 && spi.z__magicAndVersion == 0x45170001u);
	CHECK_ERRNO(SPIMaster_Open(0, 0, NULL), EFAULT);
	CHECK_ERRNO(SPIMaster_Open(0, 0, &(SPIMaster_Config){ 0 }), EINVAL);
	CHECK_ERRNO(SPIMaster_InitTransfers(NULL, 2), EFAULT);
	CHECK_ERRNO(SPIMaster_InitTransfers(transfers, 257), EINVAL);
	CHECK(SPIMaster_InitTransfers(transfers, 2) == 0 && transfers[1].z__magicAndVersion == 0x22130001u && transfers[1].length == 0);
	CHECK_ERRNO(SPIMaster_TransferSequential(3, transfers, 2), EBADF);
	CHECK_ERRNO(SPIMaster_WriteThenRead(3, NULL, 1, &byte, 1), EFAULT);
	CHECK_ERRNO(SPIMaster_WriteThenRead(3, &byte, 0, &byte, 1), EINVAL);
	CHECK_ERRNO(SPIMaster_WriteThenRead(3, &byte, 1, &byte, 1), EBADF);
	CHECK_ERRNO(SPIMaster_SetBusSpeed(3, 1), EBADF);
	CHECK_ERRNO(SPIMaster_SetMode(3, SPI_Mode_0), EBADF);
	CHECK_ERRNO(SPIMaster_SetBitOrder(3, SPI_BitOrder_MsbFirst), EBADF);
	UART_InitConfig(&uart);
	CHECK(uart.z__magicAndVersion == 0xde2a0001u && uart.baudRate == 115200 && uart.dataBits == UART_DataBits_Eight);
	CHECK_ERRNO(z__UART_InitConfig((struct z__UART_Config_Base *)&uart, 2), EINVAL);
	CHECK_ERRNO(UART_Open(4, NULL), EFAULT);
	CHECK_ERRNO(UART_Open(4, &(UART_Config){ 0 }), EINVAL);
	uart.stopBits = 3;
	CHECK_ERRNO(UART_Open(4, &uart), EINVAL);
	CHECK_ERRNO(ADC_GetSampleBitCount(3, 0), EBADF);
	CHECK_ERRNO(ADC_SetReferenceVoltage(3, 0, 2.5f), EBADF);
	CHECK_ERRNO(ADC_Poll(3, 0, &sample), EBADF);
	CHECK_ERRNO(PWM_Apply(3, 0, &pwm), EBADF);
	return 0;
}

static void what_was_never_opened_is_a_bad_descriptor(void **state)
{
	(void) state;
	server = (struct server){ 0 };
	assert_served(&server, no_peripherals, NULL);
	assert_int_equal(server.requests, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pin_is_its_descriptor_until_the_last_copy_is_closed),
		cmocka_unit_test(descriptors_do_not_pile_up),
		cmocka_unit_test(a_device_that_opens_what_is_no_pin_breaks_the_rules),
		cmocka_unit_test(events_come_on_the_loop_of_the_registration),
		cmocka_unit_test(an_end_of_the_events_ends_the_registration),
		cmocka_unit_test(memory_is_that_of_the_process),
		cmocka_unit_test(memory_that_is_not_known_yet_is_0_with_eagain),
		cmocka_unit_test(what_was_never_opened_is_a_bad_descriptor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
