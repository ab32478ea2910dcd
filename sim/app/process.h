/* The application's process: its environment, its start, its end.
 *
 * It is a separate process, as on the device: a power cut is SIGKILL, a reboot is a new exec. Everything it starts dies with
 * azsim (parent-death signal). Leaves to others: what is in approot/ (package.h), what it says (channel.h) and when it runs
 * (run/).
 */
#ifndef SIM_APP_PROCESS_H
#define SIM_APP_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "sim/app/machine.h"
#include "sim/util/error.h"

struct app_process {
	pid_t pid;   /* 0: not running */
	int pidfd;   /* readable when it has ended; -1 */
	int output;  /* its stdout and stderr, non-blocking; -1 */
};

struct app_launch {
	const char *run_dir;  /* short path of a private folder; approot/ in it is the image package */
	enum app_machine machine; /* of its program */
	const char *socket;   /* path of the simulator's socket */
	const char *lib_dir;  /* folder of libapplibs.so.0, libtlsutils.so.0 and libvtime.so, and of APP_ARM_ROOT */
	const char *const *args; /* CmdArgs of the manifest, NULL-terminated */
	const char *const *wrapper; /* words before the program (valgrind ...), NULL-terminated, or NULL */
	unsigned mutable_kb;  /* no file of the application may grow beyond this; 0: no mutable storage */
	uint32_t ram_limit;   /* bytes, of an ARM application; 0: none */
	uint64_t seed;        /* AZSIM_SEED: repeatable random numbers */
	const char *oom_page; /* path of the page of liboom.so, which is preloaded too; NULL: it is not */
	bool http_shim;       /* libcurl and libtlsutils without TLS (emu-applibs/curl) stand before the real ones */
};

/* Start it. 0, or negative errno and *ret_error. */
int app_start(const struct app_launch *launch, struct app_process *ret, struct az_error *ret_error);
/* SIGKILL and reap; no-op when not running. */
void app_kill(struct app_process *process);
/* When it has ended by itself: true, its wait status, and the process is cleared. Does not block. */
bool app_reap(struct app_process *process, int *ret_status);
/* "ended with status 1" or "was ended by signal 11 (Segmentation fault)" */
void app_describe_end(int status, char *buffer, size_t capacity);
/* Is the process stopped by a debugger or a signal? */
bool app_is_stopped(pid_t pid);
/* Where it hangs, from /proc: "state S in system call 0 (wchan ...)" or "state R: it computes without end". */
void app_describe_hang(const struct app_process *process, char *buffer, size_t capacity);

#endif
