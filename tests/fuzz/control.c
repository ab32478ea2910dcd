/* Fuzz target: the control socket of `azsim dev`: lines, JSON, and the form of requests.
 *
 * Input: what a client says; a form feed ends what it says at once. A command that would act on a run is answered here instead. What
 * must hold: every line gets one answer, which is a JSON object, until the client is let go; a client that holds is not answered until
 * it is let on.
 */
#define _GNU_SOURCE
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "sim/dev/dev.h"
#include "tests/fuzz/fuzz.h"

#define TURNS_MAX 2000

const char fuzz_name[] = "control";

static char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
static struct ctl_server *server;
static struct dev dev;
static size_t asked, answered, gone_count;

static void remove_socket(void)
{
	ctl_free(server);
}

/* Would it be carried out? */
static bool is_command(const json_t *request)
{
	const char *name = json_string_value(json_object_get(request, "command"));
	const struct dev_command *command = dev_commands;
	const size_t count = json_array_size(json_object_get(request, "args"));

	while (name && command->name && strcmp(command->name, name) != 0)
		command++;
	return name && command->name && count >= command->min && count <= command->max;
}

static void handle(void *ctx, struct ctl_client *client, const json_t *request)
{
	asked++;
	if (json_is_true(json_object_get(request, "hold")))
		ctl_hold(client, true);
	if (json_is_true(json_object_get(request, "finish")))
		ctl_finish(client);
	if (is_command(request))
		ctl_send(client, json_pack("{s:O, s:b}", "was", request, "ok", 1));
	else
		dev_handle(ctx, client, request);
}

static void gone(void *ctx, struct ctl_client *client)
{
	(void) ctx;
	(void) client;
	gone_count++;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const struct ctl_handler handler = {.ctx = &dev, .request = handle, .gone = gone};
	const char *dir = getenv("TMPDIR");
	struct az_error error;

	(void) argc;
	(void) argv;
	proto_init();
	(void) snprintf(path, sizeof(path), "%s/azsim-fuzz-ctl-%d", dir && strlen(dir) < 80 ? dir : "/tmp", (int)getpid());
	if (ctl_new(path, &handler, &server, &error) < 0) {
		(void) fprintf(stderr, "%s\n", error.text);
		return 1;
	}
	(void) atexit(remove_socket);
	return 0;
}

/* What has come for the client; a line is a JSON object. */
static void read_answers(int fd)
{
	static char line[PROTO_ANSWER_MAX];
	static size_t length;
	char buffer[65536];
	ssize_t n;

	while ((n = recv(fd, buffer, sizeof(buffer), MSG_DONTWAIT)) > 0)
		for (ssize_t i = 0; i < n; i++) {
			json_t *answer;

			if (buffer[i] != '\n') {
				FUZZ_CHECK(length < sizeof(line));
				line[length++] = buffer[i];
				continue;
			}
			answer = json_loadb(line, length, 0, NULL);
			FUZZ_CHECK(json_is_object(answer));
			json_decref(answer);
			length = 0;
			answered++;
		}
}

/* Until nothing is left to be done for it. */
static void turn(int fd)
{
	for (size_t before = SIZE_MAX, turns = 0; before != answered; turns++) {
		struct ctl_client *client = ctl_client_at(server, 0);

		FUZZ_CHECK(turns < TURNS_MAX);
		before = answered;
		ctl_turn(server);
		if (client)
			ctl_hold(client, false);
		ctl_turn(server);
		read_answers(fd);
	}
}

static void say(int fd, const uint8_t *bytes, size_t length)
{
	while (length > 0) {
		const size_t part = length < 32768 ? length : 32768;
		const ssize_t n = send(fd, bytes, part, MSG_NOSIGNAL | MSG_DONTWAIT);

		turn(fd);
		if (n <= 0)
			return; /* it was let go */
		bytes += n;
		length -= (size_t)n;
	}
}

static size_t lines_in(const uint8_t *data, size_t size)
{
	size_t lines = 0, length = 0;

	for (size_t i = 0; i < size; i++) {
		if (data[i] == '\f')
			continue;
		if (data[i] == '\n') {
			lines += length > 0;
			length = 0;
		} else {
			length++;
		}
	}
	return lines;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const size_t lines = lines_in(data, size);
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	asked = answered = gone_count = 0;
	memcpy(address.sun_path, path, sizeof(path));
	FUZZ_CHECK(fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0);
	while (size > 0) {
		const uint8_t *end = memchr(data, '\f', size);
		const size_t length = end ? (size_t)(end - data) : size;

		say(fd, data, length);
		data += end ? length + 1 : length;
		size -= end ? length + 1 : length;
	}
	turn(fd);
	FUZZ_CHECK(answered >= asked);
	if (gone_count == 0)
		FUZZ_CHECK(answered == lines);
	(void) close(fd);
	ctl_turn(server);
	ctl_turn(server);
	FUZZ_CHECK(gone_count == 1);
	return 0;
}
