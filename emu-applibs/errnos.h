/* Every errno that a header of applibs or its page on Microsoft Learn documents: one row each, and one test each
 * (tests/contract/app).
 *
 *     X(manifest, function, errno, condition, "the condition in words", "source")
 *
 * The test of a row is the function that CASE(function, errno, condition) defines; a row without one does not link. It is called
 * FUNCTION_ERRNO_condition in the TAP output. `manifest` says which of the application's manifests (contract.h) the test runs
 * under. Where two documents contradict each other there is a row for each, and the one that the device does not follow is skipped.
 * What cannot be reached at all is in CONTRACT_EXCEPTIONS, at the end, with the reason.
 *
 * Made of this table: the tests (main.c), CONFORMANCE.md (`make conformance`), the count that `make check` prints, and what
 * `azsim run --fail` lets a call answer.
 */
#ifndef EMU_APPLIBS_ERRNOS_H
#define EMU_APPLIBS_ERRNOS_H

#define HEADER_CERT "[certstore.h]"
#define HEADER_WIFI "[wificonfig.h]"
#define HEADER_WIFI_INTERNAL "[wificonfig_internal.h]"
#define HEADER_NET "[networking.h]"
#define HEADER_NET_INTERNAL "[networking_internal.h]"
#define HEADER_NET_CURL "[networking_curl.h]"
#define HEADER_RTC "[rtc.h]"
#define HEADER_LOOP "[eventloop.h]"
#define HEADER_STORAGE "[storage.h]"
#define HEADER_LOG "[log.h]"
#define HEADER_APP "[application.h]"
#define HEADER_APPS "[applications.h]"
#define HEADER_EVENT "[sysevent.h]"
#define HEADER_POWER "[powermanagement.h]"
#define HEADER_GPIO "[gpio.h]"
#define HEADER_I2C "[i2c.h]"
#define HEADER_SPI "[spi.h]"
#define HEADER_SPI_INTERNAL "[spi_internal.h]"
#define HEADER_UART "[uart.h]"
#define HEADER_ADC "[adc.h]"
#define HEADER_PWM "[pwm.h]"

/* The capability is missing; not ready yet after a boot; the Wi-Fi interface is switched off. */
#define ROW_CAPABILITY(X, function, capability, source) \
	X(NONE, function, EACCES, no_capability, "app_manifest.json does not grant " capability, source)
#define ROW_READY(X, function, what, source) X(FULL, function, EAGAIN, not_ready, what " is not ready yet", source)
#define ROW_DOWN(X, function, source) X(FULL, function, ENETDOWN, interface_down, "the Wi-Fi interface is not available", source)

#define ROWS_CERT(X, function) \
	ROW_CAPABILITY(X, function, "CertStore", HEADER_CERT) ROW_READY(X, function, "the certificate store", HEADER_CERT)
#define ROWS_CERT_GETTER(X, function) \
	ROWS_CERT(X, function) \
	X(FULL, function, EFAULT, identifier_null, "identifier is NULL", HEADER_CERT) \
	X(FULL, function, EFAULT, output_null, "the output is NULL", HEADER_CERT) \
	X(FULL, function, EINVAL, stored_invalid, "the stored certificate is corrupt", HEADER_CERT) \
	X(FULL, function, ENOENT, unknown, "no certificate has this identifier", HEADER_CERT)

#define ROWS_WIFI(X, function) \
	ROW_CAPABILITY(X, function, "WifiConfig", HEADER_WIFI) ROW_READY(X, function, "Wi-Fi", HEADER_WIFI) \
	ROW_DOWN(X, function, HEADER_WIFI)
#define ROWS_ID(X, function) \
	X(FULL, function, EINVAL, id_invalid, "networkId is invalid", HEADER_WIFI) \
	X(FULL, function, ENODEV, id_unknown, "networkId matches no stored network", HEADER_WIFI)
#define ROWS_ENTERPRISE(X, function) \
	ROWS_ID(X, function) \
	ROW_CAPABILITY(X, function, "EnterpriseWifiConfig", HEADER_WIFI) \
	X(PARTIAL, function, EACCES, wificonfig_alone, "app_manifest.json grants WifiConfig, but not EnterpriseWifiConfig", HEADER_WIFI) \
	ROW_READY(X, function, "Wi-Fi", HEADER_WIFI) ROW_DOWN(X, function, HEADER_WIFI)
#define ROWS_ENTERPRISE_GETTER(X, function) \
	ROWS_ENTERPRISE(X, function) \
	X(FULL, function, EFAULT, output_null, "the output is NULL", HEADER_WIFI) \
	X(NONE, function, EFAULT, output_null_before_capability, "the output is NULL, whatever the manifest grants", HEADER_WIFI_INTERNAL)

