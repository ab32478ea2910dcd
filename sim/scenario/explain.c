/* See explain.h. libcyaml's own messages come as a backtrace of several lines, with the place of the mapping around an
 * unknown key, and without what would be right; so the tree with the places is held against the same schema here.
 */
#include "sim/scenario/explain.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>

#include "sim/scenario/names.h"

#define SHOWN_MAX 64 /* bytes of a value that a message repeats */

struct walk {
	const char *file;
	struct az_error *error;
};

void explain_log(cyaml_log_t level, void *log, const char *format, va_list args)
{
	struct explain_log *l = log;

	(void) level;
	if (l->text[0])
		return;
	(void) vsnprintf(l->text, sizeof(l->text), format, args);
	l->text[strcspn(l->text, "\n")] = '\0';
}

static const char *kind_name(enum source_kind kind)
{
	switch (kind) {
	case SOURCE_SCALAR:
		return "a single value";
	case SOURCE_MAPPING:
		return "a mapping {key: value}";
	case SOURCE_LIST:
		return "a list [a, b]";
	}
	return "something else";
}

/* How a message calls a node: its key, or "an item of this list". */
static const char *node_name(const struct source_node *node, char buffer[SHOWN_MAX + 8])
{
	if (!node->key)
		return node->kind == SOURCE_MAPPING ? "this mapping" : "this item";
	(void) snprintf(buffer, SHOWN_MAX + 8, "`%.*s`", SHOWN_MAX, node->key);
	return buffer;
}

static bool explain_unknown_key(struct walk *w, const struct source_node *key, const cyaml_schema_field_t *fields)
{
	const char *known[SOURCE_MAX_KEYS];
	char hint[NAMES_HINT_MAX];
	size_t count = 0;

	for (const cyaml_schema_field_t *f = fields; f->key && count < ARRAY_LEN(known); f++)
		known[count++] = f->key;
	names_hint(key->key, known, count, hint);
	az_error_set(w->error, AZ_USAGE, "%s:%u:%u: unknown key `%.*s`; %s", w->file, key->key_line, key->key_column, SHOWN_MAX,
	             key->key, hint);
	return true;
}

static bool explain_kind(struct walk *w, const struct source_node *node, enum source_kind wanted)
{
	char name[SHOWN_MAX + 8];

	if (node->kind == wanted)
		return false;
	az_error_set(w->error, AZ_USAGE, "%s:%u:%u: %s is %s; it must be %s", w->file, node->line, node->column,
	             node_name(node, name), kind_name(node->kind), kind_name(wanted));
	return true;
}

static bool explain_choice(struct walk *w, const struct source_node *node, const cyaml_schema_value_t *schema)
{
	char hint[NAMES_HINT_MAX], name[SHOWN_MAX + 8];
	const char *known[16];
	size_t count = 0;

	for (uint32_t i = 0; i < schema->enumeration.count && count < ARRAY_LEN(known); i++) {
		if (strcmp(schema->enumeration.strings[i].str, node->value) == 0)
			return false;
		known[count++] = schema->enumeration.strings[i].str;
	}
	names_hint(node->value, known, count, hint);
	az_error_set(w->error, AZ_USAGE, "%s:%u:%u: `%.*s` is no value for %s; %s", w->file, node->line, node->column, SHOWN_MAX,
	             node->value, node_name(node, name), hint);
	return true;
}

static bool explain_number(struct walk *w, const struct source_node *node)
{
	char name[SHOWN_MAX + 8];
	char *end = NULL;
	unsigned long long n;

	errno = 0;
	n = strtoull(node->value, &end, 0);
	if (end != node->value && *end == '\0' && errno == 0 && node->value[0] != '-' && n <= UINT32_MAX)
		return false;
	az_error_set(w->error, AZ_USAGE, "%s:%u:%u: `%.*s` is no value for %s; it must be a whole number from 0 to 4294967295",
	             w->file, node->line, node->column, SHOWN_MAX, node->value, node_name(node, name));
	return true;
}

