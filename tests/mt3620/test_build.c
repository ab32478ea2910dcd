/* `make mt3620`: what it builds without the SDK, what it refuses and how it says so, and that it calls the SDK where there is one. */
#define _GNU_SOURCE
#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* TOP: the top of the tree, where the sources are. Set by the makefile. */

struct said {
	int status;
	char text[65536]; /* stdout and stderr */
};

__attribute__((format(printf, 1, 2))) static struct said *run(const char *format, ...)
{
	struct said *said = calloc(1, sizeof(*said));
	char command[8192];
	va_list args;
	size_t n;
	FILE *f;

	va_start(args, format);
	(void) vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	f = popen(command, "r");
	assert_non_null(f);
	n = fread(said->text, 1, sizeof(said->text) - 1, f);
	said->text[n] = '\0';
	said->status = pclose(f);
	said->status = WIFEXITED(said->status) ? WEXITSTATUS(said->status) : 128;
	return said;
}

static void expect(struct said *said, int status, ...)
{
	va_list words;
	const char *word;

	if (said->status != status)
		fail_msg("status %d, not %d:\n%s", said->status, status, said->text);
	va_start(words, status);
	while ((word = va_arg(words, const char *)))
		if (!strstr(said->text, word))
			fail_msg("not said: %s\n%s", word, said->text);
	va_end(words);
}

/* A folder for a test; its own image of build/mt3620, so that tests leave the real one alone. */
static int set_up(void **state)
{
	char *dir = test_malloc(64);

	strcpy(dir, "/tmp/mt3620-test-XXXXXX");
	assert_non_null(mkdtemp(dir));
	free(run("mkdir %s/build %s/app && ln -s %s/build/mt3620/root %s/build/root", dir, dir, TOP, dir));
	*state = dir;
	return 0;
}

static int tear_down(void **state)
{
	free(run("rm -rf %s", (char *)*state));
	test_free(*state);
	return 0;
}

