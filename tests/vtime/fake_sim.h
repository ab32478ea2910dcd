/* A simulator small enough to trust, for the tests of libvtime: it starts a guest program with the library preloaded,
 * answers its messages, moves its clock and serves what it connects to, and keeps an account of all that.
 *
 * Servers by port: 7 sends back what it gets; 80 answers each HTTP request at once with "hello\n", and a request for
 * /slow after 30 virtual seconds; 81 accepts and never answers. Every other port refuses.
 */
#ifndef TESTS_VTIME_FAKE_SIM_H
#define TESTS_VTIME_FAKE_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "emu-applibs/wire/vtime_proto.h"

#define SIM_S 1000000000ULL
#define SIM_WALL_START_S 1925000000LL /* in 2031 */
#define SIM_ADDRESS 0xc6120001u       /* 198.18.0.1: what every known name resolves to */
#define SIM_EVENTS_MAX 4
#define SIM_SERVERS_MAX 16
#define SIM_OUTPUT_MAX (1u << 20)
#define SIM_TEXT_MAX 512

enum sim_event_kind { SIM_SIGNAL, SIM_WALL_STEP, SIM_VANISH };

struct sim_event {
	uint64_t at_ns; /* of the guest's monotonic clock; 0 = none */
	enum sim_event_kind kind;
	int64_t value; /* number of the signal, or ns of the step */
};

/* What a test wants; all zero is a guest alone in the world. */
struct sim_setup {
	const char *mode;     /* first argument of the guest */
	const char *app;      /* AZSIM_APP; NULL = the guest's own name */
	const char *seed;     /* AZSIM_SEED; NULL = none */
	const char *wrapper;  /* a program to run the guest under, or NULL */
	bool may_set_clock;
	struct sim_event events[SIM_EVENTS_MAX];
};

struct sim_result {
	int status; /* as waitpid gives it */
	bool greeted;
	bool stuck;    /* IDLE for ever with nothing to come */
	bool too_long; /* killed after the limit of real time */
	unsigned idles, spins, agains, connects;
	uint64_t mono_ns;
	int64_t wall_ns;
	double real_s;
	char unsupported[SIM_TEXT_MAX]; /* each followed by a space */
	char resolved[SIM_TEXT_MAX];
	char output[SIM_OUTPUT_MAX]; /* standard output and error */
	size_t output_length;
};

/* Runs the guest to its end. The result belongs to the caller: free(). */
struct sim_result *sim_run(const struct sim_setup *setup);

#endif
