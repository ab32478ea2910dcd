/* Memory of the application, and the version of the OS.
 *
 * No capability needed. Source: applications.h of the Azure Sphere SDK; Microsoft Learn, "Memory use in high-level applications".
 */
#ifndef APPLIBS_APPLICATIONS_H
#define APPLIBS_APPLICATIONS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A C string. */
typedef struct Applications_OsVersion {
	char version[16];
} Applications_OsVersion;

/* Memory in KiB; on failure 0 and errno:
 *   EAGAIN  not ready yet
 * Total: with what the kernel holds for the application. UserMode: its own. Peak: the most of UserMode since it was started. On a device
 * these are pages as the OS counts them, approximate and different between releases; freed heap stays counted. Here they are taken from
 * the real process so that they repeat from run to run: UserMode = writable data of the program + heap up to its highest block in use;
 * Total = UserMode + 4 KiB for each open descriptor; Peak also remembers a heap that has shrunk. Code, shared libraries and stacks are
 * not counted. */
static inline size_t Applications_GetTotalMemoryUsageInKB(void);
static inline size_t Applications_GetUserModeMemoryUsageInKB(void);
static inline size_t Applications_GetPeakUserModeMemoryUsageInKB(void);

/* The running OS, as year and month of its release: "24.06". 0; or -1 and errno:
 *   EFAULT  NULL */
static inline int Applications_GetOsVersion(Applications_OsVersion *outVersion);

#ifdef __cplusplus
}
#endif

#include <applibs/applications_internal.h>

#endif
