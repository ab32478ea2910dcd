/* Has one moment a day in which a power cut is fatal: between two moves of its root CA. With an argument it mends that after the
 * boot, unless forgetting an unknown network gave ENOENT: a reading that nothing but the time after such a cut asks. For tests of
 * the cuts. */
#include <errno.h>
#include <unistd.h>

#include <applibs/certstore.h>
#include <applibs/log.h>
#include <applibs/wificonfig.h>

static void mend(void)
{
	struct CertStore_SubjectName name;

	while (CertStore_GetCertificateSubjectName("Elsewhere", &name) < 0) {
		if (errno != EAGAIN)
			return;
		(void) sleep(1);
	}
	while (WifiConfig_ForgetNetworkById(99) < 0 && errno == EAGAIN)
		(void) sleep(1);
	if (errno != ENOENT && CertStore_MoveCertificate("Elsewhere", "RootCA1") == 0)
		(void) WifiConfig_ReloadConfig();
}

int main(int argc, char *argv[])
{
	(void) argv;
	if (argc > 1)
		mend();
	for (int day = 0;; day++) {
		(void) sleep(86400);
		if (CertStore_MoveCertificate("RootCA1", "Elsewhere") == 0 && CertStore_MoveCertificate("Elsewhere", "RootCA1") < 0)
			(void) Log_Debug("window: lost it on day %d\n", day);
	}
}
