/* What the files of the radio network share: hostapd, FreeRADIUS and wpa_supplicant over simulated 802.11 radios in a small guest
 * that QEMU emulates, without root or anything of the host's kernel.
 *
 * radio.c          struct net_ops: a guest for one scenario, restored from a saved one where there is one
 * radio/find.c     where the emulator, the kernel and the daemons are
 * radio/image.c    the guest's initial file system: what init.c starts, and the libraries of all that
 * radio/accel.c    whether KVM runs the guest here, or plain emulation
 * radio/qemu.c     the emulator as a child process, and its monitor
 * radio/state.c    the saved guest: a file that is good as long as nothing of what is in it has changed
 * guest/init.c     the other side
 */
#ifndef SIM_NET_RADIO_RADIO_H
#define SIM_NET_RADIO_RADIO_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "sim/net/testnet/netd.h"
#include "sim/net/testnetd/testnetd.h"

/* ---- Where things are ---------------------------------------------------------------------------------------------------------- */

struct radio_paths {
	char qemu[TESTNETD_PATH_MAX];
	char kernel[TESTNETD_PATH_MAX];  /* vmlinuz */
	char modules[TESTNETD_PATH_MAX]; /* folder lib/modules/VERSION */
	char guest[TESTNETD_PATH_MAX];   /* testnetd-guest */
	char state[TESTNETD_PATH_MAX];   /* folder for the saved guest; need not be there */
	char kvm[TESTNETD_PATH_MAX];     /* the device of KVM, which need not be there; "": not wanted */
	bool use_kvm;                    /* see radio_kvm_choose() */
	struct testnetd_paths daemons;
};

/* The kernel is in the folder AZSIM_RADIO, or in `radio` beside this program; the daemons where wired_find() looks; saved guests in
 * AZSIM_RADIO_STATE, beside the kernel, or in `azsim` of the user's folder for caches. AZSIM_RADIO_KVM: another device than /dev/kvm,
 * or "no". 0, or -ENOENT and *ret_error: what is missing and how to have it. */
int radio_find(struct radio_paths *ret_paths, struct az_error *ret_error);

/* ---- The initial file system --------------------------------------------------------------------------------------------------- */

/* Every file of the host that goes into the guest. */
struct radio_file {
	char *from, *to; /* path on the host; path in the guest */
};

struct radio_files {
	struct radio_file *list;
	size_t count;
};

/* Programs, their libraries, modules in the order in which they need each other. 0, or negative errno and *ret_error. */
int radio_collect(const struct radio_paths *paths, struct radio_files *ret_files, struct az_error *ret_error);
void radio_files_clear(struct radio_files *files);
/* A descriptor of an unnamed file that holds them as a cpio archive ("newc"); or negative errno and *ret_error. */
int radio_pack(const struct radio_files *files, struct az_error *ret_error);

/* ---- KVM ---------------------------------------------------------------------------------------------------------------------- */

enum radio_kvm_answer {
	RADIO_KVM_UNTRIED,
	RADIO_KVM_UNWANTED,
	RADIO_KVM_ABSENT, /* no device, or one that this user may not use */
	RADIO_KVM_FAILS,
	RADIO_KVM_WORKS,
};

/* What is known without a trial. */
enum radio_kvm_answer radio_kvm_known(const struct radio_paths *paths);
/* Sets paths->use_kvm, after a trial of three seconds at most (real time) if none was made since this machine booted. 0, or -EINTR. */
int radio_kvm_choose(struct radio_paths *paths);
/* A guest did not start with it, whatever the trial said: it is not taken again. Clears paths->use_kvm. */
void radio_kvm_failed(struct radio_paths *paths);

/* ---- The emulator -------------------------------------------------------------------------------------------------------------- */

struct radio_qemu {
	pid_t pid;
	int port; /* to testnetd in the guest */
	int monitor;
	uint64_t deadline_ns; /* of the questions to the monitor, by real_now_ns() */
	char input[8192];
	size_t input_length;
};

/* How the emulator is called, as one text, without what differs from run to run: part of what a saved guest depends on. */
const char *radio_qemu_signature(const struct radio_paths *paths);
/* Boots the guest's kernel alone, which ends when it finds no file system; its console goes to `out`. The process, or negative errno. */
pid_t radio_qemu_try_kernel(const struct radio_paths *paths, bool kvm, int out);
/* Starts it, to boot with the initial file system image_fd, or to be restored from state_fd (the other one is -1). dir: for logs.
 * Standard output of the guest goes to guest.log there, the emulator's words to qemu.log. It is killed when this process ends. */
int radio_qemu_start(const struct radio_paths *paths, const char *dir, int image_fd, int state_fd, struct radio_qemu *ret_qemu,
                     struct az_error *ret_error);
/* What was restored runs. 0, or negative errno: -EINTR, -ETIMEDOUT, -EPIPE (it ended), -EBADMSG. */
int radio_qemu_resume(struct radio_qemu *qemu);
/* The guest, which stands still then, into that file; then it runs again. 0, or a negative errno: -EIO when the file cannot be
 * written, and the guest runs all the same. */
int radio_qemu_save(struct radio_qemu *qemu, int state_fd);

/* ---- The saved guest ----------------------------------------------------------------------------------------------------------- */

struct radio_state {
	char path[TESTNETD_PATH_MAX + 64]; /* of the saved guest; beside it PATH.files, what is in it */
	int lock;                          /* held while open() looks and saves; -1 */
};

/* Takes the lock, and opens the saved guest if it is good. 0 and *ret_fd, -1 when there is none; or negative errno and *ret_error
 * when the folder cannot be had: then nothing can be saved. */
int radio_state_open(const struct radio_paths *paths, struct radio_state *ret_state, int *ret_fd, struct az_error *ret_error);
/* A new file to save into, unnamed as yet: descriptor or negative errno. */
int radio_state_create(const struct radio_state *state);
/* It is whole: it gets its name, and others that are no longer good go. 0 or negative errno. */
int radio_state_keep(const struct radio_state *state, int fd, const struct radio_files *files);
/* What create() began goes; one that was there before stays. */
void radio_state_drop(const struct radio_state *state);
void radio_state_close(struct radio_state *state);
/* "SIZE TIME PATH\n" of a file, with zeros for one that is not there: differs when the file does. Caller frees; NULL: no memory. */
char *radio_describe_file(const char *path);
/* The folder (0700) and those above it. 0 or negative errno. */
int radio_make_folders(const char *path);

#endif
