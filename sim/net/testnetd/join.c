/* wpa_supplicant chooses: see testnetd/join.h.
 *
 * It is let go on until the first network was tried or nothing can be, and stops there by itself (STA_AUTOCONNECT 0): what comes next
 * belongs to a later moment of virtual time. Its monotonic clock stands in the second of virtual time in which it chooses, and then in that
 * in which the attempt ends, however long that takes in real time (testnetd/devclock.h): so what it sets aside is free when the device
 * thinks so, and nothing that it does depends on how fast this machine is. What only waiting would show is known from its cause: when
 * RADIUS is silent, the access point is told to end the attempt, as it would a minute later. Frames that a machine which stands still
 * has lost are sent again: after seconds without a word it is asked where it is, and begins anew if it has stopped.
 */
#define _GNU_SOURCE
#include "sim/net/testnetd/join.h"

#include <errno.h>
#include <stdio.h>

#include "emu-applibs/base/base.h"
#include "sim/net/cause.h"
#include "sim/net/testnetd/ap.h"
#include "sim/net/testnetd/attempt.h"
#include "sim/net/testnetd/clocks.h"
#include "sim/net/testnetd/conf.h"
#include "sim/net/testnetd/loss.h"
#include "sim/net/testnetd/scan.h"
#include "sim/net/testnetd/verdict.h"

/* Real time. All that takes a fifth of a second on a machine that has time; this is for an emulated one that has not. */
#define END_LIMIT_MS 60000u
#define LOST_LIMIT_MS 30000u  /* where frames get lost: hostapd repeats a question after 3 s, then after 6, 12 */
#define AFTER_LIMIT_MS 60000u /* from the known failure to wpa_supplicant's own word on it */
#define HEAR_LIMIT_MS 15000u  /* from the association to the first question */
#define QUIET_MS 3000u        /* without any word of wpa_supplicant: something was lost */
#define ADMIT_MS 8000u        /* from the device's last word on the key to the access point's own; that asks four times, a second apart */
#define KEY_MS 1500u          /* from the association to an agreed key; the access point asks four times, a second apart */
#define MISSED_MAX 8u         /* scans that do not show an access point that is there */
#define MISSED_LOST_MAX 2u    /* the same, where frames get lost: this is what a device sees then */
#define TRIES 3
#define FORGOTTEN_S 3600      /* longer than it sets aside what failed once or twice */

static int ask(struct daemons *d, const char *command, struct az_error *ret_error)
{
	char reply[64];
	int r = ctl_request(&d->supplicant_ctl, reply, sizeof(reply), "%s", command);

	return r < 0 ? attempt_fail(d, ret_error, r, &d->supplicant, command) : 0;
}

/* ---- What it says ---------------------------------------------------------------------------------------------------------------- */

/* Is it connected to the network of this serial? Then to which access point? */
static bool is_connected(struct daemons *d, const struct joiner *joiner, uint64_t serial, uint8_t ret_bssid[AUTH_BSSID_LENGTH])
{
	const struct networks_entry *entry = networks_by_serial(&joiner->networks, serial);
	char reply[2048], state[64], id[64], address[64];

	return entry != NULL && ctl_request(&d->supplicant_ctl, reply, sizeof(reply), "STATUS") == 0 &&
	       scan_value(reply, "wpa_state", state, sizeof(state)) && strcmp(state, "COMPLETED") == 0 &&
	       scan_value(reply, "id", id, sizeof(id)) && strtol(id, NULL, 10) == entry->id &&
	       scan_value(reply, "bssid", address, sizeof(address)) && scan_address(address, ret_bssid);
}

/* id TAB ssid TAB bssid TAB flags */
static bool is_set_aside(const char *list, int id)
{
	while (*list != '\0') {
		const char *end = strchrnul(list, '\n');
		char *stop;

		if (strtol(list, &stop, 10) == id && *stop == '\t')
			return memmem(list, (size_t) (end - list), "[TEMP-DISABLED]", 15) != NULL;
		list = end + (*end == '\n');
	}
	return false;
}

