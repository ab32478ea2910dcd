/* Instants and durations as text (certs/dates.h). Expected seconds come from the calendar: `date -u -d ... +%s`. */
#include "certs/dates.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "emu-applibs/base/base.h"

#define UNTOUCHED INT64_C(-12345)

static void duration_each_form_gives_its_seconds(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} rows[] = {
		{"90d", 7776000}, {"+90d", 7776000}, {"-5y", -157680000}, {"1h", 3600}, {"0s", 0}, {"-0d", 0}, {"30m", 1800},
		{"2w", 1209600}, {"1d 2h", 93600}, {"-1d 2h", -93600}, {"1w2d", 777600}, {"1y 1w 1d 1h 1m 1s", 32230861},
		{"007s", 7}, {"9223372036854775807s", INT64_MAX}, {"-9223372036854775808s", INT64_MIN},
	};

	(void) state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t got = UNTOUCHED;

		assert_int_equal(dates_parse_duration(rows[i].text, &got), 0);
		assert_true(got == rows[i].seconds);
	}
}

static void duration_bad_form_gives_einval_and_no_output(void **state)
{
	static const char *const rows[] = {
		"", "+", "-", "d", "90", "90 d", "90D", "90x", "1.5d", "--1d", "+-1d", " 1d", "1d ", "1d  2h", "2h 1d", "1d 1d",
		"1d -2h", "500ms", "1d,2h", "99999999999999999999x", "1mo",
	};

	(void) state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t got = UNTOUCHED;

		if (dates_parse_duration(rows[i], &got) != -EINVAL)
			fail_msg("\"%s\" was taken for a duration", rows[i]);
		assert_true(got == UNTOUCHED);
	}
	int64_t got = UNTOUCHED;
	assert_int_equal(dates_parse_duration(NULL, &got), -EINVAL);
}

static void duration_too_large_gives_erange(void **state)
{
	static const char *const rows[] = {
		"9223372036854775808s", "-9223372036854775809s", "99999999999999999999d", "292471208678y", "9223372036854775807s 1s",
		"153722867280912930m 60s", "-292471208678y",
	};

	(void) state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t got = UNTOUCHED;
		/* "NUMBERs 1s" repeats a unit: bad form comes before range. */
		int expected = i == 4 ? -EINVAL : -ERANGE;

		assert_int_equal(dates_parse_duration(rows[i], &got), expected);
		assert_true(got == UNTOUCHED);
	}
}

static void instant_each_form_gives_its_second(void **state)
{
	static const struct {
		const char *text;
		int64_t s;
	} rows[] = {
		{"1970-01-01", 0}, {"2026-06-01", 1780272000}, {"2026-06-01T00:00:00Z", 1780272000},
		{"2026-06-01T00:00Z", 1780272000}, {"2026-06-01T23:59:59Z", 1780358399}, {"2024-02-29", 1709164800},
		{"2000-02-29", 951782400}, {"1950-01-01", DATES_MIN_S}, {"9999-12-31T23:59:59Z", DATES_MAX_S},
		{"1969-12-31T23:59:59Z", -1}, {"2049-12-31T23:59:59Z", 2524607999}, {"2050-01-01", 2524608000},
		{"+90d", 1000 + 7776000}, {"-1000s", 0}, {"+0s", 1000},
	};

	(void) state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t got = UNTOUCHED;

		assert_int_equal(dates_parse_instant(rows[i].text, 1000, &got), 0);
		assert_true(got == rows[i].s);
	}
}

static void instant_impossible_or_malformed_gives_einval(void **state)
{
	static const char *const rows[] = {
		"2026-02-30", "2026-02-29", "2100-02-29", "2026-04-31", "2026-00-10", "2026-13-01", "2026-01-00", "2026-01-32",
		"2026-1-1", "26-01-01", "2026/01/01", "2026-01-01T", "2026-01-01T00Z", "2026-01-01T24:00:00Z",
		"2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z", "2026-01-01T00:00:00", "2026-01-01T00:00:00Zx",
		"2026-01-01 00:00:00Z", "2026-01-01T00:00:00+01:00", "90d", "", "now", "+", "+90", "10000-01-01",
	};

	(void) state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t got = UNTOUCHED;

		if (dates_parse_instant(rows[i], 0, &got) != -EINVAL)
			fail_msg("\"%s\" was taken for an instant", rows[i]);
		assert_true(got == UNTOUCHED);
	}
	int64_t got = UNTOUCHED;
	assert_int_equal(dates_parse_instant(NULL, 0, &got), -EINVAL);
}

