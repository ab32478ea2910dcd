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
#include "sim/net/testnetd/devclock.h"
#include "sim/net/testnetd/lan.h"
#include "sim/net/testnetd/ns.h"
#include "sim/net/testnetd/status.h"

/* Ports of our own network namespace: nobody else is there. */
#define AUTH_PORT 1812
#define STATUS_PORT 18121
#define NUMBER_TEXT(n) NUMBER_TEXT_(n)
#define NUMBER_TEXT_(n) #n

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

/* All of them, number by number: the first PROCS_ON_WIRE are what there is on a wire. */
#define PROCS_ON_WIRE 3
#define PROCS (2 + NET_BSS_MAX + NET_OTHERS_MAX + 2)
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
	return i == NET_OTHERS_MAX ? &d->dhcp_server : &d->dhcp_client;
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

static int fail_setup(struct az_error *ret_error, int r, const char *what)
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
	proc_init(&d->supplicant, "wpa_supplicant", "wpa_supplicant.log", "CTRL-EVENT-EAP-PEER-CERT");
	d->child_fd = open_child_signals();
	if (d->child_fd < 0)
		return fail_setup(ret_error, d->child_fd, "signals");
	d->status_fd = status_open(STATUS_PORT);
	if (d->status_fd < 0)
		return fail_setup(ret_error, d->status_fd, "a UDP socket");
	d->eapol_fd = medium->radio ? -1 : ns_open_eapol();
	if (d->eapol_fd < 0 && !medium->radio)
		return fail_setup(ret_error, d->eapol_fd, ns_step_name(NS_STEP_PACKET));
	if (random_secret(d->secret) < 0 || random_secret(d->wrong_secret) < 0 || random_secret(d->status_secret) < 0)
		return fail_setup(ret_error, -EIO, "random bytes");
	r = make_folders(d);
	if (r == 0 && medium->radio)
		r = clocks_map(d);
	if (r < 0)
		return fail_setup(ret_error, r, "folders on the private tmpfs");
	for (size_t i = 0; i < (medium->radio ? PROCS : PROCS_ON_WIRE); i++) {
		struct proc *proc = proc_at(d, i);

		r = proc_open_log(proc, dir_fd);
		if (r < 0)
			return fail_setup(ret_error, r, proc->log_name);
	}
	d->device_wall_s = d->radius_wall_s = time(NULL);
	d->clocks_at_ns = real_now_ns();
	return 0;
}

