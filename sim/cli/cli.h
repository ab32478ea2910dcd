/* The commands of azsim. Each takes its own arguments (argv[0] is the command's name) and returns an exit status. */
#ifndef SIM_CLI_CLI_H
#define SIM_CLI_CLI_H

#include <signal.h>
#include <stddef.h>

#include "sim/util/error.h"

int cmd_run(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_readings(int argc, char **argv);
int cmd_fuzz_world(int argc, char **argv);
int cmd_hardware(int argc, char **argv);
int cmd_dev(int argc, char **argv);
int cmd_ctl(int argc, char **argv);
int cmd_device(int argc, char **argv);

/* Folder of the azsim executable; static storage. */
const char *cli_home(void);
/* How azsim was called, for commands to repeat: argv[0]. Static storage. */
const char *cli_program(void);
/* The number of the signal that asked us to stop, or 0. Installed by cli_catch_signals(); the second one kills. */
extern volatile sig_atomic_t cli_interrupted;
void cli_catch_signals(void);

/* The scenario files that FILE|DIR arguments name: DIRs give their *.yaml, sorted. 0 or a status, with *ret_error. */
struct cli_files {
	char **paths;
	size_t count;
};
int cli_find_files(int count, char *const *arguments, struct cli_files *ret, struct az_error *ret_error);
void cli_free_files(struct cli_files *files);

#define CLI_TRY_HELP(command) "try: azsim " command " --help"

#endif
