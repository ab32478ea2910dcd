/* See manifest.h.
 *
 * Names and types of the capabilities: "Application manifest" on Microsoft Learn, and the manifests of Microsoft's samples. That
 * PowerControls may not be empty: error names of OS 24.06. Whether a chip has a peripheral that is listed is not looked at here.
 */
#define _GNU_SOURCE /* asprintf */
#include "emu-applibs/device/manifest.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <strings.h>

#include <jansson.h>

#include "emu-applibs/base/base.h"

enum kind {
	KIND_FLAG,    /* true or false */
	KIND_TEXTS,   /* a list of strings */
	KIND_CONTROLS, /* a list of strings that is not empty */
	KIND_IDS,     /* a list of numbers >= 0 and strings */
	KIND_GUID,
	KIND_STORAGE, /* {"SizeKB": n} */
};

#define NO_LIST (-1)

static const struct capability {
	const char *name;
	enum kind kind;
	int list; /* enum manifest_list that keeps its entries, or NO_LIST */
} capabilities[] = {
	{ "Adc", KIND_IDS, MANIFEST_ADC },
	{ "AllowedApplicationConnections", KIND_TEXTS, MANIFEST_APPLICATIONS },
	{ "AllowedConnections", KIND_TEXTS, MANIFEST_HOSTS },
	{ "AllowedTcpServerPorts", KIND_IDS, MANIFEST_TCP_PORTS },
	{ "AllowedUdpServerPorts", KIND_IDS, MANIFEST_UDP_PORTS },
	{ "CertStore", KIND_FLAG, NO_LIST },
	{ "DeviceAuthentication", KIND_GUID, NO_LIST },
	{ "DhcpService", KIND_FLAG, NO_LIST },
	{ "EnterpriseWifiConfig", KIND_FLAG, NO_LIST },
	{ "Gpio", KIND_IDS, MANIFEST_GPIO },
	{ "HardwareAddressConfig", KIND_FLAG, NO_LIST },
	{ "HeapMemStats", KIND_FLAG, NO_LIST },
	{ "I2cMaster", KIND_IDS, MANIFEST_I2C },
	{ "MutableStorage", KIND_STORAGE, NO_LIST },
	{ "NetworkConfig", KIND_FLAG, NO_LIST },
	{ "PowerControls", KIND_CONTROLS, MANIFEST_POWER_CONTROLS },
	{ "Pwm", KIND_IDS, MANIFEST_PWM },
	{ "ReadNetworkProxyConfig", KIND_FLAG, NO_LIST },
	{ "ResetMemoryWatermarks", KIND_FLAG, NO_LIST },
	{ "SntpService", KIND_FLAG, NO_LIST },
	{ "SoftwareUpdateDeferral", KIND_FLAG, NO_LIST },
	{ "SpiMaster", KIND_IDS, MANIFEST_SPI },
	{ "SystemEventNotifications", KIND_FLAG, NO_LIST },
	{ "SystemTime", KIND_FLAG, NO_LIST },
	{ "TimeSyncConfig", KIND_FLAG, NO_LIST },
	{ "Uart", KIND_IDS, MANIFEST_UART },
	{ "WifiConfig", KIND_FLAG, NO_LIST },
};
_Static_assert(ARRAY_LEN(capabilities) <= MANIFEST_CAPABILITIES_MAX, "room for every capability");

static const char *const top_keys[] = {
	"ApplicationType", "Capabilities", "CmdArgs", "ComponentId", "EntryPoint", "MallocVersion", "Name", "SchemaVersion",
	"TargetApplicationRuntimeVersion", "TargetBetaApis",
};

/* Where messages go. */
struct complaint {
	char *text;
	size_t capacity;
};

ATTR_PRINTF(2, 3) static int refuse(const struct complaint *complaint, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void) vsnprintf(complaint->text, complaint->capacity, format, args);
	va_end(args);
	for (char *c = complaint->text; *c; c++) /* it repeats what stands there, which a terminal might obey */
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
	return -EINVAL;
}

/* ---- Pieces ---------------------------------------------------------------------------------------------------------- */

bool manifest_is_guid(const char *text)
{
	if (strlen(text) != 36)
		return false;
	for (size_t i = 0; i < 36; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? text[i] != '-' : strspn(text + i, "0123456789abcdefABCDEF") == 0)
			return false;
	}
	return true;
}

static void free_texts(char ***texts)
{
	for (char **text = *texts; text && *text; text++)
		free(*text);
	free(*texts);
	*texts = NULL;
}

