/* See channel.h. */
#define _GNU_SOURCE
#include "sim/app/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#define WATCHED_MAX 8
/* What an event of the epoll set is about: a connection's number, or one of these. */
#define EVENT_LISTENER CHANNEL_MAX
#define EVENT_WATCHED (CHANNEL_MAX + 1) /* the bit follows in the upper half */

struct connection {
	int fd; /* -1: free */
	bool heard; /* there was something to read at the last look */
	bool clock; /* libvtime's */
	bool hello; /* said */
	bool deaf;  /* an answer did not fit any more: it does not read them */
	pid_t pid;  /* of the peer */
};

struct channel {
	int listener;
	int epoll;
	bool knocked; /* somebody wants to connect, as far as the last look saw */
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	pid_t expected;
	struct connection connections[CHANNEL_MAX];
	int page_fd;
	struct vt_page *page;
	int ahead_fd;
	struct wire_ahead *ahead;
};

/* 0, or -1 and errno. */
static int watch(struct channel *c, int fd, uint64_t what)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u64 = what};

	return epoll_ctl(c->epoll, EPOLL_CTL_ADD, fd, &event);
}

int channel_new(const char *path, struct channel **ret, struct az_error *ret_error)
{
	struct channel *c = calloc(1, sizeof(*c));
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int r;

	if (!c)
		goto fail_errno;
	c->listener = c->page_fd = c->ahead_fd = c->epoll = -1;
	for (size_t i = 0; i < CHANNEL_MAX; i++)
		c->connections[i].fd = -1;
	if (strlen(path) >= sizeof(c->path)) {
		az_error_set(ret_error, AZ_ENVIRONMENT, "socket path too long (%zu bytes, at most %zu): %s; set TMPDIR to a shorter folder",
		             strlen(path), sizeof(c->path) - 1, path);
		channel_free(c);
		return -ENAMETOOLONG;
	}
	strcpy(c->path, path);
	strcpy(address.sun_path, path);
	c->listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	(void) unlink(path);
	if (c->listener < 0 || bind(c->listener, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    chmod(path, 0600) < 0 || listen(c->listener, CHANNEL_MAX) < 0)
		goto fail_errno;
	c->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (c->epoll < 0 || watch(c, c->listener, EVENT_LISTENER) < 0)
		goto fail_errno;
	c->page_fd = memfd_create("azsim-clock", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (c->page_fd < 0 || ftruncate(c->page_fd, (off_t)sizeof(struct vt_page)) < 0)
		goto fail_errno;
	c->page = mmap(NULL, sizeof(struct vt_page), PROT_READ | PROT_WRITE, MAP_SHARED, c->page_fd, 0);
	if (c->page == MAP_FAILED) {
		c->page = NULL;
		goto fail_errno;
	}
	/* The application gets to read it and no more. */
	if (fcntl(c->page_fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE | F_SEAL_SEAL) < 0)
		goto fail_errno;
	c->ahead_fd = memfd_create("azsim-ahead", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (c->ahead_fd < 0 || ftruncate(c->ahead_fd, (off_t)sizeof(struct wire_ahead)) < 0 ||
	    fcntl(c->ahead_fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0)
		goto fail_errno;
	c->ahead = mmap(NULL, sizeof(struct wire_ahead), PROT_READ | PROT_WRITE, MAP_SHARED, c->ahead_fd, 0);
	if (c->ahead == MAP_FAILED) {
		c->ahead = NULL;
		goto fail_errno;
	}
	c->ahead->magic = WIRE_AHEAD_MAGIC;
	c->page->magic = VT_PAGE_MAGIC;
	c->page->version = VT_VERSION;
	*ret = c;
	return 0;
fail_errno:
	r = errno ? -errno : -ENOMEM;
	az_error_set(ret_error, AZ_ENVIRONMENT, "%s: cannot listen for the application: %s", path, strerror(-r));
	channel_free(c);
	return r;
}

static void drop(struct connection *connection)
{
	if (connection->fd >= 0)
		(void) close(connection->fd);
	*connection = (struct connection){.fd = -1};
}

void channel_free(struct channel *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < CHANNEL_MAX; i++)
		drop(&c->connections[i]);
	if (c->page)
		(void) munmap(c->page, sizeof(*c->page));
	if (c->page_fd >= 0)
		(void) close(c->page_fd);
	if (c->ahead)
		(void) munmap(c->ahead, sizeof(*c->ahead));
	if (c->ahead_fd >= 0)
		(void) close(c->ahead_fd);
	if (c->epoll >= 0)
		(void) close(c->epoll);
	if (c->listener >= 0) {
		(void) close(c->listener);
		(void) unlink(c->path);
	}
	free(c);
}

void channel_abandon(struct channel *c)
{
	if (!c)
		return;
	(void) close(steal_fd(&c->listener));
	channel_free(c);
}

void channel_expect(struct channel *c, pid_t pid)
{
	c->expected = pid;
	if (pid != 0)
		return; /* it may have connected already */
	for (size_t i = 0; i < CHANNEL_MAX; i++)
		drop(&c->connections[i]);
	for (;;) { /* a late connection of a process that is gone */
		int fd = accept4(c->listener, NULL, NULL, SOCK_CLOEXEC);

		if (fd < 0)
			break;
		(void) close(fd);
	}
}

void channel_set_page(struct channel *c, uint64_t app_mono_ns, int64_t wall_offset_ns, uint64_t wall_steps)
{
	c->page->mono_ns = app_mono_ns;
	c->page->wall_offset_ns = wall_offset_ns;
	c->page->wall_steps = wall_steps;
}

struct wire_ahead *channel_ahead(struct channel *c)
{
	return c->ahead;
}

pid_t channel_clock_pid(const struct channel *c)
{
	for (size_t i = 0; i < CHANNEL_MAX; i++)
		if (c->connections[i].fd >= 0 && c->connections[i].clock)
			return c->connections[i].pid;
	return 0;
}

bool channel_has_clock(const struct channel *c)
{
	return channel_clock_pid(c) != 0;
}

int channel_watch(struct channel *c, int fd, unsigned bit)
{
	return watch(c, fd, EVENT_WATCHED | (uint64_t)bit << 32) < 0 ? -errno : 0;
}

int channel_wait(struct channel *c, int ms)
{
	struct epoll_event events[CHANNEL_MAX + 1 + WATCHED_MAX];
	unsigned bits = 0;
	int n;

	for (size_t i = 0; i < CHANNEL_MAX; i++)
		if (c->connections[i].deaf)
			return CHANNEL_HEARD;
	n = epoll_wait(c->epoll, events, ARRAY_LEN(events), ms);

	if (n < 0)
		return -errno;
	for (int i = 0; i < n; i++) {
		const uint32_t what = (uint32_t)events[i].data.u64;

		if (what == EVENT_WATCHED) {
			bits |= (unsigned)(events[i].data.u64 >> 32);
			continue;
		}
		bits |= CHANNEL_HEARD;
		if (what == EVENT_LISTENER)
			c->knocked = true;
		else
			c->connections[what].heard = true;
	}
	return (int)bits;
}

size_t channel_poll_set(const struct channel *c, struct pollfd *fds)
{
	size_t n = 0;

	fds[n++] = (struct pollfd){.fd = c->listener, .events = POLLIN};
	for (size_t i = 0; i < CHANNEL_MAX; i++)
		if (c->connections[i].fd >= 0)
			fds[n++] = (struct pollfd){.fd = c->connections[i].fd, .events = POLLIN};
	return n;
}

/* The expected process itself, or one below it: a debugger starts the application as its child. */
static bool is_expected(const struct channel *c, pid_t pid)
{
	for (int depth = 0; depth < 8 && pid > 1; depth++) {
		char path[64], line[512] = "";
		const char *end;
		FILE *f;

		if (pid == c->expected)
			return true;
		(void) snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
		f = fopen(path, "re");
		if (!f)
			return false;
		if (!fgets(line, sizeof(line), f))
			line[0] = '\0';
		(void) fclose(f);
		end = strrchr(line, ')'); /* a name may hold anything */
		if (!end || sscanf(end, ") %*c %d", &pid) != 1)
			return false;
	}
	return false;
}

/* Why this process may not connect, or NULL. */
static const char *refusal(const struct channel *c, pid_t pid)
{
	pid_t known = channel_clock_pid(c);

	if (c->expected == 0 || !is_expected(c, pid))
		return "a process that is none of the application's wanted to connect";
	if (known > 0 && pid != known)
		return "a second process of the application wanted to connect: Azure Sphere has no fork";
	return NULL;
}

/* Lets in whoever waits at the door, up to the first one that is refused. */
static enum channel_message_kind accept_all(struct channel *c, struct channel_message *ret)
{
	for (;;) {
		int fd = accept4(c->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		struct ucred peer = {0};
		socklen_t length = sizeof(peer);
		const char *why;
		size_t i = 0;

		if (fd < 0)
			break;
		while (i < CHANNEL_MAX && c->connections[i].fd >= 0)
			i++;
		why = getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0 ? strerror(errno) : refusal(c, peer.pid);
		if (!why && (i == CHANNEL_MAX || watch(c, fd, i) < 0))
			why = "the application wanted one connection more than there may be";
		if (why) {
			(void) close(fd);
			(void) snprintf(ret->problem, sizeof(ret->problem), "%s", why);
			return CHANNEL_REFUSED;
		}
		c->connections[i] = (struct connection){.fd = fd, .heard = true, .pid = peer.pid};
	}
	c->knocked = false;
	return CHANNEL_NONE;
}

static bool send_with_fd(int socket_fd, const void *data, size_t length, int fd)
{
	struct iovec iov = {.iov_base = (void *)data, .iov_len = length};
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	struct msghdr message = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.space, .msg_controllen = sizeof(control.space)};
	struct cmsghdr *cmsg;

	if (fd < 0)
		return send(socket_fd, data, length, MSG_NOSIGNAL) == (ssize_t)length;
	memset(&control, 0, sizeof(control));
	cmsg = CMSG_FIRSTHDR(&message);
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(int));
	return sendmsg(socket_fd, &message, MSG_NOSIGNAL) == (ssize_t)length;
}

static bool answer(struct channel *c, int i, const void *data, size_t length, int fd)
{
	struct connection *connection = &c->connections[i];

	if (connection->fd < 0 || connection->deaf)
		return false;
	if (send_with_fd(connection->fd, data, length, fd))
		return true;
	/* Whoever waits for each answer, as our libraries do, always has room for it. */
	connection->deaf = connection->heard = errno == EAGAIN || errno == EWOULDBLOCK;
	return false;
}

bool channel_answer_vt(struct channel *c, int connection, enum vt_type type, int status, uint64_t a, int fd)
{
	struct vt_message m = {.magic = VT_MAGIC, .type = (uint16_t)type, .status = status, .a = a};

	return answer(c, connection, &m, sizeof(m), fd);
}

bool channel_answer_interface(struct channel *c, int connection, const char *name, uint64_t a, uint64_t b)
{
	struct vt_message m = {.magic = VT_MAGIC, .type = VT_INTERFACE_IS, .a = a, .b = b};

	(void) snprintf(m.text, sizeof(m.text), "%s", name);
	return c->connections[connection].fd >= 0 && send_with_fd(c->connections[connection].fd, &m, sizeof(m), -1);
}

bool channel_answer(struct channel *c, int connection, const struct wire_header *request, int32_t result, const void *payload,
                    size_t length, int fd)
{
	static uint8_t buffer[sizeof(struct wire_header) + WIRE_MAX_PAYLOAD];
	struct wire_header h = {
		.magic = WIRE_MAGIC, .op = request->op, .seq = request->seq, .result = result, .length = (uint32_t)length};

	if (c->connections[connection].fd < 0)
		return false;
	memcpy(buffer, &h, sizeof(h));
	if (length > 0)
		memcpy(buffer + sizeof(h), payload, length);
	return answer(c, connection, buffer, sizeof(h) + length, fd);
}

/* One message of one connection. */
static enum channel_message_kind take(struct channel *c, int i, struct channel_message *ret)
{
	struct connection *connection = &c->connections[i];
	static uint8_t buffer[sizeof(struct wire_header) + WIRE_MAX_PAYLOAD + 1];
	ssize_t n = connection->deaf ? 0 : recv(connection->fd, buffer, sizeof(buffer), MSG_DONTWAIT);
	uint32_t magic = 0;

	connection->heard = false; /* if there is more, the next look sees it */
	ret->connection = i;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return CHANNEL_NONE;
	if (connection->deaf) {
		(void) snprintf(ret->problem, sizeof(ret->problem), "it asks on and on and does not read the answers");
		drop(connection);
		return CHANNEL_BROKEN;
	}
	if (n <= 0) {
		drop(connection);
		return CHANNEL_NONE;
	}
	if ((size_t)n >= sizeof(magic))
		memcpy(&magic, buffer, sizeof(magic));
	if (n == (ssize_t)sizeof(ret->vt) && magic == VT_MAGIC) {
		memcpy(&ret->vt, buffer, sizeof(ret->vt));
		ret->vt.text[VT_TEXT_MAX - 1] = '\0';
		if (ret->vt.type == VT_HELLO && ret->vt.a == VT_VERSION && !connection->hello) {
			connection->clock = connection->hello = true;
			(void) channel_answer_vt(c, i, VT_WELCOME, 0, VT_VERSION, c->page_fd);
			return CHANNEL_NONE;
		}
		if (connection->clock)
			return CHANNEL_VTIME;
		(void) snprintf(ret->problem, sizeof(ret->problem), "clock message %u %s", ret->vt.type,
		                ret->vt.type != VT_HELLO ? "before its greeting" : connection->hello ? "after another greeting" : "of another version");
	} else if ((size_t)n >= sizeof(ret->header) && (uint16_t)magic == WIRE_MAGIC) {
		memcpy(&ret->header, buffer, sizeof(ret->header));
		if (ret->header.length == (size_t)n - sizeof(ret->header) && ret->header.length <= WIRE_MAX_PAYLOAD) {
			memcpy(ret->payload, buffer + sizeof(ret->header), ret->header.length);
			explicit_bzero(buffer, (size_t)n);
			if (ret->header.op == WIRE_HELLO) {
				struct wire_reader r;

				wire_reader_init(&r, ret->payload, ret->header.length);
				if (wire_get_u32(&r) == WIRE_VERSION && !connection->hello) {
					connection->hello = true;
					(void) channel_answer(c, i, &ret->header, 0, NULL, 0, c->ahead_fd);
					return CHANNEL_NONE;
				}
			}
			if (ret->header.op != WIRE_HELLO && connection->hello && !connection->clock)
				return CHANNEL_REQUEST;
		}
		(void) snprintf(ret->problem, sizeof(ret->problem), "API message %u of %zd bytes that does not fit its header or greeting",
		                ret->header.op, n);
	} else {
		(void) snprintf(ret->problem, sizeof(ret->problem), "message of %zd bytes that is none of ours", n);
	}
	drop(connection);
	return CHANNEL_BROKEN;
}

static bool has_heard(const struct channel *c)
{
	for (int i = 0; i < CHANNEL_MAX; i++)
		if (c->connections[i].heard)
			return true;
	return c->knocked;
}

enum channel_message_kind channel_receive(struct channel *c, struct channel_message *ret)
{
	if (!has_heard(c))
		(void) channel_wait(c, 0);
	if (c->knocked) {
		enum channel_message_kind kind = accept_all(c, ret);

		if (kind != CHANNEL_NONE)
			return kind;
	}
	/* The clock's last: what was said before the application waits comes before its wait. */
	for (int i = 0; i < 2 * CHANNEL_MAX; i++) {
		const struct connection *connection = &c->connections[i % CHANNEL_MAX];
		enum channel_message_kind kind;

		if (!connection->heard || connection->clock != (i >= CHANNEL_MAX))
			continue;
		kind = take(c, i % CHANNEL_MAX, ret);
		if (kind != CHANNEL_NONE)
			return kind;
	}
	return CHANNEL_NONE;
}
