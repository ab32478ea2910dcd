/* See testnetd/lan.h. DHCP is busybox's, server and client. */
#define _GNU_SOURCE
#include "sim/net/testnetd/lan.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/nl80211.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "emu-applibs/base/base.h"
#include "emu-applibs/wire/vtime_proto.h"
#include "sim/net/testnetd/conf.h"
#include "sim/net/testnetd/loss.h"
#include "sim/net/testnetd/netlink.h"
#include "sim/net/testnetd/scan.h"

/* The device is told the address that its application sees: one of 198.18.0.0/15, in which the issuer and the web hosts are, too. */
#define DEVICE_ADDRESS VT_LOCAL_ADDRESS
#define ROUTER_ADDRESS 0xc613fffeu /* 198.19.255.254 */
#define MASK VT_LOCAL_MASK
#define LEASE_LIMIT_MS 15000u
#define DHCP_START_LIMIT_MS 10000u
#define STATUS_MAX 4096
#define JOIN_LIMIT_MS 10000u
#define LOOK_AGAIN_MS 50u

static int home = -1, device = -1; /* network namespaces */

/* ---- The two sides ------------------------------------------------------------------------------------------------------------- */

static void enter(int ns)
{
	/* Both are held open, and this process may. */
	if (ns >= 0 && setns(ns, CLONE_NEWNET) < 0)
		abort();
}

void lan_enter_device(void)
{
	enter(device);
}

void lan_leave_device(void)
{
	enter(home);
}

static int open_namespace(void)
{
	int fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* It would send on timers of its own, of real time. Of the network namespace that we are in. */
static int leave_ipv6_alone(void)
{
	cleanup_fd int fd = open("/proc/sys/net/ipv6/conf/all/disable_ipv6", O_WRONLY | O_CLOEXEC);

	return fd >= 0 && write(fd, "1", 1) == 1 ? 0 : -errno;
}

static int move_radio(unsigned radio, int ns)
{
	const struct genlmsghdr command = {.cmd = NL80211_CMD_SET_WIPHY_NETNS};
	const uint32_t number = radio, target = (uint32_t) ns;
	cleanup_fd int fd = netlink_open(NETLINK_GENERIC);
	struct netlink_request req;
	int family = fd < 0 ? fd : netlink_family(fd, NL80211_GENL_NAME);

	if (family < 0)
		return family;
	netlink_begin(&req, (uint16_t) family, 0, &command, sizeof(command));
	(void) netlink_put(&req, NL80211_ATTR_WIPHY, &number, sizeof(number));
	(void) netlink_put(&req, NL80211_ATTR_NETNS_FD, &target, sizeof(target));
	return netlink_run(fd, &req);
}

static int ask_interface(const char *interface, unsigned long question, uint32_t address)
{
	cleanup_fd int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = {.ifr_flags = 0};
	const struct sockaddr_in value = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(address)};

	(void) snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", interface);
	memcpy(&request.ifr_addr, &value, sizeof(value));
	return fd < 0 || ioctl(fd, question, &request) < 0 ? -errno : 0;
}

static int set_address(const char *interface, uint32_t address, uint32_t mask)
{
	int r = ask_interface(interface, SIOCSIFADDR, address);

	return r == 0 ? ask_interface(interface, SIOCSIFNETMASK, mask) : r;
}

/* A route of this network namespace, in the place of one that leads there already. length: of the prefix. gateway 0: they are all on the
 * link; else the gateway is. */
