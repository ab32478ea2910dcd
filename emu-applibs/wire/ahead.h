/* Answers ahead: what the simulator would answer to the questions that an application usually asks when it wakes up, in memory that
 * both share, so that it need not ask them by message: a message costs two switches between processes.
 *
 * Sound because the world stands still while the application runs: the simulator fills the list while the application waits for it
 * to answer, and takes it away with the next message that it handles. On it are questions that change nothing in the world, in the
 * order in which they are expected; what taking one does nevertheless change (a count, a line of the timeline, the
 * device-authentication certificate at hand) the simulator does, in order, before it handles that message: nobody can tell the
 * difference.
 *
 * The descriptor comes with the reply to WIRE_HELLO; without one there is no list. Each library of the application that has a
 * connection maps the same one.
 */
#ifndef WIRE_AHEAD_H
#define WIRE_AHEAD_H

#include <stdbool.h>
#include <stdint.h>

#include "emu-applibs/wire/wire.h"

#define WIRE_AHEAD_MAGIC 0x4148u /* "HA" */
#define WIRE_AHEAD_MAX 40u
#define WIRE_AHEAD_BYTES (24u * 1024) /* of all requests and replies on the list */

struct wire_ahead_entry {
	uint16_t op;
	uint16_t reserved;
	int32_t result; /* as in struct wire_header */
	uint32_t request_at, request_length; /* fields, in bytes[] */
	uint32_t reply_at, reply_length;
};

/* WIRE_AHEAD_TAKEN: a bit for each entry that was taken; the rest is another number for each list. They are taken in order, with
 * gaps: none before the last one taken may be. The simulator writes it with each list; who takes one sets its bit by compare and
 * exchange, so that a signal handler in between does no harm. */
#define WIRE_AHEAD_TAKEN ((UINT64_C(1) << WIRE_AHEAD_MAX) - 1)

struct wire_ahead {
	uint32_t magic; /* WIRE_AHEAD_MAGIC */
	uint32_t count; /* entries that hold now; the simulator's */
	uint64_t state;
	int32_t mutable_fd; /* the application's libraries': the last one that it got, -1 when it is known to be closed */
	uint32_t reserved;
	struct wire_ahead_entry entries[WIRE_AHEAD_MAX];
	uint8_t bytes[WIRE_AHEAD_BYTES];
};
_Static_assert(sizeof(struct wire_ahead) == 24 + WIRE_AHEAD_MAX * 24 + WIRE_AHEAD_BYTES, "the same on every ABI");

/* May such a request be on the list, and are its fields and its reply short? Of the others only WIRE_HTTP_REQUEST may be on it, and
 * WIRE_DEVICE_AUTH by reference alone. */
static inline bool wire_ahead_is_short(uint16_t op)
{
	switch (op) {
	case WIRE_CERTSTORE_COUNT:
	case WIRE_CERTSTORE_ID_AT:
	case WIRE_CERTSTORE_SPACE:
	case WIRE_CERTSTORE_INFO:
	case WIRE_WIFI_ID_BY_NAME:
	case WIRE_WIFI_CONNECTED_ID:
	case WIRE_WIFI_GET_OPT:
	case WIRE_NET_READY:
	case WIRE_DEVICE_AUTH_READY:
	case WIRE_DEVICE_AUTH:
	case WIRE_HTTP_CONNECT:
	case WIRE_STORAGE_OPEN:
		return true;
	default:
		return false;
	}
}

#endif
