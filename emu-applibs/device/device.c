/* The device as a whole: its life, its requests, what the OS does by itself. Leaves the rooms to their own files.
 *
 * Readiness: until the certificate store and Wi-Fi are up, both answer EAGAIN, whatever else is wrong with a request: nobody is
 * there to look at it. The rest of the OS answers from power-on.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include <openssl/crypto.h>

#include "emu-applibs/base/chance.h"
#include "emu-applibs/device/internal.h"

/* ---- For the other files --------------------------------------------------------------------------------------------- */

uint64_t device_now(const struct device *dev)
{
	return dev->host.mono_ns(dev->host.ctx);
}

int64_t device_wall(const struct device *dev)
{
	return dev->host.wall_s(dev->host.ctx);
}

uint32_t device_random(struct device *dev)
{
	return (uint32_t)(chance_next(&dev->random) >> 32);
}

void device_emit(struct device *dev, const struct device_event *event)
{
	if (event->kind == DEVICE_EVENT_CONNECTED || event->kind == DEVICE_EVENT_DISCONNECTED) {
		networking_link_changed(dev, event->kind == DEVICE_EVENT_CONNECTED);
		device_auth_link_changed(dev, event->kind == DEVICE_EVENT_CONNECTED);
		sysevent_link_changed(dev, event->kind == DEVICE_EVENT_CONNECTED);
	}
	dev->host.event(dev->host.ctx, event);
}

void device_summary(struct device *dev, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void) vsnprintf(dev->summary, sizeof(dev->summary), format, args);
	va_end(args);
}

static bool granted(const struct device *dev, const char *capability)
{
	if (manifest_grants(&dev->manifest, capability))
		return true;
	return strcmp(capability, "WifiConfig") == 0 && manifest_grants(&dev->manifest, "EnterpriseWifiConfig") &&
	       device_reading(dev, READING_ENTERPRISE_IMPLIES_WIFI) == ENTERPRISE_IMPLIES_WIFI_YES;
}

bool device_has_capability(struct device *dev, const char *capability)
{
	if (granted(dev, capability))
		return true;
	dev->denied = capability;
	return false;
}

unsigned device_reading(const struct device *dev, enum reading_id id)
{
	return readings_ask(&dev->readings, id);
}

void device_set_reading(struct device *dev, enum reading_id id, unsigned choice)
{
	dev->readings.chosen[id] = choice;
}

bool device_is_ready(const struct device *dev)
{
	return dev->on && device_now(dev) >= dev->ready_ns;
}

/* ---- Life ------------------------------------------------------------------------------------------------------------ */

struct device *device_new(const struct device_host *host, const struct readings *readings, uint64_t seed)
{
	struct device *dev = calloc(1, sizeof(*dev));

	if (!dev)
		abort();
	dev->host = *host;
	dev->readings = *readings;
	dev->random = seed;
	device_flash_erase(dev);
	device_power_loss(dev);
	return dev;
}

void device_free(struct device *dev)
{
	if (!dev)
		return;
	certstore_wipe(&dev->store);
	certstore_wipe(&dev->seen);
	supplicant_clear(&dev->supplicant);
	wifi_wipe(&dev->wifi);
	device_auth_wipe(&dev->device_auth);
	manifest_clear(&dev->manifest);
	OPENSSL_cleanse(dev, sizeof(*dev));
	free(dev);
}

void device_power_on(struct device *dev, uint64_t ready_after_ns)
{
	uint64_t now_ns = device_now(dev);

	if (dev->on)
		return;
	dev->on = true;
	dev->ready_ns = ready_after_ns < TIME_NEVER - now_ns ? now_ns + ready_after_ns : TIME_NEVER;
	wifi_restore(&dev->wifi, true);
	networking_power_on(dev);
	sysevent_power_on(dev);
	/* The daemon that keeps the store and the configuration also starts the supplicant. */
	if (dev->wifi_enabled)
		supplicant_start(dev, ready_after_ns / NS_PER_MS + SUPPLICANT_START_MS);
}

void device_power_off(struct device *dev)
{
	if (dev->on)
		device_power_loss(dev);
}

bool device_is_on(const struct device *dev)
{
	return dev->on;
}

void device_set_flash(struct device *dev, enum device_flash flash)
{
	dev->flash = flash;
}

void device_set_ethernet(struct device *dev, bool present)
{
	dev->has_ethernet = present;
}

void device_app_gone(struct device *dev)
{
	sysevent_app_gone(dev);
}

bool device_has_address(const struct device *dev)
{
	return networking_has_address(dev);
}

bool device_resolves_names(const struct device *dev)
{
	return networking_resolves_names(dev);
}

void device_factory_reset(struct device *dev)
{
	if (dev->on)
		return;
	device_flash_erase(dev);
	(void) dev->host.mutable_file_delete(dev->host.ctx); /* -ENOENT: there was none */
}

/* ---- Manifest -------------------------------------------------------------------------------------------------------- */

