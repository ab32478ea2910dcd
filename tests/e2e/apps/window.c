/* Has one moment a day in which a power cut is fatal: between two moves of its root CA. For tests of the cuts. */
#include <unistd.h>

#include <applibs/certstore.h>
#include <applibs/log.h>

int main(void)
{
	for (int day = 0;; day++) {
		(void) sleep(86400);
		if (CertStore_MoveCertificate("RootCA1", "Elsewhere") == 0 && CertStore_MoveCertificate("Elsewhere", "RootCA1") < 0)
			(void) Log_Debug("window: lost it on day %d\n", day);
	}
}
