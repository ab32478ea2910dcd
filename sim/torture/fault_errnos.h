/* What a call can get instead of its answer, by name: what the functions of applibs document as errno; of an HTTP request, what happens to
 * requests. Both are one number: an errno, or an enum fault_http. */
#ifndef SIM_TORTURE_FAULT_ERRNOS_H
#define SIM_TORTURE_FAULT_ERRNOS_H

#include <stdbool.h>
#include <stddef.h>

#define FAULT_ERRNOS_MAX 16 /* of one function */

enum fault_http {
	/* Of the connection; beside these ECONNREFUSED and ETIMEDOUT. */
	FAULT_HTTP_NONAME = 1000, /* the host's name is not found */
	/* Of the request, which the server never sees. */
	FAULT_HTTP_UNTRUSTED, /* the server's certificate does not pass */
	FAULT_HTTP_500,
	FAULT_HTTP_503,
	/* Of the answer: the server has done what was asked. */
	FAULT_HTTP_LOST,  /* the connection ends before it comes */
	FAULT_HTTP_CUT,   /* ... in the middle of its body */
	FAULT_HTTP_STALL, /* it does not come, and the connection stays */
};

/* Where an application can get one. */
enum fault_place {
	FAULT_AT_CALL,    /* of applibs */
	FAULT_AT_CONNECT, /* the beginning of an HTTP request */
	FAULT_AT_REQUEST, /* and what follows */
};

/* The different errnos of a function, in the order of emu-applibs/errnos.h. Left out is EFAULT: it says that the application passed a
 * bad pointer, which its library finds out before the device is asked. At the other places: what can happen there. Returns their
 * number; 0: it documents none. */
size_t fault_errnos(enum fault_place place, const char *function, int ret[FAULT_ERRNOS_MAX]);
/* Can this be had there? Any errno at a call. */
bool fault_fits(enum fault_place place, int error);
/* "EAGAIN" to EAGAIN, "HTTP503" to FAULT_HTTP_503; 0: there is no such thing. */
int fault_errno_by_name(const char *name);
const char *fault_errno_name(int error);

#endif
