/* The radio network's choice: all networks of the device in, and what wpa_supplicant did first out.
 */
#ifndef SIM_NET_TESTNETD_JOIN_H
#define SIM_NET_TESTNETD_JOIN_H

#include "sim/net/testnetd/daemons.h"
#include "sim/net/testnetd/networks.h"

struct joiner { /* begins as zeroes */
	struct networks networks;
	bool told;         /* wpa_supplicant knows how it is to behave */
	uint64_t last_s;   /* second of virtual time of the last request */
	uint64_t alone;    /* calls of join_one() */
	uint32_t attempts; /* calls of join_run(): each loses other frames */
};

/* 0 and *ret_result; or negative errno and *ret_error: a daemon died, or gave no answer where there must be one. */
int join_run(struct daemons *d, struct joiner *joiner, const struct join_request *join, struct join_result *ret_result,
             struct az_error *ret_error);
/* One network alone, and nothing of before. */
int join_one(struct daemons *d, struct joiner *joiner, const struct auth_request *request, struct auth_verdict *ret_verdict,
             struct az_error *ret_error);

#endif
