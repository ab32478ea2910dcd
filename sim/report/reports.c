/* The reports for people and for machines: table, failures, TAP, JUnit XML, the timeline as JSON. */
#define _GNU_SOURCE
#include <errno.h>

#include "certs/dates.h"
#include "sim/report/outcome.h"

#define DAY_NS (86400 * NS_PER_S)
#define FAILED_VARIANTS_IN_FULL 3
#define FAILED_VARIANTS_BY_NAME 23

/* "" for the only run of its scenario. */
static const char *variant_name(const struct outcome *o)
{
	return !o->variant ? "" : o->variant[0] ? o->variant : "all defaults";
}

static void duration(uint64_t ns, char buffer[32])
{
	if (ns < NS_PER_S)
		(void) snprintf(buffer, 32, "%llums", (unsigned long long)(ns / NS_PER_MS));
	else if (ns < 100 * NS_PER_S)
		(void) snprintf(buffer, 32, "%.1fs", (double)ns / 1e9);
	else if (ns < 2 * 3600 * NS_PER_S)
		(void) snprintf(buffer, 32, "%.0fmin", (double)ns / 60e9);
	else if (ns < 3 * DAY_NS)
		(void) snprintf(buffer, 32, "%.1fh", (double)ns / 3600e9);
	else
		(void) snprintf(buffer, 32, "%.1fd", (double)ns / (double)DAY_NS);
}

/* One line for all variants of a scenario on a network. */
static void table_of_groups(const struct outcomes *outcomes, int width, FILE *out)
{
	(void) fprintf(out, "\n%-*s  %-7s %-7s %12s %7s %9s\n", width, "scenario", "network", "verdict", "combinations", "failed", "real");
	for (size_t i = 0; i < outcomes->count; i += outcomes_group(outcomes, i)) {
		double real_s;
		size_t failed;
		enum run_verdict worst = outcomes_group_verdict(outcomes, i, &failed, &real_s);

		(void) fprintf(out, "%-*s  %-7s %-7s %12zu %7zu %8.2fs\n", width, outcomes->list[i].scenario, outcomes->list[i].network,
		               run_verdict_name(worst), outcomes_group(outcomes, i), failed, real_s);
	}
}

void report_table(const struct outcomes *outcomes, FILE *out)
{
	int width = 8;

	for (size_t i = 0; i < outcomes->count; i++)
		if ((int)strlen(outcomes->list[i].scenario) > width)
			width = (int)strlen(outcomes->list[i].scenario);
	if (outcomes->count > 0 && outcomes->list[0].variant) {
		table_of_groups(outcomes, width, out);
		return;
	}
	(void) fprintf(out, "\n%-*s  %-7s %-7s %8s %8s %6s %7s %7s %8s\n", width, "scenario", "network", "verdict", "span", "offline", "auths",
	               "writes", "issuer", "real");
	for (size_t i = 0; i < outcomes->count; i++) {
		const struct outcome *o = &outcomes->list[i];
		char span[32], offline[32];

		duration(o->span_ns, span);
		duration(o->offline_ns, offline);
		(void) fprintf(out, "%-*s  %-7s %-7s %8s %8s %6lu %7lu %7lu %7.2fs\n", width, o->scenario, o->network,
		               run_verdict_name(o->verdict), span, offline, o->authentications, o->flash_writes, o->issuer_requests, o->real_s);
	}
}

static bool went_wrong(const struct outcome *o)
{
	return o->verdict != RUN_PASSED && o->verdict != RUN_INTERRUPTED;
}

static void failure(const struct outcome *o, FILE *out)
{
	for (size_t j = 0; o->failures && o->failures[j]; j++)
		(void) fprintf(out, "  %s\n", o->failures[j]);
	for (size_t j = 0; o->hints && o->hints[j]; j++)
		(void) fprintf(out, "  note: %s\n", o->hints[j]);
	if (o->timeline)
		(void) fprintf(out, "  timeline: %s\n", o->timeline);
	if (o->logs)
		(void) fprintf(out, "  logs: %s\n", o->logs);
	if (o->repeat)
		(void) fprintf(out, "  repeat: %s\n", o->repeat);
}

static bool answered(const struct outcome *o, unsigned id, unsigned choice)
{
	for (size_t i = 0; i < o->asked_count; i++)
		if (o->asked[i].id == id)
			return o->asked[i].choice == choice;
	return false;
}

/* The answers that all who failed have in common, and somebody who passed has not: likely what it hangs on. */
static void common_answers(const struct outcomes *outcomes, size_t first, FILE *out)
{
	const size_t n = outcomes_group(outcomes, first);

	for (unsigned id = 0; id < READING_COUNT; id++)
		for (unsigned choice = 0; choice < readings_table()[id].choice_count; choice++) {
			bool all = true, others = false;

			for (size_t i = first; i < first + n; i++) {
				const struct outcome *o = &outcomes->list[i];

				if (went_wrong(o))
					all = all && answered(o, id, choice);
				else
					others = others || !answered(o, id, choice);
			}
			if (all && others)
				(void) fprintf(out, "  all that failed have %s=%s\n", readings_table()[id].name, readings_table()[id].choices[choice].name);
		}
}

