/* What the files of hwdef share. */
#ifndef SIM_SDK_HWDEF_INTERNAL_H
#define SIM_SDK_HWDEF_INTERNAL_H

#include <stdbool.h>

#include "sim/sdk/hwdef.h"

#define HWDEF_FILES_MAX 32

struct hwdef_file {
	char *path; /* absolute, no links */
	char *stem; /* its name without folder and .json */
	json_t *json; /* checked */
};

struct hwdef {
	struct hwdef_file files[HWDEF_FILES_MAX];
	size_t count;
};

#endif
