/* Scans that the application asks for: the access points in range, one row for each SSID and kind of security: that of the strongest.
 * Rows stand as wpa_supplicant sorts what it hears: the stronger ones first.
 *
 * A hidden one shows itself to a device that has a network of its name with targeted scan. What a scan costs in time is not modelled.
 * Leaves to others: the supplicant's own scans (supplicant.c).
 */
#include <errno.h>

#include "emu-applibs/base/base.h"
#include "emu-applibs/device/internal.h"

static bool same_name(const uint8_t *a, size_t a_length, const uint8_t *b, size_t b_length)
{
	return a_length == b_length && memcmp(a, b, a_length) == 0;
}

static bool is_asked_for(const struct wifi *wifi, const struct device_access_point *ap)
{
	for (size_t i = 0; i < wifi->count; i++) {
		const struct wifi_settings *settings = &wifi->entries[i].network.settings;

		if (settings->targeted_scan && same_name(settings->ssid, settings->ssid_length, ap->ssid, ap->ssid_length))
			return true;
	}
	return false;
}

static void take_row(struct wifi *wifi, const struct wifi_scan_row *heard)
{
	struct wifi_scan_row *row = wifi->scanned, *end = row + wifi->scanned_count;

	while (row < end && !(row->security == heard->security && same_name(row->ssid, row->ssid_length, heard->ssid, heard->ssid_length)))
		row++;
	if (row == wifi->scanned + WIFI_NETWORKS_LIMIT || (row < end && row->rssi_dbm >= heard->rssi_dbm))
		return;
	*row = *heard;
	wifi->scanned_count += row == end;
}

/* What is on the air, by the world's word. */
static void look_around(struct device *dev)
{
	struct device_access_point ap;

	for (size_t i = 0; dev->host.access_point(dev->host.ctx, i, &ap); i++) {
		struct wifi_scan_row row = { .ssid_length = ap.ssid_length, .security = wifi_security_of(ap.security), .rssi_dbm = ap.rssi_dbm };

		if (ap.hidden && !is_asked_for(&dev->wifi, &ap))
			continue;
		memcpy(row.ssid, ap.ssid, ap.ssid_length);
		memcpy(row.bssid, ap.bssid, sizeof(row.bssid));
		take_row(&dev->wifi, &row);
	}
}

/* The network's own supplicant scans. 0; -EAGAIN: the network is broken, and the run with it. */
static int let_scan(struct device *dev)
{
	struct auth_request names[WIFI_NETWORKS_LIMIT];
	struct join_row rows[JOIN_ROWS_MAX];
	size_t name_count = 0;
	int count;

	for (size_t i = 0; i < dev->wifi.count; i++) {
		const struct wifi_settings *settings = &dev->wifi.entries[i].network.settings;

		if (settings->targeted_scan && settings->ssid_length > 0)
			names[name_count++] = (struct auth_request) { .ssid = settings->ssid, .ssid_length = settings->ssid_length, .identity = "" };
	}
	count = dev->host.scan(dev->host.ctx, names, name_count, rows);
	for (int i = 0; i < count; i++) {
		struct wifi_scan_row row = { .ssid_length = rows[i].ssid_length, .security = wifi_security_of(rows[i].security),
		                             .rssi_dbm = rows[i].rssi_dbm };

		if (row.ssid_length == 0)
			continue; /* it does not tell its name */
		memcpy(row.ssid, rows[i].ssid, row.ssid_length);
		memcpy(row.bssid, rows[i].bssid, sizeof(row.bssid));
		take_row(&dev->wifi, &row);
	}
	return count < 0 ? -EAGAIN : 0;
}

static int stronger_first(const void *a, const void *b)
{
	const struct wifi_scan_row *x = a, *y = b;

	return x->rssi_dbm != y->rssi_dbm ? y->rssi_dbm - x->rssi_dbm : memcmp(x->bssid, y->bssid, sizeof(x->bssid));
}

int wifi_scan(struct device *dev)
{
	struct wifi *wifi = &dev->wifi;
	int r = 0;

	wifi->scanned_count = 0;
	if (dev->host.scan)
		r = let_scan(dev);
	else
		look_around(dev);
	qsort(wifi->scanned, wifi->scanned_count, sizeof(wifi->scanned[0]), stronger_first);
	return r < 0 ? r : (int)wifi->scanned_count;
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
