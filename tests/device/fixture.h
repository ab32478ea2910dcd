/* A device whose host does what the test says: clock, flash, network, time server, files.
 *
 * Requests go through device_request() with exactly as many bytes as the message has, so that a sanitizer sees a read behind it.
 */
#ifndef TESTS_DEVICE_FIXTURE_H
#define TESTS_DEVICE_FIXTURE_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "certs/pki.h"
#include "emu-applibs/base/base.h"
#include "emu-applibs/device/device.h"

#define WALL_2026 INT64_C(1767225600) /* 2026-01-01, the device's clock at 0 ns */
#define DAY_S INT64_C(86400)
#define EVENTS_MAX 512
#define EVERY_CAPABILITY                                                                                       \
	"\"WifiConfig\": true, \"EnterpriseWifiConfig\": true, \"CertStore\": true, \"NetworkConfig\": true, " \
	"\"TimeSyncConfig\": true, \"MutableStorage\": {\"SizeKB\": 8}, "                                      \
	"\"HardwareAddressConfig\": true, \"DhcpService\": true, \"SntpService\": true, \"SystemTime\": true, "  \
	"\"SystemEventNotifications\": true, \"SoftwareUpdateDeferral\": true, "                               \
	"\"PowerControls\": [\"ForceReboot\", \"ForcePowerDown\", \"SetPowerProfile\"], "                       \
	"\"Gpio\": [0, 8, 12, 81], \"Uart\": [\"ISU0\"], \"I2cMaster\": [\"ISU2\"], \"SpiMaster\": [\"ISU1\"], " \
	"\"Adc\": [\"ADC-CONTROLLER-0\"], \"Pwm\": [\"PWM-CONTROLLER-2\"], "                                  \
	"\"AllowedApplicationConnections\": [\"01234567-89ab-cdef-0123-456789abcdef\"], "                      \
	"\"DeviceAuthentication\": \"00000000-0000-0000-0000-000000000000\""

struct seen_event {
	enum device_event_kind kind;
	char text[96];
};

struct world {
	struct device *dev;
	uint64_t now_ns;
	bool time_server; /* answers */
	const char *only_server; /* if set, no other does */
	const char *dhcp_ntp;    /* that DHCP names; NULL: none */
	unsigned time_asked;
	char asked[256];         /* the last server */
	int64_t wall_step_s;     /* of the device's clock, since its start */
	int64_t time_error_s;    /* what the next answer puts right */
	int rtc;                 /* what writing it gives */
	unsigned rtc_writes, shut_downs;
	enum device_shut_down shut_down; /* the last */
	unsigned shut_down_s;
	int event_fd; /* our end of the application's system events, or -1 */
	struct wire_sysevent sysevents[32];
	size_t sysevent_count;
	int writes_left; /* flash writes until the power goes; negative: it stays */
	int file;        /* memory file, or -1 */
	unsigned file_kb;
	unsigned issued; /* device-authentication certificates */
	uint64_t issued_ns;
	int64_t issued_life_s;
	struct readings_asked readings_asked;
	struct seen_event events[EVENTS_MAX];
	size_t event_count;
	uint8_t reply[WIRE_MAX_PAYLOAD]; /* of the last request */
	struct wire_reader out;
	int reply_fd; /* of the last request, or -1; the world closes it */
	uint8_t request[WIRE_MAX_PAYLOAD];
	struct wire_writer in; /* the next request; call() sends it and starts anew */
};

/* Group fixtures: make the certificates once. Two roots; clients 0 and 1 with P-256 keys, 2 with RSA 2048. */
int make_certificates(void **state);
int free_certificates(void **state);
const struct pki_cert *root(unsigned n);
const struct pki_cert *client(unsigned n);
/* The key of a client; static storage, until the next call. */
const char *key_of(unsigned n, enum pki_key_format format, const char *password);

/* Test fixtures: a powered-on, ready device with all capabilities and nothing in flash. */
int make_world(void **state);
int free_world(void **state);
/* Anew, with one reading changed ("NAME=CHOICE", NULL: none) and these capabilities (JSON members; NULL: every). */
struct world *world_anew(void **state, const char *reading, const char *capabilities);

void advance_s(struct world *w, uint64_t s);
void reboot(struct world *w);
/* A network of client 0 and root 0 that connects. */
void connect_network(struct world *w);

/* Sends what was put into w->in. What device_request() returns. */
int call(struct world *w, uint16_t op);
int call_bytes(struct world *w, uint16_t op, const void *fields, size_t length);
int install_root(struct world *w, const char *id, const char *cert);
int install_client(struct world *w, const char *id, const char *cert, const char *key, const char *password);
int delete_id(struct world *w, const char *id);
int move_id(struct world *w, const char *source, const char *destination);
int space(struct world *w);
int count(struct world *w);
/* The identifiers in their order, with a space after each. Static storage. */
const char *identifiers(struct world *w);
/* The certificate under an id, as the oracle sees it. */
bool certificate_of(struct world *w, const char *id, struct device_certificate_info *ret);

size_t count_events(struct world *w, enum device_event_kind kind);
/* Text of the last event of a kind; "" when there was none. */
const char *last_text(struct world *w, enum device_event_kind kind);

#endif