static int set_route(const char *interface, uint32_t address, uint8_t length, uint32_t gateway)
{
	const struct rtmsg route = {.rtm_family = AF_INET, .rtm_dst_len = length, .rtm_table = RT_TABLE_MAIN, .rtm_protocol = RTPROT_STATIC,
	                            .rtm_scope = gateway != 0 ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK, .rtm_type = RTN_UNICAST,
	                            .rtm_flags = gateway != 0 ? RTNH_F_ONLINK : 0};
	const uint32_t destination = htonl(address), via = htonl(gateway), out = if_nametoindex(interface);
	cleanup_fd int fd = netlink_open(NETLINK_ROUTE);
	struct netlink_request req;

	if (fd < 0)
		return steal_fd(&fd);
	netlink_begin(&req, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, &route, sizeof(route));
	if (length > 0)
		(void) netlink_put(&req, RTA_DST, &destination, sizeof(destination));
	if (gateway != 0)
		(void) netlink_put(&req, RTA_GATEWAY, &via, sizeof(via));
	(void) netlink_put(&req, RTA_OIF, &out, sizeof(out));
	return netlink_run(fd, &req);
}

int lan_open(void)
{
	char name[DAEMONS_INTERFACE_MAX];
	int r;

	home = open_namespace();
	if (home < 0 || unshare(CLONE_NEWNET) < 0)
		return home < 0 ? home : -errno;
	device = open_namespace();
	r = device < 0 ? device : leave_ipv6_alone();
	enter(home);
	if (r == 0)
		r = leave_ipv6_alone();
	if (r == 0)
		r = move_radio(NET_RADIO_DEVICE, device);
	for (unsigned i = 0; i < NET_RADIOS && r == 0; i++) {
		if (i != NET_RADIO_DEVICE)
			r = set_address(daemons_interface(i, name), ROUTER_ADDRESS, MASK);
	}
	return r;
}

int lan_add_address(uint32_t address)
{
	const struct rtmsg route = {.rtm_family = AF_INET, .rtm_dst_len = 32, .rtm_table = RT_TABLE_LOCAL, .rtm_protocol = RTPROT_STATIC,
	                            .rtm_scope = RT_SCOPE_HOST, .rtm_type = RTN_LOCAL};
	const uint32_t destination = htonl(address), loopback = if_nametoindex("lo");
	cleanup_fd int fd = netlink_open(NETLINK_ROUTE);
	struct netlink_request req;

	if (fd < 0)
		return steal_fd(&fd);
	netlink_begin(&req, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, &route, sizeof(route));
	(void) netlink_put(&req, RTA_DST, &destination, sizeof(destination));
	(void) netlink_put(&req, RTA_OIF, &loopback, sizeof(loopback));
	return netlink_run(fd, &req);
}

/* ---- Which network it is in ---------------------------------------------------------------------------------------------------- */

/* hwsim numbers its radios in the last byte but one. */
static int radio_of(const char *status)
{
	uint8_t b[AUTH_BSSID_LENGTH];
	char bssid[64];

	if (!scan_value(status, "bssid", bssid, sizeof(bssid)) || !scan_address(bssid, b))
		return -ENETUNREACH;
	return b[4] < NET_RADIOS && b[4] != NET_RADIO_DEVICE ? (int) b[4] : -ENETUNREACH;
}

/* It was told to be in none, or has none to be in. */
static bool is_out(const char *status)
{
	static const char *const states[] = {"DISCONNECTED", "INACTIVE", "INTERFACE_DISABLED"};
	char state[64];

	if (!scan_value(status, "wpa_state", state, sizeof(state)))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		if (strcmp(state, states[i]) == 0)
			return true;
	return false;
}

static bool hears_anything(const struct daemons *d)
{
	for (size_t i = 0; i < d->state.other_count; i++)
		if (net_is_heard(&d->state.others[i].air))
			return true;
	return net_choose_bss(&d->state) >= 0;
}

int lan_access_point(struct daemons *d)
{
	uint64_t until = daemons_in_ms(JOIN_LIMIT_MS);
	bool lost = d->joined && hears_anything(d); /* it does not come back by itself: testnetd/join.c */
	char status[STATUS_MAX], reply[16];

	for (;;) {
		if (ctl_request(&d->supplicant_ctl, status, sizeof(status), "STATUS") < 0)
			return -ENETUNREACH;
		if (is_out(status)) {
			if (!lost || ctl_request(&d->supplicant_ctl, reply, sizeof(reply), "REASSOCIATE") < 0)
				return -ENETUNREACH;
			lost = false;
			continue;
		}
		if (strstr(status, "wpa_state=COMPLETED") != NULL)
			return radio_of(status);
		if (real_now_ns() >= until)
			return -ENETUNREACH;
		(void) daemons_wait(d, -1, daemons_in_ms(LOOK_AGAIN_MS));
	}
}

