/* See calls.h. */
#include "tests/client/calls.h"

#include <applibs/application.h>
#include <applibs/certstore.h>
#include <applibs/log.h>
#include <applibs/networking.h>
#include <applibs/storage.h>
#include <applibs/wificonfig.h>

#include "emu-applibs/base/base.h"

#define CALL(name, expression)                                                                                       \
	static long name(void)                                                                                       \
	{                                                                                                            \
		return (expression);                                                                                 \
	}

/* Outputs live here, each between neighbours that a sanitizer watches. */
static CertStore_Identifier identifier;
static CertStore_SubjectName subject;
static CertStore_IssuerName issuer;
static struct tm date;
static WifiConfig_StoredNetwork stored[2];
static WifiConfig_ScannedNetwork scanned[2];
static WifiConfig_ConnectedNetwork connected;
static WifiConfig_ClientIdentity identity;
static WifiConfig_NetworkDiagnostics diagnostics;
static Networking_NetworkInterface interfaces[2];
static Networking_InterfaceConnectionStatus status;
static bool flag;
static const uint8_t ssid[] = { 'L', 'a', 'b' };
static const WifiConfig_StoredNetwork forget = {
	.z__magicAndVersion = 0xb22e0001u, .ssid = { 'L', 'a', 'b' }, .ssidLength = 3, .security = WifiConfig_Security_Open
};

CALL(install_client, CertStore_InstallClientCertificate("id", "cert", 4, "key", 3, NULL))
CALL(install_root, CertStore_InstallRootCACertificate("id", "cert", 4))
CALL(delete_certificate, CertStore_DeleteCertificate("id"))
CALL(count_certificates, CertStore_GetCertificateCount())
CALL(identifier_at, CertStore_GetCertificateIdentifierAt(0, &identifier))
CALL(space, CertStore_GetAvailableSpace())
CALL(move, CertStore_MoveCertificate("a", "b"))
CALL(subject_name, CertStore_GetCertificateSubjectName("id", &subject))
CALL(issuer_name, CertStore_GetCertificateIssuerName("id", &issuer))
CALL(not_before, CertStore_GetCertificateNotBefore("id", &date))
CALL(not_after, CertStore_GetCertificateNotAfter("id", &date))
CALL(add, WifiConfig_AddNetwork())
CALL(duplicate, WifiConfig_AddDuplicateNetwork(1, "copy"))
CALL(id_by_name, WifiConfig_GetNetworkIdByConfigName("name"))
CALL(connected_id, WifiConfig_GetConnectedNetworkId())
CALL(forget_id, WifiConfig_ForgetNetworkById(1))
CALL(forget_all, WifiConfig_ForgetAllNetworks())
CALL(forget_network, WifiConfig_ForgetNetwork(&forget))
CALL(stored_count, WifiConfig_GetStoredNetworkCount())
CALL(stored_list, WifiConfig_GetStoredNetworks(stored, ARRAY_LEN(stored)))
CALL(current, WifiConfig_GetCurrentNetwork(&connected))
CALL(scan, WifiConfig_TriggerScanAndGetScannedNetworkCount())
CALL(scanned_list, WifiConfig_GetScannedNetworks(scanned, ARRAY_LEN(scanned)))
CALL(set_ssid, WifiConfig_SetSSID(1, ssid, sizeof(ssid)))
CALL(set_security, WifiConfig_SetSecurityType(1, WifiConfig_Security_Wpa2_EAP_TLS))
CALL(set_enabled, WifiConfig_SetNetworkEnabled(1, true))
CALL(set_targeted, WifiConfig_SetTargetedScanEnabled(1, true))
CALL(set_psk, WifiConfig_SetPSK(1, "password", 8))
CALL(set_name, WifiConfig_SetConfigName(1, "name"))
CALL(persist, WifiConfig_PersistConfig())
CALL(reload, WifiConfig_ReloadConfig())
CALL(set_identity, WifiConfig_SetClientIdentity(1, "device-0001"))
CALL(get_identity, WifiConfig_GetClientIdentity(1, &identity))
CALL(set_client, WifiConfig_SetClientCertStoreIdentifier(1, "id"))
CALL(get_client, WifiConfig_GetClientCertStoreIdentifier(1, &identifier))
CALL(set_root, WifiConfig_SetRootCACertStoreIdentifier(1, "id"))
CALL(get_root, WifiConfig_GetRootCACertStoreIdentifier(1, &identifier))
CALL(get_diagnostics, WifiConfig_GetNetworkDiagnostics(1, &diagnostics))
CALL(store_open, WifiConfig_StoreOpenNetwork(ssid, sizeof(ssid)))
CALL(store_wpa2, WifiConfig_StoreWpa2Network(ssid, sizeof(ssid), "password", 8))
CALL(net_ready, Networking_IsNetworkingReady(&flag))
CALL(net_count, Networking_GetInterfaceCount())
CALL(net_list, Networking_GetInterfaces(interfaces, ARRAY_LEN(interfaces)))
CALL(net_status, Networking_GetInterfaceConnectionStatus("wlan0", &status))
CALL(net_set, Networking_SetInterfaceState("wlan0", true))
CALL(sync_get, Networking_TimeSync_GetEnabled(&flag))
CALL(sync_set, Networking_TimeSync_SetEnabled(true))
CALL(storage_delete, Storage_DeleteMutableFile())
CALL(log_text, Log_Debug("%s %d\n", "text", 1))
CALL(auth_ready, Application_IsDeviceAuthReady(&flag))

