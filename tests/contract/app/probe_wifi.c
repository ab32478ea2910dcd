/* Probes of the Wi-Fi configuration that need no connection. */
#include <errno.h>
#include <string.h>

#include <applibs/wificonfig.h>

#include "probes.h"
#include "support.h"

static const uint8_t ssid[] = "contract-probe";
#define SSID_LENGTH (sizeof(ssid) - 1)
#define MANY 48 /* more than any choice of max-networks */

/* A call on a network that is good. */
#define ON_SCRATCH(call, error_a, choice_a, error_b, choice_b)                                 \
	do {                                                                                   \
		int id = scratch_network(t);                                                   \
		if (id >= 0)                                                                   \
			PROBE_BY_ERRNO(call, error_a, choice_a, error_b, choice_b);            \
	} while (0)

PROBE(diagnostics_not_ready)
{
	WifiConfig_NetworkDiagnostics diagnostics;

	PROBE_BY_ERRNO(WifiConfig_GetNetworkDiagnostics(0, &diagnostics), EAGAIN, "EAGAIN", ENODEV, "ENODEV");
}

PROBE(forget_unknown_id)
{
	PROBE_BY_ERRNO(WifiConfig_ForgetNetworkById(UNKNOWN_ID), ENODEV, "ENODEV", ENOENT, "ENOENT");
}

PROBE(ssid_length_0)
{
	ON_SCRATCH(WifiConfig_SetSSID(id, ssid, 0), ERANGE, "ERANGE", SUCCESS, "cleared");
	forget_networks();
}

PROBE(identity_too_long)
{
	static char identity_255[WIFICONFIG_EAP_IDENTITY_MAX_LENGTH + 2];

	memset(identity_255, 'i', sizeof(identity_255) - 1);
	ON_SCRATCH(WifiConfig_SetClientIdentity(id, identity_255), ERANGE, "ERANGE", EINVAL, "EINVAL");
}

PROBE(empty_text)
{
	ON_SCRATCH(WifiConfig_SetRootCACertStoreIdentifier(id, ""), SUCCESS, "cleared", ERANGE, "ERANGE");
}

PROBE(psk_too_short)
{
	ON_SCRATCH(WifiConfig_SetPSK(id, "1234567", 7), ERANGE, "ERANGE", EINVAL, "EINVAL");
}

PROBE(not_connected)
{
	WifiConfig_ConnectedNetwork network;

	if (WifiConfig_GetConnectedNetworkId() >= 0)
		test_skip(t, "the device is connected");
	else
		PROBE_BY_ERRNO(WifiConfig_GetCurrentNetwork(&network), ENODATA, "ENODATA", ENOTCONN, "ENOTCONN");
}

PROBE(diagnostics_none)
{
	WifiConfig_NetworkDiagnostics diagnostics;

	ON_SCRATCH(WifiConfig_GetNetworkDiagnostics(id, &diagnostics), ENODEV, "ENODEV", SUCCESS, "empty");
}

/* Two networks, the second with a name that the first has, if that can be. False: they cannot be had, and the test is skipped. */
static bool add_twice(struct test *t, int ids[2], int *ret_error)
{
	ids[0] = WifiConfig_AddNetwork();
	ids[1] = WifiConfig_AddNetwork();
	if (ids[0] < 0 || ids[1] < 0 || WifiConfig_SetConfigName(ids[0], "ct-twice") != 0) {
		test_skip(t, "no networks can be added: %s", errno_name(errno));
		return false;
	}
	*ret_error = WifiConfig_SetConfigName(ids[1], "ct-twice") == 0 ? SUCCESS : errno;
	return true;
}

PROBE(name_taken)
{
	int ids[2], error;

	if (add_twice(t, ids, &error))
		probe_by_errno(t, error ? -1 : 0, error, SUCCESS, "accepted", EEXIST, "EEXIST");
	forget_network(ids[1]);
	forget_network(ids[0]);
}

PROBE(duplicate_names)
{
	int ids[2], error, found, lower, higher;

	if (add_twice(t, ids, &error)) {
		found = error ? -1 : WifiConfig_GetNetworkIdByConfigName("ct-twice");
		lower = ids[0] < ids[1] ? ids[0] : ids[1];
		higher = ids[0] < ids[1] ? ids[1] : ids[0];
		if (error)
			test_skip(t, "no name can be given twice: %s", errno_name(error));
		else if (found == lower)
			probe_says(t, "lower-id");
		else if (found == higher)
			probe_says(t, "higher-id");
		else
			test_not_ok(t, "the name finds neither of its networks: %s", found < 0 ? errno_name(errno) : "another one");
	}
	forget_network(ids[1]);
	forget_network(ids[0]);
}

