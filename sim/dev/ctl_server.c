/* See ctl_server.h. */
#define _GNU_SOURCE
#include "sim/dev/ctl_server.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "sim/dev/place.h"
#include "sim/dev/proto.h"
#include "sim/util/text.h"

#define READS_AT_ONCE 16 /* of one client in one turn */
#define PATIENCE_MS 2000 /* in real time, while all else waits, for one who has more to read than there is room for */

struct ctl_client {
	int fd; /* -1: free */
	bool held, finished;
	bool broken; /* it cannot be written to, or does not read */
	unsigned mark;
	char *in;    /* PROTO_REQUEST_MAX bytes */
	size_t in_length;
	char *out;
	size_t out_length, out_capacity;
};

struct ctl_server {
	int listener;
	char path[PLACE_MAX];
	struct ctl_handler handler;
	struct ctl_client clients[CTL_CLIENTS_MAX];
};

/* ---- The socket ---------------------------------------------------------------------------------------------------------- */

/* A socket that was left behind may go; anything else at that place stays, and so does a socket at which somebody answers. */
static int clear_place(const char *path)
{
	struct stat st;
	int fd;

	if (lstat(path, &st) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode))
		return -EEXIST;
	if (place_connect(path, &fd) == 0) {
		(void) close(fd);
		return -EADDRINUSE;
	}
	return unlink(path) < 0 ? -errno : 0;
}

static int listen_at(struct ctl_server *server, const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	mode_t before;
	int r;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path) + 1);
	r = clear_place(path);
	if (r < 0)
		return r;
	server->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (server->listener < 0)
		return -errno;
	before = umask(0177);
	r = bind(server->listener, (const struct sockaddr *)&address, sizeof(address)) < 0 ? -errno : 0;
	(void) umask(before);
	if (r == 0) {
		memcpy(server->path, path, strlen(path) + 1);
		r = listen(server->listener, CTL_CLIENTS_MAX) < 0 ? -errno : 0;
	}
	return r;
}

int ctl_new(const char *path, const struct ctl_handler *handler, struct ctl_server **ret, struct az_error *ret_error)
{
	struct ctl_server *server = calloc(1, sizeof(*server));
	int r;

	if (!server)
		abort();
	server->listener = -1;
	server->handler = *handler;
	for (size_t i = 0; i < CTL_CLIENTS_MAX; i++)
		server->clients[i].fd = -1;
	r = listen_at(server, path);
	if (r < 0) {
		az_error_set(ret_error, AZ_ENVIRONMENT, "%s: cannot listen there for `azsim ctl`: %s%s", path,
		             r == -EEXIST ? "there is something else, which is no socket" : strerror(-r), "; --socket chooses another place");
		ctl_free(server);
		return r;
	}
	*ret = server;
	return 0;
}

/* ---- Clients ------------------------------------------------------------------------------------------------------------- */

static void drop(struct ctl_server *server, struct ctl_client *client)
{
	server->handler.gone(server->handler.ctx, client);
	(void) close(client->fd);
	if (client->in)
		OPENSSL_cleanse(client->in, PROTO_REQUEST_MAX);
	free(client->in);
	if (client->out)
		OPENSSL_cleanse(client->out, client->out_capacity);
	free(client->out);
	*client = (struct ctl_client){.fd = -1};
}

static bool is_welcome(int fd)
{
	struct ucred peer = {0};
	socklen_t length = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && (peer.uid == geteuid() || peer.uid == 0);
}

static void accept_all(struct ctl_server *server)
{
	for (;;) {
		int fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		size_t i = 0;

		if (fd < 0)
			return;
		while (i < CTL_CLIENTS_MAX && server->clients[i].fd >= 0)
			i++;
		if (i < CTL_CLIENTS_MAX && is_welcome(fd)) {
			server->clients[i] = (struct ctl_client){.fd = fd, .in = malloc(PROTO_REQUEST_MAX)};
			if (!server->clients[i].in)
				abort();
		} else {
			(void) close(fd);
		}
	}
}

static void write_out(struct ctl_client *client)
{
	while (client->out_length > 0 && !client->broken) {
		ssize_t n = send(client->fd, client->out, client->out_length, MSG_NOSIGNAL);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0) {
			client->broken = true;
			return;
		}
		client->out_length -= (size_t)n;
		memmove(client->out, client->out + n, client->out_length);
	}
}

/* Until no more than `left` bytes remain to be read; broken: nothing has been read for a while. */
static void wait_for_reader(struct ctl_client *client, size_t left)
{
	struct pollfd fd = {.fd = client->fd, .events = POLLOUT};

	while (client->out_length > left && !client->broken) {
		int n = poll(&fd, 1, PATIENCE_MS);

		if (n > 0)
			write_out(client);
		else if (n == 0 || errno != EINTR)
			client->broken = true;
	}
}

static void put(struct ctl_client *client, const char *text, size_t length)
{
	if (client->out_length + length > PROTO_ANSWER_MAX)
		wait_for_reader(client, PROTO_ANSWER_MAX / 2); /* time stands still while one who follows catches up */
	if (client->broken)
		return;
	if (client->out_length + length > PROTO_ANSWER_MAX) {
		client->broken = true;
		return;
	}
	if (client->out_length + length > client->out_capacity) {
		size_t capacity = (client->out_length + length) * 2;
		char *grown = malloc(capacity);

		if (!grown)
			abort();
		if (client->out) {
			memcpy(grown, client->out, client->out_length);
			OPENSSL_cleanse(client->out, client->out_capacity);
			free(client->out);
		}
		client->out = grown;
		client->out_capacity = capacity;
	}
	memcpy(client->out + client->out_length, text, length);
	client->out_length += length;
}

