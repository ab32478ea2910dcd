/* Probes that connect to the owner's EAP-TLS network: when a setting or certificate takes effect, which network is tried first.
 *
 * The owner puts root CA and client certificate into the device's store and names both in CmdArgs; this application never has their
 * key. A certificate is made wrong by moving it aside and installing one of this application's in its place.
 */
#include <errno.h>
#include <string.h>

#include <applibs/certstore.h>
#include <applibs/networking.h>
#include <applibs/wificonfig.h>

#include "probes.h"
#include "support.h"

#define CONNECT_S 90
#define KEEP "ct-keep"

/* A network of this application, ct-0 to ct-2, with the owner's settings, disabled. Its id, or -1. */
static int add_one(const char *name)
{
	const struct owner_network *owner = owner_network();
	int id = WifiConfig_AddNetwork();

	if (id >= 0 && WifiConfig_SetConfigName(id, name) == 0 &&
	    WifiConfig_SetSSID(id, (const uint8_t *)owner->ssid, strlen(owner->ssid)) == 0 &&
	    WifiConfig_SetSecurityType(id, WifiConfig_Security_Wpa2_EAP_TLS) == 0 &&
	    WifiConfig_SetRootCACertStoreIdentifier(id, owner->root) == 0 &&
	    WifiConfig_SetClientCertStoreIdentifier(id, owner->client) == 0 && WifiConfig_SetClientIdentity(id, owner->identity) == 0)
		return id;
	return -1;
}

static bool need_owner(struct test *t)
{
	const struct owner_network *owner = owner_network();

	if (!owner)
		test_skip(t, "CmdArgs name no EAP-TLS network (--ssid, --root, --client, --identity)");
	else if (!is_stored(owner->root) || !is_stored(owner->client))
		test_skip(t, "the store has no certificate %s or none %s; install the owner's", owner->root, owner->client);
	else
		return need_saving(t);
	return false;
}

/* Connected through ct-0 alone, saved. False: not so, and the test is skipped. */
static bool connect_one(struct test *t, int *ret_id)
{
	if (!need_owner(t))
		return false;
	forget_networks();
	*ret_id = add_one("ct-0");
	if (*ret_id < 0 || WifiConfig_SetNetworkEnabled(*ret_id, true) != 0 || WifiConfig_PersistConfig() != 0)
		test_skip(t, "no network can be set up: %s", errno_name(errno));
	else if (!wait_connected(*ret_id, CONNECT_S))
		test_skip(t, "no connection to %s", owner_network()->ssid);
	else
		return true;
	forget_networks();
	return false;
}

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
	ids[0] = add_one("ct-0");
	ids[1] = add_one("ct-1");
	ids[2] = add_one("ct-2");
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
