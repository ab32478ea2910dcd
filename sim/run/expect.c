/* Conditions and expectations: what the scenario says must be so, against what the device is. */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>

#include "sim/run/internal.h"

/* Is it the same first certificate, whatever the line breaks? */
bool run_pem_equal(const char *a, const char *b)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----", end[] = "-----END CERTIFICATE-----";

	if (!a || !b)
		return a == b;
	a = strstr(a, begin);
	b = strstr(b, begin);
	if (!a || !b)
		return false;
	/* Base64 has no hyphen: the first one is that of the last line. */
	for (a += strlen(begin), b += strlen(begin);; a++, b++) {
		while (isspace((unsigned char)*a))
			a++;
		while (isspace((unsigned char)*b))
			b++;
		if (*a != *b)
			return false;
		if (*a == '-' || *a == '\0')
			return strncmp(a, end, strlen(end)) == 0 && strncmp(b, end, strlen(end)) == 0;
	}
}

static bool find_network(const struct run *run, const char *name, struct device_network_info *ret)
{
	for (size_t i = 0; device_get_network(run->device, i, ret); i++)
		if (ret->config_name && strcmp(ret->config_name, name) == 0)
			return true;
	return false;
}

static bool find_certificate(const struct run *run, const char *id, struct device_certificate_info *ret)
{
	for (size_t i = 0; device_get_certificate(run->device, i, ret); i++)
		if (strcmp(ret->id, id) == 0)
			return true;
	return false;
}

static bool is_connected(const struct run *run, const char *name)
{
	struct device_network_info info;

	if (!device_is_on(run->device) || device_get_connected(run->device) < 0)
		return false;
	return strcmp(name, "any") == 0 || (find_network(run, name, &info) && info.connected);
}

const char *run_access_point(const struct run *run)
{
	uint8_t used[AUTH_BSSID_LENGTH], bssid[AUTH_BSSID_LENGTH];

	if (!device_get_bssid(run->device, used))
		return NULL;
	for (size_t i = 0; i < run->scenario->bss_count; i++) {
		net_bss_address(i, bssid);
		if (memcmp(used, bssid, sizeof(used)) == 0)
			return run->scenario->bss[i].name;
	}
	return NULL;
}

static bool is_by_access_point(const struct run *run, const char *name)
{
	const char *used = is_connected(run, "any") ? run_access_point(run) : NULL;

	return used && strcmp(used, name) == 0;
}

static bool exactly_networks(const struct run *run, char *const *names)
{
	struct device_network_info info;
	size_t wanted = 0;

	while (names[wanted])
		if (!find_network(run, names[wanted++], &info))
			return false;
	return device_get_network_count(run->device) == wanted;
}

static bool exactly_certificates(const struct run *run, char *const *ids)
{
	struct device_certificate_info info;
	size_t wanted = 0;

	while (ids[wanted])
		if (!find_certificate(run, ids[wanted++], &info))
			return false;
	return device_get_certificate_count(run->device) == wanted;
}

static bool has_diagnostics(const struct run *run, const struct scn_diagnostics *d)
{
	struct device_network_info info;

	return find_network(run, d->network, &info) && info.has_diagnostics && (d->error < 0 || info.error == d->error) &&
	       (d->cert_error < 0 || info.cert_error == d->cert_error) && (d->cert_depth < 0 || info.cert_depth == d->cert_depth);
}

static bool has_logged(const struct run *run, const char *text)
{
	const struct timeline *tl = &run->result->timeline;

	for (size_t i = 0; i < tl->count; i++)
		if (tl->entries[i].kind == TL_LOG && strstr(tl->entries[i].text, text))
			return true;
	return false;
}

/* Is it the certificate of that name? A certificate that got lost in a power cut or by a fault on its way to the store is replaced by
 * the next one: after that, "issued-2" may be a later one. */
static bool is_cert(const struct run *run, const char *pem, const char *name)
{
	const struct pki_cert *cert = run_cert(run, name);
	const bool any = strcmp(name, SCN_ISSUED_ANY) == 0;
	const size_t from = cuts_happened(run) || faults_happened(run) ? scenario_issued_number(name) : 0;

	if (cert && run_pem_equal(pem, pki_cert_pem(cert)))
		return true;
	for (size_t i = any ? 0 : from; (any || from > 0) && i < issuer_issued_count(run->issuer); i++)
		if (run_pem_equal(pem, pki_cert_pem(issuer_issued(run->issuer, i))))
			return true;
	return false;
}

