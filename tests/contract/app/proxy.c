/* Cases of <applibs/networking.h>: the proxy. */
#include <errno.h>
#include <string.h>

#include <applibs/networking.h>

#include "cases.h"
#include "support.h"

/* One character more than `max`. Static storage. */
static const char *too_long(size_t max)
{
	static char text[PROXY_ADDRESS_MAX_LENGTH + 2];

	memset(text, 'x', max + 1);
	text[max + 1] = '\0';
	return text;
}

/* A call on a configuration that is good. */
#define ON_CONFIG_OR(call, other, why)                                                            \
	do {                                                                                      \
		Networking_ProxyConfig *config = Networking_Proxy_Create();                       \
		if (!config)                                                                      \
			test_not_ok(t, "no configuration can be made: %s", errno_name(errno));    \
		else                                                                              \
			GIVES_OR(call, other, why);                                               \
		Networking_Proxy_Destroy(config);                                                 \
	} while (0)
#define ON_CONFIG(call) ON_CONFIG_OR(call, NOTHING_ELSE, "")

static int create(void)
{
	Networking_ProxyConfig *config = Networking_Proxy_Create();

	if (!config)
		return -1;
	Networking_Proxy_Destroy(config);
	return 0;
}

CASE(Networking_Proxy_Create, ENOMEM, no_memory)
{
	without_memory(t, create);
}

/* ---- The device's ----------------------------------------------------------------------------------------------------- */

CASE(Networking_Proxy_Apply, EACCES, no_capability)
{
	ON_CONFIG_OR(Networking_Proxy_SetProxyAddress(config, "proxy.example", 3128) == 0 ? Networking_Proxy_Apply(config) : 0, EPERM,
	             "missing-capability=EPERM");
}

CASE(Networking_Proxy_Apply, EFAULT, config_null)
{
	GIVES(Networking_Proxy_Apply(NULL));
}

CASE(Networking_Proxy_Get, EACCES, no_capability)
{
	ON_CONFIG_OR(Networking_Proxy_Get(config), EPERM, "missing-capability=EPERM");
}

CASE(Networking_Proxy_Get, EFAULT, config_null)
{
	GIVES(Networking_Proxy_Get(NULL));
}

CASE(Networking_Proxy_Get, ENOENT, none)
{
	Networking_ProxyConfig *config = Networking_Proxy_Create();

	if (config && Networking_Proxy_Get(config) == 0)
		test_skip(t, "the owner has configured a proxy");
	else if (config)
		GIVES(Networking_Proxy_Get(config));
	else
		test_not_ok(t, "no configuration can be made: %s", errno_name(errno));
	Networking_Proxy_Destroy(config);
}

CASE(Networking_Proxy_GetProxyStatus, EFAULT, output_null)
{
	GIVES(Networking_Proxy_GetProxyStatus(NULL));
}

/* ---- A configuration's ------------------------------------------------------------------------------------------------ */

#define NO_CONFIG(function, call) CASE(function, EFAULT, config_null) { GIVES(call); }

NO_CONFIG(Networking_Proxy_SetProxyOptions, Networking_Proxy_SetProxyOptions(NULL, Networking_ProxyOptions_Enabled))
NO_CONFIG(Networking_Proxy_SetProxyAddress, Networking_Proxy_SetProxyAddress(NULL, "proxy.example", 3128))
NO_CONFIG(Networking_Proxy_SetAnonymousAuthentication, Networking_Proxy_SetAnonymousAuthentication(NULL))
NO_CONFIG(Networking_Proxy_SetBasicAuthentication, Networking_Proxy_SetBasicAuthentication(NULL, "user", "password"))
NO_CONFIG(Networking_Proxy_SetProxyNoProxyAddresses, Networking_Proxy_SetProxyNoProxyAddresses(NULL, "host.example"))
NO_CONFIG(Networking_Proxy_GetProxyOptions, Networking_Proxy_GetProxyOptions(NULL, &(Networking_ProxyOptions){ 0 }))
NO_CONFIG(Networking_Proxy_GetProxyPort, Networking_Proxy_GetProxyPort(NULL, &(uint16_t){ 0 }))
NO_CONFIG(Networking_Proxy_GetProxyType, Networking_Proxy_GetProxyType(NULL))
NO_CONFIG(Networking_Proxy_GetAuthType, Networking_Proxy_GetAuthType(NULL))

#define NO_CONFIG_NULL(function) CASE(function, EFAULT, config_null) { GIVES_NULL(function(NULL)); }

NO_CONFIG_NULL(Networking_Proxy_GetProxyAddress)
NO_CONFIG_NULL(Networking_Proxy_GetProxyUsername)
NO_CONFIG_NULL(Networking_Proxy_GetProxyPassword)
NO_CONFIG_NULL(Networking_Proxy_GetNoProxyAddresses)

CASE(Networking_Proxy_SetProxyAddress, EFAULT, address_null)
{
	ON_CONFIG(Networking_Proxy_SetProxyAddress(config, NULL, 3128));
}

CASE(Networking_Proxy_SetProxyAddress, ERANGE, address_too_long)
{
	ON_CONFIG(Networking_Proxy_SetProxyAddress(config, too_long(PROXY_ADDRESS_MAX_LENGTH), 3128));
}

CASE(Networking_Proxy_SetBasicAuthentication, EFAULT, username_null)
{
	ON_CONFIG(Networking_Proxy_SetBasicAuthentication(config, NULL, "password"));
}

CASE(Networking_Proxy_SetBasicAuthentication, EFAULT, password_null)
{
	ON_CONFIG(Networking_Proxy_SetBasicAuthentication(config, "user", NULL));
}

CASE(Networking_Proxy_SetBasicAuthentication, ERANGE, username_too_long)
{
	ON_CONFIG(Networking_Proxy_SetBasicAuthentication(config, too_long(PROXY_USERNAME_MAX_LENGTH), "password"));
}

CASE(Networking_Proxy_SetBasicAuthentication, ERANGE, password_too_long)
{
	ON_CONFIG(Networking_Proxy_SetBasicAuthentication(config, "user", too_long(PROXY_PASSWORD_MAX_LENGTH)));
}

CASE(Networking_Proxy_SetProxyNoProxyAddresses, EFAULT, addresses_null)
{
	ON_CONFIG(Networking_Proxy_SetProxyNoProxyAddresses(config, NULL));
}

CASE(Networking_Proxy_SetProxyNoProxyAddresses, ERANGE, addresses_too_long)
{
	ON_CONFIG(Networking_Proxy_SetProxyNoProxyAddresses(config, too_long(PROXY_NO_PROXY_ADDRESSES_MAX_LENGTH)));
}

CASE(Networking_Proxy_GetProxyOptions, EFAULT, output_null)
{
	ON_CONFIG(Networking_Proxy_GetProxyOptions(config, NULL));
}

CASE(Networking_Proxy_GetProxyPort, EFAULT, output_null)
{
	ON_CONFIG(Networking_Proxy_GetProxyPort(config, NULL));
}
