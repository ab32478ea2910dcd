/* Trials in place: where the configuration has no room for a second network, Network1 itself tries the new certificate.
 *
 * Nothing of a trial is saved, so flash leads to what has worked until the new one has worked, too: a power cut, or a reload, ends a trial and
 * brings it back. But a reload may drop what is not saved, so there can be none between the setting and the connection that proves it, and
 * some devices may take settings in at a reload only. Then Network1 would be on the old certificate while it says the new one, and a
 * connection would prove nothing. So the device is asked first: with the identifier of a certificate that is not there, Network1 must
 * fail for want of it. A device on which it does not is left alone, and waits for somebody who makes room.
 *
 * A root is tried only while the device is offline because the one in use does not fit; a client certificate, when a pair of networks
 * would have tried it. A trial takes minutes and ends with Network1 as it was. That one is under way is in the journal, since
 * a process that dies in it leaves its settings to the next.
 */
#include <errno.h>
#include <string.h>

#include "app/rotation/internal.h"

#define ID_ABSENT "NoSuchCert" /* nobody stores anything under it */
#define ERROR_AUTHENTICATION 5 /* WifiConfig diagnostics: EAP-TLS failed, */
#define CERT_ERROR_MISSING 100 /* a certificate is not there */
#define WAIT_S (2 * MINUTE_S)  /* for the outcome of a step; the OS tries at once, and again within a minute */
#define OFFLINE_S (10 * MINUTE_S)
#define AGAIN_FIRST_S (10 * MINUTE_S)
#define AGAIN_MAX_S (4 * HOUR_S)
#define INERT_S (12 * HOUR_S) /* on a device that cannot try in place */

bool rot_in_place(const struct rotation *r)
{
	return (r->journal.under_way & JOURNAL_UNDER_WAY_IN_PLACE) != 0;
}

static int set(struct rotation *r, bool client, const char *id)
{
	const int net1 = r->facts.net[ROT_NET1].id;

	return rot_result(client ? r->ops->set_client(net1, id) : r->ops->set_root(net1, id));
}

/* Enabled anew, a network takes its settings as they are, and is tried at once. */
static int offer(struct rotation *r, const char *id)
{
	const int net1 = r->facts.net[ROT_NET1].id;
	int e = rot_result(r->ops->set_enabled(net1, false));

	if (e >= 0)
		e = set(r, r->in_place.client, id);
	if (e >= 0)
		e = rot_result(r->ops->set_enabled(net1, true));
	r->seen = ROT_NET_NONE;
	r->in_place.since_s = r->facts.mono_s;
	return e;
}

/* Has Network1 to have RootCA2 in the end, as it had before? */
static bool has_root2(const struct rotation *r)
{
	return (r->journal.under_way & JOURNAL_UNDER_WAY_ROOT2) != 0;
}

/* No longer something to be undone; what part comes next is noted with it, in one write. */
static void done(struct rotation *r, uint32_t next)
{
	r->in_place.phase = ROT_IN_PLACE_NONE;
	r->journal.under_way &= ~(uint32_t)(JOURNAL_UNDER_WAY_IN_PLACE | JOURNAL_UNDER_WAY_ROOT2);
	rot_under_way(r, next, true);
}

/* Network1 as it was, which flash has, unless another program has saved what it saw: so there is a second look. */
static int64_t restore(struct rotation *r)
{
	const struct rot_facts *f = &r->facts;
	const bool again = r->in_place.phase == ROT_IN_PLACE_RESTORED;
	int e;

	if (again && (has_root2(r) ? f->net[ROT_NET1].root2 : f->net[ROT_NET1].root1) &&
	    f->net[ROT_NET1].client1) {
		done(r, 0);
		return ROT_SOON_S;
	}
	e = set(r, false, has_root2(r) ? ROT_ID_ROOT2 : ROT_ID_ROOT1);
	if (e >= 0)
		e = set(r, true, ROT_ID_CLIENT1);
	if (e >= 0)
		e = rot_result(r->ops->set_enabled(f->net[ROT_NET1].id, true));
	if (e >= 0 && again)
		e = rot_persist(r);
	if (e >= 0)
		e = rot_reload(r);
	if (e < 0)
		return rot_failed(r, "in place: back", e);
	r->in_place.phase = ROT_IN_PLACE_RESTORED;
	return ROT_SOON_S;
}

