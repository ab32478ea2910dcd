/* Cases of <applibs/wificonfig.h>: networks, lists, connection. The settings of one network: settings.c. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <applibs/wificonfig.h>

#include "cases.h"
#include "support.h"

#define NAME_17 "ct-3456789012345x"
#define ROWS 8

static const uint8_t ssid[] = "contract-stored";
#define SSID_LENGTH (sizeof(ssid) - 1)
static const char psk[] = "contract-psk";
#define PSK_LENGTH (sizeof(psk) - 1)

/* Capability, readiness, interface, for every function. */
#define REFUSED(function, call)                                           \
	CASE(function, EACCES, no_capability) { GIVES_EACCES(call); }     \
	CASE(function, EAGAIN, not_ready) { GIVES(call); }
#define REFUSED_TOO(function, call)                                       \
	REFUSED(function, call)                                           \
	CASE(function, ENETDOWN, interface_down) { GIVES(call); }

/* For a call that would do harm: only where another one is refused for the same reason. */
static bool is_refused(struct test *t)
{
	if (WifiConfig_GetStoredNetworkCount() < 0 && (errno == t->error || errno == EPERM))
		return true;
	test_not_ok(t, "WifiConfig_GetStoredNetworkCount is not refused, so this one is not tried");
	return false;
}

#define REFUSED_WITH_CARE(function, call)                                                         \
	CASE(function, EACCES, no_capability) { if (is_refused(t)) GIVES_EACCES(call); }          \
	CASE(function, EAGAIN, not_ready) { if (is_refused(t)) GIVES(call); }                     \
	CASE(function, ENETDOWN, interface_down) { if (is_refused(t)) GIVES(call); }

/* A structure as the library fills it, of a network that is not there. */
static const WifiConfig_StoredNetwork *stored_network(uint32_t magic_and_version)
{
	static WifiConfig_StoredNetwork network;

	memset(&network, 0, sizeof(network));
	network.z__magicAndVersion = magic_and_version;
	memcpy(network.ssid, "contract-none", 13);
	network.ssidLength = 13;
	network.security = WifiConfig_Security_Open;
	return &network;
}

#define MAGIC (0xb22e0000u | WIFICONFIG_STRUCTS_VERSION)

REFUSED_TOO(WifiConfig_AddNetwork, WifiConfig_AddNetwork())
REFUSED_TOO(WifiConfig_AddDuplicateNetwork, WifiConfig_AddDuplicateNetwork(UNKNOWN_ID, "ct-copy"))
REFUSED_TOO(WifiConfig_GetNetworkIdByConfigName, WifiConfig_GetNetworkIdByConfigName("ct-unknown"))
REFUSED_TOO(WifiConfig_GetConnectedNetworkId, WifiConfig_GetConnectedNetworkId())
REFUSED_TOO(WifiConfig_ForgetNetworkById, WifiConfig_ForgetNetworkById(UNKNOWN_ID))
REFUSED_WITH_CARE(WifiConfig_ForgetAllNetworks, WifiConfig_ForgetAllNetworks())
REFUSED_TOO(WifiConfig_ForgetNetwork, WifiConfig_ForgetNetwork(stored_network(MAGIC)))
REFUSED_TOO(WifiConfig_GetStoredNetworkCount, WifiConfig_GetStoredNetworkCount())
REFUSED(WifiConfig_GetStoredNetworks, WifiConfig_GetStoredNetworks((WifiConfig_StoredNetwork[1]){ { .ssidLength = 0 } }, 1))
REFUSED_TOO(WifiConfig_GetCurrentNetwork, WifiConfig_GetCurrentNetwork(&(WifiConfig_ConnectedNetwork){ .ssidLength = 0 }))
REFUSED_TOO(WifiConfig_TriggerScanAndGetScannedNetworkCount, WifiConfig_TriggerScanAndGetScannedNetworkCount())
REFUSED(WifiConfig_GetScannedNetworks, WifiConfig_GetScannedNetworks((WifiConfig_ScannedNetwork[1]){ { .ssidLength = 0 } }, 1))
REFUSED_TOO(WifiConfig_StoreOpenNetwork, WifiConfig_StoreOpenNetwork(ssid, SSID_LENGTH))
REFUSED_TOO(WifiConfig_StoreWpa2Network, WifiConfig_StoreWpa2Network(ssid, SSID_LENGTH, psk, PSK_LENGTH))

/* ---- Adding ----------------------------------------------------------------------------------------------------------- */

