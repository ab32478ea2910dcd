/* What wpa_supplicant's answers about the air mean: text in, rows out.
 */
#ifndef SIM_NET_TESTNETD_SCAN_H
#define SIM_NET_TESTNETD_SCAN_H

#include "emu-applibs/device/join.h"

/* An answer to SCAN_RESULTS: rows as far as there is room for them; lines that are none are passed over. Access points whose kind of
 * security the device does not know (WEP, SAE alone) are left out. Returns their number. */
size_t scan_rows(const char *text, struct join_row *rows, size_t max);
/* "key=value" at the begin of a line of STATUS or SIGNAL_POLL, into out. False: there is none, or it is longer than that. */
bool scan_value(const char *text, const char *key, char *out, size_t size);
/* "02:00:00:00:01:00" */
bool scan_address(const char *text, uint8_t out[6]);

#endif
