/* What the device OS and the issuer ask of the world: time, the network, flash, their lines in the timeline. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "sim/run/internal.h"

static uint64_t host_mono_ns(void *ctx)
{
	return ((struct run *)ctx)->clock.now_ns;
}

static int64_t host_device_wall_s(void *ctx)
{
	return clock_wall_s(&((struct run *)ctx)->clock, CLOCK_DEVICE);
}

static int64_t host_issuer_wall_s(void *ctx)
{
	return clock_wall_s(&((struct run *)ctx)->clock, CLOCK_ISSUER);
}

/* What the device can see of a verdict; the rest is detail. */
static void note_auth(struct run *run, const struct device_event *event)
{
	const struct auth_verdict *v = event->verdict;
	char seen[AUTH_SUBJECT_MAX + 64] = "", detail[2 * AUTH_REASON_MAX + 64] = "";

	run->result->authentications++;
	if (v->outcome == AUTH_SERVER_REJECTED)
		(void) snprintf(seen, sizeof(seen), " %s depth=%d subject=%s", auth_cause_name(v->cause), v->depth, v->subject);
	if (v->outcome != AUTH_OK)
		(void) snprintf(detail, sizeof(detail), "cause: %s; device: %s; RADIUS: %s", auth_cause_name(v->cause), v->device_reason,
		                v->radius_reason);
	run_note(run, TL_AUTH, true, detail, "%s %s%s", event->network ? event->network : "?", auth_outcome_name(v->outcome), seen);
}

static void reauth_due(void *ctx, uint64_t arg)
{
	struct run *run = ctx;

	(void) arg;
	run->reauth_timer = 0;
	if (device_get_connected(run->device) >= 0) {
		device_link(run->device, DEVICE_LINK_REAUTH);
		if (run->scenario->reauth_ns)
			run->reauth_timer =
				queue_add(run->queue, run->clock.now_ns + run->scenario->reauth_ns, reauth_due, run, 0);
	}
}

static void connection_changed(struct run *run, bool connected)
{
	queue_cancel(run->queue, run->reauth_timer);
	run->reauth_timer = 0;
	if (connected && run->scenario->reauth_ns)
		run->reauth_timer = queue_add(run->queue, run->clock.now_ns + run->scenario->reauth_ns, reauth_due, run, 0);
	oracle_offline(run, !connected && device_is_on(run->device));
}

/* The name is told where there is a choice. */
static void note_connected(struct run *run, const char *network, const char *how)
{
	const char *name = run_access_point(run);

	run_note(run, TL_LINK, true, NULL, "connected %s%s%s%s%s", network, name ? " at " : "", name ? name : "", how[0] ? " " : "", how);
}

static void host_event(void *ctx, const struct device_event *event)
{
	struct run *run = ctx;
	const char *network = event->network ? event->network : "", *text = event->text ? event->text : "";

	run->state_changed = true;
	switch (event->kind) {
	case DEVICE_EVENT_AUTH:
		note_auth(run, event);
		break;
	case DEVICE_EVENT_CONNECTED:
		note_connected(run, network, text);
		connection_changed(run, true);
		break;
	case DEVICE_EVENT_DISCONNECTED:
		run_note(run, TL_LINK, true, NULL, "disconnected %s: %s", network, text);
		connection_changed(run, false);
		break;
	case DEVICE_EVENT_TEMP_DISABLED:
		run_note(run, TL_LINK, true, NULL, "temporarily disabled %s for %lld s", network, (long long)event->number);
		break;
	case DEVICE_EVENT_FLASH:
		run_note(run, TL_FLASH, true, NULL, "%s", text);
		run->result->flash_writes++;
		oracle_count_write(run);
		break;
	case DEVICE_EVENT_STORE:
		run_note(run, TL_STORE, true, NULL, "%s", text);
		oracle_store_changed(run);
		break;
	case DEVICE_EVENT_WIFI:
		run_note(run, TL_WIFI, true, NULL, "%s%s%s", text, network[0] ? " " : "", network);
		oracle_store_changed(run);
		break;
	case DEVICE_EVENT_TIME_SYNC:
		run_note(run, TL_CLOCK, true, NULL, "device clock set from network time, %s", text);
		break;
	case DEVICE_EVENT_UPDATE:
		run_note(run, TL_WORLD, true, NULL, "device: %s", text);
		break;
	case DEVICE_EVENT_GPIO:
		run_note(run, TL_APP, true, NULL, "GPIO %s", text);
		break;
	case DEVICE_EVENT_LOG:
		run_note(run, TL_LOG, true, NULL, "%s", text);
		run_remember_line(run, text);
		oracle_scan_line(run, "the application's log", text);
		break;
	case DEVICE_EVENT_OTHER:
		run_note(run, TL_WORLD, true, NULL, "device: %s", text);
		break;
	}
}

