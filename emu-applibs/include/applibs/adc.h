/* Analogue inputs: there are none in the simulation. A program compiles and links; opening a controller fails, as the manifest says.
 *
 * Source: adc.h of the Azure Sphere SDK. There the functions go to the kernel by device files, so no name of the ABI stands behind them:
 * z__ADC_Open is ours.
 */
#ifndef APPLIBS_ADC_H
#define APPLIBS_ADC_H

#include <errno.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef uint32_t ADC_ControllerId; /* from 0 */
typedef uint32_t ADC_ChannelId;

int z__ADC_Open(ADC_ControllerId id);

/* -1 and errno:
 *   EACCES  Adc of the manifest does not list the controller
 *   ENODEV  it is listed, but not simulated (ours) */
static inline int ADC_Open(ADC_ControllerId id)
{
	return z__ADC_Open(id);
}

/* -1 and errno:
 *   EBADF  no descriptor is one from ADC_Open, which never gave any (ours)
 * The SDK names EINVAL for a voltage out of range and EACCES for ADC_Poll: they need a controller. */
static inline int ADC_GetSampleBitCount(int fd, ADC_ChannelId channel)
{
	(void)fd;
	(void)channel;
	errno = EBADF;
	return -1;
}

static inline int ADC_SetReferenceVoltage(int fd, ADC_ChannelId channel, float referenceVoltage)
{
	(void)referenceVoltage;
	return ADC_GetSampleBitCount(fd, channel);
}

static inline int ADC_Poll(int fd, ADC_ChannelId channel, uint32_t *outSampleValue)
{
	(void)outSampleValue;
	return ADC_GetSampleBitCount(fd, channel);
}

#ifdef __cplusplus
}
#endif

#endif
