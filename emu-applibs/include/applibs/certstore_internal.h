/* The inline half of <applibs/certstore.h>: what the getters compile to. Include <applibs/certstore.h>, not this file. */
#ifndef APPLIBS_CERTSTORE_INTERNAL_H
#define APPLIBS_CERTSTORE_INTERNAL_H

#include <stddef.h>
#include <time.h>

#include <applibs/certstore_structs.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What z__CertStore_GetCertificateInfo returns. */
enum z__CertInfoField {
	z__CertInfo_NotBefore = 1,   /* struct tm, UTC */
	z__CertInfo_NotAfter = 2,    /* struct tm, UTC */
	z__CertInfo_SubjectName = 3, /* C string */
	z__CertInfo_IssuerName = 4,  /* C string */
};

/* Part of the ABI; applications call the four getters below instead. data, size: where the value goes, and its sizeof.
 * Ours: EINVAL for an unknown field or a time of another size than struct tm, ERANGE for a name that does not fit. */
int z__CertStore_GetCertificateInfo(const char *identifier, enum z__CertInfoField field, void *data, size_t size);

static inline int CertStore_GetCertificateSubjectName(const char *identifier, struct CertStore_SubjectName *outSubjectName)
{
	return z__CertStore_GetCertificateInfo(identifier, z__CertInfo_SubjectName, outSubjectName, sizeof(*outSubjectName));
}

static inline int CertStore_GetCertificateIssuerName(const char *identifier, struct CertStore_IssuerName *outIssuerName)
{
	return z__CertStore_GetCertificateInfo(identifier, z__CertInfo_IssuerName, outIssuerName, sizeof(*outIssuerName));
}

static inline int CertStore_GetCertificateNotBefore(const char *identifier, struct tm *outNotBefore)
{
	return z__CertStore_GetCertificateInfo(identifier, z__CertInfo_NotBefore, outNotBefore, sizeof(*outNotBefore));
}

static inline int CertStore_GetCertificateNotAfter(const char *identifier, struct tm *outNotAfter)
{
	return z__CertStore_GetCertificateInfo(identifier, z__CertInfo_NotAfter, outNotAfter, sizeof(*outNotAfter));
}

#ifdef __cplusplus
}
#endif

#endif
