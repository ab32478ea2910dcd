/* The radio network's guest: it is saved and restored, and what happens when emulator, guest or machine do not do what they should. What goes
 * over the air is in test_radio_air and test_radio_questions.
 */
#define _GNU_SOURCE
#include "tests/radio/support.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "emu-applibs/base/base.h"
#include "sim/net/radio/radio.h"
#include "sim/util/tree.h"

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

/* ---- The saved guest ----------------------------------------------------------------------------------------------------------- */

static void the_guest_is_saved_and_restored(void **state)
{
	struct radio_paths paths;
	struct radio_state saved;
	struct opened opened;
	struct az_error error;
	struct stat before, after;
	int fd;

	BEGIN();
	must(radio_find(&paths, &error), &error, "find");
	assert_int_equal(radio_kvm_choose(&paths), 0);
	opened_good(&opened, &net_radio_ops, server, root); /* there is one from now on */
	opened_close(&opened);
	must(radio_state_open(&paths, &saved, &fd, &error), &error, "state");
	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &before), 0);
	assert_int_equal(before.st_mode & 0777, 0600);
	(void) close(fd);
	radio_state_close(&saved);

	opened_good(&opened, &net_radio_ops, server, root);
	cleanup_free char *console = file_text(opened.dir, "guest.log");

	assert_null(strstr(console, "regulatory")); /* which each boot says */
	assert_int_equal(stat(saved.path, &after), 0);
	assert_int_equal(after.st_ino, before.st_ino);
	opened_close(&opened);
	assert_no_child();
}

static void copy_into(const char *folder, const char *path)
{
	char to[TESTNETD_PATH_MAX + 128];
	struct stat st;
	int in = open(path, O_RDONLY | O_CLOEXEC), out;

	(void) snprintf(to, sizeof(to), "%s/%s", folder, strrchr(path, '/') + 1);
	out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_true(in >= 0 && out >= 0 && fstat(in, &st) == 0);
	for (off_t left = st.st_size; left > 0;) {
		ssize_t n = sendfile(out, in, NULL, (size_t) left);

		assert_true(n > 0);
		left -= n;
	}
	assert_int_equal(close(in), 0);
	assert_int_equal(close(out), 0);
}

/* The saved guest as it is, in a folder of this test's own: others that run beside it mend what this one spoils. */
static void copy_saved_guest(const char *folder)
{
	struct radio_paths paths;
	struct radio_state saved;
	struct az_error error;
	char list[TESTNETD_PATH_MAX + 128];
	int fd;

	must(radio_find(&paths, &error), &error, "find");
	must(radio_state_open(&paths, &saved, &fd, &error), &error, "state");
	if (fd < 0)
		radio_state_close(&saved); /* else it would wait for ever in what follows */
	assert_true(fd >= 0);
	(void) close(fd);
	copy_into(folder, saved.path);
	(void) snprintf(list, sizeof(list), "%s.files", saved.path);
	copy_into(folder, list);
	(void) snprintf(list, sizeof(list), "%s/kvm", paths.state); /* that was tried */
	if (access(list, R_OK) == 0)
		copy_into(folder, list);
	radio_state_close(&saved);
}

/* One that is not what it was any more is not believed; one that cannot be restored is made anew. */
static void a_bad_saved_guest_is_found_out(void **state)
{
	char folder[] = "/tmp/azsim-state-XXXXXX";
	struct radio_paths paths;
	struct radio_state saved;
	struct az_error error;
	struct auth_verdict v;
	struct opened opened;
	char path[TESTNETD_PATH_MAX + 128];
	int fd;
	FILE *f;

	BEGIN();
	assert_non_null(mkdtemp(folder));
	copy_saved_guest(folder);
	assert_int_equal(setenv("AZSIM_RADIO_STATE", folder, 1), 0);
	must(radio_find(&paths, &error), &error, "find");
	assert_int_equal(radio_kvm_choose(&paths), 0);
	must(radio_state_open(&paths, &saved, &fd, &error), &error, "state");
	assert_true(fd >= 0);
	(void) close(fd);
	radio_state_close(&saved);
	assert_int_equal(truncate(saved.path, 1000000), 0);
	opened_good(&opened, &net_radio_ops, server, root);
	must(opened_authenticate(&opened, client, root, &v, &error), &error, "authenticate");
	assert_int_equal(v.outcome, AUTH_OK);
	opened_close(&opened);
	assert_no_child();

	(void) snprintf(path, sizeof(path), "%s.files", saved.path);
	f = fopen(path, "ae");
	assert_non_null(f);
	assert_true(fprintf(f, "1 2.000000003 %s\n", paths.kernel) > 0);
	assert_int_equal(fclose(f), 0);
	must(radio_state_open(&paths, &saved, &fd, &error), &error, "state");
	assert_int_equal(fd, -1);
	radio_state_close(&saved);
	/* As it was. */
	cleanup_free char *list = file_text(paths.state, strrchr(path, '/') + 1);

	assert_int_equal(truncate(path, (off_t) (strlen(list) - strlen("1 2.000000003 \n") - strlen(paths.kernel))), 0);
	must(radio_state_open(&paths, &saved, &fd, &error), &error, "state");
	assert_true(fd >= 0);
	(void) close(fd);
	radio_state_close(&saved);
	assert_int_equal(unsetenv("AZSIM_RADIO_STATE"), 0);
	tree_remove(folder);
}

