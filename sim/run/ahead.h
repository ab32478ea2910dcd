/* Answers ahead (emu-applibs/wire/ahead.h), the simulator's side: learns what the application asks when it wakes up, answers that
 * before it wakes, and writes down what it took. */
#ifndef SIM_RUN_AHEAD_H
#define SIM_RUN_AHEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emu-applibs/wire/ahead.h"

struct run;

struct ahead_question {
	uint16_t op;
	uint32_t length;
	uint8_t fields[WIRE_AHEAD_REQUEST_MAX];
};

#define AHEAD_SUMMARY_MAX 160

struct ahead {
	bool learning; /* since the application woke up it has asked nothing but questions */
	struct ahead_question now[WIRE_AHEAD_MAX], before[WIRE_AHEAD_MAX]; /* of this waking, and of the last one with any */
	size_t now_count, before_count;
	/* What is on the list: our own copy, as the application could write to the other one. */
	struct {
		struct ahead_question question;
		int result; /* of the device */
		const char *denied;
		char summary[AHEAD_SUMMARY_MAX];
	} offered[WIRE_AHEAD_MAX];
	size_t offered_count;
};

/* The application is about to go on: fills the list. */
void ahead_offer(struct run *run);
/* Before anything else that the application did is handled: notes what it took, and the list is empty. */
void ahead_collect(struct run *run);
/* The application asks this by message. */
void ahead_learn(struct run *run, uint16_t op, const uint8_t *fields, size_t length);

#endif