/* Networks until no more can be added, then `one_more`; away with all of them. No device holds a hundred. */
static void judge_one_too_many(struct test *t, bool duplicate)
{
	int ids[100], original = scratch_network(t), id;
	size_t count = 0;

	if (original < 0)
		return;
	while (count < sizeof(ids) / sizeof(ids[0]) && (id = WifiConfig_AddNetwork()) >= 0)
		ids[count++] = id;
	if (count == sizeof(ids) / sizeof(ids[0]))
		test_skip(t, "%u networks are not too many for this device", (unsigned)count);
	else if (duplicate)
		GIVES(WifiConfig_AddDuplicateNetwork(original, "ct-copy"));
	else
		GIVES(WifiConfig_AddNetwork());
	while (count > 0)
		forget_network(ids[--count]);
}

CASE(WifiConfig_AddNetwork, ENOMEM, too_many)
{
	judge_one_too_many(t, false);
}

CASE(WifiConfig_AddDuplicateNetwork, ENOMEM, too_many)
{
	judge_one_too_many(t, true);
}

CASE(WifiConfig_AddDuplicateNetwork, EINVAL, id_invalid)
{
	GIVES(WifiConfig_AddDuplicateNetwork(-1, "ct-copy"));
}

CASE(WifiConfig_AddDuplicateNetwork, ENODEV, id_unknown)
{
	GIVES(WifiConfig_AddDuplicateNetwork(UNKNOWN_ID, "ct-copy"));
}

/* A call on a network that is good. */
#define ON_SCRATCH(call)                        \
	do {                                    \
		int id = scratch_network(t);    \
		if (id >= 0)                    \
			GIVES(call);            \
	} while (0)

CASE(WifiConfig_AddDuplicateNetwork, EFAULT, name_null)
{
	ON_SCRATCH(WifiConfig_AddDuplicateNetwork(id, NULL));
}

CASE(WifiConfig_AddDuplicateNetwork, ERANGE, name_empty)
{
	ON_SCRATCH(WifiConfig_AddDuplicateNetwork(id, ""));
}

CASE(WifiConfig_AddDuplicateNetwork, ERANGE, name_too_long)
{
	ON_SCRATCH(WifiConfig_AddDuplicateNetwork(id, NAME_17));
}

CASE(WifiConfig_AddDuplicateNetwork, EEXIST, name_taken)
{
	ON_SCRATCH(WifiConfig_AddDuplicateNetwork(id, "ct-scratch"));
}

/* ---- Finding and forgetting ------------------------------------------------------------------------------------------- */

CASE(WifiConfig_GetNetworkIdByConfigName, EFAULT, name_null)
{
	GIVES(WifiConfig_GetNetworkIdByConfigName(NULL));
}

CASE(WifiConfig_GetNetworkIdByConfigName, ERANGE, name_too_long)
{
	GIVES(WifiConfig_GetNetworkIdByConfigName(NAME_17));
}

CASE(WifiConfig_GetNetworkIdByConfigName, ENODEV, name_unknown)
{
	GIVES(WifiConfig_GetNetworkIdByConfigName("ct-unknown"));
}

/* Connected to a network of the owner, nothing is seen of not being so. */
#define WHILE_NOT_CONNECTED(statement)                                           \
	do {                                                                     \
		if (WifiConfig_GetConnectedNetworkId() >= 0)                     \
			test_skip(t, "the device is connected");                 \
		else                                                             \
			statement;                                               \
	} while (0)

CASE(WifiConfig_GetConnectedNetworkId, ENOTCONN, not_connected)
{
	WHILE_NOT_CONNECTED(GIVES(WifiConfig_GetConnectedNetworkId()));
}

CASE(WifiConfig_GetCurrentNetwork, ENODATA, not_connected)
{
	WifiConfig_ConnectedNetwork network;

	WHILE_NOT_CONNECTED(GIVES_OR(WifiConfig_GetCurrentNetwork(&network), ENOTCONN, "not-connected=ENOTCONN"));
}

CASE(WifiConfig_GetCurrentNetwork, ENOTCONN, not_connected)
{
	WifiConfig_ConnectedNetwork network;

	WHILE_NOT_CONNECTED(GIVES_OR(WifiConfig_GetCurrentNetwork(&network), ENODATA, "not-connected=ENODATA"));
}

CASE(WifiConfig_ForgetNetworkById, EINVAL, id_invalid)
{
	GIVES(WifiConfig_ForgetNetworkById(-1));
}

CASE(WifiConfig_ForgetNetworkById, ENODEV, id_unknown)
{
	GIVES_OR(WifiConfig_ForgetNetworkById(UNKNOWN_ID), ENOENT, "forget-unknown-id=ENOENT");
}

