/* The interface wlan0 and network time; see networking.h. */
#include "emu-applibs/device/networking.h"

#include <errno.h>

#include "emu-applibs/device/internal.h"

/* Networking_InterfaceConnectionStatus, Networking_IpType, Networking_InterfaceMedium_Type [networking.h]. */
enum { STATUS_UP = 1, STATUS_CONNECTED = 2, STATUS_IP = 4, STATUS_INTERNET = 8 };
enum { IP_DHCP_CLIENT = 1, MEDIUM_WIFI = 1 };

static const char interface_name[] = "wlan0";

/* ---- Network time ---------------------------------------------------------------------------------------------------- */

static void sync_after(struct device *dev, uint64_t delay_ns)
{
	dev->network_time.due_ns = device_now(dev) + delay_ns;
}

/* Anew from a connection, or from switching it on. */
static void sync_soon(struct device *dev)
{
	dev->network_time.retry_s = TIME_SYNC_RETRY_FIRST_S;
	dev->network_time.due_ns = TIME_NEVER;
	if (dev->time_sync_enabled)
		sync_after(dev, TIME_SYNC_AFTER_MS * NS_PER_MS);
}

void networking_power_on(struct device *dev)
{
	dev->network_time = (struct network_time) { .due_ns = TIME_NEVER, .retry_s = TIME_SYNC_RETRY_FIRST_S };
}

void networking_link_changed(struct device *dev, bool connected)
{
	if (connected)
		sync_soon(dev);
	else
		dev->network_time.due_ns = TIME_NEVER;
}

uint64_t networking_next_deadline(const struct device *dev)
{
	return dev->network_time.due_ns;
}

void networking_run(struct device *dev)
{
	struct network_time *time = &dev->network_time;
	struct device_event event = { .kind = DEVICE_EVENT_TIME_SYNC };

	if (time->due_ns > device_now(dev))
		return;
	if (!dev->host.time_sync(dev->host.ctx)) {
		sync_after(dev, time->retry_s * NS_PER_S);
		time->retry_s = time->retry_s * 2 < TIME_SYNC_RETRY_MAX_S ? time->retry_s * 2 : TIME_SYNC_RETRY_MAX_S;
		return;
	}
	time->synced = true;
	time->retry_s = TIME_SYNC_RETRY_FIRST_S;
	sync_after(dev, TIME_SYNC_PERIOD_S * NS_PER_S);
	device_emit(dev, &event);
}

static int set_time_sync(struct device *dev, bool enabled)
{
	int r;

	if (!device_has_capability(dev, "TimeSyncConfig"))
		return -EACCES;
	if (dev->time_sync_enabled == enabled)
		return 0;
	r = device_flash_commit(dev, "settings");
	if (r < 0)
		return r;
	dev->time_sync_enabled = enabled;
	networking_link_changed(dev, supplicant_is_connected(&dev->supplicant));
	return 0;
}

/* ---- The interface --------------------------------------------------------------------------------------------------- */

static uint32_t status_bits(const struct device *dev)
{
	uint32_t bits = dev->wifi_enabled ? STATUS_UP : 0;

	if (supplicant_is_connected(&dev->supplicant))
		bits |= STATUS_CONNECTED | STATUS_IP | STATUS_INTERNET;
	return bits;
}

static int set_state(struct device *dev, bool enabled)
{
	int r;

	if (dev->wifi_enabled == enabled)
		return 0;
	r = device_flash_commit(dev, "settings");
	if (r < 0)
		return r;
	dev->wifi_enabled = enabled;
	if (enabled)
		supplicant_start(dev, SUPPLICANT_START_MS);
	else
		supplicant_stop(dev, "interface disabled");
	return 0;
}

static int request_list(struct device *dev, struct wire_reader *in, struct wire_writer *out)
{
	uint64_t capacity = wire_get_u64(in);

	if (!wire_reader_done(in))
		return -EBADMSG;
	if (!device_is_ready(dev))
		return -EAGAIN;
	if (capacity == 0)
		return -ERANGE;
	wire_put_u8(out, dev->wifi_enabled);
	wire_put_str(out, interface_name);
	wire_put_u8(out, IP_DHCP_CLIENT);
	wire_put_u8(out, MEDIUM_WIFI);
	return 1;
}

/* The requests that name an interface. A name of any length and any bytes is simply not the one there is. */
static int request_named(struct device *dev, uint16_t op, struct wire_reader *in)
{
	size_t length;
	const uint8_t *name = wire_get_bytes(in, &length);
	uint8_t enabled = op == WIRE_NET_IF_SET_STATE ? wire_get_u8(in) : 0;
	char shown[32];

	if (!wire_reader_done(in) || enabled > 1)
		return -EBADMSG;
	(void) wifi_printable(name, length, shown, sizeof(shown));
	if (op == WIRE_NET_IF_SET_STATE) {
		device_summary(dev, "name=%s value=%d", shown, enabled);
		if (!device_has_capability(dev, "NetworkConfig"))
			return -EACCES;
	} else {
		device_summary(dev, "name=%s", shown);
	}
	if (!device_is_ready(dev))
		return -EAGAIN;
	if (length != strlen(interface_name) || memcmp(name, interface_name, length) != 0)
		return -ENOENT;
	return op == WIRE_NET_IF_SET_STATE ? set_state(dev, enabled != 0) : (int)status_bits(dev);
}

static int request_plain(struct device *dev, uint16_t op, struct wire_reader *in)
{
	if (!wire_reader_done(in))
		return -EBADMSG;
	switch (op) {
	case WIRE_NET_READY:
		/* "and the time is synced": since this boot. With time sync off it never is, as the OS cannot know. */
		return (status_bits(dev) & STATUS_IP) != 0 && dev->network_time.synced;
	case WIRE_NET_IF_COUNT:
		return device_is_ready(dev) ? 1 : -EAGAIN;
	default:
		return dev->time_sync_enabled;
	}
}

int networking_request(struct device *dev, uint16_t op, struct wire_reader *in, struct wire_writer *out)
{
	uint8_t enabled;

	switch (op) {
	case WIRE_NET_IF_LIST:
		return request_list(dev, in, out);
	case WIRE_NET_IF_STATUS:
	case WIRE_NET_IF_SET_STATE:
		return request_named(dev, op, in);
	case WIRE_TIMESYNC_SET:
		enabled = wire_get_u8(in);
		if (!wire_reader_done(in) || enabled > 1)
			return -EBADMSG;
		device_summary(dev, "value=%d", enabled);
		return set_time_sync(dev, enabled != 0);
	default:
		return request_plain(dev, op, in);
	}
}
