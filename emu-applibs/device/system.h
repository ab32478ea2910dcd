/* What the OS offers an application beside certificates and networks: power, the clock that runs on, system events, pins, and what is
 * known of applications.
 *
 * Sources: powermanagement.h, rtc.h, sysevent.h, gpio.h, application.h, applications.h of the Azure Sphere SDK. All requests: results and
 * errnos as device_request().
 */
#ifndef DEVICE_SYSTEM_H
#define DEVICE_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emu-applibs/device/device.h"

/* power.c: WIRE_POWER_*, WIRE_RTC_WRITE. */
#define POWER_PROFILE_HIGH 2u /* after every boot [powermanagement.h] */
int power_request(struct device *dev, uint16_t op, struct wire_reader *in);

/* sysevent.c: software updates. ------------------------------------------------------------------------------------------
 *
 *     waiting for the internet -> downloading -> pending --10 s--> installed
 *                                                 |  ^
 *                                         defer   v  | its time is up
 *                                               deferred --resumed, or no deferral left--> final --10 s--> installed
 *
 * Who is not registered is not asked: the update is installed when it has been downloaded. Without power an update is offered anew. */
#define SYSEVENT_WARNING_S 10u /* "A 10 second warning" [sysevent.h] */

enum sysevent_state {
	SYSEVENT_IDLE,
	SYSEVENT_WAITING,     /* for the internet */
	SYSEVENT_DOWNLOADING, /* until the deadline; here and below */
	SYSEVENT_PENDING,
	SYSEVENT_DEFERRED,
	SYSEVENT_FINAL,
	SYSEVENT_INSTALLING,  /* the host does it */
};

struct sysevent {
	/* Flash: an update that is not installed yet. */
	bool offered;
	struct device_update update;
	/* RAM. */
	enum sysevent_state state;
	uint64_t deadline_ns;    /* TIME_NEVER: the OS does nothing by itself */
	uint64_t last_chance_ns; /* no deferral reaches beyond; set when it is pending for the first time */
	uint32_t registered;     /* bits of the application's registration; 0: none */
};

/* Boot: an update that was offered is offered again. */
void sysevent_power_on(struct device *dev);
void sysevent_power_loss(struct device *dev);
void sysevent_link_changed(struct device *dev, bool connected);
/* The application that was registered has ended. */
void sysevent_app_gone(struct device *dev);
uint64_t sysevent_next_deadline(const struct device *dev);
void sysevent_run(struct device *dev);
/* WIRE_SYSEVENT_*. *ret_fd: the descriptor of a registration (the caller closes), or -1. */
int sysevent_request(struct device *dev, uint16_t op, struct wire_reader *in, int *ret_fd);

/* gpio.c: WIRE_GPIO_*. --------------------------------------------------------------------------------------------------- */
#define GPIO_PIN_MAX 80 /* MT3620: GPIO0 to GPIO80 */
#define GPIO_PIN_COUNT (GPIO_PIN_MAX + 1)

enum gpio_use { GPIO_UNUSED, GPIO_INPUT, GPIO_PUSH_PULL, GPIO_OPEN_DRAIN, GPIO_OPEN_SOURCE };

struct gpio_pin {
	enum gpio_use use; /* RAM; the OS does not reset it when an application ends */
	bool value;        /* of an output; RAM */
	bool driven_low;   /* from outside; the world's */
};

void gpio_power_loss(struct device *dev);
int gpio_request(struct device *dev, uint16_t op, struct wire_reader *in);

/* applications.c: WIRE_APPLICATION*, and the opening of peripherals that are not simulated (WIRE_I2C_OPEN and so on). ------ */
#define DEVICE_OS_VERSION "24.06" /* the last release whose texts we know */
int applications_request(struct device *dev, uint16_t op, struct wire_reader *in, struct wire_writer *out);
int peripherals_request(struct device *dev, uint16_t op, struct wire_reader *in);

#endif
