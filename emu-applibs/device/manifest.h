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

/* Capabilities that list texts. */
enum manifest_list {
	MANIFEST_HOSTS,           /* AllowedConnections */
	MANIFEST_APPLICATIONS,    /* AllowedApplicationConnections: component ids */
	MANIFEST_POWER_CONTROLS,  /* PowerControls: ForceReboot, ForcePowerDown, SetPowerProfile */
	MANIFEST_TCP_PORTS,       /* AllowedTcpServerPorts, as decimal text */
	MANIFEST_UDP_PORTS,
	MANIFEST_GPIO,            /* pins; here and below: numbers as decimal text, names as they stand */
	MANIFEST_I2C,
	MANIFEST_SPI,
	MANIFEST_UART,
	MANIFEST_ADC,
	MANIFEST_PWM,
};
#define MANIFEST_LIST_COUNT ((size_t)MANIFEST_PWM + 1)

/* A zeroed manifest grants nothing. */
struct manifest {
	const char *granted[MANIFEST_CAPABILITIES_MAX]; /* static names */
	size_t granted_count;
	unsigned mutable_kb;
	bool mutable_listed;               /* MutableStorage stands there, if only with SizeKB 0 */
	char **cmd_args;                   /* NULL-terminated; NULL: none */
	char **lists[MANIFEST_LIST_COUNT]; /* each NULL-terminated; NULL: none */
};

/* both_spellings: EnterpriseWiFiConfig is EnterpriseWifiConfig (reading capability-spelling). 0 and *ret (manifest_clear); or
 * -EINVAL, -ENOMEM and what is wrong in error (capacity bytes, with NUL). */
int manifest_parse(const char *json, size_t length, bool both_spellings, struct manifest *ret, char *error, size_t capacity);
void manifest_clear(struct manifest *manifest);
bool manifest_grants(const struct manifest *manifest, const char *capability);
/* Does the list hold this text? Letter case counts but for hosts and component ids. */
bool manifest_lists(const struct manifest *manifest, enum manifest_list list, const char *text);
/* "25025d2c-66da-4448-bae1-ac26fcdd3627" */
bool manifest_is_guid(const char *text);
/* The first peripheral that is named by a hardware definition ("$SAMPLE_LED"), which the image package that is deployed would have as a
 * number or name of the chip; NULL: none is. Borrowed. */
const char *manifest_unresolved(const struct manifest *manifest);

#endif
