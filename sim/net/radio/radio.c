/* The radio network: see radio.h.
 *
 * Each scenario has a guest of its own, which begins as the saved one stands there: a restore takes less than a second, and what one
 * scenario did to radios and daemons no other one sees.
 */
#include "sim/net/radio/radio.h"

#include <errno.h>
#include <openssl/rand.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

#include "emu-applibs/base/base.h"

#define BOOT_LIMIT_MS 180000 /* of real time: a crowded machine */
#define BOOT_KVM_LIMIT_MS 30000
#define BEGIN_LIMIT_MS 30000

struct radio {
	struct net net; /* first: what net.h hands around is this */
	char dir[TESTNETD_PATH_MAX];
	struct radio_paths paths;
	bool opening; /* what goes wrong now is tried again without KVM */
};

static int radio_probe(struct az_error *ret_error)
{
	struct radio_paths paths;

	return radio_find(&paths, ret_error);
}

/* ---- What is known of a guest that is lost --------------------------------------------------------------------------------------- */

static void append_end_of_log(const struct radio *radio, const char *name, struct az_error *error)
{
	char path[TESTNETD_PATH_MAX + 16], text[700];
	long size;
	size_t n;
	FILE *f;

	(void) snprintf(path, sizeof(path), "%s/%s", radio->dir, name);
	f = fopen(path, "re");
	if (f == NULL)
		return;
	if (fseek(f, 0, SEEK_END) == 0 && (size = ftell(f)) > 0) {
		(void) fseek(f, size > (long) sizeof(text) - 1 ? size - (long) sizeof(text) + 1 : 0, SEEK_SET);
		n = fread(text, 1, sizeof(text) - 1, f);
		while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == '\r'))
			n--;
		text[n] = '\0';
		for (size_t i = 0; i < n; i++) {
			if (((unsigned char) text[i] < ' ' && text[i] != '\n') || (unsigned char) text[i] > '~')
				text[i] = ' ';
		}
		if (n > 0)
			az_error_append(error, "%s:\n%s", name, text);
	}
	(void) fclose(f);
}

static void explain(struct net *net, struct az_error *error)
{
	struct radio *radio = (struct radio *) net;
	int status = net->wait_status;

	if (status != -1 && WIFSIGNALED(status))
		az_error_append(error, "QEMU was killed by signal %d%s", WTERMSIG(status),
		                WTERMSIG(status) == SIGKILL ? " (the kernel does that, too, when memory is short)" : "");
	else if (status != -1)
		az_error_append(error, "QEMU ended with status %d", WEXITSTATUS(status));
	append_end_of_log(radio, "qemu.log", error);
	append_end_of_log(radio, "guest.log", error);
	if (radio->paths.use_kvm && !radio->opening) {
		radio_kvm_failed(&radio->paths);
		az_error_append(error, "It ran with KVM; from now on it is emulated.");
	}
}

/* ---- Opening -------------------------------------------------------------------------------------------------------------------- */

static void take_child(struct radio *radio, struct radio_qemu *qemu)
{
	radio->net.child = qemu->pid;
	radio->net.fd = qemu->port;
	radio->net.seq = 0;
}

static int begin(struct radio *radio, struct az_error *ret_error)
{
	struct wire_writer w = netd_writer(&radio->net);
	uint8_t random[64];

	if (RAND_bytes(random, sizeof(random)) != 1) {
		az_error_set(ret_error, AZ_ENVIRONMENT, "no random bytes for the guest of the radio network");
		netd_end(&radio->net);
		return -EIO;
	}
	wire_put_bytes(&w, random, sizeof(random));
	explicit_bzero(random, sizeof(random));
	return netd_ask(&radio->net, TESTNET_BEGIN, &w, BEGIN_LIMIT_MS, ret_error);
}

/* From the saved guest. 0; or a negative errno and *ret_error, with nothing left running. */
static int restore(struct radio *radio, const struct radio_paths *paths, int state_fd, struct az_error *ret_error)
{
	struct radio_qemu qemu;
	int r = radio_qemu_start(paths, radio->dir, -1, state_fd, &qemu, ret_error);

	if (r < 0)
		return r;
	take_child(radio, &qemu);
	r = radio_qemu_resume(&qemu);
	(void) close(qemu.monitor);
	return r < 0 ? netd_lose(&radio->net, r, ret_error) : begin(radio, ret_error);
}

/* A guest that cannot be saved works all the same, but each scenario will boot its own: that is said. */
static void save(struct radio_qemu *qemu, struct radio_state *state, int state_fd, const struct radio_files *files)
{
	int r = state_fd < 0 ? state_fd : radio_qemu_save(qemu, state_fd);

	if (r == 0)
		r = radio_state_keep(state, state_fd, files);
	if (r == 0)
		return;
	radio_state_drop(state);
	(void) fprintf(stderr, "azsim: the guest of the radio network cannot be saved as %s%s; it will be booted again the next time\n",
	               state->path, r == -EIO || r == -ENOSPC ? " (is there room for 250 MB?)" : "");
}

