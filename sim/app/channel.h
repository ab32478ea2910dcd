/* The socket that the application's libraries speak to: connections, messages, descriptors. And the clock page.
 *
 * What arrives is hostile input: a message that is not exactly what wire.h and vtime_proto.h say ends its connection.
 * Leaves to others: what a message means.
 */
#ifndef SIM_APP_CHANNEL_H
#define SIM_APP_CHANNEL_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "emu-applibs/wire/ahead.h"
#include "emu-applibs/wire/vtime_proto.h"
#include "emu-applibs/wire/wire.h"
#include "sim/util/error.h"

#define CHANNEL_MAX 8 /* connections at once */

struct channel;

/* Listens at `path` (shorter than 108 bytes; mode 0600). 0 or negative errno and *ret_error. */
int channel_new(const char *path, struct channel **ret, struct az_error *ret_error);
void channel_free(struct channel *channel); /* NULL is fine; unlinks the path */
/* Frees it in a forked process: what is shared with the other one, which goes on, stays as it is. NULL is fine. */
void channel_abandon(struct channel *channel);
/* Only this process and those below it may connect from now on, and once libvtime has said hello in one of them, only that one; 0:
 * nobody, and existing connections are closed: call it so before a process is started and when one is gone. */
void channel_expect(struct channel *channel, pid_t pid);

/* Where the application stands, for the page. app_mono_ns: the monotonic clock as the application sees it. */
void channel_set_page(struct channel *channel, uint64_t app_mono_ns, int64_t wall_offset_ns, uint64_t wall_steps);

/* The list of answers ahead that the application's libraries map when they say hello. They can write to it. */
struct wire_ahead *channel_ahead(struct channel *channel);

enum channel_message_kind {
	CHANNEL_NONE,    /* nothing there */
	CHANNEL_VTIME,   /* vt holds it */
	CHANNEL_REQUEST, /* header and payload hold it */
	CHANNEL_BROKEN,  /* a client broke the rules; problem says how; its connection is closed */
	CHANNEL_REFUSED, /* somebody was not let in; problem says who */
};
struct channel_message {
	int connection; /* for the answer */
	struct vt_message vt;
	struct wire_header header;
	uint8_t payload[WIRE_MAX_PAYLOAD];
	char problem[128];
};

/* Waits for at most `ms` of real time until somebody connects or says something, or one of the watched descriptors is readable.
 * CHANNEL_HEARD and the bits of those; 0: the time is over; negative errno: -EINTR. */
#define CHANNEL_HEARD 1u
int channel_wait(struct channel *channel, int ms);
/* channel_wait() watches this descriptor too, until it is closed. bit: 2, 4, ... 0 or negative errno. */
int channel_watch(struct channel *channel, int fd, unsigned bit);

/* For who waits by himself: descriptors to poll for input. Fills at most CHANNEL_MAX + 1 entries, returns how many. */
size_t channel_poll_set(const struct channel *channel, struct pollfd *fds);
/* Accept, then take one message; after channel_wait(), of those that it heard. Does not block. HELLOs of both kinds are answered
 * here. */
enum channel_message_kind channel_receive(struct channel *channel, struct channel_message *ret);
/* Has libvtime said hello in the present process? */
bool channel_has_clock(const struct channel *channel);
/* The process whose libvtime said hello: with a debugger or the like in front, not the one that azsim started. 0: none yet. */
pid_t channel_clock_pid(const struct channel *channel);

/* Answers. fd -1: none; otherwise passed along (the caller still closes its own). False when the application is gone, or does not
 * read: channel_receive() tells. */
bool channel_answer_vt(struct channel *channel, int connection, enum vt_type type, int status, uint64_t a, int fd);
/* VT_INTERFACE_IS with these three. */
bool channel_answer_interface(struct channel *channel, int connection, const char *name, uint64_t a, uint64_t b);
bool channel_answer(struct channel *channel, int connection, const struct wire_header *request, int32_t result,
                    const void *payload, size_t length, int fd);

#endif
