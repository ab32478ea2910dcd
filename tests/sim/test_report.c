/* The timeline, the record of a run, and the reports made of them. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/report/outcome.h"
#include "sim/util/text.h"

static void histories_are_compared_entry_by_entry(void **state)
{
	struct timeline a, b;
	char la[512], lb[512];

	(void) state;
	timeline_init(&a, 0);
	timeline_init(&b, 0);
	timeline_add(&a, 5, TL_CALL, true, "one daemon's words", "x");
	timeline_add(&b, 4, TL_WORLD, false, NULL, "not seen by the device");
	timeline_add(&b, 5, TL_CALL, true, "another's", "x");
	assert_false(timeline_differ(&a, &b, la, lb));
	timeline_add(&a, 6 * NS_PER_S, TL_LINK, true, NULL, "connected");
	assert_true(timeline_differ(&a, &b, la, lb));
	assert_non_null(strstr(la, "connected"));
	assert_string_equal(lb, "(end)");
	timeline_add(&b, 7 * NS_PER_S, TL_LINK, true, NULL, "connected");
	assert_true(timeline_differ(&a, &b, la, lb)); /* another moment is another history */
	timeline_clear(&a);
	timeline_clear(&b);
}

static void a_line_tells_date_and_time_since_the_start(void **state)
{
	struct timeline t;
	char line[256];

	(void) state;
	timeline_init(&t, 1767225600); /* 2026-01-01 */
	timeline_add(&t, (86400 * 30 + 3661) * NS_PER_S + 5 * NS_PER_MS, TL_AUTH, true, NULL, "ok");
	timeline_format(&t, &t.entries[0], line, sizeof(line));
	assert_non_null(strstr(line, "2026-01-31T01:01:01.005Z"));
	assert_non_null(strstr(line, "+30d 01:01:01"));
	assert_non_null(strstr(line, "auth"));
	timeline_clear(&t);
}

static void outside_text_cannot_break_a_line(void **state)
{
	char control[] = "a\nb\x1b[31mc\x7f", bad[] = "x\xff\xfe", good[] = "gr\xc3\xbc\xc3\x9f", overlong[] = "\xc0\xaf", surrogate[] = "\xed\xa0\x80",
	     cut[] = "\xe2\x82";

	(void) state;
	text_sanitize(control);
	assert_string_equal(control, "a b [31mc ");
	text_sanitize(bad);
	assert_string_equal(bad, "x??");
	text_sanitize(good);
	assert_string_equal(good, "gr\xc3\xbc\xc3\x9f");
	text_sanitize(overlong);
	assert_string_equal(overlong, "??");
	text_sanitize(surrogate);
	assert_string_equal(surrogate, "???");
	text_sanitize(cut);
	assert_string_equal(cut, "??");
}

/* What is not UTF-8 would be missing in every JSON report, and what is cut off at the end of the buffer may be. */
static void messages_are_utf8(void **state)
{
	struct az_error error;
	char filler[AZ_ERROR_MAX];

	(void) state;
	az_error_set(&error, AZ_ENVIRONMENT, "hostapd:\nunknown \xff\x1b");
	assert_string_equal(error.text, "hostapd:\nunknown ? ");
	az_error_append(&error, "gr\xc3\xbc\xc3\x9f");
	assert_string_equal(error.text, "hostapd:\nunknown ? \ngr\xc3\xbc\xc3\x9f");
	memset(filler, 'x', sizeof(filler));
	filler[AZ_ERROR_MAX - 2] = '\0';
	az_error_set(&error, AZ_ENVIRONMENT, "%s\xc3\xbc", filler);
	assert_int_equal(strlen(error.text), AZ_ERROR_MAX - 1);
	assert_int_equal(error.text[AZ_ERROR_MAX - 2], '?');
}

static char **list(const char *a)
{
	char **l = calloc(2, sizeof(*l));

	if (a)
		l[0] = strdup(a);
	return l;
}

static struct outcome outcome(const char *name, enum run_verdict verdict, enum az_status status, const char *failure)
{
	return (struct outcome){.scenario = strdup(name), .file = strdup("f.yaml"), .network = strdup("model"), .verdict = verdict, .status = status,
	                        .span_ns = UINT64_C(86400000000000), .authentications = 3, .failures = list(failure), .hints = list(NULL),
	                        .repeat = strdup("azsim run f.yaml")};
}

