/* From the manifest that a developer writes to the one in the image package; see hwdef.h. */
#include <errno.h>

#include "emu-applibs/device/device.h"
#include "emu-applibs/device/manifest.h"
#include "sim/sdk/hwdef.h"

/* Capabilities that list peripherals; each is called as the type of its entries is. */
static const char *const peripheral_lists[] = {"Adc", "Gpio", "I2cMaster", "Pwm", "SpiMaster", "Uart"};

static int resolve_list(const char *type, json_t *list, const struct hwdef *def, struct az_error *error)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *text = json_string_value(json_array_get(list, i));
		const json_t *value = NULL;
		int r;

		if (!text || text[0] != '$')
			continue;
		if (!def) {
			az_error_set(error, AZ_USAGE, "Capabilities.%s names \"%.64s\", but this build has no hardware definition: "
			             "call azsphere_target_hardware_definition before azsphere_target_add_image_package", type, text);
			return -ENOENT;
		}
		r = hwdef_manifest_value(def, text + 1, type, &value, error);
		if (r < 0) {
			az_error_prefix(error, "Capabilities.%s[%zu]", type, i);
			return r;
		}
		if (json_array_set_new(list, i, json_deep_copy(value)) < 0)
			return -ENOMEM;
	}
	return 0;
}

int app_manifest_resolve(const char *file, const char *json, size_t length, const struct hwdef *def, char **ret_json,
                         struct az_error *ret_error)
{
	json_error_t where;
	json_t *root = json_loadb(json, length, JSON_REJECT_DUPLICATES, &where);
	struct manifest manifest;
	char problem[DEVICE_ERROR_MAX], *text = NULL;
	int r = 0;

	if (!root) {
		az_error_set(ret_error, AZ_USAGE, "%s:%d:%d: %s", file, where.line, where.column, where.text);
		return -EINVAL;
	}
	for (size_t i = 0; r == 0 && i < ARRAY_LEN(peripheral_lists); i++)
		r = resolve_list(peripheral_lists[i], json_object_get(json_object_get(root, "Capabilities"), peripheral_lists[i]), def,
		                 ret_error);
	if (r == 0)
		text = json_dumps(root, JSON_INDENT(2));
	json_decref(root);
	if (r < 0) {
		az_error_prefix(ret_error, "%s", file);
		return r;
	}
	if (!text) {
		az_error_set(ret_error, AZ_ENVIRONMENT, "%s: out of memory", file);
		return -ENOMEM;
	}
	r = manifest_parse(text, strlen(text), true, &manifest, problem, sizeof(problem)); /* spelling: the device decides */
	if (r < 0) {
		az_error_set(ret_error, AZ_USAGE, "%s: %s", file, problem);
		free(text);
		return r;
	}
	manifest_clear(&manifest);
	*ret_json = text;
	return 0;
}
