/* The Wi-Fi configuration of the device OS: the running copy that the API works on, and the saved copy in flash.
 *
 * Set, Add and Forget act on the running copy at once; only a persist writes the saved one; a boot, and depending on a
 * reading a reload, makes the saved copy the running one [wificonfig.h]. Leaves to others: choosing and joining a network
 * (supplicant.h), capabilities and readiness (device.c), certificates (certstore).
 */
#ifndef DEVICE_WIFICONFIG_H
#define DEVICE_WIFICONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emu-applibs/base/base.h"
#include "emu-applibs/device/device.h"
#include "emu-applibs/device/supplicant.h"

#define WIFI_NAME_MAX 16      /* WIFICONFIG_CONFIG_NAME_MAX_LENGTH, without NUL */
#define WIFI_NETWORKS_LEAST 10 /* the smallest and the largest choice of the reading max-networks */
#define WIFI_NETWORKS_MOST 37
#define WIFI_NETWORKS_LIMIT 64 /* of the running configuration, when only a persist refuses too many (reading too-many-networks) */

/* WifiConfig_Security_* */
enum wifi_security {
	WIFI_SECURITY_UNKNOWN = 0,
	WIFI_SECURITY_OPEN = 1,
	WIFI_SECURITY_WPA2_PSK = 2,
	WIFI_SECURITY_EAP_TLS = 3,
};

/* z__WifiConfig_Attribute */
enum wifi_attribute {
	WIFI_ATTR_SSID = 0,
	WIFI_ATTR_SECURITY = 1,
	WIFI_ATTR_ENABLE = 2,
	WIFI_ATTR_SAVE = 3,
	WIFI_ATTR_RELOAD = 4,
	WIFI_ATTR_PSK = 5,
	WIFI_ATTR_IDENTITY = 6,
	WIFI_ATTR_CLIENT_ID = 7,
	WIFI_ATTR_ROOT_ID = 8,
	WIFI_ATTR_TARGETED_SCAN = 11,
	WIFI_ATTR_CONFIG_NAME = 12,
	WIFI_ATTR_DIAGNOSTICS32 = 22,
	WIFI_ATTR_DIAGNOSTICS = 23,
	WIFI_ATTR_POWER_SAVINGS = 0x1000, /* ours: the real number was not found */
};

/* All access points are on one channel. */
#define WIFI_FREQUENCY_MHZ 2412u
#define WIFI_RSSI_UNHEARD_DBM (-100) /* of the connection's access point when nothing comes from it; ours, nothing is documented */

uint8_t wifi_security_of(enum auth_security security); /* as the API names it */

struct wifi_network {
	int id;          /* as the API shows it */
	uint64_t serial; /* never reused, so that a record of a forgotten network cannot fall to its successor */
	char name[WIFI_NAME_MAX + 1]; /* "" until set */
	bool enabled;
	struct wifi_settings settings;
};

/* A network of the running configuration, and what the supplicant knows of it. */
struct wifi_entry {
	struct wifi_network network;
	struct supplicant_record record;
};

struct wifi_scan_row {
	uint8_t ssid[WIFI_SSID_MAX];
	size_t ssid_length;
	uint8_t security; /* enum wifi_security */
	uint8_t bssid[AUTH_BSSID_LENGTH];
	int rssi_dbm;
};

struct wifi {
	struct wifi_entry entries[WIFI_NETWORKS_LIMIT]; /* running; ids ascending */
	size_t count;
	struct wifi_network saved[WIFI_NETWORKS_LIMIT]; /* flash; ids ascending */
	size_t saved_count;
	uint64_t last_serial;
	struct wifi_scan_row scanned[WIFI_NETWORKS_LIMIT]; /* result of the last scan the application asked for */
	size_t scanned_count;
};

