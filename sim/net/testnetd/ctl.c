/* A control socket of hostapd or wpa_supplicant: see testnetd/ctl.h.
 */
#include "sim/net/testnetd/ctl.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <wpa_ctrl.h>

int ctl_open(struct ctl *ctl, const char *path, const char *client_dir, bool with_events)
{
	int r;

	*ctl = (struct ctl){0};
	ctl->commands = wpa_ctrl_open2(path, client_dir);
	if (ctl->commands == NULL)
		return -EAGAIN;
	if (!with_events)
		return 0;
	ctl->events = wpa_ctrl_open2(path, client_dir);
	r = ctl->events == NULL ? -1 : wpa_ctrl_attach(ctl->events);
	if (r == 0)
		return 0;
	ctl_close(ctl);
	return r == -2 ? -ETIMEDOUT : -EAGAIN;
}

void ctl_close(struct ctl *ctl)
{
	if (ctl->commands != NULL)
		wpa_ctrl_close(ctl->commands);
	if (ctl->events != NULL)
		wpa_ctrl_close(ctl->events);
	*ctl = (struct ctl){0};
}

#define LATE_TRIES 3
#define LATE_MS 10000

/* The library waits ten seconds. A machine that stood still for as long has had no time to answer: it gets some more. */
static int take_late(struct ctl *ctl, char *reply, size_t *length)
{
	struct pollfd pfd = {.fd = wpa_ctrl_get_fd(ctl->commands), .events = POLLIN};

	for (int i = 0; i < LATE_TRIES; i++)
		if (poll(&pfd, 1, LATE_MS) > 0)
			return wpa_ctrl_recv(ctl->commands, reply, length);
	return -2;
}

int ctl_request(struct ctl *ctl, char *reply, size_t reply_size, const char *format, ...)
{
	char command[4096];
	size_t length = reply_size - 1;
	va_list ap;
	int n, r;

	if (ctl->commands == NULL)
		return -EPIPE;
	va_start(ap, format);
	n = vsnprintf(command, sizeof(command), format, ap);
	va_end(ap);
	if (n < 0 || (size_t) n >= sizeof(command))
		return -EMSGSIZE;
	r = wpa_ctrl_request(ctl->commands, command, (size_t) n, reply, &length, NULL);
	if (r == -2) {
		length = reply_size - 1;
		r = take_late(ctl, reply, &length);
	}
	switch (r) {
	case 0:
		break;
	case -2:
		return -ETIMEDOUT;
	default:
		return -EPIPE;
	}
	reply[length] = '\0'; /* the library does not end it */
	if (length > 0 && reply[length - 1] == '\n')
		reply[length - 1] = '\0';
	return strncmp(reply, "FAIL", 4) == 0 || strcmp(reply, "UNKNOWN COMMAND") == 0 ? -EINVAL : 0;
}

bool ctl_next_event(struct ctl *ctl, char text[CTL_TEXT_MAX])
{
	size_t length = CTL_TEXT_MAX - 1;

	if (ctl->events == NULL || wpa_ctrl_pending(ctl->events) != 1 || wpa_ctrl_recv(ctl->events, text, &length) != 0)
		return false;
	text[length] = '\0';
	if (length >= 3 && text[0] == '<' && text[2] == '>')
		memmove(text, text + 3, length - 2);
	return true;
}

int ctl_event_fd(const struct ctl *ctl)
{
	return ctl->events == NULL ? -1 : wpa_ctrl_get_fd(ctl->events);
}
