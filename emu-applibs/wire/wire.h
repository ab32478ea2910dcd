/* The messages between an application's libapplibs.so.0 and the simulated device OS: one definition for both sides.
 *
 * Transport: AF_UNIX, SOCK_SEQPACKET, path in the environment variable AZSIM_SOCKET; one request, one reply.
 * Everything is little-endian and of fixed width, so a 32-bit ARM application and an x86-64 simulator agree.
 * A message is a struct wire_header and `length` bytes of fields, written and read one after the other with the
 * cursors below. A descriptor (wire_op_brings_fd; WIRE_HTTP_REQUEST may) travels beside its reply as SCM_RIGHTS.
 *
 * Leaves to others: sockets (client/transport.c, sim), meaning (device/), virtual time (wire/vtime_proto.h).
 */
#ifndef WIRE_WIRE_H
#define WIRE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WIRE_ENV_SOCKET "AZSIM_SOCKET"   /* path of the simulator's socket */
#define WIRE_ENV_APPROOT "AZSIM_APPROOT" /* folder of the image package: app_manifest.json, bin/, resources */
#define WIRE_MAGIC 0x5a41u               /* "AZ" on the wire */
#define WIRE_VERSION 1u
#define WIRE_MAX_PAYLOAD 32768u /* bytes after the header, either direction */

struct wire_header {
	uint16_t magic;   /* WIRE_MAGIC */
	uint16_t op;      /* enum wire_op; the reply repeats it */
	uint32_t seq;     /* request number, from 1; the reply repeats it */
	int32_t result;   /* reply: >= 0 the function's result, < 0 negative WIRE_E code; request: 0 */
	uint32_t length;  /* bytes that follow, <= WIRE_MAX_PAYLOAD */
};
_Static_assert(sizeof(struct wire_header) == 16, "wire header is 16 bytes on every ABI");

/* Every request the library can make. Columns: op, number, name as the timeline shows it.
 * Fields: "in:" what the request carries, "out:" what the reply carries after a result >= 0.
 * str and bytes = u32 length, then the bytes, no NUL. Identifiers and names are sent with at most their documented
 * maximum + 1 bytes, so that the device can tell "too long". */