static int64_t give_up(struct rotation *r, bool inert, const char *reason)
{
	const int64_t again_s =
		inert ? INERT_S : schedule_backoff_s(r->journal.in_place_trials, AGAIN_FIRST_S, AGAIN_MAX_S, r->ops->random(r->ops->ctx));

	rot_log(r, "in place: %s next=%lld", reason, (long long)again_s);
	r->in_place.phase = ROT_IN_PLACE_ENDING;
	r->in_place.not_before_s = r->facts.mono_s + again_s;
	if (r->in_place.client)
		r->journal.trial_at_s = r->facts.now_s + again_s;
	return restore(r);
}

int64_t rot_in_place_begin(struct rotation *r, bool client)
{
	const struct rot_facts *f = &r->facts;
	WifiConfig_NetworkDiagnostics d;
	int e;

	if (f->mono_s < r->in_place.not_before_s)
		return r->in_place.not_before_s - f->mono_s;
	r->in_place.client = client;
	r->in_place.failed_at = r->ops->diagnostics(f->net[ROT_NET1].id, &d) == 0 && d.certError == CERT_ERROR_MISSING ? (int64_t)d.timestamp : -1;
	/* Counted where it is written anyway, and kept: a device that is started again and again does not begin anew with short waits. */
	if (r->journal.in_place_trials < UINT16_MAX)
		r->journal.in_place_trials++;
	rot_under_way(r, JOURNAL_UNDER_WAY_IN_PLACE | (f->net[ROT_NET1].root2 ? JOURNAL_UNDER_WAY_ROOT2 : 0), true);
	r->in_place.phase = ROT_IN_PLACE_ASKING;
	/* What was stored since the last reload is seen from now on. */
	e = rot_reload(r);
	if (e >= 0)
		e = offer(r, ID_ABSENT);
	if (e < 0)
		return give_up(r, false, "the device cannot be asked");
	rot_enter(r, client ? ROT_PART_CLIENT : ROT_PART_ROOT, client ? ROT_CLIENT_TRIAL : ROT_ROOT_TRIAL, "in place: no room for another network");
	return ROT_SOON_S;
}

int64_t rot_in_place_root(struct rotation *r)
{
	const struct rot_facts *f = &r->facts;
	const bool no_room = (r->journal.under_way & JOURNAL_UNDER_WAY_NO_ROOM) != 0;
	WifiConfig_NetworkDiagnostics d;

	if (f->connected != ROT_NET_NONE && !r->in_place.client)
		r->journal.in_place_trials = 0;
	if (f->net[ROT_NET1].id < 0 || f->net[ROT_NET2].id >= 0 || !f->net[ROT_NET1].client1 || f->connected != ROT_NET_NONE ||
	    f->cert[ROT_ROOT1].not_after_s == 0 || f->cert[ROT_ROOT2].not_after_s == 0 || f->cert[ROT_CLIENT1].not_after_s == 0 ||
	    !((f->net[ROT_NET1].root1 && no_room) || f->net[ROT_NET1].root2) || rot_offline_s(r) < OFFLINE_S || f->mono_s < r->in_place.not_before_s)
		return 0;
	if (r->ops->diagnostics(f->net[ROT_NET1].id, &d) < 0 || d.error != ERROR_AUTHENTICATION || d.certError != ROT_CERT_ERROR_ROOT)
		return 0;
	/* A failure of before is none of a network that somebody has disabled since: a trial would enable it for minutes, and lose it again. */
	if (r->clock.guess == 0 && (int64_t)d.timestamp < f->now_s - rot_offline_s(r))
		return 0;
	return rot_in_place_begin(r, false);
}

