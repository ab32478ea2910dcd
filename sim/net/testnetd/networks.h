/* The device's networks as those of wpa_supplicant: kept equal by differences only, so that it forgets nothing that it would remember.
 *
 * Certificates and keys are files of mode 0600 on the helper's tmpfs; the keys are there during a call alone. Leaves to others: what
 * wpa_supplicant makes of them (testnetd/join.c).
 */
#ifndef SIM_NET_TESTNETD_NETWORKS_H
#define SIM_NET_TESTNETD_NETWORKS_H

#include "emu-applibs/device/join.h"
#include "sim/net/testnetd/daemons.h"

#define NETWORKS_DIGEST 32

/* What wpa_supplicant was told of one; no secret is kept. */
struct networks_entry {
	uint64_t serial, handed;
	int id; /* as wpa_supplicant numbers it */
	bool enabled;
	bool held;       /* enabled, and kept from being tried: that makes it forget nothing */
	uint64_t free_s; /* second of virtual time: until then it sets the network aside */
	unsigned priority;
	unsigned files; /* part of the names of its certificates: another number is another value of the setting */
	uint8_t settings[NETWORKS_DIGEST], credentials[NETWORKS_DIGEST];
};

struct networks { /* begins as zeroes */
	uint64_t life;
	unsigned files; /* the last number given */
	struct networks_entry list[JOIN_NETWORKS_MAX];
	size_t count;
};

/* Writes the files and says what has changed. 0, or negative errno and *ret_error. */
int networks_sync(struct daemons *d, struct networks *networks, const struct join_request *join, struct az_error *ret_error);
/* After every call of the above. */
void networks_remove_keys(const struct daemons *d, const struct networks *networks);
/* It sets the network aside until that second of virtual time. */
void networks_set_aside(struct networks *networks, int id, uint64_t free_s);
/* Is one of them free from that very second on? */
bool networks_free_at(const struct networks *networks, uint64_t second);
/* NULL: none. */
const struct networks_entry *networks_by_id(const struct networks *networks, int id);
const struct networks_entry *networks_by_serial(const struct networks *networks, uint64_t serial);

#endif
