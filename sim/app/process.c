/* See process.h. */
#define _GNU_SOURCE
#include "sim/app/process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "emu-applibs/wire/oom_page.h"
#include "emu-applibs/wire/vtime_proto.h"
#include "emu-applibs/wire/wire.h"

#define APP_FILE_MAX (64 * 1024) /* bytes; no manifest grants more either */

/* ---- The process --------------------------------------------------------------------------------------------------------- */

static char **environment(const struct app_launch *launch)
{
	char **env = calloc(16, sizeof(*env));
	size_t n = 0;
	const char *keep[] = {"PATH", "HOME", "LANG", "TMPDIR", "VALGRIND_LIB"};
	const char *asan = getenv("ASAN_OPTIONS"), *ubsan = getenv("UBSAN_OPTIONS");
	/* A crash must not look like an end by itself, nor an end by itself, which need not free anything, like a crash. */
	const char *sanitize = launch->oom_page ? ":abort_on_error=1:detect_leaks=0" : "";

	if (!env)
		abort();
	for (size_t i = 0; i < ARRAY_LEN(keep); i++) {
		const char *v = getenv(keep[i]);

		if (v && asprintf(&env[n++], "%s=%s", keep[i], v) < 0)
			abort();
	}
	if (asprintf(&env[n++], WIRE_ENV_SOCKET "=%s", launch->socket) < 0 ||
	    asprintf(&env[n++], WIRE_ENV_APPROOT "=%s/approot", launch->run_dir) < 0 ||
	    asprintf(&env[n++], VT_ENV_APP "=app") < 0 ||
	    asprintf(&env[n++], VT_ENV_SEED "=%llu", (unsigned long long)launch->seed) < 0)
		abort();
	if (launch->ram_limit && asprintf(&env[n++], VT_ENV_RAM_LIMIT "=%u", launch->ram_limit) < 0)
		abort();
	if (launch->oom_page && asprintf(&env[n++], OOM_ENV_PAGE "=%s", launch->oom_page) < 0)
		abort();
	/* qemu-arm itself is a program of this machine and takes no ARM libraries: see arguments(). */
	if (launch->machine == APP_ARM)
		return env;
	/* An application built with the address sanitizer comes up although libvtime stands before its runtime. */
	if (asprintf(&env[n++], "ASAN_OPTIONS=verify_asan_link_order=0:allocator_release_to_os_interval_ms=-1:%s%s", asan ? asan : "",
	             sanitize) < 0 ||
	    asprintf(&env[n++], "UBSAN_OPTIONS=%s%s", ubsan ? ubsan : "", sanitize) < 0 ||
	    asprintf(&env[n++], "LD_PRELOAD=%s/libvtime.so%s%s%s", launch->lib_dir, launch->oom_page ? ":" : "",
	             launch->oom_page ? launch->lib_dir : "", launch->oom_page ? "/liboom.so" : "") < 0 ||
	    asprintf(&env[n++], "LD_LIBRARY_PATH=%s%s%s", launch->http_shim ? launch->lib_dir : "",
	             launch->http_shim ? "/http-shim:" : "", launch->lib_dir) < 0)
		abort();
	return env;
}

static void free_strings(char **strings)
{
	for (size_t i = 0; strings[i]; i++)
		free(strings[i]);
	free(strings);
}

static char **arguments(const struct app_launch *launch, const char *program)
{
	size_t wrapper = 0, args = 0, n = 0;
	char **argv;

	while (launch->wrapper && launch->wrapper[wrapper])
		wrapper++;
	while (launch->args && launch->args[args])
		args++;
	argv = calloc(wrapper + args + 7, sizeof(*argv));
	if (!argv)
		abort();
	for (size_t i = 0; i < wrapper; i++)
		argv[n++] = strdup(launch->wrapper[i]);
	if (launch->machine == APP_ARM) {
		argv[n++] = strdup(APP_ARM_RUNNER);
		argv[n++] = strdup("-L");
		if (asprintf(&argv[n++], "%s/" APP_ARM_ROOT, launch->lib_dir) < 0)
			abort();
		argv[n++] = strdup("-E");
		argv[n++] = strdup("LD_PRELOAD=libvtime.so");
	}
	argv[n++] = strdup(program);
	for (size_t i = 0; i < args; i++)
		argv[n++] = strdup(launch->args[i]);
	return argv;
}

