/* The clocks of the daemons: libfaketime's files, and each daemon's own word that it lives by them. For testnetd/daemons.c, which
 * declares what others call. */
#ifndef SIM_NET_TESTNETD_CLOCKS_H
#define SIM_NET_TESTNETD_CLOCKS_H

#include "sim/net/testnetd/daemons.h"

/* Files below the work folder. */
#define CLOCKS_RADIUS "radius-clock"
#define CLOCKS_DEVICE "device-clock"
#define CLOCKS_MONOTONIC "device-monotonic"

/* Nanoseconds since 1970 on RADIUS's clock, as it must stand now; TIME_UNKNOWN before anybody has set it. */
int64_t clocks_radius_now_ns(const struct daemons *d);
/* Writes the file of a daemon that does not run yet. 0 or negative errno. */
int clocks_write(const struct daemons *d, const char *name, int64_t wall_s);
/* Sets both clocks and has each running daemon prove its own; nobody need have asked for it. 0, or negative errno and *ret_error. */
int clocks_put(struct daemons *d, int64_t device_wall_s, int64_t radius_wall_s, struct az_error *ret_error);

/* Makes the file of the device's monotonic clock (testnetd/devclock.h), before its daemon starts. 0 or negative errno. */
int clocks_map(struct daemons *d);
/* That clock stands in this second of virtual time (since the run began), from now on; it may be put back. */
void clocks_stand(struct daemons *d, uint64_t second);
/* What its daemon draws next, 0..2^31-1. */
void clocks_draw(struct daemons *d, uint32_t random);

#endif
