/* The operator's and the factory's way into the Wi-Fi configuration, and the queries of expectations and oracles.
 *
 * Operators work on a powered device over its service port, as `az sphere device wifi` does: no capabilities are asked for, and
 * what they change is saved at once (with the rest of the running configuration: the OS has one file). Power off gives EAGAIN.
 */
#include <errno.h>

#include <openssl/crypto.h>

#include "emu-applibs/base/base.h"
#include "emu-applibs/device/internal.h"

/* ---- Operator -------------------------------------------------------------------------------------------------------- */

/* NULL is a text of length 0. False: too long. */
static bool copy_setting(char *field, size_t max, const char *text)
{
	size_t length = text ? strlen(text) : 0;

	if (length > max)
		return false;
	if (length > 0)
		memcpy(field, text, length);
	field[length] = '\0';
	return true;
}

/* The settings that an operator asks for. 0, or -ERANGE or -EINVAL. */
static int make_network(const struct device *dev, const struct device_network_setup *setup, struct wifi_network *made)
{
	int r;

	if (setup->ssid_length < 1 || setup->ssid_length > WIFI_SSID_MAX ||
	    !copy_setting(made->name, WIFI_NAME_MAX, setup->config_name) ||
	    !copy_setting(made->settings.identity, WIFI_IDENTITY_MAX, setup->identity) ||
	    !copy_setting(made->settings.root_id, WIFI_CERT_ID_MAX, setup->root_id) ||
	    !copy_setting(made->settings.client_id, WIFI_CERT_ID_MAX, setup->client_id))
		return -ERANGE;
	if (setup->psk) {
		r = wifi_check_psk(dev, (const uint8_t *)setup->psk, strlen(setup->psk));
		if (r < 0)
			return r;
		made->settings.psk_length = strlen(setup->psk);
		memcpy(made->settings.psk, setup->psk, made->settings.psk_length);
	}
	made->settings.security = setup->psk ? WIFI_SECURITY_WPA2_PSK : setup->open ? WIFI_SECURITY_OPEN : WIFI_SECURITY_EAP_TLS;
	made->settings.targeted_scan = setup->targeted_scan;
	memcpy(made->settings.ssid, setup->ssid, setup->ssid_length);
	made->settings.ssid_length = setup->ssid_length;
	made->enabled = setup->enabled;
	return 0;
}

int device_op_add_network(struct device *dev, const struct device_network_setup *setup)
{
	struct wifi_network made = { .enabled = false };
	struct wifi_entry *entry;
	int r, id;

	if (!device_is_ready(dev))
		return -EAGAIN;
	r = make_network(dev, setup, &made);
	if (r == 0)
		r = wifi_check_savable(dev, 1);
	entry = r == 0 && wifi_fits(dev, dev->wifi.count + 1) ? wifi_insert(&dev->wifi) : NULL;
	if (!entry) {
		OPENSSL_cleanse(&made, sizeof(made));
		return r < 0 ? r : -ENOMEM;
	}
	made.id = entry->network.id;
	made.serial = entry->network.serial;
	entry->network = made;
	id = made.id;
	OPENSSL_cleanse(&made, sizeof(made));
	wifi_report(dev, "operator adds %d", id);
	supplicant_enabled_changed(dev, entry);
	r = wifi_persist(dev);
	return r < 0 ? r : id;
}

/* 0, or why nothing can be changed about this entry, which may be NULL. */
static int check_entry(struct device *dev, const struct wifi_entry *entry)
{
	if (!device_is_on(dev))
		return -EAGAIN;
	return entry ? wifi_check_savable(dev, 0) : -ENODEV;
}

static int set_enabled(struct device *dev, struct wifi_entry *entry, bool enabled)
{
	int r = check_entry(dev, entry);

	if (r < 0)
		return r;
	wifi_enable(dev, entry, enabled);
	return wifi_persist(dev);
}

static int forget(struct device *dev, struct wifi_entry *entry)
{
	int r = check_entry(dev, entry);

	if (r < 0)
		return r;
	wifi_forget(dev, entry);
	return wifi_persist(dev);
}

int device_op_set_enabled(struct device *dev, const char *config_name, bool enabled)
{
	return set_enabled(dev, wifi_by_name(&dev->wifi, config_name), enabled);
}

int device_op_set_enabled_id(struct device *dev, int id, bool enabled)
{
	return set_enabled(dev, wifi_by_id(&dev->wifi, id), enabled);
}

