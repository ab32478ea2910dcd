/* Scans that the application asks for: the access points in range, one row for each SSID and kind of security: that of the strongest.
 *
 * A hidden one shows itself to a device that has a network of its name with targeted scan. What a scan costs in time is not modelled.
 * Leaves to others: the supplicant's own scans (supplicant.c).
 */
#include <errno.h>

#include "emu-applibs/base/base.h"
#include "emu-applibs/device/internal.h"

/* The row of such a network; NULL: it has none yet. */
static struct wifi_scan_row *find_row(struct wifi *wifi, const struct device_access_point *ap)
{
	for (size_t i = 0; i < wifi->scanned_count; i++)
		if (wifi->scanned[i].security == wifi_security_of(ap->security) && wifi->scanned[i].ssid_length == ap->ssid_length &&
		    memcmp(wifi->scanned[i].ssid, ap->ssid, ap->ssid_length) == 0)
			return &wifi->scanned[i];
	return NULL;
}

static bool is_asked_for(const struct wifi *wifi, const struct device_access_point *ap)
{
	for (size_t i = 0; i < wifi->count; i++) {
		const struct wifi_settings *settings = &wifi->entries[i].network.settings;

		if (settings->targeted_scan && settings->ssid_length == ap->ssid_length &&
		    memcmp(settings->ssid, ap->ssid, ap->ssid_length) == 0)
			return true;
	}
	return false;
}

int wifi_scan(struct device *dev)
{
	struct wifi *wifi = &dev->wifi;
	struct device_access_point ap;

	wifi->scanned_count = 0;
	for (size_t i = 0; dev->host.access_point(dev->host.ctx, i, &ap); i++) {
		struct wifi_scan_row *row = find_row(wifi, &ap), *fresh = &wifi->scanned[wifi->scanned_count];

		if ((ap.hidden && !is_asked_for(wifi, &ap)) || (row && row->rssi_dbm >= ap.rssi_dbm) ||
		    (!row && wifi->scanned_count == WIFI_NETWORKS_LIMIT))
			continue;
		if (!row) {
			row = fresh;
			wifi->scanned_count++;
		}
		memcpy(row->ssid, ap.ssid, ap.ssid_length);
		memcpy(row->bssid, ap.bssid, sizeof(row->bssid));
		row->ssid_length = ap.ssid_length;
		row->security = wifi_security_of(ap.security);
		row->rssi_dbm = ap.rssi_dbm;
	}
	return (int)wifi->scanned_count;
}

int wifi_scanned_list(struct device *dev, uint64_t capacity, struct wire_writer *out)
{
	size_t rows = dev->wifi.scanned_count;

	if (capacity == 0)
		return -ERANGE;
	if (rows > capacity)
		rows = (size_t)capacity;
	for (size_t i = 0; i < rows; i++)
		wifi_put_radio_row(out, &dev->wifi.scanned[i]);
	return (int)rows;
}

void wifi_put_radio_row(struct wire_writer *out, const struct wifi_scan_row *row)
{
	wire_put_bytes(out, row->ssid, row->ssid_length);
	wire_put_bytes(out, row->bssid, sizeof(row->bssid));
	wire_put_u8(out, row->security);
	wire_put_u32(out, WIFI_FREQUENCY_MHZ);
	wire_put_i32(out, row->rssi_dbm);
}
