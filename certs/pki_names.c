/* The words for faults, uses and key types: one table each, read in both directions. */
#include "certs/pki.h"

#include <errno.h>

#include "emu-applibs/base/base.h"

static const char *const fault_names[] = {
	[PKI_FAULT_NONE] = "none",
	[PKI_FAULT_EXPIRED] = "expired",
	[PKI_FAULT_NOT_YET_VALID] = "not-yet-valid",
	[PKI_FAULT_WRONG_EKU] = "wrong-eku",
	[PKI_FAULT_WRONG_KEY] = "wrong-key",
	[PKI_FAULT_BAD_SIGNATURE] = "bad-signature",
	[PKI_FAULT_OVERSIZE] = "oversize",
	[PKI_FAULT_WEAK_SIGNATURE] = "weak-signature",
};

static const char *const use_names[] = {
	[PKI_ROOT] = "root",
	[PKI_INTERMEDIATE] = "intermediate",
	[PKI_SERVER] = "server",
	[PKI_CLIENT] = "client",
	[PKI_DEVICE_AUTH] = "device-auth",
};

static const char *const key_type_names[] = {
	[PKI_KEY_P256] = "p256",
	[PKI_KEY_RSA2048] = "rsa2048",
	[PKI_KEY_RSA3072] = "rsa3072",
	[PKI_KEY_RSA4096] = "rsa4096",
};

static const char *name_at(const char *const *names, size_t count, unsigned index)
{
	return index < count ? names[index] : "unknown";
}

static int index_of(const char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; name && i < count; i++)
		if (strcmp(names[i], name) == 0)
			return (int)i;
	return -ENOENT;
}

const char *pki_fault_name(enum pki_fault fault)
{
	return name_at(fault_names, ARRAY_LEN(fault_names), (unsigned)fault);
}

int pki_fault_by_name(const char *name)
{
	return index_of(fault_names, ARRAY_LEN(fault_names), name);
}

const char *pki_use_name(enum pki_use use)
{
	return name_at(use_names, ARRAY_LEN(use_names), (unsigned)use);
}

int pki_use_by_name(const char *name)
{
	return index_of(use_names, ARRAY_LEN(use_names), name);
}

const char *pki_key_type_name(enum pki_key_type key)
{
	return name_at(key_type_names, ARRAY_LEN(key_type_names), (unsigned)key);
}

int pki_key_type_by_name(const char *name)
{
	return index_of(key_type_names, ARRAY_LEN(key_type_names), name);
}
