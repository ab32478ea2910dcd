/* Namespaces, tmpfs, veth pair and the raw EAPOL socket: see testnetd/ns.h. Small rtnetlink, no `ip` command needed.
 */
#define _GNU_SOURCE
#include "sim/net/testnetd/ns.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <linux/veth.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "emu-applibs/base/base.h"
#include "sim/net/testnetd/netlink.h"

const uint8_t ns_ap_mac[6] = {2, 0, 0, 0, 0, 1};
const uint8_t ns_device_mac[6] = {2, 0, 0, 0, 0, 2};

const char *ns_step_name(enum ns_step step)
{
	static const char *const names[] = {
	        [NS_STEP_UNSHARE] = "making user, network, mount and pid namespaces",
	        [NS_STEP_MAP] = "mapping the user into its namespace",
	        [NS_STEP_MOUNT] = "mounting a private tmpfs",
	        [NS_STEP_LOOPBACK] = "bringing up the loopback interface",
	        [NS_STEP_VETH] = "making a pair of veth interfaces",
	        [NS_STEP_PACKET] = "opening a packet socket",
	};

	return (size_t) step < ARRAY_LEN(names) ? names[step] : "an unknown step";
}

static int write_proc(const char *path, const char *text)
{
	cleanup_fd int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	return write(fd, text, strlen(text)) == (ssize_t) strlen(text) ? 0 : -errno;
}

int ns_enter(enum ns_step *ret_step)
{
	const int rest = CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC;
	uid_t uid = geteuid();
	gid_t gid = getegid();
	char map[64];
	int r;

	*ret_step = NS_STEP_UNSHARE;
	if (unshare(CLONE_NEWUSER | rest) < 0) {
		r = -errno;
		return uid == 0 && unshare(rest) == 0 ? 0 : r;
	}
	*ret_step = NS_STEP_MAP;
	r = write_proc("/proc/self/setgroups", "deny");
	if (r < 0 && r != -ENOENT)
		return r;
	(void) snprintf(map, sizeof(map), "0 %u 1\n", uid);
	r = write_proc("/proc/self/uid_map", map);
	if (r < 0)
		return r;
	(void) snprintf(map, sizeof(map), "0 %u 1\n", gid);
	return write_proc("/proc/self/gid_map", map);
}

/* ---- rtnetlink ----------------------------------------------------------------------------------------------------------- */

static int make_veth(int fd)
{
	const struct ifinfomsg link = {.ifi_family = AF_UNSPEC}, peer_link = {.ifi_family = AF_UNSPEC};
	struct netlink_request req;

	netlink_begin(&req, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &link, sizeof(link));
	(void) netlink_put(&req, IFLA_IFNAME, NS_AP_INTERFACE, sizeof(NS_AP_INTERFACE));
	(void) netlink_put(&req, IFLA_ADDRESS, ns_ap_mac, sizeof(ns_ap_mac));
	struct rtattr *info = netlink_put(&req, IFLA_LINKINFO, NULL, 0);

	(void) netlink_put(&req, IFLA_INFO_KIND, "veth", 4);
	struct rtattr *data = netlink_put(&req, IFLA_INFO_DATA, NULL, 0);
	struct rtattr *peer = netlink_put(&req, VETH_INFO_PEER, &peer_link, sizeof(peer_link));

	(void) netlink_put(&req, IFLA_IFNAME, NS_DEVICE_INTERFACE, sizeof(NS_DEVICE_INTERFACE));
	(void) netlink_put(&req, IFLA_ADDRESS, ns_device_mac, sizeof(ns_device_mac));
	netlink_end_nest(&req, peer);
	netlink_end_nest(&req, data);
	netlink_end_nest(&req, info);
	return netlink_run(fd, &req);
}

static int set_up(int fd, const char *name)
{
	struct ifinfomsg link = {.ifi_family = AF_UNSPEC, .ifi_index = (int) if_nametoindex(name), .ifi_flags = IFF_UP, .ifi_change = IFF_UP};
	struct netlink_request req;

	if (link.ifi_index == 0)
		return -errno;
	netlink_begin(&req, RTM_NEWLINK, 0, &link, sizeof(link));
	return netlink_run(fd, &req);
}

int ns_build(const char *mount_point, enum ns_step *ret_step)
{
	cleanup_fd int fd = -1;
	int r;

	*ret_step = NS_STEP_MOUNT;
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return -errno;
	if (mount("tmpfs", mount_point, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0700,size=16m") < 0)
		return -errno;
	/* libfaketime leaves shared memory named after the process id, which in here is that of many another process. */
	if (mount("tmpfs", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0700,size=1m") < 0 && errno != ENOENT)
		return -errno;
	*ret_step = NS_STEP_LOOPBACK;
	fd = netlink_open(NETLINK_ROUTE);
	if (fd < 0)
		return steal_fd(&fd);
	r = set_up(fd, "lo");
	if (r < 0)
		return r;
	/* IPv6 would send on timers of its own, of real time. Where it cannot be had, or not be told, nothing but a capture shows it. */
	(void) write_proc("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1");
	*ret_step = NS_STEP_VETH;
	r = make_veth(fd);
	if (r == 0)
		r = set_up(fd, NS_AP_INTERFACE);
	if (r == 0)
		r = set_up(fd, NS_DEVICE_INTERFACE);
	return r;
}

/* ---- EAPOL --------------------------------------------------------------------------------------------------------------- */

int ns_open_eapol(void)
{
	struct sockaddr_ll address = {.sll_family = AF_PACKET};
	cleanup_fd int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0); /* protocol 0: it only sends */

	if (fd < 0)
		return -errno;
	address.sll_ifindex = (int) if_nametoindex(NS_DEVICE_INTERFACE);
	if (address.sll_ifindex == 0 || bind(fd, (struct sockaddr *) &address, sizeof(address)) < 0)
		return -errno;
	return steal_fd(&fd);
}

int ns_send_eapol_start(int fd)
{
	static const uint8_t group[6] = {0x01, 0x80, 0xc2, 0x00, 0x00, 0x03}; /* IEEE 802.1X-2010, table 11-1 */
	uint8_t frame[18];

	memcpy(frame, group, 6);
	memcpy(frame + 6, ns_device_mac, 6);
	frame[12] = ETH_P_PAE >> 8;
	frame[13] = ETH_P_PAE & 0xff;
	frame[14] = 2; /* protocol version */
	frame[15] = 1; /* EAPOL-Start */
	frame[16] = 0; /* no body */
	frame[17] = 0;
	return send(fd, frame, sizeof(frame), 0) == (ssize_t) sizeof(frame) ? 0 : -errno;
}

const char *ns_mount_point(const char *const *avoid)
{
	static const char *const candidates[] = {"/mnt", "/media", "/srv", "/tmp", "/opt", "/home"};
	struct stat st;

	for (size_t i = 0; i < ARRAY_LEN(candidates); i++) {
		const char *c = candidates[i];
		size_t n = strlen(c);
		bool used = lstat(c, &st) < 0 || !S_ISDIR(st.st_mode);

		for (const char *const *a = avoid; *a != NULL && !used; a++)
			used = strncmp(*a, c, n) == 0 && ((*a)[n] == '/' || (*a)[n] == '\0');
		if (!used)
			return c;
	}
	return NULL;
}
