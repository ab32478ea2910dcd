/* Certificates and private keys as an application or an operator hands them in: PEM, and nothing in it trusted.
 *
 * What the API accepts [certstore.h, "Acquire and deploy certificates" on Microsoft Learn]: one X.509 certificate; an RSA or EC
 * private key as PKCS#1, SEC1 or PKCS#8, plain or encrypted with a password. Leaves to others: identifiers, space, storing.
 */
#ifndef DEVICE_CERT_PARSE_H
#define DEVICE_CERT_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emu-applibs/device/auth.h"

/* A parsed certificate, and its key when it is a client's. Never changes; counted references. */
struct certificate {
	unsigned references;
	bool is_client; /* it was installed with a key */
	bool damaged;   /* its bytes went bad in flash: cert_pem is "", key_pem NULL */
	char *cert_pem; /* one certificate, without text around it */
	char *key_pem;  /* unencrypted PKCS#8; NULL: none. Secret */
	size_t blob_bytes; /* PEM as it was handed in, certificate and key */
	size_t der_bytes;  /* certificate and key in DER, the key unencrypted */
	int64_t not_before_s, not_after_s; /* since 1970 */
	char subject[AUTH_SUBJECT_MAX], issuer[AUTH_SUBJECT_MAX]; /* one-line slash style, cut at 300 characters */
};

/* Forms on which the documents differ: readings, so the caller is asked whether it takes one when one is met. */
enum cert_form {
	CERT_FORM_BARE,               /* base64 without BEGIN and END lines */
	CERT_FORM_SEC1,               /* a key as EC PRIVATE KEY */
	CERT_FORM_PLAIN_KEY_PASSWORD, /* a password for a key that is not encrypted; it is not looked at then */
};
struct cert_rules {
	bool (*takes)(const void *ctx, enum cert_form form);
	const void *ctx;
};

/* The first PEM block must be a certificate; what follows it is left out, as a device's OS extracts one. 0 and *ret
 * (certificate_unref); -EINVAL: not a certificate. */
int certificate_parse(const uint8_t *pem, size_t length, const struct cert_rules *rules, struct certificate **ret);
/* Adds the private key. password: NULL when none was given, else a C string. 0; -EINVAL: not a key, wrong password, a
 * password for a plain key (unless the rules take it) or none for an encrypted one, or the key of another certificate. */
int certificate_add_key(struct certificate *certificate, const uint8_t *pem, size_t length, const char *password,
                        const struct cert_rules *rules);

/* Why the two calls above refuse these, for a person: a static text, or NULL when they do not. key: NULL for none. */
const char *certificate_explain(const uint8_t *pem, size_t length, const uint8_t *key, size_t key_length, const char *password,
                                const struct cert_rules *rules);
/* What flash has of it when its bytes have gone bad: something of the same size that says nothing. One reference. */
struct certificate *certificate_damaged(const struct certificate *certificate);

struct certificate *certificate_ref(struct certificate *certificate);
/* NULL is fine. Wipes the key with the last reference. */
void certificate_unref(struct certificate *certificate);

#endif
