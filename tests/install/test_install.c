/* `make install` gives a folder that an application's own CMakeLists.txt and presets take for the Azure Sphere SDK.
 *
 * app/ is such an application. Everything happens in the test's folder: the staged installation, the application's copy, its
 * build by cmake and ninja, and its runs by the installed azsim.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/e2e/harness.h"

#define SDK "stage/opt/sdk" /* DESTDIR=stage PREFIX=/opt/sdk */
#ifdef __SANITIZE_ADDRESS__
#define SANITIZED "CFLAGS='-fsanitize=address,undefined' "
#else
#define SANITIZED ""
#endif

static char top[PATH_MAX]; /* of the source tree: where the tests are started */

/* A command for the shell, in the test's folder; its output is kept. Fails the test unless its status is `status`. */
static char *shell(const struct e2e *e, int status, const char *format, ...) __attribute__((format(printf, 3, 4)));
static char *shell(const struct e2e *e, int status, const char *format, ...)
{
	char command[4 * PATH_MAX], whole[5 * PATH_MAX];
	char *said;
	va_list args;
	int r;

	va_start(args, format);
	(void) vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	(void) snprintf(whole, sizeof(whole), "cd %s && export TMPDIR=%s AzureSphereDefaultSDKDir=%s/" SDK " && {\n%s\n} >.said 2>&1", e->dir,
	                e->tmp, e->dir, command);
	r = system(whole);
	said = e2e_read(e, ".said");
	if (!WIFEXITED(r) || WEXITSTATUS(r) != status) {
		fprintf(stderr, "--- %s\n%s\n---\n", command, said);
		free(said);
		fail_msg("status %d of the command above, expected %d", WIFEXITED(r) ? WEXITSTATUS(r) : -1, status);
	}
	return said;
}

static void expect_said(const char *said, const char *word)
{
	if (!strstr(said, word)) {
		fprintf(stderr, "--- said:\n%s\n---\n", said);
		fail_msg("nothing said \"%s\"", word);
	}
}

static int set_up(void **state)
{
	const struct e2e *e;

	if (e2e_set_up(state) < 0 || !getcwd(top, sizeof(top)))
		return -1;
	e = *state;
	free(shell(e, 0, "env -u MAKEFLAGS -u MAKELEVEL make -s -C %s BUILD=%s DESTDIR=%s/stage PREFIX=/opt/sdk install-files", top, e->build,
	           e->dir));
	return 0;
}

static int fresh_app(void **state)
{
	free(shell(*state, 0, "rm -rf app && cp -r %s/tests/install/app .", top));
	return 0;
}

static const char scenario[] =
	"scenario: doorbell\nabout: a test\nstart: 2026-01-01\nlength: 3h\npki:\n"
	"  - {name: ca1, use: root, valid: [-5y, +10y]}\n"
	"  - {name: radius1, use: server, issuer: ca1, valid: [-1y, +2y]}\n"
	"  - {name: dev1, use: client, issuer: ca1, cn: device-0001, valid: [-60d, +1y]}\n"
	"network: {ssid: CorpNet, server: radius1, client_roots: [ca1]}\n"
	"device:\n  certificates: [{id: RootCA1, cert: ca1}, {id: ClientCert1, cert: dev1}]\n"
	"  networks: [{name: Network1, root: RootCA1, client: ClientCert1, identity: device-0001}]\n"
	"expect:\n"
	"  - {at: +5m, that: {log: \"up: curl, 0\"}}\n"
	"  - {never: {log: \"ring 2 of 2\"}, until: +119m}\n"
	"  - {by: +121m, that: {log: \"ring 2 of 2: Good morning, from pin 12\"}}\n";

static void an_application_builds_unedited_and_runs(void **state)
{
	static const char *const presets[] = {"ARM-Debug", "ARM-Release", "x86-Debug"};
	const struct e2e *e = *state;
	const char *net = e2e_has_wired(e) ? "model,wired" : "model";
	char *said;

	e2e_write(e, "doorbell.yaml", "%s", scenario);
	for (size_t i = 0; i < sizeof(presets) / sizeof(presets[0]); i++) {
		free(shell(e, 0, "cd app && " SANITIZED "cmake --preset %s >../.cmake && cmake --build --preset %s", presets[i], presets[i]));
		said = shell(e, 0, SDK "/bin/azsim run --net=%s --app=app/out/%s doorbell.yaml", net, presets[i]);
		expect_said(said, "pass  doorbell on model");
		free(said);
	}
	/* Three packages below the source folder now: azsim does not choose for itself. */
	said = shell(e, 2, SDK "/bin/azsim run --app=app doorbell.yaml");
	expect_said(said, "several image packages");
	free(said);
}

