/* See calls.h. */
#include "tests/client/calls.h"

#include <arpa/inet.h>
#include <unistd.h>

#include <applibs/adc.h>
#include <applibs/application.h>
#include <applibs/applications.h>
#include <applibs/certstore.h>
#include <applibs/gpio.h>
#include <applibs/i2c.h>
#include <applibs/log.h>
#include <applibs/networking.h>
#include <applibs/powermanagement.h>
#include <applibs/pwm.h>
#include <applibs/rtc.h>
#include <applibs/spi.h>
#include <applibs/storage.h>
#include <applibs/sysevent.h>
#include <applibs/uart.h>
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
static Networking_Interface_HardwareAddress hardware;
static Applications_OsVersion version;
static char text_buffer[256];
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

CALL(set_power_savings, WifiConfig_SetPowerSavingsEnabled(true))
CALL(get_hardware, Networking_GetHardwareAddress("eth0", &hardware))
CALL(set_hardware, Networking_SetHardwareAddress("eth0", (const uint8_t *)"\2\0\0\0\0\1", 6))
CALL(ip_renew, Networking_IpConfig_RenewIp("wlan0"))
CALL(ip_release, Networking_IpConfig_ReleaseIp("wlan0"))
CALL(ntp_default, Networking_TimeSync_EnableDefaultNtp())
CALL(ntp_automatic, Networking_TimeSync_EnableAutomaticNtp(Networking_NtpOption_FallbackServerEnabled))
CALL(ntp_custom, Networking_TimeSync_EnableCustomNtp("ntp1.example", "ntp2.example", Networking_NtpOption_FallbackServerDisabled))
CALL(ntp_last, Networking_TimeSync_GetLastNtpSyncInfo(text_buffer, &(size_t){ sizeof(text_buffer) }, &date, &date))
CALL(proxy_status, Networking_Proxy_GetProxyStatus(&status))
CALL(memory_total, Applications_GetTotalMemoryUsageInKB() > 0 ? 0 : -1)
CALL(memory_user, Applications_GetUserModeMemoryUsageInKB() > 0 ? 0 : -1)
CALL(memory_peak, Applications_GetPeakUserModeMemoryUsageInKB() > 0 ? 0 : -1)
CALL(os_version, Applications_GetOsVersion(&version))
CALL(power_reboot, PowerManagement_ForceSystemReboot())
CALL(power_down, PowerManagement_ForceSystemPowerDown(60))
CALL(power_profile, PowerManagement_SetSystemPowerProfile(PowerManagement_PowerSaver))
CALL(rtc_write, clock_systohc())
CALL(sysevent_defer, SysEvent_DeferEvent(SysEvent_Events_UpdateReadyForInstall, 10))
CALL(sysevent_resume, SysEvent_ResumeEvent(SysEvent_Events_UpdateReadyForInstall))

static long ip_apply(void)
{
	struct in_addr address = { htonl(0x0a000002) }, mask = { htonl(0xffffff00) }, gateway = { htonl(0x0a000001) };
	Networking_IpConfig config;
	long r;

	Networking_IpConfig_Init(&config);
	Networking_IpConfig_EnableStaticIp(&config, address, mask, gateway);
	if (Networking_IpConfig_EnableCustomDns(&config, &gateway, 1) < 0)
		return -1;
	r = Networking_IpConfig_Apply("wlan0", &config);
	Networking_IpConfig_Destroy(&config);
	return r;
}

static long sntp_start(void)
{
	Networking_SntpServerConfig config;
	long r;

	Networking_SntpServerConfig_Init(&config);
	r = Networking_SntpServer_Start("eth0", &config);
	Networking_SntpServerConfig_Destroy(&config);
	return r;
}

static long dhcp_start(void)
{
	struct in_addr first = { htonl(0x0a000002) }, mask = { htonl(0xffffff00) }, gateway = { htonl(0x0a000001) };
	Networking_DhcpServerConfig config;
	long r;

	Networking_DhcpServerConfig_Init(&config);
	if (Networking_DhcpServerConfig_SetLease(&config, first, 10, mask, gateway, 24) < 0)
		return -1;
	if (Networking_DhcpServerConfig_SetNtpServerAddresses(&config, &gateway, 1) < 0)
		return -1;
	r = Networking_DhcpServer_Start("eth0", &config);
	Networking_DhcpServerConfig_Destroy(&config);
	return r;
}

static long proxy_apply(void)
{
	Networking_ProxyConfig *config = Networking_Proxy_Create();
	long r;

	if (!config || Networking_Proxy_SetProxyAddress(config, "proxy.example", 3128) < 0 ||
	    Networking_Proxy_SetBasicAuthentication(config, "user", "password") < 0)
		return -1;
	r = Networking_Proxy_Apply(config);
	Networking_Proxy_Destroy(config);
	return r;
}

static long proxy_get(void)
{
	Networking_ProxyConfig *config = Networking_Proxy_Create();
	long r = Networking_Proxy_Get(config);

	Networking_Proxy_Destroy(config);
	return r;
}

/* A descriptor of the application is its own business to close; so is a pin's. */
static long closed(int fd)
{
	return fd < 0 ? -1 : close(fd);
}

