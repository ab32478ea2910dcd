/* A scenario file as libcyaml hands it over: its shape is right, what its texts mean is not looked at yet.
 *
 * Absent texts and mappings are NULL, absent lists have count 0, absent choices are 0. build.c turns it into struct scenario.
 */
#ifndef SIM_SCENARIO_RAW_H
#define SIM_SCENARIO_RAW_H

#include <cyaml/cyaml.h>

#include "sim/scenario/scenario.h"

struct raw_cert {
	char *name, *cn, *issuer, *dns, *key_of;
	int use, key, fault; /* enum pki_use, pki_key_type, pki_fault; use has no default */
	char *valid[2];
};

struct raw_crl {
	char **revoked;
	unsigned revoked_count;
	char *from, *until;
	enum scn_crl_state state;
};

struct raw_radius {
	char *server;
	char **client_roots;
	unsigned client_roots_count;
	enum scn_tri up, secret_wrong, cn_must_match;
	char **identities;
	unsigned identities_count;
	char **chain, **only_clients;
	unsigned chain_count, only_clients_count;
	unsigned *fragment_size;
	int tls;
	struct raw_crl *crl;
	char *clock_step;
};

struct raw_other_ap {
	char *ssid, *psk;
	int security; /* enum auth_security + 1; 0: not given */
	enum scn_tri hidden, up, in_range;
	int *signal;
	char *loss;
};

struct raw_bss {
	char *name;
	enum scn_tri up, in_range;
	int *signal;
	char *loss;
};

struct raw_network {
	char *ssid, *reauth;
	enum scn_tri hidden, pmksa_caching;
	struct raw_bss *access_points;
	unsigned access_points_count;
	struct raw_other_ap *others;
	unsigned others_count;
	struct raw_radius radius;
};

struct raw_ap {
	char *ssid, *name;
	enum scn_tri up, in_range, deauth, reauth;
	int *signal;
	char *loss;
};

struct raw_issuer {
	char *host; /* only at the start */
	char *root, *client_ca, *client_life, *client_start;
	enum scn_issuer_state state;
	char *delay, *wrong, *clock_step, *tenant_ca;
};

struct raw_web_path {
	char *path, *method, *type, *location, *body, *file, *delay;
	unsigned *status;
};

struct raw_web {
	char *host, *cert, *client_ca, *delay;
	unsigned *http, *https;
	char **trust;
	unsigned trust_count;
	enum scn_tri device_auth;
	enum scn_web_state state;
	struct raw_web_path *paths;
	unsigned paths_count;
};

struct raw_web_change {
	char *host, *delay;
	enum scn_web_state state;
};

struct raw_dev_cert {
	char *id, *cert;
};

struct raw_dev_net {
	char *name, *root, *client, *identity, *ssid, *psk;
	int security;
	enum scn_tri enabled, targeted_scan;
};

struct raw_device {
	char *app;
	enum scn_tri powered, rtc, ntp, ethernet, device_auth;
	enum scn_flash flash;
	char **ntp_servers, *dhcp_ntp;
	unsigned ntp_servers_count;
	char *boot_clock, *clock_error, *boot_ready, *ntp_error, *tenant_ca;
	struct raw_dev_cert *certificates;
	unsigned certificates_count;
	struct raw_dev_net *networks;
	unsigned networks_count;
	char **readings;
	unsigned readings_count;
	char *readings_file;
};

struct raw_diagnostics {
	char *network;
	unsigned *error, *cert_error, *cert_depth;
};

struct raw_holds {
	char *id, *cert;
};

struct raw_gpio {
	unsigned *pin, *value;
};

struct raw_condition {
	char *connected, *access_point;
	enum scn_tri offline;
	char *stored, *not_stored;
	struct raw_holds *holds;
	unsigned holds_count;
	char **networks, **certificates;
	unsigned networks_count, certificates_count;
	char *client, *root;
	struct raw_diagnostics *diagnostics;
	char *log;
	struct raw_gpio *gpio;
};

struct raw_update {
	enum device_update_kind kind;
	char *download, *max_deferral;
};

struct raw_device_change {
	enum scn_power power;
	enum scn_tri kill_app, factory_reset, ntp, device_auth;
	enum scn_flash flash;
	char **ntp_servers;
	unsigned ntp_servers_count;
	enum scn_tri rtc_busy;
	struct raw_gpio *gpio;
	struct raw_update *update;
	char *clock_step, *clock_set, *damage, *ntp_error, *tenant_ca;
};

/* Exactly one of the commands. */
struct raw_operator {
	char *install_root, *install_client, *delete, *enable, *disable, *forget;
	enum scn_tri reload;
	char *cert;
};

#define RAW_PHASE_BEFORE 1
#define RAW_PHASE_AFTER 2

struct raw_event {
	char *at, *on_call;
	unsigned *nth;
	char *from;
	int phase; /* RAW_PHASE_*, 0 when absent */
	struct raw_condition *when;
	char *plus;
	struct raw_radius *radius;
	struct raw_ap *ap;
	struct raw_issuer *issuer;
	struct raw_web_change *web;
	struct raw_device_change *device;
	struct raw_operator *operator;
};

struct raw_expect {
	char *at, *by, *after, *within;
	struct raw_condition *that, *never, *always, *end;
	char *longer_than, *from, *until;
};

struct raw_span {
	char *from, *until;
};

struct raw_limits {
	char *recover_within;
	unsigned *calls_per_day, *writes_per_day, *requests_per_day;
};

struct raw_scenario {
	char *scenario, *about, *start, *length;
	struct raw_cert *pki;
	unsigned pki_count;
	struct raw_network *network;
	struct raw_issuer *issuer;
	struct raw_web *web;
	unsigned web_count;
	struct raw_device *device;
	struct raw_event *events;
	unsigned events_count;
	struct raw_expect *expect;
	unsigned expect_count;
	struct raw_limits *limits;
	struct raw_span *needs_power;
	unsigned needs_power_count;
	char **sources, **oracles_off, **only_on;
	unsigned sources_count, oracles_off_count, only_on_count;
};

/* Of a pointer to struct raw_scenario. */
extern const cyaml_schema_value_t raw_schema;
/* Of pointers to struct raw_event and struct raw_condition, for what is said while a run goes on. */
extern const cyaml_schema_value_t raw_event_schema, raw_condition_schema;

#endif
