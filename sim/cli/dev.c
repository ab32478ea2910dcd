/* azsim dev: its options, the world it starts from, the run. */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#include "certs/dates.h"
#include "sim/cli/cli.h"
#include "sim/cli/options.h"
#include "sim/cli/workdir.h"
#include "sim/dev/dev.h"
#include "sim/dev/place.h"
#include "sim/util/tree.h"

#define DEFAULT_APP_WAIT_S 20

static const char help[] =
	"usage: azsim dev [OPTIONS]\n\n"
	"Runs an application on a simulated device, prints what happens as it happens, and takes commands from `azsim ctl` and\n"
	"`azsim device`. Ctrl-C, or `azsim ctl quit`, ends it.\n\n"
	"  --app=PATH           a folder with app_manifest.json and bin/app, or an executable with the manifest beside it (default: the\n"
	"                       scenario's, or the rotation app of azsim)\n"
	"  --net=NAME           the network: model, wired or radio (model)\n"
	"  --time=real|virtual  real: time passes as it does (default). virtual: it stands still until `azsim ctl advance`, `run-until` or\n"
	"                       `resume`, and passes as fast as it can then\n"
	"  --scenario=FILE      its world, and its events; the run goes on after its end. Without it: a root CA, a RADIUS server, a client\n"
	"                       certificate and Network1 on the device, an issuer, and a second root with a server certificate to move to\n"
	"  --start=DATE         when it is at the start, as 2030-01-01 or 2030-01-01T12:00Z (default: now); a scenario has its own\n"
	"  --print-scenario     print the default world as a scenario, and end\n"
	"  --socket=PATH        where to listen for commands (default: dev-PID.sock in $XDG_RUNTIME_DIR/azsim or /tmp/azsim-UID)\n"
	"  --out=DIR            keep the timeline as DIR/NAME.NETWORK.timeline, as it happens, and the daemons' logs\n"
	"  --seed=N             another run of chance, and other keys (1)\n"
	"  --reading=NAME=VALUE how the device behaves where the documents are silent; `azsim readings` lists them; repeatable\n"
	"  --wrapper=\"COMMAND\"  words before the application: \"valgrind -q\", \"gdbserver :9999\"\n"
	"  --app-wait=SECONDS   real time without a word of the application after which that is said (20); nothing is done about it\n"
	"  -h, --help\n\n"
	"exit status: 0 ended by Ctrl-C or quit, 2 bad usage or bad scenario, 3 this machine lacks something, or the network broke\n";

struct command {
	struct run_options run;
	struct cli_readings readings;
	struct cli_words wrapper;
	const struct net_ops *net;
	const char *scenario, *socket, *out;
	bool has_start, print_world;
	int64_t start_s;
	struct dev dev;
};

static int bad(const char *format, const char *what)
{
	return cli_bad("dev", format, what);
}

static int take_time(struct command *c, const char *text)
{
	c->dev.virtual_time = strcmp(text, "virtual") == 0;
	return c->dev.virtual_time || strcmp(text, "real") == 0 ? 0 : bad("--time=%s: real or virtual", text);
}

static int take_start(struct command *c, const char *text)
{
	c->has_start = true;
	if (text[0] == '+' || text[0] == '-' || dates_parse_instant(text, 0, &c->start_s) < 0 || c->start_s < 0 || c->start_s > DATES_MAX_S / 2)
		return bad("--start=%s: a date from 1970 on, as 2030-01-01 or 2030-01-01T12:00Z", text);
	return 0;
}

enum { OPT_APP = 256, OPT_NET, OPT_TIME, OPT_SCENARIO, OPT_START, OPT_PRINT, OPT_SOCKET, OPT_OUT, OPT_SEED, OPT_READING, OPT_WRAPPER, OPT_WAIT };

static int take_option(struct command *c, int option)
{
	unsigned long long n;

	switch (option) {
	case OPT_APP: c->run.app = optarg; return 0;
	case OPT_NET:
		c->net = net_by_name(optarg);
		return c->net ? 0 : bad("--net: no network \"%s\"; there are model, wired and radio", optarg);
	case OPT_TIME: return take_time(c, optarg);
	case OPT_SCENARIO: c->scenario = optarg; return 0;
	case OPT_START: return take_start(c, optarg);
	case OPT_PRINT: c->print_world = true; return 0;
	case OPT_SOCKET: c->socket = optarg; return 0;
	case OPT_OUT: c->out = optarg; return 0;
	case OPT_READING: return cli_add_reading("dev", optarg, &c->readings);
	case OPT_WRAPPER: return cli_split("dev", "--wrapper", optarg, &c->wrapper);
	case OPT_SEED:
		if (cli_number(optarg, 0, INT64_MAX, &n) < 0)
			return bad("--seed=%s: a whole number from 0 to 2^63-1", optarg);
		c->run.seed = n;
		return 0;
	case OPT_WAIT: return cli_take_wait("dev", optarg, &c->run.app_wait_s);
	default: return bad("%s", "unknown option or missing value");
	}
}

/* ---- The run ------------------------------------------------------------------------------------------------------------- */

