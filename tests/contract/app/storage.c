/* Cases of <applibs/storage.h>, <applibs/log.h> and <applibs/application.h>. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <applibs/application.h>
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
	CASE(function, ENOMEM, no_memory) { without_memory(t, call); }

/* A device ends an application that takes too much memory, and the libc of its SDK has no limits of a process; where there are some,
 * the application can run out of memory and live. The sanitizers' allocators do not let it. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

#if defined(__linux__) && defined(__GLIBC__) && !defined(SANITIZED)
#include <sys/resource.h>

/* Every block that can still be had, linked through themselves. The allocator keeps small ones apart by their sizes. */
static void *take_all_memory(void)
{
	void **taken = NULL;

	for (size_t size = 65536; size >= 16; size -= size > 4096 ? size / 2 : 16) {
		void **block;

		while ((block = malloc(size))) {
			*block = taken;
			taken = block;
		}
	}
	return taken;
}

static void without_memory(struct test *t, int (*call)(const char *relative_path))
{
	struct rlimit limit, none;
	int result, error;
	void **taken;

	(void) call("certs/root1.pem"); /* what is set up once, is */
	if (getrlimit(RLIMIT_AS, &limit) != 0) {
		test_skip(t, "the limits of the process are not known: %s", errno_name(errno));
		return;
	}
	none = limit;
	none.rlim_cur = 0;
	if (setrlimit(RLIMIT_AS, &none) != 0) {
		test_skip(t, "memory cannot be limited: %s", errno_name(errno));
		return;
	}
	taken = take_all_memory();
	errno = 0;
	result = call("certs/root1.pem");
	error = errno;
	(void) setrlimit(RLIMIT_AS, &limit);
	while (taken) {
		void **next = *taken;

		free(taken);
		taken = next;
	}
	test_judge(t, result, error, NOTHING_ELSE, "");
}
#else
static void without_memory(struct test *t, int (*call)(const char *relative_path))
{
	(void) call;
	test_skip(t, "an application that is out of memory does not live to tell");
}
#endif

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

/* ---- Log and application ---------------------------------------------------------------------------------------------- */

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

CASE(Application_IsDeviceAuthReady, EFAULT, output_null)
{
	GIVES(Application_IsDeviceAuthReady(NULL));
}
