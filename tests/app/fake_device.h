/* A device, a RADIUS server and an issuer in a few hundred lines, behind struct rot_ops and struct rot_source: for tests that
 * drive the whole rotation through every reading and a power cut at every change. Certificates are numbers ("credentials")
 * in PEM frames. The full model of the device is emu-applibs/device; this one is written apart from it, from the documents
 * alone, so that both do not share a mistake.
 */
#ifndef TESTS_APP_FAKE_DEVICE_H
#define TESTS_APP_FAKE_DEVICE_H

#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>

#include "app/rotation/rotation.h"

enum { FAKE_CERTS = 6, FAKE_NETS = 10, FAKE_CREDENTIALS = 64, FAKE_ID = 17 };

struct fake_readings {
	bool reload_keeps;       /* unsaved settings survive a reload */
	unsigned set_effect;     /* 0 reconnects at once, 1 at the next connect, 2 at a reload */
	bool seen_at_once;       /* certificates are seen without a reload */
	bool move_needs_target;  /* CertStore_MoveCertificate wants an existing destination */
	unsigned order;          /* of networks with one SSID: 0 lower id, 1 last connected, 2 higher id */
	int max_networks;
	bool enabling_is_no_reload; /* with set_effect 2: not even a network that is enabled anew takes its settings */
};

struct fake_credential {
	bool root;
	int64_t not_before_s, not_after_s;
	bool refused; /* by RADIUS, although valid */
};

struct fake_cert {
	char id[FAKE_ID];
	int credential; /* 0: slot is free */
};

struct fake_net {
	bool used, enabled;
	int id;
	char name[FAKE_ID], root[FAKE_ID], client[FAKE_ID];
	char root_in_use[FAKE_ID], client_in_use[FAKE_ID];
	int64_t aside_until_s;
	unsigned failures, turn;
	int error, cert_error; /* of the last failed attempt, as in WifiConfig_NetworkDiagnostics */
	int64_t failed_s;      /* when that was, on the device's clock */
};

enum fake_cut { FAKE_NO_CUT, FAKE_POWER_CUT, FAKE_KILL };

struct fake {
	struct fake_readings readings;
	struct fake_credential credentials[FAKE_CREDENTIALS];
	int credential_count;

	/* Flash. */
	struct fake_cert certs[FAKE_CERTS];
	struct fake_net saved[FAKE_NETS];
	uint8_t journal[8192];
	/* RAM. */
	struct fake_cert seen[FAKE_CERTS];
	struct fake_net nets[FAKE_NETS];
	int connected; /* network id; -1 */
	int connected_root, connected_client; /* credentials */
	int64_t attempt_at_s, reauth_at_s;
	unsigned turns;

	/* World. */
	int64_t now_s;            /* true time, since 1970; also the monotonic clock */
	int64_t clock_offset_s;   /* of the device */
	bool time_sync;           /* the network gives the time */
	bool radius_up, issuer_up;
	int64_t reauth_s;         /* of the access point; 0: never */
	int64_t server_since_s;   /* NotBefore of RADIUS's certificate */
	int radius_root;          /* credential of the root that RADIUS's certificate leads to */
	int issuer_root;          /* what /v1/root-ca answers */
	int64_t issuer_life_s, issuer_start_s; /* of new client certificates, relative to now */
	bool issuer_refused_certs; /* new client certificates are such that RADIUS refuses them */
	const char *issuer_garbage; /* instead of any answer; NULL: none */
	unsigned issued, requests;
	uint32_t chance;

	/* The application. */
	struct rotation rotation;
	struct rot_ops ops;
	struct rot_source source;
	struct rot_config config;
	bool running;
	int64_t step_at_s;

	/* Faults. */
	unsigned changes, cut_at; /* changes of anything, and before which one the cut comes (from 1; 0: never) */
	enum fake_cut cut;
	jmp_buf cut_jump;

	/* What was seen. */
	int worked_root, worked_client; /* of the last authentication that succeeded */
	int saved_root, saved_client; /* of the last of these to which a saved network led */
	struct {
		int root, client;
	} pairs[FAKE_CREDENTIALS]; /* all that have */
	int pair_count;
	bool carried_by_net2;
	const char *violated;           /* the first broken rule; NULL: none */
	int64_t offline_since_s, offline_longest_s; /* longest time without connection */
	unsigned reloads, persists, installs;
	struct {
		int64_t day;
		unsigned calls, writes, requests;
	} today, worst; /* per day: API calls, writes to flash, requests to the source */
	char last_log[256];
	bool verbose;
};

/* A device in normal operation: Network1 with RootCA1 (valid -5y..+5y) and ClientCert1 (-1d..+life). */
void fake_init(struct fake *f, const struct fake_readings *readings, int64_t client_life_s);
int fake_credential(struct fake *f, bool root, int64_t not_before_s, int64_t not_after_s);
/* Let time pass, the application running. */
void fake_run(struct fake *f, int64_t seconds);
/* RAM is gone; the application starts anew. */
void fake_reboot(struct fake *f);
/* The application alone starts anew. */
void fake_restart(struct fake *f);
/* Number of the credential stored under id; 0: none. */
int fake_stored(const struct fake *f, const char *id);
/* The running network of that name, or NULL. */
struct fake_net *fake_net(struct fake *f, const char *name);
/* Network1 only, RootCA1 and ClientCert1 only, saved as running, connected to Network1. NULL, or what is not so. */
const char *fake_not_settled(struct fake *f);

#endif
