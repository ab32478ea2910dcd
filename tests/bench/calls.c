/* An application that makes 100,000 calls, then waits for ever: what one call costs. */
#include <unistd.h>

#include <applibs/certstore.h>
#include <applibs/log.h>

int main(void)
{
	(void) sleep(60);
	for (int i = 0; i < 100000; i++)
		(void) CertStore_GetCertificateCount();
	(void) Log_Debug("calls: done\n");
	for (;;)
		(void) pause();
}
