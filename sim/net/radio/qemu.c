/* The emulator of the radio network's guest: see radio.h.
 *
 * The monitor speaks QMP (QEMU's documentation, "QEMU Machine Protocol"): one JSON text a line.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "emu-applibs/base/base.h"
#include "sim/net/radio/guest/guest.h"
#include "sim/net/radio/radio.h"
#include "sim/net/testnetd/proc.h"

#define MACHINE "-M q35 -bios qboot.rom -cpu max -smp 1 -m 256 -nodefaults -no-user-config -display none -no-reboot"
#define KERNEL_ARGUMENTS "console=ttyS0 quiet panic=-1 mitigations=off nokaslr random.trust_cpu=on nmi_watchdog=0 no_timer_check"
#define TCG "tcg,tb-size=128"
#define KVM "kvm"
#define RESUME_LIMIT_MS 30000u
#define SAVE_LIMIT_MS 60000u

/* The numbers that the descriptors have in the child. */
enum { FD_PORT = 3, FD_MONITOR, FD_IMAGE, FD_STATE, FD_END };

const char *radio_qemu_signature(const struct radio_paths *paths)
{
	return paths->use_kvm ? KVM "|" MACHINE "|" KERNEL_ARGUMENTS "|1" : TCG "|" MACHINE "|" KERNEL_ARGUMENTS "|1";
}

/* ---- Starting ------------------------------------------------------------------------------------------------------------------ */

/* Commas mean something to the emulator, unless doubled. */
static void double_commas(const char *path, char *out, size_t size)
{
	size_t n = 0;

	for (; *path != '\0' && n + 2 < size; path++) {
		if (*path == ',')
			out[n++] = ',';
		out[n++] = *path;
	}
	out[n] = '\0';
}

/* A command and its arguments, which point into it and elsewhere. */
struct command {
	char machine[sizeof(MACHINE)], share[2 * TESTNETD_PATH_MAX + 128];
	const char *words[64]; /* NULL-terminated */
	size_t count;
};

static void add_words(struct command *c, const char *const *words)
{
	while (*words != NULL && c->count < ARRAY_LEN(c->words) - 1)
		c->words[c->count++] = *words++;
	c->words[c->count] = NULL;
}

/* What boots the kernel alone. */
static void begin_command(struct command *c, const struct radio_paths *paths, bool kvm)
{
	const char *const rest[] = {"-accel", kvm ? KVM : TCG, "-kernel", paths->kernel, "-append", KERNEL_ARGUMENTS,
	                            "-serial", "stdio", NULL};
	char *save = NULL;

	c->count = 0;
	c->words[c->count++] = paths->qemu;
	(void) snprintf(c->machine, sizeof(c->machine), "%s", MACHINE);
	for (char *word = strtok_r(c->machine, " ", &save); word != NULL; word = strtok_r(NULL, " ", &save))
		add_words(c, (const char *const[]){word, NULL});
	add_words(c, rest);
}

static void build_command(struct command *c, const struct radio_paths *paths, const char *dir, int image_fd, int state_fd)
{
	const char *const rest[] = {
	        "-device", "virtio-serial-pci",
	        "-chardev", "socket,id=port,fd=3", "-device", "virtserialport,chardev=port,name=" GUEST_PORT,
	        "-chardev", "socket,id=monitor,fd=4", "-mon", "chardev=monitor,mode=control",
	        "-virtfs", c->share, NULL,
	};
	const char *const boot[] = {"-initrd", "/proc/self/fd/5", NULL};
	const char *const restore[] = {"-incoming", "fd:6", NULL};
	char quoted[2 * TESTNETD_PATH_MAX];

	begin_command(c, paths, paths->use_kvm);
	double_commas(dir, quoted, sizeof(quoted));
	(void) snprintf(c->share, sizeof(c->share), "local,path=%s,mount_tag=" GUEST_LOGS_TAG ",security_model=none,multidevs=remap", quoted);
	add_words(c, rest);
	if (image_fd >= 0)
		add_words(c, boot);
	if (state_fd >= 0)
		add_words(c, restore);
}

/* Each descriptor at its number, none of ours besides; -1: nothing is behind it. */
static bool place_descriptors(const int wanted[FD_END], int log, int words)
{
	int null = open("/dev/null", O_RDWR), high[FD_END];

	for (int i = FD_PORT; i < FD_END; i++)
		high[i] = fcntl(wanted[i] >= 0 ? wanted[i] : null, F_DUPFD, FD_END + 8);
	log = fcntl(log, F_DUPFD, FD_END + 8);
	words = fcntl(words >= 0 ? words : null, F_DUPFD, FD_END + 8);
	if (null < 0 || log < 0 || words < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(log, STDOUT_FILENO) < 0 || dup2(words, STDERR_FILENO) < 0)
		return false;
	for (int i = FD_PORT; i < FD_END; i++) {
		if (high[i] < 0 || dup2(high[i], i) < 0)
			return false;
	}
	return close_range(FD_END, ~0u, 0) == 0;
}

