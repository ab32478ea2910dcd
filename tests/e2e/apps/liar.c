/* An application that speaks to azsim past its libraries and lies: argv[1] says how.
 *
 * Its system calls go past libvtime too, which would take a wait for one of its own. A lie that azsim answers is repeated for a while;
 * whatever the answer, azsim must be there afterwards.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <applibs/certstore.h>
#include <applibs/log.h>

#include "emu-applibs/wire/vtime_proto.h"
#include "emu-applibs/wire/wire.h"

static long raw(long n, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d, r8 __asm__("r8") = e, r9 __asm__("r9") = f;
	long r;

	__asm__ volatile("syscall" : "=a"(r) : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
	return r;
}

static int open_connection(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = (int)raw(SYS_socket, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, 0, 0, 0);

	(void) snprintf(address.sun_path, sizeof(address.sun_path), "%s", getenv(WIRE_ENV_SOCKET));
	return raw(SYS_connect, fd, (long)&address, sizeof(address), 0, 0, 0) < 0 ? -1 : fd;
}

static long say(int fd, const void *data, size_t length)
{
	return raw(SYS_sendto, fd, (long)data, (long)length, MSG_NOSIGNAL, 0, 0);
}

static long hear(int fd, void *buffer, size_t size)
{
	return raw(SYS_recvfrom, fd, (long)buffer, (long)size, 0, 0, 0);
}

static uint8_t message[sizeof(struct wire_header) + WIRE_MAX_PAYLOAD + 4096], reply[sizeof(message)];

/* A request that claims `claimed` bytes and has `length`, of whatever `message` holds. */
static long request(int fd, uint16_t op, uint32_t claimed, size_t length)
{
	const struct wire_header h = {.magic = WIRE_MAGIC, .op = op, .seq = 1, .length = claimed};

	memcpy(message, &h, sizeof(h));
	return say(fd, message, sizeof(h) + length);
}

static int greet(void)
{
	const uint32_t hello[2] = {WIRE_VERSION, (uint32_t)getpid()};
	int fd = open_connection();

	memcpy(message + sizeof(struct wire_header), hello, sizeof(hello));
	if (fd < 0 || request(fd, WIRE_HELLO, sizeof(hello), sizeof(hello)) < 0 || hear(fd, reply, sizeof(reply)) <= 0)
		_exit(3);
	return fd;
}

/* ---- The lies ------------------------------------------------------------------------------------------------------------ */

static void too_long(void)
{
	(void) request(greet(), WIRE_CERTSTORE_COUNT, 100, 1);
}

static void too_short(void)
{
	(void) request(greet(), WIRE_CERTSTORE_COUNT, 0, 1);
}

static void oversized(void)
{
	(void) request(greet(), WIRE_CERTSTORE_COUNT, WIRE_MAX_PAYLOAD + 1, WIRE_MAX_PAYLOAD + 1);
}

static void half(void)
{
	(void) say(greet(), message, sizeof(struct wire_header) / 2);
}

static void empty(void)
{
	(void) say(greet(), message, 0);
}

static void wrong_magic(void)
{
	int fd = greet();

	memset(message, 'x', 64);
	(void) say(fd, message, 64);
}

static void no_greeting(void)
{
	(void) request(open_connection(), WIRE_CERTSTORE_COUNT, 0, 0);
}

static void two_greetings(void)
{
	const uint32_t hello[2] = {WIRE_VERSION, 1};
	int fd = greet();

	memcpy(message + sizeof(struct wire_header), hello, sizeof(hello));
	(void) request(fd, WIRE_HELLO, sizeof(hello), sizeof(hello));
}

static void clock_without_greeting(void)
{
	const struct vt_message m = {.magic = VT_MAGIC, .type = VT_IDLE, .a = VT_NO_DEADLINE};

	(void) say(greet(), &m, sizeof(m));
}

/* What azsim does answer: with an errno. */
static void unknown_requests(void)
{
	int fd = greet();

	for (unsigned op = 200; op < 300; op++) {
		(void) request(fd, (uint16_t)op, 8, 8);
		if (hear(fd, reply, sizeof(reply)) != (long)sizeof(struct wire_header))
			_exit(4);
	}
	(void) Log_Debug("liar: every unknown request was answered\n");
}

static void nonsense_in_every_request(void)
{
	uint64_t z = 20261125;
	int fd = greet();

	for (unsigned i = 0; i < 2000; i++) {
		const size_t length = z >> 40 & 255;

		for (size_t at = 0; at < length; at++) {
			z = z * 6364136223846793005u + 1442695040888963407u;
			message[sizeof(struct wire_header) + at] = (uint8_t)(z >> 56 & (i & 1 ? 255 : 3));
		}
		(void) request(fd, (uint16_t)(10 + i % 83), (uint32_t)length, length);
		if (hear(fd, reply, sizeof(reply)) < (long)sizeof(struct wire_header))
			_exit(4);
	}
	(void) Log_Debug("liar: nonsense was answered\n");
}

