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
#define CALLS_PER_DAY 5000u
#define WRITES_PER_DAY 40u
#define REQUESTS_PER_DAY 100u
#define CUTS 4u /* per reading and situation */
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
	unsigned reloads;
	int next = fake_credential(f, true, f->now_s, f->now_s + 3650 * DAY_S);

	f->issuer_root = next;
	fake_run(f, 30 * DAY_S);
	if (!fake_net(f, ROT_NAME_NET2))
		return broken_or(f, "Network2 does not wait for the roll-over");
	reloads = f->reloads;
	fake_restart(f);
	fake_run(f, DAY_S);
	if (f->cut_at == 0 && f->reloads != reloads)
		return "a new start cost a connection";
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

/* The issuer is away from before the renewal is due until after the certificate has expired; the access point does not
 * re-authenticate, so the session outlives the certificate. */
static const char *issuer_away(struct fake *f)
{
	int before = fake_stored(f, ROT_ID_CLIENT1);

	f->reauth_s = 0;
	f->issuer_up = false;
	fake_run(f, 100 * DAY_S);
	if (f->offline_longest_s > MINUTE_S)
		return broken_or(f, "the session was cut although there was nothing to try");
	f->issuer_up = true;
	fake_run(f, 4 * HOUR_S);
	if (fake_stored(f, ROT_ID_CLIENT1) == before)
		return broken_or(f, "not renewed within hours of the repair");
	return broken_or(f, fake_not_settled(f));
}

/* What the source says is not what was asked for. */
static const char *source_lies(struct fake *f)
{
	f->issuer_garbage = "<html>Please log in to the guest network.</html>";
	fake_run(f, 70 * DAY_S);
	if (f->installs != 0)
		return "garbage was installed";
	f->issuer_garbage = NULL;
	fake_run(f, 10 * DAY_S);
	if (f->issued == 0)
		return broken_or(f, "not renewed after the repair");
	return broken_or(f, fake_not_settled(f));
}

/* RADIUS dies for three days and comes back with the new root. */
static const char *silence_at_cutover(struct fake *f)
{
	int next = fake_credential(f, true, f->now_s, f->now_s + 3650 * DAY_S);

	f->issuer_root = next;
	fake_run(f, 10 * DAY_S);
	f->radius_up = false;
	fake_run(f, 3 * DAY_S);
	f->radius_up = true;
	f->radius_root = next;
	fake_run(f, 5 * DAY_S);
	if (fake_stored(f, ROT_ID_ROOT1) != next)
		return broken_or(f, "RootCA1 is not the new root");
	return broken_or(f, fake_not_settled(f));
}

/* No battery: each power loss sets the clock to 1970. RADIUS has no certificate younger than the device's. */
static const char *no_battery(struct fake *f)
{
	for (int i = 0; i < 3; i++) {
		fake_run(f, 30 * DAY_S);
		f->clock_offset_s = -f->now_s;
		fake_reboot(f);
		fake_run(f, 2 * HOUR_S);
		if (f->connected < 0 || f->clock_offset_s != 0)
			return broken_or(f, "did not find its way back");
	}
	fake_run(f, 5 * DAY_S);
	if (f->issued == 0)
		return broken_or(f, "the client certificate was not renewed");
	return broken_or(f, fake_not_settled(f));
}

/* As above, but RADIUS has got a new certificate while the power was away: younger than any date that the device knows. */
static const char *no_battery_young_server(struct fake *f)
{
	fake_run(f, 10 * DAY_S);
	f->now_s += 100 * DAY_S;
	f->server_since_s = f->now_s - DAY_S;
	f->clock_offset_s = -f->now_s;
	fake_reboot(f);
	fake_run(f, 6 * HOUR_S);
	if (f->connected < 0 || f->clock_offset_s != 0)
		return broken_or(f, "did not find its way back");
	return broken_or(f, fake_not_settled(f));
}

/* As above, and the power is away until the certificate in service has expired, its successor stored but not valid when last
 * seen: it must be tried all the same. */
static const char *no_battery_in_trial(struct fake *f)
{
	f->issuer_start_s = 25 * DAY_S;
	fake_run(f, 62 * DAY_S);
	if (!fake_stored(f, ROT_ID_CLIENT2))
		return broken_or(f, "no certificate in advance");
	f->now_s += 70 * DAY_S;
	f->clock_offset_s = -f->now_s;
	fake_reboot(f);
	f->issuer_start_s = -HOUR_S;
	fake_run(f, 6 * HOUR_S);
	if (f->connected < 0)
		return broken_or(f, "the successor was not tried");
	fake_run(f, 2 * DAY_S);
	return broken_or(f, fake_not_settled(f));
}

