/* The private folder of one run, and the logs that stay of it. */
#ifndef SIM_CLI_WORKDIR_H
#define SIM_CLI_WORKDIR_H

#include <stdbool.h>

#include "sim/util/error.h"

/* Short, because a socket's path has at most 107 characters. */
#define WORKDIR_MAX 64

/* A new empty folder, mode 0700, below TMPDIR or /tmp; tree_remove() takes it away. 0, or a negative errno and *ret_error. */
int workdir_make(char path[WORKDIR_MAX], struct az_error *ret_error);
/* The logs of the network's daemons go from `work`/net to the folder `to`, which is made. Returns whether there were any. */
bool workdir_keep_logs(const char *work, const char *to);
/* The capture of the network, if there is one, as the file `to` (mode 0600). 0 or a negative errno. */
int workdir_keep_capture(const char *work, const char *to);

#endif
