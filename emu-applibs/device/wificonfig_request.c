/* The WifiConfig requests of an application, but for the attributes of one network (wificonfig_attr.c).
 *
 * Order of refusals: malformed message, EACCES, ENETDOWN, then the arguments (EINVAL, ERANGE), then the state (ENODEV,
 * EEXIST, ENOMEM...). Readiness (EAGAIN) is device.c's, NULL pointers (EFAULT) the client's. Where the documents name no errno
 * the choice is said at the spot, or is a reading.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include <openssl/crypto.h>

#include "emu-applibs/base/base.h"
#include "emu-applibs/device/internal.h"

void wifi_report(struct device *dev, const char *format, ...)
{
	char text[128];
	struct device_event event = { .kind = DEVICE_EVENT_WIFI, .text = text };
	va_list args;

	va_start(args, format);
	(void) vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	device_emit(dev, &event);
}

bool wifi_fits(const struct device *dev, size_t count)
{
	return count <= WIFI_NETWORKS_LEAST ||
	       (count <= WIFI_NETWORKS_MOST && device_reading(dev, READING_MAX_NETWORKS) == MAX_NETWORKS_37);
}

int wifi_find(struct device *dev, int id, struct wifi_entry **ret_entry)
{
	if (id < 0)
		return -EINVAL;
	*ret_entry = wifi_by_id(&dev->wifi, id);
	return *ret_entry ? 0 : -ENODEV;
}

static bool is_like(const struct wifi_settings *settings, const uint8_t *ssid, size_t length, uint8_t security)
{
	return settings->security == security && settings->ssid_length == length && memcmp(settings->ssid, ssid, length) == 0;
}

/* ---- Changes, shared with the operator ------------------------------------------------------------------------------- */

static bool is_saved(const struct wifi_network *network)
{
	return network->settings.ssid_length > 0;
}

int wifi_check_savable(const struct device *dev, size_t more)
{
	const struct wifi *wifi = &dev->wifi;

	for (size_t i = 0; i < wifi->count; i++) {
		if (is_saved(&wifi->entries[i].network))
			more++;
		else if (device_reading(dev, READING_PERSIST_WITHOUT_SSID) == PERSIST_WITHOUT_SSID_EINVAL)
			return -EINVAL;
	}
	return wifi_fits(dev, more) ? device_flash_room(dev) : -ENOSPC;
}

int wifi_persist(struct device *dev)
{
	struct wifi *wifi = &dev->wifi;
	int r = wifi_check_savable(dev, 0);

	if (r < 0)
		return r;
	r = device_flash_commit(dev, "wifi");
	if (r < 0)
		return r;
	OPENSSL_cleanse(wifi->saved, sizeof(wifi->saved));
	wifi->saved_count = 0;
	for (size_t i = 0; i < wifi->count; i++)
		if (is_saved(&wifi->entries[i].network))
			wifi->saved[wifi->saved_count++] = wifi->entries[i].network;
	wifi_report(dev, "persist");
	return 0;
}

int wifi_reload(struct device *dev)
{
	supplicant_keep_session(dev);
	supplicant_let_go(dev, "reload");
	if (!wifi_is_saved(&dev->wifi) && device_reading(dev, READING_RELOAD_UNSAVED) == RELOAD_UNSAVED_DROPPED)
		wifi_restore(&dev->wifi, false);
	supplicant_reload(dev);
	wifi_report(dev, "reload");
	return 0;
}

void wifi_forget(struct device *dev, struct wifi_entry *entry)
{
	int id = entry->network.id;

	supplicant_forgetting(dev, entry);
	wifi_remove(&dev->wifi, entry);
	wifi_report(dev, "forget %d", id);
}

static int forget_all(struct device *dev)
{
	struct wifi *wifi = &dev->wifi;
	int r = device_flash_commit(dev, "wifi");

	if (r < 0)
		return r;
	supplicant_let_go(dev, "forgotten");
	OPENSSL_cleanse(wifi->entries, sizeof(wifi->entries));
	OPENSSL_cleanse(wifi->saved, sizeof(wifi->saved));
	wifi->count = wifi->saved_count = 0;
	supplicant_config_changed(dev);
	wifi_report(dev, "forget all");
	return 0;
}