static void write_file(const char *dir, const char *name, const char *text)
{
	char path[128];
	FILE *f;

	(void) snprintf(path, sizeof(path), "%s/app/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void write_app(const char *dir, const char *capabilities, const char *source)
{
	char manifest[512];

	write_file(dir, "CMakeLists.txt", "project(test C)\nadd_executable(${PROJECT_NAME}\n  main.c # all of it\n)\n"
	           "target_link_libraries(${PROJECT_NAME} applibs pthread gcc_s c)\nazsphere_target_add_image_package(${PROJECT_NAME})\n");
	(void) snprintf(manifest, sizeof(manifest), "{\"SchemaVersion\": 1, \"Name\": \"test\", \"EntryPoint\": \"/bin/app\", \"CmdArgs\": [],\n"
	                "  \"Capabilities\": {%s},\n  \"ApplicationType\": \"Default\"}\n", capabilities);
	write_file(dir, "app_manifest.json", manifest);
	write_file(dir, "main.c", source);
}

static struct said *build(const char *dir)
{
	return run("%s/sim/mt3620/build.sh %s/app %s/build 2>&1", TOP, dir, dir);
}

/* ---- Without the SDK ----------------------------------------------------------------------------------------------------- */

static void the_application_becomes_a_program_for_the_mt3620(void **state)
{
	const char *dir = *state;
	struct said *said = run("%s/sim/mt3620/build.sh %s/app %s/build 2>&1", TOP, TOP, dir);
	Elf32_Ehdr head;
	char path[128];
	FILE *f;

	expect(said, 0, "rotation/", "bin/app", "image package", "1,048,576", "262,144", "certs/issuer-ca.pem", NULL);
	free(said);
	(void) snprintf(path, sizeof(path), "%s/build/approot/bin/app", dir);
	assert_int_equal(access(path, X_OK), 0);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_int_equal(fread(&head, sizeof(head), 1, f), 1);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(head.e_machine, EM_ARM);
	assert_int_equal(head.e_ident[EI_CLASS], ELFCLASS32);
	assert_int_equal(head.e_type, ET_DYN); /* position-independent */
	assert_int_equal(head.e_flags, EF_ARM_EABI_VER5 | EF_ARM_ABI_FLOAT_HARD);
	said = run("readelf -ld %s", path);
	expect(said, 0, "[Requesting program interpreter: /lib/ld-musl-armhf.so.1]", "[libapplibs.so.0]", "[libgcc_s.so.1]", "[libc.so]",
	       "[libcurl.so.4]", "[libtlsutils.so.0]", NULL);
	for (const char *p = said->text; (p = strstr(p, "Shared library: [")); p++)
		assert_true(strncmp(p + 17, "libapplibs.so.0]", 16) == 0 || strncmp(p + 17, "libgcc_s.so.1]", 14) == 0 ||
		            strncmp(p + 17, "libc.so]", 8) == 0 || strncmp(p + 17, "libcurl.so.4]", 13) == 0 ||
		            strncmp(p + 17, "libtlsutils.so.0]", 17) == 0);
	free(said);
}

static void both_builds_list_the_same_sources(void **state)
{
	struct said *said = run("cd %s && sed -n '/^add_executable/,/)/p' app/CMakeLists.txt | grep -o '[a-z_0-9/]*\\.c' | sed 's|^|app/|' | sort "
	                        ">%s/cmake && make -s -f - <<'END' print >%s/make\ninclude app/build.mk\nprint:\n\t@for f in $(APP_SOURCES); do "
	                        "echo $$f; done | sort\nEND\ndiff %s/cmake %s/make 2>&1", TOP, (char *)*state, (char *)*state, (char *)*state,
	                        (char *)*state);

	expect(said, 0, NULL);
	free(said);
}

static void what_the_sdks_c_library_lacks_is_named(void **state)
{
	struct said *said;

	write_app(*state, "", "#include <fcntl.h>\n#include <unistd.h>\nint main(void)\n{\n\tint fd = open(\"/etc/passwd\", O_RDONLY);\n\n"
	          "\treturn fork() == 0 ? 1 : fd;\n}\n");
	said = build(*state);
	expect(said, 1, "app/main.c:5: open:", "app/main.c:7: fork:", NULL);
	free(said);
}

static void a_capability_that_a_function_needs_is_named(void **state)
{
	struct said *said;

	/* The one is inline in the header, the other in the library. */
	write_app(*state, "\"WifiConfig\": true, \"EnterpriseWifiConfig\": false",
	          "#include <applibs/certstore.h>\n#include <applibs/wificonfig.h>\nint main(void)\n{\n\tWifiConfig_ClientIdentity id;\n\n"
	          "\treturn WifiConfig_GetClientIdentity(0, &id) +\n\t\tWifiConfig_ReloadConfig() +\n\t\t(int)CertStore_GetCertificateCount();\n}\n");
	said = build(*state);
	expect(said, 1, "app/main.c:7: WifiConfig_GetClientIdentity needs the capability EnterpriseWifiConfig",
	       "app/main.c:9: CertStore_GetCertificateCount needs the capability CertStore", NULL);
	assert_null(strstr(said->text, "capability WifiConfig"));
	free(said);
}

static void a_capability_that_nothing_needs_is_named(void **state)
{
	struct said *said;

	write_app(*state, "\"WifiConfig\": true, \"MutableStorage\": {\"SizeKB\": 8}, \"Gpio\": []",
	          "#include <applibs/wificonfig.h>\nint main(void)\n{\n\treturn WifiConfig_ReloadConfig();\n}\n");
	said = build(*state);
	expect(said, 1, "grants MutableStorage, which nothing that the application calls needs", NULL);
	assert_null(strstr(said->text, "Gpio"));
	assert_null(strstr(said->text, "SizeKB"));
	free(said);
}

static void an_application_that_is_too_large_is_named_with_its_size(void **state)
{
	struct said *said;

	write_app(*state, "", "static const volatile char large[1100000] = {1};\nint main(void)\n{\n\treturn large[0] + large[99];\n}\n");
	said = build(*state);
	expect(said, 1, "the image package would have 1", "bytes, and a device takes 1048576", NULL);
	free(said);
}

static void a_small_application_is_let_through(void **state)
{
	struct said *said;

	write_app(*state, "\"WifiConfig\": true", "#include <time.h>\n#include <applibs/log.h>\n#include <applibs/wificonfig.h>\nint main(void)\n{\n"
	          "\treturn Log_Debug(\"%lld\\n\", (long long)time(NULL)) + WifiConfig_ReloadConfig();\n}\n");
	said = build(*state);
	expect(said, 0, "main.c", NULL);
	free(said);
}

/* ---- With the SDK -------------------------------------------------------------------------------------------------------- */

/* A copy of app/, since the SDK's build writes into it and wants the fleet's issuer certificate in it. */
static struct said *build_with_sdk(const char *dir, const char *sdk)
{
	return run("set -e; mkdir -p %s/tree; cp -r %s/app %s/tree; export AzureSphereDefaultSDKDir=%s STUB_SDK_LOG=%s/log STUB_SDK_BUILD=%s/build "
	           "STUB_SDK_INCLUDE=%s/emu-applibs/include STUB_SDK_RESOURCES=%s/resources; %s/sim/mt3620/make.sh %s/tree/app 2>&1", dir, TOP,
	           dir, sdk, dir, TOP, TOP, dir, TOP, dir);
}

static void the_sdk_is_called_with_the_preset_and_its_package_is_weighed(void **state)
{
	const char *dir = *state;
	char stub[256];
	struct said *said;

	(void) snprintf(stub, sizeof(stub), "%s/tests/mt3620/sdk", TOP);
	free(run("mkdir -p %s/tree/app/certs && echo root >%s/tree/app/certs/issuer-ca.pem", dir, dir));
	said = build_with_sdk(dir, stub);
	expect(said, 0, "preset ARM-Release", "image package: ", "out/ARM-Release/certificate-rotation.imagepackage", " bytes, ", NULL);
	free(said);
	said = run("cat %s/log", dir);
	expect(said, 0, "toolchain api-set=latest-lts type=Release", "app_manifest.json", "certs/issuer-ca.pem", NULL);
	free(said);
	said = run("cat %s/resources", dir);
	expect(said, 0, "root", NULL);
	free(said);
}

static void the_fleets_issuer_certificate_is_asked_for(void **state)
{
	char stub[256];
	struct said *said;

	(void) snprintf(stub, sizeof(stub), "%s/tests/mt3620/sdk", TOP);
	said = build_with_sdk(*state, stub);
	expect(said, 1, "app/certs/issuer-ca.pem", "the SDK's build failed", NULL);
	free(said);
}

static void a_folder_that_is_no_sdk_is_named(void **state)
{
	struct said *said = build_with_sdk(*state, "/nowhere");

	expect(said, 3, "AzureSphereDefaultSDKDir is /nowhere", "CMakeFiles/AzureSphereToolchain.cmake", NULL);
	free(said);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_application_becomes_a_program_for_the_mt3620, set_up, tear_down),
		cmocka_unit_test_setup_teardown(both_builds_list_the_same_sources, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_the_sdks_c_library_lacks_is_named, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_capability_that_a_function_needs_is_named, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_capability_that_nothing_needs_is_named, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_application_that_is_too_large_is_named_with_its_size, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_small_application_is_let_through, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_sdk_is_called_with_the_preset_and_its_package_is_weighed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_fleets_issuer_certificate_is_asked_for, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_folder_that_is_no_sdk_is_named, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
