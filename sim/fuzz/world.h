/* A random world: drawn from a seed, made simpler step by step, written as a scenario.
 *
 * A world has two phases. In the first, storms: stretches of some days in which anything may be wrong, with some good days between
 * them. In the second, the calm, everything is right and stays right, and the device must converge: connected, with credentials
 * that are good for long, and nothing left over.
 *
 * Whether a device CAN converge is a matter of how the world is made, and world_draw() sees to it:
 *   - each fault ends, or is repaired, before its storm ends; a storm is shorter than the time in which a client certificate can be
 *     renewed less some good days, so every certificate has good days in which its successor can be had and proven;
 *   - a new server root is announced, and good days follow, before RADIUS stands under it; a way back to the old root is only taken
 *     while a device that follows the page still has that;
 *   - what an operator breaks for good (a deleted certificate) an operator puts back;
 *   - where there is no room for another network, settings take effect without a reload, as else nothing can be tried at all;
 *   - a client certificate has so short a life that it is renewed early in the calm, or so long a one that it is not renewed in it:
 *     at the end nothing is under way.
 * Times are seconds since the start of the run.
 */
#ifndef SIM_FUZZ_WORLD_H
#define SIM_FUZZ_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emu-applibs/device/readings.h"

#define WORLD_MINUTE_S INT64_C(60)
#define WORLD_HOUR_S INT64_C(3600)
#define WORLD_DAY_S INT64_C(86400)

#define WORLD_FAULTS_MAX 96
#define WORLD_MOVES_MAX 2
#define WORLD_NETWORKS_MAX 10 /* of a device without room */
#define WORLD_CALM_S (45 * WORLD_DAY_S)
#define WORLD_SETTLED_S (33 * WORLD_DAY_S) /* of the calm: by then all that was due is done */

/* One thing that goes wrong at from_s and is right again at until_s. faults.c says which kinds there are. */
struct world_fault {
	unsigned kind;
	int64_t from_s, until_s;
	unsigned variant; /* which of several ways; any number */
	int64_t amount_s; /* of a clock: by how much it is wrong */
};

/* RADIUS moves to another root. */
struct world_move {
	int64_t announced_s, cutover_s;
	int64_t back_s;      /* with a way back: then, for a while; 0: none */
	int64_t again_s;
	int64_t old_ends_s;  /* NotAfter of the old root */
};

struct world {
	uint64_t seed;
	int64_t start_s; /* since 1970 */
	int64_t calm_s;  /* when the calm begins; the run ends WORLD_CALM_S later */
	bool short_lives;
	int64_t client_life_s;  /* of what the issuer hands out before the calm */
	int64_t device_from_s, device_until_s; /* the device's first client certificate */
	bool server_chain, client_chain; /* with an intermediate CA */
	bool server_rsa, root_rsa;
	bool crl;               /* RADIUS checks one */
	bool pmksa_caching;     /* its access point caches keys */
	int64_t reauth_s;       /* 0: never */
	int64_t shelf_s;        /* the device is switched on then; 0: it is on from the start */
	bool rtc;
	int64_t boot_clock_s;   /* since 1970 */
	int64_t boot_ready_s;
	bool no_room; /* the configuration holds as many networks as it can: new credentials are tried in place */
	int64_t new_clients_s;  /* another CA for clients: RADIUS takes both from then on, the issuer uses it a day later; 0: none */
	struct world_move moves[WORLD_MOVES_MAX];
	size_t move_count;
	struct world_fault faults[WORLD_FAULTS_MAX]; /* in the order in which they were drawn, storm by storm */
	size_t fault_count;
	uint8_t readings[READING_COUNT]; /* the choice; the default one is not written */
};

/* draw.c */
void world_draw(uint64_t seed, struct world *ret);

/* write.c */
/* The scenario as text, malloc'ed, under that name. The same world gives the same text. */
char *world_write(const struct world *world, const char *name);
/* Which server root is in service, or announced, at that time: 0 for the first. */
size_t world_root_at(const struct world *world, int64_t at_s);
size_t world_announced_at(const struct world *world, int64_t at_s);
/* How long the run is, seconds. */
int64_t world_length_s(const struct world *world);

/* shrink.c */
/* The n-th way (from 0) to make the world simpler, in the order in which they are worth trying. 1: *ret is simpler; 0: it cannot be
 * made simpler in that way; -1: there is no such way, nor a later one. */
int world_simpler(const struct world *world, size_t n, struct world *ret);

/* faults.c */
struct emit; /* what is being written */
struct fault_kind {
	const char *name;
	const char *about; /* for the comment beside its first event */
	/* Writes its events, and the certificates that only it needs. index: of the fault, for names. */
	void (*emit)(struct emit *emit, const struct world_fault *fault, size_t index);
	bool device_can_wait; /* meanwhile the device may be offline with credentials that are good */
	bool not_with_crl;
};
extern const struct fault_kind fault_kinds[];
extern const size_t fault_kind_count;
/* When it is right again: what an operator repairs waits for power, and for flash that can be written. */
int64_t fault_over_s(const struct world *world, const struct world_fault *fault);
/* Draws variant and amount. */
struct rng;
void fault_fill(struct rng *rng, const struct world *world, struct world_fault *fault);

/* write.c, for faults.c */
void emit_event(struct emit *emit, int64_t at_s, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* An event with another trigger than `at`, which waits from `from_s` on. */
void emit_waiting(struct emit *emit, int64_t from_s, const char *format, ...) __attribute__((format(printf, 3, 4)));
void emit_cert(struct emit *emit, const char *format, ...) __attribute__((format(printf, 2, 3)));
const struct world *emit_world(const struct emit *emit);
const char *emit_client_ca(const struct emit *emit, int64_t at_s); /* who signs clients then */
/* The names of a server root, of who signs RADIUS's certificate under it, and of that. */
#define WORLD_ROOT "ca%zu"
#define WORLD_SERVER "radius%zu"
/* "+3d2h", as scenarios write instants and steps. */
#define WORLD_TIME_MAX 32
const char *world_time(char buffer[WORLD_TIME_MAX], int64_t s);

#endif
