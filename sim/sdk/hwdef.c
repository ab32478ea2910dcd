/* See hwdef.h: reading definitions, and following names through them. */
#define _GNU_SOURCE
#include "sim/sdk/hwdef_internal.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>

#define IMPORT_DEPTH_MAX 16
#define MAPPING_DEPTH_MAX 32
#define METADATA_TYPE "Azure Sphere Hardware Definition"

struct loader {
	struct hwdef *def;
	const char *const *search;
	struct az_error *error;
};

/* ---- Pieces of a file ---------------------------------------------------------------------------------------------------- */

static bool is_c_name(const char *text)
{
	if (!isalpha((unsigned char)text[0]) && text[0] != '_')
		return false;
	for (size_t i = 1; text[i]; i++)
		if (!isalnum((unsigned char)text[i]) && text[i] != '_')
			return false;
	return true;
}

static bool is_one_line(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' && *text != '\t')
			return false;
	return true;
}

static int check_head(const struct hwdef_file *file, struct az_error *error)
{
	const json_t *metadata = json_object_get(file->json, "Metadata");
	const char *type = json_string_value(json_object_get(metadata, "Type"));
	const json_t *version = json_object_get(metadata, "Version");

	if (!type || strcmp(type, METADATA_TYPE) != 0) {
		az_error_set(error, AZ_USAGE, "%s: no hardware definition: Metadata.Type must be \"" METADATA_TYPE "\"", file->path);
		return -EINVAL;
	}
	if (!json_is_integer(version) || json_integer_value(version) != 1) {
		az_error_set(error, AZ_USAGE, "%s: Metadata.Version must be 1", file->path);
		return -EINVAL;
	}
	return 0;
}

static int check_peripheral(const struct hwdef_file *file, size_t index, const json_t *p, struct az_error *error)
{
	const char *name = json_string_value(json_object_get(p, "Name")), *type = json_string_value(json_object_get(p, "Type"));
	const json_t *mapping = json_object_get(p, "Mapping"), *value = json_object_get(p, "MainCoreHeaderValue");
	const char *what = NULL;

	if (!name || !is_c_name(name)) {
		az_error_set(error, AZ_USAGE, "%s: Peripherals[%zu].Name must be a name in C", file->path, index);
		return -EINVAL;
	}
	if (!type || !*type)
		what = "has no Type";
	else if (!mapping && !value)
		what = "has neither a Mapping nor a MainCoreHeaderValue";
	else if (mapping && (!json_is_string(mapping) || !is_c_name(json_string_value(mapping))))
		what = "has a Mapping that is no name in C";
	else if (value && !json_is_integer(value) && (!json_is_string(value) || !is_one_line(json_string_value(value))))
		what = "has a MainCoreHeaderValue that is no text of one line";
	if (what) {
		az_error_set(error, AZ_USAGE, "%s: peripheral %s %s", file->path, name, what);
		return -EINVAL;
	}
	return 0;
}

static int check_lines(const struct hwdef_file *file, struct az_error *error)
{
	const json_t *lines = json_object_get(json_object_get(file->json, "Description"), "MainCoreHeaderFileTopContent");

	for (size_t i = 0; i < json_array_size(lines); i++) {
		const char *line = json_string_value(json_array_get(lines, i));

		if (!line || !is_one_line(line)) {
			az_error_set(error, AZ_USAGE, "%s: Description.MainCoreHeaderFileTopContent[%zu] must be a text of one line", file->path, i);
			return -EINVAL;
		}
	}
	return 0;
}

static int check(const struct hwdef_file *file, struct az_error *error)
{
	const json_t *peripherals = json_object_get(file->json, "Peripherals");
	int r = check_head(file, error);

	if (r == 0)
		r = check_lines(file, error);
	if (r == 0 && !json_is_array(peripherals)) {
		az_error_set(error, AZ_USAGE, "%s: Peripherals must be a list", file->path);
		r = -EINVAL;
	}
	for (size_t i = 0; r == 0 && i < json_array_size(peripherals); i++)
		r = check_peripheral(file, i, json_array_get(peripherals, i), error);
	return r;
}

/* ---- Files --------------------------------------------------------------------------------------------------------------- */

/* "/a/b/board.json" -> "board" (caller frees). */
static char *stem_of(const char *path)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path, *dot = strrchr(base, '.');

	return dot && dot != base ? strndup(base, (size_t)(dot - base)) : strdup(base);
}

static int find_import(const char *from, const char *import, const char *const *search, char ret[PATH_MAX])
{
	const char *slash = strrchr(from, '/');
	char path[2 * PATH_MAX];

	if (import[0] == '/')
		return realpath(import, ret) ? 0 : -ENOENT;
	(void) snprintf(path, sizeof(path), "%.*s%s", slash ? (int)(slash - from) + 1 : 0, from, import);
	if (realpath(path, ret))
		return 0;
	for (; search && *search; search++) {
		(void) snprintf(path, sizeof(path), "%s/%s", *search, import);
		if (realpath(path, ret))
			return 0;
	}
	return -ENOENT;
}

