/* See jobs.h: the side that starts the processes, listens to them and shows progress. */
#define _GNU_SOURCE
#include "sim/cli/jobs.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "sim/cli/cli.h"

#define LINE_MAX_BYTES (4 * 1024 * 1024)

struct slot {
	pid_t pid; /* 0: free */
	int fd;    /* what it tells; -1 */
	size_t index; /* of its scenario */
	struct combination combination;
	size_t outcomes; /* heard of this process */
	char *text;   /* unfinished line */
	size_t length, capacity;
	char progress[64];
};

/* One scenario: the combinations of readings that it is played under (without --readings=all: one), and what came of them. */
struct work {
	struct combinations todo;
	size_t next, running;
	struct outcomes results;
	bool stopped; /* there are too many */
};

struct pool {
	struct scenario *const *scenarios;
	size_t count, over;
	size_t told; /* with all_readings: scenarios whose lines were written */
	struct work *work; /* one for each scenario */
	const struct job_options *options;
	FILE *messages;
	bool terminal;
	struct slot *slots;
	bool told_children;
};

/* ---- Messages ------------------------------------------------------------------------------------------------------------ */

static void clear_progress(const struct pool *pool)
{
	if (pool->terminal)
		(void) fputs("\r\033[K", pool->messages);
}

static void show_progress(const struct pool *pool)
{
	struct winsize size = {0};
	char line[256];
	size_t n, width = 79, all = 0;

	if (!pool->terminal)
		return;
	for (size_t i = 0; i < pool->count; i++)
		all += pool->work[i].todo.count;
	if (pool->options->quiet)
		all = pool->options->over_all;
	if (ioctl(fileno(pool->messages), TIOCGWINSZ, &size) == 0 && size.ws_col > 20)
		width = size.ws_col - 1u;
	n = (size_t)snprintf(line, sizeof(line), "[%zu/%zu]", pool->options->over_before + pool->over, all);
	for (size_t i = 0; i < pool->options->parallel && n < sizeof(line) - 1; i++)
		if (pool->slots[i].pid > 0)
			n += (size_t)snprintf(line + n, sizeof(line) - n, "  %s %s", pool->scenarios[pool->slots[i].index]->name,
			                      pool->slots[i].progress);
	if (width < sizeof(line))
		line[width] = '\0';
	clear_progress(pool);
	(void) fputs(line, pool->messages);
	(void) fflush(pool->messages);
}

static void tell_outcome(const struct pool *pool, const struct outcome *o)
{
	if (pool->options->quiet)
		return;
	clear_progress(pool);
	(void) fprintf(pool->messages, "%-5s %s on %s%s%s (%.2f s)\n", run_verdict_name(o->verdict), o->scenario, o->network,
	               o->tried ? ": " : "", o->tried ? o->tried : "", o->real_s);
	(void) fflush(pool->messages);
}

/* ---- Combinations -------------------------------------------------------------------------------------------------------- */

static size_t network_order(const struct pool *pool, const char *name)
{
	size_t i = 0;

	while (pool->options->networks[i] && strcmp(pool->options->networks[i]->name, name) != 0)
		i++;
	return i;
}

static int compare_outcomes(const void *left, const void *right, void *pool)
{
	const struct outcome *a = left, *b = right;
	const size_t na = network_order(pool, a->network), nb = network_order(pool, b->network);
	char code_a[READING_COUNT + 1], code_b[READING_COUNT + 1];

	if (na != nb)
		return na < nb ? -1 : 1;
	combination_code(a->asked, a->asked_count, code_a);
	combination_code(b->asked, b->asked_count, code_b);
	return strcmp(code_a, code_b);
}

static void tell_group(const struct pool *pool, const struct outcomes *outcomes, size_t first)
{
	const size_t n = outcomes_group(outcomes, first);
	double real_s;
	size_t failed;
	unsigned long tried = 0;
	char text[64] = "";
	enum run_verdict worst = outcomes_group_verdict(outcomes, first, &failed, &real_s);

	for (size_t i = 0; i < n; i++)
		tried += outcomes->list[first + i].tried_runs;
	if (tried > 0)
		(void) snprintf(text, sizeof(text), "; %lu cuts or faults played", tried);
	(void) fprintf(pool->messages, "%-5s %s on %s: %zu combination%s of readings, %zu failed%s (%.2f s)\n", run_verdict_name(worst),
	               outcomes->list[first].scenario, outcomes->list[first].network, n, n == 1 ? "" : "s", failed, text, real_s);
}

/* The scenarios that are over, in their order. */
static void tell_scenarios(struct pool *pool)
{
	while (pool->told < pool->count) {
		struct work *work = &pool->work[pool->told];

		if (work->running > 0 || (work->next < work->todo.count && !cli_interrupted))
			return;
		if (work->results.count > 0)
			qsort_r(work->results.list, work->results.count, sizeof(*work->results.list), compare_outcomes, pool);
		clear_progress(pool);
		for (size_t i = 0; i < work->results.count; i += outcomes_group(&work->results, i))
			tell_group(pool, &work->results, i);
		(void) fflush(pool->messages);
		pool->told++;
	}
}

