/* <applibs/applications.h>: what the process has in memory, counted so that it repeats from run to run.
 *
 * Resident pages would differ with the layout that the kernel chose. So heap in use is counted instead, up to its highest block, as freed
 * heap stays counted on a device; what threads' own arenas and single large blocks hold; and the program's writable data. Of a program for
 * the MT3620, libvtime counts blocks and stacks. The device is asked whether it answers yet.
 */
#define _GNU_SOURCE
#include <applibs/applications.h>

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include "emu-applibs/base/base.h"
#include "emu-applibs/client/transport.h"

#define KIB 1024u
#define DESCRIPTOR_KIB 4u /* what the kernel holds for one, roughly */

#ifdef __GLIBC__

/* The first object is the program itself. */
static int count_data(struct dl_phdr_info *info, size_t size, void *ret)
{
	(void) size;
	for (int i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_LOAD && (info->dlpi_phdr[i].p_flags & PF_W))
			*(size_t *)ret += info->dlpi_phdr[i].p_memsz;
	return 1;
}

/* The largest that the heap has been, in bytes: the last <system type="max"/> of malloc's report is the whole. 0: not known. */
static size_t heap_max(void)
{
	static const char key[] = "<system type=\"max\" size=\"";
	static char text[65536], buffer[4096]; /* not on the heap that is being measured */
	FILE *report = fmemopen(text, sizeof(text) - 1, "w");
	size_t max = 0;

	if (!report)
		return 0;
	(void) setvbuf(report, buffer, _IOFBF, sizeof(buffer));
	(void) malloc_info(0, report);
	(void) fclose(report);
	for (const char *at = text; (at = strstr(at, key)); at += sizeof(key) - 1)
		max = strtoul(at + sizeof(key) - 1, NULL, 10);
	return max;
}

/* ret_heap: the heap as it was taken from the system. */
static size_t user_bytes(size_t *ret_heap)
{
	struct mallinfo2 m = mallinfo2();
	size_t data = 0;

	(void) dl_iterate_phdr(count_data, &data);
	*ret_heap = m.arena;
	return data + (m.arena > m.keepcost ? m.arena - m.keepcost : 0) + m.hblkhd;
}

#endif

/* Without the C library's opendir, which would need memory itself. */
static size_t count_descriptors(void)
{
	struct entry {
		uint64_t inode;
		int64_t offset;
		uint16_t length;
		uint8_t type;
		char name[];
	};
	_Alignas(struct entry) char entries[2048];
	cleanup_fd int dir = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	size_t count = 0;
	long n;

	while (dir >= 0 && (n = syscall(SYS_getdents64, dir, entries, sizeof(entries))) > 0)
		for (long at = 0; at < n; at += ((struct entry *)(entries + at))->length)
			count++;
	return count > 3 ? count - 3 : 0; /* "." and ".." and the folder's own */
}

static size_t to_kib(size_t bytes)
{
	return (bytes + KIB - 1) / KIB;
}

#ifdef __GLIBC__

/* The most that was ever seen; a heap that has shrunk since tells more. */
static size_t peak_bytes(size_t user, size_t heap, size_t max)
{
	static size_t peak;

	if (max > heap && user + (max - heap) > peak)
		peak = user + (max - heap);
	if (user > peak)
		peak = user;
	return peak;
}

static void usage(size_t *ret_now, size_t *ret_peak)
{
	size_t heap, max = heap_max(); /* first, as it needs a little memory itself: so the second look finds what the first one found */

	*ret_now = user_bytes(&heap);
	*ret_peak = peak_bytes(*ret_now, heap, max);
}

#else

/* libvtime counts every block where the C library is musl, and stacks too. It is not there outside the simulator. */
void azsim_memory_usage(size_t *ret_now, size_t *ret_peak) __attribute__((weak));

static void usage(size_t *ret_now, size_t *ret_peak)
{
	*ret_now = *ret_peak = 0;
	if (azsim_memory_usage)
		azsim_memory_usage(ret_now, ret_peak);
}

#endif

int z__Applications_GetMemoryInfo(z__Application_MemoryAttribute memoryAttribute, void *buffer, size_t capacity)
{
	size_t user, peak, kib;
	struct call c;

	if (!buffer)
		return call_fail(EFAULT);
	if (memoryAttribute > z__Applications_MemoryAttribute_PeakUserModeMemoryUsageInKB || capacity != sizeof(size_t))
		return call_fail(EINVAL);
	call_begin(&c, WIRE_APPLICATIONS_MEMORY);
	wire_put_u32(&c.out, memoryAttribute);
	if (call_end(&c, call_send(&c)) < 0)
		return -1;
	usage(&user, &peak);
	kib = to_kib(memoryAttribute == z__Applications_MemoryAttribute_PeakUserModeMemoryUsageInKB ? peak : user);
	if (memoryAttribute == z__Applications_MemoryAttribute_TotalMemoryUsageInKB)
		kib += count_descriptors() * DESCRIPTOR_KIB;
	memcpy(buffer, &kib, sizeof(kib));
	return 0;
}

int z__Applications_GetOsVersion(char *version, size_t capacity)
{
	struct call c;
	int r;

	if (!version)
		return call_fail(EFAULT);
	call_begin(&c, WIRE_APPLICATIONS_OS_VERSION);
	r = call_send(&c);
	if (r >= 0)
		(void) wire_get_str(&c.in, version, capacity);
	return call_end(&c, r) < 0 ? -1 : 0;
}
