/* Requests: their form, the table of commands, answers. */
#define _GNU_SOURCE
#include <stdarg.h>

#include "sim/dev/dev.h"
#include "sim/util/text.h"

#define OPTIONS_MAX 32

const struct dev_command dev_commands[] = {
	{"status", "", "what goes on: time, device, application, network", 0, 0, command_status},
	{"clock", "[set WHO TIME | step WHO STEP]", "the clocks; WHO is device, radius or issuer, TIME a date or +0s for the right time", 0, 3,
	 command_clock},
	{"pause", "", "time stands still; ends an advance", 0, 0, command_pause},
	{"resume", "", "time goes on", 0, 0, command_resume},
	{"speed", "FACTOR|max", "virtual seconds in a real one; max: as fast as it can", 1, 1, command_speed},
	{"advance", "DURATION", "let so much time pass as fast as it can, as 90s, 30d or 1d12h", 1, 1, command_advance},
	{"run-until", "TIME|CONDITION", "the same up to a date, a time since the start as +30d, or until a condition holds, as "
	 "'{connected: Network2}'", 1, 1, command_run_until},
	{"radius", "up|down|restart | server CERT | roots CERT...", "the RADIUS server, the certificate it presents, where it takes clients from",
	 1, 9, command_radius},
	{"ap", "up|down|deauth|reauth", "the access point", 1, 1, command_ap},
	{"issuer", "up|down|slow [DELAY]|refuse|error|wrong [HOW] | root CERT | client-ca CERT", "who hands out certificates", 1, 2,
	 command_issuer},
	{"power", "cut|off|on", "the device's power", 1, 1, command_power},
	{"press", "PIN [DURATION]", "press the button at a GPIO pin (it pulls the pin low), and let go after so long (1s)", 1, 2, command_press},
	{"gpio", "PIN high|low", "the level of a GPIO pin from outside", 2, 2, command_gpio},
	{"update", "app|other-app|os|none", "a software update is there; `event` can also say how long it may be put off", 1, 1, command_update},
	{"reboot", "", "the device boots anew", 0, 0, command_reboot},
	{"kill-app", "", "SIGKILL to the application; the OS starts it again", 0, 0, command_kill_app},
	{"restart-app", "", "read the image package again and start the application anew", 0, 0, command_restart_app},
	{"event", "YAML", "anything that an event of a scenario may say, as '{radius: {up: no}}'; now, unless it names a trigger", 1, 1,
	 command_event},
	{"pki", "[export NAME]", "the certificates of this world; export writes NAME.pem and NAME.key", 0, 2, command_pki},
	{"log", "", "what the application said", 0, 0, command_log},
	{"timeline", "", "what happened", 0, 0, command_timeline},
	{"quit", "", "end azsim dev", 0, 0, command_quit},
	{"device certificate add", "", NULL, 0, 0, command_certificate_add},
	{"device certificate delete", "", NULL, 0, 0, command_certificate_delete},
	{"device certificate list", "", NULL, 0, 0, command_certificate_list},
	{"device certificate show", "", NULL, 0, 0, command_certificate_show},
	{"device certificate show-quota", "", NULL, 0, 0, command_certificate_quota},
	{"device wifi add", "", NULL, 0, 0, command_wifi_add},
	{"device wifi disable", "", NULL, 0, 0, command_wifi_disable},
	{"device wifi enable", "", NULL, 0, 0, command_wifi_enable},
	{"device wifi forget", "", NULL, 0, 0, command_wifi_forget},
	{"device wifi list", "", NULL, 0, 0, command_wifi_list},
	{"device wifi reload-config", "", NULL, 0, 0, command_wifi_reload},
	{"device wifi scan", "", NULL, 0, 0, command_wifi_scan},
	{"device wifi show", "", NULL, 0, 0, command_wifi_show},
	{"device wifi show-status", "", NULL, 0, 0, command_wifi_status},
	{"device wifi show-diagnostics", "", NULL, 0, 0, command_wifi_diagnostics},
	{0},
};

/* ---- Answers ------------------------------------------------------------------------------------------------------------- */

void dev_answer(struct ctl_client *client, json_t *id, json_t *result)
{
	ctl_send(client, json_pack("{s:o, s:b, s:o}", "id", id ? id : json_null(), "ok", 1, "result", result));
}