/* Nothing was chosen: why? Of every enabled network by what the last scan shows. False: that is no reason yet. */
static bool find_fates(struct daemons *d, const struct joiner *joiner, const struct join_request *join, struct join_result *result)
{
	static char reply[CTL_TEXT_MAX];
	struct join_row rows[JOIN_ROWS_MAX];
	size_t count = 0;
	bool clear = true;

	if (ctl_request(&d->supplicant_ctl, reply, sizeof(reply), "SCAN_RESULTS") == 0)
		count = scan_rows(reply, rows, ARRAY_LEN(rows));
	if (ctl_request(&d->supplicant_ctl, reply, sizeof(reply), "LIST_NETWORKS") < 0)
		reply[0] = '\0';
	result->kind = JOIN_NOT_FOUND;
	for (size_t i = 0; i < join->count; i++) {
		const struct auth_request *q = &join->networks[i].request;
		const struct networks_entry *entry = networks_by_serial(&joiner->networks, join->networks[i].serial);
		const struct net_ap *other;
		enum join_fate fate = JOIN_FATE_NOT_FOUND;

		result->fates[i] = JOIN_FATE_NONE;
		if (!join->networks[i].enabled || entry == NULL)
			continue;
		for (size_t k = 0; k < count && fate != JOIN_FATE_SET_ASIDE; k++) {
			if (rows[k].ssid_length != q->ssid_length || memcmp(rows[k].ssid, q->ssid, q->ssid_length) != 0)
				continue;
			if (rows[k].security != q->security)
				fate = JOIN_FATE_WRONG_SECURITY;
			else if (entry->held || is_set_aside(reply, entry->id))
				fate = JOIN_FATE_SET_ASIDE;
		}
		if (fate == JOIN_FATE_SET_ASIDE)
			result->kind = JOIN_SET_ASIDE;
		else if (net_find_ap(&d->state, q, &other))
			clear = false; /* the scan missed it: nothing else holds it back */
		result->fates[i] = fate;
	}
	return clear;
}

/* ---- The attempt ----------------------------------------------------------------------------------------------------------------- */

/* Where keys are cached, the device begins: then both sides agree a new one, which they keep instead of the old. Told by the access point's
 * command only it would have a new key that the device does not have. */
static int ask_again(struct daemons *d, const struct attempt *attempt)
{
	char reply[64];

	return d->state.pmksa_caching ? ctl_request(&d->supplicant_ctl, reply, sizeof(reply), "REAUTHENTICATE")
	                              : ap_tell_of_device(d, attempt->bssid, "EAPOL_REAUTH", "");
}

/* A device that has heard nothing of EAP yet would give up sooner when its time goes on. */
static void await_hearing(struct daemons *d)
{
	uint64_t until = daemons_in_ms(HEAR_LIMIT_MS);
	char reply[2048], state[64];

	while (real_now_ns() < until) {
		if (ctl_request(&d->supplicant_ctl, reply, sizeof(reply), "STATUS") < 0 ||
		    (scan_value(reply, "Supplicant PAE state", state, sizeof(state)) && strcmp(state, "AUTHENTICATING") == 0))
			return;
		(void) daemons_wait(d, -1, daemons_in_ms(5));
	}
}

/* The second in which an attempt ends that takes so long. */
static uint64_t ends_at(const struct join_request *join, unsigned ms)
{
	return (join->now_ns + ms * NS_PER_MS) / NS_PER_S;
}

/* Its clock goes on to the end of an attempt that takes so long. */
static void end_in(struct daemons *d, const struct join_request *join, struct attempt *attempt, unsigned ms)
{
	if (ms > attempt->ends_ms)
		clocks_stand(d, ends_at(join, ms));
	if (ms > attempt->ends_ms)
		attempt->ends_ms = ms;
}

/* Of the network that it is at. */
static void take_id(struct daemons *d, struct attempt *attempt)
{
	char reply[2048], id[64];

	if (ctl_request(&d->supplicant_ctl, reply, sizeof(reply), "STATUS") == 0 && scan_value(reply, "id", id, sizeof(id)))
		attempt->id = (int) strtol(id, NULL, 10);
}

/* The access point gives up, as it does when nobody has answered for as long as that. */
static int give_up(struct daemons *d, const struct join_request *join, struct attempt *attempt, unsigned waited_ms, struct az_error *ret_error)
{
	const bool lossy = net_loses_frames(&d->state);
	uint64_t until = daemons_in_ms(lossy ? LOST_LIMIT_MS : AFTER_LIMIT_MS), again = 0;

	if (attempt->aside)
		return 0;
	if (lossy)
		take_id(d, attempt);
	if (waited_ms > 0)
		await_hearing(d);
	end_in(d, join, attempt, waited_ms);
	while (!attempt->aside && real_now_ns() < until) {
		if (real_now_ns() >= again) {
			(void) ap_tell_of_device(d, attempt->bssid, "DEAUTHENTICATE", " reason=23");
			again = daemons_in_ms(QUIET_MS);
		}
		attempt_follow(d, attempt, again);
		if (daemons_check(d, ret_error) < 0)
			return -ECHILD;
	}
	/* Its last word was lost, too, or it has noticed before that nobody is there. */
	attempt->lost = attempt->lost || (lossy && !attempt->aside);
	return attempt->aside || attempt->lost ? 0 : attempt_fail(d, ret_error, -ETIMEDOUT, &d->supplicant, "does not say for how long it sets a network aside");
}

