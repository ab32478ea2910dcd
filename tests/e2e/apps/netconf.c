/* One task a mode (argv[1]): addresses, time servers, Ethernet, what stays out. Each looks at what the network is like afterwards. */
#define _GNU_SOURCE
#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <arpa/inet.h>

#include <applibs/adc.h>
#include <applibs/application.h>
#include <applibs/gpio.h>
#include <applibs/i2c.h>
#include <applibs/log.h>
#include <applibs/networking.h>
#include <applibs/pwm.h>
#include <applibs/spi.h>
#include <applibs/uart.h>

#define WLAN "wlan0"
#define ETHERNET "eth0"
#define SETTLED_S 120
#define A_WHILE_S 60

static void tell(const char *call, int result)
{
	(void) Log_Debug("netconf: %s -> %s\n", call, result < 0 ? strerrorname_np(errno) : "ok");
}

/* What an application sees of the network. */
static void look(const char *when)
{
	const struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM };
	Networking_InterfaceConnectionStatus status = 0;
	struct addrinfo *found = NULL;
	bool ready = false;
	int name;

	(void) Networking_IsNetworkingReady(&ready);
	(void) Networking_GetInterfaceConnectionStatus(WLAN, &status);
	name = getaddrinfo("ca.corp.example", "443", &hints, &found);
	if (name == 0)
		freeaddrinfo(found);
	(void) Log_Debug("netconf: %s: ready %d status %#x name %s\n", when, ready, status, name == 0 ? "found" : gai_strerror(name));
}

static struct in_addr address(const char *text)
{
	struct in_addr a;

	(void) inet_aton(text, &a);
	return a;
}

static void apply_static(bool with_dns)
{
	const struct in_addr dns = address("10.0.0.53");
	Networking_IpConfig config;

	Networking_IpConfig_Init(&config);
	Networking_IpConfig_EnableStaticIp(&config, address("10.0.0.17"), address("255.255.255.0"), address("10.0.0.1"));
	if (with_dns)
		tell("Networking_IpConfig_EnableCustomDns", Networking_IpConfig_EnableCustomDns(&config, &dns, 1));
	tell("Networking_IpConfig_Apply", Networking_IpConfig_Apply(WLAN, &config));
	Networking_IpConfig_Destroy(&config);
}

static void addresses(void)
{
	look("at first");
	tell("Networking_IpConfig_ReleaseIp", Networking_IpConfig_ReleaseIp(WLAN));
	look("released");
	tell("Networking_IpConfig_RenewIp", Networking_IpConfig_RenewIp(WLAN));
	look("renewed");
	apply_static(false);
	look("static");
	tell("Networking_IpConfig_RenewIp", Networking_IpConfig_RenewIp(WLAN));
	apply_static(true);
	look("static with DNS");
}

static void tell_sync(void)
{
	char server[256] = "";
	size_t length = sizeof(server);
	struct tm before, after;
	int r = Networking_TimeSync_GetLastNtpSyncInfo(server, &length, &before, &after);

	tell("Networking_TimeSync_GetLastNtpSyncInfo", r);
	if (r == 0)
		(void) Log_Debug("netconf: %s (%zu) from %04d to %04d\n", server, length, before.tm_year + 1900, after.tm_year + 1900);
}

static void custom_time(void)
{
	tell_sync();
	tell("Networking_TimeSync_EnableCustomNtp",
	     Networking_TimeSync_EnableCustomNtp("time.corp.example", "10.0.0.7", Networking_NtpOption_FallbackServerDisabled));
	for (;;) {
		(void) sleep(3600);
		tell_sync();
	}
}

static void dhcp_time(void)
{
	tell("Networking_TimeSync_EnableAutomaticNtp", Networking_TimeSync_EnableAutomaticNtp(Networking_NtpOption_FallbackServerEnabled));
	(void) sleep(3600);
	tell_sync();
}

static void ethernet(void)
{
	Networking_NetworkInterface interfaces[4];
	ssize_t count = Networking_GetInterfaces(interfaces, 4);

	tell("Networking_GetInterfaces", (int)count);
	for (ssize_t i = 0; i < count; i++)
		(void) Log_Debug("netconf: interface %s enabled %d\n", interfaces[i].interfaceName, interfaces[i].isEnabled);
	tell("Networking_SetInterfaceState", Networking_SetInterfaceState(ETHERNET, true));
}

/* All that has no counterpart here. */
static void peripherals(void)
{
	SPIMaster_Config config;
	UART_Config uart;

	tell("GPIO_OpenAsOutput", GPIO_OpenAsOutput(8, GPIO_OutputMode_PushPull, GPIO_Value_Low));
	tell("I2CMaster_Open", I2CMaster_Open(0));
	(void) SPIMaster_InitConfig(&config);
	tell("SPIMaster_Open", SPIMaster_Open(1, 0, &config));
	UART_InitConfig(&uart);
	tell("UART_Open", UART_Open(4, &uart));
	tell("ADC_Open", ADC_Open(0));
	tell("PWM_Open", PWM_Open(0));
	tell("Application_Connect", Application_Connect("005180bc-402f-4cb3-a662-72937dbcde47"));
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} modes[] = {
		{"addresses", addresses}, {"custom-time", custom_time}, {"dhcp-time", dhcp_time}, {"ethernet", ethernet}, {"peripherals", peripherals},
	};

	(void) sleep(SETTLED_S);
	look("start");
	for (size_t i = 0; argc > 1 && i < sizeof(modes) / sizeof(modes[0]); i++)
		if (strcmp(argv[1], modes[i].name) == 0)
			modes[i].run();
	for (;;)
		(void) sleep(A_WHILE_S * A_WHILE_S);
}
