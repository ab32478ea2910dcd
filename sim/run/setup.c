/* What a run starts from: the PKI, the issuer, the provisioned device, the network, the application's image package. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <sys/stat.h>

#include "sim/net/model/model.h"
#include "sim/run/internal.h"
#include "sim/torture/oom.h"
#include "sim/util/tree.h"

#define ISSUER_LIFE_S (100LL * 365 * 86400)
#define OVERLAYS_MAX 32

static int make(const struct pki_spec *spec, struct pki_cert **ret, const char *where, struct az_error *ret_error)
{
	char error[PKI_ERROR_MAX];
	int r = pki_make(spec, ret, error);

	if (r < 0)
		az_error_set(ret_error, AZ_USAGE, "%s: certificate %s: %s", where, spec->name, error);
	return r;
}

uint64_t run_pki_seed(const struct run *run)
{
	return run->options->seed + 1; /* 0 would be no seed */
}

const struct pki_cert *run_cert(const struct run *run, const char *name)
{
	unsigned n;

	if (!name)
		return NULL;
	if (sscanf(name, "issued-%u", &n) == 1 && n > 0)
		return run->issuer ? issuer_issued(run->issuer, n - 1) : NULL;
	for (size_t i = 0; i < run->scenario->cert_count; i++)
		if (run->certs[i] && strcmp(run->scenario->certs[i].name, name) == 0)
			return run->certs[i];
	return NULL;
}

bool run_note_key(struct run *run, const struct pki_cert *cert)
{
	char *key = NULL;

	if (pki_key_pem(cert, PKI_PKCS8, NULL, &key) < 0)
		return false;
	oracle_add_secret(run, key);
	OPENSSL_clear_free(key, strlen(key) + 1);
	return true;
}

/* Issuers may be listed after what they sign: go round until all are made (scenario_load has refused cycles). */
static int make_pki(struct run *run, struct az_error *ret_error)
{
	const struct scenario *s = run->scenario;
	size_t made = 0, before;

	run->certs = calloc(s->cert_count + 1, sizeof(struct pki_cert *));
	if (!run->certs)
		return -ENOMEM;
	do {
		before = made;
		for (size_t i = 0; i < s->cert_count; i++) {
			const struct scn_cert *c = &s->certs[i];
			const struct pki_cert *issuer = run_cert(run, c->issuer), *key_of = run_cert(run, c->key_of);
			struct pki_spec spec = {
				.name = c->name, .cn = c->cn, .use = c->use, .key = c->key, .dns_name = c->dns, .fault = c->fault,
				.not_before_s = c->not_before_s, .not_after_s = c->not_after_s, .now_s = s->start_s, .issuer = issuer, .key_of = key_of,
				.seed = run_pki_seed(run),
			};
			char where[512];
			int r;

			if (run->certs[i] || (c->issuer && !issuer) || (c->key_of && !key_of))
				continue;
			(void) snprintf(where, sizeof(where), "%s:%u:%u", s->file, c->pos.line, c->pos.column);
			r = make(&spec, &run->certs[i], where, ret_error);
			if (r < 0)
				return r;
			if (!run_note_key(run, run->certs[i]))
				return -ENOMEM;
			made++;
		}
	} while (made > before);
	return 0;
}

/* The parts of the world that no scenario names: the issuer's own PKI and Microsoft's device-authentication CA. */
static int make_world_pki(struct run *run, struct az_error *ret_error)
{
	int64_t start = run->scenario->start_s;
	struct pki_spec spec = {.name = "issuer-root", .cn = "azsim issuer root", .use = PKI_ROOT, .not_before_s = start - ISSUER_LIFE_S / 4,
		.not_after_s = start + ISSUER_LIFE_S, .now_s = start, .seed = run_pki_seed(run)};
	int r = make(&spec, &run->issuer_root, "issuer", ret_error);

	if (r < 0)
		return r;
	spec.name = "device-ca";
	spec.cn = "azsim device authentication CA";
	r = make(&spec, &run->device_ca, "device authentication", ret_error);
	if (r < 0)
		return r;
	spec.name = "web-root";
	spec.cn = "azsim web root";
	r = make(&spec, &run->web_root, "web hosts", ret_error);
	if (r < 0)
		return r;
	spec.name = "issuer";
	spec.cn = run->scenario->issuer_host;
	spec.dns_name = run->scenario->issuer_host;
	spec.use = PKI_SERVER;
	spec.issuer = run->issuer_root;
	r = make(&spec, &run->issuer_tls, "issuer", ret_error);
	if (r == 0 && (!run_note_key(run, run->issuer_tls) || !run_note_key(run, run->device_ca) || !run_note_key(run, run->issuer_root) ||
	               !run_note_key(run, run->web_root)))
		r = -ENOMEM;
	return r;
}

