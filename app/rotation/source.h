/* Where new certificates come from: two calls. app/source_https.c is the one that ships; tests bring their own.
 *
 * A source only transports text: what is in it is checked by rotation/pem.c and by the certificate store.
 */
#ifndef ROTATION_SOURCE_H
#define ROTATION_SOURCE_H

#include <stddef.h>

#define ROT_BODY_MAX 16384u /* bytes of a reply; longer ones are refused */

struct rot_source {
	void *ctx;
	/* The root certificate that the RADIUS server has, or will soon have: one PEM certificate into `body` (`capacity`
	 * bytes), its length into *ret_length. 0; -EAGAIN: cannot ask yet; other negative errno: no usable answer.
	 * May block for tens of seconds. */
	int (*current_root)(void *ctx, char *body, size_t capacity, size_t *ret_length);
	/* A new client certificate for `identity` and its private key, PEM, the certificate first. As above. The body is
	 * secret: the caller wipes it, the source keeps no copy. */
	int (*new_client)(void *ctx, const char *identity, char *body, size_t capacity, size_t *ret_length);
};

#endif
