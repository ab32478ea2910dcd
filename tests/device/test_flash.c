/* What survives power loss, and that each change of flash happens wholly or not at all: the power goes at every write in turn. */
#include "tests/device/fixture.h"

#include <openssl/sha.h>

/* ---- Every operation that writes ------------------------------------------------------------------------------------- */

static int do_install_root(struct world *w)
{
	return install_root(w, "Root", pki_cert_pem(root(1)));
}

static int do_install_client(struct world *w)
{
	return install_client(w, "Fresh", pki_cert_pem(client(1)), key_of(1, PKI_PKCS8, NULL), NULL);
}

static int do_delete(struct world *w)
{
	return delete_id(w, "Client");
}

static int do_move(struct world *w)
{
	return move_id(w, "Spare", "Root");
}

static int do_operator_install(struct world *w)
{
	return device_op_install_client(w->dev, "Client", pki_cert_pem(client(1)), key_of(1, PKI_PKCS8, NULL), NULL);
}

static int do_operator_delete(struct world *w)
{
	return device_op_delete_certificate(w->dev, "Root");
}

static int do_persist(struct world *w)
{
	wire_put_i32(&w->in, 0);
	wire_put_u32(&w->in, 8); /* root CA id */
	wire_put_str(&w->in, "Spare");
	assert_int_equal(call(w, WIRE_WIFI_SET_OPT), 0);
	wire_put_i32(&w->in, -1);
	wire_put_u32(&w->in, 3); /* save */
	wire_put_bytes(&w->in, NULL, 0);
	return call(w, WIRE_WIFI_SET_OPT);
}

static int do_forget_all(struct world *w)
{
	return call(w, WIRE_WIFI_FORGET_ALL);
}

static int do_store_open(struct world *w)
{
	wire_put_str(&w->in, "Guest");
	return call(w, WIRE_WIFI_STORE_OPEN);
}

static int do_operator_disable(struct world *w)
{
	return device_op_set_enabled(w->dev, "Network1", false);
}

static int do_operator_forget(struct world *w)
{
	return device_op_forget_network(w->dev, "Network1");
}

static int do_interface_down(struct world *w)
{
	wire_put_str(&w->in, "wlan0");
	wire_put_u8(&w->in, 0);
	return call(w, WIRE_NET_IF_SET_STATE);
}

static int do_time_sync_off(struct world *w)
{
	wire_put_u8(&w->in, 0);
	return call(w, WIRE_TIMESYNC_SET);
}

static int do_static_address(struct world *w)
{
	wire_put_str(&w->in, "wlan0");
	wire_put_u8(&w->in, 1);
	wire_put_u32(&w->in, 0x0a000002);
	wire_put_u32(&w->in, 0xffffff00);
	wire_put_u32(&w->in, 0x0a000001);
	wire_put_u8(&w->in, 0);
	wire_put_u8(&w->in, 0);
	return call(w, WIRE_NET_IP_APPLY);
}

static int do_proxy(struct world *w)
{
	wire_put_u32(&w->in, 2);
	wire_put_u8(&w->in, 0);
	wire_put_u8(&w->in, 0);
	wire_put_str(&w->in, "proxy.example");
	wire_put_u32(&w->in, 3128);
	wire_put_str(&w->in, "");
	wire_put_str(&w->in, "");
	wire_put_str(&w->in, "");
	return call(w, WIRE_PROXY_APPLY);
}

static int do_hardware_address(struct world *w)
{
	wire_put_str(&w->in, "eth0");
	wire_put_u8(&w->in, 1);
	wire_put_bytes(&w->in, "\2\3\4\5\6\7", 6);
	return call(w, WIRE_NET_IF_SET_OPT);
}

static int do_create_file(struct world *w)
{
	return call(w, WIRE_STORAGE_OPEN);
}

static const struct {
	const char *name, *area;
	int (*act)(struct world *w);
} operations[] = {
	{ "install a root", "certstore", do_install_root },
	{ "install a client", "certstore", do_install_client },
	{ "delete", "certstore", do_delete },
	{ "move", "certstore", do_move },
	{ "operator installs", "certstore", do_operator_install },
	{ "operator deletes", "certstore", do_operator_delete },
	{ "persist", "wifi", do_persist },
	{ "forget all", "wifi", do_forget_all },
	{ "store an open network", "wifi", do_store_open },
	{ "operator disables", "wifi", do_operator_disable },
	{ "operator forgets", "wifi", do_operator_forget },
	{ "interface down", "settings", do_interface_down },
	{ "time sync off", "settings", do_time_sync_off },
	{ "static address", "settings", do_static_address },
	{ "proxy", "settings", do_proxy },
	{ "hardware address", "settings", do_hardware_address },
	{ "create the mutable file", "storage", do_create_file },
};

