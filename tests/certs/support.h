/* What the tests of the PKI maker share: specifications, and OpenSSL's own judgement of what came out. */
#ifndef TESTS_CERTS_SUPPORT_H
#define TESTS_CERTS_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "certs/pki.h"

#define DAY INT64_C(86400)
#define YEAR (365 * DAY)
#define NOW INT64_C(1767225600) /* 2026-01-01 */

/* A certificate that must come out; a specification that must be refused with a line that holds `because`. */
struct pki_cert *make(const struct pki_spec *spec);
void refused(const struct pki_spec *spec, const char *because);
/* P-256, from a year before NOW to a year after. */
struct pki_spec spec_of(const char *name, enum pki_use use, const struct pki_cert *issuer);

X509 *parse(const char *pem);
/* NULL when it does not open with that password. */
EVP_PKEY *parse_key(const char *pem, const char *password);
/* X509_V_OK or the X509_V_ERR of verifying the first certificate of chain_pem below the root; crl_pem may be NULL. */
int verify(const struct pki_cert *root, const char *chain_pem, int purpose, int64_t at_s, const char *crl_pem);

#endif
