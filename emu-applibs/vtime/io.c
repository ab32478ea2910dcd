/* Blocking reads and writes: looked at first, waited for under the baton, and only then really done.
 *
 * Writes to a stream go out piece by piece without blocking, since the reader at the other end may be another thread of
 * the application, or the simulator, which reads only while the application waits. A read or write inside libc's stdio
 * is not seen. Leaves to others: connecting (sockets.c).
 */
#define _GNU_SOURCE
#include "emu-applibs/vtime/vtime.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

enum io_kind { IO_PLAIN, IO_SOCKET, IO_PIPE, IO_OTHER };

/* Standard output and error as the process got them. Their reader is no part of the simulated world and needs no idle
 * application to read, so a write there may really block. */
static struct stat io_outputs[2];

void vt_io_init(void)
{
	for (int i = 0; i < 2; i++)
		if (fstat(STDOUT_FILENO + i, &io_outputs[i]) < 0)
			io_outputs[i] = (struct stat) { 0 };
}

static bool io_is_output(const struct stat *st)
{
	for (int i = 0; i < 2; i++)
		if (io_outputs[i].st_ino && st->st_ino == io_outputs[i].st_ino && st->st_dev == io_outputs[i].st_dev)
			return true;
	return false;
}

static enum io_kind io_kind(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || io_is_output(&st))
		return IO_PLAIN;
	if (S_ISSOCK(st.st_mode))
		return IO_SOCKET;
	if (S_ISFIFO(st.st_mode))
		return IO_PIPE;
	return S_ISREG(st.st_mode) || S_ISDIR(st.st_mode) || S_ISBLK(st.st_mode) ? IO_PLAIN : IO_OTHER;
}

struct vt_deadline vt_io_limit(int fd, short events)
{
	struct timeval tv = { 0 };
	socklen_t length = sizeof(tv);
	int option = (events & POLLIN) ? SO_RCVTIMEO : SO_SNDTIMEO;

	if (vt_real.getsockopt(fd, SOL_SOCKET, option, &tv, &length) < 0 || (!tv.tv_sec && !tv.tv_usec))
		return (struct vt_deadline) { .kind = VT_NEVER };
	return vt_after(tv.tv_sec * VT_NS_PER_S + tv.tv_usec * VT_NS_PER_US);
}

static bool io_ready(int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };

	return vt_real.poll(&p, 1, 0) != 0; /* an error is for the real call to report */
}

/* As vt_io_wait, for a descriptor that was found to block and not to be ready. */
static int io_wait_until(int fd, short events, struct vt_deadline deadline)
{
	struct pollfd p = { .fd = fd, .events = events };
	struct vt_wait w = { .fds = &p, .nfds = 1, .deadline = deadline, .interruptible = true,
			     .restarts = deadline.kind == VT_NEVER };

	vt_testcancel();
	do {
		enum vt_result r = vt_wait(&w);

		vt_testcancel();
		if (r == VT_INTERRUPTED) {
			errno = EINTR;
			return -1;
		}
		if (vt_due(&deadline) && !io_ready(fd, events)) {
			errno = EAGAIN;
			return -1;
		}
	} while (!io_ready(fd, events));
	return 0;
}

int vt_io_wait(int fd, short events, int flags)
{
	int status;

	if (io_ready(fd, events)) {
		vt_charge_busy(1);
		return 0;
	}
	status = fcntl(fd, F_GETFL);
	if (status < 0)
		return 0;
	if ((flags & (MSG_DONTWAIT | MSG_ERRQUEUE)) || (status & O_NONBLOCK)) {
		vt_charge(VT_CHARGE_TRY);
		return 0;
	}
	return io_wait_until(fd, events, vt_io_limit(fd, events));
}

/* ---- Reading ---- */

static bool io_cancelled(int fd)
{
	if (!vt_timerfd_cancelled(fd))
		return false;
	errno = ECANCELED;
	return true;
}

static ssize_t io_read_timerfd(int fd, void *buffer, size_t n)
{
	ssize_t r;

	if (vt_io_wait(fd, POLLIN, 0) < 0 || io_cancelled(fd))
		return -1;
	r = vt_real.read(fd, buffer, n);
	if (r > 0)
		vt_timerfd_was_read(fd);
	return r;
}

ssize_t read(int fd, void *buffer, size_t n)
{
	struct stat st = { 0 }; /* of nothing at all, where there is no such descriptor: the real call says so */

	if (!vt_on())
		return vt_real.read(fd, buffer, n);
	if (vt_is_timerfd(fd))
		return io_read_timerfd(fd, buffer, n);
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		vt_charge_busy(1); /* always ready */
		return vt_real.read(fd, buffer, n);
	}
	if (vt_random_on() && vt_is_random_device(&st)) {
		n = n < SSIZE_MAX ? n : SSIZE_MAX;
		vt_random_fill(__builtin_return_address(0), buffer, n);
		return (ssize_t) n;
	}
	if (vt_io_wait(fd, POLLIN, 0) < 0)
		return -1;
	return vt_real.read(fd, buffer, n);
}

ssize_t __read_chk(int fd, void *buffer, size_t n, size_t size)
{
	if (n > size)
		abort();
	return read(fd, buffer, n);
}

ssize_t readv(int fd, const struct iovec *parts, int count)
{
	if (!vt_on())
		return vt_real.readv(fd, parts, count);
	if (vt_io_wait(fd, POLLIN, 0) < 0 || io_cancelled(fd))
		return -1;
	return vt_real.readv(fd, parts, count);
}

