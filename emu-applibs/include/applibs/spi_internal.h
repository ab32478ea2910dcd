/* The inline half of <applibs/spi.h>. Include <applibs/spi.h>, not this file.
 *
 * The z__ functions are part of the ABI. Source: spi_internal.h of the Azure Sphere SDK.
 */
#ifndef APPLIBS_SPI_INTERNAL_H
#define APPLIBS_SPI_INTERNAL_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define z__SPIMASTER_CONFIG_MAGIC 0x45170000U
#define z__SPIMASTER_TRANSFER_MAGIC 0x22130000U

typedef struct z__SPIMaster_Config_Base {
	uint32_t z__magicAndVersion;
} z__SPIMaster_Config_Base;

typedef struct z__SPIMaster_Transfer_Base {
	uint32_t z__magicAndVersion;
} z__SPIMaster_Transfer_Base;

/* structVersion: 1; others give EINVAL (ours). */
int z__SPIMaster_InitConfig(z__SPIMaster_Config_Base *config, uint32_t structVersion);
int z__SPIMaster_Open(SPI_InterfaceId interfaceId, SPI_ChipSelectId chipSelectId, const z__SPIMaster_Config_Base *config);
int z__SPIMaster_InitTransfers(z__SPIMaster_Transfer_Base *transfers, size_t transferCount, uint32_t structVersion);
ssize_t z__SPIMaster_TransferSequential(int fd, const z__SPIMaster_Transfer_Base *transfers, size_t transferCount,
					uint32_t structVersion);

static inline int SPIMaster_InitConfig(SPIMaster_Config *config)
{
	return z__SPIMaster_InitConfig((z__SPIMaster_Config_Base *)config, SPI_STRUCTS_VERSION);
}

static inline int SPIMaster_Open(SPI_InterfaceId interfaceId, SPI_ChipSelectId chipSelectId, const SPIMaster_Config *config)
{
	return z__SPIMaster_Open(interfaceId, chipSelectId, (const z__SPIMaster_Config_Base *)config);
}

static inline int SPIMaster_InitTransfers(SPIMaster_Transfer *transfers, size_t transferCount)
{
	return z__SPIMaster_InitTransfers((z__SPIMaster_Transfer_Base *)transfers, transferCount, SPI_STRUCTS_VERSION);
}

static inline ssize_t SPIMaster_TransferSequential(int fd, const SPIMaster_Transfer *transfers, size_t transferCount)
{
	return z__SPIMaster_TransferSequential(fd, (const z__SPIMaster_Transfer_Base *)transfers, transferCount, SPI_STRUCTS_VERSION);
}

static inline ssize_t SPIMaster_WriteThenRead(int fd, const uint8_t *writeData, size_t lenWriteData, uint8_t *readData,
					      size_t lenReadData)
{
	SPIMaster_Transfer both[2];

	if (writeData == NULL || readData == NULL) {
		errno = EFAULT;
		return -1;
	}
	if (lenWriteData == 0 || lenReadData == 0) {
		errno = EINVAL;
		return -1;
	}
	if (SPIMaster_InitTransfers(both, 2) < 0)
		return -1;
	both[0].flags = SPI_TransferFlags_Write;
	both[0].writeData = writeData;
	both[0].length = lenWriteData;
	both[1].flags = SPI_TransferFlags_Read;
	both[1].readData = readData;
	both[1].length = lenReadData;
	return SPIMaster_TransferSequential(fd, both, 2);
}

#ifdef __cplusplus
}
#endif

#endif
