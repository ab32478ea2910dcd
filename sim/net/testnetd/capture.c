/* Capture: see testnetd/capture.h.
 */
#define _GNU_SOURCE
#include "sim/net/testnetd/capture.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>

#include "emu-applibs/base/base.h"

#define FRAME_MAX 65536
#define HOLD_MAX (8u << 20) /* bytes in memory before they are written, come what may */
#define RECEIVE_BUFFER (4 << 20)
#define OLDEST_NS (60 * (int64_t) NS_PER_S)

/* Block types and options of pcapng. */
enum { SECTION = 0x0a0d0d0a, INTERFACE = 1, FRAME = 6, SECRETS = 10 };
enum { OPT_END = 0, OPT_INTERFACE_NAME = 2, OPT_TIME_RESOLUTION = 9, OPT_PROGRAM = 4 };
#define BYTE_ORDER_MAGIC 0x1a2b3c4du
#define TLS_KEY_LOG 0x544c534bu
/* Link types (the list of tcpdump.org). */
enum { LINK_ETHERNET = 1, LINK_RADIOTAP = 127 };

/* ---- Blocks -------------------------------------------------------------------------------------------------------------------- */

static bool room(struct capture *c, size_t length)
{
	size_t wanted = c->length + length, capacity = c->capacity;
	uint8_t *grown;

	if (wanted <= capacity)
		return true;
	while (capacity < wanted)
		capacity = capacity < 65536 ? 65536 : capacity * 2;
	grown = realloc(c->frames, capacity);
	if (grown == NULL) {
		c->error = ENOMEM;
		return false;
	}
	c->frames = grown;
	c->capacity = capacity;
	return true;
}

static void put(struct capture *c, const void *bytes, size_t length)
{
	if (length > 0)
		memcpy(c->frames + c->length, bytes, length);
	c->length += length;
}

static void put_u32(struct capture *c, uint32_t v)
{
	put(c, &v, sizeof(v));
}

static void put_padded(struct capture *c, const void *bytes, size_t length)
{
	static const uint8_t zeroes[4];

	put(c, bytes, length);
	put(c, zeroes, (4 - length % 4) % 4);
}

static void put_option(struct capture *c, uint16_t code, const void *value, size_t length)
{
	const uint16_t head[2] = {code, (uint16_t) length};

	put(c, head, sizeof(head));
	put_padded(c, value, length);
}

/* Room for a block whose body takes at most `length` bytes. Returns where it begins; SIZE_MAX: no memory. */
static size_t begin_block(struct capture *c, uint32_t type, size_t length)
{
	size_t at = c->length;

	if (!room(c, length + 64))
		return SIZE_MAX;
	put_u32(c, type);
	put_u32(c, 0);
	return at;
}

static void end_block(struct capture *c, size_t at)
{
	uint32_t length = (uint32_t) (c->length - at + 4);

	put_u32(c, length);
	memcpy(c->frames + at + 4, &length, sizeof(length));
}

static void put_section(struct capture *c)
{
	static const int64_t unknown_length = -1;
	const uint16_t version[2] = {1, 0};
	size_t at = begin_block(c, SECTION, 64);

	if (at == SIZE_MAX)
		return;
	put_u32(c, BYTE_ORDER_MAGIC);
	put(c, version, sizeof(version));
	put(c, &unknown_length, sizeof(unknown_length));
	put_option(c, OPT_PROGRAM, "azsim", 5);
	put_u32(c, OPT_END);
	end_block(c, at);
}

static void put_interface(struct capture *c, uint16_t link_type, const char *name)
{
	static const uint8_t nanoseconds = 9;
	const uint16_t head[2] = {link_type, 0};
	size_t at = begin_block(c, INTERFACE, 64 + strlen(name));

	if (at == SIZE_MAX)
		return;
	put(c, head, sizeof(head));
	put_u32(c, FRAME_MAX);
	put_option(c, OPT_INTERFACE_NAME, name, strlen(name));
	put_option(c, OPT_TIME_RESOLUTION, &nanoseconds, 1);
	put_u32(c, OPT_END);
	end_block(c, at);
}

