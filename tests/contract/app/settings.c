/* Cases of <applibs/wificonfig.h>: the settings of one network, saving and reloading all, and what the inline functions call. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <applibs/wificonfig.h>

#include "cases.h"
#include "support.h"

#define TEXT_17 "ct-3456789012345x"
#define NO_ATTRIBUTE 99u

static const uint8_t ssid[] = SCRATCH_SSID;
#define SSID_LENGTH (sizeof(ssid) - 1)
static const char psk[] = "contract-psk";
#define PSK_LENGTH (sizeof(psk) - 1)

/* The rows that every setting has. `call` names the network by `id`. */
#define ROWS_OF(function, call)                                                                             \
	CASE(function, EACCES, no_capability) { const int id = UNKNOWN_ID; GIVES_EACCES(call); }            \
	CASE(function, EAGAIN, not_ready) { const int id = UNKNOWN_ID; GIVES(call); }                       \
	CASE(function, EINVAL, id_invalid) { const int id = -1; GIVES(call); }                              \
	CASE(function, ENODEV, id_unknown) { const int id = UNKNOWN_ID; GIVES(call); }
#define SETTING(function, call)                                                                             \
	ROWS_OF(function, call)                                                                             \
	CASE(function, ENETDOWN, interface_down) { const int id = UNKNOWN_ID; GIVES(call); }
#define ENTERPRISE(function, call)                                                                          \
	SETTING(function, call)                                                                             \
	CASE(function, EACCES, wificonfig_alone) { const int id = UNKNOWN_ID; GIVES_EACCES(call); }
/* The inline functions look at their output before anything else, whatever the network. */
#define OUTPUT(function)                                                                                    \
	CASE(function, EFAULT, output_null) { GIVES(function(0, NULL)); }                                   \
	CASE(function, EFAULT, output_null_before_capability) { GIVES(function(UNKNOWN_ID, NULL)); }

SETTING(WifiConfig_SetSSID, WifiConfig_SetSSID(id, ssid, SSID_LENGTH))
SETTING(WifiConfig_SetSecurityType, WifiConfig_SetSecurityType(id, WifiConfig_Security_Open))
SETTING(WifiConfig_SetNetworkEnabled, WifiConfig_SetNetworkEnabled(id, false))
SETTING(WifiConfig_SetTargetedScanEnabled, WifiConfig_SetTargetedScanEnabled(id, false))
SETTING(WifiConfig_SetPSK, WifiConfig_SetPSK(id, psk, PSK_LENGTH))
SETTING(WifiConfig_SetConfigName, WifiConfig_SetConfigName(id, "ct-unknown"))
ENTERPRISE(WifiConfig_SetClientIdentity, WifiConfig_SetClientIdentity(id, "contract"))
ENTERPRISE(WifiConfig_GetClientIdentity, WifiConfig_GetClientIdentity(id, &(WifiConfig_ClientIdentity){ .identity = "" }))
ENTERPRISE(WifiConfig_SetClientCertStoreIdentifier, WifiConfig_SetClientCertStoreIdentifier(id, "ct-client"))
ENTERPRISE(WifiConfig_GetClientCertStoreIdentifier,
           WifiConfig_GetClientCertStoreIdentifier(id, &(CertStore_Identifier){ .identifier = "" }))
ENTERPRISE(WifiConfig_SetRootCACertStoreIdentifier, WifiConfig_SetRootCACertStoreIdentifier(id, "ct-root"))
ENTERPRISE(WifiConfig_GetRootCACertStoreIdentifier,
           WifiConfig_GetRootCACertStoreIdentifier(id, &(CertStore_Identifier){ .identifier = "" }))

OUTPUT(WifiConfig_GetClientIdentity)
OUTPUT(WifiConfig_GetClientCertStoreIdentifier)
OUTPUT(WifiConfig_GetRootCACertStoreIdentifier)
OUTPUT(WifiConfig_GetNetworkDiagnostics)

/* A call on a network that is good, under which only the value is wrong. */
#define ON_SCRATCH_OR(call, other, reading)                     \
	do {                                                    \
		int id = scratch_network(t);                    \
		if (id >= 0)                                    \
			GIVES_OR(call, other, reading);         \
	} while (0)
#define ON_SCRATCH(call) ON_SCRATCH_OR(call, NOTHING_ELSE, "")

CASE(WifiConfig_SetSSID, EFAULT, ssid_null)
{
	ON_SCRATCH(WifiConfig_SetSSID(id, NULL, SSID_LENGTH));
}

CASE(WifiConfig_SetSSID, ERANGE, ssid_empty)
{
	int id = scratch_network(t);

	if (id < 0)
		return;
	GIVES_OR(WifiConfig_SetSSID(id, ssid, 0), SUCCESS, "ssid-length-0=cleared");
	(void) WifiConfig_SetSSID(id, ssid, SSID_LENGTH); /* it may be gone now */
}