#define CERTSTORE_ERRNOS(X) \
	ROWS_CERT(X, CertStore_InstallClientCertificate) \
	X(FULL, CertStore_InstallClientCertificate, EFAULT, identifier_null, "identifier is NULL", HEADER_CERT) \
	X(FULL, CertStore_InstallClientCertificate, EFAULT, cert_blob_null, "certBlob is NULL", HEADER_CERT) \
	X(FULL, CertStore_InstallClientCertificate, EFAULT, key_blob_null, "privateKeyBlob is NULL", HEADER_CERT) \
	X(FULL, CertStore_InstallClientCertificate, ERANGE, cert_blob_empty, "certBlobLength is 0", HEADER_CERT) \
	X(FULL, CertStore_InstallClientCertificate, ERANGE, cert_blob_too_long, "certBlobLength is over 8192", HEADER_CERT) \
	X(FULL, CertStore_InstallClientCertificate, ERANGE, key_blob_empty, "privateKeyBlobLength is 0", HEADER_CERT) \
	X(FULL, CertStore_InstallClientCertificate, ERANGE, key_blob_too_long, "privateKeyBlobLength is over 8192", HEADER_CERT) \
	X(FULL, CertStore_InstallClientCertificate, ERANGE, password_too_long, "the password is longer than 256", HEADER_CERT) \
	X(FULL, CertStore_InstallClientCertificate, ERANGE, password_not_terminated, "the password is not NUL-terminated", HEADER_CERT) \
	X(FULL, CertStore_InstallClientCertificate, ERANGE, identifier_too_long, "identifier is longer than 16", HEADER_CERT) \
	X(FULL, CertStore_InstallClientCertificate, EINVAL, identifier_not_terminated, "identifier is not NUL-terminated", HEADER_CERT) \
	X(FULL, CertStore_InstallClientCertificate, EINVAL, cert_invalid, "the certificate is not valid", HEADER_CERT) \
	X(FULL, CertStore_InstallClientCertificate, EINVAL, key_invalid, "the private key is not valid", HEADER_CERT) \
	X(FULL, CertStore_InstallClientCertificate, EINVAL, password_for_plain_key, "a password for a key that is not encrypted", HEADER_CERT) \
	X(FULL, CertStore_InstallClientCertificate, ENOSPC, store_full, "the certificate store is full", HEADER_CERT) \
	ROWS_CERT(X, CertStore_InstallRootCACertificate) \
	X(FULL, CertStore_InstallRootCACertificate, EFAULT, identifier_null, "identifier is NULL", HEADER_CERT) \
	X(FULL, CertStore_InstallRootCACertificate, EFAULT, cert_blob_null, "certBlob is NULL", HEADER_CERT) \
	X(FULL, CertStore_InstallRootCACertificate, ERANGE, cert_blob_empty, "certBlobLength is 0", HEADER_CERT) \
	X(FULL, CertStore_InstallRootCACertificate, ERANGE, cert_blob_too_long, "certBlobLength is over 8192", HEADER_CERT) \
	X(FULL, CertStore_InstallRootCACertificate, ERANGE, identifier_too_long, "identifier is longer than 16", HEADER_CERT) \
	X(FULL, CertStore_InstallRootCACertificate, EINVAL, identifier_not_terminated, "identifier is not NUL-terminated", HEADER_CERT) \
	X(FULL, CertStore_InstallRootCACertificate, EINVAL, cert_invalid, "the certificate is not valid", HEADER_CERT) \
	X(FULL, CertStore_InstallRootCACertificate, ENOSPC, store_full, "the certificate store is full", HEADER_CERT) \
	ROWS_CERT(X, CertStore_DeleteCertificate) \
	X(FULL, CertStore_DeleteCertificate, EFAULT, identifier_null, "identifier is NULL", HEADER_CERT) \
	X(FULL, CertStore_DeleteCertificate, ENOENT, unknown, "no certificate has this identifier", HEADER_CERT) \
	ROWS_CERT(X, CertStore_GetCertificateCount) \
	X(NONE, CertStore_GetCertificateCount, EPERM, no_capability, "app_manifest.json does not grant what a call needs; for all functions", \
	  "page \"Azure Sphere application manifest\"") \
	ROWS_CERT(X, CertStore_GetCertificateIdentifierAt) \
	X(FULL, CertStore_GetCertificateIdentifierAt, EFAULT, output_null, "outIdentifier is NULL", HEADER_CERT) \
	X(FULL, CertStore_GetCertificateIdentifierAt, ERANGE, index_too_large, "index is not below the count", HEADER_CERT) \
	ROWS_CERT(X, CertStore_GetAvailableSpace) \
	ROWS_CERT(X, CertStore_MoveCertificate) \
	X(FULL, CertStore_MoveCertificate, EFAULT, source_null, "sourceIdentifier is NULL", HEADER_CERT) \
	X(FULL, CertStore_MoveCertificate, EFAULT, destination_null, "destIdentifier is NULL", HEADER_CERT) \
	X(FULL, CertStore_MoveCertificate, EINVAL, source_invalid, "sourceIdentifier is no valid identifier", HEADER_CERT) \
	X(FULL, CertStore_MoveCertificate, EINVAL, destination_invalid, "destIdentifier is no valid identifier", HEADER_CERT) \
	X(FULL, CertStore_MoveCertificate, ERANGE, source_too_long, "sourceIdentifier is longer than 16", HEADER_CERT) \
	X(FULL, CertStore_MoveCertificate, ERANGE, destination_too_long, "destIdentifier is longer than 16", HEADER_CERT) \
	X(FULL, CertStore_MoveCertificate, ENOENT, source_unknown, "no certificate is under sourceIdentifier", HEADER_CERT) \
	X(FULL, CertStore_MoveCertificate, ENOENT, destination_unknown, "no certificate is under destIdentifier", \
	  "page \"CertStore_MoveCertificate\"") \
	ROWS_CERT_GETTER(X, CertStore_GetCertificateSubjectName) \
	ROWS_CERT_GETTER(X, CertStore_GetCertificateIssuerName) \
	ROWS_CERT_GETTER(X, CertStore_GetCertificateNotBefore) \
	ROWS_CERT_GETTER(X, CertStore_GetCertificateNotAfter)

