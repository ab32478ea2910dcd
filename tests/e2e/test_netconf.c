/* Network settings as an application meets them: addresses, names, time servers, Ethernet; and peripherals that are not there. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness.h"

#define CAPABILITIES "\"NetworkConfig\": true, \"TimeSyncConfig\": true, \"AllowedConnections\": [\"ca.corp.example\"]"

/* device: keys of the device, each with its line; events and expectations likewise. */
static void write_scenario(const struct e2e *e, const char *device, const char *events, const char *expect)
{
	e2e_write(e, "s.yaml",
	          "scenario: s\nabout: a test\nstart: 2026-01-01\nlength: 1d\npki:\n"
	          "  - {name: ca1, use: root, valid: [-30y, +10y]}\n"
	          "  - {name: radius1, use: server, issuer: ca1, valid: [-30y, +2y]}\n"
	          "  - {name: dev1, use: client, issuer: ca1, cn: device-0001, valid: [-60d, +1y]}\n"
	          "network: {ssid: CorpNet, server: radius1, client_roots: [ca1]}\n"
	          "device:\n  certificates: [{id: RootCA1, cert: ca1}, {id: ClientCert1, cert: dev1}]\n"
	          "  networks: [{name: Network1, root: RootCA1, client: ClientCert1, identity: device-0001}]\n%s%s%s%s%s", device,
	          *events ? "events:\n" : "", events, *expect ? "expect:\n" : "", expect);
}

/* Plays it; then the timeline, which the caller frees. */
static char *play(const struct e2e *e, const char *mode, const char *capabilities, int status, const char *said)
{
	struct e2e_result r;

	e2e_make_package_with(e, "netconf", mode, capabilities);
	r = e2e_run(e, "run", "--net=model", "--out=o", "--app=netconf", "s.yaml", NULL);
	e2e_expect(&r, status, said ? said : "1 of 1 runs passed", NULL);
	e2e_clear(&r);
	return e2e_read(e, "o/s.model.timeline");
}

static void without_an_address_there_is_no_network(void **state)
{
	struct e2e *e = *state;
	char *text;

	/* The power cut: what was applied stays, what was released is leased anew. The expectation fails, so that the hint is shown. */
	write_scenario(e, "", "  - {at: +1h, device: {power: cut}}\n", "  - {end: {stored: RootCA9}}\n");
	text = play(e, "addresses", CAPABILITIES, 1, "static address and no DNS server (Networking_IpConfig_EnableCustomDns)");
	E2E_IN_ORDER(text, "netconf: at first: ready 1 status 0xf name found", "ReleaseIp -> ok", "netconf: released: ready 0 status 0x3 name Temporary",
	         "RenewIp -> ok", "netconf: renewed: ready 1 status 0xf name found", "Networking_IpConfig_Apply name=wlan0 address=10.0.0.17 dns=0 -> 0",
	         "netconf: static: ready 1 status 0xf name Temporary", "netconf: Networking_IpConfig_RenewIp -> EPERM",
	         "Networking_IpConfig_Apply name=wlan0 address=10.0.0.17 dns=1 -> 0", "netconf: static with DNS: ready 1 status 0xf name found",
	         "device: power cut", "netconf: start: ready 1 status 0xf name found");
	free(text);
}

