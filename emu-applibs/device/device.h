/* The simulated device: its OS behind the applibs API, what it keeps (flash) and what it forgets at power loss (RAM).
 *
 * A library without sockets, files or clock of its own: everything from outside comes in through the calls below and
 * goes out through struct device_host, so a unit test drives it directly. Single-threaded. Times: `mono` is virtual
 * monotonic nanoseconds, `wall` is seconds since 1970 on the DEVICE's clock (which may be wrong, and says so nowhere).
 */
#ifndef DEVICE_DEVICE_H
#define DEVICE_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emu-applibs/device/auth.h"
#include "emu-applibs/device/join.h"
#include "emu-applibs/device/readings.h"
#include "emu-applibs/wire/wire.h"

struct device;

#define DEVICE_ERROR_MAX 256 /* with NUL */

enum device_event_kind {
	DEVICE_EVENT_AUTH,         /* an authentication ended; network, verdict */
	DEVICE_EVENT_CONNECTED,    /* network */
	DEVICE_EVENT_DISCONNECTED, /* network; text = why */
	DEVICE_EVENT_TEMP_DISABLED, /* network; number = seconds */
	DEVICE_EVENT_FLASH,        /* text = what was written: "certstore", "wifi", "storage", "settings" */
	DEVICE_EVENT_STORE,        /* certificate store changed; text = "install ID", "delete ID", "move A -> B" */
	DEVICE_EVENT_WIFI,         /* Wi-Fi configuration changed; text = "add 1", "persist", "reload", ... */
	DEVICE_EVENT_TIME_SYNC,    /* the clock was set from the network; text = server */
	DEVICE_EVENT_UPDATE,       /* of a software update; text */
	DEVICE_EVENT_GPIO,         /* an output changed; text = "8 high" */
	DEVICE_EVENT_LOG,          /* the application's Log_Debug; text */
	DEVICE_EVENT_OTHER,        /* text */
};

struct device_event {
	enum device_event_kind kind;
	const char *network; /* config name or "#id"; NULL when none */
	const char *text;    /* NULL when none */
	int64_t number;
	const struct auth_verdict *verdict; /* DEVICE_EVENT_AUTH only */
};

/* What an application, or an update, may want of device and application. */
enum device_shut_down {
	DEVICE_REBOOT,
	DEVICE_POWER_DOWN,  /* for so many seconds */
	DEVICE_RESTART_APP, /* the application alone: it was updated */
};

/* An access point in range. */
struct device_access_point {
	const uint8_t *ssid; /* borrowed for the moment */
	size_t ssid_length;
	enum auth_security security;
	bool hidden; /* found only by those who ask for it by name */
	uint8_t bssid[AUTH_BSSID_LENGTH];
	int rssi_dbm;
};

/* What the OS needs of the world. All callbacks are synchronous; ctx is the caller's. None may call back into the device
 * except for the device_get_* queries. */
