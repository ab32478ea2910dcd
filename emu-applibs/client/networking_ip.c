/* <applibs/networking.h> on the wire: addresses, and the DHCP and time servers of a private network.
 *
 * A configuration lives in the application's memory until it is applied: a magic number, so that memory that was never initialised is not
 * taken for one, and the values.
 */
#include <applibs/networking.h>

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "emu-applibs/base/base.h"
#include "emu-applibs/client/transport.h"

#define IP_MAGIC 0x49504346u
#define SNTP_MAGIC 0x534e5450u
#define DHCP_MAGIC 0x44484350u
#define SERVERS_MAX 3

struct ip_config {
	uint32_t magic;
	bool is_static, custom_dns;
	uint8_t dns_count;
	struct in_addr address, mask, gateway;
	struct in_addr dns[SERVERS_MAX];
};
_Static_assert(sizeof(struct ip_config) <= sizeof(Networking_IpConfig), "fits the ABI's size");

struct sntp_config {
	uint32_t magic;
};
_Static_assert(sizeof(struct sntp_config) <= sizeof(Networking_SntpServerConfig), "fits the ABI's size");

struct dhcp_config {
	uint32_t magic;
	struct in_addr first, mask, gateway;
	uint32_t hours; /* 0: no lease was set */
	uint8_t count, ntp_count;
	struct in_addr ntp[SERVERS_MAX];
};
_Static_assert(sizeof(struct dhcp_config) <= sizeof(Networking_DhcpServerConfig), "fits the ABI's size");

static void put_address(struct call *c, struct in_addr address)
{
	wire_put_u32(&c->out, ntohl(address.s_addr));
}

static void put_servers(struct call *c, const struct in_addr *servers, uint8_t count)
{
	wire_put_u8(&c->out, count);
	for (uint8_t i = 0; i < count; i++)
		put_address(c, servers[i]);
}

/* Copies servers, of which none may be one of the addresses that name no host. 0, or -1 and EINVAL. */
static int take_servers(const struct in_addr *servers, size_t count, bool broadcast_too, struct in_addr *ret, uint8_t *ret_count)
{
	if (count == 0 || count > SERVERS_MAX)
		return call_fail(EINVAL);
	for (size_t i = 0; i < count; i++)
		if (servers[i].s_addr == htonl(INADDR_ANY) || (broadcast_too && servers[i].s_addr == htonl(INADDR_BROADCAST)))
			return call_fail(EINVAL);
	memcpy(ret, servers, count * sizeof(*ret));
	*ret_count = (uint8_t)count;
	return 0;
}

/* ---- Addresses ----------------------------------------------------------------------------------------------------------- */

void Networking_IpConfig_Init(Networking_IpConfig *ipConfig)
{
	if (!ipConfig)
		return;
	memset(ipConfig, 0, sizeof(*ipConfig));
	((struct ip_config *)ipConfig)->magic = IP_MAGIC;
}

void Networking_IpConfig_Destroy(Networking_IpConfig *ipConfig)
{
	if (ipConfig)
		memset(ipConfig, 0, sizeof(*ipConfig));
}

void Networking_IpConfig_EnableDynamicIp(Networking_IpConfig *ipConfig)
{
	if (ipConfig)
		((struct ip_config *)ipConfig)->is_static = false;
}

void Networking_IpConfig_EnableStaticIp(Networking_IpConfig *ipConfig, struct in_addr ipAddress, struct in_addr subnetMask,
					struct in_addr gatewayAddress)
{
	struct ip_config *config = (struct ip_config *)ipConfig;

	if (!config)
		return;
	config->is_static = true;
	config->address = ipAddress;
	config->mask = subnetMask;
	config->gateway = gatewayAddress;
}

void Networking_IpConfig_EnableAutomaticDns(Networking_IpConfig *ipConfig)
{
	if (ipConfig)
		((struct ip_config *)ipConfig)->custom_dns = false;
}

int Networking_IpConfig_EnableCustomDns(Networking_IpConfig *ipConfig, const struct in_addr *dnsServerAddresses,
					size_t serverCount)
{
	struct ip_config *config = (struct ip_config *)ipConfig;

	if (!config || !dnsServerAddresses)
		return call_fail(EFAULT);
	if (take_servers(dnsServerAddresses, serverCount, false, config->dns, &config->dns_count) < 0)
		return -1;
	config->custom_dns = true;
	return 0;
}

int Networking_IpConfig_Apply(const char *networkInterfaceName, const Networking_IpConfig *ipConfig)
{
	const struct ip_config *config = (const struct ip_config *)ipConfig;
	struct call c;

	if (!networkInterfaceName || !config)
		return call_fail(EFAULT);
	if (config->magic != IP_MAGIC || config->dns_count > SERVERS_MAX)
		return call_fail(EINVAL);
	call_begin(&c, WIRE_NET_IP_APPLY);
	call_put_text(&c, networkInterfaceName, IF_NAMESIZE - 1);
	wire_put_u8(&c.out, config->is_static);
	put_address(&c, config->address);
	put_address(&c, config->mask);
	put_address(&c, config->gateway);
	wire_put_u8(&c.out, config->custom_dns);
	put_servers(&c, config->dns, config->custom_dns ? config->dns_count : 0);
	return call_end(&c, call_send(&c)) < 0 ? -1 : 0;
}

