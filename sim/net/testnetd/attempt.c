/* One authentication on the wire: see testnetd/attempt.h.
 *
 * There wpa_supplicant would wait two seconds before its first EAPOL-Start, so we send that frame ourselves. Everything else is found
 * by events: no sleep stands between question and answer.
 */
#define _GNU_SOURCE
#include "sim/net/testnetd/attempt.h"

#include <errno.h>
#include <stdio.h>

#include "emu-applibs/base/base.h"
#include "sim/net/cause.h"
#include "sim/net/testnetd/conf.h"
#include "sim/net/testnetd/ns.h"
#include "sim/net/testnetd/verdict.h"

#define ASSOCIATE_LIMIT_MS 5000u
#define VERDICT_LIMIT_MS 5000u /* RADIUS answers in under 20 ms; this is for a machine that stands still */
#define LOG_LIMIT_MS 5000u
#define TRIES 2
/* hostapd drops the station 10 ms after EAP-Failure and then would ignore it for seconds, unless told to forget it. */
#define DROP_MS 14u
#define FORGET_MS 3u

static uint64_t in_ms(unsigned ms)
{
	return real_now_ns() + ms * NS_PER_MS;
}

int attempt_fail(struct daemons *d, struct az_error *ret_error, int r, const struct proc *proc, const char *what)
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
	if (r == 0 && q->root_ca_pem != NULL)
		r = ctl_request(&d->supplicant_ctl, reply, sizeof(reply), "SET_NETWORK 0 ca_cert \"%s/device/root.pem\"", d->work);
	else if (r == 0)
		r = ctl_request(&d->supplicant_ctl, reply, sizeof(reply), "SET_NETWORK 0 ca_cert NULL");
	return r < 0 ? attempt_fail(d, ret_error, r, &d->supplicant, "does not take the identity or the root certificate") : 0;
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

bool attempt_take(struct daemons *d, struct attempt *attempt)
{
	char event[CTL_TEXT_MAX];
	bool any = false;

	while (ctl_next_event(&d->supplicant_ctl, event)) {
		attempt_event(attempt, event);
		any = true;
	}
	return any;
}

void attempt_follow(struct daemons *d, struct attempt *attempt, uint64_t until_ns)
{
	if (!attempt_take(d, attempt))
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
			attempt_follow(d, attempt, until);
	}
	/* Its answer shows that the work that follows the event is done too. */
	if (r == 0)
		r = ctl_request(&d->supplicant_ctl, reply, sizeof(reply), "PING");
	return r < 0 ? attempt_fail(d, ret_error, r, &d->supplicant, "does not join the access point's wire") : 0;
}

enum answer { ANSWER_VERDICT, ANSWER_SILENCE, ANSWER_MISSING };

static bool without_network(const struct daemons *d, const struct auth_request *q)
{
	const struct net_ap *other;

	return !net_find_ap(&d->state, q, &other);
}

/* Silence is known from its causes, not from a long wait: RADIUS was stopped, or says that it drops what the AP sends. */
static int await_answer(struct daemons *d, struct attempt *attempt, enum answer *ret_answer, struct az_error *ret_error)
{
	uint64_t until = in_ms(VERDICT_LIMIT_MS);

	for (;;) {
		attempt_follow(d, attempt, until);
		if (daemons_check(d, ret_error) < 0)
			return -ECHILD;
		/* After the server's Finished wpa_supplicant believes in success and discards an EAP-Failure (RFC 4137 4.2: decision
		 * UNCOND_SUCC); it would wait for a key that never comes. */
		if (attempt_ended(attempt) || (!attempt->tls_selected && radius_log_no_identity(d->radius.capture)) ||
		    radius_log_not_on_file(d->radius.capture)) {
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

/* From EAPOL-Start to the end, twice if an end fails to come. */
static int exchange(struct daemons *d, struct aftermath *aftermath, struct attempt *attempt, enum answer *ret_answer,
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
		r = await_answer(d, attempt, ret_answer, ret_error);
		if (r < 0 || !attempt->success)
			unsettle(aftermath);
	}
	return r;
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

int attempt_await_log(struct daemons *d, struct az_error *ret_error)
{
	uint64_t until = in_ms(LOG_LIMIT_MS);

	while (!radius_log_complete(d->radius.capture)) {
		if (real_now_ns() >= until)
			return attempt_fail(d, ret_error, -ETIMEDOUT, &d->radius, "logged nothing about an authentication that has ended");
		(void) daemons_wait(d, -1, until);
		if (daemons_check(d, ret_error) < 0)
			return -ECHILD;
	}
	return check_log_date(d, ret_error);
}

static int run_with_daemons(struct daemons *d, struct aftermath *aftermath, const struct auth_request *q,
                            struct auth_verdict *ret_verdict, struct az_error *ret_error)
{
	struct attempt attempt;
	enum answer answer;
	int r = exchange(d, aftermath, &attempt, &answer, ret_error);

	if (r < 0)
		return r;
	if (answer == ANSWER_SILENCE) {
		verdict_plain(AUTH_NO_ANSWER, "EAP started, no answer",
		              d->state.radius_up ? "packet dropped: shared secret is incorrect" : "", ret_verdict);
		return 0;
	}
	if (answer == ANSWER_MISSING) {
		az_error_set(ret_error, AZ_ENVIRONMENT, "an authentication had no end within %u ms, %d times",
		             VERDICT_LIMIT_MS, TRIES);
		proc_append_last_lines(&d->supplicant, ret_error);
		proc_append_last_lines(&d->radius, ret_error);
		return -ETIMEDOUT;
	}
	if (!attempt.no_method) {
		r = attempt_await_log(d, ret_error);
		if (r < 0)
			return r;
	}
	verdict_of_attempt(&attempt, d->radius.capture, q->identity, ret_verdict);
	net_sanitize_verdict(ret_verdict);
	return 0;
}

int attempt_run(struct daemons *d, struct aftermath *aftermath, const struct auth_request *q,
                struct auth_verdict *ret_verdict, struct az_error *ret_error)
{
	int r;

	if (!d->has_state) {
		az_error_set(ret_error, AZ_ENVIRONMENT, "an authentication was asked for before the network had a state");
		return -EINVAL;
	}
	r = daemons_check(d, ret_error);
	if (r < 0)
		return r;
	/* On a wire there is nothing to be found by a name. */
	if (q->security != AUTH_SECURITY_EAP_TLS || without_network(d, q)) {
		verdict_plain(AUTH_NO_NETWORK, "no access point with this SSID", "", ret_verdict);
		return 0;
	}
	if (q->client_cert_pem == NULL || q->client_key_pem == NULL) {
		verdict_plain(AUTH_NO_CREDENTIALS, "the network's client certificate is not there", "", ret_verdict);
		net_bss_address((size_t) net_find_bss(&d->state, q), ret_verdict->bssid);
		return 0;
	}
	r = daemons_hold_clocks(d, ret_error);
	if (r == 0)
		r = set_credentials(d, q, ret_error);
	if (r == 0)
		r = run_with_daemons(d, aftermath, q, ret_verdict, ret_error);
	if (r == 0)
		net_bss_address(0, ret_verdict->bssid);
	remove_key(d);
	return r;
}