#define WIFICONFIG_ERRNOS(X) \
	ROWS_WIFI(X, WifiConfig_AddNetwork) \
	X(FULL, WifiConfig_AddNetwork, ENOMEM, too_many, "there is no room for another network", HEADER_WIFI) \
	ROWS_WIFI(X, WifiConfig_AddDuplicateNetwork) \
	ROWS_ID(X, WifiConfig_AddDuplicateNetwork) \
	X(FULL, WifiConfig_AddDuplicateNetwork, EFAULT, name_null, "configName is NULL", HEADER_WIFI) \
	X(FULL, WifiConfig_AddDuplicateNetwork, ERANGE, name_empty, "configName is empty", HEADER_WIFI) \
	X(FULL, WifiConfig_AddDuplicateNetwork, ERANGE, name_too_long, "configName is longer than 16", HEADER_WIFI) \
	X(FULL, WifiConfig_AddDuplicateNetwork, ENOMEM, too_many, "there is no room for another network", HEADER_WIFI) \
	X(FULL, WifiConfig_AddDuplicateNetwork, EEXIST, name_taken, "another network has the name", HEADER_WIFI) \
	ROWS_WIFI(X, WifiConfig_GetNetworkIdByConfigName) \
	X(FULL, WifiConfig_GetNetworkIdByConfigName, EFAULT, name_null, "configName is NULL", HEADER_WIFI) \
	X(FULL, WifiConfig_GetNetworkIdByConfigName, ERANGE, name_too_long, "configName is longer than 16", HEADER_WIFI) \
	X(FULL, WifiConfig_GetNetworkIdByConfigName, ENODEV, name_unknown, "no network has the name", HEADER_WIFI) \
	ROWS_WIFI(X, WifiConfig_GetConnectedNetworkId) \
	X(FULL, WifiConfig_GetConnectedNetworkId, ENOTCONN, not_connected, "the device is not connected", HEADER_WIFI) \
	ROWS_WIFI(X, WifiConfig_ForgetNetworkById) \
	ROWS_ID(X, WifiConfig_ForgetNetworkById) \
	X(FULL, WifiConfig_ForgetNetworkById, ENOENT, id_unknown, "networkId matches no stored network", \
	  "page \"WifiConfig_ForgetNetworkById\"") \
	ROWS_WIFI(X, WifiConfig_ForgetAllNetworks) \
	ROWS_WIFI(X, WifiConfig_ForgetNetwork) \
	X(FULL, WifiConfig_ForgetNetwork, EFAULT, network_null, "storedNetwork is NULL", HEADER_WIFI) \
	X(FULL, WifiConfig_ForgetNetwork, ENOENT, unknown, "no such network is stored", HEADER_WIFI) \
	X(FULL, WifiConfig_ForgetNetwork, EINVAL, structure_invalid, "the structure is not one that the library filled", HEADER_WIFI) \
	X(FULL, WifiConfig_ForgetNetwork, EINVAL, structure_version, "the structure is of another version", HEADER_WIFI) \
	X(FULL, WifiConfig_ForgetNetwork, ENOSPC, too_many, "there are too many networks to save", HEADER_WIFI) \
	ROWS_WIFI(X, WifiConfig_GetStoredNetworkCount) \
	ROW_CAPABILITY(X, WifiConfig_GetStoredNetworks, "WifiConfig", HEADER_WIFI) \
	ROW_READY(X, WifiConfig_GetStoredNetworks, "Wi-Fi", HEADER_WIFI) \
	X(FULL, WifiConfig_GetStoredNetworks, EFAULT, array_null, "storedNetworkArray is NULL", HEADER_WIFI) \
	X(FULL, WifiConfig_GetStoredNetworks, ERANGE, count_0, "storedNetworkArrayCount is 0", HEADER_WIFI) \
	X(FULL, WifiConfig_GetStoredNetworks, EINVAL, structure_version, "the structure is of another version", HEADER_WIFI) \
	ROWS_WIFI(X, WifiConfig_GetCurrentNetwork) \
	X(FULL, WifiConfig_GetCurrentNetwork, EFAULT, output_null, "connectedNetwork is NULL", HEADER_WIFI) \
	X(FULL, WifiConfig_GetCurrentNetwork, ENODATA, not_connected, "the device is not connected", HEADER_WIFI) \
	X(FULL, WifiConfig_GetCurrentNetwork, ENOTCONN, not_connected, "the device is not connected", HEADER_WIFI_INTERNAL) \
	X(FULL, WifiConfig_GetCurrentNetwork, EINVAL, structure_version, "the structure is of another version", HEADER_WIFI) \
	ROWS_WIFI(X, WifiConfig_TriggerScanAndGetScannedNetworkCount) \
	ROW_CAPABILITY(X, WifiConfig_GetScannedNetworks, "WifiConfig", HEADER_WIFI) \
	ROW_READY(X, WifiConfig_GetScannedNetworks, "Wi-Fi", HEADER_WIFI) \
	X(FULL, WifiConfig_GetScannedNetworks, EFAULT, array_null, "scannedNetworkArray is NULL", HEADER_WIFI) \
	X(FULL, WifiConfig_GetScannedNetworks, ERANGE, count_0, "scannedNetworkArrayCount is 0", HEADER_WIFI) \
	X(FULL, WifiConfig_GetScannedNetworks, EINVAL, structure_version, "the structure is of another version", HEADER_WIFI) \
	ROWS_WIFI(X, WifiConfig_SetSSID) \
	ROWS_ID(X, WifiConfig_SetSSID) \
	X(FULL, WifiConfig_SetSSID, EFAULT, ssid_null, "ssid is NULL", HEADER_WIFI) \
	X(FULL, WifiConfig_SetSSID, ERANGE, ssid_empty, "ssidLength is 0", HEADER_WIFI) \
	X(FULL, WifiConfig_SetSSID, ERANGE, ssid_too_long, "ssidLength is over 32", HEADER_WIFI) \
	ROWS_WIFI(X, WifiConfig_SetSecurityType) \
	ROWS_ID(X, WifiConfig_SetSecurityType) \
	X(PARTIAL, WifiConfig_SetSecurityType, EACCES, eap_tls_without_enterprise, \
	  "EAP-TLS, and app_manifest.json does not grant EnterpriseWifiConfig", HEADER_WIFI) \
	X(FULL, WifiConfig_SetSecurityType, EINVAL, type_invalid, "securityType is none", HEADER_WIFI) \
	ROWS_WIFI(X, WifiConfig_SetNetworkEnabled) \
	ROWS_ID(X, WifiConfig_SetNetworkEnabled) \
	ROWS_WIFI(X, WifiConfig_SetTargetedScanEnabled) \
	ROWS_ID(X, WifiConfig_SetTargetedScanEnabled) \
	ROWS_WIFI(X, WifiConfig_SetPSK) \
	ROWS_ID(X, WifiConfig_SetPSK) \
	X(FULL, WifiConfig_SetPSK, EFAULT, psk_null, "psk is NULL", HEADER_WIFI) \
	X(FULL, WifiConfig_SetPSK, ERANGE, psk_too_long, "pskLength is over 64", HEADER_WIFI) \
	ROWS_WIFI(X, WifiConfig_SetConfigName) \
	ROWS_ID(X, WifiConfig_SetConfigName) \
	X(FULL, WifiConfig_SetConfigName, EFAULT, name_null, "configName is NULL", HEADER_WIFI) \
	X(FULL, WifiConfig_SetConfigName, ERANGE, name_too_long, "configName is longer than 16", HEADER_WIFI) \
	ROWS_WIFI(X, WifiConfig_PersistConfig) \
	X(FULL, WifiConfig_PersistConfig, ENOSPC, no_room, "there is no room to save the configuration", HEADER_WIFI) \
	ROWS_WIFI(X, WifiConfig_ReloadConfig) \
	ROWS_ENTERPRISE(X, WifiConfig_SetClientIdentity) \
	X(FULL, WifiConfig_SetClientIdentity, EFAULT, identity_null, "identity is NULL", HEADER_WIFI) \
	X(FULL, WifiConfig_SetClientIdentity, ERANGE, identity_too_long, "identity is longer than 254", HEADER_WIFI) \
	ROWS_ENTERPRISE_GETTER(X, WifiConfig_GetClientIdentity) \
	ROWS_ENTERPRISE(X, WifiConfig_SetClientCertStoreIdentifier) \
	X(FULL, WifiConfig_SetClientCertStoreIdentifier, EFAULT, identifier_null, "certStoreIdentifier is NULL", HEADER_WIFI) \
	X(FULL, WifiConfig_SetClientCertStoreIdentifier, ERANGE, identifier_too_long, "certStoreIdentifier is longer than 16", \
	  "[wificonfig.h]; page \"WifiConfig_SetClientCertStoreIdentifier\"") \
	ROWS_ENTERPRISE_GETTER(X, WifiConfig_GetClientCertStoreIdentifier) \
	ROWS_ENTERPRISE(X, WifiConfig_SetRootCACertStoreIdentifier) \
	X(FULL, WifiConfig_SetRootCACertStoreIdentifier, EFAULT, identifier_null, "certStoreIdentifier is NULL", HEADER_WIFI) \
	X(FULL, WifiConfig_SetRootCACertStoreIdentifier, ERANGE, identifier_too_long, "certStoreIdentifier is longer than 16", HEADER_WIFI) \
	ROWS_ENTERPRISE_GETTER(X, WifiConfig_GetRootCACertStoreIdentifier) \
	ROW_CAPABILITY(X, WifiConfig_GetNetworkDiagnostics, "WifiConfig", HEADER_WIFI) \
	ROW_READY(X, WifiConfig_GetNetworkDiagnostics, "Wi-Fi", HEADER_WIFI) \
	ROWS_ID(X, WifiConfig_GetNetworkDiagnostics) \
	X(FULL, WifiConfig_GetNetworkDiagnostics, EFAULT, output_null, "networkDiagnostics is NULL", HEADER_WIFI) \
	X(NONE, WifiConfig_GetNetworkDiagnostics, EFAULT, output_null_before_capability, \
	  "networkDiagnostics is NULL, whatever the manifest grants", HEADER_WIFI_INTERNAL) \
	X(FULL, WifiConfig_GetNetworkDiagnostics, ENODEV, nothing_recorded, "the network has no failure on record", HEADER_WIFI) \
	ROWS_WIFI(X, WifiConfig_StoreOpenNetwork) \
	X(FULL, WifiConfig_StoreOpenNetwork, EFAULT, ssid_null, "ssid is NULL", HEADER_WIFI) \
	X(FULL, WifiConfig_StoreOpenNetwork, ERANGE, ssid_empty, "ssidLength is 0", HEADER_WIFI) \
	X(FULL, WifiConfig_StoreOpenNetwork, ERANGE, ssid_too_long, "ssidLength is over 32", HEADER_WIFI) \
	X(FULL, WifiConfig_StoreOpenNetwork, EEXIST, stored, "an open network of this SSID is stored", HEADER_WIFI) \
	X(FULL, WifiConfig_StoreOpenNetwork, ENOSPC, no_room, "there is no room to save the configuration", HEADER_WIFI) \
	ROWS_WIFI(X, WifiConfig_StoreWpa2Network) \
	X(FULL, WifiConfig_StoreWpa2Network, EFAULT, ssid_null, "ssid is NULL", HEADER_WIFI) \
	X(FULL, WifiConfig_StoreWpa2Network, EFAULT, psk_null, "psk is NULL", HEADER_WIFI) \
	X(FULL, WifiConfig_StoreWpa2Network, ERANGE, ssid_empty, "ssidLength is 0", HEADER_WIFI) \
	X(FULL, WifiConfig_StoreWpa2Network, ERANGE, ssid_too_long, "ssidLength is over 32", HEADER_WIFI) \
	X(FULL, WifiConfig_StoreWpa2Network, ERANGE, psk_too_long, "pskLength is over 64", HEADER_WIFI) \
	X(FULL, WifiConfig_StoreWpa2Network, EEXIST, stored_with_this_key, "a WPA2 network of this SSID and key is stored", \
	  "[wificonfig.h], description") \
	X(FULL, WifiConfig_StoreWpa2Network, EEXIST, stored_with_any_key, "a WPA2 network of this SSID is stored", \
	  "[wificonfig.h], list of errnos") \
	X(FULL, WifiConfig_StoreWpa2Network, ENOSPC, no_room, "there is no room to save the configuration", HEADER_WIFI)

