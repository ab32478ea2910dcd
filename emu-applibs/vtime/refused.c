/* Second processes: the device's libc has none of these, and their clocks could not be ours. Each says so to the
 * simulator and fails with ENOSYS.
 */
#define _GNU_SOURCE
#include "emu-applibs/vtime/vtime.h"

#include <errno.h>

static int refused(const char *what)
{
	vt_unsupported(what);
	errno = ENOSYS;
	return -1;
}

pid_t fork(void)
{
	return vt_on() ? refused("fork") : vt_real.fork();
}

pid_t _Fork(void)
{
	return vt_on() ? refused("_Fork") : vt_real._Fork();
}

/* A child of vfork must not return through us, so outside the application it is fork, which POSIX allows. */
pid_t vfork(void)
{
	return vt_on() ? refused("vfork") : vt_real.fork();
}

int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
		const posix_spawnattr_t *attributes, char *const argv[], char *const envp[])
{
	if (!vt_on())
		return vt_real.posix_spawn(pid, path, actions, attributes, argv, envp);
	return refused("posix_spawn") < 0 ? ENOSYS : 0;
}

int posix_spawnp(pid_t *pid, const char *file, const posix_spawn_file_actions_t *actions,
		 const posix_spawnattr_t *attributes, char *const argv[], char *const envp[])
{
	if (!vt_on())
		return vt_real.posix_spawnp(pid, file, actions, attributes, argv, envp);
	return refused("posix_spawnp") < 0 ? ENOSYS : 0;
}

int system(const char *command)
{
	if (!vt_on())
		return vt_real.system(command);
	if (!command)
		return 0; /* there is no shell */
	return refused("system");
}

FILE *popen(const char *command, const char *mode)
{
	if (!vt_on())
		return vt_real.popen(command, mode);
	(void) refused("popen");
	return NULL;
}

int daemon(int keep_directory, int keep_output)
{
	return vt_on() ? refused("daemon") : vt_real.daemon(keep_directory, keep_output);
}
