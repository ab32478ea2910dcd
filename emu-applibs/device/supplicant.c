/* The state machine that joins networks: attempts and their results in virtual time, failures, loss, re-authentication.
 *
 * An attempt asks the host for its verdict at the start and learns it after the time that such an attempt takes; whatever
 * intervenes (reload, forget, disable, power loss, a lost access point) drops the attempt with its verdict. Leaves to others:
 * the choice and the waits (supplicant_select.c), the record for the API (diagnostics.c), the configuration.
 *
 * Figures, from wpa_supplicant 2.10 with hostapd over hwsim radios unless said otherwise:
 *   SUPPLICANT_START_MS          start of the daemon to the first attempt
 *   SUPPLICANT_ATTEMPT_MS        an EAP-TLS exchange that ends with a verdict, good or bad: 0.26 to 0.36 s
 *   SUPPLICANT_OPEN_MS           joining an open network: 0.09 to 0.10 s; one with a shared key takes as long as EAP-TLS
 *   SUPPLICANT_WRONG_KEY_MS      four tries of the access point, then the device knows
 *   SUPPLICANT_NO_ANSWER_MS      RADIUS silent: given up after 59.9 s
 *   SUPPLICANT_NO_CREDENTIALS_MS key or certificate missing: nothing happens for 10 s, the authentication timeout
 *   SUPPLICANT_NEXT_MS           a failure to the next network's attempt: 0.15 to 0.25 s
 *   SUPPLICANT_SCAN_INTERVAL_MS  scans while nothing is found
 *
 * Outage spacing is OUR simplification, always on, to keep scenarios of ten years cheap: after SUPPLICANT_OUTAGE_AFTER_S
 * without any connection, a network is tried, and a scan made, at most once in SUPPLICANT_OUTAGE_SPACING_S. An access point
 * or RADIUS coming back (DEVICE_LINK_VISIBLE) and any change of the configuration end it at once; wpa_supplicant's own waits
 * stay in force then.
 */
#include <errno.h>
#include <stdio.h>

#include <openssl/crypto.h>

#include "emu-applibs/base/base.h"
#include "emu-applibs/device/internal.h"

/* The one place where the state changes. */
static void enter(struct supplicant *supplicant, enum supplicant_state state, uint64_t deadline_ns)
{
	supplicant->state = state;
	supplicant->deadline_ns = deadline_ns;
}

static void choose_after(struct device *dev, uint64_t delay_ms)
{
	enter(&dev->supplicant, SUPPLICANT_SELECTING, device_now(dev) + delay_ms * NS_PER_MS);
}

static void report(struct device *dev, enum device_event_kind kind, const struct wifi_entry *entry, const char *text,
                   int64_t number, const struct auth_verdict *verdict)
{
	char label[WIFI_NAME_MAX + 1];
	struct device_event event = {
		.kind = kind,
		.network = entry ? wifi_label(&entry->network, label) : NULL,
		.text = text,
		.number = number,
		.verdict = verdict,
	};

	device_emit(dev, &event);
}

/* ---- Attempts ------------------------------------------------------------------------------------------------------ */

static void drop_attempt(struct supplicant *supplicant)
{
	supplicant_wipe_credentials(&supplicant->attempt);
	if (!supplicant_is_connected(supplicant))
		supplicant->serial = 0;
}

void supplicant_let_go(struct device *dev, const char *why)
{
	struct supplicant *supplicant = &dev->supplicant;
	const struct wifi_entry *connected = supplicant_connected(dev);

	if (supplicant->state == SUPPLICANT_OFF)
		return;
	supplicant_wipe_credentials(&supplicant->attempt);
	supplicant_wipe_credentials(&supplicant->connection);
	supplicant->serial = 0;
	choose_after(dev, 0);
	if (connected)
		report(dev, DEVICE_EVENT_DISCONNECTED, connected, why, 0, NULL);
}

/* The world knows and ends the run; until it does, do not ask in a circle. */
static void broken(struct device *dev)
{
	drop_attempt(&dev->supplicant);
	choose_after(dev, SUPPLICANT_SCAN_INTERVAL_MS);
}