static int32_t one(struct wire_writer *out)
{
	(void) out;
	return 1;
}

static int32_t text(struct wire_writer *out)
{
	wire_put_str(out, "RootCA1");
	return 0;
}

static int32_t seconds(struct wire_writer *out)
{
	wire_put_i64(out, 1767225600);
	return 0;
}

static int32_t stored_rows(struct wire_writer *out)
{
	for (int i = 0; i < 2; i++) {
		wire_put_bytes(out, ssid, sizeof(ssid));
		wire_put_u8(out, 1);
		wire_put_u8(out, 0);
		wire_put_u8(out, WifiConfig_Security_Wpa2_EAP_TLS);
	}
	return 2;
}

static int32_t radio_row(struct wire_writer *out)
{
	wire_put_bytes(out, ssid, sizeof(ssid));
	wire_put_bytes(out, "\x02\0\0\0\1\2", 6);
	wire_put_u8(out, WifiConfig_Security_Wpa2_EAP_TLS);
	wire_put_u32(out, 2412);
	wire_put_i32(out, -30);
	return 0;
}

static int32_t radio_rows(struct wire_writer *out)
{
	(void) radio_row(out);
	(void) radio_row(out);
	return 2;
}

static int32_t diagnostics_fields(struct wire_writer *out)
{
	wire_put_u8(out, 1);
	wire_put_u8(out, 0);
	wire_put_i32(out, 5);
	wire_put_i64(out, 1767225600);
	wire_put_i32(out, 101);
	wire_put_i32(out, 0);
	wire_put_str(out, "/CN=radius");
	return 0;
}

static int32_t interface_rows(struct wire_writer *out)
{
	for (int i = 0; i < 2; i++) {
		wire_put_u8(out, 1);
		wire_put_str(out, "wlan0");
		wire_put_u8(out, Networking_IpType_DhcpClient);
		wire_put_u8(out, Networking_InterfaceMedium_Wifi);
	}
	return 2;
}

