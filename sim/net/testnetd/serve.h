/* testnetd answers the requests of testnet.h: in the namespaces of the wired network, and in the guest of the radio network.
 */
#ifndef SIM_NET_TESTNETD_SERVE_H
#define SIM_NET_TESTNETD_SERVE_H

#include "sim/net/testnet/testnet.h"
#include "sim/net/testnetd/attempt.h"
#include "sim/net/testnetd/daemons.h"
#include "sim/net/testnetd/join.h"
#include "sim/net/testnetd/tcp.h"

struct serve { /* large; one a process */
	int fd;      /* to azsim */
	bool device; /* it is the guest's end of a virtual serial port */
	struct daemons daemons;
	struct aftermath aftermath; /* on a wire */
	struct joiner joiner;       /* on air */
	struct tcp tcp;             /* on air */
	struct testnet_message message; /* the request, then its reply */
};

/* The first thing azsim hears. */
void serve_hello(struct serve *h, int result, const struct az_error *error);
/* A reply without fields to the request in h->message, or the error. 0 or negative errno. */
int serve_reply(struct serve *h, int result, const struct az_error *error);
/* Until azsim says QUIT or is gone. daemons_init() has been called. */
void serve_requests(struct serve *h);

#endif
