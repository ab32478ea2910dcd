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
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#include "emu-applibs/base/base.h"
#include "emu-applibs/base/process.h"
#include "emu-applibs/wire/ahead.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "wire_header is sent as it lies in memory");

/* Where an application that counts or closes descriptors does not meet it. */
#define CONNECTION_FD_MIN 500

static struct {
	pthread_mutex_t lock;
	int fd; /* -1: not connected */
	pid_t owner;
	uint32_t seq;
	bool complained;
	struct wire_ahead *ahead; /* shared with the simulator; NULL: none */
	const volatile unsigned char *first_process; /* a page that is empty in a child of fork; NULL: none */
	int output_fd;            /* of the pipe that is the application's output and errors; -1: they are not one */
	int storage_fd;           /* some descriptor of the mutable file, to open it again; -1 */
	uint8_t message[sizeof(struct wire_header) + WIRE_MAX_PAYLOAD];
} connection = { .lock = PTHREAD_MUTEX_INITIALIZER, .fd = -1, .output_fd = -1, .storage_fd = -1 };

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

/* A descriptor where the application does not meet it. */
static int high_fd(int fd)
{
	return (int)syscall(SYS_fcntl, fd, F_DUPFD_CLOEXEC, CONNECTION_FD_MIN);
}

/* The application has got this one of its mutable file. by_message: it may be another file than before. */
static void note_mutable(int fd, bool by_message)
{
	if (!connection.ahead)
		return;
	connection.ahead->mutable_fd = fd;
	if (!by_message)
		return;
	if (connection.storage_fd >= 0)
		(void) syscall(SYS_close, connection.storage_fd);
	connection.storage_fd = high_fd(fd);
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
	if (!wire_op_brings_fd(c->op) && c->op != WIRE_HTTP_REQUEST && c->op != WIRE_HELLO)
		drop_fd(c);
	if (c->op == WIRE_STORAGE_OPEN)
		note_mutable(c->fd, true);
	return h.result;
}

/* ---- Answers ahead ------------------------------------------------------------------------------------------------------- */

static bool has_bytes(int fd)
{
	int waiting = 1;

	return syscall(SYS_ioctl, fd, FIONREAD, &waiting) < 0 || waiting != 0;
}

/* The simulator looks at what the application has written, on its outputs or into its file, when it handles a message: nothing of
 * that may be older than an answer that goes without one. */
static bool may_have_written(struct wire_ahead *list)
{
	if (connection.output_fd >= 0 ? has_bytes(connection.output_fd) : has_bytes(STDOUT_FILENO) || has_bytes(STDERR_FILENO))
		return true;
	if (list->mutable_fd < 0)
		return false;
	if (syscall(SYS_fcntl, list->mutable_fd, F_GETFD) >= 0)
		return true;
	list->mutable_fd = -1;
	return false;
}

/* The number of the entry that answers this, of those from `first` on; -1: none does. */
static int find_ahead(const struct call *c, const struct wire_ahead *list, unsigned first)
{
	for (unsigned i = first; i < list->count && i < WIRE_AHEAD_MAX; i++) {
		const struct wire_ahead_entry *e = &list->entries[i];

		if (e->op == c->op && e->request_length == c->out.length && e->request_at <= WIRE_AHEAD_BYTES - e->request_length &&
		    e->reply_length <= WIRE_AHEAD_BYTES && e->reply_at <= WIRE_AHEAD_BYTES - e->reply_length &&
		    memcmp(list->bytes + e->request_at, c->out.data, c->out.length) == 0)
			return (int)i;
	}
	return -1;
}

static int open_again(void)
{
	char path[40];

	if (connection.storage_fd < 0)
		return -1;
	(void) snprintf(path, sizeof(path), "/proc/self/fd/%d", connection.storage_fd);
	return (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC);
}

