/* The ABI, as Microsoft's headers of the SDK give it: sizes, offsets, values, and what the libraries export.
 *
 * The asserts hold for x86-64; those outside #if hold for 32-bit ARM and x86 as well, and stop a build for them. (Debian's gcc -m32
 * needs libc6-dev-i386, which nothing here installs, so no 32-bit build is tried.)
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <applibs/application.h>
#include <applibs/certstore.h>
#include <applibs/eventloop.h>
#include <applibs/log.h>
#include <applibs/networking.h>
#include <applibs/storage.h>
#include <applibs/wificonfig.h>
#include <tlsutils/deviceauth.h>
#include <tlsutils/deviceauth_curl.h>

#include "emu-applibs/base/base.h"

#define SAME(a, b) _Static_assert((a) == (b), #a " is " #b)
#define AT(type, field, offset) SAME(offsetof(type, field), offset)

SAME(CERTSTORE_MAX_IDENTIFIER_LENGTH, 16);
SAME(CERTSTORE_SUBJECTNAME_MAX_LENGTH, 300);
SAME(CERTSTORE_ISSUERNAME_MAX_LENGTH, 300);
SAME(CERTSTORE_MAX_CERT_SIZE, 8192);
SAME(CERTSTORE_MAX_PRIVATE_KEY_PASSWORD_LENGTH, 256);
SAME(sizeof(CertStore_Identifier), 17);
SAME(sizeof(struct CertStore_SubjectName), 301);
SAME(sizeof(struct CertStore_IssuerName), 301);
SAME(z__CertInfo_NotBefore, 1);
SAME(z__CertInfo_NotAfter, 2);
SAME(z__CertInfo_SubjectName, 3);
SAME(z__CertInfo_IssuerName, 4);

SAME(WIFICONFIG_SSID_MAX_LENGTH, 32);
SAME(WIFICONFIG_WPA2_KEY_MAX_BUFFER_SIZE, 64);
SAME(WIFICONFIG_BSSID_BUFFER_SIZE, 6);
SAME(WIFICONFIG_CONFIG_NAME_MAX_LENGTH, 16);
SAME(WIFICONFIG_EAP_IDENTITY_MAX_LENGTH, 254);
SAME(sizeof(WifiConfig_Security_Type), 1);
SAME(WifiConfig_Security_Unknown, 0);
SAME(WifiConfig_Security_Open, 1);
SAME(WifiConfig_Security_Wpa2_Psk, 2);
SAME(WifiConfig_Security_Wpa2_EAP_TLS, 3);
SAME(sizeof(WifiConfig_StoredNetwork), 40);
AT(WifiConfig_StoredNetwork, z__magicAndVersion, 0);
AT(WifiConfig_StoredNetwork, ssid, 4);
AT(WifiConfig_StoredNetwork, ssidLength, 36);
AT(WifiConfig_StoredNetwork, isEnabled, 37);
AT(WifiConfig_StoredNetwork, isConnected, 38);
AT(WifiConfig_StoredNetwork, security, 39);
SAME(sizeof(WifiConfig_ConnectedNetwork), 52);
AT(WifiConfig_ConnectedNetwork, ssid, 4);
AT(WifiConfig_ConnectedNetwork, bssid, 36);
AT(WifiConfig_ConnectedNetwork, ssidLength, 42);
AT(WifiConfig_ConnectedNetwork, security, 43);
AT(WifiConfig_ConnectedNetwork, frequencyMHz, 44);
AT(WifiConfig_ConnectedNetwork, signalRssi, 48);
SAME(sizeof(WifiConfig_ScannedNetwork), 52);
AT(WifiConfig_ScannedNetwork, ssid, 4);
AT(WifiConfig_ScannedNetwork, bssid, 36);
AT(WifiConfig_ScannedNetwork, ssidLength, 42);
AT(WifiConfig_ScannedNetwork, security, 43);
AT(WifiConfig_ScannedNetwork, frequencyMHz, 44);
AT(WifiConfig_ScannedNetwork, signalRssi, 48);
SAME(sizeof(WifiConfig_ClientIdentity), 255);
SAME(sizeof(WifiConfig_NetworkDiagnostics32), 324);
AT(WifiConfig_NetworkDiagnostics32, isConnected, 1);
AT(WifiConfig_NetworkDiagnostics32, error, 4);
AT(WifiConfig_NetworkDiagnostics32, timestamp, 8);
AT(WifiConfig_NetworkDiagnostics32, certError, 12);
AT(WifiConfig_NetworkDiagnostics32, certDepth, 16);
AT(WifiConfig_NetworkDiagnostics32, certSubject, 20);
#if defined(__x86_64__)
SAME(sizeof(struct tm), 56);
SAME(sizeof(WifiConfig_NetworkDiagnostics), 328);
AT(WifiConfig_NetworkDiagnostics, error, 4);
AT(WifiConfig_NetworkDiagnostics, timestamp, 8);
AT(WifiConfig_NetworkDiagnostics, certError, 16);
AT(WifiConfig_NetworkDiagnostics, certDepth, 20);
AT(WifiConfig_NetworkDiagnostics, certSubject, 24);
#endif
SAME(z__WifiConfig_Attribute_SSID, 0);
SAME(z__WifiConfig_Attribute_Security_Type, 1);
SAME(z__WifiConfig_Attribute_Enable, 2);
SAME(z__WifiConfig_Attribute_Save, 3);
SAME(z__WifiConfig_Attribute_Reload, 4);
SAME(z__WifiConfig_Attribute_Preshared_Key, 5);
SAME(z__WifiConfig_Attribute_Client_Identity, 6);
SAME(z__WifiConfig_Attribute_Client_CertStore_Identifier, 7);
SAME(z__WifiConfig_Attribute_RootCA_CertStore_Identifier, 8);
SAME(z__WifiConfig_Attribute_Targeted_Scan, 11);
SAME(z__WifiConfig_Attribute_Config_Name, 12);
SAME(z__WifiConfig_Attribute_Network_Diagnostics32, 22);
SAME(z__WifiConfig_Attribute_Network_Diagnostics, 23);
SAME(sizeof(z__WifiConfig_Attribute), 4);

SAME(sizeof(Networking_NetworkInterface), 32);
AT(Networking_NetworkInterface, isEnabled, 4);
AT(Networking_NetworkInterface, interfaceName, 5);
AT(Networking_NetworkInterface, z__reserved, 24);
AT(Networking_NetworkInterface, ipConfigurationType, 28);
AT(Networking_NetworkInterface, interfaceMediumType, 29);
SAME(Networking_InterfaceConnectionStatus_InterfaceUp, 1);
SAME(Networking_InterfaceConnectionStatus_ConnectedToNetwork, 2);
SAME(Networking_InterfaceConnectionStatus_IpAvailable, 4);
SAME(Networking_InterfaceConnectionStatus_ConnectedToInternet, 8);
SAME(Networking_IpType_DhcpClient, 1);
SAME(Networking_InterfaceMedium_Wifi, 1);
SAME(Networking_InterfaceMedium_Ethernet, 2);

SAME(EventLoop_Run_Failed, -1);
SAME(EventLoop_Run_FinishedEmpty, 0);
SAME(EventLoop_Run_Finished, 1);
SAME(EventLoop_Input, 1);
SAME(EventLoop_Output, 4);
SAME(EventLoop_Error, 8);
SAME(DeviceAuthSslResult_Success, 0);
SAME(DeviceAuthSslResult_GetTenantIdError, 1);
SAME(DeviceAuthSslResult_GetTenantCertificateError, 2);
SAME(DeviceAuthSslResult_EnableHwSignError, 3);

/* Names of the SDK's own libraries, sorted as `sort` does in the C locale. */
static const char applibs_exports[] =
	"Application_IsDeviceAuthReady\n"
	"CertStore_DeleteCertificate\nCertStore_GetAvailableSpace\nCertStore_GetCertificateCount\n"
	"CertStore_GetCertificateIdentifierAt\nCertStore_InstallClientCertificate\nCertStore_InstallRootCACertificate\n"
	"CertStore_MoveCertificate\n"
	"EventLoop_Close\nEventLoop_Create\nEventLoop_GetWaitDescriptor\nEventLoop_ModifyIoEvents\nEventLoop_RegisterIo\n"
	"EventLoop_Run\nEventLoop_Stop\nEventLoop_UnregisterIo\n"
	"Log_Debug\nLog_DebugVarArgs\n"
	"Networking_GetInterfaceConnectionStatus\nNetworking_GetInterfaceCount\nNetworking_IsNetworkingReady\n"
	"Networking_SetInterfaceState\nNetworking_TimeSync_GetEnabled\nNetworking_TimeSync_SetEnabled\n"
	"Storage_DeleteMutableFile\nStorage_GetAbsolutePathInImagePackage\nStorage_OpenFileInImagePackage\n"
	"Storage_OpenMutableFile\n"
	"WifiConfig_AddDuplicateNetwork\nWifiConfig_AddNetwork\nWifiConfig_ForgetAllNetworks\nWifiConfig_ForgetNetworkById\n"
	"WifiConfig_GetConnectedNetworkId\nWifiConfig_GetNetworkIdByConfigName\nWifiConfig_GetStoredNetworkCount\n"
	"WifiConfig_StoreOpenNetwork\nWifiConfig_StoreWpa2Network\nWifiConfig_TriggerScanAndGetScannedNetworkCount\n"
	"z__CertStore_GetCertificateInfo\n"
	"z__Networking_GetInterfaces\n"
	"z__WifiConfig_ForgetNetwork\nz__WifiConfig_GetCurrentNetwork\nz__WifiConfig_GetNetworkOpt\n"
	"z__WifiConfig_GetScannedNetworks\nz__WifiConfig_GetStoredNetworks\nz__WifiConfig_SetNetworkOpt\n";
