/* The contract application under azsim: every documented errno is reached by its test, every choice of every reading is reported by
 * the application that runs under it, and what it says makes a readings file.
 *
 * The application's tables (emu-applibs/errnos.h, app/probes.h) say what must be in its TAP output; nothing is listed twice.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "emu-applibs/device/readings.h"
#include "emu-applibs/errnos.h"
#include "tests/contract/app/probes.h"
#include "tests/e2e/harness.h"

#ifndef SOURCES
#error "SOURCES: the top of the source tree"
#endif

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define LINES_MAX 2048

static const char *const manifests[] = {
	[FULL] = "full", [NONE] = "none", [PARTIAL] = "partial", [ENTERPRISE] = "enterprise", [SPELLING] = "spelling",
	[PINS] = "pins",
};

static const struct row {
	enum manifest manifest;
	const char *name;
} rows[] = {
#define X(manifest, function, error, condition, text, source) { manifest, #function "_" #error "_" #condition },
	CONTRACT_ERRNOS(X)
#undef X
};

static const struct exception {
	const char *function, *error;
} exceptions[] = {
#define X(function, error, text, source, why) { #function, #error },
	CONTRACT_EXCEPTIONS(X)
#undef X
};

static const struct probe {
	enum manifest manifest;
	enum when when;
	const char *name;
} probes[] = {
#define X(manifest, when, function, reading) { manifest, when, reading },
	CONTRACT_PROBES(X)
#undef X
};

static bool covered[COUNT(rows)];

/* ---- TAP -------------------------------------------------------------------------------------------------------------- */

/* What the application logged in one run, line by line. */
struct tap {
	char *text; /* the timeline, cut into lines */
	const char *lines[LINES_MAX];
	size_t count;
};

/* The application's own lines: "DATE +0d 00:00:02 log    TEXT". */
static struct tap read_tap(const struct e2e *e, const char *name)
{
	struct tap tap = { .text = e2e_read(e, name) };
	char *save = NULL;

	for (char *line = strtok_r(tap.text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		int at = 0;

		(void) sscanf(line, "%*s %*s %*s log%n", &at);
		if (at == 0)
			continue;
		assert_true(tap.count < LINES_MAX);
		line += at;
		tap.lines[tap.count++] = line + strspn(line, " ");
	}
	return tap;
}

static const char *find_line(const struct tap *tap, const char *wanted)
{
	for (size_t i = 0; i < tap->count; i++)
		if (strcmp(tap->lines[i], wanted) == 0)
			return tap->lines[i];
	return NULL;
}

enum result { ABSENT, OK, SKIPPED, NOT_OK };

static enum result result_of(const struct tap *tap, const char *name)
{
	size_t length = strlen(name);
	enum result result = ABSENT;

	for (size_t i = 0; i < tap->count; i++) {
		const char *line = tap->lines[i], *dash = strstr(line, " - ");
		bool ok = strncmp(line, "ok ", 3) == 0;

		if ((!ok && strncmp(line, "not ok ", 7) != 0) || !dash || strncmp(dash + 3, name, length) != 0)
			continue;
		dash += 3 + length;
		if (*dash != '\0' && strncmp(dash, " # SKIP ", 8) != 0)
			continue;
		if (result != ABSENT)
			fail_msg("%s is there twice", name);
		result = !ok ? NOT_OK : *dash ? SKIPPED : OK;
	}
	return result;
}

/* Version, numbers from 1 in order, plan, and exactly the tests of this manifest. */
static void check_tap(const struct tap *tap, enum manifest manifest)
{
	unsigned tests = 0, expected = 0, number;
	char plan[32];

	assert_true(tap->count > 3);
	assert_string_equal(tap->lines[0], "TAP version 13");
	for (size_t i = 0; i < tap->count; i++) {
		if (sscanf(tap->lines[i], "ok %u", &number) == 1 || sscanf(tap->lines[i], "not ok %u", &number) == 1)
			assert_int_equal(number, ++tests);
		if (strncmp(tap->lines[i], "not ok ", 7) == 0)
			fail_msg("%s\n    %s", tap->lines[i], i + 1 < tap->count ? tap->lines[i + 1] : "");
	}
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (rows[i].manifest != manifest)
			continue;
		expected++;
		if (result_of(tap, rows[i].name) == ABSENT)
			fail_msg("%s was not run", rows[i].name);
	}
	for (size_t i = 0; i < COUNT(probes); i++)
		expected += probes[i].manifest == manifest;
	assert_int_equal(tests, expected);
	(void) snprintf(plan, sizeof(plan), "1..%u", tests);
	assert_non_null(find_line(tap, plan));
	assert_non_null(find_line(tap, "# done"));
}

