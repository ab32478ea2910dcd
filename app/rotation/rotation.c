/* The step, the states' names and only writer, the journal's comings and goings. The flows are in files of their own. */
#include "app/rotation/rotation.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "app/rotation/internal.h"

static const char *const state_names[] = {
	[ROT_STARTING] = "starting",
	[ROT_NOT_READY] = "not-ready",
	[ROT_REFUSED] = "refused",
	[ROT_CLOCK_WAIT] = "clock-wait",
	[ROT_RUNNING] = "running",
	[ROT_ROOT_UNMANAGED] = "unmanaged",
	[ROT_ROOT_SETTLED] = "settled",
	[ROT_ROOT_CANDIDATE] = "candidate",
	[ROT_ROOT_TRIAL] = "trial",
	[ROT_ROOT_ARMED] = "armed",
	[ROT_ROOT_CARRIED] = "carried",
	[ROT_ROOT_SWAPPED] = "swapped",
	[ROT_CLIENT_UNMANAGED] = "unmanaged",
	[ROT_CLIENT_SETTLED] = "settled",
	[ROT_CLIENT_MISSING] = "missing",
	[ROT_CLIENT_DUE] = "due",
	[ROT_CLIENT_CANDIDATE] = "candidate",
	[ROT_CLIENT_PREPARED] = "prepared",
	[ROT_CLIENT_TRIAL] = "trial",
	[ROT_CLIENT_SETTLING] = "settling",
};

const char *rot_state_name(enum rot_state state)
{
	return state_names[state];
}

const char *rot_net_name(enum rot_net_slot slot)
{
	switch (slot) {
	case ROT_NET1:
		return ROT_NAME_NET1;
	case ROT_NET2:
		return ROT_NAME_NET2;
	case ROT_TRIAL:
		return ROT_NAME_TRIAL;
	case ROT_NET_OTHER:
		return "other";
	default:
		return "none";
	}
}

void rot_log(struct rotation *r, const char *format, ...)
{
	char line[200];
	va_list args;

	va_start(args, format);
	(void) vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	r->ops->log(r->ops->ctx, line);
}

void rot_enter(struct rotation *r, enum rot_part part, enum rot_state state, const char *reason, ...)
{
	static const char *const part_names[] = { "device", "root", "client" };
	char text[120];
	va_list args;

	if (r->state[part] == state)
		return;
	va_start(args, reason);
	(void) vsnprintf(text, sizeof(text), reason, args);
	va_end(args);
	rot_log(r, "%s: %s -> %s: %s", part_names[part], state_names[r->state[part]], state_names[state], text);
	r->state[part] = state;
}

int64_t rot_failed(struct rotation *r, const char *what, int e)
{
	const struct rot_facts *f = &r->facts;
	uint32_t failures = ++r->hold[r->part].failures;
	int64_t first_s = e == -EAGAIN || e == -ENETDOWN ? ROT_SOON_S : e == -EACCES ? HOUR_S : 10 * MINUTE_S, cap_s = 2 * HOUR_S;

	rot_log(r, "%s failed errno=%d failures=%u", what, -e, (unsigned)failures);
	if (f->cert[ROT_CLIENT1].present && schedule_cap_s(f->cert[ROT_CLIENT1].end_s - f->now_s) < cap_s)
		cap_s = schedule_cap_s(f->cert[ROT_CLIENT1].end_s - f->now_s);
	first_s = schedule_backoff_s(failures, first_s, cap_s, r->ops->random(r->ops->ctx));
	r->hold[r->part].until_s = f->mono_s + first_s;
	return first_s;
}

int rot_result(int result)
{
	if (result >= 0)
		return result;
	return errno > 0 ? -errno : -EIO;
}

int rot_persist(struct rotation *r)
{
	return rot_result(r->ops->persist());
}

int rot_reload(struct rotation *r)
{
	int e = rot_result(r->ops->reload());

	if (e >= 0)
		r->seen = ROT_NET_NONE;
	return e;
}

bool rot_confirmed(const struct rotation *r, enum rot_net_slot slot)
{
	return r->seen == slot && r->facts.connected == slot && r->facts.mono_s - r->seen_since_s >= ROT_CONFIRM_S;
}

