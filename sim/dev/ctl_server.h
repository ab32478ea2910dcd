/* The control socket: connections, lines, and how they are bounded. Lives in the caller's loop, and blocks only
 * for one who has megabytes to read.
 *
 * Who connects is of the same user (or root), but what they say is hostile input: a line has at most PROTO_REQUEST_MAX bytes, and must be
 * one JSON object; whoever reads nothing of what he is told for 2 s is let go. Leaves to others: what a request means (dev.h).
 */
#ifndef SIM_DEV_CTL_SERVER_H
#define SIM_DEV_CTL_SERVER_H

#include <jansson.h>
#include <poll.h>
#include <stdbool.h>

#include "sim/util/error.h"

#define CTL_CLIENTS_MAX 16
#define CTL_POLL_MAX (CTL_CLIENTS_MAX + 1)

struct ctl_server;
struct ctl_client;

struct ctl_handler {
	void *ctx;
	/* One request; borrowed for the call. Answer with ctl_send(), now or later (then ctl_hold() first). */
	void (*request)(void *ctx, struct ctl_client *client, const json_t *request);
	/* The client is gone; the pointer is void after the call. */
	void (*gone)(void *ctx, struct ctl_client *client);
};

/* Listens at `path`, mode 0600. A socket that nobody answers at is replaced. 0, or a negative errno and *ret_error. */
int ctl_new(const char *path, const struct ctl_handler *handler, struct ctl_server **ret, struct az_error *ret_error);
/* What is still to be sent is tried once; the path is removed. NULL is fine. */
void ctl_free(struct ctl_server *server);

size_t ctl_poll_set(const struct ctl_server *server, struct pollfd fds[CTL_POLL_MAX]);
/* Accepts, reads, has requests handled, writes. */
void ctl_turn(struct ctl_server *server);

/* One JSON text as a line; takes it. */
void ctl_send(struct ctl_client *client, json_t *message);
/* While held, further requests of this client wait. */
void ctl_hold(struct ctl_client *client, bool held);
/* No requests any more: what it is to be told is sent, then the connection ends. */
void ctl_finish(struct ctl_client *client);
/* A word that the handler keeps for this client; 0 at first. */
unsigned *ctl_mark(struct ctl_client *client);
/* The client in place `i` of CTL_CLIENTS_MAX, or NULL. */
struct ctl_client *ctl_client_at(struct ctl_server *server, size_t i);

#endif
