/* Second processes, and another program in the place of this one: the device's libc has none of these, and their clocks
 * could not be ours. Each says so to the simulator and fails with ENOSYS.
 */
#define _GNU_SOURCE
#include "emu-applibs/vtime/vtime.h"

#include <errno.h>
#include <sched.h>
#include <stdarg.h>

static int refused(const char *what)
{
	vt_unsupported(what);
	errno = ENOSYS;
	return -1;
}

/* ---- Second processes ---- */

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

/* ---- Another program ---- */

int execve(const char *path, char *const argv[], char *const envp[])
{
	return vt_on() ? refused("execve") : vt_real.execve(path, argv, envp);
}

int execv(const char *path, char *const argv[])
{
	return vt_on() ? refused("execv") : vt_real.execv(path, argv);
}

int execvp(const char *file, char *const argv[])
{
	return vt_on() ? refused("execvp") : vt_real.execvp(file, argv);
}

int execvpe(const char *file, char *const argv[], char *const envp[])
{
	return vt_on() ? refused("execvpe") : vt_real.execvpe(file, argv, envp);
}

int fexecve(int fd, char *const argv[], char *const envp[])
{
	return vt_on() ? refused("fexecve") : vt_real.fexecve(fd, argv, envp);
}

/* Collects the arguments of an execl function up to NULL. Leaves `list` behind that NULL. */
static char **refused_arguments(const char *first, va_list *list)
{
	va_list count;
	size_t n = 1;
	char **argv;

	va_copy(count, *list);
	if (first)
		while (va_arg(count, char *))
			n++;
	va_end(count);
	argv = calloc(n + 1, sizeof(*argv));
	if (!argv)
		return NULL;
	argv[0] = (char *) first;
	for (size_t i = 1; first && i <= n; i++)
		argv[i] = va_arg(*list, char *);
	return argv;
}

int execl(const char *path, const char *first, ...)
{
	char **argv;
	va_list list;
	int r = -1;

	if (vt_on())
		return refused("execl");
	va_start(list, first);
	argv = refused_arguments(first, &list);
	va_end(list);
	if (argv)
		r = vt_real.execv(path, argv);
	free(argv);
	return r;
}

int execlp(const char *file, const char *first, ...)
{
	char **argv;
	va_list list;
	int r = -1;

	if (vt_on())
		return refused("execlp");
	va_start(list, first);
	argv = refused_arguments(first, &list);
	va_end(list);
	if (argv)
		r = vt_real.execvp(file, argv);
	free(argv);
	return r;
}

int execle(const char *path, const char *first, ...)
{
	char **argv, **envp;
	va_list list;
	int r = -1;

	if (vt_on())
		return refused("execle");
	va_start(list, first);
	argv = refused_arguments(first, &list);
	envp = va_arg(list, char **);
	va_end(list);
	if (argv)
		r = vt_real.execve(path, argv, envp);
	free(argv);
	return r;
}
