/* See fake_sim.h. */
#define _GNU_SOURCE
#include "tests/vtime/fake_sim.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define REAL_LIMIT_S 60
#define BUFFER_MAX (2u << 20)

struct server {
	int fd; /* -1: free */
	uint16_t port;
	char *buffer; /* what came and is not answered yet */
	size_t length;
	uint64_t reply_at_ns; /* 0: nothing owed */
};

struct sim {
	struct sim_setup setup;
	struct sim_result *result;
	struct server servers[SIM_SERVERS_MAX];
	struct vt_page *page;
	int page_fd, listener, guest, output;
	pid_t pid;
	bool idle;
	uint64_t deadline_ns;
	double begin_s;
	char path[128];
};

static void die(const char *what)
{
	perror(what);
	abort();
}

static double real_s(void)
{
	struct timespec ts;

	(void) clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double) ts.tv_sec + (double) ts.tv_nsec / 1e9;
}

/* ---- The guest's process ---- */

/* Below the folder of the test program. VTIME_ARM: the guest is a program for the MT3620, and the library the root that it runs in. */
#ifdef VTIME_ARM
#define GUEST "../mt3620/vtime_guest"
#define LIBRARY "../mt3620/root"
#else
#define GUEST "vtime_guest"
#define LIBRARY "../libvtime.so"
#endif

static void find(char *ret, size_t size, const char *relative)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n < 0)
		die("/proc/self/exe");
	self[n] = '\0';
	*strrchr(self, '/') = '\0';
	if (snprintf(ret, size, "%s/%s", self, relative) >= (int) size)
		die("path");
}

static void start(struct sim *s)
{
	char guest[PATH_MAX], library[PATH_MAX];
	const struct sim_setup *setup = &s->setup;
	int out[2];

	find(guest, sizeof(guest), GUEST);
	find(library, sizeof(library), LIBRARY);
	if (pipe2(out, O_CLOEXEC) < 0)
		die("pipe");
	(void) fflush(NULL);
	s->pid = fork();
	if (s->pid < 0)
		die("fork");
	if (s->pid == 0) {
		(void) prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void) dup2(out[1], STDOUT_FILENO);
		(void) dup2(out[1], STDERR_FILENO);
		(void) setenv("AZSIM_SOCKET", s->path, 1);
		(void) setenv("AZSIM_APP", setup->app ? setup->app : "vtime_guest", 1);
		/* A sanitized guest has its runtime behind the preload. */
		(void) setenv("ASAN_OPTIONS", "verify_asan_link_order=0:detect_leaks=0", 1);
		if (setup->seed)
			(void) setenv("AZSIM_SEED", setup->seed, 1);
		else
			(void) unsetenv("AZSIM_SEED");
#ifdef VTIME_ARM
		(void) execlp("qemu-arm", "qemu-arm", "-L", library, "-E", "LD_PRELOAD=libvtime.so", guest, setup->mode, (char *) NULL);
		_exit(126);
#endif
		(void) setenv("LD_PRELOAD", library, 1);
		if (setup->wrapper)
			(void) execlp(setup->wrapper, setup->wrapper, "-q", guest, setup->mode, (char *) NULL);
		else
			(void) execl(guest, guest, setup->mode, (char *) NULL);
		_exit(126);
	}
	(void) close(out[1]);
	s->output = out[0];
	(void) fcntl(s->output, F_SETFL, O_NONBLOCK);
}

static void drain_output(struct sim *s)
{
	struct sim_result *r = s->result;

	for (;;) {
		ssize_t n = read(s->output, r->output + r->output_length, SIM_OUTPUT_MAX - 1 - r->output_length);

		if (n <= 0)
			return;
		r->output_length += (size_t) n;
	}
}

/* ---- Its servers ---- */

static int server_new(struct sim *s, uint16_t port)
{
	int pair[2];

	for (size_t i = 0; i < SIM_SERVERS_MAX; i++) {
		struct server *server = &s->servers[i];

		if (server->fd >= 0)
			continue;
		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
			die("socketpair");
		(void) fcntl(pair[0], F_SETFL, O_NONBLOCK);
		*server = (struct server) { .fd = pair[0], .port = port, .buffer = malloc(BUFFER_MAX) };
		if (!server->buffer)
			die("malloc");
		return pair[1];
	}
	return -1;
}

