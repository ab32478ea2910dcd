/* The files of the image package (read-only) and the application's one mutable file (kept over reboots and updates).
 *
 * Source: storage.h of the Azure Sphere SDK and its pages on Microsoft Learn.
 */
#ifndef APPLIBS_STORAGE_H
#define APPLIBS_STORAGE_H

#ifdef __cplusplus
extern "C" {
#endif

/* Absolute path of a file of the image package; whether it exists is not checked. relativePath: must neither begin with '/' or '.'
 * nor contain "..". The caller frees the result. NULL and errno: EFAULT NULL, EINVAL such a path, ENOMEM.
 * Ours: the package is the folder that AZSIM_APPROOT names; ENOSYS without it. */
char *Storage_GetAbsolutePathInImagePackage(const char *relativePath);

/* Opens a file of the image package for reading, close-on-exec; the caller closes it. Path as above. -1 and errno: EFAULT, EINVAL,
 * ENOENT and whatever open() gives. */
int Storage_OpenFileInImagePackage(const char *relativePath);

/* Opens the mutable file for reading and writing, at offset 0, and makes it when there is none; the caller closes it.
 * Needs MutableStorage with SizeKB > 0 in app_manifest.json; a write beyond that size fails. -1 and errno: EACCES, EIO. */
int Storage_OpenMutableFile(void);

/* Removes the mutable file. 0; or -1 and errno: EACCES, EIO, ENOENT there is none. */
int Storage_DeleteMutableFile(void);

#ifdef __cplusplus
}
#endif

#endif
