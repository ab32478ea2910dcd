/* Fuzz target: a row of requests against the device, with what happens to it in between (messages.h).
 *
 * What must hold: a result is one that the wire knows; a malformed request changes nothing; flash changes only where a write to flash
 * was told; what the timeline is given holds no control character; and the device can be asked about itself afterwards.
 */
#define _GNU_SOURCE
#include "tests/device/fixture.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/messages.h"

#define ITEMS_MAX 64
#define ADVANCE_MAX_S 3600u

const char fuzz_name[] = "wire";

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void) argc;
	(void) argv;
	return make_certificates(NULL);
}

static void look(const struct world *w)
{
	struct device_certificate_info certificate;
	struct device_network_info network;
	size_t n = 0;

	while (device_get_certificate(w->dev, n, &certificate)) {
		FUZZ_CHECK(strlen(certificate.id) <= 16 && certificate.cert_pem && certificate.subject && certificate.issuer);
		n++;
	}
	FUZZ_CHECK(n == device_get_certificate_count(w->dev));
	FUZZ_CHECK(device_get_certificate_space(w->dev) <= 24576);
	for (n = 0; device_get_network(w->dev, n, &network); n++)
		FUZZ_CHECK(network.id >= 0 && network.ssid_length <= 32 && strlen(network.config_name) <= 16);
	FUZZ_CHECK(n == device_get_network_count(w->dev));
	for (n = 0; device_get_persisted_network(w->dev, n, &network); n++)
		FUZZ_CHECK(network.ssid_length <= 32 && strlen(network.identity) <= 254);
	FUZZ_CHECK(n == device_get_persisted_network_count(w->dev));
	FUZZ_CHECK(device_get_wpa_state(w->dev) != NULL);
}

static void request(struct world *w, uint16_t op, const struct message_item *item)
{
	uint8_t before[32], after[32];
	int r;

	w->event_count = w->sysevent_count = 0;
	device_flash_digest(w->dev, before);
	r = call_bytes(w, op, item->bytes, item->length < WIRE_MAX_PAYLOAD ? item->length : WIRE_MAX_PAYLOAD);
	device_flash_digest(w->dev, after);
	FUZZ_CHECK(r >= 0 || r == -EIO || wire_from_errno(-r) != wire_from_errno(EIO));
	if (memcmp(before, after, sizeof(before)) != 0) {
		FUZZ_CHECK(r != -EBADMSG);
		FUZZ_CHECK(count_events(w, DEVICE_EVENT_FLASH) > 0);
	}
	for (const char *c = device_last_summary(w->dev); *c; c++)
		FUZZ_CHECK((unsigned char)*c >= ' ' && *c != 0x7f);
	if (!device_is_on(w->dev)) { /* the power went */
		w->writes_left = -1;
		device_power_on(w->dev, 0);
	}
}

static uint32_t number(const struct message_item *item)
{
	struct wire_reader in;

	wire_reader_init(&in, item->bytes, item->length);
	return item->length >= 4 ? wire_get_u32(&in) : wire_get_u8(&in);
}

/* All else begins anew. */
static void read_otherwise(void **state, const struct message_item *item)
{
	const struct reading_info *reading;
	char text[128];

	if (item->length < 2)
		return;
	reading = &readings_table()[item->bytes[0] % READING_COUNT];
	(void) snprintf(text, sizeof(text), "%s=%s", reading->name, reading->choices[item->bytes[1] % reading->choice_count].name);
	(void) world_anew(state, text, NULL);
}

static void act(void **state, enum wire_action action, const struct message_item *item)
{
	struct world *w = *state;
	struct device_update update = {.download_ns = 60 * NS_PER_S, .max_deferral_ns = 600 * NS_PER_S};

	w->event_count = w->sysevent_count = 0;
	switch (action) {
	case ACTION_ADVANCE:
		advance_s(w, number(item) % (ADVANCE_MAX_S + 1));
		break;
	case ACTION_REBOOT:
		device_power_off(w->dev);
		device_power_on(w->dev, number(item) % 256 * NS_PER_S);
		break;
	case ACTION_LINK:
		device_link(w->dev, (enum device_link_event)(number(item) % (DEVICE_LINK_VISIBLE + 1)));
		break;
	case ACTION_FLASH:
		device_set_flash(w->dev, (enum device_flash)(number(item) % (DEVICE_FLASH_BROKEN + 1)));
		break;
	case ACTION_WRITES:
		w->writes_left = (int)(number(item) % 256);
		break;
	case ACTION_TIME_SERVER:
		w->time_server = number(item) & 1;
		break;
	case ACTION_UPDATE:
		update.kind = (enum device_update_kind)(number(item) % (DEVICE_UPDATE_OS + 1));
		device_update(w->dev, &update);
		break;
	case ACTION_READING:
		read_otherwise(state, item);
		break;
	case ACTION_NETWORK:
		(void) world_anew(state, NULL, NULL);
		connect_network(*state);
		break;
	case ACTION_APP_GONE:
		device_app_gone(w->dev);
		break;
	case ACTION_COUNT:
		break;
	}
	w = *state;
	if (!device_is_on(w->dev)) {
		w->writes_left = -1;
		device_power_on(w->dev, 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const size_t requests = message_request_count();
	struct message_item item;
	void *state = NULL;

	(void) make_world(&state);
	for (size_t n = 0; n < ITEMS_MAX && message_next(&data, &size, &item); n++) {
		const size_t kind = item.kind % (requests + ACTION_COUNT);

		if (kind < requests)
			request(state, message_op(kind), &item);
		else
			act(&state, (enum wire_action)(kind - requests), &item);
		look(state);
	}
	return free_world(&state);
}
