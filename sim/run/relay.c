/* The way of the application's connections through a network that carries IP: between the application's socket and the server's, what one
 * writes goes over the network before the other reads it. Virtual time stands still meanwhile, so that the application sees what it sees
 * where nothing is in between.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>

#include "sim/run/internal.h"

/* One direction: `length` bytes wait at `bytes` for whoever reads them. */
struct half {
	uint8_t bytes[NET_CARRY_MAX];
	size_t at, length;
	bool ended;
};

struct relay {
	struct relay *next;
	uint32_t id;
	int app, server; /* our ends */
	struct half up, down; /* from the application; to it */
};

static void relay_free(struct relay *relay)
{
	(void) close(relay->app);
	(void) close(relay->server);
	explicit_bzero(relay, sizeof(*relay));
	free(relay);
}

/* What the network says to that the world has to hear of. True: it failed, and the run is over. */
static bool network_failed(struct run *run, int r, struct az_error *error)
{
	if (r >= 0 || error->text[0] == '\0')
		return false;
	run_network_failed(run, error);
	return true;
}

/* A frame in a capture is dated by the clock of the network. */
static int show_time(struct run *run, struct az_error *error)
{
	if (!run->options->capture || run->relay_clock_ns == run->clock.now_ns)
		return 0;
	run->relay_clock_ns = run->clock.now_ns;
	return run->net_ops->set_clocks(run->net, clock_wall_s(&run->clock, CLOCK_DEVICE), clock_wall_s(&run->clock, CLOCK_RADIUS), error);
}

static bool not_blocking(int fd)
{
	return fcntl(fd, F_SETFL, O_NONBLOCK) == 0;
}

/* The first interface is the one that is on the air. */
static struct net_address own_address(const struct run *run)
{
	struct device_interface it;

	if (!device_get_interface(run->device, 0, &it))
		return (struct net_address){0};
	return (struct net_address){.address = it.address, .mask = it.mask, .gateway = it.gateway};
}

int relay_open(struct run *run, uint32_t address, uint16_t port, int server_fd, int *ret_fd)
{
	struct relay *relay = calloc(1, sizeof(*relay));
	const struct net_address own = own_address(run);
	struct az_error error = {.text = ""};
	int ends[2] = {-1, -1}, r = relay == NULL ? -ENOMEM : 0;

	if (r == 0 && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		r = -errno;
	if (r == 0 && (!not_blocking(ends[0]) || !not_blocking(server_fd)))
		r = -errno;
	if (r == 0)
		r = show_time(run, &error);
	if (r == 0)
		r = run->net_ops->tcp.connect(run->net, run->relay_last + 1, &own, address, port, &error);
	(void) network_failed(run, r, &error);
	if (r < 0) {
		for (size_t i = 0; i < ARRAY_LEN(ends); i++)
			if (ends[i] >= 0)
				(void) close(ends[i]);
		(void) close(server_fd);
		free(relay);
		return r;
	}
	relay->id = ++run->relay_last;
	relay->app = ends[0];
	relay->server = server_fd;
	relay->next = run->relays;
	run->relays = relay;
	*ret_fd = ends[1];
	return 0;
}

/* 1: something moved; 0; negative errno: the connection is gone. */
static int pump_half(struct run *run, struct relay *relay, struct half *half, int from, int to, struct az_error *error)
{
	bool from_device = half == &relay->up;
	int moved = 0, r;
	ssize_t n;

	if (half->length == 0 && !half->ended) {
		n = recv(from, half->bytes, sizeof(half->bytes), 0);
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			n = 0; /* a reset is an end */
		if (n < 0)
			return 0;
		r = show_time(run, error);
		if (r == 0)
			r = run->net_ops->tcp.carry(run->net, relay->id, from_device, half->bytes, (size_t)n, error);
		if (r < 0 && error->text[0] == '\0')
			run_hint(run, "a connection of the application over network %s broke: %s", run->net_ops->name, strerrorname_np(-r));
		if (r < 0)
			return r;
		half->at = 0;
		half->length = (size_t)n;
		half->ended = n == 0;
		if (n == 0) {
			(void) shutdown(to, SHUT_WR);
			return 1;
		}
	}
	while (half->length > 0) {
		n = send(to, half->bytes + half->at, half->length, MSG_NOSIGNAL);
		if (n < 0)
			return errno == EAGAIN || errno == EINTR ? moved : -errno;
		half->at += (size_t)n;
		half->length -= (size_t)n;
		moved = 1;
	}
	return moved;
}

static void relay_end(struct run *run, struct relay **at)
{
	struct relay *relay = *at;
	struct az_error error = {.text = ""};
	int r = run->stop ? 0 : run->net_ops->tcp.close(run->net, relay->id, &error);

	(void) network_failed(run, r, &error);
	*at = relay->next;
	relay_free(relay);
}

bool relay_pump(struct run *run)
{
	bool moved = false;

	for (struct relay **at = &run->relays; *at && !run->stop;) {
		struct relay *relay = *at;
		struct az_error error = {.text = ""};
		int up = pump_half(run, relay, &relay->up, relay->app, relay->server, &error);
		int down = up < 0 ? 0 : pump_half(run, relay, &relay->down, relay->server, relay->app, &error);
		int r = up < 0 ? up : down;

		moved |= up != 0 || down != 0;
		if (network_failed(run, r, &error))
			return moved;
		if (r < 0 || (relay->up.ended && relay->down.ended))
			relay_end(run, at);
		else
			at = &relay->next;
	}
	return moved;
}

void relay_drop(struct run *run)
{
	while (run->relays)
		relay_end(run, &run->relays);
}
