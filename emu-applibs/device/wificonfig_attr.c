/* The attributes of one network, as WifiConfig_Set*, Get*, PersistConfig and ReloadConfig carry them.
 *
 * Order of refusals: as in wificonfig_request.c; the value goes before the network, since a value that no network could take
 * is wrong for one that does not exist, too. What an empty name or certificate id does is a reading; an empty identity clears it.
 */
#include <errno.h>

#include <openssl/crypto.h>

#include "emu-applibs/base/base.h"
#include "emu-applibs/device/internal.h"

struct rule {
	uint32_t attribute;
	const char *name; /* in the timeline */
	bool enterprise;  /* needs EnterpriseWifiConfig instead of WifiConfig */
	bool settable, gettable;
	bool reconnects; /* a connection made with another value is not the one that is configured */
};

static const struct rule rules[] = {
	{ WIFI_ATTR_SSID, "SSID", false, true, true, true },
	{ WIFI_ATTR_SECURITY, "security type", false, true, true, true },
	{ WIFI_ATTR_ENABLE, "enabled", false, true, true, false },
	{ WIFI_ATTR_SAVE, "save", false, true, false, false },
	{ WIFI_ATTR_RELOAD, "reload", false, true, false, false },
	{ WIFI_ATTR_PSK, "pre-shared key", false, true, false, true },
	{ WIFI_ATTR_IDENTITY, "client identity", true, true, true, true },
	{ WIFI_ATTR_CLIENT_ID, "client certificate", true, true, true, true },
	{ WIFI_ATTR_ROOT_ID, "root CA", true, true, true, true },
	{ WIFI_ATTR_TARGETED_SCAN, "targeted scan", false, true, true, false },
	{ WIFI_ATTR_CONFIG_NAME, "name", false, true, true, false },
	{ WIFI_ATTR_DIAGNOSTICS32, "diagnostics", false, false, true, false },
	{ WIFI_ATTR_DIAGNOSTICS, "diagnostics", false, false, true, false },
	{ WIFI_ATTR_POWER_SAVINGS, "power savings", false, true, false, false },
};

static const struct rule *find_rule(uint32_t attribute)
{
	for (size_t i = 0; i < ARRAY_LEN(rules); i++)
		if (rules[i].attribute == attribute)
			return &rules[i];
	return NULL;
}

struct value {
	const uint8_t *bytes; /* borrowed from the message */
	size_t length;
};

int wifi_check_psk(const struct device *dev, const uint8_t *psk, size_t length)
{
	/* Too long is ERANGE [wificonfig.h]; too short is a reading; for wrong characters no errno is named: EINVAL. */
	if (length < 8)
		return device_reading(dev, READING_PSK_TOO_SHORT) == PSK_TOO_SHORT_ERANGE ? -ERANGE : -EINVAL;
	if (length > WIFI_PSK_MAX)
		return -ERANGE;
	for (size_t i = 0; i < length; i++) {
		bool hex = (psk[i] >= '0' && psk[i] <= '9') || (psk[i] >= 'a' && psk[i] <= 'f') ||
		           (psk[i] >= 'A' && psk[i] <= 'F');

		if (psk[i] < ' ' || psk[i] > '~' || (length == WIFI_PSK_MAX && !hex))
			return -EINVAL;
	}
	return 0;
}

/* ---- Set ----------------------------------------------------------------------------------------------------------- */

/* The longest value of a text attribute, without NUL; 0 for other attributes. */
static size_t text_max(uint32_t attribute)
{
	switch (attribute) {
	case WIFI_ATTR_IDENTITY:
		return WIFI_IDENTITY_MAX;
	case WIFI_ATTR_CLIENT_ID:
	case WIFI_ATTR_ROOT_ID:
		return WIFI_CERT_ID_MAX;
	case WIFI_ATTR_CONFIG_NAME:
		return WIFI_NAME_MAX;
	default:
		return 0;
	}
}

