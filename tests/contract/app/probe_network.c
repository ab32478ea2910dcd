/* Probes that connect to the owner's EAP-TLS network: when a setting or certificate takes effect, which network is tried first.
 *
 * The owner puts root CA and client certificate into the device's store and names both in CmdArgs; this application never has their
 * key. A certificate is made wrong by moving it aside and installing one of this application's in its place.
 */
#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <applibs/certstore.h>
#include <applibs/networking.h>
#include <applibs/wificonfig.h>

#include "network.h"
#include "probes.h"
#include "support.h"

#define KEEP "ct-keep"

/* Moves the certificate aside, under whatever the device asks of a move's destination. */
static bool move(const char *from, const char *to)
{
	const struct blob *root;

	if (CertStore_MoveCertificate(from, to) == 0)
		return true;
	root = resource("certs/root1.pem");
	return root && CertStore_InstallRootCACertificate(to, root->text, root->length) == 0 && CertStore_MoveCertificate(from, to) == 0;
}

PROBE(set_effect)
{
	int id;

	if (!connect_one(t, &id))
		return;
	/* With a root CA that there is not, a new connection fails. */
	if (WifiConfig_SetRootCACertStoreIdentifier(id, "ct-none") != 0) {
		test_skip(t, "the root CA cannot be set: %s", errno_name(errno));
	} else {
		wait_s(5);
		if (WifiConfig_GetConnectedNetworkId() != id) {
			probe_says(t, "reconnects");
		} else {
			bounce_interface();
			probe_says(t, wait_connected(id, CONNECT_S) ? "reload" : "next-connect");
		}
	}
	forget_networks();
	(void) WifiConfig_ReloadConfig();
}

PROBE(cert_seen)
{
	const char *root = owner_network() ? owner_network()->root : "";
	int id;

	if (!connect_one(t, &id))
		return;
	if (!move(root, KEEP) || !install_root(t, root)) {
		test_skip(t, "the root CA cannot be replaced: %s", errno_name(errno));
	} else {
		bounce_interface();
		probe_says(t, wait_connected(id, CONNECT_S) ? "reload" : "at-once");
	}
	if (is_stored(KEEP))
		(void) move(KEEP, root);
	forget_networks();
	(void) WifiConfig_ReloadConfig();
}

/* A client certificate of this application, which the owner's RADIUS does not take. */
static bool install_stranger(const char *id)
{
	static struct blob cert;
	const struct blob *blob = resource("certs/client1.pem");

	if (!blob)
		return false;
	cert = *blob;
	blob = resource("certs/client1.key");
	return blob && CertStore_InstallClientCertificate(id, cert.text, cert.length, blob->text, blob->length, NULL) == 0;
}

/* RADIUS that resumes no sessions hides what the device does, and the answer is "flushed". */
PROBE(reload_sessions)
{
	const char *client = owner_network() ? owner_network()->client : "";
	int id;

	if (!connect_one(t, &id))
		return;
	if (!move(client, KEEP) || !install_stranger(client) || WifiConfig_ReloadConfig() != 0) {
		test_skip(t, "the client certificate cannot be replaced: %s", errno_name(errno));
	} else {
		wait_s(2);
		id = WifiConfig_GetNetworkIdByConfigName("ct-0");
		probe_says(t, wait_connected(id, CONNECT_S) ? "kept" : "flushed");
	}
	if (is_stored(KEEP))
		(void) move(KEEP, client);
	forget_networks();
	(void) WifiConfig_ReloadConfig();
}

PROBE(same_ssid_order)
{
	int ids[3], connected;

	if (!need_owner(t))
		return;
	forget_networks();
	ids[0] = add_owner_network("ct-0");
	ids[1] = add_owner_network("ct-1");
	ids[2] = add_owner_network("ct-2");
	if (ids[0] < 0 || ids[1] <= ids[0] || ids[2] <= ids[1] || WifiConfig_SetNetworkEnabled(ids[1], true) != 0) {
		test_skip(t, "no three networks with ascending ids can be set up");
	} else if (!wait_connected(ids[1], CONNECT_S)) {
		test_skip(t, "no connection to %s", owner_network()->ssid);
	} else {
		(void) WifiConfig_SetNetworkEnabled(ids[0], true);
		(void) WifiConfig_SetNetworkEnabled(ids[2], true);
		wait_s(5);
		bounce_interface();
		connected = wait_connected(-1, CONNECT_S) ? WifiConfig_GetConnectedNetworkId() : -1;
		if (connected == ids[0])
			probe_says(t, "lower-id");
		else if (connected == ids[1])
			probe_says(t, "last-connected");
		else if (connected == ids[2])
			probe_says(t, "higher-id");
		else
			test_not_ok(t, "with three good networks enabled, none of them is connected");
	}
	forget_networks();
}

PROBE(unknown_identity)
{
	WifiConfig_NetworkDiagnostics diagnostics;
	int id, r = -1;

	if (!connect_one(t, &id))
		return;
	if (WifiConfig_SetNetworkEnabled(id, false) != 0 || WifiConfig_SetClientIdentity(id, "ct-nobody") != 0 ||
	    WifiConfig_SetNetworkEnabled(id, true) != 0)
		test_skip(t, "the identity cannot be set: %s", errno_name(errno));
	for (unsigned i = 0; t->verdict == VERDICT_NONE && i < CONNECT_S; i++) {
		wait_s(1);
		r = WifiConfig_GetNetworkDiagnostics(id, &diagnostics);
		if (r == 0 && diagnostics.error != 0)
			break;
		r = -1;
	}
	if (t->verdict == VERDICT_NONE && r != 0)
		test_skip(t, "the owner's RADIUS takes any identity, or nothing is recorded");
	else if (t->verdict == VERDICT_NONE && diagnostics.error == 5 && diagnostics.certError == 103)
		probe_says(t, "103");
	else if (t->verdict == VERDICT_NONE && diagnostics.error == 1)
		probe_says(t, "1");
	else if (t->verdict == VERDICT_NONE)
		test_skip(t, "the owner's RADIUS refuses later than at the start: error %d, certError %d", (int)diagnostics.error,
		          (int)diagnostics.certError);
	forget_networks();
}

/* No image of this application has it in AllowedConnections. */
#define FOREIGN_HOST "example.com"

/* 0 or the errno of a connection. */
static int connect_to(const struct addrinfo *address)
{
	int fd = socket(address->ai_family, SOCK_STREAM, 0), error = 0;

	if (fd < 0 || connect(fd, address->ai_addr, address->ai_addrlen) != 0)
		error = errno;
	if (fd >= 0)
		(void) close(fd);
	return error;
}

PROBE(forbidden_host)
{
	const struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;
	int id, error;

	if (!connect_one(t, &id))
		return;
	if (getaddrinfo(FOREIGN_HOST, "80", &hints, &found) != 0) {
		probe_says(t, "no-name");
	} else {
		error = connect_to(found);
		freeaddrinfo(found);
		if (error == ECONNREFUSED)
			probe_says(t, "refused");
		else if (error == EACCES)
			probe_says(t, "EACCES");
		else
			test_not_ok(t, "the device gives %s, which is none of the choices", errno_name(error));
	}
	forget_networks();
}
