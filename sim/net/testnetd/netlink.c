/* See testnetd/netlink.h. */
#include "sim/net/testnetd/netlink.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "emu-applibs/base/base.h"

int netlink_open(int protocol)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);

	return fd < 0 ? -errno : fd;
}

/* Room for `length` more bytes, padded: a nest ends where its last attribute's padding does, and the message must hold that. */
static void *room(struct netlink_request *req, size_t length)
{
	void *at = (uint8_t *) req + NLMSG_ALIGN(req->header.nlmsg_len);

	if (NLMSG_ALIGN(req->header.nlmsg_len) + NLMSG_ALIGN(length) > sizeof(*req))
		abort();
	req->header.nlmsg_len = (uint32_t) (NLMSG_ALIGN(req->header.nlmsg_len) + NLMSG_ALIGN(length));
	return at;
}

void netlink_begin(struct netlink_request *req, uint16_t type, uint16_t flags, const void *fixed, size_t length)
{
	memset(req, 0, sizeof(*req));
	req->header.nlmsg_len = NLMSG_LENGTH(0);
	req->header.nlmsg_type = type;
	req->header.nlmsg_flags = (uint16_t) (NLM_F_REQUEST | NLM_F_ACK | flags);
	memcpy(room(req, length), fixed, length);
}

struct rtattr *netlink_put(struct netlink_request *req, uint16_t type, const void *data, size_t length)
{
	struct rtattr *a = room(req, RTA_LENGTH(length));

	a->rta_type = type;
	a->rta_len = (uint16_t) RTA_LENGTH(length);
	if (length > 0)
		memcpy(RTA_DATA(a), data, length);
	return a;
}

void netlink_end_nest(struct netlink_request *req, struct rtattr *nest)
{
	nest->rta_len = (uint16_t) ((uint8_t *) req + NLMSG_ALIGN(req->header.nlmsg_len) - (uint8_t *) nest);
}

union reply {
	struct nlmsghdr header;
	uint8_t bytes[8192];
};

static ssize_t receive(int fd, union reply *reply)
{
	ssize_t n;

	do
		n = recv(fd, reply, sizeof(*reply), 0);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	return n >= (ssize_t) NLMSG_LENGTH(sizeof(struct nlmsgerr)) ? n : -EPROTO;
}

static int error_of(const union reply *reply)
{
	return reply->header.nlmsg_type == NLMSG_ERROR ? ((const struct nlmsgerr *) NLMSG_DATA(&reply->header))->error : -EPROTO;
}

int netlink_run(int fd, struct netlink_request *req)
{
	union reply reply;
	ssize_t n;

	if (send(fd, req, req->header.nlmsg_len, 0) < 0)
		return -errno;
	n = receive(fd, &reply);
	return n < 0 ? (int) n : error_of(&reply);
}

/* The reply holds the number, and the acknowledgement follows. */
int netlink_family(int fd, const char *name)
{
	const struct genlmsghdr question = {.cmd = CTRL_CMD_GETFAMILY, .version = 1};
	struct netlink_request req;
	union reply reply, end;
	uint16_t number = 0;
	ssize_t n;
	int r;

	netlink_begin(&req, GENL_ID_CTRL, 0, &question, sizeof(question));
	(void) netlink_put(&req, CTRL_ATTR_FAMILY_NAME, name, strlen(name) + 1);
	if (send(fd, &req, req.header.nlmsg_len, 0) < 0)
		return -errno;
	n = receive(fd, &reply);
	if (n < 0)
		return (int) n;
	if (reply.header.nlmsg_type != GENL_ID_CTRL)
		return error_of(&reply);
	if (reply.header.nlmsg_len > (size_t) n)
		return -EPROTO;
	n = (ssize_t) reply.header.nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN);
	for (struct rtattr *a = (struct rtattr *) ((uint8_t *) NLMSG_DATA(&reply.header) + GENL_HDRLEN); RTA_OK(a, n); a = RTA_NEXT(a, n)) {
		if (a->rta_type == CTRL_ATTR_FAMILY_ID && RTA_PAYLOAD(a) >= sizeof(number))
			memcpy(&number, RTA_DATA(a), sizeof(number));
	}
	n = receive(fd, &end);
	r = n < 0 ? (int) n : error_of(&end);
	return r < 0 ? r : number > 0 ? number : -ENOENT;
}
