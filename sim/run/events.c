/* The scenario's events: when they happen, and what each does. */
#define _GNU_SOURCE
#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>

#include "sim/run/internal.h"

static int apply_radius(struct run *run, const struct scn_radius *c, struct az_error *ret_error)
{
	int r;

	run_note(run, TL_WORLD, true, NULL, "RADIUS:%s%s%s%s%s%s%s%s%s%s", c->server ? " certificate " : "", c->server ? c->server : "",
	         c->client_roots ? " client roots changed" : "", c->up == SCN_YES ? " up" : c->up == SCN_NO ? " down" : "",
	         c->secret_wrong == SCN_YES ? " wrong secret" : c->secret_wrong == SCN_NO ? " right secret" : "",
	         c->chain ? " chain changed" : "", c->only_clients ? " clients on file changed" : "", c->has_crl ? " CRL" : "", c->has_clock_step ? " clock stepped" : "", c->identities ? " identities changed" : "");
	r = run_radius_change(run, c, ret_error);
	if (r == 0)
		device_link(run->device, DEVICE_LINK_VISIBLE);
	return r;
}

/* Is the device at that access point, connected or on the way? An attempt that never came to one is at none, so at all. */
static bool is_at(const struct run *run, const uint8_t bssid[AUTH_BSSID_LENGTH])
{
	static const uint8_t none[AUTH_BSSID_LENGTH];
	uint8_t used[AUTH_BSSID_LENGTH];

	return device_get_bssid(run->device, used) && (memcmp(used, bssid, sizeof(used)) == 0 || memcmp(used, none, sizeof(used)) == 0);
}

/* What the event says of one access point. True: it came, or went, for the device. */
static bool change_air(const struct scn_ap *c, struct net_air *air)
{
	const bool heard = net_is_heard(air);

	air->up = c->up != SCN_UNSET ? c->up == SCN_YES : air->up;
	air->in_range = c->in_range != SCN_UNSET ? c->in_range == SCN_YES : air->in_range;
	air->signal_dbm = c->has_signal ? c->signal_dbm : air->signal_dbm;
	air->loss_percent = c->has_loss ? c->loss_percent : air->loss_percent;
	return heard != net_is_heard(air);
}

/* " up, in range, -70 dBm": what is new. */
#define AIR_TEXT_MAX 96
static const char *air_text(const struct scn_ap *c, char out[AIR_TEXT_MAX])
{
	char level[24] = "", loss[32] = "";

	if (c->has_signal)
		(void) snprintf(level, sizeof(level), " %d dBm", c->signal_dbm);
	if (c->has_loss)
		(void) snprintf(loss, sizeof(loss), " loses %u%% of frames", c->loss_percent);
	(void) snprintf(out, AIR_TEXT_MAX, "%s%s%s%s", c->up == SCN_YES ? " up" : c->up == SCN_NO ? " down" : "",
	                c->in_range == SCN_YES ? " in range" : c->in_range == SCN_NO ? " out of range" : "", level, loss);
	return out;
}

static void heard_or_not(struct run *run, bool heard, bool here)
{
	if (heard)
		device_link(run->device, DEVICE_LINK_VISIBLE);
	else if (here)
		device_link(run->device, DEVICE_LINK_LOST);
}

/* One of those beside RADIUS's. */
static void apply_other_ap(struct run *run, const struct scn_ap *c)
{
	for (size_t i = 0; i < run->net_state.other_count; i++) {
		struct net_ap *ap = &run->others[i];
		uint8_t bssid[AUTH_BSSID_LENGTH];
		char text[AIR_TEXT_MAX];

		if (strcmp(ap->ssid, c->ssid) != 0)
			continue;
		net_other_address(i, bssid);
		if (air_text(c, text)[0]) {
			bool changed = change_air(c, &ap->air);

			run->net_dirty = run->probe_dirty = true;
			run_note(run, TL_WORLD, true, NULL, "AP %s:%s", ap->ssid, text);
			if (changed)
				heard_or_not(run, net_is_heard(&ap->air), is_at(run, bssid));
		}
		if (c->deauth && is_at(run, bssid)) {
			run_note(run, TL_WORLD, true, NULL, "AP %s: deauthenticates the device", ap->ssid);
			device_link(run->device, DEVICE_LINK_DEAUTH);
		}
	}
}

