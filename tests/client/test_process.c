/* The libraries in their process: log text, descriptors and files, threads, signal handlers, and no simulator. */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sysexits.h>

#include <applibs/certstore.h>
#include <applibs/log.h>
#include <applibs/networking.h>
#include <applibs/storage.h>
#include <applibs/wificonfig.h>

#include "emu-applibs/base/base.h"
#include "tests/client/fake_server.h"

static struct server server;

/* ---- Log ----------------------------------------------------------------------------------------------------------------- */

static int long_log(void *arg)
{
	char text[6000];

	(void) arg;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	errno = 77;
	CHECK(Log_Debug("%d %s", 42, text) == 0);
	CHECK(errno == 77);
	return 0;
}

static void a_long_message_is_cut(void **state)
{
	(void) state;
	server = (struct server){ 0 };
	assert_served(&server, long_log, NULL);
	assert_int_equal(server.last.length, 4 + WIRE_MAX_LOG);
	assert_memory_equal(server.last.payload + 4, "42 xxx", 6);
}

/* ---- Storage ------------------------------------------------------------------------------------------------------------- */

static int32_t pass_file(struct server *s, struct wire_writer *out, int *ret_fd)
{
	(void) s;
	(void) out;
	*ret_fd = memfd_create("mutable", MFD_CLOEXEC);
	return write(*ret_fd, "kept", 4) == 4 && lseek(*ret_fd, 0, SEEK_SET) == 0 ? 0 : -1;
}

static int open_mutable(void *arg)
{
	char text[8] = "";
	int fd = Storage_OpenMutableFile();

	(void) arg;
	CHECK(fd >= 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC);
	CHECK(read(fd, text, sizeof(text)) == 4 && strcmp(text, "kept") == 0);
	return 0;
}

static void the_mutable_file_comes_as_a_descriptor(void **state)
{
	(void) state;
	server = (struct server){ .answer = pass_file };
	assert_served(&server, open_mutable, NULL);
}

static void a_mutable_file_without_descriptor_is_a_broken_reply(void **state)
{
	(void) state;
	server = (struct server){ 0 };
	assert_int_equal(serve(&server, open_mutable, NULL), EX_PROTOCOL);
}

