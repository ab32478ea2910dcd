/* See support.h. */
#define _GNU_SOURCE
#include "tests/radio/support.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/wait.h>

#include "emu-applibs/base/base.h"

/* Test programs are in build/tests. */
static void set_folder(const char *variable, const char *name)
{
	char path[PATH_MAX], real[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 64);

	if (n <= 0)
		return;
	path[n] = '\0';
	(void) snprintf(strrchr(path, '/'), 64, "/../%s", name);
	if (realpath(path, real) != NULL)
		(void) setenv(variable, real, 0);
}

bool radio_absent(void)
{
	static int absent = -1;
	struct az_error error;

	if (absent < 0) {
		set_folder("AZSIM_DAEMONS", "daemons");
		set_folder("AZSIM_RADIO", "radio");
		absent = net_radio_ops.probe(&error) < 0;
		if (absent)
			print_message("\nSKIP: NOT TESTED, the radio network: %s\n\n", error.text);
	}
	return absent == 1;
}

void assert_no_child(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}