/* Nobody answers what the device says. */
static bool is_silence(const struct daemons *d, const struct attempt *attempt)
{
	/* What the access point repeats of an earlier attempt is in the log, too. */
	return attempt->started && (!d->state.radius_up || (d->state.radius_secret_wrong && radius_log_secret_wrong(d->radius.capture)));
}

/* For how long it waits for what does not come, in virtual time. */
static unsigned waits_in_vain(const struct daemons *d, const struct attempt *attempt)
{
	return attempt->no_method ? JOIN_NO_CREDENTIALS_MS : is_silence(d, attempt) ? JOIN_NO_ANSWER_MS : 0;
}

/* RADIUS let the device in again, which then stays connected: no event but EAP's tells of it, and that of a new key, where one is agreed. */
static bool is_let_in(const struct daemons *d, const struct attempt *attempt)
{
	return attempt->success && (attempt->agreed || !d->state.pmksa_caching) && radius_log_complete(d->radius.capture) &&
	       !radius_log_not_on_file(d->radius.capture);
}

/* It has said nothing for seconds. */
static void nudge(struct daemons *d, bool in_place, const struct attempt *attempt)
{
	char reply[2048], state[64];

	if (in_place) {
		if (!attempt->started)
			(void) ask_again(d, attempt);
		return;
	}
	if (ctl_request(&d->supplicant_ctl, reply, sizeof(reply), "STATUS") < 0 || !scan_value(reply, "wpa_state", state, sizeof(state)))
		return;
	/* Associated, it waits for an access point that repeats its questions. */
	if (strcmp(state, "DISCONNECTED") == 0 || strcmp(state, "INACTIVE") == 0 || strcmp(state, "SCANNING") == 0)
		(void) ctl_request(&d->supplicant_ctl, reply, sizeof(reply), "REASSOCIATE");
}

static bool uses_shared_key(const struct join_request *join)
{
	for (size_t i = 0; i < join->count; i++)
		if (join->networks[i].enabled && join->networks[i].request.security == AUTH_SECURITY_PSK)
			return true;
	return false;
}

static bool is_over(const struct daemons *d, const struct attempt *attempt, bool in_place)
{
	return attempt->connected || attempt->aside || (in_place && is_let_in(d, attempt));
}

/* RADIUS has spoken, or been told by the device: where frames get lost, that may be all that there is. */
static bool is_refused(const struct daemons *d, const struct attempt *attempt)
{
	return (attempt->failure || attempt->cert_error) && !attempt->success && radius_log_complete(d->radius.capture);
}

/* Nothing but an access point that gives up will end it. */
static bool hangs(const struct daemons *d, const struct attempt *attempt)
{
	return attempt->no_method || is_silence(d, attempt) || (net_loses_frames(&d->state) && is_refused(d, attempt)) ||
	       (attempt->started && !attempt->tls_selected && radius_log_no_identity(d->radius.capture)) ||
	       (radius_log_not_on_file(d->radius.capture) && attempt->success);
}

/* The fourth message of the 4-way handshake may get lost. Then the device is connected, and says it again under the new key, which the access
 * point does not have yet and never will: seconds later that throws it out. */
static int await_admission(struct daemons *d, const struct join_request *join, struct attempt *attempt, struct az_error *ret_error)
{
	uint64_t until = daemons_in_ms(ADMIT_MS);

	while (!attempt->dropped && !ap_let_device_in(d, attempt->bssid) && real_now_ns() < until) {
		attempt_follow(d, attempt, daemons_in_ms(20));
		if (daemons_check(d, ret_error) < 0)
			return -ECHILD;
	}
	if (attempt->dropped || !ap_let_device_in(d, attempt->bssid)) {
		attempt->connected = false;
		attempt->lost = true;
		end_in(d, join, attempt, JOIN_WRONG_KEY_MS);
	}
	return 0;
}