static bool note_frame(struct capture *c, int64_t at_ns, size_t offset)
{
	if (c->count == c->order_capacity) {
		size_t capacity = c->order_capacity == 0 ? 256 : 2 * c->order_capacity;
		struct capture_frame *grown = realloc(c->order, capacity * sizeof(*grown));

		if (grown == NULL) {
			c->error = ENOMEM;
			return false;
		}
		c->order = grown;
		c->order_capacity = capacity;
	}
	c->order[c->count++] = (struct capture_frame){.at_ns = at_ns, .offset = offset};
	return true;
}

static void put_frame(struct capture *c, uint32_t interface, int64_t at_ns, const void *bytes, size_t length, size_t whole)
{
	size_t at = begin_block(c, FRAME, length);

	if (at == SIZE_MAX || !note_frame(c, at_ns, at))
		return;
	put_u32(c, interface);
	put_u32(c, (uint32_t) ((uint64_t) at_ns >> 32));
	put_u32(c, (uint32_t) at_ns);
	put_u32(c, (uint32_t) length);
	put_u32(c, (uint32_t) whole);
	put_padded(c, bytes, length);
	end_block(c, at);
	c->order[c->count - 1].length = c->length - at;
}

/* ---- The file ------------------------------------------------------------------------------------------------------------------ */

static void write_all(struct capture *c, const uint8_t *bytes, size_t length)
{
	while (length > 0 && c->error == 0) {
		ssize_t n = write(c->file_fd, bytes, length);

		if (n < 0 && errno != EINTR)
			c->error = errno;
		if (n > 0) {
			bytes += n;
			length -= (size_t) n;
		}
	}
}

/* ---- Sockets ------------------------------------------------------------------------------------------------------------------- */

/* IPv4, UDP, from or to the port: an Ethernet frame without options of IP, as RADIUS's on loopback are. */
static int take_only_port(int fd, uint16_t port)
{
	struct sock_filter code[] = {
	        BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),
	        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IP, 0, 7),
	        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 23),
	        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_UDP, 0, 5),
	        BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 34),
	        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, port, 2, 0),
	        BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 36),
	        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, port, 0, 1),
	        BPF_STMT(BPF_RET | BPF_K, FRAME_MAX),
	        BPF_STMT(BPF_RET | BPF_K, 0),
	};
	const struct sock_fprog program = {.len = ARRAY_LEN(code), .filter = code};

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) == 0 ? 0 : -errno;
}

/* port: 0 for every frame. Its link type, or negative errno. */
static int open_socket(const char *interface, uint16_t port, int *ret_fd)
{
	cleanup_fd int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0); /* nothing before it is bound */
	struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
	struct ifreq request = {.ifr_flags = 0};
	const int size = RECEIVE_BUFFER, yes = 1;
	int r;

	(void) snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", interface);
	if (fd < 0 || ioctl(fd, SIOCGIFHWADDR, &request) < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		(void) setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &yes, sizeof(yes)) < 0)
		return -errno;
	r = port != 0 ? take_only_port(fd, port) : 0;
	if (r < 0)
		return r;
	address.sll_ifindex = (int) if_nametoindex(interface);
	if (address.sll_ifindex == 0 || bind(fd, (struct sockaddr *) &address, sizeof(address)) < 0)
		return -errno;
	*ret_fd = steal_fd(&fd);
	return request.ifr_hwaddr.sa_family == ARPHRD_IEEE80211_RADIOTAP ? LINK_RADIOTAP : LINK_ETHERNET;
}

void capture_init(struct capture *c)
{
	*c = (struct capture){.fd = {-1, -1}, .file_fd = -1};
}

