/* One authentication with the daemons: see testnetd/attempt.h.
 *
 * On the wire wpa_supplicant would wait two seconds before its first EAPOL-Start, so we send that frame ourselves. On air it is all
 * its own: scan, association, EAP, 4-way handshake. Everything else is found by events: no sleep stands between question and answer.
 */
#define _GNU_SOURCE
#include "sim/net/testnetd/attempt.h"

#include <errno.h>
#include <stdio.h>

#include "emu-applibs/base/base.h"
#include "sim/net/testnetd/conf.h"
#include "sim/net/testnetd/ns.h"
#include "sim/net/testnetd/verdict.h"
#include "sim/util/text.h"

#define ASSOCIATE_LIMIT_MS 5000u
#define VERDICT_LIMIT_MS 5000u /* RADIUS answers in under 20 ms; this is for a machine that stands still */
#define AIR_LIMIT_MS 20000u    /* a fifth of a second on a machine that has time; this is for an emulated one that has not */
#define LOG_LIMIT_MS 5000u
#define TRIES 2
#define MISSED_MAX 8u /* scans */
/* hostapd drops the station 10 ms after EAP-Failure and then would ignore it for seconds, unless told to forget it. */
#define DROP_MS 14u
#define FORGET_MS 3u

static uint64_t in_ms(unsigned ms)
{
	return real_now_ns() + ms * NS_PER_MS;
}

static int fail(struct daemons *d, struct az_error *ret_error, int r, const struct proc *proc, const char *what)
{
	if (daemons_check_after_failure(d, ret_error) < 0)
		return -ECHILD;
	az_error_set(ret_error, AZ_ENVIRONMENT, "%s: %s", proc->name, what);
	proc_append_last_lines(proc, ret_error);
	return r;
}

/* ---- What the device has in hand --------------------------------------------------------------------------------------------- */

static int write_file(const struct daemons *d, const char *name, const char *text)
{
	char path[DAEMONS_PATH_MAX];

	(void) snprintf(path, sizeof(path), "%s/device/%s", d->work, name);
	return conf_write(path, text, strlen(text));
}

static void remove_key(const struct daemons *d)
{
	char path[DAEMONS_PATH_MAX];

	(void) snprintf(path, sizeof(path), "%s/device/client.key", d->work);
	(void) unlink(path);
}

/* The identity goes in hex: no byte of it can mean anything to the parser. An empty one must be written as a string. */
static int set_identity(struct daemons *d, const char *identity)
{
	char reply[64], hex[2 * 512 + 3] = "\"\"";
	size_t length = strlen(identity);

	if (2 * length + 1 > sizeof(hex))
		return -EMSGSIZE;
	if (length > 0)
		(void) conf_hex(identity, length, hex, sizeof(hex));
	return ctl_request(&d->supplicant_ctl, reply, sizeof(reply), "SET_NETWORK 0 identity %s", hex);
}

/* Its networks: one for EAP, one for everything else. */
static int network_of(const struct auth_request *q)
{
	return q->security == AUTH_SECURITY_EAP_TLS ? 0 : 1;
}

/* Who is asked to authenticate again does not look for another access point. */
static int set_access_point(struct daemons *d, const struct auth_request *q)
{
	const uint8_t *b = q->bssid;
	char reply[64];

	if (b == NULL)
		return ctl_request(&d->supplicant_ctl, reply, sizeof(reply), "SET_NETWORK %d bssid any", network_of(q));
	return ctl_request(&d->supplicant_ctl, reply, sizeof(reply), "SET_NETWORK %d bssid %02x:%02x:%02x:%02x:%02x:%02x", network_of(q), b[0],
	                   b[1], b[2], b[3], b[4], b[5]);
}

