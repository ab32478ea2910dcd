/* Why libcyaml refused a file, for a person. */
#ifndef SIM_SCENARIO_EXPLAIN_H
#define SIM_SCENARIO_EXPLAIN_H

#include "sim/scenario/raw.h"
#include "sim/scenario/sourcemap.h"

#define EXPLAIN_LOG_MAX 512

/* What libcyaml logged; give explain_log and a pointer to it to libcyaml. */
struct explain_log {
	char text[EXPLAIN_LOG_MAX]; /* its first line, without the newline */
};
void explain_log(cyaml_log_t level, void *log, const char *format, va_list args);

/* Finds the first place where the tree and the schema differ and says so in *ret_error: an unknown key, a missing one, a
 * value of the wrong type. When none is found, libcyaml's own words are passed on. */
void explain_refusal(const char *file, const struct source_node *root, const cyaml_schema_value_t *schema,
                     cyaml_err_t result, const struct explain_log *log, struct az_error *ret_error);

#endif
