/* The inline half of <applibs/applications.h>. Include <applibs/applications.h>, not this file.
 *
 * z__Applications_GetMemoryInfo is part of the ABI (applications_internal.h of the Azure Sphere SDK). The name behind
 * Applications_GetOsVersion, which came later, was not found: z__Applications_GetOsVersion is ours.
 */
#ifndef APPLIBS_APPLICATIONS_INTERNAL_H
#define APPLIBS_APPLICATIONS_INTERNAL_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef uint32_t z__Application_MemoryAttribute;
enum {
	z__Applications_MemoryAttribute_TotalMemoryUsageInKB = 0,        /* size_t */
	z__Applications_MemoryAttribute_UserModeMemoryUsageInKB = 1,     /* size_t */
	z__Applications_MemoryAttribute_PeakUserModeMemoryUsageInKB = 2, /* size_t */
};

/* capacity: sizeof(size_t). 0; or -1 and errno: EAGAIN not ready. Ours: EFAULT NULL, EINVAL unknown attribute or other capacity. */
int z__Applications_GetMemoryInfo(z__Application_MemoryAttribute memoryAttribute, void *buffer, size_t capacity);
int z__Applications_GetOsVersion(char *version, size_t capacity);

static inline size_t z__Applications_GetMemory(z__Application_MemoryAttribute attribute)
{
	size_t kib = 0;

	return z__Applications_GetMemoryInfo(attribute, &kib, sizeof(kib)) == 0 ? kib : 0;
}

static inline size_t Applications_GetTotalMemoryUsageInKB(void)
{
	return z__Applications_GetMemory(z__Applications_MemoryAttribute_TotalMemoryUsageInKB);
}

static inline size_t Applications_GetUserModeMemoryUsageInKB(void)
{
	return z__Applications_GetMemory(z__Applications_MemoryAttribute_UserModeMemoryUsageInKB);
}

static inline size_t Applications_GetPeakUserModeMemoryUsageInKB(void)
{
	return z__Applications_GetMemory(z__Applications_MemoryAttribute_PeakUserModeMemoryUsageInKB);
}

static inline int Applications_GetOsVersion(Applications_OsVersion *outVersion)
{
	if (outVersion == NULL) {
		errno = EFAULT;
		return -1;
	}
	return z__Applications_GetOsVersion(outVersion->version, sizeof(outVersion->version));
}

#ifdef __cplusplus
}
#endif

#endif
