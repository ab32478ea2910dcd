/* Structures of the networking API, version 1. Include <applibs/networking.h>, not this file.
 *
 * Sizes and offsets are part of the ABI. Source: networking_structs_v1.h of the Azure Sphere SDK.
 */
#ifndef APPLIBS_NETWORKING_STRUCTS_V1_H
#define APPLIBS_NETWORKING_STRUCTS_V1_H

#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <stdbool.h>
#include <stdint.h>

#define HARDWARE_ADDRESS_LENGTH 6 /* bytes */

/* How an interface gets its address. */
typedef enum {
	Networking_IpType_DhcpNone = 0,   /* static address, Networking_IpConfig_EnableStaticIp */
	Networking_IpType_DhcpClient = 1, /* dynamic address */
} Networking_IpType;
typedef uint8_t Networking_IpType_Type; /* a Networking_IpType in a structure */

typedef enum {
	Networking_InterfaceMedium_Unspecified = 0,
	Networking_InterfaceMedium_Wifi = 1,
	Networking_InterfaceMedium_Ethernet = 2,
} Networking_InterfaceMedium;
typedef uint8_t Networking_InterfaceMedium_Type; /* a Networking_InterfaceMedium in a structure */

/* What every version begins with: a magic number in the upper 16 bits, the version in the lower 16. */
struct z__Networking_NetworkInterface_Base {
	uint32_t z__magicAndVersion;
};

struct z__Networking_NetworkInterface_v1 {
	uint32_t z__magicAndVersion; /* set by the library */
	bool isEnabled;
	char interfaceName[IF_NAMESIZE]; /* C string */
	uint32_t reserved;               /* 0 */
	Networking_IpType_Type ipConfigurationType;
	Networking_InterfaceMedium_Type interfaceMediumType;
};

/* Opaque: what is in them is the library's business. Init before, Destroy after use. */
typedef struct Networking_IpConfig {
	uint64_t reserved[5];
} Networking_IpConfig;
typedef struct Networking_SntpServerConfig {
	uint64_t reserved[3];
} Networking_SntpServerConfig;
typedef struct Networking_DhcpServerConfig {
	uint64_t reserved[8];
} Networking_DhcpServerConfig;
typedef struct Networking_ProxyConfig Networking_ProxyConfig;

typedef struct Networking_Interface_HardwareAddress {
	uint8_t address[HARDWARE_ADDRESS_LENGTH];
} Networking_Interface_HardwareAddress;

#endif
