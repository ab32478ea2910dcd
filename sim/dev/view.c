/* Commands that only look: status, timeline, log, certificates of the world. */
#define _GNU_SOURCE
#include <openssl/crypto.h>

#include "certs/dates.h"
#include "sim/dev/dev.h"
#include "sim/util/text.h"

#define LINES_DEFAULT 20
#define KINDS 13

/* ---- Status -------------------------------------------------------------------------------------------------------------- */

/* One more line of `text`, which is freed. Never NULL. */
static char *line(char *text, const char *format, ...) ATTR_PRINTF(2, 3);

static char *line(char *text, const char *format, ...)
{
	cleanup_free char *last = NULL;
	char *both = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&last, format, args) < 0)
		abort();
	va_end(args);
	if (asprintf(&both, "%s%s%s", text ? text : "", text ? "\n" : "", last) < 0)
		abort();
	free(text);
	return both;
}

static json_t *device_status(const struct run *run, char **text)
{
	struct device_network_info net;
	char date[DATES_TEXT_MAX], state[64] = "off";
	const char *connected = NULL;
	json_t *json;

	for (size_t i = 0; device_get_network(run->device, i, &net); i++)
		if (net.connected)
			connected = net.config_name;
	if (device_is_on(run->device))
		(void) snprintf(state, sizeof(state), connected ? "on, connected to %s" : "on, offline", connected);
	dates_format(clock_wall_s(&run->clock, CLOCK_DEVICE), date);
	*text = line(*text, "device   %s; its clock shows %s", state, date);
	json = json_pack("{s:b, s:s, s:i, s:i}", "on", device_is_on(run->device), "clock", date, "networks",
	                 (int)device_get_network_count(run->device), "certificates", (int)device_get_certificate_count(run->device));
	(void) json_object_set_new(json, "connected", connected ? json_string(connected) : json_null());
	return json;
}

static json_t *app_status(const struct run *run, char **text)
{
	pid_t pid = channel_clock_pid(run->channel);
	char since[32];

	if (pid == 0)
		pid = run->process.pid;
	timeline_format_since(run->app_started_ns, since);
	if (run->process.pid > 0)
		*text = line(*text, "app      %s, pid %d, since %s, started %lu time%s", run->package.folder, (int)pid, since, run->result->app_starts,
		             run->result->app_starts == 1 ? "" : "s");
	else
		*text = line(*text, "app      %s, does not run", run->package.folder);
	return json_pack("{s:s, s:b, s:i, s:I}", "folder", run->package.folder, "running", run->process.pid > 0, "pid",
	                 run->process.pid > 0 ? (int)pid : 0, "starts", (json_int_t)run->result->app_starts);
}

static json_t *world_status(const struct run *run, char **text)
{
	const char *issuer = issuer_state_name(run->issuer), *server = run->server_name ? run->server_name : "?";

	*text = line(*text, "network  %s, SSID %s, access point %s", run->net_ops->name, run->scenario->ssid, net_choose_bss(&run->net_state) >= 0 ? "up" : "down");
	*text = line(*text, "radius   %s, certificate %s", run->net_state.radius_up ? "up" : "down", server);
	*text = line(*text, "issuer   %s, %zu certificate%s handed out", issuer, issuer_issued_count(run->issuer),
	             issuer_issued_count(run->issuer) == 1 ? "" : "s");
	return json_pack("{s:s, s:s, s:b, s:{s:b, s:s}, s:{s:s, s:i}}", "network", run->net_ops->name, "ssid", run->scenario->ssid, "ap",
	                 net_choose_bss(&run->net_state) >= 0, "radius", "up", run->net_state.radius_up, "server", server, "issuer", "state", issuer, "issued",
	                 (int)issuer_issued_count(run->issuer));
}

void command_status(const struct request *request)
{
	const struct dev *dev = request->dev;
	const struct run *run = dev->run;
	char date[DATES_TEXT_MAX], since[32], pace[64], *text = NULL;
	json_t *result;

	dates_format(clock_true_ns(&run->clock) / (int64_t)NS_PER_S, date);
	timeline_format_since(run->clock.now_ns, since);
	pace_describe(&dev->pace, pace);
	text = line(text, "time     %s (%s), %s%s", date, since, dev->advance.client ? "being advanced; else " : "", pace);
	result = json_pack("{s:{s:s, s:I, s:s, s:b}}", "time", "date", date, "t_ns", (json_int_t)run->clock.now_ns, "pace", pace, "advancing",
	                   dev->advance.client != NULL);
	(void) json_object_set_new(result, "device", device_status(run, &text));
	(void) json_object_set_new(result, "app", app_status(run, &text));
	(void) json_object_update_new(result, world_status(run, &text));
	(void) json_object_set_new(result, "text", json_string(text));
	free(text);
	request_answer(request, result);
}

/* ---- Timeline ------------------------------------------------------------------------------------------------------------ */

