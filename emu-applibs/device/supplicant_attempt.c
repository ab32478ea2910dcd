/* One attempt of the device's own policy: what it takes in hand, what the network says, how long that takes. See supplicant.h.
 *
 * Leaves to others: when there is one, and what follows (supplicant.c).
 */
#include <stdio.h>

#include <openssl/crypto.h>

#include "emu-applibs/base/base.h"
#include "emu-applibs/device/internal.h"

/* ---- Credentials --------------------------------------------------------------------------------------------------- */

static void wipe_text(char **text)
{
	if (*text)
		OPENSSL_cleanse(*text, strlen(*text));
	free(*text);
	*text = NULL;
}

void supplicant_wipe_credentials(struct supplicant_credentials *credentials)
{
	wipe_text(&credentials->root_pem);
	wipe_text(&credentials->client_pem);
	wipe_text(&credentials->key_pem);
}

static char *copy_text(const char *text)
{
	char *copy = text ? strdup(text) : NULL;

	if (text && !copy)
		abort();
	return copy;
}

void supplicant_copy_credentials(const struct supplicant_credentials *from, struct supplicant_credentials *to)
{
	supplicant_wipe_credentials(to);
	*to = (struct supplicant_credentials) {
		.root_pem = copy_text(from->root_pem), .client_pem = copy_text(from->client_pem), .key_pem = copy_text(from->key_pem),
	};
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

bool supplicant_same_certificates(const struct supplicant_credentials *a, const struct supplicant_credentials *b)
{
	return same_text(a->root_pem, b->root_pem) && same_text(a->client_pem, b->client_pem);
}

/* As the supplicant sees it; NULL: there is none. */
const struct certificate *supplicant_find_certificate(const struct device *dev, const char *id)
{
	const struct certificate *now = certstore_find(&dev->store, id), *read = certstore_find(&dev->seen, id);

	return now == read || device_reading(dev, READING_CERT_SEEN) == CERT_SEEN_RELOAD ? read : now;
}

/* Copies what an attempt with `settings` needs. False, with a word for people, when something is missing. */
bool supplicant_load_credentials(struct device *dev, const struct wifi_settings *settings,
                                 struct supplicant_credentials *ret, char reason[AUTH_REASON_MAX])
{
	const struct certificate *client = supplicant_find_certificate(dev, settings->client_id);
	const struct certificate *root = NULL;

	if (!client || !client->key_pem) {
		(void) snprintf(reason, AUTH_REASON_MAX, "no client certificate with key under the id \"%s\"",
		                settings->client_id);
		return false;
	}
	if (settings->root_id[0] != '\0') {
		root = supplicant_find_certificate(dev, settings->root_id);
		if (!root || root->damaged) {
			(void) snprintf(reason, AUTH_REASON_MAX, "no root certificate under the id \"%s\"", settings->root_id);
			return false;
		}
	}
	ret->root_pem = copy_text(root ? root->cert_pem : NULL);
	ret->client_pem = copy_text(client->cert_pem);
	ret->key_pem = copy_text(client->key_pem);
	return true;
}

/* ---- Attempts ------------------------------------------------------------------------------------------------------ */

uint64_t supplicant_attempt_ms(enum auth_outcome outcome, uint8_t security)
{
	switch (outcome) {
	case AUTH_WRONG_KEY:
		return SUPPLICANT_WRONG_KEY_MS;
	case AUTH_OK:
		return security == WIFI_SECURITY_OPEN ? SUPPLICANT_OPEN_MS : SUPPLICANT_ATTEMPT_MS;
	case AUTH_NO_ANSWER:
		return SUPPLICANT_NO_ANSWER_MS;
	case AUTH_NO_CREDENTIALS:
		return SUPPLICANT_NO_CREDENTIALS_MS;
	default:
		return SUPPLICANT_ATTEMPT_MS;
	}
}

void supplicant_fill_request(const struct wifi_settings *used, struct auth_request *ret_request)
{
	*ret_request = (struct auth_request){
		.ssid = used->ssid,
		.ssid_length = used->ssid_length,
		.security = used->security == WIFI_SECURITY_OPEN ? AUTH_SECURITY_OPEN
		            : used->security == WIFI_SECURITY_WPA2_PSK ? AUTH_SECURITY_PSK
		                                                       : AUTH_SECURITY_EAP_TLS,
		.targeted_scan = used->targeted_scan,
		.psk = used->security == WIFI_SECURITY_WPA2_PSK ? used->psk : NULL,
		.identity = used->identity,
	};
}

static int authenticate(struct device *dev, const struct wifi_settings *used, const struct supplicant_credentials *with,
                        struct auth_verdict *ret_verdict)
{
	struct auth_request request;

	supplicant_fill_request(used, &request);
	request.bssid = supplicant_is_connected(&dev->supplicant) ? dev->supplicant.bssid : NULL;
	request.root_ca_pem = with->root_pem;
	request.client_cert_pem = with->client_pem;
	request.client_key_pem = with->key_pem;
	return dev->host.authenticate(dev->host.ctx, &request, ret_verdict);
}

static void forget_session(struct supplicant *supplicant)
{
	supplicant_wipe_credentials(&supplicant->session);
	OPENSSL_cleanse(&supplicant->session_used, sizeof(supplicant->session_used));
	supplicant->session_serial = 0;
}

void supplicant_keep_session(struct device *dev)
{
	struct supplicant *supplicant = &dev->supplicant;

	forget_session(supplicant);
	if (!supplicant_is_connected(supplicant))
		return;
	/* One that came in by another network's key has no session. */
	if (pmksa_maker(&supplicant->pmksa) != 0 && pmksa_maker(&supplicant->pmksa) != supplicant->serial)
		return;
	supplicant->session = supplicant->connection;
	supplicant->connection = (struct supplicant_credentials) { .root_pem = NULL };
	supplicant->session_used = supplicant->used;
	supplicant->session_serial = supplicant->serial;
}

/* Has the session that a reload left another certificate than the attempt, although no setting has another value? */
static bool session_differs(const struct supplicant *supplicant)
{
	const struct wifi_settings *now = &supplicant->used, *then = &supplicant->session_used;

	return supplicant->session_serial == supplicant->serial && strcmp(now->identity, then->identity) == 0 &&
	       strcmp(now->client_id, then->client_id) == 0 && strcmp(now->root_id, then->root_id) == 0 &&
	       now->ssid_length == then->ssid_length && memcmp(now->ssid, then->ssid, now->ssid_length) == 0 &&
	       !supplicant_same_certificates(&supplicant->attempt, &supplicant->session);
}

/* RADIUS that took the old credentials a moment ago, and would take them still, resumes. 1: it did, and they are in
 * supplicant.attempt; 0: it did not; negative errno. */
static int resume(struct device *dev, struct auth_verdict *verdict)
{
	struct supplicant *supplicant = &dev->supplicant;
	int r = authenticate(dev, &supplicant->used, &supplicant->session, verdict);

	if (r < 0 || verdict->outcome != AUTH_OK)
		return r;
	supplicant_wipe_credentials(&supplicant->attempt);
	supplicant->attempt = supplicant->session;
	supplicant->session = (struct supplicant_credentials) { .root_pem = NULL };
	return 1;
}

/* Comes in by the key of an authentication from before, if there is one: then the attempt is in the supplicant's members. */
static bool come_by_key(struct device *dev)
{
	struct supplicant *supplicant = &dev->supplicant;
	struct device_access_point ap;
	const struct pmksa_entry *key;

	if (supplicant->used.security != WIFI_SECURITY_EAP_TLS || supplicant_is_connected(supplicant) || !pmksa_any(&supplicant->pmksa) ||
	    !supplicant_find_ap(dev, &supplicant->used, false, &ap))
		return false;
	key = pmksa_find(dev, ap.bssid);
	if (!key)
		return false;
	pmksa_take(dev, key);
	supplicant->verdict = (struct auth_verdict) { .outcome = AUTH_OK, .depth = -1 };
	memcpy(supplicant->verdict.bssid, ap.bssid, sizeof(ap.bssid));
	memcpy(supplicant->bssid, ap.bssid, sizeof(ap.bssid));
	return true;
}

/* Asks the network; the verdict is in supplicant.verdict and due after *ret_ms. Negative errno: the network is broken. */
int supplicant_ask(struct device *dev, uint64_t *ret_ms)
{
	struct supplicant *supplicant = &dev->supplicant;
	struct auth_verdict verdict = { .outcome = AUTH_NO_CREDENTIALS, .depth = -1 };
	bool loaded;
	int r = 0;

	supplicant_wipe_credentials(&supplicant->attempt);
	*ret_ms = SUPPLICANT_ATTEMPT_MS;
	supplicant->cached = come_by_key(dev);
	if (supplicant->cached)
		return 0; /* a TLS session from before still is one */
	loaded = supplicant->used.security != WIFI_SECURITY_EAP_TLS ||
	         supplicant_load_credentials(dev, &supplicant->used, &supplicant->attempt, verdict.device_reason);
	/* TLS is set up with what there is before a session can be resumed, so something must be there. */
	if (loaded && session_differs(supplicant) && device_reading(dev, READING_RELOAD_SESSIONS) == RELOAD_SESSIONS_KEPT)
		r = resume(dev, &verdict);
	forget_session(supplicant);
	if (r == 0 && loaded)
		r = authenticate(dev, &supplicant->used, &supplicant->attempt, &verdict);
	if (r < 0)
		return r;
	supplicant->verdict = verdict;
	memcpy(supplicant->bssid, verdict.bssid, sizeof(supplicant->bssid));
	*ret_ms = supplicant_attempt_ms(verdict.outcome, supplicant->used.security);
	return 0;
}
