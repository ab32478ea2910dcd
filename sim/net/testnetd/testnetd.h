/* testnetd: the helper process that owns the namespaces and the daemons of the wired network.
 *
 * It is forked from azsim (no program of its own), is pid 1 of its pid namespace, and answers the requests of testnet.h.
 * Whatever ends first, azsim or the helper, everything inside ends with it: the kernel kills a pid namespace with its first
 * process, and that process is killed with the one that made it.
 */
#ifndef SIM_NET_TESTNETD_TESTNETD_H
#define SIM_NET_TESTNETD_TESTNETD_H

#include <sys/types.h>

#include "sim/util/error.h"

#define TESTNETD_PATH_MAX 1024

/* Absolute paths of what the helper starts; found by wired/find.c. */
struct testnetd_paths {
	char freeradius[TESTNETD_PATH_MAX];
	char radius_lib[TESTNETD_PATH_MAX];          /* folder of rlm_*.so and libfreeradius-*.so */
	char radius_dictionaries[TESTNETD_PATH_MAX]; /* folder of `dictionary` */
	char hostapd[TESTNETD_PATH_MAX];
	char wpa_supplicant[TESTNETD_PATH_MAX];
	char faketime[TESTNETD_PATH_MAX]; /* libfaketimeMT.so.1 */
	char busybox[TESTNETD_PATH_MAX];  /* DHCP of the radio network; the wired one leaves it alone */
	char devclock[TESTNETD_PATH_MAX]; /* testnetd/devclock.c; radio alone */
};

/* Starts the helper; logs go to the folder `dir`. 0, *ret_pid (wait for it) and *ret_fd (speak to it, then close), or a
 * negative errno and *ret_error. The first reply on *ret_fd (op 0, seq 0) comes unasked: namespaces made, or why not. */
int testnetd_spawn(const char *dir, const struct testnetd_paths *paths, pid_t *ret_pid, int *ret_fd,
                   struct az_error *ret_error);

#endif
