/* See faults.h. */
#define _GNU_SOURCE
#include "sim/torture/faults.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "certs/dates.h"
#include "sim/run/internal.h"
#include "sim/torture/oom.h"
#include "sim/torture/states.h"
#include "sim/web/server.h"

/* After a fault the application has so long for its next try, which may be that of the next day. */
#define SETTLE_NS (26 * 3600 * NS_PER_S)

/* A function that was called in this state. */
struct seen {
	uint8_t digest[32];
	const char *name; /* of static storage */
};

struct faults {
	struct faults_plan plan;
	unsigned long calls;
	const char *failing;  /* the function; NULL: not yet */
	uint64_t began_ns;
	uint64_t until_ns;    /* it fails before that */
	uint64_t settle_ns;
	struct seen *seen;
	size_t seen_count;
	char **requests; /* methods and paths that were asked for, for seen.name and failing */
	size_t request_count;
	int stalled;     /* our end of a connection on which no answer comes; -1: none */
};

/* ---- Text ---------------------------------------------------------------------------------------------------------------- */

static int parse_many(const char *text, const char *word, enum faults_mode mode, struct faults_plan *ret)
{
	const size_t length = strlen(word);
	int end = -1;

	if (strncmp(text, word, length) != 0)
		return -EINVAL;
	*ret = (struct faults_plan){.mode = mode};
	if (text[length] == '\0')
		return 0;
	if (text[length] != ':' || text[length + 1] < '0' || text[length + 1] > '9' || strlen(text + length) > 10 ||
	    sscanf(text + length + 1, "%9lu%n", &ret->sample, &end) != 1 || ret->sample == 0 || text[length + 1 + (size_t)end] != '\0')
		return -EINVAL;
	return 0;
}

static int parse_one(const char *text, struct fault *ret)
{
	char name[24];
	int64_t for_s = 0;
	int end = -1;

	if (text[0] < '0' || text[0] > '9' || sscanf(text, "%9lu:%23[A-Z0-9]%n", &ret->call, name, &end) != 2 || ret->call == 0)
		return -EINVAL;
	ret->error = fault_errno_by_name(name);
	if (ret->error == 0)
		return -EINVAL;
	if (text[end] == ':' && (dates_parse_duration(text + end + 1, &for_s) < 0 || for_s <= 0 || for_s > 100 * 366 * INT64_C(86400)))
		return -EINVAL;
	if (text[end] != ':' && text[end] != '\0')
		return -EINVAL;
	ret->for_ns = (uint64_t)for_s * NS_PER_S;
	return 0;
}

int faults_parse_many(const char *text, struct faults_plan *ret)
{
	return parse_many(text, "every", FAULTS_EVERY, ret) < 0 && parse_many(text, "all", FAULTS_ALL, ret) < 0 ? -EINVAL : 0;
}

int faults_parse(const char *text, struct faults_plan *ret)
{
	struct faults_plan plan;

	if (faults_parse_many(text, &plan) < 0) {
		plan = (struct faults_plan){.mode = FAULTS_AT};
		if (parse_one(text, &plan.fault) < 0)
			return -EINVAL;
	}
	*ret = plan;
	return 0;
}

void faults_format(const struct fault *fault, char ret[FAULTS_TEXT_MAX])
{
	const unsigned long long s = fault->for_ns / NS_PER_S;
	char length[24] = "";

	if (fault->kind == FAULT_ALLOCATION) {
		(void) snprintf(ret, FAULTS_TEXT_MAX, "%lu", fault->call);
		return;
	}
	if (s > 0)
		(void) snprintf(length, sizeof(length), "%llu%c", s % 3600 == 0 ? s / 3600 : s, s % 3600 == 0 ? 'h' : 's');
	(void) snprintf(ret, FAULTS_TEXT_MAX, "%lu:%s%s%s", fault->call, fault_errno_name(fault->error), s > 0 ? ":" : "", length);
}

bool faults_many(const struct faults_plan *plan)
{
	return plan->mode == FAULTS_EVERY || plan->mode == FAULTS_ALL;
}

/* ---- Within a run -------------------------------------------------------------------------------------------------------- */

struct faults *faults_new(const struct faults_plan *plan)
{
	struct faults *faults;

	if (plan->mode == FAULTS_NONE || plan->kind != FAULT_CALL)
		return NULL;
	faults = calloc(1, sizeof(*faults));
	if (!faults)
		abort();
	faults->plan = *plan;
	faults->stalled = -1;
	return faults;
}

void faults_free(struct faults *faults)
{
	if (!faults)
		return;
	for (size_t i = 0; i < faults->request_count; i++)
		free(faults->requests[i]);
	free(faults->requests);
	if (faults->stalled >= 0)
		(void) close(faults->stalled);
	free(faults->seen);
	free(faults);
}

static bool is_new(struct faults *faults, const struct run *run, const char *name)
{
	struct seen now = {.name = name}, *grown;

	if (faults->plan.mode == FAULTS_ALL)
		return true;
	states_digest(run, now.digest);
	for (size_t i = faults->seen_count; i-- > 0;)
		if (faults->seen[i].name == name && memcmp(faults->seen[i].digest, now.digest, sizeof(now.digest)) == 0)
			return false;
	grown = realloc(faults->seen, (faults->seen_count + 1) * sizeof(*grown));
	if (!grown)
		abort();
	faults->seen = grown;
	grown[faults->seen_count++] = now;
	return true;
}

void faults_found_add(struct faults_found *found, const struct fault *fault)
{
	struct fault *grown = realloc(found->list, (found->count + 1) * sizeof(*grown));

	if (!grown)
		abort();
	found->list = grown;
	grown[found->count++] = *fault;
}

