/* Cases of <applibs/networking.h>: interfaces and their hardware addresses. Addresses and servers: net_settings.c; time: net_time.c;
 * proxy: proxy.c. */
#include <errno.h>
#include <string.h>

#include <applibs/networking.h>

#include "cases.h"
#include "support.h"

#define NO_INTERFACE "ct-unknown0"
#define NOT_OURS "lo"

static const uint8_t address[HARDWARE_ADDRESS_LENGTH + 1] = { 0x02, 0xc7, 0, 0, 0, 1, 2 };
static Networking_Interface_HardwareAddress output;

#define READY(function, call) CASE(function, EAGAIN, not_ready) { GIVES(call); }
#define UNKNOWN(function, call) CASE(function, ENOENT, unknown) { GIVES(call); }
#define NOT_ALLOWED(function, call) CASE(function, EPERM, not_allowed) { GIVES(call); }

READY(Networking_GetInterfaceCount, Networking_GetInterfaceCount())
READY(Networking_GetInterfaces, Networking_GetInterfaces((Networking_NetworkInterface[1]){ { .isEnabled = false } }, 1))
READY(Networking_SetInterfaceState, Networking_SetInterfaceState("wlan0", true))
READY(Networking_GetInterfaceConnectionStatus,
      Networking_GetInterfaceConnectionStatus("wlan0", &(Networking_InterfaceConnectionStatus){ 0 }))
READY(Networking_SetHardwareAddress, Networking_SetHardwareAddress("eth0", address, HARDWARE_ADDRESS_LENGTH))
READY(Networking_GetHardwareAddress, Networking_GetHardwareAddress("wlan0", &output))

CASE(Networking_IsNetworkingReady, EFAULT, output_null)
{
	GIVES(Networking_IsNetworkingReady(NULL));
}

CASE(Networking_GetInterfaces, EFAULT, array_null)
{
	GIVES(Networking_GetInterfaces(NULL, 1));
}

CASE(Networking_GetInterfaces, ERANGE, count_0)
{
	Networking_NetworkInterface interface;

	GIVES(Networking_GetInterfaces(&interface, 0));
}

CASE(Networking_SetInterfaceState, EACCES, no_capability)
{
	GIVES_EACCES(Networking_SetInterfaceState(wifi_interface(), true));
}

UNKNOWN(Networking_SetInterfaceState, Networking_SetInterfaceState(NO_INTERFACE, true))
NOT_ALLOWED(Networking_SetInterfaceState, Networking_SetInterfaceState(NOT_OURS, true))

CASE(Networking_GetInterfaceConnectionStatus, EFAULT, output_null)
{
	GIVES(Networking_GetInterfaceConnectionStatus(wifi_interface(), NULL));
}

CASE(Networking_GetInterfaceConnectionStatus, ENOENT, unknown)
{
	Networking_InterfaceConnectionStatus status;

	GIVES(Networking_GetInterfaceConnectionStatus(NO_INTERFACE, &status));
}

/* ---- Hardware addresses ----------------------------------------------------------------------------------------------- */

CASE(Networking_SetHardwareAddress, EACCES, no_capability)
{
	GIVES_EACCES(Networking_SetHardwareAddress("eth0", address, HARDWARE_ADDRESS_LENGTH));
}

UNKNOWN(Networking_SetHardwareAddress, Networking_SetHardwareAddress(NO_INTERFACE, address, HARDWARE_ADDRESS_LENGTH))

CASE(Networking_SetHardwareAddress, EPERM, not_ethernet)
{
	GIVES(Networking_SetHardwareAddress(wifi_interface(), address, HARDWARE_ADDRESS_LENGTH));
}

/* A call on an Ethernet interface, which few boards have. */
#define ON_ETHERNET(call)                                                                                        \
	do {                                                                                                     \
		if (Networking_GetInterfaceConnectionStatus("eth0", &(Networking_InterfaceConnectionStatus){ 0 }) != 0)  \
			test_skip(t, "the device has no Ethernet interface");                                    \
		else                                                                                             \
			GIVES(call);                                                                             \
	} while (0)