/* Which network it was nobody can say where it never came to one: then none was found. */
static void name_lost(const struct join_request *join, const struct attempt *attempt, struct join_result *result)
{
	if (!attempt->lost || attempt->id >= 0 || join->again != 0)
		return;
	result->kind = JOIN_NOT_FOUND;
	for (size_t i = 0; i < join->count; i++)
		result->fates[i] = join->networks[i].enabled ? JOIN_FATE_NOT_FOUND : JOIN_FATE_NONE;
}

/* It has been under way for as long as we wait where frames get lost. What got as far as the access point, that gives up, as it would; what
 * did not, the device will begin anew. */
static int end_lost(struct daemons *d, const struct join_request *join, struct attempt *attempt, struct join_result *result,
                    struct az_error *ret_error)
{
	int r = 0;

	attempt->lost = true;
	if (attempt->associated)
		r = give_up(d, join, attempt, JOIN_NO_ANSWER_MS, ret_error);
	if (r == 0)
		name_lost(join, attempt, result);
	return r;
}

/* The end of it: connected; or a failure, and for how long the network is set aside. in_place: it was connected. */
static int await_end(struct daemons *d, const struct joiner *joiner, const struct join_request *join, bool in_place, struct attempt *attempt,
                     struct join_result *result, bool *ret_over, struct az_error *ret_error)
{
	const bool lossy = net_loses_frames(&d->state);
	uint64_t until = daemons_in_ms(lossy ? LOST_LIMIT_MS : END_LIMIT_MS), quiet = daemons_in_ms(QUIET_MS), key = TIME_NEVER;
	bool shared_key = uses_shared_key(join);
	unsigned missed = 0;
	char reply[64];
	int r;

	result->kind = JOIN_TRIED;
	while (real_now_ns() < until) {
		if (attempt_take(d, attempt))
			quiet = daemons_in_ms(QUIET_MS);
		else
			(void) daemons_wait(d, -1, quiet < key ? quiet : key);
		if (daemons_check(d, ret_error) < 0)
			return -ECHILD;
		/* It has chosen: what remains of the attempt belongs to its end. */
		if (attempt->associated)
			end_in(d, join, attempt, JOIN_ATTEMPT_MS);
		if (attempt->associated && shared_key) {
			key = daemons_in_ms(KEY_MS);
			shared_key = false;
		}
		if (real_now_ns() >= key) {
			key = TIME_NEVER;
			if (!attempt->started)
				end_in(d, join, attempt, JOIN_WRONG_KEY_MS);
		}
		*ret_over = is_over(d, attempt, in_place);
		if (*ret_over)
			return lossy && attempt->connected ? await_admission(d, join, attempt, ret_error) : 0;
		if (attempt->not_found) {
			attempt->not_found = false;
			*ret_over = find_fates(d, joiner, join, result) || missed++ >= (lossy ? MISSED_LOST_MAX : MISSED_MAX);
			if (*ret_over)
				return 0;
			result->kind = JOIN_TRIED;
			/* It fails while one is under way. */
			(void) ctl_request(&d->supplicant_ctl, reply, sizeof(reply), "SCAN freq=" DAEMONS_SCAN_FREQUENCIES);
			continue;
		}
		if (hangs(d, attempt)) {
			*ret_over = true;
			r = give_up(d, join, attempt, waits_in_vain(d, attempt), ret_error);
			if (r == 0)
				name_lost(join, attempt, result);
			return r;
		}
		if (real_now_ns() >= quiet) {
			nudge(d, in_place, attempt);
			quiet = daemons_in_ms(QUIET_MS);
		}
	}
	*ret_over = lossy && !in_place;
	return *ret_over ? end_lost(d, join, attempt, result, ret_error) : 0;
}

static int begin(struct daemons *d, struct az_error *ret_error)
{
	/* What is gone from the air must not be chosen from an earlier scan. */
	int r = daemons_forget_scans(d);

	return r < 0 ? attempt_fail(d, ret_error, r, &d->supplicant, "does not forget its scans") : ask(d, "REASSOCIATE", ret_error);
}

static int leave(struct daemons *d, struct az_error *ret_error)
{
	int r = ask(d, "DISCONNECT", ret_error);

	d->joined = false;
	return r == 0 ? ask(d, "PING", ret_error) : r;
}

/* -EAGAIN: where frames got lost the access point may have thrown it out, and that been lost, too. It begins anew, as it does when it
 * notices. */