static int count_descriptors(void)
{
	int n = 0;

	for (int fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static int uninvited_descriptors(void *arg)
{
	int before;

	(void) arg;
	CHECK(CertStore_GetCertificateCount() == 0);
	before = count_descriptors();
	for (int i = 0; i < 20; i++)
		CHECK(CertStore_GetCertificateCount() == 0);
	CHECK(count_descriptors() == before);
	return 0;
}

static void a_descriptor_nobody_asked_for_is_closed(void **state)
{
	(void) state;
	server = (struct server){ .answer = pass_file };
	assert_served(&server, uninvited_descriptors, NULL);
}

static int image_package(void *arg)
{
	static const char *const bad[] = { "/etc/passwd", "./a", "..", "a/../b", "a/..", ".hidden" };
	char text[8] = "", *path;
	int fd;

	(void) arg;
	(void) unsetenv(WIRE_ENV_APPROOT);
	CHECK(!Storage_GetAbsolutePathInImagePackage("certs/ca.pem") && errno == ENOSYS);
	(void) setenv(WIRE_ENV_APPROOT, arg, 1);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		errno = 0;
		CHECK(!Storage_GetAbsolutePathInImagePackage(bad[i]) && errno == EINVAL);
		CHECK_ERRNO(Storage_OpenFileInImagePackage(bad[i]), EINVAL);
	}
	CHECK(!Storage_GetAbsolutePathInImagePackage(NULL) && errno == EFAULT);
	CHECK_ERRNO(Storage_OpenFileInImagePackage(NULL), EFAULT);
	CHECK_ERRNO(Storage_OpenFileInImagePackage("none"), ENOENT);
	path = Storage_GetAbsolutePathInImagePackage("file");
	CHECK(path && strncmp(path, arg, strlen(arg)) == 0 && strcmp(path + strlen(arg), "/file") == 0);
	free(path);
	fd = Storage_OpenFileInImagePackage("file");
	CHECK(fd >= 0 && read(fd, text, sizeof(text)) == 2 && strcmp(text, "hi") == 0);
	CHECK(write(fd, "x", 1) == -1);
	return 0;
}

static void files_of_the_image_package_open_for_reading(void **state)
{
	char folder[] = "/tmp/azsim-approot-XXXXXX", path[64];
	int fd;

	(void) state;
	assert_non_null(mkdtemp(folder));
	(void) snprintf(path, sizeof(path), "%s/file", folder);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	assert_int_equal(write(fd, "hi", 2), 2);
	(void) close(fd);
	server = (struct server){ 0 };
	assert_served(&server, image_package, folder);
	(void) unlink(path);
	(void) rmdir(folder);
}

/* ---- Threads, signals, no simulator -------------------------------------------------------------------------------------- */

static int32_t echo_number(struct server *s, struct wire_writer *out, int *ret_fd)
{
	char name[17] = "0";
	struct wire_reader r;

	(void) out;
	(void) ret_fd;
	if (s->last.op != WIRE_WIFI_ID_BY_NAME)
		return 0;
	wire_reader_init(&r, s->last.payload, s->last.length);
	(void) wire_get_str(&r, name, sizeof(name));
	return atoi(name);
}

static void *ask_own_numbers(void *arg)
{
	int base = *(int *)arg;
	char name[17];

	for (int i = 0; i < 200; i++) {
		(void) snprintf(name, sizeof(name), "%d", base + i);
		if (WifiConfig_GetNetworkIdByConfigName(name) != base + i)
			return arg;
	}
	return NULL;
}

static int four_threads(void *arg)
{
	int bases[4] = { 1000, 2000, 3000, 4000 };
	pthread_t threads[4];
	void *wrong;

	(void) arg;
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		CHECK(pthread_create(&threads[i], NULL, ask_own_numbers, &bases[i]) == 0);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		CHECK(pthread_join(threads[i], &wrong) == 0 && !wrong);
	return 0;
}

static void threads_get_their_own_replies_over_one_connection(void **state)
{
	(void) state;
	server = (struct server){ .answer = echo_number };
	assert_served(&server, four_threads, NULL);
	assert_int_equal(server.hellos, 1);
	assert_int_equal(server.requests, 800);
}

static volatile sig_atomic_t alarms;

static void log_from_handler(int signal)
{
	(void) signal;
	alarms++;
	(void) Log_Debug("signal\n");
}

static int calls_under_signals(void *arg)
{
	struct sigaction action = { .sa_handler = log_from_handler };
	struct itimerval every = { .it_interval = { .tv_usec = 200 }, .it_value = { .tv_usec = 200 } };
	int base = 0;

	(void) arg;
	CHECK(sigaction(SIGALRM, &action, NULL) == 0 && setitimer(ITIMER_REAL, &every, NULL) == 0);
	while (alarms < 50)
		CHECK(!ask_own_numbers(&base));
	return 0;
}

static void a_signal_handler_may_log(void **state)
{
	(void) state;
	server = (struct server){ .answer = echo_number };
	assert_served(&server, calls_under_signals, NULL);
}

static int without_simulator(void *arg)
{
	bool ready;

	(void) arg;
	(void) unsetenv(WIRE_ENV_SOCKET);
	CHECK_ERRNO(CertStore_GetCertificateCount(), ENOSYS);
	CHECK_ERRNO(WifiConfig_ReloadConfig(), ENOSYS);
	CHECK_ERRNO(Networking_IsNetworkingReady(&ready), ENOSYS);
	CHECK_ERRNO(Storage_OpenMutableFile(), ENOSYS);
	CHECK_ERRNO(Log_Debug("x"), ENOSYS);
	return 0;
}

static void without_a_simulator_every_call_fails_and_one_says_why(void **state)
{
	char *first;

	(void) state;
	server = (struct server){ 0 };
	assert_served(&server, without_simulator, NULL);
	first = strstr(server.output, WIRE_ENV_SOCKET);
	assert_non_null(first);
	assert_null(strstr(first + 1, WIRE_ENV_SOCKET));
}

static int nobody_listens(void *arg)
{
	(void) arg;
	(void) setenv(WIRE_ENV_SOCKET, "/nonexistent/socket", 1);
	return CertStore_GetCertificateCount() == -1 ? 1 : 2;
}

static void a_socket_that_is_not_there_ends_the_application(void **state)
{
	(void) state;
	server = (struct server){ 0 };
	assert_int_equal(serve(&server, nobody_listens, NULL), EX_UNAVAILABLE);
	assert_non_null(strstr(server.output, "/nonexistent/socket"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_long_message_is_cut),
		cmocka_unit_test(the_mutable_file_comes_as_a_descriptor),
		cmocka_unit_test(a_mutable_file_without_descriptor_is_a_broken_reply),
		cmocka_unit_test(a_descriptor_nobody_asked_for_is_closed),
		cmocka_unit_test(files_of_the_image_package_open_for_reading),
		cmocka_unit_test(threads_get_their_own_replies_over_one_connection),
		cmocka_unit_test(a_signal_handler_may_log),
		cmocka_unit_test(without_a_simulator_every_call_fails_and_one_says_why),
		cmocka_unit_test(a_socket_that_is_not_there_ends_the_application),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