static void start_attempt(struct device *dev, struct wifi_entry *entry)
{
	struct supplicant *supplicant = &dev->supplicant;
	uint64_t ms = 0;

	entry->record.tried = true;
	supplicant->serial = entry->network.serial;
	supplicant->used = entry->record.in_use;
	if (supplicant_ask(dev, &ms) < 0) {
		broken(dev);
		return;
	}
	enter(supplicant, SUPPLICANT_CONNECTING, device_now(dev) + ms * NS_PER_MS);
}

static bool in_outage(const struct supplicant *supplicant, uint64_t now_ns)
{
	return supplicant->outage_since_ns != TIME_NEVER &&
	       now_ns - supplicant->outage_since_ns >= SUPPLICANT_OUTAGE_AFTER_S * NS_PER_S;
}

static void outage_goes_on(struct supplicant *supplicant, uint64_t now_ns)
{
	if (supplicant->outage_since_ns == TIME_NEVER)
		supplicant->outage_since_ns = now_ns;
}

static void end_outage_spacing(struct device *dev)
{
	dev->supplicant.outage_since_ns = TIME_NEVER;
	for (size_t i = 0; i < dev->wifi.count; i++)
		dev->wifi.entries[i].record.spaced_until_ns = 0;
}

static void scan_again(struct device *dev, uint64_t retry_ns)
{
	struct supplicant *supplicant = &dev->supplicant;
	uint64_t now_ns = device_now(dev), next_ns;

	outage_goes_on(supplicant, now_ns);
	supplicant->scan_anchor_ns = now_ns;
	next_ns = now_ns + (in_outage(supplicant, now_ns) ? SUPPLICANT_OUTAGE_SPACING_S * NS_PER_S
	                                                  : SUPPLICANT_SCAN_INTERVAL_MS * NS_PER_MS);
	enter(supplicant, SUPPLICANT_SCANNING, retry_ns < next_ns ? retry_ns : next_ns);
}

static void attempt_failed(struct device *dev, struct wifi_entry *entry, const struct auth_verdict *verdict)
{
	struct supplicant *supplicant = &dev->supplicant;
	struct supplicant_record *record = &entry->record;
	uint64_t now_ns = device_now(dev);
	unsigned wait_s;

	diagnostics_record_verdict(&record->diagnostics, verdict, device_wall(dev),
	                           verdict->outcome == AUTH_IDENTITY_REJECTED ? device_reading(dev, READING_UNKNOWN_IDENTITY) : 0);
	if (verdict->outcome == AUTH_NO_NETWORK) {
		scan_again(dev, TIME_NEVER);
		return;
	}
	outage_goes_on(supplicant, now_ns);
	record->failures++;
	wait_s = supplicant_wait_s(record->failures, record->in_use.security == WIFI_SECURITY_EAP_TLS, device_random(dev) & INT32_MAX);
	if (dev->host.join)
		wait_s = supplicant->aside_s; /* by its own count, with the same random number */
	record->disabled_until_ns = (now_ns / NS_PER_S + wait_s) * NS_PER_S;
	if (in_outage(supplicant, now_ns) && wait_s < SUPPLICANT_OUTAGE_SPACING_S) {
		wait_s = SUPPLICANT_OUTAGE_SPACING_S;
		record->spaced_until_ns = now_ns + wait_s * NS_PER_S;
	}
	record->temp_disabled = wait_s > 0;
	if (record->temp_disabled)
		report(dev, DEVICE_EVENT_TEMP_DISABLED, entry, NULL, wait_s, NULL);
	choose_after(dev, SUPPLICANT_NEXT_MS);
}

static void clear_failures(struct supplicant_record *record)
{
	record->temp_disabled = false;
	record->failures = 0;
	record->disabled_until_ns = 0;
	record->spaced_until_ns = 0;
}

