/* Which network the device joins, when it tries again, and what it remembers of a failure.
 *
 * The policy copies what wpa_supplicant 2.10 was seen to do with several enabled networks of one SSID: it tries them in
 * order, sets a failing one aside for a growing time, goes on with the next, does not go back by itself, and starts at
 * the top again after a disconnect. Leaves to others: the configuration (wificonfig.h), the authentication itself (the
 * host's callback), the clock.
 */
#ifndef DEVICE_SUPPLICANT_H
#define DEVICE_SUPPLICANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emu-applibs/device/device.h"
#include "emu-applibs/device/pmksa.h"

#define WIFI_SSID_MAX 32
#define WIFI_PSK_MAX 64
#define WIFI_IDENTITY_MAX 254 /* WIFICONFIG_EAP_IDENTITY_MAX_LENGTH, without NUL */
#define WIFI_CERT_ID_MAX 16   /* CERTSTORE_MAX_IDENTIFIER_LENGTH, without NUL */

/* The part of a network that the supplicant works with. */
struct wifi_settings {
	uint8_t ssid[WIFI_SSID_MAX];
	size_t ssid_length; /* 0: not set */
	uint8_t security;   /* enum wifi_security */
	bool targeted_scan;
	char psk[WIFI_PSK_MAX + 1]; /* secret; psk_length bytes */
	size_t psk_length;
	char identity[WIFI_IDENTITY_MAX + 1];
	char client_id[WIFI_CERT_ID_MAX + 1];
	char root_id[WIFI_CERT_ID_MAX + 1];
};

/* The most recent failed attempt [wificonfig.h, WifiConfig_NetworkDiagnostics]. */
struct diagnostics {
	bool recorded;
	int error, cert_error, cert_depth;
	int64_t wall_s; /* the device's clock */
	char cert_subject[AUTH_SUBJECT_MAX];
};

/* What the supplicant knows of one network; forgotten at power loss. */
struct supplicant_record {
	struct wifi_settings in_use; /* what the next attempt uses; differs from the configuration only while `tried` */
	bool tried;                  /* an attempt was made with in_use since it was handed over (enable, reload, boot) */
	bool temp_disabled;          /* stays set until the next selection looks at it, as LIST_NETWORKS shows it */
	unsigned failures;           /* in a row; wpa_supplicant's auth_failures */
	uint64_t disabled_until_ns;  /* by wpa_supplicant's series: a whole second, as it counts */
	uint64_t spaced_until_ns;    /* by outage spacing; 0 when none */
	uint64_t handed;             /* counts when its settings and certificates were handed over */
	uint64_t connected_turn;     /* 0 never; higher = more recently connected */
	struct diagnostics diagnostics;
};

enum supplicant_state {
	SUPPLICANT_OFF,              /* no power, or the interface is disabled */
	SUPPLICANT_SELECTING,        /* a choice is due at the deadline */
	SUPPLICANT_IDLE,             /* no enabled network */
	SUPPLICANT_SCANNING,         /* nothing joinable in range; scans again at the deadline */
	SUPPLICANT_WAITING,          /* everything in range is set aside until the deadline */
	SUPPLICANT_CONNECTING,       /* an attempt is under way; its result comes at the deadline */
	SUPPLICANT_CONNECTED,
	SUPPLICANT_REAUTHENTICATING, /* connected, a new authentication is under way */
};

/* Credentials of an attempt or of the connection: copies, wiped when they go. */
struct supplicant_credentials {
	char *root_pem;   /* NULL: the server is not authenticated */
	char *client_pem; /* NULL: none */
	char *key_pem;    /* secret */
};