int capture_begin(struct capture *c, int dir_fd, const char *interface, uint16_t radius_port, const char *key_log)
{
	int medium = open_socket(interface, 0, &c->fd[0]);
	int loopback = medium < 0 ? medium : open_socket("lo", radius_port, &c->fd[1]);

	c->file_fd = loopback < 0 ? loopback : openat(dir_fd, NET_CAPTURE_FILE, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (c->file_fd < 0) {
		int r = loopback < 0 ? loopback : -errno;

		for (size_t i = 0; i < CAPTURE_SOCKETS; i++) {
			if (c->fd[i] >= 0)
				(void) close(steal_fd(&c->fd[i]));
		}
		return r;
	}
	c->on = true;
	c->key_log = key_log;
	put_section(c);
	put_interface(c, (uint16_t) medium, interface);
	put_interface(c, (uint16_t) loopback, "lo");
	write_all(c, c->frames, c->length);
	c->length = 0;
	return -c->error;
}

/* How long ago the frame came, by the kernel's clock, which is not the one that the frame is dated by. */
static int64_t age_ns(struct msghdr *message)
{
	struct cmsghdr *control = CMSG_FIRSTHDR(message);
	struct timespec came, now;
	int64_t age;

	if (control == NULL || control->cmsg_level != SOL_SOCKET || control->cmsg_type != SO_TIMESTAMPNS)
		return 0;
	memcpy(&came, CMSG_DATA(control), sizeof(came));
	(void) clock_gettime(CLOCK_REALTIME, &now);
	age = (now.tv_sec - came.tv_sec) * (int64_t) NS_PER_S + (now.tv_nsec - came.tv_nsec);
	return age < 0 || age > OLDEST_NS ? 0 : age; /* that clock was set in between */
}

void capture_take(struct capture *c, int64_t now_ns)
{
	static uint8_t frame[FRAME_MAX];

	for (uint32_t i = 0; i < CAPTURE_SOCKETS && c->on; i++) {
		for (;;) {
			struct sockaddr_ll from;
			char control[64];
			struct iovec io = {.iov_base = frame, .iov_len = sizeof(frame)};
			struct msghdr message = {.msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &io, .msg_iovlen = 1,
			                         .msg_control = control, .msg_controllen = sizeof(control)};
			ssize_t n = recvmsg(c->fd[i], &message, MSG_TRUNC);

			if (n < 0 && errno == EINTR)
				continue;
			if (n < 0)
				break;
			/* On loopback each is seen twice: when it goes, and when it comes. */
			if (now_ns == TIME_UNKNOWN || (i == 1 && from.sll_pkttype == PACKET_OUTGOING))
				continue;
			put_frame(c, i, now_ns - age_ns(&message), frame, (size_t) n < sizeof(frame) ? (size_t) n : sizeof(frame), (size_t) n);
		}
	}
	if (c->length > HOLD_MAX)
		capture_flush(c);
}

/* ---- Writing ------------------------------------------------------------------------------------------------------------------- */

/* What RADIUS has written to its key log since the last time, whole lines, as one block. */
static void write_secrets(struct capture *c)
{
	static char text[65536];
	cleanup_fd int fd = open(c->key_log, O_RDONLY | O_CLOEXEC);
	struct capture block = {.file_fd = -1};
	ssize_t n;
	size_t at;

	while (fd >= 0 && (n = pread(fd, text, sizeof(text), (off_t) c->keys_taken)) > 0) {
		while (n > 0 && text[n - 1] != '\n')
			n--;
		if (n == 0)
			break;
		at = begin_block(&block, SECRETS, (size_t) n + 16);
		if (at == SIZE_MAX) {
			c->error = ENOMEM;
			break;
		}
		put_u32(&block, TLS_KEY_LOG);
		put_u32(&block, (uint32_t) n);
		put_padded(&block, text, (size_t) n);
		end_block(&block, at);
		write_all(c, block.frames, block.length);
		block.length = 0;
		c->keys_taken += (size_t) n;
	}
	explicit_bzero(text, sizeof(text));
	if (block.frames != NULL)
		explicit_bzero(block.frames, block.capacity);
	free(block.frames);
}

static int compare_frames(const void *left, const void *right)
{
	const struct capture_frame *a = left, *b = right;

	if (a->at_ns != b->at_ns)
		return a->at_ns < b->at_ns ? -1 : 1;
	return a->offset < b->offset ? -1 : a->offset > b->offset;
}

void capture_flush(struct capture *c)
{
	if (!c->on)
		return;
	write_secrets(c);
	/* The two sockets were read one after the other. */
	if (c->count > 0)
		qsort(c->order, c->count, sizeof(*c->order), compare_frames);
	for (size_t i = 0; i < c->count; i++)
		write_all(c, c->frames + c->order[i].offset, c->order[i].length);
	c->length = c->count = 0;
}
