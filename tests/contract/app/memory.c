/* Running out of memory and living on; see support.h.
 *
 * A device ends an application that takes too much memory, and the libc of its SDK has no limits of a process; where there are some,
 * the application can run out of memory and live. The sanitizers' allocators do not let it.
 */
#include "support.h"

#include <errno.h>
#include <stdlib.h>

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

void without_memory(struct test *t, int (*call)(void))
{
	struct rlimit limit, none;
	int result, error;
	void **taken;

	(void) call(); /* what is set up once, is */
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
	result = call();
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
void without_memory(struct test *t, int (*call)(void))
{
	(void) call;
	test_skip(t, "an application that is out of memory does not live to tell");
}
#endif
