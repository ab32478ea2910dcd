/* A device on a network that does what the test says, under a clock that the test moves.
 *
 * The network judges by what it is told: which root the server's certificate is from, which client certificates it takes; or it
 * gives one outcome to everybody. Requests go through device_request(), as an application's do.
 */
#ifndef TESTS_WIFI_FIXTURE_H
#define TESTS_WIFI_FIXTURE_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "certs/pki.h"
#include "emu-applibs/base/base.h"
#include "emu-applibs/device/device.h"

#define SSID "CorpNet"
#define WALL_2026 INT64_C(1767225600) /* 2026-01-01, the device's clock at 0 ns */
#define ATTEMPTS_MAX 4096
#define EVENTS_MAX 2048

/* z__WifiConfig_Attribute [wificonfig_internal.h] */
enum { SSID_ = 0, SECURITY = 1, ENABLE = 2, SAVE = 3, RELOAD = 4, PSK = 5, IDENTITY = 6, CLIENT = 7, ROOT = 8, TARGETED = 11,
       NAME = 12, DIAGNOSTICS32 = 22, DIAGNOSTICS = 23 };
enum { OPEN = 1, WPA2 = 2, EAP_TLS = 3 }; /* WifiConfig_Security_* [wificonfig_structs_v1.h] */

struct attempt {
	uint64_t at_ns;
	char root; /* '1' or '2': which root the device trusted; '-' none; '?' another */
	char client;
};

struct event {
	enum device_event_kind kind;
	uint64_t at_ns;
	int64_t number;
	char network[32], text[96];
	enum auth_outcome outcome;
};

struct world {
	struct device *dev;
	struct readings_asked asked;
	uint64_t now_ns;
	bool ap_up;
	bool caches_keys;  /* the access points do, and remember */
	int second_rssi_dbm; /* of a second access point of the same name, 02:00:00:00:07:00; 0: there is none */
	enum auth_outcome everybody; /* AUTH_OK: judge each by its certificates */
	char server_root;            /* '1' or '2': the root of the server's certificate */
	const char *clients;         /* "12": both client certificates are taken */
	int broken;                  /* negative: what authenticate() returns */
	int writes_left;             /* flash writes until the power goes; negative: it stays */
	struct attempt attempts[ATTEMPTS_MAX];
	size_t attempt_count;
	struct event events[EVENTS_MAX];
	size_t event_count;
	uint8_t reply[WIRE_MAX_PAYLOAD]; /* of the last request */
	struct wire_reader out;
};

struct diagnostics_reply {
	bool enabled, connected;
	int error, cert_error, cert_depth;
	int64_t wall_s;
	char subject[AUTH_SUBJECT_MAX];
};

#define EVERY_CAPABILITY "\"WifiConfig\": true, \"EnterpriseWifiConfig\": true, \"CertStore\": true"

/* Group fixtures: make the certificates once. */
int make_certificates(void **state);
int free_certificates(void **state);
/* Test fixtures: a powered-on, ready device with all capabilities and the four certificates Root1, Root2, Client1, Client2. */
int make_world(void **state);
int free_world(void **state);
/* Anew, with one reading changed ("NAME=CHOICE", NULL: none) and these capabilities (JSON members). */
struct world *world_anew(void **state, const char *reading, const char *capabilities);

/* Moves the clock, stopping wherever the device has something to do. */
void advance_ns(struct world *w, uint64_t ns);
void advance_ms(struct world *w, uint64_t ms);
void advance_s(struct world *w, uint64_t s);
/* Off, and on again at the same moment. */
void reboot(struct world *w);

/* One network as the factory makes it: root '1', '2' or '-' (none), client '1', '2'. Its id. */
int factory_network(struct world *w, const char *name, char root, char client, bool enabled);
/* Install again under an id: the certificate of root or client 1 or 2. */
void install_root(struct world *w, const char *id, char which);
void install_client(struct world *w, const char *id, char which);

/* Requests; what device_request() returns. The reply's fields are in w->out. */
int call(struct world *w, uint16_t op, const void *fields, size_t length);
int call_plain(struct world *w, uint16_t op);
int call_id(struct world *w, uint16_t op, int id);
int call_name(struct world *w, uint16_t op, const char *name);
int call_capacity(struct world *w, uint16_t op, uint64_t capacity);
int add_network(struct world *w);
int duplicate(struct world *w, int id, const char *name);
/* StoreOpenNetwork (psk NULL) or StoreWpa2Network, ForgetNetwork. */
int store(struct world *w, const char *ssid, size_t ssid_length, const char *psk, size_t psk_length);
int forget_stored(struct world *w, const char *ssid, uint8_t security);
int set_bytes(struct world *w, int id, uint32_t attribute, const void *value, size_t length);
int set_text(struct world *w, int id, uint32_t attribute, const char *value);
int set_byte(struct world *w, int id, uint32_t attribute, uint8_t value);
int get_option(struct world *w, int id, uint32_t attribute);
int persist(struct world *w);
int reload(struct world *w);
/* GetNetworkDiagnostics; *ret is filled on 0. */
int diagnose(struct world *w, int id, struct diagnostics_reply *ret);
/* What a text attribute says. Static storage. */
const char *text_of(struct world *w, int id, uint32_t attribute);

/* The name of the connected network, "" when there is none. */
const char *connected(struct world *w);
/* The roots of the attempts since attempt number `from`, as a text. Static storage. */
const char *roots_tried(struct world *w, size_t from);
/* The last event of a kind, or NULL; how many there were. */
const struct event *last_event(struct world *w, enum device_event_kind kind);
size_t count_events(struct world *w, enum device_event_kind kind);
bool has_network(struct world *w, const char *name, struct device_network_info *ret);

#endif