static void count_covered(const struct tap *tap)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		covered[i] |= result_of(tap, rows[i].name) == OK;
}

/* ---- Running ---------------------------------------------------------------------------------------------------------- */

/* The application under a manifest in a scenario of this folder, with the readings of a file of the test's folder. */
static struct tap run(struct e2e *e, const char *scenario, enum manifest manifest, const char *readings)
{
	char app[4200], file[4200], timeline[128], readings_option[128];
	struct e2e_result r;
	struct tap tap;

	(void) snprintf(app, sizeof(app), "--app=%s/tests/contract/%s", e->build, manifests[manifest]);
	(void) snprintf(file, sizeof(file), SOURCES "/tests/contract/%s.yaml", scenario);
	(void) snprintf(timeline, sizeof(timeline), "out/%s.model.timeline", scenario);
	e2e_write(e, "run.readings", "%s", readings);
	(void) snprintf(readings_option, sizeof(readings_option), "--readings-file=%s/run.readings", e->dir);
	r = e2e_run(e, "run", "--net=model", "--out=out", "--app-wait=120", readings_option, app, file, NULL);
	if (!e2e_exists(e, timeline))
		fail_msg("%s under %s, readings %s: %s%s", scenario, manifests[manifest], readings, r.out, r.err);
	tap = read_tap(e, timeline);
	check_tap(&tap, manifest);
	e2e_expect(&r, 0, "pass", NULL);
	e2e_clear(&r);
	count_covered(&tap);
	return tap;
}

static void run_only(struct e2e *e, const char *scenario, enum manifest manifest, const char *readings)
{
	struct tap tap = run(e, scenario, manifest, readings);

	free(tap.text);
}

/* ---- Tests ------------------------------------------------------------------------------------------------------------ */

static void every_set_up_holds_the_contract(void **state)
{
	struct e2e *e = *state;

	run_only(e, "contract", FULL, "");
	run_only(e, "contract-boot", FULL, "");
	run_only(e, "contract-full", FULL, "");
	run_only(e, "contract-broken", FULL, "");
	run_only(e, "contract", NONE, "");
	run_only(e, "contract", PARTIAL, "");
	run_only(e, "contract", ENTERPRISE, "");
	run_only(e, "contract", SPELLING, "capability-spelling=both");
	run_only(e, "contract", PINS, "");
}

/* A reading that no probe can settle, and why. */
static bool is_out_of_sight(const struct reading_info *info, const char *choice)
{
	return info->id == READING_DEVICE_AUTH_LIFE || /* no call of applibs shows the certificate */
	       /* the image is refused, so nothing runs: the next test */
	       (info->id == READING_CAPABILITY_SPELLING && strcmp(choice, "strict") == 0);
}

static const struct probe *probe_of(const char *reading)
{
	for (size_t i = 0; i < COUNT(probes); i++)
		if (strcmp(probes[i].name, reading) == 0)
			return &probes[i];
	return NULL;
}

static void each_choice_of_each_reading_is_reported(void **state)
{
	struct e2e *e = *state;
	size_t reported = 0, choices = 0;

	for (size_t i = 0; i < READING_COUNT; i++) {
		const struct reading_info *info = &readings_table()[i];
		const struct probe *probe = probe_of(info->name);

		for (size_t c = 0; c < info->choice_count; c++) {
			char choice[128], line[160];
			struct tap tap;
			bool boot;

			choices++;
			if (is_out_of_sight(info, info->choices[c].name))
				continue;
			if (!probe)
				fail_msg("no probe settles the reading %s", info->name);
			(void) snprintf(choice, sizeof(choice), "%s=%s", info->name, info->choices[c].name);
			(void) snprintf(line, sizeof(line), "# reading: %s", choice);
			boot = probe->when == BOOT || info->id == READING_STORE_SIZE; /* where the store is empty */
			tap = run(e, boot ? "contract-boot" : "contract", probe->manifest, choice);
			if (!find_line(&tap, line))
				fail_msg("under %s the application does not say so", choice);
			reported++;
			free(tap.text);
		}
	}
	(void) printf("NOTE %zu of %zu choices of readings reported by the application that runs under them\n", reported, choices);
}

