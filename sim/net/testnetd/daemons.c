/* The daemons of the wired and the radio network: see testnetd/daemons.h.
 */
#define _GNU_SOURCE
#include "sim/net/testnetd/daemons.h"

#include <errno.h>
#include <openssl/rand.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "emu-applibs/base/base.h"
#include "sim/net/testnetd/air.h"
#include "sim/net/testnetd/clocks.h"
#include "sim/net/testnetd/conf.h"
#include "sim/net/testnetd/loss.h"
#include "sim/net/testnetd/ns.h"
#include "sim/net/testnetd/start.h"
#include "sim/net/testnetd/status.h"

#define DEATH_LIMIT_MS 3000u /* from a socket that nobody answers to the end of the process behind it; a crowded machine takes its time */

/* A healthy start takes a tenth of a second here, and some seconds in an emulated guest on a crowded machine. */
const struct medium medium_wire = {
        .ap_interface = NS_AP_INTERFACE, .device_interface = NS_DEVICE_INTERFACE, .device_mac = NS_DEVICE_MAC_TEXT,
        .capture_interface = NS_AP_INTERFACE,
        .supplicant_driver = "wired", .hostapd_template = testnetd_template_hostapd,
        .supplicant_template = testnetd_template_supplicant, .start_limit_ms = 20000,
};
/* hwsim numbers its radios in their addresses. */
const struct medium medium_air = {
        .radio = true, .ap_interface = "wlan0", .device_interface = "wlan1", .device_mac = "02:00:00:00:01:00",
        .capture_interface = "hwsim0",
        .supplicant_driver = "nl80211", .hostapd_template = testnetd_template_hostapd_radio,
        .supplicant_template = testnetd_template_supplicant_radio, .start_limit_ms = 60000,
};

uint64_t daemons_in_ms(unsigned ms)
{
	return real_now_ns() + ms * NS_PER_MS;
}

const char *daemons_work_path(const struct daemons *d, const char *name, char out[DAEMONS_PATH_MAX])
{
	(void) snprintf(out, DAEMONS_PATH_MAX, "%s/%s", d->work, name);
	return out;
}

const char *const daemons_environment[] = {"TZ=UTC", "PATH=/usr/bin:/bin", NULL};

const char *daemons_interface(unsigned radio, char out[DAEMONS_INTERFACE_MAX])
{
	(void) snprintf(out, DAEMONS_INTERFACE_MAX, "wlan%u", radio);
	return out;
}

/* All of them, number by number: the first PROCS_ON_WIRE are what there is on a wire. */
#define PROCS_ON_WIRE 3
#define PROCS (2 + NET_BSS_MAX + NET_OTHERS_MAX + 3)
static struct proc *proc_at(struct daemons *d, size_t i)
{
	struct proc *const first[] = {&d->radius, &d->supplicant};

	if (i < ARRAY_LEN(first))
		return first[i];
	i -= ARRAY_LEN(first);
	if (i < NET_BSS_MAX)
		return &d->ap[i];
	i -= NET_BSS_MAX;
	if (i < NET_OTHERS_MAX)
		return &d->others[i];
	i -= NET_OTHERS_MAX;
	return i == 0 ? &d->dhcp_server : i == 1 ? &d->dhcp_client : &d->carrier;
}

/* ---- Waiting ----------------------------------------------------------------------------------------------------------------- */

static void reap(struct daemons *d)
{
	struct signalfd_siginfo info;
	int status;
	pid_t pid;

	while (read(d->child_fd, &info, sizeof(info)) > 0)
		; /* signals melt together: waitpid knows */
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (size_t i = 0; i < PROCS; i++)
			(void) proc_ended(proc_at(d, i), pid, status);
}