static int begin_again(struct daemons *d, const struct attempt *attempt, struct az_error *ret_error)
{
	int r = ask_again(d, attempt);

	if (r < 0 && d->loss != NULL)
		return -EAGAIN;
	return r < 0 ? attempt_fail(d, ret_error, r, &d->ap[0], "the device is not asked to authenticate again") : 0;
}

static bool any_enabled(const struct join_request *join)
{
	for (size_t i = 0; i < join->count; i++)
		if (join->networks[i].enabled)
			return true;
	return false;
}

static const struct join_network *network_of(const struct join_request *join, uint64_t serial)
{
	for (size_t i = 0; i < join->count; i++)
		if (join->networks[i].serial == serial)
			return &join->networks[i];
	return NULL;
}

/* It was not refused: something that was said did not arrive. */
static bool is_lost(const struct daemons *d, const struct attempt *attempt)
{
	if (attempt->connected || attempt->no_method || is_refused(d, attempt) || (!attempt->lost && !net_loses_frames(&d->state)))
		return false;
	if (attempt->lost || !attempt->started)
		return true;
	if (!d->state.radius_up || radius_log_not_on_file(d->radius.capture))
		return false;
	return attempt->success ? attempt->aside : !radius_log_complete(d->radius.capture);
}

static int judge(struct daemons *d, const struct join_network *n, const struct attempt *attempt, struct join_result *result,
                 struct az_error *ret_error)
{
	struct auth_verdict *v = &result->verdict;
	int r;

	if (n->request.security != AUTH_SECURITY_EAP_TLS) {
		if (attempt->connected)
			verdict_plain(AUTH_OK, "associated", "", v);
		else if (attempt->wrong_key)
			verdict_plain(AUTH_WRONG_KEY, "4-Way Handshake failed - pre-shared key may be incorrect", "", v);
		else
			verdict_plain(AUTH_NO_ANSWER, "not associated", "", v);
		return 0;
	}
	if (attempt->connected && !attempt->started) {
		result->cached = true;
		verdict_plain(AUTH_OK, "connected with a cached key (PMKSA), without EAP", "", v);
		return 0;
	}
	if (n->request.client_cert_pem == NULL || n->root_missing) {
		verdict_plain(AUTH_NO_CREDENTIALS, "the network's certificate is not there", "", v);
		return 0;
	}
	if (is_lost(d, attempt)) {
		verdict_plain(AUTH_NO_ANSWER, attempt->success ? "4-Way Handshake failed" : attempt->started ? "EAP started, no answer" : "not associated", "", v);
		return 0;
	}
	if (!attempt->no_method && is_silence(d, attempt)) {
		verdict_plain(AUTH_NO_ANSWER, "EAP started, no answer",
		              d->state.radius_up ? "packet dropped: shared secret is incorrect" : "", v);
		return 0;
	}
	r = attempt->no_method ? 0 : attempt_await_log(d, ret_error);
	if (r < 0)
		return r;
	verdict_of_attempt(attempt, d->radius.capture, n->request.identity, v);
	net_sanitize_verdict(v);
	return 0;
}

static int conclude(struct daemons *d, const struct joiner *joiner, const struct join_request *join, const struct attempt *attempt,
                    struct join_result *result, struct az_error *ret_error)
{
	const struct networks_entry *entry =
	        attempt->id >= 0 ? networks_by_id(&joiner->networks, attempt->id) : networks_by_serial(&joiner->networks, join->again);
	const struct join_network *n = entry != NULL ? network_of(join, entry->serial) : NULL;
	int r;

	if (n == NULL)
		return attempt_fail(d, ret_error, -EBADMSG, &d->supplicant, "tried a network that the device does not have");
	result->serial = n->serial;
	result->aside_s = attempt->aside ? attempt->aside_s : 0;
	r = judge(d, n, attempt, result, ret_error);
	memcpy(result->verdict.bssid, attempt->bssid, sizeof(attempt->bssid));
	return r;
}

/* It chooses in the second in which the device does. The end of the attempt may fall into the next one, and where that is no other for any
 * network, it is there from the start. */
static uint64_t first_second(const struct joiner *joiner, const struct join_request *join)
{
	uint64_t end = ends_at(join, JOIN_ATTEMPT_MS);

	return networks_free_at(&joiner->networks, end) ? join->now_ns / NS_PER_S : end;
}

static int follow_to_end(struct daemons *d, struct joiner *joiner, const struct join_request *join, struct join_result *result,
                         struct az_error *ret_error)
{
	uint8_t bssid[AUTH_BSSID_LENGTH];
	bool in_place = join->again != 0 && is_connected(d, joiner, join->again, bssid);
	struct attempt attempt;
	bool over = false;
	int r = 0;

