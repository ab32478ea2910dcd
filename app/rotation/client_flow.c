/* Client certificate renewal: issued as ClientCert2, proven by a connection, then moved over ClientCert1.
 *
 * The trial needs no network to be switched off: NetworkTrial duplicates the network in use; whichever of the two the OS
 * prefers gets ClientCert2, the other keeps ClientCert1, both enabled and persisted. A bad candidate then costs the moment
 * that the OS takes to go on to the next network, with or without this program. Sequence and reasons: README.md.
 */
#include <errno.h>
#include <string.h>

#include "app/rotation/internal.h"

#define TRIALS_MAX 8u
#define VALID_MARGIN_S ((int64_t)30)      /* RADIUS may be a little behind the device */
#define FIRST_RETRY_S (5 * MINUTE_S)
#define FIRST_TRIAL_RETRY_MIN_S HOUR_S
#define FIRST_TRIAL_RETRY_MAX_S (4 * HOUR_S)
#define TRIAL_CAP_MIN_S (6 * HOUR_S)
#define OFFLINE_LONG_S HOUR_S             /* with a candidate in hand: try it */
#define URGENT_S (3 * DAY_S)
#define REPLACE_CAP_S (12 * HOUR_S)
#define RETRY_SANE_S (36 * HOUR_S)        /* the journal cannot ask for more; a clock that jumped back can */

bool rot_client_on_networks(const struct rotation *r)
{
	const struct rot_facts *f = &r->facts;

	return f->net[ROT_NET1].id >= 0 && (f->net[ROT_TRIAL].id >= 0 || f->net[ROT_NET1].client2 ||
	                                    (f->net[ROT_NET2].id >= 0 && f->net[ROT_NET2].client2));
}

static int64_t remaining_s(const struct rotation *r)
{
	return r->facts.cert[ROT_CLIENT1].end_s - r->facts.now_s;
}

static bool expired(const struct rotation *r)
{
	return !r->facts.cert[ROT_CLIENT1].present || remaining_s(r) <= 0;
}

/* From when it was seen to arrive; NotBefore may be backdated by months. */
static int64_t observed_life_s(const struct rotation *r)
{
	const struct rot_journal *j = &r->journal;
	int64_t not_after_s = r->facts.cert[ROT_CLIENT1].not_after_s, since_s = r->facts.cert[ROT_CLIENT1].not_before_s;

	if (j->client_since_s != 0 && j->client_not_after_s == not_after_s)
		since_s = j->client_since_s;
	else if (j->candidate_since_s != 0 && j->candidate_not_after_s == not_after_s)
		since_s = j->candidate_since_s;
	return r->facts.cert[ROT_CLIENT1].end_s - since_s;
}

static int64_t backoff_s(struct rotation *r, uint32_t attempt, int64_t first_s)
{
	return schedule_backoff_s(attempt, first_s, schedule_cap_s(remaining_s(r)), r->ops->random(r->ops->ctx));
}

/* After a trial that came to nothing. A trial writes the networks to flash three times and interrupts the connection three times, and
 * what refused the certificate an hour ago mostly does so now: more patience than with requests. Nothing is lost by it, as when
 * ClientCert1 ends both certificates are on offer until one is taken; so not beyond that. */
static int64_t trial_backoff_s(struct rotation *r, uint32_t attempt)
{
	const int64_t left_s = remaining_s(r);
	int64_t first_s = left_s / 64, cap_s = schedule_cap_s(left_s), wait_s;

	if (first_s < FIRST_TRIAL_RETRY_MIN_S)
		first_s = FIRST_TRIAL_RETRY_MIN_S;
	if (first_s > FIRST_TRIAL_RETRY_MAX_S)
		first_s = FIRST_TRIAL_RETRY_MAX_S;
	if (cap_s < TRIAL_CAP_MIN_S)
		cap_s = TRIAL_CAP_MIN_S;
	wait_s = schedule_backoff_s(attempt, first_s, cap_s, r->ops->random(r->ops->ctx));
	return left_s > 0 && left_s < wait_s ? left_s + 1 : wait_s;
}