/* The result of the attempt or re-authentication under way. */
static void attempt_ended(struct device *dev)
{
	struct supplicant *supplicant = &dev->supplicant;
	struct wifi_entry *entry = wifi_by_serial(&dev->wifi, supplicant->serial);
	const struct auth_verdict verdict = supplicant->verdict;
	const bool again = supplicant->state == SUPPLICANT_REAUTHENTICATING, cached = supplicant->cached;

	supplicant->cached = false;
	if (!cached)
		report(dev, DEVICE_EVENT_AUTH, entry, NULL, 0, &verdict);
	if (verdict.outcome != AUTH_OK) {
		supplicant_let_go(dev, "re-authentication failed");
		attempt_failed(dev, entry, &verdict);
		return;
	}
	supplicant_wipe_credentials(&supplicant->connection);
	supplicant->connection = supplicant->attempt;
	supplicant->attempt = (struct supplicant_credentials) { .root_pem = NULL };
	end_outage_spacing(dev);
	clear_failures(&entry->record);
	if (supplicant->used.security == WIFI_SECURITY_EAP_TLS && !cached)
		pmksa_made(dev, supplicant->bssid);
	else
		pmksa_use(&supplicant->pmksa, supplicant->bssid, device_now(dev));
	enter(supplicant, SUPPLICANT_CONNECTED, pmksa_deadline(&supplicant->pmksa));
	if (!again) {
		entry->record.connected_turn = ++supplicant->turns;
		report(dev, DEVICE_EVENT_CONNECTED, entry, cached ? "by a cached key" : NULL, 0, NULL);
	}
}

static void choose(struct device *dev)
{
	struct wifi_entry *entry = NULL;
	uint64_t retry_ns = TIME_NEVER, ms = 0;

	switch (dev->host.join ? supplicant_join(dev, &ms, &retry_ns) : supplicant_select(dev, device_now(dev), &entry, &retry_ns)) {
	case SUPPLICANT_PICK_NETWORK:
		if (dev->host.join)
			enter(&dev->supplicant, SUPPLICANT_CONNECTING, device_now(dev) + ms * NS_PER_MS);
		else
			start_attempt(dev, entry);
		return;
	case SUPPLICANT_PICK_SCAN:
		scan_again(dev, retry_ns);
		return;
	case SUPPLICANT_PICK_WAIT:
		enter(&dev->supplicant, SUPPLICANT_WAITING, retry_ns);
		return;
	case SUPPLICANT_PICK_NONE:
		end_outage_spacing(dev);
		enter(&dev->supplicant, SUPPLICANT_IDLE, TIME_NEVER);
		return;
	case SUPPLICANT_PICK_BROKEN:
		broken(dev);
		return;
	}
}

static void reauthenticate(struct device *dev)
{
	struct supplicant *supplicant = &dev->supplicant;
	uint64_t ms = 0;
	int r;

	if (supplicant->state != SUPPLICANT_CONNECTED || supplicant->used.security != WIFI_SECURITY_EAP_TLS)
		return; /* one is under way, or there is nothing to authenticate again */
	r = dev->host.join ? supplicant_join_again(dev, &ms) : supplicant_ask(dev, &ms);
	if (r == -ENETUNREACH) {
		supplicant_let_go(dev, "access point lost");
		return;
	}
	if (r < 0) {
		drop_attempt(supplicant);
		return;
	}
	enter(supplicant, SUPPLICANT_REAUTHENTICATING, device_now(dev) + ms * NS_PER_MS);
}

/* Of the connection: it is old. */
static void key_due(struct device *dev)
{
	struct supplicant *supplicant = &dev->supplicant;

	if (pmksa_ended(&supplicant->pmksa, device_now(dev))) {
		supplicant_let_go(dev, "its key has ended");
		return;
	}
	reauthenticate(dev);
	if (supplicant->state == SUPPLICANT_CONNECTED)
		enter(supplicant, SUPPLICANT_CONNECTED, pmksa_deadline(&supplicant->pmksa));
}

