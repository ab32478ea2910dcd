/* azsim run --pcap: what a stranger, tshark, finds in the file of a wired and of a radio run.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "tests/e2e/harness.h"

static bool no_tshark(void)
{
	if (system("tshark --version >/dev/null 2>&1") == 0)
		return false;
	print_message("SKIP: NOT TESTED, captures: no tshark here (Debian: package tshark)\n");
	return true;
}

/* A day: the device authenticates when it starts, and a day later. events: of the scenario; "": none. */
static struct e2e_result run(const struct e2e *e, const char *network, const char *events)
{
	char option[32];

	e2e_write(e, "day.yaml",
	          "scenario: day\n"
	          "about: A day of nothing.\n"
	          "start: 2031-05-06\n"
	          "length: 25h\n"
	          "pki: [{name: ca1, use: root, valid: [-5y, +5y]}, {name: radius1, use: server, issuer: ca1, valid: [-1y, +1y]},\n"
	          "      {name: dev1, use: client, issuer: ca1, cn: device-0001, valid: [-30d, +2y]}]\n"
	          "network: {ssid: CorpNet, server: radius1, client_roots: [ca1]}\n"
	          "device: {certificates: [{id: RootCA1, cert: ca1}, {id: ClientCert1, cert: dev1}],\n"
	          "         networks: [{name: Network1, root: RootCA1, client: ClientCert1, identity: device-0001}]}\n"
	          "%s"
	          "expect: [{end: {connected: Network1}}]\n", events);
	(void) snprintf(option, sizeof(option), "--net=%s", network);
	return e2e_run(e, "run", option, "--pcap", "--out=out", "day.yaml", NULL);
}

/* What tshark prints of the file with these options; caller frees. */
static char *tshark(const struct e2e *e, const char *network, const char *options)
{
	char command[1024], *text = NULL;
	size_t size = 0;
	FILE *f;

	(void) snprintf(command, sizeof(command), "TZ=UTC tshark -r %s/out/day.%s.pcapng %s 2>/dev/null", e->dir, network, options);
	f = popen(command, "r");
	assert_non_null(f);
	if (getdelim(&text, &size, '\0', f) < 0) {
		free(text);
		text = strdup("");
	}
	if (pclose(f) != 0)
		fail_msg("%s:\n%s", command, text);
	return text;
}

static void finds(const struct e2e *e, const char *network, const char *options, const char *wanted)
{
	char *text = tshark(e, network, options);

	if (strstr(text, wanted) == NULL)
		fail_msg("expected '%s' from: tshark -r day.%s.pcapng %s; got:\n%s", wanted, network, options, text);
	free(text);
}

/* Two authentications, at midnight and a day later; a frame with any other date is one of no moment of theirs. */
static void every_frame_is_of_its_moment(const struct e2e *e, const char *network)
{
	char *text = tshark(e, network, "-Y 'eapol || radius' -T fields -e frame.time"), *save = NULL;

	for (char *line = strtok_r(text, "\n", &save); line != NULL; line = strtok_r(NULL, "\n", &save)) {
		if (strncmp(line, "May  6, 2031 00:0", 17) != 0 && strncmp(line, "May  7, 2031 00:0", 17) != 0)
			fail_msg("day.%s.pcapng: a frame of %s", network, line);
	}
	free(text);
}

static void finds_nothing(const struct e2e *e, const char *network, const char *options)
{
	char *text = tshark(e, network, options);

	if (text[0] != '\0')
		fail_msg("expected nothing from: tshark -r day.%s.pcapng %s; got:\n%s", network, options, text);
	free(text);
}

#define CERTIFICATES "-Y 'eapol && tls.handshake.type == 11' -T fields -e x509sat.uTF8String -e x509af.utcTime"

