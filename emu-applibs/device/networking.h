/* The network interfaces, their addresses, network time, the proxy, and the device-authentication certificate and mutable file.
 *
 * There is wlan0, and eth0 on a device that has it. The address of wlan0 and the way to the internet come with the Wi-Fi connection; eth0
 * has no cable. IP itself is not simulated: a configuration is kept, and decides whether there is an address and whether names can be
 * resolved. Sources: networking.h, storage.h, application.h and tlsutils of the Azure Sphere SDK.
 */
#ifndef DEVICE_NETWORKING_H
#define DEVICE_NETWORKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emu-applibs/device/device.h"
#include "emu-applibs/wire/wire.h"

struct device;

#define NET_NAME_MAX 15 /* IF_NAMESIZE - 1 */
#define NET_ADDRESS_LENGTH 6
#define NET_SERVERS_MAX 3
#define NET_HOST_MAX 255 /* of a host name, without NUL */

enum net_interface { NET_WLAN, NET_ETH };
#define NET_INTERFACE_COUNT ((size_t)NET_ETH + 1)

/* IPv4 addresses are numbers: the first byte is the highest. */
struct ip_settings {
	bool is_static, custom_dns;
	uint32_t address, mask, gateway; /* when static */
	uint32_t dns[NET_SERVERS_MAX];
	uint8_t dns_count;
};

struct dhcp_server {
	uint8_t count; /* addresses; 0: no server */
	uint32_t first, mask, gateway, hours;
	uint32_t ntp[NET_SERVERS_MAX];
	uint8_t ntp_count;
};

enum ntp_mode { NTP_MODE_DEFAULT, NTP_MODE_AUTOMATIC, NTP_MODE_CUSTOM };
struct ntp_settings {
	enum ntp_mode mode;
	bool fallback; /* Microsoft's server is asked last; always in NTP_MODE_DEFAULT */
	char primary[NET_HOST_MAX + 1], secondary[NET_HOST_MAX + 1]; /* of NTP_MODE_CUSTOM; secondary "": none */
};

/* Of Networking_ProxyConfig. */
#define PROXY_USER_MAX 63
struct proxy_settings {
	bool configured;
	uint32_t options;
	int8_t type, authentication;
	uint16_t port;
	char address[NET_HOST_MAX + 1], no_proxy[NET_HOST_MAX + 1];
	char user[PROXY_USER_MAX + 1];
	char password[PROXY_USER_MAX + 1]; /* secret */
};

/* What is kept in flash, beside device.wifi_enabled and device.time_sync_enabled. */
struct net_settings {
	bool eth_enabled;
	uint8_t eth_address[NET_ADDRESS_LENGTH];
	struct ip_settings ip[NET_INTERFACE_COUNT];
	struct dhcp_server dhcp[NET_INTERFACE_COUNT];
	struct ntp_settings ntp;
	struct proxy_settings proxy;
};

/* networking.c: the interfaces. ---------------------------------------------------------------------------------------- */

/* As the factory made it. */
void networking_factory(struct net_settings *settings);
void networking_power_on(struct device *dev);
void networking_power_loss(struct device *dev);
/* A connection was made or ended. */
void networking_link_changed(struct device *dev, bool connected);
/* Connected, with an address. */
bool networking_has_address(const struct device *dev);
/* Online, with a name server. */
bool networking_resolves_names(const struct device *dev);
/* A WIRE_NET_* or WIRE_TIMESYNC_* request; results and errnos as device_request(). */
int networking_request(struct device *dev, uint16_t op, struct wire_reader *in, struct wire_writer *out);
/* Which interface has this name? 0 and *ret; -ENOENT: none; -EPERM: it is there, but not for applications. */
int networking_find(const struct device *dev, const uint8_t *name, size_t length, enum net_interface *ret);
/* "name=NAME" of any bytes, for a summary. Returns buffer. */
const char *networking_shown(const uint8_t *name, size_t length, char *buffer, size_t capacity);
/* Is there room for more settings? 0, or -EFBIG [networking.h]; then the flash write as device_flash_commit(). */
int networking_commit(struct device *dev);

/* network_ip.c: addresses, and the servers of a private network. ------------------------------------------------------- */

/* WIRE_NET_IP_*, WIRE_SNTP_SERVER_START, WIRE_DHCP_SERVER_START. */
int network_ip_request(struct device *dev, uint16_t op, struct wire_reader *in);

/* network_time.c: the clock is set soon after a connection, then daily; servers that cannot be reached are asked again after a growing
 * time. Figures are ours: nothing is documented. ------------------------------------------------------------------------ */
#define TIME_SYNC_AFTER_MS 2000u
#define TIME_SYNC_PERIOD_S (24u * 3600u)
#define TIME_SYNC_RETRY_FIRST_S 60u
#define TIME_SYNC_RETRY_MAX_S 3600u
#define NTP_DEFAULT_SERVER "prod.time.sphere.azure.net" /* "Azure Sphere OS networking requirements" on Microsoft Learn */

struct network_time {
	bool synced;       /* since power-on */
	uint64_t due_ns;   /* TIME_NEVER: not connected, or switched off */
	unsigned retry_s;  /* the next wait after a failure */
	char server[NET_HOST_MAX + 1]; /* that set the clock last */
	int64_t before_s, after_s;     /* the clock then, s since 1970 */
};

void network_time_power_on(struct device *dev);
/* There is an address now, or none any more. */
void network_time_link_changed(struct device *dev, bool connected);
uint64_t network_time_next_deadline(const struct device *dev);
void network_time_run(struct device *dev);
/* WIRE_TIMESYNC_*, WIRE_NTP_*. */
int network_time_request(struct device *dev, uint16_t op, struct wire_reader *in, struct wire_writer *out);

/* network_proxy.c: WIRE_PROXY_*. */
int network_proxy_request(struct device *dev, uint16_t op, struct wire_reader *in, struct wire_writer *out);

/* device_auth.c: Microsoft's service issues the certificate to a device on the internet, for 24 hours or 25 (reading
 * device-auth-life), and renews it; it is had anew after a boot. */
#define DEVICE_AUTH_LIFE_S (24u * 3600u)
#define DEVICE_AUTH_LIFE_LONG_S (25u * 3600u)

struct device_auth {
	struct device_auth_dates held;       /* what the OS has */
	char *cert_pem, *key_pem;            /* of it, once somebody wanted to see it; else NULL; the key is secret */
	struct device_auth_dates referenced; /* what a reference stands for */
	struct device_auth_dates tried;      /* what it would stand for after the request that is tried */
	bool tries;
	bool was_online;                     /* since power-on */
	uint64_t online_until_ns;            /* end of the last connection; the present one has none yet */
};

void device_auth_link_changed(struct device *dev, bool connected);
void device_auth_wipe(struct device_auth *auth);
/* WIRE_DEVICE_AUTH_READY and WIRE_DEVICE_AUTH, with its field or without; the latter gives -EACCES without the capability, -EAGAIN while there is none. */
int device_auth_request(struct device *dev, uint16_t op, struct wire_reader *in, struct wire_writer *out);

/* storage.c: WIRE_STORAGE_*. *ret_fd: the descriptor of the mutable file (the caller closes), or -1. */
int storage_request(struct device *dev, uint16_t op, struct wire_reader *in, int *ret_fd);

#endif
