/* Cases of <applibs/certstore.h>. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <applibs/certstore.h>

#include "cases.h"
#include "support.h"

#define PLAIN "certs/client1.pem"
#define PLAIN_KEY "certs/client1.key"
#define ID_17 "ct-34567890123456x"
#define BLOB CERT_BLOB_MAX

_Static_assert(sizeof(ID_17) > CERTSTORE_MAX_IDENTIFIER_LENGTH + 1, "too long");

/* As long as a certificate may be, and one more. No certificate: lengths are looked at first. */
static const char long_blob[CERTSTORE_MAX_CERT_SIZE + 1] = "-----BEGIN";

/* Characters beyond every limit, with a NUL far behind it, so that a device which looks for one finds it. Static storage. */
static const char *unterminated(char c)
{
	static char text[1024];

	memset(text, c, sizeof(text) - 1);
	return text;
}

/* Capability and readiness, for every function. */
#define REFUSED(function, call)                                           \
	CASE(function, EACCES, no_capability) { GIVES_EACCES(call); }     \
	CASE(function, EAGAIN, not_ready) { GIVES(call); }

REFUSED(CertStore_InstallClientCertificate, CertStore_InstallClientCertificate("ct-client", "c", 1, "k", 1, NULL))
REFUSED(CertStore_InstallRootCACertificate, CertStore_InstallRootCACertificate("ct-root", "c", 1))
REFUSED(CertStore_DeleteCertificate, CertStore_DeleteCertificate("ct-unknown"))
REFUSED(CertStore_GetCertificateCount, CertStore_GetCertificateCount())
REFUSED(CertStore_GetCertificateIdentifierAt, CertStore_GetCertificateIdentifierAt(0, &(CertStore_Identifier){ .identifier = "" }))
REFUSED(CertStore_GetAvailableSpace, CertStore_GetAvailableSpace())
REFUSED(CertStore_MoveCertificate, CertStore_MoveCertificate("ct-unknown", "ct-moved"))

CASE(CertStore_GetCertificateCount, EPERM, no_capability)
{
	GIVES_OR(CertStore_GetCertificateCount(), EACCES, "missing-capability=EACCES");
}

/* ---- InstallClientCertificate ----------------------------------------------------------------------------------------- */

CASE(CertStore_InstallClientCertificate, EFAULT, identifier_null)
{
	GIVES(CertStore_InstallClientCertificate(NULL, "c", 1, "k", 1, NULL));
}

CASE(CertStore_InstallClientCertificate, EFAULT, cert_blob_null)
{
	GIVES(CertStore_InstallClientCertificate("ct-client", NULL, 1, "k", 1, NULL));
}

CASE(CertStore_InstallClientCertificate, EFAULT, key_blob_null)
{
	GIVES(CertStore_InstallClientCertificate("ct-client", "c", 1, NULL, 1, NULL));
}

/* Certificate and key of this package, which fit together. False: there are none, and the test is skipped. */
struct pair {
	struct blob cert, key;
};

static bool need_pair(struct test *t, struct pair *ret)
{
	const struct blob *blob = need_resource(t, PLAIN);

	if (!blob)
		return false;
	ret->cert = *blob;
	blob = need_resource(t, PLAIN_KEY);
	if (!blob)
		return false;
	ret->key = *blob;
	return true;
}

static struct pair pair;

CASE(CertStore_InstallClientCertificate, ERANGE, cert_blob_empty)
{
	if (need_pair(t, &pair))
		GIVES(CertStore_InstallClientCertificate("ct-client", pair.cert.text, 0, pair.key.text, pair.key.length, NULL));
}

CASE(CertStore_InstallClientCertificate, ERANGE, cert_blob_too_long)
{
	if (need_pair(t, &pair))
		GIVES(CertStore_InstallClientCertificate("ct-client", long_blob, BLOB + 1, pair.key.text, pair.key.length, NULL));
}

CASE(CertStore_InstallClientCertificate, ERANGE, key_blob_empty)
{
	if (need_pair(t, &pair))
		GIVES(CertStore_InstallClientCertificate("ct-client", pair.cert.text, pair.cert.length, pair.key.text, 0, NULL));
}

CASE(CertStore_InstallClientCertificate, ERANGE, key_blob_too_long)
{
	if (need_pair(t, &pair))
		GIVES(CertStore_InstallClientCertificate("ct-client", pair.cert.text, pair.cert.length, long_blob, BLOB + 1, NULL));
}

CASE(CertStore_InstallClientCertificate, ERANGE, password_too_long)
{
	static char password_257[CERTSTORE_MAX_PRIVATE_KEY_PASSWORD_LENGTH + 2];

	memset(password_257, 'p', sizeof(password_257) - 1);
	if (need_pair(t, &pair))
		GIVES(CertStore_InstallClientCertificate("ct-client", pair.cert.text, pair.cert.length, pair.key.text, pair.key.length,
		                                         password_257));
}

