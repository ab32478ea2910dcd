/* What OpenSSL's verdict on a certificate means, for every network: daemons log the same numbers that the model gets. */
#ifndef SIM_NET_CAUSE_H
#define SIM_NET_CAUSE_H

#include "emu-applibs/device/auth.h"

/* The cause behind an X509_V_ERR_ number (X509_V_OK: AUTH_CAUSE_NONE; one with no cause of its own: AUTH_CAUSE_OTHER). */
enum auth_cause net_cause_of_x509(int error);
/* The texts of a verdict come from outside: each becomes one line of UTF-8 (sim/util/text.h). */
void net_sanitize_verdict(struct auth_verdict *verdict);

#endif
