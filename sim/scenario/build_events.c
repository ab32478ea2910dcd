/* Events: what sets them off, and what they do. */
#include <errno.h>

#include "emu-applibs/wire/wire.h"
#include "sim/scenario/build.h"
#include "sim/util/callname.h"

#define CALL_NAMES_MAX 256 /* names of API functions that a hint chooses from */

static int build_call(struct builder *b, const struct source_step *at, const char *raw, struct scn_event *event)
{
	const char *known[CALL_NAMES_MAX];
	char hint[NAMES_HINT_MAX];
	size_t count = 0;
	const char *name;

	/* The first message of a client library and the log are no calls that a run counts. */
	if (callname_find(raw, &event->call, &event->attribute) == 0 && event->call != WIRE_HELLO && event->call != WIRE_LOG)
		return 0;
	for (size_t i = 0; count < ARRAY_LEN(known) && (name = callname_at(i)); i++)
		if (strcmp(name, wire_op_name(WIRE_HELLO)) != 0 && strcmp(name, wire_op_name(WIRE_LOG)) != 0)
			known[count++] = name;
	names_hint(raw, known, count, hint);
	return build_fail(b, at, "there is no API function `%.64s`; %s", raw, hint);
}

static int fail_beside(struct builder *b, const struct source_step *at, const char *key, const char *text)
{
	return build_present(b, STEP_KEY(at, key)) ? build_fail(b, STEP_KEY(at, key), "%s", text) : 0;
}

static int check_trigger_keys(struct builder *b, const struct source_step *at, const struct raw_event *raw, bool may_be_now)
{
	unsigned triggers = (raw->at != NULL) + (raw->on_call != NULL) + (raw->when != NULL);
	int r = 0;

	if (triggers == 0 && !may_be_now)
		return build_fail(b, at, "an event needs `at`, `on_call` or `when`: what sets it off");
	if (triggers > 1)
		return build_fail(b, STEP_KEY(at, raw->when ? "when" : "on_call"),
		                  "an event has one of `at`, `on_call` and `when`; make two events of it");
	if (!raw->on_call) {
		r = fail_beside(b, at, "nth", "`nth` goes with `on_call`");
		if (r == 0)
			r = fail_beside(b, at, "from", "`from` goes with `on_call`");
		if (r == 0)
			r = fail_beside(b, at, "phase", "`phase` goes with `on_call`");
	}
	if (r == 0 && raw->at)
		r = fail_beside(b, at, "plus", "`plus` goes with `when` and `on_call`; add it to `at`");
	return r;
}

static int build_trigger(struct builder *b, const struct source_step *at, const struct raw_event *raw, bool may_be_now,
                         struct scn_event *event)
{
	int r = check_trigger_keys(b, at, raw, may_be_now);

	if (r < 0)
		return r;
	event->attribute = -1;
	if (raw->at) {
		event->trigger = SCN_AT;
		return build_run_time(b, STEP_KEY(at, "at"), raw->at, &event->at_ns);
	}
	r = build_duration_ns(b, STEP_KEY(at, "plus"), raw->plus, 0, &event->plus_ns);
	if (r < 0)
		return r;
	if (event->plus_ns > b->s->length_ns)
		return build_fail(b, STEP_KEY(at, "plus"), "`plus` is longer than the run");
	if (raw->when) {
		event->trigger = SCN_WHEN;
		return build_condition(b, STEP_KEY(at, "when"), raw->when, &event->when);
	}
	if (!raw->on_call) {
		event->trigger = SCN_NOW;
		return 0;
	}
	event->trigger = SCN_ON_CALL;
	event->nth = raw->nth ? *raw->nth : 1;
	if (event->nth == 0)
		return build_fail(b, STEP_KEY(at, "nth"), "`nth` counts from 1");
	event->after = raw->phase == RAW_PHASE_AFTER;
	r = build_run_time(b, STEP_KEY(at, "from"), raw->from, &event->from_ns);
	if (r < 0)
		return r;
	return build_call(b, STEP_KEY(at, "on_call"), raw->on_call, event);
}

