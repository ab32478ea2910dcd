/* Addresses of the interfaces, and the DHCP and time servers of a private network: kept, not simulated. See networking.h. */
#include <errno.h>

#include "emu-applibs/device/internal.h"

/* Numbers with a count before them. False: more than fit. */
static bool take_servers(struct wire_reader *in, uint32_t *ret, uint8_t *ret_count)
{
	uint8_t count = wire_get_u8(in);

	if (count > NET_SERVERS_MAX)
		return false;
	for (uint8_t i = 0; i < count; i++)
		ret[i] = wire_get_u32(in);
	*ret_count = count;
	return true;
}

/* "10.0.0.1" */
static const char *shown(uint32_t address, char buffer[16])
{
	(void) snprintf(buffer, 16, "%u.%u.%u.%u", address >> 24, address >> 16 & 255, address >> 8 & 255, address & 255);
	return buffer;
}

/* The interface that a request names, when everything about it allows the request: 0 or a negative errno. */
static int find_ready(struct device *dev, const char *capability, const uint8_t *name, size_t length, enum net_interface *ret)
{
	if (!device_has_capability(dev, capability))
		return -EACCES;
	if (!device_is_ready(dev))
		return -EAGAIN;
	return networking_find(dev, name, length, ret);
}

/* ---- Addresses ------------------------------------------------------------------------------------------------------- */

/* The address of wlan0 came or went. */
static void address_changed(struct device *dev, bool had)
{
	bool has = networking_has_address(dev);

	if (has == had)
		return;
	network_time_link_changed(dev, has);
	sysevent_link_changed(dev, has);
}

static int apply(struct device *dev, struct wire_reader *in)
{
	size_t length;
	const uint8_t *name = wire_get_bytes(in, &length);
	uint8_t is_static = wire_get_u8(in), custom_dns;
	struct ip_settings ip;
	char text[32], address[16];
	enum net_interface which;
	bool had = networking_has_address(dev), fits;
	int r;

	memset(&ip, 0, sizeof(ip)); /* compared as bytes */
	ip.address = wire_get_u32(in);
	ip.mask = wire_get_u32(in);
	ip.gateway = wire_get_u32(in);
	custom_dns = wire_get_u8(in);
	fits = take_servers(in, ip.dns, &ip.dns_count);
	if (!wire_reader_done(in) || !fits || is_static > 1 || custom_dns > 1 || (custom_dns == 0) != (ip.dns_count == 0))
		return -EBADMSG;
	ip.is_static = is_static;
	ip.custom_dns = custom_dns;
	if (!is_static)
		ip.address = ip.mask = ip.gateway = 0;
	device_summary(dev, "name=%s address=%s dns=%u", networking_shown(name, length, text, sizeof(text)),
	               is_static ? shown(ip.address, address) : "dynamic", ip.dns_count);
	r = find_ready(dev, "NetworkConfig", name, length, &which);
	if (r < 0)
		return r;
	if (memcmp(&dev->net.ip[which], &ip, sizeof(ip)) != 0) {
		r = networking_commit(dev);
		if (r < 0)
			return r;
		dev->net.ip[which] = ip;
	}
	/* DHCP begins anew. */
	dev->ip_released[which] = false;
	address_changed(dev, had);
	return 0;
}

static int renew_or_release(struct device *dev, uint16_t op, struct wire_reader *in)
{
	size_t length;
	const uint8_t *name = wire_get_bytes(in, &length);
	bool had = networking_has_address(dev);
	enum net_interface which;
	char text[32];
	int r;

	if (!wire_reader_done(in))
		return -EBADMSG;
	device_summary(dev, "name=%s", networking_shown(name, length, text, sizeof(text)));
	r = find_ready(dev, "NetworkConfig", name, length, &which);
	if (r < 0)
		return r;
	if (dev->net.ip[which].is_static)
		return -EPERM;
	dev->ip_released[which] = op == WIRE_NET_IP_RELEASE;
	address_changed(dev, had);
	return 0;
}

/* ---- Servers --------------------------------------------------------------------------------------------------------- */

static int start_sntp(struct device *dev, struct wire_reader *in)
{
	size_t length;
	const uint8_t *name = wire_get_bytes(in, &length);
	enum net_interface which;
	char text[32];
	int r;

	if (!wire_reader_done(in))
		return -EBADMSG;
	device_summary(dev, "name=%s", networking_shown(name, length, text, sizeof(text)));
	r = find_ready(dev, "SntpService", name, length, &which);
	if (r == 0)
		dev->sntp_server[which] = true;
	return r;
}

static int start_dhcp(struct device *dev, struct wire_reader *in)
{
	size_t length;
	const uint8_t *name = wire_get_bytes(in, &length);
	struct dhcp_server server;
	const struct ip_settings *ip;
	enum net_interface which;
	char text[32], first[16];
	bool fits;
	int r;

	memset(&server, 0, sizeof(server)); /* compared as bytes */
	server.first = wire_get_u32(in);
	server.count = wire_get_u8(in);
	server.mask = wire_get_u32(in);
	server.gateway = wire_get_u32(in);
	server.hours = wire_get_u32(in);
	fits = take_servers(in, server.ntp, &server.ntp_count);
	if (!wire_reader_done(in) || !fits)
		return -EBADMSG;
	device_summary(dev, "name=%s first=%s count=%u hours=%u ntp=%u", networking_shown(name, length, text, sizeof(text)),
	               shown(server.first, first), server.count, server.hours, server.ntp_count);
	r = find_ready(dev, "DhcpService", name, length, &which);
	if (r < 0)
		return r;
	ip = &dev->net.ip[which];
	/* "The interface must be configured with a static IP address before" [networking.h]. */
	if (!ip->is_static)
		return -EPERM;
	if (server.count == 0 || server.hours == 0 || (server.first & server.mask) != (ip->address & server.mask))
		return -EINVAL;
	if (memcmp(&dev->net.dhcp[which], &server, sizeof(server)) == 0)
		return 0;
	r = networking_commit(dev);
	if (r == 0)
		dev->net.dhcp[which] = server;
	return r;
}

int network_ip_request(struct device *dev, uint16_t op, struct wire_reader *in)
{
	switch (op) {
	case WIRE_NET_IP_APPLY:
		return apply(dev, in);
	case WIRE_SNTP_SERVER_START:
		return start_sntp(dev, in);
	case WIRE_DHCP_SERVER_START:
		return start_dhcp(dev, in);
	default:
		return renew_or_release(dev, op, in);
	}
}
