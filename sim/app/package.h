/* Image packages: the folder of an application as its build lays it out, and the approot/ of a run made from it. */
#ifndef SIM_APP_PACKAGE_H
#define SIM_APP_PACKAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/app/machine.h"
#include "sim/util/error.h"

/* An image package as found on disk. */
struct app_package {
	char *folder;     /* holds app_manifest.json */
	char *executable; /* absolute path */
	enum app_machine machine; /* of the executable */
	bool whole;       /* the folder is an image package and nothing else */
	char *manifest;   /* JSON text, without a byte order mark */
	size_t manifest_length;
};

/* path: an image package (a folder with app_manifest.json and bin/app); or a folder with exactly one of these below it, as the
 * build folder of an application is; or an executable with app_manifest.json beside it or one folder up.
 * 0 or negative errno and *ret_error. */
int app_package_find(const char *path, struct app_package *ret, struct az_error *ret_error);
void app_package_clear(struct app_package *package);

/* A file that the world puts into the image package, in place of its own if it has one. */
struct app_overlay {
	const char *path; /* below the package's folder: "certs/issuer-ca.pem"; no "..", not absolute */
	char *text;       /* the caller's; not changed */
};

/* Makes `folder` (which may exist, empty) an image package of links into `package`, with the overlays on top.
 * 0 or negative errno and *ret_error. */
int app_package_lay_out(const struct app_package *package, const char *folder, const struct app_overlay *overlays,
                        size_t overlay_count, struct az_error *ret_error);

#endif
