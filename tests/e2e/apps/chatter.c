/* An application that asks the OS the same thing four times a second, for ever. */
#include <unistd.h>

#include <applibs/log.h>
#include <applibs/wificonfig.h>

int main(void)
{
	(void) Log_Debug("chatter: started\n");
	for (;;) {
		(void) WifiConfig_GetConnectedNetworkId();
		(void) usleep(250000);
	}
}
