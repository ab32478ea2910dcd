/* What azsim and the helper that owns the daemons say to each other.
 *
 * Transport: one AF_UNIX SOCK_SEQPACKET pair; for the helper in the guest of the radio network, a virtual serial port, where the
 * same bytes follow each other. azsim sends a request, the helper answers each with one reply; nobody speaks
 * unasked. A message is a struct testnet_header and `length` bytes of fields (little-endian, the cursors of wire.h).
 * Both sides check every length and that nothing is left over.
 *
 *   request        fields                                    fields of a good reply
 *   BEGIN          bytes: random ones (16..256)              - (in the guest, before all others)
 *   APPLY          struct net_state, in its order            -
 *   SET_CLOCKS     i64 device, i64 RADIUS (s since 1970)     -
 *   AUTHENTICATE   struct auth_request, in its order         struct auth_verdict, in its order
 *   JOIN           struct join_request, in its order         struct join_result, in its order (radio)
 *   SCAN           u32 n, n of struct auth_request           rows: u32 n, n of struct join_row (radio; the names that it asks for)
 *   SIGNAL         -                                         rows: none, or the access point in use (radio)
 *   STATUS         -                                         u32 pids: helper, freeradius, hostapd, wpa_supplicant
 *   TCP_CONNECT    u32 id, struct net_address of its own,    - (radio; result -ENETUNREACH without words: it is in no network)
 *                  u32 address, u32 port
 *   TCP_CARRY      u32 id, u8 from the device, bytes         bytes, as they came at the other end; none: the end (errors likewise)
 *   TCP_CLOSE      u32 id                                    -
 *   CAPTURE        -                                         - (before the first APPLY)
 *   QUIT           -                                         - (the helper ends after it)
 *
 * Pids in STATUS are those of the helper's own pid namespace; 0 = not running. An optional string is u8 present, then str.
 * A reply with result < 0 (negative errno) carries u8 status (enum az_status) and str text.
 * Keys travel in APPLY, AUTHENTICATE and JOIN: both sides wipe the buffers.
 */
#ifndef SIM_NET_TESTNET_TESTNET_H
#define SIM_NET_TESTNET_TESTNET_H

#include <stdint.h>

#include "emu-applibs/wire/wire.h"
#include "sim/net/net.h"

#define TESTNET_MAGIC 0x54455a41u       /* "AZET" */
#define TESTNET_MAX_PAYLOAD (128u * 1024u) /* fits a socket buffer of the kernel's default limit */

enum testnet_op {
	TESTNET_APPLY = 1,
	TESTNET_SET_CLOCKS,
	TESTNET_AUTHENTICATE,
	TESTNET_STATUS,
	TESTNET_QUIT,
	TESTNET_BEGIN,
	TESTNET_CAPTURE,
	TESTNET_TCP_CONNECT,
	TESTNET_TCP_CARRY,
	TESTNET_TCP_CLOSE,
	TESTNET_JOIN,
	TESTNET_SCAN,
	TESTNET_SIGNAL,
};

struct testnet_header {
	uint32_t magic;
	uint32_t op;     /* the reply repeats it */
	uint32_t seq;    /* from 1; the reply repeats it */
	int32_t result;  /* reply: 0 or negative errno; request: 0 */
	uint32_t length; /* <= TESTNET_MAX_PAYLOAD */
};

struct testnet_message {
	struct testnet_header header;
	uint8_t payload[TESTNET_MAX_PAYLOAD];
};

/* Sends header (length and magic are filled in) and payload as one packet. 0 or negative errno. */
int testnet_send(int fd, struct testnet_message *message, size_t length);
/* Receives one packet, waiting at most timeout_ms of real time (-1: for ever). 0; -ETIMEDOUT; -EPIPE: the other side is
 * gone; -EBADMSG: a packet that contradicts itself; or another negative errno. */
int testnet_receive(int fd, struct testnet_message *message, int timeout_ms);

/* The same over a byte stream; sending is given up when the other side takes nothing for ten seconds (-ETIMEDOUT). -EINTR from
 * receiving: a signal came. The last one is for the guest's end of the port, which waits through signals and through times in
 * which nobody has opened the other end. */
int testnet_stream_send(int fd, struct testnet_message *message, size_t length);
int testnet_stream_receive(int fd, struct testnet_message *message, int timeout_ms);
int testnet_device_receive(int fd, struct testnet_message *message, int timeout_ms);

/* A decoded net_state owns its strings. */
void testnet_put_state(struct wire_writer *w, const struct net_state *state);
int testnet_get_state(struct wire_reader *r, struct net_state *ret_state); /* 0, -EBADMSG, -ENOMEM */
void testnet_state_clear(struct net_state *state);                         /* frees, wipes the key */

/* A str of the message as a C string, malloc'ed; a NUL inside is malformed. 0, -EBADMSG, -ENOMEM. */
int testnet_get_string(struct wire_reader *r, char **ret_s);

void testnet_put_request(struct wire_writer *w, const struct auth_request *request);
int testnet_get_request(struct wire_reader *r, struct auth_request *ret_request); /* owned, as above */
void testnet_request_clear(struct auth_request *request);

void testnet_put_verdict(struct wire_writer *w, const struct auth_verdict *verdict);
int testnet_get_verdict(struct wire_reader *r, struct auth_verdict *ret_verdict); /* nothing may follow it */

/* testnet_join.c. A decoded join_request owns what it points to; count: of the request's networks. Numbers of rows, or negative. */
#define TESTNET_JOIN_MOMENT 12u /* so many bytes at its beginning are of the moment alone */
void testnet_put_join(struct wire_writer *w, const struct join_request *join);
int testnet_get_join(struct wire_reader *r, struct join_request *ret_join);
void testnet_join_clear(struct join_request *join);
void testnet_put_joined(struct wire_writer *w, const struct join_result *result, size_t count);
int testnet_get_joined(struct wire_reader *r, size_t count, struct join_result *ret_result);
void testnet_put_rows(struct wire_writer *w, const struct join_row *rows, size_t count);
int testnet_get_rows(struct wire_reader *r, struct join_row *rows, size_t max);

#endif