/* Has Network1 what it is to try: the absent certificate, then the new one? Somebody else's reload brings back what flash has. */
static bool still_offered(const struct rotation *r)
{
	const bool client = r->in_place.client;
	const bool first = client ? r->facts.net[ROT_NET1].client1 : r->facts.net[ROT_NET1].root1;
	const bool second = client ? r->facts.net[ROT_NET1].client2 : r->facts.net[ROT_NET1].root2;

	if (r->in_place.phase == ROT_IN_PLACE_ASKING)
		return !first && !second;
	return !client && has_root2(r) ? first : second;
}

/* Does Network1 fail for want of the absent certificate? */
static int64_t asking(struct rotation *r)
{
	const struct rot_facts *f = &r->facts;
	WifiConfig_NetworkDiagnostics d;
	const char *id = r->in_place.client ? ROT_ID_CLIENT2 : has_root2(r) ? ROT_ID_ROOT1 : ROT_ID_ROOT2;
	int e;

	if (r->ops->diagnostics(f->net[ROT_NET1].id, &d) == 0 && d.error == ERROR_AUTHENTICATION && d.certError == CERT_ERROR_MISSING &&
	    (int64_t)d.timestamp != r->in_place.failed_at && f->connected == ROT_NET_NONE) {
		e = offer(r, id);
		if (e < 0)
			return give_up(r, false, "cannot be offered");
		r->in_place.phase = ROT_IN_PLACE_TRYING;
		return ROT_SOON_S;
	}
	if (!rot_confirmed(r, ROT_NET1) && f->mono_s - r->in_place.since_s < WAIT_S)
		return ROT_SOON_S;
	return give_up(r, true, "settings take no effect, so nothing can be tried");
}

/* Should somebody have saved what he saw, flash would want a ClientCert2 that has moved; so first back to ClientCert1, while that is
 * still worth something. */
static int save_client1(struct rotation *r)
{
	const int e = set(r, true, ROT_ID_CLIENT1);

	return e < 0 ? e : rot_persist(r);
}

static int64_t trying(struct rotation *r)
{
	const struct rot_facts *f = &r->facts;
	int e;

	if (rot_confirmed(r, ROT_NET1)) {
		r->journal.in_place_trials = 0;
		if (r->in_place.client) {
			e = f->cert[ROT_CLIENT1].end_s > f->now_s ? save_client1(r) : 0;
			if (e >= 0)
				e = rot_client_take(r);
			if (e < 0)
				return rot_failed(r, "in place: move", e);
			done(r, JOURNAL_UNDER_WAY_CLIENT);
			return rot_client_settle(r);
		}
		/* A process that dies before the save leaves it to the next. */
		done(r, JOURNAL_UNDER_WAY_ROOT);
		r->hold[ROT_PART_ROOT].failures = 0; /* of what there was no room for */
		rot_log(r, "in place: %s carries the device", f->net[ROT_NET1].root2 ? ROT_ID_ROOT2 : ROT_ID_ROOT1);
		e = rot_persist(r);
		if (e < 0)
			return rot_failed(r, "in place: persist", e);
		rot_under_way(r, JOURNAL_UNDER_WAY_ROOT, false);
		return ROT_SOON_S;
	}
	if (f->mono_s - r->in_place.since_s < WAIT_S)
		return ROT_SOON_S;
	if (r->in_place.client)
		r->journal.trials++;
	return give_up(r, false, "refused");
}

int64_t rot_in_place_step(struct rotation *r)
{
	const struct rot_facts *f = &r->facts;

	if (f->net[ROT_NET1].id < 0) {
		done(r, 0);
		return ROT_SOON_S;
	}
	if (r->in_place.phase != ROT_IN_PLACE_ASKING && r->in_place.phase != ROT_IN_PLACE_TRYING)
		return restore(r); /* of the process before this one, too */
	if (!still_offered(r))
		return give_up(r, false, "somebody else reloaded");
	return r->in_place.phase == ROT_IN_PLACE_ASKING ? asking(r) : trying(r);
}