int device_set_manifest(struct device *dev, const char *json, size_t length, char error[DEVICE_ERROR_MAX])
{
	struct manifest manifest;
	int r = manifest_parse(json, length, false, &manifest, error, DEVICE_ERROR_MAX);

	/* Whatever is wrong may be the spelling alone. */
	if (r < 0 && device_reading(dev, READING_CAPABILITY_SPELLING) == CAPABILITY_SPELLING_BOTH)
		r = manifest_parse(json, length, true, &manifest, error, DEVICE_ERROR_MAX);
	if (r < 0)
		return r;
	manifest_clear(&dev->manifest);
	dev->manifest = manifest;
	return 0;
}

const char *const *device_manifest_cmd_args(const struct device *dev)
{
	static const char *const none[] = { NULL };

	return dev->manifest.cmd_args ? (const char *const *)dev->manifest.cmd_args : none;
}

unsigned device_manifest_mutable_kb(const struct device *dev)
{
	return dev->manifest.mutable_kb;
}

bool device_manifest_allows_host(const struct device *dev, const char *host)
{
	return manifest_lists(&dev->manifest, MANIFEST_HOSTS, host);
}

const char *device_manifest_unresolved(const struct device *dev)
{
	return manifest_unresolved(&dev->manifest);
}

unsigned device_forbidden_host(const struct device *dev)
{
	return device_reading(dev, READING_FORBIDDEN_HOST);
}

bool device_manifest_allows_port(const struct device *dev, bool tcp, unsigned port)
{
	char text[16];

	(void) snprintf(text, sizeof(text), "%u", port);
	return manifest_lists(&dev->manifest, tcp ? MANIFEST_TCP_PORTS : MANIFEST_UDP_PORTS, text);
}

bool device_manifest_has(const struct device *dev, const char *capability)
{
	return granted(dev, capability);
}

/* ---- Requests -------------------------------------------------------------------------------------------------------- */

static int request_hello(struct wire_reader *in)
{
	uint32_t version = wire_get_u32(in);

	(void) wire_get_u32(in); /* the pid is for whoever watches the process */
	if (!wire_reader_done(in))
		return -EBADMSG;
	return version == WIRE_VERSION ? 0 : -EPROTO;
}

static int request_log(struct device *dev, struct wire_reader *in)
{
	char text[WIRE_MAX_LOG + 1];
	struct device_event event = { .kind = DEVICE_EVENT_LOG, .text = text };

	if (!wire_get_str(in, text, sizeof(text)) || !wire_reader_done(in))
		return -EBADMSG;
	device_emit(dev, &event);
	return 0;
}

/* EAGAIN is not among the errnos of GetNetworkDiagnostics on its page: a reading. */
static int wifi_not_ready(const struct device *dev, uint16_t op, struct wire_reader *in)
{
	uint32_t attribute;

	if (op != WIRE_WIFI_GET_OPT)
		return -EAGAIN;
	(void) wire_get_i32(in);
	attribute = wire_get_u32(in);
	if (attribute != WIFI_ATTR_DIAGNOSTICS && attribute != WIFI_ATTR_DIAGNOSTICS32)
		return -EAGAIN;
	return device_reading(dev, READING_DIAGNOSTICS_NOT_READY) == DIAGNOSTICS_NOT_READY_EAGAIN ? -EAGAIN : -ENODEV;
}

