/* Reboot, power-down, power profile.
 *
 * Each needs its entry in PowerControls of app_manifest.json. A reboot and a power-down begin when the call has returned: the application
 * gets SIGTERM, a while later SIGKILL, then the device goes down. Source: powermanagement.h of the Azure Sphere SDK; Microsoft Learn,
 * "Manage Power Down state for Azure Sphere devices", "Set power profiles for Azure Sphere devices".
 */
#ifndef APPLIBS_POWERMANAGEMENT_H
#define APPLIBS_POWERMANAGEMENT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef uint32_t PowerManagement_System_PowerProfile;
enum {
	PowerManagement_PowerSaver = 0,
	PowerManagement_Balanced = 1,
	PowerManagement_HighPerformance = 2, /* after every boot */
};

/* Restarts the device. 0 when it has begun; or -1 and errno:
 *   EACCES  PowerControls of the manifest lacks ForceReboot */
static inline int PowerManagement_ForceSystemReboot(void);

/* Switches the device off, but for its clock, for at most so many seconds; then it boots. 0 when it has begun; or -1 and errno:
 *   EACCES  PowerControls of the manifest lacks ForcePowerDown
 *   EINVAL  maximum_residency_in_seconds is not valid (here: 0) */
static inline int PowerManagement_ForceSystemPowerDown(unsigned int maximum_residency_in_seconds);

/* Until the next boot. Here it is remembered and shown, and makes nothing slower. 0; or -1 and errno:
 *   EACCES  PowerControls of the manifest lacks SetPowerProfile
 *   EINVAL  no such profile */
static inline int PowerManagement_SetSystemPowerProfile(PowerManagement_System_PowerProfile desired_profile);

#ifdef __cplusplus
}
#endif

#include <applibs/powermanagement_internal.h>

#endif
