/* Which network is tried next, and for how long a failing one is set aside.
 *
 * All networks have equal priority, as nothing is documented about any; so the order is that of the ids unless the reading
 * same-ssid-order says otherwise. Leaves to others: carrying the choice out (supplicant.c).
 */
#include "emu-applibs/base/base.h"
#include "emu-applibs/device/internal.h"

unsigned supplicant_wait_s(unsigned failures, bool eap, uint32_t random)
{
	/* wpa_supplicant 2.10: measured up to the seventh failure in a row, the two later steps by its source. */
	static const struct {
		unsigned up_to, wait_s;
	} steps[] = { { 1, 10 }, { 2, 20 }, { 3, 30 }, { 5, 60 }, { 10, 90 }, { 50, 120 } };
	unsigned wait_s = 300;

	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		if (failures <= steps[i].up_to) {
			wait_s = steps[i].wait_s;
			break;
		}
	}
	/* An EAP network gets a random part below ten times the count from the second failure on, which grows without end. */
	if (failures > 1 && eap)
		wait_s += random % (failures * 10);
	return wait_s;
}

bool supplicant_goes_before(const struct device *dev, const struct wifi_entry *a, const struct wifi_entry *b)
{
	switch (device_reading(dev, READING_SAME_SSID_ORDER)) {
	case SAME_SSID_HIGHER_ID:
		return a->network.id > b->network.id;
	case SAME_SSID_LAST_CONNECTED:
		if (a->record.connected_turn != b->record.connected_turn)
			return a->record.connected_turn > b->record.connected_turn;
		break;
	default:
		break;
	}
	return a->network.id < b->network.id;
}

/* wpa_supplicant, too, looks at the time only when it selects. */
bool supplicant_set_aside(struct supplicant_record *record, uint64_t now_ns, uint64_t *inout_retry_ns)
{
	uint64_t until_ns = record->disabled_until_ns;

	if (record->spaced_until_ns > until_ns)
		until_ns = record->spaced_until_ns;
	if (!record->temp_disabled || until_ns <= now_ns) {
		record->temp_disabled = false;
		return false;
	}
	if (until_ns < *inout_retry_ns)
		*inout_retry_ns = until_ns;
	return true;
}

bool supplicant_find_ap(const struct device *dev, const struct wifi_settings *settings, bool any_security,
                        struct device_access_point *ret_ap)
{
	struct device_access_point ap;
	bool found = false;

	for (size_t i = 0; dev->host.access_point(dev->host.ctx, i, &ap); i++) {
		if (ap.ssid_length != settings->ssid_length || memcmp(ap.ssid, settings->ssid, ap.ssid_length) != 0 ||
		    (ap.hidden && !settings->targeted_scan) || (!any_security && wifi_security_of(ap.security) != settings->security))
			continue;
		if (!found || ap.rssi_dbm > ret_ap->rssi_dbm)
			*ret_ap = ap;
		found = true;
	}
	return found;
}

enum supplicant_pick supplicant_select(struct device *dev, uint64_t now_ns, struct wifi_entry **ret_entry,
                                       uint64_t *ret_retry_ns)
{
	struct wifi_entry *best = NULL;
	struct {
		struct wifi_entry *entry;
		int error;
	} failed[WIFI_NETWORKS_LIMIT];
	size_t failed_count = 0;
	uint64_t retry_ns = TIME_NEVER;

	for (size_t i = 0; i < dev->wifi.count; i++) {
		struct wifi_entry *entry = &dev->wifi.entries[i];
		const struct wifi_settings *settings = &entry->record.in_use;
		struct device_access_point ap;

		if (!entry->network.enabled || settings->ssid_length == 0)
			continue;
		if (supplicant_set_aside(&entry->record, now_ns, &retry_ns))
			continue;
		if (settings->security == WIFI_SECURITY_WPA2_PSK && settings->psk_length == 0) {
			failed[failed_count].entry = entry;
			failed[failed_count++].error = DIAG_NO_PSK;
		} else if (!supplicant_find_ap(dev, settings, true, &ap)) {
			failed[failed_count].entry = entry;
			failed[failed_count++].error = DIAG_NETWORK_NOT_FOUND;
		} else if (!supplicant_find_ap(dev, settings, false, &ap)) {
			failed[failed_count].entry = entry;
			failed[failed_count++].error = DIAG_SECURITY_TYPE_MISMATCH;
		} else if (!best || supplicant_goes_before(dev, entry, best)) {
			best = entry;
		}
	}
	if (best) {
		*ret_entry = best;
		return SUPPLICANT_PICK_NETWORK;
	}
	/* wpa_supplicant says NETWORK-NOT-FOUND only when nothing at all could be joined. */
	for (size_t i = 0; i < failed_count; i++)
		diagnostics_record_error(&failed[i].entry->record.diagnostics, failed[i].error, device_wall(dev));
	*ret_retry_ns = retry_ns;
	if (failed_count > 0)
		return SUPPLICANT_PICK_SCAN;
	return retry_ns != TIME_NEVER ? SUPPLICANT_PICK_WAIT : SUPPLICANT_PICK_NONE;
}
