/* The inline half of <applibs/wificonfig.h>: what most of its functions compile to. Include <applibs/wificonfig.h>, not this.
 *
 * The z__ functions are part of the ABI: a program compiled with Microsoft's header calls these and nothing else for the
 * attributes of a network. Source: wificonfig_internal.h of the SDK; remarks marked "ours" are not documented there.
 */
#ifndef APPLIBS_WIFICONFIG_INTERNAL_H
#define APPLIBS_WIFICONFIG_INTERNAL_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define z__WIFICONFIG_STOREDNETWORK_MAGIC 0xb22e0000u
#define z__WIFICONFIG_CONNECTEDNETWORK_MAGIC 0x09ef0000u
#define z__WIFICONFIG_SCANNEDNETWORK_MAGIC 0x7eb10000u

typedef uint32_t z__WifiConfig_Attribute;
enum {
	z__WifiConfig_Attribute_SSID = 0,          /* bytes */
	z__WifiConfig_Attribute_Security_Type = 1, /* WifiConfig_Security_Type */
	z__WifiConfig_Attribute_Enable = 2,        /* bool */
	z__WifiConfig_Attribute_Save = 3,          /* no value; network id -1 */
	z__WifiConfig_Attribute_Reload = 4,        /* no value; network id -1 */
	z__WifiConfig_Attribute_Preshared_Key = 5, /* bytes */
	z__WifiConfig_Attribute_Client_Identity = 6,             /* C string */
	z__WifiConfig_Attribute_Client_CertStore_Identifier = 7, /* C string */
	z__WifiConfig_Attribute_RootCA_CertStore_Identifier = 8, /* C string */
	z__WifiConfig_Attribute_Targeted_Scan = 11,              /* bool */
	z__WifiConfig_Attribute_Config_Name = 12,                /* C string */
	z__WifiConfig_Attribute_Network_Diagnostics32 = 22,      /* WifiConfig_NetworkDiagnostics32 */
	z__WifiConfig_Attribute_Network_Diagnostics64 = 23,      /* WifiConfig_NetworkDiagnostics64 */
	z__WifiConfig_Attribute_Network_Diagnostics = z__WifiConfig_Attribute_Network_Diagnostics64,
	/* bool; network id -1. Ours: its real number was not found, so this one is far from all that may be taken. A program compiled
	 * with Microsoft's header sends the real one, and gets EINVAL. */
	z__WifiConfig_Attribute_Power_Savings = 0x1000,
};

/* Sets an attribute. attributeLength: bytes of the value; 0: the value is a C string (but an SSID or a key of 0 bytes is
 * just that). 0; or -1 and errno: EACCES EFAULT ENODEV EINVAL ERANGE EAGAIN ENETDOWN. */
int z__WifiConfig_SetNetworkOpt(int networkId, z__WifiConfig_Attribute attribute, const void *attributeValue,
				size_t attributeLength);

/* Gets an attribute; strings with their NUL. Returns the bytes copied. NULL and 0: the bytes needed. EFAULT: NULL and not 0.
 * ERANGE: capacity too small. Ours: the count includes the NUL. */
ssize_t z__WifiConfig_GetNetworkOpt(int networkId, z__WifiConfig_Attribute attribute, void *buffer, size_t capacity);

/* version: of the structures, 1; others give EINVAL. */
int z__WifiConfig_ForgetNetwork(const struct z__WifiConfig_StoredNetwork_Base *storedNetwork);
ssize_t z__WifiConfig_GetStoredNetworks(struct z__WifiConfig_StoredNetwork_Base *storedNetworkArray,
					size_t storedNetworkArrayCount, uint32_t structVersion);
int z__WifiConfig_GetCurrentNetwork(struct z__WifiConfig_ConnectedNetwork_Base *connectedNetwork, uint32_t structVersion);
ssize_t z__WifiConfig_GetScannedNetworks(struct z__WifiConfig_ScannedNetwork_Base *scannedNetworkArray,
					 size_t scannedNetworkArrayCount, uint32_t structVersion);

static inline int WifiConfig_ForgetNetwork(const WifiConfig_StoredNetwork *storedNetwork)
{
	return z__WifiConfig_ForgetNetwork((const struct z__WifiConfig_StoredNetwork_Base *)storedNetwork);
}

static inline ssize_t WifiConfig_GetStoredNetworks(WifiConfig_StoredNetwork *storedNetworkArray, size_t storedNetworkArrayCount)
{
	return z__WifiConfig_GetStoredNetworks((struct z__WifiConfig_StoredNetwork_Base *)storedNetworkArray,
					       storedNetworkArrayCount, WIFICONFIG_STRUCTS_VERSION);
}

static inline int WifiConfig_GetCurrentNetwork(WifiConfig_ConnectedNetwork *connectedNetwork)
{
	return z__WifiConfig_GetCurrentNetwork((struct z__WifiConfig_ConnectedNetwork_Base *)connectedNetwork,
					       WIFICONFIG_STRUCTS_VERSION);
}

