/* The socket that the application speaks to: what a lying client can do, which is nothing but lose its connection. */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "sim/app/channel.h"

struct fixture {
	struct channel *channel;
	char path[64];
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct az_error error;

	(void) snprintf(f->path, sizeof(f->path), "/tmp/azsim-channel-%d", (int)getpid());
	if (channel_new(f->path, &f->channel, &error) < 0)
		return -1;
	channel_expect(f->channel, getpid());
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	channel_free(f->channel);
	assert_int_not_equal(access(f->path, F_OK), 0);
	free(f);
	return 0;
}

static int connect_to(const struct fixture *f)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	strcpy(address.sun_path, f->path);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static void say(int fd, const void *data, size_t n)
{
	assert_int_equal(send(fd, data, n, MSG_NOSIGNAL), n);
}

static size_t pack(uint8_t *buffer, uint16_t op, uint32_t claimed, const void *payload, size_t length)
{
	struct wire_header h = {.magic = WIRE_MAGIC, .op = op, .seq = 1, .length = claimed};

	memcpy(buffer, &h, sizeof(h));
	if (length)
		memcpy(buffer + sizeof(h), payload, length);
	return sizeof(h) + length;
}

static void greet(struct fixture *f, int fd)
{
	static struct channel_message m;
	uint8_t buffer[64];
	const uint32_t hello[2] = {WIRE_VERSION, 1};
	struct wire_header reply;

	say(fd, buffer, pack(buffer, WIRE_HELLO, sizeof(hello), hello, sizeof(hello)));
	assert_int_equal(channel_receive(f->channel, &m), CHANNEL_NONE);
	assert_int_equal(recv(fd, &reply, sizeof(reply), 0), sizeof(reply));
	assert_int_equal(reply.result, 0);
	assert_int_equal(reply.op, WIRE_HELLO);
}

static void a_request_is_taken_and_answered(void **state)
{
	struct fixture *f = *state;
	static struct channel_message m;
	uint8_t buffer[64], reply[64];
	int fd = connect_to(f);

	greet(f, fd);
	say(fd, buffer, pack(buffer, WIRE_CERTSTORE_COUNT, 3, "abc", 3));
	assert_int_equal(channel_receive(f->channel, &m), CHANNEL_REQUEST);
	assert_int_equal(m.header.op, WIRE_CERTSTORE_COUNT);
	assert_memory_equal(m.payload, "abc", 3);
	assert_true(channel_answer(f->channel, m.connection, &m.header, -13, "xy", 2, -1));
	assert_int_equal(recv(fd, reply, sizeof(reply), 0), sizeof(struct wire_header) + 2);
	assert_int_equal(((struct wire_header *)(void *)reply)->result, -13);
	(void) close(fd);
	assert_int_equal(channel_receive(f->channel, &m), CHANNEL_NONE);
	assert_false(channel_answer(f->channel, m.connection, &m.header, 0, NULL, 0, -1));
}

static void every_lie_ends_the_connection(void **state)
{
	struct fixture *f = *state;
	static struct channel_message m;
	static uint8_t buffer[sizeof(struct wire_header) + WIRE_MAX_PAYLOAD + 64];
	const struct vt_message early = {.magic = VT_MAGIC, .type = VT_IDLE}, old = {.magic = VT_MAGIC, .type = VT_HELLO, .a = 77};
	const struct {
		bool greeted;
		const void *data;
		size_t length;
	} lies[] = {
		{false, "x", 1},
		{false, "xxxxxxxxxxxxxxxxxxxxxxxx", 24},
		{false, &early, sizeof(early)},
		{false, &old, sizeof(old)},
		{false, buffer, pack(buffer, WIRE_CERTSTORE_COUNT, 0, NULL, 0)}, /* no greeting */
	};

	for (size_t i = 0; i < ARRAY_LEN(lies); i++) {
		int fd = connect_to(f);

		say(fd, lies[i].data, lies[i].length);
		assert_int_equal(channel_receive(f->channel, &m), CHANNEL_BROKEN);
		assert_true(m.problem[0] != '\0');
		assert_int_equal(recv(fd, buffer, 1, MSG_DONTWAIT), 0); /* closed */
		(void) close(fd);
	}
	for (int i = 0; i < 3; i++) {
		int fd = connect_to(f);
		size_t n;

		greet(f, fd);
		/* claims more than it brings; less than it brings; more than there may be */
		n = i == 0 ? pack(buffer, WIRE_CERTSTORE_COUNT, 100, "a", 1)
		    : i == 1 ? pack(buffer, WIRE_CERTSTORE_COUNT, 0, "a", 1)
		             : sizeof(struct wire_header) + WIRE_MAX_PAYLOAD + 1;
		if (i == 2)
			(void) pack(buffer, WIRE_CERTSTORE_COUNT, WIRE_MAX_PAYLOAD + 1, NULL, 0);
		say(fd, buffer, n);
		assert_int_equal(channel_receive(f->channel, &m), CHANNEL_BROKEN);
		(void) close(fd);
	}
}

