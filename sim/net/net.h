/* A test network: what a device can authenticate to. Three implementations, one meaning.
 *
 * The wanted state is declared as a whole (struct net_state); the backend finds out what changed and does what that takes
 * (restart RADIUS, swap a file, take the AP down). Virtual time stands still during every call here; calls block in real
 * time, each bounded by the backend.
 */
#ifndef SIM_NET_NET_H
#define SIM_NET_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emu-applibs/device/auth.h"
#include "emu-applibs/device/join.h"
#include "sim/util/error.h"

#define NET_CAPTURE_FILE "capture.pcapng"

enum net_tls { NET_TLS_1_2, NET_TLS_1_3 };

/* The largest EAP packet that RADIUS sends: the smallest that TLS still fits in reasonably, FreeRADIUS's default, and what an
 * access point takes from RADIUS in one piece (RFC 3579 2.3: a RADIUS packet has at most 4096 bytes; EAPOL carries less). */
#define NET_FRAGMENT_MIN 128
#define NET_FRAGMENT_DEFAULT 1024
#define NET_FRAGMENT_MAX 1400

/* Signal levels at the device, in dBm: what simulated radios can be set to. */
#define NET_SIGNAL_MIN (-80)
#define NET_SIGNAL_MAX (-20)
#define NET_SIGNAL_DEFAULT (-30)

/* An access point as it is on the air. */
struct net_air {
	bool up;
	bool in_range;  /* what it sends comes to the device, and the other way round */
	int signal_dbm; /* NET_SIGNAL_MIN..MAX */
	unsigned loss_percent; /* 0..100: of the frames in each direction, those that are lost for good; the radio network alone loses any */
};
/* Initializer: heard well. */
#define NET_AIR_WELL {.up = true, .in_range = true, .signal_dbm = NET_SIGNAL_DEFAULT}

static inline bool net_is_heard(const struct net_air *air)
{
	return air->up && air->in_range;
}

/* Access points that RADIUS stands behind: they share SSID and settings, each has a BSSID of its own. */
#define NET_BSS_MAX 3
/* In an initializer of struct net_state: there is one, which is heard well. */
#define NET_ONE_BSS .bss = {NET_AIR_WELL}, .bss_count = 1

/* An access point beside those that RADIUS stands behind. */
struct net_ap {
	const char *ssid; /* C string, 1..32 bytes */
	enum auth_security security;
	const char *psk;  /* AUTH_SECURITY_PSK: passphrase or 64 hex digits; secret */
	bool hidden;
	struct net_air air;
};
#define NET_OTHERS_MAX 4

/* PEM strings and the arrays are borrowed for the call of apply(); a backend keeps copies of what it needs. */
struct net_state {
	const char *ssid;              /* C string, 1..32 bytes */
	const char *server_chain_pem;  /* RADIUS certificate, then its intermediates */
	const char *server_key_pem;    /* unencrypted; secret */
	const char *client_roots_pem;  /* what RADIUS trusts for clients: one or more certificates */
	const char *crl_pem;           /* NULL: no CRL check; "": RADIUS checks, and has no CRL */
	const char *const *known_identities; /* NULL-terminated; NULL: every identity may start EAP-TLS */
	const char *const *only_clients; /* NULL-terminated serial numbers (lower-case hex of whole bytes): RADIUS has these client
	                                * certificates on file and lets no other in, however valid; NULL: it has no such file */
	unsigned fragment_size;        /* NET_FRAGMENT_MIN..MAX: of RADIUS's EAP packets; 0: the default */
	bool cn_must_match;            /* identity must equal the client certificate's CN */
	enum net_tls tls;              /* the one version RADIUS speaks */
	bool radius_up;
	bool radius_secret_wrong;      /* AP and RADIUS do not share the secret */
	bool hidden;                   /* its access points tell their name only to those who know it */
	bool pmksa_caching;            /* its access points let a device in again by the key of its last authentication with them */
	struct net_air bss[NET_BSS_MAX]; /* the wired network takes the one that the device would choose, and says it is the first */
	size_t bss_count;              /* 1..NET_BSS_MAX */
	const struct net_ap *others;   /* other access points; the wired network has none */
	size_t other_count;            /* <= NET_OTHERS_MAX */
};

/* Which access point of RADIUS's network a device joins: the strongest of those that it hears, of equal ones the first. -1: none. */
int net_choose_bss(const struct net_state *state);
/* The same for a request, which may be for one of them. */
int net_find_bss(const struct net_state *state, const struct auth_request *request);
/* Does any access point that the device hears lose frames? */
bool net_loses_frames(const struct net_state *state);
/* Their BSSIDs; mac80211_hwsim numbers its radios in their addresses. index: of bss, or of others. */
void net_bss_address(size_t index, uint8_t out[AUTH_BSSID_LENGTH]);
void net_other_address(size_t index, uint8_t out[AUTH_BSSID_LENGTH]);
/* Radio number of the same; the device's own is NET_RADIO_DEVICE. */
#define NET_RADIO_DEVICE 1
#define NET_RADIOS (1 + NET_OTHERS_MAX + NET_BSS_MAX)
unsigned net_bss_radio(size_t index);
unsigned net_other_radio(size_t index);

