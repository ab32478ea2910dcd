/* azsim run --readings=all: which combinations are played, how they are told, that the number of jobs changes nothing. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness.h"

/* The issuer signs with a CA that RADIUS does not know: a new certificate cannot work. The application that follows the page
 * literally tries it without saving, so the reading reload-unsaved decides what it tries. */
static void write_trap(const struct e2e *e, const char *more_of_the_device)
{
	e2e_write(e, "trap.yaml",
	          "scenario: trap\nabout: a test\nstart: 2026-01-01\nlength: 40d\npki:\n"
	          "  - {name: ca1, use: root, valid: [-5y, +10y]}\n  - {name: other, use: root, valid: [-1y, +10y]}\n"
	          "  - {name: radius1, use: server, issuer: ca1, valid: [-1y, +2y]}\n"
	          "  - {name: dev1, use: client, issuer: ca1, cn: device-0001, valid: [-60d, +38d]}\n"
	          "network: {ssid: CorpNet, reauth: 24h, server: radius1, client_roots: [ca1]}\n"
	          "issuer: {client_life: 90d, client_ca: other}\n"
	          "device:\n  certificates: [{id: RootCA1, cert: ca1}, {id: ClientCert1, cert: dev1}]\n"
	          "  networks: [{name: Network1, root: RootCA1, client: ClientCert1, identity: device-0001}]\n%s"
	          "oracles_off: [stranded, leftovers, bounded]\n", more_of_the_device);
}

/* Cuts out the real times, which differ from run to run: " (1.23 s)" at the end of a line, and the last column of the table. */
static void cut_times(char *text)
{
	char *out = text;

	for (char *line = text, *next; *line; line = next) {
		char *end = strchr(line, '\n'), *cut;

		assert_non_null(end);
		next = end + 1;
		cut = end;
		if (end - line > 3 && memcmp(end - 3, " s)", 3) == 0)
			while (cut > line && *cut != '(')
				cut--;
		else if (end - line > 2 && end[-1] == 's' && end[-2] >= '0' && end[-2] <= '9')
			for (cut = end - 1; cut > line && ((cut[-1] >= '0' && cut[-1] <= '9') || cut[-1] == '.' || cut[-1] == ' ');)
				cut--;
		memmove(out, line, (size_t)(cut - line));
		out += cut - line;
		*out++ = '\n';
	}
	*out = '\0';
}

static void failing_combinations_are_named_and_repeat(void **state)
{
	struct e2e *e = *state;
	struct e2e_result one, many, again;
	char app[4300];

	(void) snprintf(app, sizeof(app), "--app=%s/tests/baseline/literal", e->build);
	write_trap(e, "");
	one = e2e_run(e, "run", "--readings=all", "--out=o", "-j1", app, "trap.yaml", NULL);
	e2e_expect(&one, 1, "trap on model", "combinations of readings failed", "all that failed have reload-unsaved=dropped",
	           "oracle last-credential", "run --net=model --seed=1", "--reading=", NULL);
	assert_null(strstr(one.out, "trap on wired")); /* only where it is asked for */
	/* The same report whatever the number of jobs. */
	many = e2e_run(e, "run", "--readings=all", "--out=o", "-j3", app, "trap.yaml", NULL);
	e2e_expect(&many, 1, NULL);
	cut_times(one.out);
	cut_times(many.out);
	assert_string_equal(one.out, many.out);
	e2e_clear(&one);
	e2e_clear(&many);
	/* A reading that is fixed does not vary. */
	again = e2e_run(e, "run", "--readings=all", "--reading=reload-unsaved=kept", app, "trap.yaml", NULL);
	e2e_expect(&again, 0, "pass  trap on model", "combinations", NULL);
	e2e_clear(&again);
	write_trap(e, "  readings: [reload-unsaved=kept]\n");
	again = e2e_run(e, "run", "--readings=all", app, "trap.yaml", NULL);
	e2e_expect(&again, 0, NULL);
	assert_null(strstr(again.out, "reload-unsaved"));
	e2e_clear(&again);
	/* What the report said repeats alone. */
	write_trap(e, "");
	again = e2e_run(e, "run", "--net=model", "--reading=set-effect=reload", app, "trap.yaml", NULL);
	e2e_expect(&again, 1, "oracle last-credential", NULL);
	e2e_clear(&again);
}

static void reports_for_machines_have_each_combination(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;
	char app[4300], *junit;

	(void) snprintf(app, sizeof(app), "--app=%s/tests/baseline/literal", e->build);
	write_trap(e, "");
	r = e2e_run(e, "run", "--readings=all", "--tap", "--junit=j.xml", app, "trap.yaml", NULL);
	e2e_expect(&r, 1, "not ok 1 - trap on model, all defaults", "- trap on model, reload-unsaved=kept", NULL);
	e2e_clear(&r);
	junit = e2e_read(e, "j.xml");
	assert_non_null(strstr(junit, "name=\"trap, reload-unsaved=kept\""));
	free(junit);
	assert_false(e2e_exists(e, "azsim-out")); /* hundreds may fail: evidence only where it is asked for */
}

static void an_application_that_asks_nothing_has_one_combination(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;

	e2e_make_package(e, "probe", E2E_FULL_CAPABILITIES);
	e2e_write_scenario(e, "s", "", "  - {by: +2m, that: {log: \"WifiConfig_GetStoredNetworkCount -> ok\"}}\n");
	r = e2e_run(e, "run", "--readings=all", "--app=probe", "s.yaml", NULL);
	e2e_expect(&r, 0, "s on model: 1 combination of readings, 0 failed", NULL);
	e2e_clear(&r);
	r = e2e_run(e, "run", "--readings=some", "s.yaml", NULL);
	e2e_expect(&r, 2, "--readings=some", NULL);
	e2e_clear(&r);
}

/* Each answer that no run of a scenario asked for may be another one: the device lives the same life, to the byte. */
static void what_no_run_asked_makes_no_difference(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;
	char *with, *without;

	e2e_write_scenario(e, "s", "", "");
	r = e2e_run(e, "run", "--net=model", "--out=a", "s.yaml", NULL);
	e2e_expect(&r, 0, NULL);
	e2e_clear(&r);
	r = e2e_run(e, "run", "--net=model", "--out=b", "--reading=reload-unsaved=kept", "--reading=cert-seen=at-once",
	            "--reading=move-destination=required", "--reading=unknown-identity=1", "--reading=max-networks=37",
	            "--reading=store-charge=der", "s.yaml", NULL);
	e2e_expect(&r, 0, NULL);
	e2e_clear(&r);
	with = e2e_read(e, "a/s.model.timeline");
	without = e2e_read(e, "b/s.model.timeline");
	assert_string_equal(with, without);
	free(with);
	free(without);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, e2e_set_up, e2e_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(failing_combinations_are_named_and_repeat), TEST(reports_for_machines_have_each_combination),
		TEST(an_application_that_asks_nothing_has_one_combination), TEST(what_no_run_asked_makes_no_difference),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
