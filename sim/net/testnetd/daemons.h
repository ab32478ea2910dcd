/* The three daemons of the wired or the radio network, and their clocks: start, readiness by fact, proof of the time each lives in.
 *
 * hostapd stays on the real clock: it looks at no certificate. FreeRADIUS and wpa_supplicant each live in the time of a file
 * on the helper's tmpfs (libfaketime). Leaves to others: one authentication (testnetd/attempt.c), requests (testnetd.c).
 */
#ifndef SIM_NET_TESTNETD_DAEMONS_H
#define SIM_NET_TESTNETD_DAEMONS_H

#include "sim/net/testnet/testnet.h"
#include "sim/net/testnetd/testnetd.h"
#include "sim/net/testnetd/capture.h"
#include "sim/net/testnetd/ctl.h"
#include "sim/net/testnetd/proc.h"

/* Of the simulated access points, MHz: lists as settings and as a scan take them. */
#define DAEMONS_FREQUENCIES "2412"
#define DAEMONS_SCAN_FREQUENCIES "2412"

/* Ports of our own network namespace: nobody else is there. */
#define DAEMONS_AUTH_PORT 1812
#define DAEMONS_STATUS_PORT 18121

#define DAEMONS_INTERFACE_MAX 16
#define DAEMONS_PATH_MAX 96 /* our folders are short, so that socket addresses hold them */

/* What lies between access point and device. */
struct medium {
	bool radio;
	const char *ap_interface, *device_interface, *device_mac; /* of the first access point; of the device */
	const char *capture_interface; /* on which everything is seen that goes between the two */
	const char *supplicant_driver;
	const char *hostapd_template, *supplicant_template;
	unsigned start_limit_ms; /* real time that a daemon may take to be ready */
};

extern const struct medium medium_wire; /* a veth pair: testnetd/ns.h */
extern const struct medium medium_air;  /* two radios of mac80211_hwsim */

struct devclock;
struct loss_table;

struct daemons {
	const struct medium *medium;
	const struct testnetd_paths *paths;
	const char *work; /* the private tmpfs */
	struct proc radius, supplicant;
	struct proc ap[NET_BSS_MAX]; /* hostapd of each access point of RADIUS's; the wire has the first */
	struct ctl ap_ctl, supplicant_ctl; /* ap_ctl: of the first */
	struct proc others[NET_OTHERS_MAX]; /* hostapd of the other access points, each with a radio of its own */
	struct proc dhcp_server, dhcp_client; /* on air: testnetd/lan.h */
	struct proc carrier; /* on air, once frames get lost: testnetd/loss.h */
	struct loss_table *loss; /* its; NULL: mac80211_hwsim carries all */
	uint32_t loss_seed;
	int dhcp_radio; /* of the access point that the server is at */
	bool has_address; /* the device, and which, at the access point of this radio */
	struct net_address address;
	int address_radio;
	struct capture capture;
	char key_log[DAEMONS_PATH_MAX]; /* of RADIUS, while there is a capture */
	int dir_fd;    /* the folder for logs; borrowed */
	int child_fd;  /* signalfd of SIGCHLD */
	int status_fd; /* asks RADIUS for its time */
	int eapol_fd;  /* sends EAPOL-Start as the device; -1 on air, where wpa_supplicant does */
	char secret[33], wrong_secret[33], status_secret[33];
	bool has_state;
	struct net_state state; /* owned */
	bool air_changed; /* since wpa_supplicant last forgot what it saw in scans: daemons_forget_scans() */
	bool has_clocks; /* somebody has set them */
	int64_t device_wall_s, radius_wall_s;
	uint64_t clocks_at_ns; /* real time at which the two stood there */
	unsigned note_count;
	bool joined; /* on air: wpa_supplicant was connected when the last attempt ended */
	struct devclock *devclock; /* wpa_supplicant's monotonic clock and chance; NULL on a wire */
};

/* After ns_build(), or in the guest: folders, links, logs (in dir_fd), sockets. Starts nothing; clocks begin at the real time. */
int daemons_init(struct daemons *d, const struct medium *medium, const char *work, int dir_fd,
                 const struct testnetd_paths *paths, struct az_error *ret_error);
/* Makes the daemons be as `state` says, and keeps it (owned from here on, also on failure). 0, or negative errno and
 * *ret_error. */
int daemons_apply(struct daemons *d, struct net_state *state, struct az_error *ret_error);
/* Sets both clocks and proves that each running daemon lives there. */
int daemons_set_clocks(struct daemons *d, int64_t device_wall_s, int64_t radius_wall_s, struct az_error *ret_error);
/* As set, again: the daemons' clocks ran on while real time went by. Cheap when little of it did. */
int daemons_hold_clocks(struct daemons *d, struct az_error *ret_error);
/* What wpa_supplicant saw in scans is of another time, if the air has changed since; what it is connected to it would keep, so it must not
 * be. 0 or negative errno. */
int daemons_forget_scans(struct daemons *d);
/* The control socket of RADIUS's access point number `index`, to be closed after use. 0 or negative errno. */
int daemons_open_ap(const struct daemons *d, size_t index, struct ctl *ctl);
/* From here on, what goes over wire or air is kept. RADIUS writes its key log if it starts after this. */
int daemons_capture(struct daemons *d, struct az_error *ret_error);
/* The frames of an exchange that is over go into the file. */
void daemons_capture_flush(struct daemons *d);

/* 0; or -ECHILD and *ret_error when a daemon ended by itself, or a log could not be written (its errno). */
int daemons_check(struct daemons *d, struct az_error *ret_error);
/* The same after a control socket failed: a socket closes a moment before the end of its process is known. */
int daemons_check_after_failure(struct daemons *d, struct az_error *ret_error);

/* Waits for anything to happen, at most until `until_ns` (real_now_ns), and also for `fd` to be readable unless negative; then
 * reads what the daemons wrote and notices ends. True: `fd` is readable. Events of wpa_supplicant stay for ctl_next_event(). */
bool daemons_wait(struct daemons *d, int fd, uint64_t until_ns);
/* Waits that long (0: only takes what is there), and drops wpa_supplicant's events. */
void daemons_pause(struct daemons *d, unsigned ms);

/* Real time (real_now_ns) in so many milliseconds. */
uint64_t daemons_in_ms(unsigned ms);
/* A file below the work folder; returns out. */
const char *daemons_work_path(const struct daemons *d, const char *name, char out[DAEMONS_PATH_MAX]);
/* Of a daemon that lives in the real time. */
extern const char *const daemons_environment[];
/* The interface of a radio; returns out. */
const char *daemons_interface(unsigned radio, char out[DAEMONS_INTERFACE_MAX]);
/* Says that the test network cannot be prepared, as `what` failed; returns r, a negative errno. */
int daemons_fail_setup(struct az_error *ret_error, int r, const char *what);

#endif
