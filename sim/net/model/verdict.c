/* What an exchange means: outcome, cause, and what each side says about it, in the words the real daemons use.
 *
 * The device learns a reason only when it refused the server itself; everything else is in RADIUS's log alone.
 */
#include <stdio.h>

#include "emu-applibs/base/base.h"
#include "sim/net/cause.h"
#include "sim/net/model/model.h"

void model_verdict_plain(enum auth_outcome outcome, const char *device_reason, const char *radius_reason,
                         struct auth_verdict *ret_verdict)
{
	*ret_verdict = (struct auth_verdict){.outcome = outcome, .cause = AUTH_CAUSE_NONE, .depth = -1};
	(void) snprintf(ret_verdict->device_reason, sizeof(ret_verdict->device_reason), "%s", device_reason);
	(void) snprintf(ret_verdict->radius_reason, sizeof(ret_verdict->radius_reason), "%s", radius_reason);
}

void model_verdict_identity(const char *identity, struct auth_verdict *ret_verdict)
{
	char line[AUTH_REASON_MAX];

	(void) snprintf(line, sizeof(line), "Login incorrect: [%.128s]", identity);
	/* A request without a user name is rejected before the EAP module has a say: no EAP-Failure reaches the device. */
	model_verdict_plain(AUTH_IDENTITY_REJECTED, *identity ? "EAP-Failure before TLS" : "EAP started, no answer", line,
	                    ret_verdict);
}

static const char *or_else(const char *text, const char *otherwise)
{
	return text ? text : otherwise;
}

/* The device ended TLS by itself. */
static void server_rejected(const struct model_exchange *exchange, struct auth_verdict *verdict)
{
	const struct model_party_view *device = &exchange->device, *radius = &exchange->radius;
	const char *alert = or_else(device->alert_written, "none");

	verdict->outcome = AUTH_SERVER_REJECTED;
	if (device->verify_error != X509_V_OK) {
		verdict->cause = net_cause_of_x509(device->verify_error);
		verdict->depth = device->depth;
		(void) snprintf(verdict->subject, sizeof(verdict->subject), "%s", device->subject);
		(void) snprintf(verdict->device_reason, sizeof(verdict->device_reason), "%s (local TLS alert: %s)",
		                X509_verify_cert_error_string(device->verify_error), alert);
	} else {
		verdict->cause = AUTH_CAUSE_OTHER;
		(void) snprintf(verdict->device_reason, sizeof(verdict->device_reason), "TLS failed: %s (local TLS alert: %s)",
		                or_else(device->tls_error, "no reason given"), alert);
	}
	(void) snprintf(verdict->radius_reason, sizeof(verdict->radius_reason), "(TLS) Alert read:fatal:%s",
	                or_else(radius->alert_read, alert));
}

/* RADIUS ended TLS; the device only gets an EAP-Failure. */
static void client_rejected(const struct model_exchange *exchange, struct auth_verdict *verdict)
{
	const struct model_party_view *radius = &exchange->radius;
	const char *alert = or_else(radius->alert_written, "none");
	char *out = verdict->radius_reason;

	verdict->outcome = AUTH_CLIENT_REJECTED;
	(void) snprintf(verdict->device_reason, sizeof(verdict->device_reason), "EAP-Failure, with no reason given");
	if (radius->other_cn[0]) {
		verdict->cause = AUTH_CAUSE_IDENTITY;
		(void) snprintf(out, AUTH_REASON_MAX, "Certificate CN (%.80s) does not match specified value (%.80s)!; "
		                "(TLS) Alert write:fatal:%s", radius->other_cn, exchange->identity, alert);
	} else if (radius->verify_error != X509_V_OK) {
		verdict->cause = net_cause_of_x509(radius->verify_error);
		(void) snprintf(out, AUTH_REASON_MAX, "(TLS) OpenSSL says error %d : %s; (TLS) Alert write:fatal:%s",
		                radius->verify_error, X509_verify_cert_error_string(radius->verify_error), alert);
	} else if (radius->not_on_file) {
		verdict->cause = AUTH_CAUSE_OTHER;
		(void) snprintf(out, AUTH_REASON_MAX, "this client certificate is not on file; (TLS) Alert write:fatal:none");
	} else {
		verdict->cause = AUTH_CAUSE_OTHER;
		(void) snprintf(out, AUTH_REASON_MAX, "(TLS) %s; (TLS) Alert write:fatal:%s",
		                or_else(radius->tls_error, "the exchange ended"), alert);
	}
}

void model_verdict(const struct model_exchange *exchange, struct auth_verdict *ret_verdict)
{
	char line[AUTH_REASON_MAX];

	if (exchange->success) {
		(void) snprintf(line, sizeof(line), "Login OK: [%.128s]", exchange->identity);
		model_verdict_plain(AUTH_OK, "EAP authentication completed successfully", line, ret_verdict);
		return;
	}
	if (!exchange->tls_started) {
		model_verdict_identity(exchange->identity, ret_verdict);
		return;
	}
	model_verdict_plain(AUTH_CLIENT_REJECTED, "", "", ret_verdict);
	if (exchange->device.verify_error != X509_V_OK || exchange->device.alert_written)
		server_rejected(exchange, ret_verdict);
	else
		client_rejected(exchange, ret_verdict);
}
