/* The owner's EAP-TLS network, joined by a network of this application. */
#ifndef CONTRACT_NETWORK_H
#define CONTRACT_NETWORK_H

#include <stdbool.h>

#include "contract.h"

#define CONNECT_S 90

/* Is it named, and are its certificates in the store, and can the configuration be saved? Otherwise the test is skipped. */
bool need_owner(struct test *t);
/* A network of this application (ct-0, ct-1, ct-2) with the owner's settings, disabled. Its id, or -1. */
int add_owner_network(const char *name);
/* Connected through ct-0 alone, which is saved. False: not so, and the test is skipped. forget_networks() ends it. */
bool connect_one(struct test *t, int *ret_id);

#endif
