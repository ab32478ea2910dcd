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

#include <applibs/adc.h>
#include <applibs/application.h>
#include <applibs/applications.h>
#include <applibs/certstore.h>
#include <applibs/eventloop.h>
#include <applibs/gpio.h>
#include <applibs/i2c.h>
#include <applibs/log.h>
#include <applibs/networking.h>
#include <applibs/networking_curl.h>
#include <applibs/powermanagement.h>
#include <applibs/pwm.h>
#include <applibs/rtc.h>
#include <applibs/spi.h>
#include <applibs/storage.h>
#include <applibs/sysevent.h>
#include <applibs/uart.h>
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
AT(Networking_NetworkInterface, reserved, 24);
AT(Networking_NetworkInterface, ipConfigurationType, 28);
AT(Networking_NetworkInterface, interfaceMediumType, 29);
SAME(Networking_InterfaceConnectionStatus_InterfaceUp, 1);
SAME(Networking_InterfaceConnectionStatus_ConnectedToNetwork, 2);
SAME(Networking_InterfaceConnectionStatus_IpAvailable, 4);
SAME(Networking_InterfaceConnectionStatus_ConnectedToInternet, 8);
SAME(z__NETWORKING_NETWORK_INTERFACE_STRUCT_MAGIC, 0xfa9a0000u);
SAME(NETWORKING_STRUCTS_VERSION, 1);
SAME(sizeof(z__Networking_Attribute), 1);
SAME(z__Networking_Attribute_Hardware_Address, 1);
SAME(HARDWARE_ADDRESS_LENGTH, 6);
SAME(sizeof(Networking_Interface_HardwareAddress), 6);
SAME(sizeof(Networking_InterfaceConnectionStatus), 4);
SAME(sizeof(Networking_IpType_Type), 1);
SAME(sizeof(Networking_InterfaceMedium_Type), 1);
SAME(Networking_IpType_DhcpNone, 0);
SAME(Networking_IpType_DhcpClient, 1);
SAME(Networking_InterfaceMedium_Unspecified, 0);
SAME(Networking_InterfaceMedium_Wifi, 1);
SAME(Networking_InterfaceMedium_Ethernet, 2);
SAME(sizeof(Networking_IpConfig), 40);
SAME(sizeof(Networking_SntpServerConfig), 24);
SAME(sizeof(Networking_DhcpServerConfig), 64);
SAME(sizeof(Networking_NtpOption), 4);
SAME(Networking_NtpOption_FallbackServerDisabled, 0);
SAME(Networking_NtpOption_FallbackServerEnabled, 1);
SAME(PROXY_ADDRESS_MAX_LENGTH, 255);
SAME(PROXY_NO_PROXY_ADDRESSES_MAX_LENGTH, 255);
SAME(PROXY_USERNAME_MAX_LENGTH, 63);
SAME(PROXY_PASSWORD_MAX_LENGTH, 63);
SAME(sizeof(Networking_ProxyStatus), 4);
SAME(Networking_ProxyStatus_Enabled, 1);
SAME(Networking_ProxyStatus_ResolvingProxyName, 2);
SAME(Networking_ProxyStatus_Ready, 4);
SAME(sizeof(Networking_ProxyOptions), 4);
SAME(Networking_ProxyOptions_None, 1);
SAME(Networking_ProxyOptions_Enabled, 2);
SAME(sizeof(Networking_ProxyType), 1);
SAME(Networking_ProxyType_Invalid, -1);
SAME(Networking_ProxyType_HTTP, 0);
SAME(sizeof(Networking_ProxyAuthType), 1);
SAME(Networking_ProxyAuthType_Invalid, -1);
SAME(Networking_ProxyAuthType_Anonymous, 0);
SAME(Networking_ProxyAuthType_Basic, 1);

