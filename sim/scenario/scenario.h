/* A scenario as read from its YAML file: checked, resolved, in virtual time. scenarios/README.md documents the format.
 *
 * After scenario_load() every name refers to something that exists, every time lies within the run, every list is
 * free of duplicates; the runner need not look for such errors. Leaves to others: doing anything.
 */
#ifndef SIM_SCENARIO_SCENARIO_H
#define SIM_SCENARIO_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "certs/pki.h"
#include "emu-applibs/device/device.h"
#include "sim/net/net.h"
#include "sim/util/error.h"

struct scn_pos {
	unsigned line, column; /* from 1; 0 = unknown */
};

struct scn_cert {
	char *name;
	enum pki_use use;
	enum pki_key_type key;
	char *cn;     /* NULL: the name */
	char *issuer; /* NULL: root */
	char *dns;    /* NULL: none */
	char *key_of; /* certificate whose key this one has too; NULL: one of its own */
	int64_t not_before_s, not_after_s; /* since 1970 */
	enum pki_fault fault;
	struct scn_pos pos;
};

/* A change of the RADIUS server; also its state at the start, where every field is set. NULL and 0: leave as it is. */
enum scn_tri { SCN_UNSET, SCN_NO, SCN_YES };
enum scn_crl_state {
	SCN_CRL_PRESENT,
	SCN_CRL_ABSENT,    /* checked against, and there is none */
	SCN_CRL_UNCHECKED, /* not checked any more */
};
struct scn_radius {
	char *server;        /* name in pki */
	char **chain;        /* NULL-terminated names: sent after the server's own, instead of its intermediates; NULL: those */
	char **client_roots; /* NULL-terminated names */
	enum scn_tri up;
	enum scn_tri secret_wrong;
	enum scn_tri cn_must_match;
	char **identities;   /* NULL-terminated; the only EAP identities that may start; NULL: leave (at start: all) */
	char **only_clients; /* NULL-terminated names, also "issued-N": RADIUS knows these client certificates alone; NULL: leave */
	unsigned fragment_size; /* bytes of its largest EAP packet; 0: leave */
	int tls;             /* 12 or 13 */
	bool has_crl;        /* a CRL check with a CRL of the first client root: */
	enum scn_crl_state crl_state;
	char **crl_revoked;  /* names */
	int64_t crl_from_s, crl_until_s; /* since 1970 */
	bool has_clock_step;
	int64_t clock_step_s; /* added to RADIUS's wall clock */
};

/* One of the access points that RADIUS stands behind, at the start. */
struct scn_bss {
	char *name; /* NULL: it has none, being the only one */
	struct net_air air;
};

struct scn_other_ap {
	char *ssid, *psk; /* psk: NULL unless security is AUTH_SECURITY_PSK */
	enum auth_security security; /* not EAP-TLS: that is what RADIUS's are for */
	bool hidden;
	struct net_air air; /* at the start */
};

struct scn_ap {
	char *ssid; /* of one of the others; NULL: one of those that RADIUS stands behind */
	int bss;    /* index of that one; -1: all of them */
	enum scn_tri up, in_range;
	bool has_signal, has_loss;
	int signal_dbm;
	unsigned loss_percent;
	bool deauth; /* disconnect the device now */
	bool reauth; /* ask for an authentication now */
};

enum scn_issuer_state {
	SCN_ISSUER_LEAVE,
	SCN_ISSUER_UP,
	SCN_ISSUER_DOWN,    /* connection refused */
	SCN_ISSUER_SLOW,    /* answers after delay_ns */
	SCN_ISSUER_REFUSE,  /* HTTP 403 */
	SCN_ISSUER_ERROR,   /* HTTP 500 */
	SCN_ISSUER_WRONG,   /* HTTP 200 with wrong content */
};
struct scn_issuer {
	char *root;        /* what GET /v1/root-ca answers: name in pki; NULL: leave */
	char *client_ca;   /* who signs client certificates: name in pki */
	uint64_t client_life_s; /* 0: leave */
	bool has_client_start;
	int64_t client_start_s; /* notBefore relative to the issuer's clock (default -1 h) */
	enum scn_issuer_state state;
	uint64_t delay_ns; /* for SLOW; default 30 s */
	char *wrong;       /* for WRONG: "html", "empty", "truncated", "garbage", "key-mismatch", "huge" */
	bool has_clock_step;
	int64_t clock_step_s;
	char *tenant_ca;   /* under which device-authentication certificates are accepted: name in pki; NULL: leave */
};

