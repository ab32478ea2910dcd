/* The device's certificate store: certificates and private keys under identifiers, in flash.
 *
 * A store is a list of references to certificates that never change, so a copy (what the supplicant reads at boot and reload) is
 * cheap, and every change is made on a copy that then takes the store's place: a power cut leaves the old or the new store.
 * Source of limits, errnos and semantics: certstore.h of the Azure Sphere SDK and its pages on Microsoft Learn, unless said
 * otherwise. Leaves to others: PEM, DER and keys (cert_parse.h), who may ask and when (device.c).
 */
#ifndef DEVICE_CERTSTORE_H
#define DEVICE_CERTSTORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emu-applibs/device/cert_parse.h"
#include "emu-applibs/wire/wire.h"

struct device;

#define CERT_ID_MAX 16         /* CERTSTORE_MAX_IDENTIFIER_LENGTH, without NUL */
#define CERT_BLOB_MAX 8192     /* CERTSTORE_MAX_CERT_SIZE, bytes */
#define CERT_PASSWORD_MAX 256  /* CERTSTORE_MAX_PRIVATE_KEY_PASSWORD_LENGTH, without NUL */
/* Free in an empty store of 24 KiB: what a device says over its REST interface, or all of it (reading store-size). */
#define CERTSTORE_SPACE 24514
#define CERTSTORE_SPACE_ALL 24576
/* What an entry takes beside its certificate and key; inferred from Microsoft's azscfgsto, which takes 16 bytes a block and 4
 * for the header of a value. */
#define CERTSTORE_ENTRY_OVERHEAD 16
#define CERTSTORE_VALUE_OVERHEAD 4

struct certstore_entry {
	char id[CERT_ID_MAX + 1];
	struct certificate *certificate; /* a reference */
};

struct certstore {
	struct certstore_entry *entries; /* in the order of installation; a replacement stays in its place */
	size_t count;
};

/* Bytes from outside, borrowed. */
struct cert_blob {
	const uint8_t *bytes;
	size_t length;
};

/* Becomes a copy of `from`. */
void certstore_copy(struct certstore *store, const struct certstore *from);
/* Empties it; keys are wiped with the last reference. A zeroed store is empty. */
void certstore_wipe(struct certstore *store);
/* NULL: there is none. Borrowed until the store changes. */
const struct certificate *certstore_find(const struct certstore *store, const char *id);

/* The functions of the API, without capability and readiness. 0, or negative errno: -ERANGE, -EINVAL, -ENOSPC, -ENOENT as the API
 * documents them, -EIO when the power went (device_flash_commit). */
int certstore_install_root(struct device *dev, const char *id, struct cert_blob cert);
/* password: NULL when none was given; a C string otherwise. */
int certstore_install_client(struct device *dev, const char *id, struct cert_blob cert, struct cert_blob key,
                             const char *password);
/* Why an installation of these gives -EINVAL, for a person; NULL: nothing is wrong with them. key.bytes NULL: none. */
const char *certstore_explain(const struct device *dev, struct cert_blob cert, struct cert_blob key, const char *password);
int certstore_delete(struct device *dev, const char *id);
int certstore_move(struct device *dev, const char *source, const char *destination);
/* The bytes under this identifier go bad in flash. 0 or -ENOENT. */
int certstore_damage(struct device *dev, const char *id);
/* Bytes free, by the readings store-charge and store-size. */
size_t certstore_available(const struct device *dev);

/* A WIRE_CERTSTORE_* request; results and errnos as device_request(). */
int certstore_request(struct device *dev, uint16_t op, struct wire_reader *in, struct wire_writer *out);

#endif