void supplicant_run(struct device *dev)
{
	struct supplicant *supplicant = &dev->supplicant;

	while (supplicant->deadline_ns <= device_now(dev)) {
		switch (supplicant->state) {
		case SUPPLICANT_SELECTING:
		case SUPPLICANT_SCANNING:
		case SUPPLICANT_WAITING:
			choose(dev);
			break;
		case SUPPLICANT_CONNECTING:
		case SUPPLICANT_REAUTHENTICATING:
			attempt_ended(dev);
			break;
		case SUPPLICANT_CONNECTED:
			key_due(dev);
			break;
		case SUPPLICANT_OFF:
		case SUPPLICANT_IDLE:
			supplicant->deadline_ns = TIME_NEVER;
			return;
		}
	}
}

uint64_t supplicant_next_deadline(const struct device *dev)
{
	return dev->supplicant.state == SUPPLICANT_OFF ? TIME_NEVER : dev->supplicant.deadline_ns;
}

/* ---- What happens from outside ------------------------------------------------------------------------------------- */

static void visible(struct device *dev)
{
	struct supplicant *supplicant = &dev->supplicant;
	const uint64_t step_ns = SUPPLICANT_SCAN_INTERVAL_MS * NS_PER_MS;
	uint64_t now_ns = device_now(dev), next_ns;

	end_outage_spacing(dev);
	if (supplicant->state == SUPPLICANT_WAITING) {
		choose_after(dev, 0);
	} else if (supplicant->state == SUPPLICANT_SCANNING) {
		/* Where the next scan would be, had they gone on at their usual distance. */
		next_ns = supplicant->scan_anchor_ns + ((now_ns - supplicant->scan_anchor_ns) / step_ns + 1) * step_ns;
		if (next_ns < supplicant->deadline_ns)
			enter(supplicant, SUPPLICANT_SCANNING, next_ns);
	}
}

void supplicant_link(struct device *dev, enum device_link_event event)
{
	if (dev->supplicant.state == SUPPLICANT_OFF)
		return;
	switch (event) {
	case DEVICE_LINK_REAUTH:
		reauthenticate(dev);
		return;
	case DEVICE_LINK_DEAUTH:
	case DEVICE_LINK_LOST:
		if (dev->supplicant.serial != 0)
			supplicant_let_go(dev, event == DEVICE_LINK_LOST ? "access point lost" : "ended by the access point");
		return;
	case DEVICE_LINK_VISIBLE:
		visible(dev);
		return;
	}
}

static void hand_over(struct device *dev, struct wifi_entry *entry)
{
	entry->record.handed = ++dev->supplicant.hands;
	entry->record.in_use = entry->network.settings;
	entry->record.tried = false;
	clear_failures(&entry->record);
}

static void read_everything(struct device *dev)
{
	certstore_copy(&dev->seen, &dev->store);
	if (pmksa_any(&dev->supplicant.pmksa) && device_reading(dev, READING_RELOAD_SESSIONS) == RELOAD_SESSIONS_FLUSHED)
		pmksa_clear(&dev->supplicant.pmksa);
	/* A supplicant that was just started remembers nothing; one that goes on remembers its sessions, by the reading. */
	if (dev->host.join &&
	    (!dev->supplicant.has_read || device_reading(dev, READING_RELOAD_SESSIONS) == RELOAD_SESSIONS_FLUSHED))
		dev->supplicant.life = device_now(dev) + 1;
	for (size_t i = 0; i < dev->wifi.count; i++)
		hand_over(dev, &dev->wifi.entries[i]);
	end_outage_spacing(dev);
}

void supplicant_start(struct device *dev, uint64_t delay_ms)
{
	if (dev->supplicant.state != SUPPLICANT_OFF)
		return;
	/* Only boot and reload read certificates and settings: switching the interface off and on is neither. */
	if (!dev->supplicant.has_read)
		read_everything(dev);
	dev->supplicant.has_read = true;
	choose_after(dev, delay_ms);
}

