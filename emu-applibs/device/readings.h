/* Readings: each point on which Microsoft's documents are silent or contradict each other is one named switch.
 * The table with choices, defaults and the source of each choice is in readings.c.
 */
#ifndef DEVICE_READINGS_H
#define DEVICE_READINGS_H

#include <stdbool.h>
#include <stddef.h>

enum reading_id {
	READING_RELOAD_UNSAVED,          /* what a reload does to unsaved Wi-Fi settings */
	READING_SET_EFFECT,              /* when a Set* on the connected network takes effect */
	READING_CERT_SEEN,               /* when the supplicant sees a newly installed, moved or deleted certificate */
	READING_MOVE_DESTINATION,        /* whether a move needs an existing destination */
	READING_SAME_SSID_ORDER,         /* which of several enabled networks with one SSID is tried first */
	READING_UNKNOWN_IDENTITY,        /* what diagnostics say when RADIUS refuses the identity at the start */
	READING_MAX_NETWORKS,            /* how many networks fit */
	READING_STORE_CHARGE,            /* what counts against the 24 KiB of the certificate store */
	READING_MISSING_CAPABILITY,      /* which errno a missing capability gives */
	READING_CAPABILITY_SPELLING,     /* whether EnterpriseWiFiConfig is EnterpriseWifiConfig */
	READING_ENTERPRISE_IMPLIES_WIFI, /* whether EnterpriseWifiConfig grants WifiConfig */
	READING_ID_TOO_LONG,             /* what a certificate id of more than 16 characters gives */
	READING_ID_CHARACTERS,           /* what other characters in a certificate id give */
	READING_ID_PERIOD,               /* whether a certificate id may have a period */
	READING_PLAIN_KEY_PASSWORD,      /* what a password for a plain key gives */
	READING_PEM_TAGS,                /* whether PEM needs its BEGIN and END lines */
	READING_SEC1_KEY,                /* whether a key may be SEC1 */
	READING_STORE_SIZE,              /* how many bytes an empty store has */
	READING_FORGET_UNKNOWN_ID,       /* what forgetting an unknown network gives */
	READING_SSID_LENGTH_0,           /* what an SSID of no bytes gives */
	READING_IDENTITY_TOO_LONG,       /* what an identity of more than 254 characters gives */
	READING_EMPTY_TEXT,              /* what an empty certificate id or config name gives */
	READING_PSK_TOO_SHORT,           /* what a key of fewer than 8 characters gives */
	READING_NOT_CONNECTED,           /* what the current network is while not connected */
	READING_TOO_MANY_NETWORKS,       /* when a network too many is refused */
	READING_DIAGNOSTICS_NOT_READY,   /* what diagnostics give before Wi-Fi is ready */
	READING_DIAGNOSTICS_NONE,        /* what diagnostics of a network without failures are */
	READING_PERSIST_WITHOUT_SSID,    /* what saving a network without SSID does */
	READING_MUTABLE_SIZE_0,          /* what mutable storage of 0 KiB is */
	READING_STORE_WPA2_EXISTS,       /* when a WPA2 network is stored already */
	READING_DUPLICATE_NAMES,         /* which of two networks of one name is found */
	READING_NAME_TAKEN,              /* what giving a name twice gives */
	READING_RELOAD_SESSIONS,         /* what a reload does to cached sessions */
	READING_DEVICE_AUTH_LIFE,        /* how long device authentication lasts */
	READING_FORBIDDEN_HOST,          /* what a host gives that AllowedConnections does not name */
};
#define READING_COUNT ((size_t)READING_FORBIDDEN_HOST + 1)