static void the_clock_page_cannot_be_written_by_the_application(void **state)
{
	struct fixture *f = *state;
	static struct channel_message m;
	struct vt_message hello = {.magic = VT_MAGIC, .type = VT_HELLO, .a = VT_VERSION}, welcome;
	struct iovec iov = {.iov_base = &welcome, .iov_len = sizeof(welcome)};
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	struct msghdr message = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.space, .msg_controllen = sizeof(control.space)};
	int fd = connect_to(f), page_fd;
	const struct vt_page *page;

	assert_false(channel_has_clock(f->channel));
	say(fd, &hello, sizeof(hello));
	assert_int_equal(channel_receive(f->channel, &m), CHANNEL_NONE);
	assert_true(channel_has_clock(f->channel));
	assert_int_equal(recvmsg(fd, &message, 0), sizeof(welcome));
	memcpy(&page_fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(int));
	assert_true(mmap(NULL, sizeof(*page), PROT_READ | PROT_WRITE, MAP_SHARED, page_fd, 0) == MAP_FAILED);
	page = mmap(NULL, sizeof(*page), PROT_READ, MAP_SHARED, page_fd, 0);
	assert_true(page != MAP_FAILED);
	channel_set_page(f->channel, 123, -456, 7);
	assert_int_equal(page->magic, VT_PAGE_MAGIC);
	assert_int_equal(page->mono_ns, 123);
	assert_int_equal(page->wall_offset_ns, -456);
	assert_int_equal(page->wall_steps, 7);
	assert_true(ftruncate(page_fd, 1) < 0);
	(void) munmap((void *)(uintptr_t)page, sizeof(*page));
	(void) close(page_fd);
	(void) close(fd);
}

/* A process that waits to be killed. */
static pid_t sleeper(void)
{
	pid_t pid = fork();

	if (pid == 0)
		for (;;)
			(void) pause();
	return pid;
}

static void only_the_expected_process_gets_in(void **state)
{
	struct fixture *f = *state;
	static struct channel_message m;
	pid_t expected = sleeper(), pid;
	unsigned refused = 0;
	int status, fd;

	channel_expect(f->channel, expected);
	pid = fork();
	if (pid == 0) {
		char byte;
		struct wire_header h = {.magic = WIRE_MAGIC, .op = WIRE_HELLO, .seq = 1};
		int mine = connect_to(f);

		(void) send(mine, &h, sizeof(h), MSG_NOSIGNAL);
		_exit(recv(mine, &byte, 1, 0) <= 0 ? 0 : 1);
	}
	while (waitpid(pid, &status, WNOHANG) == 0)
		switch (channel_receive(f->channel, &m)) {
		case CHANNEL_REFUSED:
			assert_string_equal(m.problem, "a process that is none of the application's wanted to connect");
			refused++;
			break;
		case CHANNEL_NONE:
			break;
		default:
			fail_msg("it was heard");
		}
	assert_int_equal(refused, 1);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	(void) kill(expected, SIGKILL);
	(void) waitpid(expected, &status, 0);
	/* Those below it do: a debugger's child. */
	channel_expect(f->channel, getpid());
	pid = fork();
	if (pid == 0) {
		struct wire_header h;

		fd = connect_to(f);
		{
			uint8_t buffer[64];
			const uint32_t hello[2] = {WIRE_VERSION, 1};

			(void) send(fd, buffer, pack(buffer, WIRE_HELLO, sizeof(hello), hello, sizeof(hello)), MSG_NOSIGNAL);
		}
		_exit(recv(fd, &h, sizeof(h), 0) == (ssize_t)sizeof(h) ? 0 : 1);
	}
	while (waitpid(pid, &status, WNOHANG) == 0)
		assert_int_equal(channel_receive(f->channel, &m), CHANNEL_NONE);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	fd = connect_to(f);
	channel_expect(f->channel, 0); /* powered off */
	assert_int_equal(recv(fd, &status, 1, 0), 0);
	(void) close(fd);
}

