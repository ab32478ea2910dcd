/* What `az sphere device certificate` and `az sphere device wifi` ask of a device: answers have the keys of its REST interface.
 *
 * Sources: the device's REST responses as Microsoft's manufacturing tools document them (certstore/certs, certstore/space,
 * wifi/config/networks, wifi/interface, wifi/scan, wifi/diagnostics/networks), and the CLI's reference. What neither shows is ours:
 * the keys certError, certDepth and certSubject of diagnostics, and the words of errors.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <openssl/crypto.h>

#include "certs/dates.h"
#include "sim/dev/dev.h"
#include "sim/util/text.h"

#define ID_MAX 16
#define CERT_MAX 8192
#define SCAN_MAX 40

static const char *const securities[] = {"unknown", "open", "psk", "eaptls"};

/* REST writes dates without a zone. */
static void rest_date(int64_t s, char date[DATES_TEXT_MAX])
{
	dates_format(s, date);
	date[strcspn(date, "Z")] = '\0';
}

/* Bytes from outside as a JSON text. */
static json_t *text_json(const void *bytes, size_t length)
{
	char text[512];

	(void) snprintf(text, sizeof(text), "%.*s", (int)length, (const char *)bytes);
	text_sanitize(text);
	return json_string(text);
}

static bool device_answers(const struct request *request)
{
	const struct run *run = request->dev->run;

	if (!device_is_on(run->device))
		request_refuse(request, AZ_FAILED, "the device is off; `azsim ctl power on` switches it on");
	return device_is_on(run->device);
}

static void refuse_errno(const struct request *request, int r)
{
	switch (-r) {
	case EAGAIN:
		request_refuse(request, AZ_FAILED, "the device is still booting; try again in a moment");
		break;
	case ENETDOWN:
		request_refuse(request, AZ_FAILED, "the interface wlan0 is disabled");
		break;
	case ENOSPC:
		request_refuse(request, AZ_FAILED, "the certificate store is full: %zu bytes are free; `azsim device certificate delete` makes room",
		               device_get_certificate_space(request->dev->run->device));
		break;
	case ENOMEM:
		request_refuse(request, AZ_FAILED, "the device holds as many networks as it can; `azsim device wifi forget` makes room");
		break;
	case EIO:
		request_refuse(request, AZ_FAILED, "the power went while the device wrote");
		break;
	default:
		request_refuse(request, AZ_FAILED, "the device refuses: %s (%s)", strerror(-r), strerrorname_np(-r));
	}
}

/* What an operator does is not the application's doing. */
static void begin_operator(const struct request *request)
{
	request->dev->run->operator_acts = true;
}

static void end_operator(const struct request *request)
{
	struct run *run = request->dev->run;

	run->operator_acts = false;
	oracle_operator_acted(run);
	run->state_changed = true;
}

/* ---- Certificates -------------------------------------------------------------------------------------------------------- */

static const char *needed(const struct request *request, const char *name)
{
	const char *value = request_option(request, name);

	if (!value || !value[0])
		request_refuse(request, AZ_USAGE, "--%s is missing", name);
	return value && value[0] ? value : NULL;
}

