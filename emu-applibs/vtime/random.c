/* Random numbers that repeat: with AZSIM_SEED (a decimal number) set, the kernel's random sources give the same bytes in
 * every run of the same scenario.
 *
 * For the simulator only: what comes from here is no secret, so nothing that such an application makes may be used
 * outside. The generator is splitmix64, started from the seed and from the wall clock at the start of the process, so
 * that two boots of one device differ. The program itself has a sequence of its own, apart from its libraries': so what it
 * draws does not depend on how many numbers a TLS library took in between, nor on which one it is. Without the variable every source is the real one. Not covered: reading
 * /dev/urandom through stdio or readv, and the processor's own instruction. Leaves to others: reading descriptors (io.c).
 */
#define _GNU_SOURCE
#include "emu-applibs/vtime/vtime.h"

#include <errno.h>
#include <link.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "emu-applibs/base/chance.h"

#define RANDOM_ENTROPY_MAX 256u /* of one getentropy() */
#define RANDOM_DEVICE_MAJOR 1u
#define RANDOM_DEVICE_RANDOM 8u
#define RANDOM_DEVICE_URANDOM 9u

#define RANDOM_LIBRARIES 0xd1b54a32d192ed03ULL /* tells their sequence from the program's */

static bool random_seeded;
static uint64_t random_state[2]; /* the program's, its libraries' */
static uintptr_t random_program_begin, random_program_end; /* where the program's code lies */

/* The first object is the program. */
static int random_find_program(struct dl_phdr_info *info, size_t size, void *arg)
{
	(void) size;
	(void) arg;
	for (unsigned i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
		uintptr_t begin = (uintptr_t) (info->dlpi_addr + segment->p_vaddr);

		if (segment->p_type == PT_LOAD && (segment->p_flags & PF_X)) {
			random_program_begin = begin;
			random_program_end = begin + segment->p_memsz;
		}
	}
	return 1;
}

/* The sequence for a call that returns to `caller`. */
static uint64_t *random_sequence(const void *caller)
{
	return &random_state[(uintptr_t) caller < random_program_begin || (uintptr_t) caller >= random_program_end];
}
#define RANDOM_CALLER random_sequence(__builtin_return_address(0))

void vt_random_init(void)
{
	const char *text = getenv(VT_ENV_SEED);
	unsigned long long seed;
	char *end;

	if (!text || !text[0])
		return;
	errno = 0;
	seed = strtoull(text, &end, 10);
	if (errno != 0 || *end != '\0' || text[0] < '0' || text[0] > '9')
		vt_fatal(VT_ENV_SEED " is no decimal number of 64 bits", 0);
	(void) dl_iterate_phdr(random_find_program, NULL);
	random_state[0] = (uint64_t) seed ^ ((uint64_t) vt_wall() * 0x2545f4914f6cdd1dULL);
	random_state[1] = random_state[0] ^ RANDOM_LIBRARIES;
	random_seeded = true;
}

bool vt_random_on(void)
{
	return vt_clock_on() && random_seeded;
}

static void random_fill(uint64_t *state, void *buffer, size_t n)
{
	unsigned char *to = buffer;

	while (n > 0) {
		uint64_t value = chance_next(state);
		size_t part = n < sizeof(value) ? n : sizeof(value);

		memcpy(to, &value, part);
		to += part;
		n -= part;
	}
}

void vt_random_fill(const void *caller, void *buffer, size_t n)
{
	random_fill(random_sequence(caller), buffer, n);
}

bool vt_is_random_device(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && major(st->st_rdev) == RANDOM_DEVICE_MAJOR &&
	       (minor(st->st_rdev) == RANDOM_DEVICE_RANDOM || minor(st->st_rdev) == RANDOM_DEVICE_URANDOM);
}

ssize_t getrandom(void *buffer, size_t n, unsigned flags)
{
	void *to = buffer;

	if (!vt_random_on() || (flags & ~(unsigned) (GRND_NONBLOCK | GRND_RANDOM | GRND_INSECURE)))
		return vt_real.getrandom(buffer, n, flags);
	random_fill(RANDOM_CALLER, to, n);
	return (ssize_t) n;
}

int getentropy(void *buffer, size_t n)
{
	if (!vt_random_on() || n > RANDOM_ENTROPY_MAX)
		return vt_real.getentropy(buffer, n);
	random_fill(RANDOM_CALLER, buffer, n);
	return 0;
}

uint32_t arc4random(void)
{
	return vt_random_on() ? (uint32_t) (chance_next(RANDOM_CALLER) >> 32) : vt_real.arc4random();
}

void arc4random_buf(void *buffer, size_t n)
{
	if (vt_random_on())
		random_fill(RANDOM_CALLER, buffer, n);
	else
		vt_real.arc4random_buf(buffer, n);
}

/* Without bias: values below 2^32 mod bound are drawn again. */
uint32_t arc4random_uniform(uint32_t bound)
{
	uint64_t *state = RANDOM_CALLER;
	uint32_t value;

	if (!vt_random_on())
		return vt_real.arc4random_uniform(bound);
	if (bound < 2)
		return 0;
	do
		value = (uint32_t) (chance_next(state) >> 32);
	while (value < -bound % bound);
	return value % bound;
}