static void add_lost(struct pool *pool, const struct slot *slot, const char *network, const char *why);

/* The first network of this combination is over: what else is there to play? */
static void branch(struct pool *pool, struct slot *slot, const struct outcome *outcome)
{
	struct work *work = &pool->work[slot->index];
	bool pinned[READING_COUNT];
	char why[128];
	int r;

	if (work->stopped || outcome->verdict > RUN_FAILED)
		return;
	job_pinned(pool->scenarios[slot->index], pool->options, pinned);
	r = combinations_branch(&work->todo, slot->combination, outcome->asked, outcome->asked_count, pinned);
	if (r == -E2BIG) {
		work->stopped = true;
		(void) snprintf(why, sizeof(why), "there are more than %d combinations of readings; fix some with --reading=NAME=VALUE",
		                COMBINATIONS_MAX);
		add_lost(pool, slot, "-", why);
	} else if (r < 0) {
		add_lost(pool, slot, "-", "it does not repeat: under the same readings the device asked for others than before");
	}
}

static void take_line(struct pool *pool, struct slot *slot, const char *line)
{
	json_t *json = json_loads(line, 0, NULL), *inner = json_object_get(json, "outcome");
	struct outcome outcome;

	if (inner && outcome_from_json(inner, &outcome)) {
		if (pool->options->all_readings && slot->outcomes++ == 0)
			branch(pool, slot, &outcome);
		if (!pool->options->all_readings)
			tell_outcome(pool, &outcome);
		outcomes_add(&pool->work[slot->index].results, &outcome);
	} else {
		const char *network = json_string_value(json_object_get(json, "progress"));
		json_int_t now_ns = json_integer_value(json_object_get(json, "now_ns"));

		if (network)
			(void) snprintf(slot->progress, sizeof(slot->progress), "%.16s +%lldd", network,
			                (long long)((uint64_t)now_ns / (86400 * NS_PER_S)));
	}
	json_decref(json);
}

static void take_bytes(struct pool *pool, struct slot *slot, const char *bytes, size_t n)
{
	char *newline;
	size_t begin = 0;

	if (slot->length + n + 1 > slot->capacity) {
		slot->capacity = (slot->length + n + 1) * 2;
		slot->text = realloc(slot->text, slot->capacity);
		if (!slot->text || slot->capacity > LINE_MAX_BYTES)
			abort();
	}
	memcpy(slot->text + slot->length, bytes, n);
	slot->length += n;
	while ((newline = memchr(slot->text + begin, '\n', slot->length - begin))) {
		*newline = '\0';
		take_line(pool, slot, slot->text + begin);
		begin = (size_t)(newline - slot->text) + 1;
	}
	memmove(slot->text, slot->text + begin, slot->length - begin);
	slot->length -= begin;
}

/* ---- Processes ----------------------------------------------------------------------------------------------------------- */

/* A run that never said how it ended. */
static void add_lost(struct pool *pool, const struct slot *slot, const char *network, const char *why)
{
	const struct scenario *scenario = pool->scenarios[slot->index];
	struct outcome o = {
		.scenario = strdup(scenario->name), .file = strdup(scenario->file), .network = strdup(network),
		.verdict = cli_interrupted ? RUN_INTERRUPTED : RUN_ERROR, .status = cli_interrupted ? AZ_INTERRUPTED : AZ_ENVIRONMENT,
		.failures = calloc(2, sizeof(char *)), .hints = calloc(1, sizeof(char *)),
	};

	if (!o.failures || !o.hints)
		abort();
	o.failures[0] = strdup(why);
	if (pool->options->all_readings)
		o.variant = combination_text(&slot->combination);
	else
		tell_outcome(pool, &o);
	outcomes_add(&pool->work[slot->index].results, &o);
}

/* The application, azsim and the daemons of one run take turns and never work at the same time: on one processor they hand over
 * several times faster than across two. Each slot takes its own of those that azsim may use;
 * the first differs from one azsim to the next. */
static void stay_on_one_processor(size_t slot_number)
{
	cpu_set_t allowed, one;
	int count, nth;

	if (sched_getaffinity(0, sizeof(allowed), &allowed) < 0 || (count = CPU_COUNT(&allowed)) < 1)
		return;
	nth = (int)((slot_number + (size_t)getppid()) % (size_t)count);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &allowed) || nth-- > 0)
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		(void) sched_setaffinity(0, sizeof(one), &one);
		return;
	}
}

/* What comes next: of the first scenario that has anything left. NULL: nothing, for now at least. */
static struct work *next_work(const struct pool *pool)
{
	for (size_t i = 0; i < pool->count; i++)
		if (pool->work[i].next < pool->work[i].todo.count)
			return &pool->work[i];
	return NULL;
}

