/* The wired network as a guest of the machine: a daemon's end is told, nothing is left behind, whoever ends first; no key is
 * written to a log; and how fast it is.
 */
#define _GNU_SOURCE
#include "tests/net_wired/support.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "emu-applibs/base/base.h"
#include "sim/net/wired/wired.h"

static struct material *root, *server, *client;

static int make_all(void **state)
{
	(void) state;
	root = material_make(PKI_ROOT, "ca1", NULL, -YEAR, YEAR, PKI_FAULT_NONE);
	server = material_make(PKI_SERVER, "radius", root, -YEAR, YEAR, PKI_FAULT_NONE);
	client = material_make(PKI_CLIENT, "device-0001", root, -YEAR, YEAR, PKI_FAULT_NONE);
	return 0;
}

static int free_all(void **state)
{
	(void) state;
	material_free();
	return 0;
}

/* ---- Processes, as this side of the namespaces sees them ---------------------------------------------------------------------- */

#define FAMILY_MAX 16

struct family {
	pid_t pid[FAMILY_MAX]; /* [0] is the one whose family it is */
	uint32_t inner[FAMILY_MAX]; /* the number each has in the innermost pid namespace */
	size_t count;
};

/* In a sandbox that shows another pid namespace's /proc, nobody can be found by number. */
static bool processes_hidden(void)
{
	char link[16] = "";

	if (readlink("/proc/self", link, sizeof(link) - 1) > 0 && strtol(link, NULL, 10) == getpid())
		return false;
	print_message("\nSKIP: NOT TESTED, processes of the wired network: /proc is not that of this pid namespace\n");
	return true;
}

/* Parent and innermost number of a process; false when it is gone. */
static bool look(pid_t pid, pid_t *ret_parent, uint32_t *ret_inner)
{
	char path[64], line[256];
	FILE *f;

	(void) snprintf(path, sizeof(path), "/proc/%d/status", pid);
	f = fopen(path, "re");
	if (f == NULL)
		return false;
	while (fgets(line, sizeof(line), f) != NULL) {
		if (strncmp(line, "PPid:", 5) == 0)
			*ret_parent = (pid_t) strtol(line + 5, NULL, 10);
		if (strncmp(line, "NSpid:", 6) == 0)
			*ret_inner = (uint32_t) strtoul(strrchr(line, '\t'), NULL, 10);
	}
	(void) fclose(f);
	return true;
}

static bool belongs(const struct family *family, pid_t parent)
{
	for (size_t i = 0; i < family->count; i++) {
		if (family->pid[i] == parent)
			return true;
	}
	return false;
}

/* /proc lists children after their parents, unless numbers wrapped around: so it is read until nobody new is found. */
static struct family family_of(pid_t pid)
{
	struct family family = {.pid = {pid}, .count = 1};
	size_t before;

	do {
		DIR *proc = opendir("/proc");

		before = family.count;
		assert_non_null(proc);
		for (struct dirent *e = readdir(proc); e != NULL && family.count < FAMILY_MAX; e = readdir(proc)) {
			pid_t one = isdigit((unsigned char) e->d_name[0]) ? (pid_t) strtol(e->d_name, NULL, 10) : 0, parent = 0;
			uint32_t inner = 0;

			if (one > 0 && !belongs(&family, one) && look(one, &parent, &inner) && belongs(&family, parent)) {
				family.pid[family.count] = one;
				family.inner[family.count++] = inner;
			}
		}
		(void) closedir(proc);
	} while (family.count > before);
	return family;
}

static pid_t outer_pid(const struct family *family, uint32_t inner)
{
	for (size_t i = 1; i < family->count; i++) {
		if (family->inner[i] == inner)
			return family->pid[i];
	}
	fail_msg("no process %u in the helper's namespace", inner);
	return -1;
}

static size_t alive(const struct family *family)
{
	size_t count = 0;

	for (size_t i = 0; i < family->count; i++)
		count += kill(family->pid[i], 0) == 0;
	return count;
}