/* Seconds until a time of the journal, which must not be believed when it is too far off. */
static int64_t until_s(const struct rotation *r, int64_t *at_s)
{
	if (*at_s - r->facts.now_s > RETRY_SANE_S)
		*at_s = r->facts.now_s;
	return *at_s - r->facts.now_s;
}

/* ---- Back to Network1 and ClientCert1 ---------------------------------------------------------------------------------- */

static int back_to_client1(struct rotation *r)
{
	const struct rot_facts *f = &r->facts;
	int e = 0;

	for (size_t i = 0; e >= 0 && i < ROT_TRIAL; i++) {
		if (f->net[i].id >= 0 && f->net[i].client2)
			e = rot_result(r->ops->set_client(f->net[i].id, ROT_ID_CLIENT1));
	}
	return e;
}

/* The network that NetworkTrial stands beside: the one in use, Network1 unless the device is on Network2. */
static enum rot_net_slot base_of(const struct rot_facts *f)
{
	if (f->net[ROT_NET2].id < 0)
		return ROT_NET1;
	if (f->net[ROT_TRIAL].id >= 0)
		return f->net[ROT_TRIAL].root2 ? ROT_NET2 : ROT_NET1;
	return f->connected == ROT_NET2 ? ROT_NET2 : ROT_NET1;
}

/* After a move, or after a trial that failed: the same calls. ClientCert1 is proven in both cases. What carries the device is
 * touched last: NetworkTrial must not go while the other one cannot take over (somebody may have disabled it), and a new connection before
 * the reload would be made with the supplicant's old copies. */
static int64_t settle(struct rotation *r, const char *reason)
{
	const struct rot_facts *f = &r->facts;
	const bool carried_by_trial = f->connected == ROT_TRIAL;
	int e = 0;

	rot_enter(r, ROT_PART_CLIENT, ROT_CLIENT_SETTLING, "%s", reason);
	rot_under_way(r, JOURNAL_UNDER_WAY_CLIENT, true);
	if (carried_by_trial)
		e = back_to_client1(r);
	if (e >= 0 && f->net[ROT_TRIAL].id >= 0)
		e = rot_result(r->ops->set_enabled(f->net[base_of(f)].id, true));
	if (e >= 0 && f->net[ROT_TRIAL].id >= 0)
		e = rot_result(r->ops->forget(f->net[ROT_TRIAL].id));
	if (e >= 0 && !carried_by_trial)
		e = back_to_client1(r);
	if (e >= 0)
		e = rot_persist(r);
	if (e >= 0)
		e = rot_reload(r);
	if (e < 0)
		return rot_failed(r, "client: back to " ROT_ID_CLIENT1, e);
	rot_under_way(r, JOURNAL_UNDER_WAY_CLIENT, false);
	r->client.give_up = r->client.paired = false;
	r->client.settling = true;
	r->client.since_s = f->mono_s;
	return ROT_SOON_S;
}

static int64_t give_up(struct rotation *r, const char *reason)
{
	r->client.give_up = true;
	return settle(r, reason);
}

/* ClientCert2 is proven, or there is no ClientCert1 that could be lost. */
int rot_client_take(struct rotation *r)
{
	struct rot_journal *j = &r->journal;
	int e = rot_result(r->ops->move_certificate(ROT_ID_CLIENT2, ROT_ID_CLIENT1));

	if (e < 0)
		return e;
	j->client_since_s = j->candidate_since_s;
	j->client_not_after_s = j->candidate_not_after_s;
	j->candidate_since_s = j->candidate_not_after_s = 0;
	j->attempts = j->trials = 0;
	j->retry_at_s = j->trial_at_s = 0;
	return 0;
}

int64_t rot_client_settle(struct rotation *r)
{
	return settle(r, "proven by a connection");
}

static int64_t take_over(struct rotation *r, const char *reason)
{
	int e = rot_client_take(r);

	return e < 0 ? rot_failed(r, "client: move " ROT_ID_CLIENT2, e) : settle(r, reason);
}

/* ---- Trial -------------------------------------------------------------------------------------------------------------- */

/* Make the pair, ClientCert2 on `with` (ROT_NET_NONE: on neither). Repeating it changes nothing, so the journal need not know: what a
 * process that ends in the middle has changed and not saved is still there for the next one, which repeats it. */