/* ---- What is missing ------------------------------------------------------------------------------------------------------------ */

static void probe_says(const char *variable, const char *value, const char *wanted)
{
	cleanup_free char *before = strdup(getenv(variable));
	struct az_error error;

	assert_int_equal(setenv(variable, value, 1), 0);
	assert_true(net_radio_ops.probe(&error) < 0);
	assert_int_equal(setenv(variable, before, 1), 0);
	assert_int_equal(error.status, AZ_ENVIRONMENT);
	if (strstr(error.text, wanted) == NULL)
		fail_msg("expected '%s' in: %s", wanted, error.text);
}

static void what_is_missing_is_named(void **state)
{
	char folder[] = "/tmp/azsim-kernel-XXXXXX";
	cleanup_free char *command = NULL;

	BEGIN();
	probe_says("AZSIM_RADIO", "/nonexistent", "sim/setup/radio.sh /nonexistent/kernel");
	assert_non_null(mkdtemp(folder));
	assert_true(asprintf(&command, "mkdir %s/kernel && ln -s $(realpath $AZSIM_RADIO)/kernel/boot $(realpath $AZSIM_RADIO)/kernel/lib %s/kernel", folder, folder) > 0);
	assert_int_equal(system(command), 0);
	probe_says("AZSIM_RADIO", folder, "needs busybox for DHCP"); /* as from before there was IP */
	free(command);
	assert_true(asprintf(&command, "rm -r %s", folder) > 0);
	assert_int_equal(system(command), 0);
	probe_says("PATH", "/nonexistent", "apt-get install --no-install-recommends qemu-system-x86");
	probe_says("AZSIM_DAEMONS", "/", "freeradius");
}

/* ---- KVM ------------------------------------------------------------------------------------------------------------------------- */

/* An emulator that answers as FAKE says, and writes a line for each start. A trial is a start without the port to azsim. */
static const char fake_qemu[] =
        "#!/bin/sh\n"
        "case \" $* \" in *virtserialport*) what=guest ;; *) what=trial ;; esac\n"
        "case \" $* \" in *\" kvm \"*) with=kvm ;; *) with=tcg ;; esac\n"
        "echo \"$what $with\" >>\"$FAKE_LOG\"\n"
        "[ $what = trial ] || exit 1\n"
        "case $FAKE in\n"
        "hangs) exec sleep 60 ;;\n"
        "aborts) kill -ABRT $$ ;;\n"
        "stops) exit 0 ;;\n"
        "esac\n"
        "echo '[    0.5] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)'\n";

struct fake {
	char dir[32], qemu[64], log[64], state[64];
	char *path_before;
};

