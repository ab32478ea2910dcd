/* Asking RADIUS what time it is: Status-Server (RFC 5997), answered with seconds since 1970 in Reply-Message.
 */
#ifndef SIM_NET_TESTNETD_STATUS_H
#define SIM_NET_TESTNETD_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STATUS_PACKET_MAX 4096 /* RFC 2865 section 3 */
#define STATUS_REQUEST_LENGTH 38

struct status_question {
	uint8_t id;
	uint8_t packet[STATUS_REQUEST_LENGTH]; /* what was sent */
};

/* A UDP socket that speaks to 127.0.0.1:port and never waits; or negative errno. */
int status_open(uint16_t port);
/* Sends a new question. 0 or negative errno (-ECONNREFUSED: nobody listens yet). */
int status_ask(int fd, const char *secret, struct status_question *question);
/* Takes one packet. 0 and *ret_wall_s; -EAGAIN: nothing there; -ECONNREFUSED; -EBADMSG: not the answer to `question`, or not
 * made with `secret`. */
int status_take(int fd, const char *secret, const struct status_question *question, int64_t *ret_wall_s);

#endif
