/* Commands that change the world and the device. Most are an event of a scenario under a shorter name, and are read as one. */
#define _GNU_SOURCE
#include <errno.h>

#include "certs/dates.h"
#include "sim/dev/dev.h"

#define EVENT_MAX 2048
#define NAME_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_"

/* What the timeline says about it, one line each; `otherwise` when it says nothing. */
static void answer_done(const struct request *request, const char *otherwise)
{
	json_t *entries = request->dev->capture, *result;
	char *text = NULL;
	size_t size = 0, i;
	const json_t *entry;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		abort();
	json_array_foreach(entries, i, entry)
		(void) fprintf(f, "%s%s", i ? "\n" : "", json_string_value(entry));
	if (json_array_size(entries) == 0)
		(void) fputs(otherwise, f);
	(void) fclose(f);
	result = json_pack("{s:s, s:O}", "text", text, "entries", entries);
	free(text);
	request_answer(request, result);
}

static const char *without_trigger(const struct scn_event *event)
{
	switch (event->trigger) {
	case SCN_WHEN:
		return "it will happen when its condition first holds";
	case SCN_ON_CALL:
		return "it will happen at that call";
	case SCN_AT:
	case SCN_NOW:
		return event->trigger == SCN_AT || event->plus_ns ? "it will happen at its time" : "nothing had to be changed";
	}
	return "";
}

/* The event becomes part of the run; one without a trigger has happened then. NULL: it is refused. The run keeps it. */
static const struct scn_event *add(const struct request *request, const char *yaml, bool own_words)
{
	struct run *run = request->dev->run;
	struct scenario *said = NULL;
	const struct scn_event *event;
	struct az_error error;

	if (scenario_parse_event(run->scenario, "event", yaml, strlen(yaml), &said, &error) < 0) {
		const char *text = error.text;

		/* A place counts only in what the user wrote. */
		if (!own_words && strncmp(text, "event:", 6) == 0 && strstr(text, ": "))
			text = strstr(text, ": ") + 2;
		request_refuse(request, error.status, "%s", text);
		return NULL;
	}
	event = &said->events[0];
	if (run_add_event(run, said, &error) < 0) {
		request_refuse(request, error.status, "%s", error.text);
		return NULL;
	}
	return event;
}

static void happen(const struct request *request, const char *yaml, bool own_words)
{
	const struct scn_event *event = add(request, yaml, own_words);

	if (event)
		answer_done(request, without_trigger(event));
}

void command_event(const struct request *request)
{
	happen(request, request->argv[0], true);
}

/* The event with the argument at its %s. A name may hold nothing that YAML would take for something else. */
static void happen_with(const struct request *request, const char *format, const char *argument)
{
	char yaml[EVENT_MAX];

	if (argument && (argument[0] == '\0' || strlen(argument) > 64 || argument[strspn(argument, NAME_CHARACTERS)] != '\0')) {
		request_refuse(request, AZ_USAGE, "\"%.64s\" is no name: letters, digits, . - _", argument);
		return;
	}
	(void) snprintf(yaml, sizeof(yaml), format, argument ? argument : ""); /* formats are those of the tables below */
	happen(request, yaml, false);
}

struct shorthand {
	const char *word;
	const char *yaml; /* with %s for the argument, when there is one */
	bool takes_argument;
	const char *without; /* yaml when the argument is left away; NULL: it is needed */
};

static void use_shorthand(const struct request *request, const struct shorthand *table, size_t count)
{
	const char *word = request->argv[0];

	for (size_t i = 0; i < count; i++) {
		const struct shorthand *s = &table[i];

		if (strcmp(s->word, word) != 0)
			continue;
		if (request->argc > (s->takes_argument ? 2u : 1u))
			request_refuse(request, AZ_USAGE, "%s %s takes %s", request->command, word, s->takes_argument ? "one name" : "nothing more");
		else if (s->takes_argument && request->argc == 1 && !s->without)
			request_refuse(request, AZ_USAGE, "%s %s needs a name; `azsim ctl pki` lists certificates", request->command, word);
		else
			happen_with(request, request->argc == 1 && s->without ? s->without : s->yaml, request->argc == 2 ? request->argv[1] : NULL);
		return;
	}
	request_refuse(request, AZ_USAGE, "%s has no \"%.32s\"; `azsim ctl --help` has what there is", request->command, word);
}

static void radius_roots(const struct request *request)
{
	char yaml[EVENT_MAX] = "{radius: {client_roots: [";

	for (size_t i = 1; i < request->argc; i++) {
		size_t n = strlen(yaml);

		if (request->argv[i][0] == '\0' || strlen(request->argv[i]) > 64 || request->argv[i][strspn(request->argv[i], NAME_CHARACTERS)]) {
			request_refuse(request, AZ_USAGE, "\"%.64s\" is no name: letters, digits, . - _", request->argv[i]);
			return;
		}
		(void) snprintf(yaml + n, sizeof(yaml) - n, "%s%s", i > 1 ? ", " : "", request->argv[i]);
	}
	strcat(yaml, "]}}");
	happen(request, yaml, false);
}

/* Really down in between: a daemon ends and another one starts. */
static void radius_restart(const struct request *request)
{
	struct run *run = request->dev->run;
	struct scn_radius change = {.up = SCN_NO};
	struct az_error error;
	int r = run_radius_change(run, &change, &error);

	if (r == 0)
		r = run_net_sync(run, &error);
	if (r < 0)
		request_refuse(request, error.status, "%s", error.text);
	else
		happen(request, "{radius: {up: yes}}", false);
}