bool daemons_wait(struct daemons *d, int fd, uint64_t until_ns)
{
	enum { ASKED, CHILD, EVENTS, FRAMES, FRAMES_OF_RADIUS, OUTPUT };
	struct pollfd fds[OUTPUT + PROCS] = {
	        [ASKED] = {.fd = fd, .events = POLLIN},
	        [CHILD] = {.fd = d->child_fd, .events = POLLIN},
	        [EVENTS] = {.fd = ctl_event_fd(&d->supplicant_ctl), .events = POLLIN},
	        [FRAMES] = {.fd = d->capture.fd[0], .events = POLLIN},
	        [FRAMES_OF_RADIUS] = {.fd = d->capture.fd[1], .events = POLLIN},
	};
	uint64_t now = real_now_ns();
	uint64_t left = until_ns == TIME_NEVER ? 0 : until_ns > now ? until_ns - now : 0;
	struct timespec limit = {.tv_sec = (time_t) (left / NS_PER_S), .tv_nsec = (long) (left % NS_PER_S)};

	for (size_t i = 0; i < PROCS; i++)
		fds[OUTPUT + i] = (struct pollfd){.fd = proc_at(d, i)->pipe_fd, .events = POLLIN};
	if (ppoll(fds, ARRAY_LEN(fds), until_ns == TIME_NEVER ? NULL : &limit, NULL) < 0)
		return false;
	for (size_t i = 0; i < PROCS; i++)
		proc_read(proc_at(d, i));
	if (fds[FRAMES].revents != 0 || fds[FRAMES_OF_RADIUS].revents != 0)
		capture_take(&d->capture, clocks_radius_now_ns(d));
	if (fds[CHILD].revents != 0)
		reap(d);
	return fds[ASKED].revents != 0;
}

void daemons_pause(struct daemons *d, unsigned ms)
{
	char event[CTL_TEXT_MAX];

	uint64_t until = daemons_in_ms(ms);

	do {
		(void) daemons_wait(d, -1, until);
		while (ctl_next_event(&d->supplicant_ctl, event))
			; /* of no attempt */
	} while (real_now_ns() < until);
}

int daemons_check(struct daemons *d, struct az_error *ret_error)
{
	for (size_t i = 0; i < PROCS; i++) {
		const struct proc *proc = proc_at(d, i);

		if (proc->state == PROC_DIED) {
			proc_describe_end(proc, ret_error);
			return -ECHILD;
		}
		if (d->capture.error != 0) {
			az_error_set(ret_error, AZ_ENVIRONMENT, NET_CAPTURE_FILE " cannot be written: %s; make room and run again",
			             strerror(d->capture.error));
			return -d->capture.error;
		}
		if (proc->log_error != 0) {
			az_error_set(ret_error, AZ_ENVIRONMENT, "%s cannot be written: %s; make room and run again",
			             proc->log_name, strerror(proc->log_error));
			return -proc->log_error;
		}
	}
	return 0;
}

int daemons_check_after_failure(struct daemons *d, struct az_error *ret_error)
{
	uint64_t until = daemons_in_ms(DEATH_LIMIT_MS);
	int r;

	while ((r = daemons_check(d, ret_error)) == 0 && real_now_ns() < until)
		(void) daemons_wait(d, -1, until);
	return r;
}

/* ---- Starting ---------------------------------------------------------------------------------------------------------------- */

int daemons_fail_setup(struct az_error *ret_error, int r, const char *what)
{
	az_error_set(ret_error, AZ_ENVIRONMENT, "the test network cannot be prepared: %s: %s", what, strerror(-r));
	return r;
}

static int random_secret(char out[33])
{
	uint8_t bytes[16];

	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		return -EIO;
	for (size_t i = 0; i < sizeof(bytes); i++)
		(void) snprintf(out + 2 * i, 3, "%02x", bytes[i]);
	return 0;
}

static int link_to(const struct daemons *d, const char *name, const char *target)
{
	char path[DAEMONS_PATH_MAX];

	return symlink(target, daemons_work_path(d, name, path)) == 0 ? 0 : -errno;
}

/* Paths from outside may hold blanks and colons; the daemons get these short ones. */
static int make_folders(const struct daemons *d)
{
	static const char *const folders[] = {"radius", "hostapd", "wpa_supplicant", "device", "ctl"};
	char path[DAEMONS_PATH_MAX];
	int r = 0;

	for (size_t i = 0; i < ARRAY_LEN(folders) && r == 0; i++)
		r = mkdir(daemons_work_path(d, folders[i], path), 0700) == 0 ? 0 : -errno;
	if (r == 0)
		r = link_to(d, "faketime.so", d->paths->faketime);
	if (r == 0 && d->medium->radio)
		r = link_to(d, "devclock.so", d->paths->devclock);
	if (r == 0)
		r = link_to(d, "radius-lib", d->paths->radius_lib);
	return r == 0 ? link_to(d, "radius-share", d->paths->radius_dictionaries) : r;
}

static int open_child_signals(void)
{
	sigset_t set;

	(void) sigemptyset(&set);
	(void) sigaddset(&set, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);

	return fd < 0 ? -errno : fd;
}

