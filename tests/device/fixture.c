/* See fixture.h. */
#define _GNU_SOURCE
#include "tests/device/fixture.h"

#include <fcntl.h>
#include <sys/mman.h>

#define YEAR_S (365 * DAY_S)
#define SEED 20260101u

static struct pki_cert *roots[2], *clients[3];
static char *last_key;

static struct pki_cert *make_certificate(const char *name, enum pki_use use, enum pki_key_type key, const struct pki_cert *issuer)
{
	struct pki_spec spec = {
		.name = name, .use = use, .key = key, .issuer = issuer, .now_s = WALL_2026,
		.not_before_s = WALL_2026 - YEAR_S, .not_after_s = WALL_2026 + 20 * YEAR_S,
	};
	struct pki_cert *made = NULL;
	char error[PKI_ERROR_MAX] = "";

	if (pki_make(&spec, &made, error) < 0)
		fail_msg("%s", error);
	return made;
}

int make_certificates(void **state)
{
	(void) state;
	roots[0] = make_certificate("root0", PKI_ROOT, PKI_KEY_P256, NULL);
	roots[1] = make_certificate("root1", PKI_ROOT, PKI_KEY_P256, NULL);
	clients[0] = make_certificate("client0", PKI_CLIENT, PKI_KEY_P256, roots[0]);
	clients[1] = make_certificate("client1", PKI_CLIENT, PKI_KEY_P256, roots[0]);
	clients[2] = make_certificate("client2", PKI_CLIENT, PKI_KEY_RSA2048, roots[0]);
	return 0;
}

int free_certificates(void **state)
{
	(void) state;
	for (size_t i = 0; i < ARRAY_LEN(clients); i++)
		pki_free(clients[i]);
	for (size_t i = 0; i < ARRAY_LEN(roots); i++)
		pki_free(roots[i]);
	free(last_key);
	last_key = NULL;
	return 0;
}

const struct pki_cert *root(unsigned n)
{
	return roots[n];
}

const struct pki_cert *client(unsigned n)
{
	return clients[n];
}

const char *key_of(unsigned n, enum pki_key_format format, const char *password)
{
	free(last_key);
	last_key = NULL;
	assert_int_equal(pki_key_pem(clients[n], format, password, &last_key), 0);
	return last_key;
}

/* ---- The host -------------------------------------------------------------------------------------------------------- */

static uint64_t host_mono(void *ctx)
{
	return ((struct world *)ctx)->now_ns;
}

static int64_t host_wall(void *ctx)
{
	const struct world *w = ctx;

	return WALL_2026 + (int64_t)(w->now_ns / NS_PER_S) + w->wall_step_s;
}

static void host_event(void *ctx, const struct device_event *event)
{
	struct world *w = ctx;
	struct seen_event *kept = &w->events[w->event_count++ % EVENTS_MAX];

	kept->kind = event->kind;
	(void) snprintf(kept->text, sizeof(kept->text), "%s", event->text ? event->text : "");
}

static int host_authenticate(void *ctx, const struct auth_request *request, struct auth_verdict *ret)
{
	(void) ctx;
	(void) request;
	*ret = (struct auth_verdict){ .outcome = AUTH_OK, .depth = -1 };
	return 0;
}

static bool host_access_point(void *ctx, size_t index, struct device_access_point *ret_ap)
{
	(void) ctx;
	*ret_ap = (struct device_access_point){ .ssid = (const uint8_t *)"CorpNet", .ssid_length = 7, .bssid = { 2 } };
	return index == 0 && true;
}

static bool host_time_sync(void *ctx, const char *server)
{
	struct world *w = ctx;

	w->time_asked++;
	(void) snprintf(w->asked, sizeof(w->asked), "%s", server);
	if (!w->time_server || (w->only_server && strcmp(w->only_server, server) != 0))
		return false;
	w->wall_step_s += w->time_error_s;
	w->time_error_s = 0;
	return true;
}

static const char *host_dhcp_ntp(void *ctx)
{
	return ((struct world *)ctx)->dhcp_ntp;
}

static int host_rtc_write(void *ctx)
{
	struct world *w = ctx;

	w->rtc_writes += w->rtc == 0;
	return w->rtc;
}

static void host_shut_down(void *ctx, enum device_shut_down what, unsigned seconds)
{
	struct world *w = ctx;

	w->shut_downs++;
	w->shut_down = what;
	w->shut_down_s = seconds;
}

static int host_event_channel(void *ctx)
{
	struct world *w = ctx;
	int ends[2];

	assert_int_equal(w->event_fd, -1);
	assert_int_equal(pipe(ends), 0);
	w->event_fd = ends[1];
	return ends[0];
}

