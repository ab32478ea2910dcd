/* See fixture.h. */
#include "tests/wifi/fixture.h"

#define YEAR_S INT64_C(31536000)
#define SEED 20260101u

static struct pki_cert *roots[2], *clients[2];

static struct pki_cert *make_certificate(const char *name, enum pki_use use, const struct pki_cert *issuer)
{
	struct pki_spec spec = {
		.name = name, .use = use, .issuer = issuer, .now_s = WALL_2026,
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
	roots[0] = make_certificate("root1", PKI_ROOT, NULL);
	roots[1] = make_certificate("root2", PKI_ROOT, NULL);
	clients[0] = make_certificate("client1", PKI_CLIENT, roots[0]);
	clients[1] = make_certificate("client2", PKI_CLIENT, roots[0]);
	return 0;
}

int free_certificates(void **state)
{
	(void) state;
	for (size_t i = 0; i < 2; i++) {
		pki_free(clients[i]);
		pki_free(roots[i]);
	}
	return 0;
}

/* ---- The host -------------------------------------------------------------------------------------------------------- */

static char which(struct pki_cert *const certs[2], const char *pem)
{
	if (!pem)
		return '-';
	for (size_t i = 0; i < 2; i++)
		if (strncmp(pem, pki_cert_pem(certs[i]), strlen(pki_cert_pem(certs[i])) - 1) == 0)
			return (char)('1' + i);
	return '?';
}

static uint64_t host_mono(void *ctx)
{
	return ((struct world *)ctx)->now_ns;
}

static int64_t host_wall(void *ctx)
{
	return WALL_2026 + (int64_t)(((struct world *)ctx)->now_ns / NS_PER_S);
}

static void host_event(void *ctx, const struct device_event *event)
{
	struct world *w = ctx;
	struct event *kept = &w->events[w->event_count % EVENTS_MAX];

	w->event_count++;
	*kept = (struct event){ .kind = event->kind, .at_ns = w->now_ns, .number = event->number };
	(void) snprintf(kept->network, sizeof(kept->network), "%s", event->network ? event->network : "");
	(void) snprintf(kept->text, sizeof(kept->text), "%s", event->text ? event->text : "");
	if (event->verdict)
		kept->outcome = event->verdict->outcome;
}

static int host_authenticate(void *ctx, const struct auth_request *request, struct auth_verdict *ret)
{
	struct world *w = ctx;
	struct attempt *attempt = &w->attempts[w->attempt_count % ATTEMPTS_MAX];
	enum auth_outcome outcome = w->everybody;

	w->attempt_count++;
	*attempt = (struct attempt){
		.at_ns = w->now_ns,
		.root = which(roots, request->root_ca_pem),
		.client = which(clients, request->client_cert_pem),
	};
	if (w->broken < 0)
		return w->broken;
	if (outcome == AUTH_OK && attempt->root != '-' && attempt->root != w->server_root)
		outcome = AUTH_SERVER_REJECTED;
	else if (outcome == AUTH_OK && !strchr(w->clients, attempt->client))
		outcome = AUTH_CLIENT_REJECTED;
	*ret = (struct auth_verdict){ .outcome = outcome, .depth = -1, .bssid = { 2 } };
	if (request->bssid ? request->bssid[4] == 7 : w->second_rssi_dbm != 0 && (!w->ap_up || w->second_rssi_dbm > -30))
		ret->bssid[4] = 7;
	if (outcome == AUTH_SERVER_REJECTED) {
		ret->depth = 1;
		ret->cause = AUTH_CAUSE_UNKNOWN_CA;
		(void) snprintf(ret->subject, sizeof(ret->subject), "/CN=root%c", w->server_root);
	} else if (outcome == AUTH_CLIENT_REJECTED) {
		/* What only RADIUS knows must not reach the application. */
		ret->cause = AUTH_CAUSE_EXPIRED;
		(void) snprintf(ret->subject, sizeof(ret->subject), "/CN=secret-of-radius");
	}
	return 0;
}

static bool host_access_point(void *ctx, size_t index, struct device_access_point *ret_ap)
{
	const struct world *w = ctx;

	if (!w->ap_up)
		index++;
	*ret_ap = (struct device_access_point){ .ssid = (const uint8_t *)SSID, .ssid_length = strlen(SSID), .bssid = { 2 },
	                                        .rssi_dbm = -30 };
	if (index == 1) {
		ret_ap->bssid[4] = 7;
		ret_ap->rssi_dbm = w->second_rssi_dbm;
	}
	return index == 0 || (index == 1 && w->second_rssi_dbm != 0);
}

static bool host_knows_key(void *ctx, const uint8_t bssid[AUTH_BSSID_LENGTH])
{
	(void) bssid;
	return ((struct world *)ctx)->caches_keys;
}

static bool host_time_sync(void *ctx, const char *server)
{
	(void) server;
	(void) ctx;
	return true;
}

static bool host_flash_write(void *ctx, const char *area)
{
	struct world *w = ctx;

	(void) area;
	return w->writes_left < 0 || w->writes_left-- > 0;
}

/* ---- The world ------------------------------------------------------------------------------------------------------- */

static struct world *world_new(const char *reading, const char *capabilities)
{
	struct world *w = calloc(1, sizeof(*w));
	struct device_host host = {
		.ctx = w, .mono_ns = host_mono, .wall_s = host_wall, .event = host_event, .authenticate = host_authenticate,
		.access_point = host_access_point, .knows_key = host_knows_key, .time_sync = host_time_sync, .flash_write = host_flash_write,
	};
	struct readings readings;
	char manifest[1024], error[DEVICE_ERROR_MAX], name[64];