static void list(struct run *run, enum fault_place place, const char *name)
{
	struct faults_found *found = &run->result->faults;
	int errors[FAULT_ERRNOS_MAX];
	size_t n = is_new(run->faults, run, name) ? fault_errnos(place, name, errors) : 0;

	found->calls = run->faults->calls;
	for (size_t i = 0; i < n; i++)
		faults_found_add(found, &(struct fault){.call = run->faults->calls, .error = errors[i]});
}

uint64_t faults_settle_from(struct run *run, uint64_t end_ns)
{
	(void) queue_add(run->queue, end_ns + SETTLE_NS, run_look_again, run, 0);
	(void) queue_add(run->queue, end_ns + SETTLE_NS, oracle_look_at_store, run, 0);
	return end_ns + SETTLE_NS;
}

static int fails(struct run *run, enum fault_place place, const char *name)
{
	struct faults *faults = run->faults;
	const struct fault *fault = &faults->plan.fault;

	if (faults->calls == fault->call && !fault_fits(place, fault->error)) {
		run_fail(run, "call %lu is %s, which cannot get %s", fault->call, name, fault_errno_name(fault->error));
		return 0;
	}
	if (faults->calls == fault->call) {
		faults->failing = name;
		faults->began_ns = run->clock.now_ns;
		faults->until_ns = run->clock.now_ns + fault->for_ns;
		faults->settle_ns = faults_settle_from(run, faults->until_ns);
	} else if (faults->failing != name || run->clock.now_ns >= faults->until_ns) {
		return 0;
	}
	run_note(run, TL_CALL, true, "made to fail by --fail", "%s -> %s", name, fault_errno_name(fault->error));
	return fault->error;
}

static int at(struct run *run, enum fault_place place, const char *name)
{
	run->faults->calls++;
	if (run->faults->plan.mode == FAULTS_AT)
		return fails(run, place, name);
	list(run, place, name);
	return 0;
}

int faults_at_call(struct run *run, const char *name)
{
	return run->faults ? at(run, FAULT_AT_CALL, name) : 0;
}

int faults_at_connect(struct run *run)
{
	return run->faults ? at(run, FAULT_AT_CONNECT, "HTTP connect") : 0;
}

/* The same text for the same request, to be compared and kept by its address. */
static const char *request_name(struct faults *faults, const char *method, const char *path)
{
	char **grown;
	char *name;

	if (asprintf(&name, "%s %s", method, path) < 0)
		abort();
	for (size_t i = 0; i < faults->request_count; i++)
		if (strcmp(faults->requests[i], name) == 0) {
			free(name);
			return faults->requests[i];
		}
	grown = realloc(faults->requests, (faults->request_count + 1) * sizeof(*grown));
	if (!grown)
		abort();
	faults->requests = grown;
	return grown[faults->request_count++] = name;
}

int faults_at_request(struct run *run, const char *method, const char *path)
{
	return run->faults ? at(run, FAULT_AT_REQUEST, request_name(run->faults, method, path)) : 0;
}

/* The answer to a request that was served, gone: what came of it is wiped. */
static void lose(char **bytes, size_t *length, int *fd)
{
	if (*bytes) {
		OPENSSL_cleanse(*bytes, *length);
		free(*bytes);
	}
	if (*fd >= 0)
		(void) close(*fd);
	*bytes = NULL;
	*length = 0;
	*fd = -1;
}

int faults_answer(struct run *run, int error, char **bytes, size_t *length, int *fd)
{
	const size_t body = *length > sizeof(struct wire_http_head) ? *length - sizeof(struct wire_http_head) : 0;
	int pair[2];

	switch (error) {
	case FAULT_HTTP_UNTRUSTED:
		return server_encode(WIRE_HTTP_UNTRUSTED, 0, bytes, length);
	case FAULT_HTTP_500:
		return server_encode(WIRE_HTTP_ANSWERED, 500, bytes, length);
	case FAULT_HTTP_503:
		return server_encode(WIRE_HTTP_ANSWERED, 503, bytes, length);
	case FAULT_HTTP_LOST:
	case FAULT_HTTP_CUT:
		if (error == FAULT_HTTP_CUT && *fd < 0 && body > 1) {
			OPENSSL_cleanse(*bytes + *length - (body - body / 2), body - body / 2);
			*length -= body - body / 2;
			return 0;
		}
		lose(bytes, length, fd);
		return server_encode(WIRE_HTTP_LOST, 0, bytes, length);
	default:
		lose(bytes, length, fd);
		if (run->faults->stalled >= 0)
			(void) close(run->faults->stalled);
		run->faults->stalled = -1;
		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
			return -errno;
		run->faults->stalled = pair[0];
		*fd = pair[1];
		return 0;
	}
}

bool faults_happened(const struct run *run)
{
	return (run->faults && run->faults->failing) || oom_happened(run);
}

bool faults_planned(const struct run *run)
{
	return run->faults || run->oom;
}

uint64_t faults_until_ns(const struct run *run)
{
	return run->faults ? run->faults->until_ns : 0;
}

uint64_t faults_delay_ns(const struct run *run, uint64_t from_ns, uint64_t until_ns)
{
	const struct faults *faults = run->faults;

	return faults && faults->failing && faults->began_ns <= until_ns && faults->settle_ns > from_ns ? faults->settle_ns - faults->began_ns : 0;
}

uint64_t faults_settle_ns(const struct run *run)
{
	return run->faults ? run->faults->settle_ns : oom_settle_ns(run);
}