CASE(WifiConfig_SetSSID, ERANGE, ssid_too_long)
{
	static const uint8_t ssid_33[33] = "contract-scratch-that-is-too-long";

	ON_SCRATCH(WifiConfig_SetSSID(id, ssid_33, sizeof(ssid_33)));
}

CASE(WifiConfig_SetSecurityType, EACCES, eap_tls_without_enterprise)
{
	int id = WifiConfig_AddNetwork();

	if (id < 0)
		test_skip(t, "no network can be added: %s", errno_name(errno));
	else
		GIVES_EACCES(WifiConfig_SetSecurityType(id, WifiConfig_Security_Wpa2_EAP_TLS));
	forget_network(id);
}

CASE(WifiConfig_SetSecurityType, EINVAL, type_invalid)
{
	ON_SCRATCH(WifiConfig_SetSecurityType(id, 42));
}

CASE(WifiConfig_SetPSK, EFAULT, psk_null)
{
	ON_SCRATCH(WifiConfig_SetPSK(id, NULL, PSK_LENGTH));
}

CASE(WifiConfig_SetPSK, ERANGE, psk_too_long)
{
	static const char psk_65[65] = "0123456789012345678901234567890123456789012345678901234567890123";

	ON_SCRATCH(WifiConfig_SetPSK(id, psk_65, sizeof(psk_65)));
}

CASE(WifiConfig_SetConfigName, EFAULT, name_null)
{
	ON_SCRATCH(WifiConfig_SetConfigName(id, NULL));
}

CASE(WifiConfig_SetConfigName, ERANGE, name_too_long)
{
	ON_SCRATCH(WifiConfig_SetConfigName(id, TEXT_17));
}

CASE(WifiConfig_SetClientIdentity, EFAULT, identity_null)
{
	ON_SCRATCH(WifiConfig_SetClientIdentity(id, NULL));
}

CASE(WifiConfig_SetClientIdentity, ERANGE, identity_too_long)
{
	static char identity_255[WIFICONFIG_EAP_IDENTITY_MAX_LENGTH + 2];

	memset(identity_255, 'i', sizeof(identity_255) - 1);
	ON_SCRATCH_OR(WifiConfig_SetClientIdentity(id, identity_255), EINVAL, "identity-too-long=EINVAL");
}

CASE(WifiConfig_SetClientCertStoreIdentifier, EFAULT, identifier_null)
{
	ON_SCRATCH(WifiConfig_SetClientCertStoreIdentifier(id, NULL));
}

CASE(WifiConfig_SetClientCertStoreIdentifier, ERANGE, identifier_too_long)
{
	ON_SCRATCH(WifiConfig_SetClientCertStoreIdentifier(id, TEXT_17));
}

CASE(WifiConfig_SetRootCACertStoreIdentifier, EFAULT, identifier_null)
{
	ON_SCRATCH(WifiConfig_SetRootCACertStoreIdentifier(id, NULL));
}

CASE(WifiConfig_SetRootCACertStoreIdentifier, ERANGE, identifier_too_long)
{
	ON_SCRATCH(WifiConfig_SetRootCACertStoreIdentifier(id, TEXT_17));
}

/* ---- Diagnostics ------------------------------------------------------------------------------------------------------ */

#define DIAGNOSE(id) WifiConfig_GetNetworkDiagnostics(id, &(WifiConfig_NetworkDiagnostics){ .error = 0 })

CASE(WifiConfig_GetNetworkDiagnostics, EACCES, no_capability)
{
	GIVES_EACCES(DIAGNOSE(UNKNOWN_ID));
}

CASE(WifiConfig_GetNetworkDiagnostics, EAGAIN, not_ready)
{
	GIVES_OR(DIAGNOSE(UNKNOWN_ID), ENODEV, "diagnostics-not-ready=ENODEV");
}

CASE(WifiConfig_GetNetworkDiagnostics, EINVAL, id_invalid)
{
	GIVES(DIAGNOSE(-1));
}

CASE(WifiConfig_GetNetworkDiagnostics, ENODEV, id_unknown)
{
	GIVES(DIAGNOSE(UNKNOWN_ID));
}

CASE(WifiConfig_GetNetworkDiagnostics, ENODEV, nothing_recorded)
{
	ON_SCRATCH_OR(DIAGNOSE(id), SUCCESS, "diagnostics-none=empty");
}

/* ---- All networks ----------------------------------------------------------------------------------------------------- */

#define ALL_NETWORKS(function)                                                   \
	CASE(function, EACCES, no_capability) { GIVES_EACCES(function()); }      \
	CASE(function, EAGAIN, not_ready) { GIVES(function()); }                 \
	CASE(function, ENETDOWN, interface_down) { GIVES(function()); }

