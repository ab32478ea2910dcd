/* The device-authentication certificate; see networking.h.
 *
 * On a device the OS renews it by itself whenever it is on the internet, so there always is one that was made within the last
 * hours of connection. Here it is thought of when somebody asks, with the remaining life it would have had, and made when somebody
 * wants to see it: nothing that can be seen differs, and a run of years costs no signatures. How long it lives is a reading, which
 * is asked only where both answers do not come to the same.
 */
#include <errno.h>

#include <openssl/crypto.h>

#include "emu-applibs/device/internal.h"

static const uint64_t SHORT_NS = DEVICE_AUTH_LIFE_S * NS_PER_S, LONG_NS = DEVICE_AUTH_LIFE_LONG_S * NS_PER_S;

static uint64_t life_ns(const struct device *dev)
{
	return device_reading(dev, READING_DEVICE_AUTH_LIFE) == DEVICE_AUTH_LIFE_25H ? LONG_NS : SHORT_NS;
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
	auth->held.exists = false;
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

/* Was the one at hand not yet due for renewal when the device was last online? Connected, the OS has a new one made in the middle of
 * the old one's life; when it does so is not documented. */
static bool is_current_for(const struct device *dev, uint64_t life)
{
	const struct device_auth_dates *held = &dev->device_auth.held;

	return held->exists && held->online_ns + life > last_online(dev) + life / 2;
}

static bool is_current(const struct device *dev)
{
	const bool is_short = is_current_for(dev, SHORT_NS), is_long = is_current_for(dev, LONG_NS);

	return is_short == is_long ? is_short : is_current_for(dev, life_ns(dev));
}

/* Has the OS one that is valid now, or had? It begins its life when the device is online. */
static bool is_valid(const struct device *dev)
{
	const uint64_t online_ns = is_current(dev) ? dev->device_auth.held.online_ns : last_online(dev), now_ns = device_now(dev);
	const bool is_short = online_ns + SHORT_NS > now_ns, is_long = online_ns + LONG_NS > now_ns;

	if (!dev->device_auth.was_online)
		return false;
	return is_short == is_long ? is_short : online_ns + life_ns(dev) > now_ns;
}

/* As issue_device_auth(). */
static int make_pair(struct device *dev, const struct device_auth_dates *dates, char **ret_cert_pem, char **ret_key_pem)
{
	const uint64_t left_ns = dates->online_ns + life_ns(dev) - dates->issued_ns;

	return dev->host.issue_device_auth(dev->host.ctx, dates->issued_ns, (int64_t)(left_ns / NS_PER_S), ret_cert_pem, ret_key_pem);
}

/* One that is valid now, thought of if need be. */
static struct device_auth_dates current(const struct device *dev)
{
	if (is_current(dev))
		return dev->device_auth.held;
	return (struct device_auth_dates) { .exists = true, .issued_ns = device_now(dev), .online_ns = last_online(dev) };
}

static void hold(struct device *dev)
{
	struct device_auth *auth = &dev->device_auth;

	if (is_current(dev))
		return;
	wipe_pair(auth);
	auth->held = current(dev);
}

void device_try(struct device *dev, bool on)
{
	dev->device_auth.tries = on;
	dev->device_auth.tried.exists = false;
}

static int give_pair(struct device *dev, struct wire_writer *out)
{
	struct device_auth *auth = &dev->device_auth;

	if (!auth->cert_pem && make_pair(dev, &auth->held, &auth->cert_pem, &auth->key_pem) < 0) {
		wipe_pair(auth);
		return -EIO;
	}
	wire_put_str(out, auth->cert_pem);
	wire_put_str(out, auth->key_pem);
	return 0;
}

bool device_auth_reference(const struct device *dev, struct device_auth_dates *ret, uint64_t *ret_until_ns)
{
	*ret = dev->device_auth.tried.exists ? dev->device_auth.tried : dev->device_auth.referenced;
	*ret_until_ns = ret->online_ns + SHORT_NS;
	return ret->exists;
}

char *device_auth_reference_pem(struct device *dev)
{
	char *cert_pem = NULL, *key_pem = NULL;

	if (!dev->device_auth.referenced.exists || make_pair(dev, &dev->device_auth.referenced, &cert_pem, &key_pem) < 0)
		wipe_text(&cert_pem);
	wipe_text(&key_pem);
	return cert_pem;
}

int device_auth_request(struct device *dev, uint16_t op, struct wire_reader *in, struct wire_writer *out)
{
	const bool by_reference = op == WIRE_DEVICE_AUTH && in->length > 0;

	if ((by_reference && wire_get_u8(in) != 1) || !wire_reader_done(in))
		return -EBADMSG;
	if (op == WIRE_DEVICE_AUTH_READY)
		return is_valid(dev);
	if (!device_has_capability(dev, "DeviceAuthentication"))
		return -EACCES;
	if (!is_valid(dev))
		return -EAGAIN;
	if (by_reference && dev->device_auth.tries) {
		dev->device_auth.tried = current(dev);
		return 0;
	}
	hold(dev);
	if (!by_reference)
		return give_pair(dev, out);
	dev->device_auth.referenced = dev->device_auth.held;
	return 0;
}