static int64_t pair(struct rotation *r, enum rot_net_slot base, enum rot_net_slot with)
{
	const struct rot_facts *f = &r->facts;
	int trial = f->net[ROT_TRIAL].id, e;

	if (trial < 0) {
		/* There was no room, and a trial in place is not due: to find out once more may cost a write. */
		if (base == ROT_NET1 && f->mono_s < r->in_place.not_before_s)
			return r->in_place.not_before_s - f->mono_s;
		trial = rot_result(r->ops->add_duplicate(f->net[base].id, ROT_NAME_TRIAL));
		if (trial == -ENOMEM && base == ROT_NET1)
			return rot_in_place_begin(r, true);
		if (trial < 0)
			return rot_failed(r, "client: duplicate network", trial);
	}
	e = rot_result(r->ops->set_client(trial, with == ROT_TRIAL ? ROT_ID_CLIENT2 : ROT_ID_CLIENT1));
	if (e >= 0)
		e = rot_result(r->ops->set_enabled(trial, true));
	/* The other one catches the fall: whoever disabled it meanwhile cannot have meant that. */
	if (e >= 0)
		e = rot_result(r->ops->set_enabled(f->net[base].id, true));
	if (e >= 0 && (with == base || f->net[base].client2))
		e = rot_result(r->ops->set_client(f->net[base].id, with == base ? ROT_ID_CLIENT2 : ROT_ID_CLIENT1));
	if (e >= 0)
		e = rot_persist(r);
	if (e == -ENOSPC && f->net[ROT_TRIAL].id < 0) {
		(void) r->ops->forget(trial);
		/* Without it flash takes the rest: so there is room in flash, and none for another network. */
		if (base == ROT_NET1 && rot_persist(r) >= 0)
			return rot_in_place_begin(r, true);
		r->journal.trial_at_s = f->now_s + trial_backoff_s(r, 4);
	}
	/* Left by a process that ended before it was saved, and it does not fit. One that was saved stays for the next try. */
	if (e == -ENOSPC && f->net[ROT_TRIAL].id >= 0 && with == ROT_NET_NONE)
		return settle(r, "the pair cannot be saved");
	if (e < 0)
		return rot_failed(r, "client: pair of networks", e);
	e = rot_reload(r);
	if (e < 0)
		return rot_failed(r, "client: reload", e);
	r->client.paired = true;
	r->client.paired_with = with;
	r->client.since_s = f->mono_s;
	if (with == ROT_NET_NONE)
		rot_enter(r, ROT_PART_CLIENT, ROT_CLIENT_PREPARED, "network=%s beside=%s", ROT_NAME_TRIAL, rot_net_name(base));
	else
		rot_enter(r, ROT_PART_CLIENT, ROT_CLIENT_TRIAL, "network=%s client=%s", rot_net_name(with), ROT_ID_CLIENT2);
	return ROT_SOON_S;
}

static void log_refusal(struct rotation *r, enum rot_net_slot slot)
{
	WifiConfig_NetworkDiagnostics d;

	if (r->ops->diagnostics(r->facts.net[slot].id, &d) == 0)
		rot_log(r, "client: %s refused error=%d certError=%d trials=%u", ROT_ID_CLIENT2, (int)d.error,
		        (int)d.certError, r->journal.trials);
}

static int64_t failed_trial(struct rotation *r, enum rot_net_slot with)
{
	r->journal.trials++;
	r->journal.trial_at_s = r->facts.now_s + trial_backoff_s(r, r->journal.trials);
	log_refusal(r, with);
	return give_up(r, "carried by " ROT_ID_CLIENT1 " instead");
}

static int64_t begin_trial(struct rotation *r, enum rot_net_slot base, enum rot_net_slot with)
{
	r->journal.trial_at_s = r->facts.now_s;
	return pair(r, base, with);
}

