/* See testnetd/ap.h. */
#include "sim/net/testnetd/ap.h"

#include <errno.h>
#include <stdio.h>

#include "emu-applibs/base/base.h"
#include "sim/net/testnetd/attempt.h"

#define REPLY_MAX 4096

static int tell(struct daemons *d, size_t index, const char *command, char reply[REPLY_MAX])
{
	struct ctl ctl;
	int r = index == 0 ? 0 : daemons_open_ap(d, index, &ctl);

	if (r < 0)
		return r;
	r = ctl_request(index == 0 ? &d->ap_ctl : &ctl, reply, REPLY_MAX, "%s", command);
	if (index > 0)
		ctl_close(&ctl);
	return r;
}

static int tell_of_device(struct daemons *d, const uint8_t bssid[AUTH_BSSID_LENGTH], const char *command, const char *how, char reply[REPLY_MAX])
{
	uint8_t address[AUTH_BSSID_LENGTH];
	char text[96];

	(void) snprintf(text, sizeof(text), "%s %s%s", command, d->medium->device_mac, how);
	for (size_t i = 0; i < d->state.bss_count; i++) {
		net_bss_address(i, address);
		if (memcmp(address, bssid, sizeof(address)) == 0)
			return tell(d, i, text, reply);
	}
	return -ENOENT;
}

int ap_tell_of_device(struct daemons *d, const uint8_t bssid[AUTH_BSSID_LENGTH], const char *command, const char *how)
{
	char reply[REPLY_MAX];

	return tell_of_device(d, bssid, command, how, reply);
}

bool ap_let_device_in(struct daemons *d, const uint8_t bssid[AUTH_BSSID_LENGTH])
{
	char reply[REPLY_MAX];
	int r = tell_of_device(d, bssid, "STA", "", reply);

	return r == -ENOENT || (r == 0 && strstr(reply, "[AUTHORIZED]") != NULL);
}

int ap_end_keys(struct daemons *d, uint32_t ended, struct az_error *ret_error)
{
	char reply[REPLY_MAX];
	int r = 0;

	if (!d->state.pmksa_caching)
		return 0;
	for (size_t i = 0; i < d->state.bss_count && r == 0; i++) {
		/* One that is off has forgotten. */
		if ((ended >> i & 1) == 0 || !d->state.bss[i].up)
			continue;
		r = tell(d, i, "PMKSA_FLUSH", reply);
		if (r < 0)
			return attempt_fail(d, ret_error, r, &d->ap[i], "does not forget its keys");
	}
	return 0;
}
