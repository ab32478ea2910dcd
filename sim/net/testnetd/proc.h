/* One daemon of the test network: started in the foreground, its output kept and read line by line, its end noticed.
 *
 * Leaves to others: what the lines mean, and when a daemon counts as ready (testnetd/daemons.c).
 */
#ifndef SIM_NET_TESTNETD_PROC_H
#define SIM_NET_TESTNETD_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "sim/util/error.h"

#define PROC_LINE_MAX 1024
#define PROC_LAST_LINES 8
#define PROC_CAPTURE_MAX 65536

enum proc_state { PROC_STOPPED, PROC_RUNNING, PROC_DIED };

struct proc {
	const char *name;     /* for messages: "freeradius" */
	const char *log_name; /* file in the run's folder */
	const char *noise;    /* lines with this text are not kept; NULL: none */
	enum proc_state state;
	pid_t pid;
	int wait_status;    /* when PROC_DIED */
	int log_fd;         /* -1 before proc_open_log() */
	int log_error;      /* positive errno of the first failed write to the log; 0 none */
	int pipe_fd;        /* its stdout and stderr; -1 when not running */
	char line[PROC_LINE_MAX];
	size_t line_length;
	char last[PROC_LAST_LINES][PROC_LINE_MAX];
	unsigned line_count;
	char capture[PROC_CAPTURE_MAX]; /* lines since proc_mark(), each with '\n'; NUL-terminated */
	size_t capture_length;
};

void proc_init(struct proc *proc, const char *name, const char *log_name, const char *noise);
/* Opens the log for appending in the folder dir_fd. 0 or negative errno. */
int proc_open_log(struct proc *proc, int dir_fd);
/* argv and env NULL-terminated; argv[0] is the path. 0; or negative errno and *ret_error. Forgets the captured lines. */
int proc_start(struct proc *proc, const char *const *argv, const char *const *env, struct az_error *ret_error);
/* Reads what is there, without waiting. */
void proc_read(struct proc *proc);
/* The process `pid` ended with `wait_status`: true when it was this one. */
bool proc_ended(struct proc *proc, pid_t pid, int wait_status);
/* TERM, then KILL after grace_ms of real time; state PROC_STOPPED. No-op when not running. */
void proc_stop(struct proc *proc, unsigned grace_ms);
/* Forget the captured lines: what comes now belongs to something new. */
void proc_mark(struct proc *proc);
/* "NAME ended by itself (killed by signal 9)" and its last lines. */
void proc_describe_end(const struct proc *proc, struct az_error *error);
/* Adds the last lines to an error that is already set. */
void proc_append_last_lines(const struct proc *proc, struct az_error *error);

/* Real monotonic time, for the limits of waiting. */
uint64_t real_now_ns(void);

#endif