ALL_NETWORKS(WifiConfig_PersistConfig)
ALL_NETWORKS(WifiConfig_ReloadConfig)

CASE(WifiConfig_PersistConfig, ENOSPC, no_room)
{
	static const uint8_t many[] = "contract-many";
	int ids[48], id;
	size_t count = 0;

	/* Without room in flash at once; with too many networks where these are not refused before. */
	if (WifiConfig_PersistConfig() != 0) {
		test_judge(t, -1, errno, NOTHING_ELSE, "");
		return;
	}
	while (count < sizeof(ids) / sizeof(ids[0]) && (id = WifiConfig_AddNetwork()) >= 0) {
		ids[count++] = id;
		(void) WifiConfig_SetSSID(id, many, sizeof(many) - 1);
	}
	if (WifiConfig_PersistConfig() == 0)
		test_skip(t, "there is room, and networks that do not fit are not added");
	else
		test_judge(t, -1, errno, NOTHING_ELSE, "");
	while (count > 0)
		forget_network(ids[--count]);
	(void) WifiConfig_PersistConfig();
}

/* ---- Behind the inline functions -------------------------------------------------------------------------------------- */

#define SET(id, attribute) z__WifiConfig_SetNetworkOpt(id, attribute, "contract", 0)
#define NAME_ATTRIBUTE z__WifiConfig_Attribute_Config_Name
#define IDENTITY_ATTRIBUTE z__WifiConfig_Attribute_Client_Identity

CASE(z__WifiConfig_SetNetworkOpt, EACCES, no_capability)
{
	GIVES_EACCES(SET(UNKNOWN_ID, NAME_ATTRIBUTE));
}

CASE(z__WifiConfig_SetNetworkOpt, EAGAIN, not_ready)
{
	GIVES(SET(UNKNOWN_ID, NAME_ATTRIBUTE));
}

CASE(z__WifiConfig_SetNetworkOpt, ENETDOWN, interface_down)
{
	GIVES(SET(UNKNOWN_ID, NAME_ATTRIBUTE));
}

CASE(z__WifiConfig_SetNetworkOpt, EFAULT, value_null)
{
	ON_SCRATCH(z__WifiConfig_SetNetworkOpt(id, NAME_ATTRIBUTE, NULL, 0));
}

CASE(z__WifiConfig_SetNetworkOpt, ENODEV, id_unknown)
{
	GIVES(SET(UNKNOWN_ID, NAME_ATTRIBUTE));
}

CASE(z__WifiConfig_SetNetworkOpt, EINVAL, attribute_unknown)
{
	ON_SCRATCH(SET(id, NO_ATTRIBUTE));
}

static ssize_t get(int id, z__WifiConfig_Attribute attribute, size_t capacity)
{
	static char buffer[WIFICONFIG_EAP_IDENTITY_MAX_LENGTH + 1];

	return z__WifiConfig_GetNetworkOpt(id, attribute, buffer, capacity);
}

CASE(z__WifiConfig_GetNetworkOpt, EACCES, no_capability)
{
	GIVES_EACCES(get(UNKNOWN_ID, IDENTITY_ATTRIBUTE, WIFICONFIG_EAP_IDENTITY_MAX_LENGTH + 1));
}

CASE(z__WifiConfig_GetNetworkOpt, EAGAIN, not_ready)
{
	GIVES(get(UNKNOWN_ID, IDENTITY_ATTRIBUTE, WIFICONFIG_EAP_IDENTITY_MAX_LENGTH + 1));
}

CASE(z__WifiConfig_GetNetworkOpt, ENETDOWN, interface_down)
{
	GIVES(get(UNKNOWN_ID, IDENTITY_ATTRIBUTE, WIFICONFIG_EAP_IDENTITY_MAX_LENGTH + 1));
}

CASE(z__WifiConfig_GetNetworkOpt, EFAULT, buffer_null)
{
	ON_SCRATCH(z__WifiConfig_GetNetworkOpt(id, IDENTITY_ATTRIBUTE, NULL, 1));
}

CASE(z__WifiConfig_GetNetworkOpt, ERANGE, capacity_too_small)
{
	int id = scratch_network(t);

	if (id < 0)
		return;
	if (WifiConfig_SetClientIdentity(id, "contract") != 0)
		test_skip(t, "no identity can be set: %s", errno_name(errno));
	GIVES(get(id, IDENTITY_ATTRIBUTE, 2));
}

CASE(z__WifiConfig_GetNetworkOpt, ENODEV, id_unknown)
{
	GIVES(get(UNKNOWN_ID, IDENTITY_ATTRIBUTE, WIFICONFIG_EAP_IDENTITY_MAX_LENGTH + 1));
}

CASE(z__WifiConfig_GetNetworkOpt, EINVAL, attribute_unknown)
{
	ON_SCRATCH(get(id, NO_ATTRIBUTE, 1));
}