static int set_ssid(struct daemons *d, const struct auth_request *q)
{
	char reply[64], hex[2 * 32 + 1];
	int r = ctl_request(&d->supplicant_ctl, reply, sizeof(reply), "SET_NETWORK %d ssid %s", network_of(q),
	                    conf_hex(q->ssid, q->ssid_length, hex, sizeof(hex)));

	if (r == 0)
		r = ctl_request(&d->supplicant_ctl, reply, sizeof(reply), "SET_NETWORK %d scan_ssid %d", network_of(q), q->targeted_scan);
	return r == 0 ? set_access_point(d, q) : r;
}

static int set_key(struct daemons *d, const struct auth_request *q, struct az_error *ret_error)
{
	const char *quote = q->psk != NULL && strlen(q->psk) == 64 ? "" : "\"";
	char reply[64];
	int r = set_ssid(d, q);

	if (r == 0)
		r = ctl_request(&d->supplicant_ctl, reply, sizeof(reply), "SET_NETWORK 1 key_mgmt %s",
		                q->security == AUTH_SECURITY_PSK ? "WPA-PSK" : "NONE");
	if (r == 0 && q->security == AUTH_SECURITY_PSK)
		r = ctl_request(&d->supplicant_ctl, reply, sizeof(reply), "SET_NETWORK 1 psk %s%s%s", quote, q->psk != NULL ? q->psk : "", quote);
	return r < 0 ? fail(d, ret_error, r, &d->supplicant, "does not take the network's key") : 0;
}

static int set_credentials(struct daemons *d, const struct auth_request *q, struct az_error *ret_error)
{
	char reply[64];
	int r = write_file(d, "client.pem", q->client_cert_pem);

	if (r == 0)
		r = write_file(d, "client.key", q->client_key_pem);
	if (r == 0 && q->root_ca_pem != NULL)
		r = write_file(d, "root.pem", q->root_ca_pem);
	if (r < 0) {
		az_error_set(ret_error, AZ_ENVIRONMENT, "the device's certificates cannot be written: %s", strerror(-r));
		return r;
	}
	r = set_identity(d, q->identity);
	if (r == 0 && d->medium->radio)
		r = set_ssid(d, q);
	if (r == 0 && q->root_ca_pem != NULL)
		r = ctl_request(&d->supplicant_ctl, reply, sizeof(reply), "SET_NETWORK 0 ca_cert \"%s/device/root.pem\"", d->work);
	else if (r == 0)
		r = ctl_request(&d->supplicant_ctl, reply, sizeof(reply), "SET_NETWORK 0 ca_cert NULL");
	return r < 0 ? fail(d, ret_error, r, &d->supplicant, "does not take the identity or the root certificate") : 0;
}

/* ---- The exchange ------------------------------------------------------------------------------------------------------------ */

static void settle(struct daemons *d, struct aftermath *aftermath)
{
	uint64_t dropped_ns = aftermath->ended_at_ns + DROP_MS * NS_PER_MS, now = real_now_ns();
	char reply[64];

	if (!aftermath->unsettled)
		return;
	aftermath->unsettled = false;
	if (now < dropped_ns)
		daemons_pause(d, (unsigned) ((dropped_ns - now) / NS_PER_MS + 1));
	/* It fails when hostapd has forgotten the device already. */
	(void) ctl_request(&d->ap_ctl, reply, sizeof(reply), "DEAUTHENTICATE %s", d->medium->device_mac);
	daemons_pause(d, FORGET_MS);
}

static void unsettle(struct aftermath *aftermath)
{
	aftermath->unsettled = true;
	aftermath->ended_at_ns = real_now_ns();
}

/* Takes the waiting events; then waits for more, at most until then. */
static void follow(struct daemons *d, struct attempt *attempt, uint64_t until_ns)
{
	char event[CTL_TEXT_MAX];
	bool any = false;

	while (ctl_next_event(&d->supplicant_ctl, event)) {
		attempt_event(attempt, event);
		any = true;
	}
	if (!any)
		(void) daemons_wait(d, -1, until_ns);
}