CASE(Networking_SetHardwareAddress, ERANGE, too_long)
{
	ON_ETHERNET(Networking_SetHardwareAddress("eth0", address, HARDWARE_ADDRESS_LENGTH + 1));
}

CASE(Networking_SetHardwareAddress, EINVAL, zeros)
{
	static const uint8_t zeros[HARDWARE_ADDRESS_LENGTH];

	ON_ETHERNET(Networking_SetHardwareAddress("eth0", zeros, sizeof(zeros)));
}

CASE(Networking_SetHardwareAddress, EINVAL, group)
{
	static const uint8_t group[HARDWARE_ADDRESS_LENGTH] = { 0x03, 0xc7, 0, 0, 0, 1 };

	ON_ETHERNET(Networking_SetHardwareAddress("eth0", group, sizeof(group)));
}

UNKNOWN(Networking_GetHardwareAddress, Networking_GetHardwareAddress(NO_INTERFACE, &output))
NOT_ALLOWED(Networking_GetHardwareAddress, Networking_GetHardwareAddress(NOT_OURS, &output))

CASE(Networking_GetHardwareAddress, EFAULT, output_null)
{
	GIVES(Networking_GetHardwareAddress(wifi_interface(), NULL));
}

/* ---- Behind the inline functions -------------------------------------------------------------------------------------- */

#define ATTRIBUTE z__Networking_Attribute_Hardware_Address
#define NO_ATTRIBUTE 99

#define SET(interface) z__Networking_SetInterfaceOpt(interface, ATTRIBUTE, address, HARDWARE_ADDRESS_LENGTH)
#define GET(interface) z__Networking_GetInterfaceOpt(interface, ATTRIBUTE, output.address, HARDWARE_ADDRESS_LENGTH)

CASE(z__Networking_SetInterfaceOpt, EACCES, no_capability)
{
	GIVES_EACCES(SET("eth0"));
}

READY(z__Networking_SetInterfaceOpt, SET("eth0"))
UNKNOWN(z__Networking_SetInterfaceOpt, SET(NO_INTERFACE))
NOT_ALLOWED(z__Networking_SetInterfaceOpt, SET(NOT_OURS))

CASE(z__Networking_SetInterfaceOpt, ERANGE, too_long)
{
	ON_ETHERNET(z__Networking_SetInterfaceOpt("eth0", ATTRIBUTE, address, HARDWARE_ADDRESS_LENGTH + 1));
}

CASE(z__Networking_SetInterfaceOpt, EINVAL, attribute_unknown)
{
	GIVES(z__Networking_SetInterfaceOpt(wifi_interface(), NO_ATTRIBUTE, address, 1));
}

READY(z__Networking_GetInterfaceOpt, GET("wlan0"))
UNKNOWN(z__Networking_GetInterfaceOpt, GET(NO_INTERFACE))
NOT_ALLOWED(z__Networking_GetInterfaceOpt, GET(NOT_OURS))

CASE(z__Networking_GetInterfaceOpt, EFAULT, buffer_null)
{
	GIVES(z__Networking_GetInterfaceOpt(wifi_interface(), ATTRIBUTE, NULL, HARDWARE_ADDRESS_LENGTH));
}

CASE(z__Networking_GetInterfaceOpt, ERANGE, capacity_too_small)
{
	GIVES(z__Networking_GetInterfaceOpt(wifi_interface(), ATTRIBUTE, output.address, 1));
}

CASE(z__Networking_GetInterfaceOpt, EINVAL, attribute_unknown)
{
	GIVES(z__Networking_GetInterfaceOpt(wifi_interface(), NO_ATTRIBUTE, output.address, HARDWARE_ADDRESS_LENGTH));
}
