/* The inline half of <applibs/networking.h>. Include <applibs/networking.h>, not this file. */
#ifndef APPLIBS_NETWORKING_INTERNAL_H
#define APPLIBS_NETWORKING_INTERNAL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define z__NETWORKING_NETWORKINTERFACE_MAGIC 0xfa9a0000u

/* Part of the ABI. structVersion: 1; others give EINVAL. */
ssize_t z__Networking_GetInterfaces(struct z__Networking_NetworkInterface_Base *networkInterfacesArray,
				    size_t networkInterfacesArrayCount, uint32_t structVersion);

static inline ssize_t Networking_GetInterfaces(Networking_NetworkInterface *networkInterfacesArray,
					       size_t networkInterfacesArrayCount)
{
	return z__Networking_GetInterfaces((struct z__Networking_NetworkInterface_Base *)networkInterfacesArray,
					   networkInterfacesArrayCount, NETWORKING_STRUCTS_VERSION);
}

#ifdef __cplusplus
}
#endif

#endif