static const char tlsutils_exports[] = "DeviceAuth_GetCertificatePath\nDeviceAuth_SslCtxFunc\n";

/* First field of what a shell prints. */
static void output_of(const char *format, const char *library, char *text, size_t size)
{
	char command[512];
	FILE *pipe;
	size_t n;

	(void) snprintf(command, sizeof(command), format, library);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	n = fread(text, 1, size - 1, pipe);
	text[n] = '\0';
	assert_int_equal(pclose(pipe), 0);
}

static void libraries_export_the_abi_and_nothing_else(void **state)
{
	char text[8192];

	(void) state;
	output_of("nm -D --defined-only --format=just-symbols %s | LC_ALL=C sort", LIBRARIES "/libapplibs.so.0", text, sizeof(text));
	assert_string_equal(text, applibs_exports);
	output_of("nm -D --defined-only --format=just-symbols %s | LC_ALL=C sort", LIBRARIES "/libtlsutils.so.0", text, sizeof(text));
	assert_string_equal(text, tlsutils_exports);
}

static void sonames_are_those_of_the_sdk(void **state)
{
	char text[512];

	(void) state;
	output_of("readelf -d %s | grep SONAME", LIBRARIES "/libapplibs.so.0", text, sizeof(text));
	assert_non_null(strstr(text, "[libapplibs.so.0]"));
	output_of("readelf -d %s | grep SONAME", LIBRARIES "/libtlsutils.so.0", text, sizeof(text));
	assert_non_null(strstr(text, "[libtlsutils.so.0]"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(libraries_export_the_abi_and_nothing_else),
		cmocka_unit_test(sonames_are_those_of_the_sdk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
