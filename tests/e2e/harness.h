/* Running azsim as a user does, in a folder of its own, and seeing what it says and what it leaves behind.
 *
 * The test is the reaper of everything that azsim starts and does not end, so leftovers are found wherever they went, in other
 * namespaces too.
 */
#ifndef TESTS_E2E_HARNESS_H
#define TESTS_E2E_HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct e2e {
	char dir[64];     /* the test's folder; also where azsim starts */
	char tmp[80];     /* TMPDIR and XDG_RUNTIME_DIR of azsim */
	char build[4096]; /* folder of the programs under test */
};

struct e2e_result {
	int status; /* exit status, or 128 + signal */
	char *out, *err;
	double real_s;
};

/* cmocka fixtures: *state is a struct e2e. The teardown fails the test when a process or a file in TMPDIR is left. */
int e2e_set_up(void **state);
int e2e_tear_down(void **state);

/* Write a file into the test's folder; content printed as by printf. */
void e2e_write(const struct e2e *e, const char *name, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* A whole text of a file below the test's folder; caller frees; fails the test when there is none. */
char *e2e_read(const struct e2e *e, const char *name);
bool e2e_exists(const struct e2e *e, const char *name);
/* The path of a file or folder of the source tree, named from its top; caller frees; fails the test when there is none. */
char *e2e_source(const struct e2e *e, const char *name);

/* Run "azsim" with these words (NULL-terminated), to its end. Free with e2e_clear. */
struct e2e_result e2e_run(const struct e2e *e, ...) __attribute__((sentinel));
/* Start it and go on; then wait for its end. */
struct e2e_started {
	pid_t pid;
	int out, err;
};
struct e2e_started e2e_start(const struct e2e *e, ...) __attribute__((sentinel));
struct e2e_result e2e_wait(const struct e2e *e, struct e2e_started *started);
/* What it has said on stdout so far; caller frees. */
char *e2e_said(const struct e2e_started *started);
/* Has it said the word, or does it within limit_s of real time? Shows all that it said when not. */
bool e2e_says(const struct e2e_started *started, const char *word, double limit_s);
void e2e_clear(struct e2e_result *result);

/* Fail the test, showing all that was said, unless the status is `status` and each of `words` (NULL-terminated) was said. */
void e2e_expect(struct e2e_result *result, int status, ...) __attribute__((sentinel));

/* Fail the test, showing the text, unless each of `words` (NULL-terminated) comes in it after the one before. */
void e2e_in_order(const char *text, const char *const *words);
#define E2E_IN_ORDER(text, ...) e2e_in_order(text, (const char *const[]){__VA_ARGS__, NULL})

/* Processes of this test whose program is called `name` (NULL: any): how many; fills pids up to max. */
size_t e2e_processes(const struct e2e *e, const char *name, pid_t *pids, size_t max);
/* Is there a wired network on this machine? Says so on stderr when not. */
bool e2e_has_wired(const struct e2e *e);

/* A sound scenario of 40 days; the device's certificate ends after 38, so it has to renew. With places for more. Each argument is YAML text or "". */
void e2e_write_scenario(const struct e2e *e, const char *name, const char *events, const char *expect);
/* s.yaml, for tests that play it often: a run of that length with one root, and a certificate of the device that ends at `until`. app: the
 * test application, or NULL for the rotation; top: more keys of the scenario, whole lines. */
void e2e_write_small(const struct e2e *e, const char *length, const char *until, const char *app, const char *top, const char *expect);
/* As the rotation leaves everything when it is done. */
#define E2E_ALL_DONE "  - {end: {connected: Network1, networks: [Network1], certificates: [RootCA1, ClientCert1]}}\n"

#define E2E_FULL_CAPABILITIES "\"CertStore\": true, \"WifiConfig\": true, \"EnterpriseWifiConfig\": true"
/* The test application NAME (apps/) as an image package: a folder NAME in the test's folder, with these capabilities. */
void e2e_make_package(const struct e2e *e, const char *name, const char *capabilities);
/* The same with one word on its command line. */
void e2e_make_package_with(const struct e2e *e, const char *name, const char *word, const char *capabilities);

#endif
