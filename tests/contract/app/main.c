/* The contract of applibs, checked on the device that this runs on, as TAP on its debug console; see README.md.
 *
 * CmdArgs: the manifest's name first (full, none, partial, enterprise, spelling, pins), so that the output tells it; then, for `full`, the
 * owner's EAP-TLS network: --ssid=, --root=, --client=, --identity=.
 *
 * Order: what is answered before the device is ready, if it is not yet; everything else; what is answered while the Wi-Fi interface is
 * switched off; the probes. A device starts an application that ends again, so this one stays.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <applibs/certstore.h>
#include <applibs/networking.h>
#include <applibs/wificonfig.h>

#include "cases.h"
#include "probes.h"
#include "support.h"

#define READY_WAIT_S 300

static const char *const manifests[] = {
	[FULL] = "full", [NONE] = "none", [PARTIAL] = "partial", [ENTERPRISE] = "enterprise", [SPELLING] = "spelling",
	[PINS] = "pins",
};

static const struct case_row {
	enum manifest manifest;
	const char *name;
	int error;
	void (*run)(struct test *t);
} cases[] = {
#define X(manifest, function, error, condition, text, source) \
	{ manifest, #function "_" #error "_" #condition, error, case_##function##_##error##_##condition },
	CONTRACT_ERRNOS(X)
#undef X
};

static const struct probe_row {
	enum manifest manifest;
	enum when when;
	const char *name;
	void (*run)(struct test *t);
} probes[] = {
#define X(manifest, when, function, reading) { manifest, when, reading, probe_##function },
	CONTRACT_PROBES(X)
#undef X
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct owner_network owner;

const struct owner_network *owner_network(void)
{
	return owner.ssid && owner.root && owner.client && owner.identity ? &owner : NULL;
}

/* ---- Running ---------------------------------------------------------------------------------------------------------- */

/* skip: NULL, or why none of these is run. */
static void run_cases(enum manifest manifest, int only_error, const char *skip)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct test t = { .name = cases[i].name, .error = cases[i].error };
		bool apart = manifest == FULL && (t.error == EAGAIN || t.error == ENETDOWN);

		if (cases[i].manifest != manifest || (only_error ? t.error != only_error : apart))
			continue;
		if (skip)
			test_skip(&t, "%s", skip);
		else
			cases[i].run(&t);
		tap_result(&t);
	}
}

static void run_probes(enum manifest manifest, enum when when, const char *skip)
{
	for (size_t i = 0; i < COUNT(probes); i++) {
		struct test t = { .name = probes[i].name };
		char name[64];

		if (probes[i].manifest != manifest || probes[i].when != when)
			continue;
		if (skip)
			test_skip(&t, "%s", skip);
		else
			probes[i].run(&t);
		(void) snprintf(name, sizeof(name), "reading %s", t.name);
		t.name = name;
		tap_result(&t);
	}
}

static bool is_ready(void)
{
	return (CertStore_GetCertificateCount() >= 0 || errno != EAGAIN) && (WifiConfig_GetStoredNetworkCount() >= 0 || errno != EAGAIN);
}

/* The answers of a device that is not ready yet, if it is not. */
static void run_boot(void)
{
	const char *skip = is_ready() ? "the device was ready when the application started" : NULL;

	run_cases(FULL, EAGAIN, skip);
	run_probes(FULL, BOOT, skip);
	for (unsigned i = 0; i < READY_WAIT_S && !is_ready(); i++)
		wait_s(1);
}

/* The answers of a device whose Wi-Fi interface is switched off. */
static void run_down(void)
{
	bool down = Networking_SetInterfaceState(wifi_interface(), false) == 0;

	run_cases(FULL, ENETDOWN, down ? NULL : "the interface cannot be switched off");
	(void) Networking_SetInterfaceState(wifi_interface(), true);
}

/* Why no probe is run; NULL: they are. Most of them store something. */
static const char *probes_skip(enum manifest manifest)
{
	struct test t = { .name = "" };

	if (manifest != FULL)
		return NULL;
	if (!install_root(&t, "ct-root") || CertStore_DeleteCertificate("ct-root") != 0 || WifiConfig_PersistConfig() != 0)
		return "nothing can be stored on this device";
	return NULL;
}

static void run_all(enum manifest manifest)
{
	const char *skip;

	if (manifest == FULL) {
		note_power_down();
		run_boot();
		(void) Networking_SetInterfaceState(wifi_interface(), true); /* an earlier run may have been cut short */
		forget_networks();
	}
	run_cases(manifest, 0, NULL);
	if (manifest == FULL)
		run_down();
	skip = probes_skip(manifest);
	run_probes(manifest, MAIN, skip);
	run_probes(manifest, NETWORK, skip);
	if (manifest == FULL)
		forget_networks();
}

/* ---- CmdArgs ---------------------------------------------------------------------------------------------------------- */

static const char *value_of(const char *argument, const char *option)
{
	size_t length = strlen(option);

	return strncmp(argument, option, length) == 0 ? argument + length : NULL;
}

static bool take_argument(const char *argument)
{
	static const struct {
		const char *option;
		size_t offset;
	} options[] = {
		{ "--ssid=", offsetof(struct owner_network, ssid) },
		{ "--root=", offsetof(struct owner_network, root) },
		{ "--client=", offsetof(struct owner_network, client) },
		{ "--identity=", offsetof(struct owner_network, identity) },
	};

	for (size_t i = 0; i < COUNT(options); i++) {
		const char *value = value_of(argument, options[i].option);

		if (value) {
			*(const char **)((char *)&owner + options[i].offset) = value;
			return true;
		}
	}
	return false;
}

/* The manifest's name, or NULL. */
static const char *take_arguments(int argc, char **argv, enum manifest *ret)
{
	for (int i = 2; i < argc; i++)
		if (!take_argument(argv[i]))
			return NULL;
	for (size_t i = 0; argc > 1 && i < COUNT(manifests); i++) {
		if (strcmp(argv[1], manifests[i]) == 0) {
			*ret = (enum manifest)i;
			return manifests[i];
		}
	}
	return NULL;
}

int main(int argc, char **argv)
{
	enum manifest manifest = FULL;
	const char *name = take_arguments(argc, argv, &manifest);

	if (!name) {
		tap_remark("CmdArgs: the manifest's name (full, none, partial, enterprise, spelling, pins), then --ssid=, --root=, --client=, "
		           "--identity=");
	} else {
		tap_begin(name);
		run_all(manifest);
		tap_end();
	}
	for (;;)
		wait_s(3600);
}