int daemons_capture(struct daemons *d, struct az_error *ret_error)
{
	int r = capture_begin(&d->capture, d->dir_fd, d->medium->capture_interface, AUTH_PORT, daemons_work_path(d, "keys.log", d->key_log));

	return r < 0 ? fail_setup(ret_error, r, "the capture") : 0;
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

static int write_text(const struct daemons *d, const char *name, const char *text)
{
	char path[DAEMONS_PATH_MAX];

	return conf_write(daemons_work_path(d, name, path), text, strlen(text));
}

static int write_template(const struct daemons *d, const char *name, const char *text, const struct conf_var *vars,
                          size_t var_count)
{
	cleanup_free char *expanded = NULL;
	int r = conf_expand(text, vars, var_count, &expanded);

	if (r < 0)
		return r;
	r = write_text(d, name, expanded);
	explicit_bzero(expanded, strlen(expanded));
	return r;
}

/* RADIUS takes the CRL from the file of the roots. */
static int write_roots(const struct daemons *d)
{
	cleanup_free char *both = NULL;

	if (d->state.crl_pem == NULL)
		return write_text(d, "radius/client-roots.pem", d->state.client_roots_pem);
	if (asprintf(&both, "%s\n%s", d->state.client_roots_pem, d->state.crl_pem) < 0) {
		both = NULL;
		return -ENOMEM;
	}
	return write_text(d, "radius/client-roots.pem", both);
}

static size_t list_length(const char *const *list)
{
	size_t count = 0;

	while (list != NULL && list[count] != NULL)
		count++;
	return count;
}

static int write_radius_files(const struct daemons *d)
{
	const struct net_state *s = &d->state;
	cleanup_free char *identities = NULL, *clients = NULL;
	char fragment[16];
	int r = conf_known_identities((char *const *) s->known_identities, list_length(s->known_identities), &identities);

	if (r == 0)
		r = conf_only_clients((char *const *) s->only_clients, list_length(s->only_clients), &clients);
	if (r < 0)
		return r;
	(void) snprintf(fragment, sizeof(fragment), "%u", s->fragment_size != 0 ? s->fragment_size : NET_FRAGMENT_DEFAULT);
	const struct conf_var vars[] = {
	        {"WORK", d->work},
	        {"AUTH_PORT", NUMBER_TEXT(AUTH_PORT)},
	        {"STATUS_PORT", NUMBER_TEXT(STATUS_PORT)},
	        {"SECRET", s->radius_secret_wrong ? d->wrong_secret : d->secret},
	        {"STATUS_SECRET", d->status_secret},
	        {"CHECK_CRL", s->crl_pem != NULL ? "yes" : "no"},
	        {"TLS", s->tls == NET_TLS_1_3 ? "1.3" : "1.2"},
	        {"CHECK_CN", s->cn_must_match ? "check_cert_cn = %{User-Name}" : "# identity and CN may differ"},
	        {"KNOWN_IDENTITIES", identities},
	        {"ONLY_CLIENTS", clients},
	        {"ASK_FILE", s->only_clients != NULL ? "virtual_server = on_file" : "# no file of client certificates"},
	        {"FRAGMENT_SIZE", fragment},
	};

	r = write_template(d, "radius/radiusd.conf", testnetd_template_radiusd, vars, ARRAY_LEN(vars));
	if (r == 0)
		r = write_template(d, "radius/dictionary", testnetd_template_dictionary, vars, ARRAY_LEN(vars));
	if (r == 0)
		r = write_text(d, "radius/openssl.cnf", testnetd_template_openssl);
	if (r == 0)
		r = write_text(d, "radius/server.pem", s->server_chain_pem);
	if (r == 0)
		r = write_text(d, "radius/server.key", s->server_key_pem);
	return r == 0 ? write_roots(d) : r;
}

/* The environment of a daemon that lives in the time of `clock_file`. */
struct environment {
	char preload[2 * DAEMONS_PATH_MAX + 48], file[DAEMONS_PATH_MAX + 32], libraries[DAEMONS_PATH_MAX + 32];
	char key_log[DAEMONS_PATH_MAX + 16], openssl[DAEMONS_PATH_MAX + 48], devclock[DAEMONS_PATH_MAX + 48];
	const char *list[11];
};

/* openssl_conf: of OpenSSL in it, in the work folder; NULL: the system's. devclock: its monotonic clock is ours, too. */
static const char *const *faked_environment(const struct daemons *d, const char *clock_file, const char *openssl_conf, bool devclock,
                                            struct environment *e)
{
	if (devclock)
		(void) snprintf(e->preload, sizeof(e->preload), "LD_PRELOAD=%s/devclock.so %s/faketime.so", d->work, d->work);
	else
		(void) snprintf(e->preload, sizeof(e->preload), "LD_PRELOAD=%s/faketime.so", d->work);
	(void) snprintf(e->devclock, sizeof(e->devclock), DEVCLOCK_ENV "=%s/" CLOCKS_MONOTONIC, d->work);
	(void) snprintf(e->file, sizeof(e->file), "FAKETIME_TIMESTAMP_FILE=%s/%s", d->work, clock_file);
	(void) snprintf(e->libraries, sizeof(e->libraries), "LD_LIBRARY_PATH=%s/radius-lib", d->work);
	const char *list[] = {e->preload,  e->file,        e->libraries, "FAKETIME_NO_CACHE=1", "FAKETIME_DONT_FAKE_MONOTONIC=1",
	                      "TZ=UTC", "PATH=/usr/bin:/bin", NULL, NULL, NULL, NULL};
	size_t n = ARRAY_LEN(list) - 4;

	if (d->capture.on)
		list[n++] = e->key_log;
	if (openssl_conf != NULL)
		list[n++] = e->openssl;
	if (devclock)
		list[n++] = e->devclock;
	(void) snprintf(e->openssl, sizeof(e->openssl), "OPENSSL_CONF=%s/%s", d->work, openssl_conf != NULL ? openssl_conf : "");
	(void) snprintf(e->key_log, sizeof(e->key_log), "SSLKEYLOGFILE=%s", d->key_log);
	memcpy(e->list, list, sizeof(list));
	return e->list;
}

static int start_radius(struct daemons *d, struct az_error *ret_error)
{
	char folder[DAEMONS_PATH_MAX];
	struct environment environment;
	const char *const argv[] = {d->paths->freeradius, "-f", "-l", "stdout", "-n", "radiusd", "-d",
	                            daemons_work_path(d, "radius", folder), "-D", folder, NULL};
	int r = write_radius_files(d);

	if (r == 0)
		r = clocks_write(d, CLOCKS_RADIUS, d->radius_wall_s);
	if (r < 0)
		return fail_setup(ret_error, r, "files of freeradius");
	return proc_start(&d->radius, argv, faked_environment(d, CLOCKS_RADIUS, "radius/openssl.cnf", false, &environment), ret_error);
}

static const char *radio_interface(unsigned radio, char out[16])
{
	(void) snprintf(out, 16, "wlan%u", radio);
	return out;
}

static int start_ap(struct daemons *d, size_t index, struct az_error *ret_error)
{
	static const char *const env[] = {"TZ=UTC", "PATH=/usr/bin:/bin", NULL};
	char config[DAEMONS_PATH_MAX], name[48] = "hostapd.conf", interface[16], identifier[32] = "azsim";

	if (index > 0) {
		(void) snprintf(name, sizeof(name), "hostapd-bss%zu.conf", index);
		(void) snprintf(identifier, sizeof(identifier), "azsim-%zu", index + 1);
	}
	const char *const argv[] = {d->paths->hostapd, "-t", daemons_work_path(d, name, config), NULL};
	char ssid[2 * 32 + 1];
	const struct conf_var vars[] = {{"WORK", d->work},
	                                {"INTERFACE", index == 0 ? d->medium->ap_interface : radio_interface(net_bss_radio(index), interface)},
	                                {"HIDDEN", d->state.hidden ? "1" : "0"},
	                                {"SSID", conf_hex(d->state.ssid, strlen(d->state.ssid), ssid, sizeof(ssid))},
	                                {"IDENTIFIER", identifier},
	                                {"AUTH_PORT", NUMBER_TEXT(AUTH_PORT)},
	                                {"SECRET", d->secret}};
	int r = write_template(d, name, d->medium->hostapd_template, vars, ARRAY_LEN(vars));

	if (r < 0)
		return fail_setup(ret_error, r, "files of hostapd");
	return proc_start(&d->ap[index], argv, env, ret_error);
}

static int start_other(struct daemons *d, size_t index, struct az_error *ret_error)
{
	static const char *const env[] = {"TZ=UTC", "PATH=/usr/bin:/bin", NULL};
	const struct net_ap *ap = &d->state.others[index];
	char config[DAEMONS_PATH_MAX], name[32], interface[16], ssid[2 * 32 + 1];
	cleanup_free char *security = NULL;
	int r;

	(void) snprintf(name, sizeof(name), "hostapd-%zu.conf", index);
	if (ap->security != AUTH_SECURITY_PSK)
		security = strdup("wpa=0");
	else if (asprintf(&security, "wpa=2\nwpa_key_mgmt=WPA-PSK\nrsn_pairwise=CCMP\n%s=%s",
	                  strlen(ap->psk) == 64 ? "wpa_psk" : "wpa_passphrase", ap->psk) < 0)
		security = NULL;
	if (security == NULL)
		return fail_setup(ret_error, -ENOMEM, "files of hostapd");
	const char *const argv[] = {d->paths->hostapd, "-t", daemons_work_path(d, name, config), NULL};
	const struct conf_var vars[] = {{"WORK", d->work},
	                                {"INTERFACE", radio_interface(net_other_radio(index), interface)},
	                                {"HIDDEN", ap->hidden ? "1" : "0"},
	                                {"SSID", conf_hex(ap->ssid, strlen(ap->ssid), ssid, sizeof(ssid))},
	                                {"SECURITY", security}};
	r = write_template(d, name, testnetd_template_hostapd_other, vars, ARRAY_LEN(vars));
	explicit_bzero(security, strlen(security));
	return r < 0 ? fail_setup(ret_error, r, "files of hostapd") : proc_start(&d->others[index], argv, env, ret_error);
}

static int start_supplicant(struct daemons *d, struct az_error *ret_error)
{
	char config[DAEMONS_PATH_MAX];
	struct environment environment;
	const char *const argv[] = {d->paths->wpa_supplicant, "-t", "-D", d->medium->supplicant_driver, "-i",
	                            d->medium->device_interface, "-c", daemons_work_path(d, "wpa_supplicant.conf", config), NULL};
	const struct conf_var vars[] = {{"WORK", d->work}};
	int r = write_template(d, "wpa_supplicant.conf", d->medium->supplicant_template, vars, ARRAY_LEN(vars));

	if (r == 0)
		r = clocks_write(d, CLOCKS_DEVICE, d->device_wall_s);
	if (r < 0)
		return fail_setup(ret_error, r, "files of wpa_supplicant");
	lan_enter_device();
	r = proc_start(&d->supplicant, argv, faked_environment(d, CLOCKS_DEVICE, NULL, d->medium->radio, &environment), ret_error);
	lan_leave_device();
	return r;
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
	char interface[16];

	return open_control(d, ctl, "hostapd", radio_interface(net_bss_radio(index), interface), false);
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
	return a->up == b->up && a->in_range == b->in_range && a->signal_dbm == b->signal_dbm;
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
	int r = 0;

	d->air_changed = true;
	for (size_t i = 0; i < d->state.bss_count && r == 0; i++)
		r = air_set(net_bss_radio(i), &d->state.bss[i]);
	for (size_t i = 0; i < d->state.other_count && r == 0; i++)
		r = air_set(net_other_radio(i), &d->state.others[i].air);
	return r < 0 ? fail_setup(ret_error, r, "levels of the simulated radios") : 0;
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
	int r = daemons_check(d, ret_error);

	testnet_state_clear(&d->state);
	d->state = *state;
	d->has_state = true;
	memset(state, 0, sizeof(*state));
	if (r < 0)
		return r;
	if (!keep_radius)
		proc_stop(&d->radius, 0); /* it keeps nothing that an orderly end would save */
	if (!first_is_up(d)) {
		ctl_close(&d->ap_ctl);
		proc_stop(&d->ap[0], 500);
	}
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
