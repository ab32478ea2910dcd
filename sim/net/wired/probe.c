/* Can this machine make the namespaces of the wired network, and if not, what forbids it? See wired.h.
 *
 * Kernel and distributions have several locks on unprivileged namespaces, all of which answer with the same EPERM; the one
 * that is closed is found by looking at each.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>

#include "emu-applibs/base/base.h"
#include "sim/net/wired/wired.h"

/* ---- Why not ------------------------------------------------------------------------------------------------------------------ */

/* The number in a file of /proc/sys; -1 when there is no such file. */
static long sysctl_value(const char *path)
{
	char text[32] = "";
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		return -1;
	return strtol(text, NULL, 10);
}

/* The value of a line "Name:\tvalue" of /proc/self/status. */
static long own_status(const char *name)
{
	cleanup_free char *line = NULL;
	size_t size = 0, length = strlen(name);
	long value = -1;
	FILE *f = fopen("/proc/self/status", "re");

	while (f != NULL && getline(&line, &size, f) > 0) {
		if (strncmp(line, name, length) == 0 && line[length] == ':')
			value = strtol(line + length + 1, NULL, 10);
	}
	if (f != NULL)
		(void) fclose(f);
	return value;
}

static void explain_limits(struct az_error *error)
{
	static const char *const kinds[] = {"user", "net", "mnt", "pid", "ipc"};
	bool found = false;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		char path[64];

		(void) snprintf(path, sizeof(path), "/proc/sys/user/max_%s_namespaces", kinds[i]);
		if (sysctl_value(path) == 0) {
			az_error_append(error, "user.max_%s_namespaces is 0 here: sudo sysctl -w user.max_%s_namespaces=1000", kinds[i],
			                kinds[i]);
			found = true;
		}
	}
	if (!found)
		az_error_append(error, "A limit of user.max_*_namespaces (sysctl) is reached, or namespaces are nested too deep "
		                       "(32 levels).");
}

static void explain_refusal(struct az_error *error)
{
	bool found = false;

	if (sysctl_value("/proc/sys/kernel/unprivileged_userns_clone") == 0) {
		az_error_append(error, "kernel.unprivileged_userns_clone is 0: sudo sysctl -w kernel.unprivileged_userns_clone=1");
		found = true;
	}
	if (sysctl_value("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") > 0) {
		az_error_append(error, "AppArmor keeps ordinary programs from using user namespaces: sudo sysctl -w "
		                       "kernel.apparmor_restrict_unprivileged_userns=0, or give azsim an AppArmor profile with "
		                       "`userns,`.");
		found = true;
	}
	if (own_status("Seccomp") == 2) {
		az_error_append(error, "A seccomp filter is on, as in a container. Docker: --security-opt seccomp=unconfined "
		                       "--security-opt apparmor=unconfined, and --cap-add SYS_ADMIN --cap-add NET_ADMIN for root.");
		found = true;
	}
	if (!found)
		az_error_append(error, "None of the usual locks is closed (sysctl, AppArmor, seccomp). A chroot, or another security "
		                       "module, refuses it too.");
}

void wired_explain(enum ns_step step, int error, struct az_error *ret_error)
{
	az_error_set(ret_error, AZ_ENVIRONMENT, "the wired network is not to be had on this machine: %s: %s",
	             ns_step_name(step), strerror(-error));
	if (error == -ENOSPC || error == -EUSERS)
		explain_limits(ret_error);
	else if (error == -EPERM || error == -EACCES)
		explain_refusal(ret_error);
	else if (step == NS_STEP_VETH && error == -EOPNOTSUPP)
		az_error_append(ret_error, "The kernel has no veth interfaces: sudo modprobe veth");
	else if (step == NS_STEP_UNSHARE && (error == -EINVAL || error == -ENOSYS))
		az_error_append(ret_error, "The kernel was built without one of these kinds of namespace.");
	az_error_append(ret_error, "The model network needs none of this: --net=model");
}

/* ---- Trying ------------------------------------------------------------------------------------------------------------------- */

struct finding {
	enum ns_step step;
	int result; /* 0 or negative errno */
};

static struct finding try_inside(void)
{
	static const char *const nothing[] = {NULL};
	const char *work = ns_mount_point(nothing);
	struct finding f = {.step = NS_STEP_MOUNT};

	if (work == NULL) {
		f.result = -ENOENT;
		return f;
	}
	f.result = ns_build(work, &f.step);
	if (f.result < 0)
		return f;
	f.step = NS_STEP_PACKET;
	f.result = ns_open_eapol();
	if (f.result > 0)
		f.result = 0;
	return f;
}

static void tell(int fd, const struct finding *finding)
{
	(void) !write(fd, finding, sizeof(*finding));
	_exit(0);
}

static void try_outside(int fd) __attribute__((noreturn));
static void try_outside(int fd)
{
	struct finding f;
	pid_t pid;

	f.result = ns_enter(&f.step);
	if (f.result < 0)
		tell(fd, &f);
	pid = fork();
	if (pid == 0) {
		f = try_inside();
		tell(fd, &f);
	}
	if (pid < 0) {
		f = (struct finding){.step = NS_STEP_UNSHARE, .result = -errno};
		tell(fd, &f);
	}
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	_exit(0);
}

int wired_try_namespaces(struct az_error *ret_error)
{
	struct finding f = {.step = NS_STEP_UNSHARE, .result = -EIO};
	int ends[2];
	pid_t pid;
	ssize_t n;

	if (pipe2(ends, O_CLOEXEC) < 0)
		goto failed;
	pid = fork();
	if (pid == 0)
		try_outside(ends[1]);
	(void) close(ends[1]);
	if (pid < 0) {
		(void) close(ends[0]);
		goto failed;
	}
	do
		n = read(ends[0], &f, sizeof(f));
	while (n < 0 && errno == EINTR);
	(void) close(ends[0]);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	if (n != (ssize_t) sizeof(f))
		f = (struct finding){.step = NS_STEP_UNSHARE, .result = -EIO};
	if (f.result < 0)
		wired_explain(f.step, f.result, ret_error);
	return f.result;
failed:
	f.result = -errno;
	az_error_set(ret_error, AZ_ENVIRONMENT, "the namespaces of the wired network cannot be tried: %s", strerror(-f.result));
	return f.result;
}
