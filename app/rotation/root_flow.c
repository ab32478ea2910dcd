/* Root CA roll-over: RootCA2 on Network2 beside RootCA1 on Network1, until Network2 has carried the device for a while.
 *
 * Order of the changes, and what a power cut between two of them leaves: README.md. The rules behind it: RootCA1 is
 * overwritten only by a root that has carried the device for the grace time; RootCA2 is replaced or removed only while
 * Network1 carries the device; Network2 goes only when Network1 carries the device.
 */
#include <errno.h>
#include <string.h>

#include "app/rotation/internal.h"

#define NO_ROOM_S (6 * HOUR_S) /* between looks whether somebody has made room */

/* Identifiers are system-wide: another application, or an operator, may have put something else where the announced root was, or
 * deleted it. Then it is as if that had never been stored. */
static void forget_overwritten(struct rotation *r, const struct pem_span *pem)
{
	struct rot_journal *j = &r->journal;

	if (j->root1_print != 0 && j->announced_print == j->root1_print &&
	    (!r->facts.cert[ROT_ROOT1].present || rot_is_another(r, ROT_ROOT1, pem))) {
		rot_log(r, "root: %s is not what it was", ROT_ID_ROOT1);
		j->root1_print = 0;
	}
	if (j->announced_print == j->root2_print && rot_is_another(r, ROT_ROOT2, pem)) {
		rot_log(r, "root: %s is not what it was", ROT_ID_ROOT2);
		j->root2_print = 0;
	}
}

/* Ask the source when it is time. Returns 1 with the PEM in *ret_pem and the announcement noted, or 0. */
static int poll_source(struct rotation *r, struct pem_span *ret_pem)
{
	const struct rot_facts *f = &r->facts;
	int64_t spread_s = r->config.poll_s / 24;
	size_t length = 0;
	int e;

	if (!rot_online(r) || f->mono_s < r->root.poll_at_s)
		return 0;
	e = r->source->current_root(r->source->ctx, r->body, sizeof(r->body), &length);
	if (e >= 0 && length > sizeof(r->body))
		e = -EMSGSIZE;
	if (e >= 0)
		e = pem_one_certificate(r->body, length, ret_pem);
	if (e < 0) {
		r->root.failures++;
		r->root.poll_at_s = f->mono_s + schedule_backoff_s(r->root.failures, 10 * MINUTE_S, 12 * HOUR_S,
		                                                   r->ops->random(r->ops->ctx));
		rot_log(r, "root: source failed errno=%d failures=%u", -e, r->root.failures);
		return 0;
	}
	r->root.failures = 0;
	/* A little early or late, so that a fleet switched on at one moment does not stay in step. */
	r->root.poll_at_s = f->mono_s + r->config.poll_s - spread_s / 2 +
	                    (int64_t)r->ops->random(r->ops->ctx) % (spread_s + 1);
	r->journal.announced_print = pem_fingerprint(ret_pem);
	forget_overwritten(r, ret_pem);
	if (r->journal.announced_print != r->journal.root1_print && rot_is_root1(r, ret_pem)) {
		r->journal.root1_print = r->journal.announced_print;
		rot_log(r, "root: announced=%llx is %s", (unsigned long long)r->journal.root1_print, ROT_ID_ROOT1);
	}
	return 1;
}

/* Store what was announced as RootCA2. Only while Network2 does not carry the device. */
static int64_t install(struct rotation *r, const struct pem_span *pem)
{
	int e;

	/* On a Network2 that offers another one already: not offered until that was done anew. */
	if (r->facts.net[ROT_NET2].id >= 0)
		rot_under_way(r, JOURNAL_UNDER_WAY_ROOT, true);
	e = rot_result(r->ops->install_root(ROT_ID_ROOT2, pem->text, pem->length));
	if (e < 0) {
		r->root.poll_at_s = r->facts.mono_s + 6 * HOUR_S;
		return rot_failed(r, "root: install " ROT_ID_ROOT2, e);
	}
	r->journal.root2_print = pem_fingerprint(pem);
	r->root.armed = false;
	rot_enter(r, ROT_PART_ROOT, ROT_ROOT_CANDIDATE, "installed id=%s print=%llx", ROT_ID_ROOT2,
	          (unsigned long long)r->journal.root2_print);
	return 1;
}

