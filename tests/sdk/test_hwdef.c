/* Hardware definitions: headers, names in manifests, and what is wrong told with file and place. Also those that are shipped. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "sim/sdk/hwdef.h"

#define SHIPPED "emu-applibs/sdk/HardwareDefinitions"
#define HEAD "\"Metadata\": {\"Type\": \"Azure Sphere Hardware Definition\", \"Version\": 1}, \"Description\": {\"Name\": \"x\"}"
#define MANIFEST(capabilities) \
	"{\"SchemaVersion\": 1, \"Name\": \"n\", \"ComponentId\": \"25025d2c-66da-4448-bae1-ac26fcdd3627\", \"EntryPoint\": \"/bin/app\", " \
	"\"CmdArgs\": [], \"Capabilities\": {" capabilities "}, \"ApplicationType\": \"Default\"}"

static char base[] = "/tmp/azsim-hwdef-XXXXXX";

static const char *in(const char *name)
{
	static char paths[4][512];
	static unsigned next;
	char *path = paths[next++ % 4];

	(void) snprintf(path, sizeof(paths[0]), "%s/%s", base, name);
	return path;
}

static void file(const char *name, const char *text)
{
	FILE *f = fopen(in(name), "we");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static int set_up(void **state)
{
	(void) state;
	strcpy(base + strlen(base) - 6, "XXXXXX");
	if (!mkdtemp(base))
		return -1;
	return mkdir(in("sub"), 0755) < 0 || mkdir(in("sdk"), 0755) < 0 || mkdir(in("hw"), 0755) < 0 ? -1 : 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void) st;
	(void) type;
	(void) ftw;
	return remove(path);
}

static int tear_down(void **state)
{
	(void) state;
	return nftw(base, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static struct hwdef *load(const char *name)
{
	const char *search[] = {in("sdk"), NULL};
	struct az_error error = {.text = ""};
	struct hwdef *def = NULL;

	if (hwdef_load(in(name), search, &def, &error) < 0)
		fail_msg("%s: %s", name, error.text);
	return def;
}

static void expect_refused(const char *name, const char *said)
{
	const char *search[] = {in("sdk"), NULL};
	struct az_error error = {.text = ""};
	struct hwdef *def = NULL;

	assert_true(hwdef_load(in(name), search, &def, &error) < 0);
	assert_null(def);
	assert_int_equal(error.status, AZ_USAGE);
	if (!strstr(error.text, said) || !strstr(error.text, name))
		fail_msg("it said \"%s\", not \"%s\" about %s", error.text, said, name);
}

static void three_layers(void)
{
	file("sdk/chip.json", "{" HEAD ", \"Peripherals\": ["
	     "{\"Name\": \"CHIP_GPIO8\", \"Type\": \"Gpio\", \"MainCoreHeaderValue\": \"(8)\", \"AppManifestValue\": 8},"
	     "{\"Name\": \"CHIP_UART0\", \"Type\": \"Uart\", \"MainCoreHeaderValue\": 4, \"AppManifestValue\": \"ISU0\"},"
	     "{\"Name\": \"CHIP_CS\", \"Type\": \"int\", \"MainCoreHeaderValue\": \"(-1)\"}]}");
	file("sub/board.json", "{" HEAD ", \"Imports\": [{\"Path\": \"chip.json\"}], \"Peripherals\": ["
	     "{\"Name\": \"BOARD_LED\", \"Type\": \"Gpio\", \"Mapping\": \"CHIP_GPIO8\", \"Comment\": \"red */ or\\nblue\"},"
	     "{\"Name\": \"BOARD_UART\", \"Type\": \"Uart\", \"Mapping\": \"CHIP_UART0\"}]}");
	file("product.json", "\xef\xbb\xbf{\"Metadata\": {\"Type\": \"Azure Sphere Hardware Definition\", \"Version\": 1},"
	     "\"Description\": {\"MainCoreHeaderFileTopContent\": [\"// Ours.\"]},"
	     "\"Imports\": [{\"Path\": \"sub/board.json\"}, {\"Path\": \"chip.json\"}], \"Peripherals\": ["
	     "{\"Name\": \"LAMP\", \"Type\": \"Gpio\", \"Mapping\": \"BOARD_LED\"},"
	     "{\"Name\": \"LINE\", \"Type\": \"Uart\", \"Mapping\": \"BOARD_UART\"},"
	     "{\"Name\": \"SELECT\", \"Type\": \"int\", \"Mapping\": \"CHIP_CS\"},"
	     "{\"Name\": \"NOWHERE\", \"Type\": \"Gpio\", \"Mapping\": \"BOARD_NONE\"},"
	     "{\"Name\": \"ROUND\", \"Type\": \"Gpio\", \"Mapping\": \"ROUND\"}]}");
}

static char *content(const char *name)
{
	static char text[1024];
	FILE *f = fopen(in(name), "re");
	size_t n;

	assert_non_null(f);
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	(void) fclose(f);
	return text;
}