static int build_ap(struct builder *b, const struct source_step *at, const struct raw_ap *raw, struct scn_event *event)
{
	bool known = !raw->ssid || strcmp(raw->ssid, b->s->ssid) == 0;

	for (size_t i = 0; i < b->s->other_count && !known; i++)
		known = strcmp(raw->ssid, b->s->others[i].ssid) == 0;
	if (!known)
		return build_fail(b, STEP_KEY(at, "ssid"), "there is no access point with the SSID `%.32s`", raw->ssid);
	event->ap = build_alloc(b, 1, sizeof(*event->ap));
	if (!event->ap)
		return -ENOMEM;
	if (raw->ssid && strcmp(raw->ssid, b->s->ssid) != 0 && build_text(b, raw->ssid, &event->ap->ssid) < 0)
		return -ENOMEM;
	if (event->ap->ssid && raw->reauth)
		return build_fail(b, STEP_KEY(at, "reauth"), "only the access point with RADIUS behind it can ask for an authentication");
	if (raw->name && event->ap->ssid)
		return build_fail(b, STEP_KEY(at, "name"), "`name` is of one of the access points with RADIUS behind them; `ssid` of another; keep one");
	event->ap->bss = raw->name ? build_access_point(b, STEP_KEY(at, "name"), raw->name) : -1;
	if (raw->name && event->ap->bss < 0)
		return event->ap->bss;
	if ((raw->signal || raw->loss) && !raw->name && !raw->ssid && b->s->bss_count > 1)
		return build_fail(b, STEP_KEY(at, raw->signal ? "signal" : "loss"), "there are several access points; say which with `name`");
	event->ap->has_signal = raw->signal != NULL;
	if (build_signal(b, at, raw->signal, &event->ap->signal_dbm) < 0)
		return -EINVAL;
	event->ap->has_loss = raw->loss != NULL;
	if (build_loss(b, at, raw->loss, &event->ap->loss_percent) < 0)
		return -EINVAL;
	event->ap->in_range = raw->in_range;
	event->ap->up = raw->up;
	event->ap->deauth = raw->deauth == SCN_YES;
	event->ap->reauth = raw->reauth == SCN_YES;
	return 0;
}

static int build_issuer_change(struct builder *b, const struct source_step *at, const struct raw_issuer *raw,
                               struct scn_event *event)
{
	if (raw->host)
		return build_fail(b, STEP_KEY(at, "host"), "`host` cannot change during a run; set it in `issuer` at the top");
	event->issuer = build_alloc(b, 1, sizeof(*event->issuer));
	if (!event->issuer)
		return -ENOMEM;
	return build_issuer(b, at, raw, event->issuer);
}

static int build_update(struct builder *b, const struct source_step *at, const struct raw_update *raw, struct device_update **ret)
{
	struct device_update *update;
	int r;

	if (!raw)
		return 0;
	update = build_alloc(b, 1, sizeof(*update));
	if (!update)
		return -ENOMEM;
	*ret = update;
	*update = (struct device_update){.kind = raw->kind, .download_ns = 60 * NS_PER_S, .max_deferral_ns = 24 * 3600 * NS_PER_S};
	if (raw->kind == DEVICE_UPDATE_NONE && (raw->download || raw->max_deferral))
		return build_fail(b, STEP_KEY(at, raw->download ? "download" : "max_deferral"), "there is nothing to download with `kind: none`");
	r = build_duration_ns(b, STEP_KEY(at, "download"), raw->download, 1, &update->download_ns);
	if (r < 0)
		return r;
	return build_duration_ns(b, STEP_KEY(at, "max_deferral"), raw->max_deferral, 0, &update->max_deferral_ns);
}