const struct call_row call_rows[] = {
	{ "InstallClientCertificate", WIRE_CERTSTORE_INSTALL_CLIENT, install_client, NULL },
	{ "InstallRootCACertificate", WIRE_CERTSTORE_INSTALL_ROOT, install_root, NULL },
	{ "DeleteCertificate", WIRE_CERTSTORE_DELETE, delete_certificate, NULL },
	{ "GetCertificateCount", WIRE_CERTSTORE_COUNT, count_certificates, one },
	{ "GetCertificateIdentifierAt", WIRE_CERTSTORE_ID_AT, identifier_at, text },
	{ "GetAvailableSpace", WIRE_CERTSTORE_SPACE, space, one },
	{ "MoveCertificate", WIRE_CERTSTORE_MOVE, move, NULL },
	{ "GetCertificateSubjectName", WIRE_CERTSTORE_INFO, subject_name, text },
	{ "GetCertificateIssuerName", WIRE_CERTSTORE_INFO, issuer_name, text },
	{ "GetCertificateNotBefore", WIRE_CERTSTORE_INFO, not_before, seconds },
	{ "GetCertificateNotAfter", WIRE_CERTSTORE_INFO, not_after, seconds },
	{ "AddNetwork", WIRE_WIFI_ADD, add, one },
	{ "AddDuplicateNetwork", WIRE_WIFI_ADD_DUPLICATE, duplicate, one },
	{ "GetNetworkIdByConfigName", WIRE_WIFI_ID_BY_NAME, id_by_name, one },
	{ "GetConnectedNetworkId", WIRE_WIFI_CONNECTED_ID, connected_id, one },
	{ "ForgetNetworkById", WIRE_WIFI_FORGET_ID, forget_id, NULL },
	{ "ForgetAllNetworks", WIRE_WIFI_FORGET_ALL, forget_all, NULL },
	{ "ForgetNetwork", WIRE_WIFI_FORGET_STORED, forget_network, NULL },
	{ "GetStoredNetworkCount", WIRE_WIFI_STORED_COUNT, stored_count, one },
	{ "GetStoredNetworks", WIRE_WIFI_STORED_LIST, stored_list, stored_rows },
	{ "GetCurrentNetwork", WIRE_WIFI_CURRENT, current, radio_row },
	{ "TriggerScanAndGetScannedNetworkCount", WIRE_WIFI_SCAN, scan, one },
	{ "GetScannedNetworks", WIRE_WIFI_SCANNED_LIST, scanned_list, radio_rows },
	{ "SetSSID", WIRE_WIFI_SET_OPT, set_ssid, NULL },
	{ "SetSecurityType", WIRE_WIFI_SET_OPT, set_security, NULL },
	{ "SetNetworkEnabled", WIRE_WIFI_SET_OPT, set_enabled, NULL },
	{ "SetTargetedScanEnabled", WIRE_WIFI_SET_OPT, set_targeted, NULL },
	{ "SetPSK", WIRE_WIFI_SET_OPT, set_psk, NULL },
	{ "SetConfigName", WIRE_WIFI_SET_OPT, set_name, NULL },
	{ "PersistConfig", WIRE_WIFI_SET_OPT, persist, NULL },
	{ "ReloadConfig", WIRE_WIFI_SET_OPT, reload, NULL },
	{ "SetClientIdentity", WIRE_WIFI_SET_OPT, set_identity, NULL },
	{ "GetClientIdentity", WIRE_WIFI_GET_OPT, get_identity, text },
	{ "SetClientCertStoreIdentifier", WIRE_WIFI_SET_OPT, set_client, NULL },
	{ "GetClientCertStoreIdentifier", WIRE_WIFI_GET_OPT, get_client, text },
	{ "SetRootCACertStoreIdentifier", WIRE_WIFI_SET_OPT, set_root, NULL },
	{ "GetRootCACertStoreIdentifier", WIRE_WIFI_GET_OPT, get_root, text },
	{ "GetNetworkDiagnostics", WIRE_WIFI_GET_OPT, get_diagnostics, diagnostics_fields },
	{ "StoreOpenNetwork", WIRE_WIFI_STORE_OPEN, store_open, NULL },
	{ "StoreWpa2Network", WIRE_WIFI_STORE_WPA2, store_wpa2, NULL },
	{ "IsNetworkingReady", WIRE_NET_READY, net_ready, one },
	{ "GetInterfaceCount", WIRE_NET_IF_COUNT, net_count, one },
	{ "GetInterfaces", WIRE_NET_IF_LIST, net_list, interface_rows },
	{ "GetInterfaceConnectionStatus", WIRE_NET_IF_STATUS, net_status, one },
	{ "SetInterfaceState", WIRE_NET_IF_SET_STATE, net_set, NULL },
	{ "TimeSync_GetEnabled", WIRE_TIMESYNC_GET, sync_get, one },
	{ "TimeSync_SetEnabled", WIRE_TIMESYNC_SET, sync_set, NULL },
	{ "DeleteMutableFile", WIRE_STORAGE_DELETE, storage_delete, NULL },
	{ "Log_Debug", WIRE_LOG, log_text, NULL },
	{ "IsDeviceAuthReady", WIRE_DEVICE_AUTH_READY, auth_ready, one },
};
const size_t call_row_count = ARRAY_LEN(call_rows);
