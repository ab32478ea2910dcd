/* Texts of web hosts with places that are filled in when they are asked for.
 *
 *   ${cert:NAME}    a certificate as PEM, with its intermediates       ${key:NAME}  its private key as PKCS#8 PEM
 *   ${time:FORMAT}  the present time in UTC, FORMAT as for strftime(3)
 *
 * "${" that begins none of these is refused by template_check(), so a misspelled one does not go out as text.
 */
#ifndef SIM_WEB_TEMPLATE_H
#define SIM_WEB_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct template_source {
	void *ctx;
	int64_t now_s; /* since 1970 */
	/* PEM of the certificate with this name, or of its key; malloc'ed; NULL: there is none. */
	char *(*pem)(void *ctx, const char *name, bool key);
};

/* Is every "${...}" one of the above? names: the known certificates, NULL-terminated. NULL, or a static text that says what is wrong. */
const char *template_check(const char *text, size_t length, const char *const *names);
/* The text with all filled in; json: what is filled in goes into JSON strings. *ret malloc'ed, NUL behind it. -ENOMEM, -EINVAL. */
int template_fill(const char *text, size_t length, bool json, const struct template_source *source, char **ret, size_t *ret_length);

#endif