CASE(CertStore_InstallClientCertificate, ERANGE, password_not_terminated)
{
	if (need_pair(t, &pair))
		GIVES(CertStore_InstallClientCertificate("ct-client", pair.cert.text, pair.cert.length, pair.key.text, pair.key.length,
		                                         unterminated('p')));
}

CASE(CertStore_InstallClientCertificate, ERANGE, identifier_too_long)
{
	if (need_pair(t, &pair))
		GIVES_OR(CertStore_InstallClientCertificate(ID_17, pair.cert.text, pair.cert.length, pair.key.text, pair.key.length, NULL),
		         EINVAL, "id-too-long=EINVAL");
}

CASE(CertStore_InstallClientCertificate, EINVAL, identifier_not_terminated)
{
	if (need_pair(t, &pair))
		GIVES_OR(CertStore_InstallClientCertificate(unterminated('i'), pair.cert.text, pair.cert.length, pair.key.text,
		                                            pair.key.length, NULL), ERANGE, "id-too-long=ERANGE");
}

CASE(CertStore_InstallClientCertificate, EINVAL, cert_invalid)
{
	if (need_pair(t, &pair))
		GIVES(CertStore_InstallClientCertificate("ct-client", pair.key.text, pair.key.length, pair.key.text, pair.key.length, NULL));
}

CASE(CertStore_InstallClientCertificate, EINVAL, key_invalid)
{
	if (need_pair(t, &pair))
		GIVES(CertStore_InstallClientCertificate("ct-client", pair.cert.text, pair.cert.length, pair.cert.text, pair.cert.length,
		                                         NULL));
}

CASE(CertStore_InstallClientCertificate, EINVAL, password_for_plain_key)
{
	if (!need_pair(t, &pair))
		return;
	GIVES_OR(CertStore_InstallClientCertificate("ct-client", pair.cert.text, pair.cert.length, pair.key.text, pair.key.length,
	                                            "password"), SUCCESS, "plain-key-password=ignored");
	(void) CertStore_DeleteCertificate("ct-client");
}

/* Root certificates until the store takes no more, then `last`; away with all of them. A store of 24 KiB holds fewer than 99. */
static void fill_store(struct test *t, bool client)
{
	const struct blob *root = need_resource(t, "certs/root1.pem");
	char id[CERTSTORE_MAX_IDENTIFIER_LENGTH + 1];
	unsigned count = 0;

	if (!root || (client && !need_pair(t, &pair)))
		return;
	root = resource("certs/root1.pem");
	for (errno = 0; count < 99; count++) {
		(void) snprintf(id, sizeof(id), "ct-fill%hu", (unsigned short)count);
		if (CertStore_InstallRootCACertificate(id, root->text, root->length) != 0)
			break;
	}
	if (client)
		GIVES(CertStore_InstallClientCertificate("ct-client", pair.cert.text, pair.cert.length, pair.key.text, pair.key.length,
		                                         NULL));
	else
		GIVES(CertStore_InstallRootCACertificate("ct-root", root->text, root->length));
	while (count-- > 0) {
		(void) snprintf(id, sizeof(id), "ct-fill%hu", (unsigned short)count);
		(void) CertStore_DeleteCertificate(id);
	}
}

CASE(CertStore_InstallClientCertificate, ENOSPC, store_full)
{
	fill_store(t, true);
}

/* ---- InstallRootCACertificate ----------------------------------------------------------------------------------------- */

CASE(CertStore_InstallRootCACertificate, EFAULT, identifier_null)
{
	GIVES(CertStore_InstallRootCACertificate(NULL, "c", 1));
}

CASE(CertStore_InstallRootCACertificate, EFAULT, cert_blob_null)
{
	GIVES(CertStore_InstallRootCACertificate("ct-root", NULL, 1));
}

CASE(CertStore_InstallRootCACertificate, ERANGE, cert_blob_empty)
{
	GIVES(CertStore_InstallRootCACertificate("ct-root", "c", 0));
}

CASE(CertStore_InstallRootCACertificate, ERANGE, cert_blob_too_long)
{
	GIVES(CertStore_InstallRootCACertificate("ct-root", long_blob, BLOB + 1));
}

CASE(CertStore_InstallRootCACertificate, ERANGE, identifier_too_long)
{
	const struct blob *root = need_resource(t, "certs/root1.pem");

	if (root)
		GIVES_OR(CertStore_InstallRootCACertificate(ID_17, root->text, root->length), EINVAL, "id-too-long=EINVAL");
}

