/* Structures of the Wi-Fi configuration API, version 1. Include <applibs/wificonfig.h>, not this file.
 *
 * Sizes and offsets are part of the ABI and the same on x86-64 and 32-bit ARM. Source: wificonfig_structs_v1.h of the SDK.
 */
#ifndef APPLIBS_WIFICONFIG_STRUCTS_V1_H
#define APPLIBS_WIFICONFIG_STRUCTS_V1_H

#include <stdbool.h>
#include <stdint.h>

#define WIFICONFIG_SSID_MAX_LENGTH 32         /* bytes */
#define WIFICONFIG_WPA2_KEY_MAX_BUFFER_SIZE 64 /* 8 to 63 ASCII characters, or 64 hex digits */
#define WIFICONFIG_BSSID_BUFFER_SIZE 6        /* bytes */

typedef uint8_t WifiConfig_Security_Type;
typedef enum WifiConfig_Security {
	WifiConfig_Security_Unknown = 0,
	WifiConfig_Security_Open = 1,
	WifiConfig_Security_Wpa2_Psk = 2,
	WifiConfig_Security_Wpa2_EAP_TLS = 3, /* needs the capability EnterpriseWifiConfig */
} WifiConfig_Security;

/* What every version of a structure begins with: a magic number in the upper 16 bits, the version in the lower 16. */
struct z__WifiConfig_StoredNetwork_Base {
	uint32_t z__magicAndVersion;
};
struct z__WifiConfig_ConnectedNetwork_Base {
	uint32_t z__magicAndVersion;
};
struct z__WifiConfig_ScannedNetwork_Base {
	uint32_t z__magicAndVersion;
};

/* A network of the configuration. It carries neither network id nor configuration name. */
struct z__WifiConfig_StoredNetwork_v1 {
	uint32_t z__magicAndVersion; /* set by the library */
	uint8_t ssid[WIFICONFIG_SSID_MAX_LENGTH]; /* ssidLength bytes count; no NUL */
	uint8_t ssidLength;
	bool isEnabled;
	bool isConnected;
	WifiConfig_Security_Type security;
};

/* The network that the device is connected to. */
struct z__WifiConfig_ConnectedNetwork_v1 {
	uint32_t z__magicAndVersion; /* set by the library */
	uint8_t ssid[WIFICONFIG_SSID_MAX_LENGTH]; /* ssidLength bytes count; no NUL */
	uint8_t bssid[WIFICONFIG_BSSID_BUFFER_SIZE];
	uint8_t ssidLength;
	WifiConfig_Security_Type security;
	uint32_t frequencyMHz;
	int8_t signalRssi; /* dBm */
};

/* One access point of a scan; an SSID appears once for each. */
struct z__WifiConfig_ScannedNetwork_v1 {
	uint32_t z__magicAndVersion; /* set by the library */
	uint8_t ssid[WIFICONFIG_SSID_MAX_LENGTH]; /* ssidLength bytes count; no NUL */
	uint8_t bssid[WIFICONFIG_BSSID_BUFFER_SIZE];
	uint8_t ssidLength;
	WifiConfig_Security_Type security;
	uint32_t frequencyMHz;
	int8_t signalRssi; /* dBm */
};

#endif
