/* What the OS knows of applications, and the peripherals that are not simulated. See system.h. */
#include <errno.h>

#include "emu-applibs/device/internal.h"

#define GUID_LENGTH 36
#define MEMORY_ATTRIBUTE_MAX 2 /* z__Application_MemoryAttribute [applications_internal.h] */

static int get_memory(struct device *dev, struct wire_reader *in)
{
	uint32_t attribute = wire_get_u32(in);

	if (!wire_reader_done(in) || attribute > MEMORY_ATTRIBUTE_MAX)
		return -EBADMSG;
	return device_is_ready(dev) ? 0 : -EAGAIN;
}

static int get_version(struct wire_reader *in, struct wire_writer *out)
{
	if (!wire_reader_done(in))
		return -EBADMSG;
	wire_put_str(out, DEVICE_OS_VERSION);
	return 0;
}

/* There is no other application to talk to. */
static int connect_application(struct device *dev, struct wire_reader *in)
{
	size_t length;
	const uint8_t *bytes = wire_get_bytes(in, &length);
	char id[GUID_LENGTH + 1] = "", shown[GUID_LENGTH + 8];

	if (!wire_reader_done(in))
		return -EBADMSG;
	device_summary(dev, "component=%s", wifi_printable(bytes, length, shown, sizeof(shown)));
	if (length == GUID_LENGTH)
		memcpy(id, bytes, length);
	if (!manifest_is_guid(id))
		return -EINVAL;
	return manifest_lists(&dev->manifest, MANIFEST_APPLICATIONS, id) ? -ENODEV : -EACCES;
}

int applications_request(struct device *dev, uint16_t op, struct wire_reader *in, struct wire_writer *out)
{
	switch (op) {
	case WIRE_APPLICATION_CONNECT:
		return connect_application(dev, in);
	case WIRE_APPLICATIONS_MEMORY:
		return get_memory(dev, in);
	default:
		return get_version(in, out);
	}
}

/* ---- Peripherals ----------------------------------------------------------------------------------------------------- */

/* The names of the MT3620's peripherals in a manifest, and the numbers that programs open them by. */
static const struct peripheral {
	uint16_t op;
	enum manifest_list list;
	const char *prefix;
	int32_t first; /* number of PREFIX0 */
} peripherals[] = {
	{ WIRE_I2C_OPEN, MANIFEST_I2C, "ISU", 0 },
	{ WIRE_SPI_OPEN, MANIFEST_SPI, "ISU", 0 },
	{ WIRE_UART_OPEN, MANIFEST_UART, "ISU", 4 },
	{ WIRE_ADC_OPEN, MANIFEST_ADC, "ADC-CONTROLLER-", 0 },
	{ WIRE_PWM_OPEN, MANIFEST_PWM, "PWM-CONTROLLER-", 0 },
};

int peripherals_request(struct device *dev, uint16_t op, struct wire_reader *in)
{
	int32_t id = wire_get_i32(in);
	char name[32], number[16];

	if (!wire_reader_done(in))
		return -EBADMSG;
	device_summary(dev, "id=%d", id);
	for (size_t i = 0; i < ARRAY_LEN(peripherals); i++) {
		const struct peripheral *p = &peripherals[i];

		if (p->op != op || id < p->first)
			continue;
		(void) snprintf(name, sizeof(name), "%s%d", p->prefix, id - p->first);
		(void) snprintf(number, sizeof(number), "%d", id);
		if (manifest_lists(&dev->manifest, p->list, name) || manifest_lists(&dev->manifest, p->list, number))
			return -ENODEV;
	}
	return -EACCES;
}