CASE(CertStore_InstallRootCACertificate, EINVAL, identifier_not_terminated)
{
	const struct blob *root = need_resource(t, "certs/root1.pem");

	if (root)
		GIVES_OR(CertStore_InstallRootCACertificate(unterminated('i'), root->text, root->length), ERANGE, "id-too-long=ERANGE");
}

CASE(CertStore_InstallRootCACertificate, EINVAL, cert_invalid)
{
	static const char text[] = "-----BEGIN CERTIFICATE-----\nbm8gY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----\n";

	GIVES(CertStore_InstallRootCACertificate("ct-root", text, sizeof(text) - 1));
}

CASE(CertStore_InstallRootCACertificate, ENOSPC, store_full)
{
	fill_store(t, false);
}

/* ---- The others ------------------------------------------------------------------------------------------------------- */

CASE(CertStore_DeleteCertificate, EFAULT, identifier_null)
{
	GIVES(CertStore_DeleteCertificate(NULL));
}

CASE(CertStore_DeleteCertificate, ENOENT, unknown)
{
	GIVES(CertStore_DeleteCertificate("ct-unknown"));
}

CASE(CertStore_GetCertificateIdentifierAt, EFAULT, output_null)
{
	GIVES(CertStore_GetCertificateIdentifierAt(0, NULL));
}

CASE(CertStore_GetCertificateIdentifierAt, ERANGE, index_too_large)
{
	ssize_t count = CertStore_GetCertificateCount();
	CertStore_Identifier identifier;

	if (count < 0)
		test_not_ok(t, "the certificates cannot be counted: %s", errno_name(errno));
	else
		GIVES(CertStore_GetCertificateIdentifierAt((size_t)count, &identifier));
}

CASE(CertStore_MoveCertificate, EFAULT, source_null)
{
	GIVES(CertStore_MoveCertificate(NULL, "ct-moved"));
}

CASE(CertStore_MoveCertificate, EFAULT, destination_null)
{
	GIVES(CertStore_MoveCertificate("ct-unknown", NULL));
}

/* Moves a certificate that there is, or to a place that is good, so that only the other identifier is wrong. */
static void move_judged(struct test *t, const char *source, const char *destination, int other, const char *reading)
{
	if (!install_root(t, "ct-root"))
		return;
	GIVES_OR(CertStore_MoveCertificate(source, destination), other, reading);
	(void) CertStore_DeleteCertificate("ct-root");
	(void) CertStore_DeleteCertificate("ct-moved");
}

CASE(CertStore_MoveCertificate, EINVAL, source_invalid)
{
	move_judged(t, "", "ct-root", NOTHING_ELSE, "");
}

CASE(CertStore_MoveCertificate, EINVAL, destination_invalid)
{
	move_judged(t, "ct-root", "", NOTHING_ELSE, "");
}

CASE(CertStore_MoveCertificate, ERANGE, source_too_long)
{
	move_judged(t, ID_17, "ct-root", EINVAL, "id-too-long=EINVAL");
}

CASE(CertStore_MoveCertificate, ERANGE, destination_too_long)
{
	move_judged(t, "ct-root", ID_17, EINVAL, "id-too-long=EINVAL");
}

CASE(CertStore_MoveCertificate, ENOENT, source_unknown)
{
	move_judged(t, "ct-unknown", "ct-root", NOTHING_ELSE, "");
}

CASE(CertStore_MoveCertificate, ENOENT, destination_unknown)
{
	move_judged(t, "ct-root", "ct-moved", SUCCESS, "move-destination=optional");
}

/* ---- What a certificate says ------------------------------------------------------------------------------------------ */

/* An operator has put ct-damaged into the store, and its bytes went bad in flash: nothing that an application could do. */
#define NEED_DAMAGED(call)                                                                        \
	do {                                                                                      \
		if ((call) == 0 || errno == ENOENT)                                               \
			test_skip(t, "no damaged certificate \"ct-damaged\" is in the store");    \
		else                                                                              \
			GIVES(call);                                                              \
	} while (0)

#define GETTER(function, type)                                                            \
	REFUSED(function, function("ct-unknown", &(type){ 0 }))                           \
	CASE(function, EFAULT, identifier_null) { GIVES(function(NULL, &(type){ 0 })); }  \
	CASE(function, EFAULT, output_null) { GIVES(function("ct-unknown", NULL)); }      \
	CASE(function, ENOENT, unknown) { GIVES(function("ct-unknown", &(type){ 0 })); }  \
	CASE(function, EINVAL, stored_invalid) { NEED_DAMAGED(function("ct-damaged", &(type){ 0 })); }

typedef struct tm date;

GETTER(CertStore_GetCertificateSubjectName, CertStore_SubjectName)
GETTER(CertStore_GetCertificateIssuerName, CertStore_IssuerName)
GETTER(CertStore_GetCertificateNotBefore, date)
GETTER(CertStore_GetCertificateNotAfter, date)