static int associate(struct daemons *d, struct attempt *attempt, struct az_error *ret_error)
{
	uint64_t until = in_ms(ASSOCIATE_LIMIT_MS);
	char reply[64];
	int r = ctl_request(&d->supplicant_ctl, reply, sizeof(reply), "REASSOCIATE");

	while (r == 0 && !attempt->associated) {
		if (daemons_check(d, ret_error) < 0)
			return -ECHILD;
		if (real_now_ns() >= until)
			r = -ETIMEDOUT;
		else
			follow(d, attempt, until);
	}
	/* Its answer shows that the work that follows the event is done too. */
	if (r == 0)
		r = ctl_request(&d->supplicant_ctl, reply, sizeof(reply), "PING");
	return r < 0 ? fail(d, ret_error, r, &d->supplicant, "does not join the access point's wire") : 0;
}

enum answer { ANSWER_VERDICT, ANSWER_SILENCE, ANSWER_MISSING, ANSWER_NO_NETWORK };

static bool without_network(const struct daemons *d, const struct auth_request *q)
{
	const struct net_ap *other;

	return !net_find_ap(&d->state, q, &other);
}

/* On air the keys must be agreed, too, before the device is connected. */
static bool ended(const struct daemons *d, const struct attempt *attempt)
{
	if (attempt->wrong_key || (attempt->connected && !attempt->started))
		return true; /* no EAP */
	return attempt_ended(attempt) && (!d->medium->radio || !attempt->success || attempt->connected);
}

/* Silence is known from its causes, not from a long wait: RADIUS was stopped, or says that it drops what the AP sends. A scan on a
 * crowded machine may miss an access point that is there. */
static int await_answer(struct daemons *d, const struct auth_request *q, struct attempt *attempt, enum answer *ret_answer,
                        struct az_error *ret_error)
{
	const bool in_reach = !without_network(d, q);
	unsigned missed = 0;
	char reply[64], hex[2 * 32 + 1];
	uint64_t until = in_ms(d->medium->radio ? AIR_LIMIT_MS : VERDICT_LIMIT_MS);

	for (;;) {
		follow(d, attempt, until);
		if (daemons_check(d, ret_error) < 0)
			return -ECHILD;
		if (attempt->not_found) {
			attempt->not_found = false;
			if (missed++ < MISSED_MAX && in_reach) {
				/* Selecting again would look at the same results; this is a new scan. It fails while one is under way. */
				(void) ctl_request(&d->supplicant_ctl, reply, sizeof(reply), "SCAN freq=2412 ssid %s",
				                   conf_hex(q->ssid, q->ssid_length, hex, sizeof(hex)));
				continue;
			}
			*ret_answer = ANSWER_NO_NETWORK;
			return 0;
		}
		if (ended(d, attempt) || (!attempt->tls_selected && radius_log_no_identity(d->radius.capture))) {
			*ret_answer = ANSWER_VERDICT;
			return 0;
		}
		/* After the server's Finished wpa_supplicant believes in success and discards an EAP-Failure (RFC 4137 4.2: decision
		 * UNCOND_SUCC); it would wait for a key that never comes. */
		if (radius_log_not_on_file(d->radius.capture)) {
			*ret_answer = ANSWER_VERDICT;
			return 0;
		}
		/* EAP has begun and nobody is there to go on with it. */
		if ((!d->state.radius_up && attempt->started) ||
		    (d->state.radius_secret_wrong && radius_log_secret_wrong(d->radius.capture))) {
			*ret_answer = ANSWER_SILENCE;
			return 0;
		}
		if (real_now_ns() >= until) {
			*ret_answer = ANSWER_MISSING;
			return 0;
		}
	}
}

/* Out of any network, with nothing under way. */
static int leave_air(struct daemons *d, struct az_error *ret_error)
{
	char reply[64];
	int r = ctl_request(&d->supplicant_ctl, reply, sizeof(reply), "DISCONNECT");

	if (r == 0)
		r = ctl_request(&d->supplicant_ctl, reply, sizeof(reply), "PING");
	return r < 0 ? fail(d, ret_error, r, &d->supplicant, "does not leave its network") : 0;
}

