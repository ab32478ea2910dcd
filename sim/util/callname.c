/* See callname.h. */
#include "sim/util/callname.h"

#include <errno.h>
#include <string.h>

#include "emu-applibs/base/base.h"
#include "emu-applibs/wire/wire.h"

static const struct {
	const char *name;
	uint16_t op;
	int attribute;
} calls[] = {
	{"WifiConfig_SetSSID", WIRE_WIFI_SET_OPT, 0},
	{"WifiConfig_SetSecurityType", WIRE_WIFI_SET_OPT, 1},
	{"WifiConfig_SetNetworkEnabled", WIRE_WIFI_SET_OPT, 2},
	{"WifiConfig_PersistConfig", WIRE_WIFI_SET_OPT, 3},
	{"WifiConfig_ReloadConfig", WIRE_WIFI_SET_OPT, 4},
	{"WifiConfig_SetPSK", WIRE_WIFI_SET_OPT, 5},
	{"WifiConfig_SetClientIdentity", WIRE_WIFI_SET_OPT, 6},
	{"WifiConfig_SetClientCertStoreIdentifier", WIRE_WIFI_SET_OPT, 7},
	{"WifiConfig_SetRootCACertStoreIdentifier", WIRE_WIFI_SET_OPT, 8},
	{"WifiConfig_SetTargetedScanEnabled", WIRE_WIFI_SET_OPT, 11},
	{"WifiConfig_SetConfigName", WIRE_WIFI_SET_OPT, 12},
	{"WifiConfig_GetClientIdentity", WIRE_WIFI_GET_OPT, 6},
	{"WifiConfig_GetClientCertStoreIdentifier", WIRE_WIFI_GET_OPT, 7},
	{"WifiConfig_GetRootCACertStoreIdentifier", WIRE_WIFI_GET_OPT, 8},
	{"WifiConfig_GetNetworkDiagnostics", WIRE_WIFI_GET_OPT, 22},
	{"WifiConfig_GetNetworkDiagnostics", WIRE_WIFI_GET_OPT, 23},
	{"WifiConfig_SetPowerSavingsEnabled", WIRE_WIFI_SET_OPT, 0x1000},
	{"PowerManagement_ForceSystemReboot", WIRE_POWER_TRANSITION, 0},
	{"PowerManagement_ForceSystemPowerDown", WIRE_POWER_TRANSITION, 1},
	{"Applications_GetTotalMemoryUsageInKB", WIRE_APPLICATIONS_MEMORY, 0},
	{"Applications_GetUserModeMemoryUsageInKB", WIRE_APPLICATIONS_MEMORY, 1},
	{"Applications_GetPeakUserModeMemoryUsageInKB", WIRE_APPLICATIONS_MEMORY, 2},
	{"CertStore_GetCertificateNotBefore", WIRE_CERTSTORE_INFO, 1},
	{"CertStore_GetCertificateNotAfter", WIRE_CERTSTORE_INFO, 2},
	{"CertStore_GetCertificateSubjectName", WIRE_CERTSTORE_INFO, 3},
	{"CertStore_GetCertificateIssuerName", WIRE_CERTSTORE_INFO, 4},
#define X(id, number, text) {text, WIRE_##id, CALLNAME_ANY},
	WIRE_OPS(X)
#undef X
};

int callname_attribute(uint16_t op, const uint8_t *payload, size_t length)
{
	struct wire_reader r;

	wire_reader_init(&r, payload, length);
	if (op == WIRE_WIFI_SET_OPT || op == WIRE_WIFI_GET_OPT)
		(void) wire_get_i32(&r);
	else if (op == WIRE_CERTSTORE_INFO)
		(void) wire_get_bytes(&r, &length);
	else if (op != WIRE_POWER_TRANSITION && op != WIRE_APPLICATIONS_MEMORY)
		return CALLNAME_ANY;
	int attribute = (int)wire_get_u32(&r);

	return r.failed ? CALLNAME_ANY : attribute;
}

const char *callname_of(uint16_t op, int attribute)
{
	const char *name;

	for (size_t i = 0; i < ARRAY_LEN(calls); i++)
		if (calls[i].op == op && calls[i].attribute == attribute)
			return calls[i].name;
	name = wire_op_name(op);
	return name ? name : "unknown call";
}

int callname_find(const char *name, uint16_t *ret_op, int *ret_attribute)
{
	for (size_t i = 0; i < ARRAY_LEN(calls); i++)
		if (strcmp(calls[i].name, name) == 0) {
			*ret_op = calls[i].op;
			/* Both widths of diagnostics are one function. */
			*ret_attribute = calls[i].attribute == 22 ? 23 : calls[i].attribute;
			return 0;
		}
	return -ENOENT;
}

const char *callname_at(size_t i)
{
	return i < ARRAY_LEN(calls) ? calls[i].name : NULL;
}