static void host_event_send(void *ctx, const void *message, size_t length)
{
	struct world *w = ctx;

	assert_true(w->event_fd >= 0);
	assert_int_equal(length, sizeof(w->sysevents[0]));
	assert_true(w->sysevent_count < ARRAY_LEN(w->sysevents));
	memcpy(&w->sysevents[w->sysevent_count++], message, length);
}

static void host_event_close(void *ctx)
{
	struct world *w = ctx;

	if (w->event_fd >= 0)
		(void) close(steal_fd(&w->event_fd));
}

static int host_issue(void *ctx, uint64_t issued_ns, int64_t life_s, char **ret_cert_pem, char **ret_key_pem)
{
	struct world *w = ctx;

	w->issued++;
	w->issued_ns = issued_ns;
	w->issued_life_s = life_s;
	*ret_cert_pem = strdup("certificate");
	*ret_key_pem = strdup("key");
	return 0;
}

static bool host_flash_write(void *ctx, const char *area)
{
	struct world *w = ctx;

	(void) area;
	return w->writes_left < 0 || w->writes_left-- > 0;
}

static int host_mutable_file(void *ctx, unsigned size_kb, bool create)
{
	struct world *w = ctx;

	if (w->file < 0 && !create)
		return -ENOENT;
	if (w->file < 0)
		w->file = memfd_create("mutable", MFD_CLOEXEC);
	w->file_kb = size_kb;
	return fcntl(w->file, F_DUPFD_CLOEXEC, 0);
}

static int host_mutable_file_delete(void *ctx)
{
	struct world *w = ctx;

	if (w->file < 0)
		return -ENOENT;
	(void) close(steal_fd(&w->file));
	return 0;
}

/* ---- The world ------------------------------------------------------------------------------------------------------- */

static void begin_request(struct world *w)
{
	wire_writer_init(&w->in, w->request, sizeof(w->request));
}

static struct world *world_new(const char *reading, const char *capabilities)
{
	struct world *w = calloc(1, sizeof(*w));
	struct device_host host = {
		.ctx = w, .mono_ns = host_mono, .wall_s = host_wall, .event = host_event, .authenticate = host_authenticate,
		.access_point = host_access_point, .time_sync = host_time_sync, .dhcp_ntp = host_dhcp_ntp, .rtc_write = host_rtc_write,
		.shut_down = host_shut_down, .event_channel = host_event_channel, .event_send = host_event_send,
		.event_close = host_event_close, .issue_device_auth = host_issue,
		.flash_write = host_flash_write, .mutable_file = host_mutable_file, .mutable_file_delete = host_mutable_file_delete,
	};
	struct readings readings;
	char manifest[2048], error[DEVICE_ERROR_MAX], name[64];

	assert_non_null(w);
	readings_defaults(&readings);
	if (reading) {
		const char *choice = strchr(reading, '=') + 1;

		(void) snprintf(name, sizeof(name), "%.*s", (int)(choice - 1 - reading), reading);
		assert_int_equal(readings_set(&readings, name, choice), 0);
	}
	readings.asked = &w->readings_asked;
	w->now_ns = 1000 * NS_PER_S; /* not 0, so that nothing works by accident */
	w->time_server = true;
	w->writes_left = w->file = w->reply_fd = w->event_fd = -1;
	begin_request(w);
	w->dev = device_new(&host, &readings, SEED);
	(void) snprintf(manifest, sizeof(manifest),
	                "{\"SchemaVersion\": 1, \"Name\": \"test\", \"ComponentId\": \"25025d2c-66da-4448-bae1-ac26fcdd3627\","
	                "\"EntryPoint\": \"/bin/app\", \"CmdArgs\": [], \"Capabilities\": {%s}, \"ApplicationType\": \"Default\"}",
	                capabilities ? capabilities : EVERY_CAPABILITY);
	if (device_set_manifest(w->dev, manifest, strlen(manifest), error) < 0)
		fail_msg("%s", error);
	device_power_on(w->dev, 0);
	return w;
}

int make_world(void **state)
{
	*state = world_new(NULL, NULL);
	return 0;
}

int free_world(void **state)
{
	struct world *w = *state;

	if (w->reply_fd >= 0)
		(void) close(w->reply_fd);
	if (w->file >= 0)
		(void) close(w->file);
	host_event_close(w);
	device_free(w->dev);
	free(w);
	return 0;
}

struct world *world_anew(void **state, const char *reading, const char *capabilities)
{
	(void) free_world(state);
	*state = world_new(reading, capabilities);
	return *state;
}

void advance_s(struct world *w, uint64_t s)
{
	uint64_t until_ns = w->now_ns + s * NS_PER_S;

	while (device_next_deadline(w->dev) <= until_ns) {
		if (device_next_deadline(w->dev) > w->now_ns)
			w->now_ns = device_next_deadline(w->dev);
		device_run(w->dev);
		assert_true(device_next_deadline(w->dev) > w->now_ns); /* whatever was due is done */
	}
	w->now_ns = until_ns;
}

