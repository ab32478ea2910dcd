/* The PKI maker: certificates, keys and CRLs with any validity, and with named faults, for test networks.
 *
 * Every certificate is read back and checked against what was asked before it is handed out. All times are seconds since
 * 1970, given by the caller: nothing here reads a clock. Without a seed, everything about a certificate but its key and the values
 * of its signature is a function of the specification: same specification, same length of every PEM (P-256 signatures are
 * repeated until they have the commonest length). With a seed, everything is.
 */
#ifndef CERTS_PKI_H
#define CERTS_PKI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pki_cert; /* a certificate with its private key, and a reference to its issuer */

enum pki_use { PKI_ROOT, PKI_INTERMEDIATE, PKI_SERVER, PKI_CLIENT, PKI_DEVICE_AUTH };
enum pki_key_type { PKI_KEY_P256, PKI_KEY_RSA2048, PKI_KEY_RSA3072, PKI_KEY_RSA4096 };

/* Faults, by name. The validity of an expired or not yet valid certificate comes from the dates; these two faults move it. */
enum pki_fault {
	PKI_FAULT_NONE,
	PKI_FAULT_EXPIRED,       /* "expired": notAfter one day before `now_s` */
	PKI_FAULT_NOT_YET_VALID, /* "not-yet-valid": notBefore one day after `now_s` */
	PKI_FAULT_WRONG_EKU,     /* "wrong-eku": server gets client authentication, client gets server authentication */
	PKI_FAULT_WRONG_KEY,     /* "wrong-key": the key handed out does not belong to the certificate */
	PKI_FAULT_BAD_SIGNATURE, /* "bad-signature": the signature does not verify */
	PKI_FAULT_OVERSIZE,      /* "oversize": PEM longer than 8192 bytes */
	PKI_FAULT_WEAK_SIGNATURE, /* "weak-signature": signed with SHA-1 */
};

struct pki_spec {
	const char *name; /* for messages, and file names of azpki */
	const char *cn;   /* subject CN; NULL: the name */
	enum pki_use use;
	enum pki_key_type key;
	int64_t not_before_s, not_after_s; /* not_before_s < not_after_s */
	int64_t now_s;                     /* reference of the two date faults */
	const struct pki_cert *issuer;     /* NULL for a root; must be able to sign. Borrowed only during the call */
	/* Takes this one's key instead of a new one (`key` must be of that type), as a cross-signed CA or a renewal with the same key
	 * does; with the same `cn` it can stand in its place in a chain. NULL: a key of its own. Borrowed only during the call. */
	const struct pki_cert *key_of;
	const char *dns_name;              /* subjectAltName of a server: DNS name or IPv4 address; NULL: none */
	uint64_t serial;                   /* 0: derived from the name */
	enum pki_fault fault;
	/* 0: real random numbers. Else key and signature too are a function of this, the name and the dates: for simulations that
	 * repeat, never for a certificate that protects anything. */
	uint64_t seed;
};

#define PKI_ERROR_MAX 256 /* with NUL */

/* 0 and *ret_cert (pki_free), or negative errno and one line of what was wrong: -EINVAL specification, -EIO OpenSSL. */
int pki_make(const struct pki_spec *spec, struct pki_cert **ret_cert, char error[PKI_ERROR_MAX]);
/* The same certificate issued again: other dates and a new signature of its issuer, all else (key, names, serial number, extensions)
 * stays. A tenth of the work of pki_make. seed: as in pki_spec. Errors as pki_make; then *cert can only be freed. */
int pki_reissue(struct pki_cert *cert, const struct pki_cert *issuer, int64_t not_before_s, int64_t not_after_s, uint64_t seed,
                char error[PKI_ERROR_MAX]);
void pki_free(struct pki_cert *cert); /* NULL is fine; wipes the key */

/* PEM text, NUL-terminated, owned by the certificate. */
const char *pki_cert_pem(const struct pki_cert *cert);
/* This certificate followed by its intermediates, without the root; caller frees. NULL on ENOMEM. */
char *pki_chain_pem(const struct pki_cert *cert);
enum pki_key_format { PKI_PKCS8, PKI_TRADITIONAL }; /* traditional = PKCS#1 for RSA, SEC1 for EC */
/* The private key as PEM; password NULL: unencrypted (else AES-256). 0 and *ret_pem (wipe and free), or negative errno. */
int pki_key_pem(const struct pki_cert *cert, enum pki_key_format format, const char *password, char **ret_pem);
/* One-line slash subject, as CertStore_GetCertificateSubjectName gives it. Owned by the certificate. */
const char *pki_subject(const struct pki_cert *cert);
int64_t pki_not_before(const struct pki_cert *cert);
int64_t pki_not_after(const struct pki_cert *cert);
uint64_t pki_serial(const struct pki_cert *cert);

/* A CRL of `issuer` that revokes `revoked` (each of that issuer), as PEM; caller frees. */
int pki_crl_pem(const struct pki_cert *issuer, const struct pki_cert *const *revoked, size_t revoked_count,
                int64_t this_update_s, int64_t next_update_s, char **ret_pem, char error[PKI_ERROR_MAX]);

/* Read what somebody else made (PEM certificate, unencrypted PEM key or NULL). */
int pki_load(const char *name, const char *cert_pem, const char *key_pem, struct pki_cert **ret_cert,
             char error[PKI_ERROR_MAX]);

const char *pki_fault_name(enum pki_fault fault);
int pki_fault_by_name(const char *name); /* enum pki_fault, or -ENOENT */
const char *pki_use_name(enum pki_use use); /* "root", "intermediate", "server", "client", "device-auth" */
int pki_use_by_name(const char *name);
const char *pki_key_type_name(enum pki_key_type key); /* "p256", "rsa2048", ... */
int pki_key_type_by_name(const char *name);

#endif
