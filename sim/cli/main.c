/* azsim: the table of commands, help and version. */
#define _GNU_SOURCE
#include <limits.h>
#include <stdio.h>

#include "sim/cli/cli.h"

#ifndef AZSIM_VERSION
#define AZSIM_VERSION "unknown"
#endif

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *about;
} commands[] = {
	{"run", cmd_run, "run scenarios and say what happened"},
	{"fuzz-world", cmd_fuzz_world, "draw random worlds, run them, and make the failing ones small"},
	{"check", cmd_check, "read scenarios and say what is wrong with them, without running"},
	{"list", cmd_list, "list scenarios with what they are about"},
	{"readings", cmd_readings, "list the points on which Microsoft's documents differ, and the choices"},
	{"dev", cmd_dev, "run an application for a developer, in real time or step by step"},
	{"ctl", cmd_ctl, "steer a running azsim dev: time, network, power, faults"},
	{"device", cmd_device, "look at and set up the device of azsim dev, as az sphere device does"},
	{"hardware", cmd_hardware, "make headers and manifests from hardware definitions, for builds"},
};

volatile sig_atomic_t cli_interrupted;

static void on_signal(int number)
{
	if (cli_interrupted) {
		(void) signal(number, SIG_DFL);
		(void) raise(number);
	}
	cli_interrupted = number;
}

void cli_catch_signals(void)
{
	struct sigaction action = {.sa_handler = on_signal}; /* no SA_RESTART: poll() shall return */

	(void) sigaction(SIGINT, &action, NULL);
	(void) sigaction(SIGTERM, &action, NULL);
	(void) sigaction(SIGHUP, &action, NULL);
	(void) signal(SIGPIPE, SIG_IGN);
}

const char *cli_home(void)
{
	static char home[PATH_MAX];

	if (!home[0]) {
		ssize_t n = readlink("/proc/self/exe", home, sizeof(home) - 1);
		char *slash;

		home[n < 0 ? 0 : n] = '\0';
		slash = strrchr(home, '/');
		if (slash)
			*slash = '\0';
	}
	return home;
}

static const char *program = "azsim";

const char *cli_program(void)
{
	return program;
}

static void help(FILE *out)
{
	(void) fputs("azsim: Azure Sphere networking on Linux: certificate rotation under a clock of one's own\n\n"
	             "usage: azsim COMMAND [ARGUMENTS]\n\n", out);
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		(void) fprintf(out, "  %-11s %s\n", commands[i].name, commands[i].about);
	(void) fputs("\n  azsim COMMAND --help   options of a command\n"
	             "  azsim --version\n\n"
	             "exit status: 0 all passed, 1 a scenario failed, 2 bad usage or bad scenario,\n"
	             "             3 this machine lacks something, 130 interrupted\n", out);
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : NULL;

	if (argc > 0)
		program = argv[0];
	if (!name) {
		help(stderr);
		return AZ_USAGE;
	}
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
		help(stdout);
		return AZ_OK;
	}
	if (strcmp(name, "--version") == 0 || strcmp(name, "version") == 0) {
		(void) puts("azsim " AZSIM_VERSION);
		return AZ_OK;
	}
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		if (strcmp(commands[i].name, name) != 0)
			continue;
		for (int j = 2; j < argc; j++)
			if (strcmp(argv[j], "--version") == 0) {
				(void) puts("azsim " AZSIM_VERSION);
				return AZ_OK;
			}
		return commands[i].run(argc - 1, argv + 1);
	}
	(void) fprintf(stderr, "azsim: no command \"%s\"; there are run, fuzz-world, check, list, readings, dev, ctl, device, hardware; try: azsim --help\n", name);
	return AZ_USAGE;
}
