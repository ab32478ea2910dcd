/* <applibs/networking.h> on the wire: the proxy. Its password is wiped wherever it was. */
#define _GNU_SOURCE
#include <applibs/networking.h>

#include <errno.h>
#include <string.h>

#include "emu-applibs/base/base.h"
#include "emu-applibs/client/transport.h"

struct Networking_ProxyConfig {
	Networking_ProxyOptions options;
	Networking_ProxyType type;
	Networking_ProxyAuthType authentication;
	uint16_t port;
	char address[PROXY_ADDRESS_MAX_LENGTH + 1];
	char no_proxy[PROXY_NO_PROXY_ADDRESSES_MAX_LENGTH + 1];
	char username[PROXY_USERNAME_MAX_LENGTH + 1];
	char password[PROXY_PASSWORD_MAX_LENGTH + 1]; /* secret */
};

Networking_ProxyConfig *Networking_Proxy_Create(void)
{
	Networking_ProxyConfig *config = calloc(1, sizeof(*config));

	if (config)
		config->options = Networking_ProxyOptions_Enabled;
	return config;
}

void Networking_Proxy_Destroy(Networking_ProxyConfig *proxyConfig)
{
	if (!proxyConfig)
		return;
	explicit_bzero(proxyConfig, sizeof(*proxyConfig));
	free(proxyConfig);
}

/* ---- To and from the device ---------------------------------------------------------------------------------------------- */

int Networking_Proxy_Apply(const Networking_ProxyConfig *proxyConfig)
{
	struct call c;

	if (!proxyConfig)
		return call_fail(EFAULT);
	call_begin(&c, WIRE_PROXY_APPLY);
	wire_put_u32(&c.out, proxyConfig->options);
	wire_put_u8(&c.out, (uint8_t)proxyConfig->type);
	wire_put_u8(&c.out, (uint8_t)proxyConfig->authentication);
	wire_put_str(&c.out, proxyConfig->address);
	wire_put_u32(&c.out, proxyConfig->port);
	wire_put_str(&c.out, proxyConfig->no_proxy);
	wire_put_str(&c.out, proxyConfig->username);
	wire_put_str(&c.out, proxyConfig->password);
	return call_end(&c, call_send(&c)) < 0 ? -1 : 0;
}

int Networking_Proxy_Get(Networking_ProxyConfig *proxyConfig)
{
	Networking_ProxyConfig got;
	struct call c;
	uint32_t port = 0;
	int r;

	if (!proxyConfig)
		return call_fail(EFAULT);
	memset(&got, 0, sizeof(got));
	call_begin(&c, WIRE_PROXY_GET);
	r = call_send(&c);
	if (r >= 0) {
		got.options = wire_get_u32(&c.in);
		got.type = (Networking_ProxyType)wire_get_u8(&c.in);
		got.authentication = (Networking_ProxyAuthType)wire_get_u8(&c.in);
		(void) wire_get_str(&c.in, got.address, sizeof(got.address));
		port = wire_get_u32(&c.in);
		(void) wire_get_str(&c.in, got.no_proxy, sizeof(got.no_proxy));
		(void) wire_get_str(&c.in, got.username, sizeof(got.username));
		(void) wire_get_str(&c.in, got.password, sizeof(got.password));
		if (port > UINT16_MAX)
			call_broken(&c, "the proxy's port is none");
		got.port = (uint16_t)port;
	}
	r = call_end(&c, r);
	if (r >= 0)
		*proxyConfig = got;
	explicit_bzero(&got, sizeof(got));
	return r < 0 ? -1 : 0;
}

int Networking_Proxy_GetProxyStatus(Networking_ProxyStatus *proxyStatus)
{
	int r;

	if (!proxyStatus)
		return call_fail(EFAULT);
	r = call_ask(WIRE_PROXY_STATUS);
	if (r < 0)
		return -1;
	*proxyStatus = (Networking_ProxyStatus)r;
	return 0;
}

/* ---- In the application's memory ----------------------------------------------------------------------------------------- */

static bool fits(const char *text, size_t max)
{
	return strnlen(text, max + 1) <= max;
}

/* What was there is wiped to its end. text: it fits. */
static void put(char *to, size_t size, const char *text)
{
	size_t length = strlen(text);

	memmove(to, text, length); /* the caller may give a text of this very configuration */
	explicit_bzero(to + length, size - length);
}

