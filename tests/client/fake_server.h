/* A simulator of the test's own: a child process makes the calls, the test answers them, honestly or not.
 *
 * The calls run in a child since a library that meets a broken simulator ends its process.
 */
#ifndef TESTS_CLIENT_FAKE_SERVER_H
#define TESTS_CLIENT_FAKE_SERVER_H

#include <errno.h>
#include <stdint.h>
#include <stdio.h>

#include "emu-applibs/wire/wire.h"

enum deviation {
	HONEST,
	WRONG_MAGIC,
	WRONG_OP,
	WRONG_SEQ,
	SHORT_HEADER,      /* 15 bytes */
	LENGTH_TOO_MUCH,   /* the header claims one byte more than there is */
	LENGTH_TOO_LITTLE, /* and one less */
	LENGTH_HUGE,       /* and 4 GiB - 1 */
	OVERLONG,          /* one byte more than a message may have */
	TRAILING_BYTE,     /* one field too many */
	CUT,               /* the last byte of the fields is missing; with no fields as TRAILING_BYTE */
	DEVIATION_LAST = CUT,
	HANG_UP,           /* not a broken reply but none */
};

struct request {
	uint16_t op;
	size_t length;
	uint8_t payload[WIRE_MAX_PAYLOAD];
};

struct server {
	/* Writes the reply's fields and returns its result; *ret_fd: a descriptor to pass and close. */
	int32_t (*answer)(struct server *s, struct wire_writer *out, int *ret_fd);
	void *arg;
	enum deviation deviation;
	/* What came: hellos are answered without the test and not counted. */
	size_t hellos, requests;
	struct request last;
	char output[4096]; /* the child's stderr */
};

/* Runs body(arg) in a child with AZSIM_SOCKET set. Returns the child's exit status, or 256 + signal. */
int serve(struct server *s, int (*body)(void *arg), void *arg);

/* In a body: leaves with status 1 and says where. */
#define CHECK(condition)                                                                                             \
	do {                                                                                                         \
		if (!(condition)) {                                                                                  \
			(void) dprintf(2, "%s:%d: %s (errno %d)\n", __FILE__, __LINE__, #condition, errno);         \
			return 1;                                                                                    \
		}                                                                                                    \
	} while (0)
/* The call fails with this errno. */
#define CHECK_ERRNO(call, error)                                                                                     \
	do {                                                                                                         \
		errno = 0;                                                                                           \
		CHECK((call) == -1);                                                                                 \
		CHECK(errno == (error));                                                                             \
	} while (0)
/* In the test: the body came to its end. */
#define assert_served(s, body, arg)                                                                                  \
	do {                                                                                                         \
		int served_status_ = serve(s, body, arg);                                                            \
		if (served_status_ != 0)                                                                             \
			fail_msg("status %d: %s", served_status_, (s)->output);                                      \
	} while (0)

#endif
