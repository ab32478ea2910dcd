/* An application that waits for the network by asking for it again and again. */
#include <stdbool.h>
#include <unistd.h>

#include <applibs/log.h>
#include <applibs/networking.h>

int main(void)
{
	bool ready = false;

	while (!ready)
		(void) Networking_IsNetworkingReady(&ready);
	(void) Log_Debug("caller: the network is ready\n");
	(void) pause();
	return 0;
}
