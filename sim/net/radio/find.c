/* Where the parts of the radio network are: see radio.h.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>

#include "emu-applibs/base/base.h"
#include "sim/net/radio/radio.h"
#include "sim/net/wired/wired.h"

#define ENV_RADIO "AZSIM_RADIO"
#define ENV_STATE "AZSIM_RADIO_STATE"
#define ENV_KVM "AZSIM_RADIO_KVM"
#define QEMU "qemu-system-x86_64"
#define GUEST "testnetd-guest"
#define DEVCLOCK "libdevclock.so"

/* Folder of this program, without a slash at its end. False when that cannot be known. */
static bool program_folder(char out[TESTNETD_PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", out, TESTNETD_PATH_MAX - 1);
	char *slash;

	if (n <= 0 || n >= TESTNETD_PATH_MAX - 1)
		return false;
	out[n] = '\0';
	slash = strrchr(out, '/');
	*slash = '\0';
	return true;
}

static bool fits(int n, size_t size)
{
	return n >= 0 && (size_t) n < size;
}

static int find_qemu(struct radio_paths *paths, struct az_error *ret_error)
{
	const char *path = getenv("PATH");
	cleanup_free char *copy = strdup(path != NULL ? path : "/usr/local/bin:/usr/bin:/bin");
	char *save = NULL;

	for (char *dir = copy != NULL ? strtok_r(copy, ":", &save) : NULL; dir != NULL; dir = strtok_r(NULL, ":", &save)) {
		if (dir[0] == '/' && fits(snprintf(paths->qemu, sizeof(paths->qemu), "%s/" QEMU, dir), sizeof(paths->qemu)) &&
		    access(paths->qemu, X_OK) == 0)
			return 0;
	}
	az_error_set(ret_error, AZ_ENVIRONMENT, "the radio network needs " QEMU ", which is not in PATH\n"
	                                        "Debian: apt-get install --no-install-recommends qemu-system-x86");
	return -ENOENT;
}

/* The first file of that pattern, in the order of their names from behind: the newest kernel. */
static bool newest(const char *pattern, char out[TESTNETD_PATH_MAX])
{
	glob_t found;
	bool ok = false;

	if (glob(pattern, 0, NULL, &found) != 0)
		return false;
	if (found.gl_pathc > 0)
		ok = fits(snprintf(out, TESTNETD_PATH_MAX, "%s", found.gl_pathv[found.gl_pathc - 1]), TESTNETD_PATH_MAX);
	globfree(&found);
	return ok;
}

static int find_kernel(struct radio_paths *paths, const char *program, struct az_error *ret_error)
{
	const char *chosen = getenv(ENV_RADIO), *version;
	char folder[TESTNETD_PATH_MAX - 128], pattern[TESTNETD_PATH_MAX];
	bool named = chosen != NULL && chosen[0] != '\0';
	bool ok = fits(named ? snprintf(folder, sizeof(folder), "%s", chosen) : snprintf(folder, sizeof(folder), "%s/radio", program),
	               sizeof(folder));

	(void) snprintf(pattern, sizeof(pattern), "%s/kernel/boot/vmlinuz-*", folder);
	if (ok && newest(pattern, paths->kernel)) {
		version = strstr(strrchr(paths->kernel, '/'), "vmlinuz-") + strlen("vmlinuz-");
		ok = fits(snprintf(paths->modules, sizeof(paths->modules), "%s/kernel/lib/modules/%.100s", folder, version),
		          sizeof(paths->modules));
		if (ok && access(paths->modules, R_OK | X_OK) == 0)
			return 0;
	}
	az_error_set(ret_error, AZ_ENVIRONMENT, "the radio network needs the kernel of its guest, which is not in %s/kernel%s\n"
	             "Debian: sim/setup/radio.sh %s/kernel (fetches a package and unpacks it there; installs nothing), or set "
	             ENV_RADIO " to the folder that holds `kernel`.",
	             folder, named ? " (" ENV_RADIO ")" : "", folder);
	return -ENOENT;
}

/* DHCP's server and client, beside the kernel. */
static int find_busybox(struct radio_paths *paths, struct az_error *ret_error)
{
	const char *end = strstr(paths->kernel, "/boot/vmlinuz-");

	if (end != NULL && fits(snprintf(paths->daemons.busybox, sizeof(paths->daemons.busybox), "%.*s/bin/busybox", (int) (end - paths->kernel), paths->kernel),
	                        sizeof(paths->daemons.busybox)) && access(paths->daemons.busybox, X_OK) == 0)
		return 0;
	az_error_set(ret_error, AZ_ENVIRONMENT, "the radio network needs busybox for DHCP, which is not at %s\n"
	             "Debian: sim/setup/radio.sh %.*s (fetches packages and unpacks them there; installs nothing)",
	             paths->daemons.busybox, end != NULL ? (int) (end - paths->kernel) : 0, paths->kernel);
	return -ENOENT;
}

/* Beside this program, or above it: test programs are in a folder of their own. */
static int find_beside(const char *program, const char *name, char out[TESTNETD_PATH_MAX], struct az_error *ret_error)
{
	static const char *const places[] = {"", "/.."};

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		char path[TESTNETD_PATH_MAX], real[PATH_MAX];
		int n = snprintf(path, sizeof(path), "%s%s/%s", program, places[i], name);

		if (fits(n, sizeof(path)) && realpath(path, real) != NULL && access(real, R_OK) == 0 &&
		    fits(snprintf(out, TESTNETD_PATH_MAX, "%s", real), TESTNETD_PATH_MAX))
			return 0;
	}
	az_error_set(ret_error, AZ_ENVIRONMENT, "the radio network needs %s/%s; `make` builds it", program, name);
	return -ENOENT;
}