/* The field of a text attribute, text_max() + 1 bytes; NULL for other attributes. */
static char *text_field(struct wifi_network *network, uint32_t attribute)
{
	switch (attribute) {
	case WIFI_ATTR_IDENTITY:
		return network->settings.identity;
	case WIFI_ATTR_CLIENT_ID:
		return network->settings.client_id;
	case WIFI_ATTR_ROOT_ID:
		return network->settings.root_id;
	case WIFI_ATTR_CONFIG_NAME:
		return network->name;
	default:
		return NULL;
	}
}

static int check_text(const struct device *dev, uint32_t attribute, const struct value *value)
{
	if (value->length > text_max(attribute))
		return attribute == WIFI_ATTR_IDENTITY &&
		       device_reading(dev, READING_IDENTITY_TOO_LONG) == IDENTITY_TOO_LONG_EINVAL ? -EINVAL : -ERANGE;
	return value->length == 0 && attribute != WIFI_ATTR_IDENTITY &&
	       device_reading(dev, READING_EMPTY_TEXT) == EMPTY_TEXT_ERANGE ? -ERANGE : 0;
}

static int check_value(const struct device *dev, uint32_t attribute, const struct value *value)
{
	if (text_max(attribute) > 0)
		return check_text(dev, attribute, value);
	switch (attribute) {
	case WIFI_ATTR_SSID:
		if (value->length == 0 && device_reading(dev, READING_SSID_LENGTH_0) == SSID_LENGTH_0_CLEARED)
			return 0;
		return value->length < 1 || value->length > WIFI_SSID_MAX ? -ERANGE : 0;
	case WIFI_ATTR_SECURITY:
		if (value->length != 1 || value->bytes[0] < WIFI_SECURITY_OPEN || value->bytes[0] > WIFI_SECURITY_EAP_TLS)
			return -EINVAL;
		return 0;
	case WIFI_ATTR_ENABLE:
	case WIFI_ATTR_TARGETED_SCAN:
	case WIFI_ATTR_POWER_SAVINGS:
		return value->length != 1 || value->bytes[0] > 1 ? -EINVAL : 0;
	case WIFI_ATTR_PSK:
		return wifi_check_psk(dev, value->bytes, value->length);
	default:
		return -EINVAL;
	}
}

/* Puts a checked value into the network. False: it was that already. */
static bool put_value(struct wifi_network *network, uint32_t attribute, const struct value *value)
{
	struct wifi_settings *settings = &network->settings;
	uint8_t number = value->length == 1 ? value->bytes[0] : 0;
	char *text = text_field(network, attribute);

	if (text) {
		if (strlen(text) == value->length && memcmp(text, value->bytes, value->length) == 0)
			return false;
		memcpy(text, value->bytes, value->length);
		memset(text + value->length, 0, text_max(attribute) + 1 - value->length);
		return true;
	}
	switch (attribute) {
	case WIFI_ATTR_SSID:
		if (settings->ssid_length == value->length && memcmp(settings->ssid, value->bytes, value->length) == 0)
			return false;
		memset(settings->ssid, 0, sizeof(settings->ssid));
		memcpy(settings->ssid, value->bytes, value->length);
		settings->ssid_length = value->length;
		return true;
	case WIFI_ATTR_SECURITY:
		if (settings->security == number)
			return false;
		settings->security = number;
		return true;
	case WIFI_ATTR_PSK:
		if (settings->psk_length == value->length && CRYPTO_memcmp(settings->psk, value->bytes, value->length) == 0)
			return false;
		OPENSSL_cleanse(settings->psk, sizeof(settings->psk));
		memcpy(settings->psk, value->bytes, value->length);
		settings->psk_length = value->length;
		return true;
	case WIFI_ATTR_TARGETED_SCAN:
		if (settings->targeted_scan == (number != 0))
			return false;
		settings->targeted_scan = number != 0;
		return true;
	default:
		return false;
	}
}

void wifi_enable(struct device *dev, struct wifi_entry *entry, bool enabled)
{
	/* wpa_supplicant's ENABLE_NETWORK also ends a temporary disabling, so "enable" is a change then, too. */
	if (entry->network.enabled == enabled && !(enabled && entry->record.temp_disabled))
		return;
	entry->network.enabled = enabled;
	supplicant_enabled_changed(dev, entry);
	wifi_report(dev, "%s %d", enabled ? "enable" : "disable", entry->network.id);
}

