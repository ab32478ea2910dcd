/* Network interfaces and their state, addresses, time synchronisation, proxy, and the servers of a private network.
 *
 * Names, types, values and ABI are those of Azure Sphere's <applibs/networking.h>, so a program compiled with Microsoft's header
 * runs on our libapplibs.so.0. The words are ours.
 *
 * For all functions:
 * - They return -1 (pointers: NULL) and set errno on failure. None waits on any clock, real or virtual.
 * - networkInterfaceName: a C string, "wlan0" or "eth0". An interface that is there but not for applications ("lo") gives EPERM
 *   (ours; the SDK does not say which interfaces are meant).
 * - What is set is kept over reboots, unless said otherwise.
 * - Not thread-safe, says the SDK; here one call waits for another.
 * Source: networking.h of the SDK (OS 22.02) and the pages of the same functions on Microsoft Learn. "ours" is documented nowhere.
 */
#ifndef APPLIBS_NETWORKING_H
#define APPLIBS_NETWORKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h> /* applications rely on it */
#include <sys/types.h>
#include <time.h>

#include <applibs/networking_structs_v1.h>

#ifndef NETWORKING_STRUCTS_VERSION
#define NETWORKING_STRUCTS_VERSION 1
#endif

#if NETWORKING_STRUCTS_VERSION == 1
typedef struct z__Networking_NetworkInterface_v1 Networking_NetworkInterface;
#else
#error "NETWORKING_STRUCTS_VERSION must be 1: there is no other version of these structures"
#endif

#include <applibs/applibs_internal_api_traits.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Interfaces ------------------------------------------------------------------------------------------------------ */

/* Bits of the connection status. */
typedef uint32_t Networking_InterfaceConnectionStatus;
enum {
	Networking_InterfaceConnectionStatus_InterfaceUp = 1 << 0,
	Networking_InterfaceConnectionStatus_ConnectedToNetwork = 1 << 1,
	Networking_InterfaceConnectionStatus_IpAvailable = 1 << 2,
	Networking_InterfaceConnectionStatus_ConnectedToInternet = 1 << 3,
};

/* True when an interface is up, connected, has an address and the time is synchronised. 0; or -1 and errno:
 *   EFAULT  NULL */
int Networking_IsNetworkingReady(bool *outIsNetworkingReady);

/* Number of interfaces, the same until the next boot; or -1 and errno:
 *   EAGAIN  the networking stack is not ready */
ssize_t Networking_GetInterfaceCount(void);

/* Fills at most networkInterfacesArrayCount elements. How many; or -1 and errno:
 *   EFAULT  NULL
 *   ERANGE  networkInterfacesArrayCount is 0
 *   EAGAIN  the networking stack is not ready
 *   EINVAL  structure version (ours) */
static inline ssize_t Networking_GetInterfaces(Networking_NetworkInterface *outNetworkInterfacesArray,
					       size_t networkInterfacesArrayCount);

/* Switches an interface on or off. Needs NetworkConfig. 0; or -1 and errno:
 *   EACCES  the manifest lacks NetworkConfig
 *   ENOENT  no such interface
 *   EPERM   not allowed on this interface
 *   EAGAIN  the networking stack is not ready
 *   EFAULT  NULL (ours) */
int Networking_SetInterfaceState(const char *networkInterfaceName, bool isEnabled);

/* Status of an interface. The page asks to poll at most every 90 seconds once connected. 0; or -1 and errno:
 *   EFAULT  outStatus is NULL; networkInterfaceName is NULL (ours)
 *   ENOENT  no such interface
 *   EAGAIN  the networking stack is not ready
 *   EPERM   not allowed on this interface (ours) */
int Networking_GetInterfaceConnectionStatus(const char *networkInterfaceName,
					    Networking_InterfaceConnectionStatus *outStatus);

/* Sets the hardware address of an Ethernet interface. Needs HardwareAddressConfig. 0; or -1 and errno:
 *   EACCES  the manifest lacks HardwareAddressConfig
 *   ENOENT  no such interface
 *   EPERM   not an Ethernet interface
 *   EAGAIN  the networking stack is not ready
 *   ERANGE  hardwareAddressLength is more than HARDWARE_ADDRESS_LENGTH
 *   EINVAL  all zeros, or a group address (lowest bit of the first byte set); shorter than HARDWARE_ADDRESS_LENGTH (ours)
 *   EFAULT  NULL (ours) */
static inline int Networking_SetHardwareAddress(const char *networkInterfaceName, const uint8_t *hardwareAddress,
						size_t hardwareAddressLength);