static const char *device_identity(const struct scenario *s)
{
	for (size_t i = 0; i < s->dev_net_count; i++)
		if (s->dev_nets[i].identity)
			return s->dev_nets[i].identity;
	return "device";
}

static int make_issuer(struct run *run, struct az_error *ret_error)
{
	struct issuer_host host = run_issuer_host_template;
	struct issuer_setup setup = {.tls = run->issuer_tls, .device_ca = run->device_ca, .identity = device_identity(run->scenario),
		.seed = run_pki_seed(run)};
	int r;

	host.ctx = run;
	r = issuer_new(&host, &setup, &run->issuer, ret_error);
	if (r < 0)
		return r;
	server_set_memory(issuer_server(run->issuer), !run->options->no_memory);
	issuer_change(run->issuer, &run->scenario->issuer, run_cert(run, run->scenario->issuer.root),
	              run_cert(run, run->scenario->issuer.client_ca), run_cert(run, run->scenario->issuer.tenant_ca));
	if (run->scenario->issuer.has_clock_step)
		clock_step(&run->clock, CLOCK_ISSUER, run->scenario->issuer.clock_step_s * (int64_t)NS_PER_S);
	return 0;
}

static int provision_failed(struct run *run, const char *what, const char *name, int r, struct az_error *ret_error)
{
	az_error_set(ret_error, AZ_USAGE, "%s: the device does not take %s %s: %s", run->scenario->file, what, name, strerror(-r));
	return r;
}

/* What the factory and the operator put on the device before the run: through the same code as the API. */
static int provision(struct run *run, struct az_error *ret_error)
{
	const struct scenario *s = run->scenario;

	device_power_on(run->device, 0);
	for (size_t i = 0; i < s->dev_cert_count; i++) {
		const struct scn_cert *c = scenario_cert(s, s->dev_certs[i].cert);
		const struct pki_cert *cert = run_cert(run, s->dev_certs[i].cert);
		char *key = NULL;
		int r;

		if (c->use == PKI_CLIENT) {
			r = pki_key_pem(cert, PKI_PKCS8, NULL, &key);
			if (r == 0) {
				r = device_op_install_client(run->device, s->dev_certs[i].id, pki_cert_pem(cert), key, NULL);
				OPENSSL_clear_free(key, strlen(key) + 1);
			}
		} else {
			r = device_op_install_root(run->device, s->dev_certs[i].id, pki_cert_pem(cert));
		}
		if (r < 0)
			return provision_failed(run, "certificate", s->dev_certs[i].id, r, ret_error);
	}
	for (size_t i = 0; i < s->dev_net_count; i++) {
		const struct scn_dev_net *n = &s->dev_nets[i];
		struct device_network_setup setup = {
			.config_name = n->name, .ssid = (const uint8_t *)(n->ssid ? n->ssid : s->ssid),
			.ssid_length = strlen(n->ssid ? n->ssid : s->ssid), .open = n->security == AUTH_SECURITY_OPEN, .psk = n->psk,
			.targeted_scan = n->targeted_scan, .identity = n->identity,
			.root_id = n->root, .client_id = n->client, .enabled = n->enabled,
		};
		int r = device_op_add_network(run->device, &setup);

		if (r < 0)
			return provision_failed(run, "network", n->name, r, ret_error);
	}
	device_power_off(run->device);
	return 0;
}

static void make_device(struct run *run)
{
	struct device_host host = run_device_host_template;
	struct readings *readings = &run->result->readings;

	host.ctx = run;
	if (run->net_ops->join == NULL)
		host.join = NULL;
	if (run->net_ops->scan == NULL)
		host.scan = NULL;
	if (run->net_ops->signal == NULL)
		host.signal = NULL;
	readings_defaults(readings);
	readings->asked = &run->result->asked;
	for (size_t i = 0; i < run->scenario->reading_count; i++)
		(void) readings_set(readings, run->scenario->readings[i].name, run->scenario->readings[i].choice);
	for (size_t i = 0; i < run->options->reading_count; i++)
		(void) readings_set(readings, run->options->readings[i].name, run->options->readings[i].choice);
	run->device = device_new(&host, readings, run->options->seed);
	device_set_ethernet(run->device, run->scenario->ethernet);
	device_set_auth_service(run->device, run->scenario->device_auth);
}

