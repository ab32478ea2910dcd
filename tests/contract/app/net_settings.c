/* Cases of <applibs/networking.h>: addresses, and the servers of a private network. What is applied is taken back. */
#include <errno.h>
#include <string.h>

#include <applibs/networking.h>

#include "cases.h"
#include "support.h"

#define NO_INTERFACE "ct-unknown0"
#define NOT_OURS "lo"
#define ROOM "there is room; no application can take it from a device"

static Networking_IpConfig ip_config;
static Networking_SntpServerConfig sntp_config;
static Networking_DhcpServerConfig dhcp_config;

/* 192.168.222.last */
static struct in_addr address(unsigned last)
{
	return (struct in_addr){ .s_addr = htonl(0xc0a8de00u | last) };
}

static struct in_addr mask(void)
{
	return (struct in_addr){ .s_addr = htonl(0xffffff00u) };
}

static const Networking_IpConfig *dynamic_ip(void)
{
	Networking_IpConfig_Init(&ip_config);
	return &ip_config;
}

static const Networking_IpConfig *static_ip(void)
{
	Networking_IpConfig_Init(&ip_config);
	Networking_IpConfig_EnableStaticIp(&ip_config, address(1), mask(), address(1));
	return &ip_config;
}

static const Networking_SntpServerConfig *sntp(void)
{
	Networking_SntpServerConfig_Init(&sntp_config);
	return &sntp_config;
}

static const Networking_DhcpServerConfig *dhcp(void)
{
	Networking_DhcpServerConfig_Init(&dhcp_config);
	(void) Networking_DhcpServerConfig_SetLease(&dhcp_config, address(10), 5, mask(), address(1), 24);
	return &dhcp_config;
}

/* Capability, readiness and interface, for a call on `interface`. */
#define ON_INTERFACE(function, call)                                                                     \
	CASE(function, EACCES, no_capability) { const char *interface = "wlan0"; GIVES_EACCES(call); }   \
	CASE(function, EAGAIN, not_ready) { const char *interface = "wlan0"; GIVES(call); }              \
	CASE(function, ENOENT, unknown) { const char *interface = NO_INTERFACE; GIVES(call); }           \
	CASE(function, EPERM, not_allowed) { const char *interface = NOT_OURS; GIVES(call); }            \
	CASE(function, EFAULT, name_null) { const char *interface = NULL; GIVES(call); }

ON_INTERFACE(Networking_IpConfig_Apply, Networking_IpConfig_Apply(interface, dynamic_ip()))
ON_INTERFACE(Networking_SntpServer_Start, Networking_SntpServer_Start(interface, sntp()))
ON_INTERFACE(Networking_DhcpServer_Start, Networking_DhcpServer_Start(interface, dhcp()))

/* ---- Addresses -------------------------------------------------------------------------------------------------------- */

/* Four servers; the last one is INADDR_ANY. */
static const struct in_addr servers[4] = { { .s_addr = 1 }, { .s_addr = 2 }, { .s_addr = 3 }, { .s_addr = 0 } };

CASE(Networking_IpConfig_EnableCustomDns, EFAULT, config_null)
{
	GIVES(Networking_IpConfig_EnableCustomDns(NULL, servers, 1));
}

CASE(Networking_IpConfig_EnableCustomDns, EFAULT, servers_null)
{
	(void) dynamic_ip();
	GIVES(Networking_IpConfig_EnableCustomDns(&ip_config, NULL, 1));
}

CASE(Networking_IpConfig_EnableCustomDns, EINVAL, too_many)
{
	static const struct in_addr four[4] = { { .s_addr = 1 }, { .s_addr = 2 }, { .s_addr = 3 }, { .s_addr = 4 } };

	(void) dynamic_ip();
	GIVES(Networking_IpConfig_EnableCustomDns(&ip_config, four, 4));
}

CASE(Networking_IpConfig_EnableCustomDns, EINVAL, any_address)
{
	(void) dynamic_ip();
	GIVES(Networking_IpConfig_EnableCustomDns(&ip_config, servers + 2, 2));
}

CASE(Networking_IpConfig_Apply, EFAULT, config_null)
{
	GIVES(Networking_IpConfig_Apply(wifi_interface(), NULL));
}