/* In the child: only what may be called after fork. */
static _Noreturn void child(const struct app_launch *launch, char **argv, char **env, int output, pid_t parent_pid)
{
	/* Room for the mutable file; the library takes more for a moment when it writes the device's certificate. */
	struct rlimit limit = {.rlim_cur = launch->mutable_kb * 1024u, .rlim_max = APP_FILE_MAX};
	struct rlimit no_core = {0, 0};
	sigset_t none;
	int null_fd;

	(void) prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent_pid)
		_exit(127);
	(void) setpgid(0, 0); /* Ctrl-C is azsim's business */
	(void) sigemptyset(&none);
	(void) sigprocmask(SIG_SETMASK, &none, NULL);
	(void) signal(SIGPIPE, SIG_DFL);
	(void) signal(SIGXFSZ, SIG_IGN); /* a full mutable file is EFBIG */
	(void) setrlimit(RLIMIT_CORE, &no_core);
	if (!launch->wrapper)
		(void) setrlimit(RLIMIT_FSIZE, &limit);
	null_fd = open("/dev/null", O_RDONLY);
	if (null_fd < 0 || dup2(null_fd, 0) < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0)
		_exit(127);
	(void) syscall(SYS_close_range, 3u, ~0u, 0u);
	execvpe(argv[0], argv, env);
	(void) dprintf(2, "cannot start %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

int app_start(const struct app_launch *launch, struct app_process *ret, struct az_error *ret_error)
{
	char program[PATH_MAX];
	char **argv, **env;
	pid_t self = getpid(), pid;
	int out[2];

	*ret = (struct app_process){.pid = 0, .pidfd = -1, .output = -1};
	if (pipe2(out, O_CLOEXEC) < 0) {
		az_error_set(ret_error, AZ_ENVIRONMENT, "pipe: %s", strerror(errno));
		return -errno;
	}
	(void) snprintf(program, sizeof(program), "%s/approot/bin/app", launch->run_dir);
	argv = arguments(launch, program);
	env = environment(launch);
	pid = fork();
	if (pid == 0)
		child(launch, argv, env, out[1], self);
	free_strings(argv);
	free_strings(env);
	(void) close(out[1]);
	if (pid < 0) {
		int r = -errno;

		(void) close(out[0]);
		az_error_set(ret_error, AZ_ENVIRONMENT, "fork: %s", strerror(-r));
		return r;
	}
	(void) setpgid(pid, pid);
	(void) fcntl(out[0], F_SETFL, O_NONBLOCK);
	ret->pid = pid;
	ret->output = out[0];
	ret->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (ret->pidfd >= 0)
		(void) fcntl(ret->pidfd, F_SETFD, FD_CLOEXEC);
	return 0;
}

static void forget(struct app_process *process)
{
	if (process->pidfd >= 0)
		(void) close(process->pidfd);
	if (process->output >= 0)
		(void) close(process->output);
	*process = (struct app_process){.pid = 0, .pidfd = -1, .output = -1};
}

void app_kill(struct app_process *process)
{
	int status;

	if (process->pid <= 0)
		return;
	(void) kill(-process->pid, SIGKILL);
	(void) kill(process->pid, SIGKILL);
	while (waitpid(process->pid, &status, 0) < 0 && errno == EINTR)
		;
	forget(process);
}

bool app_reap(struct app_process *process, int *ret_status)
{
	if (process->pid <= 0 || waitpid(process->pid, ret_status, WNOHANG) != process->pid)
		return false;
	(void) kill(-process->pid, SIGKILL); /* what it may have left behind */
	forget(process);
	return true;
}

void app_describe_end(int status, char *buffer, size_t capacity)
{
	if (WIFSIGNALED(status))
		(void) snprintf(buffer, capacity, "was ended by signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		(void) snprintf(buffer, capacity, "ended with status %d", WEXITSTATUS(status));
}

static void read_proc(pid_t pid, const char *name, char *buffer, size_t capacity)
{
	char path[64];
	cleanup_fd int fd = -1;
	ssize_t n;

	(void) snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, buffer, capacity - 1);
	buffer[n < 0 ? 0 : n] = '\0';
	buffer[strcspn(buffer, "\n")] = '\0';
}

/* The letter that proc(5) has for it. */
static char state_of(pid_t pid)
{
	char stat[512];
	const char *end;

	read_proc(pid, "stat", stat, sizeof(stat));
	end = strrchr(stat, ')');
	return end && strlen(end) > 2 ? end[2] : '?';
}

bool app_is_stopped(pid_t pid)
{
	char state = state_of(pid);

	return state == 't' || state == 'T';
}

void app_describe_hang(const struct app_process *process, char *buffer, size_t capacity)
{
	char call[128], wchan[128], state = state_of(process->pid);

	read_proc(process->pid, "syscall", call, sizeof(call));
	read_proc(process->pid, "wchan", wchan, sizeof(wchan));
	if (state == 'R') {
		(void) snprintf(buffer, capacity, "it computes without end (state R)");
		return;
	}
	call[strcspn(call, " ")] = '\0';
	(void) snprintf(buffer, capacity, "it is blocked in system call %s (state %c, %s), where virtual time cannot reach it",
	                call[0] ? call : "?", state, wchan[0] ? wchan : "?");
}