bool rot_online(const struct rotation *r)
{
	return r->facts.connected != ROT_NET_NONE || r->facts.ready;
}

int64_t rot_offline_s(const struct rotation *r)
{
	return r->offline_since_s < 0 ? 0 : r->facts.mono_s - r->offline_since_s;
}

int64_t rot_look_s(int64_t waited_s)
{
	if (waited_s < 2 * MINUTE_S)
		return ROT_SOON_S;
	return waited_s < 10 * MINUTE_S ? 30 : waited_s < 2 * HOUR_S ? 5 * MINUTE_S : 30 * MINUTE_S;
}

int64_t rot_offline_poll_s(const struct rotation *r)
{
	return rot_offline_s(r) < HOUR_S ? 5 * MINUTE_S : 30 * MINUTE_S;
}

/* ---- Journal --------------------------------------------------------------------------------------------------------- */

static void journal_load(struct rotation *r)
{
	uint8_t slots[JOURNAL_SLOT_STRIDE + JOURNAL_RECORD_SIZE];
	ssize_t length = r->ops->journal_read(r->ops->ctx, slots, sizeof(slots));

	if (length < 0)
		rot_log(r, "journal: cannot be read errno=%d", (int)-length);
	if (!journal_choose(slots, length > 0 ? (size_t)length : 0, &r->journal))
		rot_log(r, "journal: none");
	r->journal_saved = r->journal;
}

void rot_journal_flush(struct rotation *r)
{
	uint8_t record[JOURNAL_RECORD_SIZE];
	int e;

	if (memcmp(&r->journal, &r->journal_saved, sizeof(r->journal)) == 0)
		return;
	r->journal.sequence++;
	journal_encode(&r->journal, record);
	e = r->ops->journal_write(r->ops->ctx, journal_slot_offset(r->journal.sequence), record, sizeof(record));
	if (e < 0)
		rot_log(r, "journal: cannot be written errno=%d", -e);
	r->journal_saved = r->journal;
}

void rot_under_way(struct rotation *r, uint32_t flag, bool on)
{
	if (on)
		r->journal.under_way |= flag;
	else
		r->journal.under_way &= ~flag;
	rot_journal_flush(r);
}

/* ---- The step -------------------------------------------------------------------------------------------------------- */

void rot_init(struct rotation *r, const struct rot_ops *ops, const struct rot_source *source, const struct rot_config *config)
{
	uint32_t hash = 2166136261u;

	memset(r, 0, sizeof(*r));
	r->ops = ops;
	r->source = source;
	r->config = *config;
	for (const char *p = config->identity ? config->identity : ""; *p; p++)
		hash = (hash ^ (uint8_t)*p) * 16777619u;
	r->spread = (uint8_t)(hash >> 24);
	r->state[ROT_PART_DEVICE] = ROT_STARTING;
	r->state[ROT_PART_ROOT] = ROT_ROOT_SETTLED;
	r->state[ROT_PART_CLIENT] = ROT_CLIENT_SETTLED;
	r->seen = ROT_NET_NONE;
	r->offline_since_s = -1;
	r->root.swapped_at_s = -1;
}

/* What the journal says to finish: a process killed between a change, its PersistConfig and its ReloadConfig. */
static int64_t finish_under_way(struct rotation *r)
{
	const struct rot_facts *f = &r->facts;
	uint32_t done = r->journal.under_way & (JOURNAL_UNDER_WAY_ROOT | JOURNAL_UNDER_WAY_CLIENT);
	int e;

	/* A flow that is at it, or tries again after a failure, will get to it. */
	if (f->net[ROT_NET2].id >= 0 || r->hold[ROT_PART_ROOT].failures > 0)
		done &= ~(uint32_t)JOURNAL_UNDER_WAY_ROOT;
	if (r->hold[ROT_PART_CLIENT].failures > 0)
		done &= ~(uint32_t)JOURNAL_UNDER_WAY_CLIENT;
	if (done == 0 || rot_client_on_networks(r))
		return 0;
	e = rot_persist(r);
	if (e >= 0)
		e = rot_reload(r);
	if (e < 0)
		return rot_failed(r, "persist and reload", e);
	rot_under_way(r, done, false);
	rot_log(r, "finished what was under way=%u", (unsigned)done);
	return ROT_SOON_S;
}