static int64_t on_networks(struct rotation *r)
{
	const struct rot_facts *f = &r->facts;
	enum rot_net_slot base = base_of(f), with = ROT_NET_NONE, other;
	int64_t waited_s = f->mono_s - r->client.since_s;
	unsigned with_count = 0;

	for (size_t i = 0; i < ROT_NET_COUNT; i++) {
		if (f->net[i].id >= 0 && f->net[i].client2) {
			with = (enum rot_net_slot)i;
			with_count++;
		}
	}
	if (!f->cert[ROT_CLIENT2].present)
		return settle(r, "no " ROT_ID_CLIENT2);
	if (r->client.give_up)
		return settle(r, "giving up");
	if (!f->cert[ROT_CLIENT1].present)
		return take_over(r, "no " ROT_ID_CLIENT1);
	if (with_count > 1 || (with != ROT_NET_NONE && with != base && with != ROT_TRIAL))
		return give_up(r, "not a pair of ours");
	/* The server went over to another root, or back, in the middle: the root flow comes first. */
	other = base == ROT_NET1 ? ROT_NET2 : ROT_NET1;
	if (rot_confirmed(r, other)) {
		/* Without the trial the device may come back to where it was by a key, for some hours. */
		r->journal.trial_at_s = f->now_s + (rot_proof_s(r) < 10 * MINUTE_S ? 10 * MINUTE_S : rot_proof_s(r));
		return give_up(r, "another root is in service");
	}
	/* By its key the other one may come back, too: what counts begins after that. */
	if (with != ROT_NET_NONE && f->connected == (with == ROT_TRIAL ? base : ROT_TRIAL))
		r->journal.trial_at_s = f->now_s;
	/* A proof counts only after a reload by this process, since settings may have changed without one before. */
	if (!r->client.paired || r->client.paired_with != with)
		return pair(r, base, with);

	if (with == ROT_NET_NONE) {
		if (rot_confirmed(r, base) || rot_confirmed(r, ROT_TRIAL))
			return begin_trial(r, base, f->connected);
		if (waited_s >= 5 * MINUTE_S && (f->connected == ROT_NET_NONE || expired(r)))
			return begin_trial(r, base, base);
		if (waited_s >= 10 * MINUTE_S && f->connected == ROT_NET_OTHER) {
			r->journal.trial_at_s = f->now_s + trial_backoff_s(r, 2);
			return give_up(r, "another network is in use");
		}
		return rot_look_s(waited_s);
	}
	rot_enter(r, ROT_PART_CLIENT, ROT_CLIENT_TRIAL, "network=%s client=%s", rot_net_name(with), ROT_ID_CLIENT2);
	if (rot_confirmed(r, with)) {
		const int64_t left_s = rot_until_proven(r, with);

		return left_s > 0 ? left_s : take_over(r, "proven by a connection");
	}
	if (rot_confirmed(r, with == ROT_TRIAL ? base : ROT_TRIAL))
		return failed_trial(r, with);
	if (f->connected == ROT_NET_OTHER && !expired(r) && waited_s >= 30 * MINUTE_S) {
		r->journal.trial_at_s = f->now_s + trial_backoff_s(r, 2);
		return give_up(r, "another network is in use");
	}
	/* Offline: both certificates are on offer, so there is nothing better to do than to leave them there. */
	return rot_look_s(waited_s);
}

/* ---- New certificate ---------------------------------------------------------------------------------------------------- */

static void wipe(char *secret, size_t length)
{
	volatile char *p = secret;

	while (length-- > 0)
		*p++ = 0;
}

static int fetch(struct rotation *r, const char *id)
{
	WifiConfig_ClientIdentity own = { { 0 } };
	const char *identity = r->config.identity;
	struct pem_span certificate, key;
	size_t length = 0;
	int e;

	if (!identity || !*identity) {
		e = rot_result(r->ops->get_identity(r->facts.net[ROT_NET1].id, &own));
		if (e < 0)
			return e;
		own.identity[sizeof(own.identity) - 1] = '\0';
		identity = own.identity;
	}
	e = r->source->new_client(r->source->ctx, identity, r->body, sizeof(r->body), &length);
	if (e >= 0 && length > sizeof(r->body))
		e = -EMSGSIZE;
	if (e >= 0)
		e = pem_certificate_and_key(r->body, length, &certificate, &key);
	if (e >= 0)
		e = rot_result(r->ops->install_client(id, certificate.text, certificate.length, key.text, key.length, NULL));
	wipe(r->body, sizeof(r->body));
	return e;
}

