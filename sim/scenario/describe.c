/* A condition in words. */
#include <stdarg.h>
#include <stdio.h>

#include "emu-applibs/base/base.h"
#include "sim/scenario/scenario.h"

struct line {
	char *text;
	size_t capacity, length;
};

static void took(struct line *line, int n)
{
	if (n > 0)
		line->length += (size_t)n;
	if (line->length >= line->capacity)
		line->length = line->capacity - 1;
}

/* One more part, after a comma. */
static ATTR_PRINTF(2, 3) void add(struct line *line, const char *format, ...)
{
	va_list args;

	if (line->length > 0)
		took(line, snprintf(line->text + line->length, line->capacity - line->length, ", "));
	va_start(args, format);
	took(line, vsnprintf(line->text + line->length, line->capacity - line->length, format, args));
	va_end(args);
}

static void add_names(struct line *line, const char *what, char *const *names)
{
	char list[256] = "";
	size_t n = 0;

	if (!names)
		return;
	for (size_t i = 0; names[i] && n < sizeof(list); i++)
		n += (size_t)snprintf(list + n, sizeof(list) - n, "%s%s", i ? " " : "", names[i]);
	add(line, "%s [%s]", what, list);
}

static void add_diagnostics(struct line *line, const struct scn_diagnostics *d)
{
	char parts[96] = "";
	size_t n = 0;

	if (!d)
		return;
	if (d->error >= 0)
		n += (size_t)snprintf(parts + n, sizeof(parts) - n, " error %d", d->error);
	if (d->cert_error >= 0)
		n += (size_t)snprintf(parts + n, sizeof(parts) - n, " certError %d", d->cert_error);
	if (d->cert_depth >= 0)
		(void) snprintf(parts + n, sizeof(parts) - n, " depth %d", d->cert_depth);
	add(line, "diagnostics of %s:%s", d->network, parts);
}

void scenario_describe_condition(const struct scn_condition *condition, char *buffer, size_t capacity)
{
	struct line line = {.text = buffer, .capacity = capacity};

	if (capacity == 0)
		return;
	buffer[0] = '\0';
	if (condition->connected)
		add(&line, "connected %s", condition->connected);
	if (condition->access_point)
		add(&line, "by access point %s", condition->access_point);
	if (condition->offline)
		add(&line, "offline");
	if (condition->client)
		add(&line, "client %s", condition->client);
	if (condition->root)
		add(&line, "root %s", condition->root);
	if (condition->stored)
		add(&line, "stored %s", condition->stored);
	if (condition->not_stored)
		add(&line, "not stored %s", condition->not_stored);
	add_names(&line, "networks", condition->networks);
	add_names(&line, "certificates", condition->certificates);
	for (size_t i = 0; i < condition->holds_count; i++)
		add(&line, "%s holds %s", condition->holds[i].id, condition->holds[i].cert);
	add_diagnostics(&line, condition->diagnostics);
	if (condition->log)
		add(&line, "log has \"%s\"", condition->log);
	if (condition->gpio)
		add(&line, "GPIO %u %s", condition->gpio->pin, condition->gpio->value ? "high" : "low");
}
