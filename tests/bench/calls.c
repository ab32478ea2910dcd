/* An application that makes 100,000 calls, measures each, and then waits for ever: what one call costs.
 *
 * Its clock is azsim's and stands still meanwhile, so it asks the kernel itself, past libc.
 */
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <applibs/certstore.h>
#include <applibs/log.h>

#define CALLS 100000

static uint32_t took_ns[CALLS];

static uint64_t real_ns(void)
{
	struct timespec ts;
	long r;

	__asm__ volatile("syscall" : "=a"(r) : "a"(SYS_clock_gettime), "D"(CLOCK_MONOTONIC), "S"(&ts) : "rcx", "r11", "memory");
	return r < 0 ? 0 : (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

int main(void)
{
	(void) sleep(60);
	for (int i = 0; i < CALLS; i++) {
		uint64_t begin = real_ns();

		(void) CertStore_GetCertificateCount();
		took_ns[i] = (uint32_t)(real_ns() - begin);
	}
	qsort(took_ns, CALLS, sizeof(took_ns[0]), compare);
	(void) Log_Debug("calls: median %u p99 %u ns\n", took_ns[CALLS / 2], took_ns[CALLS / 100 * 99]);
	for (;;)
		(void) pause();
}