static void server_free(struct server *server)
{
	if (server->fd >= 0)
		(void) close(server->fd);
	free(server->buffer);
	*server = (struct server) { .fd = -1 };
}

static bool server_send(struct server *server)
{
	ssize_t n = send(server->fd, server->buffer, server->length, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n <= 0)
		return false;
	server->length -= (size_t) n;
	memmove(server->buffer, server->buffer + n, server->length);
	return true;
}

static bool server_http(struct sim *s, struct server *server)
{
	static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello\n";

	if (server->reply_at_ns == 0) {
		if (server->length < 4 || !memmem(server->buffer, server->length, "\r\n\r\n", 4))
			return false;
		server->reply_at_ns = s->page->mono_ns + (memmem(server->buffer, server->length, "/slow", 5) ? 30 * SIM_S : 0);
	}
	if (server->reply_at_ns > s->page->mono_ns)
		return false;
	(void) send(server->fd, answer, sizeof(answer) - 1, MSG_NOSIGNAL);
	server_free(server);
	return true;
}

/* Serves everybody a step further; true when anything happened. */
static bool pump(struct sim *s)
{
	bool worked = false;

	for (size_t i = 0; i < SIM_SERVERS_MAX; i++) {
		struct server *server = &s->servers[i];
		ssize_t n;

		if (server->fd < 0)
			continue;
		if (server->length < BUFFER_MAX) {
			n = recv(server->fd, server->buffer + server->length, BUFFER_MAX - server->length, MSG_DONTWAIT);
			if (n == 0 || (n < 0 && errno != EAGAIN)) {
				server_free(server);
				worked = true;
				continue;
			}
			if (n > 0) {
				server->length += (size_t) n;
				worked = true;
			}
		}
		if (server->port == 7 && server->length > 0)
			worked |= server_send(server);
		else if (server->port == 80)
			worked |= server_http(s, server);
	}
	return worked;
}

/* ---- Messages ---- */

static void answer(struct sim *s, enum vt_type type, int status, uint64_t a, int fd)
{
	struct vt_message m = { .magic = VT_MAGIC, .type = (uint16_t) type, .status = status, .a = a };
	struct iovec iov = { .iov_base = &m, .iov_len = sizeof(m) };
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct msghdr header = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (fd >= 0) {
		struct cmsghdr *c;

		header.msg_control = &control;
		header.msg_controllen = sizeof(control);
		c = CMSG_FIRSTHDR(&header);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof(int));
	}
	if (sendmsg(s->guest, &header, MSG_NOSIGNAL) != (ssize_t) sizeof(m) && errno != EPIPE)
		die("sendmsg");
}

/* wlan0 with an address, and eth0 without one. */
static void answer_interface(const struct sim *s, uint64_t i)
{
	struct vt_message m = { .magic = VT_MAGIC, .type = VT_INTERFACE_IS, .status = i < 2 ? 0 : ENODEV };

	(void) snprintf(m.text, sizeof(m.text), i == 0 ? "wlan0" : "eth0");
	m.a = i == 0 ? (uint64_t) VT_LOCAL_ADDRESS << 32 | VT_LOCAL_MASK : 0;
	m.b = 0x020000000010u + i;
	m.b = m.b << VT_INTERFACE_HARDWARE_SHIFT | (i == 0 ? VT_INTERFACE_UP | VT_INTERFACE_RUNNING : 0);
	if (send(s->guest, &m, sizeof(m), MSG_NOSIGNAL) != (ssize_t) sizeof(m) && errno != EPIPE)
		die("send");
}

static void note(char *list, const char *text)
{
	size_t n = strlen(list);

	(void) snprintf(list + n, SIM_TEXT_MAX - n, "%s ", text);
}

static int resolve(const char *name)
{
	return strcmp(name, "later.example") == 0 ? EAI_AGAIN : strcmp(name, "unknown.example") == 0 ? EAI_NONAME : 0;
}

