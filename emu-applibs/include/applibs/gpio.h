/* Pins.
 *
 * Needs the pin in Gpio of app_manifest.json. In a simulation a scenario, or somebody at the keyboard, drives inputs; outputs are on the
 * timeline. Source: gpio.h of the Azure Sphere SDK and its pages on Microsoft Learn.
 */
#ifndef APPLIBS_GPIO_H
#define APPLIBS_GPIO_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef int GPIO_Id; /* on the MT3620: 0 to 80 */

typedef uint8_t GPIO_Value_Type;
typedef enum {
	GPIO_Value_Low = 0,
	GPIO_Value_High = 1,
} GPIO_Value;

typedef uint8_t GPIO_OutputMode_Type;
typedef enum {
	GPIO_OutputMode_PushPull = 0,
	GPIO_OutputMode_OpenDrain = 1,  /* low, or let go */
	GPIO_OutputMode_OpenSource = 2, /* high, or let go */
} GPIO_OutputMode;

/* A descriptor, to be closed with close(); or -1 and errno:
 *   EACCES  Gpio of the manifest does not list the pin
 *   ENODEV  no such pin
 *   EBUSY   it is open already */
int GPIO_OpenAsInput(GPIO_Id gpioId);

/* A descriptor, to be closed with close(); or -1 and errno:
 *   EACCES  Gpio of the manifest does not list the pin
 *   EBUSY   it is open already
 *   ENODEV  no such pin
 *   EINVAL  no GPIO_OutputMode, or no GPIO_Value */
int GPIO_OpenAsOutput(GPIO_Id gpioId, GPIO_OutputMode_Type outputMode, GPIO_Value_Type initialValue);

/* The level of the pin; of an output that has let go, what others drive. Nobody: high (ours; a board's buttons pull low). 0; or -1 and
 * errno:
 *   EFAULT  NULL
 *   EBADF   not a descriptor from here */
int GPIO_GetValue(int gpioFd, GPIO_Value_Type *outValue);

/* Nothing happens on an input. 0; or -1 and errno:
 *   EINVAL  no GPIO_Value
 *   EBADF   not a descriptor from here */
int GPIO_SetValue(int gpioFd, GPIO_Value_Type value);

#ifdef __cplusplus
}
#endif

#endif
