/* The whole choice of a network, as the device OS hands it to a network that has a supplicant of its own: all networks of the device
 * go over, and what that supplicant did first comes back. Where a network has none, device/supplicant_select.c chooses.
 *
 * Plain data, no behaviour; beside auth.h, for one attempt.
 */
#ifndef DEVICE_JOIN_H
#define DEVICE_JOIN_H

#include "emu-applibs/device/auth.h"

#define JOIN_NETWORKS_MAX 64
#define JOIN_ROWS_MAX 64

/* One network of the device. Pointers are borrowed for the call. */
struct join_network {
	uint64_t serial;  /* the same network has the same one in every call; never used again */
	uint64_t handed;  /* another value: it was enabled or read anew, and nothing is held against it any more */
	bool enabled;     /* what follows is looked at for enabled ones only */
	bool held;        /* the device does not try it now, for a reason of its own: nothing is forgotten */
	bool preferred;   /* before those that follow, however strong their access points are; else the supplicant's own order */
	const char *root_id, *client_id; /* names of the certificates, "" for none: a setting has another value when they differ */
	struct auth_request request; /* client_cert_pem NULL: no such certificate, root_missing: no such root */
	bool root_missing;
};

struct join_request {
	uint64_t life;      /* another value: the supplicant remembers nothing of before */
	uint64_t now_ns;    /* virtual time; its own clock shows the second of that */
	uint32_t random;    /* what it is to draw, when it draws: 0..2^31-1 */
	uint64_t again;     /* not 0: the connected network of this serial authenticates again, as the access point asks */
	uint32_t keys_ended; /* bit i: the i-th access point that RADIUS stands behind no longer knows the key that it has cached */
	const struct join_network *networks; /* best first */
	size_t count;       /* <= JOIN_NETWORKS_MAX */
};

/* How long attempts take, ms of virtual time: see the figures in supplicant.c. */
#define JOIN_ATTEMPT_MS 300u
#define JOIN_WRONG_KEY_MS 4200u
#define JOIN_NO_ANSWER_MS 60000u
#define JOIN_NO_CREDENTIALS_MS 10000u

enum join_kind {
	JOIN_TRIED,     /* a network was tried: the verdict says what came of it */
	JOIN_NOT_FOUND, /* nothing that could be joined is in reach */
	JOIN_SET_ASIDE, /* what is in reach is set aside for a time */
};

/* Why a network was not tried. */
enum join_fate {
	JOIN_FATE_NONE,         /* disabled, tried, or another was chosen */
	JOIN_FATE_NOT_FOUND,
	JOIN_FATE_WRONG_SECURITY, /* its name is on the air with security of another kind */
	JOIN_FATE_SET_ASIDE,
};

struct join_result {
	enum join_kind kind;
	uint64_t serial;             /* JOIN_TRIED */
	struct auth_verdict verdict; /* JOIN_TRIED */
	bool cached;                 /* JOIN_TRIED and good: by a key from before, and nobody looked at a certificate */
	unsigned aside_s;            /* JOIN_TRIED and bad: set aside for so long, from the second in which the attempt ends; 0: not at all */
	enum join_fate fates[JOIN_NETWORKS_MAX]; /* else: of each network of the request */
};

/* An access point as a scan shows it, or as the one in use looks. */
struct join_row {
	uint8_t ssid[32];
	size_t ssid_length; /* 0: it does not tell its name */
	enum auth_security security;
	uint8_t bssid[6];
	unsigned frequency_mhz;
	int rssi_dbm;
};

#endif