#define WIRE_OPS(X)                                                                                               \
	/* in: u32 WIRE_VERSION, u32 pid */                                                                       \
	X(HELLO, 1, "hello")                                                                                      \
	/* in: str id, bytes cert, bytes key, u8 has_password, bytes password */                                  \
	X(CERTSTORE_INSTALL_CLIENT, 10, "CertStore_InstallClientCertificate")                                     \
	/* in: str id, bytes cert */                                                                              \
	X(CERTSTORE_INSTALL_ROOT, 11, "CertStore_InstallRootCACertificate")                                       \
	/* in: str id */                                                                                          \
	X(CERTSTORE_DELETE, 12, "CertStore_DeleteCertificate")                                                    \
	/* in: -; result: count */                                                                                \
	X(CERTSTORE_COUNT, 13, "CertStore_GetCertificateCount")                                                   \
	/* in: u64 index; out: str id */                                                                          \
	X(CERTSTORE_ID_AT, 14, "CertStore_GetCertificateIdentifierAt")                                            \
	/* in: -; result: bytes */                                                                                \
	X(CERTSTORE_SPACE, 15, "CertStore_GetAvailableSpace")                                                     \
	/* in: str source, str destination */                                                                     \
	X(CERTSTORE_MOVE, 16, "CertStore_MoveCertificate")                                                        \
	/* in: str id, u32 field (z__CertInfoField); out: field 1, 2: i64 seconds since 1970; 3, 4: str */        \
	X(CERTSTORE_INFO, 17, "CertStore_GetCertificateInfo")                                                     \
	/* in: -; result: network id */                                                                           \
	X(WIFI_ADD, 30, "WifiConfig_AddNetwork")                                                                  \
	/* in: i32 id, str name; result: network id */                                                            \
	X(WIFI_ADD_DUPLICATE, 31, "WifiConfig_AddDuplicateNetwork")                                               \
	/* in: str name; result: network id */                                                                    \
	X(WIFI_ID_BY_NAME, 32, "WifiConfig_GetNetworkIdByConfigName")                                             \
	/* in: -; result: network id */                                                                           \
	X(WIFI_CONNECTED_ID, 33, "WifiConfig_GetConnectedNetworkId")                                              \
	/* in: i32 id */                                                                                          \
	X(WIFI_FORGET_ID, 34, "WifiConfig_ForgetNetworkById")                                                     \
	/* in: - */                                                                                               \
	X(WIFI_FORGET_ALL, 35, "WifiConfig_ForgetAllNetworks")                                                    \
	/* in: bytes ssid, u8 security; the client has checked magic and version */                               \
	X(WIFI_FORGET_STORED, 36, "WifiConfig_ForgetNetwork")                                                     \
	/* in: -; result: count */                                                                                \
	X(WIFI_STORED_COUNT, 37, "WifiConfig_GetStoredNetworkCount")                                              \
	/* in: u64 capacity; result: rows; out, each row: bytes ssid, u8 enabled, u8 connected, u8 security */    \
	X(WIFI_STORED_LIST, 38, "WifiConfig_GetStoredNetworks")                                                   \
	/* in: -; out: bytes ssid, bytes bssid (6), u8 security, u32 frequency MHz, i32 rssi dBm */               \
	X(WIFI_CURRENT, 39, "WifiConfig_GetCurrentNetwork")                                                       \
	/* in: -; result: rows found */                                                                           \
	X(WIFI_SCAN, 40, "WifiConfig_TriggerScanAndGetScannedNetworkCount")                                       \
	/* in: u64 capacity; result: rows; out, each row: as WIFI_CURRENT */                                      \
	X(WIFI_SCANNED_LIST, 41, "WifiConfig_GetScannedNetworks")                                                 \
	/* in: i32 id, u32 attribute, bytes value */                                                              \
	X(WIFI_SET_OPT, 42, "WifiConfig_SetNetworkOpt")                                                           \
	/* in: i32 id, u32 attribute; out: attributes 6, 7, 8, 12: str; 0: bytes ssid; 1, 2, 11: u8;              \
	 * 22 and 23: u8 enabled, u8 connected, i32 error, i64 timestamp (s since 1970, device clock),            \
	 * i32 certError, i32 certDepth, str certSubject */                                                       \
	X(WIFI_GET_OPT, 43, "WifiConfig_GetNetworkOpt")                                                           \
	/* in: bytes ssid */                                                                                      \
	X(WIFI_STORE_OPEN, 44, "WifiConfig_StoreOpenNetwork")                                                     \
	/* in: bytes ssid, bytes psk */                                                                           \
	X(WIFI_STORE_WPA2, 45, "WifiConfig_StoreWpa2Network")                                                     \
	/* in: -; result: 0 not ready, 1 ready */                                                                 \
	X(NET_READY, 60, "Networking_IsNetworkingReady")                                                          \
	/* in: -; result: count */                                                                                \
	X(NET_IF_COUNT, 61, "Networking_GetInterfaceCount")                                                       \
	/* in: u64 capacity; result: rows; out, each row: u8 enabled, str name, u8 ip type, u8 medium */          \
	X(NET_IF_LIST, 62, "Networking_GetInterfaces")                                                            \
	/* in: str name; result: status bits */                                                                   \
	X(NET_IF_STATUS, 63, "Networking_GetInterfaceConnectionStatus")                                           \
	/* in: str name, u8 enabled */                                                                            \
	X(NET_IF_SET_STATE, 64, "Networking_SetInterfaceState")                                                   \
	/* in: -; result: 0 off, 1 on */                                                                          \
	X(TIMESYNC_GET, 65, "Networking_TimeSync_GetEnabled")                                                     \
	/* in: u8 enabled */                                                                                      \
	X(TIMESYNC_SET, 66, "Networking_TimeSync_SetEnabled")                                                     \
	/* in: str name, u8 attribute; out: bytes value */                                                        \
	X(NET_IF_GET_OPT, 67, "Networking_GetHardwareAddress")                                                    \
	/* in: str name, u8 attribute, bytes value */                                                             \
	X(NET_IF_SET_OPT, 68, "Networking_SetHardwareAddress")                                                    \
	/* in: str name, u8 static, u32 address, u32 mask, u32 gateway, u8 custom DNS, u8 count, u32 each.        \
	 * IPv4 addresses are numbers here and below: the first byte is the highest. */                           \
	X(NET_IP_APPLY, 69, "Networking_IpConfig_Apply")                                                          \
	/* in: str name */                                                                                        \
	X(NET_IP_RENEW, 70, "Networking_IpConfig_RenewIp")                                                        \
	/* in: str name */                                                                                        \
	X(NET_IP_RELEASE, 71, "Networking_IpConfig_ReleaseIp")                                                    \
	/* in: - */                                                                                               \
	X(NTP_DEFAULT, 72, "Networking_TimeSync_EnableDefaultNtp")                                                \
	/* in: u32 option */                                                                                      \
	X(NTP_AUTOMATIC, 73, "Networking_TimeSync_EnableAutomaticNtp")                                            \
	/* in: str primary, u8 has secondary, str secondary, u32 option */                                        \
	X(NTP_CUSTOM, 74, "Networking_TimeSync_EnableCustomNtp")                                                  \
	/* in: -; out: str server, i64 before, i64 after (s since 1970, device clock) */                          \
	X(NTP_LAST_SYNC, 75, "Networking_TimeSync_GetLastNtpSyncInfo")                                            \
	/* in: str name */                                                                                        \
	X(SNTP_SERVER_START, 76, "Networking_SntpServer_Start")                                                   \
	/* in: str name, u32 first address, u8 addresses, u32 mask, u32 gateway, u32 hours, u8 count, u32 each    \
	 * NTP server */                                                                                          \
	X(DHCP_SERVER_START, 77, "Networking_DhcpServer_Start")                                                   \
	/* in: -; out: a descriptor (SCM_RIGHTS), read-write, at offset 0 */                                      \
	X(STORAGE_OPEN, 80, "Storage_OpenMutableFile")                                                            \
	/* in: - */                                                                                               \
	X(STORAGE_DELETE, 81, "Storage_DeleteMutableFile")                                                        \
	/* in: str text (cut at WIRE_MAX_LOG) */                                                                  \
	X(LOG, 90, "Log_Debug")                                                                                   \
	/* in: -; result: 0 not ready, 1 ready */                                                                 \
	X(DEVICE_AUTH_READY, 91, "Application_IsDeviceAuthReady")                                                 \
	/* in: -; out: str certificate chain PEM, str key PEM. Or in: u8 1; out: -: the libcurl of emu-applibs/curl  \
	 * wants no more than to present it with its next request (WIRE_HTTP_DEVICE_AUTH) */                       \
	X(DEVICE_AUTH, 92, "DeviceAuth_SslCtxFunc")                                                               \
	/* in: str component id */                                                                                \
	X(APPLICATION_CONNECT, 93, "Application_Connect")                                                         \
	/* in: u32 attribute (z__Application_MemoryAttribute); the figure itself is counted in the process */     \
	X(APPLICATIONS_MEMORY, 94, "Applications_GetMemoryInfo")                                                  \
	/* in: -; out: str version */                                                                             \
	X(APPLICATIONS_OS_VERSION, 95, "Applications_GetOsVersion")                                               \
	/* in: u32 options, u8 type, u8 authentication, str address, u32 port, str no-proxy list, str user,       \
	 * str password */                                                                                        \
	X(PROXY_APPLY, 100, "Networking_Proxy_Apply")                                                             \
	/* in: -; out: as PROXY_APPLY */                                                                          \
	X(PROXY_GET, 101, "Networking_Proxy_Get")                                                                 \
	/* in: -; result: status bits */                                                                          \
	X(PROXY_STATUS, 102, "Networking_Proxy_GetProxyStatus")                                                   \
	/* in: u32 state (z__PowerManagement_System_PowerState), u8 has seconds, u32 seconds */                   \
	X(POWER_TRANSITION, 103, "PowerManagement_TransitionToSystemPowerState")                                  \
	/* in: u32 profile */                                                                                     \
	X(POWER_PROFILE, 104, "PowerManagement_SetSystemPowerProfile")                                            \
	/* in: - */                                                                                               \
	X(RTC_WRITE, 105, "clock_systohc")                                                                        \
	/* For the libcurl of emu-applibs/curl, no API calls.                                                     \
	 * in: str host, u32 port; result: enum wire_http_stage; out: i32 errno code, of WIRE_HTTP_NO_ROUTE */    \
	X(HTTP_CONNECT, 110, "HTTP connect")                                                                      \
	/* in: u8 tls, str host, u32 port, str method, str path, u64 length of the body, bytes body (cut at       \
	 * WIRE_HTTP_BODY_MAX), str client certificate chain PEM ("": none; or                                    \
	 * WIRE_HTTP_DEVICE_AUTH), str trusted roots PEM, u8 verify                                               \
	 * peer, u8 verify host; out: bytes answer (struct wire_http_head, then the body), or none and a stream   \
	 * descriptor that the same bytes come from, later */                                                     \
	X(HTTP_REQUEST, 111, "HTTP request")                                                                     \
	/* in: u32 event bits; out: a descriptor (SCM_RIGHTS) on which struct wire_sysevent messages come */      \
	X(SYSEVENT_REGISTER, 120, "SysEvent_RegisterForEventNotifications")                                       \
	/* in: - */                                                                                               \
	X(SYSEVENT_UNREGISTER, 121, "SysEvent_UnregisterForEventNotifications")                                   \
	/* in: u32 event, u32 minutes */                                                                          \
	X(SYSEVENT_DEFER, 122, "SysEvent_DeferEvent")                                                             \
	/* in: u32 event */                                                                                       \
	X(SYSEVENT_RESUME, 123, "SysEvent_ResumeEvent")                                                           \
	/* in: i32 pin, u8 busy (the process has it open) */                                                      \
	X(GPIO_OPEN_INPUT, 130, "GPIO_OpenAsInput")                                                               \
	/* in: i32 pin, u8 busy, u8 mode, u8 value */                                                             \
	X(GPIO_OPEN_OUTPUT, 131, "GPIO_OpenAsOutput")                                                             \
	/* in: i32 pin; result: level */                                                                          \
	X(GPIO_GET, 132, "GPIO_GetValue")                                                                         \
	/* in: i32 pin, u8 value */                                                                               \
	X(GPIO_SET, 133, "GPIO_SetValue")                                                                         \
	/* in: i32 id, here and below */                                                                          \
	X(I2C_OPEN, 140, "I2CMaster_Open")                                                                        \
	X(SPI_OPEN, 141, "SPIMaster_Open")                                                                        \
	X(UART_OPEN, 142, "UART_Open")                                                                            \
	X(ADC_OPEN, 143, "ADC_Open")                                                                              \
	X(PWM_OPEN, 144, "PWM_Open")