static int read_file(struct loader *l, const char *path, size_t *ret_index)
{
	struct hwdef *def = l->def;
	struct hwdef_file *file;
	cleanup_free char *text = NULL;
	size_t length = 0;
	json_error_t where;
	int r;

	if (def->count == HWDEF_FILES_MAX) {
		az_error_set(l->error, AZ_USAGE, "%s: more than %d hardware definitions import each other", path, HWDEF_FILES_MAX);
		return -E2BIG;
	}
	r = sdk_read_file(path, &text, &length, l->error);
	if (r < 0)
		return r;
	file = &def->files[def->count];
	file->json = json_loadb(text, length, JSON_REJECT_DUPLICATES, &where);
	if (!file->json) {
		az_error_set(l->error, AZ_USAGE, "%s:%d:%d: %s", path, where.line, where.column, where.text);
		return -EINVAL;
	}
	file->path = strdup(path);
	file->stem = stem_of(path);
	*ret_index = def->count++; /* hwdef_free frees it from now on */
	if (!file->path || !file->stem) {
		az_error_set(l->error, AZ_ENVIRONMENT, "%s: out of memory", path);
		return -ENOMEM;
	}
	for (size_t i = 0; i + 1 < def->count; i++)
		if (strcmp(def->files[i].stem, file->stem) == 0) {
			az_error_set(l->error, AZ_USAGE, "%s and %s: both would give the header %s.h; rename one", def->files[i].path, path,
			             file->stem);
			return -EEXIST;
		}
	return check(file, l->error);
}

static int load(struct loader *l, const char *path, int depth);

static int load_imports(struct loader *l, size_t index, int depth)
{
	const struct hwdef_file *file = &l->def->files[index];
	const json_t *imports = json_object_get(file->json, "Imports");

	if (imports && !json_is_array(imports)) {
		az_error_set(l->error, AZ_USAGE, "%s: Imports must be a list", file->path);
		return -EINVAL;
	}
	for (size_t i = 0; i < json_array_size(imports); i++) {
		const char *import = json_string_value(json_object_get(json_array_get(imports, i), "Path"));
		char path[PATH_MAX];
		int r;

		if (!import || !*import) {
			az_error_set(l->error, AZ_USAGE, "%s: Imports[%zu] must be {\"Path\": FILE}", file->path, i);
			return -EINVAL;
		}
		if (find_import(file->path, import, l->search, path) < 0) {
			az_error_set(l->error, AZ_USAGE, "%s: there is no import %s, neither beside it nor among the definitions of the SDK",
			             file->path, import);
			return -ENOENT;
		}
		r = load(l, path, depth + 1);
		if (r < 0)
			return r;
	}
	return 0;
}

static int load(struct loader *l, const char *path, int depth)
{
	size_t index = 0;
	int r;

	for (size_t i = 0; i < l->def->count; i++)
		if (strcmp(l->def->files[i].path, path) == 0)
			return 0;
	if (depth > IMPORT_DEPTH_MAX) {
		az_error_set(l->error, AZ_USAGE, "%s: imports go deeper than %d files", path, IMPORT_DEPTH_MAX);
		return -E2BIG;
	}
	r = read_file(l, path, &index);
	return r < 0 ? r : load_imports(l, index, depth);
}

int hwdef_load(const char *path, const char *const *search, struct hwdef **ret, struct az_error *ret_error)
{
	struct loader l = {.def = calloc(1, sizeof(struct hwdef)), .search = search, .error = ret_error};
	char real[PATH_MAX];
	int r;

	if (!l.def) {
		az_error_set(ret_error, AZ_ENVIRONMENT, "%s: out of memory", path);
		return -ENOMEM;
	}
	if (!realpath(path, real)) {
		r = -errno;
		az_error_set(ret_error, AZ_USAGE, "%s: %s", path, strerror(-r));
	} else {
		r = load(&l, real, 0);
	}
	if (r < 0) {
		hwdef_free(l.def);
		return r;
	}
	*ret = l.def;
	return 0;
}

void hwdef_free(struct hwdef *def)
{
	if (!def)
		return;
	for (size_t i = 0; i < def->count; i++) {
		json_decref(def->files[i].json);
		free(def->files[i].path);
		free(def->files[i].stem);
	}
	free(def);
}

const char *hwdef_file(const struct hwdef *def, size_t index)
{
	return index < def->count ? def->files[index].path : NULL;
}

/* ---- Names --------------------------------------------------------------------------------------------------------------- */

static const json_t *find(const struct hwdef *def, const char *name)
{
	for (size_t i = 0; i < def->count; i++) {
		const json_t *peripherals = json_object_get(def->files[i].json, "Peripherals");

		for (size_t j = 0; j < json_array_size(peripherals); j++) {
			const json_t *p = json_array_get(peripherals, j);

			if (strcmp(json_string_value(json_object_get(p, "Name")), name) == 0)
				return p;
		}
	}
	return NULL;
}

int hwdef_manifest_value(const struct hwdef *def, const char *name, const char *type, const json_t **ret_value,
                         struct az_error *ret_error)
{
	const char *at = name;

	for (int depth = 0; depth < MAPPING_DEPTH_MAX; depth++) {
		const json_t *p = find(def, at);
		const char *its_type = json_string_value(json_object_get(p, "Type"));

		if (!p) {
			az_error_set(ret_error, AZ_USAGE, "%s: no peripheral %.64s%s%.64s, nor in its imports", def->files[0].path, at,
			             at == name ? "" : ", which stands behind ", at == name ? "" : name);
			return -ENOENT;
		}
		if (strcmp(its_type, type) != 0) {
			az_error_set(ret_error, AZ_USAGE, "%s: %.64s is of type %.64s, not %s", def->files[0].path, at, its_type, type);
			return -EINVAL;
		}
		if (!json_object_get(p, "Mapping")) {
			*ret_value = json_object_get(p, "AppManifestValue");
			if (!*ret_value || (!json_is_integer(*ret_value) && !json_is_string(*ret_value))) {
				az_error_set(ret_error, AZ_USAGE, "%s: %.64s has no AppManifestValue, so no manifest can name it", def->files[0].path, at);
				return -EINVAL;
			}
			return 0;
		}
		at = json_string_value(json_object_get(p, "Mapping"));
	}
	az_error_set(ret_error, AZ_USAGE, "%s: the mapping of %.64s never ends", def->files[0].path, name);
	return -ENOENT;
}
