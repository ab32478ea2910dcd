/* The inline half of <applibs/networking.h>. Include <applibs/networking.h>, not this file.
 *
 * The z__ functions are part of the ABI. Source: networking_internal.h of the Azure Sphere SDK; "ours" is not documented there.
 */
#ifndef APPLIBS_NETWORKING_INTERNAL_H
#define APPLIBS_NETWORKING_INTERNAL_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define z__NETWORKING_NETWORK_INTERFACE_STRUCT_MAGIC 0xfa9a0000

typedef uint8_t z__Networking_Attribute;
enum {
	z__Networking_Attribute_Unknown = 0,
	z__Networking_Attribute_Hardware_Address = 1, /* HARDWARE_ADDRESS_LENGTH bytes */
};

/* networkInterfaceStructVersion: 1; others give EINVAL (ours). */
ssize_t z__Networking_GetInterfaces(struct z__Networking_NetworkInterface_Base *outNetworkInterfacesArray,
				    size_t networkInterfacesArrayCount, uint32_t networkInterfaceStructVersion);

/* valueLength: bytes of the value; 0: it is a C string (no attribute is one). 0; or -1 and errno:
 *   EACCES  the manifest lacks HardwareAddressConfig
 *   ENOENT  no such interface
 *   EPERM   not allowed on this interface
 *   EAGAIN  the networking stack is not ready
 *   ERANGE  valueLength is more than the attribute has
 *   EINVAL  unknown attribute, or a value that is none
 *   EFAULT  NULL (ours) */
int z__Networking_SetInterfaceOpt(const char *networkInterfaceName, z__Networking_Attribute attribute, const void *value,
				  size_t valueLength);

/* Bytes copied; NULL and 0: the bytes needed. Or -1 and errno:
 *   EFAULT  buffer is NULL and capacity is not 0; networkInterfaceName is NULL (ours)
 *   ENOENT  no such interface
 *   EPERM   not allowed on this interface
 *   ERANGE  capacity is too small
 *   EAGAIN  the networking stack is not ready
 *   EINVAL  unknown attribute */
ssize_t z__Networking_GetInterfaceOpt(const char *networkInterfaceName, z__Networking_Attribute attribute, void *buffer,
				      size_t capacity);

static inline ssize_t Networking_GetInterfaces(Networking_NetworkInterface *outNetworkInterfacesArray,
					       size_t networkInterfacesArrayCount)
{
	return z__Networking_GetInterfaces((struct z__Networking_NetworkInterface_Base *)outNetworkInterfacesArray,
					   networkInterfacesArrayCount, NETWORKING_STRUCTS_VERSION);
}

static inline int Networking_SetHardwareAddress(const char *networkInterfaceName, const uint8_t *hardwareAddress,
						size_t hardwareAddressLength)
{
	return z__Networking_SetInterfaceOpt(networkInterfaceName, z__Networking_Attribute_Hardware_Address, hardwareAddress,
					     hardwareAddressLength);
}

/* EFAULT comes before everything else. */
static inline int Networking_GetHardwareAddress(const char *networkInterfaceName, Networking_Interface_HardwareAddress *outAddress)
{
	if (networkInterfaceName == NULL || outAddress == NULL) {
		errno = EFAULT;
		return -1;
	}
	return z__Networking_GetInterfaceOpt(networkInterfaceName, z__Networking_Attribute_Hardware_Address, outAddress->address,
					     sizeof(outAddress->address)) == (ssize_t)sizeof(outAddress->address) ? 0 : -1;
}

#ifdef __cplusplus
}
#endif

#endif
