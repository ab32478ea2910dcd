/* The client flow of the life-cycle page as it is written: set, reload, check, move, reload, and nothing saved in between.
 *
 * Not an example to follow. By wificonfig.h a reload throws unsaved settings away; then step 6 looks at a connection that
 * ClientCert1 made, takes it for the proof of ClientCert2, and overwrites the certificate that works with one that was never
 * tried. The simulator must catch exactly that under reload-unsaved=dropped, and have nothing to say under =kept.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <applibs/certstore.h>
#include <applibs/log.h>
#include <applibs/wificonfig.h>

#include "app/options.h"
#include "app/rotation/pem.h"
#include "app/source_https.h"

#define DAY_S 86400
#define CONNECT_WAIT_S 120
#define LOOK_EVERY_S 5

static struct rot_source source;
static char body[ROT_BODY_MAX];

static int failed(const char *what)
{
	(void) Log_Debug("literal: %s failed errno=%d\n", what, errno);
	return -1;
}

/* Days since 1970 by the Gregorian calendar: the device's C library has no timegm(). */
static int64_t seconds_of(const struct tm *tm)
{
	int64_t year = (int64_t)tm->tm_year + 1900 - (tm->tm_mon < 2 ? 1 : 0), month = (tm->tm_mon + 10) % 12;
	int64_t days = year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + tm->tm_mday - 1 - 719468;

	return days * DAY_S + tm->tm_hour * 3600 + tm->tm_min * 60 + tm->tm_sec;
}

/* Step 1: is the device connected to Network1? Its id, or -1. */
static int connected_network1(void)
{
	int network = WifiConfig_GetNetworkIdByConfigName("Network1");

	return network >= 0 && WifiConfig_GetConnectedNetworkId() == network ? network : -1;
}

/* Step 2. */
static bool is_due(int64_t threshold_s)
{
	struct tm not_after;

	if (CertStore_GetCertificateNotAfter("ClientCert1", &not_after) < 0) {
		(void) failed("CertStore_GetCertificateNotAfter");
		return false;
	}
	return seconds_of(&not_after) - (int64_t)time(NULL) <= threshold_s;
}

/* Steps 3 and 4, first half: a new certificate, stored as ClientCert2. */
static int acquire(const char *identity)
{
	struct pem_span certificate, key;
	size_t length = 0;
	int e = source.new_client(source.ctx, identity ? identity : "", body, sizeof(body), &length);

	if (e == 0)
		e = pem_certificate_and_key(body, length, &certificate, &key);
	if (e == 0 && CertStore_InstallClientCertificate("ClientCert2", certificate.text, certificate.length, key.text, key.length,
	                                                 NULL) < 0)
		e = -errno;
	memset(body, 0, sizeof(body));
	if (e < 0) {
		errno = -e;
		return failed("new certificate");
	}
	return 0;
}

static bool connects(void)
{
	for (int waited_s = 0; waited_s < CONNECT_WAIT_S; waited_s += LOOK_EVERY_S) {
		(void) sleep(LOOK_EVERY_S);
		if (connected_network1() >= 0)
			return true;
	}
	return false;
}

static int renew(int network, const char *identity)
{
	bool connected;

	if (acquire(identity) < 0)
		return -1;
	/* Step 4, second half, and step 5. */
	if (WifiConfig_SetClientCertStoreIdentifier(network, "ClientCert2") < 0)
		return failed("WifiConfig_SetClientCertStoreIdentifier");
	if (WifiConfig_ReloadConfig() < 0)
		return failed("WifiConfig_ReloadConfig");
	/* Step 6. */
	connected = connects();
	(void) Log_Debug("literal: connected=%d after the reload\n", connected);
	if (connected && CertStore_MoveCertificate("ClientCert2", "ClientCert1") < 0)
		return failed("CertStore_MoveCertificate");
	/* Step 7: back to the original state, with whatever ClientCert1 is now. */
	network = WifiConfig_GetNetworkIdByConfigName("Network1");
	if (network < 0 || WifiConfig_SetClientCertStoreIdentifier(network, "ClientCert1") < 0)
		return failed("WifiConfig_SetClientCertStoreIdentifier");
	if (WifiConfig_ReloadConfig() < 0)
		return failed("WifiConfig_ReloadConfig");
	return 0;
}

int main(int argc, char *argv[])
{
	char problem[OPTIONS_PROBLEM_MAX];
	struct source_https *https;
	struct options options;

	if (options_parse(argc, argv, &options, problem) < 0) {
		(void) Log_Debug("literal: %s\n", problem);
		return 1;
	}
	if (source_https_new(options.issuer, &https) < 0)
		return 1;
	source = source_https_table(https);
	(void) Log_Debug("literal: started\n");
	for (;;) {
		int network = connected_network1();

		if (network >= 0 && is_due(options.renew_before_s))
			(void) renew(network, options.identity);
		(void) sleep(options.poll_s > DAY_S ? DAY_S : (unsigned)options.poll_s);
	}
}