/* ---- Requests ------------------------------------------------------------------------------------------------------ */

/* A network too many is refused here, or not before it is saved. */
static struct wifi_entry *add(struct device *dev)
{
	if (!wifi_fits(dev, dev->wifi.count + 1) && device_reading(dev, READING_TOO_MANY_NETWORKS) == TOO_MANY_NETWORKS_ADD)
		return NULL;
	return wifi_insert(&dev->wifi);
}

static int request_add(struct device *dev)
{
	struct wifi_entry *entry = add(dev);

	if (!entry)
		return -ENOMEM;
	supplicant_config_changed(dev);
	device_summary(dev, "id=%d", entry->network.id);
	wifi_report(dev, "add %d", entry->network.id);
	return entry->network.id;
}

static int request_add_duplicate(struct device *dev, int id, const char *name)
{
	size_t length = strlen(name);
	char label[WIFI_NAME_MAX + 1];
	struct wifi_entry *original, *copy;
	struct wifi_settings settings;
	int r;

	if (id < 0)
		return -EINVAL;
	if (length < 1 || length > WIFI_NAME_MAX)
		return -ERANGE;
	r = wifi_find(dev, id, &original);
	if (r < 0)
		return r;
	if (wifi_by_name(&dev->wifi, name))
		return -EEXIST;
	settings = original->network.settings;
	copy = add(dev);
	if (!copy) {
		OPENSSL_cleanse(&settings, sizeof(settings));
		return -ENOMEM;
	}
	copy->network.settings = settings;
	OPENSSL_cleanse(&settings, sizeof(settings));
	memcpy(copy->network.name, name, length + 1);
	supplicant_config_changed(dev);
	device_summary(dev, "id=%d name=%s new=%d", id, wifi_label(&copy->network, label), copy->network.id);
	wifi_report(dev, "duplicate %d as %d %s", id, copy->network.id, label);
	return copy->network.id;
}

static int request_id_by_name(struct device *dev, const char *name)
{
	const struct wifi_entry *entry;
	int highest = -1;
	char shown[WIFI_NAME_MAX + 2];

	device_summary(dev, "name=%s", wifi_printable((const uint8_t *)name, strlen(name), shown, sizeof(shown)));
	if (strlen(name) > WIFI_NAME_MAX)
		return -ERANGE;
	entry = wifi_by_name(&dev->wifi, name);
	if (!entry)
		return -ENODEV;
	for (size_t i = 0; i < dev->wifi.count; i++)
		if (strcmp(dev->wifi.entries[i].network.name, name) == 0)
			highest = dev->wifi.entries[i].network.id;
	if (highest != entry->network.id && device_reading(dev, READING_DUPLICATE_NAMES) == DUPLICATE_NAMES_HIGHER_ID)
		return highest;
	return entry->network.id;
}

static int request_connected_id(struct device *dev)
{
	const struct wifi_entry *entry = supplicant_connected(dev);

	return entry ? entry->network.id : -ENOTCONN;
}

static int request_forget_id(struct device *dev, int id)
{
	struct wifi_entry *entry;
	int r;

	device_summary(dev, "id=%d", id);
	r = wifi_find(dev, id, &entry);
	if (r == -ENODEV && device_reading(dev, READING_FORGET_UNKNOWN_ID) == FORGET_UNKNOWN_ID_ENOENT)
		return -ENOENT;
	if (r < 0)
		return r;
	wifi_forget(dev, entry);
	return 0;
}

static struct wifi_entry *find_stored(struct wifi *wifi, const uint8_t *ssid, size_t length, uint8_t security)
{
	for (size_t i = 0; i < wifi->count; i++)
		if (is_like(&wifi->entries[i].network.settings, ssid, length, security))
			return &wifi->entries[i];
	return NULL;
}

/* The deprecated calls save the whole running configuration, as wpa_supplicant's SAVE_CONFIG does; so they ask first
 * whether that can be done, and change nothing when it cannot. */
