/* azsim fuzz-world: random worlds from seeds; what fails is made small and written as a scenario. */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#include "sim/cli/cli.h"
#include "sim/cli/options.h"
#include "sim/cli/worlds.h"

#define DEFAULT_SEEDS 100
#define DEFAULT_APP_WAIT_S 20
#define SEEDS_MAX 100000000ull
#define BATCH 64         /* worlds at a time in memory */
#define SHRINK_MAX 20    /* failing worlds that are made small; the others are written as they are */
#define SIGNATURES_MAX 32
#define SEEDS_NAMED 8    /* of each kind of failure */
#define YEAR_S (365.0 * 86400)

static const char help[] =
	"usage: azsim fuzz-world [OPTIONS]\n\n"
	"Draws worlds from seeds: dates and chains of certificates, outages of RADIUS, access point, issuer and time servers, wrong answers,\n"
	"wrong clocks, moves to other roots, operators' mistakes and their repair, power cuts, readings of the documents. After a phase with\n"
	"faults comes one without, in which the device must converge: connected, with valid credentials, nothing left over. A world\n"
	"that fails is made as small as it can be and written as a scenario.\n\n"
	"  --seeds=N              how many worlds (100)\n"
	"  --seed=K               the seed of the first; the others follow (1)\n"
	"  --app=PATH             another application, as for azsim run\n"
	"  --net=NAME             the network (model)\n"
	"  --http=shim|real       the application's libcurl: handing its requests to azsim (default), or with real TLS\n"
	"  --reading=NAME=VALUE   a reading that is not left to chance; repeatable\n"
	"  --readings-file=FILE   the same, from a file of such lines\n"
	"  --out=DIR              every world as DIR/world-SEED.yaml, failing ones as small as they get as DIR/world-SEED-min.yaml\n"
	"                         (without it: failing ones, in " JOB_DEFAULT_OUT ")\n"
	"  --no-shrink            leave failing worlds as they are\n"
	"  --no-run               write the worlds, and do not run them\n"
	"  -j, --jobs=N           so many worlds at a time (default: as many as processors)\n"
	"  --app-wait=SECONDS     real time the application may take between two calls before it counts as hanging (20)\n"
	"  -h, --help\n\n"
	"exit status: 0 all passed, 1 a world failed, 2 bad usage, 3 this machine lacks something\n";

struct command {
	struct job_options job;
	struct cli_readings readings;
	unsigned long long seeds, first;
	bool no_shrink, no_run;
};

/* Failures of one kind. */
struct kind {
	char signature[WORLDS_SIGNATURE_MAX];
	unsigned long count;
	uint64_t seeds[SEEDS_NAMED];
};

struct tally {
	unsigned long passed, failed, shrunk;
	double years;
	enum az_status status;
	struct kind kinds[SIGNATURES_MAX];
	size_t kind_count;
};

static int bad(const char *format, const char *what)
{
	return cli_bad("fuzz-world", format, what);
}

/* ---- Options ------------------------------------------------------------------------------------------------------------- */

enum { OPT_SEEDS = 256, OPT_SEED, OPT_APP, OPT_NET, OPT_HTTP, OPT_READING, OPT_READINGS_FILE, OPT_OUT, OPT_NO_SHRINK, OPT_NO_RUN, OPT_WAIT };

static int take_option(struct command *c, int option)
{
	switch (option) {
	case OPT_SEEDS: return cli_number(optarg, 1, SEEDS_MAX, &c->seeds) < 0 ? bad("--seeds=%s: a number from 1 to 100000000", optarg) : 0;
	case OPT_SEED: return cli_number(optarg, 0, INT64_MAX, &c->first) < 0 ? bad("--seed=%s: a whole number from 0 to 2^63-1", optarg) : 0;
	case OPT_APP: c->job.app = optarg; return 0;
	case OPT_NET:
		c->job.networks[0] = net_by_name(optarg);
		c->job.networks_named = true;
		return c->job.networks[0] ? 0 : bad("--net: no network \"%s\"", optarg);
	case OPT_HTTP:
		c->job.http_shim = strcmp(optarg, "shim") == 0;
		return c->job.http_shim || strcmp(optarg, "real") == 0 ? 0 : bad("--http=%s: real or shim", optarg);
	case OPT_READING: return cli_add_reading("fuzz-world", optarg, &c->readings);
	case OPT_READINGS_FILE: return cli_add_readings_file("fuzz-world", optarg, &c->readings);
	case OPT_OUT: c->job.out = optarg; return 0;
	case OPT_NO_SHRINK: c->no_shrink = true; return 0;
	case OPT_NO_RUN: c->no_run = true; return 0;
	case OPT_WAIT: return cli_take_wait("fuzz-world", optarg, &c->job.app_wait_s);
	case 'j': return cli_take_jobs("fuzz-world", optarg, &c->job.parallel);
	default: return bad("%s", "unknown option or missing value");
	}
}