void ctl_send(struct ctl_client *client, json_t *message)
{
	char *text = json_dumps(message, JSON_COMPACT);

	if (!text)
		abort();
	put(client, text, strlen(text));
	put(client, "\n", 1);
	proto_free_text(text);
	json_decref(message);
	write_out(client);
}

void ctl_hold(struct ctl_client *client, bool held)
{
	client->held = held;
}

void ctl_finish(struct ctl_client *client)
{
	client->finished = true;
}

unsigned *ctl_mark(struct ctl_client *client)
{
	return &client->mark;
}

struct ctl_client *ctl_client_at(struct ctl_server *server, size_t i)
{
	return i < CTL_CLIENTS_MAX && server->clients[i].fd >= 0 ? &server->clients[i] : NULL;
}

/* ---- Requests ------------------------------------------------------------------------------------------------------------ */

static void refuse(struct ctl_client *client, const char *why)
{
	ctl_send(client, json_pack("{s:n, s:b, s:{s:i, s:s}}", "id", "ok", 0, "error", "status", (int)AZ_USAGE, "text", why));
}

static void take_line(struct ctl_server *server, struct ctl_client *client, const char *line, size_t length)
{
	json_error_t error;
	char why[JSON_ERROR_TEXT_LENGTH + 64];
	json_t *request = json_loadb(line, length, JSON_REJECT_DUPLICATES, &error);

	if (!request) {
		(void) snprintf(why, sizeof(why), "not JSON: %s, at byte %d of the line", error.text, error.position);
		text_sanitize(why); /* it repeats a piece of the line, which may be cut within a character or be no text at all */
		refuse(client, why);
	} else if (!json_is_object(request)) {
		refuse(client, "a request is one JSON object, as {\"command\": \"status\"}");
	} else {
		server->handler.request(server->handler.ctx, client, request);
	}
	json_decref(request);
}

/* The lines that are there, one after the other, until the client is held. */
static void take_lines(struct ctl_server *server, struct ctl_client *client)
{
	while (!client->held && !client->finished && client->fd >= 0) {
		char *newline = memchr(client->in, '\n', client->in_length);
		size_t length;

		if (!newline)
			break;
		length = (size_t)(newline - client->in) + 1;
		if (length > 1)
			take_line(server, client, client->in, length - 1);
		client->in_length -= length;
		memmove(client->in, client->in + length, client->in_length);
		OPENSSL_cleanse(client->in + client->in_length, length);
	}
}

/* False: the client is gone. */
static bool read_in(struct ctl_server *server, struct ctl_client *client)
{
	for (int i = 0; i < READS_AT_ONCE && !client->held && !client->finished; i++) {
		size_t room = PROTO_REQUEST_MAX - client->in_length;
		ssize_t n;

		if (room == 0) {
			refuse(client, "the line is too long: a request has at most 65536 bytes");
			ctl_finish(client);
			break;
		}
		n = recv(client->fd, client->in + client->in_length, room, MSG_DONTWAIT);
		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		if (n == 0)
			return false;
		client->in_length += (size_t)n;
		take_lines(server, client);
	}
	return true;
}

/* Whoever is held may have left all the same. */
static bool has_left(const struct ctl_client *client)
{
	char byte;
	ssize_t n = recv(client->fd, &byte, 1, MSG_DONTWAIT | MSG_PEEK);

	return n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
}

void ctl_turn(struct ctl_server *server)
{
	accept_all(server);
	for (size_t i = 0; i < CTL_CLIENTS_MAX; i++) {
		struct ctl_client *client = &server->clients[i];
		bool here;

		if (client->fd < 0)
			continue;
		take_lines(server, client);
		here = client->held ? !has_left(client) : read_in(server, client);
		write_out(client);
		if (!here || client->broken || (client->finished && client->out_length == 0))
			drop(server, client);
	}
}

size_t ctl_poll_set(const struct ctl_server *server, struct pollfd fds[CTL_POLL_MAX])
{
	size_t n = 0;

	fds[n++] = (struct pollfd){.fd = server->listener, .events = POLLIN};
	for (size_t i = 0; i < CTL_CLIENTS_MAX; i++) {
		const struct ctl_client *client = &server->clients[i];
		short events = client->out_length > 0 ? POLLOUT : 0;

		/* Of one that is held only its end counts: what it says further is not read before. */
		if (!client->finished)
			events |= client->held ? POLLRDHUP : POLLIN;
		if (client->fd >= 0)
			fds[n++] = (struct pollfd){.fd = client->fd, .events = events};
	}
	return n;
}

void ctl_free(struct ctl_server *server)
{
	if (!server)
		return;
	for (size_t i = 0; i < CTL_CLIENTS_MAX; i++)
		if (server->clients[i].fd >= 0) {
			wait_for_reader(&server->clients[i], 0);
			drop(server, &server->clients[i]);
		}
	if (server->listener >= 0)
		(void) close(server->listener);
	if (server->path[0])
		(void) unlink(server->path);
	free(server);
}
