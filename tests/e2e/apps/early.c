/* Calls from the first moment on: what each says while the OS is not ready, and how long that lasts. */
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <applibs/certstore.h>
#include <applibs/log.h>
#include <applibs/networking.h>
#include <applibs/wificonfig.h>

int main(void)
{
	struct timespec begin, end;
	unsigned tries = 0;
	bool ready;

	(void) clock_gettime(CLOCK_MONOTONIC, &begin);
	if (Networking_IsNetworkingReady(&ready) < 0)
		(void) Log_Debug("early: networking is not there at all\n");
	while (CertStore_GetCertificateCount() < 0 && errno == EAGAIN) {
		if (WifiConfig_GetStoredNetworkCount() >= 0 || errno != EAGAIN)
			(void) Log_Debug("early: Wi-Fi says %s\n", strerror(errno));
		tries++;
		(void) sleep(1);
	}
	(void) clock_gettime(CLOCK_MONOTONIC, &end);
	(void) Log_Debug("early: %u tries, %ld s, then %d networks\n", tries, (long)(end.tv_sec - begin.tv_sec),
	                 (int)WifiConfig_GetStoredNetworkCount());
	for (;;)
		(void) pause();
}
