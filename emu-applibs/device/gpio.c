/* Pins. See system.h. What an application has open, only its library knows (client/gpio.c). */
#include <errno.h>

#include "emu-applibs/device/internal.h"

static struct gpio_pin *pin_at(struct device *dev, int32_t id)
{
	return id >= 0 && id <= GPIO_PIN_MAX ? &dev->gpio[id] : NULL;
}

/* Nobody drives it: high, as a board's buttons pull low (ours). */
static bool level_of(const struct gpio_pin *pin)
{
	bool outside = !pin->driven_low;

	switch (pin->use) {
	case GPIO_PUSH_PULL:
		return pin->value;
	case GPIO_OPEN_DRAIN:
		return pin->value && outside;
	case GPIO_OPEN_SOURCE:
		return pin->value || outside;
	default:
		return outside;
	}
}

bool device_get_gpio(const struct device *dev, int pin, bool *ret_output)
{
	const struct gpio_pin *p = pin >= 0 && pin <= GPIO_PIN_MAX ? &dev->gpio[pin] : NULL;

	if (ret_output)
		*ret_output = p && p->use > GPIO_INPUT;
	return p && level_of(p);
}

int device_op_gpio(struct device *dev, int pin, bool high)
{
	struct gpio_pin *p = pin_at(dev, pin);

	if (!p)
		return -ENODEV;
	p->driven_low = !high;
	return 0;
}

void gpio_power_loss(struct device *dev)
{
	for (size_t i = 0; i < GPIO_PIN_COUNT; i++)
		dev->gpio[i] = (struct gpio_pin) { .driven_low = dev->gpio[i].driven_low };
}

/* An output takes a value; the timeline gets what others see change. */
static void drive(struct device *dev, int32_t id, enum gpio_use use, bool value)
{
	struct gpio_pin *pin = &dev->gpio[id];
	bool was_output = pin->use > GPIO_INPUT, before = pin->value;
	char text[32];
	struct device_event event = { .kind = DEVICE_EVENT_GPIO, .text = text };

	pin->use = use;
	pin->value = value;
	if (was_output && before == value)
		return;
	(void) snprintf(text, sizeof(text), "%d %s", id, value ? "high" : "low");
	device_emit(dev, &event);
}

/* Is the pin in the manifest? */
static bool may_use(const struct device *dev, int32_t id)
{
	char text[16];

	(void) snprintf(text, sizeof(text), "%d", id);
	return manifest_lists(&dev->manifest, MANIFEST_GPIO, text);
}

static int open_input(struct device *dev, struct wire_reader *in)
{
	int32_t id = wire_get_i32(in);
	uint8_t busy = wire_get_u8(in);

	if (!wire_reader_done(in) || busy > 1)
		return -EBADMSG;
	device_summary(dev, "pin=%d", id);
	if (!may_use(dev, id))
		return -EACCES;
	if (!pin_at(dev, id))
		return -ENODEV;
	if (busy)
		return -EBUSY;
	pin_at(dev, id)->use = GPIO_INPUT;
	return 0;
}

static int open_output(struct device *dev, struct wire_reader *in)
{
	static const enum gpio_use modes[] = { GPIO_PUSH_PULL, GPIO_OPEN_DRAIN, GPIO_OPEN_SOURCE };
	int32_t id = wire_get_i32(in);
	uint8_t busy = wire_get_u8(in), mode = wire_get_u8(in), value = wire_get_u8(in);

	if (!wire_reader_done(in) || busy > 1)
		return -EBADMSG;
	device_summary(dev, "pin=%d mode=%u value=%u", id, mode, value);
	if (!may_use(dev, id))
		return -EACCES;
	if (busy)
		return -EBUSY;
	if (!pin_at(dev, id))
		return -ENODEV;
	if (mode >= ARRAY_LEN(modes) || value > 1)
		return -EINVAL;
	drive(dev, id, modes[mode], value != 0);
	return 0;
}

static int get(struct device *dev, struct wire_reader *in)
{
	int32_t id = wire_get_i32(in);
	const struct gpio_pin *pin = pin_at(dev, id);

	if (!wire_reader_done(in))
		return -EBADMSG;
	device_summary(dev, "pin=%d", id);
	return !pin || pin->use == GPIO_UNUSED ? -EBADF : level_of(pin);
}

static int set(struct device *dev, struct wire_reader *in)
{
	int32_t id = wire_get_i32(in);
	uint8_t value = wire_get_u8(in);
	const struct gpio_pin *pin = pin_at(dev, id);

	if (!wire_reader_done(in))
		return -EBADMSG;
	device_summary(dev, "pin=%d value=%u", id, value);
	if (value > 1)
		return -EINVAL;
	if (!pin || pin->use == GPIO_UNUSED)
		return -EBADF;
	if (pin->use != GPIO_INPUT)
		drive(dev, id, pin->use, value != 0);
	return 0;
}

int gpio_request(struct device *dev, uint16_t op, struct wire_reader *in)
{
	switch (op) {
	case WIRE_GPIO_OPEN_INPUT:
		return open_input(dev, in);
	case WIRE_GPIO_OPEN_OUTPUT:
		return open_output(dev, in);
	case WIRE_GPIO_GET:
		return get(dev, in);
	default:
		return set(dev, in);
	}
}
