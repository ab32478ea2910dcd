/* Reboot, power-down, power profile, and the clock that runs on without power. See system.h. */
#include <errno.h>

#include "emu-applibs/device/internal.h"

/* z__PowerManagement_System_PowerState [powermanagement_internal.h]. */
enum { STATE_REBOOT = 0, STATE_POWER_DOWN = 1 };

static bool may_control(const struct device *dev, const char *control)
{
	return manifest_lists(&dev->manifest, MANIFEST_POWER_CONTROLS, control);
}

static int transition(struct device *dev, struct wire_reader *in)
{
	uint32_t state = wire_get_u32(in);
	uint8_t has_seconds = wire_get_u8(in);
	uint32_t seconds = wire_get_u32(in);

	if (!wire_reader_done(in) || has_seconds > 1)
		return -EBADMSG;
	if (state == STATE_REBOOT) {
		if (!may_control(dev, "ForceReboot"))
			return -EACCES;
		dev->host.shut_down(dev->host.ctx, DEVICE_REBOOT, 0);
		return 0;
	}
	device_summary(dev, "seconds=%u", seconds);
	if (state != STATE_POWER_DOWN)
		return -EINVAL;
	if (!may_control(dev, "ForcePowerDown"))
		return -EACCES;
	if (!has_seconds || seconds == 0)
		return -EINVAL;
	dev->host.shut_down(dev->host.ctx, DEVICE_POWER_DOWN, seconds);
	return 0;
}

static int set_profile(struct device *dev, struct wire_reader *in)
{
	uint32_t profile = wire_get_u32(in);

	if (!wire_reader_done(in))
		return -EBADMSG;
	device_summary(dev, "value=%u", profile);
	if (!may_control(dev, "SetPowerProfile"))
		return -EACCES;
	if (profile > POWER_PROFILE_HIGH)
		return -EINVAL;
	dev->power_profile = profile;
	return 0;
}

static int write_rtc(struct device *dev, struct wire_reader *in)
{
	if (!wire_reader_done(in))
		return -EBADMSG;
	if (!device_has_capability(dev, "SystemTime"))
		return -EACCES;
	return dev->host.rtc_write(dev->host.ctx);
}

int power_request(struct device *dev, uint16_t op, struct wire_reader *in)
{
	switch (op) {
	case WIRE_POWER_TRANSITION:
		return transition(dev, in);
	case WIRE_POWER_PROFILE:
		return set_profile(dev, in);
	default:
		return write_rtc(dev, in);
	}
}
