/* Flash and RAM: the one door through which flash is written, what power loss takes, and what a factory reset leaves. */
#include <errno.h>

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

void device_flash_erase(struct device *dev)
{
	certstore_wipe(&dev->store);
	wifi_wipe(&dev->wifi);
	networking_factory(&dev->net);
	dev->sysevent.offered = false;
	dev->wifi_enabled = true;
	dev->time_sync_enabled = true; /* on by default ["Manage system time" on Microsoft Learn] */
}