CALL(gpio_input, closed(GPIO_OpenAsInput(12)))
CALL(gpio_output, closed(GPIO_OpenAsOutput(8, GPIO_OutputMode_PushPull, GPIO_Value_High)))

/* These can but fail. */
static const char guid[] = "01234567-89ab-cdef-0123-456789abcdef";
CALL(connect_application, Application_Connect(guid))
CALL(i2c_open, I2CMaster_Open(2))

static long spi_open(void)
{
	SPIMaster_Config config;

	return SPIMaster_InitConfig(&config) < 0 ? 0 : SPIMaster_Open(1, 0, &config);
}

static long uart_open(void)
{
	UART_Config config;

	UART_InitConfig(&config);
	return UART_Open(4, &config);
}

CALL(adc_open, ADC_Open(0))
CALL(pwm_open, PWM_Open(2))

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

static int32_t address_field(struct wire_writer *out)
{
	wire_put_bytes(out, "\2\0\0\0\0\1", 6);
	return 0;
}

static int32_t last_sync(struct wire_writer *out)
{
	wire_put_str(out, "ntp1.example");
	wire_put_i64(out, 946684800);
	wire_put_i64(out, 1767225600);
	return 0;
}

static int32_t proxy_fields(struct wire_writer *out)
{
	wire_put_u32(out, Networking_ProxyOptions_Enabled);
	wire_put_u8(out, 0);
	wire_put_u8(out, 1);
	wire_put_str(out, "proxy.example");
	wire_put_u32(out, 3128);
	wire_put_str(out, "localhost");
	wire_put_str(out, "user");
	wire_put_str(out, "password");
	return 0;
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
	{ "SetPowerSavingsEnabled", WIRE_WIFI_SET_OPT, set_power_savings, NULL },
	{ "GetHardwareAddress", WIRE_NET_IF_GET_OPT, get_hardware, address_field },
	{ "SetHardwareAddress", WIRE_NET_IF_SET_OPT, set_hardware, NULL },
	{ "IpConfig_Apply", WIRE_NET_IP_APPLY, ip_apply, NULL },
	{ "IpConfig_RenewIp", WIRE_NET_IP_RENEW, ip_renew, NULL },
	{ "IpConfig_ReleaseIp", WIRE_NET_IP_RELEASE, ip_release, NULL },
	{ "EnableDefaultNtp", WIRE_NTP_DEFAULT, ntp_default, NULL },
	{ "EnableAutomaticNtp", WIRE_NTP_AUTOMATIC, ntp_automatic, NULL },
	{ "EnableCustomNtp", WIRE_NTP_CUSTOM, ntp_custom, NULL },
	{ "GetLastNtpSyncInfo", WIRE_NTP_LAST_SYNC, ntp_last, last_sync },
	{ "SntpServer_Start", WIRE_SNTP_SERVER_START, sntp_start, NULL },
	{ "DhcpServer_Start", WIRE_DHCP_SERVER_START, dhcp_start, NULL },
	{ "Proxy_Apply", WIRE_PROXY_APPLY, proxy_apply, NULL },
	{ "Proxy_Get", WIRE_PROXY_GET, proxy_get, proxy_fields },
	{ "Proxy_GetProxyStatus", WIRE_PROXY_STATUS, proxy_status, one },
	{ "GetTotalMemoryUsageInKB", WIRE_APPLICATIONS_MEMORY, memory_total, NULL },
	{ "GetUserModeMemoryUsageInKB", WIRE_APPLICATIONS_MEMORY, memory_user, NULL },
	{ "GetPeakUserModeMemoryUsageInKB", WIRE_APPLICATIONS_MEMORY, memory_peak, NULL },
	{ "GetOsVersion", WIRE_APPLICATIONS_OS_VERSION, os_version, text },
	{ "ForceSystemReboot", WIRE_POWER_TRANSITION, power_reboot, NULL },
	{ "ForceSystemPowerDown", WIRE_POWER_TRANSITION, power_down, NULL },
	{ "SetSystemPowerProfile", WIRE_POWER_PROFILE, power_profile, NULL },
	{ "clock_systohc", WIRE_RTC_WRITE, rtc_write, NULL },
	{ "DeferEvent", WIRE_SYSEVENT_DEFER, sysevent_defer, NULL },
	{ "ResumeEvent", WIRE_SYSEVENT_RESUME, sysevent_resume, NULL },
	{ "GPIO_OpenAsInput", WIRE_GPIO_OPEN_INPUT, gpio_input, NULL },
	{ "GPIO_OpenAsOutput", WIRE_GPIO_OPEN_OUTPUT, gpio_output, NULL },
};
const size_t call_row_count = ARRAY_LEN(call_rows);

const struct call_row refused_rows[] = {
	{ "Application_Connect", WIRE_APPLICATION_CONNECT, connect_application, NULL },
	{ "I2CMaster_Open", WIRE_I2C_OPEN, i2c_open, NULL },
	{ "SPIMaster_Open", WIRE_SPI_OPEN, spi_open, NULL },
	{ "UART_Open", WIRE_UART_OPEN, uart_open, NULL },
	{ "ADC_Open", WIRE_ADC_OPEN, adc_open, NULL },
	{ "PWM_Open", WIRE_PWM_OPEN, pwm_open, NULL },
};
const size_t refused_row_count = ARRAY_LEN(refused_rows);
