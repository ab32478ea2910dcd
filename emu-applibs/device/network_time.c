/* Network time: when the clock is set, and which servers are asked. See networking.h. */
#include <ctype.h>
#include <errno.h>

#include "emu-applibs/device/internal.h"

#define SERVERS_ASKED_MAX 3 /* two of the application's or DHCP's, and Microsoft's own */

/* ---- When ------------------------------------------------------------------------------------------------------------ */

static void sync_after(struct device *dev, uint64_t delay_ns)
{
	dev->network_time.due_ns = device_now(dev) + delay_ns;
}

void network_time_power_on(struct device *dev)
{
	dev->network_time = (struct network_time) { .due_ns = TIME_NEVER, .retry_s = TIME_SYNC_RETRY_FIRST_S };
}

void network_time_link_changed(struct device *dev, bool connected)
{
	dev->network_time.due_ns = TIME_NEVER;
	if (!connected)
		return;
	dev->network_time.retry_s = TIME_SYNC_RETRY_FIRST_S;
	if (dev->time_sync_enabled)
		sync_after(dev, TIME_SYNC_AFTER_MS * NS_PER_MS);
}

uint64_t network_time_next_deadline(const struct device *dev)
{
	return dev->network_time.due_ns;
}

/* ---- Whom ------------------------------------------------------------------------------------------------------------ */

/* Four numbers of 0 to 255 with dots between. */
static bool is_ipv4(const char *text)
{
	unsigned parts = 0;

	for (;;) {
		unsigned value = 0, digits = 0;

		for (; isdigit((unsigned char)*text); text++, digits++)
			value = value * 10 + (unsigned)(*text - '0');
		if (digits < 1 || digits > 3 || value > 255 || ++parts > 4)
			return false;
		if (*text == '\0')
			return parts == 4;
		if (*text++ != '.')
			return false;
	}
}

/* Labels of 1 to 63 letters, digits and inner hyphens with dots between [RFC 1123]; not of digits and dots alone. */
static bool is_host_name(const char *text)
{
	const char *label = text;

	if (strspn(text, "0123456789.") == strlen(text))
		return false;
	for (;; text++) {
		if (isalnum((unsigned char)*text) || *text == '-')
			continue;
		if (*text != '.' && *text != '\0')
			return false;
		if (text == label || text - label > 63 || *label == '-' || text[-1] == '-')
			return false;
		if (*text == '\0')
			return true;
		label = text + 1;
	}
}

static bool may_be_asked(const struct device *dev, const char *server)
{
	return server[0] && (is_ipv4(server) ? networking_has_address(dev) : networking_resolves_names(dev));
}

/* The servers in their order; the rest is "". */
static void list_servers(const struct device *dev, const char *ret[SERVERS_ASKED_MAX])
{
	const struct ntp_settings *ntp = &dev->net.ntp;
	const char *dhcp = "";

	/* With a static address there is no DHCP that could name one. */
	if (ntp->mode == NTP_MODE_AUTOMATIC && !dev->net.ip[NET_WLAN].is_static && dev->host.dhcp_ntp && dev->host.dhcp_ntp(dev->host.ctx))
		dhcp = dev->host.dhcp_ntp(dev->host.ctx);
	ret[0] = ntp->mode == NTP_MODE_CUSTOM ? ntp->primary : dhcp;
	ret[1] = ntp->mode == NTP_MODE_CUSTOM ? ntp->secondary : "";
	ret[2] = ntp->mode == NTP_MODE_DEFAULT || ntp->fallback ? NTP_DEFAULT_SERVER : "";
}

/* The first server that has set the clock, or NULL. */
static const char *ask_servers(struct device *dev)
{
	const char *servers[SERVERS_ASKED_MAX];

	list_servers(dev, servers);
	for (size_t i = 0; i < ARRAY_LEN(servers); i++)
		if (may_be_asked(dev, servers[i]) && dev->host.time_sync(dev->host.ctx, servers[i]))
			return servers[i];
	return NULL;
}

void network_time_run(struct device *dev)
{
	struct network_time *time = &dev->network_time;
	struct device_event event = { .kind = DEVICE_EVENT_TIME_SYNC };
	int64_t before_s = device_wall(dev);

	if (time->due_ns > device_now(dev))
		return;
	event.text = ask_servers(dev);
	if (!event.text) {
		sync_after(dev, time->retry_s * NS_PER_S);
		time->retry_s = time->retry_s * 2 < TIME_SYNC_RETRY_MAX_S ? time->retry_s * 2 : TIME_SYNC_RETRY_MAX_S;
		return;
	}
	time->synced = true;
	time->before_s = before_s;
	time->after_s = device_wall(dev);
	(void) snprintf(time->server, sizeof(time->server), "%s", event.text);
	time->retry_s = TIME_SYNC_RETRY_FIRST_S;
	sync_after(dev, TIME_SYNC_PERIOD_S * NS_PER_S);
	device_emit(dev, &event);
}

/* ---- Requests -------------------------------------------------------------------------------------------------------- */

/* Capability and readiness of what changes the settings. */
static int may_set(struct device *dev)
{
	if (!device_has_capability(dev, "TimeSyncConfig"))
		return -EACCES;
	return device_is_ready(dev) ? 0 : -EAGAIN;
}