static bool is_identifier(const char *id)
{
	return strlen(id) <= ID_MAX && id[strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_")] == '\0';
}

/* The id of --certificate; NULL: it is refused. */
static const char *certificate_id(const struct request *request)
{
	const char *id = needed(request, "certificate");

	if (id && !is_identifier(id)) {
		request_refuse(request, AZ_USAGE, "--certificate %.32s: an identifier has 1 to 16 of A-Z a-z 0-9 . - _", id);
		id = NULL;
	}
	return id;
}

static bool find_certificate(const struct request *request, const char *id, struct device_certificate_info *ret)
{
	for (size_t i = 0; device_get_certificate(request->dev->run->device, i, ret); i++)
		if (strcmp(ret->id, id) == 0)
			return true;
	request_refuse(request, AZ_FAILED, "no certificate with the identifier \"%s\" exists on the device", id);
	return false;
}

/* Lengths that the store would refuse without saying which. */
static bool check_blobs(const struct request *request, const char *cert, const char *key, const char *password)
{
	if (strlen(cert) == 0 || strlen(cert) > CERT_MAX)
		request_refuse(request, AZ_FAILED, "the certificate has %zu bytes; a device takes 1 to %d", strlen(cert), CERT_MAX);
	else if (key && (strlen(key) == 0 || strlen(key) > CERT_MAX))
		request_refuse(request, AZ_FAILED, "the private key has %zu bytes; a device takes 1 to %d", strlen(key), CERT_MAX);
	else if (password && strlen(password) > 256)
		request_refuse(request, AZ_FAILED, "the password is longer than 256 bytes");
	else
		return true;
	return false;
}

static bool is_client_type(const struct request *request, const char *type, bool *ret_client)
{
	*ret_client = strcmp(type, "client") == 0;
	if (*ret_client || strcmp(type, "rootca") == 0)
		return true;
	request_refuse(request, AZ_USAGE, "--cert-type %.32s: client or rootca", type);
	return false;
}

static void install(const struct request *request, const char *id, bool client, const char *cert, const char *key, const char *password)
{
	struct run *run = request->dev->run;
	const char *why;
	int r;

	begin_operator(request);
	run_note(run, TL_WORLD, true, NULL, "operator: adds %s %s", client ? "client certificate" : "root CA", id);
	r = client ? device_op_install_client(run->device, id, cert, key, password) : device_op_install_root(run->device, id, cert);
	end_operator(request);
	if (r < 0)
		run_note(run, TL_WORLD, true, NULL, "operator: refused: %s", strerror(-r));
	why = r == -EINVAL ? device_op_explain_install(run->device, cert, key, password) : NULL;
	if (r == 0) {
		if (client && device_get_key_pem(run->device, id))
			oracle_add_secret(run, device_get_key_pem(run->device, id));
		request_answer(request, json_object());
	} else if (why) {
		request_refuse(request, AZ_FAILED, "%s", why);
	} else {
		refuse_errno(request, r);
	}
}

void command_certificate_add(const struct request *request)
{
	const char *id, *type, *cert, *key = request_option(request, "private-key"), *password = request_option(request, "private-key-password");
	bool client;

	if (!device_answers(request) || !(id = certificate_id(request)) || !(type = needed(request, "cert-type")) ||
	    !is_client_type(request, type, &client) || !(cert = needed(request, "public-key")))
		return;
	if (client && !key)
		request_refuse(request, AZ_USAGE, "a client certificate needs its private key: --private-key-file is missing");
	else if (!client && (key || password))
		request_refuse(request, AZ_USAGE, "a root CA comes without a private key; leave --private-key-file and --private-key-password away");
	else if (check_blobs(request, cert, key, password))
		install(request, id, client, cert, key, password);
}

void command_certificate_delete(const struct request *request)
{
	struct run *run = request->dev->run;
	struct device_certificate_info info;
	const char *id;
	int r;

	if (!device_answers(request) || !(id = certificate_id(request)) || !find_certificate(request, id, &info))
		return;
	begin_operator(request);
	run_note(run, TL_WORLD, true, NULL, "operator: deletes certificate %s", id);
	r = device_op_delete_certificate(run->device, id);
	end_operator(request);
	if (r < 0)
		refuse_errno(request, r);
	else
		request_answer(request, json_object());
}

void command_certificate_list(const struct request *request)
{
	struct device_certificate_info info;
	json_t *list;

	if (!device_answers(request))
		return;
	list = json_array();
	for (size_t i = 0; device_get_certificate(request->dev->run->device, i, &info); i++)
		(void) json_array_append_new(list, json_string(info.id));
	request_answer(request, json_pack("{s:o}", "identifiers", list));
}

void command_certificate_show(const struct request *request)
{
	struct device_certificate_info info;
	char from[DATES_TEXT_MAX], until[DATES_TEXT_MAX];
	const char *id;

	if (!device_answers(request) || !(id = certificate_id(request)) || !find_certificate(request, id, &info))
		return;
	rest_date(info.not_before_s, from);
	rest_date(info.not_after_s, until);
	request_answer(request, json_pack("{s:s, s:s, s:s, s:o, s:o}", "id", info.id, "notBefore", from, "notAfter", until, "subjectName",
	                                  text_json(info.subject, strlen(info.subject)), "issuerName", text_json(info.issuer, strlen(info.issuer))));
}

void command_certificate_quota(const struct request *request)
{
	if (device_answers(request))
		request_answer(request, json_pack("{s:I}", "availableSpace", (json_int_t)device_get_certificate_space(request->dev->run->device)));
}

/* ---- Networks ------------------------------------------------------------------------------------------------------------ */

static const char *security_name(uint8_t security)
{
	return security < ARRAY_LEN(securities) ? securities[security] : "unknown";
}

static const char *config_state(const struct device_network_info *net)
{
	return !net->enabled ? "disabled" : net->temp_disabled ? "temp-disabled" : "enabled";
}

static const char *connection_state(const struct device_network_info *net)
{
	return net->connected ? "connected" : net->enabled && !net->tried && !net->has_diagnostics ? "unknown" : "disconnected";
}

static void set_if(json_t *json, const char *key, const char *text)
{
	if (text[0])
		(void) json_object_set_new(json, key, text_json(text, strlen(text)));
}

static json_t *network_json(const struct device_network_info *net)
{
	json_t *json = json_pack("{s:o, s:s, s:s, s:i, s:s, s:b}", "ssid", text_json(net->ssid, net->ssid_length), "configState", config_state(net),
	                         "connectionState", connection_state(net), "id", net->id, "securityState", security_name(net->security),
	                         "targetedScan", net->targeted_scan);

	set_if(json, "configName", net->config_name);
	set_if(json, "clientCertStoreIdentifier", net->client_id);
	set_if(json, "rootCaCertStoreIdentifier", net->root_id);
	set_if(json, "clientIdentity", net->identity);
	return json;
}

/* The network of that option. False: it is refused. */
static bool find_network(const struct request *request, const char *option, struct device_network_info *ret)
{
	const char *text = needed(request, option);
	char *end;
	long id;

	if (!text)
		return false;
	id = strtol(text, &end, 10);
	if (end == text || *end || id < 0 || id > 1000) {
		request_refuse(request, AZ_USAGE, "--%s %.32s: a network's id is a number; `azsim device wifi list` shows them", option, text);
		return false;
	}
	for (size_t i = 0; device_get_network(request->dev->run->device, i, ret); i++)
		if (ret->id == id)
			return true;
	request_refuse(request, AZ_FAILED, "no network with the id %ld exists on the device; `azsim device wifi list` shows them", id);
	return false;
}

static void answer_network(const struct request *request, int id)
{
	struct device_network_info net;

	for (size_t i = 0; device_get_network(request->dev->run->device, i, &net); i++)
		if (net.id == id) {
			request_answer(request, network_json(&net));
			return;
		}
	request_answer(request, json_object());
}

static bool check_text(const struct request *request, const char *option, size_t max)
{
	const char *text = request_option(request, option);

	if (!text || (strlen(text) >= 1 && strlen(text) <= max))
		return true;
	request_refuse(request, AZ_USAGE, "--%s: 1 to %zu bytes", option, max);
	return false;
}

/* Of --client-cert-id and --root-ca-cert-id; the certificate need not be there yet. */
static bool check_cert_id(const struct request *request, const char *option)
{
	const char *id = request_option(request, option);

	if (!id || (id[0] && is_identifier(id)))
		return true;
	request_refuse(request, AZ_USAGE, "--%s %.32s: an identifier has 1 to 16 of A-Z a-z 0-9 . - _", option, id);
	return false;
}

static bool check_psk(const struct request *request, const char *psk)
{
	size_t n = psk ? strlen(psk) : 8;

	if (n >= 8 && n <= 64 && (n < 64 || strspn(psk, "0123456789abcdefABCDEF") == 64))
		return true;
	request_refuse(request, AZ_USAGE, "--psk: 8 to 63 characters, or 64 hexadecimal digits");
	return false;
}

void command_wifi_add(const struct request *request)
{
	struct run *run = request->dev->run;
	struct device_network_setup setup = {
		.config_name = request_option(request, "config-name"), .psk = request_option(request, "psk"),
		.identity = request_option(request, "client-id"), .client_id = request_option(request, "client-cert-id"),
		.root_id = request_option(request, "root-ca-cert-id"), .targeted_scan = request_flag(request, "targeted-scan"), .enabled = true,
	};
	const char *ssid;
	bool eap_tls = setup.client_id || setup.root_id || setup.identity;
	int r;

	if (!device_answers(request) || !(ssid = needed(request, "ssid")) || !check_text(request, "ssid", 32) ||
	    !check_text(request, "config-name", 16) || !check_text(request, "client-id", 254) || !check_cert_id(request, "client-cert-id") ||
	    !check_cert_id(request, "root-ca-cert-id") || !check_psk(request, setup.psk))
		return;
	if (eap_tls && setup.psk) {
		request_refuse(request, AZ_USAGE, "--psk is for WPA2 networks, the certificates and --client-id for EAP-TLS: keep one kind");
		return;
	}
	if (eap_tls && !setup.client_id) {
		request_refuse(request, AZ_USAGE, "an EAP-TLS network needs a client certificate: --client-cert-id is missing");
		return;
	}
	setup.open = !eap_tls && !setup.psk;
	setup.ssid = (const uint8_t *)ssid;
	setup.ssid_length = strlen(ssid);
	begin_operator(request);
	run_note(run, TL_WORLD, true, NULL, "operator: adds network %s", ssid);
	r = device_op_add_network(run->device, &setup);
	end_operator(request);
	if (r < 0)
		refuse_errno(request, r);
	else
		answer_network(request, r);
}

static void switch_network(const struct request *request, bool enabled)
{
	struct run *run = request->dev->run;
	struct device_network_info net;
	int r;

	if (!device_answers(request) || !find_network(request, "id", &net))
		return;
	begin_operator(request);
	run_note(run, TL_WORLD, true, NULL, "operator: %s network %d", enabled ? "enables" : "disables", net.id);
	r = device_op_set_enabled_id(run->device, net.id, enabled);
	end_operator(request);
	if (r < 0)
		refuse_errno(request, r);
	else
		answer_network(request, net.id);
}

void command_wifi_enable(const struct request *request)
{
	switch_network(request, true);
}

void command_wifi_disable(const struct request *request)
{
	switch_network(request, false);
}

void command_wifi_forget(const struct request *request)
{
	struct run *run = request->dev->run;
	struct device_network_info net;
	int r;

	if (!device_answers(request) || !find_network(request, "id", &net))
		return;
	begin_operator(request);
	run_note(run, TL_WORLD, true, NULL, "operator: forgets network %d", net.id);
	r = device_op_forget_network_id(run->device, net.id);
	end_operator(request);
	if (r < 0)
		refuse_errno(request, r);
	else
		request_answer(request, json_object());
}

void command_wifi_reload(const struct request *request)
{
	struct run *run = request->dev->run;

	if (!device_answers(request))
		return;
	begin_operator(request);
	run_note(run, TL_WORLD, true, NULL, "operator: reloads the Wi-Fi configuration");
	(void) device_op_reload(run->device);
	end_operator(request);
	request_answer(request, json_object());
}

void command_wifi_list(const struct request *request)
{
	struct device_network_info net;
	json_t *list;

	if (!device_answers(request))
		return;
	list = json_array();
	for (size_t i = 0; device_get_network(request->dev->run->device, i, &net); i++)
		(void) json_array_append_new(list, network_json(&net));
	request_answer(request, json_pack("{s:o}", "values", list));
}

void command_wifi_show(const struct request *request)
{
	struct device_network_info net;

	if (device_answers(request) && find_network(request, "id", &net))
		request_answer(request, network_json(&net));
}

static json_t *bssid_json(const uint8_t bssid[6])
{
	return json_sprintf("%02x:%02x:%02x:%02x:%02x:%02x", bssid[0], bssid[1], bssid[2], bssid[3], bssid[4], bssid[5]);
}

void command_wifi_scan(const struct request *request)
{
	struct device_scan_row rows[SCAN_MAX];
	json_t *list;
	int found;

	if (!device_answers(request))
		return;
	found = device_op_scan(request->dev->run->device, rows, SCAN_MAX);
	if (found < 0) {
		refuse_errno(request, found);
		return;
	}
	list = json_array();
	for (int i = 0; i < found && i < SCAN_MAX; i++)
		(void) json_array_append_new(list, json_pack("{s:o, s:i, s:i, s:o, s:s}", "bssid", bssid_json(rows[i].bssid), "freq",
		                                             (int)rows[i].frequency_mhz, "signal_level", rows[i].rssi_dbm, "ssid",
		                                             text_json(rows[i].ssid, rows[i].ssid_length), "securityState",
		                                             security_name(rows[i].security)));
	request_answer(request, json_pack("{s:o}", "values", list));
}

void command_wifi_status(const struct request *request)
{
	static const char *const key_management[] = {"NONE", "NONE", "WPA2-PSK", "WPA2/IEEE 802.1X/EAP"};
	const struct run *run = request->dev->run;
	struct device_network_info net;
	json_t *result;

	if (!device_answers(request))
		return;
	result = json_pack("{s:s, s:s}", "wpa_state", device_get_wpa_state(run->device), "connectionState", "disconnected");
	for (size_t i = 0; device_get_network(run->device, i, &net); i++)
		if (net.connected) {
			(void) json_object_update_new(result, network_json(&net));
			(void) json_object_update_new(result, json_pack("{s:s, s:s, s:i}", "mode", "station", "key_mgmt",
			                                                key_management[net.security & 3], "freq", 2412));
		}
	request_answer(request, result);
}

/* ---- Diagnostics --------------------------------------------------------------------------------------------------------- */

/* The codes of WifiConfig_NetworkDiagnostics [wificonfig.h]. */
static const char *error_name(int error)
{
	static const char *const names[] = {
		"", "ConnectionFailed", "NetworkNotFound", "NoPskIncluded", "WrongKey", "AuthenticationFailed", "SecurityTypeMismatch",
		"NetworkFrequencyNotAllowed", "NetworkNotEssPbssMbss", "NetworkNotSupported", "NetworkNonWpa"};

	return error > 0 && error < (int)ARRAY_LEN(names) ? names[error] : "Unknown";
}

static const char *cert_error_name(int error)
{
	static const char *const names[] = {"CertificateNotFound", "InvalidRootCA", "InvalidClientAuth", "UnknownClientId"};

	return error >= 100 && error - 100 < (int)ARRAY_LEN(names) ? names[error - 100] : "Unknown";
}

static json_t *diagnostics_json(const struct device_network_info *net)
{
	char date[DATES_TEXT_MAX];
	json_t *json;

	rest_date(net->diagnostics_wall_s, date);
	json = json_pack("{s:o, s:i, s:o, s:s, s:s, s:s}", "timestamp", json_sprintf("%s+0000", date), "networkId", net->id, "ssid",
	                 text_json(net->ssid, net->ssid_length), "error", error_name(net->error), "configState", config_state(net),
	                 "connectionState", connection_state(net));
	if (net->cert_error)
		(void) json_object_set_new(json, "certError", json_string(cert_error_name(net->cert_error)));
	if (net->cert_error && net->cert_depth >= 0) {
		(void) json_object_set_new(json, "certDepth", json_integer(net->cert_depth));
		set_if(json, "certSubject", net->cert_subject);
	}
	return json;
}

void command_wifi_diagnostics(const struct request *request)
{
	struct device_network_info net;
	json_t *list;

	if (!device_answers(request))
		return;
	if (request_option(request, "id")) {
		if (!find_network(request, "id", &net))
			return;
		if (net.has_diagnostics)
			request_answer(request, json_pack("{s:[o]}", "values", diagnostics_json(&net)));
		else
			request_answer(request, json_pack("{s:[]}", "values"));
		return;
	}
	list = json_array();
	for (size_t i = 0; device_get_network(request->dev->run->device, i, &net); i++)
		if (net.has_diagnostics)
			(void) json_array_append_new(list, diagnostics_json(&net));
	request_answer(request, json_pack("{s:o}", "values", list));
}
