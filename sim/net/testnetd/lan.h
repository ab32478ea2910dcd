/* IP on the air of the radio network: the device's radio is in a network namespace of its own, so that nothing comes from there to the
 * access points but through the air; all access points are one network, which gives the device its address by DHCP.
 *
 * Leaves to others: TCP over it (testnetd/tcp.h).
 */
#ifndef SIM_NET_TESTNETD_LAN_H
#define SIM_NET_TESTNETD_LAN_H

#include <stdbool.h>

#include "sim/net/testnetd/daemons.h"

/* The device's namespace is made, and its radio is in there; access points get the address of the router. Once, in the guest. 0 or
 * negative errno. */
int lan_open(void);
/* From here to lan_leave_device(), what is made (sockets, processes) belongs to the device. No-ops where lan_open() was not called. */
void lan_enter_device(void);
void lan_leave_device(void);
/* This address leads to the access points' side: whoever listens there is reached by it. Host byte order. 0 or negative errno. */
int lan_add_address(uint32_t address);
/* Number of the radio of the access point that wpa_supplicant is at with keys agreed; -ENETUNREACH: it is at none. Waits up to 10 s of real
 * time for one that is on its way back: on a crowded machine it may have missed beacons. */
int lan_access_point(struct daemons *d);
/* The device has this address in the network that it is in; of 0, one that it is given by DHCP, unless that was done since lan_forget()
 * and it is at the same access point. 0; -ENETUNREACH: it is in no network; or a negative errno and *ret_error. Takes up to 15 s of real
 * time. */
int lan_get_address(struct daemons *d, const struct net_address *own, struct az_error *ret_error);
/* It may have been in another network meanwhile. */
void lan_forget(struct daemons *d);

#define LEASE_WORD "azsim lease:"
/* What the guest's program is when udhcpc starts it: it prints the lease. argv of main(). Its exit status. */
int lan_lease_script(int argc, char **argv);

#endif
