/* The messages between libvtime.so inside the application and the simulator's clock.
 *
 * AF_UNIX, SOCK_SEQPACKET, the same socket path as wire.h (AZSIM_SOCKET), a connection of its own per process. Each
 * message is exactly one struct vt_message, little-endian; each request gets exactly one answer, and the clock moves
 * only while the application waits for the answer to IDLE. The clock is read from a mapped page, not by message.
 */
#ifndef WIRE_VTIME_PROTO_H
#define WIRE_VTIME_PROTO_H

#include <stdint.h>

#define VT_MAGIC 0x56545a41u /* "AZTV" */
#define VT_VERSION 1u
#define VT_ENV_APP "AZSIM_APP" /* libvtime acts only in a process whose program_invocation_short_name is this (cut to 15
                                  characters there and here); so debuggers and launchers are left alone */
#define VT_ENV_SEED "AZSIM_SEED" /* a decimal uint64_t: random numbers repeat, for runs that do; unset: they are real */
#define VT_ENV_RAM_LIMIT "AZSIM_RAM_LIMIT" /* a decimal number of bytes that the application may take; unset: no limit */
#define VT_TEXT_MAX 256        /* with NUL */
#define VT_NO_DEADLINE UINT64_MAX

/* The monotonic clock starts here, not at 0: libcurl takes a timer at exactly 0 for "no timer set". */
#define VT_MONOTONIC_START_NS (100ULL * 1000000000ULL)

#define VT_BIND_STREAM 0x10000u
#define VT_INTERFACE_UP 1u
#define VT_INTERFACE_RUNNING 2u
#define VT_INTERFACE_HARDWARE_SHIFT 16

/* The device's own, in host order, as DHCP gave it to wlan0: 198.18.255.254, of the range in which the simulator's names live. */
#define VT_LOCAL_ADDRESS 0xc612fffeu
#define VT_LOCAL_MASK 0xfffe0000u

enum vt_type {
	/* application -> simulator */
	VT_HELLO = 1,    /* a = VT_VERSION, b = pid -> VT_WELCOME + descriptor of the page (SCM_RIGHTS) */
	VT_IDLE = 2,     /* a = earliest monotonic deadline in ns, or VT_NO_DEADLINE -> VT_AGAIN, VT_TIME or VT_SIGNAL;
	                    memory of an application for the MT3620 in bytes, at most so far: b = heap | stacks << 32,
	                    reserved2 = data and bss; all 0: not measured */
	VT_RESOLVE = 3,  /* text = host name -> VT_RESOLVED */
	VT_CONNECT = 4,  /* a = IPv4 address (host order), b = port -> VT_CONNECTED, with a descriptor when status is 0 */
	VT_SETTIME = 5,  /* a = wanted wall clock in ns since 1970 (int64) -> VT_STATUS (EPERM without SystemTime) */
	VT_UNSUPPORTED = 6, /* text = what the application called and cannot have (fork, ...) -> VT_STATUS */
	VT_SPIN = 7,     /* a = clock reads and fruitless polls since the last message: the application does not wait; the
	                    shim has charged 1 ms: -> VT_TIME */
	VT_MEMORY = 8,   /* b, reserved2 as of VT_IDLE: more than AZSIM_RAM_LIMIT; the simulator ends the process, or -> VT_STATUS */
	VT_BIND = 10,    /* a = IPv4 address (host order; 0: all), b = port | VT_BIND_STREAM for TCP -> VT_STATUS: 0, EADDRNOTAVAIL when the
	                    device does not have that address, EACCES when the manifest does not list the port */
	VT_INTERFACE = 9, /* a = 0, 1, ... -> VT_INTERFACE_IS */

	/* simulator -> application */
	VT_WELCOME = 32, /* a = VT_VERSION */
	VT_AGAIN = 33,   /* servers did something: look at your descriptors, then ask again; the clock has not moved */
	VT_TIME = 34,    /* the clock stands at min(deadline, next event); read the page */
	VT_SIGNAL = 35,  /* a = signal number: deliver it to the main thread; its wait returns EINTR */
	VT_RESOLVED = 36,  /* status = 0 and a = IPv4 address (host order, 198.18.0.0/15), or status = EAI_* as glibc numbers */
	VT_CONNECTED = 37, /* status = 0, or an errno */
	VT_STATUS = 38,    /* status = 0, or an errno */
	VT_INTERFACE_IS = 39, /* status = 0, text = name, a = IPv4 address << 32 | mask (0: no address), b = VT_INTERFACE_* flags and
	                         the hardware address << VT_INTERFACE_HARDWARE_SHIFT; or status = ENODEV: there are no more */
};

struct vt_message {
	uint32_t magic;
	uint16_t type;
	uint16_t reserved;
	int32_t status;
	uint32_t reserved2;
	uint64_t a;
	uint64_t b;
	char text[VT_TEXT_MAX]; /* NUL-terminated */
};
_Static_assert(sizeof(struct vt_message) == 32 + VT_TEXT_MAX, "one size on every ABI");

/* The clock page, read-only in the application. Written only while the application waits for an answer, so no lock.
 * CLOCK_MONOTONIC (and BOOTTIME) = mono_ns; CLOCK_REALTIME = mono_ns + wall_offset_ns. */
#define VT_PAGE_MAGIC 0x4b434c43u
struct vt_page {
	uint32_t magic;
	uint32_t version;
	uint64_t mono_ns;
	int64_t wall_offset_ns;
	uint64_t wall_steps; /* counts steps of the wall clock, so that waits by CLOCK_REALTIME can be recomputed */
};

#endif
