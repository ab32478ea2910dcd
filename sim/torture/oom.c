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

#define AT_ONCE_MAX 50000000u /* allocations between two messages: who says more lies */

struct oom {
	struct faults_plan plan;
	struct oom_page *page;
	int fd;     /* of the page */
	char *path;
	uint64_t looked_at;      /* number of the last one that was seen */
	const char *message;     /* since then the application runs */
	bool happened;
	unsigned long failed_in; /* which start of the application it was */
	uint64_t settle_ns;
	uint64_t *seen; /* identities of those that were listed, at a place that they give; 0: free */
	size_t seen_count, seen_capacity; /* a power of 2 */
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
	int e;

	/* The application may write to it, but not make it shorter under our eyes. */
	oom->fd = memfd_create("azsim-oom", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (oom->fd < 0 || ftruncate(oom->fd, (off_t)sizeof(*oom->page)) < 0 ||
	    fcntl(oom->fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0 ||
	    (oom->page = mmap(NULL, sizeof(*oom->page), PROT_READ | PROT_WRITE, MAP_SHARED, oom->fd, 0)) == MAP_FAILED) {
		e = errno;
		oom->page = NULL;
		az_error_set(ret_error, AZ_ENVIRONMENT, "--oom: no memory to share with the application: %s", strerror(e));
		return -e;
	}
	if (asprintf(&oom->path, "/proc/%d/fd/%d", (int)getpid(), oom->fd) < 0)
		abort();
	oom->page->magic = OOM_MAGIC;
	oom->page->version = OOM_VERSION;
	oom->page->fails_at = oom->plan.mode == FAULTS_AT ? oom->plan.fault.call : 0;
	return 0;
}

int oom_set_up(struct run *run, struct az_error *ret_error)
{
	struct oom *oom;
	int r;

	if (run->options->faults.mode == FAULTS_NONE || run->options->faults.kind != FAULT_ALLOCATION)
		return 0;
	if (run->package.machine == APP_ARM) {
		az_error_set(ret_error, AZ_USAGE, "--oom takes an application that is built for this machine, not for the MT3620; --ram-limit is for both");
		return -EINVAL;
	}
	oom = calloc(1, sizeof(*oom));
	if (!oom)
		abort();
	run->oom = oom;
	oom->plan = run->options->faults;
	oom->message = "start";
	r = make_page(oom, ret_error);
	run->launch.oom_page = oom->path;
	return r;
}

void oom_free(struct oom *oom)
{
	if (!oom)
		return;
	if (oom->page)
		(void) munmap(oom->page, sizeof(*oom->page));
	if (oom->fd >= 0)
		(void) close(oom->fd);
	free(oom->path);
	free(oom->seen);
	free(oom);
}

/* ---- Which are worth it --------------------------------------------------------------------------------------------------- */

/* FNV-1a. */
static uint64_t hash(uint64_t h, const void *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		h = (h ^ ((const uint8_t *)bytes)[i]) * UINT64_C(0x100000001b3);
	return h;
}

static uint64_t *slot_of(uint64_t *slots, size_t capacity, uint64_t identity)
{
	size_t i = identity & (capacity - 1);

	while (slots[i] != 0 && slots[i] != identity)
		i = (i + 1) & (capacity - 1);
	return &slots[i];
}

static void grow(struct oom *oom)
{
	size_t capacity = oom->seen_capacity ? 2 * oom->seen_capacity : 1024;
	uint64_t *grown = calloc(capacity, sizeof(*grown));

	if (!grown)
		abort();
	for (size_t i = 0; i < oom->seen_capacity; i++)
		if (oom->seen[i] != 0)
			*slot_of(grown, capacity, oom->seen[i]) = oom->seen[i];
	free(oom->seen);
	oom->seen = grown;
	oom->seen_capacity = capacity;
}

static bool is_new(struct oom *oom, uint64_t identity)
{
	uint64_t *slot;

	identity = identity ? identity : 1;
	if (2 * oom->seen_count >= oom->seen_capacity)
		grow(oom);
	slot = slot_of(oom->seen, oom->seen_capacity, identity);
	if (*slot != 0)
		return false;
	*slot = identity;
	oom->seen_count++;
	return true;
}

/* An allocation is another one than those before by the state of the world, the message before it, its number since then, and the place
 * in the program that asks for it. */
static void list(struct run *run, uint64_t count)
{
	struct oom *oom = run->oom;
	uint8_t digest[32];
	uint64_t stretch;

	states_digest(run, digest);
	stretch = hash(hash(UINT64_C(0xcbf29ce484222325), digest, sizeof(digest)), oom->message, strlen(oom->message));
	for (uint64_t number = oom->looked_at + 1; number <= count; number++) {
		/* So many at once that their places are lost: each is tried. */
		const uint64_t place = count - number < OOM_RECENT ? oom->page->recent[number % OOM_RECENT] : number, nth = number - oom->looked_at;

		if (oom->plan.mode == FAULTS_ALL || is_new(oom, hash(hash(stretch, &nth, sizeof(nth)), &place, sizeof(place))))
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
	if (count < oom->looked_at || count - oom->looked_at > AT_ONCE_MAX) {
		run_app_misbehaves(run, "the application wrote into the memory in which its allocations are counted");
		return;
	}
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
