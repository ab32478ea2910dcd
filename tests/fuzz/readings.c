/* Fuzz target: readings files, and the TAP output that they are written from.
 *
 * What must hold: a refusal names file and line; what was read and written again reads the same.
 */
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sim/scenario/readings_file.h"
#include "tests/fuzz/fuzz.h"

const char fuzz_name[] = "readings";

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void) argc;
	(void) argv;
	return 0;
}

/* A file in memory; its path. The caller closes *ret_fd. */
static const char *file_of(const void *bytes, size_t size, int *ret_fd)
{
	static char path[64];

	*ret_fd = memfd_create("readings", MFD_CLOEXEC);
	FUZZ_CHECK(*ret_fd >= 0 && write(*ret_fd, bytes, size) == (ssize_t)size);
	(void) snprintf(path, sizeof(path), "/proc/self/fd/%d", *ret_fd);
	return path;
}

static void check_refusal(const char *path, const struct az_error *error)
{
	FUZZ_CHECK(error->status == AZ_USAGE && strncmp(error->text, path, strlen(path)) == 0);
	for (const char *c = error->text; *c; c++)
		FUZZ_CHECK((unsigned char)*c >= ' ' || *c == '\n');
}

static void written_reads_the_same(const struct readings_file *file)
{
	struct readings_file back;
	struct az_error error;
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	int fd;

	FUZZ_CHECK(out && readings_file_write(file, out) == 0 && fclose(out) == 0);
	FUZZ_CHECK(readings_file_load(file_of(text, size, &fd), &back, &error) == 0);
	FUZZ_CHECK(memcmp(file, &back, sizeof(back)) == 0);
	(void) close(fd);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct readings_file file;
	struct az_error error = {0};
	int fd;
	const char *path = file_of(data, size, &fd);

	if (readings_file_load(path, &file, &error) == 0)
		written_reads_the_same(&file);
	else
		check_refusal(path, &error);
	readings_file_clear(&file);
	if (readings_file_add_tap(path, &file, &error) == 0)
		written_reads_the_same(&file);
	else
		check_refusal(path, &error);
	(void) close(fd);
	return 0;
}