static void finds_what_both_have(const struct e2e *e, const char *network)
{
	char path[128];
	struct stat st;

	finds(e, network, "-Y 'eap.code == 3' -T fields -e frame.time", "May  6, 2031 00:00:0");
	finds(e, network, "-Y 'radius.code == 2' -T fields -e frame.time", "May  6, 2031 00:00:0");
	finds(e, network, "-Y 'radius.code == 2' -T fields -e frame.time", "May  7, 2031 00:00:0");
	every_frame_is_of_its_moment(e, network);
	/* Issuer and subject, and what the latter is good for; then notBefore, notAfter. */
	finds(e, network, CERTIFICATES, "ca1,radius1,ca1\t2030-05-06 00:00:00 (UTC),2032-05-05 00:00:00 (UTC)");
	finds(e, network, CERTIFICATES, "ca1,device-0001,");
	finds(e, network, CERTIFICATES, "\t2031-04-06 00:00:00 (UTC),2033-05-05 00:00:00 (UTC)");
	finds(e, network, "-Y 'radius.code == 1' -T fields -e radius.User_Name", "device-0001");
	/* The last message of a handshake is readable only with its secrets: they are in the file. */
	finds(e, network, "-Y 'eapol && tls.handshake.verify_data' -T fields -e tls.handshake.type", "20");
	(void) snprintf(path, sizeof(path), "%s/out/day.%s.pcapng", e->dir, network);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void a_wired_run(void **state)
{
	const struct e2e *e = *state;
	struct e2e_result r;

	if (no_tshark() || !e2e_has_wired(e))
		skip();
	r = run(e, "wired", "");
	e2e_expect(&r, 0, "pass  day on wired", NULL);
	e2e_clear(&r);
	finds_what_both_have(e, "wired");
	finds(e, "wired", "-Y 'eapol.type == 1' -T fields -e eth.src", "02:00:00:00:00:02");
	finds_nothing(e, "wired", "-Y '!eapol && !radius'");
}

/* When what tshark finds of this was sent, to ten seconds; a machine that is slow has things sent again. Caller frees. */
static char *moments(const struct e2e *e, const char *network, const char *filter)
{
	char options[192], *text, *moments, *save = NULL;
	size_t n = 0;

	(void) snprintf(options, sizeof(options), "-Y '%s' -T fields -e frame.time", filter);
	text = tshark(e, network, options);
	moments = calloc(1, strlen(text) + 1);
	assert_non_null(moments);
	for (char *line = strtok_r(text, "\n", &save); line != NULL; line = strtok_r(NULL, "\n", &save)) {
		const size_t length = strlen("May  6, 2031 00:00:0");

		if (n > 0 && strncmp(moments + n - length - 1, line, length) == 0)
			continue;
		memcpy(moments + n, line, length);
		n += length;
		moments[n++] = '\n';
	}
	free(text);
	return moments;
}

/* What the access point sent last before RADIUS said nothing is of that moment, and not of the next. */
static void a_silence_of_radius(void **state)
{
	const struct e2e *e = *state;
	struct e2e_result r;
	char *asked, *sent;

	if (no_tshark() || !e2e_has_wired(e))
		skip();
	r = run(e, "wired", "events: [{at: +20h, radius: {up: no}}, {at: +24h30m, radius: {up: yes}}]\n");
	e2e_expect(&r, 0, "pass  day on wired", NULL);
	e2e_clear(&r);
	asked = moments(e, "wired", "eapol && eap.code == 2 && eap.type == 1");
	sent = moments(e, "wired", "radius.code == 1 && !radius.State");
	assert_true(strlen(asked) > 3 * strlen("May  6, 2031 00:00:0\n"));
	assert_string_equal(asked, sent);
	free(asked);
	free(sent);
}

static void a_radio_run(void **state)
{
	const struct e2e *e = *state;
	struct e2e_result r;

	if (no_tshark())
		skip();
	r = run(e, "radio", "");
	if (r.status == 3 && strstr(r.err, "azsim run: network radio: ") != NULL) {
		print_message("SKIP: NOT TESTED, captures of the radio network: %s\n", r.err);
		e2e_clear(&r);
		skip();
	}
	e2e_expect(&r, 0, "pass  day on radio", NULL);
	e2e_clear(&r);
	finds_what_both_have(e, "radio");
	finds(e, "radio", "-Y 'wlan.fc.type_subtype == 8' -T fields -e wlan.bssid -e wlan.ssid", "02:00:00:00:00:00");
	/* An address is asked for; it has one; and the application's TLS to the issuer goes through the air, two seconds after the start. */
	finds(e, "radio", "-Y 'wlan.fc.type == 2 && wlan.sa == 02:00:00:00:01:00 && wlan.da == ff:ff:ff:ff:ff:ff && frame.len > 300' "
	                  "-T fields -e frame.time", "May  6, 2031 00:00:0");
	finds(e, "radio", "-Y 'wlan.fc.type == 2 && !eapol && wlan.sa == 02:00:00:00:01:00 && wlan.da == 02:00:00:00:00:00 && frame.len > 400' "
	                  "-T fields -e frame.time", "May  6, 2031 00:00:0");
	for (int message = 1; message <= 4; message++) {
		char options[96];

		(void) snprintf(options, sizeof(options), "-Y 'wlan_rsna_eapol.keydes.msgnr == %d' -T fields -e wlan.sa -e frame.time", message);
		finds(e, "radio", options, message % 2 == 1 ? "02:00:00:00:00:00\tMay  6" : "02:00:00:00:01:00\tMay  6");
	}
	/* The second authentication is in place: what belongs to it is encrypted, each way, by the keys of the first. */
	finds(e, "radio", "-Y 'wlan.fc.protected == 1 && wlan.sa == 02:00:00:00:00:00 && wlan.da == 02:00:00:00:01:00' -T fields -e frame.time", "May  7, 2031 00:00:0");
	finds(e, "radio", "-Y 'wlan.fc.protected == 1 && wlan.sa == 02:00:00:00:01:00 && wlan.da == 02:00:00:00:00:00' -T fields -e frame.time", "May  7, 2031 00:00:0");
}

/* There is nothing to be kept of the model, and nothing is. */
static void the_model_has_none(void **state)
{
	const struct e2e *e = *state;
	struct e2e_result r = run(e, "model", "");

	e2e_expect(&r, 0, "pass  day on model", NULL);
	e2e_clear(&r);
	assert_false(e2e_exists(e, "out/day.model.pcapng"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(a_wired_run, e2e_set_up, e2e_tear_down),
	        cmocka_unit_test_setup_teardown(a_silence_of_radius, e2e_set_up, e2e_tear_down),
	        cmocka_unit_test_setup_teardown(a_radio_run, e2e_set_up, e2e_tear_down),
	        cmocka_unit_test_setup_teardown(the_model_has_none, e2e_set_up, e2e_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
