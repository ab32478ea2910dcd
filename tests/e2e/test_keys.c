/* The core scenarios with access points that cache keys, and a device that keeps them over a reload: the rotation application comes through,
 * although being connected proves nothing for hours. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "emu-applibs/base/base.h"
#include "harness.h"

/* The scenario with `pmksa_caching: yes`, and `from` replaced by `to` where a date has to be later. */
static void write_with_keys(const struct e2e *e, const char *name, const char *from, const char *to)
{
	char path[128], *source, *text, *network, *place;
	FILE *f;

	(void) snprintf(path, sizeof(path), "scenarios/%s.yaml", name);
	source = e2e_source(e, path);
	f = fopen(source, "r");
	assert_non_null(f);
	text = calloc(1, 65536);
	assert_non_null(text);
	assert_in_range(fread(text, 1, 65535, f), 1, 65534);
	assert_int_equal(fclose(f), 0);
	network = strstr(text, "\nnetwork:");
	assert_non_null(network);
	if (from) {
		place = strstr(text, from);
		assert_non_null(place);
		assert_int_equal(strlen(from), strlen(to));
		memcpy(place, to, strlen(to));
	}
	place = network + strlen("\nnetwork:");
	(void) snprintf(path, sizeof(path), "%s.yaml", name);
	if (*place == '\n')
		e2e_write(e, path, "%.*s\n  pmksa_caching: yes%s", (int) (place - text), text, place);
	else
		e2e_write(e, path, "%.*s {pmksa_caching: yes, %s", (int) (place - text), text, strchr(place, '{') + 1);
	free(text);
	free(source);
}

static void the_application_survives_cached_keys(void **state)
{
	/* Not ca-down-past-expiry: its access point never asks anew, and the certificate that has ended is found out by the device's own question. */
	static const char *const names[] = {"boot-1970", "both-at-once", "client-cert-not-yet-valid", "client-cert-update", "device-offline-at-cutover",
	                                    "other-access-points", "radius-down-at-cutover", "radius-leaf-expired", "root-ca-rollback-by-operator",
	                                    "root-ca-update", "warehouse", "year-2038"};
	static const char *const readings[] = {"--reading=reload-sessions=kept", "--reading=reload-sessions=flushed"};
	struct e2e *e = *state;

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		write_with_keys(e, names[i], NULL, NULL);
	/* Twelve hours by a key between the swap's last look and its end. */
	write_with_keys(e, "power-cut-mid-rotation", "by: +19d", "by: +20d");
	for (size_t i = 0; i < ARRAY_LEN(readings); i++) {
		struct e2e_result r = e2e_run(e, "run", "--net=model", readings[i], ".", NULL);

		e2e_expect(&r, 0, "13 of 13 runs passed", NULL);
		e2e_clear(&r);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_application_survives_cached_keys, e2e_set_up, e2e_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
