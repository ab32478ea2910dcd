/* Structures of the networking API, version 1. Include <applibs/networking.h>, not this file.
 *
 * Sizes and offsets are part of the ABI. Source: networking_structs_v1.h of the Azure Sphere SDK.
 */
#ifndef APPLIBS_NETWORKING_STRUCTS_V1_H
#define APPLIBS_NETWORKING_STRUCTS_V1_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

typedef uint8_t Networking_IpType;
enum {
	Networking_IpType_DhcpNone = 0,
	Networking_IpType_DhcpClient = 1,
};

typedef uint8_t Networking_InterfaceMedium_Type;
enum {
	Networking_InterfaceMedium_Unspecified = 0,
	Networking_InterfaceMedium_Wifi = 1,
	Networking_InterfaceMedium_Ethernet = 2,
};

/* What every version begins with: a magic number in the upper 16 bits, the version in the lower 16. */
struct z__Networking_NetworkInterface_Base {
	uint32_t z__magicAndVersion;
};

struct z__Networking_NetworkInterface_v1 {
	uint32_t z__magicAndVersion; /* set by the library */
	bool isEnabled;
	char interfaceName[IF_NAMESIZE]; /* C string */
	uint32_t z__reserved; /* named by position only; 0 */
	Networking_IpType ipConfigurationType;
	Networking_InterfaceMedium_Type interfaceMediumType;
};

#endif
