/* The device as the run finds it: its store, its networks, its clock, the readings and the application. */
#define _GNU_SOURCE /* asprintf */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "certs/dates.h"
#include "sim/scenario/build.h"
#include "sim/scenario/readings_file.h"

static int build_certificates(struct builder *b, const struct source_step *at)
{
	const struct raw_device *raw = b->raw->device;
	const struct source_step *list = STEP_KEY(at, "certificates");

	b->s->dev_certs = build_alloc(b, raw->certificates_count, sizeof(struct scn_dev_cert));
	if (!b->s->dev_certs)
		return -ENOMEM;
	for (unsigned i = 0; i < raw->certificates_count; i++) {
		struct scn_dev_cert *cert = &b->s->dev_certs[i];
		const struct source_step *item = STEP_ITEM(list, i);
		int r = build_id(b, STEP_KEY(item, "id"), raw->certificates[i].id, &cert->id);

		if (r < 0)
			return r;
		for (unsigned j = 0; j < i; j++)
			if (strcmp(b->s->dev_certs[j].id, cert->id) == 0)
				return build_fail(b, STEP_KEY(item, "id"), "two certificates have the id `%s`; rename one", cert->id);
		r = build_cert(b, STEP_KEY(item, "cert"), raw->certificates[i].cert, BUILD_ANY_CA | BUILD_USE(PKI_CLIENT),
		               &cert->cert);
		if (r < 0)
			return r;
		b->s->dev_cert_count = i + 1;
	}
	return 0;
}

/* An id of device.certificates that holds a certificate of such a use. */
static int build_stored_id(struct builder *b, const struct source_step *at, const char *raw, bool client, char **ret)
{
	const struct scenario *s = b->s;
	char hint[NAMES_HINT_MAX];
	const char **ids;

	if (!raw)
		return 0;
	for (size_t i = 0; i < s->dev_cert_count; i++) {
		if (strcmp(s->dev_certs[i].id, raw) != 0)
			continue;
		if ((scenario_cert(s, s->dev_certs[i].cert)->use == PKI_CLIENT) != client)
			return build_fail(b, at, "`%s` holds a %s; a %s is needed here", raw,
			                  client ? "root certificate" : "client certificate",
			                  client ? "client certificate" : "root certificate");
		*ret = s->dev_certs[i].id;
		return 0;
	}
	ids = build_alloc(b, s->dev_cert_count, sizeof(char *));
	if (!ids)
		return -ENOMEM;
	for (size_t i = 0; i < s->dev_cert_count; i++)
		ids[i] = s->dev_certs[i].id;
	names_hint(raw, ids, s->dev_cert_count, hint);
	return build_fail(b, at, "`certificates` of the device has no id `%.64s`; %s", raw, hint);
}

static int build_one_network(struct builder *b, const struct source_step *at, const struct raw_dev_net *raw,
                             struct scn_dev_net *net)
{
	int r = build_network_name(b, STEP_KEY(at, "name"), raw->name, &net->name);

	if (r < 0)
		return r;
	if (strcmp(raw->name, "any") == 0)
		return build_fail(b, STEP_KEY(at, "name"), "a network cannot be named `any`: conditions use the word for all");
	r = build_stored_id(b, STEP_KEY(at, "root"), raw->root, false, &net->root);
	if (r < 0)
		return r;
	r = build_stored_id(b, STEP_KEY(at, "client"), raw->client, true, &net->client);
	if (r < 0)
		return r;
	if (raw->identity && strlen(raw->identity) > 254)
		return build_fail(b, STEP_KEY(at, "identity"), "`identity` has %zu bytes; at most 254", strlen(raw->identity));
	net->security = raw->security ? (enum auth_security)(raw->security - 1) : AUTH_SECURITY_EAP_TLS;
	net->targeted_scan = raw->targeted_scan == SCN_YES;
	if (net->security != AUTH_SECURITY_EAP_TLS && (raw->root || raw->client || raw->identity))
		return build_fail(b, at, "certificates and identity are for networks of EAP-TLS; take them out, or `security`");
	r = build_psk(b, at, net->security, raw->psk, &net->psk);
	if (r < 0)
		return r;
	if (raw->ssid && strlen(raw->ssid) > 32)
		return build_fail(b, STEP_KEY(at, "ssid"), "`ssid` is longer than 32 bytes");
	r = build_text(b, raw->ssid, &net->ssid);
	if (r < 0)
		return r;
	net->enabled = raw->enabled != SCN_NO;
	net->pos = build_pos(b, at);
	return build_text(b, raw->identity, &net->identity);
}