/* r, of a call into the network: when it failed, the run is over. */
static int host_end(struct run *run, int r, struct az_error *error)
{
	if (r < 0)
		run_network_failed(run, error);
	return r;
}

/* Makes the network what the world is by now. 0, or negative errno: the run is over. */
static int host_begin(struct run *run, struct az_error *error)
{
	*error = (struct az_error){.status = AZ_ENVIRONMENT};
	if (run->stop)
		return -ECANCELED;
	return host_end(run, run_net_sync(run, error), error);
}

static int host_authenticate(void *ctx, const struct auth_request *request, struct auth_verdict *ret_verdict)
{
	struct run *run = ctx;
	struct az_error error;
	int r = host_begin(run, &error);

	if (r == 0)
		r = host_end(run, run->net_ops->authenticate(run->net, request, ret_verdict, &error), &error);
	if (r == 0 && ret_verdict->outcome == AUTH_OK) {
		oracle_authenticated(run, request);
		run_key_made(run, ret_verdict->bssid);
	}
	return r;
}

static bool host_knows_key(void *ctx, const uint8_t bssid[AUTH_BSSID_LENGTH])
{
	return run_key_known(ctx, bssid);
}

static int host_join(void *ctx, const struct join_request *request, struct join_result *ret_result)
{
	struct run *run = ctx;
	struct join_request asked = *request;
	struct az_error error;
	int r;

	asked.keys_ended = run_keys_ended(run);
	if (!run->stop && !run->net_dirty && !run->options->no_memory && run->net_ops->join_known(run->net, &asked, ret_result))
		return 0;
	r = host_begin(run, &error);
	if (r == 0)
		r = host_end(run, run->net_ops->join(run->net, &asked, ret_result, &error), &error);
	if (r < 0 || ret_result->kind != JOIN_TRIED || ret_result->verdict.outcome != AUTH_OK || ret_result->cached)
		return r;
	for (size_t i = 0; i < asked.count; i++) {
		if (asked.networks[i].serial != ret_result->serial)
			continue;
		oracle_authenticated(run, &asked.networks[i].request);
		if (asked.networks[i].request.security == AUTH_SECURITY_EAP_TLS)
			run_key_made(run, ret_result->verdict.bssid);
	}
	return 0;
}

static int host_scan(void *ctx, const struct auth_request *names, size_t name_count, struct join_row rows[JOIN_ROWS_MAX])
{
	struct run *run = ctx;
	struct az_error error;
	int r = host_begin(run, &error);

	return r < 0 ? r : host_end(run, run->net_ops->scan(run->net, names, name_count, rows, &error), &error);
}

static int host_signal(void *ctx, struct join_row *ret_row)
{
	struct run *run = ctx;
	struct az_error error;
	int r = host_begin(run, &error);

	return r < 0 ? r : host_end(run, run->net_ops->signal(run->net, ret_row, &error), &error);
}

static bool host_flash_write(void *ctx, const char *area)
{
	return cuts_at_flash(ctx, area);
}