/* ---- DHCP ---------------------------------------------------------------------------------------------------------------------- */

static const char *address_text(uint32_t address, char out[INET_ADDRSTRLEN])
{
	const struct in_addr in = {.s_addr = htonl(address)};

	return inet_ntop(AF_INET, &in, out, INET_ADDRSTRLEN);
}

static int write_server_settings(const struct daemons *d, const char *interface, char path[DAEMONS_PATH_MAX])
{
	char text[1024], own[INET_ADDRSTRLEN], mask[INET_ADDRSTRLEN], router[INET_ADDRSTRLEN];
	int n;

	(void) address_text(DEVICE_ADDRESS, own);
	(void) address_text(MASK, mask);
	(void) address_text(ROUTER_ADDRESS, router);
	n = snprintf(text, sizeof(text),
	             "interface %s\nstart %s\nend %s\nstatic_lease %s %s\noption subnet %s\noption router %s\noption dns %s\noption lease 864000\n"
	             "lease_file %s/udhcpd.leases\npidfile %s/udhcpd.pid\n",
	             interface, own, own, d->medium->device_mac, own, mask, router, router, d->work, d->work);
	return conf_write(daemons_work_path(d, "udhcpd.conf", path), text, (size_t) n);
}

static int fail(struct daemons *d, const struct proc *proc, const char *what, struct az_error *ret_error)
{
	if (daemons_check(d, ret_error) < 0)
		return -ECHILD;
	az_error_set(ret_error, AZ_ENVIRONMENT, "%s: %s", proc->name, what);
	proc_append_last_lines(proc, ret_error);
	return -ETIMEDOUT;
}

/* The access point's side of DHCP, at the one that the device is at. */
static int start_server(struct daemons *d, int radio, struct az_error *ret_error)
{
	uint64_t until = daemons_in_ms(DHCP_START_LIMIT_MS);
	char interface[DAEMONS_INTERFACE_MAX], config[DAEMONS_PATH_MAX];
	int r;

	if (d->dhcp_server.state == PROC_RUNNING && d->dhcp_radio == radio)
		return 0;
	proc_stop(&d->dhcp_server, 500);
	r = write_server_settings(d, daemons_interface((unsigned) radio, interface), config);
	if (r < 0) {
		az_error_set(ret_error, AZ_ENVIRONMENT, "the settings of %s cannot be written: %s", d->dhcp_server.name, strerror(-r));
		return r;
	}
	const char *const argv[] = {d->paths->busybox, "udhcpd", "-f", config, NULL};

	r = proc_start(&d->dhcp_server, argv, daemons_environment, ret_error);
	d->dhcp_radio = radio;
	while (r == 0 && strstr(d->dhcp_server.capture, "started") == NULL) {
		(void) daemons_wait(d, -1, until);
		if (d->dhcp_server.state != PROC_RUNNING || real_now_ns() >= until)
			r = fail(d, &d->dhcp_server, "was started and is not ready", ret_error);
	}
	return r;
}

/* As the device's own. */
static int use_address(struct daemons *d, const struct net_address *own, struct az_error *ret_error)
{
	char text[INET_ADDRSTRLEN];
	int r;

	lan_enter_device();
	r = set_address(d->medium->device_interface, own->address, own->mask);
	if (r == 0)
		r = set_route(d->medium->device_interface, 0, 0, own->gateway);
	lan_leave_device();
	if (r < 0)
		az_error_set(ret_error, AZ_ENVIRONMENT, "the device's interface does not take the address %s: %s", address_text(own->address, text),
		             strerror(-r));
	return r;
}