static void the_image_package_is_laid_out(void **state)
{
	const struct e2e *e = *state;
	char *manifest, *said;

	free(shell(e, 0, "cd app && " SANITIZED "cmake --preset ARM-Debug && cmake --build --preset ARM-Debug"));
	manifest = e2e_read(e, "app/out/ARM-Debug/approot/app_manifest.json");
	said = shell(e, 0, "tr -d ' \\n' <app/out/ARM-Debug/approot/app_manifest.json");
	expect_said(said, "\"Gpio\":[8,12,4],\"Uart\":[\"ISU0\"]");
	free(said);
	free(manifest);
	assert_true(e2e_exists(e, "app/out/ARM-Debug/approot/bin/app"));
	assert_true(e2e_exists(e, "app/out/ARM-Debug/approot/text/greeting.txt"));
	assert_true(e2e_exists(e, "app/out/ARM-Debug/doorbell.out"));
	/* What changes is made again, and only that. */
	said = shell(e, 0, "cmake --build app/out/ARM-Debug");
	expect_said(said, "no work to do");
	free(said);
	free(shell(e, 0, "sed -i 's/BUTTON_A/BUTTON_B/' app/hardware/doorbell.json && sed -i 's/== 12/== 13/' app/main.c && "
	           "echo Good night >app/text/greeting.txt"));
	free(shell(e, 0, "cmake --build app/out/ARM-Debug"));
	said = shell(e, 0, "tr -d ' \\n' <app/out/ARM-Debug/approot/app_manifest.json && cat app/out/ARM-Debug/approot/text/greeting.txt");
	expect_said(said, "\"Gpio\":[8,13,4]");
	expect_said(said, "Good night");
	free(said);
}

static void what_is_wrong_with_an_application_is_told_by_its_build(void **state)
{
	static const struct {
		const char *spoil, *said;
	} wrong[] = {
		{"sed -i 's/DOORBELL_LAMP\"/DOORBELL_LIGHT\"/' app/app_manifest.json", "no peripheral DOORBELL_LIGHT"},
		{"sed -i 's/\"Uart\": /\"Uarts\": /' app/app_manifest.json", "\"Uarts\" is no capability"},
		{"sed -i 's/mt3620_rdb.json/mt3620_xyz.json/' app/hardware/doorbell.json", "there is no import mt3620_xyz.json"},
		{"sed -i 's/doorbell.json/bell.json/' app/CMakeLists.txt", "no bell.json in"},
		{"rm app/text/greeting.txt", "no resource text/greeting.txt"},
		{"sed -i 's,text/greeting.txt,../app/text/greeting.txt,' app/CMakeLists.txt", "is not below"},
		{"rm app/app_manifest.json", "no app_manifest.json"},
		{"sed -i 's/curl tlsutils/curl azureiot/' app/CMakeLists.txt", "Azure IoT device SDK"},
		{"sed -i 's/AzureSphereToolchain/AzureSphereRTCoreToolchain/' app/CMakePresets.json", "real-time capable"},
		{"sed -i '/hardware_definition/d' app/CMakeLists.txt && sed -i 's/.*DOORBELL_[BL].*pins.*//; s/#include <hw.*//; "
		 "s/.*MT3620_ISU0.*//; s/DOORBELL_BUTTON/0/' app/main.c", "has no hardware definition"},
	};
	const struct e2e *e = *state;

	free(shell(e, 0, "rm -rf sound && mv app sound"));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		/* CMake breaks its messages into lines of 80. */
		char *said = shell(e, 1, "rm -rf app && cp -r sound app && %s && cd app && { " SANITIZED "cmake --preset ARM-Debug && "
		                   "cmake --build --preset ARM-Debug || { false; }; } >../.cmake 2>&1; s=$?; tr -s ' \\n' ' ' <../.cmake; exit $s",
		                   wrong[i].spoil);

		expect_said(said, wrong[i].said);
		free(said);
	}
}