/* Was all of arm() done, by this process or by one before it? Repeating it would cost a connection at every start. */
static bool is_armed(const struct rotation *r)
{
	return r->root.armed || (r->journal.root2_print != 0 && !(r->journal.under_way & JOURNAL_UNDER_WAY_ROOT));
}

/* Network2: all that Network1 is, with RootCA2; enabled, persisted, seen by the supplicant. Repeating it changes nothing. */
static int64_t arm(struct rotation *r)
{
	const struct rot_facts *f = &r->facts;
	int id = f->net[ROT_NET2].id, e;

	/* Where there is no room for it nothing has changed, and flash need not know. */
	if (id < 0) {
		id = rot_result(r->ops->add_duplicate(f->net[ROT_NET1].id, ROT_NAME_NET2));
		rot_under_way(r, JOURNAL_UNDER_WAY_NO_ROOM, id == -ENOMEM);
		if (id < 0)
			return rot_failed(r, "root: duplicate " ROT_NAME_NET1, id);
	}
	rot_under_way(r, JOURNAL_UNDER_WAY_ROOT, true);
	e = rot_result(r->ops->set_root(id, ROT_ID_ROOT2));
	if (e >= 0)
		e = rot_result(r->ops->set_enabled(id, true));
	if (e >= 0)
		e = rot_persist(r);
	if (e == -ENOSPC) {
		(void) r->ops->forget(id); /* it does not fit: leave the running configuration as it was */
		rot_under_way(r, JOURNAL_UNDER_WAY_NO_ROOM, rot_persist(r) >= 0); /* without it flash takes the rest */
	}
	if (e < 0) {
		const int64_t wait_s = rot_failed(r, "root: offer " ROT_NAME_NET2, e);

		if (!(r->journal.under_way & JOURNAL_UNDER_WAY_NO_ROOM))
			return wait_s;
		/* Each time that is tried flash is written. */
		r->hold[ROT_PART_ROOT].until_s = f->mono_s + NO_ROOM_S;
		return NO_ROOM_S;
	}
	e = rot_reload(r);
	if (e < 0)
		return rot_failed(r, "root: reload", e);
	rot_under_way(r, JOURNAL_UNDER_WAY_ROOT, false);
	r->root.armed = true;
	rot_enter(r, ROT_PART_ROOT, ROT_ROOT_ARMED, "network=%s root=%s", ROT_NAME_NET2, ROT_ID_ROOT2);
	return ROT_SOON_S;
}

/* RootCA2 is to go, or another to take its place. Network1's connection may be as old as the access point's re-authentication period, and
 * RADIUS may have gone over to RootCA2 since: only a new one, with both on offer, that lasts for so many seconds says that RootCA1 still
 * serves. 0: it does; else the wait. */
static int64_t look_again(struct rotation *r, int64_t lasts_s)
{
	int64_t left_s;
	int e;

	if (!r->root.looked_again || r->facts.mono_s - r->root.looked_again_s > lasts_s + HOUR_S) {
		e = rot_reload(r);
		if (e < 0)
			return rot_failed(r, "root: reload", e);
		r->root.looked_again = true;
		r->root.looked_again_s = r->facts.mono_s;
		return ROT_SOON_S;
	}
	if (!rot_confirmed(r, ROT_NET1))
		return ROT_SOON_S;
	left_s = r->root.looked_again_s + lasts_s - r->facts.mono_s;
	return left_s <= 0 ? 0 : left_s < HOUR_S ? left_s : HOUR_S;
}

/* Network2 was refused for its root not long ago, so that is not what RADIUS has; whatever Network1's connection rests on. */
static bool refused_lately(const struct rotation *r)
{
	WifiConfig_NetworkDiagnostics d;
	int64_t ago_s;

	if (r->facts.net[ROT_NET2].id < 0 || r->ops->diagnostics(r->facts.net[ROT_NET2].id, &d) < 0 || d.certError != ROT_CERT_ERROR_ROOT)
		return false;
	ago_s = r->facts.now_s - (int64_t)d.timestamp;
	return ago_s >= 0 && ago_s < ROT_PROOF_S;
}

/* Does RootCA1 serve, and RootCA2 not, so that this may go? 0: yes; else the wait. */
static int64_t root1_serves(struct rotation *r)
{
	if (refused_lately(r))
		return rot_confirmed(r, ROT_NET1) ? 0 : ROT_SOON_S;
	return look_again(r, ROT_PROOF_S);
}

