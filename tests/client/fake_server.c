/* See fake_server.h. */
#define _GNU_SOURCE
#include "tests/client/fake_server.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "emu-applibs/base/base.h"

#define CONNECTIONS_MAX 4
#define PATIENCE_MS 20000

static uint8_t buffer[sizeof(struct wire_header) + WIRE_MAX_PAYLOAD + 1];

static void send_reply(int connection, size_t length, int fd)
{
	struct iovec iov = { .iov_base = buffer, .iov_len = length };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(int))];
	} control = { .space = { 0 } };

	if (fd >= 0) {
		m.msg_control = control.space;
		m.msg_controllen = sizeof(control.space);
		CMSG_FIRSTHDR(&m)->cmsg_level = SOL_SOCKET;
		CMSG_FIRSTHDR(&m)->cmsg_type = SCM_RIGHTS;
		CMSG_FIRSTHDR(&m)->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(CMSG_FIRSTHDR(&m)), &fd, sizeof(int));
	}
	(void) sendmsg(connection, &m, MSG_NOSIGNAL);
}

/* Spoils the message in buffer. Returns its length on the wire. */
static size_t deviate(enum deviation deviation, struct wire_header *h)
{
	size_t n = sizeof(*h) + h->length;

	switch (deviation) {
	case WRONG_MAGIC:
		h->magic ^= 1;
		break;
	case WRONG_OP:
		h->op++;
		break;
	case WRONG_SEQ:
		h->seq--;
		break;
	case SHORT_HEADER:
		return sizeof(*h) - 1;
	case LENGTH_TOO_MUCH:
		h->length++;
		break;
	case LENGTH_TOO_LITTLE:
		h->length--;
		break;
	case LENGTH_HUGE:
		h->length = UINT32_MAX;
		break;
	case OVERLONG:
		h->length = WIRE_MAX_PAYLOAD + 1;
		return sizeof(*h) + h->length;
	case CUT:
		if (h->length > 0) {
			h->length--;
			return n - 1;
		}
		h->length++;
		return n + 1;
	case TRAILING_BYTE:
		h->length++;
		return n + 1;
	case HONEST:
	case HANG_UP:
		break;
	}
	return n;
}

/* One message of one connection. False: the connection has ended. */
static bool answer(struct server *s, int connection)
{
	struct wire_header h;
	struct wire_writer out;
	ssize_t n = recv(connection, buffer, sizeof(buffer), 0);
	int fd = -1;

	if (n < (ssize_t)sizeof(h))
		return false;
	memcpy(&h, buffer, sizeof(h));
	if (h.magic != WIRE_MAGIC || h.length != (size_t)n - sizeof(h) || h.result != 0) {
		(void) snprintf(s->output, sizeof(s->output), "the library sent a malformed header");
		return false;
	}
	wire_writer_init(&out, buffer + sizeof(h), WIRE_MAX_PAYLOAD);
	if (h.op == WIRE_HELLO) {
		s->hellos++;
	} else {
		s->requests++;
		s->last.op = h.op;
		s->last.length = h.length;
		memcpy(s->last.payload, buffer + sizeof(h), h.length);
		if (s->deviation == HANG_UP)
			return false;
		memset(buffer + sizeof(h), 0, sizeof(buffer) - sizeof(h));
		h.result = s->answer ? s->answer(s, &out, &fd) : 0;
	}
	h.length = (uint32_t)out.length;
	n = (ssize_t)deviate(h.op == WIRE_HELLO ? HONEST : s->deviation, &h);
	memcpy(buffer, &h, sizeof(h));
	send_reply(connection, (size_t)n, fd);
	if (fd >= 0)
		(void) close(fd);
	return true;
}

static void serve_until_silent(struct server *s, int listener, int output)
{
	struct pollfd fds[2 + CONNECTIONS_MAX] = { { .fd = output, .events = POLLIN }, { .fd = listener, .events = POLLIN } };
	size_t n = 2, said = 0;

	while (poll(fds, n, PATIENCE_MS) > 0) {
		if (fds[1].revents && n < ARRAY_LEN(fds))
			fds[n++] = (struct pollfd){ .fd = accept(listener, NULL, NULL), .events = POLLIN };
		for (size_t i = 2; i < n; i++)
			if (fds[i].revents && !answer(s, fds[i].fd)) {
				(void) close(fds[i].fd);
				fds[i].fd = -1;
				fds[i].revents = 0;
			}
		if (fds[0].revents) {
			ssize_t got = read(output, s->output + said, sizeof(s->output) - 1 - said);

			if (got <= 0)
				break;
			said += (size_t)got;
			s->output[said] = '\0';
		}
	}
	for (size_t i = 2; i < n; i++)
		if (fds[i].fd >= 0)
			(void) close(fds[i].fd);
}

int serve(struct server *s, int (*body)(void *arg), void *arg)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char folder[] = "/tmp/azsim-client-XXXXXX";
	cleanup_fd int listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	int output[2], status = 0;
	pid_t pid;

	s->hellos = s->requests = 0;
	s->output[0] = '\0';
	if (!mkdtemp(folder))
		return -1;
	(void) snprintf(address.sun_path, sizeof(address.sun_path), "%s/socket", folder);
	if (bind(listener, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(listener, CONNECTIONS_MAX) < 0 ||
	    pipe(output) < 0)
		return -1;
	(void) fflush(NULL);
	pid = fork();
	if (pid == 0) {
		(void) dup2(output[1], 2);
		(void) close(output[0]);
		(void) close(output[1]);
		(void) setenv(WIRE_ENV_SOCKET, address.sun_path, 1);
		_exit(body(arg));
	}
	(void) close(output[1]);
	serve_until_silent(s, listener, output[0]);
	(void) kill(pid, SIGKILL); /* a body that hangs; one that has ended keeps its status */
	(void) waitpid(pid, &status, 0);
	(void) close(output[0]);
	(void) unlink(address.sun_path);
	(void) rmdir(folder);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}