/* One of RADIUS's, or all of them. */
static void apply_bss(struct run *run, const struct scn_ap *c)
{
	const struct scenario *s = run->scenario;
	const char *name = c->bss >= 0 ? s->bss[c->bss].name : NULL;
	bool heard = false, lost = false, here = false;
	char text[AIR_TEXT_MAX];

	if (air_text(c, text)[0])
		run_note(run, TL_WORLD, true, NULL, "AP%s%s:%s", name ? " " : "", name ? name : "", text);
	for (size_t i = 0; i < s->bss_count; i++) {
		struct net_air *bss = &run->net_state.bss[i];
		uint8_t bssid[AUTH_BSSID_LENGTH];
		bool at;

		if (c->bss >= 0 && (size_t)c->bss != i)
			continue;
		net_bss_address(i, bssid);
		at = is_at(run, bssid);
		here |= at;
		if (c->up == SCN_NO)
			run->key_until_ns[i] = 0;
		if (change_air(c, bss)) {
			heard |= net_is_heard(bss);
			lost |= at && !net_is_heard(bss);
		}
	}
	if (text[0])
		run->net_dirty = run->probe_dirty = true;
	if (heard || lost)
		heard_or_not(run, heard, lost);
	if (c->deauth) {
		run_note(run, TL_WORLD, true, NULL, "AP%s%s: deauthenticates the device", name ? " " : "", name ? name : "");
		if (here)
			device_link(run->device, DEVICE_LINK_DEAUTH);
	}
	if (c->reauth) {
		run_note(run, TL_WORLD, true, NULL, "AP%s%s: asks for authentication", name ? " " : "", name ? name : "");
		if (here)
			device_link(run->device, DEVICE_LINK_REAUTH);
	}
}

static void apply_ap(struct run *run, const struct scn_ap *c)
{
	if (c->ssid)
		apply_other_ap(run, c);
	else
		apply_bss(run, c);
}

static void apply_issuer(struct run *run, const struct scn_issuer *c)
{
	static const char *const states[] = {
		[SCN_ISSUER_LEAVE] = "", [SCN_ISSUER_UP] = " up", [SCN_ISSUER_DOWN] = " down", [SCN_ISSUER_SLOW] = " slow",
		[SCN_ISSUER_REFUSE] = " refusing", [SCN_ISSUER_ERROR] = " failing", [SCN_ISSUER_WRONG] = " wrong content"};

	run_note(run, TL_WORLD, true, NULL, "issuer:%s%s%s%s%s%s%s%s", c->root ? " root " : "", c->root ? c->root : "",
	         c->client_ca ? " client CA " : "", c->client_ca ? c->client_ca : "", states[c->state],
	         c->tenant_ca ? " tenant CA " : "", c->tenant_ca ? c->tenant_ca : "", c->has_clock_step ? " clock stepped" : "");
	issuer_change(run->issuer, c, run_cert(run, c->root), run_cert(run, c->client_ca), run_cert(run, c->tenant_ca));
	if (c->has_clock_step)
		clock_step(&run->clock, CLOCK_ISSUER, c->clock_step_s * (int64_t)NS_PER_S);
}

static void apply_web(struct run *run, const struct scn_web_change *c)
{
	static const char *const states[] = {
		[SCN_WEB_LEAVE] = "", [SCN_WEB_UP] = " up", [SCN_WEB_DOWN] = " down", [SCN_WEB_SILENT] = " silent"};

	run_note(run, TL_WORLD, true, NULL, "web host %s:%s%s", c->host, states[c->state], c->has_delay ? " delay changed" : "");
	web_change(run->web, c);
}

void run_set_flash(struct run *run, enum scn_flash flash)
{
	static const struct {
		enum device_flash flash;
		const char *name;
	} of[] = {
		[SCN_FLASH_GOOD] = {DEVICE_FLASH_GOOD, "good"},
		[SCN_FLASH_FULL] = {DEVICE_FLASH_FULL, "full"},
		[SCN_FLASH_BROKEN] = {DEVICE_FLASH_BROKEN, "broken"},
	};

	device_set_flash(run->device, of[flash].flash);
	run_note(run, TL_WORLD, true, NULL, "flash: %s", of[flash].name);
}

static void damage(struct run *run, const char *id)
{
	int r = device_damage_certificate(run->device, id);

	oracle_operator_acted(run); /* what is lost is not lost by the application */
	run_note(run, TL_WORLD, true, NULL, "flash: the bytes of certificate %s %s", id, r < 0 ? "cannot go bad: there is none" : "go bad");
}

