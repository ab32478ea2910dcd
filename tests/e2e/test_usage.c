/* What azsim says to wrong usage and to wrong scenarios, with which exit status; and that help is always there. */
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

static void help_and_version_are_everywhere(void **state)
{
	static const char *const commands[] = {"run", "fuzz-world", "check", "list", "readings", "hardware"};
	struct e2e *e = *state;
	struct e2e_result r = e2e_run(e, "--help", NULL);

	e2e_expect(&r, 0, "usage: azsim", "exit status", "readings", NULL);
	e2e_clear(&r);
	r = e2e_run(e, "--version", NULL);
	e2e_expect(&r, 0, "azsim ", NULL);
	e2e_clear(&r);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		r = e2e_run(e, commands[i], "--help", NULL);
		e2e_expect(&r, 0, "usage: azsim", commands[i], NULL);
		assert_string_equal(r.err, "");
		e2e_clear(&r);
		r = e2e_run(e, commands[i], "--version", NULL);
		e2e_expect(&r, 0, "azsim ", NULL);
		e2e_clear(&r);
	}
	r = e2e_run(e, NULL);
	e2e_expect(&r, 2, "usage: azsim", NULL);
	e2e_clear(&r);
}

static void wrong_options_are_named(void **state)
{
	static const struct {
		const char *words[3];
		const char *said;
	} wrong[] = {
		{{"dance"}, "no command \"dance\""},
		{{"run"}, "no scenario given"},
		{{"run", "--net=wifi", "x.yaml"}, "no network \"wifi\""},
		{{"run", "--net=", "x.yaml"}, "name at least one network"},
		{{"run", "--net=model,model", "x.yaml"}, "named twice"},
		{{"run", "--seed=-1", "x.yaml"}, "--seed=-1"},
		{{"run", "--seed=1x", "x.yaml"}, "--seed=1x"},
		{{"run", "--jobs=0", "x.yaml"}, "--jobs=0"},
		{{"run", "--kills=many", "x.yaml"}, "--kills=many"},
		{{"run", "--reading=color=red", "x.yaml"}, "no reading \"color\""},
		{{"run", "--reading=reload-unsaved=perhaps", "x.yaml"}, "\"perhaps\" is not one of its choices"},
		{{"run", "--reading=reload-unsaved", "x.yaml"}, "write NAME=VALUE"},
		{{"run", "--no-such", "x.yaml"}, "--no-such"},
		{{"run", "--out=/dev/null/x", "s.yaml"}, "--out=/dev/null/x"},
		{{"run", "missing.yaml"}, "missing.yaml: No such file"},
		{{"run", "t"}, "no scenario (*.yaml)"},
		{{"run", "--readings-file=missing.txt", "s.yaml"}, "missing.txt: No such file"},
		{{"readings", "--from-tap=missing.tap"}, "missing.tap: No such file"},
		{{"readings", "--from-tap=s.yaml"}, "# reading: NAME=CHOICE"},
		{{"readings", "--json", "--from-tap=good.tap"}, "give one of them"},
		{{"check", "missing.yaml"}, "missing.yaml: No such file"},
		{{"readings", "extra"}, "no arguments"},
		{{"hardware"}, "\"header\" or \"manifest\""},
		{{"hardware", "header", "x.json"}, "--out is missing"},
		{{"hardware", "--out=h", "header"}, "\"header\" or \"manifest\""},
	};
	struct e2e *e = *state;

	e2e_write_scenario(e, "s", "", "");
	e2e_write(e, "good.tap", "# reading: id-period=refused\n");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct e2e_result r = e2e_run(e, wrong[i].words[0], wrong[i].words[1], wrong[i].words[2], NULL);

		e2e_expect(&r, 2, wrong[i].said, NULL);
		e2e_clear(&r);
	}
}

