/* See ahead.h. */
#include <stdio.h>

#include "sim/run/internal.h"
#include "sim/util/callname.h"

#define UNUSED_MAX 8u /* wakings: an application may ask more every other time */

/* Questions that change nothing in the world, or what can be done afterwards. */
static bool is_question(uint16_t op, const uint8_t *fields, size_t length)
{
	switch (op) {
	case WIRE_DEVICE_AUTH:
		return length > 0; /* by reference */
	case WIRE_HTTP_REQUEST:
		return run_http_is_question(fields, length);
	default:
		return wire_ahead_is_short(op);
	}
}

/* Nothing may be waiting for a single call, to happen before or after it. */
static bool is_possible(const struct run *run)
{
	const struct run_options *o = run->options;

	if (o->no_memory || o->live || o->kill_count > 0 || !cuts_are_over(run) || run->faults || run->oom || run->launch.machine != APP_HOST)
		return false;
	for (size_t i = 0; i < run->scenario->event_count; i++)
		if (run->scenario->events[i].trigger == SCN_ON_CALL)
			return false;
	return true;
}

/* ---- What is expected ---------------------------------------------------------------------------------------------------- */

static void learn(struct ahead *a, uint16_t op, const uint8_t *fields, size_t length)
{
	struct ahead_questions *now = &a->now;

	if (!a->learning || op == WIRE_LOG) /* a line in the log changes no answer */
		return;
	if (now->count == WIRE_AHEAD_MAX || length > sizeof(now->bytes) - now->used || !is_question(op, fields, length)) {
		a->learning = false;
		return;
	}
	now->list[now->count++] = (struct ahead_question){.op = op, .at = now->used, .length = length};
	memcpy(now->bytes + now->used, fields, length);
	now->used += length;
	/* From then on the application may write to its file at any time. */
	a->learning = op != WIRE_STORAGE_OPEN;
}

void ahead_learn(struct run *run, uint16_t op, const uint8_t *fields, size_t length)
{
	if (is_possible(run))
		learn(&run->ahead, op, fields, length);
}

/* Nothing happens when there is no room. */
static void add(struct ahead_questions *to, const struct ahead_questions *from, size_t i, unsigned unused)
{
	const struct ahead_question *q = &from->list[i];

	if (unused > UNUSED_MAX || to->count == WIRE_AHEAD_MAX || q->length > sizeof(to->bytes) - to->used)
		return;
	to->list[to->count++] = (struct ahead_question){.op = q->op, .at = to->used, .length = q->length, .unused = unused};
	memcpy(to->bytes + to->used, from->bytes + q->at, q->length);
	to->used += q->length;
}

/* Where `that` stands in the list, from `from` on; the list's count: nowhere. */
static size_t find(const struct ahead_questions *questions, size_t from, const struct ahead_questions *of, size_t that)
{
	const struct ahead_question *q = &of->list[that];

	while (from < questions->count && (questions->list[from].op != q->op || questions->list[from].length != q->length ||
	                                   memcmp(questions->bytes + questions->list[from].at, of->bytes + q->at, q->length) != 0))
		from++;
	return from;
}

static bool is_the_same(const struct ahead_questions *a, const struct ahead_questions *b)
{
	if (a->count != b->count || a->used != b->used || memcmp(a->bytes, b->bytes, a->used) != 0)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (a->list[i].op != b->list[i].op || a->list[i].length != b->list[i].length || b->list[i].unused > 0)
			return false;
	return true;
}

/* What was asked now, in its order, and in between what was expected and may be asked the next time. The file is opened last. */
static void expect(struct ahead *a)
{
	static struct ahead_questions old;
	const struct ahead_questions *now = &a->now;
	const bool opens = now->count > 0 && now->list[now->count - 1].op == WIRE_STORAGE_OPEN;
	size_t at = 0, opened;

	if (now->count == 0 || is_the_same(now, &a->expected))
		goto out;
	old = a->expected;
	opened = old.count > 0 && old.list[old.count - 1].op == WIRE_STORAGE_OPEN ? --old.count : SIZE_MAX;
	a->expected.count = a->expected.used = 0;
	for (size_t i = 0; i < now->count - opens; i++) {
		const size_t there = find(&old, at, now, i);

		for (; there < old.count && at < there; at++)
			add(&a->expected, &old, at, old.list[at].unused + 1);
		at += there < old.count;
		add(&a->expected, now, i, 0);
	}
	for (; at < old.count; at++)
		add(&a->expected, &old, at, old.list[at].unused + 1);
	if (opens)
		add(&a->expected, now, now->count - 1, 0);
	else if (opened != SIZE_MAX)
		add(&a->expected, &old, opened, old.list[opened].unused + 1);
out:
	a->now.count = a->now.used = 0;
}

/* ---- Answers ------------------------------------------------------------------------------------------------------------- */

bool ahead_may_note(struct run *run)
{
	run->ahead.spoke |= run->ahead.trial;
	return !run->ahead.trial;
}

