/* Hardware definitions: JSON files that give names to what a chip, a module, a board or a product has.
 *
 * {"Metadata": {"Type": "Azure Sphere Hardware Definition", "Version": 1}, "Description": {"Name": TEXT,
 *  "MainCoreHeaderFileTopContent": [C LINES]}, "Imports": [{"Path": FILE}], "Peripherals": [{"Name": C NAME,
 *  "Type": "Gpio" | "Uart" | "I2cMaster" | "SpiMaster" | "Adc" | "Pwm" | "int", "Mapping": NAME OF AN IMPORTED ONE, or
 *  "MainCoreHeaderValue": C TEXT and "AppManifestValue": WHAT STANDS IN THE MANIFEST, "Comment": TEXT}]}
 *
 * Source: "Hardware abstraction files" on Microsoft Learn and the definitions of Microsoft's samples. From these come the headers
 * <hw/NAME.h> and what an application manifest's "$NAME" stands for. Leaves to others: where files go (cli/hardware.c).
 */
#ifndef SIM_SDK_HWDEF_H
#define SIM_SDK_HWDEF_H

#include <jansson.h>
#include <stddef.h>

#include "sim/util/error.h"

struct hwdef;

/* Reads `path` and all that it imports. A relative import is looked for beside the file that names it, then in the folders of
 * `search` (NULL-terminated; NULL: none). 0 and *ret (hwdef_free), or negative errno and *ret_error. */
int hwdef_load(const char *path, const char *const *search, struct hwdef **ret, struct az_error *ret_error);
void hwdef_free(struct hwdef *def); /* NULL is fine */

/* The files that were read, `path` first, then in the order of first import. NULL beyond the last. */
const char *hwdef_file(const struct hwdef *def, size_t index);

/* Writes a header per file into `folder`, which exists: NAME.json gives NAME.h, which includes those of its imports by their
 * bare names. A header that would stay the same is left alone. 0, or negative errno and *ret_error. */
int hwdef_write_headers(const struct hwdef *def, const char *folder, struct az_error *ret_error);

/* What `name`, of this type, is in a manifest: *ret_value borrowed. -ENOENT: no such name, or it leads nowhere; -EINVAL:
 * of another type, or nothing that a manifest may name. *ret_error says which. */
int hwdef_manifest_value(const struct hwdef *def, const char *name, const char *type, const json_t **ret_value,
                         struct az_error *ret_error);

/* An application manifest in which each "$NAME" of the capabilities for peripherals is what the definition says, as JSON text
 * (caller frees). def NULL: there is no definition, and a "$NAME" is an error. The result is a manifest that azsim takes.
 * file: for messages. 0, or negative errno and *ret_error. */
int app_manifest_resolve(const char *file, const char *json, size_t length, const struct hwdef *def, char **ret_json,
                         struct az_error *ret_error);

/* A whole file of at most 1 MiB, without a byte order mark, NUL-terminated. 0, or negative errno and *ret_error. */
int sdk_read_file(const char *path, char **ret_text, size_t *ret_length, struct az_error *ret_error);
/* Write `text`, unless the file has it already. 0, or negative errno and *ret_error. */
int sdk_write_file(const char *path, const char *text, size_t length, struct az_error *ret_error);

#endif
