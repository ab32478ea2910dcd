/* Starting each daemon of the test network: what it reads is written to the work folder, and it lives in the time of its file.
 *
 * Each returns when the process runs, which is before it is ready (testnetd/daemons.c waits for that): 0, or negative errno and *ret_error.
 */
#ifndef SIM_NET_TESTNETD_START_H
#define SIM_NET_TESTNETD_START_H

#include "sim/net/testnetd/daemons.h"

int start_radius(struct daemons *d, struct az_error *ret_error);
/* hostapd of RADIUS's access point number `index`. */
int start_ap(struct daemons *d, size_t index, struct az_error *ret_error);
/* hostapd of another access point: open, or with a key. */
int start_other(struct daemons *d, size_t index, struct az_error *ret_error);
int start_supplicant(struct daemons *d, struct az_error *ret_error);

#endif
