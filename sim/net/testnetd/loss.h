/* Frames that get lost between the simulated radios of the radio network's guest.
 *
 * mac80211_hwsim carries every frame from radio to radio, unless a program asks to do that in its place. Ours does from the moment at which
 * an access point loses frames for the first time: it carries them as the radios' switches (testnetd/air.h) say, and leaves out the share
 * that the access point loses. Which ones, the seed of the attempt decides, kind of frame by kind of frame: how many beacons there were
 * meanwhile, which is a matter of real time, does not change what becomes of the next frame of an authentication. How often somebody says
 * something again, and how much TCP says at once, is a matter of real time all the same.
 */
#ifndef SIM_NET_TESTNETD_LOSS_H
#define SIM_NET_TESTNETD_LOSS_H

#include "sim/net/net.h"

struct daemons;
struct loss_table; /* what our program carries by; mapped by both sides */

#define LOSS_PROGRAM "medium"
#define LOSS_READY "carries what the radios send"
#define LOSS_COUNT "lost %u frames of %u" /* its line about each attempt, and what followed it until the next */

/* A limit was passed that is wide enough where nothing gets lost (-ETIMEDOUT), but something does: no fault of the network. */
bool loss_explains(const struct net_state *state, int r);
/* Carry as the state says: starts the program when that takes one, which has written LOSS_READY into its log when it carries. What the state
 * says of the radios holds from then on. 0, or negative errno and *ret_error. */
int loss_apply(struct daemons *d, struct az_error *ret_error);
/* What is lost from here on is drawn by this seed. */
void loss_draw(struct daemons *d, uint32_t seed);
/* What the guest's program is when it is started as LOSS_PROGRAM, with the path of the table: does not come back while it can carry. Its
 * exit status. */
int loss_program(const char *table);

#endif