CASE(WifiConfig_ForgetNetworkById, ENOENT, id_unknown)
{
	GIVES_OR(WifiConfig_ForgetNetworkById(UNKNOWN_ID), ENODEV, "forget-unknown-id=ENODEV");
}

CASE(WifiConfig_ForgetNetwork, EFAULT, network_null)
{
	GIVES(WifiConfig_ForgetNetwork(NULL));
}

CASE(WifiConfig_ForgetNetwork, ENOENT, unknown)
{
	GIVES(WifiConfig_ForgetNetwork(stored_network(MAGIC)));
}

CASE(WifiConfig_ForgetNetwork, EINVAL, structure_invalid)
{
	GIVES(WifiConfig_ForgetNetwork(stored_network(0)));
}

CASE(WifiConfig_ForgetNetwork, EINVAL, structure_version)
{
	GIVES(WifiConfig_ForgetNetwork(stored_network(MAGIC + 1)));
}

/* The scratch network as GetStoredNetworks shows it. False: it cannot be had, and the test is skipped. */
static bool find_scratch(struct test *t, WifiConfig_StoredNetwork *ret)
{
	static const char wanted[] = SCRATCH_SSID;
	WifiConfig_StoredNetwork stored[40];
	ssize_t count;

	if (scratch_network(t) < 0)
		return false;
	count = WifiConfig_GetStoredNetworks(stored, sizeof(stored) / sizeof(stored[0]));
	for (ssize_t i = 0; i < count; i++) {
		if (stored[i].ssidLength == sizeof(wanted) - 1 && memcmp(stored[i].ssid, wanted, sizeof(wanted) - 1) == 0) {
			*ret = stored[i];
			return true;
		}
	}
	test_not_ok(t, "a network that was added is not among the stored ones");
	return false;
}

#define ROOM "there is room; no application can take it from a device"

CASE(WifiConfig_ForgetNetwork, ENOSPC, too_many)
{
	WifiConfig_StoredNetwork network;

	if (!find_scratch(t, &network))
		return;
	if (WifiConfig_ForgetNetwork(&network) == 0)
		test_skip(t, ROOM);
	else
		test_judge(t, -1, errno, NOTHING_ELSE, "");
}

/* ---- Lists ------------------------------------------------------------------------------------------------------------ */

CASE(WifiConfig_GetStoredNetworks, EFAULT, array_null)
{
	GIVES(WifiConfig_GetStoredNetworks(NULL, ROWS));
}

CASE(WifiConfig_GetStoredNetworks, ERANGE, count_0)
{
	WifiConfig_StoredNetwork rows[ROWS];

	GIVES(WifiConfig_GetStoredNetworks(rows, 0));
}

/* The version is an argument of the function behind the inline one. */
CASE(WifiConfig_GetStoredNetworks, EINVAL, structure_version)
{
	WifiConfig_StoredNetwork rows[ROWS];

	GIVES(z__WifiConfig_GetStoredNetworks((struct z__WifiConfig_StoredNetwork_Base *)rows, ROWS, WIFICONFIG_STRUCTS_VERSION + 1));
}

CASE(WifiConfig_GetCurrentNetwork, EFAULT, output_null)
{
	GIVES(WifiConfig_GetCurrentNetwork(NULL));
}

CASE(WifiConfig_GetCurrentNetwork, EINVAL, structure_version)
{
	WifiConfig_ConnectedNetwork network;

	GIVES(z__WifiConfig_GetCurrentNetwork((struct z__WifiConfig_ConnectedNetwork_Base *)&network, WIFICONFIG_STRUCTS_VERSION + 1));
}

CASE(WifiConfig_GetScannedNetworks, EFAULT, array_null)
{
	GIVES(WifiConfig_GetScannedNetworks(NULL, ROWS));
}

CASE(WifiConfig_GetScannedNetworks, ERANGE, count_0)
{
	WifiConfig_ScannedNetwork rows[ROWS];

	GIVES(WifiConfig_GetScannedNetworks(rows, 0));
}

CASE(WifiConfig_GetScannedNetworks, EINVAL, structure_version)
{
	WifiConfig_ScannedNetwork rows[ROWS];

	GIVES(z__WifiConfig_GetScannedNetworks((struct z__WifiConfig_ScannedNetwork_Base *)rows, ROWS, WIFICONFIG_STRUCTS_VERSION + 1));
}

/* ---- The deprecated way in -------------------------------------------------------------------------------------------- */

