/* See workdir.h. */
#define _GNU_SOURCE
#include "sim/cli/workdir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

#include "sim/net/net.h"

int workdir_make(char path[WORKDIR_MAX], struct az_error *ret_error)
{
	const char *base = getenv("TMPDIR");

	if (!base || base[0] != '/' || strlen(base) > 40)
		base = "/tmp";
	(void) snprintf(path, WORKDIR_MAX, "%s/azsim-XXXXXX", base);
	if (mkdtemp(path))
		return 0;
	az_error_set(ret_error, AZ_ENVIRONMENT, "%s: cannot make a folder for the run: %s; TMPDIR chooses another place", base, strerror(errno));
	return -errno;
}

static int copy_file(const char *from, const char *to)
{
	cleanup_fd int in = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW), out = -1;
	char buffer[16384];
	ssize_t n;

	if (in < 0)
		return -errno;
	out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (out < 0)
		return -errno;
	while ((n = read(in, buffer, sizeof(buffer))) > 0)
		if (write(out, buffer, (size_t)n) != n)
			return errno ? -errno : -ENOSPC;
	return n < 0 ? -errno : 0;
}

bool workdir_keep_logs(const char *work, const char *to)
{
	char from[PATH_MAX];
	struct dirent **entries;
	bool any = false;
	int n;

	(void) snprintf(from, sizeof(from), "%s/net", work);
	n = scandir(from, &entries, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		size_t length = strlen(entries[i]->d_name);

		if (length > 4 && strcmp(entries[i]->d_name + length - 4, ".log") == 0) {
			cleanup_free char *source = NULL, *target = NULL;

			(void) mkdir(to, 0755);
			if (asprintf(&source, "%s/%s", from, entries[i]->d_name) > 0 && asprintf(&target, "%s/%s", to, entries[i]->d_name) > 0)
				any |= copy_file(source, target) == 0;
		}
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	return any;
}

int workdir_keep_capture(const char *work, const char *to)
{
	char from[PATH_MAX];

	(void) snprintf(from, sizeof(from), "%s/net/" NET_CAPTURE_FILE, work);
	return access(from, F_OK) < 0 ? 0 : copy_file(from, to);
}
