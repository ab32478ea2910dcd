/* azsim run: its options, which networks this machine can do, and the reports at the end. */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <sys/stat.h>

#include "sim/cli/cli.h"
#include "sim/cli/jobs.h"
#include "sim/cli/options.h"
#include "sim/torture/oom.h"

#define DEFAULT_APP_WAIT_S 20
#define KILLS_MAX 1000

static const char help[] =
	"usage: azsim run [OPTIONS] FILE|DIR...\n\n"
	"Runs each scenario (a DIR gives its *.yaml) on each network and says what happened.\n\n"
	"  --net=NAME[,NAME]      networks: model, wired, radio (default: model and wired; model alone where wired cannot be had)\n"
	"  --app=PATH             another application: its image package (a folder with app_manifest.json and bin/app), its build\n"
	"                         folder, or its executable with the manifest beside it; a program of this machine or of the MT3620\n"
	"  --seed=N               another run of chance: retry jitter of the device and random numbers of the application (1)\n"
	"  --kills=N              kill -9 the application at N moments of the run that the seed chooses; the OS starts it again\n"
	"  --reading=NAME=VALUE   how the device behaves where the documents are silent; `azsim readings` lists them; repeatable\n"
	"  --readings-file=FILE   the same, from a file of such lines; `azsim readings --from-tap` makes one of a device's answers;\n"
	"                         --reading goes before it\n"
	"  --readings=all         each scenario under every combination of readings that can matter to it: of those that its device\n"
	"                         has to decide by, but for those that --reading, a file or the scenario fixes; on the model network\n"
	"                         alone unless --net says otherwise\n"
	"  --cut=every            at every point at which the power can go (before and after each API call, at each write to flash), let it\n"
	"                         go, boot, and play on; points that differ in nothing but the time, or but what the application notes\n"
	"                         in its own file again and again, are tried now and then\n"
	"  --cut=all|twice        without leaving any out; or with a second cut in each, where the seed says. These three are played on\n"
	"                         the model network\n"
	"  --cut=N[+M]            only at point N of those, then at the M-th point after the boot\n"
	"  --fail=every[:N]       let each API call fail with each errno that its function documents, and each HTTP request in each way in\n"
	"                         which one can (ECONNREFUSED, HTTP503, CUT, STALL ...), once, and for 26 hours; calls in the same state\n"
	"                         of the device are tried once (--fail=all: all of them); :N plays N of them, which the seed chooses. On\n"
	"                         the model network. With --fail it is always --http=shim\n"
	"  --fail=N:ERRNO[:TIME]  only call N, or from call N on every call of that function for TIME: 217:EAGAIN, 217:EAGAIN:26h\n"
	"  --oom=every[:N]        let each allocation of the application (malloc, calloc, realloc, strdup ..., its libcurl's too) fail, once;\n"
	"                         those after the same call in the same state of the device are tried once (--oom=all: all of them);\n"
	"                         :N plays N of them. On the model network, with --http=shim unless --http=real is named\n"
	"  --oom=N                only allocation N\n"
	"  --ram-limit=N[K]       end an ARM application that takes more than N bytes (KiB) of memory, as a device does above 256K\n"
	"  --http=real|shim       the application's libcurl: with real TLS (default), or handing its requests to azsim as a whole;\n"
	"                         both give the same history\n"
	"  --no-memory            do all anew that is else answered from memory: each EAP-TLS handshake of the model, each chain of certificates\n"
	"                         of --http=shim, each call that was answered before it was made; the history is the same\n"
	"  --out=DIR              timelines of every run as DIR/SCENARIO.NETWORK.{json,timeline}, and daemon logs of failed ones\n"
	"                         (without it: those of failed runs, in " JOB_DEFAULT_OUT "; with --readings=all: those of failed runs,\n"
	"                         only where --out is given, as DIR/SCENARIO.NETWORK.CHOICES...)\n"
	"  --pcap                 keep what went over wire or air and to RADIUS as DIR/SCENARIO.NETWORK.pcapng (DIR as for --out, else\n"
	"                         " JOB_DEFAULT_OUT "): for Wireshark, dated in the scenario's time, with the secrets of the TLS in it\n"
	"  --junit=FILE           JUnit XML report\n"
	"  --tap                  TAP report on standard output, everything else on standard error\n"
	"  -j, --jobs=N           so many scenarios at a time (default: as many as processors)\n"
	"  --app-wait=SECONDS     real time the application may take between two calls before it counts as hanging (20)\n"
	"  --wrapper=\"COMMAND\"    words before the application: \"valgrind -q\", \"gdbserver :9999\"\n"
	"  -h, --help\n\n"
	"exit status: 0 all passed, 1 a scenario failed, 2 bad usage or bad scenario, 3 this machine lacks something\n";