int Networking_Proxy_SetProxyOptions(Networking_ProxyConfig *proxyConfig, Networking_ProxyOptions proxyOptions)
{
	if (!proxyConfig)
		return call_fail(EFAULT);
	if (proxyOptions & ~(Networking_ProxyOptions)(Networking_ProxyOptions_None | Networking_ProxyOptions_Enabled))
		return call_fail(EINVAL);
	proxyConfig->options = proxyOptions;
	return 0;
}

int Networking_Proxy_SetProxyAddress(Networking_ProxyConfig *proxyConfig, const char *proxyAddress, uint16_t proxyPort)
{
	if (!proxyConfig || !proxyAddress)
		return call_fail(EFAULT);
	if (!fits(proxyAddress, PROXY_ADDRESS_MAX_LENGTH))
		return call_fail(ERANGE);
	put(proxyConfig->address, sizeof(proxyConfig->address), proxyAddress);
	proxyConfig->port = proxyPort;
	return 0;
}

int Networking_Proxy_SetAnonymousAuthentication(Networking_ProxyConfig *proxyConfig)
{
	if (!proxyConfig)
		return call_fail(EFAULT);
	proxyConfig->authentication = Networking_ProxyAuthType_Anonymous;
	explicit_bzero(proxyConfig->username, sizeof(proxyConfig->username));
	explicit_bzero(proxyConfig->password, sizeof(proxyConfig->password));
	return 0;
}

int Networking_Proxy_SetBasicAuthentication(Networking_ProxyConfig *proxyConfig, const char *username, const char *password)
{
	if (!proxyConfig || !username || !password)
		return call_fail(EFAULT);
	if (!fits(username, PROXY_USERNAME_MAX_LENGTH) || !fits(password, PROXY_PASSWORD_MAX_LENGTH))
		return call_fail(ERANGE);
	put(proxyConfig->username, sizeof(proxyConfig->username), username);
	put(proxyConfig->password, sizeof(proxyConfig->password), password);
	proxyConfig->authentication = Networking_ProxyAuthType_Basic;
	return 0;
}

int Networking_Proxy_SetProxyNoProxyAddresses(Networking_ProxyConfig *proxyConfig, const char *noProxyAddresses)
{
	if (!proxyConfig || !noProxyAddresses)
		return call_fail(EFAULT);
	if (!fits(noProxyAddresses, PROXY_NO_PROXY_ADDRESSES_MAX_LENGTH))
		return call_fail(ERANGE);
	put(proxyConfig->no_proxy, sizeof(proxyConfig->no_proxy), noProxyAddresses);
	return 0;
}

int Networking_Proxy_GetProxyOptions(const Networking_ProxyConfig *proxyConfig, Networking_ProxyOptions *proxyOptions)
{
	if (!proxyConfig || !proxyOptions)
		return call_fail(EFAULT);
	*proxyOptions = proxyConfig->options;
	return 0;
}

int Networking_Proxy_GetProxyPort(const Networking_ProxyConfig *proxyConfig, uint16_t *proxyPort)
{
	if (!proxyConfig || !proxyPort)
		return call_fail(EFAULT);
	*proxyPort = proxyConfig->port;
	return 0;
}

Networking_ProxyType Networking_Proxy_GetProxyType(const Networking_ProxyConfig *proxyConfig)
{
	if (proxyConfig)
		return proxyConfig->type;
	errno = EFAULT;
	return Networking_ProxyType_Invalid;
}

Networking_ProxyAuthType Networking_Proxy_GetAuthType(const Networking_ProxyConfig *proxyConfig)
{
	if (proxyConfig)
		return proxyConfig->authentication;
	errno = EFAULT;
	return Networking_ProxyAuthType_Invalid;
}

static const char *no_text(void)
{
	errno = EFAULT;
	return NULL;
}

const char *Networking_Proxy_GetProxyAddress(const Networking_ProxyConfig *proxyConfig)
{
	return proxyConfig ? proxyConfig->address : no_text();
}

const char *Networking_Proxy_GetProxyUsername(const Networking_ProxyConfig *proxyConfig)
{
	return proxyConfig ? proxyConfig->username : no_text();
}

const char *Networking_Proxy_GetProxyPassword(const Networking_ProxyConfig *proxyConfig)
{
	return proxyConfig ? proxyConfig->password : no_text();
}

const char *Networking_Proxy_GetNoProxyAddresses(const Networking_ProxyConfig *proxyConfig)
{
	return proxyConfig ? proxyConfig->no_proxy : no_text();
}
