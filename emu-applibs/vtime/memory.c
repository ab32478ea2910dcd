/* The memory of an application for the MT3620: heap and stacks as they were at most, data and bss.
 *
 * Every block of the heap is counted with what the allocator gave and its bookkeeping. Stacks are painted before they are
 * used; what the paint has lost was used. A device counts pages, those of its own libraries and of libcurl's TLS among
 * them, so the sum here is a lower bound. With AZSIM_RAM_LIMIT, the allocation that goes over tells the simulator, which
 * ends the process as the device would.
 *
 * For musl alone, where every allocation passes through here; elsewhere sanitizers and debuggers stand in this place.
 * Leaves to others: when to look (sched.c), what to do about it (the simulator).
 */
#define _GNU_SOURCE
#include "emu-applibs/vtime/vtime.h"

#if defined(__GLIBC__)

void vt_memory_init(void)
{
}

void vt_memory_thread(struct vt_thread *t)
{
	(void) t;
}

void vt_memory_report(struct vt_message *m)
{
	(void) m;
}

#else

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <malloc.h>
#include <string.h>

#define MEMORY_BLOCK_OVERHEAD 8u          /* of the allocator, for each block; about right for musl's */
#define MEMORY_MAIN_STACK (128u * 1024)   /* how much of the first thread's stack is painted */
#define MEMORY_MARGIN 512u                /* between the painter's own frame and the paint */
#define MEMORY_LOOK (8u * 1024)           /* how far below the lowest use is looked at every time */
#define MEMORY_LOOK_FAR_EVERY 256u        /* now and then all of it is */
#define MEMORY_PAINT 0x5aa5c33cu
#define MEMORY_PAGE 4096u

static struct {
	void *(*malloc)(size_t);
	void *(*realloc)(void *, size_t);
	void *(*aligned_alloc)(size_t, size_t);
	void (*free)(void *);
} memory_real;

static struct {
	size_t heap, heap_peak;
	size_t stack_peak;
	size_t data; /* of the program, in pages */
	size_t limit; /* 0: none */
	unsigned looks;
	bool told;
} memory;

/* ---- Stacks ---- */

static void memory_paint(struct vt_thread *t, uint32_t *low, uint32_t *high)
{
	for (volatile uint32_t *p = low; p < high; p++)
		*p = MEMORY_PAINT;
	t->stack_low = low;
	t->stack_used = t->stack_high = high;
}

__attribute__((noinline)) void vt_memory_thread(struct vt_thread *t)
{
	uintptr_t here = (uintptr_t) __builtin_frame_address(0) - MEMORY_MARGIN;
	pthread_attr_t attr;
	void *base = NULL;
	size_t size = 0;

	if (pthread_getattr_np(pthread_self(), &attr) != 0)
		return;
	(void) pthread_attr_getstack(&attr, &base, &size);
	(void) pthread_attr_destroy(&attr);
	if ((uintptr_t) base + MEMORY_MARGIN < here)
		memory_paint(t, (uint32_t *) (((uintptr_t) base + 64) & ~(uintptr_t) 3), (uint32_t *) (here & ~(uintptr_t) 3));
}

/* The lowest word that was used, from `low` up. */
static uint32_t *memory_lowest(uint32_t *low, uint32_t *high)
{
	while (low < high && *(volatile uint32_t *) low == MEMORY_PAINT)
		low++;
	return low;
}

static void memory_look(struct vt_thread *t, bool far)
{
	const size_t words = MEMORY_LOOK / sizeof(uint32_t);

	if (!t->stack_low)
		return;
	for (;;) {
		uint32_t *from = far || (size_t) (t->stack_used - t->stack_low) < words ? t->stack_low : t->stack_used - words;
		uint32_t *lowest = memory_lowest(from, t->stack_used);

		if (lowest == t->stack_used)
			return;
		t->stack_used = lowest;
	}
}

static void memory_stacks(void)
{
	bool far = memory.looks++ % MEMORY_LOOK_FAR_EVERY == 0;
	size_t sum = 0;

	for (struct vt_thread *t = vt_threads(); t; t = t->next) {
		if (t->state == VT_ENDED)
			continue;
		memory_look(t, far);
		sum += (size_t) ((char *) t->stack_high - (char *) t->stack_used) + (t->stack_low ? MEMORY_MARGIN : 0);
	}
	if (sum > memory.stack_peak)
		memory.stack_peak = sum;
}

/* ---- What the simulator is told ---- */