enum scn_flash { SCN_FLASH_LEAVE, SCN_FLASH_GOOD, SCN_FLASH_FULL, SCN_FLASH_BROKEN };
/* A pin and its level. */
#define SCN_GPIO_PIN_MAX 80 /* of the MT3620 */
struct scn_gpio {
	unsigned pin, value;
};

/* A web host beside the issuer. */
enum scn_web_state {
	SCN_WEB_LEAVE,
	SCN_WEB_UP,
	SCN_WEB_DOWN,   /* connection refused */
	SCN_WEB_SILENT, /* takes connections and requests, answers nothing */
};
struct scn_web_path {
	char *path;     /* "/a"; with "?" only this query, else any */
	char *method;   /* NULL: any */
	int status;     /* HTTP */
	char *type;     /* content type */
	char *location; /* header of a redirection; NULL: none */
	char *body;     /* may hold ${cert:NAME}, ${key:NAME}, ${time:FORMAT}; see web/template.h */
	size_t body_length;
	uint64_t delay_ns; /* added to the host's */
};
struct scn_web {
	char *host;           /* name or IPv4 address */
	unsigned http, https; /* ports; 0: not served */
	char *cert;           /* server certificate in pki; NULL: one of its own, under the world's web root */
	char **trust;         /* NULL-terminated files of the image package that hold the root of it; NULL: none */
	char *client_ca;      /* clients need a certificate under this CA of pki; NULL: none needed */
	bool device_auth;     /* clients need the device-authentication certificate */
	enum scn_web_state state; /* at the start; not LEAVE */
	uint64_t delay_ns;    /* of every answer */
	struct scn_web_path *paths;
	size_t path_count;
};
struct scn_web_change {
	char *host;
	enum scn_web_state state;
	bool has_delay;
	uint64_t delay_ns;
};

enum scn_power { SCN_POWER_LEAVE, SCN_POWER_ON, SCN_POWER_OFF, SCN_POWER_CUT /* off and on again at once */ };
struct scn_device_change {
	enum scn_power power;
	bool kill_app;      /* SIGKILL to the application alone; the OS starts it again */
	bool factory_reset; /* with power off/on around it */
	bool has_clock_step;
	int64_t clock_step_s; /* device wall clock */
	bool has_clock_set;
	int64_t clock_set_s;  /* since 1970 */
	enum scn_tri ntp;     /* can the device reach a time server when connected? */
	bool has_ntp_error;
	int64_t ntp_error_s;  /* what time servers say is wrong by this much */
	enum scn_tri device_auth; /* does the OS get device-authentication certificates? */
	char *tenant_ca;      /* who signs those: name in pki; NULL: leave */
	enum scn_flash flash;
	char **ntp_servers;   /* NULL-terminated; only these answer; NULL: leave */
	enum scn_tri rtc_busy; /* the clock that runs on without power cannot be written */
	struct scn_gpio *gpio; /* a level from outside; NULL: leave */
	struct device_update *update; /* NULL: none */
	char *damage; /* id of the certificate whose bytes go bad in flash; NULL: none */
};

enum scn_operator_kind {
	SCN_OP_INSTALL_ROOT,   /* id, cert */
	SCN_OP_INSTALL_CLIENT, /* id, cert */
	SCN_OP_DELETE,         /* id */
	SCN_OP_ENABLE,         /* network */
	SCN_OP_DISABLE,        /* network */
	SCN_OP_FORGET,         /* network */
	SCN_OP_RELOAD,
};
struct scn_operator {
	enum scn_operator_kind kind;
	char *id, *cert, *network;
};

