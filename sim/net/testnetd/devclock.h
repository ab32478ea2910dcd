/* The monotonic clock and the chance of one daemon, by a library that is preloaded into it: testnetd/devclock.c.
 */
#ifndef SIM_NET_TESTNETD_DEVCLOCK_H
#define SIM_NET_TESTNETD_DEVCLOCK_H

#include <stdint.h>

#define DEVCLOCK_ENV "AZSIM_DEVCLOCK" /* the file that holds the following, mapped by both sides */

/* It goes on with real time within its second, so that what waits for milliseconds does not wait for ever, and no further. */
#define DEVCLOCK_FLOW_NS INT64_C(900000000)

struct devclock {
	uint32_t turn;    /* odd while the two that follow are written */
	int64_t base_ns;  /* what CLOCK_MONOTONIC and CLOCK_BOOTTIME showed at since_ns: a whole number of seconds; 0: they are left alone */
	int64_t since_ns; /* real CLOCK_MONOTONIC */
	int64_t random;   /* what random() gives, 0..2^31-1 */
};

#endif
