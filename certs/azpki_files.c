/* Files of azpki: reading them, and writing them so that nobody sees half of one or a key that is not his. */
#define _GNU_SOURCE
#include "certs/azpki.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>

#include <openssl/crypto.h>

#include "certs/pki_internal.h"

#define PASSWORD_MAX 1024 /* what OpenSSL takes for a PEM key */

int azpki_say(enum azpki_status status, const char *format, ...)
{
	va_list args;

	(void) fputs("azpki: ", stderr);
	va_start(args, format);
	(void) vfprintf(stderr, format, args);
	va_end(args);
	(void) fputc('\n', stderr);
	return status;
}

enum azpki_status azpki_status_of(int r)
{
	return r == -EINVAL ? AZPKI_USAGE : AZPKI_ENVIRONMENT;
}

void azpki_wipe(char *text)
{
	if (!text)
		return;
	OPENSSL_cleanse(text, strlen(text));
	free(text);
}

/* ---- Reading ------------------------------------------------------------------------------------------------------- */

/* A name that does not exist is the user's mistake; all else is the machine's. */
static int cannot(const char *what, const char *path, int e)
{
	return azpki_say(e == ENOENT || e == EISDIR || e == ENOTDIR || e == EEXIST ? AZPKI_USAGE : AZPKI_ENVIRONMENT, "%s: cannot %s: %s",
	                 path, what, strerror(e));
}