enum wire_op {
#define X(op, number, name) WIRE_##op = number,
	WIRE_OPS(X)
#undef X
};

#define WIRE_MAX_LOG 4096u
#define WIRE_HTTP_DEVICE_AUTH "device authentication" /* in the place of a chain: what the last WIRE_DEVICE_AUTH by reference stands for */
#define WIRE_HTTP_BODY_MAX 8192u /* bytes of a request's body that travel; the issuer refuses half of that */

enum wire_http_stage { WIRE_HTTP_CONNECTED, WIRE_HTTP_NO_NAME, WIRE_HTTP_NO_ROUTE };

/* What became of an HTTPS request. */
enum wire_http_outcome {
	WIRE_HTTP_ANSWERED,
	WIRE_HTTP_UNTRUSTED, /* the server's certificate does not pass */
	WIRE_HTTP_BAD_ROOTS, /* nothing could be read from the trusted roots */
	WIRE_HTTP_LOST,      /* the connection ended */
};

#define WIRE_HTTP_MAGIC 0x50545448u /* "HTTP" */
struct wire_http_head {
	uint32_t magic;       /* WIRE_HTTP_MAGIC */
	uint32_t outcome;     /* enum wire_http_outcome; what follows is of WIRE_HTTP_ANSWERED */
	uint32_t status;
	uint32_t reserved;
	uint64_t body_length; /* bytes behind this head */
	char content_type[40]; /* padded with NUL */
};
_Static_assert(sizeof(struct wire_http_head) == 64, "wire_http_head is 64 bytes on every ABI");