/* Ask for a certificate and store it as `id`: ClientCert2, or ClientCert1 when there is none to be lost. */
static int64_t renew(struct rotation *r, const char *id)
{
	struct rot_journal *j = &r->journal;
	struct tm not_after;
	int64_t wait_s = until_s(r, &j->retry_at_s);
	int e;

	if (wait_s > 0)
		return wait_s;
	/* The page asks for Network1. On another network only a certificate near its end is worth the attempt. */
	if (!rot_online(r))
		return rot_offline_poll_s(r);
	if (r->facts.connected != ROT_NET1 && r->facts.connected != ROT_NET2 && remaining_s(r) > 7 * DAY_S)
		return HOUR_S;
	/* Noted before the request: a program that dies of the answer must not ask again at once. */
	j->attempts++;
	wait_s = backoff_s(r, j->attempts, FIRST_RETRY_S);
	j->retry_at_s = r->facts.now_s + wait_s;
	rot_journal_flush(r);
	e = fetch(r, id);
	if (e < 0) {
		rot_log(r, "client: no new certificate errno=%d attempts=%u next=%lld", -e, j->attempts, (long long)wait_s);
		return wait_s;
	}
	j->trials = 0; /* attempts count until there is one that is used: a store that loses them must not be filled without end */
	j->trial_at_s = 0;
	j->candidate_since_s = r->facts.now_s;
	e = rot_result(r->ops->not_after(id, &not_after));
	j->candidate_not_after_s = e < 0 ? 0 : rot_tm_to_s(&not_after);
	r->clock.issued = r->clock.unconfirmed;
	rot_log(r, "client: installed id=%s notAfter=%lld", id, (long long)j->candidate_not_after_s);
	if (strcmp(id, ROT_ID_CLIENT1) == 0)
		return settle(r, "installed " ROT_ID_CLIENT1);
	return 1;
}

/* ---- Candidate ---------------------------------------------------------------------------------------------------------- */

static int64_t drop_candidate(struct rotation *r, const char *reason, int64_t hold_s)
{
	int e = rot_result(r->ops->delete_certificate(ROT_ID_CLIENT2));

	if (e < 0)
		return rot_failed(r, "client: delete " ROT_ID_CLIENT2, e);
	r->journal.candidate_since_s = r->journal.candidate_not_after_s = 0;
	r->journal.trials = 0;
	r->journal.trial_at_s = 0;
	r->journal.retry_at_s = r->facts.now_s + hold_s;
	rot_log(r, "client: %s dropped: %s", ROT_ID_CLIENT2, reason);
	return ROT_SOON_S;
}

/* ClientCert2 becomes valid only when ClientCert1 has ended: kept, as it is better than nothing, until the source has a better. One that
 * signs with today's date does not have it soon, least of all when it is the clock of the device that is behind. */
static int64_t replace_late(struct rotation *r)
{
	struct rot_journal *j = &r->journal;
	const int64_t now_s = r->facts.now_s;
	int64_t wait_s = renew(r, ROT_ID_CLIENT2);

	if (j->candidate_since_s == now_s)
		j->retry_at_s = now_s + schedule_backoff_s(j->attempts, HOUR_S, REPLACE_CAP_S, r->ops->random(r->ops->ctx));
	return wait_s;
}

