/* From the raw file to struct scenario: what the parts of the builder share.
 *
 * Every function returns 0, or a negative errno with the error set. `at` is where in the file a value stands; the error
 * takes its line and column from there. Nothing is freed on failure: all memory belongs to the scenario.
 */
#ifndef SIM_SCENARIO_BUILD_H
#define SIM_SCENARIO_BUILD_H

#include "sim/scenario/memory.h"
#include "sim/scenario/names.h"
#include "sim/scenario/raw.h"
#include "sim/scenario/sourcemap.h"

struct builder {
	const char *file;
	const struct source_node *root;
	const struct raw_scenario *raw;
	struct scenario *s;
	const char **cert_names; /* of s->certs, NULL-terminated, for hints */
	struct az_error *error;
};

#define BUILD_LENGTH_MAX_S (INT64_C(100) * 365 * 86400) /* of a run, and of every duration */

#define BUILD_WEB_MAX 64      /* web hosts */
#define BUILD_FILE_MAX (1u << 20) /* bytes of a file that a scenario names */

/* Sets of enum pki_use. */
#define BUILD_USE(use) (1u << (use))
#define BUILD_ANY_CA (BUILD_USE(PKI_ROOT) | BUILD_USE(PKI_INTERMEDIATE))
#define BUILD_ANY_USE 0u

/* -EINVAL and "file:line:column: what". */
int build_fail(struct builder *b, const struct source_step *at, const char *format, ...) ATTR_PRINTF(3, 4);
/* Is there anything in the file at this path? */
bool build_present(const struct builder *b, const struct source_step *at);
struct scn_pos build_pos(const struct builder *b, const struct source_step *at);

/* Zeroed memory of the scenario; NULL with the error set. */
void *build_alloc(struct builder *b, size_t count, size_t size);
/* A copy; NULL of NULL is success. */
int build_text(struct builder *b, const char *raw, char **ret);

/* Times. A NULL raw text leaves *ret as it is. */
int build_duration(struct builder *b, const struct source_step *at, const char *raw, int64_t min_s, int64_t *ret_s);
int build_duration_ns(struct builder *b, const struct source_step *at, const char *raw, int64_t min_s, uint64_t *ret_ns);
int build_step(struct builder *b, const struct source_step *at, const char *raw, bool *ret_has, int64_t *ret_s);
int build_instant(struct builder *b, const struct source_step *at, const char *raw, int64_t *ret_s);
/* An instant within the run, as nanoseconds since its start. */
int build_run_time(struct builder *b, const struct source_step *at, const char *raw, uint64_t *ret_ns);

/* Names. */
int build_id(struct builder *b, const struct source_step *at, const char *raw, char **ret);           /* of a certificate */
int build_network_name(struct builder *b, const struct source_step *at, const char *raw, char **ret); /* config name */
/* A certificate of pki with one of these uses. NULL raw leaves *ret as it is. */
int build_cert(struct builder *b, const struct source_step *at, const char *raw, unsigned uses, char **ret);
/* The same, or "issued-N"; any: or "issued-any". */
int build_cert_or_issued(struct builder *b, const struct source_step *at, const char *raw, unsigned uses, bool any, char **ret);
/* One of the names known. */
int build_known(struct builder *b, const struct source_step *at, const char *what, const char *raw,
                const char *const *known, size_t count, char **ret);

/* Lists of names: NULL-terminated, without duplicates. An absent list leaves *ret as it is. `one` checks and copies one. */
typedef int build_one(struct builder *b, const struct source_step *at, const char *raw, char **ret);
int build_names(struct builder *b, const struct source_step *at, char *const *raw, unsigned count, build_one *one,
                char ***ret);

/* The parts, in the order in which they need each other. */
int build_pki(struct builder *b);                                          /* build_pki.c */
int build_network(struct builder *b);                                      /* build_network.c */
int build_issuer_start(struct builder *b);                                 /* needs the device */
/* dBm at the device, or the default. */
int build_signal(struct builder *b, const struct source_step *at, const int *raw, int *ret);
/* "30%"; NULL: none. */
int build_loss(struct builder *b, const struct source_step *at, const char *raw, unsigned *ret_percent);
/* Index of that access point of RADIUS's, or a negative errno. */
int build_access_point(struct builder *b, const struct source_step *at, const char *raw);
int build_psk(struct builder *b, const struct source_step *at, enum auth_security security, const char *raw, char **ret);
int build_radius(struct builder *b, const struct source_step *at, const struct raw_radius *raw, struct scn_radius *ret);
int build_issuer(struct builder *b, const struct source_step *at, const struct raw_issuer *raw, struct scn_issuer *ret);
int build_webs(struct builder *b);                                         /* build_web.c; needs the issuer */
int build_web_change(struct builder *b, const struct source_step *at, const struct raw_web_change *raw, struct scn_web_change *ret);
int build_device(struct builder *b);                                       /* build_device.c */
/* A pin and its level; both must be there. */
int build_gpio(struct builder *b, const struct source_step *at, const struct raw_gpio *raw, struct scn_gpio **ret);
/* Host names or addresses, at most 255 characters. */
int build_server(struct builder *b, const struct source_step *at, const char *raw, char **ret);
int build_condition(struct builder *b, const struct source_step *at, const struct raw_condition *raw,
                    struct scn_condition *ret);                            /* build_expect.c */
int build_expects(struct builder *b);
int build_events(struct builder *b);                                       /* build_events.c */
/* One event; `may_be_now`: it needs no trigger. */
int build_event(struct builder *b, const struct source_step *at, const struct raw_event *raw, bool may_be_now,
                struct scn_event *ret);

/* Reads the text by a schema of struct raw_*, and hands it on. What `meaning` gives is the result. */
typedef int build_meaning(void *ctx, const void *raw);
int build_with_schema(const char *file, const char *text, size_t length, const struct source_node *root,
                      const cyaml_schema_value_t *schema, build_meaning *meaning, void *ctx, struct az_error *ret_error);

#endif
