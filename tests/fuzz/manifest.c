/* Fuzz target: the application's manifest, as azsim reads it and as the image package gets it.
 *
 * What must hold: a refusal says why; what is accepted in the strict spelling is accepted in both; a manifest that was resolved is one
 * that azsim takes.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>

#include "emu-applibs/device/device.h"
#include "emu-applibs/device/manifest.h"
#include "sim/sdk/hwdef.h"
#include "tests/fuzz/fuzz.h"

const char fuzz_name[] = "manifest";

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void) argc;
	(void) argv;
	return 0;
}

static bool parse(const char *json, size_t length, bool both_spellings)
{
	char problem[DEVICE_ERROR_MAX] = "";
	struct manifest manifest;
	int r = manifest_parse(json, length, both_spellings, &manifest, problem, sizeof(problem));

	if (r < 0) {
		FUZZ_CHECK(r == -EINVAL && problem[0] != '\0');
		for (const char *c = problem; *c; c++)
			FUZZ_CHECK((unsigned char)*c >= ' ');
		return false;
	}
	FUZZ_CHECK(manifest.mutable_kb <= MANIFEST_MUTABLE_KB_MAX && manifest.granted_count <= MANIFEST_CAPABILITIES_MAX);
	for (size_t i = 0; i < manifest.granted_count; i++)
		FUZZ_CHECK(manifest_grants(&manifest, manifest.granted[i]));
	for (size_t list = 0; list < MANIFEST_LIST_COUNT; list++)
		for (char **text = manifest.lists[list]; text && *text; text++)
			FUZZ_CHECK(manifest_lists(&manifest, (enum manifest_list)list, *text));
	(void) manifest_unresolved(&manifest);
	manifest_clear(&manifest);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *json = (const char *)data;
	char *resolved = NULL;
	struct az_error error;
	const bool strict = parse(json, size, false), both = parse(json, size, true);

	FUZZ_CHECK(!strict || both);
	if (app_manifest_resolve("app_manifest.json", json, size, NULL, &resolved, &error) == 0)
		FUZZ_CHECK(parse(resolved, strlen(resolved), true));
	else
		FUZZ_CHECK(strncmp(error.text, "app_manifest.json", 17) == 0);
	free(resolved);
	return 0;
}
