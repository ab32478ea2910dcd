/* Cases of <applibs/storage.h> and <applibs/log.h>. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <applibs/log.h>
#include <applibs/storage.h>

#include "cases.h"
#include "support.h"

/* ---- Paths ------------------------------------------------------------------------------------------------------------ */

static int path_of(const char *relative_path)
{
	char *path = Storage_GetAbsolutePathInImagePackage(relative_path);

	free(path);
	return path ? 0 : -1;
}

static int open_of(const char *relative_path)
{
	int fd = Storage_OpenFileInImagePackage(relative_path);

	return fd < 0 || close(fd) == 0 ? fd : -1;
}

/* Both take the same paths. */
#define PATHS(function, call)                                                              \
	CASE(function, EFAULT, path_null) { GIVES(call(NULL)); }                           \
	CASE(function, EINVAL, path_absolute) { GIVES(call("/app_manifest.json")); }       \
	CASE(function, EINVAL, path_dot) { GIVES(call("./app_manifest.json")); }           \
	CASE(function, EINVAL, path_dots) { GIVES(call("certs/../app_manifest.json")); }   \
	static int call##_of_root(void) { return call("certs/root1.pem"); }                \
	CASE(function, ENOMEM, no_memory) { without_memory(t, call##_of_root); }

PATHS(Storage_GetAbsolutePathInImagePackage, path_of)
PATHS(Storage_OpenFileInImagePackage, open_of)

/* ---- The mutable file ------------------------------------------------------------------------------------------------- */

static int open_mutable(void)
{
	int fd = Storage_OpenMutableFile();

	return fd < 0 || close(fd) == 0 ? fd : -1;
}

CASE(Storage_OpenMutableFile, EACCES, no_capability)
{
	GIVES_EACCES(open_mutable());
}

CASE(Storage_OpenMutableFile, EACCES, size_0)
{
	if (open_mutable() >= 0)
		test_skip(t, "this device follows the other document: mutable-size-0=empty-file");
	else
		GIVES_EACCES(open_mutable());
}

CASE(Storage_DeleteMutableFile, EACCES, no_capability)
{
	GIVES_EACCES(Storage_DeleteMutableFile());
}

CASE(Storage_DeleteMutableFile, ENOENT, no_file)
{
	if (Storage_DeleteMutableFile() != 0 && errno == EIO)
		test_skip(t, "the file cannot be removed from flash");
	else
		GIVES(Storage_DeleteMutableFile());
}

#define WELL "flash is well; no application can break it"

CASE(Storage_OpenMutableFile, EIO, flash_broken)
{
	if (open_mutable() >= 0)
		test_skip(t, WELL);
	else
		test_judge(t, -1, errno, NOTHING_ELSE, "");
}

CASE(Storage_DeleteMutableFile, EIO, flash_broken)
{
	if (Storage_DeleteMutableFile() == 0 || errno == ENOENT)
		test_skip(t, WELL);
	else
		test_judge(t, -1, errno, NOTHING_ELSE, "");
}

/* ---- Log -------------------------------------------------------------------------------------------------------------- */

/* Not by its prototype, which asks for a format. */
static int (*const log_debug)(const char *fmt, ...) = Log_Debug;

static int log_arguments(const char *fmt, ...)
{
	va_list args;
	int r;

	va_start(args, fmt);
	r = Log_DebugVarArgs(fmt, args);
	va_end(args);
	return r;
}

CASE(Log_Debug, EFAULT, format_null)
{
	GIVES(log_debug(NULL));
}

CASE(Log_DebugVarArgs, EFAULT, format_null)
{
	GIVES(log_arguments(NULL));
}
