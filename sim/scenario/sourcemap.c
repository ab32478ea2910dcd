/* See sourcemap.h. */
#include "sim/scenario/sourcemap.h"

#include <errno.h>
#include <stdbool.h>
#include <yaml.h>

struct reader {
	const char *file, *text;
	size_t length;
	yaml_parser_t parser;
	size_t nodes;
	struct az_error *error;
};

static void free_node_p(struct source_node **node)
{
	source_free(*node);
}
#define cleanup_node __attribute__((cleanup(free_node_p)))

static void free_event_p(yaml_event_t *event)
{
	yaml_event_delete(event); /* a zeroed event is fine */
}
#define cleanup_event __attribute__((cleanup(free_event_p)))

void source_free(struct source_node *root)
{
	if (!root)
		return;
	for (size_t i = 0; i < root->child_count; i++)
		source_free(root->children[i]); /* no deeper than SOURCE_MAX_DEPTH */
	free(root->children);
	free(root->key);
	free(root->value);
	free(root);
}

static int refuse(struct reader *r, const yaml_mark_t *mark, const char *what)
{
	az_error_set(r->error, AZ_USAGE, "%s:%zu:%zu: %s", r->file, mark->line + 1, mark->column + 1, what);
	return -EINVAL;
}

static int out_of_memory(struct reader *r)
{
	az_error_set(r->error, AZ_ENVIRONMENT, "%s: out of memory", r->file);
	return -ENOMEM;
}

/* A byte that no YAML file may hold: libyaml gives its offset, not its place. */
static int refuse_byte(struct reader *r)
{
	size_t at = r->parser.problem_offset < r->length ? r->parser.problem_offset : r->length;
	yaml_mark_t mark = {0};

	for (size_t i = 0; i < at; i++) {
		mark.column += ((unsigned char)r->text[i] & 0xc0) != 0x80; /* columns count characters */
		if (r->text[i] == '\n') {
			mark.line++;
			mark.column = 0;
		}
	}
	az_error_set(r->error, AZ_USAGE, "%s:%zu:%zu: not a text file: %s (byte 0x%02x); a scenario is YAML in UTF-8", r->file,
	             mark.line + 1, mark.column + 1, r->parser.problem ? r->parser.problem : "unreadable",
	             at < r->length ? (unsigned char)r->text[at] : 0u);
	return -EINVAL;
}

static int next_event(struct reader *r, yaml_event_t *event)
{
	const yaml_parser_t *p = &r->parser;

	if (yaml_parser_parse(&r->parser, event))
		return 0;
	memset(event, 0, sizeof(*event));
	if (p->error == YAML_MEMORY_ERROR)
		return out_of_memory(r);
	if (p->error == YAML_READER_ERROR)
		return refuse_byte(r);
	if (p->context)
		az_error_set(r->error, AZ_USAGE, "%s:%zu:%zu: not valid YAML: %s, %s that began at line %zu, column %zu", r->file,
		             p->problem_mark.line + 1, p->problem_mark.column + 1, p->problem ? p->problem : "unreadable",
		             p->context, p->context_mark.line + 1, p->context_mark.column + 1);
	else
		az_error_set(r->error, AZ_USAGE, "%s:%zu:%zu: not valid YAML: %s", r->file, p->problem_mark.line + 1,
		             p->problem_mark.column + 1, p->problem ? p->problem : "unreadable");
	return -EINVAL;
}

/* Aliases can make a small file huge, tags ask for types: scenarios need neither. */
static int refuse_extras(struct reader *r, const yaml_event_t *event)
{
	const yaml_char_t *anchor = NULL, *tag = NULL;

	switch (event->type) {
	case YAML_SCALAR_EVENT:
		anchor = event->data.scalar.anchor;
		tag = event->data.scalar.tag;
		break;
	case YAML_MAPPING_START_EVENT:
		anchor = event->data.mapping_start.anchor;
		tag = event->data.mapping_start.tag;
		break;
	case YAML_SEQUENCE_START_EVENT:
		anchor = event->data.sequence_start.anchor;
		tag = event->data.sequence_start.tag;
		break;
	case YAML_ALIAS_EVENT:
		return refuse(r, &event->start_mark, "a scenario has no aliases (*name); write the value out");
	default:
		break;
	}
	if (anchor)
		return refuse(r, &event->start_mark, "a scenario has no anchors (&name); write each value out");
	if (tag)
		return refuse(r, &event->start_mark, "a scenario has no tags (!type); leave it away");
	return 0;
}