static void become(const struct command *c, const int wanted[FD_END], int log, int words, pid_t parent) __attribute__((noreturn));
static void become(const struct command *c, const int wanted[FD_END], int log, int words, pid_t parent)
{
	sigset_t none;

	(void) sigemptyset(&none);
	(void) sigprocmask(SIG_SETMASK, &none, NULL);
	(void) signal(SIGPIPE, SIG_DFL);
	(void) setsid(); /* Ctrl-C is azsim's to hear */
	(void) prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() == parent && place_descriptors(wanted, log, words)) {
		(void) execv(c->words[0], (char *const *) (uintptr_t) c->words);
		(void) dprintf(STDERR_FILENO, "%s: %s\n", c->words[0], strerror(errno));
	}
	_exit(127);
}

static int open_log(const char *dir, const char *name)
{
	char path[TESTNETD_PATH_MAX + 16];
	int fd;

	(void) snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	return fd < 0 ? -errno : fd;
}

int radio_qemu_start(const struct radio_paths *paths, const char *dir, int image_fd, int state_fd, struct radio_qemu *ret_qemu,
                     struct az_error *ret_error)
{
	cleanup_fd int log = open_log(dir, "guest.log"), words = open_log(dir, "qemu.log");
	cleanup_fd int port = -1, their_port = -1, monitor = -1, their_monitor = -1;
	int ports[2], monitors[2], r = log < 0 ? log : words < 0 ? words : 0;
	pid_t parent = getpid(), pid;
	struct command command;

	if (r == 0 && strlen(dir) >= TESTNETD_PATH_MAX)
		r = -ENAMETOOLONG;
	if (r < 0) {
		az_error_set(ret_error, AZ_ENVIRONMENT, "%s: the logs of the radio network's guest: %s", dir, strerror(-r));
		return r;
	}
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ports) < 0)
		goto failed;
	port = ports[0];
	their_port = ports[1];
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, monitors) < 0)
		goto failed;
	monitor = monitors[0];
	their_monitor = monitors[1];
	build_command(&command, paths, dir, image_fd, state_fd);
	pid = fork();
	if (pid == 0) {
		const int wanted[FD_END] = {[FD_PORT] = their_port, [FD_MONITOR] = their_monitor, [FD_IMAGE] = image_fd, [FD_STATE] = state_fd};

		become(&command, wanted, log, words, parent);
	}
	if (pid < 0)
		goto failed;
	*ret_qemu = (struct radio_qemu){.pid = pid, .port = steal_fd(&port), .monitor = steal_fd(&monitor)};
	return 0;
failed:
	r = -errno;
	az_error_set(ret_error, AZ_ENVIRONMENT, "the emulator of the radio network's guest cannot be started: %s", strerror(-r));
	return r;
}

pid_t radio_qemu_try_kernel(const struct radio_paths *paths, bool kvm, int out)
{
	static const int none[FD_END] = {-1, -1, -1, -1, -1, -1, -1};
	struct command command;
	pid_t parent = getpid(), pid;

	begin_command(&command, paths, kvm);
	pid = fork();
	if (pid == 0)
		become(&command, none, out, -1, parent);
	return pid < 0 ? -errno : pid;
}

/* ---- The monitor --------------------------------------------------------------------------------------------------------------- */

/* One line into `line`, NUL-terminated. 0, -ETIMEDOUT, -EINTR, -EPIPE. */
static int take_line(struct radio_qemu *q, char *line, size_t size)
{
	for (;;) {
		char *end = memchr(q->input, '\n', q->input_length);
		struct pollfd pfd = {.fd = q->monitor, .events = POLLIN};
		uint64_t now = real_now_ns();
		ssize_t n;
		int r;

		if (end != NULL) {
			size_t length = (size_t) (end - q->input) + 1;

			(void) snprintf(line, size, "%.*s", (int) (length - 1), q->input);
			memmove(q->input, q->input + length, q->input_length - length);
			q->input_length -= length;
			return 0;
		}
		if (q->input_length == sizeof(q->input))
			return -EBADMSG;
		r = poll(&pfd, 1, now >= q->deadline_ns ? 0 : (int) ((q->deadline_ns - now) / NS_PER_MS + 1));
		if (r <= 0)
			return r == 0 ? -ETIMEDOUT : -errno;
		n = read(q->monitor, q->input + q->input_length, sizeof(q->input) - q->input_length);
		if (n <= 0)
			return n == 0 || errno == ECONNRESET ? -EPIPE : -errno;
		q->input_length += (size_t) n;
	}
}

