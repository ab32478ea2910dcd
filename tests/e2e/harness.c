/* See harness.h. */
#define _GNU_SOURCE
#include "harness.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define LIMIT_S 300
#define WORDS_MAX 32

int e2e_set_up(void **state)
{
	struct e2e *e = calloc(1, sizeof(*e));
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;

	if (!e || n < 0)
		return -1;
	self[n] = '\0';
	for (int up = 0; up < 2; up++) { /* BUILD/tests/NAME */
		slash = strrchr(self, '/');
		if (!slash)
			return -1;
		*slash = '\0';
	}
	strcpy(e->build, self);
	strcpy(e->dir, "/tmp/azsim-e2e-XXXXXX");
	if (!mkdtemp(e->dir))
		return -1;
	(void) snprintf(e->tmp, sizeof(e->tmp), "%s/t", e->dir);
	(void) prctl(PR_SET_CHILD_SUBREAPER, 1);
	*state = e;
	return mkdir(e->tmp, 0700);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void) st;
	(void) type;
	(void) ftw;
	return remove(path);
}

static bool is_empty(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	bool empty = true;

	while (dir && (entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
			fprintf(stderr, "left behind: %s/%s\n", folder, entry->d_name);
			empty = false;
		}
	if (dir)
		(void) closedir(dir);
	return empty;
}

static void pause_ms(long ms)
{
	const struct timespec ts = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

	(void) nanosleep(&ts, NULL);
}

int e2e_tear_down(void **state)
{
	struct e2e *e = *state;
	pid_t left[8];
	size_t count = 0;
	bool clean;

	/* The kernel ends a pid namespace a moment after its first process. */
	for (int i = 0; i < 50; i++) {
		count = e2e_processes(e, NULL, left, 8);
		if (count == 0)
			break;
		pause_ms(20);
	}
	for (size_t i = 0; i < count && i < 8; i++) {
		fprintf(stderr, "left running: process %d\n", (int)left[i]);
		(void) kill(left[i], SIGKILL); /* the next test shall not be blamed for it */
	}
	while (count > 0 && waitpid(-1, NULL, WNOHANG) > 0)
		;
	clean = is_empty(e->tmp) && count == 0;
	(void) nftw(e->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(e);
	*state = NULL;
	return clean ? 0 : -1;
}

void e2e_write(const struct e2e *e, const char *name, const char *format, ...)
{
	char path[PATH_MAX];
	va_list args;
	FILE *f;

	(void) snprintf(path, sizeof(path), "%s/%s", e->dir, name);
	f = fopen(path, "we");
	assert_non_null(f);
	va_start(args, format);
	(void) vfprintf(f, format, args);
	va_end(args);
	assert_int_equal(fclose(f), 0);
}

static char *read_all(int fd)
{
	size_t length = 0, capacity = 65536;
	char *text = malloc(capacity);
	ssize_t n;

	assert_non_null(text);
	while ((n = read(fd, text + length, capacity - length - 1)) > 0) {
		length += (size_t)n;
		if (capacity - length < 4096)
			assert_non_null(text = realloc(text, capacity *= 2));
	}
	text[length] = '\0';
	return text;
}

char *e2e_read(const struct e2e *e, const char *name)
{
	char path[PATH_MAX], *text;
	int fd;

	(void) snprintf(path, sizeof(path), "%s/%s", e->dir, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		fail_msg("%s: %s", path, strerror(errno));
	text = read_all(fd);
	(void) close(fd);
	return text;
}

bool e2e_exists(const struct e2e *e, const char *name)
{
	char path[PATH_MAX];

	(void) snprintf(path, sizeof(path), "%s/%s", e->dir, name);
	return access(path, F_OK) == 0;
}

char *e2e_source(const struct e2e *e, const char *name)
{
	char *path = NULL, build[4200];

	/* BUILD is build or build/NAME below the top of the tree. */
	(void) snprintf(build, sizeof(build), "%s", e->build);
	for (int up = 0; up < 3; up++) {
		char *slash = strrchr(build, '/');

		assert_non_null(slash);
		*slash = '\0';
		free(path);
		assert_true(asprintf(&path, "%s/%s", build, name) > 0);
		if (access(path, R_OK) == 0)
			return path;
	}
	fail_msg("no %s in the tree", name);
	return NULL;
}

/* ---- Running ------------------------------------------------------------------------------------------------------------- */

static struct e2e_started start(const struct e2e *e, va_list args)
{
	const char *words[WORDS_MAX + 1] = {0};
	char program[PATH_MAX + 16];
	struct e2e_started s;
	size_t n = 1;

	(void) snprintf(program, sizeof(program), "%s/azsim", e->build);
	words[0] = program;
	while (n < WORDS_MAX && (words[n] = va_arg(args, const char *)))
		n++;
	s.out = memfd_create("out", MFD_CLOEXEC);
	s.err = memfd_create("err", MFD_CLOEXEC);
	assert_true(s.out >= 0 && s.err >= 0);
	s.pid = fork();
	assert_true(s.pid >= 0);
	if (s.pid == 0) {
		(void) setpgid(0, 0);
		(void) setenv("TMPDIR", e->tmp, 1);
		(void) setenv("XDG_RUNTIME_DIR", e->tmp, 1);
		(void) dup2(s.out, 1);
		(void) dup2(s.err, 2);
		if (chdir(e->dir) < 0)
			_exit(127);
		(void) execv(program, (char *const *)(uintptr_t)words);
		_exit(127);
	}
	(void) setpgid(s.pid, s.pid);
	return s;
}

struct e2e_started e2e_start(const struct e2e *e, ...)
{
	struct e2e_started s;
	va_list args;

	va_start(args, e);
	s = start(e, args);
	va_end(args);
	return s;
}

static double now_s(void)
{
	struct timespec ts;

	(void) clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

struct e2e_result e2e_wait(const struct e2e *e, struct e2e_started *s)
{
	struct e2e_result r = {0};
	double begin = now_s();
	int status = 0;

	(void) e;
	while (waitpid(s->pid, &status, WNOHANG) == 0) {
		if (now_s() - begin > LIMIT_S) {
			(void) kill(-s->pid, SIGKILL);
			fprintf(stderr, "azsim hung for %d s\n", LIMIT_S);
		}
		pause_ms(5);
	}
	r.real_s = now_s() - begin;
	r.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	(void) lseek(s->out, 0, SEEK_SET);
	(void) lseek(s->err, 0, SEEK_SET);
	r.out = read_all(s->out);
	r.err = read_all(s->err);
	(void) close(s->out);
	(void) close(s->err);
	return r;
}

char *e2e_said(const struct e2e_started *s)
{
	char path[64], *text;
	int fd;

	/* Opened anew: the other end writes where its own position is. */
	(void) snprintf(path, sizeof(path), "/proc/self/fd/%d", s->out);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	text = read_all(fd);
	(void) close(fd);
	return text;
}

bool e2e_says(const struct e2e_started *s, const char *word, double limit_s)
{
	double begin = now_s();
	bool said = false;

	do {
		char *text = e2e_said(s);

		said = strstr(text, word) != NULL;
		if (!said && now_s() - begin > limit_s)
			fprintf(stderr, "not said within %.0f s: \"%s\"\n--- so far\n%s\n---\n", limit_s, word, text);
		free(text);
		if (!said)
			pause_ms(10);
	} while (!said && now_s() - begin <= limit_s);
	return said;
}

struct e2e_result e2e_run(const struct e2e *e, ...)
{
	struct e2e_started s;
	va_list args;

	va_start(args, e);
	s = start(e, args);
	va_end(args);
	return e2e_wait(e, &s);
}

void e2e_clear(struct e2e_result *result)
{
	free(result->out);
	free(result->err);
	result->out = result->err = NULL;
}

static void show(const struct e2e_result *r)
{
	fprintf(stderr, "exit status %d after %.1f s\n--- stdout\n%s\n--- stderr\n%s\n---\n", r->status, r->real_s, r->out, r->err);
}

void e2e_expect(struct e2e_result *r, int status, ...)
{
	const char *word;
	va_list args;

	if (r->status != status) {
		show(r);
		fail_msg("exit status %d, expected %d", r->status, status);
	}
	va_start(args, status);
	while ((word = va_arg(args, const char *)))
		if (!strstr(r->out, word) && !strstr(r->err, word)) {
			show(r);
			fail_msg("nothing said \"%s\"", word);
		}
	va_end(args);
}

/* ---- Processes ----------------------------------------------------------------------------------------------------------- */

#define PROCESSES_MAX 4096

struct process {
	pid_t pid, parent;
	char name[64];
	bool ours;
};

/* "PID (NAME) STATE PPID ...": a name may hold anything, so its end is the last parenthesis. False for zombies too. */
static bool read_process(const char *pid, struct process *ret)
{
	char path[300], line[512];
	const char *open_paren, *close_paren;
	bool ok;
	FILE *f;

	(void) snprintf(path, sizeof(path), "/proc/%s/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return false;
	ok = fgets(line, sizeof(line), f) != NULL;
	(void) fclose(f);
	open_paren = ok ? strchr(line, '(') : NULL;
	close_paren = ok ? strrchr(line, ')') : NULL;
	if (!open_paren || !close_paren || close_paren[2] == 'Z')
		return false;
	*ret = (struct process){.pid = (pid_t)atol(pid), .parent = (pid_t)atol(close_paren + 4)};
	(void) snprintf(ret->name, sizeof(ret->name), "%.*s", (int)(close_paren - open_paren - 1), open_paren + 1);
	return true;
}

void e2e_in_order(const char *text, const char *const *words)
{
	for (const char *at = text; *words; words++) {
		at = strstr(at, *words);
		if (!at)
			fail_msg("not there, or too early: \"%s\" in\n%s", *words, text);
	}
}

/* All that this test started, at whatever depth: those whose parents are gone have become its children (a subreaper's). */
size_t e2e_processes(const struct e2e *e, const char *name, pid_t *pids, size_t max)
{
	static struct process all[PROCESSES_MAX];
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	size_t count = 0, n = 0;
	bool grew = true;

	(void) e;
	while (dir && (entry = readdir(dir)) && count < PROCESSES_MAX)
		if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9' && read_process(entry->d_name, &all[count]))
			count++;
	if (dir)
		(void) closedir(dir);
	while (grew) {
		grew = false;
		for (size_t i = 0; i < count; i++)
			for (size_t j = 0; !all[i].ours && j < count; j++)
				if (all[i].parent == getpid() || (all[j].ours && all[j].pid == all[i].parent))
					all[i].ours = grew = true;
	}
	for (size_t i = 0; i < count; i++) {
		if (!all[i].ours || (name && strncmp(all[i].name, name, 15) != 0))
			continue;
		if (n < max)
			pids[n] = all[i].pid;
		n++;
	}
	return n;
}

bool e2e_has_wired(const struct e2e *e)
{
	struct e2e_result r;
	bool has;

	e2e_write_scenario(e, "probe", "", "  - {by: +1h, that: {connected: any}}\n");
	r = e2e_run(e, "run", "--net=wired", "probe.yaml", NULL);
	has = r.status != 3;
	if (!has)
		fprintf(stderr, "SKIP: no wired network here: %s", r.err);
	e2e_clear(&r);
	return has;
}

void e2e_write_scenario(const struct e2e *e, const char *name, const char *events, const char *expect)
{
	char file[128];

	(void) snprintf(file, sizeof(file), "%s.yaml", name);
	e2e_write(e, file,
	          "scenario: %s\nabout: a test\nstart: 2026-01-01\nlength: 40d\npki:\n"
	          "  - {name: ca1, use: root, valid: [-5y, +10y]}\n"
	          "  - {name: radius1, use: server, issuer: ca1, valid: [-1y, +2y]}\n"
	          "  - {name: dev1, use: client, issuer: ca1, cn: device-0001, valid: [-60d, +38d]}\n"
	          "network: {ssid: CorpNet, reauth: 24h, server: radius1, client_roots: [ca1]}\n"
	          "issuer: {client_life: 90d}\n"
	          "device:\n  certificates:\n    - {id: RootCA1, cert: ca1}\n    - {id: ClientCert1, cert: dev1}\n"
	          "  networks:\n    - {name: Network1, root: RootCA1, client: ClientCert1, identity: device-0001}\n"
	          "%s%s%s%s", name, *events ? "events:\n" : "", events, *expect ? "expect:\n" : "", expect);
}

void e2e_write_small(const struct e2e *e, const char *length, const char *until, const char *app, const char *top, const char *expect)
{
	e2e_write(e, "s.yaml",
	          "scenario: s\nabout: a test\nstart: 2026-01-01\nlength: %s\n%spki:\n"
	          "  - {name: ca1, use: root, valid: [-5y, +10y]}\n"
	          "  - {name: radius1, use: server, issuer: ca1, valid: [-1y, +2y]}\n"
	          "  - {name: dev1, use: client, issuer: ca1, cn: device-0001, valid: [-60d, %s]}\n"
	          "network: {ssid: CorpNet, reauth: 24h, server: radius1, client_roots: [ca1]}\nissuer: {client_life: 90d}\n"
	          "device:\n%s%s%s  certificates:\n    - {id: RootCA1, cert: ca1}\n    - {id: ClientCert1, cert: dev1}\n"
	          "  networks:\n    - {name: Network1, root: RootCA1, client: ClientCert1, identity: device-0001}\n"
	          "expect:\n%s", length, top, until, app ? "  app: " : "", app ? app : "", app ? "\n" : "", expect);
}

static void make_package(const struct e2e *e, const char *name, const char *args, const char *capabilities)
{
	char path[4300], target[4300], manifest[160];

	(void) snprintf(path, sizeof(path), "%s/%s", e->dir, name);
	(void) mkdir(path, 0755);
	(void) snprintf(path, sizeof(path), "%s/%s/bin", e->dir, name);
	(void) mkdir(path, 0755);
	(void) snprintf(path, sizeof(path), "%s/%s/bin/app", e->dir, name);
	(void) snprintf(target, sizeof(target), "%s/tests/apps/%s/bin/app", e->build, name);
	(void) unlink(path);
	assert_int_equal(symlink(target, path), 0);
	(void) snprintf(manifest, sizeof(manifest), "%s/app_manifest.json", name);
	e2e_write(e, manifest,
	          "{\"SchemaVersion\": 1, \"Name\": \"%s\", \"ComponentId\": \"4a9f2b8e-7a61-4e1f-9d3c-2b1c5d6e7f80\", \"EntryPoint\": \"/bin/app\", "
	          "\"CmdArgs\": [%s], \"Capabilities\": {%s}, \"ApplicationType\": \"Default\"}\n", name, args, capabilities);
}

void e2e_make_package(const struct e2e *e, const char *name, const char *capabilities)
{
	make_package(e, name, "", capabilities);
}

void e2e_make_package_with(const struct e2e *e, const char *name, const char *word, const char *capabilities)
{
	char args[64];

	(void) snprintf(args, sizeof(args), "\"%s\"", word);
	make_package(e, name, args, capabilities);
}
