/* Reading and writing the small text files of a build; see hwdef.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "sim/sdk/hwdef.h"

#define FILE_MAX_BYTES (1u << 20)

static int read_all(const char *path, char **ret_text, size_t *ret_length)
{
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	cleanup_free char *text = NULL;
	size_t done = 0;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	if (st.st_size > FILE_MAX_BYTES)
		return -EFBIG;
	text = malloc(FILE_MAX_BYTES + 1);
	if (!text)
		return -ENOMEM;
	while (done < FILE_MAX_BYTES) {
		ssize_t n = read(fd, text + done, FILE_MAX_BYTES - done);

		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	text[done] = '\0';
	*ret_text = steal_ptr(&text);
	*ret_length = done;
	return 0;
}

int sdk_read_file(const char *path, char **ret_text, size_t *ret_length, struct az_error *ret_error)
{
	int r = read_all(path, ret_text, ret_length);

	if (r < 0) {
		az_error_set(ret_error, AZ_USAGE, "%s: %s", path, strerror(-r));
		return r;
	}
	if (*ret_length >= 3 && memcmp(*ret_text, "\xef\xbb\xbf", 3) == 0) {
		*ret_length -= 3;
		memmove(*ret_text, *ret_text + 3, *ret_length + 1);
	}
	return 0;
}

int sdk_write_file(const char *path, const char *text, size_t length, struct az_error *ret_error)
{
	cleanup_free char *old = NULL;
	size_t old_length = 0;
	FILE *f;
	int r = 0;

	if (read_all(path, &old, &old_length) == 0 && old_length == length && memcmp(old, text, length) == 0)
		return 0;
	f = fopen(path, "we");
	if (!f) {
		r = -errno;
	} else {
		if (fwrite(text, 1, length, f) != length)
			r = -EIO;
		if (fclose(f) != 0 && r == 0)
			r = -errno;
	}
	if (r < 0)
		az_error_set(ret_error, AZ_ENVIRONMENT, "%s: %s", path, strerror(-r));
	return r;
}
