/* What one authentication showed, and what it means. No sockets, no processes: text in, struct auth_verdict out.
 */
#ifndef SIM_NET_TESTNETD_VERDICT_H
#define SIM_NET_TESTNETD_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "emu-applibs/device/auth.h"

/* What wpa_supplicant's events said since the attempt began. */
struct attempt {
	bool associated;
	uint8_t bssid[AUTH_BSSID_LENGTH]; /* of the last access point that was tried; zeros: none */
	bool started;      /* EAP began */
	bool tls_selected; /* the method was agreed */
	bool success, failure;
	bool agreed;    /* on air: the 4-way handshake is over */
	bool connected; /* on air: and the device was not connected before */
	bool lost;      /* on air: too many frames got lost for it to come to an end of its own */
	bool dropped;   /* on air: connected, and thrown out since */
	bool wrong_key; /* on air: the shared key is not that of the access point */
	bool aside;     /* on air: wpa_supplicant sets the network aside, for the time last told */
	unsigned aside_s;
	unsigned ends_ms; /* on air: so far, virtual time from its beginning */
	int id;         /* of the network that was connected or set aside, as wpa_supplicant numbers it; -1: not told */
	bool not_found; /* on air: a scan showed no access point that the network could join */
	bool no_method;    /* certificate or key could not be used */
	bool cert_error;
	int cert_depth;
	char cert_subject[AUTH_SUBJECT_MAX];
	char cert_text[AUTH_REASON_MAX];  /* err='...' */
	char alert[AUTH_REASON_MAX];      /* local TLS alert */
};

void attempt_reset(struct attempt *attempt);
/* One event of wpa_supplicant, without its level. */
void attempt_event(struct attempt *attempt, const char *event);
/* An end was seen: success, failure, or a method that could not start. */
bool attempt_ended(const struct attempt *attempt);

/* Does the log of RADIUS (lines since the attempt began) hold its last word on an ended attempt? */
bool radius_log_complete(const char *log);
/* The date of that last word, as the log gives it, in seconds since 1970. False: it has none. */
bool radius_log_date(const char *log, int64_t *ret_wall_s);
/* Refused for want of an identity: such a refusal carries no EAP message, so that the device hears nothing. */
bool radius_log_no_identity(const char *log);
/* It has refused the device after a good handshake, for what is in its file. */
bool radius_log_not_on_file(const char *log);
/* The packet of the access point was not made with RADIUS's secret. */
bool radius_log_secret_wrong(const char *log);

/* The verdict of an ended attempt. */
void verdict_of_attempt(const struct attempt *attempt, const char *radius_log, const char *identity,
                        struct auth_verdict *ret_verdict);
/* One that was reached without a certificate in play. */
void verdict_plain(enum auth_outcome outcome, const char *device_reason, const char *radius_reason,
                   struct auth_verdict *ret_verdict);

#endif
