/* Where the network has a supplicant of its own, it chooses: see join.h. All networks of the device go over, in the order of the
 * reading same-ssid-order; what comes back takes the place of the choice and of the waits of supplicant_select.c.
 *
 * How long things take in virtual time is still said by supplicant.c's figures. Leaves to others: carrying it out (supplicant.c).
 */
#include <errno.h>
#include <stdio.h>

#include "emu-applibs/base/base.h"
#include "emu-applibs/device/internal.h"

/* The networks that go over, best first. */
struct choice {
	struct wifi_entry *entries[WIFI_NETWORKS_LIMIT];
	size_t count;
	bool preferred; /* their order is the device's will; else that of wpa_supplicant's list */
};

static void sort_networks(struct device *dev, struct choice *choice)
{
	size_t enabled = 0;

	for (size_t i = 0; i < dev->wifi.count; i++) {
		struct wifi_entry *entry = &dev->wifi.entries[i];

		if (entry->record.in_use.ssid_length == 0)
			continue;
		choice->entries[choice->count++] = entry;
		enabled += entry->network.enabled;
	}
	/* Ids ascend: that is the order of the default reading. */
	if (enabled < 2 || device_reading(dev, READING_SAME_SSID_ORDER) == SAME_SSID_LOWER_ID)
		return;
	choice->preferred = true;
	for (size_t i = 1; i < choice->count; i++) {
		struct wifi_entry *entry = choice->entries[i];
		size_t k = i;

		for (; k > 0 && supplicant_goes_before(dev, entry, choice->entries[k - 1]); k--)
			choice->entries[k] = choice->entries[k - 1];
		choice->entries[k] = entry;
	}
}

static bool lacks_key(const struct wifi_settings *settings)
{
	return settings->security == WIFI_SECURITY_WPA2_PSK && settings->psk_length == 0;
}

static void put_network(struct device *dev, const struct choice *choice, const struct wifi_entry *entry, struct join_network *n)
{
	const struct wifi_settings *used = &entry->record.in_use;
	const struct certificate *client = supplicant_find_certificate(dev, used->client_id);
	const struct certificate *root = used->root_id[0] != '\0' ? supplicant_find_certificate(dev, used->root_id) : NULL;

	*n = (struct join_network){
		.serial = entry->network.serial,
		.handed = entry->record.handed,
		.enabled = entry->network.enabled && !lacks_key(used),
		.held = entry->record.spaced_until_ns > device_now(dev),
		.preferred = choice->preferred,
		.root_id = used->root_id,
		.client_id = used->client_id,
		.root_missing = used->root_id[0] != '\0' && (!root || root->damaged),
	};
	supplicant_fill_request(used, &n->request);
	if (!n->enabled) {
		n->request.psk = NULL;
	} else if (used->security == WIFI_SECURITY_EAP_TLS) {
		n->request.root_ca_pem = n->root_missing || !root ? NULL : root->cert_pem;
		n->request.client_cert_pem = client && client->key_pem ? client->cert_pem : NULL;
		n->request.client_key_pem = client && client->key_pem ? client->key_pem : NULL;
	}
}

/* What it will draw next, without drawing it. */
static uint32_t peek_random(struct device *dev)
{
	const uint64_t state = dev->random;
	uint32_t next = device_random(dev);

	dev->random = state;
	return next;
}

/* Asks; 0, or negative errno: the network is broken. */
static int ask_all(struct device *dev, const struct choice *choice, uint64_t again, struct join_result *ret_result)
{
	static struct join_network networks[WIFI_NETWORKS_LIMIT]; /* borrows what is in the device; one device at a time asks */
	const struct join_request request = {
		.life = dev->supplicant.life,
		.now_ns = device_now(dev),
		.random = peek_random(dev) & INT32_MAX,
		.again = again,
		.networks = networks,
		.count = choice->count,
	};
	int r;

	for (size_t i = 0; i < choice->count; i++)
		put_network(dev, choice, choice->entries[i], &networks[i]);
	r = dev->host.join(dev->host.ctx, &request, ret_result);
	memset(networks, 0, sizeof(networks));
	return r;
}