static void an_outcome_survives_the_way_between_processes(void **state)
{
	struct outcome o = outcome("s", RUN_FAILED, AZ_FAILED, "line 1\nline \"2\" <&>"), back;
	json_t *json;

	(void) state;
	o.timeline = strdup("out/s.model.timeline");
	json = outcome_to_json(&o);
	assert_non_null(json);
	assert_true(outcome_from_json(json, &back));
	assert_string_equal(back.timeline, o.timeline);
	assert_string_equal(back.failures[0], o.failures[0]);
	assert_int_equal(back.span_ns, o.span_ns);
	assert_int_equal(back.verdict, RUN_FAILED);
	assert_null(back.logs);
	json_object_del(json, "span_ns");
	outcome_clear(&back);
	assert_false(outcome_from_json(json, &back));
	json_decref(json);
	outcome_clear(&o);
}

static void the_worst_status_is_the_status_of_all(void **state)
{
	struct outcomes all = {0};
	struct outcome a = outcome("a", RUN_PASSED, AZ_OK, NULL), b = outcome("b", RUN_ERROR, AZ_ENVIRONMENT, "no daemon"),
	               c = outcome("c", RUN_FAILED, AZ_FAILED, "x");

	(void) state;
	assert_int_equal(outcomes_status(&all), AZ_OK);
	outcomes_add(&all, &a);
	assert_int_equal(outcomes_status(&all), AZ_OK);
	outcomes_add(&all, &c);
	assert_int_equal(outcomes_status(&all), AZ_FAILED);
	outcomes_add(&all, &b);
	assert_int_equal(outcomes_status(&all), AZ_ENVIRONMENT);
	outcomes_clear(&all);
}

static char *slurp(const char *path)
{
	static char buffer[8192];
	FILE *f = fopen(path, "re");
	size_t n;

	assert_non_null(f);
	n = fread(buffer, 1, sizeof(buffer) - 1, f);
	buffer[n] = '\0';
	(void) fclose(f);
	return buffer;
}

static void junit_escapes_and_counts(void **state)
{
	struct outcomes all = {0};
	struct outcome a = outcome("a", RUN_PASSED, AZ_OK, NULL), b = outcome("b<&>", RUN_FAILED, AZ_FAILED, "expected \"x\" < \x01 y\nsecond");
	char path[] = "/tmp/azsim-junit-XXXXXX";
	char *text;
	int fd = mkstemp(path);

	(void) state;
	assert_true(fd >= 0);
	(void) close(fd);
	outcomes_add(&all, &a);
	outcomes_add(&all, &b);
	assert_int_equal(report_junit(&all, path), 0);
	text = slurp(path);
	assert_non_null(strstr(text, "tests=\"2\" failures=\"1\" errors=\"0\""));
	assert_non_null(strstr(text, "name=\"b&lt;&amp;&gt;\""));
	assert_non_null(strstr(text, "expected &quot;x&quot; &lt;   y&#10;second"));
	assert_null(strchr(text, '\x01'));
	(void) unlink(path);
	assert_true(report_junit(&all, "/nonexistent/x.xml") < 0);
	outcomes_clear(&all);
}

static void tap_has_one_line_a_run_and_comments_for_why(void **state)
{
	struct outcomes all = {0};
	struct outcome a = outcome("a", RUN_PASSED, AZ_OK, NULL), b = outcome("b", RUN_FAILED, AZ_FAILED, "one\ntwo");
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	(void) state;
	outcomes_add(&all, &a);
	outcomes_add(&all, &b);
	report_tap(&all, f);
	(void) fclose(f);
	assert_string_equal(text, "TAP version 13\n1..2\nok 1 - a on model\nnot ok 2 - b on model\n# one\n# two\n# repeat: azsim run f.yaml\n");
	free(text);
	outcomes_clear(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(histories_are_compared_entry_by_entry), cmocka_unit_test(a_line_tells_date_and_time_since_the_start),
		cmocka_unit_test(outside_text_cannot_break_a_line), cmocka_unit_test(messages_are_utf8),
		cmocka_unit_test(an_outcome_survives_the_way_between_processes),
		cmocka_unit_test(the_worst_status_is_the_status_of_all), cmocka_unit_test(junit_escapes_and_counts),
		cmocka_unit_test(tap_has_one_line_a_run_and_comments_for_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
