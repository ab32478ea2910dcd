/* Structures of the SPI API, version 1. Include <applibs/spi.h>, not this file.
 *
 * Sizes and offsets are part of the ABI. Source: spi_structs_v1.h of the Azure Sphere SDK.
 */
#ifndef APPLIBS_SPI_STRUCTS_V1_H
#define APPLIBS_SPI_STRUCTS_V1_H

#include <stddef.h>
#include <stdint.h>

/* What is fixed when an interface is opened. SPIMaster_InitConfig fills it. */
struct z__SPIMaster_Config_v1 {
	uint32_t z__magicAndVersion;
	SPI_ChipSelectPolarity csPolarity;
};

/* One half-duplex transfer. SPIMaster_InitTransfers fills it. */
struct z__SPIMaster_Transfer_v1 {
	uint32_t z__magicAndVersion;
	SPI_TransferFlags flags;
	const uint8_t *writeData;
	uint8_t *readData;
	size_t length;
};

#endif
