/* I2C masters of the MT3620, for applibs/i2c.h.
 *
 * For applications from before hardware definitions; hw/mt3620.h has the same values.
 */
#ifndef SOC_MT3620_I2CS_H
#define SOC_MT3620_I2CS_H

#define MT3620_I2C_ISU0 (0)
#define MT3620_I2C_ISU1 (1)
#define MT3620_I2C_ISU2 (2)
#define MT3620_I2C_ISU3 (3)
#define MT3620_I2C_ISU4 (4)

#endif
