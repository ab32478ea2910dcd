/* A world from its seed. What keeps it one in which a device can converge is told in world.h. */
#include <string.h>

#include "emu-applibs/base/base.h"
#include "sim/fuzz/rng.h"
#include "sim/fuzz/world.h"

#define DAYS(low, high) rng_between(rng, (low) * WORLD_DAY_S, (high) * WORLD_DAY_S)

#define FIRST_GOOD_S (3 * WORLD_DAY_S)
#define FAULTS_AT_ONCE_MAX 5
#define STORM_SHORT_D 7 /* longest, of a world whose certificates live for a month: half of that is for renewal */
#define STORM_LONG_D 25
#define OLD_ROOT_STAYS_D 30 /* beyond what a clock may be wrong by, so that it cannot hide a root that is in service */

static const int64_t starts[] = {1577836800 /* 2020 */, 2051222400 /* 2035 */};

static void draw_lives(struct rng *rng, struct world *w)
{
	w->short_lives = rng_one_in(rng, 2);
	if (w->short_lives) {
		w->client_life_s = DAYS(30, 40);
		w->device_until_s = w->shelf_s + rng_between(rng, 16 * WORLD_DAY_S, w->client_life_s);
		w->device_from_s = w->device_until_s - w->client_life_s;
	} else {
		w->client_life_s = 1500 * WORLD_DAY_S;
		if (rng_one_in(rng, 3)) { /* not due in this run */
			w->device_from_s = -DAYS(1, 200);
			w->device_until_s = w->device_from_s + 1500 * WORLD_DAY_S;
		} else {
			w->device_until_s = w->shelf_s + DAYS(10, 140);
			w->device_from_s = w->device_until_s - 365 * WORLD_DAY_S;
		}
	}
}

static void draw_device(struct rng *rng, struct world *w)
{
	static const int64_t boots[] = {0, 946684800 /* 2000 */};

	w->shelf_s = rng_one_in(rng, 6) ? DAYS(1, 60) : 0;
	w->rtc = !rng_one_in(rng, 3);
	w->boot_clock_s = boots[rng_between(rng, 0, 1)];
	w->boot_ready_s = rng_one_in(rng, 3) ? rng_between(rng, 1, 90) : 0;
}

/* At one time or another in the calm of the certificates: short-lived ones are renewed by then. */
static void draw_network(struct rng *rng, struct world *w)
{
	static const int64_t reauths[] = {24 * WORLD_HOUR_S, 24 * WORLD_HOUR_S, 8 * WORLD_HOUR_S, WORLD_HOUR_S, 72 * WORLD_HOUR_S, 0};

	w->reauth_s = reauths[rng_between(rng, 0, (int64_t)ARRAY_LEN(reauths) - 1)];
	w->server_chain = rng_one_in(rng, 3);
	w->client_chain = rng_one_in(rng, 4);
	w->root_rsa = rng_one_in(rng, 100);
	w->server_rsa = rng_one_in(rng, 50);
	w->crl = rng_one_in(rng, 5);
}

static void draw_readings(struct rng *rng, struct world *w)
{
	const struct reading_info *table = readings_table();

	for (size_t i = 0; i < READING_COUNT; i++)
		w->readings[i] = (uint8_t)(rng_one_in(rng, 3) ? (unsigned)rng_between(rng, 0, (int64_t)table[i].choice_count - 1)
		                                              : table[i].default_choice);
}

/* One in four has an access point that caches keys, with a stream of its own: the others stay what they were. */
static void draw_keys(uint64_t seed, struct world *w)
{
	struct rng stream = {.state = seed ^ 0x706d6b7361u};

	w->pmksa_caching = rng_one_in(&stream, 4);
}

/* From a stream of its own, so that no other draw of a seed depends on it. */
static void draw_room(uint64_t seed, struct world *w)
{
	struct rng stream = {.state = seed ^ 0x726f6f6du};

	w->no_room = rng_one_in(&stream, 8);
	if (!w->no_room)
		return;
	w->readings[READING_MAX_NETWORKS] = MAX_NETWORKS_10;
	if (w->readings[READING_SET_EFFECT] == SET_EFFECT_RELOAD)
		w->readings[READING_SET_EFFECT] = SET_EFFECT_RECONNECTS;
}

/* Faults of one storm, each in a part of it. */
static void draw_storm(struct rng *rng, struct world *w, int64_t from_s, int64_t until_s)
{
	int64_t faults = rng_between(rng, 1, FAULTS_AT_ONCE_MAX);

	for (int64_t i = 0; i < faults && w->fault_count < WORLD_FAULTS_MAX; i++) {
		struct world_fault *f = &w->faults[w->fault_count++];

		fault_fill(rng, w, f);
		/* The last quarter of an hour is for what an operator does after his repair. */
		f->from_s = rng_between(rng, from_s, until_s - 30 * WORLD_MINUTE_S);
		f->until_s = rng_between(rng, f->from_s + WORLD_MINUTE_S, until_s - 15 * WORLD_MINUTE_S);
		if (rng_one_in(rng, 3) && f->until_s > f->from_s + WORLD_HOUR_S)
			f->until_s = rng_between(rng, f->from_s + WORLD_MINUTE_S, f->from_s + WORLD_HOUR_S);
	}
}

