/* The shape of a scenario file: which keys stand where, and of what type their values are.
 *
 * Every key here is documented in scenarios/README.md. Leaves to others: what texts mean, what goes with what (build*.c).
 */
#include "sim/scenario/build.h"
#include "sim/scenario/sourcemap.h"

#define OPT CYAML_FLAG_OPTIONAL
#define OPT_PTR (CYAML_FLAG_OPTIONAL | CYAML_FLAG_POINTER)
#define TEXT_MAX SOURCE_MAX_SCALAR
#define LIST_MAX 1000 /* of names; lists of events and expectations may be longer */

#define NEED_TEXT(key, type, member) CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER, type, member, 1, TEXT_MAX)
#define TEXT(key, type, member) CYAML_FIELD_STRING_PTR(key, OPT_PTR, type, member, 1, TEXT_MAX)
#define CHOICE(key, type, member, choices) \
	CYAML_FIELD_ENUM(key, OPT | CYAML_FLAG_STRICT, type, member, choices, CYAML_ARRAY_LEN(choices))
#define YES_NO(key, type, member) CHOICE(key, type, member, yes_no)
#define NUMBER(key, type, member) CYAML_FIELD_UINT_PTR(key, OPT_PTR, type, member)
#define SIGNED(key, type, member) CYAML_FIELD_INT_PTR(key, OPT_PTR, type, member)
#define GROUP(key, type, member, fields) CYAML_FIELD_MAPPING_PTR(key, OPT_PTR, type, member, fields)
#define NAMES(key, type, member) \
	CYAML_FIELD_SEQUENCE_COUNT(key, OPT_PTR, type, member, member##_count, &name_value, 1, LIST_MAX)
/* An empty list means something: nothing at all. */
#define NAMES_OR_NONE(key, type, member) \
	CYAML_FIELD_SEQUENCE_COUNT(key, OPT_PTR, type, member, member##_count, &name_value, 0, LIST_MAX)

static const cyaml_strval_t yes_no[] = {
	{"yes", SCN_YES}, {"no", SCN_NO}, {"true", SCN_YES}, {"false", SCN_NO},
};
static const cyaml_strval_t uses[] = {
	{"root", PKI_ROOT}, {"intermediate", PKI_INTERMEDIATE}, {"server", PKI_SERVER}, {"client", PKI_CLIENT},
	{"device-auth", PKI_DEVICE_AUTH},
};
static const cyaml_strval_t keys[] = {
	{"p256", PKI_KEY_P256}, {"rsa2048", PKI_KEY_RSA2048}, {"rsa3072", PKI_KEY_RSA3072}, {"rsa4096", PKI_KEY_RSA4096},
};
static const cyaml_strval_t faults[] = {
	{"expired", PKI_FAULT_EXPIRED}, {"not-yet-valid", PKI_FAULT_NOT_YET_VALID}, {"wrong-eku", PKI_FAULT_WRONG_EKU},
	{"wrong-key", PKI_FAULT_WRONG_KEY}, {"bad-signature", PKI_FAULT_BAD_SIGNATURE}, {"oversize", PKI_FAULT_OVERSIZE},
	{"weak-signature", PKI_FAULT_WEAK_SIGNATURE},
};
static const cyaml_strval_t securities[] = {
	{"eap-tls", AUTH_SECURITY_EAP_TLS + 1}, {"open", AUTH_SECURITY_OPEN + 1}, {"psk", AUTH_SECURITY_PSK + 1},
};
static const cyaml_strval_t tls_versions[] = {{"1.2", 12}, {"1.3", 13}};
static const cyaml_strval_t crl_states[] = {{"absent", SCN_CRL_ABSENT}, {"unchecked", SCN_CRL_UNCHECKED}};
static const cyaml_strval_t issuer_states[] = {
	{"up", SCN_ISSUER_UP}, {"down", SCN_ISSUER_DOWN}, {"slow", SCN_ISSUER_SLOW}, {"refuse", SCN_ISSUER_REFUSE},
	{"error", SCN_ISSUER_ERROR}, {"wrong", SCN_ISSUER_WRONG},
};
static const cyaml_strval_t web_states[] = {{"up", SCN_WEB_UP}, {"down", SCN_WEB_DOWN}, {"silent", SCN_WEB_SILENT}};
static const cyaml_strval_t powers[] = {{"on", SCN_POWER_ON}, {"off", SCN_POWER_OFF}, {"cut", SCN_POWER_CUT}};
static const cyaml_strval_t flashes[] = {{"good", SCN_FLASH_GOOD}, {"full", SCN_FLASH_FULL}, {"broken", SCN_FLASH_BROKEN}};
static const cyaml_strval_t update_kinds[] = {
	{"none", DEVICE_UPDATE_NONE}, {"app", DEVICE_UPDATE_APP}, {"other-app", DEVICE_UPDATE_OTHER_APP}, {"os", DEVICE_UPDATE_OS},
};
static const cyaml_strval_t phases[] = {{"before", RAW_PHASE_BEFORE}, {"after", RAW_PHASE_AFTER}};

static const cyaml_schema_value_t name_value = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, TEXT_MAX)};