SAME(sizeof(z__Application_MemoryAttribute), 4);
SAME(z__Applications_MemoryAttribute_TotalMemoryUsageInKB, 0);
SAME(z__Applications_MemoryAttribute_UserModeMemoryUsageInKB, 1);
SAME(z__Applications_MemoryAttribute_PeakUserModeMemoryUsageInKB, 2);
SAME(sizeof(Applications_OsVersion), 16);

SAME(sizeof(z__PowerManagement_System_PowerState), 4);
SAME(z__PowerManagement_System_PowerState_ForceReboot, 0);
SAME(z__PowerManagement_System_PowerState_ForcePowerDown, 1);
SAME(sizeof(struct z__PowerManagement_PowerDownStateTransitionParams), 4);
SAME(sizeof(PowerManagement_System_PowerProfile), 4);
SAME(PowerManagement_PowerSaver, 0);
SAME(PowerManagement_Balanced, 1);
SAME(PowerManagement_HighPerformance, 2);

SAME(sizeof(SysEvent_Events), 4);
SAME(SysEvent_Events_None, 0);
SAME(SysEvent_Events_UpdateReadyForInstall, 1);
SAME(SysEvent_Events_UpdateStarted, 2);
SAME(SysEvent_Events_NoUpdateAvailable, 4);
SAME(SysEvent_Events_Mask, 7);
SAME(sizeof(SysEvent_Status), 4);
SAME(SysEvent_Status_Invalid, 0);
SAME(SysEvent_Status_Pending, 1);
SAME(SysEvent_Status_Final, 2);
SAME(SysEvent_Status_Deferred, 3);
SAME(SysEvent_Status_Complete, 4);
SAME(SysEvent_UpdateType_Invalid, 0);
SAME(SysEvent_UpdateType_App, 1);
SAME(SysEvent_UpdateType_System, 2);
SAME(sizeof(SysEvent_Info_UpdateData), 8);
AT(SysEvent_Info_UpdateData, max_deferral_time_in_minutes, 0);
AT(SysEvent_Info_UpdateData, update_type, 4);

SAME(sizeof(GPIO_Id), 4);
SAME(sizeof(GPIO_Value_Type), 1);
SAME(GPIO_Value_Low, 0);
SAME(GPIO_Value_High, 1);
SAME(sizeof(GPIO_OutputMode_Type), 1);
SAME(GPIO_OutputMode_PushPull, 0);
SAME(GPIO_OutputMode_OpenDrain, 1);
SAME(GPIO_OutputMode_OpenSource, 2);
SAME(sizeof(I2C_DeviceAddress), 4);
SAME(SPI_MASTER_MAX_TRANSFERS, 256);
SAME(SPI_STRUCTS_VERSION, 1);
SAME(z__SPIMASTER_CONFIG_MAGIC, 0x45170000u);
SAME(z__SPIMASTER_TRANSFER_MAGIC, 0x22130000u);
SAME(SPI_Mode_0, 1);
SAME(SPI_Mode_3, 4);
SAME(SPI_BitOrder_LsbFirst, 1);
SAME(SPI_BitOrder_MsbFirst, 2);
SAME(SPI_ChipSelectPolarity_ActiveLow, 1);
SAME(SPI_ChipSelectPolarity_ActiveHigh, 2);
SAME(SPI_TransferFlags_Read, 1);
SAME(SPI_TransferFlags_Write, 2);
SAME(sizeof(SPIMaster_Config), 8);
AT(SPIMaster_Config, csPolarity, 4);
AT(SPIMaster_Transfer, flags, 4);
AT(SPIMaster_Transfer, writeData, 8);
AT(SPIMaster_Transfer, readData, 8 + sizeof(void *));
AT(SPIMaster_Transfer, length, 8 + 2 * sizeof(void *));
SAME(UART_STRUCTS_VERSION, 1);
SAME(z__UART_CONFIG_MAGIC, 0xde2a0000u);
SAME(sizeof(UART_Config), 16);
AT(UART_Config, baudRate, 4);
AT(UART_Config, blockingMode, 8);
AT(UART_Config, dataBits, 9);
AT(UART_Config, parity, 10);
AT(UART_Config, stopBits, 11);
AT(UART_Config, flowControl, 12);
SAME(PWM_Polarity_Normal, 0);
SAME(PWM_Polarity_Inversed, 1);
SAME(sizeof(PwmState), 16);
AT(PwmState, dutyCycle_nsec, 4);
AT(PwmState, polarity, 8);
AT(PwmState, enabled, 12);

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

