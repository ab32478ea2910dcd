/* Sockets that are given an address to listen at.
 *
 * The simulator says whether the device has that address and its application may use the port. The socket then lies at this
 * machine's loopback, where nobody outside finds it, under the same port when that is free; so two devices can have one
 * port. Nobody connects but the application itself, by loopback. IPv4 has to be asked; of IPv6 there is loopback alone.
 */
#define _GNU_SOURCE
#include "emu-applibs/vtime/vtime.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/stat.h>

struct binding {
	struct binding *next;
	int fd;
	dev_t device; /* the file that fd was, to tell when the number is another's */
	ino_t inode;
	int type; /* SOCK_* */
	struct sockaddr_in name; /* as the application has it */
};

static struct binding *bindings;

static struct binding *binding_find(int fd)
{
	struct binding *b = bindings;
	struct stat st;

	while (b && b->fd != fd)
		b = b->next;
	if (!b || (fstat(fd, &st) == 0 && st.st_dev == b->device && st.st_ino == b->inode))
		return b;
	vt_binding_closed(fd);
	return NULL;
}

void vt_binding_closed(int fd)
{
	struct binding **p = &bindings, *b;

	while (*p && (*p)->fd != fd)
		p = &(*p)->next;
	b = *p;
	if (b) {
		*p = b->next;
		free(b);
	}
}

bool vt_binding_name(int fd, struct sockaddr_in *ret)
{
	const struct binding *b = binding_find(fd);

	if (b)
		*ret = b->name;
	return b != NULL;
}

static void binding_add(int fd, int type, const struct sockaddr_in *name)
{
	struct binding *b = calloc(1, sizeof(*b));
	struct stat st = { 0 };

	if (!b)
		vt_fatal("no memory for a socket", 0);
	(void) fstat(fd, &st);
	*b = (struct binding) { .next = bindings, .fd = fd, .device = st.st_dev, .inode = st.st_ino, .type = type, .name = *name };
	bindings = b;
}

/* A duplicate of a descriptor has the name of the first; it ends with that one. */
static bool binding_is_taken(int type, in_port_t port)
{
	for (const struct binding *b = bindings; b; b = b->next)
		if (b->type == type && b->name.sin_port == port)
			return true;
	return false;
}

/* 0 or an errno. */
static int binding_ask(const struct sockaddr_in *wanted, int type)
{
	struct vt_message m = { .type = VT_BIND, .a = ntohl(wanted->sin_addr.s_addr), .b = ntohs(wanted->sin_port) };

	m.b |= type == SOCK_STREAM ? VT_BIND_STREAM : 0;
	vt_call(&m, NULL);
	if (m.type != VT_STATUS)
		vt_fatal("the simulator's answer does not fit the request", 0);
	return m.status;
}

static int binding_outside(int fd, struct sockaddr_in *wanted)
{
	struct sockaddr_in local = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = wanted->sin_port };
	socklen_t length = sizeof(int);
	int type = 0, r;

	(void) vt_real.getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length);
	r = binding_ask(wanted, type);
	if (r != 0) {
		errno = r;
		return -1;
	}
	r = vt_real.bind(fd, (const struct sockaddr *) &local, sizeof(local));
	if (r < 0 && errno == EADDRINUSE && !binding_is_taken(type, wanted->sin_port)) { /* by somebody else on this machine */
		local.sin_port = 0;
		r = vt_real.bind(fd, (const struct sockaddr *) &local, sizeof(local));
	}
	if (r < 0)
		return -1;
	length = sizeof(local);
	if (wanted->sin_port == 0 && vt_real.getsockname(fd, (struct sockaddr *) &local, &length) == 0)
		wanted->sin_port = local.sin_port;
	binding_add(fd, type, wanted);
	return 0;
}

int bind(int fd, __CONST_SOCKADDR_ARG address, socklen_t length)
{
	const struct sockaddr *to = VT_SOCKADDR(address);
	struct sockaddr_in wanted;
	struct sockaddr_in6 wanted6;

	if (!vt_on() || !to)
		return vt_real.bind(fd, address, length);
	if (to->sa_family == AF_INET && length >= sizeof(wanted)) {
		memcpy(&wanted, to, sizeof(wanted));
		if (ntohl(wanted.sin_addr.s_addr) >> 24 != IN_LOOPBACKNET)
			return binding_outside(fd, &wanted);
	} else if (to->sa_family == AF_INET6 && length >= sizeof(wanted6)) {
		memcpy(&wanted6, to, sizeof(wanted6));
		if (IN6_IS_ADDR_UNSPECIFIED(&wanted6.sin6_addr)) {
			wanted6.sin6_addr = in6addr_loopback;
			return vt_real.bind(fd, (const struct sockaddr *) &wanted6, sizeof(wanted6));
		}
	}
	return vt_real.bind(fd, address, length);
}