static const cyaml_schema_field_t cert_fields[] = {
	NEED_TEXT("name", struct raw_cert, name),
	CYAML_FIELD_ENUM("use", CYAML_FLAG_STRICT, struct raw_cert, use, uses, CYAML_ARRAY_LEN(uses)),
	CHOICE("key", struct raw_cert, key, keys),
	TEXT("cn", struct raw_cert, cn),
	TEXT("issuer", struct raw_cert, issuer),
	TEXT("dns", struct raw_cert, dns),
	TEXT("key_of", struct raw_cert, key_of),
	CYAML_FIELD_SEQUENCE_FIXED("valid", CYAML_FLAG_DEFAULT, struct raw_cert, valid, &name_value, 2),
	CHOICE("fault", struct raw_cert, fault, faults),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t cert_value = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_cert, cert_fields)};

static const cyaml_schema_field_t crl_fields[] = {
	NAMES_OR_NONE("revoked", struct raw_crl, revoked),
	TEXT("from", struct raw_crl, from),
	TEXT("until", struct raw_crl, until),
	CHOICE("state", struct raw_crl, state, crl_states),
	CYAML_FIELD_END,
};

/* In `network:` and in `radius:` alike; `m` says where struct raw_radius is in the type. */
#define RADIUS_FIELDS(type, m)                                         \
	TEXT("server", type, m server),                                \
	NAMES("client_roots", type, m client_roots),                   \
	YES_NO("up", type, m up),                                      \
	YES_NO("secret_wrong", type, m secret_wrong),                  \
	YES_NO("cn_must_match", type, m cn_must_match),                \
	NAMES("identities", type, m identities),                       \
	NAMES_OR_NONE("chain", type, m chain),                         \
	NAMES("only_clients", type, m only_clients),                   \
	NUMBER("fragment_size", type, m fragment_size),                \
	CHOICE("tls", type, m tls, tls_versions),                      \
	GROUP("crl", type, m crl, crl_fields),                         \
	TEXT("clock_step", type, m clock_step)