void reboot(struct world *w)
{
	device_power_off(w->dev);
	device_power_on(w->dev, 0);
}

void connect_network(struct world *w)
{
	const struct device_network_setup setup = {
		.config_name = "Network1", .ssid = (const uint8_t *)"CorpNet", .ssid_length = 7, .identity = "client0",
		.root_id = "Root", .client_id = "Client", .enabled = true,
	};

	assert_int_equal(device_op_install_root(w->dev, "Root", pki_cert_pem(root(0))), 0);
	assert_int_equal(device_op_install_client(w->dev, "Client", pki_cert_pem(client(0)), key_of(0, PKI_PKCS8, NULL), NULL), 0);
	assert_int_equal(device_op_add_network(w->dev, &setup), 0);
	reboot(w);
	while (device_get_connected(w->dev) < 0) {
		assert_true(device_next_deadline(w->dev) < w->now_ns + 60 * NS_PER_S);
		w->now_ns = device_next_deadline(w->dev);
		device_run(w->dev);
	}
}

/* ---- Requests -------------------------------------------------------------------------------------------------------- */

int call_bytes(struct world *w, uint16_t op, const void *fields, size_t length)
{
	uint8_t *exact = malloc(length + (length == 0));
	struct wire_reader in;
	struct wire_writer out;
	int r;

	assert_non_null(exact);
	if (length > 0)
		memcpy(exact, fields, length);
	if (w->reply_fd >= 0)
		(void) close(w->reply_fd);
	wire_reader_init(&in, exact, length);
	wire_writer_init(&out, w->reply, sizeof(w->reply));
	r = device_request(w->dev, op, &in, &out, &w->reply_fd);
	free(exact);
	assert_true(r >= 0 || w->reply_fd == -1);
	assert_false(out.failed);
	wire_reader_init(&w->out, w->reply, out.length);
	begin_request(w);
	return r;
}

int call(struct world *w, uint16_t op)
{
	assert_false(w->in.failed);
	return call_bytes(w, op, w->request, w->in.length);
}

int install_root(struct world *w, const char *id, const char *cert)
{
	wire_put_str(&w->in, id);
	wire_put_str(&w->in, cert);
	return call(w, WIRE_CERTSTORE_INSTALL_ROOT);
}

int install_client(struct world *w, const char *id, const char *cert, const char *key, const char *password)
{
	wire_put_str(&w->in, id);
	wire_put_str(&w->in, cert);
	wire_put_str(&w->in, key);
	wire_put_u8(&w->in, password != NULL);
	wire_put_str(&w->in, password ? password : "");
	return call(w, WIRE_CERTSTORE_INSTALL_CLIENT);
}

int delete_id(struct world *w, const char *id)
{
	wire_put_str(&w->in, id);
	return call(w, WIRE_CERTSTORE_DELETE);
}

int move_id(struct world *w, const char *source, const char *destination)
{
	wire_put_str(&w->in, source);
	wire_put_str(&w->in, destination);
	return call(w, WIRE_CERTSTORE_MOVE);
}

int space(struct world *w)
{
	return call(w, WIRE_CERTSTORE_SPACE);
}

int count(struct world *w)
{
	return call(w, WIRE_CERTSTORE_COUNT);
}

const char *identifiers(struct world *w)
{
	static char all[1024];
	char id[17];
	int n = count(w);

	all[0] = '\0';
	for (int i = 0; i < n; i++) {
		wire_put_u64(&w->in, (uint64_t)i);
		assert_int_equal(call(w, WIRE_CERTSTORE_ID_AT), 0);
		assert_true(wire_get_str(&w->out, id, sizeof(id)) && wire_reader_done(&w->out));
		assert_true(strlen(all) + strlen(id) + 2 < sizeof(all));
		(void) strcat(strcat(all, id), " ");
	}
	return all;
}

bool certificate_of(struct world *w, const char *id, struct device_certificate_info *ret)
{
	for (size_t i = 0; device_get_certificate(w->dev, i, ret); i++)
		if (strcmp(ret->id, id) == 0)
			return true;
	return false;
}

size_t count_events(struct world *w, enum device_event_kind kind)
{
	size_t n = 0;

	assert_true(w->event_count <= EVENTS_MAX);
	for (size_t i = 0; i < w->event_count; i++)
		n += w->events[i].kind == kind;
	return n;
}

const char *last_text(struct world *w, enum device_event_kind kind)
{
	assert_true(w->event_count <= EVENTS_MAX);
	for (size_t i = w->event_count; i-- > 0;)
		if (w->events[i].kind == kind)
			return w->events[i].text;
	return "";
}
