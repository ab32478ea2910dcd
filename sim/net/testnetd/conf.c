/* The daemons' settings: see testnetd/conf.h. Knows nothing of processes.
 */
#include "sim/net/testnetd/conf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>

#include "emu-applibs/base/base.h"

static const char *find_var(const struct conf_var *vars, size_t var_count, const char *name, size_t length)
{
	for (size_t i = 0; i < var_count; i++) {
		if (strlen(vars[i].name) == length && memcmp(vars[i].name, name, length) == 0)
			return vars[i].value;
	}
	return NULL;
}

/* Length of the name of capitals that starts at `s` and ends before an at-sign; 0 when there is none. */
static size_t name_length(const char *s)
{
	size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");

	return s[n] == '@' ? n : 0;
}

int conf_expand(const char *text, const struct conf_var *vars, size_t var_count, char **ret_text)
{
	char *out = NULL;
	size_t out_length = 0;
	FILE *f = open_memstream(&out, &out_length);
	int r = 0;

	if (f == NULL)
		return -ENOMEM;
	while (*text != '\0') {
		size_t n = *text == '@' ? name_length(text + 1) : 0;

		if (n == 0) {
			(void) fputc(*text++, f);
			continue;
		}
		const char *value = find_var(vars, var_count, text + 1, n);

		if (value == NULL) {
			r = -EINVAL;
			break;
		}
		(void) fputs(value, f);
		text += n + 2;
	}
	if (fclose(f) != 0 && r == 0)
		r = -ENOMEM;
	if (r < 0) {
		free(out);
		return r;
	}
	*ret_text = out;
	return 0;
}

int conf_write(const char *path, const char *text, size_t length)
{
	char temporary[128];
	cleanup_fd int fd = -1;

	if ((size_t) snprintf(temporary, sizeof(temporary), "%s.new", path) >= sizeof(temporary))
		return -ENAMETOOLONG;
	fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	while (length > 0) {
		ssize_t n = write(fd, text, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text += n;
		length -= (size_t) n;
	}
	return rename(temporary, path) == 0 ? 0 : -errno;
}

const char *conf_hex(const void *bytes, size_t length, char *out, size_t size)
{
	const uint8_t *b = bytes;

	out[0] = '\0';
	for (size_t i = 0; i < length && 2 * i + 2 < size; i++)
		(void) snprintf(out + 2 * i, 3, "%02x", b[i]);
	return out;
}

/* "switch WHAT" over values that are hex digits already, or made so; what is not among them is rejected, with the reason in the log. */
static int write_switch(const char *what, char *const *values, size_t count, bool to_hex, const char *reason, char **ret_text)
{
	char *out = NULL;
	size_t out_length = 0;
	FILE *f = open_memstream(&out, &out_length);

	if (f == NULL)
		return -ENOMEM;
	(void) fprintf(f, "switch \"%s\" {\n", what);
	for (size_t i = 0; i < count; i++) {
		(void) fputs("\t\t\tcase \"", f);
		for (const char *p = values[i]; *p != '\0'; p++)
			(void) fprintf(f, to_hex ? "%02x" : "%c", (unsigned char) *p);
		(void) fputs("\" {\n\t\t\t\tok\n\t\t\t}\n", f);
	}
	(void) fprintf(f, "\t\t\tcase {\n\t\t\t\tupdate request {\n"
	                  "\t\t\t\t\t&Module-Failure-Message := \"%s\"\n\t\t\t\t}\n"
	                  "\t\t\t\treject\n\t\t\t}\n\t\t}", reason);
	if (fclose(f) != 0) {
		free(out);
		return -ENOMEM;
	}
	*ret_text = out;
	return 0;
}

static int write_comment(const char *text, char **ret_text)
{
	*ret_text = strdup(text);
	return *ret_text == NULL ? -ENOMEM : 0;
}

int conf_known_identities(char *const *identities, size_t count, char **ret_text)
{
	if (identities == NULL)
		return write_comment("# every identity may start", ret_text);
	return write_switch("%{hex:&User-Name}", identities, count, true, "unknown identity", ret_text);
}

int conf_only_clients(char *const *serials, size_t count, char **ret_text)
{
	for (size_t i = 0; serials != NULL && i < count; i++)
		if (serials[i][strspn(serials[i], "0123456789abcdef")] != '\0')
			return -EINVAL;
	if (serials == NULL)
		return write_comment("# every good certificate is accepted", ret_text);
	return write_switch("%{TLS-Client-Cert-Serial}", serials, count, false, CONF_NOT_ON_FILE, ret_text);
}
