/* <applibs/wificonfig.h> on the wire: the attributes of one network, and through the same door save and reload.
 *
 * The public functions are inline and differ only in the attribute's number and the value's size, so the size rules that the
 * header states per function live here, per attribute. Ranges are the device's business.
 */
#include <applibs/wificonfig.h>

#include <string.h>

#include "emu-applibs/base/base.h"
#include "emu-applibs/client/transport.h"

/* ---- Set ----------------------------------------------------------------------------------------------------------------- */

/* Longest C string of an attribute; 0: the attribute is none. */
static size_t text_max(z__WifiConfig_Attribute attribute)
{
	switch (attribute) {
	case z__WifiConfig_Attribute_Client_Identity:
		return WIFICONFIG_EAP_IDENTITY_MAX_LENGTH;
	case z__WifiConfig_Attribute_Client_CertStore_Identifier:
	case z__WifiConfig_Attribute_RootCA_CertStore_Identifier:
		return CERTSTORE_MAX_IDENTIFIER_LENGTH;
	case z__WifiConfig_Attribute_Config_Name:
		return WIFICONFIG_CONFIG_NAME_MAX_LENGTH;
	default:
		return 0;
	}
}

/* With a length the value may lack its NUL, so not a byte beyond it is looked at. */
static void put_text(struct call *c, const char *text, size_t length, size_t max)
{
	size_t limit = length == 0 || length > max ? max + 1 : length;

	wire_put_bytes(&c->out, text, strnlen(text, limit));
}

int z__WifiConfig_SetNetworkOpt(int networkId, z__WifiConfig_Attribute attribute, const void *attributeValue,
				size_t attributeLength)
{
	struct call c;

	if (!attributeValue && attribute != z__WifiConfig_Attribute_Save && attribute != z__WifiConfig_Attribute_Reload)
		return call_fail(EFAULT);
	call_begin(&c, WIRE_WIFI_SET_OPT);
	wire_put_i32(&c.out, networkId);
	wire_put_u32(&c.out, attribute);
	switch (attribute) {
	case z__WifiConfig_Attribute_SSID:
		call_put_blob(&c, attributeValue, attributeLength, WIFICONFIG_SSID_MAX_LENGTH);
		break;
	case z__WifiConfig_Attribute_Preshared_Key:
		call_put_blob(&c, attributeValue, attributeLength, WIFICONFIG_WPA2_KEY_MAX_BUFFER_SIZE);
		break;
	case z__WifiConfig_Attribute_Security_Type:
	case z__WifiConfig_Attribute_Enable:
	case z__WifiConfig_Attribute_Targeted_Scan:
	case z__WifiConfig_Attribute_Power_Savings:
		call_put_blob(&c, attributeValue, attributeLength, sizeof(uint8_t));
		break;
	default:
		if (text_max(attribute) > 0)
			put_text(&c, attributeValue, attributeLength, text_max(attribute));
		else
			wire_put_bytes(&c.out, NULL, 0); /* save, reload, or a number that the device will refuse */
	}
	return call_end(&c, call_send(&c)) < 0 ? -1 : 0;
}

/* ---- Get ----------------------------------------------------------------------------------------------------------------- */

/* A value as the application gets it. */
struct value {
	size_t size;
	union {
		uint8_t bytes[WIFICONFIG_EAP_IDENTITY_MAX_LENGTH + 1];
		WifiConfig_NetworkDiagnostics32 diagnostics32;
		WifiConfig_NetworkDiagnostics64 diagnostics64;
	};
};

static void take_diagnostics(struct call *c, z__WifiConfig_Attribute attribute, struct value *v)
{
	WifiConfig_NetworkDiagnostics64 d;
	int64_t timestamp;

	memset(&d, 0, sizeof(d));
	d.isEnabled = wire_get_u8(&c->in);
	d.isConnected = wire_get_u8(&c->in);
	d.error = wire_get_i32(&c->in);
	timestamp = wire_get_i64(&c->in);
	d.timestamp = (time_t)timestamp;
	d.certError = wire_get_i32(&c->in);
	d.certDepth = wire_get_i32(&c->in);
	(void) wire_get_str(&c->in, d.certSubject.name, sizeof(d.certSubject.name));
	if (attribute == z__WifiConfig_Attribute_Network_Diagnostics64) {
		v->size = sizeof(d);
		v->diagnostics64 = d;
		return;
	}
	v->size = sizeof(v->diagnostics32);
	v->diagnostics32.isEnabled = d.isEnabled;
	v->diagnostics32.isConnected = d.isConnected;
	v->diagnostics32.error = d.error;
	/* Beyond 2038 the old structure holds the last second it can, not a date in 1901. */
	v->diagnostics32.timestamp = timestamp > INT32_MAX ? INT32_MAX : timestamp < INT32_MIN ? INT32_MIN : (int32_t)timestamp;
	v->diagnostics32.certError = d.certError;
	v->diagnostics32.certDepth = d.certDepth;
	v->diagnostics32.certSubject = d.certSubject;
}

static void take_value(struct call *c, z__WifiConfig_Attribute attribute, struct value *v)
{
	const uint8_t *bytes;

	switch (attribute) {
	case z__WifiConfig_Attribute_Network_Diagnostics32:
	case z__WifiConfig_Attribute_Network_Diagnostics64:
		take_diagnostics(c, attribute, v);
		break;
	case z__WifiConfig_Attribute_Security_Type:
	case z__WifiConfig_Attribute_Enable:
	case z__WifiConfig_Attribute_Targeted_Scan:
		v->size = 1;
		v->bytes[0] = wire_get_u8(&c->in);
		break;
	case z__WifiConfig_Attribute_SSID:
		bytes = wire_get_bytes(&c->in, &v->size);
		if (v->size > WIFICONFIG_SSID_MAX_LENGTH)
			call_broken(c, "an SSID is longer than 32 bytes");
		memcpy(v->bytes, bytes, v->size);
		break;
	default:
		if (text_max(attribute) == 0)
			call_broken(c, "a value for an attribute that has none");
		(void) wire_get_str(&c->in, (char *)v->bytes, text_max(attribute) + 1);
		v->size = c->in.failed ? 0 : strlen((const char *)v->bytes) + 1;
	}
}

ssize_t z__WifiConfig_GetNetworkOpt(int networkId, z__WifiConfig_Attribute attribute, void *buffer, size_t capacity)
{
	struct value v;
	struct call c;
	int r;

	if (!buffer && capacity > 0)
		return call_fail(EFAULT);
	memset(&v, 0, sizeof(v));
	call_begin(&c, WIRE_WIFI_GET_OPT);
	wire_put_i32(&c.out, networkId);
	wire_put_u32(&c.out, attribute);
	r = call_send(&c);
	if (r >= 0)
		take_value(&c, attribute, &v);
	if (call_end(&c, r) < 0)
		return -1;
	if (!buffer)
		return (ssize_t)v.size;
	if (capacity < v.size)
		return call_fail(ERANGE);
	memcpy(buffer, v.bytes, v.size);
	return (ssize_t)v.size;
}