static void apply_device(struct run *run, const struct scn_device_change *c)
{
	if (c->has_clock_step || c->has_clock_set) {
		if (c->has_clock_set)
			clock_set(&run->clock, CLOCK_DEVICE, c->clock_set_s * (int64_t)NS_PER_S);
		else
			clock_step(&run->clock, CLOCK_DEVICE, c->clock_step_s * (int64_t)NS_PER_S);
		run_note(run, TL_CLOCK, true, NULL, "device clock stepped by the scenario");
		run_update_page(run);
	}
	if (c->ntp != SCN_UNSET) {
		run->ntp_reachable = c->ntp == SCN_YES;
		run_note(run, TL_WORLD, true, NULL, "time servers %s", run->ntp_reachable ? "reachable" : "unreachable");
	}
	if (c->has_ntp_error) {
		run->ntp_error_s = c->ntp_error_s;
		run_note(run, TL_WORLD, true, NULL, "time servers are wrong by %lld s", (long long)c->ntp_error_s);
	}
	if (c->tenant_ca) {
		run->tenant_ca = c->tenant_ca;
		run_forget_device_auth(run);
		device_auth_renew(run->device);
		run_note(run, TL_WORLD, true, NULL, "device authentication: certificates are signed by %s", c->tenant_ca);
	}
	if (c->device_auth != SCN_UNSET) {
		device_set_auth_service(run->device, c->device_auth == SCN_YES);
		run_note(run, TL_WORLD, true, NULL, "device authentication: %s", c->device_auth == SCN_YES ? "the OS gets certificates" : "the OS gets no certificate");
	}
	if (c->flash)
		run_set_flash(run, c->flash);
	if (c->ntp_servers) {
		run->ntp_servers = c->ntp_servers;
		run_note(run, TL_WORLD, true, NULL, "time servers: others answer");
	}
	if (c->rtc_busy != SCN_UNSET) {
		run->rtc_busy = c->rtc_busy == SCN_YES;
		run_note(run, TL_WORLD, true, NULL, "the device's RTC is %s", run->rtc_busy ? "busy" : "free");
	}
	if (c->gpio) {
		(void) device_op_gpio(run->device, (int)c->gpio->pin, c->gpio->value != 0);
		run_note(run, TL_WORLD, true, NULL, "GPIO %u is driven %s", c->gpio->pin, c->gpio->value ? "high" : "low");
	}
	if (c->update)
		device_update(run->device, c->update);
	if (c->damage)
		damage(run, c->damage);
	if (c->kill_app)
		run_app_kill(run, "by the scenario");
	if (c->factory_reset) {
		run_power_cycle(run, "factory reset");
		oracle_operator_acted(run);
		device_factory_reset(run->device);
	}
	switch (c->power) {
	case SCN_POWER_LEAVE:
		break;
	case SCN_POWER_ON:
		run_power_on(run);
		break;
	case SCN_POWER_OFF:
		run_power_off(run, "power off");
		break;
	case SCN_POWER_CUT:
		run_power_cycle(run, "power cut");
		break;
	}
}

static int operate(struct run *run, const struct scn_operator *c)
{
	const struct pki_cert *cert = run_cert(run, c->cert);
	char *key = NULL;
	int r = 0;

	switch (c->kind) {
	case SCN_OP_INSTALL_ROOT:
		return device_op_install_root(run->device, c->id, pki_cert_pem(cert));
	case SCN_OP_INSTALL_CLIENT:
		r = pki_key_pem(cert, PKI_PKCS8, NULL, &key);
		if (r == 0) {
			r = device_op_install_client(run->device, c->id, pki_cert_pem(cert), key, NULL);
			OPENSSL_clear_free(key, strlen(key) + 1);
		}
		return r;
	case SCN_OP_DELETE:
		return device_op_delete_certificate(run->device, c->id);
	case SCN_OP_ENABLE:
		return device_op_set_enabled(run->device, c->network, true);
	case SCN_OP_DISABLE:
		return device_op_set_enabled(run->device, c->network, false);
	case SCN_OP_FORGET:
		return device_op_forget_network(run->device, c->network);
	case SCN_OP_RELOAD:
		return device_op_reload(run->device);
	}
	return r;
}

static void apply_operator(struct run *run, const struct scn_operator *c)
{
	static const char *const names[] = {
		[SCN_OP_INSTALL_ROOT] = "installs root CA", [SCN_OP_INSTALL_CLIENT] = "installs client certificate",
		[SCN_OP_DELETE] = "deletes certificate", [SCN_OP_ENABLE] = "enables network", [SCN_OP_DISABLE] = "disables network",
		[SCN_OP_FORGET] = "forgets network", [SCN_OP_RELOAD] = "reloads the Wi-Fi configuration"};
	int r;

	run->operator_acts = true;
	run_note(run, TL_WORLD, true, NULL, "operator: %s%s%s%s%s", names[c->kind], c->id ? " " : "", c->id ? c->id : "",
	         c->network ? " " : "", c->network ? c->network : "");
	r = operate(run, c);
	run->operator_acts = false;
	oracle_operator_acted(run);
	if (r < 0)
		run_note(run, TL_WORLD, true, NULL, "operator: refused: %s", strerror(-r));
}

static int apply(struct run *run, const struct scn_event *event, struct az_error *ret_error)
{
	int r = event->radius ? apply_radius(run, event->radius, ret_error) : 0;

	if (r < 0)
		return r;
	if (event->ap)
		apply_ap(run, event->ap);
	if (event->issuer)
		apply_issuer(run, event->issuer);
	if (event->web)
		apply_web(run, event->web);
	if (event->operator)
		apply_operator(run, event->operator);
	if (event->device)
		apply_device(run, event->device);
	run->state_changed = true;
	return 0;
}