/* Names of the SDK's own libraries, sorted as `sort` does in the C locale; and four of ours, see client/applibs.map. */
static const char applibs_exports[] =
	"Application_Connect\nApplication_IsDeviceAuthReady\n"
	"CertStore_DeleteCertificate\nCertStore_GetAvailableSpace\nCertStore_GetCertificateCount\n"
	"CertStore_GetCertificateIdentifierAt\nCertStore_InstallClientCertificate\nCertStore_InstallRootCACertificate\n"
	"CertStore_MoveCertificate\n"
	"EventLoop_Close\nEventLoop_Create\nEventLoop_GetWaitDescriptor\nEventLoop_ModifyIoEvents\n"
	"EventLoop_RegisterIo\nEventLoop_Run\nEventLoop_Stop\nEventLoop_UnregisterIo\n"
	"GPIO_GetValue\nGPIO_OpenAsInput\nGPIO_OpenAsOutput\nGPIO_SetValue\n"
	"I2CMaster_Open\nI2CMaster_Read\nI2CMaster_SetBusSpeed\nI2CMaster_SetDefaultTargetAddress\n"
	"I2CMaster_SetTimeout\nI2CMaster_Write\nI2CMaster_WriteThenRead\n"
	"Log_Debug\nLog_DebugVarArgs\n"
	"Networking_DhcpServerConfig_Destroy\nNetworking_DhcpServerConfig_Init\nNetworking_DhcpServerConfig_SetLease\n"
	"Networking_DhcpServerConfig_SetNtpServerAddresses\nNetworking_DhcpServer_Start\n"
	"Networking_GetInterfaceConnectionStatus\nNetworking_GetInterfaceCount\nNetworking_IpConfig_Apply\n"
	"Networking_IpConfig_Destroy\nNetworking_IpConfig_EnableAutomaticDns\nNetworking_IpConfig_EnableCustomDns\n"
	"Networking_IpConfig_EnableDynamicIp\nNetworking_IpConfig_EnableStaticIp\nNetworking_IpConfig_Init\n"
	"Networking_IpConfig_ReleaseIp\nNetworking_IpConfig_RenewIp\nNetworking_IsNetworkingReady\n"
	"Networking_Proxy_Apply\nNetworking_Proxy_Create\nNetworking_Proxy_Destroy\nNetworking_Proxy_Get\n"
	"Networking_Proxy_GetAuthType\nNetworking_Proxy_GetNoProxyAddresses\nNetworking_Proxy_GetProxyAddress\n"
	"Networking_Proxy_GetProxyOptions\nNetworking_Proxy_GetProxyPassword\nNetworking_Proxy_GetProxyPort\n"
	"Networking_Proxy_GetProxyStatus\nNetworking_Proxy_GetProxyType\nNetworking_Proxy_GetProxyUsername\n"
	"Networking_Proxy_SetAnonymousAuthentication\nNetworking_Proxy_SetBasicAuthentication\n"
	"Networking_Proxy_SetProxyAddress\nNetworking_Proxy_SetProxyNoProxyAddresses\n"
	"Networking_Proxy_SetProxyOptions\nNetworking_SetInterfaceState\nNetworking_SntpServerConfig_Destroy\n"
	"Networking_SntpServerConfig_Init\nNetworking_SntpServer_Start\nNetworking_TimeSync_EnableAutomaticNtp\n"
	"Networking_TimeSync_EnableCustomNtp\nNetworking_TimeSync_EnableDefaultNtp\nNetworking_TimeSync_GetEnabled\n"
	"Networking_TimeSync_GetLastNtpSyncInfo\nNetworking_TimeSync_SetEnabled\n"
	"SPIMaster_SetBitOrder\nSPIMaster_SetBusSpeed\nSPIMaster_SetMode\n"
	"Storage_DeleteMutableFile\nStorage_GetAbsolutePathInImagePackage\nStorage_OpenFileInImagePackage\n"
	"Storage_OpenMutableFile\n"
	"SysEvent_DeferEvent\nSysEvent_Info_GetUpdateData\nSysEvent_RegisterForEventNotifications\n"
	"SysEvent_ResumeEvent\nSysEvent_UnregisterForEventNotifications\n"
	"WifiConfig_AddDuplicateNetwork\nWifiConfig_AddNetwork\nWifiConfig_ForgetAllNetworks\n"
	"WifiConfig_ForgetNetworkById\nWifiConfig_GetConnectedNetworkId\nWifiConfig_GetNetworkIdByConfigName\n"
	"WifiConfig_GetStoredNetworkCount\nWifiConfig_StoreOpenNetwork\nWifiConfig_StoreWpa2Network\n"
	"WifiConfig_TriggerScanAndGetScannedNetworkCount\n"
	"clock_systohc\n"
	"z__ADC_Open\nz__Applications_GetMemoryInfo\nz__Applications_GetOsVersion\nz__CertStore_GetCertificateInfo\n"
	"z__Networking_GetInterfaceOpt\nz__Networking_GetInterfaces\nz__Networking_SetInterfaceOpt\nz__PWM_Open\n"
	"z__PowerManagement_SetSystemPowerProfile\nz__PowerManagement_TransitionToSystemPowerState\n"
	"z__SPIMaster_InitConfig\nz__SPIMaster_InitTransfers\nz__SPIMaster_Open\nz__SPIMaster_TransferSequential\n"
	"z__UART_InitConfig\nz__UART_Open\nz__WifiConfig_ForgetNetwork\nz__WifiConfig_GetCurrentNetwork\n"
	"z__WifiConfig_GetNetworkOpt\nz__WifiConfig_GetScannedNetworks\nz__WifiConfig_GetStoredNetworks\n"
	"z__WifiConfig_SetNetworkOpt\n";
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
	char text[16384];

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