int device_op_forget_network(struct device *dev, const char *config_name)
{
	return forget(dev, wifi_by_name(&dev->wifi, config_name));
}

int device_op_forget_network_id(struct device *dev, int id)
{
	return forget(dev, wifi_by_id(&dev->wifi, id));
}

int device_op_reload(struct device *dev)
{
	return device_is_on(dev) ? wifi_reload(dev) : -EAGAIN;
}

int device_op_scan(struct device *dev, struct device_scan_row *rows, size_t max)
{
	int found;

	if (!device_is_ready(dev))
		return -EAGAIN;
	if (!dev->wifi_enabled)
		return -ENETDOWN;
	found = wifi_scan(dev);
	for (size_t i = 0; i < dev->wifi.scanned_count && i < max; i++) {
		const struct wifi_scan_row *row = &dev->wifi.scanned[i];

		rows[i] = (struct device_scan_row) {
			.ssid_length = row->ssid_length, .security = row->security, .frequency_mhz = WIFI_FREQUENCY_MHZ,
			.rssi_dbm = row->rssi_dbm,
		};
		memcpy(rows[i].ssid, row->ssid, row->ssid_length);
		memcpy(rows[i].bssid, row->bssid, sizeof(row->bssid));
	}
	return found;
}

/* ---- Queries --------------------------------------------------------------------------------------------------------- */

static void describe(const struct wifi_network *network, struct device_network_info *ret)
{
	*ret = (struct device_network_info) {
		.id = network->id,
		.config_name = network->name,
		.ssid = network->settings.ssid,
		.ssid_length = network->settings.ssid_length,
		.security = network->settings.security,
		.targeted_scan = network->settings.targeted_scan,
		.enabled = network->enabled,
		.root_id = network->settings.root_id,
		.client_id = network->settings.client_id,
		.identity = network->settings.identity,
		.cert_subject = "",
	};
}

size_t device_get_network_count(const struct device *dev)
{
	return dev->wifi.count;
}

bool device_get_network(const struct device *dev, size_t index, struct device_network_info *ret)
{
	const struct supplicant_record *record;

	if (index >= dev->wifi.count)
		return false;
	record = &dev->wifi.entries[index].record;
	describe(&dev->wifi.entries[index].network, ret);
	ret->tried = record->tried;
	ret->temp_disabled = record->temp_disabled;
	ret->connected = ret->id == device_get_connected(dev);
	ret->has_diagnostics = record->diagnostics.recorded;
	ret->error = record->diagnostics.error;
	ret->cert_error = record->diagnostics.cert_error;
	ret->cert_depth = record->diagnostics.cert_depth;
	ret->diagnostics_wall_s = record->diagnostics.wall_s;
	ret->cert_subject = record->diagnostics.cert_subject;
	return true;
}

size_t device_get_persisted_network_count(const struct device *dev)
{
	return dev->wifi.saved_count;
}

bool device_get_persisted_network(const struct device *dev, size_t index, struct device_network_info *ret)
{
	if (index >= dev->wifi.saved_count)
		return false;
	describe(&dev->wifi.saved[index], ret);
	return true;
}

const char *device_get_wpa_state(const struct device *dev)
{
	switch (dev->supplicant.state) {
	case SUPPLICANT_OFF:
		return "INTERFACE_DISABLED";
	case SUPPLICANT_IDLE:
		return "INACTIVE";
	case SUPPLICANT_SELECTING:
	case SUPPLICANT_WAITING:
		return "DISCONNECTED";
	case SUPPLICANT_SCANNING:
		return "SCANNING";
	case SUPPLICANT_CONNECTING:
		return "ASSOCIATED";
	case SUPPLICANT_CONNECTED:
	case SUPPLICANT_REAUTHENTICATING:
		return "COMPLETED";
	}
	return "UNKNOWN";
}

int device_get_connected(const struct device *dev)
{
	if (!supplicant_is_connected(&dev->supplicant))
		return -1;
	for (size_t i = 0; i < dev->wifi.count; i++)
		if (dev->wifi.entries[i].network.serial == dev->supplicant.serial)
			return dev->wifi.entries[i].network.id;
	return -1;
}

const char *device_get_connected_client_pem(const struct device *dev)
{
	return device_get_connected(dev) < 0 ? NULL : dev->supplicant.connection.client_pem;
}

const char *device_get_connected_root_pem(const struct device *dev)
{
	return device_get_connected(dev) < 0 ? NULL : dev->supplicant.connection.root_pem;
}