bool run_condition(const struct run *run, const struct scn_condition *c)
{
	struct device_certificate_info info;

	if (c->connected && !is_connected(run, c->connected))
		return false;
	if (c->access_point && !is_by_access_point(run, c->access_point))
		return false;
	if (c->offline && (!device_is_on(run->device) || device_get_connected(run->device) >= 0))
		return false;
	if (c->stored && !find_certificate(run, c->stored, &info))
		return false;
	if (c->not_stored && find_certificate(run, c->not_stored, &info))
		return false;
	for (size_t i = 0; i < c->holds_count; i++)
		if (!find_certificate(run, c->holds[i].id, &info) || !is_cert(run, info.cert_pem, c->holds[i].cert))
			return false;
	if (c->networks && !exactly_networks(run, c->networks))
		return false;
	if (c->certificates && !exactly_certificates(run, c->certificates))
		return false;
	if (c->client || c->root) {
		if (!is_connected(run, "any"))
			return false;
		if (c->client && !is_cert(run, device_get_connected_client_pem(run->device), c->client))
			return false;
		if (c->root && !is_cert(run, device_get_connected_root_pem(run->device), c->root))
			return false;
	}
	if (c->diagnostics && !has_diagnostics(run, c->diagnostics))
		return false;
	if (c->gpio && device_get_gpio(run->device, (int)c->gpio->pin, NULL) != (c->gpio->value != 0))
		return false;
	return !c->log || has_logged(run, c->log);
}

/* ---- What was seen instead ----------------------------------------------------------------------------------------------- */

static void append(char *buffer, size_t capacity, const char *format, ...) ATTR_PRINTF(3, 4);

static void append(char *buffer, size_t capacity, const char *format, ...)
{
	size_t n = strlen(buffer);
	va_list args;

	va_start(args, format);
	(void) vsnprintf(buffer + n, capacity - n, format, args);
	va_end(args);
}

/* The PKI's name of what is stored, or its subject. */
static const char *known_as(const struct run *run, const struct device_certificate_info *info, char buffer[32])
{
	for (size_t i = 0; i < run->scenario->cert_count; i++)
		if (run_pem_equal(info->cert_pem, pki_cert_pem(run->certs[i])))
			return run->scenario->certs[i].name;
	for (size_t i = 0; i < issuer_issued_count(run->issuer); i++)
		if (run_pem_equal(info->cert_pem, pki_cert_pem(issuer_issued(run->issuer, i)))) {
			(void) snprintf(buffer, 32, "issued-%zu", i + 1);
			return buffer;
		}
	return info->subject;
}

void run_describe_state(const struct run *run, char *buffer, size_t capacity)
{
	struct device_network_info net;
	struct device_certificate_info cert;
	char since[32], name[32];

	buffer[0] = '\0';
	if (!device_is_on(run->device)) {
		append(buffer, capacity, "powered off; ");
	} else if (device_get_connected(run->device) < 0) {
		timeline_format_since(run->offline_since_ns == TIME_NEVER ? run->clock.now_ns : run->offline_since_ns, since);
		append(buffer, capacity, "offline since %s; ", since);
	}
	append(buffer, capacity, "networks:");
	for (size_t i = 0; device_get_network(run->device, i, &net); i++) {
		append(buffer, capacity, " %s(%s%s, root %s, client %s", net.config_name, net.connected ? "connected" : net.enabled ? "enabled" : "disabled",
		       net.temp_disabled ? ", temporarily disabled" : "", net.root_id[0] ? net.root_id : "-", net.client_id[0] ? net.client_id : "-");
		if (net.has_diagnostics)
			append(buffer, capacity, ", last error %d/%d", net.error, net.cert_error);
		append(buffer, capacity, ")");
	}
	append(buffer, capacity, "; certificates:");
	for (size_t i = 0; device_get_certificate(run->device, i, &cert); i++)
		append(buffer, capacity, " %s=%s", cert.id, known_as(run, &cert, name));
}

