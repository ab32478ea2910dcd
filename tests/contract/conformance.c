/* Writes emu-applibs/CONFORMANCE.md to standard output: `make conformance`. A test fails when the file in the tree is another. */
#include <stdio.h>

#include "emu-applibs/base/base.h"
#include "emu-applibs/device/readings.h"
#include "tests/contract/app/contract.h"
#include "emu-applibs/errnos.h"
#include "tests/contract/app/probes.h"

static const struct row {
	const char *function, *error, *condition, *source, *test;
} rows[] = {
#define X(manifest, function, error, condition, text, source) \
	{ #function, #error, text, source, #function "_" #error "_" #condition },
	CONTRACT_ERRNOS(X)
#undef X
};

static const struct exception {
	const char *function, *error, *condition, *source, *why;
} exceptions[] = {
#define X(function, error, text, source, why) { #function, #error, text, source, why },
	CONTRACT_EXCEPTIONS(X)
#undef X
};

static bool is_probed(const char *reading)
{
#define X(manifest, when, function, name) \
	if (strcmp(reading, name) == 0) \
		return true;
	CONTRACT_PROBES(X)
#undef X
	return false;
}

int main(void)
{
	(void) printf("# Conformance\n\n"
	              "Made by `make conformance` from the tables of the tests; do not edit.\n\n"
	              "## Documented errnos\n\n"
	              "Each errno that a header of applibs or its page on Microsoft Learn documents, and the test that reaches it: a case of the\n"
	              "contract application in `tests/contract/app`, which runs under azsim (`make check`) and on a device. %zu rows.\n\n"
	              "| function | errno | when | source | test |\n| --- | --- | --- | --- | --- |\n", ARRAY_LEN(rows));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		(void) printf("| `%s` | %s | %s | %s | `%s` |\n", rows[i].function, rows[i].error, rows[i].condition, rows[i].source, rows[i].test);
	(void) printf("\n## Exceptions\n\n"
	              "Documented, and reached by no test: %zu rows.\n\n"
	              "| function | errno | when | source | why it is not reached |\n| --- | --- | --- | --- | --- |\n", ARRAY_LEN(exceptions));
	for (size_t i = 0; i < ARRAY_LEN(exceptions); i++)
		(void) printf("| `%s` | %s | %s | %s | %s |\n", exceptions[i].function, exceptions[i].error, exceptions[i].condition,
		              exceptions[i].source, exceptions[i].why);
	(void) printf("\n## Readings\n\n"
	              "Where the documents are silent or contradict each other, azsim has a switch (`azsim run --reading=NAME=CHOICE`). The\n"
	              "choice in bold is the default. Probed: the contract application finds out on a device which one is true there.\n\n"
	              "| reading | what | choices and their sources | probed |\n| --- | --- | --- | --- |\n");
	for (size_t i = 0; i < READING_COUNT; i++) {
		const struct reading_info *info = &readings_table()[i];

		(void) printf("| `%s` | %s | ", info->name, info->about);
		for (size_t c = 0; c < info->choice_count; c++) {
			const char *bold = c == info->default_choice ? "**" : "";

			(void) printf("%s%s`%s`%s: %s", c ? "<br>" : "", bold, info->choices[c].name, bold, info->choices[c].source);
		}
		(void) printf(" | %s |\n", is_probed(info->name) ? "yes" : "no");
	}
	return fflush(stdout) != 0 || ferror(stdout) ? 1 : 0;
}
