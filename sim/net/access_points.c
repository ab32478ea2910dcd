/* Which access point a request finds, and how it is told from others: see net.h. */
#include <stdio.h>

#include "emu-applibs/base/base.h"
#include "sim/net/net.h"

unsigned net_bss_radio(size_t index)
{
	return index == 0 ? 0 : (unsigned)(NET_OTHERS_MAX + 1 + index);
}

unsigned net_other_radio(size_t index)
{
	return (unsigned)(NET_RADIO_DEVICE + 1 + index);
}

static void address_of(unsigned radio, uint8_t out[AUTH_BSSID_LENGTH])
{
	memset(out, 0, AUTH_BSSID_LENGTH);
	out[0] = 2;
	out[4] = (uint8_t)radio;
}

void net_bss_address(size_t index, uint8_t out[AUTH_BSSID_LENGTH])
{
	address_of(net_bss_radio(index), out);
}

void net_other_address(size_t index, uint8_t out[AUTH_BSSID_LENGTH])
{
	address_of(net_other_radio(index), out);
}

int net_choose_bss(const struct net_state *state)
{
	int best = -1;

	for (size_t i = 0; i < state->bss_count; i++) {
		const struct net_air *bss = &state->bss[i];

		if (net_is_heard(bss) && (best < 0 || bss->signal_dbm > state->bss[best].signal_dbm))
			best = (int)i;
	}
	return best;
}

static bool loses(const struct net_air *air)
{
	return net_is_heard(air) && air->loss_percent > 0;
}

bool net_loses_frames(const struct net_state *state)
{
	bool any = false;

	for (size_t i = 0; i < state->bss_count; i++)
		any = any || loses(&state->bss[i]);
	for (size_t i = 0; i < state->other_count; i++)
		any = any || loses(&state->others[i].air);
	return any;
}

int net_find_bss(const struct net_state *state, const struct auth_request *request)
{
	uint8_t bssid[AUTH_BSSID_LENGTH];

	for (size_t i = 0; i < state->bss_count && request->bssid != NULL; i++) {
		net_bss_address(i, bssid);
		if (net_is_heard(&state->bss[i]) && memcmp(bssid, request->bssid, sizeof(bssid)) == 0)
			return (int)i;
	}
	return net_choose_bss(state);
}

static bool answers(const char *ssid, enum auth_security security, bool hidden, const struct auth_request *request)
{
	return (!hidden || request->targeted_scan) && security == request->security && strlen(ssid) == request->ssid_length &&
	       memcmp(ssid, request->ssid, request->ssid_length) == 0;
}

bool net_find_ap(const struct net_state *state, const struct auth_request *request, const struct net_ap **ret_other)
{
	*ret_other = NULL;
	if (net_choose_bss(state) >= 0 && answers(state->ssid, AUTH_SECURITY_EAP_TLS, state->hidden, request))
		return true;
	for (size_t i = 0; i < state->other_count; i++) {
		const struct net_ap *ap = &state->others[i];

		if (net_is_heard(&ap->air) && answers(ap->ssid, ap->security, ap->hidden, request) &&
		    (*ret_other == NULL || ap->air.signal_dbm > (*ret_other)->air.signal_dbm))
			*ret_other = ap;
	}
	return *ret_other != NULL;
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
		net_other_address((size_t)(other - state->others), v.bssid);
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
