/* Where the daemons of the wired network are: see wired.h.
 *
 * A folder of daemons has the shape of Debian's packages, unpacked: usr/sbin/freeradius, usr/lib/freeradius, and so on.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

#include "emu-applibs/base/base.h"
#include "sim/net/wired/wired.h"

#define ENV_DAEMONS "AZSIM_DAEMONS"
#define MAX_ROOTS 3

struct roots {
	char path[MAX_ROOTS][TESTNETD_PATH_MAX]; /* "" is the system's */
	size_t count;
};

struct wanted {
	const char *name, *package; /* for messages */
	const char *const *places;  /* under a root, NULL-terminated */
	bool folder;
};

static const struct wanted freeradius = {"freeradius", "freeradius",
	(const char *const[]){"usr/sbin/freeradius", "usr/sbin/radiusd", NULL}, false};
static const struct wanted radius_lib = {"FreeRADIUS's modules", "freeradius",
	(const char *const[]){"usr/lib/freeradius/rlm_eap.so", "usr/lib64/freeradius/rlm_eap.so", NULL}, true};
static const struct wanted radius_dictionaries = {"FreeRADIUS's dictionaries", "freeradius-common",
	(const char *const[]){"usr/share/freeradius/dictionary", NULL}, true};
static const struct wanted hostapd = {"hostapd", "hostapd",
	(const char *const[]){"usr/sbin/hostapd", "sbin/hostapd", NULL}, false};
static const struct wanted wpa_supplicant = {"wpa_supplicant", "wpasupplicant",
	(const char *const[]){"sbin/wpa_supplicant", "usr/sbin/wpa_supplicant", NULL}, false};
static const struct wanted faketime = {"libfaketimeMT.so.1", "libfaketime",
	(const char *const[]){"usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
	                      "usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1", "usr/lib/faketime/libfaketimeMT.so.1",
	                      "usr/lib64/faketime/libfaketimeMT.so.1", NULL}, false};

static void add_root(struct roots *roots, const char *path)
{
	(void) snprintf(roots->path[roots->count++], TESTNETD_PATH_MAX, "%s", path);
}

/* <folder of this program>/daemons; "" when that cannot be known. */
static void beside_program(char out[TESTNETD_PATH_MAX])
{
	char program[TESTNETD_PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", program, sizeof(program) - 1);
	char *slash;

	out[0] = '\0';
	if (n <= 0 || (size_t) n >= sizeof(program) - 1)
		return;
	program[n] = '\0';
	slash = strrchr(program, '/');
	if (slash == NULL)
		return;
	*slash = '\0';
	if ((size_t) snprintf(out, TESTNETD_PATH_MAX, "%s/daemons", program) >= TESTNETD_PATH_MAX)
		out[0] = '\0';
}

static int choose_roots(struct roots *roots, struct az_error *ret_error)
{
	const char *chosen = getenv(ENV_DAEMONS);
	char path[PATH_MAX];

	roots->count = 0;
	if (chosen == NULL || chosen[0] == '\0') {
		beside_program(path);
		if (path[0] != '\0')
			add_root(roots, path);
		add_root(roots, "");
		return 0;
	}
	if (realpath(chosen, path) == NULL || strlen(path) >= TESTNETD_PATH_MAX) {
		az_error_set(ret_error, AZ_ENVIRONMENT, ENV_DAEMONS "=%s: %s", chosen, strerror(errno));
		return -ENOENT;
	}
	add_root(roots, path);
	return 0;
}

static bool there(const struct wanted *wanted, const char *root, char out[TESTNETD_PATH_MAX])
{
	for (const char *const *place = wanted->places; *place != NULL; place++) {
		struct stat st;

		if ((size_t) snprintf(out, TESTNETD_PATH_MAX, "%s/%s", root, *place) >= TESTNETD_PATH_MAX)
			continue;
		if (stat(out, &st) < 0 || !S_ISREG(st.st_mode) || access(out, R_OK) < 0)
			continue;
		if (wanted->folder)
			*strrchr(out, '/') = '\0';
		return true;
	}
	return false;
}

static int missing(const struct wanted *wanted, const struct roots *roots, struct az_error *ret_error)
{
	az_error_set(ret_error, AZ_ENVIRONMENT, "the wired network needs %s (Debian: package %s); looked for %s in:",
	             wanted->name, wanted->package, wanted->places[0]);
	for (size_t i = 0; i < roots->count; i++)
		az_error_append(ret_error, "  %s/", roots->path[i]);
	az_error_append(ret_error, "Unpack the packages there with `dpkg-deb -x`, install them, or set " ENV_DAEMONS
	                           " to the folder they are unpacked in.");
	return -ENOENT;
}

static int find(const struct wanted *wanted, const struct roots *roots, char out[TESTNETD_PATH_MAX],
                struct az_error *ret_error)
{
	for (size_t i = 0; i < roots->count; i++) {
		if (there(wanted, roots->path[i], out))
			return 0;
	}
	return missing(wanted, roots, ret_error);
}

/* FreeRADIUS's program, modules and dictionaries must be of one version: all from one root. */
static int find_radius(const struct roots *roots, struct testnetd_paths *paths, struct az_error *ret_error)
{
	for (size_t i = 0; i < roots->count; i++) {
		struct roots one = {.count = 0};

		if (!there(&freeradius, roots->path[i], paths->freeradius))
			continue;
		add_root(&one, roots->path[i]);
		if (find(&radius_lib, &one, paths->radius_lib, ret_error) < 0)
			return -ENOENT;
		return find(&radius_dictionaries, &one, paths->radius_dictionaries, ret_error);
	}
	return missing(&freeradius, roots, ret_error);
}

int wired_find(struct testnetd_paths *ret_paths, struct az_error *ret_error)
{
	struct testnetd_paths paths;
	struct roots roots;
	int r = choose_roots(&roots, ret_error);

	if (r == 0)
		r = find_radius(&roots, &paths, ret_error);
	if (r == 0)
		r = find(&hostapd, &roots, paths.hostapd, ret_error);
	if (r == 0)
		r = find(&wpa_supplicant, &roots, paths.wpa_supplicant, ret_error);
	if (r < 0)
		return r;
	/* The library belongs to the system's C library, wherever the daemons are. */
	if (roots.path[roots.count - 1][0] != '\0')
		add_root(&roots, "");
	r = find(&faketime, &roots, paths.faketime, ret_error);
	if (r == 0)
		*ret_paths = paths;
	return r;
}