/* The network that was tried, with what it was tried with. */
static void take_attempt(struct device *dev, struct wifi_entry *entry, const struct join_result *result, uint64_t *ret_ms)
{
	struct supplicant *supplicant = &dev->supplicant;
	const struct pmksa_entry *key = result->cached ? pmksa_find(dev, result->verdict.bssid) : NULL;
	char reason[AUTH_REASON_MAX];

	supplicant_wipe_credentials(&supplicant->attempt);
	if (key)
		pmksa_take(dev, key);
	else if (entry->record.in_use.security == WIFI_SECURITY_EAP_TLS)
		(void) supplicant_load_credentials(dev, &entry->record.in_use, &supplicant->attempt, reason);
	entry->record.tried = true;
	supplicant->serial = entry->network.serial;
	supplicant->used = entry->record.in_use;
	supplicant->verdict = result->verdict;
	memcpy(supplicant->bssid, result->verdict.bssid, sizeof(supplicant->bssid));
	supplicant->cached = result->cached;
	supplicant->aside_s = result->aside_s;
	*ret_ms = supplicant_attempt_ms(result->verdict.outcome, supplicant->used.security);
}

enum supplicant_pick supplicant_join(struct device *dev, uint64_t *ret_ms, uint64_t *ret_retry_ns)
{
	const uint64_t now_ns = device_now(dev);
	struct choice choice = { .count = 0 };
	struct join_result result;
	struct wifi_entry *entry;
	size_t free_ones = 0, enabled = 0;

	*ret_retry_ns = TIME_NEVER;
	sort_networks(dev, &choice);
	for (size_t i = 0; i < choice.count; i++) {
		if (!choice.entries[i]->network.enabled)
			continue;
		enabled++;
		free_ones += !supplicant_set_aside(&choice.entries[i]->record, now_ns, ret_retry_ns);
	}
	if (enabled == 0)
		return SUPPLICANT_PICK_NONE;
	if (free_ones == 0)
		return SUPPLICANT_PICK_WAIT; /* it has said for how long */
	if (ask_all(dev, &choice, 0, &result) < 0)
		return SUPPLICANT_PICK_BROKEN;
	switch (result.kind) {
	case JOIN_TRIED:
		entry = wifi_by_serial(&dev->wifi, result.serial);
		if (!entry)
			return SUPPLICANT_PICK_BROKEN;
		take_attempt(dev, entry, &result, ret_ms);
		return SUPPLICANT_PICK_NETWORK;
	case JOIN_SET_ASIDE:
	case JOIN_NOT_FOUND:
		break;
	}
	for (size_t i = 0; i < choice.count; i++) {
		const struct wifi_settings *used = &choice.entries[i]->record.in_use;
		int error = result.fates[i] == JOIN_FATE_NOT_FOUND        ? DIAG_NETWORK_NOT_FOUND
		            : result.fates[i] == JOIN_FATE_WRONG_SECURITY ? DIAG_SECURITY_TYPE_MISMATCH
		            : choice.entries[i]->network.enabled && lacks_key(used) ? DIAG_NO_PSK
		                                                                   : 0;

		if (error != 0 && !choice.entries[i]->record.temp_disabled)
			diagnostics_record_error(&choice.entries[i]->record.diagnostics, error, device_wall(dev));
	}
	/* A network that it has set aside for longer than the device thinks is none that a scan finds. */
	return SUPPLICANT_PICK_SCAN;
}

int supplicant_join_again(struct device *dev, uint64_t *ret_ms)
{
	struct supplicant *supplicant = &dev->supplicant;
	struct choice choice = { .count = 0 };
	struct join_result result;

	sort_networks(dev, &choice);
	if (ask_all(dev, &choice, supplicant->serial, &result) < 0)
		return -EIO;
	if (result.kind != JOIN_TRIED || result.serial != supplicant->serial)
		return -ENETUNREACH;
	take_attempt(dev, wifi_by_serial(&dev->wifi, result.serial), &result, ret_ms);
	return 0;
}
