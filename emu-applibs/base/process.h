/* Is this the process that it was, or a child of fork? Asked without a system call. */
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

/* A byte that is 1 in this process and 0 in each child that fork makes of it, kept for the life of the process; NULL: an old kernel (before
 * Linux 4.14) has no such pages. */
static inline const volatile unsigned char *base_mark_process(void)
{
	const size_t size = (size_t)sysconf(_SC_PAGESIZE);
	unsigned char *page = (unsigned char *)mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return NULL;
	*page = 1;
	if (madvise(page, size, MADV_WIPEONFORK) == 0)
		return page;
	(void) munmap(page, size);
	return NULL;
}

#endif
