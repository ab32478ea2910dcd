/* One scenario on each of its networks, and what stays of it: outcome, timeline, logs. Runs in a process of its own. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#include "sim/cli/cli.h"
#include "sim/cli/jobs.h"
#include "sim/cli/options.h"
#include "sim/cli/workdir.h"
#include "sim/torture/faults_play.h"
#include "sim/util/tree.h"

#define PROGRESS_MS 200

struct job {
	const struct scenario *scenario;
	const struct job_options *options;
	const struct combination *combination;
	char *variant; /* NULL: the only run of the scenario */
	int fd;
	const struct net_ops *network; /* at work now */
	struct run_kill *kills;        /* options->kills of them; NULL: none */
	struct cuts_plan cuts;         /* of the next run */
	struct faults_plan faults;     /* of the next run */
	bool *settled;                 /* READING_COUNT flags: as in struct run_options, or NULL */
	struct faults_counts fault_counts;
	int64_t told_ms;
};

/* ---- To the parent ------------------------------------------------------------------------------------------------------- */

static void send_line(int fd, json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT);
	size_t n, done = 0;

	json_decref(json);
	if (!text)
		return;
	n = strlen(text);
	text[n++] = '\n';
	while (done < n) {
		ssize_t w = write(fd, text + done, n - done);

		if (w < 0 && errno != EINTR)
			break; /* the parent is gone: nobody to tell */
		done += w > 0 ? (size_t)w : 0;
	}
	free(text);
}