static void the_clock_is_set_from_the_servers_that_were_named(void **state)
{
	struct e2e *e = *state;
	char *text;

	/* The first one is silent at the start; the application's own choice outlives the power. */
	write_scenario(e, "  clock_error: -3y\n  ntp_servers: [10.0.0.7]\n",
	               "  - {at: +3h, device: {ntp_servers: [time.corp.example, 10.0.0.7], clock_step: -3y}}\n  - {at: +5h, device: {power: cut}}\n", "");
	text = play(e, "custom-time", CAPABILITIES, 0, NULL);
	E2E_IN_ORDER(text, "Networking_TimeSync_GetLastNtpSyncInfo -> ENOENT", "Networking_TimeSync_EnableCustomNtp -> ok",
	         "device clock set from network time, 10.0.0.7", "netconf: 10.0.0.7 (9) from 2023 to 2026", "device: power cut",
	         "device clock set from network time, time.corp.example", "netconf: time.corp.example (18) from 2023 to 2026");
	free(text);
	write_scenario(e, "  dhcp_ntp: 10.0.0.9\n  ntp_servers: [10.0.0.9, prod.time.sphere.azure.net]\n", "", "  - {by: +2h, that: {log: \"netconf: 10.0.0.9 (9) from 2026 to 2026\"}}\n");
	text = play(e, "dhcp-time", CAPABILITIES, 0, NULL);
	E2E_IN_ORDER(text, "set from network time, prod.time.sphere.azure.net", "EnableAutomaticNtp -> ok", "set from network time, 10.0.0.9");
	free(text);
	/* DHCP names none: Microsoft's own. */
	write_scenario(e, "", "", "  - {by: +2h, that: {log: \"netconf: prod.time.sphere.azure.net (27) from 2026 to 2026\"}}\n");
	text = play(e, "dhcp-time", CAPABILITIES, 0, NULL);
	free(text);
}

static void ethernet_is_there_when_the_device_has_it(void **state)
{
	struct e2e *e = *state;
	char *text;

	write_scenario(e, "", "", "  - {by: +1h, that: {log: \"Networking_SetInterfaceState -> ENOENT\"}}\n");
	text = play(e, "ethernet", CAPABILITIES, 0, NULL);
	E2E_IN_ORDER(text, "netconf: interface wlan0 enabled 1", "SetInterfaceState");
	assert_null(strstr(text, "netconf: interface eth0"));
	free(text);
	write_scenario(e, "  ethernet: yes\n", "", "  - {by: +1h, that: {log: \"Networking_SetInterfaceState -> ok\"}}\n");
	text = play(e, "ethernet", CAPABILITIES, 0, NULL);
	E2E_IN_ORDER(text, "netconf: interface eth0 enabled 0", "SetInterfaceState");
	free(text);
}

static void peripherals_fail_as_their_manifest_says(void **state)
{
	struct e2e *e = *state;
	char *text;

	write_scenario(e, "", "", "");
	text = play(e, "peripherals", "\"Gpio\": [8], \"I2cMaster\": [\"ISU0\"], \"SpiMaster\": [\"ISU1\"], \"Uart\": [\"ISU0\"], "
	            "\"Adc\": [\"ADC-CONTROLLER-0\"], \"Pwm\": [\"PWM-CONTROLLER-0\"], "
	            "\"AllowedApplicationConnections\": [\"005180bc-402f-4cb3-a662-72937dbcde47\"]", 0, NULL);
	E2E_IN_ORDER(text, "netconf: GPIO_OpenAsOutput -> ok", "netconf: I2CMaster_Open -> ENODEV", "netconf: SPIMaster_Open -> ENODEV",
	         "netconf: UART_Open -> ENODEV", "netconf: ADC_Open -> ENODEV", "netconf: PWM_Open -> ENODEV", "netconf: Application_Connect -> E");
	free(text);
	text = play(e, "peripherals", "\"NetworkConfig\": true", 0, NULL);
	E2E_IN_ORDER(text, "netconf: GPIO_OpenAsOutput -> EACCES", "netconf: I2CMaster_Open -> EACCES", "netconf: SPIMaster_Open -> EACCES",
	         "netconf: UART_Open -> EACCES", "netconf: ADC_Open -> EACCES", "netconf: PWM_Open -> EACCES", "netconf: Application_Connect -> EACCES");
	free(text);
	/* Names of a hardware definition are numbers in the image package only. */
	write_scenario(e, "", "", "  - {end: {stored: RootCA9}}\n");
	text = play(e, "peripherals", "\"Gpio\": [\"$SAMPLE_LED\"]", 1, "$SAMPLE_LED");
	E2E_IN_ORDER(text, "netconf: GPIO_OpenAsOutput -> EACCES");
	free(text);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, e2e_set_up, e2e_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(without_an_address_there_is_no_network), TEST(the_clock_is_set_from_the_servers_that_were_named),
		TEST(ethernet_is_there_when_the_device_has_it), TEST(peripherals_fail_as_their_manifest_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
