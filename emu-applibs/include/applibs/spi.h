/* SPI: there is none in the simulation. A program compiles and links; opening an interface fails, as the manifest says.
 *
 * Source: spi.h of the Azure Sphere SDK.
 */
#ifndef APPLIBS_SPI_H
#define APPLIBS_SPI_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifndef SPI_STRUCTS_VERSION
#define SPI_STRUCTS_VERSION 1
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define SPI_MASTER_MAX_TRANSFERS 256

typedef int SPI_InterfaceId;  /* ISU0 is 0 */
typedef int SPI_ChipSelectId; /* A is 0, B is 1 */

/* Clock polarity and phase: 0 and 0, 0 and 1, 1 and 0, 1 and 1. */
typedef enum SPI_Mode {
	SPI_Mode_Invalid = 0x0,
	SPI_Mode_0 = 0x1,
	SPI_Mode_1 = 0x2,
	SPI_Mode_2 = 0x3,
	SPI_Mode_3 = 0x4,
} SPI_Mode;

typedef enum SPI_BitOrder {
	SPI_BitOrder_Invalid = 0x0,
	SPI_BitOrder_LsbFirst = 0x1,
	SPI_BitOrder_MsbFirst = 0x2,
} SPI_BitOrder;

typedef enum SPI_ChipSelectPolarity {
	SPI_ChipSelectPolarity_Invalid = 0x0,
	SPI_ChipSelectPolarity_ActiveLow = 0x1,
	SPI_ChipSelectPolarity_ActiveHigh = 0x2,
} SPI_ChipSelectPolarity;

typedef enum SPI_TransferFlags {
	SPI_TransferFlags_None = 0x0,
	SPI_TransferFlags_Read = 0x1,
	SPI_TransferFlags_Write = 0x2,
} SPI_TransferFlags;

#ifdef __cplusplus
}
#endif

#include <applibs/spi_structs_v1.h>

#if SPI_STRUCTS_VERSION == 1
typedef struct z__SPIMaster_Config_v1 SPIMaster_Config;
typedef struct z__SPIMaster_Transfer_v1 SPIMaster_Transfer;
#else
#error "SPI_STRUCTS_VERSION must be 1: there is no other version of these structures"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Defaults (active low; ours). 0; or -1 and errno:
 *   EFAULT  NULL (ours) */
static inline int SPIMaster_InitConfig(SPIMaster_Config *config);
static inline int SPIMaster_InitTransfers(SPIMaster_Transfer *transfers, size_t transferCount);

/* -1 and errno:
 *   EACCES  SpiMaster of the manifest does not list the interface
 *   ENODEV  it is listed, but not simulated (ours)
 *   EFAULT  config is NULL (ours)
 *   EINVAL  config was not initialised (ours) */
static inline int SPIMaster_Open(SPI_InterfaceId interfaceId, SPI_ChipSelectId chipSelectId, const SPIMaster_Config *config);

/* -1 and errno:
 *   EBADF   no descriptor is one from SPIMaster_Open, which never gave any (ours)
 *   EFAULT, EINVAL  SPIMaster_WriteThenRead: NULL, a length of 0; before everything else (inline function of the SDK) */
int SPIMaster_SetBusSpeed(int fd, uint32_t speedInHz);
int SPIMaster_SetMode(int fd, SPI_Mode mode);
int SPIMaster_SetBitOrder(int fd, SPI_BitOrder order);
static inline ssize_t SPIMaster_WriteThenRead(int fd, const uint8_t *writeData, size_t lenWriteData, uint8_t *readData,
					      size_t lenReadData);
static inline ssize_t SPIMaster_TransferSequential(int fd, const SPIMaster_Transfer *transfers, size_t transferCount);

#ifdef __cplusplus
}
#endif

#include <applibs/spi_internal.h>

#endif