static void imports_are_found_and_give_a_header_each(void **state)
{
	struct az_error error;
	struct hwdef *def;
	struct stat before, after;

	(void) state;
	three_layers();
	def = load("product.json");
	assert_non_null(strstr(hwdef_file(def, 0), "/product.json"));
	assert_non_null(strstr(hwdef_file(def, 1), "/sub/board.json"));
	assert_non_null(strstr(hwdef_file(def, 2), "/sdk/chip.json"));
	assert_null(hwdef_file(def, 3));
	assert_int_equal(hwdef_write_headers(def, in("hw"), &error), 0);
	assert_string_equal(content("hw/product.h"),
	                    "// Ours.\n/* Made from product.json: change that. */\n#pragma once\n#include \"board.h\"\n#include \"chip.h\"\n"
	                    "#define LAMP BOARD_LED\n#define LINE BOARD_UART\n#define SELECT CHIP_CS\n#define NOWHERE BOARD_NONE\n"
	                    "#define ROUND ROUND\n");
	assert_string_equal(content("hw/board.h"),
	                    "/* Made from board.json: change that. */\n#pragma once\n#include \"chip.h\"\n/* red * / or blue */\n"
	                    "#define BOARD_LED CHIP_GPIO8\n#define BOARD_UART CHIP_UART0\n");
	assert_non_null(strstr(content("hw/chip.h"), "#define CHIP_GPIO8 (8)\n#define CHIP_UART0 (4)\n"));
	/* A header that stays the same is not written again: nothing is compiled anew for it. */
	assert_int_equal(stat(in("hw/chip.h"), &before), 0);
	assert_int_equal(hwdef_write_headers(def, in("hw"), &error), 0);
	assert_int_equal(stat(in("hw/chip.h"), &after), 0);
	assert_memory_equal(&before.st_mtim, &after.st_mtim, sizeof(before.st_mtim));
	hwdef_free(def);
}

static char *resolve(const struct hwdef *def, const char *manifest, struct az_error *error)
{
	char *json = NULL;

	error->text[0] = '\0';
	return app_manifest_resolve("app_manifest.json", manifest, strlen(manifest), def, &json, error) == 0 ? json : NULL;
}

static void names_in_a_manifest_become_what_they_map_to(void **state)
{
	struct az_error error;
	struct hwdef *def;
	cleanup_free char *json = NULL;
	json_t *root;

	(void) state;
	three_layers();
	def = load("product.json");
	json = resolve(def, MANIFEST("\"Gpio\": [\"$LAMP\", 12, \"$CHIP_GPIO8\"], \"Uart\": [\"$LINE\", \"ISU3\"],"
	                             "\"AllowedConnections\": [\"$LAMP\"]"), &error);
	assert_non_null(json);
	root = json_loads(json, 0, NULL);
	assert_non_null(root);
	hwdef_free(def);
	free(json);
	json = json_dumps(json_object_get(root, "Capabilities"), JSON_COMPACT | JSON_SORT_KEYS);
	assert_string_equal(json, "{\"AllowedConnections\":[\"$LAMP\"],\"Gpio\":[8,12,8],\"Uart\":[\"ISU0\",\"ISU3\"]}");
	json_decref(root);
}

static void a_manifest_that_cannot_be_is_told(void **state)
{
	static const struct {
		const char *manifest, *said;
	} wrong[] = {
		{MANIFEST("\"Gpio\": [\"$LAMPE\"]"), "Capabilities.Gpio[0]: "},
		{MANIFEST("\"Gpio\": [\"$LAMPE\"]"), "no peripheral LAMPE"},
		{MANIFEST("\"Gpio\": [8, \"$NOWHERE\"]"), "no peripheral BOARD_NONE, which stands behind NOWHERE"},
		{MANIFEST("\"Gpio\": [\"$LINE\"]"), "LINE is of type Uart, not Gpio"},
		{MANIFEST("\"Gpio\": [\"$ROUND\"]"), "the mapping of ROUND never ends"},
		{MANIFEST("\"Gpios\": [8]"), "\"Gpios\" is no capability"},
		{"{\"SchemaVersion\": 2}", "SchemaVersion must be 1"},
		{"{", "app_manifest.json:1:"},
		{"[]", "a manifest is a JSON object"},
	};
	struct az_error error;
	struct hwdef *def;

	(void) state;
	three_layers();
	def = load("product.json");
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		assert_null(resolve(def, wrong[i].manifest, &error));
		assert_int_equal(error.status, AZ_USAGE);
		if (!strstr(error.text, wrong[i].said) || !strstr(error.text, "app_manifest.json"))
			fail_msg("it said \"%s\", not \"%s\"", error.text, wrong[i].said);
	}
	assert_null(resolve(NULL, MANIFEST("\"Gpio\": [\"$LAMP\"]"), &error));
	assert_non_null(strstr(error.text, "azsphere_target_hardware_definition"));
	hwdef_free(def);
}

/* A name of type int is for C alone: there is nothing that a manifest could say for it. */
static void an_int_has_no_place_in_a_manifest(void **state)
{
	const json_t *value = NULL;
	struct az_error error;
	struct hwdef *def;

	(void) state;
	three_layers();
	def = load("product.json");
	assert_int_equal(hwdef_manifest_value(def, "SELECT", "int", &value, &error), -EINVAL);
	assert_non_null(strstr(error.text, "CHIP_CS has no AppManifestValue"));
	hwdef_free(def);
}