/* Those with RADIUS first, then the others. */
static bool host_access_point(void *ctx, size_t index, struct device_access_point *ret_ap)
{
	const struct run *run = ctx;
	const struct net_state *state = &run->net_state;

	for (size_t i = 0; i < state->bss_count; i++) {
		const struct net_air *bss = &state->bss[i];

		if (!net_is_heard(bss) || index-- > 0)
			continue;
		*ret_ap = (struct device_access_point){.ssid = (const uint8_t *)state->ssid, .ssid_length = strlen(state->ssid),
		                                       .hidden = state->hidden, .rssi_dbm = bss->signal_dbm};
		net_bss_address(i, ret_ap->bssid);
		return true;
	}
	for (size_t i = 0; i < state->other_count; i++) {
		const struct net_ap *ap = &state->others[i];

		if (!net_is_heard(&ap->air) || index-- > 0)
			continue;
		*ret_ap = (struct device_access_point){.ssid = (const uint8_t *)ap->ssid, .ssid_length = strlen(ap->ssid), .security = ap->security,
		                                       .hidden = ap->hidden, .rssi_dbm = ap->air.signal_dbm};
		net_other_address(i, ret_ap->bssid);
		return true;
	}
	return false;
}

static bool host_time_sync(void *ctx, const char *server)
{
	struct run *run = ctx;
	bool answers = run->ntp_servers == NULL;

	for (size_t i = 0; !answers && run->ntp_servers[i]; i++)
		answers = strcasecmp(run->ntp_servers[i], server) == 0;
	if (!run->ntp_reachable || !answers)
		return false;
	clock_set(&run->clock, CLOCK_DEVICE, clock_true_ns(&run->clock) + run->ntp_error_s * (int64_t)NS_PER_S);
	run->rtc_lag_ns = 0; /* the OS writes it to its RTC; ours, nothing is documented */
	run_update_page(run);
	return true;
}

static const char *host_dhcp_ntp(void *ctx)
{
	return ((struct run *)ctx)->scenario->dhcp_ntp;
}

static int host_rtc_write(void *ctx)
{
	struct run *run = ctx;

	if (!run->scenario->rtc)
		return -ENOENT;
	if (run->rtc_busy)
		return -EBUSY;
	run->rtc_lag_ns = 0;
	run_note(run, TL_CLOCK, true, NULL, "the device's RTC has the system time");
	return 0;
}

static void host_shut_down(void *ctx, enum device_shut_down what, unsigned seconds)
{
	run_shut_down(ctx, what, seconds);
}

static void host_event_close(void *ctx)
{
	struct run *run = ctx;

	if (run->event_fd >= 0)
		(void) close(steal_fd(&run->event_fd));
}

static int host_event_channel(void *ctx)
{
	struct run *run = ctx;
	int ends[2];

	host_event_close(ctx);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) < 0)
		return -errno;
	run->event_fd = ends[0];
	return ends[1];
}

static void host_event_send(void *ctx, const void *message, size_t length)
{
	struct run *run = ctx;

	if (run->event_fd < 0 || send(run->event_fd, message, length, MSG_NOSIGNAL) != (ssize_t)length)
		run_hint(run, "a system event did not reach the application: it does not read them");
	run->app_has_mail = true;
}

/* The key is the device's own and stays: it and the first certificate are a function of the run alone, whenever they are made. */
static int first_device_auth(struct run *run, const struct pki_cert *signer, char *error)
{
	const struct pki_spec spec = {
		.name = "device-auth", .cn = "azsim-device", .use = PKI_DEVICE_AUTH, .not_before_s = run->clock.start_s,
		.not_after_s = run->clock.start_s + 86400, .now_s = run->clock.start_s, .issuer = signer, .seed = run_pki_seed(run),
	};
	int r = pki_make(&spec, &run->device_auth, error);

	if (r == 0)
		r = pki_key_pem(run->device_auth, PKI_PKCS8, NULL, &run->device_auth_key_pem);
	if (r == 0)
		oracle_add_secret(run, run->device_auth_key_pem);
	return r;
}

void run_forget_device_auth(struct run *run)
{
	pki_free(run->device_auth);
	run->device_auth = NULL;
	if (run->device_auth_key_pem)
		OPENSSL_clear_free(run->device_auth_key_pem, strlen(run->device_auth_key_pem) + 1);
	run->device_auth_key_pem = NULL;
}

