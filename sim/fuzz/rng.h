/* Draws of a random world: a stream of numbers that is a function of its seed, the same on every machine. */
#ifndef SIM_FUZZ_RNG_H
#define SIM_FUZZ_RNG_H

#include <stdbool.h>
#include <stdint.h>

#include "emu-applibs/base/chance.h"

struct rng {
	uint64_t state;
};

static inline uint64_t rng_next(struct rng *rng)
{
	return chance_next(&rng->state);
}

/* From low to high, both included; low <= high. */
static inline int64_t rng_between(struct rng *rng, int64_t low, int64_t high)
{
	return low + (int64_t)(rng_next(rng) % ((uint64_t)(high - low) + 1));
}

/* True once in n draws. */
static inline bool rng_one_in(struct rng *rng, unsigned n)
{
	return rng_next(rng) % n == 0;
}

#endif