static void image_with_the_other_spelling_is_refused_where_one_is_right(void **state)
{
	struct e2e *e = *state;
	char app[4200];
	struct e2e_result r;

	(void) snprintf(app, sizeof(app), "--app=%s/tests/contract/spelling", e->build);
	r = e2e_run(e, "run", "--net=model", "--reading=capability-spelling=strict", app, SOURCES "/tests/contract/contract.yaml", NULL);
	e2e_expect(&r, 2, "write \"EnterpriseWifiConfig\"", NULL);
	e2e_clear(&r);
}

/* Needs the runs of the tests before it. */
static void every_documented_errno_is_reached(void **state)
{
	size_t count = 0, possible = COUNT(rows);
	char missing[4096] = "";

	(void) state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		count += covered[i];
#ifdef __SANITIZE_ADDRESS__
		/* The sanitizer's allocator ends the process where another one gives NULL. */
		if (!covered[i] && strstr(rows[i].name, "_ENOMEM_no_memory")) {
			possible--;
			continue;
		}
#endif
		if (!covered[i])
			(void) snprintf(missing + strlen(missing), sizeof(missing) - strlen(missing), "\n    %s", rows[i].name);
	}
	(void) printf("NOTE %zu of %zu documented errnos covered; %zu more cannot be reached (CONFORMANCE.md, Exceptions)\n", count, COUNT(rows),
	              COUNT(exceptions));
	if (count != possible)
		fail_msg("not reached by their tests:%s", missing);
}

static void names_of_tests_are_unique_and_known(void **state)
{
	(void) state;
	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t j = 0; j < i; j++)
			if (strcmp(rows[i].name, rows[j].name) == 0)
				fail_msg("two rows are called %s", rows[i].name);
	for (size_t i = 0; i < COUNT(exceptions); i++) {
		char prefix[128];

		(void) snprintf(prefix, sizeof(prefix), "%s_%s_", exceptions[i].function, exceptions[i].error);
		for (size_t j = 0; j < COUNT(rows); j++)
			if (strncmp(rows[j].name, prefix, strlen(prefix)) == 0)
				fail_msg("%s is said to be out of reach, and is a row", rows[j].name);
	}
	for (size_t i = 0; i < COUNT(probes); i++) {
		struct readings readings;

		readings_defaults(&readings);
		assert_int_equal(readings_set(&readings, probes[i].name, "no such choice"), -22); /* a reading that there is */
		assert_ptr_equal(probe_of(probes[i].name), &probes[i]);
	}
}

static void the_conformance_table_is_current(void **state)
{
	struct e2e *e = *state;
	char command[4200], path[] = SOURCES "/emu-applibs/CONFORMANCE.md";
	FILE *made, *kept = fopen(path, "re");
	int a, b;

	if (!kept)
		fail_msg("%s is missing: make conformance", path);
	(void) snprintf(command, sizeof(command), "%s/tests/contract/conformance", e->build);
	made = popen(command, "re");
	assert_non_null(made);
	do {
		a = fgetc(made);
		b = fgetc(kept);
	} while (a == b && a != EOF);
	(void) fclose(kept);
	(void) pclose(made);
	if (a != b)
		fail_msg("%s is not what the tests' tables say: make conformance", path);
}

