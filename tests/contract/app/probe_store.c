/* Probes of the certificate store, of capabilities and of mutable storage. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <applibs/certstore.h>
#include <applibs/storage.h>
#include <applibs/wificonfig.h>

#include "probes.h"
#include "support.h"

#define ID_17 "ct-34567890123456x"

/* ---- Capabilities ----------------------------------------------------------------------------------------------------- */

PROBE(missing_capability)
{
	PROBE_BY_ERRNO(CertStore_GetCertificateCount(), EACCES, "EACCES", EPERM, "EPERM");
}

/* A device that keeps to one spelling takes no image with another manifest, so that this never runs. */
PROBE(capability_spelling)
{
	int id = WifiConfig_AddNetwork();

	if (id < 0) {
		test_skip(t, "no network can be added: %s", errno_name(errno));
		return;
	}
	if (WifiConfig_SetClientIdentity(id, "contract") == 0)
		probe_says(t, "both");
	else if (errno == EACCES || errno == EPERM)
		probe_says(t, "strict");
	else
		test_not_ok(t, "an identity cannot be set: %s", errno_name(errno));
	forget_network(id);
}

PROBE(enterprise_implies_wifi)
{
	if (WifiConfig_GetStoredNetworkCount() >= 0)
		probe_says(t, "yes");
	else if (errno == EACCES || errno == EPERM)
		probe_says(t, "no");
	else
		test_not_ok(t, "the networks cannot be counted: %s", errno_name(errno));
}

PROBE(mutable_size_0)
{
	int fd = Storage_OpenMutableFile();

	if (fd >= 0) {
		(void) close(fd);
		probe_says(t, "empty-file");
	} else if (errno == EACCES || errno == EPERM) {
		probe_says(t, "EACCES");
	} else {
		test_not_ok(t, "the mutable file gives %s", errno_name(errno));
	}
}

/* ---- Space ------------------------------------------------------------------------------------------------------------ */

PROBE(store_size)
{
	ssize_t count = CertStore_GetCertificateCount(), space = CertStore_GetAvailableSpace();

	if (count != 0)
		test_skip(t, "the store is not empty");
	else if (space == 24514)
		probe_says(t, "24514");
	else if (space == 24576)
		probe_says(t, "24576");
	else
		test_not_ok(t, "an empty store has %ld bytes, which is none of the choices", (long)space);
}

/* Bytes of what the base64 between the tags says. */
static size_t der_length(const struct blob *pem)
{
	const char *at = strchr(pem->text, '\n');
	size_t digits = 0;

	for (; at && *at && *at != '-'; at++)
		if (*at != '\n' && *at != '\r' && *at != '=')
			digits++;
	return digits * 3 / 4;
}

PROBE(store_charge)
{
	ssize_t before = CertStore_GetAvailableSpace(), after;
	const struct blob *root;
	size_t charged;

	if (!install_root(t, "ct-root"))
		return;
	after = CertStore_GetAvailableSpace();
	(void) CertStore_DeleteCertificate("ct-root");
	root = resource("certs/root1.pem");
	if (before < after || after < 0 || !root) {
		test_not_ok(t, "a certificate left %ld of %ld bytes", (long)after, (long)before);
		return;
	}
	/* Something is charged for the entry; it is less than what lies between the two. */
	charged = (size_t)(before - after);
	tap_remark("a certificate of %u bytes of PEM and %u of DER is charged %u bytes", (unsigned)root->length,
	           (unsigned)der_length(root), (unsigned)charged);
	probe_says(t, charged >= root->length ? "pem" : "der");
}

/* ---- Identifiers ------------------------------------------------------------------------------------------------------ */

/* What installing a root certificate under this identifier gives; away with it. */
static void probe_id(struct test *t, const char *id, int error_a, const char *choice_a, int error_b, const char *choice_b)
{
	const struct blob *root = need_resource(t, "certs/root1.pem");

	if (!root)
		return;
	PROBE_BY_ERRNO(CertStore_InstallRootCACertificate(id, root->text, root->length), error_a, choice_a, error_b, choice_b);
	(void) CertStore_DeleteCertificate(id);
}

PROBE(id_too_long)
{
	probe_id(t, ID_17, ERANGE, "ERANGE", EINVAL, "EINVAL");
}

PROBE(id_characters)
{
	probe_id(t, "ct root", EINVAL, "EINVAL", SUCCESS, "accepted");
}

PROBE(id_period)
{
	probe_id(t, "ct.root", SUCCESS, "accepted", EINVAL, "refused");
}

/* ---- What PEM may look like ------------------------------------------------------------------------------------------- */

PROBE(pem_tags)
{
	const struct blob *root = need_resource(t, "certs/root1.pem");
	const char *begin, *end;

	if (!root)
		return;
	begin = strchr(root->text, '\n');
	end = strstr(root->text, "-----END");
	if (!begin || !end || end <= begin) {
		test_not_ok(t, "certs/root1.pem is no PEM");
		return;
	}
	PROBE_BY_ERRNO(CertStore_InstallRootCACertificate("ct-root", begin + 1, (size_t)(end - begin - 1)), EINVAL, "required", SUCCESS,
	               "optional");
	(void) CertStore_DeleteCertificate("ct-root");
}

/* What installing this pair gives. */
static void probe_pair(struct test *t, const char *cert_path, const char *key_path, const char *password, const char *on_success,
                       const char *on_einval)
{
	static struct blob cert;
	const struct blob *blob = need_resource(t, cert_path);

	if (!blob)
		return;
	cert = *blob;
	blob = need_resource(t, key_path);
	if (!blob)
		return;
	PROBE_BY_ERRNO(CertStore_InstallClientCertificate("ct-client", cert.text, cert.length, blob->text, blob->length, password), SUCCESS,
	               on_success, EINVAL, on_einval);
	(void) CertStore_DeleteCertificate("ct-client");
}

PROBE(plain_key_password)
{
	probe_pair(t, "certs/client1.pem", "certs/client1.key", "password", "ignored", "EINVAL");
}

PROBE(sec1_key)
{
	probe_pair(t, "certs/client2.pem", "certs/client2.key", NULL, "accepted", "refused");
}

/* ---- Moving ----------------------------------------------------------------------------------------------------------- */

PROBE(move_destination)
{
	if (!install_root(t, "ct-root"))
		return;
	PROBE_BY_ERRNO(CertStore_MoveCertificate("ct-root", "ct-moved"), SUCCESS, "optional", ENOENT, "required");
	(void) CertStore_DeleteCertificate("ct-root");
	(void) CertStore_DeleteCertificate("ct-moved");
}