static int64_t now_ms(void)
{
	struct timespec ts;

	(void) clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void on_progress(void *ctx, uint64_t now_ns)
{
	struct job *job = ctx;
	int64_t ms = now_ms();

	if (ms - job->told_ms < PROGRESS_MS)
		return;
	job->told_ms = ms;
	send_line(job->fd, json_pack("{s:s, s:I}", "progress", job->network->name, "now_ns", (json_int_t)now_ns));
}

/* ---- One network --------------------------------------------------------------------------------------------------------- */

static char *with_quotes(const char *word)
{
	char *quoted = NULL, *out;

	if (word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./,:@%")] == '\0' && word[0])
		return strdup(word);
	quoted = malloc(strlen(word) * 4 + 3);
	if (!quoted)
		abort();
	out = quoted;
	*out++ = '\'';
	for (; *word; word++) {
		if (*word == '\'') {
			memcpy(out, "'\\''", 4);
			out += 4;
		} else {
			*out++ = *word;
		}
	}
	*out++ = '\'';
	*out = '\0';
	return quoted;
}

static void add_word(FILE *f, const char *option, const char *value)
{
	cleanup_free char *word = with_quotes(value);

	(void) fprintf(f, " %s%s", option, word);
}

static void add_reading(FILE *f, const char *name, const char *choice)
{
	cleanup_free char *pair = NULL;

	if (asprintf(&pair, "%s=%s", name, choice) < 0)
		abort();
	add_word(f, "--reading=", pair);
}

static char *repeat_command(const struct job *job, const char *networks)
{
	const struct job_options *o = job->options;
	cleanup_free char *combination = combination_options(job->combination);
	char *text = NULL, seed[24];
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		abort();
	(void) fputs(cli_program(), f);
	(void) fputs(" run", f);
	add_word(f, "--net=", networks);
	(void) snprintf(seed, sizeof(seed), "%llu", (unsigned long long)o->seed);
	add_word(f, "--seed=", seed);
	if (o->readings_file)
		add_word(f, "--readings-file=", o->readings_file);
	for (size_t i = o->readings_file_count; i < o->reading_count; i++)
		add_reading(f, o->readings[i].name, o->readings[i].choice);
	(void) fputs(combination, f);
	if (o->all_readings && cuts_branch(&o->cuts))
		(void) fputs(" --readings=all", f); /* the others, which only branches ask */
	if (o->kills)
		(void) fprintf(f, " --kills=%u", o->kills);
	if (o->app)
		add_word(f, "--app=", o->app);
	if (o->cuts_text)
		add_word(f, "--cut=", o->cuts_text);
	if (o->faults_text)
		add_word(f, o->faults.kind == FAULT_CALL ? "--fail=" : "--oom=", o->faults_text);
	if (o->no_memory)
		(void) fputs(" --no-memory", f);
	if (o->http_shim)
		add_word(f, "--http=", "shim");
	else if (o->faults.kind == FAULT_ALLOCATION)
		add_word(f, "--http=", "real");
	if (o->capture)
		(void) fputs(" --pcap", f);
	if (o->ram_limit) {
		char bytes[24];

		(void) snprintf(bytes, sizeof(bytes), "%u", o->ram_limit);
		add_word(f, "--ram-limit=", bytes);
	}
	if (o->wrapper_text)
		add_word(f, "--wrapper=", o->wrapper_text);
	if (o->out)
		add_word(f, "--out=", o->out);
	add_word(f, "", job->scenario->file);
	(void) fclose(f);
	return text;
}

static char **copy_list(char *const *list, size_t count, const char *extra)
{
	char **copy = calloc(count + 2, sizeof(*copy));

	if (!copy)
		abort();
	for (size_t i = 0; i < count; i++)
		copy[i] = strdup(list[i]);
	if (extra)
		copy[count] = strdup(extra);
	return copy;
}

/* NULL: neither cuts nor faults were. */
static char *what_was_tried(const struct job *job, const struct run_result *result)
{
	const struct faults_counts *f = &job->fault_counts;
	char *text = NULL;
	int r = 0;

	if (result->cuts.points > 0)
		r = asprintf(&text, "the power can go at %lu points, %lu of them played", result->cuts.points, result->cuts.played);
	else if (faults_many(&job->options->faults) && job->options->faults.kind == FAULT_ALLOCATION && f->calls == 0)
		text = strdup("no allocation was seen: the application makes none, or has an allocator of its own, as a sanitizer's");
	else if (faults_many(&job->options->faults) && job->options->faults.kind == FAULT_ALLOCATION)
		r = asprintf(&text, "%lu allocations, %lu of them can fail and differ, %lu of them played, %lu failed; in %lu the application ended and "
		                    "was started again", f->calls, f->ways, f->played, f->failed, f->ended);
	else if (f->played > 0)
		r = asprintf(&text, "%lu calls can fail in %lu ways, %lu of them played, %lu failed", f->calls, f->ways, f->played, f->failed);
	if (r < 0)
		abort();
	return text;
}

static void fill(struct outcome *o, const struct job *job, const struct run_result *result)
{
	o->scenario = strdup(job->scenario->name);
	o->file = strdup(job->scenario->file);
	o->network = strdup(job->network->name);
	o->verdict = result->verdict;
	o->status = result->verdict == RUN_PASSED ? AZ_OK
	            : result->verdict == RUN_FAILED ? AZ_FAILED
	            : result->verdict == RUN_INTERRUPTED ? AZ_INTERRUPTED
	                                                 : result->error.status;
	o->span_ns = result->span_ns;
	o->offline_ns = result->offline_ns;
	o->authentications = result->authentications;
	o->flash_writes = result->flash_writes;
	o->issuer_requests = result->issuer_requests;
	o->api_calls = result->api_calls;
	o->real_s = result->real_s;
	o->tried = what_was_tried(job, result);
	o->tried_runs = result->cuts.played + result->cuts.again + job->fault_counts.played;
	o->memory = result->memory;
	o->variant = job->variant ? strdup(job->variant) : NULL;
	o->asked = calloc(READING_COUNT, sizeof(*o->asked));
	if (!o->asked)
		abort();
	for (; o->asked_count < result->asked.count; o->asked_count++) {
		const enum reading_id id = result->asked.ids[o->asked_count];

		o->asked[o->asked_count] = (struct reading_answer){.id = id, .choice = result->readings.chosen[id]};
	}
	o->failures = copy_list(result->failures, result->failure_count, result->verdict == RUN_ERROR ? result->error.text : NULL);
	o->hints = copy_list(result->hints, result->hint_count, NULL);
	o->repeat = repeat_command(job, job->network->name);
}

/* Timeline and logs into the folder for results. A folder that cannot be written to is told, once per run, as a hint. */
static void keep(const struct job *job, const struct run_result *result, const char *work, struct outcome *o)
{
	const char *out = job->options->out ? job->options->out : JOB_DEFAULT_OUT;
	cleanup_free char *stem = NULL, *json = NULL, *text = NULL, *logs = NULL, *capture = NULL;
	char code[READING_COUNT + 1];
	int r;

	if (job->options->quiet || result->verdict == RUN_INTERRUPTED ||
	    (!job->options->out && !job->options->capture && result->verdict == RUN_PASSED))
		return;
	/* Of hundreds of combinations only the failed ones, and only where a place was named for them: each can be repeated. */
	if (o->variant && (!job->options->out || result->verdict == RUN_PASSED))
		return;
	combination_code(o->asked, o->asked_count, code);
	if (asprintf(&stem, "%s/%s.%s%s%s", out, o->scenario, o->network, o->variant ? "." : "", o->variant ? code : "") < 0 || asprintf(&json, "%s.json", stem) < 0 ||
	    asprintf(&text, "%s.timeline", stem) < 0 || asprintf(&logs, "%s.logs", stem) < 0 ||
	    asprintf(&capture, "%s.pcapng", stem) < 0)
		abort();
	r = mkdir(out, 0755) < 0 && errno != EEXIST ? -errno : 0;
	if (r == 0)
		r = report_timeline_json(result, o->scenario, o->network, job->options->seed, json);
	if (r == 0)
		r = timeline_write_text(&result->timeline, result->application, text);
	if (r == 0 && job->options->capture)
		r = workdir_keep_capture(work, capture);
	if (r < 0) {
		fprintf(stderr, "azsim run: %s: cannot write results: %s\n", stem, strerror(-r));
		if (o->status == AZ_OK) {
			o->status = AZ_ENVIRONMENT;
			o->verdict = RUN_ERROR;
		}
		return;
	}
	o->timeline = steal_ptr(&text);
	if (result->verdict != RUN_PASSED && workdir_keep_logs(work, logs))
		o->logs = steal_ptr(&logs);
}

/* The device must not be able to tell one network from another. */
static void compare(const struct job *job, const struct run_result *first, const char *first_name, struct run_result *second,
                    const char *second_name)
{
	char a[512], b[512], *text = NULL, **grown;

	(void) job;
	if (first->verdict > RUN_FAILED || second->verdict > RUN_FAILED)
		return;
	if (first->verdict == second->verdict && !timeline_differ(&first->timeline, &second->timeline, a, b))
		return;
	if (first->verdict != second->verdict && !timeline_differ(&first->timeline, &second->timeline, a, b)) {
		(void) snprintf(a, sizeof(a), "%s", run_verdict_name(first->verdict));
		(void) snprintf(b, sizeof(b), "%s", run_verdict_name(second->verdict));
	}
	if (asprintf(&text, "the device saw something else on %s than on %s; first difference:\n    %s: %s\n    %s: %s", second_name, first_name,
	             first_name, a, second_name, b) < 0)
		abort();
	grown = realloc(second->failures, (second->failure_count + 1) * sizeof(*grown));
	if (!grown)
		abort();
	second->failures = grown;
	grown[second->failure_count++] = text;
	second->verdict = RUN_FAILED;
}

/* The scenario in a folder of its own, which the caller removes unless its name is empty. */
static void play(struct job *job, const struct net_ops *network, char work[64], struct run_result *result)
{
	const struct job_options *options = job->options;
	struct scn_reading readings[CLI_READINGS_MAX + READING_COUNT];
	size_t reading_count = options->reading_count;
	struct run_options run_options = {
		.seed = options->seed, .readings = readings, .app = options->app,
		.wrapper = options->wrapper, .cuts = job->cuts, .faults = job->faults, .http_shim = options->http_shim, .no_memory = options->no_memory, .capture = options->capture,
		.settled_readings = job->settled,
		.ram_limit = options->ram_limit, .home = cli_home(), .work_dir = work, .app_wait_s = options->app_wait_s,
		.kills = job->kills, .kill_count = job->kills ? options->kills : 0,
		.interrupted = &cli_interrupted, .progress = on_progress, .progress_ctx = job,
	};

	for (size_t i = 0; i < options->reading_count; i++)
		readings[i] = options->readings[i];
	for (size_t i = 0; i < job->combination->count; i++) {
		const struct reading_info *info = &readings_table()[job->combination->answers[i].id];

		readings[reading_count].name = (char *)(uintptr_t)info->name;
		readings[reading_count++].choice = (char *)(uintptr_t)info->choices[job->combination->answers[i].choice].name;
	}
	run_options.reading_count = reading_count;
	memset(result, 0, sizeof(*result));
	job->network = network;
	if (workdir_make(work, &result->error) < 0) {
		result->verdict = RUN_ERROR;
		work[0] = '\0';
	} else {
		run_scenario(job->scenario, network, &run_options, result);
	}
}

void job_pinned(const struct scenario *scenario, const struct job_options *options, bool ret[READING_COUNT])
{
	for (size_t i = 0; i < READING_COUNT; i++) {
		const char *name = readings_table()[i].name;

		ret[i] = false;
		for (size_t j = 0; j < scenario->reading_count; j++)
			ret[i] |= strcmp(scenario->readings[j].name, name) == 0;
		for (size_t j = 0; j < options->reading_count; j++)
			ret[i] |= strcmp(options->readings[j].name, name) == 0;
	}
}

/* What the scenario asks without a cut is varied by combinations of its own (jobs.c); a branch varies the rest. */
static void settle_readings(struct job *job)
{
	struct run_result result;
	char work[64] = "";

	if (!(job->settled = calloc(READING_COUNT, sizeof(*job->settled))))
		abort();
	job_pinned(job->scenario, job->options, job->settled);
	play(job, job->network, work, &result);
	for (size_t i = 0; i < result.asked.count; i++)
		job->settled[result.asked.ids[i]] = true;
	run_result_clear(&result);
	if (work[0])
		tree_remove(work);
}

/* How much the application does is known when it has been seen once, undisturbed. */
static void choose_kills(struct job *job)
{
	struct run_kill *kills = calloc(job->options->kills, sizeof(*kills));
	struct run_result result;
	char work[64] = "";

	if (!kills)
		abort();
	play(job, &net_model_ops, work, &result);
	run_kills_choose(job->options->seed, result.weight, kills, job->options->kills);
	job->kills = kills;
	run_result_clear(&result);
	if (work[0])
		tree_remove(work);
}

/* One of many faults: as faults_run(). */
static void play_fault(void *ctx, const struct fault *fault, struct run_result *result)
{
	struct job *job = ctx;
	char work[64] = "";

	job->faults = (struct faults_plan){.kind = fault->kind, .mode = FAULTS_AT, .fault = *fault};
	play(job, job->network, work, result);
	if (work[0])
		tree_remove(work);
}

static void run_one(struct job *job, struct run_result *result, const struct run_result *first, const char *first_name)
{
	struct outcome outcome = {0};
	char work[64] = "";
	json_t *json;

	job->cuts = job->options->cuts;
	job->faults = job->options->faults;
	play(job, job->network, work, result);
	if (faults_many(&job->options->faults) && result->verdict == RUN_PASSED)
		faults_play(&job->options->faults, job->options->seed, play_fault, job, &cli_interrupted, result, &job->fault_counts);
	if (first)
		compare(job, first, first_name, result, job->network->name);
	fill(&outcome, job, result);
	if (first && result->verdict == RUN_FAILED) {
		cleanup_free char *both = NULL;

		if (asprintf(&both, "%s,%s", first_name, job->network->name) < 0)
			abort();
		free(outcome.repeat);
		outcome.repeat = repeat_command(job, both);
	}
	keep(job, result, work, &outcome);
	if (work[0])
		tree_remove(work);
	json = json_object();
	(void) json_object_set_new(json, "outcome", outcome_to_json(&outcome));
	send_line(job->fd, json);
	outcome_clear(&outcome);
}

static bool can_express(const struct scenario *scenario, const char *network)
{
	for (size_t i = 0; scenario->networks && scenario->networks[i]; i++)
		if (strcmp(scenario->networks[i], network) == 0)
			return true;
	return !scenario->networks;
}

bool job_has_network(const struct scenario *scenario, const struct job_options *options)
{
	for (size_t i = 0; options->networks[i]; i++)
		if (can_express(scenario, options->networks[i]->name))
			return true;
	return false;
}

void job_run(const struct scenario *scenario, const struct job_options *options, const struct combination *combination, int fd)
{
	struct job job = {.scenario = scenario, .options = options, .combination = combination, .fd = fd,
	                  .variant = options->all_readings ? combination_text(combination) : NULL};
	struct run_result first, result;
	const char *first_name = NULL;

	for (size_t i = 0; options->networks[i] && !cli_interrupted; i++) {
		if (!can_express(scenario, options->networks[i]->name))
			continue;
		if (options->kills && !job.kills)
			choose_kills(&job);
		job.network = options->networks[i];
		if (options->all_readings && cuts_branch(&options->cuts) && !job.settled)
			settle_readings(&job);
		if (!first_name) {
			run_one(&job, &first, NULL, NULL);
			first_name = job.network->name;
		} else {
			run_one(&job, &result, &first, first_name);
			run_result_clear(&result);
		}
	}
	if (first_name)
		run_result_clear(&first);
	free(job.variant);
	free(job.kills);
	free(job.settled);
}
