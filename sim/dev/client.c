/* See client.h. */
#define _GNU_SOURCE
#include "sim/dev/client.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "sim/dev/place.h"
#include "sim/dev/proto.h"

struct client {
	int fd;
	char *in;
	size_t length, capacity;
};

int client_open(const char *path, struct client **ret, struct az_error *ret_error)
{
	struct client *client;
	int fd = -1, r = path ? place_connect(path, &fd) : place_find(&fd, ret_error);

	if (r < 0) {
		if (path)
			az_error_set(ret_error, AZ_ENVIRONMENT, "%s: no `azsim dev` answers there: %s", path, strerror(-r));
		return r;
	}
	client = calloc(1, sizeof(*client));
	if (!client)
		abort();
	client->fd = fd;
	*ret = client;
	return 0;
}

void client_close(struct client *client)
{
	if (!client)
		return;
	(void) close(client->fd);
	if (client->in)
		OPENSSL_cleanse(client->in, client->capacity);
	free(client->in);
	free(client);
}

static int send_all(int fd, const char *text, size_t length)
{
	while (length > 0) {
		ssize_t n = send(fd, text, length, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -errno;
		text += n;
		length -= (size_t)n;
	}
	return 0;
}

static int send_request(struct client *client, json_t *request)
{
	char *text = json_dumps(request, JSON_COMPACT);
	size_t length = text ? strlen(text) : 0;
	int r = text ? 0 : -EINVAL;

	if (r == 0 && length + 1 > PROTO_REQUEST_MAX)
		r = -EMSGSIZE;
	if (r == 0)
		r = send_all(client->fd, text, length);
	if (r == 0)
		r = send_all(client->fd, "\n", 1);
	proto_free_text(text);
	json_decref(request);
	return r;
}

/* The next line as JSON; NULL and an errno in *ret when there is none. */
static json_t *receive(struct client *client, int *ret)
{
	for (;;) {
		char *newline = client->length ? memchr(client->in, '\n', client->length) : NULL;
		ssize_t n;

		if (newline) {
			size_t length = (size_t)(newline - client->in) + 1;
			json_t *json = json_loadb(client->in, length - 1, 0, NULL);

			client->length -= length;
			memmove(client->in, client->in + length, client->length);
			*ret = json ? 0 : -EBADMSG;
			return json;
		}
		if (client->length == client->capacity) {
			size_t capacity = client->capacity ? client->capacity * 2 : 65536;
			char *grown = capacity > PROTO_ANSWER_MAX ? NULL : malloc(capacity);

			if (!grown) {
				*ret = -EMSGSIZE;
				return NULL;
			}
			if (client->in) {
				memcpy(grown, client->in, client->length);
				OPENSSL_cleanse(client->in, client->capacity);
				free(client->in);
			}
			client->in = grown;
			client->capacity = capacity;
		}
		n = recv(client->fd, client->in + client->length, client->capacity - client->length, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			*ret = n < 0 ? -errno : -EPIPE;
			return NULL;
		}
		client->length += (size_t)n;
	}
}

static int take_answer(const json_t *answer, json_t **ret_result, struct az_error *ret_error)
{
	const json_t *error = json_object_get(answer, "error");
	const char *text = json_string_value(json_object_get(error, "text"));
	json_int_t status = json_integer_value(json_object_get(error, "status"));
	json_t *result = json_object_get(answer, "result");

	if (json_is_true(json_object_get(answer, "ok")) && json_is_object(result)) {
		*ret_result = json_incref(result);
		return 0;
	}
	az_error_set(ret_error, status >= AZ_FAILED && status <= AZ_ENVIRONMENT ? (enum az_status)status : AZ_ENVIRONMENT, "%s",
	             text ? text : "azsim dev gave an answer that makes no sense");
	return -EREMOTEIO;
}

int client_ask(struct client *client, json_t *request, void (*item)(void *ctx, const json_t *part), void *ctx, json_t **ret_result,
               struct az_error *ret_error)
{
	int r = send_request(client, request);

	if (r == -EMSGSIZE) {
		az_error_set(ret_error, AZ_USAGE, "that is more than a request may hold (%u bytes)", PROTO_REQUEST_MAX);
		return r;
	}
	while (r == 0) {
		json_t *answer = receive(client, &r);

		if (!answer)
			break;
		if (json_object_get(answer, "ok")) {
			r = take_answer(answer, ret_result, ret_error);
			json_decref(answer);
			return r;
		}
		if (item)
			item(ctx, answer);
		json_decref(answer);
	}
	az_error_set(ret_error, AZ_ENVIRONMENT, "%s", r == -EPIPE || r == -ECONNRESET ? "azsim dev has ended" : strerror(-r));
	return r;
}
