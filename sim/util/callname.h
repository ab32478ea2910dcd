/* The public names of API calls. Some functions of the headers are one message with an attribute or a field:
 * WifiConfig_ReloadConfig is WIRE_WIFI_SET_OPT with attribute 4. */
#ifndef SIM_UTIL_CALLNAME_H
#define SIM_UTIL_CALLNAME_H

#include <stddef.h>
#include <stdint.h>

#define CALLNAME_ANY (-1) /* no attribute, or any */

/* The attribute or field that a request carries, or CALLNAME_ANY. */
int callname_attribute(uint16_t op, const uint8_t *payload, size_t length);
/* The public name; static storage; never NULL. */
const char *callname_of(uint16_t op, int attribute);
/* 0 and both, or -ENOENT. */
int callname_find(const char *name, uint16_t *ret_op, int *ret_attribute);
/* The names, for messages: the i-th, or NULL past the end. */
const char *callname_at(size_t i);

#endif