	for (int i = 0; i < TRIES && r == 0 && !over; i++, in_place = false) {
		if (!in_place)
			r = leave(d, ret_error);
		if (r < 0)
			return r;
		daemons_pause(d, 0); /* what is still to be read is of no attempt */
		attempt_reset(&attempt);
		proc_mark(&d->radius);
		clocks_stand(d, first_second(joiner, join));
		if (in_place) {
			memcpy(attempt.bssid, bssid, sizeof(bssid));
			r = begin_again(d, &attempt, ret_error);
			if (r == -EAGAIN) {
				r = 0;
				continue;
			}
		} else {
			r = begin(d, ret_error);
		}
		if (r == 0)
			r = await_end(d, joiner, join, in_place, &attempt, result, &over, ret_error);
	}
	if (r == 0 && !over) {
		az_error_set(ret_error, AZ_ENVIRONMENT, "an attempt to join had no end within %u ms, %d times", END_LIMIT_MS, TRIES);
		proc_append_last_lines(&d->supplicant, ret_error);
		proc_append_last_lines(&d->radius, ret_error);
		return -ETIMEDOUT;
	}
	/* One failure may be told twice, and then the second word counts; both are there when it answers. */
	if (r == 0)
		r = ask(d, "PING", ret_error);
	if (r == 0)
		attempt_take(d, &attempt);
	if (r == 0 && attempt.aside)
		networks_set_aside(&joiner->networks, attempt.id, ends_at(join, attempt.ends_ms) + attempt.aside_s);
	if (r == 0 && result->kind == JOIN_TRIED)
		r = conclude(d, joiner, join, &attempt, result, ret_error);
	d->joined = r == 0 && result->kind == JOIN_TRIED && result->verdict.outcome == AUTH_OK;
	if (r == 0 && !d->joined)
		r = leave(d, ret_error);
	return r;
}

/* It stops after each attempt, and its disconnected end is the last word. */
static int tell_once(struct daemons *d, struct joiner *joiner, struct az_error *ret_error)
{
	int r = joiner->told ? 0 : ask(d, "STA_AUTOCONNECT 0", ret_error);

	joiner->told = joiner->told || r == 0;
	return r;
}

int join_run(struct daemons *d, struct joiner *joiner, const struct join_request *join, struct join_result *ret_result,
             struct az_error *ret_error)
{
	struct join_result result = {.kind = JOIN_NOT_FOUND};
	int r = 0;

	if (!d->has_state) {
		az_error_set(ret_error, AZ_ENVIRONMENT, "an authentication was asked for before the network had a state");
		return -EINVAL;
	}
	r = daemons_check(d, ret_error);
	if (r == 0)
		r = tell_once(d, joiner, ret_error);
	if (r == 0 && join->again == 0)
		r = leave(d, ret_error);
	if (r == 0)
		r = ap_end_keys(d, join->keys_ended, ret_error);
	if (r == 0)
		r = networks_sync(d, &joiner->networks, join, ret_error);
	if (r == 0) {
		clocks_draw(d, join->random);
		loss_draw(d, join->random + ++joiner->attempts);
		clocks_stand(d, first_second(joiner, join));
		r = ask(d, "PING", ret_error); /* it looks at its clock */
	}
	joiner->last_s = join->now_ns / NS_PER_S;
	if (r == 0 && any_enabled(join))
		r = follow_to_end(d, joiner, join, &result, ret_error);
	networks_remove_keys(d, &joiner->networks);
	if (r == 0)
		*ret_result = result;
	return r;
}

int join_one(struct daemons *d, struct joiner *joiner, const struct auth_request *request, struct auth_verdict *ret_verdict,
             struct az_error *ret_error)
{
	const struct join_network network = {.serial = UINT64_MAX, .handed = ++joiner->alone, .enabled = true, .root_id = "", .client_id = "",
	                                     .request = *request};
	const struct join_request join = {.life = UINT64_MAX - joiner->alone, .now_ns = (joiner->last_s + FORGOTTEN_S) * NS_PER_S, .networks = &network, .count = 1};
	struct join_result result;
	int r = join_run(d, joiner, &join, &result, ret_error);

	if (r < 0)
		return r;
	if (result.kind == JOIN_TRIED)
		*ret_verdict = result.verdict;
	else
		verdict_plain(AUTH_NO_NETWORK, "no access point with this SSID", "", ret_verdict);
	return 0;
}