static void fake_begin(struct fake *fake)
{
	FILE *f;

	(void) snprintf(fake->dir, sizeof(fake->dir), "/tmp/azsim-kvm-XXXXXX");
	assert_non_null(mkdtemp(fake->dir));
	(void) snprintf(fake->qemu, sizeof(fake->qemu), "%s/qemu-system-x86_64", fake->dir);
	(void) snprintf(fake->log, sizeof(fake->log), "%s/log", fake->dir);
	(void) snprintf(fake->state, sizeof(fake->state), "%s/state", fake->dir);
	f = fopen(fake->qemu, "we");
	assert_non_null(f);
	assert_true(fputs(fake_qemu, f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(fake->qemu, 0700), 0);
	fake->path_before = strdup(getenv("PATH"));
	cleanup_free char *path = NULL;

	assert_true(asprintf(&path, "%s:%s", fake->dir, fake->path_before) > 0);
	assert_int_equal(setenv("PATH", path, 1), 0);
	assert_int_equal(setenv("FAKE_LOG", fake->log, 1), 0);
	assert_int_equal(setenv("AZSIM_RADIO_STATE", fake->state, 1), 0);
	assert_int_equal(setenv("AZSIM_RADIO_KVM", "/dev/null", 1), 0); /* it opens */
}

static void fake_end(struct fake *fake)
{
	cleanup_free char *command = NULL;

	assert_int_equal(setenv("PATH", fake->path_before, 1), 0);
	free(fake->path_before);
	for (const char *const *name = (const char *const[]){"FAKE", "FAKE_LOG", "AZSIM_RADIO_STATE", "AZSIM_RADIO_KVM", NULL}; *name != NULL; name++)
		assert_int_equal(unsetenv(*name), 0);
	assert_true(asprintf(&command, "rm -r %s", fake->dir) > 0);
	assert_int_equal(system(command), 0);
}

/* What this emulator makes azsim take, and what it knows afterwards, without asking again. */
static void kvm_of(struct fake *fake, const char *how, bool taken, enum radio_kvm_answer known)
{
	struct radio_paths paths;
	struct az_error error;

	(void) unlink(fake->log);
	assert_int_equal(setenv("FAKE", how, 1), 0);
	assert_int_equal(utimensat(AT_FDCWD, fake->qemu, NULL, 0), 0); /* another emulator than before */
	must(radio_find(&paths, &error), &error, "find");
	assert_int_equal(radio_kvm_known(&paths), RADIO_KVM_UNTRIED);
	for (int i = 0; i < 2; i++) {
		cleanup_free char *log = NULL;

		assert_int_equal(radio_kvm_choose(&paths), 0);
		assert_int_equal(paths.use_kvm, taken);
		assert_int_equal(radio_kvm_known(&paths), known);
		log = file_text(fake->dir, "log");
		assert_string_equal(log, "trial kvm\n");
	}
	assert_no_child();
}

static void kvm_is_tried_before_it_is_taken(void **state)
{
	struct radio_paths paths;
	struct az_error error;
	struct fake fake;

	BEGIN();
	fake_begin(&fake);
	kvm_of(&fake, "aborts", false, RADIO_KVM_FAILS);
	kvm_of(&fake, "stops", false, RADIO_KVM_FAILS);
	kvm_of(&fake, "hangs", false, RADIO_KVM_FAILS);
	kvm_of(&fake, "works", true, RADIO_KVM_WORKS);
	assert_string_equal(net_radio_ops.how(), "with KVM: it was tried, and works here");

	/* Where it may not be used, or shall not, nothing is tried. */
	(void) unlink(fake.log);
	assert_int_equal(setenv("AZSIM_RADIO_KVM", "/nonexistent", 1), 0);
	must(radio_find(&paths, &error), &error, "find");
	assert_int_equal(radio_kvm_known(&paths), RADIO_KVM_ABSENT);
	assert_int_equal(radio_kvm_choose(&paths), 0);
	assert_false(paths.use_kvm);
	assert_int_equal(setenv("AZSIM_RADIO_KVM", "no", 1), 0);
	must(radio_find(&paths, &error), &error, "find");
	assert_int_equal(radio_kvm_choose(&paths), 0);
	assert_false(paths.use_kvm);
	assert_int_equal(access(fake.log, F_OK), -1);
	fake_end(&fake);
}

/* The trial went well, and the guest does not start with it: it is emulated, now and from then on. */
static void a_guest_that_kvm_does_not_start_is_emulated(void **state)
{
	struct az_error error;
	struct fake fake;
	struct net *net;

	BEGIN();
	fake_begin(&fake);
	assert_int_equal(setenv("FAKE", "works", 1), 0);
	for (int i = 0; i < 2; i++) {
		assert_true(net_radio_ops.open(fake.dir, &net, &error) < 0); /* this emulator starts no guest at all */
		assert_int_equal(error.status, AZ_ENVIRONMENT);
		assert_non_null(strstr(error.text, "QEMU ended with status 1"));
		cleanup_free char *log = file_text(fake.dir, "log");

		assert_string_equal(log, i == 0 ? "trial kvm\nguest kvm\nguest tcg\n" : "trial kvm\nguest kvm\nguest tcg\nguest tcg\n");
	}
	assert_string_equal(net_radio_ops.how(), "emulated: KVM was tried, and does not work here");
	assert_no_child();
	fake_end(&fake);
}

/* In a child, whose limits and mounts are its own; what it finds wrong is its exit status. */
static void in_child(void (*body)(void))
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		(void) prctl(PR_SET_PDEATHSIG, SIGKILL);
		body();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (status != 0)
		fail_msg("status %#x", (unsigned) status);
}

