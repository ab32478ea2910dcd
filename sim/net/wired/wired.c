/* The wired network: real hostapd, FreeRADIUS and wpa_supplicant over a veth pair in namespaces of their own.
 *
 * This file is azsim's side: it starts the helper (testnetd.c), which netd.c asks.
 */
#include "sim/net/wired/wired.h"

#include <errno.h>

#include "emu-applibs/base/base.h"

#define HELLO_LIMIT_MS 30000 /* real time; above what the helper's own limits add up to */

static int wired_probe(struct az_error *ret_error)
{
	struct testnetd_paths paths;
	int r = wired_find(&paths, ret_error);

	return r < 0 ? r : wired_try_namespaces(ret_error);
}

static int wired_open(const char *dir, struct net **ret_net, struct az_error *ret_error)
{
	struct testnetd_paths paths;
	cleanup_free struct net *net = calloc(1, sizeof(*net));
	int r;

	if (net == NULL) {
		az_error_set(ret_error, AZ_ENVIRONMENT, "out of memory");
		return -ENOMEM;
	}
	net->who = "the helper of the wired network";
	r = wired_find(&paths, ret_error);
	if (r == 0)
		r = testnetd_spawn(dir, &paths, &net->child, &net->fd, ret_error);
	if (r < 0)
		return r;
	r = netd_take_hello(net, HELLO_LIMIT_MS, ret_error);
	if (r < 0) {
		netd_end(net);
		return r;
	}
	*ret_net = steal_ptr(&net);
	return 0;
}

static void wired_close(struct net *net)
{
	if (net == NULL)
		return;
	netd_quit(net);
	free(net);
}

const struct net_ops net_wired_ops = {
        .name = "wired",
        .about = "real hostapd, FreeRADIUS and wpa_supplicant over a virtual cable, in namespaces: no root needed",
        .probe = wired_probe,
        .open = wired_open,
        .capture = netd_capture,
        .apply = netd_apply,
        .set_clocks = netd_set_clocks,
        .authenticate = netd_authenticate,
        .close = wired_close,
};

pid_t wired_helper(const struct net *net)
{
	return net->child;
}
