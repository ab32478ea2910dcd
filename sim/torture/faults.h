/* Faults at the calls of a run: a call answers an errno that its function documents, and has had no effect; a request to a server
 * does not reach it, is refused, or was done and its answer does not come or is cut (fault_errnos.h).
 *
 * Calls, connections to servers and requests are counted from 1 in the order in which the application makes them; a run repeats, so call 217 is the same every time. A
 * fault is one call that fails, or a stretch of virtual time in which every call of that function (every such request) fails.
 *
 * To try many, a run is played once without faults and lists where a fault is worth it; each is then a run of its own (the
 * application lives in a process of its own and cannot be forked, as cuts.h does with a device that boots anew). The same function in
 * the same state of flash and world is tried where it is first called (FAULTS_EVERY), or at every call (FAULTS_ALL).
 *
 * What a function documents is in emu-applibs/errnos.h. That a call has its effect and the application is gone before it knows is
 * not a fault but a cut or a kill (cuts.h, run/kills.c).
 */
#ifndef SIM_TORTURE_FAULTS_H
#define SIM_TORTURE_FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/torture/fault_errnos.h"

struct run;

#define FAULTS_WHILE_NS (26 * 3600 * UINT64_C(1000000000)) /* longer than from one daily look of an application to the next */
#define FAULTS_TEXT_MAX 64

enum faults_kind {
	FAULT_CALL,
	FAULT_ALLOCATION, /* oom.h */
};

enum faults_mode {
	FAULTS_NONE,
	FAULTS_AT, /* this very run has one */
	FAULTS_EVERY,
	FAULTS_ALL,
};

struct fault {
	enum faults_kind kind;
	unsigned long call; /* from 1: of an API call, or of an allocation, for which all that follows is 0 */
	int error;          /* errno, or enum fault_http */
	uint64_t for_ns;    /* since then every call of the function fails; 0: that one call */
};

struct faults_plan {
	enum faults_kind kind;
	enum faults_mode mode;
	struct fault fault;   /* FAULTS_AT */
	unsigned long sample; /* of all that there are, that many, chosen by the seed; 0: all */
};

/* "every", "every:N", "all", "all:N", or one fault as faults_format() writes it. 0 or -EINVAL. */
int faults_parse(const char *text, struct faults_plan *ret);
/* Of those the ones that ask for many runs. */
int faults_parse_many(const char *text, struct faults_plan *ret);
/* "217:EAGAIN", "217:EAGAIN:26h"; of an allocation "217". */
void faults_format(const struct fault *fault, char ret[FAULTS_TEXT_MAX]);
/* Does the plan ask for many runs? */
bool faults_many(const struct faults_plan *plan);

/* What one run lists, in struct run_result: the list is the caller's to free. */
struct faults_found {
	unsigned long calls; /* or allocations */
	struct fault *list; /* for_ns is 0 */
	size_t count;
	bool ended; /* not a list: the application ended by itself for want of memory, as it may (oom.h) */
};
void faults_found_add(struct faults_found *found, const struct fault *fault);

/* State within a run; opaque to others. NULL while there is no plan of calls that fail. */
struct faults;
struct faults *faults_new(const struct faults_plan *plan);
void faults_free(struct faults *faults); /* NULL is fine */

/* The application calls this function, as the headers name it. 0, or the errno that it gets instead. */
int faults_at_call(struct run *run, const char *name);
/* The application connects to a server over HTTP, or sends it this request; to be asked before that is done. 0; an errno, FAULT_HTTP_NONAME; an
 * enum fault_http. */
int faults_at_connect(struct run *run);
int faults_at_request(struct run *run, const char *method, const char *path);
/* Does the server get the request that meets with this? */
static inline bool faults_reaches_server(int error)
{
	return error == 0 || error >= FAULT_HTTP_LOST;
}
/* Makes the answer that the application gets in place of *bytes (a wire_http_head and the body, malloc'ed; NULL: none) or of the stream *fd
 * (-1: none), which become it. 0, -ENOMEM, -EMFILE. */
int faults_answer(struct run *run, int error, char **bytes, size_t *length, int *fd);
/* Has a call or an allocation of this run failed so? */
bool faults_happened(const struct run *run);
/* Is one planned, or are they listed? */
bool faults_planned(const struct run *run);
/* When the fault is over; 0: there was none yet, or it is one of a moment. */
uint64_t faults_until_ns(const struct run *run);
/* Until when a scenario's expectations wait for an application that tries again; 0: there was no fault. */
uint64_t faults_settle_ns(const struct run *run);
/* The same for a fault that is over at end_ns; expectations, and oracle last-credential, look again then. */
uint64_t faults_settle_from(struct run *run, uint64_t end_ns);
/* How much later may come what the scenario expects between these times: 0 when the fault began after them or was made good before, else
 * as long as it lasted and was being made good. */
uint64_t faults_delay_ns(const struct run *run, uint64_t from_ns, uint64_t until_ns);

#endif