#define CHECK(condition)                                                                      \
	do {                                                                                  \
		if (!(condition)) {                                                           \
			(void) fprintf(stderr, "line %d: not so: %s\n", __LINE__, #condition); \
			_exit(1);                                                             \
		}                                                                             \
	} while (0)

static void little_memory(void)
{
	const struct rlimit limit = {.rlim_cur = 200 << 20, .rlim_max = 200 << 20};
	char dir[] = "/tmp/azsim-net-XXXXXX";
	struct az_error error;
	struct net *net;

	CHECK(mkdtemp(dir) != NULL);
	CHECK(setrlimit(RLIMIT_AS, &limit) == 0);
	CHECK(net_radio_ops.open(dir, &net, &error) < 0);
	CHECK(error.status == AZ_ENVIRONMENT);
	(void) fprintf(stderr, "said: %s\n", error.text);
	CHECK(strstr(error.text, "the guest of the radio network ended by itself") != NULL);
	CHECK(strstr(error.text, "emory") != NULL);
	CHECK(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
	for (const char *const *name = (const char *const[]){"guest.log", "qemu.log", NULL}; *name != NULL; name++) {
		char path[64];

		(void) snprintf(path, sizeof(path), "%s/%s", dir, *name);
		(void) unlink(path);
	}
	CHECK(rmdir(dir) == 0);
}

static void too_little_memory_is_told(void **state)
{
	BEGIN();
	in_child(little_memory);
}

/* A namespace of its own, in which /mnt is a file system of one megabyte. False where this machine grants none. */
static bool small_mount(void)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();
	FILE *f;

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
		return uid == 0 && unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
		       mount("tmpfs", "/mnt", "tmpfs", 0, "size=1m") == 0;
	f = fopen("/proc/self/setgroups", "we");
	if (f != NULL && fprintf(f, "deny") > 0)
		(void) fclose(f);
	f = fopen("/proc/self/uid_map", "we");
	CHECK(f != NULL && fprintf(f, "0 %u 1\n", uid) > 0 && fclose(f) == 0);
	f = fopen("/proc/self/gid_map", "we");
	CHECK(f != NULL && fprintf(f, "0 %u 1\n", gid) > 0 && fclose(f) == 0);
	return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 && mount("tmpfs", "/mnt", "tmpfs", 0, "size=1m") == 0;
}

static void fill(const char *path)
{
	static const char zeroes[4096];
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	CHECK(fd >= 0);
	while (write(fd, zeroes, sizeof(zeroes)) > 0)
		;
	(void) close(fd);
}

/* Neither a guest nor a log can be written. */
static void full_disk(void)
{
	struct net_state good = good_state(server, root);
	struct auth_request request = good_request(client, root);
	struct auth_verdict v;
	struct az_error error;
	struct net *net;
	int r;

	if (!small_mount()) {
		(void) fprintf(stderr, "SKIP: NOT TESTED, the radio network on a full disk: no file system may be mounted here\n");
		return;
	}
	CHECK(mkdir("/mnt/logs", 0700) == 0 && mkdir("/mnt/state", 0700) == 0);
	CHECK(net_radio_ops.open("/mnt/logs", &net, &error) == 0);
	CHECK(net_radio_ops.apply(net, &good, &error) == 0);
	fill("/mnt/much");
	for (int i = 0; (r = net_radio_ops.authenticate(net, &request, &v, &error)) == 0 && i < 50; i++)
		;
	CHECK(r < 0 && error.status == AZ_ENVIRONMENT);
	(void) fprintf(stderr, "said: %s\n", error.text);
	CHECK(strstr(error.text, "cannot be written: No space left on device; make room and run again") != NULL);
	net_radio_ops.close(net);

	/* A guest that cannot be saved works all the same. */
	CHECK(unlink("/mnt/much") == 0);
	CHECK(setenv("AZSIM_RADIO_STATE", "/mnt/state", 1) == 0);
	CHECK(net_radio_ops.open("/mnt/logs", &net, &error) == 0);
	CHECK(net_radio_ops.apply(net, &good, &error) == 0);
	CHECK(net_radio_ops.authenticate(net, &request, &v, &error) == 0 && v.outcome == AUTH_OK);
	net_radio_ops.close(net);
	CHECK(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
}

static void a_full_disk_is_told(void **state)
{
	BEGIN();
	in_child(full_disk);
}

/* ---- What ends, or stands still -------------------------------------------------------------------------------------------------- */

static void a_killed_emulator_is_told(void **state)
{
	struct auth_verdict v;
	struct az_error error;
	struct opened opened;

	BEGIN();
	opened_good(&opened, &net_radio_ops, server, root);
	assert_int_equal(kill(opened.net->child, SIGKILL), 0);
	assert_true(opened_authenticate(&opened, client, root, &v, &error) < 0);
	assert_int_equal(error.status, AZ_ENVIRONMENT);
	assert_non_null(strstr(error.text, "the guest of the radio network ended by itself"));
	assert_non_null(strstr(error.text, "QEMU was killed by signal 9"));
	assert_true(opened_authenticate(&opened, client, root, &v, &error) < 0);
	assert_non_null(strstr(error.text, "ended earlier"));
	opened_close(&opened);
	assert_no_child();
}

static void a_frozen_guest_is_told(void **state)
{
	struct netd_pids pids;
	struct az_error error;
	struct opened opened;

	BEGIN();
	opened_good(&opened, &net_radio_ops, server, root);
	must(netd_status(opened.net, &pids, &error), &error, "status");
	assert_int_equal(pids.helper, 1);
	assert_true(pids.freeradius > 1 && pids.hostapd > 1 && pids.wpa_supplicant > 1);
	assert_int_equal(kill(opened.net->child, SIGSTOP), 0);
	assert_true(netd_status(opened.net, &pids, &error) < 0);
	assert_int_equal(error.status, AZ_ENVIRONMENT);
	assert_non_null(strstr(error.text, "does not answer, and was ended"));
	opened_close(&opened);
	assert_no_child();
}

static void it_ends_with_its_owner(void **state)
{
	int ends[2], status;
	pid_t pid, emulator;

	BEGIN();
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0); /* what is left comes to us */
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct opened opened;

		(void) prctl(PR_SET_PDEATHSIG, SIGKILL);
		opened_good(&opened, &net_radio_ops, server, root);
		pid_t helper = opened.net->child;

		(void) !write(ends[1], opened.dir, sizeof(opened.dir));
		(void) !write(ends[1], &helper, sizeof(helper));
		for (;;)
			(void) pause();
	}
	(void) close(ends[1]);
	char dir[sizeof(((struct opened *) NULL)->dir)];

	assert_int_equal(read(ends[0], dir, sizeof(dir)), sizeof(dir));
	assert_int_equal(read(ends[0], &emulator, sizeof(emulator)), sizeof(emulator));
	(void) close(ends[0]);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(waitpid(emulator, &status, 0), emulator);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_no_child();
	DIR *d = opendir(dir);

	assert_non_null(d);
	for (struct dirent *e = readdir(d); e != NULL; e = readdir(d))
		(void) unlinkat(dirfd(d), e->d_name, 0);
	(void) closedir(d);
	assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(the_guest_is_saved_and_restored),
	        cmocka_unit_test(a_bad_saved_guest_is_found_out),
	        cmocka_unit_test(what_is_missing_is_named),
	        cmocka_unit_test(kvm_is_tried_before_it_is_taken),
	        cmocka_unit_test(a_guest_that_kvm_does_not_start_is_emulated),
	        cmocka_unit_test(too_little_memory_is_told),
	        cmocka_unit_test(a_full_disk_is_told),
	        cmocka_unit_test(a_killed_emulator_is_told),
	        cmocka_unit_test(a_frozen_guest_is_told),
	        cmocka_unit_test(it_ends_with_its_owner),
	};

	return cmocka_run_group_tests(tests, make_all, free_all);
}
