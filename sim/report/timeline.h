/* The timeline: one line a fact, in the order it happened. Reports are built from it; nothing is parsed back from logs.
 *
 * Each entry has a text that depends only on scenario, seed and readings, and may have a detail that does not (what a real
 * daemon said, real durations). `history` entries are what the device itself can see: they must be the same on every network.
 */
#ifndef SIM_REPORT_TIMELINE_H
#define SIM_REPORT_TIMELINE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/util/error.h"

enum tl_kind {
	TL_CALL,    /* an API call of the application and its result */
	TL_AUTH,    /* an authentication */
	TL_LINK,    /* connected, disconnected, temporarily disabled */
	TL_STORE,   /* certificate store changed */
	TL_WIFI,    /* Wi-Fi configuration changed */
	TL_FLASH,   /* a write to flash */
	TL_CLOCK,   /* a wall clock was stepped */
	TL_LOG,     /* the application's own log */
	TL_APP,     /* the application process: started, ended, killed */
	TL_ISSUER,  /* a request to the issuer and its answer */
	TL_WEB,     /* a request to a web host and its answer */
	TL_WORLD,   /* a scenario event */
	TL_EXPECT,  /* an expectation was met or failed */
	TL_ORACLE,  /* an oracle spoke */
};

struct tl_entry {
	uint64_t at_ns; /* since the start of the run */
	enum tl_kind kind;
	bool history;
	char *text;
	char *detail; /* NULL: none */
};

struct timeline {
	struct tl_entry *entries;
	size_t count, capacity;
	size_t bytes; /* of all texts that were ever added */
	int64_t start_s;
};

void timeline_init(struct timeline *tl, int64_t start_s);
void timeline_clear(struct timeline *tl);
/* detail may be NULL. Aborts on ENOMEM. */
void timeline_add(struct timeline *tl, uint64_t at_ns, enum tl_kind kind, bool history, const char *detail,
                  const char *format, ...) ATTR_PRINTF(6, 7);
void timeline_addv(struct timeline *tl, uint64_t at_ns, enum tl_kind kind, bool history, const char *detail, const char *format,
                   va_list args) ATTR_PRINTF(6, 0);
/* With this text, malloc'ed: it is the timeline's from now on. */
void timeline_take(struct timeline *tl, uint64_t at_ns, enum tl_kind kind, bool history, const char *detail, char *text);
/* Forget the oldest entries, many at a time, so that never more than `max` stay. */
void timeline_keep(struct timeline *tl, size_t max);
const char *timeline_kind_name(enum tl_kind kind);
/* "2026-01-31T00:00:02.000Z" */
void timeline_format_date(const struct timeline *tl, const struct tl_entry *entry, char buffer[64]);
/* "2026-01-31T00:00:02.000Z +30d 00:00:02 call   text", without newline, into a buffer. */
void timeline_format(const struct timeline *tl, const struct tl_entry *entry, char *buffer, size_t capacity);
/* "+30d 00:00:02" for a time since the start. */
void timeline_format_since(uint64_t at_ns, char buffer[32]);

/* Write all entries as lines, below one line "# application: ..." when application is not NULL. 0 or negative errno. */
int timeline_write_text(const struct timeline *tl, const char *application, const char *path);
/* First difference of the histories of two runs: true and both lines (either may be "(end)"), or false when they agree. */
bool timeline_differ(const struct timeline *a, const struct timeline *b, char line_a[512], char line_b[512]);

#endif
