/* Cases of <applibs/gpio.h>, and of the peripherals that azsim does not simulate what the manifest decides. */
#include <errno.h>
#include <unistd.h>

#include <applibs/adc.h>
#include <applibs/gpio.h>
#include <applibs/i2c.h>
#include <applibs/pwm.h>
#include <applibs/spi.h>
#include <applibs/uart.h>

#include "cases.h"

#define PIN 0      /* in the manifest `full` */
#define NO_PIN 999 /* in the manifest `pins`; the MT3620 ends at 80 */
#define NO_UART 13 /* ISU9, there too; the MT3620 ends at ISU4 */
#define OUTPUT(pin, mode, value) GPIO_OpenAsOutput(pin, mode, value)

/* A descriptor that may be open after all goes again. */
static int closed(int fd)
{
	int error = errno;

	if (fd >= 0)
		(void) close(fd);
	errno = error;
	return fd;
}

CASE(GPIO_OpenAsInput, EACCES, no_capability)
{
	GIVES_EACCES(closed(GPIO_OpenAsInput(PIN)));
}

CASE(GPIO_OpenAsInput, ENODEV, no_pin)
{
	GIVES(closed(GPIO_OpenAsInput(NO_PIN)));
}

CASE(GPIO_OpenAsOutput, EACCES, no_capability)
{
	GIVES_EACCES(closed(OUTPUT(PIN, GPIO_OutputMode_PushPull, GPIO_Value_High)));
}

CASE(GPIO_OpenAsOutput, ENODEV, no_pin)
{
	GIVES(closed(OUTPUT(NO_PIN, GPIO_OutputMode_PushPull, GPIO_Value_High)));
}

CASE(GPIO_OpenAsOutput, EINVAL, mode)
{
	GIVES(closed(OUTPUT(PIN, 99, GPIO_Value_High)));
}

CASE(GPIO_OpenAsOutput, EINVAL, value)
{
	GIVES(closed(OUTPUT(PIN, GPIO_OutputMode_OpenDrain, 99)));
}

/* A call while the pin is open, as an input: nothing on the board is driven. */
#define WHILE_OPEN(call)                                                                          \
	do {                                                                                      \
		int fd = GPIO_OpenAsInput(PIN);                                                   \
		if (fd < 0)                                                                       \
			test_skip(t, "the pin cannot be opened: %s", errno_name(errno));          \
		else                                                                              \
			GIVES(call);                                                              \
		if (fd >= 0)                                                                      \
			(void) close(fd);                                                         \
	} while (0)

CASE(GPIO_OpenAsInput, EBUSY, open)
{
	WHILE_OPEN(closed(GPIO_OpenAsInput(PIN)));
}

CASE(GPIO_OpenAsOutput, EBUSY, open)
{
	WHILE_OPEN(closed(OUTPUT(PIN, GPIO_OutputMode_OpenDrain, GPIO_Value_High)));
}

CASE(GPIO_GetValue, EFAULT, output_null)
{
	WHILE_OPEN(GPIO_GetValue(fd, NULL));
}

CASE(GPIO_GetValue, EBADF, closed)
{
	GPIO_Value_Type value;

	GIVES(GPIO_GetValue(-1, &value));
}

CASE(GPIO_SetValue, EINVAL, value)
{
	WHILE_OPEN(GPIO_SetValue(fd, 99));
}

CASE(GPIO_SetValue, EBADF, closed)
{
	GIVES(GPIO_SetValue(-1, GPIO_Value_High));
}

/* ---- The others ------------------------------------------------------------------------------------------------------- */

CASE(I2CMaster_Open, EACCES, no_capability)
{
	GIVES_EACCES(closed(I2CMaster_Open(0)));
}

CASE(SPIMaster_Open, EACCES, no_capability)
{
	SPIMaster_Config config;

	(void) SPIMaster_InitConfig(&config);
	GIVES_EACCES(closed(SPIMaster_Open(0, 0, &config)));
}

/* Bytes that are never sent: the calls are refused before a descriptor is looked at. */
static uint8_t bytes[1];

CASE(SPIMaster_WriteThenRead, EFAULT, write_null)
{
	GIVES(SPIMaster_WriteThenRead(-1, NULL, 1, bytes, 1));
}

CASE(SPIMaster_WriteThenRead, EFAULT, read_null)
{
	GIVES(SPIMaster_WriteThenRead(-1, bytes, 1, NULL, 1));
}

CASE(SPIMaster_WriteThenRead, EINVAL, write_empty)
{
	GIVES(SPIMaster_WriteThenRead(-1, bytes, 0, bytes, 1));
}

CASE(SPIMaster_WriteThenRead, EINVAL, read_empty)
{
	GIVES(SPIMaster_WriteThenRead(-1, bytes, 1, bytes, 0));
}

CASE(UART_Open, EACCES, no_capability)
{
	UART_Config config;

	UART_InitConfig(&config);
	GIVES_EACCES(closed(UART_Open(4, &config)));
}

CASE(UART_Open, ENODEV, no_uart)
{
	UART_Config config;

	UART_InitConfig(&config);
	GIVES(closed(UART_Open(NO_UART, &config)));
}

CASE(UART_Open, EINVAL, config_invalid)
{
	UART_Config config;

	UART_InitConfig(&config);
	config.dataBits = 99;
	GIVES(closed(UART_Open(4, &config)));
}

CASE(UART_Open, EFAULT, config_null)
{
	GIVES(closed(UART_Open(4, NULL)));
}

CASE(ADC_Open, EACCES, no_capability)
{
	GIVES_EACCES(closed(ADC_Open(0)));
}

CASE(PWM_Open, EACCES, no_capability)
{
	GIVES_EACCES(closed(PWM_Open(0)));
}

CASE(PWM_Apply, EBADF, closed)
{
	const PwmState state = { .period_nsec = 1000000, .dutyCycle_nsec = 500000, .polarity = PWM_Polarity_Normal, .enabled = true };

	GIVES(PWM_Apply(-1, 0, &state));
}