/* ---- Expectations over time ---------------------------------------------------------------------------------------------- */

static void failed(struct run *run, size_t i, const char *how)
{
	const struct scn_expect *e = &run->scenario->expects[i];
	char seen[1024];

	if (run->expects[i].failed)
		return;
	run->expects[i].failed = true;
	if (cuts_excused(run))
		return;
	run_describe_state(run, seen, sizeof(seen));
	run_note(run, TL_EXPECT, false, NULL, "FAILED line %u: %s%s", e->pos.line, e->text, how);
	run_fail(run, "%s:%u:%u: expected \"%s\"%s\n    seen: %s", run->scenario->file, e->pos.line, e->pos.column, e->text, how, seen);
}

static void met(struct run *run, size_t i)
{
	if (!run->expects[i].met) {
		run->expects[i].met = true;
		run_note(run, TL_EXPECT, false, NULL, "met line %u: %s", run->scenario->expects[i].pos.line, run->scenario->expects[i].text);
	}
}

void run_look_again(void *ctx, uint64_t arg)
{
	(void) arg;
	((struct run *)ctx)->state_changed = true;
}

static void last_look_due(void *ctx, uint64_t i);

/* ---- After a cut or a fault ---------------------------------------------------------------------------------------------- */

/* Until then the device gets up after a power cut, or tries again after a fault. */
static uint64_t settle_ns(const struct run *run)
{
	const uint64_t cut_ns = cuts_settle_ns(run), fault_ns = faults_settle_ns(run);

	return cut_ns > fault_ns ? cut_ns : fault_ns;
}

/* After a fault everything may come later by as much as that lasted: what shall be so by a time, and from a time on. What is so at a
 * moment, too: then at some moment in the time by which it may be late. */
static uint64_t from_ns(const struct run *run, const struct scn_expect *e)
{
	const bool lasting = e->kind == SCN_EXPECT_ALWAYS || e->kind == SCN_EXPECT_NEVER;

	return e->from_ns + (lasting && e->from_ns > 0 ? faults_delay_ns(run, e->from_ns, e->from_ns) : 0);
}

static uint64_t until_ns(const struct run *run, const struct scn_expect *e)
{
	if (e->kind == SCN_EXPECT_AT)
		return e->from_ns + faults_delay_ns(run, e->from_ns, e->from_ns);
	return e->until_ns + (e->kind == SCN_EXPECT_WITHIN ? faults_delay_ns(run, e->from_ns, e->until_ns) : 0);
}

/* What the application could not try, as its calls failed, it did not log; the rest of the condition is asked all the same. */
static bool holds_unlogged(const struct run *run, const struct scn_expect *e)
{
	struct scn_condition c = e->that;

	if (!c.log || !faults_planned(run))
		return false;
	c.log = NULL;
	return run_condition(run, &c);
}

static bool excused(const struct run *run, size_t i)
{
	return run->expects[i].met_unlogged && faults_settle_ns(run) > run->scenario->expects[i].from_ns;
}

/* While a fault lasts and is made good, the device may be offline and the application be behind with what it does. What must not be
 * lost, or must never come, is so all the time. */
static bool always_holds(const struct run *run, const struct scn_condition *condition)
{
	struct scn_condition c = *condition;

	if (faults_settle_ns(run) > run->clock.now_ns) {
		c.connected = c.client = c.root = c.log = NULL;
		c.networks = c.certificates = NULL;
		c.diagnostics = NULL;
		c.gpio = NULL;
		c.offline = false;
	}
	return run_condition(run, &c);
}

static bool never_holds(const struct run *run, const struct scn_condition *c)
{
	return !((c->offline || c->diagnostics) && faults_settle_ns(run) > run->clock.now_ns) && run_condition(run, c);
}

static void last_look_due(void *ctx, uint64_t i);