static int build_device_change(struct builder *b, const struct source_step *at, const struct raw_device_change *raw,
                               struct scn_event *event)
{
	struct scn_device_change *change = build_alloc(b, 1, sizeof(*change));
	int r;

	if (!change)
		return -ENOMEM;
	event->device = change;
	change->power = raw->power;
	change->kill_app = raw->kill_app == SCN_YES;
	change->factory_reset = raw->factory_reset == SCN_YES;
	change->ntp = raw->ntp;
	change->flash = raw->flash;
	if (change->factory_reset && change->power)
		return build_fail(b, STEP_KEY(at, "power"), "`factory_reset` switches the power itself; remove `power`");
	if (raw->clock_step && raw->clock_set)
		return build_fail(b, STEP_KEY(at, "clock_set"), "`clock_set` beside `clock_step`; keep one");
	r = build_step(b, STEP_KEY(at, "clock_step"), raw->clock_step, &change->has_clock_step, &change->clock_step_s);
	if (r < 0)
		return r;
	r = build_instant(b, STEP_KEY(at, "clock_set"), raw->clock_set, &change->clock_set_s);
	if (r < 0)
		return r;
	change->has_clock_set = raw->clock_set;
	if (change->clock_set_s < 0)
		return build_fail(b, STEP_KEY(at, "clock_set"), "`clock_set` is before 1970, where the device's clock cannot be");
	change->rtc_busy = raw->rtc_busy;
	change->device_auth = raw->device_auth;
	r = build_step(b, STEP_KEY(at, "ntp_error"), raw->ntp_error, &change->has_ntp_error, &change->ntp_error_s);
	if (r < 0)
		return r;
	r = build_cert(b, STEP_KEY(at, "tenant_ca"), raw->tenant_ca, BUILD_USE(PKI_ROOT), &change->tenant_ca);
	if (r < 0)
		return r;
	r = build_names(b, STEP_KEY(at, "ntp_servers"), raw->ntp_servers, raw->ntp_servers_count, build_server, &change->ntp_servers);
	if (r < 0)
		return r;
	r = build_gpio(b, STEP_KEY(at, "gpio"), raw->gpio, &change->gpio);
	if (r < 0)
		return r;
	if (raw->damage) {
		r = build_id(b, STEP_KEY(at, "damage"), raw->damage, &change->damage);
		if (r < 0)
			return r;
	}
	return build_update(b, STEP_KEY(at, "update"), raw->update, &change->update);
}

static int build_operator(struct builder *b, const struct source_step *at, const struct raw_operator *raw,
                          struct scn_event *event)
{
	const struct {
		const char *key, *value;
		enum scn_operator_kind kind;
	} commands[] = {
		{"install_root", raw->install_root, SCN_OP_INSTALL_ROOT}, {"install_client", raw->install_client, SCN_OP_INSTALL_CLIENT},
		{"delete", raw->delete, SCN_OP_DELETE},                   {"enable", raw->enable, SCN_OP_ENABLE},
		{"disable", raw->disable, SCN_OP_DISABLE},                {"forget", raw->forget, SCN_OP_FORGET},
		{"reload", raw->reload == SCN_YES ? "yes" : NULL, SCN_OP_RELOAD},
	};
	struct scn_operator *op = build_alloc(b, 1, sizeof(*op));
	const char *key = NULL, *value = NULL;
	bool installs;