static void wait_ms(long ms)
{
	(void) nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

/* ---- A daemon ends ------------------------------------------------------------------------------------------------------------ */

static void death_is_told(void **state)
{
	static const char *const names[] = {"freeradius", "hostapd", "wpa_supplicant"};
	struct auth_verdict verdict;
	struct az_error error;

	(void) state;
	if (wired_absent() || processes_hidden())
		skip();
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct opened opened;
		struct netd_pids pids;
		struct family family;
		char wanted[64];

		opened_good(&opened, &net_wired_ops, server, root);
		must(opened_authenticate(&opened, client, root, &verdict, &error), &error, "before");
		assert_int_equal(verdict.outcome, AUTH_OK);
		must(netd_status(opened.net, &pids, &error), &error, "status");
		assert_int_equal(pids.helper, 1);
		family = family_of(wired_helper(opened.net));
		assert_int_equal(family.count, 5); /* the two of the helper, three daemons */
		const uint32_t victims[] = {pids.freeradius, pids.hostapd, pids.wpa_supplicant};

		assert_int_equal(kill(outer_pid(&family, victims[i]), SIGKILL), 0);
		assert_true(opened_authenticate(&opened, client, root, &verdict, &error) < 0);
		(void) snprintf(wanted, sizeof(wanted), "%s ended by itself: killed by signal 9", names[i]);
		if (strstr(error.text, wanted) == NULL)
			fail_msg("expected '%s' in: %s", wanted, error.text);
		assert_non_null(strstr(error.text, "Last lines of"));
		assert_int_equal(error.status, AZ_ENVIRONMENT);
		/* And it stays so. */
		assert_true(net_wired_ops.set_clocks(opened.net, NOW, NOW, &error) < 0);
		assert_non_null(strstr(error.text, wanted));
		opened_close(&opened);
		assert_int_equal(alive(&family), 0);
	}
}

static void helper_death_is_told(void **state)
{
	struct auth_verdict verdict;
	struct az_error error;
	struct opened opened;
	struct family family;

	(void) state;
	if (wired_absent() || processes_hidden())
		skip();
	opened_good(&opened, &net_wired_ops, server, root);
	family = family_of(wired_helper(opened.net));
	assert_int_equal(kill(family.pid[0], SIGKILL), 0);
	assert_true(opened_authenticate(&opened, client, root, &verdict, &error) < 0);
	assert_non_null(strstr(error.text, "the helper of the wired network ended"));
	assert_true(opened_authenticate(&opened, client, root, &verdict, &error) < 0);
	opened_close(&opened);
	for (int i = 0; i < 500 && alive(&family) > 0; i++)
		wait_ms(10);
	assert_int_equal(alive(&family), 0);
}

/* ---- Nothing is left ----------------------------------------------------------------------------------------------------------- */

static size_t entries(const char *path)
{
	DIR *dir = opendir(path);
	size_t count = 0;

	for (struct dirent *e = dir != NULL ? readdir(dir) : NULL; e != NULL; e = readdir(dir))
		count++;
	if (dir != NULL)
		(void) closedir(dir);
	return count;
}

/* Any line of a key's base64 in a text. */
static bool holds_key(const char *text, const char *pem)
{
	char line[128];

	for (const char *p = strchr(pem, '\n'); p != NULL && p[1] != '-' && p[1] != '\0'; p = strchr(p + 1, '\n')) {
		(void) snprintf(line, sizeof(line), "%.*s", (int) strcspn(p + 1, "\n"), p + 1);
		if (strstr(text, line) != NULL)
			return true;
	}
	return strstr(text, "PRIVATE KEY") != NULL;
}

