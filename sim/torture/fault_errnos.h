/* What the functions of applibs document as errno, by name. */
#ifndef SIM_TORTURE_FAULT_ERRNOS_H
#define SIM_TORTURE_FAULT_ERRNOS_H

#include <stddef.h>

#define FAULT_ERRNOS_MAX 16 /* of one function */

/* The different errnos of a function, in the order of emu-applibs/errnos.h. Left out is EFAULT: it says that the application passed a
 * bad pointer, which its library finds out before the device is asked. Returns their number; 0: it documents none. */
size_t fault_errnos(const char *function, int ret[FAULT_ERRNOS_MAX]);
/* "EAGAIN" to EAGAIN; 0: there is no such errno. */
int fault_errno_by_name(const char *name);

#endif
