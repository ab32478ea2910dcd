/* TCP between the device and hosts behind the access points, through the air of the radio network. Both ends of each connection are here: the
 * device's in its namespace, the other where access points are. Bytes that are given to one are taken from the other.
 */
#ifndef SIM_NET_TESTNETD_TCP_H
#define SIM_NET_TESTNETD_TCP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/net/testnetd/daemons.h"

#define TCP_CONNECTIONS_MAX 32

struct tcp_connection {
	uint32_t id;           /* 0: none */
	int device, network;   /* its two ends */
	int radio;             /* of the access point that the latter is at */
};

struct tcp {
	struct tcp_connection list[TCP_CONNECTIONS_MAX];
};

/* The device, whose address is `own`, connects to this address (IPv4, host byte order) and port. 0; -ENETUNREACH: it is in no network; -EMFILE: there are too many;
 * another negative errno and *ret_error. */
int tcp_connect(struct daemons *d, struct tcp *tcp, uint32_t id, const struct net_address *own, uint32_t address, uint16_t port,
                struct az_error *ret_error);
/* These bytes go from one end to the other: what came is in `bytes` afterwards. length 0: the end of that direction. 0; -ENETUNREACH;
 * -ENOTCONN: there is no such connection; what TCP says: it is gone; another and *ret_error. */
int tcp_carry(struct daemons *d, struct tcp *tcp, uint32_t id, bool from_device, uint8_t *bytes, size_t length, struct az_error *ret_error);
/* Both ends go. No-op for one that is not there. */
void tcp_close(struct tcp *tcp, uint32_t id);

#endif