ssize_t recvfrom(int fd, void *restrict buffer, size_t n, int flags, __SOCKADDR_ARG address,
		 socklen_t *restrict length)
{
	size_t done = 0;
	ssize_t r;

	if (!vt_on())
		return vt_real.recvfrom(fd, buffer, n, flags, address, length);
	/* MSG_WAITALL in steps, each waited for. */
	for (;;) {
		if (vt_io_wait(fd, POLLIN, flags) < 0)
			return done ? (ssize_t) done : -1;
		r = vt_real.recvfrom(fd, (char *) buffer + done, n - done, flags & ~MSG_WAITALL, address, length);
		if (r <= 0)
			return done ? (ssize_t) done : r;
		done += (size_t) r;
		if (!(flags & MSG_WAITALL) || (flags & (MSG_PEEK | MSG_DONTWAIT)) || done >= n)
			return (ssize_t) done;
	}
}

ssize_t __recvfrom_chk(int fd, void *buffer, size_t n, size_t size, int flags, __SOCKADDR_ARG address,
		       socklen_t *length)
{
	if (n > size)
		abort();
	return recvfrom(fd, buffer, n, flags, address, length);
}

ssize_t recv(int fd, void *buffer, size_t n, int flags)
{
	if (!vt_on())
		return vt_real.recv(fd, buffer, n, flags);
	return recvfrom(fd, buffer, n, flags, (struct sockaddr *) NULL, NULL);
}

ssize_t __recv_chk(int fd, void *buffer, size_t n, size_t size, int flags)
{
	if (n > size)
		abort();
	return recv(fd, buffer, n, flags);
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
	if (!vt_on())
		return vt_real.recvmsg(fd, message, flags);
	if (vt_io_wait(fd, POLLIN, flags) < 0)
		return -1;
	return vt_real.recvmsg(fd, message, flags);
}

int accept4(int fd, __SOCKADDR_ARG address, socklen_t *restrict length, int flags)
{
	if (!vt_on())
		return vt_real.accept4(fd, address, length, flags);
	if (vt_io_wait(fd, POLLIN, 0) < 0)
		return -1;
	return vt_real.accept4(fd, address, length, flags);
}

int accept(int fd, __SOCKADDR_ARG address, socklen_t *restrict length)
{
	if (!vt_on())
		return vt_real.accept(fd, address, length);
	return accept4(fd, address, length, 0);
}

/* ---- Writing ---- */

/* Sends all of it through a socket that blocks, without blocking. */
static ssize_t io_send_all(int fd, const char *bytes, size_t n, int flags)
{
	struct vt_deadline limit = vt_io_limit(fd, POLLOUT);
	size_t done = 0;

	do {
		ssize_t r = vt_real.send(fd, bytes + done, n - done, flags | MSG_DONTWAIT);

		if (r >= 0) {
			done += (size_t) r;
			continue;
		}
		if (errno != EAGAIN || io_wait_until(fd, POLLOUT, limit) < 0)
			return done ? (ssize_t) done : -1;
	} while (done < n);
	return (ssize_t) done;
}

/* A pipe takes PIPE_BUF at once whenever it says that it is writable. */
static ssize_t io_write_pipe(int fd, const char *bytes, size_t n)
{
	size_t done = 0;

	do {
		size_t part = n - done < PIPE_BUF ? n - done : PIPE_BUF;
		ssize_t r;

		if (vt_io_wait(fd, POLLOUT, 0) < 0)
			return done ? (ssize_t) done : -1;
		r = vt_real.write(fd, bytes + done, part);
		if (r < 0)
			return done ? (ssize_t) done : -1;
		done += (size_t) r;
	} while (done < n);
	return (ssize_t) done;
}

static bool io_blocks(int fd)
{
	int status = fcntl(fd, F_GETFL);

	return status >= 0 && !(status & O_NONBLOCK);
}

ssize_t write(int fd, const void *bytes, size_t n)
{
	enum io_kind kind;

	if (!vt_on())
		return vt_real.write(fd, bytes, n);
	kind = io_kind(fd);
	if (kind == IO_PLAIN || !io_blocks(fd))
		return vt_real.write(fd, bytes, n);
	if (kind == IO_SOCKET)
		return io_send_all(fd, bytes, n, 0);
	if (kind == IO_PIPE)
		return io_write_pipe(fd, bytes, n);
	if (vt_io_wait(fd, POLLOUT, 0) < 0)
		return -1;
	return vt_real.write(fd, bytes, n);
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
	enum io_kind kind;
	ssize_t total = 0;

	if (!vt_on())
		return vt_real.writev(fd, parts, count);
	kind = io_kind(fd);
	if (kind == IO_PLAIN || !io_blocks(fd) || count <= 0 || count > IOV_MAX)
		return vt_real.writev(fd, parts, count);
	if (kind == IO_SOCKET) {
		struct msghdr message = { .msg_iov = (struct iovec *) parts, .msg_iovlen = (size_t) count };

		return sendmsg(fd, &message, 0);
	}
	for (int i = 0; i < count; i++) {
		ssize_t r;

		if (parts[i].iov_len == 0)
			continue;
		r = write(fd, parts[i].iov_base, parts[i].iov_len);
		if (r < 0)
			return total ? total : -1;
		total += r;
		if ((size_t) r < parts[i].iov_len)
			break;
	}
	return total;
}

ssize_t send(int fd, const void *bytes, size_t n, int flags)
{
	if (!vt_on())
		return vt_real.send(fd, bytes, n, flags);
	if ((flags & MSG_DONTWAIT) || !io_blocks(fd))
		return vt_real.send(fd, bytes, n, flags);
	return io_send_all(fd, bytes, n, flags);
}