/* What is in flash, as one text that two states can be compared by. Keys by their hash. */
static const char *flash_of(struct world *w, char buffer[8192])
{
	struct device_certificate_info cert;
	struct device_network_info net;
	size_t n = 0;

	for (size_t i = 0; device_get_certificate(w->dev, i, &cert); i++) {
		const char *key = device_get_key_pem(w->dev, cert.id);
		uint8_t hash[SHA256_DIGEST_LENGTH] = { 0 };

		if (key)
			(void) SHA256((const uint8_t *)key, strlen(key), hash);
		n += (size_t)snprintf(buffer + n, 8192 - n, "%s %s %02x%02x%02x %.400s\n", cert.id, cert.subject, hash[0], hash[1], hash[2],
		                      cert.cert_pem);
		assert_true(n < 8192);
	}
	for (size_t i = 0; device_get_persisted_network(w->dev, i, &net); i++) {
		n += (size_t)snprintf(buffer + n, 8192 - n, "%s %s %s %d\n", net.config_name, net.root_id, net.client_id, net.enabled);
		assert_true(n < 8192);
	}
	n += (size_t)snprintf(buffer + n, 8192 - n, "time sync %d, file %d, ", call(w, WIRE_TIMESYNC_GET), w->file >= 0);
	wire_put_str(&w->in, "wlan0");
	n += (size_t)snprintf(buffer + n, 8192 - n, "up %d, ", call(w, WIRE_NET_IF_STATUS) & 1);
	wire_put_u64(&w->in, 1);
	(void) call(w, WIRE_NET_IF_LIST);
	(void) wire_get_u8(&w->out);
	(void) wire_get_bytes(&w->out, &(size_t){ 0 });
	n += (size_t)snprintf(buffer + n, 8192 - n, "dhcp %d, ", wire_get_u8(&w->out));
	n += (size_t)snprintf(buffer + n, 8192 - n, "proxy %d, ", call(w, WIRE_PROXY_GET));
	wire_put_str(&w->in, "eth0");
	wire_put_u8(&w->in, 1);
	assert_int_equal(call(w, WIRE_NET_IF_GET_OPT), 0);
	n += (size_t)snprintf(buffer + n, 8192 - n, "address %02x\n", wire_get_bytes(&w->out, &(size_t){ 0 })[5]);
	assert_true(n < 8192);
	return buffer;
}

static struct world *furnished(void **state)
{
	struct world *w = world_anew(state, NULL, NULL);

	device_set_ethernet(w->dev, true);
	connect_network(w);
	assert_int_equal(install_root(w, "Spare", pki_cert_pem(root(1))), 0);
	return w;
}

static void a_power_cut_at_any_write_leaves_the_old_or_the_new(void **state)
{
	char before[8192], after[8192], old[8192];

	for (size_t i = 0; i < ARRAY_LEN(operations); i++) {
		struct world *w = furnished(state);
		int writes;

		/* Without a cut: the new state, and the number of writes. */
		(void) flash_of(w, before);
		w->writes_left = 1000;
		w->event_count = 0;
		assert_true(operations[i].act(w) >= 0);
		writes = 1000 - w->writes_left;
		assert_int_equal(writes, 1); /* so that there is nothing in between */
		assert_int_equal(count_events(w, DEVICE_EVENT_FLASH), 1);
		assert_string_equal(last_text(w, DEVICE_EVENT_FLASH), operations[i].area);
		w->writes_left = -1;
		reboot(w);
		if (strcmp(flash_of(w, after), before) == 0)
			fail_msg("%s: nothing was changed, or it was forgotten", operations[i].name);

		/* With one at its write. */
		w = furnished(state);
		(void) flash_of(w, before);
		w->writes_left = 0;
		w->event_count = 0;
		assert_true(operations[i].act(w) < 0);
		assert_false(device_is_on(w->dev));
		assert_int_equal(count_events(w, DEVICE_EVENT_FLASH), 0);
		assert_int_equal(count_events(w, DEVICE_EVENT_STORE), 0);
		assert_int_equal(device_next_deadline(w->dev), TIME_NEVER);
		assert_int_equal(device_get_connected(w->dev), -1);
		w->writes_left = -1;
		device_power_on(w->dev, 0);
		if (strcmp(flash_of(w, old), before) != 0)
			fail_msg("%s, cut:\n%s\nwas:\n%s", operations[i].name, old, before);
		/* And it can be done again. */
		assert_true(operations[i].act(w) >= 0);
	}
}

