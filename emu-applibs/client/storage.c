/* <applibs/storage.h>: the image package is a folder of ours, the mutable file a descriptor from the simulator. */
#define _GNU_SOURCE
#include <applibs/storage.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "emu-applibs/base/base.h"
#include "emu-applibs/client/transport.h"

char *Storage_GetAbsolutePathInImagePackage(const char *relativePath)
{
	const char *root = getenv(WIRE_ENV_APPROOT);
	char *path;

	if (!relativePath) {
		errno = EFAULT;
		return NULL;
	}
	if (relativePath[0] == '/' || relativePath[0] == '.' || strstr(relativePath, "..")) {
		errno = EINVAL;
		return NULL;
	}
	if (!root || !root[0]) {
		errno = ENOSYS;
		return NULL;
	}
	if (asprintf(&path, "%s/%s", root, relativePath) < 0) {
		errno = ENOMEM;
		return NULL;
	}
	return path;
}

/* Links inside the package are followed: the simulator lays the package out as links to the developer's files. */
int Storage_OpenFileInImagePackage(const char *relativePath)
{
	cleanup_free char *path = Storage_GetAbsolutePathInImagePackage(relativePath);

	return path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
}

int Storage_OpenMutableFile(void)
{
	struct call c;
	int r, fd;

	call_begin(&c, WIRE_STORAGE_OPEN);
	r = call_send(&c);
	fd = steal_fd(&c.fd);
	return call_end(&c, r) < 0 ? -1 : fd;
}

int Storage_DeleteMutableFile(void)
{
	struct call c;

	call_begin(&c, WIRE_STORAGE_DELETE);
	return call_end(&c, call_send(&c)) < 0 ? -1 : 0;
}
