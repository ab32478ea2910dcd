/* The operator's and the factory's way into the certificate store, and the queries of expectations and oracles.
 *
 * Operators work on a powered device over its service port, as `az sphere device certificate` does: no capabilities are asked for.
 */
#include <errno.h>

#include "emu-applibs/device/internal.h"

static struct cert_blob blob_of(const char *text)
{
	return (struct cert_blob) { .bytes = (const uint8_t *)text, .length = strlen(text) };
}

int device_op_install_root(struct device *dev, const char *id, const char *cert_pem)
{
	return device_is_ready(dev) ? certstore_install_root(dev, id, blob_of(cert_pem)) : -EAGAIN;
}

int device_op_install_client(struct device *dev, const char *id, const char *cert_pem, const char *key_pem,
                             const char *password)
{
	if (!device_is_ready(dev))
		return -EAGAIN;
	return certstore_install_client(dev, id, blob_of(cert_pem), blob_of(key_pem), password);
}

int device_op_delete_certificate(struct device *dev, const char *id)
{
	return device_is_ready(dev) ? certstore_delete(dev, id) : -EAGAIN;
}

const char *device_op_explain_install(const struct device *dev, const char *cert_pem, const char *key_pem, const char *password)
{
	return certstore_explain(dev, blob_of(cert_pem), key_pem ? blob_of(key_pem) : (struct cert_blob) { .bytes = NULL }, password);
}

int device_damage_certificate(struct device *dev, const char *id)
{
	return certstore_damage(dev, id);
}

size_t device_get_certificate_count(const struct device *dev)
{
	return dev->store.count;
}

bool device_get_certificate(const struct device *dev, size_t index, struct device_certificate_info *ret)
{
	const struct certificate *certificate;

	if (index >= dev->store.count)
		return false;
	certificate = dev->store.entries[index].certificate;
	*ret = (struct device_certificate_info) {
		.id = dev->store.entries[index].id,
		.has_key = certificate->key_pem != NULL,
		.cert_pem = certificate->cert_pem,
		.not_before_s = certificate->not_before_s,
		.not_after_s = certificate->not_after_s,
		.subject = certificate->subject,
		.issuer = certificate->issuer,
	};
	return true;
}

size_t device_get_certificate_space(const struct device *dev)
{
	return certstore_available(dev);
}

const char *device_get_key_pem(const struct device *dev, const char *id)
{
	const struct certificate *certificate = certstore_find(&dev->store, id);

	return certificate ? certificate->key_pem : NULL;
}
