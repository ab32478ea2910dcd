/* See place.h. */
#define _GNU_SOURCE
#include "sim/dev/place.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>

#define START_ONE "; start one with `azsim dev --app=FOLDER`"

static int folder(char path[PLACE_MAX], struct az_error *ret_error)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR"), *tmp = getenv("TMPDIR");
	int n;

	if (runtime && runtime[0] == '/')
		n = snprintf(path, PLACE_MAX, "%s/azsim", runtime);
	else
		n = snprintf(path, PLACE_MAX, "%s/azsim-%u", tmp && tmp[0] == '/' ? tmp : "/tmp", (unsigned)geteuid());
	if (n < (int)PLACE_MAX)
		return 0;
	az_error_set(ret_error, AZ_ENVIRONMENT, "%s: too long for a socket's folder; set XDG_RUNTIME_DIR to a shorter one, or give --socket",
	             path);
	return -ENAMETOOLONG;
}

/* What another user can write to may hold anything. */
static int check_folder(const char *path, struct az_error *ret_error)
{
	struct stat st;

	if (lstat(path, &st) < 0) {
		int r = -errno;

		az_error_set(ret_error, AZ_ENVIRONMENT, "%s: %s", path, strerror(-r));
		return r;
	}
	if (S_ISDIR(st.st_mode) && st.st_uid == geteuid() && (st.st_mode & 077) == 0)
		return 0;
	az_error_set(ret_error, AZ_ENVIRONMENT, "%s: must be a folder of mode 0700 that belongs to you; remove it, or give --socket", path);
	return -EPERM;
}

int place_own(char path[PLACE_MAX], struct az_error *ret_error)
{
	char dir[PLACE_MAX];
	int r = folder(dir, ret_error);

	if (r < 0)
		return r;
	if (mkdir(dir, 0700) < 0 && errno != EEXIST) {
		r = -errno;
		az_error_set(ret_error, AZ_ENVIRONMENT, "%s: cannot make the folder of the control socket: %s; give --socket", dir, strerror(-r));
		return r;
	}
	r = check_folder(dir, ret_error);
	if (r < 0)
		return r;
	if (snprintf(path, PLACE_MAX, "%s/dev-%d.sock", dir, (int)getpid()) < (int)PLACE_MAX)
		return 0;
	az_error_set(ret_error, AZ_ENVIRONMENT, "%s: too long for a socket's folder; set XDG_RUNTIME_DIR to a shorter one, or give --socket", dir);
	return -ENAMETOOLONG;
}

void place_leave(const char *path)
{
	char dir[PLACE_MAX], *slash;

	(void) snprintf(dir, sizeof(dir), "%s", path);
	slash = strrchr(dir, '/');
	if (slash && slash != dir) {
		*slash = '\0';
		(void) rmdir(dir); /* another azsim dev may be there */
	}
}

int place_connect(const char *path, int *ret_fd)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	cleanup_fd int fd = -1;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	*ret_fd = steal_fd(&fd);
	return 0;
}

static int is_socket_name(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name);

	return strncmp(entry->d_name, "dev-", 4) == 0 && n > 9 && strcmp(entry->d_name + n - 5, ".sock") == 0;
}

int place_find(int *ret_fd, struct az_error *ret_error)
{
	char dir[PLACE_MAX], found[1024] = "";
	struct dirent **entries = NULL;
	cleanup_fd int one = -1;
	int r = folder(dir, ret_error), count = 0, n;

	if (r < 0)
		return r;
	if (access(dir, F_OK) < 0) {
		az_error_set(ret_error, AZ_ENVIRONMENT, "no `azsim dev` is running (nothing in %s)" START_ONE, dir);
		return -ENOENT;
	}
	r = check_folder(dir, ret_error);
	if (r < 0)
		return r;
	n = scandir(dir, &entries, is_socket_name, alphasort);
	for (int i = 0; i < n; i++) {
		char path[PLACE_MAX];
		int fd = -1;

		if (snprintf(path, sizeof(path), "%s/%s", dir, entries[i]->d_name) < (int)sizeof(path) && place_connect(path, &fd) == 0) {
			size_t used = strlen(found);

			(void) snprintf(found + used, sizeof(found) - used, "\n  --socket=%s", path);
			if (count++ == 0)
				one = fd;
			else
				(void) close(fd);
		}
		free(entries[i]);
	}
	free(entries);
	if (count == 0) {
		az_error_set(ret_error, AZ_ENVIRONMENT, "no `azsim dev` is running (nobody answers in %s)" START_ONE, dir);
		return -ENOENT;
	}
	if (count > 1) {
		az_error_set(ret_error, AZ_ENVIRONMENT, "more than one `azsim dev` is running; say which:%s", found);
		return -EEXIST;
	}
	*ret_fd = steal_fd(&one);
	return 0;
}
