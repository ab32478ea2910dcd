/* Goes over to ClientCert2 on a second network after a day, and deletes ClientCert1 when that has carried the device; whether its settings
 * were saved it does not look. For tests of --fail. */
#include <stdbool.h>
#include <unistd.h>

#include <applibs/certstore.h>
#include <applibs/wificonfig.h>

int main(void)
{
	int first, second;

	(void) sleep(86400);
	first = WifiConfig_GetNetworkIdByConfigName("Network1");
	second = WifiConfig_AddDuplicateNetwork(first, "Network2");
	(void) WifiConfig_SetClientCertStoreIdentifier(second, "ClientCert2");
	(void) WifiConfig_SetNetworkEnabled(second, true);
	(void) WifiConfig_PersistConfig();
	(void) WifiConfig_ReloadConfig();
	(void) sleep(600);
	if (WifiConfig_GetConnectedNetworkId() == second)
		(void) CertStore_DeleteCertificate("ClientCert1");
	for (;;)
		(void) sleep(86400);
}
