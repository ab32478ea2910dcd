/* Certificates for the tests of the model network, each named for what is odd about it, and a network in which all is well.
 */
#ifndef TESTS_NET_MODEL_WORLD_H
#define TESTS_NET_MODEL_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "certs/pki.h"
#include "sim/net/model/model.h"

#define DAY INT64_C(86400)
#define NOW INT64_C(1767225600) /* 2026-01-01 */
#define SSID "CorpNet"
#define IDENTITY "device-0001"

enum world_cert {
	NO_CERT,
	ROOT1, /* of server and client, to NOW + 1800 d */
	ROOT2, /* a stranger */
	ROOT_SHORT, /* to NOW + 100 d */
	MIDDLE, /* intermediate of ROOT1 */
	SERVER, /* NOW - 30 d to NOW + 365 d */
	SERVER_SHORT_ROOT, SERVER_DEEP, SERVER_EKU, SERVER_BAD, SERVER_RSA, SERVER_TORN,
	CLIENT, /* NOW - 20 d to NOW + 200 d */
	CLIENT_LONG, /* NOW - 20 d to NOW + 1500 d */
	CLIENT_STRANGE, CLIENT_DEEP, CLIENT_EKU, CLIENT_BAD, CLIENT_RSA, CLIENT_BIG, CLIENT_TORN,
};
#define WORLD_CERT_COUNT (CLIENT_TORN + 1)

struct world {
	struct pki_cert *certs[WORLD_CERT_COUNT];
	char *chains[WORLD_CERT_COUNT], *keys[WORLD_CERT_COUNT]; /* PEM; NULL for NO_CERT */
	char *crl_clean, *crl_of_client; /* of ROOT1, NOW - 10 d to NOW + 50 d */
};

extern struct world world;

/* cmocka's group set-up and tear-down. */
int world_make(void **state);
int world_free(void **state);

struct net_state world_state(enum world_cert server);
/* client or root may be NO_CERT. */
struct auth_request world_request(enum world_cert client, enum world_cert root);

struct net *world_open(void);
/* The three calls; a failure fails the test. */
void world_apply(struct net *net, const struct net_state *state);
void world_clocks(struct net *net, int64_t device_s, int64_t radius_s);
struct auth_verdict world_ask(struct net *net, const struct auth_request *request);

#endif
