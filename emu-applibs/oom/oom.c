/* liboom.so, preloaded into the application for `azsim run --oom`: counts its allocations, and lets one of them fail.
 *
 * Counted is what the program, libcurl and the C library for them ask for. What the simulator's own libvtime and the dynamic linker
 * need is not: a device has no such thing. In a process without AZSIM_OOM, and in a debugger before the program, it does nothing.
 *
 * For glibc alone. Leaves to others: which allocation it is, and what comes of it (sim/torture/oom.c).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <link.h>
#include <malloc.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "emu-applibs/wire/oom_page.h"
#include "emu-applibs/wire/vtime_proto.h"

#define FRAMES_MAX 24
#define PLACES_MAX 4u /* of those that led to the allocation, so many are named */

/* The allocator while the one behind us is looked for. */
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t count, size_t n);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t alignment, size_t n);

/* The allocator behind us: the C library's, or that of a sanitizer. */
static struct {
	void *(*malloc)(size_t);
	void *(*calloc)(size_t, size_t);
	void *(*realloc)(void *, size_t);
	void *(*memalign)(size_t, size_t);
} oom_real = { __libc_malloc, __libc_calloc, __libc_realloc, __libc_memalign };

static struct oom_page *oom_page; /* NULL: not at work */
static bool oom_busy;             /* what is asked for meanwhile is our own */

/* ---- Where ---------------------------------------------------------------------------------------------------------------- */

/* The file name of the object that `address` lies in; *ret_offset: where, as addr2line takes it. */
static const char *oom_object(const void *address, uint64_t *ret_offset)
{
	struct dl_find_object found;
	const char *slash;

	*ret_offset = 0;
	if (_dl_find_object((void *) (uintptr_t) address, &found) != 0 || !found.dlfo_link_map)
		return "?";
	*ret_offset = (uint64_t) (uintptr_t) address - 1 - found.dlfo_link_map->l_addr;
	if (!found.dlfo_link_map->l_name || !found.dlfo_link_map->l_name[0])
		return "app";
	slash = strrchr(found.dlfo_link_map->l_name, '/');
	return slash ? slash + 1 : found.dlfo_link_map->l_name;
}

static bool oom_is(const char *object, const char *name)
{
	return strncmp(object, name, strlen(name)) == 0;
}

static uint32_t oom_hash(const char *object, uint64_t offset)
{
	uint32_t h = 2166136261u;

	for (; *object; object++)
		h = (h ^ (uint8_t) *object) * 16777619u;
	for (unsigned i = 0; i < 8; i++)
		h = (h ^ (uint8_t) (offset >> (8 * i))) * 16777619u;
	return h;
}

/* "malloc of 64 bytes in app+0x12, ...": the places outside the C library and a sanitizer that led here. */
static void oom_describe(const char *function, size_t size)
{
	void *frames[FRAMES_MAX];
	int n = backtrace(frames, FRAMES_MAX), length;
	unsigned places = 0;

	length = snprintf(oom_page->where, OOM_WHERE_MAX, "%s of %zu bytes in", function, size);
	for (int i = 0; i < n && places < PLACES_MAX; i++) {
		uint64_t offset;
		const char *object = oom_object(frames[i], &offset);

		if (oom_is(object, "liboom.so") || oom_is(object, "libc.so") || oom_is(object, "libasan.so"))
			continue;
		length += snprintf(oom_page->where + length, OOM_WHERE_MAX - (size_t) length, "%s %s+0x%llx", places++ ? "," : "", object,
		                   (unsigned long long) offset);
		if (length >= OOM_WHERE_MAX)
			return;
	}
}

/* ---- Counting ------------------------------------------------------------------------------------------------------------- */

__attribute__((constructor)) static void oom_start(void)
{
	const char *path = getenv(OOM_ENV_PAGE), *app = getenv(VT_ENV_APP);
	struct oom_page *page;
	struct stat status;
	int fd;

	if (!path || !app || strcmp(app, program_invocation_short_name) != 0)
		return;
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &status) < 0 || status.st_size != (off_t) sizeof(*page)) {
		(void) fprintf(stderr, "liboom: %s is not the simulator's page\n", path);
		_exit(127);
	}
	page = mmap(NULL, sizeof(*page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	(void) close(fd);
	if (page == MAP_FAILED || page->magic != OOM_MAGIC || page->version != OOM_VERSION) {
		(void) fprintf(stderr, "liboom: %s is not the simulator's page, or of another version\n", path);
		_exit(127);
	}
	oom_page = page;
}

/* True: the allocation that `caller` asks for fails, and errno says so. */
static bool oom_fails(const void *caller, const char *function, size_t size)
{
	uint64_t offset, number;
	const char *object;

	if (!oom_page || oom_busy)
		return false;
	object = oom_object(caller, &offset);
	if (oom_is(object, "libvtime.so") || oom_is(object, "ld-linux"))
		return false;
	number = ++oom_page->count;
	oom_page->recent[number % OOM_RECENT] = oom_hash(object, offset);
	if (number != oom_page->fails_at)
		return false;
	oom_busy = true;
	oom_describe(function, size);
	oom_busy = false;
	oom_page->failed = number;
	errno = ENOMEM;
	return true;
}

static void oom_find(void)
{
	static bool found;

	if (found)
		return;
	found = true;
	oom_real.malloc = (void *(*) (size_t)) dlsym(RTLD_NEXT, "malloc");
	oom_real.calloc = (void *(*) (size_t, size_t)) dlsym(RTLD_NEXT, "calloc");
	oom_real.realloc = (void *(*) (void *, size_t)) dlsym(RTLD_NEXT, "realloc");
	oom_real.memalign = (void *(*) (size_t, size_t)) dlsym(RTLD_NEXT, "memalign");
}

/* ---- The allocator's names ------------------------------------------------------------------------------------------------ */

void *malloc(size_t n)
{
	oom_find();
	return oom_fails(__builtin_return_address(0), "malloc", n) ? NULL : oom_real.malloc(n);
}

void *calloc(size_t count, size_t n)
{
	oom_find();
	return oom_fails(__builtin_return_address(0), "calloc", count * n) ? NULL : oom_real.calloc(count, n);
}

void *realloc(void *p, size_t n)
{
	oom_find();
	/* To nothing: a free(). */
	return n > 0 && oom_fails(__builtin_return_address(0), "realloc", n) ? NULL : oom_real.realloc(p, n);
}

void *aligned_alloc(size_t alignment, size_t n)
{
	oom_find();
	return oom_fails(__builtin_return_address(0), "aligned_alloc", n) ? NULL : oom_real.memalign(alignment, n);
}

void *memalign(size_t alignment, size_t n)
{
	oom_find();
	return oom_fails(__builtin_return_address(0), "memalign", n) ? NULL : oom_real.memalign(alignment, n);
}

int posix_memalign(void **ret, size_t alignment, size_t n)
{
	int before = errno;
	void *p;

	oom_find();
	if (alignment < sizeof(void *) || (alignment & (alignment - 1)))
		return EINVAL;
	p = oom_fails(__builtin_return_address(0), "posix_memalign", n) ? NULL : oom_real.memalign(alignment, n);
	errno = before; /* as the standard has it */
	if (!p)
		return ENOMEM;
	*ret = p;
	return 0;
}
