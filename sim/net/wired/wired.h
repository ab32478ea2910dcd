/* What the files of the wired network share; tests use wired_helper().
 */
#ifndef SIM_NET_WIRED_WIRED_H
#define SIM_NET_WIRED_WIRED_H

#include <stdint.h>
#include <sys/types.h>

#include "sim/net/testnet/netd.h"
#include "sim/net/net.h"
#include "sim/net/testnetd/testnetd.h"
#include "sim/net/testnetd/ns.h"

/* Where the daemons are: the folder AZSIM_DAEMONS (nothing else, when it is set); else `daemons` beside this program; else
 * the system's. 0; or -ENOENT and *ret_error, which names what is missing and where it was looked for. */
int wired_find(struct testnetd_paths *ret_paths, struct az_error *ret_error);

/* Why `step` was refused with `error` (negative errno), and what to change on this machine: status AZ_ENVIRONMENT. */
void wired_explain(enum ns_step step, int error, struct az_error *ret_error);

/* Tries the namespaces in a child that ends at once. 0 or negative errno and *ret_error. */
int wired_try_namespaces(struct az_error *ret_error);

/* The helper as its parent sees it: the ancestor of all the processes that netd_status() tells of. */
pid_t wired_helper(const struct net *net);

#endif
