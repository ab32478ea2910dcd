/* Namespaces of the test network, as an ordinary user: user, network, mount and pid; two interfaces joined by a cable.
 *
 * Leaves to others: what runs inside (testnetd.c), and telling a person what to change (wired/probe.c).
 */
#ifndef SIM_NET_TESTNETD_NS_H
#define SIM_NET_TESTNETD_NS_H

#include <net/if.h>
#include <stdint.h>
#include <sys/types.h>

#define NS_AP_INTERFACE "ap0"
#define NS_DEVICE_INTERFACE "dev0"
/* Locally administered addresses; the same in every run, so that logs agree. */
extern const uint8_t ns_ap_mac[6];
extern const uint8_t ns_device_mac[6];
#define NS_DEVICE_MAC_TEXT "02:00:00:00:00:02"

/* How far ns_enter() came; for messages. */
enum ns_step { NS_STEP_UNSHARE, NS_STEP_MAP, NS_STEP_MOUNT, NS_STEP_LOOPBACK, NS_STEP_VETH, NS_STEP_PACKET };
const char *ns_step_name(enum ns_step step);

/* Leaves the caller's namespaces. The pid namespace holds for children forked afterwards. Root who is refused a user
 * namespace (in a chroot, say) goes on without one. 0, or negative errno and the step that failed. */
int ns_enter(enum ns_step *ret_step);

/* In the new namespaces: a private tmpfs on `mount_point`, loopback up, the veth pair made and up. */
int ns_build(const char *mount_point, enum ns_step *ret_step);

/* A raw socket that sends EAPOL-Start as the device's interface and receives nothing; or negative errno. */
int ns_open_eapol(void);
/* Sends one EAPOL-Start to the PAE group address. 0 or negative errno. */
int ns_send_eapol_start(int fd);

/* A folder of one short path component that is neither of `avoid` (NULL-terminated) nor above one of them, to be hidden by
 * our tmpfs; static storage; NULL when there is none. */
const char *ns_mount_point(const char *const *avoid);

#endif
