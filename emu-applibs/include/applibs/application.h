/* What the application may ask about its own standing, and its connection to a real-time application.
 *
 * Source: application.h of the Azure Sphere SDK; Microsoft Learn, Application_Connect, Application_IsDeviceAuthReady.
 */
#ifndef APPLIBS_APPLICATION_H
#define APPLIBS_APPLICATION_H

#include <stdbool.h>

#include <applibs/applibs_internal_api_traits.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A connected socket to a real-time capable application. componentId: its GUID as a C string. There are no real-time cores in the
 * simulation, so it never succeeds. -1 and errno:
 *   EINVAL  componentId is no GUID
 *   EACCES  AllowedApplicationConnections of the manifest does not list it
 *   ENODEV  it is listed, but no such application runs (ours)
 *   EFAULT  NULL (ours) */
int Application_Connect(const char *componentId);

/* Has the device got the certificate with which it authenticates to services (<tlsutils/deviceauth.h>)? It lasts 24 hours and is
 * renewed while the device is on the internet. No capability needed. 0; or -1 and errno:
 *   EFAULT  NULL */
int Application_IsDeviceAuthReady(bool *outIsDeviceAuthReady);

#ifdef __cplusplus
}
#endif

#endif