static void deleting_the_mutable_file_is_a_write(void **state)
{
	struct world *w = *state;

	assert_int_equal(call(w, WIRE_STORAGE_OPEN), 0);
	w->writes_left = 0;
	assert_true(call(w, WIRE_STORAGE_DELETE) < 0);
	assert_true(w->file >= 0);
	w->writes_left = -1;
	device_power_on(w->dev, 0);
	assert_int_equal(call(w, WIRE_STORAGE_DELETE), 0);
	assert_true(w->file < 0);
	assert_int_equal(call(w, WIRE_STORAGE_DELETE), -ENOENT);
}

static void refused_requests_do_not_write(void **state)
{
	struct world *w = furnished(state);

	w->writes_left = 0; /* the power would go */
	assert_int_equal(install_root(w, "Root", "no PEM"), -EINVAL);
	assert_int_equal(move_id(w, "None", "Root"), -ENOENT);
	assert_int_equal(move_id(w, "Root", "Root"), 0);
	assert_int_equal(delete_id(w, "None"), -ENOENT);
	wire_put_u8(&w->in, 1); /* as it is */
	assert_int_equal(call(w, WIRE_TIMESYNC_SET), 0);
	wire_put_str(&w->in, "wlan0");
	wire_put_u8(&w->in, 1);
	assert_int_equal(call(w, WIRE_NET_IF_SET_STATE), 0);
	assert_true(device_is_on(w->dev));
}

/* ---- RAM ------------------------------------------------------------------------------------------------------------- */

static void certificates_and_keys_survive_power_loss(void **state)
{
	struct world *w = furnished(state);
	char before[8192], after[8192];

	(void) flash_of(w, before);
	reboot(w);
	assert_string_equal(flash_of(w, after), before);
	assert_string_equal(device_get_key_pem(w->dev, "Client"), key_of(0, PKI_PKCS8, NULL));
}

static void power_off_ends_the_connection_and_power_is_no_toggle(void **state)
{
	struct world *w = furnished(state);

	device_power_on(w->dev, 50 * NS_PER_S); /* it is: nothing happens */
	assert_int_equal(count(w), 3);
	assert_int_equal(device_get_connected(w->dev), 0);
	w->event_count = 0;
	device_power_off(w->dev);
	device_power_off(w->dev);
	assert_int_equal(count_events(w, DEVICE_EVENT_DISCONNECTED), 1);
	assert_int_equal(device_get_connected(w->dev), -1);
	assert_null(device_get_connected_client_pem(w->dev));
	assert_int_equal(device_get_network_count(w->dev), 0);
	assert_int_equal(device_get_persisted_network_count(w->dev), 1);
	assert_int_equal(device_get_certificate_count(w->dev), 3);
	device_link(w->dev, DEVICE_LINK_REAUTH);
	device_run(w->dev);
	assert_int_equal(device_next_deadline(w->dev), TIME_NEVER);
}

static void the_interface_stays_down_over_a_reboot(void **state)
{
	struct world *w = furnished(state);

	assert_int_equal(do_interface_down(w), 0);
	reboot(w);
	advance_s(w, 3600);
	assert_int_equal(device_get_connected(w->dev), -1);
}

static void factory_reset_leaves_nothing(void **state)
{
	struct world *w = furnished(state);

	assert_int_equal(call(w, WIRE_STORAGE_OPEN), 0);
	assert_int_equal(do_interface_down(w), 0);
	assert_int_equal(do_time_sync_off(w), 0);
	device_factory_reset(w->dev); /* is on: must be off */
	assert_int_equal(count(w), 3);
	device_power_off(w->dev);
	device_factory_reset(w->dev);
	assert_true(w->file < 0);
	assert_int_equal(device_get_persisted_network_count(w->dev), 0);
	device_power_on(w->dev, 0);
	assert_int_equal(count(w), 0);
	assert_int_equal(space(w), 24514);
	assert_int_equal(call(w, WIRE_TIMESYNC_GET), 1);
	wire_put_str(&w->in, "wlan0");
	assert_int_equal(call(w, WIRE_NET_IF_STATUS), 1);
	advance_s(w, 600);
	assert_int_equal(device_get_connected(w->dev), -1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_world, free_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_power_cut_at_any_write_leaves_the_old_or_the_new),
		TEST(deleting_the_mutable_file_is_a_write),
		TEST(refused_requests_do_not_write),
		TEST(certificates_and_keys_survive_power_loss),
		TEST(power_off_ends_the_connection_and_power_is_no_toggle),
		TEST(the_interface_stays_down_over_a_reboot),
		TEST(factory_reset_leaves_nothing),
	};

	return cmocka_run_group_tests_name("flash and RAM", tests, make_certificates, free_certificates);
}
