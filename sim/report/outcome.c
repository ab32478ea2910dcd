/* See outcome.h: the record itself, its sum, and its way between processes. */
#include "sim/report/outcome.h"

static void free_list(char **list)
{
	for (size_t i = 0; list && list[i]; i++)
		free(list[i]);
	free(list);
}

void outcome_clear(struct outcome *o)
{
	free(o->scenario);
	free(o->file);
	free(o->network);
	free(o->variant);
	free(o->asked);
	free_list(o->failures);
	free_list(o->hints);
	free(o->repeat);
	free(o->timeline);
	free(o->logs);
	free(o->tried);
	memset(o, 0, sizeof(*o));
}

void outcomes_clear(struct outcomes *outcomes)
{
	for (size_t i = 0; i < outcomes->count; i++)
		outcome_clear(&outcomes->list[i]);
	free(outcomes->list);
	memset(outcomes, 0, sizeof(*outcomes));
}

void outcomes_add(struct outcomes *outcomes, struct outcome *outcome)
{
	outcomes->list = realloc(outcomes->list, (outcomes->count + 1) * sizeof(*outcomes->list));
	if (!outcomes->list)
		abort();
	outcomes->list[outcomes->count++] = *outcome;
	memset(outcome, 0, sizeof(*outcome));
}

enum az_status outcomes_status(const struct outcomes *outcomes)
{
	enum az_status worst = AZ_OK;

	for (size_t i = 0; i < outcomes->count; i++)
		if (outcomes->list[i].status > worst)
			worst = outcomes->list[i].status;
	return worst;
}

size_t outcomes_group(const struct outcomes *outcomes, size_t first)
{
	const struct outcome *o = &outcomes->list[first];
	size_t n = 1;

	while (o->variant && first + n < outcomes->count && outcomes->list[first + n].variant &&
	       strcmp(outcomes->list[first + n].scenario, o->scenario) == 0 && strcmp(outcomes->list[first + n].network, o->network) == 0)
		n++;
	return n;
}

enum run_verdict outcomes_group_verdict(const struct outcomes *outcomes, size_t first, size_t *ret_failed, double *ret_real_s)
{
	enum run_verdict worst = RUN_PASSED;

	*ret_failed = 0;
	*ret_real_s = 0;
	for (size_t i = first; i < first + outcomes_group(outcomes, first); i++) {
		const struct outcome *o = &outcomes->list[i];

		worst = o->verdict > worst ? o->verdict : worst;
		*ret_failed += o->verdict != RUN_PASSED;
		*ret_real_s += o->real_s;
	}
	return worst;
}

static json_t *asked_to_json(const struct outcome *o)
{
	json_t *array = json_array();

	for (size_t i = 0; i < o->asked_count; i++)
		(void) json_array_append_new(array, json_pack("[i, i]", (int)o->asked[i].id, (int)o->asked[i].choice));
	return array;
}

static struct reading_answer *asked_from_json(const json_t *array, size_t *ret_count)
{
	size_t n = json_array_size(array);
	struct reading_answer *asked = calloc(n + 1, sizeof(*asked));

	if (!asked)
		abort();
	for (size_t i = 0; i < n; i++) {
		const json_t *pair = json_array_get(array, i);

		asked[i].id = (unsigned)json_integer_value(json_array_get(pair, 0));
		asked[i].choice = (unsigned)json_integer_value(json_array_get(pair, 1));
	}
	*ret_count = n;
	return asked;
}

static json_t *list_to_json(char *const *list)
{
	json_t *array = json_array();

	for (size_t i = 0; list && list[i]; i++)
		(void) json_array_append_new(array, json_stringn_nocheck(list[i], strlen(list[i])));
	return array;
}

static char **list_from_json(const json_t *array)
{
	size_t n = json_array_size(array);
	char **list = calloc(n + 1, sizeof(*list));

	if (!list)
		abort();
	for (size_t i = 0; i < n; i++) {
		const char *s = json_string_value(json_array_get(array, i));

		list[i] = strdup(s ? s : "?");
	}
	return list;
}

json_t *outcome_to_json(const struct outcome *o)
{
	json_t *json = json_pack("{s:s, s:s, s:s, s:i, s:i, s:I, s:I, s:I, s:I, s:I, s:I, s:f, s:o, s:o, s:o, s:[i, i, i], s:s*, s:s*, s:s*, s:s*, s:s*}", "scenario", o->scenario, "file",
	                 o->file, "network", o->network, "verdict", (int)o->verdict, "status", (int)o->status, "span_ns",
	                 (json_int_t)o->span_ns, "offline_ns", (json_int_t)o->offline_ns, "authentications",
	                 (json_int_t)o->authentications, "flash_writes", (json_int_t)o->flash_writes, "issuer_requests",
	                 (json_int_t)o->issuer_requests, "api_calls", (json_int_t)o->api_calls,
	                 "real_s", o->real_s, "asked",
	                 asked_to_json(o), "failures", list_to_json(o->failures), "hints", list_to_json(o->hints), "memory",
	                 (int)o->memory.data, (int)o->memory.heap, (int)o->memory.stack, "repeat", o->repeat, "timeline", o->timeline,
	                 "logs", o->logs, "variant", o->variant, "tried", o->tried);

	if (json && json_object_set_new(json, "tried_runs", json_integer((json_int_t)o->tried_runs)) < 0)
		abort();
	return json;
}

static char *copy(const char *s)
{
	return s ? strdup(s) : NULL;
}

bool outcome_from_json(const json_t *json, struct outcome *ret)
{
	const char *scenario, *file, *network, *repeat = NULL, *timeline = NULL, *logs = NULL, *variant = NULL, *tried = NULL;
	int verdict, status, data, heap, stack;
	json_int_t span, offline, auths, writes, requests, calls;
	const json_t *asked, *failures, *hints;
	double real_s;

	if (json_unpack((json_t *)json, "{s:s, s:s, s:s, s:i, s:i, s:I, s:I, s:I, s:I, s:I, s:I, s:f, s:o, s:o, s:o, s:[i, i, i], s?:s, s?:s, s?:s, s?:s, s?:s}", "scenario",
	                &scenario, "file", &file, "network", &network, "verdict", &verdict, "status", &status, "span_ns", &span,
	                "offline_ns", &offline, "authentications", &auths, "flash_writes", &writes, "issuer_requests", &requests,
	                "api_calls", &calls, "real_s", &real_s, "asked", &asked, "failures", &failures, "hints", &hints, "memory", &data, &heap, &stack, "repeat", &repeat,
	                "timeline", &timeline, "logs", &logs, "variant", &variant, "tried", &tried) < 0)
		return false;
	*ret = (struct outcome){
		.scenario = copy(scenario), .file = copy(file), .network = copy(network), .verdict = (enum run_verdict)verdict,
		.status = (enum az_status)status, .span_ns = (uint64_t)span, .offline_ns = (uint64_t)offline,
		.authentications = (unsigned long)auths, .flash_writes = (unsigned long)writes,
		.issuer_requests = (unsigned long)requests, .api_calls = (unsigned long)calls,
		.real_s = real_s, .tried = copy(tried),
		.failures = list_from_json(failures), .hints = list_from_json(hints), .repeat = copy(repeat),
		.timeline = copy(timeline), .logs = copy(logs), .variant = copy(variant),
		.memory = {.data = (uint32_t)data, .heap = (uint32_t)heap, .stack = (uint32_t)stack},
	};
	ret->tried_runs = (unsigned long)json_integer_value(json_object_get(json, "tried_runs"));
	ret->asked = asked_from_json(asked, &ret->asked_count);
	return true;
}