/* look_again() when the source is to be asked once more after it. */
static int64_t look_again_and_ask(struct rotation *r)
{
	const uint32_t failures = r->hold[ROT_PART_ROOT].failures;
	const int64_t wait_s = look_again(r, 0); /* what is announced now may be wanted soon */

	if (wait_s > 0)
		r->root.poll_at_s = r->facts.mono_s + (r->hold[ROT_PART_ROOT].failures > failures ? HOUR_S : MINUTE_S);
	return wait_s;
}

/* Network1 has RootCA1 again, which is RootCA2 now. */
static int back_on_root1(struct rotation *r)
{
	int e;

	rot_under_way(r, JOURNAL_UNDER_WAY_ROOT, true);
	e = rot_result(r->ops->set_root(r->facts.net[ROT_NET1].id, ROT_ID_ROOT1));
	if (e >= 0)
		e = rot_persist(r);
	if (e >= 0)
		e = rot_reload(r);
	if (e >= 0)
		rot_under_way(r, JOURNAL_UNDER_WAY_ROOT, false);
	return e;
}

/* The announcement is RootCA1 again, or RootCA2 is the same: Network2 and RootCA2 are of no use. */
static int64_t withdraw(struct rotation *r, const char *reason)
{
	int e = 0;

	/* Flash may still want RootCA2 for Network1. */
	if (r->facts.net[ROT_NET2].id < 0 && (r->journal.under_way & JOURNAL_UNDER_WAY_ROOT)) {
		e = back_on_root1(r);
		if (e < 0)
			return rot_failed(r, "root: back to " ROT_ID_ROOT1, e);
	}
	if (r->facts.net[ROT_NET2].id >= 0) {
		rot_under_way(r, JOURNAL_UNDER_WAY_ROOT, true);
		e = rot_result(r->ops->forget(r->facts.net[ROT_NET2].id));
		if (e >= 0)
			e = rot_persist(r);
		if (e < 0)
			return rot_failed(r, "root: forget " ROT_NAME_NET2, e);
		rot_under_way(r, JOURNAL_UNDER_WAY_ROOT, false);
	}
	e = rot_result(r->ops->delete_certificate(ROT_ID_ROOT2));
	if (e < 0)
		return rot_failed(r, "root: delete " ROT_ID_ROOT2, e);
	r->journal.root2_print = 0;
	r->root.armed = false;
	rot_enter(r, ROT_PART_ROOT, ROT_ROOT_SETTLED, "withdrawn: %s", reason);
	return ROT_SOON_S;
}

static int64_t grace_s(const struct rotation *r)
{
	const struct rot_facts *f = &r->facts;
	int64_t grace = r->config.root_grace_s, eighth = (f->cert[ROT_CLIENT1].end_s - f->now_s) / 8;

	/* The client certificate's own renewal waits for this flow: do not use up its life. */
	if (f->cert[ROT_CLIENT1].present && eighth < grace)
		grace = eighth > 0 ? eighth : 0;
	return grace;
}

/* RootCA2 is what RootCA1 has to be from now on. */
static int64_t take_over(struct rotation *r)
{
	struct rot_journal *j = &r->journal;
	int e;

	/* From the move on Network1 is the only way: whoever disabled it meanwhile cannot have meant that. */
	e = rot_result(r->ops->set_enabled(r->facts.net[ROT_NET1].id, true));
	if (e >= 0)
		e = rot_persist(r);
	if (e < 0)
		return rot_failed(r, "root: enable " ROT_NAME_NET1, e);
	e = rot_result(r->ops->move_certificate(ROT_ID_ROOT2, ROT_ID_ROOT1));
	if (e < 0)
		return rot_failed(r, "root: move " ROT_ID_ROOT2, e);
	j->root1_print = j->root2_print;
	j->root2_print = 0;
	j->carried_since_s = 0;
	r->root.swapped_at_s = -1;
	rot_enter(r, ROT_PART_ROOT, ROT_ROOT_SWAPPED, "moved %s to %s", ROT_ID_ROOT2, ROT_ID_ROOT1);
	e = rot_reload(r);
	if (e < 0)
		return rot_failed(r, "root: reload", e);
	r->root.swapped_at_s = r->facts.mono_s;
	return ROT_SOON_S;
}