/* The networks, and which of them this machine can do. */
static void print_networks(void)
{
	(void) fputs("\nnetworks:\n", stdout);
	for (const struct net_ops *const *ops = net_all; *ops; ops++) {
		struct az_error error;
		bool here = (*ops)->probe(&error) == 0;
		const char *how = here && (*ops)->how ? (*ops)->how() : NULL;

		if (!here)
			error.text[strcspn(error.text, "\n")] = '\0';
		(void) printf("  %-7s %s\n", (*ops)->name, (*ops)->about);
		if (!here || how)
			(void) printf("          %s%s\n", here ? "" : "not on this machine: ", here ? how : error.text);
	}
}

struct command {
	struct job_options job;
	struct cli_readings readings;
	struct cli_words wrapper;
	const char *junit;
	bool tap;
	bool http_named, fails, ooms; /* options that were given */
};

static int bad(const char *format, const char *what)
{
	return cli_bad("run", format, what);
}

/* A number of bytes, or of KiB with a K behind it. */
static int bytes(const char *text, uint32_t *ret)
{
	unsigned long long n;
	char digits[16] = "";
	size_t length = strlen(text);
	bool kib = length > 1 && text[length - 1] == 'K';

	if (length == 0 || length >= sizeof(digits))
		return -EINVAL;
	memcpy(digits, text, length - kib);
	if (cli_number(digits, 1, kib ? 1024 * 1024 : 1024ULL * 1024 * 1024, &n) < 0)
		return -EINVAL;
	*ret = (uint32_t)(n * (kib ? 1024 : 1));
	return 0;
}

/* ---- Options ------------------------------------------------------------------------------------------------------------- */

static int add_networks(struct command *c, char *list)
{
	size_t n = 0;
	char *save = NULL;

	c->job.networks_named = true;
	for (char *name = strtok_r(list, ",", &save); name; name = strtok_r(NULL, ",", &save)) {
		const struct net_ops *ops = net_by_name(name);

		if (!ops)
			return bad("--net: no network \"%s\"; there are model, wired and radio", name);
		for (size_t i = 0; i < n; i++)
			if (c->job.networks[i] == ops)
				return bad("--net: \"%s\" is named twice", name);
		c->job.networks[n++] = ops;
	}
	c->job.networks[n] = NULL;
	return n ? 0 : bad("--net: %s", "name at least one network");
}

enum { OPT_NET = 256, OPT_APP, OPT_SEED, OPT_KILLS, OPT_READING, OPT_READINGS, OPT_READINGS_FILE, OPT_OUT, OPT_JUNIT, OPT_TAP, OPT_WAIT, OPT_WRAPPER, OPT_HTTP, OPT_NO_MEMORY, OPT_CUT, OPT_FAIL, OPT_OOM,
	OPT_RAM, OPT_PCAP };