/* Choices, in the order of the table in readings.c. */
enum { RELOAD_UNSAVED_DROPPED, RELOAD_UNSAVED_KEPT };
enum { SET_EFFECT_RECONNECTS, SET_EFFECT_NEXT_CONNECT, SET_EFFECT_RELOAD };
enum { CERT_SEEN_RELOAD, CERT_SEEN_AT_ONCE };
enum { MOVE_DESTINATION_OPTIONAL, MOVE_DESTINATION_REQUIRED };
enum { SAME_SSID_LOWER_ID, SAME_SSID_LAST_CONNECTED, SAME_SSID_HIGHER_ID };
enum { UNKNOWN_IDENTITY_103, UNKNOWN_IDENTITY_1 };
enum { MAX_NETWORKS_10, MAX_NETWORKS_37 };
enum { STORE_CHARGE_PEM, STORE_CHARGE_DER };
enum { MISSING_CAPABILITY_EACCES, MISSING_CAPABILITY_EPERM };
enum { CAPABILITY_SPELLING_STRICT, CAPABILITY_SPELLING_BOTH };
enum { ENTERPRISE_IMPLIES_WIFI_NO, ENTERPRISE_IMPLIES_WIFI_YES };
enum { ID_TOO_LONG_ERANGE, ID_TOO_LONG_EINVAL };
enum { ID_CHARACTERS_EINVAL, ID_CHARACTERS_ACCEPTED };
enum { ID_PERIOD_ACCEPTED, ID_PERIOD_REFUSED };
enum { PLAIN_KEY_PASSWORD_EINVAL, PLAIN_KEY_PASSWORD_IGNORED };
enum { PEM_TAGS_REQUIRED, PEM_TAGS_OPTIONAL };
enum { SEC1_KEY_ACCEPTED, SEC1_KEY_REFUSED };
enum { STORE_SIZE_24514, STORE_SIZE_24576 };
enum { FORGET_UNKNOWN_ID_ENODEV, FORGET_UNKNOWN_ID_ENOENT };
enum { SSID_LENGTH_0_ERANGE, SSID_LENGTH_0_CLEARED };
enum { IDENTITY_TOO_LONG_ERANGE, IDENTITY_TOO_LONG_EINVAL };
enum { EMPTY_TEXT_CLEARED, EMPTY_TEXT_ERANGE };
enum { PSK_TOO_SHORT_ERANGE, PSK_TOO_SHORT_EINVAL };
enum { NOT_CONNECTED_ENODATA, NOT_CONNECTED_ENOTCONN };
enum { TOO_MANY_NETWORKS_ADD, TOO_MANY_NETWORKS_PERSIST };
enum { DIAGNOSTICS_NOT_READY_EAGAIN, DIAGNOSTICS_NOT_READY_ENODEV };
enum { DIAGNOSTICS_NONE_ENODEV, DIAGNOSTICS_NONE_EMPTY };
enum { PERSIST_WITHOUT_SSID_EINVAL, PERSIST_WITHOUT_SSID_SKIPPED };
enum { MUTABLE_SIZE_0_EACCES, MUTABLE_SIZE_0_EMPTY_FILE };
enum { STORE_WPA2_EXISTS_SSID, STORE_WPA2_EXISTS_SSID_AND_KEY };
enum { DUPLICATE_NAMES_LOWER_ID, DUPLICATE_NAMES_HIGHER_ID };
enum { NAME_TAKEN_ACCEPTED, NAME_TAKEN_EEXIST };
enum { RELOAD_SESSIONS_FLUSHED, RELOAD_SESSIONS_KEPT };
enum { DEVICE_AUTH_LIFE_24H, DEVICE_AUTH_LIFE_25H };
enum { FORBIDDEN_HOST_NO_NAME, FORBIDDEN_HOST_REFUSED, FORBIDDEN_HOST_EACCES };

/* Which readings a device had to decide by, in the order of the first question: what it never asked cannot have made a difference. */
struct readings_asked {
	size_t count;
	enum reading_id ids[READING_COUNT];
	bool seen[READING_COUNT];
};

/* A reading that the device had to decide by, and the choice that was in force. */
struct reading_answer {
	unsigned id, choice; /* enum reading_id; one of its row's choices */
};

struct readings {
	unsigned chosen[READING_COUNT]; /* the device reads them by readings_ask() alone */
	struct readings_asked *asked;   /* the caller's, zeroed; NULL: nobody wants to know */
};

struct reading_choice {
	const char *name;   /* as in --reading=NAME=VALUE */
	const char *source; /* where this choice is found */
};

struct reading_info {
	enum reading_id id;
	const char *name;  /* "reload-unsaved" */
	const char *about; /* one sentence */
	const struct reading_choice *choices;
	size_t choice_count;
	unsigned default_choice;
};

/* The table, READING_COUNT rows in enum order. Static storage. */
const struct reading_info *readings_table(void);
void readings_defaults(struct readings *ret);
/* Set by name. 0; -ENOENT no such reading; -EINVAL no such choice. */
int readings_set(struct readings *readings, const char *name, const char *choice);
/* The choice in force. Ask as late as can be, only where the choices lead to different behaviour: each question multiplies the
 * combinations that `azsim run --readings=all` has to play. */
unsigned readings_ask(const struct readings *readings, enum reading_id id);
/* The name of the choice in force, without asking. Static storage. */
const char *readings_get(const struct readings *readings, enum reading_id id);

#endif
