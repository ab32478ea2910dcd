/* What may come from a certificate source, told apart from everything else. */
#ifndef ROTATION_PEM_H
#define ROTATION_PEM_H

#include <stddef.h>
#include <stdint.h>

struct pem_span {
	const char *text;
	size_t length;
};

/* `body` must be exactly one certificate, with nothing but white space around it. 0 or -EBADMSG. */
int pem_one_certificate(const char *body, size_t length, struct pem_span *ret_certificate);
/* `body` must be exactly one certificate and then exactly one unencrypted private key. 0 or -EBADMSG. */
int pem_certificate_and_key(const char *body, size_t length, struct pem_span *ret_certificate, struct pem_span *ret_key);
/* A number that is the same for the same PEM text whatever its line breaks; never 0. Tells roots apart; it is no proof. */
uint64_t pem_fingerprint(const struct pem_span *span);

#endif