/* What the inline functions of wificonfig.h call; declared in wificonfig_internal.h for every application. */
#define WIFICONFIG_INTERNAL_ERRNOS(X) \
	X(NONE, z__WifiConfig_SetNetworkOpt, EACCES, no_capability, "app_manifest.json does not grant WifiConfig", HEADER_WIFI_INTERNAL) \
	X(FULL, z__WifiConfig_SetNetworkOpt, EAGAIN, not_ready, "Wi-Fi is not ready yet", HEADER_WIFI_INTERNAL) \
	X(FULL, z__WifiConfig_SetNetworkOpt, ENETDOWN, interface_down, "the Wi-Fi interface is not available", HEADER_WIFI_INTERNAL) \
	X(FULL, z__WifiConfig_SetNetworkOpt, EFAULT, value_null, "attributeValue is NULL", HEADER_WIFI_INTERNAL) \
	X(FULL, z__WifiConfig_SetNetworkOpt, ENODEV, id_unknown, "networkId matches no stored network", HEADER_WIFI_INTERNAL) \
	X(FULL, z__WifiConfig_SetNetworkOpt, EINVAL, attribute_unknown, "there is no such attribute", HEADER_WIFI_INTERNAL) \
	X(NONE, z__WifiConfig_GetNetworkOpt, EACCES, no_capability, "app_manifest.json does not grant WifiConfig", HEADER_WIFI_INTERNAL) \
	X(FULL, z__WifiConfig_GetNetworkOpt, EAGAIN, not_ready, "Wi-Fi is not ready yet", HEADER_WIFI_INTERNAL) \
	X(FULL, z__WifiConfig_GetNetworkOpt, ENETDOWN, interface_down, "the Wi-Fi interface is not available", HEADER_WIFI_INTERNAL) \
	X(FULL, z__WifiConfig_GetNetworkOpt, EFAULT, buffer_null, "buffer is NULL, and capacity is not 0", HEADER_WIFI_INTERNAL) \
	X(FULL, z__WifiConfig_GetNetworkOpt, ERANGE, capacity_too_small, "the value does not fit", HEADER_WIFI_INTERNAL) \
	X(FULL, z__WifiConfig_GetNetworkOpt, ENODEV, id_unknown, "networkId matches no stored network", HEADER_WIFI_INTERNAL) \
	X(FULL, z__WifiConfig_GetNetworkOpt, EINVAL, attribute_unknown, "there is no such attribute", HEADER_WIFI_INTERNAL)

/* What every call on an interface may give. */
#define ROWS_INTERFACE(X, function, capability) \
	ROW_CAPABILITY(X, function, capability, HEADER_NET) \
	X(FULL, function, ENOENT, unknown, "no interface has this name", HEADER_NET) \
	X(FULL, function, EPERM, not_allowed, "the interface is not for applications", HEADER_NET) \
	ROW_READY(X, function, "the networking stack", HEADER_NET)
#define ROWS_RENEW(X, function, page) \
	ROW_CAPABILITY(X, function, "NetworkConfig", page) \
	X(FULL, function, EFAULT, name_null, "networkInterfaceName is NULL", page) \
	X(FULL, function, ENOENT, unknown, "no interface has this name", page) \
	X(FULL, function, EPERM, static_address, "the interface has a static address", page)