static inline ssize_t WifiConfig_GetScannedNetworks(WifiConfig_ScannedNetwork *scannedNetworkArray,
						    size_t scannedNetworkArrayCount)
{
	return z__WifiConfig_GetScannedNetworks((struct z__WifiConfig_ScannedNetwork_Base *)scannedNetworkArray,
						scannedNetworkArrayCount, WIFICONFIG_STRUCTS_VERSION);
}

static inline int WifiConfig_SetSSID(int networkId, const uint8_t *ssid, size_t ssidLength)
{
	return z__WifiConfig_SetNetworkOpt(networkId, z__WifiConfig_Attribute_SSID, ssid, ssidLength);
}

static inline int WifiConfig_SetSecurityType(int networkId, WifiConfig_Security_Type securityType)
{
	return z__WifiConfig_SetNetworkOpt(networkId, z__WifiConfig_Attribute_Security_Type, &securityType, sizeof(securityType));
}

static inline int WifiConfig_SetNetworkEnabled(int networkId, bool enabled)
{
	return z__WifiConfig_SetNetworkOpt(networkId, z__WifiConfig_Attribute_Enable, &enabled, sizeof(enabled));
}

static inline int WifiConfig_SetTargetedScanEnabled(int networkId, bool enabled)
{
	return z__WifiConfig_SetNetworkOpt(networkId, z__WifiConfig_Attribute_Targeted_Scan, &enabled, sizeof(enabled));
}

static inline int WifiConfig_SetPSK(int networkId, const char *psk, size_t pskLength)
{
	return z__WifiConfig_SetNetworkOpt(networkId, z__WifiConfig_Attribute_Preshared_Key, psk, pskLength);
}

static inline int WifiConfig_SetConfigName(int networkId, const char *configName)
{
	return z__WifiConfig_SetNetworkOpt(networkId, z__WifiConfig_Attribute_Config_Name, configName, 0);
}

static inline int WifiConfig_PersistConfig(void)
{
	return z__WifiConfig_SetNetworkOpt(-1, z__WifiConfig_Attribute_Save, NULL, 0);
}

static inline int WifiConfig_ReloadConfig(void)
{
	return z__WifiConfig_SetNetworkOpt(-1, z__WifiConfig_Attribute_Reload, NULL, 0);
}

static inline int WifiConfig_SetPowerSavingsEnabled(bool enabled)
{
	return z__WifiConfig_SetNetworkOpt(-1, z__WifiConfig_Attribute_Power_Savings, &enabled, sizeof(enabled));
}

/* Reads one attribute into a structure of its own; EFAULT comes before everything else. */
static inline int z__WifiConfig_GetStructure(int networkId, z__WifiConfig_Attribute attribute, void *out, size_t size)
{
	if (out == NULL) {
		errno = EFAULT;
		return -1;
	}
	return z__WifiConfig_GetNetworkOpt(networkId, attribute, out, size) < 0 ? -1 : 0;
}

static inline int WifiConfig_SetClientIdentity(int networkId, const char *identity)
{
	return z__WifiConfig_SetNetworkOpt(networkId, z__WifiConfig_Attribute_Client_Identity, identity, 0);
}

static inline int WifiConfig_GetClientIdentity(int networkId, WifiConfig_ClientIdentity *outIdentity)
{
	return z__WifiConfig_GetStructure(networkId, z__WifiConfig_Attribute_Client_Identity, outIdentity, sizeof(*outIdentity));
}

static inline int WifiConfig_SetClientCertStoreIdentifier(int networkId, const char *certStoreIdentifier)
{
	return z__WifiConfig_SetNetworkOpt(networkId, z__WifiConfig_Attribute_Client_CertStore_Identifier, certStoreIdentifier, 0);
}

static inline int WifiConfig_GetClientCertStoreIdentifier(int networkId, CertStore_Identifier *outIdentifier)
{
	return z__WifiConfig_GetStructure(networkId, z__WifiConfig_Attribute_Client_CertStore_Identifier, outIdentifier,
					  sizeof(*outIdentifier));
}

static inline int WifiConfig_SetRootCACertStoreIdentifier(int networkId, const char *certStoreIdentifier)
{
	return z__WifiConfig_SetNetworkOpt(networkId, z__WifiConfig_Attribute_RootCA_CertStore_Identifier, certStoreIdentifier, 0);
}

static inline int WifiConfig_GetRootCACertStoreIdentifier(int networkId, CertStore_Identifier *outIdentifier)
{
	return z__WifiConfig_GetStructure(networkId, z__WifiConfig_Attribute_RootCA_CertStore_Identifier, outIdentifier,
					  sizeof(*outIdentifier));
}

static inline int WifiConfig_GetNetworkDiagnostics(int networkId, WifiConfig_NetworkDiagnostics *networkDiagnostics)
{
	return z__WifiConfig_GetStructure(networkId, z__WifiConfig_Attribute_Network_Diagnostics, networkDiagnostics,
					  sizeof(*networkDiagnostics));
}

#ifdef __cplusplus
}
#endif

#endif