void command_radius(const struct request *request)
{
	static const struct shorthand table[] = {
		{"up", "{radius: {up: yes}}", false, NULL},
		{"down", "{radius: {up: no}}", false, NULL},
		{"server", "{radius: {server: %s}}", true, NULL},
	};

	if (strcmp(request->argv[0], "roots") == 0 && request->argc > 1)
		radius_roots(request);
	else if (strcmp(request->argv[0], "restart") == 0 && request->argc == 1)
		radius_restart(request);
	else
		use_shorthand(request, table, ARRAY_LEN(table));
}

void command_ap(const struct request *request)
{
	static const struct shorthand table[] = {
		{"up", "{ap: {up: yes}}", false, NULL},
		{"down", "{ap: {up: no}}", false, NULL},
		{"deauth", "{ap: {deauth: yes}}", false, NULL},
		{"reauth", "{ap: {reauth: yes}}", false, NULL},
	};

	use_shorthand(request, table, ARRAY_LEN(table));
}

void command_issuer(const struct request *request)
{
	static const struct shorthand table[] = {
		{"up", "{issuer: {state: up}}", false, NULL},
		{"down", "{issuer: {state: down}}", false, NULL},
		{"slow", "{issuer: {state: slow, delay: %s}}", true, "{issuer: {state: slow}}"},
		{"refuse", "{issuer: {state: refuse}}", false, NULL},
		{"error", "{issuer: {state: error}}", false, NULL},
		{"wrong", "{issuer: {state: wrong, wrong: %s}}", true, "{issuer: {state: wrong}}"},
		{"root", "{issuer: {root: %s}}", true, NULL},
		{"client-ca", "{issuer: {client_ca: %s}}", true, NULL},
	};

	use_shorthand(request, table, ARRAY_LEN(table));
}

void command_power(const struct request *request)
{
	static const struct shorthand table[] = {
		{"on", "{device: {power: on}}", false, NULL},
		{"off", "{device: {power: off}}", false, NULL},
		{"cut", "{device: {power: cut}}", false, NULL},
	};

	use_shorthand(request, table, ARRAY_LEN(table));
}

void command_update(const struct request *request)
{
	static const struct shorthand table[] = {
		{"app", "{device: {update: {kind: app}}}", false, NULL},
		{"other-app", "{device: {update: {kind: other-app}}}", false, NULL},
		{"os", "{device: {update: {kind: os}}}", false, NULL},
		{"none", "{device: {update: {kind: none}}}", false, NULL},
	};

	use_shorthand(request, table, ARRAY_LEN(table));
}

/* 0 and the number, or it is refused. */
static int pin_number(const struct request *request, unsigned *ret_pin)
{
	const char *text = request->argv[0];
	char *end;
	unsigned long pin = strtoul(text, &end, 10);

	if (text[0] < '0' || text[0] > '9' || *end || pin > SCN_GPIO_PIN_MAX) {
		request_refuse(request, AZ_USAGE, "%s %.32s: a pin's number, from 0 to %d", request->command, text, SCN_GPIO_PIN_MAX);
		return -EINVAL;
	}
	*ret_pin = (unsigned)pin;
	return 0;
}

static void pin_yaml(char yaml[128], unsigned pin, bool high, const char *plus)
{
	(void) snprintf(yaml, 128, "{device: {gpio: {pin: %u, value: %d}}%s%s}", pin, high, plus ? ", plus: " : "", plus ? plus : "");
}

void command_gpio(const struct request *request)
{
	bool high = strcmp(request->argv[1], "high") == 0;
	char yaml[128];
	unsigned pin;

	if (pin_number(request, &pin) < 0)
		return;
	if (!high && strcmp(request->argv[1], "low") != 0) {
		request_refuse(request, AZ_USAGE, "gpio %u %.32s: high or low", pin, request->argv[1]);
		return;
	}
	pin_yaml(yaml, pin, high, NULL);
	happen(request, yaml, false);
}

/* Buttons of the boards that samples are written for pull their pin low. */
void command_press(const struct request *request)
{
	const char *plus = request->argc == 2 ? request->argv[1] : "1s";
	char yaml[128];
	unsigned pin;
	int64_t s;

	if (pin_number(request, &pin) < 0)
		return;
	if (strlen(plus) > 16 || dates_parse_duration(plus, &s) < 0 || s <= 0) {
		request_refuse(request, AZ_USAGE, "press %u %.32s: how long, as 1s or 10s", pin, plus);
		return;
	}
	pin_yaml(yaml, pin, true, plus); /* how it ends is refused, or known, before it begins */
	if (!add(request, yaml, false))
		return;
	pin_yaml(yaml, pin, false, NULL);
	happen(request, yaml, false);
}

void command_reboot(const struct request *request)
{
	struct run *run = request->dev->run;

	if (!device_is_on(run->device)) {
		request_refuse(request, AZ_FAILED, "the device is off; `azsim ctl power on` switches it on");
		return;
	}
	run_power_cycle(run, "reboot");
	answer_done(request, "");
}

void command_kill_app(const struct request *request)
{
	struct run *run = request->dev->run;

	if (run->process.pid == 0) {
		request_refuse(request, AZ_FAILED, "the application does not run");
		return;
	}
	run_app_kill(run, "by azsim ctl");
	answer_done(request, "");
}

void command_restart_app(const struct request *request)
{
	struct run *run = request->dev->run;
	struct az_error error = {.status = AZ_ENVIRONMENT, .text = "out of memory"};

	if (!device_is_on(run->device))
		request_refuse(request, AZ_FAILED, "the device is off; `azsim ctl power on` switches it on");
	else if (run_reload_package(run, &error) < 0 || run_app_restart(run) < 0)
		request_refuse(request, AZ_FAILED, "%s", error.text);
	else
		answer_done(request, "");
}

void command_quit(const struct request *request)
{
	request->dev->quits = true;
	request_answer(request, json_pack("{s:s}", "text", "azsim dev ends"));
}