static void a_second_process_is_not_let_in(void **state)
{
	struct fixture *f = *state;
	static struct channel_message m;
	const struct vt_message hello = {.magic = VT_MAGIC, .type = VT_HELLO, .a = VT_VERSION};
	unsigned refused = 0;
	int fd = connect_to(f), status;
	pid_t pid;

	say(fd, &hello, sizeof(hello));
	assert_int_equal(channel_receive(f->channel, &m), CHANNEL_NONE);
	assert_int_equal(channel_clock_pid(f->channel), getpid());
	pid = fork();
	if (pid == 0) {
		char byte;

		_exit(recv(connect_to(f), &byte, 1, 0) == 0 ? 0 : 1);
	}
	while (waitpid(pid, &status, WNOHANG) == 0)
		refused += channel_receive(f->channel, &m) == CHANNEL_REFUSED;
	assert_int_equal(refused, 1);
	assert_non_null(strstr(m.problem, "Azure Sphere has no fork"));
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	(void) close(fd);
}

static void one_who_asks_and_does_not_read_is_let_go(void **state)
{
	struct fixture *f = *state;
	static struct channel_message m;
	uint8_t buffer[64];
	enum channel_message_kind kind;
	int fd = connect_to(f), full = 0;

	greet(f, fd);
	do {
		say(fd, buffer, pack(buffer, WIRE_CERTSTORE_COUNT, 0, NULL, 0));
		kind = channel_receive(f->channel, &m);
		if (kind == CHANNEL_REQUEST && !channel_answer(f->channel, m.connection, &m.header, 0, NULL, 0, -1))
			full++;
	} while (kind == CHANNEL_REQUEST && full == 0);
	assert_int_equal(full, 1);
	assert_int_equal(channel_receive(f->channel, &m), CHANNEL_BROKEN);
	assert_non_null(strstr(m.problem, "does not read the answers"));
	(void) close(fd);
}

static void more_connections_than_fit_are_turned_away(void **state)
{
	struct fixture *f = *state;
	static struct channel_message m;
	int fds[CHANNEL_MAX], extra;
	char byte;

	for (int i = 0; i < CHANNEL_MAX; i++) {
		fds[i] = connect_to(f);
		(void) channel_receive(f->channel, &m);
	}
	extra = connect_to(f);
	(void) channel_receive(f->channel, &m);
	assert_int_equal(recv(extra, &byte, 1, 0), 0);
	(void) close(extra);
	for (int i = 0; i < CHANNEL_MAX; i++)
		(void) close(fds[i]);
}

static void a_path_too_long_for_a_socket_is_said_so(void **state)
{
	struct channel *channel;
	struct az_error error;
	char path[200];

	(void) state;
	memset(path, 'a', sizeof(path) - 1);
	path[0] = '/';
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(channel_new(path, &channel, &error), -ENAMETOOLONG);
	assert_int_equal(error.status, AZ_ENVIRONMENT);
	assert_non_null(strstr(error.text, "TMPDIR"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_request_is_taken_and_answered, set_up, tear_down),
		cmocka_unit_test_setup_teardown(every_lie_ends_the_connection, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_clock_page_cannot_be_written_by_the_application, set_up, tear_down),
		cmocka_unit_test_setup_teardown(only_the_expected_process_gets_in, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_second_process_is_not_let_in, set_up, tear_down),
		cmocka_unit_test_setup_teardown(one_who_asks_and_does_not_read_is_let_go, set_up, tear_down),
		cmocka_unit_test_setup_teardown(more_connections_than_fit_are_turned_away, set_up, tear_down),
		cmocka_unit_test(a_path_too_long_for_a_socket_is_said_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