/* The first object is the program. */
static int memory_find_data(struct dl_phdr_info *info, size_t size, void *arg)
{
	(void) size;
	(void) arg;
	for (unsigned i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *s = &info->dlpi_phdr[i];
		size_t begin = s->p_vaddr / MEMORY_PAGE * MEMORY_PAGE;

		if (s->p_type == PT_LOAD && (s->p_flags & PF_W))
			memory.data += (s->p_vaddr + s->p_memsz - begin + MEMORY_PAGE - 1) / MEMORY_PAGE * MEMORY_PAGE;
	}
	return 1;
}

void vt_memory_init(void)
{
	const char *limit = getenv(VT_ENV_RAM_LIMIT);
	uintptr_t here = (uintptr_t) __builtin_frame_address(0) - MEMORY_MARGIN;

	if (limit)
		memory.limit = strtoul(limit, NULL, 10);
	(void) dl_iterate_phdr(memory_find_data, NULL);
	/* The kernel gives this thread more stack as it is touched. */
	memory_paint(vt_self, (uint32_t *) ((here - MEMORY_MAIN_STACK) & ~(uintptr_t) 3), (uint32_t *) (here & ~(uintptr_t) 3));
}

void vt_memory_report(struct vt_message *m)
{
	memory_stacks();
	m->b = (uint64_t) memory.stack_peak << 32 | memory.heap_peak;
	m->reserved2 = (uint32_t) memory.data;
}

/* For libapplibs.so.0: bytes now, and at most. */
__attribute__((visibility("default"))) void azsim_memory_usage(size_t *ret_now, size_t *ret_peak);
void azsim_memory_usage(size_t *ret_now, size_t *ret_peak)
{
	if (vt_on())
		memory_stacks();
	*ret_now = memory.data + memory.heap + memory.stack_peak;
	*ret_peak = memory.data + memory.heap_peak + memory.stack_peak;
}

static void memory_check(void)
{
	struct vt_message m = { .type = VT_MEMORY };

	if (memory.heap > memory.heap_peak)
		memory.heap_peak = memory.heap;
	if (memory.limit == 0 || memory.told || memory.data + memory.heap + memory.stack_peak <= memory.limit || !vt_on())
		return;
	memory.told = true;
	vt_memory_report(&m);
	vt_call(&m, NULL); /* the simulator ends this process, and answers only if it thinks otherwise */
}

/* ---- The heap ---- */

static void memory_find(void)
{
	if (memory_real.free)
		return;
	memory_real.malloc = (void *(*) (size_t)) dlsym(RTLD_NEXT, "malloc");
	memory_real.realloc = (void *(*) (void *, size_t)) dlsym(RTLD_NEXT, "realloc");
	memory_real.aligned_alloc = (void *(*) (size_t, size_t)) dlsym(RTLD_NEXT, "aligned_alloc");
	memory_real.free = (void (*)(void *)) dlsym(RTLD_NEXT, "free");
}

static size_t memory_size(void *p)
{
	return p ? malloc_usable_size(p) + MEMORY_BLOCK_OVERHEAD : 0;
}

static void *memory_taken(void *p)
{
	memory.heap += memory_size(p);
	memory_check();
	return p;
}

void *malloc(size_t n)
{
	memory_find();
	return memory_taken(memory_real.malloc(n));
}

/* musl's own calls malloc by its public name, which is ours: it would be counted twice. */
void *calloc(size_t count, size_t n)
{
	size_t size;
	void *p;

	if (__builtin_mul_overflow(count, n, &size)) {
		errno = ENOMEM;
		return NULL;
	}
	memory_find();
	p = memory_real.malloc(size);
	if (p)
		memset(p, 0, size);
	return memory_taken(p);
}

void *realloc(void *p, size_t n)
{
	size_t before = memory_size(p);
	void *r;

	memory_find();
	r = memory_real.realloc(p, n);
	if (r || n == 0)
		memory.heap -= before;
	return r ? memory_taken(r) : NULL;
}

void *aligned_alloc(size_t alignment, size_t n)
{
	memory_find();
	return memory_taken(memory_real.aligned_alloc(alignment, n));
}

void *memalign(size_t alignment, size_t n)
{
	return aligned_alloc(alignment, n);
}

int posix_memalign(void **ret, size_t alignment, size_t n)
{
	void *p;

	if (alignment < sizeof(void *) || (alignment & (alignment - 1)))
		return EINVAL;
	p = aligned_alloc(alignment, n);
	if (!p)
		return ENOMEM;
	*ret = p;
	return 0;
}

void free(void *p)
{
	memory_find();
	memory.heap -= memory_size(p);
	memory_real.free(p);
}

#endif
