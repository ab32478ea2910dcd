/* See table.h. */
#include "sim/cli/table.h"

#include <string.h>

#define CELL_MAX 512
#define GAP "  "

/* Characters, not bytes: what JSON holds is UTF-8. */
static int width_of(const char *text)
{
	int n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

static const char *cell(const json_t *value, char buffer[CELL_MAX])
{
	buffer[0] = '\0';
	if (json_is_string(value))
		(void) snprintf(buffer, CELL_MAX, "%s", json_string_value(value));
	else if (json_is_integer(value))
		(void) snprintf(buffer, CELL_MAX, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_boolean(value))
		(void) snprintf(buffer, CELL_MAX, "%s", json_is_true(value) ? "True" : "False");
	return buffer;
}

/* The last column is not filled up. */
static void put(FILE *out, const char *text, int width, int last)
{
	(void) fputs(text, out);
	for (int n = width_of(text); !last && n < width; n++)
		(void) fputc(' ', out);
	(void) fputs(last ? "\n" : GAP, out);
}

void table_rows(FILE *out, const struct table_column *columns, const json_t *rows)
{
	int widths[16], count = 0;
	char buffer[CELL_MAX];
	const json_t *row;
	size_t i;

	while (columns[count].key && count < 16) {
		widths[count] = width_of(columns[count].title);
		json_array_foreach(rows, i, row) {
			int n = width_of(cell(json_object_get(row, columns[count].key), buffer));

			widths[count] = n > widths[count] ? n : widths[count];
		}
		count++;
	}
	for (int c = 0; c < count; c++)
		put(out, columns[c].title, widths[c], c == count - 1);
	for (int c = 0; c < count; c++) {
		(void) snprintf(buffer, sizeof(buffer), "%.*s", widths[c] < CELL_MAX - 1 ? widths[c] : CELL_MAX - 1,
		                "----------------------------------------------------------------------------------------------------"
		                "----------------------------------------------------------------------------------------------------"
		                "----------------------------------------------------------------------------------------------------");
		put(out, buffer, widths[c], c == count - 1);
	}
	json_array_foreach(rows, i, row)
		for (int c = 0; c < count; c++)
			put(out, cell(json_object_get(row, columns[c].key), buffer), widths[c], c == count - 1);
}

void table_lines(FILE *out, const struct table_column *columns, const json_t *object)
{
	char buffer[CELL_MAX];
	int width = 0;

	for (const struct table_column *c = columns; c->key; c++)
		if (json_object_get(object, c->key) && width_of(c->title) > width)
			width = width_of(c->title);
	for (const struct table_column *c = columns; c->key; c++)
		if (json_object_get(object, c->key))
			(void) fprintf(out, "%-*s  %s\n", width, c->title, cell(json_object_get(object, c->key), buffer));
}