static int set_enabled(struct device *dev, struct wire_reader *in)
{
	uint8_t enabled = wire_get_u8(in);
	int r;

	if (!wire_reader_done(in) || enabled > 1)
		return -EBADMSG;
	device_summary(dev, "value=%d", enabled);
	r = may_set(dev);
	if (r < 0)
		return r;
	if (dev->time_sync_enabled == (enabled != 0))
		return 0;
	r = device_flash_commit(dev, "settings");
	if (r < 0)
		return r;
	dev->time_sync_enabled = enabled != 0;
	network_time_link_changed(dev, networking_has_address(dev));
	return 0;
}

/* Other servers are asked at once. */
static int use_servers(struct device *dev, const struct ntp_settings *ntp)
{
	int r;

	if (memcmp(&dev->net.ntp, ntp, sizeof(*ntp)) == 0)
		return 0;
	r = device_flash_commit(dev, "settings");
	if (r < 0)
		return r;
	dev->net.ntp = *ntp;
	network_time_link_changed(dev, networking_has_address(dev));
	return 0;
}

/* The rest of the text stays zeros, so that settings can be compared as bytes. 0, -ERANGE or -EINVAL. */
static int take_server(const uint8_t *bytes, size_t length, char ret[NET_HOST_MAX + 1])
{
	if (length > NET_HOST_MAX)
		return -ERANGE;
	memcpy(ret, bytes, length);
	return is_ipv4(ret) || is_host_name(ret) ? 0 : -EINVAL;
}

static int set_default(struct device *dev, struct wire_reader *in)
{
	struct ntp_settings ntp;
	int r;

	if (!wire_reader_done(in))
		return -EBADMSG;
	r = may_set(dev);
	if (r < 0)
		return r;
	memset(&ntp, 0, sizeof(ntp));
	return use_servers(dev, &ntp);
}

static int set_automatic(struct device *dev, struct wire_reader *in)
{
	uint32_t option = wire_get_u32(in);
	struct ntp_settings ntp;
	int r;

	if (!wire_reader_done(in))
		return -EBADMSG;
	device_summary(dev, "option=%u", option);
	r = may_set(dev);
	if (r < 0)
		return r;
	if (option > 1)
		return -EINVAL;
	memset(&ntp, 0, sizeof(ntp));
	ntp.mode = NTP_MODE_AUTOMATIC;
	ntp.fallback = option != 0;
	return use_servers(dev, &ntp);
}

static int set_custom(struct device *dev, struct wire_reader *in)
{
	size_t primary_length, secondary_length;
	const uint8_t *primary = wire_get_bytes(in, &primary_length);
	uint8_t has_secondary = wire_get_u8(in);
	const uint8_t *secondary = wire_get_bytes(in, &secondary_length);
	uint32_t option = wire_get_u32(in);
	struct ntp_settings ntp;
	char shown[2][64];
	int r;

	if (!wire_reader_done(in) || has_secondary > 1 || (!has_secondary && secondary_length > 0) ||
	    memchr(primary, '\0', primary_length) || memchr(secondary, '\0', secondary_length))
		return -EBADMSG;
	device_summary(dev, "primary=%s secondary=%s option=%u", wifi_printable(primary, primary_length, shown[0], sizeof(shown[0])),
	               has_secondary ? wifi_printable(secondary, secondary_length, shown[1], sizeof(shown[1])) : "none", option);
	r = may_set(dev);
	if (r < 0)
		return r;
	memset(&ntp, 0, sizeof(ntp));
	ntp.mode = NTP_MODE_CUSTOM;
	ntp.fallback = option == 1;
	if (primary_length > NET_HOST_MAX || secondary_length > NET_HOST_MAX)
		return -ERANGE;
	r = take_server(primary, primary_length, ntp.primary);
	if (r == 0 && has_secondary)
		r = take_server(secondary, secondary_length, ntp.secondary);
	if (r < 0 || option > 1)
		return -EINVAL;
	return use_servers(dev, &ntp);
}

static int get_last_sync(struct device *dev, struct wire_reader *in, struct wire_writer *out)
{
	const struct network_time *time = &dev->network_time;

	if (!wire_reader_done(in))
		return -EBADMSG;
	if (!time->synced)
		return -ENOENT;
	wire_put_str(out, time->server);
	wire_put_i64(out, time->before_s);
	wire_put_i64(out, time->after_s);
	device_summary(dev, "server=%s", time->server);
	return 0;
}

int network_time_request(struct device *dev, uint16_t op, struct wire_reader *in, struct wire_writer *out)
{
	switch (op) {
	case WIRE_TIMESYNC_SET:
		return set_enabled(dev, in);
	case WIRE_NTP_DEFAULT:
		return set_default(dev, in);
	case WIRE_NTP_AUTOMATIC:
		return set_automatic(dev, in);
	case WIRE_NTP_CUSTOM:
		return set_custom(dev, in);
	case WIRE_NTP_LAST_SYNC:
		return get_last_sync(dev, in, out);
	default:
		if (!wire_reader_done(in))
			return -EBADMSG;
		return device_is_ready(dev) ? dev->time_sync_enabled : -EAGAIN;
	}
}
