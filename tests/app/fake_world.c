/* See fake_device.h: the supplicant, the program's own calls, the passing of time. */
#include "tests/app/fake_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/rotation/names.h"
#include "app/rotation/schedule.h"

/* ---- Supplicant ------------------------------------------------------------------------------------------------------------ */

static int seen_credential(struct fake *f, const char *id)
{
	struct fake_cert *c = fake_find_cert(f->readings.seen_at_once ? f->certs : f->seen, id);

	return c ? c->credential : 0;
}

static bool valid_at(const struct fake_credential *c, int64_t at_s)
{
	return c->not_before_s <= at_s && at_s <= c->not_after_s;
}

/* What the device makes of the server, by its own clock. */
static bool trusted(const struct fake *f, int root)
{
	int64_t at_s = f->now_s + f->clock_offset_s;

	return root == f->radius_root && valid_at(&f->credentials[root], at_s) && at_s >= f->server_since_s;
}

static bool accepted(struct fake *f, int root, int client)
{
	return f->radius_up && root != 0 && client != 0 && trusted(f, root) && !f->credentials[client].root &&
	       valid_at(&f->credentials[client], f->now_s) && !f->credentials[client].refused;
}

void fake_disconnect(struct fake *f)
{
	if (f->connected >= 0)
		f->offline_since_s = f->now_s;
	f->connected = -1;
	f->attempt_at_s = f->now_s + 1;
}

static bool is_stored(const struct fake *f, int credential)
{
	for (size_t i = 0; i < FAKE_CERTS; i++)
		if (f->certs[i].credential == credential)
			return true;
	return false;
}

static void note_pair(struct fake *f)
{
	for (int i = 0; i < f->pair_count; i++)
		if (f->pairs[i].root == f->worked_root && f->pairs[i].client == f->worked_client)
			return;
	f->pairs[f->pair_count].root = f->worked_root;
	f->pairs[f->pair_count++].client = f->worked_client;
}

/* What connected by a copy of what is stored no more (moved over, and not reloaded yet) was lost earlier, or rightly replaced. */
static void note_success(struct fake *f)
{
	if (is_stored(f, f->connected_root))
		f->worked_root = f->connected_root;
	if (is_stored(f, f->connected_client))
		f->worked_client = f->connected_client;
	note_pair(f);
}

static bool is_saved(const struct fake *f, int root, int client)
{
	for (size_t i = 0; i < FAKE_NETS; i++)
		if (f->saved[i].used && f->saved[i].enabled && fake_stored(f, f->saved[i].root) == root &&
		    fake_stored(f, f->saved[i].client) == client)
			return true;
	return false;
}

/* What worked by settings that were not saved when the power went: then what is saved counts, if that has ever worked. */
static void note_power_loss(struct fake *f)
{
	for (int i = 0; i < f->pair_count && !is_saved(f, f->worked_root, f->worked_client); i++)
		if (is_saved(f, f->pairs[i].root, f->pairs[i].client)) {
			f->worked_root = f->pairs[i].root;
			f->worked_client = f->pairs[i].client;
		}
}

static bool goes_before(const struct fake *f, const struct fake_net *a, const struct fake_net *b)
{
	if (f->readings.order == 1 && a->turn != b->turn)
		return a->turn > b->turn;
	return f->readings.order == 2 ? a->id > b->id : a->id < b->id;
}

/* The device sees the server's certificate first; only then does the server see the device's. */
static void diagnose(struct fake *f, struct fake_net *n, int root, int client)
{
	n->error = f->radius_up ? 5 : 1;
	n->failed_s = f->now_s + f->clock_offset_s;
	n->cert_error = 0;
	if (!f->radius_up)
		return;
	if (root == 0 || client == 0)
		n->cert_error = 100;
	else if (!trusted(f, root))
		n->cert_error = 101;
	else
		n->cert_error = 102;
}

static void attempt(struct fake *f)
{
	struct fake_net *best = NULL;
	int64_t next_s = f->now_s + 3600;
	int root, client;

	for (size_t i = 0; i < FAKE_NETS; i++) {
		struct fake_net *n = &f->nets[i];

		if (!n->used || !n->enabled)
			continue;
		if (n->aside_until_s > f->now_s) {
			if (n->aside_until_s < next_s)
				next_s = n->aside_until_s;
		} else if (!best || goes_before(f, n, best)) {
			best = n;
		}
	}
	f->attempt_at_s = next_s;
	if (!best)
		return;
	root = seen_credential(f, best->root_in_use);
	client = seen_credential(f, best->client_in_use);
	if (!accepted(f, root, client)) {
		static const int waits_s[] = { 10, 20, 30, 60, 60, 90, 90, 90, 90, 90, 120 };

		best->aside_until_s = f->now_s + waits_s[best->failures < 10 ? best->failures : 10];
		best->failures++;
		diagnose(f, best, root, client);
		f->attempt_at_s = f->now_s + 1;
		return;
	}
	if (f->now_s - f->offline_since_s > f->offline_longest_s)
		f->offline_longest_s = f->now_s - f->offline_since_s;
	f->connected = best->id;
	f->connected_root = root;
	f->connected_client = client;
	note_success(f);
	f->carried_by_net2 |= strcmp(best->name, ROT_NAME_NET2) == 0;
	for (size_t i = 0; i < FAKE_NETS; i++)
		f->nets[i].failures = 0, f->nets[i].aside_until_s = 0;
	best->turn = ++f->turns;
	best->error = 0;
	f->reauth_at_s = f->reauth_s ? f->now_s + f->reauth_s : INT64_MAX;
	if (f->time_sync)
		f->clock_offset_s = 0;
	if (f->verbose)
		printf("%lld connected %s root=%d client=%d\n", (long long)f->now_s, best->name, root, client);
}