/* The hardware address of an interface. 0; or -1 and errno:
 *   ENOENT  no such interface
 *   EPERM   not allowed on this interface
 *   EAGAIN  the networking stack is not ready
 *   EINVAL  "outAddress is invalid", says the SDK; its own inline function gives EFAULT for NULL before it asks, so nothing is left
 *   EFAULT  NULL, before everything else (inline function of the SDK) */
static inline int Networking_GetHardwareAddress(const char *networkInterfaceName, Networking_Interface_HardwareAddress *outAddress);

/* ---- Addresses ------------------------------------------------------------------------------------------------------- */

/* Init: dynamic address, automatic DNS. Destroy it when it is no longer needed; then Init again before use. Addresses are in
 * network byte order. A static address comes without DNS servers. Ours: NULL is ignored. */
void Networking_IpConfig_Init(Networking_IpConfig *ipConfig);
void Networking_IpConfig_Destroy(Networking_IpConfig *ipConfig);
void Networking_IpConfig_EnableDynamicIp(Networking_IpConfig *ipConfig);
void Networking_IpConfig_EnableStaticIp(Networking_IpConfig *ipConfig, struct in_addr ipAddress, struct in_addr subnetMask,
					struct in_addr gatewayAddress);
void Networking_IpConfig_EnableAutomaticDns(Networking_IpConfig *ipConfig);

/* Up to three DNS servers in place of those before. 0; or -1 and errno:
 *   EFAULT  NULL
 *   EINVAL  more than three, or one is INADDR_ANY; no server at all (ours) */
int Networking_IpConfig_EnableCustomDns(Networking_IpConfig *ipConfig, const struct in_addr *dnsServerAddresses,
					size_t serverCount);

/* Gives an interface this configuration. Needs NetworkConfig. 0; or -1 and errno:
 *   EACCES  the manifest lacks NetworkConfig
 *   ENOENT  no such interface
 *   EPERM   not allowed on this interface
 *   EFAULT  NULL
 *   EAGAIN  the networking stack is not ready
 *   EFBIG   no room to store it
 *   EINVAL  ipConfig was not initialised (ours) */
int Networking_IpConfig_Apply(const char *networkInterfaceName, const Networking_IpConfig *ipConfig);

/* Renews, or gives up, the dynamic address. After ReleaseIp there is none until RenewIp or a reboot. Need NetworkConfig. 0; or -1 and
 * errno (pages "Networking_IpConfig_RenewIp", "Networking_IpConfig_ReleaseIp"; OS 22.02 and later):
 *   EACCES  the manifest lacks NetworkConfig
 *   EFAULT  NULL
 *   ENOENT  no such interface
 *   EPERM   the address is static; not allowed on this interface (ours)
 *   EAGAIN  the networking stack is not ready (ours) */
int Networking_IpConfig_RenewIp(const char *networkInterfaceName);
int Networking_IpConfig_ReleaseIp(const char *networkInterfaceName);

/* ---- Time ------------------------------------------------------------------------------------------------------------ */

/* Is Microsoft's own time server asked when none of the others answers? */
typedef uint32_t Networking_NtpOption;
enum {
	Networking_NtpOption_FallbackServerDisabled = 0,
	Networking_NtpOption_FallbackServerEnabled = 1,
};

/* Is the clock set from the network? On by default. Setting needs TimeSyncConfig and takes effect at once. 0; or -1 and errno:
 *   EACCES  the manifest lacks TimeSyncConfig (setter)
 *   EFAULT  NULL (getter)
 *   EAGAIN  the networking stack is not ready */
int Networking_TimeSync_SetEnabled(bool enabled);
int Networking_TimeSync_GetEnabled(bool *outIsEnabled);

/* Ask Microsoft's own time server. Needs TimeSyncConfig. 0; or -1 and errno:
 *   EACCES  the manifest lacks TimeSyncConfig
 *   EAGAIN  the networking stack is not ready (ours) */
int Networking_TimeSync_EnableDefaultNtp(void);

/* Ask the servers that DHCP names (option 42). Needs TimeSyncConfig. 0; or -1 and errno:
 *   EACCES  the manifest lacks TimeSyncConfig
 *   EINVAL  option is no Networking_NtpOption
 *   EAGAIN  the networking stack is not ready (ours) */
int Networking_TimeSync_EnableAutomaticNtp(Networking_NtpOption option);

/* Ask these servers, host names or IPv4 addresses, the first one first; secondaryNtpServer may be NULL. Needs TimeSyncConfig.
 * 0; or -1 and errno:
 *   EFAULT  primaryNtpServer is NULL
 *   EACCES  the manifest lacks TimeSyncConfig
 *   ERANGE  longer than a host name may be (255 characters) or not NUL-terminated
 *   EINVAL  neither host name nor address; option is no Networking_NtpOption
 *   EAGAIN  the networking stack is not ready (ours) */