struct device_host {
	void *ctx;
	uint64_t (*mono_ns)(void *ctx);
	int64_t (*wall_s)(void *ctx);
	/* One fact for the timeline. Pointers are borrowed for the call. */
	void (*event)(void *ctx, const struct device_event *event);
	/* Authenticate now. Fills *ret_verdict and returns 0; or negative errno when the network backend itself is broken
	 * (the run is over then). Takes no virtual time: the supplicant adds the time that such an attempt takes. */
	int (*authenticate)(void *ctx, const struct auth_request *request, struct auth_verdict *ret_verdict);
	/* Does this access point remember the key of its last authentication with the device? NULL: none ever does. */
	bool (*knows_key)(void *ctx, const uint8_t bssid[AUTH_BSSID_LENGTH]);
	/* The three that follow are NULL unless the network has a supplicant of its own, which then chooses (join.h); that takes no virtual
	 * time either. join: 0, or negative errno as authenticate. */
	int (*join)(void *ctx, const struct join_request *request, struct join_result *ret_result);
	/* What is on the air right now; the names (ssid) are asked for. Number of rows, or negative errno as authenticate. */
	int (*scan)(void *ctx, const struct auth_request *names, size_t name_count, struct join_row rows[JOIN_ROWS_MAX]);
	/* The access point in use: BSSID, frequency, strength. 1; 0: there is none; negative errno as authenticate. */
	int (*signal)(void *ctx, struct join_row *ret_row);
	/* The access point number `index` (from 0) of those that the device hears right now; false: there are no more. */
	bool (*access_point)(void *ctx, size_t index, struct device_access_point *ret_ap);
	/* Set the device's wall clock from what this server (host name or address) says; called some time after a connection while time
	 * sync is on. Returns false when it does not answer: the next server is asked, or the same later. */
	bool (*time_sync)(void *ctx, const char *server);
	/* The time server that DHCP names (option 42), or NULL. NULL callback: none. */
	const char *(*dhcp_ntp)(void *ctx);
	/* Write the device's wall clock to the clock that runs on without power. 0; -EBUSY: it is in use; -ENOENT: there is none. */
	int (*rtc_write)(void *ctx);
	/* End the application (SIGTERM, a while later SIGKILL) and do this when it has ended. Called from a request or device_run(): begins
	 * when that has returned. seconds: of DEVICE_POWER_DOWN. */
	void (*shut_down)(void *ctx, enum device_shut_down what, unsigned seconds);
	/* A descriptor for the application, on which event_send's messages come, in place of one before. Negative errno. The caller owns it.
	 * event_close: no more will come. */
	int (*event_channel)(void *ctx);
	void (*event_send)(void *ctx, const void *message, size_t length);
	void (*event_close)(void *ctx);
	/* A device-authentication certificate as Microsoft's service issued it at issued_ns (of mono_ns; now, or not long ago) to a
	 * device on the internet, of `life_s` seconds from then: the same dates give the same bytes. On 0 the caller owns both PEM
	 * strings (free; wipe the key first). */
	int (*issue_device_auth)(void *ctx, uint64_t issued_ns, int64_t life_s, char **ret_cert_pem, char **ret_key_pem);
	/* A write to flash is about to happen. Returns false when the power goes at this very moment: the write does not
	 * happen, and the device is not asked anything more until device_power_on(). NULL: never. */
	bool (*flash_write)(void *ctx, const char *area);
	/* A descriptor, read-write at offset 0, of the app's mutable file of at most size_kb KiB; created when missing and
	 * `create`. Negative errno: -ENOENT when missing and not `create`. The caller owns the descriptor. */
	int (*mutable_file)(void *ctx, unsigned size_kb, bool create);
	/* Remove the mutable file; 0 or -ENOENT. */
	int (*mutable_file_delete)(void *ctx);
};

/* A powered-off device with empty flash and no application. seed: for the OS's own random waits. Never NULL. */
struct device *device_new(const struct device_host *host, const struct readings *readings, uint64_t seed);
/* From now on the device reads the documents so; it must not have asked before. */
void device_set_reading(struct device *device, enum reading_id id, unsigned choice);
/* NULL is fine. Wipes keys. */
void device_free(struct device *dev);

/* The application's manifest (JSON text). 0; or -EINVAL and what is wrong with it in error. */
int device_set_manifest(struct device *dev, const char *json, size_t length, char error[DEVICE_ERROR_MAX]);
/* CmdArgs of the manifest, NULL-terminated, owned by the device; never NULL. */
const char *const *device_manifest_cmd_args(const struct device *dev);
/* MutableStorage.SizeKB of the manifest; 0: not granted. */
unsigned device_manifest_mutable_kb(const struct device *dev);
/* Does the manifest's AllowedConnections name this host or address? */
bool device_manifest_allows_host(const struct device *dev, const char *host);
/* What a host that the manifest does not allow is like: FORBIDDEN_HOST_*. Asks the reading. */
unsigned device_forbidden_host(const struct device *dev);
/* Does the manifest grant the capability of that exact spelling (for example "SystemTime")? */
bool device_manifest_has(const struct device *dev, const char *capability);
/* Does AllowedTcpServerPorts, or AllowedUdpServerPorts, list the port? */
bool device_manifest_allows_port(const struct device *dev, bool tcp, unsigned port);
/* The first peripheral of the manifest that is still named by a hardware definition ("$SAMPLE_LED"); NULL: none. */
const char *device_manifest_unresolved(const struct device *dev);

/* Power. On: boot from flash: persisted Wi-Fi becomes the running one, certificates are read. Off and cut: RAM is gone;
 * flash stays. Both are no-ops in the state they lead to. After power_on the store and Wi-Fi answer EAGAIN for
 * ready_after_ns (0: ready at once). */
void device_power_on(struct device *dev, uint64_t ready_after_ns);
void device_power_off(struct device *dev);
bool device_is_on(const struct device *dev);
/* What becomes of writes to flash. Full: what needs more room gives ENOSPC (network settings: EFBIG). Broken: every write, and the
 * mutable file, gives EIO. */