static void start(struct pool *pool, struct slot *slot, struct work *work)
{
	const pid_t parent = getpid();
	int fds[2];

	slot->index = (size_t)(work - pool->work);
	slot->combination = work->todo.list[work->next++];
	slot->outcomes = 0;
	slot->length = 0;
	slot->progress[0] = '\0';
	(void) fflush(NULL);
	if (pipe2(fds, O_CLOEXEC) < 0) {
		add_lost(pool, slot, "-", "cannot make a pipe: too many open files?");
		pool->over++;
		return;
	}
	slot->pid = fork();
	if (slot->pid < 0) {
		char why[128];

		(void) snprintf(why, sizeof(why), "cannot start a process for it: %s", strerror(errno));
		(void) close(fds[0]);
		(void) close(fds[1]);
		slot->pid = 0;
		add_lost(pool, slot, "-", why);
		pool->over++;
		return;
	}
	if (slot->pid == 0) {
		/* When azsim goes, it stops in order and cleans up after itself. */
		(void) prctl(PR_SET_PDEATHSIG, SIGTERM);
		if (getppid() != parent)
			_exit(0);
		/* Ctrl-C at the terminal is for azsim alone, which passes it on: daemons and application shall be stopped, not die. */
		(void) setpgid(0, 0);
		for (size_t i = 0; i < pool->options->parallel; i++)
			if (pool->slots[i].fd >= 0)
				(void) close(pool->slots[i].fd);
		(void) close(fds[0]);
		stay_on_one_processor((size_t)(slot - pool->slots));
		job_run(pool->scenarios[slot->index], pool->options, &slot->combination, fds[1]);
		_exit(0);
	}
	(void) close(fds[1]);
	slot->fd = fds[0];
	work->running++;
}

static void finish(struct pool *pool, struct slot *slot)
{
	struct work *work = &pool->work[slot->index];
	int status = 0;

	while (waitpid(slot->pid, &status, 0) < 0 && errno == EINTR)
		;
	(void) close(slot->fd);
	slot->fd = -1;
	slot->pid = 0;
	pool->over++;
	work->running--;
	if (WIFSIGNALED(status)) {
		char why[160];

		(void) snprintf(why, sizeof(why), "azsim's process for this scenario was ended by signal %d (%s)%s", WTERMSIG(status),
		                strsignal(WTERMSIG(status)), WTERMSIG(status) == SIGKILL ? ": out of memory?" : ": a defect of azsim");
		add_lost(pool, slot, "-", why);
	} else if (cli_interrupted && work->results.count == 0) {
		add_lost(pool, slot, "-", "interrupted");
	}
}

static void listen_to(struct pool *pool, struct slot *slot)
{
	char bytes[65536];
	ssize_t n = read(slot->fd, bytes, sizeof(bytes));

	if (n > 0)
		take_bytes(pool, slot, bytes, (size_t)n);
	else if (n == 0 || errno != EINTR)
		finish(pool, slot);
}

static void pass_on_interruption(struct pool *pool)
{
	if (!cli_interrupted || pool->told_children)
		return;
	pool->told_children = true;
	for (size_t i = 0; i < pool->options->parallel; i++)
		if (pool->slots[i].pid > 0)
			(void) kill(pool->slots[i].pid, SIGTERM);
}

static bool turn(struct pool *pool)
{
	struct pollfd fds[JOBS_MAX];
	struct work *work;
	size_t busy = 0;

	for (size_t i = 0; i < pool->options->parallel; i++) {
		struct slot *slot = &pool->slots[i];

		if (slot->pid == 0 && !cli_interrupted && (work = next_work(pool)))
			start(pool, slot, work);
		busy += slot->pid > 0;
		fds[i] = (struct pollfd){.fd = slot->fd, .events = POLLIN};
	}
	if (pool->options->all_readings)
		tell_scenarios(pool);
	if (busy == 0)
		return next_work(pool) && !cli_interrupted;
	show_progress(pool);
	if (poll(fds, pool->options->parallel, 500) > 0)
		for (size_t i = 0; i < pool->options->parallel; i++)
			if (fds[i].revents && pool->slots[i].pid > 0)
				listen_to(pool, &pool->slots[i]);
	pass_on_interruption(pool);
	return true;
}

void jobs_run(struct scenario *const *scenarios, size_t count, const struct job_options *options, FILE *messages,
              struct outcomes *ret_outcomes)
{
	struct pool pool = {
		.scenarios = scenarios, .count = count, .options = options, .messages = messages, .terminal = isatty(fileno(messages)) == 1,
		.slots = calloc(options->parallel, sizeof(struct slot)), .work = calloc(count, sizeof(struct work)),
	};

	if (!pool.slots || !pool.work)
		abort();
	for (size_t i = 0; i < count; i++)
		combinations_init(&pool.work[i].todo);
	for (size_t i = 0; i < options->parallel; i++)
		pool.slots[i].fd = -1;
	while (turn(&pool))
		;
	clear_progress(&pool);
	memset(ret_outcomes, 0, sizeof(*ret_outcomes));
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < pool.work[i].results.count; j++)
			outcomes_add(ret_outcomes, &pool.work[i].results.list[j]);
		outcomes_clear(&pool.work[i].results);
		combinations_clear(&pool.work[i].todo);
	}
	for (size_t i = 0; i < options->parallel; i++)
		free(pool.slots[i].text);
	free(pool.slots);
	free(pool.work);
}
