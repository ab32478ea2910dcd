/* See oom.h. */
#define _GNU_SOURCE
#include "sim/torture/oom.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "emu-applibs/wire/oom_page.h"
#include "sim/run/internal.h"
#include "sim/torture/states.h"
#include "sim/util/text.h"

/* An allocation, as far as it is another one than those before. */
struct seen {
	uint8_t digest[32];  /* of the state in which */
	const char *message; /* and after which message */
	uint32_t nth;        /* of those since then */
	uint32_t place;      /* in the program */
};

struct oom {
	struct faults_plan plan;
	struct oom_page *page;
	char *path;
	uint64_t looked_at;      /* number of the last one that was seen */
	const char *message;     /* since then the application runs */
	bool happened;
	unsigned long failed_in; /* which start of the application it was */
	uint64_t settle_ns;
	struct seen *seen;
	size_t seen_count, seen_capacity;
};

int oom_parse(const char *text, struct faults_plan *ret)
{
	struct faults_plan plan;
	int end = -1;

	if (faults_parse_many(text, &plan) < 0) {
		plan = (struct faults_plan){.mode = FAULTS_AT};
		if (text[0] < '0' || text[0] > '9' || sscanf(text, "%9lu%n", &plan.fault.call, &end) != 1 || text[end] != '\0' ||
		    plan.fault.call == 0)
			return -EINVAL;
	}
	plan.kind = plan.fault.kind = FAULT_ALLOCATION;
	*ret = plan;
	return 0;
}

/* ---- The page ------------------------------------------------------------------------------------------------------------- */

static int make_page(struct oom *oom, struct az_error *ret_error)
{
	cleanup_fd int fd = open(oom->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 || ftruncate(fd, (off_t)sizeof(*oom->page)) < 0) {
		az_error_set(ret_error, AZ_ENVIRONMENT, "%s: %s", oom->path, strerror(errno));
		return -errno;
	}
	oom->page = mmap(NULL, sizeof(*oom->page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (oom->page == MAP_FAILED) {
		oom->page = NULL;
		az_error_set(ret_error, AZ_ENVIRONMENT, "%s: cannot be mapped: %s", oom->path, strerror(errno));
		return -errno;
	}
	oom->page->magic = OOM_MAGIC;
	oom->page->version = OOM_VERSION;
	oom->page->fails_at = oom->plan.mode == FAULTS_AT ? oom->plan.fault.call : 0;
	return 0;
}

int oom_set_up(struct run *run, struct az_error *ret_error)
{
	struct oom *oom;

	if (run->options->faults.mode == FAULTS_NONE || run->options->faults.kind != FAULT_ALLOCATION)
		return 0;
	if (run->package.machine == APP_ARM) {
		az_error_set(ret_error, AZ_USAGE, "--oom takes an application that is built for this machine, not for the MT3620; --ram-limit is for both");
		return -EINVAL;
	}
	oom = calloc(1, sizeof(*oom));
	if (!oom || asprintf(&oom->path, "%s/oom.page", run->run_dir) < 0)
		abort();
	run->oom = oom;
	oom->plan = run->options->faults;
	oom->message = "start";
	run->launch.oom_page = oom->path;
	return make_page(oom, ret_error);
}

void oom_free(struct oom *oom)
{
	if (!oom)
		return;
	if (oom->page)
		(void) munmap(oom->page, sizeof(*oom->page));
	free(oom->path);
	free(oom->seen);
	free(oom);
}

/* ---- Which are worth it --------------------------------------------------------------------------------------------------- */

static bool is_new(struct oom *oom, const struct seen *now)
{
	for (size_t i = oom->seen_count; i-- > 0;) {
		const struct seen *s = &oom->seen[i];

		if (s->nth == now->nth && s->place == now->place && s->message == now->message &&
		    memcmp(s->digest, now->digest, sizeof(now->digest)) == 0)
			return false;
	}
	if (oom->seen_count == oom->seen_capacity) {
		oom->seen_capacity = oom->seen_capacity ? 2 * oom->seen_capacity : 256;
		oom->seen = reallocarray(oom->seen, oom->seen_capacity, sizeof(*oom->seen));
		if (!oom->seen)
			abort();
	}
	oom->seen[oom->seen_count++] = *now;
	return true;
}

static void list(struct run *run, uint64_t count)
{
	struct oom *oom = run->oom;
	struct seen now = {.message = oom->message};

	states_digest(run, now.digest);
	for (uint64_t number = oom->looked_at + 1; number <= count; number++) {
		now.nth = (uint32_t)(number - oom->looked_at);
		/* So many at once that their places are lost: each is tried. */
		now.place = count - number < OOM_RECENT ? oom->page->recent[number % OOM_RECENT] : (uint32_t)number;
		if (oom->plan.mode == FAULTS_ALL || is_new(oom, &now))
			faults_found_add(&run->result->faults, &(struct fault){.kind = FAULT_ALLOCATION, .call = (unsigned long)number});
	}
	run->result->faults.calls = (unsigned long)count;
}

/* ---- One that fails ------------------------------------------------------------------------------------------------------- */

static void note(struct run *run)
{
	struct oom *oom = run->oom;
	char where[OOM_WHERE_MAX];

	memcpy(where, oom->page->where, sizeof(where));
	where[sizeof(where) - 1] = '\0';
	text_sanitize(where);
	run_note(run, TL_APP, true, NULL, "allocation %lu failed by --oom: %s", oom->plan.fault.call, where);
	run_hint(run, "allocation %lu failed: %s (addr2line -fie names the places)", oom->plan.fault.call, where);
	oom->happened = true;
	oom->failed_in = run->result->app_starts;
	oom->settle_ns = faults_settle_from(run, run->clock.now_ns);
}

void oom_look(struct run *run, const char *message)
{
	struct oom *oom = run->oom;
	uint64_t count;

	if (!oom)
		return;
	count = oom->page->count;
	if (oom->plan.mode == FAULTS_AT) {
		if (!oom->happened && oom->page->failed != 0)
			note(run);
	} else if (count > oom->looked_at) {
		list(run, count);
	}
	oom->looked_at = count;
	oom->message = message ? message : "start";
}

bool oom_may_end(struct run *run, int status)
{
	if (!oom_happened(run) || run->oom->failed_in != run->result->app_starts || !WIFEXITED(status))
		return false;
	run_note(run, TL_APP, true, NULL, "it got no memory: to end, and be started again, is an answer");
	run->result->faults.ended = true;
	return true;
}

bool oom_happened(const struct run *run)
{
	return run->oom && run->oom->happened;
}

uint64_t oom_settle_ns(const struct run *run)
{
	return run->oom ? run->oom->settle_ns : 0;
}