#define NETWORKING_ERRNOS(X) \
	X(FULL, Networking_IsNetworkingReady, EFAULT, output_null, "outIsNetworkingReady is NULL", HEADER_NET) \
	ROW_READY(X, Networking_GetInterfaceCount, "the networking stack", HEADER_NET) \
	X(FULL, Networking_GetInterfaces, EFAULT, array_null, "networkInterfacesArray is NULL", HEADER_NET) \
	X(FULL, Networking_GetInterfaces, ERANGE, count_0, "networkInterfacesArrayCount is 0", HEADER_NET) \
	ROW_READY(X, Networking_GetInterfaces, "the networking stack", HEADER_NET) \
	ROWS_INTERFACE(X, Networking_SetInterfaceState, "NetworkConfig") \
	X(FULL, Networking_GetInterfaceConnectionStatus, EFAULT, output_null, "outStatus is NULL", HEADER_NET) \
	X(FULL, Networking_GetInterfaceConnectionStatus, ENOENT, unknown, "no interface has this name", HEADER_NET) \
	ROW_READY(X, Networking_GetInterfaceConnectionStatus, "the networking stack", HEADER_NET) \
	ROW_CAPABILITY(X, Networking_SetHardwareAddress, "HardwareAddressConfig", HEADER_NET) \
	X(FULL, Networking_SetHardwareAddress, ENOENT, unknown, "no interface has this name", HEADER_NET) \
	X(FULL, Networking_SetHardwareAddress, EPERM, not_ethernet, "the interface is not an Ethernet one", HEADER_NET) \
	ROW_READY(X, Networking_SetHardwareAddress, "the networking stack", HEADER_NET) \
	X(FULL, Networking_SetHardwareAddress, ERANGE, too_long, "hardwareAddressLength is over 6", HEADER_NET) \
	X(FULL, Networking_SetHardwareAddress, EINVAL, zeros, "the address is all zeros", HEADER_NET) \
	X(FULL, Networking_SetHardwareAddress, EINVAL, group, "the address is one of a group", HEADER_NET) \
	X(FULL, Networking_GetHardwareAddress, ENOENT, unknown, "no interface has this name", HEADER_NET) \
	X(FULL, Networking_GetHardwareAddress, EPERM, not_allowed, "the interface is not for applications", HEADER_NET) \
	ROW_READY(X, Networking_GetHardwareAddress, "the networking stack", HEADER_NET) \
	X(FULL, Networking_GetHardwareAddress, EFAULT, output_null, "outAddress is NULL", HEADER_NET_INTERNAL)

/* What the inline functions of networking.h call. */
#define NETWORKING_INTERNAL_ERRNOS(X) \
	X(NONE, z__Networking_SetInterfaceOpt, EACCES, no_capability, "app_manifest.json does not grant HardwareAddressConfig", \
	  HEADER_NET_INTERNAL) \
	X(FULL, z__Networking_SetInterfaceOpt, ENOENT, unknown, "no interface has this name", HEADER_NET_INTERNAL) \
	X(FULL, z__Networking_SetInterfaceOpt, EPERM, not_allowed, "the interface is not for applications", HEADER_NET_INTERNAL) \
	X(FULL, z__Networking_SetInterfaceOpt, EAGAIN, not_ready, "the networking stack is not ready yet", HEADER_NET_INTERNAL) \
	X(FULL, z__Networking_SetInterfaceOpt, ERANGE, too_long, "the value is longer than the attribute", HEADER_NET_INTERNAL) \
	X(FULL, z__Networking_SetInterfaceOpt, EINVAL, attribute_unknown, "there is no such attribute", HEADER_NET_INTERNAL) \
	X(FULL, z__Networking_GetInterfaceOpt, EFAULT, buffer_null, "buffer is NULL, and capacity is not 0", HEADER_NET_INTERNAL) \
	X(FULL, z__Networking_GetInterfaceOpt, ENOENT, unknown, "no interface has this name", HEADER_NET_INTERNAL) \
	X(FULL, z__Networking_GetInterfaceOpt, EPERM, not_allowed, "the interface is not for applications", HEADER_NET_INTERNAL) \
	X(FULL, z__Networking_GetInterfaceOpt, ERANGE, capacity_too_small, "the value does not fit", HEADER_NET_INTERNAL) \
	X(FULL, z__Networking_GetInterfaceOpt, EAGAIN, not_ready, "the networking stack is not ready yet", HEADER_NET_INTERNAL) \
	X(FULL, z__Networking_GetInterfaceOpt, EINVAL, attribute_unknown, "there is no such attribute", HEADER_NET_INTERNAL)

#define NETWORK_SETTINGS_ERRNOS(X) \
	X(FULL, Networking_IpConfig_EnableCustomDns, EFAULT, config_null, "ipConfig is NULL", HEADER_NET) \
	X(FULL, Networking_IpConfig_EnableCustomDns, EFAULT, servers_null, "dnsServerAddresses is NULL", HEADER_NET) \
	X(FULL, Networking_IpConfig_EnableCustomDns, EINVAL, too_many, "more than three servers", HEADER_NET) \
	X(FULL, Networking_IpConfig_EnableCustomDns, EINVAL, any_address, "a server is INADDR_ANY", HEADER_NET) \
	ROWS_INTERFACE(X, Networking_IpConfig_Apply, "NetworkConfig") \
	X(FULL, Networking_IpConfig_Apply, EFAULT, name_null, "networkInterfaceName is NULL", HEADER_NET) \
	X(FULL, Networking_IpConfig_Apply, EFAULT, config_null, "ipConfig is NULL", HEADER_NET) \
	X(FULL, Networking_IpConfig_Apply, EFBIG, no_room, "there is no room to store it", HEADER_NET) \
	ROWS_RENEW(X, Networking_IpConfig_RenewIp, "page \"Networking_IpConfig_RenewIp\"") \
	ROWS_RENEW(X, Networking_IpConfig_ReleaseIp, "page \"Networking_IpConfig_ReleaseIp\"") \
	ROWS_INTERFACE(X, Networking_SntpServer_Start, "SntpService") \
	X(FULL, Networking_SntpServer_Start, EFAULT, name_null, "networkInterfaceName is NULL", HEADER_NET) \
	X(FULL, Networking_SntpServer_Start, EFAULT, config_null, "sntpServerConfig is NULL", HEADER_NET) \
	X(FULL, Networking_DhcpServerConfig_SetLease, EFAULT, config_null, "dhcpServerConfig is NULL", HEADER_NET) \
	X(FULL, Networking_DhcpServerConfig_SetLease, EINVAL, values, "the values do not go together", HEADER_NET) \
	X(FULL, Networking_DhcpServerConfig_SetNtpServerAddresses, EFAULT, config_null, "dhcpServerConfig is NULL", HEADER_NET) \
	X(FULL, Networking_DhcpServerConfig_SetNtpServerAddresses, EFAULT, servers_null, "ntpServerAddresses is NULL", HEADER_NET) \
	X(FULL, Networking_DhcpServerConfig_SetNtpServerAddresses, EINVAL, too_many, "more than three servers", HEADER_NET) \
	X(FULL, Networking_DhcpServerConfig_SetNtpServerAddresses, EINVAL, address, "a server's address is not valid", HEADER_NET) \
	ROWS_INTERFACE(X, Networking_DhcpServer_Start, "DhcpService") \
	X(FULL, Networking_DhcpServer_Start, EPERM, dynamic_address, "the interface has no static address", HEADER_NET) \
	X(FULL, Networking_DhcpServer_Start, EFAULT, name_null, "networkInterfaceName is NULL", HEADER_NET) \
	X(FULL, Networking_DhcpServer_Start, EFAULT, config_null, "dhcpServerConfig is NULL", HEADER_NET) \
	X(FULL, Networking_DhcpServer_Start, EFBIG, no_room, "there is no room to store it", HEADER_NET)

