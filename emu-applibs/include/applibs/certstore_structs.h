/* Limits and structures of the certificate store API. Include <applibs/certstore.h>, not this file.
 *
 * The structures carry no version: they are the same in every release. Source: certstore_structs.h of the Azure Sphere SDK.
 */
#ifndef APPLIBS_CERTSTORE_STRUCTS_H
#define APPLIBS_CERTSTORE_STRUCTS_H

#define CERTSTORE_MAX_IDENTIFIER_LENGTH 16   /* characters, NUL not counted */
#define CERTSTORE_SUBJECTNAME_MAX_LENGTH 300 /* characters, NUL not counted */
#define CERTSTORE_ISSUERNAME_MAX_LENGTH 300  /* characters, NUL not counted */

/* A certificate identifier as a C string: 1 to 16 of A-Z a-z 0-9 . - _ */
typedef struct CertStore_Identifier {
	char identifier[CERTSTORE_MAX_IDENTIFIER_LENGTH + 1];
} CertStore_Identifier;

/* A distinguished name as a C string on one line, for example /O=Contoso/CN=device-0001 */
typedef struct CertStore_SubjectName {
	char name[CERTSTORE_SUBJECTNAME_MAX_LENGTH + 1];
} CertStore_SubjectName;

/* As CertStore_SubjectName. */
typedef struct CertStore_IssuerName {
	char name[CERTSTORE_ISSUERNAME_MAX_LENGTH + 1];
} CertStore_IssuerName;

#endif