/* The image package; replaces the one that run->package holds. The scenario's app is relative to the scenario's file. */
static int find_package(struct run *run, struct az_error *ret_error)
{
	const struct scenario *s = run->scenario;
	cleanup_free char *path = NULL;
	char error[DEVICE_ERROR_MAX];
	struct app_package found;
	int r;

	if (run->options->app) {
		path = strdup(run->options->app);
	} else if (s->app) {
		const char *slash = strrchr(s->file, '/');

		if (s->app[0] == '/' || !slash)
			path = strdup(s->app);
		else if (asprintf(&path, "%.*s/%s", (int)(slash - s->file), s->file, s->app) < 0)
			path = NULL;
	} else if (asprintf(&path, "%s/app/approot", run->options->home) < 0) {
		path = NULL;
	}
	if (!path)
		return -ENOMEM;
	r = app_package_find(path, &found, ret_error);
	if (r < 0)
		return r;
	r = app_machine_ready(found.machine, run->options->home, ret_error);
	if (r == 0 && run->options->ram_limit && found.machine != APP_ARM) {
		az_error_set(ret_error, AZ_USAGE, "--ram-limit: %s is no program for the MT3620: what it takes here says nothing about a device; "
		             "`make mt3620` builds one", found.executable);
		r = -EINVAL;
	}
	if (r < 0) {
		app_package_clear(&found);
		return r;
	}
	r = device_set_manifest(run->device, found.manifest, found.manifest_length, error);
	if (r < 0) {
		az_error_set(ret_error, AZ_USAGE, "%s/app_manifest.json: %s", found.folder, error);
		app_package_clear(&found);
		return r;
	}
	app_package_clear(&run->package);
	run->package = found;
	free(run->result->application);
	if (asprintf(&run->result->application, "%s, %s", found.executable, app_machine_name(found.machine)) < 0)
		run->result->application = NULL;
	return 0;
}

/* approot/ of the run, anew: the image package with what the world puts into it. */
static int lay_out(struct run *run, struct az_error *ret_error)
{
	struct app_overlay overlays[OVERLAYS_MAX] = {{"certs/issuer-ca.pem", NULL}};
	cleanup_free char *approot = NULL;
	size_t count = 1;
	int r = run_add_trusted(run, overlays, OVERLAYS_MAX, &count);

	overlays[0].text = strdup(pki_cert_pem(run->issuer_root));
	if (asprintf(&approot, "%s/approot", run->run_dir) < 0)
		approot = NULL;
	if (r == 0 && (!approot || !overlays[0].text))
		r = -ENOMEM;
	if (r == -E2BIG)
		az_error_set(ret_error, AZ_USAGE, "%s: more than %d files in `trust`", run->scenario->file, OVERLAYS_MAX - 1);
	if (r == 0) {
		tree_remove(approot);
		r = app_package_lay_out(&run->package, approot, overlays, count, ret_error);
	}
	for (size_t i = 0; i < count; i++)
		free(overlays[i].text);
	return r;
}

int run_reload_package(struct run *run, struct az_error *ret_error)
{
	int r = find_package(run, ret_error);

	if (r < 0)
		return r;
	run->launch.args = device_manifest_cmd_args(run->device);
	run->launch.mutable_kb = device_manifest_mutable_kb(run->device);
	run->launch.machine = run->package.machine;
	return lay_out(run, ret_error);
}

static int prepare_launch(struct run *run, struct az_error *ret_error)
{
	int r;

	if (asprintf(&run->run_dir, "%s", run->options->work_dir) < 0 || asprintf(&run->socket_path, "%s/app.sock", run->run_dir) < 0)
		return -ENOMEM;
	run->launch = (struct app_launch){
		.machine = run->package.machine, .run_dir = run->run_dir, .socket = run->socket_path, .lib_dir = run->options->home,
		.args = device_manifest_cmd_args(run->device), .wrapper = run->options->wrapper,
		.mutable_kb = device_manifest_mutable_kb(run->device), .seed = run->options->seed,
		.http_shim = run->options->http_shim, .ram_limit = run->options->ram_limit,
	};
	r = oom_set_up(run, ret_error);
	if (r == 0)
		r = lay_out(run, ret_error);
	return r < 0 ? r : channel_new(run->socket_path, &run->channel, ret_error);
}

