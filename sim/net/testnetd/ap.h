/* What access points of RADIUS's are told in a run, each by the control socket of its hostapd.
 */
#ifndef SIM_NET_TESTNETD_AP_H
#define SIM_NET_TESTNETD_AP_H

#include "sim/net/testnetd/daemons.h"

/* "COMMAND MAC how" about the device, to the one of this address. 0 or negative errno; it fails when the access point has forgotten the
 * device, too. */
int ap_tell_of_device(struct daemons *d, const uint8_t bssid[AUTH_BSSID_LENGTH], const char *command, const char *how);
/* Has that one opened its port to the device? True of those that nobody can ask: they do not stand before RADIUS. */
bool ap_let_device_in(struct daemons *d, const uint8_t bssid[AUTH_BSSID_LENGTH]);
/* hostapd's cache of keys lives in real time: those that are over in virtual time it is told to forget. Bit i of ended: the i-th access
 * point. 0, or negative errno and *ret_error. */
int ap_end_keys(struct daemons *d, uint32_t ended, struct az_error *ret_error);

#endif