static const uint8_t ssid_33[33] = "contract-stored-that-is-too-long";
static const char psk_65[65] = "0123456789012345678901234567890123456789012345678901234567890123";

/* Forgets what was stored, of either kind. */
static void forget_stored(WifiConfig_Security_Type security)
{
	WifiConfig_StoredNetwork network = { .z__magicAndVersion = MAGIC, .ssidLength = SSID_LENGTH, .security = security };

	memcpy(network.ssid, ssid, SSID_LENGTH);
	while (WifiConfig_ForgetNetwork(&network) == 0)
		;
}

/* False: nothing can be stored, and the test is skipped. */
static bool store(struct test *t, bool with_key)
{
	if ((with_key ? WifiConfig_StoreWpa2Network(ssid, SSID_LENGTH, psk, PSK_LENGTH) : WifiConfig_StoreOpenNetwork(ssid, SSID_LENGTH)) == 0)
		return true;
	test_skip(t, "no network can be stored: %s", errno_name(errno));
	return false;
}

/* ENOSPC where there is no room; otherwise what was stored goes again. */
static void judge_no_room(struct test *t, bool with_key)
{
	int r = with_key ? WifiConfig_StoreWpa2Network(ssid, SSID_LENGTH, psk, PSK_LENGTH) : WifiConfig_StoreOpenNetwork(ssid, SSID_LENGTH);

	if (r != 0) {
		test_judge(t, -1, errno, NOTHING_ELSE, "");
		return;
	}
	forget_stored(with_key ? WifiConfig_Security_Wpa2_Psk : WifiConfig_Security_Open);
	test_skip(t, ROOM);
}

CASE(WifiConfig_StoreOpenNetwork, EFAULT, ssid_null)
{
	GIVES(WifiConfig_StoreOpenNetwork(NULL, SSID_LENGTH));
}

CASE(WifiConfig_StoreOpenNetwork, ERANGE, ssid_empty)
{
	GIVES(WifiConfig_StoreOpenNetwork(ssid, 0));
}

CASE(WifiConfig_StoreOpenNetwork, ERANGE, ssid_too_long)
{
	GIVES(WifiConfig_StoreOpenNetwork(ssid_33, sizeof(ssid_33)));
}

CASE(WifiConfig_StoreOpenNetwork, EEXIST, stored)
{
	if (!store(t, false))
		return;
	GIVES(WifiConfig_StoreOpenNetwork(ssid, SSID_LENGTH));
	forget_stored(WifiConfig_Security_Open);
}

CASE(WifiConfig_StoreOpenNetwork, ENOSPC, no_room)
{
	judge_no_room(t, false);
}

CASE(WifiConfig_StoreWpa2Network, EFAULT, ssid_null)
{
	GIVES(WifiConfig_StoreWpa2Network(NULL, SSID_LENGTH, psk, PSK_LENGTH));
}

CASE(WifiConfig_StoreWpa2Network, EFAULT, psk_null)
{
	GIVES(WifiConfig_StoreWpa2Network(ssid, SSID_LENGTH, NULL, PSK_LENGTH));
}

CASE(WifiConfig_StoreWpa2Network, ERANGE, ssid_empty)
{
	GIVES(WifiConfig_StoreWpa2Network(ssid, 0, psk, PSK_LENGTH));
}

CASE(WifiConfig_StoreWpa2Network, ERANGE, ssid_too_long)
{
	GIVES(WifiConfig_StoreWpa2Network(ssid_33, sizeof(ssid_33), psk, PSK_LENGTH));
}

CASE(WifiConfig_StoreWpa2Network, ERANGE, psk_too_long)
{
	GIVES(WifiConfig_StoreWpa2Network(ssid, SSID_LENGTH, psk_65, sizeof(psk_65)));
}

CASE(WifiConfig_StoreWpa2Network, EEXIST, stored_with_this_key)
{
	if (!store(t, true))
		return;
	GIVES(WifiConfig_StoreWpa2Network(ssid, SSID_LENGTH, psk, PSK_LENGTH));
	forget_stored(WifiConfig_Security_Wpa2_Psk);
}

CASE(WifiConfig_StoreWpa2Network, EEXIST, stored_with_any_key)
{
	if (!store(t, true))
		return;
	GIVES_OR(WifiConfig_StoreWpa2Network(ssid, SSID_LENGTH, psk, PSK_LENGTH - 1), SUCCESS, "store-wpa2-exists=ssid-and-key");
	forget_stored(WifiConfig_Security_Wpa2_Psk);
}

CASE(WifiConfig_StoreWpa2Network, ENOSPC, no_room)
{
	judge_no_room(t, true);
}