static ssize_t read_all(int fd, char *buffer, size_t size)
{
	size_t length = 0;

	while (length < size) {
		ssize_t n = read(fd, buffer + length, size - length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		length += (size_t)n;
	}
	return (ssize_t)length;
}

int azpki_read(const char *path, char **ret_text)
{
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *text;
	ssize_t n;
	int status = AZPKI_OK;

	if (fd < 0)
		return cannot("read", path, errno);
	text = calloc(1, AZPKI_FILE_MAX + 2);
	if (!text)
		return azpki_say(AZPKI_ENVIRONMENT, "out of memory");
	n = read_all(fd, text, AZPKI_FILE_MAX + 1);
	if (n < 0)
		status = cannot("read", path, (int)-n);
	else if (n > AZPKI_FILE_MAX)
		status = azpki_say(AZPKI_USAGE, "%s: over 1 MiB: no PEM file of ours", path);
	else if (strlen(text) != (size_t)n)
		status = azpki_say(AZPKI_USAGE, "%s: this is no text: PEM is wanted (-----BEGIN ...)", path);
	if (status != AZPKI_OK) {
		OPENSSL_cleanse(text, AZPKI_FILE_MAX + 2);
		free(text);
		return status;
	}
	*ret_text = text;
	return AZPKI_OK;
}

int azpki_read_password(const char *path, char **ret_password)
{
	char *text;
	size_t length;
	int status = azpki_read(path, &text);

	if (status != AZPKI_OK)
		return status;
	length = strcspn(text, "\r\n");
	if (length == 0 || length > PASSWORD_MAX) {
		azpki_wipe(text);
		return azpki_say(AZPKI_USAGE, "%s: the password is its first line, 1 to %d bytes, not %zu", path, PASSWORD_MAX, length);
	}
	OPENSSL_cleanse(text + length, strlen(text + length));
	*ret_password = text;
	return AZPKI_OK;
}

char *azpki_path(const char *dir, const char *name, const char *suffix)
{
	size_t length = strlen(dir);
	bool here = strcmp(dir, ".") == 0;
	char *path;

	if (asprintf(&path, "%s%s%s%s", here ? "" : dir, here || (length && dir[length - 1] == '/') ? "" : "/", name, suffix) < 0) {
		(void) azpki_say(AZPKI_ENVIRONMENT, "out of memory");
		return NULL;
	}
	return path;
}

static int load_pair(const char *name, const char *cert_path, const char *key_path, const char *password_file,
                     struct pki_cert **ret_cert)
{
	char *cert_pem = NULL, *key_pem = NULL, *password = NULL, error[PKI_ERROR_MAX];
	int status = azpki_read(cert_path, &cert_pem);

	if (status == AZPKI_OK && key_path)
		status = azpki_read(key_path, &key_pem);
	if (status == AZPKI_OK && password_file)
		status = azpki_read_password(password_file, &password);
	if (status == AZPKI_OK) {
		int r = pki_load_encrypted(name, cert_pem, key_pem, password, ret_cert, error);

		if (r < 0)
			status = azpki_say(azpki_status_of(r), "%s: %s", cert_path, error);
	}
	azpki_wipe(password);
	azpki_wipe(key_pem);
	free(cert_pem);
	return status;
}

int azpki_load(const char *dir, const char *name, bool with_key, const char *password_file, struct pki_cert **ret_cert)
{
	cleanup_free char *stem = strdup(name), *cert_path = NULL, *key_path = NULL;
	size_t length = strlen(name);
	const char *where = strchr(name, '/') ? "." : dir;

	if (!stem)
		return azpki_say(AZPKI_ENVIRONMENT, "out of memory");
	if (length > 4 && strcmp(stem + length - 4, ".pem") == 0)
		stem[length - 4] = '\0';
	cert_path = azpki_path(where, stem, ".pem");
	key_path = with_key ? azpki_path(where, stem, ".key") : NULL;
	if (!cert_path || (with_key && !key_path))
		return AZPKI_ENVIRONMENT;
	if (access(cert_path, F_OK) < 0 && errno == ENOENT)
		return azpki_say(AZPKI_USAGE, "%s: no such certificate; give its NAME in the folder of --out, or a path: pki/ca1", cert_path);
	return load_pair(strrchr(stem, '/') ? strrchr(stem, '/') + 1 : stem, cert_path, key_path, password_file, ret_cert);
}

/* ---- Writing ------------------------------------------------------------------------------------------------------- */

static int write_all(int fd, const char *text, size_t length)
{
	while (length > 0) {
		ssize_t n = write(fd, text, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text += n;
		length -= (size_t)n;
	}
	return fsync(fd) < 0 && errno != EINVAL && errno != EROFS ? -errno : 0;
}

/* A file of another name in the same folder, complete. 0 and *ret_path (free), or a negative errno. */
static int write_beside(const struct azpki_output *output, char **ret_path)
{
	cleanup_free char *path = NULL;
	int fd, r;

	if (asprintf(&path, "%s.XXXXXX", output->path) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	fd = mkostemp(path, O_CLOEXEC); /* 0600 */
	if (fd < 0)
		return -errno;
	r = write_all(fd, output->text, strlen(output->text));
	if (r == 0 && !output->secret) {
		mode_t mask = umask(0);

		(void) umask(mask);
		if (fchmod(fd, 0666 & ~mask) < 0)
			r = -errno;
	}
	if (close(fd) < 0 && r == 0)
		r = -errno;
	if (r < 0) {
		(void) unlink(path);
		return r;
	}
	*ret_path = steal_ptr(&path);
	return 0;
}

/* Without force nothing may stand at `to`, however late it came there. */
static int put_in_place(const char *from, const char *to, bool force)
{
	struct stat there;

	if (!force && renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (!force && errno != EINVAL && errno != ENOSYS)
		return -errno;
	if (!force && lstat(to, &there) == 0) /* a file system that cannot do it in one step */
		return -EEXIST;
	return rename(from, to) < 0 ? -errno : 0;
}

static int exists(const char *path)
{
	return azpki_say(AZPKI_USAGE, "%s: it is there already; --force overwrites it, --out=DIR writes elsewhere", path);
}

int azpki_write(const struct azpki_output *outputs, size_t count, bool force)
{
	char *beside[4] = {NULL};
	struct stat there;
	size_t placed = 0;
	int r = 0, status = AZPKI_OK;

	for (size_t i = 0; i < count && !force; i++)
		if (lstat(outputs[i].path, &there) == 0)
			return exists(outputs[i].path);
	for (size_t i = 0; i < count && status == AZPKI_OK; i++) {
		r = i < ARRAY_LEN(beside) ? write_beside(&outputs[i], &beside[i]) : -E2BIG;
		if (r < 0)
			status = cannot("write", outputs[i].path, -r);
	}
	while (status == AZPKI_OK && placed < count) {
		r = put_in_place(beside[placed], outputs[placed].path, force);
		if (r < 0)
			status = r == -EEXIST ? exists(outputs[placed].path) : cannot("write", outputs[placed].path, -r);
		else
			placed++;
	}
	for (size_t i = 0; i < count && i < ARRAY_LEN(beside); i++) {
		if (status != AZPKI_OK && i >= placed && beside[i])
			(void) unlink(beside[i]);
		if (status != AZPKI_OK && i < placed && !force)
			(void) unlink(outputs[i].path);
		free(beside[i]);
	}
	return status;
}
