/* One request to the simulated device and its reply. Used by every file of the two libraries; none of it is exported.
 *
 *     struct call c;
 *     call_begin(&c, WIRE_CERTSTORE_DELETE);
 *     call_put_text(&c, identifier, CERTSTORE_MAX_IDENTIFIER_LENGTH);
 *     return call_end(&c, call_send(&c));
 *
 * From call_begin to call_end the calling thread owns the connection and has its signals blocked, so a signal handler may call
 * the API too; a short question, which may have been answered ahead (wire/ahead.h), takes hold of neither until it turns out that it
 * was not. What a reply carries is read between call_send and call_end. A simulator that is gone, or that answers what
 * wire.h does not allow, ends the process: an errno would pass for the device's own behaviour.
 */
#ifndef CLIENT_TRANSPORT_H
#define CLIENT_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emu-applibs/wire/wire.h"

/* Not in an application of the MT3620: nothing is answered ahead there, and its stack is measured. */
#if UINTPTR_MAX > UINT32_MAX
#define CALL_SHORT_REQUEST 320u /* bytes of fields: the longest that is_short() knows has a host name */
#define CALL_SHORT_REPLY 512u
#endif

struct call {
	uint16_t op;
	bool owns;              /* the connection; signals are blocked */
	struct wire_writer out; /* the request's fields */
	struct wire_reader in;  /* the reply's fields, after call_send gave >= 0 */
	int fd;                 /* descriptor of the reply, or -1; who takes it sets -1 */
	uint64_t signals;       /* blocked before */
#ifdef CALL_SHORT_REQUEST
	uint8_t request[CALL_SHORT_REQUEST], reply[CALL_SHORT_REPLY]; /* of a short question */
#endif
};

/* errno = error; returns -1. */
int call_fail(int error);

void call_begin(struct call *c, uint16_t op);
/* A C string of at most `max` characters. A longer one is sent as its first max + 1, so that the device sees "too long". */
void call_put_text(struct call *c, const char *text, size_t max);
/* `length` bytes of at most `max`. More are sent as max + 1 zeros: too long for the device, and never read past what is the
 * caller's. max: at most CALL_BLOB_MAX. */
#define CALL_BLOB_MAX 8192u
void call_put_blob(struct call *c, const void *bytes, size_t length, size_t max);
/* Returns the result >= 0; or -1 with errno: the device's, or ENOSYS when there is no simulator. */
int call_send(struct call *c);
/* Wipes the message and lets go of the connection. A result >= 0 must have had its fields read to the end. Returns result; errno stays. */
int call_end(struct call *c, int result);
/* A whole call without fields. The result >= 0, or -1 with errno. */
int call_ask(uint16_t op);
/* The reply breaks the rules: ends the process with `what`. */
_Noreturn void call_broken(const struct call *c, const char *what);

#endif
