/* The rotation's table of calls, bound to the device: applibs, the clocks, the mutable file, the log. */
#ifndef APP_DEVICE_OPS_H
#define APP_DEVICE_OPS_H

#include "app/rotation/rotation.h"

/* Static storage; stateless, so ctx is NULL. */
extern const struct rot_ops device_ops;

#endif