int Networking_TimeSync_EnableCustomNtp(const char *primaryNtpServer, const char *secondaryNtpServer,
					Networking_NtpOption option);

/* Which server set the clock last since boot, the time before and after (UTC). Every output may be NULL. *inOutNtpServerLength: bytes
 * of outNtpServer with room for the NUL; ours: afterwards the bytes that the name takes, NUL included. 0; or -1 and errno:
 *   EFAULT   inOutNtpServerLength is NULL and outNtpServer is not
 *   ENOENT   the clock was not set yet
 *   ENOBUFS  outNtpServer is too small: *inOutNtpServerLength says what is needed */
int Networking_TimeSync_GetLastNtpSyncInfo(char *outNtpServer, size_t *inOutNtpServerLength, struct tm *outTimeBeforeSync,
					   struct tm *outNtpTime);

/* ---- Servers of a private network ------------------------------------------------------------------------------------ */

/* Ours: NULL is ignored. */
void Networking_SntpServerConfig_Init(Networking_SntpServerConfig *sntpServerConfig);
void Networking_SntpServerConfig_Destroy(Networking_SntpServerConfig *sntpServerConfig);

/* Registers a time server for an interface; it runs while the interface is up. Ours: until the next boot. Needs SntpService.
 * 0 (also when it runs already); or -1 and errno:
 *   EACCES  the manifest lacks SntpService
 *   EFAULT  NULL
 *   ENOENT  no such interface
 *   EPERM   not allowed on this interface
 *   EAGAIN  the networking stack is not ready
 *   EINVAL  sntpServerConfig was not initialised (ours) */
int Networking_SntpServer_Start(const char *networkInterfaceName, const Networking_SntpServerConfig *sntpServerConfig);

/* Ours: NULL is ignored. */
void Networking_DhcpServerConfig_Init(Networking_DhcpServerConfig *dhcpServerConfig);
void Networking_DhcpServerConfig_Destroy(Networking_DhcpServerConfig *dhcpServerConfig);

/* Which addresses are leased, for how many hours. 0; or -1 and errno:
 *   EFAULT  dhcpServerConfig is NULL
 *   EINVAL  values that do not go together; here: no address, a mask with gaps, a range or gateway outside the subnet, no time */
int Networking_DhcpServerConfig_SetLease(Networking_DhcpServerConfig *dhcpServerConfig, struct in_addr startIpAddress,
					 uint8_t ipAddressCount, struct in_addr subnetMask, struct in_addr gatewayAddress,
					 uint32_t leaseTimeInHours);

/* Time servers that are told to clients. 0; or -1 and errno:
 *   EFAULT  NULL
 *   EINVAL  more than three, or one is not valid (here: INADDR_ANY, INADDR_BROADCAST); no server at all (ours) */
int Networking_DhcpServerConfig_SetNtpServerAddresses(Networking_DhcpServerConfig *dhcpServerConfig,
						      const struct in_addr *ntpServerAddresses, size_t serverCount);

/* Registers a DHCP server for an interface with a static address, in place of one before. Needs DhcpService. 0; or -1 and errno:
 *   EACCES  the manifest lacks DhcpService
 *   ENOENT  no such interface
 *   EPERM   not allowed on this interface, or its address is not static
 *   EFAULT  NULL
 *   EAGAIN  the networking stack is not ready
 *   EINVAL  no lease was set; the range is not in the interface's subnet (ours)
 *   EFBIG   no room to store it */
int Networking_DhcpServer_Start(const char *networkInterfaceName, const Networking_DhcpServerConfig *dhcpServerConfig);

/* ---- Proxy ----------------------------------------------------------------------------------------------------------- */

/* Without NUL. */
#define PROXY_ADDRESS_MAX_LENGTH 255
#define PROXY_NO_PROXY_ADDRESSES_MAX_LENGTH 255
#define PROXY_USERNAME_MAX_LENGTH 63
#define PROXY_PASSWORD_MAX_LENGTH 63

/* Bits. */
typedef uint32_t Networking_ProxyStatus;
enum {
	Networking_ProxyStatus_Enabled = 1 << 0,
	Networking_ProxyStatus_ResolvingProxyName = 1 << 1,
	Networking_ProxyStatus_Ready = 1 << 2,
};

/* Bits. */
typedef uint32_t Networking_ProxyOptions;
enum {
	Networking_ProxyOptions_None = 1 << 0,
	Networking_ProxyOptions_Enabled = 1 << 1,
};