/* Announced in the good days before a storm, done in it or after it. */
static void draw_move(struct rng *rng, struct world *w, int64_t announced_s, int64_t good_until_s, int64_t until_s)
{
	struct world_move *m = &w->moves[w->move_count++];
	int64_t back_max_s = w->short_lives ? WORLD_HOUR_S : 20 * WORLD_HOUR_S;

	*m = (struct world_move){.announced_s = announced_s};
	m->cutover_s = rng_between(rng, good_until_s, until_s);
	if (rng_one_in(rng, 3)) {
		m->back_s = m->cutover_s + rng_between(rng, WORLD_MINUTE_S, back_max_s);
		m->again_s = m->back_s + rng_between(rng, WORLD_MINUTE_S, WORLD_DAY_S);
	}
	m->old_ends_s = (m->back_s ? m->again_s : m->cutover_s) + DAYS(OLD_ROOT_STAYS_D, 400);
}

/* A device has room for one root beside the one in service: whoever announces a third between the announcement of the second and
 * RADIUS's move to it takes that away from the device. */
static void drop_third_roots(struct world *w)
{
	for (size_t i = 0; i < w->fault_count;) {
		const struct world_fault *f = &w->faults[i];
		bool drop = false;

		for (size_t j = 0; j < w->move_count; j++) {
			const struct world_move *m = &w->moves[j];
			int64_t over_s = (m->back_s ? m->again_s : m->cutover_s) + 4 * WORLD_DAY_S;

			drop |= strcmp(fault_kinds[f->kind].name, "issuer-root") == 0 && f->until_s + 3 * WORLD_DAY_S > m->announced_s &&
			        f->from_s < over_s;
		}
		if (!drop) {
			i++;
			continue;
		}
		w->fault_count--;
		memmove(&w->faults[i], &w->faults[i + 1], (w->fault_count - i) * sizeof(*f));
		memset(&w->faults[w->fault_count], 0, sizeof(*f));
	}
}

void world_draw(uint64_t seed, struct world *ret)
{
	struct rng stream = {.state = seed ^ 0x776f726c64u}, *rng = &stream; /* not the stream of anything else with this seed */
	int64_t at_s, faults_s, good_s, storm_max_d;
	struct world *w = ret;

	memset(w, 0, sizeof(*w));
	w->seed = seed;
	w->start_s = rng_between(rng, starts[0] / WORLD_HOUR_S, starts[1] / WORLD_HOUR_S) * WORLD_HOUR_S;
	draw_device(rng, w);
	draw_lives(rng, w);
	draw_network(rng, w);
	draw_readings(rng, w);
	draw_room(seed, w);
	draw_keys(seed, w);
	storm_max_d = w->short_lives ? STORM_SHORT_D : STORM_LONG_D;
	faults_s = w->shelf_s + DAYS(20, 150);
	at_s = w->shelf_s + FIRST_GOOD_S;
	while (at_s < faults_s) {
		int64_t storm_s = rng_one_in(rng, 2) ? rng_between(rng, WORLD_HOUR_S, WORLD_DAY_S)
		                                     : rng_between(rng, WORLD_DAY_S, storm_max_d * WORLD_DAY_S);

		draw_storm(rng, w, at_s, at_s + storm_s);
		at_s += storm_s;
		good_s = DAYS(3, 10);
		/* The move before must be over, and done by the device, when the next root is announced. */
		if (w->move_count < WORLD_MOVES_MAX && rng_one_in(rng, 4) &&
		    (w->move_count == 0 || at_s > w->moves[w->move_count - 1].cutover_s + 20 * WORLD_DAY_S)) {
			draw_move(rng, w, at_s, at_s + good_s, at_s + good_s + storm_max_d * WORLD_DAY_S);
		} else if (!w->new_clients_s && !w->crl && rng_one_in(rng, 8)) {
			w->new_clients_s = at_s;
		}
		at_s += good_s;
	}
	/* All moves are made before the calm. */
	for (size_t i = 0; i < w->move_count; i++) {
		const struct world_move *m = &w->moves[i];

		if (at_s < m->cutover_s + 3 * WORLD_DAY_S)
			at_s = m->cutover_s + 3 * WORLD_DAY_S;
	}
	w->calm_s = at_s;
	drop_third_roots(w);
}
