/* Cases of <applibs/networking.h>. */
#include <errno.h>

#include <applibs/networking.h>

#include "cases.h"
#include "support.h"

#define NO_INTERFACE "ct-unknown0"

#define READY(function, call) CASE(function, EAGAIN, not_ready) { GIVES(call); }

READY(Networking_GetInterfaceCount, Networking_GetInterfaceCount())
READY(Networking_GetInterfaces, Networking_GetInterfaces((Networking_NetworkInterface[1]){ { .isEnabled = false } }, 1))
READY(Networking_SetInterfaceState, Networking_SetInterfaceState("wlan0", true))
READY(Networking_GetInterfaceConnectionStatus,
      Networking_GetInterfaceConnectionStatus("wlan0", &(Networking_InterfaceConnectionStatus){ 0 }))

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

CASE(Networking_SetInterfaceState, ENOENT, unknown)
{
	GIVES(Networking_SetInterfaceState(NO_INTERFACE, true));
}

CASE(Networking_GetInterfaceConnectionStatus, EFAULT, name_null)
{
	Networking_InterfaceConnectionStatus status;

	GIVES(Networking_GetInterfaceConnectionStatus(NULL, &status));
}

CASE(Networking_GetInterfaceConnectionStatus, EFAULT, output_null)
{
	GIVES(Networking_GetInterfaceConnectionStatus(wifi_interface(), NULL));
}

CASE(Networking_GetInterfaceConnectionStatus, ENOENT, unknown)
{
	Networking_InterfaceConnectionStatus status;

	GIVES(Networking_GetInterfaceConnectionStatus(NO_INTERFACE, &status));
}

CASE(Networking_TimeSync_SetEnabled, EACCES, no_capability)
{
	GIVES_EACCES(Networking_TimeSync_SetEnabled(true));
}

CASE(Networking_TimeSync_GetEnabled, EFAULT, output_null)
{
	GIVES(Networking_TimeSync_GetEnabled(NULL));
}