static int boot(struct radio *radio, const struct radio_paths *paths, struct radio_state *state, struct az_error *ret_error)
{
	struct radio_files files;
	struct radio_qemu qemu;
	cleanup_fd int image_fd = -1, state_fd = -1;
	int r = radio_collect(paths, &files, ret_error);

	if (r < 0)
		return r;
	image_fd = radio_pack(&files, ret_error);
	state_fd = state->lock >= 0 ? radio_state_create(state) : -EROFS;
	r = image_fd < 0 ? image_fd : radio_qemu_start(paths, radio->dir, image_fd, -1, &qemu, ret_error);
	if (r == 0) {
		take_child(radio, &qemu);
		r = netd_take_hello(&radio->net, paths->use_kvm ? BOOT_KVM_LIMIT_MS : BOOT_LIMIT_MS, ret_error);
		if (r == 0 && state->lock >= 0)
			save(&qemu, state, state_fd, &files);
		(void) close(qemu.monitor);
	}
	radio_files_clear(&files);
	if (r < 0 && state->lock >= 0)
		radio_state_drop(state);
	return r == 0 ? begin(radio, ret_error) : r;
}

static int open_guest_as_chosen(struct radio *radio, const struct radio_paths *paths, struct az_error *ret_error)
{
	struct radio_state state;
	cleanup_fd int state_fd = -1;
	int r = radio_state_open(paths, &state, &state_fd, ret_error);

	if (r == -EINTR)
		return r;
	if (r < 0)
		(void) fprintf(stderr, "azsim: no guest of the radio network can be saved in %s\n", ret_error->text);
	if (r == 0 && state_fd >= 0) {
		radio_state_close(&state);
		r = restore(radio, paths, state_fd, ret_error);
		if (r == 0 || r == -EINTR)
			return r;
		(void) fprintf(stderr, "azsim: the saved guest of the radio network is no good, and is made anew: %s\n", ret_error->text);
		(void) close(steal_fd(&state_fd));
		r = radio_state_open(paths, &state, &state_fd, ret_error);
		if (r == -EINTR)
			return r;
	}
	if (r < 0)
		state.lock = -1;
	r = boot(radio, paths, &state, ret_error);
	radio_state_close(&state);
	return r;
}

/* KVM must never make a run fail that emulation lets pass. */
static int open_guest(struct radio *radio, struct radio_paths *paths, struct az_error *ret_error)
{
	int r = radio_kvm_choose(paths);

	if (r < 0) {
		az_error_set(ret_error, AZ_INTERRUPTED, "interrupted");
		return r;
	}
	r = open_guest_as_chosen(radio, paths, ret_error);
	if (r == 0 || r == -EINTR || !paths->use_kvm)
		return r;
	(void) fprintf(stderr, "azsim: the guest of the radio network does not start with KVM, and is emulated from now on: %s\n", ret_error->text);
	netd_end(&radio->net);
	radio_kvm_failed(paths);
	return open_guest_as_chosen(radio, paths, ret_error);
}

/* For --help. */
static const char *radio_how(void)
{
	static const char *const words[] = {
	        [RADIO_KVM_UNTRIED] = "KVM is tried at the first run, for 3 s at most, and taken if it works",
	        [RADIO_KVM_UNWANTED] = "emulated: AZSIM_RADIO_KVM says no to KVM",
	        [RADIO_KVM_ABSENT] = "emulated: this user has no KVM here",
	        [RADIO_KVM_FAILS] = "emulated: KVM was tried, and does not work here",
	        [RADIO_KVM_WORKS] = "with KVM: it was tried, and works here",
	};
	struct radio_paths paths;
	struct az_error error;

	return radio_find(&paths, &error) == 0 ? words[radio_kvm_known(&paths)] : NULL;
}

static int radio_open(const char *dir, struct net **ret_net, struct az_error *ret_error)
{
	cleanup_free struct radio *radio = calloc(1, sizeof(*radio));
	int r;

	if (radio == NULL) {
		az_error_set(ret_error, AZ_ENVIRONMENT, "out of memory");
		return -ENOMEM;
	}
	radio->net.who = "the guest of the radio network";
	radio->net.fd = -1;
	radio->net.stream = true;
	radio->net.explain = explain;
	radio->opening = true;
	r = radio_find(&radio->paths, ret_error);
	if (r == 0 && (size_t) snprintf(radio->dir, sizeof(radio->dir), "%s", dir) >= sizeof(radio->dir)) {
		az_error_set(ret_error, AZ_ENVIRONMENT, "%s: too long a path for the logs of the radio network", dir);
		r = -ENAMETOOLONG;
	}
	if (r == 0)
		r = open_guest(radio, &radio->paths, ret_error);
	if (r < 0) {
		netd_end(&radio->net);
		return r;
	}
	radio->opening = false;
	*ret_net = &steal_ptr(&radio)->net;
	return 0;
}

static void radio_close(struct net *net)
{
	struct radio *radio = (struct radio *) net;

	if (net == NULL)
		return;
	netd_quit(net);
	free(radio);
}

const struct net_ops net_radio_ops = {
        .name = "radio",
        .about = "the same three over simulated 802.11 radios, in a guest that QEMU emulates: no root, no KVM needed",
        .when_named = true,
        .probe = radio_probe,
        .how = radio_how,
        .open = radio_open,
        .capture = netd_capture,
        .apply = netd_apply,
        .set_clocks = netd_set_clocks,
        .authenticate = netd_authenticate,
        .tcp = {.connect = netd_tcp_connect, .carry = netd_tcp_carry, .close = netd_tcp_close},
        .join = netd_join,
        .join_known = netd_join_known,
        .scan = netd_scan,
        .signal = netd_signal,
        .close = radio_close,
};
