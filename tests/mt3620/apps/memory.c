/* Takes memory in each way that there is, and says what the device says of it; then takes ever more, 10 KiB an hour. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <applibs/applications.h>
#include <applibs/log.h>

#define HEAP (100u * 1024)
#define MAIN_STACK 40u /* KiB */
#define THREAD_STACK 60u

/* Volatile, so that the compiler does not take them for useless. */
static volatile char bss[20u * 1024];
static char *volatile heap;

static void tell(const char *what)
{
	(void) Log_Debug("memory: %s now=%u peak=%u\n", what, (unsigned)Applications_GetUserModeMemoryUsageInKB(),
	                 (unsigned)Applications_GetPeakUserModeMemoryUsageInKB());
}

/* 1 KiB of stack a call. */
__attribute__((noinline)) static int use_stack(unsigned kib)
{
	volatile char space[1024 - 32];

	for (unsigned i = 0; i < sizeof(space); i += 64)
		space[i] = (char)i;
	return kib > 1 ? use_stack(kib - 1) + space[64] : space[0];
}

static void *thread(void *arg)
{
	(void) arg;
	(void) use_stack(THREAD_STACK);
	tell("thread");
	return NULL;
}

int main(void)
{
	pthread_t id;

	(void) sleep(60);
	bss[sizeof(bss) - 1] = 1;
	tell("start");
	heap = malloc(HEAP);
	memset(heap, 1, HEAP);
	tell("heap");
	free(heap);
	tell("freed");
	(void) use_stack(MAIN_STACK);
	(void) sleep(1);
	tell("stack");
	(void) pthread_create(&id, NULL, thread, NULL);
	(void) pthread_join(id, NULL);
	tell("end");
	for (unsigned i = 1;; i++) {
		(void) sleep(3600);
		heap = malloc(10 * 1024);
		memset(heap, 1, 10 * 1024);
		(void) Log_Debug("memory: %u more\n", i);
	}
}
