/* See machine.h. */
#define _GNU_SOURCE
#include "sim/app/machine.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>

#include "emu-applibs/base/base.h"

const char *app_machine_name(enum app_machine machine)
{
	return machine == APP_ARM ? "ARM" : "x86-64";
}

int app_machine_of(const char *path, enum app_machine *ret, struct az_error *ret_error)
{
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	Elf32_Ehdr head; /* the machine lies at the same place in both classes */
	ssize_t n = fd < 0 ? -1 : read(fd, &head, sizeof(head));

	if (n < 0) {
		az_error_set(ret_error, AZ_USAGE, "application %s: %s", path, strerror(errno));
		return -ENOEXEC;
	}
	*ret = APP_HOST;
	if (n < (ssize_t)sizeof(head) || memcmp(head.e_ident, ELFMAG, SELFMAG) != 0)
		return 0;
	if (head.e_machine == EM_X86_64)
		return 0;
	if (head.e_machine == EM_ARM && head.e_ident[EI_CLASS] == ELFCLASS32 && head.e_ident[EI_DATA] == ELFDATA2LSB) {
		*ret = APP_ARM;
		return 0;
	}
	az_error_set(ret_error, AZ_USAGE, "application %s: it is for another kind of machine (ELF machine %u); azsim runs x86-64 programs and "
	             "32-bit ARM ones, as the MT3620 has them", path, (unsigned)head.e_machine);
	return -ENOEXEC;
}

static bool in_path(const char *program)
{
	cleanup_free char *path = getenv("PATH") ? strdup(getenv("PATH")) : NULL;
	char *save = NULL;

	for (char *dir = path ? strtok_r(path, ":", &save) : NULL; dir; dir = strtok_r(NULL, ":", &save)) {
		cleanup_free char *file = NULL;

		if (asprintf(&file, "%s/%s", dir, program) > 0 && access(file, X_OK) == 0)
			return true;
	}
	return false;
}

int app_machine_ready(enum app_machine machine, const char *home, struct az_error *ret_error)
{
	cleanup_free char *loader = NULL;

	if (machine == APP_HOST)
		return 0;
	if (asprintf(&loader, "%s/" APP_ARM_ROOT "/lib/libvtime.so", home) < 0)
		return -ENOMEM;
	if (access(loader, R_OK) == 0 && in_path(APP_ARM_RUNNER))
		return 0;
	az_error_set(ret_error, AZ_ENVIRONMENT, "an ARM application needs %s and the libraries in %s/" APP_ARM_ROOT ": run `make mt3620`, which "
	             "installs the one and builds the others", APP_ARM_RUNNER, home);
	return -ENOENT;
}