static int take_option(struct command *c, int option)
{
	unsigned long long n;

	switch (option) {
	case OPT_NET: return add_networks(c, optarg);
	case OPT_READING: return cli_add_reading("run", optarg, &c->readings);
	case OPT_READINGS_FILE: return cli_add_readings_file("run", optarg, &c->readings);
	case OPT_READINGS:
		if (strcmp(optarg, "all") != 0)
			return bad("--readings=%s: it takes `all`; a single one is --reading=NAME=VALUE", optarg);
		c->job.all_readings = true;
		return 0;
	case OPT_WRAPPER:
		c->job.wrapper_text = optarg;
		return cli_split("run", "--wrapper", optarg, &c->wrapper);
	case OPT_APP: c->job.app = optarg; return 0;
	case OPT_RAM:
		if (bytes(optarg, &c->job.ram_limit) < 0)
			return bad("--ram-limit=%s: bytes, or KiB with a K behind: 256K", optarg);
		return 0;
	case OPT_NO_MEMORY: c->job.no_memory = true; return 0;
	case OPT_HTTP:
		c->http_named = true;
		c->job.http_shim = strcmp(optarg, "shim") == 0;
		return c->job.http_shim || strcmp(optarg, "real") == 0 ? 0 : bad("--http=%s: real or shim", optarg);
	case OPT_CUT:
		c->job.cuts_text = optarg;
		return cuts_parse(optarg, &c->job.cuts) < 0 ? bad("--cut=%s: every, all, twice, or the number of a point, as 217 or 217+35", optarg) : 0;
	case OPT_FAIL:
		c->fails = true;
		c->job.faults_text = optarg;
		return faults_parse(optarg, &c->job.faults) < 0
		               ? bad("--fail=%s: every, all, every:N, or a call and its errno, for how long: 217:EAGAIN, 217:EAGAIN:26h", optarg) : 0;
	case OPT_OOM:
		c->ooms = true;
		c->job.faults_text = optarg;
		return oom_parse(optarg, &c->job.faults) < 0 ? bad("--oom=%s: every, all, every:N, or the number of an allocation", optarg) : 0;
	case OPT_PCAP: c->job.capture = true; return 0;
	case OPT_OUT: c->job.out = optarg; return 0;
	case OPT_JUNIT: c->junit = optarg; return 0;
	case OPT_TAP: c->tap = true; return 0;
	case OPT_SEED:
		if (cli_number(optarg, 0, INT64_MAX, &n) < 0)
			return bad("--seed=%s: a whole number from 0 to 2^63-1", optarg);
		c->job.seed = n;
		return 0;
	case OPT_KILLS:
		if (cli_number(optarg, 0, KILLS_MAX, &n) < 0)
			return bad("--kills=%s: a number from 0 to 1000", optarg);
		c->job.kills = (unsigned)n;
		return 0;
	case OPT_WAIT: return cli_take_wait("run", optarg, &c->job.app_wait_s);
	case 'j': return cli_take_jobs("run", optarg, &c->job.parallel);
	default: return bad("%s", "unknown option or missing value");
	}
}

/* ---- Before and after the runs ------------------------------------------------------------------------------------------- */

/* A network that was named must be there; one of the default ones may be missing, loudly. */
static int probe_networks(struct command *c)
{
	size_t kept = 0;

	for (size_t i = 0; c->job.networks[i]; i++) {
		struct az_error error;

		if (c->job.networks[i]->probe(&error) == 0) {
			c->job.networks[kept++] = c->job.networks[i];
			continue;
		}
		if (c->job.networks_named) {
			(void) fprintf(stderr, "azsim run: network %s: %s\n", c->job.networks[i]->name, error.text);
			return AZ_ENVIRONMENT;
		}
		(void) fprintf(stderr, "azsim run: WARNING: network %s cannot be had here: %s\n"
		               "azsim run: WARNING: going on WITHOUT it: nothing below was seen by real daemons\n",
		               c->job.networks[i]->name, error.text);
	}
	c->job.networks[kept] = NULL;
	return 0;
}

static int load_all(const struct cli_files *files, struct scenario **scenarios)
{
	int status = AZ_OK;

	for (size_t i = 0; i < files->count; i++) {
		struct az_error error;

		if (scenario_load(files->paths[i], &scenarios[i], &error) < 0) {
			(void) fprintf(stderr, "%s\n", error.text);
			status = AZ_USAGE;
			continue;
		}
		for (size_t j = 0; j < i; j++)
			if (scenarios[j] && strcmp(scenarios[j]->name, scenarios[i]->name) == 0) {
				(void) fprintf(stderr, "azsim run: %s and %s have one name: their results could not be told apart\n",
				               scenarios[j]->file, scenarios[i]->file);
				status = AZ_USAGE;
			}
	}
	return status;
}