enum device_flash { DEVICE_FLASH_GOOD, DEVICE_FLASH_FULL, DEVICE_FLASH_BROKEN };
/* SHA-256 of everything in flash but the application's file: equal digest, equal flash. */
void device_flash_digest(const struct device *dev, uint8_t ret[32]);
void device_set_flash(struct device *dev, enum device_flash flash);
/* Has the device an Ethernet interface? It has none until this is called; device must be off. */
void device_set_ethernet(struct device *dev, bool present);
/* The application's process has ended: its registrations are void. */
void device_app_gone(struct device *dev);
/* The bytes of this certificate go bad in flash. 0 or -ENOENT. */
int device_damage_certificate(struct device *dev, const char *id);
/* Everything in flash is erased (device must be off). */
void device_factory_reset(struct device *dev);

/* One request of the application: reads its fields from `in`, writes the reply's to `out`. Returns the result >= 0, or a
 * negative errno as the application is to see it (-EBADMSG when the request itself is malformed: the client lies).
 * *ret_fd: a descriptor to pass along (caller closes), or -1. */
int device_request(struct device *dev, uint16_t op, struct wire_reader *in, struct wire_writer *out, int *ret_fd);
/* While it is tried, a request for device authentication by reference changes nothing, but that device_auth_reference() says what it would
 * give. Others that change something must not be made then. */
void device_try(struct device *dev, bool on);
/* What the request did, for the timeline, as "id=RootCA2 bytes=611": never a secret. Overwritten by the next request. */
const char *device_last_summary(const struct device *dev);
/* The capability for want of which the last request was refused; NULL: for none. Static storage. */
const char *device_last_denied(const struct device *dev);

/* When the OS itself next has something to do (retry, temp-disable over, time sync), in mono ns; TIME_NEVER when nothing. */
uint64_t device_next_deadline(const struct device *dev);
/* Do everything that is due at mono_ns(). */
void device_run(struct device *dev);

/* The device-authentication certificate: whether the OS can have one issued at all (it can from the start; not where Microsoft's
 * service is out of reach), and that the next one is made anew, as another CA signs them now. */
void device_set_auth_service(struct device *dev, bool reachable);
void device_auth_renew(struct device *dev);

/* When a device-authentication certificate was issued (ns of mono_ns). */
struct device_auth_dates {
	bool exists;
	uint64_t issued_ns;
	uint64_t online_ns; /* its life began then: the device was last on the internet */
};
/* The certificate that the application's last WIRE_DEVICE_AUTH by reference stands for. False: there was none since the boot.
 * *ret_until_ns: it is valid so long at the least, under every reading. */
bool device_auth_reference(const struct device *dev, struct device_auth_dates *ret, uint64_t *ret_until_ns);
/* Its chain as PEM, to be freed by the caller; NULL: there is none, or it cannot be made. Asks the reading device-auth-life. */
char *device_auth_reference_pem(struct device *dev);

/* Things that happen to the link from outside. */
enum device_link_event {
	DEVICE_LINK_REAUTH,  /* the access point asks for a new authentication of a connected device */
	DEVICE_LINK_DEAUTH,  /* the access point ends the connection */
	DEVICE_LINK_LOST,    /* the access point is gone */
	DEVICE_LINK_VISIBLE, /* an access point (re)appeared, or RADIUS came back: worth a scan at the next opportunity */
};
void device_link(struct device *dev, enum device_link_event event);
/* The access point of the connection or of the attempt under way; zeros: one that nobody knows. False: there is neither. */
bool device_get_bssid(const struct device *dev, uint8_t ret_bssid[AUTH_BSSID_LENGTH]);

/* There is a software update for the device, or it asks in vain. It begins when the device is on the internet. */
enum device_update_kind { DEVICE_UPDATE_NONE, DEVICE_UPDATE_APP, DEVICE_UPDATE_OTHER_APP, DEVICE_UPDATE_OS };
struct device_update {
	enum device_update_kind kind;
	uint64_t download_ns;     /* how long it takes */
	uint64_t max_deferral_ns; /* in all */
};
void device_update(struct device *dev, const struct device_update *update);
/* From outside: the level of a pin while nobody drives it. 0; -ENODEV: no such pin. */
int device_op_gpio(struct device *dev, int pin, bool high);

/* Operator and factory access to the same store and configuration, without capability checks. identifiers and names are C
 * strings; PEM text. 0 or a result >= 0, or negative errno exactly as the API function of that name would give. */
int device_op_install_root(struct device *dev, const char *id, const char *cert_pem);
int device_op_install_client(struct device *dev, const char *id, const char *cert_pem, const char *key_pem,
                             const char *password);