/* The first ones in full, some more by name. */
static void failed_variants(const struct outcomes *outcomes, size_t first, FILE *out)
{
	const size_t n = outcomes_group(outcomes, first);
	size_t told = 0, wrong = 0;

	for (size_t i = first; i < first + n; i++)
		wrong += went_wrong(&outcomes->list[i]);
	if (wrong == 0)
		return;
	(void) fprintf(out, "\n%s on %s: %zu of %zu combination%s of readings failed\n", outcomes->list[first].scenario,
	               outcomes->list[first].network, wrong, n, n == 1 ? "" : "s");
	common_answers(outcomes, first, out);
	for (size_t i = first; i < first + n; i++) {
		const struct outcome *o = &outcomes->list[i];

		if (!went_wrong(o))
			continue;
		if (told++ < FAILED_VARIANTS_IN_FULL) {
			(void) fprintf(out, "\n%s: %s on %s, %s\n", run_verdict_name(o->verdict), o->scenario, o->network, variant_name(o));
			failure(o, out);
		} else if (told <= FAILED_VARIANTS_BY_NAME) {
			(void) fprintf(out, "%s%s with %s\n  repeat: %s\n", told == FAILED_VARIANTS_IN_FULL + 1 ? "\n" : "",
			               run_verdict_name(o->verdict), variant_name(o), o->repeat ? o->repeat : "-");
		}
	}
	if (told > FAILED_VARIANTS_BY_NAME)
		(void) fprintf(out, "and %zu more; --junit=FILE and --tap name every one\n", told - FAILED_VARIANTS_BY_NAME);
}

static uint64_t memory_sum(const struct run_memory *m)
{
	return (uint64_t)m->data + m->heap + m->stack;
}

static double kib(uint64_t bytes)
{
	return (double)bytes / 1024;
}

void report_memory(const struct outcomes *outcomes, FILE *out)
{
	const struct outcome *most = NULL;

	for (size_t i = 0; i < outcomes->count; i++)
		if (memory_sum(&outcomes->list[i].memory) > (most ? memory_sum(&most->memory) : 0))
			most = &outcomes->list[i];
	if (!most)
		return;
	(void) fprintf(out, "\nmemory: at most %.1f KiB of the 256 that an MT3620 application has (data and bss %.1f, heap %.1f, stack %.1f), in %s on %s;\n"
	               "  not counted: what the device's own libraries and libcurl's TLS take\n", kib(memory_sum(&most->memory)),
	               kib(most->memory.data), kib(most->memory.heap), kib(most->memory.stack), most->scenario, most->network);
}

void report_failures(const struct outcomes *outcomes, FILE *out)
{
	for (size_t i = 0; i < outcomes->count; i += outcomes_group(outcomes, i)) {
		const struct outcome *o = &outcomes->list[i];

		if (o->variant) {
			failed_variants(outcomes, i, out);
		} else if (went_wrong(o)) {
			(void) fprintf(out, "\n%s: %s on %s\n", run_verdict_name(o->verdict), o->scenario, o->network);
			failure(o, out);
		} else if (o->verdict == RUN_PASSED && o->hints && o->hints[0]) {
			(void) fprintf(out, "\n%s on %s passed, but\n", o->scenario, o->network);
			for (size_t j = 0; o->hints[j]; j++)
				(void) fprintf(out, "  note: %s\n", o->hints[j]);
		}
	}
}

void report_tap(const struct outcomes *outcomes, FILE *out)
{
	(void) fprintf(out, "TAP version 13\n1..%zu\n", outcomes->count);
	for (size_t i = 0; i < outcomes->count; i++) {
		const struct outcome *o = &outcomes->list[i];

		(void) fprintf(out, "%s %zu - %s on %s%s%s\n", o->verdict == RUN_PASSED ? "ok" : "not ok", i + 1, o->scenario, o->network,
		               o->variant ? ", " : "", variant_name(o));
		for (size_t j = 0; o->failures && o->failures[j]; j++) {
			(void) fputs("# ", out);
			for (const char *c = o->failures[j]; *c; c++) {
				(void) fputc(*c, out);
				if (*c == '\n')
					(void) fputs("# ", out);
			}
			(void) fputc('\n', out);
		}
		if (o->verdict != RUN_PASSED && o->repeat)
			(void) fprintf(out, "# repeat: %s\n", o->repeat);
	}
}

static void xml(FILE *out, const char *text)
{
	for (; *text; text++)
		switch (*text) {
		case '<': (void) fputs("&lt;", out); break;
		case '>': (void) fputs("&gt;", out); break;
		case '&': (void) fputs("&amp;", out); break;
		case '"': (void) fputs("&quot;", out); break;
		case '\n': (void) fputs("&#10;", out); break;
		default:
			/* XML 1.0 knows no other control characters. */
			(void) fputc((unsigned char)*text < 0x20 ? ' ' : *text, out);
		}
}

