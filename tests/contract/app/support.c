/* See support.h. */
#include "support.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <applibs/certstore.h>
#include <applibs/networking.h>
#include <applibs/storage.h>
#include <applibs/wificonfig.h>

static const char *const names[] = { "ct-scratch", "ct-copy", "ct-saved", "ct-unsaved", "ct-twice", "ct-0", "ct-1", "ct-2" };

/* ---- Certificates ----------------------------------------------------------------------------------------------------- */

const struct blob *resource(const char *path)
{
	static struct blob blob;
	int fd = Storage_OpenFileInImagePackage(path);
	ssize_t n;

	if (fd < 0)
		return NULL;
	blob.length = 0;
	while (blob.length < CERT_BLOB_MAX && (n = read(fd, blob.text + blob.length, CERT_BLOB_MAX - blob.length)) > 0)
		blob.length += (size_t)n;
	(void) close(fd);
	blob.text[blob.length] = '\0';
	return blob.length > 0 ? &blob : NULL;
}

const struct blob *need_resource(struct test *t, const char *path)
{
	const struct blob *blob = resource(path);

	if (!blob)
		test_skip(t, "the image package has no %s", path);
	return blob;
}

bool install_root(struct test *t, const char *id)
{
	const struct blob *root = need_resource(t, "certs/root1.pem");

	if (!root)
		return false;
	if (CertStore_InstallRootCACertificate(id, root->text, root->length) == 0)
		return true;
	test_skip(t, "no certificate can be installed: %s", errno_name(errno));
	return false;
}

bool is_stored(const char *id)
{
	CertStore_Identifier stored;
	ssize_t count = CertStore_GetCertificateCount();

	for (ssize_t i = 0; i < count; i++)
		if (CertStore_GetCertificateIdentifierAt((size_t)i, &stored) == 0 && strcmp(stored.identifier, id) == 0)
			return true;
	return false;
}

/* ---- Networks --------------------------------------------------------------------------------------------------------- */

int scratch_network(struct test *t)
{
	static const char ssid[] = SCRATCH_SSID;
	int id = WifiConfig_GetNetworkIdByConfigName("ct-scratch");

	if (id >= 0)
		return id;
	id = WifiConfig_AddNetwork();
	if (id < 0 || WifiConfig_SetConfigName(id, "ct-scratch") != 0 ||
	    WifiConfig_SetSSID(id, (const uint8_t *)ssid, sizeof(ssid) - 1) != 0 ||
	    WifiConfig_SetSecurityType(id, WifiConfig_Security_Wpa2_EAP_TLS) != 0) {
		test_skip(t, "no network can be added: %s", errno_name(errno));
		forget_network(id);
		return -1;
	}
	return id;
}

void forget_network(int id)
{
	if (id >= 0)
		(void) WifiConfig_ForgetNetworkById(id);
}

void forget_networks(void)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		int id;

		while ((id = WifiConfig_GetNetworkIdByConfigName(names[i])) >= 0)
			if (WifiConfig_ForgetNetworkById(id) != 0)
				break;
	}
	(void) WifiConfig_PersistConfig();
}

bool need_saving(struct test *t)
{
	if (WifiConfig_PersistConfig() == 0)
		return true;
	test_skip(t, "the configuration cannot be saved: %s", errno_name(errno));
	return false;
}

/* ---- The interface and time ------------------------------------------------------------------------------------------- */

const char *wifi_interface(void)
{
	static char name[IF_NAMESIZE] = "wlan0";
	Networking_NetworkInterface found[4];
	ssize_t count = Networking_GetInterfaces(found, sizeof(found) / sizeof(found[0]));

	for (ssize_t i = 0; i < count; i++) {
		if (found[i].interfaceMediumType == Networking_InterfaceMedium_Wifi) {
			(void) snprintf(name, sizeof(name), "%s", found[i].interfaceName);
			break;
		}
	}
	return name;
}

void bounce_interface(void)
{
	(void) Networking_SetInterfaceState(wifi_interface(), false);
	wait_s(1);
	(void) Networking_SetInterfaceState(wifi_interface(), true);
}

void wait_s(unsigned s)
{
	struct timespec left = { .tv_sec = (time_t)s, .tv_nsec = 0 };

	while (nanosleep(&left, &left) != 0 && errno == EINTR)
		;
}

bool wait_connected(int id, unsigned s)
{
	for (unsigned i = 0; i <= s; i++) {
		int connected = WifiConfig_GetConnectedNetworkId();

		if (connected >= 0 && (id < 0 || connected == id))
			return true;
		wait_s(1);
	}
	return false;
}
