/* See package.h. */
#define _GNU_SOURCE
#include "sim/app/package.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

#define MANIFEST_NAME "app_manifest.json"
#define MANIFEST_MAX 65536
#define LAYOUT_DEPTH_MAX 8
#define LAYOUT_FILES_MAX 1000
#define SEARCH_DEPTH_MAX 5
#define SEARCH_FOLDERS_MAX 5000
#define FOUND_MAX 8

/* "folder/name" into ret; false when it does not fit. */
static bool join(char ret[PATH_MAX], const char *folder, const char *name)
{
	return snprintf(ret, PATH_MAX, "%s/%s", folder, name) < PATH_MAX;
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool has(const char *folder, const char *name)
{
	char path[PATH_MAX];

	return join(path, folder, name) && access(path, R_OK) == 0;
}

static bool is_package(const char *folder)
{
	return has(folder, MANIFEST_NAME) && has(folder, "bin/app");
}

/* ---- Finding ------------------------------------------------------------------------------------------------------------- */

struct search {
	char *found[FOUND_MAX];
	size_t count, folders;
};

/* Hidden folders and CMake's own hold no packages; links lead elsewhere. */
static void search_below(struct search *s, const char *folder, int depth)
{
	DIR *dir = depth < SEARCH_DEPTH_MAX && s->folders++ < SEARCH_FOLDERS_MAX ? opendir(folder) : NULL;
	struct dirent *entry;

	while (dir && (entry = readdir(dir)) && s->count < FOUND_MAX) {
		char path[PATH_MAX];
		struct stat st;

		if (entry->d_name[0] == '.' || strcmp(entry->d_name, "CMakeFiles") == 0 || !join(path, folder, entry->d_name) ||
		    lstat(path, &st) < 0 || !S_ISDIR(st.st_mode))
			continue;
		if (is_package(path))
			s->found[s->count++] = strdup(path);
		else
			search_below(s, path, depth + 1);
	}
	if (dir)
		(void) closedir(dir);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The one package below `folder`, as an absolute path of the caller's. */
static int find_below(const char *folder, const char *path, char **ret, struct az_error *ret_error)
{
	struct search s = {.count = 0};
	int r = 0;

	search_below(&s, folder, 0);
	if (s.count == 1) {
		*ret = s.found[0];
		return 0;
	}
	r = s.count ? -EEXIST : -ENOENT;
	if (s.count) {
		qsort(s.found, s.count, sizeof(s.found[0]), by_name);
		az_error_set(ret_error, AZ_USAGE, "application %s: there are several image packages below it; give one of them:", path);
		for (size_t i = 0; i < s.count; i++)
			az_error_append(ret_error, "  %s", s.found[i]);
	} else {
		az_error_set(ret_error, AZ_USAGE, "application %s: no image package there or below: that is a folder with "
		             MANIFEST_NAME " and bin/app, which is the manifest's EntryPoint", path);
	}
	for (size_t i = 0; i < s.count; i++)
		free(s.found[i]);
	return r;
}

static void parent(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash && slash != path)
		*slash = '\0';
}

static int find_folder(const char *real, const char *path, struct app_package *ret, struct az_error *ret_error)
{
	char executable[PATH_MAX];
	int r = 0;

	if (is_package(real))
		ret->folder = strdup(real);
	else
		r = find_below(real, path, &ret->folder, ret_error);
	if (r < 0)
		return r;
	if (!ret->folder || !join(executable, ret->folder, "bin/app"))
		return -ENOMEM;
	ret->executable = strdup(executable);
	ret->whole = true;
	return 0;
}

/* The manifest's folder: the executable's, the one above, or approot/ beside it, where an image package is put together. */
static bool find_manifest(const char *executable, char folder[PATH_MAX])
{
	char approot[PATH_MAX];

	(void) snprintf(folder, PATH_MAX, "%s", executable);
	parent(folder);
	if (has(folder, MANIFEST_NAME))
		return true;
	if (join(approot, folder, "approot") && has(approot, MANIFEST_NAME)) {
		(void) snprintf(folder, PATH_MAX, "%s", approot);
		return true;
	}
	parent(folder);
	return has(folder, MANIFEST_NAME);
}

static int find_executable(const char *real, const char *path, struct app_package *ret, struct az_error *ret_error)
{
	char folder[PATH_MAX], package[PATH_MAX];

	if (!find_manifest(real, folder)) {
		az_error_set(ret_error, AZ_USAGE, "application %s: no " MANIFEST_NAME " in its folder, the one above or approot/ beside it; an "
		             "Azure Sphere application needs one", path);
		return -ENOENT;
	}
	ret->executable = strdup(real);
	ret->folder = strdup(folder);
	ret->whole = join(package, folder, "bin/app") && strcmp(package, real) == 0;
	return 0;
}

static int read_manifest(struct app_package *package, const char *path, struct az_error *ret_error)
{
	char name[PATH_MAX];
	cleanup_fd int fd = -1;
	ssize_t n = -1;
	int r = -ENAMETOOLONG;

	package->manifest = malloc(MANIFEST_MAX + 1);
	if (!package->manifest)
		return -ENOMEM;
	if (join(name, package->folder, MANIFEST_NAME)) {
		fd = open(name, O_RDONLY | O_CLOEXEC);
		n = fd < 0 ? -1 : read(fd, package->manifest, MANIFEST_MAX + 1);
		r = n < 0 ? -errno : n > MANIFEST_MAX ? -EFBIG : 0;
	}
	if (r < 0) {
		az_error_set(ret_error, AZ_USAGE, "application %s: %s: %s", path, name, strerror(-r));
		return r;
	}
	if (n >= 3 && memcmp(package->manifest, "\xef\xbb\xbf", 3) == 0) {
		n -= 3;
		memmove(package->manifest, package->manifest + 3, (size_t)n);
	}
	package->manifest[n] = '\0';
	package->manifest_length = (size_t)n;
	return 0;
}

int app_package_find(const char *path, struct app_package *ret, struct az_error *ret_error)
{
	cleanup_free char *real = realpath(path, NULL);
	int r;

	memset(ret, 0, sizeof(*ret));
	if (!real) {
		az_error_set(ret_error, AZ_USAGE, "application %s: %s; give the folder of its image package or of its build, or its "
		             "executable", path, strerror(errno));
		return -ENOENT;
	}
	ret_error->text[0] = '\0';
	r = is_folder(real) ? find_folder(real, path, ret, ret_error) : find_executable(real, path, ret, ret_error);
	if (r == 0 && (!ret->folder || !ret->executable))
		r = -ENOMEM;
	if (r == 0 && access(ret->executable, X_OK) < 0) {
		r = -errno;
		az_error_set(ret_error, AZ_USAGE, "application %s: %s: %s", path, ret->executable,
		             r == -EACCES ? "not executable" : strerror(-r));
	}
	if (r == 0)
		r = app_machine_of(ret->executable, &ret->machine, ret_error);
	if (r == 0)
		r = read_manifest(ret, path, ret_error);
	if (r == -ENOMEM && ret_error->text[0] == '\0')
		az_error_set(ret_error, AZ_ENVIRONMENT, "application %s: out of memory", path);
	if (r < 0)
		app_package_clear(ret);
	return r;
}

void app_package_clear(struct app_package *package)
{
	free(package->folder);
	free(package->executable);
	free(package->manifest);
	memset(package, 0, sizeof(*package));
}

/* ---- Laying out ---------------------------------------------------------------------------------------------------------- */

static int make_folder(const char *path)
{
	return mkdir(path, 0700) < 0 && errno != EEXIST ? -errno : 0;
}

static int link_one(const char *from, const char *to)
{
	return symlink(from, to) < 0 && errno != EEXIST ? -errno : 0;
}

static int link_tree(const char *from, const char *to, int depth, unsigned *files)
{
	DIR *dir = opendir(from);
	struct dirent *entry;
	int r = dir ? make_folder(to) : -errno;

	while (r == 0 && (entry = readdir(dir))) {
		char a[PATH_MAX], b[PATH_MAX];
		struct stat st;

		if (entry->d_name[0] == '.')
			continue;
		if (!join(a, from, entry->d_name) || !join(b, to, entry->d_name))
			r = -ENAMETOOLONG;
		else if (stat(a, &st) < 0)
			r = -errno;
		else if (++*files > LAYOUT_FILES_MAX || depth > LAYOUT_DEPTH_MAX)
			r = -E2BIG;
		else
			r = S_ISDIR(st.st_mode) ? link_tree(a, b, depth + 1, files) : link_one(a, b);
	}
	if (dir)
		(void) closedir(dir);
	return r;
}

/* Of a folder that is more than an image package: what belongs to one, so that a large build folder is not brought along. */
static int link_parts(const struct app_package *package, const char *folder, unsigned *files)
{
	static const char *const parts[] = {MANIFEST_NAME, "certs", "resources"};
	char from[PATH_MAX], to[PATH_MAX];
	int r = make_folder(folder);

	for (size_t i = 0; r == 0 && i < ARRAY_LEN(parts); i++) {
		if (!join(from, package->folder, parts[i]) || !join(to, folder, parts[i]))
			return -ENAMETOOLONG;
		if (access(from, F_OK) == 0)
			r = is_folder(from) ? link_tree(from, to, 0, files) : link_one(from, to);
	}
	if (r == 0)
		r = join(to, folder, "bin") ? make_folder(to) : -ENAMETOOLONG;
	if (r == 0)
		r = join(to, folder, "bin/app") ? link_one(package->executable, to) : -ENAMETOOLONG;
	return r;
}

static int write_file(const char *path, const char *text)
{
	cleanup_fd int fd = -1;

	(void) unlink(path); /* a link into the package, whose file stays as it is */
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	for (size_t done = 0, n = strlen(text); done < n;) {
		ssize_t w = write(fd, text + done, n - done);

		if (w <= 0)
			return w < 0 ? -errno : -EIO;
		done += (size_t)w;
	}
	return close(steal_fd(&fd)) < 0 ? -errno : 0;
}

static int lay_over(const char *folder, const struct app_overlay *overlay)
{
	char path[PATH_MAX];
	int r = 0;

	if (!join(path, folder, overlay->path))
		return -ENAMETOOLONG;
	for (char *slash = strchr(path + strlen(folder) + 1, '/'); r == 0 && slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		r = make_folder(path);
		*slash = '/';
	}
	return r < 0 ? r : write_file(path, overlay->text);
}

int app_package_lay_out(const struct app_package *package, const char *folder, const struct app_overlay *overlays,
                        size_t overlay_count, struct az_error *ret_error)
{
	unsigned files = 0;
	int r = package->whole ? link_tree(package->folder, folder, 0, &files) : link_parts(package, folder, &files);

	if (r == -E2BIG)
		az_error_set(ret_error, AZ_USAGE, "image package %s: more than %d files, or folders in each other deeper than %d",
		             package->folder, LAYOUT_FILES_MAX, LAYOUT_DEPTH_MAX);
	else if (r < 0)
		az_error_set(ret_error, AZ_ENVIRONMENT, "image package %s: %s", package->folder, strerror(-r));
	for (size_t i = 0; r == 0 && i < overlay_count; i++) {
		r = lay_over(folder, &overlays[i]);
		if (r < 0)
			az_error_set(ret_error, AZ_ENVIRONMENT, "image package %s: %s: %s", package->folder, overlays[i].path, strerror(-r));
	}
	return r;
}