static bool explain_text(struct walk *w, const struct source_node *node, const cyaml_schema_value_t *schema)
{
	char name[SHOWN_MAX + 8];

	if (strlen(node->value) >= schema->string.min)
		return false;
	az_error_set(w->error, AZ_USAGE, "%s:%u:%u: %s has no value; give one or leave the key away", w->file, node->line,
	             node->column, node_name(node, name));
	return true;
}

static bool explain_value(struct walk *w, const struct source_node *node, const cyaml_schema_value_t *schema);

static bool explain_list(struct walk *w, const struct source_node *node, const cyaml_schema_value_t *schema)
{
	uint32_t min = schema->sequence.min, max = schema->sequence.max;
	char name[SHOWN_MAX + 8];

	for (size_t i = 0; i < node->child_count && i < max; i++)
		if (explain_value(w, node->children[i], schema->sequence.entry))
			return true;
	if (node->child_count >= min && node->child_count <= max)
		return false;
	az_error_set(w->error, AZ_USAGE, "%s:%u:%u: %s has %zu item%s; it must have %s%u", w->file, node->line, node->column,
	             node_name(node, name), node->child_count, node->child_count == 1 ? "" : "s",
	             min == max ? "" : node->child_count < min ? "at least " : "at most ",
	             node->child_count < min ? min : max);
	return true;
}

static bool explain_mapping(struct walk *w, const struct source_node *node, const cyaml_schema_value_t *schema)
{
	const cyaml_schema_field_t *fields = schema->mapping.fields, *f;
	char name[SHOWN_MAX + 8];

	for (size_t i = 0; i < node->child_count; i++) {
		for (f = fields; f->key && strcmp(f->key, node->children[i]->key) != 0; f++)
			continue;
		if (!f->key)
			return explain_unknown_key(w, node->children[i], fields);
		if (explain_value(w, node->children[i], &f->value))
			return true;
	}
	for (f = fields; f->key; f++) {
		if ((f->value.flags & CYAML_FLAG_OPTIONAL) || source_child(node, f->key))
			continue;
		az_error_set(w->error, AZ_USAGE, "%s:%u:%u: `%s` is missing in %s; add it", w->file, node->line, node->column, f->key,
		             node->key ? node_name(node, name) : "this mapping");
		return true;
	}
	return false;
}

/* True when there was something to say. */
static bool explain_value(struct walk *w, const struct source_node *node, const cyaml_schema_value_t *schema)
{
	switch (schema->type) {
	case CYAML_MAPPING:
		return explain_kind(w, node, SOURCE_MAPPING) || explain_mapping(w, node, schema);
	case CYAML_SEQUENCE:
	case CYAML_SEQUENCE_FIXED:
		return explain_kind(w, node, SOURCE_LIST) || explain_list(w, node, schema);
	case CYAML_ENUM:
		return explain_kind(w, node, SOURCE_SCALAR) || explain_choice(w, node, schema);
	case CYAML_UINT:
		return explain_kind(w, node, SOURCE_SCALAR) || explain_number(w, node);
	case CYAML_STRING:
		return explain_kind(w, node, SOURCE_SCALAR) || explain_text(w, node, schema);
	default:
		return false; /* the schema has no other types */
	}
}

void explain_refusal(const char *file, const struct source_node *root, const cyaml_schema_value_t *schema,
                     cyaml_err_t result, const struct explain_log *log, struct az_error *ret_error)
{
	struct walk w = {.file = file, .error = ret_error};

	if (result == CYAML_ERR_OOM) {
		az_error_set(ret_error, AZ_ENVIRONMENT, "%s: out of memory", file);
		return;
	}
	if (explain_value(&w, root, schema))
		return;
	az_error_set(ret_error, AZ_USAGE, "%s:%u:%u: %s; see scenarios/README.md", file, root->line, root->column,
	             log->text[0] ? log->text : cyaml_strerror(result));
}