/* The value for people; a key is never shown. */
static void summarize(struct device *dev, int id, uint32_t attribute, const struct value *value)
{
	char text[WIFI_IDENTITY_MAX + 1];

	switch (attribute) {
	case WIFI_ATTR_SECURITY:
	case WIFI_ATTR_ENABLE:
	case WIFI_ATTR_TARGETED_SCAN:
	case WIFI_ATTR_POWER_SAVINGS:
		device_summary(dev, "id=%d value=%d", id, value->length > 0 ? value->bytes[0] : -1);
		return;
	case WIFI_ATTR_PSK:
		device_summary(dev, "id=%d", id);
		return;
	default:
		device_summary(dev, "id=%d value=%s", id, wifi_printable(value->bytes, value->length, text, sizeof(text)));
		return;
	}
}

/* Does another network have this name, and does the reading mind? */
static bool is_taken(struct device *dev, const struct wifi_entry *entry, const struct value *value)
{
	const struct wifi_entry *other;
	char name[WIFI_NAME_MAX + 1];

	memcpy(name, value->bytes, value->length);
	name[value->length] = '\0';
	other = wifi_by_name(&dev->wifi, name);
	return other && other != entry && device_reading(dev, READING_NAME_TAKEN) == NAME_TAKEN_EEXIST;
}

static int set_attribute(struct device *dev, const struct rule *rule, int id, const struct value *value)
{
	struct wifi_entry *entry;
	int r;

	summarize(dev, id, rule->attribute, value);
	if (id < 0)
		return -EINVAL;
	r = check_value(dev, rule->attribute, value);
	if (r < 0)
		return r;
	r = wifi_find(dev, id, &entry);
	if (r < 0)
		return r;
	if (rule->attribute == WIFI_ATTR_CONFIG_NAME && is_taken(dev, entry, value))
		return -EEXIST;
	if (rule->attribute == WIFI_ATTR_ENABLE) {
		wifi_enable(dev, entry, value->bytes[0] != 0);
		return 0;
	}
	if (!put_value(&entry->network, rule->attribute, value))
		return 0;
	wifi_report(dev, "set %d %s", id, rule->name);
	if (rule->attribute != WIFI_ATTR_CONFIG_NAME)
		supplicant_settings_changed(dev, entry, rule->reconnects);
	return 0;
}

/* Of the whole interface, and of its radio alone: nothing in the simulation is slower for it. */
static int set_power_savings(struct device *dev, int id, const struct value *value)
{
	summarize(dev, id, WIFI_ATTR_POWER_SAVINGS, value);
	if (id != -1 || check_value(dev, WIFI_ATTR_POWER_SAVINGS, value) < 0)
		return -EINVAL;
	dev->wifi_power_savings = value->bytes[0] != 0;
	return 0;
}

static int request_set(struct device *dev, int id, uint32_t attribute, const struct value *value)
{
	const struct rule *rule = find_rule(attribute);
	bool eap_tls = attribute == WIFI_ATTR_SECURITY && value->length == 1 && value->bytes[0] == WIFI_SECURITY_EAP_TLS;

	/* Text ends at its NUL: the client sends none, so one inside is a malformed message. */
	if (text_max(attribute) > 0 && memchr(value->bytes, '\0', value->length))
		return -EBADMSG;
	if (!device_has_capability(dev, rule && rule->enterprise ? "EnterpriseWifiConfig" : "WifiConfig") ||
	    (eap_tls && !device_has_capability(dev, "EnterpriseWifiConfig")))
		return -EACCES;
	if (!dev->wifi_enabled)
		return -ENETDOWN;
	if (!rule || !rule->settable)
		return -EINVAL;
	/* The wrappers give -1 as the network here [wificonfig_internal.h]. */
	if (attribute == WIFI_ATTR_SAVE || attribute == WIFI_ATTR_RELOAD) {
		if (id != -1 || value->length != 0)
			return -EINVAL;
		return attribute == WIFI_ATTR_SAVE ? wifi_persist(dev) : wifi_reload(dev);
	}
	if (attribute == WIFI_ATTR_POWER_SAVINGS)
		return set_power_savings(dev, id, value);
	return set_attribute(dev, rule, id, value);
}