/* All that is set must hold at once. */
struct scn_diagnostics {
	char *network;
	int error, cert_error, cert_depth; /* -1: not looked at */
};
struct scn_holds {
	char *id;
	char *cert; /* name in pki, or "issued-N": the Nth client certificate that the issuer handed out, or SCN_ISSUED_ANY */
};
struct scn_condition {
	char *connected;      /* config name, or "any" */
	char *access_point;   /* connected by this one, a name in bss; NULL: not looked at */
	bool offline;
	char *stored, *not_stored; /* certificate id */
	struct scn_holds *holds;
	size_t holds_count;
	char **networks;     /* NULL-terminated: exactly these stored networks (config names); NULL: not looked at */
	char **certificates; /* NULL-terminated: exactly these certificate ids */
	char *client, *root; /* connected with this credential: as cert of struct scn_holds */
	struct scn_diagnostics *diagnostics; /* NULL: not looked at */
	char *log;           /* the application has logged a line with this text by now */
	struct scn_gpio *gpio; /* NULL: not looked at */
};

enum scn_trigger { SCN_AT, SCN_ON_CALL, SCN_WHEN, SCN_NOW /* scenario_parse_event alone */ };
struct scn_event {
	enum scn_trigger trigger;
	uint64_t at_ns;  /* SCN_AT: since the start of the run */
	uint16_t call;   /* SCN_ON_CALL: wire_op */
	int attribute;   /* SCN_ON_CALL: of WIFI_SET_OPT and WIFI_GET_OPT (ReloadConfig is 4), or field of CERTSTORE_INFO
	                  * (NotAfter is 2): only calls with this one count; -1: any */
	unsigned nth;    /* the nth such call (from 1), counted from the start of the run or from `from_ns` */
	uint64_t from_ns;
	bool after;      /* SCN_ON_CALL: act after the call was done (reply not yet delivered); else before it */
	struct scn_condition when; /* SCN_WHEN: when this first holds */
	uint64_t plus_ns; /* delay after the trigger */
	struct scn_radius *radius; /* any of these, at least one */
	struct scn_ap *ap;
	struct scn_issuer *issuer;
	struct scn_web_change *web;
	struct scn_device_change *device;
	struct scn_operator *operator;
	struct scn_pos pos;
};

enum scn_expect_kind {
	SCN_EXPECT_AT,     /* that holds at from_ns */
	SCN_EXPECT_WITHIN, /* that holds at some moment in from_ns..until_ns ("by" = from 0) */
	SCN_EXPECT_ALWAYS, /* that holds at every moment in from_ns..until_ns */
	SCN_EXPECT_NEVER,  /* that never holds for longer than longer_than_ns in a row in from_ns..until_ns */
	SCN_EXPECT_END,    /* that holds at the end of the run */
};
struct scn_expect {
	enum scn_expect_kind kind;
	uint64_t from_ns, until_ns; /* since the start of the run */
	uint64_t longer_than_ns;
	struct scn_condition that;
	char *text; /* the expectation as one line, for messages: "by +31d: stored RootCA2" */
	struct scn_pos pos;
};

/* A stretch of the run, since its start; both ends belong to it. */
struct scn_span {
	uint64_t from_ns, until_ns;
};

struct scn_dev_cert {
	char *id, *cert; /* client or root by the use of cert */
};
struct scn_dev_net {
	char *name, *root, *client, *identity; /* root, client: certificate ids or NULL */
	char *ssid;        /* NULL: that of the access point with RADIUS */
	enum auth_security security;
	char *psk;         /* NULL unless AUTH_SECURITY_PSK */
	bool targeted_scan;
	bool enabled;
	struct scn_pos pos;
};
struct scn_reading {
	char *name, *choice;
};