/* One part, unless it waits after a failure; so one that fails does not hold up the other, nor is it driven by it. */
static int64_t step_part(struct rotation *r, enum rot_part part, int64_t (*step)(struct rotation *r))
{
	const uint32_t failures = r->hold[part].failures;
	int64_t wait_s = r->hold[part].until_s - r->facts.mono_s;

	if (failures > 0 && wait_s > 0)
		return wait_s;
	r->part = part;
	wait_s = step(r);
	if (r->hold[part].failures == failures)
		r->hold[part].failures = 0;
	return wait_s;
}

static int64_t min_s(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

int64_t rot_step(struct rotation *r, enum rot_event event)
{
	int64_t wait_s;
	int e;

	if (event == ROT_EVENT_START)
		journal_load(r);
	e = rot_derive(r);
	if (e < 0) {
		rot_enter(r, ROT_PART_DEVICE, e == -EACCES ? ROT_REFUSED : ROT_NOT_READY, "errno=%d", -e);
		if (e == -EACCES)
			return HOUR_S;
		/* A device that boots is ready soon; one that still is not has a trouble that looking does not mend. */
		if (r->not_ready_count++ < 12)
			return 5;
		return schedule_backoff_s(r->not_ready_count - 12, MINUTE_S, 30 * MINUTE_S, r->ops->random(r->ops->ctx));
	}
	r->not_ready_count = 0;
	if (event == ROT_EVENT_NEW_ROOT)
		r->root.poll_at_s = r->facts.mono_s;
	if (rot_in_place(r)) {
		wait_s = step_part(r, ROT_PART_DEVICE, rot_in_place_step);
		rot_journal_flush(r);
		return wait_s;
	}
	wait_s = rot_clock(r);
	if (wait_s > 0) {
		/* The server's certificate is refused: the clock may be why, or the root. Two networks would be tried with each guess. */
		int64_t trial_s = r->clock.guess != 0 && !rot_client_on_networks(r) ? step_part(r, ROT_PART_DEVICE, rot_in_place_root) : 0;

		rot_journal_flush(r);
		return trial_s > 0 ? min_s(wait_s, trial_s) : wait_s;
	}
	rot_enter(r, ROT_PART_DEVICE, ROT_RUNNING, "connected=%s", rot_net_name(r->facts.connected));

	wait_s = step_part(r, ROT_PART_DEVICE, finish_under_way);
	if (wait_s == 0 && !rot_client_on_networks(r))
		wait_s = step_part(r, ROT_PART_DEVICE, rot_in_place_root);
	if (wait_s == 0) {
		wait_s = r->config.poll_s;
		if (rot_client_on_networks(r)) {
			wait_s = min_s(wait_s, step_part(r, ROT_PART_CLIENT, rot_client_step));
		} else {
			wait_s = min_s(wait_s, step_part(r, ROT_PART_ROOT, rot_root_step));
			/* What the root flow changed must be read again before anything rests on it. */
			if (wait_s > ROT_SOON_S)
				wait_s = min_s(wait_s, step_part(r, ROT_PART_CLIENT, rot_client_step));
		}
		if ((r->journal.under_way & JOURNAL_UNDER_WAY_NO_ROOM) && r->facts.cert[ROT_ROOT2].present)
			wait_s = min_s(wait_s, HOUR_S); /* a trial in place is only made offline, and nobody else notices */
		/* Also where there is an address and no connection: what the flows wait for is a connection. */
		if (r->facts.connected == ROT_NET_NONE)
			wait_s = min_s(wait_s, rot_offline_poll_s(r));
	}
	rot_journal_flush(r);
	return wait_s > 0 ? wait_s : 1;
}

int64_t rotation_notify_new_root(struct rotation *r)
{
	return rot_step(r, ROT_EVENT_NEW_ROOT);
}