static void refuse(struct ctl_client *client, json_t *id, enum az_status status, const char *format, va_list args)
{
	char *text = NULL;

	if (vasprintf(&text, format, args) < 0)
		abort();
	for (char *line = text; line; line = strchr(line, '\n')) /* the lines of a text stay lines */
		if (*line == '\n')
			*line++ = '\x01';
	text_sanitize(text);
	ctl_send(client, json_pack("{s:o, s:b, s:{s:i, s:s}}", "id", id ? id : json_null(), "ok", 0, "error", "status", (int)status, "text",
	                              text));
	free(text);
}

void dev_refuse(struct ctl_client *client, json_t *id, enum az_status status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	refuse(client, id, status, format, args);
	va_end(args);
}

void request_answer(const struct request *request, json_t *result)
{
	dev_answer(request->client, json_deep_copy(request->id), result);
}

void request_refuse(const struct request *request, enum az_status status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	refuse(request->client, json_deep_copy(request->id), status, format, args);
	va_end(args);
}

const char *request_option(const struct request *request, const char *name)
{
	return json_string_value(json_object_get(request->options, name));
}

bool request_flag(const struct request *request, const char *name)
{
	return json_is_true(json_object_get(request->options, name));
}

/* ---- Requests ------------------------------------------------------------------------------------------------------------ */

static bool take_arguments(struct request *request, const json_t *args)
{
	size_t count = json_array_size(args);

	if (args && !json_is_array(args)) {
		request_refuse(request, AZ_USAGE, "`args` must be a list of texts");
		return false;
	}
	if (count > PROTO_ARGUMENTS_MAX) {
		request_refuse(request, AZ_USAGE, "too many arguments: at most %u", PROTO_ARGUMENTS_MAX);
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		request->argv[i] = json_string_value(json_array_get(args, i));
		if (!request->argv[i]) {
			request_refuse(request, AZ_USAGE, "`args` must be a list of texts");
			return false;
		}
	}
	request->argc = count;
	return true;
}

static bool take_options(struct request *request, const json_t *options)
{
	const char *name;
	const json_t *value;

	if (!options)
		return true;
	if (!json_is_object(options) || json_object_size(options) > OPTIONS_MAX) {
		request_refuse(request, AZ_USAGE, "`options` must be an object of at most %d texts", OPTIONS_MAX);
		return false;
	}
	json_object_foreach((json_t *)options, name, value)
		if (!json_is_string(value) && !json_is_boolean(value)) {
			request_refuse(request, AZ_USAGE, "`options` must hold texts, true or false");
			return false;
		}
	request->options = options;
	return true;
}

static bool take_keys(struct request *request, const json_t *message)
{
	static const char *const known[] = {"id", "command", "args", "options"};
	const char *key;
	const json_t *value;

	json_object_foreach((json_t *)message, key, value) {
		size_t i = 0;

		while (i < ARRAY_LEN(known) && strcmp(known[i], key) != 0)
			i++;
		if (i == ARRAY_LEN(known)) {
			request_refuse(request, AZ_USAGE, "unknown key `%.64s`; a request has id, command, args, options", key);
			return false;
		}
	}
	request->id = json_object_get(message, "id");
	if (request->id && !json_is_integer(request->id) && !(json_is_string(request->id) && json_string_length(request->id) <= 64)) {
		request->id = NULL;
		request_refuse(request, AZ_USAGE, "`id` must be a whole number or a text of at most 64 bytes");
		return false;
	}
	request->command = json_string_value(json_object_get(message, "command"));
	if (!request->command)
		request_refuse(request, AZ_USAGE, "`command` is missing, or no text");
	return request->command != NULL;
}

static void carry_out(struct dev *dev, const struct request *request)
{
	const struct dev_command *command = dev_commands;

	while (command->name && strcmp(command->name, request->command) != 0)
		command++;
	if (!command->name) {
		request_refuse(request, AZ_USAGE, "no command \"%.64s\"; `azsim ctl --help` lists them", request->command);
	} else if (request->argc < command->min || request->argc > command->max) {
		request_refuse(request, AZ_USAGE, "%s %s; write: %s%s%s", command->name,
		               request->argc < command->min ? "needs more than that" : "takes less than that", command->name,
		               command->arguments[0] ? " " : "", command->arguments);
	} else {
		dev->capture = json_array();
		command->run(request);
		json_decref(dev->capture);
		dev->capture = NULL;
	}
}

void dev_handle(void *ctx, struct ctl_client *client, const json_t *message)
{
	struct request request = {.dev = ctx, .client = client};

	if (take_keys(&request, message) && take_arguments(&request, json_object_get(message, "args")) &&
	    take_options(&request, json_object_get(message, "options")))
		carry_out(ctx, &request);
}
