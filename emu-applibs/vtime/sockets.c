/* Sockets: connections to anywhere outside go to the simulator.
 *
 * The simulator answers CONNECT with one end of a pair, which takes the socket's number; what an application may ask a
 * TCP socket for is answered here for those. Loopback and AF_UNIX stay real, IPv6 and UDP have no route. Leaves to
 * others: names (names.c), listening (binding.c), reading and writing (io.c).
 */
#define _GNU_SOURCE
#include "emu-applibs/vtime/vtime.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/stat.h>

#define SOCKETS_FIRST_PORT 49152u

struct sockets_connection {
	struct sockets_connection *next;
	int fd;
	dev_t device; /* the file that fd was, to tell when libc closed it and the number is another's */
	ino_t inode;
	struct sockaddr_in peer;
	struct sockaddr_in local;
};

static struct sockets_connection *sockets;
static unsigned sockets_next_port = SOCKETS_FIRST_PORT;

static struct sockets_connection *sockets_find(int fd)
{
	struct sockets_connection *s = sockets;
	struct stat st;

	while (s && s->fd != fd)
		s = s->next;
	if (!s || (fstat(fd, &st) == 0 && st.st_dev == s->device && st.st_ino == s->inode))
		return s;
	vt_socket_closed(fd);
	return NULL;
}

bool vt_is_socket(int fd)
{
	return sockets_find(fd) != NULL;
}

void vt_socket_closed(int fd)
{
	struct sockets_connection **p = &sockets, *s;

	while (*p && (*p)->fd != fd)
		p = &(*p)->next;
	s = *p;
	if (s) {
		*p = s->next;
		free(s);
	}
}

static void sockets_add(int fd, const struct sockaddr_in *peer, const struct sockaddr_in *local)
{
	struct sockets_connection *s = calloc(1, sizeof(*s));
	struct stat st = { 0 };

	if (!s)
		vt_fatal("no memory for a connection", 0);
	(void) fstat(fd, &st);
	s->fd = fd;
	s->device = st.st_dev;
	s->inode = st.st_ino;
	s->peer = *peer;
	s->local = *local;
	s->next = sockets;
	sockets = s;
}

void vt_socket_copied(int from, int to)
{
	const struct sockets_connection *s = sockets_find(from);

	if (s)
		sockets_add(to, &s->peer, &s->local);
}

/* ---- Connecting ---- */

static int sockets_option(int fd, int option)
{
	int value = -1;
	socklen_t length = sizeof(value);

	return vt_real.getsockopt(fd, SOL_SOCKET, option, &value, &length) < 0 ? -1 : value;
}

static bool sockets_outside(const struct sockaddr *address, socklen_t length)
{
	if (length >= sizeof(struct sockaddr_in) && address->sa_family == AF_INET) {
		uint32_t ip = ntohl(((const struct sockaddr_in *) address)->sin_addr.s_addr);

		return ip >> 24 != IN_LOOPBACKNET && ip != INADDR_ANY;
	}
	if (length >= sizeof(struct sockaddr_in6) && address->sa_family == AF_INET6) {
		const struct in6_addr *ip = &((const struct sockaddr_in6 *) address)->sin6_addr;

		return !IN6_IS_ADDR_LOOPBACK(ip) && !IN6_IS_ADDR_UNSPECIFIED(ip);
	}
	return false;
}

/* Puts `end` under the number fd, with the flags and time limits that fd has. Takes end. */
static int sockets_replace(int fd, int end, const struct sockaddr_in *peer)
{
	static const int kept[] = { SO_RCVTIMEO, SO_SNDTIMEO };
	struct sockaddr_in local = { .sin_family = AF_INET };
	socklen_t length = sizeof(local);
	int status = fcntl(fd, F_GETFL), descriptor = fcntl(fd, F_GETFD);
	struct vt_registration *held = vt_epoll_take(fd);

	if (!vt_binding_name(fd, &local))
		(void) vt_real.getsockname(fd, (struct sockaddr *) &local, &length);
	vt_binding_closed(fd);
	if (local.sin_addr.s_addr == htonl(INADDR_ANY))
		local.sin_addr.s_addr = htonl(VT_LOCAL_ADDRESS);
	if (!local.sin_port) {
		local.sin_port = htons((uint16_t) sockets_next_port++);
		if (sockets_next_port > UINT16_MAX)
			sockets_next_port = SOCKETS_FIRST_PORT;
	}
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		struct timeval tv;

		length = sizeof(tv);
		if (vt_real.getsockopt(fd, SOL_SOCKET, kept[i], &tv, &length) == 0)
			(void) vt_real.setsockopt(end, SOL_SOCKET, kept[i], &tv, length);
	}
	(void) fcntl(end, F_SETFL, status);
	if (vt_real.dup3(end, fd, (descriptor & FD_CLOEXEC) ? O_CLOEXEC : 0) < 0)
		vt_fatal("cannot put a connection in place", errno);
	(void) vt_real.close(end);
	vt_socket_closed(fd);
	sockets_add(fd, peer, &local);
	vt_epoll_restore(fd, held);
	return 0;
}

static int sockets_connect(int fd, const struct sockaddr_in *address)
{
	struct vt_message m = {
		.type = VT_CONNECT,
		.a = ntohl(address->sin_addr.s_addr),
		.b = ntohs(address->sin_port),
	};
	int end = -1;

	if (vt_is_socket(fd)) {
		errno = EISCONN;
		return -1;
	}
	vt_call(&m, &end);
	if (m.type != VT_CONNECTED || (m.status == 0 && end < 0))
		vt_fatal("the simulator's answer does not fit the request", 0);
	if (m.status == 0)
		return sockets_replace(fd, end, address);
	if (end >= 0)
		(void) vt_real.close(end);
	errno = m.status;
	return -1;
}