struct supplicant {
	enum supplicant_state state;
	bool has_read; /* certificates and settings were read since power-on */
	uint64_t deadline_ns;
	uint64_t scan_anchor_ns;    /* of the last scan that found nothing: scans go on from there every SCAN_INTERVAL_MS */
	uint64_t outage_since_ns;   /* start of an unbroken series of failures on all networks; TIME_NEVER when none */
	uint64_t turns;             /* connections since power-on */
	uint64_t serial;            /* network of the attempt or connection; 0 none */
	struct wifi_settings used;  /* settings of the connection, or of the attempt while connecting */
	uint8_t bssid[AUTH_BSSID_LENGTH]; /* of the access point of the connection, or of the attempt under way; zeros: unknown */
	struct auth_verdict verdict; /* of the attempt under way */
	/* Where the network's own supplicant chooses (join.h). */
	uint64_t life;     /* of what it remembers */
	uint64_t hands;    /* handed over so far */
	unsigned aside_s;  /* of the attempt under way: it sets the network aside for so long */
	bool cached;       /* of the attempt under way: by a key from before, without any authentication */
	struct pmksa pmksa;
	struct supplicant_credentials attempt;
	struct supplicant_credentials connection;
	/* What the connection that a reload ended was made with, until the next attempt (reading reload-sessions). */
	struct supplicant_credentials session;
	struct wifi_settings session_used;
	uint64_t session_serial; /* 0: none */
};

struct wifi_entry;

/* Timing of the policy; the source of each figure is beside it in supplicant.c and supplicant_select.c. */
#define SUPPLICANT_START_MS 900u
#define SUPPLICANT_ATTEMPT_MS JOIN_ATTEMPT_MS
#define SUPPLICANT_OPEN_MS 100u
#define SUPPLICANT_WRONG_KEY_MS JOIN_WRONG_KEY_MS
#define SUPPLICANT_NO_ANSWER_MS JOIN_NO_ANSWER_MS
#define SUPPLICANT_NO_CREDENTIALS_MS JOIN_NO_CREDENTIALS_MS
#define SUPPLICANT_NEXT_MS 200u
#define SUPPLICANT_SCAN_INTERVAL_MS 5000u
#define SUPPLICANT_OUTAGE_AFTER_S (24u * 3600u)
#define SUPPLICANT_OUTAGE_SPACING_S 3600u

/* Power and interface. start: begins to choose after delay_ms; the first one since
 * supplicant_clear() reads certificates and settings before. stop: drops an attempt or
 * connection, giving `why` to the timeline when there was a connection. */
void supplicant_start(struct device *dev, uint64_t delay_ms);
void supplicant_stop(struct device *dev, const char *why);
/* Forgets what power loss forgets; wipes credentials. The networks' own records are the caller's. */
void supplicant_clear(struct supplicant *supplicant);

/* Ends the connection or the attempt, if any; the timeline gets `why`; a choice follows. */
void supplicant_let_go(struct device *dev, const char *why);
/* The first thing of a reload, while the connection still is. */
void supplicant_keep_session(struct device *dev);
/* The second half of a reload, when the running configuration is what it shall be: certificates and settings are read anew,
 * nothing is set aside any more, a choice follows. Lets go when that was not done yet. */
void supplicant_reload(struct device *dev);
/* The network's settings have another value now. Applies the reading set-effect; `reconnect`: a connection made with the
 * old value would go under the choice "reconnects". */
void supplicant_settings_changed(struct device *dev, struct wifi_entry *entry, bool reconnect);
/* The network was enabled or disabled (network.enabled says which). */
void supplicant_enabled_changed(struct device *dev, struct wifi_entry *entry);
/* The network is about to be forgotten. */
void supplicant_forgetting(struct device *dev, struct wifi_entry *entry);
/* Any other change of the configuration. */
void supplicant_config_changed(struct device *dev);
/* The certificate store changed. Only the reading "seen at once" cares. */
void supplicant_certstore_changed(struct device *dev);

/* Everything that is due now. */
void supplicant_run(struct device *dev);
/* TIME_NEVER when nothing. */
uint64_t supplicant_next_deadline(const struct device *dev);
void supplicant_link(struct device *dev, enum device_link_event event);

/* The connected network, or NULL. Its settings in force are supplicant.used. */
struct wifi_entry *supplicant_connected(struct device *dev);
bool supplicant_is_connected(const struct supplicant *supplicant);

/* Between the files of the supplicant. --------------------------------------------------------------------------------- */

/* supplicant_select.c */
enum supplicant_pick {
	SUPPLICANT_PICK_NETWORK,
	SUPPLICANT_PICK_SCAN,
	SUPPLICANT_PICK_WAIT,
	SUPPLICANT_PICK_NONE,
	SUPPLICANT_PICK_BROKEN, /* supplicant_join() alone: the network is broken */
};
/* Chooses at now_ns. NETWORK: *ret_entry. SCAN and WAIT: *ret_retry_ns, when the first network set aside may be tried again
 * (TIME_NEVER: none is). Takes back the mark of those whose time is up; records "not found" where nothing can be joined. */
