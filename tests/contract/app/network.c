/* See network.h. */
#include "network.h"

#include <errno.h>
#include <string.h>

#include <applibs/wificonfig.h>

#include "support.h"

int add_owner_network(const char *name)
{
	const struct owner_network *owner = owner_network();
	int id = WifiConfig_AddNetwork();

	if (id >= 0 && WifiConfig_SetConfigName(id, name) == 0 &&
	    WifiConfig_SetSSID(id, (const uint8_t *)owner->ssid, strlen(owner->ssid)) == 0 &&
	    WifiConfig_SetSecurityType(id, WifiConfig_Security_Wpa2_EAP_TLS) == 0 &&
	    WifiConfig_SetRootCACertStoreIdentifier(id, owner->root) == 0 &&
	    WifiConfig_SetClientCertStoreIdentifier(id, owner->client) == 0 && WifiConfig_SetClientIdentity(id, owner->identity) == 0)
		return id;
	return -1;
}

bool need_owner(struct test *t)
{
	const struct owner_network *owner = owner_network();

	if (!owner)
		test_skip(t, "CmdArgs name no EAP-TLS network (--ssid, --root, --client, --identity)");
	else if (!is_stored(owner->root) || !is_stored(owner->client))
		test_skip(t, "the store has no certificate %s or none %s; install the owner's", owner->root, owner->client);
	else
		return need_saving(t);
	return false;
}

bool connect_one(struct test *t, int *ret_id)
{
	if (!need_owner(t))
		return false;
	forget_networks();
	*ret_id = add_owner_network("ct-0");
	if (*ret_id < 0 || WifiConfig_SetNetworkEnabled(*ret_id, true) != 0 || WifiConfig_PersistConfig() != 0)
		test_skip(t, "no network can be set up: %s", errno_name(errno));
	else if (!wait_connected(*ret_id, CONNECT_S))
		test_skip(t, "no connection to %s", owner_network()->ssid);
	else
		return true;
	forget_networks();
	return false;
}
