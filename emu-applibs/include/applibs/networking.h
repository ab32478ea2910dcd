/* Network interfaces, their connection status, and time synchronisation: the part that a device on Wi-Fi polls.
 *
 * Names, types, values and ABI are those of Azure Sphere's <applibs/networking.h>; IP settings, proxy, DHCP and SNTP servers are
 * not simulated and not declared. All functions return -1 and set errno on failure; none waits on any clock. Not thread-safe,
 * says the SDK; here one call waits for another. Source: networking.h of the SDK and its pages on Microsoft Learn.
 */
#ifndef APPLIBS_NETWORKING_H
#define APPLIBS_NETWORKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifndef NETWORKING_STRUCTS_VERSION
#define NETWORKING_STRUCTS_VERSION 1
#endif

#include <applibs/networking_structs_v1.h>

#if NETWORKING_STRUCTS_VERSION == 1
typedef struct z__Networking_NetworkInterface_v1 Networking_NetworkInterface;
#else
#error "NETWORKING_STRUCTS_VERSION must be 1: there is no other version of these structures"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Bits of the connection status. */
typedef uint32_t Networking_InterfaceConnectionStatus;
enum {
	Networking_InterfaceConnectionStatus_InterfaceUp = 1 << 0,
	Networking_InterfaceConnectionStatus_ConnectedToNetwork = 1 << 1,
	Networking_InterfaceConnectionStatus_IpAvailable = 1 << 2,
	Networking_InterfaceConnectionStatus_ConnectedToInternet = 1 << 3,
};

/* True when an interface is up, connected, has an address and the time is synchronised. 0; or -1: EFAULT NULL. */
int Networking_IsNetworkingReady(bool *outIsNetworkingReady);

/* Number of interfaces; or -1: EAGAIN. */
ssize_t Networking_GetInterfaceCount(void);

/* Fills at most networkInterfacesArrayCount elements; returns how many; or -1: EFAULT NULL, ERANGE count 0, EAGAIN, EINVAL structure
 * version. */
static inline ssize_t Networking_GetInterfaces(Networking_NetworkInterface *networkInterfacesArray,
					       size_t networkInterfacesArrayCount);

/* Switches an interface on or off; it stays so over reboots. Needs NetworkConfig. 0; or -1: EACCES, EFAULT NULL (ours), ENOENT no such
 * interface, EPERM, EAGAIN. */
int Networking_SetInterfaceState(const char *networkInterfaceName, bool isEnabled);

/* Status of an interface, for example "wlan0". The page asks to poll at most every 90 seconds once connected. 0; or -1: EFAULT
 * NULL, ENOENT no such interface, EAGAIN. */
int Networking_GetInterfaceConnectionStatus(const char *networkInterfaceName,
					    Networking_InterfaceConnectionStatus *outStatus);

/* Is the clock set from the network? Setting it needs TimeSyncConfig and lasts over reboots. 0; or -1: EACCES (set), EFAULT NULL
 * (get). */
int Networking_TimeSync_GetEnabled(bool *outIsEnabled);
int Networking_TimeSync_SetEnabled(bool enabled);

#ifdef __cplusplus
}
#endif

#include <applibs/networking_internal.h>

#endif
