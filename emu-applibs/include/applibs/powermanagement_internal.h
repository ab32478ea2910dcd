/* The inline half of <applibs/powermanagement.h>. Include <applibs/powermanagement.h>, not this file.
 *
 * z__PowerManagement_TransitionToSystemPowerState is part of the ABI (powermanagement_internal.h of the Azure Sphere SDK). There the power
 * profile goes to the kernel by a device file, /dev/cpufreq; here by z__PowerManagement_SetSystemPowerProfile, which is ours: a
 * program compiled with Microsoft's header finds no such file and gets EACCES from its own inline function.
 */
#ifndef APPLIBS_POWERMANAGEMENT_INTERNAL_H
#define APPLIBS_POWERMANAGEMENT_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

#include <applibs/applibs_internal_api_traits.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef uint32_t z__PowerManagement_System_PowerState;
enum {
	z__PowerManagement_System_PowerState_ForceReboot = 0,
	z__PowerManagement_System_PowerState_ForcePowerDown = 1,
};

struct z__PowerManagement_PowerDownStateTransitionParams {
	unsigned int maximum_residency_in_seconds;
};

/* power_state_transition_params_ptr: of a power-down; NULL for a reboot. 0; or -1 and errno:
 *   EACCES  PowerControls of the manifest lacks ForceReboot or ForcePowerDown
 *   EINVAL  no such state; a power-down without parameters or of 0 seconds (ours) */
int z__PowerManagement_TransitionToSystemPowerState(z__PowerManagement_System_PowerState type,
						    void *power_state_transition_params_ptr);
int z__PowerManagement_SetSystemPowerProfile(PowerManagement_System_PowerProfile desired_profile);

static inline int PowerManagement_ForceSystemReboot(void)
{
	return z__PowerManagement_TransitionToSystemPowerState(z__PowerManagement_System_PowerState_ForceReboot, NULL);
}

static inline int PowerManagement_ForceSystemPowerDown(unsigned int maximum_residency_in_seconds)
{
	struct z__PowerManagement_PowerDownStateTransitionParams params = { maximum_residency_in_seconds };

	return z__PowerManagement_TransitionToSystemPowerState(z__PowerManagement_System_PowerState_ForcePowerDown, &params);
}

static inline int PowerManagement_SetSystemPowerProfile(PowerManagement_System_PowerProfile desired_profile)
{
	return z__PowerManagement_SetSystemPowerProfile(desired_profile);
}

#ifdef __cplusplus
}
#endif

#endif