/* Lookups in the running configuration; NULL when there is none. Borrowed until the configuration changes. */
struct wifi_entry *wifi_by_id(struct wifi *wifi, int id);
/* Has each setting the same value in both? */
bool wifi_same_settings(const struct wifi_settings *a, const struct wifi_settings *b);
struct wifi_entry *wifi_by_serial(struct wifi *wifi, uint64_t serial);
struct wifi_entry *wifi_by_name(struct wifi *wifi, const char *name); /* of several, the one with the lowest id */

/* Adds a blank, disabled network under the lowest free id. NULL when WIFI_NETWORKS_LIMIT are there already. */
struct wifi_entry *wifi_insert(struct wifi *wifi);
/* Takes the entry out of the running configuration and wipes it. */
void wifi_remove(struct wifi *wifi, struct wifi_entry *entry);
/* The saved copy becomes the running one; records of networks that stay are kept. renumber: ids from 0 in saved order. */
void wifi_restore(struct wifi *wifi, bool renumber);
/* Is the running configuration what the saved copy says? */
bool wifi_is_saved(const struct wifi *wifi);
/* Bytes from outside as text for people, one word in one line: what is not printable, and space, becomes "?". Cut at
 * capacity - 1. Returns buffer. */
const char *wifi_printable(const uint8_t *bytes, size_t length, char *buffer, size_t capacity);
/* Name for people: the config name, or "#id". buffer holds at least WIFI_NAME_MAX + 1 bytes. Returns buffer. */
const char *wifi_label(const struct wifi_network *network, char buffer[WIFI_NAME_MAX + 1]);

/* Power is gone: the running copy and the scan are wiped, the saved copy stays. At boot: wifi_restore(wifi, true), then
 * supplicant_start(). */
void wifi_power_loss(struct wifi *wifi);
/* Wipes everything, the saved copy too. */
void wifi_wipe(struct wifi *wifi);

/* A WIRE_WIFI_* request; results and errnos as device_request(), EAGAIN excepted: readiness is the caller's. */
int wifi_request(struct device *dev, uint16_t op, struct wire_reader *in, struct wire_writer *out);

/* Between the files of the configuration. ------------------------------------------------------------------------------ */

/* One line for the timeline (DEVICE_EVENT_WIFI). */
void wifi_report(struct device *dev, const char *format, ...) ATTR_PRINTF(2, 3);
/* Can so many networks be saved? By the reading. */
bool wifi_fits(const struct device *dev, size_t count);
/* Could the running configuration be saved with so many networks more? 0; -EINVAL: a network has no SSID; -ENOSPC: too many. */
int wifi_check_savable(const struct device *dev, size_t more);
/* 0; -EINVAL: id is negative; -ENODEV: no such network. */
int wifi_find(struct device *dev, int id, struct wifi_entry **ret_entry);
/* PersistConfig: 0; what wifi_check_savable() and a refused flash write give. */
int wifi_persist(struct device *dev);
/* ReloadConfig: 0. */
int wifi_reload(struct device *dev);
/* SetNetworkEnabled. */
void wifi_enable(struct device *dev, struct wifi_entry *entry, bool enabled);
/* ForgetNetworkById: wipes *entry, which is another network's afterwards. */
void wifi_forget(struct device *dev, struct wifi_entry *entry);
/* 0; -ERANGE: not 8 to 64 bytes (too short: by the reading); -EINVAL: neither a passphrase nor 64 hex digits. */
int wifi_check_psk(const struct device *dev, const uint8_t *psk, size_t length);
/* SetNetworkOpt and GetNetworkOpt. */
int wifi_request_attribute(struct device *dev, uint16_t op, struct wire_reader *in, struct wire_writer *out);
/* Scans now. Rows found. */
int wifi_scan(struct device *dev);
/* Rows of the last scan, at most capacity, into `out`; -ERANGE: capacity 0. */
int wifi_scanned_list(struct device *dev, uint64_t capacity, struct wire_writer *out);
/* One row of WIRE_WIFI_CURRENT and WIRE_WIFI_SCANNED_LIST. */
void wifi_put_radio_row(struct wire_writer *out, const struct wifi_scan_row *row);

#endif
