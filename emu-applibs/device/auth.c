/* The words of an authentication's outcome and cause, as reports and timelines show them. */
#include "emu-applibs/device/auth.h"

#include "emu-applibs/base/base.h"

static const char *const outcome_names[] = {
	[AUTH_OK] = "ok",
	[AUTH_SERVER_REJECTED] = "server-rejected",
	[AUTH_CLIENT_REJECTED] = "client-rejected",
	[AUTH_IDENTITY_REJECTED] = "identity-rejected",
	[AUTH_NO_ANSWER] = "no-answer",
	[AUTH_NO_NETWORK] = "no-network",
	[AUTH_NO_CREDENTIALS] = "no-credentials",
	[AUTH_WRONG_KEY] = "wrong-key",
};

static const char *const cause_names[] = {
	[AUTH_CAUSE_NONE] = "none",
	[AUTH_CAUSE_EXPIRED] = "expired",
	[AUTH_CAUSE_NOT_YET_VALID] = "not-yet-valid",
	[AUTH_CAUSE_UNKNOWN_CA] = "unknown-ca",
	[AUTH_CAUSE_REVOKED] = "revoked",
	[AUTH_CAUSE_WRONG_PURPOSE] = "wrong-purpose",
	[AUTH_CAUSE_IDENTITY] = "identity",
	[AUTH_CAUSE_BAD_SIGNATURE] = "bad-signature",
	[AUTH_CAUSE_CRL] = "crl",
	[AUTH_CAUSE_TLS_VERSION] = "tls-version",
	[AUTH_CAUSE_OTHER] = "other",
};

const char *auth_outcome_name(enum auth_outcome outcome)
{
	return (size_t)outcome < ARRAY_LEN(outcome_names) ? outcome_names[outcome] : "unknown";
}

const char *auth_cause_name(enum auth_cause cause)
{
	return (size_t)cause < ARRAY_LEN(cause_names) ? cause_names[cause] : "unknown";
}
