/* <applibs/networking.h> on the wire: interfaces, and whether time is synchronised. Addresses, servers and NTP settings, and the proxy:
 * networking_ip.c, networking_time.c, networking_proxy.c.
 */
#include <applibs/networking.h>

#include <errno.h>
#include <string.h>

#include "emu-applibs/client/transport.h"

#define STRUCTS_VERSION 1u

_Static_assert(NETWORKING_STRUCTS_VERSION == STRUCTS_VERSION, "the structure filled here");

static int ask_bool(uint16_t op, bool *ret)
{
	int r;

	if (!ret)
		return call_fail(EFAULT);
	r = call_ask(op);
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
	return call_ask(WIRE_NET_IF_COUNT);
}

ssize_t z__Networking_GetInterfaces(struct z__Networking_NetworkInterface_Base *outNetworkInterfacesArray,
				    size_t networkInterfacesArrayCount, uint32_t networkInterfaceStructVersion)
{
	Networking_NetworkInterface *array = (Networking_NetworkInterface *)outNetworkInterfacesArray;
	struct call c;
	int rows;

	if (!array)
		return call_fail(EFAULT);
	if (networkInterfaceStructVersion != STRUCTS_VERSION)
		return call_fail(EINVAL);
	call_begin(&c, WIRE_NET_IF_LIST);
	wire_put_u64(&c.out, networkInterfacesArrayCount);
	rows = call_send(&c);
	if (rows > 0 && (size_t)rows > networkInterfacesArrayCount)
		call_broken(&c, "more rows than were asked for");
	for (int i = 0; i < rows && !c.in.failed; i++) {
		Networking_NetworkInterface row;

		memset(&row, 0, sizeof(row));
		row.z__magicAndVersion = z__NETWORKING_NETWORK_INTERFACE_STRUCT_MAGIC | STRUCTS_VERSION;
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

int z__Networking_SetInterfaceOpt(const char *networkInterfaceName, z__Networking_Attribute attribute, const void *value,
				  size_t valueLength)
{
	struct call c;

	if (!networkInterfaceName || !value)
		return call_fail(EFAULT);
	call_begin(&c, WIRE_NET_IF_SET_OPT);
	call_put_text(&c, networkInterfaceName, IF_NAMESIZE - 1);
	wire_put_u8(&c.out, attribute);
	call_put_blob(&c, value, valueLength, HARDWARE_ADDRESS_LENGTH);
	return call_end(&c, call_send(&c)) < 0 ? -1 : 0;
}

/* The one attribute there is; NULL and 0: the bytes needed. */
ssize_t z__Networking_GetInterfaceOpt(const char *networkInterfaceName, z__Networking_Attribute attribute, void *buffer,
				      size_t capacity)
{
	uint8_t value[HARDWARE_ADDRESS_LENGTH];
	struct call c;
	size_t length = 0;
	int r;

	if (!networkInterfaceName || (!buffer && capacity > 0))
		return call_fail(EFAULT);
	call_begin(&c, WIRE_NET_IF_GET_OPT);
	call_put_text(&c, networkInterfaceName, IF_NAMESIZE - 1);
	wire_put_u8(&c.out, attribute);
	r = call_send(&c);
	if (r >= 0) {
		const uint8_t *bytes = wire_get_bytes(&c.in, &length);

		if (length > sizeof(value))
			call_broken(&c, "an attribute of an interface is too long");
		memcpy(value, bytes, length);
	}
	if (call_end(&c, r) < 0)
		return -1;
	if (!buffer)
		return (ssize_t)length;
	if (capacity < length)
		return call_fail(ERANGE);
	memcpy(buffer, value, length);
	return (ssize_t)length;
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
