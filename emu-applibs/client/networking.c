/* <applibs/networking.h> on the wire. */
#include <applibs/networking.h>

#include <errno.h>
#include <string.h>

#include "emu-applibs/client/transport.h"

#define STRUCTS_VERSION 1u

_Static_assert(NETWORKING_STRUCTS_VERSION == STRUCTS_VERSION, "the structure filled here");

/* A request without fields whose result is the answer. */
static int ask(uint16_t op)
{
	struct call c;

	call_begin(&c, op);
	return call_end(&c, call_send(&c));
}

static int ask_bool(uint16_t op, bool *ret)
{
	int r;

	if (!ret)
		return call_fail(EFAULT);
	r = ask(op);
	if (r < 0)
		return -1;
	*ret = r != 0;
	return 0;
}

int Networking_IsNetworkingReady(bool *outIsNetworkingReady)
{
	return ask_bool(WIRE_NET_READY, outIsNetworkingReady);
}

ssize_t Networking_GetInterfaceCount(void)
{
	return ask(WIRE_NET_IF_COUNT);
}

ssize_t z__Networking_GetInterfaces(struct z__Networking_NetworkInterface_Base *networkInterfacesArray,
				    size_t networkInterfacesArrayCount, uint32_t structVersion)
{
	Networking_NetworkInterface *array = (Networking_NetworkInterface *)networkInterfacesArray;
	struct call c;
	int rows;

	if (!array)
		return call_fail(EFAULT);
	if (structVersion != STRUCTS_VERSION)
		return call_fail(EINVAL);
	call_begin(&c, WIRE_NET_IF_LIST);
	wire_put_u64(&c.out, networkInterfacesArrayCount);
	rows = call_send(&c);
	if (rows > 0 && (size_t)rows > networkInterfacesArrayCount)
		call_broken(&c, "more rows than were asked for");
	for (int i = 0; i < rows && !c.in.failed; i++) {
		Networking_NetworkInterface row;

		memset(&row, 0, sizeof(row));
		row.z__magicAndVersion = z__NETWORKING_NETWORKINTERFACE_MAGIC | STRUCTS_VERSION;
		row.isEnabled = wire_get_u8(&c.in) != 0;
		(void) wire_get_str(&c.in, row.interfaceName, sizeof(row.interfaceName));
		row.ipConfigurationType = wire_get_u8(&c.in);
		row.interfaceMediumType = wire_get_u8(&c.in);
		array[i] = row;
	}
	return call_end(&c, rows);
}

int Networking_GetInterfaceConnectionStatus(const char *networkInterfaceName,
					    Networking_InterfaceConnectionStatus *outStatus)
{
	struct call c;
	int r;

	if (!networkInterfaceName || !outStatus)
		return call_fail(EFAULT);
	call_begin(&c, WIRE_NET_IF_STATUS);
	call_put_text(&c, networkInterfaceName, IF_NAMESIZE - 1);
	r = call_end(&c, call_send(&c));
	if (r < 0)
		return -1;
	*outStatus = (Networking_InterfaceConnectionStatus)r;
	return 0;
}

int Networking_SetInterfaceState(const char *networkInterfaceName, bool isEnabled)
{
	struct call c;

	if (!networkInterfaceName)
		return call_fail(EFAULT);
	call_begin(&c, WIRE_NET_IF_SET_STATE);
	call_put_text(&c, networkInterfaceName, IF_NAMESIZE - 1);
	wire_put_u8(&c.out, isEnabled);
	return call_end(&c, call_send(&c)) < 0 ? -1 : 0;
}

int Networking_TimeSync_GetEnabled(bool *outIsEnabled)
{
	return ask_bool(WIRE_TIMESYNC_GET, outIsEnabled);
}

int Networking_TimeSync_SetEnabled(bool enabled)
{
	struct call c;

	call_begin(&c, WIRE_TIMESYNC_SET);
	wire_put_u8(&c.out, enabled);
	return call_end(&c, call_send(&c)) < 0 ? -1 : 0;
}
