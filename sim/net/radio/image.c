/* The initial file system of the radio network's guest: see radio.h.
 *
 * The daemons are the host's own. Which libraries they need is asked of the system's own loader, which modules the kernel needs of the
 * modules. The archive is what the kernel calls an initramfs (its Documentation/driver-api/early-userspace/buffer-format.rst).
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "emu-applibs/base/base.h"
#include "sim/net/radio/guest/guest.h"
#include "sim/net/radio/radio.h"

#define LOADER "/lib64/ld-linux-x86-64.so.2"
#define MODULE_MAX (32 * 1024 * 1024)

/* ---- The list ------------------------------------------------------------------------------------------------------------------ */

static bool has(const struct radio_files *files, const char *to)
{
	for (size_t i = 0; i < files->count; i++) {
		if (strcmp(files->list[i].to, to) == 0)
			return true;
	}
	return false;
}

static int add(struct radio_files *files, const char *from, const char *to)
{
	struct radio_file *grown;

	if (has(files, to))
		return 0;
	grown = realloc(files->list, (files->count + 1) * sizeof(*grown));
	if (grown == NULL)
		return -ENOMEM;
	files->list = grown;
	grown[files->count] = (struct radio_file){strdup(from), strdup(to)};
	if (grown[files->count].from == NULL || grown[files->count].to == NULL) {
		free(grown[files->count].from);
		free(grown[files->count].to);
		return -ENOMEM;
	}
	files->count++;
	return 0;
}

void radio_files_clear(struct radio_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		free(files->list[i].from);
		free(files->list[i].to);
	}
	free(files->list);
	*files = (struct radio_files){0};
}

/* Every file of a folder, not below it. */
static int add_folder(struct radio_files *files, const char *from, const char *to)
{
	DIR *dir = opendir(from);
	int r = dir == NULL ? -errno : 0;

	for (struct dirent *e = r == 0 ? readdir(dir) : NULL; e != NULL && r == 0; e = readdir(dir)) {
		cleanup_free char *source = NULL, *target = NULL;
		struct stat st;

		if (asprintf(&source, "%s/%s", from, e->d_name) < 0 || asprintf(&target, "%s/%s", to, e->d_name) < 0)
			r = -ENOMEM;
		else if (stat(source, &st) == 0 && S_ISREG(st.st_mode))
			r = add(files, source, target);
	}
	if (dir != NULL)
		(void) closedir(dir);
	return r;
}

/* ---- Libraries ----------------------------------------------------------------------------------------------------------------- */

/* "	libssl.so.3 => /lib/x86_64-linux-gnu/libssl.so.3 (0x...)" */
static int add_library(struct radio_files *files, const char *line, const char *program, const char *radius_lib,
                       struct az_error *ret_error)
{
	char name[256], path[1024], to[300];

	if (strstr(line, "not found") != NULL) {
		az_error_set(ret_error, AZ_ENVIRONMENT, "%s: a library that it needs is not there: %.200s", program, line);
		return -ENOENT;
	}
	if (sscanf(line, " %255s => %1023s", name, path) != 2 || path[0] != '/' || strncmp(path, radius_lib, strlen(radius_lib)) == 0)
		return 0; /* the loader itself, the kernel's page, or one of FreeRADIUS's own, which are all there */
	(void) snprintf(to, sizeof(to), "/lib/%s", name);
	return add(files, path, to);
}

static int add_libraries(struct radio_files *files, const char *program, const char *radius_lib, struct az_error *ret_error)
{
	cleanup_free char *line = NULL;
	char last[200] = "no answer of " LOADER;
	size_t size = 0;
	int ends[2], status = 0, r = 0;
	pid_t pid;
	FILE *f;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (pid == 0) {
		if (setenv("LD_LIBRARY_PATH", radius_lib, 1) == 0 && unsetenv("LD_PRELOAD") == 0 && dup2(ends[1], STDOUT_FILENO) >= 0 &&
		    dup2(ends[1], STDERR_FILENO) >= 0)
			(void) execl(LOADER, LOADER, "--list", program, (char *) NULL);
		_exit(127);
	}
	(void) close(ends[1]);
	f = pid > 0 ? fdopen(ends[0], "r") : NULL;
	if (f == NULL) {
		r = -errno;
		(void) close(ends[0]);
	}
	while (f != NULL && getline(&line, &size, f) > 0 && r == 0) {
		line[strcspn(line, "\n")] = '\0';
		(void) snprintf(last, sizeof(last), "%.199s", line);
		r = add_library(files, line, program, radius_lib, ret_error);
	}
	if (f != NULL)
		(void) fclose(f);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (r == 0 && status != 0) {
		az_error_set(ret_error, AZ_ENVIRONMENT, "%s: the libraries that it needs cannot be listed: %s", program, last);
		r = -ENOEXEC;
	}
	return r;
}

static int add_program(struct radio_files *files, const char *from, const char *to, const char *radius_lib, struct az_error *ret_error)
{
	int r = add(files, from, to);

	return r == 0 ? add_libraries(files, from, radius_lib, ret_error) : r;
}

