/* <applibs/certstore.h> on the wire: pointers are checked here, everything else by the device. */
#include <applibs/certstore.h>

#include <string.h>

#include "emu-applibs/base/base.h"
#include "emu-applibs/client/transport.h"

_Static_assert(CERTSTORE_MAX_CERT_SIZE <= CALL_BLOB_MAX, "a certificate is the largest blob");

static void put_identifier(struct call *c, const char *identifier)
{
	call_put_text(c, identifier, CERTSTORE_MAX_IDENTIFIER_LENGTH);
}

int CertStore_InstallClientCertificate(const char *identifier, const char *certBlob, size_t certBlobLength,
				       const char *privateKeyBlob, size_t privateKeyBlobLength, const char *privateKeyPassword)
{
	struct call c;

	if (!identifier || !certBlob || !privateKeyBlob)
		return call_fail(EFAULT);
	call_begin(&c, WIRE_CERTSTORE_INSTALL_CLIENT);
	put_identifier(&c, identifier);
	call_put_blob(&c, certBlob, certBlobLength, CERTSTORE_MAX_CERT_SIZE);
	call_put_blob(&c, privateKeyBlob, privateKeyBlobLength, CERTSTORE_MAX_CERT_SIZE);
	wire_put_u8(&c.out, privateKeyPassword != NULL);
	call_put_text(&c, privateKeyPassword ? privateKeyPassword : "", CERTSTORE_MAX_PRIVATE_KEY_PASSWORD_LENGTH);
	return call_end(&c, call_send(&c)) < 0 ? -1 : 0;
}

int CertStore_InstallRootCACertificate(const char *identifier, const char *certBlob, size_t certBlobLength)
{
	struct call c;

	if (!identifier || !certBlob)
		return call_fail(EFAULT);
	call_begin(&c, WIRE_CERTSTORE_INSTALL_ROOT);
	put_identifier(&c, identifier);
	call_put_blob(&c, certBlob, certBlobLength, CERTSTORE_MAX_CERT_SIZE);
	return call_end(&c, call_send(&c)) < 0 ? -1 : 0;
}

int CertStore_DeleteCertificate(const char *identifier)
{
	struct call c;

	if (!identifier)
		return call_fail(EFAULT);
	call_begin(&c, WIRE_CERTSTORE_DELETE);
	put_identifier(&c, identifier);
	return call_end(&c, call_send(&c)) < 0 ? -1 : 0;
}

ssize_t CertStore_GetCertificateCount(void)
{
	struct call c;

	call_begin(&c, WIRE_CERTSTORE_COUNT);
	return call_end(&c, call_send(&c));
}

int CertStore_GetCertificateIdentifierAt(size_t index, struct CertStore_Identifier *outIdentifier)
{
	char identifier[CERTSTORE_MAX_IDENTIFIER_LENGTH + 1];
	struct call c;
	int r;

	if (!outIdentifier)
		return call_fail(EFAULT);
	call_begin(&c, WIRE_CERTSTORE_ID_AT);
	wire_put_u64(&c.out, index);
	r = call_send(&c);
	if (r >= 0)
		(void) wire_get_str(&c.in, identifier, sizeof(identifier));
	if (call_end(&c, r) < 0)
		return -1;
	strcpy(outIdentifier->identifier, identifier);
	return 0;
}

ssize_t CertStore_GetAvailableSpace(void)
{
	struct call c;

	call_begin(&c, WIRE_CERTSTORE_SPACE);
	return call_end(&c, call_send(&c));
}

int CertStore_MoveCertificate(const char *sourceIdentifier, const char *destIdentifier)
{
	struct call c;

	if (!sourceIdentifier || !destIdentifier)
		return call_fail(EFAULT);
	call_begin(&c, WIRE_CERTSTORE_MOVE);
	put_identifier(&c, sourceIdentifier);
	put_identifier(&c, destIdentifier);
	return call_end(&c, call_send(&c)) < 0 ? -1 : 0;
}

/* Seconds since 1970 as the fields of a date; EINVAL, "not valid", for a date that they cannot hold. */
static int give_time(int64_t seconds, void *data, size_t size)
{
	time_t t = (time_t)seconds;
	struct tm tm;

	if (size != sizeof(tm) || (int64_t)t != seconds || !gmtime_r(&t, &tm))
		return call_fail(EINVAL);
	memcpy(data, &tm, sizeof(tm));
	return 0;
}

static int give_name(const char *name, void *data, size_t size)
{
	if (strlen(name) >= size)
		return call_fail(ERANGE);
	memcpy(data, name, strlen(name) + 1);
	return 0;
}

int z__CertStore_GetCertificateInfo(const char *identifier, enum z__CertInfoField field, void *data, size_t size)
{
	bool is_time = field == z__CertInfo_NotBefore || field == z__CertInfo_NotAfter;
	char name[CERTSTORE_SUBJECTNAME_MAX_LENGTH + 1] = "";
	int64_t seconds = 0;
	struct call c;
	int r;

	if (!identifier || !data)
		return call_fail(EFAULT);
	if (!is_time && field != z__CertInfo_SubjectName && field != z__CertInfo_IssuerName)
		return call_fail(EINVAL);
	call_begin(&c, WIRE_CERTSTORE_INFO);
	put_identifier(&c, identifier);
	wire_put_u32(&c.out, (uint32_t)field);
	r = call_send(&c);
	if (r >= 0 && is_time)
		seconds = wire_get_i64(&c.in);
	else if (r >= 0)
		(void) wire_get_str(&c.in, name, sizeof(name));
	if (call_end(&c, r) < 0)
		return -1;
	return is_time ? give_time(seconds, data, size) : give_name(name, data, size);
}
