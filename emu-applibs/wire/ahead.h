/* Answers ahead: what the simulator would answer to the questions that an application usually asks when it wakes up, in memory that
 * both share, so that it need not ask them by message: a message costs two switches between processes.
 *
 * Sound because the world stands still while the application runs: the simulator fills the list while the application waits for it
 * to answer, and takes it away with the next message that it handles. Only questions that change nothing are on it. What was taken
 * from it the simulator writes into the timeline, in order, before it handles that message: nobody can tell the difference.
 *
 * The descriptor comes with the reply to WIRE_HELLO; without one there is no list.
 */
#ifndef WIRE_AHEAD_H
#define WIRE_AHEAD_H

#include <stdint.h>

#define WIRE_AHEAD_MAGIC 0x4148u /* "HA" */
#define WIRE_AHEAD_MAX 32u
#define WIRE_AHEAD_REQUEST_MAX 64u /* bytes of fields */
#define WIRE_AHEAD_REPLY_MAX 512u

struct wire_ahead_entry {
	uint16_t op;
	uint8_t taken; /* the application's: it has used it */
	uint8_t reserved;
	int32_t result; /* as in struct wire_header */
	uint32_t request_length, reply_length;
	uint8_t request[WIRE_AHEAD_REQUEST_MAX];
	uint8_t reply[WIRE_AHEAD_REPLY_MAX];
};

struct wire_ahead {
	uint32_t magic; /* WIRE_AHEAD_MAGIC */
	uint32_t count; /* entries that hold now; the simulator's */
	uint32_t next;  /* the first that may still be taken: they are taken in order; the application's */
	uint32_t reserved;
	struct wire_ahead_entry entries[WIRE_AHEAD_MAX];
};
_Static_assert(sizeof(struct wire_ahead) == 16 + WIRE_AHEAD_MAX * 592, "the same on every ABI");

#endif