/* The script's line, and with it the device's address. */
static int take_lease(struct daemons *d, struct az_error *ret_error)
{
	const char *line = strstr(d->dhcp_client.capture, LEASE_WORD " ");
	char address[16], mask[16], router[16];
	struct in_addr a, m, g;

	if (line == NULL || sscanf(line, LEASE_WORD " %15s %15s %15s", address, mask, router) != 3 || inet_pton(AF_INET, address, &a) != 1 ||
	    inet_pton(AF_INET, mask, &m) != 1 || inet_pton(AF_INET, router, &g) != 1)
		return fail(d, &d->dhcp_client, "the device gets no address from the network that it joined", ret_error);
	const struct net_address leased = {.address = ntohl(a.s_addr), .mask = ntohl(m.s_addr), .gateway = ntohl(g.s_addr)};

	return use_address(d, &leased, ret_error);
}

/* udhcpc ends when it has a lease, or gets none. */
static int ask_for_address(struct daemons *d, struct az_error *ret_error)
{
	const char *const argv[] = {d->paths->busybox, "udhcpc", "-f", "-q", "-n", "-t", "12", "-T", "1", "-A", "1",
	                            "-i", d->medium->device_interface, "-s", "/proc/1/exe", NULL};
	uint64_t until = daemons_in_ms(LEASE_LIMIT_MS);
	int r;

	lan_enter_device();
	r = proc_start(&d->dhcp_client, argv, daemons_environment, ret_error);
	lan_leave_device();
	while (r == 0 && d->dhcp_client.state == PROC_RUNNING && real_now_ns() < until)
		(void) daemons_wait(d, -1, until);
	proc_stop(&d->dhcp_client, 500);
	return r == 0 ? take_lease(d, ret_error) : r;
}

/* Nobody in this network knows of it: where the access point is, there is the gateway, and the way back. */
static int use_static(struct daemons *d, const struct net_address *own, int radio, struct az_error *ret_error)
{
	char interface[DAEMONS_INTERFACE_MAX];
	int r = own->gateway != 0 ? lan_add_address(own->gateway) : 0;

	if (r == 0)
		r = set_route(daemons_interface((unsigned) radio, interface), own->address, 32, 0);
	if (r < 0) {
		az_error_set(ret_error, AZ_ENVIRONMENT, "the network cannot make room for an address that the application chose: %s", strerror(-r));
		return r;
	}
	return use_address(d, own, ret_error);
}

int lan_get_address(struct daemons *d, const struct net_address *own, struct az_error *ret_error)
{
	const struct net_address wanted = *own;
	int radio = lan_access_point(d), r;

	if (radio < 0)
		return radio;
	if (d->has_address && d->address_radio == radio && memcmp(&d->address, &wanted, sizeof(wanted)) == 0)
		return 0;
	if (wanted.address != 0) {
		r = use_static(d, &wanted, radio, ret_error);
	} else {
		r = start_server(d, radio, ret_error);
		if (r == 0)
			r = ask_for_address(d, ret_error);
	}
	if (r < 0 && (loss_explains(&d->state, r) || lan_access_point(d) < 0)) {
		az_error_set(ret_error, AZ_OK, "%s", "");
		r = -ENETUNREACH; /* it was thrown out meanwhile, or nobody heard it */
	}
	d->has_address = r == 0;
	d->address = wanted;
	d->address_radio = radio;
	return r;
}

void lan_forget(struct daemons *d)
{
	d->has_address = false;
}

int lan_lease_script(int argc, char **argv)
{
	const char *address = getenv("ip"), *mask = getenv("subnet"), *router = getenv("router");

	if (argc == 2 && (strcmp(argv[1], "bound") == 0 || strcmp(argv[1], "renew") == 0) && address != NULL && mask != NULL && router != NULL)
		(void) printf(LEASE_WORD " %s %s %s\n", address, mask, router);
	return 0;
}
