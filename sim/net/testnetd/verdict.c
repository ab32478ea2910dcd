/* What one authentication showed, and what it means: see testnetd/verdict.h.
 *
 * The device's side comes from wpa_supplicant's events. When RADIUS refuses the device, no reason reaches it: the truth is
 * in RADIUS's log alone. The words of the reasons are those of the model network, so that reports agree.
 */
#define _GNU_SOURCE
#include "sim/net/testnetd/verdict.h"

#include <limits.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "emu-applibs/base/base.h"
#include "sim/net/cause.h"
#include "sim/net/testnetd/conf.h"

void attempt_reset(struct attempt *attempt)
{
	*attempt = (struct attempt){.cert_depth = -1, .id = -1};
}

static bool starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

/* The text between `before` and the last `after` that follows it; "" when either is missing. */
static void between(const char *s, const char *before, const char *after, char *out, size_t size)
{
	const char *from = strstr(s, before), *to = NULL;

	out[0] = '\0';
	if (from == NULL)
		return;
	from += strlen(before);
	for (const char *p = strstr(from, after); p != NULL; p = strstr(p + 1, after))
		to = p;
	if (to != NULL)
		(void) snprintf(out, size, "%.*s", (int) (to - from), from);
}

static void take_bssid(const char *text, uint8_t bssid[AUTH_BSSID_LENGTH])
{
	unsigned b[AUTH_BSSID_LENGTH];

	if (sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x", &b[0], &b[1], &b[2], &b[3], &b[4], &b[5]) != AUTH_BSSID_LENGTH)
		return;
	for (size_t i = 0; i < AUTH_BSSID_LENGTH; i++)
		bssid[i] = (uint8_t) b[i];
}

/* The number behind the last `before`; fallback when there is none. */
static long number_behind(const char *s, const char *before, long fallback)
{
	const char *at = NULL;
	char *end;
	long n;

	for (const char *p = strstr(s, before); p != NULL; p = strstr(p + 1, before))
		at = p + strlen(before);
	if (at == NULL)
		return fallback;
	n = strtol(at, &end, 10);
	return end == at || n < 0 || n > INT_MAX ? fallback : n;
}

/* CTRL-EVENT-SSID-TEMP-DISABLED id=0 ssid="Corp" auth_failures=1 duration=10 reason=AUTH_FAILED: a name may hold any of these words,
 * but no quote that has no backslash before it. */
static void set_aside(struct attempt *attempt, const char *event)
{
	const char *behind = strrchr(event, '"');

	if (behind == NULL)
		return;
	attempt->aside = true;
	attempt->aside_s = (unsigned) number_behind(behind, " duration=", 0);
	attempt->id = starts(event, "CTRL-EVENT-SSID-TEMP-DISABLED id=") ? atoi(event + strlen("CTRL-EVENT-SSID-TEMP-DISABLED id=")) : -1;
	if (strstr(behind, " reason=WRONG_KEY") != NULL)
		attempt->wrong_key = true;
}

void attempt_event(struct attempt *attempt, const char *event)
{
	const char *depth;

	if (starts(event, "Associated with "))
		attempt->associated = true;
	else if (starts(event, "SME: Trying to authenticate with ") || starts(event, "Trying to associate with "))
		take_bssid(strstr(event, " with ") + 6, attempt->bssid);
	else if (starts(event, "CTRL-EVENT-EAP-STARTED"))
		attempt->started = true;
	else if (starts(event, "CTRL-EVENT-EAP-METHOD"))
		attempt->tls_selected = true;
	else if (starts(event, "CTRL-EVENT-EAP-SUCCESS"))
		attempt->success = true;
	else if (starts(event, "CTRL-EVENT-EAP-FAILURE"))
		attempt->failure = true;
	else if (starts(event, "WPA: Key negotiation completed "))
		attempt->agreed = true;
	else if (starts(event, "CTRL-EVENT-CONNECTED")) {
		attempt->connected = true;
		attempt->dropped = false;
		attempt->id = (int) number_behind(event, "[id=", -1);
	} else if (starts(event, "CTRL-EVENT-DISCONNECTED "))
		attempt->dropped = attempt->connected;
	else if (starts(event, "CTRL-EVENT-SSID-TEMP-DISABLED "))
		set_aside(attempt, event);
	else if (starts(event, "CTRL-EVENT-NETWORK-NOT-FOUND"))
		attempt->not_found = true;
	else if (starts(event, "EAP: Failed to initialize EAP method"))
		attempt->no_method = true;
	else if (starts(event, "CTRL-EVENT-EAP-STATUS status='local TLS alert'"))
		between(event, "parameter='", "'", attempt->alert, sizeof(attempt->alert));
	else if (starts(event, "CTRL-EVENT-EAP-TLS-CERT-ERROR") && !attempt->cert_error) {
		attempt->cert_error = true;
		depth = strstr(event, " depth=");
		attempt->cert_depth = depth != NULL ? (int) strtol(depth + 7, NULL, 10) : -1;
		between(event, " subject='", "' err='", attempt->cert_subject, sizeof(attempt->cert_subject));
		between(event, "' err='", "'", attempt->cert_text, sizeof(attempt->cert_text));
	}
}

bool attempt_ended(const struct attempt *attempt)
{
	return attempt->success || attempt->failure || attempt->no_method;
}

/* ---- RADIUS's log ----------------------------------------------------------------------------------------------------------- */

/* "Sat May  9 00:00:01 2026 : Auth: (645) Login OK: [device-0001] ..." The server that looks into the file of client certificates
 * says so before, of what came "via TLS tunnel": that is not its last word. */
static const char *last_word(const char *log)
{
	for (const char *line = log; *line != '\0'; line = strchrnul(line, '\n'), line += *line == '\n') {
		const char *end = strchrnul(line, '\n'), *word = strstr(line, "Login "), *tunnel = strstr(line, "via TLS tunnel");

		if (word != NULL && word < end && (tunnel == NULL || tunnel > end) &&
		    (starts(word, "Login OK") || starts(word, "Login incorrect")))
			return word;
	}
	return NULL;
}

bool radius_log_complete(const char *log)
{
	return last_word(log) != NULL;
}

bool radius_log_date(const char *log, int64_t *ret_wall_s)
{
	const char *line = last_word(log), *end;
	struct tm tm = {0};

	if (line == NULL)
		return false;
	while (line > log && line[-1] != '\n')
		line--;
	end = strptime(line, "%a %b %d %H:%M:%S %Y", &tm);
	if (end == NULL || !starts(end, " : "))
		return false;
	*ret_wall_s = timegm(&tm);
	return true;
}

bool radius_log_no_identity(const char *log)
{
	return strstr(log, "Login incorrect (eap: EAP-Identity Unknown)") != NULL;
}

bool radius_log_not_on_file(const char *log)
{
	return radius_log_complete(log) && strstr(log, CONF_NOT_ON_FILE) != NULL;
}

bool radius_log_secret_wrong(const char *log)
{
	return strstr(log, "Shared secret is incorrect") != NULL;
}

/* The text from `from` to the end of its line, or to `stop` when that comes first. False when `from` is not there. */
static bool log_text(const char *log, const char *from, const char *stop, char *out, size_t size)
{
	const char *s = strstr(log, from), *end, *cut;

	if (s == NULL)
		return false;
	end = strchrnul(s, '\n');
	cut = stop != NULL ? strstr(s, stop) : NULL;
	if (cut != NULL && cut < end)
		end = cut;
	(void) snprintf(out, size, "%.*s", (int) (end - s), s);
	return true;
}

/* ---- Verdicts --------------------------------------------------------------------------------------------------------------- */

void verdict_plain(enum auth_outcome outcome, const char *device_reason, const char *radius_reason,
                   struct auth_verdict *ret_verdict)
{
	*ret_verdict = (struct auth_verdict){.outcome = outcome, .cause = AUTH_CAUSE_NONE, .depth = -1};
	(void) snprintf(ret_verdict->device_reason, sizeof(ret_verdict->device_reason), "%s", device_reason);
	(void) snprintf(ret_verdict->radius_reason, sizeof(ret_verdict->radius_reason), "%s", radius_reason);
}

/* wpa_supplicant prints OpenSSL's text of the error; its number is found by asking OpenSSL for the text of each. */
static enum auth_cause cause_of_text(const char *text)
{
	for (int e = X509_V_OK + 1; e < 128; e++) {
		if (strcmp(X509_verify_cert_error_string(e), text) == 0)
			return net_cause_of_x509(e);
	}
	return AUTH_CAUSE_OTHER;
}

static bool about_tls_version(const char *text)
{
	return strstr(text, "protocol version") != NULL || strstr(text, "unsupported protocol") != NULL;
}

static void server_rejected(const struct attempt *attempt, const char *log, struct auth_verdict *verdict)
{
	const char *alert = attempt->alert[0] != '\0' ? attempt->alert : "none";

	verdict->outcome = AUTH_SERVER_REJECTED;
	if (attempt->cert_error) {
		verdict->cause = cause_of_text(attempt->cert_text);
		verdict->depth = attempt->cert_depth;
		(void) snprintf(verdict->subject, sizeof(verdict->subject), "%s", attempt->cert_subject);
		(void) snprintf(verdict->device_reason, sizeof(verdict->device_reason), "%.160s (local TLS alert: %.60s)",
		                attempt->cert_text, alert);
	} else {
		verdict->cause = about_tls_version(alert) ? AUTH_CAUSE_TLS_VERSION : AUTH_CAUSE_OTHER;
		(void) snprintf(verdict->device_reason, sizeof(verdict->device_reason),
		                "TLS failed: no reason given (local TLS alert: %.60s)", alert);
	}
	if (!log_text(log, "(TLS) Alert read:fatal:", NULL, verdict->radius_reason, sizeof(verdict->radius_reason)))
		(void) log_text(log, "Login incorrect", NULL, verdict->radius_reason, sizeof(verdict->radius_reason));
}

static void client_rejected(const char *log, struct auth_verdict *verdict)
{
	static const char says[] = "(TLS) OpenSSL says error ";
	char first[160] = "", alert[80] = "(TLS) Alert write:fatal:none";

	verdict->outcome = AUTH_CLIENT_REJECTED;
	(void) snprintf(verdict->device_reason, sizeof(verdict->device_reason), "EAP-Failure, with no reason given");
	(void) log_text(log, "(TLS) Alert write:fatal:", NULL, alert, sizeof(alert));
	if (log_text(log, "Certificate CN (", NULL, first, sizeof(first))) {
		verdict->cause = AUTH_CAUSE_IDENTITY;
	} else if (log_text(log, says, NULL, first, sizeof(first))) {
		verdict->cause = net_cause_of_x509((int) strtol(first + strlen(says), NULL, 10));
	} else {
		verdict->cause = about_tls_version(log) ? AUTH_CAUSE_TLS_VERSION : AUTH_CAUSE_OTHER;
		if (!log_text(log, "Login incorrect", NULL, first, sizeof(first)))
			(void) snprintf(first, sizeof(first), "RADIUS logged no reason");
	}
	(void) snprintf(verdict->radius_reason, sizeof(verdict->radius_reason), "%s; %s", first, alert);
}

void verdict_of_attempt(const struct attempt *attempt, const char *radius_log, const char *identity,
                        struct auth_verdict *ret_verdict)
{
	char line[AUTH_REASON_MAX];

	if (attempt->success) {
		(void) snprintf(line, sizeof(line), "Login OK: [%.128s]", identity);
		verdict_plain(AUTH_OK, "EAP authentication completed successfully", line, ret_verdict);
	} else if (attempt->no_method) {
		verdict_plain(AUTH_NO_CREDENTIALS, "EAP: Failed to initialize EAP method: vendor 0 method 13 (TLS)", "",
		              ret_verdict);
	} else if (!attempt->tls_selected) {
		(void) snprintf(line, sizeof(line), "Login incorrect: [%.128s]", identity);
		verdict_plain(AUTH_IDENTITY_REJECTED, attempt->failure ? "EAP-Failure before TLS" : "EAP started, no answer", line,
		              ret_verdict);
	} else {
		verdict_plain(AUTH_CLIENT_REJECTED, "", "", ret_verdict);
		if (attempt->cert_error || attempt->alert[0] != '\0' || strstr(radius_log, "Alert read:fatal:") != NULL)
			server_rejected(attempt, radius_log, ret_verdict);
		else
			client_rejected(radius_log, ret_verdict);
	}
}