/* The answer as it would be by message. */
static int ask(struct run *run, const struct ahead_question *q, const uint8_t *fields, struct wire_writer *out)
{
	struct wire_reader in;
	int fd = -1;

	wire_reader_init(&in, fields, q->length);
	if (q->op == WIRE_HTTP_CONNECT || q->op == WIRE_HTTP_REQUEST)
		return run_http_answer(run, q->op, &in, out, NULL);
	return device_request(run->device, q->op, &in, out, &fd); /* in a trial a descriptor is the host's own: not to be closed */
}

/* Puts it on the list, behind `used` bytes. The bytes used then; or 0: there is no answer to give ahead. */
static size_t answer(struct run *run, const struct ahead_question *q, struct wire_ahead *list, size_t used)
{
	struct ahead *a = &run->ahead;
	const uint8_t *fields = a->expected.bytes + q->at;
	const struct readings_asked asked = run->result->asked;
	const bool http = q->op == WIRE_HTTP_CONNECT || q->op == WIRE_HTTP_REQUEST;
	struct wire_ahead_entry *entry = &list->entries[a->offered_count];
	const char *summary;
	struct wire_writer out;
	int r;

	if (q->length >= sizeof(list->bytes) - used || (q->op == WIRE_STORAGE_OPEN && run->mutable_fd < 0))
		return 0;
	memcpy(list->bytes + used, fields, q->length);
	wire_writer_init(&out, list->bytes + used + q->length, sizeof(list->bytes) - used - q->length);
	a->spoke = false;
	a->issuer_text[0] = '\0';
	r = ask(run, q, fields, &out);
	summary = http ? a->issuer_text : device_last_summary(run->device);
	/* A reading that was not asked before is asked when the question is. */
	if (run->result->asked.count != asked.count || out.failed || a->spoke || strlen(summary) >= AHEAD_SUMMARY_MAX || (http && r < 0)) {
		run->result->asked = asked;
		return 0;
	}
	*entry = (struct wire_ahead_entry){.op = q->op, .result = r < 0 ? -wire_from_errno(-r) : r, .request_at = (uint32_t)used,
	                                   .request_length = (uint32_t)q->length, .reply_at = (uint32_t)(used + q->length),
	                                   .reply_length = r < 0 ? 0 : (uint32_t)out.length};
	a->offered[a->offered_count].question = q;
	a->offered[a->offered_count].result = r;
	a->offered[a->offered_count].denied = http ? NULL : device_last_denied(run->device);
	memcpy(a->offered[a->offered_count].summary, summary, strlen(summary) + 1);
	a->offered_count++;
	return used + q->length + entry->reply_length;
}

void ahead_offer(struct run *run)
{
	struct wire_ahead *list = channel_ahead(run->channel);
	struct ahead *a = &run->ahead;
	size_t used = 0;

	if (!is_possible(run))
		return;
	expect(a);
	a->offered_count = 0;
	a->learning = true;
	a->trial = true;
	device_try(run->device, true);
	for (size_t i = 0; i < a->expected.count; i++) {
		size_t more = answer(run, &a->expected.list[i], list, used);

		used = more > 0 ? more : used;
	}
	device_try(run->device, false);
	a->trial = false;
	list->state = ++a->lists << WIRE_AHEAD_MAX;
	list->count = (uint32_t)a->offered_count;
}

/* ---- What was taken ------------------------------------------------------------------------------------------------------ */

static void do_what_it_does(struct run *run, size_t i)
{
	const struct ahead_question *q = run->ahead.offered[i].question;
	const uint8_t *fields = run->ahead.expected.bytes + q->at;
	uint8_t none[8];
	struct wire_reader in;
	struct wire_writer out;
	int fd = -1;

	switch (q->op) {
	case WIRE_HTTP_CONNECT:
		return;
	case WIRE_HTTP_REQUEST:
		run_note_issuer(run, run->ahead.offered[i].summary);
		return;
	case WIRE_DEVICE_AUTH:
		wire_reader_init(&in, fields, q->length);
		wire_writer_init(&out, none, sizeof(none));
		(void) device_request(run->device, q->op, &in, &out, &fd);
		break;
	default:
		break;
	}
	run_note_request(run, q->op, fields, q->length, run->ahead.offered[i].result, run->ahead.offered[i].summary,
	                 run->ahead.offered[i].denied);
}

void ahead_collect(struct run *run)
{
	struct wire_ahead *list = channel_ahead(run->channel);
	struct ahead *a = &run->ahead;
	uint64_t taken;

	if (a->offered_count == 0)
		return;
	taken = list->state & WIRE_AHEAD_TAKEN;
	list->count = 0;
	for (size_t i = 0; i < a->offered_count; i++) {
		const struct ahead_question *q = a->offered[i].question;

		if (!(taken >> i & 1))
			continue;
		do_what_it_does(run, i);
		learn(a, q->op, a->expected.bytes + q->at, q->length);
	}
	a->offered_count = 0;
}
