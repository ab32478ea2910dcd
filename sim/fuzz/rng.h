/* Draws of a random world: a stream of numbers that is a function of its seed, the same on every machine (splitmix64). */
#ifndef SIM_FUZZ_RNG_H
#define SIM_FUZZ_RNG_H

#include <stdbool.h>
#include <stdint.h>

struct rng {
	uint64_t state;
};

static inline uint64_t rng_next(struct rng *rng)
{
	uint64_t z = (rng->state += 0x9e3779b97f4a7c15u);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
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