const struct pki_cert *run_device_auth_signer(const struct run *run)
{
	return run->tenant_ca ? run_cert(run, run->tenant_ca) : run->device_ca;
}

int64_t run_device_auth_from_s(const struct run *run, uint64_t issued_ns)
{
	return clock_true_s_at(&run->clock, issued_ns) - 3600;
}

static int host_issue_device_auth(void *ctx, uint64_t issued_ns, int64_t life_s, char **ret_cert_pem, char **ret_key_pem)
{
	struct run *run = ctx;
	const struct pki_cert *signer = run_device_auth_signer(run);
	const int64_t from_s = run_device_auth_from_s(run, issued_ns), until_s = clock_true_s_at(&run->clock, issued_ns) + life_s;
	char error[PKI_ERROR_MAX];
	int r = run->device_auth ? 0 : first_device_auth(run, signer, error);

	if (r == 0)
		r = pki_reissue(run->device_auth, signer, from_s, until_s, run_pki_seed(run), error);
	if (r < 0)
		return r;
	*ret_cert_pem = pki_chain_pem(run->device_auth);
	*ret_key_pem = strdup(run->device_auth_key_pem);
	return *ret_cert_pem && *ret_key_pem ? 0 : -ENOMEM;
}

/* The file lives in memory of azsim, not on disk; it outlives the application, as flash does. */
static int host_mutable_file(void *ctx, unsigned size_kb, bool create)
{
	struct run *run = ctx;
	char path[64];
	int fd;

	(void) size_kb; /* RLIMIT_FSIZE of the process holds it */
	if (run->mutable_fd < 0) {
		if (!create)
			return -ENOENT;
		run->mutable_fd = memfd_create("azsim-mutable", MFD_CLOEXEC);
		if (run->mutable_fd < 0)
			return -errno;
	}
	if (run->ahead.trial)
		return run->mutable_fd;
	(void) snprintf(path, sizeof(path), "/proc/self/fd/%d", run->mutable_fd);
	fd = open(path, O_RDWR | O_CLOEXEC); /* an open file of its own, at offset 0 */
	return fd < 0 ? -errno : fd;
}

static int host_mutable_file_delete(void *ctx)
{
	struct run *run = ctx;

	if (run->mutable_fd < 0)
		return -ENOENT;
	(void) close(steal_fd(&run->mutable_fd));
	run->mutable_seen_length = 0;
	return 0;
}

const struct device_host run_device_host_template = {
	.mono_ns = host_mono_ns,
	.wall_s = host_device_wall_s,
	.event = host_event,
	.authenticate = host_authenticate,
	.knows_key = host_knows_key,
	.join = host_join,
	.scan = host_scan,
	.signal = host_signal,
	.access_point = host_access_point,
	.time_sync = host_time_sync,
	.dhcp_ntp = host_dhcp_ntp,
	.rtc_write = host_rtc_write,
	.shut_down = host_shut_down,
	.event_channel = host_event_channel,
	.event_send = host_event_send,
	.event_close = host_event_close,
	.issue_device_auth = host_issue_device_auth,
	.flash_write = host_flash_write,
	.mutable_file = host_mutable_file,
	.mutable_file_delete = host_mutable_file_delete,
};

void run_note_issuer(struct run *run, const char *text)
{
	run->result->issuer_requests++;
	oracle_count_request(run);
	run_note(run, TL_ISSUER, true, NULL, "%s", text);
}

static void issuer_event(void *ctx, const char *text)
{
	struct run *run = ctx;

	if (!run->ahead.trial)
		run_note_issuer(run, text);
	else if (strlen(text) < sizeof(run->ahead.issuer_text))
		strcpy(run->ahead.issuer_text, text);
	else
		run->ahead.spoke = true;
}

static void issuer_secret(void *ctx, const char *key_pem)
{
	oracle_add_secret(ctx, key_pem);
}

const struct issuer_host run_issuer_host_template = {
	.mono_ns = host_mono_ns,
	.wall_s = host_issuer_wall_s,
	.event = issuer_event,
	.secret = issuer_secret,
};