static void leaves_only_logs(void **state)
{
	static const char *const logs[] = {"freeradius.log", "hostapd.log", "wpa_supplicant.log"};
	size_t shared = entries("/dev/shm");
	struct auth_verdict verdict;
	struct az_error error;
	struct opened opened;
	struct family family;
	struct stat st;

	(void) state;
	if (wired_absent() || processes_hidden())
		skip();
	opened_good(&opened, &net_wired_ops, server, root);
	must(opened_authenticate(&opened, client, root, &verdict, &error), &error, "authenticate");
	family = family_of(wired_helper(opened.net));
	net_wired_ops.close(opened.net);
	opened.net = NULL;
	assert_int_equal(alive(&family), 0);
	assert_int_equal(entries("/dev/shm"), shared);
	assert_int_equal(entries(opened.dir), 2 + ARRAY_LEN(logs));
	for (size_t i = 0; i < ARRAY_LEN(logs); i++) {
		cleanup_free char *text = file_text(opened.dir, logs[i]);
		char path[128];

		assert_true(strlen(text) > 0);
		assert_false(holds_key(text, client->key));
		assert_false(holds_key(text, server->key));
		(void) snprintf(path, sizeof(path), "%s/%s", opened.dir, logs[i]);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
	}
	opened_close(&opened);
}

/* azsim is killed while it waits for an answer: everything goes with it. */
static void dies_with_its_owner(void **state)
{
	struct family family;
	int ends[2], status;
	char byte;
	pid_t pid;

	(void) state;
	if (wired_absent() || processes_hidden())
		skip();
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct az_error error;
		struct auth_verdict verdict;
		struct opened opened;

		(void) prctl(PR_SET_PDEATHSIG, SIGKILL); /* this loop must not outlive a failed test */
		opened_good(&opened, &net_wired_ops, server, root);
		(void) !write(ends[1], opened.dir, sizeof(opened.dir));
		for (;;)
			(void) opened_authenticate(&opened, client, root, &verdict, &error);
	}
	(void) close(ends[1]);
	char dir[sizeof(((struct opened *) NULL)->dir)];

	assert_int_equal(read(ends[0], dir, sizeof(dir)), sizeof(dir));
	family = family_of(pid);
	assert_int_equal(family.count, 6);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(read(ends[0], &byte, 1), 0); /* nobody holds what the owner held */
	(void) close(ends[0]);
	for (int i = 0; i < 500 && alive(&family) > 0; i++)
		wait_ms(10);
	assert_int_equal(alive(&family), 0);
	struct opened left = {.ops = &net_wired_ops};

	memcpy(left.dir, dir, sizeof(dir));
	opened_close(&left);
}

/* ---- Speed: printed, not judged ------------------------------------------------------------------------------------------------ */

static double now_ms(void)
{
	struct timespec ts;

	(void) clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double) ts.tv_sec * 1e3 + (double) ts.tv_nsec / 1e6;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *) a, y = *(const double *) b;

	return (x > y) - (x < y);
}

static void speed(void **state)
{
	enum { COUNT = 200 };
	struct auth_verdict verdict;
	struct az_error error;
	struct opened opened;
	double clocks[COUNT], exchanges[COUNT];

	(void) state;
	if (wired_absent())
		skip();
	opened_good(&opened, &net_wired_ops, server, root);
	for (int i = 0; i < COUNT; i++) {
		double start = now_ms(), between;

		must(net_wired_ops.set_clocks(opened.net, NOW + i * DAY, NOW + i * DAY, &error), &error, "clocks");
		between = now_ms();
		must(opened_authenticate(&opened, client, root, &verdict, &error), &error, "authenticate");
		assert_int_equal(verdict.outcome, AUTH_OK);
		clocks[i] = between - start;
		exchanges[i] = now_ms() - between;
	}
	opened_close(&opened);
	qsort(clocks, COUNT, sizeof(*clocks), by_value);
	qsort(exchanges, COUNT, sizeof(*exchanges), by_value);
	print_message("%d days: clocks set and proved in %.1f ms (median; p99 %.1f), authentication %.1f ms (p99 %.1f)\n", COUNT,
	              clocks[COUNT / 2], clocks[COUNT * 99 / 100], exchanges[COUNT / 2], exchanges[COUNT * 99 / 100]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(death_is_told),       cmocka_unit_test(helper_death_is_told),
	        cmocka_unit_test(leaves_only_logs),    cmocka_unit_test(dies_with_its_owner),
	        cmocka_unit_test(speed),
	};

	return cmocka_run_group_tests(tests, make_all, free_all);
}