static int request_forget_stored(struct device *dev, const uint8_t *ssid, size_t length, uint8_t security)
{
	struct wifi_entry *entry;
	int r;

	if (length < 1 || length > WIFI_SSID_MAX || security > WIFI_SECURITY_EAP_TLS)
		return -EINVAL;
	/* The structure carries no id: of several alike, the lowest id goes. */
	entry = find_stored(&dev->wifi, ssid, length, security);
	if (!entry)
		return -ENOENT;
	r = wifi_check_savable(dev, 0);
	if (r < 0)
		return r;
	device_summary(dev, "id=%d", entry->network.id);
	wifi_forget(dev, entry);
	return wifi_persist(dev);
}

/* Whether the key counts is a reading; an open network has none. */
static bool is_stored(const struct device *dev, const uint8_t *ssid, size_t length, uint8_t security, const uint8_t *psk,
                      size_t psk_length)
{
	bool found = false;

	for (size_t i = 0; i < dev->wifi.count; i++) {
		const struct wifi_settings *settings = &dev->wifi.entries[i].network.settings;

		if (!is_like(settings, ssid, length, security))
			continue;
		found = true;
		if (settings->psk_length == psk_length && CRYPTO_memcmp(settings->psk, psk, psk_length) == 0)
			return true;
	}
	return found && device_reading(dev, READING_STORE_WPA2_EXISTS) == STORE_WPA2_EXISTS_SSID;
}

static int request_store(struct device *dev, uint8_t security, const uint8_t *ssid, size_t ssid_length, const uint8_t *psk,
                         size_t psk_length)
{
	struct wifi_entry *entry;
	int r;

	if (ssid_length < 1 || ssid_length > WIFI_SSID_MAX)
		return -ERANGE;
	if (security == WIFI_SECURITY_WPA2_PSK) {
		r = wifi_check_psk(dev, psk, psk_length);
		if (r < 0)
			return r;
	}
	if (is_stored(dev, ssid, ssid_length, security, psk, psk_length))
		return -EEXIST;
	r = wifi_check_savable(dev, 1);
	if (r < 0)
		return r;
	entry = wifi_fits(dev, dev->wifi.count + 1) ? wifi_insert(&dev->wifi) : NULL;
	if (!entry)
		return -ENOSPC;
	entry->network.enabled = true;
	entry->network.settings.security = security;
	memcpy(entry->network.settings.ssid, ssid, ssid_length);
	entry->network.settings.ssid_length = ssid_length;
	memcpy(entry->network.settings.psk, psk, psk_length);
	entry->network.settings.psk_length = psk_length;
	supplicant_enabled_changed(dev, entry);
	device_summary(dev, "id=%d", entry->network.id);
	wifi_report(dev, "store %d", entry->network.id);
	return wifi_persist(dev);
}

static int request_stored_list(struct device *dev, uint64_t capacity, struct wire_writer *out)
{
	const struct wifi_entry *connected = supplicant_connected(dev);
	size_t rows = dev->wifi.count;

	if (capacity == 0)
		return -ERANGE;
	if (rows > capacity)
		rows = (size_t)capacity;
	for (size_t i = 0; i < rows; i++) {
		const struct wifi_entry *entry = &dev->wifi.entries[i];
		const struct wifi_settings *settings = &entry->network.settings;

		wire_put_bytes(out, settings->ssid, settings->ssid_length);
		wire_put_u8(out, entry->network.enabled);
		wire_put_u8(out, entry == connected);
		wire_put_u8(out, settings->security);
	}
	return (int)rows;
}

/* Of the access point in use, as its supplicant measures it where the network has one. */
static int current_rssi(struct device *dev)
{
	struct device_access_point ap;
	struct join_row row;

	if (dev->host.signal)
		return dev->host.signal(dev->host.ctx, &row) == 1 ? row.rssi_dbm : WIFI_RSSI_UNHEARD_DBM;
	for (size_t i = 0; dev->host.access_point(dev->host.ctx, i, &ap); i++)
		if (memcmp(ap.bssid, dev->supplicant.bssid, sizeof(ap.bssid)) == 0)
			return ap.rssi_dbm;
	return WIFI_RSSI_UNHEARD_DBM;
}

