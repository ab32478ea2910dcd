/* What goes over wire or air and to RADIUS, kept as a pcapng file (IETF draft-ietf-opsawg-pcapng) with the keys that open the TLS in it.
 *
 * Frames are dated in RADIUS's time, which is the scenario's unless that steps it. They are kept in memory until flush(): the secrets of
 * an exchange must stand before its frames for a reader that reads once.
 */
#ifndef SIM_NET_TESTNETD_CAPTURE_H
#define SIM_NET_TESTNETD_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/net/net.h"

#define CAPTURE_SOCKETS 2

struct capture {
	bool on;
	int fd[CAPTURE_SOCKETS]; /* packet sockets: wire or air; loopback. -1 when off */
	int file_fd;
	int error; /* positive errno of the first failed write; 0 none */
	const char *key_log; /* file that RADIUS appends to; borrowed */
	size_t keys_taken;   /* of its bytes */
	uint8_t *frames;     /* blocks to be written */
	size_t length, capacity;
	struct capture_frame {
		int64_t at_ns;
		size_t offset, length; /* in frames */
	} *order; /* one for each block of a frame */
	size_t count, order_capacity;
};

void capture_init(struct capture *c);
/* interface: of the wire, or hwsim0. Only what goes to and from `radius_port` (UDP) is taken of the loopback interface.
 * 0 or negative errno, and then it is off. */
int capture_begin(struct capture *c, int dir_fd, const char *interface, uint16_t radius_port, const char *key_log);
/* Takes the frames that are there. now_ns: what time it is (wall clock, since 1970), which dates them by their age; TIME_UNKNOWN: they
 * belong nowhere, and go. Never waits. No-op when off. */
#define TIME_UNKNOWN INT64_MIN
void capture_take(struct capture *c, int64_t now_ns);
/* Writes what was taken; an error stays in c->error. */
void capture_flush(struct capture *c);

#endif
