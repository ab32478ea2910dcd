/* The proxy's settings: kept and handed back, nothing goes through it. See networking.h. */
#include <errno.h>

#include <openssl/crypto.h>

#include "emu-applibs/device/internal.h"

/* Networking_ProxyOptions, Networking_ProxyStatus, Networking_ProxyType, Networking_ProxyAuthType [networking.h]. */
enum { OPTION_NONE = 1, OPTION_ENABLED = 2 };
enum { STATUS_ENABLED = 1, STATUS_READY = 4 };
enum { TYPE_HTTP = 0 };
enum { AUTHENTICATION_ANONYMOUS = 0, AUTHENTICATION_BASIC = 1 };

/* False: malformed, or more than fits. */
static bool take(struct wire_reader *in, struct proxy_settings *ret)
{
	uint32_t port;

	ret->options = wire_get_u32(in);
	ret->type = (int8_t)wire_get_u8(in);
	ret->authentication = (int8_t)wire_get_u8(in);
	(void) wire_get_str(in, ret->address, sizeof(ret->address));
	port = wire_get_u32(in);
	(void) wire_get_str(in, ret->no_proxy, sizeof(ret->no_proxy));
	(void) wire_get_str(in, ret->user, sizeof(ret->user));
	(void) wire_get_str(in, ret->password, sizeof(ret->password));
	ret->port = (uint16_t)port;
	ret->configured = true;
	return wire_reader_done(in) && port <= UINT16_MAX && (ret->options & ~(uint32_t)(OPTION_NONE | OPTION_ENABLED)) == 0 &&
	       ret->type == TYPE_HTTP && ret->authentication >= AUTHENTICATION_ANONYMOUS &&
	       ret->authentication <= AUTHENTICATION_BASIC;
}

static int apply_taken(struct device *dev, const struct proxy_settings *wanted)
{
	bool enabled = (wanted->options & OPTION_ENABLED) != 0;
	char shown[64];
	int r;

	device_summary(dev, "%s address=%s port=%u authentication=%s", enabled ? "enabled" : "disabled",
	               wifi_printable((const uint8_t *)wanted->address, strlen(wanted->address), shown, sizeof(shown)), wanted->port,
	               wanted->authentication == AUTHENTICATION_BASIC ? "basic" : "anonymous");
	if (!device_has_capability(dev, "NetworkConfig"))
		return -EACCES;
	if (enabled && wanted->address[0] == '\0')
		return -EINVAL;
	r = networking_commit(dev);
	if (r < 0)
		return r;
	OPENSSL_cleanse(&dev->net.proxy, sizeof(dev->net.proxy));
	dev->net.proxy = *wanted;
	return 0;
}

static int apply(struct device *dev, struct wire_reader *in)
{
	struct proxy_settings wanted;
	int r;

	memset(&wanted, 0, sizeof(wanted));
	r = take(in, &wanted) ? apply_taken(dev, &wanted) : -EBADMSG;
	OPENSSL_cleanse(&wanted, sizeof(wanted));
	return r;
}

static int get(struct device *dev, struct wire_reader *in, struct wire_writer *out)
{
	const struct proxy_settings *proxy = &dev->net.proxy;

	if (!wire_reader_done(in))
		return -EBADMSG;
	if (!device_has_capability(dev, "NetworkConfig") && !device_has_capability(dev, "ReadNetworkProxyConfig"))
		return -EACCES;
	if (!proxy->configured)
		return -ENOENT;
	wire_put_u32(out, proxy->options);
	wire_put_u8(out, (uint8_t)proxy->type);
	wire_put_u8(out, (uint8_t)proxy->authentication);
	wire_put_str(out, proxy->address);
	wire_put_u32(out, proxy->port);
	wire_put_str(out, proxy->no_proxy);
	wire_put_str(out, proxy->user);
	wire_put_str(out, proxy->password);
	return 0;
}

/* A name is resolved in no time here, so the bit for it is never seen. */
static int get_status(struct device *dev, struct wire_reader *in)
{
	if (!wire_reader_done(in))
		return -EBADMSG;
	if (!dev->net.proxy.configured || (dev->net.proxy.options & OPTION_ENABLED) == 0)
		return 0;
	return networking_has_address(dev) ? STATUS_ENABLED | STATUS_READY : STATUS_ENABLED;
}

int network_proxy_request(struct device *dev, uint16_t op, struct wire_reader *in, struct wire_writer *out)
{
	switch (op) {
	case WIRE_PROXY_APPLY:
		return apply(dev, in);
	case WIRE_PROXY_GET:
		return get(dev, in, out);
	default:
		return get_status(dev, in);
	}
}