/* What stands at `key` of the next line that has it; NULL: not wanted. Events in between are of no interest. */
static int await_return(struct radio_qemu *q, const char *key, json_t **ret)
{
	char line[sizeof(q->input)];

	for (;;) {
		json_t *reply, *value;
		int r = take_line(q, line, sizeof(line));

		if (r < 0)
			return r;
		reply = json_loads(line, 0, NULL);
		value = json_object_get(reply, key);
		if (value != NULL && ret != NULL)
			*ret = json_incref(value);
		r = value != NULL ? 0 : json_object_get(reply, "error") != NULL || reply == NULL ? -EBADMSG : 1;
		json_decref(reply);
		if (r <= 0)
			return r;
	}
}

/* One command and what it returns. */
static int command(struct radio_qemu *q, const char *text, json_t **ret)
{
	if (send(q->monitor, text, strlen(text), MSG_NOSIGNAL) != (ssize_t) strlen(text))
		return -EPIPE;
	return await_return(q, "return", ret);
}

static int greet(struct radio_qemu *q)
{
	int r = await_return(q, "QMP", NULL);

	return r == 0 ? command(q, "{\"execute\":\"qmp_capabilities\"}\n", NULL) : r;
}

/* Asks until the text at `key` of the answer is something else than `while_it_is`, then puts it into `out`. */
static int await_status(struct radio_qemu *q, const char *question, const char *const *while_it_is, char out[32])
{
	for (;;) {
		json_t *answer = NULL;
		int r = command(q, question, &answer);
		const char *status = json_string_value(json_object_get(answer, "status"));
		bool wait = r == 0 && status == NULL;

		for (const char *const *w = while_it_is; r == 0 && *w != NULL && status != NULL; w++)
			wait |= strcmp(status, *w) == 0;
		(void) snprintf(out, 32, "%s", status != NULL ? status : "");
		json_decref(answer);
		if (r < 0 || !wait)
			return r;
		if (real_now_ns() >= q->deadline_ns)
			return -ETIMEDOUT;
		(void) poll(NULL, 0, 5);
	}
}

int radio_qemu_resume(struct radio_qemu *q)
{
	char status[32];
	int r;

	q->deadline_ns = real_now_ns() + RESUME_LIMIT_MS * NS_PER_MS;
	r = greet(q);
	if (r == 0)
		r = await_status(q, "{\"execute\":\"query-status\"}\n", (const char *const[]){"inmigrate", NULL}, status);
	return r == 0 ? command(q, "{\"execute\":\"cont\"}\n", NULL) : r;
}

/* The descriptor goes along with its command, as a monitor wants it. */
static int hand_over(struct radio_qemu *q, int fd)
{
	static const char text[] = "{\"execute\":\"getfd\",\"arguments\":{\"fdname\":\"state\"}}\n";
	struct iovec io = {.iov_base = (char *) (uintptr_t) text, .iov_len = sizeof(text) - 1};
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {.header = {.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS}};
	struct msghdr message = {.msg_iov = &io, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};

	memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	if (sendmsg(q->monitor, &message, MSG_NOSIGNAL) != (ssize_t) sizeof(text) - 1)
		return -EPIPE;
	return await_return(q, "return", NULL);
}

int radio_qemu_save(struct radio_qemu *q, int state_fd)
{
	char status[32] = "";
	int r, saved;

	q->deadline_ns = real_now_ns() + SAVE_LIMIT_MS * NS_PER_MS;
	r = greet(q);
	if (r == 0)
		r = command(q, "{\"execute\":\"stop\"}\n", NULL);
	if (r == 0)
		r = command(q, "{\"execute\":\"migrate-set-parameters\",\"arguments\":{\"max-bandwidth\":100000000000}}\n", NULL);
	saved = r < 0 ? r : hand_over(q, state_fd);
	if (saved == 0)
		saved = command(q, "{\"execute\":\"migrate\",\"arguments\":{\"uri\":\"fd:state\"}}\n", NULL);
	if (saved == 0)
		saved = await_status(q, "{\"execute\":\"query-migrate\"}\n",
		                     (const char *const[]){"setup", "active", "device", "pre-switchover", "wait-unplug", NULL}, status);
	if (saved == 0 && strcmp(status, "completed") != 0)
		saved = -EIO;
	if (r == 0 && saved != -EPIPE && saved != -EINTR)
		r = command(q, "{\"execute\":\"cont\"}\n", NULL);
	return r < 0 ? r : saved;
}
