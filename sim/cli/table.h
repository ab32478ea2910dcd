/* JSON objects for people: rows under titles, or one a line with its title. */
#ifndef SIM_CLI_TABLE_H
#define SIM_CLI_TABLE_H

#include <jansson.h>
#include <stdio.h>

struct table_column {
	const char *key;
	const char *title;
};

/* columns end with a NULL key. A value that is missing is an empty cell, a text stands for itself, true and false for True and False. */
void table_rows(FILE *out, const struct table_column *columns, const json_t *rows);
/* Only what the object has. */
void table_lines(FILE *out, const struct table_column *columns, const json_t *object);

#endif