static int64_t candidate(struct rotation *r)
{
	const struct rot_facts *f = &r->facts;
	enum rot_state root = r->state[ROT_PART_ROOT];
	int64_t not_after_s = f->cert[ROT_CLIENT2].end_s, valid_s = f->cert[ROT_CLIENT2].not_before_s + VALID_MARGIN_S;
	int64_t hold_s = schedule_cap_s(remaining_s(r)) * 2, wait_s;
	bool offline_long = rot_offline_s(r) >= OFFLINE_LONG_S, in_place;

	rot_enter(r, ROT_PART_CLIENT, ROT_CLIENT_CANDIDATE, "%s stored", ROT_ID_CLIENT2);
	if (!f->cert[ROT_CLIENT1].present)
		return take_over(r, "no " ROT_ID_CLIENT1);
	if (not_after_s <= f->cert[ROT_CLIENT1].end_s || (not_after_s <= f->now_s && rot_online(r)))
		return drop_candidate(r, "no better than " ROT_ID_CLIENT1, hold_s);
	if (r->journal.trials >= TRIALS_MAX)
		return drop_candidate(r, "never accepted", hold_s);
	/* A clock that was only guessed says nothing here; and a device long offline loses nothing by a trial. */
	if (valid_s > f->now_s && r->clock.guess == 0 && !offline_long) {
		rot_log(r, "client: %s not yet valid for=%lld", ROT_ID_CLIENT2, (long long)(valid_s - f->now_s));
		if (valid_s >= f->cert[ROT_CLIENT1].end_s)
			return replace_late(r);
		wait_s = valid_s - f->now_s;
		return wait_s < 12 * HOUR_S ? wait_s : 12 * HOUR_S;
	}
	wait_s = until_s(r, &r->journal.trial_at_s);
	if (wait_s > 0)
		return wait_s;
	/* One thing at a time: the root flow ends within its grace time. */
	if ((root == ROT_ROOT_CARRIED || r->journal.carried_since_s != 0) && remaining_s(r) > URGENT_S)
		return HOUR_S;
	if (root == ROT_ROOT_SWAPPED && !offline_long)
		return HOUR_S; /* that flow knows when it looks again */
	/* A trial takes the connection down, and without its root nothing brings that back. */
	if (f->cert[f->net[base_of(f)].root2 ? ROT_ROOT2 : ROT_ROOT1].not_after_s == 0)
		return rot_online(r) ? HOUR_S : rot_offline_poll_s(r);
	in_place = rot_confirmed(r, ROT_NET1) || rot_confirmed(r, ROT_NET2);
	if (in_place || offline_long || expired(r))
		return pair(r, base_of(f), ROT_NET_NONE);
	if (f->connected == ROT_NET1 || f->connected == ROT_NET2)
		return ROT_SOON_S;
	return rot_offline_poll_s(r);
}

int64_t rot_client_step(struct rotation *r)
{
	const struct rot_facts *f = &r->facts;
	int64_t due_s;

	if (f->net[ROT_NET1].id < 0 || (!f->net[ROT_NET1].client1 && !f->net[ROT_NET1].client2)) {
		rot_enter(r, ROT_PART_CLIENT, ROT_CLIENT_UNMANAGED, "%s", f->net[ROT_NET1].id < 0 ? "no " ROT_NAME_NET1 :
		          ROT_NAME_NET1 " does not use " ROT_ID_CLIENT1);
		return HOUR_S;
	}
	if (rot_client_on_networks(r))
		return on_networks(r);
	r->client.paired = r->client.give_up = false;
	if (r->client.settling && !rot_confirmed(r, ROT_NET1) && !rot_confirmed(r, ROT_NET2) &&
	    f->mono_s - r->client.since_s < 10 * MINUTE_S)
		return rot_look_s(f->mono_s - r->client.since_s);
	r->client.settling = false;
	if (f->cert[ROT_CLIENT2].present)
		return candidate(r);
	if (!f->cert[ROT_CLIENT1].present) {
		rot_enter(r, ROT_PART_CLIENT, ROT_CLIENT_MISSING, "no %s", ROT_ID_CLIENT1);
		return renew(r, ROT_ID_CLIENT1);
	}
	due_s = schedule_due_s(f->cert[ROT_CLIENT1].end_s, observed_life_s(r), r->config.renew_before_s, r->spread);
	if (f->now_s < due_s && !r->clock.unconfirmed) {
		r->journal.attempts = 0;
		rot_enter(r, ROT_PART_CLIENT, ROT_CLIENT_SETTLED, "connected=%s notAfter=%lld due=%lld", rot_net_name(f->connected),
		          (long long)f->cert[ROT_CLIENT1].end_s, (long long)due_s);
		return due_s - f->now_s;
	}
	rot_enter(r, ROT_PART_CLIENT, ROT_CLIENT_DUE, "remaining=%lld connected=%s", (long long)remaining_s(r),
	          rot_net_name(f->connected));
	return renew(r, ROT_ID_CLIENT2);
}
