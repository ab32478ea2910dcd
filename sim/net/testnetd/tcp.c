/* See testnetd/tcp.h. */
#define _GNU_SOURCE
#include "sim/net/testnetd/tcp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>

#include "emu-applibs/base/base.h"
#include "sim/net/testnetd/lan.h"
#include "sim/net/testnetd/loss.h"

#define CONNECT_LIMIT_MS 10000u /* real time; some milliseconds on a machine that has time */
#define CARRY_LIMIT_MS 10000u

static struct tcp_connection *find(struct tcp *tcp, uint32_t id)
{
	for (size_t i = 0; i < TCP_CONNECTIONS_MAX; i++)
		if (tcp->list[i].id == id)
			return &tcp->list[i];
	return NULL;
}

void tcp_close(struct tcp *tcp, uint32_t id)
{
	struct tcp_connection *c = id != 0 ? find(tcp, id) : NULL;

	if (c == NULL)
		return;
	(void) close(c->device);
	(void) close(c->network);
	*c = (struct tcp_connection){0};
}

/* The device is somebody else from now on: what was sent to it comes nowhere. */
static void drop_all(struct tcp *tcp)
{
	for (size_t i = 0; i < TCP_CONNECTIONS_MAX; i++)
		tcp_close(tcp, tcp->list[i].id);
}

/* What it sends leaves at this access point, and what comes is taken from there. */
static int bind_to_radio(int fd, int radio)
{
	char interface[DAEMONS_INTERFACE_MAX];

	(void) daemons_interface((unsigned) radio, interface);
	return setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface, (socklen_t) strlen(interface)) < 0 ? -errno : 0;
}

/* A listener for this one connection, at the access point's own interface: the answer goes where the question came from. */
static int listen_at(const struct sockaddr_in *address, int radio)
{
	cleanup_fd int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	const int yes = 1;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) < 0 || bind_to_radio(fd, radio) < 0 ||
	    bind(fd, (const struct sockaddr *) address, sizeof(*address)) < 0 || listen(fd, 1) < 0)
		return -errno;
	return steal_fd(&fd);
}

static int connect_as_device(const struct sockaddr_in *address)
{
	cleanup_fd int fd = -1;

	lan_enter_device();
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	lan_leave_device();
	if (fd < 0 || (connect(fd, (const struct sockaddr *) address, sizeof(*address)) < 0 && errno != EINPROGRESS))
		return -errno;
	return steal_fd(&fd);
}

/* Small answers are not held back; nothing is waiting for a better moment. */
static void do_not_delay(int fd)
{
	const int yes = 1;

	(void) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
}

int tcp_connect(struct daemons *d, struct tcp *tcp, uint32_t id, const struct net_address *own, uint32_t address, uint16_t port,
                struct az_error *ret_error)
{
	const struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(address), .sin_port = htons(port)};
	struct tcp_connection *free_one;
	cleanup_fd int listener = -1, device = -1, network = -1;
	uint64_t until;
	int radio, r;

	if (memcmp(&d->address, own, sizeof(*own)) != 0)
		drop_all(tcp);
	r = lan_get_address(d, own, ret_error);
	if (r < 0)
		return r;
	free_one = find(tcp, 0);
	radio = d->address_radio;
	r = id == 0 || find(tcp, id) != NULL ? -EINVAL : free_one == NULL ? -EMFILE : lan_add_address(address);
	if (r == 0)
		listener = listen_at(&to, radio);
	r = r < 0 ? r : listener < 0 ? listener : 0;
	if (r == 0)
		device = connect_as_device(&to);
	r = r < 0 ? r : device < 0 ? device : 0;
	for (until = daemons_in_ms(CONNECT_LIMIT_MS); r == 0 && network < 0;) {
		(void) daemons_wait(d, listener, until);
		network = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (network < 0 && errno != EAGAIN && errno != EINTR)
			r = -errno;
		else if (network < 0 && real_now_ns() >= until)
			r = lan_access_point(d) < 0 ? -ENETUNREACH : -ETIMEDOUT;
	}
	if (r == -ENETUNREACH || loss_explains(&d->state, r))
		return r;
	if (r < 0) {
		az_error_set(ret_error, AZ_ENVIRONMENT, "the device cannot connect to port %u over the air: %s", port, strerror(-r));
		return r;
	}
	do_not_delay(device);
	do_not_delay(network);
	*free_one = (struct tcp_connection){.id = id, .device = steal_fd(&device), .network = steal_fd(&network), .radio = radio};
	return 0;
}

/* Writes what fits, reads what came; 0 when all has. `bytes` is read over from the front by what is not sent yet: what came never gets
 * ahead of what went. */
static int pass(struct daemons *d, int from, int to, uint8_t *bytes, size_t length)
{
	uint64_t until = daemons_in_ms(CARRY_LIMIT_MS);
	size_t sent = 0, came = 0;

	while (came < length) {
		ssize_t n = sent < length ? send(from, bytes + sent, length - sent, MSG_NOSIGNAL) : 0;

		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return -errno;
		sent += n > 0 ? (size_t) n : 0;
		/* What came is not known to the sender at once: there may be no room for more for a moment. */
		(void) daemons_wait(d, sent > came ? to : -1, sent > came ? until : daemons_in_ms(2));
		n = sent > came ? recv(to, bytes + came, sent - came, 0) : -1;
		if (n == 0)
			return -ECONNRESET;
		if (n < 0 && sent > came && errno != EAGAIN && errno != EINTR)
			return -errno;
		came += n > 0 ? (size_t) n : 0;
		if (came < length && real_now_ns() >= until)
			return lan_access_point(d) < 0 ? -ENETUNREACH : -ETIMEDOUT;
	}
	return 0;
}

static int pass_end(struct daemons *d, int from, int to)
{
	uint64_t until = daemons_in_ms(CARRY_LIMIT_MS);
	uint8_t byte;

	if (shutdown(from, SHUT_WR) < 0)
		return -errno;
	for (;;) {
		ssize_t n;

		(void) daemons_wait(d, to, until);
		n = recv(to, &byte, 1, 0);
		if (n == 0)
			return 0;
		if (n > 0)
			return -EPROTO;
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
		if (real_now_ns() >= until)
			return lan_access_point(d) < 0 ? -ENETUNREACH : -ETIMEDOUT;
	}
}

int tcp_carry(struct daemons *d, struct tcp *tcp, uint32_t id, bool from_device, uint8_t *bytes, size_t length, struct az_error *ret_error)
{
	struct tcp_connection *c = id != 0 ? find(tcp, id) : NULL;
	int from, to, r;

	if (c == NULL)
		return -ENOTCONN;
	r = lan_get_address(d, &d->address, ret_error);
	if (r == 0 && c->radio != d->address_radio) {
		r = bind_to_radio(c->network, d->address_radio);
		c->radio = d->address_radio;
	}
	if (r < 0)
		return r;
	from = from_device ? c->device : c->network;
	to = from_device ? c->network : c->device;
	r = length == 0 ? pass_end(d, from, to) : pass(d, from, to, bytes, length);
	if (r == -ETIMEDOUT && !net_loses_frames(&d->state))
		az_error_set(ret_error, AZ_ENVIRONMENT, "what the device sent over the air did not arrive within %u s; is this machine very busy?",
		             CARRY_LIMIT_MS / 1000);
	return r;
}
