/* Flash and RAM: the one door through which flash is written, what power loss takes, and what a factory reset leaves. */
#include <errno.h>

#include <openssl/evp.h>

#include "emu-applibs/device/internal.h"

int device_flash_commit(struct device *dev, const char *area)
{
	struct device_event event = { .kind = DEVICE_EVENT_FLASH, .text = area };

	if (dev->flash == DEVICE_FLASH_BROKEN)
		return -EIO;
	if (dev->host.flash_write && !dev->host.flash_write(dev->host.ctx, area)) {
		device_power_loss(dev);
		return -EIO;
	}
	device_emit(dev, &event);
	return 0;
}

int device_flash_room(const struct device *dev)
{
	return dev->flash == DEVICE_FLASH_FULL ? -ENOSPC : dev->flash == DEVICE_FLASH_BROKEN ? -EIO : 0;
}

void device_power_loss(struct device *dev)
{
	dev->on = false;
	supplicant_stop(dev, "power off");
	supplicant_clear(&dev->supplicant);
	certstore_wipe(&dev->seen);
	wifi_power_loss(&dev->wifi);
	device_auth_wipe(&dev->device_auth);
	networking_power_loss(dev);
	sysevent_power_loss(dev);
	gpio_power_loss(dev);
	dev->wifi_power_savings = false;
	dev->power_profile = POWER_PROFILE_HIGH;
	dev->ready_ns = TIME_NEVER;
}

static void add(EVP_MD_CTX *md, const void *bytes, size_t length)
{
	const uint64_t n = length;

	if (EVP_DigestUpdate(md, &n, sizeof(n)) != 1 || EVP_DigestUpdate(md, bytes, length) != 1)
		abort();
}

static void add_text(EVP_MD_CTX *md, const char *text)
{
	add(md, text ? text : "", text ? strlen(text) : 0);
}

void device_flash_digest(const struct device *dev, uint8_t ret[32])
{
	const bool settings[] = { dev->wifi_enabled, dev->time_sync_enabled };
	EVP_MD_CTX *md = EVP_MD_CTX_new();

	if (!md || EVP_DigestInit_ex(md, EVP_sha256(), NULL) != 1)
		abort();
	add(md, settings, sizeof(settings));
	/* Padding too: at worst equal flash is taken for different. */
	add(md, &dev->net, sizeof(dev->net));
	add(md, &dev->sysevent.offered, sizeof(dev->sysevent.offered));
	for (size_t i = 0; i < dev->store.count; i++) {
		add_text(md, dev->store.entries[i].id);
		add_text(md, dev->store.entries[i].certificate->cert_pem);
		add_text(md, dev->store.entries[i].certificate->key_pem);
	}
	for (size_t i = 0; i < dev->wifi.saved_count; i++) {
		const struct wifi_network *n = &dev->wifi.saved[i];
		const bool flags[] = { n->enabled, n->settings.targeted_scan };

		add_text(md, n->name);
		add(md, flags, sizeof(flags));
		add(md, n->settings.ssid, n->settings.ssid_length);
		add(md, &n->settings.security, sizeof(n->settings.security));
		add(md, n->settings.psk, n->settings.psk_length);
		add_text(md, n->settings.identity);
		add_text(md, n->settings.client_id);
		add_text(md, n->settings.root_id);
	}
	if (EVP_DigestFinal_ex(md, ret, NULL) != 1)
		abort();
	EVP_MD_CTX_free(md);
}

void device_flash_erase(struct device *dev)
{
	certstore_wipe(&dev->store);
	wifi_wipe(&dev->wifi);
	networking_factory(&dev->net);
	dev->sysevent.offered = false;
	dev->wifi_enabled = true;
	dev->time_sync_enabled = true; /* on by default ["Manage system time" on Microsoft Learn] */
}
