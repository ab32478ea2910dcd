/* Calls one function of each capability and logs what came of it; for manifests that grant less than is asked for. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <applibs/certstore.h>
#include <applibs/log.h>
#include <applibs/wificonfig.h>

static void tell(const char *call, long result)
{
	(void) Log_Debug("probe: %s -> %s\n", call, result < 0 ? strerror(errno) : "ok");
}

int main(void)
{
	(void) sleep(60);
	tell("CertStore_GetCertificateCount", (long)CertStore_GetCertificateCount());
	tell("WifiConfig_GetStoredNetworkCount", (long)WifiConfig_GetStoredNetworkCount());
	tell("WifiConfig_SetNetworkEnabled", WifiConfig_SetNetworkEnabled(0, true));
	for (;;)
		(void) pause();
}