/* The clock jumps ten years ahead, and when the connection goes RADIUS's certificate has ended by it; found out at the daily look. */
static const char *jumped_ahead(struct fake *f)
{
	fake_run(f, 10 * DAY_S);
	f->clock_offset_s = 3650 * DAY_S;
	fake_run(f, 3 * DAY_S);
	if (f->connected < 0 || f->clock_offset_s != 0)
		return broken_or(f, "did not find its way back");
	return broken_or(f, f->issued > 0 ? "a certificate was asked for by a date that cannot be" : fake_not_settled(f));
}

/* The same at a boot: nothing but the journal knows better. */
static const char *boots_ahead(struct fake *f)
{
	fake_run(f, 10 * DAY_S);
	f->clock_offset_s = 70 * 365 * DAY_S;
	fake_reboot(f);
	fake_run(f, 2 * HOUR_S);
	if (f->connected < 0 || f->clock_offset_s != 0)
		return broken_or(f, "did not find its way back");
	return broken_or(f, fake_not_settled(f));
}

/* No battery and no time server, ever: what the issuer gives out tells the time, so the next renewal comes when it is due. */
static const char *no_time_server(struct fake *f)
{
	f->time_sync = false;
	f->issuer_life_s = 90 * DAY_S;
	fake_run(f, 10 * DAY_S);
	f->clock_offset_s = -f->now_s;
	fake_reboot(f);
	fake_run(f, 6 * HOUR_S);
	if (f->connected < 0)
		return broken_or(f, "did not find its way back");
	if (f->issued == 0 || f->clock_offset_s > 2 * HOUR_S || f->clock_offset_s < -2 * HOUR_S)
		return broken_or(f, "does not know what time it is");
	fake_run(f, 60 * DAY_S);
	return broken_or(f, f->issued < 2 ? "not renewed when due" : fake_not_settled(f));
}

/* The first certificates begin only after the one in service has ended; in time the issuer gives better ones. */
static const char *valid_too_late(struct fake *f)
{
	f->issuer_start_s = 40 * DAY_S;
	fake_run(f, 70 * DAY_S);
	if (!fake_stored(f, ROT_ID_CLIENT2))
		return broken_or(f, "the late certificate is not kept");
	f->issuer_start_s = -HOUR_S;
	fake_run(f, 3 * DAY_S);
	return broken_or(f, f->issued < 2 ? "no better one was asked for" : fake_not_settled(f));
}

/* No second network can be had, neither for the new client certificate nor for the new root: both are tried in place. */
static const char *no_room(struct fake *f)
{
	int before = fake_stored(f, ROT_ID_CLIENT1), next = fake_credential(f, true, f->now_s, f->now_s + 3650 * DAY_S);

	f->readings.max_networks = 1;
	fake_run(f, 70 * DAY_S);
	if (fake_stored(f, ROT_ID_CLIENT1) == before)
		return broken_or(f, "the client certificate was not renewed");
	f->issuer_root = next;
	fake_run(f, 3 * DAY_S);
	f->radius_root = next;
	fake_run(f, 7 * DAY_S);
	return broken_or(f, fake_stored(f, ROT_ID_ROOT1) != next ? "RootCA1 is not the new root" : fake_not_settled(f));
}

/* The same, and the operator goes back to the old root some hours later, the announcement with him; then all once more. */
static const char *no_room_rolled_back(struct fake *f)
{
	int before = fake_stored(f, ROT_ID_ROOT1), next = fake_credential(f, true, f->now_s, f->now_s + 3650 * DAY_S);

	f->readings.max_networks = 1;
	f->issuer_root = next;
	fake_run(f, 3 * DAY_S);
	f->radius_root = next;
	fake_run(f, 20 * HOUR_S);
	f->radius_root = before;
	fake_run(f, 2 * DAY_S);
	if (fake_stored(f, ROT_ID_ROOT1) != before)
		return broken_or(f, "RootCA1 was replaced although the server went back");
	f->issuer_root = before;
	fake_run(f, 3 * DAY_S);
	if (fake_not_settled(f))
		return broken_or(f, fake_not_settled(f));
	f->issuer_root = next;
	fake_run(f, 3 * DAY_S);
	f->radius_root = next;
	fake_run(f, 7 * DAY_S);
	return broken_or(f, fake_stored(f, ROT_ID_ROOT1) != next ? "RootCA1 is not the new root" : fake_not_settled(f));
}