/* From the scan to the end, twice if an end fails to come. A device that got in stays there; one that did not must not go on trying
 * by itself: when to try is the device OS's to say. */
static int air_exchange(struct daemons *d, const struct auth_request *q, struct attempt *attempt, enum answer *ret_answer,
                        struct az_error *ret_error)
{
	char reply[64];
	int r = 0;

	*ret_answer = ANSWER_MISSING;
	for (int i = 0; i < TRIES && r == 0 && *ret_answer == ANSWER_MISSING; i++) {
		r = leave_air(d, ret_error);
		if (r < 0)
			return r;
		daemons_pause(d, 0); /* what is still to be read is of no attempt */
		attempt_reset(attempt);
		proc_mark(&d->radius);
		r = daemons_forget_scans(d);
		if (r == 0)
			r = ctl_request(&d->supplicant_ctl, reply, sizeof(reply), "SELECT_NETWORK %d", network_of(q));
		if (r < 0)
			return fail(d, ret_error, r, &d->supplicant, "does not select its network");
		r = await_answer(d, q, attempt, ret_answer, ret_error);
		if (r == 0 && !attempt->connected)
			r = leave_air(d, ret_error);
	}
	return r;
}

/* From EAPOL-Start to the end, twice if an end fails to come. */
static int exchange(struct daemons *d, const struct auth_request *q, struct aftermath *aftermath, struct attempt *attempt, enum answer *ret_answer,
                    struct az_error *ret_error)
{
	int r = 0;

	*ret_answer = ANSWER_MISSING;
	for (int i = 0; i < TRIES && r == 0 && *ret_answer == ANSWER_MISSING; i++) {
		settle(d, aftermath);
		daemons_pause(d, 0); /* what is still to be read is of no attempt */
		attempt_reset(attempt);
		proc_mark(&d->radius);
		r = associate(d, attempt, ret_error);
		if (r < 0)
			return r;
		r = ns_send_eapol_start(d->eapol_fd);
		if (r < 0) {
			az_error_set(ret_error, AZ_ENVIRONMENT, "EAPOL-Start cannot be sent: %s", strerror(-r));
			return r;
		}
		r = await_answer(d, q, attempt, ret_answer, ret_error);
		if (r < 0 || !attempt->success)
			unsettle(aftermath);
	}
	return r;
}

static int await_radius_log(struct daemons *d, struct az_error *ret_error)
{
	uint64_t until = in_ms(LOG_LIMIT_MS);

	while (!radius_log_complete(d->radius.capture)) {
		if (real_now_ns() >= until)
			return fail(d, ret_error, -ETIMEDOUT, &d->radius, "logged nothing about an authentication that has ended");
		(void) daemons_wait(d, -1, until);
		if (daemons_check(d, ret_error) < 0)
			return -ECHILD;
	}
	return 0;
}

/* RADIUS judged at the time of its log: that must be the time that was asked for, and what passed since. */
static int check_log_date(struct daemons *d, struct az_error *ret_error)
{
	int64_t latest_s = d->radius_wall_s + (int64_t) ((real_now_ns() - d->clocks_at_ns) / NS_PER_S) + 1, seen_s = 0;

	if (radius_log_date(d->radius.capture, &seen_s) && seen_s >= d->radius_wall_s && seen_s <= latest_s)
		return 0;
	az_error_set(ret_error, AZ_ENVIRONMENT, "the log of %s is dated %lld instead of %lld (seconds since 1970)", d->radius.name,
	             (long long) seen_s, (long long) d->radius_wall_s);
	proc_append_last_lines(&d->radius, ret_error);
	return -ETIME;
}

