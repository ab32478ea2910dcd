/* azsim hardware: headers and manifests from hardware definitions; what the CMake functions of the SDK folder call. */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>

#include "sim/cli/cli.h"
#include "sim/sdk/hwdef.h"

#define SEARCH_MAX 16

static const char help[] =
	"usage: azsim hardware header [--search=DIR]... --out=DIR DEFINITION.json\n"
	"       azsim hardware manifest [--search=DIR]... [--definition=FILE] --out=FILE APP_MANIFEST.json\n\n"
	"header:    a C header for the hardware definition and for each that it imports; the definitions that were read are listed,\n"
	"           one a line.\n"
	"manifest:  the application manifest with each \"$NAME\" replaced by what the definition says, checked.\n\n"
	"  --search=DIR       where imports are looked for that are not beside the file (default: the definitions that came with\n"
	"                     azsim); repeatable\n"
	"  --definition=FILE  the hardware definition of the manifest's names\n"
	"  --out=PATH         folder of the headers (made when missing), or the resolved manifest\n"
	"  -h, --help\n";

struct hardware {
	const char *search[SEARCH_MAX + 2];
	size_t searches;
	const char *definition, *out;
};

static int bad(const char *what)
{
	(void) fprintf(stderr, "azsim hardware: %s; " CLI_TRY_HELP("hardware") "\n", what);
	return AZ_USAGE;
}

static int failed(const struct az_error *error)
{
	(void) fprintf(stderr, "azsim hardware: %s\n", error->text);
	return error->status;
}

/* mkdir -p */
static int make_folder(const char *folder, struct az_error *error)
{
	char path[PATH_MAX];
	size_t n = strlen(folder);

	if (n >= sizeof(path)) {
		az_error_set(error, AZ_USAGE, "%s: %s", folder, strerror(ENAMETOOLONG));
		return -ENAMETOOLONG;
	}
	for (size_t i = 1; i <= n; i++) {
		if (folder[i] != '/' && folder[i] != '\0')
			continue;
		memcpy(path, folder, i);
		path[i] = '\0';
		if (mkdir(path, 0755) < 0 && errno != EEXIST) {
			az_error_set(error, AZ_ENVIRONMENT, "%s: %s", path, strerror(errno));
			return -errno;
		}
	}
	return 0;
}

static int header(const struct hardware *h, const char *file)
{
	struct hwdef *def = NULL;
	struct az_error error;
	int r = hwdef_load(file, h->search, &def, &error);

	if (r == 0)
		r = make_folder(h->out, &error);
	if (r == 0)
		r = hwdef_write_headers(def, h->out, &error);
	for (size_t i = 0; r == 0 && hwdef_file(def, i); i++)
		(void) puts(hwdef_file(def, i));
	hwdef_free(def);
	return r < 0 ? failed(&error) : AZ_OK;
}

static int manifest(const struct hardware *h, const char *file)
{
	cleanup_free char *text = NULL, *resolved = NULL;
	struct hwdef *def = NULL;
	struct az_error error;
	size_t length = 0;
	int r = sdk_read_file(file, &text, &length, &error);

	if (r == 0 && h->definition)
		r = hwdef_load(h->definition, h->search, &def, &error);
	if (r == 0)
		r = app_manifest_resolve(file, text, length, def, &resolved, &error);
	if (r == 0)
		r = sdk_write_file(h->out, resolved, strlen(resolved), &error);
	hwdef_free(def);
	return r < 0 ? failed(&error) : AZ_OK;
}

int cmd_hardware(int argc, char **argv)
{
	enum { OPT_SEARCH = 256, OPT_DEFINITION, OPT_OUT };
	static const struct option options[] = {
		{"search", required_argument, NULL, OPT_SEARCH}, {"definition", required_argument, NULL, OPT_DEFINITION},
		{"out", required_argument, NULL, OPT_OUT}, {"help", no_argument, NULL, 'h'}, {0},
	};
	struct hardware h = {.out = NULL};
	char own[PATH_MAX + 64];
	bool is_header;
	int c;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1)
		switch (c) {
		case 'h':
			(void) fputs(help, stdout);
			return AZ_OK;
		case OPT_SEARCH:
			if (h.searches == SEARCH_MAX)
				return bad("too many --search");
			h.search[h.searches++] = optarg;
			break;
		case OPT_DEFINITION:
			h.definition = optarg;
			break;
		case OPT_OUT:
			h.out = optarg;
			break;
		default:
			return bad("unknown option or missing value");
		}
	if (argc - optind != 2)
		return bad("give \"header\" or \"manifest\", and one file");
	is_header = strcmp(argv[optind], "header") == 0;
	if (!is_header && strcmp(argv[optind], "manifest") != 0)
		return bad("give \"header\" or \"manifest\", and one file");
	if (!h.out)
		return bad("--out is missing");
	if (is_header && h.definition)
		return bad("--definition belongs to \"manifest\"");
	/* Beside an installed azsim, else in the source tree that it was built in. */
	(void) snprintf(own, sizeof(own), "%s/../../HardwareDefinitions", cli_home());
	if (access(own, X_OK) < 0)
		(void) snprintf(own, sizeof(own), "%s/../emu-applibs/sdk/HardwareDefinitions", cli_home());
	h.search[h.searches] = own;
	return is_header ? header(&h, argv[optind + 1]) : manifest(&h, argv[optind + 1]);
}
