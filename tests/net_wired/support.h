/* What the tests of the wired network share: certificates, a network in a folder of its own, skipping where it cannot be had.
 */
#ifndef TESTS_NET_WIRED_SUPPORT_H
#define TESTS_NET_WIRED_SUPPORT_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "certs/pki.h"
#include "sim/net/net.h"

#define DAY 86400LL
#define YEAR (365 * DAY)
#define NOW 1767225600LL /* 2026-01-01 */
#define SSID "CorpNet"

/* One party's certificate in the forms that networks take; owned by the lists below. */
struct material {
	struct pki_cert *cert;
	char *chain, *key;
};

/* Makes one and keeps it until material_free(); fails the test when it cannot. The specification's use, name and issuer are
 * as given, its validity in seconds after NOW. */
struct material *material_make(enum pki_use use, const char *name, const struct material *issuer, int64_t from_s, int64_t to_s,
                               enum pki_fault fault);
/* The same for a CA with name and key of another one, signed by `issuer` instead. */
struct material *material_cross(const char *name, const struct material *issuer, const struct material *of, int64_t from_s,
                                int64_t to_s);
void material_free(void);

/* A state with everything good, for these. */
struct net_state good_state(const struct material *server, const struct material *client_root);
struct auth_request good_request(const struct material *client, const struct material *root);

/* True when this machine cannot have the wired network; then it has been said loudly, once. Sets AZSIM_DAEMONS when the build
 * folder holds the daemons. */
bool wired_absent(void);

/* A network with a folder of its own. */
struct opened {
	const struct net_ops *ops;
	struct net *net;
	char dir[64];
};
void opened_open(struct opened *opened, const struct net_ops *ops);
/* The same in good_state(), with both clocks at NOW. */
void opened_good(struct opened *opened, const struct net_ops *ops, const struct material *server, const struct material *root);
/* As the network's authenticate, with good_request(). */
int opened_authenticate(struct opened *opened, const struct material *client, const struct material *root, struct auth_verdict *verdict,
                        struct az_error *error);
/* Closes it and removes the folder. */
void opened_close(struct opened *opened);

/* What is in the file; caller frees. */
char *file_text(const char *dir, const char *name);
/* Fails the test with the error's text when r < 0. */
void must(int r, const struct az_error *error, const char *what);

#endif
