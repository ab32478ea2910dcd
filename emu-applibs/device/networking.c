/* The interfaces: which there are, what they are, whether they are up. See networking.h. */
#include "emu-applibs/device/networking.h"

#include <errno.h>

#include <openssl/crypto.h>

#include "emu-applibs/device/internal.h"

/* Networking_InterfaceConnectionStatus, Networking_IpType, Networking_InterfaceMedium, z__Networking_Attribute [networking.h]. */
enum { STATUS_UP = 1, STATUS_CONNECTED = 2, STATUS_IP = 4, STATUS_INTERNET = 8 };
enum { IP_DHCP_NONE = 0, IP_DHCP_CLIENT = 1 };
enum { MEDIUM_WIFI = 1, MEDIUM_ETHERNET = 2 };
enum { ATTRIBUTE_HARDWARE_ADDRESS = 1 };

static const char *const names[] = { [NET_WLAN] = "wlan0", [NET_ETH] = "eth0" };
static const uint8_t mediums[] = { [NET_WLAN] = MEDIUM_WIFI, [NET_ETH] = MEDIUM_ETHERNET };

/* Locally administered addresses; ours. */
static const uint8_t wlan_address[NET_ADDRESS_LENGTH] = { 0x02, 0, 0, 0, 0, 0x10 };
static const uint8_t eth_factory_address[NET_ADDRESS_LENGTH] = { 0x02, 0, 0, 0, 0, 0x20 };

/* ---- State ----------------------------------------------------------------------------------------------------------- */

void networking_factory(struct net_settings *settings)
{
	OPENSSL_cleanse(settings, sizeof(*settings)); /* the proxy's password */
	memcpy(settings->eth_address, eth_factory_address, sizeof(settings->eth_address));
}

void networking_power_on(struct device *dev)
{
	network_time_power_on(dev);
}

void networking_power_loss(struct device *dev)
{
	for (size_t i = 0; i < NET_INTERFACE_COUNT; i++)
		dev->ip_released[i] = dev->sntp_server[i] = false;
	dev->network_time = (struct network_time) { .due_ns = TIME_NEVER };
}

void networking_link_changed(struct device *dev, bool connected)
{
	/* The supplicant is not told yet what its event says. */
	network_time_link_changed(dev, connected && (dev->net.ip[NET_WLAN].is_static || !dev->ip_released[NET_WLAN]));
}

bool networking_has_address(const struct device *dev)
{
	return supplicant_is_connected(&dev->supplicant) && (dev->net.ip[NET_WLAN].is_static || !dev->ip_released[NET_WLAN]);
}

bool networking_resolves_names(const struct device *dev)
{
	const struct ip_settings *ip = &dev->net.ip[NET_WLAN];

	/* "Using a static IP configuration will prevent the device from automatically obtaining DNS server addresses" [networking.h]. */
	return networking_has_address(dev) && (!ip->is_static || ip->custom_dns);
}

static bool is_enabled(const struct device *dev, enum net_interface which)
{
	return which == NET_WLAN ? dev->wifi_enabled : dev->net.eth_enabled;
}

static const uint8_t *hardware_address(const struct device *dev, enum net_interface which)
{
	return which == NET_ETH ? dev->net.eth_address : wlan_address;
}

static uint32_t status_bits(const struct device *dev, enum net_interface which)
{
	uint32_t bits = is_enabled(dev, which) ? STATUS_UP : 0;

	if (which == NET_WLAN && supplicant_is_connected(&dev->supplicant))
		bits |= STATUS_CONNECTED;
	if (which == NET_WLAN && networking_has_address(dev))
		bits |= STATUS_IP | STATUS_INTERNET;
	return bits;
}

static size_t interface_count(const struct device *dev)
{
	return dev->has_ethernet ? NET_INTERFACE_COUNT : 1;
}

size_t device_get_interface_count(const struct device *dev)
{
	return interface_count(dev);
}

bool device_get_interface(const struct device *dev, size_t index, struct device_interface *ret)
{
	enum net_interface which = (enum net_interface)index;
	const struct ip_settings *ip;

	if (index >= interface_count(dev))
		return false;
	ip = &dev->net.ip[which];
	*ret = (struct device_interface) { .name = names[which], .up = is_enabled(dev, which) };
	ret->running = (status_bits(dev, which) & STATUS_CONNECTED) != 0;
	ret->dhcp = !ip->is_static && (status_bits(dev, which) & STATUS_IP);
	if (ip->is_static && ret->up) {
		ret->address = ip->address;
		ret->mask = ip->mask;
		ret->gateway = ip->gateway;
	}
	memcpy(ret->hardware, hardware_address(dev, which), sizeof(ret->hardware));
	return true;
}

int networking_find(const struct device *dev, const uint8_t *name, size_t length, enum net_interface *ret)
{
	for (size_t i = 0; i < interface_count(dev); i++) {
		if (length == strlen(names[i]) && memcmp(name, names[i], length) == 0) {
			*ret = (enum net_interface)i;
			return 0;
		}
	}
	return length == 2 && memcmp(name, "lo", 2) == 0 ? -EPERM : -ENOENT;
}

const char *networking_shown(const uint8_t *name, size_t length, char *buffer, size_t capacity)
{
	return wifi_printable(name, length, buffer, capacity);
}

int networking_commit(struct device *dev)
{
	return dev->flash == DEVICE_FLASH_FULL ? -EFBIG : device_flash_commit(dev, "settings");
}

/* ---- Requests -------------------------------------------------------------------------------------------------------- */