int device_op_delete_certificate(struct device *dev, const char *id);
/* Why an installation gives -EINVAL, for a person: a static text; NULL: nothing is wrong with these. key_pem: NULL for a root. */
const char *device_op_explain_install(const struct device *dev, const char *cert_pem, const char *key_pem, const char *password);
struct device_network_setup {
	const char *config_name; /* NULL: none */
	const uint8_t *ssid;
	size_t ssid_length;
	const char *psk;       /* a WPA2 network with this key; secret. NULL: not one */
	bool open;             /* an open network. With neither, the network is EAP-TLS */
	bool targeted_scan;
	const char *identity;  /* NULL: none */
	const char *root_id;   /* NULL: server not authenticated */
	const char *client_id; /* NULL: none */
	bool enabled;
};
/* Adds a network and persists the configuration. Returns its network id. */
int device_op_add_network(struct device *dev, const struct device_network_setup *setup);
int device_op_set_enabled(struct device *dev, const char *config_name, bool enabled); /* persists */
int device_op_forget_network(struct device *dev, const char *config_name);            /* persists */
/* The same by the network's id. */
int device_op_set_enabled_id(struct device *dev, int id, bool enabled);
int device_op_forget_network_id(struct device *dev, int id);
int device_op_reload(struct device *dev);
/* Scans now: rows found, of which at most `max` go to `rows`. */
struct device_scan_row {
	uint8_t ssid[32];
	size_t ssid_length;
	uint8_t bssid[6];
	uint8_t security; /* WifiConfig_Security_Type */
	unsigned frequency_mhz;
	int rssi_dbm;
};
int device_op_scan(struct device *dev, struct device_scan_row *rows, size_t max);

/* Queries for expectations and oracles: the truth, whatever the manifest says; they change nothing. */
struct device_certificate_info {
	const char *id;
	bool has_key;
	const char *cert_pem;
	int64_t not_before_s, not_after_s; /* since 1970 */
	const char *subject, *issuer;
};
size_t device_get_certificate_space(const struct device *dev); /* bytes free */
size_t device_get_certificate_count(const struct device *dev);
bool device_get_certificate(const struct device *dev, size_t index, struct device_certificate_info *ret);
/* The private key of a stored client certificate, unencrypted PEM, owned by the device; NULL: none. Secret. */
const char *device_get_key_pem(const struct device *dev, const char *id);

struct device_network_info {
	int id;
	const char *config_name; /* "" when unset */
	const uint8_t *ssid;
	size_t ssid_length;
	uint8_t security; /* WifiConfig_Security_Type */
	bool targeted_scan;
	bool enabled;
	bool tried; /* it was tried, or was connected, since it got its settings */
	bool temp_disabled;
	bool connected;
	const char *root_id, *client_id, *identity; /* "" when unset */
	bool has_diagnostics;
	int error, cert_error, cert_depth;
	int64_t diagnostics_wall_s;
	const char *cert_subject;
};
size_t device_get_network_count(const struct device *dev);           /* of the running configuration */
bool device_get_network(const struct device *dev, size_t index, struct device_network_info *ret);
size_t device_get_persisted_network_count(const struct device *dev); /* of the saved configuration */
bool device_get_persisted_network(const struct device *dev, size_t index, struct device_network_info *ret);
struct device_interface {
	const char *name;
	bool up, running;       /* switched on; with a link */
	uint8_t hardware[6];
	uint32_t address, mask, gateway; /* IPv4, the first byte is the highest; 0: none, or DHCP gave it */
	bool dhcp;              /* it has one that DHCP gave it */
};
size_t device_get_interface_count(const struct device *dev); /* without lo */
bool device_get_interface(const struct device *dev, size_t index, struct device_interface *ret);
/* What wpa_supplicant calls the state of the interface: "COMPLETED", "SCANNING", ... */
const char *device_get_wpa_state(const struct device *dev);
/* Network id of the connection, or -1. */
int device_get_connected(const struct device *dev);
/* Connected, with an address; and with a name server. */
bool device_has_address(const struct device *dev);
bool device_resolves_names(const struct device *dev);
/* The level of a pin; false for one that is none. *ret_output (may be NULL): the application drives it. */
bool device_get_gpio(const struct device *dev, int pin, bool *ret_output);
/* The certificates, as PEM, with which the present connection was made (the supplicant's copies); NULL when not connected
 * or none. */
const char *device_get_connected_client_pem(const struct device *dev);
const char *device_get_connected_root_pem(const struct device *dev);

#endif