/* Projects of tools 20.04 to 21.10 choose tools and API set in CMakeLists.txt; older ones include a file at the end. */
static void older_projects_build(void **state)
{
	const struct e2e *e = *state;

	e2e_write(e, "app/CMakeLists.txt",
	          "cmake_minimum_required(VERSION 3.10)\nproject(doorbell C)\n"
	          "azsphere_configure_tools(TOOLS_REVISION \"21.07\")\nazsphere_configure_api(TARGET_API_SET \"10\")\n"
	          "add_executable(${PROJECT_NAME} main.c)\n"
	          "target_include_directories(${PROJECT_NAME} PUBLIC ${AZURE_SPHERE_API_SET_DIR}/usr/include/azureiot)\n"
	          "target_link_libraries(${PROJECT_NAME} applibs pthread gcc_s c curl tlsutils)\n"
	          "azsphere_target_hardware_definition(${PROJECT_NAME} TARGET_DIRECTORY hardware TARGET_DEFINITION doorbell.json)\n"
	          "azsphere_target_add_image_package(${PROJECT_NAME} RESOURCE_FILES text/greeting.txt DEBUG_LIB libmalloc)\n");
	free(shell(e, 0, "cd app && " SANITIZED "cmake --preset ARM-Debug && cmake --build --preset ARM-Debug"));
	assert_true(e2e_exists(e, "app/out/ARM-Debug/approot/bin/app"));

	/* Before hardware definitions, soc/ named the peripherals; and a header could define what several files share. */
	e2e_write(e, "app/shared.h", "int shared;\n");
	e2e_write(e, "app/old.c",
	          "#include <soc/mt3620_gpios.h>\n#include <soc/mt3620_i2cs.h>\n#include <soc/mt3620_spis.h>\n#include <soc/mt3620_uarts.h>\n"
	          "#include <hw/doorbell.h>\n#include \"shared.h\"\n"
	          "_Static_assert(MT3620_GPIO12 == DOORBELL_BUTTON && MT3620_UART_ISU0 == DOORBELL_LINE && MT3620_I2C_ISU4 == MT3620_ISU4_I2C &&\n"
	          "\tMT3620_SPI_ISU1 == MT3620_ISU1_SPI && MT3620_SPI_CHIP_SELECT_B == MT3620_SPI_CS_B, \"one value each\");\n");
	free(shell(e, 0, "sed -i '1i #include \"shared.h\"' app/main.c"));
	e2e_write(e, "app/CMakeLists.txt",
	          "cmake_minimum_required(VERSION 3.10)\nproject(doorbell C)\n"
	          "add_executable(${PROJECT_NAME} main.c old.c)\n"
	          "target_link_libraries(${PROJECT_NAME} applibs pthread gcc_s c curl tlsutils)\n"
	          "include(\"${AZURE_SPHERE_MAKE_IMAGE_FILE}\")\n");
	free(shell(e, 0, "rm -rf app/out && cd app && " SANITIZED "cmake --preset ARM-Debug -DAZURE_SPHERE_TARGET_HARDWARE_DEFINITION=doorbell.json "
	           "-DAZURE_SPHERE_TARGET_HARDWARE_DEFINITION_DIRECTORY=hardware && cmake --build --preset ARM-Debug"));
	assert_true(e2e_exists(e, "app/out/ARM-Debug/approot/app_manifest.json"));
}

static void pkg_config_and_shipped_headers_serve_other_builds(void **state)
{
	const struct e2e *e = *state;

	free(shell(e, 0, "PKG_CONFIG_PATH=" SDK "/lib/pkgconfig && export PKG_CONFIG_PATH && ${CC:-cc} %s -D_DEFAULT_SOURCE -std=c11 "
	           "-isystem app/hardware -include " SDK "/HardwareDefinitions/inc/hw/avnet_mt3620_sk_rev2.h -DDOORBELL_LAMP=8 "
	           "-DDOORBELL_BUTTON=12 -DDOORBELL_LINE=4 -D_POSIX_C_SOURCE=200809L $(pkg-config --cflags applibs tlsutils) -o program "
	           "-xc - $(pkg-config --libs applibs tlsutils) -lcurl <<'EOF'\n"
	           "#include <applibs/log.h>\n#include <tlsutils/deviceauth_curl.h>\n"
	           "int main(void)\n{\n\treturn Log_Debug(\"%%d\", AVNET_MT3620_SK_USER_BUTTON_A) || DeviceAuth_SslCtxFunc(0);\n}\nEOF\n",
#ifdef __SANITIZE_ADDRESS__
	           "-fsanitize=address,undefined"
#else
	           ""
#endif
	           ));
	assert_true(e2e_exists(e, "program"));
}

/* The staged folder is all there is: nothing was written to the prefix itself, and scenarios run from it. */
static void the_installed_folder_stands_alone(void **state)
{
	const struct e2e *e = *state;
	char *said;

	said = shell(e, 0, "grep -rl --include=* -e %s/ stage/opt/sdk/CMakeFiles stage/opt/sdk/HardwareDefinitions stage/opt/sdk/lib/pkgconfig "
	             "stage/opt/sdk/include || echo none", e->dir);
	expect_said(said, "none");
	free(said);
	free(shell(e, 0, "mv stage/opt/sdk moved && moved/bin/azsim run --net=model moved/share/azsim/scenarios/warehouse.yaml"));
	free(shell(e, 0, "mkdir -p stage/opt && mv moved stage/opt/sdk"));
}

#define TEST(f) cmocka_unit_test_setup(f, fresh_app)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_application_builds_unedited_and_runs),
		TEST(the_image_package_is_laid_out),
		TEST(what_is_wrong_with_an_application_is_told_by_its_build),
		TEST(older_projects_build),
		TEST(pkg_config_and_shipped_headers_serve_other_builds),
		TEST(the_installed_folder_stands_alone),
	};

	return cmocka_run_group_tests_name("install", tests, set_up, e2e_tear_down);
}