int daemons_init(struct daemons *d, const struct medium *medium, const char *work, int dir_fd,
                 const struct testnetd_paths *paths, struct az_error *ret_error)
{
	int r;

	memset(d, 0, sizeof(*d));
	d->medium = medium;
	d->paths = paths;
	d->work = work;
	d->dir_fd = dir_fd;
	capture_init(&d->capture);
	proc_init(&d->radius, "freeradius", "freeradius.log", NULL);
	for (size_t i = 0; i < NET_BSS_MAX; i++)
		proc_init(&d->ap[i], "hostapd", "hostapd.log", NULL);
	for (size_t i = 0; i < NET_OTHERS_MAX; i++)
		proc_init(&d->others[i], "hostapd", "hostapd.log", NULL);
	proc_init(&d->dhcp_server, "udhcpd", "dhcp.log", NULL);
	proc_init(&d->dhcp_client, "udhcpc", "dhcp.log", NULL);
	proc_init(&d->carrier, "the medium of the radios", "medium.log", NULL);
	proc_init(&d->supplicant, "wpa_supplicant", "wpa_supplicant.log", "CTRL-EVENT-EAP-PEER-CERT");
	d->child_fd = open_child_signals();
	if (d->child_fd < 0)
		return daemons_fail_setup(ret_error, d->child_fd, "signals");
	d->status_fd = status_open(DAEMONS_STATUS_PORT);
	if (d->status_fd < 0)
		return daemons_fail_setup(ret_error, d->status_fd, "a UDP socket");
	d->eapol_fd = medium->radio ? -1 : ns_open_eapol();
	if (d->eapol_fd < 0 && !medium->radio)
		return daemons_fail_setup(ret_error, d->eapol_fd, ns_step_name(NS_STEP_PACKET));
	if (random_secret(d->secret) < 0 || random_secret(d->wrong_secret) < 0 || random_secret(d->status_secret) < 0)
		return daemons_fail_setup(ret_error, -EIO, "random bytes");
	r = make_folders(d);
	if (r == 0 && medium->radio)
		r = clocks_map(d);
	if (r < 0)
		return daemons_fail_setup(ret_error, r, "folders on the private tmpfs");
	for (size_t i = 0; i < (medium->radio ? PROCS : PROCS_ON_WIRE); i++) {
		struct proc *proc = proc_at(d, i);

		r = proc_open_log(proc, dir_fd);
		if (r < 0)
			return daemons_fail_setup(ret_error, r, proc->log_name);
	}
	d->device_wall_s = d->radius_wall_s = time(NULL);
	d->clocks_at_ns = real_now_ns();
	return 0;
}

int daemons_capture(struct daemons *d, struct az_error *ret_error)
{
	int r = capture_begin(&d->capture, d->dir_fd, d->medium->capture_interface, DAEMONS_AUTH_PORT, daemons_work_path(d, "keys.log", d->key_log));

	return r < 0 ? daemons_fail_setup(ret_error, r, "the capture") : 0;
}

/* What the daemons have begun is sent before its moment is over: one that takes in a frame answers it before it hears what it is asked
 * here. The access point is asked twice, as its sockets are not read in the order in which something came for them. */
static void let_frames_go(struct daemons *d)
{
	char reply[64];

	if (!d->capture.on)
		return;
	if (d->supplicant.state == PROC_RUNNING)
		(void) ctl_request(&d->supplicant_ctl, reply, sizeof(reply), "PING");
	for (int i = 0; i < 2 && d->ap[0].state == PROC_RUNNING; i++)
		(void) ctl_request(&d->ap_ctl, reply, sizeof(reply), "PING");
}

void daemons_capture_flush(struct daemons *d)
{
	let_frames_go(d);
	capture_take(&d->capture, clocks_radius_now_ns(d));
	capture_flush(&d->capture);
}

/* ---- Readiness --------------------------------------------------------------------------------------------------------------- */

static int fail_slow(const struct daemons *d, const struct proc *proc, struct az_error *ret_error)
{
	az_error_set(ret_error, AZ_ENVIRONMENT, "%s was started and is not ready after %u s", proc->name,
	             d->medium->start_limit_ms / 1000);
	proc_append_last_lines(proc, ret_error);
	return -ETIMEDOUT;
}

