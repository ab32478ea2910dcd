/* Fuzz target: scenarios; events and conditions as `azsim ctl` takes them, when the first line is "#event" or "#condition".
 *
 * What must hold: a refusal names the file and is one that a person can read; what is accepted can be described.
 */
#define _GNU_SOURCE
#include <string.h>

#include "sim/scenario/scenario.h"
#include "tests/fuzz/fuzz.h"

#define EVENT "#event\n"
#define CONDITION "#condition\n"

const char fuzz_name[] = "scenario";

static const char base_text[] =
	"scenario: base\nabout: A device on a network.\nstart: 2026-01-01\nlength: 90d\n"
	"pki:\n  - {name: ca1, use: root, valid: [-5y, +5y]}\n  - {name: ca2, use: root, valid: [-1d, +10y]}\n"
	"  - {name: radius1, use: server, issuer: ca1, valid: [-1y, +1y]}\n"
	"  - {name: dev1, use: client, issuer: ca1, cn: device-0001, valid: [-1y, +1y]}\n"
	"network: {ssid: CorpNet, server: radius1, client_roots: [ca1]}\nissuer: {root: ca1}\n"
	"device:\n  certificates:\n    - {id: RootCA1, cert: ca1}\n    - {id: ClientCert1, cert: dev1}\n"
	"  networks:\n    - {name: Network1, root: RootCA1, client: ClientCert1, identity: device-0001}\n";
static struct scenario *base;

static void free_base(void)
{
	scenario_free(base);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct az_error error;

	(void) argc;
	(void) argv;
	if (scenario_load_text("base.yaml", base_text, strlen(base_text), &base, &error) < 0) {
		(void) fprintf(stderr, "%s\n", error.text);
		return 1;
	}
	(void) atexit(free_base);
	return 0;
}

static void check_refusal(const char *file, const struct az_error *error)
{
	FUZZ_CHECK(error->status == AZ_USAGE);
	FUZZ_CHECK(strncmp(error->text, file, strlen(file)) == 0 && error->text[strlen(file)] == ':');
	FUZZ_CHECK(strlen(error->text) < AZ_ERROR_MAX);
	for (const char *c = error->text; *c; c++)
		FUZZ_CHECK((unsigned char)*c >= ' ' || *c == '\n');
}

static void describe(const struct scn_condition *condition)
{
	char text[64];

	scenario_describe_condition(condition, text, sizeof(text));
	FUZZ_CHECK(memchr(text, '\0', sizeof(text)) != NULL && text[0] != '\0');
}

/* The rest behind a first line, if it is this one. */
static const char *behind(const char *mark, const char *text, size_t *size)
{
	const size_t n = strlen(mark);

	if (*size < n || memcmp(text, mark, n) != 0)
		return NULL;
	*size -= n;
	return text + n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data, *part;
	struct scenario *said = NULL;
	struct az_error error = {0};

	if ((part = behind(EVENT, text, &size))) {
		if (scenario_parse_event(base, "event", part, size, &said, &error) < 0) {
			check_refusal("event", &error);
			return 0;
		}
		FUZZ_CHECK(said->event_count == 1);
	} else if ((part = behind(CONDITION, text, &size))) {
		if (scenario_parse_condition(base, "condition", part, size, &said, &error) < 0) {
			check_refusal("condition", &error);
			return 0;
		}
		describe(&said->events[0].when);
	} else {
		if (scenario_load_text("fuzz.yaml", text, size, &said, &error) < 0) {
			check_refusal("fuzz.yaml", &error);
			return 0;
		}
		for (size_t i = 0; i < said->event_count; i++)
			FUZZ_CHECK(said->events[i].trigger != SCN_AT || said->events[i].at_ns <= said->length_ns);
	}
	scenario_free(said);
	return 0;
}
