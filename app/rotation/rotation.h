/* Both rotations of the certificate life-cycle page, as state machines over applibs.
 *
 * One call, rot_step(), does everything that is due and says when to call again. It reads the device first (certificates,
 * networks, dates, connection) and derives its states from that, so any call may be the last one before a power cut. It
 * has no file, socket, clock or timer of its own: all of that comes through struct rot_ops and struct rot_source.
 * The sequences and why they are safe: README.md in this folder. Single-threaded, as the applibs it calls.
 */
#ifndef ROTATION_ROTATION_H
#define ROTATION_ROTATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include <applibs/certstore.h>
#include <applibs/wificonfig.h>

#include "app/rotation/journal.h"
#include "app/rotation/source.h"

/* What the machine may call. The first group has applibs' own signatures and conventions (-1 and errno). */
struct rot_ops {
	int (*install_client)(const char *id, const char *cert, size_t cert_length, const char *key, size_t key_length,
	                      const char *password);
	int (*install_root)(const char *id, const char *cert, size_t cert_length);
	int (*delete_certificate)(const char *id);
	int (*move_certificate)(const char *source_id, const char *destination_id);
	int (*subject_name)(const char *id, struct CertStore_SubjectName *ret_name);
	int (*issuer_name)(const char *id, struct CertStore_IssuerName *ret_name);
	int (*not_before)(const char *id, struct tm *ret_time);
	int (*not_after)(const char *id, struct tm *ret_time);
	int (*add_duplicate)(int network, const char *name);
	int (*id_by_name)(const char *name);
	int (*connected_id)(void);
	int (*forget)(int network);
	int (*set_enabled)(int network, bool enabled);
	int (*set_root)(int network, const char *id);
	int (*get_root)(int network, CertStore_Identifier *ret_id);
	int (*set_client)(int network, const char *id);
	int (*get_client)(int network, CertStore_Identifier *ret_id);
	int (*get_identity)(int network, WifiConfig_ClientIdentity *ret_identity);
	int (*diagnostics)(int network, WifiConfig_NetworkDiagnostics *ret_diagnostics);
	int (*persist)(void);
	int (*reload)(void);
	int (*networking_ready)(bool *ret_ready);

	/* The second group is the program's: 0 or negative errno. */
	void *ctx;
	int64_t (*wall_s)(void *ctx); /* seconds since 1970, the device's clock as it stands */
	int64_t (*mono_s)(void *ctx); /* seconds since some start, never stepped */
	uint32_t (*random)(void *ctx); /* for jitter only */
	int (*set_clock)(void *ctx, int64_t wall_s);
	ssize_t (*journal_read)(void *ctx, uint8_t *buffer, size_t capacity);
	int (*journal_write)(void *ctx, size_t offset, const uint8_t *record, size_t length);
	void (*log)(void *ctx, const char *line); /* without a line end; never holds a secret */
};

struct rot_config {
	const char *identity;   /* for the source; NULL or "": as Network1 has it */
	int64_t poll_s;         /* between polls when nothing is under way */
	int64_t renew_before_s; /* see schedule.h */
	int64_t root_grace_s;   /* how long Network2 must have carried the device before the old root goes */
};

enum rot_event {
	ROT_EVENT_START,    /* the first step of this process */
	ROT_EVENT_TICK,     /* the wait of the last step is over */
	ROT_EVENT_NEW_ROOT, /* somebody (a cloud-to-device message) says that the source has a new root */
};

/* One state for each of the three parts. Derived anew at every step; rot_enter() is the only writer. */
enum rot_part { ROT_PART_DEVICE, ROT_PART_ROOT, ROT_PART_CLIENT, ROT_PART_COUNT };
enum rot_state {
	ROT_STARTING,
	ROT_NOT_READY,  /* store or Wi-Fi do not answer yet */
	ROT_REFUSED,    /* the manifest lacks a capability */
	ROT_CLOCK_WAIT, /* the clock cannot be right and cannot be helped */
	ROT_RUNNING,

	ROT_ROOT_UNMANAGED, /* Network1 is missing or does not use RootCA1 */
	ROT_ROOT_SETTLED,   /* RootCA1 only */
	ROT_ROOT_CANDIDATE, /* RootCA2 stored, no Network2 that offers it yet */
	ROT_ROOT_TRIAL,     /* Network1 itself tries RootCA2, or RootCA1 again: no room for Network2 */
	ROT_ROOT_ARMED,     /* Network2 offers RootCA2; Network1 carries the device */
	ROT_ROOT_CARRIED,   /* Network2 carries the device */
	ROT_ROOT_SWAPPED,   /* RootCA2 became RootCA1; waiting for Network1 */

	ROT_CLIENT_UNMANAGED, /* Network1 is missing or uses another client certificate */
	ROT_CLIENT_SETTLED,
	ROT_CLIENT_MISSING,   /* no ClientCert1 at all */
	ROT_CLIENT_DUE,       /* a new certificate is wanted from the source */
	ROT_CLIENT_CANDIDATE, /* ClientCert2 stored, not on trial */
	ROT_CLIENT_PREPARED,  /* NetworkTrial duplicates the network in use; which one the OS prefers is being seen */
	ROT_CLIENT_TRIAL,     /* the preferred one has ClientCert2, the other ClientCert1 */
	ROT_CLIENT_SETTLING,  /* back to Network1 with ClientCert1, whichever that is now */
};

