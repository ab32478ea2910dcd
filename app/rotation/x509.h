/* The little that must be known of a certificate before it is stored: whose it is and when it is valid.
 *
 * The certificate store tells these facts of what it holds, but never hands a certificate out again; so this is how an
 * announced root is recognised as the one in service, without storing it beside itself. Nothing is verified here.
 */
#ifndef ROTATION_X509_H
#define ROTATION_X509_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/rotation/pem.h"

#define X509_DER_MAX 1536u /* bytes of DER looked at; a longer way to the end of the subject is "not understood" */

struct x509_glance {
	int64_t not_before_s, not_after_s; /* since 1970 */
	size_t issuer_at, issuer_length;   /* contents of both names, in der */
	size_t subject_at, subject_length;
	size_t length;
	uint8_t der[X509_DER_MAX]; /* the beginning of the certificate */
};

/* 0; -EBADMSG: not understood. */
int x509_look(const struct pem_span *certificate, struct x509_glance *ret);
/* Does the one-line name that the store gives ("/C=DE/CN=Some Root") hold all values of the subject (issuer), in their order and
 * nothing more? False also when the name has characters that the line may write differently. */
bool x509_subject_is(const struct x509_glance *glance, const char *line);
bool x509_issuer_is(const struct x509_glance *glance, const char *line);

/* Seconds since 1970 of a date of the Gregorian calendar, UTC; month 1..12. The device's C library has no timegm(). */
int64_t x509_seconds(int64_t year, int month, int day, int hour, int minute, int second);

#endif
