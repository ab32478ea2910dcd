/* The device's Wi-Fi configuration: networks, their EAP-TLS credentials by certificate identifier, scan, diagnostics.
 *
 * Names, types, values and ABI are those of Azure Sphere's <applibs/wificonfig.h>, so a program compiled with Microsoft's
 * header runs on our libapplibs.so.0, and one compiled with this header on a device. The words are ours.
 *
 * For all functions:
 * - They return -1 and set errno on failure. "Std" below: EACCES app_manifest.json lacks the capability WifiConfig, EAGAIN Wi-Fi
 *   is not ready yet, ENETDOWN the Wi-Fi interface is off. "Id": EINVAL networkId is negative, ENODEV there is no such network.
 * - Functions marked (E) need the capability EnterpriseWifiConfig instead.
 * - Not thread-safe, says the SDK; here one call waits for another. Only the scan blocks on a device; here nothing waits on any clock.
 * - Set, Add and Forget act on the running configuration at once; a reload or a reboot drops what WifiConfig_PersistConfig
 *   has not saved. (The header says so; some pages name the reboot only: a reading of the simulator.)
 * - A network id may change when networks are added or removed, and at reboot: look it up by configuration name.
 * Source: wificonfig.h of the SDK and the pages of the same functions on Microsoft Learn.
 */
#ifndef APPLIBS_WIFICONFIG_H
#define APPLIBS_WIFICONFIG_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h> /* applications rely on it */
#include <sys/types.h>
#include <time.h>

#ifndef WIFICONFIG_STRUCTS_VERSION
#define WIFICONFIG_STRUCTS_VERSION 1
#endif

#include <applibs/applibs_internal_api_traits.h>
#include <applibs/certstore.h>
#include <applibs/wificonfig_structs_v1.h>

#if WIFICONFIG_STRUCTS_VERSION == 1
typedef struct z__WifiConfig_StoredNetwork_v1 WifiConfig_StoredNetwork;
typedef struct z__WifiConfig_ConnectedNetwork_v1 WifiConfig_ConnectedNetwork;
typedef struct z__WifiConfig_ScannedNetwork_v1 WifiConfig_ScannedNetwork;
#else
#error "WIFICONFIG_STRUCTS_VERSION must be 1: there is no other version of these structures"
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define WIFICONFIG_CONFIG_NAME_MAX_LENGTH 16   /* characters, NUL not counted */
#define WIFICONFIG_EAP_IDENTITY_MAX_LENGTH 254 /* characters, NUL not counted */

/* An EAP identity as a C string. */
typedef struct WifiConfig_ClientIdentity {
	char identity[WIFICONFIG_EAP_IDENTITY_MAX_LENGTH + 1];
} WifiConfig_ClientIdentity;

/* The last failure of a network, and its state now.
 * error: 1 connection failed, 2 network not found, 3 no pre-shared key, 4 wrong key, 5 authentication failed (EAP-TLS), 6 security
 *   type mismatch, 7 frequency not allowed, 8 not an ESS, PBSS or MBSS, 9 not supported, 10 not WPA.
 * certError, for error 5 only: 0 unspecified, 100 certificate not found (wrong identifier, or a reload is due), 101 root CA does not
 *   vouch for the server, 102 the server refused the client certificate, 103 the server does not know the identity (documented
 *   for the 32-bit structure only).
 * certDepth: depth of the certificate in the chain, 0 the leaf; counts when >= 0. certSubject: its subject. */
typedef struct WifiConfig_NetworkDiagnostics64 {
	uint8_t isEnabled; /* 0 also while the supplicant has disabled the network for a time */
	uint8_t isConnected;
	int32_t error;
	time_t timestamp; /* seconds since 1970 on the device's clock */
	int32_t certError;
	int32_t certDepth;
	CertStore_SubjectName certSubject;
} WifiConfig_NetworkDiagnostics64;

