/* <applibs/wificonfig.h> on the wire: networks, lists and scan. Attributes of one network: wificonfig_attributes.c. */
#include <applibs/wificonfig.h>

#include <string.h>

#include "emu-applibs/base/base.h"
#include "emu-applibs/client/transport.h"

#define STRUCTS_VERSION 1u

_Static_assert(WIFICONFIG_STRUCTS_VERSION == STRUCTS_VERSION, "the structures filled here");

int WifiConfig_AddNetwork(void)
{
	return call_ask(WIRE_WIFI_ADD);
}

int WifiConfig_AddDuplicateNetwork(int networkId, const char *configName)
{
	struct call c;

	if (!configName)
		return call_fail(EFAULT);
	call_begin(&c, WIRE_WIFI_ADD_DUPLICATE);
	wire_put_i32(&c.out, networkId);
	call_put_text(&c, configName, WIFICONFIG_CONFIG_NAME_MAX_LENGTH);
	return call_end(&c, call_send(&c));
}

int WifiConfig_GetNetworkIdByConfigName(const char *configName)
{
	struct call c;

	if (!configName)
		return call_fail(EFAULT);
	call_begin(&c, WIRE_WIFI_ID_BY_NAME);
	call_put_text(&c, configName, WIFICONFIG_CONFIG_NAME_MAX_LENGTH);
	return call_end(&c, call_send(&c));
}

int WifiConfig_GetConnectedNetworkId(void)
{
	return call_ask(WIRE_WIFI_CONNECTED_ID);
}

int WifiConfig_ForgetNetworkById(int networkId)
{
	struct call c;

	call_begin(&c, WIRE_WIFI_FORGET_ID);
	wire_put_i32(&c.out, networkId);
	return call_end(&c, call_send(&c)) < 0 ? -1 : 0;
}

int WifiConfig_ForgetAllNetworks(void)
{
	return call_ask(WIRE_WIFI_FORGET_ALL) < 0 ? -1 : 0;
}

int z__WifiConfig_ForgetNetwork(const struct z__WifiConfig_StoredNetwork_Base *storedNetwork)
{
	const WifiConfig_StoredNetwork *stored = (const WifiConfig_StoredNetwork *)storedNetwork;
	struct call c;

	if (!stored)
		return call_fail(EFAULT);
	if (stored->z__magicAndVersion != (z__WIFICONFIG_STOREDNETWORK_MAGIC | STRUCTS_VERSION) ||
	    stored->ssidLength > sizeof(stored->ssid))
		return call_fail(EINVAL);
	call_begin(&c, WIRE_WIFI_FORGET_STORED);
	wire_put_bytes(&c.out, stored->ssid, stored->ssidLength);
	wire_put_u8(&c.out, stored->security);
	return call_end(&c, call_send(&c)) < 0 ? -1 : 0;
}

ssize_t WifiConfig_GetStoredNetworkCount(void)
{
	return call_ask(WIRE_WIFI_STORED_COUNT);
}

/* An SSID into its array of WIFICONFIG_SSID_MAX_LENGTH. Returns its length. */
static uint8_t take_ssid(struct call *c, uint8_t *ssid)
{
	size_t length;
	const uint8_t *bytes = wire_get_bytes(&c->in, &length);

	if (length > WIFICONFIG_SSID_MAX_LENGTH)
		call_broken(c, "an SSID is longer than 32 bytes");
	memcpy(ssid, bytes, length);
	return (uint8_t)length;
}

/* Sends the request for a list. Returns the rows to be read: at most `capacity`. */
static int ask_list(struct call *c, uint16_t op, size_t capacity)
{
	int rows;

	call_begin(c, op);
	wire_put_u64(&c->out, capacity);
	rows = call_send(c);
	if (rows > 0 && (size_t)rows > capacity)
		call_broken(c, "more rows than were asked for");
	return rows;
}

ssize_t z__WifiConfig_GetStoredNetworks(struct z__WifiConfig_StoredNetwork_Base *storedNetworkArray,
					size_t storedNetworkArrayCount, uint32_t structVersion)
{
	WifiConfig_StoredNetwork *array = (WifiConfig_StoredNetwork *)storedNetworkArray;
	struct call c;
	int rows;

	if (!array)
		return call_fail(EFAULT);
	if (structVersion != STRUCTS_VERSION)
		return call_fail(EINVAL);
	rows = ask_list(&c, WIRE_WIFI_STORED_LIST, storedNetworkArrayCount);
	for (int i = 0; i < rows; i++) {
		WifiConfig_StoredNetwork row = { .z__magicAndVersion = z__WIFICONFIG_STOREDNETWORK_MAGIC | STRUCTS_VERSION };

		row.ssidLength = take_ssid(&c, row.ssid);
		row.isEnabled = wire_get_u8(&c.in) != 0;
		row.isConnected = wire_get_u8(&c.in) != 0;
		row.security = wire_get_u8(&c.in);
		if (c.in.failed)
			break;
		array[i] = row;
	}
	return call_end(&c, rows);
}

