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
	char *text;   /* unfinished line */
	size_t length, capacity;
	char progress[64];
};

struct pool {
	struct scenario *const *scenarios;
	size_t count, next, over;
	const struct job_options *options;
	FILE *messages;
	bool terminal;
	struct slot *slots;
	struct outcomes *results; /* one list for each scenario */
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
	size_t n, width = 79;

	if (!pool->terminal)
		return;
	if (ioctl(fileno(pool->messages), TIOCGWINSZ, &size) == 0 && size.ws_col > 20)
		width = size.ws_col - 1u;
	n = (size_t)snprintf(line, sizeof(line), "[%zu/%zu]", pool->over, pool->count);
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
	clear_progress(pool);
	(void) fprintf(pool->messages, "%-5s %s on %s (%.2f s)\n", run_verdict_name(o->verdict), o->scenario, o->network, o->real_s);
	(void) fflush(pool->messages);
}

static void take_line(struct pool *pool, struct slot *slot, const char *line)
{
	json_t *json = json_loads(line, 0, NULL), *inner = json_object_get(json, "outcome");
	struct outcome outcome;

	if (inner && outcome_from_json(inner, &outcome)) {
		tell_outcome(pool, &outcome);
		outcomes_add(&pool->results[slot->index], &outcome);
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
	tell_outcome(pool, &o);
	outcomes_add(&pool->results[slot->index], &o);
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

static void start(struct pool *pool, struct slot *slot)
{
	const pid_t parent = getpid();
	int fds[2];

	slot->index = pool->next++;
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
		job_run(pool->scenarios[slot->index], pool->options, fds[1]);
		_exit(0);
	}
	(void) close(fds[1]);
	slot->fd = fds[0];
}

static void finish(struct pool *pool, struct slot *slot)
{
	int status = 0;

	while (waitpid(slot->pid, &status, 0) < 0 && errno == EINTR)
		;
	(void) close(slot->fd);
	slot->fd = -1;
	slot->pid = 0;
	pool->over++;
	if (WIFSIGNALED(status)) {
		char why[160];

		(void) snprintf(why, sizeof(why), "azsim's process for this scenario was ended by signal %d (%s)%s", WTERMSIG(status),
		                strsignal(WTERMSIG(status)), WTERMSIG(status) == SIGKILL ? ": out of memory?" : ": a defect of azsim");
		add_lost(pool, slot, "-", why);
	} else if (cli_interrupted && pool->results[slot->index].count == 0) {
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
	size_t busy = 0;

	for (size_t i = 0; i < pool->options->parallel; i++) {
		struct slot *slot = &pool->slots[i];

		if (slot->pid == 0 && pool->next < pool->count && !cli_interrupted)
			start(pool, slot);
		busy += slot->pid > 0;
		fds[i] = (struct pollfd){.fd = slot->fd, .events = POLLIN};
	}
	if (busy == 0)
		return pool->next < pool->count && !cli_interrupted;
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
		.slots = calloc(options->parallel, sizeof(struct slot)), .results = calloc(count, sizeof(struct outcomes)),
	};

	if (!pool.slots || !pool.results)
		abort();
	for (size_t i = 0; i < options->parallel; i++)
		pool.slots[i].fd = -1;
	while (turn(&pool))
		;
	clear_progress(&pool);
	memset(ret_outcomes, 0, sizeof(*ret_outcomes));
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < pool.results[i].count; j++)
			outcomes_add(ret_outcomes, &pool.results[i].list[j]);
		outcomes_clear(&pool.results[i]);
	}
	for (size_t i = 0; i < options->parallel; i++)
		free(pool.slots[i].text);
	free(pool.slots);
	free(pool.results);
}