static int ask_interface(uint16_t op, const char *name)
{
	struct call c;

	if (!name)
		return call_fail(EFAULT);
	call_begin(&c, op);
	call_put_text(&c, name, IF_NAMESIZE - 1);
	return call_end(&c, call_send(&c)) < 0 ? -1 : 0;
}

int Networking_IpConfig_RenewIp(const char *networkInterfaceName)
{
	return ask_interface(WIRE_NET_IP_RENEW, networkInterfaceName);
}

int Networking_IpConfig_ReleaseIp(const char *networkInterfaceName)
{
	return ask_interface(WIRE_NET_IP_RELEASE, networkInterfaceName);
}

/* ---- Servers ------------------------------------------------------------------------------------------------------------- */

void Networking_SntpServerConfig_Init(Networking_SntpServerConfig *sntpServerConfig)
{
	if (!sntpServerConfig)
		return;
	memset(sntpServerConfig, 0, sizeof(*sntpServerConfig));
	((struct sntp_config *)sntpServerConfig)->magic = SNTP_MAGIC;
}

void Networking_SntpServerConfig_Destroy(Networking_SntpServerConfig *sntpServerConfig)
{
	if (sntpServerConfig)
		memset(sntpServerConfig, 0, sizeof(*sntpServerConfig));
}

int Networking_SntpServer_Start(const char *networkInterfaceName, const Networking_SntpServerConfig *sntpServerConfig)
{
	if (!networkInterfaceName || !sntpServerConfig)
		return call_fail(EFAULT);
	if (((const struct sntp_config *)sntpServerConfig)->magic != SNTP_MAGIC)
		return call_fail(EINVAL);
	return ask_interface(WIRE_SNTP_SERVER_START, networkInterfaceName);
}

void Networking_DhcpServerConfig_Init(Networking_DhcpServerConfig *dhcpServerConfig)
{
	if (!dhcpServerConfig)
		return;
	memset(dhcpServerConfig, 0, sizeof(*dhcpServerConfig));
	((struct dhcp_config *)dhcpServerConfig)->magic = DHCP_MAGIC;
}

void Networking_DhcpServerConfig_Destroy(Networking_DhcpServerConfig *dhcpServerConfig)
{
	if (dhcpServerConfig)
		memset(dhcpServerConfig, 0, sizeof(*dhcpServerConfig));
}

/* Ones, then zeros; neither none nor all of them. */
static bool is_subnet_mask(uint32_t mask)
{
	uint32_t hosts = ~mask;

	return mask != 0 && hosts != 0 && (hosts & (hosts + 1)) == 0;
}

int Networking_DhcpServerConfig_SetLease(Networking_DhcpServerConfig *dhcpServerConfig, struct in_addr startIpAddress,
					 uint8_t ipAddressCount, struct in_addr subnetMask, struct in_addr gatewayAddress,
					 uint32_t leaseTimeInHours)
{
	struct dhcp_config *config = (struct dhcp_config *)dhcpServerConfig;
	uint32_t first = ntohl(startIpAddress.s_addr), mask = ntohl(subnetMask.s_addr);
	uint32_t gateway = ntohl(gatewayAddress.s_addr); /* 0: a private network that leads nowhere */
	uint64_t last = (uint64_t)first + ipAddressCount - 1;

	if (!config)
		return call_fail(EFAULT);
	if (first == 0 || ipAddressCount == 0 || leaseTimeInHours == 0 || !is_subnet_mask(mask) || last > UINT32_MAX ||
	    (first & mask) != ((uint32_t)last & mask) || (gateway != 0 && (gateway & mask) != (first & mask)))
		return call_fail(EINVAL);
	config->first = startIpAddress;
	config->count = ipAddressCount;
	config->mask = subnetMask;
	config->gateway = gatewayAddress;
	config->hours = leaseTimeInHours;
	return 0;
}

int Networking_DhcpServerConfig_SetNtpServerAddresses(Networking_DhcpServerConfig *dhcpServerConfig,
						      const struct in_addr *ntpServerAddresses, size_t serverCount)
{
	struct dhcp_config *config = (struct dhcp_config *)dhcpServerConfig;

	if (!config || !ntpServerAddresses)
		return call_fail(EFAULT);
	return take_servers(ntpServerAddresses, serverCount, true, config->ntp, &config->ntp_count);
}

int Networking_DhcpServer_Start(const char *networkInterfaceName, const Networking_DhcpServerConfig *dhcpServerConfig)
{
	const struct dhcp_config *config = (const struct dhcp_config *)dhcpServerConfig;
	struct call c;

	if (!networkInterfaceName || !config)
		return call_fail(EFAULT);
	if (config->magic != DHCP_MAGIC || config->ntp_count > SERVERS_MAX)
		return call_fail(EINVAL);
	call_begin(&c, WIRE_DHCP_SERVER_START);
	call_put_text(&c, networkInterfaceName, IF_NAMESIZE - 1);
	put_address(&c, config->first);
	wire_put_u8(&c.out, config->count);
	put_address(&c, config->mask);
	put_address(&c, config->gateway);
	wire_put_u32(&c.out, config->hours);
	put_servers(&c, config->ntp, config->ntp_count);
	return call_end(&c, call_send(&c)) < 0 ? -1 : 0;
}