/* Connected and scanned networks: the same fields in the same places. */
_Static_assert(sizeof(WifiConfig_ConnectedNetwork) == sizeof(WifiConfig_ScannedNetwork), "one layout");

static WifiConfig_ScannedNetwork take_radio_row(struct call *c, uint32_t magic)
{
	WifiConfig_ScannedNetwork row = { .z__magicAndVersion = magic | STRUCTS_VERSION };
	const uint8_t *bssid;
	int32_t rssi;
	size_t length;

	row.ssidLength = take_ssid(c, row.ssid);
	bssid = wire_get_bytes(&c->in, &length);
	if (!c->in.failed && length != sizeof(row.bssid))
		call_broken(c, "a BSSID has not 6 bytes");
	memcpy(row.bssid, bssid, length);
	row.security = wire_get_u8(&c->in);
	row.frequencyMHz = wire_get_u32(&c->in);
	rssi = wire_get_i32(&c->in);
	row.signalRssi = (int8_t)(rssi < INT8_MIN ? INT8_MIN : rssi > INT8_MAX ? INT8_MAX : rssi);
	return row;
}

int z__WifiConfig_GetCurrentNetwork(struct z__WifiConfig_ConnectedNetwork_Base *connectedNetwork, uint32_t structVersion)
{
	WifiConfig_ScannedNetwork row;
	struct call c;
	int r;

	if (!connectedNetwork)
		return call_fail(EFAULT);
	if (structVersion != STRUCTS_VERSION)
		return call_fail(EINVAL);
	call_begin(&c, WIRE_WIFI_CURRENT);
	r = call_send(&c);
	if (r >= 0)
		row = take_radio_row(&c, z__WIFICONFIG_CONNECTEDNETWORK_MAGIC);
	if (call_end(&c, r) < 0)
		return -1;
	memcpy(connectedNetwork, &row, sizeof(row));
	return 0;
}

ssize_t WifiConfig_TriggerScanAndGetScannedNetworkCount(void)
{
	return call_ask(WIRE_WIFI_SCAN);
}

ssize_t z__WifiConfig_GetScannedNetworks(struct z__WifiConfig_ScannedNetwork_Base *scannedNetworkArray,
					 size_t scannedNetworkArrayCount, uint32_t structVersion)
{
	WifiConfig_ScannedNetwork *array = (WifiConfig_ScannedNetwork *)scannedNetworkArray;
	struct call c;
	int rows;

	if (!array)
		return call_fail(EFAULT);
	if (structVersion != STRUCTS_VERSION)
		return call_fail(EINVAL);
	rows = ask_list(&c, WIRE_WIFI_SCANNED_LIST, scannedNetworkArrayCount);
	for (int i = 0; i < rows && !c.in.failed; i++)
		array[i] = take_radio_row(&c, z__WIFICONFIG_SCANNEDNETWORK_MAGIC);
	return call_end(&c, rows);
}

int WifiConfig_StoreOpenNetwork(const uint8_t *ssid, size_t ssidLength)
{
	struct call c;

	if (!ssid)
		return call_fail(EFAULT);
	call_begin(&c, WIRE_WIFI_STORE_OPEN);
	call_put_blob(&c, ssid, ssidLength, WIFICONFIG_SSID_MAX_LENGTH);
	return call_end(&c, call_send(&c)) < 0 ? -1 : 0;
}

int WifiConfig_StoreWpa2Network(const uint8_t *ssid, size_t ssidLength, const char *psk, size_t pskLength)
{
	struct call c;

	if (!ssid || !psk)
		return call_fail(EFAULT);
	call_begin(&c, WIRE_WIFI_STORE_WPA2);
	call_put_blob(&c, ssid, ssidLength, WIFICONFIG_SSID_MAX_LENGTH);
	call_put_blob(&c, psk, pskLength, WIFICONFIG_WPA2_KEY_MAX_BUFFER_SIZE);
	return call_end(&c, call_send(&c)) < 0 ? -1 : 0;
}