/* A device that takes settings in at a reload only, and drops what was not saved: nothing can be tried in place. The server goes to and fro,
 * so that Network1 connects by RootCA1 while its setting says RootCA2; that must prove nothing. Then there is room. */
static const char *no_room_and_inert(struct fake *f)
{
	int before = fake_stored(f, ROT_ID_ROOT1), next = fake_credential(f, true, f->now_s, f->now_s + 3650 * DAY_S);

	f->readings.max_networks = 1;
	f->readings.set_effect = 2;
	f->readings.reload_keeps = false;
	f->readings.enabling_is_no_reload = true;
	f->reauth_s = HOUR_S;
	f->issuer_root = next;
	fake_run(f, 3 * DAY_S);
	for (int i = 0; i < 200; i++) {
		f->radius_root = i % 2 ? before : next;
		fake_run(f, (i % 2 ? 1 : 90 + i) * MINUTE_S);
	}
	if (fake_stored(f, ROT_ID_ROOT1) != before)
		return broken_or(f, "an unproven root took over");
	f->radius_root = next;
	f->readings.max_networks = 10;
	fake_run(f, 5 * DAY_S);
	return broken_or(f, fake_stored(f, ROT_ID_ROOT1) != next ? "RootCA1 is not the new root" : fake_not_settled(f));
}

static const struct situation {
	const char *name;
	play_fn *play;
	int64_t client_life_s;
	int64_t offline_s; /* longest time without connection that is right */
	bool session_is_vital; /* a power cut loses the device, whatever it does */
} situations[] = {
	{ "client update", client_update, 90 * DAY_S, 5 * MINUTE_S, false },
	{ "root update", root_update, 900 * DAY_S, 5 * MINUTE_S, false },
	{ "both at once", both, 90 * DAY_S, 5 * MINUTE_S, false },
	{ "refused, then good", refused_then_good, 90 * DAY_S, 5 * MINUTE_S, false },
	{ "not yet valid", not_yet_valid, 90 * DAY_S, 5 * MINUTE_S, false },
	{ "rolled back", rolled_back, 900 * DAY_S, 5 * MINUTE_S, false },
	{ "issuer away", issuer_away, 90 * DAY_S, 15 * MINUTE_S, true },
	{ "source lies", source_lies, 90 * DAY_S, 5 * MINUTE_S, false },
	{ "silence at cutover", silence_at_cutover, 900 * DAY_S, 4 * DAY_S, false },
	{ "jumped ahead", jumped_ahead, 200 * DAY_S, 25 * HOUR_S, false },
	{ "boots ahead", boots_ahead, 200 * DAY_S, 30 * MINUTE_S, false },
	{ "no battery", no_battery, 120 * DAY_S, HOUR_S, false },
	{ "no time server", no_time_server, 90 * DAY_S, HOUR_S, false },
	{ "no battery, young server", no_battery_young_server, 900 * DAY_S, 101 * DAY_S, false },
	{ "no battery in trial", no_battery_in_trial, 90 * DAY_S, 75 * DAY_S, false },
	{ "valid too late", valid_too_late, 90 * DAY_S, 5 * MINUTE_S, false },
	{ "no room", no_room, 90 * DAY_S, 75 * MINUTE_S, false },
	{ "no room, rolled back", no_room_rolled_back, 900 * DAY_S, 2 * HOUR_S, false },
	{ "no room, nothing to be tried", no_room_and_inert, 900 * DAY_S, 40 * DAY_S, false },
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

			if (device.worst.calls > CALLS_PER_DAY || device.worst.writes > WRITES_PER_DAY ||
			    device.worst.requests > REQUESTS_PER_DAY)
				fail_msg("%s, readings %u: calls=%u writes=%u requests=%u in one day", situations[s].name, reading,
				         device.worst.calls, device.worst.writes, device.worst.requests);
			if (device.offline_longest_s > situations[s].offline_s)
				fail_msg("%s, readings %u: offline for %lld s", situations[s].name, reading,
				         (long long)device.offline_longest_s);
			if (reading == 0)
				print_message("%s: changes=%u reloads=%u persists=%u requests=%u issued=%u; worst day: calls=%u "
				              "writes=%u requests=%u\n", situations[s].name, changes, device.reloads, device.persists,
				              device.requests, device.issued, device.worst.calls, device.worst.writes,
				              device.worst.requests);
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
				if (!situations[s].session_is_vital)
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