	assert_non_null(w);
	readings_defaults(&readings);
	readings.asked = &w->asked;
	if (reading) {
		const char *choice = strchr(reading, '=') + 1;

		(void) snprintf(name, sizeof(name), "%.*s", (int)(choice - 1 - reading), reading);
		assert_int_equal(readings_set(&readings, name, choice), 0);
	}
	w->now_ns = 1000 * NS_PER_S; /* not 0, so that nothing works by accident */
	w->ap_up = true;
	w->server_root = '1';
	w->clients = "12";
	w->writes_left = -1;
	w->dev = device_new(&host, &readings, SEED);
	(void) snprintf(manifest, sizeof(manifest),
	                "{\"SchemaVersion\": 1, \"Name\": \"test\", \"ComponentId\": \"25025d2c-66da-4448-bae1-ac26fcdd3627\","
	                "\"EntryPoint\": \"/bin/app\", \"CmdArgs\": [], \"Capabilities\": {%s}, \"ApplicationType\": \"Default\"}",
	                capabilities);
	if (device_set_manifest(w->dev, manifest, strlen(manifest), error) < 0)
		fail_msg("%s", error);
	device_power_on(w->dev, 0);
	install_root(w, "Root1", '1');
	install_root(w, "Root2", '2');
	install_client(w, "Client1", '1');
	install_client(w, "Client2", '2');
	reboot(w);
	return w;
}

int make_world(void **state)
{
	*state = world_new(NULL, EVERY_CAPABILITY);
	return 0;
}

int free_world(void **state)
{
	struct world *w = *state;

	device_free(w->dev);
	free(w);
	return 0;
}

struct world *world_anew(void **state, const char *reading, const char *capabilities)
{
	(void) free_world(state);
	*state = world_new(reading, capabilities ? capabilities : EVERY_CAPABILITY);
	return *state;
}

void advance_ns(struct world *w, uint64_t ns)
{
	uint64_t until_ns = w->now_ns + ns;

	while (device_next_deadline(w->dev) <= until_ns) {
		uint64_t due_ns = device_next_deadline(w->dev);

		if (due_ns > w->now_ns)
			w->now_ns = due_ns;
		device_run(w->dev);
		/* Whatever was due is done now. */
		assert_true(device_next_deadline(w->dev) > w->now_ns);
	}
	w->now_ns = until_ns;
}

void advance_ms(struct world *w, uint64_t ms)
{
	advance_ns(w, ms * NS_PER_MS);
}

void advance_s(struct world *w, uint64_t s)
{
	advance_ns(w, s * NS_PER_S);
}

void reboot(struct world *w)
{
	device_power_off(w->dev);
	device_power_on(w->dev, 0);
}

int factory_network(struct world *w, const char *name, char root, char client, bool enabled)
{
	char root_id[] = "Root1", client_id[] = "Client1";
	struct device_network_setup setup = {
		.config_name = name, .ssid = (const uint8_t *)SSID, .ssid_length = strlen(SSID), .identity = "client1",
		.root_id = root == '-' ? NULL : root_id, .client_id = client_id, .enabled = enabled,
	};
	int id;

	root_id[4] = root;
	client_id[6] = client;
	id = device_op_add_network(w->dev, &setup);
	assert_true(id >= 0);
	return id;
}

void install_root(struct world *w, const char *id, char which)
{
	assert_int_equal(device_op_install_root(w->dev, id, pki_cert_pem(roots[which - '1'])), 0);
}

void install_client(struct world *w, const char *id, char which)
{
	char *key = NULL;
	int r;

	assert_int_equal(pki_key_pem(clients[which - '1'], PKI_PKCS8, NULL, &key), 0);
	r = device_op_install_client(w->dev, id, pki_cert_pem(clients[which - '1']), key, NULL);
	explicit_bzero(key, strlen(key));
	free(key);
	assert_int_equal(r, 0);
}

/* ---- Requests -------------------------------------------------------------------------------------------------------- */

int call(struct world *w, uint16_t op, const void *fields, size_t length)
{
	struct wire_reader in;
	struct wire_writer out;
	int fd = -1, r;

	wire_reader_init(&in, fields, length);
	wire_writer_init(&out, w->reply, sizeof(w->reply));
	r = device_request(w->dev, op, &in, &out, &fd);
	assert_int_equal(fd, -1);
	assert_false(out.failed);
	wire_reader_init(&w->out, w->reply, out.length);
	return r;
}

int call_plain(struct world *w, uint16_t op)
{
	return call(w, op, "", 0);
}

int call_id(struct world *w, uint16_t op, int id)
{
	uint8_t buffer[4];
	struct wire_writer in;

	wire_writer_init(&in, buffer, sizeof(buffer));
	wire_put_i32(&in, id);
	return call(w, op, buffer, in.length);
}

int call_name(struct world *w, uint16_t op, const char *name)
{
	uint8_t buffer[512];
	struct wire_writer in;

	wire_writer_init(&in, buffer, sizeof(buffer));
	wire_put_str(&in, name);
	return call(w, op, buffer, in.length);
}

int call_capacity(struct world *w, uint16_t op, uint64_t capacity)
{
	uint8_t buffer[8];
	struct wire_writer in;

	wire_writer_init(&in, buffer, sizeof(buffer));
	wire_put_u64(&in, capacity);
	return call(w, op, buffer, in.length);
}

int add_network(struct world *w)
{
	return call_plain(w, WIRE_WIFI_ADD);
}

int duplicate(struct world *w, int id, const char *name)
{
	uint8_t buffer[512];
	struct wire_writer in;

	wire_writer_init(&in, buffer, sizeof(buffer));
	wire_put_i32(&in, id);
	wire_put_str(&in, name);
	return call(w, WIRE_WIFI_ADD_DUPLICATE, buffer, in.length);
}

int store(struct world *w, const char *ssid, size_t ssid_length, const char *psk, size_t psk_length)
{
	uint8_t buffer[300];
	struct wire_writer in;

	wire_writer_init(&in, buffer, sizeof(buffer));
	wire_put_bytes(&in, ssid, ssid_length);
	if (psk)
		wire_put_bytes(&in, psk, psk_length);
	return call(w, psk ? WIRE_WIFI_STORE_WPA2 : WIRE_WIFI_STORE_OPEN, buffer, in.length);
}

int forget_stored(struct world *w, const char *ssid, uint8_t security)
{
	uint8_t buffer[300];
	struct wire_writer in;

	wire_writer_init(&in, buffer, sizeof(buffer));
	wire_put_bytes(&in, ssid, strlen(ssid));
	wire_put_u8(&in, security);
	return call(w, WIRE_WIFI_FORGET_STORED, buffer, in.length);
}

int set_bytes(struct world *w, int id, uint32_t attribute, const void *value, size_t length)
{
	uint8_t buffer[1024];
	struct wire_writer in;

	wire_writer_init(&in, buffer, sizeof(buffer));
	wire_put_i32(&in, id);
	wire_put_u32(&in, attribute);
	wire_put_bytes(&in, value, length);
	assert_false(in.failed);
	return call(w, WIRE_WIFI_SET_OPT, buffer, in.length);
}

int set_text(struct world *w, int id, uint32_t attribute, const char *value)
{
	return set_bytes(w, id, attribute, value, strlen(value));
}

int set_byte(struct world *w, int id, uint32_t attribute, uint8_t value)
{
	return set_bytes(w, id, attribute, &value, 1);
}

int get_option(struct world *w, int id, uint32_t attribute)
{
	uint8_t buffer[8];
	struct wire_writer in;

	wire_writer_init(&in, buffer, sizeof(buffer));
	wire_put_i32(&in, id);
	wire_put_u32(&in, attribute);
	return call(w, WIRE_WIFI_GET_OPT, buffer, in.length);
}

int persist(struct world *w)
{
	return set_bytes(w, -1, SAVE, NULL, 0);
}

int reload(struct world *w)
{
	return set_bytes(w, -1, RELOAD, NULL, 0);
}

int diagnose(struct world *w, int id, struct diagnostics_reply *ret)
{
	int r = get_option(w, id, DIAGNOSTICS);

	if (r < 0)
		return r;
	ret->enabled = wire_get_u8(&w->out);
	ret->connected = wire_get_u8(&w->out);
	ret->error = wire_get_i32(&w->out);
	ret->wall_s = wire_get_i64(&w->out);
	ret->cert_error = wire_get_i32(&w->out);
	ret->cert_depth = wire_get_i32(&w->out);
	assert_true(wire_get_str(&w->out, ret->subject, sizeof(ret->subject)));
	assert_true(wire_reader_done(&w->out));
	return r;
}

const char *text_of(struct world *w, int id, uint32_t attribute)
{
	static char text[300];

	assert_true(get_option(w, id, attribute) >= 0);
	assert_true(wire_get_str(&w->out, text, sizeof(text)));
	assert_true(wire_reader_done(&w->out));
	return text;
}

/* ---- What was seen ----------------------------------------------------------------------------------------------------- */

const char *connected(struct world *w)
{
	struct device_network_info info;

	for (size_t i = 0; device_get_network(w->dev, i, &info); i++)
		if (info.connected) {
			assert_int_equal(info.id, device_get_connected(w->dev));
			return info.config_name;
		}
	assert_int_equal(device_get_connected(w->dev), -1);
	return "";
}

const char *roots_tried(struct world *w, size_t from)
{
	static char text[64];
	size_t n = 0;

	assert_true(w->attempt_count <= ATTEMPTS_MAX);
	for (size_t i = from; i < w->attempt_count && n < sizeof(text) - 1; i++)
		text[n++] = w->attempts[i].root;
	text[n] = '\0';
	return text;
}

const struct event *last_event(struct world *w, enum device_event_kind kind)
{
	size_t first = w->event_count > EVENTS_MAX ? w->event_count - EVENTS_MAX : 0;

	for (size_t i = w->event_count; i > first; i--)
		if (w->events[(i - 1) % EVENTS_MAX].kind == kind)
			return &w->events[(i - 1) % EVENTS_MAX];
	return NULL;
}

size_t count_events(struct world *w, enum device_event_kind kind)
{
	size_t n = 0;

	assert_true(w->event_count <= EVENTS_MAX);
	for (size_t i = 0; i < w->event_count; i++)
		n += w->events[i].kind == kind;
	return n;
}

bool has_network(struct world *w, const char *name, struct device_network_info *ret)
{
	for (size_t i = 0; device_get_network(w->dev, i, ret); i++)
		if (strcmp(ret->config_name, name) == 0)
			return true;
	return false;
}
