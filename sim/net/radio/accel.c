/* Whether KVM runs the guest: see radio.h.
 *
 * A device /dev/kvm that opens proves little: there are machines on which QEMU then ends in an assertion, or stands still. So it is
 * tried: the guest's own kernel, with the guest's own machine and no file system, has to get as far as to say that it finds none.
 * Under KVM that takes a second. The answer is kept beside the saved guests, for this boot of this machine and this QEMU and kernel.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

#include "emu-applibs/base/base.h"
#include "sim/net/radio/radio.h"
#include "sim/net/testnetd/proc.h"

#define ABOUT_MAX (64 + 2 * (TESTNETD_PATH_MAX + 64))
#define TRY_LIMIT_MS 3000u
#define LAST_WORDS "Unable to mount root fs"

/* ---- The trial ----------------------------------------------------------------------------------------------------------------- */

/* What it says until it ends, or until the time is over. 1: the last words were among it; 0; -EINTR. */
static int listen_to(int fd, uint64_t deadline_ns)
{
	char text[16384];
	size_t length = 0;

	for (;;) {
		struct pollfd pfd = {.fd = fd, .events = POLLIN};
		uint64_t now = real_now_ns();
		int r = poll(&pfd, 1, now >= deadline_ns ? 0 : (int) ((deadline_ns - now) / NS_PER_MS + 1));
		ssize_t n = r > 0 ? read(fd, text + length, sizeof(text) - 1 - length) : -1;

		if (r < 0 && errno == EINTR)
			return -EINTR;
		if (n <= 0)
			return 0;
		length += (size_t) n;
		text[length] = '\0';
		if (strstr(text, LAST_WORDS) != NULL)
			return 1;
		if (length > sizeof(text) / 2) {
			memmove(text, text + length - 256, 256);
			length = 256;
		}
	}
}

/* 1: KVM runs this kernel here; 0: it does not; -EINTR: somebody wants us to stop. */
static int try_kvm(const struct radio_paths *paths)
{
	int ends[2], r;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return 0;
	pid = radio_qemu_try_kernel(paths, true, ends[1]);
	(void) close(ends[1]);
	r = pid > 0 ? listen_to(ends[0], real_now_ns() + TRY_LIMIT_MS * NS_PER_MS) : 0;
	(void) close(ends[0]);
	if (pid > 0) {
		(void) kill(pid, SIGKILL);
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	return r;
}

/* ---- The answer that is kept ----------------------------------------------------------------------------------------------------- */

/* What the answer is about; false when that cannot be known. */
static bool about(const struct radio_paths *paths, char *out, size_t size)
{
	cleanup_free char *qemu = radio_describe_file(paths->qemu), *kernel = radio_describe_file(paths->kernel);
	char boot[64] = "";
	FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");
	bool ok = f != NULL && fgets(boot, sizeof(boot), f) != NULL && qemu != NULL && kernel != NULL;

	if (f != NULL)
		(void) fclose(f);
	(void) snprintf(out, size, "%s%s%s", boot, qemu != NULL ? qemu : "", kernel != NULL ? kernel : "");
	return ok;
}

static void answer_path(const struct radio_paths *paths, char out[TESTNETD_PATH_MAX + 8])
{
	(void) snprintf(out, TESTNETD_PATH_MAX + 8, "%s/kvm", paths->state);
}

static enum radio_kvm_answer read_answer(const struct radio_paths *paths)
{
	char path[TESTNETD_PATH_MAX + 8], wanted[ABOUT_MAX], seen[ABOUT_MAX + 8];
	enum radio_kvm_answer answer = RADIO_KVM_UNTRIED;
	size_t length, n;
	FILE *f;

	answer_path(paths, path);
	f = fopen(path, "re");
	if (f == NULL)
		return answer;
	n = fread(seen, 1, sizeof(seen) - 1, f);
	(void) fclose(f);
	seen[n] = '\0';
	if (!about(paths, wanted, sizeof(wanted)))
		return answer;
	length = strlen(wanted);
	if (strncmp(seen, wanted, length) == 0 && strcmp(seen + length, "yes\n") == 0)
		answer = RADIO_KVM_WORKS;
	else if (strncmp(seen, wanted, length) == 0 && strcmp(seen + length, "no\n") == 0)
		answer = RADIO_KVM_FAILS;
	return answer;
}

/* It is asked again the next time if this does not succeed. */
static void keep_answer(const struct radio_paths *paths, bool works)
{
	char path[TESTNETD_PATH_MAX + 8], text[ABOUT_MAX + 8];
	cleanup_free char *fresh = NULL;
	int fd;
	FILE *f;

	answer_path(paths, path);
	if (radio_make_folders(paths->state) < 0 || !about(paths, text, ABOUT_MAX) || asprintf(&fresh, "%s.XXXXXX", path) < 0)
		return;
	fd = mkostemp(fresh, O_CLOEXEC);
	f = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (f == NULL) {
		if (fd >= 0)
			(void) close(fd);
		return;
	}
	(void) fprintf(f, "%s%s\n", text, works ? "yes" : "no");
	if (fclose(f) != 0 || rename(fresh, path) < 0)
		(void) unlink(fresh);
}

/* ---- To be asked ------------------------------------------------------------------------------------------------------------------ */

enum radio_kvm_answer radio_kvm_known(const struct radio_paths *paths)
{
	if (paths->kvm[0] == '\0')
		return RADIO_KVM_UNWANTED;
	if (access(paths->kvm, R_OK | W_OK) < 0)
		return RADIO_KVM_ABSENT;
	return read_answer(paths);
}

int radio_kvm_choose(struct radio_paths *paths)
{
	enum radio_kvm_answer answer = radio_kvm_known(paths);
	int r;

	paths->use_kvm = answer == RADIO_KVM_WORKS;
	if (answer != RADIO_KVM_UNTRIED)
		return 0;
	r = try_kvm(paths);
	if (r < 0)
		return r;
	keep_answer(paths, r == 1);
	paths->use_kvm = r == 1;
	return 0;
}

void radio_kvm_failed(struct radio_paths *paths)
{
	paths->use_kvm = false;
	keep_answer(paths, false);
}
