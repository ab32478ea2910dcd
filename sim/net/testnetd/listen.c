/* See testnetd/listen.h. */
#include "sim/net/testnetd/listen.h"

#include <errno.h>
#include <stdio.h>

#include "emu-applibs/base/base.h"
#include "sim/net/testnetd/attempt.h"
#include "sim/net/testnetd/conf.h"
#include "sim/net/testnetd/scan.h"

#define SCAN_LIMIT_MS 60000u /* real time; a tenth of a second on a machine that has time */
#define SCANS_MAX 8u         /* while another one is under way */

static int scan_once(struct daemons *d, const struct auth_request *names, size_t name_count, struct az_error *ret_error)
{
	uint64_t until = daemons_in_ms(SCAN_LIMIT_MS);
	char command[1024] = "SCAN freq=" DAEMONS_SCAN_FREQUENCIES, event[CTL_TEXT_MAX], reply[64], hex[2 * 32 + 1];
	int r;

	for (size_t i = 0; i < name_count; i++) {
		size_t used = strlen(command);

		if (used + sizeof(hex) + 8 < sizeof(command))
			(void) snprintf(command + used, sizeof(command) - used, " ssid %s",
			                conf_hex(names[i].ssid, names[i].ssid_length, hex, sizeof(hex)));
	}
	daemons_pause(d, 0);
	r = ctl_request(&d->supplicant_ctl, reply, sizeof(reply), "%s", command);
	while (r == 0 && real_now_ns() < until) {
		while (ctl_next_event(&d->supplicant_ctl, event)) {
			if (strncmp(event, "CTRL-EVENT-SCAN-RESULTS", 23) == 0)
				return 0;
			if (strncmp(event, "CTRL-EVENT-SCAN-FAILED", 22) == 0)
				return -EAGAIN;
		}
		(void) daemons_wait(d, -1, until);
		if (daemons_check(d, ret_error) < 0)
			return -ECHILD;
	}
	/* "FAIL-BUSY": another one is under way. */
	return r == -EINVAL ? -EAGAIN : r < 0 ? r : -ETIMEDOUT;
}

int listen_scan(struct daemons *d, const struct auth_request *names, size_t name_count, struct join_row rows[JOIN_ROWS_MAX],
                struct az_error *ret_error)
{
	static char reply[CTL_TEXT_MAX];
	int r = daemons_check(d, ret_error);

	if (r < 0)
		return r;
	(void) ctl_request(&d->supplicant_ctl, reply, sizeof(reply), "BSS_FLUSH 0");
	for (unsigned i = 0; i < SCANS_MAX; i++) {
		r = scan_once(d, names, name_count, ret_error);
		if (r != -EAGAIN)
			break;
		daemons_pause(d, 50);
	}
	if (r == 0)
		r = ctl_request(&d->supplicant_ctl, reply, sizeof(reply), "SCAN_RESULTS");
	if (r < 0)
		return r == -ECHILD ? r : attempt_fail(d, ret_error, r, &d->supplicant, "does not scan");
	return (int) scan_rows(reply, rows, JOIN_ROWS_MAX);
}

int listen_signal(struct daemons *d, struct join_row *ret_row, struct az_error *ret_error)
{
	char reply[2048], value[64];
	struct join_row row = {0};
	int r = ctl_request(&d->supplicant_ctl, reply, sizeof(reply), "STATUS");

	if (r == 0 && (!scan_value(reply, "bssid", value, sizeof(value)) || !scan_address(value, row.bssid)))
		return 0;
	if (r == 0)
		r = ctl_request(&d->supplicant_ctl, reply, sizeof(reply), "SIGNAL_POLL");
	if (r == -EINVAL)
		return 0; /* it has just been lost */
	if (r < 0)
		return attempt_fail(d, ret_error, r, &d->supplicant, "does not tell the signal's strength");
	if (scan_value(reply, "RSSI", value, sizeof(value)))
		row.rssi_dbm = (int) strtol(value, NULL, 10);
	if (scan_value(reply, "FREQUENCY", value, sizeof(value)))
		row.frequency_mhz = (unsigned) strtoul(value, NULL, 10);
	*ret_row = row;
	return 1;
}
