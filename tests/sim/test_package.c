/* Finding image packages, and laying them out for a run. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "sim/app/package.h"

static char base[] = "/tmp/azsim-package-XXXXXX";

static const char *in(const char *name)
{
	static char paths[4][512];
	static unsigned next;
	char *path = paths[next++ % 4];

	(void) snprintf(path, sizeof(paths[0]), "%s%s%s", base, *name ? "/" : "", name);
	return path;
}

static void folder(const char *name)
{
	assert_int_equal(mkdir(in(name), 0755), 0);
}

static void file(const char *name, const char *text, mode_t mode)
{
	FILE *f = fopen(in(name), "we");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(in(name), mode), 0);
}

static void package(const char *name, const char *manifest)
{
	char path[300];

	folder(name);
	(void) snprintf(path, sizeof(path), "%s/bin", name);
	folder(path);
	(void) snprintf(path, sizeof(path), "%s/bin/app", name);
	file(path, "#!/bin/sh\n", 0755);
	(void) snprintf(path, sizeof(path), "%s/app_manifest.json", name);
	file(path, manifest, 0644);
}

static int set_up(void **state)
{
	(void) state;
	strcpy(base + strlen(base) - 6, "XXXXXX");
	return mkdtemp(base) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void) st;
	(void) type;
	(void) ftw;
	return remove(path);
}

static int tear_down(void **state)
{
	(void) state;
	return nftw(base, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void expect_found(const char *path, const char *folder_name, bool whole)
{
	struct app_package p;
	struct az_error error = {.text = ""};
	int r = app_package_find(in(path), &p, &error);

	if (r < 0)
		fail_msg("%s: %s", path, error.text);
	assert_string_equal(p.folder, in(folder_name));
	assert_int_equal(p.whole, whole);
	assert_string_equal(p.manifest, "{}");
	assert_int_equal(p.manifest_length, 2);
	app_package_clear(&p);
	app_package_clear(&p);
}

static void expect_refused(const char *path, int expected, const char *said)
{
	struct app_package p;
	struct az_error error = {.text = ""};

	assert_int_equal(app_package_find(in(path), &p, &error), expected);
	assert_int_equal(error.status, AZ_USAGE);
	if (!strstr(error.text, said))
		fail_msg("%s: it said \"%s\", not \"%s\"", path, error.text, said);
	assert_null(p.folder);
}

/* As a CMake build leaves it: the package among other things, and the source folder around it. */
static void a_build_or_source_folder_leads_to_its_package(void **state)
{
	(void) state;
	file("app_manifest.json", "{\"source\": 1}", 0644);
	file("main.c", "", 0644);
	folder("out");
	folder("out/ARM-Debug");
	folder("out/ARM-Debug/CMakeFiles");
	package("out/ARM-Debug/approot", "{}");
	expect_found("out/ARM-Debug/approot", "out/ARM-Debug/approot", true);
	expect_found("out/ARM-Debug", "out/ARM-Debug/approot", true);
	expect_found("out", "out/ARM-Debug/approot", true);
	expect_found("", "out/ARM-Debug/approot", true);
	expect_found("out/ARM-Debug/approot/bin/app", "out/ARM-Debug/approot", true);
}

static void several_packages_are_listed(void **state)
{
	(void) state;
	folder("out");
	folder("out/ARM-Release");
	folder("out/ARM-Debug");
	package("out/ARM-Debug/approot", "{}");
	package("out/ARM-Release/approot", "{}");
	expect_refused("", -EEXIST, "out/ARM-Debug/approot\n");
	expect_refused("out", -EEXIST, "out/ARM-Release/approot");
	expect_found("out/ARM-Debug", "out/ARM-Debug/approot", true);
}

static void hidden_folders_and_links_hold_no_packages(void **state)
{
	(void) state;
	folder(".git");
	package(".git/approot", "{}");
	folder("CMakeFiles");
	package("CMakeFiles/approot", "{}");
	expect_refused("", -ENOENT, "no image package there or below");
	assert_int_equal(symlink(in(".git/approot"), in("link")), 0);
	expect_refused("", -ENOENT, "no image package there or below");
	expect_found("link", ".git/approot", true); /* but one may name it */
}

