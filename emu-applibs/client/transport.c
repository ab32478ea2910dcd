/* See transport.h.
 *
 * Raw system calls: under libvtime.so the wrappers of the C library are waits that give other threads their turn and let the clock
 * move; a request takes no virtual time, so it must not pass through them.
 */
#define _GNU_SOURCE
#include "emu-applibs/client/transport.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sysexits.h>

#include "emu-applibs/base/base.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "wire_header is sent as it lies in memory");

/* Where an application that counts or closes descriptors does not meet it. */
#define CONNECTION_FD_MIN 500

static struct {
	pthread_mutex_t lock;
	int fd; /* -1: not connected */
	pid_t owner;
	uint32_t seq;
	bool complained;
	uint8_t message[sizeof(struct wire_header) + WIRE_MAX_PAYLOAD];
} connection = { .lock = PTHREAD_MUTEX_INITIALIZER, .fd = -1 };

int call_fail(int error)
{
	errno = error;
	return -1;
}

ATTR_PRINTF(1, 2) static void complain(const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	(void) vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	(void) dprintf(STDERR_FILENO, "azsim: libapplibs: %s\n", text);
}

_Noreturn static void gone(const char *what, int error)
{
	complain("the simulator is gone (%s: %s); the application ends", what, error ? strerror(error) : "connection closed");
	_exit(EX_UNAVAILABLE);
}

_Noreturn void call_broken(const struct call *c, const char *what)
{
	const char *name = wire_op_name(c->op);

	complain("broken reply to %s: %s; are azsim and this library of one version?", name ? name : "?", what);
	_exit(EX_PROTOCOL);
}

/* No device to ask, and no way to get one in this process. */
static int no_device(const char *why)
{
	if (!connection.complained)
		complain("%s; every call fails with ENOSYS", why);
	connection.complained = true;
	return call_fail(ENOSYS);
}

/* ---- One message -------------------------------------------------------------------------------------------------------- */

static void block_signals(uint64_t *ret_before)
{
	uint64_t all = UINT64_MAX;

	*ret_before = 0;
	(void) syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, ret_before, sizeof(all));
}

static void restore_signals(const uint64_t *before)
{
	(void) syscall(SYS_rt_sigprocmask, SIG_SETMASK, before, NULL, sizeof(*before));
}

static void send_message(size_t length)
{
	struct iovec iov = { .iov_base = connection.message, .iov_len = length };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	long n;

	do
		n = syscall(SYS_sendmsg, connection.fd, &m, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n != (long)length)
		gone("request", n < 0 ? errno : EMSGSIZE);
}

