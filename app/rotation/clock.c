/* The clock: a device without a battery starts at 2000-01-01 and learns the time over the very network whose certificates it
 * cannot check at that time.
 *
 * While the time is not synchronised and the clock is behind what is known to be past, the app sets it: first to the latest
 * time it believed, or to the youngest NotBefore of the certificates in service. If the server's certificate is still
 * refused (it may be younger than all that), the guess moves forward step by step, half as far again each time, and starts
 * over at the end of the root's life. Once synchronised, the network's time is believed, also when it is earlier.
 *
 * A clock may be ahead, too: a time server gone mad, a bit in the clock chip. By such a date all certificates have ended, so the
 * device is refused, by itself, and never told better. A jump is known from the monotonic clock since the last good time of this
 * process; while it lasts nothing is done by it, and when the connection goes the clock is set back. A process that starts with
 * such a clock tries the last good time of the journal, but only if that is more than a year ago: where things simply have
 * expired, putting the clock back would only make the device believe an expired certificate.
 *
 * A clock that goes back while connected may have been put right, and is believed. If the server's certificate is refused at that time, the
 * time that it was before is tried.
 *
 * Where no time server ever answers, a guess that let the device in is all there is, and it may be months behind: the certificate
 * in service would end unnoticed. So a new one is asked for at once, and the clock set to its NotBefore (client_flow.c, here).
 *
 * That the clock is a guess is noted in the journal: a process that starts anew finds a clock that could be right, and would
 * believe it for ever. Which guess it is can be told from the clock itself.
 */
#include <errno.h>

#include "app/rotation/internal.h"

#define GUESS_FIRST_S (7 * DAY_S)
#define GUESS_EVERY_S (15 * MINUTE_S)
#define AHEAD_S (365 * DAY_S)          /* beyond the last good time, of a clock that no certificate outlives */
#define IMPOSSIBLE_EVERY_S (10 * MINUTE_S) /* how often to look while connected by a date that cannot be */
#define GUESS_SETTLE_S (10 * MINUTE_S) /* after connecting by a guess, time for the real time to arrive */
/* WifiConfig diagnostics. */
#define ERROR_AUTHENTICATION 5 /* EAP-TLS failed */
#define CERT_ERROR_CLIENT 102  /* the server refused the client certificate */
#define CERT_ERROR_IDENTITY 103

