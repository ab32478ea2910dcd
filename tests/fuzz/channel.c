/* Fuzz target: what a lying client does at the socket, with the device behind it (messages.h).
 *
 * What must hold: azsim's end always gets to an end, a connection that broke the rules is closed, every request that was taken is
 * answered, and no descriptor is kept.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "sim/app/channel.h"
#include "tests/device/fixture.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/messages.h"

#define CLIENTS 10 /* more than there may be */
#define ITEMS_MAX 200
#define TURNS_MAX 1000

const char fuzz_name[] = "channel";

static struct channel *channel;
static char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
static int clients[CLIENTS];

static void remove_socket(void)
{
	channel_free(channel);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *dir = getenv("TMPDIR");
	struct az_error error;

	(void) argc;
	(void) argv;
	(void) snprintf(path, sizeof(path), "%s/azsim-fuzz-%d", dir && strlen(dir) < 80 ? dir : "/tmp", (int)getpid());
	if (channel_new(path, &channel, &error) < 0) {
		(void) fprintf(stderr, "%s\n", error.text);
		return 1;
	}
	(void) atexit(remove_socket);
	return 0;
}

static void answer(struct world *w, const struct channel_message *m)
{
	int r = call_bytes(w, m->header.op, m->payload, m->header.length);

	(void) channel_answer(channel, m->connection, &m->header, r < 0 ? -wire_from_errno(-r) : r, w->reply, r < 0 ? 0 : w->out.length,
	                      r < 0 ? -1 : w->reply_fd);
}

static void listen_to_all(struct world *w)
{
	static struct channel_message m;
	unsigned turns = 0;
	enum channel_message_kind kind;

	while ((kind = channel_receive(channel, &m)) != CHANNEL_NONE) {
		FUZZ_CHECK(turns++ < TURNS_MAX);
		w->event_count = w->sysevent_count = 0;
		switch (kind) {
		case CHANNEL_VTIME:
			FUZZ_CHECK(memchr(m.vt.text, '\0', sizeof(m.vt.text)) != NULL);
			(void) channel_answer_vt(channel, m.connection, VT_STATUS, 0, 0, -1);
			break;
		case CHANNEL_REQUEST:
			FUZZ_CHECK(m.header.length <= WIRE_MAX_PAYLOAD);
			answer(w, &m);
			break;
		case CHANNEL_BROKEN:
			FUZZ_CHECK(m.problem[0] != '\0' && !channel_answer(channel, m.connection, &m.header, 0, NULL, 0, -1));
			break;
		case CHANNEL_REFUSED:
			FUZZ_CHECK(m.problem[0] != '\0');
			break;
		case CHANNEL_NONE:
			break;
		}
	}
}

static void hang_up(int *fd)
{
	if (*fd >= 0)
		(void) close(steal_fd(fd));
}

static void connect_client(int *fd)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	hang_up(fd);
	*fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	memcpy(address.sun_path, path, sizeof(path));
	FUZZ_CHECK(*fd >= 0);
	if (connect(*fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		hang_up(fd);
}

static void send_descriptors(int fd, const uint8_t *bytes, size_t length)
{
	struct iovec part = {.iov_base = (void *)(uintptr_t)bytes, .iov_len = length};
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(3 * sizeof(int))];
	} control = {0};
	struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	const int fds[] = {fd, fd, fd};

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(fds));
	memcpy(CMSG_DATA(c), fds, sizeof(fds));
	(void) sendmsg(fd, &m, MSG_NOSIGNAL);
}

/* A request of this op with the fields that follow. */
static void ask(int fd, uint16_t op, const uint8_t *fields, size_t length)
{
	static uint8_t message[sizeof(struct wire_header) + UINT16_MAX];
	const struct wire_header h = {.magic = WIRE_MAGIC, .op = op, .seq = 1, .length = (uint32_t)length};

	memcpy(message, &h, sizeof(h));
	if (length > 0)
		memcpy(message + sizeof(h), fields, length);
	(void) send(fd, message, sizeof(h) + length, MSG_NOSIGNAL);
}

static void ask_clock(int fd, uint16_t type, const uint8_t *fields, size_t length)
{
	struct vt_message m = {.magic = VT_MAGIC, .type = type, .a = type == VT_HELLO ? VT_VERSION : 0};

	if (length > 0)
		memcpy((uint8_t *)&m + 8, fields, length < sizeof(m) - 8 ? length : sizeof(m) - 8);
	(void) send(fd, &m, sizeof(m), MSG_NOSIGNAL);
}

static void act(enum channel_action action, const struct message_item *item)
{
	int *fd = &clients[item->length > 0 ? item->bytes[0] % CLIENTS : 0];
	const uint8_t *bytes = item->bytes + (item->length > 0);
	const size_t length = item->length - (item->length > 0);
	const uint16_t word = length >= 2 ? (uint16_t)(bytes[0] | bytes[1] << 8) : 0;
	const size_t head = length >= 2 ? 2 : length;
	const uint32_t hello[] = {WIRE_VERSION, 1};

	if (action == CHANNEL_CONNECT)
		connect_client(fd);
	if (*fd < 0)
		return;
	switch (action) {
	case CHANNEL_CONNECT:
		break;
	case CHANNEL_CLOSE:
		hang_up(fd);
		break;
	case CHANNEL_RAW:
		(void) send(*fd, bytes, length, MSG_NOSIGNAL);
		break;
	case CHANNEL_GREET:
		ask(*fd, WIRE_HELLO, (const uint8_t *)hello, sizeof(hello));
		break;
	case CHANNEL_GREET_CLOCK:
		ask_clock(*fd, VT_HELLO, NULL, 0);
		break;
	case CHANNEL_ASK:
		ask(*fd, word, bytes + head, length - head);
		break;
	case CHANNEL_ASK_CLOCK:
		ask_clock(*fd, word, bytes + head, length - head);
		break;
	case CHANNEL_DESCRIPTOR:
		send_descriptors(*fd, bytes, length);
		break;
	case CHANNEL_ACTION_COUNT:
		break;
	}
}

static void read_answers(void)
{
	static uint8_t reply[sizeof(struct wire_header) + WIRE_MAX_PAYLOAD];

	for (size_t i = 0; i < CLIENTS; i++)
		for (ssize_t n; clients[i] >= 0 && (n = recv(clients[i], reply, sizeof(reply), MSG_DONTWAIT)) > 0;)
			FUZZ_CHECK((size_t)n >= sizeof(struct wire_header));
}

/* The lowest number that is free: the same before and after, if nothing was kept. */
static int lowest_free(void)
{
	int fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);

	FUZZ_CHECK(fd >= 0);
	(void) close(fd);
	return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const int before = lowest_free();
	struct message_item item;
	void *state = NULL;

	for (size_t i = 0; i < CLIENTS; i++)
		clients[i] = -1;
	(void) make_world(&state);
	channel_expect(channel, getpid());
	for (size_t n = 0; n < ITEMS_MAX && message_next(&data, &size, &item); n++) {
		act((enum channel_action)(item.kind % CHANNEL_ACTION_COUNT), &item);
		/* Every other message waits, so that azsim meets several at once. */
		if (item.kind < 128) {
			listen_to_all(state);
			read_answers();
		}
	}
	listen_to_all(state);
	for (size_t i = 0; i < CLIENTS; i++)
		hang_up(&clients[i]);
	listen_to_all(state);
	channel_expect(channel, 0);
	(void) free_world(&state);
	FUZZ_CHECK(lowest_free() == before);
	return 0;
}