static int copy_scalar(struct reader *r, const yaml_event_t *event, char **ret_text)
{
	const char *value = (const char *)event->data.scalar.value;
	size_t length = event->data.scalar.length;
	char *copy;

	if (length > SOURCE_MAX_SCALAR)
		return refuse(r, &event->start_mark, "this text is longer than 4096 bytes; shorten it");
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)value[i];

		if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
			return refuse(r, &event->start_mark, "this text holds a control character; remove it");
	}
	copy = strndup(value, length);
	if (!copy)
		return out_of_memory(r);
	*ret_text = copy;
	return 0;
}

static int add_child(struct reader *r, struct source_node *parent, struct source_node *child)
{
	if (parent->child_count == parent->child_capacity) {
		size_t capacity = parent->child_capacity ? parent->child_capacity * 2 : 8;
		struct source_node **grown = reallocarray(parent->children, capacity, sizeof(struct source_node *));

		if (!grown)
			return out_of_memory(r);
		parent->children = grown;
		parent->child_capacity = capacity;
	}
	parent->children[parent->child_count++] = child;
	return 0;
}

static int read_node(struct reader *r, const yaml_event_t *first, unsigned depth, struct source_node **ret);

static int read_items(struct reader *r, struct source_node *list, unsigned depth)
{
	for (;;) {
		cleanup_event yaml_event_t event = {0};
		cleanup_node struct source_node *item = NULL;
		int e = next_event(r, &event);

		if (e < 0)
			return e;
		if (event.type == YAML_SEQUENCE_END_EVENT)
			return 0;
		if (list->child_count == SOURCE_MAX_ITEMS)
			return refuse(r, &event.start_mark, "this list has more than 10000 items; make it shorter");
		e = read_node(r, &event, depth + 1, &item);
		if (e < 0)
			return e;
		e = add_child(r, list, item);
		if (e < 0)
			return e;
		item = NULL;
	}
}

static int refuse_twice(struct reader *r, const yaml_mark_t *mark, const char *key, const struct source_node *before)
{
	az_error_set(r->error, AZ_USAGE, "%s:%zu:%zu: `%.64s` is here a second time (first at line %u); keep one", r->file,
	             mark->line + 1, mark->column + 1, key, before->key_line);
	return -EINVAL;
}

static int read_keys(struct reader *r, struct source_node *mapping, unsigned depth)
{
	for (;;) {
		cleanup_event yaml_event_t key_event = {0}, event = {0};
		cleanup_node struct source_node *value = NULL;
		cleanup_free char *key = NULL;
		const struct source_node *before;
		int e = next_event(r, &key_event);

		if (e < 0)
			return e;
		if (key_event.type == YAML_MAPPING_END_EVENT)
			return 0;
		e = refuse_extras(r, &key_event);
		if (e < 0)
			return e;
		if (key_event.type != YAML_SCALAR_EVENT)
			return refuse(r, &key_event.start_mark, "a key must be a plain word, not a list or a mapping");
		if (mapping->child_count == SOURCE_MAX_KEYS)
			return refuse(r, &key_event.start_mark, "this mapping has more than 64 keys");
		e = copy_scalar(r, &key_event, &key);
		if (e < 0)
			return e;
		before = source_child(mapping, key);
		if (before)
			return refuse_twice(r, &key_event.start_mark, key, before);
		e = next_event(r, &event);
		if (e < 0)
			return e;
		e = read_node(r, &event, depth + 1, &value);
		if (e < 0)
			return e;
		value->key = steal_ptr(&key);
		value->key_line = (unsigned)key_event.start_mark.line + 1;
		value->key_column = (unsigned)key_event.start_mark.column + 1;
		e = add_child(r, mapping, value);
		if (e < 0)
			return e;
		value = NULL;
	}
}

