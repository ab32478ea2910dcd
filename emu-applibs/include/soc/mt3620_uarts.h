/* UARTs of the MT3620, for applibs/uart.h.
 *
 * For applications from before hardware definitions; hw/mt3620.h has the same values.
 */
#ifndef SOC_MT3620_UARTS_H
#define SOC_MT3620_UARTS_H

#define MT3620_UART_ISU0 (4)
#define MT3620_UART_ISU1 (5)
#define MT3620_UART_ISU2 (6)
#define MT3620_UART_ISU3 (7)
#define MT3620_UART_ISU4 (8)

#endif
