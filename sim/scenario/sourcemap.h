/* Where each value of a YAML file stands: a tree of its keys, lists and scalars with line and column.
 *
 * Reading it is also the gate for hostile input: size, depth and counts are bounded, and everything that scenarios do not
 * use (aliases, anchors, tags, several documents, twice the same key, control characters) is refused here.
 * Leaves to others: what the values mean (schema.c, build.c).
 */
#ifndef SIM_SCENARIO_SOURCEMAP_H
#define SIM_SCENARIO_SOURCEMAP_H

#include <stddef.h>

#include "sim/util/error.h"

#define SOURCE_MAX_BYTES (256u * 1024u)
#define SOURCE_MAX_DEPTH 12u
#define SOURCE_MAX_ITEMS 10000u /* of one list */
#define SOURCE_MAX_KEYS 64u     /* of one mapping */
#define SOURCE_MAX_NODES 50000u
#define SOURCE_MAX_SCALAR 4096u /* bytes */

enum source_kind { SOURCE_SCALAR, SOURCE_MAPPING, SOURCE_LIST };

struct source_node {
	enum source_kind kind;
	char *key;   /* in a mapping; NULL in a list */
	char *value; /* of a scalar */
	unsigned line, column;         /* of the value, from 1 */
	unsigned key_line, key_column; /* of the key; 0 when there is none */
	struct source_node **children; /* in the order of the file */
	size_t child_count, child_capacity;
};

/* One step down the tree: a key, or an index when key is NULL. Steps are linked from the last one up. */
struct source_step {
	const struct source_step *up; /* NULL: the document itself */
	const char *key;
	size_t index;
};

/* Paths on the stack: STEP_KEY(at, "radius"), STEP_ITEM(at, 3). */
#define STEP_KEY(parent, name) (&(const struct source_step){.up = (parent), .key = (name)})
#define STEP_ITEM(parent, i) (&(const struct source_step){.up = (parent), .index = (i)})

/* Reads `length` bytes of text; `file` is for messages. 0 and *ret_root (source_free), or a negative errno and *ret_error
 * (AZ_USAGE). */
int source_read(const char *file, const char *text, size_t length, struct source_node **ret_root,
                struct az_error *ret_error);
void source_free(struct source_node *root); /* NULL is fine */

/* The child of that key, or NULL. */
const struct source_node *source_child(const struct source_node *node, const char *key);
/* The node at the end of the path, or the deepest one on the way to it. Never NULL. */
const struct source_node *source_find(const struct source_node *root, const struct source_step *path);

#endif