static void supplicant(struct fake *f)
{
	while (f->connected < 0 && f->attempt_at_s <= f->now_s)
		attempt(f);
	if (f->connected >= 0 && f->reauth_at_s <= f->now_s) {
		f->reauth_at_s = f->reauth_s ? f->now_s + f->reauth_s : INT64_MAX;
		if (!accepted(f, f->connected_root, f->connected_client)) {
			fake_disconnect(f);
		} else {
			note_success(f);
		}
	}
}

void fake_take_settings(struct fake_net *n)
{
	memcpy(n->root_in_use, n->root, sizeof(n->root));
	memcpy(n->client_in_use, n->client, sizeof(n->client));
}

void fake_start_over(struct fake *f)
{
	memcpy(f->seen, f->certs, sizeof(f->seen));
	for (size_t i = 0; i < FAKE_NETS; i++) {
		fake_take_settings(&f->nets[i]);
		f->nets[i].aside_until_s = 0;
		f->nets[i].failures = 0;
	}
	fake_disconnect(f);
}

/* ---- The program's part ------------------------------------------------------------------------------------------------------ */

static int64_t wall_s(void *ctx)
{
	struct fake *f = ctx;

	return f->now_s + f->clock_offset_s;
}

static int64_t mono_s(void *ctx)
{
	return ((struct fake *)ctx)->now_s;
}

static uint32_t chance(void *ctx)
{
	struct fake *f = ctx;

	f->chance = f->chance * 1664525u + 1013904223u;
	return f->chance >> 8;
}

static int set_clock(void *ctx, int64_t wall)
{
	struct fake *f = ctx;

	fake_about_to_change(f);
	f->clock_offset_s = wall - f->now_s;
	return 0;
}

static ssize_t journal_read(void *ctx, uint8_t *buffer, size_t capacity)
{
	struct fake *f = ctx;

	if (capacity > sizeof(f->journal))
		capacity = sizeof(f->journal);
	memcpy(buffer, f->journal, capacity);
	return (ssize_t)capacity;
}

static int journal_write(void *ctx, size_t offset, const uint8_t *record, size_t length)
{
	struct fake *f = ctx;

	if (offset + length > sizeof(f->journal))
		return -ENOSPC;
	/* A cut tears the record. */
	memcpy(f->journal + offset, record, length / 2);
	fake_about_to_change(f);
	fake_count(f, WRITE);
	memcpy(f->journal + offset, record, length);
	return 0;
}

static void log_line(void *ctx, const char *line)
{
	struct fake *f = ctx;

	(void) snprintf(f->last_log, sizeof(f->last_log), "%s", line);
	if (f->verbose)
		printf("%lld %s\n", (long long)f->now_s, line);
}

static int answer(struct fake *f, char *body, size_t capacity, size_t *ret_length, const char *text)
{
	f->requests++;
	fake_count(f, REQUEST);
	if (!f->issuer_up || f->connected < 0)
		return -EHOSTUNREACH;
	if (f->issuer_garbage)
		text = f->issuer_garbage;
	*ret_length = strlen(text);
	if (*ret_length > capacity)
		return -EMSGSIZE;
	memcpy(body, text, *ret_length);
	return 0;
}

static int current_root(void *ctx, char *body, size_t capacity, size_t *ret_length)
{
	struct fake *f = ctx;
	char text[128];

	(void) snprintf(text, sizeof(text), "-----BEGIN CERTIFICATE-----\n%d\n-----END CERTIFICATE-----\n", f->issuer_root);
	return answer(f, body, capacity, ret_length, text);
}

static int new_client(void *ctx, const char *identity, char *body, size_t capacity, size_t *ret_length)
{
	struct fake *f = ctx;
	char text[256];
	int n;

	if (strcmp(identity, "device-0001") != 0)
		return -EACCES;
	if (f->issuer_up && f->connected >= 0 && !f->issuer_garbage) {
		n = fake_credential(f, false, f->now_s + f->issuer_start_s, f->now_s + f->issuer_start_s + f->issuer_life_s);
		f->credentials[n].refused = f->issuer_refused_certs;
		f->issued++;
		(void) snprintf(text, sizeof(text), "-----BEGIN CERTIFICATE-----\n%d\n-----END CERTIFICATE-----\n"
		                "-----BEGIN PRIVATE KEY-----\n%d\n-----END PRIVATE KEY-----\n", n, n);
	} else {
		text[0] = '\0';
	}
	return answer(f, body, capacity, ret_length, text);
}

