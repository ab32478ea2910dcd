/* Asks the same questions every day, and does between them what azsim sees by itself: writes to its outputs and to its file. */
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include <applibs/certstore.h>
#include <applibs/log.h>
#include <applibs/networking.h>
#include <applibs/storage.h>
#include <applibs/wificonfig.h>

static void questions(void)
{
	bool ready;

	(void) CertStore_GetCertificateCount();
	(void) CertStore_GetAvailableSpace();
	(void) WifiConfig_GetNetworkIdByConfigName("Network1");
	(void) WifiConfig_GetNetworkIdByConfigName("Nowhere");
	(void) WifiConfig_GetConnectedNetworkId();
	(void) Networking_IsNetworkingReady(&ready);
}

int main(void)
{
	const struct timespec a_day = { .tv_sec = 86400 };
	int fd = -1;

	for (int day = 0; day < 38; day++) {
		questions();
		questions(); /* again: what was on the list once is answered once */
		if (day % 5 == 1) {
			(void) dprintf(STDOUT_FILENO, "asker: day %d\n", day);
			questions();
			(void) dprintf(STDERR_FILENO, "asker: still\n");
		}
		if (day % 5 == 2)
			Log_Debug("asker: log %d\n", day);
		questions();
		if (day % 7 == 3)
			fd = Storage_OpenMutableFile();
		if (day % 7 == 5)
			(void) close(fd);
		else if (day % 7 == 4)
			(void) dprintf(fd, "%d", day); /* open since yesterday */
		questions();
		if (day % 11 == 6)
			(void) CertStore_DeleteCertificate("Nothing");
		questions();
		(void) nanosleep(&a_day, NULL);
	}
	for (;;)
		(void) nanosleep(&a_day, NULL);
}