static int open_control(const struct daemons *d, struct ctl *ctl, const char *folder, const char *interface, bool with_events)
{
	char path[DAEMONS_PATH_MAX], client_dir[DAEMONS_PATH_MAX];

	(void) snprintf(path, sizeof(path), "%s/%s/%s", d->work, folder, interface);
	return ctl_open(ctl, path, daemons_work_path(d, "ctl", client_dir), with_events);
}

int daemons_open_ap(const struct daemons *d, size_t index, struct ctl *ctl)
{
	char interface[DAEMONS_INTERFACE_MAX];

	return open_control(d, ctl, "hostapd", daemons_interface(net_bss_radio(index), interface), false);
}

static int await_control(struct daemons *d, struct proc *proc, struct ctl *ctl, const char *folder, const char *interface,
                         bool with_events, struct az_error *ret_error)
{
	uint64_t until = daemons_in_ms(d->medium->start_limit_ms);

	for (;;) {
		if (open_control(d, ctl, folder, interface, with_events) == 0)
			return 0;
		(void) daemons_wait(d, -1, daemons_in_ms(2));
		if (daemons_check(d, ret_error) < 0)
			return -ECHILD;
		if (real_now_ns() >= until)
			return fail_slow(d, proc, ret_error);
	}
}

/* A line that a daemon writes when it is ready. */
static int await_word(struct daemons *d, struct proc *proc, const char *word, struct az_error *ret_error)
{
	uint64_t until = daemons_in_ms(d->medium->start_limit_ms);

	while (strstr(proc->capture, word) == NULL) {
		(void) daemons_wait(d, -1, until);
		if (daemons_check(d, ret_error) < 0)
			return -ECHILD;
		if (real_now_ns() >= until)
			return fail_slow(d, proc, ret_error);
	}
	return 0;
}

/* ---- States ------------------------------------------------------------------------------------------------------------------ */

static bool same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool same_list(const char *const *a, const char *const *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	for (; *a != NULL && *b != NULL; a++, b++) {
		if (strcmp(*a, *b) != 0)
			return false;
	}
	return *a == *b;
}

/* Whether RADIUS would read the same files. */
static bool same_radius(const struct net_state *a, const struct net_state *b)
{
	return same_text(a->server_chain_pem, b->server_chain_pem) && same_text(a->server_key_pem, b->server_key_pem) &&
	       same_text(a->client_roots_pem, b->client_roots_pem) && same_text(a->crl_pem, b->crl_pem) &&
	       same_list(a->known_identities, b->known_identities) &&
	       same_list(a->only_clients, b->only_clients) && a->fragment_size == b->fragment_size && a->cn_must_match == b->cn_must_match && a->tls == b->tls &&
	       a->radius_secret_wrong == b->radius_secret_wrong;
}

/* What access points are never changes in a run: only whether they are on the air, and how well they are heard. The first is started
 * and waited for beside the other daemons. */
static int apply_air(struct daemons *d, struct az_error *ret_error)
{
	struct proc *started[NET_OTHERS_MAX + NET_BSS_MAX];
	size_t count = 0;
	int r = 0;

	for (size_t i = 1; i < NET_BSS_MAX && r == 0; i++) {
		if (i >= d->state.bss_count || !d->state.bss[i].up) {
			proc_stop(&d->ap[i], 500);
		} else if (d->ap[i].state == PROC_STOPPED) {
			r = start_ap(d, i, ret_error);
			started[count++] = &d->ap[i];
		}
	}
	for (size_t i = 0; i < NET_OTHERS_MAX && r == 0; i++) {
		if (i >= d->state.other_count || !d->state.others[i].air.up) {
			proc_stop(&d->others[i], 500);
		} else if (d->others[i].state == PROC_STOPPED) {
			r = start_other(d, i, ret_error);
			started[count++] = &d->others[i];
		}
	}
	for (size_t i = 0; i < count && r == 0; i++)
		r = await_word(d, started[i], "AP-ENABLED", ret_error);
	return r;
}

static bool same_level(const struct net_air *a, const struct net_air *b)
{
	return a->up == b->up && a->in_range == b->in_range && a->signal_dbm == b->signal_dbm && a->loss_percent == b->loss_percent;
}

static bool same_air(const struct net_state *a, const struct net_state *b)
{
	bool same = a->bss_count == b->bss_count && a->other_count == b->other_count;

	for (size_t i = 0; i < a->bss_count && same; i++)
		same = same_level(&a->bss[i], &b->bss[i]);
	for (size_t i = 0; i < a->other_count && same; i++)
		same = same_level(&a->others[i].air, &b->others[i].air);
	return same;
}

