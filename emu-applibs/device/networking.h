/* The network interface as an application polls it, network time, and the device-authentication certificate.
 *
 * There is one interface, wlan0. Its address and the way to the internet come with the Wi-Fi connection: DHCP and the test for
 * reachability are not simulated. Sources: networking.h, storage.h, application.h and tlsutils of the Azure Sphere SDK.
 */
#ifndef DEVICE_NETWORKING_H
#define DEVICE_NETWORKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emu-applibs/wire/wire.h"

struct device;

/* networking.c: the clock is set soon after a connection, then daily; a server that cannot be reached is asked again after a
 * growing time. Figures are ours: nothing is documented. */
#define TIME_SYNC_AFTER_MS 2000u
#define TIME_SYNC_PERIOD_S (24u * 3600u)
#define TIME_SYNC_RETRY_FIRST_S 60u
#define TIME_SYNC_RETRY_MAX_S 3600u

struct network_time {
	bool synced;       /* since power-on */
	uint64_t due_ns;   /* TIME_NEVER: not connected, or switched off */
	unsigned retry_s;  /* the next wait after a failure */
};

void networking_power_on(struct device *dev);
/* A connection was made or ended. */
void networking_link_changed(struct device *dev, bool connected);
uint64_t networking_next_deadline(const struct device *dev);
void networking_run(struct device *dev);
/* A WIRE_NET_* or WIRE_TIMESYNC_* request; results and errnos as device_request(). */
int networking_request(struct device *dev, uint16_t op, struct wire_reader *in, struct wire_writer *out);

/* device_auth.c: Microsoft's service issues the certificate to a device on the internet, for 24 hours or 25 (reading
 * device-auth-life), and renews it; it is had anew after a boot. */
#define DEVICE_AUTH_LIFE_S (24u * 3600u)
#define DEVICE_AUTH_LIFE_LONG_S (25u * 3600u)

struct device_auth {
	char *cert_pem, *key_pem;  /* NULL: none; the key is secret */
	uint64_t expires_ns;       /* of the pair above */
	bool was_online;           /* since power-on */
	uint64_t online_until_ns;  /* end of the last connection; the present one has none yet */
};

void device_auth_link_changed(struct device *dev, bool connected);
void device_auth_wipe(struct device_auth *auth);
/* WIRE_DEVICE_AUTH_READY and WIRE_DEVICE_AUTH; the latter gives -EACCES without the capability, -EAGAIN while there is none. */
int device_auth_request(struct device *dev, uint16_t op, struct wire_reader *in, struct wire_writer *out);

/* storage.c: WIRE_STORAGE_*. *ret_fd: the descriptor of the mutable file (the caller closes), or -1. */
int storage_request(struct device *dev, uint16_t op, struct wire_reader *in, int *ret_fd);

#endif
