/* One attempt to join a network, as the device OS asks for it and as a network answers it: EAP-TLS, or a shared key, or nothing.
 * Shared by the supplicant policy (device/supplicant.c) and the networks (sim/net). Plain data, no behaviour.
 */
#ifndef DEVICE_AUTH_H
#define DEVICE_AUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AUTH_SUBJECT_MAX 301 /* with NUL; as CertStore_SubjectName */
#define AUTH_REASON_MAX 256  /* with NUL */
#define AUTH_BSSID_LENGTH 6

enum auth_security {
	AUTH_SECURITY_EAP_TLS,
	AUTH_SECURITY_OPEN,
	AUTH_SECURITY_PSK, /* WPA2 with a shared key */
};

/* What the supplicant has in hand. Pointers are borrowed for the call. */
struct auth_request {
	const uint8_t *ssid; /* ssid_length bytes, 1..32 */
	size_t ssid_length;
	enum auth_security security; /* what the device believes of the access point */
	bool targeted_scan;          /* it asks for it by name: else a hidden one is not found */
	const uint8_t *bssid;        /* this access point asks a connected device to authenticate again; NULL: a new choice. AUTH_BSSID_LENGTH */
	const char *psk;             /* AUTH_SECURITY_PSK: passphrase or 64 hex digits; secret. Else NULL */
	const char *identity;        /* EAP identity; "" when unset */
	const char *root_ca_pem;     /* NULL: the server is not authenticated */
	const char *client_cert_pem; /* NULL: no such certificate (the supplicant then fails before it starts) */
	const char *client_key_pem;  /* unencrypted PEM; secret: never logged, never written but to 0600 files that go */
};

enum auth_outcome {
	AUTH_OK,              /* EAP-Success, port open */
	AUTH_SERVER_REJECTED, /* the device refused the server's certificate */
	AUTH_CLIENT_REJECTED, /* RADIUS refused the client's certificate, or identity and CN differ (after the TLS start) */
	AUTH_IDENTITY_REJECTED, /* RADIUS refused the identity before any TLS */
	AUTH_NO_ANSWER,       /* EAP started, no verdict: RADIUS down, wrong shared secret */
	AUTH_NO_NETWORK,      /* no access point with this SSID */
	AUTH_NO_CREDENTIALS,  /* certificate or key missing or unreadable: method could not start */
	AUTH_WRONG_KEY,       /* WPA2-PSK: the access point has another key */
};

/* Why a certificate was refused; the device sees it only for AUTH_SERVER_REJECTED. */
enum auth_cause {
	AUTH_CAUSE_NONE,
	AUTH_CAUSE_EXPIRED,
	AUTH_CAUSE_NOT_YET_VALID,
	AUTH_CAUSE_UNKNOWN_CA,
	AUTH_CAUSE_REVOKED,
	AUTH_CAUSE_WRONG_PURPOSE, /* extended key usage */
	AUTH_CAUSE_IDENTITY,      /* identity and CN differ */
	AUTH_CAUSE_BAD_SIGNATURE,
	AUTH_CAUSE_CRL,           /* CRL missing, expired or not yet valid */
	AUTH_CAUSE_TLS_VERSION,   /* no protocol version in common */
	AUTH_CAUSE_OTHER,
};

struct auth_verdict {
	enum auth_outcome outcome;
	enum auth_cause cause; /* the truth of the network; the device OS passes on only what a device can see */
	uint8_t bssid[AUTH_BSSID_LENGTH]; /* of the access point that was tried; zeros: none was, or nobody knows */
	int depth;             /* certificate the device refused, 0 = leaf; -1 when none */
	char subject[AUTH_SUBJECT_MAX];      /* of that certificate, one-line slash style; "" when none */
	char device_reason[AUTH_REASON_MAX]; /* what the supplicant saw, one line, for people */
	char radius_reason[AUTH_REASON_MAX]; /* what RADIUS logged, one line, for people */
};

/* Lower-case words for reports: "ok", "server-rejected", ...; static storage. */
const char *auth_outcome_name(enum auth_outcome outcome);
const char *auth_cause_name(enum auth_cause cause);

#endif
