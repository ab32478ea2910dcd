/* Which access point a request finds: see net.h. */
#include <stdio.h>

#include "emu-applibs/base/base.h"
#include "sim/net/net.h"

static bool answers(const char *ssid, enum auth_security security, bool hidden, bool up, const struct auth_request *request)
{
	return up && (!hidden || request->targeted_scan) && security == request->security && strlen(ssid) == request->ssid_length &&
	       memcmp(ssid, request->ssid, request->ssid_length) == 0;
}

bool net_find_ap(const struct net_state *state, const struct auth_request *request, const struct net_ap **ret_other)
{
	*ret_other = NULL;
	if (answers(state->ssid, AUTH_SECURITY_EAP_TLS, state->hidden, state->ap_up, request))
		return true;
	for (size_t i = 0; i < state->other_count; i++) {
		const struct net_ap *ap = &state->others[i];

		if (answers(ap->ssid, ap->security, ap->hidden, ap->up, request)) {
			*ret_other = ap;
			return true;
		}
	}
	return false;
}

bool net_join_other(const struct net_state *state, const struct auth_request *request, struct auth_verdict *ret_verdict)
{
	const struct net_ap *other;
	struct auth_verdict v = {.outcome = AUTH_NO_NETWORK, .depth = -1};
	const char *reason = "no access point with this SSID";

	if (net_find_ap(state, request, &other)) {
		if (other == NULL)
			return false;
		v.outcome = AUTH_OK;
		reason = "associated";
		if (other->security == AUTH_SECURITY_PSK && (request->psk == NULL || strcmp(other->psk, request->psk) != 0)) {
			v.outcome = AUTH_WRONG_KEY;
			reason = "4-Way Handshake failed - pre-shared key may be incorrect";
		}
	}
	(void) snprintf(v.device_reason, sizeof(v.device_reason), "%s", reason);
	*ret_verdict = v;
	return true;
}
