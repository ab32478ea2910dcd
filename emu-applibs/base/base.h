/* The few idioms that every room shares: scope-bound cleanup, handing over ownership, array length.
 *
 * Leaves to others: anything with behaviour of its own. Nothing here allocates, logs or reads a clock.
 */
#ifndef BASE_BASE_H
#define BASE_BASE_H

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#define NS_PER_S 1000000000ULL
#define NS_PER_MS 1000000ULL

/* "Never", for deadlines in virtual nanoseconds. */
#define TIME_NEVER UINT64_MAX

static inline void base_free_p(void *p)
{
	free(*(void **)p);
}

static inline void base_close_p(int *fd)
{
	if (*fd >= 0)
		(void) close(*fd);
}

/* cleanup_free char *p = NULL;   freed at scope exit; NULL is fine. */
#define cleanup_free __attribute__((cleanup(base_free_p)))
/* cleanup_fd int fd = -1;        closed at scope exit unless negative. */
#define cleanup_fd __attribute__((cleanup(base_close_p)))

/* Hand over what a cleanup_ variable owns: *ret = steal_ptr(&p); leaves p NULL. */
#define steal_ptr(pp)                                                                              \
	__extension__({                                                                            \
		__typeof__(*(pp)) steal_tmp_ = *(pp);                                              \
		*(pp) = NULL;                                                                      \
		steal_tmp_;                                                                        \
	})

static inline int steal_fd(int *fd)
{
	int r = *fd;

	*fd = -1;
	return r;
}

#define ATTR_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

#endif