typedef int8_t Networking_ProxyType;
enum {
	Networking_ProxyType_Invalid = -1,
	Networking_ProxyType_HTTP = 0,
};

typedef int8_t Networking_ProxyAuthType;
enum {
	Networking_ProxyAuthType_Invalid = -1,
	Networking_ProxyAuthType_Anonymous = 0,
	Networking_ProxyAuthType_Basic = 1,
};

/* A configuration in the application's memory: enabled, HTTP, anonymous, no address. Destroy frees it and wipes its password; ours:
 * NULL is fine. Create: NULL and errno:
 *   ENOMEM  out of memory */
Networking_ProxyConfig *Networking_Proxy_Create(void);
void Networking_Proxy_Destroy(Networking_ProxyConfig *proxyConfig);

/* Gives it to the device. Needs NetworkConfig. 0; or -1 and errno:
 *   EACCES  the manifest lacks NetworkConfig
 *   EFAULT  NULL
 *   EINVAL  enabled without an address (ours)
 *   EFBIG   no room to store it (ours) */
int Networking_Proxy_Apply(const Networking_ProxyConfig *proxyConfig);

/* Takes it from the device. Needs NetworkConfig or ReadNetworkProxyConfig. 0; or -1 and errno:
 *   EACCES  the manifest lacks both
 *   EFAULT  NULL
 *   ENOENT  no proxy is configured */
int Networking_Proxy_Get(Networking_ProxyConfig *proxyConfig);

/* A proxy that is switched off is kept with its settings. 0; or -1 and errno:
 *   EFAULT  NULL
 *   EINVAL  unknown bits (ours) */
int Networking_Proxy_SetProxyOptions(Networking_ProxyConfig *proxyConfig, Networking_ProxyOptions proxyOptions);
/* proxyAddress: IPv4 address or name. 0; or -1 and errno:
 *   EFAULT  NULL
 *   ERANGE  longer than PROXY_ADDRESS_MAX_LENGTH or not NUL-terminated */
int Networking_Proxy_SetProxyAddress(Networking_ProxyConfig *proxyConfig, const char *proxyAddress, uint16_t proxyPort);
/* Forgets user and password. 0; or -1 and errno:
 *   EFAULT  NULL */
int Networking_Proxy_SetAnonymousAuthentication(Networking_ProxyConfig *proxyConfig);
/* 0; or -1 and errno:
 *   EFAULT  NULL
 *   ERANGE  longer than PROXY_USERNAME_MAX_LENGTH or PROXY_PASSWORD_MAX_LENGTH, or not NUL-terminated */
int Networking_Proxy_SetBasicAuthentication(Networking_ProxyConfig *proxyConfig, const char *username, const char *password);
/* noProxyAddresses: hosts and addresses with commas between. 0; or -1 and errno:
 *   EFAULT  NULL
 *   ERANGE  longer than PROXY_NO_PROXY_ADDRESSES_MAX_LENGTH or not NUL-terminated */
int Networking_Proxy_SetProxyNoProxyAddresses(Networking_ProxyConfig *proxyConfig, const char *noProxyAddresses);

/* What is in it. Texts stay the configuration's until it is destroyed or set anew; "" when unset. -1, NULL or _Invalid, and errno:
 *   EFAULT  NULL */
int Networking_Proxy_GetProxyOptions(const Networking_ProxyConfig *proxyConfig, Networking_ProxyOptions *proxyOptions);
const char *Networking_Proxy_GetProxyAddress(const Networking_ProxyConfig *proxyConfig);
int Networking_Proxy_GetProxyPort(const Networking_ProxyConfig *proxyConfig, uint16_t *proxyPort);
Networking_ProxyType Networking_Proxy_GetProxyType(const Networking_ProxyConfig *proxyConfig);
const char *Networking_Proxy_GetProxyUsername(const Networking_ProxyConfig *proxyConfig);
const char *Networking_Proxy_GetProxyPassword(const Networking_ProxyConfig *proxyConfig);
Networking_ProxyAuthType Networking_Proxy_GetAuthType(const Networking_ProxyConfig *proxyConfig);
const char *Networking_Proxy_GetNoProxyAddresses(const Networking_ProxyConfig *proxyConfig);

/* How the device's proxy stands. No capability is documented. 0; or -1 and errno:
 *   EFAULT  NULL */
int Networking_Proxy_GetProxyStatus(Networking_ProxyStatus *proxyStatus);

#ifdef __cplusplus
}
#endif

#include <applibs/networking_internal.h>

#endif