/* Takes one message, and the descriptor beside it. */
static size_t receive_message(struct call *c, bool *ret_fd_lost)
{
	struct iovec iov = { .iov_base = connection.message, .iov_len = sizeof(connection.message) };
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	/* CMSG_LEN, not CMSG_SPACE: the padding has room for a second descriptor, which nobody would close. */
	struct msghdr m = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.space, .msg_controllen = CMSG_LEN(sizeof(int))
	};
	const struct cmsghdr *cmsg;
	long n;

	memset(&control, 0, sizeof(control));
	do
		n = syscall(SYS_recvmsg, connection.fd, &m, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		gone("reply", n < 0 ? errno : 0);
	cmsg = CMSG_FIRSTHDR(&m);
	if (cmsg && cmsg->cmsg_level == SOL_SOCKET && cmsg->cmsg_type == SCM_RIGHTS && cmsg->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(&c->fd, CMSG_DATA(cmsg), sizeof(int));
	*ret_fd_lost = (m.msg_flags & MSG_CTRUNC) && c->fd < 0;
	if (m.msg_flags & MSG_TRUNC)
		call_broken(c, "longer than a message may be");
	return (size_t)n;
}

static void drop_fd(struct call *c)
{
	if (c->fd >= 0)
		(void) syscall(SYS_close, c->fd);
	c->fd = -1;
}

/* The request in connection.message, out and back. */
static int exchange(struct call *c)
{
	struct wire_header h = { .magic = WIRE_MAGIC, .op = c->op, .seq = ++connection.seq };
	uint32_t seq = h.seq;
	bool fd_lost;
	size_t n;

	h.length = (uint32_t)c->out.length;
	memcpy(connection.message, &h, sizeof(h));
	send_message(sizeof(h) + c->out.length);
	explicit_bzero(connection.message, sizeof(h) + c->out.length);

	n = receive_message(c, &fd_lost);
	if (n < sizeof(h))
		call_broken(c, "shorter than a header");
	memcpy(&h, connection.message, sizeof(h));
	if (h.magic != WIRE_MAGIC)
		call_broken(c, "wrong magic number");
	if (h.op != c->op || h.seq != seq)
		call_broken(c, "it answers another request");
	if (h.length != n - sizeof(h))
		call_broken(c, "its length is not what its header says");
	wire_reader_init(&c->in, connection.message + sizeof(h), h.length);
	if (h.result < 0) {
		drop_fd(c);
		return call_fail(wire_to_errno(h.result == INT32_MIN ? 0 : -h.result));
	}
	if (wire_op_brings_fd(c->op) && c->fd < 0) {
		if (!fd_lost)
			call_broken(c, "no descriptor");
		return call_fail(EMFILE);
	}
	if (!wire_op_brings_fd(c->op) && c->op != WIRE_HTTP_REQUEST)
		drop_fd(c);
	return h.result;
}

/* ---- The connection ------------------------------------------------------------------------------------------------------ */

static int open_socket(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	long fd, high;

	if (strlen(path) >= sizeof(address.sun_path)) {
		complain(WIRE_ENV_SOCKET " is too long: %s", path);
		_exit(EX_UNAVAILABLE);
	}
	strcpy(address.sun_path, path);
	fd = syscall(SYS_socket, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0 || syscall(SYS_connect, fd, &address, sizeof(address)) < 0)
		gone(path, errno);
	high = syscall(SYS_fcntl, fd, F_DUPFD_CLOEXEC, CONNECTION_FD_MIN);
	if (high < 0)
		return (int)fd;
	(void) syscall(SYS_close, fd);
	return (int)high;
}

static void hello(void)
{
	struct call c = { .op = WIRE_HELLO, .fd = -1 };

	wire_writer_init(&c.out, connection.message + sizeof(struct wire_header), WIRE_MAX_PAYLOAD);
	wire_put_u32(&c.out, WIRE_VERSION);
	wire_put_u32(&c.out, (uint32_t)connection.owner);
	if (exchange(&c) < 0) {
		complain("the simulator does not speak version %u of the protocol", WIRE_VERSION);
		_exit(EX_PROTOCOL);
	}
}

/* 0, or -1 and errno ENOSYS. */
static int connect_once(void)
{
	const char *path;

	if (connection.fd >= 0) {
		if (connection.owner == getpid())
			return 0;
		return no_device("a forked child shares no device with its parent");
	}
	path = getenv(WIRE_ENV_SOCKET);
	if (!path || !path[0])
		return no_device("no simulated device: " WIRE_ENV_SOCKET " is not set; start the application with `azsim run --app=...`");
	connection.owner = getpid();
	connection.fd = open_socket(path);
	return 0;
}

/* ---- Calls --------------------------------------------------------------------------------------------------------------- */

void call_begin(struct call *c, uint16_t op)
{
	*c = (struct call){ .op = op, .fd = -1 };
	block_signals(&c->signals);
	(void) pthread_mutex_lock(&connection.lock);
	if (connection.fd < 0 && connect_once() == 0)
		hello();
	wire_writer_init(&c->out, connection.message + sizeof(struct wire_header), WIRE_MAX_PAYLOAD);
}

void call_put_text(struct call *c, const char *text, size_t max)
{
	wire_put_bytes(&c->out, text, strnlen(text, max + 1));
}

void call_put_blob(struct call *c, const void *bytes, size_t length, size_t max)
{
	static const uint8_t TOO_LONG[CALL_BLOB_MAX + 1];

	if (length <= max)
		wire_put_bytes(&c->out, bytes, length);
	else
		wire_put_bytes(&c->out, TOO_LONG, max + 1);
}

int call_send(struct call *c)
{
	if (connect_once() < 0)
		return -1;
	if (c->out.failed)
		return call_fail(EMSGSIZE);
	return exchange(c);
}

int call_end(struct call *c, int result)
{
	int error = errno;

	if (result >= 0 && !wire_reader_done(&c->in))
		call_broken(c, "its fields are not those of this request");
	drop_fd(c);
	explicit_bzero(connection.message, sizeof(struct wire_header) + (c->in.length > c->out.length ? c->in.length : c->out.length));
	(void) pthread_mutex_unlock(&connection.lock);
	restore_signals(&c->signals);
	errno = error;
	return result;
}

int call_ask(uint16_t op)
{
	struct call c;

	call_begin(&c, op);
	return call_end(&c, call_send(&c));
}
