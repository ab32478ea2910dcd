/* SPI masters and chip selects of the MT3620, for applibs/spi.h.
 *
 * For applications from before hardware definitions; hw/mt3620.h has the same values.
 */
#ifndef SOC_MT3620_SPIS_H
#define SOC_MT3620_SPIS_H

#define MT3620_SPI_ISU0 (0)
#define MT3620_SPI_ISU1 (1)
#define MT3620_SPI_ISU2 (2)
#define MT3620_SPI_ISU3 (3)
#define MT3620_SPI_ISU4 (4)
#define MT3620_SPI_CHIP_SELECT_A (-1)
#define MT3620_SPI_CHIP_SELECT_B (-2)

#endif
