/* The saved guest: see radio.h.
 *
 * Its name is a digest of what it is made of at first hand: emulator and how it is called, kernel, our program, the daemons. Beside it
 * lies the list of all files that were packed into it, libraries included, each with its size and time of change. One saved guest is a
 * hundred megabytes and more; those that nobody has used for some days go when a new one comes.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#include "emu-applibs/base/base.h"
#include "sim/net/radio/radio.h"

#define UNUSED_DAYS 3

char *radio_describe_file(const char *path)
{
	struct stat st;
	char *line = NULL;

	if (stat(path, &st) < 0)
		memset(&st, 0, sizeof(st));
	if (asprintf(&line, "%jd %jd.%09ld %s\n", (intmax_t) st.st_size, (intmax_t) st.st_mtim.tv_sec, st.st_mtim.tv_nsec, path) < 0)
		return NULL;
	return line;
}

static int name_of(const struct radio_paths *paths, char out[33])
{
	const char *const parts[] = {paths->qemu, paths->kernel, paths->guest, paths->daemons.freeradius, paths->daemons.hostapd,
	                             paths->daemons.wpa_supplicant, paths->daemons.faketime, paths->daemons.busybox};
	const char *signature = radio_qemu_signature(paths);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char digest[EVP_MAX_MD_SIZE];
	int ok = ctx != NULL && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) == 1 &&
	         EVP_DigestUpdate(ctx, signature, strlen(signature)) == 1;

	for (size_t i = 0; i < ARRAY_LEN(parts) && ok; i++) {
		cleanup_free char *line = radio_describe_file(parts[i]);

		ok = line != NULL && EVP_DigestUpdate(ctx, line, strlen(line)) == 1;
	}
	ok = ok && EVP_DigestFinal_ex(ctx, digest, NULL) == 1;
	EVP_MD_CTX_free(ctx);
	for (size_t i = 0; i < 16 && ok; i++)
		(void) snprintf(out + 2 * i, 3, "%02x", digest[i]);
	return ok ? 0 : -ENOMEM;
}

/* Nothing of what was packed has changed since. */
static bool unchanged(const struct radio_state *state)
{
	cleanup_free char *path = NULL, *line = NULL;
	size_t size = 0;
	bool ok = false;
	FILE *f;

	if (asprintf(&path, "%s.files", state->path) < 0)
		return false;
	f = fopen(path, "re");
	if (f == NULL)
		return false;
	for (ssize_t n = getline(&line, &size, f); n > 0; n = getline(&line, &size, f)) {
		char *first = strchr(line, ' '), *second = first != NULL ? strchr(first + 1, ' ') : NULL;
		cleanup_free char *now = NULL;

		if (second == NULL || line[n - 1] != '\n')
			break;
		line[n - 1] = '\0';
		now = radio_describe_file(second + 1);
		line[n - 1] = '\n';
		ok = now != NULL && strcmp(now, line) == 0;
		if (!ok)
			break;
	}
	(void) fclose(f);
	return ok;
}

int radio_make_folders(const char *path)
{
	cleanup_free char *copy = strdup(path);

	if (copy == NULL)
		return -ENOMEM;
	for (char *slash = strchr(copy + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void) mkdir(copy, 0755);
		*slash = '/';
	}
	return mkdir(copy, 0700) == 0 || errno == EEXIST ? 0 : -errno;
}

int radio_state_open(const struct radio_paths *paths, struct radio_state *ret_state, int *ret_fd, struct az_error *ret_error)
{
	struct radio_state state = {.lock = -1};
	char lock[TESTNETD_PATH_MAX + 16], name[33];
	int r = radio_make_folders(paths->state);

	*ret_fd = -1;
	(void) snprintf(lock, sizeof(lock), "%s/lock", paths->state);
	if (r == 0)
		r = name_of(paths, name);
	if (r == 0) {
		(void) snprintf(state.path, sizeof(state.path), "%s/guest-%s", paths->state, name);
		state.lock = open(lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
		r = state.lock < 0 ? -errno : 0;
	}
	/* Who comes second waits for the guest that the first one boots; EINTR: somebody wants us to stop. */
	if (r == 0 && flock(state.lock, LOCK_EX) < 0)
		r = -errno;
	if (r < 0) {
		az_error_set(ret_error, r == -EINTR ? AZ_INTERRUPTED : AZ_ENVIRONMENT, "%s: %s", paths->state, strerror(-r));
		radio_state_close(&state);
		return r;
	}
	if (unchanged(&state)) {
		*ret_fd = open(state.path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
		(void) utimensat(AT_FDCWD, state.path, NULL, 0);
	}
	*ret_state = state;
	return 0;
}

int radio_state_create(const struct radio_state *state)
{
	cleanup_free char *path = NULL;
	int fd;

	if (asprintf(&path, "%s.new", state->path) < 0)
		return -ENOMEM;
	(void) unlink(path);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return fd < 0 ? -errno : fd;
}

static int write_list(const struct radio_state *state, const struct radio_files *files)
{
	cleanup_free char *path = NULL;
	int failed;
	FILE *f;

	if (asprintf(&path, "%s.files", state->path) < 0)
		return -ENOMEM;
	(void) unlink(path);
	f = fopen(path, "wxe");
	if (f == NULL)
		return -errno;
	for (size_t i = 0; i < files->count; i++) {
		cleanup_free char *line = radio_describe_file(files->list[i].from);

		if (line != NULL)
			(void) fputs(line, f);
	}
	failed = ferror(f);
	return (fclose(f) != 0) | failed ? -EIO : 0;
}

/* Others, made of something else, that were not used for some days: and what an interrupted save left. */
static void remove_old(const struct radio_state *state)
{
	cleanup_free char *folder = strdup(state->path);
	const char *own = strrchr(state->path, '/') + 1;
	DIR *dir;

	if (folder == NULL)
		return;
	*strrchr(folder, '/') = '\0';
	dir = opendir(folder);
	for (struct dirent *e = dir != NULL ? readdir(dir) : NULL; e != NULL; e = readdir(dir)) {
		struct stat st;

		if (strncmp(e->d_name, "guest-", 6) == 0 && strncmp(e->d_name, own, strlen(own)) != 0 &&
		    fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_mtime < time(NULL) - UNUSED_DAYS * 86400)
			(void) unlinkat(dirfd(dir), e->d_name, 0);
	}
	if (dir != NULL)
		(void) closedir(dir);
}

int radio_state_keep(const struct radio_state *state, int fd, const struct radio_files *files)
{
	cleanup_free char *path = NULL;
	struct stat st;
	int r;

	if (asprintf(&path, "%s.new", state->path) < 0)
		return -ENOMEM;
	r = fstat(fd, &st) < 0 ? -errno : st.st_size == 0 ? -EIO : write_list(state, files);
	if (r == 0 && rename(path, state->path) < 0)
		r = -errno;
	remove_old(state);
	return r;
}

void radio_state_drop(const struct radio_state *state)
{
	cleanup_free char *path = NULL;

	if (asprintf(&path, "%s.new", state->path) >= 0)
		(void) unlink(path);
}

void radio_state_close(struct radio_state *state)
{
	if (state->lock >= 0)
		(void) close(steal_fd(&state->lock));
}