static int request_list(struct device *dev, struct wire_reader *in, struct wire_writer *out)
{
	uint64_t capacity = wire_get_u64(in);
	size_t rows = interface_count(dev);

	if (!wire_reader_done(in))
		return -EBADMSG;
	if (!device_is_ready(dev))
		return -EAGAIN;
	if (capacity == 0)
		return -ERANGE;
	if (rows > capacity)
		rows = (size_t)capacity;
	for (size_t i = 0; i < rows; i++) {
		wire_put_u8(out, is_enabled(dev, (enum net_interface)i));
		wire_put_str(out, names[i]);
		wire_put_u8(out, dev->net.ip[i].is_static ? IP_DHCP_NONE : IP_DHCP_CLIENT);
		wire_put_u8(out, mediums[i]);
	}
	return (int)rows;
}

static int set_state(struct device *dev, enum net_interface which, bool enabled)
{
	int r;

	if (is_enabled(dev, which) == enabled)
		return 0;
	r = device_flash_commit(dev, "settings");
	if (r < 0)
		return r;
	if (which == NET_ETH) {
		dev->net.eth_enabled = enabled;
		return 0;
	}
	dev->wifi_enabled = enabled;
	if (enabled)
		supplicant_start(dev, SUPPLICANT_START_MS);
	else
		supplicant_stop(dev, "interface disabled");
	return 0;
}

/* The requests that name an interface and no more than its state. A name of any length and any bytes is simply not one there is. */
static int request_state(struct device *dev, uint16_t op, struct wire_reader *in)
{
	size_t length;
	const uint8_t *name = wire_get_bytes(in, &length);
	uint8_t enabled = op == WIRE_NET_IF_SET_STATE ? wire_get_u8(in) : 0;
	enum net_interface which;
	char shown[32];
	int r;

	if (!wire_reader_done(in) || enabled > 1)
		return -EBADMSG;
	(void) networking_shown(name, length, shown, sizeof(shown));
	if (op == WIRE_NET_IF_SET_STATE) {
		device_summary(dev, "name=%s value=%d", shown, enabled);
		if (!device_has_capability(dev, "NetworkConfig"))
			return -EACCES;
	} else {
		device_summary(dev, "name=%s", shown);
	}
	if (!device_is_ready(dev))
		return -EAGAIN;
	r = networking_find(dev, name, length, &which);
	if (r < 0)
		return r;
	return op == WIRE_NET_IF_SET_STATE ? set_state(dev, which, enabled != 0) : (int)status_bits(dev, which);
}

static bool is_valid_address(const uint8_t *address, size_t length)
{
	static const uint8_t zeros[NET_ADDRESS_LENGTH];

	return length == NET_ADDRESS_LENGTH && (address[0] & 1) == 0 && memcmp(address, zeros, sizeof(zeros)) != 0;
}

static int set_address(struct device *dev, enum net_interface which, const uint8_t *address, size_t length)
{
	int r;

	if (which != NET_ETH)
		return -EPERM;
	if (length > NET_ADDRESS_LENGTH)
		return -ERANGE;
	if (!is_valid_address(address, length))
		return -EINVAL;
	if (memcmp(dev->net.eth_address, address, length) == 0)
		return 0;
	r = device_flash_commit(dev, "settings");
	if (r == 0)
		memcpy(dev->net.eth_address, address, length);
	return r;
}

static int request_address(struct device *dev, uint16_t op, struct wire_reader *in, struct wire_writer *out)
{
	size_t length, address_length = 0;
	const uint8_t *name = wire_get_bytes(in, &length), *address = NULL;
	uint8_t attribute = wire_get_u8(in);
	enum net_interface which;
	char shown[32];
	int r;

	if (op == WIRE_NET_IF_SET_OPT)
		address = wire_get_bytes(in, &address_length);
	if (!wire_reader_done(in))
		return -EBADMSG;
	device_summary(dev, "name=%s", networking_shown(name, length, shown, sizeof(shown)));
	if (op == WIRE_NET_IF_SET_OPT && !device_has_capability(dev, "HardwareAddressConfig"))
		return -EACCES;
	if (!device_is_ready(dev))
		return -EAGAIN;
	r = networking_find(dev, name, length, &which);
	if (r < 0)
		return r;
	if (attribute != ATTRIBUTE_HARDWARE_ADDRESS)
		return -EINVAL;
	if (op == WIRE_NET_IF_SET_OPT)
		return set_address(dev, which, address, address_length);
	wire_put_bytes(out, hardware_address(dev, which), NET_ADDRESS_LENGTH);
	return 0;
}

static int request_plain(struct device *dev, uint16_t op, struct wire_reader *in)
{
	if (!wire_reader_done(in))
		return -EBADMSG;
	if (op == WIRE_NET_IF_COUNT)
		return device_is_ready(dev) ? (int)interface_count(dev) : -EAGAIN;
	/* "and the time is synced": since this boot. With time sync off it never is, as the OS cannot know. */
	return networking_has_address(dev) && dev->network_time.synced;
}

int networking_request(struct device *dev, uint16_t op, struct wire_reader *in, struct wire_writer *out)
{
	switch (op) {
	case WIRE_NET_IF_LIST:
		return request_list(dev, in, out);
	case WIRE_NET_IF_STATUS:
	case WIRE_NET_IF_SET_STATE:
		return request_state(dev, op, in);
	case WIRE_NET_IF_GET_OPT:
	case WIRE_NET_IF_SET_OPT:
		return request_address(dev, op, in, out);
	default:
		return request_plain(dev, op, in);
	}
}