static const cyaml_schema_field_t radius_fields[] = {
	RADIUS_FIELDS(struct raw_radius, ),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t other_ap_fields[] = {
	NEED_TEXT("ssid", struct raw_other_ap, ssid),
	CHOICE("security", struct raw_other_ap, security, securities),
	TEXT("psk", struct raw_other_ap, psk),
	YES_NO("hidden", struct raw_other_ap, hidden),
	YES_NO("up", struct raw_other_ap, up),
	YES_NO("in_range", struct raw_other_ap, in_range),
	SIGNED("signal", struct raw_other_ap, signal),
	TEXT("loss", struct raw_other_ap, loss),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t bss_fields[] = {
	NEED_TEXT("name", struct raw_bss, name),
	YES_NO("up", struct raw_bss, up),
	YES_NO("in_range", struct raw_bss, in_range),
	SIGNED("signal", struct raw_bss, signal),
	TEXT("loss", struct raw_bss, loss),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t bss_value = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_bss, bss_fields)};
static const cyaml_schema_value_t other_ap_value = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_other_ap, other_ap_fields)};
static const cyaml_schema_field_t network_fields[] = {
	NEED_TEXT("ssid", struct raw_network, ssid),
	YES_NO("hidden", struct raw_network, hidden),
	YES_NO("pmksa_caching", struct raw_network, pmksa_caching),
	CYAML_FIELD_SEQUENCE("access_points", OPT_PTR, struct raw_network, access_points, &bss_value, 1, NET_BSS_MAX),
	CYAML_FIELD_SEQUENCE("others", OPT_PTR, struct raw_network, others, &other_ap_value, 0, NET_OTHERS_MAX),
	TEXT("reauth", struct raw_network, reauth),
	RADIUS_FIELDS(struct raw_network, radius.),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t ap_fields[] = {
	TEXT("ssid", struct raw_ap, ssid),
	TEXT("name", struct raw_ap, name),
	YES_NO("up", struct raw_ap, up),
	YES_NO("in_range", struct raw_ap, in_range),
	SIGNED("signal", struct raw_ap, signal),
	TEXT("loss", struct raw_ap, loss),
	YES_NO("deauth", struct raw_ap, deauth),
	YES_NO("reauth", struct raw_ap, reauth),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t issuer_fields[] = {
	TEXT("host", struct raw_issuer, host),
	TEXT("root", struct raw_issuer, root),
	TEXT("client_ca", struct raw_issuer, client_ca),
	TEXT("client_life", struct raw_issuer, client_life),
	TEXT("client_start", struct raw_issuer, client_start),
	CHOICE("state", struct raw_issuer, state, issuer_states),
	TEXT("delay", struct raw_issuer, delay),
	TEXT("wrong", struct raw_issuer, wrong),
	TEXT("clock_step", struct raw_issuer, clock_step),
	TEXT("tenant_ca", struct raw_issuer, tenant_ca),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t web_path_fields[] = {
	NEED_TEXT("path", struct raw_web_path, path),
	TEXT("method", struct raw_web_path, method),
	NUMBER("status", struct raw_web_path, status),
	TEXT("type", struct raw_web_path, type),
	TEXT("location", struct raw_web_path, location),
	TEXT("body", struct raw_web_path, body),
	TEXT("file", struct raw_web_path, file),
	TEXT("delay", struct raw_web_path, delay),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t web_path_value = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_web_path, web_path_fields)};
static const cyaml_schema_field_t web_fields[] = {
	NEED_TEXT("host", struct raw_web, host),
	NUMBER("http", struct raw_web, http),
	NUMBER("https", struct raw_web, https),
	TEXT("cert", struct raw_web, cert),
	NAMES("trust", struct raw_web, trust),
	TEXT("client_ca", struct raw_web, client_ca),
	YES_NO("device_auth", struct raw_web, device_auth),
	CHOICE("state", struct raw_web, state, web_states),
	TEXT("delay", struct raw_web, delay),
	CYAML_FIELD_SEQUENCE("paths", OPT_PTR, struct raw_web, paths, &web_path_value, 0, LIST_MAX),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t web_value = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_web, web_fields)};
static const cyaml_schema_field_t web_change_fields[] = {
	NEED_TEXT("host", struct raw_web_change, host),
	CHOICE("state", struct raw_web_change, state, web_states),
	TEXT("delay", struct raw_web_change, delay),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t dev_cert_fields[] = {
	NEED_TEXT("id", struct raw_dev_cert, id),
	NEED_TEXT("cert", struct raw_dev_cert, cert),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t dev_cert_value = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_dev_cert, dev_cert_fields)};
static const cyaml_schema_field_t dev_net_fields[] = {
	NEED_TEXT("name", struct raw_dev_net, name),
	TEXT("root", struct raw_dev_net, root),
	TEXT("client", struct raw_dev_net, client),
	TEXT("identity", struct raw_dev_net, identity),
	TEXT("ssid", struct raw_dev_net, ssid),
	CHOICE("security", struct raw_dev_net, security, securities),
	TEXT("psk", struct raw_dev_net, psk),
	YES_NO("targeted_scan", struct raw_dev_net, targeted_scan),
	YES_NO("enabled", struct raw_dev_net, enabled),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t dev_net_value = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_dev_net, dev_net_fields)};