static void wrong_scenarios_are_named_with_file_line_and_column(void **state)
{
	static const struct {
		const char *events, *expect, *where, *said;
	} wrong[] = {
		{"  - {at: +3d, radius: {up: no}, colour: red}\n", "", "s.yaml:18:", "colour"},
		{"  - {at: soon, radius: {up: no}}\n", "", "s.yaml:18:", "soon"},
		{"  - {at: +3d, radius: {up: perhaps}}\n", "", "s.yaml:18:", "perhaps"},
		{"  - {at: 2026-02-30, radius: {up: no}}\n", "", "s.yaml:18:", "2026-02-30"},
		{"  - {at: +41d, radius: {up: no}}\n", "", "s.yaml:18:", "end"},
		{"  - {at: +1d, radius: {server: radius9}}\n", "", "s.yaml:18:", "radius9"},
		{"  - {at: +1d}\n", "", "s.yaml:18:", ""},
		{"", "  - {at: +3d, that: {connected: Network1, stored: [a]}}\n", "s.yaml:18:", "stored"},
		{"", "  - {never: {offline: yes}, longer_than: 3 parsecs}\n", "s.yaml:18:", "parsecs"},
	};
	struct e2e *e = *state;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct e2e_result r;

		e2e_write_scenario(e, "s", wrong[i].events, wrong[i].expect);
		r = e2e_run(e, "run", "--net=model", "s.yaml", NULL);
		e2e_expect(&r, 2, wrong[i].where, wrong[i].said, NULL);
		e2e_clear(&r);
		r = e2e_run(e, "check", "s.yaml", NULL);
		e2e_expect(&r, 2, wrong[i].where, NULL);
		e2e_clear(&r);
	}
}

static void two_networks_of_one_name_are_refused(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;
	char *text;

	e2e_write_scenario(e, "s", "", "");
	text = e2e_read(e, "s.yaml");
	e2e_write(e, "s.yaml", "%s    - {name: Network1, root: RootCA1, client: ClientCert1, identity: device-0001}\n", text);
	free(text);
	r = e2e_run(e, "check", "s.yaml", NULL);
	e2e_expect(&r, 2, "s.yaml:17:", "Network1", NULL);
	e2e_clear(&r);
}

static void files_that_are_no_scenarios_are_said_so(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;

	e2e_write(e, "empty.yaml", "%s", "");
	e2e_write(e, "binary.yaml", "%s", "\x7f" "ELF\x02\x01\x01");
	e2e_write(e, "list.yaml", "- 1\n- 2\n");
	e2e_write(e, "broken.yaml", "scenario: [1, 2\nabout: }\n");
	for (size_t i = 0; i < 4; i++) {
		static const char *const names[] = {"empty.yaml", "binary.yaml", "list.yaml", "broken.yaml"};

		r = e2e_run(e, "check", names[i], NULL);
		e2e_expect(&r, 2, names[i], NULL);
		e2e_clear(&r);
	}
}

static void a_good_scenario_is_checked_and_listed(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;

	e2e_write_scenario(e, "s", "  - {at: +3d, radius: {up: no}}\n", "");
	r = e2e_run(e, "check", "s.yaml", NULL);
	e2e_expect(&r, 0, "s.yaml: ok", "3 certificates", "1 events", NULL);
	e2e_clear(&r);
	r = e2e_run(e, "list", ".", NULL);
	e2e_expect(&r, 0, "a test", NULL);
	e2e_clear(&r);
	e2e_write_scenario(e, "t", "  - {at: +3d, radius: {up: no}}\n", "  - {at: +1d, that: {connected: any}}\nsources: [an incident that is public]\n");
	r = e2e_run(e, "list", "t.yaml", NULL);
	e2e_expect(&r, 0, "a test", NULL);
	assert_null(strstr(r.out, "an incident"));
	e2e_clear(&r);
	r = e2e_run(e, "list", "--sources", "t.yaml", NULL);
	e2e_expect(&r, 0, "a test", "an incident that is public", NULL);
	e2e_clear(&r);
	r = e2e_run(e, "readings", NULL);
	e2e_expect(&r, 0, "reload-unsaved", "set-effect", "cert-seen", "move-destination", "same-ssid-order", NULL);
	e2e_clear(&r);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, e2e_set_up, e2e_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(help_and_version_are_everywhere), TEST(wrong_options_are_named),
		TEST(wrong_scenarios_are_named_with_file_line_and_column), TEST(two_networks_of_one_name_are_refused),
		TEST(files_that_are_no_scenarios_are_said_so), TEST(a_good_scenario_is_checked_and_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
