/* <applibs/i2c.h>, <applibs/spi.h>, <applibs/uart.h>, <applibs/adc.h> and <applibs/pwm.h>: none of them is simulated.
 *
 * The device says at opening what is wrong; as nothing is ever opened, every descriptor is a bad one.
 */
#include <applibs/adc.h>
#include <applibs/i2c.h>
#include <applibs/pwm.h>
#include <applibs/spi.h>
#include <applibs/uart.h>

#include <errno.h>
#include <string.h>

#include "emu-applibs/client/transport.h"

#define STRUCTS_VERSION 1u

_Static_assert(SPI_STRUCTS_VERSION == STRUCTS_VERSION && UART_STRUCTS_VERSION == STRUCTS_VERSION, "the structures filled here");

static int open_peripheral(uint16_t op, int32_t id)
{
	struct call c;

	call_begin(&c, op);
	wire_put_i32(&c.out, id);
	if (call_end(&c, call_send(&c)) >= 0)
		call_broken(&c, "it opened what is not simulated");
	return -1;
}

static int bad_descriptor(void)
{
	return call_fail(EBADF);
}

/* ---- I2C ----------------------------------------------------------------------------------------------------------------- */

int I2CMaster_Open(I2C_InterfaceId id)
{
	return open_peripheral(WIRE_I2C_OPEN, id);
}

int I2CMaster_SetBusSpeed(int fd, uint32_t speedInHz)
{
	(void) fd;
	(void) speedInHz;
	return bad_descriptor();
}

int I2CMaster_SetTimeout(int fd, uint32_t timeoutInMs)
{
	(void) fd;
	(void) timeoutInMs;
	return bad_descriptor();
}

ssize_t I2CMaster_Read(int fd, I2C_DeviceAddress address, uint8_t *buffer, size_t maxLength)
{
	(void) fd;
	(void) address;
	(void) buffer;
	(void) maxLength;
	return bad_descriptor();
}

ssize_t I2CMaster_Write(int fd, I2C_DeviceAddress address, const uint8_t *data, size_t length)
{
	(void) fd;
	(void) address;
	(void) data;
	(void) length;
	return bad_descriptor();
}

ssize_t I2CMaster_WriteThenRead(int fd, I2C_DeviceAddress address, const uint8_t *writeData, size_t lenWriteData,
				uint8_t *readData, size_t lenReadData)
{
	(void) fd;
	(void) address;
	(void) writeData;
	(void) lenWriteData;
	(void) readData;
	(void) lenReadData;
	return bad_descriptor();
}

int I2CMaster_SetDefaultTargetAddress(int fd, I2C_DeviceAddress address)
{
	(void) fd;
	(void) address;
	return bad_descriptor();
}

/* ---- SPI ----------------------------------------------------------------------------------------------------------------- */

int z__SPIMaster_InitConfig(z__SPIMaster_Config_Base *config, uint32_t structVersion)
{
	SPIMaster_Config made;

	if (!config)
		return call_fail(EFAULT);
	if (structVersion != STRUCTS_VERSION)
		return call_fail(EINVAL);
	memset(&made, 0, sizeof(made));
	made.z__magicAndVersion = z__SPIMASTER_CONFIG_MAGIC | STRUCTS_VERSION;
	made.csPolarity = SPI_ChipSelectPolarity_ActiveLow;
	*(SPIMaster_Config *)config = made;
	return 0;
}

int z__SPIMaster_InitTransfers(z__SPIMaster_Transfer_Base *transfers, size_t transferCount, uint32_t structVersion)
{
	SPIMaster_Transfer *array = (SPIMaster_Transfer *)transfers;

	if (!array)
		return call_fail(EFAULT);
	if (structVersion != STRUCTS_VERSION || transferCount > SPI_MASTER_MAX_TRANSFERS)
		return call_fail(EINVAL);
	for (size_t i = 0; i < transferCount; i++) {
		memset(&array[i], 0, sizeof(array[i]));
		array[i].z__magicAndVersion = z__SPIMASTER_TRANSFER_MAGIC | STRUCTS_VERSION;
	}
	return 0;
}

int z__SPIMaster_Open(SPI_InterfaceId interfaceId, SPI_ChipSelectId chipSelectId, const z__SPIMaster_Config_Base *config)
{
	(void) chipSelectId;
	if (!config)
		return call_fail(EFAULT);
	if (config->z__magicAndVersion != (z__SPIMASTER_CONFIG_MAGIC | STRUCTS_VERSION))
		return call_fail(EINVAL);
	return open_peripheral(WIRE_SPI_OPEN, interfaceId);
}

int SPIMaster_SetBusSpeed(int fd, uint32_t speedInHz)
{
	(void) fd;
	(void) speedInHz;
	return bad_descriptor();
}

int SPIMaster_SetMode(int fd, SPI_Mode mode)
{
	(void) fd;
	(void) mode;
	return bad_descriptor();
}

int SPIMaster_SetBitOrder(int fd, SPI_BitOrder order)
{
	(void) fd;
	(void) order;
	return bad_descriptor();
}

ssize_t z__SPIMaster_TransferSequential(int fd, const z__SPIMaster_Transfer_Base *transfers, size_t transferCount,
					uint32_t structVersion)
{
	(void) fd;
	(void) transfers;
	(void) transferCount;
	(void) structVersion;
	return bad_descriptor();
}

/* ---- UART ---------------------------------------------------------------------------------------------------------------- */

int z__UART_InitConfig(struct z__UART_Config_Base *uartConfig, uint32_t uartConfigStructVersion)
{
	UART_Config made;

	if (!uartConfig)
		return call_fail(EFAULT);
	if (uartConfigStructVersion != STRUCTS_VERSION)
		return call_fail(EINVAL);
	memset(&made, 0, sizeof(made));
	made.z__magicAndVersion = z__UART_CONFIG_MAGIC | STRUCTS_VERSION;
	made.baudRate = 115200;
	made.blockingMode = UART_BlockingMode_NonBlocking;
	made.dataBits = UART_DataBits_Eight;
	made.parity = UART_Parity_None;
	made.stopBits = UART_StopBits_One;
	made.flowControl = UART_FlowControl_None;
	*(UART_Config *)uartConfig = made;
	return 0;
}

static bool is_valid(const UART_Config *config)
{
	return config->z__magicAndVersion == (z__UART_CONFIG_MAGIC | STRUCTS_VERSION) && config->baudRate > 0 &&
	       config->blockingMode == UART_BlockingMode_NonBlocking && config->dataBits >= UART_DataBits_Five &&
	       config->dataBits <= UART_DataBits_Eight && config->parity <= UART_Parity_Odd &&
	       config->stopBits >= UART_StopBits_One && config->stopBits <= UART_StopBits_Two &&
	       config->flowControl <= UART_FlowControl_XONXOFF;
}

int z__UART_Open(UART_Id uartId, const struct z__UART_Config_Base *uartConfig)
{
	if (!uartConfig)
		return call_fail(EFAULT);
	if (!is_valid((const UART_Config *)uartConfig))
		return call_fail(EINVAL);
	return open_peripheral(WIRE_UART_OPEN, uartId);
}

/* ---- ADC, PWM ------------------------------------------------------------------------------------------------------------ */

int z__ADC_Open(ADC_ControllerId id)
{
	return open_peripheral(WIRE_ADC_OPEN, id <= INT32_MAX ? (int32_t)id : -1);
}

int z__PWM_Open(PWM_ControllerId pwm)
{
	return open_peripheral(WIRE_PWM_OPEN, pwm <= INT32_MAX ? (int32_t)pwm : -1);
}