/* The same with a timestamp of 32 bits, for programs compiled with older headers. */
typedef struct WifiConfig_NetworkDiagnostics32 {
	uint8_t isEnabled;
	uint8_t isConnected;
	int32_t error;
	int32_t timestamp;
	int32_t certError;
	int32_t certDepth;
	CertStore_SubjectName certSubject;
} WifiConfig_NetworkDiagnostics32;

typedef WifiConfig_NetworkDiagnostics64 WifiConfig_NetworkDiagnostics;

/* ---- Networks -------------------------------------------------------------------------------------------------------- */

/* Adds a blank, disabled network. Returns its id >= 0; or -1: Std, ENOMEM no room for another. */
int WifiConfig_AddNetwork(void);

/* Adds a disabled copy of networkId under another configuration name (C string of 1..16). Returns the new id >= 0; or -1: Std, Id,
 * EFAULT NULL, ERANGE length of the name, EEXIST name in use, ENOMEM. */
int WifiConfig_AddDuplicateNetwork(int networkId, const char *configName);

/* Id of the network of that name, undefined when two have it (here the lower). Or -1: Std, EFAULT NULL, ERANGE longer than
 * 16, ENODEV none. */
int WifiConfig_GetNetworkIdByConfigName(const char *configName);

/* Id of the network that the device is connected to; or -1: Std, ENOTCONN. */
int WifiConfig_GetConnectedNetworkId(void);

/* Removes a network; disconnects when it is the connected one. 0; or -1: Std, Id (one page says ENOENT instead of ENODEV). */
int WifiConfig_ForgetNetworkById(int networkId);

/* Removes all networks and saves that at once. 0; or -1: Std. */
int WifiConfig_ForgetAllNetworks(void);

/* Deprecated: removes a network that WifiConfig_GetStoredNetworks gave, and saves. 0; or -1: Std, EFAULT NULL, EINVAL not a structure
 * from there, ENOENT, ENOSPC. */
_AZSPHERE_DEPRECATED_BY(WifiConfig_ForgetNetworkById)
static inline int WifiConfig_ForgetNetwork(const WifiConfig_StoredNetwork *storedNetwork);

/* Number of networks; or -1: Std. */
ssize_t WifiConfig_GetStoredNetworkCount(void);

/* Fills at most storedNetworkArrayCount elements; returns how many; or -1: EACCES, EAGAIN, EFAULT NULL, ERANGE count 0, EINVAL
 * structure version. */
static inline ssize_t WifiConfig_GetStoredNetworks(WifiConfig_StoredNetwork *storedNetworkArray, size_t storedNetworkArrayCount);

/* The network that the device is connected to. 0; or -1: Std, EFAULT NULL, ENODATA not connected, EINVAL. */
static inline int WifiConfig_GetCurrentNetwork(WifiConfig_ConnectedNetwork *connectedNetwork);

/* Deprecated: adds, enables and saves an open network; ssid: 1..32 bytes. 0; or -1: Std, EFAULT, ERANGE, EEXIST, ENOSPC. */
_AZSPHERE_DEPRECATED_BY(WifiConfig_AddNetwork)
int WifiConfig_StoreOpenNetwork(const uint8_t *ssid, size_t ssidLength);

/* Deprecated: as before with a pre-shared key, psk: 8 to 63 ASCII characters or 64 hex digits, no NUL needed. */
_AZSPHERE_DEPRECATED_BY(WifiConfig_AddNetwork)
int WifiConfig_StoreWpa2Network(const uint8_t *ssid, size_t ssidLength, const char *psk, size_t pskLength);

/* ---- Scan ------------------------------------------------------------------------------------------------------------ */

/* Scans (some seconds on a device) and returns the number of access points found; or -1: Std. */
ssize_t WifiConfig_TriggerScanAndGetScannedNetworkCount(void);

/* Results of the last scan, at most scannedNetworkArrayCount; returns how many; or -1: EACCES, EAGAIN, EFAULT NULL, ERANGE count
 * 0, EINVAL structure version. */
static inline ssize_t WifiConfig_GetScannedNetworks(WifiConfig_ScannedNetwork *scannedNetworkArray,
						    size_t scannedNetworkArrayCount);

