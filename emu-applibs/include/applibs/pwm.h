/* Pulse-width modulation: there is none in the simulation. A program compiles and links; opening a controller fails, as the manifest says.
 *
 * Source: pwm.h of the Azure Sphere SDK. There the functions go to the kernel by device files, so no name of the ABI stands behind them:
 * z__PWM_Open is ours.
 */
#ifndef APPLIBS_PWM_H
#define APPLIBS_PWM_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef unsigned int PWM_ControllerId; /* from 0 */
typedef uint32_t PWM_ChannelId;

typedef uint32_t PwmPolarity;
enum {
	PWM_Polarity_Normal = 0,   /* high during the duty cycle */
	PWM_Polarity_Inversed = 1, /* low during the duty cycle */
};

typedef struct PwmState {
	unsigned int period_nsec;
	unsigned int dutyCycle_nsec; /* less than the period */
	PwmPolarity polarity;
	bool enabled;
} PwmState;

int z__PWM_Open(PWM_ControllerId pwm);

/* -1 and errno:
 *   EACCES  Pwm of the manifest does not list the controller
 *   ENODEV  it is listed, but not simulated (ours) */
static inline int PWM_Open(PWM_ControllerId pwm)
{
	return z__PWM_Open(pwm);
}

/* -1 and errno:
 *   EBADF  not a descriptor from PWM_Open, which never gave any
 * The SDK also names ENODEV for a channel and EINVAL for a state that is not valid: they need a controller. */
static inline int PWM_Apply(int pwmFd, PWM_ChannelId pwmChannel, const PwmState *newState)
{
	(void)pwmFd;
	(void)pwmChannel;
	(void)newState;
	errno = EBADF;
	return -1;
}

#ifdef __cplusplus
}
#endif

#endif