/* Places to write to are looked at before minutes of work are lost. */
static int check_out(const struct command *c)
{
	if (c->job.out && mkdir(c->job.out, 0755) < 0 && errno != EEXIST) {
		(void) fprintf(stderr, "azsim run: --out=%s: %s\n", c->job.out, strerror(errno));
		return AZ_USAGE;
	}
	if (c->job.out && access(c->job.out, W_OK | X_OK) < 0) {
		(void) fprintf(stderr, "azsim run: --out=%s: %s\n", c->job.out, strerror(errno));
		return AZ_USAGE;
	}
	return 0;
}

static int report(const struct command *c, const struct outcomes *outcomes)
{
	FILE *people = c->tap ? stderr : stdout;
	size_t passed = 0;
	int status = (int)outcomes_status(outcomes), r;

	for (size_t i = 0; i < outcomes->count; i++)
		passed += outcomes->list[i].verdict == RUN_PASSED;
	report_table(outcomes, people);
	report_failures(outcomes, people);
	report_memory(outcomes, people);
	(void) fprintf(people, "\n%zu of %zu runs passed\n", passed, outcomes->count);
	if (c->tap)
		report_tap(outcomes, stdout);
	r = c->junit ? report_junit(outcomes, c->junit) : 0;
	if (r < 0)
		(void) fprintf(stderr, "azsim run: --junit=%s: %s\n", c->junit, strerror(-r));
	if (fflush(stdout) != 0 || ferror(stdout)) {
		(void) fprintf(stderr, "azsim run: standard output: %s\n", strerror(errno));
		r = -EIO;
	}
	return r < 0 && status == AZ_OK ? AZ_ENVIRONMENT : status;
}

/* Those that are for other networks than were asked for. */
static void say_what_is_left_out(const struct command *c, struct scenario *const *scenarios, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (job_has_network(scenarios[i], &c->job))
			continue;
		(void) fprintf(stderr, "azsim run: %s is not played: it is for --net=", scenarios[i]->name);
		for (size_t k = 0; scenarios[i]->networks[k]; k++)
			(void) fprintf(stderr, "%s%s", k > 0 ? "," : "", scenarios[i]->networks[k]);
		(void) fputc('\n', stderr);
	}
}

static int run_all(struct command *c, const struct cli_files *files)
{
	struct scenario **scenarios = calloc(files->count, sizeof(struct scenario *));
	struct outcomes outcomes = {0};
	int status;

	if (!scenarios)
		abort();
	status = load_all(files, scenarios);
	if (status == AZ_OK)
		status = check_out(c);
	if (status == AZ_OK)
		status = probe_networks(c);
	if (status == AZ_OK) {
		cli_catch_signals();
		say_what_is_left_out(c, scenarios, files->count);
		jobs_run(scenarios, files->count, &c->job, c->tap ? stderr : stdout, &outcomes);
		if (outcomes.count == 0 && !cli_interrupted) {
			(void) fputs("azsim run: none of these scenarios can be played on the networks that were asked for\n", stderr);
			status = AZ_USAGE;
		} else {
			status = report(c, &outcomes);
		}
		if (cli_interrupted)
			status = AZ_INTERRUPTED;
	}
	outcomes_clear(&outcomes);
	for (size_t i = 0; i < files->count; i++)
		scenario_free(scenarios[i]);
	free(scenarios);
	return status;
}

/* *ret_many: hundreds of runs are asked for. They are played on the model network, and without TLS to the issuer, where the history is
 * the same. */