static int load(struct command *c, struct scenario **ret)
{
	struct az_error error;
	int r;

	if (c->scenario) {
		if (c->has_start)
			return bad("%s", "--start does not go with --scenario, which has a start of its own");
		r = scenario_load(c->scenario, ret, &error);
	} else {
		cleanup_free char *world = NULL;

		if (!c->has_start)
			c->start_s = (int64_t)time(NULL);
		c->dev.starts_now = !c->has_start && !c->dev.virtual_time;
		world = dev_world(c->start_s);
		if (c->print_world) {
			(void) fputs(world, stdout);
			return AZ_OK;
		}
		r = scenario_load_text("dev", world, strlen(world), ret, &error);
	}
	if (r == 0)
		return AZ_OK;
	(void) fprintf(stderr, "%s\n", error.text);
	return (int)error.status;
}

/* *ret is NULL without --out. */
static int open_copy(struct command *c, const struct scenario *scenario, FILE **ret)
{
	cleanup_free char *path = NULL;

	*ret = NULL;
	if (!c->out)
		return AZ_OK;
	if (asprintf(&path, "%s/%s.%s.timeline", c->out, scenario->name, c->net->name) < 0)
		abort();
	if ((mkdir(c->out, 0755) < 0 && errno != EEXIST) || !(*ret = fopen(path, "we"))) {
		(void) fprintf(stderr, "azsim dev: --out=%s: %s\n", c->out, strerror(errno));
		return AZ_USAGE;
	}
	return AZ_OK;
}

static int keep_logs(const struct command *c, const struct scenario *scenario, const char *work)
{
	cleanup_free char *logs = NULL;

	if (!c->out)
		return AZ_OK;
	if (asprintf(&logs, "%s/%s.%s.logs", c->out, scenario->name, c->net->name) < 0)
		abort();
	(void) workdir_keep_logs(work, logs);
	if (c->dev.copy && fclose(c->dev.copy) == 0)
		return AZ_OK;
	(void) fprintf(stderr, "azsim dev: --out=%s: %s\n", c->out, strerror(errno));
	return AZ_ENVIRONMENT;
}

/* In a work folder of its own, with the control socket's path known. */
static int run(struct command *c, const struct scenario *scenario)
{
	struct run_live live = dev_live(&c->dev);
	struct run_result result;
	char work[WORKDIR_MAX];
	int status;

	if (workdir_make(work, &result.error) < 0) {
		(void) fprintf(stderr, "azsim dev: %s\n", result.error.text);
		return AZ_ENVIRONMENT;
	}
	c->run.home = cli_home();
	c->run.work_dir = work;
	c->run.interrupted = &cli_interrupted;
	c->run.readings = c->readings.list;
	c->run.reading_count = c->readings.count;
	c->run.wrapper = c->wrapper.count ? (const char *const *)c->wrapper.list : NULL;
	c->run.live = &live;
	cli_catch_signals();
	run_scenario(scenario, c->net, &c->run, &result);
	status = keep_logs(c, scenario, work);
	if (result.verdict == RUN_ERROR) {
		(void) fprintf(stderr, "azsim dev: %s\n", result.error.text);
		status = (int)result.error.status;
	} else if (c->dev.out) {
		(void) fprintf(c->dev.out, "azsim dev: ended\n");
	}
	run_result_clear(&result);
	tree_remove(work);
	return status;
}

static int prepare_and_run(struct command *c, const struct scenario *scenario)
{
	struct az_error error;
	char path[PLACE_MAX];
	int status = AZ_OK;

	if (c->net->probe(&error) < 0) {
		(void) fprintf(stderr, "azsim dev: network %s: %s\n", c->net->name, error.text);
		return AZ_ENVIRONMENT;
	}
	status = open_copy(c, scenario, &c->dev.copy);
	if (status != AZ_OK)
		return status;
	if (!c->socket && place_own(path, &error) < 0) {
		(void) fprintf(stderr, "azsim dev: %s\n", error.text);
		return AZ_ENVIRONMENT;
	}
	c->dev.socket = c->socket ? c->socket : path;
	c->dev.out = stdout;
	status = run(c, scenario);
	if (!c->socket)
		place_leave(path);
	return status;
}

int cmd_dev(int argc, char **argv)
{
	static const struct option options[] = {
		{"app", required_argument, NULL, OPT_APP}, {"net", required_argument, NULL, OPT_NET}, {"time", required_argument, NULL, OPT_TIME},
		{"scenario", required_argument, NULL, OPT_SCENARIO}, {"start", required_argument, NULL, OPT_START},
		{"print-scenario", no_argument, NULL, OPT_PRINT}, {"socket", required_argument, NULL, OPT_SOCKET},
		{"out", required_argument, NULL, OPT_OUT}, {"seed", required_argument, NULL, OPT_SEED},
		{"reading", required_argument, NULL, OPT_READING}, {"wrapper", required_argument, NULL, OPT_WRAPPER},
		{"app-wait", required_argument, NULL, OPT_WAIT}, {"help", no_argument, NULL, 'h'}, {0},
	};
	struct command c = {.net = &net_model_ops, .run = {.seed = 1, .app_wait_s = DEFAULT_APP_WAIT_S}};
	struct scenario *scenario = NULL;
	int option, status = AZ_OK;

	while (status == AZ_OK && (option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (option == 'h') {
			(void) fputs(help, stdout);
			free(c.wrapper.copy);
			return AZ_OK;
		}
		status = take_option(&c, option);
	}
	if (status == AZ_OK && optind < argc)
		status = bad("\"%s\": a scenario is given as --scenario=FILE, an application as --app=PATH", argv[optind]);
	if (status == AZ_OK)
		status = load(&c, &scenario);
	if (status == AZ_OK && scenario)
		status = prepare_and_run(&c, scenario);
	scenario_free(scenario);
	free(c.wrapper.copy);
	return status;
}
