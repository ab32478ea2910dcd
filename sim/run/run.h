/* One scenario on one network: from its file's content to a verdict with evidence. */
#ifndef SIM_RUN_RUN_H
#define SIM_RUN_RUN_H

#include <poll.h>
#include <signal.h>

#include "sim/net/net.h"
#include "sim/report/timeline.h"
#include "sim/scenario/scenario.h"
#include "sim/torture/cuts.h"
#include "sim/torture/faults.h"

struct run;

/* The front of a run that goes on for somebody who watches it and steps in (sim/dev): it says when time may pass. Such a run ends
 * only when it is told to; an application that misbehaves is reported and started again, as a device does. */
#define RUN_LIVE_FDS 20
struct run_live {
	void *ctx;
	/* The run is set up and about to begin. 0, or a negative errno and *ret_error. */
	int (*begin)(void *ctx, struct run *run, struct az_error *ret_error);
	/* How far the world may go by now, ns since the start of the run; TIME_NEVER: as far as it can. */
	uint64_t (*limit_ns)(void *ctx);
	/* Where real time stands, for a run that goes with it: the application's calls happen there. Else where the run is. */
	uint64_t (*present_ns)(void *ctx);
	/* All that happens up to limit_ns() has happened; what comes next comes at next_ns (TIME_NEVER: nothing). How long to wait, in
	 * ms of real time; -1: until somebody asks for something. */
	int (*rest)(void *ctx, uint64_t next_ns);
	/* The application is stopped by a debugger: no time passes. */
	void (*hold)(void *ctx);
	/* Descriptors that somebody may ask through: fills at most RUN_LIVE_FDS, returns how many. */
	size_t (*poll_set)(void *ctx, struct pollfd *fds);
	/* Do what was asked. Called often, and while the application waits, or has been silent for a while. */
	void (*serve)(void *ctx);
	/* The timeline has a new entry. Called from the run's set-up on. */
	void (*entry)(void *ctx, const struct timeline *timeline, const struct tl_entry *entry);
	/* The run is over; its state is still there. */
	void (*end)(void *ctx);
};

/* A kill -9 of the application, when the weight of all its messages so far (kills.c) reaches `at`. */
struct run_kill {
	uint64_t at; /* from 1 */
	bool after;  /* when the message was handled, before it is answered; else before it is handled */
};

struct run_options {
	uint64_t seed;
	const struct scn_reading *readings; /* override the scenario's */
	size_t reading_count;
	const char *app;             /* path as for --app; NULL: the scenario's, or the rotation app beside azsim */
	const char *const *wrapper;  /* words before the application (valgrind ...), NULL-terminated; NULL: none */
	uint32_t ram_limit;          /* bytes that an ARM application may take; 0: no limit */
	bool capture;                /* what goes over wire or air is kept in the work folder (net.h) */
	bool no_memory;              /* nothing is answered from memory: neither a network's verdict, nor a chain of certificates, nor a call */
	bool http_shim;              /* the application's libcurl hands its requests to us, without TLS */
	const char *home;            /* folder of azsim itself: libraries, app/approot */
	const char *work_dir;        /* short private folder of this run, exists, empty; the caller removes it */
	const struct run_kill *kills; /* by time */
	size_t kill_count;
	unsigned app_wait_s;         /* real seconds that the application may compute without asking for anything */
	volatile sig_atomic_t *interrupted; /* becomes the signal's number */
	/* For a progress line; NULL: none. Called now and then with the virtual time. */
	void (*progress)(void *ctx, uint64_t now_ns);
	void *progress_ctx;
	struct cuts_plan cuts;       /* where the power goes, beside what the scenario says */
	/* READING_COUNT flags: a branch of `cuts` that asks another reading is played under each of its choices. NULL: under one. */
	const bool *settled_readings;
	struct faults_plan faults;   /* which calls or allocations fail, beside what the scenario says */
	const struct run_live *live; /* NULL: time passes as fast as the application lets it, to the scenario's end */
};

enum run_verdict {
	RUN_PASSED,
	RUN_FAILED,
	RUN_ERROR,       /* the run itself could not be done; error says why */
	RUN_INTERRUPTED,
};

/* Memory of an ARM application, in bytes; all 0: not measured. Lower bounds: see emu-applibs/vtime/memory.c. */
struct run_memory {
	uint32_t data, heap, stack; /* data: with bss, in pages */
};

struct run_result {
	enum run_verdict verdict;
	struct az_error error;   /* RUN_ERROR */
	char **failures;         /* one text each, may hold several lines */
	size_t failure_count;
	char **hints;            /* what may explain a failure, for the report */
	size_t hint_count;
	struct run_memory memory; /* the most of each that was seen */
	char *application;       /* path and kind of machine; NULL: none was found */
	struct timeline timeline;
	struct readings readings;      /* in force; what was asked of them is in `asked` */
	struct readings_asked asked;
	uint64_t span_ns;        /* virtual time that passed */
	uint64_t offline_ns;     /* powered and not connected */
	unsigned long authentications, flash_writes, issuer_requests, api_calls, app_starts;
	uint64_t weight;         /* of the application's messages, of which kills are chosen */
	struct cuts_counts cuts;
	struct faults_found faults; /* where a call may fail, when the plan asks for many */
	double real_s;
};

/* Always fills *ret_result (to be cleared with run_result_clear). */
void run_scenario(const struct scenario *scenario, const struct net_ops *net, const struct run_options *options,
                  struct run_result *ret_result);
void run_result_clear(struct run_result *result);
/* `count` moments at which to kill, chosen by the seed, for a run whose messages weigh so much. */
void run_kills_choose(uint64_t seed, uint64_t weight, struct run_kill *ret, size_t count);
const char *run_verdict_name(enum run_verdict verdict);

#endif