static const cyaml_schema_field_t device_fields[] = {
	TEXT("app", struct raw_device, app),
	YES_NO("powered", struct raw_device, powered),
	YES_NO("rtc", struct raw_device, rtc),
	YES_NO("ntp", struct raw_device, ntp),
	NAMES_OR_NONE("ntp_servers", struct raw_device, ntp_servers),
	TEXT("dhcp_ntp", struct raw_device, dhcp_ntp),
	YES_NO("ethernet", struct raw_device, ethernet),
	TEXT("ntp_error", struct raw_device, ntp_error),
	YES_NO("device_auth", struct raw_device, device_auth),
	TEXT("tenant_ca", struct raw_device, tenant_ca),
	TEXT("boot_clock", struct raw_device, boot_clock),
	TEXT("clock_error", struct raw_device, clock_error),
	TEXT("boot_ready", struct raw_device, boot_ready),
	CYAML_FIELD_SEQUENCE("certificates", OPT_PTR, struct raw_device, certificates, &dev_cert_value, 0, LIST_MAX),
	CYAML_FIELD_SEQUENCE("networks", OPT_PTR, struct raw_device, networks, &dev_net_value, 0, LIST_MAX),
	NAMES_OR_NONE("readings", struct raw_device, readings),
	TEXT("readings_file", struct raw_device, readings_file),
	CHOICE("flash", struct raw_device, flash, flashes),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t diagnostics_fields[] = {
	NEED_TEXT("network", struct raw_diagnostics, network),
	NUMBER("error", struct raw_diagnostics, error),
	NUMBER("cert_error", struct raw_diagnostics, cert_error),
	NUMBER("cert_depth", struct raw_diagnostics, cert_depth),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t holds_fields[] = {
	NEED_TEXT("id", struct raw_holds, id),
	NEED_TEXT("cert", struct raw_holds, cert),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t holds_value = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_holds, holds_fields)};
static const cyaml_schema_field_t gpio_fields[] = {
	NUMBER("pin", struct raw_gpio, pin),
	NUMBER("value", struct raw_gpio, value),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t condition_fields[] = {
	TEXT("connected", struct raw_condition, connected),
	TEXT("access_point", struct raw_condition, access_point),
	YES_NO("offline", struct raw_condition, offline),
	TEXT("stored", struct raw_condition, stored),
	TEXT("not_stored", struct raw_condition, not_stored),
	CYAML_FIELD_SEQUENCE("holds", OPT_PTR, struct raw_condition, holds, &holds_value, 1, LIST_MAX),
	NAMES_OR_NONE("networks", struct raw_condition, networks),
	NAMES_OR_NONE("certificates", struct raw_condition, certificates),
	TEXT("client", struct raw_condition, client),
	TEXT("root", struct raw_condition, root),
	GROUP("diagnostics", struct raw_condition, diagnostics, diagnostics_fields),
	TEXT("log", struct raw_condition, log),
	GROUP("gpio", struct raw_condition, gpio, gpio_fields),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t update_fields[] = {
	CYAML_FIELD_ENUM("kind", CYAML_FLAG_STRICT, struct raw_update, kind, update_kinds, CYAML_ARRAY_LEN(update_kinds)),
	TEXT("download", struct raw_update, download),
	TEXT("max_deferral", struct raw_update, max_deferral),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t device_change_fields[] = {
	CHOICE("power", struct raw_device_change, power, powers),
	YES_NO("kill_app", struct raw_device_change, kill_app),
	YES_NO("factory_reset", struct raw_device_change, factory_reset),
	YES_NO("ntp", struct raw_device_change, ntp),
	TEXT("ntp_error", struct raw_device_change, ntp_error),
	YES_NO("device_auth", struct raw_device_change, device_auth),
	TEXT("tenant_ca", struct raw_device_change, tenant_ca),
	CHOICE("flash", struct raw_device_change, flash, flashes),
	TEXT("damage", struct raw_device_change, damage),
	TEXT("clock_step", struct raw_device_change, clock_step),
	TEXT("clock_set", struct raw_device_change, clock_set),
	NAMES_OR_NONE("ntp_servers", struct raw_device_change, ntp_servers),
	YES_NO("rtc_busy", struct raw_device_change, rtc_busy),
	GROUP("gpio", struct raw_device_change, gpio, gpio_fields),
	GROUP("update", struct raw_device_change, update, update_fields),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t operator_fields[] = {
	TEXT("install_root", struct raw_operator, install_root),
	TEXT("install_client", struct raw_operator, install_client),
	TEXT("delete", struct raw_operator, delete),
	TEXT("enable", struct raw_operator, enable),
	TEXT("disable", struct raw_operator, disable),
	TEXT("forget", struct raw_operator, forget),
	YES_NO("reload", struct raw_operator, reload),
	TEXT("cert", struct raw_operator, cert),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t event_fields[] = {
	TEXT("at", struct raw_event, at),
	TEXT("on_call", struct raw_event, on_call),
	NUMBER("nth", struct raw_event, nth),
	TEXT("from", struct raw_event, from),
	CHOICE("phase", struct raw_event, phase, phases),
	GROUP("when", struct raw_event, when, condition_fields),
	TEXT("plus", struct raw_event, plus),
	GROUP("radius", struct raw_event, radius, radius_fields),
	GROUP("ap", struct raw_event, ap, ap_fields),
	GROUP("issuer", struct raw_event, issuer, issuer_fields),
	GROUP("web", struct raw_event, web, web_change_fields),
	GROUP("device", struct raw_event, device, device_change_fields),
	GROUP("operator", struct raw_event, operator, operator_fields),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t event_value = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_event, event_fields)};

static const cyaml_schema_field_t expect_fields[] = {
	TEXT("at", struct raw_expect, at),
	TEXT("by", struct raw_expect, by),
	TEXT("after", struct raw_expect, after),
	TEXT("within", struct raw_expect, within),
	GROUP("that", struct raw_expect, that, condition_fields),
	GROUP("never", struct raw_expect, never, condition_fields),
	GROUP("always", struct raw_expect, always, condition_fields),
	GROUP("end", struct raw_expect, end, condition_fields),
	TEXT("longer_than", struct raw_expect, longer_than),
	TEXT("from", struct raw_expect, from),
	TEXT("until", struct raw_expect, until),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t expect_value = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_expect, expect_fields)};

static const cyaml_schema_field_t span_fields[] = {
	NEED_TEXT("from", struct raw_span, from),
	NEED_TEXT("until", struct raw_span, until),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t span_value = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_span, span_fields)};

static const cyaml_schema_field_t limits_fields[] = {
	TEXT("recover_within", struct raw_limits, recover_within),
	NUMBER("calls_per_day", struct raw_limits, calls_per_day),
	NUMBER("writes_per_day", struct raw_limits, writes_per_day),
	NUMBER("requests_per_day", struct raw_limits, requests_per_day),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t scenario_fields[] = {
	NEED_TEXT("scenario", struct raw_scenario, scenario),
	NEED_TEXT("about", struct raw_scenario, about),
	NAMES("sources", struct raw_scenario, sources),
	NEED_TEXT("start", struct raw_scenario, start),
	NEED_TEXT("length", struct raw_scenario, length),
	CYAML_FIELD_SEQUENCE("pki", CYAML_FLAG_POINTER, struct raw_scenario, pki, &cert_value, 1, LIST_MAX),
	CYAML_FIELD_MAPPING_PTR("network", CYAML_FLAG_POINTER, struct raw_scenario, network, network_fields),
	GROUP("issuer", struct raw_scenario, issuer, issuer_fields),
	CYAML_FIELD_SEQUENCE("web", OPT_PTR, struct raw_scenario, web, &web_value, 0, BUILD_WEB_MAX),
	CYAML_FIELD_MAPPING_PTR("device", CYAML_FLAG_POINTER, struct raw_scenario, device, device_fields),
	CYAML_FIELD_SEQUENCE("events", OPT_PTR, struct raw_scenario, events, &event_value, 0, SOURCE_MAX_ITEMS),
	CYAML_FIELD_SEQUENCE("expect", OPT_PTR, struct raw_scenario, expect, &expect_value, 0, SOURCE_MAX_ITEMS),
	GROUP("limits", struct raw_scenario, limits, limits_fields),
	CYAML_FIELD_SEQUENCE("needs_power", OPT_PTR, struct raw_scenario, needs_power, &span_value, 0, LIST_MAX),
	NAMES_OR_NONE("oracles_off", struct raw_scenario, oracles_off),
	NAMES("only_on", struct raw_scenario, only_on),
	CYAML_FIELD_END,
};

const cyaml_schema_value_t raw_schema = {CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct raw_scenario, scenario_fields)};
const cyaml_schema_value_t raw_event_schema = {CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct raw_event, event_fields)};
const cyaml_schema_value_t raw_condition_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct raw_condition, condition_fields)};