/* Kinds as bits; 0: all. False: it is refused. */
static bool take_kinds(const struct request *request, const char *names, unsigned *ret_kinds)
{
	cleanup_free char *copy = names ? strdup(names) : NULL;
	char *save = NULL;

	*ret_kinds = 0;
	for (char *name = copy ? strtok_r(copy, ",", &save) : NULL; name; name = strtok_r(NULL, ",", &save)) {
		unsigned kind = 0;

		while (kind < KINDS && strcmp(timeline_kind_name((enum tl_kind)kind), name) != 0)
			kind++;
		if (kind == KINDS) {
			request_refuse(request, AZ_USAGE, "no kind \"%.32s\"; there are call, auth, link, store, wifi, flash, clock, log, app, issuer, world, "
			               "expect, oracle", name);
			return false;
		}
		*ret_kinds |= 1u << kind;
	}
	return true;
}

static bool take_lines(const struct request *request, size_t *ret_lines)
{
	const char *text = request_option(request, "lines");
	char *end;
	unsigned long n = text ? strtoul(text, &end, 10) : LINES_DEFAULT;

	if (text && (end == text || *end || text[0] == '-' || n > 100000)) {
		request_refuse(request, AZ_USAGE, "--lines=%.32s: a number from 0 to 100000", text);
		return false;
	}
	*ret_lines = n;
	return true;
}

static void show_entries(const struct request *request, unsigned kinds)
{
	const struct timeline *tl = &request->dev->run->result->timeline;
	size_t lines, first = tl->count;

	if (!take_lines(request, &lines))
		return;
	for (; first > 0 && lines > 0; first--)
		if (kinds == 0 || (kinds & (1u << tl->entries[first - 1].kind)))
			lines--;
	for (size_t i = first; i < tl->count; i++)
		if (kinds == 0 || (kinds & (1u << tl->entries[i].kind)))
			ctl_send(request->client, json_pack("{s:o}", "entry", dev_entry_json(tl, &tl->entries[i])));
	if (request_flag(request, "follow")) {
		*ctl_mark(request->client) = DEV_FOLLOWS | kinds;
		ctl_hold(request->client, true);
	} else {
		request_answer(request, json_object());
	}
}

void command_timeline(const struct request *request)
{
	unsigned kinds;

	if (take_kinds(request, request_option(request, "kind"), &kinds))
		show_entries(request, kinds);
}

void command_log(const struct request *request)
{
	show_entries(request, 1u << TL_LOG);
}

/* ---- Certificates -------------------------------------------------------------------------------------------------------- */

static json_t *certificate_json(const char *name, const char *use, const char *issuer, const struct pki_cert *cert)
{
	char from[DATES_TEXT_MAX], until[DATES_TEXT_MAX];
	json_t *json;

	dates_format(pki_not_before(cert), from);
	dates_format(pki_not_after(cert), until);
	json = json_pack("{s:s, s:s, s:s, s:s, s:s}", "name", name, "use", use, "subject", pki_subject(cert), "notBefore", from, "notAfter", until);
	if (issuer)
		(void) json_object_set_new(json, "issuer", json_string(issuer));
	return json;
}

static void list_certificates(const struct request *request)
{
	const struct run *run = request->dev->run;
	json_t *list = json_array();

	for (size_t i = 0; i < run->scenario->cert_count; i++) {
		const struct scn_cert *c = &run->scenario->certs[i];

		(void) json_array_append_new(list, certificate_json(c->name, pki_use_name(c->use), c->issuer, run->certs[i]));
	}
	for (size_t i = 0; i < issuer_issued_count(run->issuer); i++) {
		char name[32];

		(void) snprintf(name, sizeof(name), "issued-%zu", i + 1);
		(void) json_array_append_new(list, certificate_json(name, pki_use_name(PKI_CLIENT), NULL, issuer_issued(run->issuer, i)));
	}
	request_answer(request, json_pack("{s:o}", "certificates", list));
}

static void export_certificate(const struct request *request)
{
	const struct pki_cert *cert = run_cert(request->dev->run, request->argv[1]);
	char *chain = NULL, *key = NULL;

	if (!cert) {
		request_refuse(request, AZ_FAILED, "there is no certificate \"%.64s\"; `azsim ctl pki` lists them", request->argv[1]);
		return;
	}
	chain = pki_chain_pem(cert);
	if (!chain || pki_key_pem(cert, PKI_PKCS8, NULL, &key) < 0)
		abort();
	request_answer(request, json_pack("{s:s, s:s, s:s, s:s}", "name", request->argv[1], "certificate", pki_cert_pem(cert), "chain", chain, "key",
	                                  key));
	OPENSSL_clear_free(key, strlen(key) + 1);
	free(chain);
}

void command_pki(const struct request *request)
{
	if (request->argc == 0)
		list_certificates(request);
	else if (request->argc == 2 && strcmp(request->argv[0], "export") == 0)
		export_certificate(request);
	else
		request_refuse(request, AZ_USAGE, "write: pki, or pki export NAME");
}