/* ---- The run --------------------------------------------------------------------------------------------------------------------- */

void fake_restart(struct fake *f)
{
	rot_init(&f->rotation, &f->ops, &f->source, &f->config);
	f->running = false;
	f->step_at_s = f->now_s + 1;
}

void fake_reboot(struct fake *f)
{
	note_power_loss(f);
	memcpy(f->nets, f->saved, sizeof(f->nets));
	for (size_t i = 0; i < FAKE_NETS; i++)
		f->nets[i].turn = 0;
	f->turns = 0;
	fake_start_over(f);
	fake_restart(f);
}

void fake_run(struct fake *f, int64_t seconds)
{
	volatile int64_t end_s = f->now_s + seconds;

	fake_the = f;
	while (f->now_s < end_s) {
		int64_t next_s = f->step_at_s < end_s ? f->step_at_s : end_s;
		int64_t other_s = f->connected < 0 ? f->attempt_at_s : f->reauth_at_s;

		if (other_s < next_s)
			next_s = other_s;
		f->now_s = next_s > f->now_s ? next_s : f->now_s;
		supplicant(f);
		if (f->step_at_s > f->now_s)
			continue;
		if (setjmp(f->cut_jump) != 0) {
			enum fake_cut cut = f->cut;

			f->cut = FAKE_NO_CUT;
			if (cut == FAKE_POWER_CUT)
				fake_reboot(f);
			else
				fake_restart(f);
			continue;
		}
		f->step_at_s = f->now_s + rot_step(&f->rotation, f->running ? ROT_EVENT_TICK : ROT_EVENT_START);
		f->running = true;
	}
	if (f->connected < 0 && f->now_s - f->offline_since_s > f->offline_longest_s)
		f->offline_longest_s = f->now_s - f->offline_since_s;
}

void fake_init(struct fake *f, const struct fake_readings *readings, int64_t client_life_s)
{
	struct fake_net *n = &f->nets[0];
	int root, client;

	memset(f, 0, sizeof(*f));
	fake_the = f;
	f->readings = *readings;
	f->now_s = 1767225600; /* 2026-01-01 */
	fake_applibs(&f->ops);
	f->ops.ctx = f;
	f->ops.wall_s = wall_s;
	f->ops.mono_s = mono_s;
	f->ops.random = chance;
	f->ops.set_clock = set_clock;
	f->ops.journal_read = journal_read;
	f->ops.journal_write = journal_write;
	f->ops.log = log_line;
	f->source = (struct rot_source){ .ctx = f, .current_root = current_root, .new_client = new_client };
	f->config = (struct rot_config){ .poll_s = DAY_S, .renew_before_s = 28 * DAY_S, .root_grace_s = DAY_S };
	f->time_sync = f->radius_up = f->issuer_up = true;
	f->chance = 1;
	f->reauth_s = DAY_S;
	root = fake_credential(f, true, f->now_s - 5 * 365 * DAY_S, f->now_s + 5 * 365 * DAY_S);
	client = fake_credential(f, false, f->now_s - DAY_S, f->now_s + client_life_s);
	f->radius_root = f->issuer_root = root;
	f->issuer_life_s = 365 * DAY_S;
	f->issuer_start_s = -3600;
	f->certs[0] = (struct fake_cert){ ROT_ID_ROOT1, root };
	f->certs[1] = (struct fake_cert){ ROT_ID_CLIENT1, client };
	*n = (struct fake_net){ .used = true, .enabled = true, .name = ROT_NAME_NET1, .root = ROT_ID_ROOT1,
		                .client = ROT_ID_CLIENT1 };
	memcpy(f->saved, f->nets, sizeof(f->saved));
	f->connected = -1;
	f->offline_since_s = f->now_s;
	fake_reboot(f);
}

const char *fake_not_settled(struct fake *f)
{
	struct fake_net *n = fake_net(f, ROT_NAME_NET1);

	if (!n || fake_net(f, ROT_NAME_NET2) || fake_net(f, ROT_NAME_TRIAL))
		return "networks are left over, or Network1 is gone";
	if (strcmp(n->root, ROT_ID_ROOT1) != 0 || strcmp(n->client, ROT_ID_CLIENT1) != 0 || !n->enabled)
		return "Network1 is not as it was";
	if (fake_stored(f, ROT_ID_ROOT2) || fake_stored(f, ROT_ID_CLIENT2))
		return "certificates are left over";
	for (size_t i = 0; i < FAKE_NETS; i++)
		if (f->saved[i].used != f->nets[i].used || strcmp(f->saved[i].client, f->nets[i].client) != 0 ||
		    strcmp(f->saved[i].root, f->nets[i].root) != 0 || f->saved[i].enabled != f->nets[i].enabled)
			return "what runs is not what is saved";
	if (f->connected != n->id)
		return "not connected to Network1";
	if (f->connected_root != fake_stored(f, ROT_ID_ROOT1) || f->connected_client != fake_stored(f, ROT_ID_CLIENT1))
		return "connected with other certificates than those stored";
	return NULL;
}