static void connected(struct sim *s, const struct vt_message *m)
{
	int fd = -1, error = 0;

	s->result->connects++;
	if (m->a != SIM_ADDRESS)
		error = EHOSTUNREACH;
	else if (m->b != 7 && m->b != 80 && m->b != 81)
		error = ECONNREFUSED;
	else
		fd = server_new(s, (uint16_t) m->b);
	answer(s, VT_CONNECTED, error, 0, fd);
	if (fd >= 0)
		(void) close(fd);
}

static void handle(struct sim *s, const struct vt_message *m)
{
	struct sim_result *r = s->result;

	switch (m->type) {
	case VT_HELLO:
		r->greeted = m->a == VT_VERSION;
		answer(s, VT_WELCOME, 0, VT_VERSION, s->page_fd);
		break;
	case VT_IDLE:
		r->idles++;
		s->idle = true;
		s->deadline_ns = m->a;
		break;
	case VT_SPIN:
		r->spins++;
		s->idle = true;
		s->deadline_ns = s->page->mono_ns + SIM_S / 1000;
		break;
	case VT_RESOLVE:
		note(r->resolved, m->text);
		answer(s, VT_RESOLVED, resolve(m->text), SIM_ADDRESS, -1);
		break;
	case VT_BIND:
		answer(s, VT_STATUS, m->a != 0 && m->a != VT_LOCAL_ADDRESS ? EADDRNOTAVAIL : m->b == (81 | VT_BIND_STREAM) ? EACCES : 0, 0, -1);
		break;
	case VT_INTERFACE:
		answer_interface(s, m->a);
		break;
	case VT_CONNECT:
		connected(s, m);
		break;
	case VT_SETTIME:
		if (s->setup.may_set_clock) {
			s->page->wall_offset_ns = (int64_t) m->a - (int64_t) s->page->mono_ns;
			s->page->wall_steps++;
		}
		answer(s, VT_STATUS, s->setup.may_set_clock ? 0 : EPERM, 0, -1);
		break;
	case VT_UNSUPPORTED:
		note(r->unsupported, m->text);
		answer(s, VT_STATUS, 0, 0, -1);
		break;
	default:
		die("a message of no known type");
	}
}

/* Takes the event that is due out of the list: true when it made an answer of its own. */
static bool event_due(struct sim *s)
{
	for (size_t i = 0; i < SIM_EVENTS_MAX; i++) {
		struct sim_event e = s->setup.events[i];

		if (e.at_ns == 0 || e.at_ns > s->page->mono_ns)
			continue;
		s->setup.events[i].at_ns = 0;
		s->idle = false;
		if (e.kind == SIM_SIGNAL) {
			answer(s, VT_SIGNAL, 0, (uint64_t) e.value, -1);
		} else if (e.kind == SIM_WALL_STEP) {
			s->page->wall_offset_ns += e.value;
			s->page->wall_steps++;
			answer(s, VT_AGAIN, 0, 0, -1);
		} else {
			(void) close(s->guest);
			s->guest = -1;
		}
		return true;
	}
	return false;
}

/* The guest is idle: serve, or move the clock to what comes next. */
static void turn(struct sim *s)
{
	uint64_t next = s->deadline_ns;

	if (pump(s)) {
		s->idle = false;
		s->result->agains++;
		answer(s, VT_AGAIN, 0, 0, -1);
		return;
	}
	for (size_t i = 0; i < SIM_EVENTS_MAX; i++)
		if (s->setup.events[i].at_ns && s->setup.events[i].at_ns < next)
			next = s->setup.events[i].at_ns;
	for (size_t i = 0; i < SIM_SERVERS_MAX; i++)
		if (s->servers[i].fd >= 0 && s->servers[i].reply_at_ns && s->servers[i].reply_at_ns < next)
			next = s->servers[i].reply_at_ns;
	if (next == VT_NO_DEADLINE) {
		s->result->stuck = true;
		s->idle = false;
		(void) kill(s->pid, SIGKILL);
		return;
	}
	if (next > s->page->mono_ns)
		s->page->mono_ns = next;
	if (!event_due(s) && s->page->mono_ns >= s->deadline_ns) {
		s->idle = false;
		answer(s, VT_TIME, 0, 0, -1);
	}
}

