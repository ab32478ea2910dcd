/* The inline half of <applibs/uart.h>. Include <applibs/uart.h>, not this file.
 *
 * The z__ functions are part of the ABI. Source: uart_internal.h of the Azure Sphere SDK.
 */
#ifndef APPLIBS_UART_INTERNAL_H
#define APPLIBS_UART_INTERNAL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define z__UART_CONFIG_MAGIC 0xde2a0000

struct z__UART_Config_Base {
	uint32_t z__magicAndVersion;
};

/* uartConfigStructVersion: 1; others give EINVAL (ours). */
int z__UART_InitConfig(struct z__UART_Config_Base *uartConfig, uint32_t uartConfigStructVersion);
int z__UART_Open(UART_Id uartId, const struct z__UART_Config_Base *uartConfig);

static inline void UART_InitConfig(UART_Config *uartConfig)
{
	(void)z__UART_InitConfig((struct z__UART_Config_Base *)uartConfig, UART_STRUCTS_VERSION);
}

static inline int UART_Open(UART_Id uartId, const UART_Config *uartConfig)
{
	return z__UART_Open(uartId, (const struct z__UART_Config_Base *)uartConfig);
}

#ifdef __cplusplus
}
#endif

#endif
