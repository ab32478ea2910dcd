/* Answers ahead (emu-applibs/wire/ahead.h), the simulator's side: learns what the application asks when it wakes up, answers that
 * before it wakes, and does what was to be done for what it took. */
#ifndef SIM_RUN_AHEAD_H
#define SIM_RUN_AHEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emu-applibs/wire/ahead.h"

struct run;

#define AHEAD_FIELDS_MAX (8u * 1024) /* bytes of all requests of a waking */
#define AHEAD_SUMMARY_MAX 160

struct ahead_question {
	uint16_t op;
	size_t at, length; /* its fields, in bytes[] of its list */
	unsigned unused;   /* wakings in a row that did without it */
};

/* What was asked in a row. */
struct ahead_questions {
	struct ahead_question list[WIRE_AHEAD_MAX];
	size_t count, used;
	uint8_t bytes[AHEAD_FIELDS_MAX];
};

struct ahead {
	bool learning; /* since the application woke up it has asked nothing but questions */
	bool trial;    /* an answer is being found that nobody has asked for yet: nothing may be noted */
	bool spoke;    /* in the trial something would have been noted */
	struct ahead_questions now, expected; /* of this waking; and of the next one */
	uint64_t lists; /* made so far */
	/* What is on the list: our own copy, as the application could write to the other one. */
	struct {
		const struct ahead_question *question; /* of `expected` */
		int result; /* of the device */
		const char *denied;
		char summary[AHEAD_SUMMARY_MAX]; /* or the issuer's word on a request */
	} offered[WIRE_AHEAD_MAX];
	size_t offered_count;
	char issuer_text[AHEAD_SUMMARY_MAX]; /* of the trial: what the issuer would have noted; "": nothing */
};

/* The application is about to go on: fills the list. */
void ahead_offer(struct run *run);
/* Before anything else that the application did is handled: notes what it took, and the list is empty. */
void ahead_collect(struct run *run);
/* The application asks this by message. */
void ahead_learn(struct run *run, uint16_t op, const uint8_t *fields, size_t length);
/* Something is about to be noted. False: not now, this is a trial. */
bool ahead_may_note(struct run *run);

#endif
