/* The certificate source that ships: HTTPS by libcurl, the device proving itself by its device-authentication certificate.
 *
 *   GET  /v1/root-ca             -> 200, one PEM certificate: the root of the RADIUS server, or the one it is about to have
 *   POST /v1/client-certificate  -> 200, a PEM certificate and then its private key; the body is the EAP identity, or empty
 *
 * The issuer is believed only if its own certificate leads to certs/issuer-ca.pem of the image package: a trust of its
 * own, apart from the roots that are being rotated. Blocks for at most SOURCE_TIMEOUT_S.
 */
#ifndef APP_SOURCE_HTTPS_H
#define APP_SOURCE_HTTPS_H

#include "app/rotation/source.h"

#define SOURCE_TIMEOUT_S 60L         /* of a whole request */
#define SOURCE_CONNECT_TIMEOUT_S 20L /* of name, connection and TLS handshake */
#define SOURCE_CA_FILE "certs/issuer-ca.pem"

struct source_https;

/* issuer: https://HOST[:PORT], borrowed. 0 and *ret, to be freed with source_https_free(); -ENOMEM, or -EIO when libcurl does
 * not start. Once per process. */
int source_https_new(const char *issuer, struct source_https **ret);
void source_https_free(struct source_https *source); /* NULL is fine */
/* The table for the rotation; valid as long as source. */
struct rot_source source_https_table(struct source_https *source);

#endif