/* Network2 carries the device. After the grace time, and not against the source's word, the new root takes over. */
static int64_t carried(struct rotation *r)
{
	const struct rot_facts *f = &r->facts;
	struct rot_journal *j = &r->journal;
	int64_t left_s;
	int e, same;

	rot_enter(r, ROT_PART_ROOT, ROT_ROOT_CARRIED, "connected=%s", ROT_NAME_NET2);
	/* The announcement went back to a root that was not known to be RootCA1's until it was stored beside it. */
	same = f->cert[ROT_ROOT1].present ? rot_same_roots(r) : 0;
	if (same != 0)
		return same < 0 ? rot_failed(r, "root: compare", same) : take_over(r);
	if (j->carried_since_s == 0 || j->carried_since_s > f->now_s)
		j->carried_since_s = f->now_s;
	left_s = j->carried_since_s + grace_s(r) - f->now_s;
	if (left_s > 0)
		return left_s < HOUR_S ? left_s : HOUR_S;
	/* The connection may be as old as the access point's re-authentication period, and the operator may have gone back
	 * since: only a new one, with both roots on offer, says which root the server has now. */
	if (!r->root.rechecked) {
		e = rot_reload(r);
		if (e < 0)
			return rot_failed(r, "root: reload", e);
		r->root.rechecked = true;
		r->root.rechecked_s = f->mono_s;
		return ROT_SOON_S;
	}
	if (!rot_confirmed(r, ROT_NET2))
		return ROT_SOON_S;
	if (!r->root.asked) {
		r->root.asked = true;
		r->root.poll_at_s = f->mono_s;
		return 1;
	}
	if (j->announced_print != 0 && j->announced_print == j->root1_print) {
		rot_log(r, "root: %s carries the device but the source announces %s: keeping both", ROT_NAME_NET2,
		        ROT_ID_ROOT1);
		return 6 * HOUR_S;
	}
	return take_over(r);
}

/* RootCA2 is gone, Network2 still there: the swap was made, by this process or before a power cut. */
static int64_t swapped(struct rotation *r)
{
	const struct rot_facts *f = &r->facts;
	int e;

	rot_enter(r, ROT_PART_ROOT, ROT_ROOT_SWAPPED, "no %s", ROT_ID_ROOT2);
	if (r->root.swapped_at_s < 0) {
		e = rot_reload(r);
		if (e < 0)
			return rot_failed(r, "root: reload", e);
		r->root.swapped_at_s = f->mono_s;
		return ROT_SOON_S;
	}
	if (!rot_confirmed(r, ROT_NET1))
		return rot_look_s(f->mono_s - r->root.swapped_at_s);
	rot_under_way(r, JOURNAL_UNDER_WAY_ROOT, true);
	e = rot_result(r->ops->forget(f->net[ROT_NET2].id));
	if (e >= 0)
		e = rot_persist(r);
	if (e < 0)
		return rot_failed(r, "root: forget " ROT_NAME_NET2, e);
	rot_under_way(r, JOURNAL_UNDER_WAY_ROOT, false);
	r->root.poll_at_s = f->mono_s;
	rot_enter(r, ROT_PART_ROOT, ROT_ROOT_SETTLED, "connected=%s", ROT_NAME_NET1);
	return ROT_SOON_S;
}

/* Network1 has RootCA2, which it tried in place, as there was no room for Network2. RootCA1 stays for the grace time, and Network1 goes
 * back to it in the same way if the server does. Then what is announced is stored as RootCA1: RootCA2 once more, and Network1 is as it was; or a third, to be tried in its turn. */
static int64_t on_network1(struct rotation *r)
{
	const struct rot_facts *f = &r->facts;
	struct rot_journal *j = &r->journal;
	struct pem_span pem;
	bool asked = poll_source(r, &pem) > 0;
	int64_t next_s = r->root.poll_at_s > f->mono_s ? r->root.poll_at_s - f->mono_s : 1, left_s;
	int same = f->cert[ROT_ROOT1].present ? rot_same_roots(r) : 0, e;

	rot_enter(r, ROT_PART_ROOT, ROT_ROOT_CARRIED, "%s has %s", ROT_NAME_NET1, ROT_ID_ROOT2);
	if (same < 0)
		return rot_failed(r, "root: compare", same);
	if (same) {
		e = back_on_root1(r);
		if (e < 0)
			return rot_failed(r, "root: back to " ROT_ID_ROOT1, e);
		j->carried_since_s = 0;
		return ROT_SOON_S;
	}
	if (!rot_online(r))
		return rot_offline_poll_s(r); /* in_place.c sees to it */
	if (f->connected != ROT_NET1)
		return next_s < HOUR_S ? next_s : HOUR_S;
	if (j->carried_since_s == 0 || j->carried_since_s > f->now_s)
		j->carried_since_s = f->now_s;
	left_s = j->carried_since_s + grace_s(r) - f->now_s;
	if (left_s > 0) {
		r->root.asked = false;
		return left_s < next_s ? left_s : next_s;
	}
	if (!r->root.asked) {
		r->root.asked = true;
		r->root.poll_at_s = f->mono_s;
		return 1;
	}
	if (!asked || j->announced_print == j->root1_print)
		return next_s;
	left_s = look_again_and_ask(r);
	if (left_s > 0)
		return left_s;
	e = rot_result(r->ops->install_root(ROT_ID_ROOT1, pem.text, pem.length));
	if (e < 0)
		return rot_failed(r, "root: install " ROT_ID_ROOT1, e);
	j->root1_print = j->announced_print;
	return 1;
}