static void junit_case(FILE *out, const struct outcome *o)
{
	(void) fputs("    <testcase classname=\"", out);
	xml(out, o->network);
	(void) fputs("\" name=\"", out);
	xml(out, o->scenario);
	(void) fputs(o->variant ? ", " : "", out);
	xml(out, variant_name(o));
	(void) fprintf(out, "\" time=\"%.3f\"", o->real_s);
	if (o->verdict == RUN_PASSED) {
		(void) fputs("/>\n", out);
		return;
	}
	(void) fprintf(out, ">\n      <%s message=\"", o->verdict == RUN_FAILED ? "failure" : "error");
	xml(out, o->failures && o->failures[0] ? o->failures[0] : run_verdict_name(o->verdict));
	(void) fputs("\">", out);
	for (size_t j = 0; o->failures && o->failures[j]; j++) {
		xml(out, o->failures[j]);
		(void) fputc('\n', out);
	}
	if (o->repeat) {
		(void) fputs("repeat: ", out);
		xml(out, o->repeat);
	}
	(void) fprintf(out, "</%s>\n    </testcase>\n", o->verdict == RUN_FAILED ? "failure" : "error");
}

/* Written beside and renamed, so that nobody reads half a report. */
static FILE *begin(const char *path, char **ret_temporary)
{
	FILE *f;

	if (asprintf(ret_temporary, "%s.tmp", path) < 0) {
		*ret_temporary = NULL;
		errno = ENOMEM;
		return NULL;
	}
	f = fopen(*ret_temporary, "we");
	if (!f) {
		int saved = errno;

		free(*ret_temporary);
		*ret_temporary = NULL;
		errno = saved;
	}
	return f;
}

static int commit(FILE *f, char *temporary, const char *path)
{
	int r = ferror(f) ? -EIO : 0;

	if (fclose(f) != 0 && r == 0)
		r = -errno;
	if (r == 0 && rename(temporary, path) < 0)
		r = -errno;
	if (r < 0)
		(void) unlink(temporary);
	free(temporary);
	return r;
}

int report_junit(const struct outcomes *outcomes, const char *path)
{
	char *temporary;
	FILE *out = begin(path, &temporary);
	size_t failures = 0, errors = 0;
	double real_s = 0;

	if (!out)
		return -errno;
	for (size_t i = 0; i < outcomes->count; i++) {
		failures += outcomes->list[i].verdict == RUN_FAILED;
		errors += outcomes->list[i].verdict == RUN_ERROR || outcomes->list[i].verdict == RUN_INTERRUPTED;
		real_s += outcomes->list[i].real_s;
	}
	(void) fprintf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"azsim\" tests=\"%zu\" failures=\"%zu\" "
	               "errors=\"%zu\" time=\"%.3f\">\n", outcomes->count, failures, errors, real_s);
	for (size_t i = 0; i < outcomes->count; i++)
		junit_case(out, &outcomes->list[i]);
	(void) fputs("  </testsuite>\n</testsuites>\n", out);
	return commit(out, temporary, path);
}

/* NULL: not measured. */
static json_t *memory_json(const struct run_memory *m)
{
	if (memory_sum(m) == 0)
		return NULL;
	return json_pack("{s:I, s:I, s:I}", "data", (json_int_t)m->data, "heap", (json_int_t)m->heap, "stack", (json_int_t)m->stack);
}

int report_timeline_json(const struct run_result *result, const char *scenario, const char *network, uint64_t seed,
                         const char *path)
{
	const struct timeline *tl = &result->timeline;
	json_t *events = json_array(), *root;
	char *temporary;
	FILE *out = begin(path, &temporary);
	int r;

	if (!out) {
		r = -errno;
		json_decref(events);
		return r;
	}
	for (size_t i = 0; i < tl->count; i++) {
		const struct tl_entry *e = &tl->entries[i];
		char date[32];
		json_t *event;

		dates_format(tl->start_s + (int64_t)(e->at_ns / NS_PER_S), date);
		event = json_pack("{s:I, s:s, s:s, s:b, s:o*, s:o*}", "t_ns", (json_int_t)e->at_ns, "date", date, "kind", timeline_kind_name(e->kind),
		                  "device", e->history, "text", json_string(e->text), "detail", e->detail ? json_string(e->detail) : NULL);
		(void) json_array_append_new(events, event);
	}
	root = json_pack("{s:s, s:s, s:I, s:s*, s:o*, s:s, s:o}", "scenario", scenario, "network", network, "seed", (json_int_t)seed, "application",
	                 result->application, "memory", memory_json(&result->memory), "verdict", run_verdict_name(result->verdict), "events", events);
	if (!root || json_dumpf(root, out, JSON_INDENT(1)) < 0) {
		json_decref(root);
		(void) fclose(out);
		(void) unlink(temporary);
		free(temporary);
		return -EIO;
	}
	json_decref(root);
	return commit(out, temporary, path);
}