int connect(int fd, __CONST_SOCKADDR_ARG address, socklen_t length)
{
	const struct sockaddr *to = VT_SOCKADDR(address);

	if (!vt_on() || !to)
		return vt_real.connect(fd, address, length);
	vt_testcancel();
	if (vt_is_socket(fd) && to->sa_family != AF_UNSPEC) {
		errno = EISCONN;
		return -1;
	}
	if (!sockets_outside(to, length))
		return vt_real.connect(fd, address, length);
	if (sockets_option(fd, SO_TYPE) < 0)
		return -1; /* errno: not a socket, or not open */
	if (to->sa_family == AF_INET && sockets_option(fd, SO_TYPE) == SOCK_STREAM &&
	    sockets_option(fd, SO_DOMAIN) == AF_INET)
		return sockets_connect(fd, (const struct sockaddr_in *) to);
	errno = ENETUNREACH;
	return -1;
}

/* ---- Sending with an address ---- */

ssize_t sendto(int fd, const void *bytes, size_t n, int flags, __CONST_SOCKADDR_ARG address, socklen_t length)
{
	const struct sockaddr *to = VT_SOCKADDR(address);

	if (!vt_on())
		return vt_real.sendto(fd, bytes, n, flags, address, length);
	if (!to || vt_is_socket(fd))
		return send(fd, bytes, n, flags); /* a connected TCP socket ignores the address */
	if (sockets_outside(to, length)) {
		errno = ENETUNREACH;
		return -1;
	}
	if (!(flags & MSG_DONTWAIT) && vt_io_wait(fd, POLLOUT, flags) < 0)
		return -1;
	return vt_real.sendto(fd, bytes, n, flags, address, length);
}

/* One iovec after the other, for a stream without control data; the kernel's way for everything else. */
ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	ssize_t total = 0;

	if (!vt_on())
		return vt_real.sendmsg(fd, message, flags);
	if (message->msg_name && !vt_is_socket(fd) && sockets_outside(message->msg_name, message->msg_namelen)) {
		errno = ENETUNREACH;
		return -1;
	}
	if (message->msg_controllen || sockets_option(fd, SO_TYPE) != SOCK_STREAM || message->msg_iovlen == 0) {
		if (vt_io_wait(fd, POLLOUT, flags) < 0)
			return -1;
		return vt_real.sendmsg(fd, message, flags);
	}
	for (size_t i = 0; i < (size_t) message->msg_iovlen; i++) {
		const struct iovec *part = &message->msg_iov[i];
		ssize_t r;

		if (part->iov_len == 0)
			continue;
		r = send(fd, part->iov_base, part->iov_len, flags);
		if (r < 0)
			return total ? total : -1;
		total += r;
		if ((size_t) r < part->iov_len)
			break;
	}
	return total;
}

/* ---- Asking a socket ---- */

static int sockets_tell(const struct sockaddr_in *name, struct sockaddr *address, socklen_t *length)
{
	memcpy(address, name, *length < sizeof(*name) ? *length : sizeof(*name));
	*length = sizeof(*name);
	return 0;
}

int getpeername(int fd, __SOCKADDR_ARG address, socklen_t *restrict length)
{
	struct sockets_connection *s = vt_on() ? sockets_find(fd) : NULL;

	if (!s)
		return vt_real.getpeername(fd, address, length);
	return sockets_tell(&s->peer, VT_SOCKADDR(address), length);
}

int getsockname(int fd, __SOCKADDR_ARG address, socklen_t *restrict length)
{
	struct sockets_connection *s = vt_on() ? sockets_find(fd) : NULL;
	struct sockaddr_in name;

	if (!s && vt_on() && vt_binding_name(fd, &name))
		return sockets_tell(&name, VT_SOCKADDR(address), length);
	if (!s)
		return vt_real.getsockname(fd, address, length);
	return sockets_tell(&s->local, VT_SOCKADDR(address), length);
}

int setsockopt(int fd, int level, int option, const void *value, socklen_t length)
{
	/* TCP and IP options have nothing to act on, as on a link that never loses a byte. */
	if (vt_on() && (level == IPPROTO_TCP || level == IPPROTO_IP) && vt_is_socket(fd))
		return 0;
	return vt_real.setsockopt(fd, level, option, value, length);
}

int getsockopt(int fd, int level, int option, void *restrict value, socklen_t *restrict length)
{
	int answer = 0;

	if (!vt_on() || !vt_is_socket(fd))
		return vt_real.getsockopt(fd, level, option, value, length);
	if (level == SOL_SOCKET && option == SO_DOMAIN)
		answer = AF_INET;
	else if (level == SOL_SOCKET && option == SO_PROTOCOL)
		answer = IPPROTO_TCP;
	else if (level == IPPROTO_TCP && option == TCP_INFO) {
		struct tcp_info info = { .tcpi_state = TCP_ESTABLISHED };
		socklen_t n = *length < sizeof(info) ? *length : sizeof(info);

		memcpy(value, &info, n);
		*length = n;
		return 0;
	} else if (level != IPPROTO_TCP && level != IPPROTO_IP)
		return vt_real.getsockopt(fd, level, option, value, length);
	memcpy(value, &answer, *length < sizeof(answer) ? *length : sizeof(answer));
	*length = sizeof(answer);
	return 0;
}