/* Waits for what the guest says next; false when it is gone or takes too long. */
static bool listen_to_guest(struct sim *s)
{
	struct pollfd fds[3] = {
		{ .fd = s->guest >= 0 ? s->guest : s->listener, .events = POLLIN },
		{ .fd = s->output, .events = POLLIN },
	};
	struct vt_message m;
	ssize_t n;

	if (real_s() > s->begin_s + REAL_LIMIT_S || poll(fds, 2, REAL_LIMIT_S * 1000) == 0) {
		s->result->too_long = true;
		(void) kill(s->pid, SIGKILL);
		return false;
	}
	drain_output(s);
	if (fds[0].revents && s->guest < 0) {
		s->guest = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC);
	} else if (fds[0].revents) {
		n = recv(s->guest, &m, sizeof(m), 0);
		if (n == 0 || (n < 0 && errno == ECONNRESET))
			return false;
		if (n != (ssize_t) sizeof(m) || m.magic != VT_MAGIC)
			die("a message that is none");
		m.text[VT_TEXT_MAX - 1] = '\0';
		handle(s, &m);
	} else if (fds[1].revents & POLLHUP) {
		return false; /* ended without a word, or after its connection was cut */
	}
	return true;
}

static void open_up(struct sim *s)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	(void) snprintf(s->path, sizeof(s->path), "%s/azsim-vtime-%d.sock", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp",
			(int) getpid());
	if (strlen(s->path) >= sizeof(address.sun_path))
		die("TMPDIR is too long");
	strcpy(address.sun_path, s->path);
	(void) unlink(s->path);
	s->listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (s->listener < 0 || bind(s->listener, (struct sockaddr *) &address, sizeof(address)) < 0 ||
	    listen(s->listener, 1) < 0)
		die(s->path);
	s->page_fd = memfd_create("clock", MFD_CLOEXEC);
	if (s->page_fd < 0 || ftruncate(s->page_fd, sizeof(*s->page)) < 0)
		die("memfd");
	s->page = mmap(NULL, sizeof(*s->page), PROT_READ | PROT_WRITE, MAP_SHARED, s->page_fd, 0);
	if (s->page == MAP_FAILED)
		die("mmap");
	*s->page = (struct vt_page) {
		.magic = VT_PAGE_MAGIC,
		.version = VT_VERSION,
		.mono_ns = VT_MONOTONIC_START_NS,
		.wall_offset_ns = SIM_WALL_START_S * (int64_t) SIM_S - (int64_t) VT_MONOTONIC_START_NS,
	};
	for (size_t i = 0; i < SIM_SERVERS_MAX; i++)
		s->servers[i].fd = -1;
}

struct sim_result *sim_run(const struct sim_setup *setup)
{
	struct sim s = { .setup = *setup, .result = calloc(1, sizeof(*s.result)), .guest = -1, .begin_s = real_s() };

	if (!s.result)
		die("calloc");
	open_up(&s);
	start(&s);
	for (;;) {
		if (s.idle)
			turn(&s);
		else if (!listen_to_guest(&s))
			break;
	}
	if (waitpid(s.pid, &s.result->status, 0) != s.pid)
		die("waitpid");
	drain_output(&s);
	s.result->mono_ns = s.page->mono_ns;
	s.result->wall_ns = (int64_t) s.page->mono_ns + s.page->wall_offset_ns;
	s.result->real_s = real_s() - s.begin_s;
	for (size_t i = 0; i < SIM_SERVERS_MAX; i++)
		server_free(&s.servers[i]);
	(void) munmap(s.page, sizeof(*s.page));
	(void) close(s.page_fd);
	(void) close(s.listener);
	(void) close(s.output);
	if (s.guest >= 0)
		(void) close(s.guest);
	(void) unlink(s.path);
	return s.result;
}