static int add_daemons(struct radio_files *files, const struct radio_paths *paths, struct az_error *ret_error)
{
	const struct testnetd_paths *d = &paths->daemons;
	const char *const programs[][2] = {
	        {paths->guest, "/init"},
	        {d->freeradius, GUEST_FREERADIUS},
	        {d->hostapd, GUEST_HOSTAPD},
	        {d->wpa_supplicant, GUEST_WPA_SUPPLICANT},
	        {d->faketime, GUEST_FAKETIME},
	        {d->devclock, GUEST_DEVCLOCK},
	};
	static const char *const modules[] = {"rlm_eap", "rlm_eap_tls", "rlm_always"};
	static const char legacy[] = "/usr/lib/x86_64-linux-gnu/ossl-modules/legacy.so"; /* both supplicant and RADIUS look for it */
	int r = add(files, LOADER, LOADER);

	for (size_t i = 0; i < ARRAY_LEN(programs) && r == 0; i++)
		r = add_program(files, programs[i][0], programs[i][1], d->radius_lib, ret_error);
	if (r == 0)
		r = add(files, d->busybox, GUEST_BUSYBOX); /* it needs no libraries */
	for (size_t i = 0; i < ARRAY_LEN(modules) && r == 0; i++) {
		char path[TESTNETD_PATH_MAX + 32];

		(void) snprintf(path, sizeof(path), "%s/%s.so", d->radius_lib, modules[i]);
		r = add_libraries(files, path, d->radius_lib, ret_error);
	}
	if (r == 0)
		r = add_folder(files, d->radius_lib, GUEST_RADIUS_LIB);
	if (r == 0)
		r = add_folder(files, d->radius_dictionaries, GUEST_RADIUS_SHARE);
	return r == 0 && access(legacy, R_OK) == 0 ? add(files, legacy, legacy) : r;
}

/* ---- Modules ------------------------------------------------------------------------------------------------------------------- */