static bool only_strings(const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (!json_is_string(json_array_get(list, i)))
			return false;
	return json_is_array(list);
}

static bool only_ids(const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *id = json_array_get(list, i);

		if (!json_is_string(id) && !(json_is_integer(id) && json_integer_value(id) >= 0))
			return false;
	}
	return json_is_array(list);
}

/* The strings and numbers of a list, as text. */
static char **copy_texts(const json_t *list)
{
	size_t count = json_array_size(list);
	char **texts = calloc(count + 1, sizeof(*texts));

	if (!texts)
		abort();
	for (size_t i = 0; i < count; i++) {
		const json_t *item = json_array_get(list, i);

		if (json_is_integer(item) ? asprintf(&texts[i], "%lld", (long long)json_integer_value(item)) < 0 :
		                            !(texts[i] = strdup(json_string_value(item))))
			abort();
	}
	return texts;
}

static int check_key(const char *key, const struct complaint *complaint)
{
	for (size_t i = 0; i < ARRAY_LEN(top_keys); i++) {
		if (strcmp(top_keys[i], key) == 0)
			return 0;
		if (strcasecmp(top_keys[i], key) == 0)
			return refuse(complaint, "\"%.64s\" is no key of a manifest; write \"%s\"", key, top_keys[i]);
	}
	return refuse(complaint, "\"%.64s\" is no key of a manifest", key);
}

/* ---- Capabilities ---------------------------------------------------------------------------------------------------- */

static const struct capability *find_capability(const char *name, bool any_case)
{
	for (size_t i = 0; i < ARRAY_LEN(capabilities); i++)
		if ((any_case ? strcasecmp : strcmp)(capabilities[i].name, name) == 0)
			return &capabilities[i];
	return NULL;
}

static int read_storage(const json_t *value, struct manifest *ret, const struct complaint *complaint)
{
	const json_t *size = json_object_get(value, "SizeKB");

	if (json_object_size(value) != 1 || !json_is_integer(size))
		return refuse(complaint, "Capabilities.MutableStorage must be {\"SizeKB\": number}");
	if (json_integer_value(size) < 0 || json_integer_value(size) > MANIFEST_MUTABLE_KB_MAX)
		return refuse(complaint, "Capabilities.MutableStorage.SizeKB is %lld; it must be 0 to %d",
		              (long long)json_integer_value(size), MANIFEST_MUTABLE_KB_MAX);
	ret->mutable_kb = (unsigned)json_integer_value(size);
	ret->mutable_listed = true;
	return 0;
}

/* 1: granted; 0: listed but not granted; negative errno. */
static int read_value(const struct capability *capability, const json_t *value, struct manifest *ret,
                      const struct complaint *complaint)
{
	int r;

	switch (capability->kind) {
	case KIND_FLAG:
		if (!json_is_boolean(value))
			return refuse(complaint, "Capabilities.%s must be true or false", capability->name);
		return json_is_true(value);
	case KIND_TEXTS:
		if (!only_strings(value))
			return refuse(complaint, "Capabilities.%s must be a list of strings", capability->name);
		return json_array_size(value) > 0;
	case KIND_CONTROLS:
		if (!only_strings(value) || json_array_size(value) == 0)
			return refuse(complaint, "Capabilities.%s must be a list of strings that is not empty; leave it out when there are none",
			              capability->name);
		return 1;
	case KIND_IDS:
		if (!only_ids(value))
			return refuse(complaint, "Capabilities.%s must be a list of numbers and names, as [8, \"$SAMPLE_LED\"]", capability->name);
		return json_array_size(value) > 0;
	case KIND_GUID:
		if (!json_is_string(value) || !manifest_is_guid(json_string_value(value)))
			return refuse(complaint, "Capabilities.%s must be the GUID of a tenant or catalog, as a string", capability->name);
		return 1;
	case KIND_STORAGE:
		r = read_storage(value, ret, complaint);
		return r < 0 ? r : ret->mutable_kb > 0;
	}
	return -EINVAL;
}