static int build_networks(struct builder *b, const struct source_step *at)
{
	const struct raw_device *raw = b->raw->device;

	b->s->dev_nets = build_alloc(b, raw->networks_count, sizeof(struct scn_dev_net));
	if (!b->s->dev_nets)
		return -ENOMEM;
	for (unsigned i = 0; i < raw->networks_count; i++) {
		const struct source_step *item = STEP_ITEM(STEP_KEY(at, "networks"), i);
		int r;

		for (unsigned j = 0; j < i; j++)
			if (strcmp(raw->networks[j].name, raw->networks[i].name) == 0)
				return build_fail(b, STEP_KEY(item, "name"), "two networks are named `%.64s`; rename one",
				                  raw->networks[i].name);
		r = build_one_network(b, item, &raw->networks[i], &b->s->dev_nets[i]);
		if (r < 0)
			return r;
		b->s->dev_net_count = i + 1;
	}
	return 0;
}

static int fail_reading(struct builder *b, const struct source_step *at, const char *name, const char *choice)
{
	const struct reading_info *table = readings_table();
	char hint[READINGS_HINT_MAX];

	readings_hint(name, choice, hint);
	for (size_t i = 0; i < READING_COUNT; i++)
		if (strcmp(table[i].name, name) == 0)
			return build_fail(b, at, "reading `%s` has no choice `%.64s`; %s", name, choice, hint);
	return build_fail(b, at, "there is no reading `%.64s`; %s", name, hint);
}

/* A path of the scenario is relative to the scenario's file. NULL: out of memory. */
static char *beside_scenario(const struct builder *b, const char *path)
{
	const char *slash = strrchr(b->file, '/');
	int folder = slash && path[0] != '/' ? (int)(slash - b->file + 1) : 0;
	char *whole;

	return asprintf(&whole, "%.*s%s", folder, b->file, path) < 0 ? NULL : whole;
}

static int build_readings_file(struct builder *b, const struct source_step *at)
{
	const char *file = b->raw->device->readings_file;
	cleanup_free char *path = NULL;
	struct readings_file said;
	struct az_error error;
	int r;

	if (!file)
		return 0;
	path = beside_scenario(b, file);
	if (!path)
		return -ENOMEM;
	if (readings_file_load(path, &said, &error) < 0)
		return build_fail(b, at, "%s", error.text);
	for (size_t i = 0; i < READING_COUNT; i++) {
		const struct reading_info *info = &readings_table()[i];
		struct scn_reading *reading = &b->s->readings[b->s->reading_count];

		if (said.choice[i] == READINGS_FILE_UNSAID)
			continue;
		r = build_text(b, info->name, &reading->name);
		if (r == 0)
			r = build_text(b, info->choices[said.choice[i]].name, &reading->choice);
		if (r < 0)
			return r;
		b->s->reading_count++;
	}
	return 0;
}

static int build_readings(struct builder *b, const struct source_step *at)
{
	const struct raw_device *raw = b->raw->device;
	struct readings scratch;
	size_t first;
	int r;

	readings_defaults(&scratch);
	b->s->readings = build_alloc(b, READING_COUNT + raw->readings_count, sizeof(struct scn_reading));
	if (!b->s->readings)
		return -ENOMEM;
	r = build_readings_file(b, STEP_KEY(at, "readings_file"));
	if (r < 0)
		return r;
	first = b->s->reading_count;
	for (unsigned i = 0; i < raw->readings_count; i++) {
		const struct source_step *item = STEP_ITEM(STEP_KEY(at, "readings"), i);
		struct scn_reading *reading = &b->s->readings[b->s->reading_count];
		char *equals;

		r = build_text(b, raw->readings[i], &reading->name);
		if (r < 0)
			return r;
		equals = strchr(reading->name, '=');
		if (!equals)
			return build_fail(b, item, "`%.64s` is no reading; write NAME=CHOICE (`azsim readings` lists them)",
			                  raw->readings[i]);
		*equals = '\0';
		reading->choice = equals + 1;
		if (readings_set(&scratch, reading->name, reading->choice) < 0)
			return fail_reading(b, item, reading->name, reading->choice);
		for (size_t j = first; j < b->s->reading_count; j++)
			if (strcmp(b->s->readings[j].name, reading->name) == 0)
				return build_fail(b, item, "reading `%s` is given twice; keep one", reading->name);
		b->s->reading_count++;
	}
	return 0;
}

