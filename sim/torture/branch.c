/* See branch.h. */
#define _GNU_SOURCE
#include "sim/torture/branch.h"

#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define REPORT_MAX (256 * 1024) /* bytes that a branch may tell */

void branch_init(struct branch *branch)
{
	*branch = (struct branch){.fd = -1};
}

/* ---- The child ----------------------------------------------------------------------------------------------------------- */

/* Descriptors that lead to the parent's application: closed, and nothing else done to them. */
static void let_go(struct run *run)
{
	if (run->process.pidfd >= 0)
		(void) close(run->process.pidfd);
	if (run->process.output >= 0)
		(void) close(run->process.output);
	run->process = (struct app_process){.pid = 0, .pidfd = -1, .output = -1};
	run->out_length = 0;
	run->ahead = (struct ahead){.learning = false};
	run->app_idle = false;
	run_drop_held(run);
	run->app_gone = true;
	channel_abandon(run->channel);
	server_drop(issuer_server(run->issuer), false);
}

void branch_set_mutable(struct run *run, const uint8_t *bytes, size_t length)
{
	int fd = memfd_create("azsim-mutable", MFD_CLOEXEC);

	if (fd < 0 || (length > 0 && pwrite(fd, bytes, length, 0) != (ssize_t)length))
		abort();
	if (run->mutable_fd >= 0)
		(void) close(run->mutable_fd);
	run->mutable_fd = fd;
	if (!run->mutable_seen && !(run->mutable_seen = malloc(MUTABLE_FILE_MAX)))
		abort();
	memmove(run->mutable_seen, bytes, length);
	run->mutable_seen_length = length;
}

static void own_mutable(struct run *run)
{
	uint8_t bytes[MUTABLE_FILE_MAX];
	ssize_t n = run->mutable_fd >= 0 ? pread(run->mutable_fd, bytes, sizeof(bytes), 0) : -1;

	if (n >= 0)
		branch_set_mutable(run, bytes, (size_t)n);
}

static void become_branch(struct run *run, struct branch *branch, const struct combination *answers, pid_t parent)
{
	struct az_error error;
	char *path = NULL;

	(void) prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	branch->is_branch = true;
	let_go(run);
	own_mutable(run);
	branch->asked_before = run->result->asked.count;
	for (size_t i = 0; i < answers->count; i++) {
		device_set_reading(run->device, answers->answers[i].id, answers->answers[i].choice);
		run->result->readings.chosen[answers->answers[i].id] = answers->answers[i].choice;
	}
	if (asprintf(&path, "%s/b%lu.sock", run->run_dir, branch->count) < 0)
		abort();
	free(run->socket_path);
	run->socket_path = path;
	run->launch.socket = path;
	if (channel_new(path, &run->channel, &error) < 0)
		run_error(run, &error);
	/* What was wrong before is the parent's to tell. */
	for (size_t i = 0; i < run->result->failure_count; i++)
		free(run->result->failures[i]);
	run->result->failure_count = 0;
	if (run->result->verdict == RUN_FAILED)
		run->result->verdict = RUN_PASSED;
}

static char *report(const struct run *run, const struct branch *branch)
{
	json_t *failures = json_array(), *asked = json_array(), *all;
	char *text;

	for (size_t i = 0; i < run->result->failure_count; i++)
		(void) json_array_append_new(failures, json_string_nocheck(run->result->failures[i]));
	if (run->result->verdict == RUN_ERROR)
		(void) json_array_append_new(failures, json_string_nocheck(run->result->error.text));
	for (size_t i = branch->asked_before; i < run->result->asked.count; i++) {
		const enum reading_id id = run->result->asked.ids[i];

		(void) json_array_append_new(asked, json_pack("[i, i]", (int)id, (int)run->result->readings.chosen[id]));
	}
	all = json_pack("{s: o, s: o}", "failures", failures, "asked", asked);
	text = json_dumps(all, JSON_COMPACT);
	json_decref(all);
	return text;
}

_Noreturn void branch_end(struct run *run, struct branch *branch)
{
	char *text = report(run, branch);

	app_kill(&run->process);
	channel_free(run->channel);
	for (size_t done = 0, n = text ? strlen(text) : 0; done < n;) {
		ssize_t w = write(branch->fd, text + done, n - done);

		if (w < 0 && errno != EINTR)
			break;
		done += w > 0 ? (size_t)w : 0;
	}
	_exit(0);
}

/* ---- The parent ---------------------------------------------------------------------------------------------------------- */

static void take_failure(struct branch_result *result, const char *text)
{
	char **grown = realloc(result->failures, (result->failure_count + 1) * sizeof(*grown));

	if (!grown || !(grown[result->failure_count] = strdup(text)))
		abort();
	result->failures = grown;
	result->failure_count++;
}

void branch_result_clear(struct branch_result *result)
{
	for (size_t i = 0; i < result->failure_count; i++)
		free(result->failures[i]);
	free(result->failures);
	*result = (struct branch_result){0};
}

static void read_report(int fd, struct branch_result *ret)
{
	char *text = malloc(REPORT_MAX);
	size_t length = 0;
	json_t *json, *item;
	size_t i;
	int id, choice;

	if (!text)
		abort();
	while (length < REPORT_MAX) {
		ssize_t n = read(fd, text + length, REPORT_MAX - length);

		if (n == 0 || (n < 0 && errno != EINTR))
			break;
		length += n > 0 ? (size_t)n : 0;
	}
	json = json_loadb(text, length, 0, NULL);
	free(text);
	if (!json)
		take_failure(ret, "the branch ended without a word: a defect of azsim");
	json_array_foreach(json_object_get(json, "failures"), i, item)
		take_failure(ret, json_string_value(item));
	json_array_foreach(json_object_get(json, "asked"), i, item)
		if (i < READING_COUNT && json_unpack(item, "[i, i]", &id, &choice) == 0)
			ret->asked[ret->asked_count++] = (struct reading_answer){.id = (unsigned)id, .choice = (unsigned)choice};
	json_decref(json);
}

bool branch_fork(struct run *run, struct branch *branch, const struct combination *answers, struct branch_result *ret)
{
	const pid_t self = getpid();
	int fds[2], status = 0;
	pid_t pid;

	*ret = (struct branch_result){0};
	branch->count++;
	if (pipe(fds) < 0 || (pid = fork()) < 0) {
		take_failure(ret, "no process for this branch: out of memory or processes");
		return false;
	}
	if (pid == 0) {
		(void) close(fds[0]);
		branch->fd = fds[1];
		become_branch(run, branch, answers, self);
		return true;
	}
	(void) close(fds[1]);
	read_report(fds[0], ret);
	(void) close(fds[0]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return false;
}
