/* The other end of the control socket: one request, its answers. Blocks on real time. */
#ifndef SIM_DEV_CLIENT_H
#define SIM_DEV_CLIENT_H

#include <jansson.h>

#include "sim/util/error.h"

struct client;

/* To the socket at `path`; NULL: to the one that is there. 0, or a negative errno and *ret_error (AZ_ENVIRONMENT). */
int client_open(const char *path, struct client **ret, struct az_error *ret_error);
void client_close(struct client *client); /* NULL is fine */

/* Sends the request, which is taken, and waits for its answer. item, when not NULL, is called with each part that comes before the
 * answer ({"entry": ...}); it borrows it. 0 and *ret_result (a new reference to the result, an object); or a negative errno and
 * *ret_error, whose status is what the server said (AZ_FAILED: the device or the world says no), or AZ_ENVIRONMENT. */
int client_ask(struct client *client, json_t *request, void (*item)(void *ctx, const json_t *part), void *ctx, json_t **ret_result,
               struct az_error *ret_error);

#endif