static int run_with_daemons(struct daemons *d, struct aftermath *aftermath, const struct auth_request *q, struct attempt *attempt,
                            struct auth_verdict *ret_verdict, struct az_error *ret_error)
{
	enum answer answer;
	int r = d->medium->radio ? air_exchange(d, q, attempt, &answer, ret_error)
	                         : exchange(d, q, aftermath, attempt, &answer, ret_error);

	if (r < 0)
		return r;
	if (answer == ANSWER_NO_NETWORK) {
		verdict_plain(AUTH_NO_NETWORK, "no access point with this SSID", "", ret_verdict);
		return 0;
	}
	if (answer == ANSWER_SILENCE) {
		verdict_plain(AUTH_NO_ANSWER, "EAP started, no answer",
		              d->state.radius_up ? "packet dropped: shared secret is incorrect" : "", ret_verdict);
		return 0;
	}
	if (answer == ANSWER_MISSING) {
		az_error_set(ret_error, AZ_ENVIRONMENT, "an authentication had no end within %u ms, %d times",
		             d->medium->radio ? AIR_LIMIT_MS : VERDICT_LIMIT_MS, TRIES);
		proc_append_last_lines(&d->supplicant, ret_error);
		proc_append_last_lines(&d->radius, ret_error);
		return -ETIMEDOUT;
	}
	if (q->security != AUTH_SECURITY_EAP_TLS) {
		if (attempt->connected)
			verdict_plain(AUTH_OK, "associated", "", ret_verdict);
		else
			verdict_plain(AUTH_WRONG_KEY, "4-Way Handshake failed - pre-shared key may be incorrect", "", ret_verdict);
		return 0;
	}
	if (!attempt->no_method) {
		r = await_radius_log(d, ret_error);
		if (r == 0)
			r = check_log_date(d, ret_error);
		if (r < 0)
			return r;
	}
	verdict_of_attempt(attempt, d->radius.capture, q->identity, ret_verdict);
	text_sanitize(ret_verdict->subject);
	text_sanitize(ret_verdict->device_reason);
	text_sanitize(ret_verdict->radius_reason);
	return 0;
}

int attempt_run(struct daemons *d, struct aftermath *aftermath, const struct auth_request *q,
                struct auth_verdict *ret_verdict, struct az_error *ret_error)
{
	struct attempt attempt;
	bool no_credentials;
	int r;

	attempt_reset(&attempt);
	if (!d->has_state) {
		az_error_set(ret_error, AZ_ENVIRONMENT, "an authentication was asked for before the network had a state");
		return -EINVAL;
	}
	r = daemons_check(d, ret_error);
	if (r < 0)
		return r;
	no_credentials = q->security == AUTH_SECURITY_EAP_TLS && (q->client_cert_pem == NULL || q->client_key_pem == NULL);
	/* On a wire there is nothing to be found by a name; on air wpa_supplicant looks for itself, if it can go on from there. */
	if ((!d->medium->radio || no_credentials) && without_network(d, q)) {
		verdict_plain(AUTH_NO_NETWORK, "no access point with this SSID", "", ret_verdict);
		return 0;
	}
	if (no_credentials) {
		verdict_plain(AUTH_NO_CREDENTIALS, "the network's client certificate is not there", "", ret_verdict);
		net_bss_address((size_t) net_find_bss(&d->state, q), ret_verdict->bssid);
		return 0;
	}
	r = daemons_hold_clocks(d, ret_error);
	if (r == 0)
		r = q->security == AUTH_SECURITY_EAP_TLS ? set_credentials(d, q, ret_error) : set_key(d, q, ret_error);
	if (r == 0)
		r = run_with_daemons(d, aftermath, q, &attempt, ret_verdict, ret_error);
	if (r == 0 && !d->medium->radio)
		net_bss_address(0, ret_verdict->bssid);
	else if (r == 0 && ret_verdict->outcome != AUTH_NO_NETWORK)
		memcpy(ret_verdict->bssid, attempt.bssid, sizeof(ret_verdict->bssid));
	remove_key(d);
	return r;
}