int daemons_forget_scans(struct daemons *d)
{
	char reply[64];
	int r = d->air_changed ? ctl_request(&d->supplicant_ctl, reply, sizeof(reply), "BSS_FLUSH 0") : 0;

	d->air_changed = d->air_changed && r < 0;
	return r;
}

/* How well each is heard. */
static int set_levels(struct daemons *d, struct az_error *ret_error)
{
	const bool carried = d->carrier.state == PROC_RUNNING;
	int r = 0;

	d->air_changed = true;
	for (size_t i = 0; i < d->state.bss_count && r == 0; i++)
		r = air_set(net_bss_radio(i), &d->state.bss[i]);
	for (size_t i = 0; i < d->state.other_count && r == 0; i++)
		r = air_set(net_other_radio(i), &d->state.others[i].air);
	if (r < 0)
		return daemons_fail_setup(ret_error, r, "levels of the simulated radios");
	r = loss_apply(d, ret_error);
	return r == 0 && !carried && d->carrier.state == PROC_RUNNING ? await_word(d, &d->carrier, LOSS_READY, ret_error) : r;
}

/* hostapd reads at its start whether it is to cache keys; on a wire there are none. */
static bool same_caching(const struct daemons *d, const struct net_state *state)
{
	return !d->medium->radio || !d->has_state || d->state.pmksa_caching == state->pmksa_caching;
}

/* On a wire there is one access point, and it is there if the device would find any. */
static bool first_is_up(const struct daemons *d)
{
	return d->medium->radio ? d->state.bss[0].up : net_choose_bss(&d->state) >= 0;
}

int daemons_apply(struct daemons *d, struct net_state *state, struct az_error *ret_error)
{
	bool keep_radius = d->has_state && d->radius.state == PROC_RUNNING && state->radius_up && same_radius(&d->state, state);
	bool new_air = !d->has_state || !same_air(&d->state, state), new_ap, new_supplicant;
	const bool keep_aps = same_caching(d, state);
	int r = daemons_check(d, ret_error);

	testnet_state_clear(&d->state);
	d->state = *state;
	d->has_state = true;
	memset(state, 0, sizeof(*state));
	if (r < 0)
		return r;
	if (!keep_radius)
		proc_stop(&d->radius, 0); /* it keeps nothing that an orderly end would save */
	if (!first_is_up(d) || !keep_aps) {
		ctl_close(&d->ap_ctl);
		proc_stop(&d->ap[0], 500);
	}
	for (size_t i = 1; i < NET_BSS_MAX && !keep_aps; i++)
		proc_stop(&d->ap[i], 500);
	/* All are started before any is waited for. */
	if (!keep_radius && d->state.radius_up)
		r = start_radius(d, ret_error);
	new_ap = first_is_up(d) && d->ap[0].state == PROC_STOPPED;
	if (r == 0 && new_ap)
		r = start_ap(d, 0, ret_error);
	new_supplicant = d->supplicant.state == PROC_STOPPED;
	if (r == 0 && new_supplicant)
		r = start_supplicant(d, ret_error);
	if (r == 0 && new_ap)
		r = await_control(d, &d->ap[0], &d->ap_ctl, "hostapd", d->medium->ap_interface, false, ret_error);
	if (r == 0 && new_ap && d->medium->radio)
		r = await_word(d, &d->ap[0], "AP-ENABLED", ret_error); /* it can be spoken to some time before it sends beacons */
	if (r == 0 && new_supplicant)
		r = await_control(d, &d->supplicant, &d->supplicant_ctl, "wpa_supplicant", d->medium->device_interface, true, ret_error);
	if (r == 0 && !keep_radius && d->state.radius_up)
		r = await_word(d, &d->radius, "Ready to process requests", ret_error);
	if (r == 0 && d->medium->radio)
		r = apply_air(d, ret_error);
	if (r == 0 && d->medium->radio && new_air)
		r = set_levels(d, ret_error);
	if (r == -ECHILD && !keep_radius && d->radius.state == PROC_DIED)
		az_error_prefix(ret_error, "RADIUS does not start with these certificates");
	return r < 0 ? r : clocks_put(d, d->device_wall_s, d->radius_wall_s, ret_error);
}
