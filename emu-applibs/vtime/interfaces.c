/* The network interfaces, as getifaddrs shows them: the device's, not this machine's.
 *
 * One block of memory a list, since freeifaddrs is ours too. As in Linux the links come first, then the addresses. lo is
 * there in every device. Leaves to others: the applibs calls about interfaces, which are requests of their own.
 */
#define _GNU_SOURCE
#include "emu-applibs/vtime/vtime.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <string.h>

#define INTERFACES_MAX 8u
#define INTERFACES_HARDWARE_LENGTH 6

struct interfaces_row {
	char name[IFNAMSIZ];
	unsigned flags; /* IFF_* */
	unsigned short type; /* ARPHRD_* */
	uint8_t hardware[INTERFACES_HARDWARE_LENGTH];
	uint32_t address, mask; /* host order; address 0: none */
};

struct interfaces_entry {
	struct ifaddrs row;
	char name[IFNAMSIZ];
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_ll link;
	} address, mask, broadcast;
};

/* False: there is no interface of that number. */
static bool interfaces_ask(uint64_t i, struct interfaces_row *ret)
{
	struct vt_message m = { .type = VT_INTERFACE, .a = i };
	uint64_t hardware;

	vt_call(&m, NULL);
	if (m.type != VT_INTERFACE_IS)
		vt_fatal("the simulator's answer does not fit the request", 0);
	if (m.status != 0)
		return false;
	*ret = (struct interfaces_row) { .type = ARPHRD_ETHER, .address = (uint32_t) (m.a >> 32), .mask = (uint32_t) m.a };
	ret->flags = IFF_BROADCAST | IFF_MULTICAST | (m.b & VT_INTERFACE_UP ? IFF_UP : 0) |
		     (m.b & VT_INTERFACE_RUNNING ? IFF_RUNNING : 0);
	hardware = m.b >> VT_INTERFACE_HARDWARE_SHIFT;
	for (int k = INTERFACES_HARDWARE_LENGTH - 1; k >= 0; k--, hardware >>= 8)
		ret->hardware[k] = (uint8_t) hardware;
	m.text[sizeof(ret->name) - 1] = '\0';
	memcpy(ret->name, m.text, sizeof(ret->name));
	return true;
}

static struct interfaces_entry *interfaces_put(struct interfaces_entry *entry, const struct interfaces_row *row, bool last)
{
	memcpy(entry->name, row->name, sizeof(entry->name));
	entry->row = (struct ifaddrs) {
		.ifa_next = last ? NULL : &entry[1].row, .ifa_name = entry->name, .ifa_flags = row->flags, .ifa_addr = &entry->address.any,
	};
	return entry + 1;
}

static struct interfaces_entry *interfaces_put_link(struct interfaces_entry *entry, const struct interfaces_row *row, int index, bool last)
{
	entry->address.link = (struct sockaddr_ll) {
		.sll_family = AF_PACKET, .sll_ifindex = index, .sll_hatype = row->type, .sll_halen = INTERFACES_HARDWARE_LENGTH,
	};
	memcpy(entry->address.link.sll_addr, row->hardware, INTERFACES_HARDWARE_LENGTH);
	return interfaces_put(entry, row, last);
}

static struct interfaces_entry *interfaces_put_address(struct interfaces_entry *entry, const struct interfaces_row *row, bool last)
{
	struct interfaces_entry *next = interfaces_put(entry, row, last);

	entry->address.in = (struct sockaddr_in) { .sin_family = AF_INET, .sin_addr.s_addr = htonl(row->address) };
	entry->mask.in = (struct sockaddr_in) { .sin_family = AF_INET, .sin_addr.s_addr = htonl(row->mask) };
	entry->row.ifa_netmask = &entry->mask.any;
	if (row->flags & IFF_BROADCAST) {
		entry->broadcast.in = (struct sockaddr_in) { .sin_family = AF_INET, .sin_addr.s_addr = htonl(row->address | ~row->mask) };
		entry->row.ifa_broadaddr = &entry->broadcast.any;
	}
	return next;
}

int getifaddrs(struct ifaddrs **ret)
{
	struct interfaces_row rows[INTERFACES_MAX] = {
		{ .name = "lo", .flags = IFF_UP | IFF_RUNNING | IFF_LOOPBACK, .type = ARPHRD_LOOPBACK, .address = INADDR_LOOPBACK, .mask = 0xff000000u },
	};
	struct interfaces_entry *entries, *next;
	size_t count = 1, addresses = 1;

	if (!vt_clock_on())
		return vt_real.getifaddrs(ret);
	if (!vt_on()) {
		errno = EAGAIN;
		return -1;
	}
	while (count < INTERFACES_MAX && interfaces_ask(count - 1, &rows[count])) {
		addresses += rows[count].address != 0;
		count++;
	}
	entries = next = calloc(count + addresses, sizeof(*entries));
	if (!entries)
		return -1;
	for (size_t i = 0; i < count; i++)
		next = interfaces_put_link(next, &rows[i], (int) i + 1, false); /* addresses follow: lo has one */
	for (size_t i = 0; i < count; i++)
		if (rows[i].address != 0)
			next = interfaces_put_address(next, &rows[i], next + 1 == entries + count + addresses);
	*ret = &entries[0].row;
	return 0;
}

void freeifaddrs(struct ifaddrs *list)
{
	if (!vt_clock_on())
		vt_real.freeifaddrs(list);
	else
		free(list);
}
