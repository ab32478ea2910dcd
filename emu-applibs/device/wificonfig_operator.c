/* The operator's and the factory's way into the Wi-Fi configuration, and the queries of expectations and oracles.
 *
 * Operators work on a powered device over its service port, as `az sphere device wifi` does: no capabilities are asked for, and
 * what they change is saved at once (with the rest of the running configuration: the OS has one file). Power off gives EAGAIN.
 */
#include <errno.h>

#include "emu-applibs/base/base.h"
#include "emu-applibs/device/internal.h"

/* ---- Operator -------------------------------------------------------------------------------------------------------- */

/* NULL is a text of length 0. False: too long. */
static bool copy_setting(char *field, size_t max, const char *text)
{
	size_t length = text ? strlen(text) : 0;

	if (length > max)
		return false;
	if (length > 0)
		memcpy(field, text, length);
	field[length] = '\0';
	return true;
}

int device_op_add_network(struct device *dev, const struct device_network_setup *setup)
{
	struct wifi_network made = { .enabled = setup->enabled, .settings = { .security = WIFI_SECURITY_EAP_TLS } };
	struct wifi_entry *entry;
	int r;

	if (!device_is_on(dev))
		return -EAGAIN;
	if (setup->ssid_length < 1 || setup->ssid_length > WIFI_SSID_MAX ||
	    !copy_setting(made.name, WIFI_NAME_MAX, setup->config_name) ||
	    !copy_setting(made.settings.identity, WIFI_IDENTITY_MAX, setup->identity) ||
	    !copy_setting(made.settings.root_id, WIFI_CERT_ID_MAX, setup->root_id) ||
	    !copy_setting(made.settings.client_id, WIFI_CERT_ID_MAX, setup->client_id))
		return -ERANGE;
	memcpy(made.settings.ssid, setup->ssid, setup->ssid_length);
	made.settings.ssid_length = setup->ssid_length;
	r = wifi_check_savable(dev, 1);
	if (r < 0)
		return r;
	entry = wifi_fits(dev, dev->wifi.count + 1) ? wifi_insert(&dev->wifi) : NULL;
	if (!entry)
		return -ENOMEM;
	made.id = entry->network.id;
	made.serial = entry->network.serial;
	entry->network = made;
	wifi_report(dev, "operator adds %d", made.id);
	supplicant_enabled_changed(dev, entry);
	r = wifi_persist(dev);
	return r < 0 ? r : made.id;
}

/* The network that an operator names. */
static int find_named(struct device *dev, const char *config_name, struct wifi_entry **ret_entry)
{
	if (!device_is_on(dev))
		return -EAGAIN;
	*ret_entry = wifi_by_name(&dev->wifi, config_name);
	return *ret_entry ? wifi_check_savable(dev, 0) : -ENODEV;
}

int device_op_set_enabled(struct device *dev, const char *config_name, bool enabled)
{
	struct wifi_entry *entry;
	int r = find_named(dev, config_name, &entry);

	if (r < 0)
		return r;
	wifi_enable(dev, entry, enabled);
	return wifi_persist(dev);
}

int device_op_forget_network(struct device *dev, const char *config_name)
{
	struct wifi_entry *entry;
	int r = find_named(dev, config_name, &entry);

	if (r < 0)
		return r;
	wifi_forget(dev, entry);
	return wifi_persist(dev);
}

int device_op_reload(struct device *dev)
{
	return device_is_on(dev) ? wifi_reload(dev) : -EAGAIN;
}

/* ---- Queries --------------------------------------------------------------------------------------------------------- */

static void describe(const struct wifi_network *network, struct device_network_info *ret)
{
	*ret = (struct device_network_info) {
		.id = network->id,
		.config_name = network->name,
		.enabled = network->enabled,
		.root_id = network->settings.root_id,
		.client_id = network->settings.client_id,
		.identity = network->settings.identity,
		.cert_subject = "",
	};
}

size_t device_get_network_count(const struct device *dev)
{
	return dev->wifi.count;
}

bool device_get_network(const struct device *dev, size_t index, struct device_network_info *ret)
{
	const struct supplicant_record *record;

	if (index >= dev->wifi.count)
		return false;
	record = &dev->wifi.entries[index].record;
	describe(&dev->wifi.entries[index].network, ret);
	ret->temp_disabled = record->temp_disabled;
	ret->connected = ret->id == device_get_connected(dev);
	ret->has_diagnostics = record->diagnostics.recorded;
	ret->error = record->diagnostics.error;
	ret->cert_error = record->diagnostics.cert_error;
	ret->cert_depth = record->diagnostics.cert_depth;
	ret->diagnostics_wall_s = record->diagnostics.wall_s;
	ret->cert_subject = record->diagnostics.cert_subject;
	return true;
}

size_t device_get_persisted_network_count(const struct device *dev)
{
	return dev->wifi.saved_count;
}

bool device_get_persisted_network(const struct device *dev, size_t index, struct device_network_info *ret)
{
	if (index >= dev->wifi.saved_count)
		return false;
	describe(&dev->wifi.saved[index], ret);
	return true;
}

int device_get_connected(const struct device *dev)
{
	if (!supplicant_is_connected(&dev->supplicant))
		return -1;
	for (size_t i = 0; i < dev->wifi.count; i++)
		if (dev->wifi.entries[i].network.serial == dev->supplicant.serial)
			return dev->wifi.entries[i].network.id;
	return -1;
}

const char *device_get_connected_client_pem(const struct device *dev)
{
	return device_get_connected(dev) < 0 ? NULL : dev->supplicant.connection.client_pem;
}

const char *device_get_connected_root_pem(const struct device *dev)
{
	return device_get_connected(dev) < 0 ? NULL : dev->supplicant.connection.root_pem;
}