static void an_executable_has_its_manifest_beside_it_or_above(void **state)
{
	(void) state;
	file("app_manifest.json", "\xef\xbb\xbf{}", 0644); /* a byte order mark is no part of it */
	file("program.out", "", 0755);
	folder("sub");
	file("sub/program.out", "", 0755);
	folder("sub/deep");
	file("sub/deep/program.out", "", 0755);
	expect_found("program.out", "", false);
	expect_found("sub/program.out", "", false);
	expect_refused("sub/deep/program.out", -ENOENT, "no app_manifest.json");
}

static void what_cannot_run_is_refused(void **state)
{
	(void) state;
	expect_refused("missing", -ENOENT, "No such file");
	package("a", "{}");
	assert_int_equal(chmod(in("a/bin/app"), 0644), 0);
	expect_refused("a", -EACCES, "a/bin/app: not executable");
}

static char *content(const char *name)
{
	static char text[256];
	FILE *f = fopen(in(name), "re");
	size_t n;

	assert_non_null(f);
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	(void) fclose(f);
	return text;
}

static void resources_are_there_and_overlays_on_top(void **state)
{
	const struct app_overlay overlays[] = {{"certs/root.pem", "new"}, {"more/certs/other.pem", "other"}};
	struct app_package p;
	struct az_error error = {.text = ""};

	(void) state;
	package("a", "{}");
	folder("a/certs");
	file("a/certs/root.pem", "old", 0644);
	file("a/certs/second.pem", "second", 0644);
	folder("a/data");
	file("a/data/file.bin", "bytes", 0644);
	assert_int_equal(app_package_find(in("a"), &p, &error), 0);
	assert_int_equal(app_package_lay_out(&p, in("run"), overlays, 2, &error), 0);
	assert_string_equal(content("run/certs/root.pem"), "new");
	assert_string_equal(content("run/certs/second.pem"), "second");
	assert_string_equal(content("run/data/file.bin"), "bytes");
	assert_string_equal(content("run/more/certs/other.pem"), "other");
	assert_string_equal(content("run/app_manifest.json"), "{}");
	assert_int_equal(access(in("run/bin/app"), X_OK), 0);
	/* The package itself stays as it was. */
	assert_string_equal(content("a/certs/root.pem"), "old");
	assert_int_not_equal(access(in("a/more"), F_OK), 0);
	/* A second time, as after a restart of the run's folder. */
	assert_int_equal(app_package_lay_out(&p, in("run"), overlays, 2, &error), 0);
	assert_string_equal(content("run/certs/root.pem"), "new");
	app_package_clear(&p);
}

static void only_what_belongs_to_a_package_is_taken_from_other_folders(void **state)
{
	struct app_package p;
	struct az_error error = {.text = ""};

	(void) state;
	file("app_manifest.json", "{}", 0644);
	file("program.out", "", 0755);
	file("secret.txt", "", 0644);
	folder("certs");
	file("certs/root.pem", "root", 0644);
	assert_int_equal(app_package_find(in("program.out"), &p, &error), 0);
	assert_int_equal(app_package_lay_out(&p, in("run"), NULL, 0, &error), 0);
	assert_string_equal(content("run/certs/root.pem"), "root");
	assert_int_equal(access(in("run/bin/app"), X_OK), 0);
	assert_int_not_equal(access(in("run/secret.txt"), F_OK), 0);
	app_package_clear(&p);
}

static void a_package_without_end_is_refused(void **state)
{
	struct app_package p;
	struct az_error error = {.text = ""};

	(void) state;
	package("a", "{}");
	for (int i = 0; i < 1001; i++) {
		char name[32];

		(void) snprintf(name, sizeof(name), "a/f%d", i);
		file(name, "", 0644);
	}
	assert_int_equal(app_package_find(in("a"), &p, &error), 0);
	assert_int_equal(app_package_lay_out(&p, in("run"), NULL, 0, &error), -E2BIG);
	assert_int_equal(error.status, AZ_USAGE);
	assert_non_null(strstr(error.text, "more than 1000 files"));
	app_package_clear(&p);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_build_or_source_folder_leads_to_its_package),
		TEST(several_packages_are_listed),
		TEST(hidden_folders_and_links_hold_no_packages),
		TEST(an_executable_has_its_manifest_beside_it_or_above),
		TEST(what_cannot_run_is_refused),
		TEST(resources_are_there_and_overlays_on_top),
		TEST(only_what_belongs_to_a_package_is_taken_from_other_folders),
		TEST(a_package_without_end_is_refused),
	};

	return cmocka_run_group_tests_name("package", tests, NULL, NULL);
}
