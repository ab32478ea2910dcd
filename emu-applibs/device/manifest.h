/* What the application may do: the capabilities of its app_manifest.json.
 *
 * Source: "Application manifest" on Microsoft Learn. Unknown keys and values of a wrong type are errors, as a manifest with a
 * misspelled capability would be refused when the application is deployed. Leaves to others: enforcing it.
 */
#ifndef DEVICE_MANIFEST_H
#define DEVICE_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>

#define MANIFEST_CAPABILITIES_MAX 32
#define MANIFEST_MUTABLE_KB_MAX 64

/* A zeroed manifest grants nothing. */
struct manifest {
	const char *granted[MANIFEST_CAPABILITIES_MAX]; /* static names */
	size_t granted_count;
	unsigned mutable_kb;
	bool mutable_listed; /* MutableStorage stands there, if only with SizeKB 0 */
	char **cmd_args; /* NULL-terminated; NULL: none */
	char **hosts;    /* AllowedConnections, NULL-terminated; NULL: none */
};

/* both_spellings: EnterpriseWiFiConfig is EnterpriseWifiConfig (reading capability-spelling). 0 and *ret (manifest_clear); or
 * -EINVAL, -ENOMEM and what is wrong in error (capacity bytes, with NUL). */
int manifest_parse(const char *json, size_t length, bool both_spellings, struct manifest *ret, char *error, size_t capacity);
void manifest_clear(struct manifest *manifest);
bool manifest_grants(const struct manifest *manifest, const char *capability);

#endif