/* What a program compiled with Microsoft's headers calls by the names in its own source: none of these is a symbol, they are inline
 * there as here. */
static void wrappers_are_no_symbols(void **state)
{
	static const char *const inlines[] = {
		"CertStore_GetCertificateNotAfter", "WifiConfig_PersistConfig", "WifiConfig_ReloadConfig", "WifiConfig_SetSSID",
		"WifiConfig_GetNetworkDiagnostics", "WifiConfig_SetPowerSavingsEnabled", "Networking_GetInterfaces",
		"Networking_SetHardwareAddress", "Applications_GetTotalMemoryUsageInKB", "PowerManagement_ForceSystemReboot",
		"SPIMaster_Open", "UART_Open", "ADC_Open", "PWM_Apply",
	};
	char text[16384];

	(void) state;
	output_of("nm -D --defined-only --format=just-symbols %s | sed 's/^/ /; s/$/ /'", LIBRARIES "/libapplibs.so.0", text, sizeof(text));
	for (size_t i = 0; i < ARRAY_LEN(inlines); i++) {
		char word[96];

		(void) snprintf(word, sizeof(word), " %s ", inlines[i]);
		assert_null(strstr(text, word));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wrappers_are_no_symbols),
		cmocka_unit_test(libraries_export_the_abi_and_nothing_else),
		cmocka_unit_test(sonames_are_those_of_the_sdk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