static void wrong_definitions_are_refused(void **state)
{
	static const struct {
		const char *json, *said;
	} wrong[] = {
		{"", "1:0"},
		{"{\"Metadata\": 1", "1:14"},
		{"{\"Metadata\": {\"Type\": \"Something\", \"Version\": 1}}", "Metadata.Type must be"},
		{"{\"Metadata\": {\"Type\": \"Azure Sphere Hardware Definition\", \"Version\": 2}}", "Metadata.Version must be 1"},
		{"{" HEAD "}", "Peripherals must be a list"},
		{"{" HEAD ", \"Peripherals\": [{}]}", "Peripherals[0].Name must be a name in C"},
		{"{" HEAD ", \"Peripherals\": [{\"Name\": \"A B\"}]}", "Peripherals[0].Name must be a name in C"},
		{"{" HEAD ", \"Peripherals\": [{\"Name\": \"A\"}]}", "peripheral A has no Type"},
		{"{" HEAD ", \"Peripherals\": [{\"Name\": \"A\", \"Type\": \"Gpio\"}]}", "neither a Mapping nor a MainCoreHeaderValue"},
		{"{" HEAD ", \"Peripherals\": [{\"Name\": \"A\", \"Type\": \"Gpio\", \"Mapping\": \"1\\n#error\"}]}", "a Mapping that is no name"},
		{"{" HEAD ", \"Peripherals\": [{\"Name\": \"A\", \"Type\": \"Gpio\", \"MainCoreHeaderValue\": \"1\\n#error\"}]}", "no text of one line"},
		{"{" HEAD ", \"Peripherals\": [], \"Imports\": {}}", "Imports must be a list"},
		{"{" HEAD ", \"Peripherals\": [], \"Imports\": [\"a.json\"]}", "Imports[0] must be {\"Path\": FILE}"},
		{"{" HEAD ", \"Peripherals\": [], \"Imports\": [{\"Path\": \"none.json\"}]}", "there is no import none.json"},
	};

	(void) state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		file("wrong.json", wrong[i].json);
		expect_refused("wrong.json", wrong[i].said);
	}
	expect_refused("missing.json", "No such file");
	expect_refused("sub", "directory");
}

static void imports_in_a_ring_are_read_once(void **state)
{
	struct hwdef *def;

	(void) state;
	file("a.json", "{" HEAD ", \"Peripherals\": [], \"Imports\": [{\"Path\": \"b.json\"}]}");
	file("b.json", "{" HEAD ", \"Peripherals\": [], \"Imports\": [{\"Path\": \"a.json\"}]}");
	def = load("a.json");
	assert_non_null(hwdef_file(def, 1));
	assert_null(hwdef_file(def, 2));
	hwdef_free(def);
}

static void two_files_of_one_name_would_give_one_header(void **state)
{
	(void) state;
	file("a.json", "{" HEAD ", \"Peripherals\": [], \"Imports\": [{\"Path\": \"sub/a.json\"}]}");
	file("sub/a.json", "{" HEAD ", \"Peripherals\": []}");
	expect_refused("a.json", "both would give the header a.h");
}

/* The definitions that azsim comes with: every name leads to the chip, with a value for C and, but for ints, for a manifest. */
static void shipped_definitions_are_sound(void **state)
{
	DIR *dir = opendir(SHIPPED);
	struct dirent *entry;
	unsigned files = 0, names = 0;

	(void) state;
	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		char path[512];
		struct az_error error = {.text = ""};
		struct hwdef *def = NULL;
		json_t *root;
		size_t i;
		json_t *p;

		if (!strstr(entry->d_name, ".json"))
			continue;
		(void) snprintf(path, sizeof(path), SHIPPED "/%s", entry->d_name);
		if (hwdef_load(path, NULL, &def, &error) < 0)
			fail_msg("%s", error.text);
		root = json_load_file(path, 0, NULL);
		json_array_foreach(json_object_get(root, "Peripherals"), i, p) {
			const char *name = json_string_value(json_object_get(p, "Name")), *type = json_string_value(json_object_get(p, "Type"));
			const json_t *value = NULL;

			if (strcmp(type, "int") != 0 && hwdef_manifest_value(def, name, type, &value, &error) < 0)
				fail_msg("%s", error.text);
			names++;
		}
		json_decref(root);
		hwdef_free(def);
		files++;
	}
	(void) closedir(dir);
	assert_int_equal(files, 6);
	assert_true(names > 300);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(imports_are_found_and_give_a_header_each),
		TEST(names_in_a_manifest_become_what_they_map_to),
		TEST(a_manifest_that_cannot_be_is_told),
		TEST(an_int_has_no_place_in_a_manifest),
		TEST(wrong_definitions_are_refused),
		TEST(imports_in_a_ring_are_read_once),
		TEST(two_files_of_one_name_would_give_one_header),
		cmocka_unit_test(shipped_definitions_are_sound),
	};

	return cmocka_run_group_tests_name("hwdef", tests, NULL, NULL);
}