static int dispatch(struct device *dev, uint16_t op, struct wire_reader *in, struct wire_writer *out, int *ret_fd)
{
	switch (op) {
	case WIRE_HELLO:
		return request_hello(in);
	case WIRE_CERTSTORE_INSTALL_CLIENT:
	case WIRE_CERTSTORE_INSTALL_ROOT:
	case WIRE_CERTSTORE_DELETE:
	case WIRE_CERTSTORE_COUNT:
	case WIRE_CERTSTORE_ID_AT:
	case WIRE_CERTSTORE_SPACE:
	case WIRE_CERTSTORE_MOVE:
	case WIRE_CERTSTORE_INFO:
		return device_is_ready(dev) ? certstore_request(dev, op, in, out) : -EAGAIN;
	case WIRE_WIFI_ADD:
	case WIRE_WIFI_ADD_DUPLICATE:
	case WIRE_WIFI_ID_BY_NAME:
	case WIRE_WIFI_CONNECTED_ID:
	case WIRE_WIFI_FORGET_ID:
	case WIRE_WIFI_FORGET_ALL:
	case WIRE_WIFI_FORGET_STORED:
	case WIRE_WIFI_STORED_COUNT:
	case WIRE_WIFI_STORED_LIST:
	case WIRE_WIFI_CURRENT:
	case WIRE_WIFI_SCAN:
	case WIRE_WIFI_SCANNED_LIST:
	case WIRE_WIFI_SET_OPT:
	case WIRE_WIFI_GET_OPT:
	case WIRE_WIFI_STORE_OPEN:
	case WIRE_WIFI_STORE_WPA2:
		return device_is_ready(dev) ? wifi_request(dev, op, in, out) : wifi_not_ready(dev, op, in);
	case WIRE_NET_READY:
	case WIRE_NET_IF_COUNT:
	case WIRE_NET_IF_LIST:
	case WIRE_NET_IF_STATUS:
	case WIRE_NET_IF_SET_STATE:
	case WIRE_NET_IF_GET_OPT:
	case WIRE_NET_IF_SET_OPT:
		return networking_request(dev, op, in, out);
	case WIRE_NET_IP_APPLY:
	case WIRE_NET_IP_RENEW:
	case WIRE_NET_IP_RELEASE:
	case WIRE_SNTP_SERVER_START:
	case WIRE_DHCP_SERVER_START:
		return network_ip_request(dev, op, in);
	case WIRE_TIMESYNC_GET:
	case WIRE_TIMESYNC_SET:
	case WIRE_NTP_DEFAULT:
	case WIRE_NTP_AUTOMATIC:
	case WIRE_NTP_CUSTOM:
	case WIRE_NTP_LAST_SYNC:
		return network_time_request(dev, op, in, out);
	case WIRE_PROXY_APPLY:
	case WIRE_PROXY_GET:
	case WIRE_PROXY_STATUS:
		return network_proxy_request(dev, op, in, out);
	case WIRE_STORAGE_OPEN:
	case WIRE_STORAGE_DELETE:
		return storage_request(dev, op, in, ret_fd);
	case WIRE_LOG:
		return request_log(dev, in);
	case WIRE_DEVICE_AUTH_READY:
	case WIRE_DEVICE_AUTH:
		return device_auth_request(dev, op, in, out);
	case WIRE_APPLICATION_CONNECT:
	case WIRE_APPLICATIONS_MEMORY:
	case WIRE_APPLICATIONS_OS_VERSION:
		return applications_request(dev, op, in, out);
	case WIRE_POWER_TRANSITION:
	case WIRE_POWER_PROFILE:
	case WIRE_RTC_WRITE:
		return power_request(dev, op, in);
	case WIRE_SYSEVENT_REGISTER:
	case WIRE_SYSEVENT_UNREGISTER:
	case WIRE_SYSEVENT_DEFER:
	case WIRE_SYSEVENT_RESUME:
		return sysevent_request(dev, op, in, ret_fd);
	case WIRE_GPIO_OPEN_INPUT:
	case WIRE_GPIO_OPEN_OUTPUT:
	case WIRE_GPIO_GET:
	case WIRE_GPIO_SET:
		return gpio_request(dev, op, in);
	case WIRE_I2C_OPEN:
	case WIRE_SPI_OPEN:
	case WIRE_UART_OPEN:
	case WIRE_ADC_OPEN:
	case WIRE_PWM_OPEN:
		return peripherals_request(dev, op, in);
	default:
		return -EBADMSG;
	}
}

int device_request(struct device *dev, uint16_t op, struct wire_reader *in, struct wire_writer *out, int *ret_fd)
{
	int r;

	dev->summary[0] = '\0';
	dev->denied = NULL;
	*ret_fd = -1;
	if (!dev->on)
		return -EAGAIN;
	r = dispatch(dev, op, in, out, ret_fd);
	/* Only a reply longer than a message may be: the caller gave less room than that. */
	if (r >= 0 && out->failed)
		r = -EMSGSIZE;
	if (r < 0 && *ret_fd >= 0)
		(void) close(steal_fd(ret_fd));
	/* Inside, EACCES is what a missing capability gives, and nothing else gives it: another one has done, or it was not needed. */
	if (r != -EACCES)
		dev->denied = NULL;
	else if (device_reading(dev, READING_MISSING_CAPABILITY) == MISSING_CAPABILITY_EPERM)
		r = -EPERM;
	return r;
}

const char *device_last_summary(const struct device *dev)
{
	return dev->summary;
}

const char *device_last_denied(const struct device *dev)
{
	return dev->denied;
}

/* ---- By itself ------------------------------------------------------------------------------------------------------- */

uint64_t device_next_deadline(const struct device *dev)
{
	uint64_t deadlines[3], next_ns = TIME_NEVER;

	if (!dev->on)
		return TIME_NEVER;
	deadlines[0] = supplicant_next_deadline(dev);
	deadlines[1] = network_time_next_deadline(dev);
	deadlines[2] = sysevent_next_deadline(dev);
	for (size_t i = 0; i < ARRAY_LEN(deadlines); i++)
		if (deadlines[i] < next_ns)
			next_ns = deadlines[i];
	return next_ns;
}

void device_run(struct device *dev)
{
	if (!dev->on)
		return;
	supplicant_run(dev);
	network_time_run(dev);
	sysevent_run(dev);
}

void device_link(struct device *dev, enum device_link_event event)
{
	if (dev->on)
		supplicant_link(dev, event);
}