/* A static address on the Wi-Fi interface until take_back(). */
static int apply_static(void)
{
	return Networking_IpConfig_Apply(wifi_interface(), static_ip());
}

static void take_back(void)
{
	(void) Networking_IpConfig_Apply(wifi_interface(), dynamic_ip());
}

CASE(Networking_IpConfig_Apply, EFBIG, no_room)
{
	if (apply_static() != 0)
		test_judge(t, -1, errno, NOTHING_ELSE, "");
	else
		test_skip(t, ROOM);
	take_back();
}

/* The two of the dynamic address. */
#define RENEW(function)                                                                 \
	CASE(function, EACCES, no_capability) { GIVES_EACCES(function("wlan0")); }      \
	CASE(function, EFAULT, name_null) { GIVES(function(NULL)); }                    \
	CASE(function, ENOENT, unknown) { GIVES(function(NO_INTERFACE)); }              \
	CASE(function, EPERM, static_address)                                           \
	{                                                                               \
		if (apply_static() != 0)                                                \
			test_skip(t, "no static address can be set: %s", errno_name(errno)); \
		else                                                                    \
			GIVES(function(wifi_interface()));                              \
		take_back();                                                            \
	}

RENEW(Networking_IpConfig_RenewIp)
RENEW(Networking_IpConfig_ReleaseIp)

/* ---- Servers ---------------------------------------------------------------------------------------------------------- */

CASE(Networking_SntpServer_Start, EFAULT, config_null)
{
	GIVES(Networking_SntpServer_Start(wifi_interface(), NULL));
}

CASE(Networking_DhcpServerConfig_SetLease, EFAULT, config_null)
{
	GIVES(Networking_DhcpServerConfig_SetLease(NULL, address(10), 5, mask(), address(1), 24));
}

/* The gateway lies outside the subnet. */
CASE(Networking_DhcpServerConfig_SetLease, EINVAL, values)
{
	(void) dhcp();
	GIVES(Networking_DhcpServerConfig_SetLease(&dhcp_config, address(10), 5, mask(), (struct in_addr){ .s_addr = htonl(0x0a000001u) },
	                                           24));
}

CASE(Networking_DhcpServerConfig_SetNtpServerAddresses, EFAULT, config_null)
{
	GIVES(Networking_DhcpServerConfig_SetNtpServerAddresses(NULL, servers, 1));
}

CASE(Networking_DhcpServerConfig_SetNtpServerAddresses, EFAULT, servers_null)
{
	(void) dhcp();
	GIVES(Networking_DhcpServerConfig_SetNtpServerAddresses(&dhcp_config, NULL, 1));
}

CASE(Networking_DhcpServerConfig_SetNtpServerAddresses, EINVAL, too_many)
{
	const struct in_addr four[4] = { address(2), address(3), address(4), address(5) };

	(void) dhcp();
	GIVES(Networking_DhcpServerConfig_SetNtpServerAddresses(&dhcp_config, four, 4));
}

CASE(Networking_DhcpServerConfig_SetNtpServerAddresses, EINVAL, address)
{
	(void) dhcp();
	GIVES(Networking_DhcpServerConfig_SetNtpServerAddresses(&dhcp_config, servers + 3, 1));
}

CASE(Networking_DhcpServer_Start, EPERM, dynamic_address)
{
	take_back();
	GIVES(Networking_DhcpServer_Start(wifi_interface(), dhcp()));
}

CASE(Networking_DhcpServer_Start, EFAULT, config_null)
{
	GIVES(Networking_DhcpServer_Start(wifi_interface(), NULL));
}

/* The address has to be stored before there is no room. Where a remark can bring that about (contract.yaml), there is none for 3 s. */
CASE(Networking_DhcpServer_Start, EFBIG, no_room)
{
	if (apply_static() != 0) {
		test_skip(t, "no static address can be set: %s", errno_name(errno));
		take_back();
		return;
	}
	tap_remark("an address is set: now there may be no room");
	wait_s(1);
	if (Networking_DhcpServer_Start(wifi_interface(), dhcp()) != 0)
		test_judge(t, -1, errno, NOTHING_ELSE, "");
	else
		test_skip(t, ROOM);
	wait_s(4);
	take_back();
}