enum supplicant_pick supplicant_select(struct device *dev, uint64_t now_ns, struct wifi_entry **ret_entry,
                                       uint64_t *ret_retry_ns);
/* Does `a` go before `b` by the reading? */
bool supplicant_goes_before(const struct device *dev, const struct wifi_entry *a, const struct wifi_entry *b);
/* Is it still set aside? Then *inout_retry_ns is not later than the end of that; else takes back the mark. */
bool supplicant_set_aside(struct supplicant_record *record, uint64_t now_ns, uint64_t *inout_retry_ns);
/* Seconds for which a network is set aside after its failure number `failures` (from 1); eap: it is one of EAP; random: 0..2^31-1, as random() gives. */
unsigned supplicant_wait_s(unsigned failures, bool eap, uint32_t random);
/* The access point in range that these settings find: of their kind of security, or of any; the strongest, of equal ones the first. */
bool supplicant_find_ap(const struct device *dev, const struct wifi_settings *settings, bool any_security,
                        struct device_access_point *ret_ap);

/* supplicant_attempt.c */
/* Asks the network about the network `supplicant.serial`, with the settings `supplicant.used`; the verdict is in supplicant.verdict and
 * due after *ret_ms. Negative errno: the network is broken. */
int supplicant_ask(struct device *dev, uint64_t *ret_ms);
uint64_t supplicant_attempt_ms(enum auth_outcome outcome, uint8_t security);
/* Without certificates. It borrows what is in *used. */
void supplicant_fill_request(const struct wifi_settings *used, struct auth_request *ret_request);
/* As the supplicant sees it; NULL: there is none. */
const struct certificate *supplicant_find_certificate(const struct device *dev, const char *id);
/* Copies what an attempt with `settings` needs. False, with a word for people, when something is missing. */
bool supplicant_load_credentials(struct device *dev, const struct wifi_settings *settings, struct supplicant_credentials *ret,
                                 char reason[AUTH_REASON_MAX]);
void supplicant_wipe_credentials(struct supplicant_credentials *credentials);
/* Wipes what was in *to. */
void supplicant_copy_credentials(const struct supplicant_credentials *from, struct supplicant_credentials *to);
bool supplicant_same_certificates(const struct supplicant_credentials *a, const struct supplicant_credentials *b);

/* supplicant_join.c, where the host can join */
/* Lets the network's supplicant choose, now. NETWORK: it was tried, and the attempt is in the supplicant's members; its end is due after
 * *ret_ms. SCAN and WAIT: *ret_retry_ns as supplicant_select(). */
enum supplicant_pick supplicant_join(struct device *dev, uint64_t *ret_ms, uint64_t *ret_retry_ns);
/* The connected network authenticates again. 0 and *ret_ms; -ENETUNREACH: it is connected no more; -EIO: the network is broken. */
int supplicant_join_again(struct device *dev, uint64_t *ret_ms);

/* diagnostics.c */
#define DIAG_CONNECTION_FAILED 1
#define DIAG_NETWORK_NOT_FOUND 2
#define DIAG_NO_PSK 3
#define DIAG_WRONG_KEY 4
#define DIAG_AUTHENTICATION_FAILED 5
#define DIAG_SECURITY_TYPE_MISMATCH 6
#define DIAG_CERT_NOT_FOUND 100
#define DIAG_CERT_INVALID_ROOT 101
#define DIAG_CERT_INVALID_CLIENT 102
#define DIAG_CERT_UNKNOWN_IDENTITY 103
/* Remembers a failed attempt: what the device can know of the verdict. unknown_identity: choice of the reading. */
void diagnostics_record_verdict(struct diagnostics *diagnostics, const struct auth_verdict *verdict, int64_t wall_s,
                                unsigned unknown_identity);
/* Remembers a failure without an authentication: error is DIAG_*. */
void diagnostics_record_error(struct diagnostics *diagnostics, int error, int64_t wall_s);

#endif
