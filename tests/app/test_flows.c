/* Both flows from end to end on the fake device: under every reading, and with a power cut or a killed process before every
 * single change that the application makes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/rotation/names.h"
#include "app/rotation/schedule.h"
#include "tests/app/fake_device.h"

#define READINGS 72u
#define CUTS 6u /* per reading and situation */
static struct fake device;
static bool loud;

static struct fake_readings readings_of(unsigned n)
{
	return (struct fake_readings){ .reload_keeps = n % 2, .set_effect = n / 2 % 3, .seen_at_once = n / 6 % 2,
	                               .move_needs_target = n / 12 % 2, .order = n / 24 % 3, .max_networks = 10 };
}

/* A situation: plays on a device just initialised; returns what went wrong, or NULL. */
typedef const char *play_fn(struct fake *f);

static const char *broken_or(struct fake *f, const char *otherwise)
{
	return f->violated ? f->violated : otherwise;
}

static const char *client_update(struct fake *f)
{
	int before = fake_stored(f, ROT_ID_CLIENT1), now;

	fake_run(f, 100 * DAY_S);
	now = fake_stored(f, ROT_ID_CLIENT1);
	if (now == before)
		return broken_or(f, "the client certificate was not renewed");
	return broken_or(f, fake_not_settled(f));
}

static const char *root_update(struct fake *f)
{
	int next = fake_credential(f, true, f->now_s, f->now_s + 3650 * DAY_S);

	f->issuer_root = next;
	fake_run(f, 30 * DAY_S);
	if (!fake_net(f, ROT_NAME_NET2))
		return broken_or(f, "Network2 does not wait for the roll-over");
	f->radius_root = next;
	fake_run(f, 7 * DAY_S);
	if (fake_stored(f, ROT_ID_ROOT1) != next)
		return broken_or(f, "RootCA1 is not the new root");
	if (!f->carried_by_net2)
		return "Network2 never carried the device";
	return broken_or(f, fake_not_settled(f));
}

/* The client certificate is due while Network2 waits, and the server goes over a day later. */
static const char *both(struct fake *f)
{
	int next = fake_credential(f, true, f->now_s, f->now_s + 3650 * DAY_S), before = fake_stored(f, ROT_ID_CLIENT1);

	f->issuer_root = next;
	fake_run(f, 62 * DAY_S);
	f->radius_root = next;
	fake_run(f, 40 * DAY_S);
	if (fake_stored(f, ROT_ID_ROOT1) != next)
		return broken_or(f, "RootCA1 is not the new root");
	if (fake_stored(f, ROT_ID_CLIENT1) == before)
		return broken_or(f, "the client certificate was not renewed");
	return broken_or(f, fake_not_settled(f));
}

/* The issuer's certificates are refused by RADIUS for a while. */
static const char *refused_then_good(struct fake *f)
{
	int before = fake_stored(f, ROT_ID_CLIENT1);

	f->issuer_refused_certs = true;
	fake_run(f, 75 * DAY_S);
	if (fake_stored(f, ROT_ID_CLIENT1) != before)
		return broken_or(f, "an unproven certificate took over");
	f->issuer_refused_certs = false;
	fake_run(f, 40 * DAY_S);
	if (fake_stored(f, ROT_ID_CLIENT1) == before)
		return broken_or(f, "the client certificate was not renewed");
	return broken_or(f, fake_not_settled(f));
}

static const char *not_yet_valid(struct fake *f)
{
	int before = fake_stored(f, ROT_ID_CLIENT1);

	f->issuer_start_s = 5 * DAY_S;
	fake_run(f, 100 * DAY_S);
	if (fake_stored(f, ROT_ID_CLIENT1) == before)
		return broken_or(f, "the client certificate was not renewed");
	return broken_or(f, fake_not_settled(f));
}

