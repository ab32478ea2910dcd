/* The device-authentication certificate; see networking.h.
 *
 * On a device the OS renews it by itself whenever it is on the internet, so there always is one that was made within the last
 * hours of connection. Here it is made when somebody asks, with the remaining life it would have had: nothing that can be seen
 * differs, and a run of years without a request costs nothing.
 */
#include <errno.h>

#include <openssl/crypto.h>

#include "emu-applibs/device/internal.h"

static uint64_t life_ns(const struct device *dev)
{
	bool is_long = device_reading(dev, READING_DEVICE_AUTH_LIFE) == DEVICE_AUTH_LIFE_25H;

	return (is_long ? DEVICE_AUTH_LIFE_LONG_S : DEVICE_AUTH_LIFE_S) * NS_PER_S;
}

static void wipe_text(char **text)
{
	if (*text)
		OPENSSL_cleanse(*text, strlen(*text));
	free(*text);
	*text = NULL;
}

static void wipe_pair(struct device_auth *auth)
{
	wipe_text(&auth->cert_pem);
	wipe_text(&auth->key_pem);
	auth->expires_ns = 0;
}

void device_auth_wipe(struct device_auth *auth)
{
	wipe_pair(auth);
	*auth = (struct device_auth) { .was_online = false };
}

void device_auth_link_changed(struct device *dev, bool connected)
{
	if (dev->device_auth_unreachable)
		return;
	dev->device_auth.was_online = true;
	if (!connected)
		dev->device_auth.online_until_ns = device_now(dev);
}

void device_set_auth_service(struct device *dev, bool reachable)
{
	bool connected = supplicant_is_connected(&dev->supplicant);

	if (dev->device_auth_unreachable == !reachable)
		return;
	if (connected && !reachable)
		device_auth_link_changed(dev, false);
	dev->device_auth_unreachable = !reachable;
	if (connected && reachable)
		device_auth_link_changed(dev, true);
}

void device_auth_renew(struct device *dev)
{
	wipe_pair(&dev->device_auth);
}

/* The last moment at which the OS could have a certificate made: now, or the end of the last connection. */
static uint64_t last_online(const struct device *dev)
{
	return supplicant_is_connected(&dev->supplicant) && !dev->device_auth_unreachable ? device_now(dev)
	                                                                                  : dev->device_auth.online_until_ns;
}

/* Was the pair at hand not yet due for renewal when the device was last online? */
static bool is_current(const struct device *dev)
{
	const struct device_auth *auth = &dev->device_auth;

	/* Connected, the OS has a new one made in the middle of the old one's life; when it does so is not documented. */
	return auth->cert_pem && auth->expires_ns > last_online(dev) + life_ns(dev) / 2;
}

/* End of the certificate that the OS has now; 0: it never had one. */
static uint64_t expiry(const struct device *dev)
{
	if (!dev->device_auth.was_online)
		return 0;
	return is_current(dev) ? dev->device_auth.expires_ns : last_online(dev) + life_ns(dev);
}

/* A pair that is valid now, made if need be. 0; -EAGAIN: there is none; -EIO: it could not be made. */
static int hold_pair(struct device *dev)
{
	struct device_auth *auth = &dev->device_auth;
	uint64_t now_ns = device_now(dev), expires_ns = expiry(dev);

	if (expires_ns <= now_ns)
		return -EAGAIN;
	if (is_current(dev))
		return 0;
	wipe_pair(auth);
	if (dev->host.issue_device_auth(dev->host.ctx, (int64_t)((expires_ns - now_ns) / NS_PER_S), &auth->cert_pem, &auth->key_pem) < 0) {
		wipe_pair(auth);
		return -EIO;
	}
	auth->expires_ns = expires_ns;
	return 0;
}

int device_auth_request(struct device *dev, uint16_t op, struct wire_reader *in, struct wire_writer *out)
{
	int r;

	if (!wire_reader_done(in))
		return -EBADMSG;
	if (op == WIRE_DEVICE_AUTH_READY)
		return expiry(dev) > device_now(dev);
	if (!device_has_capability(dev, "DeviceAuthentication"))
		return -EACCES;
	r = hold_pair(dev);
	if (r < 0)
		return r;
	wire_put_str(out, dev->device_auth.cert_pem);
	wire_put_str(out, dev->device_auth.key_pem);
	return 0;
}
