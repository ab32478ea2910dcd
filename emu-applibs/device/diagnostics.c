/* What a network's diagnostics say after a failed attempt: only what a device can see of it.
 *
 * The verdict of the test network knows both sides; the device never learns why RADIUS refused its certificate, so cause
 * and RADIUS's words stop here. Codes: WifiConfig_NetworkDiagnostics [wificonfig.h]. Leaves to others: when an attempt
 * has failed (supplicant.c), the API (wificonfig_attr.c).
 */
#include <stdio.h>

#include "emu-applibs/base/base.h"
#include "emu-applibs/device/supplicant.h"

void diagnostics_record_error(struct diagnostics *diagnostics, int error, int64_t wall_s)
{
	*diagnostics = (struct diagnostics) {
		.recorded = true,
		.error = error,
		.cert_depth = -1,
		.wall_s = wall_s,
	};
}

static void record_authentication(struct diagnostics *diagnostics, int cert_error, int64_t wall_s)
{
	diagnostics_record_error(diagnostics, DIAG_AUTHENTICATION_FAILED, wall_s);
	diagnostics->cert_error = cert_error;
}

void diagnostics_record_verdict(struct diagnostics *diagnostics, const struct auth_verdict *verdict, int64_t wall_s,
                                unsigned unknown_identity)
{
	switch (verdict->outcome) {
	case AUTH_OK:
		return;
	case AUTH_SERVER_REJECTED:
		record_authentication(diagnostics, DIAG_CERT_INVALID_ROOT, wall_s);
		diagnostics->cert_depth = verdict->depth;
		(void) snprintf(diagnostics->cert_subject, sizeof(diagnostics->cert_subject), "%s", verdict->subject);
		return;
	case AUTH_CLIENT_REJECTED:
		record_authentication(diagnostics, DIAG_CERT_INVALID_CLIENT, wall_s);
		return;
	case AUTH_IDENTITY_REJECTED:
		if (unknown_identity == UNKNOWN_IDENTITY_103)
			record_authentication(diagnostics, DIAG_CERT_UNKNOWN_IDENTITY, wall_s);
		else
			diagnostics_record_error(diagnostics, DIAG_CONNECTION_FAILED, wall_s);
		return;
	case AUTH_NO_CREDENTIALS:
		record_authentication(diagnostics, DIAG_CERT_NOT_FOUND, wall_s);
		return;
	case AUTH_NO_NETWORK:
		diagnostics_record_error(diagnostics, DIAG_NETWORK_NOT_FOUND, wall_s);
		return;
	case AUTH_WRONG_KEY:
		diagnostics_record_error(diagnostics, DIAG_WRONG_KEY, wall_s);
		return;
	case AUTH_NO_ANSWER:
		diagnostics_record_error(diagnostics, DIAG_CONNECTION_FAILED, wall_s);
		return;
	}
}