/* True when the answer was there, and its fields fit the buffer; *ret_result is as of call_send(). */
static bool take_ahead(struct call *c, uint8_t *buffer, size_t capacity, int *ret_result)
{
	struct wire_ahead *list = connection.ahead;
	uint64_t state = list ? __atomic_load_n(&list->state, __ATOMIC_ACQUIRE) : 0;

	if (!list || list->count == 0 || c->out.failed)
		return false;
	for (;;) {
		const uint64_t taken = state & WIRE_AHEAD_TAKEN;
		int i = find_ahead(c, list, taken ? 64u - (unsigned)__builtin_clzll(taken) : 0);
		struct wire_ahead_entry e;

		if (i < 0 || list->entries[i].reply_length > capacity || may_have_written(list))
			return false;
		e = list->entries[i];
		if (wire_op_brings_fd(c->op) && e.result >= 0 && c->fd < 0 && (c->fd = open_again()) < 0)
			return false;
		memcpy(buffer, list->bytes + e.reply_at, e.reply_length);
		if (!__atomic_compare_exchange_n(&list->state, &state, state | UINT64_C(1) << i, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
			continue; /* a signal handler came in between */
		if (c->fd >= 0) {
			note_mutable(c->fd, false);
			list->count = 0; /* from here on there may be something written that is older than an answer */
		}
		wire_reader_init(&c->in, buffer, e.reply_length);
		*ret_result = e.result < 0 ? call_fail(wire_to_errno(e.result == INT32_MIN ? 0 : -e.result)) : e.result;
		return true;
	}
}

static void map_ahead(struct call *c)
{
	void *list = c->fd < 0 ? MAP_FAILED : mmap(NULL, sizeof(struct wire_ahead), PROT_READ | PROT_WRITE, MAP_SHARED, c->fd, 0);

	drop_fd(c);
	if (list != MAP_FAILED && ((struct wire_ahead *)list)->magic == WIRE_AHEAD_MAGIC)
		connection.ahead = list;
}

/* One pipe for both, as the simulator gives it, can be looked at by one descriptor of ours, whatever becomes of theirs. */
static void find_output(void)
{
	struct stat out, err;

	if (fstat(STDOUT_FILENO, &out) == 0 && fstat(STDERR_FILENO, &err) == 0 && S_ISFIFO(out.st_mode) && out.st_dev == err.st_dev &&
	    out.st_ino == err.st_ino)
		connection.output_fd = high_fd(STDOUT_FILENO);
}

/* ---- The connection ------------------------------------------------------------------------------------------------------ */

static int open_socket(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	long fd;
	int high;

	if (strlen(path) >= sizeof(address.sun_path)) {
		complain(WIRE_ENV_SOCKET " is too long: %s", path);
		_exit(EX_UNAVAILABLE);
	}
	strcpy(address.sun_path, path);
	fd = syscall(SYS_socket, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0 || syscall(SYS_connect, fd, &address, sizeof(address)) < 0)
		gone(path, errno);
	high = high_fd((int)fd);
	if (high < 0)
		return (int)fd;
	(void) syscall(SYS_close, fd);
	return high;
}

static void hello(void)
{
	struct call c;

	c.op = WIRE_HELLO;
	c.fd = -1;
	wire_writer_init(&c.out, connection.message + sizeof(struct wire_header), WIRE_MAX_PAYLOAD);
	wire_put_u32(&c.out, WIRE_VERSION);
	wire_put_u32(&c.out, (uint32_t)connection.owner);
	if (exchange(&c) < 0) {
		complain("the simulator does not speak version %u of the protocol", WIRE_VERSION);
		_exit(EX_PROTOCOL);
	}
	map_ahead(&c);
	if (!connection.ahead)
		return;
	connection.first_process = base_mark_process(); /* without it every question goes the long way */
	find_output();
}

/* 0, or -1 and errno ENOSYS. */
static int connect_once(void)
{
	const char *path;

	if (connection.fd >= 0) {
		if (connection.first_process ? *connection.first_process : connection.owner == getpid())
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

static void own(struct call *c)
{
	block_signals(&c->signals);
	(void) pthread_mutex_lock(&connection.lock);
	c->owns = true;
}

#ifdef CALL_SHORT_REQUEST
/* Is there a list that it may be on, and is this the process that it is for? */
static bool is_short(uint16_t op)
{
	return wire_ahead_is_short(op) && connection.ahead && connection.ahead->count > 0 && connection.first_process &&
	       *connection.first_process;
}

static bool begin_short(struct call *c)
{
	if (!is_short(c->op))
		return false;
	c->owns = false;
	wire_writer_init(&c->out, c->request, sizeof(c->request));
	return true;
}

/* False: it was not answered ahead, and is a request like any other from here on. */
static bool send_short(struct call *c, int *ret_result)
{
	const size_t length = c->out.length;

	if (c->owns)
		return false;
	if (take_ahead(c, c->reply, sizeof(c->reply), ret_result))
		return true;
	own(c);
	memcpy(connection.message + sizeof(struct wire_header), c->request, length);
	c->out.data = connection.message + sizeof(struct wire_header);
	c->out.capacity = WIRE_MAX_PAYLOAD;
	return false;
}
#else
static bool begin_short(struct call *c)
{
	(void) c;
	return false;
}

static bool send_short(struct call *c, int *ret_result)
{
	(void) c;
	(void) ret_result;
	return false;
}
#endif

void call_begin(struct call *c, uint16_t op)
{
	c->op = op;
	c->fd = -1;
	wire_reader_init(&c->in, NULL, 0);
	if (begin_short(c))
		return;
	own(c);
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
	int result;

	if (send_short(c, &result))
		return result;
	if (connect_once() < 0)
		return -1;
	if (c->out.failed)
		return call_fail(EMSGSIZE);
	if (take_ahead(c, connection.message + sizeof(struct wire_header), WIRE_MAX_PAYLOAD, &result))
		return result;
	drop_fd(c);
	return exchange(c);
}

int call_end(struct call *c, int result)
{
	int error = errno;

	if (result >= 0 && !wire_reader_done(&c->in))
		call_broken(c, "its fields are not those of this request");
	if (!c->owns)
		return result;
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
