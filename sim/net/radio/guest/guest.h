/* Where things are in the guest of the radio network: agreed between who packs them (radio/image.c) and who uses them (init.c).
 */
#ifndef SIM_NET_RADIO_GUEST_GUEST_H
#define SIM_NET_RADIO_GUEST_GUEST_H

#define GUEST_MODULES "/modules"
#define GUEST_FREERADIUS "/daemons/freeradius"
#define GUEST_RADIUS_LIB "/daemons/radius-lib"
#define GUEST_RADIUS_SHARE "/daemons/radius-share"
#define GUEST_HOSTAPD "/daemons/hostapd"
#define GUEST_WPA_SUPPLICANT "/daemons/wpa_supplicant"
#define GUEST_FAKETIME "/daemons/libfaketime.so"
#define GUEST_BUSYBOX "/daemons/busybox"
#define GUEST_DEVCLOCK "/daemons/libdevclock.so"

#define GUEST_RADIOS "radios=8" /* NET_RADIOS: the device, and all access points */
#define GUEST_PORT "azsim.testnet" /* of the virtual serial port */
#define GUEST_LOGS_TAG "logs"      /* of the share for logs */

#endif
