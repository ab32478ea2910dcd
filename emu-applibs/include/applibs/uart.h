/* UART: there is none in the simulation. A program compiles and links; opening one fails, as the manifest says.
 *
 * Source: uart.h of the Azure Sphere SDK.
 */
#ifndef APPLIBS_UART_H
#define APPLIBS_UART_H

#include <applibs/uart_config_v1.h>

#ifndef UART_STRUCTS_VERSION
#define UART_STRUCTS_VERSION 1
#endif

#if UART_STRUCTS_VERSION == 1
typedef struct z__UART_Config_v1 UART_Config;
#else
#error "UART_STRUCTS_VERSION must be 1: there is no other version of these structures"
#endif

typedef int UART_Id; /* ISU0 is 4 */

#ifdef __cplusplus
extern "C" {
#endif

/* Defaults: 115200 baud, 8 data bits, no parity, one stop bit, no flow control (ours). */
static inline void UART_InitConfig(UART_Config *uartConfig);

/* -1 and errno:
 *   EACCES  Uart of the manifest does not list it
 *   ENODEV  no such UART; or it is listed, but not simulated (ours)
 *   EINVAL  uartConfig is no valid configuration
 *   EBUSY   it is open already: never here, as none is ever opened
 *   EFAULT  uartConfig is NULL */
static inline int UART_Open(UART_Id uartId, const UART_Config *uartConfig);

#ifdef __cplusplus
}
#endif

#include <applibs/uart_internal.h>

#endif
