/* testnetd: see testnetd.h. Two processes: the outer one makes the namespaces and waits, so that azsim has a child to wait
 * for; the inner one is the first of the pid namespace and does the work.
 */
#define _GNU_SOURCE
#include "sim/net/testnetd/testnetd.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "emu-applibs/base/base.h"
#include "sim/net/testnetd/ns.h"
#include "sim/net/testnetd/serve.h"
#include "sim/net/wired/wired.h"

/* ---- The two processes ------------------------------------------------------------------------------------------------------ */

/* Standard streams go to /dev/null: whoever waits for the end of azsim's output must not wait for us. */
static void detach_streams(void)
{
	int null = open("/dev/null", O_RDWR);

	for (int i = 0; i <= 2 && null >= 0; i++)
		(void) dup2(null, i);
	if (null > 2)
		(void) close(null);
}

static void close_others(int a, int b)
{
	int low = a < b ? a : b, high = a < b ? b : a;

	(void) close_range(3, (unsigned) low - 1, 0);
	if (high > low + 1)
		(void) close_range((unsigned) low + 1, (unsigned) high - 1, 0);
	(void) close_range((unsigned) high + 1, ~0u, 0);
}

static int prepare(struct serve *h, const char *dir, int dir_fd, const struct testnetd_paths *paths, struct az_error *error)
{
	const char *const avoid[] = {dir,           paths->freeradius,     paths->radius_lib, paths->radius_dictionaries,
	                             paths->hostapd, paths->wpa_supplicant, paths->faketime,   NULL};
	const char *work = ns_mount_point(avoid);
	enum ns_step step;
	int r;

	if (work == NULL) {
		az_error_set(error, AZ_ENVIRONMENT, "no folder like /mnt or /srv to put the test network's private files over");
		return -ENOENT;
	}
	r = ns_build(work, &step);
	if (r < 0) {
		wired_explain(step, r, error);
		return r;
	}
	return daemons_init(&h->daemons, &medium_wire, work, dir_fd, paths, error);
}

/* pid 1 of the namespace: when it ends, everything inside does. */
static void inner(int fd, const char *dir, int dir_fd, const struct testnetd_paths *paths) __attribute__((noreturn));
static void inner(int fd, const char *dir, int dir_fd, const struct testnetd_paths *paths)
{
	static struct serve helper; /* large; one a process */
	struct az_error error;
	int r;

	(void) prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void) signal(SIGPIPE, SIG_IGN);
	(void) umask(077);
	helper.fd = fd;
	r = prepare(&helper, dir, dir_fd, paths, &error);
	serve_hello(&helper, r, &error);
	if (r == 0)
		serve_requests(&helper);
	_exit(r == 0 ? 0 : 1);
}

static void outer(int fd, const char *dir, int dir_fd, const struct testnetd_paths *paths, pid_t parent)
        __attribute__((noreturn));
static void outer(int fd, const char *dir, int dir_fd, const struct testnetd_paths *paths, pid_t parent)
{
	static struct serve helper;
	struct az_error error;
	enum ns_step step;
	sigset_t none;
	pid_t pid = -1;
	int status = 0, r;

	(void) sigemptyset(&none);
	(void) sigprocmask(SIG_SETMASK, &none, NULL);
	(void) signal(SIGCHLD, SIG_DFL);
	(void) setsid(); /* Ctrl-C is azsim's to hear; it then ends us in order */
	detach_streams();
	close_others(fd, dir_fd);
	helper.fd = fd;
	r = ns_enter(&step);
	/* After it: a change of namespace may clear this. */
	(void) prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	if (r < 0) {
		wired_explain(step, r, &error);
		serve_hello(&helper, r, &error);
		_exit(1);
	}
	pid = fork();
	if (pid == 0)
		inner(fd, dir, dir_fd, paths);
	if (pid < 0) {
		r = -errno;
		wired_explain(NS_STEP_UNSHARE, r, &error);
		serve_hello(&helper, r, &error);
		_exit(1);
	}
	(void) close(fd);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

int testnetd_spawn(const char *dir, const struct testnetd_paths *paths, pid_t *ret_pid, int *ret_fd,
                   struct az_error *ret_error)
{
	cleanup_fd int dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_fd int ours = -1, theirs = -1;
	pid_t parent = getpid(), pid;
	int pair[2], r;

	if (dir_fd < 0) {
		r = -errno;
		az_error_set(ret_error, AZ_ENVIRONMENT, "%s: the folder for the daemons' logs cannot be opened: %s", dir, strerror(-r));
		return r;
	}
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		goto failed;
	ours = pair[0];
	theirs = pair[1];
	pid = fork();
	if (pid == 0)
		outer(theirs, dir, dir_fd, paths, parent);
	if (pid < 0)
		goto failed;
	*ret_pid = pid;
	*ret_fd = steal_fd(&ours);
	return 0;
failed:
	r = -errno;
	az_error_set(ret_error, AZ_ENVIRONMENT, "the helper of the test network cannot be started: %s", strerror(-r));
	return r;
}