#define ROW_NTP(X, function) ROW_CAPABILITY(X, function, "TimeSyncConfig", HEADER_NET)

#define TIME_ERRNOS(X) \
	ROW_NTP(X, Networking_TimeSync_SetEnabled) \
	ROW_READY(X, Networking_TimeSync_SetEnabled, "the networking stack", HEADER_NET) \
	X(FULL, Networking_TimeSync_GetEnabled, EFAULT, output_null, "outIsEnabled is NULL", HEADER_NET) \
	ROW_READY(X, Networking_TimeSync_GetEnabled, "the networking stack", HEADER_NET) \
	ROW_NTP(X, Networking_TimeSync_EnableDefaultNtp) \
	ROW_NTP(X, Networking_TimeSync_EnableAutomaticNtp) \
	X(FULL, Networking_TimeSync_EnableAutomaticNtp, EINVAL, option, "option is none", HEADER_NET) \
	ROW_NTP(X, Networking_TimeSync_EnableCustomNtp) \
	X(FULL, Networking_TimeSync_EnableCustomNtp, EFAULT, primary_null, "primaryNtpServer is NULL", HEADER_NET) \
	X(FULL, Networking_TimeSync_EnableCustomNtp, ERANGE, primary_too_long, "primaryNtpServer is longer than a host name", HEADER_NET) \
	X(FULL, Networking_TimeSync_EnableCustomNtp, ERANGE, secondary_too_long, "secondaryNtpServer is longer than a host name", HEADER_NET) \
	X(FULL, Networking_TimeSync_EnableCustomNtp, EINVAL, no_host, "a server is neither a host name nor an address", HEADER_NET) \
	X(FULL, Networking_TimeSync_EnableCustomNtp, EINVAL, option, "option is none", HEADER_NET) \
	X(FULL, Networking_TimeSync_GetLastNtpSyncInfo, EFAULT, length_null, "inOutNtpServerLength is NULL, outNtpServer is not", HEADER_NET) \
	X(FULL, Networking_TimeSync_GetLastNtpSyncInfo, ENOENT, not_synced, "the clock has not been set yet", HEADER_NET) \
	X(FULL, Networking_TimeSync_GetLastNtpSyncInfo, ENOBUFS, too_small, "outNtpServer is too small", HEADER_NET) \
	ROW_CAPABILITY(X, clock_systohc, "SystemTime", HEADER_RTC) \
	X(FULL, clock_systohc, EBUSY, busy, "the clock is in use", HEADER_RTC) \
	X(FULL, clock_systohc, ENOENT, no_clock, "there is no clock", HEADER_RTC)

#define ROW_CONFIG(X, function) X(FULL, function, EFAULT, config_null, "proxyConfig is NULL", HEADER_NET)

#define PROXY_ERRNOS(X) \
	X(FULL, Networking_Proxy_Create, ENOMEM, no_memory, "there is no memory", HEADER_NET) \
	ROW_CAPABILITY(X, Networking_Proxy_Apply, "NetworkConfig", HEADER_NET) \
	ROW_CONFIG(X, Networking_Proxy_Apply) \
	ROW_CAPABILITY(X, Networking_Proxy_Get, "NetworkConfig or ReadNetworkProxyConfig", HEADER_NET) \
	ROW_CONFIG(X, Networking_Proxy_Get) \
	X(FULL, Networking_Proxy_Get, ENOENT, none, "no proxy is configured", HEADER_NET) \
	ROW_CONFIG(X, Networking_Proxy_SetProxyOptions) \
	ROW_CONFIG(X, Networking_Proxy_SetProxyAddress) \
	X(FULL, Networking_Proxy_SetProxyAddress, EFAULT, address_null, "proxyAddress is NULL", HEADER_NET) \
	X(FULL, Networking_Proxy_SetProxyAddress, ERANGE, address_too_long, "proxyAddress is longer than 255", HEADER_NET) \
	ROW_CONFIG(X, Networking_Proxy_SetAnonymousAuthentication) \
	ROW_CONFIG(X, Networking_Proxy_SetBasicAuthentication) \
	X(FULL, Networking_Proxy_SetBasicAuthentication, EFAULT, username_null, "username is NULL", HEADER_NET) \
	X(FULL, Networking_Proxy_SetBasicAuthentication, EFAULT, password_null, "password is NULL", HEADER_NET) \
	X(FULL, Networking_Proxy_SetBasicAuthentication, ERANGE, username_too_long, "username is longer than 63", HEADER_NET) \
	X(FULL, Networking_Proxy_SetBasicAuthentication, ERANGE, password_too_long, "password is longer than 63", HEADER_NET) \
	ROW_CONFIG(X, Networking_Proxy_SetProxyNoProxyAddresses) \
	X(FULL, Networking_Proxy_SetProxyNoProxyAddresses, EFAULT, addresses_null, "noProxyAddresses is NULL", HEADER_NET) \
	X(FULL, Networking_Proxy_SetProxyNoProxyAddresses, ERANGE, addresses_too_long, "noProxyAddresses is longer than 255", HEADER_NET) \
	ROW_CONFIG(X, Networking_Proxy_GetProxyOptions) \
	X(FULL, Networking_Proxy_GetProxyOptions, EFAULT, output_null, "proxyOptions is NULL", HEADER_NET) \
	ROW_CONFIG(X, Networking_Proxy_GetProxyAddress) \
	ROW_CONFIG(X, Networking_Proxy_GetProxyPort) \
	X(FULL, Networking_Proxy_GetProxyPort, EFAULT, output_null, "proxyPort is NULL", HEADER_NET) \
	ROW_CONFIG(X, Networking_Proxy_GetProxyType) \
	ROW_CONFIG(X, Networking_Proxy_GetProxyUsername) \
	ROW_CONFIG(X, Networking_Proxy_GetProxyPassword) \
	ROW_CONFIG(X, Networking_Proxy_GetAuthType) \
	ROW_CONFIG(X, Networking_Proxy_GetNoProxyAddresses) \
	X(FULL, Networking_Proxy_GetProxyStatus, EFAULT, output_null, "proxyStatus is NULL", HEADER_NET)