void supplicant_stop(struct device *dev, const char *why)
{
	if (dev->supplicant.state == SUPPLICANT_OFF)
		return;
	supplicant_let_go(dev, why);
	enter(&dev->supplicant, SUPPLICANT_OFF, TIME_NEVER);
}

void supplicant_clear(struct supplicant *supplicant)
{
	supplicant_wipe_credentials(&supplicant->attempt);
	supplicant_wipe_credentials(&supplicant->connection);
	supplicant_wipe_credentials(&supplicant->session);
	pmksa_clear(&supplicant->pmksa);
	OPENSSL_cleanse(supplicant, sizeof(*supplicant));
	supplicant->outage_since_ns = TIME_NEVER;
	enter(supplicant, SUPPLICANT_OFF, TIME_NEVER);
}

void supplicant_reload(struct device *dev)
{
	supplicant_let_go(dev, "reload");
	read_everything(dev);
}

void supplicant_config_changed(struct device *dev)
{
	end_outage_spacing(dev);
	switch (dev->supplicant.state) {
	case SUPPLICANT_IDLE:
	case SUPPLICANT_SCANNING:
	case SUPPLICANT_WAITING:
		choose_after(dev, 0);
		return;
	default:
		return;
	}
}

void supplicant_settings_changed(struct device *dev, struct wifi_entry *entry, bool reconnect)
{
	const bool in_use = reconnect && dev->supplicant.serial == entry->network.serial;
	unsigned effect = SET_EFFECT_NEXT_CONNECT;

	if (in_use || entry->record.tried)
		effect = device_reading(dev, READING_SET_EFFECT);
	if (effect != SET_EFFECT_RELOAD || !entry->record.tried)
		entry->record.in_use = entry->network.settings;
	if (in_use && effect == SET_EFFECT_RECONNECTS)
		supplicant_let_go(dev, "settings changed");
	supplicant_config_changed(dev);
}

void supplicant_enabled_changed(struct device *dev, struct wifi_entry *entry)
{
	if (entry->network.enabled)
		hand_over(dev, entry);
	else if (dev->supplicant.serial == entry->network.serial)
		supplicant_let_go(dev, "disabled");
	supplicant_config_changed(dev);
}

void supplicant_forgetting(struct device *dev, struct wifi_entry *entry)
{
	if (dev->supplicant.serial == entry->network.serial)
		supplicant_let_go(dev, "forgotten");
	supplicant_config_changed(dev);
}

/* Would supplicant_config_changed() do anything now? */
static bool waits_for_a_change(const struct device *dev)
{
	const struct supplicant *supplicant = &dev->supplicant;

	if (supplicant->state == SUPPLICANT_IDLE || supplicant->state == SUPPLICANT_SCANNING || supplicant->state == SUPPLICANT_WAITING ||
	    supplicant->outage_since_ns != TIME_NEVER)
		return true;
	for (size_t i = 0; i < dev->wifi.count; i++)
		if (dev->wifi.entries[i].record.spaced_until_ns != 0)
			return true;
	return false;
}

void supplicant_certstore_changed(struct device *dev)
{
	if (waits_for_a_change(dev) && device_reading(dev, READING_CERT_SEEN) == CERT_SEEN_AT_ONCE)
		supplicant_config_changed(dev);
}

bool device_get_bssid(const struct device *dev, uint8_t ret_bssid[AUTH_BSSID_LENGTH])
{
	const struct supplicant *supplicant = &dev->supplicant;

	memcpy(ret_bssid, supplicant->bssid, AUTH_BSSID_LENGTH);
	return supplicant->state != SUPPLICANT_OFF && supplicant->serial != 0;
}

bool supplicant_is_connected(const struct supplicant *supplicant)
{
	return supplicant->state == SUPPLICANT_CONNECTED || supplicant->state == SUPPLICANT_REAUTHENTICATING;
}

struct wifi_entry *supplicant_connected(struct device *dev)
{
	if (!supplicant_is_connected(&dev->supplicant))
		return NULL;
	return wifi_by_serial(&dev->wifi, dev->supplicant.serial);
}