/* The access point that answers such a request: one of RADIUS's (*ret_other NULL), or the strongest of the others. False: none does. */
bool net_find_ap(const struct net_state *state, const struct auth_request *request, const struct net_ap **ret_other);
/* What joining one of the others gives, which takes no RADIUS: true and *ret_verdict, unless the request finds the one of RADIUS.
 * For a network whose access points are only thought of. */
bool net_join_other(const struct net_state *state, const struct auth_request *request, struct auth_verdict *ret_verdict);

/* What the application gave the device's interface, IPv4 in host byte order; all 0: the device asks for an address by DHCP. */
struct net_address {
	uint32_t address, mask, gateway;
};

#define NET_CARRY_MAX (32u * 1024u)

struct net; /* one network, made by its ops */

struct net_ops {
	const char *name;  /* "model", "wired", "radio" */
	const char *about; /* one line for --help */
	bool when_named;   /* slow: played only where --net names it */
	/* 0; or a status of error.h and why: can this machine do it? Quick, leaves nothing behind. */
	int (*probe)(struct az_error *ret_error);
	/* NULL, or for --help: how it is done on this machine, in a line of static storage; that may be NULL. As quick as probe(). */
	const char *(*how)(void);
	/* dir: an existing folder of this network's own, for logs and scratch; mode 0700, path may be long.
	 * 0 and *ret_net, or a negative errno and *ret_error. */
	int (*open)(const char *dir, struct net **ret_net, struct az_error *ret_error);
	/* Keeps what goes over wire or air and to RADIUS, from before the first apply() to the end, as NET_CAPTURE_FILE in the network's
	 * folder: pcapng, dated in RADIUS's time, with the secrets of its TLS. NULL where nothing goes anywhere. */
	int (*capture)(struct net *net, struct az_error *ret_error);
	int (*apply)(struct net *net, const struct net_state *state, struct az_error *ret_error);
	/* Wall clocks, seconds since 1970. After it returns 0 each daemon's clock has been proved to stand there (within 2 s). */
	int (*set_clocks)(struct net *net, int64_t device_wall_s, int64_t radius_wall_s, struct az_error *ret_error);
	/* One full EAP-TLS authentication with the clocks as set. 0 and *ret_verdict whatever the verdict; a negative errno
	 * and *ret_error when the network itself failed (a daemon died, no verdict where there should be one). */
	int (*authenticate)(struct net *net, const struct auth_request *request, struct auth_verdict *ret_verdict,
	                    struct az_error *ret_error);
	/* NULL where no IP goes over the network; else TCP from the device to hosts behind it.
	 * connect: id, unique in the run, stands for the connection from here on; own: the device's address. carry: `length` bytes (up to
	 * NET_CARRY_MAX) from one end to the other, where they come as they are in `bytes` afterwards; 0 of them: the end of that direction.
	 * Each 0; -ENETUNREACH: the device is in no network; another errno of a socket: the connection is gone, or cannot be had; *ret_error
	 * has words when the network itself failed. close: of both ends. */
	struct {
		int (*connect)(struct net *net, uint32_t id, const struct net_address *own, uint32_t address, uint16_t port, struct az_error *ret_error);
		int (*carry)(struct net *net, uint32_t id, bool from_device, uint8_t *bytes, size_t length, struct az_error *ret_error);
		int (*close)(struct net *net, uint32_t id, struct az_error *ret_error);
	} tcp;
	/* The four that follow are there where a supplicant of the network's own chooses among the device's networks, else NULL.
	 * join: lets it go on from where the last call left it, until one network was tried or nothing can be. 0 and *ret_result; a
	 * negative errno and *ret_error when the network itself failed. */
	int (*join)(struct net *net, const struct join_request *join, struct join_result *ret_result, struct az_error *ret_error);
	/* The answer without asking: the last call found nothing, and asked the same but for the moment, and nothing was applied since. */
	bool (*join_known)(struct net *net, const struct join_request *join, struct join_result *ret_result);
	/* Scans now, asking for these names (ssid), too. Number of rows, or a negative errno and *ret_error. */
	int (*scan)(struct net *net, const struct auth_request *names, size_t name_count, struct join_row rows[JOIN_ROWS_MAX],
	            struct az_error *ret_error);
	/* BSSID, frequency and strength of the access point in use. 1; 0: none is; a negative errno and *ret_error. */
	int (*signal)(struct net *net, struct join_row *ret_row, struct az_error *ret_error);
	/* Everything stops, nothing is left but the logs in dir. NULL is fine. */
	void (*close)(struct net *net);
};

extern const struct net_ops net_model_ops;
extern const struct net_ops net_wired_ops;
extern const struct net_ops net_radio_ops;

/* NULL-terminated list of all networks. */
extern const struct net_ops *const net_all[];
const struct net_ops *net_by_name(const char *name);

#endif
