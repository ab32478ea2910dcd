/* Questions to the kernel over netlink: rtnetlink and generic netlink, as far as the test networks need them.
 */
#ifndef SIM_NET_TESTNETD_NETLINK_H
#define SIM_NET_TESTNETD_NETLINK_H

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <stdint.h>

/* One request; the largest that we send carries a frame of IEEE 802.11. */
struct netlink_request {
	struct nlmsghdr header;
	uint8_t rest[3072];
};

/* NETLINK_ROUTE or NETLINK_GENERIC. A descriptor, the caller's, or negative errno. */
int netlink_open(int protocol);
/* A request of that type with the structure that such a request begins with; an acknowledgement is asked for. */
void netlink_begin(struct netlink_request *req, uint16_t type, uint16_t flags, const void *fixed, size_t length);
/* data NULL: a nest, which ends where netlink_end_nest() is called. */
struct rtattr *netlink_put(struct netlink_request *req, uint16_t type, const void *data, size_t length);
void netlink_end_nest(struct netlink_request *req, struct rtattr *nest);
/* Sends it and waits for the acknowledgement. 0 or negative errno. */
int netlink_run(int fd, struct netlink_request *req);
/* Of generic netlink: the number of a family. Positive, or negative errno. */
int netlink_family(int fd, const char *name);

#endif
