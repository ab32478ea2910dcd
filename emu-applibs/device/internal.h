/* The simulated device from the inside: its state, and what its files give each other.
 *
 * Which member is flash and which is RAM is said here, and carried out in flash.c alone. What a room of the device keeps is in
 * its own header (certstore.h, wificonfig.h, supplicant.h, manifest.h, networking.h).
 */
#ifndef DEVICE_INTERNAL_H
#define DEVICE_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "emu-applibs/base/base.h"
#include "emu-applibs/device/certstore.h"
#include "emu-applibs/device/device.h"
#include "emu-applibs/device/manifest.h"
#include "emu-applibs/device/networking.h"
#include "emu-applibs/device/supplicant.h"
#include "emu-applibs/device/system.h"
#include "emu-applibs/device/wificonfig.h"

#define DEVICE_SUMMARY_MAX 384 /* with NUL; an identity is the longest value that is shown */

struct device {
	/* Neither: what the caller gave. */
	struct device_host host;
	struct readings readings;
	struct manifest manifest;
	uint64_t random;
	char summary[DEVICE_SUMMARY_MAX];
	const char *denied; /* the capability that the last request lacked */
	enum device_flash flash;
	bool has_ethernet;

	/* Flash: what survives power loss, together with wifi.saved and sysevent.update. */
	struct certstore store;
	bool wifi_enabled; /* Networking_SetInterfaceState */
	bool time_sync_enabled;
	struct net_settings net; /* with the proxy's password */

	/* RAM. */
	bool on;
	uint64_t ready_ns; /* the certificate store and Wi-Fi answer EAGAIN before */
	struct certstore seen; /* the supplicant's copy, taken at boot and reload */
	struct wifi wifi;
	struct supplicant supplicant;
	struct network_time network_time;
	bool ip_released[NET_INTERFACE_COUNT]; /* Networking_IpConfig_ReleaseIp */
	bool sntp_server[NET_INTERFACE_COUNT];
	bool wifi_power_savings;
	uint32_t power_profile;
	struct device_auth device_auth;
	bool device_auth_unreachable; /* of the world: it outlives reboots */
	struct sysevent sysevent;
	struct gpio_pin gpio[GPIO_PIN_COUNT];
};

/* ---- device.c -------------------------------------------------------------------------------------------------------- */

/* Virtual monotonic nanoseconds; seconds since 1970 on the device's clock. */
uint64_t device_now(const struct device *dev);
int64_t device_wall(const struct device *dev);
/* 32 random bits, a function of the seed and the number of calls. */
uint32_t device_random(struct device *dev);
/* One fact for the timeline; the OS itself hears of connections here, too. */
void device_emit(struct device *dev, const struct device_event *event);
/* What device_last_summary() gives, "key=value" words; the last one counts. Nothing secret; text from outside goes through
 * wifi_printable(). */
void device_summary(struct device *dev, const char *format, ...) ATTR_PRINTF(2, 3);
/* Does the application's manifest grant it? What it does not is remembered for device_last_denied(): static storage. */
bool device_has_capability(struct device *dev, const char *capability);
/* The choice in force of a reading: see readings_ask(). */
unsigned device_reading(const struct device *dev, enum reading_id id);
/* Powered, and far enough in its boot for the certificate store and Wi-Fi to answer. */
bool device_is_ready(const struct device *dev);

/* ---- flash.c --------------------------------------------------------------------------------------------------------- */

/* A change of flash is about to be made: the caller has it prepared, and makes it on 0, in one step that cannot fail. On -EIO the
 * power has gone instead: the device is off, its RAM is wiped, and the caller returns that number at once and touches nothing
 * (a struct wifi_entry it holds is blank by now); or the flash is broken. area: "certstore", "wifi", "storage", "settings". */
int device_flash_commit(struct device *dev, const char *area);
/* Could more be written? 0, -ENOSPC or -EIO. */
int device_flash_room(const struct device *dev);
/* Power is gone: the connection goes, then everything in RAM is wiped. */
void device_power_loss(struct device *dev);
/* Everything in flash back to what the factory wrote, but for the application's file, which is the host's. */
void device_flash_erase(struct device *dev);

#endif
