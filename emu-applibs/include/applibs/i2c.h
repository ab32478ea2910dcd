/* I2C: there is none in the simulation. A program compiles and links; opening an interface fails, as the manifest says.
 *
 * Source: i2c.h of the Azure Sphere SDK.
 */
#ifndef APPLIBS_I2C_H
#define APPLIBS_I2C_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Hz. */
#define I2C_BUS_SPEED_STANDARD 100000
#define I2C_BUS_SPEED_FAST 400000
#define I2C_BUS_SPEED_FAST_PLUS 1000000
#define I2C_BUS_SPEED_HIGH 3400000

typedef int I2C_InterfaceId;        /* ISU0 is 0 */
typedef uint32_t I2C_DeviceAddress; /* 7 or 10 bits */

/* -1 and errno:
 *   EACCES  I2cMaster of the manifest does not list the interface
 *   ENODEV  it is listed, but not simulated (ours) */
int I2CMaster_Open(I2C_InterfaceId id);

/* -1 and errno:
 *   EBADF  no descriptor is one from I2CMaster_Open, which never gave any (ours)
 * The SDK names EBUSY, ENXIO and ETIMEDOUT for the transfers: they need a bus. */
int I2CMaster_SetBusSpeed(int fd, uint32_t speedInHz);
int I2CMaster_SetTimeout(int fd, uint32_t timeoutInMs);
ssize_t I2CMaster_Read(int fd, I2C_DeviceAddress address, uint8_t *buffer, size_t maxLength);
ssize_t I2CMaster_Write(int fd, I2C_DeviceAddress address, const uint8_t *data, size_t length);
ssize_t I2CMaster_WriteThenRead(int fd, I2C_DeviceAddress address, const uint8_t *writeData, size_t lenWriteData,
				uint8_t *readData, size_t lenReadData);
int I2CMaster_SetDefaultTargetAddress(int fd, I2C_DeviceAddress address);

#ifdef __cplusplus
}
#endif

#endif