static int check(const struct command *c)
{
	struct az_error error;

	if (c->job.out && mkdir(c->job.out, 0755) < 0 && errno != EEXIST)
		return bad("--out: %s", strerror(errno));
	if (c->no_run && !c->job.out)
		return bad("%s", "--no-run: say with --out where to write the worlds");
	if (c->job.networks[0]->probe(&error) != 0) {
		(void) fprintf(stderr, "azsim fuzz-world: network %s: %s\n", c->job.networks[0]->name, error.text);
		return AZ_ENVIRONMENT;
	}
	return 0;
}

/* ---- What came of it ------------------------------------------------------------------------------------------------------- */

static void count_failure(struct tally *t, const char *signature, uint64_t seed)
{
	struct kind *kind = NULL;

	for (size_t i = 0; i < t->kind_count && !kind; i++)
		if (strcmp(t->kinds[i].signature, signature) == 0)
			kind = &t->kinds[i];
	if (!kind) {
		/* The last place takes all that have none of their own. */
		kind = &t->kinds[t->kind_count < SIGNATURES_MAX ? t->kind_count++ : SIGNATURES_MAX - 1];
		(void) snprintf(kind->signature, sizeof(kind->signature), "%s", t->kind_count == SIGNATURES_MAX ? "others" : signature);
	}
	if (kind->count < SEEDS_NAMED)
		kind->seeds[kind->count] = seed;
	kind->count++;
	t->failed++;
}

static void indent(FILE *out, const char *text)
{
	for (const char *p = text; p && *p;) {
		size_t n = strcspn(p, "\n");

		(void) fprintf(out, "  %.*s\n", (int)n, p);
		p += n + (p[n] == '\n');
	}
}

static int save(const struct worlds *worlds, const struct world *world, const char *name)
{
	int r = worlds_save(worlds, world, name);

	if (r < 0)
		(void) fprintf(stderr, "azsim fuzz-world: %s/%s.yaml: %s\n", worlds->out, name, strerror(-r));
	return r < 0 ? AZ_ENVIRONMENT : AZ_OK;
}

static void failed(const struct command *c, const struct worlds *worlds, const struct world *world, const struct world_result *result,
                   struct tally *t)
{
	char name[48], what[80];
	struct world small = *world;
	unsigned tries;

	(void) snprintf(name, sizeof(name), "world-%" PRIu64, world->seed);
	(void) printf("%s%s\n", result->status == AZ_FAILED ? "FAIL: " : "ERROR: ", name);
	indent(stdout, result->failures);
	if (save(worlds, world, name) != AZ_OK)
		t->status = AZ_ENVIRONMENT;
	if (result->status == AZ_FAILED && !c->no_shrink && t->shrunk < SHRINK_MAX && !cli_interrupted) {
		t->shrunk++;
		tries = worlds_shrink(worlds, &small, result->signature);
		(void) snprintf(name, sizeof(name), "world-%" PRIu64 "-min", world->seed);
		if (save(worlds, &small, name) != AZ_OK)
			t->status = AZ_ENVIRONMENT;
		(void) snprintf(what, sizeof(what), " (made small in %u runs: %zu faults of %zu are left)", tries, small.fault_count,
		                world->fault_count);
	} else {
		what[0] = '\0';
	}
	(void) printf("  repeat: %s run --net=%s%s", cli_program(), c->job.networks[0]->name, c->job.http_shim ? " --http=shim" : "");
	if (c->job.app)
		(void) printf(" --app=%s", c->job.app);
	(void) printf(" %s/%s.yaml%s\n", worlds->out, name, what);
	(void) fflush(stdout);
}

static void take_result(const struct command *c, const struct worlds *worlds, const struct world *world, struct world_result *result,
                        struct tally *t)
{
	t->years += (double)result->span_ns / 1e9 / YEAR_S;
	if (result->status == AZ_OK) {
		t->passed++;
	} else if (result->status != AZ_INTERRUPTED) {
		if (t->status == AZ_OK || result->status > t->status)
			t->status = result->status;
		count_failure(t, result->signature, world->seed);
		failed(c, worlds, world, result, t);
	}
	world_result_clear(result);
}