static int read_capabilities(const json_t *all, bool both_spellings, struct manifest *ret, const struct complaint *complaint)
{
	const char *key;
	json_t *value;

	if (!json_is_object(all))
		return refuse(complaint, "Capabilities is missing or not an object; write {} when there are none");
	json_object_foreach((json_t *)all, key, value) {
		const char *name = both_spellings && strcmp(key, "EnterpriseWiFiConfig") == 0 ? "EnterpriseWifiConfig" : key;
		const struct capability *capability = find_capability(name, false);
		int r;

		if (!capability) {
			capability = find_capability(key, true);
			if (capability)
				return refuse(complaint, "\"%.64s\" is no capability; write \"%s\"", key, capability->name);
			return refuse(complaint, "\"%.64s\" is no capability", key);
		}
		r = read_value(capability, value, ret, complaint);
		if (r < 0)
			return r;
		if (r > 0 && !manifest_grants(ret, capability->name))
			ret->granted[ret->granted_count++] = capability->name;
		if (capability->list != NO_LIST)
			ret->lists[capability->list] = copy_texts(value);
	}
	return 0;
}

/* ---- The whole ------------------------------------------------------------------------------------------------------- */

static int read_top(const json_t *root, bool both_spellings, struct manifest *ret, const struct complaint *complaint)
{
	const json_t *version = json_object_get(root, "SchemaVersion"), *args = json_object_get(root, "CmdArgs");
	const json_t *type = json_object_get(root, "ApplicationType"), *heap = json_object_get(root, "MallocVersion");
	const char *name = json_string_value(json_object_get(root, "Name"));
	const char *component = json_string_value(json_object_get(root, "ComponentId"));
	const char *entry = json_string_value(json_object_get(root, "EntryPoint"));
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)root, key, value)
		if (check_key(key, complaint) < 0)
			return -EINVAL;
	if (!json_is_integer(version) || json_integer_value(version) != 1)
		return refuse(complaint, "SchemaVersion must be 1");
	if (!name || name[0] == '\0')
		return refuse(complaint, "Name must be a string that is not empty");
	if (!component || !manifest_is_guid(component))
		return refuse(complaint, "ComponentId must be a GUID as a string");
	if (!entry || strcmp(entry, "/bin/app") != 0)
		return refuse(complaint, "EntryPoint must be \"/bin/app\"");
	if (type && (!json_is_string(type) ||
	             (strcmp(json_string_value(type), "Default") != 0 && strcmp(json_string_value(type), "Debug") != 0)))
		return refuse(complaint, "ApplicationType must be \"Default\" or \"Debug\"");
	if (heap && !json_is_integer(heap))
		return refuse(complaint, "MallocVersion must be a number");
	if (args && !only_strings(args))
		return refuse(complaint, "CmdArgs must be a list of strings");
	if (args)
		ret->cmd_args = copy_texts(args);
	return read_capabilities(json_object_get(root, "Capabilities"), both_spellings, ret, complaint);
}

int manifest_parse(const char *json, size_t length, bool both_spellings, struct manifest *ret, char *error, size_t capacity)
{
	const struct complaint complaint = { .text = error, .capacity = capacity };
	struct manifest made = { .granted_count = 0 };
	json_error_t where;
	json_t *root = json_loadb(json, length, JSON_REJECT_DUPLICATES, &where);
	int r;

	if (!root)
		return refuse(&complaint, "line %d, column %d: %s", where.line, where.column, where.text);
	r = json_is_object(root) ? read_top(root, both_spellings, &made, &complaint) : refuse(&complaint, "a manifest is a JSON object");
	json_decref(root);
	if (r < 0) {
		manifest_clear(&made);
		return r;
	}
	*ret = made;
	return 0;
}

void manifest_clear(struct manifest *manifest)
{
	free_texts(&manifest->cmd_args);
	for (size_t i = 0; i < MANIFEST_LIST_COUNT; i++)
		free_texts(&manifest->lists[i]);
	*manifest = (struct manifest) { .granted_count = 0 };
}

bool manifest_grants(const struct manifest *manifest, const char *capability)
{
	for (size_t i = 0; i < manifest->granted_count; i++)
		if (strcmp(manifest->granted[i], capability) == 0)
			return true;
	return false;
}

bool manifest_lists(const struct manifest *manifest, enum manifest_list list, const char *text)
{
	bool any_case = list == MANIFEST_HOSTS || list == MANIFEST_APPLICATIONS;

	for (char **entry = manifest->lists[list]; entry && *entry; entry++)
		if ((any_case ? strcasecmp : strcmp)(*entry, text) == 0)
			return true;
	return false;
}

const char *manifest_unresolved(const struct manifest *manifest)
{
	for (size_t list = MANIFEST_GPIO; list < MANIFEST_LIST_COUNT; list++)
		for (char **entry = manifest->lists[list]; entry && *entry; entry++)
			if ((*entry)[0] == '$')
				return *entry;
	return NULL;
}
