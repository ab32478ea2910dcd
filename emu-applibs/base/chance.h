/* Numbers that look like chance and are a function of a seed: the same on every machine. Not for secrets.
 *
 * Recorded runs rest on them: another formula here is another run for every seed.
 */
#ifndef BASE_CHANCE_H
#define BASE_CHANCE_H

#include <stdint.h>

/* The next of a stream (SplitMix64). */
static inline uint64_t chance_next(uint64_t *state)
{
	uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* The one of a seed and a place, without those before it. */
static inline uint64_t chance_at(uint64_t seed, uint64_t place)
{
	uint64_t z = seed * UINT64_C(0x9e3779b97f4a7c15) + place * UINT64_C(0xbf58476d1ce4e5b9);

	z = (z ^ (z >> 29)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 32);
}

#endif
