/* What wpa_supplicant hears on the air of the radio network, beside what it joins.
 */
#ifndef SIM_NET_TESTNETD_LISTEN_H
#define SIM_NET_TESTNETD_LISTEN_H

#include "sim/net/testnetd/daemons.h"

/* A scan, that asks for these names, too; hidden access points that nobody asked for come without a name. The number of rows, or negative
 * errno and *ret_error. */
int listen_scan(struct daemons *d, const struct auth_request *names, size_t name_count, struct join_row rows[JOIN_ROWS_MAX],
                struct az_error *ret_error);
/* The access point in use. 1; 0: none is; negative errno and *ret_error. */
int listen_signal(struct daemons *d, struct join_row *ret_row, struct az_error *ret_error);

#endif
