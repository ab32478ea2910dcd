/* Inputs of targets that take many messages: a row of items, and the text in which people write them.
 *
 * An item is u8 kind, u16 length (little-endian) and that many bytes; what the end cuts off counts as not there. In text an item is a
 * line: the name of its kind, then fields: "text" (u32 length and the bytes, as a str of wire.h), u8:N u16:N u32:N i32:N u64:N,
 * x:HEX (these bytes), file:NAME (a file as a str). "#" begins a line of comment.
 */
#ifndef TESTS_FUZZ_MESSAGES_H
#define TESTS_FUZZ_MESSAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct message_item {
	uint8_t kind;
	const uint8_t *bytes; /* into the input */
	size_t length;
};

/* Takes the next item off the front. False: none is left. */
bool message_next(const uint8_t **data, size_t *size, struct message_item *ret);

/* The names of a target's kinds, by the target's name; NULL-terminated. NULL: no such target. Static storage. */
const char *const *message_kinds(const char *target);

/* From text to items. folder: of the files. False, and a line on stderr, when the text is wrong. */
bool message_compile(const char *const *kinds, const char *folder, FILE *text, FILE *out);
/* From items to text, in x: fields. */
void message_show(const char *const *kinds, const uint8_t *data, size_t size, FILE *out);

/* ---- The kinds of the target "wire": the requests in the order of WIRE_OPS, and then these ---- */

enum wire_action {
	ACTION_ADVANCE,      /* u32: seconds, an hour at most */
	ACTION_REBOOT,       /* u8: seconds until it is ready */
	ACTION_LINK,         /* u8: enum device_link_event */
	ACTION_FLASH,        /* u8: enum device_flash */
	ACTION_WRITES,       /* u8: so many more writes until the power goes */
	ACTION_TIME_SERVER,  /* u8: it answers */
	ACTION_UPDATE,       /* u8: enum device_update_kind */
	ACTION_READING,      /* u8, u8: reading and choice; all else begins anew */
	ACTION_NETWORK,      /* certificates and a network that connects */
	ACTION_APP_GONE,
	ACTION_COUNT,
};
/* How many requests there are: the first action's number. */
size_t message_request_count(void);
/* The op of a kind below that. */
uint16_t message_op(size_t kind);

/* ---- The kinds of the target "channel"; the first byte of each is the client's number ---- */

enum channel_action {
	CHANNEL_CONNECT,
	CHANNEL_CLOSE,
	CHANNEL_RAW,        /* the bytes as they are */
	CHANNEL_GREET,      /* as libapplibs does */
	CHANNEL_GREET_CLOCK, /* as libvtime does */
	CHANNEL_ASK,        /* u16 op, payload: a request with the right header */
	CHANNEL_ASK_CLOCK,  /* u16 type, payload: a message to the clock */
	CHANNEL_DESCRIPTOR, /* the bytes, and descriptors beside them */
	CHANNEL_ACTION_COUNT,
};

#endif
