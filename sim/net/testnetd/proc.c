/* One daemon of the test network: see testnetd/proc.h. Real time is used only for limits of waiting.
 */
#define _GNU_SOURCE
#include "sim/net/testnetd/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>

#include "emu-applibs/base/base.h"

uint64_t real_now_ns(void)
{
	struct timespec ts;

	(void) clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t) ts.tv_sec * NS_PER_S + (uint64_t) ts.tv_nsec;
}

void proc_init(struct proc *proc, const char *name, const char *log_name, const char *noise)
{
	memset(proc, 0, sizeof(*proc));
	proc->name = name;
	proc->log_name = log_name;
	proc->noise = noise;
	proc->log_fd = -1;
	proc->pipe_fd = -1;
}

int proc_open_log(struct proc *proc, int dir_fd)
{
	proc->log_fd = openat(dir_fd, proc->log_name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	return proc->log_fd < 0 ? -errno : 0;
}

void proc_mark(struct proc *proc)
{
	proc->capture_length = 0;
	proc->capture[0] = '\0';
}

static void keep_in_log(struct proc *proc, const char *text, size_t length)
{
	while (length > 0 && proc->log_error == 0) {
		ssize_t n = write(proc->log_fd, text, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			proc->log_error = errno;
			return;
		}
		text += n;
		length -= (size_t) n;
	}
}

static void end_of_line(struct proc *proc)
{
	size_t length = proc->line_length;

	proc->line[length] = '\0';
	proc->line_length = 0;
	if (length == 0 || (proc->noise != NULL && strstr(proc->line, proc->noise) != NULL))
		return;
	memcpy(proc->last[proc->line_count++ % PROC_LAST_LINES], proc->line, length + 1);
	proc->line[length] = '\n';
	keep_in_log(proc, proc->line, length + 1);
	if (proc->capture_length + length + 2 <= sizeof(proc->capture)) {
		memcpy(proc->capture + proc->capture_length, proc->line, length + 1);
		proc->capture_length += length + 1;
		proc->capture[proc->capture_length] = '\0';
	}
}

void proc_read(struct proc *proc)
{
	char buffer[8192];

	while (proc->pipe_fd >= 0) {
		ssize_t n = read(proc->pipe_fd, buffer, sizeof(buffer));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return; /* EAGAIN: nothing more for now */
		if (n == 0) {
			end_of_line(proc);
			(void) close(steal_fd(&proc->pipe_fd));
			return;
		}
		for (ssize_t i = 0; i < n; i++) {
			if (buffer[i] == '\n')
				end_of_line(proc);
			else if (proc->line_length < sizeof(proc->line) - 2)
				proc->line[proc->line_length++] = buffer[i]; /* a longer line is cut */
		}
	}
}

/* In the child: never returns. */
static void become(const char *const *argv, const char *const *env, int output, int report)
{
	sigset_t none;

	(void) sigemptyset(&none);
	(void) sigprocmask(SIG_SETMASK, &none, NULL);
	(void) signal(SIGPIPE, SIG_DFL);
	(void) signal(SIGINT, SIG_DFL);
	if (dup2(output, STDOUT_FILENO) >= 0 && dup2(output, STDERR_FILENO) >= 0)
		(void) execve(argv[0], (char *const *) argv, (char *const *) env);
	int e = errno;

	(void) !write(report, &e, sizeof(e));
	_exit(127);
}

int proc_start(struct proc *proc, const char *const *argv, const char *const *env, struct az_error *ret_error)
{
	int out[2], report[2], exec_errno = 0;
	pid_t pid;
	ssize_t n;

	proc_mark(proc);
	proc->line_length = 0;
	if (pipe2(out, O_CLOEXEC) < 0)
		goto failed;
	if (pipe2(report, O_CLOEXEC) < 0) {
		(void) close(out[0]);
		(void) close(out[1]);
		goto failed;
	}
	pid = fork();
	if (pid == 0)
		become(argv, env, out[1], report[1]);
	(void) close(out[1]);
	(void) close(report[1]);
	if (pid < 0) {
		(void) close(out[0]);
		(void) close(report[0]);
		goto failed;
	}
	do
		n = read(report[0], &exec_errno, sizeof(exec_errno));
	while (n < 0 && errno == EINTR);
	(void) close(report[0]);
	if (n > 0) {
		(void) close(out[0]);
		(void) waitpid(pid, NULL, 0);
		az_error_set(ret_error, AZ_ENVIRONMENT, "%s cannot be started from %s: %s", proc->name, argv[0],
		             strerror(exec_errno));
		return -exec_errno;
	}
	(void) fcntl(out[0], F_SETFL, O_NONBLOCK);
	proc->pipe_fd = out[0];
	proc->pid = pid;
	proc->state = PROC_RUNNING;
	return 0;
failed:
	exec_errno = errno;
	az_error_set(ret_error, AZ_ENVIRONMENT, "%s cannot be started: %s", proc->name, strerror(exec_errno));
	return -exec_errno;
}

bool proc_ended(struct proc *proc, pid_t pid, int wait_status)
{
	if (proc->state != PROC_RUNNING || proc->pid != pid)
		return false;
	proc_read(proc);
	if (proc->pipe_fd >= 0)
		(void) close(steal_fd(&proc->pipe_fd));
	proc->state = PROC_DIED;
	proc->wait_status = wait_status;
	return true;
}

void proc_stop(struct proc *proc, unsigned grace_ms)
{
	uint64_t deadline = real_now_ns() + grace_ms * NS_PER_MS;
	bool killed = false;
	int status;

	if (proc->state == PROC_RUNNING) {
		(void) kill(proc->pid, SIGTERM);
		for (;;) {
			pid_t r = waitpid(proc->pid, &status, WNOHANG);

			if (r == proc->pid || (r < 0 && errno != EINTR))
				break;
			proc_read(proc); /* so that a daemon with much to say can end */
			if (!killed && real_now_ns() >= deadline) {
				(void) kill(proc->pid, SIGKILL);
				killed = true;
			}
			(void) poll(NULL, 0, 1);
		}
		proc_read(proc);
	}
	if (proc->pipe_fd >= 0)
		(void) close(steal_fd(&proc->pipe_fd));
	proc->state = PROC_STOPPED;
}

void proc_append_last_lines(const struct proc *proc, struct az_error *error)
{
	unsigned kept = proc->line_count < PROC_LAST_LINES ? proc->line_count : PROC_LAST_LINES;

	if (kept == 0) {
		az_error_append(error, "%s wrote nothing.", proc->name);
		return;
	}
	az_error_append(error, "Last lines of %s:", proc->log_name);
	for (unsigned i = proc->line_count - kept; i < proc->line_count; i++)
		az_error_append(error, "  %.180s", proc->last[i % PROC_LAST_LINES]);
}

void proc_describe_end(const struct proc *proc, struct az_error *error)
{
	int s = proc->wait_status;

	if (WIFSIGNALED(s))
		az_error_set(error, AZ_ENVIRONMENT, "%s ended by itself: killed by signal %d (%s)", proc->name, WTERMSIG(s),
		             strsignal(WTERMSIG(s)));
	else
		az_error_set(error, AZ_ENVIRONMENT, "%s ended by itself: exit status %d", proc->name, WEXITSTATUS(s));
	proc_append_last_lines(proc, error);
}