/* ---- Settings of one network ----------------------------------------------------------------------------------------- */

/* ssid: 1..32 bytes, no NUL needed. 0; or -1: Std, Id, EFAULT NULL, ERANGE length. */
static inline int WifiConfig_SetSSID(int networkId, const uint8_t *ssid, size_t ssidLength);
/* 0; or -1: Std, Id, EINVAL not a security type, EACCES also for EAP-TLS without EnterpriseWifiConfig. */
static inline int WifiConfig_SetSecurityType(int networkId, WifiConfig_Security_Type securityType);
/* A network is disabled until this enables it. 0; or -1: Std, Id. */
static inline int WifiConfig_SetNetworkEnabled(int networkId, bool enabled);
/* Probe for this SSID by name, for hidden or crowded networks; off by default, since it discloses the SSID. 0; or -1: Std, Id. */
static inline int WifiConfig_SetTargetedScanEnabled(int networkId, bool enabled);
/* psk: 8 to 63 ASCII characters or 64 hex digits, no NUL needed. 0; or -1: Std, Id, EFAULT NULL, ERANGE longer than 64. */
static inline int WifiConfig_SetPSK(int networkId, const char *psk, size_t pskLength);
/* configName: C string of 1..16; should be unique, but nobody checks. 0; or -1: Std, Id, EFAULT NULL, ERANGE. */
static inline int WifiConfig_SetConfigName(int networkId, const char *configName);

/* (E) EAP identity: C string of at most 254. 0; or -1: Std, Id, EFAULT NULL, ERANGE. */
static inline int WifiConfig_SetClientIdentity(int networkId, const char *identity);
/* (E) 0; or -1: EFAULT NULL (before everything else), Std, Id. */
static inline int WifiConfig_GetClientIdentity(int networkId, WifiConfig_ClientIdentity *outIdentity);
/* (E) Which client certificate to use: C string of 1..16; need not exist yet. 0; or -1: Std, Id, EFAULT NULL, ERANGE. */
static inline int WifiConfig_SetClientCertStoreIdentifier(int networkId, const char *certStoreIdentifier);
/* (E) 0; or -1: EFAULT NULL (before everything else), Std, Id. */
static inline int WifiConfig_GetClientCertStoreIdentifier(int networkId, CertStore_Identifier *outIdentifier);
/* (E) Which root CA must vouch for the RADIUS server; without one the server is not authenticated. As for the client. */
static inline int WifiConfig_SetRootCACertStoreIdentifier(int networkId, const char *certStoreIdentifier);
/* (E) 0; or -1: EFAULT NULL (before everything else), Std, Id. */
static inline int WifiConfig_GetRootCACertStoreIdentifier(int networkId, CertStore_Identifier *outIdentifier);

/* ---- All networks ---------------------------------------------------------------------------------------------------- */

/* Saves the running configuration; does not reload. 0; or -1: Std, ENOSPC. Every network must have an SSID (which errno is not
 * documented; here EINVAL). */
static inline int WifiConfig_PersistConfig(void);
/* Disconnects, reads the saved configuration and the certificates again, connects again. 0; or -1: Std. */
static inline int WifiConfig_ReloadConfig(void);

/* Saves power between packets of Wi-Fi, at the cost of speed; off after every boot. Known by name and this signature only (Microsoft's Rust
 * bindings): errnos as for its neighbours are ours. Here it is remembered and shown, and makes nothing slower. 0; or -1: Std. */
static inline int WifiConfig_SetPowerSavingsEnabled(bool enabled);

/* The last failed attempt of a network, and its state now. 0; or -1: EFAULT NULL (before everything else), EACCES, EAGAIN, EINVAL
 * networkId, ENODEV no such network or nothing recorded. */
static inline int WifiConfig_GetNetworkDiagnostics(int networkId, WifiConfig_NetworkDiagnostics *networkDiagnostics);

#ifdef __cplusplus
}
#endif

#include <applibs/wificonfig_internal.h>

#endif
