/* See ahead.h. */
#include "sim/run/internal.h"
#include "sim/util/callname.h"

/* Questions that change nothing in the device. */
static bool is_question(uint16_t op)
{
	switch (op) {
	case WIRE_CERTSTORE_COUNT:
	case WIRE_CERTSTORE_ID_AT:
	case WIRE_CERTSTORE_SPACE:
	case WIRE_CERTSTORE_INFO:
	case WIRE_WIFI_ID_BY_NAME:
	case WIRE_WIFI_CONNECTED_ID:
	case WIRE_WIFI_GET_OPT:
	case WIRE_NET_READY:
	case WIRE_DEVICE_AUTH_READY:
		return true;
	default:
		return false;
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

static void learn(struct ahead *a, uint16_t op, const uint8_t *fields, size_t length)
{
	struct ahead_question *q = &a->now[a->now_count];

	if (!a->learning || !is_question(op) || length > sizeof(q->fields) || a->now_count == WIRE_AHEAD_MAX) {
		a->learning = a->learning && op == WIRE_LOG; /* a line in the log changes no answer */
		return;
	}
	*q = (struct ahead_question){.op = op, .length = (uint32_t)length};
	memcpy(q->fields, fields, length);
	a->now_count++;
}

void ahead_learn(struct run *run, uint16_t op, const uint8_t *fields, size_t length)
{
	learn(&run->ahead, op, fields, length);
}

/* The answer as it would be by message. False: it is none to give ahead. */
static bool answer(struct run *run, const struct ahead_question *q, struct wire_ahead_entry *entry)
{
	const struct readings_asked asked = run->result->asked;
	const char *summary;
	struct wire_reader in;
	struct wire_writer out;
	size_t n = run->ahead.offered_count;
	int fd = -1, r;

	wire_reader_init(&in, q->fields, q->length);
	wire_writer_init(&out, entry->reply, sizeof(entry->reply));
	r = device_request(run->device, q->op, &in, &out, &fd);
	summary = device_last_summary(run->device);
	/* A reading that was not asked before is asked when the question is. */
	if (run->result->asked.count != asked.count || out.failed || fd >= 0 || strlen(summary) >= AHEAD_SUMMARY_MAX) {
		run->result->asked = asked;
		return false;
	}
	entry->op = q->op;
	entry->taken = 0;
	entry->result = r < 0 ? -wire_from_errno(-r) : r;
	entry->request_length = q->length;
	memcpy(entry->request, q->fields, q->length);
	entry->reply_length = r < 0 ? 0 : (uint32_t)out.length;
	run->ahead.offered[n].question = *q;
	run->ahead.offered[n].result = r;
	run->ahead.offered[n].denied = device_last_denied(run->device);
	memcpy(run->ahead.offered[n].summary, summary, strlen(summary) + 1);
	return true;
}

void ahead_offer(struct run *run)
{
	struct wire_ahead *list = channel_ahead(run->channel);
	struct ahead *a = &run->ahead;

	if (!is_possible(run))
		return;
	if (a->now_count > 0) {
		memcpy(a->before, a->now, a->now_count * sizeof(a->now[0]));
		a->before_count = a->now_count;
	}
	a->now_count = a->offered_count = 0;
	a->learning = true;
	for (size_t i = 0; i < a->before_count; i++)
		if (answer(run, &a->before[i], &list->entries[a->offered_count]))
			a->offered_count++;
	list->next = 0;
	list->count = (uint32_t)a->offered_count;
}

void ahead_collect(struct run *run)
{
	struct wire_ahead *list = channel_ahead(run->channel);
	struct ahead *a = &run->ahead;

	if (a->offered_count == 0)
		return;
	for (size_t i = 0; i < a->offered_count; i++) {
		const struct ahead_question *q = &a->offered[i].question;

		if (list->entries[i].taken != 1)
			continue;
		run_note_request(run, q->op, q->fields, q->length, a->offered[i].result, a->offered[i].summary, a->offered[i].denied);
		learn(a, q->op, q->fields, q->length);
	}
	list->count = 0;
	a->offered_count = 0;
}
