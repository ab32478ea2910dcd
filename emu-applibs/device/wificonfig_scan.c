/* Scans that the application asks for: the SSIDs in range, one row each, as every test network has one access point.
 *
 * The host can say whether an SSID is in range but has no list of them, so a scan shows the SSIDs of the running configuration
 * that are. What a scan costs in time is not modelled. Leaves to others: the supplicant's own scans (supplicant.c).
 */
#include <errno.h>

#include "emu-applibs/base/base.h"
#include "emu-applibs/device/internal.h"

static bool is_listed(const struct wifi *wifi, const struct wifi_settings *settings)
{
	for (size_t i = 0; i < wifi->scanned_count; i++)
		if (wifi->scanned[i].ssid_length == settings->ssid_length &&
		    memcmp(wifi->scanned[i].ssid, settings->ssid, settings->ssid_length) == 0)
			return true;
	return false;
}

int wifi_scan(struct device *dev)
{
	struct wifi *wifi = &dev->wifi;

	wifi->scanned_count = 0;
	for (size_t i = 0; i < wifi->count; i++) {
		const struct wifi_settings *settings = &wifi->entries[i].network.settings;
		struct wifi_scan_row *row = &wifi->scanned[wifi->scanned_count];

		if (settings->ssid_length == 0 || is_listed(wifi, settings) ||
		    !dev->host.ap_visible(dev->host.ctx, settings->ssid, settings->ssid_length))
			continue;
		memcpy(row->ssid, settings->ssid, settings->ssid_length);
		row->ssid_length = settings->ssid_length;
		wifi->scanned_count++;
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
	/* The test access points offer EAP only. */
	for (size_t i = 0; i < rows; i++)
		wifi_put_radio_row(out, dev->wifi.scanned[i].ssid, dev->wifi.scanned[i].ssid_length, WIFI_SECURITY_EAP_TLS);
	return (int)rows;
}

void wifi_put_radio_row(struct wire_writer *out, const uint8_t *ssid, size_t ssid_length, uint8_t security)
{
	wire_put_bytes(out, ssid, ssid_length);
	wire_put_bytes(out, wifi_bssid, sizeof(wifi_bssid));
	wire_put_u8(out, security);
	wire_put_u32(out, WIFI_FREQUENCY_MHZ);
	wire_put_i32(out, WIFI_RSSI_DBM);
}
