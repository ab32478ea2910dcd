/* One authentication with the daemons: credentials in, EAPOL-Start, events and RADIUS's log out.
 */
#ifndef SIM_NET_TESTNETD_ATTEMPT_H
#define SIM_NET_TESTNETD_ATTEMPT_H

#include "sim/net/testnetd/daemons.h"

/* What one attempt leaves to the next; begins as zeroes. */
struct aftermath {
	bool unsettled;       /* the last one ended badly: hostapd must forget the device first */
	uint64_t ended_at_ns; /* real time of that end */
};

/* 0 and *ret_verdict, whatever the verdict; or negative errno and *ret_error: a daemon died, or gave no answer where there
 * must be one. */
int attempt_run(struct daemons *d, struct aftermath *aftermath, const struct auth_request *request,
                struct auth_verdict *ret_verdict, struct az_error *ret_error);

#endif
