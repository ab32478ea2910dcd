/* Readings files: read, written, made of TAP, and what is wrong with them. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/scenario/readings_file.h"
#include "sim/scenario/scenario.h"
#include "tests/scenario/files.h"

static const char *write_text(const char *name, const char *text)
{
	return files_write(name, text, strlen(text));
}

static void a_file_says_what_its_lines_say(void **state)
{
	struct readings_file said;
	struct az_error error;

	(void) state;
	assert_int_equal(readings_file_load(write_text("readings", "# of a board\n\n  id-period=refused \t# seen twice\r\n"
	                                               "id-period=refused\nforget-unknown-id=ENOENT"), &said, &error), 0);
	assert_int_equal(said.choice[READING_ID_PERIOD], ID_PERIOD_REFUSED);
	assert_int_equal(said.choice[READING_FORGET_UNKNOWN_ID], FORGET_UNKNOWN_ID_ENOENT);
	assert_int_equal(said.choice[READING_ID_CHARACTERS], READINGS_FILE_UNSAID);
}

static void what_is_wrong_is_named_with_its_line(void **state)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{"\nid-period\n", "readings:2: `id-period` is no reading; write NAME=CHOICE"},
		{"id-perod=refused\n", "readings:1: there is no reading `id-perod`; did you mean `id-period`?"},
		{"id-period=refuse\n", "readings:1: reading `id-period` has no choice `refuse`; did you mean `refused`?"},
		{"id-period=refused\nid-period=accepted\n", "readings:2: reading `id-period` is `accepted` here and `refused` before"},
		{"=\n", "readings:1: there is no reading ``"},
	};
	struct readings_file said;
	struct az_error error;

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(readings_file_load(write_text("readings", cases[i].text), &said, &error), -EINVAL);
		assert_int_equal(error.status, AZ_USAGE);
		if (!strstr(error.text, cases[i].words))
			fail_msg("expected \"%s\" in: %s", cases[i].words, error.text);
	}
	assert_int_equal(readings_file_load(files_path("no-such"), &said, &error), -ENOENT);
}

/* As a board's console shows it, as azsim's timeline shows it, and with lines that are no readings. */
static const char tap[] =
	"Remote debugging session\n"
	"ok 1 - CertStore_DeleteCertificate_EFAULT_null\r\n"
	"# reading: id-period=refused\r\n"
	"2026-01-01T00:00:02.000Z +0d 00:00:02 log    # reading: reload-unsaved=kept\n"
	"# readings: id-period=accepted\n"
	"# reading:id-period=accepted\n"
	"id-period=accepted\n";

static void tap_becomes_a_file_that_is_read_again(void **state)
{
	struct readings_file said, again;
	struct az_error error;
	FILE *f;

	(void) state;
	readings_file_clear(&said);
	assert_int_equal(readings_file_add_tap(write_text("tap", tap), &said, &error), 0);
	assert_int_equal(readings_file_add_tap(write_text("tap2", "# reading: cert-seen=reload\n"), &said, &error), 0);
	assert_int_equal(said.choice[READING_ID_PERIOD], ID_PERIOD_REFUSED);
	assert_int_equal(said.choice[READING_RELOAD_UNSAVED], RELOAD_UNSAVED_KEPT);
	assert_int_equal(said.choice[READING_CERT_SEEN], CERT_SEEN_RELOAD);
	f = fopen(files_path("made"), "w");
	assert_non_null(f);
	assert_int_equal(readings_file_write(&said, f), 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(readings_file_load(files_path("made"), &again, &error), 0);
	assert_memory_equal(&said, &again, sizeof(said));
	/* Two devices that differ are no one device. */
	assert_int_equal(readings_file_add_tap(write_text("tap3", "# reading: cert-seen=at-once\n"), &said, &error), -EINVAL);
}

static void a_scenario_takes_one_and_goes_before_it(void **state)
{
	struct az_error error;
	struct scenario *s = NULL;

	(void) state;
	(void) write_text("board.readings", "id-period=refused\ncert-seen=at-once\n");
	assert_int_equal(scenario_load(files_base_with(16, "  readings_file: board.readings\n  readings: [cert-seen=reload]\n  networks:"), &s,
	                               &error), 0);
	assert_int_equal(s->reading_count, 3);
	assert_string_equal(s->readings[0].name, "cert-seen");
	assert_string_equal(s->readings[0].choice, "at-once");
	assert_string_equal(s->readings[1].name, "id-period");
	assert_string_equal(s->readings[2].name, "cert-seen");
	assert_string_equal(s->readings[2].choice, "reload");
	scenario_free(s);
	(void) write_text("board.readings", "id-period=maybe\n");
	assert_int_equal(scenario_load(files_base_with(16, "  readings_file: board.readings\n  networks:"), &s, &error), -EINVAL);
	assert_non_null(strstr(error.text, "base.yaml:16:"));
	assert_non_null(strstr(error.text, "board.readings:1: reading `id-period` has no choice `maybe`"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_says_what_its_lines_say),
		cmocka_unit_test(what_is_wrong_is_named_with_its_line),
		cmocka_unit_test(tap_becomes_a_file_that_is_read_again),
		cmocka_unit_test(a_scenario_takes_one_and_goes_before_it),
	};

	return cmocka_run_group_tests_name("readings files", tests, files_setup, files_teardown);
}