static double now_s(void)
{
	struct timespec ts;

	(void) clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void summary(const struct tally *t, double real_s)
{
	for (size_t i = 0; i < t->kind_count; i++) {
		const struct kind *k = &t->kinds[i];

		(void) printf("%6lu  %s; seed%s", k->count, k->signature, k->count == 1 ? "" : "s");
		for (size_t j = 0; j < SEEDS_NAMED && j < k->count; j++)
			(void) printf(" %" PRIu64, k->seeds[j]);
		(void) puts(k->count > SEEDS_NAMED ? " ..." : "");
	}
	(void) printf("%lu of %lu worlds passed; %.1f virtual years in %.1f s\n", t->passed, t->passed + t->failed, t->years, real_s);
}

/* ---- The command ----------------------------------------------------------------------------------------------------------- */

static int play_all(const struct command *c)
{
	struct worlds worlds = {.job = &c->job, .messages = stderr, .out = c->job.out ? c->job.out : JOB_DEFAULT_OUT};
	struct world *list = calloc(BATCH, sizeof(*list));
	struct world_result *results = calloc(BATCH, sizeof(*results));
	struct tally tally = {0};
	double begin = now_s();
	char name[48];

	if (!list || !results)
		abort();
	cli_catch_signals();
	for (unsigned long long done = 0; done < c->seeds && !cli_interrupted;) {
		size_t n = c->seeds - done < BATCH ? (size_t)(c->seeds - done) : BATCH;

		for (size_t i = 0; i < n; i++) {
			world_draw(c->first + done + i, &list[i]);
			(void) snprintf(name, sizeof(name), "world-%" PRIu64, list[i].seed);
			if (c->job.out && save(&worlds, &list[i], name) != AZ_OK)
				tally.status = AZ_ENVIRONMENT;
		}
		if (!c->no_run && tally.status != AZ_ENVIRONMENT) {
			worlds_play(&worlds, list, n, (size_t)done, (size_t)c->seeds, results);
			for (size_t i = 0; i < n; i++)
				take_result(c, &worlds, &list[i], &results[i], &tally);
		}
		done += n;
	}
	if (!c->no_run)
		summary(&tally, now_s() - begin);
	free(list);
	free(results);
	return cli_interrupted ? AZ_INTERRUPTED : (int)tally.status;
}

int cmd_fuzz_world(int argc, char **argv)
{
	static const struct option options[] = {
		{"seeds", required_argument, NULL, OPT_SEEDS}, {"seed", required_argument, NULL, OPT_SEED}, {"app", required_argument, NULL, OPT_APP},
		{"net", required_argument, NULL, OPT_NET}, {"http", required_argument, NULL, OPT_HTTP},
		{"reading", required_argument, NULL, OPT_READING}, {"readings-file", required_argument, NULL, OPT_READINGS_FILE},
		{"out", required_argument, NULL, OPT_OUT}, {"no-shrink", no_argument, NULL, OPT_NO_SHRINK}, {"no-run", no_argument, NULL, OPT_NO_RUN},
		{"jobs", required_argument, NULL, 'j'}, {"app-wait", required_argument, NULL, OPT_WAIT}, {"help", no_argument, NULL, 'h'}, {0},
	};
	struct command c = {.job = {.seed = 1, .app_wait_s = DEFAULT_APP_WAIT_S, .parallel = cli_processors(), .http_shim = true,
	                            .networks = {&net_model_ops}}, .seeds = DEFAULT_SEEDS, .first = 1};
	int option, status = 0;

	while (status == 0 && (option = getopt_long(argc, argv, "hj:", options, NULL)) != -1) {
		if (option == 'h') {
			(void) fputs(help, stdout);
			return AZ_OK;
		}
		status = take_option(&c, option);
	}
	if (status == 0 && optind < argc)
		status = bad("it takes no file: \"%s\"; azsim run plays scenarios", argv[optind]);
	c.job.readings = c.readings.list;
	c.job.reading_count = c.readings.count;
	c.job.readings_file = c.readings.file;
	c.job.readings_file_count = c.readings.file_count;
	if (status == 0)
		status = check(&c);
	return status == 0 ? play_all(&c) : status;
}