static void descriptors(void)
{
	int fd = greet(), null = (int)raw(SYS_openat, AT_FDCWD, (long)"/dev/null", O_RDONLY | O_CLOEXEC, 0, 0, 0);

	for (unsigned i = 0; i < 2000; i++) {
		const struct wire_header h = {.magic = WIRE_MAGIC, .op = WIRE_CERTSTORE_COUNT, .seq = i};
		struct iovec part = {.iov_base = (void *)(uintptr_t)&h, .iov_len = sizeof(h)};
		union {
			struct cmsghdr align;
			char space[CMSG_SPACE(50 * sizeof(int))];
		} control;
		struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};
		struct cmsghdr *c = CMSG_FIRSTHDR(&m);

		memset(&control, 0, sizeof(control));
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(50 * sizeof(int));
		for (size_t at = 0; at < 50; at++)
			memcpy(CMSG_DATA(c) + at * sizeof(int), &null, sizeof(int));
		if (raw(SYS_sendmsg, fd, (long)&m, MSG_NOSIGNAL, 0, 0, 0) < 0 || hear(fd, reply, sizeof(reply)) < (long)sizeof(h))
			_exit(4);
	}
	(void) Log_Debug("liar: it kept none of the descriptors\n");
}

static void many_connections(void)
{
	int fds[200];
	unsigned closed = 0;

	(void) CertStore_GetCertificateCount(); /* the library has its own by now */
	for (size_t i = 0; i < 200; i++)
		fds[i] = open_connection();
	(void) CertStore_GetCertificateCount(); /* it has looked at all of them by now */
	for (size_t i = 0; i < 200; i++) {
		char byte;

		closed += fds[i] < 0 || raw(SYS_recvfrom, fds[i], (long)&byte, 1, MSG_DONTWAIT, 0, 0) == 0;
		(void) raw(SYS_close, fds[i], 0, 0, 0, 0, 0);
	}
	(void) Log_Debug("liar: %s\n", closed >= 190 ? "most connections were closed" : "connections were kept");
}

/* ---- Those that go on for ever ------------------------------------------------------------------------------------------- */

static void connections_without_end(void)
{
	for (;;)
		(void) raw(SYS_close, open_connection(), 0, 0, 0, 0, 0);
}

static void output_without_end(void)
{
	static const char nothing[4096];

	for (;;)
		(void) raw(SYS_write, 1, (long)nothing, sizeof(nothing), 0, 0, 0);
}

static void requests_without_end(void)
{
	int fd = greet();

	while (request(fd, WIRE_CERTSTORE_COUNT, 0, 0) > 0)
		(void) hear(fd, reply, sizeof(reply));
}

static void requests_without_reading(void)
{
	int fd = greet();

	while (request(fd, WIRE_CERTSTORE_COUNT, 0, 0) > 0)
		continue;
}

static void logs_without_end(void)
{
	char line[4000];

	memset(line, 'l', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	for (;;)
		(void) Log_Debug("%s", line);
}

static void short_waits_without_end(void)
{
	for (;;)
		(void) usleep(1);
}

static void stopped(void)
{
	(void) raw(SYS_kill, getpid(), SIGSTOP, 0, 0, 0, 0);
}

/* Past libc, whose fork azsim refuses. The child asks for what only its parent may have. */
static void second_process(bool sleeps)
{
	int status = 0;
	long pid;

	if (fork() >= 0 || errno != ENOSYS)
		_exit(4);
	pid = raw(SYS_fork, 0, 0, 0, 0, 0, 0);
	if (pid == 0) {
		for (;;)
			if (sleeps)
				(void) sleep(10);
			else
				(void) CertStore_GetCertificateCount();
	}
	(void) raw(SYS_wait4, pid, (long)&status, 0, 0, 0, 0);
	(void) Log_Debug("liar: the child ended with status %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
	(void) Log_Debug("liar: the parent goes on, %s\n", CertStore_GetCertificateCount() >= 0 ? "and is answered" : "but is not answered");
}

static void a_child_that_sleeps(void)
{
	second_process(true);
}

static void a_child_that_calls(void)
{
	second_process(false);
}

static void a_child_of_one_that_called(void)
{
	(void) CertStore_GetCertificateCount();
	if (raw(SYS_fork, 0, 0, 0, 0, 0, 0) == 0) {
		bool refused = CertStore_GetCertificateCount() < 0 && errno == ENOSYS;

		(void) dprintf(1, "liar: the child's call %s\n", refused ? "gives ENOSYS" : "is answered");
		_exit(0);
	}
	(void) raw(SYS_wait4, -1, 0, 0, 0, 0, 0);
	(void) Log_Debug("liar: the parent goes on, %s\n", CertStore_GetCertificateCount() >= 0 ? "and is answered" : "but is not answered");
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*lie)(void);
	} lies[] = {
		{"too-long", too_long}, {"too-short", too_short}, {"oversized", oversized}, {"half", half}, {"empty", empty},
		{"wrong-magic", wrong_magic}, {"no-greeting", no_greeting}, {"two-greetings", two_greetings},
		{"clock-without-greeting", clock_without_greeting}, {"unknown-requests", unknown_requests},
		{"nonsense", nonsense_in_every_request}, {"descriptors", descriptors}, {"many-connections", many_connections},
		{"connections-without-end", connections_without_end}, {"output-without-end", output_without_end},
		{"requests-without-end", requests_without_end}, {"requests-without-reading", requests_without_reading},
		{"logs-without-end", logs_without_end}, {"short-waits-without-end", short_waits_without_end}, {"stopped", stopped},
		{"child-that-sleeps", a_child_that_sleeps}, {"child-that-calls", a_child_that_calls},
		{"child-of-one-that-called", a_child_of_one_that_called},
	};

	(void) sleep(60);
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++)
		if (argc > 1 && strcmp(argv[1], lies[i].name) == 0)
			lies[i].lie();
	for (;;)
		(void) pause();
}
