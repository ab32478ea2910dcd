/* See testnetd/loss.h.
 *
 * The kernel hands us what a radio sends (HWSIM_CMD_FRAME) and waits for two things: the same frame once for each radio that hears it, and
 * what became of it (HWSIM_CMD_TX_INFO_FRAME), acknowledged or not. Numbers of commands and attributes, and which it wants:
 * drivers/net/wireless/mac80211_hwsim.c and .h of Linux 6.1. A lost frame is one that its radio has given up, all its own repeats included:
 * to mac80211 it was not acknowledged. Beacons and everything else that is for many get lost in silence.
 */
#define _GNU_SOURCE
#include "sim/net/testnetd/loss.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "emu-applibs/base/base.h"
#include "emu-applibs/base/chance.h"
#include "sim/net/testnetd/daemons.h"
#include "sim/net/testnetd/netlink.h"

#define FAMILY "MAC80211_HWSIM"
enum command { REGISTER = 1, FRAME = 2, TX_INFO_FRAME = 3 };
enum attribute {
	ADDR_RECEIVER = 1,
	ADDR_TRANSMITTER = 2,
	FRAME_BYTES = 3,
	FLAGS = 4,
	RX_RATE = 5,
	SIGNAL = 6,
	TX_INFO = 7,
	COOKIE = 8,
	FREQ = 19,
	ATTRIBUTES = 20,
};
#define FLAG_NO_ACK 2u /* the sender wants none */
#define FLAG_ACK 4u    /* of a report: there was one */

#define ADDRESS 6u
#define FRAME_MIN 24u   /* IEEE 802.11: a header with three addresses */
#define FRAME_MAX 2352u /* what mac80211_hwsim takes */
#define SOCKET_BYTES (4 * 1024 * 1024)
#define PERCENT_ALL 100u
#define SEQUENCE_REGISTER 1u /* of all that we say, the one message whose answer matters */

/* Kinds of frames that come in each other's way by chance of real time only: each has draws of its own. */
enum kind { KIND_BEACON, KIND_PROBE, KIND_MANAGEMENT, KIND_EAPOL, KIND_DATA, KIND_EMPTY, KINDS };

/* One word for each radio, so that nobody reads half of a change; 0: not heard. */
struct loss_table {
	uint32_t seed;
	uint32_t links[NET_RADIOS]; /* between this radio and the device's */
};
#define LINK_HEARD 0x10000u
#define LINK(air) (LINK_HEARD | (uint32_t) (air)->loss_percent << 8 | (uint32_t) -(air)->signal_dbm)
#define LINK_PERCENT(link) ((link) >> 8 & 0xffu)
#define LINK_SIGNAL(link) (-(int) ((link) & 0xffu))

/* ---- testnetd's side ------------------------------------------------------------------------------------------------------------- */

bool loss_explains(const struct net_state *state, int r)
{
	return r == -ETIMEDOUT && net_loses_frames(state);
}