/* Beside the kernel, where that may be written: an installed azsim's is not. */
static int find_state(struct radio_paths *paths, struct az_error *ret_error)
{
	const char *chosen = getenv(ENV_STATE), *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	const char *end = strstr(paths->kernel, "/kernel/boot/vmlinuz-");
	cleanup_free char *folder = end != NULL ? strndup(paths->kernel, (size_t) (end - paths->kernel)) : NULL;
	int n;

	if (chosen != NULL && chosen[0] != '\0')
		n = snprintf(paths->state, sizeof(paths->state), "%s", chosen);
	else if (folder != NULL && access(folder, W_OK | X_OK) == 0)
		n = snprintf(paths->state, sizeof(paths->state), "%s/state", folder);
	else if (cache != NULL && cache[0] == '/')
		n = snprintf(paths->state, sizeof(paths->state), "%s/azsim", cache);
	else if (home != NULL && home[0] == '/')
		n = snprintf(paths->state, sizeof(paths->state), "%s/.cache/azsim", home);
	else
		n = snprintf(paths->state, sizeof(paths->state), "/tmp/azsim-%u", (unsigned) geteuid());
	if (fits(n, sizeof(paths->state)))
		return 0;
	az_error_set(ret_error, AZ_ENVIRONMENT, "the path of the folder for the saved guest is too long; " ENV_STATE " chooses another");
	return -ENAMETOOLONG;
}

static int find_kvm(struct radio_paths *paths, struct az_error *ret_error)
{
	const char *chosen = getenv(ENV_KVM);
	bool unwanted = chosen != NULL && strcmp(chosen, "no") == 0;

	if (fits(snprintf(paths->kvm, sizeof(paths->kvm), "%s", unwanted ? "" : chosen != NULL && chosen[0] == '/' ? chosen : "/dev/kvm"),
	         sizeof(paths->kvm)))
		return 0;
	az_error_set(ret_error, AZ_ENVIRONMENT, ENV_KVM ": the path is too long");
	return -ENAMETOOLONG;
}

int radio_find(struct radio_paths *ret_paths, struct az_error *ret_error)
{
	char program[TESTNETD_PATH_MAX];
	int r;

	memset(ret_paths, 0, sizeof(*ret_paths));
	if (!program_folder(program)) {
		az_error_set(ret_error, AZ_ENVIRONMENT, "the folder of this program cannot be found");
		return -ENOENT;
	}
	r = find_qemu(ret_paths, ret_error);
	if (r == 0)
		r = find_kernel(ret_paths, program, ret_error);
	if (r == 0)
		r = find_beside(program, GUEST, ret_paths->guest, ret_error);
	if (r == 0)
		r = wired_find(&ret_paths->daemons, ret_error);
	if (r == 0)
		r = find_busybox(ret_paths, ret_error);
	if (r == 0)
		r = find_beside(program, DEVCLOCK, ret_paths->daemons.devclock, ret_error);
	if (r == 0)
		r = find_kvm(ret_paths, ret_error);
	return r == 0 ? find_state(ret_paths, ret_error) : r;
}
