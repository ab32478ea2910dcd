/* Random worlds as they are drawn, written and made simpler; none is run here. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/fuzz/world.h"
#include "sim/scenario/scenario.h"

#define SEEDS 1500

static struct scenario *load(const struct world *world)
{
	char *text = world_write(world, "world");
	struct scenario *scenario = NULL;
	struct az_error error;

	if (scenario_load_text("world.yaml", text, strlen(text), &scenario, &error) < 0)
		fail_msg("seed %llu: %s\n%s", (unsigned long long)world->seed, error.text, text);
	free(text);
	return scenario;
}

static void every_seed_gives_a_scenario_and_always_the_same(void **state)
{
	struct world world, again;
	char *before = NULL;

	(void) state;
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		char *text, *same;

		world_draw(seed, &world);
		memset(&again, 0x5a, sizeof(again));
		world_draw(seed, &again);
		assert_memory_equal(&world, &again, sizeof(world));
		text = world_write(&world, "world");
		same = world_write(&again, "world");
		assert_string_equal(text, same);
		assert_true(!before || strcmp(before, text) != 0);
		free(same);
		free(before);
		before = text;
		scenario_free(load(&world));
	}
	free(before);
}

static void every_kind_of_fault_comes_up(void **state)
{
	unsigned seen[64] = {0}, moves = 0, back = 0, shelves = 0, crls = 0, never = 0;
	struct world w;

	(void) state;
	assert_true(fault_kind_count <= 64);
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		world_draw(seed, &w);
		for (size_t i = 0; i < w.fault_count; i++)
			seen[w.faults[i].kind]++;
		for (size_t i = 0; i < w.move_count; i++)
			back += w.moves[i].back_s != 0;
		moves += w.move_count > 0;
		shelves += w.shelf_s != 0;
		crls += w.crl;
		never += w.reauth_s == 0;
	}
	for (size_t i = 0; i < fault_kind_count; i++)
		if (seen[i] == 0)
			fail_msg("no fault of kind %s in %d seeds", fault_kinds[i].name, SEEDS);
	assert_true(moves > 0 && back > 0 && shelves > 0 && crls > 0 && never > 0);
}

/* What world.h promises of every world. */
static void a_device_can_converge_in_every_world(void **state)
{
	struct world w;

	(void) state;
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		world_draw(seed, &w);
		assert_true(w.client_life_s >= 30 * WORLD_DAY_S);
		assert_true(w.device_until_s >= w.shelf_s + 10 * WORLD_DAY_S);
		for (size_t i = 0; i < w.fault_count; i++) {
			const struct world_fault *f = &w.faults[i];

			assert_true(f->from_s >= w.shelf_s + 3 * WORLD_DAY_S && f->from_s < f->until_s && f->until_s < w.calm_s);
			/* No fault outlasts a storm: half the life of the shortest certificates less some good days. */
			assert_true(f->until_s - f->from_s <= (w.short_lives ? 7 : 25) * WORLD_DAY_S);
		}
		for (size_t i = 0; i < w.move_count; i++) {
			const struct world_move *m = &w.moves[i];

			assert_true(m->cutover_s >= m->announced_s + 3 * WORLD_DAY_S && m->cutover_s < w.calm_s && m->old_ends_s > m->cutover_s);
			if (m->back_s)
				assert_true(m->back_s - m->cutover_s <= 20 * WORLD_HOUR_S && m->again_s > m->back_s && m->again_s < w.calm_s);
			for (size_t j = 0; j < w.fault_count; j++)
				if (strcmp(fault_kinds[w.faults[j].kind].name, "issuer-root") == 0)
					assert_true(w.faults[j].until_s < m->announced_s || w.faults[j].from_s > m->cutover_s);
		}
		assert_int_equal(world_root_at(&w, w.calm_s), w.move_count);
		assert_int_equal(world_announced_at(&w, w.calm_s), w.move_count);
	}
}

/* In the seeds' scenarios, as the runner sees them: at the calm everything is right. */
static void nothing_is_wrong_in_the_calm(void **state)
{
	struct world w;

	(void) state;
	for (uint64_t seed = 0; seed < 300; seed++) {
		struct scenario *s;
		enum scn_tri up = SCN_YES, secret = SCN_NO, ap = SCN_YES, ntp = SCN_YES;
		enum scn_power power = SCN_POWER_ON;
		enum scn_issuer_state issuer = SCN_ISSUER_UP;
		enum scn_flash flash = SCN_FLASH_GOOD;
		const char *server = "radius1", *root = "ca1";
		int64_t radius_clock = 0, issuer_clock = 0;
		char expected[16];

		world_draw(seed, &w);
		s = load(&w);
		for (size_t i = 0; i < s->event_count; i++) {
			const struct scn_event *e = &s->events[i];

			if (e->radius) {
				up = e->radius->up ? e->radius->up : up;
				secret = e->radius->secret_wrong ? e->radius->secret_wrong : secret;
				server = e->radius->server ? e->radius->server : server;
				radius_clock += e->radius->has_clock_step ? e->radius->clock_step_s : 0;
			}
			if (e->issuer) {
				issuer = e->issuer->state ? e->issuer->state : issuer;
				root = e->issuer->root ? e->issuer->root : root;
				issuer_clock += e->issuer->has_clock_step ? e->issuer->clock_step_s : 0;
			}
			ap = e->ap && e->ap->up ? e->ap->up : ap;
			if (e->device && e->trigger == SCN_AT) {
				ntp = e->device->ntp ? e->device->ntp : ntp;
				power = e->device->power == SCN_POWER_ON || e->device->power == SCN_POWER_OFF ? e->device->power : power;
				flash = e->device->flash ? e->device->flash : flash;
			}
		}
		assert_true(up == SCN_YES && secret == SCN_NO && ap == SCN_YES && ntp == SCN_YES && power == SCN_POWER_ON);
		assert_true(issuer == SCN_ISSUER_UP && flash == SCN_FLASH_GOOD && radius_clock == 0 && issuer_clock == 0);
		(void) snprintf(expected, sizeof(expected), "ca%zu", w.move_count + 1);
		assert_string_equal(root, expected);
		(void) snprintf(expected, sizeof(expected), "radius%zu", w.move_count + 1);
		assert_string_equal(server, expected);
		scenario_free(s);
	}
}

/* As shrinking goes when every simpler world fails as well: it ends, with nothing left but the plainest world. */
static void made_simpler_until_nothing_is_left(void **state)
{
	struct world w, next;

	(void) state;
	for (uint64_t seed = 0; seed < 60; seed++) {
		unsigned steps = 0;
		int r = 0;

		world_draw(seed, &w);
		for (size_t n = 0; (r = world_simpler(&w, n, &next)) >= 0;) {
			if (r == 0) {
				n++;
				continue;
			}
			assert_true(memcmp(&w, &next, sizeof(w)) != 0);
			w = next;
			scenario_free(load(&w));
			assert_true(++steps < 500);
			n = 0;
		}
		assert_int_equal(w.fault_count, 0);
		assert_int_equal(w.move_count, 0);
		assert_true(w.rtc && !w.crl && !w.server_chain && !w.client_chain && !w.server_rsa);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_seed_gives_a_scenario_and_always_the_same),
		cmocka_unit_test(every_kind_of_fault_comes_up),
		cmocka_unit_test(a_device_can_converge_in_every_world),
		cmocka_unit_test(nothing_is_wrong_in_the_calm),
		cmocka_unit_test(made_simpler_until_nothing_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
