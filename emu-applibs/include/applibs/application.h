/* What the application may ask about its own standing.
 *
 * Source: application.h of the Azure Sphere SDK; Microsoft Learn, Application_IsDeviceAuthReady.
 * Application_Connect is not here: there are no real-time cores in the simulation, so no other application to connect to.
 */
#ifndef APPLIBS_APPLICATION_H
#define APPLIBS_APPLICATION_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Has the device got the certificate with which it authenticates to services (<tlsutils/deviceauth.h>)? It lasts 24 hours and is
 * renewed while the device is on the internet. No capability needed. 0 and *outIsDeviceAuthReady; or -1 and errno: EFAULT NULL. */
int Application_IsDeviceAuthReady(bool *outIsDeviceAuthReady);

#ifdef __cplusplus
}
#endif

#endif