/* The node that starts with the event `first`. */
static int read_node(struct reader *r, const yaml_event_t *first, unsigned depth, struct source_node **ret)
{
	cleanup_node struct source_node *node = NULL;
	int e = refuse_extras(r, first);

	if (e < 0)
		return e;
	if (depth > SOURCE_MAX_DEPTH)
		return refuse(r, &first->start_mark, "nested too deep; no scenario needs more than 12 levels");
	if (++r->nodes > SOURCE_MAX_NODES)
		return refuse(r, &first->start_mark, "the file holds more than 50000 values; make it smaller");
	node = calloc(1, sizeof(*node));
	if (!node)
		return out_of_memory(r);
	node->line = (unsigned)first->start_mark.line + 1;
	node->column = (unsigned)first->start_mark.column + 1;
	switch (first->type) {
	case YAML_SCALAR_EVENT:
		node->kind = SOURCE_SCALAR;
		e = copy_scalar(r, first, &node->value);
		break;
	case YAML_SEQUENCE_START_EVENT:
		node->kind = SOURCE_LIST;
		e = read_items(r, node, depth);
		break;
	case YAML_MAPPING_START_EVENT:
		node->kind = SOURCE_MAPPING;
		e = read_keys(r, node, depth);
		break;
	default:
		return refuse(r, &first->start_mark, "a value was expected here");
	}
	if (e < 0)
		return e;
	*ret = steal_ptr(&node);
	return 0;
}

static int read_document(struct reader *r, struct source_node **ret_root)
{
	cleanup_node struct source_node *root = NULL;

	for (;;) {
		cleanup_event yaml_event_t event = {0};
		int e = next_event(r, &event);

		if (e < 0)
			return e;
		switch (event.type) {
		case YAML_STREAM_START_EVENT:
		case YAML_DOCUMENT_END_EVENT:
			break;
		case YAML_DOCUMENT_START_EVENT:
			if (root)
				return refuse(r, &event.start_mark, "a second document (---) begins here; one file is one scenario");
			break;
		case YAML_STREAM_END_EVENT:
			if (!root)
				return refuse(r, &event.start_mark, "the file is empty; a scenario starts with `scenario: NAME`");
			*ret_root = steal_ptr(&root);
			return 0;
		default:
			e = read_node(r, &event, 0, &root);
			if (e < 0)
				return e;
		}
	}
}

int source_read(const char *file, const char *text, size_t length, struct source_node **ret_root,
                struct az_error *ret_error)
{
	struct reader r = {.file = file, .text = text, .length = length, .error = ret_error};
	int e;

	if (!yaml_parser_initialize(&r.parser))
		return out_of_memory(&r);
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, length);
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	e = read_document(&r, ret_root);
	yaml_parser_delete(&r.parser);
	return e;
}

const struct source_node *source_child(const struct source_node *node, const char *key)
{
	for (size_t i = 0; i < node->child_count; i++)
		if (node->children[i]->key && strcmp(node->children[i]->key, key) == 0)
			return node->children[i];
	return NULL;
}

/* *ret_complete: the whole path is there. */
static const struct source_node *find(const struct source_node *root, const struct source_step *path, bool *ret_complete)
{
	const struct source_node *parent, *child = NULL;

	if (!path)
		return root;
	parent = find(root, path->up, ret_complete);
	if (!*ret_complete)
		return parent;
	if (path->key)
		child = source_child(parent, path->key);
	else if (path->index < parent->child_count)
		child = parent->children[path->index];
	*ret_complete = child;
	return child ? child : parent;
}

const struct source_node *source_find(const struct source_node *root, const struct source_step *path)
{
	bool complete = true;

	return find(root, path, &complete);
}