#define CURL_ERRNOS(X) \
	X(FULL, Networking_Curl_SetDefaultProxy, EFAULT, handle_null, "curlHandle is NULL", HEADER_NET_CURL) \
	ROW_CAPABILITY(X, Networking_Curl_SetDefaultProxy, "NetworkConfig or ReadNetworkProxyConfig", HEADER_NET_CURL) \
	X(FULL, Networking_Curl_SetDefaultProxy, ENOMEM, no_memory, "there is no memory", HEADER_NET_CURL)

#define EVENTLOOP_ERRNOS(X) \
	X(FULL, EventLoop_Run, EFAULT, loop_null, "el is NULL", HEADER_LOOP) \
	X(FULL, EventLoop_Run, EBUSY, reentered, "called by a callback of this loop", HEADER_LOOP) \
	X(FULL, EventLoop_Run, EINTR, signal, "a signal handler ran", HEADER_LOOP) \
	X(FULL, EventLoop_Stop, EFAULT, loop_null, "el is NULL", HEADER_LOOP) \
	X(FULL, EventLoop_GetWaitDescriptor, EFAULT, loop_null, "el is NULL", HEADER_LOOP) \
	X(FULL, EventLoop_RegisterIo, EFAULT, loop_null, "el is NULL", HEADER_LOOP) \
	X(FULL, EventLoop_RegisterIo, EFAULT, callback_null, "callback is NULL", HEADER_LOOP) \
	X(FULL, EventLoop_RegisterIo, EINVAL, events_unknown, "eventBitmask has unknown bits", HEADER_LOOP) \
	X(FULL, EventLoop_RegisterIo, EBADF, closed, "fd is not open", HEADER_LOOP) \
	X(FULL, EventLoop_RegisterIo, EEXIST, registered, "fd is registered with this loop already", HEADER_LOOP) \
	X(FULL, EventLoop_ModifyIoEvents, EFAULT, loop_null, "el is NULL", HEADER_LOOP) \
	X(FULL, EventLoop_ModifyIoEvents, EFAULT, registration_null, "reg is NULL", HEADER_LOOP) \
	X(FULL, EventLoop_ModifyIoEvents, EINVAL, events_unknown, "eventBitmask has unknown bits", HEADER_LOOP) \
	X(FULL, EventLoop_UnregisterIo, EFAULT, loop_null, "el is NULL, reg is not", HEADER_LOOP)

#define ROWS_PATH(X, function) \
	X(FULL, function, EFAULT, path_null, "relativePath is NULL", HEADER_STORAGE) \
	X(FULL, function, EINVAL, path_absolute, "relativePath begins with /", HEADER_STORAGE) \
	X(FULL, function, EINVAL, path_dot, "relativePath begins with .", HEADER_STORAGE) \
	X(FULL, function, EINVAL, path_dots, "relativePath contains ..", HEADER_STORAGE) \
	X(FULL, function, ENOMEM, no_memory, "there is no memory for the path", HEADER_STORAGE)

#define STORAGE_ERRNOS(X) \
	ROWS_PATH(X, Storage_GetAbsolutePathInImagePackage) \
	ROWS_PATH(X, Storage_OpenFileInImagePackage) \
	ROW_CAPABILITY(X, Storage_OpenMutableFile, "MutableStorage", HEADER_STORAGE) \
	X(PARTIAL, Storage_OpenMutableFile, EACCES, size_0, "app_manifest.json grants MutableStorage with SizeKB 0", HEADER_STORAGE) \
	X(FULL, Storage_OpenMutableFile, EIO, flash_broken, "the file cannot be had from flash", HEADER_STORAGE) \
	ROW_CAPABILITY(X, Storage_DeleteMutableFile, "MutableStorage", HEADER_STORAGE) \
	X(FULL, Storage_DeleteMutableFile, ENOENT, no_file, "there is no mutable file", HEADER_STORAGE) \
	X(FULL, Storage_DeleteMutableFile, EIO, flash_broken, "the file cannot be removed from flash", HEADER_STORAGE)

#define OTHER_ERRNOS(X) \
	X(FULL, Log_Debug, EFAULT, format_null, "fmt is NULL", HEADER_LOG) \
	X(FULL, Log_DebugVarArgs, EFAULT, format_null, "fmt is NULL", HEADER_LOG) \
	X(FULL, Application_IsDeviceAuthReady, EFAULT, output_null, "outIsDeviceAuthReady is NULL", HEADER_APP) \
	X(FULL, Application_Connect, EINVAL, no_component, "componentId is no GUID", HEADER_APP) \
	X(FULL, Application_Connect, EACCES, not_listed, "AllowedApplicationConnections of the manifest does not list it", HEADER_APP) \
	ROW_READY(X, Applications_GetTotalMemoryUsageInKB, "the figure", HEADER_APPS) \
	ROW_READY(X, Applications_GetUserModeMemoryUsageInKB, "the figure", HEADER_APPS) \
	ROW_READY(X, Applications_GetPeakUserModeMemoryUsageInKB, "the figure", HEADER_APPS) \
	X(FULL, Applications_GetOsVersion, EFAULT, output_null, "outVersion is NULL", HEADER_APPS)

#define SYSTEM_ERRNOS(X) \
	ROW_CAPABILITY(X, SysEvent_RegisterForEventNotifications, "SystemEventNotifications", HEADER_EVENT) \
	X(FULL, SysEvent_RegisterForEventNotifications, EFAULT, loop_null, "el is NULL", HEADER_EVENT) \
	X(FULL, SysEvent_RegisterForEventNotifications, EFAULT, callback_null, "callback is NULL", HEADER_EVENT) \
	X(FULL, SysEvent_RegisterForEventNotifications, EINVAL, events_unknown, "eventBitmask has unknown bits", HEADER_EVENT) \
	X(FULL, SysEvent_UnregisterForEventNotifications, EFAULT, registration_null, "reg is NULL", HEADER_EVENT) \
	ROW_CAPABILITY(X, SysEvent_DeferEvent, "SoftwareUpdateDeferral", HEADER_EVENT) \
	X(FULL, SysEvent_DeferEvent, EINVAL, not_deferrable, "the event cannot be deferred", HEADER_EVENT) \
	ROW_CAPABILITY(X, SysEvent_ResumeEvent, "SoftwareUpdateDeferral", HEADER_EVENT) \
	X(FULL, SysEvent_ResumeEvent, EINVAL, not_resumable, "the event cannot be resumed", HEADER_EVENT) \
	X(FULL, SysEvent_Info_GetUpdateData, EFAULT, info_null, "info is NULL", HEADER_EVENT) \
	X(FULL, SysEvent_Info_GetUpdateData, EFAULT, output_null, "update_info is NULL", HEADER_EVENT) \
	X(FULL, SysEvent_Info_GetUpdateData, EINVAL, other_event, "info is of another event than an update that is ready", HEADER_EVENT) \
	X(NONE, PowerManagement_ForceSystemReboot, EACCES, no_capability, "PowerControls of the manifest lacks ForceReboot", HEADER_POWER) \
	X(NONE, PowerManagement_ForceSystemPowerDown, EACCES, no_capability, "PowerControls of the manifest lacks ForcePowerDown", \
	  HEADER_POWER) \
	X(FULL, PowerManagement_ForceSystemPowerDown, EINVAL, residency, "maximum_residency_in_seconds is not valid", HEADER_POWER) \
	X(NONE, PowerManagement_SetSystemPowerProfile, EACCES, no_capability, "PowerControls of the manifest lacks SetPowerProfile", \
	  HEADER_POWER) \
	X(FULL, PowerManagement_SetSystemPowerProfile, EINVAL, profile, "desired_profile is none", HEADER_POWER)

