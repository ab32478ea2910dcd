/* Making a world simpler: fewer faults first, then shorter ones, then a plainer world around them. */
#include <string.h>

#include "emu-applibs/base/base.h"
#include "sim/fuzz/world.h"

#define PLAIN_WORLD 10 /* so many things in plainer(), and the readings */

static void drop_faults(struct world *w, size_t first, size_t count)
{
	memmove(&w->faults[first], &w->faults[first + count], (w->fault_count - first - count) * sizeof(w->faults[0]));
	w->fault_count -= count;
	memset(&w->faults[w->fault_count], 0, count * sizeof(w->faults[0]));
}

/* The calm begins when the last of all is over. */
static bool end_sooner(struct world *w)
{
	int64_t last_s = w->shelf_s + WORLD_DAY_S;

	for (size_t i = 0; i < w->fault_count; i++)
		last_s = w->faults[i].until_s > last_s ? w->faults[i].until_s : last_s;
	for (size_t i = 0; i < w->move_count; i++)
		last_s = w->moves[i].cutover_s + 3 * WORLD_DAY_S > last_s ? w->moves[i].cutover_s + 3 * WORLD_DAY_S : last_s;
	if (w->new_clients_s && w->new_clients_s + 2 * WORLD_DAY_S > last_s)
		last_s = w->new_clients_s + 2 * WORLD_DAY_S;
	last_s += WORLD_HOUR_S;
	if (last_s >= w->calm_s)
		return false;
	w->calm_s = last_s;
	return true;
}

/* Plainer things, one at a time. */
static bool plainer(struct world *w, size_t n)
{
	const struct reading_info *table = readings_table();
	const struct world before = *w;

	switch (n) {
	case 0: w->server_rsa = w->root_rsa = false; break;
	case 1: w->server_chain = false; break;
	case 2: w->client_chain = false; break;
	case 3:
		for (size_t i = 0; w->crl && i < w->fault_count; i++)
			if (strcmp(fault_kinds[w->faults[i].kind].name, "radius-crl") == 0)
				return false;
		w->crl = false;
		break;
	case 4: w->rtc = true; break;
	case 5: w->boot_ready_s = 0; break;
	case 6: w->new_clients_s = 0; break;
	case 7: w->reauth_s = 24 * WORLD_HOUR_S; break;
	case 8: w->no_room = false; break;
	case 9: w->pmksa_caching = false; break;
	default:
		w->readings[n - PLAIN_WORLD] = (uint8_t)table[n - PLAIN_WORLD].default_choice;
		break;
	}
	return memcmp(&before, w, sizeof(before)) != 0;
}

/* Lists of ways, one after the other; *n counts down to the way that is meant. */
static bool is_nth(size_t *n, size_t count)
{
	if (*n < count)
		return true;
	*n -= count;
	return false;
}

int world_simpler(const struct world *world, size_t n, struct world *ret)
{
	const size_t halves = 2, quarters = 4, moves = world->move_count, plain = PLAIN_WORLD + READING_COUNT;
	struct world_fault *f;

	*ret = *world;
	/* Much at once, while there is much. */
	if (is_nth(&n, halves + quarters)) {
		size_t parts = n < halves ? halves : quarters, part = n < halves ? n : n - halves, count = world->fault_count / parts;

		if (count < 2)
			return 0;
		drop_faults(ret, part * count, count);
		return 1;
	}
	if (is_nth(&n, world->fault_count)) {
		drop_faults(ret, world->fault_count - 1 - n, 1);
		return 1;
	}
	if (is_nth(&n, moves > 0)) {
		ret->move_count--;
		memset(&ret->moves[ret->move_count], 0, sizeof(ret->moves[0]));
		return 1;
	}
	if (is_nth(&n, moves)) {
		if (!world->moves[n].back_s)
			return 0;
		ret->moves[n].back_s = ret->moves[n].again_s = 0;
		return 1;
	}
	if (is_nth(&n, 1))
		return end_sooner(ret);
	if (is_nth(&n, plain))
		return plainer(ret, n);
	if (is_nth(&n, world->fault_count)) {
		f = &ret->faults[n];
		if (f->until_s - f->from_s < 2 * WORLD_HOUR_S)
			return 0;
		f->until_s = f->from_s + (f->until_s - f->from_s) / 2 / WORLD_MINUTE_S * WORLD_MINUTE_S;
		return 1;
	}
	/* Round numbers are read more easily. */
	if (is_nth(&n, world->fault_count)) {
		f = &ret->faults[n];
		f->from_s = f->from_s / WORLD_HOUR_S * WORLD_HOUR_S;
		f->until_s = (f->until_s + WORLD_HOUR_S - 1) / WORLD_HOUR_S * WORLD_HOUR_S;
		return f->until_s <= ret->calm_s && memcmp(f, &world->faults[n], sizeof(*f)) != 0;
	}
	return -1;
}
