/* Where the control sockets of running `azsim dev` are, so that `azsim ctl` and `azsim device` find theirs.
 *
 * The folder is $XDG_RUNTIME_DIR/azsim, or azsim-UID below TMPDIR or /tmp; it must belong to the user alone. A socket is called
 * dev-PID.sock.
 */
#ifndef SIM_DEV_PLACE_H
#define SIM_DEV_PLACE_H

#include <sys/un.h>

#include "sim/util/error.h"

#define PLACE_MAX sizeof(((struct sockaddr_un *)0)->sun_path) /* of a socket's path, with NUL */

/* The path for this process; its folder is made when it is not there. 0, or a negative errno and *ret_error. */
int place_own(char path[PLACE_MAX], struct az_error *ret_error);
/* The folder goes when nothing is left in it. Only for a path that place_own() gave. */
void place_leave(const char *path);
/* The one socket at which somebody answers, connected. 0 and *ret_fd, or a negative errno and *ret_error (AZ_ENVIRONMENT): none, or
 * more than one (they are named). */
int place_find(int *ret_fd, struct az_error *ret_error);
/* Connects to the socket at `path`. 0 and *ret_fd, or a negative errno; nothing is said. */
int place_connect(const char *path, int *ret_fd);

#endif
