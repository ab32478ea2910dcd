/* The page "Certificate life cycle and renewal" as it is written: each step, in the order of the page, and nothing more. No way
 * back, no memory of a step, no proof before the swap; what fails is tried again after a fixed time.
 *
 * Not an example to follow. By wificonfig.h a reload throws unsaved settings away; then step 6 of the client flow looks at a
 * connection that ClientCert1 made, takes it for the proof of ClientCert2, and overwrites the certificate that works with one
 * that was never tried. With --saving, what the functions' own pages ask for is done as well: settings are persisted, and
 * Wi-Fi reloaded when it shall see a new certificate. What is left then are the page's own gaps.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <applibs/certstore.h>
#include <applibs/log.h>
#include <applibs/storage.h>
#include <applibs/wificonfig.h>

#include "app/options.h"
#include "app/rotation/pem.h"
#include "app/source_https.h"

#define DAY_S 86400
#define RETRY_S 3600u
#define CONNECT_WAIT_S 120
#define LOOK_EVERY_S 5u

static struct rot_source source;
static char body[ROT_BODY_MAX];
static bool saving;

static int failed(const char *what)
{
	(void) Log_Debug("literal: %s failed errno=%d\n", what, errno);
	return -1;
}

static int save(void)
{
	return saving && WifiConfig_PersistConfig() < 0 ? failed("WifiConfig_PersistConfig") : 0;
}

/* Days since 1970 by the Gregorian calendar: the device's C library has no timegm(). */
static int64_t seconds_of(const struct tm *tm)
{
	int64_t year = (int64_t)tm->tm_year + 1900 - (tm->tm_mon < 2 ? 1 : 0), month = (tm->tm_mon + 10) % 12;
	int64_t days = year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + tm->tm_mday - 1 - 719468;

	return days * DAY_S + tm->tm_hour * 3600 + tm->tm_min * 60 + tm->tm_sec;
}

/* Is the device connected to this network? Its id, or -1. */
static int connected_to(const char *name)
{
	int network = WifiConfig_GetNetworkIdByConfigName(name);

	return network >= 0 && WifiConfig_GetConnectedNetworkId() == network ? network : -1;
}

/* ---- Update a root CA certificate ---------------------------------------------------------------------------------------- */

/* What the cloud has announced before, in mutable storage. */
static uint64_t last_announced(void)
{
	uint64_t print = 0;
	int fd = Storage_OpenMutableFile();

	if (fd < 0)
		return 0;
	if (read(fd, &print, sizeof(print)) != (ssize_t)sizeof(print))
		print = 0;
	(void) close(fd);
	return print;
}

static int remember(uint64_t print)
{
	int fd = Storage_OpenMutableFile(), r = 0;

	if (fd < 0 || write(fd, &print, sizeof(print)) != (ssize_t)sizeof(print))
		r = failed("mutable file");
	if (fd >= 0)
		(void) close(fd);
	return r;
}

/* Step 4: a second network, like the first but for its root. */
static int second_network(void)
{
	int first = WifiConfig_GetNetworkIdByConfigName("Network1"), second;

	if (first < 0)
		return failed("Network1");
	second = WifiConfig_AddDuplicateNetwork(first, "Network2");
	if (second < 0)
		return failed("WifiConfig_AddDuplicateNetwork");
	if (WifiConfig_SetRootCACertStoreIdentifier(second, "RootCA2") < 0)
		return failed("WifiConfig_SetRootCACertStoreIdentifier");
	if (WifiConfig_SetNetworkEnabled(second, true) < 0)
		return failed("WifiConfig_SetNetworkEnabled");
	if (save() < 0)
		return -1;
	return saving && WifiConfig_ReloadConfig() < 0 ? failed("WifiConfig_ReloadConfig") : 0;
}

/* Step 2, whose cloud-to-device message is a question to the issuer here, step 3 and step 4. */
static int announced_root(void)
{
	struct pem_span pem;
	size_t length = 0;
	uint64_t print;
	int e = source.current_root(source.ctx, body, sizeof(body), &length);

	if (e == 0)
		e = pem_one_certificate(body, length, &pem);
	if (e < 0) {
		errno = -e;
		return failed("root");
	}
	print = pem_fingerprint(&pem);
	if (last_announced() == 0)
		return remember(print); /* the root that is in service since the device was set up */
	if (last_announced() == print)
		return 0;
	(void) Log_Debug("literal: a new root is announced\n");
	if (CertStore_InstallRootCACertificate("RootCA2", pem.text, pem.length) < 0)
		return failed("CertStore_InstallRootCACertificate");
	return second_network() < 0 ? -1 : remember(print);
}

/* Step 6: the device is on Network2. */
static int complete_root(int second)
{
	if (CertStore_MoveCertificate("RootCA2", "RootCA1") < 0)
		return failed("CertStore_MoveCertificate");
	if (WifiConfig_ReloadConfig() < 0)
		return failed("WifiConfig_ReloadConfig");
	if (WifiConfig_ForgetNetworkById(second) < 0)
		return failed("WifiConfig_ForgetNetworkById");
	return save();
}

/* ---- Update a client certificate ----------------------------------------------------------------------------------------- */

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
	for (unsigned waited_s = 0; waited_s < CONNECT_WAIT_S; waited_s += LOOK_EVERY_S) {
		(void) sleep(LOOK_EVERY_S);
		if (connected_to("Network1") >= 0)
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
	if (save() < 0)
		return -1;
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
	if (save() < 0)
		return -1;
	if (WifiConfig_ReloadConfig() < 0)
		return failed("WifiConfig_ReloadConfig");
	return 0;
}

/* ---- The daily look ------------------------------------------------------------------------------------------------------ */

/* 0: until tomorrow; -1: something failed, try again. */
static int look(const struct options *options)
{
	int first = connected_to("Network1"), second = connected_to("Network2"), r = 0;

	if (second >= 0)
		return complete_root(second);
	if (first < 0) {
		(void) Log_Debug("literal: not connected\n");
		return -1;
	}
	if (announced_root() < 0)
		r = -1;
	if (is_due(options->renew_before_s) && renew(first, options->identity) < 0)
		r = -1;
	return r;
}

int main(int argc, char *argv[])
{
	char problem[OPTIONS_PROBLEM_MAX];
	struct source_https *https;
	struct options options;

	if (argc > 1 && strcmp(argv[1], "--saving") == 0) {
		saving = true;
		argv[1] = argv[0];
		argv++;
		argc--;
	}
	if (options_parse(argc, argv, &options, problem) < 0) {
		(void) Log_Debug("literal: %s\n", problem);
		return 1;
	}
	if (source_https_new(options.issuer, &https) < 0)
		return 1;
	source = source_https_table(https);
	(void) Log_Debug("literal: started saving=%d\n", saving);
	for (;;)
		(void) sleep(look(&options) < 0 ? RETRY_S : (unsigned)options.poll_s);
}