static struct loss_table *map_table(const char *path, int flags)
{
	cleanup_fd int fd = open(path, flags | O_RDWR | O_CLOEXEC, 0600);
	void *map = fd >= 0 && ftruncate(fd, sizeof(struct loss_table)) == 0 ?
	                    mmap(NULL, sizeof(struct loss_table), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;

	return map != MAP_FAILED ? map : NULL;
}

static void set_link(struct loss_table *table, unsigned radio, const struct net_air *air)
{
	__atomic_store_n(&table->links[radio], net_is_heard(air) ? LINK(air) : 0, __ATOMIC_RELAXED);
}

static int start(struct daemons *d, const char *path, struct az_error *ret_error)
{
	const char *const argv[] = {"/proc/1/exe", LOSS_PROGRAM, path, NULL};

	return proc_start(&d->carrier, argv, daemons_environment, ret_error);
}

int loss_apply(struct daemons *d, struct az_error *ret_error)
{
	char path[DAEMONS_PATH_MAX];

	if (d->loss == NULL && !net_loses_frames(&d->state))
		return 0;
	(void) daemons_work_path(d, "loss", path);
	if (d->loss == NULL)
		d->loss = map_table(path, O_CREAT);
	if (d->loss == NULL)
		return daemons_fail_setup(ret_error, -errno, "the table of lost frames");
	loss_draw(d, d->loss_seed);
	for (size_t i = 0; i < d->state.bss_count; i++)
		set_link(d->loss, net_bss_radio(i), &d->state.bss[i]);
	for (size_t i = 0; i < d->state.other_count; i++)
		set_link(d->loss, net_other_radio(i), &d->state.others[i].air);
	return d->carrier.state == PROC_STOPPED ? start(d, path, ret_error) : 0;
}

void loss_draw(struct daemons *d, uint32_t seed)
{
	d->loss_seed = seed;
	if (d->loss != NULL)
		__atomic_store_n(&d->loss->seed, seed, __ATOMIC_RELAXED);
}

/* ---- Its own side ---------------------------------------------------------------------------------------------------------------- */

struct carrier {
	int fd, family;
	const struct loss_table *table;
	uint32_t seed;
	uint32_t drawn[NET_RADIOS][2][KINDS]; /* under this seed: between that radio and the device's; from it, to it */
	uint32_t carried, lost;               /* the same, all together; to whom they were not sent is not counted */
};

/* A frame that a radio sends. */
struct sent {
	const struct rtattr *a[ATTRIBUTES];
	const uint8_t *bytes;
	size_t length;
	unsigned radio;
	uint32_t flags;
};

/* hwsim numbers its radios in their addresses. NET_RADIOS: this is none. */
static unsigned radio_of(const uint8_t *address)
{
	return address[4] < NET_RADIOS && address[5] == 0 ? address[4] : NET_RADIOS;
}

static void address_of(unsigned radio, uint8_t out[ADDRESS])
{
	const uint8_t address[ADDRESS] = {0x42, 0, 0, 0, (uint8_t) radio, 0};

	memcpy(out, address, ADDRESS);
}

static bool read_sent(const struct nlmsghdr *header, struct sent *ret)
{
	static const struct {
		enum attribute type;
		size_t length;
	} needed[] = {{ADDR_TRANSMITTER, ADDRESS}, {FRAME_BYTES, FRAME_MIN}, {FLAGS, 4}, {FREQ, 4}, {TX_INFO, 1}, {COOKIE, 8}};
	int left = (int) header->nlmsg_len - (int) NLMSG_LENGTH(GENL_HDRLEN);

	*ret = (struct sent){0};
	for (const struct rtattr *a = (const struct rtattr *) ((const uint8_t *) NLMSG_DATA(header) + GENL_HDRLEN); RTA_OK(a, left);
	     a = RTA_NEXT(a, left))
		if (a->rta_type < ATTRIBUTES)
			ret->a[a->rta_type] = a;
	for (size_t i = 0; i < ARRAY_LEN(needed); i++)
		if (ret->a[needed[i].type] == NULL || RTA_PAYLOAD(ret->a[needed[i].type]) < needed[i].length)
			return false;
	ret->bytes = RTA_DATA(ret->a[FRAME_BYTES]);
	ret->length = RTA_PAYLOAD(ret->a[FRAME_BYTES]);
	ret->radio = radio_of(RTA_DATA(ret->a[ADDR_TRANSMITTER]));
	memcpy(&ret->flags, RTA_DATA(ret->a[FLAGS]), sizeof(ret->flags));
	return ret->radio < NET_RADIOS && ret->length <= FRAME_MAX;
}

/* Of authentications, before there is a key: behind the header (two bytes more with QoS) stands LLC/SNAP with the type of EAPOL. */
static bool is_eapol(const struct sent *sent)
{
	static const uint8_t llc[] = {0xaa, 0xaa, 0x03, 0, 0, 0, 0x88, 0x8e};
	const size_t header = FRAME_MIN + ((sent->bytes[0] & 0x80u) != 0 ? 2 : 0);

	return (sent->bytes[1] & 0x40u) == 0 && sent->length >= header + sizeof(llc) && memcmp(sent->bytes + header, llc, sizeof(llc)) == 0;
}

/* IEEE 802.11 9.2.4.1: type and subtype are in the first byte. */
static enum kind kind_of(const struct sent *sent)
{
	unsigned type = sent->bytes[0] >> 2 & 3u, subtype = sent->bytes[0] >> 4;