/* At the last moment of an expectation: after everything else of that moment has happened. */
static void last_look(void *ctx, uint64_t i)
{
	struct run *run = ctx;
	const struct scn_expect *e = &run->scenario->expects[i];
	uint64_t again_ns;

	run_check_expectations(run);
	if (run->expects[i].met || run->expects[i].failed)
		return;
	if (run_condition(run, &e->that)) {
		met(run, i);
		return;
	}
	/* What disturbed it lasts, or was a moment ago. */
	again_ns = until_ns(run, e) > run->clock.now_ns ? until_ns(run, e) : settle_ns(run);
	if (again_ns > run->clock.now_ns && again_ns < run->scenario->length_ns)
		(void) queue_add(run->queue, again_ns, last_look_due, run, i);
	else if (until_ns(run, e) <= run->clock.now_ns && !excused(run, i)) /* else the end of the run is its last moment */
		failed(run, i, "");
}

/* What is scheduled at the moment itself comes after the events of that moment, since it is scheduled from there. */
static void last_look_due(void *ctx, uint64_t i)
{
	struct run *run = ctx;

	(void) queue_add(run->queue, run->clock.now_ns, last_look, run, i);
}

void run_schedule_expectations(struct run *run)
{
	for (size_t i = 0; i < run->scenario->expect_count; i++) {
		const struct scn_expect *e = &run->scenario->expects[i];

		if (e->kind == SCN_EXPECT_AT)
			(void) queue_add(run->queue, e->from_ns, last_look_due, run, i);
		if (e->kind == SCN_EXPECT_WITHIN)
			(void) queue_add(run->queue, e->until_ns, last_look_due, run, i);
		if (e->kind != SCN_EXPECT_END)
			(void) queue_add(run->queue, e->from_ns, run_look_again, run, i);
	}
}

static void check_never(struct run *run, size_t i, bool holds)
{
	struct expect_state *state = &run->expects[i];
	const struct scn_expect *e = &run->scenario->expects[i];
	char how[64], since[32];

	if (!holds) {
		state->holding = false;
		return;
	}
	if (!state->holding) {
		state->holding = true;
		state->since_ns = run->clock.now_ns;
		if (e->longer_than_ns > 0)
			(void) queue_add(run->queue, run->clock.now_ns + e->longer_than_ns + 1, run_look_again, run, i);
	}
	if (run->clock.now_ns - state->since_ns > e->longer_than_ns || e->longer_than_ns == 0) {
		timeline_format_since(state->since_ns, since);
		(void) snprintf(how, sizeof(how), ", but so since %s", since);
		failed(run, i, how);
	}
}

void run_check_expectations(struct run *run)
{
	uint64_t now = run->clock.now_ns;
	const bool settling = cuts_settle_ns(run) > now;

	if (run->checking)
		return;
	run->checking = true;
	run->state_changed = false;
	for (size_t i = 0; i < run->scenario->expect_count; i++) {
		const struct scn_expect *e = &run->scenario->expects[i];

		if (run->expects[i].failed || (e->kind != SCN_EXPECT_END && (now < from_ns(run, e) || now > until_ns(run, e))))
			continue;
		switch (e->kind) {
		case SCN_EXPECT_END:
			break;
		case SCN_EXPECT_AT:
			if (until_ns(run, e) == e->from_ns)
				break; /* looked at when everything of that moment has happened */
			/* fall through */
		case SCN_EXPECT_WITHIN:
			if (!run->expects[i].met && run_condition(run, &e->that))
				met(run, i);
			run->expects[i].met_unlogged |= holds_unlogged(run, e);
			break;
		case SCN_EXPECT_ALWAYS:
			if (!settling && !always_holds(run, &e->that))
				failed(run, i, "");
			break;
		case SCN_EXPECT_NEVER:
			check_never(run, i, !settling && never_holds(run, &e->that));
			break;
		}
	}
	run_events_on_state(run);
	run->checking = false;
}

void run_finish_expectations(struct run *run)
{
	run_check_expectations(run);
	for (size_t i = 0; i < run->scenario->expect_count; i++) {
		const struct scn_expect *e = &run->scenario->expects[i];

		if (e->kind == SCN_EXPECT_END) {
			if (run_condition(run, &e->that))
				met(run, i);
			else
				failed(run, i, "");
		} else if (e->kind == SCN_EXPECT_WITHIN && !run->expects[i].met && !excused(run, i)) {
			failed(run, i, ""); /* its last moment is the end of the run */
		} else if ((e->kind == SCN_EXPECT_ALWAYS || e->kind == SCN_EXPECT_NEVER) && !run->expects[i].failed) {
			met(run, i);
		}
	}
}