/* Of the peripherals that are not simulated what can be without one; the rest are exceptions, below. */
#define PERIPHERAL_ERRNOS(X) \
	ROW_CAPABILITY(X, GPIO_OpenAsInput, "the pin", HEADER_GPIO) \
	X(PINS, GPIO_OpenAsInput, ENODEV, no_pin, "there is no such pin", HEADER_GPIO) \
	X(FULL, GPIO_OpenAsInput, EBUSY, open, "the pin is open already", HEADER_GPIO) \
	ROW_CAPABILITY(X, GPIO_OpenAsOutput, "the pin", HEADER_GPIO) \
	X(PINS, GPIO_OpenAsOutput, ENODEV, no_pin, "there is no such pin", HEADER_GPIO) \
	X(FULL, GPIO_OpenAsOutput, EBUSY, open, "the pin is open already", HEADER_GPIO) \
	X(FULL, GPIO_OpenAsOutput, EINVAL, mode, "outputMode is none", HEADER_GPIO) \
	X(FULL, GPIO_OpenAsOutput, EINVAL, value, "initialValue is none", HEADER_GPIO) \
	X(FULL, GPIO_GetValue, EFAULT, output_null, "outValue is NULL", HEADER_GPIO) \
	X(FULL, GPIO_GetValue, EBADF, closed, "gpioFd is not open", HEADER_GPIO) \
	X(FULL, GPIO_SetValue, EINVAL, value, "value is none", HEADER_GPIO) \
	X(FULL, GPIO_SetValue, EBADF, closed, "gpioFd is not open", HEADER_GPIO) \
	ROW_CAPABILITY(X, I2CMaster_Open, "the interface", HEADER_I2C) \
	ROW_CAPABILITY(X, SPIMaster_Open, "the interface", HEADER_SPI) \
	X(FULL, SPIMaster_WriteThenRead, EFAULT, write_null, "writeData is NULL", HEADER_SPI_INTERNAL) \
	X(FULL, SPIMaster_WriteThenRead, EFAULT, read_null, "readData is NULL", HEADER_SPI_INTERNAL) \
	X(FULL, SPIMaster_WriteThenRead, EINVAL, write_empty, "lenWriteData is 0", HEADER_SPI_INTERNAL) \
	X(FULL, SPIMaster_WriteThenRead, EINVAL, read_empty, "lenReadData is 0", HEADER_SPI_INTERNAL) \
	ROW_CAPABILITY(X, UART_Open, "the UART", HEADER_UART) \
	X(PINS, UART_Open, ENODEV, no_uart, "there is no such UART", HEADER_UART) \
	X(FULL, UART_Open, EINVAL, config_invalid, "uartConfig is no valid configuration", HEADER_UART) \
	X(FULL, UART_Open, EFAULT, config_null, "uartConfig is NULL", HEADER_UART) \
	ROW_CAPABILITY(X, ADC_Open, "the controller", HEADER_ADC) \
	ROW_CAPABILITY(X, PWM_Open, "the controller", HEADER_PWM) \
	X(FULL, PWM_Apply, EBADF, closed, "pwmFd is not open", HEADER_PWM)

#define CONTRACT_ERRNOS(X) \
	CERTSTORE_ERRNOS(X) WIFICONFIG_ERRNOS(X) WIFICONFIG_INTERNAL_ERRNOS(X) NETWORKING_ERRNOS(X) NETWORKING_INTERNAL_ERRNOS(X) \
	NETWORK_SETTINGS_ERRNOS(X) TIME_ERRNOS(X) PROXY_ERRNOS(X) CURL_ERRNOS(X) EVENTLOOP_ERRNOS(X) STORAGE_ERRNOS(X) OTHER_ERRNOS(X) \
	SYSTEM_ERRNOS(X) PERIPHERAL_ERRNOS(X)

/* Documented, and without a test, with the reason:
 *
 *     X(function, errno, "the condition in words", "source", "why it is not reached")
 */
#define WHY_NO_BUS "no I2C bus is simulated; I2CMaster_Open gives no descriptor to ask"
#define EXCEPTIONS_TRANSFER(X, function) \
	X(function, EBUSY, "the bus is busy, or its clock is held low", HEADER_I2C, WHY_NO_BUS) \
	X(function, ENXIO, "nobody acknowledges the address", HEADER_I2C, WHY_NO_BUS) \
	X(function, ETIMEDOUT, "the transfer takes longer than I2CMaster_SetTimeout allows", HEADER_I2C, WHY_NO_BUS)

#define CONTRACT_EXCEPTIONS(X) \
	X(Networking_GetHardwareAddress, EINVAL, "outAddress is invalid", HEADER_NET, \
	  "the header's own inline function gives EFAULT for NULL, the one address that is known to be invalid") \
	EXCEPTIONS_TRANSFER(X, I2CMaster_Read) EXCEPTIONS_TRANSFER(X, I2CMaster_Write) EXCEPTIONS_TRANSFER(X, I2CMaster_WriteThenRead) \
	X(UART_Open, EBUSY, "the UART is open already", HEADER_UART, "no UART is simulated; UART_Open never opens one") \
	X(ADC_SetReferenceVoltage, EINVAL, "the voltage is out of range", HEADER_ADC, "no controller is simulated; ADC_Open never opens one") \
	X(ADC_Poll, EACCES, "Adc of the manifest does not list the controller", HEADER_ADC, \
	  "ADC_Open gives EACCES, and so no descriptor to poll; azsim has EBADF for every other") \
	X(PWM_Apply, ENODEV, "there is no such channel", HEADER_PWM, "no controller is simulated; PWM_Open never opens one") \
	X(PWM_Apply, EINVAL, "newState is NULL or has invalid values", HEADER_PWM, "no controller is simulated; PWM_Open never opens one")

#endif