static int request_current(struct device *dev, struct wire_writer *out)
{
	const struct wifi_settings *used = &dev->supplicant.used;
	struct wifi_scan_row row = { .ssid_length = used->ssid_length, .security = used->security };

	if (!supplicant_connected(dev))
		return device_reading(dev, READING_NOT_CONNECTED) == NOT_CONNECTED_ENODATA ? -ENODATA : -ENOTCONN;
	memcpy(row.ssid, used->ssid, used->ssid_length);
	memcpy(row.bssid, dev->supplicant.bssid, sizeof(row.bssid));
	row.rssi_dbm = current_rssi(dev);
	wifi_put_radio_row(out, &row);
	return 0;
}

int wifi_request(struct device *dev, uint16_t op, struct wire_reader *in, struct wire_writer *out)
{
	char name[WIFI_NAME_MAX + 2] = "";
	const uint8_t *ssid = NULL, *psk = NULL;
	size_t ssid_length = 0, psk_length = 0;
	uint64_t capacity = 0;
	uint8_t security = 0;
	int32_t id = -1;

	if (op == WIRE_WIFI_SET_OPT || op == WIRE_WIFI_GET_OPT)
		return wifi_request_attribute(dev, op, in, out);

	switch (op) {
	case WIRE_WIFI_ADD_DUPLICATE:
		id = wire_get_i32(in);
		(void) wire_get_str(in, name, sizeof(name));
		break;
	case WIRE_WIFI_ID_BY_NAME:
		(void) wire_get_str(in, name, sizeof(name));
		break;
	case WIRE_WIFI_FORGET_ID:
		id = wire_get_i32(in);
		break;
	case WIRE_WIFI_FORGET_STORED:
		ssid = wire_get_bytes(in, &ssid_length);
		security = wire_get_u8(in);
		break;
	case WIRE_WIFI_STORED_LIST:
	case WIRE_WIFI_SCANNED_LIST:
		capacity = wire_get_u64(in);
		break;
	case WIRE_WIFI_STORE_WPA2:
	case WIRE_WIFI_STORE_OPEN:
		ssid = wire_get_bytes(in, &ssid_length);
		if (op == WIRE_WIFI_STORE_WPA2)
			psk = wire_get_bytes(in, &psk_length);
		break;
	default:
		break;
	}
	if (!wire_reader_done(in))
		return -EBADMSG;
	if (!device_has_capability(dev, "WifiConfig"))
		return -EACCES;
	/* The lists of stored and scanned networks do not name ENETDOWN [wificonfig.h]. */
	if (!dev->wifi_enabled && op != WIRE_WIFI_STORED_LIST && op != WIRE_WIFI_SCANNED_LIST)
		return -ENETDOWN;

	switch (op) {
	case WIRE_WIFI_ADD:
		return request_add(dev);
	case WIRE_WIFI_ADD_DUPLICATE:
		return request_add_duplicate(dev, id, name);
	case WIRE_WIFI_ID_BY_NAME:
		return request_id_by_name(dev, name);
	case WIRE_WIFI_CONNECTED_ID:
		return request_connected_id(dev);
	case WIRE_WIFI_FORGET_ID:
		return request_forget_id(dev, id);
	case WIRE_WIFI_FORGET_ALL:
		return forget_all(dev);
	case WIRE_WIFI_FORGET_STORED:
		return request_forget_stored(dev, ssid, ssid_length, security);
	case WIRE_WIFI_STORED_COUNT:
		return (int)dev->wifi.count;
	case WIRE_WIFI_STORED_LIST:
		return request_stored_list(dev, capacity, out);
	case WIRE_WIFI_CURRENT:
		return request_current(dev, out);
	case WIRE_WIFI_SCAN:
		return wifi_scan(dev);
	case WIRE_WIFI_SCANNED_LIST:
		return wifi_scanned_list(dev, capacity, out);
	case WIRE_WIFI_STORE_OPEN:
		return request_store(dev, WIFI_SECURITY_OPEN, ssid, ssid_length, ssid, 0);
	case WIRE_WIFI_STORE_WPA2:
		return request_store(dev, WIFI_SECURITY_WPA2_PSK, ssid, ssid_length, psk, psk_length);
	default:
		return -EBADMSG;
	}
}