static int open_networks(struct run *run, struct az_error *ret_error)
{
	char dir[4096];
	int r;

	(void) snprintf(dir, sizeof(dir), "%s/net", run->run_dir);
	if (mkdir(dir, 0700) < 0) {
		az_error_set(ret_error, AZ_ENVIRONMENT, "%s: %s", dir, strerror(errno));
		return -errno;
	}
	r = run_radius_change(run, &run->scenario->radius, ret_error);
	if (r == 0)
		r = run->net_ops->open(dir, &run->net, ret_error);
	if (r == 0 && run->options->capture && run->net_ops->capture)
		r = run->net_ops->capture(run->net, ret_error);
	if (r == 0)
		r = net_model_ops.open(dir, &run->probe, ret_error);
	if (r == 0 && run->options->no_memory) {
		model_set_memory(run->probe, false);
		if (run->net_ops == &net_model_ops)
			model_set_memory(run->net, false);
	}
	return r;
}

int run_setup(struct run *run, struct az_error *ret_error)
{
	const struct scenario *s = run->scenario;
	int r;

	run->mutable_fd = run->event_fd = -1;
	run->process = (struct app_process){.pid = 0, .pidfd = -1, .output = -1};
	run->offline_since_ns = TIME_NEVER;
	run->ntp_reachable = s->ntp;
	run->ntp_servers = s->ntp_servers;
	run->ntp_error_s = s->ntp_error_s;
	run->tenant_ca = s->tenant_ca;
	for (; run->net_state.bss_count < s->bss_count; run->net_state.bss_count++)
		run->net_state.bss[run->net_state.bss_count] = s->bss[run->net_state.bss_count].air;
	run->net_state.hidden = s->hidden;
	run->net_state.pmksa_caching = s->pmksa_caching;
	run->net_state.others = run->others;
	for (; run->net_state.other_count < s->other_count; run->net_state.other_count++) {
		const struct scn_other_ap *from = &s->others[run->net_state.other_count];

		run->others[run->net_state.other_count] = (struct net_ap){
			.ssid = from->ssid, .security = from->security, .psk = from->psk, .hidden = from->hidden, .air = from->air};
	}
	clock_init(&run->clock, s->start_s);
	run->queue = queue_new();
	run->expects = calloc(s->expect_count + 1, sizeof(*run->expects));
	if (!run->queue || !run->expects)
		goto nomem;
	r = make_pki(run, ret_error);
	if (r == 0)
		r = make_world_pki(run, ret_error);
	if (r == 0)
		r = make_issuer(run, ret_error);
	if (r == 0)
		r = run_make_webs(run, ret_error);
	if (r == 0)
		make_device(run);
	if (r == 0)
		r = find_package(run, ret_error);
	if (r == 0)
		r = prepare_launch(run, ret_error);
	if (r == 0)
		r = open_networks(run, ret_error);
	if (r == 0) {
		run->operator_acts = true;
		r = provision(run, ret_error);
		run->operator_acts = false;
	}
	if (r == -ENOMEM && ret_error->text[0] == '\0')
		goto nomem;
	clock_step(&run->clock, CLOCK_DEVICE, s->clock_error_s * (int64_t)NS_PER_S);
	return r;
nomem:
	az_error_set(ret_error, AZ_ENVIRONMENT, "%s: out of memory", s->file);
	return -ENOMEM;
}

void run_teardown(struct run *run)
{
	app_kill(&run->process);
	channel_free(run->channel);
	run->stop = true;
	relay_drop(run);
	if (run->net)
		run->net_ops->close(run->net);
	if (run->probe)
		net_model_ops.close(run->probe);
	issuer_free(run->issuer);
	run_free_webs(run);
	run_drop_held(run);
	device_free(run->device);
	queue_free(run->queue);
	for (size_t i = 0; run->certs && i < run->scenario->cert_count; i++)
		pki_free(run->certs[i]);
	free(run->certs);
	pki_free(run->issuer_tls);
	pki_free(run->issuer_root);
	pki_free(run->device_ca);
	pki_free(run->web_root);
	run_forget_device_auth(run);
	run_net_free(run);
	app_package_clear(&run->package);
	if (run->mutable_fd >= 0)
		(void) close(run->mutable_fd);
	if (run->event_fd >= 0)
		(void) close(run->event_fd);
	free(run->mutable_seen);
	free(run->out_line);
	for (size_t i = 0; i < ARRAY_LEN(run->last_lines); i++)
		free(run->last_lines[i]);
	free(run->events);
	for (size_t i = 0; i < run->said_count; i++)
		scenario_free(run->said[i]);
	free(run->said);
	free(run->expects);
	oracle_credentials_free(run);
	for (size_t i = 0; i < run->secret_count; i++) {
		OPENSSL_cleanse(run->secrets[i], strlen(run->secrets[i]));
		free(run->secrets[i]);
	}
	free(run->secrets);
	free(run->run_dir);
	free(run->socket_path);
	cuts_free(run->cuts);
	faults_free(run->faults);
	oom_free(run->oom);
}
