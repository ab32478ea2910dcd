/* The device's certificate store: root CA and client certificates, and the clients' private keys, by identifier.
 *
 * Names, types, values and ABI are those of Azure Sphere's <applibs/certstore.h>, so a program compiled with Microsoft's
 * header runs on our libapplibs.so.0, and one compiled with this header on a device. The words are ours.
 *
 * For all functions:
 * - They need the capability CertStore in app_manifest.json; without it EACCES.
 * - They return -1 and set errno on failure. EAGAIN: the store is not ready yet (early after boot); try again.
 * - Not thread-safe, says the SDK; here one call waits for another. They do not wait on any clock, real or virtual.
 * - identifier: a C string of 1 to CERTSTORE_MAX_IDENTIFIER_LENGTH characters of A-Z a-z 0-9 . - _ . One namespace for the
 *   whole device: all applications, operators and both kinds of certificate.
 * - Wi-Fi sees a changed certificate only after WifiConfig_ReloadConfig, <applibs/wificonfig.h>.
 * Source: certstore.h of the SDK and the pages of the same functions on Microsoft Learn.
 */
#ifndef APPLIBS_CERTSTORE_H
#define APPLIBS_CERTSTORE_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include <applibs/certstore_structs.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CERTSTORE_MAX_CERT_SIZE 8192                /* bytes of one PEM blob, certificate or key */
#define CERTSTORE_MAX_PRIVATE_KEY_PASSWORD_LENGTH 256 /* characters, NUL not counted */

/* Stores a client certificate and its private key under identifier; replaces whatever was there, of either kind.
 * certBlob: PEM certificate. privateKeyBlob: PEM, PKCS#1 or PKCS#8. Both lengths 1..CERTSTORE_MAX_CERT_SIZE bytes, a
 * terminating NUL not counted. privateKeyPassword: C string for an encrypted key, NULL or "" for a plain one.
 * The caller keeps its buffers. Returns 0; or -1 and errno:
 *   EFAULT  identifier, certBlob or privateKeyBlob is NULL
 *   ERANGE  a length is 0 or too large; password longer than 256; identifier longer than 16
 *   EINVAL  identifier with other characters or empty (which errno is not documented: ours), certificate or key not valid, a
 *           password for a plain key, key and certificate do not belong together (not documented: ours)
 *   ENOSPC  the store is full
 *   EACCES, EAGAIN as above */
int CertStore_InstallClientCertificate(const char *identifier, const char *certBlob, size_t certBlobLength,
				       const char *privateKeyBlob, size_t privateKeyBlobLength,
				       const char *privateKeyPassword);

/* Stores a root CA certificate under identifier; replaces whatever was there. certBlob: PEM, 1..CERTSTORE_MAX_CERT_SIZE
 * bytes, NUL not counted. Returns 0; or -1 and errno: EFAULT NULL, ERANGE length or identifier too long, EINVAL identifier or
 * certificate not valid, ENOSPC, EACCES, EAGAIN. */
int CertStore_InstallRootCACertificate(const char *identifier, const char *certBlob, size_t certBlobLength);

/* Removes a certificate, even one that a network uses. Returns 0; or -1 and errno: EFAULT NULL, ENOENT no such identifier,
 * EACCES, EAGAIN. */
int CertStore_DeleteCertificate(const char *identifier);

/* Number of certificates in the store, of all applications; or -1 and errno: EACCES, EAGAIN. */
ssize_t CertStore_GetCertificateCount(void);

/* Identifier of the certificate at index, 0..count-1. The order is not documented, and any change may shift it.
 * outIdentifier: filled with a C string on success only. Returns 0; or -1 and errno: EFAULT NULL, ERANGE index too large, EACCES,
 * EAGAIN. */
int CertStore_GetCertificateIdentifierAt(size_t index, struct CertStore_Identifier *outIdentifier);

/* Bytes free in the store (24 KiB in all); or -1 and errno: EACCES, EAGAIN. */
ssize_t CertStore_GetAvailableSpace(void);

/* Renames a certificate, atomically; a certificate under destIdentifier is replaced. Networks go on naming the identifier they
 * named before. Returns 0; or -1 and errno: EFAULT NULL, EINVAL not a valid identifier, ERANGE longer than 16, ENOENT no
 * sourceIdentifier, EACCES, EAGAIN. */
int CertStore_MoveCertificate(const char *sourceIdentifier, const char *destIdentifier);

/* Name of the subject, of the issuer; beginning and end of validity (UTC; do not rely on tm_wday, tm_yday and tm_isdst).
 * The output is written on success only. Return 0; or -1 and errno: EFAULT NULL, ENOENT no such identifier, EINVAL the stored
 * certificate is not valid, EACCES, EAGAIN. */
static inline int CertStore_GetCertificateSubjectName(const char *identifier, struct CertStore_SubjectName *outSubjectName);
static inline int CertStore_GetCertificateIssuerName(const char *identifier, struct CertStore_IssuerName *outIssuerName);
static inline int CertStore_GetCertificateNotBefore(const char *identifier, struct tm *outNotBefore);
static inline int CertStore_GetCertificateNotAfter(const char *identifier, struct tm *outNotAfter);

#ifdef __cplusplus
}
#endif

#include <applibs/certstore_internal.h>

#endif