/* The folder of the application must be there and look like an image package; azsim reads it again when it runs. */
static int build_app(struct builder *b, const struct source_step *at)
{
	const char *app = b->raw->device->app;
	cleanup_free char *folder = NULL, *path = NULL;
	struct stat st;

	if (!app)
		return 0;
	folder = beside_scenario(b, app);
	if (!folder || asprintf(&path, "%s/app_manifest.json", folder) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return build_fail(b, at, "`%.256s` is no image package: there is no file %.512s", app, path);
	return build_text(b, app, &b->s->app);
}

int build_server(struct builder *b, const struct source_step *at, const char *raw, char **ret)
{
	size_t length = raw ? strlen(raw) : 0;

	if (raw && (length > 255 || raw[0] == '-' || raw[0] == '.' || strspn(raw, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-") != length))
		return build_fail(b, at, "`%.64s` is no host name and no IPv4 address", raw);
	return build_text(b, raw, ret);
}

static int build_clocks(struct builder *b, const struct source_step *at)
{
	const struct raw_device *raw = b->raw->device;
	struct scenario *s = b->s;
	int r;

	s->boot_clock_s = 946684800; /* 2000-01-01, where a device without a battery starts */
	r = build_instant(b, STEP_KEY(at, "boot_clock"), raw->boot_clock, &s->boot_clock_s);
	if (r < 0)
		return r;
	if (s->boot_clock_s < 0)
		return build_fail(b, STEP_KEY(at, "boot_clock"), "`boot_clock` is before 1970, where the device's clock cannot be");
	r = build_duration(b, STEP_KEY(at, "clock_error"), raw->clock_error, -BUILD_LENGTH_MAX_S, &s->clock_error_s);
	if (r < 0)
		return r;
	if (s->start_s + s->clock_error_s < 0)
		return build_fail(b, STEP_KEY(at, "clock_error"), "`clock_error` puts the device's clock before 1970");
	r = build_duration(b, STEP_KEY(at, "ntp_error"), raw->ntp_error, -BUILD_LENGTH_MAX_S, &s->ntp_error_s);
	if (r < 0)
		return r;
	r = build_cert(b, STEP_KEY(at, "tenant_ca"), raw->tenant_ca, BUILD_USE(PKI_ROOT), &s->tenant_ca);
	if (r < 0)
		return r;
	s->device_auth = raw->device_auth != SCN_NO;
	return build_duration_ns(b, STEP_KEY(at, "boot_ready"), raw->boot_ready, 0, &s->boot_ready_ns);
}

int build_device(struct builder *b)
{
	const struct source_step *at = STEP_KEY(NULL, "device");
	const struct raw_device *raw = b->raw->device;
	int r = build_certificates(b, at);

	if (r < 0)
		return r;
	r = build_networks(b, at);
	if (r < 0)
		return r;
	r = build_readings(b, at);
	if (r < 0)
		return r;
	r = build_app(b, STEP_KEY(at, "app"));
	if (r < 0)
		return r;
	b->s->powered = raw->powered != SCN_NO;
	b->s->rtc = raw->rtc != SCN_NO;
	b->s->ntp = raw->ntp != SCN_NO;
	b->s->flash = raw->flash;
	b->s->ethernet = raw->ethernet == SCN_YES;
	r = build_server(b, STEP_KEY(at, "dhcp_ntp"), raw->dhcp_ntp, &b->s->dhcp_ntp);
	if (r < 0)
		return r;
	r = build_names(b, STEP_KEY(at, "ntp_servers"), raw->ntp_servers, raw->ntp_servers_count, build_server, &b->s->ntp_servers);
	if (r < 0)
		return r;
	return build_clocks(b, at);
}
