/* What lies between the simulated radios of the radio network's guest (mac80211_hwsim). */
#ifndef SIM_NET_TESTNETD_AIR_H
#define SIM_NET_TESTNETD_AIR_H

#include "sim/net/net.h"

/* The first thing in the guest, when the radios are there. 0, or negative errno: the kernel has no such switches. */
int air_open(void);
/* How well the device hears radio number `radio` (`up` is not looked at), which does not move its own level: in_range no: neither hears
 * the other. 0 or negative errno. */
int air_set(unsigned radio, const struct net_air *air);

#endif