/* The list behind "depends=" in a module's section .modinfo: names, with commas between them. */
static int module_needs(const char *path, char out[1024])
{
	static const char mark[] = "depends=";
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	const char *map, *at;

	out[0] = '\0';
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (st.st_size <= 0 || st.st_size > MODULE_MAX)
		return -EFBIG;
	map = mmap(NULL, (size_t) st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return -errno;
	at = memmem(map, (size_t) st.st_size, mark, sizeof(mark) - 1);
	if (at != NULL) {
		size_t left = (size_t) st.st_size - (size_t) (at - map) - (sizeof(mark) - 1);

		(void) snprintf(out, 1024, "%.*s", (int) strnlen(at + sizeof(mark) - 1, left), at + sizeof(mark) - 1);
	}
	(void) munmap((void *) (uintptr_t) map, (size_t) st.st_size);
	return at != NULL ? 0 : -ENOEXEC;
}

/* Modules write their names with either line. */
static bool same_name(const char *file, const char *name)
{
	for (; *name != '\0'; file++, name++) {
		if (*file != *name && !((*file == '-' || *file == '_') && (*name == '-' || *name == '_')))
			return false;
	}
	return strcmp(file, ".ko") == 0;
}

static char *find_module(const char *folder, const char *name)
{
	char *const roots[] = {(char *) (uintptr_t) folder, NULL};
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	char *path = NULL;

	for (FTSENT *e = tree != NULL ? fts_read(tree) : NULL; e != NULL && path == NULL; e = fts_read(tree)) {
		if (e->fts_info == FTS_F && same_name(e->fts_name, name))
			path = strdup(e->fts_path);
	}
	if (tree != NULL)
		(void) fts_close(tree);
	return path;
}

static bool packed(const struct radio_files *files, const char *name)
{
	for (size_t i = 0; i < files->count; i++) {
		const char *file = strrchr(files->list[i].to, '/') + 1;

		if (strncmp(files->list[i].to, GUEST_MODULES "/", sizeof(GUEST_MODULES)) == 0 && same_name(file + 3, name))
			return true;
	}
	return false;
}

/* What it needs first. One that is not there may be part of the kernel itself: if not, the guest says which symbol it misses. */
static int add_module(struct radio_files *files, const char *folder, const char *name, unsigned *number, unsigned depth)
{
	cleanup_free char *path = find_module(folder, name);
	char needs[1024], to[300], *save = NULL;
	int r;

	if (path == NULL || packed(files, name))
		return 0;
	r = depth > 16 ? -ELOOP : module_needs(path, needs);
	for (char *need = r == 0 ? strtok_r(needs, ",", &save) : NULL; need != NULL && r == 0; need = strtok_r(NULL, ",", &save))
		r = add_module(files, folder, need, number, depth + 1);
	(void) snprintf(to, sizeof(to), GUEST_MODULES "/%02u-%.200s", *number, strrchr(path, '/') + 1);
	if (r == 0)
		r = add(files, path, to);
	(*number)++;
	return r;
}

static int add_modules(struct radio_files *files, const struct radio_paths *paths, struct az_error *ret_error)
{
	/* Ciphers that mac80211 asks for by name do not stand in its list of needs. */
	static const char *const wanted[] = {"virtio_pci", "virtio_console", "9pnet_virtio", "9p", "ccm", "ctr", "cmac", "gcm",
	                                     "mac80211_hwsim"};
	unsigned number = 0;
	int r = 0;

	for (size_t i = 0; i < ARRAY_LEN(wanted) && r == 0; i++) {
		r = add_module(files, paths->modules, wanted[i], &number, 0);
		if (r < 0)
			az_error_set(ret_error, AZ_ENVIRONMENT, "%s: the module %s: %s", paths->modules, wanted[i], strerror(-r));
	}
	if (r == 0 && !packed(files, "mac80211_hwsim")) {
		az_error_set(ret_error, AZ_ENVIRONMENT, "%s: this kernel has no simulated radios (mac80211_hwsim)", paths->modules);
		r = -ENOENT;
	}
	return r;
}

int radio_collect(const struct radio_paths *paths, struct radio_files *ret_files, struct az_error *ret_error)
{
	int r;

	*ret_files = (struct radio_files){0};
	az_error_set(ret_error, AZ_ENVIRONMENT, "%s", "");
	r = add_modules(ret_files, paths, ret_error);
	if (r == 0)
		r = add_daemons(ret_files, paths, ret_error);
	if (r < 0) {
		radio_files_clear(ret_files);
		if (ret_error->text[0] == '\0')
			az_error_set(ret_error, AZ_ENVIRONMENT, "the files of the radio network's guest cannot be listed: %s", strerror(-r));
	}
	return r;
}

/* ---- The archive --------------------------------------------------------------------------------------------------------------- */

struct archive {
	FILE *f;
	unsigned number;
	size_t length; /* written so far */
};

static void put(struct archive *a, const void *bytes, size_t length)
{
	(void) fwrite(bytes, 1, length, a->f);
	a->length += length;
}

static void pad(struct archive *a)
{
	static const char zeroes[4];

	put(a, zeroes, (4 - a->length % 4) % 4);
}

/* path without its first slash. */
static void put_header(struct archive *a, const char *path, unsigned mode, size_t size)
{
	char header[111];
	int n = snprintf(header, sizeof(header), "070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx%08x", a->number++, mode, 0, 0, 1, 0,
	                 size, 0, 0, 0, 0, strlen(path) + 1, 0);

	put(a, header, (size_t) n);
	put(a, path, strlen(path) + 1);
	pad(a);
}

/* Folders above `to` that no file before it had. */
static void put_folders(struct archive *a, const struct radio_files *files, size_t index)
{
	const char *to = files->list[index].to;

	for (const char *slash = strchr(to + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		size_t length = (size_t) (slash - to);
		cleanup_free char *folder = strndup(to + 1, length - 1);
		bool there = false;

		for (size_t i = 0; i < index && !there; i++)
			there = strncmp(files->list[i].to, to, length + 1) == 0;
		if (!there && folder != NULL)
			put_header(a, folder, S_IFDIR | 0755, 0);
	}
}

static int put_file(struct archive *a, const struct radio_file *file)
{
	cleanup_fd int fd = open(file->from, O_RDONLY | O_CLOEXEC);
	char buffer[65536];
	struct stat st;
	off_t left;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (st.st_size > UINT32_MAX)
		return -EFBIG;
	put_header(a, file->to + 1, S_IFREG | 0755, (size_t) st.st_size);
	for (left = st.st_size; left > 0;) {
		ssize_t n = read(fd, buffer, sizeof(buffer));

		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		n = n > left ? (ssize_t) left : n;
		put(a, buffer, (size_t) n);
		left -= n;
	}
	pad(a);
	return 0;
}

int radio_pack(const struct radio_files *files, struct az_error *ret_error)
{
	cleanup_fd int fd = memfd_create("azsim-guest", MFD_CLOEXEC);
	struct archive a = {.f = fd < 0 ? NULL : fdopen(dup(fd), "w")};
	int r = a.f == NULL ? -errno : 0;
	const char *at = "an unnamed file";

	for (size_t i = 0; i < files->count && r == 0; i++) {
		put_folders(&a, files, i);
		at = files->list[i].from;
		r = put_file(&a, &files->list[i]);
	}
	if (r == 0) {
		/* The kernel takes its messages there, and so do we. */
		static const char *const empty[] = {"proc", "sys", "dev", "run", "tmp"};

		for (size_t i = 0; i < ARRAY_LEN(empty); i++)
			put_header(&a, empty[i], S_IFDIR | 0755, 0);
		put_header(&a, "TRAILER!!!", 0, 0);
	}
	bool failed = a.f != NULL && ferror(a.f) != 0;

	if (a.f != NULL && fclose(a.f) != 0)
		failed = true;
	if (failed && r == 0)
		r = errno != 0 ? -errno : -EIO;
	if (r < 0) {
		az_error_set(ret_error, AZ_ENVIRONMENT, "the guest of the radio network cannot be packed: %s: %s", at, strerror(-r));
		return r;
	}
	return steal_fd(&fd);
}