	if (type != 0)
		return type == 2 && (subtype & 4u) != 0 ? KIND_EMPTY : is_eapol(sent) ? KIND_EAPOL : KIND_DATA;
	return subtype == 8 ? KIND_BEACON : subtype == 4 || subtype == 5 ? KIND_PROBE : KIND_MANAGEMENT;
}

static bool is_for_many(const uint8_t *frame)
{
	return (frame[4] & 1u) != 0; /* the first address */
}

/* Another attempt. */
static void begin_count(struct carrier *c, uint32_t seed)
{
	if (c->carried > 0)
		(void) printf(LOSS_COUNT "\n", c->lost, c->carried);
	(void) fflush(stdout);
	memset(c->drawn, 0, sizeof(c->drawn));
	c->carried = c->lost = 0;
	c->seed = seed;
}

/* Between radio `ap` and the device's. */
static bool is_lost(struct carrier *c, unsigned ap, bool to_device, enum kind kind, unsigned percent)
{
	uint32_t seed = __atomic_load_n(&c->table->seed, __ATOMIC_RELAXED);
	uint64_t place;
	bool lost;

	if (seed != c->seed)
		begin_count(c, seed);
	place = (uint64_t) ap << 48 | (uint64_t) to_device << 40 | (uint64_t) kind << 32 | c->drawn[ap][to_device][kind]++;
	lost = chance_at(seed, place) % PERCENT_ALL < percent;
	c->carried++;
	c->lost += lost;
	return lost;
}

static void say(const struct carrier *c, struct netlink_request *req)
{
	req->header.nlmsg_flags = NLM_F_REQUEST;
	while (send(c->fd, req, req->header.nlmsg_len, 0) < 0 && errno == EINTR)
		;
}

static void begin(const struct carrier *c, struct netlink_request *req, enum command command)
{
	const struct genlmsghdr header = {.cmd = (uint8_t) command, .version = 1};

	netlink_begin(req, (uint16_t) c->family, 0, &header, sizeof(header));
}

static void put_same(struct netlink_request *req, const struct sent *sent, enum attribute type)
{
	(void) netlink_put(req, (uint16_t) type, RTA_DATA(sent->a[type]), RTA_PAYLOAD(sent->a[type]));
}

static void deliver(const struct carrier *c, const struct sent *sent, unsigned radio, int signal_dbm)
{
	const uint32_t rate = 0, signal = (uint32_t) signal_dbm;
	struct netlink_request req;
	uint8_t address[ADDRESS];

	address_of(radio, address);
	begin(c, &req, FRAME);
	(void) netlink_put(&req, ADDR_RECEIVER, address, sizeof(address));
	put_same(&req, sent, FRAME_BYTES);
	(void) netlink_put(&req, RX_RATE, &rate, sizeof(rate));
	(void) netlink_put(&req, SIGNAL, &signal, sizeof(signal));
	put_same(&req, sent, FREQ);
	say(c, &req);
}

static void report(const struct carrier *c, const struct sent *sent, bool acknowledged)
{
	const uint32_t flags = sent->flags | (acknowledged ? FLAG_ACK : 0), signal = (uint32_t) NET_SIGNAL_DEFAULT;
	struct netlink_request req;

	begin(c, &req, TX_INFO_FRAME);
	put_same(&req, sent, ADDR_TRANSMITTER);
	(void) netlink_put(&req, FLAGS, &flags, sizeof(flags));
	(void) netlink_put(&req, SIGNAL, &signal, sizeof(signal));
	put_same(&req, sent, TX_INFO);
	put_same(&req, sent, COOKIE);
	say(c, &req);
}

/* To the device, or from it to each access point. Access points need not hear each other: nothing that they say is for one of them. */
static void carry(struct carrier *c, const struct sent *sent)
{
	const bool from_device = sent->radio == NET_RADIO_DEVICE;
	const unsigned wanted = is_for_many(sent->bytes) ? NET_RADIOS : radio_of(sent->bytes + 4);
	const enum kind kind = kind_of(sent);
	bool acknowledged = wanted == NET_RADIOS || (sent->flags & FLAG_NO_ACK) != 0;

	for (unsigned ap = 0; ap < NET_RADIOS; ap++) {
		const uint32_t link = __atomic_load_n(&c->table->links[ap], __ATOMIC_RELAXED);
		const unsigned to = from_device ? ap : NET_RADIO_DEVICE;

		if (ap == NET_RADIO_DEVICE || link == 0 || (!from_device && ap != sent->radio) || (wanted < NET_RADIOS && wanted != to) ||
		    is_lost(c, ap, !from_device, kind, LINK_PERCENT(link)))
			continue;
		deliver(c, sent, to, from_device ? NET_SIGNAL_DEFAULT : LINK_SIGNAL(link));
		acknowledged = true;
	}
	report(c, sent, acknowledged);
}

/* The answer to REGISTER may stand behind frames that are there already. Of a frame the kernel says when nobody heard it: a radio that
 * listens elsewhere, or is off. */
static int take_answer(const struct nlmsghdr *header)
{
	int error;

	if (header->nlmsg_seq != SEQUENCE_REGISTER)
		return 0;
	if (header->nlmsg_len < NLMSG_LENGTH(sizeof(struct nlmsgerr)))
		return -EPROTO;
	error = ((const struct nlmsgerr *) NLMSG_DATA(header))->error;
	if (error < 0)
		return error;
	(void) printf(LOSS_READY "\n");
	(void) fflush(stdout);
	return 0;
}

static int receive(struct carrier *c)
{
	static union {
		struct nlmsghdr header;
		uint8_t bytes[16 * 1024];
	} message;
	struct sent sent;
	ssize_t n = recv(c->fd, &message, sizeof(message), 0);

	/* ENOBUFS: the kernel had more to say than there was room for; those frames are lost, too. */
	if (n < 0)
		return errno == EINTR || errno == ENOBUFS ? 0 : -errno;
	if (n < (ssize_t) NLMSG_LENGTH(GENL_HDRLEN) || message.header.nlmsg_len > (size_t) n)
		return 0;
	if (message.header.nlmsg_type == NLMSG_ERROR)
		return take_answer(&message.header);
	if (message.header.nlmsg_type == c->family && ((const struct genlmsghdr *) NLMSG_DATA(&message.header))->cmd == FRAME && read_sent(&message.header, &sent))
		carry(c, &sent);
	return 0;
}

static int fail(const char *what, int r)
{
	(void) fprintf(stderr, "%s: %s\n", what, strerror(-r));
	return 1;
}

int loss_program(const char *table)
{
	static struct carrier c;
	const int room = SOCKET_BYTES;
	struct netlink_request req;
	int r = 0;

	c.table = map_table(table, 0);
	if (c.table == NULL)
		return fail(table, -errno);
	c.fd = netlink_open(NETLINK_GENERIC);
	if (c.fd < 0)
		return fail("a netlink socket", c.fd);
	(void) setsockopt(c.fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	c.family = netlink_family(c.fd, FAMILY);
	if (c.family < 0)
		return fail(FAMILY, c.family);
	begin(&c, &req, REGISTER);
	req.header.nlmsg_seq = SEQUENCE_REGISTER;
	if (send(c.fd, &req, req.header.nlmsg_len, 0) < 0)
		r = -errno;
	while (r == 0)
		r = receive(&c);
	return fail("mac80211_hwsim does not let us carry what its radios send", r);
}