static void instant_outside_1950_to_9999_gives_erange(void **state)
{
	int64_t got = UNTOUCHED;

	(void) state;
	assert_int_equal(dates_parse_instant("1949-12-31", 0, &got), -ERANGE);
	assert_int_equal(dates_parse_instant("0000-01-01", 0, &got), -ERANGE);
	assert_int_equal(dates_parse_instant("+1s", DATES_MAX_S, &got), -ERANGE);
	assert_int_equal(dates_parse_instant("-1s", DATES_MIN_S, &got), -ERANGE);
	assert_int_equal(dates_parse_instant("+1s", INT64_MAX, &got), -ERANGE);
	assert_int_equal(dates_parse_instant("-999999999999y", 0, &got), -ERANGE);
	assert_true(got == UNTOUCHED);
	assert_int_equal(dates_parse_instant("+0s", DATES_MAX_S, &got), 0);
}

static void format_gives_iso_text(void **state)
{
	static const struct {
		int64_t s;
		const char *text;
	} rows[] = {
		{0, "1970-01-01T00:00:00Z"}, {-1, "1969-12-31T23:59:59Z"}, {1780272000, "2026-06-01T00:00:00Z"},
		{951782399, "2000-02-28T23:59:59Z"}, {DATES_MAX_S, "9999-12-31T23:59:59Z"}, {DATES_MAX_S + 1, "10000-01-01T00:00:00Z"},
		{INT64_MAX, "292277026596-12-04T15:30:07Z"},
	};
	char text[DATES_TEXT_MAX];

	(void) state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		dates_format(rows[i].s, text);
		assert_string_equal(text, rows[i].text);
	}
}

/* Every day of the range, by its text and back: the calendar has no gap, no double and no wrong leap year. */
static void format_and_parse_agree_on_every_day(void **state)
{
	char text[DATES_TEXT_MAX], before[DATES_TEXT_MAX] = "";

	(void) state;
	for (int64_t s = DATES_MIN_S; s < DATES_MAX_S; s += 86400) {
		int64_t back = UNTOUCHED;

		dates_format(s, text);
		assert_int_equal(dates_parse_instant(text, 0, &back), 0);
		assert_true(back == s);
		assert_true(strcmp(before, text) < 0);
		memcpy(before, text, sizeof(before));
	}
}

static void format_duration_gives_text_that_reads_back(void **state)
{
	static const struct {
		int64_t s;
		const char *text;
	} rows[] = {
		{0, "0s"}, {120 * 86400, "120d"}, {93600, "1d 2h"}, {-93600, "-1d 2h"}, {61, "1m 1s"}, {1800, "30m"},
		{365 * 86400, "365d"}, {INT64_MAX, "106751991167300d 15h 30m 7s"}, {INT64_MIN, "-106751991167300d 15h 30m 8s"},
	};
	char text[DATES_TEXT_MAX];

	(void) state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t back = UNTOUCHED;

		dates_format_duration(rows[i].s, text);
		assert_string_equal(text, rows[i].text);
		assert_int_equal(dates_parse_duration(text, &back), 0);
		assert_true(back == rows[i].s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(duration_each_form_gives_its_seconds),
		cmocka_unit_test(duration_bad_form_gives_einval_and_no_output),
		cmocka_unit_test(duration_too_large_gives_erange),
		cmocka_unit_test(instant_each_form_gives_its_second),
		cmocka_unit_test(instant_impossible_or_malformed_gives_einval),
		cmocka_unit_test(instant_outside_1950_to_9999_gives_erange),
		cmocka_unit_test(format_gives_iso_text),
		cmocka_unit_test(format_and_parse_agree_on_every_day),
		cmocka_unit_test(format_duration_gives_text_that_reads_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