PROBE(persist_without_ssid)
{
	int id;

	if (!need_saving(t))
		return;
	id = WifiConfig_AddNetwork();
	if (id < 0)
		test_skip(t, "no network can be added: %s", errno_name(errno));
	else
		PROBE_BY_ERRNO(WifiConfig_PersistConfig(), EINVAL, "EINVAL", SUCCESS, "skipped");
	forget_network(id);
	(void) WifiConfig_PersistConfig();
}

PROBE(store_wpa2_exists)
{
	WifiConfig_StoredNetwork network = {
		.z__magicAndVersion = 0xb22e0000u | WIFICONFIG_STRUCTS_VERSION,
		.ssidLength = SSID_LENGTH,
		.security = WifiConfig_Security_Wpa2_Psk,
	};

	if (!need_saving(t))
		return;
	memcpy(network.ssid, ssid, SSID_LENGTH);
	if (WifiConfig_StoreWpa2Network(ssid, SSID_LENGTH, "contract-1", 10) != 0)
		test_skip(t, "no network can be stored: %s", errno_name(errno));
	else
		PROBE_BY_ERRNO(WifiConfig_StoreWpa2Network(ssid, SSID_LENGTH, "contract-2", 10), EEXIST, "ssid", SUCCESS, "ssid-and-key");
	while (WifiConfig_ForgetNetwork(&network) == 0)
		;
}

/* ---- How many --------------------------------------------------------------------------------------------------------- */

struct many {
	int ids[MANY];
	size_t count;
	int error; /* why there are not MANY; 0: there are */
};

static void add_many(struct many *many)
{
	many->count = 0;
	many->error = 0;
	while (many->count < MANY) {
		int id = WifiConfig_AddNetwork();

		if (id < 0) {
			many->error = errno;
			return;
		}
		many->ids[many->count++] = id;
		(void) WifiConfig_SetSSID(id, ssid, SSID_LENGTH);
	}
}

static void forget_many(struct many *many)
{
	while (many->count > 0)
		forget_network(many->ids[--many->count]);
	(void) WifiConfig_PersistConfig();
}

PROBE(too_many_networks)
{
	struct many many;

	if (!need_saving(t))
		return;
	add_many(&many);
	if (many.error == ENOMEM)
		probe_says(t, "at-add");
	else if (many.error)
		test_not_ok(t, "a network too many gives %s", errno_name(many.error));
	else if (WifiConfig_PersistConfig() == 0)
		test_skip(t, "%d networks are not too many for this device", MANY);
	else if (errno == ENOSPC)
		probe_says(t, "at-persist");
	else
		test_not_ok(t, "saving networks too many gives %s", errno_name(errno));
	forget_many(&many);
}

/* How many can be saved, those of the owner included. Anything but ten is "no fixed number", for which the other choice stands. */
PROBE(max_networks)
{
	struct many many;
	ssize_t fit;

	if (!need_saving(t))
		return;
	add_many(&many);
	while (many.count > 0 && WifiConfig_PersistConfig() != 0)
		forget_network(many.ids[--many.count]);
	fit = WifiConfig_GetStoredNetworkCount();
	tap_remark("networks that fit: %ld%s", (long)fit, many.count == MANY ? " or more" : "");
	probe_says(t, fit == 10 ? "10" : "37");
	forget_many(&many);
}

/* ---- Reload ----------------------------------------------------------------------------------------------------------- */

PROBE(reload_unsaved)
{
	int id;

	if (scratch_network(t) < 0 || !need_saving(t))
		return;
	id = WifiConfig_AddDuplicateNetwork(scratch_network(t), "ct-saved");
	if (id < 0 || WifiConfig_PersistConfig() != 0 || WifiConfig_SetConfigName(id, "ct-unsaved") != 0) {
		test_skip(t, "no network can be saved and renamed: %s", errno_name(errno));
		forget_networks();
		return;
	}
	if (WifiConfig_ReloadConfig() != 0)
		test_not_ok(t, "the configuration cannot be reloaded: %s", errno_name(errno));
	else if (WifiConfig_GetNetworkIdByConfigName("ct-saved") >= 0)
		probe_says(t, "dropped");
	else if (WifiConfig_GetNetworkIdByConfigName("ct-unsaved") >= 0)
		probe_says(t, "kept");
	else
		test_not_ok(t, "after a reload the network is gone under both names: %s", errno_name(errno));
	forget_networks();
}
