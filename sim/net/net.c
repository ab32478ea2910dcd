/* The list of networks. A new one is added here and in build.mk, and to the tests that run every network. */
#include "sim/net/net.h"

#include <string.h>

const struct net_ops *const net_all[] = {&net_model_ops, &net_wired_ops, &net_radio_ops, NULL};

const struct net_ops *net_by_name(const char *name)
{
	for (const struct net_ops *const *ops = net_all; *ops; ops++)
		if (strcmp((*ops)->name, name) == 0)
			return *ops;
	return NULL;
}
