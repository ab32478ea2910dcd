/* Scenario files for the tests: a folder of their own, and one sound scenario whose lines a test may replace. */
#ifndef TESTS_SCENARIO_FILES_H
#define TESTS_SCENARIO_FILES_H

#include <stddef.h>

/* A new folder under /tmp, and away with it and all that is in it (files only). */
int files_setup(void **state);
int files_teardown(void **state);
/* "<folder>/<name>"; static storage, until the next call. */
const char *files_path(const char *name);
/* Writes the file of that name; returns its path as files_path(). */
const char *files_write(const char *name, const void *bytes, size_t length);
/* The sound scenario "base" with line `line` (from 1) replaced by `text` (may hold several lines); 0: as it is. Returns its
 * path as files_path(). */
const char *files_base_with(unsigned line, const char *text);

#endif