enum rot_cert_slot { ROT_ROOT1, ROT_ROOT2, ROT_CLIENT1, ROT_CLIENT2, ROT_CERT_COUNT };
enum rot_net_slot { ROT_NET1, ROT_NET2, ROT_TRIAL, ROT_NET_COUNT, ROT_NET_OTHER, ROT_NET_NONE };

/* What the device says, read at every step. */
struct rot_facts {
	struct {
		bool present;
		int64_t not_before_s, not_after_s;
		int64_t end_s; /* of a client certificate: its NotAfter, or that of its issuer if that is known and earlier */
	} cert[ROT_CERT_COUNT];
	struct {
		int id; /* -1: no such network */
		bool root1, root2;     /* its root CA id is RootCA1, RootCA2 */
		bool client1, client2; /* its client id is ClientCert1, ClientCert2 */
	} net[ROT_NET_COUNT];
	enum rot_net_slot connected;
	bool ready; /* connected, with an address, and the time synchronised */
	int64_t now_s, mono_s;
};

struct rotation {
	const struct rot_ops *ops;
	const struct rot_source *source;
	struct rot_config config;
	enum rot_state state[ROT_PART_COUNT];
	struct rot_facts facts;
	struct rot_journal journal, journal_saved;
	uint8_t spread;
	uint32_t not_ready_count;
	enum rot_part part; /* at work now */
	struct {
		uint32_t failures;  /* in a row */
		int64_t until_s;    /* monotonic: not before */
	} hold[ROT_PART_COUNT]; /* of a part in which something failed */

	/* What this process has seen; forgotten at its end, and safe to forget. */
	enum rot_net_slot seen;  /* the network of the last looks, and since when without a break or a reload */
	int64_t seen_since_s;
	int64_t offline_since_s; /* monotonic; -1: connected at the last look */
	struct {
		unsigned guess; /* 0: the clock is believed; n: the n-th guess was set */
		bool unconfirmed; /* connected by a guess, and no time server answers: what is issued now says what time it is */
		bool issued;      /* by then: ClientCert2 */
		bool trusted;   /* this process has been told the time, and it could be true: */
		int64_t trusted_wall_s, trusted_mono_s;
		bool moved;     /* the clock has gone back since, while the device stayed connected; before that it was: */
		int64_t moved_wall_s, moved_mono_s, moved_at_s; /* monotonic */
		int64_t at_s;
	} clock;
	struct {
		int64_t poll_at_s; /* monotonic */
		uint32_t failures;
		bool armed;   /* this process has persisted and reloaded Network2 as it is */
		bool rechecked; /* reloaded before completion, so that the connection is a new one; then (monotonic): */
		int64_t rechecked_s;
		bool asked;   /* the source was asked once more before completion */
		bool looked_again; /* reloaded before RootCA2 was given up, then (monotonic): */
		int64_t looked_again_s;
		int64_t swapped_at_s; /* monotonic, of the reload after the move; -1: not done by this process */
	} root;
	struct {
		enum rot_net_slot paired_with; /* the one with ClientCert2 (ROT_NET_NONE: none) in the pair made by this process */
		bool paired, give_up, settling;
		int64_t since_s; /* monotonic, of the pairing or the settling */
	} client;

	struct {
		enum rot_in_place_phase {
			ROT_IN_PLACE_NONE,
			ROT_IN_PLACE_ASKING,   /* whether settings take effect: Network1 has a certificate that is not there */
			ROT_IN_PLACE_TRYING,   /* it has the one to be tried */
			ROT_IN_PLACE_ENDING,   /* to be as it was */
			ROT_IN_PLACE_RESTORED, /* that has been done; to be seen */
		} phase;
		bool client;           /* ClientCert2 is tried; else a root */
		int64_t since_s;       /* monotonic, of the phase */
		int64_t not_before_s;  /* monotonic */
		int64_t failed_at;     /* when Network1 had last failed for want of a certificate, before; -1: it had not */
	} in_place;

	struct {
		int64_t of[ROT_CERT_COUNT]; /* NotAfter of what was compared, to know when to do it again */
		int64_t client1_s, client2_s; /* end of their issuers; INT64_MAX: not in the store */
	} issuer;

	char body[ROT_BODY_MAX]; /* of the source; wiped after use */
};

/* Nothing is called yet. ops and source are borrowed for the life of r. */
void rot_init(struct rotation *r, const struct rot_ops *ops, const struct rot_source *source, const struct rot_config *config);
/* Do what is due. Returns the seconds until the next call, at least 1. Blocks only in the source. */
int64_t rot_step(struct rotation *r, enum rot_event event);
/* Lower-case word for logs; static storage. */
const char *rot_state_name(enum rot_state state);

/* Where a cloud-to-device message calls in: the source has a new root. Returns the seconds until the next rot_step(). */
int64_t rotation_notify_new_root(struct rotation *r);

#endif