static int plan_torture(struct command *c, bool *ret_many)
{
	const char *option = c->job.cuts_text ? "--cut" : c->job.faults.kind == FAULT_CALL ? "--fail" : "--oom";
	const char *text = c->job.cuts_text ? c->job.cuts_text : c->job.faults_text;
	bool oom = c->job.faults.mode != FAULTS_NONE && c->job.faults.kind == FAULT_ALLOCATION;

	if (c->fails && c->ooms)
		return bad("--oom=%s: not beside --fail, one at a time", c->job.faults_text);
	*ret_many = cuts_branch(&c->job.cuts) || faults_many(&c->job.faults);
	/* Branches would share the page on which allocations are counted. */
	if (cuts_branch(&c->job.cuts) && (oom || faults_many(&c->job.faults)))
		return bad("--cut=%s: not beside --oom, nor a --fail of many runs, one at a time", c->job.cuts_text);
	/* Another libcurl makes other allocations: their numbers are those of one of them. */
	if (c->fails && c->http_named && !c->job.http_shim)
		return bad("--fail=%s: not beside --http=real, as requests are made to fail, too", c->job.faults_text);
	if (*ret_many || oom || c->fails)
		c->job.http_shim = !(oom && c->http_named && !c->job.http_shim);
	for (size_t i = 0; *ret_many && c->job.networks_named && c->job.networks[i]; i++)
		if (c->job.networks[i] != &net_model_ops) {
			(void) fprintf(stderr, "azsim run: %s=%s is played on the model network alone\n", option, text);
			return AZ_USAGE;
		}
	return 0;
}

int cmd_run(int argc, char **argv)
{
	static const struct option options[] = {
		{"net", required_argument, NULL, OPT_NET}, {"app", required_argument, NULL, OPT_APP},
		{"http", required_argument, NULL, OPT_HTTP}, {"no-memory", no_argument, NULL, OPT_NO_MEMORY},
		{"cut", required_argument, NULL, OPT_CUT},
		{"fail", required_argument, NULL, OPT_FAIL},
		{"oom", required_argument, NULL, OPT_OOM},
		{"ram-limit", required_argument, NULL, OPT_RAM},
		{"seed", required_argument, NULL, OPT_SEED}, {"kills", required_argument, NULL, OPT_KILLS}, {"reading", required_argument, NULL, OPT_READING},
		{"readings", required_argument, NULL, OPT_READINGS}, {"readings-file", required_argument, NULL, OPT_READINGS_FILE},
		{"out", required_argument, NULL, OPT_OUT}, {"junit", required_argument, NULL, OPT_JUNIT},
		{"tap", no_argument, NULL, OPT_TAP}, {"pcap", no_argument, NULL, OPT_PCAP}, {"jobs", required_argument, NULL, 'j'},
		{"app-wait", required_argument, NULL, OPT_WAIT}, {"wrapper", required_argument, NULL, OPT_WRAPPER},
		{"help", no_argument, NULL, 'h'}, {0},
	};
	struct command c = {.job = {.seed = 1, .app_wait_s = DEFAULT_APP_WAIT_S, .parallel = cli_processors()}};
	struct cli_files files;
	struct az_error error;
	int option, status = 0;
	bool many = false;

	for (size_t i = 0, n = 0; net_all[i] && n < JOB_NETWORKS_MAX; i++)
		if (!net_all[i]->when_named)
			c.job.networks[n++] = net_all[i];
	while (status == 0 && (option = getopt_long(argc, argv, "hj:", options, NULL)) != -1) {
		if (option == 'h') {
			(void) fputs(help, stdout);
			print_networks();
			free(c.wrapper.copy);
			return AZ_OK;
		}
		status = take_option(&c, option);
	}
	c.job.readings = c.readings.list;
	c.job.reading_count = c.readings.count;
	c.job.readings_file = c.readings.file;
	c.job.readings_file_count = c.readings.file_count;
	c.job.wrapper = c.wrapper.count ? (const char *const *)c.wrapper.list : NULL;
	if (status == 0)
		status = plan_torture(&c, &many);
	if ((c.job.all_readings || many) && !c.job.networks_named) {
		c.job.networks[0] = &net_model_ops;
		c.job.networks[1] = NULL;
	}
	if (status == 0 && cli_find_files(argc - optind, argv + optind, &files, &error) < 0)
		status = bad("%s", error.text);
	if (status == 0) {
		status = run_all(&c, &files);
		cli_free_files(&files);
	}
	free(c.wrapper.copy);
	return status;
}
