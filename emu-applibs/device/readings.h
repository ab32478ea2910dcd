/* Readings: each point on which Microsoft's documents are silent or contradict each other is one named switch.
 * The table with choices, defaults and the source of each choice is in readings.c.
 */
#ifndef DEVICE_READINGS_H
#define DEVICE_READINGS_H

#include <stdbool.h>
#include <stddef.h>

enum reading_id {
	READING_RELOAD_UNSAVED,   /* what a reload does to unsaved Wi-Fi settings */
	READING_SET_EFFECT,       /* when a Set* on the connected network takes effect */
	READING_CERT_SEEN,        /* when the supplicant sees a newly installed, moved or deleted certificate */
	READING_MOVE_DESTINATION, /* whether a move needs an existing destination */
	READING_SAME_SSID_ORDER,  /* which of several enabled networks with one SSID is tried first */
	READING_UNKNOWN_IDENTITY, /* what diagnostics say when RADIUS refuses the identity at the start */
	READING_MAX_NETWORKS,     /* how many networks fit */
	READING_STORE_CHARGE,     /* what counts against the 24 KiB of the certificate store */
};
#define READING_COUNT ((size_t)READING_STORE_CHARGE + 1)

/* Choices, in the order of the table in readings.c. */
enum { RELOAD_UNSAVED_DROPPED, RELOAD_UNSAVED_KEPT };
enum { SET_EFFECT_RECONNECTS, SET_EFFECT_NEXT_CONNECT, SET_EFFECT_RELOAD };
enum { CERT_SEEN_RELOAD, CERT_SEEN_AT_ONCE };
enum { MOVE_DESTINATION_OPTIONAL, MOVE_DESTINATION_REQUIRED };
enum { SAME_SSID_LOWER_ID, SAME_SSID_LAST_CONNECTED, SAME_SSID_HIGHER_ID };
enum { UNKNOWN_IDENTITY_103, UNKNOWN_IDENTITY_1 };
enum { MAX_NETWORKS_10, MAX_NETWORKS_37 };
enum { STORE_CHARGE_PEM, STORE_CHARGE_DER };

/* Which readings a device had to decide by, in the order of the first question: what it never asked cannot have made a difference. */
struct readings_asked {
	size_t count;
	enum reading_id ids[READING_COUNT];
	bool seen[READING_COUNT];
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
