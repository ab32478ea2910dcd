/* One event or one condition said while a run goes on: the same schema and the same checks as in a file. */
#include <errno.h>

#include "sim/scenario/build.h"
#include "sim/util/text.h"

struct parsing {
	const struct scenario *base;
	const char *what;
	const struct source_node *root;
	int (*build)(struct builder *b, const void *raw);
	struct scenario **ret;
	struct az_error *error;
};

static int build_said_event(struct builder *b, const void *raw)
{
	return build_event(b, NULL, raw, true, &b->s->events[0]);
}

static int build_said_condition(struct builder *b, const void *raw)
{
	b->s->events[0].trigger = SCN_WHEN;
	return build_condition(b, NULL, raw, &b->s->events[0].when);
}

/* The names that may be used are those of `base`; what is built is the new one's own. */
static int prepare(struct builder *b, const struct scenario *base)
{
	struct scn_event *events = build_alloc(b, 1, sizeof(*events));
	const char **names = build_alloc(b, base->cert_count + 1, sizeof(*names));

	if (!events || !names)
		return -ENOMEM;
	*b->s = *base;
	b->s->length_ns = (uint64_t)BUILD_LENGTH_MAX_S * NS_PER_S; /* nobody has said how long it goes on */
	b->s->events = events;
	b->s->event_count = 1;
	for (size_t i = 0; i < base->cert_count; i++)
		names[i] = base->certs[i].name;
	b->cert_names = names;
	return 0;
}

static int parse_meaning(void *ctx, const void *raw)
{
	const struct parsing *parsing = ctx;
	struct builder b = {.file = parsing->what, .root = parsing->root, .error = parsing->error, .s = memory_new_scenario()};
	int r;

	if (!b.s) {
		az_error_set(parsing->error, AZ_ENVIRONMENT, "%s: out of memory", parsing->what);
		return -ENOMEM;
	}
	r = prepare(&b, parsing->base);
	if (r == 0)
		r = parsing->build(&b, raw);
	if (r < 0)
		scenario_free(b.s);
	else
		*parsing->ret = b.s;
	return r;
}

static int parse(struct parsing *parsing, const char *text, size_t length, const cyaml_schema_value_t *schema)
{
	struct source_node *root = NULL;
	size_t blank = 0;
	int r;

	while (blank < length && strchr(" \t\r\n", text[blank]) && text[blank] != '\0')
		blank++;
	if (blank == length) {
		az_error_set(parsing->error, AZ_USAGE, "%s: empty; write a mapping, as {radius: {up: no}} or {connected: any}", parsing->what);
		return -EINVAL;
	}
	r = source_read(parsing->what, text, length, &root, parsing->error);
	parsing->root = root;
	if (r == 0)
		r = build_with_schema(parsing->what, text, length, root, schema, parse_meaning, parsing, parsing->error);
	if (r < 0)
		text_sanitize(parsing->error->text);
	source_free(root);
	return r;
}

int scenario_parse_event(const struct scenario *base, const char *what, const char *text, size_t length, struct scenario **ret,
                         struct az_error *ret_error)
{
	struct parsing parsing = {.base = base, .what = what, .build = build_said_event, .ret = ret, .error = ret_error};

	return parse(&parsing, text, length, &raw_event_schema);
}

int scenario_parse_condition(const struct scenario *base, const char *what, const char *text, size_t length, struct scenario **ret,
                             struct az_error *ret_error)
{
	struct parsing parsing = {.base = base, .what = what, .build = build_said_condition, .ret = ret, .error = ret_error};

	return parse(&parsing, text, length, &raw_condition_schema);
}