static int64_t max_s(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* No certificate in service can be younger than now. */
static int64_t certificate_floor_s(const struct rot_facts *f)
{
	return max_s(f->cert[ROT_ROOT1].not_before_s, f->cert[ROT_CLIENT1].not_before_s);
}

/* At which what is in service has ended; 0: nothing to go by. */
static int64_t end_s(const struct rot_facts *f)
{
	if (!f->cert[ROT_ROOT1].present || !f->cert[ROT_CLIENT1].present)
		return 0;
	return f->cert[ROT_ROOT1].not_after_s < f->cert[ROT_CLIENT1].not_after_s ? f->cert[ROT_ROOT1].not_after_s
	                                                                          : f->cert[ROT_CLIENT1].not_after_s;
}

/* Could the date be true, by what is in service? */
static bool possible(const struct rot_facts *f)
{
	return f->now_s >= certificate_floor_s(f) && f->now_s <= end_s(f);
}

/* What the time has to be by the monotonic clock, if it was wall_s then. */
static int64_t by_monotonic_s(const struct rotation *r, int64_t wall_s, int64_t mono_s)
{
	return wall_s + (r->facts.mono_s - mono_s);
}

/* What the time has to be, by the monotonic clock, when the clock has jumped to where everything has ended; else 0. */
static int64_t before_jump_s(const struct rotation *r)
{
	const struct rot_facts *f = &r->facts;
	int64_t expected_s = by_monotonic_s(r, r->clock.trusted_wall_s, r->clock.trusted_mono_s);

	return r->clock.trusted && f->now_s > end_s(f) && f->now_s - expected_s > DAY_S ? expected_s : 0;
}

/* A clock that goes back by more than a day while the network has told the time: put right, or put wrong. It is believed, but what the
 * time was before is kept until a new connection has brought the time once more. */
static void note_going_back(struct rotation *r)
{
	const struct rot_facts *f = &r->facts;

	if (r->clock.moved && r->seen_since_s > r->clock.moved_at_s)
		r->clock.moved = false;
	if (!r->clock.trusted || by_monotonic_s(r, r->clock.trusted_wall_s, r->clock.trusted_mono_s) - f->now_s <= DAY_S)
		return;
	r->clock.moved = true;
	r->clock.moved_wall_s = r->clock.trusted_wall_s;
	r->clock.moved_mono_s = r->clock.trusted_mono_s;
	r->clock.moved_at_s = f->mono_s;
}

/* May the device's clock be why it is offline? Only if it refused the server's certificate; when the server refused the
 * device's, the server's was fine at this time. */
static bool clock_may_be_why(struct rotation *r)
{
	WifiConfig_NetworkDiagnostics d;

	for (size_t i = 0; i < ROT_NET_COUNT; i++) {
		int id = r->facts.net[i].id;

		if (id >= 0 && r->ops->diagnostics(id, &d) == 0 && d.error == ERROR_AUTHENTICATION &&
		    d.certError != CERT_ERROR_CLIENT && d.certError != CERT_ERROR_IDENTITY)
			return true;
	}
	return false;
}

/* How far beyond the floor the n-th guess after the first goes. */
static int64_t guess_step_s(unsigned n)
{
	int64_t step_s = GUESS_FIRST_S;

	for (unsigned i = 1; i < n && step_s < 50 * 365 * DAY_S; i++)
		step_s += step_s / 2;
	return step_s;
}

/* A guess of the process before this one: as if it had been made just now. */
static void resume(struct rotation *r, int64_t floor_s)
{
	unsigned n = 1;

	while (n < 32 && floor_s + guess_step_s(n) <= r->facts.now_s)
		n++;
	r->clock.guess = n;
	r->clock.at_s = r->facts.mono_s;
}

static void believe(struct rotation *r)
{
	r->clock.guess = 0;
	if (r->journal.under_way & JOURNAL_UNDER_WAY_CLOCK)
		rot_under_way(r, JOURNAL_UNDER_WAY_CLOCK, false);
}

static int64_t set_clock(struct rotation *r, int64_t wall_s, const char *why)
{
	int e;

	if (!(r->journal.under_way & JOURNAL_UNDER_WAY_CLOCK))
		rot_under_way(r, JOURNAL_UNDER_WAY_CLOCK, true);
	e = r->ops->set_clock(r->ops->ctx, wall_s);
	r->clock.at_s = r->facts.mono_s;
	if (e < 0) {
		rot_enter(r, ROT_PART_DEVICE, ROT_CLOCK_WAIT, "clock=%lld cannot be set errno=%d",
		          (long long)r->facts.now_s, -e);
		return MINUTE_S;
	}
	r->clock.guess++;
	rot_log(r, "clock: set from=%lld to=%lld guess=%u", (long long)r->facts.now_s, (long long)wall_s, r->clock.guess);
	rot_enter(r, ROT_PART_DEVICE, ROT_CLOCK_WAIT, "%s", why);
	return ROT_SOON_S;
}

/* A certificate has just been issued: it is not earlier than that. */
static int64_t take_issued(struct rotation *r)
{
	const struct rot_facts *f = &r->facts;
	int64_t issued_s = f->cert[ROT_CLIENT2].not_before_s;
	int e = issued_s > f->now_s ? r->ops->set_clock(r->ops->ctx, issued_s) : 0;

	r->clock.unconfirmed = r->clock.issued = false;
	believe(r);
	if (issued_s > f->now_s && e == 0)
		rot_log(r, "clock: set from=%lld to=%lld by what was issued", (long long)f->now_s, (long long)issued_s);
	return 1;
}

int64_t rot_clock(struct rotation *r)
{
	const struct rot_facts *f = &r->facts;
	int64_t floor_s = max_s(certificate_floor_s(f), r->journal.good_time_s), guess_s;

	if (r->clock.guess == 0 && f->connected != ROT_NET_NONE && (before_jump_s(r) != 0 || (f->now_s < certificate_floor_s(f) && f->ready))) {
		/* The connection is older than this date; the next authentication will fail by it. */
		rot_enter(r, ROT_PART_DEVICE, ROT_CLOCK_WAIT, "clock=%lld cannot be true", (long long)f->now_s);
		return IMPOSSIBLE_EVERY_S;
	}
	if (r->clock.guess == 0 && f->connected == ROT_NET_NONE && before_jump_s(r) != 0 && clock_may_be_why(r))
		return set_clock(r, before_jump_s(r), "clock had jumped ahead");
	if (r->clock.guess == 0 && f->connected == ROT_NET_NONE && r->clock.moved && rot_offline_s(r) >= GUESS_SETTLE_S && clock_may_be_why(r)) {
		r->clock.moved = false;
		return set_clock(r, by_monotonic_s(r, r->clock.moved_wall_s, r->clock.moved_mono_s), "clock had gone back");
	}
	if (r->clock.guess == 0 && !r->clock.unconfirmed && (r->journal.under_way & JOURNAL_UNDER_WAY_CLOCK) && f->now_s >= floor_s)
		resume(r, floor_s);
	/* By this process, or by one that the power took: then it begins later than a clock that is behind. */
	if (r->clock.unconfirmed && !f->ready && f->connected != ROT_NET_NONE && f->cert[ROT_CLIENT2].present &&
	    (r->clock.issued || f->cert[ROT_CLIENT2].not_before_s > f->now_s))
		return take_issued(r);
	if (f->ready) {
		if (r->clock.guess != 0)
			rot_log(r, "clock: synchronised now=%lld", (long long)f->now_s);
		believe(r);
		r->clock.unconfirmed = false;
		/* Believed, but a time before the certificates in service is not worth remembering. */
		if (f->now_s < r->journal.good_time_s && f->now_s >= certificate_floor_s(f)) {
			rot_log(r, "clock: went back by=%lld", (long long)(r->journal.good_time_s - f->now_s));
			r->journal.good_time_s = f->now_s;
		}
	} else if (r->clock.guess == 0) {
		if (f->now_s < floor_s)
			return set_clock(r, floor_s, "clock was behind");
		if (f->connected == ROT_NET_NONE && r->journal.good_time_s != 0 && f->now_s > end_s(f) &&
		    f->now_s - r->journal.good_time_s > AHEAD_S && rot_offline_s(r) >= GUESS_SETTLE_S && clock_may_be_why(r))
			return set_clock(r, floor_s, "clock may be ahead");
	} else if (f->connected != ROT_NET_NONE) {
		if (f->mono_s - r->seen_since_s < GUESS_SETTLE_S)
			return ROT_SOON_S * 3;
		/* It works and nobody says otherwise (time servers out of reach): as good as it gets, until something is issued. */
		r->clock.unconfirmed = true; /* the journal keeps it for a guess until then */
		r->clock.guess = 0;
	} else {
		/* The OS connects by itself when the guess is good; more looks than one a guess would only cost calls. */
		if (f->mono_s - r->clock.at_s < GUESS_EVERY_S)
			return max_s(GUESS_EVERY_S - (f->mono_s - r->clock.at_s), ROT_SOON_S);
		if (!clock_may_be_why(r))
			return 0; /* no access point, no RADIUS, a bad client certificate: the flows see to what can be done */
		guess_s = floor_s + guess_step_s(r->clock.guess);
		if (guess_s >= f->cert[ROT_ROOT1].not_after_s) {
			/* Round again, this time from the certificates: what was believed may have been wrong. */
			r->clock.guess = 0;
			r->journal.good_time_s = 0;
			guess_s = certificate_floor_s(f);
		}
		return set_clock(r, guess_s, "clock was behind");
	}
	if (f->now_s >= r->journal.good_time_s + DAY_S && (f->ready || f->connected != ROT_NET_NONE) && possible(f))
		r->journal.good_time_s = f->now_s;
	if (f->ready && possible(f)) {
		note_going_back(r);
		r->clock.trusted = true;
		r->clock.trusted_wall_s = f->now_s;
		r->clock.trusted_mono_s = f->mono_s;
	}
	return 0;
}