int64_t rot_root_step(struct rotation *r)
{
	const struct rot_facts *f = &r->facts;
	struct rot_journal *j = &r->journal;
	bool root2 = f->cert[ROT_ROOT2].present, net2 = f->net[ROT_NET2].id >= 0, asked, unknown, back, carrying;
	int64_t next_s, wait_s;
	struct pem_span pem;
	int same;

	if (f->net[ROT_NET1].id >= 0 && f->net[ROT_NET1].root2 && root2 && !net2)
		return on_network1(r);
	if (f->net[ROT_NET1].id < 0 || !f->net[ROT_NET1].root1) {
		rot_enter(r, ROT_PART_ROOT, ROT_ROOT_UNMANAGED, "%s", f->net[ROT_NET1].id < 0 ? "no " ROT_NAME_NET1 :
		          ROT_NAME_NET1 " does not use " ROT_ID_ROOT1);
		return HOUR_S;
	}
	carrying = net2 && root2 && f->net[ROT_NET2].root2 && f->connected == ROT_NET2;
	if (carrying)
		r->root.looked_again = false;
	else
		r->root.asked = false;
	/* The server went back: the grace time starts over. But a device that came to Network1 by the new connection before completion may
	 * have come by Network2's key; then it will not stay there. */
	if (!carrying && f->connected != ROT_NET_NONE && !(r->root.rechecked && f->mono_s - r->root.rechecked_s < ROT_PROOF_S)) {
		r->root.rechecked = false;
		j->carried_since_s = 0;
	}
	if (net2 && !root2)
		return swapped(r);

	asked = poll_source(r, &pem) > 0;
	unknown = asked && j->announced_print != j->root1_print && (!root2 || j->announced_print != j->root2_print);
	back = j->announced_print != 0 && j->announced_print == j->root1_print;
	next_s = r->root.poll_at_s > f->mono_s ? r->root.poll_at_s - f->mono_s : 1;
	if (!rot_online(r) && next_s < rot_offline_poll_s(r))
		next_s = rot_offline_poll_s(r);

	if (carrying) {
		wait_s = carried(r);
		return wait_s < next_s ? wait_s : next_s;
	}
	/* Nothing is proven yet of RootCA2, and Network1 carries the device, or whatever asked the source. */
	if (unknown && (!net2 || f->connected == ROT_NET1)) {
		wait_s = root2 && f->connected == ROT_NET1 ? look_again_and_ask(r) : 0;
		return wait_s > 0 ? wait_s : install(r, &pem);
	}
	if (!root2) {
		rot_enter(r, ROT_PART_ROOT, ROT_ROOT_SETTLED, "%s only", ROT_ID_ROOT1);
		return next_s;
	}
	if (!net2 || f->connected == ROT_NET1) {
		same = f->cert[ROT_ROOT1].present ? rot_same_roots(r) : 0;
		if (same < 0)
			return rot_failed(r, "root: compare", same);
		if (same) {
			j->root1_print = j->root2_print != 0 ? j->root2_print : j->root1_print;
			return withdraw(r, "same as " ROT_ID_ROOT1);
		}
		wait_s = back && f->connected == ROT_NET1 ? root1_serves(r) : 0;
		if (wait_s > 0)
			return wait_s;
		if (back)
			return withdraw(r, ROT_ID_ROOT1 " is announced again");
	}
	if (!net2 || !f->net[ROT_NET2].root2 || !is_armed(r))
		return arm(r);
	rot_enter(r, ROT_PART_ROOT, ROT_ROOT_ARMED, "connected=%s", rot_net_name(f->connected));
	return next_s;
}
