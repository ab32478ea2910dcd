/* The templates of radius-config/, inside the program: azsim needs no file of its source tree at run time.
 * The assembler reads them when this file is compiled (make runs at the top of the tree, which is where the paths start).
 */
#include "sim/net/testnetd/conf.h"

#define EMBED(symbol, path)                                                                                       \
	__asm__(".section .rodata\n"                                                                              \
	        ".global " #symbol "\n"                                                                           \
	        ".type " #symbol ", @object\n" #symbol ":\n"                                                      \
	        ".incbin \"" path "\"\n"                                                                          \
	        ".byte 0\n"                                                                                       \
	        ".size " #symbol ", . - " #symbol "\n"                                                            \
	        ".previous\n")

EMBED(testnetd_template_radiusd, "radius-config/radiusd.conf.in");
EMBED(testnetd_template_dictionary, "radius-config/dictionary.in");
EMBED(testnetd_template_openssl, "radius-config/openssl.cnf.in");
EMBED(testnetd_template_hostapd, "radius-config/hostapd.conf.in");
EMBED(testnetd_template_supplicant, "radius-config/wpa_supplicant.conf.in");
EMBED(testnetd_template_hostapd_radio, "radius-config/hostapd-radio.conf.in");
EMBED(testnetd_template_supplicant_radio, "radius-config/wpa_supplicant-radio.conf.in");
EMBED(testnetd_template_hostapd_other, "radius-config/hostapd-other.conf.in");
