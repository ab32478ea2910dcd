/* See memory.h. */
#include "sim/scenario/memory.h"

struct piece {
	struct piece *next;
	_Alignas(max_align_t) unsigned char data[];
};

struct owner {
	struct scenario scenario; /* first: a pointer to it is a pointer to its owner */
	struct piece *pieces;
};

struct scenario *memory_new_scenario(void)
{
	struct owner *owner = calloc(1, sizeof(*owner));

	return owner ? &owner->scenario : NULL;
}

void *memory_alloc(struct scenario *scenario, size_t count, size_t size)
{
	struct owner *owner = (struct owner *)scenario;
	struct piece *piece;
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes) || __builtin_add_overflow(bytes, sizeof(*piece), &bytes))
		return NULL;
	piece = calloc(1, bytes);
	if (!piece)
		return NULL;
	piece->next = owner->pieces;
	owner->pieces = piece;
	return piece->data;
}

void scenario_free(struct scenario *scenario)
{
	struct owner *owner = (struct owner *)scenario;

	if (!owner)
		return;
	while (owner->pieces) {
		struct piece *next = owner->pieces->next;

		free(owner->pieces);
		owner->pieces = next;
	}
	free(owner);
}