/* ---- Get ----------------------------------------------------------------------------------------------------------- */

static int get_diagnostics(struct device *dev, const struct wifi_entry *entry, struct wire_writer *out)
{
	static const struct diagnostics none = { .cert_depth = -1 };
	const struct diagnostics *diagnostics = &entry->record.diagnostics;

	/* "No such network, or nothing recorded" [wificonfig.h]; under the other choice a record without error. */
	if (!diagnostics->recorded) {
		if (device_reading(dev, READING_DIAGNOSTICS_NONE) == DIAGNOSTICS_NONE_ENODEV)
			return -ENODEV;
		diagnostics = &none;
	}
	/* isEnabled is what the supplicant does, not what the configuration says: 0 while it has set the network aside. */
	wire_put_u8(out, entry->network.enabled && !entry->record.temp_disabled);
	wire_put_u8(out, entry == supplicant_connected(dev));
	wire_put_i32(out, diagnostics->error);
	wire_put_i64(out, diagnostics->wall_s);
	wire_put_i32(out, diagnostics->cert_error);
	wire_put_i32(out, diagnostics->cert_depth);
	wire_put_str(out, diagnostics->cert_subject);
	device_summary(dev, "id=%d error=%d certError=%d certDepth=%d", entry->network.id, diagnostics->error, diagnostics->cert_error,
	               diagnostics->cert_depth);
	return 0;
}

static int get_attribute(struct device *dev, struct wifi_entry *entry, uint32_t attribute, struct wire_writer *out)
{
	const struct wifi_settings *settings = &entry->network.settings;
	char shown[WIFI_IDENTITY_MAX + 1];
	const char *text = text_field(&entry->network, attribute);

	if (text) {
		wire_put_str(out, text);
		device_summary(dev, "id=%d value=%s", entry->network.id,
		               wifi_printable((const uint8_t *)text, strlen(text), shown, sizeof(shown)));
		return 0;
	}
	switch (attribute) {
	case WIFI_ATTR_SSID:
		wire_put_bytes(out, settings->ssid, settings->ssid_length);
		return 0;
	case WIFI_ATTR_SECURITY:
		wire_put_u8(out, settings->security);
		return 0;
	case WIFI_ATTR_ENABLE:
		wire_put_u8(out, entry->network.enabled);
		return 0;
	case WIFI_ATTR_TARGETED_SCAN:
		wire_put_u8(out, settings->targeted_scan);
		return 0;
	default:
		return get_diagnostics(dev, entry, out);
	}
}

static int request_get(struct device *dev, int id, uint32_t attribute, struct wire_writer *out)
{
	const struct rule *rule = find_rule(attribute);
	bool diagnostics = attribute == WIFI_ATTR_DIAGNOSTICS || attribute == WIFI_ATTR_DIAGNOSTICS32;
	struct wifi_entry *entry;
	int r;

	device_summary(dev, "id=%d", id);
	if (!device_has_capability(dev, rule && rule->enterprise ? "EnterpriseWifiConfig" : "WifiConfig"))
		return -EACCES;
	/* WifiConfig_GetNetworkDiagnostics does not name ENETDOWN [wificonfig.h]. */
	if (!dev->wifi_enabled && !diagnostics)
		return -ENETDOWN;
	if (!rule || !rule->gettable)
		return -EINVAL;
	r = wifi_find(dev, id, &entry);
	return r < 0 ? r : get_attribute(dev, entry, attribute, out);
}

int wifi_request_attribute(struct device *dev, uint16_t op, struct wire_reader *in, struct wire_writer *out)
{
	struct value value = { .length = 0 };
	int32_t id = wire_get_i32(in);
	uint32_t attribute = wire_get_u32(in);

	if (op == WIRE_WIFI_SET_OPT)
		value.bytes = wire_get_bytes(in, &value.length);
	if (!wire_reader_done(in))
		return -EBADMSG;
	return op == WIRE_WIFI_SET_OPT ? request_set(dev, id, attribute, &value) : request_get(dev, id, attribute, out);
}