struct scenario {
	char *file; /* as given */
	char *name; /* equals the file's base name without .yaml */
	char *about;
	char **sources;     /* NULL-terminated: where it happened, as the reader may look it up; NULL: none */
	int64_t start_s;    /* since 1970, UTC */
	uint64_t length_ns;
	struct scn_cert *certs; /* an issuer comes before what it signed */
	size_t cert_count;
	char *ssid;
	bool hidden, pmksa_caching;
	bool loses_frames; /* some access point, at some time */
	struct scn_bss bss[NET_BSS_MAX];
	size_t bss_count; /* >= 1 */
	struct scn_other_ap *others;
	size_t other_count; /* <= NET_OTHERS_MAX */
	uint64_t reauth_ns; /* the AP's re-authentication period; 0: never */
	struct scn_radius radius;
	struct scn_issuer issuer;
	char *issuer_host;  /* default ca.corp.example */
	struct scn_web *webs;
	size_t web_count;
	struct scn_dev_cert *dev_certs;
	size_t dev_cert_count;
	struct scn_dev_net *dev_nets;
	size_t dev_net_count;
	struct scn_reading *readings; /* of its readings file, then its own: the later one counts */
	size_t reading_count;
	char *app;          /* folder of the image package (relative to the scenario file) or NULL: the rotation app */
	bool powered;       /* at the start */
	bool rtc;           /* the device's clock survives power loss; else every boot starts at boot_clock_s */
	int64_t boot_clock_s;
	int64_t clock_error_s; /* of the device at the start */
	bool ntp;           /* reachable at the start */
	int64_t ntp_error_s; /* of what time servers say, at the start */
	bool device_auth;   /* at the start */
	char *tenant_ca;    /* at the start: name in pki; NULL: one that the world has */
	enum scn_flash flash; /* at the start, after what the factory wrote */
	char **ntp_servers; /* NULL-terminated: only these answer; NULL: all */
	char *dhcp_ntp;     /* the time server that DHCP names; NULL: none */
	bool ethernet;      /* the device has an Ethernet interface */
	uint64_t boot_ready_ns; /* store and Wi-Fi answer EAGAIN for so long after a boot */
	struct scn_event *events;
	size_t event_count;
	struct scn_expect *expects;
	size_t expect_count;
	char **networks;    /* NULL-terminated names of networks that can express it; NULL: all */
	/* Limits of the oracles; defaults in scenarios/README.md. */
	uint64_t recover_within_ns; /* after faults stop, the device is connected again within this */
	unsigned calls_per_day, writes_per_day, requests_per_day;
	/* Whoever is without power now is lost, and no device can help it: a cut of --cut in one of these ends what is expected. */
	struct scn_span *needs_power;
	size_t needs_power_count;
	char **oracles_off; /* NULL-terminated names of oracles that this scenario does without; NULL: none */
};

/* 0 and *ret, or a negative errno and *ret_error (status AZ_USAGE) with file:line:column, what is wrong, what would do. */
int scenario_load(const char *file, struct scenario **ret, struct az_error *ret_error);
/* The same from a text that is no file: `file` stands for its name. */
int scenario_load_text(const char *file, const char *text, size_t length, struct scenario **ret, struct az_error *ret_error);
void scenario_free(struct scenario *scenario); /* NULL is fine */

/* What is said while a run of `base` goes on, in YAML as in the file: one event, which is for now when it names no trigger; or one
 * condition. `what` stands for the file in messages. *ret has events[0], or events[0].when; everything else in it is borrowed from
 * `base`, which must outlive it. scenario_free() frees it. 0, or a negative errno and *ret_error. */
int scenario_parse_event(const struct scenario *base, const char *what, const char *text, size_t length, struct scenario **ret,
                         struct az_error *ret_error);
int scenario_parse_condition(const struct scenario *base, const char *what, const char *text, size_t length, struct scenario **ret,
                             struct az_error *ret_error);
const struct scn_cert *scenario_cert(const struct scenario *scenario, const char *name);
/* N of "issued-N", from 1; 0 when the name is not of that form. */
unsigned scenario_issued_number(const char *name);
#define SCN_ISSUED_ANY "issued-any" /* in conditions: whichever it was */
/* A condition as one line, for messages: "connected Network2, stored RootCA2". Cut to fit, always NUL-terminated. */
void scenario_describe_condition(const struct scn_condition *condition, char *buffer, size_t capacity);

/* The names of the oracles, for oracles_off and reports. */
#define SCN_ORACLES(X)                                                                     \
	X(LAST_CREDENTIAL, "last-credential") /* the last credential that worked is never lost before its successor worked */ \
	X(STRANDED, "stranded")               /* connected again within a bound after faults stop */ \
	X(LEFTOVERS, "leftovers")             /* nothing left over when a rotation is done */ \
	X(BOUNDED, "bounded")                 /* calls, flash writes, issuer requests per virtual day */ \
	X(SECRETS, "secrets")                 /* no secret in any log */ \
	X(ENDS, "ends")                       /* the application does not end by itself */

#endif
