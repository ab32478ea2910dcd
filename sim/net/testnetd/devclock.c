/* Preloaded into wpa_supplicant on the radio network: its monotonic clock stands in the second of virtual time that testnetd says, however
 * long that takes in real time, and what it draws is what the scenario's seed says. So its waits, which it counts in whole seconds and
 * makes longer by chance, pass in virtual time, and are the same in every run.
 *
 * Built as a library of its own. Wall clocks are libfaketime's, which comes after this one in the list of preloaded libraries.
 */
#define _GNU_SOURCE
#include "sim/net/testnetd/devclock.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S INT64_C(1000000000)

static const struct devclock still;
static const struct devclock *shared = &still;
static int (*next_clock_gettime)(clockid_t, struct timespec *);

__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv(DEVCLOCK_ENV);
	int fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	void *map = fd >= 0 ? mmap(NULL, sizeof(*shared), PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;

	if (fd >= 0)
		(void) close(fd);
	if (map != MAP_FAILED)
		shared = map;
	*(void **) &next_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
}

/* False: there is none. */
static bool read_clock(int64_t *ret_base_ns, int64_t *ret_since_ns)
{
	uint32_t turn;

	do {
		turn = __atomic_load_n(&shared->turn, __ATOMIC_ACQUIRE);
		*ret_base_ns = __atomic_load_n(&shared->base_ns, __ATOMIC_RELAXED);
		*ret_since_ns = __atomic_load_n(&shared->since_ns, __ATOMIC_RELAXED);
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
	} while (turn % 2 != 0 || turn != __atomic_load_n(&shared->turn, __ATOMIC_RELAXED));
	return *ret_base_ns != 0;
}

int clock_gettime(clockid_t id, struct timespec *ret)
{
	int64_t base_ns, since_ns, flow_ns;
	int r;

	if (next_clock_gettime == NULL) /* somebody asks before the constructor has run */
		*(void **) &next_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
	if ((id != CLOCK_MONOTONIC && id != CLOCK_BOOTTIME) || !read_clock(&base_ns, &since_ns))
		return next_clock_gettime(id, ret);
	r = next_clock_gettime(CLOCK_MONOTONIC, ret);
	if (r != 0)
		return r;
	flow_ns = (int64_t) ret->tv_sec * NS_PER_S + ret->tv_nsec - since_ns;
	if (flow_ns > DEVCLOCK_FLOW_NS)
		flow_ns = DEVCLOCK_FLOW_NS;
	base_ns += flow_ns > 0 ? flow_ns : 0;
	ret->tv_sec = (time_t) (base_ns / NS_PER_S);
	ret->tv_nsec = (long) (base_ns % NS_PER_S);
	return 0;
}

long random(void)
{
	return (long) __atomic_load_n(&shared->random, __ATOMIC_RELAXED);
}
