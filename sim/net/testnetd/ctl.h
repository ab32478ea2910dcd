/* A control socket of hostapd or wpa_supplicant, by libwpa_client: one connection for commands, one for events.
 */
#ifndef SIM_NET_TESTNETD_CTL_H
#define SIM_NET_TESTNETD_CTL_H

#include <stdbool.h>
#include <stddef.h>

#include "emu-applibs/base/base.h"

#define CTL_TEXT_MAX 16384 /* one reply or event, with NUL; a longer one is cut */

struct wpa_ctrl;

struct ctl {
	struct wpa_ctrl *commands;
	struct wpa_ctrl *events; /* NULL when opened without */
};

/* path: the daemon's socket; client_dir: a short folder for ours. 0; -EAGAIN: the daemon is not there yet; or another
 * negative errno. */
int ctl_open(struct ctl *ctl, const char *path, const char *client_dir, bool with_events);
void ctl_close(struct ctl *ctl);

/* One command, one reply (NUL-terminated, without the last newline; cut to reply_size). 0; -EINVAL: the daemon answered
 * FAIL or does not know the command; -ETIMEDOUT (10 s); -EPIPE: it is gone. */
int ctl_request(struct ctl *ctl, char *reply, size_t reply_size, const char *format, ...) ATTR_PRINTF(4, 5);

/* The next waiting event without its "<3>" level: true and *text; false when there is none. Never waits. */
bool ctl_next_event(struct ctl *ctl, char text[CTL_TEXT_MAX]);
/* Descriptor to poll for events, or -1. */
int ctl_event_fd(const struct ctl *ctl);

#endif