/* The operator goes back to the old root some hours after the roll-over, and the announcement with him. */
static const char *rolled_back(struct fake *f)
{
	int before = fake_stored(f, ROT_ID_ROOT1), next = fake_credential(f, true, f->now_s, f->now_s + 3650 * DAY_S);

	f->issuer_root = next;
	fake_run(f, 10 * DAY_S);
	f->radius_root = next;
	fake_run(f, 20 * HOUR_S); /* the device has followed, its last authentication is as old */
	if (f->cut_at == 0 && !f->carried_by_net2)
		return "Network2 never carried the device";
	f->radius_root = before;
	fake_run(f, 3 * DAY_S);
	if (fake_stored(f, ROT_ID_ROOT1) != before)
		return broken_or(f, "RootCA1 was replaced although the server went back");
	f->issuer_root = before;
	fake_run(f, 10 * DAY_S);
	return broken_or(f, fake_not_settled(f));
}

static const struct situation {
	const char *name;
	play_fn *play;
	int64_t client_life_s;
} situations[] = {
	{ "client update", client_update, 90 * DAY_S },
	{ "root update", root_update, 900 * DAY_S },
	{ "both at once", both, 90 * DAY_S },
	{ "refused, then good", refused_then_good, 90 * DAY_S },
	{ "not yet valid", not_yet_valid, 90 * DAY_S },
	{ "rolled back", rolled_back, 900 * DAY_S },
};

static unsigned play(const struct situation *s, unsigned reading, enum fake_cut cut, unsigned cut_at)
{
	const struct fake_readings readings = readings_of(reading);
	const char *problem;

	fake_init(&device, &readings, s->client_life_s);
	device.cut = cut;
	device.cut_at = cut_at;
	device.verbose = loud;
	problem = s->play(&device);
	if (problem)
		fail_msg("%s, readings %u (reload %s, set %u, seen %s, move %s, order %u), %s before change %u: %s; last log: %s", s->name,
		         reading, readings.reload_keeps ? "keeps" : "drops", readings.set_effect,
		         readings.seen_at_once ? "at once" : "at reload", readings.move_needs_target ? "strict" : "free",
		         readings.order, cut == FAKE_NO_CUT ? "no cut" : cut == FAKE_KILL ? "kill" : "power cut", cut_at,
		         problem, device.last_log);
	return device.changes;
}

static void every_situation_under_every_reading(void **state)
{
	(void) state;
	for (size_t s = 0; s < sizeof(situations) / sizeof(situations[0]); s++)
		for (unsigned reading = 0; reading < READINGS; reading++) {
			unsigned changes = play(&situations[s], reading, FAKE_NO_CUT, 0);

			if (device.offline_longest_s > 2 * HOUR_S)
				fail_msg("%s, readings %u: offline for %lld s", situations[s].name, reading,
				         (long long)device.offline_longest_s);
			if (reading == 0)
				print_message("%s: changes=%u reloads=%u persists=%u requests=%u issued=%u\n", situations[s].name, changes,
				              device.reloads, device.persists, device.requests, device.issued);
		}
}

/* A sample for each reading, another one for each, so that together they meet every change; ALL_CUTS=1: all, in minutes. */
static void every_change_may_be_the_last(void **state)
{
	bool all = getenv("ALL_CUTS") != NULL;

	(void) state;
	for (size_t s = 0; s < sizeof(situations) / sizeof(situations[0]); s++)
		for (unsigned reading = 0; reading < READINGS; reading++) {
			unsigned changes = play(&situations[s], reading, FAKE_NO_CUT, 0);
			unsigned step = all || changes < CUTS ? 1 : changes / CUTS;

			for (unsigned at = 1 + reading % step; at <= changes; at += step) {
				(void) play(&situations[s], reading, FAKE_POWER_CUT, at);
				(void) play(&situations[s], reading, FAKE_KILL, at);
			}
		}
}

int main(void)
{
	const char *which = getenv("PLAY"); /* "situation reading cut change": only that one, with the device's log */
	unsigned situation, reading, cut, at;

	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_situation_under_every_reading),
		cmocka_unit_test(every_change_may_be_the_last),
	};

	if (which && sscanf(which, "%u %u %u %u", &situation, &reading, &cut, &at) == 4 &&
	    situation < sizeof(situations) / sizeof(situations[0])) {
		loud = true;
		(void) play(&situations[situation], reading, (enum fake_cut)cut, at);
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