/* Does a reply >= 0 of this op bring a descriptor? */
static inline bool wire_op_brings_fd(uint16_t op)
{
	return op == WIRE_STORAGE_OPEN || op == WIRE_SYSEVENT_REGISTER;
}

/* A change of status of a system event: one message of the descriptor of SYSEVENT_REGISTER, little-endian. Values as in sysevent.h. */
struct wire_sysevent {
	uint32_t event;
	uint32_t status;
	uint32_t update_type;
	uint32_t max_deferral_min; /* minutes */
};
_Static_assert(sizeof(struct wire_sysevent) == 16, "one size on every ABI");

/* The function name of `op` as the timeline shows it, or NULL for an unknown number. Static storage. */
const char *wire_op_name(uint16_t op);
/* The op whose name is `name`, or 0. */
uint16_t wire_op_by_name(const char *name);

/* errno travels as a number of our own, since errno values differ between architectures.
 * Both return a positive number; an errno or code we do not know becomes EIO. */
int32_t wire_from_errno(int errno_value);
int wire_to_errno(int32_t code);

/* Writing cursor over a caller's buffer. After the last put, `failed` says whether anything did not fit. */
struct wire_writer {
	uint8_t *data;
	size_t capacity;
	size_t length;
	bool failed;
};

void wire_writer_init(struct wire_writer *w, void *buffer, size_t capacity);
void wire_put_u8(struct wire_writer *w, uint8_t v);
void wire_put_u32(struct wire_writer *w, uint32_t v);
void wire_put_i32(struct wire_writer *w, int32_t v);
void wire_put_u64(struct wire_writer *w, uint64_t v);
void wire_put_i64(struct wire_writer *w, int64_t v);
/* bytes may be NULL when length is 0. */
void wire_put_bytes(struct wire_writer *w, const void *bytes, size_t length);
void wire_put_str(struct wire_writer *w, const char *s);

/* Reading cursor. A read past the end sets `failed`, yields 0 or an empty run, and stays failed. */
struct wire_reader {
	const uint8_t *data;
	size_t length;
	size_t offset;
	bool failed;
};

void wire_reader_init(struct wire_reader *r, const void *data, size_t length);
uint8_t wire_get_u8(struct wire_reader *r);
uint32_t wire_get_u32(struct wire_reader *r);
int32_t wire_get_i32(struct wire_reader *r);
uint64_t wire_get_u64(struct wire_reader *r);
int64_t wire_get_i64(struct wire_reader *r);
/* Points into the message; *ret_length bytes, not NUL-terminated. Never NULL. */
const uint8_t *wire_get_bytes(struct wire_reader *r, size_t *ret_length);
/* Copies a str into buffer as a C string; fails when it does not fit with its NUL or holds a NUL itself. */
bool wire_get_str(struct wire_reader *r, char *buffer, size_t capacity);
/* True when everything was read without failure and nothing is left over. */
bool wire_reader_done(const struct wire_reader *r);

#endif