/* A device without the capabilities that the cases are written for: they say so, and the run fails. */
static void a_device_that_answers_otherwise_is_caught(void **state)
{
	struct e2e *e = *state;
	char from[4200], to[128];
	struct e2e_result r;
	struct tap tap;

	(void) snprintf(to, sizeof(to), "%s/wrong", e->dir);
	assert_int_equal(mkdir(to, 0700), 0);
	(void) snprintf(to, sizeof(to), "%s/wrong/bin", e->dir);
	assert_int_equal(mkdir(to, 0700), 0);
	(void) snprintf(from, sizeof(from), "%s/tests/contract/full/bin/app", e->build);
	(void) snprintf(to, sizeof(to), "%s/wrong/bin/app", e->dir);
	assert_int_equal(symlink(from, to), 0);
	e2e_write(e, "wrong/app_manifest.json", "{\"SchemaVersion\": 1, \"Name\": \"wrong\", \"ComponentId\": "
	          "\"1b8f3a52-4c0e-4a0f-9a55-6f1f0a6f7c09\", \"EntryPoint\": \"/bin/app\", \"CmdArgs\": [\"full\"], \"Capabilities\": {}}");
	r = e2e_run(e, "run", "--net=model", "--out=out", "--app-wait=120", "--app=wrong", SOURCES "/tests/contract/contract.yaml", NULL);
	e2e_expect(&r, 1, "never: log has \"not ok \"", NULL);
	e2e_clear(&r);
	tap = read_tap(e, "out/contract.model.timeline");
	assert_int_equal(result_of(&tap, "CertStore_DeleteCertificate_ENOENT_unknown"), NOT_OK);
	assert_non_null(find_line(&tap, "# expected ENOENT, got EACCES"));
	assert_int_equal(result_of(&tap, "EventLoop_Run_EBUSY_reentered"), OK);
	free(tap.text);
}

/* A device with other habits than the default: what it says becomes a file, and under that file azsim has the same habits. */
static void what_a_device_says_makes_a_readings_file(void **state)
{
	static const char habits[] =
		"cert-seen=at-once\nmissing-capability=EPERM\nid-period=refused\nforget-unknown-id=ENOENT\nstore-charge=der\n"
		"same-ssid-order=higher-id\nreload-unsaved=kept\nmax-networks=37\nsec1-key=refused\n";
	struct e2e *e = *state;
	char full[4200], none[4200], readings[4200];
	struct tap first, again;
	struct e2e_result r;

	first = run(e, "contract", NONE, habits);
	e2e_write(e, "none.tap", "%s", "");
	for (size_t i = 0; i < first.count; i++) {
		char *so_far = e2e_read(e, "none.tap");

		e2e_write(e, "none.tap", "%s%s\r\n", so_far, first.lines[i]);
		free(so_far);
	}
	free(first.text);
	first = run(e, "contract", FULL, habits);
	(void) snprintf(none, sizeof(none), "--from-tap=%s/none.tap", e->dir);
	(void) snprintf(full, sizeof(full), "--from-tap=%s/out/contract.model.timeline", e->dir);
	r = e2e_run(e, "readings", none, full, NULL);
	e2e_expect(&r, 0, "cert-seen=at-once", "missing-capability=EPERM", "id-period=refused", "forget-unknown-id=ENOENT", "store-charge=der",
	           "same-ssid-order=higher-id", "reload-unsaved=kept", "max-networks=37", "sec1-key=refused", "set-effect=reconnects",
	           "# device-auth-life=24h", NULL);
	(void) snprintf(readings, sizeof(readings), "%s", r.out);
	e2e_clear(&r);
	again = run(e, "contract", FULL, readings);
	assert_int_equal(again.count, first.count);
	for (size_t i = 0; i < first.count; i++)
		assert_string_equal(again.lines[i], first.lines[i]);
	free(first.text);
	free(again.text);
}

static void real_daemons_give_the_same_answers(void **state)
{
	struct e2e *e = *state;
	char app[4200];
	struct e2e_result r;

	if (!e2e_has_wired(e))
		skip();
	(void) snprintf(app, sizeof(app), "--app=%s/tests/contract/full", e->build);
	r = e2e_run(e, "run", "--app-wait=120", app, SOURCES "/tests/contract/contract.yaml", NULL);
	e2e_expect(&r, 0, "2 of 2 runs passed", NULL);
	e2e_clear(&r);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, e2e_set_up, e2e_tear_down)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_tests_are_unique_and_known),
		TEST(every_set_up_holds_the_contract),
		TEST(each_choice_of_each_reading_is_reported),
		TEST(image_with_the_other_spelling_is_refused_where_one_is_right),
		TEST(what_a_device_says_makes_a_readings_file),
		TEST(real_daemons_give_the_same_answers),
		TEST(a_device_that_answers_otherwise_is_caught),
		TEST(the_conformance_table_is_current),
		cmocka_unit_test(every_documented_errno_is_reached), /* the last: it counts */
	};

	return cmocka_run_group_tests_name("contract", tests, NULL, NULL);
}