	if (!op)
		return -ENOMEM;
	event->operator = op;
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		if (!commands[i].value)
			continue;
		if (key)
			return build_fail(b, STEP_KEY(at, commands[i].key), "`%s` beside `%s`: one command an event; make two events",
			                  commands[i].key, key);
		key = commands[i].key;
		value = commands[i].value;
		op->kind = commands[i].kind;
	}
	if (!key)
		return build_fail(b, at,
		                  "an operator needs a command: install_root, install_client, delete, enable, disable, forget or "
		                  "reload: yes");
	installs = op->kind == SCN_OP_INSTALL_ROOT || op->kind == SCN_OP_INSTALL_CLIENT;
	if (installs && !raw->cert)
		return build_fail(b, at, "`cert` is missing beside `%s`; name the certificate", key);
	if (!installs && raw->cert)
		return build_fail(b, STEP_KEY(at, "cert"), "`cert` goes with install_root and install_client, not with `%s`", key);
	switch (op->kind) {
	case SCN_OP_INSTALL_ROOT:
	case SCN_OP_INSTALL_CLIENT: {
		unsigned uses = op->kind == SCN_OP_INSTALL_ROOT ? BUILD_ANY_CA : BUILD_USE(PKI_CLIENT);
		int r = build_cert(b, STEP_KEY(at, "cert"), raw->cert, uses, &op->cert);

		if (r < 0)
			return r;
		return build_id(b, STEP_KEY(at, key), value, &op->id);
	}
	case SCN_OP_DELETE:
		return build_id(b, STEP_KEY(at, key), value, &op->id);
	case SCN_OP_ENABLE:
	case SCN_OP_DISABLE:
	case SCN_OP_FORGET:
		return build_network_name(b, STEP_KEY(at, key), value, &op->network);
	case SCN_OP_RELOAD:
		return 0;
	}
	return 0;
}

static int build_actions(struct builder *b, const struct source_step *at, const struct raw_event *raw, struct scn_event *event)
{
	static const char *const keys[] = {"radius", "ap", "issuer", "web", "device", "operator"};
	bool any = false;
	int r = 0;

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (!build_present(b, STEP_KEY(at, keys[i])))
			continue;
		any = true;
		if (source_find(b->root, STEP_KEY(at, keys[i]))->child_count == 0)
			return build_fail(b, STEP_KEY(at, keys[i]), "`%s` is empty: it changes nothing", keys[i]);
	}
	if (!any)
		return build_fail(b, at, "an event needs an action: radius, ap, issuer, web, device or operator");
	if (raw->radius) {
		event->radius = build_alloc(b, 1, sizeof(*event->radius));
		if (!event->radius)
			return -ENOMEM;
		r = build_radius(b, STEP_KEY(at, "radius"), raw->radius, event->radius);
	}
	if (r == 0 && raw->ap)
		r = build_ap(b, STEP_KEY(at, "ap"), raw->ap, event);
	if (r == 0 && raw->issuer)
		r = build_issuer_change(b, STEP_KEY(at, "issuer"), raw->issuer, event);
	if (r == 0 && raw->web) {
		event->web = build_alloc(b, 1, sizeof(*event->web));
		r = event->web ? build_web_change(b, STEP_KEY(at, "web"), raw->web, event->web) : -ENOMEM;
	}
	if (r == 0 && raw->device)
		r = build_device_change(b, STEP_KEY(at, "device"), raw->device, event);
	if (r == 0 && raw->operator)
		r = build_operator(b, STEP_KEY(at, "operator"), raw->operator, event);
	return r;
}

int build_event(struct builder *b, const struct source_step *at, const struct raw_event *raw, bool may_be_now,
                struct scn_event *ret)
{
	int r = build_trigger(b, at, raw, may_be_now, ret);

	if (r == 0)
		r = build_actions(b, at, raw, ret);
	ret->pos = build_pos(b, at);
	return r;
}

int build_events(struct builder *b)
{
	b->s->events = build_alloc(b, b->raw->events_count, sizeof(struct scn_event));
	if (!b->s->events)
		return -ENOMEM;
	for (unsigned i = 0; i < b->raw->events_count; i++) {
		const struct source_step *at = STEP_ITEM(STEP_KEY(NULL, "events"), i);
		int r = build_event(b, at, &b->raw->events[i], false, &b->s->events[i]);

		if (r < 0)
			return r;
	}
	b->s->event_count = b->raw->events_count;
	return 0;
}