static void ignore(void *ctx)
{
	(void) ctx;
}

/* An event that has come due. What it asks for may be impossible: then a run that someone watches goes on without it. */
static void act(struct run *run, size_t i)
{
	const struct event_state *state = &run->events[i];
	struct az_error error;

	if (state->hook) {
		state->hook(state->hook_ctx);
		return;
	}
	if (apply(run, state->event, &error) == 0)
		return;
	if (run->options->live)
		run_note(run, TL_WORLD, true, NULL, "event refused: %s", error.text);
	else
		run_error(run, &error);
}

static void event_due(void *ctx, uint64_t arg)
{
	act(ctx, (size_t)arg);
}

/* Now, or `plus` later. */
static void trigger(struct run *run, size_t i)
{
	const struct scn_event *event = run->events[i].event;

	run->events[i].fired = true;
	if (event->plus_ns)
		(void) queue_add(run->queue, run->clock.now_ns + event->plus_ns, event_due, run, i);
	else
		act(run, i);
}

static void trigger_due(void *ctx, uint64_t arg)
{
	trigger(ctx, (size_t)arg);
}

static struct event_state *add_state(struct run *run, const struct scn_event *event)
{
	struct event_state *grown = realloc(run->events, (run->event_count + 1) * sizeof(*grown));

	if (!grown)
		abort();
	run->events = grown;
	grown[run->event_count] = (struct event_state){.event = event};
	return &grown[run->event_count++];
}

void run_schedule_events(struct run *run)
{
	for (size_t i = 0; i < run->scenario->event_count; i++) {
		const struct scn_event *event = &run->scenario->events[i];

		(void) add_state(run, event);
		if (event->trigger == SCN_AT)
			(void) queue_add(run->queue, event->at_ns, trigger_due, run, i);
	}
}

/* Parts of what was said stay in use (names, lists) as long as the run goes on. */
static void keep_said(struct run *run, struct scenario *said)
{
	struct scenario **grown = realloc(run->said, (run->said_count + 1) * sizeof(*grown));

	if (!grown)
		abort();
	run->said = grown;
	grown[run->said_count++] = said;
}

int run_add_event(struct run *run, struct scenario *said, struct az_error *ret_error)
{
	const struct scn_event *event = &said->events[0];
	uint64_t now = run->clock.now_ns;
	char since[32];

	keep_said(run, said);
	if (event->trigger == SCN_NOW && !event->plus_ns)
		return apply(run, event, ret_error);
	if (event->trigger == SCN_AT && event->at_ns < now) {
		timeline_format_since(event->at_ns, since);
		az_error_set(ret_error, AZ_USAGE, "%s is over already; leave `at` away for now, or name a later moment", since);
		return -EINVAL;
	}
	(void) add_state(run, event);
	if (event->trigger == SCN_AT)
		(void) queue_add(run->queue, event->at_ns, trigger_due, run, run->event_count - 1);
	if (event->trigger == SCN_NOW)
		trigger(run, run->event_count - 1);
	run->state_changed = true;
	return 0;
}

size_t run_add_watch(struct run *run, struct scenario *said, void (*hook)(void *ctx), void *ctx)
{
	struct event_state *state;

	keep_said(run, said);
	state = add_state(run, &said->events[0]);
	state->hook = hook;
	state->hook_ctx = ctx;
	run->state_changed = true;
	return run->event_count - 1;
}

void run_drop_watch(struct run *run, size_t watch)
{
	run->events[watch].fired = true;
	run->events[watch].hook = ignore;
}

bool run_events_on_call(struct run *run, uint16_t op, int attribute, bool after)
{
	for (size_t i = 0; i < run->event_count; i++) {
		const struct scn_event *event = run->events[i].event;

		if (event->trigger != SCN_ON_CALL || event->call != op || (event->attribute >= 0 && event->attribute != attribute) ||
		    event->after != after || run->events[i].fired || run->clock.now_ns < event->from_ns ||
		    ++run->events[i].calls_seen != event->nth)
			continue;
		trigger(run, i);
		if (run->app_gone)
			return true;
	}
	return false;
}

void run_events_on_state(struct run *run)
{
	for (size_t i = 0; i < run->event_count; i++) {
		const struct scn_event *event = run->events[i].event;

		/* Not from here: a call of the application may be under way. */
		if (event->trigger == SCN_WHEN && !run->events[i].fired && run->clock.now_ns >= event->from_ns &&
		    run_condition(run, &event->when)) {
			run->events[i].fired = true;
			(void) queue_add(run->queue, run->clock.now_ns + event->plus_ns, event_due, run, i);
		}
	}
}
