/* A running azsim dev for a test, and commands to it. */
#ifndef TESTS_DEV_SUPPORT_H
#define TESTS_DEV_SUPPORT_H

#include <jansson.h>

#include "tests/e2e/harness.h"

/* The test application NAME under azsim dev with these further words (NULL-terminated); returns when it listens. Its package is made with
 * all capabilities unless the test has made it. */
struct e2e_started dev_start(const struct e2e *e, const char *app, ...) __attribute__((sentinel));
/* Ctrl-C, as a terminal sends it; fails the test unless it ends in order. What it said is freed by the caller (e2e_clear). */
struct e2e_result dev_stop(const struct e2e *e, struct e2e_started *dev);
/* dev_stop(), and the result is dropped. */
void dev_end(const struct e2e *e, struct e2e_started *dev);

/* "azsim ctl" or "azsim device" with these words, which must end with this status; what was said must hold `word` (NULL: anything). */
void dev_expect(const struct e2e *e, int status, const char *word, ...) __attribute__((sentinel));
/* The same with "-o json" added: what it printed; the caller frees it (json_decref). */
json_t *dev_json(const struct e2e *e, ...) __attribute__((sentinel));
/* How many times the text has it. */
unsigned dev_count(const char *text, const char *word);
/* The path of the socket that it listens at; caller frees. */
char *dev_socket(const struct e2e_started *dev);
void dev_pause_ms(long ms);
double dev_now_s(void);

#endif
