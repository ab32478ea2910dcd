/* One authentication on the wire: credentials in, EAPOL-Start, events and RADIUS's log out. And what joining on air shares with it.
 */
#ifndef SIM_NET_TESTNETD_ATTEMPT_H
#define SIM_NET_TESTNETD_ATTEMPT_H

#include "sim/net/testnetd/daemons.h"
#include "sim/net/testnetd/verdict.h"

/* What one attempt leaves to the next; begins as zeroes. */
struct aftermath {
	bool unsettled;       /* the last one ended badly: hostapd must forget the device first */
	uint64_t ended_at_ns; /* real time of that end */
};

/* 0 and *ret_verdict, whatever the verdict; or negative errno and *ret_error: a daemon died, or gave no answer where there
 * must be one. */
int attempt_run(struct daemons *d, struct aftermath *aftermath, const struct auth_request *request,
                struct auth_verdict *ret_verdict, struct az_error *ret_error);

/* For testnetd/join.c, too. Takes the waiting events; true: there were some. */
bool attempt_take(struct daemons *d, struct attempt *attempt);
/* Takes the waiting events, or waits for something to happen, at most until then (real_now_ns). */
void attempt_follow(struct daemons *d, struct attempt *attempt, uint64_t until_ns);
/* RADIUS's last word on an attempt that has ended is in its log, dated as its clock stands. */
int attempt_await_log(struct daemons *d, struct az_error *ret_error);
/* Tells of a daemon that does not do what it should, or that has died of it. Returns r, or -ECHILD. */
int attempt_fail(struct daemons *d, struct az_error *ret_error, int r, const struct proc *proc, const char *what);

#endif
