/* What cases and probes need of the device: resources, a certificate store to play with, networks, waiting. */
#ifndef CONTRACT_SUPPORT_H
#define CONTRACT_SUPPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "contract.h"

#define CERT_BLOB_MAX 8192

/* A file of the image package with a NUL behind it; NULL when there is none. Static storage, until the next call. */
struct blob {
	char text[CERT_BLOB_MAX + 1];
	size_t length; /* without NUL */
};
const struct blob *resource(const char *path);
/* The same for a test: without it the test is skipped. */
const struct blob *need_resource(struct test *t, const char *path);

/* Root certificate ct-root of this application under an id: 0, or -1 and errno. The test is skipped when there is none at hand. */
bool install_root(struct test *t, const char *id);
/* Does the store have it? */
bool is_stored(const char *id);

/* The id of a network "ct-scratch" that is not enabled, of SSID SCRATCH_SSID and an EAP-TLS one; made when there is none. -1: cannot
 * be had, and the test is skipped. */
#define SCRATCH_SSID "contract-scratch"
int scratch_network(struct test *t);
/* No network has this id. */
#define UNKNOWN_ID 1000
/* Forgets the networks of this application that have names, and saves. */
void forget_networks(void);
/* Forgets this one, if it is one (id >= 0). */
void forget_network(int id);
/* Can the configuration be saved at all? Otherwise the test is skipped. */
bool need_saving(struct test *t);

/* The name of the first Wi-Fi interface; "wlan0" when none can be found. Static storage. */
const char *wifi_interface(void);
/* Switches it off and on again. */
void bounce_interface(void);

void wait_s(unsigned s);
/* Connected through this network (any: -1) within so many seconds? */
bool wait_connected(int id, unsigned s);

/* The case of a call that needs memory while there is none (memory.c); skipped where an application does not live to tell. */
void without_memory(struct test *t, int (*call)(void));

/* First of all: did an earlier run of this application take the device down, by a call that was to be refused (system.c)? */
void note_power_down(void);

#endif
